"""Opening balances that stand: posted, and not taken back."""

from django.db.models import Exists, OuterRef, QuerySet

from finance.models import Entry, EntryKind, Posting
from members.models import Member
from registry.models import Cooperative


def standing_openings(cooperative: Cooperative | OuterRef) -> QuerySet[Entry]:
    """Return the opening entries of a cooperative that were not taken back. An entry is taken back whole."""
    taken_back = Posting.objects.filter(cooperative_id=OuterRef("cooperative_id"), reverses_id=OuterRef("pk"))
    standing = Posting.objects.filter(
        ~Exists(taken_back), cooperative_id=OuterRef("cooperative_id"), entry_id=OuterRef("pk")
    )
    return Entry.objects.filter(Exists(standing), cooperative=cooperative, kind=EntryKind.OPENING)


def without_opening(cooperative: Cooperative) -> list[dict]:
    """Return number, name and day of joining of everybody in the book who has no opening balance, by number."""
    saved = Posting.objects.filter(
        cooperative=cooperative, entry__in=standing_openings(cooperative), member__isnull=False
    ).values("member")
    people = Member.objects.of(cooperative).current()
    merged = Member.objects.of(cooperative).filter(merged_into__isnull=False, pk__in=saved).values("merged_into")
    rows = people.exclude(pk__in=saved).exclude(pk__in=merged).order_by("number")
    return [
        {"number": number, "name": name, "joined_on": joined_on}
        for number, name, joined_on in rows.values_list("number_text", "name", "joined_on")
    ]
