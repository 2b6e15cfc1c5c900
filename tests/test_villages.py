"""One live cooperative of a programme per village, whoever writes; neighbours that join; the map and the funnel."""

import re
from datetime import UTC, date, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse

from registry.actions import (
    amend_cooperative,
    join_village,
    part_village,
    register_cooperative,
    take_step,
)
from registry.formation import steps
from registry.models import AuditEvent, Cooperative, CoveredVillage, Place, Profile
from registry.reports.villages import coverage, free_villages
from registry.villages import VillageTaken

KOTA = "kota-serang"
NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
TODAY = date(2026, 11, 20)
PDF = b"%PDF-1.7\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"


def url(name: str, *parts) -> str:
    return reverse(f"registry:{name}", args=[KOTA, *parts])


@pytest.fixture
def desk(enter, joko):
    return enter(joko)


def agency():
    return Cooperative.objects.select_related("agency__place").get(slug="melati").agency


def village(name: str) -> Place:
    return Place.objects.select_related("parent").get(name=name, parent__parent="36.73")


def found(actor, name: str, where: str, **fields) -> Cooperative:
    here = village(where)
    return register_cooperative(
        agency=agency(),
        name=name,
        district=here.parent,
        village=here,
        fields={"programme_id": "kkmp"} | fields,
        actor=actor,
        now=NOW,
    )


def served(cooperative: Cooperative) -> list[str]:
    rows = CoveredVillage.objects.filter(cooperative=cooperative).order_by("village")
    return list(rows.values_list("village__name", flat=True))


def amend(actor, one: Cooperative, *, place: str = "", **fields) -> Profile:
    stored, where = Profile.objects.get(cooperative=one), village(place) if place else None
    return amend_cooperative(
        cooperative=one, version=stored.version, name=one.name, fields=fields, district=where and where.parent, village=where,
        actor=actor, now=NOW, today=TODAY,
    )  # fmt: skip


# --- The database -----------------------------------------------------------------------------------


def test_a_second_live_cooperative_of_the_programme_in_a_village_is_refused_and_leaves_nothing(joko):
    with joko.acting() as (actor, _):
        found(actor, "KKMP Kiara", "Kiara")
        with pytest.raises(VillageTaken):
            found(actor, "KKMP Kiara Dua", "Kiara")
        assert not Cooperative.objects.filter(name="KKMP Kiara Dua").exists()
        assert served(found(actor, "Koperasi Lain Kiara", "Kiara", programme_id=None)) == []


def test_also_when_sql_writes_past_the_action(joko):
    with joko.acting() as (actor, _):
        found(actor, "KKMP Kiara", "Kiara")
        other = found(actor, "Koperasi Lain", "Kiara", programme_id=None)
        with (
            pytest.raises(IntegrityError, match="one_live_cooperative_of_a_programme_per_village"),
            transaction.atomic(),
        ):
            Profile.objects.filter(cooperative=other).update(programme_id="kkmp")
        third = found(actor, "KKMP Nyapah", "Nyapah")
        with pytest.raises(IntegrityError, match="per_village"), transaction.atomic():
            Cooperative.objects.filter(pk=third.pk).update(village=village("Kiara"))


def test_what_is_served_follows_the_village_the_programme_and_the_end_of_the_cooperative(joko):
    with joko.acting() as (actor, _):
        one = found(actor, "KKMP Kiara", "Kiara")
        assert served(one) == ["Kiara"]
        amend(actor, one, place="Nyapah")
        assert served(one) == ["Nyapah"]
        amend(actor, one, programme_id=None)
        assert served(one) == []
        amend(actor, one, programme_id="kkmp")
        amend(actor, one, legal_status="dissolved")
        assert served(one) == []
        found(actor, "KKMP Nyapah Baru", "Nyapah")
        with pytest.raises(VillageTaken):  # the dissolved one may not come back beside the new one
            amend(actor, one, legal_status="legal_entity")


# --- Neighbours -------------------------------------------------------------------------------------


def join(actor, one: Cooperative, name: str) -> CoveredVillage:
    return join_village(
        cooperative=one, programme="kkmp", village=village(name), joined_on=TODAY, evidence=None, actor=actor, now=NOW, today=TODAY
    )  # fmt: skip


def test_a_neighbour_that_joined_is_covered_and_may_have_no_cooperative_of_its_own_until_it_parts(joko):
    with joko.acting() as (actor, _):
        one = found(actor, "KKMP Kiara", "Kiara")
        before = coverage(agency(), "kkmp")
        joined = join(actor, one, "Nyapah")
        after = coverage(agency(), "kkmp")
        assert (after.covered, after.cooperatives) == (before.covered + 1, before.cooperatives)
        assert [(line.village.name, line.cooperative.pk) for line in after.joined] == [("Nyapah", one.pk)]
        with pytest.raises(VillageTaken):
            found(actor, "KKMP Nyapah", "Nyapah")
        part_village(joined=joined, reason="Mendirikan sendiri", actor=actor, now=NOW, today=TODAY)
        found(actor, "KKMP Nyapah", "Nyapah")
        assert AuditEvent.objects.filter(verb="part_village", reason="Mendirikan sendiri").exists()


