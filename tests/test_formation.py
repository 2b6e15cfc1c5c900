"""From founding meeting to operating: steps with evidence, stages that are counted, many at once, coverage of villages."""

import re
from datetime import UTC, date, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from registry.actions import open_blocker, record_rat, register_cooperative, take_step
from registry.formation import stage_of, stages, steps, village_programmes
from registry.models import AuditEvent, Blocker, Cooperative, Evidence, Formation, FormationStep, Place, Profile
from registry.reports import formation as reports

KOTA = "kota-serang"
NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
TODAY = date(2026, 11, 20)
PDF = b"%PDF-1.7\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"


def url(name: str, *parts, query: str = "") -> str:
    return reverse(f"registry:{name}", args=[KOTA, *parts]) + query


@pytest.fixture
def desk(enter, joko):
    return enter(joko)


def agency():
    return Cooperative.objects.select_related("agency__place").get(slug="melati").agency


def village(name: str) -> Place:
    return Place.objects.select_related("parent").get(name=name, parent__parent="36.73")


def forming(actor, how_many: int) -> list[Cooperative]:
    """Cooperatives whose deed is there and whose pengesahan is not."""
    made = []
    for number in range(how_many):
        here = village("Kiara")
        fields = {
            "legal_status": "forming", "founded_on": date(2026, 5, 5), "deed_on": date(2026, 6, 1), "deed_number": f"{number + 1:02d}",
        }  # fmt: skip
        made.append(
            register_cooperative(
                agency=agency(),
                name=f"Koperasi Bertahap {number}",
                district=here.parent,
                village=here,
                fields=fields,
                actor=actor,
                now=NOW,
            )
        )
    return made


def take(actor, cooperatives, code: str, on: date, numbers=None, **more) -> int:
    return take_step(
        agency=agency(), cooperatives=cooperatives, step=steps()[code], done_on=on, numbers=numbers or {}, party="", note="",
        evidence=None, actor=actor, now=NOW, today=TODAY, **more,
    )  # fmt: skip


# --- The rules --------------------------------------------------------------------------------------


def test_there_are_sixteen_steps_in_the_order_of_the_paper_and_stages_name_only_known_ones():
    assert [step.number for step in steps().values()] == list(range(1, 17))
    known = set(steps())
    for stage in stages().values():
        assert set(stage.steps) <= known
    for step in steps().values():
        assert set(step.after) <= known
        assert {getattr(Profile, column).field.name for column in step.profile.values()} == set(step.profile.values())


@pytest.mark.parametrize(
    ("taken", "stage", "since"),
    [
        ({}, "preparing", None),
        ({"counselling": date(2025, 4, 1)}, "preparing", None),
        ({"founding_meeting": date(2025, 5, 5)}, "meeting", date(2025, 5, 5)),
        ({"founding_meeting": date(2025, 5, 5), "deed": date(2025, 6, 1)}, "deed", date(2025, 6, 1)),
        ({"deed": None}, "deed", None),  # done, the day is not known
        ({"decree": date(2025, 6, 18), "npwp": date(2025, 7, 1), "nib": None}, "legal", date(2025, 6, 18)),
        ({"decree": date(2025, 6, 18), "npwp": date(2025, 7, 1), "bank_account": date(2025, 8, 9), "nib": None}, "ready", date(2025, 8, 9)),
        ({"outlet": date(2025, 11, 17)}, "operating", date(2025, 11, 17)),
    ],
)  # fmt: skip
def test_the_stage_is_the_last_one_whose_steps_are_all_taken(taken, stage, since):
    reached, day = stage_of(taken)
    assert (reached.code, day) == (stage, since)


def test_a_kelurahan_meets_as_kelurahan_and_a_desa_as_desa(joko):
    with joko.acting():
        assert steps()["founding_meeting"].name_in(village("Kiara")) == "Musyawarah kelurahan khusus"
    assert steps()["founding_meeting"].name_in(Place(level="desa")) == "Musyawarah desa khusus"
    assert village_programmes() == {"kelurahan": "kkmp", "desa": "kdmp"}


# --- One fact in one place --------------------------------------------------------------------------


def test_facts_of_the_profile_and_of_rats_are_steps_without_being_written_again(joko):
    with joko.acting() as (actor, _):
        [one] = forming(actor, 1)
        found = dict(FormationStep.objects.filter(cooperative=one).values_list("step", "done_on"))
        assert found == {"founding_meeting": date(2026, 5, 5), "deed": date(2026, 6, 1)}
        for year, day in ((2026, date(2027, 2, 1)), (2025, date(2026, 3, 1))):
            record_rat(
                cooperative=one, book_year=year, held_on=day, present=None, reported_on=None, actor=actor, now=NOW
            )
        assert FormationStep.objects.get(cooperative=one, step="first_rat").done_on == date(2026, 3, 1)
        Profile.objects.filter(cooperative=one).update(deed_on=None, deed_number="", nib="9900000000001")
        assert set(FormationStep.objects.filter(cooperative=one).values_list("step", flat=True)) == {
            "founding_meeting",
            "first_rat",
            "nib",
        }


