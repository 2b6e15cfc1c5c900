"""What officers type when somebody's savings are given back. Forms read and explain; they never write."""

from collections.abc import Sequence
from datetime import date

from django import forms

from finance.forms.dues import KeyField
from finance.models import Channel
from members.models import Member
from registry.formats import format_date
from registry.forms.fields import ChoiceField, CountField, DateField, LineField, RupiahField
from registry.periods import add_months


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
