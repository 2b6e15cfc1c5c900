"""The treasurer's journeys with a real browser: a month of dues, a walk-in, two officers, a correction, instalments."""

from datetime import UTC, date, datetime

import pytest
from playwright.sync_api import expect

from finance.models import Books, Obligation, Payment, Posting, Receipt, ReceiptReplacement
from finance.reports import verify_cooperative
from members.actions import Applicant, Person, admit_many
from members.models import Member
from tests.cast import Someone

pytestmark = pytest.mark.browser

NOW = datetime(2026, 2, 20, 12, 2, tzinfo=UTC)  # 19.02 in Serang
HOME = "/kota-serang/koperasi/melati/"


@pytest.fixture(params=["phone", "desk"])
def page(request):
    """The same journey at 360 px with a finger, and on a desk."""
    return request.getfixturevalue(request.param)


def make_three_hundred(stage) -> None:
    """Melati gets 290 more members: 300 in all."""
    with stage.database(), Someone("siti").acting() as (actor, melati):
        people = [
            Applicant(
                Person(name=f"Warga {chr(65 + n % 26)} {n:03d}", sex="LP"[n % 2], birth_date=date(1970, 1, 1)),
                date(2026, 1, 6),
            )
            for n in range(290)
        ]
        admit_many(cooperative=melati, people=people, actor=actor, now=NOW)


def test_journey_2_a_month_of_300_members_in_four_taps_and_forty(stage, page, sign_in, axe, Taps, clock, picture):
    clock(NOW)
    make_three_hundred(stage)
    sign_in(page, "siti")
    page.goto(f"{HOME}iuran/")
    taps = Taps(page)
    page.get_by_role("link", name="Catat setoran").click()
    page.get_by_text("Tandai semua lunas").click()
    for row in range(40):
        page.locator(".dues li").nth(row * 5).locator("label").click()
    page.get_by_role("button", name="Hitung kas").click()
    assert page.locator("[data-out=jumlah]").first.text_content() == "5.200.000"  # 260 members x January and February
    page.get_by_role("textbox", name="Lembar 100.000", exact=True).fill("52")
    picture(page, "hitung-kas")
    axe(page)
    page.get_by_role("button", name="Simpan 260 setoran").click()
    page.wait_for_url("**/iuran/setoran/2026-*/")
    assert taps.count <= 4 + 40
    expect(page.get_by_role("heading", name="260 setoran tersimpan")).to_be_visible()
    axe(page)
    with stage.database(), Someone("siti").acting() as (_, melati):
        assert Receipt.objects.filter(cooperative=melati).count() == 260
        assert Posting.objects.filter(cooperative=melati).count() == 260
        assert verify_cooperative(melati) == []


def test_a_cash_difference_is_explained_or_nothing_is_saved(stage, phone, sign_in, clock):
    clock(NOW)
    sign_in(phone, "siti")
    phone.goto(f"{HOME}iuran/setoran/")
    phone.get_by_text("Tandai semua lunas").click()
    phone.get_by_role("button", name="Hitung kas").click()
    phone.get_by_role("textbox", name="Lembar 100.000", exact=True).fill("1")
    phone.get_by_role("button", name="Simpan dengan selisih").click()
    with stage.database(), Someone("siti").acting() as (_, melati):
        assert not Payment.objects.filter(cooperative=melati).exists()
    phone.get_by_label("Sebab selisih").fill("satu lembar tertinggal di rumah")
    phone.get_by_role("button", name="Simpan dengan selisih").click()
    phone.wait_for_url("**/iuran/setoran/2026-*/")
    with stage.database(), Someone("siti").acting() as (_, melati):
        assert Posting.objects.get(cooperative=melati, debit__code="11900").rupiah == 100_000
        assert verify_cooperative(melati) == []


def test_journey_3_a_walk_in_pays_three_months_and_gets_a_receipt_to_share(
    stage, page, sign_in, axe, Taps, clock, picture
):
    clock(datetime(2026, 3, 20, 12, 0, tzinfo=UTC))
    sign_in(page, "siti")
    page.goto(f"{HOME}iuran/terima/")
    page.get_by_role("searchbox").type("ene")
    taps = Taps(page)
    page.get_by_role("link", name="Eneng Nurbaiti").click()
    page.get_by_text("3 bulan, lunas").click()
    axe(page)
    page.get_by_role("button", name="Simpan pembayaran").click()
    page.wait_for_url("**/iuran/kuitansi/2026-1/")
    share = page.get_by_role("link", name="Bagikan lewat WhatsApp")
    assert taps.count + 1 <= 4
    assert "wa.me" in share.get_attribute("href")
    assert "Rp%2030.000" in share.get_attribute("href")
    picture(page, "kuitansi")
    axe(page)
    code = page.locator(".proof .code").text_content().strip()
    page.context.clear_cookies()
    page.goto(f"/k/{code}/")
    expect(page.get_by_role("heading", name="Kuitansi ini asli")).to_be_visible()
    assert "Eneng" not in page.content()
    page.get_by_label("Nomor anggota").fill("A-0005")
    page.get_by_label("Tanggal lahir").fill("1980-01-06")
    page.get_by_role("button", name="Lihat saldo").click()
    expect(page.get_by_text("Tersisa 4 percobaan")).to_be_visible()
    page.get_by_label("Tanggal lahir").fill("1980-01-05")
    page.get_by_role("button", name="Lihat saldo").click()
    assert page.locator(".bigfig").text_content().endswith("30.000")
    axe(page)


