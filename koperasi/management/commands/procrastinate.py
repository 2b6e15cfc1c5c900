"""`manage.py procrastinate …`, the queue's own command: its worker refuses to start behind a weak wall, as the web does."""

from django.db import connections
from procrastinate.contrib.django.management.commands import procrastinate as queue

from registry.tenancy.checks import refuse_to_start


class Command(queue.Command):
    def handle(self, *args, **options) -> None:
        if options.get("command") == "worker":
            refuse_to_start()
            connections.close_all()  # the worker opens its own, one per thread
        super().handle(*args, **options)
