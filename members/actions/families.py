"""Who lives together, and whom a member names as heir. Names never reach the audit: member numbers only."""

from datetime import datetime
from typing import Any

from django.db import transaction

from members.models import Heir, Household, Member
from registry import audit
from registry.access import Actor
from registry.actions.cooperatives import touch
from registry.periods import today_jakarta


class TooManyHeirs(Exception):
    """More heirs than a member may name."""


MOST_HEIRS = 10


@transaction.atomic
def join_household(*, member: Member, head: Member, actor: Actor, now: datetime) -> Household:
    """Let a member live in the household of `head`, which is made, at the head's address, when there is none.

    Who headed another household hands it to its oldest entry first. Done again, it changes nothing.
    """
    head = Member.objects.select_for_update().get(cooperative_id=member.cooperative_id, pk=head.pk)
    house = head.household
    if house is None:
        house = Household.objects.create(
            cooperative_id=head.cooperative_id, head=head, address=head.address, rt_rw=head.rt_rw
        )
        Member.objects.filter(cooperative_id=head.cooperative_id, pk=head.pk).update(household=house)
    if member.pk != head.pk and member.household_id != house.pk:
        _move_out(member)
        Member.objects.filter(cooperative_id=member.cooperative_id, pk=member.pk).update(household=house)
    _record("join_household", member, actor, now, head=head.number_text)
    return house


@transaction.atomic
def leave_household(*, member: Member, actor: Actor, now: datetime) -> None:
    """Let a member live elsewhere. A household without people goes; without its head it gets the oldest entry as head."""
    if member.household_id is None:
        return
    _move_out(member)
    _record("leave_household", member, actor, now)


def _move_out(member: Member) -> None:
    house = Household.objects.filter(cooperative_id=member.cooperative_id, pk=member.household_id or 0).first()
    Member.objects.filter(cooperative_id=member.cooperative_id, pk=member.pk).update(household=None)
    if house is None:
        return
    left = Member.objects.filter(cooperative_id=member.cooperative_id, household=house).order_by("number").first()
    if left is None:
        house.delete()
    elif house.head_id == member.pk:
        Household.objects.filter(cooperative_id=house.cooperative_id, pk=house.pk).update(head=left)


@transaction.atomic
def name_heir(*, member: Member, name: str, relation: str, phone: str, actor: Actor, now: datetime) -> Heir:
    """Write down whom a member names as heir. Raises `TooManyHeirs`."""
    if Heir.objects.filter(cooperative_id=member.cooperative_id, member=member).count() >= MOST_HEIRS:
        raise TooManyHeirs
    heir = Heir.objects.create(
        cooperative_id=member.cooperative_id, member=member, name=name, relation=relation, phone=phone
    )
    _record("name_heir", member, actor, now, relation=relation)
    return heir


@transaction.atomic
def remove_heir(*, heir: Heir, actor: Actor, now: datetime) -> None:
    """Take an heir off the list."""
    member, relation = heir.member, heir.relation
    heir.delete()
    _record("remove_heir", member, actor, now, relation=relation)


def _record(verb: str, member: Member, actor: Actor, now: datetime, **detail: Any) -> None:
    touch(member.cooperative, today_jakarta(now))
    audit.record(verb, actor=actor, now=now, subject=f"anggota {member.number_text}",
                 cooperative_id=member.cooperative_id, **detail)  # fmt: skip
