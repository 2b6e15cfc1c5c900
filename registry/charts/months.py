"""Months of a year: the strip of a home page and the dues card of twelve boxes."""

from collections.abc import Sequence
from dataclasses import dataclass

from .parts import Paper, Table, Value, filled, value_table


@dataclass(frozen=True)
class Month:
    label: str
    x: int
    y: int
    height: int
    open: bool


@dataclass(frozen=True)
class Year:
    """A strip of up to twelve bars; the month to be done is dashed."""

    title: str
    months: tuple[Month, ...]
    table: Table
    paper: Paper | None
    kind: str = "year"


def year(title: str, values: Sequence[Value], *, most: float | None = None, paper: Paper | None = None) -> Year:
    """Months in order, labels short ("Jan"); a month without a number is the one still to be recorded
    (dashed).
    """
    full = most or max((value.number or 0 for value in values), default=0)
    months = []
    for place, value in enumerate(values):
        height = 40 if value.number is None else filled(value.number, full, 40)
        months.append(Month(value.label, 1 + round(29 * place * 11 / 12), 44 - height, height, value.number is None))
    return Year(title, tuple(months), value_table(title, values, "Bulan", "Nilai"), paper)


# What a month of the card is, its class in the SVG, and its word.
PAID, PART, UNPAID, TAKEN, CHOSEN, FUTURE, NONE = (
    "paid",
    "part",
    "unpaid",
    "taken",
    "chosen",
    "future",
    "none",
)
_BOX = {PAID: "p", PART: "h", UNPAID: "u", TAKEN: "u take", CHOSEN: "now", FUTURE: "x", NONE: "o"}
_WORD = {PAID: "lunas", PART: "sebagian", UNPAID: "belum", TAKEN: "dipilih", CHOSEN: "bulan ini"}
LETTERS = "JFMAMJJASOND"


@dataclass(frozen=True)
class Box:
    letter: str
    look: str
    x: int
    state: str


@dataclass(frozen=True)
class Twelve:
    """Twelve boxes, January to December: small in a row of Buku Setoran, or large with ticks and letters
    (`card12`).
    """

    title: str
    boxes: tuple[Box, ...]
    paper: Paper | None
    kind: str = "twelve"


def twelve(states: Sequence[str], *, title: str = "", large: bool = False, paper: Paper | None = None) -> Twelve:
    """The dues card of a year. States: `paid`, `part` (partly paid), `unpaid`, `taken` (arrears chosen in
    the form), `chosen` (this month), `future`, `none` (not a member then). Raises ValueError unless
    there are twelve known states.
    """
    if len(states) != 12 or set(states) - set(_BOX):
        raise ValueError(f"a card has twelve known states, not {states!r}")
    counted = [f"{states.count(state)} {word}" for state, word in _WORD.items() if state in states]
    said = ", ".join(counted) or "tidak ada kewajiban"
    step = 23 if large else 10
    boxes = tuple(
        Box(letter, _BOX[state], step * place, state)
        for place, (letter, state) in enumerate(zip(LETTERS, states, strict=True))
    )
    return Twelve(f"{title}: {said}" if title else said, boxes, paper, "card12" if large else "twelve")
