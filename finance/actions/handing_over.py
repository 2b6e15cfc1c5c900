"""Handing over the office of treasurer: offered with the cash counted, witnessed where needed, received; then access moves."""

from dataclasses import asdict
from datetime import date, datetime

from django.db import transaction

from finance.models import Entry, EntryDigest, EntryKind, HandOver, HandOverSign
from finance.reports.books import account_balance
from finance.reports.handing_over import BANK, HandingOver, balances, hand_overs, open_items, with_parts
from registry import audit
from registry.access import Actor
from registry.actions.access import end_handed_over
from registry.formats import format_rupiah
from registry.models import Cooperative, Grant, GrantKind

from .collecting import check_date, lock_books
from .posting import CASH, CASH_DIFFERENCE, Move, post
from .refusals import CashDifference, Refused

COUNT_AGAIN = "Sejak kas dihitung ada catatan baru di buku. Kas perlu dihitung sekali lagi."


@transaction.atomic
def offer_hand_over(
    *,
    cooperative: Cooperative,
    outgoing: Grant,
    incoming: Grant,
    notes: dict[str, int],
    reason: str = "",
    absence: str = "",
    actor: Actor,
    now: datetime,
    today: date,
) -> HandOver:
    """Offer cash and books of the treasurer `outgoing` to the treasurer `incoming`, with the cash counted as `notes`.

    The outgoing treasurer offers; where they are gone the ketua does, with the reason as `absence`, and the pengawas
    witnesses. An earlier offer that waits is taken back. A difference to 11100 needs `reason`; it is posted when the
    offer is received. Raises `CashDifference`, `Refused`.
    """
    assert actor.user_id is not None  # a person acts
    lock_books(cooperative)
    way = _way(cooperative, outgoing, incoming, absence, actor, today)
    counted = sum(count if note == "coins" else int(note) * count for note, count in notes.items())
    money = balances(cooperative)
    booked = money.get(CASH, 0)
    if counted != booked and not reason.strip():
        raise CashDifference(
            f"Uang kas yang dihitung {format_rupiah(counted)}, menurut buku {format_rupiah(booked)}. Tulis sebab selisihnya."
        )
    before = hand_overs(cooperative)
    for one in before:
        if one.is_open:
            _sign(one.offer, HandOverSign.Part.WITHDRAWN, actor, now)
    offer = HandOver.objects.create(
        cooperative=cooperative,
        number=before[0].offer.number + 1 if before else 1,
        way=way,
        outgoing_id=outgoing.user_id,
        outgoing_name=outgoing.user_name,
        incoming_id=incoming.user_id,
        incoming_name=incoming.user_name,
        offered_by=actor.user_id,
        offered_by_name=actor.name,
        offered_at=now,
        absence=absence.strip()[:200] if way == HandOver.Way.ABSENT else "",
        notes=notes,
        booked_rupiah=booked,
        counted_rupiah=counted,
        reason=reason.strip()[:200] if counted != booked else "",
        bank_rupiah=with_parts(money, BANK),
        open_items=[asdict(item) for item in open_items(cooperative=cooperative, today=today, money=money)],
        last_entry=_last_entry(cooperative),
    )
    audit.record(
        "offer_hand_over",
        actor=actor,
        now=now,
        subject=f"serah terima {offer.number_text}",
        reason=offer.absence or offer.reason,
        cooperative_id=cooperative.pk,
        cash=counted,
        difference=counted - booked,
    )
    return offer


def _way(
    cooperative: Cooperative, outgoing: Grant, incoming: Grant, absence: str, actor: Actor, today: date
) -> HandOver.Way:
    """Return who hands over. Raises `Refused` when these people may not, or not to each other."""
    if outgoing.user_id == incoming.user_id:
        raise Refused("Yang menyerahkan dan yang menerima harus dua orang.")
    if any(one.cooperative_id != cooperative.pk or one.kind != GrantKind.TREASURER for one in (outgoing, incoming)):
        raise Refused("Serah terima hanya antara dua bendahara koperasi ini.")
    if not _treasurers(cooperative, today).filter(user_id=incoming.user_id).exists():
        raise Refused("Bendahara baru belum punya akses. Ketua mengundangnya lebih dulu.")
    if actor.cooperative_id == cooperative.pk and actor.kind == GrantKind.TREASURER:
        if actor.user_id == outgoing.user_id:
            return HandOver.Way.TOGETHER
        raise Refused("Bendahara hanya menyerahkan kas dan buku yang dipegangnya sendiri.")
    if actor.cooperative_id != cooperative.pk or actor.kind != GrantKind.CHAIR:
        raise Refused("Yang menyerahkan adalah bendahara lama, atau ketua bila bendahara lama tidak ada.")
    if actor.user_id == incoming.user_id:
        raise Refused("Ketua yang menjadi bendahara tidak menyerahkan kepada dirinya sendiri.")
    if not absence.strip():
        raise Refused("Tulis sebab bendahara lama tidak hadir.")
    return HandOver.Way.ABSENT


def _treasurers(cooperative: Cooperative, today: date):
    return Grant.objects.in_force(today).filter(cooperative=cooperative, kind=GrantKind.TREASURER)


