"""The stage of the browser tests: our own pages behind a real socket, on a database of their own that may be committed to.

The server runs in threads of the test's process, so a test can move its clock; every request gets fresh connections to
the stage's database, and the test's own connections stay where they are. Nothing is flushed: for each test the stage's
database is dropped and cloned from the template again.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.servers.basehttp import ThreadedWSGIServer
from django.db import connections
from django.db.utils import load_backend
from django.test.testcases import LiveServerThread, QuietWSGIRequestHandler

from tests import database
from tests.cast import prove_second_factor

ALIASES = ("default", "cache", "owner")


def fresh_connections(name: str) -> dict:
    """Return unopened connections for every alias to the database `name`."""
    made = {}
    for alias in ALIASES:
        described = {**settings.DATABASES[alias], "NAME": name}
        made[alias] = load_backend(described["ENGINE"]).DatabaseWrapper(described, alias)
        made[alias].inc_thread_sharing()
    return made


class _Server(ThreadedWSGIServer):
    """A thread for each connection of the browser, with database connections of its own."""

    database = ""

    def process_request_thread(self, request, client_address) -> None:
        for alias, connection in fresh_connections(self.database).items():
            connections[alias] = connection
        super().process_request_thread(request, client_address)


class _Thread(LiveServerThread):
    def __init__(self, name: str) -> None:
        super().__init__("127.0.0.1", StaticFilesHandler)
        self.database = name
        self.daemon = True

    def _create_server(self, connections_override=None) -> _Server:
        server = _Server((self.host, self.port), QuietWSGIRequestHandler, allow_reuse_address=False)
        server.database = self.database
        return server


class Stage:
    """The running server: `url`, `database()` to look behind the pages, `session(username)` to be somebody."""

    def __init__(self, template: str, name: str) -> None:
        self.template, self.name = template, name
        self.thread = _Thread(name)
        self.thread.start()
        self.thread.is_ready.wait()
        if self.thread.error:
            raise self.thread.error
        self.url = f"http://localhost:{self.thread.port}"

    def reset(self) -> None:
        """Give the next test an untouched database."""
        database.clone(self.template, self.name)

    def end(self) -> None:
        self.thread.terminate()
        database.drop(self.name)

    @contextmanager
    def database(self) -> Iterator[None]:
        """Let the ORM of the test read and write the stage's database, committing, as the bare app role."""
        before = {alias: connections[alias] for alias in ALIASES}
        for alias, connection in fresh_connections(self.name).items():
            connections[alias] = connection
        try:
            yield
        finally:
            for alias, connection in before.items():
                connections[alias].close()
                connections[alias] = connection

    def session(self, username: str, *, second_factor: bool = True) -> str:
        """Return the session key of a login, made without its form."""
        from allauth.usersessions.models import UserSession
        from django.contrib.sessions.backends.db import SessionStore

        from registry.models import User

        with self.database():
            user = User.objects.get(username=username)
            store = SessionStore()
            store[SESSION_KEY] = str(user.pk)
            store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
            store[HASH_SESSION_KEY] = user.get_session_auth_hash()
            if second_factor:
                prove_second_factor(store, user)
            store.save()
            UserSession.objects.create(user=user, ip="127.0.0.1", session_key=store.session_key, user_agent="Uji")
            return store.session_key


class StoppedClock:
    """Stands in for `django.utils.timezone` in the door: every request happens at `moment`."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment
