"""Journey 16: the treasurer of yesterday counts and hands over, the one of tomorrow receives; a paper says so."""

from datetime import UTC, date, datetime

import pytest
from playwright.sync_api import expect

from finance.models import HandOver
from finance.reports import verify_cooperative
from registry.actions import invite
from registry.models import Grant, GrantKind
from tests.cast import Someone, join

pytestmark = pytest.mark.browser

NOW = datetime(2026, 3, 20, 12, 2, tzinfo=UTC)
HOME = "/kota-serang/koperasi/melati/beranda/"


@pytest.fixture
def rini(stage):
    with stage.database(), Someone("budi").acting() as (actor, melati):
        _, token = invite(
            agency=melati.agency, cooperative=melati, kind=GrantKind.TREASURER, name="Rini", actor=actor, now=NOW
        )
    with stage.database():
        join(token, "rini", "Rini Bendahara")


def collect(stage, page, sign_in) -> None:
    """Siti has collected Rp 300.000 in cash."""
    page.goto("/kota-serang/koperasi/melati/iuran/setoran/")
    page.get_by_text("Tandai semua lunas").click()
    page.get_by_role("button", name="Hitung kas").click()
    page.get_by_role("textbox", name="Lembar 100.000", exact=True).fill("3")
    page.get_by_role("button", name="Simpan 10 setoran").click()
    page.wait_for_url("**/iuran/setoran/2026-*/")


@pytest.mark.parametrize("size", [(360, 740, True), (1280, 900, False)], ids=["phone", "desk"])
def test_journey_16_serah_terima_in_three_taps_and_one(stage, rini, page_of, sign_in, axe, Taps, clock, picture, size):
    clock(NOW)
    width, height, touch = size
    old, new = (page_of(width, height, touch=touch) for _ in range(2))
    sign_in(old, "siti")
    sign_in(new, "rini")
    collect(stage, old, sign_in)
    old.goto(HOME)
    new.goto(HOME)
    assert "menyerahkan kas" not in new.content()

    taps, more = Taps(old), Taps(new)
    old.get_by_role("link", name="Serahkan kas dan buku kepada Rini Bendahara").click()
    old.get_by_role("textbox", name="Lembar 50.000", exact=True).fill("6")
    assert old.locator("[data-out=selisih]").text_content() == "0"
    assert old.get_by_label("Sebab selisih").is_hidden()
    picture(old, "serah-terima")
    axe(old)
    old.get_by_role("button", name="Serahkan kas dan buku").click()
    old.wait_for_url("**/serah-terima/1/")
    expect(old.get_by_text("Menunggu Rini Bendahara menerima")).to_be_visible()
    axe(old)
    picture(old, "serah-terima-menunggu")

    new.goto(HOME)
    expect(new.get_by_text("2 bulan: Januari 2026 sampai Februari 2026")).to_be_visible()
    picture(new, "serah-terima-beranda")
    axe(new)
    new.get_by_role("button", name="Terima Rp 300.000").click()
    new.get_by_role("heading", name="Kas dan buku sudah diterima").wait_for()
    assert taps.count + more.count <= 3
    axe(new)
    picture(new, "serah-terima-selesai")
    paper = new.get_by_role("link", name="Berita acara")
    answer = new.request.get(paper.get_attribute("href"))
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.body()[:5] == b"%PDF-"

    old.goto(HOME)  # the old access ended that very minute
    assert "/masuk/" in old.url
    sign_in(old, "siti")
    assert old.goto(HOME).status == 404
    with stage.database(), Someone("rini").acting() as (_, melati):
        assert Grant.objects.get(cooperative=melati, user_name="Siti Bendahara").ended_on == date(2026, 3, 20)
        assert HandOver.objects.get(cooperative=melati).counted_rupiah == 300_000
        assert verify_cooperative(melati) == []


def test_journey_16_when_the_old_treasurer_is_gone_and_without_script(
    stage, rini, page_of, sign_in, clock, axe, picture
):
    clock(NOW)
    chair, pengawas, new = (page_of(360, 740, java_script_enabled=False) for _ in range(3))
    for page, who in ((chair, "budi"), (pengawas, "wati"), (new, "rini")):
        sign_in(page, who)
    chair.goto("/kota-serang/koperasi/melati/buku/serah-terima/")
    chair.get_by_label("Siti Bendahara").first.check()
    chair.locator("input[name=kepada]").nth(1).check()
    chair.get_by_role("textbox", name="Lembar 5.000", exact=True).fill("1")
    chair.get_by_role("button", name="Ajukan serah terima").click()
    expect(chair.get_by_text("Tulis sebab")).to_be_visible()
    chair.get_by_label("Sebab tidak hadir").fill("pindah ke Lampung")
    chair.get_by_label("Sebab selisih").fill("uang pribadi tercampur")
    chair.get_by_role("button", name="Ajukan serah terima").click()
    expect(chair.get_by_text("Menunggu pengawas menyaksikan")).to_be_visible()
    pengawas.goto(HOME)
    pengawas.get_by_role("link", name="Saksikan serah terima bendahara").click()
    pengawas.get_by_role("button", name="Saya menyaksikan").click()
    new.goto(HOME)
    new.get_by_role("button", name="Terima Rp 5.000").click()
    expect(new.get_by_role("heading", name="Kas dan buku sudah diterima")).to_be_visible()
    expect(new.get_by_text("disaksikan pengawas Wati Pengawas")).to_be_visible()
