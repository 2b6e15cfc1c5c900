"""One member's savings: balance, card of months, movements, and what is open now."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import Sum

from finance.models import MemberBalance, Obligation
from members.models import Member, entries_of
from registry.formats import format_month_short
from registry.models import Cooperative
from registry.periods import last_day, month_of

from .pokok import OpenPokok
from .rates import Rates, months_not_made


@dataclass(frozen=True)
class Movement:
    """One line of the member's book. `rupiah` is negative for corrections and refunds; `balance` is after it."""

    on: date
    text: str
    amount: int
    balance: int
    url: str = ""
    cancelled: str = ""
    receipt: str = ""  # "2026-1842"
    pokok: int = 0
    wajib: int = 0

    @property
    def date(self) -> str:
        """The day as a book under its year shows it: `10 Okt`."""
        return f"{self.on.day} {format_month_short(self.on)}"


@dataclass(frozen=True)
class MemberSavings:
    """What a member has saved, as the postings say, and how far the obligations are covered."""

    pokok: int
    wajib: int
    pokok_due: int
    wajib_months: int
    wajib_months_paid: int
    cards: tuple[tuple[int, str], ...]  # year, twelve letters
    movements: tuple[Movement, ...]  # newest first

    @property
    def total(self) -> int:
        return self.pokok + self.wajib

    @property
    def by_year(self) -> dict[int, list[Movement]]:
        years: dict[int, list[Movement]] = defaultdict(list)
        for movement in self.movements:
            years[movement.on.year].append(movement)
        return dict(years)


@dataclass(frozen=True)
class OpenDues:
    """What one member owes: pokok left, the rate of a month, and the open months with their amounts.

    `instalment`: of the pokok by the by-laws (0: at once); `pokok_now`: how much of it to ask for this month.
    """

    pokok_left: int
    pokok_due: int
    monthly: int
    months: tuple[tuple[date, int], ...] = field(default_factory=tuple)
    times: int = 1  # instalments of the pokok
    pokok_paid_now: int = 0  # in the month asked for
    pauses: tuple[tuple[date, date], ...] = ()  # first and last month of each that holds for the member

    def is_free(self, month: date) -> bool:
        """Whether nothing is owed for a month, by decision."""
        return any(first <= month <= last for first, last in self.pauses)

    @property
    def instalment(self) -> int:
        return OpenPokok(self.pokok_due, self.pokok_left).instalment(self.times)

    @property
    def pokok_now(self) -> int:
        return OpenPokok(self.pokok_due, self.pokok_left, self.pokok_paid_now).proposed(self.times)

    @property
    def wajib_open(self) -> int:
        return sum(rupiah for _, rupiah in self.months)


_MOVEMENTS = """
SELECT e.posted_on, e.kind, e.text, e.year, e.number, s.pokok, s.wajib, r.year, r.number, r.purpose, x.replaced_on
FROM (
  SELECT p.entry_id, p.member_id,
         sum(CASE WHEN c.code = '31000' THEN p.rupiah WHEN d.code = '31000' THEN -p.rupiah ELSE 0 END)::bigint AS pokok,
         sum(CASE WHEN c.code = '32000' THEN p.rupiah WHEN d.code = '32000' THEN -p.rupiah ELSE 0 END)::bigint AS wajib
  FROM finance_posting p
  JOIN finance_account d ON d.cooperative_id = p.cooperative_id AND d.id = p.debit_id
  JOIN finance_account c ON c.cooperative_id = p.cooperative_id AND c.id = p.credit_id
  WHERE p.cooperative_id = %(cooperative)s AND p.posted_on <= %(until)s AND p.member_id IN (
    SELECT %(member)s::bigint UNION ALL
    SELECT id FROM members_member WHERE cooperative_id = %(cooperative)s AND merged_into_id = %(member)s)
  GROUP BY p.entry_id, p.member_id
) s
JOIN finance_entry e ON e.cooperative_id = %(cooperative)s AND e.id = s.entry_id AND (s.pokok <> 0 OR s.wajib <> 0)
LEFT JOIN finance_payment y ON y.cooperative_id = %(cooperative)s AND y.entry_id = e.id AND y.member_id = s.member_id
LEFT JOIN finance_receipt r ON r.cooperative_id = %(cooperative)s AND r.payment_id = y.id
LEFT JOIN finance_receiptreplacement x ON x.cooperative_id = %(cooperative)s AND x.receipt_id = r.id
ORDER BY e.posted_on, e.id, s.member_id
"""


