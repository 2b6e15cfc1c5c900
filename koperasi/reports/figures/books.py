"""Figures from the books: dues, own capital, arrears, the money columns of the Rekapitulasi, and who recorded at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from finance.models import OWN_CAPITAL
from registry.periods import add_months, last_day

from .pairs import Pairs, Period, Sum, fetch


def dues(agency_id: int, period: Period) -> Pairs:
    """Simpanan wajib: rupiah paid for the month by its end, also ahead, of rupiah due for it. Only where it was opened."""
    return {pk: (paid, due) for pk, paid, due in fetch(_DUES, agency_id, period.month)}


_DUES = """
SELECT cooperative_id, LEAST(in_time_rupiah, rupiah), rupiah FROM finance_duesdue
WHERE agency_id = %s AND kind = 'wajib' AND period = %s AND rupiah > 0
"""


def dues_series(agency_id: int, months: Sequence[date], ids: Sequence[int]) -> list[Sum | None]:
    """Wajib per month as it stood at the end of that month. One query."""
    found = {
        month: Sum(int(paid), int(due), known)
        for month, paid, due, known in fetch(_DUES_SERIES, agency_id, months[0], months[-1], list(ids))
    }
    return [found.get(month) for month in months]


_DUES_SERIES = """
SELECT period, SUM(LEAST(in_time_rupiah, rupiah)), SUM(rupiah), COUNT(*) FROM finance_duesdue
WHERE agency_id = %s AND kind = 'wajib' AND period BETWEEN %s AND %s AND rupiah > 0 AND (cooperative_id IN (SELECT unnest(%s::bigint[]))) IS TRUE
GROUP BY period
"""


def own_capital(agency_id: int, as_of: date, ids: Sequence[int]) -> tuple[dict[str, int], int]:
    """Rupiah of pokok, wajib, cadangan and hibah in the books at a day, and of how many cooperatives."""
    *sums, known = fetch(_CAPITAL, list(ids), agency_id, as_of)[0]
    return {part: int(rupiah or 0) for part, rupiah in zip(OWN_CAPITAL, sums, strict=True)}, known


# The latest row of each, found through the index: as dear after twenty years as after one.
_CAPITAL = """
SELECT SUM(pokok_rupiah), SUM(wajib_rupiah), SUM(cadangan_rupiah), SUM(hibah_rupiah), COUNT(*)
FROM unnest(%s::bigint[]) AS chosen(id)
CROSS JOIN LATERAL (
  SELECT pokok_rupiah, wajib_rupiah, cadangan_rupiah, hibah_rupiah FROM finance_booksmonth b
  WHERE b.cooperative_id = chosen.id AND b.agency_id = %s AND b.month <= %s ORDER BY b.month DESC LIMIT 1) latest
"""


def recording(agency_id: int, period: Period) -> set[int]:
    """Cooperatives that recorded in the month: something was entered in the books here, or a figure speaks of it."""
    params = (agency_id, period.month, agency_id, period.month, period.as_of)
    return {pk for (pk,) in fetch(_RECORDING, *params)}


_RECORDING = """
SELECT cooperative_id FROM finance_booksmonth WHERE agency_id = %s AND month = %s
UNION
SELECT cooperative_id FROM registry_reportedfigure WHERE agency_id = %s AND period BETWEEN %s AND %s
"""


def recording_series(agency_id: int, months: Sequence[date], ids: Sequence[int]) -> list[Sum | None]:
    """How many cooperatives recorded in each month, of all."""
    span = {"agency": agency_id, "first": months[0], "last": last_day(months[-1]), "ids": list(ids)}
    counts = dict(fetch(_RECORDING_SERIES, span))
    return [Sum(counts.get(month, 0), len(ids), len(ids)) if ids else None for month in months]


# Who reported a figure is counted only where nothing was entered.
_RECORDING_SERIES = """
WITH told AS (
  SELECT DISTINCT cooperative_id, date_trunc('month', period)::date AS month
  FROM (SELECT DISTINCT cooperative_id, period FROM registry_reportedfigure WHERE agency_id = %(agency)s AND period BETWEEN %(first)s AND %(last)s) days
)
SELECT month, SUM(count)::bigint FROM (
  SELECT month, COUNT(*) FROM finance_booksmonth
  WHERE agency_id = %(agency)s AND month BETWEEN %(first)s AND %(last)s AND (cooperative_id IN (SELECT unnest(%(ids)s::bigint[]))) IS TRUE
  GROUP BY month
  UNION ALL
  SELECT month, COUNT(*) FROM told
  WHERE (cooperative_id IN (SELECT unnest(%(ids)s::bigint[]))) IS TRUE AND NOT EXISTS (
    SELECT FROM finance_booksmonth b WHERE b.cooperative_id = told.cooperative_id AND b.month = told.month AND b.agency_id = %(agency)s)
  GROUP BY month) both_sources
