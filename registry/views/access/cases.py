"""Supervision cases: opened by the dinas for one cooperative, listed for its head, ended before their last day."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from registry import actions
from registry.access import door
from registry.actions.cases import CASE_DAYS, OPENERS, may_close
from registry.formats import format_date_long
from registry.forms.access import CaseForm
from registry.models.accounts import DINAS_KINDS
from registry.reports import access as reports
from registry.views.cooperatives import page_context

from .answers import ROWS, dinas_tabs, not_found


@door(DINAS_KINDS)
def cases(request: HttpRequest) -> HttpResponse:
    """The dinas: every case in the agency, open ones among them."""
    page = Paginator(reports.cases(agency_id=request.place.agency.pk), ROWS).get_page(request.GET.get("halaman"))
    context = {"page": page, "rows": _rows(request, page), "tabs": dinas_tabs(request, "cases"), "of_agency": True}
    return render(request, "access/cases.html", context)


@door(DINAS_KINDS)
def cooperative_case(request: HttpRequest) -> HttpResponse:
    """One cooperative: open a case with a reason, go on with an open one, and see who read it before."""
    cooperative = request.place.cooperative
    form = CaseForm(request.POST or None)
    if request.method == "POST" and request.actor.kind in OPENERS and form.is_valid():
        try:
            case = actions.open_case(
                cooperative=cooperative, reason=form.cleaned_data["reason"], actor=request.actor, now=request.now, today=request.today
            )  # fmt: skip
        except actions.AlreadyHeld:
            messages.info(request, "Kasus Anda di koperasi ini sudah terbuka.")
            return redirect("registry:cooperative_case", *request.place)
        messages.success(request, f"Kasus terbuka sampai {format_date_long(case.valid_to)}.")
        return redirect("cooperative_home", *request.place)
    rows = _rows(request, reports.cases(agency_id=cooperative.agency_id, cooperative_id=cooperative.pk)[:ROWS])
    mine = next((row for row in rows if row["case"].is_open and row["mine"]), None)
    context = {"form": form, "rows": rows, "mine": mine, "may_open": request.actor.kind in OPENERS, "days": CASE_DAYS}
    status = 422 if form.is_bound else 200
    return render(request, "access/cooperative_case.html", page_context(request, "kasus", **context), status=status)


@door(DINAS_KINDS)
@require_POST
def case_end(request: HttpRequest, nomor: int) -> HttpResponse:
    """End a case before its last day."""
    cooperative = request.place.cooperative
    found = reports.cases(agency_id=cooperative.agency_id, cooperative_id=cooperative.pk)
    case = get_object_or_404(found, pk=nomor) if nomor < 2**63 else not_found()
    try:
        actions.close_case(case=case, actor=request.actor, now=request.now, today=request.today)
        messages.success(request, f"Kasus {case.user_name} di {cooperative.short_name} sudah diakhiri.")
    except actions.NotYours:
        messages.error(request, "Kasus ini hanya dapat diakhiri pembukanya, admin, atau kepala dinas.")
    if request.POST.get("dari") == "daftar":
        return redirect("registry:cases", request.place.agency.slug)
    return redirect("registry:cooperative_case", *request.place)


def _rows(request: HttpRequest, found) -> list[dict]:
    described = (reports.describe_case(grant, request.today) for grant in found)
    return [
        {
            "case": case,
            "mine": case.grant.user_id == request.actor.user_id,
            "may_end": case.is_open and may_close(request.actor, case.grant),
        }
        for case in described
    ]
