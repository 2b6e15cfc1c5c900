"""Two entries of one person: merged, separated again, told apart; money follows and returns."""

import uuid
from datetime import UTC, date, datetime

import pytest

from finance.actions import (
    DuesLine,
    Refused,
    correct_payment,
    merge_members,
    record_dues,
    reverse_payment,
    separate_members,
    settle_exit,
)
from finance.models import DuesDue, MemberBalance, Obligation, Payment, Receipt
from finance.reports import arrears, member_savings, month_sheet, open_dues, verify_cooperative
from members import reports
from members.actions import (
    CannotMerge,
    Person,
    StaleForm,
    admit,
    exit_member,
    offer_again,
    reveal_national_id,
    tell_apart,
)
from members.models import Identity, Member, MemberFlow, Merge, NotTheSame
from members.reports import near_equal
from registry.models import AuditEvent
from tests.cast import Someone

pytestmark = pytest.mark.django_db
JUNE = date(2026, 6, 15)
NOW = datetime(2026, 6, 15, 5, tzinfo=UTC)
BORN = date(1985, 7, 12)
NIK = "9901015207850001"
OTHER_NIK = "9901015207850002"


@pytest.fixture
def two():
    """Siti Aminah entered twice: in January (paid pokok, January to March), and again in April (paid April)."""
    with Someone("siti").acting() as (actor, melati):
        one = entered(melati, actor, "Siti Aminah", date(2026, 1, 5), NIK)
        other = entered(melati, actor, "Hj. Siti Aminah", date(2026, 4, 2), address="Kp. Pasir")
        pay(melati, actor, one, date(2026, 3, 20), pokok=100_000, wajib=30_000)
        pay(melati, actor, other, date(2026, 4, 10), wajib=10_000)
        yield actor, melati, fresh(one), fresh(other)


def entered(melati, actor, name, joined, nik="", born=BORN, **more) -> Member:
    return admit(cooperative=melati, person=Person(name=name, sex="P", birth_date=born, **more), joined_on=joined,
                 national_id=nik, actor=actor, now=NOW)  # fmt: skip


def pay(melati, actor, member, on, pokok=0, wajib=0, ahead=False):
    return record_dues(cooperative=melati, lines=[DuesLine(member.pk, pokok=pokok, wajib=wajib, ahead=ahead)], paid_on=on, through=on,
                       key=uuid.uuid4(), actor=actor, now=NOW, today=JUNE)  # fmt: skip


def fresh(member) -> Member:
    return Member.objects.get(pk=member.pk)


def merge(actor, survivor, merged, *taken) -> Merge:
    survivor, merged = fresh(survivor), fresh(merged)
    return merge_members(survivor=survivor, merged=merged, versions=(survivor.version, merged.version), taken=frozenset(taken),
                         actor=actor, now=NOW, today=JUNE)  # fmt: skip


def separate(actor, done) -> None:
    separate_members(merge=Merge.objects.get(pk=done.pk), actor=actor, now=NOW, today=JUNE)


def everything(melati) -> dict:
    """All that pages and summaries say of the cooperative, and the rows themselves but for versions."""
    members = Member.objects.of(melati).order_by("pk")
    return {
        "members": [{k: v for k, v in row.items() if k != "version"} for row in members.values()],
        "identities": list(Identity.objects.order_by("pk").values_list("member_id", "current", "masked")),
        "dues": list(Obligation.objects.order_by("member_id", "kind", "period").values_list("member_id", "kind", "period", "due_rupiah", "paid_rupiah")),
        "due": list(DuesDue.objects.order_by("kind", "period").values_list("kind", "period", "obligations", "rupiah")),
        "balances": {row.member_id: (row.pokok_rupiah, row.wajib_rupiah) for row in MemberBalance.objects.all() if row.pokok_rupiah or row.wajib_rupiah},
        "flows": [row for row in MemberFlow.objects.order_by("month", "sex").values_list("month", "sex", "joined", "left", "applicants") if any(row[2:])],
        "arrears": [(row.member_id, row.months, row.rupiah) for row in arrears(cooperative=melati, as_of=JUNE).rows],
        "arrears in March": [(row.member_id, row.months, row.rupiah) for row in arrears(cooperative=melati, as_of=date(2026, 3, 31)).rows],
        "sheet": [(row.number, row.amount, row.boxes) for row in month_sheet(cooperative=melati, month=JUNE, today=JUNE).rows],
        "register": list(reports.register(cooperative=melati, today=JUNE).order_by("pk").values_list("number", "status_on")),
        "statements": {one.pk: member_savings(cooperative=melati, member=one, until=JUNE) for one in members},
    }  # fmt: skip


