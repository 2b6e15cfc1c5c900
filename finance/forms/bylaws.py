"""What a members' meeting decided about dues and by-laws, and what an old book hands over, as typed."""

from collections.abc import Iterable
from datetime import date

from django import forms

from finance.forms.dues import FIRST_CONGRESS, KeyField
from finance.reports.bylaws import Rules
from registry.formats import format_month
from registry.forms.fields import ChoiceField, CountField, DateField, LineField, RupiahField
from registry.periods import add_months, month_of

LARGEST_RATE = 1_000_000_000  # rupiah; the database refuses more


class ByLawsForm(forms.Form):
    """The rules from a month on, with the meeting that decided them. A members' meeting must have decided."""

    valid_from = ChoiceField(label="Berlaku mulai")
    pokok_instalments = CountField(
        label="Pokok dapat dicicil (kali)", least=1, most=60, help_text="1 berarti dibayar sekaligus."
    )
    instalments_make_members = forms.BooleanField(
        label="Anggota yang masih mencicil pokok sudah berstatus anggota", required=False
    )
    grace_days = CountField(label="Hari tenggang setelah akhir bulan", most=90, help_text="0 berarti tanpa tenggang.")
    suspend_after_months = CountField(
        label="Diusulkan dibekukan setelah menunggak (bulan)",
        most=60,
        help_text="0 berarti tidak pernah. Sistem hanya mengusulkan; pengurus yang memutuskan.",
    )
    refund_months = CountField(
        label="Simpanan anggota keluar dikembalikan paling lambat (bulan)", most=60, help_text="0 berarti tidak diatur."
    )
    refund_instalments = CountField(label="Pengembalian dibayar dalam (kali)", least=1, most=60)
    decided_on = DateField(label="Tanggal rapat anggota", picker=True, not_before=FIRST_CONGRESS)
    decision = LineField(
        label="Keputusan rapat", max_length=120, help_text="Contoh: Berita acara RAT 2025 nomor 03, butir 4."
    )

    RULES = (
        "pokok_instalments",
        "instalments_make_members",
        "grace_days",
        "suspend_after_months",
        "refund_months",
        "refund_instalments",
    )

    def __init__(self, *args, months: Iterable[date], today: date, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["decided_on"].not_after = today
        self.fields["valid_from"].choices = [(month.isoformat(), format_month(month)) for month in months]

    def clean_valid_from(self) -> date:
        return date.fromisoformat(self.cleaned_data["valid_from"])

    def rules(self) -> Rules:
        """Return what was typed as rules."""
        data = self.cleaned_data
        return Rules(data["valid_from"], **{name: data[name] for name in self.RULES})

    def mark(self) -> str:
        """Return what the preview showed the effect of: saving needs the same."""
        data = self.cleaned_data
        return ".".join(str(int(data[name])) for name in self.RULES) + f".{data['valid_from']}"


class RateForm(forms.Form):
    """A decision of the members' meeting about dues."""

    kind = ChoiceField(label="Jenis", choices=[("wajib", "Simpanan wajib per bulan"), ("pokok", "Simpanan pokok")])
    rupiah = RupiahField(label="Jumlah", most=LARGEST_RATE)
    valid_from = ChoiceField(label="Berlaku mulai")
    decided_on = DateField(label="Tanggal rapat anggota", picker=True, required=False, not_before=FIRST_CONGRESS)
    decision = LineField(
        label="Keputusan rapat", required=False, max_length=120, help_text="Contoh: Berita acara RAT 2025, butir 4."
    )

    def __init__(self, *args, months: Iterable[date], today: date, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["decided_on"].not_after = today
        self.fields["valid_from"].choices = [(month.isoformat(), format_month(month)) for month in months]

    def clean_valid_from(self) -> date:
        return date.fromisoformat(self.cleaned_data["valid_from"])

    def mark(self) -> str:
        """Return what the preview showed the effect of: saving needs the same."""
        data = self.cleaned_data
        return f"{data['kind']}.{data['rupiah']}.{data['valid_from']}"


class OpenBooksForm(forms.Form):
    """The first decision: from when the books are kept here, and both rates."""

    opened_on = ChoiceField(label="Buku dimulai")
    pokok = RupiahField(
        label="Simpanan pokok", most=LARGEST_RATE, help_text="Sekali, saat masuk. Sama untuk semua anggota."
    )
    wajib = RupiahField(label="Simpanan wajib per bulan", most=LARGEST_RATE)
    decided_on = DateField(
        label="Tanggal rapat anggota yang menetapkan", picker=True, required=False, not_before=FIRST_CONGRESS
    )
    decision = LineField(label="Keputusan rapat", required=False, max_length=120)
    instalments = forms.BooleanField(
        label="Anggota yang masih mencicil pokok sudah berstatus anggota",
        required=False,
        help_text="Ikuti anggaran rumah tangga koperasi Anda.",
    )

    def __init__(self, *args, today: date, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        months = [add_months(month_of(today), -n) for n in range(25)]
        self.fields["opened_on"].choices = [(month.isoformat(), format_month(month)) for month in months]
        self.fields["decided_on"].not_after = today

    def clean_opened_on(self) -> date:
        return date.fromisoformat(self.cleaned_data["opened_on"])


class OpeningForm(forms.Form):
    """What lies beside the members' savings when books are taken over: the money, the day, and the old book's total."""

    as_of = DateField(label="Saldo per tanggal", picker=True, help_text="Hari pertama buku di sini, atau sesudahnya.")
    expected_total = RupiahField(label="Jumlah simpanan anggota menurut buku lama")
    cash = RupiahField(label="Uang kas", required=False)
    bank = RupiahField(label="Saldo bank", required=False)
    kunci = KeyField()

    def __init__(self, *args, today: date, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["as_of"].not_after = today
