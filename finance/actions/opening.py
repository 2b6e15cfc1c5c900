"""Opening balances of a cooperative that kept its books elsewhere: one entry, which must come out at zero."""

import hashlib
import json
import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

from django.db import connection, transaction

from finance.models import Books, Entry, EntryKind, Posting, Submission
from finance.reports.books import account_balance
from finance.reports.bylaws import rules_on
from members.actions import become_member, return_to_applicants, whole_lists
from members.models import Member
from registry import audit
from registry.access import Actor
from registry.formats import format_rupiah
from registry.models import Cooperative

from .collecting import Recorded, check_date, find_submission, lock_books
from .correcting import AlreadyReversed
from .merging import fold_dues
from .obligations import ensure_obligations
from .posting import BANK, CASH, OPENING, POKOK, WAJIB, Move, Posted, post
from .refusals import Refused

NAMED = 5  # members named in a sentence


@dataclass(frozen=True)
class OpeningLine:
    """What one member had saved before: rupiah of pokok and wajib."""

    member_id: int
    pokok: int = 0
    wajib: int = 0


@transaction.atomic
def record_opening_balances(
    *,
    cooperative: Cooperative,
    lines: Sequence[OpeningLine],
    cash: int,
    bank: int,
    as_of: date,
    expected_total: int,
    key: uuid.UUID,
    actor: Actor,
    now: datetime,
    today: date,
) -> Posted | Recorded:
    """Post members' savings so far, with the cash and bank they lie in, as one entry dated `as_of`.

    `expected_total` is what the user's own book says the savings add up to; a difference is refused. Savings and money
    must be equal, else 39000 would not be zero. Pokok paid before counts towards the member's pokok obligation, and who
    has paid it is anggota. Constant statements. Raises `Refused`; once per member, idempotent by `key`.
    """
    books = lock_books(cooperative)
    content = [[asdict(line) for line in lines], cash, bank, as_of, expected_total]
    request_hash = hashlib.sha256(json.dumps(content, default=str, sort_keys=True).encode()).digest()
    before = find_submission(cooperative, key, request_hash)
    if before is not None:
        return before
    check_date(books, as_of, today)
    _check(cooperative, lines, cash, bank, expected_total)
    moves = [
        *[Move(OPENING, POKOK, line.pokok, line.member_id) for line in lines if line.pokok],
        *[Move(OPENING, WAJIB, line.wajib, line.member_id) for line in lines if line.wajib],
        *[Move(account, OPENING, rupiah) for account, rupiah in ((CASH, cash), (BANK, bank)) if rupiah],
    ]
    posted = post(
        cooperative=cooperative,
        kind=EntryKind.OPENING,
        posted_on=as_of,
        text=f"Saldo awal simpanan {len(lines)} anggota",
        moves=moves,
        actor=actor,
        now=now,
        receipt_year=today.year,
    )
    _settle_pokok(cooperative, books, lines, posted.entry_id, as_of)
    Submission.objects.create(
        cooperative=cooperative, key=key, request_hash=request_hash, entry_id=posted.entry_id, at=now
    )
    audit.record(
        "record_opening_balances", actor=actor, now=now, subject=f"JU-{posted.year}-{posted.number:04d}", cooperative_id=cooperative.pk,
        members=len(lines), rupiah=cash + bank,
    )  # fmt: skip
    return posted


