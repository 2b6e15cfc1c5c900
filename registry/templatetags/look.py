"""The parts of the look ("garis") as template tags and filters, builtin in every template.

A part is a tag with named arguments, so that a wrong name fails loudly. Where a part takes a list or an
item, the item is anything with the named keys or attributes: a dict, a dataclass, a model. What holds the
page's own content (tables, dialogs, columns) is plain HTML with the classes of `static/koperasi.css`.
Everything is shown with examples on the style page and listed in `docs/look.md`.
"""

from collections.abc import Iterable
from datetime import date, datetime
from itertools import groupby
from typing import Any

import segno
from django import forms, template
from django.core.paginator import Page
from django.forms.boundfield import BoundField
from django.templatetags.static import static
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from registry import formats, numbers

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
NOTES = (100_000, 50_000, 20_000, 10_000, 5_000, 2_000, 1_000)  # banknotes in circulation, in rupiah
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


# --- Values -------------------------------------------------------------------------------------


def _is_missing(value: Any) -> bool:
    return value is None or value == ""


@register.filter
def rupiah(value: int | None) -> str:
    """30000 → "Rp 30.000" with a no-break space; nothing stays nothing."""
    return "" if _is_missing(value) else formats.format_rupiah(int(value))


@register.filter
def angka(value: int | None) -> str:
    """1500 → "1.500"; nothing stays nothing."""
    return "" if _is_missing(value) else formats.format_number(int(value))


@register.filter
def uang(value: int | None) -> str:
    """An amount without "Rp", minus in brackets: -10000 → "(10.000)"; nothing stays nothing."""
    if _is_missing(value):
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
    if _is_missing(value):
        return ""
    return format_html('<span class="nb"><span class="rp">Rp\u00a0</span>{}</span>', uang(value))


# --- Small drawn parts --------------------------------------------------------------------------


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


def _boxes(months: str) -> str:
    """Twelve letters as SVG paths, one path a state. See `twelve`."""
    if len(months) != 12 or set(months) - set("putnx"):
        raise UnknownPart(f"{months!r} is not twelve letters out of p, u, t, n, x")
    paths = []
    for state in sorted(set(months)):
        drawn = "".join(f"M{index * 10 + 1} 1h6v8h-6z" for index, box in enumerate(months) if box == state)
        paths.append(f'<path class="{state}" d="{drawn}"/>')
    return mark_safe("".join(paths))  # noqa: S308 only letters checked above


@register.simple_tag
def twelve(months: str) -> str:
    """The dues card in one line, January to December, one letter a month:

    p paid, u unpaid, t unpaid and taken by this tick, n this month, x not due (future, or not yet a member).
    """
    return format_html('<svg class="twelve" viewBox="0 0 118 10" aria-hidden="true">{}</svg>', _boxes(months))


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
    _boxes(months)
    boxes = [
        {
            "x": f"{index * 23 + 0.75:g}",
            "middle": f"{index * 23 + 10.75:g}",  # as text: a number would be localized
            "state": box,
            "letter": MONTH_LETTERS[index],
            "check": f"M{index * 23 + 6.5} 9.5l3.2 3.2 5.5-6.5" if box == "p" else "",
        }
        for index, box in enumerate(months)
    ]
    paid = [MONTHS[index] for index, box in enumerate(months) if box == "p"]
    unpaid = [MONTHS[index] for index, box in enumerate(months) if box in "ut"]
    words = [f"lunas {', '.join(paid) or 'belum ada'}", f"belum {', '.join(unpaid)}" if unpaid else ""]
    return {"year": year, "boxes": boxes, "words": "; ".join(filter(None, words))}


@register.inclusion_tag("parts/year_strip.html")
def year_strip(shares: Iterable[float | None], words: str) -> dict:
    """Twelve months or fewer as bars from January; a share between 0 and 1, None for the month still to do.

    `words` says the same in a sentence for those who cannot see it.
    """
    bars = []
    for index, share in enumerate(shares):
        height = 40 if share is None else max(1, round(40 * share))
        bars.append(
            {
                "x": f"{index * 26.5 + 1:g}",
                "middle": f"{index * 26.5 + 11:g}",
                "y": 44 - height,
                "height": height,
                "month": MONTHS[index],
                "missing": share is None,
            }
        )
    return {"bars": bars, "words": words}


# --- Page furniture -----------------------------------------------------------------------------


@register.inclusion_tag("parts/heading.html")
def heading(title: str, id: str, count: int | None = None, note: Any = "", thin: bool = False) -> dict:
    """A section title on its rule, a count after it, a note at the end. `id` is for aria-labelledby."""
    return {"title": title, "id": id, "count": count, "note": note, "thin": thin}


@register.inclusion_tag("parts/crumbs.html")
def crumbs(items: Iterable[Any]) -> dict:
    """Where this page hangs: items with `label` and `url` (empty for the last, plain one)."""
    return {"items": items}


@register.inclusion_tag("parts/tabs.html")
def tabs(items: Iterable[Any], label: str, classes: str = "views") -> dict:
    """Tabs or saved views: items with `label`, `url`, `current`, and a `count` (text or number) if any."""
    return {"items": items, "label": label, "classes": classes}


