"""The order of things: the first agency with its logins and the showcase within seconds, the rest by two processes.

What a step leaves in the database is its marker: an agency, a cooperative, opened books. Started again, it goes on.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from multiprocessing import get_context

from django.conf import settings
from django.db import connections, transaction

from koperasi.management.commands.agency import agency_fields, known_agencies
from registry.actions import create_agency, invite_first_admin
from registry.keys import KeyRing
from registry.models import Agency, Cooperative, Signatory
from registry.tenancy import NOBODY, bind

from . import books, comparing, ending, filing, forming, logins, offices, reminding, reporting, surveying, training
from .clock import Clock
from .logins import CITY_LOGINS, REGENCY_LOGINS, SHOWCASE_LOGINS, acting
from .plan import CITY, FULL_YEAR, NEIGHBOUR, REGENCY, SHOWCASE, Planned, plan
from .registering import register

ADMINS = {CITY: CITY_LOGINS[0], REGENCY: REGENCY_LOGINS[0]}
BATCH = 40  # cooperatives registered in one transaction
Say = Callable[[str], None]


class RealData(Exception):
    """There is an agency that is not a demo; the demo touches nothing."""


def build(clock: Clock, *, small: bool, processes: int, say: Say, ready: Callable[[], None]) -> None:
    """Make the demo, or what is missing of it. `ready` is called when the first logins work. Raises `RealData`."""
    refuse_real_data()
    if not settings.KEYS_FILE.exists():
        KeyRing.create(settings.KEYS_FILE)
    city, regency = agency(CITY, clock), None
    showcase = plan(CITY, clock, small)[0]
    register_some(CITY, [showcase], clock)
    give_logins(city, SHOWCASE_LOGINS[:5], clock)
    keep_books(showcase, clock)
    give_logins(city, CITY_LOGINS[1:], clock)
    logins.make_guest()
    regency = agency(REGENCY, clock)
    give_logins(regency, REGENCY_LOGINS[1:], clock)
    ready()
    analyze()
    if processes == 1:
        _alone(clock, small, say)
    else:
        _together(clock, small, processes, say)
    give_logins(city, SHOWCASE_LOGINS[5:], clock)
    analyze()
    for slug, admin in ADMINS.items():
        filing.send(slug, clock)
        say(f"{slug}: laporan bulanan, {reporting.publish(slug, admin.username, clock)} halaman")


def refuse_real_data() -> None:
    """Raise `RealData` when an agency exists that was not made as a demo."""
    if Agency.objects.filter(is_demo=False).exists():
        raise RealData


def agency(slug: str, clock: Clock) -> Agency:
    """Return an agency with its first admin and its signatory, making what is missing."""
    admin, since = ADMINS[slug], clock.month(14)
    found = Agency.objects.filter(slug=slug).first()
    if found is None:
        found, token = create_agency(fields=agency_fields(slug), admin_name=admin.name, now=clock.at(since))
    elif not logins.has_grant(admin, found, None):
        token = invite_first_admin(agency=found, admin_name=admin.name, now=clock.at(since))
    else:
        return found
    logins.join_first_admin(admin, token, clock, since)
    _sign(found, clock)
    return found


def _sign(found: Agency, clock: Clock) -> None:
    """Enter who signs the agency's papers; the fixture's signatory is invented."""
    row = next(row for row in known_agencies() if row["slug"] == found.slug)["signatory"]
    with acting(ADMINS[found.slug].username):
        Signatory.objects.create(
            agency=found,
            post=row["post"],
            name=row["name"],
            rank=row["rank"],
            nip=row["nip"],
            valid_from=clock.month(14),
        )


def give_logins(found: Agency, wanted: Iterable[logins.Login], clock: Clock) -> None:
    """Give these logins their grants in an agency, or in the showcase and its neighbour."""
    villages = {"showcase": SHOWCASE, "neighbour": NEIGHBOUR}
    for login in wanted:
        village = villages.get(login.place)
        cooperative = Cooperative.objects.filter(agency=found, village_id=village).first() if village else None
        if village and cooperative is None:
            continue  # a small demo has no neighbour
        logins.join(login, found, cooperative, ADMINS[found.slug].username, clock, clock.month(FULL_YEAR + 1))


# --- Steps, each of which may run in any process and again ------------------------------------------------


def register_some(slug: str, planned: Iterable[Planned], clock: Clock) -> int:
    """Register those of `planned` that are not there yet, in batches. Return how many were new."""
    found = Agency.objects.get(slug=slug)
    known = set(Cooperative.objects.filter(agency=found).values_list("name", "district_id"))
    new = [one for one in planned if (one.name, one.district) not in known]
    for start in range(0, len(new), BATCH):
        with acting(ADMINS[slug].username) as actor:
            for one in new[start : start + BATCH]:
                register(one, found, actor, clock)
    return len(new)


def register_all(slug: str, clock: Clock, small: bool) -> int:
    new = register_some(slug, plan(slug, clock, small), clock)
    forming.tell(slug, ADMINS[slug].username, clock)
    reminding.tell(slug, ADMINS[slug].username, clock)
    offices.tell(slug, ADMINS[slug].username, clock)
    ending.tell(slug, ADMINS[slug].username, clock)
    comparing.tell(slug, ADMINS[slug].username, clock)
    surveying.check_some(slug, clock)
    training.tell(slug, ADMINS[slug].username, clock)
    filing.tell(slug, ADMINS[slug].username, clock)
    return new


def keep_books(planned: Planned, clock: Clock) -> int:
    """Keep the books of one registered cooperative. Return how many members it has, or 0 when that was done before."""
    with transaction.atomic():
        bind(NOBODY)
        cooperative = Cooperative.objects.select_related("agency").get(
            agency__slug=planned.agency, name=planned.name, district_id=planned.district
        )
    return books.keep(planned, cooperative, ADMINS[planned.agency].username, clock)


def with_books(slug: str, clock: Clock, small: bool) -> list[Planned]:
    """Return the cooperatives with books, the neighbour's kecamatan first, the large ones before the small."""
    chosen = [one for one in plan(slug, clock, small) if one.months]
    return sorted(chosen, key=lambda one: (one.district != SHOWCASE[:8], -one.members * one.months))


