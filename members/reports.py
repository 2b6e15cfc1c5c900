"""Questions about the members of one cooperative: the register on a day, its counts, and who may be the same person."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Case, CharField, Count, F, OuterRef, Q, QuerySet, Subquery, Value, When

from members.models import Identity, Member, MemberStatus, Sex, national_id_bound_to
from registry.keys import KeyRingError, key_ring
from registry.models import AuditEvent, Cooperative

__all__ = [
    "Counts",
    "count",
    "history",
    "masked_national_id",
    "register",
    "twins",
    "unopened_national_ids",
    "with_masked_national_id",
]

BEHIND = 50  # lines of history looked for among the cooperative's events


@dataclass(frozen=True)
class Counts:
    """How many people of a register stand where, on its day. `current` are all but the leavers."""

    applicant: int = 0
    active: int = 0
    suspended: int = 0
    exited: int = 0
    male: int = 0
    female: int = 0

    @property
    def everybody(self) -> int:
        return self.applicant + self.active + self.suspended + self.exited

    @property
    def current(self) -> int:
        return self.everybody - self.exited

    def of(self, status: str) -> int:
        """Return the number of one status, or of everybody for ""."""
        return getattr(self, status) if status else self.everybody


def register(*, cooperative: Cooperative, today: date, on: date | None = None) -> QuerySet[Member]:
    """Return the members' register (UU 25/1992 Ps 17), leavers included, with `status_on`: the status on that day.

    Without `on` it is the present state. On a past day nobody is "Dibekukan": when somebody was suspended is not kept.
    """
    members = Member.objects.of(cooperative).filter(merged_into__isnull=True)
    if on is None:
        return members.annotate(status_on=F("status"))
    return members.register_as_of(on).annotate(status_on=_status_on(on, today))


def _status_on(on: date, today: date) -> Case:
    """A person was calon until `became_member_on`; who left without that day left as calon."""
    never_a_member = Q(became_member_on__isnull=True) & Q(status=MemberStatus.EXITED)
    applicant = Q(status=MemberStatus.APPLICANT) | Q(became_member_on__gt=on) | never_a_member
    whens = [
        When(exited_on__lte=on, then=Value(MemberStatus.EXITED)),
        When(applicant, then=Value(MemberStatus.APPLICANT)),
    ]
    if on >= today:
        whens.append(When(status=MemberStatus.SUSPENDED, then=Value(MemberStatus.SUSPENDED)))
    return Case(*whens, default=Value(MemberStatus.ACTIVE), output_field=CharField())


def count(members: QuerySet[Member]) -> Counts:
    """Count a register (a queryset of `register`) in one query; sexes among those who have not left."""
    here = ~Q(status_on=MemberStatus.EXITED)
    sums = {status.value: Count("pk", filter=Q(status_on=status.value)) for status in MemberStatus}
    sums |= {"male": Count("pk", filter=here & Q(sex=Sex.MALE)), "female": Count("pk", filter=here & Q(sex=Sex.FEMALE))}
    return Counts(**members.order_by().aggregate(**sums))


def with_masked_national_id(members: QuerySet[Member]) -> QuerySet[Member]:
    """Add `masked_national_id` ("3673**********01" or None) to each member. The number itself is not read."""
    own = Identity.objects.filter(cooperative_id=OuterRef("cooperative_id"), member_id=OuterRef("pk"))
    return members.annotate(masked_national_id=Subquery(own.values("masked")[:1]))


def masked_national_id(member: Member) -> str:
    """Return the masked NIK of one member, or ""."""
    own = Identity.objects.filter(cooperative_id=member.cooperative_id, member=member)
    return own.values_list("masked", flat=True).first() or ""


def twins(*, cooperative: Cooperative, name: str, birth_date: date | None, but: Member | None = None) -> list[str]:
    """Return the numbers of members of this cooperative with the same name and day of birth, but for `but` itself."""
    if not (name and birth_date):
        return []
    same = Member.objects.of(cooperative).filter(name__iexact=name, birth_date=birth_date, merged_into__isnull=True)
    if but is not None:
        same = same.exclude(pk=but.pk)
    return list(same.order_by("number").values_list("number_text", flat=True)[:5])


def history(member: Member) -> list[AuditEvent]:
    """Return what was done with a member's entry and who looked at its NIK, newest first."""
    events = AuditEvent.objects.filter(cooperative_id=member.cooperative_id, subject=f"anggota {member.number_text}")
    return list(events.order_by("-at", "-pk")[:BEHIND])


def unopened_national_ids(cooperative: Cooperative) -> list[str]:
    """Return the numbers of the members whose stored NIK the key ring does not open. Nothing is shown, so nobody looked.

    Raises `KeyRingError` when there is no usable ring at all.
    """
    rows = Identity.objects.filter(cooperative_id=cooperative.pk).order_by("member_id")
    ring, unopened = key_ring(), []
    for member_id, number, cipher in rows.values_list("member_id", "member__number", "cipher").iterator():
        try:
            ring.decrypt(bytes(cipher), national_id_bound_to(cooperative.pk, member_id))
        except KeyRingError:
            unopened.append(f"A-{number:04d}")
    return unopened
