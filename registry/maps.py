"""Maps of the two territories: geometry from `fixtures/map_<agency>.json`, coloured by values.

Pure: no settings, no clock, no database. All geometry is integer, 1,000 units wide, y downwards; how it was
made is told in `fixtures/README.md`. Borders are indicative, never legal boundaries: print `MapSheet.source`.
"""

import itertools
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from registry.charts import Column, Ink, Paper, Row, Table

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
VILLAGE, DISTRICT = "village", "district"
NO_DATA = "belum ada data"


# --- The sheet: what is drawn, whatever the numbers -----------------------------------------------


@dataclass(frozen=True)
class MapShape:
    """One village or kecamatan. `path` is SVG path data; a mark fits in a circle of radius `room` at the
    label.
    """

    code: str
    name: str
    path: str
    label_x: int
    label_y: int
    room: int


@dataclass(frozen=True)
class Border:
    """Lines above the areas. `kind`: "district" (between kecamatan) or "outline" (around the territory)."""

    kind: str
    path: str


@dataclass(frozen=True)
class Words:
    """A name on the map. `kind`: "district", or "land", "sea", "place" for what lies around or off the
    coast.
    """

    text: str
    x: int
    y: int
    kind: str


@dataclass(frozen=True)
class Frame:
    """A thin box around an island drawn away from its place, and the sentence that says so."""

    x: int
    y: int
    width: int
    height: int
    reason: str


@dataclass(frozen=True)
class MapSheet:
    """Everything of a map that does not depend on values. `left_out` are sentences for the caption."""

    agency: str
    level: str
    width: int
    height: int
    label_size: int
    shapes: tuple[MapShape, ...]
    borders: tuple[Border, ...]
    words: tuple[Words, ...]
    frames: tuple[Frame, ...]
    left_out: tuple[str, ...]
    source: str


@cache
def load_map(agency: str, level: str = VILLAGE) -> MapSheet:
    """The sheet of an agency (`kota-serang`, `kab-serang`) with its villages or its kecamatan ("district").

    Raises LookupError for an agency without a map and ValueError for another level.
    """
    if level not in (VILLAGE, DISTRICT):
        raise ValueError(f"level is {level!r}, not {VILLAGE!r} or {DISTRICT!r}")
    file = FIXTURES / f"map_{agency}.json"
    if not re.fullmatch(r"[a-z0-9-]+", agency) or not file.exists():
        raise LookupError(f"no map is drawn for {agency!r}")
    drawn = json.loads(file.read_text(encoding="utf-8"))
    districts = [Words(area["name"], *area["label"], kind="district") for area in drawn["districts"]]
    around = [Words(note["text"], note["x"], note["y"], note["kind"]) for note in drawn["notes"]]
    return MapSheet(
        agency=agency,
        level=level,
        width=drawn["width"],
        height=drawn["height"],
        label_size=drawn["label_size"],
        shapes=tuple(
            MapShape(area["code"], area["name"], area["path"], *area["label"], area["room"])
            for area in drawn["villages" if level == VILLAGE else "districts"]
        ),
        borders=tuple(Border(border["kind"], border["path"]) for border in drawn["borders"]),
        words=tuple(around + districts),
        frames=tuple(Frame(*moved["frame"], moved["reason"]) for moved in drawn["moved"]),
        left_out=tuple(dict.fromkeys(part["reason"] for part in drawn["left_out"])),
        source=drawn["source"],
    )


