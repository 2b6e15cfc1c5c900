"""From the door to the member book: the public page, six fields, the status by code, and the officers' answer."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.cache import cache
from django.core.signing import dumps
from django.db import DatabaseError, connection, transaction
from django.utils.html import escape

from finance.actions import open_door_page, set_rate
from finance.models import DoorPage
from members import joining
from members.actions import Asker, Person, accept_request, admit, ask_to_join, decline_request
from members.actions.joining import AlreadyDecided
from members.actions.resealing import keys_used, reseal_national_ids
from members.forms.joining import SALT, join_token
from members.jobs import sweep
from members.models import Identity, JoinPerson, JoinRequest, Member
from registry.actions import appoint_officer
from registry.codes import new_code
from registry.keys import key_ring
from registry.models import AuditEvent
from registry.tenancy import Context, Role, bind
from tests.conftest import Browser

pytestmark = [pytest.mark.django_db(databases=["default", "cache"]), pytest.mark.usefixtures("everything")]
NOW = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)
MELATI = "/kota-serang/koperasi/melati/"
NIK = "9901014107900001"  # born 1 July 1990, a woman; province 99 is nobody's
SIX = {
    "name": "Nurhayati Contoh", "sex": "P", "birth_date": "1990-07-01", "address": "Kp. Contoh RT 01/02",
    "phone": "0812 3456 7890", "national_id": NIK,
}  # fmt: skip


@pytest.fixture(autouse=True)
def _quick_typing(monkeypatch):
    cache.clear()
    monkeypatch.setattr("members.forms.joining.QUICKEST", -1)


@pytest.fixture
def door(yusuf) -> DoorPage:
    with yusuf.acting() as (actor, melati):
        page = open_door_page(cooperative=melati, actor=actor, now=NOW)
        page.cooperative = melati
        return page


def token(door: DoorPage, referrer: str = "") -> str:
    return join_token(door.cooperative, referrer)


def ask(door: DoorPage, **more) -> str:
    """Ask as a resident does; return the code."""
    answer = Browser().post(f"/k/{door.code}/gabung/", SIX | {"awal": token(door)} | more)
    assert answer.status_code == 302, answer.content.decode()
    return answer["Location"].split("/")[2]


def asked(someone) -> list[JoinRequest]:
    with someone.acting() as (_, place):
        return list(JoinRequest.objects.filter(cooperative=place).order_by("pk"))


# --- The public page ------------------------------------------------------------------------------


def test_the_page_says_what_strangers_may_know_and_is_kept_equal(door, yusuf, budi, siti):
    with budi.acting() as (actor, melati):
        appoint_officer(
            cooperative=melati, actor=actor, now=NOW,
            fields={"organ": "management", "position": "vice_chair_membership", "name": "Yusuf Contoh", "sex": "L", "phone": "+6281200000000",
                    "starts_on": date(2025, 1, 1), "ends_on": date(2030, 1, 1)},
        )  # fmt: skip
    with siti.acting() as (actor, melati):
        set_rate(cooperative=melati, kind="wajib", rupiah=12_000, valid_from=date(2026, 11, 1), actor=actor, now=NOW)
    answer = Browser().get(f"/k/{door.code}/")
    page = answer.content.decode()
    assert "Wakil ketua bidang anggota" in page
    assert "Yusuf Contoh" in page
    assert "12.000" in page
    assert "0812" not in page
    assert "Ahmad Hidayat" not in page
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert "no-store" in answer["Cache-Control"]


def test_a_term_that_ran_out_and_a_rate_of_tomorrow_are_not_shown(door):
    door.officers = [{"organ": "management", "position": "chair", "name": "Lama", "starts_on": "2020-01-01", "ends_on": "2025-01-01"}]  # fmt: skip
    door.rates = [{"kind": "wajib", "rupiah": 10_000, "valid_from": "2026-01-01"}, {"kind": "wajib", "rupiah": 20_000, "valid_from": "2027-01-01"}]  # fmt: skip
    assert door.posts_on(date(2026, 11, 21)) == []
    assert door.rates_on(date(2026, 11, 21)) == {"wajib": 10_000}


def test_a_renewed_code_closes_the_old_poster(enter, door, yusuf):
    enter(yusuf).post(f"{MELATI}pintu/", {"ganti": door.code})
    assert Browser().get(f"/k/{door.code}/").status_code == 404
    assert Browser().get(f"/k/{door.code}/gabung/").status_code == 404
    with yusuf.acting() as (_, melati):
        fresh = DoorPage.objects.get(cooperative=melati).code
    assert Browser().get(f"/k/{fresh}/").status_code == 200
    enter(yusuf).post(f"{MELATI}pintu/", {"ganti": door.code})  # an old form, pressed again
    assert Browser().get(f"/k/{fresh}/").status_code == 200


def test_the_poster_is_one_page_in_both_sizes(enter, door, yusuf):
    from io import BytesIO

    from pypdf import PdfReader

    for size, height in (("a4", 297), ("a5", 210)):
        paper = PdfReader(BytesIO(enter(yusuf).get(f"{MELATI}pintu/poster-{size}.pdf").content))
        assert len(paper.pages) == 1
        assert abs(float(paper.pages[0].mediabox.height) / 72 * 25.4 - height) < 1
        assert door.code in paper.pages[0].extract_text()


def test_only_pengurus_open_the_page(enter, wati, joko, ratna):
    assert enter(wati).post(f"{MELATI}pintu/", {}).status_code == 403
    assert enter(joko).post(f"{MELATI}pintu/", {}).status_code == 403
    assert enter(ratna).post(f"{MELATI}pintu/", {}).status_code == 404


# --- Asking ---------------------------------------------------------------------------------------


def test_a_resident_asks_and_follows_by_code_without_seeing_who(door, yusuf):
    code = ask(door)
    page = Browser().get(f"/k/{code}/").content.decode()
    assert code in page
    assert "5 Desember 2026" in page or "Dijawab paling lambat" in page
    for secret in ("Nurhayati", NIK, "Kp. Contoh", "0812"):
        assert secret not in page
    one = asked(yusuf)[0]
    assert one.due_on - one.asked_at.date() <= timedelta(days=15)
    with yusuf.acting():
        person = JoinPerson.objects.get()
        assert NIK.encode() not in bytes(person.cipher)
        assert person.masked != NIK
        event = AuditEvent.objects.get(verb="ask_to_join")
        assert (event.subject, event.actor_id, event.detail) == (f"permohonan {code}", 0, {})


def test_the_same_form_sent_three_times_is_one_request(door, yusuf):
    sent = SIX | {"awal": token(door)}
    codes = {Browser().post(f"/k/{door.code}/gabung/", sent)["Location"] for _ in range(3)}
    assert len(codes) == len(asked(yusuf)) == 1


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"name": ""}, "Belum diisi"),
        ({"name": "\0"}, "Belum diisi"),
        ({"name": "x" * 500}, "120"),
        ({"name": f"Nur {NIK}"}, "Jangan tulis NIK"),
        ({"sex": "X"}, "pilih"),
        ({"birth_date": "2099-01-01"}, "belum tiba"),
        ({"birth_date": "bukan tanggal"}, "anggal"),
        ({"phone": "abc"}, "omor"),
        ({"address": f"Jl. {NIK}"}, "Jangan tulis NIK"),
        ({"national_id": "123"}, "16"),
        ({"national_id": "9901010101900001"}, "tidak sesuai"),
        ({"awal": "bukan-tanda"}, "kirim sekali lagi"),
        ({"awal": ""}, "kirim sekali lagi"),
        ({"awal": dumps(["1-0000-0000-0000", ""], salt="lain")}, "kirim sekali lagi"),
        ({"awal": dumps("x", salt=SALT)}, "kirim sekali lagi"),
        ({"awal": dumps(["ZZZZ-0000-0000-0000", ""], salt=SALT)}, "kirim sekali lagi"),
    ],
)
def test_what_is_wrong_is_said_nothing_is_kept_and_no_nik_comes_back(door, yusuf, sent, sentence):
    answer = Browser().post(f"/k/{door.code}/gabung/", SIX | {"awal": token(door)} | sent)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert sentence.lower() in page.lower()
    shown = re.sub(r'name="(?:name|address)"[^>]*>', "", page)  # what somebody typed there is theirs to mend
    assert NIK not in shown
    if not sent.keys() & {"name"}:
        assert escape(SIX["name"]) in page
    assert asked(yusuf) == []


def test_a_form_sent_faster_than_anybody_reads_asks_once_more(door, yusuf, monkeypatch):
    monkeypatch.setattr("members.forms.joining.QUICKEST", 5)
    assert "sekali lagi" in Browser().post(f"/k/{door.code}/gabung/", SIX | {"awal": token(door)}).content.decode()
    assert asked(yusuf) == []


def test_a_machine_that_fills_every_field_is_thanked_and_forgotten(door, yusuf):
    answer = Browser().post(f"/k/{door.code}/gabung/", SIX | {"awal": token(door), "situs": "x"})
    assert answer.status_code == 302
    assert asked(yusuf) == []


def test_one_visitor_and_one_door_have_limits(door, yusuf, monkeypatch):
    monkeypatch.setattr("koperasi.views.frontdoor.ASKED_BY_ONE", 2)
    for _ in range(2):
        ask(door)
    page = Browser().post(f"/k/{door.code}/gabung/", SIX | {"awal": token(door)}).content.decode()
    assert "Terlalu banyak permohonan" in page
    cache.clear()
    monkeypatch.setattr("koperasi.views.frontdoor.ASKED_AT_ONE_DOOR", 1)
    ask(door)
    page = Browser().post(f"/k/{door.code}/gabung/", SIX | {"awal": token(door)}).content.decode()
    assert "Terlalu banyak permohonan" in page
    assert len(asked(yusuf)) == 3


def test_the_database_lets_a_stranger_write_one_person_and_read_none(door, yusuf):
    code = ask(door)
    melati = door.cooperative
    place = {"user_id": 0, "agency_id": melati.agency_id, "cooperative_id": melati.pk}
    with transaction.atomic():
        bind(Context(Role.PUBLIC, code=code, **place))
        assert JoinRequest.objects.count() == 1
        for statement, refusal in (
            ("SELECT name FROM members_joinperson", "permission denied"),
            ("UPDATE members_joinrequest SET state = 'accepted'", "permission denied"),
            ("DELETE FROM members_joinrequest", "permission denied"),
            ("UPDATE finance_doorpage SET phone = 'x'", "permission denied"),
            ("SELECT name FROM registry_officer", "permission denied"),
            ("INSERT INTO members_joinrequest (cooperative_id, agency_id, code, asked_at, due_on, state, decided_by_name, reason, member_number, referrer_number) "
             "SELECT cooperative_id, agency_id, 'LAIN', asked_at, due_on, 'waiting', '', '', '', '' FROM members_joinrequest", "row-level security"),
        ):  # fmt: skip
            with pytest.raises(DatabaseError, match=refusal), transaction.atomic():
                connection.cursor().execute(statement)
    with transaction.atomic():
        bind(Context(Role.PUBLIC, code=door.code, **place))
        assert JoinRequest.objects.count() == 0
        assert DoorPage.objects.count() == 1


def test_the_dinas_counts_what_is_overdue_and_reads_nobody(enter, door, joko, yusuf, django_assert_max_num_queries):
    ask(door)
    day = asked_day(joko)
    with joko.acting(), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        connection.cursor().execute("SELECT * FROM members_joinperson")
    with joko.acting():
        agency = door.cooperative.agency
        assert joining.overdue_requests(agency=agency, today=day) == []
        late = joining.overdue_requests(agency=agency, today=day + timedelta(days=30))
        assert [(one.cooperative_id, one.count) for one in late] == [(door.cooperative_id, 1)]
    client = enter(joko)
    with django_assert_max_num_queries(20):
        assert "Tidak ada permohonan yang lewat tenggat" in client.get("/kota-serang/permohonan/").content.decode()


def asked_day(someone) -> date:
    with someone.acting():
        return JoinRequest.objects.get().asked_at.date()


# --- Answering ------------------------------------------------------------------------------------


def test_accepting_makes_a_member_with_number_card_and_book_line_and_forgets_the_form(enter, door, yusuf):
    code = ask(door)
    assert "Jawab 1 permohonan anggota" in enter(yusuf).get(f"{MELATI}beranda/").content.decode()
    page = enter(yusuf).get(f"{MELATI}anggota/permohonan/{code}/").content.decode()
    assert "Nurhayati Contoh" in page
    assert NIK not in page
    answer = enter(yusuf).post(f"{MELATI}anggota/permohonan/{code}/", {"terima": "1"}, follow=True)
    assert "A-0011" in answer.content.decode()
    with yusuf.acting() as (_, melati):
        member = Member.objects.get(cooperative=melati, number=11)
        assert (member.name, member.status) == ("Nurhayati Contoh", "applicant")
        assert Identity.objects.filter(member=member).exists()
        assert not JoinPerson.objects.exists()
    page = Browser().get(f"/k/{code}/").content.decode()
    assert "A-0011" in page
    assert "Nurhayati" not in page


def test_declining_tells_why_and_deletes_the_person(enter, door, yusuf):
    code = ask(door)
    path = f"{MELATI}anggota/permohonan/{code}/"
    assert "Belum diisi" in enter(yusuf).post(path, {"tolak": "1", "reason": ""}).content.decode()
    enter(yusuf).post(path, {"tolak": "1", "reason": "Belum berdomisili di kelurahan ini"})
    assert "Belum berdomisili" in Browser().get(f"/k/{code}/").content.decode()
    with yusuf.acting():
        assert not JoinPerson.objects.exists()
        assert Member.objects.filter(name="Nurhayati Contoh").count() == 0


@pytest.mark.parametrize("who", ["siti", "wati"])
def test_others_read_but_do_not_decide(request, enter, door, yusuf, who):
    code = ask(door)
    client = enter(request.getfixturevalue(who))
    page = client.get(f"{MELATI}anggota/permohonan/{code}/").content.decode()
    assert 'name="terima"' not in page
    assert client.post(f"{MELATI}anggota/permohonan/{code}/", {"terima": "1"}).status_code == 403
    assert asked(yusuf)[0].state == "waiting"


def test_two_officers_answer_once(door, yusuf, budi):
    ask(door)
    one = asked(yusuf)[0]
    for someone in (yusuf, budi):
        with someone.acting() as (actor, _):
            try:
                accept_request(request=one, actor=actor, now=NOW, today=date(2026, 11, 21))
            except AlreadyDecided:
                assert someone is budi
    with yusuf.acting():
        assert Member.objects.filter(name="Nurhayati Contoh").count() == 1


def test_the_same_nik_is_named_and_refused_here_and_unknown_next_door(enter, door, yusuf, ratna):
    person = Person(name="Nurhayati C.", sex="P", birth_date=date(1990, 7, 1))
    with ratna.acting() as (actor, kenanga):
        admit(cooperative=kenanga, person=person, joined_on=date(2026, 1, 1), national_id=NIK, actor=actor, now=NOW)
    code = ask(door)
    path = f"{MELATI}anggota/permohonan/{code}/"
    assert "Mungkin orang yang sama" not in enter(yusuf).get(path).content.decode()
    with yusuf.acting() as (actor, melati):
        admit(cooperative=melati, person=person, joined_on=date(2026, 1, 1), national_id=NIK, actor=actor, now=NOW)
    page = enter(yusuf).get(path).content.decode()
    assert "NIK sama" in page
    assert "A-0011" in page
    answer = enter(yusuf).post(path, {"terima": "1"})
    assert "sudah dipakai anggota A-0011" in answer.content.decode()
    assert asked(yusuf)[0].state == "waiting"


@pytest.mark.parametrize(
    ("name", "born", "why"),
    [
        ("AHMAD HIDAYAT", date(1980, 1, 1), "Nama mirip"),
        ("H. Achmad Hidayat", date(1980, 1, 1), "Nama mirip"),
        ("Hidayat Ahmad", date(1980, 1, 1), "Nama mirip"),
        ("Ahmad Hidayatt", date(1980, 1, 1), "Nama mirip"),
        ("Ahmad Hidajat", date(1980, 1, 1), "Nama mirip"),
        ("Ahmad Hidayat", date(1980, 1, 11), "hampir sama"),
        ("Ahmad Hidayat", date(1981, 2, 1), ""),
        ("Budi Santoso", date(1980, 1, 1), ""),
    ],
)
def test_names_alike_are_found_and_others_left_alone(yusuf, name, born, why):
    with yusuf.acting() as (_, melati):
        Member.objects.filter(cooperative=melati, number=1).update(birth_date=date(1980, 1, 1))
        Member.objects.filter(cooperative=melati).exclude(number=1).update(birth_date=date(1970, 5, 5))
        found = joining.lookalikes(cooperative=melati, name=name, birth_date=born)
        assert [one.number for one in found] == ([1] if why else [])
        assert not why or why in found[0].why


def test_the_referrer_travels_signed_and_is_a_number_only(door, yusuf):
    visitor = Browser()
    page = visitor.get(f"/k/{door.code}/gabung/?dari=A-0003").content.decode()
    begun = re.search(r'name="awal" value="([^"]+)"', page)[1]
    visitor.post(f"/k/{door.code}/gabung/", SIX | {"awal": begun})
    assert asked(yusuf)[0].referrer_number == "A-0003"
    page = visitor.get(f"/k/{door.code}/gabung/?dari=<b>Nama%20Orang</b>").content.decode()
    assert "Nama Orang" not in page


def test_sealed_niks_of_askers_follow_a_rotation_of_keys(door, yusuf):
    ask(door)
    old = key_ring().current_key_id
    key_ring().rotate()
    with yusuf.acting() as (_, melati):
        assert keys_used(cooperative=melati)[old] >= 1
        while reseal_national_ids(cooperative=melati, size=50):
            pass
        assert old not in keys_used(cooperative=melati)
    one = asked(yusuf)[0]
    with yusuf.acting() as (actor, _):
        accept_request(request=one, actor=actor, now=NOW, today=date(2026, 11, 21))


def test_the_pages_ask_few_questions(enter, door, yusuf, django_assert_max_num_queries):
    codes = [ask(door, name=f"Orang {'ABCDEFGH'[n]}", national_id="") for n in range(5)]
    for path in (f"/k/{door.code}/", f"/k/{codes[0]}/", f"/k/{door.code}/gabung/"):
        visitor = Browser()
        with django_assert_max_num_queries(20):
            assert visitor.get(path).status_code == 200
    client = enter(yusuf)
    for path in (f"{MELATI}anggota/permohonan/", f"{MELATI}anggota/permohonan/{codes[0]}/", f"{MELATI}pintu/"):
        client.get(path)
        with django_assert_max_num_queries(23):  # three are the harness's own
            assert client.get(path).status_code == 200


@pytest.mark.parametrize("kode", ["%00", "x" * 3000, "tidak-ada", "1-0000-0000-0000", "../../x"])
def test_nonsense_where_a_code_stands_is_a_404(enter, yusuf, wati, kode):
    for someone, path in ((yusuf, "anggota/permohonan"), (wati, "tidak-cocok")):
        assert enter(someone).get(f"{MELATI}{path}/{kode}/").status_code == 404


# --- Nobody answers ----------------------------------------------------------------------------------


def nights_after(day: date, days: int) -> datetime:
    """The night's task, so many days after a day: 02.27 in Serang."""
    return datetime(day.year, day.month, day.day, 19, 27, tzinfo=UTC) + timedelta(days=days - 1)


