"""Coverage of bimtek (R5): office-holders trained of all, by post, kecamatan, topic and source, with the names of the others.

Trained: holds a post on the day and attended at least once, of the kinds asked for. Without filters it is the very
figure of the monthly report and the dashboard.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet

from registry.models import Agency, BudgetLine, Officer, Place, Position, TrainingAttendance
from registry.reports.training import POSTS, in_order, serving
from registry.training import topic_name, topics

DEFINITION = "Menjabat pada tanggal data dan pernah ikut sekurangnya satu bimtek menurut saringan ini."
NO_SOURCE = "tanpa"  # attended a training that no budget line of ours paid


@dataclass(frozen=True)
class Asked:
    """What is asked: `post` and `district` narrow who is counted, the others which attendances count."""

    post: str = ""
    district: str = ""
    topic: str = ""
    source: str = ""
    since: date | None = None
    until: date | None = None
    programme: str = ""


@dataclass(frozen=True)
class Part:
    """One row of a table of coverage."""

    key: str
    label: str
    trained: int
    total: int

    @property
    def untrained(self) -> int:
        return self.total - self.trained

    @property
    def percent(self) -> int:
        """Whole percent, rounded down; 0 only where nobody is trained."""
        return max(int(self.trained > 0), 100 * self.trained // self.total) if self.total else 0


@dataclass(frozen=True)
class Coverage:
    """The sums, and the same people by post and by kecamatan; attendances by topic and by source."""

    all: Part
    posts: tuple[Part, ...]
    districts: tuple[Part, ...]
    topics: tuple[Part, ...]
    sources: tuple[Part, ...]


def coverage(agency: Agency, asked: Asked, today: date) -> Coverage:
    """Count in two statements and read the names of the kecamatan: three queries."""
    values = _values(agency, asked, today)
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE.format(counts=_ATTENDED.format(conditions=_conditions(asked)), who=_who(asked)), values)
        rows = cursor.fetchall()
        cursor.execute(_KINDS.format(conditions=_conditions(asked), who=_who(asked)), values)
        kinds = cursor.fetchall()
    names = dict(Place.objects.filter(parent=agency.place_id, level=Place.Level.DISTRICT).values_list("code", "name"))
    by_post = {post: pair for post, district, *pair in rows if post and not district}
    by_district = {district: pair for post, district, *pair in rows if district}
    [total] = [pair for post, district, *pair in rows if not post and not district] or [(0, 0)]
    return Coverage(
        Part("", "Semua", *total),
        tuple(Part(post, Position(post).label, *by_post[post]) for post in POSTS if post in by_post),
        tuple(Part(code, names.get(code, code), *by_district[code]) for code in sorted(by_district)),
        _parts({code: n for kind, code, n in kinds if kind == "topic"}, _topic_names(), total[1]),
        _parts({code: n for kind, code, n in kinds if kind == "source"}, source_names(), total[1]),
    )


def named(agency: Agency, asked: Asked, today: date, *, trained: bool) -> QuerySet[Officer]:
    """Return the people behind the figure: those trained, or those not. For who may read names."""
    rows = serving(agency, today)
    if asked.post:
        rows = rows.filter(position=asked.post)
    if asked.district:
        rows = rows.filter(cooperative__district=asked.district)
    if asked.programme:
        rows = rows.filter(cooperative__standing__programme=asked.programme)
    attended = Exists(_attended(agency, asked, today).filter(officer=OuterRef("pk")))
    return in_order(rows.filter(attended) if trained else rows.exclude(attended))


def _attended(agency: Agency, asked: Asked, today: date) -> QuerySet[TrainingAttendance]:
    rows = TrainingAttendance.objects.filter(agency=agency, held_on__lte=min(asked.until or today, today))
    if asked.since:
        rows = rows.filter(held_on__gte=asked.since)
    if asked.topic:
        rows = rows.filter(topic_code="" if asked.topic == "lain" else asked.topic)
    if asked.source == NO_SOURCE:
        rows = rows.exclude(
            Exists(BudgetLine.objects.filter(agency=agency, pk=OuterRef("session__budget"))),
        )
    elif asked.source:
        rows = rows.filter(session__budget__source=asked.source)
    return rows


def source_names() -> dict[str, str]:
    """Return the sources a filter may name."""
    return dict(BudgetLine.Source.choices) | {NO_SOURCE: "Tidak tercatat"}


def _topic_names() -> dict[str, str]:
    return {code: one.name for code, one in topics().items()} | {"lain": "Topik lain"}


def _parts(counts: Mapping[str, int], names: Mapping[str, str], total: int) -> tuple[Part, ...]:
    """In the order of the catalogue; a topic nobody attended is a row too, for it says what is missing."""
    known = [Part(code, name, counts.get(code, 0), total) for code, name in names.items()]
    return tuple(
        [one for one in known if one.trained or one.key in topics()]
        + [Part(code, topic_name(code), n, total) for code, n in counts.items() if code not in names]
    )


def _values(agency: Agency, asked: Asked, today: date) -> dict:
    return {
        "agency": agency.pk, "today": today, "post": asked.post, "district": asked.district, "topic": "" if asked.topic == "lain" else asked.topic,
        "source": asked.source, "since": asked.since, "until": min(asked.until or today, today), "programme": asked.programme,
    }  # fmt: skip


def _conditions(asked: Asked) -> str:
    """Which attendances count, as plain equalities of what was asked."""
    parts = ["a.agency_id = %(agency)s", "a.held_on <= %(until)s"]
    if asked.since:
        parts.append("a.held_on >= %(since)s")
    if asked.topic:
        parts.append("a.topic_code = %(topic)s")
    if asked.source == NO_SOURCE:
        parts.append("b.source IS NULL")
    elif asked.source:
        parts.append("b.source = %(source)s")
    return " AND ".join(parts)


def _who(asked: Asked) -> str:
    parts = [
        "o.agency_id = %(agency)s", "NOT c.is_practice", "s.legal_status NOT IN ('dissolved', 'merged')", "o.starts_on <= %(today)s",
        "(o.ended_on IS NULL OR o.ended_on > %(today)s)",
    ]  # fmt: skip
    if asked.post:
        parts.append("o.position = %(post)s")
    if asked.district:
        parts.append("c.district_id = %(district)s")
    if asked.programme:
        parts.append("s.programme_id = %(programme)s")
    return " AND ".join(parts)


_ATTENDED = """
SELECT DISTINCT a.officer_id FROM registry_trainingattendance a
LEFT JOIN registry_trainingsession t ON t.agency_id = a.agency_id AND t.id = a.session_id
LEFT JOIN registry_budgetline b ON b.agency_id = t.agency_id AND b.id = t.budget_id
WHERE {conditions}
"""
_PEOPLE = """
SELECT o.position, c.district_id, COUNT(done.officer_id), COUNT(*)
FROM registry_term o
JOIN registry_cooperative c ON c.id = o.cooperative_id AND c.agency_id = o.agency_id
JOIN registry_standing s ON s.cooperative_id = o.cooperative_id AND s.agency_id = o.agency_id
LEFT JOIN ({counts}) done ON done.officer_id = o.officer_id
WHERE {who} GROUP BY GROUPING SETS ((), (o.position), (c.district_id))
"""
_KINDS = """
WITH came AS (
  SELECT DISTINCT a.officer_id, a.topic_code, b.source FROM registry_trainingattendance a
  JOIN registry_term o ON o.officer_id = a.officer_id AND o.agency_id = a.agency_id
  JOIN registry_cooperative c ON c.id = o.cooperative_id AND c.agency_id = o.agency_id
  JOIN registry_standing s ON s.cooperative_id = o.cooperative_id AND s.agency_id = o.agency_id
  LEFT JOIN registry_trainingsession t ON t.agency_id = a.agency_id AND t.id = a.session_id
  LEFT JOIN registry_budgetline b ON b.agency_id = t.agency_id AND b.id = t.budget_id
  WHERE {conditions} AND {who}
)
SELECT 'topic', coalesce(nullif(topic_code, ''), 'lain'), COUNT(DISTINCT officer_id) FROM came GROUP BY 1, 2
UNION ALL SELECT 'source', coalesce(source, 'tanpa'), COUNT(DISTINCT officer_id) FROM came GROUP BY 1, 2
"""
