"""`manage.py agency create kota-serang`: make a dinas from `fixtures/agencies.json` and print its first admin's link."""

import json

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from registry.actions import create_agency
from registry.models import Agency


class Command(BaseCommand):
    help = "Make an agency; the only way one comes into being."

    def add_arguments(self, parser) -> None:
        parser.add_argument("verb", choices=["create"])
        parser.add_argument("slug", choices=[row["slug"] for row in known_agencies()])
        parser.add_argument("--admin", default="Admin dinas", help="name of the first admin")

    def handle(self, *args, **options) -> None:
        if Agency.objects.filter(slug=options["slug"]).exists():
            raise CommandError(f"{options['slug']} exists already.")
        _, token = create_agency(fields=agency_fields(options["slug"]), admin_name=options["admin"], now=timezone.now())
        self.stdout.write(f"Undangan admin pertama (7 hari, sekali pakai): {settings.PUBLIC_URL}/undangan/{token}/")


def known_agencies() -> list[dict]:
    """Return the agencies a fixture describes. The list of addresses is checked: no reserved word can be an agency."""
    return json.loads((settings.FIXTURES_DIR / "agencies.json").read_text())


def agency_fields(slug: str) -> dict:
    """Return the model fields of one agency of the fixture."""
    row = next(row for row in known_agencies() if row["slug"] == slug)
    names = ("slug", "name", "short_name", "government", "head_title", "address", "phone", "email", "paper_size")
    return {name: row[name] for name in names} | {"place_id": row["place"], "is_demo": settings.DEMO}
