"""Pengurus and pengawas of one cooperative: terms begun, put right and ended, declarations, and the access that follows."""

import re
from datetime import date, timedelta
from io import BytesIO

import pytest
from allauth.usersessions.models import UserSession
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from registry.access import load_grants
from registry.actions import PostHeld, appoint_officer, correct_officer, declare, end_term, invite
from registry.models import AuditEvent, Cooperative, Declaration, Grant, GrantKind, Invitation, Officer
from registry.reports.officers import book
from registry.tenancy import NOBODY, bind
from tests.cast import Someone, join

TODAY = date(2026, 11, 20)
MELATI = "/kota-serang/koperasi/melati/pengurus/"


@pytest.fixture
def desk(enter, joko):
    return enter(joko)


def melati() -> Cooperative:
    return Cooperative.objects.select_related("agency", "district").get(slug="melati")


def officer(position: str) -> Officer:
    return Officer.objects.get(cooperative__slug="melati", position=position, ended_on__isnull=True)


def fields(position: str, name: str, starts_on: date = TODAY, **more) -> dict:
    organ = "supervisor" if position.startswith("supervisor") else "management"
    return {
        "organ": organ,
        "position": position,
        "name": name,
        "sex": "P",
        "starts_on": starts_on,
        "ends_on": date(2030, 5, 31),
        **more,
    }


def typed(**more) -> dict:
    """A term as a person types it."""
    return {
        "position": "treasurer",
        "name": "Sri Wahyuni",
        "sex": "P",
        "starts_on": "20/11/2026",
        "ends_on": "31/05/2030",
        **more,
    }


def seen():
    one = melati()
    return book(one, one.agency, TODAY)


# --- Terms never overlap --------------------------------------------------------------------------------


def test_a_named_post_is_given_to_one_person_at_a_time_and_again_on_the_day_it_is_free(joko, now):
    with joko.acting() as (actor, _):
        old = officer("treasurer")
        with pytest.raises(PostHeld) as refused:
            appoint_officer(cooperative=melati(), fields=fields("treasurer", "Sri"), actor=actor, now=now)
        assert refused.value.officer == old
        end_term(officer=old, on=TODAY, reason="resigned", actor=actor, now=now, today=TODAY)
        with pytest.raises(PostHeld):
            early = fields("treasurer", "Sri", TODAY - timedelta(days=1))
            appoint_officer(cooperative=melati(), fields=early, actor=actor, now=now)
        new = appoint_officer(cooperative=melati(), fields=fields("treasurer", "Sri"), actor=actor, now=now)
        assert new.serves_on(TODAY) and not Officer.objects.get(pk=old.pk).serves_on(TODAY)


def test_several_people_are_plain_pengawas_at_once(joko, now):
    with joko.acting() as (actor, _):
        for name in ("Sri", "Tono"):
            appoint_officer(cooperative=melati(), fields=fields("supervisor_member", name), actor=actor, now=now)
        assert Officer.objects.filter(cooperative=melati(), position="supervisor_member").count() == 2


def test_a_correction_does_not_push_a_term_into_another(joko, now):
    with joko.acting() as (actor, _):
        old = officer("treasurer")
        end_term(officer=old, on=TODAY, reason="resigned", actor=actor, now=now, today=TODAY)
        new = appoint_officer(cooperative=melati(), fields=fields("treasurer", "Sri"), actor=actor, now=now)
        for one, change in ((new, {"starts_on": date(2026, 1, 1)}), (old, {"ended_on": TODAY + timedelta(days=1)})):
            with pytest.raises(PostHeld):
                correct_officer(officer=one, fields=change, reason="salah ketik", actor=actor, now=now, today=TODAY)
        changed, _ = correct_officer(
            officer=old,
            fields={"ended_on": date(2026, 11, 1)},
            reason="sesuai surat",
            actor=actor,
            now=now,
            today=TODAY,
        )
        assert changed == ["ended_on"]


# --- What was written wrongly -----------------------------------------------------------------------------


