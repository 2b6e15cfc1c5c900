"""The door: who may call a view. Checked by middleware for every view; a view that declares no door is a 404.

    @door(GrantKind.TREASURER, GrantKind.CHAIR)     # in the place the address names
    @door.login                                     # anybody who is logged in; no place, no tenant row
    @door.everyone                                  # strangers too; no tenant row
    @door.code                                      # strangers with a public code: exactly that code's rows
    @door.token                                     # strangers with a one-time link

A stranger gets 404, a colleague without the right 403. The views of libraries are declared in `koperasi/doors.py`.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import wraps
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string

from registry.codes import BadCode, split_code
from registry.models import Agency, Cooperative, Grant, GrantKind, OldSlug
from registry.tenancy import NOBODY_ID, Context, Role, bind

__all__ = ["Actor", "Door", "DoorMiddleware", "Place", "door", "place_context"]

JAKARTA = ZoneInfo("Asia/Jakarta")


@dataclass(frozen=True)
class Actor:
    """Who acts: handed to every action, written into every audit row."""

    user_id: int | None
    name: str
    kind: str
    agency_id: int
    cooperative_id: int | None = None


@dataclass(frozen=True)
class Place:
    """Where a request acts: an agency, perhaps one of its cooperatives, and the one grant that opens it."""

    agency: Agency
    cooperative: Cooperative | None
    grant: Grant

    def __iter__(self) -> Iterator[str]:
        """Yield the address parts, so that `reverse(name, args=[*place])` works."""
        yield self.agency.slug
        if self.cooperative:
            yield self.cooperative.slug

    @property
    def line(self) -> str:
        """The line below the name in the letterhead: `Kec. Walantaka, Kota Serang`, or the government."""
        if self.cooperative:
            return f"{self.cooperative.place_line}, {self.agency.place.name}"
        return self.agency.government


@dataclass(frozen=True)
class Door:
    """What a view demands: one of `kinds` at its place, or what `opens` says."""

    opens: str  # "kinds", "login", "everyone", "code", "token"
    kinds: frozenset[GrantKind] = frozenset()


class _DoorMaker:
    def __call__(self, *kinds) -> Callable:
        """Admit people holding one of `kinds` (single kinds or sets of them) at the place of the address."""
        wanted: set[GrantKind] = set()
        for kind in kinds:
            wanted |= {kind} if isinstance(kind, GrantKind) else set(kind)
        assert wanted, "a door admits somebody"
        return _declare(Door("kinds", frozenset(wanted)))

    def login(self, view: Callable) -> Callable:
        return _declare(Door("login"))(view)

    def everyone(self, view: Callable) -> Callable:
        return _declare(Door("everyone"))(view)

    def code(self, view: Callable) -> Callable:
        return _declare(Door("code"))(view)

    def token(self, view: Callable) -> Callable:
        return _declare(Door("token"))(view)


def _declare(declared: Door) -> Callable:
    def decorate(view: Callable) -> Callable:
        @wraps(view)
        def without_place(request: HttpRequest, dinas: str = "", koperasi: str = "", **kwargs) -> HttpResponse:
            if declared.opens == "code":
                kwargs.pop("kode", None)  # read by the middleware; the view has `request.code`
            return view(request, **kwargs)

        without_place.door = declared
        return without_place

    return decorate


door = _DoorMaker()


class DoorMiddleware:
    """Open the transaction, check the door, bind the wall; roll back when the answer is an error of ours."""

    def __init__(self, get_response: Callable) -> None:
        self.get_response = get_response
        self.others: dict[str, Door] = import_string(settings.DOORS_OF_OTHERS)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.now = timezone.now()
        request.today = request.now.astimezone(JAKARTA).date()
        request.place = None
        request.grants = []
        with transaction.atomic():
            response = self.get_response(request)
            if hasattr(response, "render") and not response.is_rendered:
                response.render()
            if response.status_code >= 500:
                transaction.set_rollback(True)
        if request.place and not response.has_header("Cache-Control"):
            response["Cache-Control"] = "private, no-store"  # a shared computer keeps no page of a place
        return response

    def process_view(self, request: HttpRequest, view, args, kwargs) -> HttpResponse | None:
        declared = getattr(view, "door", None) or self.others.get(request.resolver_match.view_name)
        if declared is None:
            raise Http404
        return getattr(self, f"_{declared.opens}")(request, declared, kwargs)

    def _everyone(self, request: HttpRequest, declared: Door, kwargs: dict) -> None:
        if request.user.is_authenticated:
            request.grants = load_grants(request.user.pk, request.today)

    def _login(self, request: HttpRequest, declared: Door, kwargs: dict) -> HttpResponse | None:
        if not request.user.is_authenticated:
            return _to_login(request)
        request.grants = load_grants(request.user.pk, request.today)
        return None

    def _kinds(self, request: HttpRequest, declared: Door, kwargs: dict) -> HttpResponse | None:
        if not request.user.is_authenticated:
            return _to_login(request)
        request.grants = load_grants(request.user.pk, request.today)
        return enter(request, declared, kwargs.get("dinas", ""), kwargs.get("koperasi", ""))

    def _code(self, request: HttpRequest, declared: Door, kwargs: dict) -> None:
        request.user.is_authenticated  # noqa: B018  read while we still may: the public role sees no login
        request.code = bind_public(kwargs["kode"])

    def _token(self, request: HttpRequest, declared: Door, kwargs: dict) -> None:
        request.user.is_authenticated  # noqa: B018  read while we still may: the public role sees no login
        request.code = bind_public(kwargs["token"], hashed=True)


def load_grants(user_id: int, today: date) -> list[Grant]:
    """Return a person's grants in force, with their places. Reads as the app role, before any place is known.

    `second_factor_since` is the moment the login's second factor was set up, or None: read along, it costs no query.
    """
    from allauth.mfa.models import Authenticator

    bind(Context(None, user_id=user_id))
    factor = Authenticator.objects.filter(user_id=user_id, type=Authenticator.Type.TOTP).values("created_at")[:1]
    grants = Grant.objects.filter(user_id=user_id).in_force(today).annotate(second_factor_since=Subquery(factor))
    return list(grants.select_related("agency__place", "cooperative__district", "cooperative__village").order_by("id"))


def enter(request: HttpRequest, declared: Door, agency_slug: str, cooperative_slug: str) -> HttpResponse | None:
    """Choose the grant the address asks for and bind it. 404 for strangers, 403 for colleagues without the right."""
    here = [grant for grant in request.grants if grant.agency.slug == agency_slug]
    if cooperative_slug:
        here = [g for g in here if g.cooperative is None or g.cooperative.slug == cooperative_slug] or _moved(
            request, here, cooperative_slug
        )
    else:
        here = sorted(here, key=lambda g: g.cooperative_id is not None)
    if isinstance(here, HttpResponse):
        return here
    if not here:
        raise Http404
    fitting = [g for g in here if GrantKind(g.kind) in declared.kinds]
    grant = min(
        fitting or here, key=lambda g: (g.kind == GrantKind.CASE, bool(cooperative_slug and not g.cooperative_id))
    )
    cooperative = _cooperative(request, grant, cooperative_slug)
    if isinstance(cooperative, HttpResponse):
        return cooperative
    request.place = Place(grant.agency, cooperative, grant)
    request.actor = Actor(
        request.user.pk, request.user.name, grant.kind, grant.agency_id, cooperative.pk if cooperative else None
    )
    if GrantKind(grant.kind).needs_second_factor and (
        elsewhere := _ask_second_factor(request, grant.second_factor_since)
    ):
        return elsewhere
    if not fitting:
        request.needed_kinds = declared.kinds
        raise PermissionDenied
    bind(context_of(grant, cooperative))
    return None


def context_of(grant: Grant, cooperative: Cooperative | None) -> Context:
    """Return the wall's context for one grant at one place."""
    kind = GrantKind(grant.kind)
    return Context(
        kind.role,
        user_id=grant.user_id,
        agency_id=grant.agency_id,
        cooperative_id=cooperative.pk if cooperative and kind.role is not Role.EXECUTIVE else None,
        cooperative_ids=assigned_ids(grant) if kind.role is Role.FIELD else (),
    )


