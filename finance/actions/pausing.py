"""Months without wajib ("libur"), by decision. What was paid for them stays paid; what is open for them is waived."""

from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from finance.models import DuesPause
from members.models import Member
from registry import audit
from registry.access import Actor
from registry.formats import format_month
from registry.models import Cooperative
from registry.periods import add_months, month_of

from .collecting import lock_books
from .refusals import Refused

MOST_MONTHS = 24
FURTHEST = 12  # months ahead a pause may begin


class AlreadyWithdrawn(Refused):
    """The pause was taken back before."""


# What is open of the months falls to what was paid; the sums of what is due follow. `fresh` are the waived obligations.
_WAIVE = """
WITH fresh AS (
  SELECT o.id, o.period, o.paid_rupiah, o.due_rupiah - o.paid_rupiah AS rupiah
  FROM finance_obligation o JOIN members_member m ON m.cooperative_id = o.cooperative_id AND m.id = o.member_id
  WHERE o.cooperative_id = %(cooperative)s AND o.kind = 'wajib' AND o.period BETWEEN %(first)s AND %(last)s
    AND o.due_rupiah > o.paid_rupiah AND (%(member)s::bigint IS NULL OR coalesce(m.merged_into_id, m.id) = %(member)s)
), kept AS (
  INSERT INTO finance_dueswaiver (cooperative_id, pause_id, obligation_id, rupiah, waived_on)
  SELECT %(cooperative)s, %(pause)s, id, rupiah, %(on)s FROM fresh
), lowered AS (
  UPDATE finance_obligation o SET due_rupiah = o.paid_rupiah FROM fresh WHERE o.cooperative_id = %(cooperative)s AND o.id = fresh.id
), summed AS (
  UPDATE finance_duesdue d SET obligations = d.obligations - s.obligations, rupiah = d.rupiah - s.rupiah
  FROM (SELECT period, count(*) FILTER (WHERE paid_rupiah = 0) AS obligations, sum(rupiah)::bigint AS rupiah FROM fresh GROUP BY period) s
  WHERE d.cooperative_id = %(cooperative)s AND d.kind = 'wajib' AND d.period = s.period
)
SELECT count(*), coalesce(sum(rupiah), 0)::bigint FROM fresh
"""

# The other way: what the pause waived is due again, except for months after somebody left.
_RESTORE = """
WITH again AS (
  UPDATE finance_dueswaiver w SET restored_on = %(on)s
  FROM finance_obligation o JOIN members_member m ON m.cooperative_id = o.cooperative_id AND m.id = o.member_id
  WHERE w.cooperative_id = %(cooperative)s AND w.pause_id = %(pause)s AND w.restored_on IS NULL
    AND o.cooperative_id = w.cooperative_id AND o.id = w.obligation_id AND (m.exited_on IS NULL OR m.exited_on >= o.period)
  RETURNING o.id, o.period, o.due_rupiah, w.rupiah
), raised AS (
  UPDATE finance_obligation o SET due_rupiah = o.due_rupiah + again.rupiah
  FROM again WHERE o.cooperative_id = %(cooperative)s AND o.id = again.id
)
UPDATE finance_duesdue d SET obligations = d.obligations + s.obligations, rupiah = d.rupiah + s.rupiah
FROM (SELECT period, count(*) FILTER (WHERE due_rupiah = 0) AS obligations, sum(rupiah)::bigint AS rupiah FROM again GROUP BY period) s
WHERE d.cooperative_id = %(cooperative)s AND d.kind = 'wajib' AND d.period = s.period
"""


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
    waived, rupiah = _waive(cooperative, pause, today)
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
    with connection.cursor() as cursor:
        cursor.execute(_RESTORE, {"cooperative": cooperative.pk, "pause": pause.pk, "on": today})
    others = DuesPause.objects.filter(
        cooperative=cooperative, withdrawn_at__isnull=True, first_month__lte=pause.last_month,
        last_month__gte=pause.first_month,
    )  # fmt: skip
    for other in others:  # what another decision covers stays waived
        _waive(cooperative, other, today)
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


def _waive(cooperative: Cooperative, pause: DuesPause, on: date) -> tuple[int, int]:
    values: dict[str, Any] = {
        "cooperative": cooperative.pk, "pause": pause.pk, "member": pause.member_id, "first": pause.first_month,
        "last": pause.last_month, "on": on,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_WAIVE, values)
        return cursor.fetchone()
