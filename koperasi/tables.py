"""All tables, the libraries' included. A table that stands nowhere fails the suite."""

from finance.tables import TABLES as FINANCE
from members.tables import TABLES as MEMBERS
from registry.tables import TABLES as REGISTRY
from registry.tenancy.tables import Kind, Table, auth

QUEUE = ("procrastinate_jobs", "procrastinate_events", "procrastinate_periodic_defers", "procrastinate_workers")

LIBRARIES: list[Table] = [
    *auth(
        "django_session",
        "account_emailaddress",
        "account_emailconfirmation",
        "mfa_authenticator",
        "usersessions_usersession",
    ),
    *auth("koperasi_cache"),
    *auth("auth_group", "auth_permission", "auth_group_permissions", "django_content_type", letters="S"),
    *auth("django_migrations", letters="S"),
    *[Table(name, Kind.JOB, app="SIUD") for name in QUEUE],
]

TABLES: list[Table] = [*REGISTRY, *MEMBERS, *FINANCE, *LIBRARIES]
