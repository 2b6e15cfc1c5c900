"""The bench's own database, built by the product's commands and filled by SQL to a chosen size."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connections

from koperasi.demo.building import ADMINS, agency
from koperasi.demo.clock import Clock
from koperasi.demo.logins import Login, acting, join
from koperasi.demo.plan import CITY
from registry.actions import register_cooperative
from registry.keys import KeyRing
from registry.models import Agency, Cooperative, GrantKind, Place
from tests import database

TODAY = date(2026, 11, 21)
CLOCK = Clock(TODAY)
TREASURER = "bench"
TABLES = ["members_member", "members_numbercounter", "members_memberflow", "finance_books", "finance_account", "finance_duesrate",
          "finance_bookyear", "finance_entry", "finance_posting", "finance_entrydigest", "finance_obligation", "finance_payment",
          "finance_allocation", "finance_receipt", "finance_memberbalance", "finance_accountmonth", "finance_duesdue", "finance_duespaid",
          "registry_profile", "registry_standing"]  # fmt: skip


@dataclass(frozen=True)
class Size:
    """How much the database holds. `months` of dues are paid; `slips` of the cooperatives have payments and receipts too."""

    cooperatives: int
    members: int  # per cooperative
    months: int
    slips: int

    @property
    def postings(self) -> int:
        return self.cooperatives * self.members * self.months


SMALL = Size(cooperatives=24, members=300, months=6, slips=4)
MEDIUM = Size(
    cooperatives=955, members=315, months=2, slips=40
)  # 0.6 million postings: reports must be as fast as in LARGE
LARGE = Size(cooperatives=955, members=315, months=20, slips=40)


def name() -> str:
    return f"{settings.ROLE_PREFIX}_bench"


def use(size: Size, *, fresh: bool, say) -> list[Cooperative]:
    """Point every connection at the bench's database, building it when there is none of this size. Return its cooperatives."""
    comment = f"bench {size}"
    with database.admin() as admin:
        row = admin.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", (name(),)
        ).fetchone()
        if fresh or row is None or row[0] != comment:
            admin.execute(f'DROP DATABASE IF EXISTS "{name()}" WITH (FORCE)')
            row = None
    database.point_to(name())
    if row is None:
        _build(size, say)
        with database.admin() as admin:
            admin.execute(f"COMMENT ON DATABASE \"{name()}\" IS '{comment}'")
    if not (Path(settings.STATIC_ROOT) / "staticfiles.json").exists():  # pages name their files by it
        call_command("collectstatic", interactive=False, verbosity=0)
    return list(Cooperative.objects.filter(slug__startswith="bench-").select_related("agency").order_by("pk"))


def _build(size: Size, say) -> None:
    from .fill import fill

    say(f"building {name()}: {size.cooperatives} cooperatives, {size.postings:,} postings …")
    with Path(os.devnull).open("w") as nowhere:
        call_command("roles", stdout=nowhere)
        call_command("migrate", database="owner", verbosity=0)
        call_command("createcachetable", database="owner", verbosity=0)
        call_command("wall", stdout=nowhere)
        call_command("reference", stdout=nowhere)
    if not settings.KEYS_FILE.exists():
        KeyRing.create(settings.KEYS_FILE)
    found = agency(CITY, CLOCK)
    _register(found, size.cooperatives)
    fill(size, found, say)
    join(
        Login(TREASURER, "Bendahara Ukur", GrantKind.TREASURER, "showcase"), found, Cooperative.objects.get(slug="bench-1"),
        ADMINS[CITY].username, CLOCK, CLOCK.month(2),
    )  # fmt: skip
    connections.close_all()


@contextmanager
def temporary_tables() -> Iterator[None]:
    """Let the app login make temporary tables, where the floor keeps its rows. The web refuses to start with that right."""
    pair = f'"{name()}"', f'"{settings.ROLE_PREFIX}_app"'
    with database.admin() as admin:
        admin.execute("GRANT TEMPORARY ON DATABASE {} TO {}".format(*pair))
        try:
            yield
        finally:
            admin.execute("REVOKE TEMPORARY ON DATABASE {} FROM {}".format(*pair))


def _register(found: Agency, how_many: int) -> None:
    districts = list(Place.objects.filter(parent_id=found.place_id))
    with acting(ADMINS[CITY].username) as actor:
        for number in range(1, how_many + 1):
            register_cooperative(
                agency=found, name=f"Koperasi Ukur {number}", short_name=f"bench {number}", district=districts[number % len(districts)],
                village=None, actor=actor, now=CLOCK.at(CLOCK.month(24)),
            )  # fmt: skip
