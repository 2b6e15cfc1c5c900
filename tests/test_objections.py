"""The member as auditor: from the public page of a receipt to the answer, and what nobody can do on the way."""

import uuid
from datetime import UTC, date, datetime

import pytest
from django.core.cache import cache
from django.db import DatabaseError, connection, transaction
from django.test import Client

from finance.actions import DuesLine, Refused, answer_objection, raise_objection, record_dues
from finance.models import Objection, ObjectionAnswer, Receipt
from koperasi.views.public import WRONG_CODES, stranger
from members.models import Member
from registry.models import AuditEvent
from registry.tenancy import Context, Role, bind
from tests.conftest import Browser

pytestmark = [pytest.mark.django_db(databases=["default", "cache"]), pytest.mark.usefixtures("everything")]
NOW = datetime(2026, 2, 20, 5, 0, tzinfo=UTC)
MELATI = "/kota-serang/koperasi/melati/"
WORDS = "Saya membayar Rp 50.000, di sini tertulis Rp 20.000"


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


@pytest.fixture
def codes(siti) -> list[str]:
    """Two receipts of Melati."""
    with siti.acting() as (actor, melati):
        members = list(Member.objects.filter(cooperative=melati).order_by("number")[:2])
        record_dues(
            cooperative=melati, lines=[DuesLine(one.pk, wajib=20_000) for one in members], paid_on=date(2026, 2, 20),
            through=date(2026, 2, 1), key=uuid.uuid4(), actor=actor, now=NOW, today=date(2026, 2, 20),
        )  # fmt: skip
        return list(Receipt.objects.filter(cooperative=melati).order_by("number").values_list("code", flat=True))


def form(text: str = WORDS, **more) -> dict:
    return {"text": text, "kunci": str(uuid.uuid4()), **more}


def holder(code: str, melati) -> None:
    """Stand behind the wall as who holds this code."""
    bind(Context(Role.PUBLIC, user_id=0, agency_id=melati.agency_id, cooperative_id=melati.pk, code=code))


def told(someone) -> list[Objection]:
    with someone.acting() as (_, place):
        return list(Objection.objects.filter(cooperative=place).select_related("answer"))


def test_from_the_receipt_to_the_answer_and_back(enter, codes, wati, siti, joko):
    visitor = Browser()
    answer = visitor.post(f"/k/{codes[0]}/tidak-cocok/", form())
    assert (answer.status_code, answer["Location"]) == (302, f"/k/{codes[0]}/")
    page = visitor.get(f"/k/{codes[0]}/").content.decode()
    assert WORDS in page
    assert "Menunggu jawaban pengawas atau dinas" in page
    assert WORDS not in visitor.get(f"/k/{codes[1]}/").content.decode()
    assert "Jawab 1 laporan kuitansi" in enter(wati).get(f"{MELATI}beranda/").content.decode()
    assert "Baca 1 laporan kuitansi" in enter(siti).get(f"{MELATI}beranda/").content.decode()
    assert "Tanggapi kuitansi yang dilaporkan" in enter(joko).get("/kota-serang/").content.decode()
    assert f"{MELATI}tidak-cocok/" in enter(joko).get("/kota-serang/tidak-cocok/").content.decode()
    enter(wati).post(f"{MELATI}tidak-cocok/{codes[0]}/", {"text": "Buku sudah dikoreksi hari ini, maaf."})
    page = visitor.get(f"/k/{codes[0]}/").content.decode()
    assert "Buku sudah dikoreksi hari ini" in page
    assert "Wati" not in page
    assert "Tanggapi kuitansi" not in enter(joko).get("/kota-serang/").content.decode()
    with wati.acting() as (_, melati):
        verbs = AuditEvent.objects.filter(cooperative=melati, verb__endswith="_objection").order_by("at", "pk")
        assert [(one.verb, one.actor_id, one.subject) for one in verbs] == [
            ("raise_objection", 0, f"kuitansi {codes[0]}"),
            ("answer_objection", wati.user.pk, f"kuitansi {codes[0]}"),
        ]


def test_the_dinas_reads_words_and_code_but_no_member(enter, codes, joko):
    Browser().post(f"/k/{codes[0]}/tidak-cocok/", form())
    page = enter(joko).get(f"{MELATI}tidak-cocok/{codes[0]}/").content.decode()
    assert WORDS in page
    assert codes[0] in page
    assert "Ahmad" not in page
    assert "A-0001" not in page
    assert "Kirim jawaban" in page


