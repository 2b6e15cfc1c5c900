"""Papers: those of one cooperative by kind, the dinas' list of all, and what of them waits today."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet

from registry.documents import Kind, Kinds, contradicts, kinds_on, state_of
from registry.models import Agency, Cooperative, Document, Profile
from registry.reports.status import GONE

WAITING, RETURNED = Document.State.WAITING, Document.State.RETURNED
WORDS = {"valid": "Berlaku", "near": "Habis dalam 90 hari", "soon": "Habis dalam 30 hari", "over": "Sudah habis"}
MISSING = "belum"
STATES = {
    "": "Semua dokumen", "habis": "Sudah habis", "30": "Habis dalam 30 hari", "90": "Habis dalam 90 hari",
    "menunggu": "Menunggu diperiksa", MISSING: "Belum ada",
}  # fmt: skip
_ENDS = {"habis": ("over",), "30": ("soon",), "90": ("soon", "near")}


def in_force(rows: QuerySet) -> QuerySet:
    """Return those that count: not returned, and not replaced by one that counts."""
    newer = Document.objects.filter(cooperative=OuterRef("cooperative"), replaces=OuterRef("pk"))
    return rows.exclude(state=RETURNED).exclude(Exists(newer.exclude(state=RETURNED)))


# --- One cooperative --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Paper:
    """One document with what its kind says of it today."""

    document: Document
    kind: Kind
    state: str
    differs: bool  # its number is not the profile's
    known: str  # the number the profile has, "" for none

    @property
    def title(self) -> str:
        return self.document.title or self.kind.name

    @property
    def words(self) -> str:
        return WORDS[self.state] if self.document.valid_until else "Berlaku"

    @property
    def offers_number(self) -> bool:
        """Whether its number may be written into the profile: verified, in force, and not there yet."""
        verified = self.document.state == Document.State.VERIFIED
        return bool(verified and self.kind.proves and self.document.number and (self.differs or not self.known))


@dataclass(frozen=True)
class Shelf:
    """The documents of one kind: those that count, and earlier or returned ones."""

    kind: Kind
    papers: tuple[Paper, ...]
    earlier: tuple[Paper, ...]


@dataclass(frozen=True)
class Cabinet:
    """All papers of one cooperative. `shelves`: kinds that are expected or present; `others`: the rest."""

    shelves: tuple[Shelf, ...]
    others: tuple[Kind, ...]
    kinds: Kinds

    @property
    def present(self) -> int:
        return sum(bool(shelf.papers) for shelf in self.shelves if shelf.kind.expected)

    @property
    def earlier(self) -> list[Paper]:
        return [paper for shelf in self.shelves for paper in shelf.earlier]

    def of(self, code: str) -> tuple[Paper, ...]:
        """Return the papers of a kind that count."""
        return next((shelf.papers for shelf in self.shelves if shelf.kind.code == code), ())

    def find(self, number: int) -> Paper | None:
        papers = (paper for shelf in self.shelves for paper in (*shelf.papers, *shelf.earlier))
        return next((paper for paper in papers if paper.document.pk == number), None)

    def counts(self, paper: Paper) -> bool:
        """Whether a paper is in force."""
        return paper in self.of(paper.kind.code)


def cabinet(cooperative: Cooperative, agency: Agency, today: date) -> Cabinet:
    """Read one cooperative's papers in two queries."""
    kinds = kinds_on(today)
    here = {"cooperative": cooperative, "agency": agency}
    profile = Profile.objects.filter(**here).first()
    rows = list(Document.objects.filter(**here)[:300])
    replaced = {row.replaces_id for row in rows if row.state != RETURNED}
    shelves = []
    for code in {**kinds.kinds, **{row.kind: None for row in rows}}:
        kind = kinds.kinds.get(code) or _former(code)
        papers = [_paper(row, kind, profile, today, kinds) for row in rows if row.kind == code]
        now = tuple(one for one in papers if one.document.state != RETURNED and one.document.pk not in replaced)
        shelves.append(Shelf(kind, now, tuple(one for one in papers if one not in now)))
    shown = tuple(shelf for shelf in shelves if shelf.kind.expected or shelf.papers or shelf.earlier)
    return Cabinet(shown, tuple(shelf.kind for shelf in shelves if shelf not in shown), kinds)


def _former(code: str) -> Kind:
    """A kind an earlier version of the rules had."""
    return Kind(code, code, "", "", "", "maybe", (), True, False, "")


def _paper(row: Document, kind: Kind, profile: Profile | None, today: date, kinds: Kinds) -> Paper:
    known = getattr(profile, kind.proves) if profile and kind.proves else ""
    state = state_of(row.valid_until, today, kinds)
    return Paper(row, kind, state, contradicts(kind, row.number, known), known)


# --- All of an agency -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Asked:
    """What the list is asked for; "" asks for nothing."""

    district: str = ""
    programme: str = ""
    search: str = ""
    kind: str = ""
    maker: str = ""  # "pengurus" or "dinas"
    state: str = ""


