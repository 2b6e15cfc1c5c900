"""Who has access to what until when, the own account, and the doors of the login library."""

import re
from datetime import timedelta
from urllib.parse import quote

import pytest
from allauth.mfa.models import Authenticator
from django.urls import get_resolver

from koperasi.accounts import MFAAdapter
from koperasi.demo_logins import TOTP_SEED, OnlyInTheDemo, current_code
from koperasi.doors import DOORS
from registry import audit
from registry.actions import NotYours, enrol_fixed_totp
from registry.forms.access import DinasInvitationForm
from registry.models import AuditEvent, Grant, GrantKind, Invitation
from registry.reports.access import VERBS
from registry.tenancy import NOBODY, bind
from registry.views.account import device_words

MELATI = "/kota-serang/koperasi/melati/"
EVERYBODY = (
    "siti",
    "ratna",
    "budi",
    "yusuf",
    "wati",
    "joko",
    "kepala",
    "admin_kota",
    "dewi",
    "lestari",
    "penyuluh",
    "wali",
    "tamu",
)
MAY_OPEN = {
    "/kota-serang/akses/": {"joko", "kepala", "admin_kota"},
    "/kota-serang/akses/undang/": {"admin_kota"},
    "/kota-serang/akses/data-pribadi/": {"admin_kota", "kepala"},
    f"{MELATI}akses/": {"budi", "wati", "joko", "kepala", "admin_kota"},
    f"{MELATI}akses/undang/": {"budi", "admin_kota"},
    f"{MELATI}jejak/": {"budi", "wati"},
}
COLLEAGUES = {
    "/kota-serang/": {
        "siti",
        "ratna",
        "budi",
        "yusuf",
        "wati",
        "joko",
        "kepala",
        "admin_kota",
        "penyuluh",
        "wali",
    }
}


@pytest.mark.parametrize("address", MAY_OPEN)
def test_each_page_opens_for_those_it_is_for(enter, address, everything):
    from tests.cast import Someone

    for username in EVERYBODY:
        status = enter(Someone(username)).get(address).status_code
        assert (status == 200) == (username in MAY_OPEN[address]), (username, status)
        assert status in (200, 403, 404)
        if username in ("dewi", "lestari", "tamu") or (username == "ratna" and MELATI in address):
            assert status == 404
    assert enter(None).get(address).url == "/masuk/?next=" + quote(address, safe="")


@pytest.mark.parametrize(
    "address",
    [
        "/akun/email/",
        "/akun/signup/",
        "/masuk/daftar/",
        "/akun/kata-sandi/atur/",
        "/masuk/lupa/",
        "/akun/social/",
        "/akun/kode/trust/",
        "/akun/login/",
    ],
)
def test_what_we_do_not_offer_is_not_there(enter, siti, address):
    assert enter(siti).get(address).status_code == 404
    assert enter(None).get(address).status_code == 404


def test_every_view_of_the_login_library_has_a_declared_door():
    names = {name for name in get_resolver().reverse_dict if isinstance(name, str)}
    library = {name for name in names if name.startswith(("account_", "mfa_"))}
    assert len(library) >= 13
    assert library <= set(DOORS)


def test_the_list_of_people_takes_few_queries_and_narrows(enter, admin_kota, django_assert_max_num_queries):
    client = enter(admin_kota)
    with django_assert_max_num_queries(20):
        page = client.get("/kota-serang/akses/").content.decode()
    assert "Siti Bendahara" in page
    assert "Lestari" not in page
    narrowed = client.get(
        "/kota-serang/akses/",
        {"cari": "siti", "sebagai": "koperasi", "keadaan": "berlaku", "kecamatan": "36.73.03"},
    ).content.decode()
    assert "Siti Bendahara" in narrowed
    assert "Ratna Ketua" not in narrowed
    assert "Siti Bendahara" not in client.get("/kota-serang/akses/", {"sebagai": "dinas"}).content.decode()
    for odd in (
        {"cari": "nul\x00"},
        {"kecamatan": "99"},
        {"halaman": "9" * 30},
        {"sebagai": "x"},
        {"keadaan": "x"},
        {"cari": "x" * 5000},
    ):
        assert client.get("/kota-serang/akses/", odd).status_code == 200


