"""The monthly report on paper: the snapshot and nothing else becomes a tagged PDF."""

from dataclasses import dataclass

from koperasi.reports.monthly import MonthlyReport
from registry.paper import PaperFile, render_pdf
from registry.templatetags.paper import ink_of

GROUP_STARTS = (1, 5, 8, 11)  # columns of the RDK before which a group begins
CLOSE_ROWS = 12  # more kecamatan than this are set closer, so that the RDK stays on one page


@dataclass(frozen=True, slots=True)
class ComparisonRow:
    """One kecamatan in the comparison: (part, whole, text, mean) for each column of bars."""

    name: str
    bars: tuple[tuple[int, int, str, int | None], ...]


def monthly_pdf(report: MonthlyReport) -> PaperFile:
    """Snapshot → PDF on the agency's paper (A4 or F4). Raises PaperError.

    Takes seconds for a large regency: call it from a job, outside the transaction.
    """
    return render_pdf(
        "paper/monthly.html",
        monthly_context(report),
        stylesheets=["monthly.css"],
        paper=report.agency.paper,
        title=report.title,
    )


def monthly_context(report: MonthlyReport) -> dict:
    """What the template sees: the report, its totals counted once, and the colours of the agency."""
    return {
        "r": report,
        "agency": report.agency,
        "ink": ink_of(report.agency.brand),
        "stamp": report.stamp,
        "total": report.district_total,
        "dues_total": report.dues_total,
        "training_total": report.training_total,
        "comparison_rows": comparison_rows(report),
        "many": len(report.districts) > CLOSE_ROWS,
        "starts": GROUP_STARTS,
        "silent_names": 2 if len(report.districts) > CLOSE_ROWS else 12,
        "aside_mm": 51 if report.agency.paper == "A4" else 46,  # what is left beside a map of 106 mm
        "annex": report.annex,
    }


def comparison_rows(report: MonthlyReport) -> tuple[ComparisonRow, ...]:
    """The comparison turned by kecamatan, in the order of the RDK."""
    means = [comparison.mean for comparison in report.comparisons]
    return tuple(
        ComparisonRow(
            district.name,
            tuple((*c.parts[at], c.text(at), mean) for c, mean in zip(report.comparisons, means, strict=True)),
        )
        for at, district in enumerate(report.districts)
    )