def member_savings(*, cooperative: Cooperative, member: Member, until: date) -> MemberSavings:
    """Return the member's statement up to `until`: four queries, whatever the length of the book."""
    own = Obligation.objects.filter(entries_of(member), cooperative=cooperative)
    sums = own.values("kind", "period").annotate(due=Sum("due_rupiah"), paid=Sum("paid_rupiah")).order_by("period")
    obligations = list(sums.values_list("kind", "period", "due", "paid"))
    movements = _movements(cooperative, member, until)
    wajib = [(period, due, paid) for kind, period, due, paid in obligations if kind == "wajib"]
    if member.exited_on:  # wajib stops with the month of exit; of later months only what was paid counts
        stops = member.exited_on
        wajib = [
            (period, due if period <= stops else paid, paid) for period, due, paid in wajib if period <= stops or paid
        ]
    return MemberSavings(
        pokok=sum(m.pokok for m in movements),
        wajib=sum(m.wajib for m in movements),
        pokok_due=sum(due for kind, _, due, _ in obligations if kind == "pokok"),
        wajib_months=sum(period <= until and due > 0 for period, due, _ in wajib),
        wajib_months_paid=sum(paid == due for period, due, paid in wajib if period <= until and due > 0),
        cards=_cards(wajib, until, member.exited_on),
        movements=tuple(reversed(movements)),
    )


OF_ONE = {
    "opening": "Saldo awal dari buku lama"
}  # entries of many members speak of them all; a member's own book does not


def _movements(cooperative: Cooperative, member: Member, until: date) -> list[Movement]:
    balance, found = 0, []
    with connection.cursor() as cursor:
        cursor.execute(_MOVEMENTS, {"cooperative": cooperative.pk, "member": member.pk, "until": until})
        for posted_on, kind, text, _, _, pokok, wajib, year, number, purpose, replaced_on in cursor.fetchall():
            balance += pokok + wajib
            found.append(
                Movement(
                    on=posted_on,
                    text=_short(purpose) if kind == "dues" and purpose else OF_ONE.get(kind, text),
                    amount=pokok + wajib,
                    balance=balance,
                    cancelled=f"Dibatalkan {replaced_on:%d/%m/%Y}" if replaced_on else "",
                    receipt=f"{year}-{number}" if number else "",
                    pokok=pokok,
                    wajib=wajib,
                )
            )
    return found


def _short(purpose: str) -> str:
    """`Simpanan wajib Okt 2026` → `Wajib Okt 2026`"""
    rest = purpose.removeprefix("Simpanan ")
    return rest[:1].upper() + rest[1:]


def _cards(wajib: list[tuple[date, int, int]], until: date, left: date | None) -> tuple[tuple[int, str], ...]:
    known = {period: (due, paid) for period, due, paid in wajib}
    years = sorted({period.year for period in known})
    cards = []
    for year in years:
        letters = ""
        for number in range(1, 13):
            day = date(year, number, 1)
            due, paid = known.get(day, (0, 0))
            if not due:
                letters += "l" if day in known and (left is None or day <= left) else "x"
            elif paid == due:
                letters += "p"
            else:
                letters += "u" if day <= until else "x"
        cards.append((year, letters))
    return tuple(cards)


