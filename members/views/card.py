"""The member card: a slip to print and to carry."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from members.models import MemberStatus
from members.views.doors import CASHIERS, READERS, may, member_of, upward
from registry.access import door


@door(READERS)
@never_cache
def card(request: HttpRequest, number: int) -> HttpResponse:
    """The QR holds the address of the entry, which opens only for officers; nothing about the person."""
    one = member_of(request, number)
    address = reverse("members:member", args=[*request.place, one.number])
    owes_pokok = one.status == MemberStatus.APPLICANT and may(request, CASHIERS)
    context = {
        "member": one,
        "status": MemberStatus(one.status).label,
        "qr_text": f"{settings.PUBLIC_URL}{address}",
        "pay_url": upward("finance:pay", *request.place, one.number) if owes_pokok else "",
    }
    return render(request, "members/card.html", context)
