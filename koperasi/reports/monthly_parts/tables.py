"""The tables per kecamatan."""

from dataclasses import dataclass, fields
from typing import Literal

from registry.formats import format_number, percent_tenths

from .numbers import add_known, percent_text


@dataclass(frozen=True, slots=True)
class DistrictRow:
    """A row of the Rekapitulasi Data Koperasi. `unrated`: neither active nor inactive by the rule in
    force.
    """

    code: str
    name: str
    cooperatives: int
    active: int
    inactive: int
    unrated: int
    members: int | None = None
    men: int | None = None
    women: int | None = None
    rat: int | None = None
    managers: int | None = None
    employees: int | None = None
    own_capital: int | None = None
    outside_capital: int | None = None
    assets: int | None = None
    turnover: int | None = None
    shu: int | None = None

    @property
    def numbers(self) -> tuple[int | None, ...]:
        """The columns in print order."""
        return tuple(getattr(self, name) for name in RDK_COLUMNS)


RDK_COLUMNS = tuple(field.name for field in fields(DistrictRow))[2:]


@dataclass(frozen=True, slots=True)
class Comparison:
    """One column of bars: for each district (part, whole), in the order of the RDK rows."""

    heading: str
    kind: Literal["count", "percent"]
    parts: tuple[tuple[int, int], ...]

    @property
    def mean(self) -> int | None:
        """All districts together, tenths of a percent: the tick on every bar."""
        return percent_tenths(sum(part for part, _ in self.parts), sum(whole for _, whole in self.parts))

    @property
    def percents(self) -> tuple[int | None, ...]:
        return tuple(percent_tenths(part, whole) for part, whole in self.parts)

    def text(self, at: int) -> str:
        part, whole = self.parts[at]
        if self.kind == "percent":
            return percent_text(percent_tenths(part, whole))
        return f"{format_number(part)} dari {format_number(whole)}"


@dataclass(frozen=True, slots=True)
class DuesRow:
    """Dues of one district, rupiah: due and paid for the report's month; arrears by age in months, all kinds.

    Only cooperatives that reported (`reporting` of `cooperatives`) are in the sums.
    """

    code: str
    name: str
    cooperatives: int
    reporting: int
    due: int | None = None
    paid: int | None = None
    arrears_1_3: int | None = None
    arrears_4_6: int | None = None
    arrears_over_6: int | None = None
    members_in_arrears: int | None = None

    @property
    def paid_tenths(self) -> int | None:
        return percent_tenths(self.paid, self.due) if self.due and self.paid is not None else None

    @property
    def arrears(self) -> int | None:
        return add_known((self.arrears_1_3, self.arrears_4_6, self.arrears_over_6))
