"""Lists of members from offices' own files: in, again, corrected, and out."""

import io
import uuid
from datetime import date, timedelta
from pathlib import Path

import pytest
import xlsxwriter
from django.conf import settings

from finance.actions import DuesLine, ensure_obligations, record_dues, reverse_payment
from finance.models import Books, DuesDue, Obligation, Payment
from finance.reports import verify_cooperative
from koperasi.management.commands import verify
from members.models import Identity, Member, MemberFlow, NumberCounter
from registry import jobs
from registry.imports.purging import DAYS_TO_CORRECT, DAYS_TO_DECIDE, sweep
from registry.models import AuditEvent, File, ImportBatch, ImportRow, Job
from registry.sheets.guard import inspect_upload
from registry.sheets.reading import read_lines
from registry.tenancy import NOBODY, Context, Role, bind

BOOK = "/kota-serang/koperasi/melati/anggota/"
START = BOOK + "impor/"
HEADINGS = [
    "No. Anggota",
    "Nama",
    "NIK",
    "L/P",
    "Tempat lahir",
    "Tgl lahir",
    "Alamat",
    "RT/RW",
    "No HP",
    "Pekerjaan",
    "Tgl masuk",
    "Status",
]


def nik(number: int, sex: str = "L", year: int = 80) -> str:
    return f"990101{number % 28 + 1 + (40 if sex == 'P' else 0):02d}01{year:02d}{number:04d}"


def person(number: int, **changed) -> dict:
    sex = "LP"[number % 2]
    row = {
        "Nama": f"Warga {number:04d}", "NIK": nik(number, sex), "L/P": sex, "Tempat lahir": "Serang",
        "Tgl lahir": date(1980, 1, number % 28 + 1), "Alamat": "Kp. Baru", "RT/RW": "1/2", "No HP": f"0812000{number:05d}",
        "Pekerjaan": "Petani", "Tgl masuk": date(2026, 2, 3), "Status": "Anggota",
    }  # fmt: skip
    return row | changed


def workbook(rows: list[dict], headings=HEADINGS) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        sheet, day = book.add_worksheet("Anggota"), book.add_format({"num_format": "dd/mm/yyyy"})
        sheet.write_row(0, 0, headings)
        for number, row in enumerate(rows, 1):
            for position, heading in enumerate(headings):
                value = row.get(heading, "")
                if isinstance(value, date):
                    sheet.write_datetime(number, position, value, day)
                elif isinstance(value, str):
                    sheet.write_string(number, position, value)
                else:
                    sheet.write(number, position, value)
    return target.getvalue()


class Importing:
    """A person who walks through the pages of one kind of list; jobs run at once."""

    def __init__(self, client, someone, start: str = START) -> None:
        self.client, self.someone, self.start = client, someone, start

    def upload(self, content: bytes, name: str = "daftar.xlsx", **typed) -> ImportBatch:
        file = io.BytesIO(content)
        file.name = name
        response = self.client.post(self.start, {"berkas": file, **typed})
        assert response.status_code == 302, response.content.decode()[:2000]
        with self.someone.acting():
            self.batch = ImportBatch.objects.order_by("-pk")[0]
        return self.work()

    def press(self, step: str) -> ImportBatch:
        response = self.client.post(f"{self.start}{self.batch.number}/{step}/")
        assert response.status_code == 302
        return self.work()

    def work(self) -> ImportBatch:
        with self.someone.acting():
            self.batch.refresh_from_db()
            job = Job.objects.get(number=self.batch.job)
        bind(NOBODY)
        jobs.run(job.number, job.requested_by, job.grant_id, job.cooperative_id)
        bind(NOBODY)
        with self.someone.acting():
            self.batch.refresh_from_db()
        return self.batch

    def counts(self) -> tuple[int, ...]:
        return tuple(self.batch.counts.get(verdict, 0) for verdict in ("new", "changed", "same", "bad"))

    def errors(self) -> dict[int, list[str]]:
        with self.someone.acting():
            return dict(ImportRow.objects.filter(batch=self.batch, verdict="bad").values_list("number", "errors"))

    def page(self, **query):
        return self.client.get(f"{self.start}{self.batch.number}/", query)


