"""Bimtek as it was told: in July of last year chairs and chairs of pengawas in phases, so that treasurers stayed untrained.

Kabupaten Serang trained 652 people then, two of each of 326 cooperatives. Now the treasurers are invited, on money of the
changed budget; next year's budget still waits for its ketok palu.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random

from registry.access import Actor
from registry.actions import (
    answer_invitation,
    approve_budget_line,
    evaluate_session,
    invite_officers,
    issue_certificates,
    keep_attendance,
    keep_budget_line,
    keep_scores,
    plan_session,
)
from registry.models import Agency, BudgetLine, Officer, Participant, Position, TrainingAttendance, TrainingSession
from registry.tenancy import NOBODY_ID, Context, Role, bound
from registry.training import questions, topics

from .clock import Clock
from .logins import acting

PHASES = 3
HALL = "Aula contoh"
TEACHERS = "Widyaiswara contoh, tenaga ahli koperasi contoh"


def tell(slug: str, admin: str, clock: Clock) -> int:
    """Write an agency's bimtek of two years, unless it is there. Return how many attended."""
    with acting(admin) as actor:
        agency = Agency.objects.select_related("place").get(slug=slug)
        officers = _officers(agency)
        if not officers or BudgetLine.objects.filter(agency=agency).exists():
            return 0
        attended = _last_year(agency, officers, actor, clock) + _this_year(agency, officers, actor, clock)
        _coming(agency, officers, actor, clock)
    return attended


def _officers(agency: Agency) -> list[Officer]:
    """The office-holders of the Merah Putih cooperatives, by kecamatan."""
    rows = Officer.objects.filter(agency=agency, cooperative__standing__programme__isnull=False, ended_on__isnull=True)
    return list(rows.order_by("cooperative__district", "cooperative", "pk"))


def _of(officers: Sequence[Officer], *posts: str) -> list[Officer]:
    return [one for one in officers if one.position in posts]