class Found(NamedTuple):
    """A row of the list, light enough for thousands: a document, or the lack of one (None)."""

    cooperative: int
    kind: str
    document: int | None
    valid_until: date | None
    validity: str
    waits: bool


@dataclass(frozen=True)
class Row:
    """One row of a page."""

    cooperative: Cooperative
    kind: Kind
    document: Document | None
    validity: str

    @property
    def title(self) -> str:
        return (self.document and self.document.title) or self.kind.name

    @property
    def words(self) -> str:
        return WORDS[self.validity] if self.document else "Belum ada"


@dataclass(frozen=True)
class Listing:
    """What was asked for; `at` counts by state before `state` narrows it down."""

    found: tuple[Found, ...]
    at: Mapping[str, int]
    of: int  # cooperatives
    having: int  # of them have at least one of the documents asked for
    kinds: Kinds


def listing(agency: Agency, asked: Asked, today: date, only: Sequence[int] | None = None) -> Listing:
    """Read the list in two queries, whatever is asked for; `only`: the cooperatives a penyuluh is responsible for."""
    kinds = kinds_on(today)
    order = {pk: place for place, pk in enumerate(_cooperatives(agency, asked, only).values_list("pk", flat=True))}
    papers = [row for row in _papers(agency, asked, today, kinds) if row.cooperative in order]
    having = {(row.cooperative, row.kind) for row in papers}
    wanted = [asked.kind] if asked.kind else [kind.code for kind in kinds.expected]
    lacking = 0 if asked.maker else len(order) * len(wanted) - sum(code in wanted for _pk, code in having)
    counts = {state: lacking if state == MISSING else sum(_fits(row, state) for row in papers) for state in STATES}
    if asked.state == MISSING:
        pairs = ((pk, code) for pk in order for code in wanted if not asked.maker and (pk, code) not in having)
        found = [Found(pk, code, None, None, "", False) for pk, code in pairs]
    else:
        place = {code: number for number, code in enumerate(kinds.kinds)}
        found = [row for row in papers if _fits(row, asked.state)]
        found.sort(key=lambda row: (order[row.cooperative], place.get(row.kind, len(place)), row.document))
    if asked.state in _ENDS:
        found.sort(key=lambda row: row.valid_until)
    return Listing(tuple(found), counts, len(order), len({pk for pk, _code in having}), kinds)


def rows_of(agency: Agency, found: Sequence[Found], kinds: Kinds) -> list[Row]:
    """Read the rows of a page, or of a file, in two queries; in the order of `found`."""
    chosen = Cooperative.objects.filter(agency=agency).select_related("district", "village")
    cooperatives = chosen.in_bulk({one.cooperative for one in found})
    documents = Document.objects.filter(agency=agency).in_bulk([one.document for one in found if one.document])
    return [
        Row(
            cooperatives[one.cooperative],
            kinds.kinds.get(one.kind) or _former(one.kind),
            documents.get(one.document),
            one.validity,
        )
        for one in found
    ]


def _fits(row: Found, state: str) -> bool:
    if state in _ENDS:
        return row.validity in _ENDS[state]
    return row.waits if state == "menunggu" else True


def _cooperatives(agency: Agency, asked: Asked, only: Sequence[int] | None) -> QuerySet:
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


def _papers(agency: Agency, asked: Asked, today: date, kinds: Kinds) -> list[Found]:
    rows = in_force(Document.objects.filter(agency=agency))
    if asked.kind:
        rows = rows.filter(kind=asked.kind)
    if asked.maker:
        rows = rows.filter(by_cooperative=asked.maker == "pengurus")
    read = rows.order_by("pk").values_list("cooperative_id", "kind", "pk", "valid_until", "state")
    return [
        Found(pk, kind, number, until, state_of(until, today, kinds), state == WAITING)
        for pk, kind, number, until, state in read
    ]


# What the home page leads to, as rows of the list: the page has a budget, so it reads this within a query of its own.
DESK = """
(SELECT json_build_object('to_check', count(*) FILTER (WHERE d.state = 'waiting' AND d.by_cooperative),
                          'ending', count(*) FILTER (WHERE d.valid_until BETWEEN %s AND %s))
   FROM registry_document d JOIN registry_cooperative c ON c.id = d.cooperative_id AND NOT c.is_practice
   LEFT JOIN registry_standing s ON s.cooperative_id = c.id
  WHERE d.agency_id = %s AND d.state <> 'returned' AND coalesce(s.legal_status, '') <> ALL (%s)
    AND NOT EXISTS (SELECT 1 FROM registry_document n
                     WHERE n.cooperative_id = d.cooperative_id AND n.replaces_id = d.id AND n.state <> 'returned'))
"""


def desk_parameters(agency_id: int, today: date) -> list:
    """Return what `DESK` asks for; it answers {"to_check": uploads of pengurus, "ending": those that end soon}."""
    return [today, today + timedelta(days=kinds_on(today).soon_days), agency_id, list(GONE)]
