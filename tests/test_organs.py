"""Organs of all cooperatives, as the dinas sees them: empty posts, terms, composition, turnover; persons and heads of villages."""

from datetime import date
from io import BytesIO

import pytest
from django.db import IntegrityError, transaction
from python_calamine import CalamineWorkbook

from registry.access import load_grants
from registry.actions import appoint_officer, change_head, declare_together, end_term, invite, judge_pair, seat_head
from registry.models import (
    Agency,
    AuditEvent,
    Cooperative,
    Declaration,
    GrantKind,
    Officer,
    PersonPair,
    Place,
    VillageHead,
)
from registry.reports import organs, persons
from registry.reports.organs import Asked
from registry.tenancy import NOBODY, bind
from tests.cast import join

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


# --- One person in two cooperatives ----------------------------------------------------------------------------------


def pair_of(actor, now, **change) -> list[persons.Pair]:
    """Make the ketua of both cooperatives look alike as `change` says, and return the pairs found."""
    for slug in ("melati", "kenanga"):
        for number, one in enumerate(Officer.objects.filter(cooperative__slug=slug)):
            Officer.objects.filter(pk=one.pk).update(name=f"{slug} {'abcd'[number]}")
    Officer.objects.filter(cooperative__slug="melati", position="chair").update(name="H. Ahmad Fauzi, S.E.", **change)
    Officer.objects.filter(cooperative__slug="kenanga", position="treasurer").update(
        **{"name": "AHMAD FAUZI", **change}
    )
    return persons.pairs(kota(), TODAY, Asked())


def test_the_same_name_in_one_kecamatan_or_the_same_phone_is_a_hint_with_its_reason(joko, now):
    with joko.acting() as (actor, _):
        [found] = pair_of(actor, now)
        assert found.why == "Nama sama di satu kecamatan"
        Officer.objects.filter(name="AHMAD FAUZI").update(name="Fauzi")
        assert persons.pairs(kota(), TODAY, Asked()) == []
        Officer.objects.filter(name__in=["Fauzi", "H. Ahmad Fauzi, S.E."]).update(phone="+628120000000")
        [found] = persons.pairs(kota(), TODAY, Asked())
        assert found.why == "Nomor HP sama"
        leave(actor, now, "chair", TODAY)
        assert persons.pairs(kota(), TODAY, Asked()) == []


def test_one_common_word_is_no_hint_and_many_of_a_name_say_nothing(joko, now):
    with joko.acting() as (actor, _):
        pair_of(actor, now)
        Officer.objects.filter(name__icontains="fauzi").update(name="Astuti")
        assert persons.pairs(kota(), TODAY, Asked()) == []


def test_a_dismissed_pair_is_not_offered_again_even_after_an_election_and_a_confirmed_one_stays(joko, now):
    with joko.acting() as (actor, _):
        [found] = pair_of(actor, now)

        def judge(same: bool) -> None:
            judge_pair(agency=kota(), pair=found.key, same=same, actor=actor, now=now, today=TODAY)

        judge(True)
        [confirmed] = persons.pairs(kota(), TODAY, Asked())
        assert confirmed.verdict.decided_by_name == actor.name
        judge(False)
        assert persons.pairs(kota(), TODAY, Asked()) == [] and PersonPair.objects.count() == 1
        one = leave(actor, now, "chair", TODAY)
        fields = {
            "organ": "management",
            "position": "chair",
            "name": "Ahmad Fauzi",
            "sex": "L",
            "starts_on": TODAY,
            "ends_on": one.ends_on,
        }
        appoint_officer(cooperative=one.cooperative, fields=fields, actor=actor, now=now)
        assert persons.pairs(kota(), TODAY, Asked()) == []


def test_a_pair_is_judged_over_http_by_two_of_the_own_agency_only(desk, joko, dewi, now):
    with joko.acting() as (actor, _):
        [found] = pair_of(actor, now)
    with dewi.acting():
        theirs = Officer.objects.filter(cooperative__slug="mawar").first()
    address, numbers = f"{PAGES}rangkap/putuskan/", {"pertama": found.first.pk, "kedua": found.second.pk}
    assert desk.post(address, numbers | {"kedua": theirs.pk, "putusan": "sama"}).status_code == 404
    assert desk.post(address, numbers | {"kedua": found.first.pk, "putusan": "sama"}).status_code == 404
    for bad in ({"putusan": "mungkin"}, {"pertama": "\0"}, {"kedua": str(10**30)}):
        assert (
            "Tidak ada yang berubah"
            in desk.post(address, numbers | {"putusan": "sama"} | bad, follow=True).content.decode()
        )
    said = desk.post(address, numbers | {"putusan": "beda"}, follow=True).content.decode()
    assert "tidak ditawarkan lagi" in said
    with joko.acting():
        assert AuditEvent.objects.get(verb="judge_pair").cooperative_id is None  # nothing reaches the cooperatives


# --- Lurah and kepala desa ----------------------------------------------------------------------------------------


def head_of(village: str, **more) -> dict:
    return {
        "name": "Sukarya",
        "sex": "L",
        "phone": "",
        "decision_number": "821/7/2026",
        "starts_on": date(2026, 11, 10),
        **more,
    }


