"""What a cooperative owes a member who left, and what it has paid of it."""

from dataclasses import dataclass

from django.db.models import F, Sum

from finance.models import MemberBalance, Obligation, PayOut, Posting
from members.models import Member


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
    pay_outs: tuple[PayOut, ...]  # newest first

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
    """Return how far the savings of a member who left were returned. Four queries."""
    balance = MemberBalance.objects.filter(cooperative_id=member.cooperative_id, member=member).first()
    owed, paid = Posting.objects.owed_to_leaver(member)
    later = Obligation.objects.filter(
        cooperative_id=member.cooperative_id, member=member, kind="wajib", period__gt=member.exited_on
    )
    pay_outs = PayOut.objects.filter(cooperative_id=member.cooperative_id, member=member).select_related("entry")
    return ExitAccount(
        pokok=balance.pokok_rupiah if balance else 0,
        wajib=balance.wajib_rupiah if balance else 0,
        owed=owed,
        paid=paid,
        later=later.aggregate(rupiah=Sum(F("due_rupiah") - F("paid_rupiah"), default=0))["rupiah"],
        pay_outs=tuple(pay_outs.order_by("-paid_on", "-pk")),
    )
