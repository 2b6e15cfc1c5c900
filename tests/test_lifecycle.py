"""From legal entity to dissolution or merger and back: dated decisions, their order, their deadlines, what they move."""

from datetime import UTC, date, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse

from koperasi.reports.figures import directory
from registry.actions import NotNow, record_decision, register_cooperative, take_back_decision
from registry.formats import format_date
from registry.lifecycle import deadlines, lifecycle_rules
from registry.models import AuditEvent, Cooperative, CoveredVillage, Evidence, LifecycleStep, Place, Profile, Standing
from registry.reports.lifecycle import life
from registry.reports.status import INACTIVE, rules, status_by
from registry.villages import VillageTaken

KOTA = "kota-serang"
NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
TODAY = date(2026, 11, 20)
FOUNDED = date(2010, 5, 5)
PDF = b"%PDF-1.7\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"
KINDS = lifecycle_rules().kinds


def url(name: str, *parts) -> str:
    return reverse(f"registry:{name}", args=[KOTA, *parts])


@pytest.fixture
def desk(enter, joko):
    return enter(joko)


def agency():
    return Cooperative.objects.select_related("agency__place").get(slug="melati").agency


def found(actor, name="Koperasi Lama", where="Kiara", **fields) -> Cooperative:
    here = Place.objects.select_related("parent").get(name=where, parent__parent="36.73")
    return register_cooperative(
        agency=agency(), name=name, district=here.parent, village=here, fields={"founded_on": FOUNDED} | fields, actor=actor, now=NOW
    )  # fmt: skip


def decide(actor, one: Cooperative, code: str, on: date, **more) -> LifecycleStep:
    known = {"decided_by": KINDS[code].by[0], "letter": "518/1", "into": None, "evidence": None, "note": ""}
    return record_decision(
        cooperative=one, kind=KINDS[code], decided_on=on, **(known | more), actor=actor, now=NOW, today=TODAY
    )


def status(one: Cooperative) -> tuple[str, date | None]:
    return Standing.objects.filter(cooperative=one).values_list("legal_status", "gone_on").get()


# --- The order ----------------------------------------------------------------------------------------

NEXT = {
    "": {"notice", "liquidation", "merged"},
    "notice": {"objection", "liquidation", "revived"},
    "notice objection": {"liquidation", "revived"},
    "liquidation": {"dissolved", "revived"},
    "liquidation dissolved": {"revived"},
    "merged": {"revived"},
    "liquidation revived": {"notice", "liquidation", "merged"},
}


@pytest.mark.parametrize("taken", NEXT)
def test_only_these_decisions_may_follow_and_the_others_are_refused(joko, taken):
    with joko.acting() as (actor, _):
        one, other = found(actor), found(actor, "Koperasi Penerima", "Nyapah")
        for n, code in enumerate(taken.split()):
            decide(actor, one, code, date(2026, 1 + n, 1), into=other if code == "merged" else None)
        assert {kind.code for kind in life(one, agency()).possible} == NEXT[taken]
        for code in KINDS.keys() - NEXT[taken]:
            with pytest.raises(NotNow):
                decide(actor, one, code, TODAY, into=other if code == "merged" else None)
        assert len(life(one, agency()).steps) == len(taken.split())


def test_a_cooperative_being_formed_has_nothing_to_end(joko):
    with joko.acting() as (actor, _):
        seen = life(found(actor, legal_status="forming"), agency())
        assert seen.forming and not seen.possible


@pytest.mark.parametrize(
    ("on", "words"),
    [
        (date(2010, 5, 4), "sebelum koperasi berdiri"),
        (date(2026, 11, 21), "belum tiba"),
        (date(2026, 1, 31), "sebelum langkah sebelumnya"),
    ],
)
def test_a_day_before_the_founding_before_the_former_decision_or_in_the_future_is_refused(joko, on, words):
    with joko.acting() as (actor, _):
        one = found(actor)
        decide(actor, one, "notice", date(2026, 2, 1))
        with pytest.raises(NotNow, match=words):
            decide(actor, one, "liquidation", on)


