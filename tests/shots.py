"""`./run shots`: a picture of every page, phone and desktop, light and dark, from the running demo, into `shots/` (ignored by git)."""

import os
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

ADDRESS = os.environ.get("SHOTS_URL", "http://localhost:8000")
COOPERATIVE = "/kota-serang/koperasi/pager-agung/"
PAGES = {
    "bendahara": [
        "beranda/", "iuran/", "iuran/setoran/", "iuran/terima/", "iuran/terima/1/", "iuran/tunggakan/", "iuran/pengaturan/",
        "anggota/", "anggota/1/", "anggota/1/simpanan/", "buku/", "buku/neraca-saldo/", "buku/besar/11100/",
    ],
}  # fmt: skip
PUBLIC = ["/masuk/", "/k/", "/bantuan/", "/bantuan/bendahara/", "/gaya/", "/gaya/setoran/", "/tidak-ada/"]


def main(folder: Path) -> None:
    """Take every picture. Needs the demo to be running, and SHOTS_USER / SHOTS_PASSWORD for the pages behind the login."""
    folder.mkdir(exist_ok=True)
    user, password = os.environ.get("SHOTS_USER", ""), os.environ.get("SHOTS_PASSWORD", "")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        for width, scheme in ((360, "light"), (360, "dark"), (1280, "light"), (1280, "dark")):
            page = browser.new_context(viewport={"width": width, "height": 860}, color_scheme=scheme).new_page()
            for path in PUBLIC:
                take(page, path, folder, f"{width}-{scheme}")
            if user:
                page.goto(f"{ADDRESS}/masuk/")
                page.fill("input[name=login]", user)
                page.fill("input[name=password]", password)
                page.keyboard.press("Enter")
                page.wait_for_load_state()
                for path in PAGES["bendahara"]:
                    take(page, COOPERATIVE + path, folder, f"{width}-{scheme}")
        browser.close()


def take(page, path: str, folder: Path, kind: str) -> None:
    page.goto(ADDRESS + path)
    name = path.strip("/").replace("/", "-") or "beranda"
    page.screenshot(path=folder / f"{name}-{kind}.png", full_page=True)
    sys.stdout.write(f"{name}-{kind}.png\n")


if __name__ == "__main__":
    main(Path("shots"))
