"""The monthly report to the wali kota / bupati as a frozen snapshot: plain values, no queries, no clock.

A published report *is* this snapshot: stored as JSON, printed as PDF (`monthly_pdf`) and written as a
workbook (`monthly_xlsx`). All three say the same because all three read only this. Sums, percents,
differences and sentences are computed here from the stored counts, so no table can disagree with another.

Units: rupiah are whole (`int`), percents are tenths of a percent (`int`), `None` means "not reported" and is
printed "…", never 0. Districts (kecamatan) are in the order of their area codes, never by rank.
"""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from koperasi.reports import snapshots
from koperasi.reports.monthly_parts import (
    RDK_COLUMNS,
    AgeBucket,
    AgencyHead,
    AnnexGroup,
    AnnexRow,
    Before,
    BlockerGroup,
    BuildingRow,
    Check,
    Comparison,
    Correction,
    Decision,
    DistrictRow,
    DuesRow,
    Figure,
    Freshness,
    Letter,
    MapArea,
    MapClass,
    MapPicture,
    Share,
    Signatory,
    SilentDistrict,
    SourceMix,
    Stage,
    TrainingRow,
    add_known,
    difference,
    percent_text,
)
from registry.formats import NBSP, format_date_long, format_month_head, format_number
from registry.periods import add_months
from registry.sentences import blocked_sentence, count_sentence, percent_sentence_points

SNAPSHOT_FORMAT = 1  # raise it when a field changes its meaning; old snapshots must stay printable
MONTHS_SHOWN = 7
MAX_DECISIONS = 3
STATUS, MEMBERS, DUES, RAT, TRAINING, BUILDING = "status", "members", "dues", "rat", "training", "building"
FIGURE_KEYS = (STATUS, MEMBERS, DUES, RAT, TRAINING, BUILDING)


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
        return len({name for group in self.blockers for name in group.cooperatives})  # one may wait for two

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
        known: dict[str, Any] = {
            name: add_known(getattr(row, name) for row in self.districts) for name in RDK_COLUMNS[4:]
        }
        counts = (sum(getattr(row, name) for row in self.districts) for name in RDK_COLUMNS[:4])
        return DistrictRow("", "Jumlah", *counts, **known)

    @property
    def district_change(self) -> tuple[int | None, ...] | None:
        if self.districts_before is None:
            return None
        pairs = zip(self.district_total.numbers, self.districts_before.numbers, strict=True)
        return tuple(difference(now, before) for now, before in pairs)

    @property
    def dues_total(self) -> DuesRow:
        rows = self.dues
        names = ("due", "paid", "arrears_1_3", "arrears_4_6", "arrears_over_6", "members_in_arrears")
        sums: dict[str, Any] = {name: add_known(getattr(row, name) for row in rows) for name in names}
        counts = (sum(row.cooperatives for row in rows), sum(row.reporting for row in rows))
        return DuesRow("", "Jumlah", *counts, **sums)

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
        """The equations printed under the tables. Publish only if `all(check.holds for check in
        report.checks)`.
        """
        total, dues = self.district_total, self.dues_total
        checks = [
            Check(
                "Aktif + tidak aktif + belum dinilai = jumlah koperasi",
                all(row.active + row.inactive + row.unrated == row.cooperatives for row in self.districts),
            ),
            Check("Jumlah koperasi = lampiran", total.cooperatives == self.annex_count),
            Check("Aktif = angka halaman 1", self.figure(STATUS).part in (None, total.active)),
        ]
        if total.members is not None and total.men is not None and total.women is not None:
            untold = total.members - total.men - total.women  # lists that give a number but not the sexes
            rest = f" + {format_number(untold)} belum dirinci" if untold > 0 else ""
            checks.append(Check(f"L + P{rest} = jumlah anggota", untold >= 0))
        if dues.due is not None:
            figure = self.figure(DUES)
            checks.append(
                Check("Iuran terbayar = angka halaman 1", (figure.part, figure.whole) == (dues.paid, dues.due))
            )
        if self.buildings:
            checks.append(Check("Gedung = jumlah koperasi", sum(b.count for b in self.buildings) == total.cooperatives))
        return tuple(checks)

    @property
    def capital_check(self) -> Check | None:
        """Own + outside capital against assets: a warning that explains, never a ban (cooperatives
        report it late).
        """
        total = self.district_total
        own, outside, assets = total.own_capital, total.outside_capital, total.assets
        if own is None or outside is None or assets is None:
            return None
        return Check("Modal sendiri + modal luar = aset", own + outside == assets)

    @property
    def checks_sentence(self) -> str:
        checks = [*self.checks, *([self.capital_check] if self.capital_check else [])]
        return "; ".join(f"{check.text}{NBSP}– {check.verdict}" for check in checks) + "."


def to_json(report: MonthlyReport) -> str:
    """Canonical JSON: the same report gives the same text."""
    return snapshots.dump(report, SNAPSHOT_FORMAT)


def from_json(text: str) -> MonthlyReport:
    """The report of `to_json`. Raises ValueError for another format, unknown or missing fields, wrong
    types.
    """
    return snapshots.load(MonthlyReport, text, SNAPSHOT_FORMAT)


__all__ = [
    "MonthlyReport",
    "to_json",
    "from_json",
    "SNAPSHOT_FORMAT",
    "FIGURE_KEYS",
    "add_known",
    "percent_text",
    "AgencyHead",
    "Signatory",
    "Letter",
    "SourceMix",
    "Share",
    "Before",
    "Figure",
    "MapClass",
    "MapArea",
    "MapPicture",
    "Stage",
    "DistrictRow",
    "Comparison",
    "DuesRow",
    "TrainingRow",
    "BuildingRow",
    "BlockerGroup",
    "Decision",
    "AgeBucket",
    "SilentDistrict",
    "Freshness",
    "Correction",
    "AnnexRow",
    "AnnexGroup",
    "Check",
]
