"""Admitting many people at once gives what admitting them one by one gives."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from members.actions import Applicant, DuplicateNationalIds, Person, admit, admit_many, reveal_national_id
from members.models import Identity, Member, MemberFlow
from registry.models import AuditEvent

NOW = datetime(2026, 3, 20, 12, 0, tzinfo=UTC)
COMPARED = ["name", "sex", "birth_date", "birth_place", "occupation", "address", "rt_rw", "phone", "kind", "status", "joined_on",
            "became_member_on", "exited_on", "exit_reason", "exit_note", "merged_into_id", "imported_in", "version"]  # fmt: skip


def somebody(index: int, *, sex: str = "L", status: str = "applicant", national_id: str | None = None) -> Applicant:
    person = Person(
        name=f"Orang {index}", sex=sex, birth_date=date(1990, 1, 1 + index), address="Kp. Contoh", rt_rw="001/002"
    )
    return Applicant(
        person, date(2026, 2, 1 + index), f"99010{index:01d}0101900001" if national_id is None else national_id, status
    )


def flows(cooperative) -> list:
    return sorted(
        MemberFlow.objects.filter(cooperative=cooperative).values_list("month", "sex", "joined", "left", "applicants")
    )


def test_many_at_once_are_stored_as_one_by_one(siti, ratna):
    people = [somebody(1), somebody(2, sex="P", status="active"), somebody(3, national_id="")]
    with siti.acting() as (actor, melati):
        before = flows(melati)
        ids = admit_many(cooperative=melati, people=people, actor=actor, now=NOW, imported_in=7)
        at_once = list(Member.objects.filter(pk__in=ids).order_by("number").values(*COMPARED))
        numbers = [Member.objects.get(pk=pk).number for pk in ids]
        added = [row for row in flows(melati) if row not in before]
        assert AuditEvent.objects.get(verb="admit_many").subject == "anggota A-0011 s.d. A-0013"
        assert (
            reveal_national_id(member=Member.objects.get(pk=ids[0]), reason="uji", actor=actor, now=NOW)
            == people[0].national_id
        )
    assert numbers == [11, 12, 13]
    with ratna.acting() as (actor, kenanga):
        before = flows(kenanga)
        for one in people:
            admit(cooperative=kenanga, person=one.person, joined_on=one.joined_on, national_id=one.national_id, status=one.status,
                  actor=actor, now=NOW, imported_in=7)  # fmt: skip
        one_by_one = list(Member.objects.filter(cooperative=kenanga, number__gt=3).order_by("number").values(*COMPARED))
        assert [row for row in flows(kenanga) if row not in before] == added
    assert at_once == one_by_one


def test_every_taken_number_is_named_and_nobody_is_admitted(siti):
    taken = "3673030101800000"  # the NIK of A-0001 of the cast
    people = [
        somebody(1),
        somebody(2, national_id=taken),
        somebody(3, national_id=somebody(1).national_id),
        somebody(4),
    ]
    with siti.acting() as (actor, melati):
        with pytest.raises(DuplicateNationalIds) as caught:
            admit_many(cooperative=melati, people=people, actor=actor, now=NOW)
        first, second = caught.value.duplicates
        assert (first.index, first.number_text) == (1, "A-0001")
        assert (second.index, second.first_index) == (2, 0)
        assert taken not in str(caught.value)
        assert Member.objects.filter(cooperative=melati).count() == 10
        assert admit_many(cooperative=melati, people=[somebody(1)], actor=actor, now=NOW)
        assert Member.objects.get(name="Orang 1").number == 11  # the refused ones left no gap


def test_a_number_of_somebody_who_left_may_come_back(siti):
    from members.actions import exit_member

    with siti.acting() as (actor, melati):
        left = Member.objects.get(cooperative=melati, number=1)
        exit_member(member=left, on=date(2026, 3, 1), reason="moved", note="", actor=actor, now=NOW)
        ids = admit_many(cooperative=melati, people=[somebody(1, national_id="3673030101800000")], actor=actor, now=NOW)
        assert Identity.objects.get(member_id=ids[0]).current


def test_the_number_of_statements_does_not_grow_with_the_number_of_people(siti):
    with siti.acting() as (actor, melati):
        assert melati.agency.slug  # read once, before counting
        with CaptureQueriesContext(connection) as few:
            admit_many(cooperative=melati, people=[somebody(1)], actor=actor, now=NOW)
        with CaptureQueriesContext(connection) as many:
            admit_many(cooperative=melati, people=[somebody(i) for i in range(2, 9)], actor=actor, now=NOW)
        assert len(many) == len(few)


def test_nobody_is_admitted_as_somebody_who_left(siti):
    with siti.acting() as (actor, melati), pytest.raises(ValueError, match="anggota"):
        admit_many(cooperative=melati, people=[somebody(1, status="exited")], actor=actor, now=NOW)
