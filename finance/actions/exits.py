"""Returning the savings of a member who leaves (AD model Ps 6): first a debt to the member, then money paid out."""

import hashlib
import json
import uuid
from datetime import date, datetime

from django.db import transaction
from django.db.models import F

from finance.models import (
    EXIT_PAYABLE,
    Channel,
    DuesDue,
    Entry,
    EntryKind,
    MemberBalance,
    Obligation,
    PayOut,
    Posting,
    Submission,
)
from finance.reports.books import account_balance
from members.models import Member, MemberStatus, entries_of
from registry import audit
from registry.access import Actor
from registry.formats import format_date, format_rupiah
from registry.models import Cooperative

from .collecting import check_date, known_entry, lock_books
from .posting import BANK, CASH, POKOK, WAJIB, Move, Posted, post
from .refusals import Refused, TooMuch

PAID_FROM = {Channel.CASH: CASH, Channel.BANK: BANK}


@transaction.atomic
def settle_exit(
    *, cooperative: Cooperative, member: Member, on: date, pay_now: bool, actor: Actor, now: datetime, today: date
) -> Posted | None:
    """Turn an exited member's pokok and wajib into a debt of the cooperative (21700), and pay it in cash when `pay_now`.

    Obligations after the month of exit are taken off the list of what is due, also of a member who saved nothing; then
    nothing is posted and None comes back. Done again, it changes nothing. Raises `Refused`.
    """
    books = lock_books(cooperative)
    _check_left(member, on)
    check_date(books, on, today)
    waived = _drop_later_obligations(cooperative, member)
    balance = MemberBalance.objects.filter(cooperative=cooperative, member=member).first()
    pokok, wajib = (balance.pokok_rupiah, balance.wajib_rupiah) if balance else (0, 0)
    total = pokok + wajib
    if not total and not waived:
        return None
    posted = None
    if total:
        _check_after_postings(cooperative, member, on)
        moves = [
            Move(account, EXIT_PAYABLE, rupiah, member.pk)
            for account, rupiah in ((POKOK, pokok), (WAJIB, wajib))
            if rupiah
        ]
        if pay_now:
            _check_payee(member, "")
            _check_money(cooperative, Channel.CASH, total)
            moves.append(Move(EXIT_PAYABLE, CASH, total, member.pk))
        left = _left(member)
        posted = _post(cooperative, f"Pengembalian simpanan {member.number_text}", on, moves, actor, now, today)
        if pay_now:
            _keep_proof(cooperative, member, posted, on, total, Channel.CASH, "", left, actor)
    audit.record(
        "settle_exit", actor=actor, now=now, subject=f"anggota {member.number_text}", cooperative_id=cooperative.pk,
        rupiah=total, paid=pay_now, waived=waived,
    )  # fmt: skip
    return posted


@transaction.atomic
def pay_out_exit(
    *,
    cooperative: Cooperative,
    member: Member,
    rupiah: int,
    on: date,
    channel: str = Channel.CASH,
    payee: str = "",
    key: uuid.UUID,
    actor: Actor,
    now: datetime,
    today: date,
) -> PayOut:
    """Hand over `rupiah` of what is still owed to a member who left, from cash or bank; any number of times, never more.

    `payee` is who takes it when not the member: an heir, or somebody sent. The same `key` with the same content returns
    the first pay-out. Raises `ReusedKey`, `ClosedMonth`, `TooMuch` or `Refused`; then nothing is stored.
    """
    books = lock_books(cooperative)
    content = json.dumps([member.pk, rupiah, on, channel, payee], default=str)
    request_hash = hashlib.sha256(content.encode()).digest()
    before = known_entry(cooperative, key, request_hash)
    if before is not None:
        return PayOut.objects.get(cooperative=cooperative, entry=before)
    _check_left(member, on)
    check_date(books, on, today)
    if channel not in PAID_FROM:
        raise Refused("Pilih dibayar dari kas atau dari bank.")
    left = _left(member)
    _check_pay_out(member, rupiah, left)
    _check_payee(member, payee)
    _check_after_postings(cooperative, member, on)
    _check_money(cooperative, channel, rupiah)
    moves = [Move(EXIT_PAYABLE, PAID_FROM[Channel(channel)], rupiah, member.pk)]
    text = f"Pembayaran kepada mantan anggota {member.number_text}"
    posted = _post(cooperative, text, on, moves, actor, now, today)
    paid = _keep_proof(cooperative, member, posted, on, rupiah, channel, payee, left - rupiah, actor)
    Submission.objects.create(
        cooperative=cooperative, key=key, request_hash=request_hash, entry_id=posted.entry_id, at=now
    )
    audit.record(
        "pay_out_exit", actor=actor, now=now, subject=f"anggota {member.number_text}", cooperative_id=cooperative.pk,
        rupiah=rupiah, left=paid.left_rupiah,
    )  # fmt: skip
    return paid


