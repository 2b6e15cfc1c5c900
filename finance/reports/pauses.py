"""Pauses of wajib as they were decided, and what one would waive before it is."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Q, Sum

from finance.models import DuesPause, Obligation
from members.models import Member
from registry.models import Cooperative


@dataclass(frozen=True)
class Effect:
    """What a pause would do: whose open months, how many, how much; and the months that were paid and stay so."""

    members: int
    months: int
    rupiah: int
    paid_months: int


def effect_of(*, cooperative: Cooperative, member: Member | None, first: date, last: date) -> Effect:
    """Return what pausing `first` to `last` would waive. Months not billed yet are not counted: nothing is owed there. One query."""
    found = Obligation.objects.filter(cooperative=cooperative, kind="wajib", period__range=(first, last))
    if member:
        found = found.filter(Q(member=member) | Q(member__merged_into=member))
    unpaid = Q(due_rupiah__gt=F("paid_rupiah"))
    sums = found.aggregate(
        members=Count("member", distinct=True, filter=unpaid),
        months=Count("pk", filter=unpaid),
        rupiah=Sum(F("due_rupiah") - F("paid_rupiah"), filter=unpaid),
        paid=Count("pk", filter=Q(due_rupiah=F("paid_rupiah"), paid_rupiah__gt=0)),
    )
    return Effect(sums["members"], sums["months"], int(sums["rupiah"] or 0), sums["paid"])


def pauses_of(cooperative: Cooperative) -> list[DuesPause]:
    """Return every pause with what it waived (`waived_rupiah`), the latest months first."""
    waived = Sum("waivers__rupiah", filter=Q(waivers__restored_on__isnull=True))
    found = DuesPause.objects.filter(cooperative=cooperative).select_related("member").annotate(waived_rupiah=waived)
    return list(found.order_by("-first_month", "-pk")[:100])
