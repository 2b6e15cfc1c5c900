"""Asking to leave: written down when it is asked, decided by the officers. The exit itself is `exit_member`."""

from datetime import date, datetime

from django.db import transaction

from members.models import ExitRequest, Member
from registry import audit
from registry.access import Actor
from registry.actions.cooperatives import touch
from registry.periods import today_jakarta

from .people import AlreadyExited


class AlreadyAsked(Exception):
    """The member's request waits for a decision already."""


class NothingAsked(Exception):
    """No request of this member waits for a decision."""


@transaction.atomic
def ask_to_leave(*, member: Member, on: date, reason: str, note: str, actor: Actor, now: datetime) -> ExitRequest:
    """Write down that a member asks to leave (or that the family reports a death). Raises `AlreadyExited`, `AlreadyAsked`."""
    current = Member.objects.select_for_update().get(cooperative_id=member.cooperative_id, pk=member.pk)
    if not current.is_current:
        raise AlreadyExited
    if _waiting(member).exists():
        raise AlreadyAsked
    asked = ExitRequest.objects.create(
        cooperative_id=member.cooperative_id, member=member, asked_on=on, reason=reason, note=note, recorded_by_name=actor.name
    )  # fmt: skip
    _record("ask_to_leave", member, actor, now)
    return asked


@transaction.atomic
def refuse_to_let_go(*, member: Member, answer: str, actor: Actor, now: datetime) -> None:
    """Refuse the request that waits, with the answer to the member. Raises `NothingAsked`."""
    _decide(member, ExitRequest.State.REFUSED, answer, actor, now)
    _record("refuse_to_let_go", member, actor, now)


@transaction.atomic
def withdraw_request(*, member: Member, actor: Actor, now: datetime) -> None:
    """The member stays after all. Raises `NothingAsked`."""
    _decide(member, ExitRequest.State.WITHDRAWN, "", actor, now)
    _record("withdraw_exit_request", member, actor, now)


def _waiting(member: Member):
    return ExitRequest.objects.filter(
        cooperative_id=member.cooperative_id, member=member, state=ExitRequest.State.ASKED
    )


def _decide(member: Member, state: str, answer: str, actor: Actor, now: datetime) -> None:
    if not _waiting(member).update(state=state, answer=answer, decided_at=now, decided_by_name=actor.name):
        raise NothingAsked


def _record(verb: str, member: Member, actor: Actor, now: datetime) -> None:
    touch(member.cooperative, today_jakarta(now))
    audit.record(
        verb, actor=actor, now=now, subject=f"anggota {member.number_text}", cooperative_id=member.cooperative_id
    )
