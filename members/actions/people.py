"""Everything that can happen to a member: admit, amend, exit, become a member; and the identity number kept apart.

Each action runs in its own savepoint and writes one audit row. Names and NIKs never reach the audit: numbers only.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import F

from members.models import ExitRequest, Identity, Member, MemberStatus, entries_of, national_id_bound_to
from registry import audit
from registry.access import Actor
from registry.actions.cooperatives import touch
from registry.keys import key_ring
from registry.models import Cooperative
from registry.numbers import mask_national_id
from registry.periods import month_of, today_jakarta

from .businesses import count_businesses, lock_counts
from .identities import DuplicateNationalId, is_stored, store_identity

__all__ = [
    "AlreadyExited",
    "Applicant",
    "Duplicate",
    "DuplicateNationalId",
    "DuplicateNationalIds",
    "Person",
    "StaleForm",
    "admit",
    "admit_many",
    "amend",
    "become_member",
    "exit_member",
    "return_to_applicants",
]


@dataclass(frozen=True)
class Duplicate:
    """One of many people has a NIK that is taken: by the current member `number_text`, or by an earlier one of the same list."""

    index: int
    number_text: str = ""
    first_index: int | None = None


class DuplicateNationalIds(Exception):
    """Some of many people have a NIK that is taken; nobody was admitted. `duplicates` names all of them."""

    def __init__(self, duplicates: Sequence[Duplicate]) -> None:
        self.duplicates = list(duplicates)
        super().__init__(f"{len(self.duplicates)} NIK sudah dipakai.")


class StaleForm(Exception):
    """Somebody else changed the member after the form was opened."""


class AlreadyExited(Exception):
    """The member has left before."""


@dataclass(frozen=True)
class Person:
    """What the register asks of a person: six fields, the rest may follow later."""

    name: str
    sex: str  # "L" or "P"
    birth_date: date | None = None
    address: str = ""
    rt_rw: str = ""
    phone: str = ""
    birth_place: str = ""
    occupation: str = ""
    kind: str = Member.Kind.ORDINARY


@dataclass(frozen=True)
class Applicant:
    """One line of a list of people to admit: `national_id` is the normalised 16 digits or ""."""

    person: Person
    joined_on: date
    national_id: str = ""
    status: str = MemberStatus.APPLICANT


@transaction.atomic
def admit(
    *,
    cooperative: Cooperative,
    person: Person,
    joined_on: date,
    national_id: str = "",
    actor: Actor,
    now: datetime,
    status: str = MemberStatus.APPLICANT,
    imported_in: int | None = None,
) -> Member:
    """Enter a person in the member book as calon anggota (anggota once the pokok is paid) and return the member.

    `national_id` is the normalised 16 digits or "". Raises `DuplicateNationalId`.
    """
    number = _next_numbers(cooperative, 1)
    member = Member.objects.create(
        cooperative=cooperative,
        number=number,
        number_text=number_text(number),
        status=status,
        joined_on=joined_on,
        became_member_on=joined_on if status == MemberStatus.ACTIVE else None,
        imported_in=imported_in,
        **person.__dict__,
    )
    if national_id:
        store_identity(cooperative, member, national_id)
    active = status == MemberStatus.ACTIVE
    count_flow(cooperative, joined_on, person.sex, joined=int(active), applicants=int(not active))
    touch(cooperative, today_jakarta(now))
    audit.record("admit", actor=actor, now=now, subject=f"anggota {member.number_text}", cooperative_id=cooperative.pk)
    return member


@transaction.atomic
def admit_many(
    *,
    cooperative: Cooperative,
    people: Sequence[Applicant],
    actor: Actor,
    now: datetime,
    imported_in: int | None = None,
) -> list[int]:
    """Enter many people at once, in their order, with what `admit` promises; return their member ids in that order.

    One statement a table, whatever the number of people; one audit row. Either all are admitted or nobody: raises
    `DuplicateNationalIds` naming every taken NIK, `ValueError` for a status that admission cannot give.
    """
    if not people:
        return []
    if any(one.status not in (MemberStatus.APPLICANT, MemberStatus.ACTIVE) for one in people):
        raise ValueError("People are admitted as calon anggota or anggota.")
    first = _next_numbers(cooperative, len(people))
    hashes = _blind_indexes(cooperative, people)
    _refuse_duplicates(cooperative, hashes)
    ids = _insert_members(cooperative, people, first, imported_in)
    try:
        with transaction.atomic():
            _insert_identities(cooperative, people, ids, hashes)
    except IntegrityError:  # somebody amended a member's NIK in this moment
        _refuse_duplicates(cooperative, hashes)
        raise
    _count_flows(cooperative, people)
    touch(cooperative, today_jakarta(now))
    audit.record(
        "admit_many", actor=actor, now=now, subject=f"anggota {number_text(first)} s.d. {number_text(first + len(people) - 1)}",
        cooperative_id=cooperative.pk, members=len(people), imported_in=imported_in,
    )  # fmt: skip
    return ids


def _blind_indexes(cooperative: Cooperative, people: Sequence[Applicant]) -> dict[int, bytes]:
    """Return position → keyed hash, of those who gave a NIK."""
    ring, agency = key_ring(), cooperative.agency.slug
    return {i: ring.blind_index(agency, one.national_id) for i, one in enumerate(people) if one.national_id}


# One array instead of one parameter a person: a statement takes 65,535 parameters at most.
_TAKEN = """
SELECT i.blind_index, m.number_text FROM members_identity i
JOIN members_member m ON m.cooperative_id = i.cooperative_id AND m.id = i.member_id
WHERE i.cooperative_id = %s AND i.current AND i.blind_index = ANY(%s::bytea[])
"""


def _refuse_duplicates(cooperative: Cooperative, hashes: dict[int, bytes]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_TAKEN, [cooperative.pk, list(hashes.values())])
        taken = {bytes(index): text for index, text in cursor.fetchall()}
    earlier: dict[bytes, int] = {}
    found = []
    for position, index in hashes.items():
        if index in taken:
            found.append(Duplicate(position, number_text=taken[index]))
        elif earlier.setdefault(index, position) != position:
            found.append(Duplicate(position, first_index=earlier[index]))
    if found:
        raise DuplicateNationalIds(found)


_PERSON_FIELDS = [field.name for field in fields(Person)]
_INSERT_MEMBERS = f"""
INSERT INTO members_member (cooperative_id, number, number_text, status, joined_on, became_member_on, imported_in,
                            {", ".join(_PERSON_FIELDS)}, exit_reason, exit_note, version)
