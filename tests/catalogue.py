"""Gates over the catalogue of the database: each looks at every table, key, policy or right of its kind."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.conf import settings
from django.db import connections

from koperasi.tables import TABLES
from registry.tenancy import Role, role_name
from registry.tenancy.building import agency_links, tenant_links
from registry.tenancy.tables import PRIVILEGES, Kind, Table

# Tables that are only ever added to by the actions and need no trigger, with the reason.
MAY_CHANGE = {
    "finance_account": "the owner may mend a name of the chart; postings refer to the id",
    "finance_duesrate": "a rate is superseded by a later one; obligations keep their own amount",
}
# Plain keys between tenants' rows that no composite key covers, with the reason.
PLAIN_KEYS: dict[tuple[str, str], str] = {}


@contextmanager
def raw(login: str = "default") -> Iterator[psycopg.Cursor]:
    """A cursor on a connection of its own, as the app (`default`) or the `owner`; everything is rolled back."""
    database = settings.DATABASES[login] if login in settings.DATABASES else connections["owner"].settings_dict
    options = {
        key: value for key, value in database["OPTIONS"].items() if key in ("host", "port", "sslmode", "sslrootcert")
    }
    connection = psycopg.connect(
        **{"host": database["HOST"], "port": database["PORT"] or None} | options,
        user=database["USER"], password=database["PASSWORD"], dbname=connections["default"].settings_dict["NAME"],
    )  # fmt: skip
    try:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '5s'")
            yield cursor
    finally:
        connection.rollback()
        connection.close()


def walled() -> list[Table]:
    return [table for table in TABLES if table.walled]


def everyone() -> dict[str, str]:
    """Database name → our name, of every role that walks in: the app and the kinds of person."""
    return {role_name("app"): "app"} | {role_name(role): str(role) for role in Role}


# --- Gates --------------------------------------------------------------------------------------


def undeclared(cursor) -> list[str]:
    """Every table is declared exactly once, and every declared table is there."""
    cursor.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'f')"
    )
    there = {name for (name,) in cursor.fetchall()}
    names = [table.name for table in TABLES]
    found = [f"{name} is not declared" for name in sorted(there - set(names))]
    found += [f"{name} is declared but not there" for name in sorted(set(names) - there)]
    return found + [f"{name} is declared twice" for name in sorted({n for n in names if names.count(n) > 1})]


def open_rows(cursor) -> list[str]:
    """Row security is on, and forced on the owner too."""
    cursor.execute(
        "SELECT relname FROM pg_class WHERE relname = ANY(%s) AND relnamespace = 'public'::regnamespace "
        "AND NOT (relrowsecurity AND relforcerowsecurity)",
        [[table.name for table in walled()]],
    )
    return [f"{name} has no forced row security" for (name,) in cursor.fetchall()]


_ONE = r"\((?:\w+ = wall\.\"?\w+\"?\(\)|\w+ = ANY \(wall\.cooperatives\(\)\)|cooperative_id IS NULL)\)"
# `published` (papers the dinas has issued), the kind of a grant, `paid_rupiah = 0` (what nobody paid on, for DELETE), `survey_id` (a
# building's record kept from a survey, for DELETE) and whether and how an attendance is one of a session are columns of our own,
# as are the state in which a document begins, whether its own pengurus uploaded it, and the `duty` in which somebody signs. They may narrow an equality, never stand alone.
_NARROW = (
    r"published|\(session_id IS NOT NULL\)|\(how = 'own'::text\)|\(duty = '(?:officer|supervisor)'::text\)|\(kind = 'case'::text\)"
    r"|\(paid_rupiah = 0\)|\(survey_id IS NOT NULL\)|\(state = 'waiting'::text\)|by_cooperative|\(NOT by_cooperative\)"
)
_PLAIN = re.compile(rf"{_ONE}|\({_ONE}(?: AND (?:{_ONE}|{_NARROW}))+\)")


def bad_policies(cursor) -> list[str]:
    """One policy per granted role and command; each a conjunction of plain equalities with the wall's functions."""
    found = []
    cursor.execute(
        "SELECT tablename, policyname, roles::text[], cmd, qual, with_check, permissive FROM pg_policies WHERE schemaname = 'public'"
    )
    policies = cursor.fetchall()
    declared = {table.name: table for table in TABLES}
    for table, name, roles, command, using, check, permissive in policies:
        where = f"policy {name!r} on {table}"
        if len(roles) != 1 or roles[0] not in everyone() or permissive != "PERMISSIVE":
            found.append(f"{where} is not for exactly one of our roles")
        for rule in filter(None, (using, check)):
            directory_read = rule == "true" and command == "SELECT" and declared[table].kind is Kind.DIRECTORY
            if not directory_read and not is_plain(rule):
                found.append(f"{where} is no plain equality: {rule}")
        if command not in ("SELECT", "DELETE") and check is None:
            found.append(f"{where} says nothing of what may be written")
    for table in walled():
        wanted = {role_name(role): _commands(letters) for role, letters in table.grants.items()}
        if table.app or table.kind is Kind.DIRECTORY:
            wanted[role_name("app")] = _commands(table.app or "S")
        for role in everyone():
            given = [command for name, _, roles, command, *_ in policies if name == table.name and role in roles]
            found += _coverage(table.name, role, wanted.get(role, set()), given)
    return found


