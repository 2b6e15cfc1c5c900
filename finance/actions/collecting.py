"""Recording dues: one collection is one entry, with one receipt a member, whether of one person or of three hundred."""

import hashlib
import json
import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import Sum

from finance.models import Books, CashCount, Channel, Entry, EntryKind, Submission
from finance.reports.bylaws import rules_on
from members.actions import become_member
from registry import audit
from registry.access import Actor
from registry.codes import new_code
from registry.formats import join_months
from registry.models import Cooperative
from registry.periods import add_months, month_of

from .evidence import keep_evidence
from .obligations import ensure_obligations
from .owing import MONTHS_AHEAD, DuesLine, Owed, read_owed, what_is_owed
from .posting import BANK, CASH, CASH_AT_COLLECTORS, CASH_DIFFERENCE, EQUITY_OF, Move, post
from .refusals import CashDifference, ClosedMonth, Refused, ReusedKey, TooMuch

DEBIT_OF = {
    Channel.CASH: CASH,
    Channel.BANK: BANK,
    Channel.QRIS: BANK,
    Channel.PAYROLL: BANK,
    Channel.COLLECTOR: CASH_AT_COLLECTORS,
}


@dataclass(frozen=True)
class Recorded:
    """What came of it: the entry and, per member, the receipt's number and code."""

    entry_id: int
    entry_number: str
    entry_address: str  # "2026-311"
    receipt_year: int
    receipts: dict[int, int]  # member id → receipt number
    rupiah: int
    repeated: bool = False  # the same form had been recorded before


@transaction.atomic
def record_dues(
    *,
    cooperative: Cooperative,
    lines: Sequence[DuesLine],
    paid_on: date,
    through: date,
    channel: str = Channel.CASH,
    collector: str = "",
    notes: dict[str, int] | None = None,
    difference_reason: str = "",
    pictures: Sequence[bytes] = (),
    key: uuid.UUID,
    device_at: datetime | None = None,
    actor: Actor,
    now: datetime,
    today: date,
) -> Recorded:
    """Record the dues of one or many members, received on `paid_on`, for months up to `through`.

    Each kind covers its obligations oldest first. `notes` is the cash count ({"100000": 14, "coins": 500}); a difference
    needs a reason and is booked to 11900. `pictures` are kept with the entry as evidence. `device_at`: when a device without signal says it was recorded. The same `key`
    with the same content returns the first answer.
    Raises `ReusedKey`, `ClosedMonth`, `TooMuch`, `AlreadyRecorded`, `CashDifference` or `Refused`; then nothing is stored.
    """
    lines = [line for line in lines if line.rupiah]
    if channel == Channel.COLLECTOR and not collector:
        raise Refused("Tulis nama kolektor yang memegang uangnya.")
    books = lock_books(cooperative)
    request_hash = content_hash(lines, paid_on, through, channel, collector, notes)
    found = read_owed(cooperative, lines, through, paid_on, key)
    if found.came_before and (before := find_submission(cooperative, key, request_hash)):
        return before
    check_date(books, paid_on, today)
    if month_of(through) > add_months(month_of(today), MONTHS_AHEAD):
        raise TooMuch(f"Bulan yang dipilih terlalu jauh: paling banyak {MONTHS_AHEAD} bulan ke depan.")
    _check_lines(lines)
    owed = what_is_owed(cooperative, books, lines, through, found)
    _check_amounts(lines, owed)
    difference = _difference(lines, notes, difference_reason)

    plan = _allocate(lines, owed)
    moves = _moves(plan, DEBIT_OF[Channel(channel)], difference)
    text = _entry_text(lines, owed, plan)
    posted = post(
        cooperative=cooperative,
        kind=EntryKind.DUES,
        posted_on=paid_on,
        text=text,
        moves=moves,
        actor=actor,
        now=now,
        receipt_year=today.year,
        receipts=len(lines),
    )
    form = {"key": key, "request_hash": request_hash, "device_at": device_at}
    receipts = _pay(cooperative, lines, owed, plan, posted, paid_on, channel, collector, actor, now, form)
    if found.behind:  # else the dinas would read a month in which only payers owed anything
        ensure_obligations(cooperative=cooperative, opened_on=books.opened_on, member_ids=found.behind, through=paid_on)
    if notes is not None:
        _count_cash(cooperative, posted.entry_id, lines, notes, difference_reason)
    keep_evidence(cooperative, posted.entry_id, f"{posted.year}-{posted.number}", pictures, actor, now)
    _admit_payers(cooperative, books, owed, plan, paid_on)
    total = sum(line.rupiah for line in lines)
    audit.record(
        "record_dues",
        actor=actor,
        now=now,
        subject=f"JU-{posted.year}-{posted.number:04d}",
        cooperative_id=cooperative.pk,
        fresh_on=today,
        members=len(lines),
        rupiah=total,
    )
    return Recorded(
        posted.entry_id,
        f"JU-{posted.year}-{posted.number:04d}",
        f"{posted.year}-{posted.number}",
        today.year,
        receipts,
        total,
    )


