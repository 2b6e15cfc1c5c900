"""Hari ini and Ringkasan: every number leads to its rows, nobody sees more than they may, bad addresses are answered."""

import io
from datetime import UTC, date, datetime, timedelta

import openpyxl
import pytest

from koperasi.forms import SHOWN
from koperasi.reports import dashboard as drawing
from koperasi.reports.board import Board
from koperasi.reports.figures import Period, Sum
from koperasi.reports.worklist import LATE, WorkLinks, worklist
from registry import maps
from registry.actions import open_blocker, record_rat
from registry.models import Agency, Cooperative, Officer, Profile
from tests.buildings import record_building

HOME, BOARD = "/kota-serang/", "/kota-serang/ringkasan/"
NOW = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)
TODAY = NOW.date()
BUDGET = 20 + 2  # the client of the tests leaves its role twice


@pytest.fixture(autouse=True)
def _stopped(monkeypatch):
    """Doors and jobs read this clock."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


def facts(joko) -> None:
    """Something for every item of the work list, and for every figure."""
    with joko.acting() as (actor, _):
        melati, kenanga = Cooperative.objects.get(slug="melati"), Cooperative.objects.get(slug="kenanga")
        open_blocker(cooperative=melati, what="land", text="Belum ada lahan", waits_for="BPKAD", due_on=TODAY - timedelta(days=3), actor=actor, now=NOW,
                     today=TODAY - timedelta(days=30))  # fmt: skip
        open_blocker(
            cooperative=kenanga,
            what="licence",
            text="Izin",
            waits_for="DPMPTSP",
            due_on=TODAY + timedelta(days=3),
            actor=actor,
            now=NOW,
            today=TODAY,
        )
        record_building(cooperative=melati, ownership="own", as_of=TODAY - timedelta(days=40), actor=actor, now=NOW)
        record_rat(
            cooperative=melati,
            book_year=TODAY.year - 1,
            held_on=date(TODAY.year, 1, 20),
            present=5,
            reported_on=None,
            actor=actor,
            now=NOW,
        )
        Profile.objects.filter(cooperative=melati).update(last_recorded_on=TODAY - timedelta(days=61))
        Profile.objects.filter(cooperative=kenanga).update(
            last_recorded_on=TODAY - timedelta(days=31), keeps_books_here=False
        )
        Officer.objects.filter(cooperative=melati, position="chair").update(ends_on=TODAY - timedelta(days=1))
        Officer.objects.filter(cooperative=kenanga, position="chair").update(ends_on=TODAY + timedelta(days=60))


def rows_behind(client, url: str) -> int:
    """How many rows the page at a link shows."""
    response = client.get(url)
    assert response.status_code == 200, url
    return response.context["page"].paginator.count


def test_every_item_of_the_work_list_leads_to_exactly_the_rows_it_counts(enter, joko):
    facts(joko)
    client = enter(joko)
    work = client.get(HOME).context["work"]
    listed = [item for item in work.items if "/koperasi/" in item.url]
    assert len(listed) == 8
    for item in listed:
        assert rows_behind(client, item.url) == item.count, item.title
    assert work.headline.startswith(("Sembilan", "Sepuluh"))
    assert {item.title for item in work.items if item.group == LATE} >= {
        "Tindak lanjuti hambatan yang lewat tenggat", "Ingatkan pengurus yang lama tidak mencatat", "Minta pemilihan pengurus yang masa jabatannya habis",
    }  # fmt: skip


def test_every_figure_of_the_home_leads_to_the_rows_it_counts(enter, joko):
    facts(joko)
    client = enter(joko)
    for figure in client.get(HOME).context["figures"]:
        assert figure.url, figure.label
        assert figure.definition, figure.label
        if "/koperasi/" in figure.url:
            assert rows_behind(client, figure.url) == figure.value, figure.label
        else:
            shown = client.get(figure.url).context["shown"]
            found = shown.whole.sum
            assert figure.value in (found.part, shown.measure.text(found), "…"), figure.label
            assert sum(part.sum.part for part in shown.parts) == found.part


def test_an_empty_work_list_says_so_and_names_the_next_date(joko, now):
    with joko.acting() as (actor, _):
        board = Board(Agency.objects.get(pk=actor.agency_id), Period.of(date(2026, 11, 5), date(2026, 11, 5)), ids=[])
        links = WorkLinks(
            list=lambda **_: "",
            report=lambda _: "",
            imported=lambda *_: "",
            access="",
            objections="",
            requests="",
            sources="",
            documents=lambda **_: "",
        )
        empty = worklist(board, links, now=now, today=date(2026, 11, 5), staff=False)
    assert (empty.headline, empty.next_report_on) == ("Tidak ada yang menunggu Anda", date(2026, 11, 10))


def test_a_penyuluh_sees_the_work_of_the_assigned_cooperatives_and_no_dashboard(enter, penyuluh, joko):
    facts(joko)
    with joko.acting():
        Cooperative.objects.filter(slug="kenanga").update(district="36.73.01", village=None)
    client = enter(penyuluh)
    response = client.get(HOME)
    assert {line.slug for line in response.context["board"].lines} == {"melati"}
    assert not any("laporan" in item.url or "akses" in item.url for item in response.context["work"].items)
    assert client.get(BOARD).status_code == 403
    for item in response.context["work"].items:
        assert rows_behind(client, item.url) == item.count, item.title


@pytest.mark.parametrize(
    "address", [HOME, BOARD, f"{BOARD}unduh/", "/kota-serang/laporan/", "/kota-serang/laporan/2026/10/"]
)
def test_strangers_and_officers_are_turned_away(enter, dewi, siti, address):
    assert enter(dewi).get(address).status_code == 404
    assert enter(siti).get(address).status_code in (403, 302)
    assert enter(None).get(address).status_code == 302


@pytest.mark.parametrize("key", SHOWN)
@pytest.mark.parametrize("who", ["joko", "wali", "kepala"])
def test_the_dashboard_asks_little_whatever_it_shows(enter, request, django_assert_max_num_queries, key, who):
    client = enter(request.getfixturevalue(who))
    with django_assert_max_num_queries(BUDGET):
        response = client.get(f"{BOARD}?ukuran={key}&bulan=2026-10")
    assert response.status_code == 200
    assert f"<h1>{response.context['shown'].heading}" in response.content.decode()


def test_the_home_asks_little(enter, joko, penyuluh, django_assert_max_num_queries):
    facts(joko)
    for client in (enter(joko), enter(penyuluh)):
        with django_assert_max_num_queries(BUDGET):
            assert client.get(HOME).status_code == 200


def test_the_head_of_region_sees_kecamatan_and_never_one_cooperative(enter, wali, joko):
    response = enter(wali).get(f"{BOARD}?kecamatan=36.73.03")
    text = response.content.decode()
    assert "KKMP Pager Agung" not in text
    assert "/koperasi/melati/" not in text
    assert [part.name for part in response.context["shown"].parts] == ["Walantaka"]
    assert response.context["shown"].map.sheet.level == maps.DISTRICT
    assert "kecamatan" not in response.context["form"].fields
    assert enter(wali).get(HOME).status_code == 403


def test_a_kecamatan_shows_its_cooperatives_with_links_to_their_pages(enter, joko):
    response = enter(joko).get(f"{BOARD}?kecamatan=36.73.03&bulan=2026-01")
    shown = response.context["shown"]
    assert [part.code for part in shown.parts] == ["kenanga", "melati"]
    assert shown.parts[1].url == "/kota-serang/koperasi/melati/"
    assert (shown.whole.sum.part, shown.whole.sum.whole) == (10_000, 30_000)
    assert enter(joko).get(shown.parts[1].url).status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        "ukuran=x",
        "bulan=2026-13",
        "bulan=0000-00",
        "kecamatan=36.04.05",
        "ukuran=%00",
        "bulan=9999-99&kecamatan=%27",
        "bulan=2026-10%0a",
    ],
)
def test_a_filter_nobody_knows_is_answered_with_a_sentence_and_the_usual_page(enter, joko, query):
    response = enter(joko).get(f"{BOARD}?{query}")
    assert response.status_code == 200
    assert "tidak dikenal" in response.content.decode()


def test_a_month_without_data_says_so_and_shows_no_zero(enter, joko):
    response = enter(joko).get(f"{BOARD}?ukuran=wajib&bulan=2026-09")
    text = response.content.decode()
    assert "Simpanan wajib September 2026 belum ada data" in text
    assert response.context["shown"].whole.sum == Sum(0, 0, 0)
    assert response.context["shown"].table.total.cells[2:] == ("belum ada data", "", "")
    assert response.context["shown"].map.legend[-1].count == 67


@pytest.mark.parametrize("key", SHOWN)
def test_the_workbook_has_the_rows_of_the_table(enter, joko, key):
    facts(joko)
    client = enter(joko)
    query = f"ukuran={key}&bulan=2026-01"
    shown = client.get(f"{BOARD}?{query}").context["shown"]
    sheet = openpyxl.load_workbook(io.BytesIO(client.get(f"{BOARD}unduh/?{query}").content)).active
    rows = list(sheet.iter_rows(values_only=True))
    start = next(at for at, row in enumerate(rows) if row[0] == "Kecamatan") + 1
    written = [tuple(value for value in row) for row in rows[start:]]
    expected = [tuple(drawing.numbers(shown.measure, part)) for part in (*shown.parts, shown.whole)]
    assert [row[: len(expected[0])] for row in written] == expected


def test_an_enlarged_kecamatan_fills_the_drawing_and_keeps_its_shapes():
    sheet = maps.load_map("kota-serang")
    large = maps.enlarge(sheet, "36.73.03.")
    assert len(large.shapes) == 14
    assert max(large.width, large.height) > 500
    for shape in large.shapes:
        for ring in maps.points_of(shape.path):
            assert all(0 <= x <= large.width and 0 <= y <= large.height for x, y in ring)
    small = next(shape for shape in sheet.shapes if shape.code == large.shapes[0].code)
    assert len(maps.points_of(small.path)[0]) == len(maps.points_of(large.shapes[0].path)[0])
    with pytest.raises(LookupError):
        maps.enlarge(sheet, "99.")
