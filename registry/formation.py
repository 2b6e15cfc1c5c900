"""The steps and stages of a formation: rules that are data, with their source (domain 1.4)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache

from django.conf import settings

from registry.models import Place

__all__ = ["Stage", "Step", "rules_source", "stage_of", "stages", "steps", "village_programmes"]


@dataclass(frozen=True)
class Step:
    """One kind of step. `profile`: which facts of the profile it is, by "on", "number", "party"."""

    code: str
    number: int
    name: str
    who: str
    hint: str = ""
    number_label: str = ""
    party_label: str = ""
    proof: str = ""  # what must be there: "evidence" a document, "number" the number it has
    after: tuple[str, ...] = ()
    profile: Mapping[str, str] = field(default_factory=dict)
    village_names: Mapping[str, str] = field(default_factory=dict)
    elsewhere: str = ""  # the view where it is written instead

    def name_in(self, village: Place | None) -> str:
        """Return its name in a kelurahan or a desa: musyawarah kelurahan khusus, musyawarah desa khusus."""
        return self.village_names.get(village.level, self.name) if village else self.name


@dataclass(frozen=True)
class Stage:
    """How far: reached when all `steps` are taken."""

    code: str
    name: str
    definition: str
    steps: tuple[str, ...]


@cache
def _rules() -> dict:
    return json.loads((settings.FIXTURES_DIR / "formation_steps.json").read_text())


def rules_source() -> str:
    """Return which paper the steps come from."""
    return _rules()["source"]


@cache
def steps() -> dict[str, Step]:
    """Return the kinds of steps by code, in their order."""
    return {row["code"]: Step(**row | {"after": tuple(row.get("after", ()))}) for row in _rules()["steps"]}


@cache
def stages() -> dict[str, Stage]:
    """Return the stages by code, from the first to the last."""
    return {row["code"]: Stage(**row | {"steps": tuple(row["steps"])}) for row in _rules()["stages"]}


def stage_of(taken: Mapping[str, date | None]) -> tuple[Stage, date | None]:
    """Return the stage reached with the steps taken (code -> day, None where not known), and the day it was reached."""
    reached = [stage for stage in stages().values() if all(code in taken for code in stage.steps)][-1]
    days = [taken[code] for code in reached.steps]
    return reached, max((day for day in days if day), default=None)


@cache
def village_programmes() -> dict[str, str]:
    """Return which programme wants one cooperative in each village: level -> code (`fixtures/programmes.json`)."""
    rows = json.loads((settings.FIXTURES_DIR / "programmes.json").read_text())
    return {row["village_level"]: row["code"] for row in rows if row.get("village_level")}
