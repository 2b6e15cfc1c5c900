"""What cooperatives wait for, by the agency that must act; and the letter to that agency."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from koperasi.reports.fill_monthly import letterhead, signatory_on
from koperasi.reports.monthly import AgencyHead, Signatory
from registry.models import Agency, Blocker
from registry.paper import PaperFile, render_pdf
from registry.reports.status import GONE


@dataclass(frozen=True)
class Waiting:
    """Everything open that one agency must act on, oldest first."""

    waits_for: str
    rows: tuple[Blocker, ...]
    today: date

    @property
    def late(self) -> int:
        return sum(row.due_on is not None and row.due_on < self.today for row in self.rows)

    @property
    def oldest_days(self) -> int:
        return (self.today - min(row.opened_on for row in self.rows)).days


def waiting(agency: Agency, today: date, *, waits_for: str = "", district: str = "") -> list[Waiting]:
    """Return what is open on `today` by agency, those with most cooperatives first. One query."""
    rows = Blocker.objects.filter(
        agency=agency, closed_on__isnull=True, opened_on__lte=today, cooperative__is_practice=False
    )
    rows = rows.exclude(cooperative__standing__legal_status__in=GONE).select_related(
        "cooperative__district", "cooperative__village"
    )
    if waits_for:
        rows = rows.filter(waits_for=waits_for)
    if district:
        rows = rows.filter(cooperative__district=district)
    groups: dict[str, list[Blocker]] = defaultdict(list)
    for row in rows.order_by("opened_on", "pk"):
        groups[row.waits_for].append(row)
    found = [Waiting(name, tuple(rows), today) for name, rows in groups.items()]
    return sorted(found, key=lambda one: (-len(one.rows), one.waits_for))


@dataclass(frozen=True)
class Letter:
    """A letter to the agency that must act. Number and date stay empty: the office's letter system gives them."""

    agency: AgencyHead
    signatory: Signatory | None
    waiting: Waiting
    today: date

    @property
    def subject(self) -> str:
        return "Mohon tindak lanjut hambatan koperasi"


def letter(agency: Agency, waits_for: str, today: date) -> Letter | None:
    """Return the letter about everything open with that agency, or None when nothing is."""
    found = waiting(agency, today, waits_for=waits_for) if waits_for else []
    return Letter(letterhead(agency), signatory_on(agency, today), found[0], today) if found else None


def letter_pdf(asked: Letter) -> PaperFile:
    """Letter → PDF on the dinas' paper. Raises PaperError."""
    context = {"l": asked, "agency": asked.agency, "w": asked.waiting}
    return render_pdf(
        "paper/blocker_letter.html", context, stylesheets=["letter.css"], paper=asked.agency.paper, title=asked.subject
    )
