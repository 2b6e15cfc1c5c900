"""The parts of the monthly report's snapshot: letterhead, figures, map, rows of its tables, matters, annex.

Frozen dataclasses of plain values; what can be computed from them (sums, percents, words) is a property.
Units and meaning of None as in `monthly`.
"""

from .figure import Before, Figure, Share, SourceMix
from .letter import AgencyHead, Letter, Signatory
from .matters import (
    AgeBucket,
    AnnexGroup,
    AnnexRow,
    BlockerGroup,
    BuildingRow,
    Correction,
    Decision,
    Freshness,
    SilentDistrict,
    TrainingRow,
)
from .numbers import Check, add_known, difference, percent_text
from .picture import MapArea, MapClass, MapPicture, Stage
from .tables import RDK_COLUMNS, Comparison, DistrictRow, DuesRow

__all__ = [
    "AgeBucket",
    "AgencyHead",
    "AnnexGroup",
    "AnnexRow",
    "Before",
    "BlockerGroup",
    "BuildingRow",
    "Check",
    "Comparison",
    "Correction",
    "Decision",
    "DistrictRow",
    "DuesRow",
    "Figure",
    "Freshness",
    "Letter",
    "MapArea",
    "MapClass",
    "MapPicture",
    "RDK_COLUMNS",
    "Share",
    "Signatory",
    "SilentDistrict",
    "SourceMix",
    "Stage",
    "TrainingRow",
    "add_known",
    "difference",
    "percent_text",
]
