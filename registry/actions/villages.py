"""Which villages a programme's cooperatives serve: neighbours join one and leave it."""

from datetime import date, datetime

from django.db import transaction

from registry import audit
from registry.access import Actor
from registry.models import Cooperative, CoveredVillage, Evidence, Place
from registry.villages import one_per_village


@transaction.atomic
def join_village(
    *, cooperative: Cooperative, programme: str, village: Place, joined_on: date, evidence: Evidence | None, actor: Actor,
    now: datetime, today: date,
) -> CoveredVillage:  # fmt: skip
    """Let the residents of a neighbouring village belong to this cooperative of a programme. Raises `VillageTaken`."""
    with one_per_village():
        joined = CoveredVillage.objects.create(
            cooperative=cooperative, agency_id=cooperative.agency_id, village=village, programme_id=programme, joined_on=joined_on,
            evidence=evidence,
        )  # fmt: skip
    audit.record(
        "join_village", actor=actor, now=now, subject=village.code, cooperative_id=cooperative.pk, fresh_on=today, on=joined_on
    )  # fmt: skip
    return joined


@transaction.atomic
def part_village(*, joined: CoveredVillage, reason: str, actor: Actor, now: datetime, today: date) -> None:
    """Take a neighbouring village out again; the own village stays as long as the cooperative is in the programme."""
    if joined.is_home:
        raise ValueError("the own village follows the cooperative's address")
    code, cooperative = joined.village_id, joined.cooperative_id
    joined.delete()
    audit.record(
        "part_village", actor=actor, now=now, subject=code, reason=reason, cooperative_id=cooperative, fresh_on=today
    )
