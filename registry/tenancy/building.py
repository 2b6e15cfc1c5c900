"""The SQL of roles, policies, grants and composite keys, made from the declarations. Run by `manage.py roles` and `wall`."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import connections, transaction
from django.db.models import ForeignKey, Model, OneToOneField
from psycopg import sql

from . import Role, role_name
from .copies import copy_statements
from .tables import PRIVILEGES, Kind, Table

FUNCTIONS = """
CREATE SCHEMA IF NOT EXISTS wall;
CREATE OR REPLACE FUNCTION wall."user"() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE
  RETURN nullif(current_setting('wall.user', true), '')::bigint;
CREATE OR REPLACE FUNCTION wall.agency() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE
  RETURN nullif(current_setting('wall.agency', true), '')::bigint;
CREATE OR REPLACE FUNCTION wall.cooperative() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE
  RETURN nullif(current_setting('wall.cooperative', true), '')::bigint;
CREATE OR REPLACE FUNCTION wall.cooperatives() RETURNS bigint[] LANGUAGE sql STABLE PARALLEL SAFE
  RETURN string_to_array(nullif(current_setting('wall.cooperatives', true), ''), ',')::bigint[];
CREATE OR REPLACE FUNCTION wall.code() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
  RETURN nullif(current_setting('wall.code', true), '');
"""


# Lines of uploads wait here for minutes, a hundred thousand at once, and keys would cost more than the lines. The wall
# still hides them; which batch a line belongs to is only ever asked beside its cooperative or agency.
STAGING = ("registry_importrow",)


def role_statements(owner_password: str, app_password: str) -> Iterator[sql.Composed]:
    """Yield the statements that make this installation's roles; each may be run again."""
    yield from _role("owner", "LOGIN CREATEROLE", owner_password)
    yield from _role("app", "LOGIN NOINHERIT", app_password)
    yield from _role("backup", "NOLOGIN BYPASSRLS", None)
    for role in Role:
        yield from _role(role, "NOLOGIN", None)
        yield sql.SQL("GRANT {} TO {}").format(_id(role), _id("app"))


def _role(name: str, attributes: str, password: str | None) -> Iterator[sql.Composed]:
    literal = sql.Literal(role_name(name))
    yield sql.SQL(
        "DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = {0}) THEN CREATE ROLE {1} NOLOGIN; END IF; END $$"
    ).format(literal, _id(name))
    secret = sql.SQL(" PASSWORD {}").format(sql.Literal(password)) if password else sql.SQL("")
    yield sql.SQL("ALTER ROLE {} NOSUPERUSER {}{}").format(_id(name), sql.SQL(attributes), secret)


def wall_statements(tables: Iterable[Table]) -> Iterator[sql.Composable]:
    """Yield everything the owner runs after migrating: functions, triggers, keys, grants, policies. Idempotent."""
    tables = list(tables)
    yield sql.SQL(FUNCTIONS)
    for path in sorted(settings.BASE_DIR.glob("*/sql/*.sql")):
        yield sql.SQL(_read(path))
    yield from _schema_grants()
    yield from composite_keys()
    yield from copy_statements()
    yield sql.SQL(
        "SET CONSTRAINTS ALL IMMEDIATE"
    )  # the keys of what was just copied; tables with checks waiting cannot be altered
    for table in tables:
        yield from _table(table)


def _read(path: Path) -> str:
    return path.read_text()


def _schema_grants() -> Iterator[sql.Composable]:
    everyone = sql.SQL(", ").join([_id("app"), _id("backup"), *map(_id, Role)])
    yield sql.SQL("REVOKE ALL ON SCHEMA public FROM PUBLIC")
    yield sql.SQL("GRANT USAGE ON SCHEMA public, wall TO {}").format(everyone)
    for name in ("ledger",):
        yield sql.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(sql.Identifier(name), everyone)
    yield sql.SQL("GRANT SELECT ON ALL TABLES IN SCHEMA public TO {}").format(_id("backup"))
    yield sql.SQL("GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO {}").format(_id("backup"))


