"""Import, paper, memory and the demo: whole things rather than statements."""

import os
import subprocess
import sys
import time
from datetime import date
from importlib import import_module
from pathlib import Path

from django.conf import settings
from django.db import transaction

from members.actions import Applicant, Person, admit_many
from registry.access import Actor
from registry.models import Cooperative
from registry.tenancy import Context, Role, bind
from tests import database

from .house import CLOCK, TODAY, Size
from .http import _server
from .measuring import Result, at_most, seconds, skipped


def import_members(cooperatives: list[Cooperative], size: Size, full: bool) -> list[Result]:
    """Admit a long list at once, as the import's last step does. The whole import is measured by the name it will have."""
    how_many = 100_000 if full else 10_000
    people = [
        Applicant(Person(f"Orang {n}", "LP"[n % 2], date(1990, 1, 1), "Kp. Ukur", "001/001"), CLOCK.month(1), f"9901010101{n:06d}")
        for n in range(how_many)
    ]
    cooperative = cooperatives[-1]

    def admit() -> None:
        with transaction.atomic():
            bind(Context(Role.OFFICER, user_id=1, agency_id=cooperative.agency_id, cooperative_id=cooperative.pk))
            actor = Actor(1, "Bendahara Ukur", "treasurer", cooperative.agency_id, cooperative.pk)
            admit_many(cooperative=cooperative, people=people, actor=actor, now=CLOCK.at(TODAY))
            transaction.set_rollback(True)

    took = seconds(admit)
    line = Result(f"admit_many, {how_many:,} people", f"{took:.1f} s", details={"seconds": took})
    return [line, skipped("import of 100,000 members, file to preview", "members.jobs has no import yet")]


def report_pdf(cooperatives: list[Cooperative], size: Size, full: bool) -> list[Result]:
    """Look for the monthly report of the Kabupaten by its name."""
    try:
        import_module("koperasi.reports.monthly_pdf")
    except ImportError:
        return [skipped("monthly report as PDF", "koperasi.reports.monthly_pdf is not there yet")]
    return [skipped("monthly report as PDF", "koperasi.reports.monthly_pdf is there; bind it in bench/others.py")]


def web_memory(cooperatives: list[Cooperative], size: Size, full: bool) -> list[Result]:
    """Weigh the web process and its children after some requests."""
    with _server("koperasi.wsgi:application") as port:
        import urllib.error
        import urllib.request

        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        for path in ["/", "/akun/login/"] * 20:
            try:
                opener.open(f"http://127.0.0.1:{port}{path}", timeout=10).read()
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
    environment = os.environ | {key: os.environ[key].rsplit("/", 1)[0] + f"/{name}" for key in ("DATABASE_URL", "DATABASE_OWNER_URL")}
    start = time.perf_counter()
    command = [sys.executable, "manage.py", "demo"]
    process = subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
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