def is_plain(rule: str) -> bool:
    """True for `(cooperative_id = wall.cooperative())` and conjunctions of such terms, as PostgreSQL prints them."""
    return bool(_PLAIN.fullmatch(re.sub(r"\((\w+)\)::text", r"\1", rule)))


def _commands(letters: str) -> set[str]:
    return {PRIVILEGES[letter] for letter in letters}


def _coverage(table: str, role: str, wanted: set[str], given: list[str]) -> list[str]:
    if not wanted:
        return [f"{table} has a policy for {role}, who has no grant"] if given else []
    covered = {command: sum(policy in ("ALL", command) for policy in given) for command in wanted}
    return [
        f"{table}: {role} may {command} without exactly one policy"
        for command in sorted(covered)
        if covered[command] != 1
    ]


def definers(cursor) -> list[str]:
    """No function runs with its owner's rights."""
    cursor.execute(
        "SELECT oid::regprocedure::text FROM pg_proc WHERE prosecdef AND pronamespace::regnamespace::text NOT IN ('pg_catalog', 'information_schema')"
    )
    return [f"{name} is SECURITY DEFINER" for (name,) in cursor.fetchall()]


def views(cursor) -> list[str]:
    """No view, materialized view or rule: they would read with their owner's rights, or keep rows apart from the wall."""
    cursor.execute(
        "SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE relkind IN ('v', 'm') AND nspname NOT IN ('pg_catalog', 'information_schema') AND nspname NOT LIKE 'pg_toast%'"
    )
    return [f"{name} is a view" for (name,) in cursor.fetchall()]


def plain_keys(cursor) -> list[str]:
    """A key between two tenants' rows is composite. A plain one stands only beside a composite one on the same column,

    which is checked first (not deferrable) and so answers the same for a foreign row as for a missing one.
    """
    guarded = [t.name for t in TABLES if t.kind in (Kind.TENANT, Kind.AGENCY)]
    cursor.execute(
        """
        SELECT c.conrelid::regclass::text, a.attname, c.confrelid::regclass::text FROM pg_constraint c
        JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
        WHERE c.contype = 'f' AND cardinality(c.conkey) = 1
          AND c.conrelid::regclass::text = ANY(%(guarded)s) AND c.confrelid::regclass::text = ANY(%(guarded)s)
          AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.contype = 'f' AND k.conrelid = c.conrelid AND k.confrelid = c.confrelid
                          AND cardinality(k.conkey) > 1 AND c.conkey[1] = ANY (k.conkey) AND NOT k.condeferrable AND k.convalidated
                          AND EXISTS (SELECT 1 FROM pg_attribute t WHERE t.attrelid = k.conrelid AND t.attnum = ANY (k.conkey)
                                      AND t.attnotnull AND t.attname IN ('cooperative_id', 'agency_id')))
        """,
        {"guarded": guarded},
    )
    return [
        f"{table}.{column} → {target} is a plain key"
        for table, column, target in cursor.fetchall()
        if (table, column) not in PLAIN_KEYS
    ]


def links() -> list[tuple[str, str, str, str]]:
    """(table, tenant column, column, target) of every link between tenants' rows that the models declare."""
    both = [("cooperative_id", pair) for pair in tenant_links()] + [("agency_id", pair) for pair in agency_links()]
    return [(model._meta.db_table, tenant, fk.column, fk.related_model._meta.db_table) for tenant, (model, fk) in both]


def missing_composites(cursor) -> list[str]:
    """Every link of the models has its composite key, checked at once, ON DELETE RESTRICT."""
    cursor.execute(
        """
        SELECT c.conrelid::regclass::text, c.confrelid::regclass::text,
               (SELECT array_agg(a.attname::text ORDER BY k.ord) FROM unnest(c.conkey) WITH ORDINALITY k(num, ord)
                JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.num)
        FROM pg_constraint c WHERE c.contype = 'f' AND cardinality(c.conkey) = 2 AND c.confdeltype = 'r' AND c.convalidated AND NOT c.condeferrable
        """
    )
    there = {(table, *columns, target) for table, target, columns in cursor.fetchall()}
    return [f"{link[0]}.{link[2]} → {link[3]} has no key with {link[1]}" for link in links() if link not in there]


