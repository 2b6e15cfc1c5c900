"""Every form about money and members with what goes wrong at a table: refused with an Indonesian sentence, typed values kept.

Each row sends one form as a browser would, with one field spoiled. Refused means: the page again, the sentence at its
field, what was typed still there, and not one row more in the book of deeds.
"""

import html
import re
import uuid
from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest
from django.utils import timezone

from finance.actions import DuesLine, close_month, record_dues, settle_exit
from finance.models import Entry, Receipt
from members.actions import exit_member
from members.models import Member
from registry.actions import invite
from registry.models import AuditEvent, GrantKind
from registry.periods import add_months, month_of, today_jakarta
from registry.tenancy import NOBODY, bind
from tests.cast import NOW, Someone, _cooperative, actor_agency, join
from tests.test_bad_input import forms_of

NOW_HERE = timezone.now()
TODAY = today_jakarta(NOW_HERE)
TOMORROW = f"{TODAY + timedelta(days=1):%d/%m/%Y}"
LONG = "Panjang sekali " * 334  # 5,010 characters

MONEY = {"empty": "", "NUL": "\0", "10^30": "1" + "0" * 30, "negative": "-5000", "cents": "1.500,5", "emoji": "\U0001f4b0",
         "turned round": "\u202e000.01", "letters": "sepuluh ribu", "5,000 characters": LONG, "other digits": "\u0661\u0660"}  # fmt: skip
DAY = {"empty": "", "NUL": "2026\0-11", "tomorrow": TOMORROW, "1900": "01/01/1900", "no such day": "31/02/2026", "emoji": "\U0001f4c5",
       "month first": "11/20/2026", "negative": "-1", "5,000 characters": LONG}  # fmt: skip
LINE = {"5,000 characters": LONG}  # what is too long is said, never cut
CHOICE = {"never offered": "lainnya", "NUL": "ca\0sh", "10^30": "1" + "0" * 30, "another's id": "1 OR 1=1"}
KEY = {"empty": "", "no key": "abc", "NUL": "\0", "10^30": "1" + "0" * 30}
TIDY = {
    "emoji": "Titip \U0001f600 Bu Siti",
    "turned round": "\u202eTitip Bu Siti",
    "NUL": "Titip\0 Bu Siti",
}  # taken, cleaned


@dataclass(frozen=True)
class Row:
    """A form: where it is, how it is filled in rightly, and which kinds of nonsense each field gets."""

    path: str
    right: dict
    spoil: dict[str, dict] = field(default_factory=dict)
    free: dict[str, dict] = field(default_factory=dict)  # fields that may be empty
    hidden: tuple[str, ...] = ()  # fields whose value is not shown
    person: str = "siti"


