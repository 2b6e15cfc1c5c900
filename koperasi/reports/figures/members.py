"""Members: from the books where a cooperative keeps them here, else as somebody last reported."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from koperasi.reports.monthly import SourceMix

from .directory import Line
from .pairs import Sum, fetch


@dataclass(frozen=True, slots=True)
class Heads:
    """Members of one cooperative, and where the count comes from ("ledger", "cooperative", "ods", "dinas")."""

    men: int
    women: int
    source: str

    @property
    def all(self) -> int:
        return self.men + self.women


def members(
    agency_id: int, as_of: date, lines: Iterable[Line], told: Mapping[int, Mapping[str, "Reported"]]
) -> dict[int, Heads]:
    """Members at the end of a day, men and women: from the books, else as last reported (`told`)."""
    keepers = {line.pk for line in lines if line.keeps_books}
    found = _in_the_books(agency_id, as_of, keepers)
    for pk, values in told.items():
        men, women = values.get("members_male"), values.get("members_female")
        if pk not in keepers and men and women:
            found[pk] = Heads(men.value, women.value, women.source)
    return found


def _in_the_books(agency_id: int, as_of: date, keepers: Iterable[int]) -> dict[int, Heads]:
    return {pk: Heads(men, women, "ledger") for pk, men, women in fetch(_HEADS, list(keepers), agency_id, as_of)}


# The latest row of each, found through the index: as dear after twenty years as after one.
_HEADS = """
SELECT chosen.id, latest.men, latest.women FROM unnest(%s::bigint[]) AS chosen(id)
CROSS JOIN LATERAL (
  SELECT m.men, m.women FROM members_membermonth m
  WHERE m.cooperative_id = chosen.id AND m.agency_id = %s AND m.month <= %s ORDER BY m.month DESC LIMIT 1) latest
"""


def members_through(
    agency_id: int, days: Sequence[date], lines: Iterable[Line], ids: Iterable[int]
) -> tuple[dict[int, Heads], list[Sum | None]]:
    """`members` of all `lines` on the last of `days` (in order), and the sum of these `ids` at each of them.

    `known` are the cooperatives behind a sum. Earlier days are the last one less what came and went since.
    """
    lines, chosen = list(lines), set(ids)
    keepers = {line.pk for line in lines if line.keeps_books}
    heads = _in_the_books(agency_id, days[-1], keepers)
    counted = [heads[pk].all for pk in heads if pk in chosen]
    moves = fetch(_MOVES, agency_id, days[0], days[-1], sorted(keepers & chosen))
    told = _reports(agency_id, days, [line.pk for line in lines if not line.keeps_books])
    series = []
    for place, day in enumerate(days):
        later = [(change, begun) for month, change, begun in moves if month > day]
        said = [found for pk, steps in told.items() if pk in chosen and (found := steps[place])]
        part = sum(counted) - sum(change for change, _ in later) + sum(one.all for one in said)
        series.append(Sum(part, 0, len(counted) - sum(begun for _, begun in later) + len(said)))
    heads |= {pk: steps[-1] for pk, steps in told.items() if steps[-1]}
    return heads, [one if one.known else None for one in series]


# By how many all of them became more in a month, and how many of them were counted for the first time.
_MOVES = """
SELECT month, SUM(change), COUNT(*) FILTER (WHERE men + women = change AND NOT EXISTS (
         SELECT FROM members_membermonth e WHERE e.cooperative_id = m.cooperative_id AND e.agency_id = m.agency_id AND e.month < m.month))
FROM members_membermonth m
WHERE agency_id = %s AND month > %s AND month <= %s AND (cooperative_id IN (SELECT unnest(%s::bigint[]))) IS TRUE
GROUP BY month
"""


def _reports(agency_id: int, days: Sequence[date], ids: Sequence[int]) -> dict[int, list[Heads | None]]:
    """What was the last report on each of `days`, of these cooperatives; None before both sexes are known."""
    steps: dict[int, list[dict[str, tuple[int, str]]]] = {}
    for pk, figure, place, value, source in fetch(_REPORTS, list(days), list(ids), agency_id, days[-1]):
        steps.setdefault(pk, [{} for _ in days])[place][figure] = (value, source)
    return {pk: _heads_of(said) for pk, said in steps.items()}


def _heads_of(said: Sequence[Mapping[str, tuple[int, str]]]) -> list[Heads | None]:
    known: dict[str, tuple[int, str]] = {}
    found = []
    for step in said:
        known |= step
        men, women = known.get("members_male"), known.get("members_female")
        found.append(Heads(men[0], women[0], women[1]) if men and women else None)
    return found


# The last report between one day and the next: `place` is the first day that knows of it.
_REPORTS = """
SELECT DISTINCT ON (cooperative_id, figure, place) cooperative_id, figure, place, value, source FROM (
  SELECT r.cooperative_id, r.figure, width_bucket(r.period - 1, %s::date[]) AS place, r.value, r.source, r.period, r.id
  FROM registry_reportedfigure r JOIN unnest(%s::bigint[]) AS chosen(id) ON chosen.id = r.cooperative_id
  WHERE r.agency_id = %s AND r.figure IN ('members_male', 'members_female') AND r.period <= %s) told
ORDER BY cooperative_id, figure, place, period DESC, id DESC
"""


@dataclass(frozen=True, slots=True)
class Reported:
    """The latest value somebody reported for a figure."""

    value: int
    source: str
    period: date


def reported(agency_id: int, as_of: date, figures: Sequence[str]) -> dict[int, dict[str, Reported]]:
    """The latest reported figures that speak of a day up to `as_of`."""
    found: dict[int, dict[str, Reported]] = {}
    for pk, figure, *value in fetch(_REPORTED, agency_id, list(figures), as_of):
        found.setdefault(pk, {})[figure] = Reported(*value)
    return found


_REPORTED = """
SELECT DISTINCT ON (cooperative_id, figure) cooperative_id, figure, value, source, period
FROM registry_reportedfigure WHERE agency_id = %s AND figure = ANY (%s) AND period <= %s
ORDER BY cooperative_id, figure, period DESC, id DESC
"""


def source_mix(sources: Iterable[str], of: int) -> SourceMix:
    """How many of `of` cooperatives have their figure from where."""
    counts = dict.fromkeys(("ledger", "cooperative", "ods", "dinas"), 0)
    for source in sources:
        counts[source] += 1
    return SourceMix(**counts, missing=of - sum(counts.values()))
