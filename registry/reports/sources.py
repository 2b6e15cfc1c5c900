"""What other sources say beside our profiles: how much differs, where, and what is only on one side. Pure reads."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from registry.models import Agency, Cooperative, Place, Profile, SourceList, SourceStranger, SourceValue
from registry.sources import Field, Source, fields, shown, sources

State, Decision = SourceValue.State, SourceValue.Decision
OPEN = ~Q(state=State.SAME)


@dataclass(frozen=True)
class Side:
    """One source: its latest list (None: never uploaded), and how many compared values still differ undecided."""

    source: Source
    latest: SourceList | None
    compared: int
    open: int


@dataclass(frozen=True)
class Overview:
    """All sources, and how much waits for a decision, each count with what it is a part of."""

    sides: tuple[Side, ...]
    values: int
    differing: int
    cooperatives: int
    differing_cooperatives: int


def overview(agency: Agency) -> Overview:
    """Count in three queries."""
    mine = SourceValue.objects.filter(agency=agency, cooperative__is_practice=False)
    waiting = Q(decision=Decision.NONE) & OPEN
    rows = mine.order_by().values("source").annotate(n=Count("pk"), open=Count("pk", filter=waiting))
    counts = {row["source"]: (row["n"], row["open"]) for row in rows}
    heads = mine.aggregate(
        all=Count("cooperative", distinct=True), open=Count("cooperative", distinct=True, filter=waiting)
    )
    latest = latest_lists(agency)
    sides = tuple(Side(one, latest.get(one.code), *counts.get(one.code, (0, 0))) for one in sources().values())
    totals = [sum(pair[n] for pair in counts.values()) for n in (0, 1)]
    return Overview(sides, *totals, heads["all"], heads["open"])


def latest_lists(agency: Agency) -> dict[str, SourceList]:
    """Return the latest list of each source."""
    rows = SourceList.objects.filter(agency=agency).order_by("source", "-made_at", "-pk").distinct("source")
    return {row.source: row for row in rows}


# --- What differs ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Asked:
    """What is asked of the values that differ. `decision`: "" undecided, "all", or a decision."""

    source: str = ""
    field: str = ""
    district: str = ""
    decision: str = ""
    search: str = ""


def differing(agency: Agency, asked: Asked) -> QuerySet[SourceValue]:
    """Return the values that differ from ours, by kecamatan and name, with their cooperatives and profiles."""
    found = SourceValue.objects.filter(OPEN, agency=agency, cooperative__is_practice=False)
    if asked.decision != "all":
        found = found.filter(decision=asked.decision)
    for column, value in (("source", asked.source), ("field", asked.field), ("cooperative__district", asked.district)):
        if value:
            found = found.filter(**{column: value})
    for word in asked.search.split()[:8]:
        found = found.filter(cooperative__name__icontains=word)
    return found.select_related(
        "cooperative__district", "cooperative__village", "cooperative__profile", "cooperative__agency"
    ).order_by("cooperative__district", "cooperative__name", "cooperative", "field", "source")


def counts_by_field(agency: Agency, asked: Asked) -> dict[str, int]:
    """Count the values that differ, by field, before `field` narrows them down."""
    wide = Asked(asked.source, "", asked.district, asked.decision, asked.search)
    rows = differing(agency, wide).select_related(None).order_by().values_list("field").annotate(n=Count("pk"))
    return dict(rows)


@dataclass(frozen=True)
class Pair:
    """One value of theirs beside ours, both as people read them."""

    row: SourceValue
    field: Field
    source: Source
    ours: str
    theirs: str


def pairs(rows: Iterable[SourceValue]) -> list[Pair]:
    """Put our value beside each of theirs. Needs profile and village selected."""
    found = []
    for row in rows:
        one = fields()[row.field]
        found.append(Pair(row, one, sources()[row.source], ours_of(row.cooperative, row.field), theirs_of(row)))
    return found


def ours_of(cooperative: Cooperative, field: str) -> str:
    """Return what our profile says, as people read it. Needs profile and village selected."""
    if field == "name":
        return cooperative.name
    if field == "village":
        return cooperative.village.name if cooperative.village else ""
    return shown(field, getattr(cooperative.profile, field))


def theirs_of(row: SourceValue) -> str:
    """Return what they say as they write it; a day of a date cell as a day."""
    if row.field.endswith("_on") and row.value == row.clean:
        return shown(row.field, date.fromisoformat(row.clean))
    return row.value


# --- One list ---------------------------------------------------------------------------------------


def only_ours(agency: Agency, latest: SourceList) -> QuerySet[Cooperative]:
    """Return the cooperatives that are not in the latest list of a source."""
    listed = SourceValue.objects.filter(
        agency=agency, cooperative=OuterRef("pk"), source=latest.source, source_list=latest.pk, field="name"
    )
    mine = Cooperative.objects.filter(agency=agency, is_practice=False)
    return mine.filter(~Exists(listed)).select_related("district", "village", "standing").order_by("district", "name")


def only_theirs(agency: Agency, latest: SourceList) -> QuerySet[SourceStranger]:
    """Return the lines of a list that are no cooperative of ours."""
    return SourceStranger.objects.filter(agency=agency, source_list=latest.pk)


def in_their_order(agency: Agency, latest: SourceList) -> tuple[list[str], Iterator[list]]:
    """Return the headings of their list and our register in that order, with what differs said at the end of each row.

    Columns that are no field of ours stay empty. Four queries, whatever the size.
    """
    headings = [heading for heading, _ in latest.headings]
    keys = [key for _, key in latest.headings]
    theirs: dict[int, list[SourceValue]] = defaultdict(list)
    for row in SourceValue.objects.filter(agency=agency, source=latest.source):
        theirs[row.cooperative_id].append(row)
    register = Cooperative.objects.filter(agency=agency, is_practice=False).select_related(
        "profile", "village", "district"
    )

    def rows() -> Iterator[list]:
        for cooperative in register.order_by("district", "name"):
            said = theirs.get(cooperative.pk)
            yield [*(_cell(cooperative, key) for key in keys), _remark(said, latest)]

    return headings, rows()


def _cell(cooperative: Cooperative, key: str) -> object:
    if key == "district":
        return cooperative.district.name
    if not key or key not in fields():
        return None
    if key.endswith("_on"):
        return getattr(cooperative.profile, key)
    return ours_of(cooperative, key) or None


def _remark(said: Sequence[SourceValue] | None, latest: SourceList) -> str:
    if not said or all(one.source_list_id != latest.pk for one in said):
        return "Tidak ada di daftar mereka"
    words = [
        f"{fields()[one.field].label}: mereka menulis {theirs_of(one)}{DECIDED[one.decision]}"
        for one in said
        if one.state != State.SAME
    ]
    return "; ".join(words)


DECIDED = {Decision.NONE: "", Decision.OURS: " (kami mempertahankan nilai ini)", Decision.ASKED: " (sedang ditanyakan)"}


# --- One cooperative --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """One field of a cooperative: ours, and what each source says (None: nothing)."""

    field: Field
    ours: str
    said: tuple[SourceValue | None, ...]

    @property
    def differs(self) -> bool:
        return any(one is not None and one.state != State.SAME for one in self.said)


@dataclass(frozen=True)
class Comparison:
    """One cooperative in all sources. `as_of`: source code to the latest day it spoke."""

    lines: tuple[Line, ...]
    as_of: Mapping[str, date]

    @property
    def differing(self) -> int:
        return sum(one.differs for one in self.lines)


def comparison(cooperative: Cooperative, agency: Agency) -> Comparison:
    """Read one cooperative's table in two queries. Needs `village` selected."""
    profile = Profile.objects.get(cooperative=cooperative, agency=agency)
    rows = SourceValue.objects.filter(cooperative=cooperative, agency=agency)
    said = {(row.field, row.source): row for row in rows}
    as_of: dict[str, date] = {}
    for row in said.values():
        as_of[row.source] = max(row.as_of, as_of.get(row.source, row.as_of))
    places = {cooperative.village_id: cooperative.village.name} if cooperative.village else {}
    ours = {"name": cooperative.name, "village": cooperative.village_id}
    lines = [
        Line(one, shown(code, ours.get(code) if code in ours else getattr(profile, code), places),
             tuple(said.get((code, source)) for source in sources()))
        for code, one in fields().items()
    ]  # fmt: skip
    return Comparison(tuple(lines), as_of)


def stranger_rows(rows: Iterable[SourceStranger]) -> Iterator[dict]:
    """Their lines by the columns of our own import, ready to be looked at and uploaded there."""
    places = dict(Place.objects.values_list("code", "name"))
    for row in rows:
        known = {key: row.data.get(f"{key}_clean") or row.data.get(key) for key in fields()}
        village = row.data.get("village_clean", "")
        yield known | {
            "district": places.get(village.rpartition(".")[0]) or row.data.get("district"),
            "village": places.get(village) or row.data.get("village"),
            "coop_type": shown("coop_type", row.data.get("coop_type_clean")),
            "sector": shown("sector", row.data.get("sector_clean")),
            "decree_on": _day(row.data.get("decree_on_clean")),
        }


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