def _check(cooperative: Cooperative, lines: Sequence[OpeningLine], cash: int, bank: int, expected_total: int) -> None:
    total = sum(line.pokok + line.wajib for line in lines)
    if not lines or total <= 0:
        raise Refused("Belum ada saldo anggota yang diisi.")
    if min([cash, bank, *[min(line.pokok, line.wajib) for line in lines]]) < 0:
        raise Refused("Jumlah tidak boleh kurang dari nol.")
    if total != expected_total:
        raise Refused(
            f"Jumlah saldo anggota {total:,} tidak sama dengan jumlah menurut buku lama {expected_total:,}.".replace(
                ",", "."
            )
        )
    if total != cash + bank:
        raise Refused(
            f"Simpanan anggota {total:,} harus sama dengan kas dan bank {cash + bank:,}. Selisihnya dicatat dulu di buku lama.".replace(
                ",", "."
            )
        )
    members = [line.member_id for line in lines]
    known = Member.objects.filter(cooperative=cooperative, pk__in=members).count()
    if known != len(lines):
        raise Refused("Sebagian anggota tidak ditemukan di koperasi ini, atau tercantum dua kali.")
    opened = _numbers(_OPENED, cooperative=cooperative.pk, members=members)
    if opened:
        raise Refused(
            f"Sudah punya saldo awal: {_named(opened)}. Perbaikan dilakukan dengan membatalkan saldo awalnya dulu."
        )


# Whose opening balance stands: posted, and not taken back. The person's, whichever entry it was posted to.
_OPENED = """
SELECT DISTINCT m.number_text FROM finance_entry e
JOIN finance_posting p ON p.cooperative_id = e.cooperative_id AND p.entry_id = e.id
JOIN members_member g ON g.cooperative_id = p.cooperative_id AND g.id = p.member_id
JOIN members_member m ON m.cooperative_id = g.cooperative_id AND m.id = coalesce(g.merged_into_id, g.id)
WHERE e.cooperative_id = %(cooperative)s AND e.kind = 'opening' AND m.id = ANY(%(members)s::bigint[])
  AND NOT EXISTS (SELECT 1 FROM finance_posting r WHERE r.cooperative_id = p.cooperative_id AND r.reverses_id = p.id)
ORDER BY 1
"""


def _numbers(statement: str, **values) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [number for (number,) in cursor.fetchall()]


def _named(numbers: list[str]) -> str:
    more = len(numbers) - NAMED
    return ", ".join(numbers[:NAMED]) + (f" dan {more} lainnya" if more > 0 else "")


# What was paid before covers the pokok obligation, through a payment without a receipt, so that `verify` can add it up.
# Whole lists are joined by hashing: the planner takes what this transaction wrote for a handful of rows.
_SETTLE = """
WITH owed AS MATERIALIZED (
  SELECT o.id, o.member_id, o.period, o.due_rupiah - o.paid_rupiah AS open, least(o.due_rupiah - o.paid_rupiah, p.rupiah) AS rupiah
  FROM unnest(%(members)s::bigint[], %(pokok)s::bigint[]) AS p(member_id, rupiah)
  JOIN finance_obligation o ON o.cooperative_id = %(cooperative)s AND o.member_id = p.member_id AND o.kind = 'pokok'
  WHERE least(o.due_rupiah - o.paid_rupiah, p.rupiah) > 0
), paid AS (
  INSERT INTO finance_payment (cooperative_id, entry_id, member_id, paid_on, rupiah, channel, payer, collector)
  SELECT %(cooperative)s, %(entry)s, member_id, %(as_of)s, rupiah, 'cash', '', '' FROM owed RETURNING id, member_id
), allocated AS (
  INSERT INTO finance_allocation (cooperative_id, payment_id, obligation_id, posted_on, rupiah)
  SELECT %(cooperative)s, paid.id, owed.id, %(as_of)s, owed.rupiah FROM owed JOIN paid USING (member_id)
), summed AS (
  INSERT INTO finance_duespaid AS d (cooperative_id, agency_id, kind, period, posted_month, rupiah)
  SELECT %(cooperative)s, %(agency)s, 'pokok', period, date_trunc('month', %(as_of)s::date)::date, sum(rupiah) FROM owed GROUP BY period
  ORDER BY period
  ON CONFLICT (cooperative_id, kind, period, posted_month) DO UPDATE SET rupiah = d.rupiah + EXCLUDED.rupiah
)
UPDATE finance_obligation o SET paid_rupiah = o.paid_rupiah + owed.rupiah
FROM owed WHERE o.cooperative_id = %(cooperative)s AND o.id = owed.id
RETURNING o.member_id, owed.rupiah = owed.open
"""


