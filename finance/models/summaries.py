"""Sums kept in the transaction that changes them. `manage.py verify` recomputes each from the postings."""

from django.db import models

from registry.models.base import Link, OfCooperative, OfCooperativeAndAgency

from .dues import DuesKind


class MemberBalance(OfCooperative):
    """A person's savings: pokok and wajib, as the postings of the entry and of those merged into it say."""

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


# Equity that is "modal sendiri" (UU 25/1992 Pasal 41): pokok, wajib, cadangan, hibah, and the accounts it stands in
OWN_CAPITAL = {"pokok": ("31000", "31100"), "wajib": ("32000",), "cadangan": ("35000", "35100"), "hibah": ("34000",)}


class BooksMonth(OfCooperativeAndAgency):
    """A month in which something was entered: the cooperative's own capital at its end, and its business in it.

    `business_rupiah`: sales, and loans granted to members, less what was taken back.

    Kept by a trigger on `AccountMonth` (`finance/sql/summaries.sql`), so that a report over a thousand cooperatives reads
    one row of each instead of the whole history of their accounts.
    """

    month = models.DateField()
    pokok_rupiah = models.BigIntegerField(default=0)
    wajib_rupiah = models.BigIntegerField(default=0)
    cadangan_rupiah = models.BigIntegerField(default=0)
    hibah_rupiah = models.BigIntegerField(default=0)
    business_rupiah = models.BigIntegerField(default=0, db_default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cooperative", "month"], name="a_month_of_books_is_one_row")]
        indexes = [models.Index(fields=["agency", "month", "cooperative"])]


class DuesDue(OfCooperativeAndAgency):
    """What was due for a period: how many members and how much; and how much of it was paid by the period's end.

    `in_time_rupiah` is kept by a trigger on `DuesPaid`: payments for the period posted in its month or before, less what
    was taken back by then.
    """

    kind = models.CharField(max_length=5, choices=DuesKind)
    period = models.DateField()
    obligations = models.IntegerField(default=0)
    rupiah = models.BigIntegerField(default=0)
    in_time_rupiah = models.BigIntegerField(default=0, db_default=0)

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
