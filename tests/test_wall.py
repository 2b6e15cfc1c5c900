"""The wall, from outside the product: what the catalogue says, and what raw SQL can reach."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command, get_commands
from psycopg import sql

from koperasi.tables import TABLES
from registry.tenancy import Role, checks, role_name
from registry.tenancy.checks import missing_keys, the_login_stays_outside, weaknesses
from registry.tenancy.tables import Kind
from tests.catalogue import GATES, is_plain, links, never_changing, raw, walled

pytestmark = pytest.mark.usefixtures("everything")


# --- The catalogue ------------------------------------------------------------------------------


@pytest.mark.parametrize("gate", GATES)
def test_the_catalogue_is_what_the_declarations_say(gate):
    with raw("owner") as cursor:
        assert GATES[gate](cursor) == []


def test_the_gates_walked_everything():
    """These counts only grow. When one falls, a table or a link slipped out of the walk."""
    kinds = [table.kind for table in TABLES]
    assert kinds.count(Kind.TENANT) >= 31
    assert kinds.count(Kind.AGENCY) >= 7
    assert kinds.count(Kind.DIRECTORY) >= 3
    assert len(walled()) >= 41
    assert len(links()) >= 25
    assert len(never_changing()) >= 11


PLANTS = {
    "undeclared": ["CREATE TABLE planted (id int)"],
    "open_rows": ["ALTER TABLE members_member NO FORCE ROW LEVEL SECURITY"],
    "definers": ["CREATE FUNCTION planted() RETURNS int LANGUAGE sql SECURITY DEFINER RETURN 1"],
    "views": ["CREATE VIEW planted AS SELECT * FROM members_member"],
    "plain_keys": ["ALTER TABLE finance_payment ADD CONSTRAINT planted FOREIGN KEY (entry_id) REFERENCES finance_entry (id)",
                   "ALTER TABLE finance_payment DROP CONSTRAINT finance_payment_entry_same_cooperative"],
    "missing_composites": ["ALTER TABLE finance_posting DROP CONSTRAINT finance_posting_member_same_cooperative"],
    "wrong_grants": ["GRANT UPDATE ON finance_posting TO {officer}"],
    "open_sequences": ["GRANT UPDATE ON SEQUENCE finance_posting_id_seq TO {officer}"],
    "strong_roles": ["GRANT CREATE ON SCHEMA public TO {officer}"],
    "sleeping_triggers": ["ALTER TABLE finance_posting DISABLE TRIGGER never_changes"],
}  # fmt: skip
MORE_PLANTS = [
    ("open_rows", "ALTER TABLE finance_entry DISABLE ROW LEVEL SECURITY"),
    ("views", "CREATE MATERIALIZED VIEW planted AS SELECT * FROM finance_entry"),
    (
        "bad_policies",
        "CREATE POLICY planted ON members_member TO {officer} USING (cooperative_id = wall.cooperative() OR agency_id = wall.agency())",
    ),
    ("bad_policies", "CREATE POLICY planted ON members_member TO {dinas} USING (true)"),
    (
        "bad_policies",
        "CREATE POLICY planted ON members_member TO {officer} USING (cooperative_id = current_setting('wall.cooperative')::bigint)",
    ),
    (
        "bad_policies",
        "CREATE POLICY planted ON members_member TO {officer} USING (cooperative_id IN (SELECT wall.cooperative()))",
    ),
    ("bad_policies", "CREATE POLICY planted ON members_member USING (cooperative_id = wall.cooperative())"),
    ("bad_policies", 'DROP POLICY "officer all" ON members_member'),
    ("wrong_grants", "REVOKE SELECT ON members_member FROM {officer}"),
    ("wrong_grants", "GRANT SELECT (name) ON members_member TO {dinas}"),
    ("wrong_grants", "GRANT SELECT ON members_identity TO PUBLIC"),
    ("sleeping_triggers", "ALTER TABLE finance_entry ENABLE TRIGGER an_entry_is_stamped"),
    ("sleeping_triggers", "DROP TRIGGER never_emptied ON finance_receipt"),
]
NAMES = {role.value: sql.Identifier(role_name(role)) for role in Role}


@pytest.mark.parametrize(("gate", "statements"), [*PLANTS.items(), *[(gate, [one]) for gate, one in MORE_PLANTS]])
def test_a_planted_offender_is_found(gate, statements):
    with raw("owner") as cursor:
        for statement in statements:
            if "agency_id" in statement:
                cursor.execute("ALTER TABLE members_member ADD COLUMN agency_id bigint")
            cursor.execute(sql.SQL(statement).format(**NAMES))
        assert GATES[gate](cursor)


def test_every_gate_has_a_planted_offender():
    assert {*PLANTS, *[gate for gate, _ in MORE_PLANTS]} == set(GATES)


@pytest.mark.parametrize(
    "rule",
    ["(cooperative_id = wall.cooperative())", "((agency_id = wall.agency()) AND (code = wall.code()))", "(user_id = wall.\"user\"())",
     "(cooperative_id = ANY (wall.cooperatives()))", "((agency_id = wall.agency()) AND ((code)::text = wall.code()))", "((agency_id = wall.agency()) AND (cooperative_id IS NULL))",
     "((agency_id = wall.agency()) AND published)", "((cooperative_id = wall.cooperative()) AND (paid_rupiah = 0))"],
)  # fmt: skip
def test_a_plain_rule_is_read_as_plain(rule):
    assert is_plain(rule)


@pytest.mark.parametrize(
    "rule",
    ["true", "published", "(paid_rupiah = 0)", "((cooperative_id = wall.cooperative()) AND (paid_rupiah > 0))", "((a = wall.agency()) OR (b = wall.code()))", "(a = ( SELECT wall.agency() AS agency))", "(cooperative_id IS NOT NULL)",
     "(cooperative_id <> wall.cooperative())", "((agency_id = wall.agency()) AND true)", "(NOT (a = wall.agency()))"],
)  # fmt: skip
def test_anything_else_is_not_plain(rule):
    assert not is_plain(rule)


# --- The start-up check -------------------------------------------------------------------------


def test_the_app_passes_the_start_up_check():
    assert the_login_stays_outside(databases=["default"]) == []


def test_the_start_up_check_names_the_owner_and_the_backup_role():
    with raw("owner") as cursor:
        assert weaknesses(cursor, role_name("app")) == []
        assert "owns tables" in weaknesses(cursor, role_name("owner"))
        assert "has BYPASSRLS" in weaknesses(cursor, role_name("backup"))


@pytest.mark.parametrize(
    ("statement", "weakness"),
    [("GRANT CREATE ON SCHEMA public TO {}", "may make tables in the schema public"),
     ("GRANT TEMP ON DATABASE {database} TO {}", "may make temporary tables")],
)  # fmt: skip
def test_the_start_up_check_finds_what_was_given_to_the_app(statement, weakness):
    with raw("owner") as cursor:
        cursor.execute("SELECT current_database()")
        database = sql.Identifier(cursor.fetchone()[0])
        cursor.execute(sql.SQL(statement).format(sql.Identifier(role_name("app")), database=database))
        assert weaknesses(cursor, role_name("app")) == [weakness]


def test_the_web_process_refuses_to_start_as_the_owner(settings, monkeypatch):
    monkeypatch.setitem(settings.DATABASES["default"], "USER", role_name("owner"))
    with pytest.raises(ImproperlyConfigured, match="owns tables"):
        checks.refuse_to_start()


def test_the_worker_refuses_to_start_as_the_owner_and_other_commands_of_the_queue_do_not_ask(settings, monkeypatch):
    from procrastinate.contrib.django.management.commands.procrastinate import Command as Queue

    started = []
    monkeypatch.setattr(Queue, "handle", lambda self, *args, **options: started.append(options["command"]))
    monkeypatch.setattr(
        "koperasi.management.commands.procrastinate.connections.close_all", lambda: None
    )  # the test's own
    assert get_commands()["procrastinate"] == "koperasi"
    call_command("procrastinate", "worker")
    assert started == ["worker"]
    monkeypatch.setitem(settings.DATABASES["default"], "USER", role_name("owner"))
    with pytest.raises(ImproperlyConfigured, match="owns tables"):
        call_command("procrastinate", "worker")
    call_command("procrastinate", "healthchecks")
    assert started == ["worker", "healthchecks"]


def test_the_start_up_check_finds_a_lost_key(tmp_path, settings):
    from registry.keys import KeyRing

    with raw() as cursor:
        assert missing_keys(cursor) == []
        settings.KEYS_FILE = tmp_path / "other.json"
        assert "no key file" in missing_keys(cursor)[0]
        KeyRing.create(settings.KEYS_FILE)
        assert missing_keys(cursor) == ["no hash key of the agency kab-serang", "no hash key of the agency kota-serang"]
