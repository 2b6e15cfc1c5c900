"""Opening balances of a cooperative that kept its books elsewhere: one entry, which must come out at zero."""

import hashlib
import json
import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.db import connection, transaction

from finance.models import Entry, EntryKind, Submission
from members.models import Member
from registry import audit
from registry.access import Actor
from registry.models import Cooperative

from .collecting import Recorded, check_date, find_submission, lock_books
from .obligations import ensure_obligations
from .posting import BANK, CASH, OPENING, POKOK, WAJIB, Move, Posted, post
from .refusals import Refused


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
    must be equal, else 39000 would not be zero. Pokok paid before counts towards the member's pokok obligation.
    Raises `Refused`; done once per cooperative, idempotent by `key`.
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
    _settle_pokok(cooperative, books.opened_on, lines, posted.entry_id, as_of)
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
    if Entry.objects.filter(cooperative=cooperative, kind=EntryKind.OPENING).exists():
        raise Refused("Saldo awal sudah dicatat. Perbaikan dilakukan dengan koreksi, bukan dengan saldo awal kedua.")
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
    known = Member.objects.filter(cooperative=cooperative, pk__in=[line.member_id for line in lines]).count()
    if known != len({line.member_id for line in lines}):
        raise Refused("Sebagian anggota tidak ditemukan di koperasi ini, atau tercantum dua kali.")


# What was paid before covers the pokok obligation, through a payment without a receipt, so that `verify` can add it up.
_SETTLE = """
WITH owed AS (
  SELECT o.id, o.member_id, o.period, least(o.due_rupiah - o.paid_rupiah, p.rupiah) AS rupiah
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
  ON CONFLICT (cooperative_id, kind, period, posted_month) DO UPDATE SET rupiah = d.rupiah + EXCLUDED.rupiah
)
UPDATE finance_obligation o SET paid_rupiah = o.paid_rupiah + owed.rupiah
FROM owed WHERE o.cooperative_id = %(cooperative)s AND o.id = owed.id
"""


def _settle_pokok(
    cooperative: Cooperative, opened_on: date, lines: Sequence[OpeningLine], entry_id: int, as_of: date
) -> None:
    members = [line.member_id for line in lines]
    ensure_obligations(cooperative=cooperative, opened_on=opened_on, member_ids=members, through=as_of)
    with connection.cursor() as cursor:
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