def _last_year(agency: Agency, officers: list[Officer], actor: Actor, clock: Clock) -> int:
    """Chairs and chairs of pengawas, in three phases."""
    year = clock.year(1)
    first = date(year, 7, 23)
    line = _line(
        agency, "apbd", year, "Pelatihan pengurus dan pengawas", 450_000_000, actor, clock, date(year - 1, 12, 19)
    )
    wanted = _of(officers, Position.CHAIR, Position.SUPERVISOR_CHAIR)
    size, came = -(-len(wanted) // PHASES), 0
    for phase in range(PHASES):
        chosen = wanted[phase * size : (phase + 1) * size]
        day = first + timedelta(days=2 * phase)
        if chosen:
            came += _held(
                agency,
                line,
                "management",
                f"Pengelolaan koperasi, tahap {phase + 1}",
                day,
                chosen,
                1.0,
                110_000_000,
                actor,
                clock,
            )
    return came


def _this_year(agency: Agency, officers: list[Officer], actor: Actor, clock: Clock) -> int:
    """A smaller one for those who lead the business, with tests, evaluation and certificates."""
    held = clock.month(6) + timedelta(days=11)
    line = _line(
        agency,
        "dak_nonfisik",
        held.year,
        "Peningkatan kapasitas koperasi",
        180_000_000,
        actor,
        clock,
        held - timedelta(days=90),
    )
    wanted = _of(officers, Position.VICE_BUSINESS)[:45]
    if not wanted:
        return 0
    return _held(agency, line, "business_model", "", held, wanted, 0.84, 62_000_000, actor, clock, tested=True)


def _coming(agency: Agency, officers: list[Officer], actor: Actor, clock: Clock) -> None:
    """Treasurers are invited for next week; next year's plan waits for its budget."""
    soon = clock.today + timedelta(days=9)
    line = _line(
        agency,
        "apbd_p",
        clock.today.year,
        "Bimtek bendahara koperasi",
        240_000_000,
        actor,
        clock,
        clock.today - timedelta(days=80),
    )
    session = _plan(
        agency,
        line,
        "finance",
        "Manajemen keuangan untuk bendahara",
        soon,
        60,
        78_000_000,
        actor,
        clock.days_ago(6),
        clock,
    )
    chosen = _of(officers, Position.TREASURER)[:40]
    invite_officers(
        session=session, officers=chosen, actor=actor, now=clock.at(clock.days_ago(5)), today=clock.days_ago(5)
    )
    rows = Participant.objects.filter(agency=agency, session=session).order_by("pk")
    for number, row in enumerate(rows[:18]):
        answer = "no" if number % 9 == 4 else "yes"
        answer_invitation(participant=row, answer=answer, actor=actor, now=clock.at(clock.days_ago(2)))
    waiting = _line(
        agency, "apbd", clock.today.year + 1, "Pelatihan pengurus koperasi", 400_000_000, actor, clock, None
    )
    _plan(
        agency,
        waiting,
        "sak_ep",
        "KUK dan SAK EP",
        date(clock.today.year + 1, 2, 17),
        80,
        96_000_000,
        actor,
        clock.days_ago(12),
        clock,
    )


def _line(
    agency: Agency, source: str, year: int, name: str, rupiah: int, actor: Actor, clock: Clock, approved: date | None
) -> BudgetLine:
    now = clock.at(min(approved or clock.days_ago(20), clock.today))
    fields = {"source": source, "year": year, "name": name, "ceiling_rupiah": rupiah}
    line = keep_budget_line(agency=agency, line=None, fields=fields, actor=actor, now=now)
    if approved:
        approve_budget_line(
            line=line, status="running" if year >= clock.today.year else "done", approved_on=approved, document=f"DPA/CONTOH/{year}",
            actor=actor, now=now,
        )  # fmt: skip
    return line


def _plan(
    agency: Agency,
    line: BudgetLine,
    topic: str,
    title: str,
    day: date,
    room: int,
    rupiah: int,
    actor: Actor,
    on: date,
    clock: Clock,
) -> TrainingSession:
    fields = {
        "topic": topic, "title": title or topics()[topic].name, "planned_on": day, "until": None, "place": f"{HALL}, {agency.place.name}",
        "capacity": room, "hours": topics()[topic].hours, "speakers": TEACHERS, "cost_rupiah": rupiah, "budget": line,
    }  # fmt: skip
    return plan_session(agency=agency, session=None, fields=fields, actor=actor, now=clock.at(on))


def _held(
    agency: Agency, line: BudgetLine, topic: str, title: str, day: date, officers: list[Officer], share: float, rupiah: int,
    actor: Actor, clock: Clock, *, tested: bool = False,
) -> int:  # fmt: skip
    """Plan, invite, hold and close a session of the past."""
    rng = Random(f"{agency.slug} {title or topic}")
    before, now = day - timedelta(days=14), clock.at(day, 16)
    session = _plan(agency, line, topic, title, day, len(officers) + 10, rupiah, actor, before, clock)
    invite_officers(session=session, officers=officers, actor=actor, now=clock.at(before), today=before)
    rows = list(Participant.objects.filter(agency=agency, session=session).order_by("pk"))
    present = [row for row in rows if rng.random() < share]
    keep_attendance(session=session, present=[row.pk for row in present], absent=[], actor=actor, now=clock.at(day, 9))
    if tested:
        scores = {row.pk: (rng.randint(30, 65), rng.randint(52, 96)) for row in present}
        keep_scores(session=session, scores=scores, actor=actor, now=now)
        _evaluate(present[:24], rng, now)
    issue_certificates(agency=agency, session=session, actor=actor, now=now, today=day)
    return TrainingAttendance.objects.filter(agency=agency, session=session).count()


def _evaluate(rows: list[Participant], rng: Random, now) -> None:
    """Each answers with the own invitation, as nobody with a login."""
    for row in rows:
        answers = {code: rng.choice((3, 4, 4, 5, 5)) for code in questions()}
        with bound(Context(Role.PUBLIC, NOBODY_ID, row.agency_id, row.cooperative_id, code=row.code)):
            actor = Actor(NOBODY_ID, "Peserta bimtek, dengan undangannya", "warga", row.agency_id, row.cooperative_id)
            evaluate_session(participant=row, answers=answers, actor=actor, now=now)
