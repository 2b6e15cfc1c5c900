"""Two entries of one person: merging them, separating them again, and saying that they are two people.

Nothing is copied: the merged entry stays as it was, under its number, and points at the entry that counts. What money
makes of it is the storey above (`finance.actions.merging`), which calls these.
"""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import IntegrityError, transaction

from members.models import Identity, Member, MemberStatus, Merge, NotTheSame
from registry import audit
from registry.access import Actor
from registry.actions.cooperatives import touch
from registry.periods import today_jakarta

from .businesses import count_businesses, lock_counts
from .people import StaleForm, count_flow

CHOSEN = ("name", "sex", "birth_date", "birth_place", "address", "rt_rw", "phone", "occupation", "kind", "joined_on")
KEPT = (*CHOSEN, "status", "became_member_on")  # what a merge may change of the survivor


class CannotMerge(Exception):
    """The two entries cannot be merged, or not be separated; `sentence` says why."""

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        super().__init__(sentence)


@transaction.atomic
def merge(
    *,
    survivor: Member,
    merged: Member,
    versions: tuple[int, int],
    taken: frozenset[str],
    actor: Actor,
    now: datetime,
) -> Merge:
    """Let `merged` count as `survivor`; `taken` names the fields (of `CHOSEN`, or "national_id") whose value comes from it.

    `versions`: those of survivor and merged which the person saw. Raises `StaleForm`, `CannotMerge`.
    """
    keeps, goes = _locked(survivor, merged)
    if (keeps.version, goes.version) != versions:
        raise StaleForm
    _refuse_impossible(keeps, goes)
    before = _kept(keeps)
    _count(keeps, -1)
    _count(goes, -1)
    for name in taken & set(CHOSEN):
        setattr(keeps, name, getattr(goes, name))
    _raise_status(keeps, goes)
    keeps.version += 1
    goes.version += 1
    goes.merged_into = keeps
    keeps.save()
    goes.save(update_fields=["merged_into", "version"])
    _count(keeps, 1)
    done = Merge.objects.create(
        cooperative_id=keeps.cooperative_id, merged=goes, survivor=keeps, before=before, after=_kept(keeps),
        national_ids=_choose_national_id(keeps, goes, "national_id" in taken), merged_at=now, merged_by_name=actor.name,
    )  # fmt: skip
    count_businesses(keeps.cooperative)
    touch(keeps.cooperative, today_jakarta(now))
    audit.record(
        "merge_members", actor=actor, now=now, subject=f"anggota {keeps.number_text}",
        cooperative_id=keeps.cooperative_id, merged=goes.number_text, taken=sorted(taken),
    )  # fmt: skip
    return done


@transaction.atomic
def separate(*, merge: Merge, actor: Actor, now: datetime) -> Member:
    """Give both entries back what they were before; what was amended since stays amended. Return the survivor.

    Raises `CannotMerge` when they are separated already, or somebody recorded the same NIK a second time meanwhile.
    """
    keeps, goes = _locked(merge.survivor, merge.merged)
    open_now = Merge.objects.filter(cooperative_id=merge.cooperative_id, pk=merge.pk, separated_at__isnull=True)
    if not open_now.update(separated_at=now, separated_by_name=actor.name):
        raise CannotMerge("Kedua catatan ini sudah dipisahkan.")
    _count(keeps, -1)
    for name, value in _kept(keeps).items():
        if value == merge.after[name] and value != merge.before[name]:
            setattr(keeps, name, _value(name, merge.before[name]))
    keeps.version += 1
    goes.version += 1
    goes.merged_into = None
    keeps.save()
    goes.save(update_fields=["merged_into", "version"])
    _count(keeps, 1)
    _count(goes, 1)
    _give_back_national_ids(keeps, goes, merge.national_ids)
    count_businesses(keeps.cooperative)
    touch(keeps.cooperative, today_jakarta(now))
    audit.record(
        "separate_members", actor=actor, now=now, subject=f"anggota {keeps.number_text}",
        cooperative_id=keeps.cooperative_id, separated=goes.number_text,
    )  # fmt: skip
    return keeps


@transaction.atomic
def tell_apart(*, one: Member, other: Member, actor: Actor, now: datetime) -> None:
    """Remember that two entries are two people; said again it changes nothing."""
    older, younger = sorted((one, other), key=lambda member: member.pk)
    _, new = NotTheSame.objects.get_or_create(
        cooperative_id=older.cooperative_id, one=older, other=younger, defaults={"said_at": now, "said_by_name": actor.name}
    )  # fmt: skip
    if new:
        audit.record(
            "tell_members_apart", actor=actor, now=now, subject=f"anggota {older.number_text}",
            cooperative_id=older.cooperative_id, other=younger.number_text,
        )  # fmt: skip


