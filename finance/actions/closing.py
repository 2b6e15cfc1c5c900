"""Closing a month: the cash is counted, another person checks, and a seal over every entry's digest locks it."""

import hashlib
from datetime import date, datetime, timedelta

from django.db import connection, transaction

from finance.models import Period
from registry import audit
from registry.access import Actor
from registry.formats import format_month
from registry.models import Cooperative
from registry.periods import last_day, month_of

from .collecting import lock_books
from .refusals import Refused

_DIGESTS = """
SELECT d.digest FROM finance_entry e JOIN finance_entrydigest d ON d.cooperative_id = e.cooperative_id AND d.entry_id = e.id
WHERE e.cooperative_id = %s AND e.posted_on BETWEEN %s AND %s ORDER BY e.year, e.number
"""


class CannotClose(Refused):
    """The month cannot be closed now."""


@transaction.atomic
def close_month(
    *,
    cooperative: Cooperative,
    month: date,
    checker_id: int,
    cash_counted: int,
    actor: Actor,
    now: datetime,
    today: date,
) -> Period:
    """Close `month`: no entry may be dated in it any more. The seal chains to the month closed before (docs/seal.md).

    Months close in order; who closes does not check. Raises `CannotClose`.
    """
    books = lock_books(cooperative)
    first, last = month_of(month), last_day(month)
    if checker_id == actor.user_id:
        raise CannotClose("Yang menutup buku dan yang memeriksa harus dua orang.")
    if last >= today:
        raise CannotClose("Bulan yang belum berakhir belum dapat ditutup.")
    previous = Period.objects.filter(cooperative=cooperative).order_by("-month").first()
    if (books.closed_through and first <= books.closed_through) or first < books.opened_on:
        raise CannotClose("Bulan ini sudah ditutup, atau terjadi sebelum buku dibuka.")
    next_month = (
        month_of(books.closed_through + timedelta(days=1)) if books.closed_through else month_of(books.opened_on)
    )
    if first != next_month:
        raise CannotClose(f"Bulan ditutup berurutan: tutup dulu {format_month(next_month)}.")
    period = Period.objects.create(
        cooperative=cooperative,
        month=first,
        closed_at=now,
        closed_by=actor.user_id,
        checked_by=checker_id,
        seal=seal_of(cooperative.pk, first, bytes(previous.seal) if previous else b""),
        cash_counted_rupiah=cash_counted,
    )
    books.closed_through = last
    books.save(update_fields=["closed_through"])
    audit.record(
        "close_month",
        actor=actor,
        now=now,
        subject=f"buku {first:%Y-%m}",
        cooperative_id=cooperative.pk,
        cash=cash_counted,
    )
    return period


def seal_of(cooperative_id: int, month: date, previous: bytes) -> bytes:
    """Return SHA-256 over the seal before and the digests of the month's entries, in the order of their numbers."""
    with connection.cursor() as cursor:
        cursor.execute(_DIGESTS, [cooperative_id, month_of(month), last_day(month)])
        digests = b"".join(bytes(row[0]) for row in cursor.fetchall())
    return hashlib.sha256(previous + month_of(month).isoformat().encode() + digests).digest()
