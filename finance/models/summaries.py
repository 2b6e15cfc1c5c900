"""Sums kept in the transaction that changes them. `manage.py verify` recomputes each from the postings."""

from django.db import models

from registry.models.base import Link, OfCooperative, OfCooperativeAndAgency

from .dues import DuesKind


class MemberBalance(OfCooperative):
    """A member's savings: pokok and wajib, as the postings say."""

    member = Link("members.Member")
    pokok_rupiah = models.BigIntegerField(default=0)
    wajib_rupiah = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cooperative", "member"], name="a_member_has_one_balance")]


class AccountMonth(OfCooperativeAndAgency):
    """Debits and credits of an account in a month."""

    account_code = models.CharField(max_length=8)
    month = models.DateField()
    debit_rupiah = models.BigIntegerField(default=0)
    credit_rupiah = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cooperative", "account_code", "month"], name="an_account_month_is_one_row")
        ]
        indexes = [models.Index(fields=["agency", "account_code", "month"])]


class DuesDue(OfCooperativeAndAgency):
    """What was due for a period: how many members and how much."""

    kind = models.CharField(max_length=5, choices=DuesKind)
    period = models.DateField()
    obligations = models.IntegerField(default=0)
    rupiah = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cooperative", "kind", "period"], name="a_due_period_is_one_row")
        ]
        indexes = [models.Index(fields=["agency", "kind", "period"])]


class DuesPaid(OfCooperativeAndAgency):
    """What was paid for a period, by the month it was posted in. Sums up to a month give arrears at its end."""

    kind = models.CharField(max_length=5, choices=DuesKind)
    period = models.DateField()
    posted_month = models.DateField()
    rupiah = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cooperative", "kind", "period", "posted_month"], name="a_paid_period_is_one_row"
            )
        ]
        indexes = [
            models.Index(fields=["agency", "kind", "posted_month"]),
            models.Index(fields=["agency", "kind", "period"]),
        ]
