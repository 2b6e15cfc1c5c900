"""Months without wajib: nothing is owed for them, what was paid stays, and a decision taken back lets them be owed again."""

import uuid
from datetime import UTC, date, datetime

import pytest
from django.db import transaction

from finance.actions import (
    AlreadyWithdrawn,
    DuesLine,
    Refused,
    TooMuch,
    close_month,
    correct_payment,
    merge_members,
    pause_dues,
    record_dues,
    reverse_payment,
    separate_members,
    settle_exit,
    withdraw_pause,
)
from finance.models import DuesDue, DuesPause, Obligation, Payment
from finance.reports import arrears, member_savings, month_sheet, open_dues, verify_cooperative
from finance.reports.pauses import effect_of, pauses_of
from members.actions import exit_member
from members.models import Member
from registry.models import Grant

NOW = datetime(2026, 5, 20, 12, 0, tzinfo=UTC)
TODAY = date(2026, 5, 20)
JANUARY, FEBRUARY, MARCH, APRIL, MAY, JUNE, JULY, AUGUST = (date(2026, month, 1) for month in range(1, 9))


@pytest.fixture
def melati(siti):
    """siti's cooperative in May: member 1 paid up to April, nobody else paid; `pause`, `pay` do what they say."""
    with siti.acting() as (actor, cooperative):
        people = {member.number: member for member in Member.objects.filter(cooperative=cooperative)}
        common = {"cooperative": cooperative, "actor": actor, "now": NOW}

        class Melati:
            one, two = people[1], people[2]
            people_all = people

            def pay(self, member, rupiah, ahead=True):
                return record_dues(
                    **common, lines=[DuesLine(member.pk, wajib=rupiah, ahead=ahead)], paid_on=TODAY, through=TODAY,
                    key=uuid.uuid4(), today=TODAY,
                )  # fmt: skip

            def pause(self, first, last, member=None, decision="Rapat pengurus", decided_on=TODAY):
                return pause_dues(
                    **common,
                    member=member,
                    first=first,
                    last=last,
                    decided_on=decided_on,
                    decision=decision,
                    today=TODAY,
                )

            def take_back(self, pause, reason="rapat membatalkan"):
                withdraw_pause(**common, pause=pause, reason=reason, today=TODAY)

            def reverse(self, member):
                payment = Payment.objects.get(member=member)
                reverse_payment(**common, payment=payment, reason="salah orang", on=TODAY, today=TODAY)

            def correct(self, member, rupiah):
                correct_payment(
                    **common, payment=Payment.objects.get(member=member), line=DuesLine(member.pk, wajib=rupiah),
                    through=TODAY, reason="salah jumlah", on=TODAY, key=uuid.uuid4(), today=TODAY,
                )  # fmt: skip

            def merge(self, survivor, merged):
                both = [Member.objects.get(pk=one.pk) for one in (survivor, merged)]
                return merge_members(
                    survivor=both[0], merged=both[1], versions=(both[0].version, both[1].version), taken=frozenset(),
                    actor=actor, now=NOW, today=TODAY,
                )  # fmt: skip

            def separate(self, merge):
                merge.refresh_from_db()
                separate_members(merge=merge, actor=actor, now=NOW, today=TODAY)

            def leave(self, member):
                exit_member(member=member, on=TODAY, reason="moved", note="", actor=actor, now=NOW)

            def due(self, month):
                row = DuesDue.objects.get(cooperative=cooperative, kind="wajib", period=month)
                return row.obligations, row.rupiah

            def open(self, member, through=TODAY):
                return [month for month, _ in open_dues(cooperative=cooperative, member=member, through=through).months]

            def row(self, member, month=TODAY):
                rows = month_sheet(cooperative=cooperative, month=month, today=TODAY).rows
                return next(row for row in rows if row.member_id == member.pk)

            def late(self, member, as_of=TODAY):
                rows = arrears(cooperative=cooperative, as_of=as_of).rows
                return next((row.months for row in rows if row.member_id == member.pk), 0)

        Melati.cooperative = cooperative
        Melati.common = common
        found = Melati()
        found.pay(found.one, 40_000)
        yield found


def refused(act, kind=Refused) -> str:
    with pytest.raises(kind) as caught, transaction.atomic():
        act()
    return caught.value.sentence


