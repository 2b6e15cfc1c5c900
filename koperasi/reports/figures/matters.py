"""What the dinas records: annual meetings, buildings, matters that block."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from registry.periods import last_day

from .directory import Line
from .pairs import Pairs, Sum, fetch, total


@dataclass(frozen=True, slots=True)
class RatYear:
    """The book year whose RAT is asked for on a day, and the deadline of the agency."""

    book_year: int
    deadline: date

    @classmethod
    def on(cls, day: date, month: int, deadline_day: int) -> "RatYear":
        """The year before that of `day`; `month` and `deadline_day` are the agency's."""
        end = last_day(date(day.year, month, 1))
        return cls(day.year - 1, min(end, end.replace(day=min(deadline_day, end.day))))

    def is_owed(self, line: Line) -> bool:
        """A cooperative owes the RAT of every book year in which it existed; an unknown birthday counts as old."""
        return line.founded_on is None or line.founded_on.year <= self.book_year


def meetings(agency_id: int, book_year: int, as_of: date) -> dict[int, date]:
    """The day each cooperative held the RAT of a book year, if it did by `as_of`."""
    sql = "SELECT cooperative_id, held_on FROM registry_annualmeeting WHERE agency_id = %s AND book_year = %s AND held_on <= %s"
    return dict(fetch(sql, agency_id, book_year, as_of))


def rat_in_time(held: Mapping[int, date], year: RatYear, lines: Iterable[Line]) -> Pairs:
    """1 of 1 for each cooperative that owes the RAT and held it by the deadline, else 0 of 1."""
    return {
        line.pk: (int(line.pk in held and held[line.pk] <= year.deadline), 1) for line in lines if year.is_owed(line)
    }


def rat_series(
    agency_id: int, years: Sequence[RatYear], days: Sequence[date], lines: Sequence[Line]
) -> list[Sum | None]:
    """RAT in time at each day, for the book year asked for on that day. One query."""
    sql = "SELECT cooperative_id, book_year, held_on FROM registry_annualmeeting WHERE agency_id = %s AND book_year = ANY (%s)"
    held = fetch(sql, agency_id, sorted({year.book_year for year in years}))
    owing = {year: {line.pk for line in lines if year.is_owed(line)} for year in set(years)}
    in_time = {
        year: [
            on
            for pk, book_year, on in held
            if book_year == year.book_year and on <= year.deadline and pk in owing[year]
        ]
        for year in owing
    }
    answers = []
    for year, day in zip(years, days, strict=True):
        count = len(owing[year])
        answers.append(Sum(sum(on <= day for on in in_time[year]), count, count) if count else None)
    return answers


def buildings(agency_id: int, as_of: date) -> dict[int, str]:
    """ "own", "borrowed" or "none" as last recorded by `as_of`."""
    return dict(fetch(_BUILDINGS, agency_id, as_of))


_BUILDINGS = """
SELECT DISTINCT ON (cooperative_id) cooperative_id, ownership FROM registry_buildingrecord
WHERE agency_id = %s AND as_of <= %s ORDER BY cooperative_id, as_of DESC, id DESC
"""


def housed(records: Mapping[int, str]) -> Pairs:
    """1 of 1 for a cooperative with a building of its own or a borrowed one."""
    return {pk: (int(ownership != "none"), 1) for pk, ownership in records.items()}


def buildings_series(agency_id: int, days: Sequence[date], ids: Sequence[int]) -> list[Sum | None]:
    """Cooperatives with a building of those whose building is known, at each day."""
    rows = fetch(
        "SELECT cooperative_id, as_of, ownership FROM registry_buildingrecord WHERE agency_id = %s ORDER BY as_of, id",
        agency_id,
    )
    wanted, answers = set(ids), []
    for day in days:
        latest = {pk: ownership for pk, as_of, ownership in rows if as_of <= day and pk in wanted}
        answers.append(total(housed(latest), latest) if latest else None)
    return answers


def blockers(agency_id: int, as_of: date) -> list["OpenBlocker"]:
    """Matters open on a day, oldest first."""
    return [OpenBlocker(*row) for row in fetch(_BLOCKERS, agency_id, as_of, as_of)]


@dataclass(frozen=True, slots=True)
class OpenBlocker:
    """Something a cooperative cannot solve itself: who must act, by when."""

    cooperative: int
    what: str
    text: str
    waits_for: str
    opened_on: date
    due_on: date | None


_BLOCKERS = """
SELECT cooperative_id, what, text, waits_for, opened_on, due_on FROM registry_blocker
WHERE agency_id = %s AND opened_on <= %s AND (closed_on IS NULL OR closed_on > %s)
ORDER BY opened_on, id
"""
