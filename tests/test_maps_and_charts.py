"""Maps whose borders are shared and charts that never look fuller than they are."""

import gzip
import json
import re
from collections import Counter
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import django
import pytest
from django.conf import settings

if not settings.configured:  # alone, without the project's settings
    settings.configure(
        LANGUAGE_CODE="id",
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "DIRS": [Path(__file__).resolve().parent.parent / "templates"],
            }
        ],
    )
    django.setup()

from django.template.loader import render_to_string
from django.utils import translation

from registry.charts import (
    INKS,
    NEUTRAL_INK,
    Paper,
    Value,
    bars,
    composition,
    dots,
    draw,
    filled,
    gauge,
    line,
    paper_sparkline,
    sparkline,
    twelve,
    year,
)
from registry.maps import (
    DISTRICT,
    PERCENT_CLASSES,
    VILLAGE,
    Class,
    choropleth,
    classes_at,
    hatch,
    load_map,
    points_of,
)

HERE = Path(__file__).resolve().parent.parent
AGENCIES = {"kota-serang": ("36.73", 6, 67, 264.9), "kab-serang": ("36.04", 29, 326, 1467.1)}
both = pytest.mark.parametrize("agency", AGENCIES)
each = pytest.mark.parametrize(
    ("agency", "level"), [(agency, level) for agency in AGENCIES for level in (VILLAGE, DISTRICT)]
)


def area(ring: list[tuple[int, int]]) -> float:
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairwise(ring)) / 2


def edges(path: str) -> list[tuple]:
    return [edge for ring in points_of(path) for edge in pairwise(ring)]


def undirected(edge: tuple) -> tuple:
    return tuple(sorted(edge))


# --- Geometry --------------------------------------------------------------------------------------


@both
def test_every_village_and_every_kecamatan_has_a_shape(agency):
    code, districts, villages, _ = AGENCIES[agency]
    lines = (HERE / "fixtures/places.csv").read_text(encoding="utf-8").splitlines()
    known = {row.split(",")[0] for row in lines if row.startswith(code + ".")}
    shapes = [shape.code for level in (VILLAGE, DISTRICT) for shape in load_map(agency, level).shapes]
    assert (len(load_map(agency).shapes), len(load_map(agency, DISTRICT).shapes)) == (villages, districts)
    assert set(shapes) == known and len(shapes) == len(known)


@each
def test_paths_are_integers_and_closed_and_lie_on_the_sheet(agency, level):
    sheet = load_map(agency, level)
    assert sheet.width == 1000
    for shape in sheet.shapes:
        assert re.fullmatch(r"(M\d+ \d+l[-\d ]+z)+", shape.path), shape.code
        for x, y in (point for ring in points_of(shape.path) for point in ring):
            assert 0 <= x <= sheet.width and 0 <= y <= sheet.height, shape.code


@each
def test_two_neighbours_draw_the_very_same_border(agency, level):
    """Each inner edge is drawn once in each direction, each outer edge once: neither gap nor overlap."""
    drawn = Counter(edge for shape in load_map(agency, level).shapes for edge in edges(shape.path))
    assert max(drawn.values()) == 1, "an edge is drawn twice in one direction: areas overlap"
    outer = {edge for edge in drawn if edge[::-1] not in drawn}
    outline = next(border for border in load_map(agency, level).borders if border.kind == "outline")
    assert {undirected(edge) for edge in outer} == {undirected(edge) for edge in edges(outline.path)}


@both
def test_areas_add_up_to_what_the_outline_encloses(agency):
    for level in (VILLAGE, DISTRICT):
        sheet = load_map(agency, level)
        shapes = sum(area(ring) for shape in sheet.shapes for ring in points_of(shape.path))
        outline = next(border for border in sheet.borders if border.kind == "outline")
        enclosed = sum(abs(area(ring)) for ring in points_of(outline.path))
        # One outline touches itself where two parts meet at a corner, never more.
        assert abs(abs(shapes) - enclosed) <= 1


@both
def test_the_drawn_area_is_the_real_area(agency):
    *_, square_km = AGENCIES[agency]
    per_km = json.loads((HERE / f"fixtures/map_{agency}.json").read_text(encoding="utf-8"))["units_per_km"]
    drawn = sum(area(ring) for shape in load_map(agency).shapes for ring in points_of(shape.path))
    assert abs(drawn) / per_km**2 == pytest.approx(square_km, rel=0.01)


