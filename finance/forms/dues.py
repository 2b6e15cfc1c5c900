"""What officers type about money. Forms read and explain; they never write."""

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from finance.actions import DuesLine
from finance.models import Channel
from finance.reports import MonthSheet, SheetRow
from finance.reports.member import OpenDues
from registry.formats import (
    Unreadable,
    format_month_short,
    format_rupiah,
    parse_date,
    parse_rupiah,
)
from registry.forms.fields import ChoiceField, DateField, LineField, PicturesField, RupiahField
from registry.numbers import TooLong, clean_line
from registry.periods import month_of

NOTES = (100_000, 50_000, 20_000, 10_000, 5_000, 2_000, 1_000)
LARGEST_COUNT = 100_000
LARGEST_RATE = 1_000_000_000  # rupiah; the database refuses more
FIRST_CONGRESS = date(1947, 7, 12)  # of Indonesian cooperatives: no members' meeting here is older
UNKNOWN_ROW = "Ada baris yang tidak dikenali. Muat ulang halaman, lalu tandai lagi."
INCOMPLETE = "Formulir ini tidak lengkap. Muat ulang halaman, lalu coba lagi."


def read_notes(data: Mapping[str, Any], errors: list[str]) -> dict[str, int]:
    """Read a count of the cash ({"100000": 14, ..., "coins": 500}); what is no number is said in `errors`, and counts as none."""
    notes = {}
    for name, key in [*((f"lembar-{note}", str(note)) for note in NOTES), ("koin", "coins")]:
        typed = data.get(name, "").strip() or "0"
        try:
            count = parse_rupiah(typed)
        except Unreadable:
            count = -1
        if not 0 <= count <= LARGEST_COUNT * (1_000 if key == "coins" else 1):
            errors.append(f"Hitungan uang tidak terbaca: {clean_line(typed)[:20]}. Tulis jumlah lembar dengan angka.")
            count = 0
        notes[key] = count
    return notes


class KeyField(forms.UUIDField):
    """The hidden key of a form that moves money: the same key twice records once."""

    def __init__(self) -> None:
        messages = dict.fromkeys(("required", "invalid"), INCOMPLETE)
        super().__init__(widget=forms.HiddenInput, error_messages=messages)


def when(field: forms.Field, choice: str) -> forms.Field:
    """Say that a field is filled in only where `choice` is picked: then it is not marked as one that may stay empty."""
    field.widget.attrs["data-when"] = choice
    return field


def read_month(text: str | None, today: date) -> date:
    """Read `?bulan=2026-11`; anything else, and months after the present one, are the present month."""
    found = re.fullmatch(r"(20\d\d)-(0[1-9]|1[0-2])", text or "")
    month = date(int(found[1]), int(found[2]), 1) if found else month_of(today)
    return min(month, month_of(today))


def read_day(text: str | None, today: date) -> tuple[date, str]:
    """Read `?per=2026-11-20`: the day, not after today, and the sentence that says why it is today instead."""
    if not text:
        return today, ""
    try:
        return min(parse_date(text[:30]), today), ""
    except Unreadable as error:
        return today, error.sentence


def read_key(text: str | None) -> uuid.UUID | None:
    """Read the hidden key of a form that moves money; None when it is missing or damaged."""
    try:
        return uuid.UUID(text or "")
    except ValueError:
        return None


@dataclass
class SheetForm:
    """The Buku Setoran as it came in: ticks, other amounts, the cash count.

    A tick sends `A-0047.30000`: the member and the wajib the officer saw; `.p33334.66667` behind it an instalment of the
    pokok, of what was left. `jumlah-<tick>` is another amount: for wajib first, what is more for the instalment. `.m` at
    the end says "keep it as an advance". Everything is kept for showing the page again.
    """

    data: QueryDict
    sheet: MonthSheet
    today: date
    files: MultiValueDict = field(default_factory=MultiValueDict)
    errors: list[str] = field(default_factory=list)
    lines: list[DuesLine] = field(default_factory=list)
    ticked: dict[str, int] = field(default_factory=dict)  # number → rupiah
    notes: dict[str, int] = field(default_factory=dict)
    paid_on: date = field(init=False)

    def __post_init__(self) -> None:
        rows = {row.number: row for row in self.sheet.rows}
        self._taken: set[int] = set()  # members that have a line
        self.key = read_key(self.data.get("kunci"))
        if self.key is None:
            self.errors.append(INCOMPLETE)
        for tick in self.data.getlist("bayar"):
            self._read_tick(tick, rows)
        self.notes = read_notes(self.data, self.errors)
        self._read_date()
        self.reason = self._read_line("sebab", "Sebab selisih", 200)
        self.collector = self._read_line("kolektor", "Nama kolektor", 120)
        self.pictures = self._read_pictures()

    def _read_tick(self, tick: str, rows: dict[str, SheetRow]) -> None:
        found = re.fullmatch(r"([A-Z]+-\d{1,8})\.(\d{1,13})(?:\.p(\d{1,13})\.(\d{1,13}))?(\.m)?", tick)
        row = rows.get(found[1]) if found else None
        if found is None or row is None:
            if UNKNOWN_ROW not in self.errors:
                self.errors.append(UNKNOWN_ROW)
            return
        seen, instalment, pokok_left = int(found[2]), int(found[3] or 0), int(found[4] or 0)
        rupiah = seen + instalment
        typed = self.data.get(f"jumlah-{tick}", "")
        if typed.strip():
            try:
                rupiah = parse_rupiah(typed)
            except Unreadable as error:
                self.errors.append(f"{row.name}: {error.sentence}")
        self.ticked[row.number] = rupiah
        if rupiah and row.member_id not in self._taken:
            self._taken.add(row.member_id)
            advance = bool(found[5])
            pokok = min(instalment, max(0, rupiah - seen))
            wajib = rupiah - pokok
            self.lines.append(
                DuesLine(
                    row.member_id,
                    pokok=pokok,
                    wajib=wajib,
                    ahead=advance or wajib > seen,
                    seen=None if advance else min(seen, wajib),
                    seen_pokok=pokok_left if pokok else None,
                )
            )

    def _read_date(self) -> None:
        typed = self.data.get("tanggal", "")
        try:
            self.paid_on = parse_date(typed) if typed else self.today
        except Unreadable as error:
            self.errors.append(error.sentence)
            self.paid_on = self.today

    def _read_line(self, name: str, label: str, most: int) -> str:
        typed = self.data.get(name, "")
        try:
            return clean_line(typed, most)
        except TooLong as error:
            self.errors.append(f"{label}: {error.sentence}")
            return clean_line(typed)

    def _read_pictures(self) -> list[bytes]:
        try:
            return PicturesField().clean(self.files.getlist("foto"))
        except forms.ValidationError as error:
            self.errors.append(f"Foto lembar: {error.messages[0]}")
            return []

    @property
    def rupiah(self) -> int:
        return sum(line.rupiah for line in self.lines)

    @property
    def counted(self) -> int:
        return sum(n if note == "coins" else int(note) * n for note, n in self.notes.items())


