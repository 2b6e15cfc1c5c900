"""Questions about the members of one cooperative: the register on a day, its counts, and who may be the same person."""

import re
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import combinations, groupby

from django.db import connection
from django.db.models import Case, CharField, Count, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from members.models import ExitRequest, Identity, Member, MemberStatus, Merge, Sex, entries_of, national_id_bound_to
from registry.keys import KeyRingError, key_ring
from registry.models import AuditEvent, Cooperative

__all__ = [
    "Counts",
    "Pair",
    "count",
    "exit_request_of",
    "exit_requests",
    "exit_requests_decided",
    "history",
    "likely_the_same",
    "masked_national_id",
    "merges_of",
    "near_equal",
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
    voters: int = 0  # full members; anggota luar biasa speak but have no vote (AD model)

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
    sums["voters"] = Count("pk", filter=Q(status_on=MemberStatus.ACTIVE, kind=Member.Kind.ORDINARY))
    return Counts(**members.order_by().aggregate(**sums))


def with_masked_national_id(members: QuerySet[Member]) -> QuerySet[Member]:
    """Add `masked_national_id` ("3673**********01" or None) to each member. The number itself is not read."""
    own = Identity.objects.filter(cooperative_id=OuterRef("cooperative_id"), member_id=OuterRef("pk"))
    merged = Identity.objects.filter(cooperative_id=OuterRef("cooperative_id"), member__merged_into=OuterRef("pk"))
    return members.annotate(
        masked_national_id=Coalesce(
            Subquery(own.filter(current=True).values("masked")[:1]),
            Subquery(merged.filter(current=True).values("masked")[:1]),
            Subquery(own.values("masked")[:1]),
        )
    )


def masked_national_id(member: Member) -> str:
    """Return the masked NIK of one member, or ""."""
    own = Identity.objects.filter(entries_of(member), cooperative_id=member.cooperative_id)
    return own.order_by("-current", "-member_id").values_list("masked", flat=True).first() or ""


def twins(*, cooperative: Cooperative, name: str, birth_date: date | None, but: Member | None = None) -> list[str]:
    """Return the numbers of members of this cooperative with the same name and day of birth, but for `but` itself."""
    if not (name and birth_date):
        return []
    same = Member.objects.of(cooperative).filter(name__iexact=name, birth_date=birth_date, merged_into__isnull=True)
    if but is not None:
        same = same.exclude(pk=but.pk)
    return list(same.order_by("number").values_list("number_text", flat=True)[:5])


def history(member: Member) -> list[AuditEvent]:
    """Return what was done with a member's entry and those merged into it, and who looked at the NIK, newest first."""
    own = Member.objects.filter(Q(pk=member.pk) | Q(merged_into=member), cooperative_id=member.cooperative_id)
    subjects = [f"anggota {text}" for text in own.values_list("number_text", flat=True)]
    events = AuditEvent.objects.filter(cooperative_id=member.cooperative_id, subject__in=subjects)
    return list(events.order_by("-at", "-pk")[:BEHIND])


def merges_of(member: Member) -> QuerySet[Merge]:
    """Return the merges in force of a member's entry, newest first."""
    merges = Merge.objects.filter(cooperative_id=member.cooperative_id, survivor=member, separated_at__isnull=True)
    return merges.select_related("merged").order_by("-merged_at")


def exit_requests(cooperative: Cooperative) -> list[ExitRequest]:
    """Return the requests to leave that wait for a decision, the oldest first."""
    asked = ExitRequest.objects.filter(cooperative=cooperative, state=ExitRequest.State.ASKED)
    return list(asked.select_related("member").order_by("asked_on", "pk"))


def exit_request_of(member: Member) -> ExitRequest | None:
    """Return the member's request that waits, if there is one."""
    asked = ExitRequest.objects.filter(cooperative_id=member.cooperative_id, member=member)
    return asked.filter(state=ExitRequest.State.ASKED).first()


def exit_requests_decided(member: Member) -> list[ExitRequest]:
    """Return the member's decided requests, newest first."""
    asked = ExitRequest.objects.filter(entries_of(member), cooperative_id=member.cooperative_id)
    return list(asked.exclude(state=ExitRequest.State.ASKED).order_by("-decided_at"))


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


@dataclass(frozen=True)
class Pair:
    """Two entries that may be one person: ids and numbers, the older entry first, and what speaks for it."""

    one: int
    other: int
    one_number: str
    other_number: str
    same_national_id: bool

    @property
    def why(self) -> str:
        return "NIK sama" if self.same_national_id else "Tanggal lahir sama, nama hampir sama"


# Everybody who shares a day of birth or a NIK with another entry of this cooperative. A day that more than COMMON entries
# share is no birthday but a default somebody typed: there only names that are equal count. Leavers are looked at for their NIK.
COMMON = 40
_ALIKE = """
WITH book AS (
  SELECT m.id, m.number_text, m.name, m.birth_date, m.status <> 'exited' AS current, i.blind_index AS nik,
         count(*) FILTER (WHERE m.status <> 'exited') OVER (PARTITION BY m.birth_date) AS born, count(*) OVER (PARTITION BY i.blind_index) AS niks
  FROM members_member m LEFT JOIN members_identity i ON i.cooperative_id = m.cooperative_id AND i.member_id = m.id
  WHERE m.cooperative_id = %(cooperative)s AND m.merged_into_id IS NULL
)
SELECT id, number_text, name, birth_date, current, CASE WHEN niks > 1 THEN nik END, born FROM book
WHERE birth_date IS NOT NULL AND born > 1 AND current OR nik IS NOT NULL AND niks > 1 ORDER BY id
"""
_TOLD_APART = "SELECT one_id, other_id FROM members_notthesame WHERE cooperative_id = %(cooperative)s"


def likely_the_same(cooperative: Cooperative) -> list[Pair]:
    """Return the pairs of entries that may be one person, without those told apart; same NIK first. Two queries.

    Same NIK (by its keyed hash, one of both still a member), or the same day of birth and a near-equal name.
    """
    with connection.cursor() as cursor:
        cursor.execute(_ALIKE, {"cooperative": cooperative.pk})
        rows = cursor.fetchall()
        cursor.execute(_TOLD_APART, {"cooperative": cooperative.pk})
        apart = set(cursor.fetchall())
    found: dict[tuple[int, int], Pair] = {}
    by_nik = sorted((row for row in rows if row[5]), key=lambda row: (bytes(row[5]), row[0]))
    for _, same in groupby(by_nik, key=lambda row: bytes(row[5])):
        for one, other in combinations(same, 2):
            if one[4] or other[4]:
                found[one[0], other[0]] = Pair(one[0], other[0], one[1], other[1], True)
    born = sorted((row for row in rows if row[3] and row[4]), key=lambda row: (row[3], row[0]))
    for _, same in groupby(born, key=lambda row: row[3]):
        for one, other in _alike(list(same)):
            found.setdefault((one[0], other[0]), Pair(one[0], other[0], one[1], other[1], False))
    pairs = [pair for key, pair in found.items() if key not in apart]
    return sorted(pairs, key=lambda pair: (not pair.same_national_id, pair.one, pair.other))


def _alike(rows: list[tuple]) -> list[tuple[tuple, tuple]]:
    """Return the pairs with near-equal names among people born on one day."""
    if len(rows) <= COMMON:
        return [(one, other) for one, other in combinations(rows, 2) if near_equal(one[2], other[2])]
    by_name = sorted(rows, key=lambda row: (_plain(row[2]), row[0]))
    equal = [list(same)[:5] for _, same in groupby(by_name, key=lambda row: _plain(row[2]))]
    return [pair for same in equal for pair in combinations(same, 2)]


_TITLES = frozenset(
    [
        "h",
        "hj",
        "haji",
        "hajah",
        "bapak",
        "bpk",
        "ibu",
        "drs",
        "dra",
        "dr",
        "ir",
        "st",
        "spd",
        "se",
        "sh",
        "sag",
        "mm",
        "mpd",
        "kh",
        "ust",
        "ustad",
        "ustadz",
        "alm",
        "almh",
    ]
)
_MUHAMMAD = frozenset(
    [
        "m",
        "muh",
        "muhammad",
        "muhamad",
        "mohammad",
        "mohamad",
        "moh",
        "moch",
        "mochamad",
        "mochammad",
        "much",
        "muchamad",
    ]
)
_NEAR = 0.86  # "Siti Aminah", "Siti Amina": 0.95; "Siti Aminah", "Siti Aisyah": 0.82


def near_equal(one: str, other: str) -> bool:
    """Whether two names may be one person's: the same but for spelling, titles, order, or words that one of them lacks.

    >>> near_equal("Hj. Siti Aminah", "Siti Aminah binti Ali"), near_equal("Siti Aminah", "Siti Aisyah")
    (True, False)
    """
    a, b = _plain(one), _plain(other)
    if not a or not b:
        return False
    few, many = sorted((set(a), set(b)), key=len)
    if len(few) > 1 and few <= many:
        return True
    compared = SequenceMatcher(None, " ".join(a), " ".join(b))
    return compared.real_quick_ratio() >= _NEAR and compared.quick_ratio() >= _NEAR and compared.ratio() >= _NEAR


@lru_cache(maxsize=4096)
def _plain(name: str) -> tuple[str, ...]:
    """The words of a name in order of the alphabet, without titles; the many spellings of Muhammad are one."""
    words = re.sub(r"[^a-z0-9 ]", "", name.casefold().replace(".", " ").replace("-", " ").replace(",", " ")).split()
    kept = [word for word in words if word not in _TITLES] or words
    return tuple(sorted("muhammad" if word in _MUHAMMAD else word for word in kept))
