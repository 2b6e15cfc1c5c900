"""Driving a real Chromium. Everything a journey needs:

    pytestmark = pytest.mark.browser

    def test_the_treasurer_records_a_month(stage, phone, sign_in, axe, Taps):
        sign_in(phone, "siti")                      # a session made directly; form=True types into the sign-in form
        taps = Taps(phone)                          # counts real clicks and taps from here on (typing is not counted)
        phone.goto("/kota-serang/koperasi/melati/") # addresses are relative to the running server
        phone.get_by_role("link", name="Iuran").click()
        ...
        assert taps.count <= 4
        axe(phone)                                  # 0 violations, light and dark; also fails on sideways scrolling
        with stage.database():                      # look behind the page with the ORM (commits; bind a role for walled tables)
            ...

`phone`    page of 360 x 740 with touch          `small`  a factory: `small(320, 640)`
`desk`     page of 1280 x 900                    `page_of(width, height, touch=…, **context)` any other page
`clock`    `clock(datetime(2026, 11, 21, 5, 0, tzinfo=UTC))` stops the time of every following request
`picture`  `picture(page, "masuk")` writes light and dark PNGs to $PICTURES; does nothing when that is not set
`stage`    url, database(), session(username)

The database is the cast of `tests/cast.py`, cloned anew for every browser test, so tests may commit what they like.
A page that logs a console error, throws in its script, or answers with a 500, fails its test when that ends.
A click ends when the page it opened has loaded; what a script draws later is waited for with `expect(…)` or `wait_for()`.
SLOW=8 slows Chromium down eight times, to find tests that only pass on a fast machine.
Chromium is /usr/bin/chromium, or $CHROMIUM. Do not use the `db` fixture or `enter` in a browser test.
"""

import os
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page

from tests import database
from tests.browser.stage import Stage, StoppedClock
from tests.cast import PASSWORD
from tests.chromium import the_browser

SIDEWAYS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
COUNTER = """
if (!window.__taps) {
  window.__taps = true;
  // one pointerdown is one tap or click: a label's second, invented click and keyboard presses are not counted
  addEventListener("pointerdown", (e) => { if (e.isTrusted) window.__tapped(); }, true);
}
"""


@pytest.fixture(scope="session")
def _stage(django_db_setup, django_db_blocker, worker_id) -> Iterator[Stage]:
    from django.conf import settings

    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # playwright's loop runs in this thread; ours is not async
    with django_db_blocker.unblock():
        template = f"{settings.ROLE_PREFIX}_template_{database.fingerprint()}"
        name = f"{settings.ROLE_PREFIX}_browser_{os.environ.get('TEST_DB_SUFFIX', '')}{worker_id}"
        stage = Stage(template, name)
        yield stage
        stage.end()


@pytest.fixture
def stage(_stage, django_db_blocker, settings) -> Iterator[Stage]:
    """The server on an untouched database."""
    settings.PUBLIC_URL = _stage.url
    with django_db_blocker.unblock():
        _stage.reset()
        yield _stage


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Locator, "click", _click_and_load(Locator.click))
        yield the_browser()


def _click_and_load(click: Callable) -> Callable:
    """Playwright's own click returns when the answer begins to arrive; a check right after it would see half a page."""

    def clicked(locator: Locator, **options) -> None:
        click(locator, **options)
        locator.page.wait_for_load_state()

    return clicked


@pytest.fixture
def page_of(stage, chromium) -> Iterator[Callable[..., Page]]:
    """`page_of(768, 1024)` opens a page of its own (own cookies) and watches it for errors."""
    contexts, wrong = [], []

    def opened(width: int, height: int, *, touch: bool = False, **options) -> Page:
        context = chromium.new_context(
            base_url=stage.url, viewport={"width": width, "height": height}, has_touch=touch, is_mobile=touch,
            locale="id-ID", timezone_id="Asia/Jakarta", **options,
        )  # fmt: skip
        contexts.append(context)
        context.set_default_timeout(10_000)
        page = context.new_page()
        if "SLOW" in os.environ:
            slowness = {"rate": float(os.environ["SLOW"])}
            context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", slowness)
        page.on("pageerror", lambda error: wrong.append(f"script: {error}"))
        page.on("console", lambda said: wrong.append(f"console: {said.text}") if _is_ours(said) else None)
        page.on(
            "response",
            lambda answer: wrong.append(f"{answer.status} {answer.url}") if answer.status >= 500 else None,
        )
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not wrong, wrong


