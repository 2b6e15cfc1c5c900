"""The organs of one cooperative: each post with who holds it or since when it is empty, what the rules say, who served before."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from registry.models import Agency, Cooperative, Declaration, Officer, Organ, Position, Standing
from registry.organs import Judged, Pack, Seat, judge, name_key, pack_in_force
from registry.periods import add_months

SOON = timedelta(days=90)  # a term that ends within these days is announced
ORDER = {position: number for number, position in enumerate(Position.values)}


class Row(NamedTuple):
    """A term as the lists read it, without the weight of a model."""

    pk: int
    cooperative_id: int
    organ: str
    position: str
    name: str
    sex: str
    ex_officio: bool
    starts_on: date
    ends_on: date
    ended_on: date | None
    appointed_by: str
    earlier_terms: int | None


@dataclass(frozen=True)
class Post:
    """A post of an organ: who holds it (one entry per seat of plain pengawas), or empty since a day (None: never recorded)."""

    position: str
    officer: Officer | None
    vacant_since: date | None = None
    ends_soon: bool = False
    is_over: bool = False

    @property
    def label(self) -> str:
        return str(Position(self.position).label)


@dataclass(frozen=True)
class Book:
    """The book of pengurus and pengawas of one cooperative on a day."""

    today: date
    posts: Mapping[str, tuple[Post, ...]]  # by organ
    serving: tuple[Officer, ...]
    coming: tuple[Officer, ...]
    former: tuple[Officer, ...]
    judged: Judged
    declared: Mapping[int, Mapping[str, bool]]

    @property
    def vacant(self) -> int:
        return sum(post.officer is None for posts in self.posts.values() for post in posts)

    @property
    def left_lately(self) -> int:
        """How many left in the last twelve months."""
        since = add_months(self.today, -12)
        return sum(one.ended_on > since for one in self.former)


def book(cooperative: Cooperative, agency: Agency, today: date, *, declarations: bool = True) -> Book:
    """Read the book in three queries. Without `declarations` (who may not read them) their rules are left out."""
    here = {"cooperative": cooperative, "agency": agency}
    programme = Standing.objects.filter(**here).values_list("programme_id", flat=True).first() or ""
    everyone = sorted(Officer.objects.filter(**here), key=lambda one: (ORDER.get(one.position, 99), one.pk))
    serving = tuple(one for one in everyone if one.serves_on(today))
    former = sorted(
        (one for one in everyone if one.ended_on and one.ended_on <= today), key=lambda one: (one.ended_on, one.pk), reverse=True
    )  # fmt: skip
    declared = declared_by(Declaration.objects.filter(**here)) if declarations else {}
    pack = pack_in_force(programme, today)
    if not declarations:
        pack = Pack(pack.code, pack.version, pack.name, pack.programmes, pack.valid_from, pack.valid_to,
                    tuple(rule for rule in pack.rules if rule.kind != "declared"))  # fmt: skip
    seats = seats_of(map(_row, everyone), declared, today).get(cooperative.pk, [])
    return Book(
        today, posts_of(pack, serving, former, today), serving, tuple(one for one in everyone if one.starts_on > today),
        tuple(former), judge(pack, seats, today), declared,
    )  # fmt: skip


def serving(cooperative: Cooperative, agency: Agency) -> list[Officer]:
    """Return who holds a post now, in the order of posts."""
    officers = Officer.objects.filter(cooperative=cooperative, agency=agency, ended_on__isnull=True)
    return sorted(officers, key=lambda officer: (ORDER.get(officer.position, 99), officer.pk))


def posts_of(
    pack: Pack, serving: Iterable[Officer], former: Iterable[Officer], today: date
) -> dict[str, tuple[Post, ...]]:
    """Draw the organs: every post that is held, that the rules ask for, or that was held before and is empty now."""
    held: dict[str, list[Officer]] = defaultdict(list)
    for one in serving:
        held[one.position].append(one)
    last: dict[str, date] = {}
    for one in former:
        last[one.position] = max(last.get(one.position, one.ended_on), one.ended_on)
    wanted, drawn = pack.seats if held else {}, defaultdict(list)
    for position in Position.values:
        seats = max(wanted.get(position, 0), 1 if position in last and held else 0)
        organ = Organ.SUPERVISOR if position.startswith("supervisor") else Organ.MANAGEMENT
        for one in held[position]:
            soon, over = today <= one.ends_on <= today + SOON, one.ends_on < today
            drawn[organ].append(Post(position, one, ends_soon=soon, is_over=over))
        drawn[organ] += [Post(position, None, last.get(position))] * (seats - len(held[position]))
    return {organ: tuple(posts) for organ, posts in drawn.items() if posts}


# --- From terms to what the rules judge ----------------------------------------------------------------


def seats_of(rows: Iterable[Row], declared: Mapping[int, Mapping[str, bool]], today: date) -> dict[int, list[Seat]]:
    """Return, by cooperative, who serves on `today` as the rules see them. `rows` are all terms, former ones too."""
    terms: dict[tuple, list[Row]] = defaultdict(list)
    now: list[Row] = []
    for row in rows:
        if row.starts_on > today:
            continue
        terms[row.cooperative_id, row.position, row.name].append(row)
        if row.ended_on is None or row.ended_on > today:
            now.append(row)
    found: dict[int, list[Seat]] = defaultdict(list)
    for row in now:
        number = _term_number(terms[row.cooperative_id, row.position, row.name])
        found[row.cooperative_id].append(
            Seat(row.organ, row.position, row.name, row.sex, row.starts_on, row.ends_on, row.ex_officio, number, declared.get(row.pk, {}))
        )  # fmt: skip
    return found


def _term_number(terms: list[Row]) -> int | None:
    """Which term in the same post: those here, and those before this register; None when nobody wrote how many those were."""
    first = min(terms, key=lambda one: one.starts_on) if len(terms) > 1 else terms[0]
    before = 0 if first.appointed_by == Officer.AppointedBy.FOUNDING else first.earlier_terms
    return None if before is None else before + len(terms)


def _row(one: Officer) -> Row:
    return Row(
        one.pk, one.cooperative_id, one.organ, one.position, one.name, one.sex, one.ex_officio, one.starts_on, one.ends_on,
        one.ended_on, one.appointed_by, one.earlier_terms,
    )  # fmt: skip


def declared_by(rows: Iterable[Declaration]) -> dict[int, dict[str, bool]]:
    found: dict[int, dict[str, bool]] = defaultdict(dict)
    for row in rows:
        found[row.officer_id][row.what] = row.holds
    return found


def same_person(one: str, other: str) -> bool:
    """True when two names are the same without titles, signs and capitals."""
    return bool(name_key(one)) and name_key(one) == name_key(other)
