"""Pages of money and the cooperative's home ask the database as much for 300 members as for 10, and stay light."""

import gzip
import json
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, reverse
from django.utils import timezone

from finance.actions import DuesLine, record_dues
from finance.models import Receipt
from finance.urls import urlpatterns
from members.actions import Applicant, Person, admit_many, exit_member
from members.models import Member
from registry.periods import today_jakarta
from registry.tenancy import NOBODY, bind
from tests.cast import MEMBERS, TODAY

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
}  # PDFs: slow to make, and each of one receipt or member
# Pages of one pair, one objection, one picture or one hand-over: bounded in the tests of those
ELSEWHERE = {
    "cash_move",
    "picture",
    "withdraw_pause",
    "merge",
    "tell_apart",
    "offer_again",
    "separate",
    "objection",
    "succession_one",
    "succession_file",
    "take_back",
    "answer_correction",
    "plan_refund",
    "cancel_pay_out",
    "own_data_file",
    "cash_move_file",
    "import_batch",
    "import_columns",
    "import_apply",
    "import_undo",
    "old_book",
    "take_back_opening",
}
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
        if pattern.name in PAPERS | ELSEWHERE:
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
