"""What UU 27/2022 asks: requests to put data right, copies of one's own data, and forgetting what is not needed any more."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from members.models import CorrectionRequest, Heir, Household, Identity, Member, MemberBusiness, Merge
from members.rules import data_rule
from registry import audit
from registry.access import Actor
from registry.models import Cooperative
from registry.periods import today_jakarta

from .businesses import count_businesses, lock_counts

FORGOTTEN = ("address", "rt_rw", "phone", "birth_place", "occupation")


class AlreadyAnswered(Exception):
    """Somebody answered the request before."""


@transaction.atomic
def ask_for_correction(*, member: Member, text: str, actor: Actor, now: datetime) -> CorrectionRequest:
    """Write down what a member says is wrong, with the moment by which the law wants an answer."""
    hours = data_rule("answer_hours", today_jakarta(now)).value
    asked = CorrectionRequest.objects.create(
        cooperative_id=member.cooperative_id, member=member, asked_at=now, due_at=now + timedelta(hours=hours), text=text,
        recorded_by_name=actor.name,
    )  # fmt: skip
    _record("ask_for_correction", member, actor, now)
    return asked


@transaction.atomic
def answer_correction(*, asked: CorrectionRequest, corrected: bool, answer: str, actor: Actor, now: datetime) -> None:
    """Say that it was put right, or why not. Raises `AlreadyAnswered`."""
    waiting = CorrectionRequest.objects.filter(
        cooperative_id=asked.cooperative_id, pk=asked.pk, answered_at__isnull=True
    )
    if not waiting.update(answered_at=now, answered_by_name=actor.name, corrected=corrected, answer=answer):
        raise AlreadyAnswered
    _record("answer_correction", asked.member, actor, now)


@transaction.atomic
def record_own_data(*, member: Member, reason: str, actor: Actor, now: datetime) -> None:
    """Write down that a copy of everything about a member was made, for whom it shows who looked."""
    audit.record_look(
        "own_data", actor=actor, now=now, subject=f"anggota {member.number_text}", reason=reason,
        cooperative_id=member.cooperative_id,
    )  # fmt: skip


@transaction.atomic
def forget_leavers(*, cooperative: Cooperative, member_ids: Sequence[int], actor: Actor, now: datetime) -> int:
    """Remove NIK, contacts, heirs, household and business of people who left; number, name and book stay. Return how many.

    Entries merged into them are forgotten with them. Who has not left, or was forgotten before, is passed over.
    """
    leavers = list(
        Member.objects.of(cooperative)
        .filter(pk__in=list(member_ids), exited_on__isnull=False, forgotten_on__isnull=True)
        .select_for_update()
    )
    if not leavers:
        return 0
    lock_counts(cooperative)
    for leaver in leavers:
        _forget(leaver, now)
    count_businesses(cooperative)
    audit.record("forget_leavers", actor=actor, now=now, subject="buku anggota", cooperative_id=cooperative.pk,
                 members=len(leavers), numbers=[leaver.number_text for leaver in leavers][:500])  # fmt: skip
    return len(leavers)


def _forget(leaver: Member, now: datetime) -> None:
    pks = [
        leaver.pk,
        *Member.objects.filter(cooperative_id=leaver.cooperative_id, merged_into=leaver).values_list("pk", flat=True),
    ]
    for model in (Identity, Heir, MemberBusiness):
        model._default_manager.filter(cooperative_id=leaver.cooperative_id, member_id__in=pks).delete()
    houses = list(Household.objects.filter(cooperative_id=leaver.cooperative_id, head_id__in=pks))
    Member.objects.filter(cooperative_id=leaver.cooperative_id, pk__in=pks).update(
        **dict.fromkeys(FORGOTTEN, ""), household=None, forgotten_on=today_jakarta(now)
    )
    for house in houses:
        left = Member.objects.filter(cooperative_id=leaver.cooperative_id, household=house).order_by("number").first()
        if left is None:
            house.delete()
        else:
            Household.objects.filter(cooperative_id=leaver.cooperative_id, pk=house.pk).update(head=left)
    for merge in Merge.objects.filter(cooperative_id=leaver.cooperative_id, survivor_id__in=pks):
        blank = dict.fromkeys(FORGOTTEN, "")
        merge.before, merge.after = merge.before | blank, merge.after | blank
        merge.save(update_fields=["before", "after"])


def _record(verb: str, member: Member, actor: Actor, now: datetime) -> None:
    audit.record(
        verb, actor=actor, now=now, subject=f"anggota {member.number_text}", cooperative_id=member.cooperative_id
    )