# Everything about one member's dues, one kind of row below the other: the books' beginning, the rates, the obligations.
_DUES = """
SELECT 'books' AS what, '' AS kind, opened_on AS day, 0::bigint, 0::bigint FROM finance_books WHERE cooperative_id = %(cooperative)s
UNION ALL
SELECT 'rate', kind, valid_from, rupiah, 0 FROM finance_duesrate WHERE cooperative_id = %(cooperative)s
UNION ALL
SELECT 'pause', '', first_month, last_month - first_month, 0 FROM finance_duespause
WHERE cooperative_id = %(cooperative)s AND withdrawn_at IS NULL AND (member_id IS NULL OR member_id IN (
  SELECT %(member)s::bigint UNION ALL
  SELECT id FROM members_member WHERE cooperative_id = %(cooperative)s AND merged_into_id = %(member)s))
UNION ALL
(SELECT 'rules', '', valid_from, pokok_instalments, 0 FROM finance_bylaws
 WHERE cooperative_id = %(cooperative)s AND valid_from <= %(last_day)s ORDER BY valid_from DESC LIMIT 1)
UNION ALL
SELECT 'now', '', NULL, sum(a.rupiah)::bigint, 0 FROM finance_obligation o
JOIN finance_allocation a ON a.cooperative_id = o.cooperative_id AND a.obligation_id = o.id AND a.posted_on BETWEEN %(first_day)s AND %(last_day)s
WHERE o.cooperative_id = %(cooperative)s AND o.member_id = %(member)s AND o.kind = 'pokok'
UNION ALL
SELECT 'owed', kind, period, due_rupiah, paid_rupiah FROM finance_obligation WHERE cooperative_id = %(cooperative)s AND member_id = %(member)s
ORDER BY what, kind, day
"""


def open_dues(*, cooperative: Cooperative, member: Member, through: date) -> OpenDues:
    """Return what the member owes up to `through`, months without an obligation row included. One query."""
    with connection.cursor() as cursor:
        values: dict[str, Any] = {"cooperative": cooperative.pk, "member": member.pk}
        cursor.execute(_DUES, values | {"first_day": month_of(through), "last_day": last_day(through)})
        found = cursor.fetchall()
    opened_on = next((day for what, _, day, _, _ in found if what == "books"), None)
    if opened_on is None:
        return OpenDues(0, 0, 0)
    rates = Rates.of((kind, day, rupiah) for what, kind, day, rupiah, _ in found if what == "rate")
    pauses = tuple((day, day + timedelta(days=days)) for what, _, day, days, _ in found if what == "pause")
    pokok = [(due, paid) for what, kind, _, due, paid in found if (what, kind) == ("owed", "pokok")]
    wajib = [(period, due, paid) for what, kind, period, due, paid in found if (what, kind) == ("owed", "wajib")]
    stops = min(through, member.exited_on) if member.exited_on else through
    months = [(period, due - paid) for period, due, paid in wajib if paid < due and period <= stops]
    last = wajib[-1][0] if wajib else None
    for month in months_not_made(last, member.joined_on, opened_on, through, member.exited_on):
        free = any(first <= month <= last for first, last in pauses)
        if rates.at("wajib", month) and not free:
            months.append((month, rates.at("wajib", month)))
    pokok_due = sum(due for due, _ in pokok) if pokok else rates.at("pokok", max(member.joined_on, opened_on))
    pokok_left = pokok_due - sum(paid for _, paid in pokok)
    times = next((times for what, _, _, times, _ in found if what == "rules"), 1)
    paid_now = next((rupiah or 0 for what, _, _, rupiah, _ in found if what == "now"), 0)
    return OpenDues(pokok_left, pokok_due, rates.at("wajib", through), tuple(months), times, paid_now, pauses)


def balances_of(cooperative: Cooperative, member_ids: list[int]) -> dict[int, MemberBalance]:
    """Return the stored balance of each of some members."""
    return {b.member_id: b for b in MemberBalance.objects.filter(cooperative=cooperative, member_id__in=member_ids)}
