"""The sheet by RT/RW, its paper twin, what is pasted into it, and the lists on paper."""

import re
import uuid
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from finance.models import Payment, Receipt
from finance.papers import CashMovePaper, cash_move_pdf
from finance.pasting import read_pasted
from finance.reports import month_sheet, verify_cooperative
from finance.reports.savers import savers_of_year
from members.actions import Applicant, Person, admit_many
from members.models import Member
from registry.models import AuditEvent
from registry.periods import today_jakarta
from tests.cast import NOW

TODAY = today_jakarta(timezone.now())


@pytest.fixture
def place(siti):
    """The address of Melati, where members 4 to 6 live in RT 003/002 and member 7 nowhere that is known."""
    with siti.acting() as (_, melati):
        Member.objects.filter(cooperative=melati, number__in=[4, 5, 6]).update(rt_rw="003/002")
        Member.objects.filter(cooperative=melati, number=7).update(rt_rw="")
    grant = siti.grant
    return f"/{grant.agency.slug}/koperasi/{grant.cooperative.slug}/"


def numbers(answer) -> list[str]:
    return sorted(row["number"] for row in answer.context["rows"])


def test_the_sheet_of_an_rt_has_its_people_and_every_rt_its_sum(enter, siti, place):
    client = enter(siti)
    everybody = client.get(f"{place}iuran/setoran/")
    assert [(one["group"].words, one["group"].members) for one in everybody.context["neighbours"]] == [
        ("RT 001/002", 6), ("RT 003/002", 3), ("Tanpa RT", 1),
    ]  # fmt: skip
    assert sum(one["group"].rupiah for one in everybody.context["neighbours"]) == everybody.context["sheet"].open_rupiah
    assert numbers(client.get(f"{place}iuran/setoran/?rt=003/002")) == ["A-0004", "A-0005", "A-0006"]
    assert numbers(client.get(f"{place}iuran/setoran/?rt=-")) == ["A-0007"]
    for nonsense in ("009/009", "%00", "x" * 5000, "003/002'--"):
        assert len(numbers(client.get(f"{place}iuran/setoran/?rt={nonsense}"))) == 10


def test_everybody_of_one_rt_is_ticked_and_saved_without_javascript(enter, siti, place):
    client = enter(siti)
    page = client.get(f"{place}iuran/setoran/?rt=003/002&semua=1")
    ticks = [row["value"] for row in page.context["rows"] if row["checked"]]
    assert len(ticks) == 3
    data = {"bayar": ticks, "kunci": page.context["key"], "rt": "003/002", "langkah": "simpan"}
    told = client.post(f"{place}iuran/setoran/", data)
    assert numbers(told) == ["A-0004", "A-0005", "A-0006"]  # refused for the cash count: the same RT again
    answer = client.post(f"{place}iuran/setoran/", data | {"koin": page.context["rupiah"]})
    assert answer.status_code == 302
    with siti.acting() as (_, melati):
        assert Receipt.objects.filter(cooperative=melati).count() == 3
        assert verify_cooperative(melati) == []


def test_who_joined_after_the_sheet_was_printed_is_not_on_it(enter, siti, place):
    with siti.acting() as (actor, melati):
        people = [Applicant(Person("Baru Datang", "P", rt_rw="003/002"), TODAY, "")]
        admit_many(cooperative=melati, people=people, actor=actor, now=NOW)
    client = enter(siti)
    address = f"{place}iuran/setoran/?rt=003/002&cetak={TODAY - timedelta(days=1)}&semua=1"
    page = client.get(address)
    assert "Semua yang tercetak membayar" in page.content.decode()
    assert numbers(page) == ["A-0004", "A-0005", "A-0006"]
    assert len(numbers(client.get(f"{place}iuran/setoran/?rt=003/002"))) == 4