@pytest.fixture
def importing(enter, yusuf) -> Importing:
    return Importing(enter(yusuf), yusuf)


def book(someone) -> dict[str, int]:
    with someone.acting() as (_, cooperative):
        flows = MemberFlow.objects.filter(cooperative=cooperative)
        return {
            "members": Member.objects.count(),
            "identities": Identity.objects.count(),
            "joined": sum(flow.joined for flow in flows),
            "applicants": sum(flow.applicants for flow in flows),
            "last": NumberCounter.objects.get(cooperative=cooperative).last_number,
        }


def a_list_of_300() -> list[dict]:
    """287 good lines and 13 with something wrong, each in another way."""
    rows = [person(number) for number in range(1, 301)]
    faults = [
        {"Nama": ""}, {"L/P": "X"}, {"NIK": "12"}, {"NIK": 3604012345678901}, {"Tgl lahir": "31/02/1990"}, {"Tgl masuk": date(2090, 1, 1)},
        {"No HP": "1"}, {"Status": "Berhenti"}, {"NIK": nik(1, "P")}, {"L/P": "", "NIK": ""}, {"Tgl masuk": date(1979, 1, 1)},
        {"Nama": "Warga 0002", "Tgl lahir": date(1980, 1, 3), "NIK": ""}, {"Status": "Dibekukan"},
    ]  # fmt: skip
    for position, fault in enumerate(faults):
        rows[20 * position + 19] |= fault
    return rows


# --- In --------------------------------------------------------------------------------------------


def test_287_come_in_and_13_come_back_with_reasons(importing, yusuf):
    importing.upload(workbook(a_list_of_300()))
    assert importing.counts() == (287, 0, 0, 13)
    assert len(importing.errors()) == 13
    before = book(yusuf)
    page = importing.page()
    assert page.status_code == 200
    importing.press("simpan")
    assert importing.batch.counts["applied"] == {"new": 287, "changed": 0}
    after = book(yusuf)
    assert after["members"] - before["members"] == 287
    assert after["identities"] - before["identities"] == 287
    assert after["joined"] - before["joined"] == 287
    assert after["last"] == 297
    with yusuf.acting():
        [event] = AuditEvent.objects.filter(verb="import_members")
        assert event.detail == {"new": 287, "changed": 0}


def test_the_faulty_lines_come_back_as_they_stood_with_a_column_of_reasons(importing, yusuf):
    importing.upload(workbook([person(1), person(2, Nama=""), person(3, **{"L/P": "Z"})]))
    page = importing.page()
    link = next(part for part in page.content.decode().split('"') if "/berkas/" in part)
    answer = importing.client.get(link)
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    with inspect_upload(content, "a.xlsx") as checked:
        lines = [line.cells for line in read_lines(checked)]
    head = next(i for i, cells in enumerate(lines) if "Kesalahan" in cells)
    assert len(lines) - head - 1 == 2
    assert any("Nama wajib diisi" in str(cell) for cell in lines[head + 1])


def test_the_same_file_again_changes_nothing(importing, yusuf):
    content = workbook(a_list_of_300())
    importing.upload(content)
    importing.press("simpan")
    before = book(yusuf)
    importing.upload(content)
    assert importing.counts() == (0, 0, 287, 13)
    assert importing.client.post(f"{START}{importing.batch.number}/simpan/").status_code in (302, 409)
    assert book(yusuf) == before


def test_the_same_list_without_niks_changes_nothing_either(importing, yusuf):
    rows = [person(number, NIK="") for number in range(1, 30)] + [
        person(number, **{"NIK": "", "Tgl lahir": "", "Nama": f"Orang {number}"}) for number in range(30, 40)
    ] + [person(number, **{"NIK": "", "Tgl lahir": "", "Tgl masuk": "", "Nama": f"Kerabat {number}"}) for number in range(40, 50)]  # fmt: skip
    importing.upload(workbook(rows))
    assert importing.counts() == (49, 0, 0, 0)
    importing.press("simpan")
    importing.upload(workbook(rows))
    assert importing.counts() == (0, 0, 49, 0)


