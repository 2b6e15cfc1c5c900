"""One tap to practise; another to begin anew."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from finance.views.dues import CASHIERS
from koperasi.practice import begin_practice
from registry import limits
from registry.access import door

STARTS = 5  # a day and person


@require_POST
@door(CASHIERS)
def practise(request: HttpRequest) -> HttpResponse:
    """Lead to the person's practice cooperative, made where there is none; `langkah=ulang` archives it and makes a new one."""
    agency, here = request.place.agency, request.place.cooperative
    mine = next(
        (g for g in request.grants if g.cooperative and g.cooperative.is_practice and g.agency_id == agency.pk), None
    )
    if mine and request.POST.get("langkah") != "ulang":
        return redirect("cooperative_home", agency.slug, mine.cooperative.slug)
    if limits.take(f"latihan:{request.user.pk}", STARTS, 24 * 60) is None:
        messages.warning(request, "Latihan sudah dimulai lima kali hari ini. Coba lagi besok.")
        return redirect("cooperative_home", *request.place)
    grant = begin_practice(like=here, user=request.user, actor=request.actor, now=request.now, today=request.today)
    messages.success(request, "Koperasi latihan siap. Cobalah apa saja; tidak ada yang masuk laporan.")
    return redirect("cooperative_home", agency.slug, grant.cooperative.slug)
