"""The small drawn parts of the look: icons, states, gauges, the twelve boxes of a year, QR codes.

A part is a tag with named arguments, so that a wrong name fails loudly. Where a part takes a list or an
item, the item is anything with the named keys or attributes: a dict, a dataclass, a model.
"""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

import segno
from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from registry import formats

register = template.Library()

ICONS = frozenset([
    "mark", "home", "people", "book", "tickbook", "user", "back", "fwd", "down", "download", "upload",
    "search", "check", "x", "plus", "minus", "dots", "alert", "info", "clock", "calendar", "cash",
    "receipt", "flag", "share", "copy", "print", "file", "sheet", "edit", "trash", "undo", "lock", "key",
    "shield", "device", "out", "swap", "pin", "phone", "camera", "qr", "store", "building", "chart", "map",
    "scale", "loan", "school", "visit", "meeting", "mail", "bell", "gear", "eye", "nosignal", "filter",
])  # fmt: skip
STATES = {"good": "ok", "soon": "warn", "late": "bad", "wait": "wait", "": ""}
FRESH_DAYS, STALE_DAYS = 7, 30  # up to 7 days good, up to 30 soon, older late
MONTH_LETTERS = "JFMAMJJASOND"
MONTHS = ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des")


class UnknownPart(template.TemplateSyntaxError):
    """A template asks for an icon, a state or a box that does not exist."""


def value_of(item: Any, name: str, default: Any = "") -> Any:
    """`item[name]` of a dict, `item.name` of anything else; `default` where it is missing or None."""
    found = item.get(name) if isinstance(item, dict) else getattr(item, name, None)
    return default if found is None else found


def state_class(state: str) -> str:
    """The CSS class of a state word (good, soon, late, wait or nothing)."""
    if state not in STATES:
        raise UnknownPart(f"{state!r} is not a state; use one of {', '.join(filter(None, STATES))}")
    return STATES[state]


@register.simple_tag
def icon(name: str, size: str = "") -> str:
    """{% icon "home" %} 24 px, {% icon "home" "s" %} 18 px. Always decoration: the word stands beside it."""
    if name not in ICONS:
        raise UnknownPart(f"There is no icon {name!r} in static/icons.svg")
    return format_html(
        '<svg class="i{}" aria-hidden="true"><use href="{}#{}"/></svg>',
        " i-s" if size == "s" else "",
        static("icons.svg"),
        name,
    )


@register.simple_tag
def mark() -> str:
    """The mark: five woven diamonds, in the colour of the text around it."""
    return format_html('<svg class="mark" aria-hidden="true"><use href="{}#mark"/></svg>', static("icons.svg"))


@register.simple_tag
def badge(text: Any, state: str = "") -> str:
    """A state as word, shape, colour: good (disc), soon (diamond), late (square), wait (ring), or neutral."""
    return format_html('<span class="badge {}">{}</span>', state_class(state), text) if text else ""


@register.simple_tag
def fresh(days: int | None, ago: bool = False) -> str:
    """How old the last news is, in days: up to 7 good, up to 30 soon, older late; None never came."""
    if days is None:
        return badge("Belum pernah", "wait")
    state = "good" if days <= FRESH_DAYS else "soon" if days <= STALE_DAYS else "late"
    if days <= 0:
        return badge("hari ini", state)
    return badge(f"{formats.format_number(days)} hari{' lalu' if ago else ''}", state)


@register.simple_tag
def gauge(part: int, whole: int, size: str = "", limit: int | None = None) -> str:
    """A bar of `part` in `whole`, always beside its text. size: "" 6 px, "tall" 8 px, "mini" in a table.

    `limit` in percent: below it the bar is amber.
    """
    percent = min(100.0, max(0.0, 100 * (part or 0) / whole)) if whole else 0.0
    return format_html(
        '<svg class="gauge {}" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="bg" width="100" height="8"/><rect class="{}" width="{}" height="8"/></svg>',
        size,
        "lo" if limit is not None and percent < limit else "fg",
        f"{percent:.4g}",
    )


