"""What officers write into the member book: people who join, corrections, people who leave."""

from datetime import date

import pytest

from members.models import Identity, Member, MemberFlow
from registry.models import AuditEvent

BOOK = "/kota-serang/koperasi/melati/anggota/"
KENANGA = "/kota-serang/koperasi/kenanga/anggota/"
NEW = {
    "name": "Siti Aisyah", "national_id": "9901014107900001", "sex": "P", "birth_date": "1/7/1990", "address": "Kp. Contoh",
    "rt_rw": "1/2", "phone": "0812 3456 7890", "kind": "ordinary", "joined_on": "20/11/2026", "status": "applicant",
}  # fmt: skip


def body(response) -> str:
    return response.content.decode()


def events(someone, verb: str) -> list[AuditEvent]:
    with someone.acting():
        return list(AuditEvent.objects.filter(verb=verb).order_by("pk"))


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