@register.inclusion_tag("parts/chips.html")
def chips(items: Iterable[Any], label: str) -> dict:
    """A row of choices on a phone: items with `label url count current`; `filter` names it for script."""
    return {"items": items, "label": label}


@register.inclusion_tag("parts/pager.html", takes_context=True)
def pager(context: dict, page: Page, what: str, note: str = "") -> dict:
    """ "1 sampai 50 dari 955 koperasi" and the two neighbours; keeps the rest of the address."""
    return {"request": context["request"], "page": page, "what": what, "note": note}


@register.inclusion_tag("parts/kv.html")
def kv(pairs: Iterable[tuple[str, Any]], lines: bool = False) -> dict:
    """Facts under each other: (name, value) pairs; `lines=True` puts a hairline under each."""
    return {"pairs": [(name, value) for name, value in pairs if not _is_missing(value)], "lines": lines}


@register.inclusion_tag("parts/facts.html")
def facts(pairs: Iterable[tuple[str, Any]]) -> dict:
    """Facts beside each other under a page title: (name, value) pairs."""
    return {"pairs": [(name, value) for name, value in pairs if not _is_missing(value)]}


@register.inclusion_tag("parts/strip.html")
def strip(text: Any, state: str = "", url: str = "", label: str = "") -> dict:
    """One line the system says about itself (no signal, demo data, a closed month), with a link if any."""
    icons = {"good": "check", "soon": "alert", "late": "alert", "wait": "clock", "": "info"}
    return {"text": text, "state": state_class(state), "icon": icons[state], "url": url, "label": label}


@register.inclusion_tag("parts/empty.html")
def empty(title: str, cause: str = "", url: str = "", label: str = "") -> dict:
    """Nothing here: one sentence of fact, one of cause, one button."""
    return {"title": title, "cause": cause, "url": url, "label": label}


@register.inclusion_tag("parts/sheet_head.html")
def sheet_head(title: str, id: str) -> dict:
    """The head of a <dialog class="sheet" aria-labelledby="{id}">: title and a close button."""
    return {"title": title, "id": id}


@register.inclusion_tag("parts/job.html")
def job(job: Any) -> dict:
    """Long work: `title`, `done`, `total`, `state` (waiting running done failed), `why`, `url`, `label`."""
    return {"job": job}


# --- Work and figures ---------------------------------------------------------------------------


@register.inclusion_tag("parts/work_list.html")
def work_list(items: Iterable[Any]) -> dict:
    """Phone: the whole row is the link. Items: `title`, `url`, and `why`, `icon`, `state` if any."""
    rows = [{"item": item, "state": state_class(value_of(item, "state"))} for item in items]
    return {"rows": rows}


@register.inclusion_tag("parts/queue.html")
def queue(items: Iterable[Any]) -> dict:
    """Desk: title and why | age badge | its verb. Items: `title url verb`, and `why age state` if any."""
    return {"items": items}


@register.inclusion_tag("parts/lead.html")
def lead(task: Any) -> dict:
    """The one lead task of a phone home: `title why url verb`, and `badge state`, `year` (shares) with
    `year_words`, `second_url second_verb` if any."""
    return {"task": task}


@register.inclusion_tag("parts/figures.html")
def figures(items: Iterable[Any], classes: str = "") -> dict:
    """Figures between hairlines; say their shared date once in the heading above.

    Items: `label`, `value` (int or text), `url`, `definition`, and `rupiah` (bool), `of` ("dari 300"),
    `part whole limit` (draw a gauge) if any. `classes="six"`: two columns on a desk.
    """
    return {
        "items": [{"item": item, "value": _shown(value_of(item, "value"))} for item in items],
        "classes": classes,
    }


def _shown(value: Any) -> str:
    return formats.format_number(value) if isinstance(value, int) else str(value)


@register.inclusion_tag("parts/timeline.html")
def timeline(steps: Iterable[Any]) -> dict:
    """Stages in order. Items: `title`, `state` (done, waiting, blocked, not_yet), and `why`, `when`, `url`
    (the evidence), `label` if any."""
    looks = {
        "done": ("done", "check", "Selesai"),
        "waiting": ("waiting", "clock", "Menunggu"),
        "blocked": ("blocked", "alert", "Terhambat"),
        "not_yet": ("", "minus", "Belum"),
    }
    badges = {"waiting": "wait", "blocked": "late", "not_yet": "", "done": ""}
    rows = []
    for step in steps:
        state = str(value_of(step, "state"))
        if state not in looks:
            raise UnknownPart(f"{state!r} is not a stage's state")
        css, icon_name, word = looks[state]
        rows.append({"step": step, "class": css, "icon": icon_name, "word": word, "badge": badges[state]})
    return {"rows": rows}


