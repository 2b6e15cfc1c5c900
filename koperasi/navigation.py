"""The main navigation of each kind of person, and what every layout asks for."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from finance.views.dues import CASHIERS
from finance.views.outbox import owner_mark
from koperasi.topics import help_url
from registry.models import Grant, GrantKind
from registry.models.accounts import DINAS_KINDS


@dataclass
class Item:
    """One entry of the dock (phone) or of the tabs (desk)."""

    label: str
    url: str
    icon: str = ""
    current: bool = False
    count: int = 0


# label, name of the view, icon; the place's address parts are filled in
COOPERATIVE = (
    ("Beranda", "cooperative_home", "home"),
    ("Anggota", "members:list", "people"),
    ("Iuran", "finance:dues", "receipt"),
    ("Buku", "finance:journal", "book"),
)
DINAS = (
    ("Hari ini", "dinas_home", ""),
    ("Ringkasan", "dashboard", ""),
    ("Koperasi", "registry:cooperatives", ""),
    ("Tahapan", "registry:formation", ""),
    ("Pengurus", "registry:organs_home", ""),
    ("Gedung", "registry:buildings", ""),
    ("Bimtek", "registry:trainings", ""),
    ("Laporan", "reports", ""),
    ("Akses", "registry:access", ""),
)
FIELD = (
    ("Hari ini", "dinas_home", ""),
    ("Koperasi", "registry:cooperatives", ""),
    ("Gedung", "registry:buildings", ""),
)
EXECUTIVE = (("Ringkasan", "dashboard", ""), ("Laporan", "reports", ""))


def navigation(request: HttpRequest) -> dict:
    """Give the layouts `nav`, the address of the home page, the search box of the desk, and the person's other places."""
    place = getattr(request, "place", None)
    if place is None:
        return {"home_url": "/", "places": [], "carry": carried(request)}
    kind = GrantKind(place.grant.kind)
    entries = _entries(kind)
    parts = (
        [place.agency.slug, place.cooperative.slug]
        if kind.in_cooperative and place.cooperative
        else [place.agency.slug]
    )
    items = [item for item in (_item(*entry, parts, request) for entry in entries) if item]
    found = {
        "nav": items,
        "home_url": items[0].url if items else "/",
        "places": list(_other_places(request, place.grant)),
        "carry": carried(request),
        "help_url": help_url(request.resolver_match.view_name, kind) if request.resolver_match else "",
    }
    if kind in DINAS_KINDS or kind is GrantKind.FIELD:
        found["search_url"] = _reverse("registry:cooperatives", [place.agency.slug])
    return found


def carried(request: HttpRequest) -> dict | None:
    """Return what luring.js works with: the login's mark and, in a cooperative it may collect for, the address.

    None for people who collect nowhere. On the sign-in page the mark is empty: lists of earlier logins are wiped.
    """
    if request.resolver_match and request.resolver_match.view_name == "account_login":
        return {"owner": "", "url": "", "cooperative": ""}
    if not any(GrantKind(grant.kind) in CASHIERS for grant in getattr(request, "grants", [])):
        return None
    place = getattr(request, "place", None)
    here = place and place.cooperative and GrantKind(place.grant.kind) in CASHIERS
    return {
        "owner": owner_mark(request),
        "url": reverse("finance:outbox", args=[*place]) if here else "",
        "cooperative": place.cooperative.short_name if here else "",
    }


def _other_places(request: HttpRequest, here: Grant) -> Iterator[dict]:
    """Yield where else the person may act, for the menu: address, as what, where."""
    for grant in request.grants:
        url = home_of(grant)
        if grant.pk != here.pk and url:
            yield {"url": url, "label": str(grant.cooperative or grant.agency), "where": f"sebagai {grant.label}"}


def home_of(grant: Grant) -> str | None:
    """Return the address where a person with this grant begins."""
    kind = GrantKind(grant.kind)
    if kind.in_cooperative:
        return _reverse("cooperative_home", [grant.agency.slug, grant.cooperative.slug])
    return _reverse("dashboard" if kind is GrantKind.EXECUTIVE else "dinas_home", [grant.agency.slug])


def _entries(kind: GrantKind) -> tuple:
    if kind.in_cooperative:
        return COOPERATIVE
    return {GrantKind.FIELD: FIELD, GrantKind.EXECUTIVE: EXECUTIVE}.get(kind, DINAS)


def _item(label: str, name: str, icon: str, parts: list[str], request: HttpRequest) -> Item | None:
    url = _reverse(name, parts)
    if url is None:
        return None
    exact = name in ("cooperative_home", "dinas_home")
    current = request.path == url if exact else request.path.startswith(url)
    return Item(label, url, icon, current)


def _reverse(name: str, parts: list[str]) -> str | None:
    try:
        return reverse(name, args=parts)
    except NoReverseMatch:
        return None