def test_a_correction_keeps_the_former_days_but_no_names_and_says_why(joko, now):
    with joko.acting() as (actor, _):
        one = officer("secretary")
        change = {"name": "Pengurus Dua", "ends_on": date(2029, 5, 31), "decision_number": "07/BA/2025"}
        changed, moved = correct_officer(
            officer=one, fields=change, reason="sesuai berita acara", actor=actor, now=now, today=TODAY
        )
        assert (changed, moved) == (["decision_number", "ends_on", "name"], [])
        event = AuditEvent.objects.get(verb="correct_officer")
        assert event.reason == "sesuai berita acara"
        assert event.detail["before"] == {"ends_on": "2030-05-31", "decision_number": ""}
        again = correct_officer(officer=one, fields=change, reason="lagi", actor=actor, now=now, today=TODAY)
        assert again == ([], []) and AuditEvent.objects.filter(verb="correct_officer").count() == 1


def test_the_history_tells_what_was_corrected_from_what_and_why(desk, joko):
    with joko.acting():
        one = officer("secretary")
    typed_anew = typed(name="Pengurus Dua", starts_on="01/06/2025", ends_on="31/05/2029", reason="sesuai berita acara")
    said = desk.post(f"{MELATI}{one.pk}/perbaiki/", typed_anew, follow=True).content.decode()
    assert "Perbaikan tersimpan." in said and "Pengurus Dua" in said
    page = desk.get("/kota-serang/koperasi/melati/riwayat/").content.decode()
    assert "masa jabatan sampai semula 31/05/2030" in page and "Alasan: sesuai berita acara" in page
    assert "Pengurus 2" not in page


@pytest.fixture
def treasurer(admin_kota, now):
    """A treasurer of Melati with an access that ends with the term: (officer, user)."""
    with admin_kota.acting() as (actor, _):
        one = officer("treasurer")
        _, token = invite(
            agency=melati().agency, cooperative=melati(), kind=GrantKind.TREASURER, name=one.name, officer=one, actor=actor, now=now
        )  # fmt: skip
    return one, join(token, "tiga", one.name)


def correct(who: Someone, one: Officer, now, **change):
    with who.acting() as (actor, _):
        return correct_officer(officer=one, fields=change, reason="perpanjangan", actor=actor, now=now, today=TODAY)[1]


def last_day(user) -> date | None:
    with Someone("budi").acting():
        return Grant.objects.filter(user_id=user.pk).values_list("valid_to", flat=True).get()


@pytest.mark.parametrize("ends_on", [date(2031, 5, 31), date(2027, 1, 1), TODAY])
def test_prolonging_or_shortening_a_term_moves_the_last_day_of_its_access(treasurer, joko, now, ends_on):
    one, user = treasurer
    assert last_day(user) == one.ends_on
    assert len(correct(joko, one, now, ends_on=ends_on)) == 1
    assert last_day(user) == ends_on
    with Someone("budi").acting():
        verb = "prolong_access" if ends_on > one.ends_on else "shorten_access"
        assert AuditEvent.objects.filter(verb=verb).count() == 1


def test_an_access_that_ran_out_with_a_term_comes_back_when_the_term_is_prolonged(treasurer, joko, now):
    one, user = treasurer
    correct(joko, one, now, ends_on=date(2026, 12, 1))
    later = date(2027, 3, 1)
    with joko.acting() as (actor, _):
        correct_officer(
            officer=one, fields={"ends_on": date(2029, 1, 1)}, reason="SK baru", actor=actor, now=now, today=later
        )
    bind(NOBODY)
    assert [grant.kind for grant in load_grants(user.pk, later)] == ["treasurer"]


def test_a_term_corrected_to_be_over_ends_the_access_and_its_sessions(treasurer, joko, enter, now):
    one, user = treasurer
    client = enter(Someone("tiga"))
    assert client.get("/kota-serang/koperasi/melati/beranda/").status_code == 200
    bind(NOBODY)
    UserSession.objects.get_or_create(
        user=user, session_key=client.session.session_key, defaults={"ip": "::1", "user_agent": ""}
    )
    assert len(correct(joko, one, now, ends_on=TODAY - timedelta(days=1))) == 1
    assert client.get("/kota-serang/koperasi/melati/beranda/").status_code in (302, 404)
    assert not UserSession.objects.filter(user=user).exists()


