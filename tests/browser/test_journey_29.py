"""Journey 29: a stranger with a login tries everything of another place, in a browser, by address and by search.

What there is to try is what the other place's own people reach: their pages are crawled first, links, exports and papers
included, and every address of the resolver is tried beside them. Afterwards once more with the door broken open and the
queries' own filters removed: the wall alone.
"""

import html
import re
import uuid
from datetime import UTC, datetime

import pytest
from django.db.models.query import QuerySet

from finance.actions import DuesLine, record_dues
from members.actions import Person, admit
from members.models import Member
from registry import access
from registry.actions import open_blocker
from registry.models import Cooperative
from registry.periods import today_jakarta
from tests.cast import Someone
from tests.test_door import any_grant_enters_anywhere, forgetful
from tests.walkers import addresses

pytestmark = pytest.mark.browser
SECRETS = ("Kampung Zkenangarahasia", "Lahan Zsengketarahasia")
KENANGA = ("kota-serang", "kenanga")
RATNA = ["/kota-serang/koperasi/kenanga/beranda/", "/kota-serang/koperasi/kenanga/"]
# the stranger, the people whose pages are theirs alone, and where those begin
STRANGERS = {
    "siti": {"ratna": RATNA},
    "dewi": {"ratna": RATNA, "joko": ["/kota-serang/"]},
}
HREF = re.compile(r'href="([^"#]+)')
NOT_OURS_TO_WALK = ("/keluar", "/static/", "/akun/", "/masuk/", "/bantuan/", "/gaya/", "/k/")
AT_MOST = 90


@pytest.fixture
def planted(stage):
    """Give Kenanga a member with a receipt and a blocker, each with a word that stands nowhere else."""
    now = datetime.now(UTC)
    today = today_jakarta(now)
    with stage.database():
        with Someone("ratna").acting() as (actor, kenanga):
            person = Person(name="Zuleha Rahasia", sex="P", address=SECRETS[0])
            admit(cooperative=kenanga, person=person, joined_on=today, actor=actor, now=now)
            member = Member.objects.get(name="Zuleha Rahasia")
            lines = [DuesLine(member.pk, pokok=50_000)]
            record_dues(
                cooperative=kenanga,
                lines=lines,
                paid_on=today,
                through=today,
                key=uuid.uuid4(),
                actor=actor,
                now=now,
                today=today,
            )
        with Someone("joko").acting() as (actor, _):
            open_blocker(
                cooperative=Cooperative.objects.get(slug="kenanga"), what="land", text=SECRETS[1], waits_for="BPKAD", due_on=None,
                actor=actor, now=now, today=today,
            )  # fmt: skip


def crawl(page, starts: list[str]) -> list[str]:
    """Return the addresses somebody reaches from `starts` by links, papers and exports among them."""
    found, waiting = [], list(starts)
    while waiting and len(found) < AT_MOST:
        address = waiting.pop(0)
        if address in found:
            continue
        answer = page.request.get(address, max_redirects=0)
        if answer.status != 200:
            continue
        found.append(address)
        if "text/html" not in answer.headers["content-type"]:
            continue
        links = (html.unescape(link) for link in HREF.findall(answer.text()))
        waiting += [link for link in links if link.startswith("/") and not link.startswith(NOT_OURS_TO_WALK)]
    return found


def shows(body: bytes) -> bool:
    return any(secret.encode() in body for secret in SECRETS)


def everything_of(place: tuple[str, str]) -> list[str]:
    """Return every address of the resolver at a place, with parts that may exist and parts that cannot."""
    placed = [one for one in addresses() if one.placed and one.door]
    return [one.at(*place, existing=existing) for one in placed for existing in (True, False)]


