"""What the by-laws (AD/ART) and the members' meeting say about dues, from a month on."""

from django.db import models
from django.db.models import Q

from registry.models.base import OfCooperative


class ByLaws(OfCooperative):
    """The rules in force from the first of a month, until a later row. Never changed: a new decision is a new row."""

    valid_from = models.DateField("berlaku mulai")
    pokok_instalments = models.PositiveSmallIntegerField("cicilan pokok", default=1)  # 1: at once
    instalments_make_members = models.BooleanField(default=False)  # member before the pokok is paid in full
    grace_days = models.PositiveSmallIntegerField(
        "hari tenggang", default=0
    )  # after the month's end, before it is late
    suspend_after_months = models.PositiveSmallIntegerField("bulan sampai diusulkan dibekukan", default=0)  # 0: never
    refund_months = models.PositiveSmallIntegerField("bulan sampai simpanan dikembalikan", default=0)  # 0: not set
    refund_instalments = models.PositiveSmallIntegerField("kali pembayaran pengembalian", default=1)
    decided_on = models.DateField("tanggal rapat anggota")
    decision = models.CharField("keputusan rapat", max_length=120)
    entered_by = models.BigIntegerField()
    entered_by_name = models.CharField(max_length=120)
    entered_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cooperative", "valid_from"], name="by_laws_start_once_a_month"),
            models.CheckConstraint(condition=Q(valid_from__day=1), name="by_laws_start_on_the_first"),
            models.CheckConstraint(
                condition=Q(pokok_instalments__range=(1, 60)), name="a_pokok_has_one_to_sixty_instalments"
            ),
            models.CheckConstraint(condition=Q(grace_days__lte=90), name="grace_is_ninety_days_at_most"),
            models.CheckConstraint(
                condition=Q(suspend_after_months__lte=60), name="suspension_is_suggested_within_sixty_months"
            ),
            models.CheckConstraint(
                condition=Q(refund_months__lte=60, refund_instalments__range=(1, 60)),
                name="a_refund_takes_sixty_months_at_most",
            ),
        ]
        ordering = ["-valid_from"]