def lock_books(cooperative: Cooperative) -> Books:
    """Lock the cooperative's books until COMMIT. Raises `Refused` when it keeps none."""
    books = Books.objects.select_for_update().filter(cooperative=cooperative).first()
    if books is None:
        raise Refused("Buku koperasi ini belum dibuka. Tetapkan dulu besar iuran di halaman Pengaturan iuran.")
    return books


def known_entry(cooperative: Cooperative, key: uuid.UUID, request_hash: bytes) -> Entry | None:
    """Return the entry the same form made before. Raises `ReusedKey` when its content was another."""
    known = Submission.objects.filter(cooperative=cooperative, key=key).select_related("entry").first()
    if known is None:
        return None
    if bytes(known.request_hash) != request_hash:
        raise ReusedKey(
            "Formulir ini sudah disimpan dengan isi lain. Muat ulang halaman, lalu periksa catatan terakhir."
        )
    return known.entry


def find_submission(cooperative: Cooperative, key: uuid.UUID, request_hash: bytes) -> Recorded | None:
    """Return what the same form of dues answered before. Raises `ReusedKey` when its content was another."""
    entry = known_entry(cooperative, key, request_hash)
    if entry is None:
        return None
    payments = entry.payments.filter(cooperative=cooperative, receipt__isnull=False).select_related("receipt")
    receipts = {payment.member_id: payment.receipt for payment in payments}  # opening balances have none
    year = next((receipt.year for receipt in receipts.values()), entry.year)
    of_members = entry.postings.filter(cooperative=cooperative, member__isnull=False)
    return Recorded(
        entry.pk,
        entry.number_text,
        entry.address,
        year,
        {member_id: receipt.number for member_id, receipt in receipts.items()},
        of_members.aggregate(rupiah=Sum("rupiah", default=0))["rupiah"],
        repeated=True,
    )


def check_date(books: Books, on: date, today: date) -> None:
    """Raise `ClosedMonth` unless money may be dated `on`."""
    if on > today:
        raise ClosedMonth("Tanggal terima tidak boleh setelah hari ini.")
    if on < books.opened_on:
        raise ClosedMonth(
            f"Buku koperasi ini dimulai {books.opened_on:%d/%m/%Y}. Tanggal terima tidak boleh sebelum itu."
        )
    if books.closed_through and on <= books.closed_through:
        raise ClosedMonth(
            f"Bulan itu sudah ditutup sampai {books.closed_through:%d/%m/%Y}. Pakai tanggal sesudahnya, atau catat sebagai koreksi."
        )


def content_hash(lines: Sequence[DuesLine], paid_on, through, channel, collector, notes) -> bytes:
    content = [
        sorted([ln.member_id, ln.pokok, ln.wajib, ln.payer] for ln in lines),
        paid_on,
        through,
        channel,
        collector,
        notes,
    ]
    return hashlib.sha256(json.dumps(content, default=str, sort_keys=True).encode()).digest()


def _check_lines(lines: Sequence[DuesLine]) -> None:
    if not lines:
        raise Refused("Belum ada anggota yang ditandai. Tandai paling sedikit satu anggota.")
    if any(line.pokok < 0 or line.wajib < 0 for line in lines):
        raise Refused("Jumlah tidak boleh kurang dari nol.")
    if len({line.member_id for line in lines}) != len(lines):
        raise Refused("Seorang anggota tercantum dua kali dalam satu setoran.")


def _check_amounts(lines: Sequence[DuesLine], owed: dict[int, Owed]) -> None:
    for line in lines:
        found = owed[line.member_id]
        if line.pokok > found.open("pokok"):
            left = f"{found.open('pokok'):,}".replace(",", ".")
            raise TooMuch(f"{found.number_text}: simpanan pokok tinggal Rp\u00a0{left}.", member_ids=[line.member_id])
        if line.wajib > found.open("wajib"):
            raise TooMuch(
                f"{found.number_text}: jumlah simpanan wajib melebihi yang dapat dicatat.", member_ids=[line.member_id]
            )


