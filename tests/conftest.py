"""Fixtures for every test: the cloned database, the cast, and clients that walk through the door."""

import os
from datetime import UTC, datetime

import pytest
from django.test import Client

from registry.keys import KeyRing
from registry.tenancy import NOBODY, bind
from tests import database
from tests.cast import Someone, make_cast, prove_second_factor


@pytest.fixture(scope="session", autouse=True)
def _settings(tmp_path_factory):
    """Weak hashing and plain static files: the tests are about other things."""
    from django.conf import settings

    folder = tmp_path_factory.mktemp("data")
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    settings.MEDIA_ROOT = folder / "media"
    settings.KEYS_FILE = folder / "keys.json"
    settings.DEMO = True
    settings.MIDDLEWARE = [*settings.MIDDLEWARE[:-1], "tests.conftest.nothing_stays_bound", settings.MIDDLEWARE[-1]]
    KeyRing.create(settings.KEYS_FILE)


def nothing_stays_bound(get_response):
    """Middleware around the door: inside a test's transaction `SET LOCAL` would reach the saving of the session."""

    def answered(request):
        from django.db import connection

        response = get_response(request)
        if connection.in_atomic_block and not connection.needs_rollback:
            bind(NOBODY)
        return response

    return answered


@pytest.fixture(scope="session")
def django_db_setup(_settings, django_db_blocker, worker_id, tmp_path_factory):
    """Clone the template for this worker. The key ring travels with the template, beside it."""
    from django.conf import settings

    with django_db_blocker.unblock():
        template = database.build_template(lambda: _people(settings))
        _restore_keys(settings, template)
        name = f"{settings.ROLE_PREFIX}_test_{os.environ.get('TEST_DB_SUFFIX', '')}{worker_id}"  # side by side runs
        database.clone(template, name)
        database.point_to(name)
    yield
    with django_db_blocker.unblock():
        from django.db import connections

        connections.close_all()
        database.drop(name)


def _people(settings) -> None:
    make_cast()
    _key_store(database.fingerprint()).write_text(settings.KEYS_FILE.read_text())


def _restore_keys(settings, template: str) -> None:
    from registry import keys

    text = _key_store(template.rsplit("_", 1)[1]).read_text()
    settings.KEYS_FILE.write_text(text)
    keys.KeyRing.load(settings.KEYS_FILE)


def _key_store(mark: str):
    from pathlib import Path
    from tempfile import gettempdir

    return Path(gettempdir()) / f"koperasi-test-keys-{mark}.json"


@pytest.fixture(scope="session")
def worker_id(request) -> str:
    return getattr(request.config, "workerinput", {}).get("workerid", "main")


@pytest.fixture
def everything(db):
    """A transaction on every alias, rolled back at the end, starting as nobody."""
    bind(NOBODY)


def _person(username: str):
    @pytest.fixture(name=username)
    def person(everything) -> Someone:
        return Someone(username)

    return person


siti, ratna, budi, yusuf, wati, joko, kepala, admin_kota, dewi, lestari, penyuluh, wali, tamu = map(
    _person,
    [
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
    ],
)


class Browser(Client):
    """A client that leaves nothing bound behind: `SET LOCAL` would outlive the request inside a test's transaction."""

    def request(self, **kwargs):
        bind(NOBODY)
        try:
            return super().request(**kwargs)
        finally:
            from django.db import connection

            if not connection.needs_rollback:
                bind(NOBODY)


@pytest.fixture
def enter(everything):
    """`enter(siti)` returns a client signed in as siti (with the second factor proven where one is required)."""

    def signed_in(someone: Someone | None) -> Browser:
        client = Browser()
        if someone is not None:
            bind(NOBODY)
            client.force_login(someone.user)
            session = client.session
            prove_second_factor(session, someone.user)
            session.save()
        return client

    return signed_in


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 11, 21, 5, 0, tzinfo=UTC)
