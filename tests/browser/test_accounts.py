"""Access as people meet it: invitations, signing in, the second factor, who has access, who looked."""

import re
import time
from datetime import UTC, datetime

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.db import transaction

from registry import audit
from registry.access import Actor
from registry.actions import invite
from registry.actions.logins import enrol_fixed_totp
from registry.models import Cooperative, Grant, GrantKind, User
from registry.tenancy import Context, Role, bind
from tests.cast import PASSWORD

pytestmark = pytest.mark.browser
NEW_PASSWORD = "melati harum sekali"
MELATI = "/kota-serang/koperasi/melati/"


def made_by(username: str, kind: GrantKind, *, in_cooperative: bool) -> str:
    """Make an invitation by somebody of the cast. Return its token. Call inside `stage.database()`."""
    with transaction.atomic():
        user = User.objects.get(username=username)
        bind(Context(None, user_id=user.pk))
        grant = Grant.objects.select_related("agency", "cooperative").get(user=user)
        actor = Actor(user.pk, user.name, grant.kind, grant.agency_id, grant.cooperative_id)
        cooperative = Cooperative.objects.get(slug="melati") if in_cooperative else None
        role = Role.OFFICER if grant.cooperative_id else Role.DINAS
        bind(Context(role, user_id=user.pk, agency_id=grant.agency_id, cooperative_id=grant.cooperative_id))
        return invite(
            agency=grant.agency, cooperative=cooperative, kind=kind, name="Rahmat Hidayat", actor=actor, now=datetime.now(UTC)
        )[1]  # fmt: skip


def code_of(secret: str, ahead: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + ahead))


def secret_on(page) -> str:
    page.get_by_text("Aplikasinya di HP ini juga").click()
    return page.locator(".key").inner_text().replace(" ", "")


@pytest.mark.parametrize("device", ["phone", "desk"])
def test_journey_1_the_ketua_opens_an_invitation_and_lands_in_the_own_cooperative(
    request, stage, Taps, axe, picture, page_of, device
):
    page = request.getfixturevalue(device)
    with stage.database():
        token = made_by("admin_kota", GrantKind.CHAIR, in_cooperative=True)
    taps = Taps(page)
    page.goto(f"/undangan/{token}/")
    axe(page)
    picture(page, "undangan")
    page.get_by_label("Kata sandi").fill("pendek")
    page.get_by_role("button", name="Buat akun dan masuk").click()
    assert page.get_by_label("Nama pengguna").input_value() == "rahmat.hidayat"
    page.get_by_text("Kata sandi terlalu pendek").first.wait_for()
    axe(page)
    picture(page, "undangan-salah")
    page.get_by_label("Kata sandi").fill(NEW_PASSWORD)
    page.get_by_role("button", name="Buat akun dan masuk").click()
    page.wait_for_url(f"**{MELATI}beranda/")
    assert taps.count <= 3
    second = page_of(360, 740, touch=True)
    answer = second.goto(f"/undangan/{token}/")
    assert answer.status == 410
    assert answer.headers["referrer-policy"] == "no-referrer"
    second.get_by_role("heading", name="Tautan ini sudah dipakai").wait_for()
    axe(second)
    picture(second, "undangan-mati")


def test_somebody_with_a_login_takes_a_second_place_with_one_tap(stage, phone, sign_in, Taps, axe, picture):
    with stage.database():
        token = made_by("admin_kota", GrantKind.SUPERVISOR, in_cooperative=True)
    sign_in(phone, "ratna")
    taps = Taps(phone)
    phone.goto(f"/undangan/{token}/")
    phone.get_by_text("Anda masuk sebagai Ratna Ketua").wait_for()
    axe(phone)
    picture(phone, "undangan-terima")
    phone.get_by_role("button", name="Terima undangan").tap()
    phone.get_by_role("heading", name="Anda bekerja di beberapa tempat").wait_for()
    assert taps.count == 1


