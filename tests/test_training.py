"""Bimtek of the dinas: budgets before sessions, invitations of those never there, one fact of attendance, coverage by hand."""

import json
from datetime import UTC, date, datetime
from io import BytesIO
from urllib.parse import unquote

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from python_calamine import CalamineWorkbook

from koperasi.reports.board import Board
from koperasi.reports.figures import Period, total
from registry.actions import (
    approve_budget_line,
    invite_officers,
    keep_attendance,
    keep_budget_line,
    move_session,
    plan_session,
    record_training,
)
from registry.models import (
    BudgetLine,
    Cooperative,
    Officer,
    Participant,
    Position,
    TrainingAttendance,
    TrainingSession,
)
from registry.reports import coverage as coverage_reports
from registry.reports import training as reports
from registry.training import questions, rule, rules_source, topic_of, topics
from tests.many_cooperatives import fill

KOTA = "kota-serang"
NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
TODAY = date(2026, 11, 20)


def url(name: str, *parts, query: str = "") -> str:
    return reverse(f"registry:{name}", args=[KOTA, *parts]) + query


@pytest.fixture(autouse=True)
def that_day(monkeypatch):
    monkeypatch.setattr("registry.access.timezone.now", lambda: NOW)


@pytest.fixture
def desk(enter, joko):
    return enter(joko)


def agency():
    return Cooperative.objects.select_related("agency__place").get(slug="melati").agency


def budget(actor, *, approved: bool = True, rupiah: int = 100_000_000, name: str = "Bimtek koperasi") -> BudgetLine:
    fields = {"source": "apbd_p", "year": 2026, "name": name, "ceiling_rupiah": rupiah}
    line = keep_budget_line(agency=agency(), line=None, fields=fields, actor=actor, now=NOW)
    if approved:
        approve_budget_line(
            line=line, status="approved", approved_on=date(2026, 9, 1), document="DPPA/1/2026", actor=actor, now=NOW
        )
    return line


def planned(
    actor, line: BudgetLine | None, *, topic: str = "finance", on: date = TODAY, rupiah: int = 0
) -> TrainingSession:
    fields = {
        "topic": topic, "title": topics()[topic].name, "planned_on": on, "until": None, "place": "Aula", "capacity": 40, "hours": 8,
        "speakers": "", "cost_rupiah": rupiah, "budget": line,
    }  # fmt: skip
    return plan_session(agency=agency(), session=None, fields=fields, actor=actor, now=NOW)


def officers(*posts: str) -> list[Officer]:
    return list(Officer.objects.filter(agency=agency(), position__in=posts or Position.values).order_by("pk"))


def opened(actor, *posts: str, **more) -> TrainingSession:
    """A session with an approved budget to which these posts are invited."""
    session = planned(actor, budget(actor), **more)
    invite_officers(session=session, officers=officers(*posts), actor=actor, now=NOW, today=TODAY)
    return session


def people_of(session: TrainingSession) -> list[int]:
    return list(Participant.objects.filter(session=session).order_by("pk").values_list("pk", flat=True))


# --- The catalogue ----------------------------------------------------------------------------------


def test_the_catalogue_names_posts_that_exist_and_has_the_three_core_topics():
    assert [one.name for one in topics().values() if one.core] == [
        "Pengelolaan koperasi", "Manajemen keuangan", "Penyusunan model bisnis",
    ]  # fmt: skip
    for one in topics().values():
        assert set(one.posts) <= set(Position.values) and one.hours > 0 and one.contents and len(one.code) <= 20
    assert topics()["finance"].posts[0] == "treasurer"
    assert len(questions()) == 5 and max(map(len, questions())) <= 12
    assert rule("needs_approval") == ["open", "held", "closed"]
    assert json.loads((settings.FIXTURES_DIR / "training.json").read_text())["source"] == rules_source()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Manajemen keuangan", "finance"),
        ("  pembukuan   SEDERHANA ", "finance"),
        ("SAK EP", "sak_ep"),
        ("Kerajinan", ""),
    ],
)
def test_a_written_down_topic_is_found_in_the_catalogue_or_kept_as_it_is(joko, text, code):
    assert topic_of(text) == code
    with joko.acting() as (actor, _):
        row = record_training(officer=officers()[0], topic=text, held_on=date(2026, 3, 1), actor=actor, now=NOW)
        assert (row.topic, row.topic_code, row.session_id) == (text, code, None)


