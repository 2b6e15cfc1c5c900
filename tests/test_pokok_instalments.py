"""The pokok by instalments, as the by-laws say: proposed on the sheet, in the single payment and in the list a phone carries."""

import re
import uuid
from datetime import UTC, date, datetime, time

import pytest
from django.db import transaction

from finance.actions import AlreadyRecorded, DuesLine, decide_by_laws, record_dues, reverse_payment
from finance.forms.dues import pokok_choices
from finance.models import Payment
from finance.reports import Rules, carried_list, month_sheet, open_dues, verify_cooperative, with_pokok
from members.models import Member

TODAY = date(2026, 4, 10)
NOW = datetime.combine(TODAY, time(5), tzinfo=UTC)
BASE = "/kota-serang/koperasi/melati/iuran/"


@pytest.fixture
def melati(siti):
    """siti's cooperative: pokok Rp 100.000 in three instalments from February on; `open`, `pay` on a day."""
    with siti.acting() as (actor, cooperative):
        decide(actor, cooperative, 3)

        class Melati:
            def __init__(self):
                self.one = Member.objects.get(cooperative=cooperative, number=1)
                self.cooperative, self.actor = cooperative, actor

            def open(self, day=TODAY):
                return open_dues(cooperative=cooperative, member=self.one, through=day)

            def row(self, day=TODAY):
                sheet = month_sheet(cooperative=cooperative, month=day, today=day)
                rows = with_pokok(sheet, cooperative=cooperative, today=day).rows
                return next(row for row in rows if row.member_id == self.one.pk)

            def pay(self, day=TODAY, **line):
                return record_dues(
                    cooperative=cooperative, lines=[DuesLine(self.one.pk, **line)], paid_on=day, through=day,
                    key=uuid.uuid4(), actor=actor, now=NOW, today=day,
                )  # fmt: skip

        yield Melati()


def decide(actor, cooperative, times: int) -> None:
    decide_by_laws(cooperative=cooperative, rules=Rules(date(2026, 2, 1), pokok_instalments=times), decided_on=TODAY,
                   decision="RAT 2025 butir 4", actor=actor, now=NOW)  # fmt: skip


def test_one_instalment_a_month_is_proposed_and_the_last_one_is_the_rest(melati):
    """100.000 in three: 33.334 twice, then 33.332."""
    months = [TODAY, date(2026, 5, 3), date(2026, 6, 30)]
    for day, left, part in zip(months, (100_000, 66_666, 33_332), (33_334, 33_334, 33_332), strict=True):
        found = melati.open(day)
        assert (found.pokok_left, found.instalment, found.pokok_now) == (left, part, part)
        melati.pay(day, pokok=part)
        assert melati.open(day).pokok_now == 0
    assert melati.open().pokok_left == 0
    assert Member.objects.get(pk=melati.one.pk).status == "active"
    assert verify_cooperative(melati.cooperative) == []


def test_what_was_paid_of_this_months_instalment_is_taken_off_until_it_is_taken_back(melati):
    melati.pay(pokok=10_000)
    found = melati.open()
    assert (found.pokok_left, found.instalment, found.pokok_now) == (90_000, 33_334, 23_334)
    assert [value for value, _ in pokok_choices(found)] == ["0", "23334", "33334", "90000", "cicil"]
    reverse_payment(cooperative=melati.cooperative, payment=Payment.objects.get(member=melati.one), reason="salah", on=TODAY,
                    actor=melati.actor, now=NOW, today=TODAY)  # fmt: skip
    assert melati.open().pokok_now == 33_334


def test_a_payment_of_an_earlier_month_taken_back_does_not_raise_the_instalment(melati):
    melati.pay(pokok=33_334)
    may = date(2026, 5, 3)
    reverse_payment(cooperative=melati.cooperative, payment=Payment.objects.get(member=melati.one), reason="salah", on=may,
                    actor=melati.actor, now=NOW, today=may)  # fmt: skip
    assert (melati.open(may).pokok_left, melati.open(may).pokok_now) == (100_000, 33_334)


def test_without_a_rule_nothing_but_all_of_it_is_offered(siti):
    with siti.acting() as (_, cooperative):
        one = Member.objects.get(cooperative=cooperative, number=1)
        found = open_dues(cooperative=cooperative, member=one, through=TODAY)
        assert (found.instalment, found.pokok_now) == (0, 0)
        assert pokok_choices(found) == [
            ("0", "Tidak sekarang"),
            ("100000", "Lunasi Rp\u00a0100.000"),
            ("cicil", "Cicil"),
        ]
        sheet = month_sheet(cooperative=cooperative, month=TODAY, today=TODAY)
        assert with_pokok(sheet, cooperative=cooperative, today=TODAY) == sheet
        assert carried_list(cooperative=cooperative, today=TODAY).rows[0].instalment == 0


def test_the_sheet_of_this_month_asks_for_wajib_and_the_instalment(melati):
    """January to April are 40.000; with the instalment 73.334. The sheet of March asks for its three months alone."""
    row = melati.row()
    assert (row.amount, row.asked, row.tick) == (40_000, 73_334, "A-0001.40000.p33334.100000")
    melati.pay(wajib=40_000)
    row = melati.row()
    assert (row.settled, row.asked, row.tick) == (True, 33_334, "A-0001.0.p33334.100000")
    melati.pay(pokok=33_334)
    assert melati.row().asked == 0
    march = month_sheet(cooperative=melati.cooperative, month=date(2026, 3, 1), today=TODAY)
    assert with_pokok(march, cooperative=melati.cooperative, today=TODAY) == march


