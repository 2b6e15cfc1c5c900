"""Office-holders: who serves on a day, who of them was ever trained, whose term is over."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from .pairs import Pairs, Sum, fetch


@dataclass(frozen=True, slots=True)
class Posts:
    """Office-holders of one cooperative on a day. `ended` and `ending`: terms over, or over within 60 days."""

    serving: int
    trained: int
    ended: int
    ending: int


def officers(agency_id: int, as_of: date) -> dict[int, Posts]:
    """Serving office-holders and how many ever attended a bimtek by `as_of`."""
    return officers_through(agency_id, [as_of], [])[0]


def officers_through(
    agency_id: int, days: Sequence[date], ids: Sequence[int]
) -> tuple[dict[int, Posts], list[Sum | None]]:
    """The posts of every cooperative on the last of `days`, and trained of serving in these `ids` at each of them.

    One statement, one pass: a term is told in numbers of days, before how many of them it began, ended, and saw its
    first bimtek. `days` are in order.
    """
    params = {"days": list(days), "count": len(days), "last": days[-1], "ids": list(ids), "agency": agency_id}
    posts, terms = {}, []
    for pk, begun, ended, first, *counts in fetch(_OFFICERS, params):
        if pk is not None and counts[0]:
            posts[pk] = Posts(*counts[:4])
        elif pk is None:
            terms.append((begun, ended, first, counts[-1]))
    return posts, [_trained_of_serving(terms, place) for place in range(len(days))]


def _trained_of_serving(terms: Sequence[tuple[int, int, int, int]], place: int) -> Sum | None:
    serving = [(first, count) for begun, ended, first, count in terms if begun <= place < ended]
    done = sum(count for first, count in serving if first <= place)
    return Sum(done, sum(count for _, count in serving)) if serving else None


# width_bucket(x - 1, days) says how many of the days are before x.
_OFFICERS = """
WITH term AS (
  SELECT o.cooperative_id AS pk, chosen.id IS NOT NULL AS asked, o.ends_on, width_bucket(o.starts_on - 1, %(days)s::date[]) AS begun,
         width_bucket(COALESCE(o.ended_on, 'infinity') - 1, %(days)s::date[]) AS ended,
         COALESCE(width_bucket(a.first_on - 1, %(days)s::date[]), %(count)s) AS first
  FROM registry_term o
  LEFT JOIN (SELECT officer_id, MIN(held_on) AS first_on FROM registry_trainingattendance WHERE agency_id = %(agency)s GROUP BY 1) a
    ON a.officer_id = o.officer_id
  LEFT JOIN unnest(%(ids)s::bigint[]) AS chosen(id) ON chosen.id = o.cooperative_id
  WHERE o.agency_id = %(agency)s AND o.starts_on <= %(last)s
)
SELECT pk, begun, ended, first, COUNT(*) FILTER (WHERE ended = %(count)s), COUNT(*) FILTER (WHERE ended = %(count)s AND first < %(count)s),
       COUNT(*) FILTER (WHERE ended = %(count)s AND ends_on < %(last)s),
       COUNT(*) FILTER (WHERE ended = %(count)s AND ends_on BETWEEN %(last)s::date AND %(last)s::date + 60), COUNT(*) FILTER (WHERE asked)
FROM term GROUP BY GROUPING SETS ((pk), (begun, ended, first))
"""


def trained(posts: Mapping[int, Posts]) -> Pairs:
    return {pk: (post.trained, post.serving) for pk, post in posts.items()}


def posts_by_position(agency_id: int, as_of: date, ids: Sequence[int]) -> list[tuple[str, int, int]]:
    """(position, trained, serving) of all these cooperatives together, in the order of positions."""
    return fetch(_POSITIONS, agency_id, as_of, agency_id, as_of, as_of, list(ids))


_POSITIONS = """
SELECT o.position, COUNT(t.officer_id), COUNT(*) FROM registry_term o
LEFT JOIN (SELECT DISTINCT officer_id FROM registry_trainingattendance WHERE agency_id = %s AND held_on <= %s) t ON t.officer_id = o.officer_id
WHERE o.agency_id = %s AND o.starts_on <= %s AND (o.ended_on IS NULL OR o.ended_on > %s) AND o.cooperative_id = ANY (%s)
GROUP BY o.position
"""
