"""Is a cooperative "aktif"? It depends on whose rule, and on the day.

The rules are data (`fixtures/status_rules.json`): a name, a definition, a source, parameters. Each answer is one of
three, aktif, tidak aktif or belum dapat ditentukan, computed in SQL from dated facts: the RAT of each book year, the
days of business. So it can be asked for any day, also one long past. The dinas' own decision stands beside the answer,
never instead.

How the facts are read (domain 4.2; Juklak Menteri Koperasi 1/2025 p. 3; UU 25/1992 Ps 26):
* A book year counts once its RAT was due: after the agency's deadline of the following year.
* A RAT counts if it was held on or before the day asked about.
* A cooperative owes the RATs of the years since its founding, not earlier ones.
* "Menjalankan usaha": business on record in the months before the day that the rule names: an activity or an opened
  outlet the dinas noted, business volume reported, or what higher storeys know (sales and loans in the books). Dues
  alone are no business.
* A cooperative that has not seen as many book years as the rule asks for can be inactive, for want of business, but
  never active: the rule wants a RAT for each of those years.
* Before its decree a cooperative is being formed. Who dissolved or merged is gone from that day; where the day is not on
  record, on every day.
* Of a cooperative without a single such fact nothing is said: belum dapat ditentukan.
"""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import cache

from django.conf import settings
from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Coalesce, ExtractYear

from registry.models import Agency, AnnualMeeting, BusinessDay, Cooperative, FigureKind, Profile, ReportedFigure
from registry.periods import add_months, month_of

__all__ = ["ACTIVE", "BusinessFact", "MORE_BUSINESS_FACTS", "DEFAULT_RULE", "GONE", "INACTIVE", "UNDETERMINED", "Rule", "Status", "StatusCount", "count_by_status", "gone_by",
           "last_due_year", "rules", "status_by", "with_status"]  # fmt: skip

ACTIVE, INACTIVE, UNDETERMINED = "active", "inactive", "undetermined"
DEFAULT_RULE = "law_3y"
GONE = (Profile.LegalStatus.DISSOLVED, Profile.LegalStatus.MERGED)


@dataclass(frozen=True)
class Rule:
    """One meaning of "aktif", with where it comes from and since when."""

    code: str
    version: int
    name: str
    definition: str
    source: str
    is_law: bool
    valid_from: date
    valid_to: date | None
    active_label: str
    inactive_label: str
    undetermined_label: str
    parameters: dict = field(default_factory=dict, hash=False)

    def label(self, answer: str) -> str:
        return {ACTIVE: self.active_label, INACTIVE: self.inactive_label}.get(answer, self.undetermined_label)

    @property
    def years(self) -> int:
        """How many book years the rule looks at; 0 for rules that do not ask for RATs."""
        return self.parameters.get("rat_years") or self.parameters.get("missed_rat") or 0


@dataclass(frozen=True)
class BusinessFact:
    """Rows that show business on a day: `rows(agency)` have a `cooperative` and a date named `day`.

    `by_month`: the date is the first of a month and stands for all of it.
    """

    rows: Callable[[Agency], QuerySet]
    day: str
    by_month: bool = False


BUSINESS_FACTS = (
    BusinessFact(lambda agency: BusinessDay.objects.filter(agency=agency), "happened_on"),
    BusinessFact(
        lambda agency: ReportedFigure.objects.filter(agency=agency, figure=FigureKind.VOLUME, value__gt=0), "period"
    ),
)
MORE_BUSINESS_FACTS: list[BusinessFact] = []  # of higher storeys; filled once, when the roof starts


@dataclass(frozen=True)
class Status:
    """The answer of one rule for one cooperative on one day."""

    answer: str
    label: str
    held: tuple[int, ...] = ()  # book years with a RAT, of those the rule looks at

    @property
    def state(self) -> str:
        """The look of its badge."""
        return {ACTIVE: "good", INACTIVE: "late"}.get(self.answer, "wait")


@dataclass(frozen=True)
class StatusCount:
    """How many cooperatives got which answer. `total` is the denominator; the three add up to it."""

    rule: Rule
    as_of: date
    active: int
    inactive: int
    undetermined: int

    @property
    def total(self) -> int:
        return self.active + self.inactive + self.undetermined


@cache
def rules() -> dict[str, Rule]:
    """Return the rules by code, the latest version of each."""
    found: dict[str, Rule] = {}
    for row in json.loads((settings.FIXTURES_DIR / "status_rules.json").read_text()):
        row["valid_from"] = date.fromisoformat(row["valid_from"])
        row["valid_to"] = date.fromisoformat(row["valid_to"]) if row["valid_to"] else None
        rule = Rule(**row)
        if rule.code not in found or found[rule.code].version < rule.version:
            found[rule.code] = rule
    return found


def last_due_year(agency: Agency, as_of: date) -> int:
    """Return the latest book year whose RAT was due on `as_of`, by the agency's deadline."""
    due = (as_of.month, as_of.day) > (agency.rat_deadline_month, agency.rat_deadline_day)
    return as_of.year - 1 if due else as_of.year - 2