# --- Money --------------------------------------------------------------------------------------


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
    the number), `done` (words: recorded by someone else, no tick).
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
    group = "selesai" if done else value_of(row, "group")
    who = format_html(
        '<span><b>{}</b><span class="sub">{} '
        '<svg class="twelve" viewBox="0 0 118 10" aria-hidden="true">{}</svg></span></span>',
        value_of(row, "name"),
        number,
        _boxes(value_of(row, "boxes")),
    )
    amount = format_html(
        '<span class="amt">{}{}</span>',
        uang(value_of(row, "amount", 0)),
        format_html("<small>{} bulan</small>", months) if months > 1 else "",
    )
    note, state = value_of(row, "note") or done, state_class(value_of(row, "note_state"))
    more = format_html('<span class="badge {} more">{}</span>', state, note) if note else ""
    kept = format_html(' data-s="{}"', group) if group else ""
    if done:
        return format_html('<li{}><div class="done">{}{}{}{}</div></li>', kept, icon("check"), who, amount, more)
    return format_html(
        '<li{}><label><input class="tick" type="checkbox" name="{}" value="{}" data-rp="{}" data-bln="{}"{}>'
        "{}{}{}</label></li>",
        kept,
        name,
        value_of(row, "value") or number,
        value_of(row, "amount", 0),
        months,
        mark_safe(" checked") if value_of(row, "checked") else "",
        who,
        amount,
        more,
    )


@register.inclusion_tag("parts/cash_count.html")
def cash_count(counts: dict[int, int] | None = None, coins: int = 0, still: bool = False) -> dict:
    """Banknotes counted: fields `lembar-100000` … `lembar-1000`, `koin` in rupiah; `still` shows only."""
    counts = counts or {}
    rows = [{"note": note, "count": counts.get(note, 0), "product": note * counts.get(note, 0)} for note in NOTES]
    return {"rows": rows, "coins": coins or 0, "still": still}


# --- Forms --------------------------------------------------------------------------------------

CHOICES = (forms.RadioSelect, forms.CheckboxSelectMultiple)


@register.inclusion_tag("parts/field.html")
def field(bound: BoundField, label: str = "", hint: str = "", find: str = "") -> dict:
    """Label, control, hint or error of any Django form field; `label`, `hint` override the form's words.

    A widget attribute `data-prefix` ("Rp") is written inside the control.
    """
    widget = bound.field.widget
    label = label or bound.label or ""
    hint = hint or bound.help_text
    described = " ".join(
        part for part in (bound.errors and f"{bound.auto_id}_error", hint and f"{bound.auto_id}_helptext") if part
    )
    grouped = isinstance(widget, CHOICES)
    return {
        "bound": bound,
        "kind": "group" if grouped else "check" if isinstance(widget, forms.CheckboxInput) else "control",
        "label": label,
        "hint": hint,
        "described": described,
        "control": "" if grouped else _control(bound, described),
        "prefix": widget.attrs.get("data-prefix", ""),
        "optional": not (bound.field.required or "data-when" in bound.field.widget.attrs)
        and not isinstance(widget, forms.CheckboxInput),
    }


def _control(bound: BoundField, described: str) -> str:
    widget = bound.field.widget
    base = "tick" if isinstance(widget, forms.CheckboxInput) else "in"
    attrs = {"class": f"{base} {widget.attrs.get('class', '')}".strip()}
    if described:
        attrs["aria-describedby"] = described
    if bound.errors:
        attrs["aria-invalid"] = "true"
    return bound.as_widget(attrs=attrs)


@register.inclusion_tag("parts/fields.html")
def fields(form: forms.BaseForm) -> dict:
    """The summary of errors, the hidden fields and every visible field in the form's order."""
    return {"form": form}


@register.inclusion_tag("parts/errors.html")
def errors(form: forms.BaseForm) -> dict:
    """What must be put right, above the form, each line a link to its field. The field says it again."""
    named = [(bound, bound.errors) for bound in form.visible_fields() if bound.errors]
    general = list(form.non_field_errors()) + [e for bound in form.hidden_fields() for e in bound.errors]
    return {"fields": named, "general": general, "count": len(named)}


@register.inclusion_tag("parts/filter_bar.html")
def filter_bar(form: forms.BaseForm, label: str, auto: bool = True) -> dict:
    """A GET form in one line: text fields as search, selects named by their present value, "Saring".

    `auto`: with script a changed select submits at once.
    """
    rows = []
    for bound in form.visible_fields():
        is_select = isinstance(bound.field.widget, forms.Select)
        attrs = {"class": "in"}
        if is_select and auto:
            attrs["data-auto"] = ""
        if not is_select:
            attrs["type"] = "search"
            attrs["placeholder"] = bound.field.widget.attrs.get("placeholder", bound.label)
        rows.append({"bound": bound, "select": is_select, "control": bound.as_widget(attrs=attrs)})
    return {"rows": rows, "hidden": form.hidden_fields(), "label": label}


@register.filter
def initials_hidden(name: str | None) -> str:
    """A name masked for the public: "Eneng Nurbaiti" → "E•••• N•••••••"."""
    return " ".join(word[:1] + "•" * (len(word) - 1) for word in str(name or "").split())


@register.simple_tag
def join(*parts: Any, by: str = " · ") -> str:
    """The parts that are not empty, joined by a middle dot; for second lines."""
    kept = [conditional_escape(part) for part in parts if not _is_missing(part)]
    return mark_safe(by.join(kept))  # noqa: S308 every part is escaped above
