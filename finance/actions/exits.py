"""Returning the savings of a member who leaves (AD model Ps 6): first a debt to the member, then money paid out."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import F

from finance.models import DuesDue, EntryKind, MemberBalance, Obligation
from members.models import Member, MemberStatus
from registry import audit
from registry.access import Actor
from registry.models import Cooperative

from .collecting import check_date, lock_books
from .posting import CASH, EXIT_PAYABLE, POKOK, WAJIB, Move, Posted, post
from .refusals import Refused


@transaction.atomic
def settle_exit(
    *, cooperative: Cooperative, member: Member, on: date, pay_now: bool, actor: Actor, now: datetime, today: date
) -> Posted:
    """Turn an exited member's pokok and wajib into a debt of the cooperative (21700), and pay it in cash when `pay_now`.

    Obligations after the month of exit are taken off the list of what is due. Raises `Refused`.
    """
    books = lock_books(cooperative)
    if member.status != MemberStatus.EXITED:
        raise Refused("Simpanan dikembalikan setelah anggota dinyatakan berhenti.")
    check_date(books, on, today)
    _drop_later_obligations(cooperative, member)
    balance = MemberBalance.objects.filter(cooperative=cooperative, member=member).first()
    pokok, wajib = (balance.pokok_rupiah, balance.wajib_rupiah) if balance else (0, 0)
    if pokok + wajib == 0:
        raise Refused("Anggota ini tidak punya simpanan yang harus dikembalikan.")
    moves = [
        Move(account, EXIT_PAYABLE, rupiah, member.pk) for account, rupiah in ((POKOK, pokok), (WAJIB, wajib)) if rupiah
    ]
    if pay_now:
        moves.append(Move(EXIT_PAYABLE, CASH, pokok + wajib, member.pk))
    posted = post(
        cooperative=cooperative,
        kind=EntryKind.EXIT,
        posted_on=on,
        text=f"Pengembalian simpanan {member.number_text}",
        moves=moves,
        actor=actor,
        now=now,
        receipt_year=today.year,
    )
    audit.record(
        "settle_exit", actor=actor, now=now, subject=f"anggota {member.number_text}", cooperative_id=cooperative.pk,
        rupiah=pokok + wajib, paid=pay_now,
    )  # fmt: skip
    return posted


def _drop_later_obligations(cooperative: Cooperative, member: Member) -> None:
    """Wajib stops with the month of exit: what is unpaid of later months was never owed.

    The rows stay (allocations, also reversed ones, refer to them); their due falls to what was paid.
    """
    later = Obligation.objects.filter(
        cooperative=cooperative,
        member=member,
        kind="wajib",
        period__gt=member.exited_on,
        due_rupiah__gt=F("paid_rupiah"),
    )
    for row in later.values("period", "due_rupiah", "paid_rupiah"):
        DuesDue.objects.filter(cooperative=cooperative, kind="wajib", period=row["period"]).update(
            obligations=F("obligations") - int(row["paid_rupiah"] == 0),
            rupiah=F("rupiah") - (row["due_rupiah"] - row["paid_rupiah"]),
        )
    later.update(due_rupiah=F("paid_rupiah"))
