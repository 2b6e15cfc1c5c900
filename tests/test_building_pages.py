"""Buildings over HTTP: the survey with its warnings and photo, the check by another person, who may, the list and its files."""

from datetime import UTC, date, datetime
from io import BytesIO

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from registry.actions import check_survey, survey_building
from registry.actions.files import read_content
from registry.building import Finding
from registry.models import (
    AuditEvent,
    BuildingPhoto,
    BuildingRecord,
    BuildingSurvey,
    Cooperative,
    LandCandidate,
    PortalStatus,
)
from tests.buildings import record_building
from tests.test_building_rules import jpeg, noted

pytestmark = pytest.mark.django_db(databases=["default", "cache"])  # a photo waits there
KOTA = "kota-serang"
NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
PLAIN = {"surveyed_on": "20/11/2026", "ownership": "bmd", "use": "loan", "building_area": "48"}
FAR = "-6,0800; 106,3000"


def url(name: str, *parts, query: str = "") -> str:
    return reverse(f"registry:{name}", args=[KOTA, *parts]) + query


def upload(content: bytes, name: str = "foto.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="image/jpeg")


@pytest.fixture
def desk(enter, joko):
    return enter(joko)


@pytest.fixture
def field(enter, penyuluh):
    return enter(penyuluh)


def surveys(slug: str = "melati"):
    return BuildingSurvey.objects.filter(cooperative__slug=slug).order_by("pk")


# --- The survey -------------------------------------------------------------------------------------


def test_a_survey_is_stored_once_and_the_figures_read_it(desk, joko):
    answer = desk.post(url("survey_building", "melati"), PLAIN)
    assert answer.status_code == 302, answer.context["form"].errors
    with joko.acting():
        [survey] = surveys()
        record = BuildingRecord.objects.get(cooperative__slug="melati")
        assert (record.ownership, record.as_of, record.survey_id) == ("borrowed", date(2026, 11, 20), survey.pk)
        assert (survey.state, survey.made_by_name, survey.rules, survey.warned) == ("waiting", "Joko Staf", "v1", [])
        assert AuditEvent.objects.filter(verb="survey_building", cooperative__slug="melati").count() == 1
    page = desk.get(url("building", "melati")).content.decode()
    for text in ("Gedung pinjam atau sewa", "Aset daerah (BMD)", "48 m²", "belum ada data", "Pemeriksanya orang lain"):
        assert text in page
    assert "Pinjam atau sewa" in desk.get(url("profile", "melati")).content.decode()


def test_a_warning_asks_for_a_reason_keeps_the_photo_and_stores_both(field, penyuluh):
    """Journey 26 without a script."""
    address, typed = url("survey_building", "melati"), PLAIN | {"building_area": "1", "position": FAR}
    warned = field.post(address, typed | {"photo": upload(jpeg(exif=noted()))})
    page, form = warned.content.decode(), warned.context["form"]
    assert warned.status_code == 422
    assert "Gedung 1 m² lebih kecil daripada 12 m²" in page and "batas terjauhnya kira-kira" in page
    assert 'value="1"' in page and FAR in page and "Foto tadi sudah diterima" in page
    typed |= {"waiting_photo": form["waiting_photo"].value(), "setujui": form.asked_mark}
    silent = field.post(address, typed)
    assert silent.status_code == 422 and "Tulis alasannya dulu" in silent.content.decode()
    typed |= {
        "waiting_photo": silent.context["form"]["waiting_photo"].value(),
        "answer": "Kios di pasar, luasnya memang satu meter",
    }
    assert field.post(address, typed).status_code == 302
    with penyuluh.acting():
        [survey] = surveys()
        assert survey.answer.startswith("Kios di pasar")
        assert {"building_small", "far"} <= {one["code"] for one in survey.warned}
        assert survey.distance_m > 4_000
        photo = BuildingPhoto.objects.get(survey=survey)
        assert (photo.taken_on, photo.dated_by_camera) == (date(2026, 11, 19), True)
        assert b"Exif" not in read_content(photo.path)


def test_other_warnings_than_those_read_ask_again(desk, joko):
    first = desk.post(url("survey_building", "melati"), PLAIN | {"building_area": "1"}).context["form"]
    again = desk.post(
        url("survey_building", "melati"),
        PLAIN | {"building_area": "2", "land_area": "5", "setujui": first.asked_mark, "answer": "Sudah diukur"},
    )
    assert again.status_code == 422 and "Tanah 5 m²" in again.content.decode()
    with joko.acting():
        assert not surveys().exists()


def test_a_waiting_photo_is_only_for_who_sent_it(enter, joko, admin_kota):
    warned = enter(joko).post(url("survey_building", "melati"), PLAIN | {"building_area": "1", "photo": upload(jpeg())})
    mark = warned.context["form"]["waiting_photo"].value()
    other = enter(admin_kota).post(url("survey_building", "melati"), PLAIN | {"waiting_photo": mark})
    assert other.status_code == 302
    with admin_kota.acting():
        assert surveys().count() == 1 and not BuildingPhoto.objects.exists()


@pytest.mark.parametrize(
    ("change", "field_name", "words"),
    [
        ({"ownership": ""}, "ownership", "Belum dipilih"),
        ({"ownership": "istana"}, "ownership", "Pilih salah satu"),
        ({"surveyed_on": "31/02/2026"}, "surveyed_on", ""),
        ({"surveyed_on": "21/11/2046"}, "surveyed_on", "belum tiba"),
        ({"building_area": "0"}, "building_area", "antara"),
        ({"building_area": "9" * 40}, "building_area", ""),
        ({"progress": "101"}, "progress", "antara"),
        ({"position": "Kantor lurah"}, "position", "lintang dan bujur"),
        ({"position": "51.5, -0.12"}, "position", "di luar Indonesia"),
        ({"position": "-6.1" * 15}, "position", ""),
        ({"land_length": "30"}, "land_width", "berdua"),
        ({"ownership": "none"}, "ownership", "belum ada gedung"),
        ({"ownership": "own"}, "use", "milik sendiri"),
        ({"note": "a\x00b" * 200}, "note", ""),
        ({"electricity": "\x00"}, "electricity", "Pilih salah satu"),
    ],
)
def test_bad_input_gets_a_sentence_at_its_field_and_stays_typed(desk, joko, change, field_name, words):
    answer = desk.post(url("survey_building", "melati"), PLAIN | {"owner": "Pak Contoh"} | change)
    assert answer.status_code == 422
    errors = " ".join(answer.context["form"].errors[field_name])
    assert words.lower() in errors.lower() and errors
    assert "Pak Contoh" in answer.content.decode()
    with joko.acting():
        assert not surveys().exists()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xff\xd8" + b"\0" * (13 * 1024 * 1024), "paling banyak 12 MB"),
        (jpeg()[:-2000], "tidak terbaca sebagai foto"),
        (jpeg() + b"<script>alert(1)</script>", "naskah program"),
        (b"", "tidak terbaca sebagai foto"),
    ],
    ids=["large", "truncated", "script", "empty"],
)
def test_a_bad_photo_is_refused_and_what_was_typed_stays(desk, joko, content, words):
    answer = desk.post(url("survey_building", "melati"), PLAIN | {"owner": "Pak Contoh", "photo": upload(content)})
    assert answer.status_code == 422
    assert words in " ".join(answer.context["form"].errors["photo"]) and "Pak Contoh" in answer.content.decode()
    with joko.acting():
        assert not surveys().exists() and not BuildingPhoto.objects.exists()


