from django.urls import include, path

handler400 = "koperasi.errors.bad_request"
handler403 = "koperasi.errors.forbidden"
handler404 = "koperasi.errors.not_found"
handler500 = "koperasi.errors.server_error"

urlpatterns: list = [
    path("akun/", include("allauth.account.urls")),
    path("akun/sesi/", include("allauth.usersessions.urls")),
    path("akun/kode/", include("allauth.mfa.urls")),
]
