"""Everybody's savings on a day, for the notice board: member numbers and rupiah, no names."""

from dataclasses import dataclass
from datetime import date

from django.db import connection

from registry.models import Cooperative


@dataclass(frozen=True)
class BoardBalance:
    """What one member had saved at the end of a day."""

    number: str
    pokok: int
    wajib: int


# Everybody who belonged to the cooperative that evening, and leavers whose savings were still there. Two entries that were
# merged are one person under the number that stayed.
_BALANCES = """
WITH saved AS (
  SELECT coalesce(o.merged_into_id, o.id) AS member_id, sum(CASE WHEN c.code = '31000' THEN p.rupiah WHEN d.code = '31000' THEN -p.rupiah ELSE 0 END)::bigint AS pokok,
         sum(CASE WHEN c.code = '32000' THEN p.rupiah WHEN d.code = '32000' THEN -p.rupiah ELSE 0 END)::bigint AS wajib
  FROM finance_posting p
  JOIN members_member o ON o.cooperative_id = p.cooperative_id AND o.id = p.member_id
  JOIN finance_account c ON c.cooperative_id = p.cooperative_id AND c.id = p.credit_id
  JOIN finance_account d ON d.cooperative_id = p.cooperative_id AND d.id = p.debit_id
  WHERE p.cooperative_id = %(cooperative)s AND p.posted_on <= %(as_of)s
  GROUP BY 1
)
SELECT m.number_text, coalesce(s.pokok, 0), coalesce(s.wajib, 0)
FROM members_member m LEFT JOIN saved s ON s.member_id = m.id
WHERE m.cooperative_id = %(cooperative)s AND m.joined_on <= %(as_of)s
  AND m.merged_into_id IS NULL AND (s.pokok <> 0 OR s.wajib <> 0 OR m.exited_on IS NULL OR m.exited_on > %(as_of)s)
ORDER BY m.number
"""


def savings_board(*, cooperative: Cooperative, as_of: date) -> list[BoardBalance]:
    """Return pokok and wajib of every member at the end of a day, as the postings say, by number. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_BALANCES, {"cooperative": cooperative.pk, "as_of": as_of})
        return [BoardBalance(*row) for row in cursor.fetchall()]
