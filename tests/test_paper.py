"""The papers: what leaves the system as PDF is tagged, Indonesian, the same twice, and reads nothing
from outside.
"""

import io
import re
import socket
import subprocess
import sys
from datetime import UTC, date, datetime
from functools import cache

import pytest
import segno
from django.conf import settings
from pypdf import PdfReader

if not settings.configured:  # run alone, without the project's settings
    settings.configure(USE_TZ=True, DATABASES={}, INSTALLED_APPS=[])

from finance.papers import (
    ReceiptLine,
    ReceiptPaper,
    Savings,
    SavingsBook,
    SavingsRow,
    receipt_pdf,
    receipt_thermal_pdf,
    savings_book_pdf,
)
from registry import paper
from registry.paper import PaperError, PaperFile, print_html, qr_path, render_html
from registry.templatetags.paper import clean_emblem, emblem, ink_of

RECEIVED = datetime(2026, 10, 24, 12, 42, tzinfo=UTC)


def a_receipt(**changes) -> ReceiptPaper:
    facts = {
        "cooperative_name": "Koperasi Kelurahan Merah Putih Pager Agung",
        "place_line": "Kelurahan Pager Agung, Kecamatan Walantaka, Kota Serang",
        "place": "Serang",
        "number": "KW/2026/00214",
        "received_from": "Siti Handayani",
        "member_number": "0087",
        "rupiah": 30_000,
        "purpose": "Simpanan wajib Agustus–Oktober 2026, 3 bulan × Rp 10.000",
        "paid_how": "Tunai, diterima bendahara",
        "received_by": "Rahmat Hidayatullah",
        "received_as": "Bendahara",
        "received_at": RECEIVED,
        "code": "7K3-4F6Q-9TXM-2ABC",
        "check_url": "https://koperasi-serang.example/k/7K3-4F6Q-9TXM-2ABC",
        "lines": (
            ReceiptLine("Wajib Agt. 2026", 10_000),
            ReceiptLine("Wajib Sept. 2026", 10_000),
            ReceiptLine("Wajib Okt. 2026", 10_000),
        ),
        "balance_rupiah": 220_000,
        "balance_text": "lunas sampai Oktober 2026",
    }
    return ReceiptPaper(**{**facts, **changes})


def a_book(**changes) -> SavingsBook:
    rows = (
        SavingsRow(date(2026, 1, 6), "BM-0009", "Wajib Januari", wajib=10_000, initials="rh"),
        SavingsRow(date(2026, 3, 7), "BM-0077", "Wajib Maret", wajib=10_000, voluntary=50_000, initials="rh"),
        SavingsRow(date(2026, 4, 25), "BK-0018", "Ambil sukarela", withdrawn=40_000, initials="rh"),
        SavingsRow(date(2026, 7, 4), "BM-0188", "Wajib Juli", wajib=10_000, initials="rh"),
        SavingsRow(
            date(2026, 7, 9),
            "BM-0195",
            "",
            wajib=-10_000,
            initials="rh",
            reverses="BM-0188",
            reason="salah anggota",
        ),
        SavingsRow(date(2026, 10, 24), "BM-0214", "Wajib Agt.–Okt.", wajib=30_000, initials="rh"),
    )
    facts = {
        "cooperative_name": "Koperasi Kelurahan Merah Putih Pager Agung",
        "place_line": "Kelurahan Pager Agung, Kecamatan Walantaka, Kota Serang",
        "member_number": "0087",
        "member_name": "Siti Handayani",
        "joined_on": date(2025, 11, 4),
        "opens_on": date(2026, 1, 1),
        "closes_on": date(2026, 10, 31),
        "opening": Savings(pokok=100_000, wajib=20_000, voluntary=15_000),
        "rows": rows,
        "treasurer_name": "Rahmat Hidayatullah",
        "treasurer_post": "Bendahara",
        "printed_at": RECEIVED,
        "printed_by": "R. Hidayatullah",
        "code": "7K3-4F6Q-9TXM-2ABC",
        "check_url": "https://koperasi-serang.example/k/7K3-4F6Q-9TXM-2ABC",
        "monthly_rupiah": 10_000,
        "paid_through": date(2026, 10, 1),
        "next_due_on": date(2026, 11, 10),
    }
    return SavingsBook(**{**facts, **changes})


