"""What a cooperative owes a member who left, and what it has paid of it."""

from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import F, Sum

from finance.models import EXIT_PAYABLE, MemberBalance, Obligation, PayOut, Posting, RefundPart
from members.models import Member
from registry.models import Cooperative


@dataclass(frozen=True)
class Part:
    """One part of a plan: due when, how much, and how much of it is paid; rupiah."""

    number: int
    due_on: date
    rupiah: int
    paid: int

    @property
    def left(self) -> int:
        return self.rupiah - self.paid

    def late(self, today: date) -> bool:
        return bool(self.left) and self.due_on < today


@dataclass(frozen=True)
class ExitAccount:
    """A leaver's savings: still in pokok and wajib (not settled), become a debt (21700), paid out; rupiah.

    `later`: wajib of months after the exit that still stands among what is due, until the exit is settled.
    """

    pokok: int
    wajib: int
    owed: int
    paid: int
    later: int
    pay_outs: tuple[PayOut, ...]  # newest first, those taken back included
    parts: tuple["Part", ...] = ()  # of the plan in force

    @property
    def savings(self) -> int:
        return self.pokok + self.wajib

    @property
    def settled(self) -> bool:
        return not self.savings and not self.later

    @property
    def left(self) -> int:
        return self.owed - self.paid


def exit_account(member: Member) -> ExitAccount:
    """Return how far the savings of a member who left were returned. Five queries."""
    balance = MemberBalance.objects.filter(cooperative_id=member.cooperative_id, member=member).first()
    owed, paid = Posting.objects.owed_to_leaver(member)
    later = Obligation.objects.filter(
        cooperative_id=member.cooperative_id, member=member, kind="wajib", period__gt=member.exited_on
    )
    pay_outs = PayOut.objects.filter(cooperative_id=member.cooperative_id, member=member)
    pay_outs = pay_outs.select_related("entry", "reversal")
    plan = RefundPart.objects.filter(cooperative_id=member.cooperative_id, member=member, replaced_at__isnull=True)
    return ExitAccount(
        pokok=balance.pokok_rupiah if balance else 0,
        wajib=balance.wajib_rupiah if balance else 0,
        owed=owed,
        paid=paid,
        later=later.aggregate(rupiah=Sum(F("due_rupiah") - F("paid_rupiah"), default=0))["rupiah"],
        pay_outs=tuple(pay_outs.order_by("-paid_on", "-pk")),
        parts=_covered(list(plan.order_by("number")), paid),
    )


def _covered(plan: list[RefundPart], paid: int) -> tuple[Part, ...]:
    """Lay what was paid out since the plan was made on its parts, oldest first."""
    since = paid - plan[0].paid_before if plan else 0
    parts = []
    for row in plan:
        covered = max(0, min(row.rupiah, since))
        since -= covered
        parts.append(Part(row.number, row.due_on, row.rupiah, covered))
    return tuple(parts)


@dataclass(frozen=True)
class Refund:
    """A leaver to whom the cooperative still owes: how much, and the next part of the plan, if there is one."""

    number: int
    number_text: str
    name: str
    exited_on: date
    left: int
    next_on: date | None
    next_rupiah: int


# Who is still owed, by account 21700; what was paid out since the plan covers its parts in order.
_REFUNDS = """
WITH owed AS (
  SELECT p.member_id, sum(CASE WHEN c.code = %(payable)s THEN p.rupiah ELSE -p.rupiah END)::bigint AS open,
         sum(CASE WHEN d.code = %(payable)s THEN p.rupiah WHEN p.reverses_id IS NOT NULL THEN -p.rupiah ELSE 0 END)::bigint AS paid
  FROM finance_posting p
  JOIN finance_account d ON d.cooperative_id = p.cooperative_id AND d.id = p.debit_id
  JOIN finance_account c ON c.cooperative_id = p.cooperative_id AND c.id = p.credit_id
  WHERE p.cooperative_id = %(cooperative)s AND p.member_id IS NOT NULL AND %(payable)s IN (c.code, d.code)
  GROUP BY p.member_id
), plan AS (
  SELECT member_id, number, due_on, rupiah, paid_before, sum(rupiah) OVER (PARTITION BY member_id ORDER BY number) AS up_to
  FROM finance_refundpart WHERE cooperative_id = %(cooperative)s AND replaced_at IS NULL
), next AS (
  SELECT DISTINCT ON (plan.member_id) plan.member_id, plan.due_on, least(plan.rupiah, plan.up_to - (owed.paid - plan.paid_before)) AS rupiah
  FROM plan JOIN owed USING (member_id) WHERE plan.up_to > owed.paid - plan.paid_before ORDER BY plan.member_id, plan.number
)
SELECT m.number, m.number_text, m.name, m.exited_on, owed.open, next.due_on, coalesce(next.rupiah, 0)
FROM owed JOIN members_member m ON m.cooperative_id = %(cooperative)s AND m.id = owed.member_id LEFT JOIN next USING (member_id)
WHERE owed.open > 0 ORDER BY next.due_on NULLS LAST, m.exited_on, m.number
"""


def refunds(cooperative: Cooperative) -> list[Refund]:
    """Return everybody who left and is still owed savings, the next due first. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_REFUNDS, {"cooperative": cooperative.pk, "payable": EXIT_PAYABLE})
        return [Refund(*row) for row in cursor.fetchall()]
