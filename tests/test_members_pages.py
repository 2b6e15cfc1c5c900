"""The pages of the member book, walked by the cast through the door and the wall."""

import gzip
import io
from datetime import date

import pytest

from members.actions import Applicant, Person, admit_many
from members.models import Identity, Member, MemberFlow
from registry.models import AuditEvent, Grant
from registry.sheets.guard import inspect_upload
from registry.sheets.reading import read_lines

BOOK = "/kota-serang/koperasi/melati/anggota/"
KENANGA = "/kota-serang/koperasi/kenanga/anggota/"
PAGES = ["", "tambah/", "1/", "1/ubah/", "1/berhenti/", "1/nik/", "1/kartu/", "unduh.xlsx", "unduh.csv"]
NEW = {
    "name": "Siti Aisyah", "national_id": "9901014107900001", "sex": "P", "birth_date": "1/7/1990", "address": "Kp. Contoh",
    "rt_rw": "1/2", "phone": "0812 3456 7890", "kind": "ordinary", "joined_on": "20/11/2026", "status": "applicant",
}  # fmt: skip


def body(response) -> str:
    return response.content.decode()


def listed(response) -> list[str]:
    return [row["number_text"] for row in response.context["rows"]]


def events(someone, verb: str) -> list[AuditEvent]:
    with someone.acting():
        return list(AuditEvent.objects.filter(verb=verb).order_by("pk"))


def crowd(someone, now, how_many: int) -> None:
    with someone.acting() as (actor, cooperative):
        people = [
            Applicant(Person(f"Warga {i:04d}", "LP"[i % 2], date(1970, 1, 1), "Kp. Baru", "001/001"), date(2026, 2, 1), f"990101{i % 28 + 1:02d}0180{i:04d}")
            for i in range(1, how_many + 1)
        ]  # fmt: skip
        admit_many(cooperative=cooperative, people=people, actor=actor, now=now)


# --- Who may see what ------------------------------------------------------------------------------


def test_the_list_shows_the_members_of_this_cooperative_only(enter, yusuf):
    page = enter(yusuf).get(BOOK)
    assert len(listed(page)) == 10
    assert page["Cache-Control"].find("no-store") >= 0
    assert "Ahmad Hidayat" in body(page)


@pytest.mark.parametrize("page", PAGES)
def test_strangers_find_nothing(enter, lestari, dewi, ratna, tamu, page):
    for someone in (lestari, dewi, ratna, tamu):
        assert enter(someone).get(BOOK + page).status_code == 404


@pytest.mark.parametrize("page", PAGES)
def test_the_dinas_the_penyuluh_and_the_executive_are_refused(enter, joko, kepala, admin_kota, penyuluh, wali, page):
    for someone in (joko, kepala, admin_kota, penyuluh, wali):
        response = enter(someone).get(BOOK + page)
        assert response.status_code == 403
        assert "Ahmad Hidayat" not in body(response)


def test_who_is_not_signed_in_is_asked_to(enter):
    assert enter(None).get(BOOK).status_code == 302


@pytest.mark.parametrize(
    ("page", "allowed"),
    [
        ("", "siti budi yusuf wati"), ("1/", "siti budi yusuf wati"), ("1/kartu/", "siti budi yusuf wati"), ("unduh.csv", "siti budi yusuf wati"),
        ("tambah/", "siti budi yusuf"), ("1/ubah/", "siti budi yusuf"), ("1/berhenti/", "budi yusuf"), ("1/nik/", "budi yusuf"),
    ],
)  # fmt: skip
def test_each_officer_opens_exactly_the_pages_of_the_post(enter, siti, budi, yusuf, wati, page, allowed):
    for someone in (siti, budi, yusuf, wati):
        expected = 200 if someone.username in allowed.split() else 403
        assert enter(someone).get(BOOK + page).status_code == expected, someone.username


def test_an_examiner_with_a_case_reads_the_book_with_masked_numbers_and_writes_nothing(enter, joko, budi):
    with budi.acting() as (_, melati):
        pass
    with joko.acting() as (actor, _):
        Grant.objects.create(
            user_id=actor.user_id, user_name=actor.name, kind="case", agency_id=melati.agency_id, cooperative=melati,
            valid_from=date(2026, 1, 1), reason="Pemeriksaan",
        )  # fmt: skip
    client = enter(joko)
    assert "3673**********00" in body(client.get(BOOK + "1/"))
    assert {client.get(BOOK + page).status_code for page in ("", "1/", "1/kartu/", "unduh.csv")} == {200}
    assert {client.get(BOOK + page).status_code for page in ("tambah/", "1/ubah/", "1/berhenti/", "1/nik/")} == {403}


