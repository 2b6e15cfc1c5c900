"""Beside the board: groups that become cooperatives, targets of a year, events that cover many."""

from datetime import UTC, date, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse

from registry.actions import register_cooperative, set_target
from registry.models import Agency, Cooperative, Event, EventCooperative, FormationGroup, FormationStep, Place
from registry.reports.groups import years

KOTA = "kota-serang"
NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
TODAY = date(2026, 11, 20)
GROUP = {"name": "Kelompok Anyaman", "village": "Kiara", "members": "22", "businesses": "19", "state": "group"}
EVENT = {"kind": "mou", "title": "MoU 2025", "number": "415.4/1", "held_on": "24/07/2025", "covers": "program:kkmp"}


def url(name: str, *parts) -> str:
    return reverse(f"registry:{name}", args=[KOTA, *parts])


@pytest.fixture
def desk(enter, joko):
    return enter(joko)


def agency() -> Agency:
    return Agency.objects.get(slug=KOTA)


def found(actor, name: str, decree_on: date) -> Cooperative:
    village = Place.objects.select_related("parent").get(pk="36.73.03.1006")
    return register_cooperative(
        agency=agency(),
        name=name,
        district=village.parent,
        village=village,
        fields={"decree_on": decree_on},
        actor=actor,
        now=NOW,
    )


def test_a_group_is_written_down_followed_and_named_by_the_cooperative_it_became(desk, joko):
    assert desk.post(url("add_group"), GROUP).status_code == 302
    with joko.acting() as (actor, _):
        group = FormationGroup.objects.get()
        assert (group.district_id, group.members, group.businesses, group.state) == ("36.73.03", 22, 19, "group")
        became = found(actor, "Koperasi Anyaman Kiara", date(2026, 9, 1))
    page = url("edit_group", group.pk)
    answer = desk.post(page, GROUP | {"state": "founded"})
    assert "Pilih koperasi yang terbentuk dari kelompok ini." in answer.content.decode()
    assert desk.post(page, GROUP | {"state": "founded", "cooperative": became.slug}).status_code == 302
    shown = desk.get(url("groups")).content.decode()
    assert reverse("registry:way", args=[KOTA, became.slug]) in shown
    assert "Kelompok Anyaman" not in desk.get(url("groups") + "?keadaan=group").content.decode()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"name": ""}, "Belum diisi."),
        ({"village": "Atlantis"}, "Atlantis"),
        ({"businesses": "23"}, "Lebih banyak daripada jumlah anggotanya."),
        ({"members": "-3"}, "Jumlah anggota"),
        ({"members": "9" * 40}, "Jumlah anggota"),
        ({"name": "A\0B" * 100}, "120"),
        ({"state": "founded"}, "Keadaan"),
    ],
)
def test_a_wrong_group_is_refused_and_keeps_what_was_typed(desk, joko, change, sentence):
    answer = desk.post(url("add_group"), GROUP | {"need": "kebutuhan yang tidak hilang"} | change)
    assert answer.status_code == 422
    assert sentence in answer.content.decode() and "kebutuhan yang tidak hilang" in answer.content.decode()
    with joko.acting():
        assert not FormationGroup.objects.exists()


def test_a_founded_group_without_its_cooperative_is_refused_by_the_database(joko):
    with joko.acting(), pytest.raises(IntegrityError), transaction.atomic():
        FormationGroup.objects.create(
            agency=agency(), name="X", district_id="36.73.03", state="founded", registered_on=TODAY
        )


def test_a_year_counts_the_register_unless_an_older_paper_says_otherwise(joko):
    """By hand: 2025 has one decree here and a target of 4 (25%); of 2019 the old paper says 50 of 50, this register knows 1."""
    with joko.acting() as (actor, _):
        found(actor, "Koperasi Satu", date(2025, 3, 1))
        found(actor, "Koperasi Dua", date(2019, 3, 1))
        before = {row.year: row.reached for row in years(agency(), TODAY)}
        for year, target, recorded in ((2025, 4, None), (2019, 50, 50)):
            set_target(
                agency=agency(),
                indicator="founded",
                year=year,
                target=target,
                recorded=recorded,
                source="",
                actor=actor,
                now=NOW,
            )
        rows = {row.year: row for row in years(agency(), TODAY)}
        assert list(rows) == list(range(2026, 2018, -1))
        assert (rows[2025].counted, rows[2025].percent) == (1, 25)
        assert (rows[2019].counted, rows[2019].reached, rows[2019].percent) == (50, 1, 100)
        assert rows[2026].target is None and rows[2026].percent is None
        assert before == {2026: 0}


def test_the_target_of_a_year_is_set_on_the_page_and_changed_there(desk):
    assert "Target 2026 belum ditetapkan" in desk.get(url("targets")).content.decode()
    for target in ("50", "60"):
        assert desk.post(url("add_target"), {"year": "2026", "target": target}).status_code == 302
    page = desk.get(url("targets")).content.decode()
    assert "0 dari target 60 koperasi tahun 2026" in page
    assert 'value="60"' in desk.get(url("add_target") + "?tahun=2026").content.decode()
    for wrong in ({"year": "1800", "target": "5"}, {"year": "2026", "target": ""}, {"year": "x", "target": "5"}):
        assert desk.post(url("add_target"), wrong).status_code == 422


def test_an_event_covers_many_and_is_a_step_of_each_with_its_paper(desk, joko):
    paper = SimpleUploadedFile("mou.pdf", b"%PDF-1.7\ntrailer <<>>\n%%EOF\n", "application/pdf")
    assert desk.post(url("add_event"), EVENT | {"document": paper}).status_code == 302
    with joko.acting():
        event = Event.objects.select_related("evidence").get()
        covered = set(EventCooperative.objects.values_list("cooperative__slug", flat=True))
        assert covered == {"melati", "kenanga"}
        for row in FormationStep.objects.filter(step="event"):
            assert (row.done_on, row.number, row.party, row.evidence_id) == (
                date(2025, 7, 24),
                "415.4/1",
                "MoU 2025",
                event.evidence_id,
            )
    shown = desk.get(url("events")).content.decode()
    assert "MoU 2025" in shown and reverse("registry:file", args=[KOTA, event.evidence.file_id]) in shown


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"covers": ""}, "Koperasi yang tercakup"),
        ({"covers": "kecamatan:36.73.01"}, "Tidak ada koperasi dalam cakupan ini."),
        ({"covers": "kecamatan:36.04.05"}, "Koperasi yang tercakup"),
        ({"held_on": "01/01/2090"}, "belum tiba"),
        ({"title": ""}, "Belum diisi."),
    ],
)
def test_a_wrong_event_is_refused_and_writes_nothing(desk, joko, change, sentence):
    answer = desk.post(url("add_event"), EVENT | {"parties": "para pihak yang tidak hilang"} | change)
    assert answer.status_code == 422
    assert sentence in answer.content.decode() and "para pihak yang tidak hilang" in answer.content.decode()
    with joko.acting():
        assert not Event.objects.exists()


def test_a_group_of_the_other_dinas_is_not_there(desk, enter, dewi):
    assert (
        enter(dewi)
        .post(reverse("registry:add_group", args=["kab-serang"]), GROUP | {"village": "Kramatwatu (Kramatwatu)"})
        .status_code
        == 302
    )
    with dewi.acting():
        group = FormationGroup.objects.get()
    assert desk.get(url("edit_group", group.pk)).status_code == 404
    assert "Kelompok Anyaman" not in desk.get(url("groups")).content.decode()
