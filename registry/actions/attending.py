"""Bimtek while it is held and after: who came, scores, evaluation, certificates."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db import connection, transaction

from registry import audit
from registry.access import Actor
from registry.codes import new_code
from registry.models import Agency, Certificate, Participant, TrainingAttendance, TrainingSession
from registry.training import post_score_min, rules_version, topic_name

How = TrainingAttendance.How

# An attendance of the same topic and day that was written down before becomes the one of the session, unless it is of another.
_COME = """
INSERT INTO registry_trainingattendance (cooperative_id, agency_id, officer_id, topic, topic_code, held_on, session_id, how, arrived_at)
SELECT p.cooperative_id, p.agency_id, p.officer_id, %(topic)s, %(code)s, %(held)s, %(session)s, %(how)s, %(at)s
FROM registry_participant p WHERE p.agency_id = %(agency)s AND p.session_id = %(session)s AND p.id = ANY (%(ids)s)
  AND NOT EXISTS (SELECT FROM registry_trainingattendance a
                  WHERE a.cooperative_id = p.cooperative_id AND a.session_id = p.session_id AND a.officer_id = p.officer_id)
ON CONFLICT (cooperative_id, officer_id, topic, held_on) DO UPDATE
  SET session_id = EXCLUDED.session_id, how = EXCLUDED.how, arrived_at = EXCLUDED.arrived_at
  WHERE registry_trainingattendance.session_id IS NULL
RETURNING cooperative_id
"""
# Not of somebody who has a certificate: that one is withdrawn first, and stays.
_GONE = """
DELETE FROM registry_trainingattendance a USING registry_participant p
WHERE p.agency_id = %(agency)s AND p.session_id = %(session)s AND p.id = ANY (%(ids)s)
  AND a.cooperative_id = p.cooperative_id AND a.session_id = p.session_id AND a.officer_id = p.officer_id
  AND NOT EXISTS (SELECT FROM registry_certificate c WHERE c.cooperative_id = a.cooperative_id AND c.attendance_id = a.id)
RETURNING a.cooperative_id
"""


@transaction.atomic
def keep_attendance(
    *, session: TrainingSession, present: Sequence[int], absent: Sequence[int], actor: Actor, now: datetime
) -> tuple[int, int]:
    """Tick these participants (ids) as present and those as absent, by hand. Returns how many came and went by it."""
    came = _run(_COME, session, present, how=How.HAND, at=now)
    gone = _run(_GONE, session, absent)
    for verb, ids in (("record_training", came), ("take_back_training", gone)):
        if ids:
            audit.record_each(verb, ids, actor=actor, now=now, subject=session.topic, fresh_on=None, session=session.pk)
    return len(came), len(gone)


@transaction.atomic
def let_in(*, session: TrainingSession, participant: Participant, actor: Actor, now: datetime) -> bool:
    """The dinas scanned or typed somebody's code at the door. False when that one was in already."""
    came = _run(_COME, session, [participant.pk], how=How.SCAN, at=now)
    if came:
        audit.record_each(
            "record_training", came, actor=actor, now=now, subject=session.topic, fresh_on=None, session=session.pk
        )
    return bool(came)


@transaction.atomic
def come_in(*, session: TrainingSession, participant: Participant, actor: Actor, now: datetime) -> None:
    """A participant says with the own phone, at the door, to be there. `actor` is nobody with a login."""
    if not TrainingAttendance.objects.filter(
        cooperative_id=participant.cooperative_id, session=session, officer=participant.officer_id
    ).exists():
        TrainingAttendance.objects.create(
            cooperative_id=participant.cooperative_id, agency_id=session.agency_id, officer_id=participant.officer_id,
            topic=topic_name(session.topic), topic_code=session.topic, held_on=session.planned_on, session=session,
            how=How.OWN, arrived_at=now,
        )  # fmt: skip
        audit.record(
            "record_training", actor=actor, now=now, subject=session.topic,
            cooperative_id=participant.cooperative_id, session=session.pk,
        )  # fmt: skip


@transaction.atomic
def answer_invitation(*, participant: Participant, answer: str, actor: Actor, now: datetime) -> None:
    """Somebody invited says whether they will come."""
    Participant.objects.filter(cooperative_id=participant.cooperative_id, pk=participant.pk).update(answer=answer)
    audit.record(
        "answer_training", actor=actor, now=now, subject=answer, cooperative_id=participant.cooperative_id,
        session=participant.session_id,
    )  # fmt: skip


# Without RETURNING: who answers may add to the answers but not read them.
_EVALUATE = """
INSERT INTO registry_evaluation (agency_id, session_id, question, score) SELECT %s, %s, one.code, one.score
FROM unnest(%s::text[], %s::int[]) AS one(code, score)
"""


@transaction.atomic
def evaluate_session(*, participant: Participant, answers: Mapping[str, int], actor: Actor, now: datetime) -> None:
    """Keep the answers (question to 1-5) of somebody present, without the person. Raises `IntegrityError` the second time."""
    with connection.cursor() as cursor:
        cursor.execute(
            _EVALUATE, [participant.agency_id, participant.session_id, list(answers), list(answers.values())]
        )
    Participant.objects.filter(cooperative_id=participant.cooperative_id, pk=participant.pk).update(evaluated=True)
    audit.record("evaluate_session", actor=actor, now=now, cooperative_id=participant.cooperative_id)


