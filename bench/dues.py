"""A month of dues: the real action beside the bare INSERTs and UPDATEs of the very same rows, to COMMIT."""

import json
import time
import uuid
from functools import cache
from multiprocessing import get_context

from django.db import connection, connections, transaction

from finance.actions import DuesLine, record_dues
from finance.models import Payment
from members.models import Member
from registry.access import Actor
from registry.models import Cooperative
from registry.tenancy import Context, Role, bind

from .house import CLOCK, TODAY, Size, temporary_tables
from .measuring import Result, interleaved, median_ms, ms, skipped

MONTH = CLOCK.this_month
# Tables the action writes, in an order foreign keys allow: name, and for rows it may update the changing columns.
WRITTEN = [
    ("finance_bookyear", ("last_entry", "last_receipt")), ("finance_obligation", ()), ("finance_duesdue", ("obligations", "rupiah")),
    ("finance_entry", ()), ("finance_posting", ()), ("finance_entrydigest", ()), ("finance_accountmonth", ("debit_rupiah", "credit_rupiah")),
    ("finance_memberbalance", ("pokok_rupiah", "wajib_rupiah")), ("finance_payment", ()), ("finance_receipt", ()), ("finance_allocation", ()),
    ("finance_duespaid", ("rupiah",)), ("finance_submission", ()), ("registry_auditevent", ()),
]  # fmt: skip


def run(cooperatives: list[Cooperative], size: Size, full: bool) -> list[Result]:
    with temporary_tables():
        return _run(cooperatives, size, full)


def _run(cooperatives: list[Cooperative], size: Size, full: bool) -> list[Result]:
    free = _unpaid(cooperatives[size.slips :])
    rounds = min(8 if size.cooperatives < 100 else 25, len(free) // 4)
    if rounds < 3:
        return [skipped("a month of dues", "earlier runs have used the months of this database up; run with --fresh")]
    pairs = [(free[2 * n], free[2 * n + 1]) for n in range(rounds)]
    results = [_one_month(pairs), _twice(pairs[0][0])]
    rest = free[2 * rounds :]
    share = (len(rest) if full else min(len(rest), 12 if size.cooperatives < 100 else 80)) // 2
    results.append(_two_connections(rest[:share], rest[share : 2 * share]))
    return results


def _unpaid(cooperatives: list[Cooperative]) -> list[Cooperative]:
    """Leave out those whose month an earlier run has recorded."""
    free = []
    for cooperative in cooperatives:
        with transaction.atomic():
            _enter(cooperative)
            if not Payment.objects.filter(cooperative=cooperative, paid_on__gte=MONTH).exists():
                free.append(cooperative)
    return free


def _enter(cooperative: Cooperative) -> Actor:
    bind(Context(Role.OFFICER, user_id=1, agency_id=cooperative.agency_id, cooperative_id=cooperative.pk))
    return Actor(1, "Bendahara Ukur", "treasurer", cooperative.agency_id, cooperative.pk)


@cache
def _members(cooperative_id: int) -> list[int]:
    with transaction.atomic():
        _enter(Cooperative.objects.get(pk=cooperative_id))
        return list(Member.objects.filter(cooperative_id=cooperative_id).order_by("pk").values_list("pk", flat=True))


def _record(cooperative: Cooperative, members: list[int], key: uuid.UUID) -> None:
    """Do what the page does: one transaction, bound, one action, COMMIT."""
    with transaction.atomic():
        actor = _enter(cooperative)
        record_dues(
            cooperative=cooperative, lines=[DuesLine(pk, wajib=10_000) for pk in members], paid_on=TODAY, through=TODAY, key=key,
            actor=actor, now=CLOCK.at(TODAY, 19), today=TODAY,
        )  # fmt: skip


def _one_month(pairs: list[tuple[Cooperative, Cooperative]]) -> Result:
    for ours, floor in pairs:
        _members(ours.pk)
        _keep_rows(floor)
    ours_times, floor_times = interleaved(
        len(pairs),
        lambda n: _record(pairs[n][0], _members(pairs[n][0].pk), uuid.uuid4()),
        lambda n: _bare(pairs[n][1]),
    )
    ours, floor = median_ms(ours_times), median_ms(floor_times)
    members = len(_members(pairs[0][0].pk))
    return Result(
        f"a month of dues, {members} members", ms(ours), ms(floor), f"{ours / floor:.2f} x", "<= 2 x", ours <= 2 * floor,
        {"ours_ms": ours, "floor_ms": floor, "rounds": len(pairs)},
    )  # fmt: skip


def _keep_rows(cooperative: Cooperative) -> None:
    """Run the action, keep the rows it wrote in temporary tables of this connection, and take it back."""
    kept = {}
    members = _members(cooperative.pk)
    with transaction.atomic():
        _enter(cooperative)
        with connection.cursor() as cursor:
            before = {table: _highest(cursor, table, cooperative.pk) for table, _ in WRITTEN}
            _record(cooperative, members, uuid.uuid4())
            _enter(cooperative)
            for table, columns in WRITTEN:
                changed = "" if columns else " AND id > %s"
                if table in ("finance_duesdue", "finance_duespaid"):
                    changed = " AND period = %s"
                elif table in ("finance_accountmonth",):
                    changed = " AND month = %s"
                values = [cooperative.pk] + ([MONTH] if "= %s" in changed else [before[table]] if changed else [])
                cursor.execute(f"SELECT to_jsonb(t) FROM {table} t WHERE cooperative_id = %s{changed}", values)
                kept[table] = [row[0] if isinstance(row[0], str) else json.dumps(row[0]) for row in cursor.fetchall()]
        transaction.set_rollback(True)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE NONE")
        for table, rows in kept.items():
            name = f"kept_{table}_{cooperative.pk}"
            cursor.execute(f"SELECT string_agg(quote_ident(attname) || ' ' || format_type(atttypid, atttypmod), ', ' ORDER BY attnum) "
                           f"FROM pg_attribute WHERE attrelid = '{table}'::regclass AND attnum > 0 AND NOT attisdropped")  # fmt: skip
            cursor.execute(f"CREATE TEMP TABLE {name} ({cursor.fetchone()[0]})")
            cursor.execute(
                f"INSERT INTO {name} SELECT r.* FROM unnest(%s::jsonb[]) j, jsonb_populate_record(NULL::{name}, j) r",
                [rows],
            )
            cursor.execute(f"GRANT SELECT ON {name} TO PUBLIC")


def _highest(cursor, table: str, cooperative_id: int) -> int:
    if table == "finance_bookyear":
        return 0
    cursor.execute(f"SELECT coalesce(max(id), 0) FROM {table} WHERE cooperative_id = %s", [cooperative_id])
    return cursor.fetchone()[0]


def _bare(cooperative: Cooperative) -> None:
    """Write the kept rows with one statement a table, as the same role, under the same constraints and triggers."""
    with transaction.atomic():
        _enter(cooperative)
        with connection.cursor() as cursor:
            for table, columns in WRITTEN:
                kept = f"kept_{table}_{cooperative.pk}"
                if table == "finance_obligation":  # made unpaid, paid at the end, as the action does
                    cursor.execute(
                        f"INSERT INTO {table} (id, cooperative_id, member_id, kind, period, due_rupiah, paid_rupiah) "
                        f"SELECT id, cooperative_id, member_id, kind, period, due_rupiah, 0 FROM {kept}"
                    )
                    continue
                update = ", ".join(f"{column} = EXCLUDED.{column}" for column in columns)
                conflict = f" ON CONFLICT (id) DO UPDATE SET {update}" if columns else ""
                cursor.execute(f"INSERT INTO {table} SELECT * FROM {kept}{conflict}")
            cursor.execute(
                f"UPDATE finance_obligation o SET paid_rupiah = k.paid_rupiah FROM kept_finance_obligation_{cooperative.pk} k "
                "WHERE o.cooperative_id = k.cooperative_id AND o.id = k.id"
            )


def _twice(cooperative: Cooperative) -> Result:
    """The same form again answers the same and writes nothing."""
    members = _members(cooperative.pk)
    free = [cooperative]
    with transaction.atomic():
        _enter(free[0])
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT key FROM finance_submission WHERE cooperative_id = %s ORDER BY id DESC LIMIT 1",
                [cooperative.pk],
            )
            key = cursor.fetchone()[0]
            before = [_highest(cursor, table, cooperative.pk) for table, _ in WRITTEN]
    start = time.perf_counter()
    _record(cooperative, members, key)
    took = (time.perf_counter() - start) * 1000
    with transaction.atomic():
        _enter(cooperative)
        with connection.cursor() as cursor:
            same = before == [_highest(cursor, table, cooperative.pk) for table, _ in WRITTEN]
    return Result("the same month twice", ms(took), target="nothing changes", ok=same)