def test_what_is_open_is_waived_and_what_was_paid_stays(melati):
    effect = effect_of(cooperative=melati.cooperative, member=None, first=MARCH, last=APRIL)
    assert (effect.members, effect.months, effect.rupiah, effect.paid_months) == (9, 18, 180_000, 2)
    melati.pause(MARCH, APRIL)
    assert melati.open(melati.two) == [date(2026, 1, 1), date(2026, 2, 1), MAY]
    assert Obligation.objects.get(member=melati.one, kind="wajib", period=MARCH).paid_rupiah == 10_000
    due = DuesDue.objects.get(cooperative=melati.cooperative, kind="wajib", period=MARCH)
    assert (due.obligations, due.rupiah) == (1, 10_000)
    assert pauses_of(melati.cooperative)[0].waived_rupiah == 180_000
    assert verify_cooperative(melati.cooperative) == []


def test_a_pause_of_one_member_leaves_the_others_alone(melati):
    melati.pause(MARCH, MAY, melati.two)
    assert melati.open(melati.two) == [date(2026, 1, 1), date(2026, 2, 1)]
    assert len(melati.open(melati.people_all[3])) == 5
    assert melati.late(melati.two) == 2
    assert melati.late(melati.people_all[3]) == 4


def test_months_to_come_are_not_owed_when_they_are_made(melati):
    melati.pause(JUNE, JULY)
    assert melati.open(melati.two, date(2026, 8, 20)) == [date(2026, m, 1) for m in (1, 2, 3, 4, 5, 8)]
    melati.pay(melati.one, 30_000)  # May, and beyond the pause August and September
    paid = Obligation.objects.filter(member=melati.one, kind="wajib", paid_rupiah__gt=0).values_list(
        "period", flat=True
    )
    assert max(paid) == date(2026, 9, 1)
    assert set(
        Obligation.objects.filter(member=melati.one, period__in=[JUNE, JULY]).values_list("due_rupiah", flat=True)
    ) == {0}
    assert melati.row(melati.one, date(2026, 8, 1)).settled
    assert verify_cooperative(melati.cooperative) == []


def test_a_pause_is_shown_as_a_dash_in_the_boxes_and_counts_for_nothing(melati):
    melati.pause(MARCH, MARCH)
    assert melati.row(melati.two).boxes == "ttltnxxxxxxx"
    assert melati.row(melati.one).boxes == "ppppnxxxxxxx"
    savings = member_savings(cooperative=melati.cooperative, member=melati.two, until=TODAY)
    assert savings.cards == ((2026, "uuluuxxxxxxx"),)
    assert savings.wajib_months == 4
    melati.pause(MAY, MAY)
    assert melati.row(melati.one).settled
    assert melati.row(melati.one).free


def test_taken_back_the_months_are_owed_again_at_their_old_amount(melati):
    pause = melati.pause(MARCH, JUNE)
    melati.pay(melati.one, 10_000)  # makes June, free, and pays July
    melati.take_back(pause)
    assert melati.open(melati.two) == [date(2026, month, 1) for month in range(1, 6)]
    assert melati.open(melati.one, JUNE) == [MAY, JUNE]
    due = DuesDue.objects.get(cooperative=melati.cooperative, kind="wajib", period=MARCH)
    assert (due.obligations, due.rupiah) == (10, 100_000)
    assert "sudah dicabut" in refused(lambda: melati.take_back(pause), AlreadyWithdrawn)
    assert verify_cooperative(melati.cooperative) == []


def test_what_another_decision_covers_stays_waived(melati):
    everybody = melati.pause(MARCH, MARCH)
    melati.pause(MARCH, APRIL, melati.two)
    melati.take_back(everybody)
    assert MARCH not in melati.open(melati.two)
    assert MARCH in melati.open(melati.people_all[3])
    assert verify_cooperative(melati.cooperative) == []


