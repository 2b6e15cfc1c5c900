"""Writing down that a friendly word was prepared, so that nobody hears it twice in a week."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.db import transaction

from finance.models import Reminder
from finance.reports.arrears import ArrearsRow
from finance.reports.reminders import QUIET_DAYS
from registry import audit
from registry.access import Actor
from registry.models import Cooperative

from .collecting import lock_books


@transaction.atomic
def prepare_reminders(
    *, cooperative: Cooperative, rows: Collection[ArrearsRow], actor: Actor, now: datetime, today: date
) -> int:
    """Write down a prepared reminder for each of `rows` nobody prepared one for within seven days; return how many.

    The lock of the books orders two officers: the second finds what the first wrote and asks nobody again.
    """
    lock_books(cooperative)
    recent = Reminder.objects.filter(cooperative=cooperative, prepared_on__gt=today - timedelta(days=QUIET_DAYS))
    quiet = set(recent.values_list("member_id", flat=True))
    made = [
        Reminder(
            cooperative=cooperative, member_id=row.member_id, prepared_on=today, prepared_at=now, prepared_by=actor.user_id or 0,
            prepared_by_name=actor.name, months=row.months, rupiah=row.rupiah,
        )
        for row in rows
        if row.member_id not in quiet
    ]  # fmt: skip
    if made:
        Reminder.objects.bulk_create(made)
        audit.record(
            "prepare_reminders",
            actor=actor,
            now=now,
            subject="pengingat iuran",
            cooperative_id=cooperative.pk,
            members=len(made),
        )
    return len(made)