def _check_left(member: Member, on: date) -> None:
    if member.status != MemberStatus.EXITED or member.exited_on is None:
        raise Refused("Simpanan dikembalikan setelah anggota dinyatakan berhenti.")
    if on < member.exited_on:
        raise Refused(f"Tanggal pengembalian tidak boleh sebelum tanggal berhenti, {format_date(member.exited_on)}.")


def _check_after_postings(cooperative: Cooperative, member: Member, on: date) -> None:
    """What is given back was there on that day: else the member's savings were below zero on some day in between."""
    postings = Posting.objects.filter(entries_of(member), cooperative=cooperative)
    last = postings.order_by("-posted_on").values_list("posted_on", flat=True).first()
    if last and on < last:
        raise Refused(f"Tanggal tidak boleh sebelum catatan terakhir anggota ini, {format_date(last)}.")


def _check_payee(member: Member, payee: str) -> None:
    if member.exit_reason == Member.ExitReason.DIED and not payee.strip():
        raise Refused("Anggota ini sudah meninggal. Tulis nama ahli waris yang menerima uangnya.")


def _check_pay_out(member: Member, rupiah: int, left: int) -> None:
    if rupiah <= 0:
        raise Refused("Jumlah yang dibayarkan harus lebih dari nol.")
    if not left:
        raise TooMuch(f"Tidak ada lagi yang harus dibayarkan kepada {member.number_text}.", member_ids=[member.pk])
    if rupiah > left:
        raise TooMuch(
            f"{member.number_text}: yang masih harus dibayarkan tinggal {format_rupiah(left)}.", member_ids=[member.pk]
        )


def _check_money(cooperative: Cooperative, channel: str, rupiah: int) -> None:
    """Nobody hands over money that the books say is not there."""
    there = account_balance(cooperative, PAID_FROM[Channel(channel)])
    if there < rupiah:
        where = "Kas" if channel == Channel.CASH else "Bank"
        raise Refused(
            f"{where} menurut buku {format_rupiah(there)}, tidak cukup untuk {format_rupiah(rupiah)}. "
            "Catat dulu uang yang masuk, atau pilih cara bayar lain."
        )


def _left(member: Member) -> int:
    """Return what is still owed to the member, rupiah."""
    owed, paid = Posting.objects.owed_to_leaver(member)
    return owed - paid


def _post(cooperative, text: str, on: date, moves: list[Move], actor: Actor, now: datetime, today: date) -> Posted:
    return post(
        cooperative=cooperative,
        kind=EntryKind.EXIT,
        posted_on=on,
        text=text,
        moves=moves,
        actor=actor,
        now=now,
        receipt_year=today.year,
    )


def _keep_proof(cooperative, member, posted: Posted, on, rupiah, channel, payee, left, actor: Actor) -> PayOut:
    return PayOut.objects.create(
        cooperative=cooperative,
        entry=Entry.objects.get(cooperative=cooperative, pk=posted.entry_id),
        member=member,
        paid_on=on,
        rupiah=rupiah,
        channel=channel,
        payee=payee,
        paid_by=actor.name,
        left_rupiah=left,
    )


def _drop_later_obligations(cooperative: Cooperative, member: Member) -> int:
    """Wajib stops with the month of exit: what is unpaid of later months was never owed. Return the rupiah dropped.

    The rows stay (allocations, also reversed ones, refer to them); their due falls to what was paid.
    """
    later = Obligation.objects.filter(
        cooperative=cooperative,
        member=member,
        kind="wajib",
        period__gt=member.exited_on,
        due_rupiah__gt=F("paid_rupiah"),
    )
    waived = 0
    for row in later.values("period", "due_rupiah", "paid_rupiah"):
        waived += row["due_rupiah"] - row["paid_rupiah"]
        DuesDue.objects.filter(cooperative=cooperative, kind="wajib", period=row["period"]).update(
            obligations=F("obligations") - int(row["paid_rupiah"] == 0),
            rupiah=F("rupiah") - (row["due_rupiah"] - row["paid_rupiah"]),
        )
    later.update(due_rupiah=F("paid_rupiah"))
    return waived
