"""Beginning a campaign that invites neighbours."""

from datetime import date, datetime

from django.db import transaction

from members.models import Campaign
from registry import audit
from registry.access import Actor
from registry.models import Cooperative


@transaction.atomic
def start_campaign(
    *, cooperative: Cooperative, name: str, target: int, starts_on: date, ends_on: date, actor: Actor, now: datetime
) -> Campaign:
    """Write down a campaign: how many new members are wanted from when to when. Who came is counted, never stored."""
    made = Campaign.objects.create(
        cooperative=cooperative, agency_id=cooperative.agency_id, name=name, target=target, starts_on=starts_on,
        ends_on=ends_on, made_at=now, made_by_name=actor.name,
    )  # fmt: skip
    audit.record(
        "start_campaign", actor=actor, now=now, subject="ajakan anggota", cooperative_id=cooperative.pk, target=target,
        starts_on=starts_on, ends_on=ends_on,
    )  # fmt: skip
    return made
