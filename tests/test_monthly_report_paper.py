"""The monthly report: one frozen snapshot, a PDF and a workbook that say the same."""

import io
import random
import re
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache

import openpyxl
import pytest
from django.conf import settings
from pypdf import PdfReader

if not settings.configured:  # run alone, without the project's settings
    settings.configure(USE_TZ=True, DATABASES={}, INSTALLED_APPS=[])

from koperasi.reports.monthly import (
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
    MapArea,
    MapClass,
    MapPicture,
    MonthlyReport,
    Share,
    Signatory,
    SilentDistrict,
    SourceMix,
    Stage,
    TrainingRow,
    add_known,
    from_json,
    to_json,
)
from koperasi.reports.monthly_pdf import monthly_context, monthly_pdf
from koperasi.reports.monthly_xlsx import monthly_xlsx
from registry.paper import PaperFile, render_html
from registry.templatetags.paper import ink_of

CITY = {"Serang": 12, "Kasemen": 10, "Walantaka": 14, "Curug": 10, "Cipocok Jaya": 8, "Taktakan": 13}
REGENCY = [
    "Cinangka",
    "Padarincang",
    "Ciomas",
    "Pabuaran",
    "Gunungsari",
    "Baros",
    "Petir",
    "Tunjungteja",
    "Cikeusal",
    "Pamarayan",
    "Bandung",
    "Jawilan",
    "Kopo",
    "Cikande",
    "Kibin",
    "Kragilan",
    "Waringinkurung",
    "Mancak",
    "Anyar",
    "Bojonegara",
    "Pulo_Ampel",
    "Kramatwatu",
    "Ciruas",
    "Pontang",
    "Lebak_Wangi",
    "Carenang",
    "Binuang",
    "Tirtayasa",
    "Tanara",
]
CLASSES = (
    MapClass("G", "Gerai buka", "melayani pembeli"),
    MapClass("S", "Siap buka", "lengkap, gerai belum"),
    MapClass("D", "Melengkapi dokumen", "tanpa hambatan luar"),
    MapClass("H", "Terhambat", "menunggu instansi lain"),
)


def a_cooperative(number: int, chance: random.Random, name: str = "") -> AnnexRow:
    members = chance.randint(60, 900)
    due = members * 10_000
    reports = number % 11 != 5
    return AnnexRow(
        number=number,
        name=name or f"KKMP Contoh {number}",
        village=f"Kelurahan {number}",
        status="Tidak aktif" if number % 17 == 3 else "Belum dinilai" if number % 23 == 7 else "Aktif",
        building=("Pinjam", "Milik sendiri", "Belum ada", "Pinjam")[number % 4],
        rat="belum wajib" if number % 3 else "tepat waktu",
        data="pembukuan" if reports else "belum melapor",
        members=members if reports else None,
        due=due if reports else None,
        paid=due * chance.randint(40, 95) // 100 // 10_000 * 10_000 if reports else None,
        trained=chance.randint(2, 8),
        posts=8,
    )


def a_group(code: str, name: str, rows: tuple[AnnexRow, ...]) -> tuple[AnnexGroup, DistrictRow, DuesRow]:
    group = AnnexGroup(code, name, rows)
    members = group.members or 0
    reporting = sum(row.due is not None for row in rows)
    own = members * 117_500
    outside = (len(rows) % 3) * 12_500_000
    district = DistrictRow(
        code, name, len(rows), *(sum(row.status == status for row in rows) for status in ("Aktif", "Tidak aktif", "Belum dinilai")),
        members, members * 48 // 100, members - members * 48 // 100, sum(row.rat == "tepat waktu" for row in rows),
        len(rows) // 2, len(rows) * 2, own, outside, own + outside, members * 31_250, (members - 1500) * 2_750,
    )  # fmt: skip
    due, paid = group.due or 0, group.paid or 0
    behind = due - paid
    dues = DuesRow(
        code, name, len(rows), reporting, due, paid, behind, behind // 3, behind // 5, behind // 30_000
    )
    return group, district, dues


