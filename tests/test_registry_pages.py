"""The profiles of cooperatives, and the forms that write them."""

from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from registry.actions import NameExists, amend_cooperative
from registry.models import (
    AnnualMeeting,
    AuditEvent,
    Blocker,
    BuildingRecord,
    Cooperative,
    Kbli,
    Officer,
    Profile,
    ReportedFigure,
    TrainingAttendance,
)
from registry.tenancy import NOBODY, bind
from tests.many_cooperatives import fill

KOTA = "kota-serang"
NOW = datetime(2026, 11, 20, tzinfo=UTC)


def url(name: str, *parts, query: str = "") -> str:
    return reverse(f"registry:{name}", args=[KOTA, *parts]) + query


@pytest.fixture
def desk(enter, joko):
    return enter(joko)


# --- The profile ----------------------------------------------------------------------------------

TABS = ("profile", "officers", "figures", "history")


@pytest.mark.parametrize("name", TABS)
def test_who_opens_a_profile(enter, name, joko, kepala, budi, wati, ratna, dewi, penyuluh, wali, tamu):
    address = url(name, "melati")
    field = 403 if name == "history" else 200
    expected = {
        joko: 200,
        kepala: 200,
        budi: 200,
        wati: 200,
        ratna: 404,
        dewi: 404,
        penyuluh: field,
        wali: 403,
        tamu: 404,
    }
    assert {who.username: enter(who).get(address).status_code for who in expected} == {
        who.username: code for who, code in expected.items()
    }


@pytest.mark.parametrize("name", [*TABS, "edit"])
def test_a_page_of_one_cooperative_asks_few_questions(desk, joko, name, django_assert_max_num_queries):
    fill(joko, 3)
    with django_assert_max_num_queries(20):
        assert desk.get(url(name, "melati")).status_code == 200


WRITING = ("add", "import")
WRITING_ONE = ("edit", "add_officer", "meeting", "blocker", "training", "report")


@pytest.mark.parametrize("name", WRITING_ONE)
def test_only_staff_and_admin_write_about_a_cooperative(enter, name, joko, kepala, penyuluh, budi, wati):
    address = url(name, "melati")
    own = 200 if name == "report" else 403  # officers report their own figures
    expected = {joko: 200, kepala: 403, penyuluh: 403, budi: own, wati: 403}
    assert {who.username: enter(who).get(address).status_code for who in expected} == {
        who.username: code for who, code in expected.items()
    }


def new_cooperative(**changes) -> dict:
    return {
        "name": "Koperasi Mitra Karya", "village": "Pager Agung", "district": "", "programme_id": "", "form": "primary", "coop_type": "service", "sector": "real",
        "pattern": "conventional", "legal_status": "legal_entity", "kbli_0": "47112", "founded_on": "1/2/2024", "deed_on": "10 Feb 2024", "deed_number": "01",
        "decree_number": "AHU-0017736.AH.01.29.TAHUN 2024", "decree_on": "20/02/2024", "nib": "0406250045554", "npwp": "1000000002641153", "phone": "0812 3456 7890", "decision": "",
    } | changes  # fmt: skip