def test_a_step_that_is_a_fact_of_the_profile_is_written_there(joko):
    with joko.acting() as (actor, _):
        one, two = forming(actor, 2)
        numbers = {one.pk: "AHU-0099001.AH.01.29.TAHUN 2026", two.pk: "AHU-0099002.AH.01.29.TAHUN 2026"}
        assert take(actor, [one, two], "decree", date(2026, 7, 1), numbers) == 2
        for pk, number in numbers.items():
            profile = Profile.objects.get(pk=pk)
            assert (profile.decree_number, profile.decree_on, profile.legal_status) == (
                number,
                date(2026, 7, 1),
                "legal_entity",
            )
            assert (profile.decree_key, profile.version) == (number.upper(), 2)
            row = FormationStep.objects.get(cooperative=pk, step="decree")
            assert (row.number, row.done_on) == (number, date(2026, 7, 1))
        assert AuditEvent.objects.filter(verb="take_step", cooperative__in=numbers).count() == 2


def test_the_first_outlet_does_not_make_the_latest_older(joko):
    with joko.acting() as (actor, _):
        [one] = forming(actor, 1)
        Profile.objects.filter(cooperative=one).update(last_outlet_opened_on=date(2026, 9, 1))
        take(actor, [one], "outlet", date(2026, 8, 1))
        assert Profile.objects.get(cooperative=one).last_outlet_opened_on == date(2026, 9, 1)
        assert FormationStep.objects.get(cooperative=one, step="outlet").done_on == date(2026, 8, 1)
        Profile.objects.filter(cooperative=one).update(last_outlet_opened_on=date(2026, 10, 1))  # another one opens
        assert FormationStep.objects.get(cooperative=one, step="outlet").done_on == date(2026, 8, 1)


def test_the_database_refuses_days_that_contradict_each_other_and_nothing_stays(joko):
    with joko.acting() as (actor, _):
        [one] = forming(actor, 1)
        assert reports.contradictions(agency(), [one.pk], steps()["decree"], date(2026, 5, 31)) == {
            one.pk: "Lebih awal daripada akta (01/06/2026)."
        }
        assert reports.contradictions(agency(), [one.pk], steps()["founding_meeting"], date(2026, 6, 2)) == {
            one.pk: "Sesudah akta (01/06/2026)."
        }
        assert reports.contradictions(agency(), [one.pk], steps()["decree"], date(2026, 6, 1)) == {}
        with pytest.raises(IntegrityError), transaction.atomic():
            take(actor, [one], "decree", date(2026, 5, 31), {one.pk: "1/BH"})
        assert not FormationStep.objects.filter(cooperative=one, step="decree").exists()


def test_who_belongs_to_a_programme_or_is_being_formed_is_followed_without_being_asked_for(joko):
    with joko.acting() as (actor, _):
        [one] = forming(actor, 1)
        assert Formation.objects.get(cooperative=one).started_on == date(2026, 5, 5)
        here = village("Kiara")
        old = register_cooperative(
            agency=agency(), name="Koperasi Lama", district=here.parent, village=here, fields={}, actor=actor, now=NOW
        )
        assert not Formation.objects.filter(cooperative=old).exists()
        Profile.objects.filter(cooperative=old).update(programme="kkmp")
        assert Formation.objects.filter(cooperative=old).exists()


def test_a_step_makes_data_fresh_but_never_older(joko):
    with joko.acting() as (actor, _):
        [one] = forming(actor, 1)
        for today, fresh in ((date(2026, 11, 20), date(2026, 11, 20)), (date(2026, 1, 1), date(2026, 11, 20))):
            take_step(
                agency=agency(), cooperatives=[one], step=steps()["counselling"], done_on=date(2026, 1, 1), numbers={}, party="", note="",
                evidence=None, actor=actor, now=NOW, today=today,
            )  # fmt: skip
            assert Profile.objects.get(cooperative=one).last_recorded_on == fresh


def test_five_hundred_steps_take_as_many_statements_as_five(joko):
    with joko.acting() as (actor, _):
        made = forming(actor, 40)

        def statements(cooperatives) -> int:
            with CaptureQueriesContext(
                connection,
            ) as seen:
                take(actor, cooperatives, "decree", date(2026, 7, 1), {one.pk: f"{one.pk}/BH" for one in cooperatives})
            return len(seen)

        assert statements(made[:5]) == statements(made)


# --- The pages ----------------------------------------------------------------------------------------


