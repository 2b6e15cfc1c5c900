"""The look keeps its promises: contrast, no inline style, known icons, a light stylesheet, safe parts."""

import re
from pathlib import Path

import brotli
import django
import pytest
from django import forms
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template import Engine, RequestContext
from django.test import RequestFactory, override_settings

if not settings.configured:  # run alone, without the database of the whole suite
    settings.configure(
        INSTALLED_APPS=["django.contrib.staticfiles", "django_htmx"],
        STATICFILES_DIRS=[Path(__file__).resolve().parent.parent / "static"],
        STATIC_URL="/static/",
        USE_TZ=True,
        LANGUAGE_CODE="id",
        TIME_ZONE="Asia/Jakarta",
    )
    django.setup()

from registry.templatetags import drawn, money, values

STORAGES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}


@pytest.fixture(autouse=True, scope="module")
def files_under_their_own_names():
    """The addresses of static files without the hashes of a collected release."""
    with override_settings(STORAGES=settings.STORAGES | STORAGES):
        yield


ROOT = Path(__file__).resolve().parent.parent
CSS = (ROOT / "static" / "koperasi.css").read_text(encoding="utf-8")
SPRITE = (ROOT / "static" / "icons.svg").read_text(encoding="utf-8")
SCRIPTS = sorted((ROOT / "static" / "js").glob("*.js"))
PAPER_FOLDERS = {"paper", "charts"}  # printed pages and charts on paper live by other rules
TEMPLATES = [
    path
    for path in sorted((ROOT / "templates").rglob("*.html"))
    if not PAPER_FOLDERS & set(path.relative_to(ROOT / "templates").parts)
]
AGENCIES = ("", "kota-serang", "kab-serang")
LIGHT, DARK = "light", "dark"


def _tokens(agency: str, scheme: str) -> dict[str, str]:
    """The colours a page of this agency sees, read from the stylesheet in the order the browser does."""
    layer = CSS[CSS.index("@layer tokens {") : CSS.index("@layer base {")]
    light, dark = layer.split("@media screen and (prefers-color-scheme: dark)")
    blocks = []
    for text in (light, dark) if scheme == DARK else (light,):
        blocks += re.findall(r":root \{(.*?)\}", text, re.S)
        if agency:
            blocks += re.findall(rf'\[data-agency="{agency}"\] \{{(.*?)\}}', text, re.S)
    found: dict[str, str] = {}
    for block in blocks:
        found |= dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})\b", block))
    return found


def _luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", [LIGHT, DARK])
@pytest.mark.parametrize("agency", AGENCIES)
def test_every_brand_can_be_read_on_paper_and_sheet_and_carries_its_own_text(agency, scheme):
    tokens = _tokens(agency, scheme)
    assert _contrast(tokens["brand"], tokens["paper"]) >= 4.5
    assert _contrast(tokens["brand"], tokens["sheet"]) >= 4.5
    assert _contrast(tokens["on-brand"], tokens["brand"]) >= 4.5
    assert _contrast("#ffffff", tokens["brand-deep"]) >= 7
    assert _contrast(tokens["ink"], tokens["brand-soft"]) >= 7
    assert _contrast(tokens["brand"], tokens["brand-soft"]) >= 4.5


@pytest.mark.parametrize("agency", AGENCIES)
def test_brands_differ_from_each_other_in_both_schemes(agency):
    for other in set(AGENCIES) - {agency}:
        for scheme in (LIGHT, DARK):
            assert _tokens(agency, scheme)["brand"] != _tokens(other, scheme)["brand"]


@pytest.mark.parametrize(
    ("token", "light", "dark"),
    [
        ("ink", (15.1, 16.7), (15.8, 14.3)),
        ("ink-2", (7.4, 8.1), (10.0, 9.1)),
        ("ink-3", (5.2, 5.7), (7.0, 6.4)),
        ("line-2", (3.4, 3.7), (4.6, 4.2)),
    ],
)
def test_text_and_control_borders_have_the_ratios_the_look_states(token, light, dark):
    for scheme, stated in ((LIGHT, light), (DARK, dark)):
        tokens = _tokens("", scheme)
        measured = (_contrast(tokens[token], tokens["paper"]), _contrast(tokens[token], tokens["sheet"]))
        assert measured == pytest.approx(stated, abs=0.1)


