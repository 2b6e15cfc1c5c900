"""The list of an old book: recognised, checked against what was typed, posted as one entry, and taken back."""

import io
import uuid
import zipfile
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from finance.actions import (
    AlreadyReversed,
    DuesLine,
    OpeningLine,
    close_month,
    merge_members,
    move_cash,
    record_dues,
    record_opening_balances,
    reverse_opening_balances,
    settle_exit,
)
from finance.models import AccountMonth, Entry, EntryKind, MemberBalance, Obligation, Payment, Posting
from finance.reports import verify_cooperative
from finance.reports.books import account_balance
from finance.views.opening import TYPED
from members.actions import Applicant, Person, admit_many, exit_member, reveal_national_id
from members.models import Member
from registry.models import AuditEvent, ImportRow
from registry.sheets.guard import inspect_upload
from registry.sheets.reading import read_lines
from registry.tenancy import NOBODY, bind
from tests.cast import TODAY
from tests.test_bad_money_input import newcomer
from tests.test_members_import import Importing, nik, workbook

PLACE = "/kota-serang/koperasi/melati/"
OPENING = PLACE + "buku/saldo-awal/"
START = OPENING + "daftar/"
HEADINGS = ["No", "No. Anggota", "Nama", "L/P", "Tgl lahir", "Tgl masuk", "Simpanan Pokok", "Simpanan Wajib"]
# pokok 100.000 + 100.000 + 50.000 + 100.000 + 0 = 350.000, wajib 50.000 + 30.000 + 0 + 120.000 + 0 = 200.000
OLD_BOOK = [
    {"No": 1, "Nama": "Ahmad Hidayat", "Tgl masuk": date(2026, 1, 5), "Simpanan Pokok": 100_000, "Simpanan Wajib": 50_000},
    {"No": 2, "No. Anggota": "A-0002", "Nama": "Ai Komariah", "Simpanan Pokok": "Rp 100.000", "Simpanan Wajib": "30.000"},
    {"No": 3, "Nama": "Asep Kurnia", "Tgl lahir": date(1980, 1, 3), "Simpanan Pokok": 50_000},
    {"No": 4, "Nama": "Rohmat Wijaya", "L/P": "L", "Tgl masuk": date(2025, 2, 3), "Simpanan Pokok": 100_000, "Simpanan Wajib": 120_000},
    {"No": 5, "Nama": "Masitoh", "L/P": "P", "Tgl masuk": date(2025, 4, 1)},
]  # fmt: skip
TYPED_SUMS = {"as_of": "2026-01-10", "pokok": "350.000", "wajib": "200.000", "cash": "150.000", "bank": "400.000"}


def in_excel(rows: list[dict]) -> bytes:
    return workbook(rows, HEADINGS)


@pytest.fixture
def importing(enter, siti) -> Importing:
    return Importing(enter(siti), siti, START)


@pytest.fixture
def stored(importing) -> Importing:
    """The old book, uploaded and stored."""
    importing.upload(in_excel(OLD_BOOK), **TYPED_SUMS)
    importing.press("simpan")
    assert importing.batch.state == "applied", importing.batch.sentence
    return importing


def balances(someone) -> dict[str, tuple[int, int]]:
    with someone.acting() as (_, melati):
        rows = MemberBalance.objects.filter(cooperative=melati).select_related("member")
        return {
            row.member.number_text: (row.pokok_rupiah, row.wajib_rupiah)
            for row in rows
            if row.pokok_rupiah or row.wajib_rupiah
        }


def money(someone) -> dict[str, int]:
    """Debits less credits of every account that is not at zero."""
    with someone.acting() as (_, melati):
        codes = AccountMonth.objects.filter(cooperative=melati).values_list("account_code", flat=True).distinct()
        return {code: left for code in codes if (left := account_balance(melati, code))}


def book(someone) -> dict:
    """Everything a list may change."""
    with someone.acting() as (_, melati):
        return {
            "members": sorted(Member.objects.filter(cooperative=melati).values_list("number", "name", "status")),
            "entries": Entry.objects.filter(cooperative=melati).count(),
            "paid": sorted(Obligation.objects.filter(cooperative=melati, paid_rupiah__gt=0).values_list("member_id", "kind", "paid_rupiah")),
        }  # fmt: skip


def findings(someone) -> list:
    with someone.acting() as (_, melati):
        return verify_cooperative(melati)


# --- In -------------------------------------------------------------------------------------------


