"""The monthly report of the month before last, published in time by the head's office; last month's waits for the staff."""

from datetime import date

from django.conf import settings

from koperasi.reports.board import Board
from koperasi.reports.figures import Period
from koperasi.reports.fill_monthly import TOLD, PaperFacts, fill, signatory_on
from koperasi.reports.monthly import MonthlyReport
from koperasi.reports.monthly_pdf import monthly_pdf
from koperasi.reports.monthly_xlsx import monthly_xlsx
from koperasi.reports.published import earlier_reports, latest, stored
from registry.access import Place
from registry.actions import Papers, publish_report
from registry.codes import new_code
from registry.models import Agency, Grant

from .clock import Clock
from .logins import acting

ISSUED_ON = 9  # of the month after


def publish(slug: str, admin: str, clock: Clock) -> int:
    """Publish the report of one agency, unless it is there. Return how many pages it has, or 0."""
    month, issued = clock.month(2), clock.month(1).replace(day=ISSUED_ON)
    with acting(admin) as actor:
        agency = Agency.objects.select_related("place").get(slug=slug)
        if latest(agency, month):
            return 0
        report = _counted(agency, month, clock, issued)
    paper = monthly_pdf(report)
    papers = Papers(f"laporan-{slug}-{month:%Y-%m}-r1", paper.content, monthly_xlsx(report))
    with acting(admin) as actor:
        place = Place(agency, None, Grant(agency=agency, kind=actor.kind))
        publish_report(
            place=place, period=month, revision=1, code=report.code, snapshot=stored(report), sha256=report.digest,
            papers=papers, reason="", actor=actor, now=clock.at(issued),
        )  # fmt: skip
    return paper.pages


def _counted(agency: Agency, month: date, clock: Clock, issued: date) -> MonthlyReport:
    signatory = signatory_on(agency, issued)
    assert signatory is not None, "the demo's agencies have a signatory"
    code = new_code(agency.pk, "agency")
    facts = PaperFacts(
        signatory=signatory,
        published_at=clock.at(issued),
        code=code,
        check_url=f"{settings.PUBLIC_URL}/k/{code}/",
        earlier=earlier_reports(agency, month),
    )
    report = fill(Board(agency, Period.of(month, issued), told=TOLD), facts)
    failed = [check.text for check in report.checks if not check.holds]
    assert not failed, failed
    return report
