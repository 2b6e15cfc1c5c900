"""The test database: built once as the owner, with the cast in it, then cloned for every worker. Nothing is ever flushed."""

import hashlib
import os
from io import StringIO
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from psycopg import sql

ROOT = Path(__file__).resolve().parent.parent


def fingerprint() -> str:
    """Return a hash of everything the template is made from."""
    digest = hashlib.sha256()
    patterns = [
        "*/migrations/*.py",
        "*/sql/*.sql",
        "*/tables.py",
        "*/models*/*.py",
        "*/models.py",
        "fixtures/*",
        "registry/tenancy/*.py",
    ]
    patterns += ["*/actions*/*.py", "*/actions.py", "tests/cast.py", "tests/database.py"]
    for pattern in patterns:
        for path in sorted(ROOT.glob(pattern)):
            digest.update(path.read_bytes() if path.is_file() else b"")
    return digest.hexdigest()[:12]


def admin() -> psycopg.Connection:
    """Return a connection that may create databases, in autocommit."""
    from koperasi.management.commands.roles import _conninfo

    url = os.environ.get("DATABASE_ADMIN_URL") or os.environ["DATABASE_OWNER_URL"]
    return psycopg.connect(**_conninfo(url), autocommit=True)


def admin_of(name: str) -> psycopg.Connection:
    """Return a connection that passes the wall of one database."""
    from koperasi.management.commands.roles import _conninfo

    return psycopg.connect(**_conninfo(os.environ["DATABASE_ADMIN_URL"]) | {"dbname": name})


def at_database(url: str, name: str) -> str:
    """Return the address of another database of the same server; the server may be named in the path or after the `?`."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def point_to(name: str) -> None:
    """Let every alias of this process use the database `name`."""
    for alias in connections:
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name
        settings.DATABASES[alias]["NAME"] = name


def build_template(people) -> str:
    """Make the template database if this code has none yet, and return its name. `people()` puts the cast in."""

    def fill(making: str) -> None:
        clone(build_empty(), making)
        point_to(making)
        people()

    return _build("template", fill)


def build_empty() -> str:
    """Make the database with schema, wall and reference data but nobody in it, if there is none yet. Return its name."""

    def fill(making: str) -> None:
        point_to(making)
        call_command("roles", verbosity=0, stdout=StringIO())
        call_command("migrate", database="owner", verbosity=0)
        call_command("createcachetable", database="owner", verbosity=0)
        call_command("wall", verbosity=0, stdout=StringIO())
        call_command("reference", verbosity=0, stdout=StringIO())

    return _build("empty", fill)


def _build(kind: str, fill) -> str:
    """Make a database of this code's fingerprint by `fill(its provisional name)`; one process at a time does."""
    name = f"{settings.ROLE_PREFIX}_{kind}_{fingerprint()}"
    with admin() as connection:
        connection.execute("SELECT pg_advisory_lock(hashtext(%s))", (name,))
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
            return name
        making = f"{name}_making"
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(making)))
        fill(making)
        connections.close_all()
        connection.execute(
            sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(making), sql.Identifier(name))
        )
    return name


def clone(template: str, name: str) -> None:
    """Make `name` a copy of the template, replacing an older one."""
    from koperasi.management.commands.roles import _database

    with admin() as connection:
        connection.execute("SELECT pg_advisory_lock(7310001)")
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        owner = settings.DATABASES["owner"]["USER"]
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {}").format(
                sql.Identifier(name), sql.Identifier(template), sql.Identifier(owner)
            )
        )
        # Rights on the database itself are not copied with it.
        for statement in _database(name)[1:]:
            connection.execute(statement)


def drop(name: str) -> None:
    with admin() as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