def assigned_ids(grant: Grant) -> tuple[int, ...]:
    """Return the cooperatives a penyuluh is responsible for: whole kecamatan, and single ones."""
    directory = Cooperative.objects.filter(agency_id=grant.agency_id, is_practice=False)
    by_district = directory.filter(district_id__in=grant.districts).values_list("pk", flat=True)
    return tuple(sorted({*by_district, *grant.assigned}))


def bind_public(text: str, *, hashed: bool = False) -> str:
    """Bind the public role to one code. Return the code in its printed form, or "" when it cannot exist."""
    try:
        scope, number, code = split_code(text)
    except BadCode:
        return ""
    secret = hashlib.sha256(code.encode()).hexdigest() if hashed else code
    if scope == "agency":
        bind(Context(Role.PUBLIC, agency_id=number, code=secret))
        return code
    cooperative = Cooperative.objects.filter(pk=number).values_list("agency_id", flat=True).first()
    if cooperative is None:
        return ""
    bind(Context(Role.PUBLIC, user_id=NOBODY_ID, agency_id=cooperative, cooperative_id=number, code=secret))
    return code


def _cooperative(request: HttpRequest, grant: Grant, slug: str) -> Cooperative | HttpResponse | None:
    if not slug:
        return grant.cooperative
    if grant.cooperative_id:
        return grant.cooperative
    found = (
        Cooperative.objects.filter(agency_id=grant.agency_id, slug=slug).select_related("district", "village").first()
    )
    if found is None and (
        old := OldSlug.objects.filter(agency_id=grant.agency_id, slug=slug).select_related("cooperative").first()
    ):
        return redirect(request.get_full_path().replace(f"/{slug}/", f"/{old.cooperative.slug}/", 1), permanent=True)
    if found is None or found.is_practice or (grant.kind == GrantKind.FIELD and found.pk not in assigned_ids(grant)):
        raise Http404
    return found


