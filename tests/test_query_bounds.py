"""Pages of money and the cooperative's home ask the database as much for 300 members as for 10, and stay light."""

import gzip
import json
from io import BytesIO
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, reverse
from django.utils import timezone
from PIL import Image

from finance.actions import (
    DuesLine,
    move_cash,
    offer_hand_over,
    pause_dues,
    pay_out_exit,
    plan_refund,
    record_dues,
    settle_exit,
)
from finance.models import Evidence, Receipt
from finance.urls import urlpatterns
from members.actions import Applicant, Person, admit_many, exit_member
from members.models import Member
from registry.actions import invite
from registry.models import Grant, GrantKind
from registry.periods import add_months, month_of, today_jakarta
from registry.pictures import drawn_anew
from registry.tenancy import NOBODY, bind
from tests.cast import MEMBERS, TODAY, Someone, join
from tests.conftest import Browser

MOST = 20
LEFT = 10  # the number of the member who leaves
PAPERS = {
    "sheet_file",
    "arrears_file",
    "member_book_file",
    "savings_file",
    "cash_move_file",
    "receipt_file",
    "collection_file",
    "statement_file",
    "pay_out_file",
    "own_data_file",
    "board_file",
    "succession_file",
}  # PDFs: slow to make, and each of one receipt or member
# Pages of one thing: a pair, a report, a picture, a hand-over. Walked by the ketua, who may see and do all of it, and each
# with a bound of its own: what it asks more than this needs a reason.
OF_ONE = {
    "cash_move": 11,
    "picture": 8,
    "withdraw_pause": 8,
    "merge": 11,
    "objection": 9,
    "succession_one": 9,
    "take_back": 10,
    "plan_refund": 13,
}
# Pages of one list on its way in, or of one opening entry: bounded in tests/test_opening_lists.py
OF_A_LIST = {"import_batch", "import_columns", "old_book", "take_back_opening"}
ONLY_POST = {
    "tell_apart",
    "offer_again",
    "separate",
    "answer_correction",
    "import_apply",
    "import_undo",
}  # 405 for who only looks
FIRST = (
    "Siti",
    "Ahmad",
    "Nurhayati",
    "Dadang",
    "Komariah",
    "Iwan",
    "Juleha",
    "Ujang",
    "Eneng",
    "Asep",
    "Rohmat",
    "Masitoh",
    "Sarmin",
)
LAST = (
    "Hidayat",
    "Nurbaiti",
    "Kurnia",
    "Setiawan",
    "Suherman",
    "Rohayati",
    "Maulana",
    "Fauziah",
    "Wijaya",
    "Sukaesih",
    "Permana",
)


@pytest.fixture
def walk(enter, siti):
    """`walk()` opens every page of finance and the home as siti; returns address name → (statements, answer)."""
    client = enter(siti)
    place = (siti.grant.agency.slug, siti.grant.cooperative.slug)

    def once() -> dict:
        found = {}
        for name, path in addresses(siti, place).items():
            client.get(path)  # what a first visit makes once is not counted
            with CaptureQueriesContext(connection) as queries:
                answer = client.get(path)
            assert answer.status_code in (200, 302, 403, 405), f"{path} answered {answer.status_code}"
            found[name] = (len(queries) - 3, answer)  # three are the harness's own
        return found

    return once


def addresses(someone, place: tuple) -> dict[str, str]:
    """Return an address for every page of finance, made with what is really there."""
    with someone.acting() as (_, melati):
        receipt = Receipt.objects.filter(cooperative=melati).select_related("payment__entry").latest("pk")
        values = {
            "jurnal": receipt.payment.entry.address,
            "kuitansi": f"{receipt.year}-{receipt.number}",
            "nomor": Member.objects.get(pk=receipt.payment.member_id).number,
            "kode": "11100",
            "pk": 1,
        }
    found = {"cooperative_home": reverse("cooperative_home", args=place)}
    for pattern in urlpatterns:
        assert isinstance(pattern, URLPattern)
        if pattern.name in PAPERS | ONLY_POST | OF_A_LIST or pattern.name in OF_ONE:
            continue
        wanted = pattern.pattern.regex.groupindex if hasattr(pattern.pattern, "regex") else pattern.pattern.converters
        arguments = {name: values[name] for name in wanted} | (
            {"nomor": LEFT} if pattern.name in ("settle_exit", "pay_out", "statement") else {}
        )
        found[pattern.name] = reverse(
            f"finance:{pattern.name}", kwargs=arguments | {"dinas": place[0], "koperasi": place[1]}
        )
    return found


def collect(someone, share: int = 1) -> None:
    """Let every `share`-th member pay a month, so that the pages have rows of each sort."""
    with someone.acting() as (actor, melati):
        members = (
            Member.objects.filter(cooperative=melati)
            .exclude(status="exited")
            .order_by("pk")
            .values_list("pk", flat=True)[::share]
        )
        record_dues(
            cooperative=melati, lines=[DuesLine(pk, wajib=10_000) for pk in members], paid_on=now_day(), through=now_day(), key=uuid4(),
            actor=actor, now=timezone.now(), today=now_day(),
        )  # fmt: skip


def leave(someone) -> None:
    """Let member LEFT go, with savings to give back."""
    with someone.acting() as (actor, melati):
        exit_member(
            member=Member.objects.get(cooperative=melati, number=LEFT),
            on=now_day(),
            reason="own_request",
            note="",
            actor=actor,
            now=timezone.now(),
        )


def _slip() -> bytes:
    out = BytesIO()
    Image.new("RGB", (90, 60), "red").save(out, "JPEG")
    return out.getvalue()


def now_day():
    return today_jakarta(timezone.now())


def grow(someone, members: int) -> None:
    """Admit people until the cooperative has `members`."""
    with someone.acting() as (actor, melati):
        have = Member.objects.filter(cooperative=melati).count()
        people = [
            Applicant(Person(f"{FIRST[n * 7 % len(FIRST)]} {LAST[n * 5 % len(LAST)]} {n}", "LP"[n % 2]), TODAY, "")
            for n in range(members - have)
        ]
        admit_many(cooperative=melati, people=people, actor=actor, now=timezone.now())


def test_every_page_asks_as_much_for_300_members_as_for_10(walk, siti):
    collect(siti)
    leave(siti)
    few = {name: count for name, (count, _) in walk().items()}
    assert {name: count for name, count in few.items() if count > MOST} == {}
    assert len(MEMBERS) == 10
    grow(siti, 300)
    collect(siti, share=3)
    many = {name: count for name, (count, _) in walk().items()}
    assert many == few


@pytest.fixture
def one_of_each(siti, budi) -> dict[str, tuple]:
    """Make one thing for every page of one thing; return page → the parts of its address."""
    collect(siti)
    leave(siti)
    with budi.acting() as (actor, melati):
        _, token = invite(
            agency=melati.agency,
            cooperative=melati,
            kind=GrantKind.TREASURER,
            name="Rini",
            actor=actor,
            now=timezone.now(),
        )
    join(token, "rini", "Rini Bendahara")
    rini = Someone("rini").grant
    common = {"now": timezone.now(), "today": now_day()}
    with siti.acting() as (actor, melati):
        common |= {"cooperative": melati, "actor": actor}
        left = Member.objects.get(cooperative=melati, number=LEFT)
        settle_exit(**common, member=left, on=now_day(), pay_now=False)
        plan_refund(**common, member=left, parts=[(now_day(), 5_000), (add_months(now_day(), 1), 5_000)])
        paid = pay_out_exit(**common, member=left, rupiah=5_000, on=now_day(), key=uuid4())
        moved = move_cash(
            **common, kind="deposit", rupiah=10_000, on=now_day(), key=uuid4(), pictures=[drawn_anew(_slip())]
        )
        month = month_of(now_day())
        pause = pause_dues(**common, member=None, first=month, last=month, decided_on=now_day(), decision="Rapat")
        own = Grant.objects.get(cooperative=melati, user_id=actor.user_id, kind=GrantKind.TREASURER)
        offered = offer_hand_over(**common, outgoing=own, incoming=rini, notes={"1000": 85})
        code = Receipt.objects.filter(cooperative=melati).order_by("pk").values_list("code", flat=True)[0]
        picture = Evidence.objects.get(cooperative=melati)
        jurnal = moved.entry.address, paid.entry.address
    answer = Browser().post(f"/k/{code}/tidak-cocok/", {"text": "Jumlahnya bukan itu", "kunci": str(uuid4())})
    assert answer.status_code == 302
    return {
        "cash_move": (jurnal[0],), "picture": (picture.pk,), "withdraw_pause": (pause.pk,), "merge": (1, 2),
        "objection": (code,), "succession_one": (offered.number,), "take_back": (LEFT, jurnal[1]), "plan_refund": (LEFT,),
    }  # fmt: skip


