"""Households, heirs and businesses of members: what officers write down, and what of it the dinas counts."""

from datetime import UTC, date, datetime

import pytest
from django.db import ProgrammingError, transaction

from finance.actions import merge_members, separate_members
from finance.reports import verify_cooperative
from members import reports
from members.actions import (
    Business,
    Person,
    admit,
    amend,
    exit_member,
    join_household,
    leave_household,
    name_heir,
    remove_business,
    set_business,
)
from members.models import BusinessCount, Heir, Household, Member, MemberBusiness, Merge
from members.scales import rule_on
from registry.models import AuditEvent
from tests.cast import Someone

pytestmark = pytest.mark.django_db
TODAY = date(2026, 6, 15)
NOW = datetime(2026, 6, 15, 5, tzinfo=UTC)
BOOK = "/kota-serang/koperasi/melati/anggota/"


@pytest.fixture
def siti():
    with Someone("siti").acting() as (actor, melati):
        yield {"actor": actor, "now": NOW}, melati


def numbered(melati, number) -> Member:
    return Member.objects.get(cooperative=melati, number=number)


# --- Households ---------------------------------------------------------------------------------


def test_a_household_has_one_address_and_one_head(siti):
    act, melati = siti
    join_household(member=numbered(melati, 2), head=numbered(melati, 1), **act)
    join_household(member=numbered(melati, 3), head=numbered(melati, 1), **act)
    join_household(member=numbered(melati, 3), head=numbered(melati, 1), **act)
    house = Household.objects.get()
    assert house.head == numbered(melati, 1)
    assert sorted(Member.objects.filter(household=house).values_list("number", flat=True)) == [1, 2, 3]


def test_a_household_without_its_head_gets_another_and_an_empty_one_goes(siti):
    act, melati = siti
    join_household(member=numbered(melati, 2), head=numbered(melati, 1), **act)
    leave_household(member=numbered(melati, 1), **act)
    assert Household.objects.get().head == numbered(melati, 2)
    leave_household(member=numbered(melati, 2), **act)
    assert not Household.objects.exists()
    leave_household(member=numbered(melati, 2), **act)  # nowhere to leave from


def test_who_moves_to_another_household_leaves_the_first(siti):
    act, melati = siti
    join_household(member=numbered(melati, 2), head=numbered(melati, 1), **act)
    join_household(member=numbered(melati, 2), head=numbered(melati, 3), **act)
    assert numbered(melati, 2).household.head == numbered(melati, 3)
    assert Member.objects.filter(household__head=numbered(melati, 1)).count() == 1


# --- Heirs --------------------------------------------------------------------------------------


def test_heirs_are_read_by_the_officers_of_the_cooperative_only(siti):
    act, melati = siti
    name_heir(member=numbered(melati, 1), name="Rahasia Waris", relation="child", phone="", **act)
    assert Heir.objects.count() == 1
    event = AuditEvent.objects.get(verb="name_heir")
    assert "Rahasia" not in str(event.detail) + event.subject
    for other in ("wati", "joko", "ratna"):
        with Someone(other).acting():
            if other == "ratna":
                assert not Heir.objects.exists()
                continue
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                Heir.objects.exists()


# --- Businesses ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sales", "scale"),
    [(None, "unknown"), (0, "micro"), (2_000_000_000, "micro"), (2_000_000_001, "small"), (15_000_000_001, "medium"), (50_000_000_001, "large")],
)  # fmt: skip
def test_the_scale_follows_from_the_sales_by_the_rule_of_the_day(sales, scale):
    rule = rule_on(TODAY)
    assert rule.scale_of(sales) == scale
    assert "Nomor 7 Tahun 2021" in rule.source


def test_before_the_first_rule_no_scale_is_made_up():
    with pytest.raises(LookupError):
        rule_on(date(2020, 12, 31))


def counts(agency=None) -> dict:
    return {(row.sex, row.kind, row.scale): row.members for row in BusinessCount.objects.all() if row.members}