@pytest.mark.parametrize(("state", "light", "dark"), [("ok", 6.0, 7.7), ("warn", 6.4, 8.4), ("bad", 6.3, 7.6)])
def test_states_can_be_read_on_their_soft_ground(state, light, dark):
    for scheme, stated in ((LIGHT, light), (DARK, dark)):
        tokens = _tokens("", scheme)
        assert _contrast(tokens[state], tokens[f"{state}-soft"]) == pytest.approx(stated, abs=0.1)


@pytest.mark.parametrize("scheme", [LIGHT, DARK])
@pytest.mark.parametrize("agency", AGENCIES)
def test_map_classes_go_one_way_so_that_more_is_never_read_as_less(agency, scheme):
    shades = [_luminance(_tokens(agency, scheme)[f"c{step}"]) for step in range(1, 6)]
    assert shades == sorted(shades, reverse=scheme == LIGHT)
    assert len(set(shades)) == 5


def test_the_stylesheet_stays_light_and_forces_nothing():
    assert len(CSS.encode()) <= 64_000
    assert len(brotli.compress(CSS.encode())) <= 13_000
    assert "!important" not in CSS
    assert "data:" not in CSS
    assert "light-dark(" not in CSS
    assert "http" not in CSS and "@import" not in CSS and "@font-face" not in CSS


def test_every_class_the_parts_write_has_a_rule_and_braces_balance():
    assert CSS.count("{") == CSS.count("}")
    known = set(re.findall(r"\.([a-z][\w-]*)", CSS))
    written: set[str] = set()
    for path in (ROOT / "templates" / "parts").glob("*.html"):
        for words in re.findall(r'class="([^"]*)"', path.read_text(encoding="utf-8")):
            plain = re.sub(r"\{%.*?%\}|\{\{.*?\}\}", " ", words)
            written |= {word for word in plain.split() if not word.endswith("-")}
    # words that only name a state, or are looked up by script
    assert written - known <= {"r", "b", "t", "v", "good", "void"}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_no_template_carries_style_or_script_of_its_own(path):
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle\s*=", text)
    assert not re.search(r"<style\b", text)
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", text)
    assert "javascript:" not in text
    assert "data:image" not in text and "data_uri" not in text
    for opening, content in re.findall(r"<script\b([^>]*)>(.*?)</script>", text, re.S):
        assert "src=" in opening and not content.strip()


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_scripts_are_small_and_write_no_markup_or_style(path):
    text = path.read_text(encoding="utf-8")
    assert len(text.encode()) <= 12_000
    assert "innerHTML" not in text and "insertAdjacentHTML" not in text and "document.write" not in text
    assert "eval(" not in text and "new Function" not in text
    assert not re.search(r"\.style\b|setAttribute\(\s*[\"']style", text)


def test_every_icon_asked_for_is_drawn_and_every_drawn_icon_is_known():
    symbols = set(re.findall(r'<symbol id="([^"]+)"', SPRITE))
    assert symbols == drawn.ICONS
    asked = set()
    for path in TEMPLATES:
        asked |= set(re.findall(r'{%\s*icon\s+"([^"]+)"', path.read_text(encoding="utf-8")))
    assert asked <= symbols
    with pytest.raises(drawn.UnknownPart):
        drawn.icon("unicorn")


# --- The parts ----------------------------------------------------------------------------------

ENGINE = Engine(
    dirs=[ROOT / "templates"],
    builtins=settings.TEMPLATES[0]["OPTIONS"]["builtins"],
    libraries={
        "look_examples": "registry.templatetags.look_examples",
        "django_htmx": "django_htmx.templatetags.django_htmx",
    },
)


