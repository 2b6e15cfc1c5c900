"""Where a person begins, and the style page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from registry.access import door
from registry.models import Grant, GrantKind
from registry.models.accounts import COOPERATIVE_KINDS


@door.login
def home(request: HttpRequest) -> HttpResponse:
    """Lead to the person's place; with several, ask which; with none, say so."""
    if len(request.grants) == 1:
        return redirect(home_of(request.grants[0]))
    places = [
        {"url": home_of(grant), "title": str(grant.cooperative or grant.agency), "why": f"sebagai {grant.label}"} for grant in request.grants
    ]
    return render(request, "home/places.html", {"my_places": places})


def home_of(grant: Grant) -> str:
    """Return the address where a person with this grant begins."""
    kind = GrantKind(grant.kind)
    if kind in COOPERATIVE_KINDS or kind is GrantKind.CASE:
        return reverse("cooperative_home", args=[grant.agency.slug, grant.cooperative.slug])
    return reverse("dashboard" if kind is GrantKind.EXECUTIVE else "dinas_home", args=[grant.agency.slug])


@door.everyone
def style(request: HttpRequest, page: str = "index") -> HttpResponse:
    """The living style page: every part in every state, and whole example pages."""
    return render(request, f"style/{page}.html")