@cache
def printed(kind: str) -> PaperFile:
    makers = {
        "receipt": lambda: receipt_pdf(a_receipt()),
        "roll": lambda: receipt_thermal_pdf(a_receipt()),
        "book": lambda: savings_book_pdf(a_book()),
    }
    return makers[kind]()


KINDS = ("receipt", "roll", "book")


def pages_of(file: PaperFile) -> PdfReader:
    return PdfReader(io.BytesIO(file.content))


def text_of(file: PaperFile) -> str:
    text = " ".join(page.extract_text() for page in pages_of(file).pages)
    return " ".join(text.split())


def size_mm(page) -> tuple[int, int]:
    return round(float(page.mediabox.width) / 72 * 25.4), round(float(page.mediabox.height) / 72 * 25.4)


def structure(reader: PdfReader) -> list[dict]:
    """Every element of the tag tree."""
    found, waiting = [], [reader.trailer["/Root"]["/StructTreeRoot"]]
    while waiting:
        node = waiting.pop().get_object()
        if isinstance(node, list):
            waiting += node
        elif isinstance(node, dict):
            found.append(node)
            waiting += [node["/K"]] if "/K" in node else []
    return found


def fonts_of(reader: PdfReader) -> set[str]:
    names = set()
    for page in reader.pages:
        for font in page["/Resources"]["/Font"].values():
            names.add(re.sub(r"^/[A-Z]{6}\+", "", font.get_object()["/BaseFont"]))
    return names


def assert_accessible(reader: PdfReader, title: str) -> None:
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] is True or root["/MarkInfo"]["/Marked"].value is True
    assert root["/Lang"] == "id"
    assert reader.metadata.title == title
    figures = [node for node in structure(reader) if node.get("/S") == "/Figure"]
    assert figures
    assert all(node.get("/Alt") for node in figures)


@pytest.mark.parametrize(
    ("kind", "title"),
    [
        ("receipt", "Kuitansi KW/2026/00214"),
        ("roll", "Kuitansi KW/2026/00214"),
        ("book", "Buku simpanan anggota 0087"),
    ],
)
def test_each_paper_is_tagged_indonesian_and_has_a_title_and_pictures_in_words(kind, title):
    assert_accessible(pages_of(printed(kind)), title)


@pytest.mark.parametrize("kind", KINDS)
def test_each_paper_uses_noto_sans_only(kind):
    fonts = fonts_of(pages_of(printed(kind)))
    assert fonts
    assert all(name.startswith("Noto-Sans") for name in fonts), fonts


def test_papers_have_their_size_and_the_roll_ends_under_its_last_line():
    assert [size_mm(page) for page in pages_of(printed("receipt")).pages] == [(148, 105)]
    assert [size_mm(page) for page in pages_of(printed("book")).pages] == [(148, 210)]
    [(width, height)] = [size_mm(page) for page in pages_of(printed("roll")).pages]
    assert width == 58
    assert 100 < height < 190


def test_a_receipt_with_more_lines_makes_a_longer_roll():
    more = a_receipt(lines=tuple(ReceiptLine(f"Wajib ke-{at}", 2_500) for at in range(12)))
    assert (
        size_mm(pages_of(receipt_thermal_pdf(more)).pages[0])[1] > size_mm(pages_of(printed("roll")).pages[0])[1] + 20
    )


def test_the_same_receipt_gives_the_same_bytes():
    again = receipt_pdf(a_receipt())
    assert again.content == printed("receipt").content
    assert again.sha256_html == printed("receipt").sha256_html


def test_a_receipt_says_who_paid_how_much_in_words_and_where_to_check_it():
    text = text_of(printed("receipt"))
    for words in (
        "Siti Handayani",
        "0087",
        "Rp 30.000",
        "tiga puluh ribu rupiah",
        "KW/2026/00214",
        "Rp 220.000",
        "7K3-4F6Q-9TXM-2ABC",
        "koperasi-serang.example/k",
        "Serang, 24 Oktober 2026",
        "Rahmat Hidayatullah",
    ):
        assert words in text.replace("\xa0", " "), words


def test_the_longest_receipt_stays_one_page_and_says_that_it_is_replaced():
    long = a_receipt(
        cooperative_name="Koperasi Simpan Pinjam Pembiayaan Syariah Baitul Maal wat Tamwil Sejahtera Bersama",
        received_from="Raden Ayu Siti Nurhaliza Handayaningrum binti Haji Abdul Qodir Jaelani",
        purpose="Simpanan pokok angsuran ke-3 dari 5, simpanan wajib Januari 2025 sampai Oktober 2026 "
        "(22 bulan × Rp 10.000), dan simpanan sukarela",
        rupiah=123_456_789,
        lines=(),
        replaced=True,
        replaced_by="KW/2026/00220",
    )
    file = receipt_pdf(long)
    assert file.pages == 1
    assert "TIDAK BERLAKU. Diganti oleh kuitansi KW/2026/00220" in text_of(file)


def test_many_receipts_are_one_page_each():
    assert receipt_pdf(*(a_receipt(number=f"KW/2026/{number:05d}") for number in range(1, 4))).pages == 3


def test_a_receipt_whose_lines_do_not_add_up_is_refused():
    with pytest.raises(ValueError, match="add up"):
        a_receipt(lines=(ReceiptLine("Wajib", 10_000),))


def test_the_savings_book_carries_forward_and_closes_with_the_balance_after_every_row():
    book = a_book()
    assert [row.balance for row in book.printed_rows] == [
        145_000,
        205_000,
        165_000,
        175_000,
        165_000,
        195_000,
    ]
    assert book.closing == Savings(pokok=100_000, wajib=70_000, voluntary=25_000)
    text = text_of(printed("book"))
    for words in ("Pindahan", "135.000", "Gerak 2026", "Saldo 31 Okt. 2026", "195.000"):
        assert words in text.replace("\xa0", " "), words


def test_a_reversal_is_a_bracketed_row_that_names_what_it_takes_back():
    text = text_of(printed("book"))
    assert "Koreksi BM-0188" in text
    assert "(10.000)" in text
    assert "pembatalan BM-0188 (salah anggota)" in text
    with pytest.raises(ValueError, match="takes back"):
        SavingsRow(date(2026, 7, 9), "BM-0195", "Wajib Juli", wajib=-10_000)


def test_names_with_markup_are_printed_as_they_were_typed():
    evil = '<img src="file:///etc/hostname"><script>alert(1)</script>'
    html = render_html(
        "paper/receipt.html",
        {"papers": [a_receipt(received_from=evil)]},
        stylesheets=["receipt.css"],
        paper="A6",
        title=evil,
    )
    assert "<img" not in html
    assert "<script" not in html
    assert "<script>alert(1)" in text_of(print_html(html)).replace(" ", "").replace("scriptalert", "script>alert")


def test_nothing_named_in_a_document_is_read_from_disk_or_net(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("TOP-SECRET-CONTENT")
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.2)
    url = f"http://127.0.0.1:{listener.getsockname()[1]}/x"
    html = (
        f'<html lang="id"><head><title>Coba</title><link rel="attachment" href="{secret.as_uri()}">'
        f'<link rel="stylesheet" href="{url}"><style>@import "{url}";'
        f" @font-face {{ font-family: x; src: url({url}) }}"
        f"p {{ background: url({url}); font-family: x }}</style></head>"
        f'<body><p>Isi</p><img src="{url}"><img src="{secret.as_uri()}">'
        f'<object data="{secret.as_uri()}"></object>'
        f'<svg width="9mm" height="9mm"><image href="{url}" width="9" height="9"/></svg></body></html>'
    )
    file = print_html(html)
    assert "Isi" in text_of(file)
    assert b"EmbeddedFile" not in file.content
    assert not pages_of(file).attachments
    with pytest.raises(TimeoutError):
        listener.accept()
    listener.close()


