"""Frozen papers. Issuing one again gives the same file; a later correction is a new revision."""

from django.db import models
from django.db.models import Q


class PublishedReport(models.Model):
    """A published report: the numbers as they were, and the files made from them. Aggregates only, never persons' lists."""

    agency = models.ForeignKey("registry.Agency", models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=20, default="monthly")
    period = models.DateField()
    revision = models.PositiveSmallIntegerField(default=1)
    code = models.CharField(max_length=32, unique=True)
    snapshot = models.JSONField()
    sha256 = models.CharField(max_length=64)
    pdf = models.ForeignKey("registry.File", models.PROTECT, null=True, related_name="+")
    xlsx = models.ForeignKey("registry.File", models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField()
    published_by = models.BigIntegerField()
    published_by_name = models.CharField(max_length=120)
    withdrawn_reason = models.CharField(max_length=200, blank=True)  # why a revision followed

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "kind", "period", "revision"], name="a_revision_is_published_once"
            ),
            models.CheckConstraint(condition=Q(revision__gte=1), name="revisions_start_at_one"),
        ]
        ordering = ["-period", "-revision"]
