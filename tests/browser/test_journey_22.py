"""Journey 22: the dinas uploads the list of ODS, sees what differs, decides, and takes the register in their column order."""

from datetime import UTC, date, datetime
from io import BytesIO

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect

from registry.actions import register_cooperative
from registry.models import Place, Profile
from tests.browser.test_import import work
from tests.cast import Someone, actor_agency
from tests.test_source_lists import a_list

pytestmark = pytest.mark.browser
NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


@pytest.fixture
def ours(stage):
    with stage.database(), Someone("joko").acting() as (actor, _):
        village = Place.objects.select_related("parent").get(pk="36.73.03.1006")
        for number in range(3):
            register_cooperative(
                agency=actor_agency(actor), name=f"Koperasi Beda {number}", district=village.parent, village=village,
                fields={"decree_number": f"00{number}/BH/2025", "decree_on": date(2025, 7, 1)}, actor=actor, now=NOW,
            )  # fmt: skip
    return stage


@pytest.mark.parametrize("device", ["phone", "desk"])
def test_a_list_comes_in_is_decided_and_goes_out_in_four_taps(
    ours, request, device, sign_in, axe, Taps, clock, picture, tmp_path
):
    page = request.getfixturevalue(device)
    clock(NOW)
    file = tmp_path / "ods.xlsx"
    lines = [
        {"Nama Koperasi": "KOP. BEDA 0", "No BH": "000/BH/2025", "Tgl BH": "01/07/2025", "NIB": "9900000000001"},
        {"Nama Koperasi": "KOP. BEDA 1", "No BH": "001/BH/2025", "Tgl BH": "02/07/2025"},
        {"Nama Koperasi": "Koperasi Yang Asing", "Kecamatan": "Walantaka"},
    ]
    file.write_bytes(a_list(lines))
    sign_in(page, "joko")
    page.goto("/kota-serang/koperasi/selisih/ods/unggah/")
    axe(page)
    page.get_by_label("Berkas").set_input_files(file)
    taps = Taps(page)
    page.get_by_role("button", name="Unggah dan periksa").click()
    page.wait_for_url("**/pekerjaan/*/")
    work(ours, "joko")
    page.reload()
    page.get_by_role("link", name="Lihat hasilnya").click()
    expect(page.get_by_role("heading", name="ODS: 2 dari 3 baris cocok")).to_be_visible()
    axe(page)
    picture(page, "selisih-ods")
    page.get_by_role("button", name="Pakai nilai mereka: NIB Koperasi Beda 0").click()
    expect(page.get_by_text("isian: nilai mereka dipakai")).to_be_visible()
    with page.expect_download() as found:
        page.get_by_role("link", name="Unduh dalam urutan ODS").click()
    assert taps.count <= 4
    sheet = load_workbook(BytesIO(found.value.path().read_bytes())).active
    assert any("NIK Koperasi" in [cell.value for cell in row][:1] for row in sheet.iter_rows())
    with ours.database(), Someone("joko").acting():
        assert Profile.objects.get(cooperative__name="Koperasi Beda 0").nib == "9900000000001"
        assert Profile.objects.get(cooperative__name="Koperasi Beda 1").decree_on == date(2025, 7, 1)
    page.goto("/kota-serang/koperasi/selisih/")
    axe(page)
    page.get_by_role("link", name="Koperasi Beda 1").click()
    expect(page.get_by_role("heading", name="1 dari 13 isian berbeda")).to_be_visible()
    axe(page)
    picture(page, "sumber-data")
