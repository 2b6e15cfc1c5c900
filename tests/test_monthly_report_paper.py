"""The monthly report: one frozen snapshot, a PDF and a workbook that say the same."""

import io
import re
import zipfile
from dataclasses import replace
from functools import cache
from itertools import pairwise

import openpyxl
import pytest
from django.conf import settings
from pypdf import PdfReader

if not settings.configured:  # run alone, without the project's settings
    settings.configure(USE_TZ=True, DATABASES={}, INSTALLED_APPS=[])

from koperasi.reports.monthly import (
    Before,
    MonthlyReport,
    SourceMix,
    from_json,
    to_json,
)
from koperasi.reports.monthly_pdf import monthly_context, monthly_pdf
from koperasi.reports.monthly_xlsx import monthly_xlsx
from registry.formats import format_number, format_tenths
from registry.paper import PaperFile, render_html
from registry.templatetags.paper import ink_of
from tests.monthly_samples import CITY_HEAD, RALAT, REGENCY_HEAD, city_report, regency_report

# --- The tests --------------------------------------------------------------------------------------


@cache
def city_pdf() -> PaperFile:
    return monthly_pdf(city_report())


@cache
def city_pages() -> PdfReader:
    return PdfReader(io.BytesIO(city_pdf().content))


@cache
def page_texts() -> tuple[str, ...]:
    return tuple(page.extract_text().replace("\xa0", " ") for page in city_pages().pages)


@cache
def city_book():
    return openpyxl.load_workbook(io.BytesIO(monthly_xlsx(city_report())))


def is_wide(page) -> bool:
    return float(page.mediabox.width) > float(page.mediabox.height)


def test_a_snapshot_survives_its_json_unchanged():
    report = city_report(corrections=(RALAT,))
    assert from_json(to_json(report)) == report
    assert from_json(to_json(report)).digest == report.digest


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"format":1', '"format":2'),
        ('"revision":1', '"revision":"1"'),
        ('"revision":1', '"revision":1,"more":2'),
        ('"acting":"Plt."', '"acting":"Pj."'),
        ('"revision":1,', ""),
    ],
)
def test_a_snapshot_of_another_shape_is_refused(old, new):
    text = to_json(city_report())
    assert old in text
    with pytest.raises(ValueError, match=r"."):
        from_json(text.replace(old, new, 1))


def test_any_changed_number_changes_the_digest():
    report = city_report()
    changed = replace(report, dues=(replace(report.dues[0], paid=report.dues[0].paid + 1), *report.dues[1:]))
    assert changed.digest != report.digest


def test_the_city_report_has_its_pages_in_the_order_readers_learn():
    assert [is_wide(page) for page in city_pages().pages] == [False, False, True, True, False, True, True]
    heads = (
        "Keputusan yang dimohon",
        "Di mana gerai sudah buka",
        "Rekapitulasi Data Koperasi",
        "Iuran dan tunggakan",
        "Hambatan yang menunggu",
        "Lampiran. Keadaan tiap koperasi",
        "Kecamatan Taktakan",
    )
    for head, text in zip(heads, page_texts(), strict=True):
        assert head in text


def test_on_f4_the_same_pages_come_in_the_same_order():
    file = monthly_pdf(city_report(agency=replace(CITY_HEAD, paper="F4")))
    pages = PdfReader(io.BytesIO(file.content)).pages
    assert [is_wide(page) for page in pages] == [is_wide(page) for page in city_pages().pages]
    assert round(float(pages[0].mediabox.width) / 72 * 25.4) == 215
    assert round(float(pages[0].mediabox.height) / 72 * 25.4) == 330


def test_the_report_is_tagged_indonesian_titled_and_every_picture_has_words():
    root = city_pages().trailer["/Root"]
    assert root["/Lang"] == "id"
    assert root["/MarkInfo"]["/Marked"]
    assert city_pages().metadata.title == "Laporan Perkembangan Koperasi Kota Serang, Oktober 2026"
    figures, waiting = [], [root["/StructTreeRoot"]]
    while waiting:
        node = waiting.pop().get_object()
        if isinstance(node, list):
            waiting += node
        elif isinstance(node, dict):
            figures += [node] if node.get("/S") == "/Figure" else []
            waiting += [node["/K"]] if "/K" in node else []
    assert len(figures) > 40
    assert all(figure.get("/Alt") for figure in figures)


def test_the_headings_are_bookmarks():
    titles = str(city_pages().outline)
    for heading in (
        "Laporan Perkembangan Koperasi",
        "Iuran dan tunggakan per kecamatan",
        "Lampiran. Keadaan tiap koperasi",
    ):
        assert heading in titles