def test_the_arrears_of_earlier_days_stay_what_they_were(melati):
    before = melati.late(melati.two, date(2026, 5, 19))
    pause = melati.pause(MARCH, APRIL)
    assert (melati.late(melati.two), melati.late(melati.two, date(2026, 5, 19))) == (before - 2, before)
    later = datetime(2026, 5, 25, 3, tzinfo=UTC)
    withdraw_pause(**(melati.common | {"now": later}), pause=pause, reason="dibatalkan rapat", today=date(2026, 5, 25))
    days = {day: melati.late(melati.two, date(2026, 5, day)) for day in (19, 20, 24, 25)}
    assert days == {19: before, 20: before - 2, 24: before - 2, 25: before}


def test_the_same_pause_twice_is_one(melati):
    assert melati.pause(MARCH, APRIL).pk == melati.pause(MARCH, APRIL).pk
    assert DuesPause.objects.filter(cooperative=melati.cooperative).count() == 1


def test_a_paid_month_of_a_pause_is_not_owed_when_its_payment_is_taken_back(melati):
    """Member 1 paid January to April in one go; March and April are libur; the payment was somebody else's."""
    melati.pause(MARCH, APRIL)
    pause = DuesPause.objects.get(cooperative=melati.cooperative)
    assert melati.due(MARCH) == (1, 10_000)
    melati.reverse(melati.one)
    assert melati.open(melati.one) == [JANUARY, FEBRUARY, MAY]
    assert melati.due(MARCH) == melati.due(APRIL) == (0, 0)
    assert melati.row(melati.one).boxes == "ttllnxxxxxxx"
    assert melati.late(melati.one) == 2
    assert melati.late(melati.one, date(2026, 5, 19)) == 4  # before the payment and the decision
    assert verify_cooperative(melati.cooperative) == []
    melati.take_back(pause)
    assert melati.open(melati.one) == [JANUARY, FEBRUARY, MARCH, APRIL, MAY]
    assert melati.due(MARCH) == melati.due(APRIL) == (10, 100_000)
    assert verify_cooperative(melati.cooperative) == []


def test_a_month_waived_in_two_parts_is_owed_again_as_one(melati):
    """Of March 5,000 was paid, 5,000 waived; then the payment was taken back, which waives the rest; then the pause."""
    melati.pay(melati.two, 25_000)
    pause = melati.pause(MARCH, MARCH, melati.two)
    melati.reverse(melati.two)
    assert melati.open(melati.two) == [JANUARY, FEBRUARY, APRIL, MAY]
    assert pauses_of(melati.cooperative)[0].waived_rupiah == 10_000
    melati.take_back(pause)
    owed = dict(open_dues(cooperative=melati.cooperative, member=melati.two, through=TODAY).months)
    assert owed == dict.fromkeys([JANUARY, FEBRUARY, MARCH, APRIL, MAY], 10_000)
    assert melati.due(MARCH) == (10, 100_000)
    assert verify_cooperative(melati.cooperative) == []


def test_a_corrected_payment_passes_over_the_months_of_a_pause(melati):
    melati.pause(MARCH, APRIL)
    assert "Pilih bayar di muka" in refused(lambda: melati.correct(melati.one, 40_000), TooMuch)
    melati.correct(melati.one, 30_000)
    paid = Obligation.objects.filter(member=melati.one, kind="wajib", paid_rupiah__gt=0).order_by("period")
    assert list(paid.values_list("period", "paid_rupiah")) == [(JANUARY, 10_000), (FEBRUARY, 10_000), (MAY, 10_000)]
    assert verify_cooperative(melati.cooperative) == []


def test_a_pause_of_either_number_is_a_pause_of_the_merged_person(melati):
    """Member 1 owes May; member 2, free in May, owes January to April, which member 1 paid. Together nothing is open."""
    melati.pause(MAY, JUNE, melati.two)
    done = melati.merge(melati.one, melati.two)
    assert melati.open(melati.one) == []
    assert (melati.row(melati.one).settled, melati.row(melati.one).boxes) == (True, "pppplxxxxxxx")
    assert melati.open(melati.one, JULY) == [JULY]  # June was not made yet
    melati.pay(melati.one, 10_000)  # nothing else is open: June is passed over
    assert Obligation.objects.get(member=melati.one, kind="wajib", paid_rupiah__gt=0, period__gt=APRIL).period == JULY
    assert verify_cooperative(melati.cooperative) == []
    melati.separate(done)
    assert melati.open(melati.one, JULY) == [MAY, JUNE]  # number 1 was never free
    assert melati.open(melati.two, JULY) == [JANUARY, FEBRUARY, MARCH, APRIL, JULY]
    assert verify_cooperative(melati.cooperative) == []


