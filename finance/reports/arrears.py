"""Who is behind, since when, and how much: ageing 1-3, 4-6 and more than 6 months."""

from dataclasses import dataclass
from datetime import date

from registry.models import Cooperative
from registry.periods import add_months, month_of

from .sheet import MonthSheet, SheetRow, month_sheet

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


def arrears(*, cooperative: Cooperative, as_of: date) -> Arrears:
    """Return everybody with wajib open from before the month of `as_of`, the longest first."""
    sheet = month_sheet(cooperative=cooperative, month=add_months(month_of(as_of), -1), today=as_of)
    rows = sorted((_late(row) for row in sheet.rows if row.months), key=lambda row: (-row.months, row.name))
    return Arrears(as_of, len(sheet.rows), tuple(rows))


def arrears_of(sheet: MonthSheet, as_of: date) -> Arrears:
    """Return the arrears a month sheet already holds, without asking again: its months before its own month."""
    rows = []
    for row in sheet.rows:
        if row.arrears_months:
            rupiah = row.amount - (row.current_rupiah if row.open_months[-1] == sheet.month else 0)
            rows.append(ArrearsRow(row.number, row.name, row.arrears_months, rupiah, row.open_months[0], row.member_id))
    return Arrears(as_of, len(sheet.rows), tuple(sorted(rows, key=lambda row: (-row.months, row.name))))


def _late(row: SheetRow) -> ArrearsRow:
    return ArrearsRow(row.number, row.name, row.months, row.amount, row.open_months[0], row.member_id)
