"""A template becomes a PDF: the only road from this product to paper.

`render_pdf` turns a Django template and a frozen snapshot (plain dataclasses, no queries) into HTML here, and
hands the HTML to `registry.paper_worker`, a process with limits in which WeasyPrint does the rest. Call
it outside the database transaction: a large report takes seconds.

The same snapshot gives the same HTML, and the same HTML the same bytes: the hash of both may be kept with a
published report. Nothing is loaded from anywhere: style sheets are inlined from `static/paper/`, pictures are
inline SVG, the QR code is one SVG path.
"""

import hashlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import segno
from django.template import Context, Engine

BASE_DIR = Path(__file__).resolve().parent.parent
STYLES = BASE_DIR / "static" / "paper"
Paper = Literal["A4", "F4", "A5", "A6", "thermal"]
PAPERS: tuple[Paper, ...] = ("A4", "F4", "A5", "A6", "thermal")
TIMEOUT_SECONDS = 90  # the worker's own limit of 60 s of processor comes first; this one is for a stuck machine
MAX_HTML_BYTES = 12_000_000
QR_LONGEST = 42  # bytes: version 3, 29 modules at level M; longer texts still work, with smaller modules


class PaperError(Exception):
    """The paper could not be made. The text is an Indonesian sentence that a user may read."""


@dataclass(frozen=True, slots=True)
class PaperFile:
    """A finished PDF: its bytes, the SHA-256 of the HTML it was made from, and how many pages it has."""

    content: bytes
    sha256_html: str
    pages: int

    @property
    def sha256(self) -> str:
        """SHA-256 of the PDF itself, in hex."""
        return hashlib.sha256(self.content).hexdigest()


class _MissingValue(str):
    """What a template gets for a name that does not exist: an error. A paper has no silent holes."""

    def __contains__(self, item: object) -> bool:
        raise PaperError("Dokumen tidak dapat dibuat karena ada isian yang tidak tersedia.")


@cache
def _engine() -> Engine:
    """Papers have an engine of their own: no request, no context processors, only the filters made for
    paper.
    """
    return Engine(
        dirs=[str(BASE_DIR / "templates")],
        builtins=["registry.templatetags.paper"],
        string_if_invalid=_MissingValue("?"),
    )


def render_html(template: str, context: dict[str, Any], *, stylesheets: Sequence[str], paper: Paper, title: str) -> str:
    """The complete HTML of a paper, style sheets inlined: `base.css`, `page-<paper>.css`, then `stylesheets`.

    `stylesheets` are file names in `static/paper/`. The template extends `paper/base.html` and finds
    `title`, `paper` and `css` beside its own context.
    """
    if paper not in PAPERS:
        raise ValueError(f"unknown paper {paper!r}")
    names = ["base.css", f"page-{paper.lower()}.css", *stylesheets]
    css = "\n".join((STYLES / name).read_text(encoding="utf-8") for name in names)
    values = {**context, "title": title, "paper": paper, "css": css}
    return _engine().get_template(template).render(Context(values, use_l10n=False))


def render_pdf(
    template: str, context: dict[str, Any], *, stylesheets: Sequence[str], paper: Paper, title: str
) -> PaperFile:
    """Template + frozen snapshot → tagged PDF in Indonesian (`lang="id"`), made in a process with limits.

    `template`: path below `templates/`. `context`: plain values and frozen dataclasses. `stylesheets`:
    names in `static/paper/` beside base and page size. `paper`: A4, F4, A5, A6 or thermal (58 mm, as long
    as its content). Raises PaperError with an Indonesian sentence when the document is too heavy or
    cannot be made.
    """
    html = render_html(template, context, stylesheets=stylesheets, paper=paper, title=title)
    return print_html(html, to_content=paper == "thermal")


def print_html(html: str, *, to_content: bool = False) -> PaperFile:
    """Complete HTML → PDF in the limited process. `to_content`: one page, as high as what stands on it."""
    source = html.encode()
    if len(source) > MAX_HTML_BYTES:
        raise PaperError("Dokumen terlalu besar untuk dicetak sekaligus. Persempit pilihannya lalu coba lagi.")
    order = b"content-height\n" if to_content else b"\n"
    stdout = _ask_worker(_spares.take(), order + source) or _ask_worker(_start_worker(), order + source)
    _spares.prepare()
    head, _, content = stdout.partition(b"\n")
    return PaperFile(content, hashlib.sha256(source).hexdigest(), json.loads(head)["pages"])


