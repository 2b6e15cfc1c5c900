"""The ledger. A posting moves an amount from one account to another, so the books balance by construction.

Posted rows never change: no UPDATE or DELETE is granted, and triggers refuse even the owner (`finance/sql/ledger.sql`).
A mistake is answered by a reversing posting.
"""

import hashlib
from collections.abc import Iterable
from datetime import date

from django.db import models
from django.db.models import F, Q, Sum

from registry.models.base import Link, OfCooperative, OneLink
from registry.periods import last_day, month_of

EXIT_PAYABLE = "21700"  # what the cooperative owes to members who left


class Books(models.Model):
    """The books of one cooperative. Locking this row orders everything that moves its money."""

    cooperative = models.OneToOneField("registry.Cooperative", models.PROTECT, primary_key=True, related_name="books")
    opened_on = models.DateField()  # first day of the first month kept here
    instalments_make_members = models.BooleanField(default=False)  # by-laws: member before pokok is paid in full
    closed_through = models.DateField(null=True)  # last day of the last closed month


class BookYear(OfCooperative):
    """Gapless counters of one year: entries by posting year, receipts by year of recording."""

    year = models.PositiveSmallIntegerField()
    last_entry = models.PositiveIntegerField(default=0)
    last_receipt = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cooperative", "year"], name="a_book_year_is_one_row")]


class Account(OfCooperative):
    """An account of a cooperative's chart (domain 3.4). Codes used in reports are fixed; a cooperative may add others."""

    class Kind(models.TextChoices):
        ASSET = "asset", "Aset"
        LIABILITY = "liability", "Liabilitas"
        EQUITY = "equity", "Ekuitas"
        INCOME = "income", "Pendapatan"
        COST = "cost", "Harga pokok"
        EXPENSE = "expense", "Beban"

    code = models.CharField(max_length=8)
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=9, choices=Kind)
    normal = models.CharField(max_length=1, choices=[("D", "Debet"), ("K", "Kredit")])

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cooperative", "code"], name="an_account_code_is_unique_in_its_books")
        ]
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Period(OfCooperative):
    """A closed month. A month without a row is open."""

    month = models.DateField()
    closed_at = models.DateTimeField()
    closed_by = models.BigIntegerField()
    checked_by = models.BigIntegerField()
    closed_by_name = models.CharField(max_length=120, blank=True, db_default="")
    checked_by_name = models.CharField(max_length=120, blank=True, db_default="")
    seal = models.BinaryField(max_length=32)  # SHA-256 over the month's entry digests and the seal before
    cash_counted_rupiah = models.BigIntegerField()
    cash_booked_rupiah = models.BigIntegerField(
        null=True
    )  # 11100 before the difference; null: closed before it was kept
    difference_reason = models.CharField(max_length=200, blank=True, db_default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cooperative", "month"], name="a_month_is_closed_once"),
            models.CheckConstraint(condition=~Q(closed_by=F("checked_by")), name="who_closes_does_not_check"),
            models.CheckConstraint(condition=Q(cash_counted_rupiah__gte=0), name="nobody_counts_less_than_no_cash"),
            models.CheckConstraint(
                condition=Q(cash_booked_rupiah__isnull=True)
                | Q(cash_booked_rupiah=F("cash_counted_rupiah"))
                | ~Q(difference_reason=""),
                name="a_month_closes_with_its_cash_explained",
            ),
        ]

    @staticmethod
    def seal_over(previous: bytes, month: date, digests: Iterable[bytes]) -> bytes:
        """Return the seal of `month` (docs/seal.md): SHA-256 over the seal before, the month and its entries' digests."""
        return hashlib.sha256(previous + month_of(month).isoformat().encode() + b"".join(digests)).digest()


class EntryKind(models.TextChoices):
    DUES = "dues", "Setoran simpanan"
    REVERSAL = "reversal", "Koreksi"
    OPENING = "opening", "Saldo awal"
    EXIT = "exit", "Pengembalian simpanan"
    CASH = "cash", "Kas"


