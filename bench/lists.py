"""A list of members by file, from the upload into the book, beside COPY of the very rows it brought in.

`python -m bench.lists COOPERATIVE BATCH FOLDER` is the job in a process of its own, so that its memory can be told; it prints JSON.
"""

import csv
import io
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from .measuring import Result, seconds

COPY_ONCE, COPY_AGAIN = 2.5, 3.5  # what a CSV and an XLSX may cost, in COPYs of their valid rows
MEGABYTES = 250
BAD_EVERY = 33  # of a hundred lines three are wrong, as in lists that offices really have
HEADINGS = ["No. Anggota", "Nama", "NIK", "L/P", "Tempat lahir", "Tgl lahir", "Alamat", "RT/RW", "No HP", "Pekerjaan", "Tgl masuk",
            "Status"]  # fmt: skip
AGAIN = "the NIK of the line before"
FAULTS = [(1, ""), (3, "X"), (2, "12"), (5, "31/02/1990"), (8, "1"), (11, "Berhenti"), (10, "01/01/2090"), (2, AGAIN)]
WORK = ["Petani", "Pedagang", "Ibu rumah tangga", "Nelayan", "Buruh", "Guru", ""]
TOWNS = ["Serang", "Pandeglang", "Lebak", "Cilegon", "Tangerang", "Jakarta"]


def import_members(cooperatives: list, size, full: bool) -> list[Result]:
    """Bring a CSV and an XLSX in, in rounds interleaved with COPY of the rows they brought."""
    how_many, rounds = (100_000, 3) if full else (10_000, 5)
    results = []
    for kind, limit in (("csv", COPY_ONCE), ("xlsx", COPY_AGAIN)):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"daftar.{kind}"
            path.write_bytes(_csv(how_many) if kind == "csv" else _workbook(how_many))
            results += _told(f"{how_many:,} members, {kind.upper()}", _rounds(path, cooperatives[0].pk, rounds), limit)
    return results


def _rounds(path: Path, cooperative: int, rounds: int) -> dict:
    """The middle of each number over the rounds; a first one, not counted, gives COPY its rows."""
    _in_a_process(path, cooperative)
    seen = []
    for number in range(rounds):
        first = _copy(path.parent) if number % 2 else None
        told = _in_a_process(path, cooperative)
        seen.append(told | {"copy": first or _copy(path.parent)})
        seen[-1]["plain"] = told["read"] + told["apply"] - told["sealing"]
    middle = {name: statistics.median(one[name] for one in seen) for name in seen[0]}
    return middle | {"rounds": seen}


def _told(name: str, took: dict, limit: float) -> list[Result]:
    ratio = took["plain"] / took["copy"]
    return [
        Result(f"{name}: to the preview and into the book, sealing apart", f"{took['plain']:.2f} s", f"{took['copy']:.2f} s", f"{ratio:.2f}",
               f"<= {limit:g} x", ratio <= limit, details=took),
        Result(f"{name}: of it to the preview; into the book", f"{took['read']:.2f} s; {took['apply']:.2f} s"),
        Result(f"{name}: sealing {took['identities']:,.0f} NIK; upload; out again",
               f"{took['sealing']:.2f} s; {took['upload']:.2f} s; {took['undo']:.2f} s"),
        Result(f"{name}: memory of the job", f"{took['megabytes']:.0f} MB", target=f"<= {MEGABYTES} MB", ok=took["megabytes"] <= MEGABYTES),
    ]  # fmt: skip