def test_who_is_not_answered_is_forgotten_90_days_after_the_deadline_and_told_so(door, yusuf):
    code = ask(door)
    [request] = asked(yusuf)
    page = Browser().get(f"/k/{code}/").content.decode()
    assert "data Anda dihapus 90 hari sesudah tenggat" in page
    assert sweep(nights_after(request.due_on, 90)) == 0
    assert sweep(nights_after(request.due_on, 91)) == 1
    assert sweep(nights_after(request.due_on, 92)) == 0, "twice changes nothing"
    with yusuf.acting() as (_, melati):
        assert not JoinPerson.objects.filter(cooperative=melati).exists()
        [kept] = JoinRequest.objects.filter(cooperative=melati)
        assert (kept.state, kept.code, kept.due_on, kept.decided_by_name) == ("lapsed", code, request.due_on, "")
        [said] = AuditEvent.objects.filter(verb="forget_unanswered")
        assert (said.actor_name, said.subject, said.detail) == ("Sistem", "1 permohonan anggota", {"codes": [code]})
    page = Browser().get(f"/k/{code}/").content.decode()
    assert "Tidak dijawab" in page and "sudah dihapus" in page
    assert "Dinas melihatnya" not in page


def test_the_officers_see_that_it_was_not_answered_and_can_no_longer_open_it(door, yusuf, enter):
    code = ask(door)
    [request] = asked(yusuf)
    sweep(nights_after(request.due_on, 91))
    client = enter(yusuf)
    page = client.get(f"{MELATI}anggota/permohonan/").content.decode()
    assert "Tidak dijawab" in page and "datanya dihapus" in page and code in page
    assert client.get(f"{MELATI}anggota/permohonan/{code}/").status_code == 302
    assert client.post(f"{MELATI}anggota/permohonan/{code}/", {"terima": "1"}).status_code == 302
    with yusuf.acting() as (_, melati):
        assert not Member.objects.filter(cooperative=melati, name=SIX["name"]).exists()


def test_only_the_late_are_forgotten_and_only_their_persons(door, yusuf):
    late, declined, waiting = ask(door), ask(door, name="Karsih Contoh"), new_code(door.cooperative.pk)
    with yusuf.acting() as (actor, melati):
        decline_request(request=JoinRequest.objects.get(code=declined), reason="Bukan warga", actor=actor, now=NOW)
        asker = Asker("Aminah Contoh", "P", date(1990, 7, 1), "Kp. Contoh", "+6281234567890")
        ask_to_join(
            cooperative=melati, code=waiting, asker=asker, answer_days=44, actor=actor, now=NOW, today=NOW.date()
        )
    first = next(one for one in asked(yusuf) if one.code == late)
    assert sweep(nights_after(first.due_on, 91)) == 1
    with yusuf.acting() as (_, melati):
        states = dict(JoinRequest.objects.filter(cooperative=melati).values_list("code", "state"))
        assert states == {late: "lapsed", waiting: "waiting", declined: "declined"}
        assert JoinPerson.objects.get(cooperative=melati).name == "Aminah Contoh"


def test_the_worker_forgets_every_night():
    from procrastinate.contrib.django import app

    assert "members.forget_unanswered" in {task.task.name for task in app.periodic_registry.periodic_tasks.values()}
