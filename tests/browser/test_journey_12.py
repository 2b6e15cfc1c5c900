"""Journey 12: the member scans the receipt, presses "Tidak cocok" and writes why; pengawas and dinas are told."""

import uuid
from datetime import UTC, date, datetime

import pytest

from finance.actions import DuesLine, record_dues
from finance.models import Receipt
from members.models import Member
from tests.cast import Someone

pytestmark = pytest.mark.browser
NOW = datetime(2026, 2, 20, 12, 2, tzinfo=UTC)
HOME = "/kota-serang/koperasi/melati/"
WORDS = "Saya membayar Rp 50.000 kepada bendahara, di sini tertulis Rp 20.000."


def receipt(stage) -> str:
    with stage.database(), Someone("siti").acting() as (actor, melati):
        member = Member.objects.get(cooperative=melati, number=5)
        record_dues(
            cooperative=melati, lines=[DuesLine(member.pk, wajib=20_000)], paid_on=date(2026, 2, 20), through=date(2026, 2, 1),
            key=uuid.uuid4(), actor=actor, now=NOW, today=date(2026, 2, 20),
        )  # fmt: skip
        return Receipt.objects.get(cooperative=melati).code


@pytest.mark.parametrize("device", ["phone", "desk", "without script"])
def test_journey_12_the_member_is_the_auditor(stage, page_of, sign_in, axe, Taps, clock, picture, device):
    clock(NOW)
    code = receipt(stage)
    scripted = device != "without script"
    page = page_of(1280, 900) if device == "desk" else page_of(360, 740, touch=True, java_script_enabled=scripted)
    page.goto(f"/k/{code}/")
    if scripted:
        taps = Taps(page)
        axe(page)
        picture(page, "kuitansi-publik")
    page.get_by_role("link", name="Tidak cocok").click()
    page.get_by_label("Apa yang tidak cocok").fill(WORDS)
    if scripted:
        axe(page)
        picture(page, "tidak-cocok")
    page.get_by_role("button", name="Kirim laporan").click()
    page.get_by_text("Menunggu jawaban pengawas atau dinas").wait_for()
    if scripted:
        assert taps.count == 2
        axe(page)
        picture(page, "tidak-cocok-terkirim")

    bendahara = page_of(360, 740, touch=True)
    sign_in(bendahara, "siti")
    bendahara.goto(f"{HOME}beranda/")
    bendahara.get_by_role("link", name="Baca 1 laporan kuitansi").click()
    bendahara.get_by_role("link", name=WORDS[:30]).click()
    bendahara.get_by_text("Pengurus tidak dapat menutup laporan").wait_for()
    assert bendahara.get_by_role("button", name="Kirim jawaban").count() == 0
    axe(bendahara)
    picture(bendahara, "tidak-cocok-bendahara")

    dinas = page_of(1280, 900)
    sign_in(dinas, "joko")
    dinas.goto("/kota-serang/")
    dinas.get_by_role("link", name="Tanggapi kuitansi").or_(dinas.locator("a", has_text="Baca")).first.click()
    dinas.wait_for_url("**/kota-serang/tidak-cocok/")
    axe(dinas)
    picture(dinas, "tidak-cocok-dinas")
    dinas.locator("table a").first.click()
    dinas.get_by_role("link", name=WORDS[:30]).click()
    dinas.get_by_role("button", name="Kirim jawaban dan tutup").wait_for()
    assert "Eneng" not in dinas.content()
    axe(dinas)
    picture(dinas, "tidak-cocok-dinas-satu")

    pengawas = page_of(360, 740, touch=True)
    sign_in(pengawas, "wati")
    pengawas.goto(f"{HOME}beranda/")
    axe(pengawas)
    picture(pengawas, "tidak-cocok-beranda-pengawas")
    pengawas.get_by_role("link", name="Jawab 1 laporan kuitansi").click()
    axe(pengawas)
    picture(pengawas, "tidak-cocok-daftar")
    pengawas.get_by_role("link", name=WORDS[:30]).click()
    axe(pengawas)
    picture(pengawas, "tidak-cocok-pengawas")
    pengawas.get_by_label("Jawaban untuk pelapor").fill("Benar, bendahara keliru mencatat. Kuitansi sudah dikoreksi.")
    pengawas.get_by_role("button", name="Kirim jawaban dan tutup").click()
    pengawas.get_by_role("heading", name="Laporan sudah dijawab").wait_for()

    page.reload()
    page.get_by_text("Kuitansi sudah dikoreksi").wait_for()
    if scripted:
        axe(page)
        picture(page, "tidak-cocok-dijawab")
    assert "Wati" not in page.content()
