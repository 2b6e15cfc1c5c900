"""The figures of a dinas, one query per concept: home, dashboard and monthly report all count with these.

A concept is read per cooperative as (part, whole): rupiah paid of rupiah due, office-holders trained of all, 1 or 0
of 1. A cooperative that is not in the answer has no data; it is never 0. Sums over a kecamatan or the agency are made
from these pairs in Python, so no two pages can disagree. `as_of` is the last day of a month, or today in the open one.

Queries name the agency; the wall is the second guard. Only summaries and dated facts are read, never postings.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection

from koperasi.reports.monthly import SourceMix
from registry.periods import add_months, last_day, month_of

Pair = tuple[int, int]
Pairs = dict[int, Pair]

# Equity that is "modal sendiri" (UU 25/1992 Pasal 41): pokok, wajib, cadangan, hibah
OWN_CAPITAL = {"pokok": ("31000", "31100"), "wajib": ("32000",), "cadangan": ("35000", "35100"), "hibah": ("34000",)}
# A month in which one of these moved has been recorded: every collection and nearly every entry touches them
MONEY_ACCOUNTS = ("11100", "11110", "11120", "11130", "11200", "32000")


@dataclass(frozen=True, slots=True)
class Period:
    """A month of figures: the day they stand at, and whether the month is still open (then they are provisional)."""

    month: date
    as_of: date
    is_open: bool

    @classmethod
    def of(cls, month: date, today: date) -> "Period":
        """The period of `month` as seen `today`."""
        end = last_day(month)
        return cls(month_of(month), min(end, today), end >= today)

    def back(self, months: int) -> "Period":
        """An earlier month, as it stood at its end."""
        month = add_months(self.month, -months)
        return Period(month, last_day(month), False) if months else self


@dataclass(frozen=True, slots=True)
class Line:
    """A cooperative that is counted: registered with the agency, not for practice, not dissolved or merged away."""

    pk: int
    slug: str
    name: str
    short_name: str
    district: str
    district_name: str
    village: str
    village_name: str
    keeps_books: bool
    founded_on: date | None
    last_recorded_on: date | None

    def silent_days(self, today: date) -> int | None:
        """Days since anybody of the cooperative recorded something; None if nobody ever did."""
        return (today - self.last_recorded_on).days if self.last_recorded_on else None


@dataclass(frozen=True, slots=True)
class Heads:
    """Members of one cooperative, and where the count comes from ("ledger", "cooperative", "ods", "dinas")."""

    men: int
    women: int
    source: str

    @property
    def all(self) -> int:
        return self.men + self.women


@dataclass(frozen=True, slots=True)
class Sum:
    """Many pairs together: part, whole, and how many cooperatives they come from."""

    part: int = 0
    whole: int = 0
    known: int = 0


def total(pairs: Mapping[int, Pair], ids: Iterable[int]) -> Sum:
    """Add the pairs of these cooperatives; those without data are not in `known`."""
    found = [pairs[pk] for pk in ids if pk in pairs]
    return Sum(sum(part for part, _ in found), sum(whole for _, whole in found), len(found))


def directory(agency_id: int, *, ids: Sequence[int] | None = None) -> list[Line]:
    """Every cooperative that counts, by the codes of kecamatan and village. `ids`: only these (a penyuluh's)."""
    chosen = "" if ids is None else "AND c.id = ANY (%s)"
    return [
        Line(*row)
        for row in _rows(_DIRECTORY.format(chosen=chosen), agency_id, agency_id, *([] if ids is None else [list(ids)]))
    ]


_DIRECTORY = """
SELECT c.id, c.slug, c.name, c.short_name, c.district_id, d.name, COALESCE(c.village_id, ''), COALESCE(v.name, ''),
       p.keeps_books_here, COALESCE(p.founded_on, p.deed_on, p.decree_on), p.last_recorded_on
FROM registry_cooperative c
JOIN registry_standing p ON p.cooperative_id = c.id AND p.agency_id = %s
JOIN registry_place d ON d.code = c.district_id
LEFT JOIN registry_place v ON v.code = c.village_id
WHERE c.agency_id = %s AND NOT c.is_practice AND p.legal_status NOT IN ('dissolved', 'merged') {chosen}
ORDER BY c.district_id, c.village_id NULLS LAST, c.name
"""


# --- Members ----------------------------------------------------------------------------------------


def members(
    agency_id: int, as_of: date, lines: Iterable[Line], told: Mapping[int, Mapping[str, "Reported"]]
) -> dict[int, Heads]:
    """Members at the end of a day, men and women: from the books, else as last reported (`told`)."""
    keepers = {line.pk for line in lines if line.keeps_books}
    found = {pk: Heads(men, women, "ledger") for pk, men, women in _rows(_HEADS, agency_id, as_of) if pk in keepers}
    for pk, values in told.items():
        men, women = values.get("members_male"), values.get("members_female")
        if pk not in keepers and men and women:
            found[pk] = Heads(men.value, women.value, women.source)
    return found


_HEADS = """
SELECT cooperative_id, COALESCE(SUM(joined - "left") FILTER (WHERE sex = 'L'), 0), COALESCE(SUM(joined - "left") FILTER (WHERE sex = 'P'), 0)
FROM members_memberflow WHERE agency_id = %s AND month <= %s GROUP BY cooperative_id
"""


@dataclass(frozen=True, slots=True)
class Reported:
    """The latest value somebody reported for a figure."""

    value: int
    source: str
    period: date


def reported(agency_id: int, as_of: date, figures: Sequence[str]) -> dict[int, dict[str, Reported]]:
    """The latest reported figures that speak of a day up to `as_of`."""
    found: dict[int, dict[str, Reported]] = {}
    for pk, figure, *value in _rows(_REPORTED, agency_id, list(figures), as_of):
        found.setdefault(pk, {})[figure] = Reported(*value)
    return found


_REPORTED = """
SELECT DISTINCT ON (cooperative_id, figure) cooperative_id, figure, value, source, period
FROM registry_reportedfigure WHERE agency_id = %s AND figure = ANY (%s) AND period <= %s
ORDER BY cooperative_id, figure, period DESC, id DESC
"""


def source_mix(sources: Iterable[str], of: int) -> SourceMix:
    """How many of `of` cooperatives have their figure from where."""
    counts = dict.fromkeys(("ledger", "cooperative", "ods", "dinas"), 0)
    for source in sources:
        counts[source] += 1
    return SourceMix(**counts, missing=of - sum(counts.values()))


# --- Pairs per cooperative --------------------------------------------------------------------------


def dues(agency_id: int, period: Period) -> Pairs:
    """Simpanan wajib: rupiah paid for the month, also ahead, of rupiah due for it. Only where the month was opened."""
    rows = _rows(_DUES, agency_id, period.month, agency_id, period.month, period.month)
    return {pk: (int(paid), int(due)) for pk, paid, due in rows if due}


_DUES = """
SELECT cooperative_id, SUM(paid), SUM(due) FROM (
  SELECT cooperative_id, 0 AS paid, rupiah AS due FROM finance_duesdue
  WHERE agency_id = %s AND kind = 'wajib' AND period = %s
  UNION ALL
  SELECT cooperative_id, rupiah, 0 FROM finance_duespaid
  WHERE agency_id = %s AND kind = 'wajib' AND period = %s AND posted_month <= %s) both_sides
GROUP BY cooperative_id
"""


@dataclass(frozen=True, slots=True)
class RatYear:
    """The book year whose RAT is asked for on a day, and the deadline of the agency."""

    book_year: int
    deadline: date

    @classmethod
    def on(cls, day: date, month: int, deadline_day: int) -> "RatYear":
        """The year before that of `day`; `month` and `deadline_day` are the agency's."""
        end = last_day(date(day.year, month, 1))
        return cls(day.year - 1, min(end, end.replace(day=min(deadline_day, end.day))))

    def is_owed(self, line: Line) -> bool:
        """A cooperative owes the RAT of every book year in which it existed; an unknown birthday counts as old."""
        return line.founded_on is None or line.founded_on.year <= self.book_year


def meetings(agency_id: int, book_year: int, as_of: date) -> dict[int, date]:
    """The day each cooperative held the RAT of a book year, if it did by `as_of`."""
    sql = "SELECT cooperative_id, held_on FROM registry_annualmeeting WHERE agency_id = %s AND book_year = %s AND held_on <= %s"
    return dict(_rows(sql, agency_id, book_year, as_of))


def rat_in_time(held: Mapping[int, date], year: RatYear, lines: Iterable[Line]) -> Pairs:
    """1 of 1 for each cooperative that owes the RAT and held it by the deadline, else 0 of 1."""
    return {
        line.pk: (int(line.pk in held and held[line.pk] <= year.deadline), 1) for line in lines if year.is_owed(line)
    }


@dataclass(frozen=True, slots=True)
class Posts:
    """Office-holders of one cooperative on a day. `ended` and `ending`: terms over, or over within 60 days."""

    serving: int
    trained: int
    ended: int
    ending: int


def officers(agency_id: int, as_of: date) -> dict[int, Posts]:
    """Serving office-holders and how many ever attended a bimtek by `as_of`."""
    return {
        pk: Posts(*row) for pk, *row in _rows(_OFFICERS, as_of, as_of, as_of, agency_id, as_of, agency_id, as_of, as_of)
    }


_OFFICERS = """
SELECT o.cooperative_id, COUNT(*), COUNT(t.officer_id), COUNT(*) FILTER (WHERE o.ends_on < %s),
       COUNT(*) FILTER (WHERE o.ends_on BETWEEN %s::date AND %s::date + 60)
FROM registry_term o
LEFT JOIN (SELECT DISTINCT officer_id FROM registry_trainingattendance WHERE agency_id = %s AND held_on <= %s) t ON t.officer_id = o.officer_id
WHERE o.agency_id = %s AND o.starts_on <= %s AND (o.ended_on IS NULL OR o.ended_on > %s)
GROUP BY o.cooperative_id
"""


def trained(posts: Mapping[int, Posts]) -> Pairs:
    return {pk: (post.trained, post.serving) for pk, post in posts.items()}


def buildings(agency_id: int, as_of: date) -> dict[int, str]:
    """ "own", "borrowed" or "none" as last recorded by `as_of`."""
    return dict(_rows(_BUILDINGS, agency_id, as_of))


_BUILDINGS = """
SELECT DISTINCT ON (cooperative_id) cooperative_id, ownership FROM registry_buildingrecord
WHERE agency_id = %s AND as_of <= %s ORDER BY cooperative_id, as_of DESC, id DESC
"""


def housed(records: Mapping[int, str]) -> Pairs:
    """1 of 1 for a cooperative with a building of its own or a borrowed one."""
    return {pk: (int(ownership != "none"), 1) for pk, ownership in records.items()}


def recording(agency_id: int, period: Period) -> set[int]:
    """Cooperatives that recorded in the month: money moved in the books here, or a figure speaks of it."""
    params = (agency_id, list(MONEY_ACCOUNTS), period.month, agency_id, period.month, period.as_of)
    return {pk for (pk,) in _rows(_RECORDING, *params)}


_RECORDING = """
SELECT cooperative_id FROM finance_accountmonth WHERE agency_id = %s AND account_code = ANY (%s) AND month = %s
UNION
SELECT cooperative_id FROM registry_reportedfigure WHERE agency_id = %s AND period BETWEEN %s AND %s
"""


def own_capital(agency_id: int, as_of: date, ids: Sequence[int]) -> tuple[dict[str, int], int]:
    """Rupiah of pokok, wajib, cadangan and hibah in the books at a day, and of how many cooperatives."""
    params = [list(codes) for codes in OWN_CAPITAL.values()]
    every = [code for codes in OWN_CAPITAL.values() for code in codes]
    *sums, known = _rows(_CAPITAL, *params, agency_id, every, as_of, list(ids))[0]
    return {part: int(rupiah or 0) for part, rupiah in zip(OWN_CAPITAL, sums, strict=True)}, known


_CAPITAL = """
SELECT SUM(pokok), SUM(wajib), SUM(reserve), SUM(grants), COUNT(*) FROM (
  SELECT SUM(credit_rupiah - debit_rupiah) FILTER (WHERE account_code = ANY (%s)) AS pokok,
         SUM(credit_rupiah - debit_rupiah) FILTER (WHERE account_code = ANY (%s)) AS wajib,
         SUM(credit_rupiah - debit_rupiah) FILTER (WHERE account_code = ANY (%s)) AS reserve,
         SUM(credit_rupiah - debit_rupiah) FILTER (WHERE account_code = ANY (%s)) AS grants
  FROM finance_accountmonth
  WHERE agency_id = %s AND account_code = ANY (%s) AND month <= %s AND cooperative_id = ANY (%s)
  GROUP BY cooperative_id) books
"""


def blockers(agency_id: int, as_of: date) -> list["OpenBlocker"]:
    """Matters open on a day, oldest first."""
    return [OpenBlocker(*row) for row in _rows(_BLOCKERS, agency_id, as_of, as_of)]


@dataclass(frozen=True, slots=True)
class OpenBlocker:
    """Something a cooperative cannot solve itself: who must act, by when."""

    cooperative: int
    what: str
    text: str
    waits_for: str
    opened_on: date
    due_on: date | None


_BLOCKERS = """
SELECT cooperative_id, what, text, waits_for, opened_on, due_on FROM registry_blocker
WHERE agency_id = %s AND opened_on <= %s AND (closed_on IS NULL OR closed_on > %s)
ORDER BY opened_on, id
"""


# --- What only the monthly report tells -------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Books:
    """Rupiah from the books of one cooperative at a day; turnover and SHU since January."""

    own_capital: int
    outside_capital: int
    assets: int
    turnover: int
    shu: int


def books(agency_id: int, as_of: date) -> dict[int, Books]:
    """The money columns of the Rekapitulasi for each cooperative with books here."""
    own = [code for codes in OWN_CAPITAL.values() for code in codes]
    return {
        pk: Books(*map(int, row))
        for pk, *row in _rows(
            _BOOKS, own, as_of.replace(month=1, day=1), as_of.replace(month=1, day=1), agency_id, as_of
        )
    }


_BOOKS = """
SELECT cooperative_id,
       COALESCE(SUM(credit_rupiah - debit_rupiah) FILTER (WHERE account_code = ANY (%s)), 0),
       COALESCE(SUM(credit_rupiah - debit_rupiah) FILTER (WHERE account_code BETWEEN '22000' AND '22999'), 0),
       COALESCE(SUM(debit_rupiah - credit_rupiah) FILTER (WHERE account_code < '2'), 0),
       COALESCE(SUM(CASE WHEN account_code = '12200' THEN debit_rupiah ELSE credit_rupiah - debit_rupiah END)
                FILTER (WHERE month >= %s AND (account_code LIKE '41%%' OR account_code LIKE '42%%' OR account_code = '12200')), 0),
       COALESCE(SUM(credit_rupiah - debit_rupiah) FILTER (WHERE month >= %s AND account_code >= '4'), 0)
FROM finance_accountmonth WHERE agency_id = %s AND month <= %s GROUP BY cooperative_id
"""


@dataclass(frozen=True, slots=True)
class Arrears:
    """Rupiah unpaid of one cooperative by age: due in the last three months, the three before, earlier."""

    up_to_3: int
    up_to_6: int
    older: int


def arrears(agency_id: int, period: Period) -> dict[int, Arrears]:
    """Pokok and wajib due by the end of the month and not paid by then. As of that day: later payments do not count."""
    limits = (
        add_months(period.month, -2),
        add_months(period.month, -5),
        add_months(period.month, -2),
        add_months(period.month, -5),
    )
    rows = _rows(_ARREARS, *limits, agency_id, period.month, agency_id, period.month, period.month)
    return {pk: Arrears(*map(int, row)) for pk, *row in rows}


_ARREARS = """
SELECT cooperative_id, COALESCE(SUM(open) FILTER (WHERE period >= %s), 0),
       COALESCE(SUM(open) FILTER (WHERE period >= %s AND period < %s), 0), COALESCE(SUM(open) FILTER (WHERE period < %s), 0)
FROM (
  SELECT cooperative_id, period, rupiah AS open FROM finance_duesdue WHERE agency_id = %s AND period <= %s
  UNION ALL
  SELECT cooperative_id, period, -rupiah FROM finance_duespaid WHERE agency_id = %s AND period <= %s AND posted_month <= %s) both_sides
GROUP BY cooperative_id
"""


def posts_by_position(agency_id: int, as_of: date, ids: Sequence[int]) -> list[tuple[str, int, int]]:
    """(position, trained, serving) of all these cooperatives together, in the order of positions."""
    return _rows(_POSITIONS, agency_id, as_of, agency_id, as_of, as_of, list(ids))


_POSITIONS = """
SELECT o.position, COUNT(t.officer_id), COUNT(*) FROM registry_term o
LEFT JOIN (SELECT DISTINCT officer_id FROM registry_trainingattendance WHERE agency_id = %s AND held_on <= %s) t ON t.officer_id = o.officer_id
WHERE o.agency_id = %s AND o.starts_on <= %s AND (o.ended_on IS NULL OR o.ended_on > %s) AND o.cooperative_id = ANY (%s)
GROUP BY o.position
"""


def stages(agency_id: int, as_of: date, ids: Sequence[int]) -> tuple[int, ...]:
    """How many have: deed, decree, NPWP, NIB, NIK koperasi, an open outlet. In that order."""
    return _rows(_STAGES, as_of, agency_id, list(ids))[0]


_STAGES = """
SELECT COUNT(*) FILTER (WHERE deed_number <> ''), COUNT(*) FILTER (WHERE decree_number <> ''), COUNT(*) FILTER (WHERE npwp <> ''),
       COUNT(*) FILTER (WHERE nib <> ''), COUNT(*) FILTER (WHERE cooperative_nik <> ''), COUNT(*) FILTER (WHERE last_outlet_opened_on <= %s)
FROM registry_profile WHERE agency_id = %s AND cooperative_id = ANY (%s)
"""


# --- Series -----------------------------------------------------------------------------------------


def dues_series(agency_id: int, months: Sequence[date], ids: Sequence[int]) -> list[Sum | None]:
    """Wajib per month as it stood at the end of that month. One query."""
    params = (agency_id, list(months), list(ids), agency_id, list(months), list(ids))
    found = {month: Sum(int(paid), int(due), known) for month, paid, due, known in _rows(_DUES_SERIES, *params) if due}
    return [found.get(month) for month in months]


_DUES_SERIES = """
SELECT period, SUM(paid), SUM(due), COUNT(*) FILTER (WHERE due > 0) FROM (
  SELECT cooperative_id, period, 0 AS paid, rupiah AS due FROM finance_duesdue
  WHERE agency_id = %s AND kind = 'wajib' AND period = ANY (%s) AND cooperative_id = ANY (%s)
  UNION ALL
  SELECT cooperative_id, period, rupiah, 0 FROM finance_duespaid
  WHERE agency_id = %s AND kind = 'wajib' AND period = ANY (%s) AND posted_month <= period AND cooperative_id = ANY (%s)) both_sides
GROUP BY period
"""


def members_series(agency_id: int, days: Sequence[date], ids: Sequence[int]) -> list[Sum | None]:
    """Members at each day, from the books and as reported; `known` are the cooperatives behind them. One query."""
    found = [Sum() for _ in days]
    for kind, day, heads, known in _rows(
        _MEMBERS_SERIES, agency_id, list(ids), agency_id, list(days), agency_id, list(ids), agency_id
    ):
        for place, until in enumerate(days):
            if (kind == "flow" and day <= until) or (kind == "latest" and day == until):
                before = found[place]
                found[place] = Sum(before.part + int(heads), 0, before.known + known)
    return [one if one.known else None for one in found]


_MEMBERS_SERIES = """
WITH flow AS MATERIALIZED (
  SELECT f.cooperative_id, f.month, f.joined - f."left" AS heads FROM members_memberflow f
  JOIN registry_standing p ON p.cooperative_id = f.cooperative_id AND p.agency_id = f.agency_id AND p.keeps_books_here
  WHERE f.agency_id = %s AND f.cooperative_id = ANY (%s) AND p.agency_id = %s)
SELECT 'flow', month, SUM(heads), 0 FROM flow GROUP BY month
UNION ALL
SELECT 'flow', begun, 0, COUNT(*) FROM (SELECT MIN(month) AS begun FROM flow GROUP BY cooperative_id) first GROUP BY begun
UNION ALL
SELECT 'latest', day, SUM(value), COUNT(DISTINCT cooperative_id) FROM (
  SELECT DISTINCT ON (t.day, r.cooperative_id, r.figure) t.day, r.cooperative_id, r.value
  FROM unnest(%s::date[]) AS t(day)
  JOIN registry_reportedfigure r ON r.period <= t.day AND r.agency_id = %s AND r.figure IN ('members_male', 'members_female')
                                AND r.cooperative_id = ANY (%s)
  JOIN registry_standing p ON p.cooperative_id = r.cooperative_id AND p.agency_id = %s AND NOT p.keeps_books_here
  ORDER BY t.day, r.cooperative_id, r.figure, r.period DESC, r.id DESC) latest
GROUP BY day
"""


def recording_series(agency_id: int, months: Sequence[date], ids: Sequence[int]) -> list[Sum | None]:
    """How many cooperatives recorded in each month, of all."""
    params = (
        agency_id,
        list(MONEY_ACCOUNTS),
        list(months),
        list(ids),
        agency_id,
        months[0],
        last_day(months[-1]),
        list(ids),
    )
    counts = dict(_rows(_RECORDING_SERIES, *params))
    return [Sum(counts.get(month, 0), len(ids), len(ids)) if ids else None for month in months]


_RECORDING_SERIES = """
SELECT month, COUNT(*) FROM (
  SELECT cooperative_id, month FROM finance_accountmonth
  WHERE agency_id = %s AND account_code = ANY (%s) AND month = ANY (%s) AND cooperative_id = ANY (%s)
  UNION
  SELECT cooperative_id, date_trunc('month', period)::date FROM registry_reportedfigure
  WHERE agency_id = %s AND period BETWEEN %s AND %s AND cooperative_id = ANY (%s)) recorded
GROUP BY month
"""


def officers_series(agency_id: int, days: Sequence[date], ids: Sequence[int]) -> list[Sum | None]:
    """Trained office-holders of those serving, at each day."""
    rows = _rows(_OFFICERS_SERIES, agency_id, agency_id, list(ids))
    answers = []
    for day in days:
        serving = [
            (first_on, count)
            for starts_on, ended_on, first_on, count in rows
            if starts_on <= day and (ended_on is None or ended_on > day)
        ]
        done = sum(count for first_on, count in serving if first_on and first_on <= day)
        answers.append(Sum(done, sum(count for _, count in serving)) if serving else None)
    return answers


_OFFICERS_SERIES = """
SELECT o.starts_on, o.ended_on, a.first_on, COUNT(*) FROM registry_term o
LEFT JOIN (SELECT officer_id, MIN(held_on) AS first_on FROM registry_trainingattendance WHERE agency_id = %s GROUP BY 1) a ON a.officer_id = o.officer_id
WHERE o.agency_id = %s AND o.cooperative_id = ANY (%s)
GROUP BY 1, 2, 3
"""


def buildings_series(agency_id: int, days: Sequence[date], ids: Sequence[int]) -> list[Sum | None]:
    """Cooperatives with a building of those whose building is known, at each day."""
    rows = _rows(
        "SELECT cooperative_id, as_of, ownership FROM registry_buildingrecord WHERE agency_id = %s ORDER BY as_of, id",
        agency_id,
    )
    wanted, answers = set(ids), []
    for day in days:
        latest = {pk: ownership for pk, as_of, ownership in rows if as_of <= day and pk in wanted}
        answers.append(total(housed(latest), latest) if latest else None)
    return answers


def rat_series(
    agency_id: int, years: Sequence[RatYear], days: Sequence[date], lines: Sequence[Line]
) -> list[Sum | None]:
    """RAT in time at each day, for the book year asked for on that day. One query."""
    sql = "SELECT cooperative_id, book_year, held_on FROM registry_annualmeeting WHERE agency_id = %s AND book_year = ANY (%s)"
    held = _rows(sql, agency_id, sorted({year.book_year for year in years}))
    owing = {year: {line.pk for line in lines if year.is_owed(line)} for year in set(years)}
    in_time = {
        year: [
            on
            for pk, book_year, on in held
            if book_year == year.book_year and on <= year.deadline and pk in owing[year]
        ]
        for year in owing
    }
    answers = []
    for year, day in zip(years, days, strict=True):
        count = len(owing[year])
        answers.append(Sum(sum(on <= day for on in in_time[year]), count, count) if count else None)
    return answers


def _rows(sql: str, *params) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()
