"""The rates in force, and what is owed for months whose obligations were not made yet."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db.models.functions import Coalesce

from finance.models import DuesPause, DuesRate
from registry.models import Cooperative
from registry.periods import add_months, in_jakarta, month_of


@dataclass(frozen=True)
class Pause:
    """Months nobody (member_id None) or one member owes wajib for: known from `known_on`, until it was taken back."""

    member_id: int | None
    first: date
    last: date
    known_on: date
    taken_back_on: date | None = None

    def covers(self, member_id: int, month: date, as_of: date | None) -> bool:
        """Whether `month` is free for the member; as it was known at the end of `as_of`, or (None) now."""
        if self.member_id not in (None, member_id) or not self.first <= month <= self.last:
            return False
        if as_of is None:
            return self.taken_back_on is None
        return self.known_on <= as_of and (self.taken_back_on is None or self.taken_back_on > as_of)


@dataclass(frozen=True)
class Rates:
    """All rates of a cooperative: kind → ((valid_from, rupiah), ...) in order; and its pauses."""

    steps: dict[str, tuple[tuple[date, int], ...]]
    pauses: tuple[Pause, ...] = ()

    def owed(self, member_id: int, month: date, as_of: date | None = None) -> int:
        """Return the wajib a member owes for a month not made yet: the rate, or 0 in a pause."""
        paused = any(pause.covers(member_id, month, as_of) for pause in self.pauses)
        return 0 if paused else self.at("wajib", month)

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
    """Read every rate and pause of a cooperative (a handful of rows). Two queries."""
    rates = DuesRate.objects.filter(cooperative=cooperative).order_by("kind", "valid_from")
    found = Rates.of(rates.values_list("kind", "valid_from", "rupiah"))
    pauses = DuesPause.objects.filter(cooperative=cooperative)
    person = Coalesce("member__merged_into_id", "member_id")  # who was merged is free as the entry that counts
    lines = pauses.values_list(person, "first_month", "last_month", "recorded_at", "withdrawn_at")
    return replace(found, pauses=tuple(_pause(*line) for line in lines))


def _pause(member_id: int | None, first: date, last: date, known: datetime, taken_back: datetime | None) -> Pause:
    return Pause(
        member_id, first, last, in_jakarta(known).date(), in_jakarta(taken_back).date() if taken_back else None
    )


def months_not_made(last: date | None, joined: date, opened: date, through: date, exited: date | None) -> list[date]:
    """Return the months up to `through` for which a member owes wajib but has no obligation row yet."""
    month = add_months(last, 1) if last else max(month_of(joined), month_of(opened))
    end = min(month_of(through), month_of(exited)) if exited else month_of(through)
    months = []
    while month <= end:
        months.append(month)
        month = add_months(month, 1)
    return months
