"""The figures of a dinas: what counts, as of when, from where, and what is not known."""

import uuid
from datetime import UTC, date, datetime

import pytest

from finance.actions import DuesLine, record_dues
from koperasi.reports import figures
from koperasi.reports.board import MEASURES, Board
from koperasi.reports.figures import Period, RatYear, Sum
from members.models import Member
from registry.actions import record_rat, record_training, report_figures, take_step
from registry.formation import steps
from registry.models import Agency, Cooperative, Officer
from registry.tenancy import NOBODY, bind
from tests.buildings import record_building

TODAY = date(2026, 11, 21)
OCTOBER = date(2026, 10, 1)
NOW = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)


def board_of(actor, month=OCTOBER, **more) -> Board:
    agency = Agency.objects.select_related("place").get(pk=actor.agency_id)
    return Board(agency, Period.of(month, TODAY), **more)


def line_of(board: Board, slug: str):
    return next(line for line in board.lines if line.slug == slug)


def pay_wajib(someone, rupiah: int, *, on: date, through: date) -> None:
    with someone.acting() as (actor, cooperative):
        ids = Member.objects.filter(cooperative=cooperative).values_list("pk", flat=True)
        record_dues(
            cooperative=cooperative, lines=[DuesLine(pk, wajib=rupiah) for pk in ids], paid_on=on, through=through,
            key=uuid.uuid4(), actor=actor, now=datetime(on.year, on.month, on.day, 5, tzinfo=UTC), today=on,
        )  # fmt: skip


def test_a_dinas_counts_its_own_cooperatives_and_no_others(joko, dewi):
    with joko.acting() as (actor, _):
        assert [line.slug for line in board_of(actor).lines] == ["kenanga", "melati"]
    with dewi.acting() as (actor, _):
        assert [line.slug for line in board_of(actor).lines] == ["mawar"]


def test_members_come_from_the_books_and_only_from_them_where_books_are_kept(joko, siti):
    with joko.acting() as (actor, _):
        board = board_of(actor)
        melati = line_of(board, "melati")
        assert board.heads[melati.pk].source == "ledger"
        before = board.heads[melati.pk].all
        cooperative = Cooperative.objects.get(pk=melati.pk)
        told = {"members_male": 900, "members_female": 900}
        report_figures(
            cooperative=cooperative,
            period=date(2026, 9, 30),
            values=told,
            source="dinas",
            actor=actor,
            now=NOW,
            today=TODAY,
        )
        assert board_of(actor).heads[melati.pk].all == before


def test_without_books_the_latest_reported_figure_counts_and_nothing_is_not_zero(joko, everything):
    with joko.acting() as (actor, _):
        kenanga = Cooperative.objects.get(slug="kenanga")
        from registry.models import Profile

        Profile.objects.filter(cooperative=kenanga).update(keeps_books_here=False)
        assert kenanga.pk not in board_of(actor).heads
        for period, men in ((date(2026, 6, 30), 40), (date(2026, 9, 30), 50)):
            report_figures(cooperative=kenanga, period=period, values={"members_male": men, "members_female": 60}, source="cooperative",
                           actor=actor, now=NOW, today=TODAY)  # fmt: skip
        heads = board_of(actor).heads[kenanga.pk]
        assert (heads.men, heads.women, heads.source) == (50, 60, "cooperative")
        assert board_of(actor, date(2026, 7, 1)).heads[kenanga.pk].men == 40
        assert kenanga.pk not in board_of(actor, date(2026, 5, 1)).heads
        assert board_of(actor).source("anggota").words == "1 dari 2 dari pembukuan, 1 laporan"


def test_dues_are_as_of_the_end_of_the_month_and_a_month_nobody_opened_has_no_data(joko, siti):
    pay_wajib(siti, 20_000, on=date(2026, 2, 20), through=date(2026, 2, 20))
    with joko.acting() as (actor, _):
        melati = line_of(board_of(actor), "melati").pk
        assert board_of(actor, date(2026, 1, 1)).dues[melati] == (0, 100_000)
        assert board_of(actor, date(2026, 2, 1)).dues[melati] == (100_000, 100_000)
        assert melati not in board_of(actor, date(2026, 3, 1)).dues
        assert board_of(actor, date(2026, 3, 1)).sum("wajib").known == 0


