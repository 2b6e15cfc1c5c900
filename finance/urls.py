"""Addresses of money, below a cooperative."""

from django.urls import path, re_path

from finance.views import (
    arrears,
    books,
    cash,
    dues,
    evidence,
    exits,
    lists,
    merging,
    objections,
    opening,
    outbox,
    receipts,
    reminders,
)

app_name = "finance"
NUMBER = r"20\d\d-\d{1,8}"  # year and number, of an entry or a receipt

urlpatterns = [
    path("iuran/", dues.dues, name="dues"),
    path("iuran/setoran/", dues.sheet, name="sheet"),
    path("iuran/setoran/lembar.pdf", lists.sheet_file, name="sheet_file"),
    re_path(rf"^iuran/setoran/(?P<jurnal>{NUMBER})/$", dues.collection, name="collection"),
    re_path(rf"^iuran/setoran/(?P<jurnal>{NUMBER})/kuitansi\.pdf$", receipts.collection_file, name="collection_file"),
    path("iuran/terima/", dues.pay_search, name="pay_search"),
    path("iuran/terima/<int:nomor>/", dues.pay, name="pay"),
    re_path(rf"^iuran/kuitansi/(?P<kuitansi>{NUMBER})/$", receipts.receipt, name="receipt"),
    re_path(
        rf"^iuran/kuitansi/(?P<kuitansi>{NUMBER})/(?P<bentuk>a6|58mm)\.pdf$", receipts.receipt_file, name="receipt_file"
    ),
    re_path(rf"^iuran/kuitansi/(?P<kuitansi>{NUMBER})/koreksi/$", receipts.correct, name="correct"),
    path("iuran/kas/", cash.cash, name="cash"),
    path("iuran/kas/serah/", cash.hand_over, name="hand_over"),
    path("iuran/kas/bank/", cash.to_bank, name="to_bank"),
    path("iuran/kas/sampai/", cash.arrived, name="arrived"),
    re_path(rf"^iuran/kas/(?P<jurnal>{NUMBER})/$", cash.cash_move, name="cash_move"),
    re_path(rf"^iuran/kas/(?P<jurnal>{NUMBER})/tanda-terima\.pdf$", cash.cash_move_file, name="cash_move_file"),
    path("iuran/luring/", outbox.outbox, name="outbox"),
    path("iuran/luring/daftar/", outbox.outbox_list, name="outbox_list"),
    path("iuran/luring/kirim/", outbox.outbox_send, name="outbox_send"),
    path("iuran/tunggakan/", arrears.arrears, name="arrears"),
    path("iuran/tunggakan.pdf", lists.arrears_file, name="arrears_file"),
    path("tidak-cocok/", objections.objections, name="objections"),
    path("tidak-cocok/<str:kode>/", objections.objection, name="objection"),
    path("iuran/pengingat/", reminders.reminders, name="reminders"),
    path("iuran/papan-saldo.pdf", reminders.board_file, name="board_file"),
    path("iuran/pengaturan/", books.rates, name="rates"),
    path("anggota/ganda/", merging.twins, name="twins"),
    path("anggota/ganda/<int:nomor>/<int:lain>/", merging.merge, name="merge"),
    path("anggota/ganda/<int:nomor>/<int:lain>/beda/", merging.tell_apart, name="tell_apart"),
    path("anggota/ganda/<int:nomor>/<int:lain>/tawarkan/", merging.offer_again, name="offer_again"),
    path("anggota/ganda/<int:nomor>/<int:lain>/pisahkan/", merging.separate, name="separate"),
    path("anggota/<int:nomor>/simpanan/", receipts.statement, name="statement"),
    path("anggota/<int:nomor>/simpanan.pdf", receipts.statement_file, name="statement_file"),
    path("anggota/<int:nomor>/pengembalian/", exits.settle_exit, name="settle_exit"),
    path("anggota/<int:nomor>/pengembalian/bayar/", exits.pay_out, name="pay_out"),
    re_path(
        rf"^anggota/(?P<nomor>\d{{1,9}})/pengembalian/(?P<jurnal>{NUMBER})\.pdf$",
        exits.pay_out_file,
        name="pay_out_file",
    ),
    path("buku/anggota.pdf", lists.member_book_file, name="member_book_file"),
    path("buku/simpanan.pdf", lists.savings_file, name="savings_file"),
    path("buku/saldo-awal/", opening.opening, name="opening"),
    path("buku/", books.journal, name="journal"),
    re_path(rf"^buku/jurnal/(?P<jurnal>{NUMBER})/$", books.entry, name="entry"),
    re_path(rf"^buku/jurnal/(?P<jurnal>{NUMBER})/bukti/$", evidence.add_evidence, name="add_evidence"),
    path("buku/bukti/<int:number>.jpg", evidence.picture, name="picture"),
    re_path(r"^buku/besar/(?P<kode>\d{5}(?:-\d\d)?)/$", books.ledger, name="ledger"),
    path("buku/neraca-saldo/", books.trial_balance, name="trial_balance"),
]
