"""What an attacker tries over HTTP, one test each: addresses by number, forged forms, headers, names that carry code."""

import hashlib
import io
import re
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from koperasi.demo_logins import TOTP_SEED, current_code
from registry import paper
from registry.access import Place
from registry.actions import amend_cooperative
from registry.actions.files import store_file
from registry.actions.logins import enrol_fixed_totp
from registry.models import Cooperative, Grant, GrantKind, Invitation, Profile, User
from registry.paper import PaperFile
from registry.tenancy import NOBODY, bind
from tests.cast import PASSWORD, Someone
from tests.test_invitations import FORM, make, opened
from tests.walkers import addresses

pytestmark = [pytest.mark.django_db(databases=["default", "cache"]), pytest.mark.usefixtures("everything")]
MELATI, KENANGA = "/kota-serang/koperasi/melati/", "/kota-serang/koperasi/kenanga/"
EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)>"


def strict() -> Client:
    """A browser that must send the token with its forms."""
    return Client(enforce_csrf_checks=True)


# --- Addresses by number --------------------------------------------------------------------------


def stored(someone: Someone, now, name="impor-anggota.xlsx", *, in_cooperative=True) -> int:
    with someone.acting() as (actor, cooperative):
        grant = Grant.objects.select_related("agency").filter(user_id=actor.user_id).first()
        place = Place(grant.agency, cooperative if in_cooperative else None, grant)
        return store_file(
            place=place, name=name, content=b"3673030101800000", content_type="text/csv", actor=actor, now=now
        ).pk


def test_a_file_is_not_fetched_by_its_number_from_another_place(enter, yusuf, ratna, joko, dewi, wali, now):
    number = stored(yusuf, now)
    assert enter(yusuf).get(f"{MELATI}berkas/{number}/").content == b"3673030101800000"
    for someone, path in (
        (ratna, KENANGA),
        (ratna, MELATI),
        (joko, "/kota-serang/"),
        (dewi, "/kab-serang/"),
        (wali, "/kota-serang/"),
    ):
        assert enter(someone).get(f"{path}berkas/{number}/").status_code in (403, 404)


def test_an_uploaded_list_with_full_niks_is_its_uploaders_alone(enter, yusuf, siti, budi, wati, now):
    """Otherwise colleagues would read every NIK at once, past the page that asks why and writes the book."""
    number = stored(yusuf, now)
    for colleague in (siti, budi, wati):
        assert enter(colleague).get(f"{MELATI}berkas/{number}/").status_code == 404


def test_a_file_of_the_dinas_is_for_its_people_only(enter, joko, kepala, dewi, siti, now):
    number = stored(joko, now, in_cooperative=False)
    assert enter(kepala).get(f"/kota-serang/berkas/{number}/").status_code == 200
    assert enter(dewi).get(f"/kab-serang/berkas/{number}/").status_code == 404
    assert enter(siti).get(f"{MELATI}berkas/{number}/").status_code == 404


def test_an_access_is_not_ended_by_its_number_from_another_place(enter, ratna, dewi, admin_kota):
    with admin_kota.acting():
        number = Grant.objects.get(user_name="Siti Bendahara").pk
    for someone, path in ((ratna, KENANGA), (dewi, "/kab-serang/")):
        assert enter(someone).post(f"{path}akses/orang/{number}/", {"tindakan": "akhiri"}).status_code == 404
    with admin_kota.acting():
        assert Grant.objects.get(pk=number).ended_on is None


# --- Forged forms ---------------------------------------------------------------------------------


def test_a_link_is_not_opened_by_a_form_of_another_site(budi, now):
    _, token = make(budi, now)
    path = f"/undangan/{token}/"
    assert strict().post(path, FORM).status_code == 403
    for origin in ("https://evil.example", "null"):
        browser = strict()
        browser.get(path)
        data = FORM | {"csrfmiddlewaretoken": browser.cookies["csrftoken"].value}
        assert browser.post(path, data, headers={"Origin": origin}).status_code == 403
    browser = strict()
    browser.get(path)
    good = FORM | {"csrfmiddlewaretoken": browser.cookies["csrftoken"].value}
    assert browser.post(path, good, headers={"Origin": "http://testserver"}).status_code == 302  # the control


def test_nobody_is_signed_out_or_changed_by_a_link(enter, siti):
    client = enter(siti)
    for path in ("/keluar/", "/akun/sesi/?sesi=lain", f"{MELATI}akses/tautan/1/"):
        client.get(path)
        assert client.get(f"{MELATI}beranda/").status_code == 200


