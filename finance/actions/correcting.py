"""Corrections. A posted payment is never changed: it is reversed, with a reason, and may be recorded anew."""

import uuid
from dataclasses import replace
from datetime import date, datetime

from django.db import connection, transaction

from finance.models import Books, EntryKind, MemberBalance, Obligation, Payment, Posting, Receipt, ReceiptReplacement
from finance.reports.bylaws import rules_on
from members.actions import return_to_applicants
from registry import audit
from registry.access import Actor
from registry.models import Cooperative

from .collecting import (
    DuesLine,
    Recorded,
    Refused,
    check_date,
    content_hash,
    find_submission,
    lock_books,
    record_dues,
)
from .merging import fold_dues, person_of
from .posting import POKOK, WAJIB, Move, Posted, post
from .waiving import lift_waivers, waive_paused


class AlreadyReversed(Refused):
    """The payment was reversed before."""


_RESTORE = """
WITH undone AS (
  INSERT INTO finance_allocation (cooperative_id, payment_id, obligation_id, posted_on, rupiah)
  SELECT cooperative_id, payment_id, obligation_id, %(on)s, -rupiah FROM finance_allocation
  WHERE cooperative_id = %(cooperative)s AND payment_id = %(payment)s
  RETURNING obligation_id, -rupiah AS rupiah
), freed AS (
  UPDATE finance_obligation o SET paid_rupiah = o.paid_rupiah - undone.rupiah
  FROM undone WHERE o.cooperative_id = %(cooperative)s AND o.id = undone.obligation_id
  RETURNING o.kind, o.period, undone.rupiah
)
INSERT INTO finance_duespaid AS d (cooperative_id, agency_id, kind, period, posted_month, rupiah)
SELECT %(cooperative)s, %(agency)s, kind, period, date_trunc('month', %(on)s::date)::date, -sum(rupiah) FROM freed GROUP BY kind, period
ON CONFLICT (cooperative_id, kind, period, posted_month) DO UPDATE SET rupiah = d.rupiah + EXCLUDED.rupiah
"""


@transaction.atomic
def reverse_payment(
    *, cooperative: Cooperative, payment: Payment, reason: str, on: date, actor: Actor, now: datetime, today: date
) -> Posted:
    """Take a payment back: mirrored postings dated `on`, its obligations open again, its receipt no longer valid.

    Months that were decided as libur meanwhile are not owed again.
    Who no longer has paid the pokok is calon anggota again from `on`. A payment of a closed month is corrected in the
    first open one. Raises `AlreadyReversed`, `ClosedMonth`, `Refused`.
    """
    receipt, posted = _reverse(cooperative, payment, reason, on, actor, now, today)
    _replace(receipt, None, on, reason)
    _return_the_unpaid(cooperative, payment, on)
    return posted


@transaction.atomic
def correct_payment(
    *,
    cooperative: Cooperative,
    payment: Payment,
    line: DuesLine,
    through: date,
    reason: str,
    on: date,
    key: uuid.UUID,
    actor: Actor,
    now: datetime,
    today: date,
) -> Recorded:
    """Reverse a payment and record the right amounts of the same member, as one act; the new receipt replaces the old.

    Idempotent by `key`. Raises what `reverse_payment` and `record_dues` raise.
    """
    lock_books(cooperative)
    content = content_hash([line], on, through, payment.channel, payment.collector, None)
    before = find_submission(cooperative, key, content)
    if before is not None:
        return before
    receipt, _ = _reverse(cooperative, payment, reason, on, actor, now, today)
    line = replace(line, member_id=person_of(cooperative, payment.member_id))
    recorded = record_dues(
        cooperative=cooperative,
        lines=[line],
        paid_on=on,
        through=through,
        channel=payment.channel,
        collector=payment.collector,
        key=key,
        actor=actor,
        now=now,
        today=today,
    )
    new = Receipt.objects.get(
        cooperative=cooperative, year=recorded.receipt_year, number=recorded.receipts[line.member_id]
    )
    _replace(receipt, new, on, reason)
    _return_the_unpaid(cooperative, payment, on)
    return recorded


