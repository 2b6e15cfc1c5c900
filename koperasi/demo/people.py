"""Synthetic people: common names of Banten, impossible NIKs, hamlets instead of streets, no telephones.

A NIK is kecamatan + birth date + serial 0000, which is never issued. Birth dates therefore may not repeat within a
kecamatan and sex: each cooperative draws from its own slice of one shuffled list of days.
"""

import csv
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from random import Random

from django.conf import settings

from members.actions import Person

YOUNGEST, OLDEST = 18, 70  # years
BIRTH_PLACES = ["Serang"] * 12 + ["Pandeglang", "Lebak", "Cilegon", "Tangerang", "Jakarta", "Bogor"]
OCCUPATIONS = {
    "L": ["Petani", "Buruh harian", "Karyawan pabrik", "Pedagang", "Nelayan", "Pengemudi", "Guru", "Peternak", "Tukang bangunan"],
    "P": ["Ibu rumah tangga", "Pedagang", "Buruh tani", "Karyawan pabrik", "Penjahit", "Guru", "Pengrajin anyaman", "Kader posyandu"],
}  # fmt: skip


@dataclass(frozen=True)
class Someone:
    """A synthetic person and the NIK no real person can have."""

    person: Person
    national_id: str


@cache
def name_pool() -> dict[tuple[str, str], list[str]]:
    """Return the words of `fixtures/name_pool.csv` by (sex, part)."""
    pool: dict[tuple[str, str], list[str]] = defaultdict(list)
    with (settings.FIXTURES_DIR / "name_pool.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            pool[row["sex"], row["part"]].append(row["word"])
    return dict(pool)


def full_name(rng: Random, sex: str) -> str:
    """Return a name of one to three words, as people write theirs."""
    pool = name_pool()
    first, last = rng.choice(pool[sex, "first"]), rng.choice(pool[sex, "last"])
    shape = rng.random()
    if shape < 0.06:
        return first
    second = rng.choice(pool[sex, "first"])
    if shape < 0.16 and second != first:
        return f"{first} {second} {last}"
    return f"{first} {last}"


@cache
def _birth_dates(district: str, sex: str, year: int) -> list[date]:
    first = date(year - OLDEST, 1, 1)
    days = [first + timedelta(days=n) for n in range((date(year - YOUNGEST, 1, 1) - first).days)]
    Random(f"birth {district} {sex}").shuffle(days)
    return days


def people_of(district: str, offset: int, how_many: int, *, seed: str, year: int) -> list[Someone]:
    """Return `how_many` people of a kecamatan; no two calls with disjoint slices [offset, offset + n) share a NIK.

    `year` is the present one: everybody is of age.
    """
    rng = Random(f"people {seed}")
    hamlets = rng.sample(name_pool()["", "hamlet"], 7)
    people = []
    for index in range(how_many):
        sex = "P" if rng.random() < 0.53 else "L"
        birth = _birth_dates(district, sex, year)[offset + index]
        person = Person(
            name=full_name(rng, sex),
            sex=sex,
            birth_date=birth,
            address=f"Kp. {rng.choice(hamlets)}",
            rt_rw=f"{rng.randint(1, 6):03d}/{rng.randint(1, 5):03d}",
            birth_place=rng.choice(BIRTH_PLACES),
            occupation=rng.choice(OCCUPATIONS[sex]),
        )
        people.append(Someone(person, national_id(district, birth, sex)))
    return people


def national_id(district: str, birth: date, sex: str) -> str:
    """Return the NIK of serial 0000: `36.73.03`, 8 July 1990, a woman → 3673034807900000."""
    day = birth.day + (40 if sex == "P" else 0)
    return f"{district.replace('.', '')}{day:02d}{birth:%m%y}0000"
