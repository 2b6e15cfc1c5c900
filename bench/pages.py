"""Pages an officer waits for: the month sheet, 300 payments in one submit, searching while typing, a slow signal."""

import re
import statistics
import time
import uuid
from datetime import date
from http.client import HTTPConnection
from urllib.parse import urlencode

from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from koperasi.demo.building import ADMINS
from koperasi.demo.logins import Login, acting, join
from koperasi.demo.plan import REGENCY
from members.actions import Applicant, Person, admit_many
from members.models import Member
from registry.access import Actor
from registry.actions import register_cooperative
from registry.models import Agency, Cooperative, GrantKind, Place, User
from registry.periods import month_of, today_jakarta
from registry.tenancy import NOBODY, Context, Role, bind

from .house import CLOCK, TODAY, TREASURER, Size
from .http import _server
from .measuring import Result, at_most, p95_ms, skipped

MANY, SEARCHER, SLUG = 5_000, "bench-cari", "besar"
FIRST = [
    "Siti",
    "Ahmad",
    "Nurhayati",
    "Dadang",
    "Komariah",
    "Iwan",
    "Juleha",
    "Ujang",
    "Eneng",
    "Asep",
    "Rohmat",
    "Masitoh",
    "Sarmin",
]
LAST = [
    "Hidayat",
    "Nurbaiti",
    "Kurnia",
    "Setiawan",
    "Suherman",
    "Rohayati",
    "Maulana",
    "Fauziah",
    "Wijaya",
    "Sukaesih",
    "Permana",
]
TYPED = ("s", "si", "sit", "siti", "nur", "kom", "asep", "mau", "wij", "A-04", "dadang k", "xyz")
SLOW = {"offline": False, "latency": 300, "downloadThroughput": 250_000 / 8, "uploadThroughput": 250_000 / 8}


def run(cooperatives: list[Cooperative], size: Size, full: bool) -> list[Result]:
    """Everything over HTTP against a granian of its own, one connection: what one officer waits for on the server."""
    place = [cooperatives[0].agency.slug, cooperatives[0].slug]
    large = _large_cooperative()
    with _server("koperasi.wsgi:application") as port:
        officer, searcher = _cookies(TREASURER), _cookies(SEARCHER)
        sheet = reverse("finance:sheet", args=place)
        opened = [_ask(port, "GET", sheet, officer)[0] for _ in range(43)][3:]
        searched = _searches(port, large, searcher)
        submits = [_submit(port, sheet, officer, cooperatives[0]) for _ in range(6)][1:]
        signal = _slow_signal(port, place, officer)
    return [
        at_most("Buku Setoran opens, on the server: p95", p95_ms(opened), 150, median=statistics.median(opened) * 1000),
        at_most("300 payments in one submit: median", statistics.median(submits) * 1000, 500, slowest=max(submits) * 1000),
        at_most(f"search while typing, {MANY:,} members: p95", p95_ms(searched), 50, median=statistics.median(searched) * 1000),
        *signal,
    ]  # fmt: skip


def _searches(port: int, large: Cooperative, cookies: str) -> list[float]:
    path = reverse("finance:pay_search", args=[large.agency.slug, large.slug])
    times = []
    for _ in range(6):
        for words in TYPED:
            took, page = _ask(port, "GET", f"{path}?{urlencode({'cari': words})}", cookies, {"HX-Request": "true"})
            assert words == "xyz" or b"/terima/" in page, f"nobody is found by {words}"
            times.append(took)
    return times[len(TYPED) :]


def _submit(port: int, sheet: str, cookies: str, cooperative: Cooperative) -> float:
    """Record a month of everybody (the first 300), as an advance where nothing is open; return the seconds to the answer."""
    numbers = _numbers(cooperative)[:300]
    today = today_jakarta(timezone.now())
    token = re.search(r"csrftoken=([^;]+)", cookies)
    assert token is not None
    form = {"csrfmiddlewaretoken": token[1], "kunci": str(uuid.uuid4()), "bulan": f"{month_of(today):%Y-%m}", "tanggal": today.isoformat(),
            "bayar": [f"{number}.10000.m" for number in numbers], "koin": str(10_000 * len(numbers)), "langkah": "simpan"}  # fmt: skip
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    took, _ = _ask(port, "POST", sheet, cookies, headers, urlencode(form, doseq=True), expected=302)
    return took


def _ask(
    port: int, method: str, path: str, cookies: str, headers: dict | None = None, body: str = "", expected: int = 200
):
    start = time.perf_counter()
    http = HTTPConnection("127.0.0.1", port, timeout=60)
    http.request(method, path, body or None, {"Cookie": cookies, "Host": "localhost"} | (headers or {}))
    answer = http.getresponse()
    page = answer.read()
    took = time.perf_counter() - start
    http.close()
    if answer.status != expected:
        raise RuntimeError(f"{method} {path} answered {answer.status}")
    return took, page