@pytest.mark.parametrize("device", ["phone", "desk"])
@pytest.mark.parametrize("who", STRANGERS)
def test_journey_29_a_stranger_finds_nothing_of_another_place(
    request, stage, planted, page_of, sign_in, axe, picture, monkeypatch, who, device
):
    theirs = [
        address
        for name, starts in STRANGERS[who].items()
        for address in crawl(signed_in_page(page_of, sign_in, name), starts)
        if address.startswith("/kota-serang/")
    ]
    assert len(theirs) >= 25
    assert any("pdf" in address or "unduh" in address for address in theirs)
    page = request.getfixturevalue(device)
    sign_in(page, who)
    by_hand(page, axe, picture, who)
    tried = {*theirs, *everything_of(KENANGA)}
    if who == "siti":  # of the own dinas a colleague is known, and refused with a reason
        tried = {address for address in tried if address.startswith("/kota-serang/koperasi/kenanga/")}
    for address in sorted(tried):
        told(page, address)
    assert len(tried) >= 60
    the_wall_alone(page, monkeypatch, sorted(tried))


def signed_in_page(page_of, sign_in, name: str):
    page = page_of(1280, 900)
    sign_in(page, name)
    return page


def by_hand(page, axe, picture, who: str) -> None:
    """What a curious person does: walks the own pages, then changes the address, then searches."""
    own = {"siti": "/kota-serang/koperasi/melati/beranda/", "dewi": "/kab-serang/"}[who]
    page.goto(own)
    press(page, page.get_by_role("link", name={"siti": "Anggota", "dewi": "Koperasi"}[who], exact=True).first)
    page.wait_for_url({"siti": "**/melati/anggota/", "dewi": "**/kab-serang/koperasi/"}[who])
    here = page.url
    there = here.replace("melati", "kenanga").replace("kab-serang", "kota-serang")
    assert there != here
    answer = page.goto(there)
    assert answer.status == 404
    assert not shows(answer.body())
    axe(page)
    picture(page, f"asing-{who}")
    press(page, page.get_by_role("link", name="Ke beranda"))
    page.wait_for_url(f"**{own}")
    page.goto(here)
    word, box = {"siti": "Zuleha", "dewi": "Kiara"}[who], page.locator("input[name=cari]").first
    if box.is_visible():
        box.fill(word)
        box.press("Enter")
        page.wait_for_url(f"**cari={word}**")
    else:  # folded away on a phone
        page.goto(f"{here}?cari={word}")
    text = page.locator("main").inner_text()
    assert SECRETS[0] not in text
    assert "KKMP Kiara" not in text
    axe(page)


def press(page, what) -> None:
    """Tap on a phone, click on a desk."""
    what.tap() if page.viewport_size["width"] < 700 else what.click()


def told(page, address: str) -> None:
    """Every way of asking for an address of others is answered like a place that is not there."""
    token = next((one["value"] for one in page.context.cookies() if one["name"] == "csrftoken"), "")
    headers = {"X-CSRFToken": token, "Referer": page.url}
    for method in ("GET", "POST"):
        answer = page.request.fetch(address, method=method, headers=headers, max_redirects=0)
        assert answer.status == 404, f"{method} {address}: {answer.status}"
        assert not shows(answer.body()), f"{method} {address}"


def the_wall_alone(page, monkeypatch, tried: list[str]) -> None:
    """The door lets anybody in anywhere and every query forgets its cooperative and agency: still not a byte."""
    with monkeypatch.context() as broken:
        broken.setattr(access, "enter", any_grant_enters_anywhere)
        broken.setattr(QuerySet, "_filter_or_exclude_inplace", forgetful(QuerySet._filter_or_exclude_inplace))
        answers = [page.request.get(address, max_redirects=0) for address in tried]
        assert not any(shows(answer.body()) for answer in answers)
        assert sum(answer.status == 200 for answer in answers) >= 10  # the door was open indeed


def test_the_crawl_of_the_owners_finds_the_secrets(stage, planted, page_of, sign_in):
    """The control: what the strangers must not see is there for those it belongs to."""
    page = signed_in_page(page_of, sign_in, "ratna")
    pages = [page.request.get(address).body() for address in crawl(page, RATNA)]
    assert all(any(secret.encode() in body for body in pages) for secret in SECRETS)