def test_a_cooperative_is_registered_with_everything_typed(desk, joko):
    answer = desk.post(url("add"), new_cooperative(kbli_1="64142"))
    assert answer.status_code == 302, answer.content.decode()
    assert answer["Location"] == url("profile", "koperasi-mitra-karya")
    with joko.acting():
        one = Cooperative.objects.get(slug="koperasi-mitra-karya")
        profile = Profile.objects.get(pk=one.pk)
        assert (one.village_id, one.district_id) == ("36.73.03.1007", "36.73.03")
        assert (profile.founded_on, profile.deed_on, profile.phone) == (
            date(2024, 2, 1),
            date(2024, 2, 10),
            "+6281234567890",
        )
        assert AuditEvent.objects.filter(verb="register_cooperative", cooperative=one).count() == 1
    page = desk.get(answer["Location"]).content.decode()
    assert "0406250045554" in page and "47112" in page and "0812-3456-7890" in page


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"name": ""}, "name", "Belum diisi"),
        ({"name": "x" * 200}, "name", "Paling banyak 160"),
        ({"village": "Antah Berantah"}, "village", "tidak dikenal"),
        ({"village": "Sukawana"}, "village", "Sebutkan kecamatannya"),
        ({"village": "", "district": ""}, "village", "pilih kecamatannya"),
        ({"district": "36.73.01"}, "district", "tidak ada di kecamatan ini"),
        ({"district": "36.04.05"}, "district", "Pilih salah satu"),
        ({"nib": "123"}, "nib", "13 angka"),
        ({"npwp": "12"}, "npwp", "yang terisi 2"),
        ({"cooperative_nik": "12"}, "cooperative_nik", "10 sampai 16"),
        ({"phone": "abc"}, "phone", "nomor telepon"),
        ({"email": "a@"}, "email", "surel"),
        ({"kbli_0": "99999"}, "kbli", "tidak ada di daftar"),
        ({"kbli_0": "12"}, "kbli", "KBLI"),
        ({"deed_on": "31/02/2024"}, "deed_on", "31/02/2024"),
        ({"deed_on": "1/1/2099"}, "deed_on", "belum tiba"),
        ({"deed_on": "1/1/2024"}, "founded_on", "tidak boleh setelah"),
        ({"decree_on": "1/1/2024"}, "deed_on", "tidak boleh setelah"),
        ({"decision": "active"}, "decision_letter", "nomor surat"),
        ({"coop_type": "x"}, "coop_type", "Pilih salah satu"),
        ({"version": "x" * 50}, None, ""),
        ({"name": "\0\0"}, "name", "Belum"),
    ],
)  # fmt: skip
def test_a_wrong_entry_is_refused_at_its_field_and_kept(desk, changes, field, sentence):
    answer = desk.post(url("add"), new_cooperative(**changes))
    assert answer.status_code == 422
    form = answer.context["form"]
    if field:
        assert sentence in " ".join(form.errors[field])
    if "nib" in changes:
        assert 'value="123"' in answer.content.decode()
    bind(NOBODY)
    assert not Cooperative.objects.filter(name__startswith="Koperasi Mitra").exists()


def test_a_warning_is_shown_once_and_kept_only_as_read(desk):
    typed = new_cooperative(decree_number="AHU-1.TAHUN 2024", cooperative_nik="12345678901")
    answer = desk.post(url("add"), typed)
    page = answer.content.decode()
    assert (
        answer.status_code == 422
        and "Simpan juga" in page
        and "biasanya 13 angka" in page
        and 'value="12345678901"' in page
    )
    mark = answer.context["form"].warnings_mark
    other = desk.post(url("add"), typed | {"setujui": mark, "decree_on": "20/02/2025", "nib": "0406250045554"})
    assert other.status_code == 422  # a further warning, about the year, was not read yet
    assert desk.post(url("add"), typed | {"setujui": "x"}).status_code == 422
    assert desk.post(url("add"), typed | {"setujui": mark}).status_code == 302


def test_doubles_are_a_warning_by_number_and_refused_by_name(desk):
    assert desk.post(url("add"), new_cooperative()).status_code == 302
    again = desk.post(url("add"), new_cooperative(name="Koperasi Lain"))
    assert "juga tercatat pada Koperasi Mitra Karya" in again.content.decode()
    same = desk.post(url("add"), new_cooperative(decree_number="", nib="", npwp="", name="KOPERASI MITRA KARYA"))
    assert same.status_code == 422 and "sudah terdaftar di kecamatan ini" in same.content.decode()
    second = desk.post(
        url("add"), new_cooperative(name="Koperasi Merah", programme_id="kkmp", decree_number="", nib="", npwp="")
    )
    assert second.status_code == 422 and "dalam program ini" in second.content.decode()


def edited(desk, slug: str = "melati", **changes) -> dict:
    """The values the edit form shows, with changes."""
    form = desk.get(url("edit", slug)).context["form"]
    values = {bound.html_name: bound.value() for bound in form if bound.name != "kbli"}
    values |= {f"kbli_{index}": value for index, value in enumerate(form["kbli"].value())}
    return {name: "" if value is None else value for name, value in values.items()} | changes


def test_saving_without_change_writes_nothing(desk, joko):
    answer = desk.post(url("edit", "melati"), edited(desk))
    assert answer.status_code == 302, answer.context["form"].errors
    with joko.acting():
        assert Profile.objects.get(cooperative__slug="melati").version == 1
        assert not AuditEvent.objects.filter(verb="amend_cooperative").exists()


def test_a_stale_form_is_refused_with_what_changed_and_keeps_what_was_typed(desk, enter, budi, joko):
    typed = edited(desk, address="Jl. Baru 9")
    first = enter(budi).post(url("contacts", "melati"), {"address": "Jl. Lama 1", "version": "1"})
    assert first.status_code == 302
    answer = desk.post(url("edit", "melati"), typed)
    page = answer.content.decode()
    assert (
        answer.status_code == 422
        and "sudah diubah oleh Budi Ketua" in page
        and "Yang tersimpan sekarang: Jl. Lama 1" in page
    )
    assert 'value="Jl. Baru 9"' in page and 'name="version" value="2"' in page
    assert desk.post(url("edit", "melati"), typed | {"version": "2"}).status_code == 302
    with joko.acting():
        assert Profile.objects.get(cooperative__slug="melati").address == "Jl. Baru 9"


