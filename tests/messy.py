"""Files as offices send them, and files nobody should send. Everything is made here, nobody is real.

NIKs have the serial 0000, which is never issued.
"""

import csv
import io
import random
import struct
import zipfile
import zlib
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import xlsxwriter

PLACES = [
    ("36.04", "Kabupaten Serang", "36"),
    ("36.04.09", "Ciruas", "36.04"),
    ("36.04.09.2001", "Ciruas", "36.04.09"),
    ("36.04.09.2002", "Citerep", "36.04.09"),
    ("36.04.09.2016", "Kaserangan", "36.04.09"),
    ("36.04.09.2004", "Kadikaran", "36.04.09"),
    ("36.04.23", "Cikeusal", "36.04"),
    ("36.04.23.2001", "Sukamaju", "36.04.23"),
    ("36.04.23.2002", "Cikeusal", "36.04.23"),
    ("36.04.16", "Kibin", "36.04"),
    ("36.04.16.2007", "Sukamaju", "36.04.16"),
    ("36.04.16.2001", "Kibin", "36.04.16"),
    ("36.04.20", "Tunjung Teja", "36.04"),
    ("36.04.20.2001", "Tunjung Jaya", "36.04.20"),
    ("36.04.20.2005", "Kemuning", "36.04.20"),
    ("36.04.20.2002", "Bojong Pandan", "36.04.20"),
    ("36.04.28", "Pabuaran", "36.04"),
    ("36.04.28.2001", "Pabuaran", "36.04.28"),
    ("36.04.28.2002", "Pasanggrahan", "36.04.28"),
]
ALIASES = [("36.04.09.2016", "Keserangan"), ("36.04.20.2005", "Kamuning"), ("36.04.20.2001", "Tanjung Teja")]

_DISTRICTS = [code for code, _, _ in PLACES if code.count(".") == 2]
_NAMES = {code: name for code, name, _ in PLACES}
_KINDS = ("Konsumen", "Produsen", "Simpan Pinjam", "Jasa", "Pemasaran")
_WORDS = (
    "Mitra",
    "Karya",
    "Bina",
    "Usaha",
    "Sumber",
    "Tani",
    "Makmur",
    "Sejahtera",
    "Mandiri",
    "Berkah",
    "Jaya",
    "Bersama",
)
_FIRST = {
    "L": ("Asep", "Ujang", "Mamat", "Tubagus", "Suhendi"),
    "P": ("Eneng", "Siti", "Ratu", "Iis", "Nunung"),
}
_LAST = ("Hidayat", "Rohmah", "Sumarna", "Wulandari", "Saputra", "Lestari", "Mulyadi")
_MONTHS = (
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
)


@dataclass
class Truth:
    """What a reader must find: line number -> expected values of good rows, line number -> heading at fault."""

    good: dict[int, dict] = field(default_factory=dict)
    bad: dict[int, str] = field(default_factory=dict)
    skipped: dict[int, str] = field(default_factory=dict)


# --- A list of cooperatives -------------------------------------------------------------------------------


