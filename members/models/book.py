"""The member book. Identity numbers stand in a table of their own."""

from datetime import date

from django.db import models
from django.db.models import Q
from django.db.models.expressions import RawSQL

from registry.models.base import Link, OfCooperative, OfCooperativeAndAgency, OneLink


class MemberStatus(models.TextChoices):
    APPLICANT = "applicant", "Calon anggota"
    ACTIVE = "active", "Anggota"
    SUSPENDED = "suspended", "Dibekukan"
    EXITED = "exited", "Berhenti"


class Sex(models.TextChoices):
    MALE = "L", "Laki-laki"
    FEMALE = "P", "Perempuan"


class MemberQuerySet(models.QuerySet["Member"]):
    def of(self, cooperative) -> "MemberQuerySet":
        """Return the members of `cooperative`. The wall would hide the others; we still say it."""
        return self.filter(cooperative=cooperative)

    def current(self) -> "MemberQuerySet":
        return self.exclude(status=MemberStatus.EXITED).filter(merged_into__isnull=True)

    def search(self, words: str) -> "MemberQuerySet":
        """Every word must stand in the name or the number, or in the number of an entry merged into this one."""
        found = self
        for word in words.split()[:6]:
            merged = Member.objects.filter(merged_into__isnull=False, number_text__icontains=word)
            found = found.filter(
                Q(name__icontains=word) | Q(number_text__icontains=word) | Q(pk__in=merged.values("merged_into"))
            )
        return found

    def register_as_of(self, day) -> "MemberQuerySet":
        """Return everybody who had joined by `day`, leavers included."""
        return self.filter(joined_on__lte=day, merged_into__isnull=True)


class Member(OfCooperative):
    """A line of the Buku Daftar Anggota (UU 25/1992 Ps 17). Numbers are never used again."""

    class Kind(models.TextChoices):
        ORDINARY = "ordinary", "Anggota biasa"
        EXTRAORDINARY = "extraordinary", "Anggota luar biasa"

    class ExitReason(models.TextChoices):
        OWN_REQUEST = "own_request", "Permintaan sendiri"
        DISMISSED = "dismissed", "Diberhentikan"
        DIED = "died", "Meninggal dunia"
        MOVED = "moved", "Pindah domisili"

    number = models.PositiveIntegerField("nomor anggota")
    number_text = models.CharField(max_length=12)  # "A-0047", as printed and searched
    name = models.CharField("nama lengkap", max_length=120)
    sex = models.CharField("jenis kelamin", max_length=1, choices=Sex)
    birth_date = models.DateField("tanggal lahir", null=True, blank=True)
    birth_place = models.CharField("tempat lahir", max_length=60, blank=True)
    occupation = models.CharField("pekerjaan", max_length=60, blank=True)
    address = models.CharField("alamat", max_length=160, blank=True)
    rt_rw = models.CharField("RT/RW", max_length=7, blank=True)
    phone = models.CharField("nomor HP", max_length=20, blank=True)
    kind = models.CharField("jenis keanggotaan", max_length=13, choices=Kind, default=Kind.ORDINARY)
    status = models.CharField(max_length=9, choices=MemberStatus, default=MemberStatus.APPLICANT)
    joined_on = models.DateField("tanggal masuk")
    became_member_on = models.DateField("menjadi anggota", null=True, blank=True)
    exited_on = models.DateField("tanggal berhenti", null=True, blank=True)
    exit_reason = models.CharField("sebab berhenti", max_length=12, choices=ExitReason, blank=True)
    exit_note = models.CharField("catatan", max_length=200, blank=True)
    merged_into = Link("self", null=True, blank=True)
    household = Link("members.Household", null=True, blank=True)
    forgotten_on = models.DateField(null=True)  # NIK and contacts were removed, years after the exit
    imported_in = models.BigIntegerField(null=True)  # the import job, so that it can be undone
    version = models.PositiveIntegerField(default=1)

    objects = MemberQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cooperative", "number"], name="a_member_number_is_never_used_twice"),
            models.CheckConstraint(
                condition=Q(exited_on__isnull=True) | Q(exited_on__gte=models.F("joined_on")),
                name="nobody_leaves_before_joining",
            ),
            models.CheckConstraint(
                condition=Q(status="exited", exited_on__isnull=False)
                | (~Q(status="exited") & Q(exited_on__isnull=True)),
                name="an_exit_has_its_date",
            ),
            models.CheckConstraint(condition=Q(sex__in=["L", "P"]), name="sex_is_l_or_p"),
        ]
        indexes = [
            models.Index(fields=["cooperative", "status", "name"]),
            # for the key of `merged_into`: without it, taking out an import scans the book once for every person
            models.Index(
                fields=["cooperative", "merged_into"],
                name="members_merged_into",
                condition=models.Q(merged_into__isnull=False),
            ),
            models.Index(
                fields=["cooperative", "household"],
                name="members_by_household",
                condition=models.Q(household__isnull=False),
            ),
        ]
        ordering = ["name", "number"]

    def __str__(self) -> str:
        return f"{self.name}, {self.number_text}"

    @property
    def is_current(self) -> bool:
        return self.status != MemberStatus.EXITED

    @property
    def was_member_on(self) -> date | None:
        """The day this person became a full member; None for who is, or left as, calon anggota."""
        if self.became_member_on or self.status in (MemberStatus.APPLICANT, MemberStatus.EXITED):
            return self.became_member_on
        return self.joined_on