@pytest.mark.parametrize(
    "text",
    ["-6.1303, 106.2203", "-6,1303; 106,2203", "-6.1303 106.2203", "106.2203, -6.1303", "−6.1303,106.2203", "6°7'49.08\"S 106°13'13.08\"E"],
)  # fmt: skip
def test_places_are_read_as_maps_write_them(desk, joko, text):
    assert desk.post(url("survey_building", "melati"), PLAIN | {"position": text}).status_code == 302
    with joko.acting():
        [survey] = surveys()
        assert (survey.latitude, survey.longitude) == (pytest.approx(-6.1303), pytest.approx(106.2203))


def test_the_action_stores_no_refused_survey_and_no_unanswered_warning(joko):
    with joko.acting() as (actor, _):
        melati = Cooperative.objects.select_related("village").get(slug="melati")
        for findings, answer in (
            ([Finding("far", "warn", "position", "Jauh.")], ""),
            ([Finding("very_far", "refuse", "position", "Jauh.")], "Sudah dicek"),
        ):
            with pytest.raises(ValueError, match="refused"):
                survey_building(
                    cooperative=melati, surveyed_on=date(2026, 11, 1), facts={"ownership": "own"}, spot=None, photo=None,
                    findings=findings, answer=answer, actor=actor, now=NOW,
                )  # fmt: skip
        assert not surveys().exists()


# --- The check --------------------------------------------------------------------------------------


