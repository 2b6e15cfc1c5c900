"""The list of cooperatives: the page and its files."""

from datetime import date
from io import BytesIO

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from registry.access import assigned_ids, door
from registry.formats import format_moment, format_number
from registry.forms.listing import ListForm
from registry.models import Cooperative, GrantKind, Nudge
from registry.models.accounts import DINAS_KINDS
from registry.reports import freshness, listing, status
from registry.reports.listing import EXTRA_COLUMNS, Choice, ExtraColumn
from registry.resources import BUILDING_WORDS, CooperativeList
from registry.sheets.columns import Column
from registry.sheets.writing import write_csv, write_xlsx

READERS = DINAS_KINDS | {GrantKind.FIELD, GrantKind.EXECUTIVE}
WRITERS = frozenset({GrantKind.DINAS_ADMIN, GrantKind.DINAS_STAFF})
PAGE_SIZE = 50
VIEWS = (
    ("semua", "Semua", {}),
    ("tertinggal", "Belum diperbarui > 30 hari", {"segar": "tertinggal"}),
    ("rat", "Belum RAT", {"rat": "belum"}),
    ("hambatan", "Ada hambatan", {"hambatan": "ada"}),
    ("gedung", "Belum punya gedung", {"gedung": "none"}),
)
FILE_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


@door(READERS)
def cooperatives(request: HttpRequest) -> HttpResponse:
    """The list, filtered and sorted by its address, fifty a page."""
    form, choice, rows = _asked(request)
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("halaman"))
    kind, extras = request.place.grant.kind, _extras(request)
    context = {
        "form": form,
        "choice": choice,
        "page": page,
        "rows": [
            _row(cooperative, choice, request.today, kind) for cooperative in _with_extras(page, extras, request.today)
        ],
        "extras": extras,
        "rule": choice.rule,
        "rat_year": listing.rat_year(request.today),
        "views": _views(request, choice),
        "sorts": _sorts(choice),
        "may_write": kind in WRITERS,
        "is_filtered": bool(choice.as_query) or not form.is_valid(),
        "query": request.GET.urlencode(),
        "no_rows": _no_rows(form, choice),
        "reasons": Nudge.Reason.choices,
        "reason": _reason(choice) if kind in WRITERS and page.paginator.count else "",
    }
    return render(request, "registry/cooperatives.html", context)


def _reason(choice: Choice) -> str:
    """What the filters suggest reminding of; "" when they suggest nothing."""
    if choice.rat in ("belum", "ditagih"):
        return Nudge.Reason.RAT
    if choice.masa:
        return Nudge.Reason.TERMS
    if choice.buku == "belum":
        return Nudge.Reason.BOOKS
    return Nudge.Reason.SILENT if choice.segar not in ("", "baru", "cukup") else ""


@door(READERS)
def download(request: HttpRequest, form: str) -> HttpResponse:
    """Exactly the rows the list shows with the same address, in its order, as a file."""
    asked, choice, rows = _asked(request)
    resource = CooperativeList(rule=choice.rule, rat_year=listing.rat_year(request.today), today=request.today)
    extras = _extras(request)
    columns = [*resource.shown_columns(), *(column for extra in extras for column in _file_columns(extra))]
    cells = resource.rows_with(rows, extras)
    target = BytesIO()
    if form == "csv":
        write_csv(target, columns=columns, rows=cells)
    else:
        made = f"Diunduh {request.actor.name}, {format_moment(request.now)}"
        title = f"Daftar koperasi {request.place.agency.government}"
        write_xlsx(target, title=title, columns=columns, rows=cells, notes=_notes(asked, choice), made=made)
    name = f"koperasi-{request.place.agency.slug}-{request.today:%Y-%m-%d}.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(target.getvalue(), content_type=FILE_TYPES[form], headers=headers)


def _asked(request: HttpRequest) -> tuple[ListForm, Choice, object]:
    """The form of the address, what it asks for, and the rows. An address that asks nonsense gets no rows."""
    agency, grant = request.place.agency, request.place.grant
    form = ListForm(request.GET, agency=agency, rat_year=listing.rat_year(request.today))
    choice = form.choice if form.is_valid() else Choice()
    only = assigned_ids(grant) if grant.kind == GrantKind.FIELD else None
    officers = grant.kind != GrantKind.EXECUTIVE
    rows = listing.choose(agency, choice, request.today, only, officers=officers)
    return form, choice, rows if form.is_valid() else rows.none()