# --- Nothing opens before the ketok palu --------------------------------------------------------------


def refused(constraint: str):
    return pytest.raises(IntegrityError, match=constraint.replace("_", "."))


@pytest.mark.parametrize("state", ["open", "held", "closed"])
def test_the_database_opens_no_session_before_its_budget_is_approved(joko, state):
    with joko.acting() as (actor, _):
        for line in (None, budget(actor, approved=False)):
            session = planned(actor, line)
            with pytest.raises(IntegrityError, match="after its budget line is approved"), transaction.atomic():
                move_session(session=session, state=state, actor=actor, now=NOW)
        session.refresh_from_db()
        assert session.state == "planned"


def test_the_budget_of_an_opened_session_keeps_its_approval(joko):
    with joko.acting() as (actor, _):
        session = opened(actor, "treasurer")
        assert session.state == "open"
        for status in ("planned", "cancelled"):
            with pytest.raises(IntegrityError, match="sessions were opened"), transaction.atomic():
                approve_budget_line(
                    line=session.budget, status=status, approved_on=None, document="", actor=actor, now=NOW
                )
        with pytest.raises(IntegrityError, match="after its budget"), transaction.atomic():
            TrainingSession.objects.filter(pk=session.pk).update(budget=None)


def test_invitations_are_prepared_without_a_budget_and_sent_after_the_ketok_palu(desk, joko):
    with joko.acting() as (actor, _):
        line = budget(actor, approved=False)
        session = planned(actor, line)
        treasurer = officers("treasurer")[0]
    told = desk.post(url("invite", session.pk), {"pilih": [treasurer.pk]}, follow=True).content.decode()
    assert "Satu undangan disiapkan" in told and "belum ketok palu" in told and "wa.me" not in told
    told = desk.post(url("move_session", session.pk), {"ke": "open"}, follow=True).content.decode()
    assert "belum ketok palu" in told and "Buka sesi" in told
    page = url("approve_budget", line.pk)
    assert "Tulis nomor dokumen" in desk.post(page, {"status": "approved", "approved_on": "1/9/2026"}).content.decode()
    assert desk.post(page, {"status": "approved", "approved_on": "1/9/2026", "document": "DPPA/1"}).status_code == 302
    assert "Sesi dibuka" in desk.post(url("move_session", session.pk), {"ke": "open"}, follow=True).content.decode()
    sent = unquote(desk.get(url("invitations", session.pk)).content.decode())
    with joko.acting():
        assert f"/k/{Participant.objects.get(session=session).code}/" in sent and "mengundang Anda" in sent


def test_a_session_above_the_ceiling_is_warned_of_and_once_open_refused(desk, joko):
    with joko.acting() as (actor, _):
        line = budget(actor, rupiah=10_000_000)
        planned(actor, line, rupiah=7_000_000)
    typed = {
        "topic": "finance", "planned_on": "1/12/2026", "place": "Aula", "capacity": "30", "budget": line.pk, "cost_rupiah": "4.000.000",
    }  # fmt: skip
    told = desk.post(url("add_session"), typed)
    assert told.status_code == 422
    assert "Biaya semua sesi Rp 11.000.000, melebihi pagu Rp 10.000.000." in told.content.decode().replace("\xa0", " ")
    with joko.acting() as (actor, _):
        session = planned(actor, line)
        invite_officers(session=session, officers=officers("treasurer"), actor=actor, now=NOW, today=TODAY)
    answer = desk.post(url("edit_session", session.pk), typed | {"setujui": "apa pun"})
    assert answer.status_code == 422 and "Simpan juga" not in answer.content.decode()


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"topic": "masak"}, "Pilih salah satu dari daftar"),
        ({"planned_on": "31/2/2026"}, "Tanggal"),
        ({"planned_on": "1/1/1900"}, "Tanggal"),
        ({"until": "1/11/2026"}, "lebih awal daripada hari pertama"),
        ({"until": "1/12/2027"}, "paling lama 30 hari"),
        ({"capacity": "0"}, ""),
        ({"capacity": "banyak"}, ""),
        ({"cost_rupiah": "-5"}, ""),
        ({"place": ""}, ""),
        ({"budget": "999999"}, "Pilih salah satu dari daftar"),
        ({"title": "x" * 400}, "Paling banyak"),
        ({"topic": "fin\0ance"}, ""),
    ],
)
def test_bad_input_of_a_session_is_refused_with_a_sentence_and_kept(desk, typed, sentence):
    right = {"topic": "finance", "planned_on": "1/12/2026", "place": "Aula Kelurahan", "capacity": "30"}
    answer = desk.post(url("add_session"), right | typed)
    page = answer.content.decode()
    assert answer.status_code == 422 and 'class="err"' in page and sentence.lower() in page.lower()
    assert not typed.get("place", "Aula") or "Aula Kelurahan" in page


