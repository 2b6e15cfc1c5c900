"""The list an officer's phone carries into a hamlet without signal: number, name, and what is open. Nothing else."""

from dataclasses import dataclass
from datetime import date

from django.db import connection

from finance.models import Books
from registry.models import Cooperative
from registry.periods import month_of

from .rates import rates_of
from .sheet import month_sheet


@dataclass(frozen=True)
class CarriedRow:
    """One member as carried: open months oldest first with their rupiah, and what is left of the pokok."""

    number: str
    name: str
    months: tuple[tuple[date, int], ...]
    pokok_left: int


@dataclass(frozen=True)
class CarriedList:
    """What is open for every current member through the month of `today`. `monthly_rupiah` is the rate of that month."""

    month: date
    monthly_rupiah: int
    rows: tuple[CarriedRow, ...]


_POKOK = """
SELECT m.id, m.joined_on, sum(o.due_rupiah - o.paid_rupiah)
FROM members_member m
LEFT JOIN finance_obligation o ON o.cooperative_id = m.cooperative_id AND o.member_id = m.id AND o.kind = 'pokok'
WHERE m.cooperative_id = %s AND m.status <> 'exited' AND m.merged_into_id IS NULL
GROUP BY m.id, m.joined_on
"""


def carried_list(*, cooperative: Cooperative, today: date) -> CarriedList:
    """Return the list of `today`. Constant statements, whatever the number of members; no identity data is read."""
    found = month_sheet(cooperative=cooperative, month=today, today=today)
    left = _pokok_left(cooperative) if found.rows else {}
    rows = tuple(
        CarriedRow(
            row.number, row.name, tuple(zip(row.open_months, row.open_amounts, strict=True)), left.get(row.member_id, 0)
        )
        for row in found.rows
    )
    return CarriedList(month_of(today), found.monthly_rupiah, rows)


def _pokok_left(cooperative: Cooperative) -> dict[int, int]:
    """Return member id → rupiah of pokok still open; where no obligation was made yet, the rate of the month of joining."""
    opened = Books.objects.filter(cooperative=cooperative).values_list("opened_on", flat=True).first()
    rates = rates_of(cooperative)
    with connection.cursor() as cursor:
        cursor.execute(_POKOK, [cooperative.pk])
        rows = cursor.fetchall()
    return {
        member_id: rates.at("pokok", max(joined, opened)) if left is None else int(left)
        for member_id, joined, left in rows
    }
