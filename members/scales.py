"""The scale of a business by its yearly sales: dated rules with their legal source, kept as data."""

import json
from dataclasses import dataclass
from datetime import date
from functools import cache

from django.conf import settings

from members.models import Scale


@dataclass(frozen=True)
class ScaleRule:
    """A rule in force from `valid_from` to `valid_to`; `at_most`: scale → highest yearly sales, rupiah."""

    code: str
    version: int
    source: str
    valid_from: date
    valid_to: date | None
    at_most: tuple[tuple[str, int], ...]

    @property
    def mark(self) -> str:
        return f"{self.code} v{self.version}"

    def scale_of(self, sales: int | None) -> str:
        if sales is None:
            return Scale.UNKNOWN
        return next((scale for scale, most in self.at_most if sales <= most), Scale.LARGE)


@cache
def rules() -> tuple[ScaleRule, ...]:
    rows = json.loads((settings.FIXTURES_DIR / "business_scales.json").read_text())
    return tuple(
        ScaleRule(
            row["code"], row["version"], row["source"], date.fromisoformat(row["valid_from"]),
            date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
            tuple(sorted(row["at_most"].items(), key=lambda pair: pair[1])),
        )
        for row in rows
    )  # fmt: skip


def rule_on(day: date) -> ScaleRule:
    """Return the rule in force on a day. Raises `LookupError` before the first one."""
    for rule in rules():
        if rule.valid_from <= day and (rule.valid_to is None or day <= rule.valid_to):
            return rule
    raise LookupError(f"no rule for the scale of a business on {day}")