_ENTRIES = """
SELECT %s::bigint UNION ALL SELECT id FROM members_member WHERE cooperative_id = %s AND merged_into_id = %s
"""


def entries_of(member: Member) -> Q:
    """Rows of a table with a link `member` that belong to this person: of the entry, and of those merged into it.

    A list of ids and not an OR over a join, which would read the rows of the whole cooperative (measured: 2 ms for 0.1).
    """
    return Q(member_id__in=RawSQL(_ENTRIES, [member.pk, member.cooperative_id, member.pk]))  # noqa: S611  no text of a person's


class Identity(OfCooperative):
    """A member's citizen number: encrypted, with a keyed hash to find the same person again in this cooperative."""

    member = OneLink(Member)
    cipher = models.BinaryField()
    blind_index = models.BinaryField(max_length=32)
    masked = models.CharField(max_length=16)
    current = models.BooleanField(default=True)  # false once the member has left

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cooperative", "blind_index"],
                condition=Q(current=True),
                name="a_nik_is_unique_among_current_members",
            )
        ]


def national_id_bound_to(cooperative_id: int, member_id: int) -> bytes:
    """What a NIK is sealed with beside the key: a cipher copied to another member does not open."""
    return f"{cooperative_id}:{member_id}".encode()


class NumberCounter(models.Model):
    """The last member number given in a cooperative; its row lock orders admissions."""

    cooperative = models.OneToOneField("registry.Cooperative", models.PROTECT, primary_key=True, related_name="+")
    last_number = models.PositiveIntegerField(default=0)


class MemberFlow(OfCooperativeAndAgency):
    """How many joined and left in a month, by sex: the only thing about members the dinas reads.

    `applicants` is the change in the number of calon anggota. Sums up to a month give the counts at its end.
    """

    month = models.DateField()
    sex = models.CharField(max_length=1, choices=Sex)
    joined = models.IntegerField(default=0)
    left = models.IntegerField(default=0)
    applicants = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cooperative", "month", "sex"], name="a_month_of_flow_is_one_row")
        ]
        indexes = [
            models.Index(fields=["agency", "month"]),
        ]


