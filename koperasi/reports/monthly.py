"""The monthly report to the wali kota / bupati as a frozen snapshot: plain values, no queries, no clock.

A published report *is* this snapshot: stored as JSON, printed as PDF (`monthly_pdf`) and written as a workbook
(`monthly_xlsx`). All three say the same because all three read only this. Sums, percents, differences and sentences
are computed here from the stored counts, so no table can disagree with another.

Units: rupiah are whole (`int`), percents are tenths of a percent (`int`), `None` means "not reported" and is
printed "…", never 0. Districts (kecamatan) are in the order of their area codes, never by rank.
"""

import hashlib
import json
import types
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields, is_dataclass
from datetime import date, datetime
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from registry.formats import (
    NBSP,
    format_date_long,
    format_month_head,
    format_number,
    format_rupiah,
    format_tenths,
    percent_tenths,
)
from registry.periods import add_months
from registry.sentences import (
    blocked_sentence,
    change_words,
    count_sentence,
    percent_sentence_points,
    reporting_sentence,
)

SNAPSHOT_FORMAT = 1  # raise it when a field changes its meaning; old snapshots must stay printable
MONTHS_SHOWN = 7
MAX_DECISIONS = 3
STATUS, MEMBERS, DUES, RAT, TRAINING, BUILDING = "status", "members", "dues", "rat", "training", "building"
FIGURE_KEYS = (STATUS, MEMBERS, DUES, RAT, TRAINING, BUILDING)


def add_known(numbers: Iterable[int | None]) -> int | None:
    """Sum of what is known; None if nothing is."""
    known = [number for number in numbers if number is not None]
    return sum(known) if known else None


def _difference(now: int | None, before: int | None) -> int | None:
    return None if now is None or before is None else now - before


def percent_text(tenths: int | None) -> str:
    """712 → "71,2 %", None → "…"."""
    return "…" if tenths is None else f"{format_tenths(tenths)}{NBSP}%"


# --- Who reports, to whom, who signs ----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AgencyHead:
    """Letterhead and settings of the dinas on the day of publishing.

    `government` "Pemerintah Kota Serang" · `region` "Kota Serang" · `area_code` "3673" · `address_line` one line ·
    `place` before the date · `head_title` "Wali Kota" or "Bupati" · `brand` "#0b5563" · `emblem` SVG markup or ""
    (a neutral shield) · `scope` what is counted: "67 Koperasi Kelurahan Merah Putih".
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
        parts = [f"{format_number(self.ledger)} dari {format_number(self.total)} dari pembukuan"]
        named = (
            (self.cooperative, "laporan"),
            (self.ods, "ODS"),
            (self.dinas, "catatan dinas"),
            (self.missing, "belum"),
        )
        parts += [f"{format_number(number)} {word}" for number, word in named if number]
        return ", ".join(parts)


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
    ("koperasi", "orang", "jabatan", "rupiah"). `whole` None: a plain count, its base is the reporting cooperatives.
    `series`: the last seven months, oldest first, this one last; percents in tenths. `definition` names the rule
    and its source. `changed`: why the month before cannot be compared. `up_is_good` False: a rise is warned of.
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
        """Against the month before, in units or tenths of a point; None if there is nothing to compare with."""
        if self.before is None or self.changed:
            return None
        return _difference(self.value, self._value_of(self.before.part, self.before.whole))

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
        words = [("belum ada data" if v is None else percent_text(v) if self.kind == "percent" else format_number(v))
                 for v in self.series]  # fmt: skip
        return f"{self.name}, tujuh bulan: {', '.join(words)}"


# --- Map and stages ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MapClass:
    """A class of the map: letter, name, second line. The order of the four is dark, middle, light, hatched."""

    letter: str
    name: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class MapArea:
    """One area: its number on map, list and annex, name, kecamatan, class letter ("" without data), path data, and
    the label's point (pole of inaccessibility) in the picture's units. `small`: little room, smaller number."""

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
    """A choropleth. `width` × `height` in units of the paths (about 1,000); `borders`: kecamatan borders as one path;
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
        if len(districts) <= 6:
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
    """A row of the Rekapitulasi Data Koperasi. `unrated`: neither active nor inactive by the rule in force."""

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
    """One matter that waits for somebody else: which cooperatives, who must act, how, by when, how long already."""

    title: str
    cooperatives: tuple[str, ...]
    agency: str
    action: str
    deadline: date | None
    oldest_days: int

    @property
    def count(self) -> int:
        return len(self.cooperatives)

    def names(self, most: int = 12) -> str:
        """The cooperatives, at most `most` by name, then how many more (all are in the annex and the workbook)."""
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