def wrong_grants(cursor) -> list[str]:
    """The rights in the catalogue are the declared ones: nothing more, nothing less."""
    cursor.execute(
        """
        SELECT c.relname, coalesce(r.rolname, 'PUBLIC'), g.privilege_type, '' FROM pg_class c
        CROSS JOIN LATERAL aclexplode(c.relacl) g LEFT JOIN pg_roles r ON r.oid = g.grantee
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND g.grantee <> c.relowner
        UNION ALL
        SELECT c.relname, coalesce(r.rolname, 'PUBLIC'), g.privilege_type, a.attname FROM pg_class c
        JOIN pg_attribute a ON a.attrelid = c.oid CROSS JOIN LATERAL aclexplode(a.attacl) g LEFT JOIN pg_roles r ON r.oid = g.grantee
        WHERE c.relnamespace = 'public'::regnamespace AND g.grantee <> c.relowner
        """
    )
    there = set(cursor.fetchall())
    wanted = set(_declared_grants())
    return [
        f"{who} may {what} {table} {column} (not declared)".strip()
        for table, who, what, column in sorted(there - wanted)
    ] + [f"{who} may not {what} {table} {column} (declared)" for table, who, what, column in sorted(wanted - there)]


def _declared_grants() -> Iterator[tuple[str, str, str, str]]:
    for table in TABLES:
        yield table.name, role_name("backup"), "SELECT", ""
        app = table.app or ("S" if table.kind is Kind.DIRECTORY else "")
        for role, letters in [*table.grants.items(), ("app", app)]:
            for letter in letters:
                columns = table.columns if letter == "U" and table.columns else ("",)
                yield from ((table.name, role_name(role), PRIVILEGES[letter], column) for column in columns)


def open_sequences(cursor) -> list[str]:
    """Sequences are used by the app's own tables only; nobody may set one."""
    cursor.execute(
        "SELECT c.relname, coalesce(r.rolname, 'PUBLIC'), g.privilege_type FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) g "
        "LEFT JOIN pg_roles r ON r.oid = g.grantee WHERE c.relkind = 'S' AND g.grantee <> c.relowner"
    )
    allowed = {(role_name("app"), "USAGE"), (role_name("backup"), "SELECT")}
    return [f"{who} may {what} {name}" for name, who, what in cursor.fetchall() if (who, what) not in allowed]


def strong_roles(cursor) -> list[str]:
    """The app and the kinds of person have no attribute, own nothing, create nothing; the app inherits nothing."""
    from registry.tenancy.checks import weaknesses

    found = [f"{role} {weakness}" for role in everyone() for weakness in weaknesses(cursor, role)]
    cursor.execute(
        "SELECT rolname FROM pg_roles WHERE rolname = ANY(%s) AND rolcanlogin", [[role_name(r) for r in Role]]
    )
    found += [f"{name} may log in" for (name,) in cursor.fetchall()]
    cursor.execute(
        "SELECT m.rolname, g.rolname FROM pg_auth_members x JOIN pg_roles m ON m.oid = x.member JOIN pg_roles g ON g.oid = x.roleid "
        "WHERE m.rolname = ANY(%s)",
        [list(everyone())],
    )
    expected = {(role_name("app"), role_name(role)) for role in Role}
    there = set(cursor.fetchall())
    return (
        found
        + [f"{m} is a member of {g}" for m, g in there - expected]
        + [f"{m} cannot become {g}" for m, g in expected - there]
    )


def sleeping_triggers(cursor) -> list[str]:
    """Money tables nobody may change refuse the owner as well, by triggers that are ENABLE ALWAYS."""
    cursor.execute(
        "SELECT tgrelid::regclass::text, tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal AND tgrelid::regclass::text ~ '^(finance|registry)_'"
    )
    there = {(table, name): enabled for table, name, enabled in cursor.fetchall()}
    found = [f"{name} on {table} is not ENABLE ALWAYS" for (table, name), enabled in there.items() if enabled != "A"]
    for table in never_changing():
        found += [
            f"{table} has no trigger {name}"
            for name in ("never_changes", "never_emptied")
            if (table, name) not in there
        ]
    return found


def never_changing() -> list[str]:
    """Money tables with a declaration that lets nobody update or delete, and the audit book."""
    frozen = [
        t.name for t in TABLES if t.name.startswith("finance_") and not set("UD") & set("".join(t.grants.values()))
    ]
    return [name for name in [*frozen, "registry_auditevent"] if name not in MAY_CHANGE]


GATES = {
    gate.__name__: gate
    for gate in (
        undeclared, open_rows, bad_policies, definers, views, plain_keys, missing_composites, wrong_grants, open_sequences, strong_roles,
        sleeping_triggers,
    )
}  # fmt: skip
