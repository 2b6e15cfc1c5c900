"""A phone in a hamlet: 250 kbit/s, 300 ms there and back. What a page weighs and how often it asks decides how long it takes.

Time is not measured here (`python -m bench --only pages` prints it): from the bytes over the wire and the number of requests
follows what such a signal needs, whatever the machine.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import uuid4

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from finance.actions import DuesLine, record_dues
from finance.models import Receipt
from members.models import Member
from registry.periods import today_jakarta
from tests.browser.test_dues import HOME, make_three_hundred
from tests.cast import Someone
from tests.web import Web

pytestmark = pytest.mark.browser

BYTES_PER_SECOND, ROUND_TRIP = 250_000 / 8, 0.3
AT_ONCE = 6  # connections a browser opens to one server
FIRST, LATER = 5.0, 2.0  # seconds until a page can be used


@dataclass
class Wire:
    """What came over the wire for one page: bytes with their headers, by the address of each request."""

    sizes: dict[str, int] = field(default_factory=dict)

    @property
    def kilobytes(self) -> float:
        return sum(self.sizes.values()) / 1000

    def seconds(self, *, connected: bool) -> float:
        """Return how long the slow signal needs: the page, then what it names, six at a time, then all bytes one after the other.

        A connection takes a round trip more, for the page and again for the first of what it names.
        """
        rounds = 1 + -(-(len(self.sizes) - 1) // AT_ONCE) + (0 if connected else 2)
        return rounds * ROUND_TRIP + sum(self.sizes.values()) / BYTES_PER_SECOND


def watch(page: Page) -> list[Wire]:
    """Slow the page down, and return a list whose last `Wire` fills as things come over the wire."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    slow = {
        "offline": False,
        "latency": ROUND_TRIP * 1000,
        "downloadThroughput": BYTES_PER_SECOND,
        "uploadThroughput": BYTES_PER_SECOND,
    }
    session.send("Network.emulateNetworkConditions", slow)
    wires, addresses = [Wire()], {}

    def asked(event: dict) -> None:
        if event["request"]["url"].startswith("http"):
            addresses[event["requestId"]] = event["request"]["url"]

    def came(event: dict) -> None:
        address = addresses.get(event["requestId"])
        if address and event["encodedDataLength"]:  # nothing came for what the browser had
            wires[-1].sizes[address] = wires[-1].sizes.get(address, 0) + round(event["encodedDataLength"])

    session.on("Network.requestWillBeSent", asked)
    session.on("Network.loadingFinished", came)
    return wires


@pytest.fixture
def granian(stage, tmp_path_factory) -> Iterator[Web]:
    """The product's own server with its compressed, named files: what stands behind the stage sends them as they are."""
    folder = tmp_path_factory.getbasetemp() / "behind-a-slow-signal"  # the files are gathered once
    gathered = folder.exists()
    folder.mkdir(exist_ok=True)
    web = Web(stage.name, str(folder), static=not gathered)
    yield web
    web.kill()


@pytest.fixture
def receipt(stage) -> str:
    """Siti's cooperative with 300 members; one has paid. The address of the receipt."""
    make_three_hundred(stage)
    with stage.database(), Someone("siti").acting() as (actor, melati):
        today, now = today_jakarta(timezone.now()), timezone.now()
        one = Member.objects.get(cooperative=melati, number=1)
        record_dues(cooperative=melati, lines=[DuesLine(one.pk, wajib=10_000)], paid_on=today, through=today, key=uuid4(),
                    actor=actor, now=now, today=today)  # fmt: skip
        return Receipt.objects.get(cooperative=melati).address


@pytest.mark.parametrize(
    ("page_name", "first_kilobytes", "later_kilobytes"),
    [("home", 60, 10), ("sheet", 60, 15), ("members", 60, 10), ("receipt", 60, 10)],
)
def test_a_page_can_be_used_in_five_seconds_at_first_and_in_two_later(
    stage, chromium, granian, receipt, page_name, first_kilobytes, later_kilobytes
):
    path = {
        "home": HOME,
        "sheet": f"{HOME}iuran/setoran/",
        "members": f"{HOME}anggota/",
        "receipt": f"{HOME}iuran/kuitansi/{receipt}/",
    }[page_name]
    context = chromium.new_context(base_url=f"http://localhost:{granian.port}", viewport={"width": 360, "height": 740})
    try:
        context.add_cookies(
            [{"name": "sessionid", "value": stage.session("siti"), "url": f"http://localhost:{granian.port}"}]
        )
        page = context.new_page()
        wires = watch(page)
        assert page.goto(path, wait_until="load").status == 200
        page.wait_for_timeout(500)
        first = wires[-1]
        wires.append(Wire())
        page.goto(path, wait_until="load")
        page.wait_for_timeout(500)
        later = wires[-1]
    finally:
        context.close()
    assert first.seconds(connected=False) <= FIRST
    assert later.seconds(connected=True) <= LATER
    assert first.kilobytes <= first_kilobytes
    assert later.kilobytes <= later_kilobytes
    assert len(first.sizes) <= 12
    assert len(later.sizes) <= 4, later.sizes


def test_what_is_heavy_or_asks_often_would_be_noticed():
    """32 requests of 1 kB: the page, six rounds of what it names, a second of bytes. 150 kB at once: 4.8 seconds of bytes."""
    chatty, heavy = Wire({str(n): 1_000 for n in range(32)}), Wire({"/": 150_000})
    assert round(chatty.seconds(connected=True), 3) == round(0.3 * (1 + 6) + 1.024, 3)
    assert round(heavy.seconds(connected=False), 3) == round(0.3 * 3 + 4.8, 3)
    assert chatty.seconds(connected=True) > LATER and heavy.seconds(connected=False) > FIRST