def test_nobody_sees_a_whole_nik_in_the_list_the_profile_or_the_files(enter, yusuf):
    client = enter(yusuf)
    for page in ("", "1/", "1/ubah/", "1/kartu/", "unduh.csv"):
        text = body(client.get(BOOK + page))
        assert "3673030101800000" not in text
    assert "3673**********00" in body(client.get(BOOK + "1/"))


# --- The list --------------------------------------------------------------------------------------


def test_search_finds_words_in_any_order_and_numbers(enter, yusuf):
    client = enter(yusuf)
    assert listed(client.get(BOOK, {"cari": "hidayat ahmad"})) == ["A-0001"]
    assert listed(client.get(BOOK, {"cari": "0007"})) == ["A-0007"]
    assert listed(client.get(BOOK, {"cari": "tidak ada"})) == []


def test_filters_narrow_and_the_tabs_count_what_they_would_show(enter, yusuf):
    client = enter(yusuf)
    page = client.get(BOOK, {"jk": "P", "urut": "nomor"})
    assert listed(page) == ["A-0002", "A-0005", "A-0006", "A-0008", "A-0009"]
    assert [(tab["label"], tab["count"]) for tab in page.context["tabs"]] == [
        ("Semua", "5"), ("Anggota", "0"), ("Calon", "5"), ("Berhenti", "0"),
    ]  # fmt: skip
    for tab in page.context["tabs"]:
        assert len(listed(client.get(BOOK + tab["url"]))) == int(tab["count"])


@pytest.mark.parametrize(
    "query",
    [
        "?halaman=99999999999999",
        "?halaman=x",
        "?cari=%00",
        "?jk=Z&urut=lain&status=lain&per=kemarin",
        "?per=%00",
        "?cari=" + "a" * 3000,
        "?status=%00",
    ],
)
def test_a_senseless_address_still_shows_the_list(enter, yusuf, query):
    assert enter(yusuf).get(BOOK + query).status_code == 200


def test_a_nik_in_the_search_box_is_neither_searched_nor_repeated(enter, yusuf):
    text = body(enter(yusuf).get(BOOK, {"cari": "3673030101800000"}))
    assert "NIK tidak dicari di kotak ini" in text
    assert "3673030101800000" not in text.replace("cari=3673030101800000", "")


def test_the_list_takes_few_queries_whatever_its_length(enter, yusuf, now, django_assert_max_num_queries):
    client = enter(yusuf)
    with django_assert_max_num_queries(20) as few:
        client.get(BOOK)
    crowd(yusuf, now, 300)
    with django_assert_max_num_queries(20) as many:
        page = client.get(BOOK)
    assert len(page.context["rows"]) == 50
    assert len(many.captured_queries) == len(few.captured_queries)
    assert len(gzip.compress(page.content)) <= 15_000


def test_pages_follow_each_other(enter, yusuf, now):
    crowd(yusuf, now, 95)
    client = enter(yusuf)
    seen = [number for n in (1, 2, 3) for number in listed(client.get(BOOK, {"halaman": n}))]
    assert len(seen) == len(set(seen)) == 105


def test_an_empty_book_invites_to_the_first_entry(enter, yusuf):
    text = body(enter(yusuf).get(BOOK, {"per": "2020-12-31"}))
    assert "Belum ada anggota pada tanggal ini" in text


def test_a_name_with_signs_of_html_is_shown_as_it_is(enter, yusuf):
    client = enter(yusuf)
    client.post(BOOK + "tambah/", NEW | {"name": "<script>alert(1)</script> O'Neil & Co"})
    text = body(client.get(BOOK))
    assert "<script>alert" not in text
    assert "&lt;script&gt;" in text


# --- The register as of a day ----------------------------------------------------------------------


