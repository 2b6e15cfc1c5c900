"""Organs of all cooperatives of an agency: empty posts, terms that end, what the rules miss, who left and why."""

import json
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from django.db import connection
from django.db.models import Count, Q, QuerySet

from registry.models import Agency, Cooperative, Officer, Position, Programme
from registry.organs import MET, NOT_MET, UNKNOWN, Judged, Rule, judge, pack_in_force, packs
from registry.periods import add_months
from registry.reports.officers import SOON, Row, seats_of
from registry.reports.status import GONE


@dataclass(frozen=True)
class Asked:
    """The filters of the lists, as they stand in the address; "" asks for nothing."""

    kecamatan: str = ""
    program: str = ""
    jabatan: str = ""
    aturan: str = ""
    cari: str = ""

    @property
    def as_query(self) -> dict[str, str]:
        return {name: value for name, value in vars(self).items() if value}


def live(agency: Agency, asked: Asked) -> QuerySet[Cooperative]:
    """Return the cooperatives the lists speak about: of the agency, not for practice, not gone."""
    rows = Cooperative.objects.filter(agency=agency, is_practice=False).exclude(standing__legal_status__in=GONE)
    if asked.kecamatan:
        rows = rows.filter(district=asked.kecamatan)
    if asked.program:
        rows = rows.filter(standing__programme=None if asked.program == "tanpa" else asked.program)
    for word in asked.cari.split()[:8]:
        rows = rows.filter(Q(name__icontains=word) | Q(village__name__icontains=word))
    return rows


@dataclass(frozen=True)
class Coverage:
    """How many of the cooperatives asked for have anybody on record."""

    known: int
    of: int

    @property
    def unknown(self) -> int:
        return self.of - self.known


def coverage(agency: Agency, asked: Asked, today: date) -> Coverage:
    """Count in one query whose officers are known. Who was once known counts, though everybody left."""
    ever = Q(pk__in=Officer.objects.filter(agency=agency, starts_on__lte=today).values("cooperative"))
    found = live(agency, asked).order_by().aggregate(known=Count("pk", filter=ever), of=Count("pk"))
    return Coverage(found["known"], found["of"])


# --- Empty posts ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Vacancy:
    """A post nobody holds: how many seats, since when (None: nobody was ever recorded in it)."""

    cooperative_id: int
    slug: str
    name: str
    district: str
    village: str
    position: str
    seats: int
    since: date | None
    days: int | None

    @property
    def label(self) -> str:
        return str(Position(self.position).label)


# Empty is a post the programme's rules ask for, or one that was held before; not of a cooperative nobody is known of.
_VACANT = """
WITH asked AS (
  SELECT c.id, c.slug, c.short_name, d.name AS district, coalesce(v.name, '') AS village, s.programme_id AS programme
  FROM registry_cooperative c JOIN registry_standing s ON s.cooperative_id = c.id AND s.agency_id = c.agency_id
  JOIN registry_place d ON d.code = c.district_id LEFT JOIN registry_place v ON v.code = c.village_id
  WHERE c.agency_id = %(agency)s AND c.id = ANY (%(ids)s)
), held AS (
  SELECT cooperative_id AS id, position, count(*) FILTER (WHERE ended_on IS NULL OR ended_on > %(today)s) AS serving,
    max(ended_on) FILTER (WHERE ended_on <= %(today)s) AS left_on
  FROM registry_officer WHERE agency_id = %(agency)s AND starts_on <= %(today)s GROUP BY 1, 2
), wanted AS (
  SELECT asked.id, w.position, w.seats FROM asked
  JOIN unnest(%(programmes)s::text[], %(positions)s::text[], %(seats)s::int[]) AS w(programme, position, seats) ON w.programme = asked.programme
  WHERE asked.id IN (SELECT id FROM held)
), missing AS (
  SELECT id, position, greatest(coalesce(wanted.seats, 0), CASE WHEN held.left_on IS NULL THEN 0 ELSE 1 END) - coalesce(held.serving, 0) AS seats,
    held.left_on
  FROM wanted FULL JOIN held USING (id, position)
)
SELECT asked.id, asked.slug, asked.short_name, asked.district, asked.village, missing.position, missing.seats, missing.left_on
FROM missing JOIN asked USING (id) WHERE missing.seats > 0 AND (%(position)s = '' OR missing.position = %(position)s)
ORDER BY missing.left_on NULLS LAST, asked.district, asked.short_name, missing.position
"""


