"""How one cooperative's legal person stands: the decisions so far, the periods that run, what may come next."""

from dataclasses import dataclass
from datetime import date

from registry.lifecycle import FORMING, Deadline, Kind, deadlines, position, possible
from registry.models import Agency, Cooperative, Evidence, LifecycleStep, Profile


@dataclass(frozen=True)
class Life:
    """`steps` oldest first; `dated`: a decision on record says where it stands; `taken_in`: who merged into it."""

    profile: Profile
    steps: tuple[LifecycleStep, ...]
    position: str
    dated: bool
    possible: tuple[Kind, ...]
    deadlines: tuple[Deadline, ...]
    taken_in: tuple[LifecycleStep, ...]
    documents: dict[int, Evidence]

    @property
    def forming(self) -> bool:
        return self.position == FORMING

    @property
    def undated(self) -> bool:
        """It ended, and no decision on record says when."""
        return not self.dated and self.profile.legal_status not in ("forming", "legal_entity")


def life(cooperative: Cooperative, agency: Agency, *, documents: bool = False) -> Life:
    """Read one cooperative's decisions. Four queries at most; `documents`: also what proves them (the dinas' own)."""
    profile = Profile.objects.get(cooperative=cooperative, agency=agency)
    steps = tuple(
        LifecycleStep.objects.filter(cooperative=cooperative, agency=agency).select_related("into", "cooperative")
    )
    where, dated = position(steps, profile.legal_status)
    kept = [step.evidence_id for step in steps if step.evidence_id] if documents else []
    return Life(
        profile=profile, steps=steps, position=where, dated=dated, possible=tuple(possible(steps, profile.legal_status)),
        deadlines=tuple(deadlines(steps)) if dated else (),
        taken_in=tuple(LifecycleStep.objects.filter(into=cooperative, agency=agency).select_related("cooperative")) if documents else (),
        documents={one.pk: one for one in Evidence.objects.filter(agency=agency, pk__in=kept)} if kept else {},
    )  # fmt: skip


def receivers(cooperative: Cooperative, agency: Agency, today: date) -> list[Cooperative]:
    """Return into which cooperatives this one may merge: the agency's legal persons, without itself."""
    rows = Cooperative.objects.filter(agency=agency, is_practice=False, standing__legal_status="legal_entity")
    return list(rows.exclude(pk=cooperative.pk).select_related("district").order_by("name", "pk"))