def test_members_old_and_new_get_their_balances_in_one_entry(importing, siti):
    importing.upload(in_excel(OLD_BOOK), **TYPED_SUMS)
    assert importing.counts() == (2, 3, 0, 0), importing.errors()
    page = importing.page().content.decode()
    assert "Jumlah di daftar sama dengan buku lama" in page
    assert "Simpan 5 baris yang benar" in page
    assert "A-0003" in importing.page(lihat="changed").content.decode()  # whom a bare name was taken for
    importing.press("simpan")
    assert balances(siti) == {
        "A-0001": (100_000, 50_000), "A-0002": (100_000, 30_000), "A-0003": (50_000, 0), "A-0011": (100_000, 120_000),
    }  # fmt: skip
    assert money(siti) == {"11100": 150_000, "11200": 400_000, "31000": -350_000, "32000": -200_000}
    with siti.acting() as (_, melati):
        [entry] = Entry.objects.filter(cooperative=melati, kind=EntryKind.OPENING)
        assert (entry.posted_on, entry.text) == (date(2026, 1, 10), "Saldo awal simpanan 4 anggota")
        assert Payment.objects.filter(cooperative=melati, entry=entry).count() == 4  # what covers a pokok
    assert findings(siti) == []


def test_who_paid_the_pokok_is_anggota_and_somebody_new_since_joining(stored, siti):
    with siti.acting() as (_, melati):
        people = {one.number_text: one for one in Member.objects.filter(cooperative=melati)}
    status = {number: people[number].status for number in ("A-0001", "A-0002", "A-0003", "A-0004", "A-0011", "A-0012")}
    assert status == {"A-0001": "active", "A-0002": "active", "A-0003": "applicant", "A-0004": "applicant",
                      "A-0011": "active", "A-0012": "applicant"}  # fmt: skip
    assert people["A-0001"].became_member_on == date(2026, 1, 10)
    assert people["A-0011"].became_member_on == people["A-0011"].joined_on == date(2025, 2, 3)


def test_a_paid_pokok_is_not_asked_for_again_and_half_of_it_is(stored, siti):
    with siti.acting() as (_, melati):
        pokok = Obligation.objects.filter(cooperative=melati, kind="pokok").select_related("member")
        left = {row.member.number_text: row.due_rupiah - row.paid_rupiah for row in pokok}
    assert (left["A-0001"], left["A-0003"], left["A-0011"]) == (0, 50_000, 0)


@pytest.mark.parametrize(("name", "typed", "words"), [
    ("pokok", "300.000", "Simpanan pokok di daftar Rp\u00a0350.000, menurut buku lama Rp\u00a0300.000: lebih Rp\u00a050.000."),
    ("wajib", "240.000", "Simpanan wajib di daftar Rp\u00a0200.000, menurut buku lama Rp\u00a0240.000: kurang Rp\u00a040.000."),
])  # fmt: skip
def test_another_total_is_refused_with_both_figures_and_the_difference(importing, siti, name, typed, words):
    sums = TYPED_SUMS | {name: typed}
    other = {"pokok": 500_000, "wajib": 590_000}[name]
    sums["bank"] = str(other - 150_000)
    before = book(siti)
    importing.upload(in_excel(OLD_BOOK), **sums)
    page = importing.page().content.decode()
    assert words in page
    assert "Simpan 5 baris" not in page
    importing.press("simpan")  # as somebody with an old page would
    assert importing.batch.state == "read"
    assert words in importing.batch.sentence
    assert book(siti) == before
    assert findings(siti) == []


def test_a_wrong_total_is_put_right_without_uploading_again(importing, siti):
    importing.upload(in_excel(OLD_BOOK), **TYPED_SUMS | {"pokok": "300.000", "bank": "350.000"})
    path = f"{START}{importing.batch.number}/buku-lama/"
    assert 'value="300.000"' in importing.client.get(path).content.decode()
    assert importing.client.post(path, TYPED_SUMS).status_code == 302
    importing.work()
    assert "Jumlah di daftar sama dengan buku lama" in importing.page().content.decode()
    importing.press("simpan")
    assert money(siti)["31000"] == -350_000


def test_the_same_file_again_changes_nothing(stored, siti):
    before = book(siti)
    stored.upload(in_excel(OLD_BOOK), **TYPED_SUMS)
    assert stored.counts() == (0, 0, 5, 0), stored.errors()
    page = stored.page().content.decode()
    assert "Tidak ada yang perlu disimpan" in page
    assert "Belum sama dengan buku lama" not in page
    stored.client.post(f"{START}{stored.batch.number}/simpan/")
    stored.work()
    assert stored.batch.state == "read"
    assert book(siti) == before
    assert findings(siti) == []


