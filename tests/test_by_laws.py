"""By-laws and rates: decided by a meeting, from a month on, their effect shown before they are saved; history stays."""

import re
import uuid
from datetime import UTC, date, datetime, time

import pytest
from django.db import DatabaseError, transaction

from finance.actions import (
    DuesLine,
    RateExists,
    Refused,
    close_month,
    decide_by_laws,
    ensure_obligations,
    record_dues,
    set_rate,
)
from finance.models import ByLaws, DuesRate, Obligation
from finance.reports import Rules, arrears, by_laws_effect, rate_effect, rules_on, suggested
from members.actions import NotSuspendable, reinstate_member, suspend_member
from members.models import Member, MemberStatus
from registry.models import AuditEvent

TODAY = date(2026, 4, 10)
NOW = datetime.combine(TODAY, time(5), tzinfo=UTC)
APRIL = date(2026, 4, 1)
BASE = "/kota-serang/koperasi/melati/iuran/"


def decide(actor, melati, rules: Rules, **more) -> ByLaws:
    values = {"decided_on": TODAY, "decision": "RAT 2025 butir 4", "actor": actor, "now": NOW} | more
    return decide_by_laws(cooperative=melati, rules=rules, **values)


def pay(actor, melati, number: int, on: date = TODAY, **line) -> None:
    member = Member.objects.get(cooperative=melati, number=number)
    record_dues(cooperative=melati, lines=[DuesLine(member.pk, **line)], paid_on=on, through=on, key=uuid.uuid4(),
                actor=actor, now=NOW, today=TODAY)  # fmt: skip


def status(melati, number: int) -> str:
    return Member.objects.get(cooperative=melati, number=number).status


def test_a_decision_holds_from_its_month_and_leaves_the_earlier_one_standing(siti):
    with siti.acting() as (actor, melati):
        decide(actor, melati, Rules(date(2026, 2, 1), pokok_instalments=10))
        decide(actor, melati, Rules(APRIL, pokok_instalments=12, refund_months=3))
        assert rules_on(melati, date(2026, 1, 31)).pokok_instalments == 1
        assert rules_on(melati, date(2026, 3, 31)).pokok_instalments == 10
        assert rules_on(melati, TODAY).instalment_of(300_000) == 25_000
        assert rules_on(melati, TODAY).refund_due(date(2026, 4, 30)) == date(2026, 7, 30)
        with pytest.raises(RateExists):
            decide(actor, melati, Rules(APRIL))
        with pytest.raises(Refused, match="keputusan rapat"):
            decide(actor, melati, Rules(date(2026, 5, 1)), decision="  ")
        assert AuditEvent.objects.filter(cooperative_id=melati.pk, verb="decide_by_laws").count() == 2
        with pytest.raises(DatabaseError), transaction.atomic():
            ByLaws.objects.filter(cooperative=melati).update(pokok_instalments=2)


def test_a_closed_month_takes_neither_a_rate_nor_by_laws(siti, wati):
    checker = wati.user.pk
    with siti.acting() as (actor, melati):
        close_month(cooperative=melati, month=date(2026, 1, 1), checker_id=checker, cash_counted=0, actor=actor, now=NOW, today=TODAY)  # fmt: skip
        with pytest.raises(Refused, match="Januari 2026 sudah ditutup"):
            decide(actor, melati, Rules(date(2026, 1, 1)))
        DuesRate.objects.filter(cooperative=melati)
        with pytest.raises(Refused, match="Januari 2026 sudah ditutup"):
            set_rate(cooperative=melati, kind="wajib", rupiah=1, valid_from=date(2026, 1, 1), actor=actor, now=NOW)


def test_who_pays_an_instalment_is_a_member_only_where_the_by_laws_say_so_on_that_day(siti):
    with siti.acting() as (actor, melati):
        decide(actor, melati, Rules(APRIL, instalments_make_members=True))
        pay(actor, melati, 1, on=date(2026, 3, 31), pokok=25_000)
        assert status(melati, 1) == MemberStatus.APPLICANT  # the rule began the day after
        pay(actor, melati, 2, pokok=25_000)
        assert status(melati, 2) == MemberStatus.ACTIVE


def test_the_effect_of_a_rate_is_counted_and_history_keeps_its_amounts(siti):
    with siti.acting() as (actor, melati):
        pay(actor, melati, 1, wajib=60_000, ahead=True)  # January to June
        effect = rate_effect(cooperative=melati, kind="wajib", rupiah=15_000, valid_from=date(2026, 5, 1))
        assert (effect.old, effect.members, effect.more_a_month, effect.already_made) == (10_000, 10, 50_000, 2)
        set_rate(cooperative=melati, kind="wajib", rupiah=15_000, valid_from=date(2026, 5, 1), actor=actor, now=NOW)
        ids = [Member.objects.get(cooperative=melati, number=n).pk for n in (1, 2)]
        ensure_obligations(cooperative=melati, opened_on=date(2026, 1, 1), member_ids=ids, through=date(2026, 7, 1))
        due = Obligation.objects.filter(cooperative=melati, kind="wajib", period__gte=date(2026, 5, 1))
        rupiah = list(due.order_by("member__number", "period").values_list("due_rupiah", flat=True))
        assert rupiah == [10_000, 10_000, 15_000, 15_000, 15_000, 15_000]


