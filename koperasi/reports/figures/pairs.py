"""What every figure is made of: a period, a pair (part, whole) for each cooperative, and sums of pairs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db import connection

from registry.periods import add_months, last_day, month_of

Pair = tuple[int, int]
Pairs = dict[int, Pair]


@dataclass(frozen=True, slots=True)
class Period:
    """A month of figures: the day they stand at, and whether the month is still open (then they are provisional)."""

    month: date
    as_of: date
    is_open: bool

    @classmethod
    def of(cls, month: date, today: date) -> "Period":
        """The period of `month` as seen `today`."""
        end = last_day(month)
        return cls(month_of(month), min(end, today), end >= today)

    def back(self, months: int) -> "Period":
        """An earlier month, as it stood at its end."""
        month = add_months(self.month, -months)
        return Period(month, last_day(month), False) if months else self


@dataclass(frozen=True, slots=True)
class Sum:
    """Many pairs together: part, whole, and how many cooperatives they come from."""

    part: int = 0
    whole: int = 0
    known: int = 0


def total(pairs: Mapping[int, Pair], ids: Iterable[int]) -> Sum:
    """Add the pairs of these cooperatives; those without data are not in `known`."""
    found = [pairs[pk] for pk in ids if pk in pairs]
    return Sum(sum(part for part, _ in found), sum(whole for _, whole in found), len(found))


def fetch(sql: str, *params) -> list[tuple]:
    """Run one statement and return its rows. `params` in their order, or one dict of named ones."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params[0] if params and isinstance(params[0], dict) else params)
        return cursor.fetchall()