class MemberMonth(OfCooperativeAndAgency):
    """A month in which somebody came or went: men and women at its end, and by how many they became more in it.

    Kept by a trigger on `MemberFlow` (`members/sql/counts.sql`), so that counting a thousand cooperatives reads one row
    of each instead of everybody who ever came and went.
    """

    month = models.DateField()
    men = models.IntegerField(default=0)
    women = models.IntegerField(default=0)
    change = models.IntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cooperative", "month"], name="a_month_of_members_is_one_row")]
        indexes = [models.Index(fields=["agency", "month"])]


class Campaign(OfCooperativeAndAgency):
    """A time in which the cooperative invites its neighbours, and how many it wants to win. Counted, never stored: who came."""

    name = models.CharField("nama ajakan", max_length=80)
    target = models.PositiveIntegerField("sasaran anggota baru")
    starts_on = models.DateField("mulai")
    ends_on = models.DateField("sampai")
    made_at = models.DateTimeField()
    made_by_name = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=models.F("starts_on")), name="a_campaign_ends_after_it_starts"
            ),
            models.CheckConstraint(condition=Q(target__gte=1, target__lte=1_000_000), name="a_campaign_wants_somebody"),
        ]
        indexes = [models.Index(fields=["cooperative", "-starts_on"])]


class JoinRequest(OfCooperativeAndAgency):
    """Somebody asked to become a member, from the public page: its code, its deadline, what became of it. No person in it.

    The asker reads it by the code, the dinas counts what is overdue. The person stands in `JoinPerson` until the decision,
    or until nobody has answered for as long as `unanswered_request_days` says.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Menunggu jawaban"
        ACCEPTED = "accepted", "Diterima"
        DECLINED = "declined", "Belum dapat diterima"
        LAPSED = "lapsed", "Tidak dijawab"  # nobody answered for so long that the person was deleted

    code = models.CharField(max_length=24)
    asked_at = models.DateTimeField()
    due_on = models.DateField("dijawab paling lambat")
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    decided_at = models.DateTimeField(null=True)
    decided_by_name = models.CharField(max_length=120, blank=True)
    reason = models.CharField("alasan", max_length=200, blank=True)
    member_number = models.CharField(max_length=12, blank=True)
    referrer_number = models.CharField(max_length=12, blank=True)  # the member who brought the asker

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cooperative", "code"], name="a_request_has_its_own_code"),
            models.CheckConstraint(
                condition=Q(state="waiting", decided_at__isnull=True)
                | (~Q(state="waiting") & Q(decided_at__isnull=False)),
                name="a_decision_has_its_moment",
            ),
            models.CheckConstraint(
                condition=(Q(state="accepted") & ~Q(member_number="")) | (~Q(state="accepted") & Q(member_number="")),
                name="who_is_accepted_has_a_number",
            ),
            models.CheckConstraint(condition=~Q(state="declined") | ~Q(reason=""), name="who_is_declined_is_told_why"),
        ]
        indexes = [models.Index(fields=["agency", "state", "due_on"])]
        ordering = ["due_on", "id"]


class JoinPerson(OfCooperative):
    """Who asked: written by a stranger who cannot read it, read by the officers, gone with the decision or without one."""

    request = OneLink(JoinRequest, primary_key=True, related_name="person")
    code = models.CharField(max_length=24)
    name = models.CharField("nama lengkap", max_length=120)
    sex = models.CharField("jenis kelamin", max_length=1, choices=Sex)
    birth_date = models.DateField("tanggal lahir")
    address = models.CharField("alamat", max_length=160)
    phone = models.CharField("nomor HP", max_length=20)
    cipher = models.BinaryField(null=True)
    blind_index = models.BinaryField(max_length=32, null=True)
    masked = models.CharField(max_length=16, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(sex__in=["L", "P"]), name="an_asker_is_l_or_p")]


def national_id_bound_to_request(cooperative_id: int, code: str) -> bytes:
    """What an asker's NIK is sealed with beside the key."""
    return f"{cooperative_id}:join:{code}".encode()