def test_the_register_of_a_past_day_holds_the_leavers_and_forgets_the_later_ones(enter, yusuf):
    client = enter(yusuf)
    client.post(BOOK + "3/berhenti/", {"reason": "moved", "on": "15/06/2026"})
    client.post(BOOK + "tambah/", NEW)
    before = client.get(BOOK, {"per": "2026-03-31", "urut": "nomor"})
    assert len(listed(before)) == 10
    assert before.context["counts"].exited == 0
    after = client.get(BOOK, {"per": "2026-06-30"})
    assert (len(listed(after)), after.context["counts"].exited) == (10, 1)
    assert listed(client.get(BOOK, {"per": "2026-06-30", "status": "berhenti"})) == ["A-0003"]
    assert len(listed(client.get(BOOK, {"per": "2026-12-31"}))) == 11


def test_a_calon_of_that_day_is_counted_as_calon_even_if_a_member_today(enter, yusuf):
    from members.actions import become_member

    with yusuf.acting() as (_, cooperative):
        ids = list(Member.objects.filter(number__lte=4).values_list("pk", flat=True))
        become_member(cooperative=cooperative, member_ids=ids, on=date(2026, 5, 5))
    counts = enter(yusuf).get(BOOK, {"per": "2026-04-30"}).context["counts"]
    assert (counts.applicant, counts.active) == (10, 0)
    counts = enter(yusuf).get(BOOK, {"per": "2026-05-31"}).context["counts"]
    assert (counts.applicant, counts.active) == (6, 4)


# --- Files out -------------------------------------------------------------------------------------


def rows_of(content: bytes, name: str) -> list[list]:
    with inspect_upload(io.BytesIO(content), name) as upload:
        lines = [line.cells for line in read_lines(upload)]
    head = next(index for index, cells in enumerate(lines) if cells and cells[0] == "No. anggota")
    return lines[head:]


def test_a_file_holds_what_the_filters_show_on_all_pages(enter, yusuf, now):
    crowd(yusuf, now, 60)
    client = enter(yusuf)
    response = client.get(BOOK + "unduh.csv", {"jk": "L"})
    rows = rows_of(response.content, "a.csv")
    shown = client.get(BOOK, {"jk": "L"}).context["page"].paginator.count
    assert len(rows) - 1 == shown == 35
    assert 'filename="anggota-melati-' in response["Content-Disposition"]


def test_the_workbook_says_who_made_it_and_masks_the_nik(enter, yusuf):
    response = enter(yusuf).get(BOOK + "unduh.xlsx", {"urut": "nomor"})
    rows = rows_of(response.content, "a.xlsx")
    assert rows[0][:4] == ["No. anggota", "Nama", "NIK", "L/P"]
    assert rows[1][:4] == ["A-0001", "Ahmad Hidayat", "3673**********00", "L"]
    [event] = events(yusuf, "export_members")
    assert event.detail == {"rows": 10, "form": "xlsx"}


def test_a_file_of_a_past_day_does_not_know_later_exits(enter, yusuf):
    client = enter(yusuf)
    client.post(BOOK + "3/berhenti/", {"reason": "moved", "on": "15/06/2026"})
    assert "15/06/2026" not in body(client.get(BOOK + "unduh.csv", {"per": "2026-03-31"}))
    assert "15/06/2026" in body(client.get(BOOK + "unduh.csv", {"per": "2026-12-31"}))


# --- Registering -----------------------------------------------------------------------------------


def test_six_fields_make_a_calon_anggota_with_the_next_number(enter, yusuf):
    client = enter(yusuf)
    response = client.post(BOOK + "tambah/", NEW)
    assert response.status_code == 302
    assert response["Location"] == BOOK + "11/"
    with yusuf.acting():
        member = Member.objects.get(number=11)
        assert (member.name, member.status, member.rt_rw, member.phone) == (
            "Siti Aisyah",
            "applicant",
            "001/002",
            "+6281234567890",
        )
        assert Identity.objects.get(member=member).masked == "9901**********01"
        flow = MemberFlow.objects.get(month=date(2026, 11, 1), sex="P")
        assert (flow.joined, flow.applicants) == (0, 1)
    assert events(yusuf, "admit")[-1].subject == "anggota A-0011"


def test_a_paid_up_person_is_entered_as_anggota(enter, siti):
    enter(siti).post(BOOK + "tambah/", NEW | {"status": "active"})
    with siti.acting():
        assert Member.objects.get(number=11).became_member_on == date(2026, 11, 20)