def _render(source: str, **context) -> str:
    request = RequestFactory().get("/")
    return ENGINE.from_string(source).render(RequestContext(request, {"request": request, **context}))


def test_a_state_is_a_word_before_it_is_a_colour():
    assert _render('{% badge "Sudah" "good" %}') == '<span class="badge ok">Sudah</span>'
    with pytest.raises(drawn.UnknownPart):
        _render('{% badge "Sudah" "green" %}')


@pytest.mark.parametrize(
    ("days", "words", "css"),
    [(0, "hari ini", "ok"), (7, "7 hari", "ok"), (8, "8 hari", "warn"), (30, "30 hari", "warn"),
     (31, "31 hari", "bad"), (None, "Belum pernah", "wait")],
)  # fmt: skip
def test_freshness_turns_after_seven_and_after_thirty_days(days, words, css):
    assert drawn.fresh(days) == f'<span class="badge {css}">{words}</span>'


def test_amounts_use_dots_and_brackets_and_leave_an_empty_cell_empty():
    assert values.uang(2_640_000) == "2.640.000"
    assert values.uang(-10_000) == "(10.000)"
    assert values.uang(0) == "0" and values.kolom(0) == "" and values.uang(None) == ""
    assert values.rp(30_000) == '<span class="nb"><span class="rp">Rp\u00a0</span>30.000</span>'
    assert values.persen(1, 0) == ""


def test_a_gauge_never_leaves_its_track_and_turns_amber_only_below_a_stated_limit():
    assert 'width="100" height="8"/></svg>' in drawn.gauge(400, 300)
    assert 'width="0"' in drawn.gauge(0, 0)
    assert 'class="lo"' in drawn.gauge(41, 100, limit=60)
    assert 'class="fg"' in drawn.gauge(41, 100)


def test_the_dues_card_takes_twelve_known_letters_only():
    assert drawn.twelve("pppppppuunxx").count("<path") == 4
    for wrong in ("ppp", "ppppppppppp?"):
        with pytest.raises(drawn.UnknownPart):
            drawn.twelve(wrong)


def test_a_name_with_markup_in_it_stays_text():
    row = {"number": "A-1", "name": "<b>Siti</b>", "boxes": "p" * 12, "amount": 10_000, "note": "<i>"}
    for html in (money.tick_rows([row]), drawn.badge("<b>Siti</b>"), values.join("<b>Siti</b>", "A-1")):
        assert "<b>Siti" not in html and "&lt;b&gt;Siti" in html
    assert "<i>" not in money.tick_rows([row])
    listed = _render("{% work_list items %}", items=[{"title": "<b>Siti</b>", "url": "#"}])
    assert "&lt;b&gt;Siti" in listed


def test_a_row_recorded_by_someone_else_has_no_tick():
    row = {"number": "A-1", "name": "Siti", "boxes": "p" * 12, "amount": 10_000, "done": "Sudah dicatat"}
    html = money.tick_rows([row])
    assert "<input" not in html and "Sudah dicatat" in html


@pytest.mark.parametrize("group", ["", "tunggak"])
def test_a_row_says_its_rt_whether_or_not_it_is_an_exception(group):
    row = {
        "number": "A-0001",
        "name": "Siti",
        "boxes": "pppppppppnxx",
        "amount": 10_000,
        "group": group,
        "rt": "001/003",
    }
    assert ' data-rt="001/003">' in money.tick_rows([row])


@pytest.mark.parametrize(("group", "filtered"), [("muka", "muka"), ("", "selesai")])
def test_a_settled_row_is_found_by_its_filter_and_shows_no_amount(group, filtered):
    row = {"number": "A-0001", "name": "Siti", "boxes": "pppppppppnxx", "amount": 0, "done": "Lunas", "group": group}
    assert f'<li data-s="{filtered}">' in money.tick_rows([row])
    assert '<span class="amt"></span>' in money.tick_rows([row])