def test_grace_and_months_decide_whom_the_by_laws_suggest(siti):
    with siti.acting() as (actor, melati):
        pay(actor, melati, 1, wajib=40_000)
        pay(actor, melati, 2, wajib=10_000)
        late = arrears(cooperative=melati, as_of=TODAY)  # January, February and March are late
        count = {n: len(suggested(late, Rules(APRIL, suspend_after_months=n), TODAY)) for n in (0, 2, 3, 4)}
        assert count == {0: 0, 2: 9, 3: 8, 4: 0}
        graced = Rules(APRIL, suspend_after_months=3, grace_days=10)
        assert suggested(late, graced, TODAY) == []  # March counts from 11 April on
        assert len(suggested(late, graced, date(2026, 4, 11))) == 8
        effect = by_laws_effect(
            cooperative=melati, new=Rules(APRIL, suspend_after_months=2, grace_days=10), today=TODAY
        )
        assert (effect.suggested_before, effect.suggested) == (0, 0)  # all are still calon anggota
        assert (effect.paying_pokok, effect.pokok_open, effect.grace_frees) == (10, 1_000_000, 0)
        Member.objects.filter(cooperative=melati).update(status=MemberStatus.ACTIVE)
        effect = by_laws_effect(
            cooperative=melati, new=Rules(APRIL, suspend_after_months=2, grace_days=10), today=TODAY
        )
        assert effect.suggested == 8


def test_suspending_is_somebodys_act_with_a_reason_and_can_be_taken_back(siti, enter):
    with siti.acting() as (actor, melati):
        pay(actor, melati, 1, pokok=100_000)
        member = Member.objects.get(cooperative=melati, number=1)
        suspend_member(member=member, reason="rapat pengurus 3 April", actor=actor, now=NOW)
        assert status(melati, 1) == MemberStatus.SUSPENDED
        with pytest.raises(NotSuspendable):
            suspend_member(member=member, reason="lagi", actor=actor, now=NOW)
        reinstate_member(member=member, reason="sudah lunas", actor=actor, now=NOW)
        assert status(melati, 1) == MemberStatus.ACTIVE
        with pytest.raises(NotSuspendable):
            suspend_member(
                member=Member.objects.get(cooperative=melati, number=2), reason="calon", actor=actor, now=NOW
            )
    client = enter(siti)
    client.post(f"{BASE}pembekuan/", {"nomor": "1", "sebab": "rapat pengurus"})
    client.post(f"{BASE}pembekuan/", {"nomor": "1\0", "sebab": "x"})
    client.post(f"{BASE}pembekuan/", {"nomor": "9" * 40, "sebab": "x"})
    with siti.acting() as (_, melati):
        assert status(melati, 1) == MemberStatus.SUSPENDED
        assert Member.objects.filter(cooperative=melati, status=MemberStatus.SUSPENDED).count() == 1


@pytest.mark.parametrize(
    ("path", "right", "changed", "table"),
    [
        (
            "pengaturan/",
            {"kind": "wajib", "rupiah": "15.000", "valid_from": ""},
            {"rupiah": "20.000"},
            DuesRate,
        ),
        (
            "pengaturan/aturan/",
            {
                "pokok_instalments": "12",
                "grace_days": "0",
                "suspend_after_months": "3",
                "refund_months": "0",
                "refund_instalments": "1",
                "decided_on": "2026-01-10",
                "decision": "RAT 2025",
                "valid_from": "",
            },
            {"suspend_after_months": "6"},
            ByLaws,
        ),
    ],
)
def test_nothing_is_saved_whose_effect_was_not_shown(siti, enter, path, right, changed, table):
    client = enter(siti)
    months = re.findall(r'value="(\d{4}-\d\d-01)"', client.get(BASE + path).content.decode())
    right = right | {"valid_from": months[-1]}

    def rows() -> int:
        with siti.acting() as (_, melati):
            return table.objects.filter(cooperative=melati).count()

    before = rows()
    shown = client.post(BASE + path, right).content.decode()
    assert "Yang akan berubah" in shown
    mark = re.search(r'name="dilihat" value="([^"]+)"', shown)[1]
    assert "Yang akan berubah" in client.post(BASE + path, right | changed | {"dilihat": mark}).content.decode()
    assert rows() == before
    assert client.post(BASE + path, right | {"dilihat": mark}).status_code == 302
    assert rows() == before + 1


def test_the_pages_ask_few_questions(siti, wati, enter, django_assert_max_num_queries):
    for someone in (siti, wati):
        client = enter(someone)
        for path in ("pengaturan/", "pengaturan/aturan/", "pembekuan/"):
            with django_assert_max_num_queries(20):
                assert client.get(BASE + path).status_code == 200
        assert ("<form method" in client.get(BASE + "pengaturan/aturan/").content.decode().split("<main")[1]) == (
            someone is siti
        )
