"""Members: from the books where a cooperative keeps them here, else as somebody last reported."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from koperasi.reports.monthly import SourceMix

from .directory import Line
from .pairs import Sum, fetch


@dataclass(frozen=True, slots=True)
class Heads:
    """Members of one cooperative, and where the count comes from ("ledger", "cooperative", "ods", "dinas").

    `since`: the first month of a count from the books.
    """

    men: int
    women: int
    source: str
    since: date | None = None

    @property
    def all(self) -> int:
        return self.men + self.women


def members(
    agency_id: int, as_of: date, lines: Iterable[Line], told: Mapping[int, Mapping[str, "Reported"]]
) -> dict[int, Heads]:
    """Members at the end of a day, men and women: from the books, else as last reported (`told`)."""
    keepers = {line.pk for line in lines if line.keeps_books}
    found = {
        pk: Heads(men, women, "ledger", since)
        for pk, men, women, since in fetch(_HEADS, agency_id, as_of)
        if pk in keepers
    }
    for pk, values in told.items():
        men, women = values.get("members_male"), values.get("members_female")
        if pk not in keepers and men and women:
            found[pk] = Heads(men.value, women.value, women.source)
    return found


_HEADS = """
SELECT cooperative_id, COALESCE(SUM(joined - "left") FILTER (WHERE sex = 'L'), 0), COALESCE(SUM(joined - "left") FILTER (WHERE sex = 'P'), 0),
       MIN(month)
FROM members_memberflow WHERE agency_id = %s AND month <= %s GROUP BY cooperative_id
"""


def members_series(
    agency_id: int, days: Sequence[date], heads: Mapping[int, Heads], lines: Iterable[Line]
) -> list[Sum | None]:
    """Members at each of `days` (in order), from the books and as reported; `known` are the cooperatives behind them.

    `heads` are those of `lines` on the last day: earlier days are the last one less what came and went since.
    """
    lines = list(lines)
    keepers = [line.pk for line in lines if line.keeps_books and line.pk in heads]
    others = [line.pk for line in lines if not line.keeps_books]
    moves = fetch(_SINCE, agency_id, days[0], days[-1], keepers)
    steps = fetch(_REPORTED_STEPS, others, agency_id, days[-1])
    last = sum(heads[pk].all for pk in keepers)
    found = []
    for day in days:
        counted = sum(heads[pk].since <= day for pk in keepers)
        told = [(change, begun) for on, change, begun in steps if on <= day]
        part = last - sum(change for month, change in moves if month > day) + sum(change for change, _ in told)
        found.append(Sum(int(part), 0, counted + sum(begun for _, begun in told)))
    return [one if one.known else None for one in found]


_SINCE = """
SELECT f.month, SUM(f.joined - f."left")::bigint FROM members_memberflow f
WHERE f.agency_id = %s AND f.month > %s AND f.month <= %s AND f.cooperative_id IN (SELECT unnest(%s::bigint[]))
GROUP BY f.month
"""

# Steps of the reported number: what each report adds to the one before, from the day both sexes are known.
_REPORTED_STEPS = """
WITH said AS (
  SELECT r.cooperative_id, r.figure, r.period, r.value - COALESCE(LAG(r.value) OVER w, 0) AS change, FIRST_VALUE(r.period) OVER w AS first
  FROM registry_reportedfigure r JOIN unnest(%s::bigint[]) AS chosen(id) ON chosen.id = r.cooperative_id
  WHERE r.agency_id = %s AND r.figure IN ('members_male', 'members_female') AND r.period <= %s
  WINDOW w AS (PARTITION BY r.cooperative_id, r.figure ORDER BY r.period, r.id)
), both_known AS (
  SELECT cooperative_id, MAX(first) AS begun FROM said GROUP BY cooperative_id HAVING COUNT(DISTINCT figure) = 2)
SELECT GREATEST(period, begun) AS on, SUM(change)::bigint, 0 FROM said JOIN both_known USING (cooperative_id) GROUP BY 1
UNION ALL
SELECT begun, 0, COUNT(*) FROM both_known GROUP BY begun
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
