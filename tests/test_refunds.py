"""Leaving in full: asked, decided, settled, planned, paid, and a wrong pay-out taken back."""

import uuid
from datetime import UTC, date, datetime, time

import pytest

from finance.actions import DuesLine, Refused, pay_out_exit, plan_refund, record_dues, reverse_pay_out, settle_exit
from finance.actions.refunds import AlreadyTakenBack
from finance.models import PayOut
from finance.reports import exit_account, refunds, trial_balance, verify_cooperative
from members import actions, reports
from members.models import ExitRequest, Member
from registry.tenancy import NOBODY, bind
from tests.cast import Someone

pytestmark = pytest.mark.django_db
LEFT_ON = date(2026, 4, 10)
BOOK = "/kota-serang/koperasi/melati/anggota/"


def acts(actor, on: date = LEFT_ON) -> dict:
    return {"actor": actor, "now": datetime.combine(on, time(5), tzinfo=UTC), "today": on}


@pytest.fixture
def leaver():
    """Member 1 saved 130.000, left on 10 April and is owed all of it."""
    with Someone("siti").acting() as (actor, melati):
        member = Member.objects.get(cooperative=melati, number=1)
        record_dues(cooperative=melati, lines=[DuesLine(member.pk, pokok=100_000, wajib=30_000)], paid_on=date(2026, 3, 20),
                    through=date(2026, 3, 20), key=uuid.uuid4(), **acts(actor, date(2026, 3, 20)))  # fmt: skip
        left = leave(actor, member)
        settle_exit(cooperative=melati, member=left, on=LEFT_ON, pay_now=False, **acts(actor))
        yield actor, melati, left


def leave(actor, member, reason="moved") -> Member:
    act = acts(actor)
    return actions.exit_member(member=member, on=LEFT_ON, reason=reason, note="", actor=act["actor"], now=act["now"])


def hand_over(actor, melati, member, rupiah, on=LEFT_ON) -> PayOut:
    return pay_out_exit(cooperative=melati, member=member, rupiah=rupiah, on=on, key=uuid.uuid4(), **acts(actor, on))


# --- Asking -------------------------------------------------------------------------------------


def test_a_request_is_asked_once_and_granted_by_the_exit():
    with Someone("siti").acting() as (actor, melati):
        member = Member.objects.get(cooperative=melati, number=1)
        act = {"actor": actor, "now": acts(actor)["now"]}
        actions.ask_to_leave(member=member, on=LEFT_ON, reason="own_request", note="surat 7", **act)
        with pytest.raises(actions.AlreadyAsked):
            actions.ask_to_leave(member=member, on=LEFT_ON, reason="moved", note="", **act)
        assert [one.member for one in reports.exit_requests(melati)] == [member]
        leave(actor, member)
        assert ExitRequest.objects.get().state == "granted"
        assert reports.exit_requests(melati) == []
        with pytest.raises(actions.AlreadyExited):
            actions.ask_to_leave(member=member, on=LEFT_ON, reason="moved", note="", **act)


def test_a_refused_or_withdrawn_request_lets_the_member_stay_and_may_come_again():
    with Someone("siti").acting() as (actor, melati):
        member = Member.objects.get(cooperative=melati, number=1)
        act = {"actor": actor, "now": acts(actor)["now"]}
        for end in (
            lambda: actions.refuse_to_let_go(member=member, answer="masih ada pinjaman", **act),
            lambda: actions.withdraw_request(member=member, **act),
        ):
            actions.ask_to_leave(member=member, on=LEFT_ON, reason="own_request", note="", **act)
            end()
            with pytest.raises(actions.NothingAsked):
                end()
        assert Member.objects.get(pk=member.pk).is_current
        assert {one.state for one in reports.exit_requests_decided(member)} == {"refused", "withdrawn"}


# --- The plan -----------------------------------------------------------------------------------


def test_pay_outs_cover_the_parts_of_the_plan_oldest_first(leaver):
    actor, melati, member = leaver
    plan = [(date(2026, 4, 30), 50_000), (date(2026, 5, 31), 50_000), (date(2026, 6, 30), 30_000)]
    plan_refund(cooperative=melati, member=member, parts=plan, **acts(actor))
    hand_over(actor, melati, member, 60_000)
    parts = exit_account(member).parts
    assert [(part.paid, part.left) for part in parts] == [(50_000, 0), (10_000, 40_000), (0, 30_000)]
    assert not parts[0].late(date(2026, 12, 1))
    assert parts[1].late(date(2026, 6, 1)) and not parts[1].late(date(2026, 5, 31))
    [refund] = refunds(melati)
    assert (refund.left, refund.next_on, refund.next_rupiah) == (70_000, date(2026, 5, 31), 40_000)
    hand_over(actor, melati, member, 70_000)
    assert refunds(melati) == []
    assert verify_cooperative(melati) == []


