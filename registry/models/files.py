"""The only way to a stored file: a row, read through the wall."""

from django.db import models


class File(models.Model):
    """A stored file. `path` is random and below MEDIA_ROOT; `name` is what the person downloads."""

    agency = models.ForeignKey("registry.Agency", models.PROTECT, related_name="+", db_index=False)
    cooperative = models.ForeignKey("registry.Cooperative", models.PROTECT, null=True, related_name="+", db_index=False)
    path = models.CharField(max_length=80, unique=True)
    name = models.CharField(max_length=120)
    content_type = models.CharField(max_length=80)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    made_by = models.BigIntegerField(null=True)
    published = models.BooleanField(default=False)  # part of a published report: the head of region may read it
    gone_at = models.DateTimeField(null=True)  # its content was deleted on purpose; the row says what it was

    class Meta:
        indexes = [models.Index(fields=["agency", "cooperative"])]
