"""Who has access to what until when: the lists of the dinas and of one cooperative."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from registry.access import door
from registry.actions.access import may_give
from registry.actions.logins import waits_for_second_admin
from registry.forms import access as forms
from registry.models import GrantKind, Officer
from registry.models.accounts import DINAS_KINDS
from registry.models.officers import ACCESS_OF_POST
from registry.reports import access as reports

from .answers import GIVERS, READERS, ROWS, cooperative_of, dinas_tabs


@door(DINAS_KINDS)
def people(request: HttpRequest) -> HttpResponse:
    """The dinas: who has access to what until when, in the agency and its cooperatives."""
    agency = request.place.agency
    form = forms.AccessFilter(request.GET or None, agency=agency)
    asked = form.cleaned_data if form.is_valid() else {}
    state = asked.get("keadaan") or "berlaku"
    found = reports.filter_accesses(
        reports.accesses(agency_id=agency.pk),
        words=asked.get("cari", ""),
        group=asked.get("sebagai", ""),
        state="" if state == "semua" else state,
        district=asked.get("kecamatan", ""),
        today=request.today,
    )
    page = Paginator(found, ROWS).get_page(request.GET.get("halaman"))
    context = {
        "filter": form,
        "page": page,
        "rows": [reports.describe(grant, request.today) for grant in page],
        "links": _links(request),
        "may_act": request.actor.kind == GrantKind.DINAS_ADMIN,
        "tabs": dinas_tabs(request, "people"),
        "searched": asked.get("cari", ""),
    }
    return render(request, "access/people.html", context)


@door(READERS)
def cooperative_people(request: HttpRequest) -> HttpResponse:
    """One cooperative: who has access until when, the links that are open, and who could be invited."""
    cooperative = cooperative_of(request)
    found = reports.accesses(agency_id=cooperative.agency_id, cooperative_id=cooperative.pk)
    rows = [reports.describe(grant, request.today) for grant in found if grant.kind != GrantKind.CASE]
    cases = [reports.describe_case(grant, request.today) for grant in found if grant.kind == GrantKind.CASE]
    current = [row for row in rows if row.state in ("Berlaku", "Segera habis")]
    links = _links(request)
    context = {
        "current": current,
        "past": [row for row in rows if row not in current],
        "cases": sorted(cases, key=lambda case: (not case.is_open, -case.grant.pk))[:ROWS],
        "links": links,
        "to_invite": _without_access(request, current, links),
        "may_act": request.actor.kind in GIVERS,
        "trail_url": _trail_url(request),
    }
    return render(request, "access/cooperative.html", context)


def _links(request: HttpRequest) -> list[dict]:
    """Return the open links this person may see, with what may be done about each."""
    if request.actor.kind not in {*GIVERS, *DINAS_KINDS}:
        return []
    cooperative = request.place.cooperative
    found = reports.open_links(
        agency_id=request.place.agency.pk,
        now=request.now,
        cooperative_id=cooperative.pk if cooperative else None,
    )
    return [
        {
            "link": link,
            "label": GrantKind(link.kind).label,
            "waits": waits_for_second_admin(link),
            "may_confirm": request.actor.kind == GrantKind.DINAS_ADMIN
            and request.actor.user_id not in (link.made_by, link.for_user_id),
            "may_withdraw": may_give(request.actor, link.kind, link.cooperative),
        }
        for link in found[:ROWS]
    ]


def _without_access(request: HttpRequest, current: list, links: list[dict]) -> list[Officer]:
    """Return the office-holders for whom neither an access nor an open link of their kind and name exists."""
    if request.actor.kind not in GIVERS:
        return []
    taken = {(row.grant.kind, row.grant.user_name.lower()) for row in current}
    taken |= {(item["link"].kind, item["link"].name.lower()) for item in links}
    singles = {row.grant.kind for row in current} - {GrantKind.SUPERVISOR, GrantKind.VICE_CHAIR}
    officers = Officer.objects.filter(cooperative_id=request.place.cooperative.pk, ended_on__isnull=True)
    return [
        officer
        for officer in officers
        if ACCESS_OF_POST[officer.position] not in singles
        and (ACCESS_OF_POST[officer.position], officer.name.lower()) not in taken
    ]


def _trail_url(request: HttpRequest) -> str:
    readers = {GrantKind.CHAIR, GrantKind.VICE_CHAIR, GrantKind.SUPERVISOR}
    return reverse("registry:trail", args=[*request.place]) if request.actor.kind in readers else ""
