"""Journeys 8 and 9: a resident asks at the door and follows by code; the sekretaris accepts in three taps."""

from datetime import UTC, date, datetime

import pytest

from finance.actions import open_door_page
from members.actions import Person, admit
from members.models import JoinRequest, Member
from tests.cast import Someone

pytestmark = pytest.mark.browser
NOW = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)
HOME = "/kota-serang/koperasi/melati/"
NIK = "9901014107900001"


@pytest.fixture(autouse=True)
def _quick_typing(monkeypatch):
    monkeypatch.setattr("members.forms.joining.QUICKEST", -1)  # a browser test types faster than a person


def open_door(stage) -> str:
    with stage.database(), Someone("yusuf").acting() as (actor, melati):
        admit(
            cooperative=melati, person=Person(name="Hj. Nurhayati", sex="P", birth_date=date(1990, 7, 1)),
            joined_on=date(2026, 3, 1), actor=actor, now=NOW,
        )  # fmt: skip
        return open_door_page(cooperative=melati, actor=actor, now=NOW).code


@pytest.mark.parametrize("device", ["phone", "desk", "without script"])
def test_journeys_8_and_9_from_the_door_to_the_card(stage, page_of, sign_in, axe, Taps, clock, picture, device):
    clock(NOW)
    code = open_door(stage)
    scripted = device != "without script"
    page = page_of(1280, 900) if device == "desk" else page_of(360, 740, touch=True, java_script_enabled=scripted)
    page.goto(f"/k/{code}/")
    if scripted:
        taps = Taps(page)
        axe(page)
        picture(page, "pintu")
    page.get_by_role("link", name="Minta menjadi anggota").click()
    if scripted:
        axe(page)
        picture(page, "gabung")
    page.get_by_label("Nama lengkap").fill("Nurhayati")
    page.get_by_label("Perempuan").focus()
    page.keyboard.press("Space")
    page.get_by_label("Tanggal lahir").fill("01/07/1990")
    page.get_by_label("Alamat dan RT/RW").fill("Kp. Contoh, RT 01/02")
    page.get_by_label("Nomor HP").fill("0812 3456 7890")
    page.get_by_label("NIK").fill(NIK)
    page.get_by_role("button", name="Kirim permohonan").click()
    page.get_by_role("heading", name="Permohonan sudah terkirim").wait_for()
    if scripted:
        assert taps.count == 2
        axe(page)
        picture(page, "gabung-terkirim")
    assert NIK not in page.content()
    assert "Nurhayati" not in page.content()

    officer = page_of(1280, 900) if device == "desk" else page_of(360, 740, touch=True, java_script_enabled=scripted)
    sign_in(officer, "yusuf")
    officer.goto(f"{HOME}beranda/")
    if scripted:
        taken = Taps(officer)
    officer.get_by_role("link", name="Jawab 1 permohonan anggota").click()
    if scripted:
        axe(officer)
        picture(officer, "permohonan")
    officer.get_by_role("link", name="Nurhayati").click()
    officer.get_by_text("Nama mirip, tanggal lahir sama").wait_for()
    assert NIK not in officer.content()
    if scripted:
        axe(officer)
        picture(officer, "permohonan-satu")
    officer.get_by_role("button", name="Terima").click()
    officer.get_by_text("A-0012 tercatat di buku anggota").wait_for()
    officer.get_by_role("heading", name="Kartu calon anggota").wait_for()
    if scripted:
        assert taken.count == 3
        axe(officer)
        picture(officer, "permohonan-diterima")
    with stage.database(), Someone("yusuf").acting() as (_, melati):
        assert Member.objects.get(cooperative=melati, number=12).name == "Nurhayati"
    page.reload()
    page.get_by_text("A-0012").wait_for()
    if scripted:
        axe(page)
        picture(page, "gabung-dijawab")


def test_what_is_wrong_is_said_at_its_field_and_the_officers_page_is_calm(
    stage, small, phone, sign_in, axe, clock, picture
):
    clock(NOW)
    code = open_door(stage)
    page = small(320, 640)
    page.goto(f"/k/{code}/gabung/")
    page.get_by_label("Nama lengkap").fill("Nurhayati")
    page.get_by_label("NIK").fill("123")
    page.get_by_role("button", name="Kirim permohonan").click()
    page.get_by_text("isian perlu diperbaiki").wait_for()
    assert page.get_by_label("NIK").input_value() == ""
    axe(page)
    picture(page, "gabung-salah")
    sign_in(phone, "yusuf")
    phone.goto(f"{HOME}pintu/")
    axe(phone)
    picture(phone, "pintu-pengurus")
    with stage.database(), Someone("yusuf").acting():
        assert not JoinRequest.objects.exists()
