"""People and offices across cooperatives, for the dinas only: who may hold posts in two, who heads each village."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import NamedTuple

from registry.models import Agency, Cooperative, Officer, PersonPair, Place, Position, VillageHead
from registry.organs import name_key
from registry.reports.officers import same_person
from registry.reports.organs import Asked, live
from registry.reports.status import GONE

MOST_ALIKE = 12  # a number or a name that more than these share says nothing about one person


@dataclass(frozen=True)
class Pair:
    """Two terms in two cooperatives that may be one person, and why it looks so. `verdict`: what the dinas found, if it did."""

    first: Officer
    second: Officer
    why: str
    verdict: PersonPair | None

    @property
    def key(self) -> tuple[tuple[int, str], tuple[int, str]]:
        return _key(self.first, self.second)


def _key(one, other) -> tuple[tuple[int, str], tuple[int, str]]:
    first, second = sorted([(one.cooperative_id, name_key(one.name)), (other.cooperative_id, name_key(other.name))])
    return first, second


def pairs(agency: Agency, today: date, asked: Asked) -> list[Pair]:
    """Return who seems to serve in two cooperatives: the same phone, or the same name in one kecamatan. Three queries.

    Found to be different people: not returned. Found to be one: returned last, with the verdict.
    """
    here = live(agency, asked).order_by().values("pk")
    terms = Officer.objects.filter(agency=agency, starts_on__lte=today, cooperative__in=here).exclude(
        ended_on__lte=today
    )
    columns = ("pk", "cooperative", "cooperative__district", "cooperative__village", "name", "phone")
    alike: dict[tuple, tuple[str, int, int]] = {}
    for why, one, other in _alike([_Term(*row) for row in terms.order_by("cooperative", "pk").values_list(*columns)]):
        alike.setdefault(_key(one, other), (why, one.pk, other.pk))
    judged = {
        ((row.first_id, row.first_name), (row.second_id, row.second_name)): row
        for row in PersonPair.objects.filter(agency=agency)
    }
    wanted = {key: found for key, found in alike.items() if key not in judged or judged[key].same}
    numbers = {pk for _, *both in wanted.values() for pk in both}
    people = Officer.objects.filter(agency=agency, pk__in=numbers).select_related("cooperative").in_bulk()
    found = [Pair(people[one], people[other], why, judged.get(key)) for key, (why, one, other) in wanted.items()]
    return sorted(found, key=lambda pair: (pair.verdict is not None, pair.first.name))


class _Term(NamedTuple):
    pk: int
    cooperative_id: int
    district: str
    village: str | None
    name: str
    phone: str


def _alike(terms: list[_Term]) -> Iterator[tuple[str, _Term, _Term]]:
    by_phone, by_name = defaultdict(list), defaultdict(list)
    for one in terms:
        if one.phone:
            by_phone[one.phone].append(one)
        if key := name_key(one.name):
            by_name[one.district, key].append(one)
    for group in by_phone.values():
        yield from _of("Nomor HP sama", group)
    for (_, key), group in by_name.items():
        for why, one, other in _of("Nama sama di satu kecamatan", group):
            if one.village and one.village == other.village:
                yield "Nama sama di satu desa atau kelurahan", one, other
            elif " " in key:  # one word alone is too common in a whole kecamatan
                yield why, one, other


def _of(why: str, group: list[_Term]) -> Iterator[tuple[str, _Term, _Term]]:
    if len(group) <= MOST_ALIKE:
        for one, other in combinations(group, 2):
            if one.cooperative_id != other.cooperative_id:
                yield why, one, other


# --- Lurah and kepala desa --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Village:
    """A village with its head, and the Merah Putih cooperatives whose ketua pengawas goes with the office."""

    place: Place
    head: VillageHead | None
    seats: tuple[tuple[Cooperative, Officer | None], ...]

    @property
    def waiting(self) -> tuple[tuple[Cooperative, Officer | None], ...]:
        """The cooperatives whose ketua pengawas is not the head; none where the head is not on record."""
        if self.head is None:
            return ()
        return tuple(seat for seat in self.seats if not (seat[1] and same_person(seat[1].name, self.head.name)))


def villages(agency: Agency, *, district: str = "", search: str = "", only: str = "") -> list[Village]:
    """Return every village with its head and whom the head should seat; those that wait for a change first. Four queries."""
    places = Place.objects.filter(parent__parent=agency.place_id).select_related("parent").order_by("code")
    places = places.filter(parent=district) if district else places
    for word in search.split()[:8]:
        places = places.filter(name__icontains=word)
    if only:
        places = places.filter(pk=only)
    places = list(places)
    codes = [place.pk for place in places]
    heads = {
        row.village_id: row
        for row in VillageHead.objects.filter(agency=agency, village__in=codes, ended_on__isnull=True)
    }
    chairs = {
        one.cooperative_id: one
        for one in Officer.objects.filter(agency=agency, position=Position.SUPERVISOR_CHAIR, ended_on__isnull=True)
    }
    seats = defaultdict(list)
    for one in cooperatives_of(agency).filter(village__in=codes):
        seats[one.village_id].append((one, chairs.get(one.pk)))
    found = [Village(place, heads.get(place.pk), tuple(seats[place.pk])) for place in places]
    return sorted(found, key=lambda one: (not one.waiting, one.head is None))


def cooperatives_of(agency: Agency):
    """Return the live cooperatives of a programme, whose ketua pengawas is the head of their village."""
    rows = Cooperative.objects.filter(agency=agency, is_practice=False, standing__programme__isnull=False)
    return rows.exclude(standing__legal_status__in=GONE).select_related("agency", "district").order_by("pk")


def former_heads(agency: Agency, village: Place) -> list[VillageHead]:
    """Return who headed a village before, the last first."""
    return list(VillageHead.objects.filter(agency=agency, village=village).order_by("-starts_on", "-pk"))
