"""The older kelompok, the reach of membership and KUK 1 to 4: worked by hand, on the page, in lists and files."""

import csv
import io
from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from registry.actions import report_figures
from registry.classification import classify, groups, kuk_rule_on
from registry.models import Cooperative, Profile
from registry.reports.kuk import kuk_of
from registry.resources import CooperativeImport

KOTA = "kota-serang"
NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
TODAY = date(2026, 11, 20)
RULE = kuk_rule_on(TODAY)
MILLION, BILLION = 10**6, 10**9


def url(name: str, *parts) -> str:
    return reverse(f"registry:{name}", args=[KOTA, *parts])


# --- KUK, by hand -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("members", "own_capital", "assets", "level"),
    [
        (120, 80 * MILLION, 400 * MILLION, 1),
        (4_999, 250 * MILLION - 1, 2_500 * MILLION - 1, 1),
        (5_000, 250 * MILLION, 2_500 * MILLION, 2),
        (8_999, 15 * BILLION - 1, 100 * BILLION - 1, 2),
        (9_000, 15 * BILLION, 100 * BILLION, 3),
        (34_999, 40 * BILLION - 1, 500 * BILLION - 1, 3),
        (35_000, 40 * BILLION, 500 * BILLION, 4),
        (20, -5 * MILLION, None, 1),  # a loss ate the capital
        (20, None, 0, 1),
        (6_000, None, 3 * BILLION, 2),
    ],
)
def test_the_levels_worked_by_hand(members, own_capital, assets, level):
    answer = classify({"members": members, "own_capital": own_capital, "assets": assets}, RULE)
    assert (answer.level, answer.label, answer.why) == (level, f"KUK {level}", "")


@pytest.mark.parametrize(
    ("sizes", "why"),
    [
        ({}, "jumlah anggota belum ada data"),
        ({"own_capital": 1, "assets": 1}, "jumlah anggota belum ada data"),
        ({"members": 20}, "modal sendiri dan aset belum ada data"),
        ({"members": 20, "own_capital": 300 * MILLION}, "angkanya tidak searah: anggota KUK 1, modal sendiri KUK 2"),
        ({"members": 20, "own_capital": 1, "assets": 3 * BILLION}, "anggota KUK 1, modal sendiri KUK 1, aset KUK 2"),
    ],
)
def test_what_is_missing_or_says_different_things_is_not_decided(sizes, why):
    answer = classify(sizes, RULE)
    assert answer.level is None and answer.label == "belum dapat ditentukan" and answer.why.endswith(why)


def test_before_the_first_thresholds_there_is_no_kuk():
    assert kuk_rule_on(date(2019, 12, 31)) is None and RULE.version == 1


# --- On record ----------------------------------------------------------------------------------------


def melati() -> Cooperative:
    return Cooperative.objects.select_related("agency").get(slug="melati")


def report(actor, one, day, **values) -> None:
    report_figures(cooperative=one, period=day, values=values, source="dinas", actor=actor, now=NOW, today=TODAY)


def test_the_latest_reports_up_to_the_day_count_and_the_books_go_before_them(joko):
    with joko.acting() as (actor, _):
        one = melati()
        report(
            actor,
            one,
            date(2026, 6, 30),
            members_male=100,
            members_female=50,
            own_capital=100 * MILLION,
            assets=BILLION,
        )
        report(actor, one, date(2026, 12, 31), assets=900 * BILLION)  # a day that has not come
        figures = dict(kuk_of(one, one.agency, TODAY).figures)
        assert figures["aset"].value == BILLION and figures["aset"].source == "catatan dinas, 30 Jun 2026"
        assert figures["anggota"].source == "pembukuan" and figures["anggota"].value < 150
        Profile.objects.filter(cooperative=one).update(keeps_books_here=False)
        seen = kuk_of(one, one.agency, TODAY)
        assert dict(seen.figures)["anggota"].value == 150 and seen.answer.level == 1


def test_men_without_women_are_no_number_of_members(joko):
    with joko.acting() as (actor, _):
        one = melati()
        Profile.objects.filter(cooperative=one).update(keeps_books_here=False)
        report(actor, one, date(2026, 6, 30), members_male=100, own_capital=1)
        assert [known and known.value for _, known in kuk_of(one, one.agency, TODAY).figures] == [None, 1, None]


# --- Pages, list and files ------------------------------------------------------------------------------


@pytest.fixture
def desk(enter, joko):
    return enter(joko)


def test_the_form_keeps_kelompok_and_reach_and_the_profile_says_them_with_the_kuk(
    desk, joko, django_assert_max_num_queries
):
    form = desk.get(url("edit", "melati")).context["form"]
    typed = {
        name: form[name].value()
        for name in form.fields
        if name not in ("kbli", "village") and form[name].value() is not None
    }
    typed |= {
        "village": form.fields["village"].prepare_value(form["village"].initial) or "",
        "coop_group": "kopwan",
        "membership_level": "regency",
    }
    assert desk.post(url("edit", "melati"), typed).status_code == 302
    with django_assert_max_num_queries(20):
        page = desk.get(url("profile", "melati")).content.decode()
    for words in ("Kopwan", "Kabupaten atau kota", "<dt>KUK</dt>", "aturan versi 1"):
        assert words in page, words
    wrong = typed | {"coop_group": "perkumpulan", "version": 2}
    assert desk.post(url("edit", "melati"), wrong).status_code == 422


def test_the_list_and_its_file_are_filtered_by_kelompok(desk, joko):
    with joko.acting():
        Profile.objects.filter(cooperative__slug="melati").update(coop_group="kopwan", membership_level="province")
    page = desk.get(url("cooperatives") + "?kelompok=kopwan")
    assert [row["cooperative"].slug for row in page.context["rows"]] == ["melati"]
    assert desk.get(url("cooperatives") + "?kelompok=tidak-ada").context["rows"] == []
    text = desk.get(url("download", "csv") + "?kelompok=kopwan").content.decode("utf-8-sig")
    line = dict(zip(*csv.reader(io.StringIO(text), delimiter=";"), strict=True))
    assert (line["Kelompok"], line["Wilayah keanggotaan"]) == ("Kopwan", "Provinsi")


@pytest.mark.parametrize(
    ("cell", "code"), [("Koperasi Karyawan", "kopkar"), ("KJKS/KSPPS", "kspps"), ("bmt", "kspps"), ("lainnya", "other")]
)
def test_a_list_that_comes_in_may_write_a_kelompok_in_any_of_its_words(cell, code):
    assert CooperativeImport.fields["coop_group"].widget.read(cell) == code


def test_there_are_seventeen_and_no_two_are_read_from_one_word():
    words = [word.lower() for one in groups().values() for word in (one.label, *one.synonyms)]
    assert len(groups()) == 17 and len(words) == len(set(words))
    assert max(len(code) for code in groups()) <= 12