@pytest.mark.parametrize(
    ("row", "constraint"),
    [
        ({"decided_on": date(2010, 5, 4)}, "founding"),
        ({"decided_on": date(2026, 11, 21)}, "future"),
        ({"decided_on": date(2026, 1, 31)}, "former decision"),
        ({"what": "merged", "after": "merged"}, "who_merges_names_into_which"),
        ({"after": "dissolved"}, "a_decision_leaves_its_own_status"),
    ],
)
def test_the_database_holds_the_order_against_sql_that_passes_the_action_by(joko, row, constraint):
    with joko.acting() as (actor, _):
        one = found(actor)
        former = decide(actor, one, "notice", date(2026, 2, 1))
        right = {"what": "liquidation", "decided_on": TODAY, "after": "in_liquidation"} | row
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            LifecycleStep.objects.create(
                cooperative=one, agency=agency(), decided_by="meeting", letter="x", before=former.after, made_by=actor.user_id,
                made_by_name="x", made_at=NOW, **right,
            )  # fmt: skip


def test_nobody_merges_into_itself_or_into_another_agency(joko):
    with joko.acting() as (actor, _):
        one = found(actor)
        strange = Cooperative.objects.exclude(agency=agency()).first()
        for into, said in ((one, "nobody_merges_into_itself"), (strange, "same agency")):
            with pytest.raises(IntegrityError, match=said), transaction.atomic():
                decide(actor, one, "merged", TODAY, into=into)


# --- What it moves --------------------------------------------------------------------------------------


def test_the_status_of_the_profile_follows_and_a_mistake_is_taken_back_step_by_step(joko):
    with joko.acting() as (actor, _):
        one = found(actor)
        first = decide(actor, one, "liquidation", date(2026, 2, 1))
        assert status(one) == ("in_liquidation", None)
        second = decide(actor, one, "dissolved", date(2026, 6, 1))
        assert status(one) == ("dissolved", date(2026, 6, 1))
        how = {"cooperative": one, "reason": "Salah catat", "actor": actor, "now": NOW, "today": TODAY}
        with pytest.raises(NotNow):
            take_back_decision(step=first, **how)
        take_back_decision(step=second, **how)
        assert status(one) == ("in_liquidation", None)
        take_back_decision(step=first, **how)
        assert status(one) == ("legal_entity", None)
        assert AuditEvent.objects.filter(verb="take_back_decision", cooperative=one, reason="Salah catat").count() == 2


def test_who_came_back_by_mistake_is_gone_again_since_the_same_day(joko):
    with joko.acting() as (actor, _):
        one = found(actor)
        decide(actor, one, "liquidation", date(2026, 2, 1))
        decide(actor, one, "dissolved", date(2026, 6, 1))
        back = decide(actor, one, "revived", date(2026, 7, 1))
        assert status(one) == ("legal_entity", None)
        take_back_decision(cooperative=one, step=back, reason="x", actor=actor, now=NOW, today=TODAY)
        assert status(one) == ("dissolved", date(2026, 6, 1))


def test_reports_count_it_until_the_day_it_went_and_the_rules_of_aktif_too(joko):
    with joko.acting() as (actor, _):
        one = found(actor)
        decide(actor, one, "liquidation", date(2026, 2, 1))
        decide(actor, one, "dissolved", date(2026, 6, 1))
        counted = [
            one.pk in {line.pk for line in directory(agency().pk, day)}
            for day in (date(2026, 5, 31), date(2026, 6, 1), TODAY)
        ]
        assert counted == [True, False, False]
        rule, chosen = rules()["outlet_open"], Cooperative.objects.filter(pk=one.pk)
        answers = [
            status_by(rule, day, agency(), chosen)[one.pk].answer for day in (date(2026, 5, 31), date(2026, 6, 1))
        ]
        assert answers[0] != INACTIVE and answers[1] == INACTIVE


def test_of_older_data_without_a_day_nothing_is_counted_until_the_day_is_written_down(joko):
    with joko.acting() as (actor, _):
        one = found(actor, legal_status="dissolved")
        seen = life(one, agency())
        assert seen.undated and {kind.code for kind in seen.possible} == {"dissolved", "revived"}
        assert one.pk not in {line.pk for line in directory(agency().pk, date(2012, 1, 1))}
        decide(actor, one, "dissolved", date(2017, 11, 15))
        assert status(one) == ("dissolved", date(2017, 11, 15))
        assert one.pk in {line.pk for line in directory(agency().pk, date(2012, 1, 1))}
        Profile.objects.filter(cooperative=one).update(legal_status="legal_entity")  # whoever writes the status
        assert status(one) == ("legal_entity", None)


