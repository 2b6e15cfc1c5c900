"""The list of cooperatives: which ones, in which order, with which facts beside them.

`Choice` says what a person asked for; `choose` turns it into rows. The page, its export and every figure that links to
the list use the same two, so they cannot disagree.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import date

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery

from registry.models import Agency, AnnualMeeting, Blocker, BuildingRecord, Cooperative, Officer, PlaceAlias
from registry.reports import freshness
from registry.reports.status import DEFAULT_RULE, Rule, rules, with_status

__all__ = ["EXTRA_COLUMNS", "ExtraColumn", "Choice", "choose", "counts_of_views", "everything", "rat_year"]

ORDERS = {
    "wilayah": ("district", "village", "name"),
    "nama": ("name", "pk"),
    "jenis": ("profile__coop_type", "name", "pk"),
    "diperbarui": (F("profile__last_recorded_on").asc(nulls_first=True), "name", "pk"),
    "-diperbarui": (F("profile__last_recorded_on").desc(nulls_last=True), "name", "pk"),
    "-nama": ("-name", "-pk"),
    "-wilayah": ("-district", "-village", "-name"),
    "-jenis": ("-profile__coop_type", "name", "pk"),
}


@dataclass(frozen=True)
class Choice:
    """What the address of the list asks for. Empty means: not filtered by it. Fields are named as in the address."""

    cari: str = ""
    kecamatan: str = ""
    desa: str = ""
    jenis: str = ""
    sektor: str = ""
    program: str = ""
    status: str = ""
    aturan: str = DEFAULT_RULE
    segar: str = ""
    rat: str = ""
    gedung: str = ""
    hambatan: str = ""
    urut: str = "wilayah"

    @property
    def rule(self) -> Rule:
        return rules()[self.aturan]

    @property
    def as_query(self) -> dict[str, str]:
        """The parameters of an address that asks for the same."""
        values = {one.name: getattr(self, one.name) for one in fields(self)}
        return {name: value for name, value in values.items() if value and value != _defaults()[name]}


@dataclass(frozen=True)
class ExtraColumn:
    """A column a higher storey adds to the list: members from the books, savings.

    `values(agency_id, cooperative_ids)` returns id -> value for the rows of one page, or of an export; a cooperative
    without data is missing. `kind` is that of `registry.sheets.columns.Column`.
    """

    key: str
    label: str
    kind: str
    values: Callable[[int, list[int]], dict[int, object]]


EXTRA_COLUMNS: list[ExtraColumn] = []  # filled once, when the roof starts


def _defaults() -> dict[str, str]:
    return {one.name: one.default for one in fields(Choice)}


def rat_year(today: date) -> int:
    """Return the book year the list speaks of: the last one that has ended."""
    return today.year - 1


def everything(agency: Agency, only: tuple[int, ...] | None = None) -> QuerySet[Cooperative]:
    """Return all cooperatives of an agency but the practice ones; `only` limits a penyuluh to the assigned ones."""
    cooperatives = Cooperative.objects.filter(agency=agency, is_practice=False)
    return cooperatives if only is None else cooperatives.filter(pk__in=only)


def choose(
    agency: Agency, choice: Choice, today: date, only: tuple[int, ...] | None = None, *, officers: bool = True
) -> QuerySet[Cooperative]:
    """Return the cooperatives `choice` asks for, with `status`, `rat_on`, `building`, `blocked` beside them.

    `officers`: also search the names of office-holders (not for people who may not know them).
    """
    rows = _annotated(everything(agency, only), agency, choice.rule, today)
    for word in choice.cari.split()[:8]:
        rows = rows.filter(_matches(word, agency, officers))
    equal = {
        "district": choice.kecamatan,
        "village": choice.desa,
        "profile__coop_type": choice.jenis,
        "profile__sector": choice.sektor,
        "status": choice.status,
    }
    rows = rows.filter(**{name: value for name, value in equal.items() if value})
    if choice.program:
        rows = rows.filter(profile__programme=None if choice.program == "tanpa" else choice.program)
    if choice.segar:
        rows = rows.filter(freshness.in_band(choice.segar, today))
    if choice.rat:
        rows = rows.filter(rat_on__isnull=choice.rat == "belum")
    if choice.gedung:
        rows = rows.filter(building=None if choice.gedung == "belum-didata" else choice.gedung)
    if choice.hambatan:
        rows = rows.filter(blocked=choice.hambatan == "ada")
    related = ("district", "village", "profile", "profile__programme")
    return rows.select_related(*related).order_by(*ORDERS[choice.urut])


def counts_of_views(agency: Agency, today: date, only: tuple[int, ...] | None = None) -> dict[str, int]:
    """Count the saved views of the list: semua, tertinggal, rat, hambatan, gedung. One query."""
    rows = _facts(everything(agency, only).order_by(), agency, today)
    return rows.aggregate(
        semua=Count("pk"),
        tertinggal=Count("pk", filter=freshness.in_band("tertinggal", today)),
        rat=Count("pk", filter=Q(rat_on__isnull=True)),
        hambatan=Count("pk", filter=Q(blocked=True)),
        gedung=Count("pk", filter=Q(building=BuildingRecord.Ownership.NONE)),
    )


def _annotated(rows: QuerySet, agency: Agency, rule: Rule, today: date) -> QuerySet:
    return with_status(_facts(rows, agency, today), rule, today, agency)


def _facts(rows: QuerySet, agency: Agency, today: date) -> QuerySet:
    """Beside each cooperative: the day of its last RAT's book year, its present building, whether something blocks."""
    here = {"cooperative": OuterRef("pk"), "agency": agency}
    meeting = AnnualMeeting.objects.filter(**here, book_year=rat_year(today), held_on__lte=today)
    building = BuildingRecord.objects.filter(**here, as_of__lte=today).order_by("-as_of", "-pk")
    blocker = Blocker.objects.filter(**here, closed_on__isnull=True)
    return rows.annotate(
        rat_on=Subquery(meeting.order_by().values("held_on")[:1]),
        building=Subquery(building.values("ownership")[:1]),
        blocked=Exists(blocker),
    )


def _matches(word: str, agency: Agency, officers: bool) -> Q:
    """One word somewhere: name, kelurahan or desa (other spellings too), kecamatan, decree number, office-holders."""
    places = PlaceAlias.objects.filter(alias__icontains=word).values("place")
    found = (
        Q(name__icontains=word)
        | Q(short_name__icontains=word)
        | Q(village__name__icontains=word)
        | Q(district__name__icontains=word)
        | Q(profile__decree_key__contains=word.upper())
        | Q(village__in=places)
        | Q(district__in=places)
    )
    if officers:
        serving = Officer.objects.filter(agency=agency, ended_on__isnull=True, name__icontains=word)
        found |= Q(pk__in=serving.values("cooperative"))
    return found