def test_a_new_lurah_takes_the_seat_of_ketua_pengawas_in_one_act_and_the_old_access_ends(admin_kota, joko, now):
    with admin_kota.acting() as (actor, _):
        old = officer("supervisor_chair")
        token = invite(
            agency=kota(), cooperative=old.cooperative, kind=GrantKind.SUPERVISOR, name=old.name, officer=old, actor=actor, now=now
        )[1]  # fmt: skip
    user = join(token, "tiga", old.name)
    with joko.acting() as (actor, _):
        village = Place.objects.get(pk="36.73.03.1007")
        change_head(
            agency=kota(), village=village, fields=head_of(village), cooperatives=[old.cooperative], actor=actor, now=now, today=TODAY
        )  # fmt: skip
        new, gone = officer("supervisor_chair"), Officer.objects.get(pk=old.pk)
        assert (gone.ended_on, gone.end_reason) == (date(2026, 11, 10), "transferred")
        assert (new.name, new.ex_officio, new.appointed_by, new.starts_on, new.ends_on) == (
            "Sukarya", True, "office", date(2026, 11, 10), old.ends_on,
        )  # fmt: skip
    bind(NOBODY)
    assert load_grants(user.pk, TODAY) == []


def test_where_the_ketua_pengawas_is_not_the_head_the_dinas_is_shown_it_until_it_changes(desk, joko, now):
    with joko.acting() as (actor, _):
        village = Place.objects.get(pk="36.73.03.1007")
        fields = head_of(village, name="H. Sukarya, S.Sos.")
        change_head(agency=kota(), village=village, fields=fields, cooperatives=[], actor=actor, now=now, today=TODAY)
        [found] = [one for one in persons.villages(kota()) if one.waiting]
        assert [cooperative.slug for cooperative, _ in found.waiting] == ["melati"]
    page = desk.get(f"{PAGES}kepala/").content.decode()
    assert "1 ketua pengawas perlu diganti" in page
    said = desk.post(f"{PAGES}kepala/36.73.03.1007/ganti/", {"koperasi": "melati"}, follow=True).content.decode()
    assert "H. Sukarya, S.Sos. sekarang ketua pengawas melati" in said
    said = desk.post(f"{PAGES}kepala/36.73.03.1007/ganti/", {"koperasi": "melati"}, follow=True).content.decode()
    assert "Tidak ada yang berubah" in said
    with joko.acting():
        assert Officer.objects.filter(cooperative__slug="melati", position="supervisor_chair").count() == 2
        assert [one for one in persons.villages(kota()) if one.waiting] == []


def test_a_second_head_ends_the_first_and_there_are_never_two(joko, now):
    with joko.acting() as (actor, _):
        village = Place.objects.get(pk="36.73.03.1007")
        for name, day in (("Sukarya", date(2026, 1, 5)), ("Maman", date(2026, 11, 10))):
            change_head(
                agency=kota(), village=village, fields=head_of(village, name=name, starts_on=day), cooperatives=[], actor=actor, now=now, today=TODAY
            )  # fmt: skip
        assert list(VillageHead.objects.values_list("name", "ended_on")) == [
            ("Maman", None),
            ("Sukarya", date(2026, 11, 10)),
        ]
        with pytest.raises(IntegrityError), transaction.atomic():
            VillageHead.objects.create(agency=kota(), village=village, name="Tiga", sex="L", starts_on=TODAY)


def test_the_seat_is_taken_no_earlier_than_the_former_term_allows(joko, now):
    with joko.acting() as (actor, _):
        one = officer("supervisor_chair").cooperative
        leave(actor, now, "supervisor_chair", date(2026, 11, 15))
        head = VillageHead(
            agency=kota(), village_id=one.village_id, name="Sukarya", sex="L", starts_on=date(2026, 1, 1)
        )
        new = seat_head(cooperative=one, head=head, on=head.starts_on, actor=actor, now=now, today=TODAY)
        assert (new.starts_on, new.ends_on) == (date(2026, 11, 15), date(2031, 11, 15))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": ""}, "Belum diisi."),
        ({"name": "\0"}, "Belum diisi."),
        ({"sex": "X"}, "Pilih salah satu"),
        ({"starts_on": "21/11/2030"}, "belum tiba"),
        ({"starts_on": "01/01/2025"}, "terlalu lama"),
        ({"phone": "abc"}, "Tulis satu nomor telepon saja"),
    ],
)
def test_a_head_that_cannot_be_is_said_at_its_field(desk, joko, now, change, said):
    with joko.acting() as (actor, _):
        village = Place.objects.get(pk="36.73.03.1007")
        change_head(
            agency=kota(), village=village, fields=head_of(village), cooperatives=[], actor=actor, now=now, today=TODAY
        )
    typed = {
        "name": "Maman",
        "sex": "L",
        "phone": "",
        "decision_number": "",
        "starts_on": "20/11/2026",
        "replace": "on",
    }
    answer = desk.post(f"{PAGES}kepala/36.73.03.1007/", typed | change)
    assert answer.status_code == 422 and said in answer.content.decode()
    assert desk.post(f"{PAGES}kepala/36.73.03.1007/", typed).status_code == 302
    with joko.acting():
        assert officer("supervisor_chair").name == "Maman"
        assert Cooperative.objects.get(slug="melati").village_id == "36.73.03.1007"
