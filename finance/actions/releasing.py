"""Letting go of members whose import is undone: what they owe and nobody paid on was never owed by anybody."""

from django.db import connection

from finance.models import Books
from registry.models import Cooperative

# An obligation of a closed month stands in figures that never change; one that was paid upon, also if that was
# reversed, is part of the books. Both stay, and with them the import.
_RELEASE = """
WITH waived AS (
  DELETE FROM finance_dueswaiver w USING finance_obligation o, members_member m
  WHERE w.cooperative_id = %(cooperative)s AND o.cooperative_id = w.cooperative_id AND o.id = w.obligation_id
    AND m.cooperative_id = o.cooperative_id AND m.id = o.member_id AND m.imported_in = %(batch)s AND o.paid_rupiah = 0
    AND w.restored_on IS NULL
), gone AS (
  DELETE FROM finance_obligation o USING members_member m
  WHERE o.cooperative_id = %(cooperative)s AND m.cooperative_id = o.cooperative_id AND m.id = o.member_id AND m.imported_in = %(batch)s
    AND o.paid_rupiah = 0 AND o.period > coalesce(%(closed)s::date, '-infinity')
    AND NOT EXISTS (SELECT 1 FROM finance_allocation a WHERE a.cooperative_id = o.cooperative_id AND a.obligation_id = o.id)
  RETURNING o.kind, o.period, o.due_rupiah
), summed AS (
  SELECT kind, period, count(*) FILTER (WHERE due_rupiah > 0) AS obligations, sum(due_rupiah) AS rupiah FROM gone GROUP BY kind, period
)
UPDATE finance_duesdue d SET obligations = d.obligations - summed.obligations, rupiah = d.rupiah - summed.rupiah
FROM summed WHERE d.cooperative_id = %(cooperative)s AND d.kind = summed.kind AND d.period = summed.period
"""


def release_obligations(*, cooperative: Cooperative, batch_id: int) -> None:
    """Delete the untouched obligations, in open months, of the members this import made, and take them off the sums.

    Holds the lock on the books, so that nobody pays one meanwhile. Nothing to do where no books are kept.
    """
    books = Books.objects.select_for_update().filter(cooperative=cooperative).first()
    if books is None:
        return
    with connection.cursor() as cursor:
        cursor.execute(_RELEASE, {"cooperative": cooperative.pk, "batch": batch_id, "closed": books.closed_through})
