"""What the members of a collection owe, made and read before their money is laid on it."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from django.db import connection

from finance.models import Books
from members.models import Member
from registry.models import Cooperative
from registry.periods import add_months, last_day, month_of

from .obligations import Had, make_missing
from .posting import EQUITY_OF
from .refusals import AlreadyRecorded, Refused, TooMuch

MONTHS_AHEAD = 36  # further ahead is a typing error


@dataclass(frozen=True)
class DuesLine:
    """One member's money in a collection: rupiah for pokok and for wajib. `ahead` allows months after `through`.

    `seen` is the open wajib the officer saw when deciding, `seen_pokok` the open pokok; less of it now means that a
    colleague was faster.
    """

    member_id: int
    pokok: int = 0
    wajib: int = 0
    payer: str = ""
    ahead: bool = False
    seen: int | None = None
    seen_pokok: int | None = None

    @property
    def rupiah(self) -> int:
        return self.pokok + self.wajib


@dataclass
class Owed:
    """Open obligations of one member, with what is needed to explain them."""

    number_text: str
    status: str
    birth_date: date | None
    rows: list[tuple[int, str, date, int]] = field(default_factory=list)  # id, kind, period, open rupiah

    def open(self, kind: str) -> int:
        return sum(row[3] for row in self.rows if row[1] == kind)

    def up_to(self, month: date) -> "Owed":
        """Return the same without wajib of later months; pokok before wajib, oldest first."""
        rows = [row for row in self.rows if row[1] == "pokok" or row[2] <= month]
        return replace(self, rows=sorted(rows, key=lambda row: (row[1], row[2])))


# What is needed before the plan, one kind of row below the other: members, their open obligations, what they have of pokok
# and wajib, who of everybody lacks pokok or the month of payment, the rate of wajib, and whether the form came before.
# Each part is one pass over an index, whatever the statistics.
_READ = """
SELECT 'member', m.id, m.number_text, m.status, m.birth_date, NULL::bigint, m.exited_on, 0::bigint FROM members_member m
WHERE m.cooperative_id = %(cooperative)s AND m.id = ANY(%(members)s::bigint[]) AND m.merged_into_id IS NULL
UNION ALL
SELECT o.kind, o.member_id, NULL, NULL, NULL, o.id, o.period, o.due_rupiah - o.paid_rupiah FROM finance_obligation o
WHERE o.cooperative_id = %(cooperative)s AND o.member_id = ANY(%(members)s::bigint[]) AND o.paid_rupiah < o.due_rupiah
UNION ALL
SELECT 'had', o.member_id, NULL, NULL, NULL, NULL, max(o.period) FILTER (WHERE o.kind = 'wajib'), count(*) FILTER (WHERE o.kind = 'pokok')
FROM finance_obligation o WHERE o.cooperative_id = %(cooperative)s AND o.member_id = ANY(%(members)s::bigint[]) GROUP BY o.member_id
UNION ALL
SELECT 'behind', m.id, NULL, NULL, NULL, NULL, NULL, NULL FROM members_member m
WHERE m.cooperative_id = %(cooperative)s AND m.status <> 'exited' AND m.merged_into_id IS NULL AND m.joined_on <= %(month_end)s
  AND (m.id NOT IN (SELECT o.member_id FROM finance_obligation o
                    WHERE o.cooperative_id = %(cooperative)s AND o.kind = 'wajib' AND o.period = %(paid_month)s)
       OR m.id NOT IN (SELECT o.member_id FROM finance_obligation o WHERE o.cooperative_id = %(cooperative)s AND o.kind = 'pokok'))
UNION ALL
(SELECT 'rate', NULL, NULL, NULL, NULL, NULL, NULL, r.rupiah FROM finance_duesrate r
 WHERE r.cooperative_id = %(cooperative)s AND r.kind = 'wajib' AND r.valid_from <= %(through)s ORDER BY r.valid_from DESC LIMIT 1)
