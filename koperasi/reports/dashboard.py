"""The dashboard: one measure at one month as a map, bars, a line, dots and a table, all from the same pairs."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from koperasi.reports import figures
from koperasi.reports.board import MEASURES, Board, Measure, definition, finding
from koperasi.reports.figures import Line, Sum, total
from registry import charts, maps
from registry.charts import Bars, Column, Composition, Dots, Row, Table, Value
from registry.charts import Line as Curve
from registry.formats import (
    format_month,
    format_number,
    format_rupiah,
    format_tenths,
    percent_sentence,
    percent_tenths,
)
from registry.maps import Choropleth, Class
from registry.periods import add_months

MONTHS = 12
BINARY_CLASSES = (
    Class("belum", key="belum", shade=1),
    Class("sebagian", key="sebagian", shade=3),
    Class("sudah", key="sudah", shade=5),
)
SHARE_CLASSES = maps.classes_at(20, 40, 60, 80, unit="%")


@dataclass(frozen=True)
class Links:
    """Addresses behind the drawing; an empty one is no link. `district`, `village` take a code, `cooperative` a line."""

    district: Callable[[str], str] = lambda code: ""
    village: Callable[[str], str] = lambda code: ""
    cooperative: Callable[[Line], str] = lambda line: ""


@dataclass(frozen=True)
class Part:
    """A row of the table: a kecamatan, or a cooperative of the one chosen."""

    code: str
    name: str
    url: str
    cooperatives: int
    sum: Sum


@dataclass(frozen=True)
class Dashboard:
    """What the page shows. `parts` are the rows of the table and of its file; `whole` is their sum."""

    measure: Measure
    heading: str
    place_line: str
    definition: str
    coverage: str
    map: Choropleth | None
    bars: Bars
    bars_heading: str
    curve: Curve
    dots: Dots | None
    funnel: Bars | None
    capital: Composition | None
    capital_coverage: str
    table: Table
    parts: tuple[Part, ...]
    whole: Part


def dashboard(
    board: Board, key: str, *, district: str = "", by_village: bool = True, links: Links = Links()
) -> Dashboard:
    """The measure `key` of the board, for the agency or one kecamatan (`district`, its code).

    `by_village` False keeps to kecamatan: for people who may see aggregates only.
    """
    measure = MEASURES[key]
    lines = [line for line in board.lines if not district or line.district == district]
    periods = [board.period.back(months) for months in range(MONTHS - 1, -1, -1)]
    series = board.series(key, periods, [line.pk for line in lines])  # before the pairs, which may come along with it
    pairs = board.pairs(key)
    where = f" di Kecamatan {board.districts[district]}" if district else ""
    parts = _cooperatives(lines, pairs, links) if district and by_village else _districts(lines, pairs, links)
    whole = Part("", _name(board, district), "", len(lines), total(pairs, [line.pk for line in lines]))
    series[-1] = whole.sum if measure.number(whole.sum) is not None else None
    capital, covered = figures.own_capital(
        board.agency.pk, board.period.as_of, [line.pk for line in lines if line.keeps_books]
    )
    return Dashboard(
        measure=measure,
        heading=finding(board, measure, whole.sum, where),
        place_line=_place_line(board, lines, district),
        definition=definition(board, key),
        coverage=_coverage(board, key, lines, whole.sum),
        map=_map(board, measure, lines, district, by_village, links),
        bars=_bars(board, measure, parts if not district else _villages(lines, pairs, links), district),
        bars_heading=_bars_heading(board, district),
        curve=_curve(measure, periods, series),
        dots=_dots(measure, lines, pairs),
        funnel=_funnel(board, lines) if key == "pembentukan" and whole.sum.known else None,
        capital=_capital(capital) if covered else None,
        capital_coverage=f"{format_number(covered)} dari {format_number(len(lines))} koperasi, dari pembukuan",
        table=_table(measure, parts, whole, "Koperasi" if district and by_village else "Kecamatan"),
        parts=tuple(parts),
        whole=whole,
    )


def _name(board: Board, district: str) -> str:
    return f"Kecamatan {board.districts[district]}" if district else board.agency.government.removeprefix("Pemerintah ")


def _place_line(board: Board, lines: Sequence[Line], district: str) -> str:
    villages = len({line.village for line in lines if line.village})
    word = "kelurahan" if board.agency.place.level == "city" else "desa"
    kecamatan = "" if district else f"{format_number(len(board.districts))} kecamatan, "
    return (
        f"{_name(board, district)}, {kecamatan}{format_number(villages)} {word}, {format_number(len(lines))} koperasi"
    )


def _coverage(board: Board, key: str, lines: Sequence[Line], found: Sum) -> str:
    if key == "anggota":
        return f"{board.source(key, lines).words}."
    missing = len(lines) - found.known
    why = {"rat": "belum wajib RAT", "pembentukan": "tidak diikuti pembentukannya"}.get(key, "belum ada data")
    return f"{format_number(found.known)} dari {format_number(len(lines))} koperasi dihitung" + (
        f", {format_number(missing)} {why}." if missing else "."
    )


# --- Rows -------------------------------------------------------------------------------------------


def _grouped(lines: Iterable[Line], key: Callable[[Line], str]) -> dict[str, list[Line]]:
    found: dict[str, list[Line]] = {}
    for line in lines:
        found.setdefault(key(line), []).append(line)
    return found


def _districts(lines: Sequence[Line], pairs: Mapping, links: Links) -> list[Part]:
    groups = _grouped(lines, lambda line: line.district)
    return [
        Part(code, group[0].district_name, links.district(code), len(group), total(pairs, [line.pk for line in group]))
        for code, group in groups.items()
    ]


def _villages(lines: Sequence[Line], pairs: Mapping, links: Links) -> list[Part]:
    groups = _grouped(lines, lambda line: line.village)
    return [
        Part(
            code,
            group[0].village_name or "Tanpa desa",
            links.village(code) if code else "",
            len(group),
            total(pairs, [line.pk for line in group]),
        )
        for code, group in groups.items()
    ]


def _cooperatives(lines: Sequence[Line], pairs: Mapping, links: Links) -> list[Part]:
    return [Part(line.slug, line.short_name, links.cooperative(line), 1, total(pairs, [line.pk])) for line in lines]


def _table(measure: Measure, parts: Sequence[Part], whole: Part, name: str) -> Table:
    heads = _heads(measure)
    if name == "Koperasi":
        heads = heads[2:]
    columns = (Column(name), *(Column(head, numeric=True) for head in heads))
    start = 2 if name == "Koperasi" else 0
    rows = tuple(Row(part.name, _cells(measure, part)[start:], part.url) for part in parts)
    return Table(f"{measure.label} per {name.lower()}", columns, rows, Row(whole.name, _cells(measure, whole)[start:]))


def _heads(measure: Measure) -> tuple[str, ...]:
    if measure.counts:
        return ("Koperasi", "Ada data", measure.part)
    return ("Koperasi", "Ada data", measure.part, measure.whole, "Persen")


def _cells(measure: Measure, part: Part) -> tuple[str, ...]:
    found = part.sum
    first = (format_number(part.cooperatives), format_number(found.known))
    if not found.known:
        return (*first, "belum ada data", *(() if measure.counts else ("", "")))
    if measure.counts:
        return (*first, format_number(found.part))
    return (*first, format_number(found.part), format_number(found.whole), measure.text(found))


def numbers(measure: Measure, part: Part) -> list:
    """The same row for a file: numbers as numbers, nothing where nothing is known."""
    found = part.sum
    first = [part.name, part.cooperatives, found.known]
    if measure.counts:
        return [*first, found.part if found.known else None]
    tenths = percent_tenths(found.part, found.whole) if found.whole else None
    known = [found.part, found.whole, None if tenths is None else tenths / 10]
    return [*first, *(known if found.known else [None, None, None])]


# --- Drawings ---------------------------------------------------------------------------------------


def _bars_heading(board: Board, district: str) -> str:
    if not district:
        return "Per kecamatan"
    return "Per kelurahan" if board.agency.place.level == "city" else "Per desa"


def _bars(board: Board, measure: Measure, parts: Sequence[Part], district: str) -> Bars:
    values = [
        Value(part.name, measure.number(part.sum), measure.text(part.sum) if part.sum.known else "…", part.url)
        for part in parts
    ]
    most = None if measure.counts else 100
    return charts.bars(
        f"{measure.label}, {_bars_heading(board, district).lower()}", values, most=most, measure=measure.label
    )


def _curve(measure: Measure, periods: Sequence, series: Sequence[Sum | None]) -> Curve:
    values = [
        Value(
            format_month(period.month),
            measure.number(found) if found else None,
            measure.text(found) if found else "belum ada data",
        )
        for period, found in zip(periods, series, strict=True)
    ]
    return charts.line(
        f"{measure.label}, dua belas bulan", values, most=None if measure.counts else 100, measure=measure.label
    )


def _dots(measure: Measure, lines: Sequence[Line], pairs: Mapping) -> Dots | None:
    """One dot a cooperative; only where a cooperative has more to say than yes or no."""
    found = [pairs[line.pk] for line in lines if line.pk in pairs]
    if measure.binary or not found:
        return None
    unknown = len(lines) - len(found)
    if measure.counts:
        high = _round_up(max(part for part, _ in found) or 1)
        return charts.dots(
            "Sebaran anggota per koperasi",
            [part for part, _ in found],
            high=high,
            write=lambda n: format_number(round(n)),
            unknown=unknown,
        )
    shares = [(percent_tenths(part, whole) or 0) / 10 for part, whole in found if whole]
    return charts.dots(f"Sebaran {measure.label.lower()} per koperasi", shares, write=_percent, unknown=unknown)


def _funnel(board: Board, lines: Sequence[Line]) -> Bars:
    """How many stood at each stage or further, of those followed."""
    found = figures.reached(board.formation, board.period.as_of, [line.pk for line in lines])
    values = [Value(stage.name, count, format_number(count)) for stage, count in found]
    return charts.bars("Sampai tahap ini atau lebih jauh", values, most=found[0][1] or 1, measure="Koperasi")


def _percent(number: float) -> str:
    return f"{format_tenths(round(number * 10)).removesuffix(',0')}%"


def _round_up(number: int) -> int:
    """The next 1, 2 or 5 with zeros: the end of a scale."""
    step = 10 ** (len(str(number)) - 1)
    return next(times * step for times in (1, 2, 5, 10) if times * step >= number)


def _capital(sums: Mapping[str, int]) -> Composition:
    values = [
        Value(f"Simpanan {part}" if part in ("pokok", "wajib") else part.capitalize(), rupiah, format_rupiah(rupiah))
        for part, rupiah in sums.items()
    ]
    return charts.composition(
        "Susunan modal sendiri", values, write_share=lambda part, whole: f"{percent_sentence(int(part), int(whole))}%"
    )


def _map(
    board: Board, measure: Measure, lines: Sequence[Line], district: str, by_village: bool, links: Links
) -> Choropleth | None:
    level = maps.VILLAGE if by_village and (district or board.agency.place.level == "city") else maps.DISTRICT
    try:
        sheet = maps.load_map(board.agency.slug, level)
        if district:
            sheet = maps.enlarge(sheet, district if level == maps.DISTRICT else f"{district}.")
    except LookupError:
        return None
    pairs = board.pairs(measure.key)
    groups = _grouped(lines, lambda line: line.village if level == maps.VILLAGE else line.district)
    drawn = {shape.code: total(pairs, [line.pk for line in groups.get(shape.code, [])]) for shape in sheet.shapes}
    as_words = measure.binary and level == maps.VILLAGE
    values = {code: _word(found) if as_words else measure.number(found) for code, found in drawn.items()}
    write = str if as_words else (lambda n: format_number(round(n))) if measure.counts else _percent
    link = links.village if level == maps.VILLAGE else links.district
    return maps.choropleth(
        sheet,
        values,
        _classes(measure, as_words, [n for n in values.values() if n is not None]),
        {code: link(code) for code in drawn if groups.get(code) and link(code)},
        title=f"Peta {measure.label.lower()}, {_name(board, district)}, {format_month(board.period.month)}",
        write=write,
        measure=measure.label,
    )


def _word(found: Sum) -> str | None:
    if not found.known:
        return None
    return "sudah" if found.part == found.whole else "belum" if found.part == 0 else "sebagian"


def _classes(measure: Measure, as_words: bool, numbers_: Sequence) -> Sequence[Class]:
    if as_words:
        return BINARY_CLASSES
    if measure.key == "wajib":
        return maps.PERCENT_CLASSES
    if not measure.counts:
        return SHARE_CLASSES
    step = max(1, _round_up(int(max(numbers_, default=5))) // 5)
    return maps.classes_at(step, 2 * step, 3 * step, 4 * step)


def months_to_choose(today: date, count: int = 24) -> list[date]:
    """The months the dashboard offers, this one first."""
    first = today.replace(day=1)
    return [add_months(first, -back) for back in range(count)]
