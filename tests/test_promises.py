"""Every phrase of the two articles (docs/promises.md) is answered by a page that opens and says so, or named as not yet answered."""

import re
from pathlib import Path

import pytest
from django.urls import reverse

ROOT = Path(__file__).resolve().parent.parent
ROW = re.compile(r"^\| (?!phrase|---)([^|]+) \| ([^|]+) \|$", re.M)
PAGE = re.compile(r"\(`([\w:]+)`\)")
# phrase → who opens the page, the parts of its address, its query, what it must say
ANSWERS = {
    "MoU pembentukan 67 Koperasi Kelurahan": ("joko", "", "MoU"),
    "sudah lengkap semua, 67": ("joko", "", "dari 67 kelurahan punya KKMP"),
    "sesuai dengan instruksi Presiden": ("joko", "", "Instruksi Presiden Nomor 9 Tahun 2025"),
    "bukan hanya pencapaian administratif": ("joko", "", "Aturan status"),
    "hati-hati, uang negara, manajemennya harus kuat": ("siti", "", "Jurnal"),
    "ketua dan pengurus koperasi": ("siti", "", "Bendahara"),
    "tahapan persiapan infrastruktur dan kelembagaan": ("joko", "", "Akta notaris"),
    "modal utama: iuran pokok dan iuran wajib anggota": ("siti", "", "impanan wajib"),
    "sebagian besar anggota belum mendapat pelatihan teknis": ("joko", "", "Belum terlatih"),
    "anggaran perubahan; setelah ketok palu, langsung pelatihan": ("joko", "", "Tambah anggaran"),
    "pelatihan pengelolaan, keuangan, model bisnis": ("joko", "", "Manajemen keuangan"),
    "banyak yang belum memiliki gedung, proses pendataan": ("joko", "", "Belum didata"),
    "Wali Kota, Forkopimda, para kepala OPD": ("wali", "", "Per kecamatan"),
    "888 koperasi yang tersebar di 29 kecamatan": ("joko", "", "Unggah"),
    "Dana Alokasi Khusus (DAK)": ("joko", "", "Bimtek"),
    "pengurus koperasi dan pengawas": ("joko", "", "Jabatan kosong"),
    "mengajak masyarakat bergabung": ("siti", "", "cara menjadi anggota"),
    "di dalam koperasi ada UMKM": ("joko", "", "Anggota UMKM"),
    "kelompok masyarakat mendirikan koperasi": ("joko", "", "Tambah kelompok"),
    "setiap tahunnya 50 koperasi": ("joko", "", "Target"),
    "prioritas atas perintah Ibu Bupati": ("joko", "?prioritas=ya", "Prioritas saja"),
}
NOT_YET = {
    "model bisnis yang sesuai dengan potensi wilayah",
    "baru menerima petunjuk teknis pinjaman modal",
    "model bisnis kuat akan difasilitasi LPDB",
    "Pagar Agung: kambing, sapi, lele, contoh bagi koperasi lain",
    "terus membina setiap tahun",
    "lebih meningkatkan pembukuannya",
    "RPJMD: koperasi sektor riil",
    "menciptakan produk dan dipasarkan",
    "Harkopnas ke-75",
}
PROMISES = dict(ROW.findall((ROOT / "docs" / "promises.md").read_text()))


def test_the_table_names_every_phrase_once_with_its_page_or_as_not_yet_answered():
    assert len(PROMISES) == 30 == len(ANSWERS) + len(NOT_YET)
    assert {phrase for phrase, page in PROMISES.items() if page == "not yet"} == NOT_YET
    assert {phrase for phrase, page in PROMISES.items() if PAGE.search(page)} == set(ANSWERS)


@pytest.mark.parametrize("phrase", ANSWERS)
def test_the_page_opens_for_those_it_is_for_and_says_it(phrase, request, enter):
    who, query, words = ANSWERS[phrase]
    view = PAGE.search(PROMISES[phrase])[1]
    place = ["kota-serang", "melati"] if who == "siti" else ["kota-serang"]
    answer = enter(request.getfixturevalue(who)).get(reverse(view, args=place) + query)
    assert answer.status_code == 200
    assert words in answer.content.decode()