@both
def test_a_kecamatan_is_exactly_the_sum_of_its_villages(agency):
    villages = load_map(agency).shapes
    for district in load_map(agency, DISTRICT).shapes:
        inside = [edge for v in villages if v.code.startswith(district.code + ".") for edge in edges(v.path)]
        kept = set(inside) - {edge[::-1] for edge in inside}
        assert kept == set(edges(district.path)), district.name


@both
def test_borders_of_kecamatan_close_and_are_drawn_once(agency):
    sheet = load_map(agency)
    drawn = [undirected(edge) for border in sheet.borders for edge in edges(border.path)]
    assert len(drawn) == len(set(drawn))
    needed = {undirected(edge) for d in load_map(agency, DISTRICT).shapes for edge in edges(d.path)}
    assert set(drawn) == needed
    assert all(ring[0] == ring[-1] for d in load_map(agency, DISTRICT).shapes for ring in points_of(d.path))


def inside(point: tuple[int, int], path: str) -> bool:
    x, y = point
    crossings = 0
    for (x1, y1), (x2, y2) in edges(path):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            crossings += 1
    return crossings % 2 == 1


@both
def test_each_mark_stands_inside_its_village_with_the_room_it_claims(agency):
    for shape in load_map(agency).shapes:
        assert inside((shape.label_x, shape.label_y), shape.path), shape.name
        assert shape.room >= 2, shape.name
        nearest = min(distance((shape.label_x, shape.label_y), edge) for edge in edges(shape.path))
        assert nearest >= shape.room, shape.name


def distance(point, edge) -> float:
    (x, y), ((x1, y1), (x2, y2)) = point, edge
    length = (x2 - x1) ** 2 + (y2 - y1) ** 2
    along = max(0, min(1, ((x - x1) * (x2 - x1) + (y - y1) * (y2 - y1)) / length))
    return ((x - x1 - along * (x2 - x1)) ** 2 + (y - y1 - along * (y2 - y1)) ** 2) ** 0.5


@both
def test_names_of_kecamatan_do_not_cover_each_other(agency):
    sheet = load_map(agency)
    boxes = []
    for words in sheet.words:
        half = 0.3 * sheet.label_size * len(words.text)
        boxes.append((words.x - half, words.y - sheet.label_size * 0.8, words.x + half, words.y + 4, words.text))
    for place, a in enumerate(boxes):
        for b in boxes[:place]:
            assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1], (a[4], b[4])


def test_what_is_left_out_or_moved_is_said_on_the_map():
    assert load_map("kota-serang").left_out == ("Pulau kecil di utara Kasemen",)
    assert len(load_map("kab-serang").left_out) == 3
    assert [frame.reason[:11] for frame in load_map("kab-serang").frames] == ["Pulau Tunda"]
    caption = choropleth(load_map("kab-serang"), {}, title="x").caption
    assert "CC BY-IGO" in caption and "bukan batas hukum" in caption and "Pulau Tunda" in caption


def weight(agency: str, level: str) -> int:
    return sum(len(shape.path) for shape in load_map(agency, level).shapes)


def test_maps_stay_light():
    assert weight("kota-serang", VILLAGE) <= 19_000
    assert weight("kab-serang", VILLAGE) <= 60_000
    assert weight("kab-serang", DISTRICT) <= 15_000
    decoration = (HERE / "static/map-lines.svg").read_bytes()
    assert len(decoration) <= 15_000
    assert ElementTree.fromstring(decoration)[0].tag.endswith("title")  # noqa: S314


def test_an_agency_without_a_map_and_an_unknown_level_are_refused():
    with pytest.raises(LookupError):
        load_map("cilegon")
    with pytest.raises(LookupError):
        load_map("../agencies")
    with pytest.raises(ValueError, match="level"):
        load_map("kota-serang", "province")


# --- Classes and choropleth --------------------------------------------------------------------------


def test_the_five_classes_of_a_percentage_have_round_limits_and_no_hole():
    assert [kind.label for kind in PERCENT_CLASSES] == [
        "di bawah 60%", "60 s.d. 69%", "70 s.d. 79%", "80 s.d. 89%", "90% ke atas",
    ]  # fmt: skip
    for tenth in range(1001):
        assert sum(kind.holds(tenth / 10) for kind in PERCENT_CLASSES) == 1
    with pytest.raises(ValueError, match="rise"):
        classes_at(70, 60)
    assert [kind.label for kind in classes_at(1, 2, 5)] == ["di bawah 1", "1", "2 s.d. 4", "5 ke atas"]


