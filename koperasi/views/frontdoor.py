"""The front door of a cooperative: its public page and poster, the six fields, and the status by code. Nobody logs in."""

import re

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from finance import actions as money
from finance.models import DoorPage
from finance.notices import DoorPoster, door_poster_pdf
from finance.views.receipts import check_url, pdf_response, place_of
from koperasi.views.public import private, refuse_guessing, stranger, unknown
from members.actions import ask_to_join
from members.forms.joining import REFERRER, JoinForm
from members.models import JoinRequest
from members.rules import data_rule
from members.views.campaigns import bringer_of
from registry import limits
from registry.access import door
from registry.models import Cooperative, GrantKind
from registry.models.accounts import COOPERATIVE_KINDS
from registry.numbers import wa_address

OPENERS = {GrantKind.SECRETARY, GrantKind.CHAIR, GrantKind.TREASURER}
ASKED_BY_ONE, ASKED_AT_ONE_DOOR = 10, 40  # requests of one visitor in an hour, at one door in a day


def front_page(request: HttpRequest, code: str) -> HttpResponse | None:
    """Return the public page or the status of a request with this code; None when it is neither."""
    page = DoorPage.objects.filter(code=code).first()
    if page is not None:
        return private(render(request, "check/front.html", _front(request, page)))
    asked = JoinRequest.objects.filter(code=code).first()
    if asked is not None:
        keep_days = data_rule("unanswered_request_days", request.today).value
        context = {"asked": asked, "cooperative": _cooperative(asked.cooperative_id), "keep_days": keep_days}
        return private(render(request, "check/asked.html", context))
    return None


def _front(request: HttpRequest, page: DoorPage) -> dict:
    posts = page.posts_on(request.today)
    return {
        "page": page,
        "cooperative": _cooperative(page.cooperative_id),
        "management": [(post, name) for post, name, watches in posts if not watches],
        "supervisors": [(post, name) for post, name, watches in posts if watches],
        "rates": page.rates_on(request.today),
        "answer_days": settings.JOIN_ANSWER_DAYS,
    }


def _cooperative(pk: int) -> Cooperative:
    return Cooperative.objects.select_related("district", "village", "agency__place").get(pk=pk)


@never_cache
@door.code
@sensitive_post_parameters("name", "birth_date", "address", "phone", "national_id")
def join(request: HttpRequest) -> HttpResponse:
    """Six fields; then the code by which the asker follows what becomes of it."""
    if refused := refuse_guessing(request):
        return refused
    page = DoorPage.objects.filter(code=request.code).first() if request.code else None
    if page is None:
        return unknown(request)
    cooperative = _cooperative(page.cooperative_id)
    form = JoinForm(
        request.POST or None,
        cooperative=cooperative,
        today=request.today,
        referrer=_referrer(request),
        auto_id="isi_%s",
    )
    if request.method == "POST" and form.is_valid():
        if form.is_by_a_machine:  # answered like a success, so that the machine learns nothing
            return private(redirect("check", page.code))
        if _too_many(request, cooperative):
            form.add_error(None, "Terlalu banyak permohonan dari jaringan atau koperasi ini. Silakan coba lagi nanti.")
        else:
            data = form.cleaned_data
            ask_to_join(
                cooperative=cooperative, code=data["code"], asker=form.asker(), answer_days=settings.JOIN_ANSWER_DAYS,
                referrer_number=data["referrer"], actor=stranger(cooperative, "Pemohon lewat halaman publik"),
                now=request.now, today=request.today,
            )  # fmt: skip
            return private(redirect("check", data["code"]))
    context = {"form": form, "page": page, "cooperative": cooperative, "answer_days": settings.JOIN_ANSWER_DAYS}
    return private(render(request, "check/join.html", context))


def _too_many(request: HttpRequest, cooperative: Cooperative) -> bool:
    return (
        limits.take(f"gabung:{limits.visitor(request)}", ASKED_BY_ONE, 60) is None
        or limits.take(f"gabung:{cooperative.pk}", ASKED_AT_ONE_DOOR, 24 * 60) is None
    )


def _referrer(request: HttpRequest) -> str:
    """The number of the member who brought the visitor, from the address; whatever is no number is nobody."""
    typed = request.GET.get("dari", "")[:12]
    return typed if re.fullmatch(REFERRER, typed, re.ASCII) else ""


@door(COOPERATIVE_KINDS)
def door_page(request: HttpRequest) -> HttpResponse:
    """What officers do with the public page: open it, print its poster, share its address, renew its code."""
    cooperative = request.place.cooperative
    may_open = request.place.grant.kind in OPENERS
    if request.method == "POST":
        if not may_open:
            return render(request, "403.html", {"needed": ["sekretaris", "ketua", "bendahara"]}, status=403)
        _open_or_renew(request, cooperative)
        return redirect("door_page", *request.place)
    page = DoorPage.objects.filter(cooperative=cooperative).first()
    context = {
        "page": page,
        "may_open": may_open,
        "url": check_url(page.code) if page else "",
        **_bringer(request, page),
    }
    return render(request, "home/door.html", context)


def _bringer(request: HttpRequest, page: DoorPage | None) -> dict:
    """The link of a member who invites: it carries the number, never the name."""
    bringer = bringer_of(request.GET.get("pengajak", "")[:12])
    if page is None or not bringer:
        return {}
    url = f"{join_address(page.code)}?dari={bringer}"
    text = f"Mari menjadi anggota {request.place.cooperative.short_name}. Isi enam hal di sini: {url}"
    return {"bringer": bringer, "bringer_url": url, "bringer_share": wa_address("", text)}


def _open_or_renew(request: HttpRequest, cooperative: Cooperative) -> None:
    common = {"cooperative": cooperative, "actor": request.actor, "now": request.now}
    if "ganti" in request.POST:
        if DoorPage.objects.filter(cooperative=cooperative).exists():
            money.renew_door_code(**common, old_code=request.POST["ganti"][:30])
            messages.success(request, "Kode diganti. Cetak poster baru; yang lama tidak berlaku lagi.")
        return
    money.open_door_page(**common)
    messages.success(request, "Halaman publik terbuka. Cetak posternya dan tempel di pintu.")


@door(COOPERATIVE_KINDS)
def door_poster(request: HttpRequest, ukuran: str) -> HttpResponse:
    """The poster for the door as PDF."""
    cooperative = request.place.cooperative
    page = DoorPage.objects.filter(cooperative=cooperative).first()
    if page is None:
        raise Http404
    rates = page.rates_on(request.today)
    poster = DoorPoster(
        cooperative_name=cooperative.name,
        place_line=place_of(request)[0],
        address=page.address,
        pokok=rates.get("pokok"),
        wajib=rates.get("wajib"),
        code=page.code,
        check_url=check_url(page.code),
        brand=request.place.agency.slug,
        demo=request.place.agency.is_demo,
        practice=cooperative.is_practice,
    )
    return pdf_response(door_poster_pdf(poster, paper="A5" if ukuran == "a5" else "A4"), f"poster-pintu-{ukuran}")


def join_address(code: str) -> str:
    """Return the public address of the six fields behind a door's code."""
    return f"{settings.PUBLIC_URL}{reverse('join', args=[code])}"