def test_the_own_village_does_not_part(joko):
    with joko.acting() as (actor, _):
        one = found(actor, "KKMP Kiara", "Kiara")
        home = CoveredVillage.objects.get(cooperative=one)
        with pytest.raises(ValueError, match="own village"):
            part_village(joined=home, reason="x", actor=actor, now=NOW, today=TODAY)


def test_the_dinas_lets_a_neighbour_join_with_the_minutes_and_part_with_a_reason(desk, joko):
    with joko.acting() as (actor, _):
        one = found(actor, "KKMP Kiara", "Kiara")
    page = url("join_village", one.slug)
    typed = {"village": "Nyapah", "joined_on": "05/05/2026"}
    assert "Pilih dulu berkasnya" in desk.post(page, typed).content.decode()
    minutes = SimpleUploadedFile("berita acara.pdf", PDF, "application/pdf")
    assert desk.post(page, typed | {"document": minutes}).status_code == 302
    shown = desk.get(url("way", one.slug)).content.decode()
    assert "tetangga, sejak 5 Mei 2026" in shown
    again = desk.post(page, typed | {"document": SimpleUploadedFile("a.pdf", PDF, "application/pdf")})
    assert again.status_code == 422 and "sudah dilayani koperasi lain" in again.content.decode()
    leave = url("part_village", one.slug, "36.73.03.1003")
    with joko.acting():
        assert CoveredVillage.objects.get(cooperative=one, is_home=False).village_id == "36.73.03.1003"
    assert desk.post(leave, {"reason": ""}).status_code == 422
    assert desk.post(leave, {"reason": "Mendirikan sendiri"}).status_code == 302
    assert desk.get(leave).status_code == 404


@pytest.mark.parametrize(
    "typed",
    [{"village": "Atlantis"}, {"village": "Kiara"}, {"village": "a\0b"}, {"joined_on": "31/02/2026"}, {"joined_on": "01/01/2999"}, {}],
)  # fmt: skip
def test_bad_neighbours_are_refused_with_a_sentence_and_keep_what_was_typed(desk, joko, typed):
    with joko.acting() as (actor, _):
        one = found(actor, "KKMP Kiara", "Kiara")
    right = {"village": "Nyapah", "joined_on": "05/05/2026"} if typed else {}
    answer = desk.post(url("join_village", one.slug), right | typed | {"document": SimpleUploadedFile("a.pdf", PDF)})
    assert answer.status_code == 422
    for value in typed.values():
        assert value.replace("\0", "") in answer.content.decode()
    with joko.acting():
        assert served(one) == ["Kiara"]


def test_a_cooperative_outside_every_programme_has_no_neighbours(desk, joko):
    with joko.acting() as (actor, _):
        one = found(actor, "Koperasi Lain", "Kiara", programme_id=None)
    assert desk.get(url("join_village", one.slug)).status_code == 404


# --- The form and the page --------------------------------------------------------------------------


def test_the_form_names_the_cooperative_that_serves_the_village_already(desk, joko):
    with joko.acting() as (actor, _):
        found(actor, "KKMP Kiara", "Kiara")
    typed = {
        "name": "KKMP Kiara Dua", "village": "Kiara", "programme_id": "kkmp", "form": "primary", "coop_type": "consumer",
        "sector": "real", "pattern": "conventional", "legal_status": "forming",
    }  # fmt: skip
    answer = desk.post(url("add"), typed)
    assert answer.status_code == 422
    assert "sudah dilayani KKMP Kiara dalam program ini" in answer.content.decode()


def test_the_page_counts_villages_stages_and_names_what_is_missing(desk, joko, django_assert_max_num_queries):
    with joko.acting() as (actor, _):
        one = found(actor, "KKMP Kiara", "Kiara", founded_on=date(2026, 5, 5))
        take_step(
            agency=agency(), cooperatives=[one], step=steps()["outlet"], done_on=TODAY, numbers={}, party="", note="", evidence=None,
            actor=actor, now=NOW, today=TODAY,
        )  # fmt: skip
        lost = found(actor, "KKMP Entah", "Nyapah")
        Cooperative.objects.filter(pk=lost.pk).update(village=None)
        seen = coverage(agency(), "kkmp")
        assert {stage.code: n for stage, n in seen.reached}["operating"] == 1
        assert seen.covered + len(seen.missing) == seen.villages == 67
        assert [(found.name, why) for found, why in seen.beside] == [
            ("KKMP Entah", "desa atau kelurahannya belum dicatat")
        ]
        assert sum(line.covered for line in seen.districts) == seen.covered
        assert len(free_villages(agency(), "kkmp")) == len(seen.missing)
    with django_assert_max_num_queries(20):
        page = desk.get(url("villages")).content.decode()
    assert f"{seen.covered} dari 67 kelurahan punya KKMP" in page
    assert "Kiara: beroperasi" in page and "KKMP Entah" in page
    assert re.search(r"Nyapah <span[^>]*>Kec. Walantaka", page)


def test_each_count_leads_to_the_rows_it_counts(desk, joko):
    with joko.acting() as (actor, _):
        found(actor, "KKMP Kiara", "Kiara", founded_on=date(2026, 5, 5))
    page = desk.get(url("villages")).content.decode()
    links = re.findall(r'href="([^"]*tahap=meeting)" aria-label="1 ', page)
    assert len(links) == 2  # in its kecamatan and in the sum
    for link in links:
        assert "KKMP Kiara" in desk.get(link.replace("&amp;", "&")).content.decode()
