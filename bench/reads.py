"""Reading: row security's cost, and the reports that must stay flat as the ledger grows."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from inspect import signature

from django.conf import settings
from django.db import connection, transaction

from members.models import Member
from registry.models import Cooperative
from registry.tenancy import NOBODY, Context, Role, bind
from tests import database

from .house import CLOCK, TODAY, Size
from .measuring import Result, at_most, median_ms, ms, seconds, skipped

# Named as the reports are named: (module, function), arguments by keyword from what the bench knows.
REPORTS = [
    ("trial balance at any date", "finance.reports", "trial_balance", 5.0),
    ("member statement", "finance.reports", "member_statement", 2.0),
    ("dashboard of the Kabupaten", "koperasi.reports", "dashboard", 50.0),
]
STATEMENTS = {
    "a month of postings": (
        "SELECT count(*), sum(rupiah) FROM finance_posting WHERE cooperative_id = %s AND posted_on >= %s",
        lambda cooperative, member: [cooperative.pk, CLOCK.month(1)],
    ),
    "postings of a member": (
        "SELECT id, posted_on, rupiah FROM finance_posting WHERE cooperative_id = %s AND member_id = %s ORDER BY posted_on",
        lambda cooperative, member: [cooperative.pk, member],
    ),
    "who has not paid": (
        "SELECT member_id, sum(due_rupiah - paid_rupiah) FROM finance_obligation "
        "WHERE cooperative_id = %s AND kind = 'wajib' AND period <= %s AND paid_rupiah < due_rupiah GROUP BY member_id",
        lambda cooperative, member: [cooperative.pk, TODAY],
    ),
}  # fmt: skip
ROUNDS = 200


def wall(cooperatives: list[Cooperative], size: Size, full: bool) -> list[Result]:
    """Run the same statements as an officer behind the wall and as the backup role, which bypasses row security."""
    cooperative = cooperatives[1]
    member = _first_member(cooperative)
    with _may_pass():
        return [_behind_and_past(what, sql, values(cooperative, member), cooperative) for what, (sql, values) in STATEMENTS.items()]


@contextmanager
def _may_pass() -> Iterator[None]:
    """Let the app login become the backup role for the length of the bench."""
    pair = f'"{settings.ROLE_PREFIX}_backup"', f'"{settings.ROLE_PREFIX}_app"'
    with database.admin() as admin:
        admin.execute("GRANT {} TO {}".format(*pair))
        try:
            yield
        finally:
            admin.execute("REVOKE {} FROM {}".format(*pair))


def _behind_and_past(what: str, sql: str, values: list, cooperative: Cooperative) -> Result:
    officer = Context(Role.OFFICER, user_id=1, agency_id=cooperative.agency_id, cooperative_id=cooperative.pk)
    plans: dict[bool, list[str]] = {}
    with transaction.atomic(), connection.cursor() as cursor:

        def become(behind: bool) -> None:
            bind(officer)
            if not behind:
                cursor.execute(f'SET LOCAL ROLE "{settings.ROLE_PREFIX}_backup"')

        # Two texts, so that each role keeps its own prepared plan, as every connection of the web does.
        texts = {True: sql, False: f"{sql} -- past the wall"}

        def run(behind: bool) -> float:
            become(behind)
            return seconds(lambda: (cursor.execute(texts[behind], values), cursor.fetchall()))

        for behind in (True, False):
            become(behind)
            cursor.execute(f"EXPLAIN (COSTS OFF) {sql}", values)
            plans[behind] = [shape for row in cursor.fetchall() if (shape := _shape(row[0]))]
            for _ in range(8):
                run(behind)
        times: dict[bool, list[float]] = {True: [], False: []}
        for number in range(ROUNDS):
            for behind in (number % 2 == 0, number % 2 == 1):
                times[behind].append(run(behind))
        bind(NOBODY)
    ours, floor = median_ms(times[True]), median_ms(times[False])
    same = plans[True] == plans[False]
    return Result(
        f"row security: {what}", ms(ours), ms(floor), f"{ours / floor:.2f} x", "<= 1.10 x or + 0.05 ms, same plan",
        same and (ours <= 1.1 * floor or ours - floor <= 0.05),
        {"same_plan": same, "behind": plans[True], "past": plans[False]},
    )  # fmt: skip


def _shape(line: str) -> str:
    """Return a line of a plan without conditions, and without the Result above the scan: there the wall compares once."""
    line = line.replace("->", "").strip()
    return "" if line == "Result" or re.match(r"(Filter|Index Cond|Recheck Cond|One-Time Filter):", line) else line


def run(cooperatives: list[Cooperative], size: Size, full: bool) -> list[Result]:
    cooperative = cooperatives[1]
    known = {
        "cooperative": cooperative, "cooperative_id": cooperative.pk, "agency": cooperative.agency, "agency_id": cooperative.agency_id,
        "today": TODAY, "on": CLOCK.month(2), "as_of": CLOCK.month(2), "month": CLOCK.month(1), "year": TODAY.year,
        "now": CLOCK.at(TODAY),
    }  # fmt: skip
    return [_report(what, module, name, limit, cooperative, known) for what, module, name, limit in REPORTS]


def _report(what: str, module: str, name: str, limit: float, cooperative: Cooperative, known: dict) -> Result:
    report = _find(module, name)
    if report is None:
        return skipped(what, f"{module}.{name} is not there yet")
    role = Role.DINAS if "dashboard" in name else Role.OFFICER
    with transaction.atomic():
        bind(Context(role, user_id=1, agency_id=cooperative.agency_id, cooperative_id=cooperative.pk if role is Role.OFFICER else None))
        if role is Role.OFFICER:
            known = known | {"member": Member.objects.filter(cooperative=cooperative).order_by("pk").first()}
        missing, arguments = _arguments(report, known)
        if missing:
            return skipped(what, f"{module}.{name} wants {', '.join(missing)}")
        for _ in range(8):
            report(**arguments)
        times = [seconds(lambda: report(**arguments)) for _ in range(60)]
    return at_most(what, median_ms(times), limit)


def _find(module: str, name: str) -> Callable | None:
    try:
        return getattr(import_module(module), name, None)
    except ImportError:
        return None


def _arguments(report: Callable, known: dict) -> tuple[list[str], dict]:
    parameters = signature(report).parameters.values()
    wanted = [p for p in parameters if p.default is p.empty and p.kind is not p.VAR_KEYWORD]
    return [p.name for p in wanted if p.name not in known], {p.name: known[p.name] for p in wanted if p.name in known}


def _first_member(cooperative: Cooperative) -> int:
    with transaction.atomic():
        bind(Context(Role.OFFICER, user_id=1, agency_id=cooperative.agency_id, cooperative_id=cooperative.pk))
        return Member.objects.filter(cooperative=cooperative).order_by("pk").values_list("pk", flat=True).first()
