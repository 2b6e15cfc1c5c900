"""`manage.py keys init | rotate | reseal | retire ID | show`: the key ring that encrypts NIKs and second factors.

See docs/keys-and-backup.md. `reseal` may be stopped and started again at any time, and runs while people work.
"""

from collections import Counter
from datetime import date

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from members.actions.resealing import keys_used, reseal_national_ids
from registry.actions.second_factors import reseal_second_factors, sealed_secrets
from registry.keys import KeyRing, KeyRingError, key_id_of
from registry.models import Cooperative
from registry.periods import today_jakarta
from registry.tenancy import NOBODY, Context, Role, bind

AT_ONCE = 2_000  # NIKs encrypted in one transaction


class Command(BaseCommand):
    help = "Make the key ring if there is none, add a key, encrypt everything with it, drop an old one, or list ids."

    def add_arguments(self, parser) -> None:
        parser.add_argument("verb", choices=["init", "rotate", "reseal", "retire", "show"])
        parser.add_argument("key", nargs="?", type=int, help="for retire: the id of the key")

    def handle(self, *args, **options) -> None:
        today = today_jakarta(timezone.now())
        if options["verb"] == "init" and not settings.KEYS_FILE.exists():
            settings.KEYS_FILE.parent.mkdir(parents=True, exist_ok=True)
            KeyRing.create(settings.KEYS_FILE, made_on=today)
        ring = KeyRing.load(settings.KEYS_FILE)
        if options["verb"] == "rotate":
            ring.rotate(made_on=today)
            self.stdout.write("Copy the key file to its safe places now, then encrypt what is stored: keys reseal")
        if options["verb"] == "reseal":
            self.stdout.write(f"resealed: {reseal()} NIKs and second factors")
        if options["verb"] == "retire":
            self._retire(ring, options["key"], today)
        ring = KeyRing.load(settings.KEYS_FILE)
        self.stdout.write(
            f"keys: {len(ring.key_ids)} encryption keys, in use {ring.current_key_id}; dinas: {', '.join(ring.agencies) or '-'}"
        )

    def _retire(self, ring: KeyRing, key: int | None, today: date) -> None:
        if key is None:
            raise CommandError("Which key? keys retire ID")
        if left := used()[key]:
            raise CommandError(f"Key {key} still seals {left} NIKs or second factors. First: keys reseal")
        try:
            ring.retire(key, today=today)
        except KeyRingError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Key {key} is out of the ring. Backups made before need a copy of the ring that has it.")


def reseal() -> int:
    """Encrypt everything an older key wrote, cooperative by cooperative, each part in a transaction of its own."""
    done = reseal_second_factors()
    for cooperative in Cooperative.objects.order_by("pk"):
        while changed := _within(cooperative, lambda one: reseal_national_ids(cooperative=one, size=AT_ONCE)):
            done += changed
    return done


def used() -> Counter[int]:
    """Return how many stored secrets each key sealed, in all cooperatives and logins."""
    found: Counter[int] = Counter()
    for one in Authenticator.objects.all():
        found.update(key_id_of(bytes.fromhex(sealed)) for *_, sealed in sealed_secrets(one))
    for cooperative in Cooperative.objects.order_by("pk"):
        found += _within(cooperative, lambda one: keys_used(cooperative=one))
    return found


def _within(cooperative: Cooperative, act):
    """Act as an officer of this cooperative: the wall stands for the operator's command, too."""
    with transaction.atomic():
        bind(Context(Role.OFFICER, agency_id=cooperative.agency_id, cooperative_id=cooperative.pk))
        answer = act(cooperative)
        bind(NOBODY)
    return answer