def test_save_and_add_another_leads_to_an_empty_form(enter, yusuf):
    response = enter(yusuf).post(BOOK + "tambah/", NEW | {"lagi": "1"}, follow=True)
    assert response.redirect_chain[-1][0] == BOOK + "tambah/"
    assert "A-0011 tercatat sebagai calon anggota" in body(response)
    assert "Siti Aisyah" not in body(response)


def test_the_nik_gives_birth_and_sex_but_only_after_a_look(enter, yusuf):
    client = enter(yusuf)
    typed = NEW | {"sex": "", "birth_date": ""}
    asked = client.post(BOOK + "tambah/", typed)
    assert asked.status_code == 200
    assert "Tanggal lahir akan diisi 1 Jul 1990" in body(asked)
    assert "akan diisi perempuan" in body(asked)
    client.post(BOOK + "tambah/", typed | {"setujui": asked.context["form"].warnings_mark})
    with yusuf.acting():
        member = Member.objects.get(number=11)
        assert (member.birth_date, member.sex) == (date(1990, 7, 1), "P")


def test_a_nik_that_disagrees_warns_and_may_be_kept(enter, yusuf):
    client = enter(yusuf)
    typed = NEW | {"birth_date": "2/7/1990"}
    asked = client.post(BOOK + "tambah/", typed)
    assert "berbeda dari yang diisi" in body(asked)
    assert "Simpan juga" in body(asked)
    other = client.post(BOOK + "tambah/", typed | {"sex": "L", "setujui": asked.context["form"].warnings_mark})
    assert other.status_code == 200, "a confirmation speaks only of the warnings that were read"
    assert client.post(BOOK + "tambah/", typed | {"setujui": asked.context["form"].warnings_mark}).status_code == 302


def test_a_nik_of_a_current_member_is_refused_with_that_members_number(enter, yusuf):
    client = enter(yusuf)
    typed = NEW | {"national_id": "3673030101800000", "sex": "L", "birth_date": "01/01/1980"}
    text = body(client.post(BOOK + "tambah/", typed))
    assert "NIK ini sudah dipakai anggota A-0001" in text
    with yusuf.acting():
        assert Member.objects.count() == 10


def test_the_same_nik_next_door_is_nobodys_business(enter, yusuf, ratna):
    typed = NEW | {"national_id": "3673031001800000", "sex": "L", "birth_date": "10/01/1980"}
    response = enter(ratna).post(KENANGA + "tambah/", typed)
    assert response.status_code == 302


def test_the_same_name_and_birthday_is_a_hint(enter, yusuf):
    typed = NEW | {"name": "ahmad hidayat", "sex": "L", "birth_date": "01/01/1980", "national_id": ""}
    asked = enter(yusuf).post(BOOK + "tambah/", typed)
    assert "sama dengan anggota A-0001" in body(asked)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"name": ""}, "Belum diisi."),
        ({"name": "\0\0"}, "Belum diisi."),
        ({"name": "123"}, "Belum terbaca sebagai nama"),
        ({"name": "a" * 121}, "Paling banyak 120 huruf"),
        ({"national_id": "12"}, "NIK terdiri dari 16 angka; yang terisi 2."),
        ({"national_id": "9901013202900001"}, "tidak ada di kalender"),
        ({"sex": "", "national_id": ""}, "Belum dipilih."),
        ({"sex": "X"}, "Pilih salah satu dari daftar."),
        ({"birth_date": "31/02/1990"}, "Tulis tanggal seperti"),
        ({"birth_date": "1/7/2090"}, "belum tiba"),
        ({"phone": "12"}, "Nomor telepon"),
        ({"joined_on": "01/12/2027"}, "belum tiba"),
        ({"joined_on": ""}, "Tanggal belum diisi."),
        ({"joined_on": "1/1/1985"}, "lebih awal daripada tanggal lahir"),
        ({"address": "Kp. 3673030101800000"}, "Jangan tulis NIK di sini"),
        ({"status": "exited"}, "Pilih salah satu dari daftar."),
        ({"kind": "king"}, "Pilih salah satu dari daftar."),
    ],
)
def test_bad_input_is_answered_with_a_sentence_and_keeps_what_was_typed(enter, yusuf, changed, sentence):
    response = enter(yusuf).post(BOOK + "tambah/", NEW | changed)
    assert response.status_code == 200
    assert sentence in body(response).replace("&quot;", '"')
    if "address" not in changed:
        assert "Kp. Contoh" in body(response)
    with yusuf.acting():
        assert Member.objects.count() == 10


