"""The web process is killed in the middle of a submit (SIGKILL, a real server): nothing half, nothing lost, nothing twice.

The server writes to a clone of the template. A trigger of the test's own holds the transaction where it is to die: in its
last statement, or in COMMIT, after every statement. Then the officer's browser sends the same form again.
"""

import threading
import uuid
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlencode

import psycopg
import pytest
from django.conf import settings
from django.db import connections, transaction
from django.test import Client

from finance.models import Entry, Payment, Receipt, Submission
from finance.reports import verify_cooperative
from members.models import Member
from registry.models import AuditEvent
from registry.tenancy import NOBODY, bind
from tests import database
from tests.cast import Someone, prove_second_factor
from tests.web import PATIENCE, Web, until

HELD = 4_711_001  # the advisory lock the transaction waits for
TOKEN = "a" * 32
HOLD = {
    # In a statement: the server's backend finds its client gone and rolls back.
    "in its last statement": "CREATE TRIGGER held BEFORE INSERT ON registry_auditevent FOR EACH ROW EXECUTE FUNCTION held_here()",
    # At COMMIT: it was asked for before the client died, so it happens; the answer never arrived.
    "in its commit": "CREATE CONSTRAINT TRIGGER held AFTER INSERT ON finance_receipt DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION held_here()",
}  # fmt: skip
FUNCTION = f"""
CREATE FUNCTION held_here() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM pg_advisory_xact_lock_shared({HELD}); RETURN coalesce(NEW, OLD); END $$"""


@pytest.fixture
def committing(django_db_setup, django_db_blocker):
    """A clone for one test: what is committed here is nobody else's. Yields its name."""
    before = connections["default"].settings_dict["NAME"]
    name = f"{before}_killed"
    with django_db_blocker.unblock():
        database.clone(f"{settings.ROLE_PREFIX}_template_{database.fingerprint()}", name)
        database.point_to(name)
        try:
            yield name
        finally:
            database.point_to(before)
            database.drop(name)


@contextmanager
def holding(name: str, where: str):
    """Let every collection stop `where`; yields the connection that holds it, and in whose hands it is to let it go on."""
    with psycopg_as_owner(name) as owner:
        owner.execute(FUNCTION)
        owner.execute("GRANT EXECUTE ON FUNCTION held_here() TO public")
        owner.execute(HOLD[where])
        table = "registry_auditevent" if "statement" in where else "finance_receipt"
        owner.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER held")
        owner.execute("SELECT pg_advisory_lock(%s)", [HELD])
        yield owner
        owner.execute("SELECT pg_advisory_unlock_all()")


def psycopg_as_owner(name: str) -> psycopg.Connection:
    connection = database.admin_of(name)
    connection.autocommit = True
    return connection


def waits(owner) -> bool:
    """Whether a backend waits for the lock."""
    found = owner.execute(
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    )
    return found.fetchone()[0] == 1


def nobody_works(owner, name: str) -> bool:
    """Whether every connection of the killed server is gone from the database."""
    found = owner.execute(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND usename = %s AND state <> 'idle'",
        [name, settings.DATABASES["default"]["USER"]],
    )
    return found.fetchone()[0] == 0


def cookie_of(someone: Someone) -> str:
    client = Client()
    with transaction.atomic():
        bind(NOBODY)
        user = someone.user
    client.force_login(user)
    session = client.session
    prove_second_factor(session, user)
    session.save()
    return f"sessionid={session.session_key}; csrftoken={TOKEN}"


def send(port: int, cookie: str, form: dict) -> int:
    """Send the month's sheet and return the status of the answer."""
    http = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    headers = {"Cookie": cookie, "Host": "localhost", "Content-Type": "application/x-www-form-urlencoded"}
    try:
        http.request("POST", "/kota-serang/koperasi/melati/iuran/setoran/", urlencode(form, doseq=True), headers)
        return http.getresponse().status
    finally:
        http.close()


def stored() -> tuple[int, int, int, int, int]:
    """Entries, payments, receipts, forms, rows in the book of acts; and everything adds up."""
    with Someone("siti").acting() as (_, melati):
        assert verify_cooperative(melati) == []
        kept = {"cooperative": melati}
        acts = AuditEvent.objects.filter(cooperative_id=melati.pk, verb="record_dues").count()
        counts = [model.objects.filter(**kept).count() for model in (Entry, Payment, Receipt, Submission)]
        return (*counts, acts)


@pytest.mark.parametrize(("where", "after_the_kill"), [("in its last statement", 0), ("in its commit", 1)])
def test_a_collection_whose_server_is_killed_is_recorded_exactly_once(committing, tmp_path, where, after_the_kill):
    with Someone("siti").acting() as (_, melati):
        numbers = Member.objects.filter(cooperative=melati).order_by("number").values_list("number_text", flat=True)
        ticks = [f"{number}.10000" for number in numbers]
    form = {"csrfmiddlewaretoken": TOKEN, "kunci": str(uuid.uuid4()), "bulan": "2026-01", "bayar": ticks, "koin": "100000",
            "tanggal": "2026-01-10", "langkah": "simpan"}  # fmt: skip
    cookie = cookie_of(Someone("siti"))
    web = Web(committing, str(tmp_path))
    try:
        with holding(committing, where) as owner:
            answers: list = []
            sending = threading.Thread(target=lambda: answers.append(_status(web.port, cookie, form)))
            sending.start()
            until(lambda: waits(owner), f"the collection is held {where}")
            assert stored() == (0, 0, 0, 0, 0)  # nobody else sees any of it
            web.kill()
            sending.join(PATIENCE)
            assert answers == ["no answer"]
            owner.execute("SELECT pg_advisory_unlock(%s)", [HELD])
            until(lambda: nobody_works(owner, committing), "the killed server's transaction ends")
            once = (1, 10, 10, 1, 1)
            assert stored() == (once if after_the_kill else (0, 0, 0, 0, 0))
        web = Web(committing, str(tmp_path))
        assert send(web.port, cookie, form) == 302
        assert stored() == once
        assert send(web.port, cookie, form) == 302  # and the back button, once more
        assert stored() == once
    finally:
        web.kill()


def _status(port: int, cookie: str, form: dict) -> int | str:
    try:
        return send(port, cookie, form)
    except (HTTPException, OSError):
        return "no answer"
