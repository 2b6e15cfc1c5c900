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
from django.db.backends.base.base import BaseDatabaseWrapper

from koperasi.demo.building import ADMINS, agency
from koperasi.demo.clock import Clock
from koperasi.demo.logins import Login, acting, join
from koperasi.demo.plan import REGENCY
from registry.actions import register_cooperative
from registry.keys import KeyRing
from registry.models import Agency, Cooperative, GrantKind, Place
from tests import database

TODAY = date(2026, 11, 21)
CLOCK = Clock(TODAY)
TREASURER = "bench"
TABLES = ["members_member", "members_numbercounter", "members_memberflow", "members_membermonth", "finance_books", "finance_account", "finance_duesrate",
          "finance_bookyear", "finance_entry", "finance_posting", "finance_entrydigest", "finance_obligation", "finance_payment",
          "finance_allocation", "finance_receipt", "finance_memberbalance", "finance_accountmonth", "finance_booksmonth", "finance_duesdue", "finance_duespaid",
          "registry_profile", "registry_standing", "registry_term", "registry_officer", "registry_trainingattendance", "registry_annualmeeting", "registry_buildingrecord",
          "registry_blocker", "registry_businessday", "registry_reportedfigure"]  # fmt: skip


@dataclass(frozen=True)
class Size:
    """How much the database holds. `months` of dues are paid; `slips` of the cooperatives have payments and receipts too.

    `told` cooperatives keep no books here and report figures instead.
    """

    name: str
    cooperatives: int
    members: int  # per cooperative
    months: int
    slips: int
    told: int

    @property
    def postings(self) -> int:
        return self.cooperatives * self.members * self.months


SMALL = Size("small", cooperatives=24, members=300, months=6, slips=4, told=8)
# 0.6 million postings: reports must be as fast as in LARGE
MEDIUM = Size("medium", cooperatives=955, members=315, months=2, slips=40, told=326)
LARGE = Size("large", cooperatives=955, members=315, months=20, slips=40, told=326)


def name(size: Size) -> str:
    return f"{settings.ROLE_PREFIX}_bench_{size.name}"


def exists(size: Size) -> bool:
    """Whether this size has been built, by this version of the bench."""
    with database.admin() as admin:
        row = admin.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", (name(size),)
        ).fetchone()
    return row is not None and row[0] == _comment(size)


def _comment(size: Size) -> str:
    return f"bench: {size.cooperatives} of {size.members} members, {size.months} months, {size.slips} with slips, {size.told} told, 2"


def use(size: Size, *, fresh: bool, say) -> list[Cooperative]:
    """Point every connection at the bench's database, building it when there is none. Return its cooperatives with books."""
    if fresh or not exists(size):
        with database.admin() as admin:
            admin.execute(f'DROP DATABASE IF EXISTS "{name(size)}" WITH (FORCE)')
        database.point_to(name(size))
        _build(size, say)
        with database.admin() as admin:
            admin.execute(f"COMMENT ON DATABASE \"{name(size)}\" IS '{_comment(size)}'")
    database.point_to(name(size))
    _follow_migrations()
    call_command("collectstatic", interactive=False, verbosity=0)  # pages name their files by it
    return list(Cooperative.objects.filter(slug__startswith="bench-").select_related("agency").order_by("pk"))


def _build(size: Size, say) -> None:
    from .fill import fill

    say(f"building {name(size)}: {size.cooperatives} cooperatives, {size.postings:,} postings …")
    with Path(os.devnull).open("w") as nowhere:
        call_command("roles", stdout=nowhere)
        _follow_migrations()
        call_command("reference", stdout=nowhere)
    if not settings.KEYS_FILE.exists():
        KeyRing.create(settings.KEYS_FILE)
    found = agency(REGENCY, CLOCK)
    _register(found, size)
    fill(size, found, say)
    join(
        Login(TREASURER, "Bendahara Ukur", GrantKind.TREASURER, "showcase"), found, Cooperative.objects.get(slug="bench-1"),
        ADMINS[REGENCY].username, CLOCK, CLOCK.month(2),
    )  # fmt: skip
    connections.close_all()


@contextmanager
def connected(size: Size) -> Iterator[None]:
    """Let this thread's default connection be one of its own to another bench database; it stays open between uses."""
    before = connections["default"]
    if size not in _BESIDE:
        _BESIDE[size] = before.copy()
        _BESIDE[size].settings_dict = before.settings_dict | {"NAME": name(size)}
    connections["default"] = _BESIDE[size]
    try:
        yield
    finally:
        connections["default"] = before


_BESIDE: dict[Size, BaseDatabaseWrapper] = {}


def _follow_migrations() -> None:
    """A kept database gets the indexes of today."""
    with Path(os.devnull).open("w") as nowhere:
        call_command("migrate", database="owner", verbosity=0)
        call_command("createcachetable", database="owner", verbosity=0)
        call_command("wall", stdout=nowhere)


@contextmanager
def temporary_tables() -> Iterator[None]:
    """Let the app login make temporary tables, where the floor keeps its rows. The web refuses to start with that right."""
    pair = f'"{connections["default"].settings_dict["NAME"]}"', f'"{settings.ROLE_PREFIX}_app"'
    with database.admin() as admin:
        admin.execute("GRANT TEMPORARY ON DATABASE {} TO {}".format(*pair))
        try:
            yield
        finally:
            admin.execute("REVOKE TEMPORARY ON DATABASE {} FROM {}".format(*pair))


def _register(found: Agency, size: Size) -> None:
    """Register them in every kecamatan; those that keep books have slugs from bench-1 on, the others tell-1 on."""
    districts = list(Place.objects.filter(parent_id=found.place_id).order_by("code"))
    villages: dict[str, list[Place]] = {}
    for place in Place.objects.filter(parent__in=districts).order_by("code"):
        villages.setdefault(place.parent_id, []).append(place)
    wanted = [("Ukur", "bench", n) for n in range(1, size.cooperatives + 1)] + [
        ("Lapor", "tell", n) for n in range(1, size.told + 1)
    ]
    with acting(ADMINS[REGENCY].username) as actor:
        for word, short, number in wanted:
            district = districts[number % len(districts)]
            here = villages[district.pk]
            register_cooperative(
                agency=found, name=f"Koperasi {word} {number}", short_name=f"{short} {number}", district=district,
                village=here[number // len(districts) % len(here)], actor=actor, now=CLOCK.at(CLOCK.month(24)),
                fields={"founded_on": date(2005 + number % 21, 1 + number % 12, 1)},
            )  # fmt: skip
