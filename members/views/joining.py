"""Who asks to become a member: the list with its deadlines, and the answer to one."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from members import actions, joining
from members.forms.joining import DeclineForm
from members.models import JoinRequest
from members.views.doors import KEEPERS, may
from registry.access import door
from registry.codes import code_or_404
from registry.models.accounts import COOPERATIVE_KINDS
from registry.numbers import wa_link


@door(COOPERATIVE_KINDS)
@never_cache
def join_requests(request: HttpRequest) -> HttpResponse:
    """The requests that wait, the nearest deadline first; below them what was answered."""
    cooperative = request.place.cooperative
    context = {
        "waiting": joining.requests(cooperative=cooperative),
        "decided": joining.decided_requests(cooperative=cooperative),
        "may_decide": may(request, KEEPERS),
    }
    return render(request, "members/join_requests.html", context)


@door(COOPERATIVE_KINDS)
@never_cache
def join_request(request: HttpRequest, kode: str) -> HttpResponse:
    """One request: the person, who in the book may be the same, and Terima or Tolak."""
    kode = code_or_404(kode)
    found = (
        JoinRequest.objects.filter(cooperative=request.place.cooperative, code=kode).select_related("person").first()
    )
    if found is None:
        raise Http404
    if found.state != JoinRequest.State.WAITING:
        messages.info(request, f"Permohonan ini sudah dijawab: {found.get_state_display().lower()}.")
        return redirect("members:join_requests", *request.place)
    form = DeclineForm(request.POST or None if "tolak" in request.POST else None, auto_id="isi_%s")
    if request.method == "POST":
        if not may(request, KEEPERS):
            return render(request, "403.html", {"needed": ["sekretaris", "ketua"]}, status=403)
        if answered := _answer(request, found, form):
            return answered
    person = found.person
    context = {
        "asked": found,
        "person": person,
        "wa": wa_link(person.phone) if person.phone.startswith("+628") else "",
        "lookalikes": joining.lookalikes(
            cooperative=request.place.cooperative,
            name=person.name,
            birth_date=person.birth_date,
            blind_index=bytes(person.blind_index) if person.blind_index else None,
        ),
        "twins": joining.twins_waiting(request=found, person=person),
        "form": form,
        "may_decide": may(request, KEEPERS),
    }
    return render(request, "members/join_request.html", context)


def _answer(request: HttpRequest, found: JoinRequest, form: DeclineForm) -> HttpResponse | None:
    """Do what was pressed; None when the page must be shown again."""
    common = {"request": found, "actor": request.actor, "now": request.now}
    try:
        if "tolak" in request.POST:
            if not form.is_valid():
                return None
            actions.decline_request(**common, reason=form.cleaned_data["reason"])
            messages.success(request, "Jawaban tersimpan. Pemohon membaca alasannya dengan kodenya; datanya dihapus.")
            return redirect("members:join_requests", *request.place)
        member = actions.accept_request(**common, today=request.today)
    except actions.AlreadyDecided:
        messages.info(request, "Permohonan ini baru saja dijawab pengurus lain.")
        return redirect("members:join_requests", *request.place)
    except actions.DuplicateNationalId as error:
        messages.error(request, f"{error} Orang yang sama tidak dicatat dua kali; tolak dengan alasan itu.")
        return None
    messages.success(request, f"{member.number_text} tercatat di buku anggota sebagai calon anggota.")
    return redirect("members:card", *request.place, member.number)
