"""A year of ten members, recorded by the actions and compared with numbers worked out by hand (`worked_year.csv`).

Everybody owes pokok 100.000 once and wajib 10.000 a month from January 2026. Collections on the 20th of each month.
"""

import csv
import uuid
from datetime import UTC, date, datetime, time
from pathlib import Path

from finance.actions import DuesLine, record_dues, reverse_payment, settle_exit
from finance.models import Entry, MemberBalance, Payment, Receipt, ReceiptReplacement
from finance.reports import arrears, trial_balance, verify_cooperative
from members.actions import exit_member
from members.models import Member

POKOK = {
    1: {1: 100},
    2: {1: 25, 2: 25, 3: 50},
    3: {1: 100},
    4: {1: 100},
    5: {1: 100},
    6: {1: 100},
    7: {1: 100},
    8: {1: 50},
    9: {1: 100},
}
LAST_MONTH = {1: 12, 2: 12, 3: 12, 4: 9, 5: 3, 6: 12, 7: 6, 8: 12, 9: 11}
COUNTED = {3: 135_000, 7: 72_000}  # recorded 140.000 and 70.000
YEAR_END = date(2026, 12, 31)


def expected() -> dict[str, int]:
    with Path(__file__).with_name("worked_year.csv").open(newline="") as file:
        return {row["what"]: int(row["expected"]) for row in csv.DictReader(file)}


class Book:
    """The treasurer's year."""

    def __init__(self, actor, cooperative) -> None:
        self.actor, self.cooperative = actor, cooperative
        self.members = {member.number: member for member in Member.objects.filter(cooperative=cooperative)}

    def record(self, on: date, lines: list[DuesLine], **more):
        return record_dues(
            cooperative=self.cooperative, lines=lines, paid_on=on, through=on, key=uuid.uuid4(), actor=self.actor,
            now=self.at(on), today=on, **more,
        )  # fmt: skip

    def at(self, on: date) -> datetime:
        return datetime.combine(on, time(12), tzinfo=UTC)

    def collect(self, month: int) -> None:
        on = date(2026, month, 20)
        notes = {"coins": COUNTED[month]} if month in COUNTED else None
        lines = [self.line(number, month) for number, last in LAST_MONTH.items() if month <= last]
        self.record(on, lines, notes=notes, difference_reason="belum ketemu" if notes else "")

    def line(self, number: int, month: int) -> DuesLine:
        wajib = {(4, 9): 5_000, (3, 12): 40_000}.get((number, month), 10_000)
        pokok = POKOK[number].get(month, 0) * 1_000
        return DuesLine(self.members[number].pk, pokok=pokok, wajib=wajib, ahead=wajib > 10_000)

    def pay_twice_and_reverse(self) -> None:
        recorded = self.record(date(2026, 5, 25), [DuesLine(self.members[6].pk, wajib=10_000, ahead=True)])
        payment = Payment.objects.get(cooperative=self.cooperative, entry_id=recorded.entry_id)
        on = date(2026, 5, 26)
        reverse_payment(
            cooperative=self.cooperative,
            payment=payment,
            reason="tercatat dua kali",
            on=on,
            actor=self.actor,
            now=self.at(on),
            today=on,
        )

    def leave(self) -> None:
        on = date(2026, 6, 30)
        left = exit_member(member=self.members[7], on=on, reason="moved", note="", actor=self.actor, now=self.at(on))
        settle_exit(
            cooperative=self.cooperative, member=left, on=on, pay_now=False, actor=self.actor, now=self.at(on), today=on
        )


def live_the_year(actor, cooperative) -> Book:
    book = Book(actor, cooperative)
    for month in range(1, 13):
        book.collect(month)
        if month == 5:
            book.pay_twice_and_reverse()
        if month == 6:
            book.leave()
    return book


def figures(cooperative) -> dict[str, int]:
    """Return everything the sheet of paper works out, from the product."""
    found = {}
    balances = {b.member_id: b for b in MemberBalance.objects.filter(cooperative=cooperative)}
    for member in Member.objects.filter(cooperative=cooperative):
        balance = balances.get(member.pk)
        found[f"{member.number_text} pokok"] = balance.pokok_rupiah if balance else 0
        found[f"{member.number_text} wajib"] = balance.wajib_rupiah if balance else 0
    trial = trial_balance(cooperative=cooperative, as_of=YEAR_END)
    for account in trial.accounts:
        found |= {
            f"{account.code} {side}": rupiah
            for side, rupiah in (("debit", account.debit), ("credit", account.credit))
            if rupiah
        }
    found |= {"trial balance debit": trial.debit, "trial balance credit": trial.credit}
    receipts = Receipt.objects.filter(cooperative=cooperative)
    found |= {"receipts": receipts.count(), "last receipt number": max(receipts.values_list("number", flat=True))}
    found["entries"] = Entry.objects.filter(cooperative=cooperative).count()
    found["receipts that no longer hold"] = ReceiptReplacement.objects.filter(cooperative=cooperative).count()
    for what, status in (("members", "active"), ("members who left", "exited"), ("applicants", "applicant")):
        found[what] = Member.objects.filter(cooperative=cooperative, status=status).count()
    late = arrears(cooperative=cooperative, as_of=YEAR_END)
    for row in late.rows:
        found |= {f"{row.number} months behind": row.months, f"{row.number} behind": row.rupiah}
    found |= {f"behind {words}": rupiah for words, _, rupiah in late.bands}
    return found | {"behind": late.rupiah}


def test_a_year_comes_out_to_the_rupiah_as_worked_by_hand(siti):
    with siti.acting() as (actor, melati):
        live_the_year(actor, melati)
        assert figures(melati) == expected()
        assert verify_cooperative(melati) == []


def test_a_rupiah_too_much_is_seen(siti):
    """The control: the comparison and `verify` both notice one rupiah."""
    with siti.acting() as (actor, melati):
        live_the_year(actor, melati)
        MemberBalance.objects.filter(cooperative=melati, member__number=1).update(wajib_rupiah=120_001)
        assert figures(melati) != expected()
        assert [finding.check for finding in verify_cooperative(melati)] == ["saldo anggota"]
