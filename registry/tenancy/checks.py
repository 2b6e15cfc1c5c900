"""What must be true before the first request: the login cannot walk through the wall, and the keys fit the database.

Registered with Django (`manage.py check --database default`), and asked once by the web process (`koperasi/wsgi.py`),
which refuses to start on an error.
"""

from django.conf import settings
from django.core.checks import Error, Tags, register
from django.core.exceptions import ImproperlyConfigured
from django.db import connections

from registry.keys import KeyRingError, key_id_of, key_ring

# One row of facts about a role, with the sentence for the operator when a fact is true.
_WEAKNESSES = """
WITH owns AS (
  SELECT DISTINCT relowner AS oid FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm', 'S') AND relnamespace = 'public'::regnamespace
), above AS (
  SELECT o.rolname, o.rolsuper OR o.rolbypassrls OR EXISTS (SELECT 1 FROM owns WHERE owns.oid = o.oid) AS strong,
         pg_has_role(r.oid, o.oid, 'USAGE') AS inherited
  FROM pg_roles r, pg_roles o WHERE r.rolname = %(role)s AND o.oid <> r.oid AND pg_has_role(r.oid, o.oid, 'MEMBER')
)
SELECT sentence FROM pg_roles r CROSS JOIN LATERAL (VALUES
  (r.rolsuper, 'is a superuser'),
  (r.rolbypassrls, 'has BYPASSRLS'),
  (r.rolcreaterole, 'may make roles'),
  (r.rolcreatedb, 'may make databases'),
  (r.rolreplication, 'may replicate, and so copy every row'),
  (EXISTS (SELECT 1 FROM owns WHERE owns.oid = r.oid), 'owns tables'),
  (has_schema_privilege(r.oid, 'public', 'CREATE'), 'may make tables in the schema public'),
  (has_database_privilege(r.oid, current_database(), 'TEMP'), 'may make temporary tables'),
  (EXISTS (SELECT 1 FROM above WHERE inherited), 'inherits the rights of the roles it may become'),
  (EXISTS (SELECT 1 FROM above WHERE strong), 'may become a role that owns tables or passes row security')
) AS fact(holds, sentence)
WHERE r.rolname = %(role)s AND fact.holds
"""


def weaknesses(cursor, role: str) -> list[str]:
    """Return, as ends of sentences, what a login of this name could do past the wall. Empty: nothing."""
    cursor.execute(_WEAKNESSES, {"role": role})
    return [sentence for (sentence,) in cursor.fetchall()]


def missing_keys(cursor) -> list[str]:
    """Return what the key ring lacks for this database: keys of stored secrets, hash keys of agencies."""
    try:
        ring = key_ring()
    except KeyRingError as error:
        return [str(error)]
    cursor.execute("SELECT slug FROM registry_agency ORDER BY slug")
    lacking = [f"no hash key of the agency {slug}" for (slug,) in cursor.fetchall() if slug not in ring.agencies]
    # The bare login reads no citizen's number; second factors are written with the same keys.
    cursor.execute("SELECT data->>'secret' FROM mfa_authenticator WHERE type = 'totp' ORDER BY id DESC LIMIT 1000")
    used = {key_id for (secret,) in cursor.fetchall() if (key_id := _key_id(secret)) is not None}
    return lacking + [f"no key {key_id}, which wrote stored secrets" for key_id in sorted(used - set(ring.key_ids))]


def _key_id(secret: str | None) -> int | None:
    try:
        return key_id_of(bytes.fromhex(secret or ""))
    except (ValueError, KeyRingError):
        return None


@register(Tags.database)
def the_login_stays_outside(app_configs=None, databases=None, **kwargs) -> list[Error]:
    """Refuse a login that could read past the wall, and a database whose keys are not here."""
    if "default" not in (databases or []):
        return []
    login = settings.DATABASES["default"]["USER"]
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT to_regclass('public.registry_agency') IS NOT NULL")
        if not cursor.fetchone()[0]:
            return []  # before the first migrate there is nothing to protect
        found = [
            Error(f"The database login {login} {weakness}.", id="wall.E001") for weakness in weaknesses(cursor, login)
        ]
        found += [
            Error(f"The key ring does not fit this database: {lack}.", id="wall.E002") for lack in missing_keys(cursor)
        ]
    return found


def refuse_to_start() -> None:
    """Raise `ImproperlyConfigured` with every reason why this process must not serve anybody."""
    reasons = [error.msg for error in the_login_stays_outside(databases=["default"])]
    if reasons:
        raise ImproperlyConfigured("\n".join(reasons))