# --- Whom to invite ------------------------------------------------------------------------------------


def test_those_never_trained_come_first_the_treasurers_before_all(desk, joko):
    with joko.acting() as (actor, _):
        session = planned(actor, budget(actor))
        chair = officers("chair")[0]
        record_training(officer=chair, topic="Pengawasan", held_on=date(2026, 3, 1), actor=actor, now=NOW)
        asked = {"posts": topics()["finance"].posts}
        never = list(reports.candidates(agency(), session, TODAY, **asked))
        assert [one.position for one in never] == ["treasurer", "treasurer", "chair"] and chair not in never
        assert chair in reports.candidates(agency(), session, TODAY, ever="topik", **asked)
        record_training(officer=chair, topic="Pembukuan", held_on=date(2026, 4, 1), actor=actor, now=NOW)
        assert chair not in reports.candidates(agency(), session, TODAY, ever="topik", **asked)
        assert chair in reports.candidates(agency(), session, TODAY, ever="semua", **asked)
    page = desk.get(url("invite", session.pk)).content.decode()
    assert "3 orang dapat diundang" in page
    assert "2 orang dapat diundang" in desk.get(url("invite", session.pk, query="?jabatan=treasurer")).content.decode()
    assert "0 orang" in desk.get(url("invite", session.pk, query="?jabatan=raja")).content.decode()


def test_many_are_invited_in_as_many_statements_as_one_and_only_once(desk, joko):
    with joko.acting() as (actor, _):
        session = planned(actor, budget(actor))
        line_up = officers()
        with CaptureQueriesContext(connection) as one:
            assert invite_officers(session=session, officers=line_up[:1], actor=actor, now=NOW, today=TODAY) == 1
        with CaptureQueriesContext(connection) as many:
            assert invite_officers(session=session, officers=line_up, actor=actor, now=NOW, today=TODAY) == 7
        assert len(many) <= len(one)
        codes = list(Participant.objects.filter(session=session).values_list("code", "cooperative_id"))
        assert len({code for code, _ in codes}) == 8
    foreign = desk.post(url("invite", session.pk), {"pilih": ["999999", "-1", "x", "1\0"]}, follow=True)
    assert "Pilih sekurangnya satu orang" in foreign.content.decode()


# --- One fact of attendance ---------------------------------------------------------------------------


def test_only_the_invited_attend_and_a_tick_can_be_taken_back(desk, joko):
    with joko.acting() as (actor, _):
        session = opened(actor, "treasurer")
        stranger = officers("secretary")[0]
        with pytest.raises(IntegrityError, match="only the invited"), transaction.atomic():
            TrainingAttendance.objects.create(
                cooperative_id=stranger.cooperative_id,
                agency=agency(),
                officer=stranger,
                topic="x",
                held_on=TODAY,
                session=session,
            )
        first, second = people_of(session)
    page = url("training_door", session.pk)
    told = desk.post(page, {"tampil": [first, second], "hadir": [first]}, follow=True).content.decode()
    assert "Satu orang dicatat hadir" in told and "1 dari 2 hadir" in told
    told = desk.post(page, {"tampil": [first], "hadir": []}, follow=True).content.decode()
    assert "Satu dibatalkan" in told and "0 dari 2 hadir" in told
    told = desk.post(page, {"cari": "x", "officer": stranger.pk}, follow=True).content.decode()
    assert "didaftarkan di pintu" in told and "tanpa undangan" in desk.get(url("session", session.pk)).content.decode()
    with joko.acting():
        assert Participant.objects.get(session=session, walk_in=True).officer == stranger


