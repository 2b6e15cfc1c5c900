"""Bimtek without a login: the own invitation, the door, the evaluation; certificates and their public check."""

import re
from datetime import date
from unittest import mock

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from pypdf import PdfReader

from registry import jobs
from registry.access import bind_public
from registry.actions import (
    evaluate_session,
    invite_officers,
    issue_certificates,
    keep_attendance,
    keep_scores,
    move_session,
)
from registry.models import (
    AuditEvent,
    Certificate,
    Evaluation,
    File,
    Participant,
    Signatory,
    TrainingAttendance,
    TrainingSession,
)
from registry.tenancy import NOBODY, bind
from registry.training import questions, rules_version
from tests.test_training import NOW, TODAY, agency, officers, opened, people_of, planned, that_day, url  # noqa: F401
from tests.test_wall_attacks import Attacker, ids, run, stand  # noqa: F401

pytestmark = [pytest.mark.django_db(databases=["default", "cache"]), pytest.mark.usefixtures("everything")]
KOTA = "kota-serang"


@pytest.fixture
def guest(enter):
    return enter(None)


@pytest.fixture
def session(joko):
    """A session of today to which both treasurers are invited."""
    with joko.acting() as (actor, _):
        return opened(actor, "treasurer")


def codes(joko, session) -> list[str]:
    with joko.acting():
        return list(Participant.objects.filter(session=session).order_by("pk").values_list("code", flat=True))


def act(guest, code: str, **typed):
    return guest.post(reverse("training_act", args=[code]), typed)


def attendances(joko, session) -> int:
    with joko.acting():
        return TrainingAttendance.objects.filter(session=session).count()


# --- Coming in ------------------------------------------------------------------------------------------


def test_the_own_link_and_the_number_at_the_door_let_in_once(guest, joko, session):
    mine, _ = codes(joko, session)
    page = guest.get(f"/k/{mine}/")
    assert page.status_code == 200 and "noindex" in page["X-Robots-Tag"]
    assert "Angka di pintu" in page.content.decode() and "Pengurus 3" not in page.content.decode()
    wrong = "0000" if session.door_number != "0000" else "1111"
    answer = act(guest, mine, untuk="hadir", angka=wrong)
    assert answer.status_code == 422 and "Angka pintu belum cocok" in answer.content.decode()
    assert attendances(joko, session) == 0
    assert act(guest, mine, untuk="hadir", angka=session.door_number).status_code == 302
    assert act(guest, mine, untuk="hadir", angka=session.door_number).status_code == 302
    assert "Anda tercatat hadir" in guest.get(f"/k/{mine}/").content.decode()
    with joko.acting():
        row = TrainingAttendance.objects.get(session=session)
        assert (row.how, row.topic, row.topic_code, row.held_on) == ("own", "Manajemen keuangan", "finance", TODAY)
        assert AuditEvent.objects.get(verb="record_training").actor_name == "Peserta bimtek, dengan undangannya"


def test_the_doors_qr_asks_for_the_own_code_and_stands_for_the_number(guest, joko, session):
    _, mine = codes(joko, session)
    door = guest.get(f"/k/{session.code}/").content.decode()
    assert "Kode undangan Anda" in door and "Pengurus" not in door and session.door_number not in door
    onward = guest.get(f"/k/{session.code}/", {"kode": mine.lower().replace("-", " ")})
    assert onward.status_code == 302 and onward["Location"] == f"/k/{mine}/?pintu={session.code}"
    page = guest.get(onward["Location"]).content.decode()
    assert "Saya hadir" in page and "Angka di pintu" not in page
    assert act(guest, mine, untuk="hadir", pintu=session.code).status_code == 302
    assert attendances(joko, session) == 1


@pytest.mark.parametrize(
    "typed",
    [{}, {"untuk": "hadir"}, {"untuk": "hadir", "pintu": "1-0000-0000-0000"}, {"untuk": "hadir", "angka": "x" * 500}, {"untuk": "hadir", "angka": "\0"},
     {"untuk": "jawab", "jawaban": "mungkin"}, {"untuk": "hapus"}, {"untuk": "evaluasi", "butir_content": "6"}],
)  # fmt: skip
def test_nonsense_at_the_door_is_refused_with_a_sentence(guest, joko, session, typed):
    mine, _ = codes(joko, session)
    answer = act(guest, mine, **typed)
    assert answer.status_code == 422 and 'role="alert"' in answer.content.decode()
    assert attendances(joko, session) == 0


def test_guessing_the_number_ends_after_five_tries_even_for_the_right_one(guest, joko, session):
    mine, _ = codes(joko, session)
    for _ in range(5):
        act(guest, mine, untuk="hadir", angka="xxxx")
    told = act(guest, mine, untuk="hadir", angka=session.door_number).content.decode()
    assert "Sudah 5 kali dicoba" in told and attendances(joko, session) == 0


