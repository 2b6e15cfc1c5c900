"""Practising: one tap from the home, marked on every page; a payment there is no proof."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser
HOME = "/kota-serang/koperasi/melati/beranda/"


@pytest.mark.parametrize("device", ["phone", "desk"])
def test_one_tap_to_practise_and_one_to_begin_anew(request, device, sign_in, axe, Taps, picture):
    page = request.getfixturevalue(device)
    sign_in(page, "siti")
    page.goto(HOME)
    taps = Taps(page)
    page.get_by_role("button", name="Berlatih dulu").click()
    page.wait_for_url("**/latihan-*/beranda/")
    assert taps.count == 1
    mark = page.get_by_text("Latihan. Orang dan uangnya rekaan")
    expect(mark).to_be_visible()
    picture(page, "latihan")
    axe(page)
    page.get_by_role("link", name="Iuran", exact=True).click()
    expect(mark).to_be_visible()
    page.get_by_role("link", name="Catat setoran").click()
    expect(mark).to_be_visible()
    expect(page.get_by_text("Aminah Contoh")).to_be_visible()
    page.goto(HOME)
    page.get_by_role("button", name="Berlatih dulu").click()
    page.wait_for_url("**/latihan-*/beranda/")
    first = page.url
    page.get_by_role("button", name="Mulai ulang latihan").click()
    page.wait_for_url(lambda url: "/latihan-" in url and url != first)
