"""How the login library behaves here: nobody signs up, secrets are stored encrypted, and it speaks our words."""

import time
from datetime import datetime

from allauth.account import forms as account_forms
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import record_authentication
from allauth.core.internal import ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base import forms as mfa_forms
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as totp_forms
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.usersessions.internal.flows.sessions import end_other_sessions
from django import forms
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from registry.access import JAKARTA, load_grants
from registry.actions.second_factors import SECOND_FACTOR
from registry.formats import format_time
from registry.forms.access import check_password, login_name
from registry.keys import key_ring
from registry.models import GrantKind, User
from registry.paper import qr_path

AFTER_SECOND_FACTOR = "after_second_factor"
WRONG_CODE = "Kode belum cocok. Tunggu kode berikutnya di aplikasi, lalu ketik enam angkanya."


class AccountAdapter(DefaultAccountAdapter):
    """Sign-up is closed: logins are made by opening an invitation."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "too_many_login_attempts": "Terlalu banyak percobaan. Tunggu 15 menit, lalu coba lagi.",
        "rate_limited": "Terlalu banyak percobaan. Tunggu 15 menit, lalu coba lagi.",
        "incorrect_password": "Kata sandi belum cocok.",
        "enter_current_password": "Kata sandi yang sekarang belum cocok.",
        "incorrect_code": WRONG_CODE,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def clean_password(self, password: str, user: User | None = None) -> str:
        check_password(password, user or User())
        return password

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials) -> str:
        """One count per login, however it is written: the library would count name, e-mail and host apart.

        An unknown name is counted the same way, so the words never tell whether a login exists.
        """
        typed = str(credentials.get("email") or credentials.get("username") or "").strip().lower()
        return f"login:{_one_login(typed) or typed}"

    def attempts_left(self, request: HttpRequest, **credentials) -> int:
        """Return how many wrong passwords this login may still take before the pause."""
        rate, history = next(
            (rate, history) for rate, history in self._histories(request, **credentials) if rate.per == "key"
        )
        return max(rate.amount - len(history), 0)

    def paused_until(self, request: HttpRequest, **credentials) -> str:
        """Return the time of day ("19.02") from which another try is accepted."""
        ends = [
            history[-1] + rate.duration
            for rate, history in self._histories(request, **credentials)
            if len(history) >= rate.amount
        ]
        moment = datetime.fromtimestamp(max(ends, default=time.time()) + 60, JAKARTA)
        return format_time(moment)

    def _histories(self, request: HttpRequest, **credentials) -> list:
        key = self._get_login_attempts_cache_key(request, **credentials)
        found = []
        for rate in ratelimit.get_rates(app="allauth.account", action="login_failed"):
            name = ratelimit.get_cache_key(request, app="allauth.account", action="login_failed", rate=rate, key=key)
            _, history = ratelimit.apply_rate(cache.get(name, []), time.time(), rate, dry_run=True)
            found.append((rate, history))
        return found


def _one_login(typed: str) -> str:
    """Return the username behind what was typed, when it is exactly one person's."""
    found = User.objects.filter(Q(username__iexact=typed) | Q(email__iexact=typed)).values_list("username", flat=True)[
        :2
    ]
    names = list(found) if typed else []
    return names[0] if len(names) == 1 else ""


class MFAAdapter(DefaultMFAAdapter):
    """TOTP seeds and recovery seeds are encrypted with the key ring; the library would store them in clear."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": WRONG_CODE,
        "cannot_delete_authenticator": "Petugas dinas wajib memakai verifikasi dua langkah, jadi tidak dapat dilepas.",
        "cannot_generate_recovery_codes": "Pasang verifikasi dua langkah dahulu.",
    }

    def encrypt(self, text: str) -> str:
        return key_ring().encrypt(text, SECOND_FACTOR).hex()

    def decrypt(self, encrypted_text: str) -> str:
        return key_ring().decrypt(bytes.fromhex(encrypted_text), SECOND_FACTOR)

    def get_totp_label(self, user) -> str:
        return user.username

    def get_totp_issuer(self) -> str:
        return settings.MFA_TOTP_ISSUER

    def build_totp_svg(self, url: str) -> str:
        """The library wants a picture for a data address, which our pages do not load; see `ActivateTOTP`."""
        return ""

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        today = timezone.localdate(timezone=JAKARTA)
        return not any(GrantKind(grant.kind).needs_second_factor for grant in load_grants(authenticator.user_id, today))


# --- Forms ---------------------------------------------------------------------------------------


def _password(label: str, autocomplete: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": autocomplete}),
    )


def _code(label: str, hint: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=20,
        help_text=hint,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}),
    )


class LoginForm(account_forms.LoginForm):
    """Name or e-mail and password; says how many tries are left and when the pause ends."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = forms.CharField(
            label="Nama pengguna atau surel",
            max_length=120,
            widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
        )
        self.fields["password"] = _password("Kata sandi", "current-password")
        self.order_fields(["login", "password"])

    def clean_login(self) -> str:
        return login_name(self.cleaned_data["login"])

    def _clean_with_password(self, credentials: dict) -> dict:
        adapter = account_forms.get_adapter(self.request)
        try:
            return super()._clean_with_password(credentials)
        except ValidationError as error:
            if error.code == "too_many_login_attempts":
                words = (
                    f"Terlalu banyak percobaan. Coba lagi pukul {adapter.paused_until(self.request, **credentials)}."
                )
            else:
                words = _wrong_password(adapter.attempts_left(self.request, **credentials))
            self.add_error("password", words)
            return self.cleaned_data

    def login(self, request: HttpRequest, redirect_url: str | None = None) -> HttpResponse:
        """A password typed this minute need not be typed again to set up the second factor."""
        response = super().login(request, redirect_url)
        if request.user.is_authenticated:
            record_authentication(request, request.user, method="password", reauthenticated=True)
        return response


