"""Import, paper, memory and the demo: whole things rather than statements."""

import os
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import reverse

from koperasi.reports.board import Board
from koperasi.reports.figures import Period
from koperasi.reports.fill_monthly import TOLD, PaperFacts, fill
from koperasi.reports.monthly import Signatory
from koperasi.reports.monthly_pdf import monthly_pdf
from members.actions import Applicant, Person, admit_many
from registry.access import Actor
from registry.models import Cooperative, User
from registry.tenancy import NOBODY, Context, Role, bind
from tests import database

from .house import CLOCK, TODAY, TREASURER, Size
from .http import _server
from .measuring import Result, at_most, median_ms, seconds, skipped


def admit(cooperatives: list[Cooperative], size: Size, full: bool) -> list[Result]:
    """Many people through the action alone, without a file."""
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

    def act() -> None:
        with transaction.atomic():
            bind(bound_to)
            admit_many(cooperative=cooperatives[-1], people=people, actor=actor, now=CLOCK.at(TODAY))
            transaction.set_rollback(True)

    took = seconds(act)
    return [Result(f"admit_many, {how_many:,} people", f"{took:.1f} s", details={"seconds": took})]


def _treasurer(cooperative: Cooperative) -> tuple[Actor, Context]:
    actor = Actor(1, "Bendahara Ukur", "treasurer", cooperative.agency_id, cooperative.pk)
    return actor, Context(Role.OFFICER, user_id=1, agency_id=cooperative.agency_id, cooperative_id=cooperative.pk)


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
