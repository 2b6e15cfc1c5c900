"""What is still open in the books when a treasurer hands over, and the hand-overs of a cooperative with their state."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, F, OuterRef, Sum

from finance.models import EXIT_PAYABLE, AccountMonth, Books, Entry, EntryKind, HandOver, HandOverSign
from registry.formats import format_month, format_number, format_rupiah
from registry.models import AnnualMeeting, Cooperative
from registry.periods import add_months, month_of

from .arrears import arrears

Part = HandOverSign.Part
COLLECTORS, ON_THE_WAY, BANK, DIFFERENCE, ADVANCES = "11130", "11190", "11200", "11900", "21300"
BALANCES = (
    (COLLECTORS, "Uang di kolektor", 1),
    (ON_THE_WAY, "Kas dalam perjalanan ke bank", 1),
    (DIFFERENCE, "Selisih kas yang belum dijelaskan", 1),
    (ADVANCES, "Titipan anggota", -1),
    (EXIT_PAYABLE, "Simpanan mantan anggota yang belum dibayarkan", -1),
)


@dataclass(frozen=True)
class OpenItem:
    """One thing that goes over unfinished: what it is, and how much of it."""

    title: str
    words: str


def balances(cooperative: Cooperative) -> dict[str, int]:
    """Return debits less credits of every account that ever moved, rupiah by code. One query."""
    months = AccountMonth.objects.filter(cooperative=cooperative).values_list("account_code")
    sums = months.annotate(rupiah=Sum(F("debit_rupiah") - F("credit_rupiah"))).order_by()
    return {code: int(rupiah) for code, rupiah in sums}


def with_parts(money: dict[str, int], code: str) -> int:
    """Return the balance of an account and its sub-accounts (11200-01), from `balances`."""
    return sum(rupiah for account, rupiah in money.items() if account[:5] == code)


def open_items(*, cooperative: Cooperative, today: date, money: dict[str, int] | None = None) -> list[OpenItem]:
    """Return what the next treasurer takes over unfinished, by the books of today. No names: months, counts, rupiah.

    `money`: what `balances` said, where the caller has asked already.
    """
    books = Books.objects.filter(cooperative=cooperative).first()
    if books is None:
        return []
    return [
        *_months_not_closed(books, today),
        *_reports_not_made(cooperative, books, today),
        *_corrections(cooperative, books),
        *_money_elsewhere(balances(cooperative) if money is None else money),
        *_arrears(cooperative, today),
    ]


def _months_not_closed(books: Books, today: date) -> list[OpenItem]:
    first = month_of(books.closed_through + timedelta(days=1)) if books.closed_through else books.opened_on
    last = add_months(month_of(today), -1)
    if first > last:
        return []
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    span = format_month(first) if count == 1 else f"{format_month(first)} sampai {format_month(last)}"
    return [OpenItem("Bulan yang belum ditutup", f"{count} bulan: {span}")]


def _reports_not_made(cooperative: Cooperative, books: Books, today: date) -> list[OpenItem]:
    """The annual meeting's report of last book year, where the books were open then."""
    year = today.year - 1
    if books.opened_on.year > year:
        return []
    meeting = AnnualMeeting.objects.filter(cooperative=cooperative, book_year=year).first()
    if meeting is None:
        return [OpenItem(f"RAT tahun buku {year}", "belum tercatat")]
    return [] if meeting.reported_on else [OpenItem(f"Laporan RAT tahun buku {year}", "belum diterima dinas")]


def _corrections(cooperative: Cooperative, books: Books) -> list[OpenItem]:
    found = Entry.objects.filter(cooperative=cooperative, kind=EntryKind.REVERSAL)
    if books.closed_through:
        found = found.filter(posted_on__gt=books.closed_through)
    count = found.count()
    return [OpenItem("Koreksi di bulan yang belum ditutup", f"{format_number(count)} catatan")] if count else []


def _money_elsewhere(money: dict[str, int]) -> list[OpenItem]:
    found = []
    for code, title, sign in BALANCES:
        rupiah = sign * with_parts(money, code)
        if rupiah:
            words = format_rupiah(abs(rupiah))
            if code == DIFFERENCE:
                words += ", kas kurang" if rupiah > 0 else ", kas lebih"
            found.append(OpenItem(title, words))
    return found


def _arrears(cooperative: Cooperative, today: date) -> list[OpenItem]:
    late = arrears(cooperative=cooperative, as_of=today)
    if not late.rows:
        return []
    return [
        OpenItem("Tunggakan simpanan wajib", f"{format_number(len(late.rows))} anggota, {format_rupiah(late.rupiah)}")
    ]


@dataclass(frozen=True)
class HandingOver:
    """A hand-over with its signs: `offered` (waits), `received` or `withdrawn`."""

    offer: HandOver
    witness: HandOverSign | None
    received: HandOverSign | None
    withdrawn: HandOverSign | None

    @property
    def is_open(self) -> bool:
        return not (self.received or self.withdrawn)

    @property
    def waits_for_witness(self) -> bool:
        return self.is_open and self.offer.way == HandOver.Way.ABSENT and self.witness is None

    @property
    def state(self) -> tuple[str, str]:
        """Return the word and the badge."""
        if self.received:
            return "Selesai", "good"
        if self.withdrawn:
            return "Ditarik", ""
        return ("Menunggu pengawas" if self.waits_for_witness else "Menunggu penerima"), "soon"

    @property
    def items(self) -> list[OpenItem]:
        return [OpenItem(**item) for item in self.offer.open_items]


def hand_overs(cooperative: Cooperative, *, number: int | None = None) -> list[HandingOver]:
    """Return the hand-overs of a cooperative, the newest first, or the one with this number. Two queries."""
    offers = HandOver.objects.filter(cooperative=cooperative).select_related("last_entry").order_by("-number")
    if number is not None:
        offers = offers.filter(number=number)
    found = list(offers[:50])
    signs: dict[int, dict[str, HandOverSign]] = {}
    rows = HandOverSign.objects.filter(cooperative=cooperative, hand_over__in=found)
    for sign in rows.select_related("last_entry", "difference_entry"):
        signs.setdefault(sign.hand_over_id, {})[sign.part] = sign
    return [
        HandingOver(offer, *(signs.get(offer.pk, {}).get(part) for part in ("witness", "received", "withdrawn")))
        for offer in found
    ]


def open_hand_over(cooperative: Cooperative) -> HandingOver | None:
    """Return the hand-over that waits, if any. One query; two where a witness may have signed."""
    ended = HandOverSign.objects.filter(
        cooperative=cooperative, hand_over=OuterRef("pk"), part__in=[Part.RECEIVED, Part.WITHDRAWN]
    )
    offer = HandOver.objects.filter(~Exists(ended), cooperative=cooperative).order_by("-number").first()
    if offer is None:
        return None
    absent = offer.way == HandOver.Way.ABSENT
    signs = HandOverSign.objects.filter(cooperative=cooperative, hand_over=offer, part=Part.WITNESS)
    return HandingOver(offer, signs.first() if absent else None, None, None)
