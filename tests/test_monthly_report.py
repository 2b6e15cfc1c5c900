"""The monthly report from preview to frozen files: checks, publishing, the same bytes again, ralat, who may do what."""

import hashlib
import io
import re
import uuid
from datetime import UTC, date, datetime
from unittest import mock

import openpyxl
import pytest
from pypdf import PdfReader

from finance.actions import DuesLine, record_dues
from koperasi.reports.board import Board
from koperasi.reports.figures import Period
from koperasi.reports.fill_monthly import TOLD, PaperFacts, fill, signatory_on
from koperasi.reports.monthly import Signatory, from_json, to_json
from koperasi.reports.published import report_check, report_of
from members.models import Member
from registry import jobs
from registry.access import Place, bind_public
from registry.actions import (
    AlreadyPublished,
    Papers,
    name_signatory,
    open_blocker,
    publish_report,
    record_rat,
)
from registry.actions.files import store_file
from registry.models import Agency, AuditEvent, Cooperative, File, Job, PublishedReport
from registry.paper import PaperFile
from registry.periods import add_months, month_of, today_jakarta
from registry.tenancy import NOBODY, bind
from tests.buildings import record_building

NOW = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)
TODAY = today_jakarta(NOW)
MONTH = add_months(month_of(TODAY), -1)
PAGE = f"/kota-serang/laporan/{MONTH.year}/{MONTH.month}/"
BUDGET = 20 + 2  # the client of the tests leaves its role twice
SIGNS = {
    "post": "Kepala Dinas",
    "name": "Nama Contoh, S.E.",
    "rank": "Pembina",
    "nip": "197001011995011000",
    "capacity": "",
    "valid_from": date(2026, 1, 1),
}


