"""Where a person begins, and the style page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from koperasi.navigation import home_of
from registry.access import door


@door.login
def home(request: HttpRequest) -> HttpResponse:
    """Lead to the person's place; with several, ask which; with none, say so."""
    homes = [(grant, home_of(grant)) for grant in request.grants]
    if len(homes) == 1 and homes[0][1]:
        return redirect(homes[0][1])
    places = [
        {"url": url, "title": str(grant.cooperative or grant.agency), "why": f"sebagai {grant.label}"}
        for grant, url in homes
        if url
    ]
    return render(request, "home/places.html", {"my_places": places})


@door.everyone
def style(request: HttpRequest, page: str = "index") -> HttpResponse:
    """The living style page: every part in every state, and whole example pages."""
    return render(request, f"style/{page}.html")
