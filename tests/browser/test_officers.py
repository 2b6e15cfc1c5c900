"""A treasurer resigns: the dinas ends the term, sees the empty post, appoints another and invites; a lurah is replaced."""

from datetime import UTC, date, datetime

import pytest
from playwright.sync_api import expect

from registry.actions import change_head
from registry.models import Officer, Place
from tests.cast import Someone, actor_agency

pytestmark = pytest.mark.browser
NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
MELATI = "/kota-serang/koperasi/melati/pengurus/"


@pytest.mark.parametrize("device", ["phone", "desk"])
def test_a_treasurer_resigns_and_another_is_appointed_and_invited(
    stage, request, device, sign_in, axe, Taps, clock, picture
):
    page = request.getfixturevalue(device)
    clock(NOW)
    sign_in(page, "admin_kota")
    page.goto(MELATI)
    axe(page)
    picture(page, "pengurus")
    taps = Taps(page)
    page.get_by_role("link", name="Akhiri masa jabatan Pengurus 3").click()
    axe(page)
    page.get_by_label("Sebab").select_option("resigned")
    page.get_by_role("button", name="Simpan").click()
    expect(page.get_by_text("sejak 20 Nov 2026")).to_be_visible()
    assert taps.count <= 2
    axe(page)
    picture(page, "pengurus-kosong")
    page.get_by_role("link", name="Angkat bendahara").click()
    axe(page)
    expect(page.get_by_label("Jabatan", exact=True)).to_have_value("treasurer")
    expect(page.get_by_label("Masa jabatan sampai")).to_have_value("31/05/2030")
    page.get_by_label("Nama", exact=True).fill("Sri Wahyuni")
    page.get_by_text("Perempuan", exact=True).click()
    page.get_by_label("Mulai menjabat").fill("20/11/2026")
    page.get_by_label("Nomor SK atau berita acara").fill("04/RALB/2026")
    page.get_by_role("button", name="Simpan").click()
    expect(page.get_by_text("Sri Wahyuni tercatat sebagai bendahara.")).to_be_visible()
    assert taps.count <= 5
    page.get_by_role("link", name="Undang Sri Wahyuni").click()
    page.get_by_role("button", name="Buat tautan").click()
    expect(page.get_by_text("Tautan siap diserahkan")).to_be_visible()
    assert taps.count <= 7
    page.goto(MELATI)
    page.get_by_role("link", name="Sri Wahyuni", exact=True).click()
    expect(page.get_by_text("04/RALB/2026")).to_be_visible()
    axe(page)
    picture(page, "pengurus-orang")
    page.get_by_role("link", name="Catat pernyataan").click()
    axe(page)
    with stage.database(), Someone("joko").acting():
        new = Officer.objects.get(name="Sri Wahyuni")
        assert (new.position, new.ends_on, new.appointed_by) == ("treasurer", date(2030, 5, 31), "meeting")


@pytest.mark.parametrize("device", ["phone", "desk"])
def test_the_lists_of_the_dinas_lead_to_the_empty_post_and_a_new_lurah_takes_the_seat(
    stage, request, device, sign_in, axe, Taps, clock, picture
):
    page = request.getfixturevalue(device)
    clock(NOW)
    with stage.database(), Someone("joko").acting() as (actor, _):
        fields = {
            "name": "Sukarya",
            "sex": "L",
            "phone": "",
            "decision_number": "821/7",
            "starts_on": date(2026, 11, 10),
        }
        change_head(
            agency=actor_agency(actor), village=Place.objects.get(pk="36.73.03.1007"), fields=fields, cooperatives=[], actor=actor,
            now=NOW, today=date(2026, 11, 20),
        )  # fmt: skip
    sign_in(page, "joko")
    page.goto("/kota-serang/pengurus/")
    for tab, heading in (
        ("Jabatan kosong", "8 jabatan kosong"), ("Masa jabatan", "0 masa jabatan perlu diperbarui"),
        ("Kelengkapan", "2 koperasi belum lengkap"), ("Pergantian", "0 orang berhenti"), ("Rangkap koperasi", "pasangan perlu diperiksa"),
        ("Lurah dan kades", "1 ketua pengawas perlu diganti"),
    ):  # fmt: skip
        page.get_by_label("Bagian pengurus").get_by_role("link", name=tab).click()
        expect(page.get_by_role("heading", level=1)).to_contain_text(heading)
        axe(page)
        picture(page, f"pengurus-{tab.split()[0].lower()}")
    taps = Taps(page)
    page.get_by_role("button", name="Ganti ketua pengawas melati").click()
    expect(page.get_by_text("Sukarya sekarang ketua pengawas melati.")).to_be_visible()
    assert taps.count == 1
    page.get_by_role("link", name="Catat pemimpin Pager Agung").click()
    axe(page)
    expect(page.get_by_label("Ganti ketua pengawas melati sekarang")).to_be_checked()


def test_without_script_a_term_is_ended_and_a_person_judged(stage, page_of, sign_in, clock):
    page = page_of(360, 740, java_script_enabled=False)
    clock(NOW)
    sign_in(page, "joko")
    page.goto(MELATI)
    page.get_by_role("link", name="Akhiri masa jabatan Pengurus 3").click()
    page.get_by_label("Sebab").select_option("died")
    page.get_by_role("button", name="Simpan").click()
    expect(page.get_by_text("sejak 20 Nov 2026")).to_be_visible()
    page.goto("/kota-serang/pengurus/rangkap/")
    page.get_by_role("button", name="Orang berbeda: Pengurus 1").first.click()
    expect(page.get_by_text("tidak ditawarkan lagi")).to_be_visible()
