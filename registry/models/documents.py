"""The papers of a cooperative: number, who issued it, until when it is valid, the file itself, who checked it."""

from django.db import models
from django.db.models import F, Q

from .base import Link, OfCooperativeAndAgency


class Document(OfCooperativeAndAgency):
    """One paper as it was uploaded. It changes only by being checked; a later one of its kind says what it replaces.

    The content lies below MEDIA_ROOT like a building's photo, and not as a `File`: files of a cooperative are read by
    the cooperative alone, and this one its dinas has to read. `kind` is a code of document_kinds.json.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Menunggu diperiksa"
        VERIFIED = "verified", "Terverifikasi"
        RETURNED = "returned", "Dikembalikan"

    kind = models.CharField("jenis", max_length=24)
    title = models.CharField("nama dokumen", max_length=120, blank=True)
    number = models.CharField("nomor", max_length=80, blank=True)
    issuer = models.CharField("penerbit", max_length=120, blank=True)
    issued_on = models.DateField("tanggal terbit")
    valid_until = models.DateField("berlaku sampai", null=True)  # null: it has no end
    grade = models.CharField("grade", max_length=8, blank=True)
    rules = models.CharField(max_length=8)  # the version of document_kinds.json it was entered by
    path = models.CharField(max_length=80)
    content_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    replaces = Link("registry.Document", null=True)
    by_cooperative = models.BooleanField(default=False)  # uploaded by its own pengurus, not by the dinas
    made_by = models.BigIntegerField()
    made_by_name = models.CharField(max_length=120)
    made_at = models.DateTimeField()
    state = models.CharField("pemeriksaan", max_length=8, choices=State, default=State.WAITING)
    checked_by = models.BigIntegerField(null=True)
    checked_by_name = models.CharField(max_length=120, blank=True)
    checked_at = models.DateTimeField(null=True)
    checked_note = models.CharField("catatan pemeriksa", max_length=240, blank=True)

    class Meta:
        ordering = ["-issued_on", "-id"]
        indexes = [
            models.Index(fields=["agency", "cooperative", "kind"]),
            models.Index(fields=["agency", "valid_until"]),
            models.Index(fields=["replaces"]),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(issued_on__lte=F("valid_until")),
                name="a_document_ends_after_it_was_issued",
            ),
            models.CheckConstraint(
                condition=Q(checked_by__isnull=True) | ~Q(checked_by=F("made_by")),
                name="who_uploaded_a_document_does_not_check_it",
            ),
            models.CheckConstraint(
                condition=Q(checked_by__isnull=True, state="waiting")
                | (~Q(state="waiting") & Q(checked_by__isnull=False)),
                name="a_checked_document_names_its_checker",
            ),
            models.CheckConstraint(
                condition=~Q(state="returned") | ~Q(checked_note=""), name="a_returned_document_has_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(replaces__isnull=True) | ~Q(replaces=F("id")), name="a_document_does_not_replace_itself"
            ),
            models.UniqueConstraint(
                fields=["replaces"], condition=~Q(state="returned"), name="a_document_is_replaced_once"
            ),
        ]
