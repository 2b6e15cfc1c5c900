"""Documents over HTTP: uploads, the check by another person, the number in the profile, who may, the list and its files."""

from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from registry.actions import AlreadyReplaced, check_documents, keep_document, keep_documents
from registry.models import AuditEvent, Cooperative, Document, Profile
from registry.periods import today_jakarta
from tests.test_building_rules import jpeg

pytestmark = pytest.mark.django_db(databases=["default", "cache"])
KOTA = "kota-serang"
NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
TODAY = today_jakarta(timezone.now())
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
NIB = {"number": "9900000000001", "issuer": "Lembaga OSS", "issued_on": "01/10/2025"}


def url(name: str, *parts, query: str = "", agency: str = KOTA) -> str:
    return reverse(f"registry:{name}", args=[agency, *parts]) + query


def typed(content: bytes = PDF, **more) -> dict:
    return NIB | {"file": SimpleUploadedFile("berkas.pdf", content, content_type="application/pdf")} | more


def keep(
    someone,
    kind: str = "nib",
    until: date | None = None,
    slug: str = "melati",
    number: str = "9900000000001",
    replaces=None,
):
    """Keep a paper as this person, past the form."""
    with someone.acting() as (actor, _):
        fields = {"number": number, "issuer": "x", "issued_on": date(2020, 1, 1), "valid_until": until}
        return keep_document(
            cooperative=Cooperative.objects.get(slug=slug), kind=kind, fields=fields, content=PDF, content_type="application/pdf",
            replaces=replaces, actor=actor, now=NOW, today=NOW.date(),
        )  # fmt: skip


@pytest.fixture
def desk(enter, joko):
    return enter(joko)


# --- Uploading and checking -------------------------------------------------------------------------


def test_an_officer_uploads_another_checks_and_the_number_goes_into_the_profile_by_one_tap(enter, budi, joko):
    chair, staff = enter(budi), enter(joko)
    with joko.acting():
        Profile.objects.filter(cooperative__slug="melati").update(nib="9900000000009")
    answer = chair.post(url("upload_document", "melati", "nib"), typed(), follow=True)
    page = answer.content.decode()
    assert "menunggu diperiksa dinas" in page and "Nomornya berbeda dari profil (9900000000009)" in page
    with joko.acting():
        paper = Document.objects.get()
        profile = Profile.objects.get(cooperative__slug="melati")
        assert (paper.state, paper.by_cooperative, paper.made_by_name, paper.rules) == (
            "waiting",
            True,
            "Budi Ketua",
            "v1",
        )
        assert profile.nib == "9900000000009" and profile.last_recorded_on is not None
        assert AuditEvent.objects.filter(verb="upload_document", cooperative__slug="melati").count() == 1
    use, sent = url("use_number", "melati", paper.pk), {"version": profile.version}
    assert staff.post(use, sent).status_code == 404  # not before it is verified
    assert chair.post(url("check_document", "melati", paper.pk), {"decision": "verified"}).status_code == 403
    assert staff.post(url("check_document", "melati", paper.pk), {"decision": "verified"}).status_code == 302
    assert "Pakai nomor ini di profil" in staff.get(url("document", "melati", paper.pk)).content.decode()
    assert "Pakai nomor ini" not in chair.get(url("document", "melati", paper.pk)).content.decode()
    for stale in ({"version": "0"}, {}, {"version": "\x00"}, {"version": "9" * 40}):
        assert "baru saja diubah orang lain" in staff.post(use, stale, follow=True).content.decode()
    assert staff.post(use, sent).status_code == 302
    with joko.acting():
        assert Profile.objects.get(cooperative__slug="melati").nib == "9900000000001"
        assert AuditEvent.objects.filter(verb="amend_cooperative", cooperative__slug="melati").count() == 1
    assert staff.post(use, sent).status_code == 404  # the profile says it already


def test_nobody_checks_their_own_and_the_database_says_so_too(enter, joko, admin_kota):
    paper = keep(joko)
    own, other = enter(joko), enter(admin_kota)
    assert "Pemeriksanya orang lain" in own.get(url("document", "melati", paper.pk)).content.decode()
    page = own.post(url("check_document", "melati", paper.pk), {"decision": "verified"}, follow=True).content.decode()
    assert "oleh orang lain dari pengunggahnya" in page
    with joko.acting() as (actor, _):
        for change, name in (
            ({"state": "verified", "checked_by": actor.user_id}, "who_uploaded_a_document_does_not_check_it"),
            ({"state": "verified"}, "a_checked_document_names_its_checker"),
            ({"state": "returned", "checked_by": 999_999}, "a_returned_document_has_a_reason"),
        ):
            with pytest.raises(IntegrityError, match=name), transaction.atomic():
                Document.objects.filter(pk=paper.pk).update(**change)
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            Document.objects.filter(pk=paper.pk).update(number="lain")
    assert other.post(url("check_document", "melati", paper.pk), {"decision": "returned"}).status_code == 422
    sent = {"decision": "returned", "note": "Halaman kedua tidak terbaca"}
    assert other.post(url("check_document", "melati", paper.pk), sent).status_code == 302
    page = other.get(url("documents", "melati")).content.decode()
    assert "0 dari 6 dokumen pokok ada" in page and "Halaman kedua tidak terbaca" in page


