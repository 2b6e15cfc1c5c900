"""Filters and tags of the papers (a builtin of the papers' own template engine in `registry.paper`).

Numbers arrive as integers and leave as Indonesian text. Pictures leave as inline SVG with a size in
millimetres, integer coordinates and a `<title>` first: that title becomes the alternative text in the
PDF. Colours are `Ink`, chosen once per agency, because style sheets do not reach into inline SVG.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from xml.etree import ElementTree

from django import template
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from registry import formats
from registry.paper import PaperError, qr_path
from registry.sentences import guarded_count

register = template.Library()

SVG = "http://www.w3.org/2000/svg"
TRACK = "#dde3e6"
INK = "#17202a"
QUIET = 2  # modules of white drawn around a QR code; two more are the gap around it


# --- Numbers and dates ------------------------------------------------------------------------------


@register.filter
def cell(number: int | None) -> str:
    """A number in a table: "1.234", zero an en dash, not reported "…", negative with a hanging bracket."""
    if number is None:
        return "…"
    if number < 0:
        return format_html('<span class="neg">{}</span>', formats.format_number(number))
    return formats.format_accounting(number)


@register.filter
def blank(number: int | None) -> str:
    """As `cell`, but zero leaves the cell empty (the pages of a savings book)."""
    return cell(number) if number else ""


@register.filter
def count(number: int | None) -> str:
    """A number in a sentence or a headline: zero is "0"."""
    return "…" if number is None else formats.format_number(number)


@register.filter
def rupiah(number: int) -> str:
    """An amount in a sentence: "Rp 30.000"."""
    return formats.format_rupiah(number)


@register.filter
def tenths(number: int | None) -> str:
    """Tenths of a percent in a column: 712 → "71,2 %"; unknown "…"."""
    return "…" if number is None else f"{formats.format_tenths(number)}{formats.NBSP}%"


@register.filter
def change(number: int | None) -> str:
    """A difference in a table: "+329", "(2)", "tetap"; nothing to compare with: "…"."""
    if number is None:
        return "…"
    if number == 0:
        return "tetap"
    return f"+{formats.format_number(number)}" if number > 0 else cell(number)


@register.filter
def guarded(people: int | None) -> str:
    """A count of people in a small group: 1-4 become "< 5", so that nobody is named by a number."""
    return "…" if people is None else guarded_count(people)


@register.filter
def names(words: Sequence[str], most: int) -> str:
    """At most `most` of the words, then how many more: "A, B, dan 3 lainnya"."""
    if len(words) <= most:
        return ", ".join(words)
    return f"{', '.join(words[:most])}, dan {formats.format_number(len(words) - most)} lainnya"


@register.filter
def date_long(day: date) -> str:
    return formats.format_date_long(day).replace(" ", formats.NBSP, 1)


@register.filter
def date_head(day: date) -> str:
    """As "30 Sept. 2025": a date in a narrow column."""
    return f"{day.day}{formats.NBSP}{formats.format_month_head(day)} {day.year}"


@register.filter
def day_month_head(day: date) -> str:
    """As "30 Sept.": the head of a column of changes."""
    return f"{day.day}{formats.NBSP}{formats.format_month_head(day)}"


@register.filter
def day_month(day: date) -> str:
    """As "24.10": the first column of a savings book, whose head names the year."""
    return f"{day:%d.%m}"


@register.filter
def day_month_year(day: date) -> str:
    """As "24.10.25": the same column when the book runs over a new year."""
    return f"{day:%d.%m.%y}"


@register.filter
def month(day: date) -> str:
    return formats.format_month(day)


@register.filter
def moment(at: datetime) -> str:
    """As "5 November 2025 pukul 08.10 WIB"."""
    return f"{date_long(at)} pukul {formats.format_time(at)} WIB"


@register.filter
def moment_short(at: datetime) -> str:
    """As "24.10.2025 · 19.42 WIB": one line of a 58 mm roll."""
    return f"{formats.in_jakarta(at):%d.%m.%Y} · {formats.format_time(at)} WIB"


# --- Colours ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Ink:
    """The colours of one agency's paper: brand, and two lighter steps for maps. Each stands apart in grey."""

    brand: str
    middle: str
    light: str


