"""`./run shots`: a picture of every page of the running demo, phone and desktop, light and dark, into `shots/` (ignored by git).

Start `./run` in another terminal first. Each person signs in once (a code of the second factor works once), then walks
along the links of their own pages; of every address of `koperasi/urls.py` the first one met is pictured. What no link
reached is told at the end. SHOTS_URL names another address than PUBLIC_URL;
`./run shots bendahara staf.kota` pictures the pages of these people only.
"""

import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import django
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

django.setup()

from django.conf import settings  # noqa: E402
from django.urls import Resolver404, resolve  # noqa: E402

from koperasi.demo.logins import PASSWORD  # noqa: E402
from koperasi.demo_logins import current_code  # noqa: E402
from tests.walkers import addresses  # noqa: E402

ADDRESS = os.environ.get("SHOTS_URL", settings.PUBLIC_URL)
# Where each person begins; the first of all is nobody.
PEOPLE = {
    "": ["/masuk/", "/k/", "/bantuan/", "/gaya/"],
    "bendahara": ["/"],
    "ketua": ["/"],
    "staf.kota": ["/kota-serang/", "/kota-serang/koperasi/"],
    "admin.kota": ["/kota-serang/", "/kota-serang/akses/"],
    "pimpinan.kota": ["/", "/kota-serang/ringkasan/"],
}
SCREENS = {
    "phone": {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True},
    "desk": {"viewport": {"width": 1280, "height": 900}},
}
NO_PAGES = ("/keluar/", "/static/")
AT_MOST = 150  # pages one person walks
HEIGHT = "() => Math.max(640, document.documentElement.scrollHeight)"
LINKS = "() => [...document.querySelectorAll('a[href]:not([download])')].map((a) => new URL(a.getAttribute('href'), location.href).href)"  # a link in a map has no text for .href


def main(folder: Path, people: list[str]) -> None:
    folder.mkdir(exist_ok=True)
    pictured: set[str] = set()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        for person in people or PEOPLE:
            state = signed_in(browser, person)
            found = dict(walk(opened(browser, "desk", state), PEOPLE[person]))
            take_all(browser, state, person or "umum", found, folder)
            pictured |= set(found)
        browser.close()
    unseen = sorted({one.name for one in addresses() if one.door} - pictured)
    sys.stdout.write(f"{len(pictured)} addresses pictured in {folder.resolve()}\nNot met: {', '.join(unseen)}\n")


def opened(browser: Browser, screen: str, state: dict | None) -> BrowserContext:
    return browser.new_context(
        base_url=ADDRESS, locale="id-ID", timezone_id="Asia/Jakarta", storage_state=state, **SCREENS[screen]
    )


def signed_in(browser: Browser, person: str) -> dict | None:
    """Sign in by the form and return the cookies; nobody has none."""
    if not person:
        return None
    context = opened(browser, "desk", None)
    page = context.new_page()
    page.goto("/masuk/")
    page.locator("input[name=login]").fill(person)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url(lambda url: urlsplit(url).path != "/masuk/")
    if urlsplit(page.url).path == "/masuk/kode/":
        page.locator("input[name=code]").fill(current_code(datetime.now(UTC)))
        page.locator("input[name=code]").press("Enter")
        page.wait_for_url(lambda url: not urlsplit(url).path.startswith("/masuk/"))
    state = context.storage_state()
    context.close()
    return state


def walk(context: BrowserContext, starts: list[str]) -> Iterator[tuple[str, str]]:
    """Follow links breadth first; yield (name of the address, path), each name once."""
    page, waiting, seen = context.new_page(), list(starts), set()
    names: set[str] = set()
    while waiting and len(seen) < AT_MOST:
        path = waiting.pop(0)
        name = name_of(path)
        if name is None or name in names or path in seen:
            continue
        seen.add(path)
        if not is_page(context, path):
            continue
        page.goto(path)
        arrived = urlsplit(page.url).path
        name = name_of(arrived)
        if name is None or name in names:
            continue
        names.add(name)
        yield name, arrived
        waiting += [path_of(link) for link in page.evaluate(LINKS) if link.startswith(ADDRESS)]
    context.close()


def is_page(context: BrowserContext, path: str) -> bool:
    answer = context.request.get(path)
    return answer.ok and answer.headers.get("content-type", "").startswith("text/html")


def name_of(path: str) -> str | None:
    """The name of an address; an example of the style pages counts by its page."""
    if path.startswith(NO_PAGES):
        return None
    try:
        found = resolve(urlsplit(path).path)
    except Resolver404:
        return None
    return f"{found.view_name}-{found.kwargs['page']}" if "page" in found.kwargs else found.view_name


def path_of(link: str) -> str:
    parts = urlsplit(link)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def take_all(browser: Browser, state: dict | None, person: str, found: dict[str, str], folder: Path) -> None:
    """Picture the pages of one person on both screens, each light and dark."""
    for screen in SCREENS:
        context = opened(browser, screen, state)
        page = context.new_page()
        for name, path in found.items():
            page.set_viewport_size(SCREENS[screen]["viewport"])
            page.goto(path)
            take(page, folder / f"{person}-{name.replace(':', '-')}-{screen}")
        context.close()


def take(page: Page, start: Path) -> None:
    """Picture the whole page in a window as tall as the page, so that what is fixed to the bottom stays there."""
    page.set_viewport_size({"width": page.viewport_size["width"], "height": page.evaluate(HEIGHT)})
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.screenshot(path=f"{start}-{scheme}.png", full_page=True)
        sys.stdout.write(f"{start.name}-{scheme}.png\n")


if __name__ == "__main__":
    main(Path("shots"), sys.argv[1:])