@pytest.mark.parametrize(
    "change", [{"state": "verified", "checked_by": 1}, {"by_cooperative": False}, {"made_by": 1}], ids=str
)
def test_an_officer_cannot_write_a_paper_that_is_verified_or_the_dinas_already(budi, change):
    with budi.acting() as (actor, melati):
        row = {
            "cooperative": melati, "agency_id": melati.agency_id, "kind": "nib", "issued_on": date(2025, 1, 1), "rules": "v1", "path": "x",
            "content_type": "x", "size": 1, "sha256": "", "by_cooperative": True, "made_by": actor.user_id, "made_by_name": "x", "made_at": NOW,
        }  # fmt: skip
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            Document.objects.create(**row | change)
        assert Document.objects.create(**row).pk


def test_dates_and_replacements_hold_in_the_database(joko):
    first = keep(joko)
    with pytest.raises(IntegrityError, match="a_document_ends_after_it_was_issued"), transaction.atomic():
        keep(joko, until=date(2019, 12, 31))
    second = keep(joko, replaces=first)
    with pytest.raises(AlreadyReplaced), transaction.atomic():
        keep(joko, replaces=first)
    with pytest.raises(IntegrityError), transaction.atomic():
        keep(joko, slug="kenanga", replaces=second)
        connection.check_constraints()
    assert second.replaces_id == first.pk


def test_a_returned_successor_gives_its_predecessor_back_and_a_replaced_one_is_not_checked(enter, joko, admin_kota):
    first = keep(joko, number="9900000000001")
    second = keep(joko, number="9900000000002", replaces=first)
    other = enter(admin_kota)
    page = other.post(url("check_document", "melati", first.pk), {"decision": "verified"}, follow=True).content.decode()
    assert "diperiksa sekali" in page
    assert "9900000000002" in other.get(url("documents", "melati")).content.decode()
    with admin_kota.acting() as (actor, _):
        check_documents(documents=[second], accept=False, note="Buram", actor=actor, now=NOW)
    seen = other.get(url("documents", "melati")).context["seen"]
    assert [paper.document.pk for paper in seen.of("nib")] == [first.pk] and len(seen.earlier) == 1
    assert other.post(url("upload_document", "melati", "nib"), typed()).status_code == 302  # replaces the first again


BAD = [
    ({"number": ""}, "Belum diisi"),
    ({"number": "12"}, "13 angka"),
    ({"number": "\x00"}, "Belum diisi"),
    ({"number": "9" * 400}, "Paling banyak"),
    ({"issuer": ""}, "Belum diisi"),
    ({"issued_on": "31/02/2025"}, "issued_on"),
    ({"issued_on": "01/01/2099"}, "belum tiba"),
    ({"issued_on": "\x00"}, "Tanggal belum diisi"),
    ({"file": SimpleUploadedFile("x.pdf", b"%PDF-1.4 half")}, "tidak utuh"),
    ({"file": SimpleUploadedFile("x.exe", b"MZ\x00\x01")}, "bukan PDF"),
    ({"file": ""}, "Pilih dulu berkasnya"),
]


@pytest.mark.parametrize(("change", "sentence"), BAD, ids=[str(number) for number in range(len(BAD))])
def test_bad_input_gets_a_sentence_and_stores_nothing(desk, joko, change, sentence):
    answer = desk.post(url("upload_document", "melati", "nib"), typed() | change)
    assert answer.status_code == 422 and sentence in answer.content.decode()
    with joko.acting():
        assert not Document.objects.exists()


def test_what_a_kind_has_is_asked_and_nothing_else(desk):
    fields = {
        kind: set(desk.get(url("upload_document", "melati", kind)).context["form"].fields)
        for kind in ("nib", "nik-koperasi", "lainnya")
    }
    common = {"file", "number", "issuer", "issued_on"}
    assert fields == {
        "nib": common,
        "nik-koperasi": common | {"valid_until", "grade"},
        "lainnya": common | {"title", "valid_until"},
    }
    paper = typed(number="3673010995751", issuer="Kementerian Koperasi")
    for change, sentence in (
        ({}, "Tanggal belum diisi"), ({"valid_until": "01/01/2020", "grade": "A"}, "berakhir sebelum tanggal terbitnya"),
        ({"valid_until": "01/01/2027", "grade": "Z"}, "Pilih salah satu"),
    ):  # fmt: skip
        answer = desk.post(url("upload_document", "melati", "nik-koperasi"), paper | change)
        assert answer.status_code == 422 and sentence in answer.content.decode(), sentence
    assert desk.get(url("upload_document", "melati", "tidak-ada")).status_code == 404


# --- Who may ----------------------------------------------------------------------------------------


