"""Reported figures of one cooperative: the latest of each, and the days before."""

import json
from dataclasses import dataclass
from datetime import date
from functools import cache

from django.conf import settings

from registry.models import Agency, Cooperative, FigureKind, ReportedFigure

DAYS_SHOWN = 8


@dataclass(frozen=True)
class Line:
    """One figure over the shown days; None where nobody reported it."""

    code: str
    label: str
    unit: str
    definition: str
    latest: ReportedFigure | None
    cells: list[int | None]


@dataclass(frozen=True)
class Figures:
    days: list[date]  # newest first
    lines: list[Line]


@cache
def figure_kinds() -> dict[str, dict]:
    """Return what each reported figure means: label, unit, definition (`fixtures/figure_kinds.json`)."""
    rows = json.loads((settings.FIXTURES_DIR / "figure_kinds.json").read_text())
    return {row["code"]: row for row in rows}


def figures(cooperative: Cooperative, agency: Agency) -> Figures:
    """Return every kind of figure with its latest report. The latest report of a day counts. One query."""
    rows = ReportedFigure.objects.filter(cooperative=cooperative, agency=agency).order_by("period", "pk")
    latest: dict[tuple[str, date], ReportedFigure] = {(row.figure, row.period): row for row in rows}
    days = sorted({day for _, day in latest}, reverse=True)[:DAYS_SHOWN]
    kinds = figure_kinds()
    lines = []
    for code, label in FigureKind.choices:
        found = [latest[code, day] for day in sorted((d for c, d in latest if c == code), reverse=True)]
        cells = [latest[code, day].value if (code, day) in latest else None for day in days]
        lines.append(
            Line(code, label, kinds[code]["unit"], kinds[code]["definition"], found[0] if found else None, cells)
        )
    return Figures(days, lines)
