"""Closing a month: in order, by two people of the cooperative, with the cash counted; the database insists too."""

import uuid
from datetime import UTC, date, datetime, time

import pytest
from django.db import IntegrityError, connection, transaction

from finance.actions import CannotClose, CashDifference, ClosedMonth, DuesLine, close_month, record_dues
from finance.models import Entry, Period
from finance.reports import trial_balance, verify_cooperative
from members.models import Member
from registry.actions import end_access
from registry.models import Grant

FEBRUARY = date(2026, 2, 1)
LATER = date(2026, 4, 2)


def at(day: date) -> datetime:
    return datetime.combine(day, time(5), tzinfo=UTC)


def close(actor, melati, checker, month=date(2026, 1, 1), **more):
    values = {"cash_counted": 0, "actor": actor, "now": at(LATER), "today": LATER} | more
    return close_month(cooperative=melati, month=month, checker_id=checker, **values)


def collect(actor, melati, on: date, rupiah: int) -> None:
    member = Member.objects.filter(cooperative=melati).order_by("number").first()
    record_dues(cooperative=melati, lines=[DuesLine(member.pk, wajib=rupiah, ahead=True)], paid_on=on, through=on, key=uuid.uuid4(),
                actor=actor, now=at(LATER), today=LATER)  # fmt: skip


def accounts(melati, as_of: date) -> dict[str, int]:
    return {a.code: a.debit - a.credit for a in trial_balance(cooperative=melati, as_of=as_of).accounts}


def test_months_close_one_after_the_other(siti, wati):
    checker = wati.user.pk
    with siti.acting() as (actor, melati):
        with pytest.raises(CannotClose, match="tutup dulu Januari 2026"):
            close(actor, melati, checker, FEBRUARY)
        close(actor, melati, checker)
        close(actor, melati, checker, FEBRUARY)
        with pytest.raises(CannotClose, match="sudah ditutup"):
            close(actor, melati, checker)
        with pytest.raises(CannotClose, match="belum berakhir"):
            close(actor, melati, checker, date(2026, 4, 1))
        assert Period.objects.filter(cooperative=melati).count() == 2


@pytest.mark.parametrize("person", ["wati", "budi"])
def test_pengawas_and_ketua_may_check(siti, person, request):
    checker = request.getfixturevalue(person).grant
    with siti.acting() as (actor, melati):
        period = close(actor, melati, checker.user_id)
        assert (period.closed_by_name, period.checked_by_name) == (actor.name, checker.user_name)


@pytest.mark.parametrize(
    ("person", "why"),
    [
        ("yusuf", "pengawas atau ketua"),  # secretary: no office that checks
        ("ratna", "pengawas atau ketua"),  # ketua of another cooperative
        ("kepala", "pengawas atau ketua"),  # head of the dinas
        ("tamu", "pengawas atau ketua"),  # nobody
        ("siti", "dua orang"),
    ],
)
def test_nobody_else_may_check(siti, person, why, request):
    checker = request.getfixturevalue(person).user.pk
    with siti.acting() as (actor, melati), pytest.raises(CannotClose, match=why):
        close(actor, melati, checker)


def test_who_no_longer_holds_the_office_may_not_check(siti, budi, wati):
    checker = wati.user.pk
    with budi.acting() as (actor, melati):
        grant = Grant.objects.get(cooperative=melati, user_id=checker)
        end_access(grant=grant, actor=actor, now=at(date(2026, 3, 1)), today=date(2026, 3, 1))
    with siti.acting() as (actor, melati), pytest.raises(CannotClose, match="masih menjabat"):
        close(actor, melati, checker)


def test_only_an_officer_of_the_cooperative_closes(siti, ratna, wati, budi):
    """Whoever calls the action: the actor's place and office are looked at, not only the page's door."""
    chair, supervisor, checker = ratna.actor, wati.actor, budi.user.pk
    with siti.acting() as (_, melati):
        for actor in (chair, supervisor):
            with pytest.raises(CannotClose, match="pengurus koperasi ini"):
                close(actor, melati, checker)