def a_report(
    districts: dict[str, int], agency: AgencyHead, picture: MapPicture | None, **changes
) -> MonthlyReport:
    chance = random.Random(7)
    number, groups = 0, []
    for at, (name, size) in enumerate(districts.items(), start=1):
        rows = []
        for _ in range(size):
            number += 1
            rows.append(a_cooperative(number, chance))
        groups.append(a_group(f"{head.area_code}.{at:02d}", name, tuple(rows)))
    annex, rows, dues = (tuple(column) for column in zip(*groups, strict=True))
    total = {
        name: add_known(getattr(row, name) for row in rows)
        for name in ("cooperatives", "active", "members", "men", "women", "rat")
    }
    count, reporting = total["cooperatives"], sum(row.reporting for row in dues)
    source = SourceMix(
        ledger=reporting * 2 // 3, cooperative=reporting - reporting * 2 // 3, missing=count - reporting
    )
    paid, due = sum(row.paid for row in dues), sum(row.due for row in dues)
    trained, posts = sum(group.trained for group in annex), sum(group.posts for group in annex)
    buildings = {
        kind: sum(row.building == kind for group in annex for row in group.rows)
        for kind in ("Milik sendiri", "Pinjam", "Belum ada")
    }
    housed = count - buildings["Belum ada"]

    def line(last: int) -> tuple[int | None, ...]:
        return (*(last * (70 + 5 * at) // 100 for at in range(6)), last)

    figures = (
        Figure("status", "Koperasi aktif", "count", total["active"], count, "koperasi",
               "Aturan: menutup buku sekurangnya sekali dalam tiga bulan terakhir (Keputusan Kepala Dinas 12/2026).",
               source, line(total["active"]), Before(total["active"] - 5, count),
               (Share("tidak aktif", sum(r.inactive for r in rows)), Share("belum dinilai", sum(r.unrated for r in rows)))),
        Figure("members", "Anggota terdaftar", "count", total["members"], None, "orang",
               "Tercatat di buku daftar anggota, belum berhenti.", source, line(total["members"]),
               Before(total["members"] - 329), (Share("laki-laki", total["men"]), Share("perempuan", total["women"]))),
        Figure("dues", "Iuran wajib Oktober terbayar", "percent", paid, due, "rupiah",
               "Bagian tagihan bulan ini yang sudah dibayar.", source, (651, 660, 672, 655, None, 698, 705),
               Before(paid * 98 // 100, due, reporting - 4), (Share("terbayar", paid),)),
        Figure("rat", "RAT tepat waktu", "count", total["rat"], count, "koperasi",
               "Rapat anggota tahun buku 2025 sebelum 30 Juni 2026; batas dari Permenkop.", source, line(total["rat"]),
               Before(total["rat"], count)),
        Figure("training", "Pengurus dan pengawas terlatih", "percent", trained, posts, "jabatan",
               "Pemegang jabatan dengan sertifikat bimtek yang sesuai.", source, (400, 410, 430, 470, 510, 560, 600),
               Before(trained - 69, posts)),
        Figure("building", "Punya gedung operasional", "count", housed, count, "koperasi",
               "Milik sendiri atau pinjam, menurut survei lapangan.", source, line(housed), Before(housed + 1, count),
               (Share("milik sendiri", buildings["Milik sendiri"]), Share("pinjam", buildings["Pinjam"]),
                Share("belum ada", buildings["Belum ada"]))),
    )  # fmt: skip
    silent = tuple(
        SilentDistrict(group.name, tuple(row.name for row in group.rows if row.due is None))
        for group in annex if any(row.due is None for row in group.rows)
    )  # fmt: skip
    facts = {
        "agency": head,
        "letter": Letter("500.3/214-Kop/2026", dated_on=date(2026, 11, 5)),
        "signatory": Signatory("Dra. Hj. Wulan Contohwati, M.Si.", "Kepala Dinas", "Pembina Utama Muda", "196902141994032000", "Plt."),
        "month": date(2026, 10, 1),
        "data_on": date(2026, 10, 31),
        "compared_on": date(2026, 9, 30),
        "published_at": datetime(2026, 11, 5, 1, 10, tzinfo=UTC),
        "revision": 1,
        "code": "01-4F6Q-9TXM-2ABC",
        "check_url": "https://koperasi-serang.example/k/01-4F6Q-9TXM-2ABC",
        "figures": figures,
        "districts": rows,
        "districts_before": replace(rows[0], **{name: (add_known(getattr(row, name) for row in rows) or 0) * 97 // 100
                                               for name in ("cooperatives", "members", "own_capital", "shu")}),
        "dues": dues,
        "comparisons": (
            Comparison("Aktif", "count", tuple((row.active, row.cooperatives) for row in rows)),
            Comparison("Melapor", "count", tuple((row.reporting, row.cooperatives) for row in dues)),
            Comparison("Iuran terbayar", "percent", tuple((row.paid, row.due) for row in dues)),
            Comparison("Jabatan terlatih", "count", tuple((group.trained, group.posts) for group in annex)),
        ),
        "freshness": Freshness(reporting, count, (AgeBucket("bulan ini", reporting), AgeBucket("1–3 bulan lalu", count - reporting),
                                                  AgeBucket("lebih dari 3 bulan lalu", 0)), silent),
        "map": picture,
        "stages": tuple(Stage(name, count - at * count // 14) for at, name in enumerate(
            ("Musyawarah kelurahan khusus", "Akta pendirian", "SK pengesahan badan hukum", "NPWP", "NIB", "Rekening atas nama koperasi",
             "NIK koperasi", "Gerai pertama buka"))),
        "training": tuple(TrainingRow(post, count * (86 - 8 * at) // 100, count, count * (70 - 8 * at) // 100) for at, post in
                          enumerate(("Ketua", "Wakil ketua usaha", "Wakil ketua anggota", "Sekretaris", "Bendahara", "Ketua pengawas"))),
        "training_note": "Sumber dana: APBD 2026 130, kementerian 82 orang.",
        "buildings": (BuildingRow("Milik sendiri", "own", buildings["Milik sendiri"]), BuildingRow("Pinjam", "borrowed", buildings["Pinjam"]),
                      BuildingRow("Belum ada", "none", buildings["Belum ada"])),
        "building_note": "Syarat lahan: sekurangnya 600 m² (20 × 30 m).",
        "blockers": (
            BlockerGroup("Belum ada lahan atau gedung 600 m²", ("Cipare", "Sukawana", "Kasemen", "Kilasah", "Kasunyatan", "Walantaka", "Cibendung"),
                         "BPKAD, pengelola aset daerah", "Menetapkan lahan aset daerah untuk dipinjamkan", date(2026, 11, 30), 96),
            BlockerGroup("Ketua pengawas belum diganti setelah mutasi lurah", ("Pangampelan", "Kalodran", "Pipitan", "Cilowong"),
                         "Camat dan lurah setempat", "Menerbitkan surat penunjukan lurah baru", date(2026, 11, 14), 41),
            BlockerGroup("Nama berbeda di akta dan SK pengesahan", ("Bendung", "Dalung"), "Kementerian Hukum, lewat notaris pembuat akta",
                         "Perbaikan data SK melalui notaris", None, 58),
        ),
        "decisions": (
            Decision("Menetapkan lahan aset daerah untuk 7 koperasi yang belum punya lahan, melalui BPKAD, sebelum 30 November 2026.",
                     "Menetapkan lahan aset daerah"),
            Decision("Meminta camat menuntaskan penggantian ketua pengawas di 4 kelurahan, sebelum 14 November 2026.", "Meminta camat"),
        ),
        "definitions": (
            "Aktif: menutup buku sekurangnya sekali dalam tiga bulan terakhir. Belum dinilai: datanya belum cukup.",
            "RAT: rapat anggota tahunan tahun buku 2025. Koperasi yang didirikan tahun 2026 belum wajib RAT.",
            "Modal sendiri: simpanan pokok, simpanan wajib, cadangan, dan hibah. Modal luar: pinjaman.",
            "Volume usaha: penjualan dan pinjaman yang diberikan sejak 1 Januari 2026. SHU: berjalan, belum diaudit.",
        ),
        "annex": annex,
    }  # fmt: skip
    return MonthlyReport(**{**facts, **changes})


def a_map(districts: dict[str, int]) -> MapPicture:
    """Squares, ten in a row: enough to see four classes, numbers and borders."""
    areas, number = [], 0
    for name, size in districts.items():
        for _ in range(size):
            x, y = 100 * (number % 10), 100 * (number // 10)
            number += 1
            areas.append(
                MapArea(
                    number,
                    f"Kelurahan {number}",
                    name,
                    "GSDHGG"[number % 6],
                    f"M{x} {y}h100v100h-100z",
                    x + 50,
                    y + 50,
                )
            )
    height = 100 * (number // 10 + 1)
    return MapPicture("Di mana gerai sudah buka, dan di mana terhambat", "Tahap koperasi", "koperasi", 1000, height, CLASSES,
                      tuple(areas), "M0 200H1000M0 500H1000", "Batas indikatif, bukan batas hukum. Sumber batas: contoh.")  # fmt: skip


CITY_HEAD = AgencyHead(
    "kota-serang", "3673", "Kota Serang", "Pemerintah Kota Serang",
    "Dinas Koperasi, Usaha Kecil, Menengah, Perindustrian dan Perdagangan",
    "Jalan Contoh Nomor 1, Serang 42111 · Telepon (0254) 000000 · Pos-el dinas@contoh.invalid",
    "Serang", "Wali Kota", "67 Koperasi Kelurahan Merah Putih", "A4", "#0b5563", demo=True,
)  # fmt: skip
REGENCY_HEAD = replace(
    CITY_HEAD, slug="kab-serang", area_code="3604", region="Kabupaten Serang", government="Pemerintah Kabupaten Serang",
    head_title="Bupati", scope="888 koperasi dan 326 Koperasi Desa Merah Putih", paper="F4", brand="#6d2a58", village_word="Desa/kelurahan",
)  # fmt: skip


def city_report(**changes) -> MonthlyReport:
    return a_report(CITY, CITY_HEAD, a_map(CITY), **changes)


def regency_districts(total: int) -> dict[str, int]:
    base, rest = divmod(total, len(REGENCY))
    return {name.replace("_", " "): base + (at < rest) for at, name in enumerate(REGENCY)}


def regency_report(total: int = 1214, **changes) -> MonthlyReport:
    districts = regency_districts(total)
    return a_report(districts, REGENCY_HEAD, a_map(dict.fromkeys(districts, 1)), **changes)


RALAT = Correction(
    "Iuran wajib, Kecamatan Curug", "Rp 9.830.000", "Rp 9.380.000", "salah ketik di laporan koperasi"
)


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
    [('"format":1', '"format":2'), ('"revision":1', '"revision":"1"'), ('"revision":1', '"revision":1,"more":2'),
     ('"acting":"Plt."', '"acting":"Pj."'), ('"revision":1,', "")],
)  # fmt: skip
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
    heads = ("Keputusan yang dimohon", "Di mana gerai sudah buka", "Rekapitulasi Data Koperasi", "Iuran dan tunggakan",
             "Hambatan yang menunggu", "Lampiran. Keadaan tiap koperasi", "Kecamatan Taktakan")  # fmt: skip
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
                    found.add(f"{abs(round(value)):,}".replace(",", "."))
                    found.add(
                        f"{abs(value):,.1f}".replace(",", ".")
                        .replace(".", ",", 0)[::-1]
                        .replace(".", ",", 1)[::-1]
                    )
    return found


def test_every_number_on_paper_is_in_the_workbook():
    text = " ".join(page_texts())
    for furniture in (r"Halaman \d+ dari \d+", r"halaman\s+\d+", r"\(0254\) 000000|Serang 42111|Nomor \d+", r"NIP [\d ]+",
                      r": 500\.3/214-Kop/2026", r"pukul [\d.]+ WIB"):  # fmt: skip
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
        SourceMix(ledger=31, cooperative=402, missing=455).words
        == "31 dari 888 dari pembukuan, 402 laporan, 455 belum"
    )
    assert SourceMix(ledger=67).words == "67 dari 67 dari pembukuan"


def test_a_correction_is_printed_and_named_in_the_letter():
    report = city_report(revision=2, corrections=(RALAT,))
    html = html_of(report)
    assert "Laporan bulan Oktober 2026 (ralat 1)" in html
    assert "Rp 9.380.000" in html
    assert "r2" in report.stamp


def test_a_first_report_without_blockers_decisions_map_or_comparison_is_complete():
    report = city_report(compared_on=None, districts_before=None, blockers=(), decisions=(), map=None, comparisons=(), training=(),
                         stages=(), definitions=(), buildings=())  # fmt: skip
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
    assert all(later - earlier >= 35 for earlier, later in zip(steps, steps[1:], strict=False))


def test_the_regency_lists_every_cooperative_under_its_kecamatan_and_shortens_long_lists():
    html = html_of(regency_report(348))
    assert html.count('<tr class="district">') == 29
    assert len(re.findall(r"KKMP Contoh \d+, Kelurahan", html)) == 348
    assert "close" in html