def test_who_comes_back_finds_its_village_served_and_stays_gone(desk, joko):
    with joko.acting() as (actor, _):
        one = found(actor, "KKMP Kiara", programme_id="kkmp")
        decide(actor, one, "liquidation", date(2026, 2, 1))
        decide(actor, one, "dissolved", date(2026, 6, 1))
        found(actor, "KKMP Kiara Baru", programme_id="kkmp")
        with pytest.raises(VillageTaken):
            decide(actor, one, "revived", TODAY)
        assert status(one)[0] == "dissolved" and LifecycleStep.objects.filter(cooperative=one).count() == 2
    typed = {"decided_on": "20/11/2026", "decided_by": "government", "letter": "1/2026"}
    answer = desk.post(url("decide", "kkmp-kiara", "hidup-kembali"), typed)
    assert answer.status_code == 422 and "sudah dilayani koperasi lain" in answer.content.decode()
    with joko.acting():
        assert not CoveredVillage.objects.filter(cooperative=one).exists()


# --- Deadlines, counted by hand -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("taken", "expected"),
    [
        ([("notice", (2026, 6, 30))], [("objection", (2026, 8, 30)), ("decision", (2026, 10, 30))]),
        ([("notice", (2025, 12, 31))], [("objection", (2026, 2, 28)), ("decision", (2026, 4, 30))]),
        ([("notice", (2026, 6, 1)), ("objection", (2026, 7, 1))], [("answer", (2026, 8, 1)), ("decision", (2026, 10, 1))]),
        ([("notice", (2026, 6, 1)), ("liquidation", (2026, 9, 15))], [("creditors", (2026, 12, 15))]),
        ([("liquidation", (2026, 1, 1)), ("dissolved", (2026, 5, 1))], []),
        ([("notice", (2026, 6, 1)), ("revived", (2026, 7, 1))], []),
        ([("notice", (2024, 1, 1)), ("revived", (2024, 2, 1)), ("liquidation", (2026, 9, 1))], [("creditors", (2026, 12, 1))]),
    ],
)  # fmt: skip
def test_the_periods_of_the_law_run_from_their_decision_until_the_next(taken, expected):
    steps = [LifecycleStep(what=code, decided_on=date(*day)) for code, day in taken]
    assert [(one.term.code, one.ends_on) for one in deadlines(steps)] == [(code, date(*day)) for code, day in expected]


def test_every_kind_and_period_names_its_law():
    assert all("Undang-Undang Nomor 25 Tahun 1992" in one.source for one in (*KINDS.values(), *lifecycle_rules().terms))
    assert {code for term in lifecycle_rules().terms for code in (term.after, *term.until)} <= KINDS.keys()


# --- The pages ------------------------------------------------------------------------------------------


def test_the_whole_way_over_http_with_a_letter_and_the_line_that_tells_it(desk, joko, django_assert_max_num_queries):
    with joko.acting() as (actor, _):
        one = found(actor)
    typed = {"decided_on": "01/09/2026", "decided_by": "meeting", "letter": "07/RA/2026"}
    letter = SimpleUploadedFile("surat.pdf", PDF, "application/pdf")
    assert desk.post(url("decide", one.slug, "penyelesaian"), typed | {"document": letter}).status_code == 302
    with django_assert_max_num_queries(20):
        page = desk.get(url("lifecycle", one.slug)).content.decode()
    listed = desk.get(reverse("registry:cooperatives", args=[KOTA]) + "?hukum=penyelesaian").context["rows"]
    assert [row["cooperative"].slug for row in listed] == [one.slug]
    for words in (
        "Dalam penyelesaian",
        format_date(date(2026, 9, 1)),
        "07/RA/2026",
        "Batas tagihan kreditor",
        format_date(date(2026, 12, 1)),
        "hanya merekomendasikan",
        "Surat",
    ):
        assert words in page, words
    early = {"decided_on": "01/11/2026", "letter": "BN 88/2026"}
    asked = desk.post(url("decide", one.slug, "bubar"), early)
    assert asked.status_code == 422 and f"baru berakhir {format_date(date(2026, 12, 1))}" in asked.content.decode()
    mark = asked.context["form"].warnings_mark
    assert desk.post(url("decide", one.slug, "bubar"), early | {"setujui": mark}).status_code == 302
    with joko.acting():
        assert status(one) == ("dissolved", date(2026, 11, 1))
        assert Evidence.objects.filter(title__startswith="Keputusan pembubaran").exists()
        last = LifecycleStep.objects.filter(cooperative=one).last()
    undo = url("take_back_decision", one.slug, last.pk)
    assert desk.post(undo, {"reason": " "}).status_code == 422
    assert desk.post(undo, {"reason": "Salah koperasi"}).status_code == 302
    assert desk.get(undo).status_code == 404  # it was the last; now another is