def test_staff_of_the_dinas_set_up_the_second_factor_and_return_to_where_they_were_going(
    stage, phone, axe, picture, page_of
):
    with stage.database():
        token = made_by("admin_kota", GrantKind.DINAS_STAFF, in_cooperative=False)
    phone.goto(f"/undangan/{token}/")
    phone.get_by_label("Kata sandi").fill(NEW_PASSWORD)
    phone.get_by_role("button", name="Buat akun dan masuk").tap()
    phone.wait_for_url("**/akun/kode/pasang/**")
    phone.goto("/kota-serang/akses/?cari=budi")
    phone.wait_for_url("**/akun/kode/pasang/**")
    phone.locator("svg.qr").wait_for()
    axe(phone)
    picture(phone, "pasang-kode")
    phone.get_by_label("Kode dari aplikasi").fill("000000")
    phone.get_by_role("button", name="Pasang").tap()
    phone.get_by_text("Kode belum cocok").wait_for()
    secret = secret_on(phone)
    axe(phone)
    phone.get_by_label("Kode dari aplikasi").fill(code_of(secret))
    phone.get_by_role("button", name="Pasang").tap()
    phone.wait_for_url("**/akun/kode/cadangan/")
    assert phone.locator(".codes li").count() == 10
    axe(phone)
    picture(phone, "kode-cadangan")
    phone.get_by_role("link", name="Sudah saya simpan").tap()
    phone.wait_for_url("**/kota-serang/akses/**")
    assert "cari=budi" in phone.url

    # the next time, from another device: password, then a recovery code, which works once
    again = page_of(1280, 900)
    again.goto("/masuk/?next=/kota-serang/akses/")
    again.get_by_label("Nama pengguna atau surel").fill("RAHMAT.Hidayat")
    again.get_by_label("Kata sandi").fill(NEW_PASSWORD)
    again.get_by_role("button", name="Masuk").click()
    again.wait_for_url("**/masuk/kode/**")
    axe(again)
    picture(again, "masuk-kode")
    again.get_by_label("Kode dari aplikasi").fill(code_of(secret, 1 if int(time.time()) % 30 > 27 else 0))
    again.get_by_role("button", name="Masuk").click()
    again.wait_for_url("**/kota-serang/akses/")


def test_wrong_passwords_are_counted_aloud_and_then_there_is_a_pause(phone, desk, axe, picture):
    for page, name in ((phone, "siti"), (desk, "tidak.ada")):
        page.goto("/masuk/")
        picture(page, "masuk")
        for left in (4, 3, 2, 1):
            page.get_by_label("Nama pengguna atau surel").fill(name)
            page.get_by_label("Kata sandi").fill("salah sama sekali")
            page.get_by_role("button", name="Masuk").click()
            page.get_by_text(f"Kata sandi belum cocok. Tersisa {left} percobaan sebelum jeda 15 menit.").wait_for()
        axe(page)
        picture(page, "masuk-salah")
        for _ in range(2):
            page.get_by_label("Kata sandi").fill("salah sama sekali")
            page.get_by_role("button", name="Masuk").click()
        page.get_by_text("Terlalu banyak percobaan. Coba lagi pukul").wait_for()
        assert page.get_by_label("Nama pengguna atau surel").input_value() == name


def test_the_ketua_invites_an_officer_and_shows_the_code(stage, phone, sign_in, Taps, axe, picture, page_of):
    sign_in(phone, "budi")
    phone.goto(f"{MELATI}akses/")
    axe(phone)
    picture(phone, "akses-koperasi")
    taps = Taps(phone)
    phone.get_by_role("link", name="Undang orang lain").tap()
    phone.get_by_label("Nama orang yang diundang").fill("Neneng Contoh")
    phone.get_by_label("Sebagai").select_option("treasurer")
    axe(phone)
    picture(phone, "undang")
    phone.get_by_role("button", name="Buat tautan undangan").tap()
    assert taps.count <= 3
    phone.get_by_role("heading", name="Tautan siap diserahkan").wait_for()
    axe(phone)
    picture(phone, "tautan")
    address = phone.locator(".address").inner_text()
    phone.emulate_media(media="print")
    picture(phone, "tautan-cetak")
    phone.emulate_media(media="screen")
    other = page_of(360, 740, touch=True)
    other.goto(address)
    other.get_by_role("heading", name="Undangan untuk Neneng Contoh").wait_for()
    phone.get_by_role("link", name="Selesai").tap()
    phone.get_by_role("button", name="Tarik").tap()
    phone.get_by_text("Tautan untuk Neneng Contoh ditarik").wait_for()
    assert other.reload().status == 410
    other.get_by_role("heading", name="Tautan ini sudah ditarik").wait_for()