def test_our_own_export_comes_back_unchanged(importing, yusuf, enter):
    content = importing.client.get(BOOK + "unduh.xlsx").content
    importing.upload(content)
    assert importing.counts() == (0, 0, 10, 0), importing.errors()
    content = importing.client.get(BOOK + "unduh.csv").content
    importing.upload(content, "a.csv")
    assert importing.counts() == (0, 0, 10, 0), importing.errors()


def test_an_export_corrected_in_excel_changes_those_members_only(importing, yusuf):
    rows = [
        {"No. Anggota": "A-0003", "Nama": "Asep Kurnia", "NIK": "3673**********00", "L/P": "L", "Tgl lahir": date(1980, 1, 3), "No HP": "081299990000"},
        {"No. Anggota": "A-0004", "Nama": "Dadang Hermawan, S.E.", "NIK": "", "L/P": "L", "Tgl lahir": date(1980, 1, 4)},
        {"No. Anggota": "A-0005", "Nama": "Eneng Nurbaiti", "NIK": "", "L/P": "P", "Tgl lahir": date(1980, 1, 5)},
    ]  # fmt: skip
    importing.upload(workbook(rows))
    assert importing.counts() == (0, 2, 1, 0), importing.errors()
    importing.press("simpan")
    with yusuf.acting():
        assert Member.objects.get(number=3).phone == "+6281299990000"
        assert Member.objects.get(number=3).address == "Kp. Contoh", "an empty cell erases nothing"
        assert Member.objects.get(number=4).name == "Dadang Hermawan, S.E."


# --- Numbers ---------------------------------------------------------------------------------------


def test_free_numbers_of_the_paper_book_are_kept_and_the_counter_moves_past_them(importing, yusuf):
    rows = [person(1, **{"No. Anggota": "120"}), person(2), person(3, **{"No. Anggota": 45}), person(4)]
    importing.upload(workbook(rows))
    importing.press("simpan")
    with yusuf.acting():
        numbers = dict(Member.objects.filter(imported_in=importing.batch.pk).values_list("name", "number_text"))
    assert numbers == {"Warga 0001": "A-0120", "Warga 0002": "A-0121", "Warga 0003": "A-0045", "Warga 0004": "A-0122"}
    assert book(yusuf)["last"] == 122


@pytest.mark.parametrize("number", ["0", "-3", "tujuh", "99999999999", "1,5", 2.5])
def test_a_number_that_cannot_be_comes_back(importing, number):
    importing.upload(workbook([person(1, **{"No. Anggota": number})]))
    assert importing.counts() == (0, 0, 0, 1)


def test_a_number_that_is_taken_comes_back(importing):
    importing.upload(
        workbook(
            [person(1, **{"No. Anggota": "7"}), person(2, **{"No. Anggota": "50"}), person(3, **{"No. Anggota": "50"})]
        )
    )
    errors = importing.errors()
    assert "sudah dipakai orang lain" in errors[2][0]
    assert "sudah dipakai baris 3" in errors[4][0]


def test_a_number_that_disagrees_with_the_book_comes_back(importing):
    row = {"No. Anggota": "77", "Nama": "Asep Kurnia", "L/P": "L", "Tgl lahir": date(1980, 1, 3)}
    importing.upload(workbook([row]))
    assert "sudah tercatat sebagai A-0003, bukan nomor 77" in importing.errors()[2][0]


# --- Personal data ---------------------------------------------------------------------------------


