"""What UU 27/2022 asks: a copy of one's own data, requests to put it right, and forgetting what is not needed any more."""

import io
import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from pypdf import PdfReader

from finance.actions import DuesLine, pay_out_exit, record_dues, settle_exit
from finance.reports import forgettable, own_data, verify_cooperative
from members.actions import (
    AlreadyAnswered,
    Business,
    Person,
    admit,
    answer_correction,
    ask_for_correction,
    exit_member,
    forget_leavers,
    join_household,
    name_heir,
    reveal_national_id,
    set_business,
)
from members.models import CorrectionRequest, Heir, Household, Identity, Member, MemberBusiness
from members.rules import data_rule
from registry.models import AuditEvent
from registry.tenancy import NOBODY, bind
from tests.cast import Someone

pytestmark = pytest.mark.django_db
TODAY = date(2026, 6, 15)
NOW = datetime(2026, 6, 15, 5, tzinfo=UTC)
NIK = "9901015207850001"
BOOK = "/kota-serang/koperasi/melati/anggota/"


@pytest.fixture
def rahma():
    """Rahma joined in 2014, with everything that can be stored about a person."""
    with Someone("siti").acting() as (actor, melati):
        act = {"actor": actor, "now": NOW}
        person = Person(
            name="Rahma Contoh",
            sex="P",
            birth_date=date(1985, 7, 12),
            address="Kp. Rahasia",
            phone="+6281298765432",
            occupation="Penjahit",
        )
        member = admit(
            cooperative=melati, person=person, joined_on=date(2014, 1, 5), national_id=NIK, status="active", **act
        )
        name_heir(member=member, name="Ani Waris", relation="child", phone="", **act)
        join_household(member=member, head=member, **act)
        set_business(
            member=member,
            business=Business("Jahit Rahma", sales_rupiah=90_000_000, sales_year=2025),
            today=TODAY,
            **act,
        )
        yield actor, melati, Member.objects.get(pk=member.pk)


def leave(actor, member, on) -> Member:
    return exit_member(member=member, on=on, reason="moved", note="", actor=actor, now=NOW)


# --- The copy -----------------------------------------------------------------------------------


def test_the_copy_says_everything_stored_and_who_looked(enter, rahma):
    actor, melati, member = rahma
    record_dues(
        cooperative=melati,
        lines=[DuesLine(member.pk, pokok=100_000)],
        paid_on=TODAY,
        through=TODAY,
        key=uuid.uuid4(),
        actor=actor,
        now=NOW,
        today=TODAY,
    )
    reveal_national_id(member=member, reason="buka rekening bank", actor=actor, now=NOW)
    bind(NOBODY)
    answer = enter(Someone("budi")).post(BOOK + f"{member.number}/data-pribadi/salinan.pdf")
    assert answer.status_code == 200
    text = " ".join(
        page.extract_text()
        for page in PdfReader(
            io.BytesIO(b"".join(answer.streaming_content) if answer.streaming else answer.content)
        ).pages
    )
    text = " ".join(text.split())
    for part in (
        "Rahma Contoh",
        "Kp. Rahasia",
        "0812",
        "Penjahit",
        "Ani Waris",
        "Jahit Rahma",
        "Rp\u00a0100.000",
        "buka rekening bank",
        "Siti Bendahara",
        "UU 25/1992",
    ):
        assert part.replace("\u00a0", " ") in text.replace("\u00a0", " "), part
    assert NIK not in text
    with Someone("siti").acting():
        event = AuditEvent.objects.get(verb="own_data")
        assert (event.kind, event.subject) == (AuditEvent.Kind.LOOK, f"anggota {member.number_text}")


def test_the_copy_costs_the_same_queries_however_long_the_book(rahma, django_assert_max_num_queries):
    actor, melati, member = rahma
    for month in range(1, 6):
        day = date(2026, month, 20)
        record_dues(
            cooperative=melati,
            lines=[DuesLine(member.pk, wajib=10_000, ahead=True)],
            paid_on=day,
            through=day,
            key=uuid.uuid4(),
            actor=actor,
            now=NOW,
            today=TODAY,
        )
    with django_assert_max_num_queries(15):
        data = own_data(cooperative=melati, member=member, today=TODAY)
    assert len(data.receipts) == 5


def test_pengawas_and_dinas_make_no_copies(enter, rahma):
    bind(NOBODY)
    for who, status in (("wati", 403), ("joko", 403), ("ratna", 404)):
        assert enter(Someone(who)).post(BOOK + "11/data-pribadi/salinan.pdf").status_code == status


# --- Putting right ------------------------------------------------------------------------------


def test_a_request_has_the_deadline_of_the_law_and_one_answer(rahma):
    actor, _, member = rahma
    asked = ask_for_correction(member=member, text="tanggal lahir seharusnya 13 Juli", actor=actor, now=NOW)
    assert asked.due_at - asked.asked_at == timedelta(hours=72)
    answer_correction(asked=asked, corrected=False, answer="sesuai KTP", actor=actor, now=NOW)
    with pytest.raises(AlreadyAnswered):
        answer_correction(asked=asked, corrected=True, answer="", actor=actor, now=NOW)
    assert CorrectionRequest.objects.get().corrected is False


