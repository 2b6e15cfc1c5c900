"""Every form and every filter with what nobody should type: a sentence at the field, never a 500."""

import re
from html.parser import HTMLParser

import pytest

from registry import paper
from registry.paper import PaperFile
from tests.source import modules
from tests.test_door import Walk, canaries  # noqa: F401  a fixture
from tests.walkers import addresses

pytestmark = pytest.mark.django_db(databases=["default", "cache"])

BAD = {
    "nothing": "",
    "spaces": "   ",
    "a NUL": "a\0b",
    "very long": "x" * 70_000,
    "a huge number": "9" * 40,
    "beyond bigint": str(2**63),
    "negative": "-1",
    "a fraction": "1,5",
    "exponent": "1e400",
    "not a number": "NaN",
    "other digits": "١٢٣",
    "a lone surrogate": "\ud800",
    "direction and emoji": "\u202e\U0001f600",
    "markup": "<script>alert(1)</script>",
    "SQL": "'; DROP TABLE members_member; --",
    "a format": "%s %(x)s {0} {{ x }}",
    "an impossible date": "2026-02-31",
    "the year zero": "0000-00-00",
    "the last year": "9999-12-31",
    "another's id": "1",
    "a list": "[]",
}
QUICK = [
    "nothing",
    "a NUL",
    "very long",
    "a huge number",
    "negative",
    "an impossible date",
    "the last year",
    "a format",
]
MOST_FIELDS = 10  # of one form, one at a time


class Forms(HTMLParser):
    """The forms of a page: (method, action, {field: value})."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[str, str, dict]] = []
        self._select = ""

    def handle_starttag(self, tag: str, attributes: list) -> None:
        values = dict(attributes)
        if tag == "form":
            self.forms.append((values.get("method", "get").lower(), values.get("action") or "", {}))
        if not self.forms:
            return
        fields, name = self.forms[-1][2], values.get("name")
        if tag == "select" and name:
            self._select = name
            fields.setdefault(name, "")
        elif tag == "option" and self._select and ("selected" in values or not fields.get(self._select)):
            fields[self._select] = values.get("value") or ""
        elif tag in ("input", "textarea", "button") and name and name != "csrfmiddlewaretoken":
            fields.setdefault(name, values.get("value") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""


def forms_of(content: str) -> list[tuple[str, str, dict]]:
    parser = Forms()
    parser.feed(content)
    return parser.forms


def query_names() -> list[str]:
    """Return every name the views read from the address."""
    pattern = re.compile(r"""GET(?:\.get|\.getlist)?[(\[]\s*["'](\w+)["']""")
    return sorted({name for _, source in modules() for name in pattern.findall(source)})


class Fuzz(Walk):
    """A walk that types nonsense."""

    tried = 0

    def send(self, method: str, path: str, data: dict) -> None:
        self.tried += 1
        with self.kept():
            try:
                response = getattr(self.client, method)(path, data)
            except UnicodeEncodeError:
                return  # the test client cannot send it, nor can a browser
        if response.status_code >= 500:
            self.wrong.append(
                f"{method} {path} { ({key: str(value)[:20] for key, value in data.items()}) }: {response.status_code}"
            )

    def page(self, path: str) -> None:
        with self.kept():
            response = self.client.get(path)
        if response.status_code != 200 or "html" not in response.get("Content-Type", ""):
            return
        for method, action, fields in forms_of(response.content.decode()):
            self.form(method, action.split("?")[0] or path, fields)

    def form(self, method: str, path: str, fields: dict) -> None:
        if method not in ("get", "post") or not path.startswith("/") or "keluar" in path:
            return
        self.send(method, path, {})
        for bad in BAD.values():
            self.send(method, path, dict.fromkeys(fields, bad))
        for name in one_of_each_kind(fields)[:MOST_FIELDS]:
            for bad in QUICK:
                self.send(method, path, fields | {name: BAD[bad]})


def one_of_each_kind(fields: dict) -> list[str]:
    """`wajib-1`, `wajib-2` … are one kind of field."""
    kinds: dict[str, str] = {}
    for name in fields:
        kinds.setdefault(re.sub(r"\d+", "#", name), name)
    return list(kinds.values())


@pytest.fixture(autouse=True)
def papers_in_clear(monkeypatch):
    monkeypatch.setattr(paper, "print_html", lambda html, **_: PaperFile(html.encode(), "", 1))


@pytest.mark.parametrize("person", ["siti", "admin_kota", ""])
def test_no_form_answers_nonsense_with_a_500(person, enter, canaries):  # noqa: F811
    fuzz = Fuzz(enter, person, canaries)
    for address in addresses():
        if address.door:
            fuzz.page(address.at(*fuzz.places["melati"]))
    assert fuzz.wrong == []
    assert fuzz.tried >= {"siti": 300}.get(person, 0)


@pytest.mark.parametrize("person", ["siti", "joko", ""])
def test_no_filter_answers_nonsense_with_a_500(person, enter, canaries):  # noqa: F811
    fuzz, names = Fuzz(enter, person, canaries), query_names()
    for address in addresses():
        if not address.door:
            continue
        path = address.at(*fuzz.places["melati"])
        for bad in BAD.values() if fuzz.ask("get", path).status_code == 200 else []:
            fuzz.send("get", path, dict.fromkeys(names, bad))
    assert fuzz.wrong == []
    assert names


def test_nonsense_in_the_address_itself_is_not_a_500(enter, canaries):  # noqa: F811
    fuzz = Fuzz(enter, "siti", canaries)
    base = "/".join(["", canaries["melati"][0], "koperasi", canaries["melati"][1]])
    for path in (f"{base}/anggota/99999999999999999999/", f"{base}/anggota/0/", f"{base}/%00/", f"{base}/anggota/%00/", "/%00", "/k/%00/",
                 f"{base}/iuran/kuitansi/2099-99999999/", f"{base}/iuran/terima/99999999999999999999/", f"/{'x' * 5000}/", "/../../etc/passwd",
                 f"/{canaries['melati'][0]}/koperasi/{'a' * 3000}/beranda/", "/k/" + "9" * 3000 + "/"):  # fmt: skip
        fuzz.send("get", path, {})
        fuzz.send("post", path, {})
    assert fuzz.wrong == []


def test_the_fuzz_finds_a_planted_500(enter, canaries, monkeypatch):  # noqa: F811
    """The control: a date filter that trusts its reader."""
    from datetime import date

    from django.http import HttpResponse
    from django.test import override_settings

    from registry.access import door
    from tests import planted_urls

    @door.login
    def trusting(request):
        return HttpResponse(date.fromisoformat(request.GET.get("bulan", "2026-01-01")))

    monkeypatch.setattr(planted_urls, "urlpatterns", [planted_urls.path("tanam/percaya/", trusting)])
    with override_settings(ROOT_URLCONF="tests.planted_urls"):
        fuzz = Fuzz(enter, "siti", canaries)
        fuzz.send("get", "/tanam/percaya/", {"bulan": BAD["an impossible date"]})
    assert fuzz.wrong
