"""The list of cooperatives: which ones, in which order, with which facts beside them.

`Choice` says what a person asked for; `choose` turns it into rows. The page, its export and every figure that links to
the list use the same two, so they cannot disagree.
"""

from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import date, timedelta

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from registry.models import Agency, AnnualMeeting, Blocker, BuildingRecord, Cooperative, Officer, PlaceAlias, Term
from registry.reports import freshness
from registry.reports.status import DEFAULT_RULE, GONE, Rule, rules, with_status

__all__ = [
    "EXTRA_COLUMNS",
    "ExtraColumn",
    "ExtraValue",
    "Choice",
    "choose",
    "counts_of_views",
    "everything",
    "rat_year",
]

ORDERS = {
    "wilayah": ("district", "village", "name"),
    "nama": ("name", "pk"),
    "jenis": ("standing__coop_type", "name", "pk"),
    "diperbarui": (F("standing__last_recorded_on").asc(nulls_first=True), "name", "pk"),
    "-diperbarui": (F("standing__last_recorded_on").desc(nulls_last=True), "name", "pk"),
    "-nama": ("-name", "-pk"),
    "-wilayah": ("-district", "-village", "-name"),
    "-jenis": ("-standing__coop_type", "name", "pk"),
}


@dataclass(frozen=True)
class Choice:
    """What the address of the list asks for. Empty means: not filtered by it. Fields are named as in the address."""

    cari: str = ""
    kecamatan: str = ""
    desa: str = ""
    jenis: str = ""
    kelompok: str = ""
    sektor: str = ""
    program: str = ""
    status: str = ""
    aturan: str = DEFAULT_RULE
    segar: str = ""
    rat: str = ""
    gedung: str = ""
    hambatan: str = ""
    masa: str = ""
    buku: str = ""
    hukum: str = ""
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
class ExtraValue:
    """What an extra column knows of one cooperative, and where from: "pembukuan", "laporan koperasi, 30 Sep 2026".

    `mark` is the source in short, for under the number; the books need none.
    """

    value: int
    source: str
    mark: str = ""


@dataclass(frozen=True)
class ExtraColumn:
    """A column a higher storey adds to the list: members from the books, savings.

    `values(agency_id, cooperative_ids, today)` returns id -> value for the rows of one page, or of an export; a
    cooperative without data is missing, and is written "belum ada data". `kind` is that of `registry.sheets.columns.Column`.
    """

    key: str
    label: str
    kind: str
    values: Callable[[int, list[int], date], dict[int, ExtraValue]]


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
        "standing__coop_type": choice.jenis,
        "standing__coop_group": choice.kelompok,
        "standing__sector": choice.sektor,
        "status": choice.status,
    }
    rows = rows.filter(**{name: value for name, value in equal.items() if value})
    if choice.program:
        rows = rows.filter(standing__programme=None if choice.program == "tanpa" else choice.program)
    if choice.segar:
        rows = rows.filter(freshness.in_band(choice.segar, today))
    if choice.rat:
        rows = rows.filter(_meeting(choice.rat, agency, today))
    if choice.gedung:
        rows = rows.filter(building=None if choice.gedung == "belum-didata" else choice.gedung)
    if choice.hambatan:
        rows = rows.filter(_blocked(choice.hambatan, agency, today))
    if choice.masa:
        rows = rows.filter(Exists(_terms(choice.masa, agency, today)))
    if choice.buku:
        rows = rows.filter(standing__keeps_books_here=choice.buku == "ada")
    if choice.hukum != "semua":
        gone = Q(standing__legal_status__in=GONE)
        wanted = {"bubar": gone, "penyelesaian": Q(standing__legal_status="in_liquidation")}
        rows = rows.filter(wanted.get(choice.hukum, ~gone))
    related = ("district", "village", "standing", "standing__programme")
    return rows.select_related(*related).order_by(*ORDERS[choice.urut])


def _meeting(word: str, agency: Agency, today: date) -> Q:
    """The RAT of the book year: held ("sudah") or not ("belum"); of those that owe it, held in time ("tepat") or still
    to be held ("ditagih"). A cooperative owes it when it existed in that year; an unknown birthday counts as old.
    """
    year = rat_year(today)
    born = Q(born__isnull=True) | Q(born__lte=date(year, 12, 31))
    last = monthrange(year + 1, agency.rat_deadline_month)[1]
    deadline = date(year + 1, agency.rat_deadline_month, min(last, agency.rat_deadline_day))
    return {
        "sudah": Q(rat_on__isnull=False),
        "belum": Q(rat_on__isnull=True),
        "tepat": born & Q(rat_on__lte=deadline),
        "ditagih": born & Q(rat_on__isnull=True),
    }[word]


def _blocked(word: str, agency: Agency, today: date) -> Q:
    """Whether something blocks: "ada", "tidak"; with a deadline that is over ("lewat") or within a week ("dekat")."""
    if word in ("ada", "tidak"):
        return Q(blocked=word == "ada")
    due = {"due_on__lt": today} if word == "lewat" else {"due_on__range": (today, today + timedelta(days=7))}
    return Q(
        Exists(
            Blocker.objects.filter(
                cooperative=OuterRef("pk"), agency=agency, closed_on__isnull=True, opened_on__lte=today, **due
            )
        )
    )


def _terms(word: str, agency: Agency, today: date) -> QuerySet[Term]:
    """Office-holders whose term is over though they still serve ("habis"), or over within 60 days ("60-hari")."""
    ends = {"ends_on__lt": today} if word == "habis" else {"ends_on__range": (today, today + timedelta(days=60))}
    serving = Term.objects.filter(cooperative=OuterRef("pk"), agency=agency, starts_on__lte=today, **ends)
    return serving.filter(Q(ended_on__isnull=True) | Q(ended_on__gt=today))


def counts_of_views(agency: Agency, today: date, only: tuple[int, ...] | None = None) -> dict[str, int]:
    """Count the saved views of the list: semua, tertinggal, rat, hambatan, gedung. One query."""
    rows = _facts(everything(agency, only).order_by(), agency, today).exclude(standing__legal_status__in=GONE)
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
        born=Coalesce("standing__founded_on", "standing__deed_on", "standing__decree_on"),
    )


def _matches(word: str, agency: Agency, officers: bool) -> Q:
    """One word somewhere: name, kelurahan or desa (other spellings too), kecamatan, decree number, office-holders."""
    places = PlaceAlias.objects.filter(alias__icontains=word).values("place")
    found = (
        Q(name__icontains=word)
        | Q(short_name__icontains=word)
        | Q(village__name__icontains=word)
        | Q(district__name__icontains=word)
        | Q(standing__decree_key__contains=word.upper())
        | Q(village__in=places)
        | Q(district__in=places)
    )
    if officers:
        serving = Officer.objects.filter(agency=agency, ended_on__isnull=True, name__icontains=word)
        found |= Q(pk__in=serving.values("cooperative"))
    return found
