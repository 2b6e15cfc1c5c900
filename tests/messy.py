"""Files as offices send them (what nobody should send is in `zoo`). Everything is made here, nobody is real.

NIKs have the serial 0000, which is never issued.
"""

import csv
import random
from dataclasses import dataclass, field
from datetime import date, timedelta
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
