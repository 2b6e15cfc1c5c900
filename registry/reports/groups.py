"""Groups on their way, targets beside what was reached, events with what they cover."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count
from django.db.models.functions import ExtractYear

from registry.models import Agency, Event, EventCooperative, FormationGroup, Standing, YearTarget


@dataclass(frozen=True)
class Year:
    """One year of the target: `reached` counts this register, `recorded` is what older papers say; None: belum ada data."""

    year: int
    target: int | None
    reached: int
    recorded: int | None
    source: str

    @property
    def counted(self) -> int:
        """What stands for the year: the older paper's number where the office wrote one down."""
        return self.reached if self.recorded is None else self.recorded

    @property
    def percent(self) -> int | None:
        return round(100 * self.counted / self.target) if self.target else None


FACILITATED = (
    "Koperasi yang disahkan badan hukumnya dalam tahun itu menurut tanggal pengesahan di register ini; "
    "untuk tahun sebelum register, menurut catatan lama bila ada."
)


def years(agency: Agency, today: date) -> list[Year]:
    """Return the years with a target or a pengesahan since the first target, newest first. Two queries."""
    targets = {
        row.year: row for row in YearTarget.objects.filter(agency=agency, indicator=YearTarget.Indicator.FOUNDED)
    }
    founded = dict(
        Standing.objects.filter(
            agency=agency, cooperative__is_practice=False, decree_on__isnull=False, decree_on__lte=today
        )
        .order_by()
        .values_list(ExtractYear("decree_on"))
        .annotate(n=Count("pk"))
    )
    first = min([*targets, today.year])
    return [
        Year(
            year,
            targets[year].target if year in targets else None,
            founded.get(year, 0),
            targets[year].recorded if year in targets else None,
            targets[year].source if year in targets else "",
        )
        for year in range(max([today.year, *targets]), first - 1, -1)
    ]


def groups(agency: Agency, state: str = "") -> list[FormationGroup]:
    """Return the groups, by kecamatan; those of one state when asked."""
    rows = FormationGroup.objects.filter(agency=agency).select_related("district", "village", "cooperative")
    return list(rows.filter(state=state) if state else rows)


def states(agency: Agency) -> dict[str, int]:
    """Count the groups by state."""
    found = FormationGroup.objects.filter(agency=agency).order_by().values_list("state").annotate(n=Count("pk"))
    return dict(found)


def events(agency: Agency) -> list[Event]:
    """Return the events, newest first, each with `covered`: how many cooperatives. Two queries."""
    covered = dict(
        EventCooperative.objects.filter(agency=agency).order_by().values_list("event").annotate(n=Count("pk"))
    )
    rows = list(Event.objects.filter(agency=agency).select_related("evidence"))
    for row in rows:
        row.covered = covered.get(row.pk, 0)
    return rows
