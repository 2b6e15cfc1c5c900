"""A member asks to leave: written down by any officer who registers, decided by the sekretaris or the ketua."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from members import actions, reports
from members.forms.life import ExitRequestForm, RefusalForm
from members.views.doors import KEEPERS, READERS, REGISTRARS, may, member_of
from registry.access import door

NOTHING = "Permohonan ini sudah diputuskan atau ditarik."


@door(READERS)
@never_cache
def exit_requests(request: HttpRequest) -> HttpResponse:
    """The requests that wait for a decision, the oldest first."""
    waiting = reports.exit_requests(request.place.cooperative)
    return render(request, "members/exit_requests.html", {"waiting": waiting})


@door(REGISTRARS)
@never_cache
def ask_to_leave(request: HttpRequest, number: int) -> HttpResponse:
    """Write a request down; see what became of it; decide."""
    one = member_of(request, number)
    waiting = reports.exit_request_of(one)
    form = ExitRequestForm(request.POST or None, member=one, today=request.today, auto_id="isi_%s")
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            actions.ask_to_leave(member=one, **data, actor=request.actor, now=request.now)
        except actions.AlreadyExited:
            messages.info(request, f"{one.number_text} sudah berhenti.")
        except actions.AlreadyAsked:
            messages.info(request, "Permohonan anggota ini sudah dicatat dan menunggu keputusan.")
        else:
            messages.success(request, "Permohonan tercatat. Sekretaris atau ketua yang memutuskan.")
        return redirect("members:ask_to_leave", *request.place, one.number)
    context = {
        "member": one,
        "form": form if one.is_current and waiting is None else None,
        "waiting": waiting,
        "past": reports.exit_requests_decided(one),
        "refusal": RefusalForm(auto_id="tolak_%s"),
        "may_keep": may(request, KEEPERS),
    }
    return render(request, "members/ask_to_leave.html", context)


@door(KEEPERS)
@require_POST
def refuse_request(request: HttpRequest, number: int) -> HttpResponse:
    """Refuse, with the reason the member is told."""
    one = member_of(request, number)
    form = RefusalForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect("members:ask_to_leave", *request.place, one.number)
    try:
        actions.refuse_to_let_go(member=one, answer=form.cleaned_data["answer"], actor=request.actor, now=request.now)
        messages.success(request, "Permohonan ditolak. Sampaikan alasannya kepada anggota.")
    except actions.NothingAsked:
        messages.info(request, NOTHING)
    return redirect("members:ask_to_leave", *request.place, one.number)


@door(REGISTRARS)
@require_POST
def withdraw_request(request: HttpRequest, number: int) -> HttpResponse:
    """The member stays after all."""
    one = member_of(request, number)
    try:
        actions.withdraw_request(member=one, actor=request.actor, now=request.now)
        messages.success(request, "Permohonan ditarik; ia tetap anggota.")
    except actions.NothingAsked:
        messages.info(request, NOTHING)
    return redirect("members:ask_to_leave", *request.place, one.number)
