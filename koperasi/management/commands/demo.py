"""`manage.py demo`: fill an empty installation with synthetic cooperatives and people; print a login per kind of person."""

import sys
from datetime import date

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from koperasi.demo.building import RealData, build
from koperasi.demo.clock import Clock
from koperasi.demo.logins import table
from registry.periods import today_jakarta


class Command(BaseCommand):
    help = "Make the demo data (DEMO=1 only). Run again, it adds what is missing and doubles nothing."

    def add_arguments(self, parser) -> None:
        parser.add_argument(
            "--today", type=date.fromisoformat, help="the day to tell the story from (default: today in Jakarta)"
        )
        parser.add_argument("--small", action="store_true", help="a few cooperatives, for tests")
        parser.add_argument("--processes", type=int, default=2)
        parser.add_argument("--logins", action="store_true", help="only print the logins, with the code of this moment")

    def handle(self, *args, **options) -> None:
        if not settings.DEMO:
            raise CommandError("Demo data are made only with DEMO=1.")
        now = timezone.now()
        clock = Clock(options["today"] or today_jakarta(now))
        if not options["logins"]:
            try:
                build(clock, small=options["small"], processes=options["processes"], say=self._say, ready=self._ready)
            except RealData as error:
                raise CommandError("There is an agency that is no demo. Nothing was changed.") from error
        self.stdout.write(table(timezone.now()))

    def _say(self, line: str) -> None:
        print(line, file=sys.stderr, flush=True)

    def _ready(self) -> None:
        self._say("Sudah dapat dipakai:\n" + table(timezone.now()))