@each
def test_the_legend_counts_every_area_once(agency, level):
    sheet = load_map(agency, level)
    values = {shape.code: place * 7 % 101 for place, shape in enumerate(sheet.shapes) if place % 4}
    drawn = choropleth(sheet, values, title="Wajib", write=lambda number: f"{number}%")
    assert sum(entry.count for entry in drawn.legend) == len(drawn.areas) == len(sheet.shapes)
    assert Counter(shape.shade for shape in drawn.areas) == Counter(
        {entry.shade: entry.count for entry in drawn.legend if entry.count}
    )
    assert drawn.legend[-1].label == "belum ada data"
    assert drawn.legend[-1].count == len(sheet.shapes) - len(values)


def test_no_data_is_not_zero_and_has_its_own_legend_line_only_when_needed():
    sheet = load_map("kota-serang", DISTRICT)
    zero = choropleth(sheet, {shape.code: 0 for shape in sheet.shapes}, title="x")
    assert [entry.label for entry in zero.legend] == [kind.label for kind in PERCENT_CLASSES]
    assert {shape.shade for shape in zero.areas} == {"k1"}
    none = choropleth(sheet, {shape.code: None for shape in sheet.shapes}, title="x")
    assert {shape.shade for shape in none.areas} == {"k0"}
    assert none.areas[0].title == "Serang: belum ada data"


def test_a_value_without_a_class_and_a_code_off_the_map_are_refused():
    sheet = load_map("kota-serang")
    with pytest.raises(ValueError, match="held by 0 classes"):
        choropleth(sheet, {"36.73.01.1001": 5}, [Class("enam", 6, 7)], title="x")
    with pytest.raises(ValueError, match="held by 2 classes"):
        choropleth(sheet, {"36.73.01.1001": 5}, [Class("a", 1, 9), Class("b", 5, 9)], title="x")
    with pytest.raises(ValueError, match=r"not on the map.*36\.04"):
        choropleth(sheet, {"36.04.05.2001": 5}, title="x")


def test_classes_of_words_are_hatched_and_lettered_for_the_photocopier():
    sheet = load_map("kota-serang")
    stages = [
        Class("Gerai buka", key="G", letter="G", shade=5),
        Class("Terhambat", key="H", letter="H", hatched=True),
    ]
    values = {shape.code: "H" if place % 2 else "G" for place, shape in enumerate(sheet.shapes)}
    numbers = {shape.code: str(place + 1) for place, shape in enumerate(sheet.shapes)}
    paper = Paper(106, 113, INKS["kota-serang"])
    drawn = choropleth(sheet, values, stages, title="Tahap", marks=numbers, paper=paper)
    assert [entry.count for entry in drawn.legend] == [34, 33]
    assert all(bool(shape.hatch) == (values[shape.code] == "H") for shape in drawn.areas)
    assert {shape.mark for shape in drawn.areas} == {str(number) for number in range(1, 68)}
    svg = draw(drawn)
    assert 'width="106mm" height="113mm"' in svg and "#0b5563" in svg


