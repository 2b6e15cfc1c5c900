"""The book of who did what, and who looked at personal data. Rows are only ever added."""

from django.db import models


class AuditEvent(models.Model):
    """One act. Names and NIKs never stand in it: objects are named by table and number."""

    class Kind(models.TextChoices):
        ACT = "act", "tindakan"
        LOOK = "look", "melihat data pribadi"

    agency = models.ForeignKey("registry.Agency", models.PROTECT, related_name="+", db_index=False)
    cooperative = models.ForeignKey("registry.Cooperative", models.PROTECT, null=True, related_name="+", db_index=False)
    kind = models.CharField(max_length=4, choices=Kind)
    verb = models.CharField(max_length=60)  # the action's name: "record_dues"
    subject = models.CharField(max_length=80, blank=True)  # "anggota A-0047", "kuitansi 2026/1842"
    detail = models.JSONField(default=dict)
    reason = models.CharField(max_length=200, blank=True)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=120)
    actor_kind = models.CharField(max_length=12, blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["agency", "kind", "-at"]), models.Index(fields=["cooperative", "-at"])]
        ordering = ["-at", "-id"]
