"""A dinas' own list of cooperatives comes in, is looked at, stored, and taken back."""

import io
import re
from datetime import UTC, date, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError
from django.urls import reverse

from registry import jobs
from registry.models import Cooperative, File, ImportBatch, ImportRow, Job, Place, Profile, ReportedFigure
from registry.sheets.columns import Column
from registry.sheets.guard import inspect_upload
from registry.sheets.reading import read_lines
from registry.sheets.writing import write_xlsx
from registry.tenancy import NOBODY, bind
from tests.messy import PLACES, build_messy_list

KAB = "kab-serang"
NAMES = {code: name for code, name, _ in PLACES}  # its codes are not the real ones, its names are
OTHER_ALIAS = "36.04.20.2001"  # the file's "Tanjung Teja", which is another desa's spelling in the real list


@pytest.fixture
def messy(tmp_path):
    path = tmp_path / "daftar.xlsx"
    truth = build_messy_list(path, rows=888)
    return path.read_bytes(), truth


class Office:
    """The dinas at its desk: uploads, lets jobs run, reads what came of it."""

    def __init__(self, client, someone) -> None:
        self.client, self.someone = client, someone

    def upload(self, content: bytes, name: str = "daftar.xlsx", as_of: str = "31/12/2025"):
        url = reverse("registry:import", args=[KAB])
        answer = self.client.post(url, {"berkas": SimpleUploadedFile(name, content), "as_of": as_of})
        assert answer.status_code == 302, answer.content.decode()
        return self.work()

    def work(self) -> ImportBatch:
        with self.someone.acting():
            job = Job.objects.filter(state=Job.State.WAITING).latest("pk")
            numbers = {
                "number": job.number,
                "user_id": job.requested_by,
                "grant_id": job.grant_id,
                "cooperative_id": None,
            }
            batch_number = job.arguments["batch"]
        bind(NOBODY)
        jobs.run(**numbers)
        bind(NOBODY)
        return self.batch(batch_number)

    def batch(self, number: str) -> ImportBatch:
        with self.someone.acting():
            return ImportBatch.objects.get(number=number)

    def press(self, name: str, batch: ImportBatch) -> ImportBatch:
        answer = self.client.post(reverse(f"registry:{name}", args=[KAB, batch.number]))
        assert answer.status_code == 302
        return self.work()

    def count(self) -> int:
        bind(NOBODY)
        return Cooperative.objects.filter(agency__slug=KAB).count()


@pytest.fixture
def office(enter, dewi) -> Office:
    return Office(enter(dewi), dewi)


def small_list(rows: list[dict]) -> bytes:
    target = io.BytesIO()
    columns = [
        Column(key, key) for key in ("Nama koperasi", "Nomor badan hukum", "Desa", "Kecamatan", "Anggota L", "Alamat")
    ]
    write_xlsx(target, title="Daftar", columns=columns, rows=rows)
    return target.getvalue()


ROW = {"Nama koperasi": "Koperasi Mitra Karya", "Nomor badan hukum": "12/BH/1999", "Desa": "Ciruas", "Kecamatan": "Ciruas", "Anggota L": 30}  # fmt: skip


def test_the_messy_list_is_read_line_by_line_as_its_author_meant_it(office, messy):
    content, truth = messy
    batch = office.upload(content)
    assert batch.state == "read", batch.sentence
    # The NIK of a chair is not asked for, so a NIK typed as a number is no fault here.
    bad = {number: heading for number, heading in truth.bad.items() if heading != "NIK ketua"}
    with office.someone.acting():
        rows = {row.number: row for row in ImportRow.objects.filter(batch=batch.pk)}
    assert set(rows) == set(truth.good) | set(truth.bad)
    faulty = {number for number, row in rows.items() if row.verdict == "bad"}
    assert faulty == set(bad)
    for number, heading in bad.items():
        assert rows[number].errors[0].startswith(heading), (number, rows[number].errors)
    bind(NOBODY)
    names = dict(Place.objects.values_list("code", "name"))
    for number, expected in truth.good.items():
        data = rows[number].data
        assert data["name"] == expected["name"]
        if expected["village"] != OTHER_ALIAS:
            assert names[data["village"]] == NAMES[expected["village"]]
        assert data.get("decree_on") == (expected["founded_on"] and expected["founded_on"].isoformat())
        assert data.get("members_male") == expected["men"] and data.get("members_female") == expected["women"]
        assert data.get("own_capital") == expected["capital"]
    assert sum(batch.counts["skipped"].values()) == len(truth.skipped) + 1  # and the line of column numbers