def test_journey_30_an_admin_finds_who_looked_at_niks_in_two_taps(stage, desk, sign_in, Taps, axe, picture):
    with stage.database(), transaction.atomic():
        siti = User.objects.get(username="siti")
        melati = Cooperative.objects.get(slug="melati")
        bind(Context(Role.OFFICER, user_id=siti.pk, agency_id=melati.agency_id, cooperative_id=melati.pk))
        actor = Actor(siti.pk, siti.name, "treasurer", melati.agency_id, melati.pk)
        audit.record_look(
            "reveal_national_id",
            actor=actor,
            now=datetime.now(UTC),
            subject="anggota A-0003",
            reason="cek KTP untuk bank",
        )
    sign_in(desk, "admin_kota")
    desk.goto("/kota-serang/")
    taps = Taps(desk)
    desk.get_by_role("link", name="Akses").click()
    desk.get_by_role("link", name="Siapa melihat data pribadi").click()
    assert taps.count == 2
    desk.get_by_label("Cari").last.fill("melati")
    desk.get_by_role("row", name=re.compile("Siti Bendahara")).wait_for()
    desk.get_by_text("cek KTP untuk bank").wait_for()
    axe(desk)
    picture(desk, "data-pribadi")


def test_journey_30_a_staff_member_leaves_and_the_sessions_end(stage, desk, phone, sign_in, Taps, axe, picture):
    sign_in(phone, "joko")
    phone.goto("/kota-serang/akses/")
    assert phone.url.endswith("/kota-serang/akses/")
    axe(phone)
    picture(phone, "akses-dinas")
    sign_in(desk, "admin_kota")
    desk.goto("/kota-serang/")
    taps = Taps(desk)
    desk.get_by_role("link", name="Akses").click()
    axe(desk)
    picture(desk, "akses-dinas")
    desk.get_by_role("button", name="Akhiri akses Joko Staf").click()
    assert taps.count == 2
    desk.get_by_text("Akses Joko Staf sudah berakhir").wait_for()
    axe(desk)
    picture(desk, "akses-berakhir")
    phone.reload()
    phone.wait_for_url("**/masuk/**")


def test_a_person_s_page_on_phone_and_desk(stage, phone, desk, small, sign_in, axe, picture):
    for page, who, where in ((phone, "budi", f"{MELATI}akses/"), (desk, "admin_kota", "/kota-serang/akses/")):
        sign_in(page, who)
        page.goto(where)
        page.get_by_role("link", name=re.compile("Siti Bendahara")).click()
        axe(page)
        picture(page, "orang")
        page.get_by_role("button", name="Lupa kata sandi").click()
        page.get_by_role("heading", name="Tautan siap diserahkan").wait_for()
        axe(page)
    tiny = small()
    sign_in(tiny, "budi")
    for address in ("akses/", "akses/undang/", "jejak/"):
        tiny.goto(MELATI + address)
        axe(tiny)
        picture(tiny, address.replace("/", "-"))


def test_a_forgotten_password_by_link_ends_the_sessions(stage, desk, phone, sign_in, axe, picture):
    sign_in(phone, "siti")
    phone.goto("/akun/sesi/")
    sign_in(desk, "budi")
    desk.goto(f"{MELATI}akses/")
    desk.get_by_role("link", name=re.compile("Siti Bendahara")).click()
    desk.get_by_role("button", name="Lupa kata sandi").click()
    address = desk.locator(".address").inner_text()
    phone.goto(address)
    phone.get_by_text("Nama pengguna Anda siti").wait_for()
    axe(phone)
    picture(phone, "kata-sandi-baru")
    phone.get_by_label("Kata sandi baru").fill(NEW_PASSWORD)
    phone.get_by_role("button", name="Simpan kata sandi").tap()
    phone.wait_for_url("**/masuk/")
    phone.get_by_text("Kata sandi baru tersimpan").wait_for()
    phone.get_by_label("Nama pengguna atau surel").fill("siti")
    phone.get_by_label("Kata sandi").fill(NEW_PASSWORD)
    phone.get_by_role("button", name="Masuk").tap()
    phone.wait_for_url(f"**{MELATI}beranda/")


