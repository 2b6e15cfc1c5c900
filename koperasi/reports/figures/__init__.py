"""The figures of a dinas, one query per concept: home, dashboard and monthly report all count with these.

A concept is read per cooperative as (part, whole): rupiah paid of rupiah due, office-holders trained of all, 1 or 0
of 1. A cooperative that is not in the answer has no data; it is never 0. Sums over a kecamatan or the agency are made
from these pairs in Python, so no two pages can disagree. `as_of` is the last day of a month, or today in the open one.

Queries name the agency; the wall is the second guard. Only summaries and dated facts are read, never postings. Ids of
cooperatives come as one array, hashed once, `(id IN (SELECT unnest(ids))) IS TRUE`: so the plan is the same for eight of
them and for a thousand, and stays so once it is prepared.
"""

from .books import Arrears, Books, arrears, books, dues, dues_series, own_capital, recording, recording_series
from .directory import Line, directory
from .formation import Taken, operating, operating_series, passed, reached, taken
from .matters import (
    OpenBlocker,
    RatYear,
    blockers,
    buildings,
    buildings_series,
    housed,
    meetings,
    rat_in_time,
    rat_series,
)
from .members import Heads, Reported, members, members_through, reported, source_mix
from .officers import Posts, officers, officers_through, posts_by_position, trained
from .pairs import Pair, Pairs, Period, Sum, total

__all__ = ["Arrears", "Books", "Heads", "Line", "OpenBlocker", "Pair", "Pairs", "Period", "Posts", "RatYear", "Reported", "Sum",
           "arrears", "blockers", "books", "buildings", "buildings_series", "directory", "dues", "dues_series", "housed", "meetings",
           "members", "members_through", "officers", "officers_through", "own_capital", "posts_by_position", "rat_in_time", "rat_series",
           "operating", "operating_series", "passed", "reached", "recording", "recording_series", "reported", "source_mix", "Taken", "taken",
           "total", "trained"]  # fmt: skip
