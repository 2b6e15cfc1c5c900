"""Month arithmetic: worked examples, and the moments around midnight in Serang."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry import periods

days = st.dates(min_value=date(1950, 1, 1), max_value=date(2090, 12, 31))


def test_half_an_hour_after_midnight_in_serang_is_already_the_new_day():
    assert periods.today_jakarta(datetime(2026, 11, 19, 17, 30, tzinfo=UTC)) == date(2026, 11, 20)
    assert periods.today_jakarta(datetime(2026, 11, 19, 16, 59, tzinfo=UTC)) == date(2026, 11, 19)


def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        periods.today_jakarta(datetime(2026, 11, 19, 17, 30))


def test_the_month_of_a_moment_is_that_in_serang():
    assert periods.month_of(datetime(2026, 11, 30, 17, 0, tzinfo=UTC)) == date(2026, 12, 1)
    assert type(periods.month_of(datetime(2026, 11, 30, 17, 0, tzinfo=UTC))) is date


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 11, 20), 2, date(2027, 1, 20)),
        (date(2026, 1, 15), -1, date(2025, 12, 15)),
        (date(2026, 3, 31), -13, date(2025, 2, 28)),
        (date(2026, 5, 5), 0, date(2026, 5, 5)),
    ],
)
def test_adding_months_keeps_the_day_or_takes_the_last(day, months, expected):
    assert periods.add_months(day, months) == expected


@given(days, st.integers(-400, 400))
def test_adding_months_and_counting_them_agree(day, months):
    assert periods.months_between(day, periods.add_months(day, months)) == months


@given(days)
def test_the_day_after_the_last_day_opens_the_next_month(day):
    after = date.fromordinal(periods.last_day(day).toordinal() + 1)
    assert after == periods.add_months(periods.month_of(day), 1)


def test_months_through_includes_both_ends_and_may_be_empty():
    through = list(periods.months_through(date(2025, 11, 20), date(2026, 1, 3)))
    assert through == [date(2025, 11, 1), date(2025, 12, 1), date(2026, 1, 1)]
    assert list(periods.months_through(date(2026, 1, 1), date(2025, 12, 31))) == []


@pytest.mark.parametrize(
    ("day", "first_month", "year"),
    [
        (date(2026, 1, 1), 1, 2026),
        (date(2026, 12, 31), 1, 2026),
        (date(2026, 6, 30), 7, 2026),
        (date(2026, 7, 1), 7, 2027),
    ],
)
def test_a_book_year_is_named_by_the_year_in_which_it_ends(day, first_month, year):
    assert periods.book_year(day, first_month=first_month) == year


def test_a_thirteenth_month_opens_no_book_year():
    with pytest.raises(ValueError, match="1 to 12"):
        periods.book_year(date(2026, 1, 1), first_month=13)
