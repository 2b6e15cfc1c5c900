"""What the numbers do not say: who signs, the letterhead, which revision."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from koperasi.reports.board import Board
from koperasi.reports.monthly import (
    AgencyHead,
    MonthlyReport,
    Signatory,
)
from registry.charts import INKS, NEUTRAL_INK
from registry.formats import format_number
from registry.models import Agency
from registry.models import Signatory as SignatoryRow


@dataclass(frozen=True)
class PaperFacts:
    """What the numbers do not say: who signs, which revision, its code, when, and the decisions asked.

    `decisions` None: generated from the blockers. `before`: the report an earlier revision published, with `reason`
    why it is replaced. `earlier`: what was published for the months before, by month, for the Rekapitulasi's change.
    """

    signatory: Signatory
    published_at: datetime
    code: str
    check_url: str
    revision: int = 1
    letter_number: str = ""
    decisions: tuple[str, ...] | None = None
    before: MonthlyReport | None = None
    reason: str = ""
    earlier: Mapping[date, MonthlyReport] = field(default_factory=dict)


def signatory_on(agency: Agency, day: date) -> Signatory | None:
    """Who signs on a day; None when nobody is entered."""
    rows = SignatoryRow.objects.filter(agency=agency, valid_from__lte=day).exclude(valid_to__lt=day)
    row = rows.order_by("-valid_from", "-pk").first()
    return Signatory(row.name, row.post, row.rank, row.nip, row.capacity) if row else None


def agency_head(board: Board) -> AgencyHead:
    """The letterhead of a report on the day of publishing, with what it counts."""
    return letterhead(
        board.agency, f"{format_number(len(board.lines))} koperasi di {format_number(len(board.districts))} kecamatan"
    )


def letterhead(agency: Agency, scope: str = "") -> AgencyHead:
    """The letterhead of the dinas. Needs `place` selected."""
    region = agency.government.removeprefix("Pemerintah ")
    contact = [
        agency.address,
        f"Telepon {agency.phone}" if agency.phone else "",
        f"Pos-el {agency.email}" if agency.email else "",
    ]
    return AgencyHead(
        slug=agency.slug,
        area_code=agency.place_id.replace(".", ""),
        region=region,
        government=agency.government,
        name=agency.name,
        address_line=" · ".join(part for part in contact if part),
        place=region.split(" ", 1)[-1],
        head_title=agency.head_title,
        scope=scope,
        paper=agency.paper_size,
        brand=INKS.get(agency.slug, NEUTRAL_INK).brand,
        village_word="Kelurahan" if agency.place.level == "city" else "Desa",
        demo=agency.is_demo,
    )
