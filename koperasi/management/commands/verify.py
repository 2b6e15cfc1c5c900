"""`manage.py verify`: recompute every sum from the postings and walk the seals. Exits 1 when anything does not add up.

Reads each cooperative as an examiner would: the read-only role, bound to one cooperative at a time.
"""

import sys

from django.core.management.base import BaseCommand
from django.db import connection, transaction

from finance.reports import verify_cooperative
from registry.models import Cooperative
from registry.tenancy import NOBODY, Context, Role, bind


class Command(BaseCommand):
    help = "Verify the books of every cooperative, or of those named."

    def add_arguments(self, parser) -> None:
        parser.add_argument("slugs", nargs="*", help="only these cooperatives")

    def handle(self, *args, **options) -> None:
        cooperatives = Cooperative.objects.order_by("pk")
        if options["slugs"]:
            cooperatives = cooperatives.filter(slug__in=options["slugs"])
        checked = wrong = 0
        for cooperative in cooperatives:
            with transaction.atomic():
                bind(Context(Role.CASE, agency_id=cooperative.agency_id, cooperative_id=cooperative.pk))
                with connection.cursor() as cursor:
                    cursor.execute("SET TRANSACTION READ ONLY")
                for finding in verify_cooperative(cooperative):
                    wrong += 1
                    self.stdout.write(f"TIDAK COCOK  {cooperative.slug}: {finding.check}, {finding.where}: {finding.detail}")
                bind(NOBODY)
            checked += 1
        self.stdout.write(f"verify: {checked} koperasi diperiksa, {wrong} hal tidak cocok")
        if wrong:
            sys.exit(1)