def test_the_list_of_people_takes_the_same_queries_with_many_rows(
    enter, admin_kota, now, django_assert_max_num_queries
):
    with admin_kota.acting() as (actor, _):
        one = Grant.objects.get(user_name="Siti Bendahara")
        Grant.objects.bulk_create(
            Grant(user_id=actor.user_id, user_name=f"Orang {n}", kind=GrantKind.CASE, agency_id=one.agency_id, cooperative_id=one.cooperative_id, valid_from=one.valid_from, ended_on=one.valid_from)
            for n in range(60)
        )  # fmt: skip
    client = enter(admin_kota)
    with django_assert_max_num_queries(20):
        page = client.get("/kota-serang/akses/", {"keadaan": "semua"}).content.decode()
    assert "1 sampai 50 dari" in page
    with django_assert_max_num_queries(20):
        client.get(f"{MELATI}akses/")


def test_ending_access_over_the_page_is_said_and_others_may_not(enter, admin_kota, joko, budi):
    with admin_kota.acting():
        number = Grant.objects.get(user_name="Staf Wali Kota").pk
        siti = Grant.objects.get(user_name="Siti Bendahara").pk
    answer = enter(joko).post(f"/kota-serang/akses/orang/{number}/", {"tindakan": "akhiri"}, follow=True)
    assert "Anda tidak berhak mengubah akses ini" in answer.content.decode()
    assert enter(budi).post(f"/kota-serang/akses/orang/{siti}/", {"tindakan": "akhiri"}).status_code == 403
    assert enter(budi).post(f"{MELATI}akses/orang/{number}/", {"tindakan": "akhiri"}).status_code == 404
    answer = enter(admin_kota).post(f"/kota-serang/akses/orang/{number}/", {"tindakan": "akhiri"}, follow=True)
    assert "Akses Staf Wali Kota sudah berakhir" in answer.content.decode()
    assert "Buka lagi" in enter(admin_kota).get(f"/kota-serang/akses/orang/{number}/").content.decode()
    for nowhere in (0, 10**15, 2**63, 10**40):
        assert enter(admin_kota).get(f"/kota-serang/akses/orang/{nowhere}/").status_code == 404
        assert enter(admin_kota).post(f"/kota-serang/akses/tautan/{nowhere}/").status_code == 404


def test_another_dinas_reaches_no_access_here(enter, dewi, admin_kota):
    with admin_kota.acting():
        number = Grant.objects.get(user_name="Siti Bendahara").pk
    client = enter(dewi)
    assert client.post(f"/kab-serang/akses/orang/{number}/", {"tindakan": "akhiri"}).status_code == 404
    assert client.get(f"/kota-serang/akses/orang/{number}/").status_code == 404
    assert "Siti" not in client.get("/kab-serang/akses/", {"keadaan": "semua"}).content.decode()


