"""What officers type about cash on its way, pictures, and months without dues. Forms read and explain; they never write."""

import re
from collections.abc import Iterable
from datetime import date

from django import forms

from finance.forms.dues import FIRST_CONGRESS, KeyField, read_notes, when
from registry.formats import format_month
from registry.forms.fields import ChoiceField, DateField, LineField, PicturesField, RupiahField


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
    sebab = when(
        LineField(label="Sebab selisih", required=False, max_length=200, help_text="Dibaca pengawas."), "selisih"
    )
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
    anggota = when(
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
        data = super().clean() or {}
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
