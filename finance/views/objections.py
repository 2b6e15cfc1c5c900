"""What members say about their receipts: read by everybody of the cooperative, answered by pengawas and dinas only."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from finance import actions, reports
from finance.forms.objecting import AnswerForm
from finance.models import Receipt
from finance.views.dues import READERS
from registry.access import door
from registry.codes import code_or_404
from registry.models import Cooperative, GrantKind
from registry.models.accounts import DINAS_KINDS
from registry.views.cooperatives import page_context

ANSWERERS = DINAS_KINDS | {GrantKind.SUPERVISOR}


@door(READERS, DINAS_KINDS)
def objections(request: HttpRequest) -> HttpResponse:
    """Every objection of one cooperative, those that wait first."""
    found = reports.objections(cooperative=request.place.cooperative)
    waiting = sum(not hasattr(one, "answer") for one in found)
    return render(request, "finance/objections.html", page_context(request, "", objections=found, waiting=waiting))


@door(READERS, DINAS_KINDS)
def objection(request: HttpRequest, kode: str) -> HttpResponse:
    """The objections about one receipt; pengawas and dinas answer the one that waits, nobody changes one."""
    kode = code_or_404(kode)
    found = sorted(reports.objections(cooperative=request.place.cooperative, code=kode), key=lambda one: one.number)
    if not found:
        raise Http404
    waiting = found[-1] if not hasattr(found[-1], "answer") else None
    form = AnswerForm(request.POST or None, auto_id="isi_%s")
    may_answer = request.place.grant.kind in ANSWERERS
    if request.method == "POST":
        if not may_answer:
            return render(request, "403.html", {"needed": ["pengawas", "staf dinas"]}, status=403)
        if waiting is None:
            messages.info(request, "Laporan ini sudah dijawab.")
            return redirect("finance:objection", *request.place, kode)
        if form.is_valid():
            try:
                actions.answer_objection(
                    objection=waiting, text=form.cleaned_data["text"], actor=request.actor, now=request.now
                )
            except actions.Refused as error:
                messages.info(request, error.sentence)
            else:
                messages.success(request, "Jawaban terkirim. Pelapor membacanya di halaman kuitansi.")
            return redirect("finance:objection", *request.place, kode)
    context = page_context(
        request, "", objections=found, waiting=waiting, form=form, may_answer=may_answer, code=kode,
        receipt=_receipt(request, kode),
    )  # fmt: skip
    return render(request, "finance/objection.html", context)


def _receipt(request: HttpRequest, code: str) -> Receipt | None:
    """The receipt itself, for people of the cooperative; the dinas knows its code only."""
    if request.place.grant.kind in DINAS_KINDS:
        return None
    return Receipt.objects.filter(cooperative=request.place.cooperative, code=code).first()


@door(DINAS_KINDS)
def agency_objections(request: HttpRequest) -> HttpResponse:
    """The cooperatives in which objections wait, the longest first."""
    found = reports.open_objections(agency=request.place.agency)
    chosen = Cooperative.objects.filter(agency=request.place.agency, pk__in=[one.cooperative_id for one in found])
    places = {one.pk: one for one in chosen.select_related("district")}
    rows = [{"cooperative": places[one.cooperative_id], "open": one} for one in found if one.cooperative_id in places]
    return render(request, "finance/objections_agency.html", {"rows": rows, "total": sum(one.count for one in found)})