@pytest.mark.parametrize(
    "act", ["open('/etc/hostname')", "socket.create_connection(('127.0.0.1', 9))", "subprocess.run(['true'])"]
)
def test_behind_closed_doors_the_worker_reaches_neither_files_nor_net_nor_programs(act):
    start = "import socket, subprocess\nfrom registry.paper_worker import close_the_doors\nclose_the_doors()\n"
    code = f"{start}{act}"
    end = subprocess.run([sys.executable, "-c", code], cwd=paper.BASE_DIR, capture_output=True, text=True, check=False)
    assert "PermissionError" in end.stderr


def test_the_worker_is_told_neither_addresses_nor_secrets(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://app:secret@db/koperasi")
    monkeypatch.setenv("SECRET_KEY", "k" * 50)
    assert not [name for name in paper._environment() if "DATABASE" in name or "SECRET" in name or "KEY" in name]


def test_a_document_nested_absurdly_deep_is_an_error_in_words():
    with pytest.raises(PaperError, match="terlalu berat"):
        print_html('<html lang="id"><body>' + "<div>" * 5_000)


@pytest.mark.parametrize(("limit", "value"), [("PAPER_MEMORY_BYTES", "280000000"), ("PAPER_CPU_SECONDS", "2")])
def test_a_document_that_eats_memory_or_time_ends_as_an_error_and_not_as_a_hang(monkeypatch, limit, value):
    monkeypatch.setenv(limit, value)
    paper._spares.drop()
    try:
        with pytest.raises(PaperError, match="terlalu berat"):
            print_html('<html lang="id"><body><table>' + "<tr><td>1<td>2<td>3<td>4" * 6_000)
    finally:
        paper._spares.drop()


def test_a_document_of_too_many_bytes_is_refused_before_it_starts():
    with pytest.raises(PaperError, match="terlalu besar"):
        print_html("x" * (paper.MAX_HTML_BYTES + 1))


def test_after_a_failure_the_next_paper_is_made():
    with pytest.raises(PaperError):
        print_html('<html lang="id"><body>' + "<div>" * 5_000)
    assert print_html('<html lang="id"><title>t</title><body><p>Baik').pages == 1


def test_a_paper_has_no_silent_holes():
    with pytest.raises(PaperError, match="tidak tersedia"):
        render_html("paper/receipt_thermal.html", {"r": object()}, stylesheets=[], paper="thermal", title="t")


def test_the_qr_path_paints_exactly_the_modules_of_the_code():
    text = "https://koperasi-serang.example/k/7K3-4F6Q-9TXM-2ABC"
    path, side = qr_path(text)
    painted = {
        (int(x) + step, int(y)) for x, y, run in re.findall(r"M(\d+) (\d+)h(\d+)", path) for step in range(int(run))
    }
    matrix = segno.make(text, error="m", micro=False, boost_error=False).matrix
    assert painted == {(x, y) for y, row in enumerate(matrix) for x, dark in enumerate(row) if dark}
    assert side == len(matrix)


def test_an_uploaded_emblem_keeps_its_shapes_and_loses_everything_else():
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 20" onload="x()"><title>Lambang</title>'
        '<script>x()</script><image href="file:///etc/hostname"/><style>@import "http://x"</style>'
        '<path d="M0 0h9" fill="url(http://x)" stroke="#123456"/></svg>'
    )
    clean = clean_emblem(svg)
    assert '<path d="M0 0h9" stroke="#123456">' in clean
    assert not re.search("script|image|style|onload|url|href", clean)
    assert 'width="10mm" height="20mm"' in emblem(svg, 20)


@pytest.mark.parametrize(
    "svg",
    [
        "<!DOCTYPE svg [<!ENTITY a 'b'>]><svg/>",
        "<html/>",
        "not xml",
        '<svg viewBox="0 0 0 0"/>',
        '<svg xmlns="http://www.w3.org/2000/svg"/>',
    ],
)
def test_what_is_not_a_plain_drawing_is_no_emblem(svg):
    with pytest.raises(PaperError, match="Lambang"):
        emblem(svg, 21)


def test_a_brand_colour_is_a_colour_and_nothing_else():
    with pytest.raises(ValueError, match="#rrggbb"):
        ink_of("red} body{display:none")