@cache
def enlarge(sheet: MapSheet, prefix: str) -> MapSheet:
    """The shapes whose code begins with `prefix` (the villages of a kecamatan) as a sheet of their own, about
    1,000 units wide, named on the map. Raises LookupError when there is none.
    """
    shapes = [shape for shape in sheet.shapes if shape.code.startswith(prefix)]
    if not shapes:
        raise LookupError(f"nothing on the map of {sheet.agency} begins with {prefix!r}")
    points = [point for shape in shapes for ring in points_of(shape.path) for point in ring]
    left, top = (min(point[axis] for point in points) - 2 for axis in (0, 1))
    wide, high = (max(point[axis] for point in points) + 2 - start for axis, start in ((0, left), (1, top)))
    times = max(1, 1000 // max(wide, high))
    moved = tuple(
        MapShape(
            shape.code,
            shape.name,
            _enlarged(shape.path, left, top, times),
            (shape.label_x - left) * times,
            (shape.label_y - top) * times,
            shape.room * times,
        )
        for shape in shapes
    )
    return MapSheet(
        agency=sheet.agency,
        level=sheet.level,
        width=wide * times,
        height=high * times,
        label_size=sheet.label_size,
        shapes=moved,
        borders=tuple(Border("outline", shape.path) for shape in moved),
        words=tuple(Words(shape.name, shape.label_x, shape.label_y + 7, "place") for shape in moved),
        frames=(),
        left_out=(),
        source=sheet.source,
    )


def _enlarged(path: str, left: int, top: int, times: int) -> str:
    larger = re.sub(r"-?\d+", lambda number: str(int(number[0]) * times), path)
    return re.sub(r"M(-?\d+) (-?\d+)", lambda m: f"M{int(m[1]) - left * times} {int(m[2]) - top * times}", larger)


# --- Classes: the colours and what they mean ------------------------------------------------------


@dataclass(frozen=True)
class Class:
    """One colour of the legend: values from `lower` (included) up to `upper` (not included); None is open.

    A class of words instead of numbers has a `key` (the value it stands for). `letter` is its mark on a
    photocopy, `hatched` draws it white with slanted lines. `shade` (1 light to 5 dark) overrides the order
    of the classes, which rises from light to dark.
    """

    label: str
    lower: float | None = None
    upper: float | None = None
    key: str | None = None
    letter: str = ""
    hatched: bool = False
    shade: int | None = None

    def holds(self, value: float | str) -> bool:
        if self.key is not None or isinstance(value, str):
            return value == self.key
        return (self.lower is None or value >= self.lower) and (self.upper is None or value < self.upper)


def classes_at(*limits: int, unit: str = "") -> tuple[Class, ...]:
    """Classes of whole numbers from round limits: `classes_at(60, 70, 80, 90, unit="%")` gives the five
    classes "di bawah 60%", "60 s.d. 69%", ... "90% ke atas".
    """
    if list(limits) != sorted(set(limits)):
        raise ValueError(f"limits must rise: {limits}")

    def span(low: int, high: int) -> str:
        return f"{low}{unit}" if low == high - 1 else f"{low} s.d. {high - 1}{unit}"

    middle = [Class(span(low, high), low, high) for low, high in itertools.pairwise(limits)]
    first = Class(f"di bawah {limits[0]}{unit}", None, limits[0])
    return (first, *middle, Class(f"{limits[-1]}{unit} ke atas", limits[-1], None))


PERCENT_CLASSES = classes_at(60, 70, 80, 90, unit="%")
# Fewer than five classes keep the widest distance in lightness.
_SHADES = {1: (4,), 2: (2, 5), 3: (1, 3, 5), 4: (1, 2, 4, 5), 5: (1, 2, 3, 4, 5)}


# --- The choropleth: a sheet with values ----------------------------------------------------------


@dataclass(frozen=True)
class Area:
    """A shape as it is drawn: `shade` is k0 (no data) to k5, `fill` its colour on paper, `hatch` path data
    of lines.
    """

    code: str
    name: str
    path: str
    shade: str
    title: str
    url: str
    fill: str
    hatch: str
    mark: str
    mark_x: int
    mark_y: int
    mark_size: int
    mark_fill: str


@dataclass(frozen=True)
class LegendLine:
    """A colour, its words and how many areas carry it."""

    shade: str
    label: str
    count: int
    letter: str
    hatched: bool
    fill: str


@dataclass(frozen=True)
class Choropleth:
    """What `charts/map.html` and `charts/legend.html` draw. Counts of the legend add up to the number of
    areas.
    """

    title: str
    sheet: MapSheet
    areas: tuple[Area, ...]
    legend: tuple[LegendLine, ...]
    table: Table
    paper: Paper | None
    linked: bool
    kind: str = "map"

    @property
    def many(self) -> bool:
        """More names than a large type can carry."""
        return sum(words.kind == "district" for words in self.sheet.words) > 12

    def _units(self, millimetres: float) -> str:
        """A length on paper in units of the sheet."""
        return f"{millimetres * self.sheet.width / self.paper.width_mm:.1f}" if self.paper else ""

    @property
    def border_width(self) -> str:
        return self._units(0.4 if self.sheet.level == VILLAGE else 0.25)

    @property
    def halo_width(self) -> str:
        return self._units(0.8 if self.sheet.level == VILLAGE else 0.25)

    @property
    def seam_width(self) -> str:
        return self._units(0.2)

    @property
    def caption(self) -> str:
        """Source, licence, and what is not where it is or not there at all."""
        absent = f"Tidak digambar: {'; '.join(self.sheet.left_out)}." if self.sheet.left_out else ""
        moved = " ".join(f"{frame.reason}." for frame in self.sheet.frames)
        return " ".join(part for part in (self.sheet.source, moved, absent) if part)


def choropleth(
    sheet: MapSheet,
    values: Mapping[str, float | str | None],
    classes: Sequence[Class] = PERCENT_CLASSES,
    links: Mapping[str, str] | None = None,
    titles: Mapping[str, str] | None = None,
    *,
    title: str,
    write: Callable[[float | str], str] = str,
    measure: str = "Nilai",
    marks: Mapping[str, str] | None = None,
    paper: Paper | None = None,
) -> Choropleth:
    """Colour a sheet. `values`: code to number (or to the key of a class); a missing code or None is no
    data, which is never 0. `links`: code to address. `titles`: code to tooltip, else the name and
    `write(value)`. `measure` heads the column of the table. `marks`: code to a short text at the label
    point (1 to 67 on paper).

    Raises ValueError for a value no class holds or a code that is not on the sheet: nothing falls off the
    map.
    """
    if not 1 <= len(classes) <= 5:
        raise ValueError(f"a map has one to five classes, not {len(classes)}")
    if strangers := set(values) - {shape.code for shape in sheet.shapes}:
        raise ValueError(f"not on the map of {sheet.agency}: {', '.join(sorted(strangers))}")
    shades = [f"k{kind.shade or usual}" for kind, usual in zip(classes, _SHADES[len(classes)], strict=True)]
    counts = [0] * (len(classes) + 1)
    areas, rows = [], []
    for shape in sheet.shapes:
        value = values.get(shape.code)
        place = _class_of(value, classes, shape)
        counts[place] += 1
        shown = NO_DATA if value is None else write(value)
        hatched = place < len(classes) and classes[place].hatched
        shade = "k0" if place == len(classes) or hatched else shades[place]
        areas.append(
            Area(
                code=shape.code,
                name=shape.name,
                path=shape.path,
                shade=shade,
                title=(titles or {}).get(shape.code) or f"{shape.name}: {shown}",
                url=(links or {}).get(shape.code, ""),
                fill=paper.ink.shade(shade) if paper else "",
                hatch=hatch(shape.path) if hatched else "",
                mark=(marks or {}).get(shape.code, ""),
                mark_x=shape.label_x,
                mark_y=shape.label_y + (8 if shape.room >= 16 else 6),
                mark_size=24 if shape.room >= 16 else 17,
                mark_fill="#fff" if paper and shade in ("k4", "k5") else Ink.text,
            )
        )
        rows.append(Row(shape.name, (shown,), (links or {}).get(shape.code, "")))
    legend = [
        LegendLine(
            "k0" if kind.hatched else shade,
            kind.label,
            count,
            kind.letter,
            kind.hatched,
            paper.ink.shade("k0" if kind.hatched else shade) if paper else "",
        )
        for kind, shade, count in zip(classes, shades, counts, strict=False)
    ]
    if counts[-1]:
        legend.append(LegendLine("k0", NO_DATA, counts[-1], "", False, paper.ink.shade("k0") if paper else ""))
    return Choropleth(
        title=title,
        sheet=sheet,
        areas=tuple(areas),
        legend=tuple(legend),
        table=Table(title, (Column(_level_name(sheet)), Column(measure, numeric=True)), tuple(rows)),
        paper=paper,
        linked=bool(links),
    )


def _level_name(sheet: MapSheet) -> str:
    if sheet.level == DISTRICT:
        return "Kecamatan"
    # The village part of a Kemendagri code starts with 1 in a kelurahan and with 2 in a desa.
    return "Kelurahan" if sheet.shapes[0].code.split(".")[3].startswith("1") else "Desa"


def _class_of(value: float | str | None, classes: Sequence[Class], shape: MapShape) -> int:
    """The place of the one class that holds the value; one past the last for no data."""
    if value is None:
        return len(classes)
    places = [place for place, kind in enumerate(classes) if kind.holds(value)]
    if len(places) != 1:
        raise ValueError(f"{shape.code}: {value!r} is held by {len(places)} classes, not by one")
    return places[0]


# --- Reading and hatching paths -------------------------------------------------------------------


def points_of(path: str) -> list[list[tuple[int, int]]]:
    """The subpaths of our path data ("M1 2l3-4 5 6z") as absolute points; a closed one ends
    where it began.
    """
    lines = []
    for x, y, moves, closed in re.findall(r"M(-?\d+) (-?\d+)l([^Mz]*)(z?)", path):
        points = [(int(x), int(y))]
        steps = [int(step) for step in re.findall(r"-?\d+", moves)]
        for right, down in zip(steps[::2], steps[1::2], strict=True):
            points.append((points[-1][0] + right, points[-1][1] + down))
        lines.append([*points, points[0]] if closed else points)
    return lines


@cache
def hatch(path: str, step: int = 13) -> str:
    """Slanted lines (rising to the right) that fill a closed path, as one path: sharper on a laser printer
    than a pattern, and the same lines run on through neighbouring areas.
    """
    rings = points_of(path)
    sums = [x + y for ring in rings for x, y in ring]
    drawn = []
    for line in range(min(sums) // step + 1, max(sums) // step + 1):
        level = line * step + 0.5  # between grid points, so no line passes exactly through a corner
        crossings = []
        for ring in rings:
            for (x1, y1), (x2, y2) in itertools.pairwise(ring):
                before, after = x1 + y1 - level, x2 + y2 - level
                if before * after < 0:
                    crossings.append(x1 + (x2 - x1) * before / (before - after))
        crossings.sort()
        for enter, leave in zip(crossings[::2], crossings[1::2], strict=False):
            if leave - enter >= 1:
                start, length = round(enter), round(leave) - round(enter)
                drawn.append(f"M{start} {round(level - enter)}l{length}-{length}")
    return "".join(drawn)
