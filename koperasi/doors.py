"""Doors for views we did not write. What is not listed here, and declares no door itself, is a 404."""

from registry.access import Door

LOGIN, EVERYONE = Door("login"), Door("everyone")

DOORS: dict[str, Door] = {
    "account_login": EVERYONE,
    "account_inactive": EVERYONE,
    "account_logout": LOGIN,
    "account_change_password": LOGIN,
    "account_reauthenticate": LOGIN,
    "account_reset_password": EVERYONE,  # these four have addresses only where there is a mail server
    "account_reset_password_done": EVERYONE,
    "account_reset_password_from_key": EVERYONE,
    "account_reset_password_from_key_done": EVERYONE,
    "mfa_authenticate": EVERYONE,
    "mfa_reauthenticate": LOGIN,
    "mfa_index": LOGIN,
    "mfa_activate_totp": LOGIN,
    "mfa_deactivate_totp": LOGIN,
    "mfa_view_recovery_codes": LOGIN,
    "mfa_generate_recovery_codes": LOGIN,
    "mfa_download_recovery_codes": LOGIN,
}