def _table(table: Table) -> Iterator[sql.Composed]:
    name = sql.Identifier(table.name)
    roles = [_id("app"), *map(_id, Role)]
    yield sql.SQL("REVOKE ALL ON {} FROM PUBLIC, {}").format(name, sql.SQL(", ").join(roles))
    yield _drop_policies(table.name)
    if table.walled:
        yield sql.SQL("ALTER TABLE {} ENABLE ROW LEVEL SECURITY").format(name)
        yield sql.SQL("ALTER TABLE {} FORCE ROW LEVEL SECURITY").format(name)
    for role, letters in table.grants.items():
        yield from _grant(table, _id(role), letters)
        if table.walled:
            yield from _policies(table, role, letters)
    if table.app:
        yield from _grant(table, _id("app"), table.app)
        if table.kind in (Kind.JOB, Kind.AUTH) and "I" in table.app:
            yield _sequence_grant(table.name)
        if table.app_rule:
            yield _policy(table, "app", "ALL", table.app_rule)
    if table.kind is Kind.DIRECTORY:
        yield sql.SQL("GRANT SELECT ON {} TO {}").format(name, _id("app"))
        yield _policy(table, "app", "SELECT", "true")


def _drop_policies(table: str) -> sql.Composed:
    return sql.SQL(
        "DO $$ DECLARE p name; BEGIN FOR p IN SELECT polname FROM pg_policy WHERE polrelid = {0}::regclass LOOP "
        "EXECUTE format('DROP POLICY %I ON %I', p, {0}); END LOOP; END $$"
    ).format(sql.Literal(table))


def _grant(table: Table, role: sql.Identifier, letters: str) -> Iterator[sql.Composed]:
    plain = [PRIVILEGES[x] for x in letters if x != "U" or not table.columns]
    if plain:
        yield sql.SQL("GRANT {} ON {} TO {}").format(sql.SQL(", ".join(plain)), sql.Identifier(table.name), role)
    if "U" in letters and table.columns:
        columns = sql.SQL(", ").join(map(sql.Identifier, table.columns))
        yield sql.SQL("GRANT UPDATE ({}) ON {} TO {}").format(columns, sql.Identifier(table.name), role)


def _sequence_grant(table: str) -> sql.Composed:
    """Libraries' tables may use serial columns, whose sequences need USAGE (identity columns do not)."""
    return sql.SQL(
        "DO $$ DECLARE s regclass; BEGIN FOR s IN SELECT d.objid::regclass FROM pg_depend d JOIN pg_class c ON c.oid = d.objid "
        "WHERE d.refobjid = {0}::regclass AND c.relkind = 'S' LOOP EXECUTE format('GRANT USAGE ON SEQUENCE %s TO %I', s, {1}); "
        "END LOOP; END $$"
    ).format(sql.Literal(table), sql.Literal(role_name("app")))


def _policies(table: Table, role: Role, letters: str) -> Iterator[sql.Composed]:
    rule = table.rule(role)
    if table.kind is Kind.DIRECTORY:
        yield _policy(table, role, "SELECT", "true")
        if "I" in letters:
            yield _policy(table, role, "INSERT", rule)
        if "U" in letters:
            yield _policy(table, role, "UPDATE", rule)
        if "D" in letters:
            yield _policy(table, role, "DELETE", rule)
    elif ((table.maker or role in table.new_rows) and "I" in letters) or (table.deletable and "D" in letters):
        for letter in letters:
            yield _policy(table, role, PRIVILEGES[letter], table.rule_of(role, letter))
    else:
        yield _policy(table, role, "ALL", rule)


def _policy(table: Table, role: str, command: str, rule: str) -> sql.Composed:
    name = sql.Identifier(f"{role} {command.lower()}")
    using = "" if command == "INSERT" else f" USING ({rule})"
    check = f" WITH CHECK ({rule})" if command in ("ALL", "INSERT", "UPDATE") else ""
    return sql.SQL("CREATE POLICY {} ON {} FOR {} TO {}{}{}").format(
        name, sql.Identifier(table.name), sql.SQL(command), _id(role), sql.SQL(using), sql.SQL(check)
    )


# --- Composite foreign keys --------------------------------------------------------------------
# A plain foreign key is checked past row security: an officer of one cooperative could point at another's member.


