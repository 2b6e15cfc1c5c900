"""One person in two cooperatives, and lurah or kepala desa whose office carries the seat of ketua pengawas."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from registry.access import load_grants
from registry.actions import appoint_officer, change_head, invite, judge_pair, seat_head
from registry.models import AuditEvent, Cooperative, GrantKind, Officer, PersonPair, Place, VillageHead
from registry.reports import persons
from registry.reports.organs import Asked
from registry.tenancy import NOBODY, bind
from tests.cast import join
from tests.test_organs import PAGES, TODAY, kota, leave, officer


@pytest.fixture
def desk(enter, joko):
    return enter(joko)


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
