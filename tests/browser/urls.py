"""The product's addresses, and a bare page where a home page is still missing, so that journeys can land somewhere."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, path, reverse

from koperasi.urls import *  # noqa: F403
from koperasi.urls import urlpatterns as product
from registry.access import door
from registry.models import GrantKind


@door(set(GrantKind))
def bare_home(request: HttpRequest) -> HttpResponse:
    return render(request, "layouts/phone.html" if request.place.cooperative else "layouts/desk.html")


HOMES = {
    "cooperative_home": "<slug:dinas>/koperasi/<slug:koperasi>/",
    "dinas_home": "<slug:dinas>/",
    "dashboard": "<slug:dinas>/ringkasan/",
}


def missing_homes() -> list:
    """Return bare pages for the home pages the product does not have."""
    found = []
    for name, address in HOMES.items():
        try:
            reverse(name, args=["a", "b"][: address.count("<")], urlconf="koperasi.urls")
        except NoReverseMatch:
            found.append(path(address, bare_home, name=name))
    return found


urlpatterns = [*product, *missing_homes()]
