"""R6, Gedung operasional: the list of the screen as a paper of the dinas, with the same filters and the same number of rows."""

from dataclasses import dataclass
from datetime import date

from koperasi.reports.fill_monthly import letterhead, signatory_on
from koperasi.reports.monthly import AgencyHead, Signatory
from registry.building import Rules
from registry.models import Agency
from registry.paper import PaperFile, render_pdf
from registry.reports.buildings import UNKNOWN, Listing, Row, rows_of

TITLE = "Gedung operasional koperasi"


@dataclass(frozen=True)
class BuildingPaper:
    """What the paper shows: the rows asked for, how they were asked for, the counts above them."""

    agency: AgencyHead
    signatory: Signatory | None
    rows: tuple[Row, ...]
    seen: Listing
    filters: str
    today: date

    @property
    def rules(self) -> Rules:
        return self.seen.rules

    @property
    def counts(self) -> list[tuple[str, int]]:
        """By house, what is unknown last; they add up to `seen.of`."""
        words = {code: house.name for code, house in self.rules.houses.items()} | {UNKNOWN: "Belum didata"}
        return [(name, self.seen.at[code]) for code, name in words.items()]


def building_paper(agency: Agency, seen: Listing, filters: str, today: date) -> BuildingPaper:
    """Return the paper of a list as it is filtered on the screen. Four queries more."""
    rows = tuple(rows_of(agency, seen.found))
    return BuildingPaper(letterhead(agency), signatory_on(agency, today), rows, seen, filters, today)


def building_pdf(paper: BuildingPaper) -> PaperFile:
    """The paper → PDF. Raises PaperError."""
    context = {"b": paper, "agency": paper.agency, "seen": paper.seen}
    return render_pdf(
        "paper/buildings.html",
        context,
        stylesheets=["letter.css", "buildings.css"],
        paper=paper.agency.paper,
        title=TITLE,
    )
