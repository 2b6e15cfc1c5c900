"""What is left of the pokok, and the instalment the by-laws propose for it now."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db import connection

from finance.models import Books
from registry.models import Cooperative
from registry.periods import last_day, month_of

from .bylaws import Rules, pokok_instalments
from .rates import rates_of
from .sheet import MonthSheet


@dataclass(frozen=True)
class OpenPokok:
    """The pokok of one member, rupiah: due, left, and paid in the month that was asked for."""

    due: int
    left: int
    paid_now: int = 0

    def instalment(self, times: int) -> int:
        """Return one of `times` instalments, rounded up to the rupiah, the last one being the rest; 0 where it is paid at once."""
        return min(self.left, Rules(pokok_instalments=times).instalment_of(self.due)) if times > 1 else 0

    def proposed(self, times: int) -> int:
        """Return what to ask for now: one instalment a month, less what was paid in this one."""
        return max(0, self.instalment(times) - max(0, self.paid_now))


_OPEN = """
WITH paid AS MATERIALIZED (
  SELECT o.member_id, sum(a.rupiah)::bigint AS rupiah
  FROM finance_allocation a JOIN finance_obligation o ON o.cooperative_id = a.cooperative_id AND o.id = a.obligation_id AND o.kind = 'pokok'
  WHERE a.cooperative_id = %(cooperative)s AND a.posted_on BETWEEN %(first)s AND %(last)s GROUP BY o.member_id
)
SELECT m.id, m.joined_on, sum(o.due_rupiah)::bigint, sum(o.due_rupiah - o.paid_rupiah)::bigint, coalesce(max(paid.rupiah), 0)::bigint
FROM members_member m
LEFT JOIN finance_obligation o ON o.cooperative_id = m.cooperative_id AND o.member_id = m.id AND o.kind = 'pokok'
LEFT JOIN paid ON paid.member_id = m.id
WHERE m.cooperative_id = %(cooperative)s AND m.merged_into_id IS NULL AND m.status <> 'exited'
GROUP BY m.id, m.joined_on
"""


def open_pokok(*, cooperative: Cooperative, today: date) -> dict[int, OpenPokok]:
    """Return the pokok of every current member who has some left; where no obligation was made yet, by the rate.

    Four queries, whatever the number of members.
    """
    opened = Books.objects.filter(cooperative=cooperative).values_list("opened_on", flat=True).first()
    if opened is None:
        return {}
    rates = rates_of(cooperative)
    values: dict[str, Any] = {"cooperative": cooperative.pk, "first": month_of(today), "last": last_day(today)}
    with connection.cursor() as cursor:
        cursor.execute(_OPEN, values)
        rows = cursor.fetchall()
    found = {}
    for pk, joined, due, left, paid in rows:
        if due is None:
            due = left = rates.at("pokok", max(joined, opened))
        if left:
            found[pk] = OpenPokok(due, left, paid)
    return found


def with_pokok(sheet: MonthSheet, *, cooperative: Cooperative, today: date) -> MonthSheet:
    """Return the sheet of the present month with the instalments of pokok to ask for; other months, and where the by-laws
    let nobody pay by instalments, as it was. One query, then four more."""
    if sheet.month != month_of(today) or (times := pokok_instalments(cooperative, today)) == 1:
        return sheet
    pokok = open_pokok(cooperative=cooperative, today=today)
    rows = tuple(
        replace(row, pokok_now=pokok[row.member_id].proposed(times), pokok_left=pokok[row.member_id].left)
        if row.member_id in pokok
        else row
        for row in sheet.rows
    )
    return replace(sheet, rows=rows)