def test_arrears_are_what_was_due_and_not_paid_by_then_in_three_ages(joko, siti):
    pay_wajib(siti, 10_000, on=date(2026, 10, 20), through=date(2026, 10, 20))
    with joko.acting() as (actor, _):
        board = board_of(actor)
        melati = line_of(board, "melati").pk
        found = figures.arrears(actor.agency_id, board.period)[melati]
        # 10 members: pokok 100.000 of January, wajib January paid in October, February to October open
        assert found.up_to_3 == 3 * 100_000
        assert found.up_to_6 == 3 * 100_000
        assert found.older == 3 * 100_000 + 10 * 100_000
        earlier = figures.arrears(actor.agency_id, Period.of(date(2026, 9, 1), TODAY))[melati]
        assert earlier.older == 3 * 100_000 + 10 * 100_000  # January to March: the October payment did not count yet


def test_a_rat_counts_when_held_by_the_deadline_of_the_agency(joko):
    with joko.acting() as (actor, _):
        for slug, held in (("melati", date(2026, 6, 30)), ("kenanga", date(2026, 7, 1))):
            cooperative = Cooperative.objects.get(slug=slug)
            record_rat(
                cooperative=cooperative, book_year=2025, held_on=held, present=5, reported_on=None, actor=actor, now=NOW
            )
        assert board_of(actor).sum("rat") == Sum(1, 2, 2)
        assert board_of(actor, date(2026, 5, 1)).sum("rat") == Sum(0, 2, 2)


def test_a_cooperative_does_not_owe_the_rat_of_a_year_before_its_birth():
    year = RatYear.on(TODAY, 6, 30)
    born = figures.Line(1, "a", "A", "A", "x", "X", "", "", True, date(2026, 1, 1), None)
    assert not year.is_owed(born)
    assert figures.rat_in_time({}, year, [born]) == {}


@pytest.mark.parametrize(("month", "day", "deadline"), [(6, 30, date(2026, 6, 30)), (2, 31, date(2026, 2, 28))])
def test_the_rat_deadline_is_a_day_that_exists(month, day, deadline):
    assert RatYear.on(TODAY, month, day).deadline == deadline


def test_trained_officers_and_buildings_are_read_as_of_the_day(joko):
    with joko.acting() as (actor, _):
        melati = Cooperative.objects.get(slug="melati")
        chair = Officer.objects.get(cooperative=melati, position="chair")
        record_training(officer=chair, topic="Dasar", held_on=date(2026, 11, 2), actor=actor, now=NOW)
        record_building(cooperative=melati, ownership="none", as_of=date(2026, 9, 1), actor=actor, now=NOW)
        record_building(cooperative=melati, ownership="borrowed", as_of=date(2026, 11, 1), actor=actor, now=NOW)
        october, november = board_of(actor), board_of(actor, date(2026, 11, 1))
        assert (october.sum("bimtek"), november.sum("bimtek")) == (Sum(0, 8, 2), Sum(1, 8, 2))
        assert (october.sum("gedung"), november.sum("gedung")) == (Sum(0, 1, 1), Sum(1, 1, 1))


@pytest.mark.parametrize("key", [key for key in MEASURES if key != "status"])
def test_the_last_point_of_a_series_is_the_figure_itself(joko, siti, key):
    pay_wajib(siti, 95_000, on=date(2026, 10, 20), through=date(2026, 10, 20))
    with joko.acting() as (actor, _):
        for slug, ownership in (("melati", "own"), ("kenanga", "none")):
            cooperative = Cooperative.objects.get(slug=slug)
            take_step(
                agency=cooperative.agency, cooperatives=[cooperative], step=steps()["outlet"], done_on=date(2026, 9, 15), numbers={},
                party="", note="", evidence=None, actor=actor, now=NOW, today=TODAY,
            )  # fmt: skip
            record_building(cooperative=cooperative, ownership=ownership, as_of=date(2026, 3, 1), actor=actor, now=NOW)
            record_rat(
                cooperative=cooperative,
                book_year=2025,
                held_on=date(2026, 4, 1),
                present=5,
                reported_on=None,
                actor=actor,
                now=NOW,
            )
        board = board_of(actor)
        series = board.series(key, [board.period.back(2), board.period.back(1), board.period])
        figure = board.sum(key)
        assert series[-1].part == figure.part
        assert figure.part > 0 or key == "bimtek"
        if not MEASURES[key].counts:
            assert series[-1].whole == figure.whole