PAY = {"pokok": "cicil", "pokok_rupiah": "25.000", "bulan": "lain", "wajib_rupiah": "10.000", "tanggal": f"{TODAY}"}
PERSON = {"name": "Rohmat Hidayat", "sex": "L", "birth_date": "17/08/1985", "joined_on": f"{TODAY:%d/%m/%Y}"}
ROWS = {
    "pay": Row("iuran/terima/2/", PAY, {"pokok_rupiah": MONEY, "wajib_rupiah": MONEY, "tanggal": DAY, "pembayar": LINE, "kolektor": LINE,
               "cara": CHOICE, "bulan": CHOICE, "pokok": CHOICE, "kunci": KEY, "terlihat": KEY}, hidden=("kunci", "terlihat")),
    "correct": Row("iuran/kuitansi/{receipt}/koreksi/", PAY | {"alasan": "salah jumlah"}, {"wajib_rupiah": MONEY, "tanggal": DAY,
                   "alasan": LINE | {"empty": "", "spaces": "  "}, "bulan": CHOICE, "kunci": KEY}, hidden=("kunci",)),
    "rates": Row("iuran/pengaturan/", {"kind": "wajib", "rupiah": "20.000", "valid_from": f"{add_months(month_of(TODAY), 2)}",
                 "dilihat": f"wajib.20000.{add_months(month_of(TODAY), 2)}"},
                 {"rupiah": MONEY | {"too much": "1.000.000.001"}, "valid_from": CHOICE, "kind": CHOICE, "decision": LINE, "decided_on": DAY},
                 free={"decided_on": DAY}),
    "by_laws": Row("iuran/pengaturan/aturan/", {"pokok_instalments": "12", "grace_days": "5", "suspend_after_months": "6", "refund_months": "3",
                   "refund_instalments": "2", "decided_on": f"{TODAY}", "decision": "RAT 2025", "valid_from": f"{month_of(TODAY)}",
                   "dilihat": f"12.0.5.6.3.2.{month_of(TODAY)}"},
                   {"pokok_instalments": MONEY | {"zero": "0", "too many": "61"}, "grace_days": MONEY | {"too many": "91"},
                    "suspend_after_months": MONEY | {"too many": "61"}, "refund_months": MONEY | {"too many": "61"}, "refund_instalments": MONEY | {"zero": "0"},
                    "decided_on": DAY, "decision": LINE | {"empty": ""}, "valid_from": CHOICE}),
    "open_books": Row("iuran/pengaturan/", {"pokok": "100.000", "wajib": "10.000", "opened_on": f"{month_of(TODAY)}"},
                      {"pokok": MONEY | {"too much": "1.000.000.001"}, "wajib": MONEY | {"too much": "1.000.000.001"}, "opened_on": CHOICE,
                       "decision": LINE, "decided_on": DAY}, free={"decided_on": DAY}, person="baru"),
    "opening": Row("buku/saldo-awal/", {"as_of": f"{TODAY}", "expected_total": "50.000", "cash": "50.000", "bank": "", "pokok-2": "50.000"},
                   {"as_of": DAY, "expected_total": MONEY, "cash": MONEY, "pokok-2": MONEY, "wajib-1": MONEY, "kunci": KEY},
                   free={"wajib-1": MONEY}, hidden=("kunci",), person="lestari"),
    "sheet": Row("iuran/setoran/", {"bayar": "A-0002.{open}", "langkah": "simpan", "tanggal": f"{TODAY}", "koin": "{open}"},
                 {"jumlah-A-0002.{open}": MONEY, "tanggal": DAY, "lembar-100000": MONEY, "sebab": LINE, "kunci": KEY,
                  "bayar": CHOICE | {"a stranger's member": "A-0777.10000", "no such amount": "A-0002.-5", "10^30": "A-0002.1" + "0" * 30}},
                 free={"jumlah-A-0002.{open}": MONEY, "lembar-100000": MONEY, "tanggal": DAY, "sebab": {"empty": ""}},
                 hidden=("kunci", "bayar", "jumlah-A-0002.{open}", "lembar-100000", "tanggal")),
    "settle": Row("anggota/9/pengembalian/", {"on": f"{TODAY}"}, {"on": DAY}),
    "pay_out": Row("anggota/10/pengembalian/bayar/", {"rupiah": "20.000", "channel": "cash", "on": f"{TODAY}"},
                   {"rupiah": MONEY | {"zero": "0", "more than owed": "130.001"}, "channel": CHOICE, "on": DAY, "payee": LINE, "kunci": KEY},
                   hidden=("kunci",)),
    "to_bank": Row("iuran/kas/bank/", {"rupiah": "20.000", "kind": "deposit", "on": f"{TODAY}"},
                   {"rupiah": MONEY | {"zero": "0", "more than there is": "900.000.000"}, "kind": CHOICE, "on": DAY, "holder": LINE, "kunci": KEY},
                   hidden=("kunci",)),
    "hand_over": Row("iuran/kas/serah/", {"rupiah": "10.000", "on": f"{TODAY}", "koin": "10.000"},
                     {"rupiah": MONEY | {"zero": "0", "more than is held": "30.001"}, "dari": CHOICE, "on": DAY, "kunci": KEY, "koin": MONEY,
                      "sebab": LINE}, free={"koin": MONEY}, hidden=("kunci", "koin")),
    "pause": Row("iuran/libur/", {"siapa": "lain", "anggota": "A-0003", "decision": "Rapat pengurus", "langkah": "simpan"},
                 {"anggota": LINE | {"no such": "A-0999", "letters": "Ahmad", "NUL": "\0"}, "first": CHOICE, "last": CHOICE, "siapa": CHOICE,
                  "decision": LINE | {"empty": ""}, "decided_on": DAY}),
    "admit": Row("anggota/tambah/", PERSON, {"name": LINE | {"empty": "", "emoji": "\U0001f600", "NUL": "\0"}, "sex": CHOICE, "joined_on": DAY,
                 "birth_date": DAY | {"1900": "31/12/1899"}, "national_id": {"10^30": "1" + "0" * 30, "negative": "-1", "emoji": "\U0001f600"},
                 "phone": {"letters": "nol delapan", "10^30": "1" + "0" * 30}, "address": LINE | {"a NIK": "rumah 3673034101800000"}},
                 free={"birth_date": {"empty": ""}}),
    "amend": Row("anggota/3/ubah/", {"sex": "L", "occupation": "Petani"}, {"name": LINE | {"empty": "", "NUL": "\0"}, "birth_date": DAY | {"1900": "31/12/1899"},
                 "occupation": LINE}, free={"birth_date": {"empty": ""}}),
    "leave": Row("anggota/4/berhenti/", {"reason": "moved", "on": f"{TODAY:%d/%m/%Y}"}, {"on": DAY, "reason": CHOICE,
                 "note": LINE | {"a NIK": "3673034101800000"}}, person="budi"),
    "reveal": Row("anggota/3/nik/", {"reason": "mencocokkan dengan KTP"}, {"reason": LINE | {"empty": "", "emoji": "\U0001f600" * 9,
                  "a NIK": "untuk 3673034101800000"}}, person="budi"),
}  # fmt: skip
CASES = [(form, name) for form, row in ROWS.items() for name in row.spoil]
WORDS = re.compile(
    r"\b(belum|tidak|tulis|pilih|paling|jangan|harus|muat|periksa|terlalu|setelah|melebihi|sebelum|tinggal|lebih|hanya|sama|diawali|terdiri|terbaca|cukup)\b",
    re.I,
)
ENGLISH = re.compile(r"\b(enter a|this field|is not|valid uuid|required|select a|ensure this|invalid)\b", re.I)


