"""Serah terima: the cash is counted, both agree, the old access ends that minute; a paper says what went over."""

import uuid
from datetime import UTC, date, datetime, time

import pytest
from django.db import DatabaseError, transaction

from finance.actions import (
    CashDifference,
    DuesLine,
    Refused,
    offer_hand_over,
    receive_hand_over,
    record_dues,
    withdraw_hand_over,
    witness_hand_over,
)
from finance.models import Entry, EntryDigest, HandOver, HandOverSign
from finance.reports import hand_overs, open_items, trial_balance, verify_cooperative
from members.models import Member
from registry.actions import end_access, invite
from registry.models import AuditEvent, Grant, GrantKind
from tests.cast import Someone, join

TODAY = date(2026, 3, 20)
NOW = datetime.combine(TODAY, time(5), tzinfo=UTC)
HOME = "/kota-serang/koperasi/melati/"
PAGE = f"{HOME}buku/serah-terima/"


@pytest.fixture
def rini(budi):
    """The new treasurer, invited by the ketua."""
    with budi.acting() as (actor, melati):
        _, token = invite(
            agency=melati.agency, cooperative=melati, kind=GrantKind.TREASURER, name="Rini", actor=actor, now=NOW
        )
    join(token, "rini", "Rini Bendahara")
    return Someone("rini")


def collect(actor, melati, rupiah: int = 10_000) -> None:
    member = Member.objects.filter(cooperative=melati).order_by("number").first()
    record_dues(cooperative=melati, lines=[DuesLine(member.pk, wajib=rupiah, ahead=True)], paid_on=TODAY, through=TODAY,
                key=uuid.uuid4(), actor=actor, now=NOW, today=TODAY)  # fmt: skip


def offer(actor, melati, to, **more):
    own = Grant.objects.filter(cooperative=melati, user_id=actor.user_id, kind=GrantKind.TREASURER).first()
    values = {"outgoing": own, "incoming": to, "notes": {}, "actor": actor, "now": NOW, "today": TODAY} | more
    return offer_hand_over(cooperative=melati, **values)


def receive(actor, melati, number=1, **more):
    values = {"actor": actor, "now": NOW, "today": TODAY} | more
    return receive_hand_over(cooperative=melati, number=number, **values)


def accounts(melati) -> dict[str, int]:
    return {a.code: a.debit - a.credit for a in trial_balance(cooperative=melati, as_of=TODAY).accounts}


def test_the_cash_goes_over_with_its_difference_and_the_old_access_ends_that_minute(siti, rini, enter):
    to = rini.grant
    client = enter(siti)
    with siti.acting() as (actor, melati):
        collect(actor, melati)
        with pytest.raises(CashDifference, match="Tulis sebab"):
            offer(actor, melati, to, notes={"5000": 1})
        offer(actor, melati, to, notes={"5000": 1}, reason="satu lembar tertinggal")
        assert accounts(melati)["11100"] == 10_000  # an offer moves nothing
    assert client.get(HOME + "beranda/").status_code == 200
    with rini.acting() as (actor, melati):
        one = receive(actor, melati)
        assert accounts(melati)["11100"] == 5_000
        assert accounts(melati)["11900"] == 5_000
        last = Entry.objects.filter(cooperative=melati).order_by("-pk").first()
        assert (one.received.last_entry, one.received.difference_entry) == (last, last)
        assert bytes(one.received.digest) == bytes(EntryDigest.objects.get(entry=last).digest)
        assert verify_cooperative(melati) == []
        assert receive(actor, melati).received == one.received  # once more: the same answer
        assert Entry.objects.filter(cooperative=melati, kind="cash").count() == 1
        assert Grant.objects.get(cooperative=melati, user_name="Siti Bendahara").ended_on == TODAY
        verbs = AuditEvent.objects.filter(cooperative_id=melati.pk, at=NOW).values_list("verb", flat=True)
        assert {"offer_hand_over", "receive_hand_over", "end_access"} <= set(verbs)
    assert client.get(HOME + "beranda/").status_code in (302, 404)
    assert enter(siti).get(HOME + "beranda/").status_code == 404
    assert enter(rini).get(HOME + "beranda/").status_code == 200


