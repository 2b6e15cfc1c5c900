"""How a cooperative ends or comes back: dated decisions, the only way out of being a legal entity."""

from django.db import models
from django.db.models import F, Q

from .base import Link, OfCooperativeAndAgency
from .cooperatives import Cooperative, Profile
from .formation import Evidence


class LifecycleStep(OfCooperativeAndAgency):
    """A decision about the legal person (UU 25/1992 Ps 14, 46-56; `fixtures/dissolution_rules.json`).

    `before` and `after` are the legal status it found and left. The order of days is held by `registry/sql/lifecycle.sql`.
    """

    class What(models.TextChoices):
        NOTICE = "notice", "Pemberitahuan rencana pembubaran"
        OBJECTION = "objection", "Keberatan koperasi"
        LIQUIDATION = "liquidation", "Dalam penyelesaian"
        DISSOLVED = "dissolved", "Bubar"
        MERGED = "merged", "Bergabung"
        REVIVED = "revived", "Berbadan hukum lagi"

    class By(models.TextChoices):
        MEETING = "meeting", "Rapat anggota"
        GOVERNMENT = "government", "Pemerintah"
        COOPERATIVE = "cooperative", "Pengurus koperasi"

    what = models.CharField("keputusan", max_length=12, choices=What)
    decided_on = models.DateField("tanggal")
    decided_by = models.CharField("diputuskan oleh", max_length=12, choices=By)
    letter = models.CharField("nomor surat", max_length=80)
    into = models.ForeignKey(
        Cooperative, models.PROTECT, null=True, related_name="+", db_index=False, verbose_name="bergabung ke"
    )
    evidence = Link(Evidence, null=True)
    note = models.CharField("catatan", max_length=240, blank=True)
    before = models.CharField(max_length=14, choices=Profile.LegalStatus)
    after = models.CharField(max_length=14, choices=Profile.LegalStatus)
    made_by = models.BigIntegerField()
    made_by_name = models.CharField(max_length=120)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(what="merged", into__isnull=False) | (~Q(what="merged") & Q(into__isnull=True)),
                name="who_merges_names_into_which",
            ),
            models.CheckConstraint(
                condition=Q(into__isnull=True) | ~Q(into=F("cooperative")), name="nobody_merges_into_itself"
            ),
            models.CheckConstraint(
                condition=Q(what__in=("notice", "objection", "revived"), after="legal_entity")
                | Q(what="liquidation", after="in_liquidation")
                | Q(what="dissolved", after="dissolved")
                | Q(what="merged", after="merged"),
                name="a_decision_leaves_its_own_status",
            ),
        ]
        indexes = [models.Index(fields=["agency", "cooperative", "decided_on"]), models.Index(fields=["into"])]
        ordering = ["decided_on", "id"]
