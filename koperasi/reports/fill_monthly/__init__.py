"""From the board of a month to the frozen snapshot of its report.

    report = fill(board, paper)                      # everything: for the job that publishes
    report = fill(board, paper, complete=False)      # the figures, the kecamatan and the checks: for the page

Every number of the report is counted here once, from the same pairs as home and dashboard. What is not known stays
`None` and is printed "…".
"""

from .paper import PaperFacts, agency_head, letterhead, signatory_on
from .report import TOLD, fill, numbers_mark

__all__ = ["TOLD", "PaperFacts", "agency_head", "fill", "letterhead", "numbers_mark", "signatory_on"]
