"""The seven steps of a new treasurer: answered by the books, closed by hand; and help that fits the page."""

from datetime import UTC, date, datetime

import pytest

from finance.actions import DuesLine, record_dues
from finance.models import Receipt, ReceiptLook
from koperasi.reports.beginning import beginning, first_steps
from koperasi.topics import BENDAHARA, SEKRETARIS, help_url
from members.models import Member
from tests.source import ROOT

pytestmark = [pytest.mark.django_db(databases=["default", "cache"]), pytest.mark.usefixtures("everything")]
TODAY = date(2026, 3, 20)
NOW = datetime(2026, 3, 20, 5, tzinfo=UTC)
HOME = "/kota-serang/koperasi/melati/beranda/"


def done(someone, *, secured: bool = False) -> list[bool]:
    with someone.acting() as (_, melati):
        return [step.done for step in first_steps(beginning(cooperative=melati, today=TODAY), secured=secured)]


def test_each_step_is_ticked_by_what_happened(siti, enter):
    assert done(siti) == [False, True, True, True, False, False, False]
    with siti.acting() as (actor, melati):
        member = Member.objects.get(cooperative=melati, number=1)
        record_dues(cooperative=melati, lines=[DuesLine(member.pk, wajib=10_000)], paid_on=TODAY, through=TODAY,
                    key="00000000-0000-4000-8000-000000000001", actor=actor, now=NOW, today=TODAY)  # fmt: skip
        code = Receipt.objects.get(cooperative=melati).code
    assert done(siti, secured=True) == [True, True, True, True, False, True, False]
    stranger = enter(None)
    for _ in range(2):  # the second look changes nothing
        assert stranger.get(f"/k/{code}/").status_code == 200
    assert done(siti)[-1]
    with siti.acting() as (_, melati):
        assert ReceiptLook.objects.filter(cooperative=melati).count() == 1


def test_the_list_is_closed_by_hand_and_only_the_treasurer_has_it(siti, budi, enter):
    client = enter(siti)
    assert "Langkah pertama bendahara" in client.get(HOME).content.decode()
    assert client.get(f"{HOME}langkah/").status_code == 405
    assert client.post(f"{HOME}langkah/").status_code == 302
    assert "Langkah pertama bendahara" not in client.get(HOME).content.decode()
    assert "Langkah pertama bendahara" not in enter(budi).get(HOME).content.decode()


@pytest.mark.parametrize(("page", "topics"), [("bendahara", BENDAHARA), ("sekretaris", SEKRETARIS)])
def test_every_topic_a_page_leads_to_is_written(page, topics):
    text = (ROOT / f"templates/help/{page}.html").read_text()
    assert [topic for topic in topics.values() if f'id="{topic}"' not in text] == []


def test_a_page_leads_to_its_own_topic(siti, enter):
    content = enter(siti).get("/kota-serang/koperasi/melati/buku/serah-terima/").content.decode()
    assert 'href="/bantuan/bendahara/#serah-terima"' in content
    assert help_url("registry:cooperatives", "dinas_staff") == "/bantuan/dinas/"
    assert help_url("finance:sheet", "supervisor") == "/bantuan/bendahara/#setoran"
    assert help_url("registry:trail", "case") == "/bantuan/"
