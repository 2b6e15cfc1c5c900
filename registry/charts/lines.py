"""A figure over time: a line through months, and the small one in a table."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .parts import NEUTRAL_INK, Ink, Mark, Paper, Table, Value, inside, value_table


@dataclass(frozen=True)
class Line:
    """One series from zero. A month without a value interrupts the line; first and last known value are
    written.
    """

    title: str
    width: int
    height: int
    strokes: tuple[str, ...]  # points of each unbroken piece
    lone: tuple[tuple[int, int], ...]  # known months between two unknown ones
    end: tuple[int, int] | None
    ticks: tuple[Mark, ...]
    marks: tuple[Mark, ...]
    table: Table
    paper: Paper | None
    kind: str = "line"


def line(
    title: str,
    values: Iterable[Value],
    *,
    most: float | None = None,
    measure: str = "Nilai",
    paper: Paper | None = None,
) -> Line:
    """A line through months in order; `Value.label` is the full month ("Oktober 2026"), its first letter
    stands below.
    """
    given = list(values)
    left, right, floor, ceiling = 14, 382, 70, 10
    places = _points([value.number for value in given], most, left, right, floor, ceiling)
    strokes, lone = _pieces(places)
    known = [(place, value) for place, value in zip(places, given, strict=True) if place]
    marks = []
    if known:
        ends = [known[0], known[-1]] if len(known) > 1 else [known[0]]
        marks = [Mark(inside(x, value.text), y - 9, value.text) for (x, y), value in ends]
    ticks = [Mark(_along(place, len(given), left, right), 88, value.label[:1]) for place, value in enumerate(given)]
    return Line(
        title=title,
        width=400,
        height=92,
        strokes=strokes,
        lone=lone,
        end=known[-1][0] if known else None,
        ticks=tuple(ticks),
        marks=tuple(marks),
        table=value_table(title, given, "Bulan", measure),
        paper=paper,
    )


def _along(place: int, count: int, left: int, right: int) -> int:
    return left + round((right - left) * place / max(1, count - 1))


def _points(
    numbers: Sequence[float | None], most: float | None, left: int, right: int, floor: int, ceiling: int
) -> list[tuple[int, int] | None]:
    """Grid points of a series drawn from zero; None where there is no number."""
    if any(number is not None and number < 0 for number in numbers):
        raise ValueError("a line from zero cannot show a negative number")
    full = most or max((number for number in numbers if number is not None), default=0) or 1
    return [
        None
        if number is None
        else (
            _along(place, len(numbers), left, right),
            floor - round((floor - ceiling) * min(number, full) / full),
        )
        for place, number in enumerate(numbers)
    ]


def _pieces(places: Sequence[tuple[int, int] | None]) -> tuple[tuple[str, ...], tuple[tuple[int, int], ...]]:
    """Unbroken runs as `points` attributes, and runs of one point."""
    runs: list[list[tuple[int, int]]] = [[]]
    for place in places:
        if place is None:
            runs.append([])
        else:
            runs[-1].append(place)
    strokes = tuple(" ".join(f"{x},{y}" for x, y in run) for run in runs if len(run) > 1)
    return strokes, tuple(run[0] for run in runs if len(run) == 1)


@dataclass(frozen=True)
class Sparkline:
    """A line without words, 24 x 7.4 mm on paper: from zero, dot at the end, grey base line."""

    title: str
    strokes: tuple[str, ...]
    lone: tuple[tuple[int, int], ...]
    end: tuple[int, int] | None
    paper: Paper | None
    kind: str = "sparkline"


def sparkline(
    title: str, numbers: Sequence[float | None], *, most: float | None = None, paper: Paper | None = None
) -> Sparkline:
    """The way a figure went, oldest first. The number itself is printed beside it."""
    places = _points(numbers, most, 3, 231, 70, 8)
    strokes, lone = _pieces(places)
    known = [place for place in places if place]
    return Sparkline(title, strokes, lone, known[-1] if known else None, paper)


def paper_sparkline(ink: Ink = NEUTRAL_INK) -> Paper:
    """The size of a sparkline in the table of six figures."""
    return Paper(24, 7.4, ink)
