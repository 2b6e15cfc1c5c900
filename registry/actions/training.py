"""Bimtek before it is held: budget lines and their approval, sessions, invitations."""

from collections.abc import Sequence
from datetime import date, datetime
from secrets import randbelow

from django.db import connection, transaction

from registry import audit
from registry.access import Actor
from registry.codes import new_code
from registry.models import Agency, BudgetLine, Officer, Participant, TrainingSession


@transaction.atomic
def keep_budget_line(
    *, agency: Agency, line: BudgetLine | None, fields: dict, actor: Actor, now: datetime
) -> BudgetLine:
    """Write a budget line down, or change it. Raises `IntegrityError` when one of this name is there for the year."""
    if line is None:
        line = BudgetLine.objects.create(agency=agency, **fields)
    else:
        for name, value in fields.items():
            setattr(line, name, value)
        line.save(update_fields=[*fields])
    audit.record("keep_budget_line", actor=actor, now=now, subject=str(line.year), line=line.pk)
    return line


@transaction.atomic
def approve_budget_line(
    *, line: BudgetLine, status: str, approved_on: date | None, document: str, actor: Actor, now: datetime
) -> None:
    """Write the 'ketok palu' (day and document), or a later status. Raises `IntegrityError` against the rules of the line."""
    line.status, line.approved_on, line.document = status, approved_on, document
    line.save(update_fields=["status", "approved_on", "document"])
    audit.record("approve_budget_line", actor=actor, now=now, subject=status, reason=document, line=line.pk)


@transaction.atomic
def plan_session(
    *, agency: Agency, session: TrainingSession | None, fields: dict, actor: Actor, now: datetime
) -> TrainingSession:
    """Plan a session, or change one. Its door gets a code and a number of four digits."""
    if session is None:
        session = TrainingSession.objects.create(
            agency=agency, **fields, code=new_code(agency.pk, "agency"), door_number=f"{randbelow(10_000):04d}"
        )
    else:
        for name, value in fields.items():
            setattr(session, name, value)
        session.save(update_fields=[*fields])
    audit.record("plan_session", actor=actor, now=now, subject=session.topic, session=session.pk)
    return session


@transaction.atomic
def move_session(*, session: TrainingSession, state: str, actor: Actor, now: datetime) -> None:
    """Open a session, end it, or call it off. Raises `IntegrityError` when its budget line is not approved."""
    session.state = state
    session.save(update_fields=["state"])
    audit.record("move_session", actor=actor, now=now, subject=state, session=session.pk)


# One statement whatever their number. Only who holds a post now can be invited; who is invited already stays so.
_INVITE = """
INSERT INTO registry_participant (cooperative_id, agency_id, session_id, officer_id, invited_on, walk_in, answer, code, evaluated)
SELECT o.cooperative_id, o.agency_id, %(session)s, o.id, %(on)s::date, %(walk_in)s, '', given.code, false
FROM unnest(%(ids)s::bigint[], %(codes)s::text[]) AS given(id, code)
JOIN registry_officer o ON o.id = given.id AND o.agency_id = %(agency)s AND o.ended_on IS NULL
JOIN registry_cooperative c ON c.id = o.cooperative_id AND NOT c.is_practice
ON CONFLICT (cooperative_id, session_id, officer_id) DO NOTHING
"""


@transaction.atomic
def invite_officers(
    *, session: TrainingSession, officers: Sequence[Officer], actor: Actor, now: datetime, today: date
) -> int:
    """Invite these office-holders, each with a code of their own, and open the session if its budget is approved.

    Without an approved budget the invitations are prepared and the session stays planned. Returns how many are new.
    """
    invited = _add(session, officers, today, walk_in=False)
    if session.state == TrainingSession.State.PLANNED and session.budget and session.budget.pays:
        move_session(session=session, state=TrainingSession.State.OPEN, actor=actor, now=now)
    audit.record("invite_officers", actor=actor, now=now, subject=session.topic, session=session.pk, people=invited)
    return invited


@transaction.atomic
def register_at_door(*, session: TrainingSession, officer: Officer, actor: Actor, now: datetime) -> Participant:
    """Register somebody who came without an invitation."""
    _add(session, [officer], None, walk_in=True)
    audit.record(
        "register_at_door", actor=actor, now=now, subject=officer.position, cooperative_id=officer.cooperative_id,
        session=session.pk,
    )  # fmt: skip
    return Participant.objects.get(
        cooperative_id=officer.cooperative_id, agency_id=session.agency_id, session=session, officer=officer
    )


def _add(session: TrainingSession, officers: Sequence[Officer], on: date | None, *, walk_in: bool) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            _INVITE,
            {
                "session": session.pk, "agency": session.agency_id, "on": on, "walk_in": walk_in,
                "ids": [one.pk for one in officers], "codes": [new_code(one.cooperative_id) for one in officers],
            },
        )  # fmt: skip
        return cursor.rowcount
