"""Buildings: one cooperative's surveys, photos, land and portals; the dinas' list, counts and map."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from django.db.models import Exists, Max, OuterRef, Q

from registry.building import Known, Rules, meets_criterion, rules_on
from registry.models import (
    Agency,
    BuildingPhoto,
    BuildingRecord,
    BuildingSurvey,
    Cooperative,
    LandCandidate,
    PortalStatus,
)
from registry.reports.status import GONE

OLD_PHOTO_DAYS = 90
RETURNED = BuildingSurvey.State.RETURNED
TITLES = {"own": "Gedung milik sendiri", "borrowed": "Gedung pinjam atau sewa", "none": "Belum punya gedung"}
UNKNOWN = "belum"  # nobody has written down what the cooperative works from

# --- One cooperative ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Seen:
    """What is known of one cooperative's building. `latest` is the survey that counts."""

    record: BuildingRecord | None
    latest: BuildingSurvey | None
    surveys: tuple[BuildingSurvey, ...]
    photos: tuple[BuildingPhoto, ...]
    land: tuple[LandCandidate, ...]
    portals: tuple[PortalStatus, ...]
    rules: Rules

    @property
    def title(self) -> str:
        return TITLES[self.record.ownership] if self.record else "Gedung belum didata"

    @property
    def large_enough(self) -> bool | None:
        one = self.latest
        return meets_criterion(one.land_area, one.land_length, one.land_width, self.rules) if one else None

    @property
    def progress(self) -> BuildingPhoto | BuildingSurvey | None:
        """The latest thing that says how far the building is."""
        said = [one for one in (*self.photos, *([self.latest] if self.latest else [])) if one.progress is not None]
        return max(said, key=_day_of, default=None)


def _day_of(one: BuildingPhoto | BuildingSurvey) -> tuple:
    return (one.taken_on if isinstance(one, BuildingPhoto) else one.surveyed_on, one.made_at)


def building(cooperative: Cooperative, agency: Agency, today: date) -> Seen:
    """Read one cooperative's building in five queries."""
    here = {"cooperative": cooperative, "agency": agency}
    surveys = tuple(BuildingSurvey.objects.filter(**here).order_by("-surveyed_on", "-pk")[:20])
    portals: dict[str, PortalStatus] = {}
    for row in PortalStatus.objects.filter(**here, as_of__lte=today)[:50]:
        portals.setdefault(row.portal, row)
    return Seen(
        BuildingRecord.objects.filter(**here, as_of__lte=today).order_by("-as_of", "-pk").first(),
        next((one for one in surveys if one.state != RETURNED), None), surveys,
        tuple(BuildingPhoto.objects.filter(**here).order_by("-taken_on", "-pk")[:24]),
        tuple(LandCandidate.objects.filter(**here)[:20]), tuple(portals.values()), rules_on(today),
    )  # fmt: skip


def known_of(cooperative: Cooperative, seen: Seen, agency: Agency, today: date) -> Known:
    """Return what a new survey is compared with. Needs `village` selected."""
    said = seen.progress
    return Known(
        agency.slug, cooperative.village, today, said.progress if said else None, _day_of(said)[0] if said else None
    )


# --- All of an agency -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Asked:
    """What the list is asked for; "" asks for nothing."""

    district: str = ""
    programme: str = ""
    search: str = ""
    ownership: str = ""
    use: str = ""
    condition: str = ""
    land: str = ""
    check: str = ""
    photo: str = ""
    house: str = ""


class Found(NamedTuple):
    """A cooperative of the list, light enough for thousands: what it counts as, its survey that counts, its newest photo's day."""

    cooperative: int
    survey: int | None
    house: str
    photo_on: date | None
    large_enough: bool | None
    state: str


@dataclass(frozen=True)
class Row:
    """One cooperative of a page, with the survey that counts (None: none yet)."""

    cooperative: Cooperative
    survey: BuildingSurvey | None
    house: str
    photo_on: date | None
    large_enough: bool | None


@dataclass(frozen=True)
class Listing:
    """What was asked for; `at` counts by house before `house` narrows it down. `rows_of` reads the rows of a page."""

    found: tuple[Found, ...]
    at: Mapping[str, int]
    of: int
    surveyed: int
    verified: int
    large_enough: int
    measured: int
    rules: Rules