def test_the_counts_follow_every_change_and_the_dinas_reads_them_without_names(siti):
    act, melati = siti
    for number in (1, 2):
        set_business(
            member=numbered(melati, number),
            business=Business("Warung", sales_rupiah=5_000_000, sales_year=2025),
            today=TODAY,
            **act,
        )
    assert counts() == {("L", "ordinary", "micro"): 1, ("P", "ordinary", "micro"): 1}
    one = numbered(melati, 1)
    amend(member=one, version=one.version, changes={"kind": "extraordinary"}, **act)
    set_business(
        member=numbered(melati, 2),
        business=Business("Toko", sales_rupiah=3_000_000_000, sales_year=2025),
        today=TODAY,
        **act,
    )
    assert counts() == {("L", "extraordinary", "micro"): 1, ("P", "ordinary", "small"): 1}
    assert verify_cooperative(melati) == []
    with Someone("joko").acting():
        assert counts() == {("L", "extraordinary", "micro"): 1, ("P", "ordinary", "small"): 1}
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            MemberBusiness.objects.exists()


def test_who_leaves_or_has_no_business_any_more_is_not_counted(siti):
    act, melati = siti
    for number in (1, 2):
        set_business(member=numbered(melati, number), business=Business("Warung"), today=TODAY, **act)
    exit_member(member=numbered(melati, 1), on=TODAY, reason="moved", note="", **act)
    assert counts() == {("P", "ordinary", "unknown"): 1}
    remove_business(member=numbered(melati, 2), **act)
    assert counts() == {}
    assert verify_cooperative(melati) == []


def test_a_merged_persons_business_counts_once(siti):
    act, melati = siti
    one, other = (
        admit(cooperative=melati, person=Person(name="Siti Aminah", sex="P"), joined_on=TODAY, **act) for _ in range(2)
    )
    for member in (one, other):
        set_business(member=member, business=Business("Warung"), today=TODAY, **act)
    merge_members(survivor=one, merged=other, versions=(1, 1), taken=frozenset(), today=TODAY, **act)
    assert counts() == {("P", "ordinary", "unknown"): 1}
    assert verify_cooperative(melati) == []
    separate_members(merge=Merge.objects.get(), today=TODAY, **act)
    assert counts() == {("P", "ordinary", "unknown"): 2}
    assert verify_cooperative(melati) == []


def test_verify_finds_a_count_that_is_wrong(siti):
    act, melati = siti
    set_business(member=numbered(melati, 1), business=Business("Warung"), today=TODAY, **act)
    BusinessCount.objects.update(members=7)
    assert [finding.check for finding in verify_cooperative(melati)] == ["anggota pelaku usaha"]


def test_members_without_a_vote_do_not_count_for_the_quorum(siti):
    act, melati = siti
    for kind in ("ordinary", "extraordinary"):
        admit(
            cooperative=melati,
            person=Person(name="Contoh", sex="L", kind=kind),
            joined_on=TODAY,
            status="active",
            **act,
        )
    found = reports.count(reports.register(cooperative=melati, today=TODAY))
    assert (found.active, found.voters) == (2, 1)


# --- Pages --------------------------------------------------------------------------------------

