"""Every address of the resolver × every person × every kind of place: strangers see nothing, colleagues a reason, nobody a 500."""

import io
import uuid
import zipfile
from contextlib import contextmanager
from datetime import UTC, date, datetime

import pytest
from django.db import connection, transaction
from django.db.models.query import QuerySet
from django.test import override_settings
from django.urls import clear_url_caches

from finance.actions import DuesLine, record_dues
from members.actions import Person, admit
from members.models import Member
from registry import access, paper
from registry.access import Place, assigned_ids, context_of, load_grants
from registry.actions import open_blocker
from registry.models import Cooperative
from registry.paper import PaperFile
from registry.tenancy import NOBODY, bind
from tests.cast import Someone
from tests.walkers import Address, addresses, expected, without_secrets

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
TODAY = date(2026, 11, 20)
PEOPLE = [
    "siti",
    "budi",
    "yusuf",
    "wati",
    "ratna",
    "lestari",
    "joko",
    "kepala",
    "admin_kota",
    "dewi",
    "penyuluh",
    "wali",
    "tamu",
    "",
]
METHODS = ["get", "head", "post", "put", "delete"]
# Nothing that a page of another place may ever hold: put there by that place's own people, see `canaries`.
CANARIES = {"melati": "Zmelatia Zrahasia", "kenanga": "Zkenanga Zrahasia", "mawar": "Zmawarina Zrahasia"}
OWN = {"siti": "melati", "budi": "melati", "yusuf": "melati", "wati": "melati", "ratna": "kenanga", "lestari": "mawar"}
AGENCY = {"joko": "kota", "kepala": "kota", "admin_kota": "kota", "penyuluh": "kota", "wali": "kota", "dewi": "kab"}
PLACES = {"melati": "kota", "kenanga": "kota", "mawar": "kab"}


pytestmark = pytest.mark.django_db(databases=["default", "cache"])  # the login pages count tries in the cache


@pytest.fixture
def canaries(everything) -> dict[str, tuple[str, str]]:
    """Give each cooperative a member and a blocker nobody else may read. Return cooperative → (agency slug, slug)."""
    found = {}
    for username, name in (("ratna", "kenanga"), ("lestari", "mawar"), ("siti", "melati")):
        with Someone(username).acting() as (actor, cooperative):
            admit(
                cooperative=cooperative,
                person=Person(name=CANARIES[name], sex="P"),
                joined_on=TODAY,
                actor=actor,
                now=NOW,
            )
            member = Member.objects.get(name=CANARIES[name])
            record_dues(cooperative=cooperative, lines=[DuesLine(member.pk, pokok=50_000)], paid_on=TODAY, through=TODAY, key=uuid.uuid4(),
                        actor=actor, now=NOW, today=TODAY)  # fmt: skip
            found[name] = (cooperative.agency.slug, cooperative.slug)
    for username, name in (("admin_kota", "kenanga"), ("admin_kota", "melati"), ("dewi", "mawar")):
        with Someone(username).acting() as (actor, _):
            cooperative = Cooperative.objects.get(slug=found[name][1], agency_id=actor.agency_id)
            open_blocker(cooperative=cooperative, what="land", text=f"Kendala {CANARIES[name]}", waits_for="Dinas", due_on=None,
                         actor=actor, now=NOW, today=TODAY)  # fmt: skip
    return found


@pytest.fixture(autouse=True)
def papers_in_clear(monkeypatch):
    """A paper is its HTML here: quick, and its words can be read."""
    monkeypatch.setattr(paper, "print_html", lambda html, **_: PaperFile(html.encode(), "", 1))


def words(content: bytes) -> bytes:
    """Return a body as text: a spreadsheet is unpacked."""
    if not content.startswith(b"PK"):
        return content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return b"".join(archive.read(name) for name in archive.namelist())


def forbidden(person: str) -> list[bytes]:
    """Return the texts this person may see nowhere: members' names elsewhere, blockers outside the agency."""
    own, agency = OWN.get(person), AGENCY.get(person)
    texts = [CANARIES[place] for place in CANARIES if place != own and not agency]
    texts += [f"Kendala {CANARIES[place]}" for place in CANARIES if agency and PLACES[place] != agency]
    return [text.encode() for text in texts]


def members_of_anybody(content: bytes) -> bool:
    """True when a page names a member (the dinas, penyuluh and pimpinan never see one)."""
    rest = content
    for name in CANARIES.values():
        rest = rest.replace(f"Kendala {name}".encode(), b"")
    return any(name.encode() in rest for name in CANARIES.values())


def leaks(person: str, content: bytes) -> bool:
    return any(text in content for text in forbidden(person)) or (person in AGENCY and members_of_anybody(content))