def test_the_admin_invites_everybody_the_form_describes(enter, admin_kota):
    client = enter(admin_kota)
    url = "/kota-serang/akses/undang/"
    for data in (
        {"kind": "dinas_staff", "name": "Staf Baru"},
        {"kind": "field", "name": "Penyuluh Baru", "districts": ["36.73.03", "36.73.01"]},
        {"kind": "executive", "name": "Pimpinan Baru", "until": "2027-01-01"},
        {"kind": "chair", "name": "Ketua Baru", "cooperative": "Pager Agung", "until": "2027-01-01"},
    ):
        answer = client.post(url, data)
        page = answer.content.decode()
        assert re.search(r"/undangan/0?[0-9A-Z]+-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}/", page), page[-900:]
        assert "no-store" in answer["Cache-Control"]
        assert "data:" not in page
    with admin_kota.acting():
        field = Invitation.objects.get(kind="field", name="Penyuluh Baru")
        assert field.districts == ["36.73.01", "36.73.03"]
    assert "Tautan yang belum dibuka" in client.get("/kota-serang/akses/").content.decode()
    for data, words in (
        ({"kind": "chair", "name": "X", "until": "2027-01-01"}, "Tulis nama koperasinya"),
        (
            {"kind": "chair", "name": "X", "cooperative": "Kramatwatu", "until": "2027-01-01"},
            "Tidak ada koperasi bernama",
        ),
        (
            {"kind": "chair", "name": "X", "cooperative": "Koperasi", "until": "2027-01-01"},
            "Ada beberapa koperasi",
        ),
        ({"kind": "chair", "name": "X", "cooperative": "Pager Agung"}, "Isi akhir masa jabatannya"),
        ({"kind": "field", "name": "X"}, "paling sedikit satu kecamatan"),
        ({"kind": "field", "name": "X", "districts": ["36.04.05"]}, "36.04.05"),
        ({"kind": "case", "name": "X"}, "case"),
        ({"kind": "dinas_staff", "name": "nul\x00"}, "isian perlu diperbaiki"),
    ):
        answer = client.post(url, data)
        assert answer.status_code == 200
        assert words in answer.content.decode()
        assert "/undangan/" not in answer.content.decode()


def test_a_name_that_fits_two_cooperatives_is_settled_by_the_kecamatan(admin_kota, today=None):
    from datetime import date

    with admin_kota.acting():
        agency = admin_kota.grant.agency
        form = DinasInvitationForm(
            {"kind": "chair", "name": "X", "cooperative": "Koperasi Kelurahan Merah Putih Kiara, Walantaka", "until": "2027-01-01"},
            today=date(2026, 11, 21), agency=agency,
        )  # fmt: skip
        assert form.is_valid(), form.errors
        assert form.cleaned_data["found"].slug == "kenanga"


def test_the_dinas_sees_every_look_at_personal_data_and_only_looks(
    enter, siti, admin_kota, now, django_assert_max_num_queries
):
    with siti.acting() as (actor, _):
        audit.record_look(
            "reveal_national_id", actor=actor, now=now, subject="anggota A-0003", reason="cek KTP untuk bank"
        )
    client = enter(admin_kota)
    with django_assert_max_num_queries(20):
        page = client.get("/kota-serang/akses/data-pribadi/").content.decode()
    for words in ("Siti Bendahara", "melati", "melihat NIK", "anggota A-0003", "cek KTP untuk bank"):
        assert words in page
    assert "menerima anggota" not in page
    assert "anggota A-0003" not in client.get("/kota-serang/akses/data-pribadi/", {"cari": "mawar"}).content.decode()
    assert (
        "anggota A-0003"
        in client.get("/kota-serang/akses/data-pribadi/", {"cari": "pager agung", "sejak": "365"}).content.decode()
    )


def test_the_trail_shows_acts_in_words_to_ketua_and_pengawas(enter, budi, wati, ratna, django_assert_max_num_queries):
    client = enter(budi)
    with django_assert_max_num_queries(20):
        page = client.get(f"{MELATI}jejak/").content.decode()
    assert "menerima anggota" in page
    assert "anggota A-0010" in page
    assert "Ratna" not in page
    assert (
        "menetapkan iuran"
        in enter(wati).get(f"{MELATI}jejak/", {"cari": "iuran", "jenis": "tindakan"}).content.decode()
    )
    assert "Tidak ada catatan" in enter(wati).get(f"{MELATI}jejak/", {"jenis": "lihat"}).content.decode()


def test_every_verb_of_the_book_has_words():
    from pathlib import Path

    root = Path(__file__).resolve().parent.parent
    written = set()
    for path in [
        *root.glob("registry/**/*.py"),
        *root.glob("members/**/*.py"),
        *root.glob("finance/**/*.py"),
        *root.glob("koperasi/**/*.py"),
    ]:
        written |= set(
            re.findall(
                r"""(?:audit\.record(?:_look|_each)?\(|(?<![_.])record(?:_look|_each)?\()\s*"([a-z_]+)\"""",
                path.read_text(),
            )
        )
    assert len(written) >= 25
    assert written - set(VERBS) == set()


