"""Everything the profile page of one cooperative shows, in a fixed number of queries."""

from dataclasses import dataclass
from datetime import date

from registry.classification import group_label
from registry.models import (
    ActivityDecision,
    Agency,
    AnnualMeeting,
    Blocker,
    BuildingRecord,
    Cooperative,
    CooperativeKbli,
    Officer,
    Profile,
    TrainingAttendance,
)
from registry.reports import freshness, status
from registry.reports.kuk import Sized, kuk_of
from registry.reports.officers import serving

MEETING_YEARS = 5


@dataclass(frozen=True)
class Year:
    """The RAT of one book year; `meeting` is None where none is on record."""

    book_year: int
    meeting: AnnualMeeting | None
    due: bool


@dataclass(frozen=True)
class Seen:
    """One cooperative as its profile page shows it on `as_of`."""

    as_of: date
    profile: Profile
    statuses: list[tuple[status.Rule, status.Status]]
    kbli: list[CooperativeKbli]
    officers: list[Officer]
    years: list[Year]
    building: BuildingRecord | None
    blockers: list[Blocker]
    trainings: list[TrainingAttendance]
    decisions: list[ActivityDecision]
    days: int | None
    kuk: Sized | None

    @property
    def group(self) -> str:
        return group_label(self.profile.coop_group)

    @property
    def main_status(self) -> tuple[status.Rule, status.Status]:
        return next(pair for pair in self.statuses if pair[0].code == status.DEFAULT_RULE)


def profile(cooperative: Cooperative, agency: Agency, as_of: date) -> Seen:
    """Read one cooperative's profile and the facts beside it. Nine queries."""
    here = {"cooperative": cooperative, "agency": agency}
    asked = [rule for rule in status.rules().values() if rule.parameters]
    rows = Cooperative.objects.filter(pk=cooperative.pk).select_related("profile__programme").order_by()
    for rule in asked:
        rows = status.with_status(rows, rule, as_of, agency, name=rule.code)
    row = rows.get()
    answers = [(rule, getattr(row, rule.code)) for rule in asked]
    return Seen(
        as_of=as_of,
        profile=row.profile,
        statuses=[(rule, status.Status(answer, rule.label(answer))) for rule, answer in answers],
        kbli=list(CooperativeKbli.objects.filter(**here).select_related("kbli").order_by("-is_main", "pk")),
        officers=serving(cooperative, agency),
        years=_years(here, agency, row.profile, as_of),
        building=BuildingRecord.objects.filter(**here, as_of__lte=as_of).order_by("-as_of", "-pk").first(),
        blockers=list(Blocker.objects.filter(**here, closed_on__isnull=True)),
        trainings=list(
            TrainingAttendance.objects.filter(**here).select_related("officer").order_by("-held_on", "-pk")[:20]
        ),
        decisions=list(ActivityDecision.objects.filter(**here)[:20]),
        kuk=kuk_of(cooperative, agency, as_of),
        days=freshness.days_since(row.profile.last_recorded_on, as_of),
    )


def _years(here: dict, agency: Agency, profile: Profile, as_of: date) -> list[Year]:
    """The last book years since the founding, newest first."""
    last, due = as_of.year - 1, status.last_due_year(agency, as_of)
    began = profile.founded_on or profile.deed_on or profile.decree_on
    first = max(last - MEETING_YEARS + 1, began.year if began else 0)
    found = AnnualMeeting.objects.filter(**here, held_on__lte=as_of)
    meetings = {meeting.book_year: meeting for meeting in found}
    return [Year(year, meetings.get(year), year <= due) for year in range(last, first - 1, -1)]
