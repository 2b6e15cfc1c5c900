"""`manage.py keys init | rotate | show`: the key ring that encrypts NIKs and second factors (docs/keys-and-backup.md)."""

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from registry.keys import KeyRing
from registry.periods import today_jakarta


class Command(BaseCommand):
    help = "Make the key ring if there is none, add a key, or list the ids of the keys."

    def add_arguments(self, parser) -> None:
        parser.add_argument("verb", choices=["init", "rotate", "show"])

    def handle(self, *args, **options) -> None:
        today = today_jakarta(timezone.now())
        if options["verb"] == "init" and not settings.KEYS_FILE.exists():
            settings.KEYS_FILE.parent.mkdir(parents=True, exist_ok=True)
            KeyRing.create(settings.KEYS_FILE, made_on=today)
        ring = KeyRing.load(settings.KEYS_FILE)
        if options["verb"] == "rotate":
            ring.rotate(made_on=today)
            ring = KeyRing.load(settings.KEYS_FILE)
        self.stdout.write(
            f"keys: {len(ring.key_ids)} encryption keys, in use {ring.current_key_id}; dinas: {', '.join(ring.agencies) or '-'}"
        )
