"""The list an officer's phone carries into a hamlet without signal: number, name, and what is open. Nothing else."""

from dataclasses import dataclass
from datetime import date

from registry.models import Cooperative
from registry.periods import month_of

from .bylaws import pokok_instalments
from .pokok import OpenPokok, open_pokok
from .sheet import SheetRow, month_sheet


@dataclass(frozen=True)
class CarriedRow:
    """One member as carried: open months oldest first with their rupiah, and what is left of the pokok.

    `instalment`: of the pokok by the by-laws (0: at once); `pokok_now`: how much of it to ask for this month.
    """

    number: str
    name: str
    months: tuple[tuple[date, int], ...]
    pokok_left: int
    instalment: int = 0
    pokok_now: int = 0


@dataclass(frozen=True)
class CarriedList:
    """What is open for every current member through the month of `today`. `monthly_rupiah` is the rate of that month."""

    month: date
    monthly_rupiah: int
    rows: tuple[CarriedRow, ...]


def carried_list(*, cooperative: Cooperative, today: date) -> CarriedList:
    """Return the list of `today`. Constant statements, whatever the number of members; no identity data is read."""
    found = month_sheet(cooperative=cooperative, month=today, today=today)
    pokok = open_pokok(cooperative=cooperative, today=today) if found.rows else {}
    times = pokok_instalments(cooperative, today)
    rows = tuple(_carried(row, pokok.get(row.member_id), times) for row in found.rows)
    return CarriedList(month_of(today), found.monthly_rupiah, rows)


def _carried(row: SheetRow, pokok: OpenPokok | None, times: int) -> CarriedRow:
    months = tuple(zip(row.open_months, row.open_amounts, strict=True))
    if pokok is None:
        return CarriedRow(row.number, row.name, months, 0)
    return CarriedRow(row.number, row.name, months, pokok.left, pokok.instalment(times), pokok.proposed(times))
