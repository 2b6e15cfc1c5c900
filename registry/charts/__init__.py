"""Charts as frozen dataclasses with integer geometry; `templates/charts/<kind>.html` turns each into SVG.

Pure: no settings, no clock, no database (only `draw` reaches for a template). The caller hands in numbers
together with their written form ("74%", "Rp 1.200"), so a chart and the sentence beside it can never write a
number differently.

One template serves screen and PDF. On the screen colours come from classes and the style sheet. WeasyPrint
lets no style sheet of the page into an inline SVG, so a chart with a `Paper` also carries its size in
millimetres and its colours as presentation attributes.
"""

from functools import lru_cache

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from .bars import Bar, Bars, Composition, Gauge, Part, bars, composition, gauge
from .dots import Dots, dots
from .lines import Line, Sparkline, line, paper_sparkline, sparkline
from .months import CHOSEN, FUTURE, NONE, PAID, PART, TAKEN, UNPAID, Box, Month, Twelve, Year, twelve, year
from .parts import INKS, NEUTRAL_INK, Column, Ink, Mark, Paper, Row, Table, Value, filled

__all__ = [
    "draw", "bars", "composition", "dots", "gauge", "line", "sparkline", "paper_sparkline", "twelve", "year",
    "Value", "Table", "Column", "Row", "Paper", "Ink", "INKS", "NEUTRAL_INK", "filled",
    "Bar", "Bars", "Box", "Composition", "Dots", "Gauge", "Line", "Mark", "Month", "Part", "Sparkline",
    "Twelve", "Year",
    "PAID", "PART", "UNPAID", "TAKEN", "CHOSEN", "FUTURE", "NONE",
]  # fmt: skip


# These come in the hundreds on a page and in a few dozen different kinds, so equal ones are drawn once.
_SMALL = {"twelve", "card12", "gauge"}


def draw(chart) -> SafeString:
    """The SVG of any chart of this package, or of a choropleth of `registry.maps`."""
    return _drawn_once(chart) if chart.kind in _SMALL else _drawn(chart)


def _drawn(chart) -> SafeString:
    return render_to_string(f"charts/{chart.kind}.html", {"chart": chart})


_drawn_once = lru_cache(maxsize=1024)(_drawn)