def test_another_amount_survives_a_refused_form(enter, siti, place):
    """A cash difference shows the sheet again: what was typed must be what the next press of the button sends."""
    client = enter(siti)
    page = client.get(f"{place}iuran/setoran/")
    value = page.context["rows"][0]["value"]
    data = {"bayar": value, f"jumlah-{value}": "5.000", "kunci": page.context["key"], "langkah": "simpan", "koin": "1"}
    told = client.post(f"{place}iuran/setoran/", data).content.decode()
    kept = re.search(rf'<input type="hidden" name="jumlah-{re.escape(value)}" value="(\d+)">', told)
    assert kept[1] == "5000"


@pytest.fixture
def sheet(siti, place):
    with siti.acting() as (_, melati):
        yield month_sheet(cooperative=melati, month=date(2026, 1, 1), today=date(2026, 1, 20))


@pytest.mark.parametrize(
    ("line", "number", "rupiah"),
    [
        ("A-0002\t10.000", "A-0002", 10_000), ("2 10000", "A-0002", 10_000), ("a0003;Rp 20.000,-", "A-0003", 20_000),
        ("3. A-0004 = 15rb", "A-0004", 15_000), ("0005: 10 ribu", "A-0005", 10_000), ("6 - 10k", "A-0006", 10_000),
    ],
)  # fmt: skip
def test_ways_to_write_a_number_and_an_amount(sheet, line, number, rupiah):
    found = read_pasted(line, sheet)
    assert (found.amounts, found.problems) == ({number: rupiah}, [])


@pytest.mark.parametrize(
    ("line", "words"),
    [("A-0999\t10.000", "tidak ada di lembar"), ("B-0002 10000", "tidak ada di lembar"), ("A-0002 sepuluh ribu", "tulis nomor"),
     ("Ahmad 10.000", "tulis nomor"), ("2 1.500,5", "tulis nomor"), ("2 0", "nol"), ("2", "tulis nomor"), ("2 -5000", "tulis nomor")],
)  # fmt: skip
def test_what_is_not_clear_is_named_and_not_taken(sheet, line, words):
    found = read_pasted(f"nomor\tjumlah\n{line}\n3 10.000", sheet)
    assert found.amounts == {"A-0003": 10_000}
    assert len(found.problems) == 1
    assert words in found.problems[0]
    assert found.problems[0].startswith("Baris 2")


def test_a_member_twice_and_very_long_texts_are_said(sheet):
    assert "sudah ada di baris lain" in read_pasted("2 10000\nA-0002 5000", sheet).problems[0]
    long = read_pasted("bukan baris\n" * 9_000, sheet)
    assert len(long.shown) == 13
    assert "terlalu panjang" in long.problems[-1]


def test_pasted_lines_are_shown_on_the_sheet_and_saved_by_its_own_button(enter, siti, place):
    client = enter(siti)
    page = client.post(f"{place}iuran/setoran/tempel/", {"tempelan": "2\t5.000\n3\t10.000\n99\t1.000"})
    assert "2 baris dikenali" in page.content.decode()
    assert "Baris 3" in page.content.decode()
    with siti.acting() as (_, melati):
        assert not Payment.objects.filter(cooperative=melati).exists()
    ticked = {row["number"]: (row["value"], row["amount"]) for row in page.context["rows"] if row["checked"]}
    assert {number: amount for number, (_, amount) in ticked.items()} == {"A-0002": 5_000, "A-0003": 10_000}
    typed = dict(re.findall(r'<input type="hidden" name="(jumlah-[^"]+)" value="(\d+)">', page.content.decode()))
    data = {
        "bayar": [value for value, _ in ticked.values()],
        "kunci": page.context["key"],
        "langkah": "simpan",
        "koin": "15.000",
    }
    assert client.post(f"{place}iuran/setoran/", data | typed).status_code == 302
    with siti.acting() as (_, melati):
        assert sorted(Payment.objects.filter(cooperative=melati).values_list("rupiah", flat=True)) == [5_000, 10_000]
    for nonsense in ("", "\0", "x" * 70_000):
        told = client.post(f"{place}iuran/setoran/tempel/", {"tempelan": nonsense})
        assert told.status_code == 200
        assert 'role="alert"' in told.content.decode()


