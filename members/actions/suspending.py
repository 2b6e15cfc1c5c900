"""Suspending a member, and taking it back: always somebody's act, never the clock's."""

from datetime import datetime

from django.db import transaction

from members.models import Member, MemberStatus
from registry import audit
from registry.access import Actor
from registry.actions.cooperatives import touch
from registry.periods import today_jakarta


class NotSuspendable(Exception):
    """Only a full member can be suspended, and only a suspended one taken back."""


@transaction.atomic
def suspend_member(*, member: Member, reason: str, actor: Actor, now: datetime) -> Member:
    """Suspend a full member, as the by-laws allow. Savings and dues stay as they are. Raises `NotSuspendable`."""
    return _turn(member, MemberStatus.ACTIVE, MemberStatus.SUSPENDED, "suspend_member", reason, actor, now)


@transaction.atomic
def reinstate_member(*, member: Member, reason: str, actor: Actor, now: datetime) -> Member:
    """Make a suspended member a full one again. Raises `NotSuspendable`."""
    return _turn(member, MemberStatus.SUSPENDED, MemberStatus.ACTIVE, "reinstate_member", reason, actor, now)


def _turn(
    member: Member, before: MemberStatus, after: MemberStatus, verb: str, reason: str, actor: Actor, now: datetime
) -> Member:
    current = Member.objects.select_for_update().get(cooperative_id=member.cooperative_id, pk=member.pk)
    if current.status != before:
        raise NotSuspendable
    current.status = after
    current.version += 1
    current.save(update_fields=["status", "version"])
    touch(current.cooperative, today_jakarta(now))
    audit.record(
        verb,
        actor=actor,
        now=now,
        subject=f"anggota {current.number_text}",
        reason=reason,
        cooperative_id=current.cooperative_id,
    )
    return current