def test_another_person_checks_and_a_returned_survey_leaves_the_figures(enter, joko, admin_kota):
    with joko.acting() as (actor, _):
        melati = Cooperative.objects.select_related("village").get(slug="melati")
        first = record_building(cooperative=melati, ownership="own", as_of=date(2026, 10, 1), actor=actor, now=NOW)
        second = record_building(cooperative=melati, ownership="none", as_of=date(2026, 11, 1), actor=actor, now=NOW)
    own, other = enter(joko), enter(admin_kota)
    assert "Simpan pemeriksaan" not in own.get(url("building", "melati")).content.decode()
    assert own.post(url("check_survey", "melati", second.pk), {"decision": "verified"}).status_code == 302
    assert other.post(url("check_survey", "melati", second.pk), {"decision": "returned"}).status_code == 422
    with joko.acting():
        assert surveys().get(pk=second.pk).state == "waiting"
    assert other.post(url("check_survey", "kenanga", second.pk), {"decision": "verified"}).status_code == 404
    assert "Simpan pemeriksaan" in other.get(url("building", "melati")).content.decode()
    sent = {"decision": "returned", "note": "Gedungnya ada"}
    assert other.post(url("check_survey", "melati", second.pk), sent).status_code == 302
    assert other.post(url("check_survey", "melati", second.pk), sent).status_code == 404
    page = other.get(url("building", "melati")).content.decode()
    assert "Gedung milik sendiri" in page and "Gedungnya ada" in page
    assert other.post(url("check_survey", "melati", first.pk), {"decision": "verified"}).status_code == 302
    with joko.acting():
        assert BuildingRecord.objects.get(cooperative=melati).survey_id == first.pk
        assert set(surveys().values_list("state", "checked_by_name")) == {
            ("verified", "Admin Kota"), ("returned", "Admin Kota"),
        }  # fmt: skip


def test_who_surveyed_cannot_check_even_behind_the_form(joko):
    with joko.acting() as (actor, _):
        melati = Cooperative.objects.select_related("village").get(slug="melati")
        survey = record_building(cooperative=melati, ownership="own", as_of=date(2026, 10, 1), actor=actor, now=NOW)
        with pytest.raises(ValueError, match="another person"):
            check_survey(survey=survey, accept=True, note="", actor=actor, now=NOW)
        with pytest.raises(IntegrityError, match="who_surveyed_does_not_check"), transaction.atomic():
            surveys().update(state="verified", checked_by=actor.user_id)


# --- Photos, land, portals --------------------------------------------------------------------------


def test_officers_add_a_photo_of_their_own_and_only_readers_see_it(enter, budi, siti, ratna, penyuluh, wali, joko):
    chair = enter(budi)
    sent = {"photo": upload(jpeg(exif=noted())), "progress": "45", "caption": "Atap terpasang"}
    assert chair.post(url("add_building_photo", "melati"), sent).status_code == 302
    with joko.acting():
        photo = BuildingPhoto.objects.get(cooperative__slug="melati")
        assert (photo.progress, photo.taken_on, photo.made_by_name) == (45, date(2026, 11, 19), "Budi Ketua")
    address = url("building_photo", "melati", photo.pk)
    for person in (siti, penyuluh, joko):
        answer = enter(person).get(address)
        assert answer.status_code == 200 and answer["Content-Type"] == "image/jpeg"
        assert answer["X-Content-Type-Options"] == "nosniff" and answer["Cache-Control"] == "private, no-store"
    assert len(enter(siti).get(address + "?kecil").content) < len(enter(siti).get(address).content)
    assert enter(wali).get(address).status_code == 403
    assert enter(ratna).get(address).status_code == 404
    assert enter(joko).get(url("building_photo", "kenanga", photo.pk)).status_code == 404
    page = chair.get(url("building", "melati")).content.decode()
    assert "Atap terpasang" in page and "45%" in page and "Survei gedung" not in page
    assert chair.get(url("survey_building", "melati")).status_code == 403
    bad = chair.post(url("add_building_photo", "melati"), {"progress": "10"})
    assert bad.status_code == 422 and "Pilih dulu fotonya" in bad.content.decode()


def test_a_field_officer_surveys_assigned_cooperatives_only(enter, field, penyuluh, joko):
    assert field.get(url("survey_building", "melati")).status_code == 200
    with joko.acting() as (actor, _):
        from registry.actions import register_cooperative
        from registry.models import Place

        far = Place.objects.select_related("parent").filter(parent="36.73.01", level="kelurahan").first()
        melati = Cooperative.objects.select_related("agency").get(slug="melati")
        other = register_cooperative(
            agency=melati.agency, name="Koperasi Tempat Lain", district=far.parent, village=far, fields={}, actor=actor, now=NOW
        )  # fmt: skip
    for name in ("building", "survey_building", "add_building_photo", "add_land"):
        assert field.get(url(name, other.slug)).status_code == 404
    assert field.post(url("building_portal", "melati"), {}).status_code == 403
    page = field.get(url("buildings")).content.decode()
    assert "menjadi tugas Anda" in page and "Tempat Lain" not in page
    assert field.get(url("buildings_map")).status_code == 403


