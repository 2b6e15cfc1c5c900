"""Pengurus and pengawas: office-holders with posts and terms. Their names and phones are public-office data."""

from django.db import models
from django.db.models import Q

from .accounts import GrantKind
from .base import OfCooperativeAndAgency, OneLink


class Organ(models.TextChoices):
    MANAGEMENT = "management", "Pengurus"
    SUPERVISOR = "supervisor", "Pengawas"


class Position(models.TextChoices):
    CHAIR = "chair", "Ketua"
    VICE_BUSINESS = "vice_chair_business", "Wakil ketua bidang usaha"
    VICE_MEMBERSHIP = "vice_chair_membership", "Wakil ketua bidang anggota"
    SECRETARY = "secretary", "Sekretaris"
    TREASURER = "treasurer", "Bendahara"
    SUPERVISOR_CHAIR = "supervisor_chair", "Ketua pengawas"
    SUPERVISOR_MEMBER = "supervisor_member", "Anggota pengawas"


# Which post of the book of officers gives which access.
ACCESS_OF_POST: dict[str, GrantKind] = {
    Position.CHAIR: GrantKind.CHAIR,
    Position.VICE_BUSINESS: GrantKind.VICE_CHAIR,
    Position.VICE_MEMBERSHIP: GrantKind.VICE_CHAIR,
    Position.SECRETARY: GrantKind.SECRETARY,
    Position.TREASURER: GrantKind.TREASURER,
    Position.SUPERVISOR_CHAIR: GrantKind.SUPERVISOR,
    Position.SUPERVISOR_MEMBER: GrantKind.SUPERVISOR,
}


class Officer(OfCooperativeAndAgency):
    """One term of one person in one post."""

    class EndReason(models.TextChoices):
        TERM_OVER = "term_over", "Masa jabatan selesai"
        RESIGNED = "resigned", "Mengundurkan diri"
        DISMISSED = "dismissed", "Diberhentikan"
        DIED = "died", "Meninggal dunia"
        TRANSFERRED = "transferred", "Mutasi (lurah atau kepala desa)"

    organ = models.CharField(max_length=10, choices=Organ)
    position = models.CharField("jabatan", max_length=24, choices=Position)
    name = models.CharField("nama", max_length=120)
    sex = models.CharField("jenis kelamin", max_length=1, choices=[("L", "Laki-laki"), ("P", "Perempuan")])
    phone = models.CharField("nomor HP", max_length=20, blank=True)
    ex_officio = models.BooleanField("karena jabatan (lurah atau kepala desa)", default=False)
    starts_on = models.DateField("mulai")
    ends_on = models.DateField("masa jabatan sampai")
    ended_on = models.DateField("berhenti", null=True, blank=True)
    end_reason = models.CharField("sebab berhenti", max_length=12, choices=EndReason, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(starts_on__lte=models.F("ends_on")), name="a_term_ends_after_it_starts"),
            models.UniqueConstraint(
                fields=["cooperative", "position"],
                condition=Q(ended_on__isnull=True) & ~Q(position="supervisor_member"),
                name="a_named_post_is_held_by_one_person",
            ),
        ]
        indexes = [models.Index(fields=["agency", "ended_on"])]
        ordering = ["organ", "id"]

    def __str__(self) -> str:
        return f"{self.name}, {self.get_position_display()}"

    def serves_on(self, day) -> bool:
        """True when the person holds the post on `day`."""
        return self.starts_on <= day and (self.ended_on is None or day < self.ended_on)


class Term(OfCooperativeAndAgency):
    """A copy of an officer's post and days without the person: what figures count, and who may know no names reads.

    The database itself keeps it equal to the officer (`registry/tenancy/copies.py`); nothing else writes it.
    """

    copy_of = "registry.Officer"
    officer = OneLink(Officer, primary_key=True)
    organ = models.CharField(max_length=10, choices=Organ)
    position = models.CharField("jabatan", max_length=24, choices=Position)
    starts_on = models.DateField("mulai")
    ends_on = models.DateField("masa jabatan sampai")
    ended_on = models.DateField("berhenti", null=True)

    class Meta:
        indexes = [models.Index(fields=["agency", "ended_on"])]
