"""Money handed back to people who left."""

from django.db import models
from django.db.models import Q

from registry.models.base import Link, OfCooperative, OneLink

from .dues import Channel
from .ledger import Entry


class PayOut(OfCooperative):
    """A part, or all, of what the cooperative owes a member who left (21700), handed over. Never changed.

    Its entry's number is the number of the proof that the receiver signs.
    """

    entry = OneLink(Entry, related_name="pay_out")
    member = Link("members.Member")
    paid_on = models.DateField()
    rupiah = models.BigIntegerField()
    channel = models.CharField(max_length=9, choices=Channel)
    payee = models.CharField(max_length=120, blank=True)  # an heir, or who was sent; empty: the member
    paid_by = models.CharField(max_length=120)
    left_rupiah = models.BigIntegerField()  # still owed right after

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(rupiah__gt=0), name="a_pay_out_is_positive"),
            models.CheckConstraint(condition=Q(left_rupiah__gte=0), name="nobody_is_paid_more_than_is_owed"),
            models.CheckConstraint(condition=Q(channel__in=["cash", "bank"]), name="a_pay_out_is_cash_or_bank"),
        ]
        indexes = [models.Index(fields=["cooperative", "member", "paid_on"])]


class PayOutReversal(OfCooperative):
    """A pay-out that was wrong: taken back by a mirrored posting of `entry`. Its proof no longer holds."""

    pay_out = OneLink(PayOut, related_name="reversal")
    entry = OneLink(Entry)
    reversed_on = models.DateField()
    reason = models.CharField(max_length=200)
    reversed_by = models.CharField(max_length=120)


class RefundPart(OfCooperative):
    """One part of the plan by which a leaver's savings are paid out. A plan, not money: pay-outs cover it, oldest first.

    A new plan replaces the parts before (`replaced_at`). `paid_before` is what had been paid out when it was made.
    """

    member = Link("members.Member")
    number = models.PositiveSmallIntegerField()
    due_on = models.DateField("jatuh tempo")
    rupiah = models.BigIntegerField()
    paid_before = models.BigIntegerField()
    planned_at = models.DateTimeField()
    planned_by_name = models.CharField(max_length=120)
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(rupiah__gt=0), name="a_part_of_a_refund_is_positive"),
            models.UniqueConstraint(
                fields=["cooperative", "member", "number"],
                condition=Q(replaced_at__isnull=True),
                name="the_parts_of_a_refund_are_numbered",
            ),
        ]
        indexes = [
            models.Index(
                fields=["cooperative", "due_on"], condition=Q(replaced_at__isnull=True), name="refund_parts_in_force"
            )
        ]
        ordering = ["number"]
