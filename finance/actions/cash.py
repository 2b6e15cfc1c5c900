"""Cash changes its place: a collector hands it to the treasurer, the treasurer takes it to the bank. Savings do not change."""

import hashlib
import json
import uuid
from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from finance.models import CashMove, EntryKind, Posting, Submission
from finance.reports.books import account_balance
from finance.reports.cash import held_by
from registry import audit
from registry.access import Actor
from registry.formats import format_rupiah
from registry.models import Cooperative

from .collecting import check_date, count_notes, known_entry, lock_books
from .evidence import keep_evidence
from .posting import BANK, CASH, CASH_AT_COLLECTORS, CASH_DIFFERENCE, CASH_TO_BANK, Move, Posted, post
from .refusals import CashDifference, Refused, TooMuch

Kind = CashMove.Kind
ROUTES = {
    Kind.HAND_OVER: (CASH, CASH_AT_COLLECTORS),  # debit, credit
    Kind.DEPOSIT: (BANK, CASH),
    Kind.SENT: (CASH_TO_BANK, CASH),
    Kind.ARRIVED: (BANK, CASH_TO_BANK),
}
TEXTS = {
    Kind.HAND_OVER: "Serah terima kas dari kolektor",
    Kind.DEPOSIT: "Setor kas ke bank",
    Kind.SENT: "Kas dibawa ke bank",
    Kind.ARRIVED: "Setoran sampai di bank",
}
PLACES = {CASH_AT_COLLECTORS: "Kas di kolektor", CASH: "Kas", CASH_TO_BANK: "Kas dalam perjalanan ke bank"}


class AlreadyTakenBack(Refused):
    """The move was taken back before."""


@transaction.atomic
def move_cash(
    *,
    cooperative: Cooperative,
    kind: str,
    rupiah: int,
    on: date,
    holder: str = "",
    notes: dict[str, int] | None = None,
    difference_reason: str = "",
    pictures: Sequence[bytes] = (),
    key: uuid.UUID,
    actor: Actor,
    now: datetime,
    today: date,
) -> CashMove:
    """Record that `rupiah` changed its place on `on`: a hand-over by the collector `holder`, or a step to the bank.

    `notes` is the count of a hand-over; what differs from `rupiah` needs a reason and is booked to 11900. Nobody hands over
    more than they hold by the books. The same `key` with the same content returns the first answer.
    Raises `ReusedKey`, `ClosedMonth`, `CashDifference`, `TooMuch` or `Refused`; then nothing is stored.
    """
    books = lock_books(cooperative)
    request_hash = _content_hash(kind, rupiah, on, holder, notes)
    before = known_entry(cooperative, key, request_hash)
    if before is not None:
        return CashMove.objects.select_related("entry").get(cooperative=cooperative, entry=before)
    check_date(books, on, today)
    debit, credit = ROUTES[Kind(kind)]
    _check_money(cooperative, credit, holder, rupiah)
    counted = None if notes is None else count_notes(notes)
    difference = 0 if counted is None else counted - rupiah
    if difference and not difference_reason.strip():
        raise CashDifference("Uang yang dihitung berbeda dengan yang diserahkan. Tulis sebab selisihnya.")
    moves = [Move(debit, credit, rupiah)]
    if difference > 0:
        moves.append(Move(CASH, CASH_DIFFERENCE, difference))
    elif difference < 0:
        moves.append(Move(CASH_DIFFERENCE, CASH, -difference))
    posted = _post(cooperative, TEXTS[Kind(kind)], on, moves, actor, now, today)
    moved = CashMove.objects.create(
        cooperative=cooperative,
        entry_id=posted.entry_id,
        kind=kind,
        moved_on=on,
        rupiah=rupiah,
        holder=holder,
        received_by=actor.name,
        notes=notes,
        counted_rupiah=counted,
        reason=difference_reason.strip() if difference else "",
    )
    keep_evidence(cooperative, posted.entry_id, f"{posted.year}-{posted.number}", pictures, actor, now)
    _remember(cooperative, key, request_hash, posted, now)
    audit.record(
        "move_cash", actor=actor, now=now, subject=moved.entry.number_text, cooperative_id=cooperative.pk, rupiah=rupiah,
        difference=difference,
    )  # fmt: skip
    return moved