def test_who_has_another_opening_balance_already_comes_back_with_a_sentence(stored, siti):
    stored.upload(in_excel([OLD_BOOK[0] | {"Simpanan Wajib": 60_000}]), **TYPED_SUMS)
    [said] = stored.errors()[2]
    assert (
        said
        == "A-0001 sudah punya saldo awal: pokok 100.000, wajib 50.000. Bila itu salah, batalkan dulu saldo awalnya."
    )


def test_those_left_over_come_with_a_second_list(stored, siti):
    rest = [{"No. Anggota": "A-0005", "Nama": "Eneng Nurbaiti", "Simpanan Pokok": 100_000, "Simpanan Wajib": 10_000}]
    stored.upload(
        in_excel(OLD_BOOK + rest), as_of="2026-01-12", pokok="100.000", wajib="10.000", cash="110.000", bank=""
    )
    assert stored.counts() == (0, 1, 5, 0)
    stored.press("simpan")
    assert balances(siti)["A-0005"] == (100_000, 10_000)
    assert money(siti)["31000"] == -450_000
    assert findings(siti) == []


# --- What comes back ------------------------------------------------------------------------------


FAULTS = [
    ({"Nama": "Orang Asing", "Simpanan Pokok": 1}, "Belum ada di buku anggota. Isi kolom L/P"),
    ({"Nama": "Ahmad Hidayat", "Tgl masuk": date(2024, 1, 1), "Simpanan Pokok": 1}, "Nama ini sudah tercatat sebagai A-0001, masuk 05/01/2026."),
    ({"Nama": "Ahmad Hidayat", "L/P": "L", "Tgl masuk": date(2024, 1, 1), "Simpanan Pokok": 1}, "bila orang lain, isi tanggal lahirnya"),
    ({"No. Anggota": "A-0009", "Nama": "Ahmad Hidayat", "Simpanan Pokok": 1}, "A-0001, bukan nomor 9"),
    ({"No. Anggota": "A-0009", "Nama": "Orang Lain", "L/P": "L", "Simpanan Pokok": 1}, "A-0009 sudah dipakai orang lain"),
    ({"Nama": "Pendatang Baru", "L/P": "L", "Tgl masuk": date(2026, 2, 1), "Simpanan Pokok": 1}, "Masuk 01/02/2026, sesudah tanggal saldo 10/01/2026."),
    ({"Nama": "Iwan Setiawan", "Simpanan Pokok": "-5.000"}, "Simpanan pokok:"),
    ({"Nama": "Iwan Setiawan", "Simpanan Pokok": "1.500,5"}, "Simpanan pokok:"),
    ({"Nama": "Iwan Setiawan", "Simpanan Wajib": 10**30}, "Simpanan wajib:"),
    ({"Nama": "Iwan Setiawan", "Simpanan Wajib": "sepuluh ribu"}, "Simpanan wajib:"),
    ({"Nama": "", "Simpanan Wajib": 5_000}, "Nama wajib diisi"),
]  # fmt: skip


@pytest.mark.parametrize(("row", "words"), FAULTS, ids=[words for _, words in FAULTS])
def test_a_line_that_cannot_be_says_why(importing, row, words):
    importing.upload(in_excel([row, OLD_BOOK[1]]), **TYPED_SUMS)
    assert importing.counts()[1:] == (1, 0, 1)
    assert words in " ".join(importing.errors()[2])


def test_a_name_two_members_have_is_not_enough(importing, siti, now):
    with siti.acting() as (actor, melati):
        twin = Applicant(Person("Ahmad Hidayat", "L"), date(2026, 1, 5), "")
        admit_many(cooperative=melati, people=[twin], actor=actor, now=now)
    importing.upload(in_excel(OLD_BOOK[:2]), **TYPED_SUMS)
    assert "Ada 2 anggota dengan nama ini. Isi nomor anggotanya." in importing.errors()[2]
    importing.upload(in_excel([OLD_BOOK[0] | {"No. Anggota": "11"}, OLD_BOOK[1]]), **TYPED_SUMS)
    assert importing.counts() == (0, 2, 0, 0)


def test_one_person_in_two_lines_is_taken_once(importing):
    importing.upload(in_excel([OLD_BOOK[0], OLD_BOOK[0] | {"No. Anggota": "1", "Simpanan Wajib": 1}]), **TYPED_SUMS)
    assert importing.errors() == {3: ["Orang yang sama sudah ada di baris 2."]}


