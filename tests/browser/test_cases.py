"""A supervision case as people meet it: opened by staff of the dinas, told to the ketua, ended early."""

import pytest

pytestmark = pytest.mark.browser
MELATI = "/kota-serang/koperasi/melati/"
REASON = "Laporan warga tentang kas yang tidak disetor ke bank"


@pytest.mark.parametrize("device", ["phone", "desk"])
def test_a_case_is_opened_in_two_taps_read_seen_by_the_ketua_and_ended(
    request, stage, page_of, sign_in, axe, Taps, picture, device
):
    page = request.getfixturevalue(device)
    sign_in(page, "joko")
    page.goto(MELATI)
    taps = Taps(page)
    page.get_by_role("link", name="Kasus", exact=True).click()
    axe(page)
    picture(page, "kasus-buka")
    page.get_by_label("Alasan").fill(REASON)
    page.get_by_role("button", name="Buka kasus 30 hari").click()
    page.wait_for_url(f"**{MELATI}beranda/")
    assert taps.count == 2
    page.get_by_text(REASON).wait_for()
    axe(page)
    picture(page, "kasus-beranda")
    page.get_by_role("link", name="Anggota", exact=True).click()
    page.get_by_text("Ahmad Hidayat").first.wait_for()
    axe(page)

    ketua = page_of(360, 740, touch=True)
    sign_in(ketua, "budi")
    ketua.goto(f"{MELATI}beranda/")
    ketua.get_by_text("Joko Staf dari dinas memeriksa koperasi ini").wait_for()
    axe(ketua)
    picture(ketua, "kasus-ketua")
    ketua.get_by_role("link", name="Siapa punya akses").tap()
    ketua.get_by_role("heading", name="Dinas yang memeriksa").wait_for()
    axe(ketua)
    picture(ketua, "kasus-ketua-akses")

    head = page_of(1280, 900)
    sign_in(head, "kepala")
    head.goto("/kota-serang/akses/")
    head.get_by_role("link", name="Kasus pengawasan").click()
    head.get_by_text(REASON).wait_for()
    axe(head)
    picture(head, "kasus-kepala")
    page.goto(f"{MELATI}kasus/")
    page.get_by_role("button", name="Akhiri").click()
    page.get_by_text("sudah diakhiri").wait_for()
    axe(page)
    picture(page, "kasus-diakhiri")
    assert page.goto(f"{MELATI}anggota/").status == 403
    ketua.reload()
    ketua.get_by_text("Diakhiri").wait_for()


@pytest.mark.parametrize("width", [320, 360, 768])
def test_no_page_about_cases_scrolls_sideways(stage, small, sign_in, width):
    page = small(width, 740)
    sign_in(page, "admin_kota")
    page.goto(f"{MELATI}kasus/")
    page.get_by_label("Alasan").fill("Pemeriksaankasyangtidakdisetorsejakbulanlaludanseterusnyatanpaspasi " * 2)
    page.get_by_role("button", name="Buka kasus 30 hari").click()
    page.wait_for_url("**/beranda/")
    for address in (f"{MELATI}beranda/", f"{MELATI}kasus/", "/kota-serang/akses/kasus/", "/kota-serang/akses/"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
