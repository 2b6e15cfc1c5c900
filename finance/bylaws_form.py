"""What a members' meeting decided about the by-laws, as typed."""

from collections.abc import Iterable
from datetime import date

from django import forms

from finance.forms import FIRST_CONGRESS
from finance.reports.bylaws import Rules
from registry.formats import format_month
from registry.forms.fields import ChoiceField, CountField, DateField, LineField


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
