"""A practice cooperative: one tap, invented people, marked everywhere, outside every report; begun anew it is archived."""

import pytest

from finance.models import Receipt
from finance.reports import verify_cooperative
from members.models import Member
from registry.access import load_grants
from registry.models import Cooperative
from registry.tenancy import NOBODY, bind
from tests.cast import Someone
from tests.walkers import without_secrets

pytestmark = [pytest.mark.django_db(databases=["default", "cache"]), pytest.mark.usefixtures("everything")]
MELATI = "/kota-serang/koperasi/melati/"
PAGES = ["", "ringkasan/", "koperasi/", "laporan/2026/3/", "tidak-cocok/"]


def practise(client, **data) -> str:
    answer = client.post(f"{MELATI}latihan/", data)
    assert answer.status_code == 302
    return answer["Location"]


def practice_grant(someone: Someone):
    from datetime import date

    found = [g for g in load_grants(someone.user.pk, date(2030, 1, 1)) if g.cooperative.is_practice]
    bind(NOBODY)
    return found


def test_one_tap_opens_a_place_with_people_and_books(siti, enter):
    client = enter(siti)
    home = practise(client)
    content = client.get(home).content.decode()
    assert "Latihan. Orang dan uangnya rekaan" in content
    (grant,) = practice_grant(siti)
    place = grant.cooperative
    from registry.access import context_of
    from registry.tenancy import bound

    with bound(context_of(grant, place)):
        assert Member.objects.filter(cooperative=place).count() == 12
        assert verify_cooperative(place) == []
        receipt = Receipt.objects.filter(cooperative=place).order_by("number").first()
    assert practise(client) == home  # once more: the same place
    public = enter(None).get(f"/k/{receipt.code}/").content.decode()
    assert "Latihan: bukan bukti pembayaran" in public


def test_begun_anew_the_old_one_is_entered_by_nobody(siti, enter):
    client = enter(siti)
    first = practise(client)
    second = practise(client, langkah="ulang")
    assert second != first
    assert client.get(first).status_code == 404
    assert client.get(second).status_code == 200
    assert client.get(f"{MELATI}beranda/").status_code == 200  # the own place stays
    assert Cooperative.objects.filter(is_practice=True).count() == 2


def test_nobody_else_enters_not_even_the_dinas(siti, joko, penyuluh, budi, enter):
    home = practise(enter(siti))
    for someone in (joko, penyuluh, budi):
        assert enter(someone).get(home).status_code == 404
    for path in ("profil/", ""):
        assert enter(joko).get(home.replace("beranda/", path)).status_code == 404


def test_no_page_of_the_dinas_changes_by_it(siti, joko, kepala, enter):
    def seen() -> dict:
        found = {}
        for someone in (joko, kepala):
            client = enter(someone)
            for page in PAGES:
                answer = client.get(f"/kota-serang/{page}")
                assert answer.status_code in (200, 403, 404), page
                found[someone.username, page] = without_secrets(answer.content)
        return found

    before = seen()
    assert sum(1 for content in before.values() if b"Melati" in content or b"melati" in content) >= 1
    practise(enter(siti))
    after = seen()
    changed = [key for key in before if before[key] != after[key]]
    assert changed == []


def test_it_is_not_begun_more_than_five_times_a_day(siti, enter):
    client = enter(siti)
    for _ in range(5):
        practise(client, langkah="ulang")
    assert practise(client, langkah="ulang") == f"{MELATI}beranda/"


def test_a_reader_does_not_practise(wati, enter):
    assert enter(wati).post(f"{MELATI}latihan/").status_code == 403