def test_a_pause_taken_back_while_two_numbers_are_one_is_owed_once(melati):
    pause, three = melati.pause(MARCH, MARCH), melati.people_all[3]
    done = melati.merge(melati.two, three)
    assert melati.open(melati.two) == [JANUARY, FEBRUARY, APRIL, MAY]
    assert melati.row(melati.two).boxes == "ttltnxxxxxxx"
    melati.take_back(pause)
    assert melati.open(melati.two) == [JANUARY, FEBRUARY, MARCH, APRIL, MAY]
    assert (melati.late(melati.two), melati.late(three)) == (4, 0)
    assert melati.due(MARCH) == (9, 90_000)  # member 1 paid, seven others and the merged person owe
    assert verify_cooperative(melati.cooperative) == []
    melati.separate(done)
    assert melati.open(melati.two) == melati.open(three) == [JANUARY, FEBRUARY, MARCH, APRIL, MAY]
    assert melati.due(MARCH) == (10, 100_000)
    assert verify_cooperative(melati.cooperative) == []


def test_a_pause_decided_while_two_numbers_are_one_holds_after_they_are_two(melati):
    three = melati.people_all[3]
    done = melati.merge(melati.two, three)
    everybody, own = melati.pause(MARCH, MARCH), melati.pause(APRIL, APRIL, melati.two)
    assert melati.open(melati.two) == [JANUARY, FEBRUARY, MAY]
    melati.separate(done)
    assert melati.open(melati.two) == [JANUARY, FEBRUARY, MAY]
    assert melati.open(three) == [JANUARY, FEBRUARY, APRIL, MAY]  # April was decided for the other number
    assert melati.due(MARCH) == (1, 10_000)
    melati.take_back(everybody)
    melati.take_back(own)
    assert melati.open(melati.two) == melati.open(three) == [JANUARY, FEBRUARY, MARCH, APRIL, MAY]
    assert (melati.due(MARCH), melati.due(APRIL)) == ((10, 100_000), (10, 100_000))
    assert verify_cooperative(melati.cooperative) == []


def test_a_merged_numbers_payment_taken_back_leaves_the_pause_as_it_is(melati):
    """Member 1's January to April count for member 2, until they turn out to be somebody else's; March is libur."""
    pause = melati.pause(MARCH, MARCH)
    done = melati.merge(melati.two, melati.one)
    assert melati.open(melati.two) == [MAY]
    assert melati.row(melati.two).boxes == "ppppnxxxxxxx"
    melati.reverse(melati.one)
    assert melati.open(melati.two) == [JANUARY, FEBRUARY, APRIL, MAY]
    assert melati.late(melati.two, date(2026, 5, 19)) == 4
    assert verify_cooperative(melati.cooperative) == []
    melati.separate(done)
    assert melati.open(melati.one) == melati.open(melati.two) == [JANUARY, FEBRUARY, APRIL, MAY]
    melati.take_back(pause)
    assert melati.due(MARCH) == (10, 100_000)
    assert verify_cooperative(melati.cooperative) == []


def test_who_left_owes_nothing_for_paused_months_after_leaving_even_when_the_pause_is_taken_back(melati):
    """Member 2 pays January to May, passes June and July, pays August, and leaves in May with all 60,000."""
    pause = melati.pause(JUNE, JULY)
    melati.pay(melati.two, 60_000)
    assert Obligation.objects.get(member=melati.two, kind="wajib", period=AUGUST).paid_rupiah == 10_000
    melati.leave(melati.two)
    act = {**melati.common, "member": Member.objects.get(pk=melati.two.pk), "on": TODAY, "today": TODAY}
    settle_exit(**act, pay_now=False)
    melati.take_back(pause)
    assert melati.open(Member.objects.get(pk=melati.two.pk), AUGUST) == []
    assert melati.due(JUNE) == melati.due(JULY) == (0, 0)
    assert verify_cooperative(melati.cooperative) == []


