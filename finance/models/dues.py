"""Simpanan pokok and wajib: what is owed, what was paid, and how a payment covers what is owed."""

from django.db import models
from django.db.models import F, Q

from registry.models.base import Link, OfCooperative, OneLink

from .ledger import Entry


class DuesKind(models.TextChoices):
    POKOK = "pokok", "Simpanan pokok"
    WAJIB = "wajib", "Simpanan wajib"


class Channel(models.TextChoices):
    CASH = "cash", "Tunai"
    BANK = "bank", "Transfer bank"
    QRIS = "qris", "QRIS"
    PAYROLL = "payroll", "Potong gaji"
    COLLECTOR = "collector", "Lewat kolektor"


class DuesRate(OfCooperative):
    """What the members' meeting decided: the amount of one kind of dues from a month on."""

    kind = models.CharField(max_length=5, choices=DuesKind)
    rupiah = models.BigIntegerField("jumlah")
    valid_from = models.DateField("berlaku mulai")  # first of a month
    decided_on = models.DateField("tanggal rapat anggota", null=True, blank=True)
    decision = models.CharField("keputusan rapat", max_length=120, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cooperative", "kind", "valid_from"], name="a_rate_starts_once"),
            models.CheckConstraint(
                condition=Q(rupiah__gte=0, rupiah__lte=1_000_000_000), name="a_rate_is_not_negative"
            ),
            models.CheckConstraint(condition=Q(valid_from__day=1), name="a_rate_starts_on_the_first"),
        ]
        ordering = ["kind", "-valid_from"]


class Obligation(OfCooperative):
    """What one member owes for one kind and month (pokok: the month of joining). Made from the rate in force.

    `paid_rupiah` is kept by the action that pays; the check is the database's rule against paying twice.
    """

    member = Link("members.Member")
    kind = models.CharField(max_length=5, choices=DuesKind)
    period = models.DateField()  # first of the month
    due_rupiah = models.BigIntegerField()
    paid_rupiah = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cooperative", "member", "kind", "period"], name="an_obligation_exists_once"
            ),
            models.CheckConstraint(
                condition=Q(paid_rupiah__gte=0) & Q(paid_rupiah__lte=F("due_rupiah")),
                name="nobody_pays_more_than_is_due",
            ),
            models.CheckConstraint(condition=Q(kind__in=["pokok", "wajib"]), name="dues_are_pokok_or_wajib"),
        ]
        indexes = [models.Index(fields=["cooperative", "kind", "period"])]


class DuesPause(OfCooperative):
    """Months without wajib ("libur"), by decision: of one member, or of everybody. What was paid for them stays paid.

    Their obligations stand with nothing due, so that nothing has holes; taking the pause back lets them be due again.
    """

    member = Link("members.Member", null=True)  # null: everybody
    first_month = models.DateField()
    last_month = models.DateField()
    decided_on = models.DateField()
    decision = models.CharField(max_length=120)
    decided_by = models.CharField(max_length=120)  # who recorded it
    recorded_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.CharField(max_length=120, blank=True)
    withdrawn_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(first_month__day=1, last_month__day=1, last_month__gte=F("first_month")),
                name="a_pause_is_whole_months",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | ~Q(withdrawn_reason=""),
                name="a_pause_is_taken_back_with_a_reason",
            ),
        ]
        indexes = [models.Index(fields=["cooperative", "first_month"])]


class DueBeforeMerge(OfCooperative):
    """What an entry of a merged person owed by itself, pauses aside: one person owes once, separating gives each its own back.

    `made`: the surviving entry had no such obligation; it was made because the other one had it.
    """

    member = Link("members.Member")
    kind = models.CharField(max_length=5, choices=DuesKind)
    period = models.DateField()
    due_rupiah = models.BigIntegerField()
    made = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cooperative", "member", "kind", "period"], name="a_due_before_a_merge_is_kept_once"
            )
        ]


