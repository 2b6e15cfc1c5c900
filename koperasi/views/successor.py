"""What a hand-over of the treasurer puts on the home page of those it asks something of."""

from collections.abc import Iterator

from django.http import HttpRequest
from django.urls import reverse

from finance import reports
from finance.views.succession import roles, still_counts
from koperasi.reports.beginning import Beginning
from registry.models import Grant, GrantKind

ASKED = (GrantKind.TREASURER, GrantKind.CHAIR, GrantKind.SUPERVISOR)


def handing_over(request: HttpRequest, facts: Beginning) -> dict:
    """Return `work` for who offered or witnesses, the whole hand-over for who receives it, or nothing."""
    place, kind = request.place, request.place.grant.kind
    if not facts.has_books or kind not in ASKED:
        return {}
    one = reports.open_hand_over(place.cooperative) if facts.has_hand_overs else None
    if one is None:
        several = kind == GrantKind.TREASURER and facts.treasurers > 1
        return {"work": list(_successor(request))} if several else {}
    may, offer = roles(request, one), one.offer
    if may["may_receive"]:
        return {"one": one, "counts": still_counts(one), "coins": offer.notes.get("coins", 0), "receiving": True}
    if may["may_witness"]:
        title, why = "Saksikan serah terima bendahara", f"{offer.outgoing_name} ke {offer.incoming_name}"
    elif may["may_withdraw"]:
        who = "pengawas" if one.waits_for_witness else offer.incoming_name
        title, why = f"Serah terima menunggu {who}", "Sejak itu jangan mencatat, agar hitungan kas tetap sama"
    else:
        return {}
    url = reverse("finance:succession_one", args=[*place, offer.number])
    return {"work": [_item(title, why, url)]}


def _successor(request: HttpRequest) -> Iterator[dict]:
    """A treasurer came after this one: time to hand over."""
    place = request.place
    others = Grant.objects.in_force(request.today).filter(cooperative=place.cooperative, kind=GrantKind.TREASURER)
    later = others.exclude(user_id=request.user.pk).filter(pk__gt=place.grant.pk).order_by("pk").first()
    if later:
        title = f"Serahkan kas dan buku kepada {later.user_name}"
        yield _item(title, "Hitung kas, lalu bendahara baru menerima", reverse("finance:succession", args=[*place]))


def _item(title: str, why: str, url: str) -> dict:
    return {"title": title, "why": why, "icon": "swap", "state": "soon", "url": url}