@pytest.fixture(autouse=True)
def _stopped(monkeypatch):
    """Doors and jobs read this clock."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


@pytest.fixture
def real_paper():
    """This test prints; the others get a stand-in, because a PDF takes a second."""


@pytest.fixture(autouse=True)
def _light_paper(request, monkeypatch):
    if "real_paper" not in request.fixturenames:
        monkeypatch.setattr(
            "koperasi.jobs.monthly_pdf", lambda report: PaperFile(f"%PDF {report.digest}".encode(), "", 1)
        )


@pytest.fixture
def ready(joko, siti):
    """A signatory, dues of the month, and a fact for each figure."""
    with joko.acting() as (actor, _):
        agency = Agency.objects.get(pk=actor.agency_id)
        name_signatory(agency=agency, fields=SIGNS, actor=actor, now=NOW)
        melati = Cooperative.objects.get(slug="melati")
        record_building(cooperative=melati, ownership="borrowed", as_of=MONTH, actor=actor, now=NOW)
        record_rat(
            cooperative=melati,
            book_year=MONTH.year - 1,
            held_on=date(MONTH.year, 3, 1),
            present=9,
            reported_on=None,
            actor=actor,
            now=NOW,
        )
        open_blocker(
            cooperative=melati,
            what="land",
            text="Belum ada lahan",
            waits_for="BPKAD",
            due_on=None,
            actor=actor,
            now=NOW,
            today=MONTH,
        )
    with siti.acting() as (actor, cooperative):
        ids = Member.objects.filter(cooperative=cooperative).values_list("pk", flat=True)
        months = (MONTH.year - 2026) * 12 + MONTH.month
        record_dues(
            cooperative=cooperative, lines=[DuesLine(pk, wajib=10_000 * months) for pk in list(ids)[:7]], paid_on=MONTH, through=MONTH,
            key=uuid.uuid4(), actor=actor, now=NOW, today=TODAY,
        )  # fmt: skip


def hidden(client, page=PAGE) -> dict:
    """What the form of the preview sends when nothing is changed."""
    form = client.get(page).context["form"]
    return {name: form[name].value() or "" for name in form.fields}


def publish(client, page=PAGE, **changes):
    """Press Terbitkan and let the worker do the job. Returns the finished job."""
    with (
        mock.patch.object(jobs.run, "defer") as defer,
        mock.patch("django.db.transaction.on_commit", lambda run: run()),
    ):
        response = client.post(page, hidden(client, page) | changes)
    assert response.status_code == 302, response.content.decode()[-3000:]
    bind(NOBODY)
    jobs.run(**defer.call_args.kwargs)
    return response


def last_job(someone) -> Job:
    with someone.acting():
        return Job.objects.latest("pk")


def rows_of(someone) -> list[PublishedReport]:
    with someone.acting():
        return list(PublishedReport.objects.order_by("revision"))


def pdf_text(content: bytes) -> str:
    return " ".join(
        " ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).replace("\xa0", " ").split()
    )


def test_three_taps_from_the_home_to_the_published_report(enter, joko, ready):
    client = enter(joko)
    work = next(item for item in client.get("/kota-serang/").context["work"].items if item.verb == "Pratinjau")
    assert work.url == PAGE
    preview = client.get(work.url)
    assert "Terbitkan</button>" in preview.content.decode()
    response = publish(client)
    assert last_job(joko).state == "done", last_job(joko).message
    assert client.get(response["Location"]).status_code == 200
    page = client.get(PAGE).content.decode()
    assert "Unduh PDF" in page
    assert not any(item.verb == "Pratinjau" for item in client.get("/kota-serang/").context["work"].items)


def test_what_is_published_is_what_the_lists_say_on_paper_and_in_the_workbook(enter, joko, ready, real_paper):
    client = enter(joko)
    publish(client)
    report = report_of(rows_of(joko)[0])
    text = pdf_text(client.get(f"{PAGE}unduh/1/pdf/").content)
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{PAGE}unduh/1/xlsx/").content))
    with joko.acting() as (actor, _):
        board = Board(Agency.objects.select_related("place").get(pk=actor.agency_id), Period.of(MONTH, TODAY))
        dues, heads = board.sum("wajib"), board.sum("anggota")
    assert (report.figure("dues").part, report.figure("dues").whole) == (dues.part, dues.whole) == (70_000, 100_000)
    assert (
        report.figure("members").part
        == heads.part
        == client.get(f"/kota-serang/ringkasan/?ukuran=anggota&bulan={MONTH:%Y-%m}").context["shown"].whole.sum.part
    )
    assert report.cooperative_count == client.get("/kota-serang/koperasi/").context["page"].paginator.count == 2
    for words in ("70,0 %", "Rp 100.000", "melati, Pager Agung", "BPKAD", "Nama Contoh, S.E."):
        assert words in text, words
    annex = [row for row in book["Lampiran"].iter_rows(values_only=True) if row[2] == "melati"]
    assert {100_000, 70_000} <= set(annex[0])
    assert [(group.name, len(group.rows)) for group in report.annex] == [("Walantaka", 2)]


def test_issued_again_it_is_the_same_file_even_when_the_data_has_moved_on(enter, joko, ready, real_paper):
    client = enter(joko)
    publish(client)
    first = {form: client.get(f"{PAGE}unduh/1/{form}/").content for form in ("pdf", "xlsx")}
    with joko.acting() as (actor, _):
        melati = Cooperative.objects.get(slug="melati")
        record_building(cooperative=melati, ownership="own", as_of=MONTH, actor=actor, now=NOW)
    assert {form: client.get(f"{PAGE}unduh/1/{form}/").content for form in ("pdf", "xlsx")} == first
    with joko.acting():
        row = PublishedReport.objects.select_related("pdf").get()
        assert row.pdf.sha256 == hashlib.sha256(first["pdf"]).hexdigest()
    assert (
        client.get(PAGE).context["shown"].figure("building").breakdown[1].count == 1
    )  # the page shows what was frozen


def test_the_report_names_the_snapshot_its_code_and_who_signs(enter, joko, ready, real_paper):
    client = enter(joko)
    publish(client)
    row = rows_of(joko)[0]
    text = pdf_text(client.get(f"{PAGE}unduh/1/pdf/").content)
    assert row.code in text
    assert f"r1 · {row.sha256[:12]}" in text
    assert "Yth. Wali Kota Serang" in text
    assert "NIP 19700101 199501 1 000" in text


def test_a_correction_is_a_new_revision_with_its_reason_and_the_first_stays(enter, joko, ready, real_paper):
    client = enter(joko)
    publish(client)
    first = client.get(f"{PAGE}unduh/1/pdf/").content
    with joko.acting() as (actor, _):
        record_building(
            cooperative=Cooperative.objects.get(slug="kenanga"), ownership="own", as_of=MONTH, actor=actor, now=NOW
        )
    again = client.get(f"{PAGE}?ralat=1")
    assert again.context["shown"].revision == 2
    refused = client.post(f"{PAGE}?ralat=1", hidden(client, f"{PAGE}?ralat=1"))
    assert refused.status_code == 422
    assert "alasan" in refused.context["form"].errors
    publish(client, f"{PAGE}?ralat=1", alasan="Catatan gedung Kenanga baru masuk")
    assert last_job(joko).state == "done", last_job(joko).message
    one, two = rows_of(joko)
    assert (one.withdrawn_reason, two.withdrawn_reason) == ("Catatan gedung Kenanga baru masuk", "")
    assert client.get(f"{PAGE}unduh/1/pdf/").content == first
    text = pdf_text(client.get(f"{PAGE}unduh/2/pdf/").content)
    assert "ralat 1" in text
    assert "Catatan gedung Kenanga baru masuk" in text
    assert report_of(two).corrections[0].what == "Koperasi yang punya tempat usaha"
    assert report_of(one).digest == one.sha256


def test_decisions_are_offered_from_the_blockers_and_the_edit_is_kept(enter, joko, ready):
    client = enter(joko)
    assert hidden(client)["putusan1"].startswith("Menetapkan lahan atau gedung aset daerah untuk 1 koperasi")
    publish(client, putusan1="Menunjuk lahan di Pager Agung.", putusan2="", nomor="500.3/12")
    report = report_of(rows_of(joko)[0])
    assert [decision.text for decision in report.decisions] == ["Menunjuk lahan di Pager Agung."]
    assert report.letter.number == "500.3/12"
    assert hidden(client, f"{PAGE}?ralat=1")["putusan1"] == "Menunjuk lahan di Pager Agung."


def test_numbers_that_moved_since_the_preview_are_shown_again_before_they_are_published(enter, joko, ready):
    client = enter(joko)
    typed = hidden(client) | {"putusan1": "Tetap diingat."}
    with joko.acting() as (actor, _):
        record_building(
            cooperative=Cooperative.objects.get(slug="kenanga"), ownership="own", as_of=MONTH, actor=actor, now=NOW
        )
    response = client.post(PAGE, typed)
    assert response.status_code == 200
    assert "Angkanya berubah" in response.content.decode()
    assert response.context["form"]["putusan1"].value() == "Tetap diingat."
    assert rows_of(joko) == []


def test_numbers_that_moved_while_the_job_waited_stop_it(enter, joko, ready):
    client = enter(joko)
    with (
        mock.patch.object(jobs.run, "defer") as defer,
        mock.patch("django.db.transaction.on_commit", lambda run: run()),
    ):
        client.post(PAGE, hidden(client))
    with joko.acting() as (actor, _):
        record_building(
            cooperative=Cooperative.objects.get(slug="kenanga"), ownership="own", as_of=MONTH, actor=actor, now=NOW
        )
    bind(NOBODY)
    jobs.run(**defer.call_args.kwargs)
    assert last_job(joko).state == "failed"
    assert "berubah sejak pratinjau" in last_job(joko).message
    assert rows_of(joko) == []


def test_two_people_publish_once(enter, joko, kepala, ready):
    client, other = enter(joko), enter(kepala)
    typed = hidden(other)
    publish(client)
    response = other.post(PAGE, typed)
    assert response.status_code in (200, 422)
    assert len(rows_of(joko)) == 1
    grant = joko.grant
    with joko.acting() as (actor, _):
        place = Place(Agency.objects.get(pk=actor.agency_id), None, grant)
        row = PublishedReport.objects.get()
        again = {
            "place": place,
            "period": MONTH,
            "revision": 1,
            "code": "01-AAAA-BBBB-CCCC",
            "snapshot": {},
            "sha256": "",
            "papers": Papers("x", b"a", b"b"),
            "reason": "",
        }
    with joko.acting() as (actor, _), pytest.raises(AlreadyPublished):
        publish_report(**again, actor=actor, now=NOW)
    with joko.acting() as (actor, _), pytest.raises(ValueError, match="reason"):
        publish_report(**(again | {"revision": 2}), actor=actor, now=NOW)
    assert row.revision == 1


def test_without_a_signatory_or_in_an_open_month_nothing_is_published(enter, joko):
    client = enter(joko)
    page = client.get(PAGE)
    assert not page.context["ready"]
    assert "Isi penanda tangan" in page.content.decode()
    assert client.post(PAGE, hidden(client)).status_code == 200
    assert rows_of(joko) == []
    open_month = client.get(f"/kota-serang/laporan/{TODAY.year}/{TODAY.month}/")
    assert [check.holds for check in open_month.context["checks"] if check.text == "Bulan sudah berakhir"] == [False]


def test_a_check_that_fails_blocks(enter, joko, ready):

    from dataclasses import replace

    def broken(board, paper, complete=True):
        report = fill(board, paper, complete=complete)
        row = report.districts[0]
        return replace(report, districts=(replace(row, men=row.men + 1), *report.districts[1:]))

    client = enter(joko)
    with mock.patch("koperasi.views.reports.fill", broken):
        page = client.get(PAGE)
        assert "tidak sesuai" in page.content.decode()
        assert client.post(PAGE, hidden(client)).status_code == 200
    with mock.patch("koperasi.jobs.fill", broken):
        publish(client)
    assert "L + P = jumlah anggota" in last_job(joko).message
    assert rows_of(joko) == []


def test_the_head_of_region_reads_what_is_published_and_no_other_file(enter, joko, wali, ready):
    client, reader = enter(joko), enter(wali)
    assert reader.get(PAGE).status_code == 404
    assert reader.get("/kota-serang/laporan/").context["months"] == []
    publish(client)
    assert reader.get(PAGE).status_code == 200
    assert "Buat ralat" not in reader.get(PAGE).content.decode()
    assert reader.get(f"{PAGE}unduh/1/pdf/").content == client.get(f"{PAGE}unduh/1/pdf/").content
    assert reader.post(PAGE, {}).status_code == 404
    assert reader.get(f"{PAGE}?ralat=1").context["shown"].revision == 1
    grant = joko.grant
    with joko.acting() as (actor, _):
        place = Place(Agency.objects.get(pk=actor.agency_id), None, grant)
        store_file(place=place, name="impor.xlsx", content=b"x", content_type="x", actor=actor, now=NOW)
        assert File.objects.count() == 3
    with wali.acting():
        assert {file.published for file in File.objects.all()} == {True}


@pytest.mark.parametrize("who", ["kepala", "admin_kota"])
def test_the_head_of_the_dinas_and_its_admin_publish_too(enter, request, who, ready):
    client = enter(request.getfixturevalue(who))
    publish(client)
    assert client.get(f"{PAGE}unduh/1/pdf/").status_code == 200


@pytest.mark.parametrize("who", ["siti", "penyuluh"])
def test_others_of_the_place_do_not_read_reports(enter, request, who):
    assert enter(request.getfixturevalue(who)).get(PAGE).status_code == 403


@pytest.mark.parametrize(
    "path",
    [
        "2026/13/",
        "2026/0/",
        "1999/1/",
        "9999/1/",
        f"{MONTH.year}/{MONTH.month}/unduh/1/pdf/",
        f"{MONTH.year}/{MONTH.month}/unduh/1/exe/",
    ],
)
def test_addresses_of_nothing_are_404(enter, joko, path):
    assert enter(joko).get(f"/kota-serang/laporan/{path}").status_code == 404


@pytest.mark.parametrize(
    "changes",
    [
        {"revisi": "x"},
        {"angka": "\x00"},
        {"putusan1": "a" * 999},
        {"putusan2": "\x00"},
        {"revisi": "999999999999999999"},
    ],
)
def test_a_broken_form_publishes_nothing_and_keeps_what_was_typed(enter, joko, ready, changes):
    client = enter(joko)
    response = client.post(PAGE, hidden(client) | {"putusan3": "Tetap ada."} | changes)
    assert response.status_code in (200, 422)
    assert "Tetap ada." in response.content.decode()
    assert rows_of(joko) == []


def test_pages_ask_little(enter, joko, ready, django_assert_max_num_queries):
    client = enter(joko)
    for address in ("/kota-serang/laporan/", PAGE):
        with django_assert_max_num_queries(BUDGET):
            assert client.get(address).status_code == 200
    publish(client)
    for address in (PAGE, f"{PAGE}?ralat=1", f"{PAGE}unduh/1/pdf/"):
        with django_assert_max_num_queries(BUDGET):
            assert client.get(address).status_code == 200


@pytest.mark.django_db(databases=["default", "cache"])
def test_a_stranger_with_the_code_sees_that_the_report_is_genuine_and_later_that_it_was_replaced(enter, joko, ready):
    client = enter(joko)
    publish(client)
    code = rows_of(joko)[0].code
    bind(NOBODY)
    bind_public(code)
    found = report_check(code)
    assert found.stamp.endswith(rows_of(joko)[0].sha256[:12])
    bind(NOBODY)
    page = enter(None).get(f"/k/{code}/")
    assert "Laporan ini asli" in page.content.decode()
    assert page["Cache-Control"].startswith("no-store") or "no-store" in page["Cache-Control"]
    publish(client, f"{PAGE}?ralat=1", alasan="Salah ketik")
    assert "sudah diganti ralat" in enter(None).get(f"/k/{code}/").content.decode()
    assert enter(None).get("/k/01-0000-0000-0000/").status_code == 404


def test_a_snapshot_somebody_touched_is_not_shown_as_published(enter, joko, ready):
    client = enter(joko)
    publish(client)
    row = rows_of(joko)[0]
    row.snapshot["report"]["figures"][1]["part"] += 1
    with pytest.raises(ValueError, match="not the one"):
        report_of(row)


def test_publishing_is_written_in_the_book(enter, joko, ready):
    publish(enter(joko))
    with joko.acting():
        event = AuditEvent.objects.get(verb="publish_report")
    assert (event.subject, event.actor_name, event.detail["revision"]) == (f"{MONTH:%Y-%m}", "Joko Staf", 1)


def test_a_signatory_is_entered_once_and_signs_from_the_day_on(enter, joko):
    client = enter(joko)
    page = "/kota-serang/laporan/penanda-tangan/"
    wrong = client.post(page, {"name": "Nama Contoh", "post": "Kepala Dinas", "nip": "12", "valid_from": "1/1/2026"})
    assert wrong.status_code == 422
    assert "18 angka" in wrong.content.decode()
    assert (
        client.post(
            page,
            {
                "name": "Nama Contoh, M.M.",
                "post": "Kepala Dinas",
                "capacity": "Plt.",
                "nip": "",
                "valid_from": "1/1/2026",
            },
        ).status_code
        == 302
    )
    with joko.acting() as (actor, _):
        agency = Agency.objects.get(pk=actor.agency_id)
        assert signatory_on(agency, date(2025, 12, 31)) is None
        assert signatory_on(agency, TODAY) == Signatory("Nama Contoh, M.M.", "Kepala Dinas", "", "", "Plt.")


def test_the_report_of_an_agency_without_any_data_is_full_of_holes_not_of_zeros(dewi):
    with dewi.acting() as (actor, _):
        agency = Agency.objects.select_related("place").get(pk=actor.agency_id)
        board = Board(agency, Period.of(MONTH, TODAY), told=TOLD)
        report = fill(
            board, PaperFacts(Signatory("A", "B"), NOW, "02-AAAA-BBBB-CCCC", "https://x.invalid/k/02-AAAA-BBBB-CCCC/")
        )
    assert report.figure("dues").value_text == "…"
    assert report.districts[0].employees is None
    assert report.agency.addressee == "Bupati Serang"
    assert all(check.holds for check in report.checks)
    assert from_json(to_json(report)) == report
    assert re.fullmatch(r"LPK-3604-\d{4}-\d{2}", report.snapshot_id)