def test_the_faulty_lines_come_back_in_a_file_of_the_same_columns(importing):
    importing.upload(in_excel([*OLD_BOOK, {"No": 6, "Nama": "Orang Asing", "Simpanan Pokok": 5_000}]), **TYPED_SUMS)
    link = next(part for part in importing.page().content.decode().split('"') if "/berkas/" in part)
    answer = importing.client.get(link)
    with inspect_upload(answer.content, "a.xlsx") as checked:
        lines = [line.cells for line in read_lines(checked)]
    head = next(index for index, cells in enumerate(lines) if "Kesalahan" in cells)
    assert lines[head][1:] == HEADINGS
    [faulty] = lines[head + 1 :]
    assert "Belum ada di buku anggota" in faulty[0]
    assert faulty[3] == "Orang Asing"
    importing.press("simpan")  # the others add up
    assert importing.batch.state == "applied"


def test_columns_matched_once_are_remembered(importing):
    headings = ["Nama", "Tgl masuk", "Setoran A", "Setoran B"]
    rows = [{"Nama": "Iwan Setiawan", "Setoran A": 100_000, "Setoran B": 5_000}]
    importing.upload(workbook(rows, headings), **TYPED_SUMS)
    assert importing.batch.state == "columns"
    path = f"{START}{importing.batch.number}/kolom/"
    assert "Simpanan pokok, Simpanan wajib" in importing.client.get(path).content.decode()
    chosen = {"kolom-0": "name", "kolom-1": "joined_on", "kolom-2": "pokok", "kolom-3": "wajib"}
    assert importing.client.post(path, chosen).status_code == 302
    importing.work()
    assert importing.counts() == (0, 1, 0, 0), importing.errors()
    importing.upload(workbook(rows, headings), **TYPED_SUMS)
    assert importing.batch.state == "read"


def test_a_column_nobody_keeps_here_is_said_not_swallowed(importing):
    rows = [row | {"Sukarela": 7_000} for row in OLD_BOOK]
    importing.upload(workbook(rows, [*HEADINGS, "Sukarela"]), **TYPED_SUMS)
    assert "Tidak ikut dicatat: kolom Sukarela" in importing.page().content.decode()


def test_a_csv_is_read_too_and_one_with_a_nul_refused(importing):
    text = "Nama;Tgl masuk;Pokok;Wajib\r\nAhmad Hidayat;05/01/2026;100.000;50.000\r\n\u202eIwan Setiawan;;1;1\r\n"
    importing.upload(text.encode("utf-8-sig"), "daftar.csv", **TYPED_SUMS)
    assert importing.counts() == (0, 2, 0, 0), importing.errors()
    file = io.BytesIO(text.replace("Ahmad", "Ah\0mad").encode())
    file.name = "daftar.csv"
    answer = importing.client.post(START, {"berkas": file, **TYPED_SUMS})
    assert answer.status_code == 422
    assert 'class="err"' in answer.content.decode()


def test_no_amount_at_all_is_no_opening_balance(importing, siti):
    before = book(siti)
    importing.upload(in_excel([OLD_BOOK[4]]), as_of="2026-01-10", pokok="0", wajib="0", cash="", bank="")
    assert importing.counts() == (1, 0, 0, 0)
    importing.press("simpan")
    assert importing.batch.sentence == "Belum ada saldo anggota yang diisi."
    assert book(siti) == before


TYPED_WRONG = [
    ({"as_of": "2025-12-31"}, "Buku di sini dimulai 1 Jan 2026"), ({"as_of": "2099-01-01"}, "belum tiba"),
    ({"as_of": "31/02/2026"}, ""), ({"as_of": "\0"}, ""), ({"pokok": ""}, "Belum diisi"), ({"pokok": "-5"}, ""),
    ({"pokok": "1" + "0" * 30}, ""), ({"wajib": "banyak"}, ""), ({"cash": "1,5"}, ""), ({"bank": "\U0001f4b0"}, ""),
    ({"cash": "150.001"}, "Keduanya harus sama"), ({"cash": "", "bank": ""}, "Keduanya harus sama"),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "words"), TYPED_WRONG)
def test_what_cannot_be_typed_is_refused_and_kept(importing, siti, typed, words):
    file = io.BytesIO(in_excel(OLD_BOOK))
    file.name = "daftar.xlsx"
    answer = importing.client.post(START, {"berkas": file, **TYPED_SUMS, **typed})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'class="err"' in page
    assert words in page.replace("\u00a0", " ")
    assert 'value="200.000"' in page or "wajib" in typed
    importing.upload(in_excel(OLD_BOOK), **TYPED_SUMS)
    again = importing.client.post(f"{START}{importing.batch.number}/buku-lama/", {**TYPED_SUMS, **typed})
    assert again.status_code == 422
    assert words in again.content.decode().replace("\u00a0", " ")


