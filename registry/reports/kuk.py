"""The KUK of one cooperative, from the figures on record: the books where it keeps them here, else what it reported."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from registry.classification import CRITERIA, Kuk, KukRule, classify, kuk_rule_on
from registry.models import Agency, Cooperative
from registry.reports.listing import ExtraValue

__all__ = ["SIZES", "Sized", "kuk_of"]

# How large a cooperative is, (agency_id, pk, today) -> criterion -> value and source; filled once, when the roof starts.
SIZES: list[Callable[[int, int, date], dict[str, ExtraValue]]] = []


@dataclass(frozen=True)
class Sized:
    """The answer with the rule it is by, and each figure: (what it is, value and source or None)."""

    rule: KukRule
    answer: Kuk
    figures: tuple[tuple[str, ExtraValue | None], ...]


def kuk_of(cooperative: Cooperative, agency: Agency, today: date) -> Sized | None:
    """Classify one cooperative on a day; None before there were thresholds. One query."""
    rule = kuk_rule_on(today)
    if rule is None:
        return None
    known = {code: value for sizes in SIZES for code, value in sizes(agency.pk, cooperative.pk, today).items()}
    answer = classify({code: value.value for code, value in known.items()}, rule)
    return Sized(rule, answer, tuple((label, known.get(code)) for code, label in CRITERIA.items()))
