"""Secrets of second factors: how they lie in the library's table, and encrypting them anew after a rotation of keys."""

from allauth.mfa.models import Authenticator
from django.db import transaction

from registry.keys import key_ring

SECOND_FACTOR = b"totp"  # what they are sealed with beside the key


def sealed_secrets(authenticator: Authenticator) -> list[tuple[str, int | None, str]]:
    """Return (place in `data`, position in a list, ciphertext as hex) of every secret of one second factor."""
    data = authenticator.data
    found = [(name, None, data[name]) for name in ("secret", "seed") if data.get(name)]
    return found + [("migrated_codes", i, one) for i, one in enumerate(data.get("migrated_codes") or ())]


def reseal_second_factors() -> int:
    """Encrypt the secrets of second factors anew that an older key wrote. Returns how many logins changed."""
    ring, changed = key_ring(), 0
    with transaction.atomic():
        for one in Authenticator.objects.select_for_update().order_by("pk"):
            old = [where for where in sealed_secrets(one) if not ring.is_current(bytes.fromhex(where[2]))]
            for name, position, sealed in old:
                new = ring.encrypt(ring.decrypt(bytes.fromhex(sealed), SECOND_FACTOR), SECOND_FACTOR).hex()
                if position is None:
                    one.data[name] = new
                else:
                    one.data[name][position] = new
            if old:
                one.save(update_fields=["data"])
                changed += 1
    return changed