def listing(agency: Agency, asked: Asked, today: date, only: Sequence[int] | None = None) -> Listing:
    """Read the list in four queries, whatever is asked for; `only`: the cooperatives a penyuluh is responsible for."""
    rules = rules_on(today)
    surveys, houses, photos = _latest(agency, today)
    found = []
    for pk in _cooperatives(agency, asked, only).values_list("pk", flat=True):
        one = surveys.get(pk)
        enough = meets_criterion(one.land_area, one.land_length, one.land_width, rules) if one else None
        row = Found(
            pk, one.pk if one else None, houses.get(pk, UNKNOWN), photos.get(pk), enough, one.state if one else ""
        )
        if _fits(row, one, asked, today):
            found.append(row)
    counts = Counter(row.house for row in found)
    return Listing(
        tuple(row for row in found if not asked.house or row.house == asked.house),
        {house: counts[house] for house in (*rules.houses, UNKNOWN)}, len(found), sum(row.survey is not None for row in found),
        sum(row.state == BuildingSurvey.State.VERIFIED for row in found), sum(row.large_enough is True for row in found),
        sum(row.large_enough is not None for row in found), rules,
    )  # fmt: skip


def rows_of(agency: Agency, found: Sequence[Found]) -> list[Row]:
    """Read the rows of a page, or of a file, in two queries; in the order of `found`."""
    cooperatives = Cooperative.objects.filter(agency=agency).select_related("district", "village").in_bulk(
        [one.cooperative for one in found]
    )  # fmt: skip
    surveys = BuildingSurvey.objects.filter(agency=agency).in_bulk([one.survey for one in found if one.survey])
    return [
        Row(cooperatives[one.cooperative], surveys.get(one.survey), one.house, one.photo_on, one.large_enough)
        for one in found
    ]


def _cooperatives(agency: Agency, asked: Asked, only: Sequence[int] | None):
    found = Cooperative.objects.filter(agency=agency, is_practice=False).exclude(standing__legal_status__in=GONE)
    if only is not None:
        found = found.filter(pk__in=only)
    if asked.district:
        found = found.filter(district=asked.district)
    if asked.programme:
        found = found.filter(standing__programme=asked.programme)
    for word in asked.search.split()[:8]:
        found = found.filter(Q(name__icontains=word) | Q(village__name__icontains=word))
    return found.order_by("district_id", "village_id", "name", "pk")


def _latest(agency: Agency, today: date) -> tuple[dict, dict, dict]:
    """The survey that counts, the house and the day of the newest photo, by cooperative."""
    here = {"agency": agency}
    surveys = BuildingSurvey.objects.filter(**here, surveyed_on__lte=today).exclude(state=RETURNED)
    records = BuildingRecord.objects.filter(**here, as_of__lte=today).order_by("cooperative_id", "-as_of", "-pk")
    photos = (
        BuildingPhoto.objects.filter(**here).order_by().values_list("cooperative_id").annotate(newest=Max("taken_on"))
    )
    newest = surveys.order_by("cooperative_id", "-surveyed_on", "-pk").distinct("cooperative_id")
    rows = newest.values_list(
        "cooperative_id", "pk", "ownership", "use", "condition", "land_area", "land_length", "land_width", "state", named=True
    )  # fmt: skip
    houses = records.distinct("cooperative_id").values_list("cooperative_id", "ownership")
    return {one.cooperative_id: one for one in rows}, dict(houses), dict(photos)


def _fits(row: Found, one, asked: Asked, today: date) -> bool:
    for name, wanted in (("ownership", asked.ownership), ("use", asked.use), ("condition", asked.condition)):
        if wanted and (one is None or getattr(one, name) != wanted):
            return False
    if asked.land and row.large_enough is not {"cukup": True, "kurang": False, "belum": None}[asked.land]:
        return False
    if asked.check and (row.state or UNKNOWN) != asked.check:
        return False
    old = today - timedelta(days=OLD_PHOTO_DAYS)
    return (
        not asked.photo
        or {
            "tanpa": row.photo_on is None,
            "lama": row.photo_on is not None and row.photo_on < old,
            "baru": row.photo_on is not None and row.photo_on >= old,
        }[asked.photo]
    )


def waiting(agency: Agency, user_id: int) -> int:
    """Return how many latest surveys wait for this person's check: nobody checks their own."""
    newer = BuildingSurvey.objects.filter(
        agency=agency, cooperative=OuterRef("cooperative"), surveyed_on__gt=OuterRef("surveyed_on")
    )
    rows = BuildingSurvey.objects.filter(agency=agency, state=BuildingSurvey.State.WAITING).exclude(made_by=user_id)
    return rows.filter(~Exists(newer)).count()