SELECT %(cooperative)s, number, number_text, status, joined_on, CASE WHEN status = 'active' THEN joined_on END, %(imported_in)s,
       {", ".join(_PERSON_FIELDS)}, '', '', 1
FROM unnest(%(number)s::int[], %(number_text)s::text[], %(status)s::text[], %(joined_on)s::date[],
            {", ".join(f"%({name})s::{'date' if name == 'birth_date' else 'text'}[]" for name in _PERSON_FIELDS)})
     AS p(number, number_text, status, joined_on, {", ".join(_PERSON_FIELDS)})
ORDER BY number RETURNING number, id
"""


def _insert_members(
    cooperative: Cooperative, people: Sequence[Applicant], first: int, imported_in: int | None
) -> list[int]:
    numbers = range(first, first + len(people))
    columns = {name: [getattr(one.person, name) for one in people] for name in _PERSON_FIELDS}
    columns |= {"number": list(numbers), "number_text": [number_text(number) for number in numbers]}
    columns |= {"status": [str(one.status) for one in people], "joined_on": [one.joined_on for one in people]}
    with connection.cursor() as cursor:
        cursor.execute(_INSERT_MEMBERS, columns | {"cooperative": cooperative.pk, "imported_in": imported_in})
        ids = dict(cursor.fetchall())
    return [ids[number] for number in numbers]


_INSERT_IDENTITIES = """
INSERT INTO members_identity (cooperative_id, member_id, cipher, blind_index, masked, current)
SELECT %(cooperative)s, member_id, cipher, blind_index, masked, true
FROM unnest(%(members)s::bigint[], %(ciphers)s::bytea[], %(indexes)s::bytea[], %(masked)s::text[])
     AS i(member_id, cipher, blind_index, masked)