def test_everything_wrong_is_said_at_once(importing):
    page = importing.client.post(START, TYPED_SUMS | {"cash": "1"}).content.decode().replace("\u00a0", " ")
    assert "Pilih berkasnya dahulu" in page
    assert "Kas dan bank Rp 400.001, padahal simpanan Rp 550.000" in page


def test_a_closed_month_takes_no_opening_balance(importing, siti, wati):
    checker = wati.user.pk
    with siti.acting() as (actor, melati):
        close_month(cooperative=melati, month=date(2026, 1, 1), checker_id=checker, cash_counted=0, actor=actor,
                    now=timezone.now(), today=date(2026, 3, 1))  # fmt: skip
    file = io.BytesIO(in_excel(OLD_BOOK))
    file.name = "daftar.xlsx"
    answer = importing.client.post(START, {"berkas": file, **TYPED_SUMS})
    assert answer.status_code == 422
    assert "sudah ditutup" in answer.content.decode()


def test_a_month_closed_between_looking_and_storing_is_refused(importing, siti, wati):
    importing.upload(in_excel(OLD_BOOK), **TYPED_SUMS)
    before, checker = book(siti), wati.user.pk
    with siti.acting() as (actor, melati):
        close_month(cooperative=melati, month=date(2026, 1, 1), checker_id=checker, cash_counted=0, actor=actor,
                    now=timezone.now(), today=date(2026, 3, 1))  # fmt: skip
    importing.press("simpan")
    assert importing.batch.state == "read"
    assert "sudah ditutup" in importing.batch.sentence
    assert book(siti)["members"] == before["members"]


def test_somebody_admitted_between_looking_and_storing_does_not_come_twice(importing, siti, now):
    importing.upload(in_excel(OLD_BOOK), **TYPED_SUMS)
    with siti.acting() as (actor, melati):
        rohmat = Applicant(Person("Rohmat Wijaya", "L"), date(2025, 2, 3), "")
        admit_many(cooperative=melati, people=[rohmat], actor=actor, now=now)
    importing.press("simpan")
    assert importing.batch.state == "applied", importing.batch.sentence
    with siti.acting() as (_, melati):
        assert Member.objects.filter(cooperative=melati, name="Rohmat Wijaya").count() == 1
    assert balances(siti)["A-0011"] == (100_000, 120_000)


def test_a_balance_somebody_entered_meanwhile_is_not_posted_twice(importing, siti, now):
    importing.upload(in_excel(OLD_BOOK), **TYPED_SUMS)
    with siti.acting() as (actor, melati):
        ahmad = Member.objects.get(cooperative=melati, number=1)
        record_opening_balances(
            cooperative=melati, lines=[OpeningLine(ahmad.pk, 100_000, 50_000)], cash=150_000, bank=0, as_of=TODAY,
            expected_total=150_000, key=uuid.uuid4(), actor=actor, now=now, today=TODAY,
        )  # fmt: skip
    importing.press("simpan")
    assert importing.batch.state == "read"
    assert importing.batch.sentence.endswith("Tekan Ubah tanggal atau jumlah, lalu Periksa lagi.")
    assert balances(siti) == {"A-0001": (100_000, 50_000)}
    importing.client.post(f"{START}{importing.batch.number}/buku-lama/",
                          TYPED_SUMS | {"pokok": "250.000", "wajib": "150.000", "cash": "0"})  # fmt: skip
    importing.work()
    assert importing.counts() == (2, 2, 1, 0)
    importing.press("simpan")
    assert money(siti)["31000"] == -350_000
    assert findings(siti) == []


def test_a_nik_is_sealed_on_its_way_and_opens_only_for_its_member(importing, siti, now):
    citizen = nik(7)
    rows = [OLD_BOOK[3] | {"NIK": citizen}]
    sums = {"as_of": "2026-01-10", "pokok": "100.000", "wajib": "120.000", "cash": "220.000", "bank": ""}
    importing.upload(workbook(rows, [*HEADINGS, "NIK"]), **sums)
    with siti.acting():
        [row] = ImportRow.objects.filter(batch=importing.batch)
        assert citizen not in str(row.data)
    importing.press("simpan")
    with siti.acting() as (actor, _):
        rohmat = Member.objects.get(name="Rohmat Wijaya")
        assert reveal_national_id(member=rohmat, reason="uji", actor=actor, now=now) == citizen


# --- Out ------------------------------------------------------------------------------------------


