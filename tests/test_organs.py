"""Organs of all cooperatives, as the dinas sees them: empty posts, terms, composition, turnover; the pages and files."""

from datetime import date
from io import BytesIO

import pytest
from python_calamine import CalamineWorkbook

from registry.actions import appoint_officer, declare_together, end_term
from registry.models import Agency, Declaration, Officer, Place
from registry.reports import organs
from registry.reports.organs import Asked

TODAY = date(2026, 11, 20)
PAGES = "/kota-serang/pengurus/"
LISTS = ("", "berakhir/", "kelengkapan/", "pergantian/", "rangkap/", "kepala/")


@pytest.fixture
def desk(enter, joko):
    return enter(joko)


def kota() -> Agency:
    return Agency.objects.select_related("place").get(slug="kota-serang")


def officer(position: str, slug: str = "melati") -> Officer:
    return Officer.objects.select_related("cooperative").get(
        cooperative__slug=slug, position=position, ended_on__isnull=True
    )


def leave(actor, now, position: str, on: date, reason: str = "resigned", slug: str = "melati") -> Officer:
    one = officer(position, slug)
    end_term(officer=one, on=on, reason=reason, actor=actor, now=now, today=TODAY)
    return one


# --- Who may ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", LISTS)
def test_only_the_dinas_sees_organs_of_all(enter, page, joko, kepala, budi, wati, penyuluh, wali, dewi):
    expected = {joko: 200, kepala: 200, budi: 403, wati: 403, penyuluh: 403, wali: 403, dewi: 404}
    assert {who.username: enter(who).get(f"{PAGES}{page}").status_code for who in expected} == {
        who.username: code for who, code in expected.items()
    }


@pytest.mark.parametrize("address", ["rangkap/putuskan/", "kepala/36.73.03.1007/", "kepala/36.73.03.1007/ganti/"])
def test_only_staff_and_admin_write(enter, kepala, penyuluh, budi, address):
    assert [enter(who).post(f"{PAGES}{address}").status_code for who in (kepala, penyuluh, budi)] == [403, 403, 403]


# --- Empty posts ----------------------------------------------------------------------------------------------


def test_an_empty_post_is_one_the_rules_ask_for_or_one_that_was_held(joko, now):
    with joko.acting() as (actor, _):
        found = organs.vacancies(kota(), TODAY, Asked())
        per = {(one.slug, one.position): (one.seats, one.since) for one in found}
        wanted = {"vice_chair_business": 1, "vice_chair_membership": 1, "supervisor_member": 2}
        assert per == {(slug, post): (seats, None) for slug in ("melati", "kenanga") for post, seats in wanted.items()}
        leave(actor, now, "treasurer", date(2026, 11, 3))
        first = organs.vacancies(kota(), TODAY, Asked())[0]
        assert (first.slug, first.label, first.since, first.days) == ("melati", "Bendahara", date(2026, 11, 3), 17)
        assert len(organs.vacancies(kota(), TODAY, Asked(jabatan="treasurer"))) == 1
        assert organs.vacancies(kota(), TODAY, Asked(program="tanpa")) == []
        assert organs.vacancies(kota(), date(2026, 11, 2), Asked(jabatan="treasurer")) == []


def test_a_post_filled_again_is_no_longer_empty(joko, now):
    with joko.acting() as (actor, _):
        one = leave(actor, now, "treasurer", date(2026, 11, 3))
        fields = {
            "organ": "management",
            "position": "treasurer",
            "name": "Sri",
            "sex": "P",
            "starts_on": TODAY,
            "ends_on": one.ends_on,
        }
        appoint_officer(cooperative=one.cooperative, fields=fields, actor=actor, now=now)
        assert organs.vacancies(kota(), TODAY, Asked(jabatan="treasurer")) == []


def test_of_a_cooperative_nobody_is_known_of_nothing_is_counted(joko, now):
    from registry.actions import register_cooperative

    with joko.acting() as (actor, _):
        place = Place.objects.select_related("parent").get(pk="36.73.03.1006")
        register_cooperative(
            agency=kota(), name="Koperasi Tanpa Data", district=place.parent, village=place, fields={"programme_id": "kkmp"}, actor=actor, now=now
        )  # fmt: skip
        seen = organs.coverage(kota(), Asked(), TODAY)
        assert (seen.known, seen.of, seen.unknown) == (2, 3, 1)
        assert {one.slug for one in organs.vacancies(kota(), TODAY, Asked())} == {"melati", "kenanga"}
        composed = organs.composition(kota(), TODAY, Asked())
        assert (composed.of, composed.unsaid, composed.incomplete) == (3, 1, 2)


# --- Terms and turnover -------------------------------------------------------------------------------------------


def test_terms_that_end_soon_or_are_over_are_listed(joko):
    with joko.acting():
        assert list(organs.ending(kota(), TODAY, Asked())) == []
        assert organs.ending(kota(), date(2030, 3, 2), Asked()).count() == 8  # 90 days before 31 May 2030
        assert organs.ending(kota(), date(2030, 3, 1), Asked()).count() == 0
        assert organs.ending(kota(), date(2031, 1, 1), Asked(jabatan="chair")).count() == 2