def test_journey_5_the_second_officer_sees_who_was_faster_and_keeps_it_as_an_advance(
    stage, phone, desk, sign_in, axe, clock, picture
):
    clock(NOW)
    sign_in(phone, "siti")
    sign_in(desk, "yusuf")
    for page in (phone, desk):
        page.goto(f"{HOME}iuran/setoran/")
        page.locator(".dues label", has_text="Ahmad Hidayat").click()
        page.get_by_role("button", name="Hitung kas").click()
        page.get_by_role("textbox", name="Lembar 20.000", exact=True).fill("1")
    desk.get_by_role("button", name="Simpan 1 setoran").click()
    desk.wait_for_url("**/iuran/kuitansi/*/")
    phone.get_by_role("button", name="Simpan 1 setoran").click()
    told = phone.get_by_text("Sudah dicatat Yusuf Sekretaris pukul 19.02")
    expect(told).to_be_visible()
    picture(phone, "sudah-dicatat")
    axe(phone)
    phone.locator(".dues label", has_text="Ahmad Hidayat").click()
    phone.get_by_role("button", name="Hitung kas").click()
    phone.get_by_role("textbox", name="Lembar 20.000", exact=True).fill("0")
    phone.get_by_role("textbox", name="Lembar 10.000", exact=True).fill("1")
    phone.get_by_role("button", name="Simpan 1 setoran").click()
    phone.wait_for_url("**/iuran/kuitansi/*/")
    with stage.database(), Someone("siti").acting() as (_, melati):
        ahmad = Member.objects.get(cooperative=melati, number=1)
        assert Obligation.objects.get(cooperative=melati, member=ahmad, period=date(2026, 3, 1)).paid_rupiah == 10_000
        assert verify_cooperative(melati) == []


def test_journey_6_a_wrong_amount_is_corrected_and_the_old_receipt_says_so(
    stage, page, sign_in, axe, Taps, clock, picture
):
    clock(NOW)
    sign_in(page, "siti")
    page.goto(f"{HOME}iuran/terima/1/")
    page.get_by_text("1 bulan (").click()
    page.get_by_role("button", name="Simpan pembayaran").click()
    page.wait_for_url("**/iuran/kuitansi/2026-1/")
    old = page.locator(".proof .code").text_content().strip()
    taps = Taps(page)
    page.get_by_role("link", name="Koreksi").click()
    page.get_by_label("Alasan koreksi").fill("seharusnya dua bulan")
    page.get_by_text("2 bulan, lunas").click()
    axe(page)
    page.get_by_role("button", name="Simpan koreksi").click()
    page.wait_for_url("**/iuran/kuitansi/2026-2/")
    assert taps.count <= 4
    page.goto(f"/k/{old}/")
    expect(page.get_by_role("heading", name="Kuitansi ini sudah diganti")).to_be_visible()
    picture(page, "sudah-diganti")
    axe(page)
    with stage.database(), Someone("siti").acting() as (_, melati):
        assert ReceiptReplacement.objects.get(cooperative=melati).replaced_by.number == 2
        assert verify_cooperative(melati) == []


def test_journey_7_the_pokok_is_paid_in_instalments_and_what_is_left_is_shown(stage, page, sign_in, axe, Taps, clock):
    clock(NOW)
    sign_in(page, "siti")
    page.goto(f"{HOME}iuran/terima/2/")
    taps = Taps(page)
    page.get_by_text("Cicil", exact=True).click()
    page.get_by_label("Cicilan pokok").fill("25.000")
    page.get_by_role("button", name="Simpan pembayaran").click()
    page.wait_for_url("**/iuran/kuitansi/2026-1/")
    assert taps.count <= 4
    page.goto(f"{HOME}anggota/2/simpanan/")
    expect(page.get_by_text("kurang Rp\u00a075.000")).to_be_visible()
    expect(page.get_by_text("calon anggota").first).to_be_visible()
    axe(page)


def test_without_javascript_the_month_is_recorded_all_the_same(stage, page_of, sign_in, clock):
    clock(NOW)
    page = page_of(360, 740, java_script_enabled=False)
    sign_in(page, "siti")
    page.goto(f"{HOME}iuran/setoran/")
    page.get_by_role("link", name="Tandai semua lunas").click()
    page.get_by_role("button", name="Hitung kas").click()
    page.get_by_role("textbox", name="Lembar 100.000", exact=True).fill("2")
    page.get_by_role("button", name="Simpan 10 setoran").click()
    expect(page.get_by_role("heading", name="10 setoran tersimpan")).to_be_visible()


def test_what_was_typed_is_kept_when_the_date_lies_before_the_books(stage, phone, sign_in, clock):
    clock(NOW)
    sign_in(phone, "siti")
    phone.goto(f"{HOME}iuran/terima/3/")
    phone.get_by_text("Tanggal, cara bayar").click()
    phone.get_by_label("Tanggal terima").fill("2025-12-31")
    phone.get_by_label("Dibayar oleh orang lain").fill("Neng, menantunya")
    phone.get_by_role("button", name="Simpan pembayaran").click()
    expect(phone.get_by_text("Tanggal terima tidak boleh sebelum itu")).to_be_visible()
    assert phone.get_by_label("Dibayar oleh orang lain").input_value() == "Neng, menantunya"
    with stage.database(), Someone("siti").acting() as (_, melati):
        assert not Payment.objects.filter(cooperative=melati).exists()
        assert Books.objects.get(cooperative=melati).opened_on == date(2026, 1, 1)