def test_land_and_portals_are_kept(desk, joko):
    land = {"owner": "Pemerintah Kota", "location": "Jalan Contoh", "area": "750", "state": "proposed"}
    assert desk.post(url("add_land", "melati"), land).status_code == 302
    with joko.acting():
        kept = LandCandidate.objects.get()
    assert desk.post(url("edit_land", "melati", kept.pk), land | {"state": "permitted"}).status_code == 302
    assert desk.get(url("edit_land", "kenanga", kept.pk)).status_code == 404
    for as_of, status in (("01/10/2026", "checking"), ("01/11/2026", "verified")):
        sent = {"portal": "simkopdes", "status": status, "as_of": as_of}
        assert desk.post(url("building_portal", "melati"), sent).status_code == 302
    with joko.acting():
        assert LandCandidate.objects.get().state == "permitted" and PortalStatus.objects.count() == 2
    page = desk.get(url("building", "melati")).content.decode()
    assert "Izin pakai terbit" in page and "SIMKOPDES: Terverifikasi" in page and "Sedang diverifikasi" not in page
    assert (
        desk.post(url("building_portal", "melati"), {"portal": "x", "status": "", "as_of": "\x00"}).status_code == 422
    )


# --- The list ---------------------------------------------------------------------------------------


def listed(desk, query: str) -> list[str]:
    return [row.cooperative.slug for row in desk.get(url("buildings", query=query)).context["rows"]]


def test_the_list_is_filtered_by_its_address_and_its_file_has_the_same_rows(desk, joko):
    assert desk.post(
        url("survey_building", "melati"),
        PLAIN | {"condition": "light", "land_area": "600", "photo": upload(jpeg(exif=noted()))},
    ).status_code == 302  # fmt: skip
    for query, slugs in (
        ("", ["kenanga", "melati"]), ("?milik=bmd", ["melati"]), ("?milik=own", []), ("?guna=loan", ["melati"]), ("?kondisi=light", ["melati"]),
        ("?lahan=cukup", ["melati"]), ("?lahan=kurang", []), ("?lahan=belum", ["kenanga"]), ("?periksa=belum", ["kenanga"]),
        ("?periksa=waiting", ["melati"]), ("?periksa=verified", []), ("?foto=baru", ["melati"]), ("?foto=lama", []), ("?foto=tanpa", ["kenanga"]),
        ("?status=borrowed", ["melati"]), ("?status=belum", ["kenanga"]), ("?kecamatan=36.73.03", ["kenanga", "melati"]), ("?kecamatan=x", []),
        ("?cari=pager", ["melati"]), ("?cari=%00", ["kenanga", "melati"]),
    ):  # fmt: skip
        assert sorted(listed(desk, query)) == slugs, query
        rows = load_workbook(BytesIO(desk.get(url("buildings_download", "xlsx", query=query)).content)).active.values
        names = [row[2] for row in rows if row[2] and str(row[2]).startswith("Koperasi")]
        assert len(names) == len(slugs), query
    csv = desk.get(url("buildings_download", "csv", query="?milik=bmd")).content.decode("utf-8-sig")
    assert "Aset daerah (BMD)" in csv and len(csv.strip().splitlines()) == 2
    page = desk.get(url("buildings")).content.decode()
    paper = desk.get(reverse("building_paper", args=[KOTA]) + "?milik=bmd")
    assert paper.status_code == 200 and paper.content.startswith(b"%PDF-")
    assert "Disurvei 1 dari 2" in page and "lahan 20 × 30 m atau lebih 1 dari 1 yang diukur" in page


def test_the_pages_stay_bounded_whatever_their_number(desk, joko):
    def queries(address: str) -> int:
        with CaptureQueriesContext(connection) as seen:
            assert desk.get(address).status_code == 200
        return len(seen)

    def survey(months: range) -> None:
        with joko.acting() as (actor, _):
            for slug in ("melati", "kenanga"):
                one = Cooperative.objects.select_related("village").get(slug=slug)
                for month in months:
                    record_building(cooperative=one, ownership="own", as_of=date(2026, month, 1), actor=actor, now=NOW)

    survey(range(1, 2))
    pages = [url("buildings"), url("buildings_map"), url("building", "melati"), url("survey_building", "melati")]
    desk.get(pages[0])
    before = [queries(page) for page in pages]
    survey(range(2, 10))
    after = [queries(page) for page in pages]
    assert after == before and max(after) <= 20, (before, after)


def test_the_cache_forgets_a_photo_nobody_finished(desk):
    warned = desk.post(url("survey_building", "melati"), PLAIN | {"building_area": "1", "photo": upload(jpeg())})
    mark = warned.context["form"]["waiting_photo"].value()
    cache.clear()
    typed = PLAIN | {"building_area": "1", "waiting_photo": mark}
    assert "Foto tadi sudah diterima" not in desk.post(url("survey_building", "melati"), typed).content.decode()
    for odd in ("", "../../etc/passwd", "a" * 5000, "\x00" * 30, "é" * 30):
        assert desk.post(url("survey_building", "melati"), typed | {"waiting_photo": odd}).status_code == 422
