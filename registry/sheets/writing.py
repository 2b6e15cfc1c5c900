"""Lists as files: XLSX and CSV that are safe to open, the file of faulty rows, the template to fill in."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from itertools import chain, islice
from pathlib import Path
from typing import BinaryIO

import xlsxwriter

from registry.sheets.columns import EXAMPLE_LABEL, EXAMPLE_MARK, FAULTS_LABEL, Column
from registry.sheets.reading import FORMULA_SIGNS

_WIDTHS = {"integer": 10, "rupiah": 16, "date": 12, "identifier": 20, "percent": 9, "choice": 16}
_FORMATS = {"integer": "#,##0", "rupiah": "#,##0", "date": "dd/mm/yyyy", "identifier": "@", "percent": "0.0"}
_SAFE_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_MOST_VALIDATED_ROWS = 2_000
Target = BinaryIO | Path | str
Row = Sequence | Mapping


def safe_cell(value):
    """A text cell no spreadsheet takes for a formula; numbers, dates and None stay as they are.

    Text whose first sign (also after NFKC and spaces) could start a formula gets an apostrophe in front,
    which our own reading takes back. Source: OWASP ASVS 5.0 §1.2.10.
    """
    if not isinstance(value, str):
        return value
    if value[:1].isascii() and value[:1].isalnum() and "\0" not in value:
        return value
    text = value.replace("\0", "")
    start = unicodedata.normalize("NFKC", text[:40]).lstrip()
    return "'" + text if start[:1] in FORMULA_SIGNS or text[:1] in FORMULA_SIGNS else text


def write_xlsx(
    target: Target,
    *,
    title: str,
    columns: Sequence[Column],
    rows: Iterable[Row],
    notes: Sequence[str] = (),
    made: str = "",
    sheet_name: str = "Daftar",
) -> int:
    """Write a list; returns the number of rows. Memory stays constant.

    rows: sequences in the order of `columns`, or mappings by key. notes: lines under the title (filters,
    definitions, sources). made: who and when, e.g. "Diunduh Siti Aminah, 20 Nov 2026 pukul 19.02". Columns
    of kind "identifier" stay text.
    """
    with _workbook(target) as book:
        sheet = book.add_worksheet(sheet_name[:31])
        formats = _Formats(book)
        rows = iter(rows)
        first = [_cells(row, columns) for row in islice(rows, 200)]
        for position, column in enumerate(columns):
            sheet.set_column(position, position, _width(column, position, first), formats.of(column.kind))
        top = _write_top(sheet, formats, [title, *([made] if made else []), *notes])
        _write_heading(sheet, formats, top, columns)
        count = 0
        for cells in chain(first, (_cells(row, columns) for row in rows)):
            count += 1
            _write_row(sheet, top + count, cells, columns, formats)
        sheet.freeze_panes(top + 1, 0)
        sheet.autofilter(top, 0, top + max(count, 1), len(columns) - 1)
        sheet.repeat_rows(top)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        return count


def write_csv(target: Target, *, columns: Sequence[Column], rows: Iterable[Row]) -> int:
    """Write a list as CSV for an Indonesian Excel: UTF-8 with mark, semicolons, dates 31/12/2026, whole
    numbers plain.

    Only the heading and the rows; returns the number of rows.
    """
    count = 0
    with _text(target) as text:
        writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
        writer.writerow([safe_cell(column.label) for column in columns])
        for row in rows:
            writer.writerow([_csv_cell(value) for value in _cells(row, columns)])
            count += 1
    return count


def faulty_rows_file(
    target: Target,
    headings: Sequence[str],
    rows: Iterable[tuple[int, Sequence]],
    errors: Mapping[int, Sequence[str]],
    text_columns: Sequence[int] = (),
) -> int:
    """The rows that could not be used, as they came, with a column "Kesalahan" in front; may be uploaded
    again.

    headings: of the uploaded file. rows: (line number, cells as read). errors: line number -> sentences;
    rows without errors are left out. text_columns: positions (in the uploaded file) kept as text, such as
    the NIK. Returns the number of rows.
    """
    columns = [Column("faults", FAULTS_LABEL, width=60)]
    columns += [
        Column(f"c{index}", heading, kind="identifier" if index in text_columns else "text")
        for index, heading in enumerate(headings)
    ]
    faulty = ([" ".join(errors[number]), *cells] for number, cells in rows if errors.get(number))
    with _workbook(target) as book:
        sheet = book.add_worksheet("Perlu diperbaiki")
        formats = _Formats(book)
        for position, column in enumerate(columns):
            sheet.set_column(position, position, column.width or 18, formats.of(column.kind))
        _write_heading(sheet, formats, 0, columns)
        count = 0
        for count, cells in enumerate(faulty, start=1):
            sheet.write_string(count, 0, safe_cell(cells[0]), formats.fault)
            for position, value in enumerate(cells[1 : len(columns)], start=1):
                _write_cell(sheet, count, position, value, formats, columns[position].kind)
        sheet.freeze_panes(1, 1)
        return count


def template_file(
    target: Target, *, title: str, columns: Sequence[Column], notes: Sequence[str] = (), rows: Sequence[Mapping] = ()
) -> None:
    """An empty list to fill in: headings with help, drop-downs, one example row that is never imported.

    With `rows` (by key) the list is filled in already as far as they go, and has no example.
    """
    marked = [*columns] if rows else [*columns, Column("example", EXAMPLE_LABEL, width=26)]
    last = max(_MOST_VALIDATED_ROWS, len(rows))
    with _workbook(target, constant_memory=False) as book:
        sheet, formats = book.add_worksheet("Isi di sini"), _Formats(book)
        choices = book.add_worksheet("Pilihan")
        choices.hide()
        top = _write_top(sheet, formats, [title, *notes, "Kolom bertanda * wajib diisi."])
        _write_heading(sheet, formats, top, marked, star=True)
        for position, column in enumerate(marked):
            sheet.set_column(position, position, _width(column, position, ()), formats.of(column.kind))
            if not rows:
                _write_cell(
                    sheet, top + 1, position, column.example, formats, column.kind, formats.example(column.kind)
                )
            if column.help:
                sheet.write_comment(top, position, column.help)
            if rule := _validation(column, position, choices):
                sheet.data_validation(top + 1, position, top + last, position, rule)
        for number, row in enumerate(rows, start=1):
            _write_row(sheet, top + number, _cells(row, columns), columns, formats)
        if not rows:
            sheet.write_string(top + 1, len(columns), EXAMPLE_MARK, formats.example("text"))
        sheet.freeze_panes(top + 1, 0)


# --- Parts ------------------------------------------------------------------------------------------------


class _Formats:
    """The few cell formats of one workbook."""

    def __init__(self, book: xlsxwriter.Workbook):
        self._book = book
        self._kinds = {kind: book.add_format({"num_format": form, "valign": "top"}) for kind, form in _FORMATS.items()}
        self._text = book.add_format({"valign": "top"})
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.heading = book.add_format(
            {"bold": True, "text_wrap": True, "valign": "vcenter", "bottom": 1, "bg_color": "#E7ECF2"}
        )
        self.fault = book.add_format({"font_color": "#9C1C1C", "text_wrap": True, "valign": "top"})

    def of(self, kind: str):
        return self._kinds.get(kind, self._text)

    def example(self, kind: str):
        return self._book.add_format(
            {"italic": True, "font_color": "#667085", "num_format": _FORMATS.get(kind, "General")}
        )


def _write_top(sheet, formats: _Formats, lines: Sequence[str]) -> int:
    """Title and notes; the row number where the heading goes."""
    for number, line in enumerate(lines):
        sheet.write_string(number, 0, safe_cell(line), *([formats.title] if number == 0 else []))
    return len(lines) + 1


def _write_heading(sheet, formats: _Formats, row: int, columns: Sequence[Column], *, star: bool = False) -> None:
    for position, column in enumerate(columns):
        label = f"{column.label} *" if star and column.required else column.label
        sheet.write_string(row, position, safe_cell(label), formats.heading)


def _write_row(sheet, row: int, cells: Sequence, columns: Sequence[Column], formats: _Formats) -> None:
    for position, value in enumerate(cells):
        if value is not None:
            _write_cell(sheet, row, position, value, formats, columns[position].kind)


def _write_cell(sheet, row: int, position: int, value, formats: _Formats, kind: str, form=None) -> None:
    """Write by the value's own type, never letting xlsxwriter guess from text."""
    if value is None or value == "":
        return
    if isinstance(value, bool):
        sheet.write_string(row, position, "Ya" if value else "Tidak", form)
    elif isinstance(value, datetime | date):
        sheet.write_datetime(row, position, _naive(value), form or formats.of("date"))
    elif isinstance(value, int | float):
        # A NIK typed as a number stays a number, in a cell of kind text: as text it would look repaired.
        sheet.write_number(row, position, value, form or formats.of(kind))
    else:
        sheet.write_string(row, position, safe_cell(str(value))[:32_767], form or formats.of(kind))


