"""All addresses: Indonesian, the place first. What is not here is a 404; what declares no door is one too."""

from django.urls import include, path, re_path

from finance.views import objections
from koperasi.views import (
    beginning,
    blockers,
    building_paper,
    check,
    cooperative,
    dashboard,
    dinas,
    frontdoor,
    home,
    installed,
    practice,
    reports,
    training_papers,
    training_public,
)
from koperasi.views import help as help_pages

handler400 = "koperasi.errors.bad_request"
handler403 = "koperasi.errors.forbidden"
handler404 = "koperasi.errors.not_found"
handler500 = "koperasi.errors.server_error"

EXAMPLES = "beranda|kuitansi|anggota|hari-ini|daftar|profil|buku-besar|masuk|setoran|index|periksa"

urlpatterns = [
    path("", home.home, name="home"),
    path("gaya/", home.style, name="style"),
    re_path(rf"^gaya/(?P<page>{EXAMPLES})/$", home.style, name="style_example"),
    path("manifest.webmanifest", installed.manifest, name="manifest"),
    path("pekerja.js", installed.worker, name="worker"),
    path("luring/", installed.no_signal, name="no_signal"),
    path("bantuan/", help_pages.help_index, name="help"),
    path("bantuan/<slug:halaman>/", help_pages.help_page, name="help_page"),
    path("k/", check.check_start, name="check_start"),
    path("k/<str:kode>/", check.check, name="check"),
    path("k/<str:kode>/tidak-cocok/", check.object_to, name="check_objection"),
    path("k/<str:kode>/gabung/", frontdoor.join, name="join"),
    path("k/<str:kode>/bimtek/", training_public.act, name="training_act"),
    path("<slug:dinas>/koperasi/<slug:koperasi>/pintu/", frontdoor.door_page, name="door_page"),
    re_path(
        r"^(?P<dinas>[-\w]+)/koperasi/(?P<koperasi>[-\w]+)/pintu/poster-(?P<ukuran>a4|a5)\.pdf$",
        frontdoor.door_poster,
        name="door_poster",
    ),
    path("<slug:dinas>/koperasi/<slug:koperasi>/beranda/", cooperative.cooperative_home, name="cooperative_home"),
    path("<slug:dinas>/koperasi/<slug:koperasi>/beranda/langkah/", beginning.close_steps, name="close_steps"),
    path("<slug:dinas>/koperasi/<slug:koperasi>/latihan/", practice.practise, name="practise"),
    path("", include("koperasi.account_urls")),
    path("", include("registry.urls")),
    path("<slug:dinas>/koperasi/<slug:koperasi>/anggota/", include("members.urls")),
    path("<slug:dinas>/koperasi/<slug:koperasi>/", include("finance.urls")),
    path("<slug:dinas>/", dinas.dinas_home, name="dinas_home"),
    path("<slug:dinas>/tidak-cocok/", objections.agency_objections, name="agency_objections"),
    path("<slug:dinas>/hambatan/", blockers.blockers, name="blockers"),
    path("<slug:dinas>/hambatan/surat.pdf", blockers.blocker_letter, name="blocker_letter"),
    path("<slug:dinas>/bimtek/cakupan/cetak.pdf", training_papers.coverage_paper, name="coverage_paper"),
    path("<slug:dinas>/bimtek/sesi/<int:nomor>/undangan.pdf", training_papers.invitation_list, name="invitation_list"),
    path("<slug:dinas>/bimtek/sesi/<int:nomor>/hadir.pdf", training_papers.attendance_sheet, name="attendance_sheet"),
    path("<slug:dinas>/bimtek/sesi/<int:nomor>/sertifikat/", training_papers.certificates, name="certificates"),
    path("<slug:dinas>/gedung/gedung.pdf", building_paper.paper, name="building_paper"),
    path("<slug:dinas>/permohonan/", dinas.overdue, name="overdue_requests"),
    path("<slug:dinas>/ringkasan/", dashboard.dashboard, name="dashboard"),
    path("<slug:dinas>/ringkasan/unduh/", dashboard.download, name="dashboard_download"),
    path("<slug:dinas>/laporan/", reports.reports, name="reports"),
    path("<slug:dinas>/laporan/penanda-tangan/", reports.signatory, name="signatory"),
    path("<slug:dinas>/laporan/<int:tahun>/<int:bulan>/", reports.report, name="report"),
    path(
        "<slug:dinas>/laporan/<int:tahun>/<int:bulan>/unduh/<int:revisi>/<str:bentuk>/",
        reports.report_file,
        name="report_file",
    ),
]
