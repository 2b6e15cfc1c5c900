"""Opening a cooperative's public page, and giving it another code."""

from datetime import datetime
from typing import Any

from django.db import connection, transaction

from finance.models import DoorPage
from registry import audit
from registry.access import Actor
from registry.codes import new_code
from registry.models import Cooperative

_OPEN = """
INSERT INTO finance_doorpage (cooperative_id, agency_id, code, address, phone, officers, rates, opened_at)
SELECT %(cooperative)s, %(agency)s, %(code)s, coalesce(wall.door_address(p.address, p.rt_rw), ''), coalesce(p.phone, ''),
       wall.door_officers(%(cooperative)s), wall.door_rates(%(cooperative)s), %(now)s
FROM (VALUES (1)) one LEFT JOIN registry_profile p ON p.cooperative_id = %(cooperative)s
ON CONFLICT (cooperative_id) DO NOTHING
"""


@transaction.atomic
def open_door_page(*, cooperative: Cooperative, actor: Actor, now: datetime) -> DoorPage:
    """Open the public page of a cooperative with a fresh code; an open one stays as it is."""
    parts: dict[str, Any] = {
        "cooperative": cooperative.pk,
        "agency": cooperative.agency_id,
        "code": new_code(cooperative.pk),
        "now": now,
    }
    with connection.cursor() as cursor:
        cursor.execute(_OPEN, parts)
        opened = cursor.rowcount
    if opened:
        audit.record("open_door_page", actor=actor, now=now, subject="halaman publik", cooperative_id=cooperative.pk)
    return DoorPage.objects.get(cooperative=cooperative)


@transaction.atomic
def renew_door_code(*, cooperative: Cooperative, old_code: str, actor: Actor, now: datetime) -> DoorPage:
    """Give the page another code; posters with `old_code` lead nowhere from now on. Renewed meanwhile: nothing happens."""
    page = DoorPage.objects.select_for_update().get(cooperative=cooperative)
    if page.code == old_code:
        page.code, page.renewed_at = new_code(cooperative.pk), now
        page.save(update_fields=["code", "renewed_at"])
        audit.record("renew_door_code", actor=actor, now=now, subject="halaman publik", cooperative_id=cooperative.pk)
    return page
