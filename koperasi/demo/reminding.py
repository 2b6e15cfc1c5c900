"""The dinas reminded some of the cooperatives it had not heard of for long, a few days ago."""

from datetime import timedelta

from registry.actions import prepare_nudges
from registry.models import Agency, Nudge
from registry.reports.listing import Choice, choose
from registry.reports.nudges import Reason, drafts

from .clock import Clock
from .logins import acting

HOW_MANY = 14
DAYS_AGO = 3


def tell(slug: str, admin: str, clock: Clock) -> int:
    """Prepare texts for the first silent cooperatives of an agency, unless some are there. Return how many."""
    day = clock.today - timedelta(days=DAYS_AGO)
    with acting(admin) as actor:
        agency = Agency.objects.get(slug=slug)
        if Nudge.objects.filter(agency=agency).exists():
            return 0
        ids = list(choose(agency, Choice(segar="lebih-60"), day).values_list("pk", flat=True)[:HOW_MANY])
        found = drafts(agency, ids, Reason.SILENT, sender=actor.name, today=day)
        return prepare_nudges(
            agency=agency, reason=Reason.SILENT, drafts=found.ready, actor=actor, now=clock.at(day), today=day
        )