@pytest.fixture
def melati(enter, siti, budi):
    """A receipt to correct, a leaver to settle and one to pay; `open_form(row)` gives (client, path, what the form holds)."""
    with siti.acting() as (actor, cooperative):
        acts = {"actor": actor, "now": NOW_HERE, "today": TODAY}
        ids = dict(Member.objects.filter(cooperative=cooperative).values_list("number", "pk"))
        for number in (1, 9, 10):
            record_dues(cooperative=cooperative, lines=[DuesLine(ids[number], pokok=100_000, wajib=30_000)], paid_on=TODAY,
                        through=TODAY, key=uuid.uuid4(), **acts)  # fmt: skip
        for number in (9, 10):
            exit_member(
                member=Member.objects.get(pk=ids[number]), on=TODAY, reason="moved", note="", actor=actor, now=NOW_HERE
            )
        settle_exit(cooperative=cooperative, member=Member.objects.get(pk=ids[10]), on=TODAY, pay_now=False, **acts)
        record_dues(cooperative=cooperative, lines=[DuesLine(ids[8], wajib=30_000, ahead=True)], paid_on=TODAY, through=TODAY,
                    channel="collector", collector="Pak Udin", key=uuid.uuid4(), **acts)  # fmt: skip
        receipt = Receipt.objects.filter(cooperative=cooperative).earliest("pk").address
    months = (TODAY.year - 2026) * 12 + TODAY.month
    known = {"{receipt}": receipt, "{open}": str(months * 10_000)}

    def fill(text: str) -> str:
        for key, value in known.items():
            text = text.replace(key, value)
        return text

    def open_form(row: Row) -> tuple:
        someone = newcomer() if row.person == "baru" else Someone(row.person)
        client, grant = enter(someone), someone.grant
        path = f"/{grant.agency.slug}/koperasi/{grant.cooperative.slug}/{fill(row.path)}"
        content = client.get(path).content.decode()
        stands = next(
            (
                fields
                for method, _, fields in forms_of(content)
                if (method == "post" and len(fields) > 1) or "on" in fields
            ),
            {},
        )
        data = {
            name: value
            for name, value in stands.items()
            if name not in ("pay_now", "muka", "hapus", "lagi", "sex", "instalments")
        }
        data |= {fill(name): fill(value) for name, value in row.right.items()}
        if "koin" in data:  # the sheet: nothing counted but coins
            data = {name: value for name, value in data.items() if not name.startswith("lembar-")} | {
                "kunci": stands.get("kunci", "")
            }
            data["kunci"] = data["kunci"] or str(uuid.uuid4())
        return client, path, data, someone, fill

    return open_form


