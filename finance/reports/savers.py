"""The savings of everybody in a year, from the postings: what there was before, what came in, what was given back."""

from dataclasses import dataclass
from datetime import date

from django.db import connection

from registry.models import Cooperative


@dataclass(frozen=True)
class SaverYear:
    """One member's year: rupiah before it, into pokok and wajib (corrections taken off), and given back on leaving."""

    number: str
    name: str
    opening: int
    pokok: int
    wajib: int
    withdrawn: int


_YEAR = """
WITH side AS (
  SELECT p.member_id, p.posted_on, c.code AS account, d.code AS other, p.rupiah
  FROM finance_posting p
  JOIN finance_account c ON c.cooperative_id = p.cooperative_id AND c.id = p.credit_id
  JOIN finance_account d ON d.cooperative_id = p.cooperative_id AND d.id = p.debit_id
  WHERE p.cooperative_id = %(cooperative)s AND p.member_id IS NOT NULL AND p.posted_on <= %(until)s AND c.code IN ('31000', '32000')
  UNION ALL
  SELECT p.member_id, p.posted_on, d.code, c.code, -p.rupiah
  FROM finance_posting p
  JOIN finance_account c ON c.cooperative_id = p.cooperative_id AND c.id = p.credit_id
  JOIN finance_account d ON d.cooperative_id = p.cooperative_id AND d.id = p.debit_id
  WHERE p.cooperative_id = %(cooperative)s AND p.member_id IS NOT NULL AND p.posted_on <= %(until)s AND d.code IN ('31000', '32000')
), summed AS (
  SELECT member_id, coalesce(sum(rupiah) FILTER (WHERE posted_on < %(january)s), 0)::bigint AS opening,
         coalesce(sum(rupiah) FILTER (WHERE posted_on >= %(january)s AND account = '31000' AND other <> '21700'), 0)::bigint AS pokok,
         coalesce(sum(rupiah) FILTER (WHERE posted_on >= %(january)s AND account = '32000' AND other <> '21700'), 0)::bigint AS wajib,
         -coalesce(sum(rupiah) FILTER (WHERE posted_on >= %(january)s AND other = '21700'), 0)::bigint AS withdrawn
  FROM side GROUP BY member_id
)
SELECT m.number_text, m.name, s.opening, s.pokok, s.wajib, s.withdrawn
FROM summed s JOIN members_member m ON m.cooperative_id = %(cooperative)s AND m.id = s.member_id
WHERE s.opening <> 0 OR s.pokok <> 0 OR s.wajib <> 0 OR s.withdrawn <> 0 ORDER BY m.number
"""


def savers_of_year(*, cooperative: Cooperative, year: int, until: date) -> list[SaverYear]:
    """Return one line for each member with savings in `year` up to `until`, by number. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_YEAR, {"cooperative": cooperative.pk, "january": date(year, 1, 1), "until": until})
        return [SaverYear(*row) for row in cursor.fetchall()]