@pytest.mark.parametrize("who", ["siti", "budi", "yusuf"])
def test_pengurus_read_it_and_cannot_answer(request, enter, codes, who, wati):
    Browser().post(f"/k/{codes[0]}/tidak-cocok/", form())
    client = enter(request.getfixturevalue(who))
    page = client.get(f"{MELATI}tidak-cocok/{codes[0]}/").content.decode()
    assert WORDS in page
    assert "Kirim jawaban" not in page
    assert client.post(f"{MELATI}tidak-cocok/{codes[0]}/", {"text": "Sudah beres semuanya"}).status_code == 403
    assert not hasattr(told(wati)[0], "answer")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE finance_objection SET text = 'x'",
        "DELETE FROM finance_objection",
        "INSERT INTO finance_objectionanswer (cooperative_id, agency_id, objection_id, code, text, answered_at, answered_by, answered_by_name, answered_as) "
        "SELECT cooperative_id, agency_id, id, code, 'beres', raised_at, wall.\"user\"(), 'x', 'supervisor' FROM finance_objection",
    ],
)
def test_the_database_itself_keeps_the_treasurer_from_closing_or_changing_it(codes, siti, statement):
    Browser().post(f"/k/{codes[0]}/tidak-cocok/", form())
    with siti.acting(), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        connection.cursor().execute(statement)


@pytest.mark.parametrize("who", ["wati", "joko"])
def test_nobody_changes_or_removes_what_was_written(request, codes, who):
    Browser().post(f"/k/{codes[0]}/tidak-cocok/", form())
    with request.getfixturevalue(who).acting():
        for statement in ("UPDATE finance_objection SET text = 'x'", "DELETE FROM finance_objection"):
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                connection.cursor().execute(statement)


def test_an_answer_is_given_once_and_in_ones_own_name(enter, codes, wati, joko):
    Browser().post(f"/k/{codes[0]}/tidak-cocok/", form())
    one = told(wati)[0]
    with joko.acting() as (actor, _):
        answer_objection(objection=one, text="Sudah kami periksa", actor=actor, now=NOW)
    with wati.acting() as (actor, _), pytest.raises(Refused, match="baru saja dijawab"):
        answer_objection(objection=one, text="Sudah kami periksa juga", actor=actor, now=NOW)
    Browser().post(f"/k/{codes[1]}/tidak-cocok/", form())
    other = next(found for found in told(wati) if found.code == codes[1])
    with wati.acting() as (actor, _), pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        ObjectionAnswer.objects.create(
            cooperative_id=other.cooperative_id, agency_id=other.agency_id, objection=other, code=other.code, text="x",
            answered_at=NOW, answered_by=actor.user_id + 1, answered_by_name="Orang lain", answered_as="supervisor",
        )  # fmt: skip


def test_a_code_opens_its_own_receipt_only(codes, siti, ratna):
    """Raw rows behind the public role: another receipt, another cooperative, no receipt at all, somebody else's name."""
    with siti.acting() as (_, melati):
        pass
    with ratna.acting() as (_, kenanga):
        pass
    attacks = [
        (codes[1], melati.pk, melati.agency_id, "row-level security"),  # another receipt than the bound one
        (codes[0], kenanga.pk, kenanga.agency_id, "row-level security"),  # another cooperative
    ]
    for code, cooperative, agency, refusal in attacks:
        with pytest.raises(DatabaseError, match=refusal), transaction.atomic():
            holder(codes[0], melati)
            Objection.objects.create(
                cooperative_id=cooperative,
                agency_id=agency,
                code=code,
                number=1,
                text="x",
                raised_at=NOW,
                key=uuid.uuid4(),
            )
    with pytest.raises(DatabaseError, match="an_objection_is_about_a_receipt"), transaction.atomic():
        holder("7K3-0000-0000-0000", melati)  # a code nobody has
        Objection.objects.create(
            cooperative=melati,
            agency_id=melati.agency_id,
            code="7K3-0000-0000-0000",
            number=1,
            text="x",
            raised_at=NOW,
            key=uuid.uuid4(),
        )
    with transaction.atomic():
        holder(codes[0], melati)
        for table in ("members_member", "registry_auditevent", "finance_payment", "registry_officer"):
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                connection.cursor().execute(f"SELECT 1 FROM {table}")
        assert Receipt.objects.values_list("code", flat=True).get() == codes[0]


def test_the_same_form_counts_once_and_one_report_waits_at_a_time(codes, wati, siti):
    visitor, sent = Browser(), form()
    for _ in range(3):
        assert visitor.post(f"/k/{codes[0]}/tidak-cocok/", sent).status_code == 302
    assert len(told(wati)) == 1
    answer = visitor.post(f"/k/{codes[0]}/tidak-cocok/", form("Masih belum dijawab juga"))
    assert "sedang menunggu jawaban" in answer.content.decode()
    assert len(told(wati)) == 1
    assert "Masih belum dijawab juga" in answer.content.decode()  # what was typed is kept