UNION ALL
SELECT 'pause', coalesce(g.merged_into_id, w.member_id), NULL, NULL, w.first_month, NULL, w.last_month, NULL
FROM finance_duespause w LEFT JOIN members_member g ON g.cooperative_id = w.cooperative_id AND g.id = w.member_id
WHERE w.cooperative_id = %(cooperative)s AND w.withdrawn_at IS NULL
  AND (w.member_id IS NULL OR coalesce(g.merged_into_id, g.id) = ANY(%(members)s::bigint[]))
UNION ALL
SELECT 'form', s.entry_id, NULL, NULL, NULL, NULL, NULL, NULL FROM finance_submission s WHERE s.cooperative_id = %(cooperative)s AND s.key = %(key)s
"""


@dataclass
class Found:
    """What was read under the lock: members with all that is open, what they had, who is behind, the rate of wajib (0: none).

    `came_before`: the form's key is known.
    """

    owed: dict[int, Owed]
    had: dict[int, Had]
    behind: list[int]
    rate: int
    came_before: bool
    pauses: list[tuple[int | None, date, date]] = field(default_factory=list)  # member (None: all), first, last month

    def is_paused(self, member_id: int, month: date) -> bool:
        return any(who in (None, member_id) and first <= month <= last for who, first, last in self.pauses)

    def take_in(self, made: list[tuple[int, int, str, date, int]]) -> None:
        """Add obligations just made."""
        for member_id, obligation_id, kind, period, rupiah in made:
            self.owed[member_id].rows.append((obligation_id, kind, period, rupiah))
            pokok, last = self.had.get(member_id, (False, None))
            self.had[member_id] = (True, last) if kind == "pokok" else (pokok, max(last or period, period))


def what_is_owed(
    cooperative: Cooperative, books: Books, lines: Sequence[DuesLine], through: date, found: Found
) -> dict[int, Owed]:
    """Return what each member owes up to `through`, and further where the line may go ahead and needs to."""
    owed = found.owed
    missing = [line.member_id for line in lines if line.member_id not in owed]
    if missing:
        raise Refused(_why_missing(cooperative, missing), member_ids=missing)
    months = dict.fromkeys(owed, month_of(through))
    found.take_in(make_missing(cooperative=cooperative, opened_on=books.opened_on, through=months, had=found.had))
    everything, owed = owed, {pk: one.up_to(through) for pk, one in owed.items()}
    overtaken = [ln.member_id for ln in lines if _is_overtaken(ln, owed[ln.member_id])]
    if overtaken:
        raise AlreadyRecorded(_last_recorded(cooperative, overtaken))
    further = {
        ln.member_id: ln.wajib - owed[ln.member_id].open("wajib")
        for ln in lines
        if ln.wajib > owed[ln.member_id].open("wajib")
    }
    if not further:
        return owed
    stopped = [member_id for member_id in further if owed[member_id].status == "exited"]
    if stopped:
        raise TooMuch(
            f"{owed[stopped[0]].number_text} sudah berhenti; jumlahnya melebihi tunggakan.", member_ids=stopped
        )
    recorded = {ln.member_id for ln in lines if ln.member_id in further and not ln.ahead}
    if recorded:
        _explain_surplus(cooperative, sorted(recorded), owed)
    months = _months_ahead(further, everything, found, through)
    found.take_in(make_missing(cooperative=cooperative, opened_on=books.opened_on, through=months, had=found.had))
    return owed | {pk: everything[pk].up_to(month) for pk, month in months.items()}


def _is_overtaken(line: DuesLine, owed: Owed) -> bool:
    """Whether less is open than the officer saw: of an instalment nobody would notice otherwise that it was paid twice."""
    if line.seen is not None and owed.open("wajib") < min(line.seen, line.wajib):
        return True
    return bool(line.pokok) and line.seen_pokok is not None and owed.open("pokok") < line.seen_pokok


def _why_missing(cooperative: Cooperative, member_ids: list[int]) -> str:
    """A form opened before two entries were merged still names the one that no longer counts."""
    merged = Member.objects.filter(cooperative=cooperative, pk__in=member_ids, merged_into__isnull=False)
    one = merged.select_related("merged_into").first()
    if one is None or one.merged_into is None:
        return "Sebagian anggota tidak ditemukan di koperasi ini."
    return f"{one.number_text} sudah digabung ke {one.merged_into.number_text}. Muat ulang halaman, lalu catat pada {one.merged_into.number_text}."


def read_owed(
    cooperative: Cooperative, lines: Sequence[DuesLine], through: date, paid_on: date, key: uuid.UUID
) -> Found:
    """Read everything a collection needs in one statement. The caller holds the lock on the books."""
    values: dict[str, Any] = {"cooperative": cooperative.pk, "members": [line.member_id for line in lines], "key": key}
    months = {"through": month_of(through), "paid_month": month_of(paid_on), "month_end": last_day(paid_on)}
    with connection.cursor() as cursor:
        cursor.execute(_READ, values | months)
        rows = cursor.fetchall()
    owed = {pk: Owed(number, status, birth) for what, pk, number, status, birth, *_ in rows if what == "member"}
    left = {pk: exited_on for what, pk, *_, exited_on, _ in rows if what == "member" and exited_on}
    found = Found(owed, {}, [], 0, any(row[0] == "form" for row in rows))
    for what, pk, _, _, first, obligation, period, rupiah in rows:
        if what in EQUITY_OF and pk in found.owed:
            if pk in left and period > left[pk]:
                continue  # wajib stops with the month of exit
            found.owed[pk].rows.append((obligation, what, period, rupiah))
        elif what == "had":
            found.had[pk] = (bool(rupiah), period)
        elif what == "behind":
            found.behind.append(pk)
        elif what == "rate":
            found.rate = rupiah
        elif what == "pause":
            found.pauses.append((pk, first, period))
    return found


_LAST_RECORDED = """
SELECT DISTINCT ON (p.member_id) p.member_id, e.maker_name, e.recorded_at
FROM finance_payment p JOIN finance_entry e ON e.cooperative_id = p.cooperative_id AND e.id = p.entry_id
WHERE p.cooperative_id = %s AND p.member_id = ANY(%s) ORDER BY p.member_id, e.recorded_at DESC
"""


def _last_recorded(cooperative: Cooperative, member_ids: list[int]) -> dict[int, tuple[str, datetime]]:
    with connection.cursor() as cursor:
        cursor.execute(_LAST_RECORDED, [cooperative.pk, member_ids])
        return {member_id: (name, at) for member_id, name, at in cursor.fetchall()}


def _explain_surplus(cooperative: Cooperative, member_ids: list[int], owed: dict[int, Owed]) -> None:
    """More wajib than is open: either a colleague was faster, or the amount is a typing error."""
    by = _last_recorded(cooperative, [member_id for member_id in member_ids if not owed[member_id].open("wajib")])
    if by:
        raise AlreadyRecorded(by)
    raise TooMuch(
        f"{owed[member_ids[0]].number_text}: jumlah melebihi simpanan wajib sampai bulan ini. Pilih bayar di muka bila memang untuk bulan depan.",
        member_ids=member_ids,
    )


def _months_ahead(further: dict[int, int], owed: dict[int, Owed], found: Found, through: date) -> dict[int, date]:
    """Return, per member, the month up to which the money of `further` reaches beyond what is open."""
    months = {}
    for member_id, rupiah in further.items():
        if not found.rate:
            raise TooMuch(
                "Besar simpanan wajib belum ditetapkan, jadi tidak dapat dibayar di muka.", member_ids=[member_id]
            )
        wanted = owed[member_id].up_to(through).open("wajib") + rupiah
        ahead = max(0, -(-(wanted - owed[member_id].open("wajib")) // found.rate))
        if ahead > MONTHS_AHEAD:
            raise TooMuch(
                f"{owed[member_id].number_text}: jumlah itu cukup untuk lebih dari {MONTHS_AHEAD} bulan. Periksa lagi angkanya.",
                member_ids=[member_id],
            )
        _, last = found.had.get(member_id, (False, None))
        reach = _reach(found, member_id, last or month_of(through), ahead)
        months[member_id] = max(reach, month_of(through))
    return months


def _reach(found: Found, member_id: int, month: date, ahead: int) -> date:
    """Return the month `ahead` months of dues after `month`: months of a pause take no money."""
    while ahead:
        month = add_months(month, 1)
        ahead -= not found.is_paused(member_id, month)
    return month