def test_confirming_stores_the_good_lines_and_the_same_file_again_changes_nothing(office, messy):
    content, _truth = messy
    before = office.count()
    batch = office.upload(content)
    new = batch.counts["new"]
    assert new == 888 - batch.counts["bad"] and batch.counts["bad"] > 10
    batch = office.press("import_apply", batch)
    assert batch.state == "applied" and office.count() == before + new
    with office.someone.acting():
        row = ImportRow.objects.filter(batch=batch.pk, verdict="new").first()
        profile = Profile.objects.get(pk=row.subject_id)
        assert profile.decree_number == row.data["decree_number"]
        figures = dict(ReportedFigure.objects.filter(cooperative=row.subject_id).values_list("figure", "value"))
        assert figures["members_male"] == row.data["members_male"]
        assert ReportedFigure.objects.filter(cooperative=row.subject_id).first().period == date(2025, 12, 31)
    again = office.upload(content)
    assert again.counts.get("new", 0) == 0 and again.counts.get("changed", 0) == 0 and again.counts["same"] == new
    page = office.client.get(reverse("registry:import_batch", args=[KAB, again.number]))
    assert "Tidak ada yang baru atau berubah" in page.content.decode()
    assert office.count() == before + new


def test_bad_lines_come_back_with_their_fault_and_come_in_once_mended(office, messy):
    content, _truth = messy
    batch = office.upload(content)
    with office.someone.acting():
        file = File.objects.get(pk=batch.fault_file_id)
    answer = office.client.get(reverse("registry:file", args=[KAB, file.pk]))
    with inspect_upload(answer.content) as upload:
        lines = list(read_lines(upload))
    assert lines[0].cells[0] == "Kesalahan"
    assert len(lines) - 1 == batch.counts["bad"]
    assert all("".join(str(line.cells[0])).endswith(".") for line in lines[1:])
    again = office.upload(answer.content)
    assert again.state == "read" and again.counts["bad"] == batch.counts["bad"]


def test_undoing_takes_out_what_came_in(office, messy):
    content, _ = messy
    before = office.count()
    batch = office.press("import_apply", office.upload(content))
    batch = office.press("import_undo", batch)
    assert batch.state == "undone", batch.sentence
    assert office.count() == before
    again = office.upload(content)
    assert again.counts["new"] == batch.counts["new"]


def test_undoing_is_refused_by_name_when_something_was_built_on_it(office):
    from registry.actions import appoint_officer

    batch = office.press(
        "import_apply",
        office.upload(
            small_list([ROW, ROW | {"Nama koperasi": "Koperasi Bina Tani", "Nomor badan hukum": "13/BH/1999"}])
        ),
    )
    count = office.count()
    with office.someone.acting() as (actor, _):
        used = Cooperative.objects.get(name="Koperasi Bina Tani")
        fields = {
            "organ": "management",
            "position": "chair",
            "name": "Ketua",
            "sex": "L",
            "starts_on": date(2026, 1, 1),
            "ends_on": date(2030, 1, 1),
        }
        appoint_officer(cooperative=used, fields=fields, actor=actor, now=datetime(2026, 11, 1, tzinfo=UTC))
    batch = office.press("import_undo", batch)
    assert batch.state == "applied"
    assert "Koperasi Bina Tani sudah dipakai." in batch.sentence and "Mitra Karya" not in batch.sentence
    assert office.count() == count


