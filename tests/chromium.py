"""The one Chromium of a test process: Playwright starts only once in each."""

import atexit
import os
from functools import cache

from playwright.sync_api import Browser, sync_playwright


@cache
def the_browser() -> Browser:
    """Start Chromium, or return the one that runs. It ends with the process."""
    os.environ.setdefault(
        "DJANGO_ALLOW_ASYNC_UNSAFE", "1"
    )  # its loop runs in this thread; Django's calls are not async
    playwright = sync_playwright().start()
    browser = playwright.chromium.launch(
        executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=["--no-sandbox", "--disable-gpu"]
    )
    atexit.register(playwright.stop)
    return browser