def vacancies(agency: Agency, today: date, asked: Asked) -> list[Vacancy]:
    """Return the empty posts, those empty for longest first, those nobody was ever recorded in last. Three queries."""
    wanted = [
        (programme, position, seats)
        for programme in Programme.objects.values_list("code", flat=True)
        for position, seats in pack_in_force(programme, today).seats.items()
    ]
    programmes, positions, seats = (list(column) for column in zip(*wanted, strict=True)) if wanted else ([], [], [])
    ids = list(live(agency, asked).order_by().values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(
            _VACANT,
            {"agency": agency.pk, "ids": ids, "today": today, "programmes": programmes, "positions": positions, "seats": seats,
             "position": asked.jabatan},
        )  # fmt: skip
        rows = cursor.fetchall()
    return [Vacancy(*row, days=(today - row[-1]).days if row[-1] else None) for row in rows]


# --- Terms that end, terms that ended --------------------------------------------------------------------


def ending(agency: Agency, today: date, asked: Asked) -> QuerySet[Officer]:
    """Return who serves though the term is over, or whose term ends within ninety days; the first to end first."""
    serving = Q(starts_on__lte=today) & (Q(ended_on__isnull=True) | Q(ended_on__gt=today))
    return _terms(agency, asked).filter(serving, ends_on__lte=today + SOON).order_by("ends_on", "pk")


def turnover(agency: Agency, today: date, asked: Asked) -> QuerySet[Officer]:
    """Return who left in the last twelve months, the last first."""
    since = add_months(today, -12)
    return _terms(agency, asked).filter(ended_on__gt=since, ended_on__lte=today).order_by("-ended_on", "-pk")


def _terms(agency: Agency, asked: Asked) -> QuerySet[Officer]:
    rows = Officer.objects.filter(agency=agency, cooperative__in=live(agency, asked).order_by().values("pk"))
    if asked.jabatan:
        rows = rows.filter(position=asked.jabatan)
    return rows.select_related("cooperative__district", "cooperative__village")


@dataclass(frozen=True)
class Turnover:
    """Who left in twelve months, counted by reason and by post. `of`: terms that lasted at the beginning or began since."""

    by_reason: tuple[tuple[str, int], ...]
    by_post: tuple[tuple[str, int], ...]
    count: int
    of: int
    since: date


def turnover_counts(agency: Agency, today: date, asked: Asked) -> Turnover:
    """Count turnover in two queries."""
    since = add_months(today, -12)
    rows = turnover(agency, today, asked).order_by().values_list("end_reason", "position").annotate(n=Count("pk"))
    reasons, posts = Counter(), Counter()
    for reason, position, count in rows:
        reasons[reason] += count
        posts[position] += count
    of = _terms(agency, asked).filter(Q(ended_on__isnull=True) | Q(ended_on__gt=since), starts_on__lte=today).count()
    words = dict(Officer.EndReason.choices)
    return Turnover(
        tuple((words.get(code, "Belum dicatat"), count) for code, count in reasons.most_common()),
        tuple((Position(code).label, count) for code, count in posts.most_common()),
        sum(posts.values()), of, since,
    )  # fmt: skip


# --- What the rules say of all -----------------------------------------------------------------------------


@dataclass(frozen=True)
class RuleCount:
    """One rule: of how many cooperatives it is met, not met, or cannot be said."""

    rule: Rule
    pack: str
    met: int
    not_met: int
    unknown: int

    @property
    def of(self) -> int:
        return self.met + self.not_met + self.unknown


class Named(NamedTuple):
    """A cooperative as the list of incomplete organs names it."""

    pk: int
    slug: str
    short_name: str
    district: str
    programme: str | None


@dataclass(frozen=True)
class Composition:
    """Every cooperative judged: counts by rule, and those that miss something (of one rule when it is asked for)."""

    rules: tuple[RuleCount, ...]
    rows: tuple[tuple[Named, Judged], ...]
    states: Counter
    of: int

    @property
    def complete(self) -> int:
        return self.states[MET]

    @property
    def incomplete(self) -> int:
        return self.states[NOT_MET]

    @property
    def unsaid(self) -> int:
        return self.states[UNKNOWN]


def composition(agency: Agency, today: date, asked: Asked) -> Composition:
    """Judge every cooperative asked for. Three queries, one pass over the terms."""
    rows = live(agency, asked).order_by("district", "name")
    cooperatives = [
        Named(*row) for row in rows.values_list("pk", "slug", "short_name", "district__name", "standing__programme")
    ]
    terms = map(Row._make, Officer.objects.filter(agency=agency).order_by().values_list(*Row._fields))
    seats = seats_of(terms, _all_declared(agency), today)
    counts: dict[tuple[str, str], Counter] = {}
    states, rows = Counter(), []
    for one in cooperatives:
        judged = judge(pack_in_force(one.programme or "", today), seats.get(one.pk, ()), today)
        states[judged.state] += 1
        for verdict in judged.verdicts:
            counts.setdefault((judged.pack.code, verdict.rule.code), Counter())[verdict.state] += 1
        if _is_asked(judged, asked.aturan):
            rows.append((one, judged))
    found = [
        RuleCount(rule, pack.label, *(counts[pack.code, rule.code][state] for state in (MET, NOT_MET, UNKNOWN)))
        for pack in packs()
        for rule in pack.rules
        if (pack.code, rule.code) in counts
    ]
    return Composition(tuple(found), tuple(rows), states, len(cooperatives))


def _all_declared(agency: Agency) -> dict[int, dict[str, bool]]:
    """Return what each office-holder declared; one row each, put together by the database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT officer_id, jsonb_object_agg(what, holds) FROM registry_declaration WHERE agency_id = %s GROUP BY 1",
            [agency.pk],
        )
        return {pk: answers if isinstance(answers, dict) else json.loads(answers) for pk, answers in cursor.fetchall()}


def _is_asked(judged: Judged, code: str) -> bool:
    """True for a cooperative that breaks the rule asked for, or any rule that blocks when none is."""
    if code:
        return any(one.rule.code == code and one.state == NOT_MET for one in judged.verdicts)
    return judged.state == NOT_MET


def broken(judged: Judged, code: str = "") -> list[str]:
    """Return the sentences of the rules that are not met, of one rule when it is asked for."""
    return [
        one.sentence for one in judged.verdicts
        if one.state == NOT_MET and (one.rule.code == code if code else one.rule.blocks)
    ]  # fmt: skip


def days_until(day: date, today: date) -> int:
    """Return how many days are left; negative when it is over."""
    return (day - today) // timedelta(days=1)
