"""The login library under our words. Only what is listed here exists: sign-up and the management of e-mails do not."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from django.conf import settings
from django.urls import path, re_path

from koperasi import accounts
from registry.views import account as own

urlpatterns = [
    path("masuk/", account.login, name="account_login"),
    path("masuk/kode/", mfa.authenticate, name="mfa_authenticate"),
    path("masuk/nonaktif/", account.account_inactive, name="account_inactive"),
    path("keluar/", account.logout, name="account_logout"),
    path("akun/", own.account, name="account"),
    path("akun/sesi/", own.sessions, name="usersessions_list"),
    path("akun/kata-sandi/", account.password_change, name="account_change_password"),
    path("akun/pastikan/", account.reauthenticate, name="account_reauthenticate"),
    path("akun/pastikan/kode/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("akun/kode/", mfa.index, name="mfa_index"),
    path("akun/kode/pasang/", accounts.activate_totp, name="mfa_activate_totp"),
    path("akun/kode/lepas/", accounts.deactivate_totp, name="mfa_deactivate_totp"),
    path("akun/kode/cadangan/", codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("akun/kode/cadangan/baru/", codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("akun/kode/cadangan/unduh/", codes.download_recovery_codes, name="mfa_download_recovery_codes"),
]

if (
    settings.EMAIL_URL
):  # only with a mail server: a forgotten password by mail, beside the link of the ketua or the dinas
    urlpatterns += [
        path("masuk/lupa/", account.password_reset, name="account_reset_password"),
        path("masuk/lupa/terkirim/", account.password_reset_done, name="account_reset_password_done"),
        re_path(
            r"^masuk/lupa/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
            account.password_reset_from_key,
            name="account_reset_password_from_key",
        ),
        path(
            "masuk/lupa/selesai/",
            account.password_reset_from_key_done,
            name="account_reset_password_from_key_done",
        ),
    ]
