"""What members say about their receipts: open first, and how many wait in each cooperative."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import Count, Min

from finance.models import Objection
from registry.models import Agency, Cooperative
from registry.periods import in_jakarta

LISTED = 200


@dataclass(frozen=True)
class OpenObjections:
    """How many objections wait in one cooperative, and since when."""

    cooperative_id: int
    count: int
    since: date


def objections(*, cooperative: Cooperative, code: str = "") -> list[Objection]:
    """Return the objections of a cooperative, or about one receipt: those that wait first, then the newest."""
    found = Objection.objects.filter(cooperative=cooperative).select_related("answer")
    if code:
        found = found.filter(code=code)
    return sorted(found.order_by("-raised_at", "-pk")[:LISTED], key=lambda one: hasattr(one, "answer"))


@dataclass(frozen=True)
class AtTheDoor:
    """What people from outside wait for in one cooperative: answers about receipts, and to requests to join."""

    objections: int
    requests: int
    due_on: date | None  # the nearest deadline of a request


_AT_THE_DOOR = """
SELECT (SELECT count(*) FROM finance_objection o WHERE o.cooperative_id = %(cooperative)s AND NOT EXISTS (
          SELECT 1 FROM finance_objectionanswer a WHERE a.cooperative_id = o.cooperative_id AND a.objection_id = o.id)),
       count(*), min(r.due_on)
FROM members_joinrequest r WHERE r.cooperative_id = %(cooperative)s AND r.state = 'waiting'
"""


def at_the_door(cooperative: Cooperative) -> AtTheDoor:
    """Return what waits at a cooperative's door. One query: the home page has a budget."""
    with connection.cursor() as cursor:
        cursor.execute(_AT_THE_DOOR, {"cooperative": cooperative.pk})
        return AtTheDoor(*cursor.fetchone())


def open_objections(*, agency: Agency, ids: Sequence[int] | None = None) -> list[OpenObjections]:
    """Return the cooperatives of an agency with objections that wait, the longest first. One query; no member in it."""
    found = Objection.objects.filter(agency=agency, answer__isnull=True, cooperative__is_practice=False)
    if ids is not None:
        found = found.filter(cooperative_id__in=ids)
    rows = (
        found.order_by().values("cooperative_id").annotate(count=Count("pk"), first=Min("raised_at")).order_by("first")
    )
    return [OpenObjections(row["cooperative_id"], row["count"], in_jakarta(row["first"]).date()) for row in rows]
