"""What a phone sends when the signal is back: one payment a request, recorded hours or days before."""

from django import forms
from django.utils.dateparse import parse_datetime

from finance.actions import DuesLine
from registry.forms.fields import DateField

LARGEST = 10**12  # rupiah; more is a typing error


class OutboxForm(forms.Form):
    """One payment recorded without signal. `terlihat`: the open wajib the officer saw; `siapa`: whose phone it was."""

    kunci = forms.UUIDField()
    siapa = forms.CharField(max_length=40)
    anggota = forms.RegexField(r"^[A-Z]+-\d{1,8}$")
    pokok = forms.IntegerField(min_value=0, max_value=LARGEST)
    wajib = forms.IntegerField(min_value=0, max_value=LARGEST)
    terlihat = forms.IntegerField(min_value=0, max_value=LARGEST)
    tanggal = DateField()
    dibuat = forms.CharField(max_length=40)
    muka = forms.BooleanField(required=False)

    def clean_dibuat(self):
        """The device's clock, whatever it says; only a moment must be readable."""
        try:
            moment = parse_datetime(self.cleaned_data["dibuat"])
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            raise forms.ValidationError("Jam pada perangkat tidak terbaca.")
        return moment

    def line(self, member_id: int) -> DuesLine:
        """Return what the form says, for the action."""
        data = self.cleaned_data
        wajib, seen, advance = data["wajib"], data["terlihat"], data["muka"]
        return DuesLine(
            member_id,
            pokok=data["pokok"],
            wajib=wajib,
            ahead=advance or wajib > seen,
            seen=None if advance else min(seen, wajib),
        )

    @property
    def sentence(self) -> str:
        """The first thing that is wrong, as one sentence with its field."""
        name, errors = next(iter(self.errors.items()))
        return f"{name}: {errors[0]}" if name != "__all__" else str(errors[0])
