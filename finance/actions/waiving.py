"""What pauses waive. A month decided as libur is not owed by the person it was decided for, whatever happens to payments or entries.

Waivers follow from pauses and obligations, so they can be lifted and laid anew whenever either changes. They count from the
day their pause was recorded: the arrears of earlier days stay what they were.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import connection

from registry.models import Cooperative

# What is open of paused months falls to what was paid; the sums of what is due follow. `fresh` are the waived obligations.
# A pause of one entry holds for the person: also for the entries merged with it.
_WAIVE = """
WITH pause AS MATERIALIZED (
  SELECT w.id, w.first_month, w.last_month, coalesce(g.merged_into_id, w.member_id) AS person,
         (w.recorded_at AT TIME ZONE 'Asia/Jakarta')::date AS known_on
  FROM finance_duespause w LEFT JOIN members_member g ON g.cooperative_id = w.cooperative_id AND g.id = w.member_id
  WHERE w.cooperative_id = %(cooperative)s AND w.withdrawn_at IS NULL
), fresh AS (
  SELECT o.id, o.period, o.paid_rupiah, o.due_rupiah - o.paid_rupiah AS rupiah, p.id AS pause_id, p.known_on
  FROM finance_obligation o JOIN members_member m ON m.cooperative_id = o.cooperative_id AND m.id = o.member_id
  CROSS JOIN LATERAL (SELECT id, known_on FROM pause WHERE o.period BETWEEN first_month AND last_month
                      AND (person IS NULL OR person = coalesce(m.merged_into_id, m.id)) ORDER BY id LIMIT 1) p
  WHERE o.cooperative_id = %(cooperative)s AND o.kind = 'wajib' AND o.due_rupiah > o.paid_rupiah
    AND o.period BETWEEN coalesce(%(first)s::date, '-infinity') AND coalesce(%(last)s::date, 'infinity')
    AND (%(members)s::bigint[] IS NULL OR o.member_id = ANY(%(members)s::bigint[]))
), kept AS (
  INSERT INTO finance_dueswaiver (cooperative_id, pause_id, obligation_id, rupiah, waived_on)
  SELECT %(cooperative)s, pause_id, id, rupiah, known_on FROM fresh
), lowered AS (
  UPDATE finance_obligation o SET due_rupiah = o.paid_rupiah FROM fresh WHERE o.cooperative_id = %(cooperative)s AND o.id = fresh.id
), summed AS (
  UPDATE finance_duesdue d SET obligations = d.obligations - s.obligations, rupiah = d.rupiah - s.rupiah
  FROM (SELECT period, count(*) FILTER (WHERE paid_rupiah = 0) AS obligations, sum(rupiah)::bigint AS rupiah FROM fresh GROUP BY period) s
  WHERE d.cooperative_id = %(cooperative)s AND d.kind = 'wajib' AND d.period = s.period
)
SELECT count(*), coalesce(sum(rupiah), 0)::bigint FROM fresh
"""

# The way back. An obligation may have been waived in parts: its open rest first, and later what a correction freed.
_RAISE = """
, whole AS (SELECT id, period, due_rupiah, sum(rupiah)::bigint AS rupiah FROM again GROUP BY id, period, due_rupiah)
, raised AS (
  UPDATE finance_obligation o SET due_rupiah = o.due_rupiah + whole.rupiah
  FROM whole WHERE o.cooperative_id = %(cooperative)s AND o.id = whole.id
)
UPDATE finance_duesdue d SET obligations = d.obligations + s.obligations, rupiah = d.rupiah + s.rupiah
FROM (SELECT period, count(*) FILTER (WHERE due_rupiah = 0) AS obligations, sum(rupiah)::bigint AS rupiah FROM whole GROUP BY period) s
WHERE d.cooperative_id = %(cooperative)s AND d.kind = 'wajib' AND d.period = s.period
"""

_NOT_AFTER_LEAVING = """o.cooperative_id = w.cooperative_id AND o.id = w.obligation_id AND m.cooperative_id = o.cooperative_id AND m.id = o.member_id
    AND (m.exited_on IS NULL OR m.exited_on >= o.period)"""

_RESTORE = f"""
WITH again AS (
  UPDATE finance_dueswaiver w SET restored_on = %(on)s FROM finance_obligation o, members_member m
  WHERE w.cooperative_id = %(cooperative)s AND w.pause_id = %(pause)s AND w.restored_on IS NULL AND {_NOT_AFTER_LEAVING}
  RETURNING o.id, o.period, o.due_rupiah, w.rupiah
){_RAISE}"""

_LIFT = f"""
WITH again AS (
  DELETE FROM finance_dueswaiver w USING finance_obligation o, members_member m
  WHERE w.cooperative_id = %(cooperative)s AND o.member_id = ANY(%(members)s::bigint[]) AND w.restored_on IS NULL AND {_NOT_AFTER_LEAVING}
  RETURNING o.id, o.period, o.due_rupiah, w.rupiah
){_RAISE}"""


def waive_paused(
    cooperative: Cooperative, members: Sequence[int] | None = None, first: date | None = None, last: date | None = None
) -> tuple[int, int]:
    """Waive what is open of paused months, from `first` to `last`, of some members or (None) of all.

    Return how many months that were, and rupiah. Done again, it changes nothing. Merged entries have nothing open.
    """
    values: dict[str, Any] = {"cooperative": cooperative.pk, "members": members, "first": first, "last": last}
    with connection.cursor() as cursor:
        cursor.execute(_WAIVE, values)
        return cursor.fetchone()


def lift_waivers(cooperative: Cooperative, members: Sequence[int]) -> None:
    """Let entries owe what they would without pauses, for as long as their dues are laid anew; `waive_paused` ends that."""
    with connection.cursor() as cursor:
        cursor.execute(_LIFT, {"cooperative": cooperative.pk, "members": list(members)})


def restore_waived(cooperative: Cooperative, pause_id: int, on: date) -> None:
    """Let what a pause waived be owed again from a day on, except for months after somebody left."""
    with connection.cursor() as cursor:
        cursor.execute(_RESTORE, {"cooperative": cooperative.pk, "pause": pause_id, "on": on})