def _in_a_process(file: Path, cooperative: int) -> dict:
    steps = _Steps(cooperative)
    upload = seconds(lambda: steps.upload(file.name, file.read_bytes()))
    run = subprocess.run(
        [sys.executable, "-m", "bench.lists", _database(), str(cooperative), str(steps.pk), str(file.parent)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr[-3000:]
    return json.loads(run.stdout.splitlines()[-1]) | {"upload": upload}


def _database() -> str:
    from django.conf import settings

    return settings.DATABASES["default"]["NAME"]


# --- The list ---------------------------------------------------------------------------------------


def lines(how_many: int) -> Iterator[list[str]]:
    """Lines as an office keeps them: every NIK and phone another, names and days repeat, some with something wrong."""
    before = ""
    for n in range(how_many):
        day, month, sex = n % 28 + 1, n // 28 % 12 + 1, "LP"[n % 2]
        born = f"{day + 40 * (n % 2):02d}{month:02d}{60 + n // 336 % 40:02d}"
        cells = [
            "", f"Warga {'ABCDEFGHJK'[n % 10]}{n % 7919} Contoh{n // 7919}", f"9902{n // 10_000:02d}{born}{n % 10_000:04d}", sex,
            TOWNS[n % 6], f"{day:02d}/{month:02d}/{1960 + n // 336 % 40}", f"Kp. Ukur {n % 400}", f"{n % 9 + 1}/{n % 4 + 1}",
            f"0812{n:08d}", WORK[n % 7], f"{n % 28 + 1:02d}/{n % 6 + 1:02d}/2026", "Anggota",
        ]  # fmt: skip
        if n % BAD_EVERY == BAD_EVERY - 1:
            position, value = FAULTS[n // BAD_EVERY % len(FAULTS)]
            cells[position] = before if value is AGAIN else value
        before = cells[2]
        yield cells


def _csv(how_many: int) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(HEADINGS)
    writer.writerows(lines(how_many))
    return text.getvalue().encode("utf-8-sig")


def _workbook(how_many: int) -> bytes:
    import xlsxwriter

    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("Anggota")
        for row, cells in enumerate([HEADINGS, *lines(how_many)]):
            for column, value in enumerate(cells):
                if value:
                    sheet.write_string(row, column, value)
    return target.getvalue()


# --- The job, in its own process --------------------------------------------------------------------


def _job(cooperative_id: int, batch: int, folder: Path) -> dict:
    """Read, apply, leave a file of COPY's of the rows that came in, undo: seconds, megabytes, counts."""
    from registry.imports import engine

    with _sealing_apart() as sealing:
        steps = _Steps(cooperative_id, batch)
        told = {"read": steps.run(), "apply": steps.run(engine.start_apply)}
        told |= {"megabytes": _most_resident(), "sealing": sum(sealing)}
    counts = steps.batch().counts
    assert counts["bad"] == counts["total"] // BAD_EVERY, counts
    rows = _keep_rows(steps, folder)
    assert rows["members_member"] == counts["applied"]["new"]
    return told | {"undo": steps.run(engine.start_undo), "identities": rows["members_identity"], "bad": counts["bad"]}


def _most_resident() -> float:
    """The most memory this process ever held, in MB. (`ru_maxrss` would tell of who started us, too.)"""
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


class _Steps:
    """The bench's treasurer with a file; the jobs run here instead of in the worker."""

    def __init__(self, cooperative_id: int, pk: int = 0) -> None:
        from django.db import transaction
        from django.utils import timezone

        from registry.access import Actor, Place, context_of, load_grants
        from registry.models import User
        from registry.periods import today_jakarta

        from .house import TREASURER

        with transaction.atomic():
            self.user = User.objects.get(username=TREASURER)
            grant = load_grants(self.user.pk, today_jakarta(timezone.now()))[0]
        assert grant.cooperative_id == cooperative_id
        self.place = Place(grant.agency, grant.cooperative, grant)
        self.actor = Actor(self.user.pk, self.user.name, grant.kind, grant.agency_id, cooperative_id)
        self.context = context_of(grant, grant.cooperative)
        self.pk = pk

    @contextmanager
    def acting(self) -> Iterator[None]:
        from django.db import transaction

        from registry.tenancy import bind

        with transaction.atomic():
            bind(self.context)
            yield

    def batch(self):
        from registry.models import ImportBatch

        with self.acting():
            return ImportBatch.objects.get(pk=self.pk)

    def upload(self, name: str, content: bytes) -> None:
        from django.utils import timezone

        from registry.imports import engine

        with self.acting():
            self.pk = engine.upload(
                kind="members", place=self.place, name=name, content=content, options={}, actor=self.actor, user=self.user,
                now=timezone.now(),
            ).pk  # fmt: skip

    def run(self, start: Callable | None = None) -> float:
        """Do the batch's job, after starting it. Returns how long the job took, in seconds."""
        from django.utils import timezone

        from registry import jobs
        from registry.models import Job

        batch = self.batch()
        if start:
            with self.acting():
                start(batch=batch, place=self.place, user=self.user, now=timezone.now())
            batch = self.batch()
        with self.acting():
            job = Job.objects.get(number=batch.job)
        took = seconds(lambda: jobs.run(job.number, job.requested_by, job.grant_id, job.cooperative_id))
        with self.acting():
            job.refresh_from_db()
        assert job.state == Job.State.DONE, job.message
        return took


@contextmanager
def _sealing_apart() -> Iterator[list[float]]:
    """Add up what hashing and encrypting NIKs takes."""
    from registry.keys import KeyRing

    spent: list[float] = []

    def timed(function: Callable) -> Callable:
        def run(*args, **kwargs):
            start = time.perf_counter()
            try:
                return function(*args, **kwargs)
            finally:
                spent.append(time.perf_counter() - start)

        return run

    names = ("encrypt_many", "decrypt_many", "blind_indexes")
    before = {name: getattr(KeyRing, name) for name in names}
    for name in names:
        setattr(KeyRing, name, timed(before[name]))
    try:
        yield spent
    finally:
        for name in names:
            setattr(KeyRing, name, before[name])


TABLES = {
    "members_member": "imported_in = {batch}",
    "members_identity": "member_id IN (SELECT id FROM members_member WHERE cooperative_id = {cooperative} AND imported_in = {batch})",
}


def _keep_rows(steps: _Steps, folder: Path) -> dict[str, int]:
    """Write the rows of the batch as COPY gives them, a file a table; return how many each has."""
    from django.db import connection

    values, found = {"batch": steps.pk, "cooperative": steps.place.cooperative.pk}, {}
    for table, rule in TABLES.items():
        query = f"SELECT * FROM {table} WHERE cooperative_id = {values['cooperative']} AND {rule.format(**values)} ORDER BY id"
        with steps.acting(), connection.cursor() as cursor, (folder / table).open("wb") as file:
            with cursor.copy(f"COPY ({query}) TO STDOUT") as copy:
                for part in copy:
                    file.write(part)
            found[table] = cursor.rowcount
    return found


def _copy(folder: Path) -> float:
    """COPY the rows back as the owner and take them out again. Every constraint, index and trigger has its say.

    As the owner, without FORCE: COPY refuses tables that have row security for who copies, so no role of ours may.
    """
    from django.db import connections, transaction

    connection = connections["owner"]
    with transaction.atomic(using="owner"), connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        start = time.perf_counter()
        for table in TABLES:
            with (folder / table).open("rb") as file, cursor.copy(f"COPY {table} FROM STDIN") as copy:
                while part := file.read(1 << 16):
                    copy.write(part)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        took = time.perf_counter() - start
        transaction.set_rollback(True, using="owner")
    return took


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "koperasi.settings")
    import django

    django.setup()
    from tests import database

    database.point_to(sys.argv[1])
    print(json.dumps(_job(int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))))
