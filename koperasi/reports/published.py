"""Published reports: reading what was frozen."""

import json
from dataclasses import dataclass
from datetime import date, datetime

from koperasi.reports.monthly import MONTHS_SHOWN, Check, Figure, MonthlyReport, from_json, to_json
from registry.models import Agency, PublishedReport
from registry.periods import add_months


def stored(report: MonthlyReport) -> dict:
    """The snapshot as it goes into the database."""
    return json.loads(to_json(report))


def report_of(row: PublishedReport) -> MonthlyReport:
    """The snapshot as it was published. Raises ValueError if the row was tampered with."""
    report = from_json(json.dumps(row.snapshot))
    if report.digest != row.sha256:
        raise ValueError("The snapshot is not the one that was published.")
    return report


def revisions(agency: Agency, month: date) -> list[PublishedReport]:
    """All revisions of a month, the one in force first."""
    return list(
        PublishedReport.objects.filter(agency=agency, kind="monthly", period=month).select_related("pdf", "xlsx")
    )


def latest(agency: Agency, month: date) -> PublishedReport | None:
    return PublishedReport.objects.filter(agency=agency, kind="monthly", period=month).order_by("-revision").first()


def earlier_reports(agency: Agency, month: date) -> dict[date, MonthlyReport]:
    """What is in force for the months a report looks back on, by month."""
    first = add_months(month, 1 - MONTHS_SHOWN)
    rows = PublishedReport.objects.filter(agency=agency, kind="monthly", period__gte=first, period__lt=month).order_by(
        "period", "revision"
    )
    return {row.period: report_of(row) for row in rows}


@dataclass(frozen=True)
class ReportCheck:
    """What a stranger with the code may see of a published report: that it is genuine, and its six figures."""

    title: str
    region: str
    month: date
    revision: int
    published_at: datetime
    code: str
    stamp: str
    figures: tuple[Figure, ...]
    checks: tuple[Check, ...]
    demo: bool
    agency_slug: str
    replaced_because: str = ""

    @property
    def correction(self) -> int:
        """Which ralat this is; 0 for the first issue."""
        return self.revision - 1


def report_check(code: str) -> ReportCheck | None:
    """The report behind a public code; None if there is none. Reads as the public role: only that code's row is there."""
    row = PublishedReport.objects.filter(code=code).first()
    if row is None:
        return None
    report = report_of(row)
    return ReportCheck(
        report.title, report.agency.region, row.period, row.revision, row.published_at, row.code, report.stamp, report.figures,
        report.checks, report.agency.demo, report.agency.slug, row.withdrawn_reason,
    )  # fmt: skip
