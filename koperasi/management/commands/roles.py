"""`manage.py roles`: make this installation's database roles and its empty database, once."""

import os
from urllib.parse import parse_qsl, unquote, urlsplit

import psycopg
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from psycopg import sql

from registry.tenancy import role_name
from registry.tenancy.building import role_statements

LOCK = 0x6B6F7073  # one `roles` at a time in a cluster


class Command(BaseCommand):
    help = "Create roles and database through DATABASE_ADMIN_URL (or DATABASE_OWNER_URL with CREATEROLE)."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--print", action="store_true", help="print the SQL for a database administrator instead")

    def handle(self, *args, **options) -> None:
        owner, app = settings.DATABASES.get("owner"), settings.DATABASES["default"]
        if not owner:
            raise CommandError("DATABASE_OWNER_URL is not set.")
        statements = list(role_statements(owner["PASSWORD"], app["PASSWORD"]))
        if options["print"]:
            for statement in [*statements, *_database(owner["NAME"])]:
                self.stdout.write(statement.as_string(None) + ";")
            return
        admin_url = os.environ.get("DATABASE_ADMIN_URL") or os.environ["DATABASE_OWNER_URL"]
        with psycopg.connect(**_conninfo(admin_url), autocommit=True) as connection:
            connection.execute("SELECT pg_advisory_lock(%s)", (LOCK,))
            for statement in statements:
                connection.execute(statement)
            exists = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (owner["NAME"],)).fetchone()
            for statement in _database(owner["NAME"]):
                if not (exists and statement.as_string(None).startswith("CREATE DATABASE")):
                    connection.execute(statement)
        self.stdout.write(f"roles: {role_name('owner')}, {role_name('app')} and the kinds of person are there")


def _database(name: str) -> list[sql.Composed]:
    database, owner = sql.Identifier(name), sql.Identifier(role_name("owner"))
    logins = sql.SQL(", ").join([sql.Identifier(role_name("app")), sql.Identifier(role_name("backup")), owner])
    return [
        sql.SQL("CREATE DATABASE {} OWNER {}").format(database, owner),
        sql.SQL("ALTER DATABASE {} OWNER TO {}").format(database, owner),
        sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database),
        sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(database, logins),
    ]


def _conninfo(url: str) -> dict[str, str]:
    """Return psycopg's arguments for `postgres://user:password@host:port/name` (a socket folder: `?host=/folder`)."""
    parts = urlsplit(url)
    found = {
        "user": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "host": unquote(parts.hostname or ""),
        "port": str(parts.port or ""),
        "dbname": "postgres",
        **dict(parse_qsl(parts.query)),
    }
    return {key: value for key, value in found.items() if value}
