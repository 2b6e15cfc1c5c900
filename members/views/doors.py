"""Who may open which page of the member book."""

from django.http import Http404, HttpRequest
from django.urls import NoReverseMatch, reverse

from members.models import Member
from registry.models import GrantKind
from registry.models.accounts import COOPERATIVE_KINDS

READERS = COOPERATIVE_KINDS | {GrantKind.CASE}
REGISTRARS = frozenset({GrantKind.SECRETARY, GrantKind.CHAIR, GrantKind.TREASURER})  # add and amend
CASHIERS = frozenset({GrantKind.TREASURER})  # whose next step at a member is a payment
KEEPERS = frozenset({GrantKind.SECRETARY, GrantKind.CHAIR})  # leaving, imports, whole NIKs


def may(request: HttpRequest, kinds: frozenset[GrantKind]) -> bool:
    """Whether the person at this place is one of `kinds`, for showing a button."""
    return GrantKind(request.place.grant.kind) in kinds


def member_of(request: HttpRequest, number: int) -> Member:
    """Return the member with this number in the cooperative of the address, or raise 404.

    The number of a merged entry, on an old card or receipt, still leads to the person.
    """
    book = Member.objects.of(request.place.cooperative)
    found = book.filter(number=number).first()
    if found is None:
        raise Http404
    if found.merged_into_id:
        found = book.get(pk=found.merged_into_id)
    found.cooperative = request.place.cooperative
    return found


def upward(name: str, *parts) -> str:
    """Return the address of a page of a higher storey, or "" where that page does not exist."""
    try:
        return reverse(name, args=parts)
    except NoReverseMatch:
        return ""
