"""What the dinas reads of the books is kept with them: months of books, dues paid in time, days of business."""

import uuid
from datetime import UTC, date, datetime

import pytest

from finance.actions import DuesLine, record_dues, reverse_payment
from finance.actions.posting import BANK, CASH, Move, post
from finance.models import OWN_CAPITAL, BooksMonth, DuesDue, EntryKind, Payment
from finance.reports.verification import verify_cooperative
from koperasi.reports import columns
from members.models import Member, MemberFlow, MemberMonth
from registry.actions import amend_cooperative, record_rat, report_figures
from registry.models import Agency, BusinessDay, Cooperative, Profile
from registry.reports.status import ACTIVE, INACTIVE, UNDETERMINED, rules, status_by
from tests.source import ROOT

LAW = rules()["law_3y"]
NOW = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)
TODAY = NOW.date()
RESERVE, GRANT, SALES, LOANS = "35000", "34000", "41000", "12200"


def move(cooperative, actor, on: date, debit: str, credit: str, rupiah: int) -> None:
    post(
        cooperative=cooperative, kind=EntryKind.CASH, posted_on=on, text="Uji", moves=[Move(debit, credit, rupiah)], actor=actor, now=NOW,
        receipt_year=on.year,
    )  # fmt: skip


def months(cooperative) -> dict[date, tuple[int, int, int, int]]:
    rows = BooksMonth.objects.filter(cooperative=cooperative).order_by("month")
    return {row.month: (row.pokok_rupiah, row.wajib_rupiah, row.cadangan_rupiah, row.hibah_rupiah) for row in rows}


def pay(cooperative, actor, member: int, wajib: int, on: date, through: date) -> None:
    record_dues(
        cooperative=cooperative, lines=[DuesLine(member, wajib=wajib)], paid_on=on, through=through, key=uuid.uuid4(), actor=actor, now=NOW,
        today=TODAY,
    )  # fmt: skip


def in_time(cooperative) -> dict[date, int]:
    rows = DuesDue.objects.filter(cooperative=cooperative, kind="wajib").exclude(in_time_rupiah=0)
    return dict(rows.values_list("period", "in_time_rupiah"))


def test_a_month_of_books_carries_the_capital_on_and_an_entry_of_an_earlier_month_moves_the_later_ones(siti):
    with siti.acting() as (actor, melati):
        move(melati, actor, date(2026, 3, 5), CASH, GRANT, 700)
        move(melati, actor, date(2026, 6, 5), BANK, CASH, 100)  # no capital moves, but something was entered
        assert months(melati) == {date(2026, 3, 1): (0, 0, 0, 700), date(2026, 6, 1): (0, 0, 0, 700)}
        move(melati, actor, date(2026, 4, 5), CASH, RESERVE, 20)
        move(melati, actor, date(2026, 2, 5), CASH, GRANT, 3)
        assert months(melati) == {
            date(2026, 2, 1): (0, 0, 0, 3), date(2026, 3, 1): (0, 0, 0, 703), date(2026, 4, 1): (0, 0, 20, 703),
            date(2026, 6, 1): (0, 0, 20, 703),
        }  # fmt: skip
        assert verify_cooperative(melati) == []


def test_business_is_what_was_sold_or_lent_in_the_month_less_what_was_taken_back(siti):
    with siti.acting() as (actor, melati):
        for debit, credit, rupiah in ((CASH, SALES, 500), (SALES, CASH, 120), (LOANS, CASH, 70), (CASH, LOANS, 30)):
            move(melati, actor, date(2026, 3, 5), debit, credit, rupiah)
        assert (
            BooksMonth.objects.get(cooperative=melati).business_rupiah == 500 - 120 + 70
        )  # a loan paid back is no business
        assert verify_cooperative(melati) == []


def test_dues_are_in_time_when_paid_by_the_end_of_their_month_until_taken_back_in_it(siti):
    with siti.acting() as (actor, melati):
        one, two = Member.objects.filter(cooperative=melati).order_by("number").values_list("pk", flat=True)[:2]
        pay(melati, actor, one, 30_000, date(2026, 2, 10), date(2026, 3, 31))  # January late, February, March ahead
        assert in_time(melati) == {date(2026, 2, 1): 10_000, date(2026, 3, 1): 10_000}
        pay(melati, actor, two, 20_000, date(2026, 2, 11), date(2026, 2, 28))
        assert in_time(melati)[date(2026, 2, 1)] == 20_000
        payment = Payment.objects.get(cooperative=melati, member_id=one)
        reverse_payment(
            cooperative=melati, payment=payment, reason="Salah orang", on=date(2026, 3, 2), actor=actor, now=NOW, today=TODAY
        )  # fmt: skip
        # taken back in March: what stood at the end of February stays, March is open again
        assert in_time(melati) == {date(2026, 2, 1): 20_000}
        assert verify_cooperative(melati) == []


