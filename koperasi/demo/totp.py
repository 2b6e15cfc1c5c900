"""A second factor everybody may know: the demo's logins share one printed seed, so that they can be tried at once."""

from datetime import datetime

from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value

from registry.models import User

SEED = "KOPERASISERANGDEMOKOPERASISERANG"  # base32; refused on a public host together with DEMO=1
PERIOD = 30  # seconds, RFC 6238


def enrol_fixed_totp(user: User) -> None:
    """Give a login the demo's seed as its second factor. Runs as the bare app role."""
    TOTP.activate(user, SEED)


def current_code(now: datetime) -> str:
    """Return the six digits valid at `now`."""
    return format_hotp_value(hotp_value(SEED, int(now.timestamp()) // PERIOD))
