"""Journey 26: a penyuluh types 1 m² and stands four kilometres away: warned with the reasons, going on needs a note."""

from datetime import UTC, datetime
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import expect

from registry.models import BuildingPhoto, BuildingSurvey, Place
from tests.cast import Someone
from tests.test_building_rules import jpeg, noted

pytestmark = pytest.mark.browser
NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
BUILDING = "/kota-serang/koperasi/melati/gedung/"


@pytest.fixture
def away(stage):
    """Four kilometres east of the village of Melati."""
    with stage.database():
        village = Place.objects.get(pk="36.73.03.1007")
    return {"latitude": village.latitude, "longitude": village.longitude + 0.0365}


@pytest.fixture
def photo(tmp_path):
    path = tmp_path / "IMG_2026.jpg"
    path.write_bytes(jpeg((2600, 1950), exif=noted()))
    return path


def outside(page_of, away):
    return page_of(360, 740, touch=True, geolocation=away, permissions=["geolocation"])


def test_a_small_building_far_away_is_warned_of_and_needs_a_reason(
    stage, page_of, away, photo, sign_in, axe, Taps, clock, picture
):
    page = outside(page_of, away)
    clock(NOW)
    sign_in(page, "penyuluh")
    page.goto(f"{BUILDING}survei/")
    axe(page)
    page.get_by_label("Foto gedung").set_input_files(photo)
    expect(page.get_by_text("Foto siap dikirim")).to_be_visible()
    page.get_by_label("Gedung milik siapa").select_option("bmd")
    page.get_by_label("Luas gedung (m²)").fill("1")
    taps = Taps(page)
    page.get_by_role("button", name="Pakai posisi ponsel").click()
    expect(page.get_by_text("Titik terisi")).to_be_visible()
    page.get_by_role("button", name="Simpan").click()
    expect(page.get_by_text("Gedung 1 m² lebih kecil daripada 12 m²")).to_be_visible()
    expect(page.get_by_text("Titik ini 4,0 km dari tengah Kelurahan Pager Agung")).to_be_visible()
    expect(page.get_by_text("Foto tadi sudah diterima")).to_be_visible()
    axe(page)
    picture(page, "gedung-peringatan")
    page.get_by_label("Alasan melanjutkan").fill("Kios di pasar kecamatan, memang satu meter")
    page.get_by_role("button", name="Simpan juga").click()
    expect(page.get_by_text("Survei gedung tersimpan")).to_be_visible()
    assert taps.count == 3
    axe(page)
    picture(page, "gedung")
    with stage.database(), Someone("penyuluh").acting():
        survey = BuildingSurvey.objects.get()
        assert {one["code"] for one in survey.warned} == {"building_small", "far", "photo_apart"}
        assert survey.answer.startswith("Kios di pasar")
        kept = BuildingPhoto.objects.get()
        assert (f"{kept.taken_on}", kept.dated_by_camera) == ("2026-11-19", True)  # what the camera wrote came along
        assert kept.distance_m < 2_000


def test_the_phone_makes_the_photo_small_before_it_is_sent(stage, page_of, away, photo, sign_in, clock):
    page = outside(page_of, away)
    clock(NOW)
    sign_in(page, "penyuluh")
    page.goto(f"{BUILDING}survei/")
    page.get_by_label("Foto gedung").set_input_files(photo)
    expect(page.get_by_text("Foto siap dikirim")).to_be_visible()
    sent = bytes(
        page.evaluate(
            "async () => [...new Uint8Array(await document.querySelector('[data-foto]').files[0].arrayBuffer())]"
        )
    )
    with Image.open(BytesIO(sent)) as small:
        assert small.size == (1600, 1200)
        assert small.getexif()[271] == "Kamera Contoh"
    assert len(sent) < photo.stat().st_size


def test_what_was_typed_survives_a_closed_page_and_goes_when_it_is_stored(stage, page_of, away, sign_in, clock):
    page = outside(page_of, away)
    clock(NOW)
    sign_in(page, "penyuluh")
    page.goto(f"{BUILDING}survei/")
    page.get_by_label("Gedung milik siapa").select_option("bmd")
    page.get_by_label("Luas gedung (m²)").fill("48")
    page.goto(BUILDING)
    page.goto(f"{BUILDING}survei/")
    expect(page.get_by_text("Isian yang belum terkirim dipulihkan")).to_be_visible()
    expect(page.get_by_label("Luas gedung (m²)")).to_have_value("48")
    page.get_by_role("button", name="Simpan").click()
    expect(page.get_by_text("Survei gedung tersimpan")).to_be_visible()
    page.goto(f"{BUILDING}survei/")
    expect(page.get_by_text("Isian yang belum terkirim dipulihkan")).to_be_hidden()
    expect(page.get_by_label("Luas gedung (m²)")).to_have_value("48")  # from the survey that was stored


def test_the_list_and_the_map_are_accessible(stage, desk, phone, sign_in, axe, clock, picture):
    clock(NOW)
    for page in (desk, phone):
        sign_in(page, "joko")
        for address in ("/kota-serang/gedung/", "/kota-serang/gedung/peta/", BUILDING, f"{BUILDING}survei/"):
            page.goto(address)
            axe(page)


def test_without_a_script_it_is_one_plain_form(stage, page_of, sign_in, photo, clock):
    page = page_of(360, 740, java_script_enabled=False)
    clock(NOW)
    sign_in(page, "joko")
    page.goto(f"{BUILDING}survei/")
    expect(page.get_by_role("button", name="Pakai posisi ponsel")).to_be_hidden()
    page.get_by_label("Foto gedung").set_input_files(photo)
    page.get_by_label("Gedung milik siapa").select_option("own")
    page.get_by_label("Luas gedung (m²)").fill("48")
    page.get_by_role("button", name="Simpan").click()
    expect(page.get_by_role("heading", name="Gedung milik sendiri")).to_be_visible()