class CurrentTransaction(models.Func):
    """The transaction's number, as the database knows it."""

    template = "(pg_current_xact_id()::text::bigint)"
    output_field = models.BigIntegerField()


class Entry(OfCooperative):
    """A line of the journal: one act, one date, one maker, one or many postings."""

    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    posted_on = models.DateField()
    kind = models.CharField(max_length=8, choices=EntryKind)
    text = models.CharField(max_length=160)  # never a member's name: member numbers only
    maker_id = models.BigIntegerField()
    maker_name = models.CharField(max_length=120)
    recorded_at = models.DateTimeField()
    transaction = models.BigIntegerField(db_default=CurrentTransaction())  # nothing may be added later

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cooperative", "year", "number"], name="entries_are_numbered_once_a_year"),
            models.UniqueConstraint(fields=["cooperative", "id", "posted_on"], name="an_entry_has_one_date"),
        ]
        indexes = [models.Index(fields=["cooperative", "posted_on", "id"])]
        ordering = ["posted_on", "id"]

    @property
    def number_text(self) -> str:
        """`JU-2026-0311`, as printed in the column Bukti."""
        return f"JU-{self.year}-{self.number:04d}"

    @property
    def address(self) -> str:
        """`2026-311`, as it stands in the address of its page."""
        return f"{self.year}-{self.number}"


class PostingQuerySet(models.QuerySet):
    def owed_to_leaver(self, member) -> tuple[int, int]:
        """Return (became a debt, paid out) of what the cooperative owes a member who left, as account 21700 says, rupiah.

        A reversed pay-out was not paid out.
        """
        own = self.filter(cooperative_id=member.cooperative_id, member=member)
        into, out = Q(credit__code=EXIT_PAYABLE), Q(debit__code=EXIT_PAYABLE)
        mirrored = Q(reverses__isnull=False)
        sums = own.aggregate(
            owed=Sum("rupiah", filter=into & ~mirrored, default=0) - Sum("rupiah", filter=out & mirrored, default=0),
            paid=Sum("rupiah", filter=out & ~mirrored, default=0) - Sum("rupiah", filter=into & mirrored, default=0),
        )
        return int(sums["owed"]), int(sums["paid"])


class Posting(OfCooperative):
    """A transfer of `rupiah` from `credit` to `debit`. `posted_on` repeats the entry's date (a composite key keeps it so)."""

    entry = Link(Entry, related_name="postings")
    posted_on = models.DateField()
    debit = Link(Account)
    credit = Link(Account)
    rupiah = models.BigIntegerField()
    member = Link("members.Member", null=True)
    unit = models.CharField(max_length=40, blank=True, db_default="")  # gerai
    funding = models.CharField(max_length=20, blank=True, db_default="")  # where public money can be traced
    reverses = OneLink("self", null=True)

    objects = PostingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(rupiah__gt=0, rupiah__lte=1_000_000_000_000), name="a_posting_moves_a_positive_amount"
            ),
            models.CheckConstraint(condition=~Q(debit=F("credit")), name="a_posting_moves_between_two_accounts"),
        ]
        indexes = [
            models.Index(fields=["cooperative", "posted_on"]),
            models.Index(fields=["cooperative", "member", "posted_on"]),
            models.Index(fields=["entry"]),
        ]
        ordering = ["posted_on", "id"]


class EntryDigestQuerySet(models.QuerySet):
    def of_month(self, cooperative_id: int, month: date) -> list[bytes]:
        """Return the digests of a month's entries, in the order of their numbers: what its seal is made of."""
        found = self.filter(
            cooperative_id=cooperative_id,
            entry__cooperative_id=cooperative_id,
            entry__posted_on__range=(month_of(month), last_day(month)),
        )
        return [
            bytes(digest) for digest in found.order_by("entry__year", "entry__number").values_list("digest", flat=True)
        ]


class EntryDigest(OfCooperative):
    """SHA-256 of the entry's canonical text (docs/seal.md), computed in SQL in the transaction that posted it."""

    entry = OneLink(Entry, related_name="digest")
    digest = models.BinaryField(max_length=32)

    objects = EntryDigestQuerySet.as_manager()
