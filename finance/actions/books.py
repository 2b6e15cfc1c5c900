"""Opening the books of a cooperative and deciding its dues."""

import csv
from datetime import date, datetime
from functools import cache

from django.conf import settings
from django.db import transaction

from finance.models import Account, Books, ByLaws, DuesRate
from finance.reports.bylaws import Rules
from registry import audit
from registry.access import Actor
from registry.formats import format_month
from registry.models import Cooperative, Profile
from registry.periods import month_of

from .collecting import lock_books
from .refusals import Refused


class ChartMissing(Exception):
    """The chart of accounts is not in `fixtures/`."""


class RateExists(Exception):
    """A rate of this kind already starts in this month."""


@cache
def chart_of_accounts() -> tuple[dict, ...]:
    """Return the rows of `fixtures/chart_of_accounts.csv` that take postings (domain 3.4): code, name, kind, normal."""
    path = settings.FIXTURES_DIR / "chart_of_accounts.csv"
    if not path.exists():
        raise ChartMissing(path)
    with path.open(newline="") as file:
        return tuple(row for row in csv.DictReader(file) if len(row["code"]) == 5)


@transaction.atomic
def open_books(
    *, cooperative: Cooperative, opened_on: date, actor: Actor, now: datetime, instalments_make_members: bool = False
) -> Books:
    """Start keeping a cooperative's books here from the month of `opened_on`. Done again, it changes nothing."""
    books, made = Books.objects.get_or_create(
        cooperative=cooperative,
        defaults={"opened_on": month_of(opened_on), "instalments_make_members": instalments_make_members},
    )
    if not made:
        return books
    Account.objects.bulk_create(
        Account(cooperative=cooperative, code=row["code"], name=row["name"], kind=row["kind"], normal=row["normal"])
        for row in chart_of_accounts()
    )
    Profile.objects.filter(cooperative=cooperative).update(keeps_books_here=True)
    audit.record(
        "open_books", actor=actor, now=now, subject="buku", cooperative_id=cooperative.pk, since=month_of(opened_on)
    )
    return books


@transaction.atomic
def set_rate(
    *,
    cooperative: Cooperative,
    kind: str,
    rupiah: int,
    valid_from: date,
    decided_on: date | None = None,
    decision: str = "",
    actor: Actor,
    now: datetime,
) -> DuesRate:
    """Write the members' meeting's decision: `rupiah` of `kind` from the month of `valid_from`. Raises `RateExists`.

    Obligations made before keep their amount: changing a rate never rewrites history. A closed month takes none: `Refused`.
    """
    first = month_of(valid_from)
    _check_open(cooperative, first)
    if DuesRate.objects.filter(cooperative=cooperative, kind=kind, valid_from=first).exists():
        raise RateExists
    rate = DuesRate.objects.create(
        cooperative=cooperative, kind=kind, rupiah=rupiah, valid_from=first, decided_on=decided_on, decision=decision
    )
    audit.record(
        "set_rate",
        actor=actor,
        now=now,
        subject=f"iuran {kind}",
        cooperative_id=cooperative.pk,
        rupiah=rupiah,
        since=first,
    )
    return rate


@transaction.atomic
def decide_by_laws(
    *,
    cooperative: Cooperative,
    rules: Rules,
    decided_on: date,
    decision: str,
    actor: Actor,
    now: datetime,
) -> ByLaws:
    """Write what the members' meeting decided as by-laws from the month of `rules.valid_from` on.

    What was paid, owed or refunded before stays as it is. Raises `RateExists` when by-laws start in that month already,
    `Refused` for a closed month or without the meeting.
    """
    assert rules.valid_from is not None and actor.user_id is not None
    first = month_of(rules.valid_from)
    if not decision.strip():
        raise Refused("Tulis keputusan rapat yang menetapkan aturan ini.")
    lock_books(cooperative)
    _check_open(cooperative, first)
    if ByLaws.objects.filter(cooperative=cooperative, valid_from=first).exists():
        raise RateExists
    row = ByLaws.objects.create(
        cooperative=cooperative,
        valid_from=first,
        pokok_instalments=rules.pokok_instalments,
        instalments_make_members=rules.instalments_make_members,
        grace_days=rules.grace_days,
        suspend_after_months=rules.suspend_after_months,
        refund_months=rules.refund_months,
        refund_instalments=rules.refund_instalments,
        decided_on=decided_on,
        decision=decision.strip(),
        entered_by=actor.user_id,
        entered_by_name=actor.name,
        entered_at=now,
    )
    audit.record(
        "decide_by_laws", actor=actor, now=now, subject="aturan iuran", cooperative_id=cooperative.pk, since=first
    )
    return row


def _check_open(cooperative: Cooperative, first: date) -> None:
    """A closed month keeps the rules it was closed with."""
    closed = Books.objects.filter(cooperative=cooperative).values_list("closed_through", flat=True).first()
    if closed and first <= closed:
        raise Refused(f"{format_month(first)} sudah ditutup. Pilih bulan sesudahnya.")


@transaction.atomic
def start_books(
    *,
    cooperative: Cooperative,
    opened_on: date,
    pokok: int,
    wajib: int,
    decided_on: date | None,
    decision: str,
    instalments_make_members: bool,
    actor: Actor,
    now: datetime,
) -> Books:
    """Open the books and write down both rates that hold from their first month, as one act."""
    books = open_books(
        cooperative=cooperative,
        opened_on=opened_on,
        actor=actor,
        now=now,
        instalments_make_members=instalments_make_members,
    )
    for kind, rupiah in (("pokok", pokok), ("wajib", wajib)):
        set_rate(
            cooperative=cooperative,
            kind=kind,
            rupiah=rupiah,
            valid_from=opened_on,
            decided_on=decided_on,
            decision=decision,
            actor=actor,
            now=now,
        )
    return books