def test_turnover_is_counted_by_reason_and_post_over_twelve_months(joko, now):
    with joko.acting() as (actor, _):
        leave(actor, now, "treasurer", date(2026, 11, 3))
        leave(actor, now, "chair", TODAY, "died", "kenanga")
        leave(actor, now, "secretary", date(2025, 11, 20))  # a day too long ago
        seen = organs.turnover_counts(kota(), TODAY, Asked())
        assert (seen.count, seen.of) == (2, 7)
        assert dict(seen.by_reason) == {"Mengundurkan diri": 1, "Meninggal dunia": 1}
        assert dict(seen.by_post) == {"Bendahara": 1, "Ketua": 1}


# --- Composition ------------------------------------------------------------------------------------------------


def test_composition_counts_each_rule_with_its_denominator_and_lists_who_breaks_it(joko, now):
    with joko.acting() as (actor, _):
        seen = organs.composition(kota(), TODAY, Asked())
        counts = {one.rule.code: (one.met, one.not_met, one.unknown) for one in seen.rules}
        assert counts["management_count"] == (0, 2, 0) and counts["women"] == (2, 0, 0)
        assert counts["no_kinship"] == (0, 0, 2) and all(one.of == 2 for one in seen.rules)
        assert {one.slug for one, _ in organs.composition(kota(), TODAY, Asked(aturan="named_posts")).rows} == {
            "melati",
            "kenanga",
        }
        assert organs.composition(kota(), TODAY, Asked(aturan="women")).rows == ()
        everyone = list(Officer.objects.filter(cooperative__slug="melati"))
        new = declare_together(
            officers=everyone, answers={"kinship": True}, on=TODAY, actor=actor, now=now, today=TODAY
        )
        assert new == Declaration.objects.count() == 4
        assert (
            declare_together(officers=everyone, answers={"kinship": False}, on=TODAY, actor=actor, now=now, today=TODAY)
            == 0
        )
        seen = organs.composition(kota(), TODAY, Asked())
        assert next((one.met, one.unknown) for one in seen.rules if one.rule.code == "no_kinship") == (1, 1)


# --- Pages and files ------------------------------------------------------------------------------------------------


def many(actor, now, how_many: int) -> None:
    """More people in one cooperative: the questions of a page may not grow with them."""
    one = officer("chair").cooperative
    for number in range(how_many):
        fields = {"organ": "supervisor", "position": "supervisor_member", "name": f"Orang Ke{number}", "sex": "L", "starts_on": TODAY,
                  "ends_on": date(2027, 1, 1)}  # fmt: skip
        member = appoint_officer(cooperative=one, fields=fields, actor=actor, now=now)
        if number % 2:
            end_term(officer=member, on=TODAY, reason="resigned", actor=actor, now=now, today=TODAY)


@pytest.mark.parametrize("page", LISTS)
def test_a_list_asks_few_questions_whatever_its_length(desk, joko, now, page, django_assert_max_num_queries):
    with joko.acting() as (actor, _):
        many(actor, now, 12)
    with django_assert_max_num_queries(20) as asked:
        desk.get(f"{PAGES}{page}")
    with joko.acting() as (actor, _):
        many(actor, now, 30)
    with django_assert_max_num_queries(len(asked)):
        assert desk.get(f"{PAGES}{page}").status_code == 200


@pytest.mark.parametrize("daftar", ["kosong", "berakhir", "kelengkapan", "pergantian"])
@pytest.mark.parametrize("query", ["", "?kecamatan=36.73.03&program=kkmp&cari=melati"])
def test_a_file_holds_exactly_the_rows_of_its_list(desk, joko, now, daftar, query):
    with joko.acting() as (actor, _):
        leave(actor, now, "treasurer", date(2026, 11, 3))
        many(actor, now, 3)
    shown = desk.get(f"{PAGES}{daftar}/{query}").context["page"].paginator.count
    sheet = (
        CalamineWorkbook.from_filelike(BytesIO(desk.get(f"{PAGES}{daftar}/unduh.xlsx{query}").content))
        .get_sheet_by_index(0)
        .to_python()
    )
    top = next(number for number, row in enumerate(sheet) if row[0] == "Koperasi")
    assert len(sheet) - top - 1 == shown
    csv = desk.get(f"{PAGES}{daftar}/unduh.csv{query}").content.decode("utf-8-sig").strip().splitlines()
    assert len(csv) == shown + 1


@pytest.mark.parametrize("page", [*LISTS, "kosong/unduh.xlsx", "kelengkapan/unduh.csv"])
@pytest.mark.parametrize(
    "query",
    ["kecamatan=x", "program=%00", "jabatan=raja", "aturan=%00", "cari=%00", "halaman=-1", "halaman=%00", f"cari={'a' * 500}", "kecamatan=36.04.05"],
)  # fmt: skip
def test_filters_that_ask_nonsense_get_no_error(desk, page, query):
    assert desk.get(f"{PAGES}{page}?{query}").status_code == 200


def test_a_list_that_is_none_is_not_found(desk):
    for address in ("tidak-ada/", "tidak-ada/unduh.csv", "kepala/99.99/", "kepala/36.04.05.2001/", "kepala/%00/"):
        assert desk.get(f"{PAGES}{address}").status_code == 404
