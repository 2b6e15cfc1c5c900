"""The parts of the monthly report's snapshot: letterhead, figures, map, rows of its tables, matters, annex.

Frozen dataclasses of plain values; what can be computed from them (sums, percents, words) is a property.
Units and meaning of None as in `monthly`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date
from typing import Literal

from registry.formats import NBSP, format_number, format_rupiah, format_tenths, percent_tenths
from registry.sentences import change_words, reporting_sentence


def add_known(numbers: Iterable[int | None]) -> int | None:
    """Sum of what is known; None if nothing is."""
    known = [number for number in numbers if number is not None]
    return sum(known) if known else None


def difference(now: int | None, before: int | None) -> int | None:
    return None if now is None or before is None else now - before


def percent_text(tenths: int | None) -> str:
    """712 → "71,2 %", None → "…"."""
    return "…" if tenths is None else f"{format_tenths(tenths)}{NBSP}%"


# --- Who reports, to whom, who signs ----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AgencyHead:
    """Letterhead and settings of the dinas on the day of publishing.

    `government` "Pemerintah Kota Serang" · `region` "Kota Serang" · `area_code` "3673" · `address_line`
    one line · `place` before the date · `head_title` "Wali Kota" or "Bupati" · `brand` "#0b5563" ·
    `emblem` SVG markup or "" (a neutral shield) · `scope` what is counted: "67 Koperasi Kelurahan Merah
    Putih".
    """

    slug: str
    area_code: str
    region: str
    government: str
    name: str
    address_line: str
    place: str
    head_title: str
    scope: str
    paper: Literal["A4", "F4"] = "A4"
    brand: str = "#2f4858"
    emblem: str = ""
    village_word: str = "Kelurahan"
    demo: bool = False

    @property
    def addressee(self) -> str:
        """ "Wali Kota Serang", "Bupati Serang"."""
        return f"{self.head_title} {self.region.split(' ', 1)[-1]}"


@dataclass(frozen=True, slots=True)
class Signatory:
    """Who signs. `acting` "", "Plt." or "Plh." goes before the post; `nip` 18 digits or ""."""

    name: str
    post: str
    rank: str = ""
    nip: str = ""
    acting: Literal["", "Plt.", "Plh."] = ""

    @property
    def post_line(self) -> str:
        return f"{self.acting} {self.post}".strip()

    @property
    def nip_text(self) -> str:
        """NIP in groups of 8-6-1-3; one that has not 18 digits is printed as it is."""
        digits = self.nip.replace(" ", "")
        if len(digits) != 18:
            return self.nip
        return f"{digits[:8]} {digits[8:14]} {digits[14]} {digits[15:]}"


@dataclass(frozen=True, slots=True)
class Letter:
    """Head of the letter. Number and date may stay empty: SRIKANDI fills them later."""

    number: str = ""
    character: str = "Biasa"
    attachment: str = "Satu berkas"
    dated_on: date | None = None


# --- Figures ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SourceMix:
    """For how many cooperatives a figure comes from where; together they are all that are counted."""

    ledger: int = 0
    cooperative: int = 0
    ods: int = 0
    dinas: int = 0
    missing: int = 0

    @property
    def total(self) -> int:
        return self.known + self.missing

    @property
    def known(self) -> int:
        return self.ledger + self.cooperative + self.ods + self.dinas

    @property
    def words(self) -> str:
        """ "31 dari 888 dari pembukuan, 402 laporan, 455 belum": only sources that occur are named."""
        parts = [f"{format_number(self.ledger)} dari {format_number(self.total)} dari pembukuan"] if self.ledger else []
        named = (
            (self.cooperative, "laporan"),
            (self.ods, "ODS"),
            (self.dinas, "catatan dinas"),
            (self.missing, "belum"),
        )
        for number, word in named:
            if number:
                parts.append(
                    f"{format_number(number)} {word}"
                    if parts
                    else f"{format_number(number)} dari {format_number(self.total)} {word}"
                )
        return ", ".join(parts) or "belum ada koperasi"


@dataclass(frozen=True, slots=True)
class Share:
    """One part of a figure: "perempuan", 7572."""

    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Before:
    """The same figure a month earlier; `reporters` if the number of reporting cooperatives differed."""

    part: int
    whole: int | None = None
    reporters: int | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """One of the six.

    `part` of `whole`; kind "count" prints the part large, "percent" the percent. `unit` names what is counted
    ("koperasi", "orang", "jabatan", "rupiah"). `whole` None: a plain count, its base is the reporting
    cooperatives. `series`: the last seven months, oldest first, this one last; percents in tenths.
    `definition` names the rule and its source. `changed`: why the month before cannot be compared.
    `up_is_good` False: a rise is warned of.
    """

    key: str
    name: str
    kind: Literal["count", "percent"]
    part: int | None
    whole: int | None
    unit: str
    definition: str
    source: SourceMix
    series: tuple[int | None, ...]
    before: Before | None = None
    breakdown: tuple[Share, ...] = ()
    changed: Literal["", "definition", "total"] = ""
    up_is_good: bool = True

    @property
    def value(self) -> int | None:
        """The large number: a count, or tenths of a percent."""
        return self._value_of(self.part, self.whole)

    def _value_of(self, part: int | None, whole: int | None) -> int | None:
        if self.kind == "count" or part is None:
            return part
        return percent_tenths(part, whole or 0)

    @property
    def value_text(self) -> str:
        if self.value is None:
            return "…"
        return percent_text(self.value) if self.kind == "percent" else format_number(self.value)

    @property
    def base_text(self) -> str:
        """What stands under the large number: its denominator."""
        if self.value is None:
            return "belum ada data"
        if self.whole is None:
            return f"{self.unit} di {format_number(self.source.known)} koperasi"
        if self.unit == "rupiah":
            return f"dari {format_rupiah(self.whole)}"
        if self.kind == "percent":
            return f"{format_number(self.part or 0)} dari {format_number(self.whole)} {self.unit}"
        return f"dari {format_number(self.whole)} {self.unit}"

    @property
    def breakdown_text(self) -> str:
        if not self.breakdown:
            return ""
        written = format_rupiah if self.unit == "rupiah" else format_number
        text = ", ".join(f"{share.label} {written(share.count)}" for share in self.breakdown)
        return f"{text[0].upper()}{text[1:]}."

    @property
    def change(self) -> int | None:
        """Against the month before, in units or tenths of a point; None if there is nothing to compare
        with.
        """
        if self.before is None or self.changed:
            return None
        return difference(self.value, self._value_of(self.before.part, self.before.whole))

    @property
    def direction(self) -> Literal["up", "down", "same", "none"]:
        if self.change is None:
            return "none"
        return "same" if self.change == 0 else "up" if self.change > 0 else "down"

    @property
    def worse(self) -> bool:
        return self.change is not None and self.change != 0 and (self.change > 0) != self.up_is_good

    @property
    def change_text(self) -> str:
        if self.changed:
            return "tidak dibandingkan"
        if self.change is None:
            return "belum ada pembanding"
        if self.kind == "percent":
            size = format_tenths(abs(self.change)).replace(",0", "")
            return "tetap" if self.change == 0 else f"{'naik' if self.change > 0 else 'turun'} {size} poin"
        return change_words(self.change, self.unit)

    @property
    def before_text(self) -> str:
        """ "sebelumnya 69,8 %, 57 koperasi melapor" or why there is no comparison."""
        if self.changed:
            reason = "definisi" if self.changed == "definition" else "jumlah koperasi"
            return f"{reason} berubah"
        if self.before is None:
            return ""
        value = self._value_of(self.before.part, self.before.whole)
        text = (
            "belum ada data"
            if value is None
            else percent_text(value)
            if self.kind == "percent"
            else format_number(value)
        )
        reporters = self.before.reporters
        moved = reporters is not None and reporters != self.source.known
        return f"sebelumnya {text}" + (f", {format_number(reporters or 0)} koperasi melapor" if moved else "")

    @property
    def series_title(self) -> str:
        """The line in words, for those who hear the page."""
        words = [
            ("belum ada data" if v is None else percent_text(v) if self.kind == "percent" else format_number(v))
            for v in self.series
        ]
        return f"{self.name}, tujuh bulan: {', '.join(words)}"


# --- Map and stages ---------------------------------------------------------------------------------


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


# --- Tables per kecamatan ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DistrictRow:
    """A row of the Rekapitulasi Data Koperasi. `unrated`: neither active nor inactive by the rule in
    force.
    """

    code: str
    name: str
    cooperatives: int
    active: int
    inactive: int
    unrated: int
    members: int | None = None
    men: int | None = None
    women: int | None = None
    rat: int | None = None
    managers: int | None = None
    employees: int | None = None
    own_capital: int | None = None
    outside_capital: int | None = None
    assets: int | None = None
    turnover: int | None = None
    shu: int | None = None

    @property
    def numbers(self) -> tuple[int | None, ...]:
        """The columns in print order."""
        return tuple(getattr(self, name) for name in RDK_COLUMNS)


RDK_COLUMNS = tuple(field.name for field in fields(DistrictRow))[2:]


@dataclass(frozen=True, slots=True)
class Comparison:
    """One column of bars: for each district (part, whole), in the order of the RDK rows."""

    heading: str
    kind: Literal["count", "percent"]
    parts: tuple[tuple[int, int], ...]

    @property
    def mean(self) -> int | None:
        """All districts together, tenths of a percent: the tick on every bar."""
        return percent_tenths(sum(part for part, _ in self.parts), sum(whole for _, whole in self.parts))

    @property
    def percents(self) -> tuple[int | None, ...]:
        return tuple(percent_tenths(part, whole) for part, whole in self.parts)

    def text(self, at: int) -> str:
        part, whole = self.parts[at]
        if self.kind == "percent":
            return percent_text(percent_tenths(part, whole))
        return f"{format_number(part)} dari {format_number(whole)}"


@dataclass(frozen=True, slots=True)
class DuesRow:
    """Dues of one district, rupiah: due and paid for the report's month; arrears by age in months, all kinds.

    Only cooperatives that reported (`reporting` of `cooperatives`) are in the sums.
    """

    code: str
    name: str
    cooperatives: int
    reporting: int
    due: int | None = None
    paid: int | None = None
    arrears_1_3: int | None = None
    arrears_4_6: int | None = None
    arrears_over_6: int | None = None
    members_in_arrears: int | None = None

    @property
    def paid_tenths(self) -> int | None:
        return percent_tenths(self.paid, self.due) if self.due and self.paid is not None else None

    @property
    def arrears(self) -> int | None:
        return add_known((self.arrears_1_3, self.arrears_4_6, self.arrears_over_6))


# --- Training, buildings, blockers, freshness -------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TrainingRow:
    """Holders of one post: how many trained, of how many; `before`: trained a month ago."""

    post: str
    trained: int
    total: int
    before: int | None = None

    @property
    def untrained(self) -> int:
        return self.total - self.trained

    @property
    def before_tenths(self) -> int | None:
        return None if self.before is None else percent_tenths(self.before, self.total)


@dataclass(frozen=True, slots=True)
class BuildingRow:
    """Cooperatives by building. `kind` own, borrowed, none or unknown groups the labels into figure six."""

    label: str
    kind: Literal["own", "borrowed", "none", "unknown"]
    count: int


@dataclass(frozen=True, slots=True)
class BlockerGroup:
    """One matter that waits for somebody else: which cooperatives, who must act, how, by when, how long
    already.
    """

    title: str
    cooperatives: tuple[str, ...]
    agency: str
    action: str
    deadline: date | None
    oldest_days: int

    @property
    def count(self) -> int:
        return len(self.cooperatives)

    def names(self, most: int = 6) -> str:
        """The cooperatives, at most `most` by name, then how many more (all are in the annex and the
        workbook).
        """
        if self.count <= most:
            return ", ".join(self.cooperatives)
        return f"{', '.join(self.cooperatives[:most])}, dan {format_number(self.count - most)} lainnya"


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision asked. `text` is the whole sentence; it begins with `lead`, which is printed bold."""

    text: str
    lead: str = ""

    @property
    def rest(self) -> str:
        return self.text.removeprefix(self.lead)


