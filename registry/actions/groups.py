"""What comes before and beside formations: groups of residents, targets of a year, events that cover many cooperatives."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from registry import audit
from registry.access import Actor
from registry.actions.formation import take_step
from registry.formation import steps
from registry.models import Agency, Cooperative, Event, EventCooperative, Evidence, FormationGroup, YearTarget


@transaction.atomic
def keep_group(
    *, agency: Agency, group: FormationGroup | None, fields: dict, actor: Actor, now: datetime, today: date
) -> FormationGroup:
    """Write down a group that wants to become a cooperative, or change what is known of it."""
    kept = group or FormationGroup(agency=agency, registered_on=today)
    for name, value in fields.items():
        setattr(kept, name, value)
    kept.save()
    audit.record("keep_group", actor=actor, now=now, subject=f"kelompok {kept.pk}", state=kept.state)
    return kept


@transaction.atomic
def set_target(
    *,
    agency: Agency,
    indicator: str,
    year: int,
    target: int,
    recorded: int | None,
    source: str,
    actor: Actor,
    now: datetime,
) -> YearTarget:
    """Set how many are wanted in a year; done again, it replaces the number. `recorded`: what older papers say was reached."""
    kept, _ = YearTarget.objects.update_or_create(
        agency=agency,
        indicator=indicator,
        year=year,
        defaults={"target": target, "recorded": recorded, "source": source},
    )
    audit.record("set_target", actor=actor, now=now, subject=f"{indicator} {year}", target=target, recorded=recorded)
    return kept


@transaction.atomic
def hold_event(
    *, agency: Agency, fields: dict, cooperatives: Sequence[Cooperative], evidence: Evidence | None, actor: Actor, now: datetime, today: date
) -> Event:  # fmt: skip
    """Write down an agreement or a launch with the cooperatives it covers; for each it is a step of its formation."""
    event = Event.objects.create(agency=agency, evidence=evidence, **fields)
    EventCooperative.objects.bulk_create(
        EventCooperative(agency=agency, cooperative=one, event=event) for one in cooperatives
    )
    take_step(
        agency=agency, cooperatives=cooperatives, step=steps()["event"], done_on=event.held_on,
        numbers={one.pk: event.number for one in cooperatives}, party=event.title[:120], note="", evidence=evidence, actor=actor,
        now=now, today=today,
    )  # fmt: skip
    audit.record(
        "hold_event", actor=actor, now=now, subject=f"acara {event.pk}", kind=event.kind, covered=len(cooperatives)
    )
    return event
