"""What several parts of one report need, read once from the board."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date

from koperasi.reports import figures
from koperasi.reports.board import Board
from koperasi.reports.figures import Line
from koperasi.reports.monthly import (
    MonthlyReport,
)


class Count:
    """What several parts of one report need, read once."""

    def __init__(self, board: Board, earlier: Mapping[date, MonthlyReport], complete: bool) -> None:
        self.board, self.earlier, self.complete = board, earlier, complete
        self.groups: dict[str, list[Line]] = {}
        for line in board.lines:
            self.groups.setdefault(line.district, []).append(line)
        self.open_blockers = [
            one for one in figures.blockers(board.agency.pk, board.period.as_of) if one.cooperative in board.by_pk
        ]
        self.labels = _labels(board.lines)
        self.books = figures.books(board.agency.pk, board.period.as_of) if complete else {}
        self.arrears = figures.arrears(board.agency.pk, board.period) if complete else {}


def _labels(lines: Sequence[Line]) -> dict[int, str]:
    """Short names that are unique in the agency: the kecamatan behind those that are not."""
    times = Counter(line.short_name for line in lines)
    named = {
        line.pk: line.short_name if times[line.short_name] == 1 else f"{line.short_name}, Kec. {line.district_name}"
        for line in lines
    }
    again = Counter(named.values())
    return {
        line.pk: named[line.pk] if again[named[line.pk]] == 1 else f"{named[line.pk]} ({line.slug})" for line in lines
    }