# --- The report -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MonthlyReport:
    """Everything the monthly report says. `month` any day of it; `data_on` the day of the data;
    `compared_on` the day compared with (None for the first report); `published_at` aware."""

    agency: AgencyHead
    letter: Letter
    signatory: Signatory
    month: date
    data_on: date
    published_at: datetime
    revision: int
    code: str
    check_url: str
    figures: tuple[Figure, ...]
    districts: tuple[DistrictRow, ...]
    dues: tuple[DuesRow, ...]
    freshness: Freshness
    annex: tuple[AnnexGroup, ...]
    compared_on: date | None = None
    districts_before: DistrictRow | None = None
    comparisons: tuple[Comparison, ...] = ()
    map: MapPicture | None = None
    stages: tuple[Stage, ...] = ()
    training: tuple[TrainingRow, ...] = ()
    training_note: str = ""
    buildings: tuple[BuildingRow, ...] = ()
    building_note: str = ""
    blockers: tuple[BlockerGroup, ...] = ()
    decisions: tuple[Decision, ...] = ()
    definitions: tuple[str, ...] = ()
    corrections: tuple[Correction, ...] = ()

    def __post_init__(self) -> None:
        if tuple(figure.key for figure in self.figures) != FIGURE_KEYS:
            raise ValueError(f"The six figures are, in this order: {', '.join(FIGURE_KEYS)}.")
        if len(self.decisions) > MAX_DECISIONS:
            raise ValueError("At most three decisions are asked at a time.")
        if any(len(comparison.parts) != len(self.districts) for comparison in self.comparisons):
            raise ValueError("A comparison has one pair for each district.")

    # Names and numbers of the document

    @property
    def snapshot_id(self) -> str:
        return f"LPK-{self.agency.area_code}-{self.month:%Y-%m}"

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON, in hex: what the footer shows the first twelve signs of."""
        return hashlib.sha256(to_json(self).encode()).hexdigest()

    @property
    def stamp(self) -> str:
        """ "LPK-3673-2025-10 · r1 · 5f2c9a41d07e"."""
        return f"{self.snapshot_id} · r{self.revision} · {self.digest[:12]}"

    @property
    def title(self) -> str:
        return f"Laporan Perkembangan Koperasi {self.agency.region}, {self.month_text}"

    @property
    def month_text(self) -> str:
        return format_date_long(self.month).split(" ", 1)[1]

    @property
    def check_address(self) -> str:
        return self.check_url.split("://", 1)[-1].rsplit("/", 1)[0]

    @property
    def subject(self) -> str:
        """The letter's Hal; from the second revision on it says that it is a correction."""
        again = f" (ralat {self.revision - 1})" if self.revision > 1 else ""
        return f"Laporan bulan {self.month_text}{again}"

    @property
    def letter_date(self) -> str:
        return format_date_long(self.letter.dated_on) if self.letter.dated_on else ""

    @property
    def series_heading(self) -> str:
        first = add_months(self.month.replace(day=1), 1 - MONTHS_SHOWN)
        return f"{format_month_head(first)}–{format_month_head(self.month)} {self.month.year}"

    # Figures and sentences

    def figure(self, key: str) -> Figure:
        return self.figures[FIGURE_KEYS.index(key)]

    @property
    def cooperative_count(self) -> int:
        return sum(row.cooperatives for row in self.districts)

    @property
    def blocked_count(self) -> int:
        return sum(group.count for group in self.blockers)

    @property
    def blocking_agencies(self) -> int:
        return len({group.agency for group in self.blockers})

    @property
    def lead_sentence(self) -> str:
        """The first sentence, printed bold: how many are active by the named rule."""
        figure = self.figure(STATUS)
        if figure.part is None or figure.whole is None:
            return "Status koperasi belum ada data."
        before = figure.before
        return count_sentence(
            figure.part,
            figure.whole,
            "berstatus aktif",
            before.part if before else None,
            self.compared_on,
            changed=figure.changed or None,
            total_before=before.whole if before else None,
        ).replace("sudah berstatus", "berstatus")

    @property
    def sentences(self) -> tuple[str, ...]:
        """What follows the first sentence: reporting, dues, blockers."""
        return (
            self.freshness.sentence,
            *self._dues_sentence(),
            blocked_sentence(self.blocked_count, self.blocking_agencies),
        )

    def _dues_sentence(self) -> tuple[str, ...]:
        figure = self.figure(DUES)
        if figure.part is None or not figure.whole:
            return ()
        before = (figure.before.part, figure.before.whole) if figure.before and figure.before.whole else None
        share = percent_sentence_points(
            figure.part,
            figure.whole,
            before if not figure.changed else None,
            rupiah=True,
            reporters=figure.source.known,
        )
        return (f"Iuran bulan ini terbayar {share}.",)

    # Totals and checks

    @property
    def district_total(self) -> DistrictRow:
        sums = {name: add_known(getattr(row, name) for row in self.districts) for name in RDK_COLUMNS}
        counts = {name: sums[name] or 0 for name in ("cooperatives", "active", "inactive", "unrated")}
        return DistrictRow("", "Jumlah", **{**sums, **counts})

    @property
    def district_change(self) -> tuple[int | None, ...] | None:
        if self.districts_before is None:
            return None
        pairs = zip(self.district_total.numbers, self.districts_before.numbers, strict=True)
        return tuple(_difference(now, before) for now, before in pairs)

    @property
    def dues_total(self) -> DuesRow:
        rows = self.dues
        names = ("due", "paid", "arrears_1_3", "arrears_4_6", "arrears_over_6", "members_in_arrears")
        sums = {name: add_known(getattr(row, name) for row in rows) for name in names}
        counts = {name: sum(getattr(row, name) for row in rows) for name in ("cooperatives", "reporting")}
        return DuesRow("", "Jumlah", **counts, **sums)

    @property
    def training_total(self) -> TrainingRow:
        before = add_known(row.before for row in self.training)
        rows = self.training
        return TrainingRow("Jumlah", sum(row.trained for row in rows), sum(row.total for row in rows), before)

    @property
    def building_total(self) -> int:
        return sum(row.count for row in self.buildings)

    @property
    def annex_count(self) -> int:
        return sum(len(group.rows) for group in self.annex)

    @property
    def checks(self) -> tuple[Check, ...]:
        """The equations printed under the tables. Publish only if `all(check.holds for check in report.checks)`."""
        total, dues = self.district_total, self.dues_total
        checks = [
            Check(
                "Aktif + tidak aktif + belum dinilai = jumlah koperasi",
                all(row.active + row.inactive + row.unrated == row.cooperatives for row in self.districts),
            ),
            Check("Jumlah koperasi = lampiran", total.cooperatives == self.annex_count),
            Check("Aktif = angka halaman 1", self.figure(STATUS).part in (None, total.active)),
        ]
        if total.men is not None and total.women is not None:
            checks.append(Check("L + P = jumlah anggota", total.men + total.women == total.members))
        if dues.due is not None:
            figure = self.figure(DUES)
            checks.append(
                Check(
                    "Iuran terbayar = angka halaman 1", (figure.part, figure.whole) == (dues.paid, dues.due)
                )
            )
        if self.buildings:
            checks.append(
                Check("Gedung = jumlah koperasi", sum(b.count for b in self.buildings) == total.cooperatives)
            )
        return tuple(checks)

    @property
    def capital_check(self) -> Check | None:
        """Own + outside capital against assets: a warning that explains, never a ban (cooperatives report it late)."""
        total = self.district_total
        parts = (total.own_capital, total.outside_capital, total.assets)
        if any(part is None for part in parts):
            return None
        return Check("Modal sendiri + modal luar = aset", parts[0] + parts[1] == parts[2])

    @property
    def checks_sentence(self) -> str:
        checks = [*self.checks, *([self.capital_check] if self.capital_check else [])]
        return "; ".join(f"{check.text}{NBSP}– {check.verdict}" for check in checks) + "."