def test_only_readers_see_a_paper_and_no_other_place_does(
    enter, budi, siti, wati, ratna, penyuluh, wali, joko, dewi, lestari
):
    paper = keep(budi)
    assert enter(budi).post(url("upload_document", "melati", "akta"), typed(jpeg(), number="7")).status_code == 302
    for name in ("document", "document_file"):
        address = url(name, "melati", paper.pk)
        for person in (siti, wati, penyuluh, joko):
            assert enter(person).get(address).status_code == 200, person
        assert enter(wali).get(address).status_code == 403
        for person in (ratna, dewi, lestari):
            assert enter(person).get(address).status_code == 404, person
        assert enter(joko).get(url(name, "kenanga", paper.pk)).status_code == 404
        assert enter(ratna).get(url(name, "kenanga", paper.pk)).status_code == 404
        assert enter(dewi).get(url(name, "mawar", paper.pk, agency="kab-serang")).status_code == 404
    for person in (wati, penyuluh):
        assert enter(person).get(url("upload_document", "melati", "nib")).status_code == 403
    assert enter(wali).get(url("all_documents")).status_code == 403
    assert enter(budi).get(url("all_documents")).status_code == 403
    assert "menjadi tugas Anda" in enter(penyuluh).get(url("all_documents")).content.decode()
    answer = enter(joko).get(url("document_file", "melati", paper.pk))
    assert answer.content == PDF and answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"] == 'attachment; filename="nib-2020-01-01.pdf"'


# --- The list ---------------------------------------------------------------------------------------


def test_the_list_its_files_and_home_show_the_same_rows(desk, joko, budi):
    for kind, days, someone in (
        ("nik-koperasi", -1, joko),
        ("pirt", 0, joko),
        ("halal", 31, joko),
        ("pbg-slf", 91, joko),
        ("nib", None, budi),
    ):
        keep(someone, kind, None if days is None else TODAY + timedelta(days=days))
    for query, rows in (
        ("", 5), ("?keadaan=habis", 1), ("?keadaan=30", 1), ("?keadaan=90", 2), ("?keadaan=menunggu", 5), ("?keadaan=menunggu&asal=pengurus", 1),
        ("?asal=dinas", 4), ("?jenis=pirt", 1), ("?jenis=pirt&keadaan=belum", 1), ("?keadaan=belum", 10), ("?kecamatan=36.73.03", 5),
        ("?kecamatan=x", 0), ("?cari=pager", 5), ("?cari=kiara", 0), ("?cari=%00", 5), ("?keadaan=x", 0), ("?program=kkmp", 5),
    ):  # fmt: skip
        page = desk.get(url("all_documents", query=query))
        assert page.context["page"].paginator.count == rows, query
        shown = [(row.cooperative.name, row.kind.name) for row in page.context["rows"]]
        sheet = load_workbook(BytesIO(desk.get(url("documents_download", "xlsx", query=query)).content)).active.values
        assert [(row[2], row[3]) for row in sheet if str(row[2]).startswith("Koperasi")] == shown, query
        csv = desk.get(url("documents_download", "csv", query=query)).content.decode("utf-8-sig")
        assert len(csv.strip().splitlines()) == rows + 1, query
    counts = {chip["label"]: chip["count"] for chip in desk.get(url("all_documents")).context["chips"]}
    assert counts == {"Semua dokumen": 5, "Sudah habis": 1, "Habis dalam 30 hari": 1, "Habis dalam 90 hari": 2, "Menunggu diperiksa": 5, "Belum ada": 10}  # fmt: skip
    assert "1 dari 2 koperasi punya dokumen di sini" in desk.get(url("all_documents")).content.decode()
    home = desk.get(reverse("dinas_home", args=[KOTA]))
    items = {item.title: item for item in home.context["work"].items}
    for title in ("Periksa dokumen yang diunggah pengurus", "Ingatkan dokumen yang segera habis"):
        assert desk.get(items[title].url).context["page"].paginator.count == items[title].count == 1


def test_the_pages_stay_bounded_whatever_their_number(desk, joko):
    paper = keep(joko)

    def queries(address: str) -> int:
        with CaptureQueriesContext(connection) as seen:
            assert desk.get(address).status_code == 200
        return len(seen)

    def more(count: int) -> None:
        with joko.acting() as (actor, _):
            melati = Cooperative.objects.get(slug="melati")
            row = {
                "cooperative": melati,
                "agency_id": melati.agency_id,
                "kind": "pirt",
                "issued_on": date(2025, 1, 1),
                "path": "x",
            }
            row |= {"content_type": "x", "size": 1, "sha256": "", "valid_until": TODAY + timedelta(days=9)}
            keep_documents(papers=[Document(**row) for _ in range(count)], actor=actor, now=NOW, today=TODAY)

    more(1)
    pages = [
        url("all_documents"),
        url("all_documents", query="?keadaan=belum"),
        url("documents", "melati"),
        url("document", "melati", paper.pk),
    ]
    pages += [url("documents_download", "xlsx")]
    desk.get(pages[0])
    before = [queries(page) for page in pages]
    more(120)
    after = [queries(page) for page in pages]
    assert after == before and max(after) <= 20, (before, after)
