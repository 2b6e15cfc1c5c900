"""Friendly words of the dinas to those who lead a cooperative."""

from django.db import models

from .base import OfCooperativeAndAgency


class Nudge(OfCooperativeAndAgency):
    """A text somebody of the dinas prepared for a cooperative on one day. Whether it was sent, only its sender knows."""

    class Reason(models.TextChoices):
        SILENT = "silent", "Data belum diperbarui"
        RAT = "rat", "RAT belum diadakan"
        TERMS = "terms", "Masa jabatan habis atau segera habis"
        BOOKS = "books", "Belum membukukan di sini"

    reason = models.CharField("perihal", max_length=8, choices=Reason)
    text = models.CharField(max_length=600)
    prepared_on = models.DateField()
    prepared_at = models.DateTimeField()
    prepared_by = models.BigIntegerField()
    prepared_by_name = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cooperative", "prepared_on"], name="a_cooperative_is_nudged_once_a_day"),
        ]
        indexes = [models.Index(fields=["agency", "-prepared_on"])]
        ordering = ["-prepared_at", "-id"]
