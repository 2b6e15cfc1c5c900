"""What is said of single cooperatives: how fresh their data is, their buildings, the annex."""

from collections import Counter

from koperasi.reports.figures import Line
from koperasi.reports.monthly import (
    AgeBucket,
    AnnexGroup,
    AnnexRow,
    BuildingRow,
    Freshness,
    SilentDistrict,
)
from registry.periods import add_months
from registry.reports.status import ACTIVE, INACTIVE, UNDETERMINED

from .count import Count

STATUS_WORDS = {ACTIVE: "Aktif", INACTIVE: "Tidak aktif", UNDETERMINED: "Belum dinilai"}
SOURCE_WORDS = {"ledger": "pembukuan", "cooperative": "laporan", "ods": "ODS", "dinas": "catatan dinas"}
BUILDING_WORDS = {"own": "Milik sendiri", "borrowed": "Pinjam atau sewa", "none": "Belum ada", None: "Belum didata"}
_AGES = ("tiga bulan terakhir", "lebih lama", "belum pernah")


def buildings(count: Count) -> tuple[BuildingRow, ...]:
    kinds = Counter(count.board.buildings.get(pk) for pk in count.board.ids)
    return tuple(BuildingRow(words, kind or "unknown", kinds[kind]) for kind, words in BUILDING_WORDS.items())


def freshness(count: Count) -> Freshness:
    board = count.board
    silent = [line for line in board.lines if line.pk not in board.recording]
    ages = Counter(_age(count, line) for line in silent)
    names = {
        code: [count.labels[line.pk] for line in lines if line.pk not in board.recording]
        for code, lines in count.groups.items()
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


def _age(count: Count, line: Line) -> str:
    if line.last_recorded_on is None:
        return "belum pernah"
    return "tiga bulan terakhir" if line.last_recorded_on > add_months(count.board.period.as_of, -3) else "lebih lama"


def annex(count: Count) -> tuple[AnnexGroup, ...]:
    numbers = {line.pk: number for number, line in enumerate(count.board.lines, start=1)}
    return tuple(
        AnnexGroup(code, lines[0].district_name, tuple(_annex_row(count, numbers[line.pk], line) for line in lines))
        for code, lines in count.groups.items()
    )


def _annex_row(count: Count, number: int, line: Line) -> AnnexRow:
    board, pk = count.board, line.pk
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
        building="Pinjam/sewa" if board.buildings.get(pk) == "borrowed" else BUILDING_WORDS[board.buildings.get(pk)],
        rat=_rat_words(count, line),
        data=data,
        members=heads.all if heads else None,
        due=pair[1] if pair else None,
        paid=pair[0] if pair else None,
        trained=posts.trained if posts else 0,
        posts=posts.serving if posts else 0,
    )


def _rat_words(count: Count, line: Line) -> str:
    board = count.board
    if not board.rat_year.is_owed(line):
        return "belum wajib"
    held = board.held.get(line.pk)
    if held is None:
        return "belum"
    return "tepat waktu" if held <= board.rat_year.deadline else "terlambat"