def test_undoing_gives_the_books_back_and_leaves_the_people(stored, siti):
    stored.press("batalkan")
    assert stored.batch.state == "undone", stored.batch.sentence
    assert balances(siti) == {}
    assert money(siti) == {}
    with siti.acting() as (_, melati):
        people = {one.number_text: one.status for one in Member.objects.filter(cooperative=melati)}
        assert not Obligation.objects.filter(cooperative=melati, paid_rupiah__gt=0).exists()
        reversal = Entry.objects.get(cooperative=melati, kind=EntryKind.REVERSAL)
        assert (reversal.posted_on, reversal.text) == (date(2026, 1, 10), "Pembatalan saldo awal JU-2026-0001")
        assert AuditEvent.objects.filter(verb="reverse_opening_balances").count() == 1
    assert (people["A-0001"], people["A-0011"], people["A-0012"]) == ("applicant", "active", "applicant")
    assert findings(siti) == []
    page = stored.page().content.decode()
    assert "JU-2026-0001" in page
    assert "JU-2026-0002" in page


def test_after_an_undo_the_right_list_may_come(stored, siti):
    stored.press("batalkan")
    stored.upload(in_excel(OLD_BOOK), **TYPED_SUMS)
    assert stored.counts() == (0, 4, 1, 0), stored.errors()
    stored.press("simpan")
    assert balances(siti)["A-0011"] == (100_000, 120_000)
    assert money(siti) == {"11100": 150_000, "11200": 400_000, "31000": -350_000, "32000": -200_000}
    assert findings(siti) == []


def test_a_payment_since_stays_when_the_list_is_undone(stored, siti, now):
    with siti.acting() as (actor, melati):
        asep = Member.objects.get(cooperative=melati, number=3)
        record_dues(cooperative=melati, lines=[DuesLine(asep.pk, pokok=50_000, wajib=10_000)], paid_on=date(2026, 2, 1),
                    through=date(2026, 2, 1), key=uuid.uuid4(), actor=actor, now=now, today=date(2026, 11, 21))  # fmt: skip
    stored.press("batalkan")
    assert stored.batch.state == "undone", stored.batch.sentence
    assert balances(siti) == {"A-0003": (50_000, 10_000)}
    assert findings(siti) == []


def test_people_merged_since_owe_again_when_the_list_is_undone(stored, siti, now):
    with siti.acting() as (actor, melati):
        one, two = Member.objects.filter(cooperative=melati, number__in=[4, 3]).order_by("-number")
        merge_members(survivor=one, merged=two, versions=(one.version, two.version), taken=frozenset(), actor=actor, now=now,
                      today=date(2026, 11, 21))  # fmt: skip
        pokok = Obligation.objects.filter(cooperative=melati, member=one, kind="pokok")
        assert pokok.get().due_rupiah == 50_000  # the other half stands with the merged entry
    stored.press("batalkan")
    assert stored.batch.state == "undone", stored.batch.sentence
    with siti.acting() as (_, melati):
        assert Obligation.objects.get(cooperative=melati, member=one, kind="pokok").due_rupiah == 100_000
    assert findings(siti) == []


def test_a_line_of_a_merged_entry_is_the_persons(importing, siti, now):
    with siti.acting() as (actor, melati):
        one, two = Member.objects.filter(cooperative=melati, number__in=[3, 4]).order_by("-number")
        merge_members(survivor=one, merged=two, versions=(one.version, two.version), taken=frozenset(), actor=actor, now=now,
                      today=date(2026, 11, 21))  # fmt: skip
    both = [OLD_BOOK[2], {"No. Anggota": "4", "Nama": "Dadang Hermawan", "Simpanan Pokok": 50_000}]
    importing.upload(in_excel(both), as_of="2026-01-10", pokok="50.000", wajib="0", cash="50.000", bank="")
    assert importing.errors() == {3: ["Orang yang sama sudah ada di baris 2."]}
    importing.press("simpan")
    assert balances(siti) == {"A-0004": (50_000, 0)}
    assert findings(siti) == []


def test_undo_is_refused_when_savings_were_returned_since(stored, siti, now):
    with siti.acting() as (actor, melati):
        ai = Member.objects.get(cooperative=melati, number=2)
        ai = exit_member(member=ai, on=date(2026, 3, 1), reason="moved", note="", actor=actor, now=now)
        settle_exit(
            cooperative=melati,
            member=ai,
            on=date(2026, 3, 1),
            pay_now=False,
            actor=actor,
            now=now,
            today=date(2026, 11, 21),
        )
    before = book(siti)
    stored.press("batalkan")
    assert stored.batch.state == "applied"
    assert "A-0002 sudah berhenti dan simpanannya sudah diselesaikan" in stored.batch.sentence
    assert stored.batch.sentence in stored.page().content.decode()
    assert book(siti) == before


