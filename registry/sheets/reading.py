"""From an inspected file to the lines of a list.

`read_lines` gives every line of one sheet with its number as Excel shows it. `find_table` finds the heading
among titles, knows group lines, totals, repeated headings, column numbers and notes, and gives the data
lines; every line it leaves out is listed with the reason.
"""

from __future__ import annotations

import csv
import io
import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Mapping as Map
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import chain, islice
from typing import NamedTuple

import python_calamine as calamine

from registry.sheets import guard
from registry.sheets.columns import EXAMPLE_MARK, Column, Mapping, match_columns, most_columns, normal_heading
from registry.sheets.errors import BadFile
from registry.sheets.guard import Upload, only_bad_file
from registry.sheets.rows import DataRow

HEADING_WITHIN = 60  # lines from the top in which a heading is looked for
MAX_SHEETS = 40
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "|")  # a cell beginning so may be run as a formula


class Line(NamedTuple):
    """One line of a sheet: its name, the number Excel shows beside it (from 1), its cells from column A on.

    A cell is str (trimmed, not empty), int, float, bool, date, datetime or None.
    """

    sheet: str
    number: int
    cells: list


class Skipped(NamedTuple):
    number: int
    reason: str
    text: str


@dataclass
class Table:
    """A list found in a file. `rows` can be walked once; `skipped` and `blank` fill while it is walked."""

    sheet: str
    header_row: int
    mapping: Mapping
    rows: Iterator[DataRow]
    skipped: list[Skipped] = field(default_factory=list)
    blank: int = 0


def sheet_names(upload: Upload) -> list[str]:
    """The visible sheets, in the workbook's order. A CSV has one, named "CSV". Raises BadFile."""
    if upload.kind == "csv":
        return ["CSV"]
    return only_bad_file(_visible_sheets, upload)


def read_lines(upload: Upload, sheet: str | None = None) -> Iterator[Line]:
    """Every line of one sheet (the first visible one if none is named), blank ones too. Raises BadFile
    only.
    """
    lines = _csv_lines(upload) if upload.kind == "csv" else _xlsx_lines(upload, sheet)
    while (line := only_bad_file(next, lines, None)) is not None:
        yield line


def find_table(
    lines: Iterable[Line],
    columns: Sequence[Column],
    remembered: Map[str, str] | None = None,
    mapping: Mapping | None = None,
) -> Table:
    """Find the list in the lines of one sheet.

    remembered: `Mapping.to_remember()` of an earlier file. mapping: the user's own choice, taken as it is.
    Raises BadFile if no line looks like the heading, or if a required column is missing.
    """
    lines = iter(lines)
    top = list(islice(lines, HEADING_WITHIN))
    found = _find_heading(top, columns, remembered)
    if found is None:
        raise BadFile(_no_heading(columns))
    position, height, guess = found
    chosen = mapping or guess
    if chosen.missing:
        raise BadFile(
            f"Kolom ini belum ditemukan: {', '.join(chosen.missing)}. "
            f"Judul kolom terbaca di baris {top[position].number}. Cocokkan kolomnya, atau perbaiki judulnya."
        )
    table = Table(top[position].sheet, top[position].number, chosen, iter(()))
    headings = [top[position + line].cells for line in range(height)]
    rest = chain(top[position + height :], lines)
    table.rows = _Reader(table, columns, headings).rows(rest)
    return table


def open_table(
    upload: Upload,
    columns: Sequence[Column],
    remembered: Map[str, str] | None = None,
    mapping: Mapping | None = None,
) -> Table:
    """`find_table` in the first visible sheet that has one. Raises the BadFile of the first sheet if none
    has.
    """
    first: BadFile | None = None
    for name in sheet_names(upload):
        try:
            return find_table(read_lines(upload, name), columns, remembered, mapping)
        except BadFile as error:
            first = first or error
    raise first or BadFile("Berkas ini tidak berisi lembar kerja.")


