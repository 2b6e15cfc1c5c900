"""A member's life on a phone and on a desk: family, business, leaving, own data; the register of 31 December."""

import io
import uuid
from datetime import UTC, date, datetime

import pytest
from python_calamine import CalamineWorkbook

from finance.actions import DuesLine, pay_out_exit, plan_refund, record_dues, settle_exit
from members.actions import ask_for_correction, exit_member
from members.models import Member
from tests.cast import Someone

pytestmark = pytest.mark.browser
BOOK = "/kota-serang/koperasi/melati/anggota/"
NOW = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)
TODAY = date(2026, 11, 21)


@pytest.fixture
def left(stage, clock):
    """Member 1 saved 130.000 and left in November; 50.000 of it was paid out, the rest is planned."""
    clock(NOW)
    with stage.database(), Someone("siti").acting() as (actor, melati):
        act = {"cooperative": melati, "actor": actor, "now": NOW, "today": TODAY}
        member = Member.objects.get(cooperative=melati, number=1)
        record_dues(
            lines=[DuesLine(member.pk, pokok=100_000, wajib=30_000)],
            paid_on=date(2026, 3, 20),
            through=date(2026, 3, 20),
            key=uuid.uuid4(),
            **act,
        )
        gone = exit_member(member=member, on=date(2026, 11, 2), reason="moved", note="", actor=actor, now=NOW)
        settle_exit(member=gone, on=TODAY, pay_now=False, **act)
        plan_refund(member=gone, parts=[(TODAY, 60_000), (date(2026, 12, 21), 70_000)], **act)
        pay_out_exit(member=gone, rupiah=50_000, on=TODAY, key=uuid.uuid4(), **act)
        ask_for_correction(
            member=Member.objects.get(cooperative=melati, number=2), text="alamat sudah pindah", actor=actor, now=NOW
        )
    return stage


def test_the_register_of_31_december_with_its_leavers_is_two_taps_from_home(
    left, phone, sign_in, axe, Taps, picture, clock
):
    clock(datetime(2027, 1, 5, 3, 0, tzinfo=UTC))
    sign_in(phone, "yusuf")
    phone.goto("/kota-serang/koperasi/melati/beranda/")
    taps = Taps(phone)
    phone.get_by_role("link", name="Anggota", exact=True).click()
    phone.get_by_role("link", name="31 Des 2026").click()
    phone.get_by_text("Keadaan per 31 Desember 2026").wait_for()
    assert taps.count <= 2
    phone.get_by_text("1 berhenti").wait_for()
    axe(phone)
    picture(phone, "register")
    with phone.expect_download() as download:
        phone.get_by_role("link", name="Unduh").click()
    rows = (
        CalamineWorkbook.from_filelike(io.BytesIO(download.value.path().read_bytes())).get_sheet_by_index(0).to_python()
    )
    text = ["|".join(str(cell) for cell in row) for row in rows]
    [leaver] = [row for row in text if row.startswith("A-0001|")]
    assert "Berhenti" in leaver and "2026-11-02" in leaver
    assert sum(row.startswith("A-0") for row in text) == 10


PAGES = {
    "keluarga": ("budi", BOOK + "2/keluarga/"),
    "usaha": ("budi", BOOK + "2/usaha/"),
    "permohonan-berhenti": ("budi", BOOK + "2/permohonan-berhenti/"),
    "permohonan-semua": ("budi", BOOK + "permohonan-berhenti/"),
    "pengembalian": ("siti", "/kota-serang/koperasi/melati/iuran/pengembalian/"),
    "bayar": ("siti", BOOK + "1/pengembalian/bayar/"),
    "jadwal": ("siti", BOOK + "1/pengembalian/jadwal/"),
    "data-pribadi": ("siti", BOOK + "2/data-pribadi/"),
    "masa-simpan": ("yusuf", BOOK + "masa-simpan/"),
    "anggota": ("budi", BOOK + "2/"),
}


@pytest.mark.parametrize("name", PAGES)
def test_every_page_of_a_members_life_is_sound(left, page_of, sign_in, axe, picture, name):
    who, address = PAGES[name]
    for width, height in ((360, 740), (1280, 900)):
        page = page_of(width, height, touch=width == 360)
        sign_in(page, who)
        page.goto(address)
        axe(page)
        picture(page, f"hidup-{name}")


def test_the_treasurer_plans_and_takes_a_wrong_payment_back(left, phone, sign_in, axe, picture):
    sign_in(phone, "siti")
    phone.goto(BOOK + "1/pengembalian/bayar/")
    phone.get_by_role("link", name="Salah bayar?").click()
    axe(phone)
    picture(phone, "hidup-batal")
    phone.get_by_label("Alasan").fill("salah orang")
    phone.get_by_role("button", name="Batalkan pembayaran").click()
    phone.get_by_text("dibatalkan.").wait_for()
    phone.get_by_role("link", name="Jadwalkan lagi").click()
    phone.get_by_label("Dibayar berapa kali").fill("2")
    phone.get_by_role("button", name="Simpan jadwal").click()
    phone.get_by_text("Dijadwalkan 2 kali bayar").wait_for()
    axe(phone)
    picture(phone, "hidup-sesudah-batal")


def test_the_chair_writes_a_family_and_a_business_down(left, phone, sign_in, axe, picture):
    sign_in(phone, "budi")
    phone.goto(BOOK + "2/keluarga/")
    phone.get_by_label("Nomor anggota kepala keluarga").fill("3")
    phone.get_by_role("button", name="Simpan").click()
    phone.get_by_text("serumah dengan A-0003").wait_for()
    phone.get_by_label("Nama ahli waris").fill("Ani Contoh")
    phone.get_by_text("Anak", exact=True).click()
    phone.get_by_role("button", name="Tambah ahli waris").click()
    phone.get_by_text("Ahli waris tersimpan").wait_for()
    axe(phone)
    picture(phone, "hidup-keluarga-terisi")
    phone.goto(BOOK + "2/usaha/")
    phone.get_by_label("Nama atau jenis usaha").fill("Warung sembako")
    phone.get_by_label("Penjualan setahun").fill("120.000.000")
    phone.get_by_role("button", name="Simpan usaha").click()
    phone.get_by_text("skala mikro").first.wait_for()
    axe(phone)
