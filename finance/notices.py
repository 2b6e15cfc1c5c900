"""Papers that hang where everybody reads them: the poster for the door, the notice-board sheet. No member's name on them.

Plain dataclasses in, PDF out; no queries.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from finance.papers import address_without_scheme
from registry.formats import format_date_long
from registry.paper import PaperFile, render_pdf


@dataclass(frozen=True, slots=True)
class DoorPoster:
    """The poster that leads from the door to the public page. `pokok`, `wajib`: dues in force, None when not set."""

    cooperative_name: str
    place_line: str
    address: str
    pokok: int | None
    wajib: int | None
    code: str
    check_url: str
    brand: str
    demo: bool = False
    practice: bool = False

    @property
    def check_address(self) -> str:
        return address_without_scheme(self.check_url)


def door_poster_pdf(poster: DoorPoster, *, paper: Literal["A4", "A5"]) -> PaperFile:
    """The poster on one page, A4 or A5. Raises PaperError."""
    context = {"p": poster, "size": paper.lower(), "size_mm": 92 if paper == "A4" else 62}
    title = f"Poster pintu {poster.cooperative_name}"
    return render_pdf("paper/door_poster.html", context, stylesheets=["door_poster.css"], paper=paper, title=title)


BOARD_FIRST, BOARD_NEXT = 34, 39  # lines of the notice-board sheet on its first page and on the next ones


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One member on the notice board: the number, never the name."""

    number: str
    pokok: int
    wajib: int

    @property
    def total(self) -> int:
        return self.pokok + self.wajib


@dataclass(frozen=True, slots=True)
class BoardSheet:
    """Everybody's balance on a day, for the notice board: each finds the own number and compares with the own receipt."""

    cooperative_name: str
    place_line: str
    as_of: date
    rows: tuple[BoardRow, ...]
    check_url: str
    printed_at: datetime
    printed_by: str
    demo: bool = False

    @property
    def pages(self) -> list[list[tuple[BoardRow | None, ...]]]:
        """Lines of three members, page by page: down the first column, then the second, then the third."""
        pages: list[list[tuple[BoardRow | None, ...]]] = []
        start = 0
        while start < len(self.rows):
            height = BOARD_FIRST if not pages else BOARD_NEXT
            part = self.rows[start : start + 3 * height]
            height = min(height, -(-len(part) // 3))
            cell = dict(enumerate(part))
            pages.append([tuple(cell.get(line + column * height) for column in range(3)) for line in range(height)])
            start += len(part)
        return pages

    @property
    def pokok(self) -> int:
        return sum(row.pokok for row in self.rows)

    @property
    def wajib(self) -> int:
        return sum(row.wajib for row in self.rows)

    @property
    def total(self) -> int:
        return self.pokok + self.wajib

    @property
    def check_address(self) -> str:
        return self.check_url.split("://", 1)[-1].rstrip("/")


def board_sheet_pdf(sheet: BoardSheet) -> PaperFile:
    """The notice-board sheet on A4. Raises PaperError."""
    title = f"Papan saldo {sheet.cooperative_name}, {format_date_long(sheet.as_of)}"
    return render_pdf("paper/board_sheet.html", {"b": sheet}, stylesheets=["board_sheet.css"], paper="A4", title=title)
