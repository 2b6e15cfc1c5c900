"""Which cooperatives are counted, in which order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from .pairs import fetch


@dataclass(frozen=True, slots=True)
class Line:
    """A cooperative that is counted: registered with the agency, not for practice, not dissolved or merged away."""

    pk: int
    slug: str
    name: str
    short_name: str
    district: str
    district_name: str
    village: str
    village_name: str
    keeps_books: bool
    founded_on: date | None
    last_recorded_on: date | None

    def silent_days(self, today: date) -> int | None:
        """Days since anybody of the cooperative recorded something; None if nobody ever did."""
        return (today - self.last_recorded_on).days if self.last_recorded_on else None


def directory(agency_id: int, as_of: date, *, ids: Sequence[int] | None = None) -> list[Line]:
    """Every cooperative that counts on a day, by the codes of kecamatan and village. `ids`: only these (a penyuluh's).

    Who dissolved or merged counts until the day before; where that day is not on record, on no day.
    """
    chosen = "" if ids is None else "AND c.id = ANY (%s)"
    return [
        Line(*row)
        for row in fetch(
            _DIRECTORY.format(chosen=chosen), agency_id, agency_id, as_of, *([] if ids is None else [list(ids)])
        )
    ]


_DIRECTORY = """
SELECT c.id, c.slug, c.name, c.short_name, c.district_id, d.name, COALESCE(c.village_id, ''), COALESCE(v.name, ''),
       p.keeps_books_here, COALESCE(p.founded_on, p.deed_on, p.decree_on), p.last_recorded_on
FROM registry_cooperative c
JOIN registry_standing p ON p.cooperative_id = c.id AND p.agency_id = %s
JOIN registry_place d ON d.code = c.district_id
LEFT JOIN registry_place v ON v.code = c.village_id
WHERE c.agency_id = %s AND NOT c.is_practice
  AND (p.legal_status NOT IN ('dissolved', 'merged') OR p.gone_on > %s) {chosen}
ORDER BY c.district_id, c.village_id NULLS LAST, c.name
"""
