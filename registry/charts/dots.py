"""One dot a cooperative."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from .parts import Column, Mark, Paper, Row, Table, inside


@dataclass(frozen=True)
class Dots:
    """A dot strip. Dot coordinates are tenths of the viewBox (the group is scaled by 0.1), so that 888 fit
    as well as 67.
    """

    title: str
    width: int
    height: int
    floor: int
    radius: int
    dots: tuple[tuple[int, int], ...]
    middle_x: int | None
    middle: Mark | None
    ticks: tuple[Mark, ...]
    table: Table
    paper: Paper | None
    kind: str = "dots"


def dots(
    title: str,
    numbers: Sequence[float],
    *,
    low: float = 0,
    high: float = 100,
    ticks: int = 5,
    write: Callable[[float], str] = str,
    unknown: int = 0,
    paper: Paper | None = None,
) -> Dots:
    """One dot for each number between `low` and `high`, stacked where they fall together; the median is
    dashed and written.

    `unknown`: cooperatives without a value; they have no dot and their own line in the table.
    """
    if any(not low <= number <= high for number in numbers):
        raise ValueError(f"a number lies outside {low} to {high}")
    left, right, most_rows = 16, 384, 12
    for size in (90, 60, 45, 30, 20):  # tenths: a crowd makes the dots smaller, never fewer
        stacks = _stacks(numbers, low, high, (right - left) * 10 // size)
        tallest = max(stacks.values(), default=0)
        if tallest * size <= most_rows * 90:
            break
    floor = max(50, (tallest * size) // 10 + 24)
    columns = (right - left) * 10 // size
    spots = tuple(
        (left * 10 + size * column + size // 2, floor * 10 - size * row - size)
        for column, count in sorted(stacks.items())
        for row in range(count)
    )
    span = columns * size // 10  # where the last column ends, so that dots and ticks use one scale

    def across(number: float) -> int:
        return left + round(span * (number - low) / (high - low))

    marks = [round(low + (high - low) * step / ticks) for step in range(ticks + 1)]
    middle = median(numbers) if numbers else None
    said = f"nilai tengah {write(middle)}" if middle is not None else ""
    return Dots(
        title=title,
        width=400,
        height=floor + 22,
        floor=floor,
        radius=max(8, size * 39 // 100),
        dots=spots,
        middle_x=across(middle) if middle is not None else None,
        middle=Mark(inside(across(middle), said), 11, said) if middle is not None else None,
        ticks=tuple(Mark(inside(across(mark), write(mark)), floor + 16, write(mark)) for mark in marks),
        table=_facts(title, numbers, write, unknown),
        paper=paper,
    )


def _facts(title: str, numbers: Sequence[float], write: Callable[[float], str], unknown: int) -> Table:
    rows = []
    if numbers:
        facts = {"Nilai tengah": median(numbers), "Terendah": min(numbers), "Tertinggi": max(numbers)}
        rows = [Row(name, (write(number),)) for name, number in facts.items()]
    rows += [Row("Dengan data", (str(len(numbers)),)), Row("Belum ada data", (str(unknown),))]
    return Table(title, (Column("Ukuran"), Column("Nilai", numeric=True)), tuple(rows))


def _stacks(numbers: Sequence[float], low: float, high: float, columns: int) -> dict[int, int]:
    stacks: dict[int, int] = {}
    for number in numbers:
        column = min(columns - 1, int((number - low) * columns / (high - low)))
        stacks[column] = stacks.get(column, 0) + 1
    return stacks