def test_hatching_stays_inside_its_area():
    shape = next(shape for shape in load_map("kota-serang").shapes if shape.name == "Sawah Luhur")
    lines = re.findall(r"M(\d+) (\d+)l(\d+)-(\d+)", hatch(shape.path))
    assert len(lines) > 10
    for x, y, right, up in (map(int, found) for found in lines):
        assert right == up
        assert inside((x + right // 2, y - up // 2), shape.path)


# --- Charts ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("most", [1, 3, 67, 300, 1_510_000_000])
def test_a_bar_is_full_only_at_n_of_n_and_empty_only_at_zero(most):
    assert filled(most, most, 100) == 100
    assert filled(0, most, 100) == 0
    if most > 1:
        assert 0 < filled(most - 1, most, 100) < 100
        assert 0 < filled(1, most, 100) < 100
    with pytest.raises(ValueError, match="begins at zero"):
        filled(-1, most, 100)


def test_bars_are_sorted_by_value_with_the_unknown_last():
    given = [Value("Curug", 68, "68%"), Value("Serang", 86, "86%"), Value("Kasemen", None, "belum ada data"),
             Value("Taktakan", 0, "0%")]  # fmt: skip
    drawn = bars("Per kecamatan", given, most=100, low_below=70)
    assert [bar.label for bar in drawn.rows] == ["Serang", "Curug", "Taktakan", "Kasemen"]
    assert [bar.low for bar in drawn.rows] == [False, True, True, False]
    assert [bar.length for bar in drawn.rows] == [215, 170, 0, 0]
    assert [row.head for row in drawn.table.rows] == [bar.label for bar in drawn.rows]
    assert bars("x", given, in_order=True).rows[0].label == "Curug"


MONTHS = ["November", "Desember", "Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus"]
MONTHS += ["September", "Oktober"]


def test_a_line_starts_at_zero_writes_its_ends_and_breaks_where_a_month_is_missing():
    numbers = [0, 50, None, 100, None, 60, 60, 60, 60, 60, 60, 74]
    given = [Value(month, number, f"{number}%") for month, number in zip(MONTHS, numbers, strict=True)]
    drawn = line("Dua belas bulan", given, most=100)
    assert [mark.text for mark in drawn.marks] == ["0%", "74%"]
    assert drawn.strokes[0].startswith("14,70 ")  # zero lies on the base line
    assert len(drawn.strokes) == 2 and drawn.lone == ((114, 10),)
    assert [tick.text for tick in drawn.ticks] == list("NDJFMAMJJASO")
    with pytest.raises(ValueError, match="negative"):
        line("x", [Value("Mei", -1, "(1)")])
    assert line("x", [Value("Mei", None, "")]).marks == ()


@pytest.mark.parametrize("count", [1, 67, 888])
def test_a_strip_has_one_dot_for_each_cooperative(count):
    numbers = [place * 37 % 101 for place in range(count)]
    drawn = dots("Sebaran", numbers, unknown=3)
    assert len(drawn.dots) == len(set(drawn.dots)) == count
    assert drawn.height <= 160
    assert max(y for _, y in drawn.dots) <= drawn.floor * 10
    assert all(0 < mark.x < drawn.width for mark in drawn.ticks)
    facts = {row.head: row.cells[0] for row in drawn.table.rows}
    assert (facts["Dengan data"], facts["Belum ada data"]) == (str(count), "3")


def test_dots_without_a_number_and_numbers_outside_the_scale():
    assert dots("Sebaran", [], unknown=67).middle is None
    with pytest.raises(ValueError, match="outside"):
        dots("Sebaran", [101])


def test_a_gauge_of_299_out_of_300_is_not_full():
    assert gauge(299, 300).length == 99
    assert gauge(300, 300).length == 100
    assert (gauge(59, 100, low_below=0.6).low, gauge(60, 100, low_below=0.6).low) == (True, False)
    assert gauge(0, 0).length == 0


def whole_percent(part: float, whole: float) -> str:
    return f"{round(100 * part / whole)}%"


def test_a_composition_fills_its_bar_and_shows_even_the_smallest_part():
    given = [
        Value("Pokok", 3, "3"),
        Value("Wajib", 999_996, "999.996"),
        Value("Cadangan", 0, "–"),
        Value("Hibah", 1, "1"),
    ]
    parts = composition("Modal sendiri", given, write_share=whole_percent).parts
    assert [part.length for part in parts] == [1, 398, 0, 1]
    assert [part.x for part in parts] == [0, 1, 399, 399]
    assert [part.shade for part in parts] == ["k5", "k4", "k3", "k2"]


def test_a_composition_with_a_loss_names_it_and_writes_no_shares():
    given = [Value("Pokok", 50, "50"), Value("Cadangan", -20, "(20)")]
    parts = composition("Modal sendiri", given, write_share=whole_percent).parts
    assert [(part.text, part.share, part.length) for part in parts] == [("50", "", 400), ("(20)", "", 0)]


def test_the_month_to_be_recorded_is_dashed():
    drawn = year("2026", [Value("Jan", 88, "88%"), Value("Feb", None, "belum dicatat")], most=100)
    assert [month.open for month in drawn.months] == [False, True]
    assert '<rect class="t"' in draw(drawn)


CARD = [
    "none",
    "paid",
    "paid",
    "part",
    "unpaid",
    "taken",
    "paid",
    "paid",
    "unpaid",
    "chosen",
    "future",
    "future",
]


def test_a_dues_card_says_in_words_what_its_boxes_show():
    drawn = twelve(CARD, title="Wajib 2026")
    assert drawn.title == "Wajib 2026: 4 lunas, 1 sebagian, 2 belum, 1 dipilih, 1 bulan ini"
    assert draw(drawn).count("<rect") == 12
    assert draw(twelve(CARD, large=True)).count('class="tick"') == 4
    with pytest.raises(ValueError, match="twelve known states"):
        twelve(["paid"] * 11)
    with pytest.raises(ValueError, match="twelve known states"):
        twelve(["lunas"] * 12)


# --- Every template -----------------------------------------------------------------------------------------

NASTY = "<b>\"Peta\" & 'garis'</b>"


def every_chart(paper: Paper | None) -> list:
    values = [Value(NASTY, 3, "3"), Value("Maret", 1000, NASTY), Value("April", None, "belum ada data")]
    sheet = load_map("kota-serang", DISTRICT)
    return [
        bars(NASTY, values, paper=paper),
        bars(NASTY, values, over=True, paper=paper),
        line(NASTY, values, paper=paper),
        sparkline(NASTY, [1, None, 3, 4], paper=paper and paper_sparkline()),
        dots(
            NASTY,
            [1000, 2000, 2500.5],
            low=0,
            high=3000,
            write=lambda number: f"{NASTY}{number}",
            paper=paper,
        ),
        gauge(1, 3, title=NASTY, paper=paper),
        composition(NASTY, values, write_share=whole_percent, paper=paper),
        year(NASTY, values, paper=paper),
        twelve(CARD, title=NASTY, paper=paper),
        twelve(CARD, title=NASTY, large=True, paper=paper),
        choropleth(sheet, {"36.73.01": 75}, titles={"36.73.01": NASTY}, title=NASTY, paper=paper),
        choropleth(sheet, {"36.73.01": 75}, links={"36.73.01": '/?a=1&b="2"'}, title=NASTY, paper=paper),
    ]


@pytest.mark.parametrize("paper", [None, Paper(80.5, 40, NEUTRAL_INK)], ids=["screen", "paper"])
def test_every_drawing_is_well_formed_titled_escaped_and_without_style(paper):
    with translation.override("id"):
        drawings = [draw(chart) for chart in every_chart(paper)]
    for svg in drawings:
        root = ElementTree.fromstring(svg)  # noqa: S314 - our own text; fails on anything not escaped
        assert root.tag == "svg" and root[0].tag == "title"
        assert NASTY in root[0].text
        assert re.fullmatch(r"-?\d+ -?\d+ \d+ \d+", root.get("viewBox"))
        for element in root.iter():
            assert element.get("style") is None and element.tag != "style"
            for name in ("x", "y", "width", "height", "cx", "cy", "r"):
                written = element.get(name, "0")
                assert re.fullmatch(r"-?\d+(\.\d+)?(mm)?", written), (name, written)
        assert bool(root.get("width", "").endswith("mm")) == (paper is not None)
    assert len({svg.split("viewBox")[0] for svg in drawings}) >= 9


def test_a_drawing_keeps_its_numbers_plain_where_thousands_are_separated(monkeypatch):
    monkeypatch.setattr(settings, "USE_THOUSAND_SEPARATOR", True)
    with translation.override("id"):
        assert 'viewBox="0 0 1000 1087"' in draw(choropleth(load_map("kota-serang"), {}, title="Peta"))


def test_on_screen_each_area_is_a_link_with_a_title_and_on_paper_none_is():
    sheet = load_map("kab-serang")
    links = {shape.code: f"/kab-serang/koperasi/?desa={shape.code}" for shape in sheet.shapes}
    values = {shape.code: 75 for shape in sheet.shapes}
    svg = draw(choropleth(sheet, values, links=links, title="Peta"))
    assert svg.count("<a href=") == 326 == svg.count("</a>")
    assert svg.count("<title>") == 327
    assert len(gzip.compress(svg.encode())) <= 45_000
    assert "<a " not in draw(choropleth(sheet, values, links=links, title="Peta", paper=Paper(160, 127)))


def test_the_table_holds_the_same_numbers_and_unfolds_only_on_screen():
    chart = bars("Per kecamatan", [Value("Serang", 86, "86%", "/?kecamatan=serang"), Value(NASTY, 54, "54%")])
    screen = render_to_string("charts/table.html", {"chart": chart})
    assert "<details" in screen and '<a href="/?kecamatan=serang">Serang</a>' in screen
    assert "86%" in screen and "54%" in screen and "<b>" not in screen
    assert "<details" not in render_to_string("charts/table.html", {"chart": chart, "open": True})


def test_the_legend_writes_each_class_with_its_count():
    sheet = load_map("kota-serang", DISTRICT)
    legend = render_to_string("charts/legend.html", {"chart": choropleth(sheet, {"36.73.01": 95}, title="x")})
    assert legend.count("<li>") == 6
    assert "90% ke atas <b>1</b>" in legend and "belum ada data <b>5</b>" in legend


def test_templates_hold_no_style_and_no_script():
    templates = sorted((HERE / "templates/charts").glob("*.html"))
    assert len(templates) >= 13
    for template in templates:
        assert not re.search(r"style=|<style|<script|\bon[a-z]+=", template.read_text(encoding="utf-8")), template.name