def test_a_changed_line_completes_the_profile_and_empty_cells_erase_nothing(office):
    batch = office.press("import_apply", office.upload(small_list([ROW | {"Alamat": "Jl. Raya 1"}])))
    changed = office.upload(small_list([ROW | {"Alamat": None, "Anggota L": 35}]))
    assert changed.counts.get("changed") == 1
    changed = office.press("import_apply", changed)
    with office.someone.acting():
        profile = Profile.objects.get(decree_key="12/BH/1999", agency=changed.agency_id)
        assert profile.address == "Jl. Raya 1" and profile.version == 2
        values = list(
            ReportedFigure.objects.filter(cooperative=profile.pk).order_by("pk").values_list("value", flat=True)
        )
        assert values == [30, 35]
    undone = office.press("import_undo", changed)
    assert undone.state == "undone", undone.sentence
    with office.someone.acting():
        values = list(ReportedFigure.objects.filter(cooperative=profile.pk).values_list("value", flat=True))
        assert values == [30]
    assert office.press("import_undo", batch).state == "applied"  # its profile was changed meanwhile


def test_two_lines_for_one_cooperative_are_not_both_taken(office):
    batch = office.upload(small_list([ROW, ROW | {"Nama koperasi": "Nama Lain"}]))
    assert batch.counts["new"] == 1 and batch.counts["bad"] == 1
    with office.someone.acting():
        bad = ImportRow.objects.get(batch=batch.pk, verdict="bad")
    assert "sama dengan baris" in bad.errors[0]


def test_namesakes_with_other_decrees_are_two_cooperatives(office):
    batch = office.upload(small_list([ROW, ROW | {"Nomor badan hukum": "99/BH/2001"}]))
    assert batch.counts["new"] == 2
    batch = office.press("import_apply", batch)
    bind(NOBODY)
    slugs = set(Cooperative.objects.filter(name="Koperasi Mitra Karya").values_list("slug", flat=True))
    assert slugs == {"koperasi-mitra-karya", "koperasi-mitra-karya-ciruas"}


def test_an_unknown_heading_leads_to_the_page_of_columns_and_is_remembered(office):
    target = io.BytesIO()
    columns = [Column(key, key) for key in ("Sebutan badan usaha", "Nomor badan hukum", "Desa", "Kecamatan")]
    rows = [["Koperasi Mitra Karya", "12/BH/1999", "Ciruas", "Ciruas"]]
    write_xlsx(target, title="Daftar", columns=columns, rows=rows)
    batch = office.upload(target.getvalue())
    assert batch.state == "columns"
    url = reverse("registry:import_columns", args=[KAB, batch.number])
    page = office.client.get(url).content.decode()
    assert "Belum ditemukan: Nama koperasi" in page
    wrong = office.client.post(
        url, {"kolom-0": "decree_number", "kolom-1": "decree_number", "kolom-2": "-", "kolom-3": "-"}
    )
    assert wrong.status_code == 422 and "satu kolom" in wrong.content.decode()
    answer = office.client.post(
        url, {"kolom-0": "name", "kolom-1": "decree_number", "kolom-2": "village", "kolom-3": "district"}
    )
    assert answer.status_code == 302
    batch = office.work()
    assert batch.state == "read" and batch.counts["new"] == 1
    second = office.upload(target.getvalue())
    assert second.state == "read"


@pytest.mark.parametrize(
    "content", [b"", b"%PDF-1.7", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, b"PK\x03\x04rusak"]
)
def test_a_file_that_is_no_list_is_refused_in_words(office, content):
    url = reverse("registry:import", args=[KAB])
    answer = office.client.post(url, {"berkas": SimpleUploadedFile("x.xlsx", content), "as_of": "31/12/2025"})
    assert answer.status_code == 422 and re.search("Berkas (Excel )?ini", answer.content.decode())