def sheet_row(melati, number):
    return next((r for r in month_sheet(cooperative=melati, month=JUNE, today=JUNE).rows if r.number == number), None)


def test_two_entries_become_one_person_everywhere(two):
    actor, melati, one, other = two
    before = reports.count(reports.register(cooperative=melati, today=JUNE))
    merge(actor, one, other, "address")
    one = fresh(one)
    assert (one.address, one.name) == ("Kp. Pasir", "Siti Aminah")
    savings = member_savings(cooperative=melati, member=one, until=JUNE)
    assert (savings.pokok, savings.wajib, savings.pokok_due) == (100_000, 40_000, 100_000)
    assert [m.receipt for m in savings.movements] and len(savings.movements) == 2
    assert savings.cards == ((2026, "ppppuuxxxxxx"),)
    assert sheet_row(melati, other.number_text) is None
    assert (sheet_row(melati, one.number_text).amount, sheet_row(melati, one.number_text).months) == (20_000, 2)
    assert open_dues(cooperative=melati, member=one, through=JUNE).wajib_open == 20_000
    late = {row.member_id: (row.months, row.rupiah) for row in arrears(cooperative=melati, as_of=JUNE).rows}
    assert late[one.pk] == (1, 10_000)
    assert other.pk not in late
    balance = MemberBalance.objects.get(member=one)
    assert (balance.pokok_rupiah, balance.wajib_rupiah) == (100_000, 40_000)
    after = reports.count(reports.register(cooperative=melati, today=JUNE))
    assert (after.everybody, after.applicant, after.active) == (
        before.everybody - 1,
        before.applicant - 1,
        before.active,
    )
    assert verify_cooperative(melati) == []
    assert Payment.objects.filter(member=other).count() == 1  # postings never move
    assert AuditEvent.objects.get(verb="merge_members").subject == f"anggota {one.number_text}"


@pytest.mark.parametrize("survivor", ["one", "other"])
def test_separating_gives_back_exactly_what_was(two, survivor):
    actor, melati, one, other = two
    keeps, goes = (one, other) if survivor == "one" else (other, one)
    from finance.actions import ensure_obligations

    ensure_obligations(cooperative=melati, opened_on=date(2026, 1, 1), member_ids=[one.pk, other.pk], through=JUNE)
    was = everything(melati)
    done = merge(actor, keeps, goes, "name", "birth_date", "address", "joined_on", "national_id")
    assert everything(melati) != was
    assert verify_cooperative(melati) == []
    separate(actor, done)
    now = everything(melati)
    assert {key: now[key] for key in was if now[key] != was[key]} == {}
    assert verify_cooperative(melati) == []


def test_months_paid_under_both_numbers_are_kept_and_owed_once(two):
    actor, melati, one, other = two
    pay(melati, actor, one, JUNE, wajib=20_000)  # April and May
    pay(melati, actor, other, JUNE, wajib=10_000)  # May again
    merge(actor, one, other)
    savings = member_savings(cooperative=melati, member=fresh(one), until=JUNE)
    assert savings.wajib == 70_000
    assert open_dues(cooperative=melati, member=fresh(one), through=JUNE).wajib_open == 10_000  # June alone
    pay(melati, actor, one, JUNE, wajib=10_000)
    assert sheet_row(melati, one.number_text).settled
    assert verify_cooperative(melati) == []


