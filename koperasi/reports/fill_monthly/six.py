"""The six figures of page one."""

from collections import Counter

from koperasi.reports.figures import Sum
from koperasi.reports.monthly import (
    BUILDING,
    DUES,
    MEMBERS,
    MONTHS_SHOWN,
    RAT,
    STATUS,
    TRAINING,
    Before,
    Figure,
    Share,
)
from registry.formats import format_date_long, percent_tenths
from registry.reports.status import INACTIVE, UNDETERMINED

from .cooperatives import BUILDING_WORDS
from .count import Count

MEASURE = {STATUS: "status", MEMBERS: "anggota", DUES: "wajib", RAT: "rat", TRAINING: "bimtek", BUILDING: "gedung"}
_NAMES = {
    STATUS: "Koperasi aktif",
    MEMBERS: "Anggota",
    DUES: "Iuran wajib bulan ini",
    RAT: "RAT tepat waktu",
    TRAINING: "Pengurus dan pengawas ikut bimtek",
    BUILDING: "Koperasi yang punya tempat usaha",
}


def figure(count: Count, key: str) -> Figure:
    board, measure = count.board, MEASURE[key]
    found = board.sum(measure)
    if key == BUILDING:
        found = Sum(found.part, len(board.lines), found.known)
    percent = key in (DUES, TRAINING)
    series = _series(count, key) if count.complete else [None]
    earlier = series[-2] if count.complete else None
    year_moved = key == RAT and board.rat_year_on(board.period.back(1).as_of).book_year != board.rat_year.book_year
    return Figure(
        key=key,
        name=_NAMES[key],
        kind="percent" if percent else "count",
        part=found.part if found.known else None,
        whole=None if key == MEMBERS else found.whole if found.known else None,
        unit={MEMBERS: "orang", DUES: "rupiah", TRAINING: "jabatan"}.get(key, "koperasi"),
        definition=_definition(count, key),
        source=board.source(measure),
        series=tuple(_drawn(one, percent) for one in [*series[:-1], found if found.known else None]),
        before=_before(count, key, earlier),
        breakdown=_breakdown(count, key),
        changed="definition" if year_moved else "",
    )


def _series(count: Count, key: str) -> list[Sum | None]:
    periods = [count.board.period.back(back) for back in range(MONTHS_SHOWN - 1, -1, -1)]
    return count.board.series(MEASURE[key], periods)


def _before(count: Count, key: str, earlier: Sum | None) -> Before | None:
    if earlier is None or (not earlier.known and key == MEMBERS):
        return None
    if key == MEMBERS:
        return Before(earlier.part, None, earlier.known)
    whole = len(count.board.lines) if key == BUILDING else earlier.whole
    return Before(earlier.part, whole, earlier.known if key == DUES else None)


def _breakdown(count: Count, key: str) -> tuple[Share, ...]:
    board = count.board
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


def _definition(count: Count, key: str) -> str:
    """Short, for page one; the rules in full stand under the Rekapitulasi."""
    board = count.board
    return {
        STATUS: f"{board.rule.name}, posisi {format_date_long(board.period.as_of)}.",
        MEMBERS: "Tercatat dan belum berhenti pada tanggal data.",
        DUES: "Terbayar untuk bulan ini, juga di muka, dibagi yang jatuh tempo bulan ini.",
        RAT: f"Tahun buku {board.rat_year.book_year}, paling lambat {format_date_long(board.rat_year.deadline)}.",
        TRAINING: "Sedang menjabat dan pernah ikut sekurangnya sekali.",
        BUILDING: "Menurut catatan terakhir dinas.",
    }[key]


def _drawn(found: Sum | None, percent: bool) -> int | None:
    if found is None:
        return None
    return percent_tenths(found.part, found.whole) if percent else found.part
