"""What a cooperative works from: surveys with photos, their check by another person, land that may do, outside portals."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from registry import audit
from registry.access import Actor
from registry.actions.files import write_content
from registry.building import Finding, Spot, distance_km, house_of, rules_on
from registry.models import (
    BuildingPhoto,
    BuildingRecord,
    BuildingSurvey,
    Cooperative,
    LandCandidate,
    Place,
    PortalStatus,
)

State = BuildingSurvey.State


@dataclass(frozen=True)
class Shot:
    """A photo to keep: drawn anew, its day, who says so, and where it was taken."""

    content: bytes
    taken_on: date
    dated_by_camera: bool = False
    spot: Spot | None = None


@transaction.atomic
def survey_building(
    *, cooperative: Cooperative, surveyed_on: date, facts: Mapping, spot: Spot | None, photo: Shot | None,
    findings: Sequence[Finding] = (), answer: str = "", actor: Actor, now: datetime,
) -> BuildingSurvey:  # fmt: skip
    """Store what was found on a day; the figures read it from the record kept beside it.

    `facts`: fields of `BuildingSurvey` by name. `findings`: the warnings the person passed, with the reason in `answer`.
    Raises `ValueError` for a refusal among them, or for a warning without a reason: such a survey is never stored.
    """
    if any(one.kind != "warn" for one in findings) or (findings and not answer):
        raise ValueError("a survey that was refused, or warned of and not answered, is not stored")
    rules = rules_on(surveyed_on)
    warned = [{"code": one.code, "sentence": one.sentence} for one in findings]
    here = {"cooperative": cooperative, "agency_id": cooperative.agency_id}
    survey = BuildingSurvey.objects.create(
        **here, **facts, surveyed_on=surveyed_on, rules=rules.name, warned=warned, answer=answer,
        latitude=spot.latitude if spot else None, longitude=spot.longitude if spot else None,
        distance_m=_metres(cooperative.village, spot), made_by=actor.user_id, made_by_name=actor.name, made_at=now,
    )  # fmt: skip
    BuildingRecord.objects.create(
        **here, ownership=house_of(survey.ownership, survey.progress, rules), as_of=surveyed_on,
        note=survey.note[:200], survey=survey,
    )  # fmt: skip
    if photo:
        _keep(cooperative, survey, photo, survey.progress, "", actor, now)
    audit.record(
        "survey_building", actor=actor, now=now, subject=survey.ownership, reason=answer, cooperative_id=cooperative.pk,
        on=surveyed_on, warned=[one["code"] for one in warned],
    )  # fmt: skip
    return survey


@transaction.atomic
def add_photo(
    *, cooperative: Cooperative, survey: BuildingSurvey | None, photo: Shot, progress: int | None, caption: str,
    actor: Actor, now: datetime,
) -> BuildingPhoto:  # fmt: skip
    """Keep a later photo of the building, with how far it is built."""
    kept = _keep(cooperative, survey, photo, progress, caption, actor, now)
    audit.record(
        "add_building_photo", actor=actor, now=now, cooperative_id=cooperative.pk, on=photo.taken_on, progress=progress
    )
    return kept


@transaction.atomic
def check_survey(*, survey: BuildingSurvey, accept: bool, note: str, actor: Actor, now: datetime) -> None:
    """Verify a survey, or return it: then the figures forget it. Raises `ValueError` for one's own or a checked one."""
    if survey.made_by == actor.user_id or survey.state != State.WAITING:
        raise ValueError("a survey is checked once, by another person than who made it")
    survey.state = State.VERIFIED if accept else State.RETURNED
    survey.checked_by, survey.checked_by_name, survey.checked_at, survey.checked_note = (
        actor.user_id,
        actor.name,
        now,
        note,
    )
    survey.save(update_fields=["state", "checked_by", "checked_by_name", "checked_at", "checked_note"])
    if not accept:
        BuildingRecord.objects.filter(agency_id=survey.agency_id, survey=survey).delete()
    audit.record(
        "check_survey", actor=actor, now=now, subject=survey.state, reason=note, cooperative_id=survey.cooperative_id
    )


@transaction.atomic
def keep_land(
    *,
    cooperative: Cooperative,
    candidate: LandCandidate | None,
    fields: Mapping,
    actor: Actor,
    now: datetime,
    today: date,
) -> LandCandidate:
    """Write down land that may carry the building, or change what is known of it (`candidate`)."""
    kept = candidate or LandCandidate(cooperative=cooperative, agency_id=cooperative.agency_id, noted_on=today)
    for name, value in fields.items():
        setattr(kept, name, value)
    kept.save()
    audit.record("keep_land", actor=actor, now=now, subject=kept.state, cooperative_id=cooperative.pk)
    return kept


@transaction.atomic
def record_portal(
    *, cooperative: Cooperative, portal: str, status: str, as_of: date, note: str, actor: Actor, now: datetime
) -> PortalStatus:
    """Write what an outside portal says of the building on a day."""
    row = PortalStatus.objects.create(
        cooperative=cooperative, agency_id=cooperative.agency_id, portal=portal, status=status, as_of=as_of, note=note
    )
    audit.record("record_portal", actor=actor, now=now, subject=status, cooperative_id=cooperative.pk, portal=portal)
    return row


def _keep(cooperative: Cooperative, survey, photo: Shot, progress, caption: str, actor: Actor, now) -> BuildingPhoto:
    return BuildingPhoto.objects.create(
        cooperative=cooperative, agency_id=cooperative.agency_id, survey=survey, path=write_content(photo.content),
        size=len(photo.content), sha256=hashlib.sha256(photo.content).hexdigest(), taken_on=photo.taken_on,
        dated_by_camera=photo.dated_by_camera, progress=progress, distance_m=_metres(cooperative.village, photo.spot),
        caption=caption, made_by=actor.user_id, made_by_name=actor.name, made_at=now,
    )  # fmt: skip


def _metres(village: Place | None, spot: Spot | None) -> int | None:
    if spot is None or village is None or village.latitude is None:
        return None
    return round(1000 * distance_km(Spot(village.latitude, village.longitude), spot))
