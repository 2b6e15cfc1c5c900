"""The list of cooperatives: filters, search, saved views, and the file of what they show."""

import csv
import io

import pytest
from django.urls import reverse

from registry.sheets.guard import inspect_upload
from registry.sheets.reading import read_lines
from tests.many_cooperatives import fill

KOTA = "kota-serang"


def url(name: str, *parts, query: str = "") -> str:
    return reverse(f"registry:{name}", args=[KOTA, *parts]) + query


@pytest.fixture
def desk(enter, joko):
    return enter(joko)


FILTERS = [
    "", "?cari=mitra", "?kecamatan=36.73.03", "?jenis=savings_loan", "?segar=tertinggal", "?segar=belum", "?segar=baru", "?rat=belum", "?rat=sudah",
    "?gedung=none", "?gedung=belum-didata", "?hambatan=ada", "?program=kkmp", "?program=tanpa", "?status=undetermined&aturan=local_2y",
    "?status=active&aturan=local_2y", "?kecamatan=36.73.03&desa=36.73.03.1007", "?cari=karya&urut=-nama", "?urut=diperbarui", "?sektor=real&urut=jenis",
]  # fmt: skip


def test_the_export_holds_exactly_what_the_filters_show(desk, joko):
    fill(joko, 60)
    seen = {len(check_export(desk, query)) for query in FILTERS}
    assert min(seen) < 5 and max(seen) == 62  # the filters do something, and nothing is all there is


def check_export(desk, query: str) -> list[str]:
    """Compare page by page with both files; return the names."""
    shown, number = [], 1
    while True:
        page = desk.get(url("cooperatives", query=f"{query}{'&' if query else '?'}halaman={number}"))
        shown += [row["cooperative"].name for row in page.context["rows"]]
        if not page.context["page"].has_next():
            break
        number += 1
    assert len(shown) == page.context["page"].paginator.count
    with inspect_upload(desk.get(url("download", "xlsx", query=query)).content) as upload:
        lines = [line.cells for line in read_lines(upload)]
    start = next(index for index, cells in enumerate(lines) if cells[:1] == ["Nama koperasi"])
    assert [cells[0] for cells in lines[start + 1 :]] == shown
    text = desk.get(url("download", "csv", query=query)).content.decode("utf-8-sig")
    assert [row[0] for row in csv.reader(io.StringIO(text), delimiter=";")][1:] == shown
    return shown


def test_the_saved_views_count_the_rows_they_lead_to(desk, joko):
    fill(joko, 30)
    page = desk.get(url("cooperatives"))
    for view in page.context["views"]:
        there = desk.get(view["url"])
        assert there.context["page"].paginator.count == int(view["count"].replace(".", "")), view["label"]
        assert sum(one["current"] for one in there.context["views"]) == 1


@pytest.mark.parametrize(
    "words",
    [
        "pager agung",
        "Pagar Agung",
        "walantaka",
        "AHU-0017707",
        "ahu-0017707.ah",
        "pengurus 3",
        "merah putih walantaka",
        "MELATI",
        "agung pengurus",
    ],
)
def test_any_word_finds_a_cooperative(desk, words):
    page = desk.get(url("cooperatives"), {"cari": words})
    assert "melati" in [row["cooperative"].slug for row in page.context["rows"]]


@pytest.mark.parametrize(
    "words", ["kramatwatu", "mawar", "%", "_", "melati tidakada", "\\", "'; DROP TABLE", "a\0b", "x" * 500]
)
def test_a_search_finds_nothing_of_others_and_survives_anything(desk, words):
    page = desk.get(url("cooperatives"), {"cari": words})
    assert page.status_code == 200 and page.context["rows"] == []


def test_an_unknown_filter_shows_no_rows_and_says_so(desk):
    for query in (
        "?kecamatan=36.04.05",
        "?jenis=x",
        "?aturan=x",
        "?urut=x",
        "?kecamatan=36.73.03&desa=36.04.05.2001",
        "?status=%00",
    ):
        page = desk.get(url("cooperatives", query=query))
        assert page.status_code == 200 and page.context["rows"] == [] and "tidak dikenal" in page.content.decode(), (
            query
        )


@pytest.mark.parametrize("halaman", ["0", "-1", "999", "x", "9" * 40])
def test_a_page_that_is_not_there_is_the_nearest_one(desk, halaman):
    assert desk.get(url("cooperatives"), {"halaman": halaman}).status_code == 200


@pytest.mark.parametrize("count", [4, 60])
def test_the_list_asks_the_same_questions_whatever_its_length(desk, joko, count, django_assert_max_num_queries):
    fill(joko, count)
    with django_assert_max_num_queries(20):
        desk.get(url("cooperatives"))


def test_a_penyuluh_sees_the_assigned_ones_and_the_wali_kota_names_without_profiles(enter, penyuluh, wali, joko):
    fill(joko, 20)
    rows = enter(penyuluh).get(url("cooperatives")).context["page"].object_list
    assert {row.district_id for row in rows} == {"36.73.03"}  # no other
    page = enter(wali).get(url("cooperatives"))
    assert page.context["page"].paginator.count == 22
    assert url("profile", "melati") not in page.content.decode()
    assert enter(wali).get(url("cooperatives"), {"cari": "pengurus 3"}).context["rows"] == []
    assert enter(wali).get(url("profile", "melati")).status_code == 403
