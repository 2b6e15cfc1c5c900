"""The book: who did what, and who looked at personal data. One row per action, in its transaction."""

import json
from collections.abc import Sequence
from datetime import date, datetime

from django.db import connection

from registry.access import Actor
from registry.models import AuditEvent

__all__ = ["record", "record_each", "record_look"]


def record(
    verb: str, *, actor: Actor, now: datetime, subject: str = "", reason: str = "", cooperative_id: int | None = None,
    fresh_on: date | None = None, **detail,
) -> None:  # fmt: skip
    """Write that `actor` did `verb` to `subject` ("anggota A-0047"). `detail` holds numbers and codes, never names or NIKs.

    `fresh_on` also marks the cooperative's data as fresh on that day, in the same statement.
    """
    _write(AuditEvent.Kind.ACT, verb, actor, now, subject, reason, cooperative_id, detail, fresh_on)


def record_each(
    verb: str,
    cooperative_ids: Sequence[int],
    *,
    actor: Actor,
    now: datetime,
    subject: str,
    fresh_on: date | None,
    **detail,
) -> None:
    """Write the same act for many cooperatives, a row each, and mark their data as fresh on that day, if any. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            _INSERT_EACH,
            [
                fresh_on, list(cooperative_ids), fresh_on,
                actor.agency_id, AuditEvent.Kind.ACT, verb, subject, json.dumps(detail, default=str), "", actor.user_id, actor.name,
                actor.kind, now, list(cooperative_ids),
            ],
        )  # fmt: skip


def record_look(
    verb: str, *, actor: Actor, now: datetime, subject: str, reason: str, cooperative_id: int | None = None
) -> None:
    """Write that `actor` looked at personal data, and why. Shown to the dinas and to the cooperative."""
    _write(AuditEvent.Kind.LOOK, verb, actor, now, subject, reason, cooperative_id, {})


# Without RETURNING: some roles may add to the book but not read it.
_INSERT = """
INSERT INTO registry_auditevent (agency_id, cooperative_id, kind, verb, subject, detail, reason, actor_id, actor_name, actor_kind, at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""


_INSERT_EACH = """
WITH fresh AS (
  UPDATE registry_profile SET last_recorded_on = %s WHERE cooperative_id = ANY (%s) AND coalesce(last_recorded_on, '-infinity') < %s
)
INSERT INTO registry_auditevent (agency_id, cooperative_id, kind, verb, subject, detail, reason, actor_id, actor_name, actor_kind, at)
SELECT %s, one, %s, %s, %s, %s, %s, %s, %s, %s, %s FROM unnest(%s::bigint[]) AS one
"""


_FRESH = """
WITH fresh AS (
  UPDATE registry_profile SET last_recorded_on = %s WHERE cooperative_id = %s AND last_recorded_on IS DISTINCT FROM %s
)"""


def _write(
    kind, verb, actor: Actor, now, subject, reason, cooperative_id, detail, fresh_on: date | None = None
) -> None:
    fresh = [fresh_on, cooperative_id or actor.cooperative_id, fresh_on] if fresh_on else []
    with connection.cursor() as cursor:
        cursor.execute(
            (_FRESH if fresh_on else "") + _INSERT,
            [
                *fresh,
                actor.agency_id,
                cooperative_id or actor.cooperative_id,
                kind,
                verb,
                subject,
                json.dumps(detail, default=str),
                reason,
                actor.user_id,
                actor.name,
                actor.kind,
                now,
            ],
        )
