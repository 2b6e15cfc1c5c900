"""Reminders and campaigns under a thumb and on a desk: calm pages, one tap to prepare, one each to open."""

from datetime import UTC, date, datetime

import pytest

from members.actions import start_campaign
from tests.cast import Someone

pytestmark = pytest.mark.browser
NOW = datetime(2026, 4, 20, 5, 0, tzinfo=UTC)
HOME = "/kota-serang/koperasi/melati/"


@pytest.mark.parametrize("device", ["phone", "desk", "without script"])
def test_everybody_behind_gets_one_text(stage, page_of, sign_in, axe, Taps, clock, picture, device):
    clock(NOW)
    scripted = device != "without script"
    page = page_of(1280, 900) if device == "desk" else page_of(360, 740, touch=True, java_script_enabled=scripted)
    sign_in(page, "siti")
    page.goto(f"{HOME}iuran/pengingat/")
    if scripted:
        taps = Taps(page)
        axe(page)
        picture(page, "pengingat")
    page.get_by_role("button", name="Siapkan 10 pesan").click()
    page.get_by_text("10 pesan siap").wait_for()
    links = page.get_by_role("link", name="WhatsApp untuk")
    assert links.count() == 10
    assert all(link.get_attribute("href").startswith("https://wa.me/") for link in links.all())
    assert page.url.endswith("/iuran/pengingat/")
    if scripted:
        assert taps.count == 1
        axe(page)
        picture(page, "pengingat-siap")


@pytest.mark.parametrize("device", ["phone", "desk"])
def test_growth_and_campaigns_are_calm(request, stage, sign_in, axe, clock, picture, device):
    clock(NOW)
    with stage.database(), Someone("yusuf").acting() as (actor, melati):
        start_campaign(
            cooperative=melati, name="Satu RT sepuluh anggota", target=40, starts_on=date(2026, 1, 1), ends_on=date(2026, 6, 30),
            actor=actor, now=NOW,
        )  # fmt: skip
    page = request.getfixturevalue(device)
    sign_in(page, "yusuf")
    page.goto(f"{HOME}anggota/ajakan/")
    axe(page)
    picture(page, "ajakan")
    page.get_by_role("link", name="Poster pintu").click()
    page.get_by_role("button", name="Buka halaman publik").click()
    page.get_by_label("Pengajak").fill("47")
    page.get_by_role("button", name="Buat tautan").click()
    page.get_by_text("Tautan dari A-0047").wait_for()
    axe(page)
    picture(page, "pengajak")