def boxes_drawn(months: str) -> str:
    """Twelve letters as SVG paths, one path a state. See `twelve`."""
    if len(months) != 12 or set(months) - set("putnxl"):
        raise UnknownPart(f"{months!r} is not twelve letters out of p, u, t, n, x, l")
    paths = []
    for state in sorted(set(months)):
        shape = "5h6" if state == "l" else "1h6v8h-6z"  # a pause is a dash
        drawn = "".join(f"M{index * 10 + 1} {shape}" for index, box in enumerate(months) if box == state)
        paths.append(f'<path class="{state}" d="{drawn}"/>')
    return mark_safe("".join(paths))  # noqa: S308 only letters checked above


@register.simple_tag
def twelve(months: str) -> str:
    """The dues card in one line, January to December, one letter a month:

    p paid, u unpaid, t unpaid and taken by this tick, n this month, x not due (future, or not yet a member), l free by decision (libur).
    """
    return format_html('<svg class="twelve" viewBox="0 0 118 10" aria-hidden="true">{}</svg>', boxes_drawn(months))


@register.simple_tag
def qr(text: str, words: str) -> str:
    """A QR code as SVG, always black on white; `words` say what it is for."""
    matrix = segno.make(text, error="m", micro=False).matrix
    rows = []
    for y, row in enumerate(matrix):
        x = 0
        for dark, run in groupby(row):
            length = len(list(run))
            if dark:
                rows.append(f"M{x} {y}h{length}v1h-{length}z")
            x += length
    box = f"-2 -2 {len(matrix) + 4} {len(matrix) + 4}"
    return format_html(
        '<svg class="qr" viewBox="{}" role="img" aria-label="{}"><path d="{}"/></svg>',
        box,
        words,
        "".join(rows),
    )


@register.inclusion_tag("parts/card_twelve.html")
def card_twelve(year: int, months: str) -> dict:
    """The dues card as on paper: a year, twelve boxes, a check in each paid one. Letters as in `twelve`."""
    boxes_drawn(months)
    boxes = [
        {
            "x": f"{index * 23 + 0.75:g}",
            "middle": f"{index * 23 + 10.75:g}",  # as text: a number would be localized
            "state": box,
            "letter": MONTH_LETTERS[index],
            "check": {"p": f"M{index * 23 + 6.5} 9.5l3.2 3.2 5.5-6.5", "l": f"M{index * 23 + 6.5} 9.25h8.5"}.get(
                box, ""
            ),
        }
        for index, box in enumerate(months)
    ]
    paid = [MONTHS[index] for index, box in enumerate(months) if box == "p"]
    unpaid = [MONTHS[index] for index, box in enumerate(months) if box in "ut"]
    free = [MONTHS[index] for index, box in enumerate(months) if box == "l"]
    words = [
        f"lunas {', '.join(paid) or 'belum ada'}",
        f"belum {', '.join(unpaid)}" if unpaid else "",
        f"libur {', '.join(free)}" if free else "",
    ]
    return {"year": year, "boxes": boxes, "words": "; ".join(filter(None, words))}


@register.inclusion_tag("parts/year_strip.html")
def year_strip(shares: Iterable[float | None], words: str) -> dict:
    """Twelve months or fewer as bars from January; a share between 0 and 1, None for the month still to do, or before the books.

    `words` says the same in a sentence for those who cannot see it.
    """
    bars, shares = [], list(shares)
    known = max((index for index, share in enumerate(shares) if share is not None), default=-1)
    for index, share in enumerate(shares):
        to_do = share is None and index > known  # before anything was collected there is nothing to do any more
        height = 40 if to_do else max(1, round(40 * (share or 0)))
        bars.append(
            {
                "x": f"{index * 26.5 + 1:g}",
                "middle": f"{index * 26.5 + 11:g}",
                "y": 44 - height,
                "height": height,
                "month": MONTHS[index],
                "missing": to_do,
            }
        )
    return {"bars": bars, "words": words}
