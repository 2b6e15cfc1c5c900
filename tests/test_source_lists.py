"""Journey 22 on the server: a list of ODS beside the register. The sums add up, the profile stays, the same file says nothing new."""

from datetime import UTC, date, datetime
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from registry import jobs
from registry.actions import register_cooperative
from registry.models import (
    AuditEvent,
    Cooperative,
    ImportBatch,
    Job,
    Place,
    Profile,
    SourceList,
    SourceStranger,
    SourceValue,
)
from registry.sheets.columns import Column
from registry.sheets.writing import write_xlsx
from registry.tenancy import NOBODY, bind
from tests.cast import actor_agency

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
KOTA = "kota-serang"
HEADINGS = [
    "NIK Koperasi",
    "Nama Koperasi",
    "No BH",
    "Tgl BH",
    "Kecamatan",
    "Kelurahan",
    "Jenis Koperasi",
    "NIB",
    "Ketua",
]


def url(name: str, *parts) -> str:
    return reverse(f"registry:{name}", args=[KOTA, *parts])


def a_list(rows: list[dict], headings: list[str] = HEADINGS) -> bytes:
    target = BytesIO()
    columns = [Column(heading, heading, kind="identifier") for heading in headings]
    write_xlsx(target, title="Data ODS", columns=columns, rows=rows)
    return target.getvalue()


class Desk:
    """The dinas uploads a list and lets the job run."""

    def __init__(self, client, someone) -> None:
        self.client, self.someone = client, someone

    def upload(self, content: bytes, source: str = "ods", as_of: str = "01/11/2026") -> ImportBatch:
        asked = {"berkas": SimpleUploadedFile("ods.xlsx", content), "as_of": as_of}
        answer = self.client.post(url(f"{source}:import"), asked)
        assert answer.status_code == 302, answer.content.decode()
        return self.work()

    def work(self) -> ImportBatch:
        with self.someone.acting():
            job = Job.objects.filter(state=Job.State.WAITING).latest("pk")
            batch = job.arguments["batch"]
        bind(NOBODY)
        jobs.run(number=job.number, user_id=job.requested_by, grant_id=job.grant_id, cooperative_id=None)
        bind(NOBODY)
        with self.someone.acting():
            return ImportBatch.objects.get(number=batch)

    def latest(self) -> SourceList:
        with self.someone.acting():
            return SourceList.objects.latest("pk")


@pytest.fixture
def desk(enter, joko) -> Desk:
    return Desk(enter(joko), joko)


@pytest.fixture
def ours(joko) -> list[Cooperative]:
    """Five cooperatives beside those of the cast, each found by another of its marks."""
    with joko.acting() as (actor, _):
        villages = list(Place.objects.filter(parent="36.73.03").select_related("parent").order_by("code")[:5])
        marks = [
            {"cooperative_nik": "3673030990001"},
            {"decree_number": "AHU-0099001.AH.01.29.TAHUN 2025"},
            {"nib": "9900000000001"},
            {},
            {},
        ]
        return [
            register_cooperative(
                agency=actor_agency(actor), name=f"Koperasi Kelurahan Merah Putih Uji {number}", district=village.parent, village=village,
                fields={"coop_type": "consumer", "decree_on": date(2025, 7, 1), **mark}, actor=actor, now=NOW,
            )
            for number, (village, mark) in enumerate(zip(villages, marks, strict=True))
        ]  # fmt: skip


def theirs(ours: list[Cooperative]) -> list[dict]:
    village = ours[3].village.name
    return [
        {"NIK Koperasi": "3673030990001", "Nama Koperasi": "Nama Yang Sama Sekali Lain", "Tgl BH": "01/07/2025"},
        {"Nama Koperasi": "KKMP Uji 1", "No BH": "No. AHU-0099001.AH.01.29.Tahun 2025", "Jenis Koperasi": "KSP"},
        {"Nama Koperasi": "KKMP UJI 2", "NIB": "9900000000001", "Ketua": "tidak dibaca"},
        {
            "Nama Koperasi": "KKMP UJI 3",
            "Kelurahan": village,
            "Kecamatan": "Walantaka",
            "NIB": "9900000000333",
            "Tgl BH": "0000-00-00",
        },
        {"Nama Koperasi": "Koperasi Yang Tidak Kita Kenal", "Kecamatan": "Walantaka", "No BH": "77/BH/1999"},
        {"Nama Koperasi": "KKMP Uji 2 (ganda)", "NIB": "9900000000001"},
    ]


