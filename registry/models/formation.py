"""How a cooperative comes into being: dated steps with evidence, running side by side (domain 1.4); groups, events, targets."""

from django.db import models
from django.db.models import Q

from .base import Link, OfCooperativeAndAgency
from .cooperatives import Cooperative


class OfAgency(models.Model):
    """A row of one dinas."""

    agency = models.ForeignKey("registry.Agency", models.PROTECT, related_name="+", db_index=False)

    class Meta:
        abstract = True


class Evidence(OfAgency):
    """A document the dinas keeps: one may prove a step of many cooperatives."""

    title = models.CharField("dokumen", max_length=160)
    file = Link("registry.File")
    made_by = models.BigIntegerField()
    made_by_name = models.CharField(max_length=120)
    made_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["agency", "-made_at"])]

    def __str__(self) -> str:
        return self.title


class Formation(OfCooperativeAndAgency):
    """That the dinas follows how this cooperative is formed, by which of the three models, and whether with priority.

    One that belongs to a programme, or is being formed, is followed from the start (`registry/sql/formation.sql`).
    """

    class Model(models.TextChoices):
        NEW = "new", "Pembentukan baru"
        DEVELOPMENT = "development", "Pengembangan"
        REVITALISATION = "revitalisation", "Revitalisasi"

    cooperative = models.OneToOneField(Cooperative, models.PROTECT, primary_key=True, related_name="formation")
    model = models.CharField("model pembentukan", max_length=14, choices=Model, default=Model.NEW)
    priority = models.BooleanField("prioritas", default=False)
    priority_reference = models.CharField("dasar prioritas", max_length=160, blank=True)
    started_on = models.DateField("mulai diikuti", null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(priority=False) | ~Q(priority_reference=""), name="a_priority_names_who_ordered_it"
            )
        ]
        indexes = [models.Index(fields=["agency", "model"])]


class FormationStep(OfCooperativeAndAgency):
    """A step that was taken. `step` is a code of `fixtures/formation_steps.json`; without a day: done, day not recorded.

    Steps that are facts of the profile (akta, pengesahan, NPWP …) or of a RAT are kept by triggers from there
    (`registry/sql/formation.sql`); only evidence and note are theirs alone.
    """

    step = models.CharField(max_length=20)
    done_on = models.DateField("tanggal", null=True)
    number = models.CharField("nomor", max_length=80, blank=True)
    party = models.CharField("pihak", max_length=120, blank=True)
    note = models.CharField("catatan", max_length=240, blank=True)
    evidence = Link(Evidence, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cooperative", "step"], name="a_step_is_taken_once_per_cooperative"),
        ]
        indexes = [models.Index(fields=["agency", "step", "done_on"])]


class Following(OfCooperativeAndAgency):
    """A copy of which formations are followed, without who ordered a priority: for figures, which the head of region reads too.

    The database itself keeps it equal to the formation (`registry/tenancy/copies.py`); nothing else writes it.
    """

    copy_of = "registry.Formation"
    cooperative = models.OneToOneField(Cooperative, models.PROTECT, primary_key=True, related_name="+")
    model = models.CharField("model pembentukan", max_length=14, choices=Formation.Model)
    started_on = models.DateField("mulai diikuti", null=True)

    class Meta:
        indexes = [models.Index(fields=["agency"])]


class TakenStep(OfCooperativeAndAgency):
    """A copy of which steps were taken and when, without numbers, parties and notes; kept as `Following` is."""

    copy_of = "registry.FormationStep"
    taken_id = models.BigIntegerField(primary_key=True)  # no key to the step: the copy goes after it
    step = models.CharField(max_length=20)
    done_on = models.DateField("tanggal", null=True)

    class Meta:
        indexes = [models.Index(fields=["agency", "cooperative"])]


