"""All addresses: Indonesian, the place first. What is not here is a 404; what declares no door is one too."""

from django.urls import include, path, re_path

from koperasi.views import check, cooperative, home

handler400 = "koperasi.errors.bad_request"
handler403 = "koperasi.errors.forbidden"
handler404 = "koperasi.errors.not_found"
handler500 = "koperasi.errors.server_error"

EXAMPLES = "beranda|kuitansi|anggota|hari-ini|daftar|profil|buku-besar|masuk|setoran|index|periksa"

urlpatterns = [
    path("", home.home, name="home"),
    path("gaya/", home.style, name="style"),
    re_path(rf"^gaya/(?P<page>{EXAMPLES})/$", home.style, name="style_example"),
    path("k/", check.check_start, name="check_start"),
    path("k/<str:kode>/", check.check, name="check"),
    path("<slug:dinas>/koperasi/<slug:koperasi>/beranda/", cooperative.cooperative_home, name="cooperative_home"),
    path("akun/sesi/", include("allauth.usersessions.urls")),
    path("akun/kode/", include("allauth.mfa.urls")),
    path("akun/", include("allauth.account.urls")),
    path("", include("registry.urls")),
    path("<slug:dinas>/koperasi/<slug:koperasi>/anggota/", include("members.urls")),
    path("<slug:dinas>/koperasi/<slug:koperasi>/", include("finance.urls")),
]
