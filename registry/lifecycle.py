"""How a cooperative ends or comes back: the decisions, their order and their deadlines, as dated data with source.

The law (UU 25/1992 Ps 46-56, `fixtures/dissolution_rules.json`) knows two ways out: dissolution by the members' meeting
or by the government, and merging (Ps 14). Where a cooperative stands is the last decision on record; without one, what
its profile says ("undated": an older list knew the status and no day).
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from django.conf import settings

from registry.formats import format_date
from registry.models import LifecycleStep, Profile
from registry.periods import add_months

__all__ = [
    "ALIVE",
    "FORMING",
    "Deadline",
    "Kind",
    "Rules",
    "deadlines",
    "lifecycle_rules",
    "position",
    "possible",
    "refusal",
]

ALIVE, FORMING = "alive", "forming"
_BY_STATUS = {
    Profile.LegalStatus.FORMING: FORMING,
    Profile.LegalStatus.LEGAL_ENTITY: ALIVE,
    Profile.LegalStatus.IN_LIQUIDATION: "liquidation",
    Profile.LegalStatus.DISSOLVED: "dissolved",
    Profile.LegalStatus.MERGED: "merged",
}  # fmt: skip


@dataclass(frozen=True)
class Kind:
    """One kind of decision: after which ones it may come (`since`), who may take it, what the cooperative is then (`to`)."""

    code: str
    slug: str
    name: str
    verb: str
    date: str
    by: tuple[str, ...]
    since: tuple[str, ...]
    to: str
    hint: str
    source: str


@dataclass(frozen=True)
class Term:
    """A period the law sets: so many months after a decision, until one of others is there."""

    code: str
    name: str
    after: str
    months: int
    until: tuple[str, ...]
    source: str

    @property
    def article(self) -> str:
        """Where the law says so: `Pasal 47 ayat (3)`."""
        return self.source[self.source.index("Pasal") :]


@dataclass(frozen=True)
class Deadline:
    """A period that runs: its last day."""

    term: Term
    ends_on: date

    def is_over(self, today: date) -> bool:
        return self.ends_on < today


@dataclass(frozen=True)
class Rules:
    """A version of the rules. `authority`: per agency, what its dinas may not do itself, with the source."""

    version: int
    valid_from: date
    source: str
    kinds: dict[str, Kind]
    terms: tuple[Term, ...]
    authority: dict[str, dict[str, str]]

    def by_slug(self, slug: str) -> Kind | None:
        return next((kind for kind in self.kinds.values() if kind.slug == slug), None)


@cache
def lifecycle_rules() -> Rules:
    """Return the rules in force."""
    row = json.loads((settings.FIXTURES_DIR / "dissolution_rules.json").read_text())
    kinds = [
        Kind(**{k: v for k, v in one.items() if k != "from"} | {"by": tuple(one["by"]), "since": tuple(one["from"])})
        for one in row["steps"]
    ]
    terms = tuple(Term(**one | {"until": tuple(one["until"])}) for one in row["deadlines"])
    return Rules(
        row["version"], date.fromisoformat(row["valid_from"]), row["source"], {kind.code: kind for kind in kinds}, terms,
        row["authority"],
    )  # fmt: skip


def position(steps: Sequence[LifecycleStep], legal_status: str) -> tuple[str, bool]:
    """Return where a cooperative stands, and whether a decision on record says so. `steps`: oldest first."""
    last = steps[-1] if steps else None
    if last is None or last.after != legal_status:
        return _BY_STATUS[Profile.LegalStatus(legal_status)], False
    return (ALIVE if last.what == LifecycleStep.What.REVIVED else last.what), True


def possible(steps: Sequence[LifecycleStep], legal_status: str) -> list[Kind]:
    """Return which decisions may come next, the likely one first.

    Of what ended without a day on record, the decision that ended it may be written down afterwards.
    """
    now, dated = position(steps, legal_status)
    kinds = lifecycle_rules().kinds
    found = [kind for kind in kinds.values() if now in kind.since]
    return found if dated or now not in kinds else [kinds[now], *found]


def refusal(steps: Sequence[LifecycleStep], profile: Profile, kind: Kind, on: date, today: date) -> str:
    """Return why this decision cannot be of this day, or "". The database holds the same (`registry/sql/lifecycle.sql`)."""
    began = profile.founded_on or profile.deed_on or profile.decree_on
    if on > today:
        return f"Tanggal {on:%d/%m/%Y} belum tiba."
    if began and on < began:
        return f"Tanggal ini sebelum koperasi berdiri ({format_date(began)})."
    if steps and on < steps[-1].decided_on:
        former = lifecycle_rules().kinds[steps[-1].what]
        return f"Tanggal ini sebelum langkah sebelumnya: {former.name.lower()} ({format_date(steps[-1].decided_on)})."
    return ""


def deadlines(steps: Sequence[LifecycleStep]) -> list[Deadline]:
    """Return the periods that run now, the earliest first."""
    since = max((n for n, step in enumerate(steps) if step.what == LifecycleStep.What.REVIVED), default=-1)
    taken = {step.what: step.decided_on for step in steps[since + 1 :]}
    if "merged" in taken:
        return []
    found = [
        Deadline(term, add_months(taken[term.after], term.months))
        for term in lifecycle_rules().terms
        if term.after in taken and not any(code in taken for code in term.until)
    ]
    return sorted(found, key=lambda one: one.ends_on)
