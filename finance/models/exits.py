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
