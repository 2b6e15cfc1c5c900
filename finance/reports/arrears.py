"""Who is behind, since when, and how much, on any day: ageing 1-3, 4-6 and more than 6 months."""

from dataclasses import dataclass
from datetime import date

from django.db import connection

from finance.models import Books
from registry.models import Cooperative
from registry.periods import add_months, month_of

from .rates import Rates, months_not_made, rates_of
from .sheet import MonthSheet

BANDS = ((1, 3, "1 sampai 3 bulan"), (4, 6, "4 sampai 6 bulan"), (7, 10_000, "lebih dari 6 bulan"))


@dataclass(frozen=True)
class ArrearsRow:
    """A member behind with wajib: how many months before the present one, and rupiah for them."""

    number: str
    name: str
    months: int
    rupiah: int
    since: date
    member_id: int


@dataclass(frozen=True)
class Arrears:
    """Arrears before the month of `as_of`: the present month is due, not late."""

    as_of: date
    members: int
    rows: tuple[ArrearsRow, ...]

    @property
    def rupiah(self) -> int:
        return sum(row.rupiah for row in self.rows)

    @property
    def bands(self) -> list[tuple[str, int, int]]:
        """Return (words, members, rupiah) for each age."""
        found = []
        for low, high, words in BANDS:
            rows = [row for row in self.rows if low <= row.months <= high]
            found.append((words, len(rows), sum(row.rupiah for row in rows)))
        return found


# What was open at the end of a day: what is open now, and what was allocated after that day put back. For today nothing
# was, so the page of today costs an empty look into an index more.
_AS_OF = """
WITH later AS MATERIALIZED (
  SELECT obligation_id, sum(rupiah)::bigint AS rupiah FROM finance_allocation
  WHERE cooperative_id = %(cooperative)s AND posted_on > %(as_of)s GROUP BY obligation_id
), waived AS MATERIALIZED (
  SELECT obligation_id, sum(CASE WHEN restored_on IS NULL THEN rupiah ELSE -rupiah END)::bigint AS rupiah FROM finance_dueswaiver
  WHERE cooperative_id = %(cooperative)s
    AND (restored_on IS NULL AND waived_on > %(as_of)s OR waived_on <= %(as_of)s AND restored_on > %(as_of)s) GROUP BY obligation_id
), merged AS MATERIALIZED (
  SELECT id, merged_into_id FROM members_member WHERE cooperative_id = %(cooperative)s AND merged_into_id IS NOT NULL
), owed AS (
  SELECT coalesce(merged.merged_into_id, o.member_id) AS member_id, o.period,
         sum(o.due_rupiah - o.paid_rupiah + coalesce(later.rupiah, 0) + coalesce(waived.rupiah, 0)) AS open
  FROM finance_obligation o LEFT JOIN later ON later.obligation_id = o.id LEFT JOIN waived ON waived.obligation_id = o.id
       LEFT JOIN merged ON merged.id = o.member_id
  WHERE o.cooperative_id = %(cooperative)s AND o.kind = 'wajib' AND o.period < %(month)s
  GROUP BY 1, 2
), folded AS (
  SELECT member_id, array_agg(period ORDER BY period) FILTER (WHERE open > 0) AS periods,
         array_agg(open ORDER BY period) FILTER (WHERE open > 0) AS open, max(period) AS last
  FROM owed GROUP BY member_id
)
SELECT m.id, m.number_text, m.name, m.joined_on, f.periods, f.open, f.last
FROM members_member m LEFT JOIN folded f ON f.member_id = m.id
WHERE m.cooperative_id = %(cooperative)s AND m.merged_into_id IS NULL AND m.joined_on <= %(as_of)s
  AND (m.exited_on IS NULL OR m.exited_on > %(as_of)s)
ORDER BY m.name, m.number
"""


def arrears(*, cooperative: Cooperative, as_of: date) -> Arrears:
    """Return who had wajib open from before the month of `as_of` at the end of that day, the longest first.

    Counted are those who had joined and not left by then, with payments and corrections dated up to then. Four queries.
    """
    month = month_of(as_of)
    books = Books.objects.filter(cooperative=cooperative).first()
    if books is None:
        return Arrears(as_of, 0, ())
    rates = rates_of(cooperative)
    with connection.cursor() as cursor:
        cursor.execute(_AS_OF, {"cooperative": cooperative.pk, "as_of": as_of, "month": month})
        people = cursor.fetchall()
    rows = [row for one in people if (row := _late(one, books.opened_on, add_months(month, -1), rates, as_of))]
    return Arrears(as_of, len(people), tuple(sorted(rows, key=lambda row: (-row.months, row.name))))


def _late(one: tuple, opened: date, through: date, rates: Rates, as_of: date) -> ArrearsRow | None:
    """Return one person's row, with the months whose obligations were not made yet; None for who is not behind."""
    member_id, number, name, joined, periods, rupiah, last = one
    late = dict(zip(periods or (), rupiah or (), strict=True))
    for month in months_not_made(last, joined, opened, through, None):
        if owed := rates.owed(member_id, month, as_of):
            late[month] = owed
    return ArrearsRow(number, name, len(late), sum(late.values()), min(late), member_id) if late else None


def arrears_of(sheet: MonthSheet, as_of: date) -> Arrears:
    """Return the arrears a month sheet already holds, without asking again: its months before its own month."""
    rows = []
    for row in sheet.rows:
        if row.arrears_months:
            rupiah = row.amount - (row.current_rupiah if row.open_months[-1] == sheet.month else 0)
            rows.append(ArrearsRow(row.number, row.name, row.arrears_months, rupiah, row.open_months[0], row.member_id))
    return Arrears(as_of, len(sheet.rows), tuple(sorted(rows, key=lambda row: (-row.months, row.name))))