def test_three_hundred_rows_weigh_no_more_than_half_a_page_and_a_thousand_less_than_a_page():
    for count, limit in ((300, 8_000), (1000, 30_000)):
        rows = [
            {
                "number": f"A-{n:04}",
                "name": f"{chr(65 + n * 26 // count)}nggota Nomor {n * 7919 % 9973}",
                "boxes": ("ppppppppppnx", "ppppppppttnx", "pppputttttnx")[n % 3],
                "amount": 10_000,
                "checked": True,
            }
            for n in range(count)
        ]
        assert len(brotli.compress(money.tick_rows(rows).encode(), quality=5)) <= limit


class _Form(forms.Form):
    name = forms.CharField(label="Nama", help_text="Seperti di KTP.")
    months = forms.ChoiceField(label="Bulan", choices=[("1", "1 bulan"), ("3", "3 bulan")], widget=forms.RadioSelect)
    note = forms.CharField(label="Catatan", required=False)


def test_a_field_with_an_error_says_so_to_the_eye_and_to_the_screen_reader():
    html = _render("{% field form.name %}", form=_Form({"name": ""}))
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_name_error id_name_helptext"' in html
    assert 'id="id_name_error"' in html and 'id="id_name_helptext"' in html
    assert "field-bad" in html and "#alert" in html


def test_a_clean_field_is_not_marked_and_an_optional_one_says_it_may_stay_empty():
    assert "aria-invalid" not in _render("{% field form.name %}", form=_Form())
    assert "boleh kosong" in _render("{% field form.note %}", form=_Form())
    assert "boleh kosong" not in _render("{% field form.name %}", form=_Form())


def test_choices_are_a_group_with_a_legend():
    html = _render("{% field form.months %}", form=_Form({}))
    assert "<fieldset" in html and "<legend>Bulan</legend>" in html
    assert html.count("<label") == 2 and 'aria-describedby="id_months_error"' in html


def test_the_summary_links_to_each_wrong_field():
    html = _render("{% errors form %}", form=_Form({}))
    assert 'href="#id_name"' in html and "2 isian perlu diperbaiki" in html
    assert _render("{% errors form %}", form=_Form()).strip() == ""


def test_a_missing_key_leaves_no_empty_badge_but_an_unknown_stage_is_an_error():
    queue = _render("{% queue items %}", items=[{"title": "Berkas", "url": "#", "verb": "Periksa"}])
    assert "badge" not in queue and 'aria-label="Periksa: Berkas"' in queue
    with pytest.raises(drawn.UnknownPart):
        _render("{% timeline steps %}", steps=[{"title": "a", "state": "selesai"}])


def test_the_qr_code_is_drawn_and_named():
    html = drawn.qr("http://localhost:8000/k/7K3-7K4Q", "Kode QR untuk memeriksa kuitansi")
    assert 'role="img"' in html and "Kode QR untuk memeriksa kuitansi" in html and html.count("<path") == 1


# --- In a browser -------------------------------------------------------------------------------

PAGES = (
    "beranda",
    "setoran",
    "kuitansi",
    "periksa",
    "anggota",
    "hari-ini",
    "daftar",
    "profil",
    "buku-besar",
    "masuk",
)
STRICT = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'"
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


@pytest.fixture(scope="module")
def browser():
    from tests.chromium import the_browser

    return the_browser()


