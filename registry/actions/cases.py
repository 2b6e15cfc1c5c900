"""Supervision cases: somebody of the dinas reads all of one cooperative, with a reason its own people see."""

from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction

from registry import audit
from registry.access import Actor
from registry.models import Cooperative, Grant, GrantKind
from registry.models.accounts import DINAS_KINDS

from .access import AlreadyHeld, NotYours

CASE_DAYS = 30
SHORTEST_REASON = 10
OPENERS = frozenset({GrantKind.DINAS_ADMIN, GrantKind.DINAS_STAFF})


@transaction.atomic
def open_case(*, cooperative: Cooperative, reason: str, actor: Actor, now: datetime, today: date) -> Grant:
    """Let the actor read one cooperative of the own agency for 30 days. NIKs stay masked.

    Raises `NotYours` for anybody but staff and admins of its dinas, `AlreadyHeld` while an own case is open.
    """
    reason = reason.strip()[:200]
    if actor.kind not in OPENERS or cooperative.agency_id != actor.agency_id or len(reason) < SHORTEST_REASON:
        raise NotYours
    if (
        Grant.objects.filter(user_id=actor.user_id, kind=GrantKind.CASE, cooperative=cooperative)
        .lasting(today)
        .exists()
    ):
        raise AlreadyHeld
    try:
        with transaction.atomic():
            case = Grant.objects.create(
                user_id=actor.user_id,
                user_name=actor.name,
                kind=GrantKind.CASE,
                agency_id=cooperative.agency_id,
                cooperative=cooperative,
                reason=reason,
                valid_from=today,
                valid_to=today + timedelta(days=CASE_DAYS),
            )
    except IntegrityError as error:  # the same button twice at once
        raise AlreadyHeld from error
    audit.record(
        "open_case", actor=actor, now=now, subject=f"kasus {case.pk}", reason=reason, cooperative_id=cooperative.pk
    )
    return case


@transaction.atomic
def close_case(*, case: Grant, actor: Actor, now: datetime, today: date) -> None:
    """End a case before its last day. Who opened it may, and the admin and head of the dinas. Raises `NotYours`."""
    if case.kind != GrantKind.CASE or not may_close(actor, case):
        raise NotYours
    if Grant.objects.filter(pk=case.pk, ended_on__isnull=True).update(ended_on=today):
        audit.record("close_case", actor=actor, now=now, subject=f"kasus {case.pk}", cooperative_id=case.cooperative_id)


def may_close(actor: Actor, case: Grant) -> bool:
    """True when `actor` may end the case early."""
    if actor.agency_id != case.agency_id or actor.kind not in DINAS_KINDS:
        return False
    return case.user_id == actor.user_id or actor.kind != GrantKind.DINAS_STAFF