def test_the_earlier_entry_may_be_the_one_that_goes(two):
    actor, melati, one, other = two
    merge(actor, other, one, "joined_on", "national_id")
    other = fresh(other)
    assert (other.joined_on, other.status, other.became_member_on) == (date(2026, 1, 5), "active", date(2026, 3, 20))
    savings = member_savings(cooperative=melati, member=other, until=JUNE)
    assert (savings.pokok, savings.wajib, savings.cards) == (100_000, 40_000, ((2026, "ppppuuxxxxxx"),))
    assert sheet_row(melati, other.number_text).boxes == "ppppt" + "n" + "xxxxxx"
    assert reports.masked_national_id(other) == reports.masked_national_id(one) != ""
    assert reveal_national_id(member=other, reason="cek KTP", actor=actor, now=NOW) == NIK
    [listed] = reports.with_masked_national_id(Member.objects.filter(pk=other.pk))
    assert listed.masked_national_id == reports.masked_national_id(other)
    assert verify_cooperative(melati) == []


def test_what_is_paid_after_merging_stays_with_the_surviving_number(two):
    actor, melati, one, other = two
    done = merge(actor, one, other)
    pay(melati, actor, one, JUNE, wajib=20_000)
    assert Receipt.objects.order_by("-pk").first().balance_rupiah == 160_000
    separate(actor, done)
    assert member_savings(cooperative=melati, member=fresh(one), until=JUNE).wajib == 50_000
    assert member_savings(cooperative=melati, member=fresh(other), until=JUNE).wajib == 10_000
    owed = open_dues(cooperative=melati, member=fresh(one), through=JUNE)
    assert [month for month, _ in owed.months] == [date(2026, 4, 1)]  # April was paid by the other number only
    assert open_dues(cooperative=melati, member=fresh(other), through=JUNE).wajib_open == 20_000
    assert verify_cooperative(melati) == []


def test_a_payment_of_the_merged_number_can_still_be_taken_back_or_corrected(two):
    actor, melati, one, other = two
    merge(actor, one, other)
    act = {"cooperative": melati, "actor": actor, "now": NOW, "today": JUNE, "on": JUNE, "reason": "salah orang"}
    reverse_payment(payment=Payment.objects.get(member=other), **act)
    assert open_dues(cooperative=melati, member=fresh(one), through=JUNE).wajib_open == 30_000  # April is open again
    assert verify_cooperative(melati) == []
    recorded = pay(melati, actor, one, JUNE, wajib=10_000)
    assert recorded.rupiah == 10_000
    assert verify_cooperative(melati) == []


def test_a_corrected_payment_of_the_merged_number_is_recorded_for_the_person(two):
    actor, melati, one, other = two
    merge(actor, one, other)
    correct_payment(cooperative=melati, payment=Payment.objects.get(member=other), line=DuesLine(other.pk, wajib=20_000), through=JUNE,
                    reason="kurang", on=JUNE, key=uuid.uuid4(), actor=actor, now=NOW, today=JUNE)  # fmt: skip
    assert Payment.objects.order_by("-pk").first().member_id == one.pk
    assert open_dues(cooperative=melati, member=fresh(one), through=JUNE).wajib_open == 10_000
    assert verify_cooperative(melati) == []


def test_taking_back_the_merged_numbers_pokok_makes_the_person_calon_again(two):
    actor, melati, one, other = two
    merge(actor, other, one)
    payment = Payment.objects.get(member=one)
    reverse_payment(cooperative=melati, payment=payment, actor=actor, now=NOW, today=JUNE, on=JUNE, reason="uang palsu")
    assert fresh(other).status == "applicant"
    assert open_dues(cooperative=melati, member=fresh(other), through=JUNE).pokok_left == 100_000
    assert verify_cooperative(melati) == []