@pytest.mark.parametrize(
    "path",
    ["iuran/setoran/lembar.pdf", "iuran/setoran/lembar.pdf?rt=003/002", "iuran/tunggakan.pdf", "iuran/tunggakan.pdf?per=x",
     "buku/anggota.pdf", "buku/anggota.pdf?per=2026-01-05", "buku/simpanan.pdf"],
)  # fmt: skip
def test_lists_are_printed_and_the_printing_is_written_down(enter, siti, place, path):
    client = enter(siti)
    answer = client.get(place + path)
    assert answer.content.startswith(b"%PDF")
    assert answer["Cache-Control"] == "private, no-store"
    with siti.acting() as (_, melati):
        assert AuditEvent.objects.filter(cooperative_id=melati.pk, verb="print_list").count() == 1


def test_the_savings_of_a_year_add_up_to_the_members_balances(siti, place):
    from finance.actions import DuesLine, record_dues
    from finance.models import MemberBalance

    with siti.acting() as (actor, melati):
        ids = list(Member.objects.filter(cooperative=melati).values_list("pk", flat=True))[:4]
        record_dues(
            cooperative=melati, lines=[DuesLine(pk, pokok=25_000, wajib=10_000) for pk in ids], paid_on=date(2026, 2, 3),
            through=date(2026, 2, 3), key=uuid.uuid4(), actor=actor, now=NOW, today=date(2026, 2, 3),
        )  # fmt: skip
        rows = savers_of_year(cooperative=melati, year=2026, until=date(2026, 12, 31))
        assert [(row.opening, row.pokok, row.wajib, row.withdrawn) for row in rows] == [(0, 25_000, 10_000, 0)] * 4
        later = savers_of_year(cooperative=melati, year=2027, until=date(2027, 12, 31))
        assert [(row.opening, row.pokok) for row in later] == [(35_000, 0)] * 4
        kept = MemberBalance.objects.filter(cooperative=melati)
        assert sum(row.opening for row in later) == sum(one.pokok_rupiah + one.wajib_rupiah for one in kept)


def test_three_hundred_in_one_submit_cost_the_statements_of_ten(enter, siti, place):
    client = enter(siti)

    def save() -> int:
        page = client.get(f"{place}iuran/setoran/")
        rows = [row for row in page.context["rows"] if row.get("value")]
        data = {"bayar": [row["value"] for row in rows], "kunci": page.context["key"], "langkah": "simpan"}
        with CaptureQueriesContext(connection) as queries:
            answer = client.post(f"{place}iuran/setoran/", data | {"koin": sum(row["amount"] for row in rows)})
        assert answer.status_code == 302
        return len(queries)

    ten = save()
    with siti.acting() as (actor, melati):
        people = [Applicant(Person(f"Orang {n}", "L", rt_rw="001/001"), TODAY, "") for n in range(290)]
        admit_many(cooperative=melati, people=people, actor=actor, now=NOW)
    assert save() <= ten
    with siti.acting() as (_, melati):
        assert Receipt.objects.filter(cooperative=melati).count() == 300


LONG = "Koperasi Kelurahan Merah Putih Pager Agung Sejahtera Bersama Warga Walantaka"


@pytest.mark.parametrize("long", [False, True])
def test_the_proof_of_a_hand_over_is_one_page_to_be_signed_by_both(long):
    paper = CashMovePaper(
        cooperative_name=LONG if long else "Koperasi Melati",
        place_line="Kelurahan Pager Agung, Kecamatan Walantaka, Kota Serang",
        place="Serang",
        number="JU-2026-0311",
        given_by="Haji Muhammad Syarifuddin bin Abdullah Kartawijaya" if long else "Pak Udin",
        taken_by="Siti Nurhalimah Kusumawardhani Bendahara" if long else "Siti",
        rupiah=1_234_567,
        counted_rupiah=1_200_000 if long else 1_234_567,
        reason="Satu lembar tertinggal di rumah dan akan disusulkan besok pagi sebelum rapat" if long else "",
        purpose="Iuran anggota yang dipegang kolektor",
        moved_on=date(2026, 11, 20),
        demo=True,
    )
    made = cash_move_pdf(paper)
    assert made.pages == 1
    assert ("kurang" in paper.count_text) == long