# --- Lines ------------------------------------------------------------------------------------------------


def _workbook(upload: Upload) -> calamine.CalamineWorkbook:
    return calamine.CalamineWorkbook.from_path(upload.path)


def _visible_sheets(upload: Upload) -> list[str]:
    sheets = [
        sheet.name
        for sheet in _workbook(upload).sheets_metadata
        if sheet.visible == calamine.SheetVisibleEnum.Visible and sheet.typ == calamine.SheetTypeEnum.WorkSheet
    ]
    if not sheets:
        raise BadFile("Berkas ini tidak berisi lembar kerja yang terlihat.")
    return sheets[:MAX_SHEETS]


def _xlsx_lines(upload: Upload, name: str | None) -> Iterator[Line]:
    name = name or _visible_sheets(upload)[0]
    sheet = _sheet(upload, name)
    if sheet.start is None:
        return
    before = [None] * sheet.start[1]
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        yield Line(name, number, before + _plain_cells(cells))


def _sheet(upload: Upload, name: str) -> calamine.CalamineSheet:
    """A sheet, parsed once though its lines are read twice: one look for the columns, one for the list."""
    if upload.parsed is None or upload.parsed[0] != name:
        upload.parsed = (name, _workbook(upload).get_sheet_by_name(name))
    return upload.parsed[1]


def _csv_lines(upload: Upload) -> Iterator[Line]:
    upload.copy.seek(0)
    text = io.TextIOWrapper(upload.copy, encoding=upload.encoding, newline="")
    try:
        reader = csv.reader(text, delimiter=upload.delimiter)
        for count, cells in enumerate(reader, start=1):
            if count > guard.MAX_ROW_NUMBER:
                raise BadFile(guard.TOO_MANY_ROWS)
            if len(cells) > guard.MAX_COLUMNS:
                cells = _without_empty_tail(cells)
            if max(map(len, cells), default=0) > guard.MAX_CELL_CHARACTERS:
                raise BadFile(guard.LONG_CELL)
            if count == 1 and len(cells) <= 2 and cells and cells[0].startswith("sep="):
                continue
            yield Line("CSV", count, _plain_texts(cells))
    except csv.Error as error:
        raise BadFile(guard.LONG_CELL) from error
    finally:
        with suppress(ValueError):  # the upload may have been closed before its last line was asked for
            text.detach()


def _without_empty_tail(cells: list[str]) -> list[str]:
    while cells and not cells[-1].strip():
        cells.pop()
    if len(cells) > guard.MAX_COLUMNS:
        raise BadFile(guard.TOO_MANY_COLUMNS)
    return cells


def _plain_texts(cells: list[str]) -> list:
    """`_plain` for a line that holds only text."""
    return [
        ((_without_guard(text) or None) if text[0] == "'" else text) if (text := cell.strip()) else None
        for cell in cells
    ]


def _plain_cells(cells: list) -> list:
    """`_plain` for every cell; nearly all are text without an apostrophe."""
    return [text if type(cell) is str and (text := cell.strip()) and text[0] != "'" else _plain(cell) for cell in cells]


def _plain(cell):
    """A cell as we use it. Whole floats become int (calamine gives every number as float)."""
    kind = type(cell)
    if kind is str:
        text = cell.strip()
        return (_without_guard(text) if text[:1] == "'" else text) or None
    if kind is float:
        return int(cell) if cell.is_integer() and abs(cell) < 1e17 else cell
    if kind is datetime:
        return cell.date() if cell.time() == time.min else cell
    if kind is time or kind is timedelta:
        return str(cell)
    return cell


def _without_guard(text: str) -> str:
    """Take back the apostrophe our own exports put before a formula sign."""
    guarded = text[1:].strip()
    sign = unicodedata.normalize("NFKC", guarded[:4])[:1]
    return guarded if sign in FORMULA_SIGNS or text[1:2] in FORMULA_SIGNS else text


# --- The heading ------------------------------------------------------------------------------------------


