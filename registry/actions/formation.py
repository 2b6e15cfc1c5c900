"""Following how cooperatives come into being: steps, one or many at a time, with their evidence."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from django.db import connection, transaction

from registry import audit
from registry.access import Actor, Place
from registry.actions.files import store_file
from registry.formation import Step
from registry.models import Agency, Cooperative, Evidence, Formation
from registry.numbers import normalize_decree


@transaction.atomic
def follow_formation(
    *, cooperative: Cooperative, model: str, priority: bool, priority_reference: str, actor: Actor, now: datetime, today: date
) -> Formation:  # fmt: skip
    """Follow how this cooperative is formed, or change by which model and with what priority."""
    followed, made = Formation.objects.get_or_create(
        cooperative=cooperative, agency_id=cooperative.agency_id, defaults={"model": model, "started_on": today}
    )
    wanted = {"model": model, "priority": priority, "priority_reference": priority_reference}
    changed = {name: value for name, value in wanted.items() if getattr(followed, name) != value}
    if made or changed:
        for name, value in changed.items():
            setattr(followed, name, value)
        followed.save(update_fields=[*changed] or None)
        audit.record(
            "follow_formation", actor=actor, now=now, subject=model, reason=priority_reference,
            cooperative_id=cooperative.pk, fresh_on=today, priority=priority,
        )  # fmt: skip
    return followed


@transaction.atomic
def keep_evidence(
    *, place: Place, title: str, name: str, content: bytes, content_type: str, actor: Actor, now: datetime
) -> Evidence:
    """Keep a document of the dinas that proves a step of one or many cooperatives. `name`: as it is downloaded."""
    place = replace(
        place, cooperative=None
    )  # the document is the dinas', also when it proves a step of one cooperative
    stored = store_file(place=place, name=name, content=content, content_type=content_type, actor=actor, now=now)
    return Evidence.objects.create(
        agency=place.agency, title=title, file=stored, made_by=actor.user_id, made_by_name=actor.name, made_at=now
    )


# One statement whatever their number; the triggers of the profile and of the steps see every row.
_STEPS = """
INSERT INTO registry_formationstep AS s (cooperative_id, agency_id, step, done_on, number, party, note, evidence_id)
SELECT given.id, %(agency)s, %(step)s, %(on)s::date, given.number, %(party)s, %(note)s, %(evidence)s::bigint
FROM unnest(%(ids)s::bigint[], %(numbers)s::text[]) AS given(id, number)
JOIN registry_cooperative c ON c.id = given.id AND c.agency_id = %(agency)s
ON CONFLICT (cooperative_id, step) DO UPDATE SET done_on = EXCLUDED.done_on,
  number = CASE WHEN EXCLUDED.number = '' THEN s.number ELSE EXCLUDED.number END, party = EXCLUDED.party, note = EXCLUDED.note,
  evidence_id = coalesce(EXCLUDED.evidence_id, s.evidence_id)
"""


@transaction.atomic
def take_step(
    *, agency: Agency, cooperatives: Sequence[Cooperative], step: Step, done_on: date, numbers: Mapping[int, str],
    party: str, note: str, evidence: Evidence | None, actor: Actor, now: datetime, today: date,
) -> int:  # fmt: skip
    """Write that these cooperatives took a step on a day; done again, it corrects the day. Returns how many.

    `numbers` are the document's numbers by cooperative, "" or absent where it has none. A step that is a fact of the
    profile (akta, pengesahan) is written there first. Raises `IntegrityError` when days contradict each other (the akta
    after the pengesahan): ask `contradictions` before.
    """
    ids = [one.pk for one in cooperatives]
    typed = [numbers.get(pk, "") for pk in ids]
    if step.profile:
        _write_profiles(agency, ids, typed, step, done_on, party, today)
    with connection.cursor() as cursor:
        cursor.execute(
            _STEPS,
            {
                "agency": agency.pk, "step": step.code, "on": done_on, "party": party, "note": note, "ids": ids, "numbers": typed,
                "evidence": evidence.pk if evidence else None,
            },
        )  # fmt: skip
        written = cursor.rowcount
    audit.record_each("take_step", ids, actor=actor, now=now, subject=step.code, fresh_on=today, on=done_on)
    return written


def _write_profiles(
    agency: Agency, ids: list[int], numbers: list[str], step: Step, done_on: date, party: str, today: date
) -> None:
    """Write the step's facts where they live. An empty number or party leaves what stands there."""
    sets, values = (
        ["version = p.version + 1", "last_recorded_on = greatest(p.last_recorded_on, %(today)s::date)"],
        {"today": today},
    )
    if column := step.profile.get("on"):
        # The profile knows the latest outlet; the step is the first one and must not make it older.
        sets.append(
            f"{column} = " + (f"greatest(p.{column}, %(on)s::date)" if step.code == "outlet" else "%(on)s::date")
        )
    if column := step.profile.get("number"):
        sets.append(f"{column} = CASE WHEN given.number = '' THEN p.{column} ELSE given.number END")
    if step.code == "decree":
        sets.append("decree_key = CASE WHEN given.number = '' THEN p.decree_key ELSE given.key END")
        sets.append("legal_status = CASE WHEN p.legal_status = 'forming' THEN 'legal_entity' ELSE p.legal_status END")
    if (column := step.profile.get("party")) and party:
        sets.append(f"{column} = %(party)s")
    keys = [normalize_decree(number) for number in numbers]
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE registry_profile p SET {', '.join(sets)} "
            "FROM unnest(%(ids)s::bigint[], %(numbers)s::text[], %(keys)s::text[]) AS given(id, number, key) "
            "WHERE p.cooperative_id = given.id AND p.agency_id = %(agency)s",
            values | {"on": done_on, "party": party, "ids": ids, "numbers": numbers, "keys": keys, "agency": agency.pk},
        )