def test_an_access_given_for_less_than_the_term_is_not_prolonged_with_it_and_an_open_link_not_past_it(
    admin_kota, joko, now
):
    with admin_kota.acting() as (actor, _):
        one, until = officer("treasurer"), date(2027, 6, 1)
        _, token = invite(
            agency=melati().agency, cooperative=melati(), kind=GrantKind.TREASURER, name=one.name, officer=one, grant_until=until,
            actor=actor, now=now,
        )  # fmt: skip
    user = join(token, "tiga", one.name)
    assert correct(joko, one, now, ends_on=date(2031, 5, 1)) == []
    assert last_day(user) == until
    with admin_kota.acting() as (actor, _):
        invite(
            agency=melati().agency,
            cooperative=melati(),
            kind=GrantKind.TREASURER,
            name=one.name,
            officer=one,
            actor=actor,
            now=now,
        )
    correct(joko, one, now, ends_on=date(2030, 1, 1))
    with joko.acting():
        assert Invitation.objects.get(officer=one, used_at__isnull=True).withdrawn_at == now


def test_a_departure_to_come_that_is_moved_takes_the_access_along_both_ways(treasurer, joko, now):
    one, user = treasurer
    with joko.acting() as (actor, _):
        end_term(officer=one, on=date(2026, 12, 1), reason="resigned", actor=actor, now=now, today=TODAY)
    assert last_day(user) == date(2026, 11, 30)
    for on in (date(2027, 1, 1), date(2026, 12, 15)):
        correct(joko, one, now, ended_on=on)
        assert last_day(user) == on - timedelta(days=1)


# --- Declarations -----------------------------------------------------------------------------------------


def test_a_declaration_is_yes_no_or_not_made_with_its_day(joko, now):
    with joko.acting() as (actor, _):
        one = officer("chair")

        def say(on=TODAY, **answers) -> int:
            return declare(officer=one, answers=answers, on=on, actor=actor, now=now, today=TODAY)

        assert say(kinship=True, village_office=False, credit=None) == 2
        assert say(kinship=True, village_office=False) == 0
        assert say(kinship=None) == 1
        found = dict(Declaration.objects.filter(officer=one).values_list("what", "holds"))
        assert found == {"village_office": False}
        rules = {verdict.rule.code: verdict for verdict in seen().judged.verdicts}
        assert rules["no_village_office"].sentence == "Menyatakan tidak: Pengurus 1 (ketua)."
        assert rules["no_kinship"].state == "unknown"


def test_a_penyuluh_sees_the_posts_but_no_declaration(enter, penyuluh, joko, now):
    with joko.acting() as (actor, _):
        one = officer("chair")
        declare(officer=one, answers={"credit": False}, on=TODAY, actor=actor, now=now, today=TODAY)
    client = enter(penyuluh)
    page = client.get(MELATI).content.decode()
    assert "Pengurus 1" in page and "SLIK" not in page and "Pengurus ganjil" in page
    assert "SLIK" not in client.get(f"{MELATI}{one.pk}/").content.decode()
    assert client.get(f"{MELATI}daftar.xlsx").status_code == 403


# --- The page -----------------------------------------------------------------------------------------------


def test_an_empty_post_is_drawn_since_the_day_it_was_left_and_offered_again(desk, joko, now):
    with joko.acting() as (actor, _):
        end_term(
            officer=officer("treasurer"), on=date(2026, 11, 3), reason="resigned", actor=actor, now=now, today=TODAY
        )
        found = seen()
        [empty] = [post for post in found.posts["management"] if post.position == "treasurer"]
        assert (empty.officer, empty.vacant_since) == (None, date(2026, 11, 3))
        assert found.vacant == 5 and found.left_lately == 1  # two wakil ketua, two pengawas and the bendahara
    page = desk.get(MELATI).content.decode()
    assert "sejak 3 Nov 2026" in page and "?jabatan=treasurer" in page
    assert "Pernah menjabat (1), 1 berhenti dalam 12 bulan terakhir" in page
    assert "Susunan pengurus dan pengawas Merah Putih, versi 1" in page


