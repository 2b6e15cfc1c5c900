"""What the pages about access share: where they lead back to, how they speak, and how a new link is shown."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from registry.access import Place
from registry.actions.logins import waits_for_second_admin
from registry.models import Cooperative, GrantKind, Invitation
from registry.models.accounts import DINAS_KINDS
from registry.paper import qr_path

ROWS = 50
READERS = {GrantKind.CHAIR, GrantKind.VICE_CHAIR, GrantKind.SUPERVISOR, *DINAS_KINDS}
GIVERS = {GrantKind.CHAIR, GrantKind.DINAS_ADMIN}


def not_found():
    raise Http404


def cooperative_of(request: HttpRequest) -> Cooperative:
    if request.place.cooperative is None:
        raise Http404
    return request.place.cooperative


def list_url(place: Place) -> str:
    return reverse("registry:cooperative_access" if place.cooperative else "registry:access", args=[*place])


def said(request: HttpRequest, words: str, *, wrong: bool = False) -> HttpResponse:
    (messages.error if wrong else messages.success)(request, words)
    return redirect(list_url(request.place))


def private(response: HttpResponse, *, has_form: bool = False) -> HttpResponse:
    """The address is a secret: it goes into no cache, no referrer, no index.

    Under "no-referrer" a browser sends its form with `Origin: null`, which the CSRF check must refuse; "strict-origin"
    names the host and never the address.
    """
    response["Referrer-Policy"] = "strict-origin" if has_form else "no-referrer"
    response["Cache-Control"] = "no-store, private"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def show_link(request: HttpRequest, link: Invitation, token: str) -> HttpResponse:
    """Show a new link, this once: the token is stored nowhere."""
    url = settings.PUBLIC_URL + reverse("registry:invitation", args=[token])
    path, size = qr_path(url)
    context = {
        "link": link,
        "label": GrantKind(link.kind).label,
        "url": url,
        "qr": path,
        "qr_box": f"-4 -4 {size + 8} {size + 8}",
        "list_url": list_url(request.place),
        "waits": waits_for_second_admin(link),
        "share": _share_words(link),
    }
    return private(render(request, "access/link.html", context))


def _share_words(link: Invitation) -> str:
    what = {
        "join": f"Undangan sebagai {GrantKind(link.kind).label}",
        "password": "Tautan kata sandi baru",
        "totp": "Tautan ganti perangkat kode",
    }[link.purpose]
    return f"{what} untuk {link.name}, sekali pakai, berlaku 7 hari:"


def dinas_tabs(request: HttpRequest, current: str) -> list[dict]:
    slug = request.place.agency.slug
    tabs = [
        {
            "label": "Siapa punya akses",
            "url": reverse("registry:access", args=[slug]),
            "current": current == "people",
            "count": "",
        },
        {
            "label": "Kasus pengawasan",
            "url": reverse("registry:cases", args=[slug]),
            "current": current == "cases",
            "count": "",
        },
    ]
    if request.actor.kind in (GrantKind.DINAS_ADMIN, GrantKind.DINAS_HEAD):
        url = reverse("registry:looks", args=[slug])
        tabs.append({"label": "Siapa melihat data pribadi", "url": url, "current": current == "looks", "count": ""})
    return tabs
