"""The book of acts: who did what in one cooperative, and who looked at personal data anywhere in the agency."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from registry.access import door
from registry.forms import access as forms
from registry.models import GrantKind
from registry.reports import access as reports

from .answers import ROWS, dinas_tabs


@door(GrantKind.DINAS_ADMIN, GrantKind.DINAS_HEAD)
def looks(request: HttpRequest) -> HttpResponse:
    """The dinas: who looked at personal data, where, when and why."""
    form = forms.LooksFilter(request.GET or None)
    asked = form.cleaned_data if form.is_valid() else {}
    found = reports.looks(
        agency_id=request.place.agency.pk,
        words=asked.get("cari", ""),
        since=form.since(request.today) if asked else None,
    )
    page = Paginator(found, ROWS).get_page(request.GET.get("halaman"))
    context = {
        "filter": form,
        "page": page,
        "lines": [reports.trail_line(event) for event in page],
        "tabs": dinas_tabs(request, "looks"),
        "narrowed": bool(asked.get("cari") or asked.get("sejak")),
    }
    return render(request, "access/looks.html", context)


@door(GrantKind.CHAIR, GrantKind.VICE_CHAIR, GrantKind.SUPERVISOR, GrantKind.CASE)
def trail(request: HttpRequest) -> HttpResponse:
    """One cooperative: who did what, and who looked at personal data."""
    form = forms.TrailFilter(request.GET or None)
    asked = form.cleaned_data if form.is_valid() else {}
    kind = {"tindakan": False, "lihat": True}.get(asked.get("jenis", ""))
    found = reports.trail(
        cooperative_id=request.place.cooperative.pk,
        words=asked.get("cari", ""),
        since=form.since(request.today) if asked else None,
        looks=kind,
    )
    page = Paginator(found, ROWS).get_page(request.GET.get("halaman"))
    context = {
        "filter": form,
        "page": page,
        "lines": [reports.trail_line(event) for event in page],
        "narrowed": any(asked.values()),
    }
    return render(request, "access/trail.html", context)
