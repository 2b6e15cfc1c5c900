"""Inviting neighbours: the growth of the cooperative, its campaigns, and a link that names who invited."""

import re

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from members import actions
from members.campaigns import campaigns as campaigns_of
from members.campaigns import growth
from members.forms.joining import CampaignForm
from members.views.doors import KEEPERS, may
from registry.access import door
from registry.models.accounts import COOPERATIVE_KINDS


@door(COOPERATIVE_KINDS)
def campaigns(request: HttpRequest) -> HttpResponse:
    """Members against the people of the village, month by month, and what each campaign brought."""
    cooperative = request.place.cooperative
    form = CampaignForm(request.POST or None, today=request.today, auto_id="isi_%s")
    if request.method == "POST":
        if not may(request, KEEPERS):
            return render(request, "403.html", {"needed": ["sekretaris", "ketua"]}, status=403)
        if form.is_valid():
            actions.start_campaign(cooperative=cooperative, **form.cleaned_data, actor=request.actor, now=request.now)
            messages.success(request, "Ajakan tercatat. Bagikan poster pintu dan tautan pengajak.")
            return redirect("members:campaigns", *request.place)
    months = growth(cooperative=cooperative, today=request.today)
    village = cooperative.village
    context = {
        "form": form,
        "may_start": may(request, KEEPERS),
        "rows": campaigns_of(cooperative=cooperative, today=request.today),
        "months": months,
        "members": months[0].members,
        "village": village,
        "population": village.population_estimate if village else None,
    }
    return render(request, "members/campaigns.html", context)


def bringer_of(text: str) -> str:
    """Return a typed member number as it stands in the book, or ""."""
    found = re.fullmatch(r"(?:A-)?0*(\d{1,8})", text.strip().upper(), re.ASCII)
    return f"A-{int(found[1]):04d}" if found else ""
