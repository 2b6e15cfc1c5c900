"""The rates in force, and what is owed for months whose obligations were not made yet."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from finance.models import DuesRate
from registry.models import Cooperative
from registry.periods import add_months, month_of


@dataclass(frozen=True)
class Rates:
    """All rates of a cooperative: kind → ((valid_from, rupiah), ...) in order."""

    steps: dict[str, tuple[tuple[date, int], ...]]

    @classmethod
    def of(cls, rows: Iterable[tuple[str, date, int]]) -> "Rates":
        """Make them of (kind, valid_from, rupiah), in order of dates."""
        steps: dict[str, list] = {}
        for kind, start, rupiah in rows:
            steps.setdefault(kind, []).append((start, rupiah))
        return cls({kind: tuple(found) for kind, found in steps.items()})

    def at(self, kind: str, month: date) -> int:
        """Return the rate of `kind` in force in `month`, rupiah; 0 when none was decided yet."""
        steps = self.steps.get(kind, ())
        index = bisect_right([start for start, _ in steps], month_of(month))
        return steps[index - 1][1] if index else 0


def rates_of(cooperative: Cooperative) -> Rates:
    """Read every rate of a cooperative (a handful of rows)."""
    rates = DuesRate.objects.filter(cooperative=cooperative).order_by("kind", "valid_from")
    return Rates.of(rates.values_list("kind", "valid_from", "rupiah"))


def months_not_made(last: date | None, joined: date, opened: date, through: date, exited: date | None) -> list[date]:
    """Return the months up to `through` for which a member owes wajib but has no obligation row yet."""
    month = add_months(last, 1) if last else max(month_of(joined), month_of(opened))
    end = min(month_of(through), month_of(exited)) if exited else month_of(through)
    months = []
    while month <= end:
        months.append(month)
        month = add_months(month, 1)
    return months
