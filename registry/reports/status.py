"""Is a cooperative active? Four rules say different things; each count names its rule, date and source.

The rules are dated facts (`fixtures/status_rules.json`). What they are computed from: RAT per book year, the last day
of business, the day an outlet opened. A decision of the dinas with letter and date overrides every rule.
"""

import json
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Literal

from django.conf import settings
from django.db import connection

Status = Literal["active", "inactive", "undetermined"]
DEFAULT_RULE = "law_3y"
BUSINESS_DAYS = 365  # no business for longer is "tidak menjalankan usaha"


@dataclass(frozen=True)
class Rule:
    """A rule as the fixture tells it: name and definition in Indonesian, its source, and its three words."""

    code: str
    name: str
    definition: str
    source: str
    labels: dict[str, str]


@cache
def rule_of(code: str) -> Rule:
    """The rule with this code. Raises KeyError for an unknown one."""
    rows = json.loads((settings.FIXTURES_DIR / "status_rules.json").read_text(encoding="utf-8"))
    row = {row["code"]: row for row in rows}[code]
    labels = {key: row[f"{key}_label"] for key in ("active", "inactive", "undetermined")}
    return Rule(code, row["name"], row["definition"], row["source"], labels)


def statuses(agency_id: int, rule: str, as_of: date) -> dict[int, Status]:
    """The status of every cooperative of the agency by `rule` on the day `as_of`. One query."""
    years = range(last_due_book_year(as_of), last_due_book_year(as_of) - 3, -1)
    with connection.cursor() as cursor:
        cursor.execute(_FACTS, [list(years), as_of, agency_id, agency_id])
        return {row[0]: _status(rule, as_of, tuple(years), *row[1:]) for row in cursor.fetchall()}


def last_due_book_year(as_of: date) -> int:
    """The latest book year whose RAT is overdue by law: held within six months (UU 25/1992 Ps 26)."""
    return as_of.year - 1 if as_of > date(as_of.year, 6, 30) else as_of.year - 2


_FACTS = """
SELECT p.cooperative_id, p.decision, p.decided_on, p.founded_on, p.last_activity_on, p.last_outlet_opened_on,
       COALESCE(m.years, '{}')
FROM registry_profile p
LEFT JOIN (SELECT cooperative_id, array_agg(book_year) AS years FROM registry_annualmeeting
           WHERE book_year = ANY (%s) AND held_on <= %s AND agency_id = %s GROUP BY cooperative_id) m
       ON m.cooperative_id = p.cooperative_id
WHERE p.agency_id = %s
"""


def _status(rule, as_of, years, decision, decided_on, founded_on, activity, outlet, held) -> Status:
    if decision and decided_on and decided_on <= as_of:
        return decision
    if rule == "outlet_open":
        return "undetermined" if outlet is None else "active" if outlet <= as_of else "inactive"
    if rule == "ods_reported":
        return "undetermined"
    owed = [year for year in years if founded_on is None or founded_on.year <= year]
    if rule == "local_2y":
        return _local(owed[:2], held)
    idle = activity is not None and (as_of - activity).days > BUSINESS_DAYS
    if idle or (len(owed) == 3 and not held):
        return "inactive"
    return "active" if len(set(held) & set(owed)) == 3 and activity else "undetermined"


def _local(owed, held) -> Status:
    if not owed:
        return "undetermined"
    if set(owed) & set(held):
        return "active"
    return "inactive" if len(owed) == 2 else "undetermined"
