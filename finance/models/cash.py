"""Cash on its way: from a collector's hand to the treasurer, from the treasurer to the bank; and pictures that prove it."""

from django.db import models
from django.db.models import F, Q

from registry.models.base import Link, OfCooperative, OneLink

from .ledger import Entry


class CashMove(OfCooperative):
    """Money that changed its place, not its owner: one entry between two accounts of money. Never changed; taken back by another."""

    class Kind(models.TextChoices):
        HAND_OVER = "handover", "Serah terima kas"  # 11130 → 11100
        DEPOSIT = "deposit", "Setor ke bank"  # 11100 → 11200
        SENT = "sent", "Dibawa ke bank"  # 11100 → 11190
        ARRIVED = "arrived", "Sampai di bank"  # 11190 → 11200

    entry = OneLink(Entry, related_name="cash_move")
    kind = models.CharField(max_length=8, choices=Kind)
    moved_on = models.DateField()
    rupiah = models.BigIntegerField()
    holder = models.CharField(max_length=120, blank=True)  # who held it: the collector, or who carried it to the bank
    received_by = models.CharField(max_length=120)  # who recorded it
    notes = models.JSONField(null=True)  # the notes counted: {"100000": 14, ..., "coins": 500}
    counted_rupiah = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=200, blank=True)
    reverses = OneLink("self", null=True, related_name="reversed_by")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(rupiah__gt=0), name="a_cash_move_is_positive"),
            models.CheckConstraint(
                condition=Q(counted_rupiah__isnull=True) | Q(counted_rupiah=F("rupiah")) | ~Q(reason=""),
                name="a_hand_over_with_a_difference_is_explained",
            ),
            models.CheckConstraint(
                condition=Q(reverses__isnull=True) | ~Q(reason=""), name="a_cash_move_is_taken_back_with_a_reason"
            ),
        ]
        indexes = [models.Index(fields=["cooperative", "kind", "holder"])]

    @property
    def taken_back(self) -> bool:
        """Whether another move took this one back (a query, unless `reversed_by` was selected)."""
        return hasattr(self, "reversed_by")


class Evidence(OfCooperative):
    """A picture kept with an entry: the signed sheet, the proof of a transfer, the bank's slip. Never changed or removed."""

    entry = Link(Entry, related_name="evidence")
    file = OneLink("registry.File")
    sha256 = models.CharField(max_length=64)
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cooperative", "entry", "sha256"], name="a_picture_proves_an_entry_once")
        ]
