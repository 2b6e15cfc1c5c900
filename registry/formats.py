"""How a value looks in Indonesian, and how typed text becomes a value: numbers, rupiah, dates, months,
percents.

Pure functions: no settings, no clock, no database. Amounts are whole rupiah (`int`). A `datetime` must be
aware and is shown in Asia/Jakarta. What cannot be read raises a ValueError with `.sentence`, ready to be
shown.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from num2words import num2words

from registry.periods import add_months, in_jakarta, month_of, months_between

__all__ = [
    "format_number", "format_rupiah", "format_accounting", "format_rupiah_short", "parse_rupiah", "terbilang",
    "format_date", "format_date_long", "format_day", "format_month", "format_month_short",
    "format_month_head", "format_time", "format_moment", "join_months", "parse_date", "days_ago_words",
    "percent", "percent_tenths", "percent_sentence", "format_tenths", "join_words", "count_words",
    "Unreadable", "UnreadableNumber", "UnreadableDate", "MAX_RUPIAH", "NBSP",
]  # fmt: skip

NBSP = "\u00a0"
MAX_RUPIAH = 1_000_000_000_000  # more in one field is a slip of the finger, not a cooperative

MONTHS = ("Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober",
          "November", "Desember")  # fmt: skip
MONTHS_SHORT = ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des")
MONTHS_HEAD = ("Jan.", "Feb.", "Mar.", "Apr.", "Mei", "Juni", "Juli", "Agt.", "Sept.", "Okt.", "Nov.", "Des.")
DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")


class Unreadable(ValueError):
    """Text that is not what was asked for.

    `.sentence` says so politely and quotes what was read (cut, cleaned).
    """

    def __init__(self, sentence: str):
        super().__init__(sentence)
        self.sentence = sentence


class UnreadableNumber(Unreadable):
    """Raised by `parse_rupiah`."""


class UnreadableDate(Unreadable):
    """Raised by `parse_date`."""


def _quoted(text: str) -> str:
    """What was typed, safe to repeat: no invisible signs, at most 30 characters."""
    visible = "".join(sign if sign.isprintable() else " " for sign in text)
    visible = " ".join(visible.split())
    return visible if len(visible) <= 30 else visible[:29] + "…"


# --- Numbers and rupiah ---------------------------------------------------------------------------


def format_number(number: int) -> str:
    """1234567 -> "1.234.567"; a negative number in brackets: "(10.000)" (our fonts carry no minus sign)."""
    grouped = f"{abs(number):,}".replace(",", ".")
    return f"({grouped})" if number < 0 else grouped


def format_rupiah(rupiah: int) -> str:
    """1234567 -> "Rp\u00a01.234.567" with a no-break space, for sentences; negative: "Rp\u00a0(10.000)"."""
    return f"Rp{NBSP}{format_number(rupiah)}"


def format_accounting(rupiah: int) -> str:
    """A table cell: "10.000", negative "(10.000)", zero "–" (an en dash).

    Missing data is the caller's affair.
    """
    return "–" if rupiah == 0 else format_number(rupiah)


def format_rupiah_short(rupiah: int) -> str:
    """From one billion up "Rp\u00a01,51\u00a0miliar" (half up to two decimals, ",00" dropped), below that
    the full sum.

    Only for a sentence on a page that also prints the full sum; tables never round.
    """
    size = abs(rupiah)
    if size < 10**9:
        return format_rupiah(rupiah)
    # 999.995.000.000 would round to "1.000 miliar", so the larger word begins there.
    unit, word = (10**12, "triliun") if size >= 999_995_000_000 else (10**9, "miliar")
    whole, hundredths = divmod((size * 200 + unit) // (2 * unit), 100)
    text = format_number(whole) + (f",{hundredths:02d}".rstrip("0") if hundredths else "")
    return f"Rp{NBSP}{f'({text})' if rupiah < 0 else text}{NBSP}{word}"


_RUPIAH = re.compile(
    r"(?:rp\.?\s*)?"  # Rp, Rp., rp
    r"(?P<whole>0|[1-9][0-9]{0,2}(?:\.[0-9]{3})+|[1-9][0-9]*)"  # 0 · 1.500 · 1500; never 0812…, never 1.5
    r"(?:,(?:00?|-))?",  # ,0 ,00 and the ",-" of handwritten receipts
    re.IGNORECASE | re.ASCII,
)


def parse_rupiah(text: str) -> int:
    """Whole rupiah from what a person typed: "30000", "30.000", "Rp 30.000", "Rp30.000,00", "30.000,-".

    "1.500" is 1500. Refused with UnreadableNumber: cents ("1.500,50"), "1.5", "30,000" (an English thousand
    or thirty point nothing: nobody can tell), negatives, letters among digits, digits of other scripts,
    NUL, leading zeros, nothing at all, and more than 1.000.000.000.000.
    """
    stripped = text.replace(NBSP, " ").strip(" \t\r\n")
    match = _RUPIAH.fullmatch(stripped)
    if not match:
        seen = _quoted(text)
        reading = f'Yang terbaca: "{seen}".' if seen else "Belum ada angka yang terbaca."
        raise UnreadableNumber(f"Tulis angka saja, contoh 30000. {reading}")
    digits = match["whole"].replace(".", "")
    if len(digits) > 13 or int(digits) > MAX_RUPIAH:
        raise UnreadableNumber(f'Paling banyak {format_rupiah(MAX_RUPIAH)}. Yang terbaca: "{_quoted(text)}".')
    return int(digits)


def terbilang(rupiah: int) -> str:
    """The amount in words: 30000 -> "tiga puluh ribu rupiah", 0 -> "nol rupiah"; negative begins with
    "minus".

    "seratus" and "seribu", but "satu juta". Raises ValueError above 999.999.999.999.999 (the last with
    common words).
    """
    return f"{_words(rupiah)} rupiah"


def _words(number: int) -> str:
    if abs(number) >= 10**15:
        raise ValueError("Too large to be written in words.")
    words = num2words(abs(number), lang="id")
    # num2words writes "satu juta satu ribu"; people say "satu juta seribu". "dua puluh satu ribu" stays.
    words = re.sub(r"\b(juta|miliar|triliun) satu ribu\b", r"\1 seribu", words)
    return f"minus {words}" if number < 0 else words


def count_words(number: int) -> str:
    """The first word of a headline: 4 -> "Empat", 12 -> "Dua belas", from 13 on digits: "1.234"."""
    return _words(number).capitalize() if 0 <= number <= 12 else format_number(number)


def join_words(words: Sequence[str]) -> str:
    """["a", "b", "c"] -> "a, b, dan c"; two: "a dan b"; one: itself; none: ""."""
    if len(words) <= 2:
        return " dan ".join(words)
    return f"{', '.join(words[:-1])}, dan {words[-1]}"


# --- Dates and times ------------------------------------------------------------------------------


def _day(day: date) -> date:
    return in_jakarta(day).date() if isinstance(day, datetime) else day


def format_date(day: date) -> str:
    """As "20 Nov 2026"."""
    day = _day(day)
    return f"{day.day} {MONTHS_SHORT[day.month - 1]} {day.year}"


def format_date_long(day: date) -> str:
    """As "20 November 2026"."""
    day = _day(day)
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def format_day(day: date) -> str:
    """As "Jumat, 20 November 2026"."""
    return f"{DAYS[_day(day).weekday()]}, {format_date_long(day)}"


def format_month(day: date) -> str:
    """As "November 2026"."""
    day = _day(day)
    return f"{MONTHS[day.month - 1]} {day.year}"


def format_month_short(day: date) -> str:
    """As "Nov", "Agu": on screen, where the year is said elsewhere."""
    return MONTHS_SHORT[_day(day).month - 1]


def format_month_head(day: date) -> str:
    """As "Nov.", "Sept.", "Juni": only in the head of a printed table."""
    return MONTHS_HEAD[_day(day).month - 1]


def format_time(moment: datetime) -> str:
    """As "19.02" in Asia/Jakarta. Raises ValueError for a naive datetime."""
    return f"{in_jakarta(moment):%H.%M}"


def format_moment(moment: datetime) -> str:
    """As "20 Nov 2026 pukul 19.02" in Asia/Jakarta. Raises ValueError for a naive datetime."""
    return f"{format_date(moment)} pukul {format_time(moment)}"


def days_ago_words(day: date, today: date) -> str:
    """How far `day` is from `today`: "hari ini", "kemarin", "3 hari lalu", "2 bulan lalu", "besok", "10
    hari lagi".

    Days up to 59, whole months up to 23, then whole years.
    """
    day, today = _day(day), _day(today)
    days = (today - day).days
    near = {0: "hari ini", 1: "kemarin", -1: "besok"}
    if days in near:
        return near[days]
    side = "lalu" if days > 0 else "lagi"
    if abs(days) < 60:
        return f"{abs(days)} hari {side}"
    early, late = sorted((day, today))
    months = months_between(early, late) - (1 if add_months(early, months_between(early, late)) > late else 0)
    return f"{months} bulan {side}" if months < 24 else f"{months // 12} tahun {side}"


def _runs(months: Iterable[date]) -> list[tuple[date, date]]:
    """Months in order, without doubles, as unbroken stretches; one of fewer than four is taken apart."""
    stretches: list[list[date]] = []
    for month in sorted({month_of(month) for month in months}):
        if stretches and months_between(stretches[-1][-1], month) == 1:
            stretches[-1].append(month)
        else:
            stretches.append([month])
    runs: list[tuple[date, date]] = []
    for stretch in stretches:
        runs += [(stretch[0], stretch[-1])] if len(stretch) >= 4 else [(month, month) for month in stretch]
    return runs


def join_months(months: Iterable[date]) -> str:
    """Months of dues in few words. Any day stands for its month; order and doubles do not matter.

    Up to three in a row are named: "Sep, Okt, Nov 2026"; four or more are a stretch: "Sep sampai Des 2025",
    "Nov 2025 sampai Feb 2026"; gaps show: "Jan, Mar 2026". The year is said once per year. None: "".
    """
    runs = _runs(months)
    parts = []
    for position, (first, last) in enumerate(runs):
        following = runs[position + 1] if position + 1 < len(runs) else None
        # The year may wait for the next name only if that one closes in the same year.
        year_waits = following is not None and following[0].year == following[1].year == last.year
        year = "" if year_waits and first.year == last.year else f" {last.year}"
        if first == last:
            parts.append(f"{format_month_short(first)}{year}")
        else:
            first_year = "" if first.year == last.year else f" {first.year}"
            parts.append(f"{format_month_short(first)}{first_year} sampai {format_month_short(last)}{year}")
    return ", ".join(parts)


def _month_names() -> dict[str, int]:
    names: dict[str, int] = {}
    for number, full in enumerate(MONTHS, start=1):
        for form in (full, MONTHS_SHORT[number - 1], MONTHS_HEAD[number - 1].rstrip(".")):
            names[form.lower()] = number
    # Seen in lists of offices, and English names from an English Excel: none of them can mean another month.
    names |= {"pebruari": 2, "peb": 2, "nopember": 11, "nop": 11, "ags": 8, "agst": 8}
    names |= {"january": 1, "february": 2, "march": 3, "may": 5, "june": 6, "july": 7, "august": 8, "aug": 8}
    names |= {"october": 10, "oct": 10, "december": 12, "dec": 12}
    return names


_MONTH_NUMBERS = _month_names()
_DAY_FIRST = re.compile(r"([0-9]{1,2})([/.-])([0-9]{1,2})\2([0-9]{4}|[0-9]{2})", re.ASCII)
_NAMED = re.compile(r"([0-9]{1,2})[ -]([a-z]+)\.?[ -]([0-9]{4}|[0-9]{2})", re.ASCII)
_YEAR_FIRST = re.compile(r"([0-9]{4})([/-])([0-9]{1,2})\2([0-9]{1,2})(?:[ t]00:00(?::00)?)?", re.ASCII)


def parse_date(text: str, *, not_after: date | None = None) -> date:
    """A date as people in Serang type it: 20/11/2026, 20-11-2026, 20.11.2026, 20 Nov 2026, 20 November
    2026, 2026-11-20.

    The day always comes first (11/20/2026 is refused, 03/04/2026 is 3 April). A year of two digits is the
    latest one not after `not_after` (pass today for a birth date); without it 00-49 is 2000-2049 and 50-99
    is 1950-1999. Raises UnreadableDate for anything else, days that do not exist, and years outside
    1900-2100.
    """
    compact = " ".join(text.split())
    parts = _date_parts(compact.lower()) if compact.isascii() else None
    if parts:
        day, month, year = parts
        try:
            return _dated(day, month, year, not_after)
        except ValueError:
            pass
    seen = _quoted(text)
    reading = f'Yang terbaca: "{seen}".' if seen else "Belum ada tanggal yang terbaca."
    raise UnreadableDate(f"Tulis tanggal seperti 20/11/2026. {reading}")


def _date_parts(text: str) -> tuple[int, int, str] | None:
    if match := _DAY_FIRST.fullmatch(text):
        return int(match[1]), int(match[3]), match[4]
    if match := _YEAR_FIRST.fullmatch(text):
        return int(match[4]), int(match[3]), match[1]
    if (match := _NAMED.fullmatch(text)) and match[2] in _MONTH_NUMBERS:
        return int(match[1]), _MONTH_NUMBERS[match[2]], match[3]
    return None


def _dated(day: int, month: int, year: str, not_after: date | None) -> date:
    if len(year) == 4:
        result = date(int(year), month, day)
        if not 1900 <= result.year <= 2100:
            raise ValueError("outside 1900-2100")
        return result
    if not_after is None:
        return date(2000 + int(year) if int(year) < 50 else 1900 + int(year), month, day)
    candidates = []
    for century in (1900, 2000):
        try:
            candidates.append(date(century + int(year), month, day))
        except ValueError:  # 29 Feb 00 exists in 2000, not in 1900
            continue
    return max(candidate for candidate in candidates if candidate <= not_after)


# --- Percents -------------------------------------------------------------------------------------


def percent_tenths(numerator: int, denominator: int) -> int | None:
    """Tenths of a percent, half up, in integers: (2, 3) -> 667. None where there is nothing to divide by.

    1000 only if both are equal, 0 only if the numerator is 0: the nearest tenth on the honest side otherwise.
    A negative numerator (a loss against a plan) gives the same figure below zero.
    """
    if denominator <= 0:
        return None
    if numerator < 0:
        return -(percent_tenths(-numerator, denominator) or 0)
    tenths = (numerator * 2000 + denominator) // (2 * denominator)
    if tenths == 1000 and numerator != denominator:
        return 999 if numerator < denominator else 1001
    return 1 if tenths == 0 and numerator else tenths


def format_tenths(tenths: int) -> str:
    """712 -> "71,2"; -32 -> "(3,2)"."""
    whole, rest = divmod(abs(tenths), 10)
    text = f"{format_number(whole)},{rest}"
    return f"({text})" if tenths < 0 else text


def percent(numerator: int, denominator: int) -> str | None:
    """For a column, always one decimal and no sign: "71,2", "75,0"; see `percent_tenths`.

    Denominator 0: None.
    """
    tenths = percent_tenths(numerator, denominator)
    return None if tenths is None else format_tenths(tenths)


def percent_sentence(numerator: int, denominator: int) -> str | None:
    """For a sentence: as `percent`, but ",0" is dropped: "75", "71,2". Denominator 0: None."""
    text = percent(numerator, denominator)
    return None if text is None else text.replace(",0", "")