@dataclass(frozen=True, slots=True)
class AgeBucket:
    """How many cooperatives have data of this age: "bulan ini", 61."""

    label: str
    count: int


@dataclass(frozen=True, slots=True)
class SilentDistrict:
    """Cooperatives of a district that did not report: their names, in the order of the annex."""

    district: str
    cooperatives: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Freshness:
    """Who reported for the month, how old the data of the others is, and which cooperatives are silent."""

    reported: int
    total: int
    ages: tuple[AgeBucket, ...]
    silent: tuple[SilentDistrict, ...] = ()

    @property
    def sentence(self) -> str:
        names = [name for row in self.silent for name in row.cooperatives]
        missing = {row.district: len(row.cooperatives) for row in self.silent}
        return reporting_sentence(self.reported, self.total, missing, names[0] if len(names) == 1 else "")


@dataclass(frozen=True, slots=True)
class Correction:
    """A ralat: what an earlier revision said, what is right, why."""

    what: str
    before: str
    after: str
    reason: str


@dataclass(frozen=True, slots=True)
class AnnexRow:
    """One cooperative. `number` is the same on map, list and annex; texts are short labels."""

    number: int
    name: str
    village: str
    status: str
    building: str
    rat: str
    data: str
    members: int | None = None
    due: int | None = None
    paid: int | None = None
    trained: int = 0
    posts: int = 0

    @property
    def printed_name(self) -> str:
        """The name; with the village behind it unless the name already says it."""
        return self.name if self.village in self.name else f"{self.name}, {self.village}"

    @property
    def paid_tenths(self) -> int | None:
        return percent_tenths(self.paid, self.due) if self.due and self.paid is not None else None


@dataclass(frozen=True, slots=True)
class AnnexGroup:
    """The cooperatives of one kecamatan, with their sums. Paid percent: only of those who reported both."""

    code: str
    name: str
    rows: tuple[AnnexRow, ...]

    @property
    def members(self) -> int | None:
        return add_known(row.members for row in self.rows)

    @property
    def due(self) -> int | None:
        return add_known(row.due for row in self.rows if row.paid is not None)

    @property
    def paid(self) -> int | None:
        return add_known(row.paid for row in self.rows if row.due is not None)

    @property
    def paid_tenths(self) -> int | None:
        return percent_tenths(self.paid, self.due) if self.due and self.paid is not None else None

    @property
    def trained(self) -> int:
        return sum(row.trained for row in self.rows)

    @property
    def posts(self) -> int:
        return sum(row.posts for row in self.rows)


# --- Checks -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Check:
    """An equation of the report and whether it holds. A failed one forbids publishing."""

    text: str
    holds: bool

    @property
    def verdict(self) -> str:
        return "sesuai" if self.holds else "TIDAK SESUAI"
