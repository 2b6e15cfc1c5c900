"""Reading: row security's cost, and the reports that must stay flat as the ledger grows."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from finance.reports import member_savings, month_sheet, trial_balance
from koperasi.demo.plan import REGENCY
from koperasi.forms import SHOWN
from koperasi.reports.board import Board
from koperasi.reports.dashboard import dashboard
from koperasi.reports.figures import Period
from koperasi.reports.fill_monthly import TOLD, PaperFacts, fill
from koperasi.reports.monthly import Signatory
from koperasi.reports.worklist import WorkLinks, worklist
from koperasi.views.dinas import six_figures
from koperasi.views.links import Addresses
from members.models import Member
from registry.models import Agency, Cooperative
from registry.reports.listing import Choice, choose
from registry.tenancy import NOBODY, Context, Role, bind
from tests import database

from . import house
from .house import CLOCK, TODAY, Size
from .measuring import Result, at_most, median_ms, ms, p95_ms, seconds

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
LINKS = WorkLinks(
    list=lambda **_: "", report=lambda _: "", imported=lambda *_: "", access="", objections="", requests="", sources=""
)
PAPER = PaperFacts(
    signatory=Signatory("Nama", "Kepala Dinas", "Pembina", "", ""), published_at=CLOCK.at(TODAY), code="01-AAAA-BBBB-CCCC", check_url="http://localhost/"
)  # fmt: skip


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


def statements(cooperatives: list[Cooperative], size: Size, full: bool) -> list[Result]:
    """What the database spends on the dashboard, the home of the dinas and the counting of the monthly report.

    The sum of all statements of one answer: the processor's time of the server where it can be seen, so that other work on
    the machine does not count, else the time by the clock. Where the medium and the large database both exist they
    take turns, so that growth shows whatever else the machine does.
    """
    sizes = [one for one in (house.LARGE, house.MEDIUM) if house.exists(one)] if size.name != "small" else [size]
    times: dict[tuple[str, Size], list[float]] = {}
    clock: dict[tuple[str, Size], list[float]] = {}
    for number in range(SQL_ROUNDS + 6):  # six rounds for the plans
        for one in sizes if number % 2 else reversed(sizes):
            with house.connected(one):
                for what, worked, waited in _spent():
                    if number >= 6:
                        times.setdefault((what, one), []).append(worked)
                        clock.setdefault((what, one), []).append(waited)
    lines = []
    names = list(dict.fromkeys(what for what, _ in times))
    worst = max((n for n in names if n.startswith("dashboard")), key=lambda n: median_ms(times[n, sizes[0]]))
    for what in names:
        ours = median_ms(times[what, sizes[0]])
        floor = median_ms(times[what, sizes[1]]) if len(sizes) > 1 else None
        limit = 20 if what.startswith("dashboard") else 1000 if what == "monthly report" else 150
        close = floor is None or ours <= 2 * floor
        lines.append(
            Result(
                f"SQL of the {what}{' (the dearest)' if what == worst else ''}", ms(ours), ms(floor) if floor else "", f"{ours / floor:.2f} x" if floor else "",
                f"<= {limit} ms{', <= 2 x' if floor else ''}", ours <= limit and close, {"p95": p95_ms(times[what, sizes[0]]), "by the clock": median_ms(clock[what, sizes[0]])},
            )
        )  # fmt: skip
    return lines


SQL_ROUNDS = 20


def _spent() -> Iterator[tuple[str, float, float]]:
    """Count each of the reports once; yield what its statements took of the server's processor, and by the clock."""
    with transaction.atomic():
        bind(NOBODY)
        agency = Agency.objects.select_related("place").get(slug=REGENCY)
        bind(Context(Role.DINAS, user_id=1, agency_id=agency.pk))
        month, today = Period.of(CLOCK.month(1), TODAY), Period.of(TODAY, TODAY)
        reports: list[tuple[str, Callable[[], object]]] = [
            *((f"dashboard: {key}", lambda key=key: dashboard(Board(agency, month), key)) for key in SHOWN),
            ("home of the dinas", lambda: (six_figures(board := Board(agency, today), Addresses(agency.slug)), worklist(board, LINKS, now=CLOCK.at(TODAY), today=TODAY, staff=True))),
            ("list of cooperatives", lambda: list(choose(agency, Choice(), TODAY)[:50])),
            ("preview of the monthly report", lambda: fill(Board(agency, month), PAPER, complete=False)),
            ("monthly report", lambda: fill(Board(agency, month, told=TOLD), PAPER)),
        ]  # fmt: skip
        pid = connection.connection.info.backend_pid
        for what, report in reports:
            spent = [0.0, 0.0]  # waited for, and worked by the server

            def timed(execute, sql, params, many, context, spent=spent):
                start, worked = time.perf_counter(), _worked(pid)
                try:
                    return execute(sql, params, many, context)
                finally:
                    spent[0] += time.perf_counter() - start
                    spent[1] += _worked(pid) - worked

            with connection.execute_wrapper(timed):
                report()
            yield what, spent[1] or spent[0], spent[0]


def _worked(pid: int) -> float:
    """Seconds this machine's processors have worked for a process; 0 where that cannot be seen (a server elsewhere)."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
    except OSError:
        return 0.0


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
