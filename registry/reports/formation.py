"""How far each cooperative has come on its way: steps, stage, days in it, what blocks. The rules are data.

Steps run side by side (domain 1.4), so a stage is never stored: it is the last one whose own steps are all taken.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from registry.formation import Stage, Step, stage_of, stages, steps
from registry.models import Agency, Blocker, Cooperative, Formation, FormationStep, Profile
from registry.reports.status import GONE

# --- One cooperative ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Taken:
    """A kind of step, and the one taken (None if not yet); `waits` names the steps that come before it."""

    step: Step
    name: str
    row: FormationStep | None
    waits: tuple[str, ...] = ()


@dataclass(frozen=True)
class Way:
    """One cooperative's way: every step in order, the stage, since when."""

    formation: Formation | None
    steps: tuple[Taken, ...]
    stage: Stage
    since: date | None
    days: int | None
    blockers: tuple[Blocker, ...]

    @property
    def count(self) -> int:
        return sum(one.row is not None for one in self.steps)


def way(cooperative: Cooperative, agency: Agency, today: date) -> Way:
    """Read one cooperative's way in three queries. Needs `village` selected."""
    here = {"cooperative": cooperative, "agency": agency}
    rows = {row.step: row for row in FormationStep.objects.filter(**here)}
    names = {code: step.name_in(cooperative.village) for code, step in steps().items()}
    taken = tuple(
        Taken(step, names[code], rows.get(code), tuple(names[before] for before in step.after if before not in rows))
        for code, step in steps().items()
    )
    stage, since = stage_of({code: row.done_on for code, row in rows.items()})
    blockers = tuple(Blocker.objects.filter(**here, closed_on__isnull=True))
    followed = Formation.objects.filter(**here).first()
    return Way(followed, taken, stage, since, (today - since).days if since else None, blockers)


# --- All of an agency -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """One followed cooperative on the board. `next` is the first step of the next stage that is missing."""

    cooperative: Cooperative
    formation: Formation
    taken: Mapping[str, date | None]
    stage: Stage
    since: date | None
    days: int | None
    blocked: int
    missing: tuple[Step, ...]

    @property
    def count(self) -> int:
        return len(self.taken)


@dataclass(frozen=True)
class Board:
    """The followed cooperatives that were asked for, and how many stand at each stage."""

    rows: tuple[Row, ...]
    at: Mapping[str, int]
    of: int


def board(
    agency: Agency, today: date, *, district: str = "", model: str = "", programme: str = "", stage: str = "",
    blocked: bool = False, priority: bool = False, search: str = "",
) -> Board:  # fmt: skip
    """Read the board in three queries, whatever is asked for. `at` counts before `stage` narrows the rows down.

    The longest in their stage come first, within a stage; a cooperative whose days nobody knows comes last.
    """
    asked = Q(agency=agency, cooperative__is_practice=False) & ~Q(cooperative__standing__legal_status__in=GONE)
    for condition, value in (
        ("cooperative__district", district), ("model", model), ("cooperative__standing__programme", programme),
        ("priority", priority),
    ):  # fmt: skip
        if value:
            asked &= Q(**{condition: value})
    for word in search.split()[:8]:
        asked &= Q(cooperative__name__icontains=word) | Q(cooperative__village__name__icontains=word)
    formations = Formation.objects.filter(asked).select_related("cooperative__district", "cooperative__village")
    taken: dict[int, dict[str, date | None]] = {}
    for pk, code, day in FormationStep.objects.filter(agency=agency, step__in=steps()).values_list(
        "cooperative", "step", "done_on"
    ):
        taken.setdefault(pk, {})[code] = day
    stuck = dict(
        Blocker.objects.filter(agency=agency, closed_on__isnull=True)
        .order_by()
        .values_list("cooperative")
        .annotate(n=Count("pk"))
    )
    rows = [_row(one, taken.get(one.pk, {}), stuck.get(one.pk, 0), today) for one in formations]
    rows = [row for row in rows if row.blocked or not blocked]
    at = dict.fromkeys(stages(), 0)
    for row in rows:
        at[row.stage.code] += 1
    shown = [row for row in rows if not stage or row.stage.code == stage]
    order = list(stages())
    shown.sort(
        key=lambda row: (order.index(row.stage.code), -(row.days if row.days is not None else -1), row.cooperative.name)
    )
    return Board(tuple(shown), at, len(rows))


def _row(formation: Formation, taken: dict[str, date | None], blocked: int, today: date) -> Row:
    stage, since = stage_of(taken)
    order = list(stages().values())
    wanted = next((one.steps for one in order[order.index(stage) + 1 :]), ())
    return Row(
        formation.cooperative, formation, taken, stage, since, (today - since).days if since else None, blocked,
        tuple(steps()[code] for code in wanted if code not in taken),
    )  # fmt: skip


# --- Before a step is written ------------------------------------------------------------------------


def contradictions(agency: Agency, ids: Sequence[int], step: Step, done_on: date) -> dict[int, str]:
    """Return, by cooperative, a sentence where the day of this step contradicts another one (domain 9: musyawarah ≤ akta ≤ pengesahan)."""
    order = ("founded_on", "deed_on", "decree_on")
    own = step.profile.get("on")
    if own not in order:
        return {}
    names = {"founded_on": "rapat pendirian", "deed_on": "akta", "decree_on": "pengesahan"}
    found = {}
    for row in Profile.objects.filter(agency=agency, pk__in=ids).values("pk", *order):
        before = [name for name in order[: order.index(own)] if row[name] and row[name] > done_on]
        after = [name for name in order[order.index(own) + 1 :] if row[name] and row[name] < done_on]
        for name in before[-1:]:
            found[row["pk"]] = f"Lebih awal daripada {names[name]} ({row[name]:%d/%m/%Y})."
        for name in after[:1]:
            found[row["pk"]] = f"Sesudah {names[name]} ({row[name]:%d/%m/%Y})."
    return found


def steps_taken(agency: Agency, ids: Sequence[int]) -> dict[int, set[str]]:
    """Return which steps these cooperatives have taken."""
    found: dict[int, set[str]] = {pk: set() for pk in ids}
    for pk, code in FormationStep.objects.filter(agency=agency, cooperative__in=ids).values_list("cooperative", "step"):
        found[pk].add(code)
    return found