def test_a_payment_of_who_left_taken_back_leaves_paused_months_free(melati):
    pause = melati.pause(MARCH, APRIL, melati.one)
    melati.leave(melati.one)
    melati.reverse(melati.one)
    gone = Member.objects.get(pk=melati.one.pk)
    assert melati.open(gone, JULY) == [JANUARY, FEBRUARY, MAY]
    melati.take_back(pause)
    assert melati.open(gone, JULY) == [JANUARY, FEBRUARY, MARCH, APRIL, MAY]
    assert verify_cooperative(melati.cooperative) == []


def test_nobody_pays_a_month_that_is_free_unless_they_pay_ahead(melati):
    melati.pause(JANUARY, MAY)
    refused(lambda: melati.pay(melati.two, 10_000, ahead=False), TooMuch)


@pytest.mark.parametrize(
    ("first", "last", "more", "words"),
    [
        (APRIL, MARCH, {}, "tidak boleh sebelum"),
        (MARCH, date(2028, 4, 1), {}, "paling lama"),
        (date(2027, 8, 1), date(2027, 8, 1), {}, "paling jauh"),
        (date(2025, 12, 1), MARCH, {}, "dimulai"),
        (MARCH, APRIL, {"decision": "  "}, "Tulis keputusannya"),
        (MARCH, APRIL, {"decided_on": date(2026, 5, 21)}, "setelah hari ini"),
    ],
)
def test_a_pause_nobody_means_is_refused(melati, first, last, more, words):
    assert words in refused(lambda: melati.pause(first, last, **more))
    assert not DuesPause.objects.filter(cooperative=melati.cooperative).exists()


def test_a_closed_month_is_not_paused_and_not_given_back(melati):
    pause = melati.pause(date(2026, 2, 1), MARCH, melati.two)
    close = {
        "cooperative": melati.cooperative,
        "cash_counted": 0,
        "today": TODAY,
        "actor": melati.common["actor"],
        "now": NOW,
    }
    checked_by = Grant.objects.filter(cooperative=melati.cooperative, kind="supervisor").get().user_id
    for month in (date(2026, 1, 1), date(2026, 2, 1)):
        close_month(**close, month=month, checker_id=checked_by)
    assert "ditutup" in refused(lambda: melati.pause(date(2026, 2, 1), MARCH))
    assert "ditutup" in refused(lambda: melati.take_back(pause))


def test_the_page_shows_the_effect_before_it_saves(enter, siti, wati):
    client, grant = enter(siti), siti.grant
    path = f"/{grant.agency.slug}/koperasi/{grant.cooperative.slug}/iuran/libur/"
    month = client.get(path).context["form"].initial["first"]
    data = {
        "siapa": "lain",
        "anggota": "2",
        "first": month,
        "last": month,
        "decided_on": "2026-01-20",
        "decision": "Rapat pengurus",
    }
    seen = client.post(path, data).content.decode()
    assert "Akibatnya" in seen
    with siti.acting() as (_, cooperative):
        assert not DuesPause.objects.filter(cooperative=cooperative).exists()
    assert client.post(path, data | {"langkah": "simpan"}).status_code == 302
    page = client.get(path).content.decode()
    assert "Ai Komariah" in page
    for spoiled, words in (({"anggota": "abc"}, "Tulis nomor"), ({"anggota": "999"}, "Tidak ada anggota"), ({"first": "x"}, "Pilih salah satu"),
                           ({"decision": ""}, "Belum diisi"), ({"decided_on": "1\0"}, "")):  # fmt: skip
        answer = client.post(path, data | spoiled | {"langkah": "simpan"})
        assert answer.status_code == 200
        assert words in answer.content.decode()
    with siti.acting() as (_, cooperative):
        pause = DuesPause.objects.get(cooperative=cooperative)
    assert client.post(f"{path}{pause.pk}/", {"alasan": ""}).status_code == 200
    assert client.post(f"{path}{pause.pk}/", {"alasan": "salah orang"}).status_code == 302
    assert "Dicabut" in client.get(path).content.decode()
    reader = enter(wati)
    assert reader.get(path).status_code == 200
    assert reader.post(path, data | {"langkah": "simpan"}).status_code == 200
    with siti.acting() as (_, cooperative):
        assert DuesPause.objects.filter(cooperative=cooperative).count() == 1
