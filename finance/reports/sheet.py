"""The month sheet of the Buku Setoran: everybody, what is open up to the month, and the twelve boxes of the year."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import connection

from finance.models import Books
from registry.formats import join_months
from registry.models import Cooperative
from registry.periods import last_day, month_of

from .rates import Rates, months_not_made, rates_of


@dataclass(frozen=True)
class SheetRow:
    """One member on the sheet. `amount` rupiah would settle everything up to the month; `months` is how many that is.

    `boxes`: twelve letters for January to December, as `{% twelve %}` reads them.
    """

    member_id: int
    number: str
    name: str
    amount: int
    months: int
    boxes: str
    arrears_months: int
    open_months: tuple[date, ...]
    open_amounts: tuple[int, ...] = ()  # of `open_months`, rupiah
    current_rupiah: int = 0  # of `amount`, what belongs to the sheet's own month
    settled_by: str = ""
    settled_at: datetime | None = None
    ahead_through: date | None = None
    rt_rw: str = ""
    joined_on: date | None = None
    free: bool = False  # nothing is owed for the sheet's own month, by decision
    pokok_now: int = 0  # instalment of the pokok to ask for, beside `amount`; see `with_pokok`
    pokok_left: int = 0

    @property
    def settled(self) -> bool:
        return self.amount == 0

    @property
    def asked(self) -> int:
        """What a tick asks for: all open wajib, and the instalment of the pokok."""
        return self.amount + self.pokok_now

    @property
    def tick(self) -> str:
        """What a tick sends: `A-0047.30000`, with an instalment and what was left before it `A-0047.30000.p33334.66667`."""
        pokok = f".p{self.pokok_now}.{self.pokok_left}" if self.pokok_now else ""
        return f"{self.number}.{self.amount}{pokok}"


@dataclass(frozen=True)
class Neighbours:
    """The members of one RT/RW on a sheet: how many, how many of them are settled, and rupiah still open."""

    rt_rw: str
    members: int
    settled: int
    rupiah: int

    @property
    def value(self) -> str:
        """What stands in the address: `001/002`, or `-` for members without RT/RW."""
        return self.rt_rw or NO_RT

    @property
    def words(self) -> str:
        return f"RT {self.rt_rw}" if self.rt_rw else "Tanpa RT"

    @property
    def open(self) -> int:
        return self.members - self.settled


NO_RT = "-"


@dataclass(frozen=True)
class MonthSheet:
    """The sheet of one month: rows by name, and the sums of what is open and of what was recorded for it."""

    month: date
    monthly_rupiah: int
    rows: tuple[SheetRow, ...]

    @property
    def open_rows(self) -> list[SheetRow]:
        return [row for row in self.rows if not row.settled]

    @property
    def settled_count(self) -> int:
        return sum(row.settled for row in self.rows)

    @property
    def open_rupiah(self) -> int:
        return sum(row.amount for row in self.rows)

    @property
    def neighbours(self) -> list[Neighbours]:
        """Everybody by RT/RW, those without one last."""
        groups: dict[str, list[SheetRow]] = defaultdict(list)
        for row in self.rows:
            groups[row.rt_rw].append(row)
        return [
            Neighbours(rt_rw, len(rows), sum(row.settled for row in rows), sum(row.amount for row in rows))
            for rt_rw, rows in sorted(groups.items(), key=lambda group: (not group[0], group[0]))
        ]

    def only(self, rt_rw: str, printed_on: date | None = None) -> "MonthSheet":
        """Return the sheet of one RT/RW (`-`: of those without); of everybody for an RT/RW nobody lives in.

        `printed_on`: without who joined after a paper of that day was printed.
        """
        wanted = "" if rt_rw == NO_RT else rt_rw
        rows = tuple(row for row in self.rows if row.rt_rw == wanted) if rt_rw else ()
        if printed_on:
            rows = tuple(row for row in rows or self.rows if row.joined_on is None or row.joined_on <= printed_on)
        return replace(self, rows=rows) if rows else self

    @property
    def in_arrears(self) -> list[SheetRow]:
        return [row for row in self.rows if row.arrears_months]


# One row a member, obligations folded into arrays; the latest payment tells who settled the month.
_ROWS = """
WITH elsewhere AS MATERIALIZED (  -- months a person paid under a number that was merged: paid, not free
  SELECT DISTINCT g.merged_into_id AS member_id, o.period FROM members_member g
  JOIN finance_obligation o ON o.cooperative_id = g.cooperative_id AND o.member_id = g.id AND o.kind = 'wajib' AND o.paid_rupiah > 0
  WHERE g.cooperative_id = %(cooperative)s AND g.merged_into_id IS NOT NULL
)
SELECT m.id, m.number_text, m.name, m.joined_on, m.exited_on, o.periods, o.open, o.last, p.maker_name, p.recorded_at, m.rt_rw, o.due
FROM members_member m
LEFT JOIN LATERAL (
  SELECT array_agg(period ORDER BY period) FILTER (WHERE period >= %(january)s OR paid_rupiah < due_rupiah) AS periods,
         array_agg(due_rupiah - paid_rupiah ORDER BY period) FILTER (WHERE period >= %(january)s OR paid_rupiah < due_rupiah) AS open,
         array_agg(CASE WHEN due_rupiah = 0 AND EXISTS (
             SELECT 1 FROM elsewhere e WHERE e.member_id = m.id AND e.period = finance_obligation.period)
           THEN 1 ELSE due_rupiah END ORDER BY period) FILTER (WHERE period >= %(january)s OR paid_rupiah < due_rupiah) AS due,
         max(period) AS last
  FROM finance_obligation WHERE cooperative_id = %(cooperative)s AND member_id = m.id AND kind = 'wajib'
) o ON true
LEFT JOIN LATERAL (
  SELECT e.maker_name, e.recorded_at FROM finance_payment y
  JOIN finance_entry e ON e.cooperative_id = y.cooperative_id AND e.id = y.entry_id
  WHERE y.cooperative_id = %(cooperative)s AND y.member_id = m.id ORDER BY y.paid_on DESC, y.id DESC LIMIT 1
) p ON true
WHERE m.cooperative_id = %(cooperative)s AND m.status <> 'exited' AND m.merged_into_id IS NULL AND m.joined_on <= %(last_day)s
ORDER BY m.name, m.number
"""


def month_sheet(*, cooperative: Cooperative, month: date, today: date) -> MonthSheet:
    """Return the sheet of `month` for every current member. Two queries, whatever the number of members."""
    month = month_of(month)
    books = Books.objects.filter(cooperative=cooperative).first()
    rates = rates_of(cooperative)
    if books is None:
        return MonthSheet(month, 0, ())
    with connection.cursor() as cursor:
        cursor.execute(
            _ROWS,
            {
                "cooperative": cooperative.pk,
                "january": month.replace(month=1),
                "last_day": last_day(month),
            },
        )
        rows = tuple(_row(line, books.opened_on, rates, month) for line in cursor.fetchall())
    return MonthSheet(month, rates.at("wajib", month), rows)


def _row(line: tuple, opened: date, rates: Rates, month: date) -> SheetRow:
    member_id, number, name, joined, exited, periods, open_rupiah, last, maker, recorded_at, rt_rw, due_rupiah = line
    known = dict(zip(periods or (), open_rupiah or (), strict=True))
    free = {period for period, due in zip(periods or (), due_rupiah or (), strict=True) if not due}
    for missing in months_not_made(last, joined, opened, month, exited):
        known[missing] = rates.owed(member_id, missing)
        if not known[missing] and rates.at("wajib", missing):
            free.add(missing)
    due = {period: rupiah for period, rupiah in sorted(known.items()) if period <= month and rupiah > 0}
    ahead = [period for period, rupiah in known.items() if period > month and rupiah == 0 and period not in free]
    return SheetRow(
        member_id=member_id,
        number=number,
        name=name,
        amount=sum(due.values()),
        months=len(due),
        boxes=_boxes(known, free, month),
        arrears_months=sum(period < month for period in due),
        open_months=tuple(due),
        open_amounts=tuple(due.values()),
        current_rupiah=due.get(month, 0),
        settled_by=maker or "",
        settled_at=recorded_at,
        ahead_through=max(ahead) if ahead and not due else None,
        rt_rw=rt_rw,
        joined_on=joined,
        free=month in free,
    )


def _boxes(known: dict[date, int], free: set[date], month: date) -> str:
    """p paid, l free by decision, t open and taken by this tick, n the month itself, u open later, x not due."""
    letters = []
    for number in range(1, 13):
        day = date(month.year, number, 1)
        rupiah = known.get(day)
        if rupiah is None:
            letters.append("x")
        elif day in free:
            letters.append("l")
        elif rupiah == 0:
            letters.append("p")
        elif day > month:
            letters.append("x")
        else:
            letters.append("n" if day == month else "t")
    return "".join(letters)


def explain(row: SheetRow, month: date) -> tuple[str, str]:
    """Return the exception line of a row and its state: `Menunggak 6 bulan` (soon), or nothing."""
    if row.arrears_months >= 3:
        return f"Menunggak {row.arrears_months} bulan", "soon"
    if row.arrears_months:
        return f"Rapel {join_months(row.open_months)}".replace(f" {month.year}", ""), ""
    return "", ""