def test_outside_the_day_nobody_comes_in_but_everybody_answers(guest, joko):
    with joko.acting() as (actor, _):
        session = opened(actor, "treasurer", on=date(2026, 12, 1))
    mine, _ = codes(joko, session)
    assert "hanya dibuka pada hari acara" in act(guest, mine, untuk="hadir", angka=session.door_number).content.decode()
    assert act(guest, mine, untuk="jawab", jawaban="yes").status_code == 302
    assert "Anda menjawab akan hadir" in guest.get(f"/k/{mine}/").content.decode()
    with joko.acting() as (actor, _):
        move_session(session=session, state="held", actor=actor, now=NOW)
    assert "tidak perlu dijawab lagi" in act(guest, mine, untuk="jawab", jawaban="no").content.decode()


def test_a_prepared_invitation_is_no_code_yet(guest, joko):
    with joko.acting() as (actor, _):
        session = planned(actor, None)
        invite_officers(session=session, officers=officers("treasurer"), actor=actor, now=NOW, today=TODAY)
    for code in [*codes(joko, session), session.code]:
        assert guest.get(f"/k/{code}/").status_code == 404


def test_a_stranger_with_one_code_lets_nobody_else_in_past_the_page(joko, session):
    """Raw SQL as the public role with one invitation: the wall and the trigger alone."""
    from django.db import connection

    with joko.acting() as (actor, _):
        invite_officers(session=session, officers=officers("chair"), actor=actor, now=NOW, today=TODAY)
        rows = list(Participant.objects.filter(session=session).order_by("cooperative_id", "pk"))
    mine = rows[0]
    same = next(row for row in rows[1:] if row.cooperative_id == mine.cooperative_id)
    insert = (
        "INSERT INTO registry_trainingattendance (cooperative_id, agency_id, officer_id, topic, topic_code, held_on, session_id, how) "
        "VALUES (%s, %s, %s, 'x', '', '2026-11-20', %s, %s)"
    )
    for row, how, ref, good in (
        (same, "own", session.pk, False), (mine, "hand", session.pk, False), (mine, "own", None, False), (mine, "own", session.pk, True),
    ):  # fmt: skip
        with transaction.atomic():
            bind_public(mine.code)
            try:
                with transaction.atomic(), connection.cursor() as cursor:
                    cursor.execute(insert, [row.cooperative_id, row.agency_id, row.officer_id, ref, how])
                    done = True
            except Exception:  # the wall or the trigger, whichever stands first
                done = False
            assert done == good, (how, ref)
            bind_public(mine.code)
            assert Participant.objects.count() == 1
            bind(NOBODY)


# --- Evaluation -------------------------------------------------------------------------------------------


def test_who_was_present_evaluates_once_and_nobody_is_told_apart(guest, enter, joko, session):
    with joko.acting() as (actor, _):
        invite_officers(session=session, officers=officers(), actor=actor, now=NOW, today=TODAY)
        keep_attendance(session=session, present=people_of(session)[:5], absent=[], actor=actor, now=NOW)
    every = codes(joko, session)
    answers = {f"butir_{code}": "4" for code in questions()}
    assert "oleh yang hadir" in act(guest, every[7], untuk="evaluasi", **answers).content.decode()
    desk = enter(joko)
    for number, code in enumerate(every[:5]):
        page = desk.get(url("marks", session.pk)).content.decode()
        assert "4,0" not in page and (f"{number} peserta mengisi" in page or not number)
        assert act(guest, code, untuk="evaluasi", **answers).status_code == 302
    assert "oleh yang hadir" in act(guest, every[0], untuk="evaluasi", **answers).content.decode()
    page = desk.get(url("marks", session.pk)).content.decode()
    assert "5 peserta mengisi" in page and page.count("4,0") == len(questions())
    with joko.acting() as (actor, _):
        assert Evaluation.objects.count() == 5 * len(questions())
        assert not {"officer", "cooperative", "made_at"} & {field.name for field in Evaluation._meta.fields}
        row = Participant.objects.get(code=every[0])
    bind_public(every[0])
    with pytest.raises(IntegrityError, match="only those present answer"), transaction.atomic():
        evaluate_session(participant=row, answers={"content": 1}, actor=actor, now=NOW)
    bind(NOBODY)


# --- Certificates -----------------------------------------------------------------------------------------


