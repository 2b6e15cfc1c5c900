"""How large one cooperative is, for its KUK: members, own capital, assets; from the books here, else as reported.

One statement for all of it: the profile page has many others.
"""

from datetime import date

from koperasi.reports.columns import LEDGER
from koperasi.reports.figures.pairs import fetch
from registry.formats import format_date
from registry.models import ReportedFigure
from registry.reports.listing import ExtraValue

_FIGURES = {"members": ("members_male", "members_female"), "own_capital": ("own_capital",), "assets": ("assets",)}


def sizes(agency_id: int, pk: int, today: date) -> dict[str, ExtraValue]:
    """Return what is known on a day: "members" (people), "own_capital" and "assets" (rupiah), each with its source.

    Men without women are no sum; of two reports the older day is the one that is said.
    """
    given = {
        "agency": agency_id,
        "pk": pk,
        "today": today,
        "figures": [one for codes in _FIGURES.values() for one in codes],
    }
    rows = {figure: (value, source, period) for figure, value, source, period in fetch(_SIZES, given)}
    found = {}
    for criterion, codes in _FIGURES.items():
        parts = [rows[code] for code in codes if code in rows]
        if len(parts) == len(codes):
            _, source, period = min(parts, key=lambda row: row[2])
            said = f"{ReportedFigure.Source(source).label}, {format_date(period)}"
            found[criterion] = ExtraValue(sum(value for value, _, _ in parts), said)
    kept = {code.removeprefix("kept_"): ExtraValue(row[0], LEDGER) for code, row in rows.items() if row[1] is None}
    return found | kept


_SIZES = """
SELECT * FROM (SELECT DISTINCT ON (r.figure) r.figure, r.value, r.source, r.period FROM registry_reportedfigure r
  WHERE r.agency_id = %(agency)s AND r.cooperative_id = %(pk)s AND r.figure = ANY (%(figures)s) AND r.period <= %(today)s
  ORDER BY r.figure, r.period DESC, r.id DESC) told
UNION ALL
SELECT kept.what, kept.value, NULL, NULL FROM registry_standing p
CROSS JOIN LATERAL (
  (SELECT 'kept_members' AS what, (m.men + m.women)::bigint AS value FROM members_membermonth m
   WHERE m.cooperative_id = p.cooperative_id AND m.agency_id = p.agency_id AND m.month <= %(today)s ORDER BY m.month DESC LIMIT 1)
  UNION ALL
  (SELECT 'kept_own_capital', b.pokok_rupiah + b.wajib_rupiah + b.cadangan_rupiah + b.hibah_rupiah FROM finance_booksmonth b
   WHERE b.cooperative_id = p.cooperative_id AND b.agency_id = p.agency_id AND b.month <= %(today)s ORDER BY b.month DESC LIMIT 1)) kept
WHERE p.cooperative_id = %(pk)s AND p.agency_id = %(agency)s AND p.keeps_books_here
"""
