"""How values look in every template: rupiah, numbers, dates, codes. The formats are `registry/formats.py`."""

from datetime import date, datetime
from typing import Any

from django import template
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import mark_safe

from registry import formats, numbers

register = template.Library()


def is_missing(value: Any) -> bool:
    return value is None or value == ""


@register.filter
def rupiah(value: int | None) -> str:
    """30000 → "Rp 30.000" with a no-break space; nothing stays nothing."""
    return "" if is_missing(value) else formats.format_rupiah(int(value))


@register.filter
def angka(value: int | None) -> str:
    """1500 → "1.500"; nothing stays nothing."""
    return "" if is_missing(value) else formats.format_number(int(value))


@register.filter
def uang(value: int | None) -> str:
    """An amount without "Rp", minus in brackets: -10000 → "(10.000)"; nothing stays nothing."""
    if is_missing(value):
        return ""
    number = formats.format_number(abs(int(value)))
    return f"({number})" if int(value) < 0 else number


@register.filter
def kolom(value: int | None) -> str:
    """As `uang`, but a zero is an empty cell, as a book leaves it where nothing was booked."""
    return uang(value) if value else ""


@register.filter
def tanggal(value: date | None) -> str:
    """20 Nov 2026."""
    return formats.format_date(value) if value else ""


@register.filter
def tanggal_panjang(value: date | None) -> str:
    """20 November 2026."""
    return formats.format_date_long(value) if value else ""


@register.filter
def bulan(value: date | None) -> str:
    """November 2026."""
    return formats.format_month(value) if value else ""


@register.filter
def jam(value: datetime | None) -> str:
    """19.02, in Asia/Jakarta."""
    return formats.format_time(value) if value else ""


@register.filter
def kode(value: str | None) -> str:
    """A public code in groups of four: 7K4Q9TXM → 7K4Q-9TXM; one that has dashes keeps them."""
    text = str(value or "")
    return text if "-" in text else "-".join(text[start : start + 4] for start in range(0, len(text), 4))


@register.filter
def telepon(value: str | None) -> str:
    """+6281234567890 → "0812-3456-7890"; nothing stays nothing."""
    return numbers.format_phone(value) if value else ""


@register.simple_tag
def persen(numerator: int, denominator: int) -> str:
    """{% persen 61 67 %} → "91,0%"; nothing when there is nothing to divide by."""
    text = formats.percent(numerator, denominator) if denominator else None
    return f"{text}%" if text else ""


@register.simple_tag
def rp(value: int | None) -> str:
    """The amount as text with a small grey "Rp" before it; minus in brackets."""
    if is_missing(value):
        return ""
    return format_html('<span class="nb"><span class="rp">Rp\u00a0</span>{}</span>', uang(value))


@register.filter
def initials_hidden(name: str | None) -> str:
    """A name masked for the public: "Eneng Nurbaiti" → "E•••• N•••••••"."""
    return " ".join(word[:1] + "•" * (len(word) - 1) for word in str(name or "").split())


@register.simple_tag
def join(*parts: Any, by: str = " · ") -> str:
    """The parts that are not empty, joined by a middle dot; for second lines."""
    kept = [conditional_escape(part) for part in parts if not is_missing(part)]
    return mark_safe(by.join(kept))  # noqa: S308 every part is escaped above