def _reverse(cooperative, payment: Payment, reason: str, on: date, actor: Actor, now, today) -> tuple[Receipt, Posted]:
    books = lock_books(cooperative)
    if not reason.strip():
        raise Refused("Tulis alasan koreksi, misalnya: salah jumlah, seharusnya Rp 20.000.")
    check_date(books, on, today)
    if on < payment.paid_on:
        raise Refused("Tanggal koreksi tidak boleh sebelum tanggal setoran yang dikoreksi.")
    receipt = Receipt.objects.filter(cooperative=cooperative, payment=payment).first()
    if receipt is None:
        raise Refused("Saldo awal tidak punya kuitansi, jadi tidak dapat dikoreksi dari sini.")
    if ReceiptReplacement.objects.filter(cooperative=cooperative, receipt=receipt).exists():
        raise AlreadyReversed(f"Kuitansi {receipt.number_text} sudah dibatalkan sebelumnya.")
    moves = _mirror(cooperative, payment)
    _check_savings(cooperative, payment.member_id, moves)
    posted = post(
        cooperative=cooperative,
        kind=EntryKind.REVERSAL,
        posted_on=on,
        text=f"Koreksi kuitansi {receipt.number_text}, {receipt.member_number}",
        moves=moves,
        actor=actor,
        now=now,
        receipt_year=today.year,
    )
    person = person_of(cooperative, payment.member_id)
    lift_waivers(cooperative, [person])
    with connection.cursor() as cursor:
        cursor.execute(
            _RESTORE, {"cooperative": cooperative.pk, "agency": cooperative.agency_id, "payment": payment.pk, "on": on}
        )
    fold_dues(cooperative, person)  # what the entry owed is the person's again
    waive_paused(cooperative, [person])  # and of that, months of libur are not owed
    audit.record(
        "reverse_payment",
        actor=actor,
        now=now,
        subject=f"kuitansi {receipt.number_text}",
        reason=reason.strip()[:200],
        cooperative_id=cooperative.pk,
        rupiah=payment.rupiah,
    )
    return receipt, posted


def _mirror(cooperative: Cooperative, payment: Payment) -> list[Move]:
    postings = Posting.objects.filter(cooperative=cooperative, entry_id=payment.entry_id, member_id=payment.member_id)
    return [
        Move(p.credit.code, p.debit.code, p.rupiah, p.member_id, reverses_id=p.pk)
        for p in postings.select_related("debit", "credit").order_by("pk")
    ]


def _check_savings(cooperative: Cooperative, member_id: int, moves: list[Move]) -> None:
    """Savings already returned to a member who left cannot be taken back once more."""
    balance = MemberBalance.objects.get(cooperative=cooperative, member_id=person_of(cooperative, member_id))
    for account, rupiah in ((POKOK, balance.pokok_rupiah), (WAJIB, balance.wajib_rupiah)):
        if sum(move.rupiah for move in moves if move.debit == account) > rupiah:
            raise Refused("Simpanan anggota ini sudah dikembalikan, jadi setorannya tidak dapat dibatalkan lagi.")


def _return_the_unpaid(cooperative: Cooperative, payment: Payment, on: date) -> None:
    """The mirror of becoming a member: without the pokok (or, by the by-laws, its first instalment) one is calon anggota."""
    person = person_of(cooperative, payment.member_id)
    paid_pokok = payment.allocations.filter(cooperative=cooperative, obligation__kind="pokok").exists()
    own = Obligation.objects.filter(cooperative=cooperative, member_id=person, kind="pokok").order_by("period").first()
    if not paid_pokok or own is None or own.paid_rupiah == own.due_rupiah:
        return
    books = Books.objects.get(cooperative=cooperative)
    if own.paid_rupiah == 0 or not rules_on(cooperative, on, books).instalments_make_members:
        return_to_applicants(cooperative=cooperative, member_ids=[person], on=on)


def _replace(receipt: Receipt, new: Receipt | None, on: date, reason: str) -> None:
    ReceiptReplacement.objects.create(
        cooperative_id=receipt.cooperative_id,
        receipt=receipt,
        code=receipt.code,
        replaced_by=new,
        replaced_on=on,
        reason=reason.strip()[:200],
    )