def newcomer() -> Someone:
    """The treasurer of a cooperative without books."""
    with Someone("admin_kota").acting() as (actor, _):
        agency = actor_agency(actor)
        made = _cooperative(actor, agency, "Koperasi Kelurahan Merah Putih Baru", "baru", "36.73.03.1001", "kkmp")
        token = invite(agency=agency, cooperative=made, kind=GrantKind.TREASURER, name="Baru", actor=actor, now=NOW)[1]
    join(token, "baru", "Bendahara Baru")
    return Someone("baru")


def deeds(someone: Someone) -> int:
    with someone.acting() as (_, cooperative):
        count = AuditEvent.objects.filter(cooperative_id=cooperative.pk).count()
        entries = Entry.objects.filter(cooperative=cooperative).count()
    bind(NOBODY)
    return count + entries


def sentences(content: str) -> list[str]:
    """The sentences of what is wrong, as a person reads them."""
    alerts = re.findall(r'<[^>]+role="alert".*?</div>\s*</div>|<div class="summary".*?</div>', content, re.S)
    found = re.findall(r'class="err[^"]*"[^>]*>(.*?)</(?:p|span|div|ul)>', content, re.S)
    found += [one for alert in alerts for one in re.findall(r"<(?:li|p)[^>]*>(.*?)</(?:li|p)>", alert, re.S)]
    return [text for text in (" ".join(html.unescape(re.sub(r"<[^>]+>", " ", one)).split()) for one in found) if text]


def shows(content: str, typed: str) -> bool:
    """Whether the page still holds what was typed; a browser reads back neither NUL nor outer spaces."""
    return (
        not typed.strip()
        or html.escape(typed).strip() in content
        or html.escape(typed.replace("\0", "")).strip() in content
    )


@pytest.mark.parametrize(("form", "name"), CASES)
def test_nonsense_is_refused_with_a_sentence(melati, form, name):
    row = ROWS[form]
    client, path, data, someone, fill = melati(row)
    before, wrong, tried = deeds(someone), [], 0
    for what, typed in row.spoil[name].items():
        if what in ("empty", "NUL") and name in row.free:
            continue
        tried += 1
        answer = client.post(path, data | {fill(name): typed})
        told = sentences(answer.content.decode())
        if answer.status_code != 200:
            wrong.append(f"{what}: {answer.status_code} {answer.get('Location', '')}")
        elif not any(WORDS.search(text) for text in told) or any(ENGLISH.search(text) for text in told):
            wrong.append(f"{what}: {told}")
        elif name not in row.hidden and row.spoil[name] is not CHOICE and not shows(answer.content.decode(), typed):
            wrong.append(f"{what}: what was typed is gone")
    assert wrong == []
    assert tried
    assert deeds(someone) == before


@pytest.mark.parametrize("form", ROWS)
def test_the_same_form_filled_in_rightly_is_taken(melati, form):
    """The control: nothing above was refused for another reason than the spoiled field."""
    client, path, data, someone, _ = melati(ROWS[form])
    before = deeds(someone)
    answer = client.post(path, data)
    assert answer.status_code == 302 or form == "reveal", sentences(answer.content.decode())
    assert deeds(someone) > before


