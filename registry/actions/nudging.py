"""Writing down that the dinas prepared a word to cooperatives, so that none hears two in a week."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import connection, transaction

from registry import audit
from registry.access import Actor
from registry.models import Agency
from registry.reports.nudges import QUIET_DAYS, Draft

# One statement whatever their number. The key (cooperative, day) lets one of two colleagues at the same moment win.
_NUDGES = """
INSERT INTO registry_nudge (cooperative_id, agency_id, reason, text, prepared_on, prepared_at, prepared_by, prepared_by_name)
SELECT given.id, %(agency)s, %(reason)s, given.text, %(today)s::date, %(now)s, %(by)s, %(name)s
FROM unnest(%(ids)s::bigint[], %(texts)s::text[]) AS given(id, text)
WHERE NOT EXISTS (
  SELECT 1 FROM registry_nudge n
  WHERE n.agency_id = %(agency)s AND n.cooperative_id = given.id AND n.prepared_on > %(today)s::date - %(quiet)s::int
)
ON CONFLICT (cooperative_id, prepared_on) DO NOTHING
RETURNING cooperative_id
"""


@transaction.atomic
def prepare_nudges(
    *, agency: Agency, reason: str, drafts: Sequence[Draft], actor: Actor, now: datetime, today: date
) -> int:
    """Keep these texts, except for cooperatives reminded within the last seven days. Returns how many were kept."""
    given = {
        "agency": agency.pk, "reason": reason, "today": today, "now": now, "by": actor.user_id, "name": actor.name, "quiet": QUIET_DAYS,
        "ids": [one.cooperative.pk for one in drafts], "texts": [one.text[:600] for one in drafts],
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_NUDGES, given)
        made = [pk for (pk,) in cursor.fetchall()]
    audit.record_each("nudge", made, actor=actor, now=now, subject=reason, fresh_on=None)
    return len(made)
