"""From a cell to a value and back: the only place where uploaded values are cleaned.

Each widget serves django-import-export row by row (`clean`, `render`) and the set-based importer column by
column (`clean_column`). A value that cannot be used raises ValueError with a sentence for the person who
uploaded it. An empty cell ("", "-", "–") is None.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta

from import_export.widgets import Widget

from registry.formats import Unreadable, format_number, parse_date, parse_rupiah
from registry.numbers import Verdict, clean_line, clean_name
from registry.sheets.columns import normal_heading
from registry.sheets.places import PlaceMatcher

Cleaned = tuple[list, dict[int, str]]

_EMPTY = {"", "-", "--", "---", "–", "—", "'-"}
_ERROR_CELLS = ("#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!")
_CENTURY_AGO_SERIAL, _LAST_SERIAL = 367, 73_415  # 1901-01-01 to 2100-12-31 as Excel counts days


_NO_DATE = re.compile(r"0{2,4}[-/.]00[-/.]0{2,4}( 00:00(:00)?)?")
_DAY_COUNT = re.compile(r"\d{5}")
_TYPED_AS_NUMBER = re.compile(r"\d+([.,]\d+)?[eE]\+?\d+|\d{6,}[.,]0+")


def is_empty(value) -> bool:
    if value is None:
        return True
    # the longest of the signs for "nothing" has three letters; most cells hold more
    return isinstance(value, str) and (len(value) < 4 or value[0].isspace()) and value.strip() in _EMPTY


class SheetWidget(Widget):
    """Base of all our widgets: subclasses say how one value is read (`read`) and shown (`show`)."""

    kind = "text"
    repeats = True  # whether lists say the same again and again, so that it is worth remembering

    def read(self, value):
        """One filled cell -> the value. Raises ValueError with a sentence."""
        return value

    def show(self, value):
        """The value -> what a cell of an export holds (a number or date stays one)."""
        return value

    def clean(self, value, row=None, **kwargs):
        if is_empty(value):
            return None
        if isinstance(value, str) and value[0] == "#" and value in _ERROR_CELLS:
            raise ValueError(f"Rumus di Excel gagal ({value}). Ketik isinya, bukan rumusnya.")
        return self.read(value)

    def render(self, value, obj=None, **kwargs):
        return "" if value is None else self.show(value)

    def clean_column(self, values: Sequence, beside: Sequence | None = None, known: dict | None = None) -> Cleaned:
        """A whole column: the cleaned values (None where wrong) and position -> sentence.

        Equal values are read once; `known` carries what was read from batch to batch. `beside` is the other
        column a widget may need (the kecamatan of a village).
        """
        if values.count(None) == len(values):
            return [None] * len(values), {}
        memo: dict = {} if known is None else known
        cleaned: list = []
        errors: dict[int, str] = {}
        keep = cleaned.append
        for position, value in enumerate(values):
            key = value if type(value) is str else (value, type(value))  # 1 is not True, nor 1.0
            try:
                good, result = memo[key]
            except KeyError:
                good, result = memo[key] = self._answer(value)
            if good:
                keep(result)
            else:
                keep(None)
                errors[position] = result
        return cleaned, errors

    def _answer(self, value) -> tuple[bool, object]:
        try:
            return True, self.clean(value)
        except ValueError as error:
            return False, str(error)


class TextWidget(SheetWidget):
    """One line of text. Numbers are taken as typed ("12"), dates are refused: Excel turned "3/5" into 3
    May.

    check: a rule of `registry.numbers` (check_phone, check_rt_rw …); its errors refuse, its value is kept.
    """

    def __init__(self, max_length: int = 250, check: Callable[[str], Verdict] | None = None, kind: str = "text"):
        super().__init__()
        self.max_length, self.check, self.kind = max_length, check, kind
        self.repeats = kind != "identifier"

    def read(self, value):
        if isinstance(value, date):
            raise ValueError("diubah Excel menjadi tanggal. Atur kolomnya sebagai teks, lalu ketik ulang.")
        if isinstance(value, bool):
            value = "Ya" if value else "Tidak"
        text = self.tidy(str(value))
        return _accepted(self.check(text)) if self.check else text

    def tidy(self, text: str) -> str:
        if text.isascii() and text.isprintable() and "  " not in text and len(text) <= self.max_length:
            return text
        return clean_line(text, self.max_length)


class NameWidget(TextWidget):
    """The name of a person or a cooperative, capitals as typed; it must hold a letter."""

    def __init__(self, max_length: int = 120):
        super().__init__(max_length)
        self.repeats = False

    def tidy(self, text: str) -> str:
        name = clean_name(text, self.max_length) if "`" in text or not text.isascii() else super().tidy(text)
        if not any(sign.isalpha() for sign in name):
            raise ValueError(f"belum terbaca sebagai nama. Yang tertulis: “{name[:30]}”.")
        return name


def _accepted(verdict: Verdict) -> str:
    if not verdict.ok:
        raise ValueError(" ".join(verdict.errors))
    return verdict.value


class IntegerWidget(SheetWidget):
    """A whole number ≥ `least`, such as a count of members. "1.500" is 1500."""

    kind = "integer"

    def __init__(self, least: int = 0, most: int = 10**9):
        super().__init__()
        self.least, self.most = least, most

    def read(self, value):
        number = _whole_number(value)
        if not self.least <= number <= self.most:
            raise ValueError(f"Angka harus antara {format_number(self.least)} dan {format_number(self.most)}.")
        return number


class RupiahWidget(IntegerWidget):
    """Whole rupiah ≥ 0. "Rp 1.500.000,-" is 1500000; cents and negatives are refused."""

    kind = "rupiah"

    def __init__(self, most: int = 10**12):
        super().__init__(0, most)


def _whole_number(value) -> int:
    if isinstance(value, bool | date) or (isinstance(value, float) and not math.isfinite(value)):
        raise ValueError("Isian ini bukan angka. Tulis angka saja, contoh 30000.")
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        # 33333.33 from a formula is not an amount anybody paid.
        if abs(value - round(value)) > 1e-6:
            raise ValueError(f"Angka harus bulat. Yang terbaca: {str(value).replace('.', ',')}.")
        return round(value)
    return parse_rupiah(value)


class DateWidget(SheetWidget):
    """A day: a date cell, Excel's day count (41832), or text ("12/7/2015", "12 Juli 2015"). "0000-00-00" is
    empty.

    not_after: the latest day allowed (pass today); decides the century of two-digit years too.
    """

    kind = "date"

    def __init__(self, not_after: date | None = None, not_before: date = date(1900, 1, 1)):
        super().__init__()
        self.not_after, self.not_before = not_after, not_before

    def clean(self, value, row=None, **kwargs):
        if isinstance(value, str) and value[:1] == "0" and _NO_DATE.fullmatch(value.strip()):
            return None
        return super().clean(value, row, **kwargs)

    def read(self, value):
        day = self._day(value)
        if self.not_after and day > self.not_after:
            raise ValueError(f"Tanggal {day:%d/%m/%Y} belum tiba.")
        if day < self.not_before:
            raise ValueError(f"Tanggal {day:%d/%m/%Y} terlalu lama. Periksa tahunnya.")
        return day

    def _day(self, value) -> date:
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
        if isinstance(value, bool):
            raise ValueError("Isian ini bukan tanggal. Tulis tanggal seperti 20/11/2026.")
        if isinstance(value, str) and len(value) == 5 and _DAY_COUNT.fullmatch(value):
            value = int(value)
        if isinstance(value, int | float):
            if not _CENTURY_AGO_SERIAL <= value <= _LAST_SERIAL:
                raise ValueError(f"Tulis tanggal seperti 20/11/2026. Yang terbaca: “{value}”.")
            return date(1899, 12, 30) + timedelta(days=int(value))
        try:
            return parse_date(value, not_after=self.not_after)
        except Unreadable:
            # Lists say the weekday too ("Senin, 12 Juli 2015"); a wrong one does not change the day.
            shorter = re.sub(
                r"^(senin|selasa|rabu|kamis|jum'?at|sabtu|minggu|ahad)[,\s]+", "", value, flags=re.IGNORECASE
            )
            if shorter == value:
                raise
            return parse_date(shorter, not_after=self.not_after)


class ChoiceWidget(SheetWidget):
    """One of a few labels. labels: code value -> Indonesian label; synonyms: other words -> code value."""

    kind = "choice"

    def __init__(self, labels: Mapping[str, str], synonyms: Mapping[str, str] | None = None):
        super().__init__()
        self.labels = dict(labels)
        self._known = {normal_heading(label): code for code, label in self.labels.items()}
        self._known |= {normal_heading(code): code for code in self.labels}
        self._known |= {normal_heading(word): code for word, code in (synonyms or {}).items()}

    def read(self, value):
        code = self._known.get(normal_heading(value))
        if code is None:
            raise ValueError(
                f"Isi dengan salah satu: {', '.join(self.labels.values())}. Yang terbaca: “{str(value)[:30]}”."
            )
        return code

    def show(self, value):
        return self.labels.get(value, value)


SEX = {"L": "Laki-laki", "P": "Perempuan"}
SEX_SYNONYMS = {
    "lk": "L",
    "pr": "P",
    "pria": "L",
    "wanita": "P",
    "laki": "L",
    "lelaki": "L",
    "cowok": "L",
    "w": "P",
}


class IdentifierWidget(SheetWidget):
    """A number that is a name, not an amount (NIK, NIB, NPWP): text of digits.

    Typed as a number it is refused, never repaired: Excel keeps 15 digits and makes the rest 0.
    check: the rule of `registry.numbers`, e.g. check_national_id.
    """

    kind = "identifier"
    repeats = False

    def __init__(self, name: str, check: Callable[[str], Verdict]):
        super().__init__()
        self.name, self.check = name, check

    def read(self, value):
        if not isinstance(value, str) or _TYPED_AS_NUMBER.fullmatch(value):
            raise ValueError(
                f"{self.name} tersimpan sebagai angka, sehingga digit terakhirnya bisa sudah berubah. "
                "Atur kolomnya sebagai teks (Format Sel, Teks), lalu ketik ulang nomornya."
            )
        return _accepted(self.check(value))


class PlaceWidget(SheetWidget):
    """A village as its code. `district_column`: the heading of the kecamatan column in a row-wise import."""

    def __init__(self, matcher: PlaceMatcher, district_column: str = ""):
        super().__init__()
        self.matcher, self.district_column = matcher, district_column

    def clean(self, value, row=None, **kwargs):
        if is_empty(value):
            return None
        district = (row or {}).get(self.district_column)
        return self.matcher.village(value, None if is_empty(district) else district)

    def clean_column(self, values: Sequence, beside: Sequence | None = None, known: dict | None = None) -> Cleaned:
        cleaned: list = []
        errors: dict[int, str] = {}
        for position, value in enumerate(values):
            row = {self.district_column: beside[position]} if beside else None
            try:
                cleaned.append(self.clean(value, row))
            except ValueError as error:
                cleaned.append(None)
                errors[position] = str(error)
        return cleaned, errors

    def show(self, value):
        code = getattr(value, "code", value)
        return self.matcher.names.get(code, code)


class DistrictWidget(PlaceWidget):
    """A kecamatan as its code."""

    def clean(self, value, row=None, **kwargs):
        return None if is_empty(value) else self.matcher.district(value)
