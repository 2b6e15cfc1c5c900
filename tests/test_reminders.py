"""Reminders: thanks and an amount, never twice in a week; and the sheet for the notice board."""

import uuid
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from urllib.parse import unquote

import pytest
from django.db import DatabaseError, connection, transaction
from pypdf import PdfReader

from finance.actions import DuesLine, prepare_reminders, record_dues
from finance.models import Reminder
from finance.reports import reminders, savings_board
from members.actions import Applicant, Person, admit_many
from members.models import Member
from registry.models import AuditEvent

pytestmark = [pytest.mark.django_db(databases=["default", "cache"]), pytest.mark.usefixtures("everything")]
NOW = datetime(2026, 4, 20, 5, 0, tzinfo=UTC)
TODAY = date(2026, 4, 20)
MELATI = "/kota-serang/koperasi/melati/"


@pytest.fixture(autouse=True)
def _day(monkeypatch):
    from tests.browser.stage import StoppedClock

    clock = StoppedClock(NOW)
    monkeypatch.setattr("registry.access.timezone", clock)
    return clock


def prepare(someone, today: date = TODAY) -> int:
    with someone.acting() as (actor, place):
        rows = [one.row for one in reminders(cooperative=place, today=today)]
        return prepare_reminders(cooperative=place, rows=rows, actor=actor, now=NOW, today=today)


def test_nobody_is_asked_twice_in_seven_days_whoever_asks(siti, yusuf):
    assert prepare(siti) == 10
    assert prepare(yusuf) == 0
    assert prepare(siti, TODAY + timedelta(days=6)) == 0
    assert prepare(yusuf, TODAY + timedelta(days=7)) == 10
    with siti.acting():
        events = AuditEvent.objects.filter(verb="prepare_reminders")
        assert [event.detail for event in events] == [{"members": 10}, {"members": 10}]


def test_who_has_paid_is_left_alone(siti):
    with siti.acting() as (actor, melati):
        member = Member.objects.get(cooperative=melati, number=1)
        record_dues(
            cooperative=melati, lines=[DuesLine(member.pk, wajib=30_000)], paid_on=TODAY, through=date(2026, 4, 1),
            key=uuid.uuid4(), actor=actor, now=NOW, today=TODAY,
        )  # fmt: skip
    assert prepare(siti) == 9


def test_the_page_prepares_first_and_then_gives_one_link_each(enter, siti):
    client = enter(siti)
    page = client.get(f"{MELATI}iuran/pengingat/").content.decode()
    assert "wa.me" not in page
    assert "Siapkan 10 pesan" in page
    answer = client.post(f"{MELATI}iuran/pengingat/", {"anggota": "A-0005"}, follow=True)
    page = answer.content.decode()
    assert answer.redirect_chain == [(f"{MELATI}iuran/pengingat/", 302)]  # no person in the address
    assert page.count("wa.me") == 1
    text = unquote(page.split("wa.me/")[1].split('"')[0])
    assert "Eneng Nurbaiti" in text
    assert "terima kasih" in text
    assert "Rp 30.000" in text
    assert "Siapkan 9 pesan" in page
    assert client.post(f"{MELATI}iuran/pengingat/", {}, follow=True).content.decode().count("wa.me") == 10


@pytest.mark.parametrize("word", ["tunggak", "denda", "hutang", "utang", "wajib segera", "sanksi", "peringatan"])
def test_a_member_is_never_shown_as_a_criminal(enter, siti, word):
    client = enter(siti)
    page = client.post(f"{MELATI}iuran/pengingat/", {}, follow=True).content.decode()
    main = unquote(page.split("<main")[1].split("</main>")[0]).lower()
    assert "terima kasih" in main
    assert word not in main


def test_the_next_day_the_list_names_who_prepared_and_offers_no_link(enter, siti, yusuf, _day):
    prepare(siti)
    _day.moment = NOW + timedelta(days=3)
    page = enter(yusuf).get(f"{MELATI}iuran/pengingat/").content.decode()
    assert "wa.me" not in page
    assert "oleh Siti Bendahara" in page
    assert "Siapkan" not in page.split("<main")[1].split("</main>")[0].replace("Disiapkan", "")