# --- JSON -------------------------------------------------------------------------------------------


def to_json(report: MonthlyReport) -> str:
    """Canonical JSON: sorted keys, no spaces, dates in ISO 8601. The same report gives the same text."""
    document = {"format": SNAPSHOT_FORMAT, "report": asdict(report)}
    return json.dumps(document, default=_iso, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def from_json(text: str) -> MonthlyReport:
    """The report of `to_json`. Raises ValueError for another format, unknown or missing fields, wrong types."""
    document = json.loads(text)
    if not isinstance(document, dict) or document.get("format") != SNAPSHOT_FORMAT:
        raise ValueError("This snapshot has a format this version does not know.")
    return _read(MonthlyReport, document["report"])


def _iso(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} does not belong in a snapshot")


def _read(kind: Any, value: Any) -> Any:
    """`value` as the annotated `kind`: dataclass, tuple, optional, literal, date, datetime or a plain value."""
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        inner = next(option for option in get_args(kind) if option is not type(None))
        return None if value is None else _read(inner, value)
    if origin is Literal:
        if value not in get_args(kind):
            raise ValueError(f"{value!r} is none of {get_args(kind)}")
        return value
    if origin is tuple:
        return _read_tuple(get_args(kind), value)
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        if not isinstance(value, dict) or not set(value) <= set(hints):
            raise ValueError(f"not the fields of {kind.__name__}")
        try:
            return kind(**{name: _read(hints[name], inner) for name, inner in value.items()})
        except TypeError as error:
            raise ValueError(f"a field of {kind.__name__} is missing") from error
    if kind in (date, datetime):
        return kind.fromisoformat(value)
    if type(value) is not kind:
        raise ValueError(f"{value!r} is not {kind.__name__}")
    return value


def _read_tuple(kinds: Sequence[Any], value: Any) -> tuple:
    if not isinstance(value, list):
        raise ValueError("not a list")
    if len(kinds) == 2 and kinds[1] is Ellipsis:
        return tuple(_read(kinds[0], item) for item in value)
    return tuple(_read(kind, item) for kind, item in zip(kinds, value, strict=True))
