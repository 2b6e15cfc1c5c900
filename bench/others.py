"""Import, paper, memory and the demo: whole things rather than statements."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from koperasi.reports.board import Board
from koperasi.reports.figures import Period
from koperasi.reports.fill_monthly import TOLD, PaperFacts, fill
from koperasi.reports.monthly import Signatory
from koperasi.reports.monthly_pdf import monthly_pdf
from members.actions import Applicant, Person, admit_many
from registry import jobs
from registry.access import Actor, Place, context_of, load_grants
from registry.imports import engine
from registry.models import Cooperative, ImportBatch, Job, User
from registry.periods import today_jakarta
from registry.sheets.columns import Column
from registry.sheets.writing import write_xlsx
from registry.tenancy import NOBODY, Context, Role, bind
from tests import database

from .house import CLOCK, TODAY, TREASURER, Size
from .http import _server
from .measuring import Result, at_most, median_ms, seconds, skipped


def import_members(cooperatives: list[Cooperative], size: Size, full: bool) -> list[Result]:
    """A list of members: the action alone, then the whole way from the uploaded file to the preview and into the book."""
    how_many = 100_000 if full else 10_000
    actor, bound_to = _treasurer(cooperatives[-1])
    people = [
        Applicant(
            Person(f"Orang {n}", "LP"[n % 2], date(1990, 1, 1), "Kp. Ukur", "001/001"),
            CLOCK.month(1),
            f"9901010101{n:06d}",
        )
        for n in range(how_many)
    ]

    def admit() -> None:
        with transaction.atomic():
            bind(bound_to)
            admit_many(cooperative=cooperatives[-1], people=people, actor=actor, now=CLOCK.at(TODAY))
            transaction.set_rollback(True)

    took = seconds(admit)
    line = Result(f"admit_many, {how_many:,} people", f"{took:.1f} s", details={"seconds": took})
    return [line, *_whole_import(cooperatives[0], how_many, full)]


def _treasurer(cooperative: Cooperative) -> tuple[Actor, Context]:
    actor = Actor(1, "Bendahara Ukur", "treasurer", cooperative.agency_id, cooperative.pk)
    return actor, Context(Role.OFFICER, user_id=1, agency_id=cooperative.agency_id, cooperative_id=cooperative.pk)


def _whole_import(cooperative: Cooperative, how_many: int, full: bool) -> list[Result]:
    """Upload a workbook as the bench's treasurer; the jobs run here instead of in the worker. Ends with the undo."""
    with transaction.atomic():
        user = User.objects.get(username=TREASURER)
        grant = load_grants(user.pk, today_jakarta(timezone.now()))[0]
    place = Place(grant.agency, grant.cooperative, grant)
    actor = Actor(user.pk, user.name, grant.kind, grant.agency_id, cooperative.pk)
    content = _workbook(how_many)
    with transaction.atomic():
        bind(context_of(grant, grant.cooperative))
        batch = engine.upload(
            kind="members",
            place=place,
            name="daftar.xlsx",
            content=content,
            options={},
            actor=actor,
            user=user,
            now=timezone.now(),
        )

    def step(start: Callable | None = None) -> float:
        with transaction.atomic():
            bind(context_of(grant, grant.cooperative))
            if start:
                start(batch=ImportBatch.objects.get(pk=batch.pk), place=place, user=user, now=timezone.now())
            job = Job.objects.get(number=ImportBatch.objects.values_list("job", flat=True).get(pk=batch.pk))
        took = seconds(lambda: jobs.run(job.number, job.requested_by, job.grant_id, job.cooperative_id))
        with transaction.atomic():
            bind(context_of(grant, grant.cooperative))
            job.refresh_from_db()
            assert job.state == Job.State.DONE, job.message
        return took

    read, applied, undone = step(), step(engine.start_apply), step(engine.start_undo)
    name = f"{how_many:,} members by file ({len(content) / 1e6:.1f} MB)"
    target = {"target": "<= 90 s", "ok": read <= 90} if full else {}
    return [
        Result(f"{name}: to the preview", f"{read:.1f} s", **target),
        Result(f"{name}: into the book", f"{applied:.1f} s"),
        Result(f"{name}: out again", f"{undone:.1f} s"),
    ]


def _workbook(how_many: int) -> bytes:
    """A list as an office keeps it, every NIK another."""
    target = BytesIO()
    headings = ["Nama", "NIK", "L/P", "Tgl lahir", "Alamat", "RT/RW", "Tgl masuk"]
    columns = [Column(name, name) for name in headings]
    rows = (
        [f"Warga {n:06d}", f"9902{n // 10_000:02d}{n % 28 + 1 + 40 * (n % 2):02d}0180{n % 10_000:04d}", "LP"[n % 2],
         f"{n % 28 + 1:02d}/01/1980", "Kp. Ukur", "1/2", "03/02/2026"]
        for n in range(how_many)
    )  # fmt: skip
    write_xlsx(target, title="Daftar anggota", columns=columns, rows=rows)
    return target.getvalue()