def test_certificates_go_to_those_present_who_passed_with_numbers_without_a_gap(joko, session):
    with joko.acting() as (actor, _):
        invite_officers(session=session, officers=officers(), actor=actor, now=NOW, today=TODAY)
        rows = people_of(session)
        keep_attendance(session=session, present=rows[:4], absent=[], actor=actor, now=NOW)
        keep_scores(
            session=session, scores={rows[0]: (30, 60), rows[1]: (50, 59), rows[2]: (None, 95)}, actor=actor, now=NOW
        )
        give = {"agency": agency(), "session": session, "actor": actor, "now": NOW, "today": TODAY}
        assert issue_certificates(**give) == 2
        session.refresh_from_db()
        assert session.state == "closed" and issue_certificates(**give) == 0
        found = list(Certificate.objects.all())
        assert [(one.serial, one.score, one.rules) for one in found] == [
            (1, 60, rules_version()),
            (2, 95, rules_version()),
        ]
        assert found[0].number == "0001/BIMTEK/2026" and found[0].post == "Bendahara"
        with pytest.raises(IntegrityError), transaction.atomic():
            TrainingAttendance.objects.filter(pk=found[0].attendance_id).delete()
        with pytest.raises(IntegrityError), transaction.atomic():
            Certificate.objects.filter(pk=found[1].pk).update(withdrawn_on=TODAY)
        same = planned(actor, session.budget)  # the same topic on the same day: one cannot be in both
        invite_officers(session=same, officers=[found[0].attendance.officer], actor=actor, now=NOW, today=TODAY)
        assert keep_attendance(session=same, present=people_of(same), absent=[], actor=actor, now=NOW) == (0, 0)
        other = planned(actor, session.budget, topic="management")
        invite_officers(session=other, officers=officers("chair"), actor=actor, now=NOW, today=TODAY)
        keep_attendance(session=other, present=people_of(other), absent=[], actor=actor, now=NOW)
        issue_certificates(**give | {"session": other})
        assert [one.serial for one in Certificate.objects.all()] == [1, 2, 3, 4]


def test_a_certificate_is_checked_by_its_code_until_it_is_withdrawn(guest, enter, joko, session):
    with joko.acting() as (actor, _):
        keep_attendance(session=session, present=people_of(session)[:1], absent=[], actor=actor, now=NOW)
    desk = enter(joko)
    told = desk.post(url("issue_certificates", session.pk), follow=True).content.decode()
    assert "Satu sertifikat terbit" in told and "0001/BIMTEK/2026" in told
    with joko.acting():
        row = Certificate.objects.get()
    page = guest.get(f"/k/{row.code}/")
    text = page.content.decode()
    assert "Sertifikat ini asli" in text and row.name in text and "noindex" in page["X-Robots-Tag"]
    where = url("withdraw_certificate", session.pk, row.pk)
    assert desk.post(where, {"reason": ""}).status_code == 422
    assert desk.post(where, {"reason": "Nama salah tulis"}).status_code == 302
    text = guest.get(f"/k/{row.code}/").content.decode()
    assert "sudah ditarik" in text and "Nama salah tulis" in text
    assert desk.post(where, {"reason": "lagi"}).status_code == 404
    told = desk.post(url("training_door", session.pk), {"tampil": ["1"]}, follow=True).content.decode()
    assert "sebelum ditutup" in told


def test_the_printed_certificate_carries_the_address_that_verifies(
    enter, guest, joko, session, django_capture_on_commit_callbacks
):
    with joko.acting() as (actor, _):
        keep_attendance(session=session, present=people_of(session), absent=[], actor=actor, now=NOW)
        issue_certificates(agency=agency(), session=session, actor=actor, now=NOW, today=TODAY)
        Signatory.objects.create(agency=agency(), name="Nama Contoh", post="Kepala Dinas", valid_from=date(2026, 1, 1))
        printed = list(Certificate.objects.values_list("code", flat=True))
    with mock.patch.object(jobs.run, "defer") as defer, django_capture_on_commit_callbacks(execute=True):
        answer = enter(joko).post(reverse("certificates", args=[KOTA, session.pk]))
    assert answer.status_code == 302
    jobs.run(**defer.call_args.kwargs)
    with joko.acting():
        kept = File.objects.get(name__startswith="sertifikat-bimtek")
    content = enter(joko).get(reverse("registry:file", args=[KOTA, kept.pk])).content
    from io import BytesIO

    reader = PdfReader(BytesIO(content))
    assert len(reader.pages) == 2
    for page in reader.pages:
        assert page.mediabox.width > page.mediabox.height
        text = page.extract_text()
        [code] = re.findall(r"\b[0-9A-Z]{1,7}(?:-[0-9A-Z]{4}){3}\b", text)
        assert code in printed and "/k" in text
        assert "Sertifikat ini asli" in guest.get(f"/k/{code}/").content.decode()


# --- The wall -----------------------------------------------------------------------------------------------


def test_the_head_of_region_and_strangers_read_no_participants(enter, wali, guest, joko, session):
    with joko.acting():
        row = TrainingSession.objects.get()
    for page in (url("session", row.pk), url("invitations", row.pk), url("coverage")):
        assert enter(wali).get(page).status_code == 403
        assert guest.get(page).status_code == 302
