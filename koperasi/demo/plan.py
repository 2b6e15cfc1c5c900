"""What there will be: every cooperative with its kind, size, age and the way it keeps its books. Same day, same plan."""

import csv
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from random import Random

from django.conf import settings

from .clock import Clock
from .names import Namer, short_name
from .people import Someone, people_of

CITY, REGENCY = "kota-serang", "kab-serang"
SHOWCASE = "36.73.03.1007"  # Pager Agung
NEIGHBOUR = "36.73.03.1006"  # Kiara, where the showcase's ketua is pengawas
SHOWCASE_MEMBERS = 300
FULL_YEAR, QUARTER = 12, 3  # full months of dues already in the books
YEARS_OF_BOOKS = {"kdmp": 36, "other": 24}  # cooperatives of the regency with a year of books, by programme
QUARTERS_OF_BOOKS = {"kdmp": 110, "other": 95}  # and those that began a quarter ago
SMALL = {"villages": 6, "regency": 6, "with_books": 2, "shrink": 10}


@dataclass(frozen=True)
class Planned:
    """One cooperative to be."""

    agency: str
    name: str
    short_name: str
    kind: str
    programme: str | None
    district: str
    district_name: str
    village: str | None
    village_name: str
    founded_on: date
    members: int
    months: int = 0  # of dues in its own books here; 0: keeps none
    offset: int = 0  # its slice of the birth dates of the kecamatan

    @property
    def seed(self) -> str:
        return f"{self.agency} {self.name}"

    def rng(self, what: str) -> Random:
        """Return its own dice for `what`, so that one step never changes another."""
        return Random(f"{what} {self.seed}")

    def people(self, clock: Clock) -> list[Someone]:
        return people_of(self.district, self.offset, self.members, seed=self.seed, year=clock.today.year)

    def neighbours(self, clock: Clock) -> list[Someone]:
        """Return three people who are no members yet, from the far end of the kecamatan's birth dates."""
        return people_of(self.district, 18_900, 3, seed=f"{self.seed} neighbours", year=clock.today.year)

    @property
    def is_showcase(self) -> bool:
        return self.village == SHOWCASE and self.programme == "kkmp"


@cache
def plan(agency: str, clock: Clock, small: bool = False) -> tuple[Planned, ...]:
    """Return the cooperatives of an agency, the showcase first. `small` is a slice for tests."""
    planned = _merah_putih(agency, clock)
    if agency == REGENCY:
        planned = [*planned, *_others(agency, clock)]
    planned = _with_books(agency, planned)
    planned.sort(key=lambda one: (not one.is_showcase, one.district != SHOWCASE[:8]))
    if small:
        planned = _slice(agency, planned)
    return tuple(_with_offsets(planned))


def _read(name: str) -> list[dict[str, str]]:
    with (settings.FIXTURES_DIR / name).open(newline="") as file:
        return list(csv.DictReader(file))


@cache
def _places() -> dict[str, str]:
    return {row["code"]: row["name"] for row in _read("places.csv")}


def _merah_putih(agency: str, clock: Clock) -> list[Planned]:
    prefix, programme = ("36.73", "kkmp") if agency == CITY else ("36.04", "kdmp")
    places, planned = _places(), []
    for row in _read("merah_putih_names.csv"):
        if not row["code"].startswith(prefix):
            continue
        rng = Random(f"merah putih {row['code']}")
        district = row["code"][:8]
        planned.append(
            Planned(
                agency,
                row["name"],
                "",
                "consumer",
                programme,
                district,
                places[district],
                row["code"],
                places[row["code"]],
                founded_on=date(2025, 5, rng.randint(5, 28)),
                members=_size(rng, 105),
            )
        )
    return planned


def _others(agency: str, clock: Clock) -> list[Planned]:
    """The 888 of 2022: the mix of the fixture, the founding years of the press (half of them from 2015 on)."""
    places, namer = _places(), Namer()
    villages = defaultdict(list)
    for code in places:
        if len(code) == 13:
            villages[code[:8]].append(code)
    planned = []
    for row in _read("cooperative_mix.csv"):
        for kind in ("consumer", "producer", "savings_loan", "service", "marketing"):
            for index in range(int(row[kind])):
                rng = Random(f"other {row['code']} {kind} {index}")
                village = rng.choice(villages[row["code"]])
                name = namer.name(rng, kind, row["district"], places[village])
                founded = date(
                    rng.randint(2015, 2022) if rng.random() < 0.5 else rng.randint(1986, 2014),
                    rng.randint(1, 12),
                    rng.randint(1, 28),
                )
                planned.append(
                    Planned(
                        agency,
                        name,
                        short_name(name),
                        kind,
                        None,
                        row["code"],
                        row["district"],
                        village,
                        places[village],
                        founded_on=founded,
                        members=_size(rng, 100),
                    )
                )
    return planned


def _size(rng: Random, median: int) -> int:
    """A skewed number of members: most are small, a few are large."""
    return max(22, min(620, round(rng.lognormvariate(0, 0.62) * median)))


def _with_books(agency: str, planned: list[Planned]) -> list[Planned]:
    """Say who keeps books here: all of the city, a part of the regency."""
    if agency == CITY:
        return [
            replace(one, months=FULL_YEAR, members=SHOWCASE_MEMBERS if one.is_showcase else one.members)
            for one in planned
        ]
    order = Random("books").sample(range(len(planned)), len(planned))
    seen: Counter[str] = Counter()
    for position in order:
        group = planned[position].programme or "other"
        rank = seen[group]
        seen[group] += 1
        months = (
            FULL_YEAR
            if rank < YEARS_OF_BOOKS[group]
            else QUARTER
            if rank < YEARS_OF_BOOKS[group] + QUARTERS_OF_BOOKS[group]
            else 0
        )
        planned[position] = replace(planned[position], months=months)
    return planned


def _slice(agency: str, planned: list[Planned]) -> list[Planned]:
    chosen = (
        planned[: SMALL["villages"]]
        if agency == CITY
        else [one for one in planned if one.programme is None][: SMALL["regency"]]
    )
    with_books = SMALL["with_books"] if agency == CITY else 1
    return [
        replace(one, members=max(12, one.members // SMALL["shrink"]), months=FULL_YEAR if index < with_books else 0)
        for index, one in enumerate(chosen)
    ]


def _with_offsets(planned: list[Planned]) -> list[Planned]:
    taken: Counter[str] = Counter()
    placed = []
    for one in planned:
        placed.append(replace(one, offset=taken[one.district]))
        taken[one.district] += one.members if one.months else 0
    return placed
