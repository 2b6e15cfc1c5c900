"""The ledger against a model in plain Python: random members, rates, payments, reversals and exits, checked after each step."""

import sys
import uuid
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from finance.actions import (
    AlreadyReversed,
    DuesLine,
    OpeningLine,
    Refused,
    TooMuch,
    collecting,
    merge_members,
    pause_dues,
    pay_out_exit,
    record_dues,
    record_opening_balances,
    reverse_opening_balances,
    reverse_payment,
    separate_members,
    set_rate,
    settle_exit,
    withdraw_pause,
)
from finance.models import Entry, MemberBalance, Obligation, Payment
from finance.reports import arrears, trial_balance, verify_cooperative
from members.actions import Person, admit, exit_member
from members.models import Member
from registry.access import Actor, context_of
from registry.periods import add_months, month_of, months_through
from registry.tenancy import NOBODY, bind

OPENED = date(2026, 1, 1)


@dataclass
class Saver:
    """What the model knows of one member."""

    pk: int
    joined: date
    pokok_due: int | None = None
    pokok_paid: int = 0
    wajib: dict[date, list[int]] = field(default_factory=dict)  # month → [due without pauses, paid]
    saved: dict[str, int] = field(default_factory=lambda: {"pokok": 0, "wajib": 0})
    left: date | None = None
    owed: int = 0  # to a leaver, in 21700
    status: str = "applicant"
    into: "Saver | None" = field(default=None, repr=False)  # the entry that counts for this one
    other: "Saver | None" = field(default=None, repr=False)  # the entry merged into this one
    merge: object = None
    was: str = ""  # the status before the merge
    alone: dict[date, int] = field(default_factory=dict)  # month → due, before the merge
    pokok_alone: int = 0
    touched: set = field(default_factory=set)  # months anybody ever paid on
    pokok_back: bool = False  # pokok of this entry was taken back while merged
    opened: tuple[int, int, int] | None = None  # pokok, wajib, and what of the pokok was due, as an old book had them
    was_merged: bool = False

    @property
    def person(self) -> "Saver":
        return self.into or self