def test_a_date_before_the_founding_and_a_child_are_warned_about(enter, yusuf):
    asked = enter(yusuf).post(
        BOOK + "tambah/", NEW | {"joined_on": "1/1/2020", "birth_date": "1/7/2015", "national_id": ""}
    )
    assert "Koperasi berdiri 24 Mei 2025" in body(asked)
    assert "di bawah 17 tahun" in body(asked)


def test_synthetic_numbers_pass_only_in_a_demo(enter, yusuf, settings):
    settings.DEMO = False
    assert "bukan kode provinsi" in body(enter(yusuf).post(BOOK + "tambah/", NEW))


def test_vice_chair_and_pengawas_cannot_post(enter, wati):
    assert enter(wati).post(BOOK + "tambah/", NEW).status_code == 403


# --- Amending --------------------------------------------------------------------------------------


def amended(client, number: int, **changes):
    form = client.get(f"{BOOK}{number}/ubah/").context["form"]
    data = {name: "" if (value := form[name].value()) is None else value for name in form.fields}
    return data, client.post(f"{BOOK}{number}/ubah/", data | changes)


def test_a_correction_is_stored_and_audited_by_field_names_only(enter, siti):
    client = enter(siti)
    _, response = amended(client, 4, address="Jl. Baru 7", phone="081200001111")
    assert response.status_code == 302
    with siti.acting():
        member = Member.objects.get(number=4)
        assert (member.address, member.phone, member.version) == ("Jl. Baru 7", "+6281200001111", 2)
    assert events(siti, "amend")[-1].detail == {"fields": ["address", "phone"]}


def test_a_corrected_sex_moves_the_count(enter, siti):
    amended(enter(siti), 4, sex="P", setujui="", national_id="")
    with siti.acting():
        flows = {flow.sex: flow.applicants for flow in MemberFlow.objects.filter(month=date(2026, 1, 1))}
        assert flows == {"L": 4, "P": 6}


def test_a_stale_form_is_refused_politely_and_may_be_sent_again(enter, siti, yusuf):
    first, second = enter(siti), enter(yusuf)
    data, _ = amended(first, 4, address="Jl. Pertama")
    answer = second.post(BOOK + "4/ubah/", data | {"address": "Jl. Kedua"})
    assert "diubah orang lain" in body(answer)
    assert "Jl. Kedua" in body(answer)
    assert ("Alamat", "Jl. Pertama") in answer.context["stored"]
    again = data | {"address": "Jl. Kedua", "version": answer.context["form"]["version"].value()}
    assert second.post(BOOK + "4/ubah/", again).status_code == 302
    with yusuf.acting():
        assert Member.objects.get(number=4).address == "Jl. Kedua"


def test_an_empty_nik_keeps_the_stored_one_and_a_taken_one_is_refused(enter, yusuf):
    client = enter(yusuf)
    amended(client, 4, address="Jl. Lain")
    with yusuf.acting():
        assert Identity.objects.get(member__number=4).masked == "3673**********00"
    _, refused = amended(client, 4, national_id="3673030101800000", birth_date="01/01/1980", sex="L")
    assert "sudah dipakai anggota A-0001" in body(refused)


@pytest.mark.parametrize("version", ["", "x", "99999999999999999999", "-1"])
def test_a_tampered_version_changes_nothing(enter, yusuf, version):
    client = enter(yusuf)
    _, response = amended(client, 4, address="Jl. Curang", version=version)
    assert response.status_code == 200
    with yusuf.acting():
        assert Member.objects.get(number=4).address == "Kp. Contoh"


# --- Leaving ---------------------------------------------------------------------------------------


