"""Invented people and numbers for the style page, so that its templates stand on their own.

`{% load look_examples %}{% look_examples as contoh %}`; nothing here touches the database.
"""

from typing import Any

from django import forms, template
from django.core.paginator import Paginator

from registry.templatetags.look import ICONS

register = template.Library()

SHARES = [0.88, 0.9, 0.86, 0.9, 0.86, 0.9, 0.93, 0.91, 0.88, 0.91, None]


class ExampleForm(forms.Form):
    """One field of every kind, sent with mistakes so that the errors can be seen."""

    name = forms.CharField(label="Nama lengkap", help_text="Seperti di KTP.")
    amount = forms.CharField(
        label="Jumlah",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "data-prefix": "Rp", "class": "in-rp"}),
    )
    district = forms.ChoiceField(
        label="Kecamatan", choices=[("", "Pilih kecamatan"), ("1", "Walantaka"), ("2", "Kasemen")]
    )
    months = forms.ChoiceField(
        label="Untuk berapa bulan",
        choices=[("1", "1 bulan"), ("3", "3 bulan"), ("6", "6 bulan"), ("12", "12 bulan")],
        widget=forms.RadioSelect,
    )
    papers = forms.MultipleChoiceField(
        label="Berkas yang sudah ada",
        choices=[("ktp", "KTP"), ("kk", "Kartu keluarga"), ("foto", "Pasfoto")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    joined = forms.DateField(
        label="Tanggal masuk", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    note = forms.CharField(label="Catatan", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    proof = forms.FileField(label="Foto bukti", required=False, help_text="JPG atau PDF, paling besar 5 MB.")
    agree = forms.BooleanField(label="Anggota sudah membaca anggaran dasar", required=False)

    def clean_amount(self) -> int:
        typed = self.cleaned_data["amount"]
        if not typed.replace(".", "").isdigit():
            raise forms.ValidationError(f'Tulis angka saja, contoh 30000. Yang terbaca: "{typed}".')
        return int(typed.replace(".", ""))


class FilterForm(forms.Form):
    cari = forms.CharField(
        label="Cari nama", required=False, widget=forms.TextInput(attrs={"placeholder": "Nama atau desa"})
    )
    kecamatan = forms.ChoiceField(label="Kecamatan", choices=[("", "Semua kecamatan"), ("w", "Walantaka")])
    jenis = forms.ChoiceField(label="Jenis", choices=[("", "Semua jenis"), ("k", "Konsumen")])
    tahap = forms.ChoiceField(label="Tahap", choices=[("", "Semua tahap"), ("n", "Nomor induk")])
    lapor = forms.ChoiceField(label="Lapor", choices=[("", "Kapan pun lapor"), ("30", "Lebih dari 30 hari")])


class SignInForm(forms.Form):
    login = forms.CharField(label="Nomor HP atau surel", widget=forms.TextInput(attrs={"autocomplete": "username"}))
    password = forms.CharField(
        label="Kata sandi",
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}, render_value=True),
    )


def _row(number: str, name: str, boxes: str, **more: Any) -> dict:
    return {"number": number, "name": name, "boxes": boxes, "amount": 10_000, "checked": True, **more}


def _dues() -> list[dict]:
    plain = "ppppppppppnx"
    behind = {"checked": False, "note_state": "soon", "group": "tunggak"}
    return [
        _row("A-0002", "Ahmad Hidayat", plain),
        _row("A-0131", "Ai Komariah", plain),
        _row("A-0004", "Asep Kurnia", "ppppppppttnx", amount=30_000, months=3, note="Rapel Sep, Okt, Nov"),
        _row("A-0088", "Dadang Hermawan", "ppppttttttnx", amount=70_000, months=7, note="Menunggak 6 bulan", **behind),
        _row("A-0019", "Dede Rohayati", plain),
        _row("A-0144", "Didin Saefudin", "pppppppppppx", done="Sudah dicatat sekretaris pukul 19.02"),
        _row("A-0047", "Eneng Nurbaiti", "pppppppppptx"[:10] + "nx", checked=False),
        _row("A-0060", "Entin Supriatin binti Haji Muhammad Sanusi", plain),
        _row("A-0201", "Fatimah Az-Zahra", "xxxxxppppppx"[:10] + "px", group="muka", done="Di muka sampai Des 2026"),
        _row("A-0033", "Hj. Siti Maemunah", plain),
        _row("A-0150", "Imas Kurniasih", "pppppppptunx"[:8] + "ttnx", amount=30_000, months=3, note="Menunggak 2 bulan", **behind),
        _row("A-0072", "Jajang Nurjaman", plain),
    ]


def _cooperatives() -> list[dict]:
    rows = [
        ("KKMP Pager Agung", "Walantaka", "Konsumen", 9, 300, 69_630_000, 91, True, 2),
        ("KKMP Warung Jaud", "Kasemen", "Konsumen", 12, 108, 26_136_000, 88, True, 8),
        ("KKMP Terondol", "Serang", "Konsumen", 8, 393, 136_371_000, 91, True, 34),
        ("KKMP Kota Baru", "Serang", "Konsumen", 12, 569, 144_526_000, 91, True, 0),
        ("Koperasi Tani Mulya Curug Sulanjana", "Gunungsari", "Simpan pinjam", 12, 481, 100_529_000, 66, True, 21),
        ("Koperasi Nelayan Bahari Mekarsari", "Cinangka", "Jasa", 12, 567, 103_194_000, 96, True, 34),
        ("Koperasi Wanita Melati Sindangkarya", "Anyar", "Konsumen", 10, 441, 183_897_000, 52, False, 21),
        ("KSP Mitra Usaha Pontang", "Pontang", "Simpan pinjam", 12, 72, 21_960_000, 41, False, None),
    ]
    keys = ("name", "district", "kind", "stage", "members", "savings", "paid", "met", "days")
    return [dict(zip(keys, row, strict=True)) for row in rows]


def _work() -> dict:
    return {
        "phone": [
            {"title": "Jawab keberatan anggota", "why": "Kuitansi 01790 “tidak cocok”, 2 hari", "icon": "flag",
             "state": "late", "url": "#a"},
            {"title": "Hitung kas di tangan", "why": "Terakhir 11 Nov, sudah 9 hari", "icon": "cash",
             "state": "soon", "url": "#b"},
            {"title": "Tagih 38 anggota menunggak", "why": "Rp\u00a01.120.000, pesan sudah siap", "icon": "people",
             "url": "#c"},
        ],
        "late": [
            {"title": "Tindak lanjuti kas belum disetor", "why": "KKMP Kasemen, diteruskan pengawas, Rp\u00a04.200.000",
             "age": "9 hari", "state": "late", "verb": "Tindak", "url": "#a"},
            {"title": "Ingatkan pengurus yang belum lapor Oktober", "verb": "Siapkan", "age": "10 hari",
             "why": "6 koperasi, tenggat 10 Nov, tautan dan teks sudah siap", "state": "late", "url": "#b"},
            {"title": "Periksa berkas kesiapan LPDB", "why": "KKMP Pager Agung, dikirim ulang setelah dikembalikan",
             "age": "6 hari", "state": "late", "verb": "Periksa", "url": "#c"},
        ],
        "today": [
            {"title": "Putuskan nama yang beda dengan Kemenkum", "why": "KKMP Sawah Luhur, akta dan SABH tidak sama",
             "age": "3 hari", "state": "soon", "verb": "Putuskan", "url": "#d"},
            {"title": "Terbitkan Laporan Wali Kota", "why": "Pratinjau siap, enam angka cocok dengan daftar",
             "age": "hari ini", "state": "soon", "verb": "Pratinjau", "url": "#e"},
            {"title": "Baca laporan kunjungan", "why": "4 kunjungan penyuluh, 1 temuan gedung di luar 600 m²",
             "age": "hari ini", "state": "soon", "verb": "Baca", "url": "#f"},
        ],
        "week": [
            {"title": "Tinjau pasangan koperasi ganda", "why": "3 pasang dari impor SIMKOPDES", "age": "Sel 24",
             "verb": "Tinjau", "url": "#g"},
        ],
    }  # fmt: skip


def _figures() -> dict:
    return {
        "phone": [
            {"label": "Kas di tangan", "value": 1_648_000, "rupiah": True, "url": "#kas",
             "definition": "Menurut buku, 20 Nov 2026 pukul 19.02. Belum dicocokkan dengan uang fisik."},
            {"label": "Simpanan wajib Oktober", "value": 273, "of": "dari 300 anggota lunas", "part": 273,
             "whole": 300, "url": "#w",
             "definition": "Anggota aktif per 31 Okt yang kewajiban Oktobernya terbayar penuh."},
        ],
        "six": [
            {"label": "Sudah lapor Oktober", "value": 61, "of": "dari 67", "part": 61, "whole": 67, "url": "#1",
             "definition": "Laporan bulanan terkirim. Tenggat 10 Nov."},
            {"label": "Gerai beroperasi", "value": 41, "of": "dari 67", "part": 41, "whole": 67, "url": "#2",
             "definition": "Ada penjualan dalam 30 hari terakhir."},
            {"label": "Sudah RAT tahun buku 2025", "value": 58, "of": "dari 67", "part": 58, "whole": 67, "url": "#3",
             "definition": "Berita acara diterima dinas."},
            {"label": "Pengurus ikut bimtek", "value": 214, "of": "dari 335", "part": 214, "whole": 335, "url": "#4",
             "definition": "Hadir paling sedikit sekali dalam 24 bulan."},
            {"label": "Simpanan wajib November", "value": "142,6 jt", "rupiah": True, "of": "dari 210,4 jt",
             "part": 1426, "whole": 2104, "url": "#5", "definition": "Terbayar dari yang jatuh tempo bulan ini."},
            {"label": "Siap diajukan ke LPDB", "value": 11, "of": "dari 67", "part": 11, "whole": 67, "limit": 20,
             "url": "#6", "definition": "Semua butir aturan v3 (1 Okt 2026) terpenuhi."},
        ],
    }  # fmt: skip


def _stages() -> list[dict]:
    done = [
        ("Musyawarah kelurahan khusus", "Berita acara, 87 hadir", "24 Mei 2025"),
        ("Akta notaris", "No. 14, notaris berkode NPAK", "11 Jun 2025"),
        ("Pengesahan badan hukum", "SK AHU, nama sama dengan akta", "19 Jun 2025"),
        ("NPWP koperasi", "Kartu NPWP", "2 Jul 2025"),
        ("NIB dan KBLI", "3 KBLI: 47111, 01442, 03221", "9 Jul 2025"),
        ("Rekening bank", "Dua penanda tangan", "16 Jul 2025"),
        ("Gerai dibuka", "Sembako dan LPG", "12 Jan 2026"),
    ]
    open_ = [
        ("Nomor Induk Koperasi", "waiting", "Menunggu Kementerian, 78 hari", "sejak 3 Sep 2026"),
        ("Gedung operasional", "blocked", "Lahan 480 m², syarat 600 m²", "sejak 6 Okt 2026"),
        ("Rekomendasi pembiayaan", "not_yet", "Terbuka setelah NIK dan gedung", ""),
    ]
    return [{"title": t, "why": y, "when": d, "state": "done", "url": "#bukti"} for t, y, d in done] + [
        {"title": t, "state": s, "why": y, "when": d} for t, s, y, d in open_
    ]


def _movements() -> dict:
    this_year = [
        ("20 Nov", "Wajib Sep, Okt, Nov", 30_000, 270_000, ""),
        ("16 Agu", "Wajib Agustus", 10_000, 240_000, ""),
        ("19 Jul", "Wajib Juli", 10_000, 230_000, ""),
        ("22 Jun", "Koreksi kuitansi 00977: tercatat dua kali", -10_000, 220_000, ""),
        ("21 Jun", "Wajib Juni", 10_000, 230_000, "Dibatalkan 22 Jun"),
        ("21 Jun", "Wajib Juni", 10_000, 220_000, ""),
    ]
    last_year = [("12 Agu", "Pokok, cicilan 2 dari 2", 50_000, 110_000, ""), ("14 Jul", "Pokok, cicilan 1 dari 2", 50_000, 50_000, "")]
    keys = ("date", "text", "amount", "balance", "cancelled")
    return {
        "2026": [dict(zip(keys, row, strict=True)) for row in this_year],
        "2025": [dict(zip(keys, row, strict=True)) for row in last_year],
    }


def _ledger() -> dict:
    entries = [
        ("1 Nov", "", "Saldo bulan lalu", 0, 0, 2_038_500),
        ("2 Nov", "BKM-0311", "Penjualan tunai gerai sembako", 845_000, 0, 2_883_500),
        ("3 Nov", "BKK-0198", "LPG 3 kg, 30 tabung", 0, 570_000, 2_313_500),
        ("5 Nov", "BKM-0312", "Penjualan tunai gerai sembako", 612_500, 0, 2_926_000),
        ("6 Nov", "BKK-0199", "Listrik dan air Oktober", 0, 245_000, 2_681_000),
        ("9 Nov", "BKM-0313", "Pokok cicilan 2, A-0298", 50_000, 0, 2_731_000),
        ("10 Nov", "BKK-0200", "Setor ke bank", 0, 1_500_000, 1_231_000),
        ("20 Nov", "BKM-0316", "Wajib Nov, 260 anggota", 2_640_000, 0, 3_871_000),
    ]
    balance = [
        ("Aset", [("11100", "Kas", 3_871_000, 0), ("11200", "Bank", 64_171_000, 0), ("13100", "Persediaan barang dagang", 18_420_000, 0)]),
        ("Liabilitas", [("21100", "Utang usaha", 0, 6_300_000), ("21200", "Simpanan sukarela", 0, 7_415_000)]),
        ("Ekuitas", [("31000", "Simpanan pokok", 0, 28_450_000), ("32000", "Simpanan wajib", 0, 44_297_000)]),
    ]
    return {"entries": entries, "balance": balance, "debit": 4_147_500, "credit": 2_315_000, "total": 86_462_000}


def _receipt() -> dict:
    return {
        "cooperative": "KKMP Pager Agung", "place": "Kec. Walantaka, Kota Serang", "number": "KW/2026/01842",
        "payer": "Eneng Nurbaiti, A-0047", "purpose": "Simpanan wajib Sep, Okt, Nov 2026",
        "officer": "Juleha Maryam, bendahara", "date": "20 November 2026, 19.14", "amount": 30_000,
        "words": "tiga puluh ribu rupiah", "code": "7K4Q9TXM",
        "url": "http://localhost:8000/k/7K3-7K4Q9TXM",
    }  # fmt: skip


def _navigation() -> dict:
    desk = ("Hari ini", "Ringkasan", "Koperasi", "Bimtek", "Pembinaan", "Iuran", "Laporan")
    phone = (("Beranda", "home"), ("Anggota", "people"), ("Iuran", "tickbook"), ("Buku", "book"))
    return {
        "desk": [{"label": label, "url": f"#{label}", "current": label == "Hari ini"} for label in desk],
        "phone": [
            {"label": label, "icon": icon, "url": f"#{label}", "current": icon == "home", "count": 4 if icon == "book" else 0}
            for label, icon in phone
        ],
    }


def _labelled(*rows: tuple, **more: Any) -> list[dict]:
    return [{"label": label, "url": f"#{index}", "count": count, "current": index == 0} for index, (label, count) in enumerate(rows)]


@register.simple_tag
def look_examples() -> dict:
    """Everything the style page shows, by name."""
    chips = _labelled(("Semua", 12), ("Belum", 3), ("Menunggak", 2), ("Di muka", 1))
    for chip, name in zip(chips, ("semua", "belum", "tunggak", "muka"), strict=True):
        chip["filter"] = name
    profile = _labelled(("Profil", ""), ("Tahapan", "7/10"), ("Pengurus", 8), ("Usaha", 3), ("Gedung", ""), ("Bimtek", ""), ("Pembinaan", 5), ("Buku", ""))
    for index, tab in enumerate(profile):
        tab["current"] = index == 1
    late = SignInForm({"login": "0812 0000 0047", "password": "rahasia"})
    late.add_error("password", "Kata sandi belum cocok. Tersisa 4 percobaan sebelum jeda 15 menit.")
    return {
        "task": {
            "badge": "10 hari lagi", "state": "soon", "title": "Catat iuran wajib November",
            "why": "300 anggota, belum ada yang dicatat. Oktober: 273 lunas.", "year": SHARES,
            "year_words": "Anggota lunas tiap bulan 2026: Januari 88 persen sampai Oktober 91 persen, November belum dicatat",
            "url": "#setoran", "verb": "Mulai catat 300 anggota", "second_url": "#terima",
            "second_verb": "Terima satu pembayaran",
        },
        "work": _work(), "figures": _figures(), "dues": _dues(), "chips": chips,
        "cooperatives": _cooperatives(), "stages": _stages(), "movements": _movements(), "ledger": _ledger(),
        "receipt": _receipt(), "nav": _navigation(), "profile_tabs": profile,
        "views": _labelled(("Semua", 955), ("Belum lapor Oktober", 124), ("Belum RAT 2025", 286), ("Terhenti di akta", 17), ("Siap LPDB", 48)),
        "form": ExampleForm(), "filter": FilterForm(), "sign_in": late,
        "wrong": ExampleForm({"name": "", "amount": "30.0O0", "district": "1", "joined": "2026-02-31"}, {}),
        "page": Paginator(range(955), 18).page(2),
        "sums": [("Pokok", 100_000, "lunas, 2 cicilan"), ("Wajib", 170_000, "17 dari 17 bulan")],
        "facts": [("Berdiri", "19 Juni 2025"), ("Anggota", 300), ("Simpanan", "Rp\u00a069.630.000")],
        "kv": [("Nomor", "KW/2026/01842"), ("Penyetor", "E•••• N•••••••"), ("Untuk", "Simpanan wajib, 3 bulan"), ("Dicatat", "20 November 2026, 19.14")],
        "crumbs": [{"label": "Koperasi", "url": "#k"}, {"label": "Walantaka"}],
        "counts": {100_000: 1, 50_000: 1, 10_000: 1},
        "jobs": [
            {"title": "Impor anggota dari anggota-2026.xlsx", "state": "running", "done": 260, "total": 300, "why": "Anda boleh menutup halaman ini."},
            {"title": "Laporan Wali Kota Oktober", "state": "done", "done": 67, "total": 67, "url": "#unduh", "label": "Unduh PDF"},
            {"title": "Ekspor 955 koperasi", "state": "failed", "why": "Berkas terlalu besar. Persempit saringan, lalu ulangi.", "url": "#ulangi", "label": "Ulangi"},
        ],
        "icons": sorted(ICONS),
    }  # fmt: skip
