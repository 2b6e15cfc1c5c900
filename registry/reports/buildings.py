"""Buildings: one cooperative's surveys, photos, land and portals; the dinas' list, counts and map."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q

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


@dataclass(frozen=True)
class Row:
    """One cooperative with the survey that counts (None: none yet), what it counts as, and its latest photo's day."""

    cooperative: Cooperative
    survey: BuildingSurvey | None
    house: str
    photo_on: date | None
    large_enough: bool | None


@dataclass(frozen=True)
class Listing:
    """The rows asked for; `at` counts them by house before `house` narrows them down."""

    rows: tuple[Row, ...]
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
    rows = []
    for one in _cooperatives(agency, asked, only):
        survey = surveys.get(one.pk)
        enough = meets_criterion(survey.land_area, survey.land_length, survey.land_width, rules) if survey else None
        row = Row(one, survey, houses.get(one.pk, UNKNOWN), photos.get(one.pk), enough)
        if _fits(row, asked, today):
            rows.append(row)
    at = {house: sum(row.house == house for row in rows) for house in (*rules.houses, UNKNOWN)}
    rows_shown = tuple(row for row in rows if not asked.house or row.house == asked.house)
    return Listing(
        rows_shown, at, len(rows), sum(row.survey is not None for row in rows),
        sum(row.survey is not None and row.survey.state == BuildingSurvey.State.VERIFIED for row in rows),
        sum(row.large_enough is True for row in rows), sum(row.large_enough is not None for row in rows), rules,
    )  # fmt: skip


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
    return found.select_related("district", "village").order_by("district__code", "village__code", "name", "pk")


def _latest(agency: Agency, today: date) -> tuple[dict, dict, dict]:
    """The survey that counts, the house and the day of the newest photo, by cooperative."""
    here = {"agency": agency}
    surveys = (
        BuildingSurvey.objects.filter(**here, surveyed_on__lte=today).exclude(state=RETURNED).defer("warned", "answer")
    )
    records = BuildingRecord.objects.filter(**here, as_of__lte=today).order_by("cooperative_id", "-as_of", "-pk")
    photos = BuildingPhoto.objects.filter(**here).order_by("cooperative_id", "-taken_on", "-pk")
    newest = surveys.order_by("cooperative_id", "-surveyed_on", "-pk").distinct("cooperative_id")
    return (
        {one.cooperative_id: one for one in newest},
        dict(records.distinct("cooperative_id").values_list("cooperative", "ownership")),
        dict(photos.distinct("cooperative_id").values_list("cooperative", "taken_on")),
    )


def _fits(row: Row, asked: Asked, today: date) -> bool:
    one = row.survey
    for name, wanted in (("ownership", asked.ownership), ("use", asked.use), ("condition", asked.condition)):
        if wanted and (one is None or getattr(one, name) != wanted):
            return False
    if asked.land and row.large_enough is not {"cukup": True, "kurang": False, "belum": None}[asked.land]:
        return False
    if asked.check and (one is not None if asked.check == UNKNOWN else one is None or one.state != asked.check):
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
