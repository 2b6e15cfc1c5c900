"""The second factor of the demo's dinas logins: a fixed seed everybody may know, because the demo's people are invented."""

from datetime import datetime

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings

TOTP_SEED = "KOPERASISERANGDEMO23456722222222"  # base32, 20 bytes; put it into any authenticator app


class OnlyInTheDemo(Exception):
    """A known seed opens nothing on a real installation."""


def current_code(now: datetime) -> str:
    """Return the six digits an authenticator app with the demo's seed shows at `now`. Raises `OnlyInTheDemo`."""
    if not settings.DEMO:
        raise OnlyInTheDemo
    return format_hotp_value(hotp_value(TOTP_SEED, int(now.timestamp()) // 30))
