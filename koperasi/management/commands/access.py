"""`manage.py access password|totp <username>`: a one-time link for a login nobody in the place can help.

For the only admin of a dinas, or a person with access in two of them. Whoever may run this may read the database anyway.
"""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from registry.access import local_day
from registry.actions import NotYours
from registry.actions.logins import make_operator_link
from registry.models import User


class Command(BaseCommand):
    help = "Print a one-time link for a forgotten password or a lost second factor."

    def add_arguments(self, parser) -> None:
        parser.add_argument("purpose", choices=["password", "totp"])
        parser.add_argument("username")

    def handle(self, *args, **options) -> None:
        now = timezone.now()
        try:
            token = make_operator_link(
                username=options["username"], purpose=options["purpose"], now=now, today=local_day(now)
            )
        except User.DoesNotExist as error:
            raise CommandError("No login has this name.") from error
        except NotYours as error:
            raise CommandError("This login has no access anywhere; invite the person again.") from error
        self.stdout.write(f"Tautan sekali pakai (7 hari): {settings.PUBLIC_URL}/undangan/{token}/")
