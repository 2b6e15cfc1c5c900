"""How far cooperatives have come into being: steps with their days, stages counted from them. Read without any name.

A step whose day nobody wrote down counts as taken on every day: that it was taken is known, when is not.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from registry.formation import Stage, stage_of, stages

from .pairs import Pairs, Sum, fetch, total

OPERATING = "operating"


@dataclass(frozen=True, slots=True)
class Taken:
    """A followed cooperative: since when (None: always), and its steps, code to day (None: day not recorded)."""

    since: date | None
    steps: Mapping[str, date | None]

    def on(self, day: date) -> Stage | None:
        """Return the stage it stood at on `day`; None while it was not followed."""
        if self.since and self.since > day:
            return None
        return stage_of({code: on for code, on in self.steps.items() if on is None or on <= day})[0]


def taken(agency_id: int) -> dict[int, Taken]:
    """Every followed cooperative with all steps it ever took. One statement."""
    rows = fetch(_TAKEN, agency_id, agency_id)
    return {pk: Taken(since, dict(zip(codes, days, strict=True))) for pk, since, codes, days in rows}


_TAKEN = """
SELECT f.cooperative_id, f.started_on, coalesce(s.codes, '{}'), coalesce(s.days, '{}')
FROM registry_following f LEFT JOIN (
  SELECT cooperative_id, array_agg(step ORDER BY step) AS codes, array_agg(done_on ORDER BY step) AS days
  FROM registry_takenstep WHERE agency_id = %s GROUP BY cooperative_id
) s ON s.cooperative_id = f.cooperative_id
WHERE f.agency_id = %s
"""


def operating(found: Mapping[int, Taken], day: date) -> Pairs:
    """1 of 1 where the first outlet was open on `day`, for those followed by then."""
    at = {pk: one.on(day) for pk, one in found.items()}
    return {pk: (int(stage.code == OPERATING), 1) for pk, stage in at.items() if stage}


def operating_series(found: Mapping[int, Taken], days: Sequence[date], ids: Sequence[int]) -> list[Sum | None]:
    """Operating of followed, at each of `days`."""
    sums = [total(operating(found, day), ids) for day in days]
    return [one if one.known else None for one in sums]


def reached(found: Mapping[int, Taken], day: date, ids: Sequence[int]) -> list[tuple[Stage, int]]:
    """The funnel on `day`: of these cooperatives, how many stood at each stage or further."""
    order = list(stages())
    at = [order.index(stage.code) for pk in ids if pk in found and (stage := found[pk].on(day))]
    return [(stage, sum(place >= number for place in at)) for number, stage in enumerate(stages().values())]


def passed(agency_id: int, as_of: date, ids: Sequence[int], codes: Sequence[str]) -> dict[str, int]:
    """How many of these cooperatives, followed or not, had taken each of these steps by `as_of`."""
    counted = dict(fetch(_PASSED, agency_id, list(codes), as_of, list(ids)))
    return {code: counted.get(code, 0) for code in codes}


_PASSED = """
SELECT step, COUNT(*) FROM registry_takenstep
WHERE agency_id = %s AND step = ANY (%s) AND (done_on IS NULL OR done_on <= %s) AND (cooperative_id IN (SELECT unnest(%s))) IS TRUE
GROUP BY step
"""