def with_status(
    cooperatives: QuerySet[Cooperative], rule: Rule, as_of: date, agency: Agency, name: str = "status"
) -> QuerySet[Cooperative]:
    """Annotate each cooperative with the rule's answer on `as_of`. One query; nothing is read row by row."""
    if rule.code == "outlet_open":
        return cooperatives.annotate(**{name: _outlet_answer(as_of, agency)})
    if not rule.years:  # copied from elsewhere; nothing has been copied yet
        return cooperatives.annotate(**{name: Value(UNDETERMINED, TextField())})
    last = last_due_year(agency, as_of)
    first = last - rule.years + 1
    meetings = AnnualMeeting.objects.filter(cooperative=OuterRef("pk"), agency=agency, held_on__lte=as_of)
    held = (
        meetings.filter(book_year__range=(first, last))
        .order_by()
        .values("cooperative")
        .annotate(n=Count("pk"))
        .values("n")
    )
    facts = {
        f"{name}_held": Coalesce(Subquery(held, IntegerField()), 0),
        f"{name}_known": Exists(meetings),
        f"{name}_since": ExtractYear(Coalesce("standing__founded_on", "standing__deed_on", "standing__decree_on")),
        f"{name}_business": _business(rule, as_of, agency),
    }
    return cooperatives.alias(**facts).annotate(**{name: _rat_answer(rule, first, as_of, name)})


def status_by(
    rule: Rule, as_of: date, agency: Agency, cooperatives: QuerySet[Cooperative] | None = None
) -> dict[int, Status]:
    """Return the answer for each cooperative by its id: all of the agency, or those given. Two queries."""
    chosen = Cooperative.objects.filter(agency=agency, is_practice=False) if cooperatives is None else cooperatives
    answers = dict(with_status(chosen.order_by(), rule, as_of, agency).values_list("pk", "status"))
    held: dict[int, list[int]] = {}
    if rule.years:
        last = last_due_year(agency, as_of)
        found = AnnualMeeting.objects.filter(
            agency=agency, cooperative__in=answers, book_year__range=(last - rule.years + 1, last), held_on__lte=as_of
        )
        for pk, year in found.order_by("book_year").values_list("cooperative", "book_year"):
            held.setdefault(pk, []).append(year)
    return {pk: Status(answer, rule.label(answer), tuple(held.get(pk, ()))) for pk, answer in answers.items()}


def count_by_status(
    rule: Rule, as_of: date, agency: Agency, cooperatives: QuerySet[Cooperative] | None = None
) -> StatusCount:
    """Count the answers over the agency's cooperatives (practice ones left out), or those given. One query."""
    chosen = Cooperative.objects.filter(agency=agency, is_practice=False) if cooperatives is None else cooperatives
    rows = with_status(chosen.order_by(), rule, as_of, agency).values_list("status").annotate(n=Count("pk"))
    counts = Counter(dict(rows))
    return StatusCount(rule, as_of, counts[ACTIVE], counts[INACTIVE], counts[UNDETERMINED])


def gone_by(as_of: date) -> Q:
    """Dissolved or merged on or before `as_of`; without a day on record, always. Of `Cooperative` rows."""
    day = Q(standing__gone_on__isnull=True) | Q(standing__gone_on__lte=as_of)
    return Q(standing__legal_status__in=GONE) & day


def _rat_answer(rule: Rule, first: int, as_of: date, name: str) -> Case:
    """The rules that ask for RATs, as one CASE: the first fitting line decides."""
    business = f"{name}_business"
    owed_and_none_held = Q(**{f"{name}_since__lte": first, f"{name}_held": 0})
    lines = [
        When(gone_by(as_of), then=Value(INACTIVE)),
        When(
            Q(standing__legal_status=Profile.LegalStatus.FORMING) | Q(standing__decree_on__gt=as_of),
            then=Value(UNDETERMINED),
        ),
        When(Q(**{f"{name}_known": False, f"{business}__isnull": True}), then=Value(UNDETERMINED)),
        When(owed_and_none_held, then=Value(INACTIVE)),
    ]
    if rule.parameters.get("needs_business"):
        lines.append(When(Q(**{business: False}), then=Value(INACTIVE)))
        lines.append(When(Q(**{f"{name}_held": rule.years, business: True}), then=Value(ACTIVE)))
    else:
        lines.append(When(Q(**{f"{name}_held__gt": 0}), then=Value(ACTIVE)))
    return Case(*lines, default=Value(UNDETERMINED), output_field=TextField())


def _outlet_answer(as_of: date, agency: Agency) -> Case:
    opened = BusinessDay.objects.filter(cooperative=OuterRef("pk"), agency=agency, kind=BusinessDay.Kind.OUTLET)
    return Case(
        When(gone_by(as_of), then=Value(INACTIVE)),
        When(Exists(opened.filter(happened_on__lte=as_of)), then=Value(ACTIVE)),
        When(Exists(opened), then=Value(INACTIVE)),
        default=Value(UNDETERMINED),
        output_field=TextField(),
    )


def _business(rule: Rule, as_of: date, agency: Agency) -> Case:
    """True: business on record in the rule's months up to the day; False: all on record is older; NULL: none is."""
    since = add_months(as_of, -rule.parameters.get("business_months", 12))
    within, before = Q(), Q()
    for fact in (*BUSINESS_FACTS, *MORE_BUSINESS_FACTS):
        first = month_of(since) if fact.by_month else since
        rows = fact.rows(agency).filter(cooperative=OuterRef("pk")).order_by()
        within |= Q(Exists(rows.filter(**{f"{fact.day}__range": (first, as_of)})))
        before |= Q(Exists(rows.filter(**{f"{fact.day}__lt": first})))
    return Case(
        When(within, then=Value(True)),
        When(before, then=Value(False)),
        default=Value(None),
        output_field=BooleanField(null=True),
    )