def test_undo_is_refused_when_the_money_went_on(stored, siti, now):
    with siti.acting() as (actor, melati):
        move_cash(cooperative=melati, kind="deposit", rupiah=150_000, on=date(2026, 2, 1), key=uuid.uuid4(), actor=actor, now=now,
                  today=date(2026, 11, 21))  # fmt: skip
    stored.press("batalkan")
    assert stored.batch.state == "applied"
    assert "kas tinggal Rp\u00a00, padahal saldo awal membawa Rp\u00a0150.000" in stored.batch.sentence
    assert findings(siti) == []


def test_an_undo_in_a_closed_month_is_dated_on_the_first_open_day(stored, siti, wati):
    checker = wati.user.pk
    with siti.acting() as (actor, melati):
        close_month(cooperative=melati, month=date(2026, 1, 1), checker_id=checker, cash_counted=150_000, actor=actor,
                    now=timezone.now(), today=date(2026, 3, 1))  # fmt: skip
    stored.press("batalkan")
    assert stored.batch.state == "undone", stored.batch.sentence
    with siti.acting() as (_, melati):
        assert Entry.objects.get(cooperative=melati, kind=EntryKind.REVERSAL).posted_on == date(2026, 2, 1)
    assert findings(siti) == []


def test_an_entry_is_taken_back_from_its_own_page_once(stored, siti):
    with siti.acting() as (_, melati):
        entry = Entry.objects.get(cooperative=melati, kind=EntryKind.OPENING)
    path = f"{OPENING}{entry.address}/batal/"
    assert path in stored.client.get(f"{PLACE}buku/jurnal/{entry.address}/").content.decode()
    assert stored.client.post(path, {"alasan": " "}).status_code == 200
    assert stored.client.post(path, {"alasan": "salah ketik"}).status_code == 302
    assert balances(siti) == {}
    page = stored.client.get(f"{PLACE}buku/jurnal/{entry.address}/").content.decode()
    assert path not in page
    assert "Sudah dibatalkan" in page
    assert stored.client.post(path, {"alasan": "salah ketik"}).status_code == 302
    stored.press("batalkan")
    assert stored.batch.sentence == "Saldo awal ini sudah dibatalkan sebelumnya."
    with siti.acting() as (_, melati):
        assert Entry.objects.filter(cooperative=melati, kind=EntryKind.REVERSAL).count() == 1
    assert stored.client.get(OPENING).status_code == 200  # the form is there again


def test_what_is_no_opening_balance_is_not_taken_back_as_one(siti, now):
    with siti.acting() as (actor, melati):
        member = Member.objects.get(cooperative=melati, number=1)
        done = record_opening_balances(
            cooperative=melati, lines=[OpeningLine(member.pk, pokok=100_000)], cash=100_000, bank=0, as_of=TODAY,
            expected_total=100_000, key=uuid.uuid4(), actor=actor, now=now, today=TODAY,
        )  # fmt: skip
        entry = Entry.objects.get(pk=done.entry_id)
        common = {"cooperative": melati, "reason": "uji", "actor": actor, "now": now, "today": TODAY}
        back = reverse_opening_balances(entry=entry, **common)
        with pytest.raises(AlreadyReversed):
            reverse_opening_balances(entry=entry, **common)
        with pytest.raises(Exception, match="bukan saldo awal"):
            reverse_opening_balances(entry=Entry.objects.get(pk=back.entry_id), **common)


# --- Who, and how many ----------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["", "daftar/", "daftar/contoh.xlsx", "anggota.xlsx"])
def test_only_those_who_record_money_open_these_pages(enter, siti, wati, budi, yusuf, joko, lestari, ratna, page):
    expected = {siti: 200, wati: 403, budi: 200, yusuf: 200, joko: 403, lestari: 404, ratna: 404}
    for someone, status in expected.items():
        assert enter(someone).get(OPENING + page).status_code == status, someone.username


def test_the_list_of_the_neighbours_is_not_found_and_their_members_are_strangers(importing, enter, ratna):
    importing.upload(in_excel(OLD_BOOK), **TYPED_SUMS)
    client, number = enter(ratna), importing.batch.number
    for page in ("", "buku-lama/", "kolom/"):
        assert client.get(f"{START}{number}/{page}").status_code == 404
        assert client.get(f"/kota-serang/koperasi/kenanga/buku/saldo-awal/daftar/{number}/{page}").status_code == 404
    theirs = Importing(client, ratna, "/kota-serang/koperasi/kenanga/buku/saldo-awal/daftar/")
    theirs.upload(in_excel([{"No. Anggota": "A-0007", "Nama": "Iwan Setiawan", "Simpanan Pokok": 1}]), **TYPED_SUMS)
    assert "Belum ada di buku anggota" in theirs.errors()[2][0]


