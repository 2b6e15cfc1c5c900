"""The member book under a thumb, at 360 px and on a desk."""

from datetime import UTC, date, datetime

import pytest

from members.actions import Applicant, Person, admit_many
from members.models import Member
from tests.cast import Someone

pytestmark = pytest.mark.browser
BOOK = "/kota-serang/koperasi/melati/anggota/"
NOW = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)


def crowd(stage, how_many: int = 60) -> None:
    with stage.database(), Someone("yusuf").acting() as (actor, cooperative):
        people = [
            Applicant(Person(f"Warga Contoh {i:03d}", "LP"[i % 2], date(1970, 1, 1)), date(2026, 2, 1), status="active" if i % 3 else "applicant")
            for i in range(how_many)
        ]  # fmt: skip
        admit_many(cooperative=cooperative, people=people, actor=actor, now=NOW)


def test_the_secretary_registers_a_neighbour(stage, phone, sign_in, axe, Taps, picture, clock):
    clock(NOW)
    crowd(stage)
    sign_in(phone, "yusuf")
    taps = Taps(phone)
    phone.goto(BOOK)
    axe(phone)
    picture(phone, "daftar")
    phone.get_by_role("link", name="Tambah anggota").click()
    axe(phone)
    picture(phone, "tambah")
    phone.get_by_label("Nama lengkap").fill("Siti Aisyah")
    phone.get_by_label("NIK").fill("9901014107900001")
    phone.get_by_label("Alamat").fill("Kp. Contoh")
    phone.get_by_label("RT/RW").fill("1/2")
    phone.get_by_label("Nomor HP").fill("0812 3456 7890")
    phone.get_by_role("button", name="Simpan anggota").click()
    phone.get_by_text("sesuai NIK").first.wait_for()
    axe(phone)
    picture(phone, "tambah-peringatan")
    phone.get_by_role("button", name="Simpan juga").click()
    phone.get_by_role("heading", name="Siti Aisyah").wait_for()
    axe(phone)
    picture(phone, "anggota")
    assert taps.count <= 4
    with stage.database(), Someone("yusuf").acting():
        assert Member.objects.get(name="Siti Aisyah").birth_date == date(1990, 7, 1)


def test_what_is_wrong_is_said_at_its_field(stage, small, sign_in, axe, picture):
    page = small(320, 640)
    sign_in(page, "yusuf")
    page.goto(BOOK + "tambah/")
    page.get_by_label("NIK").fill("12")
    page.get_by_role("button", name="Simpan anggota").click()
    page.get_by_role("heading", name="2 isian perlu diperbaiki").wait_for()
    axe(page)
    picture(page, "tambah-salah")


def test_the_register_of_31_december_is_two_taps_away(stage, phone, sign_in, axe, Taps, picture, clock):
    clock(datetime(2027, 1, 5, 3, 0, tzinfo=UTC))
    sign_in(phone, "yusuf")
    phone.goto(BOOK)
    assert not phone.get_by_role("link", name="31 Des 2027").count()  # a day still ahead has no register
    taps = Taps(phone)
    phone.get_by_role("link", name="31 Des 2026").click()
    phone.get_by_text("Keadaan per 31 Desember 2026").wait_for()
    assert taps.count <= 1  # the other tap is Anggota, at home
    axe(phone)
    picture(phone, "per-tanggal")


@pytest.mark.parametrize("page", ["1/ubah/", "1/berhenti/", "1/nik/", "1/kartu/"])
def test_every_page_of_a_member_is_sound(stage, phone, sign_in, axe, picture, page):
    sign_in(phone, "yusuf")
    phone.goto(BOOK + page)
    axe(phone)
    picture(phone, page.replace("/", "-").strip("-"))


def test_the_chair_sees_a_nik_and_the_book_remembers(stage, phone, sign_in, axe, picture, clock):
    clock(NOW)
    sign_in(phone, "budi")
    phone.goto(BOOK + "1/nik/")
    phone.get_by_label("Untuk keperluan apa").fill("mencocokkan dengan KTP")
    phone.get_by_role("button", name="Tampilkan NIK").click()
    phone.get_by_text("3673 0301 0180 0000").wait_for()
    assert "3673" not in phone.url
    axe(phone)
    picture(phone, "nik-tampil")
    phone.get_by_role("link", name="Selesai").click()
    phone.get_by_text("NIK dilihat").wait_for()
    picture(phone, "anggota-riwayat")


def test_a_member_leaves(stage, phone, sign_in, axe, picture, clock):
    clock(NOW)
    sign_in(phone, "yusuf")
    phone.goto(BOOK + "3/berhenti/")
    phone.get_by_text("Pindah domisili").click()
    phone.get_by_role("button", name="Nyatakan berhenti").click()
    phone.get_by_text("Nomornya tidak dipakai lagi").wait_for()
    axe(phone)
    picture(phone, "berhenti-sesudah")


def test_the_book_on_a_desk(stage, desk, sign_in, axe, picture, clock):
    clock(NOW)
    crowd(stage)
    sign_in(desk, "siti")
    desk.goto(BOOK)
    axe(desk)
    picture(desk, "daftar")
    desk.goto(BOOK + "2/")
    axe(desk)
    picture(desk, "anggota")
