"""Organs of all cooperatives, for the dinas: empty posts, terms, composition, turnover; each list as a file too."""

from io import BytesIO

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from registry.access import door
from registry.formats import format_date, format_moment
from registry.forms.officers import OrgansForm
from registry.models import Place, Programme
from registry.models.accounts import DINAS_KINDS
from registry.reports import organs as reports
from registry.sheets.columns import Column
from registry.sheets.writing import write_csv, write_xlsx
from registry.views.listing import FILE_TYPES, WRITERS

PER_PAGE = 50
LISTS = {
    "kosong": "Jabatan kosong",
    "berakhir": "Masa jabatan",
    "kelengkapan": "Kelengkapan",
    "pergantian": "Pergantian",
}
_WHERE = (Column("name", "Koperasi", width=36), Column("district", "Kecamatan", width=20))
COLUMNS = {
    "kosong": (*_WHERE, Column("post", "Jabatan", width=28), Column("seats", "Kursi", kind="integer"),
               Column("since", "Kosong sejak", kind="date"), Column("days", "Hari", kind="integer")),
    "berakhir": (*_WHERE, Column("post", "Jabatan", width=28), Column("person", "Nama", width=28),
                 Column("phone", "Nomor HP", kind="identifier"), Column("ends", "Sampai", kind="date"), Column("days", "Sisa hari", kind="integer")),
    "kelengkapan": (*_WHERE, Column("met", "Syarat terpenuhi", kind="integer"), Column("of", "Dari", kind="integer"),
                    Column("broken", "Yang belum terpenuhi", width=80), Column("rules", "Aturan", width=44)),
    "pergantian": (*_WHERE, Column("post", "Jabatan", width=28), Column("person", "Nama", width=28), Column("ended", "Berhenti", kind="date"),
                   Column("why", "Sebab", width=28)),
}  # fmt: skip


def organs_tabs(current: str) -> list[dict]:
    """The pages around organs."""
    tabs = [(key, label, ("registry:organs", (key,))) for key, label in LISTS.items()]
    tabs += [
        ("rangkap", "Rangkap koperasi", ("registry:persons", ())),
        ("kepala", "Lurah dan kades", ("registry:heads", ())),
    ]
    return [
        {"label": label, "view": view, "parts": parts, "key": key, "current": key == current}
        for key, label, (view, parts) in tabs
    ]


def placed_tabs(request: HttpRequest, current: str, query: dict | None = None) -> list[dict]:
    """The tabs with their addresses; filters that every list has go along."""
    kept = {name: value for name, value in (query or {}).items() if name in ("kecamatan", "program", "cari")}
    tail = f"?{urlencode(kept)}" if kept else ""
    return [
        {**tab, "url": reverse(tab["view"], args=[request.place.agency.slug, *tab["parts"]]) + tail}
        for tab in organs_tabs(current)
    ]


@door(DINAS_KINDS)
def organs(request: HttpRequest, daftar: str = "kosong") -> HttpResponse:
    """One of the lists, filtered by its address, fifty a page."""
    form, asked = _asked(request, daftar)
    agency, today = request.place.agency, request.today
    more = _beside(request, daftar, asked)
    rows = more.pop("rows", None)
    rows = _rows(request, daftar, asked) if rows is None else rows
    page = Paginator(rows if form.is_valid() else [], PER_PAGE).get_page(request.GET.get("halaman"))
    context = {
        "form": form, "asked": asked, "page": page, "daftar": daftar, "title": LISTS[daftar], "tabs": placed_tabs(request, daftar, asked.as_query),
        "coverage": reports.coverage(agency, asked, today), "query": urlencode(asked.as_query),
        "may_write": request.place.grant.kind in WRITERS, **more,
    }  # fmt: skip
    return render(request, f"registry/organs_{daftar}.html", context)