def _find_heading(top: list[Line], columns: Sequence[Column], remembered) -> tuple[int, int, Mapping] | None:
    """(position in `top`, number of lines, mapping) of the best heading, one line or two."""
    best, best_score = None, 1.5 if len(columns) > 1 else 0.5
    for position, line in enumerate(top):
        if not any(isinstance(cell, str) for cell in line.cells):
            continue
        for height in (1, 2):
            headings = _headings(top, position, height)
            # Looking for similar spelling is dear: only where it could still beat the best.
            if headings is None or most_columns(headings, columns, remembered) - 0.1 * height <= best_score:
                continue
            mapping = match_columns(headings, columns, remembered)
            # Exact names count more than guesses; two lines must earn their second line.
            score = len(mapping.by_index) - 0.4 * len(mapping.guessed) - 0.1 * height - 0.01 * position
            if score > best_score:
                best, best_score = (position, height, mapping), score
    return best


def _headings(top: list[Line], position: int, height: int) -> list[str] | None:
    first = top[position].cells
    if height == 1:
        return [str(cell or "") for cell in first]
    if position + 1 >= len(top):
        return None
    second = top[position + 1].cells
    if not any(second) or not all(cell is None or isinstance(cell, str) for cell in second):
        return None
    return _two_lines(first, second)


def _two_lines(first: list, second: list) -> list[str]:
    """A merged heading over its parts: "Anggota | | " over "L | P" gives "Anggota L", "Anggota P"."""
    width = max(len(first), len(second))
    upper = [*first, *[None] * (width - len(first))]
    lower = [*second, *[None] * (width - len(second))]
    headings, over = [], ""
    for above, below in zip(upper, lower, strict=True):
        over = str(above) if above is not None else over
        if below is None:
            headings.append(str(above or ""))
        else:
            headings.append(f"{over} {below}".strip())
    return headings


def _no_heading(columns: Sequence[Column]) -> str:
    wanted = [column.label for column in columns if column.required] or [column.label for column in columns]
    return (
        f"Baris judul kolom tidak ditemukan. Berkas harus memuat kolom {', '.join(wanted[:6])}. "
        "Unduh contoh berkas untuk melihat bentuknya."
    )


# --- The lines below it -----------------------------------------------------------------------------------

_TOTAL = re.compile(r"(sub|grand)?[\s-]*(jumlah|total|jml)\b", re.IGNORECASE)
_NOTE = re.compile(
    r"(\*|catatan|keterangan|ket\b|nb\b|sumber|mengetahui|menyetujui|serang\s*,|kepala\s|nip\b|dibuat|petugas)",
    re.IGNORECASE,
)
_ORDINAL = re.compile(r"([IVXLC]{1,6}|[A-Za-z]|\d{1,4})[.)]?")