class PaymentForm(forms.Form):
    """One member's payment: how much of the pokok, how many months of wajib, who paid and how."""

    pokok = ChoiceField(label="Simpanan pokok", widget=forms.RadioSelect)
    pokok_rupiah = when(RupiahField(label="Cicilan pokok", required=False), "cicil")
    bulan = ChoiceField(label="Simpanan wajib", widget=forms.RadioSelect)
    wajib_rupiah = when(RupiahField(label="Jumlah untuk wajib", required=False), "lain")
    tanggal = DateField(label="Tanggal terima", picker=True)
    cara = ChoiceField(label="Cara bayar", choices=Channel.choices, initial=Channel.CASH)
    pembayar = LineField(
        label="Dibayar oleh orang lain", required=False, max_length=120, help_text="Kosongkan bila anggota sendiri."
    )
    kolektor = LineField(
        label="Nama kolektor",
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"list": "kolektor-dikenal", "autocomplete": "off", "data-when": "collector"}),
        help_text="Yang memegang uangnya sampai diserahkan.",
    )
    bukti = PicturesField(label="Foto bukti transfer atau QRIS")
    terlihat = forms.IntegerField(
        widget=forms.HiddenInput,
        min_value=0,
        max_value=10**12,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), INCOMPLETE),
    )
    pokok_terlihat = forms.IntegerField(
        widget=forms.HiddenInput,
        required=False,
        min_value=0,
        max_value=10**12,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), INCOMPLETE),
    )
    kunci = KeyField()
    muka = forms.BooleanField(label="Simpan sebagai iuran di muka", required=False)

    def __init__(self, *args, open_dues: OpenDues, through: date, today: date, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.open_dues, self.through, self.today = open_dues, through, today
        self.fields["pokok"].choices = pokok_choices(open_dues)
        self.fields["bulan"].choices = month_choices(open_dues, through)
        self.fields["tanggal"].not_after = today
        if not open_dues.pokok_left:
            del self.fields["pokok"], self.fields["pokok_rupiah"]

    def clean(self) -> dict:
        super().clean()
        data = self.cleaned_data
        data["pokok_paid"] = self._pokok(data)
        data["wajib_paid"] = self._wajib(data)
        if data.get("cara") == Channel.COLLECTOR and "kolektor" in data and not data["kolektor"]:
            self.add_error("kolektor", "Tulis nama kolektor yang memegang uangnya.")
        if not self.errors and not data["pokok_paid"] + data["wajib_paid"]:
            raise forms.ValidationError("Belum ada yang dibayar. Pilih bulan, atau isi cicilan pokok.")
        return data

    def _pokok(self, data: dict) -> int:
        choice = data.get("pokok") or "0"
        if choice != "cicil":
            return int(choice)
        if not data.get("pokok_rupiah"):
            self.add_error("pokok_rupiah", "Tulis besar cicilan, contoh 25000.")
            return 0
        return data["pokok_rupiah"]

    def _wajib(self, data: dict) -> int:
        choice = data.get("bulan") or "0"
        if choice != "lain":
            return months_rupiah(self.open_dues, int(choice))
        if not data.get("wajib_rupiah"):
            self.add_error("wajib_rupiah", "Tulis jumlahnya, contoh 15000.")
            return 0
        return data["wajib_rupiah"]

    def line(self, member_id: int) -> DuesLine:
        """Return what the form says, for the action."""
        data = self.cleaned_data
        wajib, seen, advance = data["wajib_paid"], data["terlihat"], data.get("muka", False)
        return DuesLine(
            member_id,
            pokok=data["pokok_paid"],
            wajib=wajib,
            payer=data.get("pembayar", ""),
            ahead=advance or wajib > seen,
            seen=None if advance else min(seen, wajib),
            seen_pokok=None if advance else data.get("pokok_terlihat"),
        )


def pokok_choices(open_dues: OpenDues) -> list[tuple[str, str]]:
    """Return the ways to pay what is left of the pokok: what is to be asked for this month and an instalment before all of it."""
    left, parts = open_dues.pokok_left, dict.fromkeys((open_dues.pokok_now, open_dues.instalment))
    choices = [("0", "Tidak sekarang")]
    choices += [(str(part), f"Cicilan {format_rupiah(part)}") for part in parts if 0 < part < left]
    other = "Jumlah lain" if open_dues.instalment else "Cicil"
    return [*choices, (str(left), f"Lunasi {format_rupiah(left)}"), ("cicil", other)]


def month_choices(open_dues: OpenDues, through: date) -> list[tuple[str, str]]:
    """Return `Tidak sekarang`, all that is open, and handy numbers of months with their sums."""
    choices = [("0", "Tidak sekarang")]
    if not open_dues.monthly and not open_dues.months:
        return [*choices, ("lain", "Jumlah lain")]
    due = sum(month <= through for month, _ in open_dues.months)
    for months in sorted({due, 1, 3, 6, 12} - {0}):
        words = f"{months} bulan"
        if months == due:
            words += f", lunas s.d. {format_month_short(through)}" if due else ""
        choices.append((str(months), f"{words} ({format_rupiah(months_rupiah(open_dues, months))})"))
    return [*choices, ("lain", "Jumlah lain")]


def months_rupiah(open_dues: OpenDues, months: int) -> int:
    """Return the rupiah of the first `months` open months, those ahead at the present rate."""
    known = [rupiah for _, rupiah in open_dues.months[:months]]
    return sum(known) + open_dues.monthly * (months - len(known))


class CorrectionForm(PaymentForm):
    """The right amounts of a payment that was wrong, and why it was."""

    alasan = LineField(
        label="Alasan koreksi", max_length=200, help_text="Dibaca anggota di halaman kuitansi lama, dan oleh pengawas."
    )
    hapus = forms.BooleanField(label="Batalkan saja, tanpa kuitansi baru", required=False)

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        for name in ("cara", "pembayar", "kolektor", "bukti", "muka"):  # these stay as they were recorded
            del self.fields[name]
        for name in ("pokok", "bulan"):  # what was never paid, not what is not paid now
            if name in self.fields:
                self.fields[name].choices = [("0", "Tidak ada"), *self.fields[name].choices[1:]]

    def clean(self) -> dict:
        data = super().clean()
        if data.get("hapus"):
            self._errors.pop("__all__", None)
        return data
