"""The map and the stages beside it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MapClass:
    """A class of the map: letter, name, second line. The order of the four is dark, middle, light,
    hatched.
    """

    letter: str
    name: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class MapArea:
    """One area: its number on map, list and annex, name, kecamatan, class letter ("" without data), path
    data, and
    the label's point (pole of inaccessibility) in the picture's units. `small`: little room, smaller
    number."""

    number: int
    name: str
    district: str
    letter: str
    path: str
    x: int
    y: int
    small: bool = False


@dataclass(frozen=True, slots=True)
class MapPicture:
    """A choropleth. `width` × `height` in units of the paths (about 1,000); `borders`: kecamatan borders
    as one path;
    `unit`: what the legend counts; `note`: source, licence, what is left out."""

    heading: str
    legend_heading: str
    unit: str
    width: int
    height: int
    classes: tuple[MapClass, ...]
    areas: tuple[MapArea, ...]
    borders: str
    note: str

    def count(self, letter: str) -> int:
        return sum(area.letter == letter for area in self.areas)

    @property
    def legend(self) -> tuple[tuple[MapClass, int], ...]:
        return tuple((kind, self.count(kind.letter)) for kind in self.classes)

    @property
    def without_data(self) -> int:
        return self.count("")

    @property
    def columns(self) -> tuple[tuple[str, tuple[MapArea, ...]], ...]:
        """The same data as text: a column per kecamatan, or four even columns where there are many."""
        districts = list(dict.fromkeys(area.district for area in self.areas))
        if 1 < len(districts) <= 6:
            return tuple((name, tuple(a for a in self.areas if a.district == name)) for name in districts)
        length = -(-len(self.areas) // 4)
        return tuple(("", self.areas[start : start + length]) for start in range(0, len(self.areas), length))


@dataclass(frozen=True, slots=True)
class Stage:
    """How many cooperatives have passed one item of the checklist, in checklist order."""

    name: str
    count: int