class Ledger(RuleBasedStateMachine):
    """One cooperative's books; the model's numbers beside the product's."""

    grant = None  # set by the test: siti's

    @initialize()
    def open_the_books(self):
        bind(NOBODY)
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.actor = Actor(
            self.grant.user_id, self.grant.user_name, self.grant.kind, self.grant.agency_id, self.grant.cooperative_id
        )
        self.melati = self.grant.cooperative
        bind(context_of(self.grant, self.melati))
        self.today = date(2026, 2, 10)
        self.rates = {"pokok": [(OPENED, 100_000)], "wajib": [(OPENED, 10_000)]}
        members = Member.objects.filter(cooperative=self.melati).order_by("number")[:4]
        self.savers = [Saver(member.pk, member.joined_on) for member in members]
        self.cash = 0
        self.pages: dict[date, dict[int, tuple[int, int]]] = {}  # day → member → what the page of that day said
        self.pauses: list[list] = []  # [row, saver or None, first month, last month, taken back]
        self.old_books: list[tuple] = []  # (entry pk, savers in it) of those that stand
        self.payments: list[list] = []  # [payment pk, saver, pokok, [(month, rupiah)], reversed]

    def teardown(self):
        if hasattr(self, "savepoint"):
            transaction.set_rollback(True)
            self.savepoint.__exit__(None, None, None)
            bind(NOBODY)

    # What everybody does ------------------------------------------------------------------------

    @rule(days=st.integers(1, 45))
    def time_passes(self, days):
        self.today += timedelta(days=days)

    @rule(back=st.integers(0, 60))
    def somebody_joins(self, back):
        joined = max(OPENED, self.today - timedelta(days=back))
        member = admit(
            cooperative=self.melati,
            person=Person(name="Anggota Baru", sex="P"),
            joined_on=joined,
            actor=self.actor,
            now=self.now,
        )
        self.savers.append(Saver(member.pk, joined))

    @rule(more=st.sampled_from([1_000, 2_500, 5_000]), ahead=st.integers(1, 3))
    def the_meeting_raises_the_rate(self, more, ahead):
        first = add_months(month_of(self.today), ahead)
        if first <= self.rates["wajib"][-1][0]:
            return
        rupiah = self.rates["wajib"][-1][1] + more
        set_rate(cooperative=self.melati, kind="wajib", rupiah=rupiah, valid_from=first, actor=self.actor, now=self.now)
        self.rates["wajib"].append((first, rupiah))

    @rule(
        data=st.data(),
        months=st.integers(0, 4),
        odd=st.integers(0, 9_999),
        pokok=st.sampled_from([0, 0, 25_000, 40_000, 100_000, 100_001]),
    )
    def a_member_pays(self, data, months, odd, pokok):
        saver = self.somebody(data)
        wajib = months * 10_000 + odd
        ahead = data.draw(st.booleans())
        key = uuid.uuid4()
        if not self.may_pay(saver, pokok, wajib, ahead):
            with pytest.raises(Refused), transaction.atomic():
                self.record(saver, pokok, wajib, ahead, key)
            return
        recorded = self.record(saver, pokok, wajib, ahead, key)
        assert not recorded.repeated
        assert self.record(saver, pokok, wajib, ahead, key).repeated
        self.remember(saver, pokok, wajib, recorded)

    @rule()
    def everybody_settles(self):
        lines = []
        for saver in self.savers:
            if saver.left or saver.into:
                continue
            self.make(saver, month_of(self.today))
            due = sum(self.open(saver, month) for month in saver.wajib if month <= month_of(self.today))
            if due:
                lines.append((saver, due))
        if not lines:
            return
        recorded = record_dues(
            cooperative=self.melati, lines=[DuesLine(saver.pk, wajib=due) for saver, due in lines], paid_on=self.today, through=self.today,
            key=uuid.uuid4(), actor=self.actor, now=self.now, today=self.today,
        )  # fmt: skip
        for saver, due in lines:
            self.remember(saver, 0, due, recorded)

    @rule(data=st.data())
    def two_entries_turn_out_to_be_one_person(self, data):
        alone = [saver for saver in self.savers if not (saver.left or saver.into or saver.other)]
        if len(alone) < 2:
            return
        one, two = data.draw(st.permutations(alone))[:2]
        survivor, merged = Member.objects.get(pk=one.pk), Member.objects.get(pk=two.pk)
        one.merge = merge_members(
            survivor=survivor, merged=merged, versions=(survivor.version, merged.version), taken=frozenset(), actor=self.actor, now=self.now,
            today=self.today,
        )  # fmt: skip
        for saver in (one, two):
            self.make(saver, month_of(self.today))
            saver.alone, saver.pokok_alone = {month: due for month, (due, _) in saver.wajib.items()}, saver.pokok_due
            saver.was, saver.pokok_back = saver.status, False
            self.forget_pages(saver)
        one.other, two.into = two, one
        one.was_merged = two.was_merged = True
        for kind in ("pokok", "wajib"):
            one.saved[kind] += two.saved[kind]
            two.saved[kind] = 0
        self.fold(one)
        together = one.pokok_paid + two.pokok_paid
        if "active" in (one.status, two.status) or (together and one.pokok_paid == one.pokok_due):
            one.status = "active"

    @rule(data=st.data())
    def they_are_two_people_after_all(self, data):
        merged = [saver for saver in self.savers if saver.other]
        if not merged:
            return
        one = data.draw(st.sampled_from(merged))
        separate = {"merge": one.merge, "actor": self.actor, "now": self.now, "today": self.today}
        one.merge.refresh_from_db()
        if one.left:
            with pytest.raises(Refused), transaction.atomic():
                separate_members(**separate)
            return
        separate_members(**separate)
        two = one.other
        one.other = two.into = None
        last = max((month for month in one.wajib if month in one.alone or month not in two.alone), default=None)
        for month, (_, paid) in list(one.wajib.items()):
            if month in one.alone:
                one.wajib[month][0] = max(paid, one.alone[month])
            elif month in two.alone:
                owes = last and max(month_of(one.joined), OPENED) <= month < last
                one.wajib[month][0] = max(paid, two.alone[month] if owes else 0)
                if not owes and not paid and month not in one.touched:
                    del one.wajib[month]
        for month, due in two.alone.items():
            two.wajib[month][0] = due
        one.pokok_due, two.pokok_due = max(one.pokok_alone, one.pokok_paid), two.pokok_alone
        for saver in (one, two):
            pokok, wajib, covered = saver.opened or (0, 0, 0)
            saver.saved = {"pokok": saver.pokok_paid + pokok - covered,
                           "wajib": sum(paid for _, paid in saver.wajib.values()) + wajib}  # fmt: skip
            if saver.pokok_paid and saver.pokok_paid == saver.pokok_due:
                saver.status = "active"
            elif (saver is one and saver.was == "applicant") or saver.pokok_back:
                saver.status = "applicant"
            self.forget_pages(saver)

    def fold(self, one: Saver) -> None:
        """A person owes each month once, less what was paid under the other number."""
        two = one.other
        for month in sorted({*one.wajib, *two.wajib}):
            due, paid = one.wajib.get(month, [0, 0])
            _, paid_two = two.wajib.get(month, [0, 0])
            owed = max(one.alone.get(month, 0 if month in two.alone else due), two.alone.get(month, 0))
            one.wajib[month] = [max(paid, owed - paid_two), paid]
            if month in two.wajib:
                two.wajib[month] = [paid_two, paid_two]
        one.pokok_due, two.pokok_due = max(one.pokok_paid, one.pokok_alone - two.pokok_paid), two.pokok_paid

    def forget_pages(self, saver: Saver) -> None:
        """What a page of an earlier day said of two entries is not what it says of one person."""
        for page in self.pages.values():
            page.pop(saver.pk, None)

    @precondition(lambda self: self.payments)
    @rule(data=st.data())
    def a_payment_is_reversed(self, data):
        entry = data.draw(st.sampled_from(self.payments))
        pk, saver, pokok, months, undone = entry
        reverse = {
            "cooperative": self.melati, "payment": Payment.objects.get(pk=pk), "reason": "salah", "on": self.today, "actor": self.actor,
            "now": self.now, "today": self.today,
        }  # fmt: skip
        wajib = sum(rupiah for _, rupiah in months)
        person = saver.person
        if undone or pokok > person.saved["pokok"] or wajib > person.saved["wajib"]:
            with pytest.raises(AlreadyReversed if undone else Refused), transaction.atomic():
                reverse_payment(**reverse)
            return
        reverse_payment(**reverse)
        entry[4] = True
        self.cash -= pokok + wajib
        person.saved["pokok"] -= pokok
        person.saved["wajib"] -= wajib
        saver.pokok_paid -= pokok
        for month, rupiah in months:
            saver.wajib[month][1] -= rupiah
        if person.other:
            self.fold(person)
            saver.pokok_back = saver.pokok_back or bool(pokok)
        if pokok and person.status == "active" and person.pokok_paid < person.pokok_due:
            person.status = "applicant"

    @rule(
        data=st.data(),
        pokok=st.sampled_from([0, 40_000, 100_000, 150_000]),
        wajib=st.sampled_from([0, 10_000, 25_000]),
    )
    def an_old_book_comes_in(self, data, pokok, wajib):
        alone = [saver for saver in self.savers if not (saver.left or saver.into or saver.other)]
        if not alone:
            return
        chosen = data.draw(st.lists(st.sampled_from(alone), min_size=1, max_size=3, unique_by=lambda saver: saver.pk))
        total = (pokok + wajib) * len(chosen)
        form = {
            "cooperative": self.melati, "lines": [OpeningLine(saver.pk, pokok, wajib) for saver in chosen], "cash": total, "bank": 0,
            "as_of": self.today, "expected_total": total, "key": uuid.uuid4(), "actor": self.actor, "now": self.now, "today": self.today,
        }  # fmt: skip
        if not total or any(saver.opened for saver in chosen):
            with pytest.raises(Refused), transaction.atomic():
                record_opening_balances(**form)
            return
        posted = record_opening_balances(**form)
        assert record_opening_balances(**form).repeated
        self.cash += total
        for saver in chosen:
            self.make(saver, month_of(self.today))
            covered = min(pokok, saver.pokok_due - saver.pokok_paid)
            saver.opened = (pokok, wajib, covered)
            saver.pokok_paid += covered
            saver.saved["pokok"] += pokok
            saver.saved["wajib"] += wajib
            if saver.status == "applicant" and covered and saver.pokok_paid == saver.pokok_due:
                saver.status = "active"
        self.old_books.append((posted.entry_id, chosen))

    @precondition(lambda self: self.old_books)
    @rule(data=st.data())
    def an_old_book_is_taken_back(self, data):
        entry, chosen = data.draw(st.sampled_from(self.old_books))
        if any(saver.was_merged for saver in chosen):
            return
        reverse = {
            "cooperative": self.melati, "entry": Entry.objects.get(pk=entry), "reason": "salah", "actor": self.actor, "now": self.now,
            "today": self.today,
        }  # fmt: skip
        given = [(saver, *saver.opened) for saver in chosen]
        short = any(pokok > saver.saved["pokok"] or wajib > saver.saved["wajib"] for saver, pokok, wajib, _ in given)
        if short or sum(pokok + wajib for _, pokok, wajib, _ in given) > self.cash:
            with pytest.raises(Refused), transaction.atomic():
                reverse_opening_balances(**reverse)
            return
        reverse_opening_balances(**reverse)
        with pytest.raises(AlreadyReversed), transaction.atomic():
            reverse_opening_balances(**reverse)
        self.old_books.remove((entry, chosen))
        for saver, pokok, wajib, covered in given:
            self.cash -= pokok + wajib
            saver.saved["pokok"] -= pokok
            saver.saved["wajib"] -= wajib
            saver.pokok_paid -= covered
            saver.opened = None
            if saver.status == "active" and covered:
                saver.status = "applicant"

    @rule(data=st.data(), pay_now=st.booleans())
    def somebody_leaves(self, data, pay_now):
        saver = self.somebody(data)
        if saver.left is None:
            exit_member(
                member=Member.objects.get(pk=saver.pk),
                on=self.today,
                reason="moved",
                note="",
                actor=self.actor,
                now=self.now,
            )
            saver.left, saver.status = self.today, "exited"
        member = Member.objects.get(pk=saver.pk)
        settle = {"cooperative": self.melati, "member": member, "on": self.today, "pay_now": pay_now, "actor": self.actor, "now": self.now,
                  "today": self.today}  # fmt: skip
        savings = sum(saver.saved.values())
        assert bool(settle_exit(**settle)) == bool(savings)
        saver.saved = {"pokok": 0, "wajib": 0}
        self.cash -= savings if pay_now else 0
        saver.owed += 0 if pay_now else savings
        for month, (_, paid) in saver.wajib.items():
            if month > saver.left:
                saver.wajib[month][0] = paid

    @precondition(lambda self: any(saver.left for saver in self.savers))
    @rule(data=st.data(), share=st.sampled_from([1, 2, 3]), over=st.sampled_from([0, 0, 1]))
    def a_leaver_is_paid(self, data, share, over):
        saver = data.draw(st.sampled_from([saver for saver in self.savers if saver.left]))
        rupiah, key = saver.owed // share + over, uuid.uuid4()
        pay = {"cooperative": self.melati, "member": Member.objects.get(pk=saver.pk), "rupiah": rupiah, "on": self.today,
               "key": key, "actor": self.actor, "now": self.now, "today": self.today}  # fmt: skip
        if not 0 < rupiah <= saver.owed:
            with pytest.raises(Refused), transaction.atomic():
                pay_out_exit(**pay)
            return
        paid = pay_out_exit(**pay)
        assert pay_out_exit(**pay) == paid
        saver.owed -= rupiah
        self.cash -= rupiah
        assert paid.left_rupiah == saver.owed

    @rule(data=st.data(), everybody=st.booleans(), back=st.integers(-2, 2), months=st.integers(1, 3))
    def the_meeting_pauses_months(self, data, everybody, back, months):
        who = None if everybody else self.somebody(data)
        first = max(OPENED, add_months(month_of(self.today), back))
        last = add_months(first, months - 1)
        member = who and Member.objects.get(pk=who.pk)
        pause = pause_dues(
            cooperative=self.melati, member=member, first=first, last=last, decided_on=self.today, decision="rapat",
            actor=self.actor, now=self.now, today=self.today,
        )  # fmt: skip
        if any(row.pk == pause.pk for row, *_ in self.pauses):
            return
        self.pauses.append([pause, who, first, last, False])

    @precondition(lambda self: any(not pause[4] for pause in self.pauses))
    @rule(data=st.data())
    def the_meeting_takes_a_pause_back(self, data):
        pause = data.draw(st.sampled_from([pause for pause in self.pauses if not pause[4]]))
        withdraw_pause(
            cooperative=self.melati, pause=pause[0], reason="batal", actor=self.actor, now=self.now, today=self.today
        )
        pause[4] = True

    # The model ----------------------------------------------------------------------------------

    @property
    def now(self) -> datetime:
        return datetime.combine(self.today, time(5), tzinfo=UTC)

    def somebody(self, data) -> Saver:
        return data.draw(st.sampled_from([saver for saver in self.savers if not saver.into]))

    def rate(self, kind: str, month: date) -> int:
        return [rupiah for start, rupiah in self.rates[kind] if start <= month][-1]

    def make(self, saver: Saver, through: date) -> None:
        """What is owed up to a month, at the rate of each month."""
        if saver.pokok_due is None:
            saver.pokok_due = self.rate("pokok", month_of(saver.joined))
        last = min(through, month_of(saver.left)) if saver.left else through
        first = add_months(max(saver.wajib), 1) if saver.wajib else max(month_of(saver.joined), OPENED)
        for month in months_through(first, last):
            saver.wajib[month] = [self.rate("wajib", month), 0]

    def is_paused(self, saver: Saver, month: date) -> bool:
        """Whether a decision that stands frees the month: of everybody, or of any number this person has now."""
        return any(
            not back and first <= month <= last and (who is None or who.person.pk == saver.person.pk)
            for _, who, first, last, back in self.pauses
        )

    def open(self, saver: Saver, month: date) -> int:
        """What is owed for a month that was made: nothing where it is paused, whatever was paid and taken back."""
        due, paid = saver.wajib[month]
        return 0 if self.is_paused(saver, month) else due - paid

    def may_pay(self, saver: Saver, pokok: int, wajib: int, ahead: bool) -> bool:
        """Whether the rules of the cooperative allow this payment. Makes what is owed, as the product does when it records."""
        trial = Saver(
            saver.pk,
            saver.joined,
            saver.pokok_due,
            saver.pokok_paid,
            {m: list(v) for m, v in saver.wajib.items()},
            left=saver.left,
        )
        self.make(trial, month_of(self.today))
        open_now = sum(self.open(trial, month) for month in trial.wajib if month <= month_of(self.today))
        if pokok + wajib == 0 or pokok > trial.pokok_due - trial.pokok_paid:
            return False
        return wajib <= open_now or (ahead and not saver.left)

    def record(self, saver: Saver, pokok: int, wajib: int, ahead: bool, key):
        return record_dues(
            cooperative=self.melati, lines=[DuesLine(saver.pk, pokok=pokok, wajib=wajib, ahead=ahead)], paid_on=self.today,
            through=self.today, key=key, actor=self.actor, now=self.now, today=self.today,
        )  # fmt: skip

    def remember(self, saver: Saver, pokok: int, wajib: int, recorded) -> None:
        """Pay in the model: oldest month first, ahead as far as the money goes."""
        self.make(saver, month_of(self.today))
        left, months = wajib, []
        month = min(saver.wajib)
        while left:
            self.make(saver, month)
            take = min(left, self.open(saver, month))
            if take:
                saver.touched.add(month)
                saver.wajib[month][1] += take
                months.append((month, take))
                left -= take
            month = add_months(month, 1)
        saver.pokok_paid += pokok
        if saver.status == "applicant" and pokok and saver.pokok_paid == saver.pokok_due:
            saver.status = "active"
        saver.saved["pokok"] += pokok
        saver.saved["wajib"] += wajib
        self.cash += pokok + wajib
        payment = Payment.objects.get(cooperative=self.melati, entry_id=recorded.entry_id, member_id=saver.pk)
        self.payments.append([payment.pk, saver, pokok, months, False])

    # What must hold after every step ------------------------------------------------------------

    @invariant()
    def the_product_agrees(self):
        if not hasattr(self, "savers"):
            return
        kept = {
            b.member_id: (b.pokok_rupiah, b.wajib_rupiah) for b in MemberBalance.objects.filter(cooperative=self.melati)
        }
        paid: dict[int, dict] = {}
        for row in Obligation.objects.filter(cooperative=self.melati, kind="wajib", paid_rupiah__gt=0):
            paid.setdefault(row.member_id, {})[row.period] = row.paid_rupiah
        statuses = dict(Member.objects.filter(cooperative=self.melati).values_list("pk", "status"))
        for saver in self.savers:
            assert statuses[saver.pk] == saver.status
            assert kept.get(saver.pk, (0, 0)) == (saver.saved["pokok"], saver.saved["wajib"])
            assert paid.get(saver.pk, {}) == {month: value for month, (_, value) in saver.wajib.items() if value}

    @invariant()
    def the_books_balance(self):
        if not hasattr(self, "savers"):
            return
        trial = trial_balance(cooperative=self.melati, as_of=self.today)
        assert trial.debit == trial.credit
        accounts = {account.code: account.debit - account.credit for account in trial.accounts}
        saved = {kind: sum(saver.saved[kind] for saver in self.savers) for kind in ("pokok", "wajib")}
        assert accounts == {code: rupiah for code, rupiah in (("11100", self.cash), ("31000", -saved["pokok"]), ("32000", -saved["wajib"]),
                                                              ("21700", -sum(saver.owed for saver in self.savers))) if rupiah}  # fmt: skip
        assert verify_cooperative(self.melati) == []

    @invariant()
    def the_arrears_agree(self):
        if not hasattr(self, "savers"):
            return
        known = {saver.pk: saver for saver in self.savers if not saver.into}
        for row in arrears(cooperative=self.melati, as_of=self.today).rows:
            if row.member_id in known:
                assert (row.months, row.rupiah) == self.behind(known.pop(row.member_id))
        assert all(saver.left or self.behind(saver) == (0, 0) for saver in known.values())

    @invariant()
    def the_arrears_of_earlier_days_stay(self):
        """What the page said on a day is what it says of that day ever after, about everybody there was on that day."""
        if not hasattr(self, "savers"):
            return
        here = [saver.pk for saver in self.savers if not (saver.left or saver.into)]
        self.pages[self.today] = {pk: self.said(self.today).get(pk, (0, 0)) for pk in here}
        for day, page in self.pages.items():
            said = self.said(day)
            assert {pk: said.get(pk, (0, 0)) for pk in page} == page

    def said(self, day: date) -> dict[int, tuple[int, int]]:
        rows = arrears(cooperative=self.melati, as_of=day).rows
        return {row.member_id: (row.months, row.rupiah) for row in rows}

    def behind(self, saver: Saver) -> tuple[int, int]:
        """Months and rupiah of wajib open before the present month."""
        months = {month: self.open(saver, month) for month in saver.wajib}
        first = add_months(max(saver.wajib), 1) if saver.wajib else max(month_of(saver.joined), OPENED)
        months |= {
            month: 0 if self.is_paused(saver, month) else self.rate("wajib", month)
            for month in months_through(first, add_months(month_of(self.today), -1))
        }
        late = [rupiah for month, rupiah in months.items() if rupiah and month < month_of(self.today)]
        return len(late), sum(late)