def test_a_new_plan_replaces_the_old_one_for_what_is_left(leaver):
    actor, melati, member = leaver
    plan_refund(cooperative=melati, member=member, parts=[(date(2026, 4, 30), 130_000)], **acts(actor))
    hand_over(actor, melati, member, 30_000)
    plan_refund(
        cooperative=melati, member=member, parts=[(date(2026, 7, 1), 60_000), (date(2026, 8, 1), 40_000)], **acts(actor)
    )
    assert [(part.rupiah, part.paid) for part in exit_account(member).parts] == [(60_000, 0), (40_000, 0)]


@pytest.mark.parametrize(
    ("parts", "why"),
    [
        ([], "1 sampai"), ([(LEFT_ON, 129_999)], "harus sama"), ([(LEFT_ON, 130_001)], "harus sama"), ([(LEFT_ON, 0)], "lebih dari nol"),
        ([(date(2026, 4, 9), 130_000)], "berurutan"), ([(date(2026, 6, 1), 100_000), (date(2026, 5, 1), 30_000)], "berurutan"),
        ([(date(2026, 5, 1), 100_000), (date(2026, 5, 1), 30_000)], "berurutan"),
    ],
)  # fmt: skip
def test_a_plan_that_does_not_fit_is_refused(leaver, parts, why):
    actor, melati, member = leaver
    with pytest.raises(Refused, match=why):
        plan_refund(cooperative=melati, member=member, parts=parts, **acts(actor))


def test_nothing_is_planned_for_who_is_owed_nothing(leaver):
    actor, melati, member = leaver
    hand_over(actor, melati, member, 130_000)
    with pytest.raises(Refused, match="Tidak ada lagi"):
        plan_refund(cooperative=melati, member=member, parts=[(LEFT_ON, 1)], **acts(actor))


# --- Taking back --------------------------------------------------------------------------------


def test_a_wrong_pay_out_is_reversed_and_owed_again(leaver):
    actor, melati, member = leaver
    plan_refund(cooperative=melati, member=member, parts=[(date(2026, 4, 30), 130_000)], **acts(actor))
    paid = hand_over(actor, melati, member, 50_000)
    reverse = {"cooperative": melati, "pay_out": paid, "reason": "salah orang", "on": LEFT_ON, **acts(actor)}
    reverse_pay_out(**reverse)
    account = exit_account(member)
    assert (account.owed, account.paid, account.left) == (130_000, 0, 130_000)
    assert account.parts[0].paid == 0
    assert account.pay_outs[0].reversal.reason == "salah orang"
    found = {a.code: a.debit - a.credit for a in trial_balance(cooperative=melati, as_of=LEFT_ON).accounts}
    assert (found["11100"], found["21700"]) == (130_000, -130_000)
    with pytest.raises(AlreadyTakenBack):
        reverse_pay_out(**reverse)
    assert hand_over(actor, melati, member, 130_000).left_rupiah == 0
    assert verify_cooperative(melati) == []


def test_a_pay_out_made_with_the_settlement_can_be_taken_back_too():
    with Someone("siti").acting() as (actor, melati):
        member = Member.objects.get(cooperative=melati, number=2)
        record_dues(
            cooperative=melati,
            lines=[DuesLine(member.pk, pokok=100_000)],
            paid_on=LEFT_ON,
            through=LEFT_ON,
            key=uuid.uuid4(),
            **acts(actor),
        )
        left = leave(actor, member)
        settle_exit(cooperative=melati, member=left, on=LEFT_ON, pay_now=True, **acts(actor))
        reverse_pay_out(
            cooperative=melati, pay_out=PayOut.objects.get(), reason="uang belum diserahkan", on=LEFT_ON, **acts(actor)
        )
        assert exit_account(left).left == 100_000
        assert verify_cooperative(melati) == []