def _two_connections(ours: list[Cooperative], floor: list[Cooperative]) -> Result:
    """Two processes record their halves of `ours`, then write the kept rows of their halves of `floor`."""
    for cooperative in [*ours, *floor]:
        _members(cooperative.pk)
    rows = sum(len(_members(one.pk)) for one in ours)
    connections.close_all()
    context = get_context("fork")
    barrier, queue = context.Barrier(2), context.Queue()
    workers = [context.Process(target=_half, args=(ours[n::2], floor[n::2], barrier, queue)) for n in range(2)]
    for worker in workers:
        worker.start()
    times = [queue.get(timeout=3600) for _ in workers]
    for worker in workers:
        worker.join()
    ours_seconds, floor_seconds = max(t[0] for t in times), max(t[1] for t in times)
    speed, bare = rows / ours_seconds, rows / floor_seconds
    return Result(
        f"{len(ours)} cooperatives, 2 connections", f"{speed:,.0f} members/s", f"{bare:,.0f} members/s", f"{speed / bare:.2f} x", ">= 0.5 x",
        speed >= 0.5 * bare, {"cooperatives": len(ours), "ours_s": ours_seconds, "floor_s": floor_seconds},
    )  # fmt: skip


def _half(ours: list[Cooperative], floor: list[Cooperative], barrier, queue) -> None:
    for cooperative in floor:
        _keep_rows(cooperative)
    barrier.wait()
    start = time.perf_counter()
    for cooperative in ours:
        _record(cooperative, _members(cooperative.pk), uuid.uuid4())
    middle = time.perf_counter()
    barrier.wait()
    begun = time.perf_counter()
    for cooperative in floor:
        _bare(cooperative)
    queue.put((middle - start, time.perf_counter() - begun))