def ink_of(brand: str) -> Ink:
    """Ink from a brand colour `#rrggbb`. Raises ValueError for anything else: it lands in a style sheet."""
    if not re.fullmatch(r"#[0-9a-f]{6}", brand):
        raise ValueError("A brand colour is written #rrggbb.")
    return Ink(brand, _paler(brand, 45), _paler(brand, 74))


def _paler(colour: str, percent: int) -> str:
    parts = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return "#" + "".join(f"{part + (255 - part) * percent // 100:02x}" for part in parts)


# --- Pictures ---------------------------------------------------------------------------------------


@register.simple_tag
def qr(text: str, millimetres: int, title: str = "Kode QR untuk memeriksa dokumen ini") -> SafeString:
    """A QR code of `text`, pure black, with half of its quiet zone."""
    path, modules = qr_path(text)
    side = modules + 2 * QUIET
    return format_html(
        '<svg class="qr" xmlns="{}" width="{}mm" height="{}mm" viewBox="0 0 {} {}"><title>{}</title>'
        '<path transform="translate({} {})" fill="#000" d="{}"/></svg>',
        SVG, millimetres, millimetres, side, side, title, QUIET, QUIET, path,
    )  # fmt: skip


@register.simple_tag
def sparkline(values: Sequence[int | None], colour: str, title: str) -> SafeString:
    """Seven months as a line of 24 × 7.4 mm, always from zero; a month without data breaks the line."""
    known = [value for value in values if value is not None]
    top = max([*known, 1])
    step = 2240 // max(len(values) - 1, 1)
    points = [
        (80 + step * at, 640 - 560 * value // top) if value is not None else None for at, value in enumerate(values)
    ]
    line = _broken_line(points)
    end = next((point for point in reversed(points) if point), None)
    dot = format_html('<circle cx="{}" cy="{}" r="78" fill="{}"/>', *end, colour) if end else ""
    return format_html(
        '<svg xmlns="{}" width="24.4mm" height="7.4mm" viewBox="0 0 2440 740"><title>{}</title>'
        '<path d="M40 660H2400" stroke="#aab6bd" stroke-width="14" fill="none"/>'
        '<path d="{}" stroke="{}" stroke-width="46" fill="none" stroke-linejoin="round"/>{}</svg>',
        SVG, title, line, colour, dot,
    )  # fmt: skip


def _broken_line(points: Sequence[tuple[int, int] | None]) -> str:
    parts, open_line = [], False
    for point in points:
        if point:
            parts.append(f"{'L' if open_line else 'M'}{point[0]} {point[1]}")
        open_line = point is not None
    return "".join(parts) or "M0 0"


@register.simple_tag
def bar(part: int, whole: int, millimetres: int, colour: str, title: str, mark: int | None = None) -> SafeString:
    """`part` of `whole` on a track; `mark` (tenths of a percent) is a black tick with a white halo."""
    width = millimetres * 100
    fill = width * part // whole if whole else 0
    tick = ""
    if mark is not None:
        at = min(max(width * mark // 1000, 20), width - 20)
        tick = format_html(
            '<path d="M{} 0V300" stroke="#fff" stroke-width="64"/>'
            '<path d="M{} 0V300" stroke="#000" stroke-width="30"/>',
            at, at,
        )  # fmt: skip
    return format_html(
        '<svg xmlns="{}" width="{}mm" height="3mm" viewBox="0 0 {} 300"><title>{}</title>'
        '<path d="M0 60H{}V240H0z" fill="{}"/><path d="M0 60H{}V240H0z" fill="{}"/>{}</svg>',
        SVG, millimetres, width, title, width, TRACK, fill, colour, tick,
    )  # fmt: skip


# --- Emblem -----------------------------------------------------------------------------------------

NEUTRAL_SHIELD = (
    f'<svg xmlns="{SVG}" viewBox="0 0 170 210"><title>Lambang daerah (contoh)</title>'
    f'<path d="M4 4H166V128Q160 178 85 206Q10 178 4 128z" fill="#fff" stroke="{INK}" stroke-width="7"/>'
    f'<path d="M18 18H152V126Q146 166 85 190Q24 166 18 126z" fill="#fff" stroke="{INK}" stroke-width="3"/>'
    f'<path d="M85 32L92 54H115L97 67L104 89L85 76L66 89L73 67L55 54H78z" fill="none" stroke="{INK}" '
    'stroke-width="4"/>'
    '<path d="M20 92H150V112Q134 122 118 112T85 112T52 112T20 112z" fill="#51606b"/>'
    f'<path d="M22 132Q38 122 54 132T86 132T118 132T148 132M34 154Q50 144 66 154T98 154T134 154" fill="none" '
    f'stroke="{INK}" stroke-width="5"/></svg>'
)
SHAPES = {"svg", "g", "path", "circle", "ellipse", "rect", "line", "polyline", "polygon", "title", "desc"}
ATTRIBUTES = {
    "viewBox", "d", "points", "cx", "cy", "r", "rx", "ry", "x", "y", "x1", "y1", "x2", "y2", "width",
    "height", "transform", "fill", "fill-rule", "fill-opacity", "clip-rule", "stroke", "stroke-width",
    "stroke-linecap", "stroke-linejoin", "stroke-miterlimit", "stroke-opacity", "opacity",
}  # fmt: skip


def clean_emblem(markup: str) -> str:
    """An uploaded emblem, rebuilt from plain shapes and their attributes only: no scripts, links, styles,
    text.

    Raises PaperError for something that is not such a drawing (declared entities, a foreign root, no size).
    """
    if len(markup) > 400_000 or "<!DOCTYPE" in markup.upper() or "<!ENTITY" in markup.upper():
        raise PaperError("Lambang tidak dapat dipakai. Unggah SVG sederhana di bawah 400 kB.")
    try:
        root = ElementTree.fromstring(markup)  # noqa: S314 - no DTD and no entities: refused above
    except ElementTree.ParseError as error:
        raise PaperError("Lambang tidak dapat dibaca sebagai SVG.") from error
    if root.tag not in (f"{{{SVG}}}svg", "svg"):
        raise PaperError("Lambang tidak dapat dibaca sebagai SVG.")
    if not re.fullmatch(r"[-\d. ,]+", root.get("viewBox", "")):
        raise PaperError("Lambang belum menyebut ukurannya (viewBox).")
    return _shape(root, top=True)


def _shape(node: ElementTree.Element, *, top: bool = False) -> str:
    name = node.tag.removeprefix(f"{{{SVG}}}")
    if name not in SHAPES:
        return ""
    kept = {key: value for key, value in node.attrib.items() if key in ATTRIBUTES and "url(" not in value}
    if top:
        kept = {"xmlns": SVG, "viewBox": kept["viewBox"]}
    attributes = "".join(f' {key}="{escape(value)}"' for key, value in kept.items())
    text = escape(node.text) if name in {"title", "desc"} and node.text else ""
    return f"<{name}{attributes}>{text}{''.join(_shape(child) for child in node)}</{name}>"


def _box(drawing: str) -> tuple[float, ...]:
    """The four numbers of the drawing's viewBox. Raises PaperError if there are not four, or no area."""
    found = re.search(r'viewBox="([^"]+)"', drawing)
    numbers = tuple(float(part) for part in re.findall(r"-?[0-9]+(?:\.[0-9]+)?", found[1] if found else ""))
    if len(numbers) != 4 or min(numbers[2:]) <= 0:
        raise PaperError("Lambang belum menyebut ukurannya (viewBox).")
    return numbers


@register.simple_tag
def emblem(markup: str, height_mm: int = 21) -> SafeString:
    """The agency's emblem inlined, `height_mm` high; a neutral shield while there is none."""
    drawing = clean_emblem(markup) if markup else NEUTRAL_SHIELD
    _left, _top, width, height = _box(drawing)
    width_mm = max(1, round(height_mm * width / height))
    return mark_safe(drawing.replace("<svg ", f'<svg width="{width_mm}mm" height="{height_mm}mm" ', 1))  # noqa: S308


# --- Map --------------------------------------------------------------------------------------------

MAP_MM = 106
HIGHEST_MM = 150


@register.simple_tag
def choropleth(picture, ink: Ink) -> SafeString:
    """A map of four classes told apart by lightness and hatching, numbers at each area's inner point.

    `picture` has width, height, areas (number, name, letter, path, x, y, small), classes (letter, in the
    order dark, middle, light, hatched), borders (one path), heading. Without a class: white. 106 mm wide,
    at most 150 mm high.
    """
    width_mm, height_mm = MAP_MM, -(-MAP_MM * picture.height // picture.width)
    if height_mm > HIGHEST_MM:
        width_mm, height_mm = HIGHEST_MM * picture.width // picture.height, HIGHEST_MM
    fills = dict(zip((kind.letter for kind in picture.classes), _fills(ink), strict=False))
    unit = picture.width / MAP_MM  # one millimetre in units of the picture
    parts = [
        f'<svg xmlns="{SVG}" width="{width_mm}mm" height="{height_mm}mm" '
        f'viewBox="0 0 {picture.width} {picture.height}"><title>{escape(_map_title(picture))}</title>',
        _hatching("hatch", unit, ink.brand),
        _line("".join(area.path for area in picture.areas), INK, unit * 0.9),
    ]
    for area in picture.areas:
        fill = fills.get(area.letter, "#fff")
        parts.append(_line(area.path, "#fff", unit * 0.3, fill))
        if fill in ("#fff", "url(#hatch)"):  # a white border on white is no border
            parts.append(_line(area.path, "#aab6bd", unit * 0.2))
    parts += [_line(picture.borders, "#fff", unit * 0.95), _line(picture.borders, INK, unit * 0.45)]
    dark = {kind.letter for kind in picture.classes[:1]}
    parts += [_map_label(area, unit, white=area.letter in dark) for area in picture.areas]
    return mark_safe("".join(parts) + "</svg>")  # noqa: S308 - every text above is escaped, the rest are integers


def _line(path: str, colour: str, width: float, fill: str = "none") -> str:
    return (
        f'<path d="{escape(path)}" fill="{fill}" stroke="{colour}" stroke-width="{round(width) or 1}" '
        'stroke-linejoin="round"/>'
    )


def _fills(ink: Ink) -> tuple[str, str, str, str]:
    return ink.brand, ink.middle, ink.light, "url(#hatch)"


def _hatching(name: str, unit: float, colour: str) -> str:
    step, line = round(unit * 1.3), max(round(unit * 0.26), 1)
    return (
        f'<defs><pattern id="{name}" width="{step}" height="{step}" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate(45)">{_line(f"M0 0V{step}", colour, 2 * line)}</pattern></defs>'
    )


def _map_title(picture) -> str:
    counts = ", ".join(f"{kind.name} {count}" for kind, count in picture.legend)
    return f"Peta: {picture.heading}. {counts}. Daftar di bawah peta memuat data yang sama."


def _map_label(area, unit: float, *, white: bool) -> str:
    size = round(unit * (1.9 if area.small else 2.5))
    place = f'x="{int(area.x)}" y="{int(area.y) + round(size * 0.36)}" font-size="{size}"'
    style = 'font-family="Noto Sans" font-weight="700" text-anchor="middle"'
    if white:
        return f'<text {place} {style} fill="#fff">{int(area.number)}</text>'
    halo = f'stroke="#fff" stroke-width="{round(unit * 0.9)}" stroke-linejoin="round" fill="#fff"'
    number = int(area.number)
    return f'<text {place} {style} {halo}>{number}</text><text {place} {style} fill="{INK}">{number}</text>'


@register.simple_tag
def swatch(at: int, ink: Ink, title: str) -> SafeString:
    """The small box of a legend: class 0 dark, 1 middle, 2 light, 3 hatched, 4 empty."""
    fill = (*_fills(ink), "#fff")[at].replace("#hatch", f"#hatch{at}")
    return mark_safe(  # noqa: S308
        f'<svg xmlns="{SVG}" width="5mm" height="3.4mm" viewBox="0 0 50 34"><title>{escape(title)}</title>'
        f"{_hatching(f'hatch{at}', 9, ink.brand)}"
        f'<path d="M1 1H49V33H1z" fill="{fill}" stroke="{INK}" stroke-width="2"/></svg>'
    )