def composite_keys() -> Iterator[sql.Composed]:
    """Yield, for every ForeignKey between tenant models, the key (cooperative_id, x_id) in the database."""
    for model, fk in tenant_links():
        target = fk.related_model._meta
        keys = ("cooperative_id", target.pk.attname)
        yield _unique(target.db_table, keys)
        yield _foreign_key(model._meta.db_table, ("cooperative_id", fk.attname), target.db_table, keys, fk.name)
    for model, fk in agency_links():
        target = fk.related_model._meta
        keys = ("agency_id", target.pk.attname)
        yield _unique(target.db_table, keys)
        yield _foreign_key(
            model._meta.db_table, ("agency_id", fk.attname), target.db_table, keys, fk.name, same="agency"
        )
    directory = apps.get_model("registry", "Cooperative")._meta.db_table
    yield _unique(directory, ("id", "agency_id"))
    for model in apps.get_models():
        columns = {f.column for f in model._meta.local_fields}
        if {"cooperative_id", "agency_id"} <= columns and model._meta.db_table not in (directory, *STAGING):
            yield _foreign_key(
                model._meta.db_table,
                ("cooperative_id", "agency_id"),
                directory,
                ("id", "agency_id"),
                "cooperative_of_agency",
            )


def tenant_links() -> Iterator[tuple[type[Model], ForeignKey]]:
    """Yield (model, foreign key) for every link between two tables that both carry `cooperative_id`."""
    for model in apps.get_models():
        if not _is_tenant(model):
            continue
        for fk in model._meta.local_fields:
            if isinstance(fk, ForeignKey | OneToOneField) and _is_tenant(fk.related_model):
                yield model, fk


def agency_links() -> Iterator[tuple[type[Model], ForeignKey]]:
    """Yield (model, foreign key) for links between agencies' rows that `tenant_links` leaves open.

    A row of the agency itself has no cooperative, and a composite key with an empty part checks nothing; nor has a
    table that is the agency's alone, to which a cooperative's row may point.
    """
    for model in apps.get_models():
        for fk in model._meta.local_fields:
            if (
                not isinstance(fk, ForeignKey | OneToOneField)
                or fk.related_model._meta.db_table == "registry_cooperative"
            ):
                continue
            both = _of_agency(model) and _of_agency(fk.related_model)
            if both and not (_always_tenant(model) and _is_tenant(fk.related_model)):
                yield model, fk


def _is_tenant(model: type[Model]) -> bool:
    return model._meta.db_table not in STAGING and any(f.column == "cooperative_id" for f in model._meta.local_fields)


def _always_tenant(model: type[Model]) -> bool:
    return any(f.column == "cooperative_id" and not f.null for f in model._meta.local_fields)


def _of_agency(model: type[Model]) -> bool:
    return model._meta.db_table not in STAGING and any(f.column == "agency_id" for f in model._meta.local_fields)


def _unique(table: str, columns: tuple[str, ...]) -> sql.Composed:
    name = f"{table}_{'_'.join(columns)}_key"[:63]
    return _once(name, table, sql.SQL("UNIQUE ({})").format(sql.SQL(", ").join(map(sql.Identifier, columns))))


def _foreign_key(
    table: str, columns: tuple[str, ...], target: str, keys: tuple[str, ...], label: str, same: str = "cooperative"
) -> sql.Composed:
    name = f"{table}_{label}_same_{same}"[:63]
    definition = sql.SQL("FOREIGN KEY ({}) REFERENCES {} ({}) ON DELETE RESTRICT").format(
        sql.SQL(", ").join(map(sql.Identifier, columns)),
        sql.Identifier(target),
        sql.SQL(", ").join(map(sql.Identifier, keys)),
    )
    return _once(name, table, definition)


def _once(name: str, table: str, definition: sql.Composable) -> sql.Composed:
    return sql.SQL(
        "DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = {0} AND conrelid = {1}::regclass) "
        "THEN ALTER TABLE {2} ADD CONSTRAINT {3} {4}; END IF; END $$"
    ).format(sql.Literal(name), sql.Literal(table), sql.Identifier(table), sql.Identifier(name), definition)


def _id(role: Role | str) -> sql.Identifier:
    return sql.Identifier(role_name(role))


@contextmanager
def owner_writes(*tables: str) -> Iterator[None]:
    """Let the owner write walled tables for one transaction (agency creation, data migrations). Forced again at its end."""
    connection = connections["owner"]
    with transaction.atomic(using="owner"), connection.cursor() as cursor:
        for table in tables:
            cursor.execute(
                sql.SQL("ALTER TABLE {} NO FORCE ROW LEVEL SECURITY").format(sql.Identifier(table)).as_string(None)
            )
        yield
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in tables:
            cursor.execute(
                sql.SQL("ALTER TABLE {} FORCE ROW LEVEL SECURITY").format(sql.Identifier(table)).as_string(None)
            )