def test_an_entry_after_the_count_makes_the_count_void(siti, rini):
    to = rini.grant
    with siti.acting() as (actor, melati):
        offer(actor, melati, to)
        collect(actor, melati)
    with rini.acting() as (actor, melati):
        with pytest.raises(Refused, match="dihitung sekali lagi"):
            receive(actor, melati)
        assert Grant.objects.get(cooperative=melati, user_name="Siti Bendahara").ended_on is None


def test_nobody_else_receives_and_an_offer_taken_back_is_gone(siti, rini, yusuf):
    to = rini.grant
    with siti.acting() as (actor, melati):
        offer(actor, melati, to)
        with pytest.raises(Refused, match="orang lain"):
            receive(actor, melati)
    with yusuf.acting() as (actor, melati):
        with pytest.raises(Refused, match="orang lain"):
            receive(actor, melati)
        with pytest.raises(Refused, match="Hanya yang menyerahkan"):
            withdraw_hand_over(cooperative=melati, number=1, actor=actor, now=NOW)
    with siti.acting() as (actor, melati):
        withdraw_hand_over(cooperative=melati, number=1, actor=actor, now=NOW)
    with rini.acting() as (actor, melati), pytest.raises(Refused, match="ditarik"):
        receive(actor, melati)


def test_counting_anew_takes_the_earlier_offer_back(siti, rini):
    to = rini.grant
    with siti.acting() as (actor, melati):
        offer(actor, melati, to)
        offer(actor, melati, to, notes={"coins": 0})
        assert [one.state[0] for one in hand_overs(melati)] == ["Menunggu penerima", "Ditarik"]


def test_a_treasurer_hands_over_only_the_own_office_and_to_a_treasurer(siti, rini, yusuf, ratna, budi):
    to, secretary, stranger = rini.grant, yusuf.grant, ratna.grant
    chair = budi.actor
    with siti.acting() as (actor, melati):
        own = Grant.objects.get(cooperative=melati, user_id=actor.user_id)
        for wrong in (secretary, stranger):
            with pytest.raises(Refused, match="dua bendahara"):
                offer(actor, melati, wrong)
        with pytest.raises(Refused, match="dua orang"):
            offer(actor, melati, own)
        with pytest.raises(Refused, match="dipegangnya sendiri"):
            offer(actor, melati, own, outgoing=to)
        with pytest.raises(Refused, match="Tulis sebab bendahara lama"):
            offer(chair, melati, to, outgoing=own)


def test_one_who_lost_the_access_meanwhile_receives_nothing(siti, rini, budi):
    to = rini.grant
    with budi.acting() as (actor, melati):
        end_access(grant=Grant.objects.get(pk=to.pk), actor=actor, now=NOW, today=TODAY)
    with siti.acting() as (actor, melati), pytest.raises(Refused, match="belum punya akses"):
        offer(actor, melati, to)


def test_when_the_old_treasurer_is_gone_ketua_and_pengawas_confirm(siti, rini, budi, wati):
    to, siti_grant = rini.grant, siti.grant
    with budi.acting() as (actor, melati):
        offer(actor, melati, to, outgoing=siti_grant, absence="pindah ke Lampung")
    with rini.acting() as (actor, melati):
        with pytest.raises(Refused, match="Pengawas belum"):
            receive(actor, melati)
        with pytest.raises(Refused, match="adalah pengawas"):
            witness_hand_over(cooperative=melati, number=1, actor=actor, now=NOW)
    with wati.acting() as (actor, melati):
        witness_hand_over(cooperative=melati, number=1, actor=actor, now=NOW)
        witness_hand_over(cooperative=melati, number=1, actor=actor, now=NOW)  # twice changes nothing
        assert HandOverSign.objects.filter(cooperative=melati).count() == 1
    with rini.acting() as (actor, melati):
        one = receive(actor, melati)
        assert one.witness.by_name == "Wati Pengawas"
        assert Grant.objects.get(pk=siti_grant.pk).ended_on == TODAY


