"""Month arithmetic. A period is a `date`: the first day of its month. No clock here: callers pass `now`.

All moments are read in Asia/Jakarta (WIB), because a payment at 00.30 in Serang belongs to the new day
although it is still yesterday in UTC.
"""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

__all__ = ["JAKARTA", "in_jakarta", "today_jakarta", "month_of", "last_day", "add_months", "months_between",
           "months_through", "book_year"]  # fmt: skip

JAKARTA = ZoneInfo("Asia/Jakarta")


def in_jakarta(moment: datetime) -> datetime:
    """The same moment on a clock in Serang.

    Raises ValueError for a naive datetime: guessing its zone would move payments to another day.
    """
    if moment.tzinfo is None:
        raise ValueError("A moment needs a time zone.")
    return moment.astimezone(JAKARTA)


def today_jakarta(now: datetime) -> date:
    """The calendar day in Asia/Jakarta at the aware moment `now`. Raises ValueError for a naive one."""
    return in_jakarta(now).date()


def month_of(day: date) -> date:
    """The first day of the month of `day`; a `datetime` must be aware and is read in Asia/Jakarta."""
    if isinstance(day, datetime):
        day = today_jakarta(day)
    return day.replace(day=1)


def last_day(day: date) -> date:
    """The last day of the month of `day`: 28, 29, 30 or 31."""
    first = month_of(day)
    return first.replace(day=monthrange(first.year, first.month)[1])


def add_months(day: date, months: int) -> date:
    """`day` moved by `months` (negative goes back).

    A day the month lacks becomes its last: 31 Jan + 1 = 28 Feb.
    """
    if isinstance(day, datetime):
        day = today_jakarta(day)
    year, month0 = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month0 + 1, min(day.day, monthrange(year, month0 + 1)[1]))


def months_between(start: date, end: date) -> int:
    """Whole calendar months from the month of `start` to that of `end`: Sep to Nov is 2, back is negative."""
    start, end = month_of(start), month_of(end)
    return (end.year - start.year) * 12 + end.month - start.month


def months_through(start: date, end: date) -> Iterator[date]:
    """First days of the months of `start` through `end`, both included; none if `end` is before."""
    for step in range(months_between(start, end) + 1):
        yield add_months(month_of(start), step)


def book_year(day: date, *, first_month: int = 1) -> int:
    """The book year `day` falls in, named by the calendar year in which it ends.

    `first_month` (1-12) opens the book year; nearly all cooperatives close on 31 December (1), but the
    articles may choose otherwise (UU 25/1992). With `first_month=7`, 1 Jul 2026 belongs to 2027.
    """
    if not 1 <= first_month <= 12:
        raise ValueError("The first month of a book year is 1 to 12.")
    month = month_of(day)
    return month.year + (1 if first_month > 1 and month.month >= first_month else 0)
