"""Bimtek: who pays, what is planned, who is invited, how it went, what the participants took home.

That somebody attended is `TrainingAttendance` (`facts.py`), whichever way it came in: every figure reads that one table.
"""

from django.db import models
from django.db.models import F, Q

from .base import Link, OfCooperativeAndAgency, OneLink
from .facts import TrainingAttendance
from .formation import OfAgency
from .officers import Officer


class BudgetLine(OfAgency):
    """Money for bimtek in one year. Nothing opens on it before the 'ketok palu'."""

    class Source(models.TextChoices):
        APBD = "apbd", "APBD murni"
        APBD_P = "apbd_p", "APBD perubahan"
        DAK = "dak_nonfisik", "DAK nonfisik"
        APBN = "apbn", "APBN"
        APBDES = "apbdes", "APBDes"
        CSR = "csr", "CSR"
        OTHER = "other", "Lainnya"

    class Status(models.TextChoices):
        PLANNED = "planned", "Menunggu ketok palu"
        APPROVED = "approved", "Sudah ketok palu"
        RUNNING = "running", "Berjalan"
        DONE = "done", "Selesai"
        CANCELLED = "cancelled", "Batal"

    year = models.PositiveSmallIntegerField("tahun anggaran")
    source = models.CharField("sumber dana", max_length=12, choices=Source)
    name = models.CharField("nama kegiatan", max_length=160)
    ceiling_rupiah = models.BigIntegerField("pagu (Rp)")
    status = models.CharField("keadaan", max_length=9, choices=Status, default=Status.PLANNED)
    approved_on = models.DateField("tanggal ketok palu", null=True)
    document = models.CharField("nomor dokumen", max_length=80, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "year", "source", "name"], name="a_budget_line_is_named_once_a_year"
            ),
            models.CheckConstraint(condition=Q(ceiling_rupiah__gt=0), name="a_ceiling_is_more_than_nothing"),
            models.CheckConstraint(
                condition=Q(status__in=["planned", "cancelled"]) | (Q(approved_on__isnull=False) & ~Q(document="")),
                name="an_approved_budget_names_day_and_document",
            ),
        ]
        ordering = ["-year", "source", "name"]

    def __str__(self) -> str:
        return f"{self.get_source_display()} {self.year}: {self.name}"

    @property
    def pays(self) -> bool:
        """True when sessions may open on it."""
        return self.status in (self.Status.APPROVED, self.Status.RUNNING, self.Status.DONE)


class TrainingSession(OfAgency):
    """One bimtek on a day, or on some days. `code` is its door's; `door_number` is shown only there."""

    class State(models.TextChoices):
        PLANNED = "planned", "Direncanakan"
        OPEN = "open", "Dibuka"
        HELD = "held", "Terlaksana"
        CLOSED = "closed", "Ditutup"
        CANCELLED = "cancelled", "Batal"

    topic = models.CharField("topik", max_length=20)
    title = models.CharField("judul", max_length=160)
    state = models.CharField("keadaan", max_length=9, choices=State, default=State.PLANNED)
    planned_on = models.DateField("tanggal")
    until = models.DateField("sampai", null=True)
    place = models.CharField("tempat", max_length=160)
    capacity = models.PositiveIntegerField("kapasitas")
    hours = models.PositiveSmallIntegerField("jam pelajaran")
    speakers = models.CharField("narasumber", max_length=240, blank=True)
    cost_rupiah = models.BigIntegerField("biaya (Rp)", default=0)
    budget = Link(BudgetLine, null=True)
    code = models.CharField(max_length=24, unique=True)
    door_number = models.CharField(max_length=4)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("planned_on")), name="a_session_ends_after_it_begins"
            ),
            models.CheckConstraint(condition=Q(capacity__gte=1), name="a_session_has_room_for_somebody"),
            models.CheckConstraint(condition=Q(cost_rupiah__gte=0), name="a_session_costs_nothing_or_more"),
        ]
        indexes = [models.Index(fields=["agency", "-planned_on"]), models.Index(fields=["agency", "budget"])]
        ordering = ["planned_on", "id"]

    def __str__(self) -> str:
        return self.title

    @property
    def last_day(self):
        return self.until or self.planned_on

    def runs_on(self, day) -> bool:
        """True when people may come in by themselves on `day`."""
        return self.state == self.State.OPEN and self.planned_on <= day <= self.last_day

    @property
    def takes_attendance(self) -> bool:
        return self.state in (self.State.OPEN, self.State.HELD)


class Participant(OfCooperativeAndAgency):
    """An office-holder invited to a session, or registered at its door. `code` is the personal invitation's."""

    class Answer(models.TextChoices):
        NONE = "", "Belum menjawab"
        YES = "yes", "Akan hadir"
        NO = "no", "Tidak dapat hadir"

    session = Link(TrainingSession)
    officer = Link(Officer)
    invited_on = models.DateField(null=True)
    walk_in = models.BooleanField(default=False)
    answer = models.CharField(max_length=3, choices=Answer, blank=True)
    code = models.CharField(max_length=24, unique=True)
    pre_score = models.PositiveSmallIntegerField("nilai awal", null=True)
    post_score = models.PositiveSmallIntegerField("nilai akhir", null=True)
    evaluated = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cooperative", "session", "officer"], name="an_officer_is_invited_once_per_session"
            ),
            models.CheckConstraint(
                condition=Q(walk_in=True, invited_on__isnull=True) | Q(walk_in=False, invited_on__isnull=False),
                name="a_participant_is_invited_or_came_to_the_door",
            ),
            models.CheckConstraint(
                condition=(Q(pre_score__isnull=True) | Q(pre_score__lte=100))
                & (Q(post_score__isnull=True) | Q(post_score__lte=100)),
                name="a_score_is_at_most_a_hundred",
            ),
        ]
        indexes = [models.Index(fields=["agency", "session"])]


class Evaluation(OfAgency):
    """One answer to one question by nobody in particular: neither person nor hour is kept."""

    session = Link(TrainingSession)
    question = models.CharField(max_length=12)
    score = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(score__gte=1, score__lte=5), name="an_answer_is_one_to_five"),
        ]
        indexes = [models.Index(fields=["agency", "session"])]


class Certificate(OfCooperativeAndAgency):
    """What a participant who was present takes home; its words stay as they were printed."""

    attendance = OneLink(TrainingAttendance)
    session = Link(TrainingSession)
    year = models.PositiveSmallIntegerField()
    serial = models.PositiveIntegerField()
    code = models.CharField(max_length=24, unique=True)
    name = models.CharField(max_length=120)
    post = models.CharField(max_length=40)
    cooperative_name = models.CharField(max_length=200)
    topic = models.CharField(max_length=120)
    title = models.CharField(max_length=160)
    held_on = models.DateField()
    hours = models.PositiveSmallIntegerField()
    score = models.PositiveSmallIntegerField(null=True)
    issued_on = models.DateField()
    rules = models.CharField(max_length=12)
    withdrawn_on = models.DateField(null=True)
    withdrawn_reason = models.CharField(max_length=160, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "year", "serial"], name="a_certificate_number_is_used_once"),
            models.CheckConstraint(
                condition=Q(withdrawn_on__isnull=True) | ~Q(withdrawn_reason=""),
                name="a_withdrawn_certificate_says_why",
            ),
        ]
        indexes = [models.Index(fields=["agency", "session"])]
        ordering = ["year", "serial"]

    @property
    def number(self) -> str:
        """The number as printed."""
        return f"{self.serial:04d}/BIMTEK/{self.year}"