@pytest.mark.parametrize(
    ("change", "check"),
    [
        (lambda melati: BooksMonth.objects.filter(cooperative=melati).update(hibah_rupiah=1), "modal sendiri dan usaha"),
        (lambda melati: DuesDue.objects.filter(cooperative=melati).update(in_time_rupiah=1), "iuran terbayar pada waktunya"),
        (lambda melati: MemberMonth.objects.filter(cooperative=melati).update(women=1), "anggota tiap bulan"),
    ],
)  # fmt: skip
def test_verify_names_a_kept_sum_that_was_touched(siti, change, check):
    with siti.acting() as (actor, melati):
        member = Member.objects.filter(cooperative=melati).order_by("number").values_list("pk", flat=True)[0]
        pay(melati, actor, member, 10_000, date(2026, 1, 10), date(2026, 1, 10))
        assert verify_cooperative(melati) == []
        assert change(melati)
        assert {finding.check for finding in verify_cooperative(melati)} == {check}


def test_a_month_of_members_carries_the_count_on_and_an_earlier_one_moves_the_later(siti):
    with siti.acting() as (_, melati):
        MemberMonth.objects.filter(cooperative=melati).update(men=0, women=0, change=0)  # the cast has applicants only

        def flow(month: int, sex: str, joined: int, left: int) -> None:
            values = {"agency": melati.agency, "joined": joined, "left": left}
            MemberFlow.objects.update_or_create(
                cooperative=melati, month=date(2026, month, 1), sex=sex, defaults=values
            )

        flow(5, "L", 4, 1)
        flow(3, "P", 2, 0)
        flow(5, "L", 4, 2)
        found = MemberMonth.objects.filter(cooperative=melati, month__gt=date(2026, 1, 1)).order_by("month")
        assert [(row.month.month, row.men, row.women, row.change) for row in found] == [(3, 0, 2, 2), (5, 2, 2, 2)]


def test_the_trigger_knows_the_accounts_of_own_capital():
    text = (ROOT / "finance/sql/summaries.sql").read_text()
    codes = sorted(code for accounts in OWN_CAPITAL.values() for code in accounts)
    assert f"IN ({', '.join(repr(code) for code in codes)}) AND grown" in text


def facts(actor, on: date | None) -> Cooperative:
    """Melati as an old cooperative with a RAT of every year, and its last day of business."""
    melati = Cooperative.objects.select_related("agency").get(slug="melati")
    profile = Profile.objects.get(pk=melati.pk)
    fields = {"founded_on": date(2000, 1, 1), "last_activity_on": on, "last_outlet_opened_on": None}
    amend_cooperative(
        cooperative=melati, version=profile.version, name=melati.name, fields=fields, actor=actor, now=NOW, today=TODAY
    )
    return melati


def held(melati, actor, *years: int) -> None:
    for year in years:
        record_rat(
            cooperative=melati,
            book_year=year,
            held_on=date(year + 1, 3, 1),
            present=None,
            reported_on=None,
            actor=actor,
            now=NOW,
        )


def rated(melati, on: date) -> str:
    return status_by(LAW, on, melati.agency, Cooperative.objects.filter(pk=melati.pk))[melati.pk].answer


def test_a_day_long_past_is_rated_by_what_was_known_to_have_happened_by_then(joko):
    with joko.acting() as (actor, _):
        melati = facts(actor, date(2025, 3, 1))
        held(melati, actor, 2021, 2022, 2023, 2024, 2025)
        facts(actor, date(2026, 9, 1))
        assert rated(melati, date(2025, 12, 31)) == ACTIVE
        assert rated(melati, date(2026, 4, 30)) == INACTIVE  # March 2025 is over a year ago, September is still to come
        assert rated(melati, TODAY) == ACTIVE
        assert rated(melati, date(2025, 2, 28)) == UNDETERMINED
        facts(actor, date(2025, 1, 15))  # a correction: what was said of later days was wrong
        assert [day.happened_on for day in BusinessDay.objects.filter(cooperative=melati)] == [date(2025, 1, 15)]
        assert rated(melati, TODAY) == INACTIVE
        facts(actor, None)
        assert not BusinessDay.objects.filter(cooperative=melati).exists()