def _moved(request: HttpRequest, here: list[Grant], slug: str) -> list[Grant] | HttpResponse:
    """An old address of one's own cooperative leads to the present one."""
    own = {grant.cooperative_id: grant.cooperative for grant in here if grant.cooperative_id}
    old = OldSlug.objects.filter(slug=slug, cooperative_id__in=own).first() if own else None
    if old is None:
        return []
    return redirect(
        request.get_full_path().replace(f"/{slug}/", f"/{own[old.cooperative_id].slug}/", 1), permanent=True
    )


def _ask_second_factor(request: HttpRequest, since: datetime | None) -> HttpResponse | None:
    """Return where somebody must go who has not proved the second factor in this session; None for who has.

    `since` is when the stored factor was set up, read for every request: one that was removed or replaced meanwhile
    proves nothing any more, and a session from before it was set up has not proved it yet.
    """
    from allauth.account.authentication import get_authentication_records

    if since is None:
        return _go("mfa_activate_totp", request)
    proofs = (one for one in get_authentication_records(request, request.user) if one.get("method") == "mfa")
    if any(one.get("at", 0) >= since.timestamp() for one in proofs):
        return None
    return _go("mfa_reauthenticate", request)


def _to_login(request: HttpRequest) -> HttpResponse:
    return _go(settings.LOGIN_URL, request)


def _go(name: str, request: HttpRequest) -> HttpResponse:
    """Lead to a page of the login, and from there back here."""
    return redirect(f"{reverse(name)}?{urlencode({'next': request.get_full_path()})}")


def place_context(request: HttpRequest) -> dict:
    """Give every template its place, grant and today."""
    place = getattr(request, "place", None)
    return {
        "place": place,
        "grant": place.grant if place else None,
        "today": getattr(request, "today", None),
        "now": getattr(request, "now", None),
        "is_demo": settings.DEMO,
    }


def local_day(moment: datetime) -> date:
    """Return the date of a moment in Asia/Jakarta."""
    return moment.astimezone(JAKARTA).date()