def test_a_lost_second_factor_needs_two_admins(stage, desk, page_of, sign_in, axe, picture):
    with stage.database():
        with transaction.atomic():
            enrol_fixed_totp(User.objects.get(username="joko"), "JBSWY3DPEHPK3PXP", datetime.now(UTC))
        token = made_by("admin_kota", GrantKind.DINAS_ADMIN, in_cooperative=False)
    second = page_of(1280, 900)
    second.goto(f"/undangan/{token}/")
    second.get_by_label("Kata sandi").fill(NEW_PASSWORD)
    second.get_by_role("button", name="Buat akun dan masuk").click()
    second.wait_for_url("**/akun/kode/pasang/**")
    sign_in(desk, "admin_kota")
    desk.goto("/kota-serang/akses/")
    desk.get_by_role("link", name="Joko Staf").click()
    desk.get_by_role("button", name="HP kode hilang").click()
    address = desk.locator(".address").inner_text()
    axe(desk)
    joko = page_of(360, 740, touch=True)
    joko.goto(address)
    joko.get_by_role("heading", name="Menunggu persetujuan").wait_for()
    axe(joko)
    desk.get_by_role("link", name="Selesai").click()
    assert desk.get_by_role("button", name="Setujui").count() == 0  # not the one who made it
    axe(desk)
    picture(desk, "akses-tautan")
    sign_in(second, "rahmat.hidayat")
    second.goto("/kota-serang/akses/")
    second.get_by_role("button", name="Setujui").click()
    second.get_by_text("Disetujui").wait_for()
    joko.reload()
    axe(joko)
    picture(joko, "perangkat-baru")
    joko.get_by_role("button", name="Lepas perangkat lama").tap()
    joko.get_by_label("Nama pengguna atau surel").fill("joko")
    joko.get_by_label("Kata sandi").fill(PASSWORD)
    joko.get_by_role("button", name="Masuk").tap()
    joko.wait_for_url("**/akun/kode/pasang/**")


def test_the_own_account_and_its_devices(stage, phone, desk, sign_in, axe, picture):
    sign_in(phone, "budi", form=True)
    sign_in(desk, "budi", form=True)
    for address in (
        "/akun/",
        "/akun/kata-sandi/",
        "/akun/kode/",
        "/akun/sesi/",
        "/keluar/",
        f"{MELATI}jejak/",
    ):
        for page in (phone, desk):
            page.goto(address)
            axe(page)
            picture(page, address.strip("/").replace("/", "-"))
    phone.goto("/akun/sesi/")
    phone.get_by_role("button", name=re.compile("Keluarkan Chrome")).tap()
    phone.get_by_text("Perangkat itu sudah dikeluarkan").wait_for()
    desk.goto("/akun/")
    desk.wait_for_url("**/masuk/**")
    phone.goto("/akun/kata-sandi/")
    phone.get_by_label("Kata sandi sekarang").fill("bukan ini")
    phone.get_by_label("Kata sandi baru", exact=True).fill(NEW_PASSWORD)
    phone.get_by_label("Ulangi kata sandi baru").fill(NEW_PASSWORD)
    phone.get_by_role("button", name="Simpan kata sandi").tap()
    phone.get_by_text("Kata sandi yang sekarang belum cocok").first.wait_for()
    axe(phone)


def test_without_javascript_an_invitation_is_made_and_opened(stage, page_of):
    with stage.database():
        token = made_by("budi", GrantKind.TREASURER, in_cooperative=True)
    page = page_of(360, 740, java_script_enabled=False)
    page.goto(f"/undangan/{token}/")
    page.get_by_label("Kata sandi").fill(NEW_PASSWORD)
    page.get_by_role("button", name="Buat akun dan masuk").click()
    page.wait_for_url(f"**{MELATI}beranda/")
