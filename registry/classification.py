"""How a cooperative is classified beside its jenis (domain 4.1): the older kelompok, and KUK 1 to 4 by dated thresholds.

KUK looks at members, own capital and assets. It is said only where members and at least one of the two sums are known
and all that is known says the same level; else it is "belum dapat ditentukan", with the reason.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from django.conf import settings

__all__ = ["CRITERIA", "Group", "Kuk", "KukRule", "classify", "group_label", "groups", "kuk_rule_on"]

CRITERIA = {"members": "anggota", "own_capital": "modal sendiri", "assets": "aset"}


@dataclass(frozen=True)
class Group:
    code: str
    label: str
    synonyms: tuple[str, ...] = ()


@cache
def groups() -> dict[str, Group]:
    """Return the legacy kelompok by code (`fixtures/cooperative_groups.json`)."""
    rows = json.loads((settings.FIXTURES_DIR / "cooperative_groups.json").read_text())["groups"]
    return {row["code"]: Group(**row | {"synonyms": tuple(row["synonyms"])}) for row in rows}


def group_label(code: str) -> str:
    """Return what people call a kelompok; "" where none is on record."""
    found = groups().get(code)
    return found.label if found else code


@dataclass(frozen=True)
class KukRule:
    """A version of the thresholds. `levels`: from the smallest, criterion -> first value that is above the level."""

    version: int
    name: str
    source: str
    valid_from: date
    valid_to: date | None
    levels: tuple[tuple[int, Mapping[str, int]], ...]

    def level_of(self, criterion: str, value: int) -> int:
        """Return the level one figure alone says. `value`: people, or whole rupiah."""
        return next(level for level, below in self.levels if criterion not in below or value < below[criterion])


@cache
def _kuk_rules() -> tuple[KukRule, ...]:
    found = []
    for row in json.loads((settings.FIXTURES_DIR / "kuk_rules.json").read_text()):
        levels = tuple(
            (one["level"], {c: one[f"{c}_below"] for c in CRITERIA if f"{c}_below" in one}) for one in row["levels"]
        )
        until = date.fromisoformat(row["valid_to"]) if row["valid_to"] else None
        found.append(
            KukRule(row["version"], row["name"], row["source"], date.fromisoformat(row["valid_from"]), until, levels)
        )
    return tuple(found)


def kuk_rule_on(day: date) -> KukRule | None:
    """Return the thresholds in force on a day, None before the first."""
    fitting = [
        rule for rule in _kuk_rules() if rule.valid_from <= day and (rule.valid_to is None or day <= rule.valid_to)
    ]
    return max(fitting, key=lambda rule: rule.version, default=None)


@dataclass(frozen=True)
class Kuk:
    """The answer: a level, or None with `why` not. `says`: criterion -> level of each known figure."""

    level: int | None
    why: str
    says: Mapping[str, int]

    @property
    def label(self) -> str:
        return f"KUK {self.level}" if self.level else "belum dapat ditentukan"


def classify(sizes: Mapping[str, int | None], rule: KukRule) -> Kuk:
    """Classify by the figures known: members (people), own_capital and assets (rupiah); None or absent is not known."""
    says = {one: rule.level_of(one, sizes[one]) for one in CRITERIA if sizes.get(one) is not None}
    if "members" not in says:
        return Kuk(None, "jumlah anggota belum ada data", says)
    if len(says) == 1:
        return Kuk(None, "modal sendiri dan aset belum ada data", says)
    if len(set(says.values())) > 1:
        told = ", ".join(f"{CRITERIA[one]} KUK {level}" for one, level in says.items())
        return Kuk(None, f"angkanya tidak searah: {told}", says)
    return Kuk(says["members"], "", says)
