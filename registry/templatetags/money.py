"""The parts of the look that show money: sums, statements, receipts, the lines and the cash count of the Buku Setoran."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from .drawn import boxes_drawn, icon, state_class, value_of
from .values import uang

register = template.Library()
NOTES = (100_000, 50_000, 20_000, 10_000, 5_000, 2_000, 1_000)  # banknotes in circulation, in rupiah


@register.inclusion_tag("parts/sums.html")
def sums(rows: Iterable[tuple], total_label: str = "", total: int | None = None, classes: str = "") -> dict:
    """Lines of money closed by the double rule: rows of (label, amount) or (label, amount, grey note)."""
    lines = [{"label": row[0], "amount": row[1], "note": row[2] if len(row) > 2 else ""} for row in rows]
    return {"lines": lines, "total_label": total_label, "total": total, "classes": classes}


@register.inclusion_tag("parts/movements.html")
def movements(rows: Iterable[Any]) -> dict:
    """A statement, newest first. Rows: `date` (text), `text`, `amount`, `balance`, and `cancelled` (the
    badge's words), `url` if any."""
    return {"rows": rows}


@register.inclusion_tag("parts/slip.html")
def slip(receipt: Any) -> dict:
    """The receipt: `cooperative`, `place`, `number`, `payer`, `purpose`, `officer`, `date` (text), `amount`,
    `words` (terbilang), `code`, `url` (what the QR holds), and `void` (a sentence) if it was replaced."""
    return {"receipt": receipt}


@register.inclusion_tag("parts/verdict.html")
def verdict(state: str, title: str, text: str = "") -> dict:
    """The public check: good "Kuitansi ini asli", soon "… sudah diganti", late "Kode tidak ditemukan"."""
    icons = {"good": "check", "soon": "swap", "late": "x"}
    return {"state": state, "title": title, "text": text, "icon": icons[state]}


@register.simple_tag
def tick_rows(rows: Iterable[Any], name: str = "bayar") -> str:
    """Buku Setoran: rows sorted by name, under letter headings. Written by hand because there are a thousand.

    Rows: `number`, `name`, `boxes` (see `twelve`), `amount`; `months` (1), `checked`, `note` and `note_state`
    (the exception line), `group` ("tunggak" or "muka", for the filters), `value` (what the tick sends, else
    the number), `rt` (RT/RW, for the filter), `typed` (another amount, typed before), `done` (words: recorded by someone else, no tick).
    """
    parts = []
    for letter, members in groupby(rows, key=lambda row: str(value_of(row, "name"))[:1].upper()):
        lines = format_html_join("", "{}", ((_tick_row(row, name),) for row in members))
        parts.append(
            format_html('<div data-huruf><h2 class="letter">{}</h2><ul class="dues">{}</ul></div>', letter, lines)
        )
    return mark_safe("".join(parts))  # noqa: S308 every part is escaped above


def _tick_row(row: Any, name: str) -> SafeString:
    number, done, months = value_of(row, "number"), value_of(row, "done"), int(value_of(row, "months", 1))
    group = value_of(row, "group") or ("selesai" if done else "")
    who = format_html(
        '<span><b>{}</b><span class="sub">{} '
        '<svg class="twelve" viewBox="0 0 118 10" aria-hidden="true">{}</svg></span></span>',
        value_of(row, "name"),
        number,
        boxes_drawn(value_of(row, "boxes")),
    )
    amount = format_html(
        '<span class="amt">{}{}</span>',
        "" if done and not value_of(row, "amount", 0) else uang(value_of(row, "amount", 0)),
        _beside(months, value_of(row, "typed", None)),
    )
    note, state = value_of(row, "note") or done, state_class(value_of(row, "note_state"))
    more = format_html('<span class="badge {} more">{}</span>', state, note) if note else ""
    kept = format_html(' data-s="{}"', group) if group else SafeString()  # "" would make all of it text to escape
    near = value_of(row, "rt")
    kept += format_html(' data-rt="{}"', near) if near else SafeString()
    if done:
        return format_html('<li{}><div class="done">{}{}{}{}</div></li>', kept, icon("check"), who, amount, more)
    return format_html(
        '<li{}><label><input class="tick" type="checkbox" name="{}" value="{}" data-rp="{}" data-bln="{}"{}>'
        "{}{}{}</label>{}</li>",
        kept,
        name,
        value_of(row, "value") or number,
        value_of(row, "amount", 0),
        months,
        mark_safe(" checked") if value_of(row, "checked") else "",
        who,
        amount,
        more,
        _typed(row, name),
    )


def _beside(months: int, typed: int | None) -> SafeString:
    """The small words under an amount: what kind of amount it is, or how many months it pays."""
    if typed not in (None, ""):
        return mark_safe("<small>jumlah lain</small>")
    return format_html("<small>{} bulan</small>", months) if months > 1 else SafeString()


def _typed(row: Any, name: str) -> SafeString:
    """Another amount than the usual one, as it was typed before: sent again with the tick."""
    typed = value_of(row, "typed", None)
    if typed in (None, ""):
        return SafeString()
    return format_html('<input type="hidden" name="jumlah-{}" value="{}">', value_of(row, "value"), typed)


@register.inclusion_tag("parts/cash_count.html")
def cash_count(counts: dict[int, int] | None = None, coins: int = 0, still: bool = False) -> dict:
    """Banknotes counted: fields `lembar-100000` … `lembar-1000`, `koin` in rupiah; `still` shows only."""
    counts = counts or {}
    rows = [{"note": note, "count": counts.get(note, 0), "product": note * counts.get(note, 0)} for note in NOTES]
    return {"rows": rows, "coins": coins or 0, "still": still}