def test_sales_in_the_books_are_business_and_dues_are_not(joko, siti):
    with joko.acting() as (actor, _):
        melati = facts(actor, None)
        held(melati, actor, 2023, 2024, 2025)
    with siti.acting() as (actor, _):
        move(melati, actor, date(2026, 1, 10), CASH, "32000", 10_000)
        assert rated(melati, TODAY) == UNDETERMINED
        move(melati, actor, date(2026, 9, 10), CASH, SALES, 10_000)
        assert rated(melati, TODAY) == ACTIVE
    with joko.acting():
        assert rated(melati, TODAY) == ACTIVE


def test_reported_volume_is_business_of_its_day(joko):
    with joko.acting() as (actor, _):
        melati = facts(actor, None)
        held(melati, actor, 2023, 2024, 2025)
        for volume, answer in ((0, UNDETERMINED), (5_000_000, ACTIVE)):
            report_figures(
                cooperative=melati, period=date(2026, 9, 30), values={"volume": volume}, source="cooperative", actor=actor, now=NOW, today=TODAY
            )  # fmt: skip
            assert rated(melati, TODAY) == answer


def test_the_printed_definition_names_the_months_and_says_what_no_business_is():
    assert f"{LAW.parameters['business_months']} bulan" in LAW.definition
    assert "setoran simpanan saja belum berarti usaha" in LAW.definition
    assert "belum melewati tiga tahun buku" in LAW.definition


def test_the_list_of_the_dinas_shows_members_and_savings_with_their_source(enter, joko, siti, wali, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    with siti.acting() as (actor, melati):
        member = Member.objects.filter(cooperative=melati).order_by("number").values_list("pk", flat=True)[0]
        record_dues(
            cooperative=melati, lines=[DuesLine(member, pokok=100_000, wajib=30_000)], paid_on=date(2026, 3, 10), through=date(2026, 3, 31),
            key=uuid.uuid4(), actor=actor, now=NOW, today=TODAY,
        )  # fmt: skip
    with joko.acting() as (actor, _):
        kenanga = Cooperative.objects.get(slug="kenanga")
        Profile.objects.filter(cooperative=kenanga).update(keeps_books_here=False)
        values = {"members_male": 40, "members_female": 61, "principal_paid": 5}
        report_figures(
            cooperative=kenanga,
            period=date(2026, 9, 30),
            values=values,
            source="ods",
            actor=actor,
            now=NOW,
            today=TODAY,
        )
    rows = {
        row["cooperative"].slug: row["cooperative"] for row in enter(joko).get("/kota-serang/koperasi/").context["rows"]
    }
    told = {
        slug: [value for extra, value in one.extra_values if extra.label != "Anggota UMKM"]
        for slug, one in rows.items()
    }
    assert [(one.value, one.mark) for one in told["melati"]] == [(1, ""), (130_000, "")]
    assert (told["kenanga"][0].value, told["kenanga"][0].mark) == (101, "ODS Sep 2026")
    assert told["kenanga"][1] is None
    text = enter(joko).get("/kota-serang/koperasi/unduh.csv").content.decode("utf-8-sig")
    assert "Anggota" in text and "Sumber simpanan" in text and "belum ada data" in text
    assert "ODS Kemenkop, 30 Sep 2026" in text
    assert "Simpanan (Rp)" not in enter(wali).get("/kota-serang/koperasi/").content.decode()


def test_half_a_reported_sum_is_no_sum(joko):
    with joko.acting() as (actor, _):
        mine = Agency.objects.get(pk=actor.agency_id)
        kenanga = Cooperative.objects.get(slug="kenanga")
        Profile.objects.filter(cooperative=kenanga).update(keeps_books_here=False)
        report_figures(
            cooperative=kenanga,
            period=date(2026, 9, 30),
            values={"members_male": 40},
            source="ods",
            actor=actor,
            now=NOW,
            today=TODAY,
        )
        assert columns.members(mine.pk, [kenanga.pk], TODAY) == {}
