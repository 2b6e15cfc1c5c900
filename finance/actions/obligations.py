"""Making what is owed: one row per member, kind and month, from the rate in force that month."""

from collections.abc import Mapping, Sequence
from datetime import date

from django.db import connection

from registry.models import Cooperative
from registry.periods import month_of

Had = tuple[bool, date | None]  # whether the pokok is there, and the last month of wajib

# What members have already: one pass over the index for all of them, linear however stale the table's statistics are.
_HAD = """
SELECT o.member_id, bool_or(o.kind = 'pokok'), max(o.period) FILTER (WHERE o.kind = 'wajib')
FROM finance_obligation o WHERE o.cooperative_id = %s AND o.member_id = ANY(%s::bigint[]) GROUP BY o.member_id
"""

# Months follow each member's last one, so running it again makes nothing. Wajib runs from the later of joining and the
# opening of the books; it stops with the month of exit.
_MAKE = """
WITH person AS (
  SELECT m.id, date_trunc('month', m.joined_on)::date AS joined, w.through, w.pokok, w.last_wajib,
         date_trunc('month', coalesce(m.exited_on, 'infinity'::date))::date AS last_month
  FROM unnest(%(members)s::bigint[], %(through)s::date[], %(pokok)s::bool[], %(last_wajib)s::date[]) AS w(id, through, pokok, last_wajib)
  JOIN members_member m ON m.cooperative_id = %(cooperative)s AND m.id = w.id
  WHERE m.merged_into_id IS NULL
), due AS (
  SELECT p.id AS member_id, 'pokok' AS kind, p.joined AS period, r.rupiah, false AS paused
  FROM person p
  JOIN LATERAL (SELECT rupiah FROM finance_duesrate r WHERE r.cooperative_id = %(cooperative)s AND r.kind = 'pokok'
                AND r.valid_from <= greatest(p.joined, %(opened)s) ORDER BY r.valid_from DESC LIMIT 1) r ON true
  WHERE NOT p.pokok
  UNION ALL
  SELECT p.id, 'wajib', month::date, r.rupiah,
         EXISTS (SELECT 1 FROM finance_duespause w WHERE w.cooperative_id = %(cooperative)s AND w.withdrawn_at IS NULL
                 AND month BETWEEN w.first_month AND w.last_month
                 AND (w.member_id IS NULL OR w.member_id = p.id OR w.member_id IN (
                   SELECT g.id FROM members_member g WHERE g.cooperative_id = %(cooperative)s AND g.merged_into_id = p.id)))
  FROM person p
  CROSS JOIN LATERAL generate_series(coalesce(p.last_wajib + interval '1 month', greatest(p.joined, %(opened)s)),
                                     least(p.through, p.last_month), interval '1 month') AS month
  JOIN LATERAL (SELECT rupiah FROM finance_duesrate r WHERE r.cooperative_id = %(cooperative)s AND r.kind = 'wajib'
                AND r.valid_from <= month ORDER BY r.valid_from DESC LIMIT 1) r ON true
), made AS (
  INSERT INTO finance_obligation (cooperative_id, member_id, kind, period, due_rupiah, paid_rupiah)
  SELECT %(cooperative)s, member_id, kind, period, CASE WHEN paused THEN 0 ELSE rupiah END, 0 FROM due WHERE rupiah > 0
  ON CONFLICT DO NOTHING RETURNING id, member_id, kind, period, due_rupiah
), summed AS (
  INSERT INTO finance_duesdue AS d (cooperative_id, agency_id, kind, period, obligations, rupiah)
  SELECT %(cooperative)s, %(agency)s, kind, period, count(*) FILTER (WHERE due_rupiah > 0), sum(due_rupiah) FROM made GROUP BY kind, period ORDER BY kind, period
  ON CONFLICT (cooperative_id, kind, period)
  DO UPDATE SET obligations = d.obligations + EXCLUDED.obligations, rupiah = d.rupiah + EXCLUDED.rupiah
)
SELECT member_id, id, kind, period, due_rupiah FROM made
"""

# What was made with nothing due because of a pause: how much the pause took off, so that it can be due again.
_WAIVED = """
INSERT INTO finance_dueswaiver (cooperative_id, pause_id, obligation_id, rupiah, waived_on)
SELECT o.cooperative_id, w.id, o.id, r.rupiah, (w.recorded_at AT TIME ZONE 'Asia/Jakarta')::date
FROM finance_obligation o
JOIN LATERAL (SELECT id, recorded_at FROM finance_duespause w WHERE w.cooperative_id = o.cooperative_id AND w.withdrawn_at IS NULL
              AND o.period BETWEEN w.first_month AND w.last_month
              AND (w.member_id IS NULL OR w.member_id = o.member_id OR w.member_id IN (
                SELECT g.id FROM members_member g WHERE g.cooperative_id = o.cooperative_id AND g.merged_into_id = o.member_id))
              ORDER BY w.id LIMIT 1) w ON true
JOIN LATERAL (SELECT rupiah FROM finance_duesrate r WHERE r.cooperative_id = o.cooperative_id AND r.kind = 'wajib'
              AND r.valid_from <= o.period ORDER BY r.valid_from DESC LIMIT 1) r ON true
WHERE o.cooperative_id = %s AND o.id = ANY(%s::bigint[])
"""


def ensure_obligations(
    *, cooperative: Cooperative, opened_on: date, member_ids: Sequence[int], through: date | Sequence[date]
) -> None:
    """Make the missing obligations of some members up to a month (one for all, or one per member).

    Called inside the action that needs them, which holds the lock on the books. Also makes months ahead.
    """
    months = [month_of(through)] * len(member_ids) if isinstance(through, date) else [month_of(day) for day in through]
    with connection.cursor() as cursor:
        cursor.execute(_HAD, [cooperative.pk, list(member_ids)])
        had = {member_id: (pokok, last) for member_id, pokok, last in cursor.fetchall()}
    make_missing(
        cooperative=cooperative, opened_on=opened_on, through=dict(zip(member_ids, months, strict=True)), had=had
    )


def make_missing(
    *, cooperative: Cooperative, opened_on: date, through: Mapping[int, date], had: Mapping[int, Had]
) -> list[tuple[int, int, str, date, int]]:
    """Make what members lack up to their month of `through`; `had` is what they have already (who has nothing is left out).

    Return (member, obligation, kind, period, rupiah) of each obligation made. No statement when nobody lacks anything.
    """
    lacking = [
        (pk, month, *had.get(pk, (False, None)))
        for pk, month in through.items()
        if not _has_all(month, *had.get(pk, (False, None)))
    ]
    if not lacking:
        return []
    members, months, pokok, last_wajib = (list(column) for column in zip(*lacking, strict=True))
    values = {"members": members, "through": months, "pokok": pokok, "last_wajib": last_wajib}
    with connection.cursor() as cursor:
        cursor.execute(
            _MAKE,
            values | {"cooperative": cooperative.pk, "agency": cooperative.agency_id, "opened": month_of(opened_on)},
        )
        made = cursor.fetchall()
        paused = [obligation_id for _, obligation_id, _, _, rupiah in made if not rupiah]
        if paused:
            cursor.execute(_WAIVED, [cooperative.pk, paused])
    return made


def _has_all(month: date, pokok: bool, last_wajib: date | None) -> bool:
    """Return whether nothing is missing up to `month`."""
    return pokok and last_wajib is not None and last_wajib >= month