def places(canaries: dict) -> dict[str, tuple[str, str]]:
    """Return the kinds of place: the three cooperatives, one that is not there, mixed up ones, and garbage."""
    kota, kab = canaries["melati"][0], canaries["mawar"][0]
    return {
        **canaries,
        "nowhere": (kota, "tidak-ada-di-sini"),
        "no agency": ("tidak-ada", canaries["melati"][1]),
        "wrong agency": (kab, canaries["melati"][1]),
        "garbage": ("-_-", "0" * 90),
    }


@contextmanager
def undone():
    """Run in a savepoint that is rolled back, so that one request does not change the next."""
    with transaction.atomic():
        yield
        if not connection.needs_rollback:
            bind(NOBODY)
        transaction.set_rollback(True)


class Walk:
    """One person's walk. `ask` returns the answer of one address; what is wrong is collected as sentences."""

    def __init__(self, enter, person: str, canaries: dict) -> None:
        self.person, self.places, self.wrong, self.walked = person, places(canaries), [], 0
        self.client = enter(Someone(person) if person else None)
        self.client.raise_request_exception = False
        self.cookies = dict(self.client.cookies.items())
        self.grants = load_grants(Someone(person).user.pk, TODAY) if person else []
        bind(NOBODY)

    @contextmanager
    def kept(self):
        """One request: what it changes is undone, and the person stays logged in."""
        with undone():
            yield
        self.client.cookies.clear()
        self.client.cookies.update(self.cookies)

    def ask(self, method: str, path: str):
        self.walked += 1
        with self.kept():
            response = getattr(self.client, method)(path)
            if response.streaming:
                response.content = b"".join(response.streaming_content)
        if response.status_code >= 500:
            self.wrong.append(f"{method} {path}: {response.status_code}")
        if leaks(self.person, words(response.content)):
            self.wrong.append(f"{method} {path}: foreign bytes")
        return response

    def address(self, address: Address) -> None:
        if address.door is None:
            self._closed(address)
        elif address.placed and address.door.opens == "kinds":
            self._placed(address)
        else:
            for method in METHODS:
                for existing in (True, False):
                    self.ask(method, address.at(existing=existing, **self._any_place(address)))

    def _any_place(self, address: Address) -> dict:
        return dict(zip(("dinas", "koperasi"), self.places["melati"], strict=True)) if address.placed else {}

    def _closed(self, address: Address) -> None:
        response = self.ask("get", address.at(**self._any_place(address)))
        if response.status_code != 404:
            self.wrong.append(f"{address.name} declares no door and answers {response.status_code}")

    def _placed(self, address: Address) -> None:
        nowhere, own = self._nowhere(address), OWN.get(self.person, "melati")
        for name, (dinas, koperasi) in self.places.items():
            if "koperasi" not in address.parts and name in ("kenanga", "nowhere", "wrong agency"):
                continue
            for method in (
                METHODS
                if name == own and self.person in ("siti", "wati", "joko", "wali")
                else ["get", "post"]
                if name in PLACES
                else ["get"]
            ):
                path = address.at(dinas, koperasi)
                self._judge(address, method, path, self.ask(method, path), (dinas, koperasi), nowhere)
        self.ask("get", address.at(*self.places[OWN.get(self.person, "melati")], existing=False))

    def _nowhere(self, address: Address) -> bytes:
        dinas, koperasi = "tidak-ada-dinas", "tidak-ada-koperasi"
        path = address.at(dinas, koperasi)
        return without_secrets(self.ask("get", path).content, path, dinas, koperasi)

    def _judge(self, address: Address, method: str, path: str, response, place: tuple, nowhere: bytes) -> None:
        if not self.person:
            if not (response.status_code == 302 and "/akun/" in response["Location"]):
                self.wrong.append(f"{method} {path}: anonymous gets {response.status_code}")
            return
        with undone():
            bind(NOBODY)
            who = expected(address, self.grants, *place, assigned=assigned_ids)
        status = response.status_code
        if who == "stranger" and status != 404:
            self.wrong.append(f"{method} {path}: a stranger gets {status}")
        if who == "stranger" and method == "get" and without_secrets(response.content, path, *place) != nowhere:
            self.wrong.append(f"{path}: a foreign place looks other than a missing one")
        if who == "colleague" and status != 403:
            self.wrong.append(f"{method} {path}: a colleague without the right gets {status}")
        if who == "welcome" and status == 403 and method in ("get", "head"):
            self.wrong.append(f"{method} {path}: refused though the door admits")


# --- The walks ----------------------------------------------------------------------------------


def test_every_address_has_a_name_and_values_for_its_parts():
    for address in addresses():
        assert not address.name.startswith("(no name)"), address.name
        address.at("a", "b")


def test_the_walk_covers_every_address():
    """These counts only grow."""
    found = addresses()
    assert len(found) >= 27
    assert sum(1 for address in found if address.door) >= 15


