"""Dated facts about a cooperative from which status, targets and reports are computed."""

from django.db import models
from django.db.models import Q

from .base import Link, OfCooperativeAndAgency, OneLink


class FigureKind(models.TextChoices):
    """Figures a cooperative without books here reports by hand (columns of the RDK, domain 6.1)."""

    MEMBERS_MALE = "members_male", "Anggota laki-laki"
    MEMBERS_FEMALE = "members_female", "Anggota perempuan"
    MANAGERS = "managers", "Manajer"
    EMPLOYEES = "employees", "Karyawan"
    OWN_CAPITAL = "own_capital", "Modal sendiri"
    EXTERNAL_CAPITAL = "external_capital", "Modal luar"
    ASSETS = "assets", "Aset"
    VOLUME = "volume", "Volume usaha"
    SHU = "shu", "SHU"
    PRINCIPAL_PAID = "principal_paid", "Simpanan pokok terkumpul"
    MANDATORY_PAID = "mandatory_paid", "Simpanan wajib terkumpul"


class ReportedFigure(OfCooperativeAndAgency):
    """A figure somebody reported. The latest per cooperative, figure and period counts; earlier ones stay as history."""

    class Source(models.TextChoices):
        COOPERATIVE = "cooperative", "laporan koperasi"
        ODS = "ods", "ODS Kemenkop"
        DINAS = "dinas", "catatan dinas"

    figure = models.CharField(max_length=20, choices=FigureKind)
    period = models.DateField()  # the day the figure speaks of
    value = models.BigIntegerField()  # rupiah or people, whole
    source = models.CharField(max_length=12, choices=Source)
    reported_at = models.DateTimeField()
    reported_by = models.BigIntegerField(null=True)  # the login; its name stands in the book of acts, not here

    class Meta:
        indexes = [
            models.Index(fields=["agency", "figure", "cooperative", "-period", "-id"]),
            models.Index(fields=["agency", "period", "cooperative"]),  # who reported in a month
        ]


class AnnualMeeting(OfCooperativeAndAgency):
    """A Rapat Anggota Tahunan for one book year (UU 25/1992 Ps 26)."""

    book_year = models.PositiveSmallIntegerField("tahun buku")
    held_on = models.DateField("tanggal RAT")
    present = models.PositiveIntegerField("hadir", null=True, blank=True)
    reported_on = models.DateField("diterima dinas", null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cooperative", "book_year"], name="one_rat_per_book_year")]
        indexes = [models.Index(fields=["agency", "book_year"])]
        ordering = ["-book_year"]


class BusinessDay(OfCooperativeAndAgency):
    """A day on which the dinas saw a cooperative do business, or open an outlet.

    Kept by a trigger from the profile, which holds only the latest of each (`registry/sql/business.sql`).
    """

    class Kind(models.TextChoices):
        ACTIVITY = "activity", "Kegiatan usaha"
        OUTLET = "outlet", "Gerai dibuka"

    kind = models.CharField(max_length=8, choices=Kind)
    happened_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cooperative", "kind", "happened_on"], name="a_day_of_business_is_written_once"
            )
        ]
        indexes = [models.Index(fields=["agency", "happened_on"])]


class TrainingAttendance(OfCooperativeAndAgency):
    """An office-holder attended a training (bimtek). `topic` is how it is called, `topic_code` its place in the catalogue.

    With `session`: attendance of a session of the dinas, of somebody invited or registered at its door
    (`registry/sql/training.sql`); without: written down from another list.
    """

    class How(models.TextChoices):
        RECORDED = "recorded", "Dicatat"
        HAND = "hand", "Daftar hadir"
        SCAN = "scan", "Kode dipindai petugas"
        OWN = "own", "HP peserta"

    officer = Link("registry.Officer")
    topic = models.CharField("topik", max_length=120)
    topic_code = models.CharField(max_length=20, blank=True)
    held_on = models.DateField("tanggal")
    session = Link("registry.TrainingSession", null=True)
    how = models.CharField(max_length=8, choices=How, default=How.RECORDED)
    arrived_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cooperative", "officer", "topic", "held_on"], name="an_attendance_is_recorded_once"
            )
        ]
        indexes = [
            models.Index(fields=["agency", "held_on"]),
            models.Index(fields=["agency", "officer", "held_on"]),  # who was ever trained, and when first
            models.Index(
                fields=["agency", "session"], condition=Q(session__isnull=False), name="registry_tr_of_session_idx"
            ),
        ]


class BuildingRecord(OfCooperativeAndAgency):
    """What the cooperative works from, as of a date. The latest record counts.

    Kept from the surveys (`registry.actions.buildings`): how each ownership counts is data, `fixtures/building_rules.json`.
    A record without a survey was written before there were any.
    """

    class Ownership(models.TextChoices):
        OWN = "own", "Milik sendiri"
        BORROWED = "borrowed", "Pinjam atau sewa"
        NONE = "none", "Belum ada"

    ownership = models.CharField("gedung", max_length=8, choices=Ownership)
    as_of = models.DateField("keadaan per")
    note = models.CharField("catatan", max_length=200, blank=True)
    survey = OneLink("registry.BuildingSurvey", null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ownership__in=["own", "borrowed", "none"]), name="a_building_is_own_borrowed_or_none"
            )
        ]
        indexes = [models.Index(fields=["agency", "cooperative", "-as_of"])]