@pytest.mark.django_db(databases=["default", "cache"])
def test_a_page_of_one_thing_keeps_to_its_bound_for_300_members_as_for_10(one_of_each, enter, budi, siti):
    client, place = enter(budi), (siti.grant.agency.slug, siti.grant.cooperative.slug)
    assert one_of_each.keys() == OF_ONE.keys()

    def asked() -> dict[str, int]:
        found = {}
        for name, parts in one_of_each.items():
            path = reverse(f"finance:{name}", args=[*place, *parts])
            client.get(path)
            with CaptureQueriesContext(connection) as queries:
                answer = client.get(path)
            assert answer.status_code == 200, f"{path} answered {answer.status_code}"
            found[name] = len(queries) - 3  # three are the harness's own
        return found

    few = asked()
    assert {name: count for name, count in few.items() if count > OF_ONE[name]} == {}
    grow(siti, 300)
    assert asked() == few


def test_what_only_takes_posts_asks_for_no_more_than_who_is_there(enter, budi):
    client, asked = enter(budi), set()
    for name, parts in (
        ("tell_apart", (1, 2)),
        ("offer_again", (1, 2)),
        ("separate", (1, 2)),
        ("answer_correction", (1, 1)),
        ("import_apply", ("0" * 16,)),
        ("import_undo", ("0" * 16,)),
    ):
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(reverse(f"finance:{name}", args=["kota-serang", "melati", *parts]))
        assert answer.status_code == 405
        assert len(queries) - 3 <= 10
        asked.add(name)
    assert asked == ONLY_POST


@pytest.mark.parametrize(("members", "kilobytes"), [(300, 15), (1_000, 40)])
def test_the_sheet_stays_light(enter, siti, members, kilobytes):
    grow(siti, members)
    collect(siti, share=3)
    place = (siti.grant.agency.slug, siti.grant.cooperative.slug)
    bind(NOBODY)
    content = enter(siti).get(reverse("finance:sheet", args=place)).content
    assert content.count(b'name="bayar"') >= members // 2
    assert len(gzip.compress(content)) <= kilobytes * 1000


@pytest.mark.parametrize(("members", "kilobytes"), [(300, 15), (1_000, 40)])
def test_the_list_a_phone_carries_stays_light(enter, siti, members, kilobytes):
    grow(siti, members)
    collect(siti, share=3)
    place = (siti.grant.agency.slug, siti.grant.cooperative.slug)
    bind(NOBODY)
    client = enter(siti)
    carried = client.get(reverse("finance:outbox_list", args=place)).json()
    page = client.get(reverse("finance:outbox", args=place)).content
    assert len(carried["baris"]) >= members
    assert len(gzip.compress(json.dumps(carried).encode())) + len(gzip.compress(page)) <= kilobytes * 1000