def test_instalments_under_two_numbers_that_make_up_the_pokok_make_a_member(two):
    actor, melati, _, other = two
    third = entered(melati, actor, "Siti Amina", date(2026, 5, 1))
    pay(melati, actor, other, JUNE, pokok=60_000)
    pay(melati, actor, third, JUNE, pokok=40_000)
    done = merge(actor, other, third)
    assert (fresh(other).status, fresh(other).became_member_on) == ("active", JUNE)
    assert verify_cooperative(melati) == []
    separate(actor, done)
    assert fresh(other).status == "applicant"
    assert verify_cooperative(melati) == []


def test_three_entries_of_one_person_are_merged_one_by_one_and_separated_in_any_order(two):
    actor, melati, one, other = two
    third = entered(melati, actor, "Siti Amina", date(2026, 5, 1))
    pay(melati, actor, third, JUNE, wajib=10_000)  # May
    first, second = merge(actor, one, other), merge(actor, one, third)
    assert open_dues(cooperative=melati, member=fresh(one), through=JUNE).wajib_open == 10_000
    assert member_savings(cooperative=melati, member=fresh(one), until=JUNE).wajib == 50_000
    assert verify_cooperative(melati) == []
    separate(actor, first)
    assert open_dues(cooperative=melati, member=fresh(one), through=JUNE).wajib_open == 20_000  # April, June
    assert verify_cooperative(melati) == []
    separate(actor, second)
    assert open_dues(cooperative=melati, member=fresh(one), through=JUNE).wajib_open == 30_000
    assert verify_cooperative(melati) == []


def test_the_savings_of_both_numbers_are_returned_when_the_person_leaves(two):
    actor, melati, one, other = two
    done = merge(actor, one, other)
    exit_member(member=fresh(one), on=JUNE, reason="moved", note="", actor=actor, now=NOW)
    settle_exit(cooperative=melati, member=fresh(one), on=JUNE, pay_now=True, actor=actor, now=NOW, today=JUNE)
    assert member_savings(cooperative=melati, member=fresh(one), until=JUNE).total == 0
    assert verify_cooperative(melati) == []
    with pytest.raises(Refused, match="sudah berhenti"):
        separate(actor, done)


def test_the_merged_number_takes_no_money_and_says_which_does(two):
    actor, melati, one, other = two
    merge(actor, one, other)
    with pytest.raises(Refused, match=f"{other.number_text} sudah digabung ke {one.number_text}"):
        pay(melati, actor, other, JUNE, wajib=10_000)


def test_what_cannot_be_merged_is_refused_with_its_reason(two):
    actor, melati, one, other = two
    third = entered(melati, actor, "Siti Amina", date(2026, 5, 1))
    done = merge(actor, one, other)
    for survivor, merged, why in (
        (third, one, "sudah menampung"),
        (third, other, "sudah digabung"),
        (one, one, "dua catatan"),
    ):
        with pytest.raises(CannotMerge, match=why):
            merge(actor, survivor, merged)
    with pytest.raises(StaleForm):
        merge_members(
            survivor=fresh(one), merged=third, versions=(1, 1), taken=frozenset(), actor=actor, now=NOW, today=JUNE
        )
    separate(actor, done)
    with pytest.raises(CannotMerge, match="sudah dipisahkan"):
        separate(actor, done)
    exit_member(member=fresh(other), on=JUNE, reason="moved", note="", actor=actor, now=NOW)
    settle_exit(cooperative=melati, member=fresh(other), on=JUNE, pay_now=False, actor=actor, now=NOW, today=JUNE)
    with pytest.raises(Refused, match="keanggotaan yang lama"):
        merge(actor, one, other)


