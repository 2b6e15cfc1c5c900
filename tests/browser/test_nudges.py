"""Journey 21: the dinas reminds everybody who has been silent for sixty days, in three taps; nobody twice in a week."""

import re
from datetime import UTC, date, datetime

import pytest
from playwright.sync_api import expect

from registry.models import Profile
from tests.cast import Someone

pytestmark = pytest.mark.browser
NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


@pytest.fixture
def silent(stage):
    """Every cooperative of the dinas was last heard of in May, and none of them owes anything else."""
    with stage.database(), Someone("joko").acting():
        Profile.objects.update(last_recorded_on=date(2026, 5, 5))
    return stage


@pytest.mark.parametrize("device", ["phone", "desk", "without script"])
def test_three_taps_write_one_text_for_each_and_a_second_try_writes_none(
    silent, page_of, device, sign_in, axe, Taps, clock, picture
):
    width, height = (1280, 900) if device == "desk" else (360, 740)
    page = page_of(width, height, java_script_enabled=device != "without script")
    clock(NOW)
    sign_in(page, "joko")
    page.goto("/kota-serang/")
    taps = Taps(page)
    page.get_by_role("link", name="Ingatkan").first.click()
    picture(page, "pengingat-daftar")
    page.get_by_label("koperasi ini").check()
    page.get_by_role("button", name="Siapkan pengingat").click()
    expect(page.get_by_text("pesan siap.")).to_be_visible()
    assert taps.count <= 3
    if device != "without script":
        axe(page)
    link = page.get_by_role("link", name="WhatsApp").first
    expect(link).to_have_attribute("href", re.compile(r"^https://wa\.me/.*terakhir%20mencatat"))
    picture(page, "pengingat")
    page.go_back()
    page.get_by_label("koperasi ini").check()
    page.get_by_role("button", name="Siapkan pengingat").click()
    expect(page.get_by_text("Tidak ada pesan baru")).to_be_visible()