def test_only_noto_sans_is_embedded():
    fonts = {
        font.get_object()["/BaseFont"].split("+")[1]
        for page in city_pages().pages
        for font in page["/Resources"]["/Font"].values()
    }
    assert fonts == {"Noto-Sans", "Noto-Sans-Bold"}


def test_every_page_names_the_snapshot_the_code_and_that_the_data_is_an_example():
    stamp = city_report().stamp
    for text in page_texts():
        assert stamp in text
        assert "01-4F6Q-9TXM-2ABC" in text
        assert "data contoh, bukan data resmi" in text


def test_the_first_sentence_page_names_the_page_of_the_blockers():
    named = int(re.search(r"ada di\s+halaman\s+(\d+)", page_texts()[0])[1])
    assert "Hambatan yang menunggu instansi lain" in page_texts()[named - 1]


def test_the_acting_head_signs_with_prefix_rank_and_grouped_nip():
    text = " ".join(page_texts()[4].split())
    assert "Plt. Kepala Dinas," in text
    assert "NIP 19690214 199403 2 000" in text
    assert "Yth. Wali Kota Serang" in page_texts()[0]
    assert REGENCY_HEAD.addressee == "Bupati Serang"


def test_no_annex_page_ends_with_the_name_of_a_kecamatan():
    for text in page_texts()[5:]:
        rows = [line for line in text.splitlines() if re.match(r"Kecamatan |\d+ KKMP", line)]
        assert rows[-1].startswith(tuple("0123456789"))


def numbers_in(text: str) -> set[str]:
    return set(re.findall(r"(?<![\w.,-])\d{1,3}(?:\.\d{3})*(?:,\d+)?(?![\w.-]*\w)", text))


def numbers_of_book() -> set[str]:
    found: set[str] = set()
    for sheet in city_book().worksheets:
        for row in sheet.iter_rows(values_only=True):
            for value in row:
                if isinstance(value, str):
                    found |= numbers_in(value)
                elif value is not None:
                    found |= {format_number(round(abs(value))), format_tenths(round(abs(value) * 10))}
    return found


def test_every_number_on_paper_is_in_the_workbook():
    text = " ".join(page_texts())
    for furniture in (
        r"Halaman \d+ dari \d+",
        r"halaman\s+\d+",
        r"\(0254\) 000000|Serang 42111|Nomor \d+",
        r"NIP [\d ]+",
        r": 500\.3/214-Kop/2026",
        r"pukul [\d.]+ WIB",
    ):
        text = re.sub(furniture, " ", text)
    missing = numbers_in(text) - numbers_of_book()
    assert not missing, sorted(missing)[:20]


def test_the_workbook_has_five_sheets_that_name_their_date_and_keep_their_heads_in_sight():
    assert city_book().sheetnames == ["Ringkasan", "Per kecamatan", "Iuran", "Hambatan", "Lampiran"]
    for sheet in city_book().worksheets:
        assert "data per 31 Oktober 2026" in sheet["A2"].value
        assert sheet["A4"].value
        assert sheet.freeze_panes
    annex = city_book()["Lampiran"]
    assert annex.freeze_panes == "A7"
    assert isinstance(annex["I7"].value, int)


def test_no_name_becomes_a_formula_and_no_name_becomes_markup():
    evil = '=HYPERLINK("http://x.invalid";"<b>klik</b>")'
    report = city_report()
    row = replace(report.annex[0].rows[0], name=evil, village="@SUM(1)\x00")
    group = replace(report.annex[0], name="+Serang", rows=(row, *report.annex[0].rows[1:]))
    report = replace(report, annex=(group, *report.annex[1:]))
    content = monthly_xlsx(report)
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        assert not any(b"<f>" in parts.read(name) for name in parts.namelist() if "worksheets" in name)
    sheet = openpyxl.load_workbook(io.BytesIO(content))["Lampiran"]
    assert sheet["C7"].value == "'" + evil
    assert sheet["B7"].value == "'+Serang"
    assert sheet["D7"].value == "'@SUM(1)"
    assert "<b>klik" not in html_of(report)


def html_of(report: MonthlyReport) -> str:
    return render_html(
        "paper/monthly.html", monthly_context(report), stylesheets=["monthly.css"], paper="A4", title="t"
    )


def test_the_same_snapshot_gives_the_same_files():
    assert monthly_xlsx(city_report()) == monthly_xlsx(city_report())
    assert monthly_pdf(from_json(to_json(city_report()))).content == city_pdf().content