def test_who_held_a_post_is_appointed_again_with_one_tap(desk, joko, now):
    with joko.acting() as (actor, _):
        old = officer("treasurer")
        end_term(officer=old, on=date(2026, 11, 3), reason="term_over", actor=actor, now=now, today=TODAY)
    page = desk.get(f"{MELATI}tambah/?lagi={old.pk}").content.decode()
    assert f'value="{old.name}"' in page and re.search(r'value="treasurer"\s+selected', page)
    assert 'value="31/05/2030"' in page  # as long as the others serve
    answer = desk.post(f"{MELATI}tambah/", typed(name=old.name, appointed_by="meeting", decision_number="03/RAT/2026"))
    assert answer.status_code == 302
    with joko.acting():
        assert officer("treasurer").decision_number == "03/RAT/2026"


def test_a_second_term_in_this_register_counts_and_what_was_before_it_is_typed(joko, now):
    with joko.acting() as (actor, _):
        old = officer("chair")
        correct_officer(
            officer=old, fields={"earlier_terms": 1}, reason="daftar lama", actor=actor, now=now, today=TODAY
        )
        end_term(officer=old, on=TODAY, reason="term_over", actor=actor, now=now, today=TODAY)
        appoint_officer(cooperative=melati(), fields=fields("chair", old.name), actor=actor, now=now)
        verdict = next(one for one in seen().judged.verdicts if one.rule.code == "two_terms")
        assert (verdict.state, verdict.sentence) == ("not_met", f"Melebihi 2 masa jabatan: {old.name} (ketua) ke-3.")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"position": "chair"}, "Masih dijabat Pengurus 1."),
        ({"position": ""}, "Belum dipilih."),
        ({"position": "raja"}, "Pilih salah satu dari daftar."),
        ({"name": "\0"}, "Belum diisi."),
        ({"name": "12345"}, "Belum terbaca sebagai nama."),
        ({"name": "A" * 121}, "paling banyak"),
        ({"starts_on": "31/02/2026"}, "tanggal"),
        ({"starts_on": "20/11/1900"}, "terlalu lama"),
        ({"starts_on": "20/11/2028"}, "Mulainya lebih dari setahun lagi."),
        ({"ends_on": "19/11/2026"}, "Masa jabatan berakhir sebelum dimulai."),
        ({"ends_on": "31/05/2060"}, "lebih dari sepuluh tahun lagi"),
        ({"ends_on": "31/05/2033"}, "Masa jabatan lebih dari lima tahun"),
        ({"ex_officio": "on"}, "Hanya ketua pengawas yang menjabat karena lurah"),
        ({"decision_on": "21/11/2027"}, "belum tiba"),
        ({"earlier_terms": "99"}, "Angka harus antara"),
        ({"earlier_terms": "-1"}, "angka"),
        ({"appointed_by": "presiden"}, "Pilih salah satu dari daftar."),
        ({"name": "pengurus 4"}, "Pengurus tidak boleh merangkap pengawas."),
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_nothing_is_written(desk, joko, now, change, said):
    with joko.acting() as (actor, _):
        end_term(
            officer=officer("treasurer"), on=date(2026, 11, 3), reason="resigned", actor=actor, now=now, today=TODAY
        )
    answer = desk.post(f"{MELATI}tambah/", typed(**change))
    assert answer.status_code == 422
    assert said.lower() in answer.content.decode().lower()
    with joko.acting():
        assert not Officer.objects.filter(cooperative=melati(), position="treasurer", ended_on__isnull=True).exists()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"reason": ""}, "Belum diisi."),
        ({"reason": "\0"}, "Belum diisi."),
        ({"starts_on": "01/01/2031"}, "setahun lagi"),
        ({"name": ""}, "Belum diisi."),
        ({"sex": "X"}, "Pilih salah satu"),
    ],
)
def test_a_correction_that_cannot_be_is_said_at_its_field(desk, joko, change, said):
    with joko.acting():
        one = officer("chair")
    whole = typed(name=one.name, reason="salah ketik", starts_on="01/06/2025", ends_on="31/05/2030") | change
    answer = desk.post(f"{MELATI}{one.pk}/perbaiki/", whole)
    assert answer.status_code == 422 and said in answer.content.decode()