NUL, NIK = "a\0b", "9901015207850001"
BAD = {
    "head unknown": ("1/keluarga/", {"apa": "serumah", "head": "A-9999"}),
    "head NUL": ("1/keluarga/", {"apa": "serumah", "head": NUL}),
    "head huge": ("1/keluarga/", {"apa": "serumah", "head": "9" * 12}),
    "head superscript": ("1/keluarga/", {"apa": "serumah", "head": "\u00b2"}),
    "heir without name": ("1/keluarga/", {"apa": "waris", "relation": "child"}),
    "heir of a made up relation": ("1/keluarga/", {"apa": "waris", "name": "Ani", "relation": "sepupu"}),
    "heir named by NIK": ("1/keluarga/", {"apa": "waris", "name": f"Ani {NIK}", "relation": "child"}),
    "heir of 121 letters": ("1/keluarga/", {"apa": "waris", "name": "a" * 121, "relation": "child"}),
    "business without name": ("1/usaha/", {"name": ""}),
    "business with a KBLI nobody has": ("1/usaha/", {"name": "Warung", "kbli": "00000"}),
    "business with a short NIB": ("1/usaha/", {"name": "Warung", "nib": "123"}),
    "sales below zero": ("1/usaha/", {"name": "Warung", "sales_rupiah": "-5"}),
    "sales beyond counting": ("1/usaha/", {"name": "Warung", "sales_rupiah": "9" * 30}),
    "a year to come": ("1/usaha/", {"name": "Warung", "sales_year": "2999"}),
    "a year in words": ("1/usaha/", {"name": "Warung", "sales_year": "lalu"}),
    "a year beyond counting": ("1/usaha/", {"name": "Warung", "sales_year": "9" * 40}),
    "a NIK as product": ("1/usaha/", {"name": "Warung", "product": NIK}),
    "merge: no choice": ("ganda/1/2/", {"kosong": ""}),
    "merge: another number": ("ganda/1/2/", {"number": "3", "version_one": "1", "version_other": "1"}),
    "merge: huge version": ("ganda/1/2/", {"number": "1", "version_one": "9" * 40, "version_other": "x"}),
    "merge: stale": (
        "ganda/1/2/",
        {"number": "1", "name": "one", "sex": "one", "version_one": "77", "version_other": "1"},
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_explained_and_nothing_is_stored(enter, case):
    path, data = BAD[case]
    client = enter(Someone("budi"))
    answer = client.post(BOOK + path, data)
    assert answer.status_code == 200
    assert "err" in answer.content.decode() or "perlu diperbaiki" in answer.content.decode()
    with Someone("siti").acting():
        assert not (
            Heir.objects.exists()
            or Household.objects.exists()
            or MemberBusiness.objects.exists()
            or Merge.objects.exists()
        )


def test_the_pages_of_a_members_life_take_few_queries(enter, django_assert_max_num_queries):
    client = enter(Someone("budi"))
    for path in ("1/", "1/keluarga/", "1/usaha/", "ganda/", "ganda/1/2/"):
        with django_assert_max_num_queries(20):
            assert client.get(BOOK + path).status_code == 200


def test_a_business_and_a_family_are_written_down_on_their_pages(enter):
    client = enter(Someone("budi"))
    client.post(BOOK + "1/usaha/", {"name": "Warung sembako", "sales_rupiah": "120.000.000", "nib": "1234567890123"})
    client.post(BOOK + "1/keluarga/", {"apa": "serumah", "head": "a-0002"})
    client.post(BOOK + "1/keluarga/", {"apa": "waris", "name": "Ani", "relation": "child", "phone": "081234567890"})
    page = client.get(BOOK + "1/").content.decode()
    assert "Warung sembako, skala mikro" in page
    with Someone("siti").acting():
        assert (MemberBusiness.objects.get().sales_rupiah, Heir.objects.get().phone) == (120_000_000, "+6281234567890")
        assert Household.objects.get().head.number == 2
        heir = Heir.objects.get().pk
    assert client.post(BOOK + f"2/keluarga/waris/{heir}/hapus/").status_code == 404  # another member's
    assert client.post(BOOK + f"1/keluarga/waris/{heir}/hapus/").status_code == 302
    client.post(BOOK + "1/keluarga/pindah/")
    client.post(BOOK + "1/usaha/", {"hapus": "1"})
    with Someone("siti").acting():
        assert not (
            Heir.objects.exists() or MemberBusiness.objects.exists() or Member.objects.get(number=1).household_id
        )


def test_the_supervisor_reads_pairs_but_changes_nothing(enter):
    client = enter(Someone("wati"))
    assert client.get(BOOK + "ganda/").status_code == 200
    assert client.get(BOOK + "ganda/1/2/").status_code == 403
    assert client.post(BOOK + "ganda/1/2/beda/").status_code == 403
    assert client.get(BOOK + "1/keluarga/").status_code == 403