def test_no_nik_lies_open_in_the_staging_table_the_job_or_the_preview(importing, yusuf):
    importing.upload(workbook([person(1), person(2, Nama="")]))
    with yusuf.acting():
        rows = list(ImportRow.objects.filter(batch=importing.batch))
        job = Job.objects.get(number=importing.batch.job)
    for one in rows:
        assert nik(1, "P") not in str(one.data) + str(one.errors)
        assert nik(2, "L") not in str(one.data) + str(one.errors)
    assert "9901" not in str(job.arguments) + job.message
    assert nik(1, "P") not in importing.page(lihat="new").content.decode()
    importing.press("simpan")
    with yusuf.acting():
        assert not any("national_id" in one.data for one in ImportRow.objects.filter(batch=importing.batch))


def test_an_imported_nik_opens_only_for_its_member(importing, yusuf, now):
    from members.actions import reveal_national_id

    importing.upload(workbook([person(1), person(2)]))
    importing.press("simpan")
    with yusuf.acting() as (actor, _):
        for number in (1, 2):
            member = Member.objects.get(name=f"Warga {number:04d}")
            assert reveal_national_id(member=member, reason="uji", actor=actor, now=now) == nik(
                number, "LP"[number % 2]
            )


def test_a_nik_under_another_name_is_not_taken_for_a_correction(importing):
    row = person(1, **{"NIK": "3673030101800000", "Nama": "Orang Lain", "L/P": "L", "Tgl lahir": date(1990, 1, 1)})
    importing.upload(workbook([row]))
    assert "sudah dipakai anggota A-0001 dengan nama lain" in importing.errors()[2][0]


def test_who_left_does_not_return_by_a_file(importing, yusuf):
    importing.client.post(BOOK + "3/berhenti/", {"reason": "moved", "on": "20/11/2026"})
    importing.upload(workbook([{"Nama": "Asep Kurnia", "L/P": "L", "Tgl lahir": date(1980, 1, 3)}]))
    assert "sudah berhenti" in importing.errors()[2][0]


# --- Other shapes ----------------------------------------------------------------------------------


def test_place_and_day_of_birth_may_share_a_column(importing, yusuf):
    headings = ["No", "Nama Anggota", "Jenis Kelamin", "Tempat, Tgl Lahir", "Alamat"]
    rows = [
        {"No": 1, "Nama Anggota": "Warga Satu", "Jenis Kelamin": "Pr", "Tempat, Tgl Lahir": "Serang, 12-07-1985"},
        {"No": 2, "Nama Anggota": "Warga Dua", "Jenis Kelamin": "Lk", "Tempat, Tgl Lahir": "Pandeglang 3 Mei 1979"},
    ]
    importing.upload(workbook(rows, headings))
    if importing.batch.state == "columns":
        pytest.fail(f"columns not found: {importing.batch.mapping}")
    importing.press("simpan")
    with yusuf.acting():
        one, two = Member.objects.filter(imported_in=importing.batch.pk).order_by("number")
        assert (one.birth_place, one.birth_date, one.sex) == ("Serang", date(1985, 7, 12), "P")
        assert (two.birth_place, two.birth_date, two.sex) == ("Pandeglang", date(1979, 5, 3), "L")
        assert one.status == "applicant"


def test_the_nik_completes_birth_and_sex(importing, yusuf):
    importing.upload(workbook([person(1, **{"L/P": "", "Tgl lahir": ""})]))
    importing.press("simpan")
    with yusuf.acting():
        member = Member.objects.get(name="Warga 0001")
        assert (member.sex, member.birth_date) == ("P", date(1980, 1, 2))


def test_text_that_looks_like_code_stays_text(importing, yusuf):
    importing.upload(workbook([person(1, Nama="<b>=cmd|' /C calc'!A0</b>", Alamat="=1+1")]))
    importing.press("simpan")
    page = importing.client.get(BOOK, {"cari": "calc"}).content.decode()
    assert "<b>=cmd" not in page
    assert "&lt;b&gt;" in page


# --- Out -------------------------------------------------------------------------------------------


