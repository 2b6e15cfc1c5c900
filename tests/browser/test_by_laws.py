"""Rates and by-laws on a phone and a desk: the effect is seen before the decision is saved."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser
PLACE = "/kota-serang/koperasi/melati/iuran/pengaturan/"


@pytest.fixture(params=["phone", "desk"])
def page(request):
    return request.getfixturevalue(request.param)


def test_a_new_rate_shows_what_it_changes_first(stage, page, sign_in, axe, picture):
    sign_in(page, "siti")
    page.goto(PLACE)
    page.get_by_label("Jenis").select_option("wajib")
    page.get_by_label("Jumlah", exact=True).fill("15.000")
    page.get_by_label("Berlaku mulai").select_option(index=3)
    page.get_by_role("button", name="Lihat akibatnya").click()
    expect(page.get_by_text("10 anggota, seluruhnya lebih 50.000")).to_be_visible()
    picture(page, "iuran-akibat")
    axe(page)
    page.get_by_role("button", name="Simpan keputusan").click()
    page.get_by_text("15.000").first.wait_for()
    assert page.get_by_role("button", name="Simpan keputusan").count() == 0


def test_new_by_laws_show_whom_they_touch_first(stage, page, sign_in, axe, picture):
    sign_in(page, "siti")
    page.goto(f"{PLACE}aturan/")
    picture(page, "aturan")
    page.get_by_label("Pokok dapat dicicil").fill("12")
    page.get_by_label("Diusulkan dibekukan").fill("3")
    page.get_by_label("Tanggal rapat anggota").fill("2026-01-10")
    page.get_by_label("Keputusan rapat").fill("RAT 2025 butir 4")
    page.get_by_role("button", name="Lihat akibatnya").click()
    expect(page.get_by_text("0 anggota akan diusulkan dibekukan (sekarang 0)")).to_be_visible()
    picture(page, "aturan-akibat")
    axe(page)
    page.get_by_role("button", name="Simpan keputusan").click()
    expect(page.get_by_text("diusulkan setelah 3 bulan menunggak").first).to_be_visible()
    page.get_by_role("link", name="Usul pembekuan menurut aturan ini").click()
    axe(page)
    picture(page, "pembekuan")
