"""Two officers, double clicks, sixteen threads: on a cloned database of its own, because these transactions commit."""

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest
from django.conf import settings
from django.db import IntegrityError, connections

from finance.actions import AlreadyRecorded, DuesLine, collecting, ensure_obligations, record_dues
from finance.models import Books, Obligation, Payment, Receipt
from finance.reports import verify_cooperative
from members.actions import Person, admit
from members.models import Member
from tests import database
from tests.cast import Someone

NOW, TODAY = datetime(2026, 3, 20, 12, tzinfo=UTC), date(2026, 3, 20)
THREADS = 16


@pytest.fixture
def committing(django_db_setup, django_db_blocker, worker_id):
    """A clone for one test, so that what it commits is nobody else's."""
    before = connections["default"].settings_dict["NAME"]
    name = f"{before}_race"
    with django_db_blocker.unblock():
        database.clone(f"{settings.ROLE_PREFIX}_template_{database.fingerprint()}", name)
        database.point_to(name)
        try:
            yield
        finally:
            database.point_to(before)
            database.drop(name)


def at_once(*works):
    """Run the works at the same moment, each in its thread. Return results and exceptions, in order."""
    start = threading.Barrier(len(works))

    def one(work):
        try:
            start.wait(10)
            return work()
        except Exception as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(one, works))


def collect(username: str, lines, key=None):
    def work():
        with Someone(username).acting() as (actor, cooperative):
            return record_dues(cooperative=cooperative, lines=lines, paid_on=TODAY, through=TODAY, key=key or uuid.uuid4(), actor=actor,
                               now=NOW, today=TODAY)  # fmt: skip

    return work


def members() -> list[int]:
    with Someone("siti").acting() as (_, melati):
        return list(Member.objects.filter(cooperative=melati).order_by("number").values_list("pk", flat=True))


def check_books(payments: int) -> None:
    with Someone("siti").acting() as (_, melati):
        assert Payment.objects.filter(cooperative=melati).count() == payments
        assert sorted(Receipt.objects.filter(cooperative=melati).values_list("number", flat=True)) == list(
            range(1, payments + 1)
        )
        assert verify_cooperative(melati) == []


def test_two_officers_record_the_same_month_and_one_is_told(committing):
    lines = [DuesLine(member, wajib=30_000) for member in members()]
    results = at_once(collect("siti", lines), collect("budi", lines))
    assert sorted(type(result).__name__ for result in results) == ["AlreadyRecorded", "Recorded"]
    check_books(10)


def test_one_form_sent_sixteen_times_is_recorded_once(committing):
    key, lines = uuid.uuid4(), [DuesLine(members()[0], pokok=20_000, wajib=30_000)]
    results = at_once(*[collect("siti", lines, key) for _ in range(THREADS)])
    assert [getattr(result, "repeated", result) for result in results].count(False) == 1
    assert len({result.entry_number for result in results}) == 1
    check_books(1)


def test_receipts_have_no_gap_and_no_double_however_many_record(committing):
    people = members()
    works = [
        collect(["siti", "budi"][n % 2], [DuesLine(people[n % 10], pokok=1_000 * (1 + n // 10))])
        for n in range(THREADS)
    ]
    results = at_once(*works)
    assert [error for error in results if isinstance(error, Exception)] == []
    check_books(THREADS)


def test_member_numbers_are_given_once(committing):
    def join():
        with Someone("yusuf").acting() as (actor, melati):
            return admit(
                cooperative=melati, person=Person(name="Baru", sex="L"), joined_on=TODAY, actor=actor, now=NOW
            ).number

    assert sorted(at_once(*[join] * 8)) == list(range(11, 19))


def test_without_the_lock_the_second_officer_meets_the_databases_own_rule(committing, monkeypatch):
    """The control: no lock, and both have read before either writes. The check on the obligation refuses the second payment."""
    everybody, both_have_read = members(), threading.Barrier(2)
    lines = [DuesLine(everybody[0], wajib=30_000)]
    original = collecting._allocate

    def wait_for_the_other(lines, owed):
        both_have_read.wait(10)
        return original(lines, owed)

    with Someone("siti").acting() as (_, melati):
        # what everybody owes is there already, so that nothing waits before the barrier
        ensure_obligations(cooperative=melati, opened_on=date(2026, 1, 1), member_ids=everybody, through=TODAY)
    monkeypatch.setattr(collecting, "lock_books", lambda cooperative: Books.objects.get(cooperative=cooperative))
    monkeypatch.setattr(collecting, "_allocate", wait_for_the_other)
    results = at_once(collect("siti", lines), collect("budi", lines))
    assert not any(isinstance(result, AlreadyRecorded) for result in results)
    refused = [result for result in results if isinstance(result, IntegrityError)]
    assert len(refused) == 1
    assert "nobody_pays_more_than_is_due" in str(refused[0])
    with Someone("siti").acting() as (_, melati):
        own = Obligation.objects.filter(cooperative=melati, kind="wajib", member_id=lines[0].member_id)
        assert set(own.values_list("paid_rupiah", flat=True)) == {10_000}
    check_books(1)
