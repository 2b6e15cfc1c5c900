"""The demo's calendar: everything is told from one day, so that it always looks current."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from registry.periods import JAKARTA, add_months, month_of


@dataclass(frozen=True)
class Clock:
    """The day the demo is made on, in Asia/Jakarta."""

    today: date

    @property
    def this_month(self) -> date:
        return month_of(self.today)

    def month(self, ago: int) -> date:
        """Return the first day of the month `ago` months before this one."""
        return add_months(self.this_month, -ago)

    def days_ago(self, days: int) -> date:
        return self.today - timedelta(days=days)

    def year(self, ago: int) -> int:
        return self.today.year - ago

    def at(self, day: date, hour: int = 10, minute: int = 0) -> datetime:
        """Return a moment of a day in Serang."""
        return datetime.combine(day, time(hour, minute), JAKARTA)
