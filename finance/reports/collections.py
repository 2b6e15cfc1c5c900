"""Collections as they were recorded, and the overview an officer begins with."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Sum

from finance.models import CashCount, DuesDue, DuesPaid, Entry, Evidence, Payment, Receipt
from registry.models import Cooperative
from registry.periods import month_of

from .books import account_balance
from .cash import evidence_of


@dataclass(frozen=True)
class Collection:
    """One recorded collection: its entry, the slips in order of number, and the cash count."""

    entry: Entry
    receipts: tuple[Receipt, ...]
    cash: CashCount | None
    collector: str = ""  # who holds the money until it is handed over
    evidence: tuple[Evidence, ...] = ()

    @property
    def rupiah(self) -> int:
        return sum(receipt.rupiah for receipt in self.receipts)

    @property
    def cash_difference(self) -> int:
        return self.cash.counted_rupiah - self.cash.recorded_rupiah if self.cash else 0


@dataclass(frozen=True)
class DuesOverview:
    """Dues of one month: what was due and paid for it, what came in during it, and the cash in hand by the books."""

    month: date
    due: int
    due_members: int
    paid: int
    received: int
    cash: int
    shares: tuple[float | None, ...]  # paid share of each month of the year, None = nothing due yet

    @property
    def open(self) -> int:
        return self.due - self.paid


def collection(*, cooperative: Cooperative, entry: Entry) -> Collection:
    """Return one collection. Three queries."""
    receipts = (
        Receipt.objects.filter(cooperative=cooperative, payment__entry=entry)
        .select_related("payment__member")
        .order_by("number")
    )
    found = tuple(receipts)
    return Collection(
        entry,
        found,
        CashCount.objects.filter(cooperative=cooperative, entry=entry).first(),
        found[0].payment.collector if found else "",
        tuple(evidence_of(cooperative, entry.pk)),
    )


def dues_overview(*, cooperative: Cooperative, month: date) -> DuesOverview:
    """Return the figures of a month from the kept sums."""
    month = month_of(month)
    due = DuesDue.objects.filter(cooperative=cooperative, kind="wajib", period__year=month.year)
    dues = {row.period: row for row in due}
    paid = dict(
        DuesPaid.objects.filter(cooperative=cooperative, kind="wajib", period__year=month.year)
        .values_list("period")
        .annotate(rupiah=Sum("rupiah"))
    )
    received = (
        DuesPaid.objects.filter(cooperative=cooperative, posted_month=month).aggregate(sum=Sum("rupiah"))["sum"] or 0
    )
    shares = []
    for number in range(1, month.month + 1):
        row = dues.get(date(month.year, number, 1))
        shares.append(int(paid.get(row.period, 0)) / row.rupiah if row and row.rupiah else None)
    this = dues.get(month)
    return DuesOverview(
        month=month,
        due=this.rupiah if this else 0,
        due_members=this.obligations if this else 0,
        paid=int(paid.get(month, 0)),
        received=int(received),
        cash=account_balance(cooperative, "11100"),
        shares=tuple(shares),
    )


def recent_collections(cooperative: Cooperative, limit: int = 5) -> list[dict[str, Any]]:
    """Return the latest entries with dues: number, date, maker, members and rupiah. One query."""
    return [
        dict(row)
        for row in Payment.objects.filter(cooperative=cooperative, receipt__isnull=False)
        .values(
            "entry_id",
            "entry__year",
            "entry__number",
            "entry__posted_on",
            "entry__recorded_at",
            "entry__maker_name",
            "entry__text",
        )
        .annotate(rupiah=Sum("rupiah"))
        .order_by("-entry_id")[:limit]
    ]
