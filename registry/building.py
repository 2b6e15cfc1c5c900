"""What is plausible of a building, what counts as one, and how far it stands from its village: rules that are data (domain 7.3)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from math import asin, cos, hypot, radians, sin, sqrt

from django.conf import settings

from registry.formats import format_date, format_number, format_tenths
from registry.maps import load_map, points_of
from registry.models import Place

__all__ = [
    "Finding",
    "House",
    "Known",
    "Rules",
    "Spot",
    "distance_km",
    "house_of",
    "judge",
    "meets_criterion",
    "reach_km",
    "rules_on",
]

HOUSE_FACTS = ("building_area", "condition", "building_kind", "rent_per_year", "rent_ends_on")


@dataclass(frozen=True)
class Spot:
    """A place on earth: degrees, WGS 84."""

    latitude: float
    longitude: float


@dataclass(frozen=True)
class Rule:
    """One thing to look at. `kind`: "warn", which a note may answer, or "refuse". `limit`: metres², km, days or percent."""

    code: str
    kind: str
    field: str
    limit: float
    sentence: str


@dataclass(frozen=True)
class House:
    """How an ownership counts in the figures: own, borrowed, or none."""

    name: str
    ownerships: tuple[str, ...]


@dataclass(frozen=True)
class Rules:
    """One version of the rules."""

    version: int
    source: str
    criterion: Mapping[str, int]
    houses: Mapping[str, House]
    house_definition: str
    rules: Mapping[str, Rule]
    reach_without_map: float

    @property
    def name(self) -> str:
        return f"v{self.version}"


@dataclass(frozen=True)
class Finding:
    """A rule that was not met: which, at which field, and the sentence that says so."""

    code: str
    kind: str
    field: str
    sentence: str


@cache
def _versions() -> list[dict]:
    return json.loads((settings.FIXTURES_DIR / "building_rules.json").read_text(encoding="utf-8"))


@cache
def rules_on(day: date) -> Rules:
    """Return the rules in force on a day; before the first ones, the first. The latest version wins."""
    rows = sorted(_versions(), key=lambda row: (row["valid_from"], row["version"]))
    fitting = [
        row
        for row in rows
        if row["valid_from"] <= str(day) and (row["valid_to"] is None or str(day) <= row["valid_to"])
    ]
    row = fitting[-1] if fitting else rows[0]
    houses = {code: House(one["name"], tuple(one["from"])) for code, one in row["houses"].items()}
    rules = {one["code"]: Rule(**one) for one in row["rules"]}
    return Rules(
        row["version"],
        row["source"],
        row["criterion"],
        houses,
        row["house_definition"],
        rules,
        row["reach_without_map"],
    )


def house_of(ownership: str, progress: int | None, rules: Rules) -> str:
    """Return what a building counts as: "own", "borrowed" or "none". One that is still being built is none yet."""
    if progress is not None and progress < 100:
        return "none"
    return next(code for code, house in rules.houses.items() if ownership in house.ownerships)


def meets_criterion(area: int | None, length: int | None, width: int | None, rules: Rules) -> bool | None:
    """Return whether the land is large enough (20 × 30 m); None when nobody measured it."""
    asked = rules.criterion
    if length and width:
        return max(length, width) >= asked["length"] and min(length, width) >= asked["width"]
    return area >= asked["area"] if area is not None else None


# --- Where it stands --------------------------------------------------------------------------------


def distance_km(one: Spot, other: Spot) -> float:
    """Return the way between two places over the earth, in kilometres (haversine)."""
    up, across = radians(other.latitude - one.latitude), radians(other.longitude - one.longitude)
    half = sin(up / 2) ** 2 + cos(radians(one.latitude)) * cos(radians(other.latitude)) * sin(across / 2) ** 2
    return 2 * 6371.0 * asin(sqrt(half))


@cache
def reach_km(agency: str, village: str) -> float | None:
    """Return how far the border of a village lies from its middle at most, in kilometres; None without a map."""
    try:
        sheet = load_map(agency)
    except LookupError:
        return None
    shape = next((one for one in sheet.shapes if one.code == village), None)
    if shape is None:
        return None
    points = [point for ring in points_of(shape.path) for point in ring]
    middle = [(min(axis) + max(axis)) / 2 for axis in zip(*points, strict=True)]
    farthest = max(hypot(x - middle[0], y - middle[1]) for x, y in points)
    return farthest / _units_per_km(agency)


@cache
def _units_per_km(agency: str) -> float:
    return json.loads((settings.FIXTURES_DIR / f"map_{agency}.json").read_text(encoding="utf-8"))["units_per_km"]


# --- The judgement ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Known:
    """What a survey is compared with."""

    agency: str  # its slug: which map
    village: Place | None
    today: date
    progress: int | None = None  # the highest of the latest survey and photo
    progress_on: date | None = None
    photo_spot: Spot | None = None
    photo_on: date | None = None


def judge(facts: Mapping, known: Known, rules: Rules) -> list[Finding]:
    """Return what is not plausible in the facts of a survey, refusals and warnings, in the order of the rules.

    `facts`: the names of `BuildingSurvey`, and `position` (a `Spot` or None). A fact nobody knows is never judged.
    """
    found = {
        **_sizes(facts, rules),
        **_house(facts),
        **_rent(facts, known),
        **_progress(facts, known),
        **_places(facts, known, rules),
    }
    found |= _photo_age(known, rules)
    return [
        Finding(code, rule.kind, rule.field, rule.sentence.format(**{"limit": _number(rule.limit)} | found[code]))
        for code, rule in rules.rules.items()
        if code in found
    ]


def _number(value: float) -> str:
    return format_number(round(value)) if float(value).is_integer() else _km(value)


def _km(value: float) -> str:
    return format_tenths(round(10 * value))


def _sizes(facts: Mapping, rules: Rules) -> dict[str, dict]:
    building, land = facts.get("building_area"), facts.get("land_area")
    length, width = facts.get("land_length"), facts.get("land_width")
    limit, found = {code: rule.limit for code, rule in rules.rules.items()}, {}
    for code, value, is_small in (
        ("building_small", building, True), ("building_large", building, False), ("land_small", land, True), ("land_large", land, False),
    ):  # fmt: skip
        if value is not None and (value < limit[code] if is_small else value > limit[code]):
            found[code] = {"value": format_number(value)}
    if (length is None) != (width is None):
        found["half_sides"] = {}
    elif land and length and width:
        apart = round(100 * abs(length * width - land) / land)
        if apart > limit["sides"]:
            found["sides"] = {"value": format_number(apart), "product": format_number(length * width)}
    if building and land and 100 * building > limit["building_over_land"] * land:
        found["building_over_land"] = {"value": format_number(building)}
    return found


def _house(facts: Mapping) -> dict[str, dict]:
    ownership, found = facts.get("ownership"), {}
    if ownership == "none" and (facts.get("use") or any(facts.get(name) not in (None, "") for name in HOUSE_FACTS)):
        found["no_building"] = {}
    if ownership == "own" and facts.get("use"):
        found["own_use"] = {}
    return found


def _rent(facts: Mapping, known: Known) -> dict[str, dict]:
    rent, ends, use = facts.get("rent_per_year"), facts.get("rent_ends_on"), facts.get("use")
    if (rent is not None or ends) and use != "rent":
        return {} if facts.get("ownership") in ("none", "own") and not use else {"rent_needs_use": {}}
    if use == "rent" and ends is None:
        return {"rent_without_end": {}}
    if ends and ends < known.today:
        return {"rent_over": {"day": format_date(ends)}}
    return {}


def _progress(facts: Mapping, known: Known) -> dict[str, dict]:
    now, before = facts.get("progress"), known.progress
    if now is None or before is None or now >= before:
        return {}
    return {"progress_fell": {"before": str(before), "value": str(now), "day": format_date(known.progress_on)}}


def _places(facts: Mapping, known: Known, rules: Rules) -> dict[str, dict]:
    typed, found = facts.get("position"), {}
    village = known.village
    if village is not None and village.latitude is not None:
        middle = Spot(village.latitude, village.longitude)
        reach = reach_km(known.agency, village.code) or rules.reach_without_map
        words = {"village": village.full_name, "reach": _km(reach)}
        for code, spot in (("far", typed), ("photo_far", known.photo_spot)):
            away = distance_km(middle, spot) if spot else 0
            if away > rules.rules["very_far"].limit and code == "far":
                found["very_far"] = words | {"value": _km(away)}
            elif away > reach + rules.rules[code].limit:
                found[code] = words | {"value": _km(away)}
    if typed and known.photo_spot and "photo_far" not in found:
        away = distance_km(typed, known.photo_spot)
        if away > rules.rules["photo_apart"].limit:
            found["photo_apart"] = {"value": _km(away)}
    return found


def _photo_age(known: Known, rules: Rules) -> dict[str, dict]:
    if known.photo_on is None:
        return {}
    days = (known.today - known.photo_on).days
    if days > rules.rules["photo_old"].limit:
        return {"photo_old": {"day": format_date(known.photo_on)}}
    return {"photo_ahead": {"day": format_date(known.photo_on)}} if days < -rules.rules["photo_ahead"].limit else {}
