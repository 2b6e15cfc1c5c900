"""How the legal person ends or comes back: each decision writes itself down and moves the profile's legal status."""

from datetime import date, datetime

from django.db import transaction

from registry import audit
from registry.access import Actor
from registry.lifecycle import Kind, possible, refusal
from registry.models import Cooperative, Evidence, LifecycleStep, Profile
from registry.reports.status import GONE
from registry.villages import one_per_village


class NotNow(Exception):
    """The decision cannot come where the cooperative stands, or not on this day. Its text is a sentence for people."""


@transaction.atomic
def record_decision(
    *, cooperative: Cooperative, kind: Kind, decided_on: date, decided_by: str, letter: str, into: Cooperative | None,
    evidence: Evidence | None, note: str, actor: Actor, now: datetime, today: date,
) -> LifecycleStep:  # fmt: skip
    """Write a decision about the legal person; the profile's legal status follows it.

    Raises `NotNow` when it cannot come here or on this day, and `VillageTaken` when who comes back finds its village served.
    """
    profile, steps = _standing(cooperative)
    if kind not in possible(steps, profile.legal_status):
        raise NotNow("Keputusan ini tidak mungkin pada keadaan koperasi sekarang. Muat ulang halamannya.")
    if sentence := refusal(steps, profile, kind, decided_on, today):
        raise NotNow(sentence)
    step = LifecycleStep.objects.create(
        cooperative=cooperative, agency_id=cooperative.agency_id, what=kind.code, decided_on=decided_on, decided_by=decided_by,
        letter=letter, into=into, evidence=evidence, note=note, before=profile.legal_status, after=kind.to,
        made_by=actor.user_id, made_by_name=actor.name, made_at=now,
    )  # fmt: skip
    _move(profile, kind.to, decided_on, today)
    audit.record(
        "record_decision", actor=actor, now=now, subject=kind.code, cooperative_id=cooperative.pk, on=decided_on,
        before=step.before, after=step.after, into=into.slug if into else None,
    )  # fmt: skip
    return step


@transaction.atomic
def take_back_decision(
    *, cooperative: Cooperative, step: LifecycleStep, reason: str, actor: Actor, now: datetime, today: date
) -> None:
    """Undo the last decision, written down by mistake. Raises `NotNow` when it is not the last, and `VillageTaken`."""
    profile, steps = _standing(cooperative)
    if not steps or steps[-1].pk != step.pk:
        raise NotNow("Hanya langkah terakhir yang bisa dibatalkan.")
    steps[-1].delete()
    former = steps[-2] if len(steps) > 1 and steps[-2].after == step.before else None
    _move(profile, step.before, former.decided_on if former else None, today)
    audit.record(
        "take_back_decision", actor=actor, now=now, subject=step.what, reason=reason, cooperative_id=cooperative.pk, on=step.decided_on
    )  # fmt: skip


def _standing(cooperative: Cooperative) -> tuple[Profile, list[LifecycleStep]]:
    """The profile, locked so that two decisions wait for each other, and the decisions so far, oldest first."""
    here = {"cooperative": cooperative, "agency_id": cooperative.agency_id}
    return Profile.objects.select_for_update().get(**here), list(LifecycleStep.objects.filter(**here))


def _move(profile: Profile, status: str, on: date | None, today: date) -> None:
    profile.legal_status, profile.gone_on = status, on if status in GONE else None
    profile.version += 1
    profile.last_recorded_on = max(filter(None, (profile.last_recorded_on, today)))
    with one_per_village():
        profile.save(update_fields=["legal_status", "gone_on", "version", "last_recorded_on"])