def run(examples: int, phases=tuple(Phase)) -> None:
    run_state_machine_as_test(
        Ledger,
        settings=settings(max_examples=examples, stateful_step_count=15, deadline=None, derandomize=True, database=None,
                          phases=phases, report_multiple_bugs=False, suppress_health_check=list(HealthCheck)),
    )  # fmt: skip


def test_the_ledger_agrees_with_a_model_in_plain_python(siti, monkeypatch):
    monkeypatch.setattr(Ledger, "grant", siti.grant)
    run(30)


def test_a_payment_that_covers_the_newest_month_first_is_found(siti, monkeypatch):
    """The control: a mutant of the allocation."""
    monkeypatch.setattr(Ledger, "grant", siti.grant)
    original = collecting._allocate

    def newest_first(lines, owed):
        for found in owed.values():
            found.rows.reverse()
        return original(lines, owed)

    monkeypatch.setattr(collecting, "_allocate", newest_first)
    with pytest.raises(AssertionError):
        run(30, [Phase.generate])


def test_a_summary_that_forgets_a_reversal_is_found(siti, monkeypatch):
    """The control: a mutant of the posting."""
    from finance.actions import posting

    monkeypatch.setattr(Ledger, "grant", siti.grant)
    monkeypatch.setattr(
        posting,
        "_SUMMARIES",
        posting._SUMMARIES.replace("WHEN debit = '32000' THEN -rupiah", "WHEN debit = '32000' THEN 0"),
    )
    with pytest.raises(AssertionError):
        run(30, [Phase.generate])


