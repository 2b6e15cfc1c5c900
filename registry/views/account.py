"""The person's own account: name, places, second factor, sessions. Reads the tables of logins only, no place."""

import re

from allauth.mfa.models import Authenticator
from allauth.usersessions.internal.flows.sessions import end_other_sessions, end_sessions
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from registry.access import door
from registry.models import GrantKind

# The first that matches names the device; enough for a person to know it again.
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone|iPad", "iPhone atau iPad"),
    ("CrOS", "Chromebook"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)
BROWSERS = (
    ("Edg", "Edge"),
    ("SamsungBrowser", "Samsung Internet"),
    ("OPR|Opera", "Opera"),
    ("Firefox|FxiOS", "Firefox"),
    ("Chrome|CriOS", "Chrome"),
    ("Safari", "Safari"),
)


@door.login
def account(request: HttpRequest) -> HttpResponse:
    """My account: who I am here, where I work, how I sign in."""
    authenticators = set(Authenticator.objects.filter(user_id=request.user.pk).values_list("type", flat=True))
    context = {
        "has_second_factor": Authenticator.Type.TOTP in authenticators,
        "needs_second_factor": any(GrantKind(grant.kind).needs_second_factor for grant in request.grants),
        "grants": request.grants,
        "session_count": UserSession.objects.filter(user_id=request.user.pk).count(),
    }
    return render(request, "account/account.html", context)


@door.login
def sessions(request: HttpRequest) -> HttpResponse:
    """The devices that are signed in; end one, or all the others."""
    if request.method == "POST":
        return _end(request)
    mine = UserSession.objects.purge_and_list(request.user)
    rows = [
        {
            "session": session,
            "device": device_words(session.user_agent),
            "current": session.session_key == request.session.session_key,
        }
        for session in sorted(mine, key=lambda s: s.created_at, reverse=True)
    ]
    return render(request, "usersessions/list.html", {"rows": sorted(rows, key=lambda row: not row["current"])})


def _end(request: HttpRequest) -> HttpResponse:
    number = request.POST.get("sesi", "")
    if number == "lain":
        end_other_sessions(request, request.user)
        messages.success(request, "Semua perangkat lain sudah dikeluarkan.")
        return redirect("usersessions_list")
    if number.isascii() and number.isdigit() and len(number) < 18:
        found = list(UserSession.objects.filter(user_id=request.user.pk, pk=number))
        end_sessions(request, found)
        if found:
            messages.success(request, "Perangkat itu sudah dikeluarkan.")
    return redirect("usersessions_list")


def device_words(user_agent: str) -> str:
    """Return how a person calls the device: "Chrome di Android"."""
    system = next((name for pattern, name in SYSTEMS if re.search(pattern, user_agent)), "")
    browser = next((name for pattern, name in BROWSERS if re.search(pattern, user_agent)), "")
    if browser and system:
        return f"{browser} di {system}"
    return browser or system or "Perangkat tidak dikenal"