def build_messy_list(path: Path, rows: int = 888, seed: int = 1) -> Truth:
    """A dinas' list of cooperatives: titles, groups, subtotals, two-line heading, dates in seven forms, notes.

    Columns: No | Nama Koperasi | No & Tgl Badan Hukum (No | Tanggal) | Jenis | Desa/Kel | Anggota (L | P) | Modal
    Sendiri (Rp) | NIK Ketua | Ket. The kecamatan stands in group lines only.
    """
    chance = random.Random(seed)
    truth = Truth()
    book = xlsxwriter.Workbook(str(path))
    hidden = book.add_worksheet("Rumus")
    hidden.write_row(0, 0, ["Nama Koperasi", "Jenis", "Desa/Kel"])
    sheet = book.add_worksheet("REKAP 2025")
    sheet.activate()
    sheet.set_first_sheet()
    hidden.hide()
    form = {"day": book.add_format({"num_format": "dd/mm/yyyy"}), "bold": book.add_format({"bold": True})}
    line = _cooperative_top(sheet, form)
    per_group = [rows // len(_DISTRICTS)] * len(_DISTRICTS)
    per_group[0] += rows - sum(per_group)
    number = 0
    for district, count in zip(_DISTRICTS, per_group, strict=True):
        sheet.write_string(line, 0, f"{chance.choice(('Kecamatan ', 'KEC. ', 'Kec.'))}{_NAMES[district]}", form["bold"])
        truth.skipped[line + 1] = "baris kelompok"
        line += 1
        for _ in range(count):
            number += 1
            _cooperative_row(sheet, line, number, district, chance, form, truth)
            line += 1
            if number % 97 == 0:
                line += 1  # a blank line
        sheet.write_row(line, 0, [None, "Jumlah", None, None, None, None, count * 3, count * 2, count * 1_000_000])
        truth.skipped[line + 1] = "baris jumlah"
        line += 1
    sheet.write_row(line, 0, ["TOTAL KESELURUHAN", None, None, None, None, None, rows * 3, rows * 2])
    truth.skipped[line + 1] = "baris jumlah"
    for text in ("Catatan: data per 31 Desember 2025", "Serang, 31 Desember 2025", "Kepala Bidang Koperasi"):
        line += 2
        sheet.write_string(line, 7 if "Serang" in text or "Kepala" in text else 0, text)
        truth.skipped[line + 1] = "keterangan di bawah daftar"
    book.close()
    return truth


def _cooperative_top(sheet, form) -> int:
    for line, text in enumerate(("PEMERINTAH KABUPATEN SERANG", "DATA KOPERASI", "KEADAAN 31 DESEMBER 2025")):
        sheet.merge_range(line, 0, line, 10, text, form["bold"])
    for column, text in (
        (0, "No"),
        (1, "NAMA KOPERASI"),
        (4, "Jenis"),
        (5, "Desa/Kel"),
        (8, "Modal Sendiri\n(Rp)"),
        (9, "NIK Ketua"),
        (10, "Ket"),
    ):
        sheet.merge_range(5, column, 6, column, text, form["bold"])
    sheet.merge_range(5, 2, 5, 3, "Badan Hukum", form["bold"])
    sheet.merge_range(5, 6, 5, 7, "Anggota", form["bold"])
    sheet.write_row(6, 2, ["Nomor", "Tanggal"])
    sheet.write_row(6, 6, ["L", "P"])
    sheet.write_row(7, 0, [f"({column})" for column in range(1, 12)])
    return 8


def _cooperative_row(sheet, line, number, district, chance, form, truth: Truth) -> None:
    villages = [(code, name) for code, name, parent in PLACES if parent == district]
    code, village = chance.choice(villages)
    name = f"Koperasi {' '.join(chance.sample(_WORDS, 2))}" if number % 40 else "Koperasi Mitra Jaya"
    day = date(1980, 1, 1) + timedelta(days=chance.randrange(15_000))
    men, women = chance.randrange(5, 2500), chance.randrange(5, 900)
    capital = chance.randrange(1, 900) * 500_000
    nik = fake_nik(chance)
    fault = {61: "place", 89: "date", 113: "nik", 131: "men", 167: "name"}.get(number % 200)
    written_village = _village_form(village, code, chance)
    expected = {
        "name": name,
        "founded_on": day,
        "village": code,
        "men": men,
        "women": women,
        "capital": capital,
        "nik": nik,
    }
    if fault == "place":
        written_village = "Desa Antah Berantah"
    sheet.write(line, 0, number)
    if fault != "name":
        sheet.write_string(line, 1, f"  {name} " if number % 7 == 0 else name)
    sheet.write_string(line, 2, f"{number}/BH/X.7/{day:%m/%Y}")
    if fault == "date":
        sheet.write_string(line, 3, "31/02/2015")
    else:
        expected["founded_on"] = _write_day(sheet, line, 3, day, number, form)
    sheet.write_string(line, 4, chance.choice(_KINDS))
    sheet.write_string(line, 5, written_village)
    if fault == "men":
        sheet.write_string(line, 6, "dua puluh")
    elif number % 5 == 0:
        sheet.write_string(line, 6, f"{men:,}".replace(",", "."))
    else:
        sheet.write_number(line, 6, men)
    expected["women"] = _write_count(sheet, line, 7, women, number)
    if number % 3:
        sheet.write_number(line, 8, capital)
    else:
        sheet.write_string(line, 8, "Rp " + f"{capital:,}".replace(",", ".") + ",-")
    if fault == "nik":
        sheet.write_number(line, 9, int(nik))
    else:
        sheet.write_string(line, 9, nik)
    headings = {
        "place": "Desa/kelurahan",
        "date": "Tanggal badan hukum",
        "nik": "NIK ketua",
        "men": "Anggota L",
        "name": "Nama koperasi",
    }
    if fault:
        truth.bad[line + 1] = headings[fault]
    else:
        truth.good[line + 1] = expected


def _village_form(village: str, code: str, chance) -> str:
    alias = next((alias for of, alias in ALIASES if of == code), village)
    return chance.choice(
        (
            village,
            village.upper(),
            f"Desa {village}",
            f"Ds.{village}",
            f" {alias}  ",
            village.replace(" ", "-"),
            f"Desa {village} ".lower(),
        )
    )


def _write_day(sheet, line, column, day: date, number: int, form) -> date | None:
    way = number % 8
    if way == 0:
        sheet.write_datetime(line, column, day, form["day"])
    elif way == 1:
        sheet.write_number(line, column, (day - date(1899, 12, 30)).days)
    elif way == 7:
        sheet.write_string(line, column, "0000-00-00" if number % 16 == 7 else "-")
        return None
    else:
        texts = (
            f"{day.day}/{day.month}/{day.year}",
            f"{day.day} {_MONTHS[day.month - 1]} {day.year}",
            f"{day:%d-%m-%Y}",
            f"{day:%d.%m.%Y} ",
            day.isoformat(),
        )
        sheet.write_string(line, column, texts[way - 2])
    return day


def _write_count(sheet, line, column, count: int, number: int) -> int | None:
    if number % 11 == 0:
        sheet.write_string(line, column, "-")
        return None
    sheet.write_number(line, column, count)
    return count


# --- A list of members ------------------------------------------------------------------------------------

MEMBER_HEADINGS = [
    "No",
    "Nama Lengkap",
    "NIK",
    "L/P",
    "Tgl Lahir",
    "Alamat",
    "RT/RW",
    "No HP",
    "Tgl Masuk",
    "Simp. Pokok",
    "Simp. Wajib",
]
_MEMBER_FAULTS = ("nik_number", "no_name", "sex", "birth", "nik_short", "amount", "future")


def fake_nik(chance: random.Random) -> str:
    """Serial 0000: never issued to anybody."""
    return f"360409{chance.randrange(1, 29):02}{chance.randrange(1, 13):02}{chance.randrange(50, 99):02}0000"


def member_rows(rows: int, bad: int = 0, seed: int = 2):
    """(cells, fault or "", expected) of each member; NIKs as text, dates as date."""
    chance = random.Random(seed)
    faulty = {round((step + 0.5) * rows / bad): step for step in range(bad)} if bad else {}
    for number in range(1, rows + 1):
        sex = chance.choice("LP")
        name = f"{chance.choice(_FIRST[sex])} {chance.choice(_LAST)}"
        born = date(1950, 1, 1) + timedelta(days=chance.randrange(20_000))
        joined = date(2025, 8, 1) + timedelta(days=chance.randrange(400))
        nik = f"360409{born.day + (40 if sex == 'P' else 0):02}{born:%m%y}0000"
        cells = [
            number,
            name,
            nik,
            sex,
            born,
            f"Kp. Babakan No. {number % 90}",
            f"{number % 9 + 1:03}/{number % 5 + 1:03}",
            f"0800{number:08}",
            joined,
            100_000,
            10_000 * chance.randrange(0, 13),
        ]
        expected = {
            "name": name,
            "nik": nik,
            "sex": sex,
            "born_on": born,
            "joined_on": joined,
            "pokok": 100_000,
            "wajib": cells[10],
        }
        fault = _MEMBER_FAULTS[faulty[number] % len(_MEMBER_FAULTS)] if number in faulty else ""
        _spoil(cells, fault)
        yield cells, fault, expected


def _spoil(cells: list, fault: str) -> None:
    if fault == "nik_number":
        cells[2] = int(cells[2])
    elif fault == "no_name":
        cells[1] = None
    elif fault == "sex":
        cells[3] = "X"
    elif fault == "birth":
        cells[4] = "30 Februari 1990"
    elif fault == "nik_short":
        cells[2] = cells[2][:15]
    elif fault == "amount":
        cells[9] = "seratus ribu"
    elif fault == "future":
        cells[8] = "1/1/2099"


def build_member_list(path: Path, rows: int = 300, bad: int = 13, seed: int = 2) -> Truth:
    """A cooperative's own list of members, .xlsx or .csv by the name; `bad` rows have one fault each."""
    truth = Truth()
    headings = {
        "nik_number": "NIK",
        "no_name": "Nama lengkap",
        "sex": "Jenis kelamin",
        "birth": "Tanggal lahir",
        "nik_short": "NIK",
        "amount": "Simpanan pokok",
        "future": "Tanggal masuk",
    }
    made = []
    top = 1 if path.suffix == ".csv" else 4
    for line, (cells, fault, expected) in enumerate(member_rows(rows, bad, seed), start=top + 1):
        made.append(cells)
        if fault:
            truth.bad[line] = headings[fault]
        else:
            truth.good[line] = expected
    (_members_csv if path.suffix == ".csv" else _members_xlsx)(path, made)
    return truth


def _members_csv(path: Path, rows) -> None:
    with path.open("w", encoding="utf-8", newline="") as text:
        writer = csv.writer(text, delimiter=";")
        writer.writerow(MEMBER_HEADINGS)
        for cells in rows:
            cells = [f"{cell:.2E}" if isinstance(cell, int) and cell > 10**15 else cell for cell in cells]
            writer.writerow([f"{cell:%d/%m/%Y}" if isinstance(cell, date) else cell for cell in cells])


def _members_xlsx(path: Path, rows) -> None:
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("Anggota")
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    sheet.write_string(0, 0, "DAFTAR ANGGOTA KOPERASI")
    sheet.write_row(3, 0, MEMBER_HEADINGS)
    for line, cells in enumerate(rows, start=4):
        for column, cell in enumerate(cells):
            if isinstance(cell, date):
                sheet.write_datetime(line, column, cell, day)
            elif isinstance(cell, str):
                sheet.write_string(line, column, cell)
            elif cell is not None:
                sheet.write_number(line, column, cell)
    book.close()


# --- The zoo of bad files ---------------------------------------------------------------------------------

_MAIN = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_HEAD = b'<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="' + _MAIN + b'">'


def sheet_xml(rows: bytes, dimension: bytes = b"A1:B2") -> bytes:
    return _HEAD + b'<dimension ref="' + dimension + b'"/><sheetData>' + rows + b"</sheetData></worksheet>"


def shared_xml(*texts: bytes, counts: bytes = b"") -> bytes:
    items = b"".join(b"<si><t>" + text + b"</t></si>" for text in texts)
    return b'<sst xmlns="' + _MAIN + b'" ' + counts + b">" + items + b"</sst>"


@cache
def small_xlsx() -> bytes:
    """A sound workbook: Nama, Alamat and one member."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["Nama", "Alamat"])
    sheet.write_row(1, 0, ["Siti", "Kp. Babakan"])
    book.close()
    return buffer.getvalue()


def repacked(replace: dict[str, bytes] | None = None, drop=(), add=(), compression=zipfile.ZIP_DEFLATED) -> bytes:
    """A sound workbook with parts replaced, dropped or added ((name, bytes) pairs, doubles allowed)."""
    replace = dict(replace or {})
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(small_xlsx())) as old,
        zipfile.ZipFile(buffer, "w", compression, compresslevel=1) as new,
    ):
        for name in old.namelist():
            if name not in drop:
                new.writestr(name, replace.pop(name, None) or old.read(name))
        for name, data in [*replace.items(), *add]:
            new.writestr(name, data)
    return buffer.getvalue()


def with_sheet(xml: bytes, **others) -> bytes:
    return repacked({"xl/worksheets/sheet1.xml": xml, **others})


def lying_sizes(data: bytes, part: str, size: int) -> bytes:
    """The same archive, whose directory says `size` for one part, with the checksum of that shorter part."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        short = zlib.crc32(archive.read(part)[:size])
    changed, name = bytearray(data), part.encode()
    for mark, at_crc, at_size, at_name in ((b"PK\x01\x02", 16, 24, 46), (b"PK\x03\x04", 14, 22, 30)):
        position = changed.find(mark)
        while position >= 0:
            if changed[position + at_name : position + at_name + len(name)] == name:
                changed[position + at_crc : position + at_crc + 4] = struct.pack("<I", short)
                changed[position + at_size : position + at_size + 4] = struct.pack("<I", size)
            position = changed.find(mark, position + 4)
    return bytes(changed)


def build_bad_files(folder: Path) -> dict[str, bool]:
    """Write the zoo; file name -> whether it must be refused (False: may be read, but must do no harm)."""
    verdicts = {}
    for name, (data, refused) in _zoo().items():
        (folder / name).write_bytes(data)
        verdicts[name] = refused
    return verdicts


def _zoo() -> dict[str, tuple[bytes, bool]]:
    return {**_bad_containers(), **_bad_archives(), **_bad_sheets(), **_bad_texts()}


def _bad_containers() -> dict[str, tuple[bytes, bool]]:
    sound = small_xlsx()
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as nest:
        nest.writestr("a.zip", sound * 20)
    return {
        "empty.xlsx": (b"", True),
        "one-byte.xlsx": (b"P", True),
        "old.xls": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 4096, True),
        "page.xls": (b"<html><table><tr><td>Nama</td></tr></table></html>", True),
        "xml2003.xls": (
            b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>',
            True,
        ),
        "report.pdf.xlsx": (b"%PDF-1.7\n1 0 obj", True),
        "letter.rtf.csv": (b"{\\rtf1 Nama;Alamat}", True),
        "photo.xlsx": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + b"\0" * 100, True),
        "photo.csv": (b"\xff\xd8\xff\xe0\0\x10JFIF" + bytes(range(256)) * 10, True),
        "archive.rar": (b"Rar!\x1a\x07\x01\0" + b"x" * 200, True),
        "archive.7z": (b"7z\xbc\xaf\x27\x1c" + b"x" * 200, True),
        "list.csv.gz": (b"\x1f\x8b\x08\0" + zlib.compress(b"Nama;Alamat"), True),
        "program.csv": (b"MZ\x90\0\x03\0\0\0" + bytes(range(256)) * 20, True),
        "elf.xlsx": (b"\x7fELF\x02\x01\x01" + b"\0" * 300, True),
        "empty-zip.xlsx": (b"PK\x05\x06" + b"\0" * 18, True),
        "only-magic.xlsx": (b"PK\x03\x04", True),
        "half.xlsx": (sound[: len(sound) // 2], True),
        "no-directory.xlsx": (sound[:-60], True),
        "flipped.xlsx": (sound[:300] + bytes([sound[300] ^ 0xFF]) + sound[301:], True),
        "nested.zip.xlsx": (inner.getvalue(), True),
        "too-large.csv": (b"Nama;Alamat\r\n" + b"a;b\r\n" * (26 * 1024 * 1024 // 5), True),
    }


def _bad_archives() -> dict[str, tuple[bytes, bool]]:
    sheet = "xl/worksheets/sheet1.xml"
    bomb = repacked(add=[("xl/media/bomb.bin", b"\0" * 70_000_000)])
    sheet_bomb = with_sheet(sheet_xml(b" " * 66_000_000))
    lie = lying_sizes(with_sheet(sheet_xml(b'<row r="1"><c r="A1"><v>1</v></c></row>' + b" " * 30_000_000)), sheet, 400)
    with zipfile.ZipFile(io.BytesIO(small_xlsx())) as archive:
        types = archive.read("[Content_Types].xml")
        workbook = archive.read("xl/workbook.xml")
    macro_type = types.replace(b"spreadsheetml.sheet.main", b"sheet.macroEnabled.main")
    ods = io.BytesIO()
    with zipfile.ZipFile(ods, "w") as made:
        made.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        made.writestr("content.xml", "<office/>")
    encrypted = bytearray(small_xlsx())
    for mark, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        encrypted[encrypted.find(mark) + offset] |= 1
    return {
        "no-types.xlsx": (repacked(drop=["[Content_Types].xml"]), True),
        "no-workbook.xlsx": (repacked(drop=["xl/workbook.xml"]), True),
        "no-rels.xlsx": (repacked(drop=["xl/_rels/workbook.xml.rels"]), True),
        "no-sheet.xlsx": (repacked(drop=[sheet]), True),
        "no-styles.xlsx": (repacked(drop=["xl/styles.xml"]), False),
        "no-shared.xlsx": (repacked(drop=["xl/sharedStrings.xml"]), True),
        "parts.xlsx": (repacked(add=[(f"xl/media/i{n}.png", b"x") for n in range(250)]), True),
        "double-part.xlsx": (_double(sheet), True),
        "double-case.xlsx": (repacked(add=[(sheet.upper(), sheet_xml(b""))]), True),
        "climb.xlsx": (repacked(add=[("../../evil.xml", b"<a/>")]), False),
        "macro.xlsm": (repacked(add=[("xl/vbaProject.bin", b"\xd0\xcf")]), True),
        "macro-type.xlsx": (repacked({"[Content_Types].xml": macro_type}), True),
        "binary.xlsb": (repacked(add=[("xl/workbook.bin", b"\0")]), True),
        "list.ods": (ods.getvalue(), True),
        "document.docx": (repacked(drop=["xl/workbook.xml"], add=[("word/document.xml", b"<w/>")]), True),
        "encrypted.xlsx": (bytes(encrypted), True),
        "bzip2.xlsx": (repacked(compression=zipfile.ZIP_BZIP2), True),
        "bomb.xlsx": (bomb, True),
        "sheet-bomb.xlsx": (sheet_bomb, True),
        "lying-size.xlsx": (lie, True),
        "nested-part.xlsx": (repacked(add=[("xl/embeddings/in.xlsx", small_xlsx())]), False),
        "external.xlsx": (
            repacked({"xl/workbook.xml": workbook.replace(b"<sheets>", b"<externalReferences/><sheets>")}),
            False,
        ),
        "bad-rels.xlsx": (repacked({"xl/_rels/workbook.xml.rels": b"<Relationships"}), True),
        "climbing-rels.xlsx": (
            repacked(
                {
                    "xl/_rels/workbook.xml.rels": b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="../../../../etc/passwd"/></Relationships>'
                }
            ),
            True,
        ),
    }


def _double(name: str) -> bytes:
    """The same part twice: one reader may take the first, another the last."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return repacked(add=[(name, sheet_xml(b""))])


def _bad_sheets() -> dict[str, tuple[bytes, bool]]:
    one = b'<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>'  # Nama | Alamat
    entity = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    uses = b"".join(b'<row r="%d"><c r="A%d" t="s"><v>0</v></c></row>' % (n, n) for n in range(1, 100_001))
    wide = b'<row r="1">' + b"<c><v>1</v></c>" * 300_000 + b"</row>"
    many = b"".join(b'<row r="%d"><c r="A%d"><v>1</v></c></row>' % (n, n) for n in range(1, 130_000))
    columns = b"".join(b'<row r="%d">%s</row>' % (n, b"<c><v>1</v></c>" * 80) for n in range(1, 200))
    return {
        "dimension.xlsx": (with_sheet(sheet_xml(one, b"A1:XFD1048576")), False),
        "dimension-bad.xlsx": (with_sheet(sheet_xml(one, b"ZZZZZZZ9:A0")), False),
        "far-cell.xlsx": (
            with_sheet(sheet_xml(one + b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')),
            True,
        ),
        "far-column.xlsx": (with_sheet(sheet_xml(b'<row r="1"><c r="ZZ1"><v>1</v></c></row>')), True),
        "far-row.xlsx": (
            with_sheet(sheet_xml(one + b'<row r="900000"><c r="A900000"><v>1</v></c></row>')),
            True,
        ),
        "far-corner.xlsx": (
            with_sheet(sheet_xml(one + b'<row r="120000"><c r="BH120000"><v>1</v></c></row>')),
            True,
        ),
        "far-single-quotes.xlsx": (
            with_sheet(sheet_xml(one + b"<row r='99999'><c r='BH99999'><v>1</v></c></row>")),
            True,
        ),
        "far-lower.xlsx": (
            with_sheet(sheet_xml(one + b'<row r="99999"><c r="zz99999"><v>1</v></c></row>')),
            True,
        ),
        "far-prefixed.xlsx": (
            with_sheet(
                b'<x:worksheet xmlns:x="'
                + _MAIN
                + b'"><x:sheetData><x:row r="1"><x:c r="A1"><x:v>1</x:v></x:c></x:row><x:row r="99999"><x:c r="ZZ99999"><x:v>1</x:v></x:c></x:row></x:sheetData></x:worksheet>'
            ),
            True,
        ),
        "far-empty.xlsx": (
            with_sheet(sheet_xml(one + b'<row r="1048576"><c r="XFD1048576" s="0"/></row>')),
            False,
        ),
        "address-overflow.xlsx": (
            with_sheet(sheet_xml(b'<row r="1"><c r="ZZZZZZZZ99999999999"><v>1</v></c></row>')),
            True,
        ),
        "address-zero.xlsx": (with_sheet(sheet_xml(b'<row r="0"><c r="A0"><v>1</v></c></row>')), True),
        "address-entity.xlsx": (with_sheet(sheet_xml(b'<row r="1"><c r="&#65;1"><v>1</v></c></row>')), True),
        "address-words.xlsx": (with_sheet(sheet_xml(b'<row r="x"><c r="hello"><v>1</v></c></row>')), True),
        "address-none.xlsx": (
            with_sheet(sheet_xml(wide + b'<row r="100000"><c r="A100000"><v>1</v></c></row>')),
            True,
        ),
        "same-cell.xlsx": (
            with_sheet(sheet_xml(b'<row r="1">' + b'<c r="A1"><v>1</v></c>' * 1_990_000 + b"</row>")),
            True,
        ),
        "empty-cells.xlsx": (with_sheet(sheet_xml(b"<row>" + b"<c/>" * 12_000_000 + b"</row>")), True),
        "empty-rows.xlsx": (with_sheet(sheet_xml(b"<row/>" * 10_000_000)), True),
        "odd-tags.xlsx": (with_sheet(sheet_xml(b"<row>" + b"<c></c>" * 1_900_000 + b"</row>")), True),
        "many-rows.xlsx": (with_sheet(sheet_xml(many)), True),
        "many-columns.xlsx": (with_sheet(sheet_xml(columns)), True),
        "entities.xlsx": (
            with_sheet(entity + sheet_xml(b'<row r="1"><c r="A1" t="str"><v>&b;</v></c></row>')),
            True,
        ),
        "entities-shared.xlsx": (repacked({"xl/sharedStrings.xml": entity + shared_xml(b"&b;")}), True),
        "file-entity.xlsx": (
            with_sheet(
                b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
                + sheet_xml(b'<row r="1"><c r="A1" t="str"><v>&a;</v></c></row>')
            ),
            True,
        ),
        "utf16.xlsx": (with_sheet(sheet_xml(one).decode().encode("utf-16")), True),
        "half-xml.xlsx": (with_sheet(sheet_xml(one)[:-60]), True),
        "not-xml.xlsx": (with_sheet(b"hello"), True),
        "deep.xlsx": (with_sheet(sheet_xml(b"<row>" * 200_000)), True),
        "false-count.xlsx": (
            repacked(
                {
                    "xl/sharedStrings.xml": shared_xml(
                        b"Nama", b"Alamat", b"Siti", b"Kp", counts=b'count="1" uniqueCount="4294967295"'
                    )
                }
            ),
            False,
        ),
        "shared-crowd.xlsx": (
            repacked({"xl/sharedStrings.xml": shared_xml()[:-6] + b"<si></si>" * 5_000_000 + b"</sst>"}),
            True,
        ),
        "shared-hidden.xlsx": (
            with_sheet(
                sheet_xml(uses.replace(b"<v>0", b"<v>1")),
                **{"xl/sharedStrings.xml": shared_xml(b"<!--</t></si>-->", b"a" * 30_000)},
            ),
            True,
        ),
        "shared-missing.xlsx": (
            with_sheet(sheet_xml(b'<row r="1"><c r="A1" t="s"><v>99999</v></c></row>')),
            True,
        ),
        "shared-negative.xlsx": (
            with_sheet(sheet_xml(b'<row r="1"><c r="A1" t="s"><v>-1</v></c></row>')),
            True,
        ),
        "copied-text.xlsx": (
            with_sheet(sheet_xml(uses), **{"xl/sharedStrings.xml": shared_xml(b"a" * 30_000)}),
            True,
        ),
        "error-cells.xlsx": (
            with_sheet(sheet_xml(b'<row r="1"><c r="A1" t="e"><v>#REF!</v></c></row>')),
            True,
        ),
        "infinite.xlsx": (
            with_sheet(sheet_xml(b'<row r="1"><c r="A1"><v>1e999</v></c><c r="B1"><v>nan</v></c></row>')),
            True,
        ),
        "far-date.xlsx": (
            with_sheet(sheet_xml(b'<row r="1"><c r="A1" t="d"><v>9999999-99-99</v></c></row>')),
            True,
        ),
    }


def _bad_texts() -> dict[str, tuple[bytes, bool]]:
    head = b"Nama;Alamat\r\n"
    return {
        "nul.csv": (head + b"Si\0ti;x\r\n", True),
        "utf16-no-mark.csv": ("Nama;Alamat\r\nSiti;x\r\n".encode("utf-16-le"), True),
        "utf16-half.csv": ("Nama;Alamat\r\nSiti;x\r\n".encode("utf-16")[:-1], True),
        "utf32.csv": ("Nama;Alamat\r\n".encode("utf-32"), True),
        "control.csv": (head + b"\x01\x02\x03;x\r\n", True),
        "undecodable.csv": (head + b"\x81\x8d\x8f;x\r\n", True),
        "long-field.csv": (head + b"a" * 200_000 + b";x\r\n", True),
        "open-quote.csv": (head + b'"Siti;x\r\n' + b"a;b\r\n" * 50_000, True),
        "many-columns.csv": (b";".join(b"k%d" % n for n in range(5000)) + b"\r\n", True),
        "many-rows.csv": (head + b"a;b\r\n" * 121_000, True),
        "no-heading.csv": (b"x;y\r\n1;2\r\n", True),
        "blank-lines.csv": (b"\r\n" * 5000, True),
        "only-mark.csv": (b"\xef\xbb\xbf", True),
        "one-line.csv": (b"a" * 5_000_000, True),
        "sep.csv": (b"sep=\r\n", True),
        "return-only.csv": (b"Nama;Alamat\rSiti;x\r", False),
        "formulas.csv": (head + b"=cmd|' /C calc'!A0;@SUM(1)\r\n", False),
    }
