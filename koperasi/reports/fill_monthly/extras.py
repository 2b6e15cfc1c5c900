"""What only paper shows: comparison, stages, training, the map."""

from collections.abc import Sequence

from koperasi.reports import figures
from koperasi.reports.figures import total
from koperasi.reports.monthly import (
    Comparison,
    MapClass,
    MapPicture,
    Stage,
    TrainingRow,
)
from koperasi.reports.monthly_map import map_picture
from registry import maps
from registry.formats import percent_tenths
from registry.models import Position

from .count import Count

CITY_CLASSES = (
    MapClass("T", "Tertib", "iuran wajib 80\N{NO-BREAK SPACE}% ke atas"),
    MapClass("S", "Sedang", "iuran wajib 60 sampai 79\N{NO-BREAK SPACE}%"),
    MapClass("R", "Rendah", "iuran wajib di bawah 60\N{NO-BREAK SPACE}%"),
    MapClass("H", "Terhambat", "menunggu instansi lain"),
)
REGENCY_CLASSES = (*CITY_CLASSES[:3], MapClass("H", "Banyak terhambat", "sepersepuluh koperasi atau lebih"))
_STAGES = {
    "deed": "Akta notaris", "decree": "Pengesahan badan hukum", "npwp": "NPWP", "nib": "NIB", "cooperative_nik": "NIK koperasi",
    "outlet": "Gerai buka",
}  # fmt: skip


def paper_only(count: Count) -> dict:
    board = count.board
    return {
        "districts_before": last.district_total if (last := count.earlier.get(board.period.back(1).month)) else None,
        "comparisons": _comparisons(count),
        "map": _map(count),
        "stages": _stages(count),
        "training": _training(count),
        "training_note": "Menjabat pada tanggal data dan pernah ikut bimtek sekurangnya sekali, topik apa pun.",
    }


def _stages(count: Count) -> tuple[Stage, ...]:
    board = count.board
    found = figures.passed(board.agency.pk, board.period.as_of, board.ids, list(_STAGES))
    return tuple(Stage(name, found[code]) for code, name in _STAGES.items())


def _comparisons(count: Count) -> tuple[Comparison, ...]:
    def parts(measure: str) -> tuple[tuple[int, int], ...]:
        sums = [total(count.board.pairs(measure), [line.pk for line in lines]) for lines in count.groups.values()]
        return tuple((found.part, found.whole) for found in sums)

    return (
        Comparison("Iuran wajib terbayar", "percent", parts("wajib")),
        Comparison("RAT tepat waktu", "count", parts("rat")),
        Comparison("Pengurus ikut bimtek", "percent", parts("bimtek")),
    )


def _training(count: Count) -> tuple[TrainingRow, ...]:
    board = count.board
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


def _map(count: Count) -> MapPicture | None:
    """By kelurahan in a city, by kecamatan in a regency: how dues come in, and where something blocks."""
    board = count.board
    by_village = board.agency.place.level == "city"
    try:
        sheet = maps.load_map(board.agency.slug, maps.VILLAGE if by_village else maps.DISTRICT)
    except LookupError:
        return None
    groups: dict[str, list[int]] = {}
    for line in board.lines:
        groups.setdefault(line.village if by_village else line.district, []).append(line.pk)
    blocked = {one.cooperative for one in count.open_blockers}
    letters = {code: _letter(count, ids, blocked, by_village) for code, ids in groups.items()}
    return map_picture(
        sheet,
        letters,
        board.districts if by_village else {board.agency.place_id: ""},
        CITY_CLASSES if by_village else REGENCY_CLASSES,
        heading="Di mana iuran wajib terkumpul, dan di mana koperasi terhambat",
        legend_heading=f"Iuran wajib per {'kelurahan' if by_village else 'kecamatan'}",
        unit="kelurahan" if by_village else "kecamatan",
    )


def _letter(count: Count, ids: Sequence[int], blocked: set[int], by_village: bool) -> str:
    stuck = sum(pk in blocked for pk in ids)
    if stuck and (by_village or stuck * 10 >= len(ids)):
        return "H"
    found = total(count.board.dues, ids)
    tenths = percent_tenths(found.part, found.whole) if found.whole else None
    return "" if tenths is None else "T" if tenths >= 800 else "S" if tenths >= 600 else "R"
