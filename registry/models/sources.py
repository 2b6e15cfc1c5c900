"""What others say about a cooperative: each source's value kept beside ours, and the lists they came with."""

from django.db import models
from django.db.models import Case, F, Q, Value, When

from .base import Link, OfCooperativeAndAgency
from .cooperatives import Profile
from .formation import OfAgency


class SourceList(OfAgency):
    """One list of another keeper, compared with the register: how many are theirs, ours, both. The sums must add up."""

    source = models.CharField("sumber", max_length=10)
    as_of = models.DateField("keadaan per")
    batch = models.CharField(max_length=16)  # number of the upload
    sha256 = models.CharField(max_length=64)  # the same file says nothing new
    theirs = models.PositiveIntegerField()
    matched = models.PositiveIntegerField()
    only_theirs = models.PositiveIntegerField()
    unusable = models.PositiveIntegerField()
    ours = models.PositiveIntegerField()
    only_ours = models.PositiveIntegerField()
    differing = models.PositiveIntegerField()  # matched cooperatives with at least one field that is not the same
    headings = models.JSONField(default=list)  # theirs in their order: [heading, our field or ""]
    made_by = models.BigIntegerField()
    made_by_name = models.CharField(max_length=120)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(theirs=F("matched") + F("only_theirs") + F("unusable")), name="their_lines_add_up"
            ),
            models.CheckConstraint(condition=Q(ours=F("matched") + F("only_ours")), name="our_cooperatives_add_up"),
            models.CheckConstraint(condition=Q(differing__lte=F("matched")), name="what_differs_was_matched"),
        ]
        indexes = [models.Index(fields=["agency", "source", "-made_at"])]


class SourceStranger(OfAgency):
    """A line of the latest list of a source that is no cooperative of ours. Registered only by the normal import."""

    source = models.CharField(max_length=10)
    source_list = Link(SourceList)
    number = models.PositiveIntegerField()  # the line's number as Excel shows it
    name = models.CharField(max_length=200)
    data = models.JSONField(default=dict)  # field -> as they write it

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "source", "number"], name="a_line_of_theirs_is_kept_once")
        ]
        ordering = ["number"]


class SourceValue(OfCooperativeAndAgency):
    """One field of a cooperative as another source has it. Ours stays the profile; nothing is overwritten by a list.

    `value` is how they write it, `clean` how our profile would hold it ("" if it cannot). `key` and `ours_key` are kept
    by the database (`registry/sql/sources.sql`), which also forgets a decision as soon as either side changes.
    """

    class State(models.TextChoices):
        SAME = "same", "sama"
        DIFFERS = "differs", "beda"
        MISSING = "missing", "belum ada di kita"

    class Decision(models.TextChoices):
        NONE = "", "belum diputuskan"
        OURS = "ours", "pakai nilai kita"
        ASKED = "asked", "sedang ditanyakan"

    source = models.CharField("sumber", max_length=10)
    field = models.CharField("isian", max_length=20)
    value = models.CharField("nilai mereka", max_length=200)
    clean = models.CharField(max_length=200, blank=True)
    key = models.CharField(max_length=200, blank=True, editable=False)
    ours_key = models.CharField(max_length=200, blank=True, editable=False)
    state = models.GeneratedField(
        expression=Case(
            When(key=F("ours_key"), then=Value("same")),
            When(ours_key="", then=Value("missing")),
            default=Value("differs"),
        ),
        output_field=models.CharField(max_length=8, choices=State.choices),
        db_persist=True,
    )
    as_of = models.DateField("keadaan per")
    source_list = Link(SourceList, null=True)  # none: typed by a person
    recorded_at = models.DateTimeField()
    recorded_by_name = models.CharField(max_length=120)
    decision = models.CharField("keputusan", max_length=8, choices=Decision, blank=True, default="")
    reason = models.CharField("alasan", max_length=160, blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by_name = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cooperative", "source", "field"], name="a_source_says_a_field_once"),
            models.CheckConstraint(condition=~Q(decision="ours") | ~Q(reason=""), name="keeping_ours_says_why"),
        ]
        indexes = [
            models.Index(fields=["agency", "source", "state", "field"]),
            models.Index(fields=["agency", "source_list"]),
        ]
        ordering = ["cooperative", "field", "source"]

    @property
    def state_label(self) -> str:
        return self.State(self.state).label


class ActivityDecision(OfCooperativeAndAgency):
    """What the dinas decided about the activity of a cooperative, each with its letter; the profile holds the one in force.

    The database writes it when the profile's changes (`registry/sql/sources.sql`); "" is a decision taken back.
    """

    decision = models.CharField("keputusan", max_length=8, blank=True)
    letter = models.CharField("nomor surat", max_length=80, blank=True)
    decided_on = models.DateField("tanggal", null=True)

    class Meta:
        indexes = [models.Index(fields=["cooperative"])]
        ordering = ["-pk"]

    @property
    def words(self) -> str:
        return str(Profile.Decision(self.decision).label) if self.decision else "keputusan dicabut"