"""


def _insert_identities(
    cooperative: Cooperative, people: Sequence[Applicant], ids: list[int], hashes: dict[int, bytes]
) -> None:
    ring = key_ring()
    columns: dict[str, Any] = {
        "members": [ids[i] for i in hashes],
        "ciphers": [ring.encrypt(people[i].national_id, national_id_bound_to(cooperative.pk, ids[i])) for i in hashes],
        "indexes": list(hashes.values()),
        "masked": [mask_national_id(people[i].national_id) for i in hashes],
    }
    with connection.cursor() as cursor:
        cursor.execute(_INSERT_IDENTITIES, columns | {"cooperative": cooperative.pk})


_INSERT_FLOWS = """
INSERT INTO members_memberflow AS f (cooperative_id, agency_id, month, sex, joined, "left", applicants)
SELECT %(cooperative)s, %(agency)s, month, sex, joined, 0, applicants
FROM unnest(%(months)s::date[], %(sexes)s::text[], %(joined)s::int[], %(applicants)s::int[]) AS n(month, sex, joined, applicants)
ORDER BY month, sex
ON CONFLICT (cooperative_id, month, sex)
DO UPDATE SET joined = f.joined + EXCLUDED.joined, applicants = f.applicants + EXCLUDED.applicants
"""


def _count_flows(cooperative: Cooperative, people: Sequence[Applicant]) -> None:
    """Add everybody to the flows of their months, as `count_flow` does for one."""
    counts = Counter((month_of(one.joined_on), one.person.sex, one.status == MemberStatus.ACTIVE) for one in people)
    keys = sorted({(month, sex) for month, sex, _ in counts})
    columns: dict[str, Any] = {
        "months": [month for month, _ in keys],
        "sexes": [sex for _, sex in keys],
        "joined": [counts[*key, True] for key in keys],
        "applicants": [counts[*key, False] for key in keys],
    }
    with connection.cursor() as cursor:
        cursor.execute(_INSERT_FLOWS, columns | {"cooperative": cooperative.pk, "agency": cooperative.agency_id})


@transaction.atomic
def amend(*, member: Member, version: int, changes: dict, national_id: str = "", actor: Actor, now: datetime) -> Member:
    """Change a member's data; `changes` maps field names to new values. Nothing is written when nothing changes.

    Raises `StaleForm` when `version` is not the stored one, `DuplicateNationalId` when the NIK is taken.
    """
    current = Member.objects.select_for_update().get(cooperative_id=member.cooperative_id, pk=member.pk)
    if current.version != version:
        raise StaleForm
    changed = {name: value for name, value in changes.items() if getattr(current, name) != value}
    if "sex" in changed and current.status in (MemberStatus.ACTIVE, MemberStatus.APPLICANT):
        _move_flow(current, changed["sex"])
    new_national_id = bool(national_id) and not is_stored(current, national_id)
    if new_national_id:
        store_identity(current.cooperative, current, national_id)
    if not changed and not new_national_id:
        return current
    for name, value in changed.items():
        setattr(current, name, value)
    current.version = F("version") + 1
    current.save(update_fields=[*changed, "version"])
    current.refresh_from_db(fields=["version"])
    if changed.keys() & {"sex", "kind"}:
        lock_counts(current.cooperative)
        count_businesses(current.cooperative)
    fields = sorted([*changed, *(["national_id"] if new_national_id else [])])
    touch(current.cooperative, today_jakarta(now))
    audit.record(
        "amend",
        actor=actor,
        now=now,
        subject=f"anggota {current.number_text}",
        cooperative_id=current.cooperative_id,
        fields=fields,
    )
    return current


@transaction.atomic
def become_member(*, cooperative: Cooperative, member_ids: list[int], on: date) -> int:
    """Make calon anggota full members (their pokok is paid, or the by-laws allow instalments). Return how many."""
    if not member_ids:
        return 0
    applicants = Member.objects.filter(cooperative=cooperative, pk__in=member_ids, status=MemberStatus.APPLICANT)
    found = list(applicants.values_list("pk", "sex"))
    if not found:
        return 0
    applicants.update(status=MemberStatus.ACTIVE, became_member_on=on, version=F("version") + 1)
    for sex, number in Counter(sex for _, sex in found).items():
        count_flow(cooperative, on, sex, joined=number, applicants=-number)
    return len(found)


@transaction.atomic
def return_to_applicants(*, cooperative: Cooperative, member_ids: list[int], on: date) -> int:
    """Make full members calon anggota again: the payment that made them members was taken back. Return how many.

    The flow of the month of `on` says so; months before keep their counts. The suspended and the leavers stay what they are.
    """
    members = Member.objects.filter(cooperative=cooperative, pk__in=member_ids, status=MemberStatus.ACTIVE)
    found = list(members.values_list("pk", "sex"))
    members.update(status=MemberStatus.APPLICANT, became_member_on=None, version=F("version") + 1)
    for sex, number in Counter(sex for _, sex in found).items():
        count_flow(cooperative, on, sex, joined=-number, applicants=number)
    return len(found)


@transaction.atomic
def exit_member(*, member: Member, on: date, reason: str, note: str, actor: Actor, now: datetime) -> Member:
    """End a membership on a day. The number is never given again; money is returned by finance, not here.

    Raises `AlreadyExited`.
    """
    current = Member.objects.select_for_update().get(cooperative_id=member.cooperative_id, pk=member.pk)
    if current.status == MemberStatus.EXITED:
        raise AlreadyExited
    active = current.status != MemberStatus.APPLICANT
    count_flow(current.cooperative, on, current.sex, left=int(active), applicants=-int(not active))
    current.status, current.exited_on = MemberStatus.EXITED, on
    current.exit_reason, current.exit_note = reason, note
    current.version += 1
    current.save()
    own = Identity.objects.filter(entries_of(current), cooperative_id=current.cooperative_id).values("pk")
    Identity.objects.filter(cooperative_id=current.cooperative_id, pk__in=own).update(current=False)
    lock_counts(current.cooperative)
    count_businesses(current.cooperative)
    ExitRequest.objects.filter(
        cooperative_id=current.cooperative_id, member=current, state=ExitRequest.State.ASKED
    ).update(state=ExitRequest.State.GRANTED, decided_at=now, decided_by_name=actor.name)
    touch(current.cooperative, today_jakarta(now))
    audit.record(
        "exit_member",
        actor=actor,
        now=now,
        subject=f"anggota {current.number_text}",
        cooperative_id=current.cooperative_id,
        why=reason,
    )
    return current


def number_text(number: int) -> str:
    """`47` → `A-0047`."""
    return f"A-{number:04d}"


def _next_numbers(cooperative: Cooperative, how_many: int) -> int:
    """Take `how_many` numbers and return the first. The counter's row lock orders admissions."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO members_numbercounter AS c (cooperative_id, last_number) VALUES (%s, %s) "
            "ON CONFLICT (cooperative_id) DO UPDATE SET last_number = c.last_number + EXCLUDED.last_number RETURNING last_number",
            [cooperative.pk, how_many],
        )
        return cursor.fetchone()[0] - how_many + 1


def count_flow(
    cooperative: Cooperative, on: date, sex: str, *, joined: int = 0, left: int = 0, applicants: int = 0
) -> None:
    """Add to the month's flow of members, the only member data the dinas reads."""
    with connection.cursor() as cursor:
        cursor.execute(
            'INSERT INTO members_memberflow AS f (cooperative_id, agency_id, month, sex, joined, "left", applicants) '
            "VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (cooperative_id, month, sex) DO UPDATE SET "
            'joined = f.joined + EXCLUDED.joined, "left" = f."left" + EXCLUDED."left", applicants = f.applicants + EXCLUDED.applicants',
            [cooperative.pk, cooperative.agency_id, month_of(on), sex, joined, left, applicants],
        )


def _move_flow(member: Member, sex: str) -> None:
    """A corrected sex moves the person from one count to the other, in the month of joining."""
    applicant = member.status == MemberStatus.APPLICANT
    on = member.joined_on if applicant else (member.became_member_on or member.joined_on)
    for value, sign in ((member.sex, -1), (sex, 1)):
        count_flow(member.cooperative, on, value, joined=0 if applicant else sign, applicants=sign if applicant else 0)