class _Reader:
    """Walks the lines below the heading and tells data from everything else."""

    def __init__(self, table: Table, columns: Sequence[Column], headings: list[list]):
        self.table = table
        self.indexes = [(index, sys.intern(key)) for index, key in table.mapping.by_index.items()]
        self.required = [table.mapping.by_key[c.key] for c in columns if c.required and c.key in table.mapping.by_key]
        self.groups = [column for column in columns if column.group_words or column.group_test]
        self.group_values: dict[str, str] = {}
        self.headings = [{normal_heading(cell) for cell in line if cell is not None} for line in headings]
        self.heading_words = set().union(*self.headings)
        self.starts = {word[:1] for word in self.heading_words}  # most lines are no headings by their first letter
        self.in_notes = False

    def rows(self, lines: Iterable[Line]) -> Iterator[DataRow]:
        few = max(1, min(2, len(self.indexes) - 2))
        first = True
        for line in lines:
            cells = line.cells
            filled = [cell for cell in cells if cell is not None]
            if not filled:
                self.table.blank += 1
                continue
            # Nearly every line is full of data: only short, numeric or word-led lines need a closer look.
            reason = self._why_skip(filled, cells, few, first)
            first = False
            if reason:
                self._skip(line, filled, reason)
                continue
            yield DataRow(line.number, cells, self.indexes, self.group_values)

    def _why_skip(self, filled: list, cells: list, few: int, first: bool) -> str:
        if EXAMPLE_MARK in filled:
            return "baris contoh"
        if len(filled) <= few:
            if reason := self._short_line(filled, cells):
                return reason
        elif self.in_notes and not self._has_required(cells):
            return "keterangan di bawah daftar"
        if _is_total(filled):
            return "baris jumlah"
        if first and _counts_columns(filled):
            return "baris nomor kolom"
        if self._repeats_heading(filled):
            return "judul kolom berulang"
        return ""

    def _short_line(self, filled: list, cells: list) -> str:
        """Lines with one or two cells: a group, a note, a number nobody filled in, or (rarely) poor data."""
        words = [cell for cell in filled if _is_word(cell)]
        if not words:
            counted_only = len(filled) == 1 or not self._has_mapped(cells)
            return "baris tanpa isian" if counted_only and not self._has_any_required(cells) else ""
        if len(words) == 1 and self._take_group(words[0]):
            return "baris kelompok"
        if _is_total(filled):
            return "baris jumlah"
        if self.in_notes or _NOTE.match(words[0]):
            self.in_notes = True
            return "keterangan di bawah daftar"
        if not self._has_any_required(cells):
            return "keterangan"
        return ""

    def _take_group(self, text: str) -> bool:
        for column in self.groups:
            for word in column.group_words:
                match = re.fullmatch(rf"{word}\b\.?\s*:?\s*(.+)", text, re.IGNORECASE)
                if match:
                    self.group_values = {**self.group_values, column.key: match[1].strip()}
                    return True
            if column.group_test and column.group_test(text):
                self.group_values = {**self.group_values, column.key: text}
                return True
        return False

    def _has_required(self, cells: list) -> bool:
        return all(index < len(cells) and cells[index] is not None for index in self.required)

    def _has_mapped(self, cells: list) -> bool:
        return any(index < len(cells) and cells[index] is not None for index, _ in self.indexes)

    def _has_any_required(self, cells: list) -> bool:
        return any(index < len(cells) and cells[index] is not None for index in self.required)

    def _repeats_heading(self, filled: list) -> bool:
        word = filled[0]
        if not isinstance(word, str) or (
            word[0].isascii() and word[0].isalnum() and word[0].lower() not in self.starts
        ):
            return False
        if normal_heading(word) not in self.heading_words:
            return False
        names = {normal_heading(cell) for cell in filled}
        return len(names) > 1 and any(len(names & heading) > 0.6 * len(names) for heading in self.headings)

    def _skip(self, line: Line, filled: list, reason: str) -> None:
        if len(self.table.skipped) < 10_000:
            self.table.skipped.append(Skipped(line.number, reason, " ".join(map(str, filled))[:120]))


def _counts_columns(filled: list) -> bool:
    """ "(1) (2) (3)" under the heading."""
    numbers = [str(cell).strip("().") for cell in filled]
    return len(numbers) > 1 and numbers == [str(number) for number in range(1, len(numbers) + 1)]


def _is_word(cell) -> bool:
    """Text with letters that is more than a list number ("12.", "IV", "a)")."""
    return isinstance(cell, str) and any(sign.isalpha() for sign in cell) and not _ORDINAL.fullmatch(cell)


def _is_total(filled: list) -> bool:
    """Only one cell with words, and it begins with "Jumlah" or "Total"."""
    first = next((cell for cell in filled if isinstance(cell, str)), None)
    if first is None or not _TOTAL.match(first):
        return False
    words = [cell for cell in filled if isinstance(cell, str) and any(sign.isalpha() for sign in cell)]
    return len(words) == 1


def as_day(value) -> date | None:
    """The day of a date or datetime cell, else None."""
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else None