def _allocate(lines: Sequence[DuesLine], owed: dict[int, Owed]) -> list[tuple[int, int, str, date, int]]:
    """Return (member, obligation, kind, period, rupiah): each kind's money on its obligations, oldest first."""
    plan = []
    for line in lines:
        left = {"pokok": line.pokok, "wajib": line.wajib}
        for obligation_id, kind, period, open_rupiah in owed[line.member_id].rows:
            take = min(left[kind], open_rupiah)
            if take:
                plan.append((line.member_id, obligation_id, kind, period, take))
                left[kind] -= take
    return plan


def _moves(plan, debit: str, difference: int) -> list[Move]:
    """Return one posting per member and kind, and one for a cash difference."""
    sums: dict[tuple[int, str], int] = defaultdict(int)
    for member_id, _, kind, _, rupiah in plan:
        sums[member_id, kind] += rupiah
    moves = [Move(debit, EQUITY_OF[kind], rupiah, member_id) for (member_id, kind), rupiah in sums.items()]
    if difference > 0:
        moves.append(Move(CASH, CASH_DIFFERENCE, difference))
    elif difference < 0:
        moves.append(Move(CASH_DIFFERENCE, CASH, -difference))
    return moves


def _entry_text(lines, owed, plan) -> str:
    if len(lines) == 1:
        return f"{_purpose(plan)}, {owed[lines[0].member_id].number_text}"[:160]
    periods = {period for _, _, kind, period, _ in plan if kind == "wajib"}
    return (
        f"Simpanan {len(lines)} anggota, sampai {join_months([max(periods)])}"
        if periods
        else f"Simpanan pokok {len(lines)} anggota"
    )


def _purpose(rows) -> str:
    """What one member's rows of the plan pay for: `Simpanan pokok dan wajib Sep, Okt 2026`"""
    months = [period for _, _, kind, period, _ in rows if kind == "wajib"]
    pokok = any(kind == "pokok" for _, _, kind, _, _ in rows)
    wajib = f"wajib {join_months(months)}" if months else ""
    return "Simpanan " + " dan ".join(part for part in ("pokok" if pokok else "", wajib) if part)


def _purposes(plan) -> dict[int, str]:
    """Return member → what their money pays for."""
    rows = defaultdict(list)
    for row in plan:
        rows[row[0]].append(row)
    return {member_id: _purpose(own) for member_id, own in rows.items()}


_PAYMENTS = """
WITH form AS (
  INSERT INTO finance_submission (cooperative_id, key, request_hash, entry_id, at, device_at)
  VALUES (%(cooperative)s, %(key)s, %(request_hash)s, %(entry)s, %(now)s, %(device_at)s)
)
INSERT INTO finance_payment (cooperative_id, entry_id, member_id, paid_on, rupiah, channel, payer, collector)
SELECT %(cooperative)s, %(entry)s, member_id, %(paid_on)s, rupiah, %(channel)s, payer, %(collector)s
FROM unnest(%(members)s::bigint[], %(rupiah)s::bigint[], %(payers)s::text[]) AS l(member_id, rupiah, payer)
RETURNING member_id, id
"""

# Everything that hangs on the payments. Each part reads its own arrays: joining lists of hundreds by nested loops, as the
# planner would, costs more than writing them.
_SLIPS = """
WITH slip AS (
  INSERT INTO finance_receipt (cooperative_id, payment_id, year, number, code, member_number, purpose, rupiah, paid_on, recorded_at,
                               received_by, balance_rupiah, holder_proof)
  SELECT %(cooperative)s, payment_id, %(year)s, number, code, member_number, left(purpose, 160), rupiah, %(paid_on)s, %(now)s,
         %(received_by)s, b.pokok_rupiah + b.wajib_rupiah, proof
  FROM unnest(%(payments)s::bigint[], %(members)s::bigint[], %(rupiah)s::bigint[], %(numbers)s::int[], %(codes)s::text[],
              %(member_numbers)s::text[], %(purposes)s::text[], %(proofs)s::text[])
         AS l(payment_id, member_id, rupiah, number, code, member_number, purpose, proof)
  JOIN finance_memberbalance b ON b.cooperative_id = %(cooperative)s AND b.member_id = l.member_id
), covered AS (
  SELECT * FROM unnest(%(plan_payments)s::bigint[], %(obligations)s::bigint[], %(kinds)s::text[], %(periods)s::date[], %(takes)s::bigint[])
           AS c(payment_id, obligation_id, kind, period, rupiah)
), allocated AS (
  INSERT INTO finance_allocation (cooperative_id, payment_id, obligation_id, posted_on, rupiah)
  SELECT %(cooperative)s, payment_id, obligation_id, %(paid_on)s, rupiah FROM covered
), summed AS (
  INSERT INTO finance_duespaid AS d (cooperative_id, agency_id, kind, period, posted_month, rupiah)
  SELECT %(cooperative)s, %(agency)s, kind, period, date_trunc('month', %(paid_on)s::date)::date, sum(rupiah) FROM covered
  GROUP BY kind, period ORDER BY kind, period
  ON CONFLICT (cooperative_id, kind, period, posted_month) DO UPDATE SET rupiah = d.rupiah + EXCLUDED.rupiah
)
UPDATE finance_obligation o SET paid_rupiah = o.paid_rupiah + covered.rupiah
FROM covered WHERE o.cooperative_id = %(cooperative)s AND o.id = covered.obligation_id
"""