class CoveredVillage(OfCooperativeAndAgency):
    """A village a live cooperative of a programme serves: its own, or a neighbour's that joined it (domain 1.4).

    Its own is kept by a trigger from the profile and the directory (`registry/sql/villages.sql`), and everything here goes
    when the cooperative leaves the programme, is dissolved or merges into another.
    """

    village = models.ForeignKey("registry.Place", models.PROTECT, related_name="+", db_index=False)
    programme = models.ForeignKey("registry.Programme", models.PROTECT, related_name="+", db_index=False)
    is_home = models.BooleanField(default=False)
    joined_on = models.DateField("bergabung sejak", null=True)
    evidence = Link(Evidence, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cooperative", "village"], name="a_village_is_covered_once"),
            models.UniqueConstraint(
                fields=["agency", "village", "programme"], name="one_live_cooperative_of_a_programme_per_village"
            ),
        ]


class Event(OfAgency):
    """An agreement or a launch that covers many cooperatives."""

    class Kind(models.TextChoices):
        MOU = "mou", "Penandatanganan MoU"
        LAUNCH = "launch", "Peluncuran"
        OTHER = "other", "Acara lain"

    kind = models.CharField("acara", max_length=8, choices=Kind)
    title = models.CharField("judul", max_length=160)
    number = models.CharField("nomor", max_length=80, blank=True)
    held_on = models.DateField("tanggal")
    place = models.CharField("tempat", max_length=160, blank=True)
    parties = models.CharField("para pihak", max_length=240, blank=True)
    evidence = Link(Evidence, null=True)

    class Meta:
        indexes = [models.Index(fields=["agency", "-held_on"])]
        ordering = ["-held_on", "-id"]

    def __str__(self) -> str:
        return self.title


class EventCooperative(OfCooperativeAndAgency):
    """A cooperative an event covers."""

    event = Link(Event)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cooperative", "event"], name="an_event_covers_a_cooperative_once")
        ]
        indexes = [models.Index(fields=["agency", "event"])]


class FormationGroup(OfAgency):
    """A group of residents that wants to become a cooperative, and who escorts it."""

    class State(models.TextChoices):
        GROUP = "group", "Kelompok"
        PREPARED = "prepared", "Disiapkan"
        FOUNDED = "founded", "Menjadi koperasi"
        STOPPED = "stopped", "Tidak dilanjutkan"

    name = models.CharField("nama kelompok", max_length=120)
    district = models.ForeignKey("registry.Place", models.PROTECT, related_name="+", db_index=False)
    village = models.ForeignKey("registry.Place", models.PROTECT, related_name="+", db_index=False, null=True)
    members = models.PositiveIntegerField("anggota", null=True)
    businesses = models.PositiveIntegerField("di antaranya UMKM", null=True)
    need = models.CharField("kebutuhan", max_length=240, blank=True)
    escort = models.CharField("pendamping dari dinas", max_length=120, blank=True)
    state = models.CharField("keadaan", max_length=8, choices=State, default=State.GROUP)
    registered_on = models.DateField("dicatat")
    cooperative = models.ForeignKey(
        Cooperative, models.PROTECT, null=True, related_name="+", db_index=False, verbose_name="menjadi koperasi"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="founded", cooperative__isnull=False)
                | (~Q(state="founded") & Q(cooperative__isnull=True)),
                name="a_founded_group_names_its_cooperative",
            ),
            models.CheckConstraint(
                condition=Q(members__isnull=True) | Q(businesses__isnull=True) | Q(businesses__lte=models.F("members")),
                name="businesses_are_among_the_members",
            ),
        ]
        indexes = [models.Index(fields=["agency", "state"])]
        ordering = ["district", "village", "name"]

    def __str__(self) -> str:
        return self.name


class YearTarget(OfAgency):
    """How many are wanted in a year. `recorded` is what older papers say was reached, for years before this register."""

    class Indicator(models.TextChoices):
        FOUNDED = "founded", "Koperasi difasilitasi sampai berbadan hukum"

    indicator = models.CharField(max_length=12, choices=Indicator, default=Indicator.FOUNDED)
    year = models.PositiveSmallIntegerField("tahun")
    target = models.PositiveIntegerField("target")
    recorded = models.PositiveIntegerField("realisasi menurut catatan lama", null=True)
    source = models.CharField("dasar", max_length=160, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "indicator", "year"], name="one_target_per_indicator_and_year")
        ]
        ordering = ["-year"]
