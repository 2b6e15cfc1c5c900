"""Campaigns: a target, who came, who brought them, and growth against the people of the village."""

from datetime import UTC, date, datetime

import pytest
from django.db import DatabaseError, connection, transaction

from finance.actions import open_door_page
from members.actions import Asker, Person, accept_request, admit, ask_to_join, start_campaign
from members.campaigns import campaigns, growth
from members.models import JoinRequest
from registry.access import Actor
from registry.codes import new_code

pytestmark = [pytest.mark.django_db(databases=["default", "cache"]), pytest.mark.usefixtures("everything")]
NOW = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)
TODAY = date(2026, 11, 21)
MELATI = "/kota-serang/koperasi/melati/"
GOOD = {"name": "Satu RT sepuluh anggota", "target": "20", "starts_on": "2026-11-01", "ends_on": "2026-12-31"}


def test_a_campaign_counts_who_came_in_its_days_and_who_brought_them(yusuf):
    with yusuf.acting() as (actor, melati):
        start_campaign(
            cooperative=melati,
            name="Ajakan",
            target=20,
            starts_on=date(2026, 11, 1),
            ends_on=date(2026, 12, 31),
            actor=actor,
            now=NOW,
        )
        for day, name in ((date(2026, 10, 31), "Terlalu Awal"), (date(2026, 11, 1), "Tepat Waktu")):
            admit(cooperative=melati, person=Person(name=name, sex="P"), joined_on=day, actor=actor, now=NOW)
        for name in ("Diterima Satu", "Diterima Dua", "Menunggu Saja"):
            ask_to_join(
                cooperative=melati, code=new_code(melati.pk), asker=Asker(name, "L", date(1990, 1, 1), "Kp. Contoh", "+6281234567890"),
                answer_days=14, referrer_number="A-0003", actor=Actor(0, "warga", "warga", melati.agency_id, melati.pk), now=NOW, today=TODAY,
            )  # fmt: skip
        for one in JoinRequest.objects.order_by("pk")[:2]:
            accept_request(request=one, actor=actor, now=NOW, today=TODAY)
        won = campaigns(cooperative=melati, today=TODAY)[0]
    assert (won.joined, won.asked, won.is_open) == (3, 3, True)
    assert won.bringers == (("A-0003", 2),)


def test_growth_is_what_the_flow_says(yusuf):
    with yusuf.acting() as (actor, melati):
        before = growth(cooperative=melati, today=TODAY)[0]
        admit(
            cooperative=melati,
            person=Person(name="Baru", sex="P"),
            joined_on=TODAY,
            status="active",
            actor=actor,
            now=NOW,
        )
        after = growth(cooperative=melati, today=TODAY)
    assert len(after) == 12
    assert (after[0].joined, after[0].members) == (before.joined + 1, before.members + 1)
    assert after[1].members == before.members - before.joined + before.left


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"name": ""}, "Belum diisi"),
        ({"name": "NIK 9901014107900001"}, "Jangan tulis NIK"),
        ({"target": "0"}, "1"),
        ({"target": "-3"}, "arget"),
        ({"target": "9" * 40}, "asaran"),
        ({"ends_on": "2026-10-01"}, "berakhir sesudah mulai"),
        ({"ends_on": "2029-10-01"}, "paling lama setahun"),
        ({"starts_on": "\0"}, "anggal"),
    ],
)
def test_what_is_wrong_is_said(enter, yusuf, sent, sentence):
    answer = enter(yusuf).post(f"{MELATI}anggota/ajakan/", GOOD | sent)
    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    with yusuf.acting() as (_, melati):
        assert campaigns(cooperative=melati, today=TODAY) == []


def test_the_page_and_who_may_start(enter, yusuf, wati, siti, django_assert_max_num_queries):
    assert enter(siti).post(f"{MELATI}anggota/ajakan/", GOOD).status_code == 403
    client = enter(yusuf)
    assert client.post(f"{MELATI}anggota/ajakan/", GOOD).status_code == 302
    with django_assert_max_num_queries(23):  # three are the harness's own
        page = client.get(f"{MELATI}anggota/ajakan/").content.decode()
    assert "dari sasaran 20" in page
    assert "Perkiraan, bukan angka resmi" in page
    assert "Simpan ajakan" not in enter(wati).get(f"{MELATI}anggota/ajakan/").content.decode()


def test_the_link_of_a_bringer_carries_a_number_and_nothing_else(enter, yusuf):
    with yusuf.acting() as (actor, melati):
        code = open_door_page(cooperative=melati, actor=actor, now=NOW).code
    page = enter(yusuf).get(f"{MELATI}pintu/?pengajak=47").content.decode()
    assert f"/k/{code}/gabung/?dari=A-0047" in page
    assert "dari=" not in enter(yusuf).get(f"{MELATI}pintu/?pengajak=<b>Siti</b>").content.decode()


def test_a_campaign_is_not_changed_afterwards(yusuf):
    with yusuf.acting() as (actor, melati):
        start_campaign(
            cooperative=melati, name="Ajakan", target=5, starts_on=TODAY, ends_on=TODAY, actor=actor, now=NOW
        )
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            connection.cursor().execute("UPDATE members_campaign SET target = 1")