def test_merging_names_the_one_that_takes_it_in_and_both_pages_say_so(desk, joko):
    with joko.acting() as (actor, _):
        one, other = found(actor), found(actor, "Koperasi Penerima", "Nyapah")
        gone = found(actor, "Koperasi Bubar", "Nyapah", legal_status="dissolved")
    typed = {"decided_on": "01/09/2026", "letter": "1/2026"}
    page = url("decide", one.slug, "bergabung")
    for into in (gone.name, one.name, "Atlantis", "a\0b", ""):
        answer = desk.post(page, typed | {"into": into})
        assert answer.status_code == 422 and into.replace("\0", "") in answer.content.decode()
    assert desk.post(page, typed | {"into": "koperasi penerima"}).status_code == 302
    assert "Koperasi Penerima" in desk.get(url("lifecycle", one.slug)).content.decode()
    assert "Koperasi Lama" in desk.get(url("lifecycle", other.slug)).content.decode()


@pytest.mark.parametrize(
    "wrong",
    [
        {"decided_on": "31/02/2026"}, {"decided_on": "01/01/2999"}, {"decided_on": "04/05/2010"}, {"decided_on": ""},
        {"decided_by": "bupati"}, {"letter": ""}, {"letter": "x" * 81}, {"note": "x" * 241}, {"letter": "a\0b\0" + "x" * 80},
    ],
)  # fmt: skip
def test_bad_decisions_get_a_sentence_keep_what_was_typed_and_leave_nothing(desk, joko, wrong):
    with joko.acting() as (actor, _):
        one = found(actor)
    typed = {"decided_on": "01/09/2026", "decided_by": "meeting", "letter": "07/RA/2026", "note": "dua pertiga"} | wrong
    answer = desk.post(url("decide", one.slug, "penyelesaian"), typed)
    assert answer.status_code == 422
    assert typed["note"] in answer.content.decode()
    with joko.acting():
        assert status(one) == ("legal_entity", None) and not LifecycleStep.objects.filter(cooperative=one).exists()


def test_a_late_objection_and_a_decision_without_notice_are_asked_once(desk, joko):
    with joko.acting() as (actor, _):
        one, other = found(actor), found(actor, "Koperasi Lain", "Nyapah")
        decide(actor, one, "notice", date(2026, 1, 31))
    late = desk.post(url("decide", one.slug, "keberatan"), {"decided_on": "01/04/2026", "letter": "1"})
    assert late.status_code == 422 and f"sudah lewat pada {format_date(date(2026, 3, 31))}" in late.content.decode()
    typed = {"decided_on": "01/04/2026", "decided_by": "government", "letter": "1"}
    bare = desk.post(url("decide", other.slug, "penyelesaian"), typed)
    assert bare.status_code == 422 and "belum tercatat" in bare.content.decode()


def test_the_form_of_the_profile_offers_no_ending_and_keeps_the_one_there_is(desk, joko):
    with joko.acting() as (actor, _):
        one, gone = found(actor), found(actor, "Koperasi Bubar", "Nyapah", legal_status="dissolved")
    assert 'value="dissolved"' not in desk.get(url("edit", one.slug)).content.decode()
    page = desk.get(url("edit", gone.slug)).content.decode()
    assert 'value="dissolved"' in page and 'value="legal_entity"' not in page
    typed = {
        "name": one.name, "village": "Kiara", "form": "primary", "coop_type": "consumer", "sector": "real", "pattern": "conventional",
        "legal_status": "dissolved", "version": 1,
    }  # fmt: skip
    assert desk.post(url("edit", one.slug), typed).status_code == 422
    with joko.acting():
        assert status(one)[0] == "legal_entity"


def test_a_decision_that_cannot_come_has_no_page(desk, joko):
    with joko.acting() as (actor, _):
        one = found(actor)
    assert desk.get(url("decide", one.slug, "bubar")).status_code == 404
    assert desk.get(url("decide", one.slug, "penyelesaian")).status_code == 200
