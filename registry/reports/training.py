"""Bimtek as the dinas plans and holds it: the year with its money, one session with its people, who was never there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Avg, Case, Count, Exists, IntegerField, OuterRef, Q, QuerySet, Sum, Value, When

from registry.models import (
    Agency,
    BudgetLine,
    Certificate,
    Cooperative,
    Evaluation,
    Officer,
    Participant,
    Position,
    TrainingAttendance,
    TrainingSession,
)
from registry.reports.status import GONE
from registry.training import questions, topic_name

# Who keeps the money first: the training of 2025 reached chairs and pengawas, and left the treasurers out.
POSTS = (
    Position.TREASURER, Position.SECRETARY, Position.CHAIR, Position.VICE_BUSINESS, Position.VICE_MEMBERSHIP,
    Position.SUPERVISOR_CHAIR, Position.SUPERVISOR_MEMBER,
)  # fmt: skip
State = TrainingSession.State
MOST_PRINTED = 150  # certificates in one file: half of what the paper worker's limit of processor time allows

# --- The year -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Planned:
    """One session of the plan, with how many were invited, came, and have a certificate."""

    session: TrainingSession
    invited: int
    present: int
    certificates: int

    @property
    def topic(self) -> str:
        return topic_name(self.session.topic)


@dataclass(frozen=True)
class Money:
    """A budget line with its sessions (None: sessions that have none yet)."""

    line: BudgetLine | None
    sessions: tuple[Planned, ...]

    @property
    def planned_rupiah(self) -> int:
        return sum(one.session.cost_rupiah for one in self.sessions if one.session.state != State.CANCELLED)

    @property
    def over_rupiah(self) -> int:
        """How much the sessions cost above the ceiling; 0 when they fit."""
        return max(0, self.planned_rupiah - self.line.ceiling_rupiah) if self.line else 0


def plan(agency: Agency, year: int) -> list[Money]:
    """Read the plan of a year: budget lines with their sessions, then sessions without one. Five queries."""
    lines = list(BudgetLine.objects.filter(agency=agency, year=year))
    here = Q(planned_on__year=year, budget__isnull=True) | Q(budget__in=[line.pk for line in lines])
    sessions = list(TrainingSession.objects.filter(here, agency=agency))
    counts = [
        dict(rows.filter(agency=agency, session__in=sessions).order_by().values_list("session").annotate(n=Count("pk")))
        for rows in (Participant.objects, TrainingAttendance.objects, Certificate.objects)
    ]
    seen = [Planned(one, *(count.get(one.pk, 0) for count in counts)) for one in sessions]
    found = [Money(line, tuple(one for one in seen if one.session.budget_id == line.pk)) for line in lines]
    loose = tuple(one for one in seen if one.session.budget_id is None)
    return [*found, *([Money(None, loose)] if loose else [])]


def years(agency: Agency, today: date) -> list[int]:
    """Return the years that have a plan, and this one, the newest first."""
    lines = BudgetLine.objects.filter(agency=agency).values_list("year", flat=True)
    days = TrainingSession.objects.filter(agency=agency).dates("planned_on", "year")
    return sorted({*lines, *(day.year for day in days), today.year}, reverse=True)


def spent_on(line: BudgetLine, besides: int | None = None) -> int:
    """Return what the sessions of a line cost together, without the session `besides`, in rupiah."""
    rows = TrainingSession.objects.filter(agency_id=line.agency_id, budget=line).exclude(state=State.CANCELLED)
    return rows.exclude(pk=besides).aggregate(n=Sum("cost_rupiah"))["n"] or 0


# --- One session ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Person:
    """A participant with what became of the invitation."""

    row: Participant
    attendance: TrainingAttendance | None
    certificate: Certificate | None

    @property
    def officer(self) -> Officer:
        return self.row.officer

    @property
    def cooperative(self) -> Cooperative:
        return self.row.cooperative


def people(session: TrainingSession, cooperative: Cooperative | None = None) -> list[Person]:
    """Return who was invited or came, by kecamatan and cooperative; of one cooperative if named. Three queries."""
    here = {"agency_id": session.agency_id, "session": session}
    if cooperative:
        here["cooperative"] = cooperative
    rows = Participant.objects.filter(**here).select_related("officer", "cooperative__district")
    came = {row.officer_id: row for row in TrainingAttendance.objects.filter(**here)}
    given = {row.attendance_id: row for row in Certificate.objects.filter(**here)}
    found = []
    for row in rows.order_by("cooperative__district", "cooperative__name", "officer__organ", "officer"):
        attendance = came.get(row.officer_id)
        found.append(Person(row, attendance, given.get(attendance.pk) if attendance else None))
    return found


def candidates(
    agency: Agency, session: TrainingSession, today: date, *, posts: Sequence[str], district: str = "", ever: str = "",
    search: str = "",
) -> QuerySet[Officer]:  # fmt: skip
    """Return who may be invited, the posts in their order. `ever`: "" never trained, "topik" not in this topic, "semua" all.

    Those invited to the session already are left out, and those of cooperatives that are gone.
    """
    rows = serving(agency, today).filter(position__in=list(posts))
    attended = TrainingAttendance.objects.filter(agency=agency, officer=OuterRef("pk"))
    if ever == "topik":
        attended = attended.filter(topic_code=session.topic)
    if ever != "semua":
        rows = rows.exclude(Exists(attended))
    rows = rows.exclude(Exists(Participant.objects.filter(agency=agency, session=session, officer=OuterRef("pk"))))
    if district:
        rows = rows.filter(cooperative__district=district)
    for word in search.split()[:6]:
        rows = rows.filter(Q(name__icontains=word) | Q(cooperative__name__icontains=word))
    return in_order(rows)


def serving(agency: Agency, today: date) -> QuerySet[Officer]:
    """Return who holds a post on a day in a cooperative that counts: the denominator of every coverage figure."""
    rows = Officer.objects.filter(agency=agency, starts_on__lte=today, cooperative__is_practice=False)
    rows = rows.filter(Q(ended_on__isnull=True) | Q(ended_on__gt=today))
    return rows.exclude(cooperative__standing__legal_status__in=GONE)


def in_order(rows: QuerySet[Officer]) -> QuerySet[Officer]:
    """Return the officers by post (treasurers first), kecamatan and cooperative, with their cooperative selected."""
    whens = [When(position=position, then=Value(number)) for number, position in enumerate(POSTS)]
    order = Case(*whens, default=Value(99), output_field=IntegerField())
    return rows.select_related("cooperative__district").order_by(
        order, "cooperative__district", "cooperative__name", "pk"
    )


@dataclass(frozen=True)
class Marks:
    """The evaluation of a session: per question the mean (tenths) and how many answered."""

    rows: tuple[tuple[str, float | None, int], ...]
    answered: int


def marks(session: TrainingSession) -> Marks:
    """Return the anonymous answers summed up; fewer than five answers are not shown apart. One query."""
    counted = {
        code: (mean, n)
        for code, mean, n in Evaluation.objects.filter(agency_id=session.agency_id, session=session)
        .values_list("question")
        .annotate(mean=Avg("score"), n=Count("pk"))
    }
    most = max((n for _, n in counted.values()), default=0)
    shown = most >= FEWEST_ANSWERS
    rows = [(text, *(counted.get(code, (None, 0)) if shown else (None, 0))) for code, text in questions().items()]
    return Marks(tuple(rows), most)


FEWEST_ANSWERS = 5  # below it an answer could be told apart

# --- One cooperative --------------------------------------------------------------------------------


@dataclass(frozen=True)
class OwnTraining:
    """What the people of one cooperative took part in, their certificates, what comes next."""

    attended: tuple[tuple[TrainingAttendance, Certificate | None], ...]
    invitations: tuple[Participant, ...]
    untrained: tuple[Officer, ...]
    serving: int


def of_cooperative(cooperative: Cooperative, agency: Agency, today: date) -> OwnTraining:
    """Read one cooperative's bimtek in four queries."""
    here = {"cooperative": cooperative, "agency": agency}
    rows = TrainingAttendance.objects.filter(**here).select_related("officer").order_by("-held_on", "-pk")
    given = {one.attendance_id: one for one in Certificate.objects.filter(**here)}
    coming = Participant.objects.filter(
        **here, session__state=State.OPEN, session__planned_on__gte=today, invited_on__isnull=False
    )
    trained = {row.officer_id for row in rows}
    posts = list(in_order(serving(agency, today).filter(cooperative=cooperative)))
    return OwnTraining(
        tuple((row, given.get(row.pk)) for row in rows[:200]),
        tuple(coming.select_related("session", "officer").order_by("session__planned_on", "pk")),
        tuple(one for one in posts if one.pk not in trained),
        len(posts),
    )