def test_a_pengawas_reads_the_log_and_prepares_nothing(enter, wati, siti):
    prepare(siti)
    client = enter(wati)
    page = client.get(f"{MELATI}iuran/pengingat/").content.decode()
    assert "Yang sudah disiapkan" in page
    assert "wa.me" not in page
    assert client.post(f"{MELATI}iuran/pengingat/", {}).status_code == 403


def test_the_log_is_not_changed_and_written_in_ones_own_name(siti):
    prepare(siti)
    with siti.acting() as (actor, melati):
        for statement in ("UPDATE finance_reminder SET months = 1", "DELETE FROM finance_reminder"):
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                connection.cursor().execute(statement)
        member = Member.objects.filter(cooperative=melati).first()
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            Reminder.objects.create(
                cooperative=melati, member=member, prepared_on=date(2026, 1, 1), prepared_at=NOW, prepared_by=actor.user_id + 1,
                prepared_by_name="x", months=1, rupiah=1,
            )  # fmt: skip


def test_three_hundred_members_are_one_page_and_few_questions(enter, siti, django_assert_max_num_queries):
    with siti.acting() as (actor, melati):
        people = [
            Applicant(Person(f"Warga {n}", "LP"[n % 2], phone="+6281234567890"), date(2026, 1, 6)) for n in range(290)
        ]
        admit_many(cooperative=melati, people=people, actor=actor, now=NOW)
    client = enter(siti)
    client.get(f"{MELATI}iuran/pengingat/")
    with django_assert_max_num_queries(30):
        assert client.post(f"{MELATI}iuran/pengingat/", {}).status_code == 302
    with django_assert_max_num_queries(23):  # three are the harness's own
        page = client.get(f"{MELATI}iuran/pengingat/").content.decode()
    assert page.count("wa.me/6281234567890") == 290


# --- The notice board -----------------------------------------------------------------------------


def test_the_board_shows_numbers_and_balances_of_a_day_and_no_name(enter, siti):
    with siti.acting() as (actor, melati):
        member = Member.objects.get(cooperative=melati, number=5)
        record_dues(
            cooperative=melati, lines=[DuesLine(member.pk, pokok=100_000, wajib=20_000)], paid_on=date(2026, 3, 10),
            through=date(2026, 3, 1), key=uuid.uuid4(), actor=actor, now=NOW, today=TODAY,
        )  # fmt: skip
        before = {
            one.number: (one.pokok, one.wajib) for one in savings_board(cooperative=melati, as_of=date(2026, 2, 28))
        }
        after = {
            one.number: (one.pokok, one.wajib) for one in savings_board(cooperative=melati, as_of=date(2026, 3, 31))
        }
    assert before["A-0005"] == (0, 0)
    assert after["A-0005"] == (100_000, 20_000)
    assert len(after) == 10
    paper = PdfReader(BytesIO(enter(siti).get(f"{MELATI}iuran/papan-saldo.pdf").content))
    text = " ".join(page.extract_text() for page in paper.pages).replace("\u00a0", " ")
    assert "31 Maret 2026" in text
    assert "A-0005" in text
    assert "120.000" in text
    assert "Eneng" not in text


def test_the_board_of_three_hundred_is_few_pages(enter, siti):
    with siti.acting() as (actor, melati):
        people = [Applicant(Person(f"Warga {n}", "LP"[n % 2]), date(2026, 1, 6)) for n in range(290)]
        admit_many(cooperative=melati, people=people, actor=actor, now=NOW)
    paper = PdfReader(BytesIO(enter(siti).get(f"{MELATI}iuran/papan-saldo.pdf").content))
    assert len(paper.pages) <= 4
    assert "A-0300" in " ".join(page.extract_text() for page in paper.pages)