def test_cash_that_agrees_with_the_books_needs_no_words(siti, wati):
    checker = wati.user.pk
    with siti.acting() as (actor, melati):
        collect(actor, melati, date(2026, 1, 20), 10_000)
        collect(actor, melati, date(2026, 2, 3), 20_000)  # the cash of February is not counted in January
        period = close(actor, melati, checker, cash_counted=10_000, difference_reason="tidak perlu")
        assert (period.cash_booked_rupiah, period.cash_counted_rupiah, period.difference_reason) == (10_000, 10_000, "")
        assert "11900" not in accounts(melati, date(2026, 1, 31))


@pytest.mark.parametrize(("counted", "difference"), [(8_500, 1_500), (12_000, -2_000)])
def test_cash_that_differs_is_explained_and_posted(siti, wati, counted, difference):
    """By hand: 10.000 came in. 8.500 in the box: 1.500 short, Dr 11900. 12.000: 2.000 over, Cr 11900."""
    checker = wati.user.pk
    with siti.acting() as (actor, melati):
        collect(actor, melati, date(2026, 1, 20), 10_000)
        with pytest.raises(CashDifference, match="sebab selisihnya"):
            close(actor, melati, checker, cash_counted=counted, difference_reason="  ")
        assert not Period.objects.filter(cooperative=melati).exists()
        period = close(actor, melati, checker, cash_counted=counted, difference_reason="Uang kembalian kurang")
        assert period.cash_booked_rupiah == 10_000
        assert accounts(melati, date(2026, 1, 31)) == {"11100": counted, "11900": difference, "32000": -10_000}
        entry = Entry.objects.filter(cooperative=melati).latest("pk")
        assert (entry.posted_on, entry.kind) == (date(2026, 1, 31), "cash")
        assert verify_cooperative(melati) == []  # the seal covers the difference


def test_less_than_no_cash_is_not_counted(siti, wati):
    checker = wati.user.pk
    with siti.acting() as (actor, melati), pytest.raises(CannotClose, match="kurang dari nol"):
        close(actor, melati, checker, cash_counted=-1, difference_reason="x")


def test_a_closed_month_takes_no_dues(siti, wati):
    checker = wati.user.pk
    with siti.acting() as (actor, melati):
        close(actor, melati, checker)
        with pytest.raises(ClosedMonth):
            collect(actor, melati, date(2026, 1, 31), 10_000)


def insert(melati, **changed) -> None:
    """Write a closed month past the action."""
    values = {"cooperative": melati, "month": date(2026, 1, 1), "closed_at": at(LATER), "seal": b"x" * 32, "cash_counted_rupiah": 0,
              "cash_booked_rupiah": 0} | changed  # fmt: skip
    with transaction.atomic():
        Period.objects.create(**values)


def test_the_database_refuses_a_closing_that_the_rules_would_not_allow(siti, wati, yusuf, ratna):
    checker, secretary, stranger = wati.user.pk, yusuf.user.pk, ratna.user.pk
    with siti.acting() as (actor, melati):
        own = actor.user_id
        for closed_by, checked_by, rule in (
            (own, own, "who_closes_does_not_check|who_checks_is_entitled_to"),
            (own, secretary, "who_checks_is_entitled_to"),
            (own, stranger, "who_checks_is_entitled_to"),
            (secretary, checker, "who_closes_is_who_is_at_work"),
        ):
            with pytest.raises(IntegrityError) as refused:
                insert(melati, closed_by=closed_by, checked_by=checked_by)
            assert refused.value.__cause__.diag.constraint_name in rule.split("|")
        with pytest.raises(IntegrityError, match="a_month_closes_with_its_cash_explained"):
            insert(melati, closed_by=own, checked_by=checker, cash_counted_rupiah=5)
        insert(melati, closed_by=own, checked_by=checker)  # the control: what the rules allow goes in
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM finance_period")
            assert cursor.fetchone()[0] == 1