def test_each_line_is_matched_by_its_surest_mark_and_the_sums_add_up(desk, joko, ours):
    batch = desk.upload(a_list(theirs(ours)))
    assert batch.state == "applied", batch.sentence
    kept = desk.latest()
    with joko.acting():
        everybody = Cooperative.objects.filter(agency=kept.agency_id, is_practice=False).count()
        matched = set(SourceValue.objects.filter(field="name").values_list("cooperative", flat=True))
        stranger = SourceStranger.objects.get()
        states = {(row.cooperative_id, row.field): row.state for row in SourceValue.objects.all()}
    assert matched == {one.pk for one in ours[:4]}
    assert (kept.theirs, kept.matched, kept.only_theirs, kept.unusable) == (6, 4, 1, 1)
    assert (kept.ours, kept.only_ours) == (everybody, everybody - 4)
    assert stranger.name == "Koperasi Yang Tidak Kita Kenal"
    assert states[ours[0].pk, "name"] == "differs" and states[ours[0].pk, "decree_on"] == "same"
    assert states[ours[1].pk, "coop_type"] == "differs" and states[ours[1].pk, "decree_number"] == "same"
    assert states[ours[2].pk, "nib"] == "same" and states[ours[2].pk, "name"] == "same"
    assert states[ours[3].pk, "nib"] == "missing" and (ours[3].pk, "decree_on") not in states
    assert kept.differing == 3


def test_a_list_changes_no_profile_and_no_status(desk, joko, ours):
    with joko.acting():
        before = list(Profile.objects.order_by("pk").values())
    desk.upload(a_list(theirs(ours)))
    with joko.acting():
        assert list(Profile.objects.order_by("pk").values()) == before
        assert AuditEvent.objects.filter(verb="keep_source_list").count() == 1


def test_the_same_file_again_changes_nothing(desk, joko, ours):
    content = a_list(theirs(ours))
    desk.upload(content)
    with joko.acting():
        before = list(SourceValue.objects.order_by("pk").values())
    again = desk.upload(content)
    assert again.state == "expired" and "sama dengan daftar terakhir" in again.sentence
    with joko.acting():
        assert list(SourceValue.objects.order_by("pk").values()) == before
        assert SourceList.objects.count() == 1 and SourceStranger.objects.count() == 1
        told = Job.objects.latest("pk")
    assert "tidak ada yang berubah" in told.message and told.result["url"] == url("source", "ods")


def test_home_names_what_waits_and_leads_to_it(desk, joko, ours):
    desk.upload(a_list([{"Sebutan": "KKMP Uji 2", "NIB": "9900000000001"}], ["Sebutan", "NIB", "No BH"]))
    desk.upload(a_list(theirs(ours)))
    home = desk.client.get(reverse("dinas_home", args=[KOTA])).content.decode()
    assert "3 koperasi berbeda dengan AHU, ODS, atau SIMKOPDES" in home and url("sources") in home
    with joko.acting():
        waiting = ImportBatch.objects.get(state="columns")
    address = url("ods:import_batch", waiting.number)
    assert address in home and desk.client.get(address).status_code == 302


def test_a_newer_list_replaces_the_older_and_a_decision_stands_where_nothing_moved(desk, joko, ours):
    desk.upload(a_list(theirs(ours)))
    with joko.acting():
        SourceValue.objects.filter(cooperative=ours[0], field="name").update(decision="ours", reason="Sesuai akta")
    desk.upload(a_list(theirs(ours)[:1]), as_of="10/11/2026")
    kept = desk.latest()
    with joko.acting():
        row = SourceValue.objects.get(cooperative=ours[0], field="name")
        left = set(SourceValue.objects.values_list("cooperative", flat=True))
    assert (row.decision, row.source_list_id) == ("ours", kept.pk)
    assert left == {ours[0].pk} and (kept.theirs, kept.matched, kept.only_theirs) == (1, 1, 0)


def test_only_theirs_is_registered_by_the_normal_import_and_not_silently(desk, joko, ours):
    desk.upload(a_list(theirs(ours)))
    answer = desk.client.get(url("strangers_file", "ods"))
    with joko.acting():
        assert not Cooperative.objects.filter(name="Koperasi Yang Tidak Kita Kenal").exists()
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    assert (
        desk.client.post(
            url("import"), {"berkas": SimpleUploadedFile("baru.xlsx", content), "as_of": "31/12/2025"}
        ).status_code
        == 302
    )
    batch = desk.work()
    assert (batch.state, batch.counts.get("new"), batch.counts.get("bad")) == ("read", 1, None), (
        batch.sentence,
        batch.counts,
    )


def test_the_register_comes_out_in_the_order_of_their_columns(desk, joko, ours):
    desk.upload(a_list(theirs(ours)))
    answer = desk.client.get(url("source_file", "ods"))
    sheet = load_workbook(BytesIO(answer.content)).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    top = next(number for number, row in enumerate(rows) if row[0] == "NIK Koperasi")
    assert rows[top][: len(HEADINGS)] == HEADINGS and rows[top][len(HEADINGS)] == "Beda dengan ODS"
    by_name = {row[1]: row for row in rows[top + 1 :]}
    assert by_name[ours[1].name][6] == "Konsumen" and "mereka menulis KSP" in by_name[ours[1].name][9]
    assert by_name[ours[4].name][9] == "Tidak ada di daftar mereka"
    assert by_name[ours[2].name][9] is None and by_name[ours[2].name][8] is None