def test_the_board_counts_stages_and_narrows_down_to_one(desk, joko):
    with joko.acting() as (actor, _):
        made = forming(actor, 3)
        take(actor, made[:1], "decree", date(2026, 7, 1), {made[0].pk: "1/BH"})
        open_blocker(
            cooperative=made[1],
            what="legal_name",
            text="Beda satu huruf.",
            waits_for="Kemenkum",
            due_on=None,
            actor=actor,
            now=NOW,
            today=TODAY,
        )
    page = desk.get(url("formation")).content.decode()
    assert "Akta notaris <b>2</b>" in page
    page = desk.get(url("formation", query="?tahap=deed")).content.decode()
    assert "Akta notaris: 2 koperasi" in page
    assert "Koperasi Bertahap 1" in page and "Koperasi Bertahap 0" not in page
    assert '<option value="decree" selected>' in page  # what most of this stage take next
    page = desk.get(url("formation", query="?hambatan=ada")).content.decode()
    assert "Koperasi Bertahap 1" in page and "Koperasi Bertahap 2" not in page
    assert (
        "Tidak ada koperasi dengan saringan ini" in desk.get(url("formation", query="?tahap=ngawur")).content.decode()
    )


def test_the_board_asks_as_much_for_many_as_for_few(desk, joko, django_assert_max_num_queries):
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert desk.get(url("formation")).status_code == 200
        return len(seen)

    with joko.acting() as (actor, _):
        forming(actor, 2)
    few = queries()
    with joko.acting() as (actor, _):
        here = village("Kiara")
        for number in range(30):
            register_cooperative(agency=agency(), name=f"Koperasi Banyak {number}", district=here.parent, village=here,
                                 fields={"legal_status": "forming"}, actor=actor, now=NOW)  # fmt: skip
    assert queries() == few <= 20


def test_many_move_with_one_document_and_the_blocked_one_stays(desk, joko):
    """Journey 23: five from akta to badan hukum, one is blocked because the name differs."""
    with joko.acting() as (actor, _):
        made = forming(actor, 5)
    chosen = {"langkah": "decree", "kembali": "deed", "pilih": [one.slug for one in made]}
    asked = desk.post(url("take_steps"), chosen)
    assert asked.status_code == 200
    assert asked.content.decode().count("Nomor badan hukum (AHU)") >= 5
    typed = {f"nomor_{one.pk}": f"AHU-009900{number}.AH.01.29.TAHUN 2026" for number, one in enumerate(made[:4])}
    sent = chosen | typed | {
        "simpan": "ya", "done_on": "01/07/2026", f"hambat_{made[4].pk}": "legal_name",
        "document": SimpleUploadedFile("sk.pdf", PDF, "application/pdf"),
    }  # fmt: skip
    answer = desk.post(url("take_steps"), sent)
    assert (answer.status_code, answer.url) == (302, url("formation", query="?tahap=deed"))
    page = desk.get(answer.url).content.decode()
    assert "Pengesahan badan hukum tercatat untuk empat koperasi, satu koperasi dicatat terhambat." in page
    with joko.acting():
        rows = FormationStep.objects.filter(step="decree", cooperative__in=[one.pk for one in made])
        assert {row.cooperative_id for row in rows} == {one.pk for one in made[:4]}
        assert len({row.evidence_id for row in rows}) == 1
        assert Blocker.objects.get(cooperative=made[4]).waits_for == "Kementerian Hukum"
        document = Evidence.objects.select_related("file").get()
    got = desk.get(reverse("registry:file", args=[KOTA, document.file_id]))
    assert got.content == PDF
    assert got["Content-Disposition"].startswith("attachment")
    assert "bukti-decree-2026-07-01.pdf" in got["Content-Disposition"]
    # the same form once more changes nothing and opens no second blocker
    sent["document"] = SimpleUploadedFile("sk.pdf", PDF, "application/pdf")
    assert desk.post(url("take_steps"), sent).status_code == 302
    with joko.acting():
        assert Blocker.objects.filter(cooperative=made[4]).count() == 1


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"done_on": ""}, "Tanggal belum diisi."),
        ({"done_on": "31/02/2026"}, "Tulis tanggal seperti"),
        ({"done_on": "01/01/2027"}, "belum tiba"),
        ({"done_on": "31/05/2026"}, "Lebih awal daripada akta (01/06/2026)."),
        ({"nomor": ""}, "Nomor badan hukum (AHU) belum diisi."),
        ({"nomor": "A\0B" * 60}, "80"),
        ({"document": ("sk.pdf", b"%PDF-1.7 setengah")}, "tidak utuh"),
        ({"document": ("sk.pdf", b"<script>alert(1)</script>")}, "bukan PDF"),
        ({"document": ("sk.exe", b"MZ" + b"\0" * 40)}, "bukan PDF"),
    ],
)
def test_a_wrong_step_is_refused_with_a_sentence_and_keeps_what_was_typed(desk, joko, change, sentence):
    with joko.acting() as (actor, _):
        [one] = forming(actor, 1)
    sent = {
        "done_on": "01/07/2026",
        f"nomor_{one.pk}": "AHU-0099001.AH.01.29.TAHUN 2026",
        "note": "catatan yang tidak hilang",
    }
    for name, value in change.items():
        key = f"nomor_{one.pk}" if name == "nomor" else name
        sent[key] = SimpleUploadedFile(*value) if isinstance(value, tuple) else value
    answer = desk.post(url("take_step", one.slug, "decree"), sent)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page
    assert "catatan yang tidak hilang" in page
    with joko.acting():
        assert not FormationStep.objects.filter(cooperative=one, step="decree").exists()
        assert not Evidence.objects.exists()


