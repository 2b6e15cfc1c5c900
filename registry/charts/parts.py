"""What every chart shares: colours and size on paper, one value, the table of the same numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class Ink:
    """Colours on paper: the five steps of the agency's scale, and the neutral ones all papers share."""

    steps: tuple[str, str, str, str, str]
    text: ClassVar[str] = "#17202a"
    soft: ClassVar[str] = "#51606b"
    rule: ClassVar[str] = "#aab6bd"
    track: ClassVar[str] = "#e3e8eb"
    warning: ClassVar[str] = "#8a3b12"
    font: ClassVar[str] = "Noto Sans, Liberation Sans, sans-serif"

    def shade(self, name: str) -> str:
        """The colour of "k1" to "k5"; anything else ("k0", no data) is white."""
        return dict(zip(("k1", "k2", "k3", "k4", "k5"), self.steps, strict=True)).get(name, "#fff")

    @property
    def bar(self) -> str:
        return self.steps[3]

    @property
    def pale(self) -> str:
        return self.steps[1]

    @property
    def brand(self) -> str:
        return self.steps[4]


# The same steps as --c1 to --c5 of the style sheet (light).
INKS: Mapping[str, Ink] = {
    "kota-serang": Ink(("#e2eff1", "#b4d6dc", "#74b0ba", "#33808e", "#0b5563")),
    "kab-serang": Ink(("#f5e6f0", "#e2bfd5", "#c58bb1", "#9b5485", "#6d2a58")),
}
NEUTRAL_INK = Ink(("#e4ebef", "#bccdd7", "#86a2b3", "#52758a", "#2f4858"))


@dataclass(frozen=True)
class Paper:
    """A chart for the PDF: its size in millimetres and its colours."""

    width_mm: float
    height_mm: float
    ink: Ink = NEUTRAL_INK

    @property
    def width(self) -> str:
        return f"{self.width_mm:g}mm"

    @property
    def height(self) -> str:
        return f"{self.height_mm:g}mm"


@dataclass(frozen=True)
class Column:
    label: str
    numeric: bool = False


@dataclass(frozen=True)
class Row:
    """A name, the written values after it, and the address of the rows behind it."""

    head: str
    cells: tuple[str, ...]
    url: str = ""


@dataclass(frozen=True)
class Table:
    """The numbers of a chart once more, for `charts/table.html`."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    total: Row | None = None

    @property
    def cells(self) -> list[tuple[Row, list[tuple[Column, str]]]]:
        """Each row with its cells beside their columns, ready for the template."""
        return [(row, list(zip(self.columns[1:], row.cells, strict=True))) for row in self.rows]

    @property
    def total_cells(self) -> list[tuple[Column, str]]:
        return list(zip(self.columns[1:], self.total.cells, strict=True)) if self.total else []


@dataclass(frozen=True)
class Value:
    """One number of a chart: its name, the number (None: not known, never 0), how it is written, where its
    rows are.
    """

    label: str
    number: float | None
    text: str
    url: str = ""


@dataclass(frozen=True)
class Mark:
    """A text at a point."""

    x: int
    y: int
    text: str


def inside(x: int, text: str, width: int = 400) -> int:
    """Where a centred text must stand to be whole on the drawing, given that it wants to stand at `x`."""
    half = len(text) * 7 // 2
    return max(min(half, width // 2), min(x, max(width - half, width // 2)))


def filled(number: float, most: float, length: int) -> int:
    """How much of `length` a bar covers. It looks full only when it is (n = N) and empty only when it is
    (n = 0).
    """
    if number < 0:
        raise ValueError(f"a bar begins at zero and cannot show {number}")
    if number == 0 or most <= 0:
        return 0
    if number >= most:
        return length
    return min(length - 1, max(1, round(number * length / most)))


def value_table(title: str, values: Sequence[Value], name: str, measure: str) -> Table:
    rows = tuple(Row(value.label, (value.text,), value.url) for value in values)
    return Table(title, (Column(name), Column(measure, numeric=True)), rows)