def _open(browser, name: str, policy: str = STRICT, **context):
    """An example page as the server would send it, with its static files; no server, no database."""
    page = browser.new_context(**context).new_page()
    page.complaints = []
    page.on("console", lambda said: page.complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    source = "{% extends '" + f"style/{name}.html" + "' %}"

    def answer(route):
        path = route.request.url.split("://", 1)[1].split("/", 1)[1].split("?")[0]
        if path.startswith("static/"):
            file = finders.find(path.removeprefix("static/")) or ROOT / path
            route.fulfill(body=Path(file).read_bytes(), content_type=TYPES[Path(file).suffix])
        else:
            body = _render(source, agency="kota-serang")
            headers = {"Content-Security-Policy": policy} if policy else {}
            route.fulfill(body=body, content_type="text/html; charset=utf-8", headers=headers)

    page.route("**/*", answer)
    page.goto("http://koperasi.test/")
    return page


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 1280])
def test_no_page_moves_sideways_or_breaks_the_strict_policy(browser, width):
    for name in PAGES:
        page = _open(browser, name, viewport={"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        assert page.complaints == [], name
        page.context.close()


@pytest.mark.browser
@pytest.mark.parametrize("scheme", [LIGHT, DARK])
def test_axe_finds_nothing_on_any_example_page(browser, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    for name in (*PAGES, "index"):
        page = _open(browser, name, policy="", color_scheme=scheme, viewport={"width": 360, "height": 800})
        found = [(name, problem["id"]) for problem in axe.run(page).response["violations"]]
        assert found == []
        page.context.close()


@pytest.mark.browser
def test_the_month_sheet_counts_with_the_thumb(browser):
    page = _open(browser, "setoran", viewport={"width": 360, "height": 800})
    shown = lambda name: page.locator(f"[data-out={name}]").first.text_content()  # noqa: E731
    assert (shown("ditandai"), shown("belum"), shown("jumlah")) == ("9", "3", "90.000")

    page.get_by_text("Dadang Hermawan").click()  # seven months, the whole row is the target
    assert (shown("belum"), shown("jumlah"), shown("bulan")) == ("2", "160.000", "16")
    page.get_by_text("Tandai semua lunas").locator("visible=true").click()
    assert (shown("belum"), shown("jumlah")) == ("0", "200.000")

    page.get_by_placeholder("Nama atau nomor").fill("a-0088")
    assert page.locator(".dues li:visible").count() == 1
    page.get_by_placeholder("Nama atau nomor").fill("")
    page.locator("[data-saring=tunggak]").click()
    assert page.locator(".dues li:visible").count() == 2
    page.locator("[data-saring=semua]").click()

    page.get_by_label("Pilihan lain").click()
    page.get_by_text("Ubah jumlah").click()
    page.get_by_label("Jumlah dari Ahmad Hidayat, rupiah").fill("25.000")
    assert shown("jumlah") == "215.000"
    assert page.locator("[name='jumlah-A-0002']").count() == 1  # only what was changed is sent
    assert page.locator("[name^='jumlah-']").count() == 1
    page.context.close()


@pytest.mark.browser
def test_the_cash_count_names_the_difference_and_asks_why(browser):
    page = _open(browser, "setoran", viewport={"width": 360, "height": 800})
    page.get_by_text("Hitung kas").click()
    save, result = page.locator("[data-simpan]"), page.locator("[data-hasil]")
    assert save.text_content() == "Simpan dengan selisih" and result.text_content() == "Uang lebih"
    assert page.get_by_label("Sebab selisih").evaluate("field => field.required")

    page.get_by_label("Lembar 100.000", exact=True).fill("0")
    page.get_by_label("Tambah lembar 10.000").click()
    page.get_by_label("Tambah lembar 10.000").click()
    assert page.locator("[data-out=selisih]").text_content() == "(10.000)"
    page.get_by_label("Tambah lembar 10.000").click()
    assert page.locator("[data-out=selisih]").text_content() == "0"
    assert save.text_content() == "Simpan 7 setoran" and result.text_content() == "Cocok"
    assert not page.get_by_label("Sebab selisih").is_visible()
    page.context.close()


@pytest.mark.browser
def test_without_script_the_month_sheet_is_still_a_form(browser):
    page = _open(browser, "setoran", java_script_enabled=False, viewport={"width": 360, "height": 800})
    assert page.get_by_role("button", name="Hitung kas").get_attribute("value") == "hitung"
    page.get_by_text("Dadang Hermawan").click()
    assert page.get_by_label("Dadang Hermawan").is_checked()
    assert page.get_by_role("link", name="Tandai semua lunas").is_visible()
    assert not page.locator("[data-semua]").is_visible()
    page.context.close()
