"""Papers that list people: the collection sheet of an RT, the register of members, their savings, who is behind.

Plain dataclasses in, PDF out; no queries. Lists of persons are never frozen or kept: each carries who printed it, and when.
"""

from dataclasses import dataclass
from datetime import date, datetime

from registry.formats import format_month
from registry.paper import Paper, PaperFile, render_pdf

STYLES = ["lists.css"]


@dataclass(frozen=True, slots=True)
class Printed:
    """What every list says of itself: whose it is, and who printed it when."""

    cooperative_name: str
    place_line: str
    place: str
    printed_by: str
    printed_at: datetime
    paper: Paper = "A4"
    practice: bool = False
    demo: bool = False

    @property
    def mark(self) -> str:
        """What is said beside the printer's name where the numbers are not real."""
        return " · latihan" if self.practice else " · data contoh" if self.demo else ""


# --- The collection sheet ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One member of the sheet who still owes: `months` "Okt, Nov", `rupiah` for all of them."""

    number: str
    name: str
    months: str
    rupiah: int


@dataclass(frozen=True, slots=True)
class SheetPart:
    """The members of one RT/RW, and the address their QR code opens."""

    title: str
    address: str
    members: int
    lines: tuple[SheetLine, ...]

    @property
    def rupiah(self) -> int:
        return sum(line.rupiah for line in self.lines)


@dataclass(frozen=True, slots=True)
class CollectionSheet:
    """A month's sheet, one part for each RT/RW, each from a page of its own."""

    printed: Printed
    month: date
    parts: tuple[SheetPart, ...]

    @property
    def month_text(self) -> str:
        return format_month(self.month)


def collection_sheet_pdf(sheet: CollectionSheet) -> PaperFile:
    """The sheet to carry from door to door. Raises PaperError."""
    title = f"Lembar setoran {sheet.month_text}"
    return render_pdf(
        "paper/collection_sheet.html", {"s": sheet, "p": sheet.printed}, stylesheets=STYLES, paper=sheet.printed.paper,
        title=title,
    )  # fmt: skip


# --- The register of members ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MemberLine:
    """One line of the register in its official columns; no NIK."""

    number: str
    name: str
    born: str
    sex: str
    occupation: str
    address: str
    joined_on: date
    left_on: date | None = None
    left_why: str = ""


@dataclass(frozen=True, slots=True)
class MemberBook:
    """Buku daftar anggota (UU 25/1992 Pasal 17), everybody who ever joined, as of a day."""

    printed: Printed
    as_of: date
    lines: tuple[MemberLine, ...]

    @property
    def left(self) -> int:
        return sum(line.left_on is not None for line in self.lines)


def member_book_pdf(book: MemberBook) -> PaperFile:
    """The register, turned, with room for signatures. Raises PaperError."""
    return render_pdf(
        "paper/member_book.html", {"b": book, "p": book.printed}, stylesheets=STYLES, paper=book.printed.paper,
        title="Buku daftar anggota",
    )  # fmt: skip


# --- Savings of everybody ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SaverLine:
    """One member's year: savings before it, what came in of each kind, what was given back; rupiah."""

    number: str
    name: str
    opening: int
    pokok: int
    wajib: int
    withdrawn: int

    @property
    def closing(self) -> int:
        return self.opening + self.pokok + self.wajib - self.withdrawn


@dataclass(frozen=True, slots=True)
class SaversBook:
    """Buku simpanan anggota of a year: one line a member, and the sums."""

    printed: Printed
    year: int
    until: date
    lines: tuple[SaverLine, ...]

    @property
    def sums(self) -> SaverLine:
        """All lines added up."""
        columns = {
            name: sum(getattr(line, name) for line in self.lines) for name in ("opening", "pokok", "wajib", "withdrawn")
        }
        return SaverLine("", "Jumlah", **columns)


def savers_book_pdf(book: SaversBook) -> PaperFile:
    """The savings of everybody in a year. Raises PaperError."""
    return render_pdf(
        "paper/savers_book.html", {"b": book, "p": book.printed}, stylesheets=STYLES, paper=book.printed.paper,
        title=f"Buku simpanan anggota {book.year}",
    )  # fmt: skip


# --- Arrears ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LateLine:
    """One member behind: since which month, how many months, rupiah."""

    number: str
    name: str
    rt_rw: str
    since: date
    months: int
    rupiah: int


@dataclass(frozen=True, slots=True)
class LateList:
    """Daftar tunggakan as of a day; `bands` are (age in words, members, rupiah)."""

    printed: Printed
    as_of: date
    members: int
    lines: tuple[LateLine, ...]
    bands: tuple[tuple[str, int, int], ...]

    @property
    def rupiah(self) -> int:
        return sum(line.rupiah for line in self.lines)


def late_list_pdf(late: LateList) -> PaperFile:
    """Who is behind, the longest first. Raises PaperError."""
    return render_pdf(
        "paper/late_list.html", {"t": late, "p": late.printed}, stylesheets=STYLES, paper=late.printed.paper,
        title="Daftar tunggakan simpanan wajib",
    )  # fmt: skip
