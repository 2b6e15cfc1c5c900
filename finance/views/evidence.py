"""Pictures kept with an entry: shown to whom the books are open, added by cashiers, removed by nobody."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header

from finance import actions, reports
from finance.forms.cash import EvidenceForm
from finance.models import Evidence
from finance.views.dues import CASHIERS, find_entry
from registry.access import door
from registry.actions.files import read_file
from registry.models.accounts import COOPERATIVE_KINDS


@door(CASHIERS)
def add_evidence(request: HttpRequest, jurnal: str) -> HttpResponse:
    """Keep photos with an entry made before: the signed sheet, a transfer, the bank's slip."""
    cooperative, entry = request.place.cooperative, find_entry(request, jurnal)
    form = EvidenceForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            kept = actions.attach_evidence(
                cooperative=cooperative,
                entry=entry,
                pictures=form.cleaned_data["foto"],
                actor=request.actor,
                now=request.now,
            )
        except actions.Refused as error:
            form.add_error("foto", error.sentence)
        else:
            messages.success(request, f"{kept} foto disimpan." if kept else "Foto itu sudah tersimpan sebelumnya.")
            return redirect("finance:entry", *request.place, entry.address)
    context = {"form": form, "entry": entry, "evidence": reports.evidence_of(cooperative, entry.pk)}
    return render(request, "finance/add_evidence.html", context)


@door(COOPERATIVE_KINDS)
def picture(request: HttpRequest, number: int) -> HttpResponse:
    """One picture of this cooperative's entries. Not for a case: it opens the books, no uploaded file."""
    found = Evidence.objects.filter(cooperative=request.place.cooperative, pk=number).select_related("file").first()
    if found is None:
        raise Http404
    try:
        content = read_file(found.file)
    except FileNotFoundError as error:
        raise Http404 from error
    answer = HttpResponse(content, content_type=found.file.content_type)
    answer["Content-Disposition"] = content_disposition_header(False, found.file.name) or "inline"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer
