"""A building in one line, for tests about something else: the survey from which the figures keep their record."""

from datetime import date, datetime

from registry.access import Actor
from registry.actions import survey_building
from registry.models import BuildingSurvey, Cooperative

OWNERSHIP = {"own": "own", "borrowed": "bmd", "none": "none"}


def record_building(
    *, cooperative: Cooperative, ownership: str, as_of: date, note: str = "", actor: Actor, now: datetime
) -> BuildingSurvey:
    """Survey a cooperative so that it counts as `ownership` ("own", "borrowed", "none") from a day on."""
    facts = {"ownership": OWNERSHIP[ownership], "note": note}
    return survey_building(
        cooperative=cooperative, surveyed_on=as_of, facts=facts, spot=None, photo=None, actor=actor, now=now
    )