def test_the_database_lets_nobody_sign_for_another_or_change_a_sign(siti, rini, wati):
    to = rini.grant
    with siti.acting() as (actor, melati):
        made = offer(actor, melati, to)
    common = {"hand_over": made, "part": "received", "by_name": "x", "by_label": "y", "at": NOW}
    with wati.acting() as (actor, melati):
        for duty in ("officer", "supervisor"):  # a pengawas witnesses, nothing else
            sign = HandOverSign(cooperative=melati, by=actor.user_id, duty=duty, **common)
            with pytest.raises(DatabaseError), transaction.atomic():
                sign.save(force_insert=True)
    with siti.acting() as (actor, melati):
        for by, part, duty in (
            (to.user_id, "received", "officer"),
            (actor.user_id, "witness", "supervisor"),
            (actor.user_id, "witness", "officer"),
        ):
            sign = HandOverSign(cooperative=melati, by=by, duty=duty, **(common | {"part": part}))
            with pytest.raises(DatabaseError), transaction.atomic():
                sign.save(force_insert=True)  # not in the receiver's name, not as the pengawas
        with pytest.raises(DatabaseError), transaction.atomic():
            HandOver.objects.filter(cooperative=melati).update(counted_rupiah=1)


def test_what_is_open_is_listed_without_names(siti):
    with siti.acting() as (_, melati):
        found = {item.title: item.words for item in open_items(cooperative=melati, today=TODAY)}
    assert found["Bulan yang belum ditutup"] == "2 bulan: Januari 2026 sampai Februari 2026"
    assert found["Tunggakan simpanan wajib"].startswith("10 anggota")
    assert "Ahmad" not in str(found)


def test_the_paper_has_both_names_the_words_the_open_items_and_the_digest(siti, rini, enter):
    import io

    from pypdf import PdfReader

    to = rini.grant
    with siti.acting() as (actor, melati):
        collect(actor, melati, 30_000)
        offer(actor, melati, to, notes={"20000": 1, "10000": 1})
    with rini.acting() as (actor, melati):
        digest = bytes(receive(actor, melati).received.digest).hex()
    answer = enter(rini).get(f"{PAGE}1/berita-acara.pdf")
    assert answer["Content-Type"] == "application/pdf"
    text = " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages).split())
    for words in (
        "Siti Bendahara",
        "Rini Bendahara",
        "tiga puluh ribu rupiah",
        "Tunggakan simpanan wajib",
        digest[:8],
        digest[-8:],
    ):
        assert words in text
    assert "tidak hadir" not in text


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"lembar-5000": "x"}, "Hitungan uang tidak terbaca"),
        ({"lembar-5000": "-1"}, "Hitungan uang tidak terbaca"),
        ({"lembar-100000": "9" * 30}, "Hitungan uang tidak terbaca"),
        ({"koin": "\0"}, "Hitungan uang tidak terbaca"),
        ({"lembar-5000": "1"}, "Tulis sebab selisihnya"),
        ({"lembar-5000": "1", "sebab": "x" * 300}, "Sebab selisih"),
    ],
)
def test_what_is_typed_wrong_is_said_and_kept(siti, rini, enter, sent, said):
    answer = enter(siti).post(PAGE, sent)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    with siti.acting() as (_, melati):
        assert not HandOver.objects.filter(cooperative=melati).exists()


def test_a_treasurer_without_a_successor_is_told_what_comes_first(siti, enter):
    text = enter(siti).get(PAGE).content.decode()
    assert "Bendahara baru belum punya akses" in text
    assert "<form" not in text.split("<main")[1]


def test_the_pages_ask_few_questions(siti, rini, enter, django_assert_max_num_queries):
    """Twenty, and three of the harness: the hand-over, and the home of who hands over."""
    client = enter(siti)
    with django_assert_max_num_queries(23):
        assert client.get(PAGE).status_code == 200
    with django_assert_max_num_queries(23):
        assert client.get(HOME + "beranda/").status_code == 200
    to = rini.grant
    with siti.acting() as (actor, melati):
        offer(actor, melati, to)
    for someone in (siti, rini):
        client = enter(someone)
        for path in (f"{PAGE}1/", HOME + "beranda/"):
            with django_assert_max_num_queries(23):
                assert client.get(path).status_code == 200
