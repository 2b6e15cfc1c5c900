"""Journey 24: the dinas plans a bimtek, invites those never there, a treasurer comes in with a phone, certificates verify."""

import re
from datetime import UTC, date, datetime

import pytest
from playwright.sync_api import expect

from registry.actions import approve_budget_line, keep_budget_line
from registry.models import Certificate, Participant, TrainingSession
from tests.cast import Someone, actor_agency

pytestmark = pytest.mark.browser
NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


@pytest.fixture
def approved(stage):
    """A budget line after its ketok palu."""
    with stage.database(), Someone("joko").acting() as (actor, _):
        fields = {"source": "apbd_p", "year": 2026, "name": "Bimtek bendahara", "ceiling_rupiah": 90_000_000}
        line = keep_budget_line(agency=actor_agency(actor), line=None, fields=fields, actor=actor, now=NOW)
        approve_budget_line(
            line=line, status="approved", approved_on=date(2026, 9, 1), document="DPPA/1/2026", actor=actor, now=NOW
        )
    return stage


def test_from_the_plan_to_a_certificate_that_verifies(approved, desk, phone, sign_in, axe, Taps, clock, picture):
    clock(NOW)
    sign_in(desk, "joko")
    desk.goto("/kota-serang/bimtek/")
    expect(desk.get_by_role("heading", name="0 dari 8 pengurus dan pengawas pernah ikut bimtek")).to_be_visible()
    axe(desk)
    taps = Taps(desk)
    desk.get_by_role("link", name="Sesi baru").click()
    axe(desk)
    desk.get_by_label("Topik").select_option("finance")
    desk.get_by_label("Tanggal", exact=True).fill("20/11/2026")
    desk.get_by_label("Kapasitas (orang)").fill("20")
    desk.get_by_label("Tempat").fill("Aula Kelurahan")
    desk.get_by_label("Anggaran").select_option(index=1)
    filled = taps.count
    desk.get_by_role("button", name="Simpan dan pilih peserta").click()
    ticks = desk.locator("[name=pilih]")
    expect(ticks).to_have_count(4)
    axe(desk)
    picture(desk, "bimtek-undang")
    ticks.nth(0).check()
    ticks.nth(1).check()
    ticked = taps.count
    desk.get_by_role("button", name="Undang yang dipilih").click()
    expect(desk.get_by_text("Dua orang diundang.")).to_be_visible()
    axe(desk)
    chosen = taps.count - ticked + 1 + filled  # plan, save, invite: ticks are the choice itself
    with approved.database(), Someone("joko").acting():
        session = TrainingSession.objects.get()
        code = Participant.objects.order_by("pk")[0].code
    desk.goto(f"/kota-serang/bimtek/sesi/{session.pk}/pintu/")
    axe(desk)
    picture(desk, "bimtek-pintu")

    phone.goto(f"/k/{session.code}/")
    axe(phone)
    phone.get_by_label("Kode undangan Anda").fill(code.lower())
    phone.get_by_role("button", name="Lanjut").click()
    axe(phone)
    picture(phone, "bimtek-hadir")
    phone.get_by_role("button", name="Saya hadir").click()
    expect(phone.get_by_role("heading", name="Anda tercatat hadir")).to_be_visible()
    axe(phone)

    desk.goto(f"/kota-serang/bimtek/sesi/{session.pk}/")
    expect(desk.get_by_role("heading", name="1 dari 2 peserta hadir")).to_be_visible()
    axe(desk)
    desk.get_by_role("button", name="Tutup dan terbitkan sertifikat").click()
    expect(desk.get_by_text("Satu sertifikat terbit.")).to_be_visible()
    assert chosen + 1 <= 4
    axe(desk)
    picture(desk, "bimtek-ditutup")
    desk.get_by_role("link", name="0001/BIMTEK/2026", exact=True).click()
    expect(desk.get_by_role("heading", name="Sertifikat ini asli")).to_be_visible()
    axe(desk)
    desk.goto("/kota-serang/bimtek/cakupan/?jabatan=treasurer")
    expect(desk.get_by_role("heading", name="1 dari 2 terlatih, 1 belum")).to_be_visible()
    axe(desk)
    with approved.database(), Someone("joko").acting():
        assert Certificate.objects.get().post == "Bendahara"


@pytest.mark.parametrize("scripts", [True, False])
def test_the_hand_list_at_the_door_on_a_phone(approved, page_of, sign_in, axe, clock, picture, scripts):
    """Without an invitation and without scripts: searched, registered, ticked off, saved."""
    from registry.actions import invite_officers, plan_session
    from registry.models import BudgetLine, Officer

    clock(NOW)
    with approved.database(), Someone("joko").acting() as (actor, _):
        agency = actor_agency(actor)
        fields = {
            "topic": "finance", "title": "Manajemen keuangan", "planned_on": NOW.date(), "until": None, "place": "Aula", "capacity": 9,
            "hours": 8, "speakers": "", "cost_rupiah": 0, "budget": BudgetLine.objects.get(),
        }  # fmt: skip
        session = plan_session(agency=agency, session=None, fields=fields, actor=actor, now=NOW)
        session = TrainingSession.objects.select_related("budget").get(pk=session.pk)
        treasurers = list(Officer.objects.filter(agency=agency, position="treasurer"))
        invite_officers(session=session, officers=treasurers, actor=actor, now=NOW, today=NOW.date())
    page = page_of(360, 740, touch=True, java_script_enabled=scripts)
    sign_in(page, "joko")
    page.goto(f"/kota-serang/bimtek/sesi/{session.pk}/pintu/")
    page.get_by_label("Nama atau koperasi").fill("Pengurus 2")
    page.get_by_role("button", name="Cari", exact=True).last.click()
    page.get_by_role("button", name="Daftarkan").first.click()
    expect(page.get_by_text("didaftarkan di pintu dan tercatat hadir")).to_be_visible()
    page.locator("[name=hadir]").first.check()
    page.get_by_role("button", name="Simpan daftar hadir").click()
    expect(page.get_by_role("heading", name=re.compile("dari 3 hadir"))).to_be_visible()
    if scripts:
        axe(page)
        picture(page, f"bimtek-daftar-hadir-{scripts}")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth") if scripts else True