@pytest.mark.parametrize(
    ("form", "name"),
    [
        ("pay", "pembayar"),
        ("correct", "alasan"),
        ("rates", "decision"),
        ("pay_out", "payee"),
        ("admit", "address"),
        ("leave", "note"),
    ],
)
@pytest.mark.parametrize("what", TIDY)
def test_signs_nobody_sees_are_taken_out_of_a_text(melati, form, name, what):
    client, path, data, someone, _ = melati(ROWS[form])
    before = deeds(someone)
    answer = client.post(path, data | {name: TIDY[what]})
    assert answer.status_code == 302, sentences(answer.content.decode())
    assert deeds(someone) > before


@pytest.mark.parametrize(("form", "name", "other"), [("pay", "wajib_rupiah", "20.000"), ("correct", "wajib_rupiah", "20.000"),
                                                     ("pay_out", "rupiah", "30.000")])  # fmt: skip
def test_the_same_key_twice_counts_once_and_with_other_content_is_refused(melati, form, name, other):
    client, path, data, someone, _ = melati(ROWS[form])
    first = client.post(path, data)
    before = deeds(someone)
    again = client.post(path, data)
    assert (again.status_code, deeds(someone)) == (302, before)
    assert form == "pay_out" or again["Location"] == first["Location"] or form == "correct"
    changed = client.post(path, data | {name: other})
    assert deeds(someone) == before
    if form != "correct":  # a corrected receipt leads to itself: there is no form any more
        assert "dengan isi lain" in " ".join(sentences(changed.content.decode()))


def test_the_sheet_twice_counts_once_and_with_another_tick_is_refused(melati):
    client, path, data, someone, fill = melati(ROWS["sheet"])
    first = client.post(path, data)
    before = deeds(someone)
    assert client.post(path, data)["Location"] == first["Location"]
    changed = client.post(path, data | {"bayar": fill("A-0003.{open}")})
    assert deeds(someone) == before
    assert "dengan isi lain" in " ".join(sentences(changed.content.decode()))


def test_a_colleague_who_was_faster_is_named_and_nothing_is_taken_twice(melati):
    client, path, data, someone, _ = melati(ROWS["pay"])
    late = dict(data)
    client.post(path, data)
    before = deeds(someone)
    stale = client.post(path, late | {"kunci": str(uuid.uuid4()), "wajib_rupiah": data["terlihat"], "pokok": "0"})
    assert "Sudah dicatat" in stale.content.decode()
    assert deeds(someone) == before


@pytest.mark.parametrize(
    ("form", "name"),
    [("pay", "tanggal"), ("correct", "tanggal"), ("pay_out", "on"), ("settle", "on"), ("sheet", "tanggal")],
)
def test_a_day_in_a_closed_month_is_refused(melati, siti, wati, form, name):
    checker = wati.user.pk
    with siti.acting() as (actor, cooperative):
        close_month(cooperative=cooperative, month=date(2026, 1, 1), checker_id=checker, cash_counted=0, actor=actor,
                    now=NOW_HERE, today=TODAY)  # fmt: skip
    client, path, data, someone, _ = melati(ROWS[form])
    before = deeds(someone)
    answer = client.post(path, data | {name: "2026-01-20"})
    assert any(re.search("ditutup|tidak boleh sebelum", text) for text in sentences(answer.content.decode()))
    assert deeds(someone) == before


@pytest.mark.parametrize("form", ["pay", "correct", "settle", "pay_out", "amend", "leave", "reveal"])
def test_another_cooperatives_people_and_papers_are_not_there(melati, enter, ratna, form):
    """Ratna of Kenanga asks for Melati's numbers, at her own place and at theirs."""
    row = ROWS[form]
    _, path, data, _, _ = melati(row)
    client = enter(ratna)
    assert client.post(path, data).status_code == 404
    own = ratna.grant.cooperative.slug
    here = re.sub(r"/koperasi/[^/]+/", f"/koperasi/{own}/", path)
    here = re.sub(
        r"anggota/\d+/|terima/\d+/|kuitansi/2026-\d+", lambda found: re.sub(r"\d+(?=/?$)", "77", found[0]), here
    )
    before = deeds(ratna)
    assert client.post(here, data).status_code == 404
    assert deeds(ratna) == before