def report_pdf(cooperatives: list[Cooperative], size: Size, full: bool) -> list[Result]:
    """The monthly report: counted from the database, and printed as the largest one there is (the Kabupaten, 1,214 lines)."""
    from tests.monthly_samples import regency_report

    agency = cooperatives[0].agency
    now = CLOCK.at(TODAY)

    def count() -> None:
        with transaction.atomic():
            bind(Context(Role.DINAS, user_id=1, agency_id=agency.pk))
            board = Board(agency, Period.of(CLOCK.month(1), TODAY), told=TOLD)
            signatory = Signatory("Nama", "Kepala Dinas", "Pembina", "", "")
            fill(
                board,
                PaperFacts(
                    signatory=signatory, published_at=now, code="01-AAAA-BBBB-CCCC", check_url="http://localhost/"
                ),
            )

    counted = median_ms([seconds(count) for _ in range(3)])
    report, before = regency_report(), os.times()
    paper = monthly_pdf(report)
    after = os.times()
    processor = after.user + after.children_user - before.user - before.children_user
    lines = len(cooperatives)
    return [
        Result(f"monthly report, {lines} cooperatives: counting", f"{counted / 1000:.1f} s", target="<= 5 s", ok=counted <= 5000),
        Result(f"monthly report of the Kabupaten as PDF, {paper.pages} pages", f"{processor:.1f} s of processor, {after.elapsed - before.elapsed:.1f} s",
               target="<= 15 s", ok=processor <= 15),
    ]  # fmt: skip


def web_memory(cooperatives: list[Cooperative], size: Size, full: bool) -> list[Result]:
    """Weigh the web process and its children after some requests for whole pages of one cooperative."""
    client = Client()
    with transaction.atomic():
        bind(NOBODY)
        client.force_login(User.objects.get(username=TREASURER))
    cookie = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
    place = [cooperatives[0].agency.slug, cooperatives[0].slug]
    names = [
        "cooperative_home",
        "members:list",
        "finance:dues",
        "finance:sheet",
        "finance:journal",
        "finance:arrears",
        "finance:trial_balance",
    ]
    pages = ["/akun/login/", *(reverse(name, args=place) for name in names)]
    with _server("koperasi.wsgi:application") as port:
        import urllib.error
        import urllib.request

        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        for path in pages * 10:
            request = urllib.request.Request(
                f"http://127.0.0.1:{port}{path}", headers={"Cookie": cookie, "Host": "localhost"}
            )
            try:
                opener.open(request, timeout=30).read()
            except urllib.error.HTTPError as answer:
                answer.read()
        megabytes = max(_resident(pid) for pid in _listeners(port))
    return [at_most("web process, resident", megabytes, 120, unit="MB")]


def _listeners(port: int) -> list[int]:
    """Return our processes whose command line names the port: the server and its workers."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            text = path.read_bytes().decode(errors="replace")
            parent = Path(path.parent / "stat").read_text().rsplit(")", 1)[1].split()[1]
        except OSError:
            continue
        if f"--port\0{port}\0" in text or int(parent) in found:
            found.append(int(path.parent.name))
    return found


def _resident(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return 0.0


def demo_time(cooperatives: list[Cooperative], size: Size, full: bool) -> list[Result]:
    """Make the whole demo in a database of its own, and say how long it took until the first login and to the end."""
    if not full:
        return [skipped("the demo", "only with --full")]
    name = f"{settings.ROLE_PREFIX}_bench_demo"
    database.clone(database.build_empty(), name)
    environment = os.environ | {
        key: os.environ[key].rsplit("/", 1)[0] + f"/{name}" for key in ("DATABASE_URL", "DATABASE_OWNER_URL")
    }
    start = time.perf_counter()
    command = [sys.executable, "manage.py", "demo"]
    process = subprocess.Popen(
        command, cwd=settings.BASE_DIR, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    first = 0.0
    for line in process.stderr:
        first = first or (time.perf_counter() - start if "Sudah dapat dipakai" in line else 0.0)
    process.wait()
    took = time.perf_counter() - start
    database.drop(name)
    return [
        Result("the demo: first logins", f"{first:.0f} s"),
        Result("the demo: all of it", f"{took:.0f} s", target="<= 180 s", ok=process.returncode == 0 and took <= 180),
    ]