@transaction.atomic
def keep_scores(
    *, session: TrainingSession, scores: Mapping[int, tuple[int | None, int | None]], actor: Actor, now: datetime
) -> int:
    """Keep the pre- and post-test scores by participant (id). Returns how many rows were written."""
    with connection.cursor() as cursor:
        cursor.execute(
            _SCORES,
            {
                "agency": session.agency_id, "session": session.pk, "ids": list(scores),
                "pre": [pre for pre, _ in scores.values()], "post": [post for _, post in scores.values()],
            },
        )  # fmt: skip
        written = cursor.rowcount
    audit.record("keep_scores", actor=actor, now=now, subject=session.topic, session=session.pk, people=written)
    return written


_SCORES = """
UPDATE registry_participant p SET pre_score = given.pre, post_score = given.post
FROM unnest(%(ids)s::bigint[], %(pre)s::int[], %(post)s::int[]) AS given(id, pre, post)
WHERE p.agency_id = %(agency)s AND p.session_id = %(session)s AND p.id = given.id
  AND (p.pre_score, p.post_score) IS DISTINCT FROM (given.pre, given.post)
"""

# Where a post test was held (somebody has a score), a certificate asks for the score of the rule.
_DESERVE = """
SELECT a.id, a.cooperative_id FROM registry_trainingattendance a
JOIN registry_participant p ON p.cooperative_id = a.cooperative_id AND p.session_id = a.session_id AND p.officer_id = a.officer_id
WHERE a.agency_id = %(agency)s AND a.session_id = %(session)s
  AND (p.post_score >= %(least)s OR NOT EXISTS (
    SELECT FROM registry_participant t WHERE t.agency_id = %(agency)s AND t.session_id = %(session)s AND t.post_score IS NOT NULL))
  AND NOT EXISTS (SELECT FROM registry_certificate c WHERE c.cooperative_id = a.cooperative_id AND c.attendance_id = a.id)
ORDER BY a.id
"""
_ISSUE = """
INSERT INTO registry_certificate (cooperative_id, agency_id, attendance_id, session_id, year, serial, code, name, post, cooperative_name,
  topic, title, held_on, hours, score, issued_on, rules, withdrawn_reason)
SELECT a.cooperative_id, a.agency_id, a.id, a.session_id, %(year)s, %(last)s + given.place, given.code, o.name,
  posts.label, c.name, a.topic, %(title)s, a.held_on, %(hours)s, p.post_score, %(on)s, %(rules)s, ''
FROM unnest(%(ids)s::bigint[], %(codes)s::text[]) WITH ORDINALITY AS given(id, code, place)
JOIN registry_trainingattendance a ON a.id = given.id AND a.agency_id = %(agency)s
JOIN registry_participant p ON p.cooperative_id = a.cooperative_id AND p.session_id = a.session_id AND p.officer_id = a.officer_id
JOIN registry_officer o ON o.cooperative_id = a.cooperative_id AND o.id = a.officer_id
JOIN registry_cooperative c ON c.id = a.cooperative_id
JOIN unnest(%(posts)s::text[], %(labels)s::text[]) AS posts(code, label) ON posts.code = o.position
"""


@transaction.atomic
def issue_certificates(*, agency: Agency, session: TrainingSession, actor: Actor, now: datetime, today: date) -> int:
    """Close a session and give everybody who deserves it a certificate with a number. Done again, only to those without."""
    from registry.models import Position

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtext('bimtek.certificates'), %s)", [agency.pk]
        )  # one counter an agency
        base = {"agency": agency.pk, "session": session.pk}
        cursor.execute(_DESERVE, base | {"least": post_score_min()})
        deserving = cursor.fetchall()
        last = Certificate.objects.filter(agency=agency, year=today.year).order_by("-serial").first()
        cursor.execute(
            _ISSUE,
            base | {
                "year": today.year, "last": last.serial if last else 0, "ids": [pk for pk, _ in deserving],
                "codes": [new_code(cooperative) for _, cooperative in deserving], "title": session.title, "hours": session.hours,
                "on": today, "rules": rules_version(), "posts": Position.values, "labels": Position.labels,
            },
        )  # fmt: skip
    if session.state != TrainingSession.State.CLOSED:
        session.state = TrainingSession.State.CLOSED
        session.save(update_fields=["state"])
    audit.record(
        "issue_certificates", actor=actor, now=now, subject=session.topic, session=session.pk, people=len(deserving)
    )
    return len(deserving)


@transaction.atomic
def withdraw_certificate(*, certificate: Certificate, reason: str, actor: Actor, now: datetime, today: date) -> None:
    """Write that a certificate no longer counts, and why; its public page says so."""
    certificate.withdrawn_on, certificate.withdrawn_reason = today, reason
    certificate.save(update_fields=["withdrawn_on", "withdrawn_reason"])
    audit.record(
        "withdraw_certificate", actor=actor, now=now, subject=certificate.number, reason=reason,
        cooperative_id=certificate.cooperative_id,
    )  # fmt: skip


def _run(statement: str, session: TrainingSession, ids: Sequence[int], **more) -> list[int]:
    """Run for these participants; return the cooperatives of the rows it touched."""
    if not ids:
        return []
    values = {
        "agency": session.agency_id, "session": session.pk, "ids": list(ids), "topic": topic_name(session.topic),
        "code": session.topic, "held": session.planned_on,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(statement, values | more)
        return [pk for (pk,) in cursor.fetchall()]