def test_a_receipt_bears_three_reports_and_no_more(codes, wati, siti):
    with siti.acting() as (_, melati):
        pass
    for n in range(3):
        with transaction.atomic():
            holder(codes[0], melati)
            raise_objection(
                cooperative=melati, code=codes[0], text=f"Laporan ke-{n}", key=uuid.uuid4(),
                actor=stranger(melati, "Pemegang kuitansi"), now=NOW,
            )  # fmt: skip
        with wati.acting() as (actor, place):
            waiting = Objection.objects.get(cooperative=place, answer__isnull=True)
            answer_objection(objection=waiting, text="Sudah diperiksa", actor=actor, now=NOW)
    assert "tiga kali dilaporkan" in Browser().post(f"/k/{codes[0]}/tidak-cocok/", form()).content.decode()
    with transaction.atomic(), pytest.raises(DatabaseError, match="three_objections"), transaction.atomic():
        holder(codes[0], melati)
        Objection.objects.create(
            cooperative=melati,
            agency_id=melati.agency_id,
            code=codes[0],
            number=4,
            text="x",
            raised_at=NOW,
            key=uuid.uuid4(),
        )


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"text": ""}, "Belum diisi"),
        ({"text": "a" * 501}, "500"),
        ({"text": "salah"}, "beberapa kata"),
        ({"text": "NIK saya 9901 0141 0790 0001 salah"}, "Jangan tulis NIK"),
        ({"text": "\0\0\0"}, "Belum diisi"),
        ({"kunci": "bukan-kunci"}, "Muat ulang"),
        ({"kunci": ""}, "Muat ulang"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(codes, wati, sent, sentence):
    answer = Browser().post(f"/k/{codes[0]}/tidak-cocok/", form() | sent)
    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    assert told(wati) == []


def test_a_machine_that_fills_every_field_is_thanked_and_forgotten(codes, wati):
    answer = Browser().post(f"/k/{codes[0]}/tidak-cocok/", form(situs="https://evil.example"))
    assert answer.status_code == 302
    assert told(wati) == []


def test_codes_are_not_guessed(codes):
    """After many codes that do not exist a visitor learns nothing more, not even about a true one; others still do."""
    visitor = Browser()
    for n in range(WRONG_CODES):
        path = f"/k/7K3-0000-0000-{n:04d}/"
        assert visitor.get(path if n % 2 else f"{path}tidak-cocok/").status_code == 404
    assert visitor.get(f"/k/{codes[0]}/").status_code == 429
    assert visitor.post(f"/k/{codes[0]}/tidak-cocok/", form()).status_code == 429
    assert Client(REMOTE_ADDR="10.0.0.9").get(f"/k/{codes[0]}/").status_code == 200


def test_a_visitor_writes_ten_reports_an_hour_over_all_receipts(codes, monkeypatch, wati):
    monkeypatch.setattr("koperasi.views.check.OBJECTIONS", 1)
    Browser().post(f"/k/{codes[0]}/tidak-cocok/", form())
    assert "Terlalu banyak laporan" in Browser().post(f"/k/{codes[1]}/tidak-cocok/", form()).content.decode()
    assert len(told(wati)) == 1


def test_a_wrong_code_says_nothing_and_keeps_no_words(codes):
    answer = Browser().post("/k/7K3-0000-0000-0000/tidak-cocok/", form("kata-kata yang tidak disimpan"))
    assert answer.status_code == 404
    assert "kata-kata" not in answer.content.decode()


def test_the_pages_ask_few_questions(enter, codes, wati, joko, django_assert_max_num_queries):
    for code in codes:
        Browser().post(f"/k/{code}/tidak-cocok/", form())
    for someone, path in (
        (wati, f"{MELATI}tidak-cocok/"),
        (joko, "/kota-serang/tidak-cocok/"),
        (wati, f"{MELATI}beranda/"),
    ):
        client = enter(someone)
        with django_assert_max_num_queries(23):  # three are the harness's own
            assert client.get(path).status_code == 200
    with django_assert_max_num_queries(20):
        Browser().get(f"/k/{codes[0]}/")


def test_another_cooperatives_people_meet_nothing(enter, codes, ratna, dewi, penyuluh, wali):
    Browser().post(f"/k/{codes[0]}/tidak-cocok/", form())
    assert enter(ratna).get(f"{MELATI}tidak-cocok/").status_code == 404
    assert enter(ratna).get(f"/kota-serang/koperasi/kenanga/tidak-cocok/{codes[0]}/").status_code == 404
    assert enter(dewi).get(f"{MELATI}tidak-cocok/{codes[0]}/").status_code == 404
    assert enter(penyuluh).get(f"{MELATI}tidak-cocok/").status_code == 403
    assert enter(wali).get(f"{MELATI}tidak-cocok/").status_code == 403