def test_three_parts_of_the_page_show_what_the_sums_say(desk, joko, ours, django_assert_max_num_queries):
    desk.upload(a_list(theirs(ours)))
    kept = desk.latest()
    page = desk.client.get(url("source", "ods")).content.decode()
    assert "4 dari 6 baris cocok" in page and "Nama Yang Sama Sekali Lain" in page
    with django_assert_max_num_queries(20):
        assert (
            "Koperasi Yang Tidak Kita Kenal" in desk.client.get(url("source", "ods") + "?lihat=mereka").content.decode()
        )
    with django_assert_max_num_queries(20):
        shown = desk.client.get(url("source", "ods") + "?lihat=kita").content.decode()
    assert (
        reverse("registry:compared", args=[KOTA, ours[4].slug]) in shown and f"{kept.only_ours} hanya di kita" in shown
    )


def test_unknown_headings_are_asked_once_and_remembered_for_this_source_only(desk, joko, ours):
    odd = ["Sebutan", "NIB", "No BH"]
    content = a_list([{"Sebutan": "KKMP Uji 2", "NIB": "9900000000001"}], odd)
    batch = desk.upload(content)
    assert batch.state == "columns"
    desk.client.post(
        url("ods:import_columns", batch.number), {"kolom-0": "name", "kolom-1": "nib", "kolom-2": "decree_number"}
    )
    assert desk.work().state == "applied"
    other = a_list([{"Sebutan": "KKMP Uji 2", "NIB": "9900000000009"}], odd)
    assert desk.upload(other).state == "applied"
    assert desk.upload(other, source="simkopdes").state == "columns"


def test_undo_takes_the_latest_list_away_and_an_older_one_stays_replaced(desk, joko, ours):
    first = desk.upload(a_list(theirs(ours)))
    second = desk.upload(a_list(theirs(ours)[:2]))
    for batch, state in ((first, "applied"), (second, "undone")):
        desk.client.post(url("ods:import_undo", batch.number))
        assert desk.work().state == state
    with joko.acting():
        assert not SourceValue.objects.exists() and not SourceStranger.objects.exists()
        assert SourceList.objects.count() == 1


def test_sums_that_do_not_add_up_are_refused_by_the_database(desk, joko, ours):
    desk.upload(a_list(theirs(ours)))
    row, maker = desk.latest(), joko.user.pk
    right = {
        field.attname: getattr(row, field.attname) for field in SourceList._meta.concrete_fields if field.name != "id"
    }
    for wrong in ({}, {"theirs": 7}, {"only_ours": 0}, {"differing": 99}):
        with joko.acting(), transaction.atomic():
            try:
                SourceList.objects.create(**right | {"made_by": maker} | wrong)
            except IntegrityError:
                assert wrong
                transaction.set_rollback(True)
            else:
                assert not wrong


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"\0bukan lembar\0", "berkas"), (b"", "kosong"), (b"PK\x03\x04" + b"\0" * 40, "berkas")],
)
def test_what_is_no_list_is_refused_with_a_sentence(desk, content, words):
    answer = desk.client.post(
        url("ods:import"), {"berkas": SimpleUploadedFile("x.xlsx", content), "as_of": "01/11/2026"}
    )
    assert answer.status_code == 422 and words in answer.content.decode().lower()


line = st.fixed_dictionaries(
    {
        "Nama Koperasi": st.sampled_from(
            ["KKMP Uji 0", "KKMP UJI 3", "Koperasi Lain", "KSP Entah", "Koperasi Kelurahan Merah Putih Uji 4"]
        ),
        "NIB": st.sampled_from(["", "9900000000001", "9900000000002", "abc"]),
        "NIK Koperasi": st.sampled_from(["", "3673030990001", "0"]),
        "No BH": st.sampled_from(["", "AHU-0099001.AH.01.29.TAHUN 2025", "1/BH/1"]),
    }
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(line, min_size=1, max_size=9), number=st.integers(1, 10**9))
def test_whatever_the_list_both_sums_add_up(rows, number, desk, joko, ours):
    rows = [*rows, {"Nama Koperasi": f"Koperasi Satu-satunya {number}"}]  # no file twice
    desk.upload(a_list(rows))
    kept = desk.latest()
    assert kept.theirs == len(rows) == kept.matched + kept.only_theirs + kept.unusable
    with joko.acting():
        assert (
            kept.ours
            == Cooperative.objects.filter(agency=kept.agency_id, is_practice=False).count()
            == kept.matched + kept.only_ours
        )
        assert SourceValue.objects.filter(source_list=kept.pk, field="name").count() == kept.matched
        assert SourceStranger.objects.count() == kept.only_theirs
