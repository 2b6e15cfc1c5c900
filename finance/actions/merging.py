"""Two entries of one person, as money sees it: the postings stay where they are, the person owes once and saves once.

What each entry owed by itself, pauses aside, is kept (`DueBeforeMerge`), so that separating gives it back. A pause of
either entry is a pause of the person while they are one. The person's savings stand in the balance of the surviving entry,
which `verify` recomputes.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import F

from finance.models import Books, DueBeforeMerge, DuesDue, DuesWaiver, EntryKind, Obligation, Posting
from members import actions as members_actions
from members.models import Member, MemberStatus, Merge
from registry.access import Actor
from registry.formats import in_jakarta
from registry.models import Cooperative
from registry.periods import month_of

from .obligations import ensure_obligations
from .refusals import Refused
from .waiving import lift_waivers, waive_paused

Slot = tuple[str, date | None]  # pokok is owed once whatever its month, wajib once a month


@transaction.atomic
def merge_members(
    *,
    survivor: Member,
    merged: Member,
    versions: tuple[int, int],
    taken: frozenset[str],
    actor: Actor,
    now: datetime,
    today: date,
) -> Merge:
    """Let `merged` count as `survivor` in the member book and in the dues; see `members.actions.merge`.

    For a month both entries owe, the person owes once; what either paid counts for it. Who has paid the pokok by both
    together is anggota from `today`. Raises `Refused`, `StaleForm`, `CannotMerge`; then nothing is stored.
    """
    cooperative = survivor.cooperative
    books = Books.objects.select_for_update().filter(cooperative=cooperative).first()
    _refuse_settled(survivor, merged)
    if books:
        ensure_obligations(
            cooperative=cooperative, opened_on=books.opened_on, member_ids=[survivor.pk, merged.pk], through=today
        )
    merge = members_actions.merge(
        survivor=survivor, merged=merged, versions=versions, taken=taken, actor=actor, now=now
    )
    if books:
        lift_waivers(cooperative, [survivor.pk, merged.pk])
        _keep_own_dues(cooperative, survivor, merged)
        fold_dues(cooperative, survivor.pk)
        waive_paused(cooperative, [survivor.pk])
        _admit_if_paid(cooperative, survivor, today)
    _recompute_balances(cooperative, [survivor.pk, merged.pk])
    return merge


@transaction.atomic
def separate_members(*, merge: Merge, actor: Actor, now: datetime, today: date) -> None:
    """Undo a merge: each entry owes, has paid and has saved what its own postings and obligations say.

    What was paid since stays with the surviving entry. Raises `Refused`, `CannotMerge`; then nothing is stored.
    """
    cooperative = merge.survivor.cooperative
    books = Books.objects.select_for_update().filter(cooperative=cooperative).first()
    if not merge.survivor.is_current:
        raise Refused(f"{merge.survivor.number_text} sudah berhenti, jadi catatannya tidak dapat dipisahkan lagi.")
    survivor = members_actions.separate(merge=merge, actor=actor, now=now)
    if books:
        lift_waivers(cooperative, [survivor.pk])
        _give_back_dues(cooperative, [merge.merged_id], None)
        if Member.objects.filter(cooperative=cooperative, merged_into=survivor).exists():
            fold_dues(cooperative, survivor.pk)
        else:
            _give_back_dues(cooperative, [survivor.pk], max(month_of(survivor.joined_on), month_of(books.opened_on)))
        waive_paused(cooperative, [survivor.pk, merge.merged_id])
        _set_status_by_pokok(cooperative, books, merge, today)
    _recompute_balances(cooperative, [survivor.pk, merge.merged_id])


def person_of(cooperative: Cooperative, member_id: int) -> int:
    """Return the entry that counts for this one: the one it was merged into, or itself."""
    own = Member.objects.filter(cooperative=cooperative, pk=member_id)
    return own.values_list("merged_into_id", flat=True).first() or member_id


def fold_dues(cooperative: Cooperative, survivor_id: int) -> None:
    """Lay the dues of a person's entries onto the surviving one: each month is owed once, less what the others paid.

    Nothing to do for who has no merged entries. Called again after a payment of a merged entry was reversed. Their waivers
    are lifted meanwhile: what is folded is what would be owed without pauses.
    """
    others = Member.objects.filter(cooperative=cooperative, merged_into_id=survivor_id)
    merged = set(others.values_list("pk", flat=True))
    if not merged:
        return
    by_slot: dict[Slot, list[Obligation]] = defaultdict(list)
    for row in Obligation.objects.select_for_update().filter(
        cooperative=cooperative, member_id__in=[survivor_id, *merged]
    ):
        by_slot[_slot(row.kind, row.period)].append(row)
    alone = _own_dues(cooperative, [survivor_id, *merged])
    changes, missing = [], []
    for slot, rows in by_slot.items():
        owed = _owed_once(slot, rows, alone)
        paid_by_others = sum(row.paid_rupiah for row in rows if row.member_id in merged)
        own = next((row for row in rows if row.member_id == survivor_id), None)
        if own is None:
            first = min(rows, key=lambda row: row.period)
            missing.append((first.kind, first.period, max(0, owed - paid_by_others)))
        else:
            changes.append((own, max(own.paid_rupiah, owed - paid_by_others)))
        changes += [(row, row.paid_rupiah) for row in rows if row.member_id in merged]
    _set_dues(cooperative, changes)
    _make(cooperative, survivor_id, missing)


def _slot(kind: str, period: date) -> Slot:
    return (kind, None if kind == "pokok" else period)


def _owed_once(slot: Slot, rows: list[Obligation], alone: dict[tuple[int, str, date], int]) -> int:
    """What the person owes for a month; of pokok what was decided when the person first joined."""
    dues = sorted((row.period, alone.get((row.member_id, row.kind, row.period), row.due_rupiah)) for row in rows)
    if slot[0] == "pokok":
        return next((due for _, due in dues if due), 0)
    return max(due for _, due in dues)


def _own_dues(cooperative: Cooperative, members: Iterable[int]) -> dict[tuple[int, str, date], int]:
    kept = DueBeforeMerge.objects.filter(cooperative=cooperative, member_id__in=list(members))
    return {(row.member_id, row.kind, row.period): row.due_rupiah for row in kept}


def _keep_own_dues(cooperative: Cooperative, survivor: Member, merged: Member) -> None:
    """Write down what each owes by itself; of a survivor with other merged entries that was written down before."""
    rows = Obligation.objects.filter(cooperative=cooperative, member__in=[survivor, merged])
    DueBeforeMerge.objects.bulk_create(
        [
            DueBeforeMerge(
                cooperative=cooperative, member_id=member, kind=kind, period=period, due_rupiah=due, made=False
            )
            for member, kind, period, due in rows.values_list("member_id", "kind", "period", "due_rupiah")
        ],
        ignore_conflicts=True,
    )


def _give_back_dues(cooperative: Cooperative, members: list[int], liable_from: date | None) -> None:
    """Let entries owe again what they owed by themselves; `liable_from`: the first month a survivor owes wajib for."""
    kept = DueBeforeMerge.objects.filter(cooperative=cooperative, member_id__in=members)
    before = {(row.member_id, row.kind, row.period): row for row in kept}
    rows = list(Obligation.objects.select_for_update().filter(cooperative=cooperative, member_id__in=members))
    own_months = [row.period for row in rows if row.kind == "wajib" and not _was_made(before, row)]
    last = max(own_months, default=None)
    changes, superfluous = [], []
    for row in rows:
        found = before.get((row.member_id, row.kind, row.period))
        if found is None:
            continue
        if not found.made:
            changes.append((row, max(row.paid_rupiah, found.due_rupiah)))
            continue
        owes = bool(row.kind == "wajib" and liable_from and row.period >= liable_from and last and row.period < last)
        changes.append((row, max(row.paid_rupiah, found.due_rupiah if owes else 0)))
        if not owes and not row.paid_rupiah:
            superfluous.append(row.pk)
    _set_dues(cooperative, changes)
    untouched = Obligation.objects.filter(cooperative=cooperative, pk__in=superfluous, allocations__isnull=True)
    unused = list(untouched.values_list("pk", flat=True))
    DuesWaiver.objects.filter(cooperative=cooperative, obligation__in=unused).delete()
    Obligation.objects.filter(cooperative=cooperative, pk__in=unused).delete()
    kept.delete()


def _was_made(before: dict, row: Obligation) -> bool:
    found = before.get((row.member_id, row.kind, row.period))
    return bool(found and found.made)


def _set_dues(cooperative: Cooperative, changes: Iterable[tuple[Obligation, int]]) -> None:
    """Set what obligations come to, and the sums of their months with them."""
    for row, due in changes:
        if due == row.due_rupiah:
            continue
        _sum(cooperative, row.kind, row.period, int(due > 0) - int(row.due_rupiah > 0), due - row.due_rupiah)
        Obligation.objects.filter(cooperative=cooperative, pk=row.pk).update(due_rupiah=due)
        row.due_rupiah = due


def _make(cooperative: Cooperative, member_id: int, missing: list[tuple[str, date, int]]) -> None:
    """Make the months only another entry had: what is left of them, or a paid one (0) that keeps its place."""
    alone = {
        (kind, period): due
        for kind, period, due in DueBeforeMerge.objects.filter(
            cooperative=cooperative, member__merged_into_id=member_id
        ).values_list("kind", "period", "due_rupiah")
    }
    for kind, period, due in missing:
        Obligation.objects.create(
            cooperative=cooperative, member_id=member_id, kind=kind, period=period, due_rupiah=due
        )
        DueBeforeMerge.objects.create(
            cooperative=cooperative, member_id=member_id, kind=kind, period=period,
            due_rupiah=alone.get((kind, period), due), made=True,
        )  # fmt: skip
        if due:
            _sum(cooperative, kind, period, 1, due)


def _sum(cooperative: Cooperative, kind: str, period: date, obligations: int, rupiah: int) -> None:
    DuesDue.objects.filter(cooperative=cooperative, kind=kind, period=period).update(
        obligations=F("obligations") + obligations, rupiah=F("rupiah") + rupiah
    )


def _refuse_settled(*members: Member) -> None:
    """Who got the savings back has left, and came again as somebody new: these are two memberships, not one twice."""
    for one in members:
        settled = Posting.objects.filter(cooperative_id=one.cooperative_id, member=one, entry__kind=EntryKind.EXIT)
        if settled.exists():
            raise Refused(
                f"Simpanan {one.number_text} sudah dikembalikan saat berhenti. Itu keanggotaan yang lama, bukan catatan ganda."
            )


def _admit_if_paid(cooperative: Cooperative, survivor: Member, today: date) -> None:
    """Instalments of one pokok, paid under two numbers, may be all of it."""
    rows = Obligation.objects.filter(
        cooperative=cooperative, member=survivor, kind="pokok", due_rupiah=F("paid_rupiah")
    )
    paid = Obligation.objects.filter(
        cooperative=cooperative, member__merged_into=survivor, kind="pokok", paid_rupiah__gt=0
    )
    if rows.exists() and (paid.exists() or rows.filter(paid_rupiah__gt=0).exists()):
        members_actions.become_member(cooperative=cooperative, member_ids=[survivor.pk], on=today)


def _set_status_by_pokok(cooperative: Cooperative, books: Books, merge: Merge, today: date) -> None:
    """After separating, each entry is what its own pokok makes of it, where the merge or a payment since changed that."""
    raised = merge.before["status"] == MemberStatus.APPLICANT
    for member_id, was_raised in ((merge.survivor_id, raised), (merge.merged_id, False)):
        pokok = Obligation.objects.filter(cooperative=cooperative, member_id=member_id, kind="pokok").first()
        if pokok is None:
            continue
        taken_back = pokok.allocations.filter(
            cooperative=cooperative, rupiah__lt=0, posted_on__gte=in_jakarta(merge.merged_at).date()
        )
        enough = pokok.paid_rupiah > 0 if books.instalments_make_members else pokok.paid_rupiah == pokok.due_rupiah
        if pokok.paid_rupiah and enough:
            members_actions.become_member(cooperative=cooperative, member_ids=[member_id], on=today)
        elif not enough and (was_raised or taken_back.exists()):
            members_actions.return_to_applicants(cooperative=cooperative, member_ids=[member_id], on=today)


_BALANCES = """
WITH saved AS (
  SELECT coalesce(g.merged_into_id, g.id) AS person,
         sum(CASE WHEN c.code = '31000' THEN p.rupiah WHEN d.code = '31000' THEN -p.rupiah ELSE 0 END) AS pokok,
         sum(CASE WHEN c.code = '32000' THEN p.rupiah WHEN d.code = '32000' THEN -p.rupiah ELSE 0 END) AS wajib
  FROM members_member g
  JOIN finance_posting p ON p.cooperative_id = g.cooperative_id AND p.member_id = g.id
  JOIN finance_account d ON d.cooperative_id = p.cooperative_id AND d.id = p.debit_id
  JOIN finance_account c ON c.cooperative_id = p.cooperative_id AND c.id = p.credit_id
  WHERE g.cooperative_id = %(cooperative)s AND (g.id = ANY(%(members)s::bigint[]) OR g.merged_into_id = ANY(%(members)s::bigint[]))
  GROUP BY 1
)
INSERT INTO finance_memberbalance (cooperative_id, member_id, pokok_rupiah, wajib_rupiah)
SELECT %(cooperative)s, m.id, coalesce(saved.pokok, 0), coalesce(saved.wajib, 0)
FROM unnest(%(members)s::bigint[]) AS m(id) LEFT JOIN saved ON saved.person = m.id
ON CONFLICT (cooperative_id, member_id) DO UPDATE SET pokok_rupiah = EXCLUDED.pokok_rupiah, wajib_rupiah = EXCLUDED.wajib_rupiah
"""


def _recompute_balances(cooperative: Cooperative, members: list[int]) -> None:
    """Store what the postings of these persons say. A merged entry saves nothing by itself."""
    with connection.cursor() as cursor:
        cursor.execute(_BALANCES, {"cooperative": cooperative.pk, "members": members})