def _settle_pokok(
    cooperative: Cooperative, books: Books, lines: Sequence[OpeningLine], entry_id: int, as_of: date
) -> None:
    """Cover the pokok with what was paid before; who paid it in full, or an instalment where the by-laws say so, is anggota."""
    members = [line.member_id for line in lines]
    ensure_obligations(cooperative=cooperative, opened_on=books.opened_on, member_ids=members, through=as_of)
    with whole_lists(), connection.cursor() as cursor:
        cursor.execute(
            _SETTLE,
            {
                "cooperative": cooperative.pk,
                "agency": cooperative.agency_id,
                "members": members,
                "pokok": [line.pokok for line in lines],
                "entry": entry_id,
                "as_of": as_of,
            },
        )
        settled = cursor.fetchall()
    every = any(not full for _, full in settled) and rules_on(cooperative, as_of, books).instalments_make_members
    ready = [member_id for member_id, full in settled if full or every]
    become_member(cooperative=cooperative, member_ids=ready, on=as_of)


# --- Taking back ----------------------------------------------------------------------------------

# Who no longer has what the entry gave: the savings were returned, in part or whole.
_GIVEN_BACK = """
SELECT m.number_text FROM (
  SELECT coalesce(g.merged_into_id, g.id) AS person, coalesce(sum(p.rupiah) FILTER (WHERE c.code = '31000'), 0) AS pokok,
         coalesce(sum(p.rupiah) FILTER (WHERE c.code = '32000'), 0) AS wajib
  FROM finance_posting p JOIN finance_account c ON c.cooperative_id = p.cooperative_id AND c.id = p.credit_id
  JOIN members_member g ON g.cooperative_id = p.cooperative_id AND g.id = p.member_id
  WHERE p.cooperative_id = %(cooperative)s AND p.entry_id = %(entry)s GROUP BY 1
) given
JOIN members_member m ON m.cooperative_id = %(cooperative)s AND m.id = given.person
LEFT JOIN finance_memberbalance b ON b.cooperative_id = %(cooperative)s AND b.member_id = given.person
WHERE given.pokok > coalesce(b.pokok_rupiah, 0) OR given.wajib > coalesce(b.wajib_rupiah, 0) ORDER BY m.number
"""

# The pokok is open again. Returned: whose pokok is no longer paid, and how much of it still is.
_REOPEN = """
WITH undone AS (
  INSERT INTO finance_allocation (cooperative_id, payment_id, obligation_id, posted_on, rupiah)
  SELECT a.cooperative_id, a.payment_id, a.obligation_id, %(on)s, -a.rupiah
  FROM finance_payment y JOIN finance_allocation a ON a.cooperative_id = y.cooperative_id AND a.payment_id = y.id
  WHERE y.cooperative_id = %(cooperative)s AND y.entry_id = %(entry)s
  RETURNING obligation_id, -rupiah AS rupiah
), freed AS (
  UPDATE finance_obligation o SET paid_rupiah = o.paid_rupiah - undone.rupiah
  FROM undone WHERE o.cooperative_id = %(cooperative)s AND o.id = undone.obligation_id
  RETURNING o.member_id, o.period, o.paid_rupiah, undone.rupiah
), summed AS (
  INSERT INTO finance_duespaid AS d (cooperative_id, agency_id, kind, period, posted_month, rupiah)
  SELECT %(cooperative)s, %(agency)s, 'pokok', period, date_trunc('month', %(on)s::date)::date, -sum(rupiah) FROM freed GROUP BY period
  ORDER BY period
  ON CONFLICT (cooperative_id, kind, period, posted_month) DO UPDATE SET rupiah = d.rupiah + EXCLUDED.rupiah
)
SELECT member_id, paid_rupiah FROM freed
"""


