"""Which documents a cooperative keeps, which of them end, and what their numbers prove: rules that are data (domain 1.4, 2.1)."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from django.conf import settings

from registry.numbers import Verdict, check_cooperative_nik, check_legal_decree, check_nib, check_npwp

__all__ = ["OTHER", "Kind", "Kinds", "contradicts", "kinds_on", "state_of"]

OTHER = "lainnya"  # the kind whose papers have a title of their own
CHECKS: Mapping[str, Callable[[str], Verdict]] = {
    "nib": check_nib,
    "npwp": check_npwp,
    "nik": check_cooperative_nik,
    "decree": check_legal_decree,
}


@dataclass(frozen=True)
class Kind:
    """One kind of document.

    `proves`: the field of the profile its number is, or "". `expires`: "yes" (its end must be written), "maybe", "no".
    `several`: more than one may be in force. `expected`: every cooperative has one, so that a missing one is listed.
    """

    code: str
    name: str
    issuer: str
    proves: str
    check: str
    expires: str
    grades: tuple[str, ...]
    several: bool
    expected: bool
    source: str

    def read_number(self, text: str) -> Verdict:
        """Return the number as it is stored, with what is wrong or odd about it."""
        return CHECKS[self.check](text) if self.check else Verdict(text)


@dataclass(frozen=True)
class Kinds:
    """One version of the kinds, and when an end is near (days)."""

    version: int
    source: str
    soon_days: int
    near_days: int
    kinds: Mapping[str, Kind]

    @property
    def name(self) -> str:
        return f"v{self.version}"

    @property
    def expected(self) -> tuple[Kind, ...]:
        return tuple(kind for kind in self.kinds.values() if kind.expected)


@cache
def _versions() -> list[dict]:
    return json.loads((settings.FIXTURES_DIR / "document_kinds.json").read_text(encoding="utf-8"))


@cache
def kinds_on(day: date) -> Kinds:
    """Return the kinds in force on a day; before the first ones, the first. The latest version wins."""
    rows = sorted(_versions(), key=lambda row: (row["valid_from"], row["version"]))
    fitting = [
        row
        for row in rows
        if row["valid_from"] <= str(day) and (row["valid_to"] is None or str(day) <= row["valid_to"])
    ]
    row = fitting[-1] if fitting else rows[0]
    kinds = {one["code"]: Kind(**one | {"grades": tuple(one["grades"])}) for one in row["kinds"]}
    return Kinds(row["version"], row["source"], row["soon_days"], row["near_days"], kinds)


def state_of(valid_until: date | None, today: date, kinds: Kinds) -> str:
    """Return "over", "soon" (within `soon_days`), "near" (within `near_days`) or "valid". The last day still counts."""
    if valid_until is None:
        return "valid"
    if valid_until < today:
        return "over"
    for name, days in (("soon", kinds.soon_days), ("near", kinds.near_days)):
        if valid_until <= today + timedelta(days=days):
            return name
    return "valid"


def contradicts(kind: Kind, number: str, known: str) -> bool:
    """Return whether a document's number says something else than the profile (`known`); spelling is no difference."""
    return bool(kind.proves and number and known) and _bare(kind, number) != _bare(kind, known)


def _bare(kind: Kind, text: str) -> str:
    verdict = kind.read_number(text)
    return "".join(sign for sign in (verdict.value if verdict.ok else text).upper() if sign.isalnum())
