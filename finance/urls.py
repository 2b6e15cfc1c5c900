"""Addresses of money, below a cooperative."""

from django.urls import path, re_path

from finance.views import arrears, books, bylaws, dues, exits, opening, outbox, receipts, succession

app_name = "finance"
NUMBER = r"20\d\d-\d{1,8}"  # year and number, of an entry or a receipt

urlpatterns = [
    path("iuran/", dues.dues, name="dues"),
    path("iuran/setoran/", dues.sheet, name="sheet"),
    re_path(rf"^iuran/setoran/(?P<jurnal>{NUMBER})/$", dues.collection, name="collection"),
    re_path(rf"^iuran/setoran/(?P<jurnal>{NUMBER})/kuitansi\.pdf$", receipts.collection_file, name="collection_file"),
    path("iuran/terima/", dues.pay_search, name="pay_search"),
    path("iuran/terima/<int:nomor>/", dues.pay, name="pay"),
    re_path(rf"^iuran/kuitansi/(?P<kuitansi>{NUMBER})/$", receipts.receipt, name="receipt"),
    re_path(
        rf"^iuran/kuitansi/(?P<kuitansi>{NUMBER})/(?P<bentuk>a6|58mm)\.pdf$", receipts.receipt_file, name="receipt_file"
    ),
    re_path(rf"^iuran/kuitansi/(?P<kuitansi>{NUMBER})/koreksi/$", receipts.correct, name="correct"),
    path("iuran/luring/", outbox.outbox, name="outbox"),
    path("iuran/luring/daftar/", outbox.outbox_list, name="outbox_list"),
    path("iuran/luring/kirim/", outbox.outbox_send, name="outbox_send"),
    path("iuran/tunggakan/", arrears.arrears, name="arrears"),
    path("iuran/pengaturan/", books.rates, name="rates"),
    path("iuran/pengaturan/aturan/", bylaws.by_laws, name="by_laws"),
    path("iuran/pembekuan/", bylaws.suspensions, name="suspensions"),
    path("anggota/<int:nomor>/simpanan/", receipts.statement, name="statement"),
    path("anggota/<int:nomor>/simpanan.pdf", receipts.statement_file, name="statement_file"),
    path("anggota/<int:nomor>/pengembalian/", exits.settle_exit, name="settle_exit"),
    path("anggota/<int:nomor>/pengembalian/bayar/", exits.pay_out, name="pay_out"),
    re_path(
        rf"^anggota/(?P<nomor>\d{{1,9}})/pengembalian/(?P<jurnal>{NUMBER})\.pdf$",
        exits.pay_out_file,
        name="pay_out_file",
    ),
    path("buku/saldo-awal/", opening.opening, name="opening"),
    path("buku/serah-terima/", succession.succession, name="succession"),
    path("buku/serah-terima/<int:nomor>/", succession.succession_one, name="succession_one"),
    path("buku/serah-terima/<int:nomor>/berita-acara.pdf", succession.succession_file, name="succession_file"),
    path("buku/", books.journal, name="journal"),
    re_path(rf"^buku/jurnal/(?P<jurnal>{NUMBER})/$", books.entry, name="entry"),
    re_path(r"^buku/besar/(?P<kode>\d{5}(?:-\d\d)?)/$", books.ledger, name="ledger"),
    path("buku/neraca-saldo/", books.trial_balance, name="trial_balance"),
]
