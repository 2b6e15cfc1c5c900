"""The plan by which a leaver's savings are paid out, and taking a wrong pay-out back."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from finance.models import EXIT_PAYABLE, EntryKind, PayOut, PayOutReversal, Posting, RefundPart
from members.models import Member
from registry import audit
from registry.access import Actor
from registry.formats import format_rupiah
from registry.models import Cooperative

from .collecting import check_date, lock_books
from .posting import Move, Posted, post
from .refusals import Refused

MOST_PARTS = 60


class AlreadyTakenBack(Refused):
    """The pay-out was reversed before."""


@transaction.atomic
def plan_refund(
    *,
    cooperative: Cooperative,
    member: Member,
    parts: Sequence[tuple[date, int]],
    actor: Actor,
    now: datetime,
    today: date,
) -> list[RefundPart]:
    """Plan when what is still owed to a leaver is paid out: (due date, rupiah) in order, together exactly what is owed.

    Replaces an earlier plan. Nothing is posted. Raises `Refused`.
    """
    lock_books(cooperative)
    owed, paid = Posting.objects.owed_to_leaver(member)
    _check_parts(parts, owed - paid, today)
    RefundPart.objects.filter(cooperative=cooperative, member=member, replaced_at__isnull=True).update(replaced_at=now)
    made = RefundPart.objects.bulk_create(
        RefundPart(cooperative=cooperative, member=member, number=number, due_on=due_on, rupiah=rupiah, paid_before=paid,
                   planned_at=now, planned_by_name=actor.name)
        for number, (due_on, rupiah) in enumerate(parts, 1)
    )  # fmt: skip
    audit.record("plan_refund", actor=actor, now=now, subject=f"anggota {member.number_text}", cooperative_id=cooperative.pk,
                 rupiah=owed - paid, parts=len(made))  # fmt: skip
    return made


def _check_parts(parts: Sequence[tuple[date, int]], left: int, today: date) -> None:
    if not left:
        raise Refused("Tidak ada lagi yang harus dibayarkan, jadi tidak perlu jadwal.")
    if not 1 <= len(parts) <= MOST_PARTS:
        raise Refused(f"Jadwal berisi 1 sampai {MOST_PARTS} kali bayar.")
    if any(rupiah <= 0 for _, rupiah in parts):
        raise Refused("Setiap bagian harus lebih dari nol.")
    if sum(rupiah for _, rupiah in parts) != left:
        raise Refused(f"Jumlah semua bagian harus sama dengan yang belum dibayarkan, {format_rupiah(left)}.")
    days = [due_on for due_on, _ in parts]
    if days != sorted(set(days)) or days[0] < today:
        raise Refused("Jatuh tempo harus berurutan, mulai hari ini atau sesudahnya.")


@transaction.atomic
def reverse_pay_out(
    *, cooperative: Cooperative, pay_out: PayOut, reason: str, on: date, actor: Actor, now: datetime, today: date
) -> Posted:
    """Take a wrong pay-out back: the money is in cash or bank again, and owed to the leaver again.

    Raises `AlreadyTakenBack`, `ClosedMonth`, `Refused`; then nothing is stored.
    """
    books = lock_books(cooperative)
    if not reason.strip():
        raise Refused("Tulis alasannya, misalnya: salah orang, uang sudah kembali ke kas.")
    check_date(books, on, today)
    if on < pay_out.paid_on:
        raise Refused("Tanggal pembatalan tidak boleh sebelum tanggal pembayarannya.")
    if PayOutReversal.objects.filter(cooperative=cooperative, pay_out=pay_out).exists():
        raise AlreadyTakenBack(f"Pembayaran {pay_out.entry.number_text} sudah dibatalkan.")
    paid = Posting.objects.filter(
        cooperative=cooperative, entry=pay_out.entry, member_id=pay_out.member_id, debit__code=EXIT_PAYABLE
    ).select_related("debit", "credit").get()  # fmt: skip
    posted = post(
        cooperative=cooperative,
        kind=EntryKind.REVERSAL,
        posted_on=on,
        text=f"Pembatalan pembayaran {pay_out.entry.number_text}, {pay_out.member.number_text}",
        moves=[Move(paid.credit.code, paid.debit.code, paid.rupiah, paid.member_id, reverses_id=paid.pk)],
        actor=actor,
        now=now,
        receipt_year=today.year,
    )
    PayOutReversal.objects.create(
        cooperative=cooperative, pay_out=pay_out, entry_id=posted.entry_id, reversed_on=on, reason=reason.strip()[:200],
        reversed_by=actor.name,
    )  # fmt: skip
    audit.record("reverse_pay_out", actor=actor, now=now, subject=f"anggota {pay_out.member.number_text}",
                 cooperative_id=cooperative.pk, rupiah=pay_out.rupiah, reason=reason.strip()[:200])  # fmt: skip
    return posted
