"""What makes the pages an app on a phone: the manifest, the service worker, and the page for no signal at all."""

import hashlib
import json
from functools import cache
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static

from registry.access import door

KEPT_FILES = (
    "koperasi.css",
    "icons.svg",
    "favicon.svg",
    "js/koperasi.js",
    "js/luring.js",
    "js/keluar.js",
    "js/setoran-luring.js",
)
WORKER = Path(settings.BASE_DIR) / "static" / "js" / "pekerja.js"


@door.everyone
def manifest(request: HttpRequest) -> JsonResponse:
    """The web app manifest: what the phone shows on its home screen."""
    icons = [
        {"src": static(f"app/ikon-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
        for size in (192, 512)
        for purpose in ("any", "maskable")
    ]
    return JsonResponse(
        {
            "id": "/",
            "name": "Koperasi Serang",
            "short_name": "Koperasi",
            "description": "Buku anggota dan iuran koperasi, juga tanpa sinyal.",
            "lang": "id",
            "start_url": "/",
            "scope": "/",
            "display": "standalone",
            "background_color": "#f3f3f1",
            "theme_color": "#0a5560",
            "icons": icons,
        },
        content_type="application/manifest+json",
    )


@door.everyone
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker, with the addresses of the files it keeps. Asked for anew each time, so that it can be replaced."""
    response = HttpResponse(_worker(), content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response


@cache
def _worker() -> str:
    code = WORKER.read_text(encoding="utf-8")
    kept = [static(name) for name in KEPT_FILES] + ["/luring/"]
    version = hashlib.sha256((code + "".join(kept)).encode()).hexdigest()[:12]
    return f"const ASET = {json.dumps(kept)};\nconst VERSI = {json.dumps(version)};\n{code}"


@door.everyone
def no_signal(request: HttpRequest) -> HttpResponse:
    """What a phone shows when there is no signal and no page for recording was kept."""
    return render(request, "home/no_signal.html")
