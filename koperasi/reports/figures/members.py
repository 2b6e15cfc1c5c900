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
    found = {pk: Heads(men, women, "ledger") for pk, men, women in fetch(_HEADS, agency_id, as_of) if pk in keepers}
    for pk, values in told.items():
        men, women = values.get("members_male"), values.get("members_female")
        if pk not in keepers and men and women:
            found[pk] = Heads(men.value, women.value, women.source)
    return found


_HEADS = """
SELECT cooperative_id, COALESCE(SUM(joined - "left") FILTER (WHERE sex = 'L'), 0), COALESCE(SUM(joined - "left") FILTER (WHERE sex = 'P'), 0)
FROM members_memberflow WHERE agency_id = %s AND month <= %s GROUP BY cooperative_id
"""


def members_through(
    agency_id: int, days: Sequence[date], lines: Iterable[Line], ids: Iterable[int]
) -> tuple[dict[int, Heads], list[Sum | None]]:
    """`members` of all `lines` on the last of `days` (in order), and the sum of these `ids` at each of them.

    `known` are the cooperatives behind a sum. Two statements, each of one pass: what came and went, what was reported.
    """
    lines, chosen = list(lines), set(ids)
    keepers = {line.pk for line in lines if line.keeps_books}
    others = [line.pk for line in lines if not line.keeps_books]
    flows = fetch(_FLOWS, sorted(keepers & chosen), agency_id, days[-1])
    heads = {pk: Heads(men, women, "ledger") for pk, _, men, women, _ in flows if pk in keepers}
    begun = [since for pk, _, _, _, since in flows if pk in keepers & chosen]
    moves = [(month, men + women) for pk, month, men, women, _ in flows if pk is None and month]
    told = _reports(agency_id, days, others)
    heads |= {pk: steps[-1] for pk, steps in told.items() if steps[-1]}
    series = []
    for place, day in enumerate(days):
        said = [found for pk, steps in told.items() if pk in chosen and (found := steps[place])]
        part = sum(change for month, change in moves if month <= day) + sum(one.all for one in said)
        series.append(Sum(part, 0, sum(since <= day for since in begun) + len(said)))
    return heads, [one if one.known else None for one in series]


# Once for each cooperative, and once for each month of those asked for.
_FLOWS = """
SELECT cooperative_id, month, COALESCE(SUM(change) FILTER (WHERE sex = 'L'), 0), COALESCE(SUM(change) FILTER (WHERE sex = 'P'), 0), MIN(month)
FROM (SELECT cooperative_id, month, sex, joined - "left" AS change, (cooperative_id IN (SELECT unnest(%s::bigint[]))) IS TRUE AS asked
      FROM members_memberflow WHERE agency_id = %s AND month <= %s) flow
GROUP BY GROUPING SETS ((cooperative_id), (asked, month)) HAVING cooperative_id IS NOT NULL OR asked
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