def test_a_meeting_without_its_paper_needs_the_paper_or_the_reason(desk, joko):
    with joko.acting() as (actor, _):
        [one] = forming(actor, 1)
    page = url("take_step", one.slug, "official_record")
    answer = desk.post(page, {"done_on": "05/05/2026"})
    assert "Langkah ini perlu bukti" in answer.content.decode()
    assert desk.post(page, {"done_on": "05/05/2026", "note": "Aslinya masih di kelurahan"}).status_code == 302


def test_a_step_before_its_time_is_warned_about_and_may_be_kept(desk, joko):
    with joko.acting() as (actor, _):
        here = village("Kiara")
        one = register_cooperative(
            agency=agency(),
            name="Koperasi Terburu",
            district=here.parent,
            village=here,
            fields={},
            actor=actor,
            now=NOW,
        )
    sent = {"done_on": "05/05/2026", "note": "ada", f"nomor_{one.pk}": "1"}
    answer = desk.post(url("take_step", one.slug, "official_record"), sent)
    page = answer.content.decode()
    assert answer.status_code == 422 and "langkah sebelumnya belum tercatat (rapat pendirian)" in page
    mark = re.search(r'name="setujui" value="([0-9a-f]+)"', page)[1]
    assert desk.post(url("take_step", one.slug, "official_record"), sent | {"setujui": mark}).status_code == 302


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"langkah": "decree"},
        {"langkah": "ngawur", "pilih": "melati"},
        {"langkah": "first_rat", "pilih": "melati"},
    ],
)
def test_nothing_chosen_leads_back_with_a_sentence(desk, sent):
    answer = desk.post(url("take_steps"), sent)
    assert answer.status_code == 302
    assert "Pilih sekurangnya satu koperasi dan satu langkah." in desk.get(answer.url).content.decode()


def test_a_cooperative_of_the_other_dinas_cannot_be_moved(desk):
    assert (
        desk.post(url("take_steps"), {"langkah": "decree", "pilih": ["melati", "bukan-punya-kami"]}).status_code == 404
    )
    assert desk.get(url("take_step", "melati", "ngawur")).status_code == 404
    assert desk.get(url("take_step", "melati", "first_rat")).status_code == 404


def test_one_step_of_one_cooperative_keeps_its_document(desk, joko):
    sent = {"done_on": "05/05/2026", "nomor": "", "document": SimpleUploadedFile("ba.pdf", PDF, "application/pdf")}
    assert desk.post(url("take_step", "melati", "simkopdes"), sent).status_code == 302
    with joko.acting():
        row = FormationStep.objects.select_related("evidence__file").get(cooperative__slug="melati", step="simkopdes")
        assert row.evidence.file.cooperative_id is None
    assert desk.get(reverse("registry:file", args=[KOTA, row.evidence.file_id])).content == PDF


def test_the_way_of_a_cooperative_shows_every_step_to_its_own_people_and_writing_only_to_the_dinas(
    desk, enter, siti, joko
):
    shown = desk.get(url("way", "melati")).content.decode()
    assert shown.count('<span class="dot">') == 16
    assert url("take_step", "melati", "simkopdes") in shown
    own = enter(siti).get(url("way", "melati"))
    assert own.status_code == 200
    assert "tahapan/simkopdes" not in own.content.decode()
    assert enter(siti).get(url("take_step", "melati", "simkopdes")).status_code == 403
    assert enter(siti).get(url("formation")).status_code in (403, 404)


def test_a_priority_names_who_ordered_it(desk, joko):
    page = url("follow", "melati")
    answer = desk.post(page, {"model": "revitalisation", "priority": "on"})
    assert "Tulis siapa yang memerintahkan" in answer.content.decode()
    assert (
        desk.post(
            page, {"model": "revitalisation", "priority": "on", "priority_reference": "Instruksi 3 Maret"}
        ).status_code
        == 302
    )
    with joko.acting():
        assert Formation.objects.get(cooperative__slug="melati").priority
    assert "Instruksi 3 Maret" in desk.get(url("way", "melati")).content.decode()