class DuesWaiver(OfCooperative):
    """What a pause took off an obligation, and since when; `restored_on`: due again from that day.

    Several of one pause, where a payment of the month was taken back after the open rest had been waived.
    """

    pause = Link(DuesPause, related_name="waivers")
    obligation = Link(Obligation)
    rupiah = models.BigIntegerField()
    waived_on = models.DateField()
    restored_on = models.DateField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(rupiah__gt=0), name="a_waiver_waives_something")]
        indexes = [models.Index(fields=["pause"]), models.Index(fields=["cooperative", "obligation"])]


class Payment(OfCooperative):
    """One member's money in one entry: who paid, how, and through whom. Never changed; corrected by reversal."""

    entry = Link(Entry, related_name="payments")
    member = Link("members.Member")
    paid_on = models.DateField()
    rupiah = models.BigIntegerField()
    channel = models.CharField(max_length=9, choices=Channel)
    payer = models.CharField(max_length=120, blank=True)  # another person than the member
    collector = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cooperative", "entry", "member"], name="a_member_pays_once_per_entry"),
            models.CheckConstraint(condition=Q(rupiah__gt=0), name="a_payment_is_positive"),
        ]
        indexes = [models.Index(fields=["cooperative", "member", "paid_on"])]


class Allocation(OfCooperative):
    """The part of a payment that covers an obligation. A reversal adds the same with a minus sign."""

    payment = Link(Payment, related_name="allocations")
    obligation = Link(Obligation, related_name="allocations")
    posted_on = models.DateField()
    rupiah = models.BigIntegerField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(rupiah=0), name="an_allocation_is_not_empty")]
        indexes = [
            models.Index(fields=["payment"]),
            models.Index(fields=["obligation"]),
            models.Index(fields=["cooperative", "posted_on"]),  # what came after a day, for arrears as of that day
        ]


class Receipt(OfCooperative):
    """What the slip says: numbered without gaps per year of recording, found by its code. Never changed."""

    payment = OneLink(Payment, related_name="receipt")
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    code = models.CharField(max_length=24)
    member_number = models.CharField(max_length=12)
    purpose = models.CharField(max_length=160)
    rupiah = models.BigIntegerField()
    paid_on = models.DateField()
    recorded_at = models.DateTimeField()
    received_by = models.CharField(max_length=120)
    balance_rupiah = models.BigIntegerField()  # pokok + wajib right after this payment
    holder_proof = models.CharField(max_length=64, blank=True)  # SHA-256 of code, member number, birth date

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cooperative", "year", "number"], name="receipts_are_numbered_once_a_year"),
            models.UniqueConstraint(fields=["cooperative", "code"], name="a_receipt_code_is_unique"),
        ]

    @property
    def number_text(self) -> str:
        """`KW/2026/01842`"""
        return f"KW/{self.year}/{self.number:05d}"

    @property
    def address(self) -> str:
        """`2026-1842`, as it stands in the address of the page."""
        return f"{self.year}-{self.number}"


class ReceiptReplacement(OfCooperative):
    """A receipt no longer holds: when, why, and which one holds instead, if any. Carries the code for the public page."""

    receipt = OneLink(Receipt, related_name="replacement")
    code = models.CharField(max_length=24)
    replaced_by = Link(Receipt, null=True)
    replaced_on = models.DateField()
    reason = models.CharField(max_length=200)

    class Meta:
        indexes = [models.Index(fields=["cooperative", "code"])]


class CashCount(OfCooperative):
    """The notes on the table when a collection was recorded."""

    entry = OneLink(Entry, related_name="cash_count")
    notes = models.JSONField()  # {"100000": 14, ..., "coins": 500}
    recorded_rupiah = models.BigIntegerField()
    counted_rupiah = models.BigIntegerField()
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(recorded_rupiah=F("counted_rupiah")) | ~Q(reason=""), name="a_cash_difference_is_explained"
            )
        ]


class Submission(OfCooperative):
    """A form that moved money: the same key and content answers with the same entry, other content is refused."""

    key = models.UUIDField()
    request_hash = models.BinaryField(max_length=32)
    entry = Link(Entry)
    at = models.DateTimeField()  # arrival, by the server's clock
    device_at = models.DateTimeField(null=True)  # recorded without signal: what the device's clock said

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cooperative", "key"], name="a_submission_counts_once")]