def _wrong_password(left: int) -> str:
    if left == 0:
        return "Kata sandi belum cocok. Sekarang ada jeda 15 menit sebelum percobaan berikutnya."
    return f"Kata sandi belum cocok. Tersisa {left} percobaan sebelum jeda 15 menit."


class ReauthenticateForm(account_forms.ReauthenticateForm):
    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"] = _password("Kata sandi Anda", "current-password")


class ChangePasswordForm(account_forms.ChangePasswordForm):
    """The present password, then the new one twice."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"] = _password("Kata sandi sekarang", "current-password")
        self.fields["password1"] = _password("Kata sandi baru", "new-password")
        self.fields["password1"].help_text = "Paling sedikit 10 huruf atau angka, dan tidak mirip nama Anda."
        self.fields["password2"] = _password("Ulangi kata sandi baru", "new-password")

    def clean_password1(self) -> str:
        check_password(self.cleaned_data["password1"], self.user)
        return self.cleaned_data["password1"]

    def clean(self) -> dict:
        cleaned = forms.Form.clean(self)
        if cleaned.get("password1") and cleaned.get("password2") and cleaned["password1"] != cleaned["password2"]:
            self.add_error("password2", "Kedua kata sandi baru belum sama.")
        return cleaned


class AuthenticateForm(mfa_forms.AuthenticateForm):
    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"] = _code("Kode dari aplikasi", "Enam angka. HP hilang? Ketik satu kode cadangan Anda.")


class MFAReauthenticateForm(mfa_forms.ReauthenticateForm):
    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"] = _code("Kode dari aplikasi", "Enam angka, atau satu kode cadangan Anda.")


class ActivateTOTPForm(totp_forms.ActivateTOTPForm):
    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"] = _code("Kode dari aplikasi", "Enam angka yang sekarang tampil di aplikasi.")


# --- Views of the library with a turn of our own -------------------------------------------------


class ActivateTOTP(ActivateTOTPView):
    """Set up the second factor, then go back to where the door had stopped the person."""

    def get(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        after = request.GET.get("next", "")
        if url_has_allowed_host_and_scheme(after, allowed_hosts=None):
            request.session[AFTER_SECOND_FACTOR] = after
        return super().get(request, *args, **kwargs)

    def form_valid(self, form) -> HttpResponse:
        """The code typed here proves the new factor for this session; other sessions have not proved it."""
        response = super().form_valid(form)
        record_authentication(self.request, self.request.user, method="mfa", type=Authenticator.Type.TOTP)
        return response

    def get_context_data(self, **kwargs) -> dict:
        context = super().get_context_data(**kwargs)
        path, size = qr_path(context["totp_url"])
        secret = context["form"].secret
        groups = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
        return context | {
            "qr": path,
            "qr_box": f"-4 -4 {size + 8} {size + 8}",
            "secret_groups": groups,
            "required": AFTER_SECOND_FACTOR in self.request.session,
        }


class DeactivateTOTP(DeactivateTOTPView):
    """Remove the second factor; what other sessions had proven with it ends with it."""

    def form_valid(self, form) -> HttpResponse:
        response = super().form_valid(form)
        end_other_sessions(self.request, self.request.user)
        return response


activate_totp = ActivateTOTP.as_view()
deactivate_totp = DeactivateTOTP.as_view()
