"""From the board of a month to the frozen snapshot of its report.

    report = fill(board, paper)                      # everything: for the job that publishes
    report = fill(board, paper, complete=False)      # the figures, the kecamatan and the checks: for the page

Every number of the report is counted here once, from the same pairs as home and dashboard. What is not known stays
`None` and is printed "…".
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from koperasi.reports import figures
from koperasi.reports.board import Board, definition
from koperasi.reports.figures import Line, OpenBlocker, Sum, total
from koperasi.reports.monthly import (
    BUILDING,
    DUES,
    MAX_DECISIONS,
    MEMBERS,
    MONTHS_SHOWN,
    RAT,
    STATUS,
    TRAINING,
    AgeBucket,
    AgencyHead,
    AnnexGroup,
    AnnexRow,
    Before,
    BlockerGroup,
    BuildingRow,
    Comparison,
    Correction,
    Decision,
    DistrictRow,
    DuesRow,
    Figure,
    Freshness,
    Letter,
    MapClass,
    MapPicture,
    MonthlyReport,
    Share,
    Signatory,
    SilentDistrict,
    Stage,
    TrainingRow,
    add_known,
)
from koperasi.reports.monthly_map import map_picture
from registry import maps
from registry.charts import INKS, NEUTRAL_INK
from registry.formats import format_date_long, format_number, percent_tenths
from registry.models import Agency, Blocker, FigureKind, Position
from registry.models import Signatory as SignatoryRow
from registry.periods import add_months, last_day, today_jakarta
from registry.reports.status import ACTIVE, INACTIVE, UNDETERMINED
from registry.sentences import decision_sentence

TOLD = tuple(FigureKind.values)  # a board for this report reads all reported figures
# figure of the report -> measure of the board
MEASURE = {STATUS: "status", MEMBERS: "anggota", DUES: "wajib", RAT: "rat", TRAINING: "bimtek", BUILDING: "gedung"}
BUILDING_WORDS = {"own": "Milik sendiri", "borrowed": "Pinjam atau sewa", "none": "Belum ada", None: "Belum didata"}
STATUS_WORDS = {ACTIVE: "Aktif", INACTIVE: "Tidak aktif", UNDETERMINED: "Belum dinilai"}
SOURCE_WORDS = {"ledger": "pembukuan", "cooperative": "laporan", "ods": "ODS", "dinas": "catatan dinas"}
ASKED = {
    Blocker.What.LAND: ("Menetapkan lahan atau gedung aset daerah", "yang belum punya tempat usaha"),
    Blocker.What.LEGAL_NAME: ("Mempercepat perbaikan nama badan hukum", "yang namanya berbeda di akta"),
    Blocker.What.LICENCE: ("Mempercepat izin usaha dan lingkungan", "yang izinnya belum terbit"),
    Blocker.What.OFFICERS: ("Menuntaskan penggantian pengurus atau pengawas", "yang susunannya belum lengkap"),
    Blocker.What.ACCOUNT: ("Membuka akun SIMKOPDES atau rekening", "yang belum memilikinya"),
    Blocker.What.CAPITAL: ("Membuka akses permodalan", "yang kekurangan modal"),
    Blocker.What.OTHER: ("Menindaklanjuti hambatan", "yang menunggu"),
}
CITY_CLASSES = (
    MapClass("T", "Tertib", "iuran wajib 80\N{NO-BREAK SPACE}% ke atas"),
    MapClass("S", "Sedang", "iuran wajib 60 sampai 79\N{NO-BREAK SPACE}%"),
    MapClass("R", "Rendah", "iuran wajib di bawah 60\N{NO-BREAK SPACE}%"),
    MapClass("H", "Terhambat", "menunggu instansi lain"),
)
REGENCY_CLASSES = (*CITY_CLASSES[:3], MapClass("H", "Banyak terhambat", "sepersepuluh koperasi atau lebih"))


@dataclass(frozen=True)
class PaperFacts:
    """What the numbers do not say: who signs, which revision, its code, when, and the decisions asked.

    `decisions` None: generated from the blockers. `before`: the report an earlier revision published, with `reason`
    why it is replaced. `earlier`: what was published for the months before, by month, for the Rekapitulasi's change.
    """

    signatory: Signatory
    published_at: datetime
    code: str
    check_url: str
    revision: int = 1
    letter_number: str = ""
    decisions: tuple[str, ...] | None = None
    before: MonthlyReport | None = None
    reason: str = ""
    earlier: Mapping[date, MonthlyReport] = field(default_factory=dict)


def signatory_on(agency: Agency, day: date) -> Signatory | None:
    """Who signs on a day; None when nobody is entered."""
    rows = SignatoryRow.objects.filter(agency=agency, valid_from__lte=day).exclude(valid_to__lt=day)
    row = rows.order_by("-valid_from", "-pk").first()
    return Signatory(row.name, row.post, row.rank, row.nip, row.capacity) if row else None


def fill(board: Board, paper: PaperFacts, *, complete: bool = True) -> MonthlyReport:
    """The snapshot. With `complete` also what only paper shows: comparison, series, arrears, map, stages, training."""
    count = _Count(board, paper.earlier, complete)
    blockers = count.blockers()
    report = MonthlyReport(
        agency=agency_head(board),
        letter=Letter(number=paper.letter_number, dated_on=today_jakarta(paper.published_at)),
        signatory=paper.signatory,
        month=board.period.month,
        data_on=board.period.as_of,
        published_at=paper.published_at,
        revision=paper.revision,
        code=paper.code,
        check_url=paper.check_url,
        figures=tuple(count.figure(key) for key in MEASURE),
        districts=tuple(count.district(code, lines) for code, lines in count.groups.items()),
        dues=tuple(count.dues_row(code, lines) for code, lines in count.groups.items()),
        freshness=count.freshness(),
        annex=count.annex(),
        compared_on=board.period.back(1).as_of if complete else None,
        buildings=count.buildings(),
        building_note="Menurut catatan terakhir dinas sampai tanggal data.",
        blockers=blockers,
        decisions=_decisions(paper.decisions, board, count.open_blockers),
        definitions=_definitions(board),
        **(count.paper_only() if complete else {}),
    )
    return _with_corrections(report, paper)


def agency_head(board: Board) -> AgencyHead:
    """The letterhead on the day of publishing."""
    agency = board.agency
    region = agency.government.removeprefix("Pemerintah ")
    contact = [
        agency.address,
        f"Telepon {agency.phone}" if agency.phone else "",
        f"Pos-el {agency.email}" if agency.email else "",
    ]
    return AgencyHead(
        slug=agency.slug,
        area_code=agency.place_id.replace(".", ""),
        region=region,
        government=agency.government,
        name=agency.name,
        address_line=" · ".join(part for part in contact if part),
        place=region.split(" ", 1)[-1],
        head_title=agency.head_title,
        scope=f"{format_number(len(board.lines))} koperasi di {format_number(len(board.districts))} kecamatan",
        paper=agency.paper_size,
        brand=INKS.get(agency.slug, NEUTRAL_INK).brand,
        village_word="Kelurahan" if agency.place.level == "city" else "Desa",
        demo=agency.is_demo,
    )


class _Count:
    """Counting for one report; what several parts need is read once."""

    def __init__(self, board: Board, earlier: Mapping[date, MonthlyReport], complete: bool) -> None:
        self.board, self.earlier, self.complete = board, earlier, complete
        self.groups: dict[str, list[Line]] = {}
        for line in board.lines:
            self.groups.setdefault(line.district, []).append(line)
        self.open_blockers = [
            one for one in figures.blockers(board.agency.pk, board.period.as_of) if one.cooperative in board.by_pk
        ]
        self.labels = _labels(board.lines)
        self.books = figures.books(board.agency.pk, board.period.as_of) if complete else {}
        self.arrears = figures.arrears(board.agency.pk, board.period) if complete else {}

    # --- The six figures

    def figure(self, key: str) -> Figure:
        board, measure = self.board, MEASURE[key]
        found = board.sum(measure)
        if key == BUILDING:
            found = Sum(found.part, len(board.lines), found.known)
        percent = key in (DUES, TRAINING)
        series = self._series(key) if self.complete else [None]
        earlier = series[-2] if self.complete else None
        year_moved = key == RAT and board.rat_year_on(board.period.back(1).as_of).book_year != board.rat_year.book_year
        return Figure(
            key=key,
            name=_NAMES[key],
            kind="percent" if percent else "count",
            part=found.part if found.known else None,
            whole=None if key == MEMBERS else found.whole if found.known else None,
            unit={MEMBERS: "orang", DUES: "rupiah", TRAINING: "jabatan"}.get(key, "koperasi"),
            definition=self._definition(key),
            source=board.source(measure),
            series=tuple(_drawn(one, percent) for one in [*series[:-1], found if found.known else None]),
            before=self._before(key, earlier),
            breakdown=self._breakdown(key),
            changed="definition" if year_moved else "",
        )

    def _series(self, key: str) -> list[Sum | None]:
        periods = [self.board.period.back(back) for back in range(MONTHS_SHOWN - 1, -1, -1)]
        return self.board.series(MEASURE[key], periods)

    def _before(self, key: str, earlier: Sum | None) -> Before | None:
        if earlier is None or (not earlier.known and key == MEMBERS):
            return None
        if key == MEMBERS:
            return Before(earlier.part, None, earlier.known)
        whole = len(self.board.lines) if key == BUILDING else earlier.whole
        return Before(earlier.part, whole, earlier.known if key == DUES else None)

    def _breakdown(self, key: str) -> tuple[Share, ...]:
        board = self.board
        if key == STATUS:
            counts = Counter(board.statuses.values())
            return Share("tidak aktif", counts[INACTIVE]), Share("belum dinilai", counts[UNDETERMINED])
        if key == MEMBERS and board.heads:
            heads = [board.heads[pk] for pk in board.ids if pk in board.heads]
            return Share("laki-laki", sum(h.men for h in heads)), Share("perempuan", sum(h.women for h in heads))
        if key == BUILDING:
            kinds = Counter(board.buildings.get(pk) for pk in board.ids)
            return tuple(Share(words[0].lower() + words[1:], kinds[kind]) for kind, words in BUILDING_WORDS.items())
        return ()

    def _definition(self, key: str) -> str:
        """Short, for page one; the rules in full stand under the Rekapitulasi."""
        board = self.board
        return {
            STATUS: f"{board.rule.name}, posisi {format_date_long(board.period.as_of)}.",
            MEMBERS: "Tercatat dan belum berhenti pada tanggal data.",
            DUES: "Terbayar untuk bulan ini, juga di muka, dibagi yang jatuh tempo bulan ini.",
            RAT: f"Tahun buku {board.rat_year.book_year}, paling lambat {format_date_long(board.rat_year.deadline)}.",
            TRAINING: "Sedang menjabat dan pernah ikut sekurangnya sekali.",
            BUILDING: "Menurut catatan terakhir dinas.",
        }[key]

    # --- Per kecamatan

    def district(self, code: str, lines: Sequence[Line]) -> DistrictRow:
        board, ids = self.board, [line.pk for line in lines]
        counts = Counter(board.statuses[pk] for pk in ids)
        heads = [board.heads[pk] for pk in ids if pk in board.heads]
        return DistrictRow(
            code,
            lines[0].district_name,
            len(lines),
            counts[ACTIVE],
            counts[INACTIVE],
            counts[UNDETERMINED],
            sum(h.all for h in heads) if heads else None,
            sum(h.men for h in heads) if heads else None,
            sum(h.women for h in heads) if heads else None,
            total(board.pairs("rat"), ids).part,
            *([self._told(pk_kind, ids) for pk_kind in ("managers", "employees")] if self.complete else (None, None)),
            *(self._money(name, ids) for name in ("own_capital", "outside_capital", "assets", "turnover", "shu")),
        )

    def _told(self, figure: str, ids: Iterable[int]) -> int | None:
        told = self.board.told
        return add_known(told[pk][figure].value if figure in told.get(pk, {}) else None for pk in ids)

    def _money(self, name: str, ids: Iterable[int]) -> int | None:
        """From the books where there are any, else as reported."""
        reported_as = {"outside_capital": "external_capital", "turnover": "volume"}.get(name, name)
        told = self.board.told if self.complete else {}
        found = []
        for pk in ids:
            if pk in self.books:
                found.append(getattr(self.books[pk], name))
            elif reported_as in told.get(pk, {}):
                found.append(told[pk][reported_as].value)
        return add_known(found)

    def dues_row(self, code: str, lines: Sequence[Line]) -> DuesRow:
        found = total(self.board.dues, [line.pk for line in lines])
        ages = [self.arrears[line.pk] for line in lines if line.pk in self.arrears]
        late = (None, None, None)
        if ages:
            late = (sum(a.up_to_3 for a in ages), sum(a.up_to_6 for a in ages), sum(a.older for a in ages))
        known = (found.whole, found.part) if found.known else (None, None)
        return DuesRow(code, lines[0].district_name, len(lines), found.known, *known, *late)

    def buildings(self) -> tuple[BuildingRow, ...]:
        kinds = Counter(self.board.buildings.get(pk) for pk in self.board.ids)
        return tuple(BuildingRow(words, kind or "unknown", kinds[kind]) for kind, words in BUILDING_WORDS.items())

    def freshness(self) -> Freshness:
        board = self.board
        silent = [line for line in board.lines if line.pk not in board.recording]
        ages = Counter(self._age(line) for line in silent)
        names = {
            code: [self.labels[line.pk] for line in lines if line.pk not in board.recording]
            for code, lines in self.groups.items()
        }
        return Freshness(
            reported=len(board.lines) - len(silent),
            total=len(board.lines),
            ages=(
                AgeBucket("bulan ini", len(board.lines) - len(silent)),
                *(AgeBucket(age, ages[age]) for age in _AGES),
            ),
            silent=tuple(SilentDistrict(board.districts[code], tuple(found)) for code, found in names.items() if found),
        )

    def _age(self, line: Line) -> str:
        if line.last_recorded_on is None:
            return "belum pernah"
        return (
            "tiga bulan terakhir" if line.last_recorded_on > add_months(self.board.period.as_of, -3) else "lebih lama"
        )

    # --- Annex and blockers

    def annex(self) -> tuple[AnnexGroup, ...]:
        numbers = {line.pk: number for number, line in enumerate(self.board.lines, start=1)}
        return tuple(
            AnnexGroup(code, lines[0].district_name, tuple(self._annex_row(numbers[line.pk], line) for line in lines))
            for code, lines in self.groups.items()
        )

    def _annex_row(self, number: int, line: Line) -> AnnexRow:
        board, pk = self.board, line.pk
        heads, pair, posts = board.heads.get(pk), board.dues.get(pk), board.posts.get(pk)
        data = (
            SOURCE_WORDS["ledger"]
            if pk in board.recording and line.keeps_books
            else SOURCE_WORDS[heads.source]
            if heads
            else "belum melapor"
        )
        return AnnexRow(
            number=number,
            name=line.short_name,
            village=line.village_name,
            status=STATUS_WORDS[board.statuses[pk]],
            building="Pinjam/sewa"
            if board.buildings.get(pk) == "borrowed"
            else BUILDING_WORDS[board.buildings.get(pk)],
            rat=self._rat_words(line),
            data=data,
            members=heads.all if heads else None,
            due=pair[1] if pair else None,
            paid=pair[0] if pair else None,
            trained=posts.trained if posts else 0,
            posts=posts.serving if posts else 0,
        )

    def _rat_words(self, line: Line) -> str:
        board = self.board
        if not board.rat_year.is_owed(line):
            return "belum wajib"
        held = board.held.get(line.pk)
        if held is None:
            return "belum"
        return "tepat waktu" if held <= board.rat_year.deadline else "terlambat"

    def blockers(self) -> tuple[BlockerGroup, ...]:
        """Matters by kind and by who must act, the one with most cooperatives first."""
        groups: dict[tuple[str, str], list[OpenBlocker]] = {}
        for one in self.open_blockers:
            groups.setdefault((one.what, one.waits_for), []).append(one)
        found = [self._blocker_group(what, agency, matters) for (what, agency), matters in groups.items()]
        return tuple(sorted(found, key=lambda group: (-group.count, group.title, group.agency)))

    def _blocker_group(self, what: str, agency: str, matters: Sequence[OpenBlocker]) -> BlockerGroup:
        names = dict.fromkeys(self.labels[one.cooperative] for one in matters)
        deadlines = [one.due_on for one in matters if one.due_on]
        oldest = min(one.opened_on for one in matters)
        return BlockerGroup(
            title=Blocker.What(what).label,
            cooperatives=tuple(names),
            agency=agency,
            action=Counter(one.text for one in matters).most_common(1)[0][0],
            deadline=min(deadlines) if deadlines else None,
            oldest_days=(self.board.period.as_of - oldest).days,
        )

    # --- What only paper shows

    def paper_only(self) -> dict:
        board = self.board
        return {
            "districts_before": last.district_total if (last := self.earlier.get(board.period.back(1).month)) else None,
            "comparisons": self._comparisons(),
            "map": self._map(),
            "stages": tuple(
                Stage(name, count)
                for name, count in zip(
                    _STAGES, figures.stages(board.agency.pk, board.period.as_of, board.ids), strict=True
                )
            ),
            "training": self._training(),
            "training_note": "Menjabat pada tanggal data dan pernah ikut bimtek sekurangnya sekali, topik apa pun.",
        }

    def _comparisons(self) -> tuple[Comparison, ...]:
        def parts(measure: str) -> tuple[tuple[int, int], ...]:
            sums = [total(self.board.pairs(measure), [line.pk for line in lines]) for lines in self.groups.values()]
            return tuple((found.part, found.whole) for found in sums)

        return (
            Comparison("Iuran wajib terbayar", "percent", parts("wajib")),
            Comparison("RAT tepat waktu", "count", parts("rat")),
            Comparison("Pengurus ikut bimtek", "percent", parts("bimtek")),
        )

    def _training(self) -> tuple[TrainingRow, ...]:
        board = self.board
        now = figures.posts_by_position(board.agency.pk, board.period.as_of, board.ids)
        then = {
            position: done
            for position, done, _ in figures.posts_by_position(board.agency.pk, board.period.back(1).as_of, board.ids)
        }
        order = list(Position.values)
        return tuple(
            TrainingRow(Position(position).label, done, serving, then.get(position))
            for position, done, serving in sorted(now, key=lambda row: order.index(row[0]))
        )

    def _map(self) -> MapPicture | None:
        """By kelurahan in a city, by kecamatan in a regency: how dues come in, and where something blocks."""
        board = self.board
        by_village = board.agency.place.level == "city"
        try:
            sheet = maps.load_map(board.agency.slug, maps.VILLAGE if by_village else maps.DISTRICT)
        except LookupError:
            return None
        groups: dict[str, list[int]] = {}
        for line in board.lines:
            groups.setdefault(line.village if by_village else line.district, []).append(line.pk)
        blocked = {one.cooperative for one in self.open_blockers}
        letters = {code: self._letter(ids, blocked, by_village) for code, ids in groups.items()}
        return map_picture(
            sheet,
            letters,
            board.districts if by_village else {board.agency.place_id: ""},
            CITY_CLASSES if by_village else REGENCY_CLASSES,
            heading="Di mana iuran wajib terkumpul, dan di mana koperasi terhambat",
            legend_heading=f"Iuran wajib per {'kelurahan' if by_village else 'kecamatan'}",
            unit="kelurahan" if by_village else "kecamatan",
        )

    def _letter(self, ids: Sequence[int], blocked: set[int], by_village: bool) -> str:
        stuck = sum(pk in blocked for pk in ids)
        if stuck and (by_village or stuck * 10 >= len(ids)):
            return "H"
        found = total(self.board.dues, ids)
        tenths = percent_tenths(found.part, found.whole) if found.whole else None
        return "" if tenths is None else "T" if tenths >= 800 else "S" if tenths >= 600 else "R"


_NAMES = {
    STATUS: "Koperasi aktif",
    MEMBERS: "Anggota",
    DUES: "Iuran wajib bulan ini",
    RAT: "RAT tepat waktu",
    TRAINING: "Pengurus dan pengawas ikut bimtek",
    BUILDING: "Koperasi yang punya tempat usaha",
}
_AGES = ("tiga bulan terakhir", "lebih lama", "belum pernah")
_STAGES = ("Akta notaris", "Pengesahan badan hukum", "NPWP", "NIB", "NIK koperasi", "Gerai buka")


def _drawn(found: Sum | None, percent: bool) -> int | None:
    if found is None:
        return None
    return percent_tenths(found.part, found.whole) if percent else found.part


def _labels(lines: Sequence[Line]) -> dict[int, str]:
    """Short names that are unique in the agency: the kecamatan behind those that are not."""
    times = Counter(line.short_name for line in lines)
    named = {
        line.pk: line.short_name if times[line.short_name] == 1 else f"{line.short_name}, Kec. {line.district_name}"
        for line in lines
    }
    again = Counter(named.values())
    return {
        line.pk: named[line.pk] if again[named[line.pk]] == 1 else f"{named[line.pk]} ({line.slug})" for line in lines
    }


def _decisions(typed: tuple[str, ...] | None, board: Board, matters: Sequence[OpenBlocker]) -> tuple[Decision, ...]:
    if typed is not None:
        return tuple(Decision(text) for text in typed if text)[:MAX_DECISIONS]
    groups: dict[tuple[str, str], list[OpenBlocker]] = {}
    for one in matters:
        groups.setdefault((one.what, one.waits_for), []).append(one)
    largest = sorted(groups.items(), key=lambda item: (-len({one.cooperative for one in item[1]}), item[0]))[
        :MAX_DECISIONS
    ]
    return tuple(_decision(board, what, agency, found) for (what, agency), found in largest)


def _decision(board: Board, what: str, agency: str, matters: Sequence[OpenBlocker]) -> Decision:
    action, whose = ASKED[Blocker.What(what)]
    by = last_day(board.period.month + timedelta(days=62))  # the end of the second month from now
    text = decision_sentence(action, len({one.cooperative for one in matters}), through=agency, before=by, whose=whose)
    return Decision(text, action)


def _definitions(board: Board) -> tuple[str, ...]:
    rule = board.rule
    return (
        f"{rule.name}: {rule.definition} Sumber: {rule.source}.",
        f"Anggota: dari pembukuan; tanpa pembukuan, dari laporan terakhir. {board.source('anggota').words}.",
        f"Iuran wajib: {board.source('wajib').words}. Koperasi yang belum membuka setoran bulan ini belum ada datanya.",
        definition(board, "rat"),
        "Melapor: mencatat uang di sini atau melaporkan angka bulan ini. Modal sendiri: simpanan pokok, wajib, cadangan, hibah "
        f"(UU 25/1992 Pasal 41). Volume usaha dan SHU: sejak 1 Januari {board.period.as_of.year}, belum diaudit.",
    )


def _with_corrections(report: MonthlyReport, paper: PaperFacts) -> MonthlyReport:
    """A revision says what moved against the one before, figure by figure."""
    if paper.before is None:
        return report
    pairs = zip(paper.before.figures, report.figures, strict=True)
    moved = [
        Correction(new.name, _said(old), _said(new), paper.reason) for old, new in pairs if _said(old) != _said(new)
    ]
    return replace(
        report,
        corrections=tuple(moved)
        or (Correction("Isi laporan", f"revisi {paper.before.revision}", f"revisi {report.revision}", paper.reason),),
    )


def _said(figure: Figure) -> str:
    return f"{figure.value_text} ({figure.base_text})"


def numbers_mark(report: MonthlyReport) -> str:
    """A short fingerprint of what a person checks before publishing: the six figures and the sums per kecamatan."""
    figures_ = [
        (one.part, one.whole, [(share.label, share.count) for share in one.breakdown]) for one in report.figures
    ]
    rows = [
        (row.code, row.cooperatives, row.active, row.inactive, row.members, row.men, row.women, row.rat)
        for row in report.districts
    ]
    dues = [(row.code, row.reporting, row.due, row.paid) for row in report.dues]
    return hashlib.sha256(repr((figures_, rows, dues)).encode()).hexdigest()[:16]
