"""What officers type about money. Forms read and explain; they never write."""

import re
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django import forms
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from finance.actions import DuesLine
from finance.models import Channel
from finance.reports import MonthSheet, SheetRow
from finance.reports.member import OpenDues
from members.models import Member
from registry.formats import (
    Unreadable,
    format_date,
    format_month,
    format_month_short,
    format_rupiah,
    parse_date,
    parse_rupiah,
)
from registry.forms.fields import ChoiceField, CountField, DateField, LineField, PicturesField, RupiahField
from registry.numbers import TooLong, clean_line
from registry.periods import add_months, month_of

NOTES = (100_000, 50_000, 20_000, 10_000, 5_000, 2_000, 1_000)
LARGEST_COUNT = 100_000
FIRST_CONGRESS = date(1947, 7, 12)  # of Indonesian cooperatives: no members' meeting here is older
INCOMPLETE = "Formulir ini tidak lengkap. Muat ulang halaman, lalu coba lagi."


def read_notes(data: QueryDict, errors: list[str]) -> dict[str, int]:
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


def _when(field: forms.Field, choice: str) -> forms.Field:
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

    A tick sends `A-0047.30000`: the member and the amount the officer saw. `jumlah-<tick>` overrides it; `.m` at the
    end says "keep it as an advance". Everything is kept for showing the page again.
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
        found = re.fullmatch(r"([A-Z]+-\d{1,8})\.(\d{1,13})(\.m)?", tick)
        row = rows.get(found[1]) if found else None
        if found is None or row is None:
            self.errors.append("Ada baris yang tidak dikenali. Muat ulang halaman, lalu tandai lagi.")
            return
        seen = int(found[2])
        rupiah = seen
        typed = self.data.get(f"jumlah-{tick}", "")
        if typed.strip():
            try:
                rupiah = parse_rupiah(typed)
            except Unreadable as error:
                self.errors.append(f"{row.name}: {error.sentence}")
        self.ticked[row.number] = rupiah
        if rupiah and row.member_id not in {line.member_id for line in self.lines}:
            advance = bool(found[3])
            self.lines.append(
                DuesLine(
                    row.member_id,
                    wajib=rupiah,
                    ahead=advance or rupiah > seen,
                    seen=None if advance else min(seen, rupiah),
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
    pokok_rupiah = _when(RupiahField(label="Cicilan pokok", required=False), "cicil")
    bulan = ChoiceField(label="Simpanan wajib", widget=forms.RadioSelect)
    wajib_rupiah = _when(RupiahField(label="Jumlah untuk wajib", required=False), "lain")
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
        )


def pokok_choices(open_dues: OpenDues) -> list[tuple[str, str]]:
    left = open_dues.pokok_left
    return [("0", "Tidak sekarang"), (str(left), f"Lunasi {format_rupiah(left)}"), ("cicil", "Cicil")]


def month_choices(open_dues: OpenDues, through: date) -> list[tuple[str, str]]:
    """Return `Tidak sekarang`, all that is open, and handy numbers of months with their sums."""
    choices = [("0", "Tidak sekarang")]
    if not open_dues.monthly and not open_dues.months:
        return [*choices, ("lain", "Jumlah lain")]
    due = len(open_dues.months)
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

    def clean(self) -> dict:
        data = super().clean()
        if data.get("hapus"):
            self._errors.pop("__all__", None)
        return data


class _LeaverForm(forms.Form):
    """What is done with the savings of somebody who left: not before that day, and not in the future."""

    on = DateField(label="Tanggal", picker=True)

    def __init__(self, *args, member: Member, today: date, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.member = member
        self.fields["on"].not_after = today

    def clean_on(self) -> date:
        on = self.cleaned_data["on"]
        left = self.member.exited_on
        if left and on < left:
            raise forms.ValidationError(f"Tanggal tidak boleh sebelum berhenti, {format_date(left)}.")
        return on


class SettleForm(_LeaverForm):
    """When a leaver's savings become a debt, and whether all of it is handed over now."""

    pay_now = forms.BooleanField(label="Seluruhnya dibayarkan sekarang dari kas", required=False)

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if self.member.exit_reason == Member.ExitReason.DIED:
            del self.fields["pay_now"]  # the heir is named when the money is handed over


class RefundPlanForm(forms.Form):
    """In how many equal monthly parts the rest is paid out, and when the first is due."""

    times = CountField(label="Dibayar berapa kali", least=1, most=60)
    first_on = DateField(
        label="Jatuh tempo pertama", picker=True, help_text="Berikutnya setiap bulan pada tanggal yang sama."
    )

    def __init__(self, *args, today: date, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["first_on"].not_before = today
        self.fields["first_on"].not_after = date(today.year + 10, 12, 31)

    def parts(self, left: int) -> list[tuple[date, int]]:
        """Return (due date, rupiah) of each part; the first takes what does not divide."""
        times, first = self.cleaned_data["times"], self.cleaned_data["first_on"]
        each = left // times
        return [(add_months(first, index), each + (left - each * times if index == 0 else 0)) for index in range(times)]


class WrongPayOutForm(forms.Form):
    """Why a pay-out was wrong, and when the money came back."""

    reason = LineField(label="Alasan", max_length=200, help_text="Contoh: salah orang, uang sudah kembali ke kas.")
    on = DateField(label="Tanggal uang kembali", picker=True)

    def __init__(self, *args, today: date, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].not_after = today


class PayOutForm(_LeaverForm):
    """How much of the debt is handed over now, from where, and to whom."""

    rupiah = RupiahField(label="Jumlah yang dibayarkan")
    channel = ChoiceField(
        label="Dibayar dari", choices=[(Channel.CASH, "Kas"), (Channel.BANK, "Bank")], widget=forms.RadioSelect
    )
    payee = LineField(
        label="Diterima oleh orang lain",
        required=False,
        max_length=120,
        help_text="Yang dikuasakan. Kosongkan bila mantan anggota sendiri.",
    )
    kunci = KeyField()

    def __init__(self, *args, heirs: Sequence[str] = (), **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if self.member.exit_reason == Member.ExitReason.DIED:
            payee = self.fields["payee"]
            payee.required, payee.label, payee.help_text = True, "Diterima oleh ahli waris", ""
            if heirs:
                payee.help_text = f"Yang tercatat: {', '.join(heirs)}."
                self.initial.setdefault("payee", heirs[0].rsplit(" (", 1)[0] if len(heirs) == 1 else "")


class _CashForm(forms.Form):
    """What every move of cash has: how much, on which day, with which pictures."""

    rupiah = RupiahField(label="Jumlah")
    on = DateField(label="Tanggal", picker=True)
    foto = PicturesField(label="Foto bukti")
    kunci = KeyField()

    def __init__(self, *args, today: date, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].not_after = today


class HandOverForm(_CashForm):
    """A collector's cash comes to the treasurer: whose, how much by the books, and the notes that lie on the table."""

    dari = ChoiceField(label="Diserahkan oleh", widget=forms.RadioSelect)
    sebab = LineField(label="Sebab selisih", required=False, max_length=200, help_text="Dibaca pengawas.")
    field_order = ("dari", "rupiah", "on", "sebab", "foto", "kunci")

    def __init__(self, *args, choices: list[tuple[str, str]], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["dari"].choices = choices
        self.fields["rupiah"].label = "Jumlah yang diserahkan"
        self.fields["foto"].label = "Foto tanda terima"
        self.notes: dict[str, int] = {}

    def clean(self) -> dict:
        super().clean()
        problems: list[str] = []
        self.notes = read_notes(self.data, problems)
        if problems:
            raise forms.ValidationError(problems)
        return self.cleaned_data


class BankForm(_CashForm):
    """The treasurer takes cash to the bank: it is there at once, or on its way until the slip is here."""

    kind = ChoiceField(
        label="Keadaan uang",
        widget=forms.RadioSelect,
        choices=[("deposit", "Sudah masuk rekening"), ("sent", "Masih dibawa ke bank")],
        initial="deposit",
    )
    holder = LineField(label="Dibawa oleh", required=False, max_length=120)
    field_order = ("rupiah", "kind", "on", "holder", "foto", "kunci")

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["foto"].label = "Foto slip setoran"


class ArrivedForm(_CashForm):
    """What was on its way stands on the bank's slip."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["foto"].label = "Foto slip setoran"


class TakeBackForm(forms.Form):
    """Why a move of cash is taken back."""

    alasan = LineField(label="Alasan pembatalan", max_length=200, help_text="Dibaca pengawas.")


class EvidenceForm(forms.Form):
    """Pictures for an entry that is there already."""

    foto = PicturesField(label="Foto bukti", required=True)


class PauseForm(forms.Form):
    """Months without wajib: of whom, which, and who decided it."""

    siapa = ChoiceField(
        label="Untuk siapa",
        widget=forms.RadioSelect,
        choices=[("semua", "Semua anggota"), ("lain", "Satu anggota")],
        initial="semua",
    )
    anggota = _when(
        LineField(label="Nomor anggota", required=False, max_length=12, help_text="Contoh: A-0047 atau 47."), "lain"
    )
    first = ChoiceField(label="Dari bulan")
    last = ChoiceField(label="Sampai bulan")
    decided_on = DateField(label="Tanggal keputusan", picker=True, not_before=FIRST_CONGRESS)
    decision = LineField(label="Keputusan", max_length=120, help_text="Contoh: Rapat pengurus, karena gagal panen.")

    def __init__(self, *args, months: Iterable[date], today: date, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        choices = [(month.isoformat(), format_month(month)) for month in months]
        self.fields["first"].choices = self.fields["last"].choices = choices
        self.fields["decided_on"].not_after = today

    def clean_first(self) -> date:
        return date.fromisoformat(self.cleaned_data["first"])

    def clean_last(self) -> date:
        return date.fromisoformat(self.cleaned_data["last"])

    def clean(self) -> dict:
        data = super().clean()
        first, last = data.get("first"), data.get("last")
        if first and last and last < first:
            self.add_error("last", "Bulan terakhir tidak boleh sebelum bulan pertama.")
        if data.get("siapa") == "lain" and not self.number:
            self.add_error("anggota", "Tulis nomor anggotanya, contoh A-0047.")
        return data

    @property
    def number(self) -> int:
        """The member's number; 0 when it is not readable as one."""
        found = re.fullmatch(r"(?:[A-Z]+-?)?(\d{1,9})", self.cleaned_data.get("anggota", "").upper())
        return int(found[1]) if found else 0
