"""What every page for strangers with a code has in common: nothing is kept, nothing is guessed, somebody acts without a name."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from registry import limits
from registry.access import Actor
from registry.models import Cooperative
from registry.tenancy import NOBODY_ID

WRONG_CODES, WRONG_MINUTES = 60, 10  # of one visitor; more is somebody who guesses


def private(response: HttpResponse) -> HttpResponse:
    """No cache keeps it, no search engine lists it, no other site learns the code from a link."""
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = (
        "strict-origin"  # with no-referrer the form would come from Origin null and be refused
    )
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def stranger(cooperative: Cooperative, name: str) -> Actor:
    """Who acts without a login: the book of acts names the paper or page they came from."""
    return Actor(NOBODY_ID, name, "warga", cooperative.agency_id, cooperative.pk)


def refuse_guessing(request: HttpRequest) -> HttpResponse | None:
    """Answer nothing more, not even for a true code, to a visitor who tried too many that do not exist."""
    if limits.spent(_guesses(request), WRONG_CODES):
        return private(render(request, "429.html", status=429))
    return None


def unknown(request: HttpRequest) -> HttpResponse:
    """Say that there is no such code, the same for every kind of code, and count the try."""
    limits.take(_guesses(request), WRONG_CODES, WRONG_MINUTES)
    return private(render(request, "check/unknown.html", status=404))


def _guesses(request: HttpRequest) -> str:
    return f"kode:{limits.visitor(request)}"
