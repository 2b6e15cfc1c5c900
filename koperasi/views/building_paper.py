"""The list of buildings as a paper of the dinas."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET

from koperasi.reports.building_paper import building_paper, building_pdf
from registry.access import door
from registry.models.accounts import DINAS_KINDS
from registry.paper import PaperError
from registry.views.building_list import asked_for, filter_words

MOST_ROWS = 150  # more take the paper's engine longer than a person waits


@door(DINAS_KINDS)
@require_GET
def paper(request: HttpRequest) -> HttpResponse:
    """R6 as PDF: exactly the rows the list shows with the same address."""
    form, _asked, seen = asked_for(request)
    if len(seen.found) > MOST_ROWS:
        messages.warning(
            request,
            f"Kertas memuat paling banyak {MOST_ROWS} koperasi. Saring dulu menurut kecamatan, atau unduh XLSX.",
        )
        return redirect(f"{reverse('registry:buildings', args=[request.place.agency.slug])}?{request.GET.urlencode()}")
    try:
        made = building_pdf(building_paper(request.place.agency, seen, filter_words(form), request.today))
    except PaperError as error:
        messages.error(request, str(error))
        return redirect("registry:buildings", request.place.agency.slug)
    name = f"gedung-{request.place.agency.slug}-{request.today:%Y-%m-%d}.pdf"
    return HttpResponse(
        made.content, content_type="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'}
    )
