"""The columns the roof adds to the list of cooperatives: members and savings, from the books here or as reported.

Two statements a column, for a page of fifty or for all of an agency; the same preference as every other report: the
ledger first, else the latest report with its source and its day.
"""

from collections.abc import Sequence
from datetime import date

from koperasi.reports.figures.members import Reported
from koperasi.reports.figures.pairs import fetch
from registry.formats import format_date, format_month_short
from registry.models import ReportedFigure
from registry.reports.listing import ExtraColumn, ExtraValue

LEDGER = "pembukuan"
MARKS = {"cooperative": "laporan", "ods": "ODS", "dinas": "dinas"}


def members(agency_id: int, ids: Sequence[int], today: date) -> dict[int, ExtraValue]:
    """Members now, men and women together."""
    kept = {pk: ExtraValue(heads, LEDGER) for pk, heads in fetch(_MEMBERS, today, list(ids), agency_id)}
    return _told(agency_id, ids, today, ("members_male", "members_female")) | kept


_MEMBERS = """
SELECT p.cooperative_id, latest.men + latest.women FROM registry_standing p
CROSS JOIN LATERAL (
  SELECT m.men, m.women FROM members_membermonth m
  WHERE m.cooperative_id = p.cooperative_id AND m.agency_id = p.agency_id AND m.month <= %s ORDER BY m.month DESC LIMIT 1) latest
WHERE p.cooperative_id IN (SELECT unnest(%s::bigint[])) AND p.agency_id = %s AND p.keeps_books_here
"""


def businesses(agency_id: int, ids: Sequence[int], today: date) -> dict[int, ExtraValue]:
    """Present members who run a business, as the member book here says; where nobody wrote one down, nothing is known."""
    return {pk: ExtraValue(count, LEDGER) for pk, count in fetch(_BUSINESSES, list(ids), agency_id)}


_BUSINESSES = """
SELECT cooperative_id, sum(members) FROM members_businesscount
WHERE cooperative_id IN (SELECT unnest(%s::bigint[])) AND agency_id = %s GROUP BY cooperative_id
"""


def savings(agency_id: int, ids: Sequence[int], today: date) -> dict[int, ExtraValue]:
    """Rupiah of simpanan pokok and wajib now."""
    kept = {pk: ExtraValue(rupiah, LEDGER) for pk, rupiah in fetch(_SAVINGS, today, list(ids), agency_id)}
    return _told(agency_id, ids, today, ("principal_paid", "mandatory_paid")) | kept


_SAVINGS = """
SELECT p.cooperative_id, latest.pokok_rupiah + latest.wajib_rupiah FROM registry_standing p
CROSS JOIN LATERAL (
  SELECT b.pokok_rupiah, b.wajib_rupiah FROM finance_booksmonth b
  WHERE b.cooperative_id = p.cooperative_id AND b.agency_id = p.agency_id AND b.month <= %s ORDER BY b.month DESC LIMIT 1) latest
WHERE p.cooperative_id IN (SELECT unnest(%s::bigint[])) AND p.agency_id = %s AND p.keeps_books_here
"""


def _told(agency_id: int, ids: Sequence[int], today: date, figures: tuple[str, str]) -> dict[int, ExtraValue]:
    """The sum of two reported figures; half of it is no sum. The older of the two days is the one that is written."""
    found: dict[int, list[Reported]] = {}
    for pk, *value in fetch(_TOLD, agency_id, list(figures), today, list(ids)):
        found.setdefault(pk, []).append(Reported(*value))
    return {
        pk: _value(one.value + other.value, older)
        for pk, (one, other) in ((pk, pair) for pk, pair in found.items() if len(pair) == 2)
        for older in [min(one, other, key=lambda each: each.period)]
    }


def _value(value: int, told: Reported) -> ExtraValue:
    label = ReportedFigure.Source(told.source).label
    month = f"{format_month_short(told.period)} {told.period.year}"
    return ExtraValue(value, f"{label}, {format_date(told.period)}", f"{MARKS[told.source]} {month}")


_TOLD = """
SELECT DISTINCT ON (r.cooperative_id, r.figure) r.cooperative_id, r.value, r.source, r.period FROM registry_reportedfigure r
WHERE r.agency_id = %s AND r.figure = ANY (%s) AND r.period <= %s AND r.cooperative_id IN (SELECT unnest(%s::bigint[]))
ORDER BY r.cooperative_id, r.figure, r.period DESC, r.id DESC
"""

COLUMNS = [
    ExtraColumn("members", "Anggota", "integer", members),
    ExtraColumn("businesses", "Anggota UMKM", "integer", businesses),
    ExtraColumn("savings", "Simpanan (Rp)", "rupiah", savings),
]
