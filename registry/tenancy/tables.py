"""How a table declares its class and who may do what with it.

Each app lists its tables in `tables.py`; the roof adds those of the libraries. `manage.py wall` turns the list into
grants, policies and composite foreign keys; a test compares `pg_catalog` with the list, table by table.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from django.apps import apps

from . import Role


class Kind(StrEnum):
    TENANT = "tenant"  # rows of one cooperative
    AGENCY = "agency"  # rows of one agency
    DIRECTORY = "directory"  # agencies and cooperatives: everybody reads, the dinas writes its own
    AUTH = "auth"  # logins, sessions: the bare app role only, before any context is set
    JOB = "job"  # the queue: the bare app role only
    REFERENCE = "reference"  # facts without a tenant: everybody reads, the owner writes


# One plain equality per role. Never OR, never a sub-select (measured: 80-800 x slower).
OWN_COOPERATIVE = "cooperative_id = wall.cooperative()"
ASSIGNED = "cooperative_id = ANY (wall.cooperatives())"
OWN_AGENCY = "agency_id = wall.agency()"
BY_CODE = "cooperative_id = wall.cooperative() AND code = wall.code()"
RULES = {
    Role.OFFICER: OWN_COOPERATIVE,
    Role.SUPERVISOR: OWN_COOPERATIVE,
    Role.CASE: OWN_COOPERATIVE,
    Role.FIELD: ASSIGNED,
    Role.DINAS: OWN_AGENCY,
    Role.EXECUTIVE: OWN_AGENCY,
    Role.PUBLIC: BY_CODE,
}
PRIVILEGES = {"S": "SELECT", "I": "INSERT", "U": "UPDATE", "D": "DELETE"}


@dataclass(frozen=True)
class Table:
    """One table: its class, and per role the letters S(elect) I(nsert) U(pdate) D(elete).

    `columns` narrows UPDATE to the named columns for every role. `rules` replaces a role's standard policy.
    `maker` names the column that says who wrote a row: everybody writes in their own name only. `new_rows` narrows
    further what a role may insert.
    `deletable` narrows a role's DELETE to the rows of which it is true.
    `app` are the letters of the bare app role, with the policy `app_rule` where the class has row security.
    """

    name: str
    kind: Kind
    grants: dict[Role, str] = field(default_factory=dict)
    columns: tuple[str, ...] = ()
    rules: dict[Role, str] = field(default_factory=dict)
    app: str = ""
    app_rule: str = ""
    maker: str = ""
    new_rows: dict[Role, str] = field(default_factory=dict)
    deletable: str = ""

    def rule(self, role: Role) -> str:
        return self.rules.get(role) or RULES[role]

    def rule_of(self, role: Role, letter: str) -> str:
        """What must hold for the rows of one command: for new rows also that they name the person of this transaction."""
        own = f'{self.maker} = wall."user"()' if self.maker else ""
        further = {"I": (own, self.new_rows.get(role, "")), "D": (self.deletable,)}
        return " AND ".join(filter(None, (self.rule(role), *further.get(letter, ()))))

    @property
    def walled(self) -> bool:
        return self.kind in (Kind.TENANT, Kind.AGENCY, Kind.DIRECTORY)


def table_of(model: str) -> str:
    """Return the table name of "app.Model"."""
    return apps.get_model(model)._meta.db_table


def tenant(
    model: str,
    *,
    columns: tuple[str, ...] = (),
    rules: dict | None = None,
    maker: str = "",
    deletable: str = "",
    **grants: str,
) -> Table:
    """Declare a table of one cooperative's rows: `tenant("members.Member", officer="SIU", supervisor="S")`."""
    given, narrowed = _by_role(grants), _by_role(rules or {})
    return Table(table_of(model), Kind.TENANT, given, columns, narrowed, maker=maker, deletable=deletable)


def agency(
    model: str, *, columns: tuple[str, ...] = (), rules: dict | None = None, maker: str = "", **grants: str
) -> Table:
    """Declare a table of one agency's rows."""
    return Table(table_of(model), Kind.AGENCY, _by_role(grants), columns, _by_role(rules or {}), maker=maker)


def directory(model: str, *, writes: str = "", rule: str = OWN_AGENCY) -> Table:
    """Declare a table everybody reads; the dinas has `writes` ("IU") on its own rows."""
    return Table(
        table_of(model),
        Kind.DIRECTORY,
        dict.fromkeys(RULES, "S") | {Role.DINAS: "S" + writes},
        rules={Role.DINAS: rule},
    )


def reference(model: str) -> Table:
    """Declare a table of facts: everybody reads, only the owner (`manage.py reference`) writes."""
    return Table(table_of(model), Kind.REFERENCE, dict.fromkeys([*RULES, Role.WORKER], "S"), app="S")


def auth(*names: str, letters: str = "SIUD") -> list[Table]:
    """Declare tables only the bare app role reaches (table names, or "app.Model")."""
    return [Table(table_of(n) if "." in n else n, Kind.AUTH, app=letters) for n in names]


def _by_role(values: dict[str, str]) -> dict[Role, str]:
    return {Role(name): letters for name, letters in values.items()}