def _naive(value):
    return value.replace(tzinfo=None) if isinstance(value, datetime) else value


def _validation(column: Column, position: int, choices) -> dict | None:
    if column.choices:
        for row, choice in enumerate(column.choices):
            choices.write_string(row, position, choice)
        letter = xlsxwriter.utility.xl_col_to_name(position)
        source = f"=Pilihan!${letter}$1:${letter}${len(column.choices)}"
        return {
            "validate": "list",
            "source": source,
            "error_title": "Pilih dari daftar",
            "error_message": "Isi dengan salah satu pilihan di daftar.",
        }
    if column.kind in ("rupiah", "integer"):
        return {
            "validate": "integer",
            "criteria": ">=",
            "value": 0,
            "error_title": "Angka bulat",
            "error_message": "Tulis angka bulat tanpa Rp dan tanpa titik.",
        }
    if column.kind == "date":
        return {
            "validate": "date",
            "criteria": ">=",
            "value": date(1900, 1, 2),
            "error_title": "Tanggal",
            "error_message": "Tulis tanggal seperti 20/11/2026.",
            "error_type": "warning",
        }
    return None


def _width(column: Column, position: int, first: Sequence[Sequence]) -> float:
    if column.width:
        return column.width
    if column.kind in _WIDTHS:
        return max(_WIDTHS[column.kind], min(len(column.label) + 3, 18))
    longest = max((len(str(cells[position] or "")) for cells in first), default=0)
    return min(max(longest + 2, len(column.label) + 3, len(str(column.example)) + 2, 8), 48)


def _cells(row: Row, columns: Sequence[Column]) -> Sequence:
    return [row.get(column.key) for column in columns] if isinstance(row, Mapping) else row


def _csv_cell(value):
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Ya" if value else "Tidak"
    if isinstance(value, datetime):
        return f"{value:%d/%m/%Y %H:%M}"
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, float):
        return str(value).replace(".", ",")
    return safe_cell(value)


@contextmanager
def _workbook(target: Target, *, constant_memory: bool = True):
    options = {**_SAFE_OPTIONS, "constant_memory": constant_memory, "in_memory": not constant_memory}
    book = xlsxwriter.Workbook(str(target) if isinstance(target, Path) else target, options)
    book.set_calc_mode("auto")
    try:
        yield book
    finally:
        book.close()


@contextmanager
def _text(target: Target):
    if isinstance(target, Path | str):
        with Path(target).open("w", encoding="utf-8-sig", newline="") as text:
            yield text
        return
    text = io.TextIOWrapper(target, encoding="utf-8-sig", newline="", write_through=True)
    try:
        yield text
    finally:
        text.detach()