def test_a_link_gives_what_it_was_made_for_whatever_the_form_adds(enter, budi, now):
    _, token = make(budi, now, kind=GrantKind.TREASURER)
    more = {
        "kind": "dinas_admin",
        "agency": "2",
        "agency_id": "2",
        "cooperative_id": "2",
        "grant_until": "2099-01-01",
        "is_superuser": "1",
    }
    assert enter(None).post(f"/undangan/{token}/", FORM | more).status_code == 302
    bind(NOBODY)
    user = User.objects.get(username="neneng")
    with budi.acting():
        grant = Grant.objects.get(user_id=user.pk)
        assert (grant.kind, grant.cooperative.slug, grant.valid_to) == ("treasurer", "melati", None)


def test_the_ketua_gives_no_access_of_the_dinas_and_the_dinas_none_of_another_agency(enter, budi, admin_kota):
    enter(budi).post(f"{MELATI}akses/undang/", {"name": "X", "kind": "dinas_admin", "until": "2027-01-01"})
    data = {
        "name": "X",
        "kind": "field",
        "districts": "36.04.05",
        "until": "2027-01-01",
    }  # a kecamatan of the Kabupaten
    assert "36.04.05" in enter(admin_kota).post("/kota-serang/akses/undang/", data).content.decode()
    enter(admin_kota).post(
        "/kota-serang/akses/undang/",
        {"name": "X", "kind": "treasurer", "cooperative": "Kramatwatu", "until": "2027-01-01"},
    )
    with admin_kota.acting():
        assert not Invitation.objects.filter(name="X").exists()


def test_the_session_key_changes_when_somebody_signs_in(enter, budi, now):
    client = Client()
    client.get("/masuk/")
    session = client.session
    session["planted"] = "yes"
    session.save()
    fixed = session.session_key
    bind(NOBODY)
    client.post("/masuk/", {"login": "siti", "password": PASSWORD})
    assert client.session.session_key != fixed
    bind(NOBODY)
    _, token = make(budi, now)
    other = Client()
    session = other.session
    session["planted"] = "yes"
    session.save()
    fixed = session.session_key
    bind(NOBODY)
    other.post(f"/undangan/{token}/", FORM)
    assert other.session.session_key != fixed


# --- Headers --------------------------------------------------------------------------------------


def test_a_forged_host_reaches_neither_a_page_nor_a_link(enter, budi, settings):
    settings.ALLOWED_HOSTS = ["testserver"]
    assert Client().get("/masuk/", headers={"Host": "evil.example"}).status_code == 400
    settings.PUBLIC_URL = "https://koperasi.contoh.id"
    data = {"name": "Neneng", "kind": "treasurer", "until": "2027-01-01"}
    page = enter(budi).post(
        f"{MELATI}akses/undang/", data, headers={"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"}
    )
    assert "https://koperasi.contoh.id/undangan/" in page.content.decode()
    assert "evil.example" not in page.content.decode()


def test_no_page_of_a_place_is_kept_by_a_browser_or_proxy(enter, siti, joko, wali):
    walked = 0
    for someone, place in (
        (siti, ("kota-serang", "melati")),
        (joko, ("kota-serang", "melati")),
        (wali, ("kota-serang", "melati")),
    ):
        client, kind = enter(someone), GrantKind(someone.grant.kind)
        bind(NOBODY)
        for address in addresses():
            if address.placed and address.door and kind in address.door.kinds and "papers" not in address.name:
                with_paper = address.name.endswith(("_file", "job", "unduh"))
                if with_paper:
                    continue
                answer = client.get(address.at(*place))
                assert "no-store" in answer.headers.get("Cache-Control", ""), address.name
                walked += 1
    assert walked >= 40


def test_every_answer_carries_the_guards(enter, siti):
    for client, path in ((enter(siti), f"{MELATI}anggota/"), (enter(siti), f"{MELATI}anggota/unduh.csv"), (enter(None), "/masuk/"),
                         (enter(None), "/tidak/ada/di/sini/"), (enter(siti), f"{KENANGA}anggota/"), (enter(None), "/k/")):  # fmt: skip
        answer = client.get(path)
        assert "default-src 'none'" in answer["Content-Security-Policy"], path
        assert "unsafe" not in answer["Content-Security-Policy"]
        assert answer["X-Frame-Options"] == "DENY"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Referrer-Policy"] in ("same-origin", "strict-origin", "no-referrer")


