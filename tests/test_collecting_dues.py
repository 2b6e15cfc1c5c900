"""Recording dues: what is owed, what is paid, and what the books say about it."""

import uuid
from datetime import UTC, date, datetime

import pytest
from django.db import transaction

from finance.actions import AlreadyRecorded, DuesLine, ReusedKey, TooMuch, record_dues, reverse_payment
from finance.models import AccountMonth, MemberBalance, Obligation, Payment, Receipt
from members.models import Member

NOW = datetime(2026, 3, 20, 12, 0, tzinfo=UTC)
TODAY = date(2026, 3, 20)


def pay(cooperative, actor, *lines, key=None, through=TODAY, **more):
    return record_dues(
        cooperative=cooperative, lines=lines, paid_on=TODAY, through=through, key=key or uuid.uuid4(), actor=actor, now=NOW, today=TODAY, **more
    )  # fmt: skip


def ids(cooperative):
    return list(Member.objects.filter(cooperative=cooperative).order_by("number").values_list("pk", flat=True))


def test_a_month_of_everybody_gives_one_entry_and_a_gapless_receipt_each(siti):
    with siti.acting() as (actor, melati):
        recorded = pay(melati, actor, *[DuesLine(member, wajib=30_000) for member in ids(melati)])
        assert recorded.rupiah == 300_000
        assert sorted(recorded.receipts.values()) == list(range(1, 11))
        assert Receipt.objects.filter(purpose="Simpanan wajib Jan, Feb, Mar 2026").count() == 10
        cash = AccountMonth.objects.get(account_code="11100", month=date(2026, 3, 1))
        assert (cash.debit_rupiah, cash.credit_rupiah) == (300_000, 0)


def test_pokok_by_instalments_makes_a_member_when_it_is_paid_in_full(siti):
    with siti.acting() as (actor, melati):
        member = ids(melati)[0]
        pay(melati, actor, DuesLine(member, pokok=25_000))
        assert Member.objects.get(pk=member).status == "applicant"
        pay(melati, actor, DuesLine(member, pokok=75_000, wajib=10_000))
        assert Member.objects.get(pk=member).status == "active"
        with pytest.raises(TooMuch, match="tinggal"):
            pay(melati, actor, DuesLine(member, pokok=1))


def test_the_second_officer_is_told_who_was_faster_and_may_keep_it_as_an_advance(siti):
    with siti.acting() as (actor, melati):
        member = ids(melati)[0]
        pay(melati, actor, DuesLine(member, wajib=30_000))
        with pytest.raises(AlreadyRecorded) as caught, transaction.atomic():
            pay(melati, actor, DuesLine(member, wajib=10_000))
        assert caught.value.by[member][0] == "Siti Bendahara"
        pay(melati, actor, DuesLine(member, wajib=10_000, ahead=True))
        assert Obligation.objects.get(member=member, period=date(2026, 4, 1)).paid_rupiah == 10_000


def test_the_same_form_twice_is_recorded_once_and_other_content_is_refused(siti):
    with siti.acting() as (actor, melati):
        member, key = ids(melati)[0], uuid.uuid4()
        first = pay(melati, actor, DuesLine(member, wajib=10_000), key=key)
        again = pay(melati, actor, DuesLine(member, wajib=10_000), key=key)
        assert again.repeated
        assert again.receipts == first.receipts
        with pytest.raises(ReusedKey):
            pay(melati, actor, DuesLine(member, wajib=20_000), key=key)
        assert Payment.objects.filter(member=member).count() == 1


def test_a_reversal_opens_the_obligations_again_and_the_books_return_to_zero(siti):
    with siti.acting() as (actor, melati):
        member = ids(melati)[0]
        pay(melati, actor, DuesLine(member, pokok=50_000, wajib=15_000))
        payment = Payment.objects.get(member=member)
        reverse_payment(
            cooperative=melati, payment=payment, reason="salah orang", on=TODAY, actor=actor, now=NOW, today=TODAY
        )
        assert set(Obligation.objects.filter(member=member).values_list("paid_rupiah", flat=True)) == {0}
        balance = MemberBalance.objects.get(member=member)
        assert (balance.pokok_rupiah, balance.wajib_rupiah) == (0, 0)