def test_an_undone_import_leaves_nothing_but_burned_numbers_and_the_book_of_acts(importing, yusuf):
    before = book(yusuf)
    importing.upload(workbook(a_list_of_300()))
    importing.press("simpan")
    importing.press("batalkan")
    assert importing.batch.state == "undone"
    after = book(yusuf)
    assert after == before | {"last": 297}
    with yusuf.acting():
        assert AuditEvent.objects.filter(verb__in=["import_members", "undo_import_members"]).count() == 2


def test_an_undone_correction_gives_the_former_data_back_unless_amended_since(importing, yusuf, enter, siti):
    rows = [
        {
            "No. Anggota": f"A-000{n}",
            "Nama": name,
            "L/P": "L",
            "Tgl lahir": date(1980, 1, n),
            "No HP": f"08120000000{n}",
        }
        for n, name in ((3, "Asep Kurnia"), (4, "Dadang Hermawan"))
    ]
    importing.upload(workbook(rows))
    importing.press("simpan")
    client = enter(siti)
    form = client.get(BOOK + "4/ubah/").context["form"]
    data = {name: form[name].value() or "" for name in form.fields} | {"address": "Jl. Baru"}
    assert client.post(BOOK + "4/ubah/", data).status_code == 302
    importing.press("batalkan")
    assert importing.batch.counts["undone"] == {"removed": 0, "restored": 1, "kept": 1}
    with yusuf.acting():
        assert Member.objects.get(number=3).phone == ""
        assert Member.objects.get(number=4).phone == "+6281200000004"


def test_an_import_somebody_paid_upon_is_not_undone_and_says_for_whom(importing, yusuf, siti, now):
    importing.upload(workbook([person(number, Status="Calon anggota") for number in range(1, 4)]))
    importing.press("simpan")
    with siti.acting() as (actor, cooperative):
        member = Member.objects.get(name="Warga 0002")
        line = DuesLine(member.pk, pokok=100_000, wajib=10_000)
        record_dues(
            cooperative=cooperative, lines=[line], paid_on=date(2026, 11, 20), through=date(2026, 11, 1), key=uuid.uuid4(),
            actor=actor, now=now, today=date(2026, 11, 21),
        )  # fmt: skip
    before = book(yusuf)
    importing.press("batalkan")
    assert importing.batch.state == "applied"
    assert "A-0012" in importing.batch.sentence
    assert book(yusuf) == before


# --- Who -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["", "contoh.xlsx"])
def test_only_secretary_and_chair_import(enter, siti, wati, budi, yusuf, joko, lestari, ratna, page):
    expected = {siti: 403, wati: 403, budi: 200, yusuf: 200, joko: 403, lestari: 404, ratna: 404}
    for someone, status in expected.items():
        assert enter(someone).get(START + page).status_code == status, someone.username


def test_the_batch_of_the_neighbours_is_not_found(importing, enter, ratna):
    importing.upload(workbook([person(1)]))
    client = enter(ratna)
    assert client.get(f"{START}{importing.batch.number}/").status_code == 404
    assert client.get(f"/kota-serang/koperasi/kenanga/anggota/impor/{importing.batch.number}/").status_code == 404


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"PK\x03\x04broken", b"\x00" * 2000])
def test_what_is_no_spreadsheet_is_refused_with_a_sentence(importing, content):
    file = io.BytesIO(content)
    file.name = "daftar.xlsx"
    response = importing.client.post(START, {"berkas": file})
    assert response.status_code in (200, 422)
    assert importing.client.post(START, {}).status_code in (200, 422)


# --- What stays of an upload -----------------------------------------------------------------------


def on_disk(file) -> bool:
    return (Path(settings.MEDIA_ROOT) / file.path).exists()


def files_of(importing) -> tuple[File, File | None]:
    with importing.someone.acting():
        batch = ImportBatch.objects.select_related("file", "fault_file").get(pk=importing.batch.pk)
    return batch.file, batch.fault_file