def _ask_worker(worker: subprocess.Popen, request: bytes) -> bytes:
    """The worker's answer; empty when it was a spare that had just gone home."""
    try:
        stdout, stderr = worker.communicate(request, timeout=TIMEOUT_SECONDS)
    except subprocess.TimeoutExpired as error:
        worker.kill()
        worker.communicate()
        raise PaperError("Dokumen tidak selesai dibuat dalam waktu yang tersedia. Coba lagi nanti.") from error
    if worker.returncode != 0:
        raise PaperError(_sentence(worker.returncode, stderr))
    return stdout


def _start_worker() -> subprocess.Popen:
    """A fresh process that loads WeasyPrint and waits for one document."""
    command = [sys.executable, "-s", "-m", "registry.paper_worker"]
    pipe = subprocess.PIPE
    return subprocess.Popen(  # noqa: S603
        command, stdin=pipe, stdout=pipe, stderr=pipe, cwd=BASE_DIR, env=_environment()
    )


class _Spares:
    """One loaded worker kept ahead, so that a receipt takes 0.3 s and not 1.6 s.

    Each worker still makes one document only. A spare leaves after five idle minutes, or as soon as this
    process ends (its stdin closes). A forked child never uses its parent's spare: two writers on one pipe
    would mix two documents.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._spare: subprocess.Popen | None = None
        self._owner = 0

    def take(self) -> subprocess.Popen:
        """A worker for exactly one document: the spare if there is one, else a new one."""
        spare = self._release()
        return spare if spare is not None and spare.poll() is None else _start_worker()

    def prepare(self) -> None:
        """Start the next spare (returns at once; it loads while nobody waits)."""
        with self._lock:
            if self._spare is None or self._owner != os.getpid():
                self._spare, self._owner = _start_worker(), os.getpid()

    def drop(self) -> None:
        """End the spare, so that the next worker starts with today's environment."""
        spare = self._release()
        if spare is not None:
            spare.kill()
            spare.communicate()

    def _release(self) -> subprocess.Popen | None:
        with self._lock:
            spare, self._spare = self._spare, None
            return spare if self._owner == os.getpid() else None


_spares = _Spares()


def _environment() -> dict[str, str]:
    """What the worker may know: where programs and the font cache are. No database address, no secret.

    A fixed hash seed and date make the same HTML the same bytes.
    """
    kept = {name: os.environ[name] for name in _KEPT_NAMES if name in os.environ}
    return {**kept, "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "0", "SOURCE_DATE_EPOCH": "1577836800"}


_KEPT_NAMES = ("PATH", "HOME", "XDG_CACHE_HOME", "FONTCONFIG_PATH", "FONTCONFIG_FILE", "LD_LIBRARY_PATH",
               "PAPER_MEMORY_BYTES", "PAPER_CPU_SECONDS")  # fmt: skip


def _sentence(code: int, stderr: bytes) -> str:
    """The worker's end in words. A negative code is a signal: out of processor time, or killed for memory."""
    last = stderr.decode(errors="replace").strip().splitlines()[-1:] or [""]
    try:
        kind = json.loads(last[0])["error"]
    except (ValueError, KeyError, TypeError):
        kind = ""
    # SystemError is what remains of a MemoryError inside an extension module.
    if code < 0 or kind in {"MemoryError", "SystemError", "RecursionError"}:
        return "Dokumen terlalu berat untuk dicetak sekaligus. Persempit pilihannya lalu coba lagi."
    return "Dokumen tidak dapat dibuat. Petugas teknis perlu memeriksa pembuat PDF."


def qr_path(text: str) -> tuple[str, int]:
    """(path data, modules per side) of a QR code, error level M, without quiet zone.

    One horizontal stroke per run of dark modules: `<path d=… stroke="#000">` in a box of modules + 4 ×
    modules + 4 shifted by 2 (two modules of the quiet zone drawn, two more are the white around it).
    """
    rows = [bytes(row) for row in segno.make(text, error="m", micro=False, boost_error=False).matrix]
    strokes = []
    for y, row in enumerate(rows):
        x = 0
        while x < len(row):
            length = 0
            while x + length < len(row) and row[x + length]:
                length += 1
            if length:
                strokes.append(f"M{x} {y}h{length}v1h-{length}z")
            x += length + 1
    return "".join(strokes), len(rows)
