"""The by-laws in force on a day, and what a new decision would change: counted before it is saved."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import OuterRef, Subquery

from finance.models import Books, ByLaws, Obligation
from members.models import Member, MemberStatus
from registry.models import Cooperative
from registry.periods import add_months, last_day, month_of, months_between

from .arrears import Arrears, ArrearsRow, arrears
from .rates import rates_of


@dataclass(frozen=True)
class Rules:
    """The rules of one cooperative on a day, from its by-laws or, before any were entered, the usual ones."""

    valid_from: date | None = None
    pokok_instalments: int = 1
    instalments_make_members: bool = False
    grace_days: int = 0
    suspend_after_months: int = 0
    refund_months: int = 0
    refund_instalments: int = 1

    def instalment_of(self, pokok: int) -> int:
        """Return one instalment of a pokok, rounded up to the rupiah so that the last one is never larger."""
        return -(-pokok // self.pokok_instalments)

    def late_through(self, today: date) -> date:
        """Return the last month that counts as unpaid on `today`: its end and the days of grace have passed."""
        month = add_months(month_of(today), -1)
        while last_day(month) + timedelta(days=self.grace_days) >= today:
            month = add_months(month, -1)
        return month

    def refund_due(self, exited_on: date) -> date | None:
        """Return the day by which a leaver's savings are to be paid out; None where the by-laws do not say."""
        return add_months(exited_on, self.refund_months) if self.refund_months else None


def rules_on(cooperative: Cooperative, on: date, books: Books | None = None) -> Rules:
    """Return the rules in force on a day. One query, two where `books` is not given and no by-laws were entered."""
    row = ByLaws.objects.filter(cooperative=cooperative, valid_from__lte=on).order_by("-valid_from").first()
    if row is None:
        books = books or Books.objects.filter(cooperative=cooperative).first()
        return Rules(instalments_make_members=bool(books and books.instalments_make_members))
    return rules_of(row)


def pokok_instalments(cooperative: Cooperative, on: date) -> int:
    """Return in how many instalments the pokok is paid, by the by-laws in force on a day; 1: at once. One query."""
    rows = ByLaws.objects.filter(cooperative=cooperative, valid_from__lte=on).order_by("-valid_from")
    return rows.values_list("pokok_instalments", flat=True).first() or 1


def rules_of(row: ByLaws) -> Rules:
    """Return what a row says."""
    return Rules(
        row.valid_from,
        row.pokok_instalments,
        row.instalments_make_members,
        row.grace_days,
        row.suspend_after_months,
        row.refund_months,
        row.refund_instalments,
    )


@dataclass(frozen=True)
class RateEffect:
    """What a new rate changes. `already_made`: obligations from that month on that keep their amount (paid ahead, say)."""

    kind: str
    valid_from: date
    old: int
    new: int
    members: int
    already_made: int

    @property
    def more_each(self) -> int:
        return self.new - self.old

    @property
    def more_a_month(self) -> int:
        return self.more_each * self.members


def rate_effect(*, cooperative: Cooperative, kind: str, rupiah: int, valid_from: date) -> RateEffect:
    """Count what `rupiah` of `kind` from a month on would change. Pokok touches nobody who is there already. Three queries."""
    old = rates_of(cooperative).at(kind, valid_from)
    current = Member.objects.filter(cooperative=cooperative, merged_into__isnull=True).exclude(
        status=MemberStatus.EXITED
    )
    made = Obligation.objects.filter(cooperative=cooperative, kind=kind, period__gte=valid_from).count()
    members = current.count() if kind == "wajib" else 0
    return RateEffect(kind, valid_from, old, rupiah, members, made if kind == "wajib" else current.count())


@dataclass(frozen=True)
class ByLawsEffect:
    """What new by-laws would change, counted by the books of today."""

    paying_pokok: int
    pokok_open: int
    becoming_members: int
    suggested_before: int
    suggested: int
    grace_frees: int


def by_laws_effect(*, cooperative: Cooperative, new: Rules, today: date) -> ByLawsEffect:
    """Count whom new rules would touch: who still pays the pokok, whom they would suggest to suspend, before and after."""
    current = Member.objects.filter(cooperative=cooperative, merged_into__isnull=True)
    pokok = Obligation.objects.filter(cooperative=cooperative, kind="pokok", member=OuterRef("pk"))
    people = list(
        current.exclude(status=MemberStatus.EXITED).values_list(
            "pk",
            "status",
            Subquery(pokok.values("paid_rupiah")[:1]),
            Subquery(pokok.values("due_rupiah")[:1]),
        )
    )
    rate = rates_of(cooperative).at("pokok", today)
    left = {pk: (rate if due is None else due - paid) for pk, _, paid, due in people}
    active = {pk for pk, status, *_ in people if status == MemberStatus.ACTIVE}
    started = [pk for pk, status, paid, due in people if status == MemberStatus.APPLICANT and paid and paid < due]
    before, late = rules_on(cooperative, today), arrears(cooperative=cooperative, as_of=today)
    return ByLawsEffect(
        paying_pokok=sum(1 for rupiah in left.values() if rupiah),
        pokok_open=sum(left.values()),
        becoming_members=len(started) if new.instalments_make_members and not before.instalments_make_members else 0,
        suggested_before=sum(1 for row in suggested(late, before, today) if row.member_id in active),
        suggested=sum(1 for row in suggested(late, new, today) if row.member_id in active),
        grace_frees=len(late.rows) - sum(1 for row in late.rows if unpaid(row, new, today)),
    )


def unpaid(row: ArrearsRow, rules: Rules, today: date) -> int:
    """Return how many months of a member count as unpaid, the days of grace given."""
    through = rules.late_through(today)
    return max(0, row.months - months_between(through, add_months(today, -1)))


def suggested(late: Arrears, rules: Rules, today: date) -> list[ArrearsRow]:
    """Return who may be suspended by the by-laws: as many months unpaid as they say. Nobody where they say nothing."""
    if not rules.suspend_after_months:
        return []
    return [row for row in late.rows if unpaid(row, rules, today) >= rules.suspend_after_months]