def test_the_uploaded_file_is_deleted_when_its_list_is_stored(importing, django_capture_on_commit_callbacks):
    importing.upload(workbook([person(1), person(2, Nama="")]))
    original, faults = files_of(importing)
    assert on_disk(original)
    assert "Berkas aslinya dihapus begitu" in importing.page().content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        importing.press("simpan")
    original, faults = files_of(importing)
    assert original.gone_at
    assert not on_disk(original)
    assert on_disk(faults), "who must correct it still needs the sheet"
    page = importing.page().content.decode()
    assert "Berkas aslinya sudah dihapus pada" in page
    assert "Berkas berisi baris yang perlu diperbaiki dihapus pada" in page
    assert importing.client.get(f"/kota-serang/koperasi/melati/berkas/{original.pk}/").status_code == 404


def test_people_who_came_in_leave_the_staging_table(importing, yusuf):
    importing.upload(workbook([person(1), person(2), person(3, Nama="")]))
    importing.press("simpan")
    with yusuf.acting():
        assert set(ImportRow.objects.filter(batch=importing.batch).values_list("verdict", flat=True)) == {"bad"}
    assert "sudah ada di daftar anggota" in importing.page(lihat="new").content.decode()


def test_the_sheet_of_faulty_lines_goes_a_week_after_the_list_was_stored(
    importing, yusuf, django_capture_on_commit_callbacks
):
    importing.upload(workbook([person(1), person(2, Nama="")]))
    importing.press("simpan")
    stored_at = importing.batch.applied_at
    assert sweep(stored_at + timedelta(days=DAYS_TO_CORRECT, seconds=-1)) == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert sweep(stored_at + timedelta(days=DAYS_TO_CORRECT)) == 1
    _, faults = files_of(importing)
    assert not on_disk(faults)
    page = importing.page().content.decode()
    assert f"/berkas/{faults.pk}/" not in page
    assert "sudah dihapus bersama berkasnya" in page
    with yusuf.acting():
        assert not ImportRow.objects.filter(batch=importing.batch).exists()
    assert sweep(stored_at + timedelta(days=DAYS_TO_CORRECT + 1)) == 0, "twice changes nothing"


def test_a_list_nobody_stored_goes_after_thirty_days(importing, yusuf, django_capture_on_commit_callbacks):
    importing.upload(workbook([person(1), person(2, Nama="")]))
    made_at = importing.batch.made_at
    assert sweep(made_at + timedelta(days=DAYS_TO_DECIDE, seconds=-1)) == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert sweep(made_at + timedelta(days=DAYS_TO_DECIDE)) == 1
    assert not any(map(on_disk, files_of(importing)))
    with yusuf.acting():
        assert not ImportRow.objects.filter(batch=importing.batch).exists()
    page = importing.page().content.decode()
    assert "tidak disimpan dalam 30 hari" in page
    assert importing.client.post(f"{START}{importing.batch.number}/simpan/").status_code == 302
    with yusuf.acting():
        assert ImportBatch.objects.get(pk=importing.batch.pk).state == "expired"


