"""Journey 23: the dinas moves five cooperatives from akta to badan hukum with one document; one of them is blocked."""

from datetime import UTC, date, datetime

import pytest
from playwright.sync_api import expect

from registry.actions import register_cooperative
from registry.models import Blocker, FormationStep, Place
from tests.cast import Someone, actor_agency

pytestmark = pytest.mark.browser
NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


@pytest.fixture
def five(stage):
    """Five cooperatives whose deed is there and whose pengesahan is not."""
    with stage.database(), Someone("joko").acting() as (actor, _):
        village = Place.objects.select_related("parent").get(pk="36.73.03.1006")
        agency = actor_agency(actor)
        for number in range(5):
            register_cooperative(
                agency=agency, name=f"Koperasi Bertahap {number}", district=village.parent, village=village,
                fields={"legal_status": "forming", "founded_on": date(2026, 5, 5), "deed_on": date(2026, 6, 1), "deed_number": f"{number:02d}"},
                actor=actor, now=NOW,
            )  # fmt: skip
    return stage


@pytest.mark.parametrize("device", ["phone", "desk"])
def test_five_move_with_one_document_and_the_blocked_one_stays(
    five, request, device, sign_in, axe, Taps, clock, picture, tmp_path
):
    page = request.getfixturevalue(device)
    clock(NOW)
    paper = tmp_path / "sk.pdf"
    paper.write_bytes(b"%PDF-1.7\ntrailer <<>>\n%%EOF\n")
    sign_in(page, "joko")
    page.goto("/kota-serang/tahapan/")
    axe(page)
    picture(page, "tahapan")
    taps = Taps(page)
    page.get_by_role("link", name="Akta notaris").click()
    picture(page, "tahapan-akta")
    ticks = page.locator("[name=pilih]")
    expect(ticks).to_have_count(5)
    for number in range(5):
        ticks.nth(number).check()
    ticked = taps.count - 1
    page.get_by_role("button", name="Lanjut").click()
    axe(page)
    page.get_by_label("Tanggal").fill("01/07/2026")
    page.get_by_label("Berkas bukti").set_input_files(paper)
    for number in range(4):
        page.get_by_label(f"Nomor badan hukum (AHU) Koperasi Bertahap {number}").fill(
            f"AHU-009900{number}.AH.01.29.TAHUN 2026"
        )
    page.get_by_label("Hambatan Koperasi Bertahap 4").select_option("legal_name")
    picture(page, "tahapan-catat")
    page.get_by_role("button", name="Simpan").click()
    expect(page.get_by_text("tercatat untuk empat koperasi, satu koperasi dicatat terhambat")).to_be_visible()
    assert taps.count - ticked <= 4
    axe(page)
    page.get_by_role("link", name="Koperasi Bertahap 4").click()
    expect(page.get_by_role("heading", name="Nama berbeda dengan Kemenkum")).to_be_visible()
    axe(page)
    picture(page, "tahapan-koperasi")
    with five.database(), Someone("joko").acting():
        assert FormationStep.objects.filter(step="decree", evidence__isnull=False).count() == 4
        assert Blocker.objects.get(cooperative__name="Koperasi Bertahap 4").waits_for == "Kementerian Hukum"
