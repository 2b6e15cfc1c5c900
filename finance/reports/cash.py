"""Where the cash is: in whose hands since when, on its way to the bank, and every move of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import Case, F, Max, Sum, When

from finance.models import CashMove, Channel, Evidence, Payment
from registry.formats import format_rupiah
from registry.models import Cooperative

from .books import account_balance

NOBODY = "tanpa nama"


@dataclass(frozen=True)
class Holder:
    """Who holds cash of the cooperative outside its box: rupiah, and the day of the oldest of it."""

    name: str
    rupiah: int
    since: date

    @property
    def words(self) -> str:
        return self.name or NOBODY

    def days(self, today: date) -> int:
        return (today - self.since).days

    def age(self, today: date) -> str:
        """`hari ini`, `1 hari`, `3 hari`"""
        return f"{self.days(today)} hari" if self.days(today) else "hari ini"


# What each collector took, less what was taken back, day by day; and what they handed over, oldest first. What a corrected
# payment no longer holds is not theirs any more.
_HELD = """
WITH handed AS (
  SELECT holder, sum(CASE WHEN reverses_id IS NULL THEN rupiah ELSE -rupiah END)::bigint AS rupiah
  FROM finance_cashmove WHERE cooperative_id = %(cooperative)s AND kind = 'handover' GROUP BY holder
), taken AS (
  SELECT p.collector AS holder, p.paid_on, sum(p.rupiah)::bigint AS rupiah
  FROM finance_payment p
  LEFT JOIN finance_receipt r ON r.cooperative_id = p.cooperative_id AND r.payment_id = p.id
  LEFT JOIN finance_receiptreplacement x ON x.cooperative_id = p.cooperative_id AND x.receipt_id = r.id
  WHERE p.cooperative_id = %(cooperative)s AND p.channel = 'collector' AND x.id IS NULL GROUP BY p.collector, p.paid_on
), running AS (
  SELECT holder, paid_on, sum(rupiah) OVER (PARTITION BY holder ORDER BY paid_on) AS so_far, sum(rupiah) OVER (PARTITION BY holder) AS total
  FROM taken
)
SELECT coalesce(r.holder, h.holder), (coalesce(max(r.total), 0) - coalesce(max(h.rupiah), 0))::bigint,
       coalesce(min(r.paid_on) FILTER (WHERE r.so_far > coalesce(h.rupiah, 0)), max(r.paid_on))
FROM running r FULL JOIN handed h ON h.holder = r.holder
GROUP BY 1 HAVING coalesce(max(r.total), 0) <> coalesce(max(h.rupiah), 0) ORDER BY 3 NULLS LAST, 1
"""


def holders(*, cooperative: Cooperative, today: date) -> list[Holder]:
    """Return who holds cash by the books, the longest first. One query. Negative: handed over more than is left of it."""
    with connection.cursor() as cursor:
        cursor.execute(_HELD, {"cooperative": cooperative.pk})
        return [Holder(name, int(rupiah), since or today) for name, rupiah, since in cursor.fetchall()]


def held_by(cooperative: Cooperative, name: str) -> int:
    """Return the rupiah one collector holds."""
    taken = Payment.objects.filter(
        cooperative=cooperative, channel=Channel.COLLECTOR, collector=name, receipt__replacement__isnull=True
    )
    handed = CashMove.objects.filter(cooperative=cooperative, kind=CashMove.Kind.HAND_OVER, holder=name)
    signed = Case(When(reverses__isnull=True, then=F("rupiah")), default=-F("rupiah"))
    return (taken.aggregate(sum=Sum("rupiah"))["sum"] or 0) - (handed.aggregate(sum=Sum(signed))["sum"] or 0)


def collectors(cooperative: Cooperative) -> list[str]:
    """Return the names of collectors used before, the latest first."""
    used = Payment.objects.filter(cooperative=cooperative, channel=Channel.COLLECTOR).exclude(collector="")
    return list(used.values_list("collector", flat=True).annotate(last=Max("pk")).order_by("-last")[:20])


def known_collector(names: Iterable[str], typed: str) -> str:
    """Return the name as it was written before: `pak udin` is the same person as `Pak Udin`."""
    return next((name for name in names if name.casefold() == typed.casefold()), typed)


@dataclass(frozen=True)
class CashPlaces:
    """Cash by the books: in the box, with people, on its way to the bank; and at the bank."""

    box: int
    holders: list[Holder]
    on_its_way: int
    bank: int

    @property
    def with_people(self) -> int:
        return sum(holder.rupiah for holder in self.holders)

    @property
    def with_people_words(self) -> str:
        """`Rp 450.000 pada 2 orang`"""
        return f"{format_rupiah(self.with_people)} pada {len(self.holders)} orang"


def cash_places(*, cooperative: Cooperative, today: date) -> CashPlaces:
    """Return where the money is. Four queries."""
    box, on_its_way, bank = (account_balance(cooperative, code) for code in ("11100", "11190", "11200"))
    return CashPlaces(box, holders(cooperative=cooperative, today=today), on_its_way, bank)


def cash_moves(cooperative: Cooperative, limit: int = 20) -> list[CashMove]:
    """Return the latest moves of cash, each with its entry and what took it back."""
    found = CashMove.objects.filter(cooperative=cooperative).select_related("entry", "reversed_by", "reverses__entry")
    return list(found.order_by("-entry_id")[:limit])


def evidence_of(cooperative: Cooperative, entry_id: int) -> list[Evidence]:
    """Return the pictures kept with an entry."""
    found = Evidence.objects.filter(cooperative=cooperative, entry_id=entry_id).select_related("file")
    return list(found.order_by("pk"))
