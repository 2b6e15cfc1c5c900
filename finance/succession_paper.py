"""The berita acara of a hand-over between treasurers (A4). Frozen facts in, PDF out; no queries."""

from dataclasses import dataclass
from datetime import date, datetime

from registry.formats import DAYS, terbilang
from registry.paper import PaperFile, render_pdf
from registry.periods import in_jakarta


@dataclass(frozen=True, slots=True)
class SuccessionPaper:
    """The berita acara by which one treasurer hands cash and books to the next. Frozen facts only.

    `notes` are (note, sheets, rupiah); `items` (what, how much) go over unfinished. `absence` says why the outgoing
    treasurer was not there: then `offered_by_name` is the ketua and `witness_name` the pengawas. `digest` is that of
    `last_entry` (docs/seal.md), hex; `difference_entry` the entry that brought the books to the cash counted.
    """

    cooperative_name: str
    place_line: str
    place: str
    number: str
    outgoing_name: str
    incoming_name: str
    offered_by_name: str
    offered_at: datetime
    absence: str
    witness_name: str
    witnessed_at: datetime | None
    received_at: datetime
    notes: tuple[tuple[int, int, int], ...]
    coins: int
    counted_rupiah: int
    booked_rupiah: int
    reason: str
    difference_entry: str
    bank_rupiah: int
    items: tuple[tuple[str, str], ...]
    last_entry: str
    digest: str
    practice: bool = False
    demo: bool = False

    @property
    def terbilang(self) -> str:
        return terbilang(self.counted_rupiah)

    @property
    def difference(self) -> int:
        return self.counted_rupiah - self.booked_rupiah

    @property
    def digest_lines(self) -> tuple[str, ...]:
        """The digest in groups of eight, as it can be read out."""
        return tuple(self.digest[at : at + 8] for at in range(0, len(self.digest), 8))

    @property
    def received_on(self) -> date:
        return in_jakarta(self.received_at).date()

    @property
    def weekday(self) -> str:
        return DAYS[self.received_on.weekday()]


def succession_pdf(paper: SuccessionPaper) -> PaperFile:
    """The berita acara on A4. Raises PaperError."""
    title = f"Berita acara serah terima {paper.number}"
    return render_pdf("paper/succession.html", {"h": paper}, stylesheets=["succession.css"], paper="A4", title=title)
