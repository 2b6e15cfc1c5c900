"""The parts of the look ("garis") that make a page: headings, tabs, work lists, figures, forms; builtin in every template.

Values, drawn parts and money stand beside this in `values`, `drawn` and `money`. What holds the page's own
content (tables, dialogs, columns) is plain HTML with the classes of `static/koperasi.css`.
Everything is shown with examples on the style page and listed in `docs/look.md`.
"""

from collections.abc import Iterable
from typing import Any

from django import forms, template
from django.core.paginator import Page
from django.forms.boundfield import BoundField

from registry import formats

from .drawn import UnknownPart, state_class, value_of
from .values import is_missing

register = template.Library()

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
    return {"pairs": [(name, value) for name, value in pairs if not is_missing(value)], "lines": lines}


@register.inclusion_tag("parts/facts.html")
def facts(pairs: Iterable[tuple[str, Any]]) -> dict:
    """Facts beside each other under a page title: (name, value) pairs."""
    return {"pairs": [(name, value) for name, value in pairs if not is_missing(value)]}


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
    (the evidence), `label` and `word` (instead of the state's own) if any."""
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
        word = step.get("word", word) if isinstance(step, dict) else word
        rows.append({"step": step, "class": css, "icon": icon_name, "word": word, "badge": badges[state]})
    return {"rows": rows}


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
