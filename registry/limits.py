"""How often something may be tried: counted in the shared cache, so that all web processes count together.

The cache commits on a connection of its own: what was tried stays tried when the request is rolled back. Addresses of
visitors are kept only as keyed hashes, and only for the minutes of the limit.
"""

from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

__all__ = ["give_back", "spent", "take", "visitor"]


def take(name: str, most: int, minutes: int) -> int | None:
    """Take one of the `most` tries of `name` in `minutes`; return how many stood before it, or None when none is left.

    Adding a key succeeds for one process only, so many asking at once get no more tries than one asking slowly.
    """
    return next((n for n in range(most) if cache.add(_slot(name, n), 1, minutes * 60)), None)


def give_back(name: str, number: int) -> None:
    """Undo one `take`: it was no failed try."""
    cache.delete(_slot(name, number))


def spent(name: str, most: int) -> bool:
    """Whether no try of `name` is left. Takes none; one statement."""
    return len(cache.get_many([_slot(name, n) for n in range(most)])) >= most


def visitor(request: HttpRequest) -> str:
    """Return a mark of the visitor's network address (behind as many proxies as the settings trust), never the address."""
    from allauth.core.internal.httpkit import get_client_ip

    return salted_hmac("koperasi.limits", get_client_ip(request) or "unknown", algorithm="sha256").hexdigest()[:24]


def _slot(name: str, number: int) -> str:
    return f"batas:{name}:{number}"
