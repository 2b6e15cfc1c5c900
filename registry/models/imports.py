"""Uploaded lists on their way in. The staged rows are the preview, and afterwards the proof for the undo."""

from django.db import models

from .base import Link


class ImportBatch(models.Model):
    """One uploaded list of one place: file, columns, what was found in it, what became of it."""

    class State(models.TextChoices):
        READING = "reading", "sedang dibaca"
        COLUMNS = "columns", "kolom belum cocok"
        READ = "read", "siap diperiksa"
        APPLYING = "applying", "sedang disimpan"
        APPLIED = "applied", "tersimpan"
        UNDOING = "undoing", "sedang dibatalkan"
        UNDONE = "undone", "dibatalkan"
        FAILED = "failed", "tidak dapat dibaca"
        EXPIRED = "expired", "tidak jadi disimpan"

    agency = models.ForeignKey("registry.Agency", models.PROTECT, related_name="+", db_index=False)
    cooperative = models.ForeignKey("registry.Cooperative", models.PROTECT, null=True, related_name="+", db_index=False)
    number = models.CharField(max_length=16, unique=True)  # random, in the address
    kind = models.CharField(max_length=40)  # which importer
    state = models.CharField(max_length=8, choices=State, default=State.READING)
    file = Link("registry.File")
    fault_file = Link("registry.File", null=True)
    options = models.JSONField(default=dict)  # what was asked with the upload
    mapping = models.JSONField(default=dict)  # sheet, headings, by_index, missing, guessed
    remembered = models.JSONField(default=dict)  # heading -> key, for the next file of this place and kind
    counts = models.JSONField(default=dict)  # rows by verdict, lines left out by reason
    notes = models.JSONField(default=dict)  # what the importer must remember from step to step
    sentence = models.CharField(max_length=400, blank=True)  # why it could not be read, applied or undone
    job = models.CharField(max_length=16, blank=True)  # the number of the latest job
    made_by = models.BigIntegerField()
    made_by_name = models.CharField(max_length=120)
    made_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["agency", "cooperative", "kind", "-made_at"])]


class ImportRow(models.Model):
    """One line of the list, cleaned and judged. Without foreign keys: they would cost more than the lines."""

    class Verdict(models.TextChoices):
        NEW = "new", "baru"
        CHANGED = "changed", "berubah"
        SAME = "same", "tidak berubah"
        BAD = "bad", "perlu diperbaiki"

    agency = models.ForeignKey("registry.Agency", models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    cooperative = models.ForeignKey(
        "registry.Cooperative", models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    batch = Link(ImportBatch)
    number = models.PositiveIntegerField()  # the line's number as Excel shows it
    data = models.JSONField(default=dict)  # cleaned values by column; secrets only as the importer protected them
    errors = models.JSONField(default=list)  # sentences
    verdict = models.CharField(max_length=8, choices=Verdict, default=Verdict.NEW)
    subject_id = models.BigIntegerField(null=True)  # the row it matches, or made
    before = models.JSONField(null=True)  # what the matched row held, for the undo

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "number"], name="a_line_is_staged_once")]
        indexes = [
            # what was ever done to one cooperative; a cooperative's own lists are never asked for that
            models.Index(
                fields=["agency", "subject_id"], name="registry_importrow_subject", condition=models.Q(cooperative=None)
            )
        ]
        ordering = ["number"]