@pytest.mark.parametrize("name", ['a"; filename="evil.exe', "daftar\u202excod.csv", "ünï.csv", "a/../../b.csv", "a\\"])
def test_a_file_name_breaks_no_header(enter, yusuf, now, name):
    answer = enter(yusuf).get(f"{MELATI}berkas/{stored(yusuf, now, name=name)}/")
    header = answer["Content-Disposition"]
    assert answer.status_code == 200 and header.startswith("attachment")
    quoted, encoded = r'="(?:[^"\\]|\\.)*"', r"\*=utf-8''[\w.%~-]+"
    assert re.fullmatch(f"attachment; filename(?:{quoted}|{encoded})", header), header


# --- Guessing -------------------------------------------------------------------------------------


def prove(client: Client, code: str) -> str:
    bind(NOBODY)
    return client.post("/akun/pastikan/kode/", {"code": code}).content.decode()


def signed_in_before_the_factor(joko) -> Client:
    """Somebody who knows the password and whose session is older than the second factor."""
    client = Client()
    client.post("/masuk/", {"login": "joko", "password": PASSWORD})
    bind(NOBODY)
    enrol_fixed_totp(joko.user, TOTP_SEED, datetime.now(UTC) - timedelta(minutes=5))
    return client


def test_codes_of_the_second_factor_are_not_guessed_one_after_the_other(joko):
    client = signed_in_before_the_factor(joko)
    for number in range(12):
        prove(client, f"{number:06}")
    bind(NOBODY)
    client.post("/akun/pastikan/kode/", {"code": current_code(datetime.now(UTC))})
    assert client.get("/kota-serang/akses/").status_code == 302  # even the right one waits now


def test_a_code_that_was_used_proves_nothing_again(joko):
    bind(NOBODY)
    enrol_fixed_totp(joko.user, TOTP_SEED, datetime.now(UTC) - timedelta(minutes=5))
    first, second = Client(), Client()
    code = current_code(datetime.now(UTC))
    for client in (first, second):
        bind(NOBODY)
        client.post("/masuk/", {"login": "joko", "password": PASSWORD})
    bind(NOBODY)
    assert first.post("/masuk/kode/", {"code": code}).status_code == 302
    bind(NOBODY)
    assert second.post("/masuk/kode/", {"code": code}).status_code == 200


def test_another_address_in_a_header_buys_no_new_tries(settings):
    answers = []
    for number in range(8):
        bind(NOBODY)
        data = {"login": "siti", "password": "salah"}
        answers.append(
            Client().post(
                "/masuk/", data, headers={"X-Forwarded-For": f"10.0.0.{number}", "X-Real-IP": f"10.0.0.{number}"}
            )
        )
    assert "Terlalu banyak percobaan" in answers[-1].content.decode()


def test_codes_are_not_told_apart_by_place_or_kind(enter):
    """A code that cannot exist, one of a cooperative that is there and one of none: the same page."""
    pages = {
        enter(None).get(f"/k/{code}/").content
        for code in ("1-0000-0000-0000", "9ZZ-0000-0000-0000", "2-ABCD-EFGH-JKMN")
    }
    pages = {re.sub(rb'value="[^"]*"|[0-9A-Z]{1,4}(?:-[0-9A-Z]{4}){3}', b"", page) for page in pages}
    assert len(pages) == 1


# --- Where to go next -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "evil",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "https:evil.example",
        "%2F%2Fevil.example",
    ],
)
def test_no_page_of_the_login_leads_elsewhere(joko, evil):
    client = signed_in_before_the_factor(joko)
    client.get("/akun/kode/pasang/", {"next": evil})
    bind(NOBODY)
    assert "evil" not in client.session.get("after_second_factor", "").replace("%2F", "/").lstrip(
        "/"
    ) or evil.startswith("%")
    answer = client.post(f"/akun/pastikan/kode/?next={evil}", {"code": current_code(datetime.now(UTC)), "next": evil})
    assert not re.match(r"(https?:|//|/\\|javascript:)", answer.headers.get("Location", "/"))
    bind(NOBODY)
    answer = client.post("/keluar/", {"next": evil})
    assert not re.match(r"(https?:|//|/\\|javascript:)", answer.headers.get("Location", "/"))


def test_an_old_address_leads_only_into_the_own_site(enter, joko, now):
    with joko.acting() as (actor, _):
        melati = Cooperative.objects.select_related("agency", "district").get(slug="melati")
        version = Profile.objects.get(cooperative=melati).version
        amend_cooperative(
            cooperative=melati, version=version, name="Koperasi Baru", fields={}, actor=actor, now=now, today=now.date()
        )
    answer = enter(joko).get(f"{MELATI}?next=//evil.example/melati/")
    assert answer.status_code == 301
    assert answer.url.startswith("/kota-serang/koperasi/koperasi-baru/?")


# --- Names that carry code ------------------------------------------------------------------------