@pytest.mark.parametrize(("reason", "on"), [(" ", LEFT_ON), ("salah", date(2026, 4, 9)), ("salah", date(2026, 4, 11))])
def test_a_pay_out_is_not_taken_back_without_reason_or_on_a_wrong_day(leaver, reason, on):
    actor, melati, member = leaver
    paid = hand_over(actor, melati, member, 50_000)
    with pytest.raises(Refused):
        reverse_pay_out(cooperative=melati, pay_out=paid, reason=reason, on=on, **acts(actor))
    assert exit_account(member).left == 80_000


# --- Pages --------------------------------------------------------------------------------------


def test_the_whole_way_out_on_its_pages(enter, django_assert_max_num_queries):
    with Someone("siti").acting() as (actor, melati):
        member = Member.objects.get(cooperative=melati, number=1)
        record_dues(cooperative=melati, lines=[DuesLine(member.pk, pokok=100_000)], paid_on=date(2026, 3, 20), through=date(2026, 3, 20),
                    key=uuid.uuid4(), **acts(actor, date(2026, 3, 20)))  # fmt: skip
    treasurer, chair = enter(Someone("siti")), enter(Someone("budi"))
    treasurer.post(
        BOOK + "1/permohonan-berhenti/", {"reason": "died", "on": "20/03/2026", "note": "dilaporkan anaknya"}
    )
    chair.post(BOOK + "1/keluarga/", {"apa": "waris", "name": "Ani Contoh", "relation": "child"})
    assert "Putuskan 1 permohonan berhenti" in chair.get("/kota-serang/koperasi/melati/beranda/").content.decode()
    assert "dilaporkan anaknya" in chair.get(BOOK + "1/berhenti/").content.decode()
    chair.post(BOOK + "1/berhenti/", {"reason": "died", "on": "21/03/2026", "note": ""})
    treasurer.post(BOOK + "1/pengembalian/", {"on": "22/03/2026"})
    page = treasurer.get(BOOK + "1/pengembalian/bayar/").content.decode()
    assert "Ani Contoh (anak)" in page
    assert treasurer.post(BOOK + "1/pengembalian/jadwal/", {"times": "3", "first_on": "31/12/2030"}).status_code == 302
    for path in ("1/pengembalian/bayar/", "1/pengembalian/jadwal/", "permohonan-berhenti/", "1/permohonan-berhenti/"):
        with django_assert_max_num_queries(20):
            assert treasurer.get(BOOK + path).status_code == 200
    listed = treasurer.get("/kota-serang/koperasi/melati/iuran/pengembalian/").content.decode()
    assert "33.334" in listed  # 100.000 in three: the first takes what does not divide
    with Someone("siti").acting():
        assert [part.due_on for part in exit_account(Member.objects.get(number=1)).parts] == [
            date(2030, 12, 31),
            date(2031, 1, 31),
            date(2031, 2, 28),
        ]


BAD = {
    "request without a reason": ("3/permohonan-berhenti/", {"on": "20/03/2026"}),
    "request on a day to come": ("3/permohonan-berhenti/", {"reason": "moved", "on": "20/03/2999"}),
    "request of a day before joining": ("3/permohonan-berhenti/", {"reason": "moved", "on": "20/03/1999"}),
    "request with NUL": ("3/permohonan-berhenti/", {"reason": "moved\0", "on": "a\0b"}),
    "request with a NIK": (
        "3/permohonan-berhenti/",
        {"reason": "moved", "on": "20/03/2026", "note": "9901015207850001"},
    ),
    "dismissal is not asked for": ("3/permohonan-berhenti/", {"reason": "dismissed", "on": "20/03/2026"}),
    "plan of none": ("1/pengembalian/jadwal/", {"times": "0", "first_on": "31/12/2030"}),
    "plan of many": ("1/pengembalian/jadwal/", {"times": "61", "first_on": "31/12/2030"}),
    "plan in words": ("1/pengembalian/jadwal/", {"times": "tiga", "first_on": "besok"}),
    "plan of yesterday": ("1/pengembalian/jadwal/", {"times": "3", "first_on": "01/01/2020"}),
    "plan in centuries": ("1/pengembalian/jadwal/", {"times": "3", "first_on": "01/01/9999"}),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_explained_and_nothing_is_stored(leaver, enter, case):
    _, _, member = leaver
    bind(NOBODY)
    path, data = BAD[case]
    answer = enter(Someone("siti")).post(BOOK + path, data)
    assert answer.status_code == 200
    assert 'class="err"' in answer.content.decode()
    with Someone("siti").acting():
        assert not ExitRequest.objects.exists()
        assert exit_account(member).parts == ()
