"""Collecting as it is done: one RT, a collector who hands over, a pasted list, the keyboard; on a phone and at a desk."""

import pytest
from playwright.sync_api import expect

from finance.models import CashMove, Payment
from finance.reports import holders, verify_cooperative
from members.models import Member
from tests.browser.test_dues import HOME, NOW
from tests.cast import Someone

pytestmark = pytest.mark.browser


@pytest.fixture(params=["phone", "desk"])
def page(request):
    return request.getfixturevalue(request.param)


def spread(stage) -> None:
    """Members 4 to 6 live in another RT."""
    with stage.database(), Someone("siti").acting() as (_, melati):
        Member.objects.filter(cooperative=melati, number__in=[4, 5, 6]).update(rt_rw="003/002")


def test_an_rt_is_collected_by_somebody_and_handed_over_with_its_count(stage, page, sign_in, axe, Taps, clock, picture):
    clock(NOW)
    spread(stage)
    sign_in(page, "siti")
    page.goto(f"{HOME}iuran/setoran/")
    page.locator(".dues label", has_text="Ahmad Hidayat").click()
    taps = Taps(page)
    page.get_by_role("link", name="RT 003/002").first.click()
    assert page.locator(".dues li:visible").count() == 3
    assert "rt=003" in page.url
    page.get_by_text("Tandai semua lunas").click()
    assert page.locator("[data-out=anggota]").first.text_content() == "4"  # the tick of the other RT stays
    page.get_by_role("link", name="Semua RT").click()
    page.locator(".dues label", has_text="Ahmad Hidayat").click()
    page.get_by_role("button", name="Hitung kas").click()
    page.get_by_text("Uang masih dipegang kolektor").click()
    page.get_by_label("Nama kolektor").fill("Pak Udin")
    assert page.get_by_role("textbox", name="Lembar 100.000", exact=True).is_hidden()
    axe(page)
    page.get_by_role("button", name="Simpan 3 setoran").click()
    page.wait_for_url("**/iuran/setoran/2026-*/")
    assert taps.count <= 7
    page.goto(f"{HOME}iuran/")
    page.get_by_role("link", name="Pak Udin memegang").click()
    axe(page)
    picture(page, "kas")
    page.get_by_role("link", name="Terima", exact=True).click()
    page.get_by_role("textbox", name="Lembar 20.000", exact=True).fill("3")
    expect(page.get_by_text("Cocok")).to_be_visible()
    axe(page)
    page.get_by_role("button", name="Simpan serah terima").click()
    page.wait_for_url("**/iuran/kas/2026-*/")
    axe(page)
    picture(page, "serah-terima")
    with stage.database(), Someone("siti").acting() as (_, melati):
        assert CashMove.objects.get(cooperative=melati).rupiah == 60_000
        assert holders(cooperative=melati, today=NOW.date()) == []
        assert verify_cooperative(melati) == []


def test_at_a_desk_the_keyboard_ticks_moves_and_types_amounts(stage, desk, sign_in, clock):
    clock(NOW)
    sign_in(desk, "siti")
    desk.goto(f"{HOME}iuran/setoran/")
    ticks = desk.locator(".dues .tick")
    ticks.first.focus()
    desk.keyboard.press("Space")
    desk.keyboard.press("ArrowDown")
    desk.keyboard.type("5000")
    desk.keyboard.press("Enter")
    desk.keyboard.press("Enter")
    assert [ticks.nth(n).is_checked() for n in range(4)] == [True, True, True, False]
    assert desk.locator("[data-out=jumlah]").first.text_content() == "45.000"
    assert ticks.nth(3).evaluate("tick => tick === document.activeElement")
    desk.keyboard.press("ArrowUp")
    desk.keyboard.press("Space")
    assert desk.locator("[data-out=jumlah]").first.text_content() == "25.000"
    desk.get_by_role("button", name="Hitung kas").click()
    desk.get_by_role("textbox", name="Lembar 5.000", exact=True).fill("5")
    desk.get_by_role("button", name="Simpan 2 setoran").click()
    desk.wait_for_url("**/iuran/setoran/2026-*/")
    with stage.database(), Someone("siti").acting() as (_, melati):
        assert sorted(Payment.objects.filter(cooperative=melati).values_list("rupiah", flat=True)) == [5_000, 20_000]


def test_two_pasted_columns_become_ticks_and_what_is_unknown_is_named(stage, page, sign_in, axe, clock, picture):
    clock(NOW)
    sign_in(page, "siti")
    page.goto(f"{HOME}iuran/setoran/tempel/")
    axe(page)
    page.get_by_label("Nomor anggota dan jumlah").fill("A-0002\t5.000\n3 = 20rb\n77 10.000")
    page.get_by_role("button", name="Lihat di lembar setoran").click()
    expect(page.get_by_text("2 baris dikenali")).to_be_visible()
    expect(page.get_by_text("Baris 3")).to_be_visible()
    axe(page)
    picture(page, "tempel")
    page.get_by_role("button", name="Hitung kas").click()
    page.get_by_role("textbox", name="Lembar 5.000", exact=True).fill("5")
    page.get_by_role("button", name="Simpan 2 setoran").click()
    page.wait_for_url("**/iuran/setoran/2026-*/")
    with stage.database(), Someone("siti").acting() as (_, melati):
        assert sorted(Payment.objects.filter(cooperative=melati).values_list("rupiah", flat=True)) == [5_000, 20_000]


def test_a_printed_rt_is_entered_by_its_exceptions_without_javascript(stage, page_of, sign_in, clock):
    clock(NOW)
    spread(stage)
    page = page_of(360, 740, java_script_enabled=False)
    sign_in(page, "siti")
    page.goto(f"{HOME}iuran/setoran/?bulan=2026-02&rt=003/002&cetak=2026-02-20")
    page.get_by_role("link", name="Semua yang tercetak membayar").click()
    page.locator(".dues label", has_text="Eneng Nurbaiti").click()
    page.get_by_role("button", name="Hitung kas").click()
    page.get_by_role("textbox", name="Lembar 20.000", exact=True).fill("2")
    page.get_by_role("button", name="Simpan").click()
    expect(page.get_by_role("heading", name="2 setoran tersimpan")).to_be_visible()


def test_a_pause_is_previewed_before_it_is_saved(stage, page, sign_in, axe, clock, picture):
    clock(NOW)
    sign_in(page, "siti")
    page.goto(f"{HOME}iuran/libur/")
    axe(page)
    page.get_by_label("Keputusan", exact=True).fill("Rapat pengurus, gagal panen")
    page.get_by_role("button", name="Lihat akibatnya dulu").click()
    expect(page.get_by_text("Bulan yang belum ditagih tidak akan ditagih")).to_be_visible()
    axe(page)
    page.get_by_role("button", name="Simpan keputusan libur").click()
    expect(page.get_by_text("Libur iuran dicatat")).to_be_visible()
    axe(page)
    picture(page, "libur")
