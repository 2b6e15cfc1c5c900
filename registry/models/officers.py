"""Pengurus and pengawas: office-holders with posts and terms. Their names and phones are public-office data."""

from datetime import date, timedelta

from django.db import models
from django.db.models import Q

from .accounts import GrantKind
from .base import Link, OfCooperativeAndAgency, OneLink


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

    class AppointedBy(models.TextChoices):
        FOUNDING = "founding", "Rapat pendirian"
        MEETING = "meeting", "Rapat anggota"
        OFFICE = "office", "Karena jabatan"

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
    appointed_by = models.CharField("diangkat oleh", max_length=8, choices=AppointedBy, blank=True, default="")
    decision_number = models.CharField("nomor SK atau berita acara", max_length=80, blank=True, default="")
    decision_on = models.DateField("tanggal SK atau berita acara", null=True, blank=True)
    earlier_terms = models.PositiveSmallIntegerField("masa jabatan sebelum register", null=True, blank=True)

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

    @property
    def last_day(self) -> date:
        """The last day in office: of the term, or the one before the person left."""
        return min(self.ends_on, self.ended_on - timedelta(days=1)) if self.ended_on else self.ends_on

    def serves_on(self, day) -> bool:
        """True when the person holds the post on `day`."""
        return self.starts_on <= day and (self.ended_on is None or day < self.ended_on)


class Declaration(OfCooperativeAndAgency):
    """What an office-holder declared, on which day. `holds`: the person meets it. Without a row: not declared."""

    class What(models.TextChoices):
        KINSHIP = "kinship", "Tidak ada hubungan keluarga derajat pertama dengan pengurus atau pengawas"
        VILLAGE_OFFICE = "village_office", "Bukan pimpinan desa atau kelurahan"
        CREDIT = "credit", "SLIK bersih"
        OFFENCE = "offence", "Tidak pernah dipidana di bidang koperasi atau keuangan dalam lima tahun"
        INSOLVENCY = "insolvency", "Tidak pernah dinyatakan bersalah atas kepailitan"

    officer = Link(Officer)
    what = models.CharField(max_length=14, choices=What)
    holds = models.BooleanField()
    declared_on = models.DateField("dinyatakan")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["officer", "what"], name="a_thing_is_declared_once_per_term")]
        indexes = [models.Index(fields=["agency", "officer"])]


class VillageHead(models.Model):
    """Who is lurah or kepala desa of a village: ex officio ketua pengawas of its Merah Putih cooperative."""

    agency = models.ForeignKey("registry.Agency", models.PROTECT, related_name="+", db_index=False)
    village = models.ForeignKey("registry.Place", models.PROTECT, related_name="+", db_index=False)
    name = models.CharField("nama", max_length=120)
    sex = models.CharField("jenis kelamin", max_length=1, choices=[("L", "Laki-laki"), ("P", "Perempuan")])
    phone = models.CharField("nomor HP", max_length=20, blank=True)
    decision_number = models.CharField("nomor SK", max_length=80, blank=True)
    starts_on = models.DateField("mulai")
    ended_on = models.DateField("sampai", null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "village"], condition=Q(ended_on__isnull=True), name="a_village_has_one_head"
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(starts_on__lte=models.F("ended_on")),
                name="a_head_leaves_after_coming",
            ),
        ]
        ordering = ["village", "-starts_on"]

    def __str__(self) -> str:
        return self.name


class PersonPair(models.Model):
    """What the dinas found about two office-holders who may be one person. Names as compared (`registry.organs.name_key`)."""

    agency = models.ForeignKey("registry.Agency", models.PROTECT, related_name="+", db_index=False)
    first = models.ForeignKey("registry.Cooperative", models.PROTECT, related_name="+", db_index=False)
    first_name = models.CharField(max_length=120)
    second = models.ForeignKey("registry.Cooperative", models.PROTECT, related_name="+", db_index=False)
    second_name = models.CharField(max_length=120)
    same = models.BooleanField("orang yang sama")
    decided_on = models.DateField()
    decided_by = models.BigIntegerField()
    decided_by_name = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "first", "first_name", "second", "second_name"], name="a_pair_is_judged_once"
            ),
            models.CheckConstraint(condition=Q(first__lt=models.F("second")), name="the_first_of_a_pair_is_the_older"),
        ]


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