def test_a_file_that_could_not_be_read_is_deleted_at_once(importing, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        importing.upload(workbook([{"A": "x", "B": "y"}], ["A", "B"]))
    assert importing.batch.state == "failed"
    assert not on_disk(files_of(importing)[0])


def test_an_undone_list_leaves_no_file_and_no_staged_line(importing, yusuf, django_capture_on_commit_callbacks):
    importing.upload(workbook([person(1), person(2, Nama="")]))
    importing.press("simpan")
    with django_capture_on_commit_callbacks(execute=True):
        importing.press("batalkan")
    assert not any(map(on_disk, files_of(importing)))
    with yusuf.acting():
        assert not ImportRow.objects.filter(batch=importing.batch).exists()


def test_the_examiner_names_a_file_that_stayed_though_deleted(importing, yusuf):
    importing.upload(workbook([person(1)]))
    importing.press("simpan")  # without a commit the content stays
    with yusuf.acting() as (_, cooperative):
        bind(Context(Role.SUPERVISOR, agency_id=cooperative.agency_id, cooperative_id=cooperative.pk))
        found = list(verify._files())
    assert found == ["berkas impor-members.xlsx sudah dihapus tetapi isinya masih ada"]


def test_the_nightly_job_is_known_to_the_worker():
    from procrastinate.contrib.django import app

    assert "registry.purge_uploads" in {task.task.name for task in app.periodic_registry.periodic_tasks.values()}


# --- Out, though a month was opened ----------------------------------------------------------------


def open_month(someone, batch: ImportBatch, through: date = date(2026, 11, 1)) -> int:
    """Make what the imported members owe, as every page of dues does; return how many obligations they have."""
    with someone.acting() as (_, cooperative):
        members = list(Member.objects.filter(imported_in=batch.pk).values_list("pk", flat=True))
        opened_on = Books.objects.get(cooperative=cooperative).opened_on
        ensure_obligations(cooperative=cooperative, opened_on=opened_on, member_ids=members, through=through)
        return Obligation.objects.filter(cooperative=cooperative, member__in=members).count()


def dues(someone) -> dict:
    with someone.acting() as (_, cooperative):
        sums = DuesDue.objects.filter(cooperative=cooperative, rupiah__gt=0)
        assert verify_cooperative(cooperative) == []
        return {(one.kind, one.period): (one.obligations, one.rupiah) for one in sums}


def pay(someone, now, name: str = "Warga 0002"):
    with someone.acting() as (actor, cooperative):
        member = Member.objects.get(name=name)
        return record_dues(
            cooperative=cooperative, lines=[DuesLine(member.pk, wajib=10_000)], paid_on=date(2026, 11, 20), through=date(2026, 11, 1),
            key=uuid.uuid4(), actor=actor, now=now, today=date(2026, 11, 21),
        )  # fmt: skip


def test_what_nobody_paid_on_goes_with_the_undone_import(importing, yusuf, siti):
    before, book_before = dues(siti), book(yusuf)
    importing.upload(workbook([person(number) for number in range(1, 6)]))
    importing.press("simpan")
    assert open_month(siti, importing.batch) >= 10
    assert dues(siti) != before
    importing.press("batalkan")
    assert importing.batch.state == "undone", importing.batch.sentence
    assert dues(siti) == before
    assert book(yusuf) == book_before | {"last": 15}


def test_one_payment_keeps_the_import_and_every_obligation_of_it(importing, yusuf, siti, now):
    importing.upload(workbook([person(number) for number in range(1, 4)]))
    importing.press("simpan")
    open_month(siti, importing.batch)
    pay(siti, now)
    before = dues(siti)
    importing.press("batalkan")
    assert importing.batch.state == "applied"
    assert "A-0012" in importing.batch.sentence
    assert "A-0011" not in importing.batch.sentence
    assert dues(siti) == before, "a refused undo releases nothing"


def test_a_payment_that_was_reversed_still_keeps_the_import(importing, siti, now):
    importing.upload(workbook([person(number) for number in range(1, 4)]))
    importing.press("simpan")
    pay(siti, now)
    with siti.acting() as (actor, cooperative):
        payment = Payment.objects.get(member__name="Warga 0002")
        on = date(2026, 11, 21)
        reverse_payment(
            cooperative=cooperative, payment=payment, reason="salah orang", on=on, actor=actor, now=now, today=on
        )
    importing.press("batalkan")
    assert "A-0012" in importing.batch.sentence


def test_obligations_of_a_closed_month_keep_the_import(importing, siti):
    importing.upload(workbook([person(number) for number in range(1, 4)]))
    importing.press("simpan")
    open_month(siti, importing.batch)
    with siti.acting() as (_, cooperative):
        Books.objects.filter(cooperative=cooperative).update(closed_through=date(2026, 3, 31))
    importing.press("batalkan")
    assert importing.batch.state == "applied"
    assert "A-0011, A-0012, A-0013" in importing.batch.sentence