@transaction.atomic
def reverse_cash_move(
    *, cooperative: Cooperative, move: CashMove, reason: str, on: date, actor: Actor, now: datetime, today: date
) -> CashMove:
    """Take a move of cash back: mirrored postings dated `on`, the money again where it was before.

    Raises `AlreadyTakenBack`, `ClosedMonth`, `Refused`, or `TooMuch` when the money is no longer where it went.
    """
    books = lock_books(cooperative)
    if not reason.strip():
        raise Refused("Tulis alasan pembatalan, misalnya: salah jumlah.")
    check_date(books, on, today)
    if on < move.moved_on:
        raise Refused("Tanggal pembatalan tidak boleh sebelum tanggal perpindahan kas.")
    if move.reverses_id or CashMove.objects.filter(cooperative=cooperative, reverses=move).exists():
        raise AlreadyTakenBack("Perpindahan kas ini sudah dibatalkan sebelumnya.")
    debit, _ = ROUTES[Kind(move.kind)]
    came = move.rupiah if move.counted_rupiah is None else move.counted_rupiah
    if debit in PLACES and came:
        _check_money(cooperative, debit, "", came)  # it must still be where it went
    postings = Posting.objects.filter(cooperative=cooperative, entry_id=move.entry_id).select_related("debit", "credit")
    mirror = [Move(p.credit.code, p.debit.code, p.rupiah, reverses_id=p.pk) for p in postings.order_by("pk")]
    text = f"Pembatalan {move.entry.number_text}"
    posted = _post(cooperative, text, on, mirror, actor, now, today, kind=EntryKind.REVERSAL)
    taken_back = CashMove.objects.create(
        cooperative=cooperative,
        entry_id=posted.entry_id,
        kind=move.kind,
        moved_on=on,
        rupiah=move.rupiah,
        holder=move.holder,
        received_by=actor.name,
        reason=reason.strip()[:200],
        reverses=move,
    )
    audit.record(
        "reverse_cash_move", actor=actor, now=now, subject=move.entry.number_text, cooperative_id=cooperative.pk,
        reason=reason.strip()[:200], rupiah=move.rupiah,
    )  # fmt: skip
    return taken_back


def _check_money(cooperative: Cooperative, account: str, holder: str, rupiah: int) -> None:
    """Nobody hands over money that, by the books, they do not hold."""
    if rupiah <= 0:
        raise Refused("Jumlah uang harus lebih dari nol.")
    if account == CASH_AT_COLLECTORS:
        there, where = held_by(cooperative, holder), f"{holder or 'Kolektor'} memegang"
    else:
        there, where = account_balance(cooperative, account), f"{PLACES[account]} menurut buku"
    if there < rupiah:
        raise TooMuch(f"{where} {format_rupiah(there)}, tidak cukup untuk {format_rupiah(rupiah)}.")


def _content_hash(kind: str, rupiah: int, on: date, holder: str, notes: dict[str, int] | None) -> bytes:
    content = ["cash", kind, rupiah, on, holder, notes]
    return hashlib.sha256(json.dumps(content, default=str, sort_keys=True).encode()).digest()


def _post(cooperative, text: str, on: date, moves, actor: Actor, now, today: date, kind=EntryKind.CASH) -> Posted:
    return post(
        cooperative=cooperative,
        kind=kind,
        posted_on=on,
        text=text,
        moves=moves,
        actor=actor,
        now=now,
        receipt_year=today.year,
    )


def _remember(cooperative: Cooperative, key: uuid.UUID, request_hash: bytes, posted: Posted, now: datetime) -> None:
    Submission.objects.create(
        cooperative=cooperative, key=key, request_hash=request_hash, entry_id=posted.entry_id, at=now
    )
