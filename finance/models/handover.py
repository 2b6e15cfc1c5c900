"""Serah terima: one treasurer hands cash and books to the next. What was counted, what was open, and who agreed."""

from django.db import models
from django.db.models import F, Q

from registry.models.base import Link, OfCooperative

from .ledger import Entry


class HandOver(OfCooperative):
    """An offer to hand over, frozen as it was made: the cash counted, the books at that moment, what was still open.

    Never changed. It holds only while nothing further is entered in the books (`last_entry`); else it is counted anew.
    """

    class Way(models.TextChoices):
        TOGETHER = "together", "Bendahara lama hadir"
        ABSENT = "absent", "Bendahara lama tidak hadir"

    number = models.PositiveIntegerField()
    way = models.CharField(max_length=8, choices=Way)
    outgoing_id = models.BigIntegerField()
    outgoing_name = models.CharField(max_length=120)
    incoming_id = models.BigIntegerField()
    incoming_name = models.CharField(max_length=120)
    offered_by = models.BigIntegerField()
    offered_by_name = models.CharField(max_length=120)
    offered_at = models.DateTimeField()
    absence = models.CharField(max_length=200, blank=True)  # why the outgoing treasurer is not there
    notes = models.JSONField()  # {"100000": 14, ..., "coins": 500}
    booked_rupiah = models.BigIntegerField()  # 11100 when it was counted
    counted_rupiah = models.BigIntegerField()
    reason = models.CharField(max_length=200, blank=True)
    bank_rupiah = models.BigIntegerField()
    open_items = models.JSONField()  # [{"title", "words"}], numbers and months, no names
    last_entry = Link(Entry, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cooperative", "number"], name="hand_overs_are_numbered_once"),
            models.CheckConstraint(condition=~Q(outgoing_id=F("incoming_id")), name="nobody_hands_over_to_oneself"),
            models.CheckConstraint(condition=Q(counted_rupiah__gte=0), name="nobody_hands_over_less_than_no_cash"),
            models.CheckConstraint(
                condition=Q(booked_rupiah=F("counted_rupiah")) | ~Q(reason=""),
                name="a_hand_over_explains_its_cash",
            ),
            models.CheckConstraint(
                condition=(Q(way="together") & Q(offered_by=F("outgoing_id"))) | (Q(way="absent") & ~Q(absence="")),
                name="who_is_absent_is_absent_for_a_reason",
            ),
        ]
        ordering = ["-number"]

    @property
    def number_text(self) -> str:
        """`ST-03`"""
        return f"ST-{self.number:02d}"

    @property
    def difference(self) -> int:
        return self.counted_rupiah - self.booked_rupiah


class HandOverSign(OfCooperative):
    """Somebody agreed to a hand-over, or took it back. Never changed.

    `received` ends it: the digest of the last entry of the books stands there, with the entry of the difference if any.
    """

    class Part(models.TextChoices):
        WITNESS = "witness", "disaksikan"
        RECEIVED = "received", "diterima"
        WITHDRAWN = "withdrawn", "ditarik"

    hand_over = Link(HandOver, related_name="signs")
    part = models.CharField(max_length=9, choices=Part)
    duty = models.CharField(max_length=10)  # "officer" or "supervisor": who may write the row, by policy
    by = models.BigIntegerField()
    by_name = models.CharField(max_length=120)
    by_label = models.CharField(max_length=40)
    at = models.DateTimeField()
    difference_entry = Link(Entry, null=True)
    last_entry = Link(Entry, null=True)
    digest = models.BinaryField(max_length=32, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cooperative", "hand_over", "part"], name="a_part_is_signed_once"),
            models.CheckConstraint(
                condition=Q(part="witness", duty="supervisor") | Q(part__in=["received", "withdrawn"], duty="officer"),
                name="the_pengawas_witnesses_and_officers_receive",
            ),
            models.UniqueConstraint(
                fields=["cooperative", "hand_over"],
                condition=Q(part__in=["received", "withdrawn"]),
                name="a_hand_over_ends_once",
            ),
        ]
