"""Asking to become a member from the public page, and the officers' answer."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from members.models import JoinPerson, JoinRequest, Member, national_id_bound_to_request
from members.rules import data_rule
from registry import audit
from registry.access import Actor
from registry.keys import key_ring
from registry.models import Cooperative
from registry.numbers import mask_national_id
from registry.tenancy import Context, Role, bound

from .people import Person, admit


class AlreadyDecided(Exception):
    """Another officer answered this request a moment ago."""


@dataclass(frozen=True)
class Asker:
    """The six fields somebody fills at the door; `national_id` is the normalised 16 digits or ""."""

    name: str
    sex: str
    birth_date: date
    address: str
    phone: str
    national_id: str = ""


@transaction.atomic
def ask_to_join(
    *, cooperative: Cooperative, code: str, asker: Asker, answer_days: int, referrer_number: str = "",
    actor: Actor, now: datetime, today: date,
) -> bool:  # fmt: skip
    """Keep a request under its fresh `code`; the same form sent twice counts once. Return whether it was new.

    Runs behind the public role bound to that code: it writes the person without being able to read anybody.
    """
    place = Context(
        Role.PUBLIC, user_id=actor.user_id, agency_id=cooperative.agency_id, cooperative_id=cooperative.pk, code=code
    )
    with bound(place):
        request, made = JoinRequest.objects.get_or_create(
            cooperative=cooperative, code=code,
            defaults={"agency_id": cooperative.agency_id, "asked_at": now, "due_on": today + timedelta(days=answer_days), "referrer_number": referrer_number},
        )  # fmt: skip
        if not made:
            return False
        sealed = _sealed(cooperative, code, asker.national_id) if asker.national_id else {}
        JoinPerson(
            cooperative=cooperative, request=request, code=code, name=asker.name, sex=asker.sex, birth_date=asker.birth_date,
            address=asker.address, phone=asker.phone, **sealed,
        ).save(force_insert=True)  # fmt: skip
        audit.record("ask_to_join", actor=actor, now=now, subject=f"permohonan {code}", cooperative_id=cooperative.pk)
    return True


def _sealed(cooperative: Cooperative, code: str, national_id: str) -> dict:
    ring = key_ring()
    return {
        "cipher": ring.encrypt(national_id, national_id_bound_to_request(cooperative.pk, code)),
        "blind_index": ring.blind_index(cooperative.agency.slug, national_id),
        "masked": mask_national_id(national_id),
    }


@transaction.atomic
def accept_request(*, request: JoinRequest, actor: Actor, now: datetime, today: date) -> Member:
    """Enter the asker in the member book as calon anggota and tell them their number by the code.

    What they wrote moves into the book; the request keeps code, dates and number. Raises `AlreadyDecided`, and
    `DuplicateNationalId` when a current member of this cooperative has the same NIK.
    """
    current, person = _waiting(request)
    national_id = ""
    if person.cipher:
        national_id = key_ring().decrypt(
            bytes(person.cipher), national_id_bound_to_request(current.cooperative_id, current.code)
        )
    member = admit(
        cooperative=current.cooperative,
        person=Person(
            name=person.name, sex=person.sex, birth_date=person.birth_date, address=person.address, phone=person.phone
        ),
        joined_on=today,
        national_id=national_id,
        actor=actor,
        now=now,
    )
    current.state, current.member_number = JoinRequest.State.ACCEPTED, member.number_text
    _decide(current, person, actor, now)
    audit.record(
        "accept_request", actor=actor, now=now, subject=f"permohonan {current.code}", cooperative_id=current.cooperative_id,
        member=member.number_text,
    )  # fmt: skip
    return member


@transaction.atomic
def decline_request(*, request: JoinRequest, reason: str, actor: Actor, now: datetime) -> None:
    """Say no with a reason the asker reads by the code; what they wrote about themselves is deleted. Raises `AlreadyDecided`."""
    current, person = _waiting(request)
    current.state, current.reason = JoinRequest.State.DECLINED, reason
    _decide(current, person, actor, now)
    audit.record(
        "decline_request",
        actor=actor,
        now=now,
        subject=f"permohonan {current.code}",
        cooperative_id=current.cooperative_id,
    )


@transaction.atomic
def forget_unanswered(*, cooperative: Cooperative, actor: Actor, now: datetime, today: date) -> int:
    """Delete the persons of requests nobody answered for as long after their deadline as the rule of `today` says.

    The request keeps code and dates, and counts as not answered. Return how many; again, it changes nothing.
    """
    days = data_rule("unanswered_request_days", today).value
    late = JoinRequest.objects.filter(
        cooperative=cooperative, state=JoinRequest.State.WAITING, due_on__lt=today - timedelta(days=days)
    )
    found = dict(late.select_for_update().values_list("pk", "code"))
    if not found:
        return 0
    JoinPerson.objects.filter(cooperative=cooperative, request__in=list(found)).delete()
    JoinRequest.objects.filter(cooperative=cooperative, pk__in=list(found)).update(
        state=JoinRequest.State.LAPSED, decided_at=now
    )
    audit.record(
        "forget_unanswered", actor=actor, now=now, subject=f"{len(found)} permohonan anggota", cooperative_id=cooperative.pk,
        codes=sorted(found.values())[:500],
    )  # fmt: skip
    return len(found)


def _waiting(request: JoinRequest) -> tuple[JoinRequest, JoinPerson]:
    """Lock the request; of two officers one goes on."""
    current = JoinRequest.objects.select_for_update().get(cooperative_id=request.cooperative_id, pk=request.pk)
    if current.state != JoinRequest.State.WAITING:
        raise AlreadyDecided
    return current, JoinPerson.objects.get(cooperative_id=current.cooperative_id, request_id=current.pk)


def _decide(current: JoinRequest, person: JoinPerson, actor: Actor, now: datetime) -> None:
    current.decided_at, current.decided_by_name = now, actor.name
    current.save(update_fields=["state", "decided_at", "decided_by_name", "reason", "member_number"])
    person.delete()
