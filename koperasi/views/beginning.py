"""The first steps on a new treasurer's home page: shown until all are done, or closed on this device."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from finance.views.dues import CASHIERS
from koperasi.reports.beginning import Beginning, Step, first_steps
from registry.access import door
from registry.models import GrantKind

A_YEAR = 365 * 24 * 3600


def steps_for(request: HttpRequest, facts: Beginning) -> list[dict]:
    """Return the steps with their addresses; nothing for others than treasurers, when all is done, or when closed."""
    place = request.place
    if place.grant.kind != GrantKind.TREASURER or request.COOKIES.get(_cookie(request)):
        return []
    found = first_steps(facts, secured=place.grant.second_factor_since is not None)
    if all(step.done for step in found):
        return []
    return [{"step": step, "url": "" if step.done else _address(request, step)} for step in found]


def _address(request: HttpRequest, step: Step) -> str:
    """A step that needs an earlier one first leads nowhere yet."""
    if step.view == "check":
        return reverse("check", args=[step.code]) if step.code else ""
    return reverse(step.view, args=[*request.place] if ":" in step.view else [])


@require_POST
@door(CASHIERS)
def close_steps(request: HttpRequest) -> HttpResponse:
    """Close the first steps on this device. They are facts: nothing is lost, and nothing is done by it."""
    answer = redirect("cooperative_home", *request.place)
    answer.set_cookie(
        _cookie(request), "tutup", max_age=A_YEAR, httponly=True, samesite="Lax", secure=request.is_secure()
    )
    return answer


def _cookie(request: HttpRequest) -> str:
    return f"langkah-{request.place.cooperative.pk}"