def test_the_phone_carries_the_same_instalment(melati):
    def carried():
        rows = carried_list(cooperative=melati.cooperative, today=TODAY).rows
        row = next(row for row in rows if row.number == melati.one.number_text)
        return row.pokok_left, row.instalment, row.pokok_now

    assert carried() == (100_000, 33_334, 33_334)
    melati.pay(pokok=33_334)
    assert carried() == (66_666, 33_334, 0)


def test_two_officers_do_not_take_the_same_instalment_twice(melati):
    melati.pay(pokok=33_334, seen_pokok=100_000)
    with pytest.raises(AlreadyRecorded) as caught, transaction.atomic():
        melati.pay(pokok=33_334, seen_pokok=100_000)
    assert caught.value.by[melati.one.pk][0] == "Siti Bendahara"
    assert melati.open().pokok_left == 66_666


# --- Over HTTP, in November: eleven months are 110.000 -----------------------------------------------


@pytest.fixture
def november(siti, enter):
    with siti.acting() as (actor, cooperative):
        decide(actor, cooperative, 3)
    return enter(siti)


def ticks(client) -> tuple[dict[str, str], str]:
    page = client.get(f"{BASE}setoran/").content.decode()
    values = re.findall(r'name="bayar" value="([^"]*)" data-rp="(\d+)"', page)
    return dict(values), page


def send(client, page: str, tick: str, rupiah: int, typed: str = ""):
    key = re.search(r'name="kunci" value="([^"]*)"', page)[1]
    month = re.search(r'name="bulan" value="([^"]*)"', page)[1]
    data = {"kunci": key, "bulan": month, "bayar": tick, "koin": str(rupiah), "langkah": "simpan"}
    return client.post(f"{BASE}setoran/", data | ({f"jumlah-{tick}": typed} if typed else {}))


@pytest.mark.parametrize(
    ("typed", "pokok", "wajib"),
    [("", 33_334, None), ("wajib", 0, None), ("wajib+10000", 10_000, None), ("7000", 0, 7_000), ("semua+5000", 33_334, 5_000)],
)  # fmt: skip
def test_a_tick_pays_wajib_and_the_instalment_and_another_amount_wajib_first(november, siti, typed, pokok, wajib):
    found, page = ticks(november)
    tick = next(value for value in found if value.startswith("A-0001."))
    owed = int(tick.split(".")[1])
    assert tick == f"A-0001.{owed}.p33334.100000"
    assert int(found[tick]) == owed + 33_334
    assert "cicilan pokok Rp\u00a033.334" in page
    rupiah = {
        "": owed + 33_334,
        "wajib": owed,
        "wajib+10000": owed + 10_000,
        "7000": 7_000,
        "semua+5000": owed + 38_334,
    }[typed]
    answer = send(november, page, tick, rupiah, str(rupiah) if typed else "")
    assert answer.status_code == 302, answer.content.decode()[:3000]
    with siti.acting() as (_, cooperative):
        member = Member.objects.get(cooperative=cooperative, number=1)
        posted = {
            p.obligation.kind: 0 for p in Payment.objects.get(member=member).allocations.select_related("obligation")
        }
        for part in Payment.objects.get(member=member).allocations.select_related("obligation"):
            posted[part.obligation.kind] += part.rupiah
        expected = {"": owed, "wajib": owed, "wajib+10000": owed, "7000": 7_000, "semua+5000": owed + 5_000}[typed]
        assert (posted.get("pokok", 0), posted.get("wajib", 0)) == (pokok, expected)


@pytest.mark.parametrize(
    "tick",
    ["A-0001.10000.p1", "A-0001.10000.p.5", "A-0001.10000.pabc.5", "A-0001.10000.p99999999999999.1", "A-0001.1.p5.5.5"],
)
def test_a_spoilt_tick_is_refused_with_a_sentence(november, tick):
    _, page = ticks(november)
    answer = send(november, page, tick, 10_000)
    assert answer.status_code == 200
    assert "Ada baris yang tidak dikenali" in answer.content.decode()


def test_more_pokok_than_is_left_is_refused_with_a_sentence(november):
    _, page = ticks(november)
    answer = send(november, page, "A-0001.0.p100001.100000", 100_001)
    assert "simpanan pokok tinggal Rp\u00a0100.000" in answer.content.decode()


def test_the_single_payment_proposes_the_instalment(november, siti):
    page = november.get(f"{BASE}terima/1/").content.decode()
    chosen = re.search(r'<input[^>]*name="pokok"[^>]*value="33334"[^>]*>', page)[0]
    assert "checked" in chosen
    assert "Cicilan Rp\u00a033.334" in page and "dicicil 3 kali" in page
    fields = {
        name: re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)[1]
        for name in ("kunci", "terlihat", "pokok_terlihat")
    }
    data = fields | {"pokok": "33334", "bulan": "0", "tanggal": "2026-11-20", "cara": "cash"}
    assert november.post(f"{BASE}terima/1/", data).status_code == 302
    again = november.post(f"{BASE}terima/1/", data | {"kunci": str(uuid.uuid4())})  # the other officer's, opened before
    assert "Sudah dicatat Siti Bendahara" in again.content.decode()
    with siti.acting() as (_, cooperative):
        assert Payment.objects.filter(cooperative=cooperative).count() == 1


def test_the_list_of_the_phone_has_the_instalment_behind_what_is_left(november):
    rows = {row[0]: row for row in november.get(f"{BASE}luring/daftar/").json()["baris"]}
    assert rows["A-0001"][3:] == [100_000, 33_334, 33_334]