@pytest.mark.parametrize("person", PEOPLE)
def test_nobody_meets_a_foreign_row_or_a_500(person, enter, canaries):
    walk = Walk(enter, person, canaries)
    for address in addresses():
        walk.address(address)
    assert walk.wrong == []
    assert walk.walked >= 100


@pytest.mark.parametrize("person", ["siti", "wati", "ratna", "lestari", "joko", "dewi", "penyuluh", "wali"])
def test_the_wall_alone_holds_over_http(person, enter, canaries, monkeypatch):
    """The door is patched open and querysets forget whose rows they want; 500s are allowed, foreign bytes are not."""
    monkeypatch.setattr(access, "enter", any_grant_enters_anywhere)
    monkeypatch.setattr(QuerySet, "_filter_or_exclude_inplace", forgetful(QuerySet._filter_or_exclude_inplace))
    walk = Walk(enter, person, canaries)
    for address in addresses():
        if not (address.placed and address.door and address.door.opens == "kinds"):
            continue
        for name in ("melati", "kenanga", "mawar"):
            for method in ("get", "post"):
                walk.ask(method, address.at(*canaries[name]))
    assert [wrong for wrong in walk.wrong if "foreign" in wrong] == []


def any_grant_enters_anywhere(request, declared, agency_slug, cooperative_slug):
    """A broken door: the place is the address's, the grant any of the person's. Only the wall is right."""
    grant = request.grants[0]
    cooperative = Cooperative.objects.filter(slug=cooperative_slug).select_related("agency").first()
    request.place = Place(cooperative.agency if cooperative else grant.agency, cooperative, grant)
    request.actor = access.Actor(
        request.user.pk, request.user.name, grant.kind, grant.agency_id, cooperative.pk if cooperative else None
    )
    bind(context_of(grant, grant.cooperative))


def forgetful(original):
    """Return `_filter_or_exclude_inplace` that drops every condition on cooperative or agency."""

    def filter_without_tenant(self, negate, args, kwargs):
        kwargs = {key: value for key, value in kwargs.items() if not key.startswith(("cooperative", "agency"))}
        return original(self, negate, args, kwargs)

    return filter_without_tenant


# --- Controls: planted holes the walks find ----------------------------------------------------


@pytest.fixture
def planted():
    with override_settings(ROOT_URLCONF="tests.planted_urls"):
        clear_url_caches()
        yield {address.name: address for address in addresses()}
    clear_url_caches()


def test_a_view_without_a_door_is_a_404(planted, enter, canaries):
    walk = Walk(enter, "siti", canaries)
    walk.address(planted["without_door"])
    assert walk.wrong == []
    assert planted["without_door"].door is None


def test_the_walk_finds_a_view_that_reads_another_place(planted, enter, canaries):
    walk = Walk(enter, "siti", canaries)
    walk.address(planted["reads_another_place"])
    assert any("foreign bytes" in wrong for wrong in walk.wrong)


def test_the_walk_finds_a_500(planted, enter, canaries):
    walk = Walk(enter, "siti", canaries)
    walk.address(planted["falls_over"])
    assert any("500" in wrong for wrong in walk.wrong)


def test_the_walk_finds_a_stranger_who_is_let_in(planted, enter, canaries, monkeypatch):
    monkeypatch.setattr(access, "enter", any_grant_enters_anywhere)
    walk = Walk(enter, "siti", canaries)
    walk.address(planted["forgets_the_filter"])
    assert any("a stranger gets 200" in wrong for wrong in walk.wrong)


def test_a_view_that_forgets_its_filter_shows_only_the_own_place_even_with_the_door_open(
    planted, enter, canaries, monkeypatch
):
    monkeypatch.setattr(access, "enter", any_grant_enters_anywhere)
    walk = Walk(enter, "siti", canaries)
    response = walk.ask("get", planted["forgets_the_filter"].at(*canaries["kenanga"]))
    assert CANARIES["melati"] in response.content.decode()
    assert not any("foreign" in wrong for wrong in walk.wrong)


def test_a_write_with_the_door_open_changes_nothing_elsewhere(planted, enter, canaries, monkeypatch):
    monkeypatch.setattr(access, "enter", any_grant_enters_anywhere)
    client = enter(Someone("siti"))
    assert client.post(planted["writes_elsewhere"].at(*canaries["kenanga"])).status_code == 200
    with Someone("ratna").acting():
        assert not Member.objects.filter(name="dirusak").exists()
    with Someone("siti").acting():
        assert Member.objects.filter(name="dirusak").exists()


def test_an_address_part_without_a_value_is_named(planted):
    with pytest.raises(LookupError, match='add "asing"'):
        planted["has_an_unknown_part"].at("a")