def _extras(request: HttpRequest) -> list[ExtraColumn]:
    """What higher storeys add. The head of region sees members and money of a kecamatan, never of one cooperative."""
    return [] if request.place.grant.kind == GrantKind.EXECUTIVE else EXTRA_COLUMNS


def _file_columns(extra: ExtraColumn) -> tuple[Column, Column]:
    source = f"Sumber {extra.label.lower().removesuffix(' (rp)')}"
    return Column(extra.key, extra.label, kind=extra.kind), Column(f"{extra.key}_source", source, width=28)


def _with_extras(page, extras: list[ExtraColumn], today: date) -> list[Cooperative]:
    found = list(page)
    ids = [cooperative.pk for cooperative in found]
    values = [(extra, extra.values(found[0].agency_id, ids, today)) for extra in extras] if found else []
    for cooperative in found:
        cooperative.extra_values = [(extra, value.get(cooperative.pk)) for extra, value in values]
    return found


def _row(cooperative: Cooperative, choice: Choice, today: date, kind: str) -> dict:
    answer = status.Status(cooperative.status, choice.rule.label(cooperative.status))
    return {
        "cooperative": cooperative,
        "status": answer,
        "building": BUILDING_WORDS[cooperative.building],
        "days": freshness.days_since(cooperative.standing.last_recorded_on, today),
        "opens": kind != GrantKind.EXECUTIVE,
    }


def _views(request: HttpRequest, choice: Choice) -> list[dict]:
    """The saved views with their counts; the present one is the one whose filters are exactly the address'."""
    grant = request.place.grant
    only = assigned_ids(grant) if grant.kind == GrantKind.FIELD else None
    counts = listing.counts_of_views(request.place.agency, request.today, only)
    asked = {name: value for name, value in choice.as_query.items() if name != "urut"}
    base = reverse("registry:cooperatives", args=[request.place.agency.slug])
    return [
        {
            "label": label,
            "url": f"{base}?{urlencode(filters)}" if filters else base,
            "count": format_number(counts[key]),
            "current": asked == filters,
        }
        for key, label, filters in VIEWS
    ]


def _sorts(choice: Choice) -> dict[str, dict]:
    """For each sortable heading: what a click asks for, and how the list is sorted now."""
    found = {}
    for name in ("nama", "wilayah", "jenis", "diperbarui"):
        now = choice.urut.lstrip("-") == name
        up = now and not choice.urut.startswith("-")
        query = {**choice.as_query, "urut": f"-{name}" if up else name}
        found[name] = {"url": f"?{urlencode(query)}", "now": ("ascending" if up else "descending") if now else ""}
    return found


def _no_rows(form: ListForm, choice: Choice) -> dict[str, str]:
    """A sentence of fact and one of cause for a list without rows."""
    if not form.is_valid():
        wrong = ", ".join(form.fields[name].label.lower() for name in form.errors)
        return {"title": "Saringan ini tidak dikenal.", "cause": f"Periksa: {wrong}."}
    words = [_filter_words(form, name) for name in choice.as_query if name not in ("urut", "cari", "aturan")]
    filters = f"Saringan: {', '.join(words)}." if words else ""
    if choice.cari:
        fact = f"Tidak ada koperasi yang cocok dengan “{choice.cari}”."
        return {"title": fact, "cause": f"{filters} Coba satu kata saja, atau cari di semua kecamatan.".strip()}
    return {"title": "Tidak ada koperasi dengan saringan ini.", "cause": filters}


def _filter_words(form: ListForm, name: str) -> str:
    """ "kecamatan Walantaka", "Belum RAT 2025"."""
    shown = _shown(form, name)
    return shown if name in ("rat", "hambatan") else f"{form.fields[name].label.lower()} {shown}"


def _notes(form: ListForm, choice: Choice) -> list[str]:
    """What stands under the title of the file: the filters, and what the status means."""
    words = [
        f"{form.fields[name].label}: {_shown(form, name)}" for name in choice.as_query if name not in ("urut", "aturan")
    ]
    rule = choice.rule
    return [
        "Saringan: " + ("; ".join(words) if words else "semua koperasi"),
        f"Status: {rule.name}. {rule.definition} Sumber: {rule.source}.",
    ]


def _shown(form: ListForm, name: str) -> str:
    value = form.cleaned_data[name]
    return dict(getattr(form.fields[name], "choices", ())).get(value, value)