GROUP BY month
"""


@dataclass(frozen=True, slots=True)
class Books:
    """Rupiah from the books of one cooperative at a day; turnover and SHU since January."""

    own_capital: int
    outside_capital: int
    assets: int
    turnover: int
    shu: int


def books(agency_id: int, as_of: date) -> dict[int, Books]:
    """The money columns of the Rekapitulasi for each cooperative with books here."""
    own = [code for codes in OWN_CAPITAL.values() for code in codes]
    return {
        pk: Books(*map(int, row))
        for pk, *row in fetch(
            _BOOKS, own, as_of.replace(month=1, day=1), as_of.replace(month=1, day=1), agency_id, as_of
        )
    }


_BOOKS = """
SELECT cooperative_id,
       COALESCE(SUM(credit_rupiah - debit_rupiah) FILTER (WHERE account_code = ANY (%s)), 0),
       COALESCE(SUM(credit_rupiah - debit_rupiah) FILTER (WHERE account_code BETWEEN '22000' AND '22999'), 0),
       COALESCE(SUM(debit_rupiah - credit_rupiah) FILTER (WHERE account_code < '2'), 0),
       COALESCE(SUM(CASE WHEN account_code = '12200' THEN debit_rupiah ELSE credit_rupiah - debit_rupiah END)
                FILTER (WHERE month >= %s AND (account_code LIKE '41%%' OR account_code LIKE '42%%' OR account_code = '12200')), 0),
       COALESCE(SUM(credit_rupiah - debit_rupiah) FILTER (WHERE month >= %s AND account_code >= '4'), 0)
FROM finance_accountmonth WHERE agency_id = %s AND month <= %s GROUP BY cooperative_id
"""


@dataclass(frozen=True, slots=True)
class Arrears:
    """Rupiah unpaid of one cooperative by age: due in the last three months, the three before, earlier."""

    up_to_3: int
    up_to_6: int
    older: int


def arrears(agency_id: int, period: Period) -> dict[int, Arrears]:
    """Pokok and wajib due by the end of the month and not paid by then. As of that day: later payments do not count."""
    limits = (
        add_months(period.month, -2),
        add_months(period.month, -5),
        add_months(period.month, -2),
        add_months(period.month, -5),
    )
    rows = fetch(_ARREARS, *limits, agency_id, period.month, agency_id, period.month, period.month)
    return {pk: Arrears(*map(int, row)) for pk, *row in rows}


_ARREARS = """
SELECT cooperative_id, COALESCE(SUM(open) FILTER (WHERE period >= %s), 0),
       COALESCE(SUM(open) FILTER (WHERE period >= %s AND period < %s), 0), COALESCE(SUM(open) FILTER (WHERE period < %s), 0)
FROM (
  SELECT cooperative_id, period, rupiah AS open FROM finance_duesdue WHERE agency_id = %s AND period <= %s
  UNION ALL
  SELECT cooperative_id, period, -rupiah FROM finance_duespaid WHERE agency_id = %s AND period <= %s AND posted_month <= %s) both_sides
GROUP BY cooperative_id
"""