def _is_ours(said) -> bool:
    """Chromium itself reports every 4xx answer as an error; what a test expects is for the test to say."""
    return said.type == "error" and "Failed to load resource" not in said.text


@pytest.fixture
def phone(page_of) -> Page:
    return page_of(360, 740, touch=True)


@pytest.fixture
def desk(page_of) -> Page:
    return page_of(1280, 900)


@pytest.fixture
def small(page_of) -> Callable[..., Page]:
    return lambda width=320, height=640: page_of(width, height, touch=True)


@pytest.fixture
def sign_in(stage) -> Callable[..., None]:
    """`sign_in(page, "joko")`: be joko; with `form=True` by typing, with `second_factor=False` without the second proof."""

    def signed_in(page: Page, username: str, *, form: bool = False, second_factor: bool = True) -> None:
        if form:
            page.goto("/masuk/")
            page.get_by_label("Nama pengguna atau surel").fill(username)
            page.get_by_label("Kata sandi", exact=True).fill(PASSWORD)
            page.get_by_role("button", name="Masuk").click()
            page.wait_for_url(lambda url: "/masuk/" not in url)
            return
        key = stage.session(username, second_factor=second_factor)
        page.context.add_cookies(
            [{"name": "sessionid", "value": key, "url": stage.url, "httpOnly": True, "sameSite": "Lax"}]
        )

    return signed_in


class _Taps:
    def __init__(self, page: Page) -> None:
        self.count = 0
        page.expose_function("__tapped", self._tapped)
        page.add_init_script(COUNTER)
        page.evaluate(COUNTER)

    def _tapped(self) -> None:
        self.count += 1


@pytest.fixture
def Taps() -> Callable[[Page], _Taps]:
    """`taps = Taps(page)` counts clicks and taps from now on in `taps.count`, over all pages that follow."""
    return _Taps


@pytest.fixture
def axe() -> Callable[[Page], None]:
    """`axe(page)` asserts that nothing is wrong for people who see, hear or move differently, in light and in dark."""

    def checked(page: Page, *, modes: tuple[str, ...] = ("light", "dark")) -> None:
        page.wait_for_load_state()
        sideways = page.evaluate(SIDEWAYS)
        assert sideways <= 0, f"{page.url} scrolls sideways by {sideways} px"
        for mode in modes:
            page.emulate_media(color_scheme=mode)
            page.wait_for_timeout(50)
            found = Axe().run(page)
            assert found.violations_count == 0, f"{page.url} ({mode})\n{found.generate_report()}"
        page.emulate_media(color_scheme="light")

    return checked


@pytest.fixture
def clock(monkeypatch) -> Callable[[datetime], None]:
    """`clock(moment)` stops the time the door hands to views; sessions and one-time codes keep real time."""

    def stopped(moment: datetime) -> None:
        monkeypatch.setattr("registry.access.timezone", StoppedClock(moment))

    return stopped


@pytest.fixture
def picture() -> Callable[[Page, str], None]:
    def taken(page: Page, name: str) -> None:
        folder = os.environ.get("PICTURES")
        if not folder:
            return
        Path(folder).mkdir(parents=True, exist_ok=True)
        width = page.viewport_size["width"]
        for mode in ("light", "dark"):
            page.emulate_media(color_scheme=mode)
            page.wait_for_timeout(60)
            page.screenshot(path=f"{folder}/{name}-{width}-{mode}.png", full_page=True)
        page.emulate_media(color_scheme="light")

    return taken