@transaction.atomic
def reverse_opening_balances(
    *, cooperative: Cooperative, entry: Entry, reason: str, actor: Actor, now: datetime, today: date
) -> Posted:
    """Take an opening entry back: mirrored on its own day, or on the first day still open; the pokok it covered is open again.

    Who became anggota since, by this pokok, is calon anggota again. Nobody leaves the member book. Constant statements, but for people
    merged since. Raises `AlreadyReversed`; `ClosedMonth`; `Refused` when savings were returned, or money went on, that
    only the opening balance had brought. Then nothing changes.
    """
    books = lock_books(cooperative)
    if not reason.strip():
        raise Refused("Tulis alasan pembatalan, misalnya: jumlahnya salah ketik.")
    on = max(entry.posted_on, books.closed_through + timedelta(days=1)) if books.closed_through else entry.posted_on
    check_date(books, on, today)
    postings = list(
        Posting.objects.filter(cooperative=cooperative, entry=entry)
        .order_by("pk")
        .values_list("credit__code", "debit__code", "rupiah", "member_id", "pk")
    )
    _check_taking_back(cooperative, entry, postings)
    posted = post(
        cooperative=cooperative,
        kind=EntryKind.REVERSAL,
        posted_on=on,
        text=f"Pembatalan saldo awal {entry.number_text}",
        moves=[Move(*row) for row in postings],
        actor=actor,
        now=now,
        receipt_year=today.year,
    )
    _reopen_pokok(cooperative, books, entry, on)
    audit.record(
        "reverse_opening_balances", actor=actor, now=now, subject=entry.number_text, reason=reason.strip()[:200],
        cooperative_id=cooperative.pk, members=len({row[3] for row in postings if row[3]}),
        rupiah=sum(row[2] for row in postings if row[3]),
    )  # fmt: skip
    return posted


def _check_taking_back(cooperative: Cooperative, entry: Entry, postings: list[tuple]) -> None:
    if entry.kind != EntryKind.OPENING:
        raise Refused("Catatan ini bukan saldo awal.")
    if Posting.objects.filter(cooperative=cooperative, reverses_id=postings[0][4]).exists():
        raise AlreadyReversed("Saldo awal ini sudah dibatalkan sebelumnya.")
    with whole_lists():
        gone = _numbers(_GIVEN_BACK, cooperative=cooperative.pk, entry=entry.pk)
    if gone:
        raise Refused(
            f"Saldo awal tidak dapat dibatalkan: {_named(gone)} sudah berhenti dan simpanannya sudah diselesaikan."
        )
    for code, words in ((CASH, "kas"), (BANK, "bank")):
        brought = sum(rupiah for _, debit, rupiah, _, _ in postings if debit == code)
        left = account_balance(cooperative, code)
        if brought > left:
            raise Refused(
                f"Saldo awal tidak dapat dibatalkan: {words} tinggal {format_rupiah(left)}, padahal saldo awal membawa "
                f"{format_rupiah(brought)}. Uangnya sudah disetor atau dibayarkan sesudahnya."
            )


def _reopen_pokok(cooperative: Cooperative, books: Books, entry: Entry, on: date) -> None:
    with whole_lists(), connection.cursor() as cursor:
        cursor.execute(
            _REOPEN, {"cooperative": cooperative.pk, "agency": cooperative.agency_id, "entry": entry.pk, "on": on}
        )
        freed = dict(cursor.fetchall())
    if rules_on(cooperative, on, books).instalments_make_members:
        freed = {member_id: paid for member_id, paid in freed.items() if not paid}
    # who was anggota before the entry is so by the old book, not by this pokok
    by_this = Member.objects.filter(cooperative=cooperative, pk__in=list(freed), became_member_on__gte=entry.posted_on)
    return_to_applicants(cooperative=cooperative, member_ids=list(by_this.values_list("pk", flat=True)), on=on)
    merged = Member.objects.filter(cooperative=cooperative, merged_into__isnull=False)
    touched = merged.filter(pk__in=list(freed)) | merged.filter(merged_into__in=list(freed))
    for person in set(touched.values_list("merged_into_id", flat=True)):
        fold_dues(cooperative, person)  # what the entry owed is the person's again
