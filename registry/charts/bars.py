"""Lengths: bars, a gauge, and one bar made of its parts."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from .parts import Column, Paper, Row, Table, Value, filled, value_table


@dataclass(frozen=True)
class Bar:
    label: str
    text: str
    url: str
    y: int  # top of the track
    text_y: int  # baseline of label and value
    length: int
    low: bool


@dataclass(frozen=True)
class Bars:
    """Horizontal bars on a visible track, label left, value right; or the label above its bar (`over`)."""

    title: str
    width: int
    height: int
    start: int
    track: int
    thickness: int
    rows: tuple[Bar, ...]
    table: Table
    paper: Paper | None
    over: bool
    kind: str = "bars"


def bars(
    title: str,
    values: Iterable[Value],
    *,
    most: float | None = None,
    low_below: float | None = None,
    in_order: bool = False,
    over: bool = False,
    width: int = 400,
    name: str = "Kecamatan",
    measure: str = "Nilai",
    paper: Paper | None = None,
) -> Bars:
    """Bars from zero to `most` (default: the largest value), sorted from high to low unless `in_order`
    (stages of a checklist). Unknown values come last with an empty track. `low_below`: a stated limit,
    smaller values turn amber. `width` in units of about a pixel: 220 keeps labels readable on 52 mm of
    paper.
    """
    given = list(values)
    if not in_order:
        given.sort(key=lambda value: (value.number is None, -(value.number or 0)))
    full = most if most is not None else max((value.number or 0 for value in given), default=0)
    step, start, track, top = (36, 0, width, 20) if over else (30, 104, width - 150, 5)
    rows = tuple(
        Bar(
            label=value.label,
            text=value.text,
            url=value.url,
            y=top + step * place,
            text_y=top + step * place + (-5 if over else 11),
            length=filled(value.number or 0, full, track),
            low=low_below is not None and value.number is not None and value.number < low_below,
        )
        for place, value in enumerate(given)
    )
    return Bars(
        title=title,
        width=width,
        height=step * len(given) + 4,
        start=start,
        track=track,
        thickness=10 if over else 14,
        rows=rows,
        table=value_table(title, given, name, measure),
        paper=paper,
        over=over,
    )


@dataclass(frozen=True)
class Gauge:
    """A track and how much of it is done, in hundredths. The text "260 dari 300" stands beside it."""

    title: str
    length: int
    low: bool
    paper: Paper | None
    kind: str = "gauge"


def gauge(
    number: float, of: float, *, title: str = "", low_below: float | None = None, paper: Paper | None = None
) -> Gauge:
    """`number` of `of`. `low_below`: a share from 0 to 1; below it the bar turns amber."""
    low = low_below is not None and of > 0 and number < low_below * of
    return Gauge(title or f"{number} dari {of}", filled(number, of, 100), low, paper)


@dataclass(frozen=True)
class Part:
    """A piece of a composition; `length` 0 is named in the legend but has no place in the bar."""

    label: str
    text: str
    share: str
    shade: str
    x: int
    length: int
    fill: str


@dataclass(frozen=True)
class Composition:
    """One bar made of its parts, with `charts/parts.html` as its legend."""

    title: str
    parts: tuple[Part, ...]
    table: Table
    paper: Paper | None
    kind: str = "composition"


def composition(
    title: str,
    values: Sequence[Value],
    *,
    write_share: Callable[[float, float], str],
    paper: Paper | None = None,
) -> Composition:
    """What a whole consists of, in the order given (modal sendiri: pokok, wajib, cadangan, hibah; at most
    five parts).

    `write_share(part, whole)` writes a percentage. A part below zero (an eaten-up reserve) or unknown is
    written but not drawn; shares are then left empty, because they would not add up.
    """
    if len(values) > 5:
        raise ValueError("a composition has at most five parts")
    drawn = [max(0, value.number or 0) for value in values]
    whole = sum(drawn)
    honest = whole > 0 and all(value.number is not None and value.number >= 0 for value in values)
    lengths = _shared_out(drawn, 400)
    parts, x = [], 0
    for place, (value, length) in enumerate(zip(values, lengths, strict=True)):
        shade = f"k{5 - place}"
        share = write_share(value.number, whole) if honest else ""
        parts.append(Part(value.label, value.text, share, shade, x, length, paper.ink.shade(shade) if paper else ""))
        x += length
    rows = tuple(Row(part.label, (part.text, part.share)) for part in parts)
    table = Table(title, (Column("Bagian"), Column("Rupiah", numeric=True), Column("Bagian", numeric=True)), rows)
    return Composition(title, tuple(parts), table, paper)


def _shared_out(numbers: Sequence[float], length: int) -> list[int]:
    """Whole lengths that add up to `length` (largest remainder); a number above zero gets at least 1."""
    whole = sum(numbers)
    if whole <= 0:
        return [0] * len(numbers)
    shares = [max(1, int(number * length / whole)) if number > 0 else 0 for number in numbers]
    order = sorted(range(len(numbers)), key=lambda place: shares[place] - numbers[place] * length / whole)
    place = 0
    while sum(shares) < length:
        if numbers[order[place % len(order)]] > 0:
            shares[order[place % len(order)]] += 1
        place += 1
    while sum(shares) > length:
        shares[shares.index(max(shares))] -= 1
    return shares
