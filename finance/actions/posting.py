"""The one path into the ledger: an entry with its postings, its summaries and its digest, in constant statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from registry.access import Actor
from registry.models import Cooperative

CASH, BANK, CASH_AT_COLLECTORS, CASH_TO_BANK, CASH_DIFFERENCE = "11100", "11200", "11130", "11190", "11900"
POKOK, WAJIB, OPENING = "31000", "32000", "39000"
EQUITY_OF = {"pokok": POKOK, "wajib": WAJIB}


@dataclass(frozen=True)
class Move:
    """One posting to make: `rupiah` from account `credit` to account `debit` (codes)."""

    debit: str
    credit: str
    rupiah: int
    member_id: int | None = None
    reverses_id: int | None = None


@dataclass(frozen=True)
class Posted:
    """An entry as posted, with the first of the receipt numbers taken for it."""

    entry_id: int
    year: int
    number: int
    receipt_year: int
    first_receipt: int


_ENTRY = """
WITH counted AS (
  INSERT INTO finance_bookyear AS y (cooperative_id, year, last_entry, last_receipt)
  SELECT %(cooperative)s, year, sum(entries), sum(receipts)
  FROM (VALUES (%(year)s::smallint, 1, 0), (%(receipt_year)s::smallint, 0, %(receipts)s)) AS v(year, entries, receipts) GROUP BY year
  ON CONFLICT (cooperative_id, year)
  DO UPDATE SET last_entry = y.last_entry + EXCLUDED.last_entry, last_receipt = y.last_receipt + EXCLUDED.last_receipt
  RETURNING year, last_entry, last_receipt
)
INSERT INTO finance_entry (cooperative_id, year, number, posted_on, kind, text, maker_id, maker_name, recorded_at)
SELECT %(cooperative)s, year, last_entry, %(posted_on)s, %(kind)s, %(text)s, %(maker_id)s, %(maker_name)s, %(now)s
FROM counted WHERE year = %(year)s
RETURNING id, number, (SELECT last_receipt FROM counted WHERE year = %(receipt_year)s)
"""

_POSTINGS = """
INSERT INTO finance_posting (cooperative_id, entry_id, posted_on, debit_id, credit_id, rupiah, member_id, reverses_id)
SELECT %(cooperative)s, %(entry)s, %(posted_on)s, d.id, c.id, m.rupiah, m.member_id, m.reverses_id
FROM unnest(%(debits)s::text[], %(credits)s::text[], %(rupiah)s::bigint[], %(members)s::bigint[], %(reverses)s::bigint[])
     WITH ORDINALITY AS m(debit, credit, rupiah, member_id, reverses_id, position)
JOIN finance_account d ON d.cooperative_id = %(cooperative)s AND d.code = m.debit
JOIN finance_account c ON c.cooperative_id = %(cooperative)s AND c.code = m.credit
ORDER BY m.position
"""

# Sums by account and month, and by person (a merged entry's savings are the surviving one's); and the digest, which needs
# the postings of the statement before.
_SUMMARIES = """
WITH move AS (
  SELECT * FROM unnest(%(debits)s::text[], %(credits)s::text[], %(rupiah)s::bigint[], %(members)s::bigint[]) AS m(debit, credit, rupiah, member_id)
), account AS (
  SELECT code, sum(debit) AS debit, sum(credit) AS credit
  FROM (SELECT debit AS code, rupiah AS debit, 0 AS credit FROM move UNION ALL SELECT credit, 0, rupiah FROM move) side GROUP BY code
), months AS (
  INSERT INTO finance_accountmonth AS a (cooperative_id, agency_id, account_code, month, debit_rupiah, credit_rupiah)
  SELECT %(cooperative)s, %(agency)s, code, date_trunc('month', %(posted_on)s::date)::date, debit, credit FROM account ORDER BY code
  ON CONFLICT (cooperative_id, account_code, month)
  DO UPDATE SET debit_rupiah = a.debit_rupiah + EXCLUDED.debit_rupiah, credit_rupiah = a.credit_rupiah + EXCLUDED.credit_rupiah
), digest AS (
  INSERT INTO finance_entrydigest (cooperative_id, entry_id, digest)
  VALUES (%(cooperative)s, %(entry)s, ledger.entry_digest(%(cooperative)s, %(entry)s))
)
INSERT INTO finance_memberbalance AS b (cooperative_id, member_id, pokok_rupiah, wajib_rupiah)
SELECT %(cooperative)s, coalesce(g.merged_into_id, move.member_id) AS person,
       sum(CASE WHEN credit = '31000' THEN rupiah WHEN debit = '31000' THEN -rupiah ELSE 0 END),
       sum(CASE WHEN credit = '32000' THEN rupiah WHEN debit = '32000' THEN -rupiah ELSE 0 END)
FROM move LEFT JOIN members_member g ON g.cooperative_id = %(cooperative)s AND g.id = move.member_id AND g.merged_into_id IS NOT NULL
WHERE move.member_id IS NOT NULL GROUP BY person ORDER BY person
ON CONFLICT (cooperative_id, member_id)
DO UPDATE SET pokok_rupiah = b.pokok_rupiah + EXCLUDED.pokok_rupiah, wajib_rupiah = b.wajib_rupiah + EXCLUDED.wajib_rupiah
"""


def post(
    *,
    cooperative: Cooperative,
    kind: str,
    posted_on: date,
    text: str,
    moves: Sequence[Move],
    actor: Actor,
    now: datetime,
    receipt_year: int,
    receipts: int = 0,
) -> Posted:
    """Post an entry. The caller holds the lock on the books and has checked the month.

    `receipts` numbers are taken from `receipt_year`, gapless because they are given back when the transaction fails.
    """
    common: dict[str, Any] = {"cooperative": cooperative.pk, "agency": cooperative.agency_id, "posted_on": posted_on}
    columns = {
        "debits": [m.debit for m in moves],
        "credits": [m.credit for m in moves],
        "rupiah": [m.rupiah for m in moves],
        "members": [m.member_id for m in moves],
        "reverses": [m.reverses_id for m in moves],
    }
    with connection.cursor() as cursor:
        cursor.execute(
            _ENTRY,
            common
            | {
                "year": posted_on.year,
                "receipt_year": receipt_year,
                "receipts": receipts,
                "kind": kind,
                "text": text,
                "maker_id": actor.user_id,
                "maker_name": actor.name,
                "now": now,
            },
        )
        entry_id, number, last_receipt = cursor.fetchone()
        common["entry"] = entry_id
        cursor.execute(_POSTINGS, common | columns)
        assert cursor.rowcount == len(moves), "an account code is missing from the chart"
        cursor.execute(_SUMMARIES, common | columns)
    return Posted(entry_id, posted_on.year, number, receipt_year, last_receipt - receipts + 1)