@transaction.atomic
def witness_hand_over(*, cooperative: Cooperative, number: int, actor: Actor, now: datetime) -> HandingOver:
    """Say as pengawas that the cash was counted and the outgoing treasurer is gone. Again changes nothing. Raises `Refused`."""
    one = _find(cooperative, number)
    if actor.cooperative_id != cooperative.pk or actor.kind != GrantKind.SUPERVISOR:
        raise Refused("Yang menyaksikan adalah pengawas koperasi ini.")
    if actor.user_id in (one.offer.incoming_id, one.offer.offered_by, one.offer.outgoing_id):
        raise Refused("Saksi harus orang lain dari yang menyerahkan dan yang menerima.")
    if one.witness:
        return one
    if not one.waits_for_witness:
        raise Refused("Serah terima ini tidak menunggu saksi.")
    _sign(one.offer, HandOverSign.Part.WITNESS, actor, now)
    _record("witness_hand_over", one, actor, now)
    return _find(cooperative, number)


@transaction.atomic
def withdraw_hand_over(*, cooperative: Cooperative, number: int, actor: Actor, now: datetime) -> HandingOver:
    """Take back an offer that nobody received yet; who receives may also refuse it so. Raises `Refused`."""
    lock_books(cooperative)
    one = _find(cooperative, number)
    if actor.user_id not in (one.offer.offered_by, one.offer.incoming_id) or actor.cooperative_id != cooperative.pk:
        raise Refused("Hanya yang menyerahkan atau yang menerima dapat menarik serah terima ini.")
    if one.received:
        raise Refused("Serah terima ini sudah selesai.")
    if one.is_open:
        _sign(one.offer, HandOverSign.Part.WITHDRAWN, actor, now)
        _record("withdraw_hand_over", one, actor, now)
    return _find(cooperative, number)


@transaction.atomic
def receive_hand_over(
    *, cooperative: Cooperative, number: int, actor: Actor, now: datetime, today: date
) -> HandingOver:
    """Receive cash and books: the difference is posted, the last digest written down, the old access ends this minute.

    Done again by the same person, it changes nothing. Raises `Refused` when the books moved since the count, when the
    pengawas has not witnessed yet, or when it is not for `actor`.
    """
    lock_books(cooperative)
    one = _find(cooperative, number)
    offer = one.offer
    if actor.user_id != offer.incoming_id or actor.cooperative_id != cooperative.pk:
        raise Refused("Serah terima ini ditujukan kepada orang lain.")
    if one.received:
        return one
    if one.withdrawn:
        raise Refused("Serah terima ini sudah ditarik.")
    if actor.kind != GrantKind.TREASURER:
        raise Refused("Serah terima diterima sebagai bendahara.")
    if one.waits_for_witness:
        raise Refused("Pengawas belum menyaksikan serah terima ini.")
    last = _last_entry(cooperative)
    if (last and last.pk) != offer.last_entry_id or account_balance(cooperative, CASH) != offer.booked_rupiah:
        raise Refused(COUNT_AGAIN)
    difference = _post_difference(cooperative, offer, actor, now, today)
    last = _last_entry(cooperative)
    digest = EntryDigest.objects.filter(cooperative=cooperative, entry=last).first() if last else None
    _sign(
        offer,
        HandOverSign.Part.RECEIVED,
        actor,
        now,
        difference_entry_id=difference,
        last_entry=last,
        digest=bytes(digest.digest) if digest else None,
    )
    _record("receive_hand_over", one, actor, now)
    for grant in Grant.objects.filter(
        cooperative=cooperative, user_id=offer.outgoing_id, kind=GrantKind.TREASURER
    ).lasting(today):
        end_handed_over(grant=grant, actor=actor, now=now, today=today)
    return _find(cooperative, number)


def _post_difference(cooperative: Cooperative, offer: HandOver, actor: Actor, now: datetime, today: date) -> int | None:
    """Bring 11100 to what was counted; the difference waits in 11900 until it is explained or borne."""
    if not offer.difference:
        return None
    check_date(lock_books(cooperative), today, today)
    debit, credit = (CASH, CASH_DIFFERENCE) if offer.difference > 0 else (CASH_DIFFERENCE, CASH)
    posted = post(
        cooperative=cooperative,
        kind=EntryKind.CASH,
        posted_on=today,
        text=f"Selisih kas saat serah terima {offer.number_text}",
        moves=[Move(debit, credit, abs(offer.difference))],
        actor=actor,
        now=now,
        receipt_year=today.year,
    )
    return posted.entry_id


def _last_entry(cooperative: Cooperative) -> Entry | None:
    return Entry.objects.filter(cooperative=cooperative).order_by("-pk").first()


def _find(cooperative: Cooperative, number: int) -> HandingOver:
    found = hand_overs(cooperative, number=number)
    if not found:
        raise Refused("Serah terima tidak ditemukan.")
    return found[0]


def _sign(offer: HandOver, part: str, actor: Actor, now: datetime, **more) -> None:
    assert actor.user_id is not None  # a person acts
    HandOverSign.objects.create(
        cooperative_id=offer.cooperative_id,
        hand_over=offer,
        part=part,
        duty="supervisor" if part == HandOverSign.Part.WITNESS else "officer",
        by=actor.user_id,
        by_name=actor.name,
        by_label=GrantKind(actor.kind).label,
        at=now,
        **more,
    )


def _record(verb: str, one: HandingOver, actor: Actor, now: datetime) -> None:
    audit.record(
        verb,
        actor=actor,
        now=now,
        subject=f"serah terima {one.offer.number_text}",
        cooperative_id=one.offer.cooperative_id,
        cash=one.offer.counted_rupiah,
        difference=one.offer.difference,
    )
