"""What waits for other agencies, and the letters that ask them to act."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import slugify

from koperasi.reports.blockers import letter, letter_pdf, waiting
from registry.access import door
from registry.models.accounts import DINAS_KINDS
from registry.paper import PaperError
from registry.views.listing import WRITERS


@door(DINAS_KINDS)
def blockers(request: HttpRequest) -> HttpResponse:
    """Everything open, by the agency that must act, the most first."""
    agency = request.place.agency
    found = waiting(agency, request.today)
    base = reverse("blocker_letter", args=[agency.slug])
    groups = [{"waiting": one, "letter": f"{base}?{urlencode({'instansi': one.waits_for})}"} for one in found]
    count = sum(len(one.rows) for one in found)
    context = {"groups": groups, "count": count, "may_write": request.place.grant.kind in WRITERS}
    return render(request, "dinas/blockers.html", context)


@door(DINAS_KINDS)
def blocker_letter(request: HttpRequest) -> HttpResponse:
    """The letter to one agency as PDF; its number and date are the office's to give."""
    asked = letter(request.place.agency, request.GET.get("instansi", "").replace("\0", ""), request.today)
    if asked is None:
        raise Http404
    try:
        paper = letter_pdf(asked)
    except PaperError as error:
        messages.error(request, str(error))
        return redirect("blockers", request.place.agency.slug)
    name = f"surat-hambatan-{slugify(asked.waiting.waits_for)[:40]}-{request.today:%Y-%m-%d}.pdf"
    return HttpResponse(
        paper.content, content_type="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'}
    )