@transaction.atomic
def offer_again(*, told: NotTheSame, actor: Actor, now: datetime) -> None:
    """Take back that two entries are two people: the pair is offered again."""
    told.delete()
    audit.record(
        "offer_pair_again", actor=actor, now=now, subject=f"anggota {told.one.number_text}",
        cooperative_id=told.cooperative_id, other=told.other.number_text,
    )  # fmt: skip


def _locked(survivor: Member, merged: Member) -> tuple[Member, Member]:
    """Lock both, the older first, and return them anew; and the counts they stand in."""
    lock_counts(survivor.cooperative)
    rows = Member.objects.select_for_update().filter(
        cooperative_id=survivor.cooperative_id, pk__in=[survivor.pk, merged.pk]
    )
    found = {row.pk: row for row in rows.order_by("pk")}
    return found[survivor.pk], found[merged.pk]


def _refuse_impossible(keeps: Member, goes: Member) -> None:
    if keeps.pk == goes.pk:
        raise CannotMerge("Pilih dua catatan yang berbeda.")
    for one in (keeps, goes):
        if one.merged_into_id:
            raise CannotMerge(f"{one.number_text} sudah digabung ke catatan lain.")
    if not keeps.is_current:
        raise CannotMerge(f"{keeps.number_text} sudah berhenti. Pakai nomor yang masih menjadi anggota.")
    if Member.objects.of(keeps.cooperative).filter(merged_into=goes).exists():
        raise CannotMerge(
            f"{goes.number_text} sudah menampung catatan lain. Pakai {goes.number_text} sebagai nomornya."
        )


def _raise_status(keeps: Member, goes: Member) -> None:
    """Who is a full member by one entry is one; since the earlier of the days, not before joining."""
    since = [day for day in (keeps.was_member_on, goes.was_member_on if goes.is_current else None) if day]
    if keeps.status == MemberStatus.APPLICANT and goes.is_current:
        keeps.status = goes.status
    if keeps.status != MemberStatus.APPLICANT and since:
        keeps.became_member_on = max(keeps.joined_on, min(since))


def _kept(member: Member) -> dict[str, str]:
    """What a merge may change, as text: days as 2026-11-20, nothing as ""."""
    return {name: str(value) if (value := getattr(member, name)) is not None else "" for name in KEPT}


def _value(name: str, text: str) -> str | date | None:
    if name in ("birth_date", "joined_on", "became_member_on"):
        return date.fromisoformat(text) if text else None
    return text


def _count(member: Member, sign: int) -> None:
    """Add a member to the flow of the months it came and went in, or take it out again (`sign` -1)."""
    became, left = member.was_member_on, member.exited_on
    moves: list[tuple[date, Mapping[str, int]]] = []
    if became == member.joined_on:
        moves.append((member.joined_on, {"joined": 1}))
    else:
        moves.append((member.joined_on, {"applicants": 1}))
        if became:
            moves.append((became, {"joined": 1, "applicants": -1}))
    if left:
        moves.append((left, {"left": 1} if became else {"applicants": -1}))
    for on, change in moves:
        count_flow(member.cooperative, on, member.sex, **{name: sign * number for name, number in change.items()})


def _choose_national_id(keeps: Member, goes: Member, from_merged: bool) -> list[int]:
    """Leave one NIK of the two current: the chosen one, or the only one. Return whose were current before."""
    own = Identity.objects.filter(cooperative_id=keeps.cooperative_id, member_id__in=[keeps.pk, goes.pk])
    found = dict(own.values_list("member_id", "current"))
    chosen = goes.pk if goes.pk in found and (from_merged or keeps.pk not in found) else keeps.pk
    try:
        with transaction.atomic():
            own.exclude(member_id=chosen).update(current=False)
            own.filter(member_id=chosen).update(current=True)
    except IntegrityError as error:
        raise CannotMerge("NIK itu juga tercatat pada anggota lain. Periksa dulu NIK ketiganya.") from error
    return [pk for pk, current in found.items() if current]


def _give_back_national_ids(keeps: Member, goes: Member, current: list[int]) -> None:
    own = Identity.objects.filter(cooperative_id=keeps.cooperative_id)
    own.filter(member=goes).update(current=False)
    try:
        with transaction.atomic():
            if keeps.pk in current or goes.pk not in current:
                own.filter(member=keeps).update(current=keeps.is_current)
            if goes.pk in current:
                own.filter(member=goes).update(current=True)
    except IntegrityError as error:
        raise CannotMerge(
            f"NIK {goes.number_text} kini juga tercatat pada {keeps.number_text}. Ubah dulu NIK {keeps.number_text}."
        ) from error
