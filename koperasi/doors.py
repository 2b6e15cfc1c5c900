"""Doors for views we did not write. What is not listed here, and declares no door itself, is a 404."""

from registry.access import Door

LOGIN, EVERYONE = Door("login"), Door("everyone")

DOORS: dict[str, Door] = {
    "account_login": EVERYONE,
    "account_logout": LOGIN,
    "account_change_password": LOGIN,
    "account_reauthenticate": LOGIN,
    "mfa_authenticate": EVERYONE,
    "mfa_reauthenticate": LOGIN,
    "mfa_index": LOGIN,
    "mfa_activate_totp": LOGIN,
    "mfa_deactivate_totp": LOGIN,
    "mfa_view_recovery_codes": LOGIN,
    "mfa_generate_recovery_codes": LOGIN,
    "mfa_download_recovery_codes": LOGIN,
    "usersessions_list": LOGIN,
}
