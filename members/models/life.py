"""What happens to members besides joining: one person twice, leaving, their family, their business, their data."""

from django.db import models
from django.db.models import Q

from registry.models.base import Link, OfCooperative, OfCooperativeAndAgency, OneLink

from .book import Member, Sex


class Merge(OfCooperative):
    """Two entries of the book are one person: `merged` counts as `survivor` until the entries are separated again.

    `before` and `after` are what the merge changed of the survivor, so that separating gives back what was.
    """

    merged = Link(Member)
    survivor = Link(Member)
    before = models.JSONField()
    after = models.JSONField()
    national_ids = models.JSONField()  # ids of the members of both whose NIK was the current one
    merged_at = models.DateTimeField()
    merged_by_name = models.CharField(max_length=120)
    separated_at = models.DateTimeField(null=True)
    separated_by_name = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cooperative", "merged"],
                condition=Q(separated_at__isnull=True),
                name="an_entry_is_merged_into_one",
            ),
            models.CheckConstraint(condition=~Q(merged=models.F("survivor")), name="nobody_is_merged_into_themselves"),
        ]
        indexes = [models.Index(fields=["cooperative", "survivor"])]


class NotTheSame(OfCooperative):
    """Somebody looked at two entries and found two people: the pair is not offered again."""

    one = Link(Member)
    other = Link(Member)  # the younger entry
    said_at = models.DateTimeField()
    said_by_name = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cooperative", "one", "other"], name="two_people_are_told_apart_once"),
            models.CheckConstraint(condition=Q(one__lt=models.F("other")), name="a_pair_names_the_older_entry_first"),
        ]
        indexes = [models.Index(fields=["cooperative", "other"])]


class ExitRequest(OfCooperative):
    """A member, or for one who died the family, asks to end the membership. Decided by the officers; kept for ever."""

    class State(models.TextChoices):
        ASKED = "asked", "Menunggu keputusan"
        GRANTED = "granted", "Dikabulkan"
        REFUSED = "refused", "Ditolak"
        WITHDRAWN = "withdrawn", "Ditarik"

    member = Link(Member)
    asked_on = models.DateField("tanggal permohonan")
    reason = models.CharField("sebab", max_length=12, choices=Member.ExitReason.choices)
    note = models.CharField("catatan", max_length=200, blank=True)
    recorded_by_name = models.CharField(max_length=120)
    state = models.CharField(max_length=9, choices=State, default=State.ASKED)
    decided_at = models.DateTimeField(null=True)
    decided_by_name = models.CharField(max_length=120, blank=True)
    answer = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cooperative", "member"],
                condition=Q(state="asked"),
                name="a_member_asks_to_leave_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state="asked", decided_at__isnull=True) | (~Q(state="asked") & Q(decided_at__isnull=False)),
                name="a_decided_request_has_its_day",
            ),
        ]
        indexes = [models.Index(fields=["cooperative", "member"])]


class CorrectionRequest(OfCooperative):
    """Somebody asks that what is stored about them is put right (UU 27/2022): answered by `due_at`, kept with its answer."""

    member = Link(Member)
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    text = models.CharField("yang keliru", max_length=300)
    recorded_by_name = models.CharField(max_length=120)
    answered_at = models.DateTimeField(null=True)
    answered_by_name = models.CharField(max_length=120, blank=True)
    corrected = models.BooleanField(null=True)  # or refused, with the reason in `answer`
    answer = models.CharField("jawaban", max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, corrected__isnull=True)
                | Q(answered_at__isnull=False, corrected__isnull=False),
                name="an_answer_says_whether_it_was_put_right",
            ),
            models.CheckConstraint(condition=~Q(corrected=False) | ~Q(answer=""), name="a_refused_correction_says_why"),
        ]
        indexes = [models.Index(fields=["cooperative", "member"])]


class Household(OfCooperative):
    """Members who live together: one address, one head."""

    head = Link(Member)
    address = models.CharField("alamat", max_length=160, blank=True)
    rt_rw = models.CharField("RT/RW", max_length=7, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cooperative", "head"], name="nobody_heads_two_households")]


class Heir(OfCooperative):
    """Whom a member names to receive the savings in the case of death. Read by the officers of the cooperative only."""

    class Relation(models.TextChoices):
        SPOUSE = "spouse", "Suami atau istri"
        CHILD = "child", "Anak"
        PARENT = "parent", "Orang tua"
        SIBLING = "sibling", "Saudara kandung"
        OTHER = "other", "Lainnya"

    member = Link(Member)
    name = models.CharField("nama", max_length=120)
    relation = models.CharField("hubungan", max_length=7, choices=Relation)
    phone = models.CharField("nomor HP", max_length=20, blank=True)

    class Meta:
        indexes = [models.Index(fields=["cooperative", "member"])]
        ordering = ["pk"]


class Scale(models.TextChoices):
    MICRO = "micro", "Mikro"
    SMALL = "small", "Kecil"
    MEDIUM = "medium", "Menengah"
    LARGE = "large", "Besar"
    UNKNOWN = "unknown", "Belum diketahui"


class MemberBusiness(OfCooperative):
    """The business a member runs. `scale` follows from the sales by the rule of `scale_rule` (`fixtures/business_scales.json`)."""

    member = OneLink(Member)
    name = models.CharField("nama usaha", max_length=120)
    product = models.CharField("produk utama", max_length=120, blank=True)
    kbli = models.CharField("KBLI", max_length=5, blank=True)
    nib = models.CharField("NIB", max_length=13, blank=True)
    sales_rupiah = models.BigIntegerField("penjualan setahun", null=True)
    sales_year = models.PositiveSmallIntegerField("tahun penjualan", null=True)
    scale = models.CharField("skala", max_length=7, choices=Scale, default=Scale.UNKNOWN)
    scale_rule = models.CharField(max_length=20, blank=True)  # "umkm v1"

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(sales_rupiah__isnull=True) | Q(sales_rupiah__gte=0), name="sales_are_not_negative"
            )
        ]


class BusinessCount(OfCooperativeAndAgency):
    """How many present members run a business, by sex, kind and scale: what the dinas reads of it, without names."""

    sex = models.CharField(max_length=1, choices=Sex)
    kind = models.CharField(max_length=13, choices=Member.Kind)
    scale = models.CharField(max_length=7, choices=Scale)
    members = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cooperative", "sex", "kind", "scale"], name="a_count_of_businesses_is_one_row"
            ),
            models.CheckConstraint(condition=Q(members__gte=0), name="businesses_are_not_counted_below_zero"),
        ]
        indexes = [models.Index(fields=["agency"])]