@pytest.fixture
def named(joko, now):
    """Let the dinas give Melati a name that is a formula and markup at once."""
    name = f'=HYPERLINK("http://evil.example","{EVIL}")'
    with joko.acting() as (actor, _):
        melati = Cooperative.objects.select_related("agency", "district").get(slug="melati")
        version = Profile.objects.get(cooperative=melati).version
        amend_cooperative(
            cooperative=melati, version=version, name=name, fields={}, actor=actor, now=now, today=now.date()
        )
        return Cooperative.objects.get(pk=melati.pk).slug


def test_a_name_that_is_a_formula_is_text_in_every_export(enter, joko, named):
    text = enter(joko).get("/kota-serang/koperasi/unduh.csv").content.decode("utf-8-sig")
    line = next(line for line in text.splitlines() if "HYPERLINK" in line)
    assert re.match(r"""['"]*'=HYPERLINK""", line), line
    book = enter(joko).get("/kota-serang/koperasi/unduh.xlsx").content
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        sheets = b"".join(archive.read(name) for name in archive.namelist() if name.startswith("xl/worksheets/sheet"))
        assert b"<f>" not in sheets
        assert not any("externalLink" in name for name in archive.namelist())


def test_a_name_that_is_markup_is_text_on_every_page_and_paper(enter, joko, siti, budi, named, monkeypatch):
    papers = []
    monkeypatch.setattr(paper, "print_html", lambda html, **_: papers.append(html) or PaperFile(b"%PDF", "", 1))
    seen = 0
    for someone in (joko, siti, budi):
        client, kind = enter(someone), GrantKind(someone.grant.kind)
        bind(NOBODY)
        for address in addresses():
            if not (address.placed and address.door and kind in address.door.kinds):
                continue
            answer = client.get(address.at("kota-serang", named))
            page = (
                answer.content.decode(errors="replace") if "text/html" in answer.headers.get("Content-Type", "") else ""
            )
            assert "<script>alert" not in page and "<img src=x" not in page, address.name
            seen += "&lt;script&gt;alert" in page
    assert seen >= 10
    assert not any("<script>alert" in html or "<img src=x" in html for html in papers)


def test_the_name_of_an_invited_person_is_text_on_the_page_of_the_link(enter, budi, now):
    page = (
        enter(budi)
        .post(f"{MELATI}akses/undang/", {"name": EVIL, "kind": "treasurer", "until": "2027-01-01"})
        .content.decode()
    )
    assert "<script>alert" not in page and "onerror=alert(2)>" not in page
    token = re.search(r"/undangan/([^/]+)/", page)[1]
    bind(NOBODY)
    assert "<script>alert" not in enter(None).get(f"/undangan/{token}/").content.decode()
    answer = enter(None).post(f"/undangan/{token}/", FORM | {"name": EVIL}, follow=True)
    assert "<script>alert" not in answer.content.decode()
    assert "<script>alert" not in enter(budi).get(f"{MELATI}akses/").content.decode()


# --- Stale rights ---------------------------------------------------------------------------------


def test_a_link_to_a_job_of_a_colleague_is_not_there(enter, joko, kepala, now):
    from registry.models import Job

    with joko.acting() as (actor, _):
        grant = Grant.objects.get(user_id=actor.user_id)
        Job.objects.create(
            agency_id=actor.agency_id,
            number="abc123",
            kind="report.monthly",
            requested_by=actor.user_id,
            grant=grant,
            made_at=now,
        )
    assert enter(joko).get("/kota-serang/pekerjaan/abc123/").status_code == 200
    assert enter(kepala).get("/kota-serang/pekerjaan/abc123/").status_code == 404


def test_a_token_stands_nowhere_in_the_database(budi, now):
    _, token = make(budi, now)
    link = opened(token)
    bind(NOBODY)
    assert token not in str(vars(link))
    assert link.code == hashlib.sha256(token.encode()).hexdigest()


def test_a_changed_password_ends_what_was_signed_in_with_the_old_one(enter, siti):
    client = enter(siti)
    assert client.get(f"{MELATI}beranda/").status_code == 200
    bind(NOBODY)
    user = siti.user
    user.set_password("kata sandi yang baru")
    user.save()
    assert client.get(f"{MELATI}beranda/").status_code == 302


def test_a_locked_login_opens_nothing(enter, siti):
    client = enter(siti)
    bind(NOBODY)
    User.objects.filter(username="siti").update(is_active=False)
    assert client.get(f"{MELATI}beranda/").status_code == 302
    bind(NOBODY)
    answer = Client().post("/masuk/", {"login": "siti", "password": PASSWORD})
    assert "sessionid" not in answer.cookies or answer.status_code != 302 or answer.url != "/"
