"""Terms of office: begun, put right, ended, with what the person declared. The access that belongs to a term follows it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import Q

from registry import audit
from registry.access import Actor
from registry.models import Agency, Cooperative, Declaration, Grant, Officer, PersonPair, Position

from .access import end_with_term, move_with_term


class PostHeld(Exception):
    """Another term of the same post lies on these days."""

    def __init__(self, officer: Officer | None) -> None:
        self.officer = officer
        super().__init__(str(officer))


@transaction.atomic
def appoint_officer(*, cooperative: Cooperative, fields: dict, actor: Actor, now: datetime) -> Officer:
    """Enter a term of office. Raises `PostHeld` when somebody holds the named post on its days."""
    refuse_held(cooperative, fields["position"], fields["starts_on"])
    try:
        with transaction.atomic():
            officer = Officer.objects.create(cooperative=cooperative, agency_id=cooperative.agency_id, **fields)
    except IntegrityError as error:  # two at the same moment: the database lets one in
        raise PostHeld(None) from error
    audit.record("appoint_officer", actor=actor, now=now, subject=officer.position, cooperative_id=cooperative.pk)
    return officer


def refuse_held(cooperative: Cooperative, position: str, starts_on: date, besides: Officer | None = None) -> None:
    """Raise `PostHeld` when a term that begins then would overlap another of the same named post."""
    if position == Position.SUPERVISOR_MEMBER:
        return
    others = Officer.objects.filter(cooperative=cooperative, agency_id=cooperative.agency_id, position=position)
    held = others.filter(Q(ended_on__isnull=True) | Q(ended_on__gt=starts_on))
    if besides:  # a former term may lie before those that came after it
        held = held.exclude(pk=besides.pk)
        if besides.ended_on:
            held = held.filter(starts_on__lt=besides.ended_on)
    if found := held.first():
        raise PostHeld(found)


@transaction.atomic
def end_term(*, officer: Officer, on: date, reason: str, actor: Actor, now: datetime, today: date) -> list[Grant]:
    """End a term of office: `on` is the first day out of it. The access that belongs to it ends too, and is returned."""
    Officer.objects.filter(cooperative_id=officer.cooperative_id, pk=officer.pk).update(ended_on=on, end_reason=reason)
    audit.record(
        "end_term", actor=actor, now=now, subject=officer.position, cooperative_id=officer.cooperative_id, why=reason
    )
    return end_with_term(officer=officer, on=on, actor=actor, now=now, today=today)


@transaction.atomic
def correct_officer(
    *, officer: Officer, fields: dict, reason: str, actor: Actor, now: datetime, today: date
) -> tuple[list[str], list[Grant]]:
    """Put right what was written about a term; `reason` says why. Returns the changed fields and the accesses that moved.

    An access that belongs to the term ends on its new last day. The history keeps former days and numbers, and of
    names and phones only that they changed. Raises `PostHeld`.
    """
    stored = Officer.objects.select_for_update().get(cooperative_id=officer.cooperative_id, pk=officer.pk)
    before = {name: getattr(stored, name) for name, value in fields.items() if getattr(stored, name) != value}
    if not before:
        return [], []
    was_until = stored.last_day
    for name in before:
        setattr(stored, name, fields[name])
    if {"starts_on", "ended_on"} & set(before):
        refuse_held(stored.cooperative, stored.position, stored.starts_on, besides=stored)
    stored.save(update_fields=[*before])
    audit.record(
        "correct_officer", actor=actor, now=now, subject=stored.position, reason=reason, cooperative_id=stored.cooperative_id,
        fresh_on=today, officer_fields=sorted(before),
        before={name: value for name, value in before.items() if name not in ("name", "phone", "sex")},
    )  # fmt: skip
    moved = []
    if stored.last_day != was_until:
        moved = move_with_term(
            officer=stored, was_until=was_until, until=stored.last_day, actor=actor, now=now, today=today
        )
    return sorted(before), moved


@transaction.atomic
def declare(
    *, officer: Officer, answers: Mapping[str, bool | None], on: date, actor: Actor, now: datetime, today: date
) -> int:
    """Write what an office-holder declared on a day: yes, no, or None to take it back. Returns how many changed."""
    here = {"cooperative_id": officer.cooperative_id, "agency_id": officer.agency_id, "officer": officer}
    known = {row.what: row for row in Declaration.objects.filter(**here)}
    wanted = {what: holds for what, holds in answers.items() if holds is not None}
    gone = [what for what, holds in answers.items() if holds is None and what in known]
    fresh = {
        what: holds
        for what, holds in wanted.items()
        if what not in known or (known[what].holds, known[what].declared_on) != (holds, on)
    }
    if not (fresh or gone):
        return 0
    Declaration.objects.filter(**here, what__in=[*fresh, *gone]).delete()
    Declaration.objects.bulk_create(
        Declaration(**here, what=what, holds=holds, declared_on=on) for what, holds in fresh.items()
    )
    audit.record(
        "declare", actor=actor, now=now, subject=officer.position, cooperative_id=officer.cooperative_id, fresh_on=today,
        declared=sorted(fresh), withdrawn=sorted(gone),
    )  # fmt: skip
    return len(fresh) + len(gone)


@transaction.atomic
def declare_together(
    *, officers: Sequence[Officer], answers: Mapping[str, bool], on: date, actor: Actor, now: datetime, today: date
) -> int:
    """Write the same declarations of many office-holders, as on the day they all signed. What stands there already stays.

    Three statements whatever their number. Returns how many declarations are new.
    """
    rows = [
        Declaration(cooperative_id=one.cooperative_id, agency_id=one.agency_id, officer=one, what=what, holds=holds, declared_on=on)
        for one in officers
        for what, holds in answers.items()
    ]  # fmt: skip
    known = set(Declaration.objects.filter(officer__in=[one.pk for one in officers]).values_list("officer", "what"))
    fresh = [row for row in rows if (row.officer_id, row.what) not in known]
    Declaration.objects.bulk_create(fresh, batch_size=1000)
    ids = sorted({row.cooperative_id for row in fresh})
    if ids:
        audit.record_each(
            "declare",
            ids,
            actor=actor,
            now=now,
            subject="pengurus dan pengawas",
            fresh_on=today,
            declared=sorted(answers),
        )
    return len(fresh)


@transaction.atomic
def judge_pair(
    *,
    agency: Agency,
    pair: tuple[tuple[int, str], tuple[int, str]],
    same: bool,
    actor: Actor,
    now: datetime,
    today: date,
) -> PersonPair:
    """Write whether two office-holders, each (cooperative id, name as compared), are one person. Not offered again."""
    (first, first_name), (second, second_name) = sorted(pair)
    found, _ = PersonPair.objects.update_or_create(
        agency=agency, first_id=first, first_name=first_name, second_id=second, second_name=second_name,
        defaults={"same": same, "decided_on": today, "decided_by": actor.user_id, "decided_by_name": actor.name},
    )  # fmt: skip
    audit.record("judge_pair", actor=actor, now=now, subject="orang yang sama" if same else "orang yang berbeda")
    return found
