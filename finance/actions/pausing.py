"""Months without wajib ("libur"), by decision. What was paid for them stays paid; what is open for them is waived."""

from datetime import date, datetime

from django.db import transaction

from finance.models import DuesPause
from members.models import Member
from registry import audit
from registry.access import Actor
from registry.formats import format_month
from registry.models import Cooperative
from registry.periods import add_months, month_of

from .collecting import lock_books
from .refusals import Refused
from .waiving import restore_waived, waive_paused

MOST_MONTHS = 24
FURTHEST = 12  # months ahead a pause may begin


class AlreadyWithdrawn(Refused):
    """The pause was taken back before."""


@transaction.atomic
def pause_dues(
    *,
    cooperative: Cooperative,
    member: Member | None,
    first: date,
    last: date,
    decided_on: date,
    decision: str,
    actor: Actor,
    now: datetime,
    today: date,
) -> DuesPause:
    """Let no wajib be owed for the months `first` to `last`, by one member or (None) by everybody.

    What is open for them is waived, what was paid stays paid. The same pause again changes nothing and returns the first.
    Raises `Refused` for months that are closed or before the books, and for spans nobody means.
    """
    books = lock_books(cooperative)
    first, last = month_of(first), month_of(last)
    if last < first:
        raise Refused("Bulan terakhir tidak boleh sebelum bulan pertama.")
    if last > add_months(first, MOST_MONTHS - 1):
        raise Refused(f"Libur paling lama {MOST_MONTHS} bulan. Catat lagi bila diputuskan lebih lama.")
    if first > add_months(month_of(today), FURTHEST):
        raise Refused(f"Libur paling jauh dimulai {FURTHEST} bulan dari sekarang.")
    if first < month_of(books.opened_on):
        raise Refused(f"Buku koperasi ini dimulai {format_month(books.opened_on)}. Pilih bulan sesudahnya.")
    if books.closed_through and first <= books.closed_through:
        raise Refused("Bulan yang sudah ditutup tidak dapat diliburkan lagi.")
    if not decision.strip():
        raise Refused("Tulis keputusannya, misalnya: Rapat pengurus 3 Maret 2026.")
    if decided_on > today:
        raise Refused("Tanggal keputusan tidak boleh setelah hari ini.")
    same = DuesPause.objects.filter(
        cooperative=cooperative, member=member, first_month=first, last_month=last, withdrawn_at__isnull=True
    ).first()
    if same:
        return same
    pause = DuesPause.objects.create(
        cooperative=cooperative,
        member=member,
        first_month=first,
        last_month=last,
        decided_on=decided_on,
        decision=decision.strip(),
        decided_by=actor.name,
        recorded_at=now,
    )
    waived, rupiah = waive_paused(cooperative, [member.pk] if member else None, first, last)
    audit.record(
        "pause_dues",
        actor=actor,
        now=now,
        subject=f"anggota {member.number_text}" if member else "semua anggota",
        reason=decision.strip()[:200],
        cooperative_id=cooperative.pk,
        since=first,
        until=last,
        months=waived,
        rupiah=rupiah,
    )
    return pause


@transaction.atomic
def withdraw_pause(
    *, cooperative: Cooperative, pause: DuesPause, reason: str, actor: Actor, now: datetime, today: date
) -> None:
    """Take a pause back: what it waived is owed again, at the amounts it was. Raises `AlreadyWithdrawn` or `Refused`."""
    books = lock_books(cooperative)
    pause = DuesPause.objects.get(cooperative=cooperative, pk=pause.pk)
    if pause.withdrawn_at:
        raise AlreadyWithdrawn("Libur ini sudah dicabut sebelumnya.")
    if not reason.strip():
        raise Refused("Tulis alasan pencabutan.")
    if books.closed_through and pause.first_month <= books.closed_through:
        raise Refused("Bulan liburnya sudah ditutup, jadi tidak dapat dicabut lagi.")
    pause.withdrawn_at, pause.withdrawn_by, pause.withdrawn_reason = now, actor.name, reason.strip()[:200]
    pause.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_reason"])
    restore_waived(cooperative, pause.pk, today)
    waive_paused(cooperative, None, pause.first_month, pause.last_month)  # what another decision covers stays waived
    audit.record(
        "withdraw_pause",
        actor=actor,
        now=now,
        subject=f"anggota {pause.member.number_text}" if pause.member else "semua anggota",
        reason=reason.strip()[:200],
        cooperative_id=cooperative.pk,
        since=pause.first_month,
        until=pause.last_month,
    )