def analyze() -> None:
    """Let the database count its rows, so that it plans for a full house."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE")
    connections["owner"].close()


# --- One process, or two ----------------------------------------------------------------------------------


def _alone(clock: Clock, small: bool, say: Say) -> None:
    for slug in (CITY, REGENCY):
        say(f"{slug}: {register_all(slug, clock, small)} koperasi")
        for one in with_books(slug, clock, small):
            keep_books(one, clock)


def _together(clock: Clock, small: bool, processes: int, say: Say) -> None:
    """Register both agencies at once, then keep the books of both; forked after closing connections."""
    connections.close_all()
    with ProcessPoolExecutor(processes, mp_context=get_context("fork"), initializer=_begin) as pool:
        waiting: dict[Future, str] = {pool.submit(register_all, slug, clock, small): slug for slug in (CITY, REGENCY)}
        done = members = 0
        while waiting:
            finished, _ = wait(waiting, return_when=FIRST_COMPLETED)
            for future in finished:
                slug, result = waiting.pop(future), future.result()
                if slug:
                    say(f"{slug}: {result} koperasi")
                    waiting |= _submit_books(pool, slug, clock, small)
                    continue
                done, members = done + 1, members + result
                if done in (12, 60, 150):
                    analyze()
                if done % 50 == 0:
                    say(f"pembukuan: {done} koperasi, {members} anggota")


def _submit_books(pool: Executor, slug: str, clock: Clock, small: bool) -> dict[Future, str]:
    return {pool.submit(keep_books, one, clock): "" for one in with_books(slug, clock, small)}


def _begin() -> None:
    """Give a forked process connections of its own,."""
    connections.close_all()
