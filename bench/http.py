"""One payment over HTTP, through session, CSRF, door and wall, beside a bare Django view with the same action."""

import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
import uuid
from contextlib import contextmanager
from http.client import HTTPConnection
from itertools import cycle
from typing import IO
from urllib.parse import quote, urlencode

from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from members.models import Member
from registry.models import Cooperative, User
from registry.periods import today_jakarta
from registry.tenancy import NOBODY, Context, Role, bind

from .house import TREASURER, Size
from .measuring import Result, at_most, p95_ms, skipped

PAGE = "finance:pay"
SECONDS = 6
CONNECTIONS = 8


def run(cooperatives: list[Cooperative], size: Size, full: bool) -> list[Result]:
    bare = _bare(cooperatives[0])
    try:
        form = _Form(cooperatives[0])
    except (NoReverseMatch, LookupError) as why:
        return [skipped("one payment over HTTP", f"{PAGE}: {why}"), bare[0]]
    return [*_ours(form, bare[1]), bare[0]]


class _Form:
    """The payment page as a person with a session sees it: the same month for one member after the other."""

    def __init__(self, cooperative: Cooperative) -> None:
        self.numbers = cycle(range(1, len(_members(cooperative)) + 1))
        self.place = [cooperative.agency.slug, cooperative.slug]
        self.client = Client(enforce_csrf_checks=True)
        with transaction.atomic():
            bind(NOBODY)
            self.client.force_login(User.objects.get(username=TREASURER))
        page = self.client.get(self._path(), headers={"host": "localhost"}).content.decode()
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        if found is None:
            raise LookupError("the page shows no form")
        self.token = found[1]

    def _path(self) -> str:
        return reverse(PAGE, args=[*self.place, next(self.numbers)])

    def one(self) -> tuple[str, dict[str, str]]:
        """Return the address and the fields of the next payment: one month of wajib, ahead where nothing is open."""
        fields = {"csrfmiddlewaretoken": self.token, "kunci": str(uuid.uuid4()), "terlihat": "0", "pokok": "0", "bulan": "1",
                  "tanggal": today_jakarta(timezone.now()).isoformat(), "cara": "cash"}  # fmt: skip
        return self._path(), fields


def _ours(form: _Form, bare_speed: float) -> list[Result]:
    for _ in range(2):  # the first of a month makes what everybody owes
        path, fields = form.one()
        with CaptureQueriesContext(connection) as queries:
            answer = form.client.post(path, fields, headers={"host": "localhost"})
        if answer.status_code != 302:
            return [skipped("one payment over HTTP", f"{PAGE} answered {answer.status_code}: its form has changed")]
    cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in form.client.cookies.items())
    headers = {"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded", "Host": "localhost"}

    def one() -> tuple[str, str]:
        path, fields = form.one()
        return path, urlencode(fields)

    with _server("koperasi.wsgi:application") as port:
        times = [_post(port, *one(), headers, 302) for _ in range(100)][20:]
        speed = _speed(port, one, headers, 302)
    return [
        at_most("one payment over HTTP: statements", len(queries), 20, unit="statements"),
        at_most("one payment over HTTP: p95, 1 connection", p95_ms(times), 30, median=statistics.median(times) * 1000),
        Result(f"payments, {CONNECTIONS} connections", f"{speed:.0f}/s", f"{bare_speed:.0f}/s", f"{speed / bare_speed:.2f} x", ">= 0.5 x",
               speed >= 0.5 * bare_speed),
    ]  # fmt: skip


def _bare(cooperative: Cooperative) -> tuple[Result, float]:
    members = _members(cooperative)
    path = f"/pay/{cooperative.pk}/%s/"
    with _server("bench.bare:application") as port:
        counter = iter(range(10**9))
        times = [_post(port, path % members[next(counter) % len(members)], "", {}, 200) for _ in range(40)]
        speed = _speed(port, lambda: (path % members[next(counter) % len(members)], ""), {}, 200)
    text = f"{statistics.median(times) * 1000:.1f} ms, {speed:.0f}/s"
    return Result(f"bare view with the same action, {CONNECTIONS} connections", text), speed


@contextmanager
def _server(application: str):
    """Serve a WSGI application with granian, as `./run` does, against the bench's database; yields its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    app = settings.DATABASES["default"]
    url = f"postgres://{quote(app['USER'])}:{quote(app['PASSWORD'])}@{quote(app['HOST'], safe='')}:{app['PORT'] or 5432}/{app['NAME']}"
    environment = os.environ | {
        "DATABASE_URL": url,
        "ALLOWED_HOSTS": "localhost,127.0.0.1",
        "SECRET_KEY": settings.SECRET_KEY,
    }
    environment |= {"KEYS_FILE": str(settings.KEYS_FILE), "KOPERASI_DATA": str(settings.DATA_DIR), "DEMO": "1"}
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", application, "--host", "127.0.0.1", "--port", str(port),
               "--blocking-threads", "4", "--workers", "1", "--no-access-log"]  # fmt: skip
    with tempfile.TemporaryFile("w+") as log:
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        try:
            _until_it_answers(port, server, log)
            yield port
        finally:
            server.terminate()
            server.wait(20)


def _until_it_answers(port: int, server: subprocess.Popen, log: IO[str]) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    for _ in range(200):
        try:
            opener.open(f"http://127.0.0.1:{port}/", timeout=5)
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            if server.poll() is not None:
                log.seek(0)
                raise RuntimeError(f"the server stopped by itself:\n{log.read()[-2000:]}") from None
            time.sleep(0.1)
    raise RuntimeError("the server does not answer")


def _post(port: int, path: str, body: str, headers: dict, expected: int) -> float:
    start = time.perf_counter()
    http = HTTPConnection("127.0.0.1", port, timeout=30)
    http.request("POST", path, body, headers)
    status = http.getresponse().status
    http.close()
    if status != expected:
        raise RuntimeError(f"POST {path} answered {status}")
    return time.perf_counter() - start


def _speed(port: int, make, headers: dict, expected: int) -> float:
    """Return requests per second of CONNECTIONS threads over some seconds."""
    until = time.perf_counter() + SECONDS
    counts = [0] * CONNECTIONS
    lock = threading.Lock()

    def work(index: int) -> None:
        while time.perf_counter() < until:
            with lock:
                path, body = make()
            _post(port, path, body, headers, expected)
            counts[index] += 1

    threads = [threading.Thread(target=work, args=(index,)) for index in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / SECONDS


def _members(cooperative: Cooperative) -> list[int]:
    with transaction.atomic():
        bind(Context(Role.OFFICER, user_id=1, agency_id=cooperative.agency_id, cooperative_id=cooperative.pk))
        return list(Member.objects.filter(cooperative=cooperative).order_by("pk").values_list("pk", flat=True))