def test_a_code_typed_or_scanned_at_the_door_lets_in_that_person(desk, joko):
    with joko.acting() as (actor, _):
        session = opened(actor, "treasurer")
        other = planned(actor, session.budget)
        invite_officers(session=other, officers=officers("chair"), actor=actor, now=NOW, today=TODAY)
        code = Participant.objects.filter(session=session).order_by("pk")[0].code
        wrong = Participant.objects.filter(session=other)[0].code
    page = url("training_door", session.pk)
    for text, words in (
        (f"https://koperasi.example/k/{code.lower()}/", "Hadir: Pengurus"), (code, "Sudah tercatat hadir"), (wrong, "bukan undangan untuk sesi ini"),
        ("ngawur", "tidak dikenali"), ("\0", "tidak dikenali"),
    ):  # fmt: skip
        assert words in desk.post(page, {"kode": text}, follow=True).content.decode()
    with joko.acting():
        assert TrainingAttendance.objects.get(session=session).how == "scan"


def test_what_was_written_down_before_becomes_the_attendance_of_the_session(joko):
    with joko.acting() as (actor, _):
        treasurer = officers("treasurer")[0]
        record_training(officer=treasurer, topic="Manajemen keuangan", held_on=TODAY, actor=actor, now=NOW)
        session = opened(actor, "treasurer")
        assert keep_attendance(session=session, present=people_of(session), absent=[], actor=actor, now=NOW) == (2, 0)
        assert TrainingAttendance.objects.filter(officer=treasurer).count() == 1
        assert keep_attendance(session=session, present=people_of(session), absent=[], actor=actor, now=NOW) == (0, 0)


def test_scores_are_zero_to_a_hundred(desk, joko):
    with joko.acting() as (actor, _):
        session = opened(actor, "treasurer")
        first, second = people_of(session)
        keep_attendance(session=session, present=[first, second], absent=[], actor=actor, now=NOW)
    page = url("scores", session.pk)
    for typed in ("101", "-1", "lulus", "9" * 30, "5\0x"):
        answer = desk.post(page, {f"awal_{first}": "40", f"akhir_{first}": typed})
        assert answer.status_code == 422 and 'class="err"' in answer.content.decode(), typed
    told = desk.post(page, {f"awal_{first}": "40", f"akhir_{first}": "80", f"akhir_{second}": "59"}, follow=True)
    assert "1 dari 2 peserta mencapai nilai 60" in told.content.decode()


# --- Coverage -------------------------------------------------------------------------------------------


@pytest.fixture
def trained(joko):
    """Of the eight of Kota: a treasurer by APBD perubahan this year, a chair from an older list."""
    with joko.acting() as (actor, _):
        session = opened(actor, "treasurer")
        keep_attendance(session=session, present=people_of(session)[:1], absent=[], actor=actor, now=NOW)
        record_training(
            officer=officers("chair")[0], topic="Pengawasan", held_on=date(2025, 3, 1), actor=actor, now=NOW
        )