def test_leaving_keeps_the_number_the_savings_and_the_line_in_the_book(enter, yusuf):
    client = enter(yusuf)
    page = body(client.get(BOOK + "3/berhenti/"))
    assert "Simpanan tidak ikut terhapus" in page
    client.post(BOOK + "3/berhenti/", {"reason": "own_request", "on": "20/11/2026", "note": "Surat 12/XI"})
    with yusuf.acting():
        member = Member.objects.get(number=3)
        assert (member.status, member.exit_reason, member.exit_note) == ("exited", "own_request", "Surat 12/XI")
        assert not Identity.objects.get(member=member).current
    client.post(BOOK + "tambah/", NEW)
    with yusuf.acting():
        assert Member.objects.filter(number=11).exists()
    assert "Berhenti" in body(client.get(BOOK + "3/"))


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"reason": "", "on": "20/11/2026"}, "Belum dipilih."),
        ({"reason": "moved", "on": "1/1/2026"}, "lebih awal daripada tanggal masuk"),
        ({"reason": "moved", "on": "1/1/2099"}, "belum tiba"),
        ({"reason": "moved", "on": ""}, "Tanggal belum diisi."),
        ({"reason": "moved", "on": "20/11/2026", "note": "3673 0301 0180 0000"}, "Jangan tulis NIK di sini"),
    ],
)
def test_a_bad_exit_is_refused(enter, yusuf, typed, sentence):
    response = enter(yusuf).post(BOOK + "3/berhenti/", typed)
    assert sentence in body(response)
    with yusuf.acting():
        assert Member.objects.get(number=3).status == "applicant"


def test_nobody_leaves_twice(enter, yusuf):
    client = enter(yusuf)
    for _ in range(2):
        assert client.post(BOOK + "3/berhenti/", {"reason": "moved", "on": "20/11/2026"}).status_code == 302
    assert len(events(yusuf, "exit_member")) == 1


def test_who_left_may_be_registered_again_under_a_new_number(enter, yusuf):
    client = enter(yusuf)
    client.post(BOOK + "1/berhenti/", {"reason": "moved", "on": "20/11/2026"})
    typed = NEW | {"name": "Ahmad Hidayat", "national_id": "3673030101800000", "sex": "L", "birth_date": "01/01/1980"}
    asked = client.post(BOOK + "tambah/", typed)
    assert client.post(BOOK + "tambah/", typed | {"setujui": asked.context["form"].warnings_mark}).status_code == 302
    with yusuf.acting():
        assert Member.objects.filter(name="Ahmad Hidayat").count() == 2


# --- The whole NIK ---------------------------------------------------------------------------------


def test_the_nik_is_shown_after_a_reason_and_the_look_is_written_down(enter, budi):
    client = enter(budi)
    response = client.post(BOOK + "1/nik/", {"reason": "mencocokkan dengan KTP"})
    assert "3673 0301 0180 0000" in body(response)
    assert "no-store" in response["Cache-Control"]
    [look] = events(budi, "reveal_national_id")
    assert (look.kind, look.subject, look.reason, look.actor_name) == (
        "look",
        "anggota A-0001",
        "mencocokkan dengan KTP",
        "Budi Ketua",
    )
    assert "NIK dilihat" in body(client.get(BOOK + "1/"))


@pytest.mark.parametrize("reason", ["", "x", "....", "a" * 300, "NIK 3673030101800000 dicek", "\0"])
def test_without_a_reason_nothing_is_shown_or_logged(enter, budi, reason):
    response = enter(budi).post(BOOK + "1/nik/", {"reason": reason})
    assert response.status_code == 200
    assert "3673 0301" not in body(response).replace(reason, "")
    assert events(budi, "reveal_national_id") == []


def test_reading_the_nik_page_by_its_address_shows_no_number(enter, budi):
    assert "3673030101800000" not in body(enter(budi).get(BOOK + "1/nik/"))


# --- The card --------------------------------------------------------------------------------------


def test_the_qr_of_the_card_holds_an_address_and_a_number_only(enter, yusuf, settings):
    response = enter(yusuf).get(BOOK + "5/kartu/")
    assert response.context["qr_text"] == f"{settings.PUBLIC_URL}{BOOK}5/"
    assert "Eneng Nurbaiti" in body(response)


@pytest.mark.parametrize("number", ["0", "11", "999999999999999999999"])
def test_a_number_nobody_has_is_not_found(enter, yusuf, number):
    for page in ("", "ubah/", "berhenti/", "nik/", "kartu/"):
        assert enter(yusuf).get(f"{BOOK}{number}/{page}").status_code == 404
