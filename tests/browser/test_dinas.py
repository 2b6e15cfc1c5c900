"""Hari ini, Ringkasan and the monthly report on a desk and a phone."""

from datetime import UTC, date, datetime

import pytest

from registry import jobs
from registry.actions import name_signatory, open_blocker
from registry.models import Agency, Cooperative, PublishedReport
from tests.buildings import record_building
from tests.cast import Someone

pytestmark = pytest.mark.browser
NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
TODAY = date(2026, 11, 20)
SIGNS = {
    "post": "Kepala Dinas",
    "name": "Nama Contoh, S.E.",
    "rank": "Pembina",
    "nip": "197001011995011000",
    "capacity": "",
    "valid_from": date(2026, 1, 1),
}


def facts(stage) -> None:
    with stage.database(), Someone("joko").acting() as (actor, _):
        agency, melati = Agency.objects.get(pk=actor.agency_id), Cooperative.objects.get(slug="melati")
        name_signatory(agency=agency, fields=SIGNS, actor=actor, now=NOW)
        open_blocker(
            cooperative=melati,
            what="land",
            text="Belum ada lahan",
            waits_for="BPKAD",
            due_on=date(2026, 11, 10),
            actor=actor,
            now=NOW,
            today=date(2026, 10, 1),
        )
        record_building(cooperative=melati, ownership="borrowed", as_of=date(2026, 10, 1), actor=actor, now=NOW)


def test_journey_20_the_report_is_published_in_three_taps_and_issued_again_unchanged(
    stage, desk, sign_in, axe, Taps, picture, clock, monkeypatch
):
    clock(NOW)
    facts(stage)
    asked = []
    monkeypatch.setattr(jobs.run, "defer", lambda **numbers: asked.append(numbers))
    sign_in(desk, "joko")
    desk.goto("/kota-serang/")
    axe(desk)
    picture(desk, "hari-ini")
    taps = Taps(desk)
    desk.get_by_role("link", name="Terbitkan laporan Oktober 2026", exact=True).click()
    desk.get_by_role("heading", name="Pratinjau laporan Oktober 2026").wait_for()
    axe(desk)
    picture(desk, "pratinjau")
    desk.get_by_role("button", name="Terbitkan").first.click()
    desk.wait_for_url("**/pekerjaan/**")
    axe(desk)
    assert taps.count <= 3
    with stage.database():
        jobs.run(**asked[0])
        with Someone("joko").acting():
            assert PublishedReport.objects.get().revision == 1
    desk.goto("/kota-serang/laporan/2026/10/")
    desk.get_by_role("heading", name="Laporan Perkembangan Koperasi Kota Serang, Oktober 2026").wait_for()
    axe(desk)
    picture(desk, "laporan-terbit")
    files = []
    for _ in range(2):
        with desk.expect_download() as download:
            desk.get_by_role("link", name="Unduh PDF").click()
        files.append(download.value.path().read_bytes())
    assert files[0] == files[1]
    assert files[0].startswith(b"%PDF")


@pytest.mark.parametrize("device", ["phone", "desk"])
@pytest.mark.parametrize(
    "query", ["", "?ukuran=anggota", "?ukuran=gedung&kecamatan=36.73.03", "?ukuran=rat&bulan=2026-11"]
)
def test_the_dashboard_is_sound_on_every_screen(request, stage, sign_in, axe, picture, clock, device, query):
    page = request.getfixturevalue(device)
    clock(NOW)
    facts(stage)
    sign_in(page, "joko")
    page.goto(f"/kota-serang/ringkasan/{query}")
    for summary in page.locator("details.same > summary").all():
        summary.click()
    axe(page)
    picture(page, f"ringkasan{len(query)}")


def test_the_dashboard_follows_its_filters_and_a_kecamatan_on_the_map(stage, desk, sign_in, clock):
    clock(NOW)
    sign_in(desk, "dewi")
    desk.goto("/kab-serang/ringkasan/")
    desk.locator("#id_ukuran").select_option("Anggota")
    desk.wait_for_url("**ukuran=anggota**")
    desk.locator("#id_kecamatan").select_option("Kramatwatu")
    desk.wait_for_url("**kecamatan=36.04.05**")
    desk.get_by_role("link", name="Semua kecamatan").click()
    desk.locator("svg.map a").first.click()
    desk.wait_for_url("**kecamatan=**")


@pytest.mark.parametrize("width", [320, 360, 768])
def test_no_page_of_the_dinas_scrolls_sideways(stage, small, sign_in, clock, width):
    clock(NOW)
    facts(stage)
    page = small(width, 740)
    sign_in(page, "joko")
    for address in ("", "ringkasan/", "laporan/", "laporan/2026/10/", "laporan/penanda-tangan/"):
        page.goto(f"/kota-serang/{address}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address


def test_the_head_of_region_has_two_pages_and_both_are_sound(stage, desk, sign_in, axe, picture, clock):
    clock(NOW)
    sign_in(desk, "wali")
    desk.goto("/kota-serang/ringkasan/")
    axe(desk)
    picture(desk, "ringkasan-pimpinan")
    desk.get_by_role("link", name="Laporan", exact=True).click()
    desk.get_by_text("Belum ada laporan yang terbit.").wait_for()
    axe(desk)
