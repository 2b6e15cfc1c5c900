"""How the login library behaves here: nobody signs up, secrets are stored encrypted."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.http import HttpRequest

from registry.keys import key_ring



class AccountAdapter(DefaultAccountAdapter):
    """Sign-up is closed: logins are made by opening an invitation."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


class MFAAdapter(DefaultMFAAdapter):
    """TOTP seeds and recovery seeds are encrypted with the key ring; the library would store them in clear."""

    def encrypt(self, text: str) -> str:
        return key_ring().encrypt(text, b"totp").hex()

    def decrypt(self, encrypted_text: str) -> str:
        return key_ring().decrypt(bytes.fromhex(encrypted_text), b"totp")

    def get_totp_label(self, user) -> str:
        return user.username

    def get_totp_issuer(self) -> str:
        return settings.MFA_TOTP_ISSUER