def test_a_new_name_gets_a_new_address_and_the_old_one_leads_there(desk, enter, budi):
    answer = desk.post(url("edit", "melati"), edited(desk, name="Koperasi Mawar Jaya"))
    assert answer.status_code == 302 and answer["Location"] == url("profile", "koperasi-mawar-jaya")
    for client in (desk, enter(budi)):
        moved = client.get(url("officers", "melati"))
        assert moved.status_code == 301 and moved["Location"] == url("officers", "koperasi-mawar-jaya")
    taken = desk.post(url("add"), new_cooperative(name="melati"))
    assert taken["Location"] == url("profile", "melati-walantaka")


def test_renaming_onto_a_neighbour_is_refused(joko):
    with joko.acting() as (actor, _):
        melati, kenanga = (
            Cooperative.objects.select_related("agency", "district", "village").get(slug=slug)
            for slug in ("melati", "kenanga")
        )
        with pytest.raises(NameExists):
            amend_cooperative(
                cooperative=melati, version=1, name=kenanga.name, fields={}, actor=actor, now=NOW, today=NOW.date()
            )


def test_officers_change_their_contacts_and_nothing_else(enter, budi, joko):
    client = enter(budi)
    assert client.get(url("contacts", "melati")).status_code == 200
    client.post(
        url("contacts", "melati"), {"phone": "0254-200000", "version": "1", "nib": "0406250045554", "name": "Lain"}
    )
    with joko.acting():
        profile = Profile.objects.select_related("cooperative").get(cooperative__slug="melati")
        assert (
            profile.phone == "+62254200000"
            and profile.nib == ""
            and profile.cooperative.name.startswith("Koperasi Kelurahan")
        )


def test_activities_are_kept_in_order_and_shown_by_vintage(desk, joko):
    desk.post(url("edit", "melati"), edited(desk, kbli_0="64142, 47112", kbli_1=str(Kbli.objects.get(code="01121"))))
    with joko.acting():
        from registry.models import CooperativeKbli

        rows = CooperativeKbli.objects.filter(cooperative__slug="melati").order_by("-is_main", "pk")
        assert [row.kbli.code for row in rows.select_related("kbli")] == ["64142", "47112", "01121"]


# --- Facts ----------------------------------------------------------------------------------------


def test_facts_are_written_and_shown(desk, joko):
    posts = [
        ("meeting", {"book_year": "2025", "held_on": "12/03/2026", "present": "87", "reported_on": ""}),
        ("survey_building", {"ownership": "bmd", "surveyed_on": "1/11/2026", "note": "Balai kelurahan"}),
        ("blocker", {"what": "land", "text": "Lahan kurang 120 m²", "waits_for": "BPKAD", "due_on": "1/12/2027"}),
        ("report", {"period": "31/12/2025", "source": "ods", "members_male": "1.500", "shu": "(250.000)"}),
    ]
    for name, data in posts:
        answer = desk.post(url(name, "melati"), data)
        assert answer.status_code == 302, answer.context["form"].errors
    with joko.acting():
        officer = Officer.objects.filter(cooperative__slug="melati").first()
    assert (
        desk.post(
            url("training", "melati"), {"officer": officer.pk, "topic": "SAK EP", "held_on": "2/11/2026"}
        ).status_code
        == 302
    )
    page = desk.get(url("profile", "melati")).content.decode()
    for text in ("12 Mar 2026", "Pinjam atau sewa", "Lahan kurang 120 m²", "SAK EP"):
        assert text in page
    figures = desk.get(url("figures", "melati")).content.decode()
    assert "1.500" in figures and "(250.000)" in figures and "ODS Kemenkop" in figures and "belum ada data" in figures
    with joko.acting():
        melati = {"cooperative__slug": "melati"}
        assert AnnualMeeting.objects.filter(**melati).count() == BuildingRecord.objects.filter(**melati).count() == 1
        assert TrainingAttendance.objects.filter(**melati).count() == 1
        assert ReportedFigure.objects.get(figure="shu", **melati).value == -250_000
        blocker = Blocker.objects.get(**melati)
    assert desk.get(url("blocker_solved", "melati", blocker.pk)).status_code == 405
    assert desk.post(url("blocker_solved", "kenanga", blocker.pk)).status_code == 404
    assert desk.post(url("blocker_solved", "melati", blocker.pk)).status_code == 302
    assert desk.post(url("blocker_solved", "melati", blocker.pk)).status_code == 404
    history = desk.get(url("history", "melati")).content.decode()
    assert "RAT dicatat" in history and "Hambatan selesai" in history


