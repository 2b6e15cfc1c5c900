"""New one-time links, and what may be done about those that were not opened yet."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache

from registry import actions
from registry.access import door
from registry.forms import access as forms
from registry.models import GrantKind, Invitation, Officer

from .answers import GIVERS, cooperative_of, list_url, not_found, said, show_link


@door(GrantKind.DINAS_ADMIN)
@never_cache
def invite(request: HttpRequest) -> HttpResponse:
    """The dinas admin invites anybody of the agency."""
    form = forms.DinasInvitationForm(request.POST or None, today=request.today, agency=request.place.agency)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        link, token = actions.invite(
            agency=request.place.agency,
            cooperative=data["found"],
            kind=GrantKind(data["kind"]),
            name=data["name"],
            districts=[area.pk for area in data["districts"]],
            grant_until=data["until"],
            actor=request.actor,
            now=request.now,
        )
        return show_link(request, link, token)
    return render(request, "access/invite.html", {"form": form, "list_url": list_url(request.place), "wide": True})


@door(GIVERS)
@never_cache
def cooperative_invite(request: HttpRequest) -> HttpResponse:
    """The ketua, or the dinas admin, invites an officer or a pengawas of one cooperative; `?pengurus=` fills the form."""
    cooperative = cooperative_of(request)
    officer = _officer(request)
    form = forms.OfficerInvitationForm(request.POST or None, today=request.today, officer=officer)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        link, token = actions.invite(
            agency=request.place.agency,
            cooperative=cooperative,
            kind=GrantKind(data["kind"]),
            name=data["name"],
            grant_until=data["until"],
            officer=officer,
            actor=request.actor,
            now=request.now,
        )
        return show_link(request, link, token)
    return render(request, "access/invite.html", {"form": form, "list_url": list_url(request.place)})


def _officer(request: HttpRequest) -> Officer | None:
    number = request.GET.get("pengurus", "")
    if not (number.isascii() and number.isdigit() and len(number) < 18):
        return None
    return Officer.objects.filter(cooperative_id=request.place.cooperative.pk, ended_on__isnull=True, pk=number).first()


@door(GIVERS)
def link_act(request: HttpRequest, nomor: int) -> HttpResponse:
    """Withdraw an open link, or agree as the second admin that a second factor may be removed."""
    if request.method != "POST":
        raise Http404
    found = Invitation.objects.filter(agency_id=request.place.agency.pk).select_related("cooperative")
    if request.place.cooperative:
        found = found.filter(cooperative_id=request.place.cooperative.pk)
    link = get_object_or_404(found, pk=nomor) if nomor < 2**63 else not_found()
    try:
        if request.POST.get("tindakan") == "setujui":
            actions.confirm_totp_reset(invitation=link, actor=request.actor, now=request.now)
            return said(request, f"Disetujui. Tautan milik {link.name} sekarang dapat dibuka.")
        actions.withdraw_invitation(invitation=link, actor=request.actor, now=request.now)
        return said(request, f"Tautan untuk {link.name} ditarik dan tidak dapat dipakai lagi.")
    except actions.NotYours:
        return said(request, "Persetujuan harus dari admin lain, bukan pembuat tautan.", wrong=True)
    except actions.InvitationGone:
        return said(request, "Tautan ini sudah tidak berlaku. Tidak ada yang berubah.", wrong=True)


cooperative_link_act = link_act
