"""Reading: row security's cost, and the reports that must stay flat as the ledger grows."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection, transaction

from finance.reports import member_savings, month_sheet, trial_balance
from koperasi.reports.board import Board
from koperasi.reports.dashboard import dashboard
from koperasi.reports.figures import Period
from members.models import Member
from registry.models import Cooperative
from registry.tenancy import NOBODY, Context, Role, bind
from tests import database

from .house import CLOCK, TODAY, Size
from .measuring import Result, at_most, median_ms, ms, seconds

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
        return [
            _behind_and_past(what, sql, values(cooperative, member), cooperative)
            for what, (sql, values) in STATEMENTS.items()
        ]


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
    officer = Context(Role.OFFICER, user_id=1, agency_id=cooperative.agency_id, cooperative_id=cooperative.pk)
    dinas = Context(Role.DINAS, user_id=1, agency_id=cooperative.agency_id)
    member = _first_member(cooperative)
    with transaction.atomic():
        bind(officer)
        member = Member.objects.get(cooperative=cooperative, pk=member)
    period = Period.of(CLOCK.month(1), TODAY)
    return [
        _report("trial balance at any date", 5, officer, lambda: trial_balance(cooperative=cooperative, as_of=CLOCK.month(2).replace(day=20))),
        _report("member statement", 2, officer, lambda: member_savings(cooperative=cooperative, member=member, until=TODAY)),
        _report("month sheet", 50, officer, lambda: month_sheet(cooperative=cooperative, month=TODAY, today=TODAY)),
        _report("dashboard of the agency: wajib", 500, dinas, lambda: dashboard(Board(cooperative.agency, period), "wajib"), rounds=10),
    ]  # fmt: skip


def _report(what: str, limit: float, context: Context, report: Callable[[], object], rounds: int = 60) -> Result:
    """Time `report()` behind the wall, after eight times for the plans."""
    with transaction.atomic():
        bind(context)
        for _ in range(min(8, rounds)):
            report()
        times = [seconds(report) for _ in range(rounds)]
    return at_most(what, median_ms(times), limit)


def _first_member(cooperative: Cooperative) -> int:
    with transaction.atomic():
        bind(Context(Role.OFFICER, user_id=1, agency_id=cooperative.agency_id, cooperative_id=cooperative.pk))
        return Member.objects.filter(cooperative=cooperative).order_by("pk").values_list("pk", flat=True).first()