@pytest.mark.parametrize(
    ("asked", "pair"),
    [
        ({}, (2, 8)),
        ({"post": "treasurer"}, (1, 2)),
        ({"post": "secretary"}, (0, 2)),
        ({"topic": "finance"}, (1, 8)),
        ({"topic": "lain"}, (0, 8)),
        ({"source": "apbd_p"}, (1, 8)),
        ({"source": "tanpa"}, (1, 8)),
        ({"source": "csr"}, (0, 8)),
        ({"since": date(2026, 1, 1), "until": date(2026, 12, 31)}, (1, 8)),
        ({"until": date(2025, 12, 31)}, (1, 8)),
        ({"district": "36.73.99"}, (0, 0)),
        ({"topic": "supervision", "source": "tanpa", "post": "chair"}, (1, 2)),
    ],
)
def test_coverage_counts_by_hand_and_its_names_are_the_rows_of_its_numbers(joko, trained, asked, pair):
    with joko.acting():
        wanted = coverage_reports.Asked(**asked)
        found = coverage_reports.coverage(agency(), wanted, TODAY)
        assert (found.all.trained, found.all.total) == pair
        assert coverage_reports.named(agency(), wanted, TODAY, trained=True).count() == found.all.trained
        assert coverage_reports.named(agency(), wanted, TODAY, trained=False).count() == found.all.untrained
        for parts in (found.posts, found.districts):
            assert (sum(one.trained for one in parts), sum(one.total for one in parts)) == pair
        for one in found.posts:
            assert (one.percent > 0) == (one.trained > 0) and str(one.percent).isdecimal()
            narrowed = coverage_reports.Asked(**asked | {"post": one.key})
            assert coverage_reports.named(agency(), narrowed, TODAY, trained=True).count() == one.trained
        for one in found.topics:
            narrowed = coverage_reports.Asked(**asked | {"topic": one.key})
            if not asked.get("topic"):
                assert coverage_reports.named(agency(), narrowed, TODAY, trained=True).count() == one.trained


def test_coverage_without_filters_is_the_figure_of_the_report_and_the_dashboard(joko, trained):
    with joko.acting():
        board = Board(agency(), Period.of(TODAY, TODAY))
        pairs = board.pairs("bimtek")
        found = coverage_reports.coverage(agency(), coverage_reports.Asked(), TODAY).all
        summed = total(pairs, board.ids)
        assert (summed.part, summed.whole) == (found.trained, found.total) == (2, 8)


def test_the_file_has_exactly_the_people_of_the_page(desk, trained):
    for query, names in (("?jabatan=treasurer", 1), ("?tampil=sudah", 2), ("", 6), ("?jabatan=ngawur", 0)):
        page = desk.get(url("coverage", query=query)).content.decode()
        body = desk.get(url("coverage_file", "xlsx", query=query)).content
        rows = CalamineWorkbook.from_filelike(BytesIO(body)).get_sheet_by_index(0).to_python()
        head = next(number for number, row in enumerate(rows) if row[:2] == ["Nama", "Jabatan"])
        people = [row for row in rows[head + 1 :] if row[0]]
        assert len(people) == names and all(str(row[0]) in page for row in people), query
        plain = desk.get(url("coverage_file", "csv", query=query)).content.decode("utf-8-sig").splitlines()
        assert len(plain) == names + 1


def test_pages_ask_as_much_for_many_as_for_few(desk, joko, trained):
    with joko.acting():
        session = TrainingSession.objects.get()
    pages = [
        url("trainings"), url("coverage"), url("coverage", query="?tampil=sudah"), url("session", session.pk), url("invite", session.pk),
        url("invitations", session.pk), url("training_door", session.pk), url("scores", session.pk), url("marks", session.pk),
        url("own_trainings", "melati"),
    ]  # fmt: skip

    def queries() -> list[int]:
        counts = []
        for page in pages:
            with CaptureQueriesContext(connection) as seen:
                assert desk.get(page).status_code == 200, page
            counts.append(len(seen))
        return counts

    few = queries()
    fill(joko, 12)
    with joko.acting() as (actor, _):
        invite_officers(session=session, officers=officers(), actor=actor, now=NOW, today=TODAY)
        keep_attendance(session=session, present=people_of(session), absent=[], actor=actor, now=NOW)
    many = queries()
    assert max(few + many) <= 20
    assert [after for before, after in zip(few, many, strict=True) if after > before + 1] == []


# --- Who may ----------------------------------------------------------------------------------------------


def test_officers_see_their_own_cooperatives_bimtek_and_the_dinas_pages_stay_shut(enter, siti, wali, joko, trained):
    own = enter(siti).get(url("own_trainings", "melati")).content.decode()
    assert "Pernah ikut" in own and "Catat bimtek" not in own
    assert enter(siti).get(url("own_trainings", "kenanga")).status_code == 404
    for who in (siti, wali):
        for page in (url("trainings"), url("coverage"), url("add_session")):
            assert enter(who).get(page).status_code in (403, 404)