def test_a_dinas_login_without_a_second_factor_is_sent_to_set_one_up(everything, joko):
    from tests.conftest import Browser

    client = Browser()
    bind(NOBODY)
    client.force_login(joko.user)
    answer = client.get("/kota-serang/akses/?cari=budi")
    assert answer.status_code == 302
    assert answer.url.startswith("/akun/kode/pasang/?next=")
    assert "budi" in answer.url


def test_officers_are_offered_but_not_forced(everything, siti):
    from tests.conftest import Browser

    client = Browser()
    bind(NOBODY)
    client.force_login(siti.user)
    assert "Disarankan" in client.get("/akun/").content.decode()


def test_secrets_are_encrypted_where_they_lie(everything, joko, now):
    bind(NOBODY)
    enrol_fixed_totp(joko.user, TOTP_SEED, now)
    enrol_fixed_totp(joko.user, TOTP_SEED, now)
    stored = Authenticator.objects.get(user=joko.user, type="totp").data["secret"]
    assert TOTP_SEED not in stored
    assert MFAAdapter().decrypt(stored) == TOTP_SEED
    codes = Authenticator.objects.get(user=joko.user, type="recovery_codes")
    assert len(codes.wrap().get_unused_codes()) == 10
    assert MFAAdapter().decrypt(codes.data["seed"]) not in str(codes.data)


def test_the_fixed_seed_is_refused_outside_the_demo(everything, joko, now, settings):
    assert re.fullmatch(r"\d{6}", current_code(now))
    assert current_code(now) != current_code(now + timedelta(seconds=30))
    settings.DEMO = False
    with pytest.raises(OnlyInTheDemo):
        current_code(now)
    bind(NOBODY)
    with pytest.raises(NotYours):
        enrol_fixed_totp(joko.user, TOTP_SEED, now)
    assert not Authenticator.objects.exists()


@pytest.mark.parametrize(
    "agent, words",
    [
        (
            "Mozilla/5.0 (Linux; Android 13; SM-A135F) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Mobile Safari/537.36",
            "Chrome di Android",
        ),
        (
            "Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 SamsungBrowser/23.0 Chrome/115.0 Mobile Safari/537.36",
            "Samsung Internet di Android",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120.0 Safari/537.36 Edg/120.0",
            "Edge di Windows",
        ),
        ("Mozilla/5.0 (Windows NT 10.0; rv:109.0) Gecko/20100101 Firefox/118.0", "Firefox di Windows"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1 Version/17.0 Mobile Safari/604.1",
            "Safari di iPhone atau iPad",
        ),
        ("curl/8", "Perangkat tidak dikenal"),
    ],
)
def test_a_device_is_named_as_a_person_would(agent, words):
    assert device_words(agent) == words


def test_an_act_on_access_stands_in_the_book_without_names(enter, budi):
    with budi.acting():
        number = Grant.objects.get(user_name="Siti Bendahara").pk
    client = enter(budi)
    client.post(f"{MELATI}akses/orang/{number}/", {"tindakan": "perpanjang", "until": "2027-06-30"})
    client.post(f"{MELATI}akses/orang/{number}/", {"tindakan": "password"})
    client.post(f"{MELATI}akses/orang/{number}/", {"tindakan": "akhiri"})
    with budi.acting():
        acts = AuditEvent.objects.filter(verb__in=["prolong_access", "make_reset_link", "end_access"])
        assert acts.count() == 3
        assert not any("Siti" in f"{act.subject}{act.detail}" for act in acts)
        assert (
            Invitation.objects.filter(purpose="password", withdrawn_at__isnull=True).count() == 0
        )  # ended with the access
