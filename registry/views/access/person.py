"""One access: what it opens, and what may be done about it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from registry import actions
from registry.access import door
from registry.actions.access import may_end
from registry.forms import access as forms
from registry.models import Grant, GrantKind
from registry.models import Place as Area
from registry.models.accounts import DINAS_KINDS
from registry.reports import access as reports

from .answers import READERS, cooperative_of, list_url, not_found, said, show_link


@door(DINAS_KINDS)
def person(request: HttpRequest, nomor: int) -> HttpResponse:
    """The dinas: one access, and what may be done about it."""
    return _person(request, nomor)


@door(READERS)
def cooperative_person(request: HttpRequest, nomor: int) -> HttpResponse:
    """One access in a cooperative, and what may be done about it."""
    cooperative_of(request)
    return _person(request, nomor)


def _person(request: HttpRequest, number: int) -> HttpResponse:
    grant = _grant(request, number)
    form = forms.UntilForm(initial={"until": grant.valid_to}, today=request.today, officer=grant.officer)
    if request.method == "POST":
        answer = _act_on(request, grant)
        if isinstance(answer, HttpResponse):
            return answer
        form = answer
    return render(request, "access/person.html", _person_context(request, grant, form))


def _grant(request: HttpRequest, number: int) -> Grant:
    found = Grant.objects.filter(agency_id=request.place.agency.pk).select_related(
        "agency", "cooperative__district", "invitation", "officer"
    )
    if request.place.cooperative:
        found = found.filter(cooperative_id=request.place.cooperative.pk)
    return get_object_or_404(found, pk=number) if number < 2**63 else not_found()


def _person_context(request: HttpRequest, grant: Grant, form) -> dict:
    row = reports.describe(grant, request.today)
    mine = grant.user_id == request.actor.user_id
    may_act = may_end(request.actor, grant) and not mine
    return {
        "row": row,
        "person": grant,
        "form": form,
        "mine": mine,
        "may_act": may_act and row.state != "Berakhir",
        "may_prolong": may_act and row.state != "Berakhir" and grant.kind != GrantKind.CASE,
        "may_restore": may_act and grant.ended_on == request.today,
        "may_reset_factor": may_act and request.actor.kind == GrantKind.DINAS_ADMIN,
        "districts": _names_of(grant),
        "list_url": list_url(request.place),
    }


def _names_of(grant: Grant) -> str:
    return (
        ", ".join(Area.objects.filter(pk__in=grant.districts).order_by("name").values_list("name", flat=True))
        if grant.districts
        else ""
    )


def _act_on(request: HttpRequest, grant: Grant) -> HttpResponse | forms.UntilForm:
    """Do what the pressed button says. Return where to go, the page with the new link, or the form with its error."""
    act = request.POST.get("tindakan", "")
    name = grant.user_name
    common = {"grant": grant, "actor": request.actor, "now": request.now}
    try:
        if act == "akhiri":
            actions.end_access(**common, today=request.today)
            return said(
                request,
                f"Akses {name} sudah berakhir dan semua perangkatnya dikeluarkan. Bila keliru, buka lagi hari ini.",
            )
        if act == "buka-lagi":
            actions.restore_access(**common, today=request.today)
            return said(request, f"Akses {name} dibuka lagi.")
        if act in ("password", "totp"):
            return _reset_link(request, grant, act)
        form = forms.UntilForm(request.POST, today=request.today, officer=grant.officer)
        if form.is_valid():
            actions.prolong_access(**common, until=form.cleaned_data["until"])
            return said(request, f"Akses {name} berlaku sampai tanggal yang baru.")
        return form
    except actions.AlreadyHeld:
        return said(request, f"{name} sudah mendapat akses yang sama lewat undangan baru.", wrong=True)
    except actions.BeyondTerm:  # the term was shortened while the form was open
        return said(request, f"Akses {name} tidak dapat melewati akhir masa jabatannya.", wrong=True)
    except actions.NotYours:
        return said(request, "Anda tidak berhak mengubah akses ini. Tidak ada yang berubah.", wrong=True)


def _reset_link(request: HttpRequest, grant: Grant, purpose: str) -> HttpResponse:
    try:
        link, token = actions.make_reset_link(
            grant=grant, purpose=purpose, actor=request.actor, now=request.now, today=request.today
        )
    except actions.AccessElsewhere:
        return said(
            request,
            f"{grant.user_name} juga punya akses di tempat lain, jadi tautannya dibuat oleh admin dinas atau operator.",
            wrong=True,
        )
    return show_link(request, link, token)