def test_the_filled_list_names_everybody_without_opening_balance(stored, siti):
    content = stored.client.get(OPENING + "anggota.xlsx").content
    with inspect_upload(content, "a.xlsx") as checked:
        cells = [line.cells for line in read_lines(checked)]
    numbers = [row[0] for row in cells if str(row[0]).startswith("A-")]
    assert numbers == ["A-0004", "A-0005", "A-0006", "A-0007", "A-0008", "A-0009", "A-0010", "A-0012"]
    stored.upload(content, **TYPED_SUMS)
    assert stored.counts() == (0, 0, 8, 0), stored.errors()


@pytest.mark.parametrize("page", ["daftar/contoh.xlsx", "anggota.xlsx"])
def test_the_lists_to_fill_in_offer_choices_and_take_only_whole_rupiah(enter, siti, page):
    with zipfile.ZipFile(io.BytesIO(enter(siti).get(OPENING + page).content)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        words = book.read("xl/sharedStrings.xml").decode()
    assert sheet.count('<dataValidation type="list"') == 2  # L/P, Status
    assert sheet.count('<dataValidation type="whole"') == 2  # pokok, wajib
    assert "Simpanan pokok *" in words


def test_where_many_are_members_the_page_points_to_the_list(enter, siti, now):
    with siti.acting() as (actor, melati):
        people = [Applicant(Person(f"Warga {n:04d}", "L"), date(2026, 1, 5), "") for n in range(TYPED)]
        admit_many(cooperative=melati, people=people, actor=actor, now=now)
    client = enter(siti)
    page = client.get(OPENING).content.decode()
    assert START in page
    assert 'name="pokok-1"' not in page
    typed = {
        "as_of": "2026-01-10",
        "expected_total": "9",
        "cash": "9",
        "pokok-1": "seratus",
        "kunci": str(uuid.uuid4()),
    }
    again = client.post(OPENING, typed).content.decode()
    assert 'value="seratus"' in again, "what was typed before stays"


def test_without_books_the_rates_come_first(enter, siti):
    client = enter(newcomer())
    assert client.get("/kota-serang/koperasi/baru/buku/saldo-awal/daftar/").url.endswith("/iuran/pengaturan/")


def rows_of(count: int, first: int) -> list[dict]:
    return [
        {"Nama": f"Warga {first + n:04d}", "L/P": "LP"[n % 2], "Tgl masuk": date(2025, 1 + n % 12, 1 + n % 28),
         "Simpanan Pokok": 100_000 if n % 3 else 50_000, "Simpanan Wajib": 10_000}
        for n in range(count)
    ]  # fmt: skip


def test_as_many_statements_for_300_lines_as_for_30(importing, siti):
    asked = {}
    for count, first in ((30, 1000), (300, 5000)):
        rows = rows_of(count, first)
        pokok, wajib = (sum(row[f"Simpanan {kind}"] for row in rows) for kind in ("Pokok", "Wajib"))
        sums = {"as_of": "2026-01-10", "pokok": str(pokok), "wajib": str(wajib), "cash": str(pokok + wajib), "bank": ""}
        steps = (
            lambda rows=rows, sums=sums: importing.upload(in_excel(rows), **sums),
            lambda: importing.press("simpan"),
            lambda: importing.press("batalkan"),
        )
        for name, step in zip(("read", "store", "undo"), steps, strict=True):
            with CaptureQueriesContext(connection) as queries:
                step()
            asked.setdefault(name, []).append(len(queries))
            bind(NOBODY)
        assert importing.batch.state == "undone", importing.batch.sentence
    assert all(few == many for few, many in asked.values()), asked
    with siti.acting() as (_, melati):
        assert Posting.objects.filter(cooperative=melati, entry__kind=EntryKind.OPENING).count() == 2 * 330 + 2


def test_good_lines_do_not_stay_in_the_staging_table(stored, siti):
    with siti.acting():
        assert not ImportRow.objects.filter(batch=stored.batch).exists()
    assert "sudah menjadi saldo awal" in stored.page(lihat="new").content.decode()


def test_the_pages_of_a_list_and_of_its_entry_ask_little(stored, siti):
    with siti.acting() as (_, melati):
        entry = Entry.objects.get(cooperative=melati, kind=EntryKind.OPENING)
    number = stored.batch.number
    for path in (
        f"{START}{number}/",
        f"{START}{number}/kolom/",
        f"{START}{number}/buku-lama/",
        f"{OPENING}{entry.address}/batal/",
    ):
        with CaptureQueriesContext(connection) as queries:
            assert stored.client.get(path).status_code in (200, 302), path
        assert len(queries) - 3 <= 20, path  # three are the harness's own
