"""The first steps on the home of a treasurer, on a phone and a desk."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser
HOME = "/kota-serang/koperasi/melati/beranda/"


@pytest.mark.parametrize("device", ["phone", "desk"])
def test_the_steps_are_there_until_they_are_closed(request, device, sign_in, axe, picture):
    page = request.getfixturevalue(device)
    sign_in(page, "siti")
    page.goto(HOME)
    section = page.get_by_role("region", name="Langkah pertama bendahara")
    assert section.get_by_role("listitem").count() == 7
    picture(page, "langkah-pertama")
    axe(page)
    page.get_by_role("button", name="Tutup daftar ini").click()
    section.wait_for(state="detached")
    page.get_by_role("link", name="Bantuan halaman ini").click()
    expect(page.get_by_role("heading", name="Baru menjadi bendahara")).to_be_visible()
    axe(page)