def test_requests_are_written_down_and_answered_on_their_page(enter, rahma):
    _, _, member = rahma
    bind(NOBODY)
    client, page = enter(Someone("siti")), BOOK + f"{member.number}/data-pribadi/"
    for bad in ("", "a" * 301, f"NIK saya {NIK}"):
        answer = client.post(page, {"text": bad})
        assert answer.status_code == 200 and 'class="err"' in answer.content.decode()
    client.post(page, {"text": "alamat pindah"})
    with Someone("siti").acting():
        pk = CorrectionRequest.objects.get().pk
    for bad in ({}, {"corrected": "tidak"}, {"corrected": "mungkin"}, {"corrected": "ya", "answer": NIK}):
        client.post(page + f"{pk}/jawab/", bad)
    with Someone("siti").acting():
        assert CorrectionRequest.objects.get().answered_at is None
    client.post(page + f"{pk}/jawab/", {"corrected": "ya", "answer": "sudah diganti"})
    assert "sudah diganti" in client.get(page).content.decode()
    assert client.post(BOOK + f"1/data-pribadi/{pk}/jawab/", {"corrected": "ya"}).status_code == 404  # another member's


# --- Forgetting ---------------------------------------------------------------------------------


def test_years_after_the_exit_nik_and_contacts_go_and_the_book_stays(rahma):
    actor, melati, member = rahma
    join_household(member=Member.objects.get(cooperative=melati, number=1), head=member, actor=actor, now=NOW)
    leave(actor, member, date(2016, 6, 15))
    found = forgettable(cooperative=melati, today=TODAY)
    assert list(found.members) == [member]
    assert forgettable(cooperative=melati, today=date(2026, 6, 14)).members == ()
    assert forget_leavers(cooperative=melati, member_ids=[member.pk], actor=actor, now=NOW) == 1
    after = Member.objects.get(pk=member.pk)
    assert (after.name, after.number, after.exited_on) == (member.name, member.number, date(2016, 6, 15))
    assert (after.address, after.phone, after.occupation, after.forgotten_on) == ("", "", "", TODAY)
    assert not (
        Identity.objects.filter(member=member).exists() or Heir.objects.exists() or MemberBusiness.objects.exists()
    )
    assert Household.objects.get().head.number == 1
    assert forget_leavers(cooperative=melati, member_ids=[member.pk], actor=actor, now=NOW) == 0
    assert forgettable(cooperative=melati, today=TODAY).members == ()
    assert verify_cooperative(melati) == []
    assert "Rahma" not in str(AuditEvent.objects.get(verb="forget_leavers").detail)


def test_who_is_still_a_member_is_never_forgotten(rahma):
    actor, melati, member = rahma
    assert forget_leavers(cooperative=melati, member_ids=[member.pk], actor=actor, now=NOW) == 0
    assert Member.objects.get(pk=member.pk).phone


def test_who_is_still_owed_savings_is_not_forgotten_before_they_are_paid(rahma):
    actor, melati, member = rahma
    pay = {"cooperative": melati, "actor": actor, "now": NOW, "today": TODAY}
    record_dues(lines=[DuesLine(member.pk, pokok=100_000)], paid_on=TODAY, through=TODAY, key=uuid.uuid4(), **pay)
    left = leave(actor, member, TODAY)
    settle_exit(member=left, on=TODAY, pay_now=False, **pay)
    assert forgettable(cooperative=melati, today=date(2036, 6, 15)).members == ()
    pay_out_exit(member=left, rupiah=100_000, on=TODAY, key=uuid.uuid4(), **pay)
    assert list(forgettable(cooperative=melati, today=date(2036, 6, 15)).members) == [left]


def test_the_page_shows_before_it_removes_and_the_command_too(enter, rahma, capsys):
    actor, _, member = rahma
    leave(actor, member, date(2015, 1, 1))
    bind(NOBODY)
    client = enter(Someone("yusuf"))
    assert member.number_text in client.get(BOOK + "masa-simpan/").content.decode()
    assert enter(Someone("siti")).post(BOOK + "masa-simpan/").status_code == 403
    call_command("retention", "melati")
    assert f"melati {member.number_text}" in capsys.readouterr().out
    with Someone("siti").acting():
        assert Identity.objects.filter(member=member).exists()
    for wrong in (["--forget"], ["--forget", "--as", "siti"], ["--as", "yusuf"], ["--forget", "--as", "nobody"]):
        with pytest.raises(CommandError):
            call_command("retention", "melati", *wrong)
    call_command("retention", "melati", "--forget", "--as", "yusuf")
    with Someone("siti").acting():
        assert not Identity.objects.filter(member=member).exists()
    assert "Tidak ada yang perlu dihapus" in client.get(BOOK + "masa-simpan/").content.decode()


def test_the_rules_are_dated_and_name_their_source():
    assert (data_rule("answer_hours", TODAY).value, data_rule("retention_years", TODAY).value) == (72, 10)
    assert data_rule("retention_years", date(2000, 1, 1)).value == 10  # before the first: the first
    assert all("Undang-Undang" in data_rule(code, TODAY).source for code in ("answer_hours", "retention_years"))
    with pytest.raises(LookupError):
        data_rule("other", TODAY)
