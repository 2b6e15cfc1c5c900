"""How long personal data are kept and how soon a request about them is answered: dated rules with their source."""

import json
from dataclasses import dataclass
from datetime import date
from functools import cache

from django.conf import settings


@dataclass(frozen=True)
class DataRule:
    """`value` of the rule `code` ("answer_hours", "retention_years", "unanswered_request_days"), in force from a day on."""

    code: str
    value: int
    words: str
    source: str
    valid_from: date
    valid_to: date | None


@cache
def data_rules() -> tuple[DataRule, ...]:
    rows = json.loads((settings.FIXTURES_DIR / "personal_data_rules.json").read_text())
    return tuple(
        DataRule(
            row["code"], row["value"], row["words"], row["source"], date.fromisoformat(row["valid_from"]),
            date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
        )
        for row in rows
    )  # fmt: skip


def data_rule(code: str, day: date) -> DataRule:
    """Return the rule of this name in force on a day; before the first one, the first. Raises `LookupError` for an unknown name."""
    own = sorted((rule for rule in data_rules() if rule.code == code), key=lambda rule: rule.valid_from)
    if not own:
        raise LookupError(f"no rule {code}")
    in_force = [rule for rule in own if rule.valid_from <= day and (rule.valid_to is None or day <= rule.valid_to)]
    return in_force[-1] if in_force else own[0]
