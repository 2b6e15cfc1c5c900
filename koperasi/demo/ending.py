"""How cooperatives ended: each that is gone or being dissolved gets its decisions, one came back, one awaits an answer."""

from datetime import date, timedelta
from random import Random

from registry.access import Actor
from registry.actions import amend_cooperative, record_decision
from registry.lifecycle import lifecycle_rules
from registry.models import Agency, Cooperative, LifecycleStep, Profile

from .clock import Clock
from .logins import acting

WAYS = {
    "dissolved": ("liquidation", "dissolved"),
    "in_liquidation": ("notice", "objection", "liquidation"),
    "merged": ("merged",),
}
GAPS = {"notice": 0, "objection": 40, "liquidation": 70, "dissolved": 130, "merged": 0}  # days after the former


def tell(slug: str, admin: str, clock: Clock) -> int:
    """Tell how an agency's cooperatives ended, unless it was told. Return how many."""
    rng = Random(f"ending {slug}")
    with acting(admin) as actor:
        agency = Agency.objects.get(slug=slug)
        if LifecycleStep.objects.filter(agency=agency).exists():
            return 0
        profiles = Profile.objects.filter(agency=agency, cooperative__is_practice=False)
        ended = list(profiles.filter(legal_status__in=WAYS).select_related("cooperative__agency").order_by("pk"))
        alive = profiles.filter(
            legal_status="legal_entity", programme=None, decision="inactive", keeps_books_here=False
        )
        silent = list(alive.select_related("cooperative__agency").order_by("pk")[:2])
        takes_in = _takers(agency)
        for profile in ended:
            into = takes_in.get(profile.cooperative.district_id) or next(iter(takes_in.values()), None)
            _end(profile, into, actor, clock, rng)
        for profile, days in zip(
            silent, (50, 140), strict=False
        ):  # the term to object runs; the term to decide is over
            _take(profile.cooperative, "notice", clock.days_ago(days), None, actor, clock)
    return len(ended)


def _takers(agency: Agency) -> dict[str, Cooperative]:
    """Into whom others merge: of each kecamatan the first legal person outside the programmes."""
    rows = Cooperative.objects.filter(
        agency=agency, is_practice=False, standing__legal_status="legal_entity", standing__programme=None
    )
    return {one.district_id: one for one in rows.order_by("-pk")}


def _end(profile: Profile, into: Cooperative | None, actor: Actor, clock: Clock, rng: Random) -> None:
    """What the list only knew as a status gets its days: first it lives again, then it ends step by step."""
    way, one = WAYS[profile.legal_status], profile.cooperative
    if way == ("merged",) and into is None:
        return
    amend_cooperative(
        cooperative=one, version=profile.version, name=one.name, fields={"legal_status": "legal_entity"}, actor=actor,
        now=clock.at(clock.days_ago(60)), today=profile.last_recorded_on or clock.days_ago(420),
    )  # fmt: skip
    last = 40 if way[-1] == "liquidation" else rng.randint(60, 500)
    days = [clock.days_ago(last + sum(GAPS[code] for code in way[n + 1 :])) for n in range(len(way))]
    began = profile.founded_on + timedelta(days=1)
    for code, day in zip(way, days, strict=True):
        _take(
            one,
            code,
            max(day, began),
            into if code == "merged" else None,
            actor,
            clock,
            "government" if "notice" in way and code == "liquidation" else "",
        )


def _take(
    one: Cooperative, code: str, on: date, into: Cooperative | None, actor: Actor, clock: Clock, by: str = ""
) -> None:
    kind, told = lifecycle_rules().kinds[code], min(on + timedelta(days=4), clock.today)
    record_decision(
        cooperative=one, kind=kind, decided_on=on, decided_by=by or kind.by[0], letter=f"518/000/CONTOH/{on.year}", into=into, evidence=None,
        note="", actor=actor, now=clock.at(told), today=told,
    )  # fmt: skip
