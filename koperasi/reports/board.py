"""All figures of one agency at one period, each concept read at most once, and what each of them means in words."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from koperasi.reports import figures
from koperasi.reports.figures import Heads, Line, Pairs, Period, Posts, RatYear, Reported, Sum, total
from koperasi.reports.figures.formation import OPERATING
from koperasi.reports.monthly import SourceMix
from registry.formation import stages
from registry.formats import format_date_long, format_month, format_number, percent_sentence, percent_tenths
from registry.models import Agency, Cooperative
from registry.reports.status import ACTIVE, DEFAULT_RULE, UNDETERMINED, Rule, rules, with_status

HEADS = ("members_male", "members_female")


class Board:
    """The figures of `agency` at `period`. `ids`: only these cooperatives (a penyuluh's). Reads when asked, and once."""

    def __init__(self, agency: Agency, period: Period, *, ids: Sequence[int] | None = None, rule: str = DEFAULT_RULE, told: Sequence[str] = HEADS) -> None:  # fmt: skip
        self.agency, self.period, self._ids, self._rule = agency, period, ids, rule
        self._figures = told  # which reported figures are wanted
        self._pairs: dict[str, Pairs] = {}

    @cached_property
    def lines(self) -> list[Line]:
        return figures.directory(self.agency.pk, self.period.as_of, ids=self._ids)

    @cached_property
    def ids(self) -> list[int]:
        return [line.pk for line in self.lines]

    @cached_property
    def by_pk(self) -> dict[int, Line]:
        return {line.pk: line for line in self.lines}

    @cached_property
    def districts(self) -> dict[str, str]:
        """Kecamatan that have a cooperative, code to name, in the order of codes."""
        return {line.district: line.district_name for line in self.lines}

    @cached_property
    def rule(self) -> Rule:
        return rules()[self._rule]

    @cached_property
    def statuses(self) -> dict[int, str]:
        """active, inactive or undetermined, by the rule named, on the day of the figures."""
        return self.statuses_on(self.period.as_of)

    def statuses_on(self, day: date) -> dict[int, str]:
        chosen = Cooperative.objects.filter(agency=self.agency, is_practice=False).order_by()
        found = dict(with_status(chosen, self.rule, day, self.agency).values_list("pk", "status"))
        return {pk: found.get(pk, UNDETERMINED) for pk in self.ids}

    @cached_property
    def heads(self) -> dict[int, Heads]:
        return figures.members(self.agency.pk, self.period.as_of, self.lines, self.told)

    def members_through(self, days: Sequence[date], ids: Sequence[int]) -> list[Sum | None]:
        """Members at each day; when the last day is the board's, its heads come along."""
        heads, series = figures.members_through(self.agency.pk, days, self.lines, ids)
        if days[-1] == self.period.as_of:
            self.heads = heads
        return series

    @cached_property
    def told(self) -> dict[int, dict[str, Reported]]:
        """The latest reported figures, of the kinds this board was made for."""
        return figures.reported(self.agency.pk, self.period.as_of, self._figures)

    @cached_property
    def dues(self) -> Pairs:
        return figures.dues(self.agency.pk, self.period)

    @cached_property
    def rat_year(self) -> RatYear:
        return self.rat_year_on(self.period.as_of)

    def rat_year_on(self, day: date) -> RatYear:
        return RatYear.on(day, self.agency.rat_deadline_month, self.agency.rat_deadline_day)

    @cached_property
    def held(self) -> dict[int, date]:
        return figures.meetings(self.agency.pk, self.rat_year.book_year, self.period.as_of)

    @cached_property
    def posts(self) -> dict[int, Posts]:
        return figures.officers(self.agency.pk, self.period.as_of)

    def officers_through(self, days: Sequence[date], ids: Sequence[int]) -> list[Sum | None]:
        """Trained of serving at each day; when the last day is the board's, its posts come along."""
        posts, series = figures.officers_through(self.agency.pk, days, ids)
        if days[-1] == self.period.as_of:
            self.posts = posts
        return series

    @cached_property
    def buildings(self) -> dict[int, str]:
        return figures.buildings(self.agency.pk, self.period.as_of)

    @cached_property
    def formation(self) -> dict[int, figures.Taken]:
        return figures.taken(self.agency.pk)

    @cached_property
    def recording(self) -> set[int]:
        return figures.recording(self.agency.pk, self.period)

    def pairs(self, key: str) -> Pairs:
        """(part, whole) per cooperative of one measure; who is missing has no data."""
        if key not in self._pairs:
            found = _PAIRS[key](self)
            self._pairs[key] = {pk: found[pk] for pk in self.ids if pk in found}
        return self._pairs[key]

    def sum(self, key: str, ids: Iterable[int] | None = None) -> Sum:
        return total(self.pairs(key), self.ids if ids is None else ids)

    def series(self, key: str, periods: Sequence[Period], ids: Sequence[int] | None = None) -> list[Sum | None]:
        """The measure at each of `periods`, for these cooperatives (default: all). One query or two; the status, one a day."""
        return _SERIES[key](self, periods, self.ids if ids is None else list(ids))

    def source(self, key: str, lines: Sequence[Line] | None = None) -> SourceMix:
        """Where the measure's data comes from, for these cooperatives."""
        chosen = [line.pk for line in (self.lines if lines is None else lines)]
        if key == "anggota":
            return figures.source_mix((self.heads[pk].source for pk in chosen if pk in self.heads), len(chosen))
        pairs = self.pairs(key)
        known = sum(pk in pairs for pk in chosen)
        if key in ("wajib", "segar"):
            return SourceMix(ledger=known, missing=len(chosen) - known)
        return SourceMix(dinas=known, missing=len(chosen) - known)


_PAIRS: dict[str, Callable[[Board], Pairs]] = {
    "wajib": lambda b: b.dues,
    "anggota": lambda b: {pk: (heads.all, 1) for pk, heads in b.heads.items()},
    "segar": lambda b: {pk: (int(pk in b.recording), 1) for pk in b.ids},
    "rat": lambda b: figures.rat_in_time(b.held, b.rat_year, b.lines),
    "gedung": lambda b: figures.housed(b.buildings),
    "bimtek": lambda b: figures.trained(b.posts),
    "pembentukan": lambda b: figures.operating(b.formation, b.period.as_of),
    "status": lambda b: {pk: (int(status == ACTIVE), 1) for pk, status in b.statuses.items()},
}


def _days(periods: Sequence[Period]) -> list[date]:
    return [period.as_of for period in periods]


def _months(periods: Sequence[Period]) -> list[date]:
    return [period.month for period in periods]


def _rat_series(board: Board, periods: Sequence[Period], ids: Sequence[int]) -> list[Sum | None]:
    years = [board.rat_year_on(period.as_of) for period in periods]
    return figures.rat_series(board.agency.pk, years, _days(periods), [board.by_pk[pk] for pk in ids])


def _status_series(board: Board, periods: Sequence[Period], ids: Sequence[int]) -> list[Sum | None]:
    found = []
    for period in periods:
        answers = board.statuses if period == board.period else board.statuses_on(period.as_of)
        found.append(Sum(sum(answers[pk] == ACTIVE for pk in ids), len(ids), len(ids)) if ids else None)
    return found


_SERIES: dict[str, Callable] = {
    "status": _status_series,
    "wajib": lambda b, periods, ids: figures.dues_series(b.agency.pk, _months(periods), ids),
    "anggota": lambda b, periods, ids: b.members_through(_days(periods), ids),
    "segar": lambda b, periods, ids: figures.recording_series(b.agency.pk, _months(periods), ids),
    "rat": _rat_series,
    "gedung": lambda b, periods, ids: figures.buildings_series(b.agency.pk, _days(periods), ids),
    "bimtek": lambda b, periods, ids: b.officers_through(_days(periods), ids),
    "pembentukan": lambda b, periods, ids: figures.operating_series(b.formation, _days(periods), ids),
}


# --- What a measure means ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Measure:
    """One thing the dashboard can show. `part` and `whole` head the columns; `of` what a pair counts.

    `binary`: each cooperative has it or not; `counts`: a plain number without a denominator (members).
    """

    key: str
    label: str
    part: str
    whole: str
    of: str
    binary: bool = False
    counts: bool = False
    rupiah: bool = False

    def number(self, found: Sum) -> float | None:
        """What is drawn: a count, or a percent; None without data."""
        if not found.known and not found.whole:
            return None
        if self.counts:
            return found.part
        tenths = percent_tenths(found.part, found.whole) if found.whole else None
        return None if tenths is None else tenths / 10

    def text(self, found: Sum) -> str:
        """How the number is written on screen: "74,3%" or "1.204"."""
        if self.number(found) is None:
            return "belum ada data"
        return format_number(found.part) if self.counts else f"{percent_sentence(found.part, found.whole)}%"


MEASURES: dict[str, Measure] = {
    measure.key: measure
    for measure in (
        Measure("wajib", "Wajib terkumpul", "Terbayar (Rp)", "Jatuh tempo (Rp)", "rupiah", rupiah=True),
        Measure("anggota", "Anggota", "Anggota", "", "orang", counts=True),
        Measure("segar", "Kesegaran data", "Mencatat", "Koperasi", "koperasi", binary=True),
        Measure("rat", "RAT tepat waktu", "Tepat waktu", "Wajib RAT", "koperasi", binary=True),
        Measure("gedung", "Gedung", "Punya tempat", "Tercatat", "koperasi", binary=True),
        Measure("bimtek", "Bimtek", "Pernah ikut", "Menjabat", "pengurus dan pengawas"),
        Measure("pembentukan", "Pembentukan", "Beroperasi", "Diikuti", "koperasi", binary=True),
        Measure("status", "Status aktif", "Aktif", "Koperasi", "koperasi", binary=True),
    )
}


def definition(board: Board, key: str) -> str:
    """What exactly is counted, by which rule. One or two sentences."""
    month, deadline = format_month(board.period.month), format_date_long(board.rat_year.deadline)
    return {
        "wajib": f"Simpanan wajib yang terbayar untuk {month}, termasuk yang dibayar di muka, dibagi yang jatuh tempo bulan itu.",
        "anggota": "Anggota tercatat yang belum berhenti, dari pembukuan; tanpa pembukuan, dari laporan terakhir.",
        "segar": f"Koperasi yang mencatat uang di sini atau melaporkan angka untuk {month}.",
        "rat": f"RAT tahun buku {board.rat_year.book_year} yang diadakan paling lambat {deadline}. Koperasi yang berdiri sesudahnya belum wajib.",
        "gedung": "Koperasi dengan gedung milik sendiri, pinjam, atau sewa, menurut catatan terakhir.",
        "bimtek": "Pengurus dan pengawas yang sedang menjabat dan pernah ikut bimtek sekurangnya sekali.",
        "pembentukan": f"{stages()[OPERATING].name}: {stages()[OPERATING].definition} Dari koperasi yang diikuti pembentukannya.",
        "status": f"{board.rule.name}. {board.rule.definition}",
    }[key]


def finding(board: Board, measure: Measure, found: Sum, where: str = "") -> str:
    """The heading of the dashboard: what the numbers say. `where`: " di Kecamatan Curug" or nothing."""
    month = format_month(board.period.month)
    if measure.number(found) is None:
        subject = "Simpanan wajib" if measure.key == "wajib" else measure.label
        return f"{subject} {month}{where} belum ada data"
    percent, part, whole = measure.text(found), format_number(found.part), format_number(found.whole)
    return {
        "wajib": f"Simpanan wajib {month}{where} terkumpul {percent}",
        "anggota": f"{part} anggota di {format_number(found.known)} koperasi{where}",
        "segar": f"{part} dari {whole} koperasi{where} mencatat pada {month}",
        "rat": f"{part} dari {whole} koperasi{where} mengadakan RAT tepat waktu",
        "gedung": f"{part} dari {whole} koperasi{where} sudah punya tempat usaha",
        "bimtek": f"{percent} pengurus dan pengawas{where} pernah ikut bimtek",
        "pembentukan": f"{part} dari {whole} koperasi{where} sudah beroperasi",
        "status": f"{part} dari {whole} koperasi{where} berstatus aktif",
    }[measure.key]