def test_stages_stand_as_they_were_on_the_day_and_a_step_without_a_day_always_counts():
    found = {
        1: figures.Taken(date(2026, 1, 1), {"founding_meeting": date(2026, 1, 1), "deed": date(2026, 2, 1), "outlet": date(2026, 9, 15)}),
        2: figures.Taken(None, {"decree": date(2026, 3, 1), "npwp": None, "nib": None, "bank_account": date(2026, 5, 5)}),
        3: figures.Taken(date(2026, 6, 1), {}),
    }  # fmt: skip
    at = lambda day: {stage.code: count for stage, count in figures.reached(found, day, [1, 2, 3])}  # noqa: E731
    assert at(date(2026, 2, 28)) == {"preparing": 2, "meeting": 1, "deed": 1, "legal": 0, "ready": 0, "operating": 0}
    assert at(date(2026, 9, 15)) == {"preparing": 3, "meeting": 2, "deed": 2, "legal": 2, "ready": 2, "operating": 1}
    assert figures.operating(found, date(2026, 9, 14)) == {1: (0, 1), 2: (0, 1), 3: (0, 1)}
    days = [date(2025, 12, 31), date(2026, 5, 31), date(2026, 9, 15)]
    assert figures.operating_series(found, days, [1, 2, 3]) == [Sum(0, 1, 1), Sum(0, 2, 2), Sum(1, 3, 3)]
    assert figures.operating_series(found, days, [3])[:2] == [None, None]


def test_steps_of_the_report_count_every_cooperative_whose_step_was_taken_by_then(joko):
    with joko.acting() as (actor, _):
        melati, kenanga = (Cooperative.objects.get(slug=slug) for slug in ("melati", "kenanga"))
        take_step(
            agency=melati.agency, cooperatives=[melati], step=steps()["outlet"], done_on=date(2026, 9, 15), numbers={}, party="",
            note="", evidence=None, actor=actor, now=NOW, today=TODAY,
        )  # fmt: skip
        count = lambda day, ids: figures.passed(actor.agency_id, day, ids, ["outlet", "simkopdes"])  # noqa: E731
        both = [melati.pk, kenanga.pk]
        assert count(date(2026, 9, 15), both) == {"outlet": 1, "simkopdes": 0}
        assert count(date(2026, 9, 14), both) == count(date(2026, 9, 15), [kenanga.pk]) == {"outlet": 0, "simkopdes": 0}


def test_own_capital_is_pokok_wajib_reserves_and_grants_of_the_books(joko, siti, ratna):
    pay_wajib(siti, 10_000, on=date(2026, 10, 20), through=date(2026, 10, 20))
    with joko.acting() as (actor, _):
        board = board_of(actor)
        sums, known = figures.own_capital(actor.agency_id, board.period.as_of, board.ids)
        assert (sums["pokok"], sums["wajib"], known) == (
            100_000,
            110_000,
            2,
        )  # kenanga paid 100.000 and 10.000 in January
        only, _ = figures.own_capital(actor.agency_id, board.period.as_of, [line_of(board, "melati").pk])
        assert only["wajib"] == 100_000


def test_an_open_month_ends_today_and_earlier_months_end_with_themselves():
    november = Period.of(TODAY, TODAY)
    assert (november.as_of, november.is_open) == (TODAY, True)
    assert (november.back(1).as_of, november.back(1).is_open) == (date(2026, 10, 31), False)
    assert november.back(0) == november


def test_nobody_reads_figures_before_a_place_is_known(joko):
    with joko.acting() as (actor, _):
        agency = actor.agency_id
    from django.db import transaction
    from django.db.utils import ProgrammingError

    bind(NOBODY)
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        figures.buildings(agency, TODAY)


def test_who_did_not_pay_owes_too_so_a_percent_of_due_is_one_of_everybody(joko, ratna):
    with joko.acting() as (actor, _):
        kenanga = line_of(board_of(actor), "kenanga").pk
        assert board_of(actor, date(2026, 1, 1)).dues[kenanga] == (10_000, 30_000)  # one of three members paid