def test_arrears_that_count_later_payments_for_an_earlier_day_are_found(siti, monkeypatch):
    """The control: a mutant of the report."""
    monkeypatch.setattr(Ledger, "grant", siti.grant)
    module = sys.modules["finance.reports.arrears"]  # the function of the same name hides it
    monkeypatch.setattr(module, "_AS_OF", module._AS_OF.replace("posted_on > %(as_of)s GROUP", "false GROUP"))
    with pytest.raises(AssertionError):
        run(30, [Phase.generate])


# --- What the model found, said as sentences ----------------------------------------------------


def pay(actor, melati, member, on, **line):
    recorded = record_dues(
        cooperative=melati, lines=[DuesLine(member.pk, **line)], paid_on=on, through=on, key=uuid.uuid4(), actor=actor,
        now=datetime.combine(on, time(5), tzinfo=UTC), today=on,
    )  # fmt: skip
    return Payment.objects.get(cooperative=melati, entry_id=recorded.entry_id)


def test_a_reversal_is_not_dated_before_its_payment(siti):
    with siti.acting() as (actor, melati):
        member = Member.objects.get(cooperative=melati, number=1)
        payment = pay(actor, melati, member, date(2026, 3, 20), wajib=30_000)
        with pytest.raises(Refused, match="sebelum tanggal setoran"):
            reverse_payment(cooperative=melati, payment=payment, reason="salah", on=date(2026, 3, 19), actor=actor,
                            now=datetime(2026, 3, 21, tzinfo=UTC), today=date(2026, 3, 21))  # fmt: skip


def test_a_month_centuries_ahead_makes_no_obligations(siti):
    with siti.acting() as (actor, melati):
        member = Member.objects.get(cooperative=melati, number=1)
        with pytest.raises(TooMuch, match="terlalu jauh"):
            record_dues(cooperative=melati, lines=[DuesLine(member.pk, wajib=10_000)], paid_on=date(2026, 3, 1), through=date(9999, 12, 1),
                        key=uuid.uuid4(), actor=actor, now=datetime(2026, 3, 1, tzinfo=UTC), today=date(2026, 3, 1))  # fmt: skip
        assert not Obligation.objects.filter(cooperative=melati).exists()
