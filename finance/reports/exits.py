"""What a cooperative owes a member who left, and what it has paid of it."""

from dataclasses import dataclass

from finance.models import MemberBalance, PayOut, Posting
from members.models import Member


@dataclass(frozen=True)
class ExitAccount:
    """A leaver's savings: still in pokok and wajib (not settled), become a debt (21700), paid out; rupiah."""

    pokok: int
    wajib: int
    owed: int
    paid: int
    pay_outs: tuple[PayOut, ...]  # newest first

    @property
    def savings(self) -> int:
        return self.pokok + self.wajib

    @property
    def left(self) -> int:
        return self.owed - self.paid


def exit_account(member: Member) -> ExitAccount:
    """Return how far the savings of a member who left were returned. Three queries."""
    balance = MemberBalance.objects.filter(cooperative_id=member.cooperative_id, member=member).first()
    owed, paid = Posting.objects.owed_to_leaver(member)
    pay_outs = PayOut.objects.filter(cooperative_id=member.cooperative_id, member=member).select_related("entry")
    return ExitAccount(
        pokok=balance.pokok_rupiah if balance else 0,
        wajib=balance.wajib_rupiah if balance else 0,
        owed=owed,
        paid=paid,
        pay_outs=tuple(pay_outs.order_by("-paid_on", "-pk")),
    )