def test_pages_of_an_officer_are_of_this_cooperative_and_bounded(
    desk, enter, ratna, joko, django_assert_max_num_queries
):
    with joko.acting():
        other = Officer.objects.filter(cooperative__slug="kenanga").first()
        one = officer("chair")
    for page in ("", "berhenti/", "perbaiki/", "pernyataan/"):
        assert desk.get(f"{MELATI}{other.pk}/{page}").status_code == 404
        assert desk.get(f"{MELATI}{2**62}/{page}").status_code == 404
        with django_assert_max_num_queries(20):
            assert desk.get(f"{MELATI}{one.pk}/{page}").status_code == 200
        assert enter(ratna).get(f"{MELATI}{one.pk}/{page}").status_code == 404


def test_the_declarations_asked_are_those_of_the_organ(desk, joko):
    with joko.acting():
        chair, supervisor = officer("chair"), officer("supervisor_chair")
    page = desk.get(f"{MELATI}{chair.pk}/pernyataan/").content.decode()
    assert "Bukan pimpinan desa" in page and "kepailitan" not in page
    page = desk.get(f"{MELATI}{supervisor.pk}/pernyataan/").content.decode()
    assert "kepailitan" in page and "Bukan pimpinan desa" not in page
    data = {"declared_on": "20/11/2026", "kinship": "ya", "village_office": "tidak", "credit": ""}
    assert desk.post(f"{MELATI}{chair.pk}/pernyataan/", data).status_code == 302
    with joko.acting():
        assert dict(Declaration.objects.values_list("what", "holds")) == {"kinship": True, "village_office": False}
    for bad in ({"declared_on": "21/11/2030"}, {"kinship": "mungkin"}):
        assert desk.post(f"{MELATI}{chair.pk}/pernyataan/", data | bad).status_code == 422


# --- The book on paper ------------------------------------------------------------------------------------


def test_the_book_of_officers_is_the_same_on_paper_and_in_excel(enter, budi, joko, now):
    with joko.acting() as (actor, _):
        one = officer("treasurer")
        end_term(officer=one, on=date(2026, 11, 3), reason="resigned", actor=actor, now=now, today=TODAY)
    client = enter(budi)
    sheet = (
        CalamineWorkbook.from_filelike(BytesIO(client.get(f"{MELATI}daftar.xlsx").content))
        .get_sheet_by_index(0)
        .to_python()
    )
    top = next(number for number, row in enumerate(sheet) if row[0] == "Nama")
    assert sheet[top] == [
        "Nama",
        "L/P",
        "Jabatan",
        "Diangkat oleh",
        "Diangkat",
        "Sampai",
        "SK atau berita acara",
        "Berhenti",
        "Sebab berhenti",
    ]
    names = [row[0] for row in sheet[top + 1 :]]
    assert names == ["Pengurus 1", "Pengurus 2", "Pengurus 4", "Pengurus 3"]
    assert sheet[-1][7:] == [date(2026, 11, 3), "Mengundurkan diri"]
    answer = client.get(f"{MELATI}daftar.pdf")
    text = " ".join(page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages)
    assert answer["Content-Type"] == "application/pdf"
    words = " ".join(text.split())
    assert all(name in words for name in names) and "Mengundurkan diri" in words
    assert "3 orang menjabat" in words and "Dicetak" in words
