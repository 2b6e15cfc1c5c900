"""The other side of `registry.paper`: HTML in on stdin, PDF out on stdout, nothing else in reach.

Runs as `python -m registry.paper_worker` (first line of stdin: empty or `content-height`; then the HTML)
in a process of its own, so that a document that eats memory or time takes only itself down. Before
WeasyPrint is loaded the limits are set; after it is loaded an audit hook refuses the network, other
programs and every file outside the Python installation (fonts are read by Pango in C, which the hook does
not see). WeasyPrint's own fetcher allows `data:` only: the default one embeds `file:///etc/hostname` as
an attachment and follows redirects into the local network (GHSA-35jj-wx47-4w8r, GHSA-983w-rhvv-gwmv,
CVE-2026-55073; the last is why 70.0 is the floor).

One process makes one document and ends: nothing of one tenant's paper can reach the next. Because loading
WeasyPrint takes longer than a receipt, the parent may start a process ahead; it waits, loaded, and leaves
by itself when idle.

Answer: one line of JSON (`{"pages": 6}`), then the bytes of the PDF. On failure exit code 3 and one line
of JSON on stderr (`{"error": "MemoryError"}`): the kind of error only, never words of the document.
"""

import gc
import json
import os
import resource
import select
import sys

MEMORY_BYTES = 1_200_000_000
CPU_SECONDS = 60
IDLE_SECONDS = 300
MM = 96 / 25.4  # CSS pixels in a millimetre
REFUSED_EVENTS = (
    "socket.",
    "subprocess.",
    "os.system",
    "os.exec",
    "os.fork",
    "os.posix_spawn",
    "ctypes.dlopen",
    "urllib.",
)


def set_limits() -> None:
    """Address space, processor time, no core file. The environment may lower them (tests do), never
    raise them.
    """
    memory = min(MEMORY_BYTES, int(os.environ.get("PAPER_MEMORY_BYTES", MEMORY_BYTES)))
    seconds = min(CPU_SECONDS, int(os.environ.get("PAPER_CPU_SECONDS", CPU_SECONDS)))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def close_the_doors() -> None:
    """From here on: no network, no other program, no file outside the Python installation."""
    homes = tuple({os.path.realpath(home) + os.sep for home in (sys.prefix, sys.base_prefix)})
    homes += tuple(os.path.realpath(path) + os.sep for path in sys.path if path.endswith("-packages"))

    def refuse(event: str, args: tuple) -> None:
        if event == "open" and isinstance(args[0], str | bytes):
            path = os.path.realpath(os.fsdecode(args[0]))
            if not path.startswith(homes):
                raise PermissionError("file refused")
        elif event.startswith(REFUSED_EVENTS):
            raise PermissionError(f"{event} refused")

    sys.addaudithook(refuse)


def content_height(document) -> float:
    """Bottom of the lowest block of the first page, in millimetres from its top edge."""
    html = document.pages[0]._page_box.children[0]
    body = html.children[0]
    return max(child.position_y + child.margin_height() for child in body.children) / MM


def render(markup: str, *, to_content: bool) -> tuple[int, bytes]:
    """(pages, PDF). With `to_content` the page ends 6 mm below the last block: a roll has no page height."""
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher

    fetcher = URLFetcher(allowed_protocols=("data",), allow_redirects=False)
    html = HTML(string=markup, base_url=None, url_fetcher=fetcher)
    fonts = FontConfiguration()
    close_the_doors()
    document = html.render(font_config=fonts)
    if to_content:
        height = content_height(document) + 6
        size = CSS(string=f"@page {{ size: 58mm {height:.1f}mm !important }}", url_fetcher=fetcher)
        document = html.render(font_config=fonts, stylesheets=[size])
    return len(document.pages), document.write_pdf(pdf_tags=True)


def main() -> int:
    set_limits()
    gc.disable()  # one document and out: 17 % faster, 2 % more memory, and the limit above still holds
    import weasyprint  # noqa: F401 - the slow part, done before the document arrives

    if not select.select([sys.stdin], [], [], IDLE_SECONDS)[0]:
        return 0
    request = sys.stdin.buffer.read()
    if not request:  # the parent is gone
        return 0
    order, _, markup = request.partition(b"\n")
    try:
        pages, content = render(markup.decode(), to_content=order == b"content-height")
    except Exception as error:
        sys.stderr.write(json.dumps({"error": type(error).__name__}) + "\n")
        return 3
    sys.stdout.buffer.write(json.dumps({"pages": pages}).encode() + b"\n" + content)
    sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
