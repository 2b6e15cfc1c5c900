"""The wall: which rows this transaction may see.

Every request and every job becomes, for the length of one transaction, one database role with one context:

    with transaction.atomic():
        bind(Context(Role.OFFICER, user_id=7, agency_id=1, cooperative_id=42))
        ...

`bind` sends literal `SET LOCAL` statements, so nothing outlives the transaction, whatever happens in it.
The policies that read the context are made by `manage.py wall` from the declarations in each app's `tables.py`.

What it stops: forgotten filters, wrong ids, bugs. What it does not stop: somebody who can run any SQL as the app
role could set another context. Application queries still name `cooperative_id`; the wall is the second guard.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum

from django.conf import settings
from django.db import connections
from psycopg import sql

__all__ = ["NOBODY", "NOBODY_ID", "Context", "OneSchema", "Role", "bind", "bound", "role_name"]


class Role(StrEnum):
    """The kinds of person the app role can become (NOLOGIN roles of the database)."""

    OFFICER = "officer"  # pengurus of one cooperative
    SUPERVISOR = "supervisor"  # pengawas of one cooperative: reads; inserts only approvals, flags, own notes
    DINAS = "dinas"  # staff of one agency
    FIELD = "field"  # penyuluh, business assistant, inspector: the assigned cooperatives
    CASE = "case"  # dinas with an open supervision case on one cooperative
    EXECUTIVE = "executive"  # head of region, guests: aggregates of one agency
    PUBLIC = "public"  # a stranger holding one public code
    WORKER = "worker"  # the job queue itself, never a tenant's rows


def role_name(role: Role | str) -> str:
    """Return the database's name of a role, with this installation's prefix."""
    return f"{settings.ROLE_PREFIX}_{role}"


@dataclass(frozen=True, slots=True)
class Context:
    """Who this transaction acts for. `role=None` means nobody yet: the bare app role, which sees no tenant row."""

    role: Role | None
    user_id: int | None = None
    agency_id: int | None = None
    cooperative_id: int | None = None
    cooperative_ids: tuple[int, ...] = ()
    code: str = ""


NOBODY = Context(None)
NOBODY_ID = 0  # who acts without a login, in the book of acts; no login has this id


def bind(context: Context, *, using: str = "default") -> None:
    """Make the rest of this transaction act as `context`. Must run inside `transaction.atomic()`."""
    connection = connections[using]
    assert connection.in_atomic_block, "bind() outside a transaction would be undone at once"
    role = sql.Identifier(role_name(context.role)) if context.role else sql.SQL("NONE")
    values = {
        "user": context.user_id,
        "agency": context.agency_id,
        "cooperative": context.cooperative_id,
        "cooperatives": ",".join(map(str, context.cooperative_ids)),
        "code": context.code,
    }
    settings_ = [
        sql.SQL("SET LOCAL wall.{} = {}").format(sql.Identifier(name), sql.Literal("" if value is None else str(value)))
        for name, value in values.items()
    ]
    statement = sql.SQL("; ").join([sql.SQL("SET LOCAL ROLE {}").format(role), *settings_])
    with connection.cursor() as cursor:
        cursor.execute(statement.as_string(None))
    connection.wall_context = context  # type: ignore[attr-defined]


@contextmanager
def bound(context: Context) -> Iterator[None]:
    """Act as `context` for a block inside a transaction, then as before."""
    connection = connections["default"]
    before = getattr(connection, "wall_context", NOBODY)
    bind(context)
    try:
        yield
    except BaseException:  # the rollback to a savepoint restores the role in the database, and only there
        connection.wall_context = before  # type: ignore[attr-defined]
        raise
    bind(before)


class OneSchema:
    """Database router: the owner migrates, the app reads and writes, the cache commits on its own connection."""

    def db_for_read(self, model, **hints) -> str | None:
        return "cache" if model._meta.app_label == "django_cache" else None

    db_for_write = db_for_read

    def allow_relation(self, first, second, **hints) -> bool:
        return True

    def allow_migrate(self, db: str, app_label: str, **hints) -> bool:
        return db == "owner"
