"""Two columns pasted from Excel or WhatsApp, member number and amount: what was recognised, and what was not and why."""

import re
from dataclasses import dataclass, field

from finance.reports import MonthSheet, SheetRow
from registry.formats import Unreadable, format_rupiah, parse_rupiah
from registry.numbers import clean_line

LONGEST = 60_000  # characters
MOST_SHOWN = 12  # lines that were not recognised, named one by one

# "A-0047<tab>20.000" · "47 20000" · "3. A0047 = Rp 20.000" · "47; 20rb": the member first, then the amount.
_LINE = re.compile(
    r"(?:\d{1,4}[.)]\s+)?(?P<letters>[A-Za-z]{0,4})-?(?P<number>\d{1,8})(?:\s*[;:,=|]\s*|\s+-\s+|\s+)(?P<amount>\S.*)"
)
_THOUSANDS = re.compile(r"(?:rp\.?\s*)?(\d{1,6})\s*(?:rb|ribu|k)\.?", re.I)


@dataclass
class Pasted:
    """What a pasted text came to: member number → rupiah, and a sentence for each line that was not taken."""

    amounts: dict[str, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    @property
    def rupiah(self) -> int:
        return sum(self.amounts.values())

    @property
    def words(self) -> str:
        """`12 baris dikenali, Rp 240.000. 2 tidak dikenali.`"""
        found = f"{len(self.amounts)} baris dikenali, {format_rupiah(self.rupiah)}."
        return f"{found} {len(self.problems)} tidak dikenali." if self.problems else found

    @property
    def shown(self) -> list[str]:
        """The sentences worth showing one by one; of very many only the first."""
        rest = len(self.problems) - MOST_SHOWN
        return [*self.problems[:MOST_SHOWN], *([f"Dan {rest} baris lain."] if rest > 0 else [])]


def read_pasted(text: str, sheet: MonthSheet) -> Pasted:
    """Read a pasted text against the sheet of a month. Nothing is guessed: a line that is not clear is named, not taken."""
    rows = {row.number: row for row in sheet.rows}
    by_digits = {int(row.number.rpartition("-")[2]): row for row in sheet.rows}
    pasted = Pasted()
    for position, line in enumerate(text[:LONGEST].replace("\0", "").splitlines(), start=1):
        if line.strip():
            _read_line(f"Baris {position}", line.strip(), rows, by_digits, pasted)
    if len(text) > LONGEST:
        pasted.problems.append("Teksnya terlalu panjang; sisanya tidak dibaca.")
    return pasted


def _read_line(where: str, line: str, rows: dict, by_digits: dict, pasted: Pasted) -> None:
    said = f"{where} “{clean_line(line)[:40]}”"
    found = _LINE.fullmatch(line)
    rupiah = _amount(found["amount"]) if found else None
    if found is None or rupiah is None:
        if not (where == "Baris 1" and not any(sign.isdigit() for sign in line)):  # a heading is no problem
            pasted.problems.append(f"{said}: tulis nomor anggota lalu jumlahnya.")
        return
    row = _row(found["letters"], int(found["number"]), rows, by_digits)
    if row is None:
        pasted.problems.append(f"{said}: nomor anggota itu tidak ada di lembar ini.")
    elif row.number in pasted.amounts:
        pasted.problems.append(f"{said}: {row.name} sudah ada di baris lain.")
    elif row.settled:
        pasted.problems.append(f"{said}: {row.name} sudah lunas. Untuk bulan depan, pakai Terima satu pembayaran.")
    elif not rupiah:
        pasted.problems.append(f"{said}: jumlahnya nol.")
    else:
        pasted.amounts[row.number] = rupiah


def _row(letters: str, number: int, rows: dict, by_digits: dict) -> SheetRow | None:
    row = by_digits.get(number)
    if row is None or not letters:
        return row
    return row if row.number.partition("-")[0] == letters.upper() else None


def _amount(text: str) -> int | None:
    thousands = _THOUSANDS.fullmatch(text.strip())
    if thousands:
        return int(thousands[1]) * 1000
    try:
        return parse_rupiah(text)
    except Unreadable:
        return None