def test_only_staff_who_write_may_import(enter, kepala, penyuluh, wali, joko, tamu, budi):
    url = reverse("registry:import", args=["kota-serang"])
    assert [enter(who).get(url).status_code for who in (joko, kepala, penyuluh, wali, budi)] == [
        200,
        403,
        403,
        403,
        403,
    ]
    assert enter(tamu).get(url).status_code == 404


def test_another_dinas_does_not_find_a_list_its_job_or_its_file(office, enter, admin_kota, messy):
    batch = office.upload(messy[0])
    stranger = enter(admin_kota)
    for name, number in (("import_batch", batch.number), ("job", batch.job), ("file", batch.fault_file_id)):
        assert stranger.get(reverse(f"registry:{name}", args=["kota-serang", number])).status_code == 404
        assert stranger.get(reverse(f"registry:{name}", args=[KAB, number])).status_code == 404


def test_the_job_page_says_how_far_it_is_and_leads_on(office, messy):
    batch = office.upload(messy[0])
    url = reverse("registry:job", args=[KAB, batch.job])
    page = office.client.get(url).content.decode()
    assert "Selesai" in page and reverse("registry:import_batch", args=[KAB, batch.number]) in page
    part = office.client.get(url, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part and "hx-trigger" not in part


def test_applying_twice_stores_once(office):
    batch = office.upload(small_list([ROW]))
    url = reverse("registry:import_apply", args=[KAB, batch.number])
    office.client.post(url)
    office.work()
    count = office.count()
    again = office.client.post(url, follow=True)
    assert "sudah disimpan" in again.content.decode() and office.count() == count


def test_a_failing_step_stores_nothing_and_says_so(office, monkeypatch):
    from registry.actions import importing

    batch = office.upload(small_list([ROW]))
    count = office.count()

    def broken(*args, **kwargs):
        raise IntegrityError("planted")

    monkeypatch.setattr(importing.ReportedFigure.objects, "bulk_create", broken)
    batch = office.press("import_apply", batch)
    assert batch.state == "read" and "Tidak ada data yang berubah" in batch.sentence
    assert office.count() == count


@pytest.mark.parametrize("rows", [3, 60])
def test_the_preview_asks_the_same_questions_whatever_the_size(office, rows, django_assert_max_num_queries):
    lines = [ROW | {"Nama koperasi": f"Koperasi Nomor {n}", "Nomor badan hukum": f"{n}/BH"} for n in range(rows)]
    batch = office.upload(small_list(lines))
    with django_assert_max_num_queries(20):
        assert office.client.get(reverse("registry:import_batch", args=[KAB, batch.number])).status_code == 200


def programme_row(number: int, **more) -> dict:
    name = f"Koperasi Desa Merah Putih Ciruas {number}"
    return ROW | {"Nama koperasi": name, "Nomor badan hukum": f"AHU-000000{number}.AH.01.29.TAHUN 2025"} | more


def test_a_village_gets_one_cooperative_of_a_programme_from_lists_as_well(office):
    batch = office.upload(small_list([programme_row(1), programme_row(2), programme_row(3, Desa="Citerep")]))
    with office.someone.acting():
        rows = list(ImportRow.objects.filter(batch=batch.pk).order_by("number"))
        assert [row.verdict for row in rows] == ["new", "bad", "new"]
        assert "Program dan desanya sama dengan baris" in rows[1].errors[0]
    office.press("import_apply", batch)
    later = office.upload(
        small_list([programme_row(4), programme_row(1, Desa="Citerep"), programme_row(3, Alamat="Jl. Raya 2")])
    )
    with office.someone.acting():
        rows = list(ImportRow.objects.filter(batch=later.pk).order_by("number"))
        assert [row.verdict for row in rows] == ["bad", "bad", "bad"]
        assert "Koperasi Desa Merah Putih Ciruas 1 sudah tercatat" in rows[0].errors[0]
        assert "Koperasi Desa Merah Putih Ciruas 3 sudah tercatat" in rows[1].errors[0]