def _cookies(username: str) -> str:
    """Sign in without the form; a token of our own for the forms."""
    client = Client()
    with transaction.atomic():
        bind(NOBODY)
        client.force_login(User.objects.get(username=username))
    return f"sessionid={client.cookies['sessionid'].value}; csrftoken={'a' * 32}"


def _numbers(cooperative: Cooperative) -> list[str]:
    with transaction.atomic():
        bind(Context(Role.OFFICER, user_id=1, agency_id=cooperative.agency_id, cooperative_id=cooperative.pk))
        members = Member.objects.filter(cooperative=cooperative).order_by("pk")
        return list(members.values_list("number_text", flat=True))


def _large_cooperative() -> Cooperative:
    """A cooperative of 5,000 members in the same database, beside the measured ones; made once, kept."""
    found = Cooperative.objects.filter(slug=SLUG).select_related("agency").first()
    if found is None:
        found = _register()
    bound_to = Context(Role.OFFICER, user_id=1, agency_id=found.agency_id, cooperative_id=found.pk)
    with transaction.atomic():
        bind(bound_to)
        have = Member.objects.filter(cooperative=found).count()
        people = [
            Applicant(
                Person(f"{FIRST[n % len(FIRST)]} {LAST[n * 7 % len(LAST)]} {n}", "LP"[n % 2], date(1980, 1, 1)),
                CLOCK.month(2),
            )
            for n in range(have, MANY)
        ]
        if people:
            actor = Actor(1, "Bendahara Ukur", "treasurer", found.agency_id, found.pk)
            admit_many(cooperative=found, people=people, actor=actor, now=CLOCK.at(TODAY))
    login = Login(SEARCHER, "Bendahara Cari", GrantKind.TREASURER, "showcase")
    join(login, found.agency, found, ADMINS[REGENCY].username, CLOCK, CLOCK.month(2))
    return found


def _register() -> Cooperative:
    with acting(ADMINS[REGENCY].username) as actor:
        agency = Agency.objects.get(slug=REGENCY)
        village = Place.objects.filter(parent__parent_id=agency.place_id).select_related("parent").order_by("-code")[0]
        assert village.parent is not None
        return register_cooperative(
            agency=agency, name="Koperasi Besar Ukur", short_name=SLUG, district=village.parent, village=village,
            fields={}, actor=actor, now=CLOCK.at(TODAY),
        )  # fmt: skip


def _slow_signal(port: int, place: list[str], cookies: str) -> list[Result]:
    """Time until four pages are loaded at 250 kbit/s and 300 ms, with an empty cache and again. Needs Chromium and playwright."""
    from tests.chromium import the_browser

    try:
        browser = the_browser()
    except Exception as why:  # without a browser the rest is still worth its table
        return [skipped("slow signal", str(why).splitlines()[0][:60])]
    paths = {
        "home": reverse("cooperative_home", args=place),
        "month sheet": reverse("finance:sheet", args=place),
        "member list": reverse("members:list", args=place),
        "receipt": reverse("finance:receipt", args=[*place, f"{today_jakarta(timezone.now()).year}-1"]),
    }
    results = []
    for name, path in paths.items():
        first, later, kilobytes = _visits(browser, f"http://localhost:{port}", path, cookies)
        results.append(
            Result(f"250 kbit/s, {name}: first visit, again", f"{first:.1f} s, {later:.1f} s", f"{kilobytes[0]:.0f} kB, {kilobytes[1]:.0f} kB", "",
                   "<= 5 s, <= 2 s", first <= 5 and later <= 2)
        )  # fmt: skip
    return results


def _visits(browser, url: str, path: str, cookies: str) -> tuple[float, float, list[float]]:
    context = browser.new_context(base_url=url, viewport={"width": 360, "height": 740})
    context.add_cookies(
        [dict(zip(("name", "value"), pair.split("="), strict=True)) | {"url": url} for pair in cookies.split("; ")]
    )
    page = context.new_page()
    wire = context.new_cdp_session(page)
    wire.send("Network.enable")
    wire.send("Network.emulateNetworkConditions", SLOW)
    sizes: list[list[float]] = []
    wire.on("Network.loadingFinished", lambda event: sizes[-1].append(event["encodedDataLength"] / 1000))
    times = []
    for _ in ("empty cache", "again"):
        sizes.append([])
        start = time.perf_counter()
        page.goto(path, wait_until="load")
        times.append(time.perf_counter() - start)
        page.wait_for_timeout(500)
    context.close()
    return times[0], times[1], [sum(size) for size in sizes]