@door(DINAS_KINDS)
def organs_file(request: HttpRequest, daftar: str, form: str) -> HttpResponse:
    """Exactly the rows of a list with the same address, as a file."""
    asked_form, asked = _asked(request, daftar)
    rows = _rows(request, daftar, asked) if asked_form.is_valid() else []
    cells = [_cells(daftar, row, request, asked) for row in rows]
    target = BytesIO()
    if form == "csv":
        write_csv(target, columns=COLUMNS[daftar], rows=cells)
    else:
        shown = {
            name: dict(getattr(asked_form.fields[name], "choices", ())).get(value, value)
            for name, value in asked.as_query.items()
        }
        words = "; ".join(f"{asked_form.fields[name].label}: {value}" for name, value in shown.items())
        notes = [f"Keadaan per {format_date(request.today)}", f"Saringan: {words or 'semua koperasi'}"]
        made = f"Diunduh {request.actor.name}, {format_moment(request.now)}"
        title = f"{LISTS[daftar]} pengurus dan pengawas {request.place.agency.government}"
        write_xlsx(target, title=title, columns=COLUMNS[daftar], rows=cells, notes=notes, made=made)
    name = f"pengurus-{daftar}-{request.place.agency.slug}-{request.today:%Y-%m-%d}.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(target.getvalue(), content_type=FILE_TYPES[form], headers=headers)


def _asked(request: HttpRequest, daftar: str) -> tuple[OrgansForm, reports.Asked]:
    if daftar not in LISTS:
        raise Http404
    districts = Place.objects.filter(parent=request.place.agency.place_id, level=Place.Level.DISTRICT).order_by("code")
    form = OrgansForm(
        request.GET,
        districts=list(districts),
        programmes=list(Programme.objects.all()),
        by_rule=daftar == "kelengkapan",
    )
    valid = form.is_valid()
    return form, reports.Asked(**form.cleaned_data) if valid else reports.Asked()


def _rows(request: HttpRequest, daftar: str, asked: reports.Asked):
    agency, today = request.place.agency, request.today
    if daftar == "kelengkapan":
        return reports.composition(agency, today, asked).rows
    return {"kosong": reports.vacancies, "berakhir": reports.ending, "pergantian": reports.turnover}[daftar](
        agency, today, asked
    )


def _beside(request: HttpRequest, daftar: str, asked: reports.Asked) -> dict:
    """What stands above a list, and the list itself where both are one look."""
    agency, today = request.place.agency, request.today
    if daftar == "kosong":
        rows = reports.vacancies(agency, today, asked)
        return {
            "rows": rows,
            "seats": sum(row.seats for row in rows),
            "cooperatives": len({row.cooperative_id for row in rows}),
        }
    if daftar == "pergantian":
        return {"counts": reports.turnover_counts(agency, today, asked)}
    if daftar == "kelengkapan":
        found = reports.composition(agency, today, asked)
        kept = {name: value for name, value in asked.as_query.items() if name != "aturan"}
        rules = [{"count": one, "url": f"?{urlencode(kept | {'aturan': one.rule.code})}"} for one in found.rules]
        rows = [
            {"cooperative": one, "judged": judged, "broken": reports.broken(judged, asked.aturan)}
            for one, judged in found.rows
        ]
        rule = next((one.rule for one in found.rules if one.rule.code == asked.aturan), None)
        return {"rows": rows, "seen": found, "rules": rules, "rule": rule, "all_rules": f"?{urlencode(kept)}"}
    return {}


def _cells(daftar: str, row, request: HttpRequest, asked: reports.Asked) -> list:
    if daftar == "kosong":
        return [row.name, row.district, row.label, row.seats, row.since, row.days]
    if daftar == "kelengkapan":
        one, judged = row
        return [
            one.short_name,
            one.district,
            judged.met,
            judged.of,
            " ".join(reports.broken(judged, asked.aturan)),
            judged.pack.label,
        ]
    where = [row.cooperative.short_name, row.cooperative.district.name, row.get_position_display(), row.name]
    if daftar == "berakhir":
        return [*where, row.phone, row.ends_on, reports.days_until(row.ends_on, request.today)]
    return [*where, row.ended_on, row.get_end_reason_display() if row.end_reason else "Belum dicatat"]
