"""Papers of the registry that are no reports: the book of pengurus and pengawas, as PDF and as its twin in Excel."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from registry.models import Agency, Cooperative, Officer
from registry.paper import PaperFile, render_pdf
from registry.reports.officers import Book
from registry.sheets.columns import Column

# The columns of the official Buku Daftar Pengurus and Buku Daftar Pengawas that this register holds (no birth date is kept).
COLUMNS = (
    Column("name", "Nama", width=30), Column("sex", "L/P"), Column("position", "Jabatan", width=26),
    Column("appointed", "Diangkat oleh", width=18), Column("starts_on", "Diangkat", kind="date"),
    Column("ends_on", "Sampai", kind="date"), Column("decision", "SK atau berita acara", kind="identifier", width=34),
    Column("ended_on", "Berhenti", kind="date"), Column("reason", "Sebab berhenti", width=24),
)  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One term as the book prints it."""

    name: str
    sex: str
    position: str
    appointed: str
    starts_on: date
    ends_on: date
    decision: str
    ended_on: date | None
    reason: str


@dataclass(frozen=True)
class Sheet:
    """The same lines for paper and Excel: who serves, in the order of posts, then who served, the last first."""

    lines: tuple[Line, ...]
    serving: int

    @property
    def columns(self) -> tuple[Column, ...]:
        return COLUMNS

    @property
    def rows(self) -> list[list]:
        return [[getattr(line, column.key) for column in COLUMNS] for line in self.lines]


def officers_sheet(book: Book) -> Sheet:
    """Return the lines of the book of officers."""
    now = [*book.serving, *book.coming]
    return Sheet(tuple(_lines([*now, *book.former])), len(now))


def _lines(officers: Iterable[Officer]) -> Iterable[Line]:
    for one in officers:
        decided = f"{one.decision_on:%d/%m/%Y}" if one.decision_on else ""
        office = " (karena jabatan)" if one.ex_officio else ""
        yield Line(
            one.name, one.sex, f"{one.get_position_display()}{office}", one.get_appointed_by_display() if one.appointed_by else "",
            one.starts_on, one.ends_on, ", ".join(filter(None, (one.decision_number, decided))), one.ended_on,
            one.get_end_reason_display() if one.end_reason else "",
        )  # fmt: skip


def officers_pdf(cooperative: Cooperative, agency: Agency, book: Book, sheet: Sheet, *, made: str) -> PaperFile:
    """The book of pengurus and pengawas, turned. `made`: who printed it and when. Raises PaperError."""
    context = {
        "cooperative": cooperative.name, "district": cooperative.district.name, "sheet": sheet, "as_of": book.today, "made": made,
        "serving": len(book.serving), "vacant": book.vacant, "former": len(book.former), "mark": " · latihan" if cooperative.is_practice else " · data contoh" if agency.is_demo else "",
        "rules": book.judged.pack.label,
    }  # fmt: skip
    return render_pdf(
        "paper/officer_book.html", context, stylesheets=["lists.css"], paper=agency.paper_size,
        title="Daftar pengurus dan pengawas",
    )  # fmt: skip
