"""Papers for members: the receipt (A6 and 58 mm roll), the proof of a pay-out (A6) and the savings book (A5).

Plain dataclasses in, PDF out; no queries. These papers name a person, so they are made for the asker and
never kept: a receipt says when the money was received, a savings book says who printed it and when.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from registry.formats import format_date_long, format_rupiah, terbilang
from registry.paper import PaperFile, render_pdf

MAX_RECEIPTS = 400  # one meeting evening; more go in parts


def address_without_scheme(url: str) -> str:
    """What people type: "https://kop.example/k/7K3-…/" → "kop.example/k". The code stands beside it."""
    return url.rstrip("/").split("://", 1)[-1].rsplit("/", 1)[0]


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """One thing paid for, short enough for a roll: "Wajib Agt. 2025", 10000 rupiah."""

    text: str
    rupiah: int


@dataclass(frozen=True, slots=True)
class ReceiptPaper:
    """Everything a receipt says. `rupiah` is the whole amount; `lines`, if given, add up to it.

    `place_line` "Kelurahan Pager Agung, Kecamatan Walantaka, Kota Serang" · `place` before the date
    ("Serang") · `number` "KW/2026/01842" · `purpose` "Simpanan wajib Agt., Sept., Okt. 2025, 3 bulan" ·
    `paid_how` "Tunai, diterima bendahara" · `balance_rupiah` savings after this payment (None: not
    printed) · `balance_text` adds what that is ("lunas sampai Oktober 2025") · `code` and `check_url` the
    public check page · `replaced` this receipt no longer counts, `replaced_by` the number that stands for
    it now · `practice` a practice cooperative: says so on paper.
    """

    cooperative_name: str
    place_line: str
    place: str
    number: str
    received_from: str
    member_number: str
    rupiah: int
    purpose: str
    paid_how: str
    received_by: str
    received_as: str
    received_at: datetime
    code: str
    check_url: str
    lines: tuple[ReceiptLine, ...] = ()
    balance_rupiah: int | None = None
    balance_text: str = ""
    replaced: bool = False
    replaced_by: str = ""
    practice: bool = False
    demo: bool = False

    def __post_init__(self) -> None:
        if self.rupiah <= 0:
            raise ValueError("A receipt is for money that was received.")
        if self.lines and sum(line.rupiah for line in self.lines) != self.rupiah:
            raise ValueError("The lines of a receipt add up to its amount.")

    @property
    def terbilang(self) -> str:
        return terbilang(self.rupiah)

    @property
    def check_address(self) -> str:
        return address_without_scheme(self.check_url)

    @property
    def dense(self) -> bool:
        """Long names and reasons are set closer, so that a receipt stays one page."""
        texts = (self.cooperative_name, self.received_from, self.purpose, self.paid_how, self.terbilang)
        return sum(map(len, texts)) > 220

    @property
    def printed_lines(self) -> tuple[ReceiptLine, ...]:
        """The roll always lists something: without lines, the purpose as one."""
        return self.lines or (ReceiptLine(self.purpose, self.rupiah),)


def receipt_pdf(*papers: ReceiptPaper) -> PaperFile:
    """Receipts on A6, one page each. Raises PaperError; ValueError for none or more than 400."""
    if not 1 <= len(papers) <= MAX_RECEIPTS:
        raise ValueError(f"1 to {MAX_RECEIPTS} receipts at a time.")
    title = f"Kuitansi {papers[0].number}" if len(papers) == 1 else f"{len(papers)} kuitansi"
    return render_pdf("paper/receipt.html", {"papers": papers}, stylesheets=["receipt.css"], paper="A6", title=title)


def receipt_thermal_pdf(paper: ReceiptPaper) -> PaperFile:
    """One receipt for a 58 mm roll, as long as its content. Raises PaperError."""
    title = f"Kuitansi {paper.number}"
    return render_pdf(
        "paper/receipt_thermal.html", {"r": paper}, stylesheets=["thermal.css"], paper="thermal", title=title
    )


# --- Pay-out to a leaver ---------------------------------------------------------------------------

DUTY_FROM = 5_000_000  # rupiah; above it a paper that proves a payment bears a stamp of Rp 10.000 (UU 10/2020 Ps 3, 5)


@dataclass(frozen=True, slots=True)
class PayOutPaper:
    """The proof that a leaver, or an heir, received money: signed by the receiver, kept by the cooperative.

    `number` "JU-2026-0311", of the entry · `payee` who took it ("" = the member) · `left_rupiah` still owed after it ·
    `signed_as` the office of who paid ("Bendahara").
    """

    cooperative_name: str
    place_line: str
    place: str
    number: str
    member_name: str
    member_number: str
    payee: str
    rupiah: int
    paid_how: str
    paid_by: str
    paid_on: date
    left_rupiah: int
    heir: bool = False
    practice: bool = False
    demo: bool = False
    taken_back: str = ""  # "22/11/2026": the pay-out was reversed on that day

    @property
    def terbilang(self) -> str:
        return terbilang(self.rupiah)

    @property
    def receiver(self) -> str:
        return self.payee or self.member_name

    @property
    def dense(self) -> bool:
        return sum(map(len, (self.cooperative_name, self.member_name, self.payee, self.terbilang))) > 180

    @property
    def needs_stamp(self) -> bool:
        return self.rupiah > DUTY_FROM


def pay_out_pdf(paper: PayOutPaper) -> PaperFile:
    """The proof on A6. Raises PaperError."""
    title = f"Tanda terima {paper.number}"
    return render_pdf("paper/pay_out.html", {"r": paper}, stylesheets=["receipt.css"], paper="A6", title=title)


# --- Cash that changes its place -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CashMovePaper:
    """The proof that cash went from one hand to another: signed by both.

    `number` "JU-2026-0311", of the entry · `counted_rupiah` what lay on the table (None: not counted) · `reason` of a
    difference · `void` taken back since.
    """

    cooperative_name: str
    place_line: str
    place: str
    number: str
    given_by: str
    taken_by: str
    rupiah: int
    counted_rupiah: int | None
    reason: str
    purpose: str
    moved_on: date
    void: bool = False
    practice: bool = False
    demo: bool = False

    @property
    def terbilang(self) -> str:
        return terbilang(self.rupiah)

    @property
    def count_text(self) -> str:
        """`Rp 450.000, cocok`, or the difference with its reason."""
        if self.counted_rupiah is None:
            return ""
        difference = self.counted_rupiah - self.rupiah
        if not difference:
            return f"{format_rupiah(self.counted_rupiah)}, cocok"
        word = "lebih" if difference > 0 else "kurang"
        return f"{format_rupiah(self.counted_rupiah)}, {word} {format_rupiah(abs(difference))}: {self.reason}"

    @property
    def dense(self) -> bool:
        texts = (self.cooperative_name, self.given_by, self.taken_by, self.terbilang, self.reason)
        return sum(map(len, texts)) > 180


def cash_move_pdf(paper: CashMovePaper) -> PaperFile:
    """The proof on A6. Raises PaperError."""
    title = f"Serah terima kas {paper.number}"
    return render_pdf("paper/cash_move.html", {"r": paper}, stylesheets=["receipt.css"], paper="A6", title=title)


# --- Savings book -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Savings:
    """What a member owns, in rupiah, by kind."""

    pokok: int = 0
    wajib: int = 0
    voluntary: int = 0

    @property
    def total(self) -> int:
        return self.pokok + self.wajib + self.voluntary


@dataclass(frozen=True, slots=True)
class SavingsRow:
    """One entry of the book: rupiah into pokok, wajib, voluntary, or `withdrawn` from voluntary.

    A reversal is a row of its own with negative amounts; `reverses` is the evidence number it takes back,
    `reason` why ("salah anggota"). `initials` of the person who recorded it.
    """

    on: date
    evidence: str
    text: str
    pokok: int = 0
    wajib: int = 0
    voluntary: int = 0
    withdrawn: int = 0
    initials: str = ""
    reverses: str = ""
    reason: str = ""

    def __post_init__(self) -> None:
        negative = min(self.pokok, self.wajib, self.voluntary, self.withdrawn) < 0
        if negative and not self.reverses:
            raise ValueError("A negative row names the entry it takes back.")

    @property
    def movement(self) -> int:
        return self.pokok + self.wajib + self.voluntary - self.withdrawn

    @property
    def printed_text(self) -> str:
        return f"Koreksi {self.reverses}" if self.reverses else self.text


@dataclass(frozen=True, slots=True)
class PrintedRow:
    """A row with the balance after it."""

    row: SavingsRow
    balance: int


@dataclass(frozen=True, slots=True)
class SavingsBook:
    """A member's savings from `opens_on` to `closes_on`, with what was carried forward. No NIK, no address.

    `opening`: savings on the evening before `opens_on`. `monthly_rupiah`: the wajib in force, None if it
    differs by month. `paid_through` / `next_due_on`: as the dues say today. `printed_by`: name of the
    person at the screen.
    """

    cooperative_name: str
    place_line: str
    member_number: str
    member_name: str
    joined_on: date
    opens_on: date
    closes_on: date
    opening: Savings
    rows: tuple[SavingsRow, ...]
    treasurer_name: str
    treasurer_post: str
    printed_at: datetime
    printed_by: str
    code: str
    check_url: str
    monthly_rupiah: int | None = None
    paid_through: date | None = None
    next_due_on: date | None = None
    demo: bool = False
    practice: bool = False

    @property
    def printed_rows(self) -> tuple[PrintedRow, ...]:
        balance, printed = self.opening.total, []
        for row in self.rows:
            balance += row.movement
            printed.append(PrintedRow(row, balance))
        return tuple(printed)

    @property
    def movement(self) -> SavingsRow:
        """The columns summed: what moved in the period."""
        sums = {
            name: sum(getattr(row, name) for row in self.rows) for name in ("pokok", "wajib", "voluntary", "withdrawn")
        }
        return SavingsRow(self.closes_on, "", "", **sums, reverses="-")

    @property
    def closing(self) -> Savings:
        moved = self.movement
        return Savings(
            self.opening.pokok + moved.pokok,
            self.opening.wajib + moved.wajib,
            self.opening.voluntary + moved.voluntary - moved.withdrawn,
        )

    @property
    def heading_year(self) -> str:
        first, last = self.opens_on.year, self.closes_on.year
        return str(first) if first == last else f"{first}–{last % 100:02d}"

    @property
    def many_years(self) -> bool:
        return self.opens_on.year != self.closes_on.year

    @property
    def monthly_text(self) -> str:
        return (
            "berbeda tiap bulan" if self.monthly_rupiah is None else f"{format_rupiah(self.monthly_rupiah)} tiap bulan"
        )

    @property
    def check_address(self) -> str:
        return address_without_scheme(self.check_url)

    @property
    def notes(self) -> Sequence[str]:
        """The sentences under the table: what brackets mean here, and up to when dues are paid."""
        sentences = ["Jumlah dalam rupiah."]
        for row in self.rows:
            if row.reverses:
                why = f" ({row.reason})" if row.reason else ""
                sentences.append(f"Tanda kurung: pembatalan {row.reverses}{why}, catatan asli tetap tersimpan.")
        if self.paid_through:
            month = format_date_long(self.paid_through).split(" ", 1)[1]
            due = f"; bulan berikutnya jatuh tempo {format_date_long(self.next_due_on)}" if self.next_due_on else ""
            sentences.append(f"Lunas iuran wajib sampai {month}{due}.")
        return sentences


def savings_book_pdf(book: SavingsBook) -> PaperFile:
    """The savings book of one member on A5. Raises PaperError."""
    title = f"Buku simpanan anggota {book.member_number}"
    return render_pdf("paper/savings_book.html", {"b": book}, stylesheets=["savings_book.css"], paper="A5", title=title)