@pytest.mark.parametrize(
    ("name", "data", "field"),
    [
        ("meeting", {"book_year": "2027", "held_on": "12/03/2026"}, "book_year"),
        ("meeting", {"book_year": "9" * 30, "held_on": "12/03/2026"}, "book_year"),
        ("meeting", {"book_year": "2025", "held_on": "12/03/2024"}, "held_on"),
        ("meeting", {"book_year": "2025", "held_on": "12/03/2026", "reported_on": "1/1/2026"}, "reported_on"),
        ("meeting", {"book_year": "2025", "held_on": "12/03/2026", "present": "9" * 20}, "present"),
        ("survey_building", {"ownership": "x", "surveyed_on": "1/11/2026"}, "ownership"),
        ("survey_building", {"ownership": "own", "surveyed_on": "1/11/2099"}, "surveyed_on"),
        ("blocker", {"what": "land", "text": "", "waits_for": "x"}, "text"),
        ("training", {"officer": "999999", "topic": "x", "held_on": "1/1/2026"}, "officer"),
        ("report", {"period": "31/12/2025", "source": "dinas"}, "__all__"),
        ("report", {"period": "31/12/2025", "source": "dinas", "members_male": "-5"}, "members_male"),
        ("report", {"period": "31/12/2025", "source": "dinas", "assets": "9" * 30}, "assets"),
        (
            "add_officer",
            {"position": "chair", "name": "Baru", "sex": "L", "starts_on": "1/1/2026", "ends_on": "1/1/2030"},
            "position",
        ),
        (
            "add_officer",
            {
                "position": "vice_chair_business",
                "name": "Baru",
                "sex": "L",
                "starts_on": "1/1/2030",
                "ends_on": "1/1/2026",
            },
            "ends_on",
        ),
    ],
)
def test_a_wrong_fact_is_refused_at_its_field(desk, name, data, field):
    answer = desk.post(url(name, "melati"), data)
    assert answer.status_code == 422 and field in answer.context["form"].errors


def test_a_post_is_handed_over_by_ending_one_term_and_beginning_another(desk, joko):
    with joko.acting():
        chair = Officer.objects.get(cooperative__slug="melati", position="chair")
    assert (
        desk.post(
            url("end_officer", "kenanga", chair.pk), {"ended_on": "1/11/2026", "end_reason": "resigned"}
        ).status_code
        == 404
    )
    early = desk.post(url("end_officer", "melati", chair.pk), {"ended_on": "1/1/2020", "end_reason": "resigned"})
    assert "ended_on" in early.context["form"].errors
    assert (
        desk.post(
            url("end_officer", "melati", chair.pk), {"ended_on": "1/11/2026", "end_reason": "resigned"}
        ).status_code
        == 302
    )
    long = {"position": "chair", "name": "Ketua Baru", "sex": "P", "starts_on": "2/11/2026", "ends_on": "1/11/2036"}
    answer = desk.post(url("add_officer", "melati"), long)
    assert "lebih dari lima tahun" in answer.content.decode()
    assert desk.post(url("add_officer", "melati"), long | {"ends_on": "1/11/2031"}).status_code == 302
    page = desk.get(url("officers", "melati")).content.decode()
    assert "Ketua Baru" in page and "Mengundurkan diri" in page


def test_officers_report_their_own_figures_as_their_own(enter, budi, joko):
    answer = enter(budi).post(url("report", "melati"), {"period": "31/12/2025", "source": "ods", "members_male": "20"})
    assert answer.status_code == 302
    with joko.acting():
        figure = ReportedFigure.objects.get(cooperative__slug="melati")
        event = AuditEvent.objects.get(verb="report_figures")
    assert (figure.source, figure.value) == ("cooperative", 20)
    assert (event.actor_id, event.actor_name) == (figure.reported_by, "Budi Ketua")  # the name stands in the book alone


def test_files_and_jobs_of_nobody_are_not_found(desk):
    for address in (
        url("job", "tidakada"),
        url("file", 1),
        url("cooperative_job", "melati", "x"),
        url("cooperative_file", "melati", 10**30),
    ):
        assert desk.get(address).status_code == 404