def test_what_was_amended_while_merged_stays_amended(two):
    from members.actions import amend

    actor, _melati, one, other = two
    done = merge(actor, one, other, "address")
    amend(
        member=fresh(one),
        version=fresh(one).version,
        changes={"address": "Kp. Baru", "phone": "+6281234567890"},
        actor=actor,
        now=NOW,
    )
    separate(actor, done)
    assert (fresh(one).address, fresh(one).phone, fresh(other).address) == ("Kp. Baru", "+6281234567890", "Kp. Pasir")


def test_a_nik_typed_twice_while_merged_is_explained_when_separating(two):
    from members.actions import amend

    actor, _melati, one, other = two
    done = merge(actor, other, one)  # the NIK is that of the merged entry
    assert reports.masked_national_id(fresh(other))
    amend(member=fresh(other), version=fresh(other).version, changes={}, national_id=OTHER_NIK, actor=actor, now=NOW)
    assert reveal_national_id(member=fresh(other), reason="cek KTP", actor=actor, now=NOW) == OTHER_NIK
    separate(actor, done)
    assert reveal_national_id(member=fresh(one), reason="cek KTP", actor=actor, now=NOW) == NIK


# --- Pairs --------------------------------------------------------------------------------------


def test_likely_pairs_are_found_by_name_and_birth_and_by_nik(two):
    actor, melati, one, _other = two
    entered(melati, actor, "Siti Aisyah", date(2026, 5, 1))  # same day, another name
    exit_member(member=fresh(one), on=JUNE, reason="moved", note="", actor=actor, now=NOW)
    again = entered(melati, actor, "Aminah", date(2026, 6, 1), NIK, born=date(1985, 7, 13))
    found = [(pair.one_number, pair.other_number, pair.why) for pair in reports.likely_the_same(melati)]
    assert found == [(one.number_text, again.number_text, "NIK sama")]


def test_a_pair_told_apart_is_not_offered_again(two):
    actor, melati, one, other = two
    [pair] = reports.likely_the_same(melati)
    assert (pair.one, pair.other, pair.why) == (one.pk, other.pk, "Tanggal lahir sama, nama hampir sama")
    tell_apart(one=other, other=one, actor=actor, now=NOW)
    tell_apart(one=one, other=other, actor=actor, now=NOW)
    assert reports.likely_the_same(melati) == []
    assert AuditEvent.objects.filter(verb="tell_members_apart").count() == 1
    offer_again(told=NotTheSame.objects.get(), actor=actor, now=NOW)
    assert len(reports.likely_the_same(melati)) == 1


def test_a_birthday_half_the_book_shares_makes_no_pairs_but_of_equal_names(two):
    actor, melati, *_ = two
    for number in range(45):
        entered(melati, actor, f"Siti Nomor {number:02d}", date(2026, 5, 1), born=date(1970, 1, 1))
    entered(melati, actor, "Siti Nomor 07", date(2026, 5, 1), born=date(1970, 1, 1))
    found = list(reports.likely_the_same(melati))
    assert len(found) == 2


def test_pairs_stay_inside_the_cooperative(two):
    _actor, _melati, _one, _ = two
    with Someone("ratna").acting() as (ratna, kenanga):
        entered(kenanga, ratna, "Siti Aminah", date(2026, 1, 5), NIK)
        assert reports.likely_the_same(kenanga) == []


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Siti Aminah", "Siti Aminah binti Ali", True), ("Hj. Siti Aminah, S.Pd.", "SITI AMINAH", True),
        ("Aminah Siti", "Siti Aminah", True), ("Siti Aminah", "Siti Amina", True), ("Moch. Yusuf", "Muhammad Yusuf", True),
        ("Siti Aminah", "Siti Aisyah", False), ("Siti", "Siti Aminah", False), ("Ahmad Hidayat", "Ahmad Fauzi", False), ("", "", False),
    ],
)  # fmt: skip
def test_names_are_near_equal_or_not(one, other, same):
    assert near_equal(one, other) is same
    assert near_equal(other, one) is same
