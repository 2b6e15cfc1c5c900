"""The second factor is proved in a session, to the device that is set up now: not to one that was removed or replaced."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from koperasi.demo_logins import TOTP_SEED, current_code
from registry.actions.logins import enrol_fixed_totp, remove_second_factor
from registry.models import GrantKind
from registry.tenancy import NOBODY, bind
from tests.cast import PASSWORD, prove_second_factor
from tests.conftest import Browser

pytestmark = [pytest.mark.django_db(databases=["default", "cache"]), pytest.mark.usefixtures("everything")]
PAGE = "/kota-serang/akses/?cari=budi"
SET_UP, PROVE = "/akun/kode/pasang/?next=", "/akun/pastikan/kode/?next="


def test_a_session_outlives_neither_the_removal_nor_the_replacement_of_the_factor(enter, joko):
    client = enter(joko)
    assert client.get(PAGE).status_code == 200
    bind(NOBODY)
    remove_second_factor(joko.user)
    assert client.get(PAGE).url.startswith(SET_UP)
    bind(NOBODY)
    enrol_fixed_totp(joko.user, TOTP_SEED, datetime.now(UTC) + timedelta(seconds=1))
    assert client.get(PAGE).url.startswith(PROVE)


def test_a_session_from_before_the_factor_was_set_up_has_not_proved_it(joko):
    """Somebody who only knows the password and signed in earlier does not slip through when the owner sets up the factor."""
    client = Browser()
    bind(NOBODY)
    client.force_login(joko.user)
    assert client.get(PAGE).url.startswith(SET_UP)
    bind(NOBODY)
    enrol_fixed_totp(joko.user, TOTP_SEED, datetime.now(UTC))
    assert client.get(PAGE).url.startswith(PROVE)


def test_a_flag_in_the_session_proves_nothing(joko):
    client = Browser()
    bind(NOBODY)
    client.force_login(joko.user)
    session = client.session
    session["second_factor"] = True
    session.save()
    assert client.get(PAGE).url.startswith(SET_UP)


def test_the_proof_of_another_login_counts_for_nobody(enter, joko, kepala):
    client = enter(joko)
    bind(NOBODY)
    session = client.session
    prove_second_factor({}, kepala.user)  # kepala has a factor
    kept = dict(session.items())
    client.force_login(kepala.user)
    session = client.session
    session.update({key: value for key, value in kept.items() if key.startswith("account_authentication")})
    session.save()
    assert client.get(PAGE).url.startswith(PROVE)


def test_a_code_typed_later_leads_back_and_opens(joko):
    client = Client()
    bind(NOBODY)
    client.post("/masuk/", {"login": "joko", "password": PASSWORD})
    bind(NOBODY)
    enrol_fixed_totp(joko.user, TOTP_SEED, datetime.now(UTC) - timedelta(minutes=5))
    there = client.get(PAGE).url
    assert there.startswith(PROVE)
    assert client.get(there).status_code == 200
    bind(NOBODY)
    answer = client.post(there, {"code": "000000"})
    assert answer.status_code == 200
    bind(NOBODY)
    answer = client.post(there, {"code": current_code(datetime.now(UTC))})
    assert (answer.status_code, answer.url) == (302, PAGE)
    bind(NOBODY)
    assert client.get(PAGE).status_code == 200


def test_an_inspector_needs_the_second_factor_as_well():
    assert {kind for kind in GrantKind if kind.needs_second_factor} == {
        GrantKind.DINAS_ADMIN, GrantKind.DINAS_STAFF, GrantKind.DINAS_HEAD, GrantKind.CASE,
    }  # fmt: skip