def test_the_six_figures_are_six_and_in_their_order():
    report = city_report()
    with pytest.raises(ValueError, match="six figures"):
        replace(report, figures=report.figures[:5])
    with pytest.raises(ValueError, match="three decisions"):
        replace(report, decisions=report.decisions * 2)


def test_a_report_whose_tables_disagree_says_so_and_fails_its_check():
    report = city_report()
    assert all(check.holds for check in report.checks)
    broken = replace(report, districts=(replace(report.districts[0], active=0), *report.districts[1:]))
    assert not all(check.holds for check in broken.checks)
    assert "TIDAK SESUAI" in broken.checks_sentence
    assert "TIDAK SESUAI" in html_of(broken)


def test_members_whose_sex_was_not_reported_are_told_and_not_an_error():
    report = city_report()
    first = replace(report.districts[0], men=report.districts[0].men - 7)
    [check] = [c for c in replace(report, districts=(first, *report.districts[1:])).checks if "L + P" in c.text]
    assert (check.text, check.holds) == ("L + P + 7 belum dirinci = jumlah anggota", True)
    more = replace(first, men=first.men + 8)
    assert not all(c.holds for c in replace(report, districts=(more, *report.districts[1:])).checks)


def test_missing_figures_are_three_dots_and_never_zero():
    report = city_report()
    figure = replace(report.figure("members"), part=None, before=None, series=(None,) * 7, breakdown=())
    assert (figure.value_text, figure.base_text, figure.change_text) == (
        "…",
        "belum ada data",
        "belum ada pembanding",
    )
    figures = (report.figures[0], figure, *report.figures[2:])
    silent = replace(report.districts[0], members=None, shu=None)
    html = html_of(replace(report, figures=figures, districts=(silent, *report.districts[1:])))
    assert "<b>…</b><span>belum ada data</span>" in html
    assert '<td class="n start">…</td>' in html


def test_a_rise_of_something_bad_is_marked_as_worse():
    figure = replace(city_report().figure("status"), up_is_good=False)
    assert (figure.direction, figure.worse) == ("up", True)
    assert not replace(figure, up_is_good=True).worse


def test_figures_are_not_compared_when_their_definition_changed():
    figure = replace(city_report().figure("status"), changed="definition")
    assert (figure.change, figure.change_text, figure.before_text) == (
        None,
        "tidak dibandingkan",
        "definisi berubah",
    )


def test_percents_change_in_points_of_the_printed_tenths():
    figure = replace(city_report().figure("training"), part=318, whole=536, before=Before(249, 536))
    assert (figure.value_text, figure.change_text) == ("59,3\xa0%", "naik 12,8 poin")


def test_the_source_mix_names_only_sources_that_occur():
    assert (
        SourceMix(ledger=31, cooperative=402, missing=455).words == "31 dari 888 dari pembukuan, 402 laporan, 455 belum"
    )
    assert SourceMix(ledger=67).words == "67 dari 67 dari pembukuan"


def test_a_correction_is_printed_and_named_in_the_letter():
    report = city_report(revision=2, corrections=(RALAT,))
    html = html_of(report)
    assert "Laporan bulan Oktober 2026 (ralat 1)" in html
    assert "Rp 9.380.000" in html
    assert "r2" in report.stamp


def test_a_first_report_without_blockers_decisions_map_or_comparison_is_complete():
    report = city_report(
        compared_on=None,
        districts_before=None,
        blockers=(),
        decisions=(),
        map=None,
        comparisons=(),
        training=(),
        stages=(),
        definitions=(),
        buildings=(),
    )
    report = replace(report, figures=tuple(replace(figure, before=None) for figure in report.figures))
    html = html_of(report)
    assert "belum ada pembanding" in html
    assert "Tidak ada koperasi yang menunggu instansi lain." in html
    assert monthly_xlsx(report)


@pytest.mark.parametrize("brand", ["#0b5563", "#6d2a58", "#2f4858"])
def test_the_classes_of_the_map_stay_apart_on_a_grey_printer(brand):
    ink = ink_of(brand)

    def grey(colour: str) -> int:
        red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
        return (299 * red + 587 * green + 114 * blue) // 1000

    steps = [grey(ink.brand), grey(ink.middle), grey(ink.light), 255]
    assert all(later - earlier >= 35 for earlier, later in pairwise(steps))


def test_the_regency_lists_every_cooperative_under_its_kecamatan_and_shortens_long_lists():
    html = html_of(regency_report(348))
    assert html.count('<tr class="district">') == 29
    assert len(re.findall(r"KKMP Contoh \d+, Kelurahan", html)) == 348
    assert "close" in html
