"""An existing cooperative moves its old book: one Excel list, its sums typed, checked, stored, and taken back."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from finance.models import Entry, EntryKind
from finance.reports import verify_cooperative
from members.models import Member
from tests.browser.test_import import work
from tests.cast import Someone
from tests.test_opening_lists import OLD_BOOK, TYPED_SUMS, in_excel

pytestmark = pytest.mark.browser
NOW = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)
PLACE = "/kota-serang/koperasi/melati/"
FIELDS = {"Saldo per tanggal": "as_of", "Jumlah simpanan pokok": "pokok", "Jumlah simpanan wajib": "wajib", "uang kas": "cash",
          "saldo bank": "bank"}  # fmt: skip


def type_sums(page, sums: dict) -> None:
    for label, name in FIELDS.items():
        page.get_by_label(label).fill(sums[name])


def wait_for_work(page, stage) -> None:
    page.wait_for_url("**/pekerjaan/*/")
    work(stage, "siti")
    page.reload()


@pytest.mark.parametrize("size", ["phone", "desk"])
def test_an_old_book_moves_in_six_taps(size, request, stage, sign_in, axe, Taps, picture, clock, tmp_path):
    page = request.getfixturevalue(size)
    clock(NOW)
    file = tmp_path / "buku-lama.xlsx"
    file.write_bytes(in_excel([*OLD_BOOK, {"No": 6, "Nama": "Orang Asing", "Simpanan Pokok": 5_000}]))
    sign_in(page, "siti")
    page.goto(f"{PLACE}buku/saldo-awal/")
    axe(page)
    picture(page, "saldo-awal")
    taps = Taps(page)
    page.get_by_role("link", name="Unggah daftar dari Excel").click()
    expect(page.get_by_role("heading", name="Saldo awal dari daftar")).to_be_visible()
    axe(page)
    picture(page, "saldo-awal-unggah")
    type_sums(page, TYPED_SUMS)
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Unggah dan periksa").click()
    wait_for_work(page, stage)
    page.get_by_role("link", name="Lihat hasil").click()
    expect(page.get_by_text("Jumlah di daftar sama dengan buku lama")).to_be_visible()
    expect(page.get_by_text("Belum ada di buku anggota")).to_be_visible()
    axe(page)
    picture(page, "saldo-awal-pratinjau")
    page.get_by_role("button", name="Simpan 5 baris yang benar").click()
    wait_for_work(page, stage)
    expect(page.get_by_text("Saldo awal 4 anggota tersimpan")).to_be_visible()
    assert taps.count <= 6
    page.get_by_role("link", name="Lihat hasil").click()
    expect(page.get_by_role("link", name="JU-2026-0001")).to_be_visible()
    picture(page, "saldo-awal-tersimpan")
    with stage.database(), Someone("siti").acting() as (_, melati):
        assert Entry.objects.filter(cooperative=melati, kind=EntryKind.OPENING).count() == 1
        assert Member.objects.filter(cooperative=melati).count() == 12
        assert verify_cooperative(melati) == []


@pytest.mark.parametrize("size", ["phone", "desk"])
def test_another_total_is_put_right_and_an_undo_gives_the_books_back(
    size, request, stage, sign_in, axe, picture, clock, tmp_path
):
    page = request.getfixturevalue(size)
    clock(NOW)
    file = tmp_path / "buku-lama.xlsx"
    file.write_bytes(in_excel(OLD_BOOK))
    sign_in(page, "siti")
    page.goto(f"{PLACE}buku/saldo-awal/daftar/")
    type_sums(page, TYPED_SUMS | {"pokok": "300.000", "bank": "350.000"})
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Unggah dan periksa").click()
    wait_for_work(page, stage)
    page.get_by_role("link", name="Lihat hasil").click()
    expect(page.get_by_text("lebih Rp\u00a050.000")).to_be_visible()
    expect(page.get_by_role("button", name="Simpan")).to_have_count(0)
    axe(page)
    picture(page, "saldo-awal-beda")
    page.get_by_role("link", name="Ubah tanggal atau jumlah").click()
    axe(page)
    picture(page, "saldo-awal-ubah")
    type_sums(page, TYPED_SUMS)
    page.get_by_role("button", name="Periksa lagi").click()
    wait_for_work(page, stage)
    page.get_by_role("link", name="Lihat hasil").click()
    page.get_by_role("button", name="Simpan 5 baris yang benar").click()
    wait_for_work(page, stage)
    page.get_by_role("link", name="Lihat hasil").click()
    page.get_by_role("button", name="Batalkan impor ini").click()
    wait_for_work(page, stage)
    expect(page.get_by_text("Saldo awal 4 anggota dibatalkan")).to_be_visible()
    page.get_by_role("link", name="Lihat hasil").click()
    expect(page.get_by_role("link", name="JU-2026-0002")).to_be_visible()
    axe(page)
    picture(page, "saldo-awal-dibatalkan")
    with stage.database(), Someone("siti").acting() as (_, melati):
        assert verify_cooperative(melati) == []