def _pay(cooperative, lines, owed, plan, posted, paid_on, channel, collector, actor, now, form) -> dict[int, int]:
    """Store the form's key, payments, receipts and allocations, and mark the obligations, in two statements. Return receipt numbers."""
    numbers = {line.member_id: posted.first_receipt + index for index, line in enumerate(lines)}
    codes, purposes = [new_code(cooperative.pk) for _ in lines], _purposes(plan)
    common = {
        "cooperative": cooperative.pk,
        "agency": cooperative.agency_id,
        "entry": posted.entry_id,
        "paid_on": paid_on,
        "members": list(numbers),
        "rupiah": [line.rupiah for line in lines],
    }
    with connection.cursor() as cursor:
        cursor.execute(
            _PAYMENTS,
            common
            | form
            | {"now": now, "channel": channel, "collector": collector, "payers": [line.payer for line in lines]},
        )
        payments = dict(cursor.fetchall())
        cursor.execute(
            _SLIPS,
            common
            | {
                "year": posted.receipt_year,
                "now": now,
                "received_by": actor.name,
                "payments": [payments[member_id] for member_id in numbers],
                "numbers": list(numbers.values()),
                "codes": codes,
                "proofs": [_proof_of(code, owed[line.member_id]) for code, line in zip(codes, lines, strict=True)],
                "member_numbers": [owed[line.member_id].number_text for line in lines],
                "purposes": [purposes[line.member_id] for line in lines],
                "plan_payments": [payments[row[0]] for row in plan],
                "obligations": [row[1] for row in plan],
                "kinds": [row[2] for row in plan],
                "periods": [row[3] for row in plan],
                "takes": [row[4] for row in plan],
            },
        )
    return numbers


def holder_proof(code: str, member_number: str, birth_date: date) -> str:
    """Return what proves that the asker holds a receipt: a hash of its code, the member number and the birth date."""
    return hashlib.sha256(f"{code}|{member_number}|{birth_date.isoformat()}".encode()).hexdigest()


def _proof_of(code: str, owed: Owed) -> str:
    return holder_proof(code, owed.number_text, owed.birth_date) if owed.birth_date else ""


def count_notes(notes: dict[str, int]) -> int:
    """Return the rupiah of a cash count: {"100000": 14, ..., "coins": 500}."""
    return sum(count if note == "coins" else int(note) * count for note, count in notes.items())


def _difference(lines: Sequence[DuesLine], notes: dict[str, int] | None, reason: str) -> int:
    if notes is None:
        return 0
    difference = count_notes(notes) - sum(line.rupiah for line in lines)
    if difference and not reason.strip():
        raise CashDifference("Uang yang dihitung berbeda dengan yang tercatat. Tulis sebab selisihnya.")
    return difference


def _count_cash(cooperative, entry_id: int, lines, notes: dict[str, int], reason: str) -> None:
    CashCount.objects.create(
        cooperative=cooperative,
        entry_id=entry_id,
        notes=notes,
        recorded_rupiah=sum(line.rupiah for line in lines),
        counted_rupiah=count_notes(notes),
        reason=reason.strip(),
    )


def _admit_payers(cooperative, books: Books, owed, plan, on: date) -> None:
    """A calon anggota becomes anggota when the pokok is paid in full, or with the first instalment where the by-laws say so."""
    paid: dict[int, int] = defaultdict(int)
    for member_id, _, kind, _, rupiah in plan:
        if kind == "pokok":
            paid[member_id] += rupiah
    paid = {pk: rupiah for pk, rupiah in paid.items() if owed[pk].status == "applicant"}
    ready = [pk for pk, rupiah in paid.items() if rupiah == owed[pk].open("pokok")]
    if len(ready) < len(paid) and rules_on(cooperative, on, books).instalments_make_members:
        ready = list(paid)
    if ready:
        become_member(cooperative=cooperative, member_ids=ready, on=on)
