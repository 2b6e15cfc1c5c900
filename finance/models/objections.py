"""The member as auditor: "this receipt is not what I paid", and the answer of pengawas or dinas."""

from django.db import models
from django.db.models import Q

from registry.models.base import OfCooperativeAndAgency, OneLink

MOST_PER_RECEIPT = 3


class Objection(OfCooperativeAndAgency):
    """What the holder of a receipt wrote from its public page. Never changed, by nobody; closed by its answer.

    It hangs on the receipt's code alone: who holds the code may speak and read, and the dinas, which reads no receipts,
    learns no member from it. The key to the receipt stands in `finance/sql/objections.sql`.
    """

    code = models.CharField(max_length=24)  # of the receipt
    number = models.PositiveSmallIntegerField()  # the first, second, third word on this receipt
    text = models.CharField("yang tidak cocok", max_length=500)
    raised_at = models.DateTimeField()
    key = models.UUIDField()  # of the form: sent twice, it counts once

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cooperative", "code", "number"], name="an_objection_is_numbered_once_per_receipt"
            ),
            models.UniqueConstraint(fields=["cooperative", "key"], name="an_objection_counts_once"),
            models.CheckConstraint(
                condition=Q(number__gte=1, number__lte=MOST_PER_RECEIPT),
                name="a_receipt_bears_three_objections_at_most",
            ),
            models.CheckConstraint(condition=~Q(text=""), name="an_objection_says_why"),
        ]
        indexes = [models.Index(fields=["agency", "cooperative"])]
        ordering = ["-raised_at", "-id"]


class ObjectionAnswer(OfCooperativeAndAgency):
    """The one answer that closes an objection: by a pengawas or the dinas, never by who keeps the money. Never changed."""

    objection = OneLink(Objection, related_name="answer")
    code = models.CharField(max_length=24)
    text = models.CharField("jawaban", max_length=500)
    answered_at = models.DateTimeField()
    answered_by = models.BigIntegerField()
    answered_by_name = models.CharField(max_length=120)
    answered_as = models.CharField(max_length=12)  # GrantKind

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="an_answer_says_something"),
            models.CheckConstraint(
                condition=Q(answered_as__in=["supervisor", "dinas_admin", "dinas_staff", "dinas_head"]),
                name="no_pengurus_answers_an_objection",
            ),
        ]
        indexes = [models.Index(fields=["agency", "cooperative"])]

    @property
    def by_words(self) -> str:
        """Who answered, as the reporter reads it: the office, not the person."""
        return "Pengawas koperasi" if self.answered_as == "supervisor" else "Dinas"
