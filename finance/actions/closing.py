"""Closing a month: the cash is counted, another person checks, and a seal over every entry's digest locks it."""

from datetime import date, datetime, timedelta

from django.db import transaction

from finance.models import Books, EntryDigest, EntryKind, Period
from finance.reports.books import account_balance
from registry import audit
from registry.access import Actor
from registry.formats import format_month, format_rupiah
from registry.models import Cooperative, Grant, GrantKind
from registry.models.accounts import OFFICER_KINDS
from registry.periods import last_day, month_of

from .collecting import lock_books
from .posting import CASH, CASH_DIFFERENCE, Move, post
from .refusals import CashDifference, Refused

CHECKERS = frozenset({GrantKind.SUPERVISOR, GrantKind.CHAIR})  # pengawas, or the ketua over the treasurer's book


class CannotClose(Refused):
    """The month cannot be closed now."""


@transaction.atomic
def close_month(
    *,
    cooperative: Cooperative,
    month: date,
    checker_id: int,
    cash_counted: int,
    difference_reason: str = "",
    actor: Actor,
    now: datetime,
    today: date,
) -> Period:
    """Close `month`: no entry may be dated in it any more. The seal chains to the month closed before (docs/seal.md).

    Months close in order. An officer of the cooperative closes; the user `checker_id`, another person, who is pengawas or
    ketua there today, has checked. `cash_counted` is the cash at the end of the month, rupiah: what differs from account
    11100 needs a reason and is posted to 11900 on the last day. Raises `CannotClose`, `CashDifference`, `Refused`.
    """
    books = lock_books(cooperative)
    first, last = month_of(month), last_day(month)
    _check_month(books, first, last, today)
    checker = _checker(cooperative, checker_id, actor, today)
    assert actor.user_id is not None  # _checker saw to it
    booked = account_balance(cooperative, CASH, first)
    reason = difference_reason.strip()[:200] if cash_counted != booked else ""
    _post_difference(cooperative, first, cash_counted, booked, reason, actor, now, today)
    previous = Period.objects.filter(cooperative=cooperative).order_by("-month").first()
    digests = EntryDigest.objects.of_month(cooperative.pk, first)
    period = Period.objects.create(
        cooperative=cooperative,
        month=first,
        closed_at=now,
        closed_by=actor.user_id,
        closed_by_name=actor.name,
        checked_by=checker_id,
        checked_by_name=checker.user_name,
        seal=Period.seal_over(bytes(previous.seal) if previous else b"", first, digests),
        cash_counted_rupiah=cash_counted,
        cash_booked_rupiah=booked,
        difference_reason=reason,
    )
    books.closed_through = last
    books.save(update_fields=["closed_through"])
    audit.record(
        "close_month",
        actor=actor,
        now=now,
        subject=f"buku {first:%Y-%m}",
        reason=reason,
        cooperative_id=cooperative.pk,
        cash=cash_counted,
        difference=cash_counted - booked,
        checked_by=checker_id,
    )
    return period


def _check_month(books: Books, first: date, last: date, today: date) -> None:
    if last >= today:
        raise CannotClose("Bulan yang belum berakhir belum dapat ditutup.")
    if (books.closed_through and first <= books.closed_through) or first < books.opened_on:
        raise CannotClose("Bulan ini sudah ditutup, atau terjadi sebelum buku dibuka.")
    opened = month_of(books.opened_on)
    next_month = month_of(books.closed_through + timedelta(days=1)) if books.closed_through else opened
    if first != next_month:
        raise CannotClose(f"Bulan ditutup berurutan: tutup dulu {format_month(next_month)}.")


def _checker(cooperative: Cooperative, checker_id: int, actor: Actor, today: date) -> Grant:
    """Return the grant by which somebody else of this cooperative may check. The database asks the same (ledger.sql)."""
    if actor.user_id is None or actor.cooperative_id != cooperative.pk or actor.kind not in OFFICER_KINDS:
        raise CannotClose("Buku ditutup oleh pengurus koperasi ini.")
    if checker_id == actor.user_id:
        raise CannotClose("Yang menutup buku dan yang memeriksa harus dua orang.")
    grants = Grant.objects.in_force(today).filter(cooperative=cooperative, user_id=checker_id, kind__in=CHECKERS)
    checker = grants.order_by("pk").first()
    if checker is None:
        raise CannotClose("Yang memeriksa harus pengawas atau ketua koperasi ini yang masih menjabat.")
    return checker


def _post_difference(
    cooperative: Cooperative,
    month: date,
    counted: int,
    booked: int,
    reason: str,
    actor: Actor,
    now: datetime,
    today: date,
) -> None:
    """Bring 11100 to what lies in the box; the difference waits in 11900 until it is explained or borne."""
    if counted < 0:
        raise CannotClose("Uang kas yang dihitung tidak boleh kurang dari nol.")
    difference = counted - booked
    if not difference:
        return
    if not reason:
        raise CashDifference(
            f"Uang kas yang dihitung {format_rupiah(counted)}, menurut buku {format_rupiah(booked)}. Tulis sebab selisihnya."
        )
    debit, credit = (CASH, CASH_DIFFERENCE) if difference > 0 else (CASH_DIFFERENCE, CASH)
    post(
        cooperative=cooperative,
        kind=EntryKind.CASH,
        posted_on=last_day(month),
        text=f"Selisih kas {format_month(month)} saat tutup buku",
        moves=[Move(debit, credit, abs(difference))],
        actor=actor,
        now=now,
        receipt_year=today.year,
    )
