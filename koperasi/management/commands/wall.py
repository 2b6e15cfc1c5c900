"""`manage.py wall`: build the wall, as the owner, after every migrate. Running it twice changes nothing."""

from django.core.management.base import BaseCommand
from django.db import connections, transaction

from koperasi.tables import TABLES
from registry.tenancy.building import wall_statements


class Command(BaseCommand):
    help = "Apply functions, triggers, composite keys, grants and row security to every declared table."

    def handle(self, *args, **options) -> None:
        connection = connections["owner"]
        with transaction.atomic(using="owner"), connection.cursor() as cursor:
            for statement in wall_statements(TABLES):
                cursor.execute(statement.as_string(None))
        self.stdout.write(f"wall: {len(TABLES)} tables declared and guarded")
