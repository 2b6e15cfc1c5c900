"""What the dinas asks of its own pages."""

import re
from datetime import date

from django import forms

from koperasi.reports.board import MEASURES
from koperasi.reports.dashboard import months_to_choose
from registry.formats import format_month
from registry.forms.fields import ChoiceField, DateField, LineField
from registry.models import Place, Signatory
from registry.periods import add_months

SHOWN = ("wajib", "anggota", "segar", "rat", "gedung", "bimtek", "pembentukan")


class DashboardForm(forms.Form):
    """Which measure, which month, which kecamatan. An empty field has a default; an unknown value is an error."""

    ukuran = forms.ChoiceField(label="Ukuran", required=False)
    bulan = forms.ChoiceField(label="Bulan", required=False)
    kecamatan = forms.ChoiceField(label="Kecamatan", required=False)

    def __init__(self, data, *, agency, today: date, may_zoom: bool) -> None:
        months = months_to_choose(today)
        self.default_month = add_months(months[0], -1)  # the last one that has ended
        super().__init__(data)
        self.fields["ukuran"].choices = [(key, MEASURES[key].label) for key in SHOWN]
        self.fields["bulan"].choices = [(f"{month:%Y-%m}", format_month(month)) for month in months]
        districts = Place.objects.filter(parent=agency.place_id, level="district").values_list("code", "name")
        self.fields["kecamatan"].choices = [("", "Semua kecamatan"), *districts]
        if not may_zoom:
            del self.fields["kecamatan"]

    @property
    def measure(self) -> str:
        return self._value("ukuran") or SHOWN[0]

    @property
    def month(self) -> date:
        text = self._value("bulan")
        return date.fromisoformat(f"{text}-01") if re.fullmatch(r"\d{4}-\d{2}", text) else self.default_month

    @property
    def district(self) -> str:
        return self._value("kecamatan")

    def _value(self, name: str) -> str:
        self.is_valid()
        return self.cleaned_data.get(name, "")

    def shown(self) -> "DashboardForm":
        """The same form with what is shown chosen in it, defaults too."""
        self.is_valid()
        self.data = {"ukuran": self.measure, "bulan": f"{self.month:%Y-%m}", "kecamatan": self.district}
        return self


class PublishForm(forms.Form):
    """What goes beside the numbers: at most three decisions asked, the letter's number, and for a ralat its reason."""

    putusan1 = forms.CharField(
        label="Putusan pertama", required=False, max_length=240, widget=forms.Textarea(attrs={"rows": 2})
    )
    putusan2 = forms.CharField(
        label="Putusan kedua", required=False, max_length=240, widget=forms.Textarea(attrs={"rows": 2})
    )
    putusan3 = forms.CharField(
        label="Putusan ketiga", required=False, max_length=240, widget=forms.Textarea(attrs={"rows": 2})
    )
    nomor = forms.CharField(
        label="Nomor surat", required=False, max_length=60, help_text="Boleh dikosongkan bila nomor diberikan SRIKANDI."
    )
    alasan = forms.CharField(
        label="Alasan ralat", max_length=200, help_text="Dicetak di laporan dan dicatat pada laporan yang diganti."
    )
    angka = forms.CharField(max_length=16, widget=forms.HiddenInput)
    revisi = forms.IntegerField(min_value=1, max_value=99, widget=forms.HiddenInput)

    def __init__(self, data=None, *, correcting: bool, **kwargs) -> None:
        super().__init__(data, **kwargs)
        if not correcting:
            del self.fields["alasan"]


class SignatoryForm(forms.Form):
    """Who signs the monthly report, from a day on."""

    name = LineField(label="Nama dan gelar", max_length=120)
    post = LineField(label="Jabatan", max_length=120, initial="Kepala Dinas")
    capacity = ChoiceField(label="Kedudukan", required=False, choices=Signatory.Capacity.choices)
    rank = LineField(label="Pangkat dan golongan", required=False, max_length=60)
    nip = forms.RegexField(label="NIP", required=False, regex=r"^\d{18}$", help_text="18 angka tanpa spasi.",
                           error_messages={"invalid": "NIP terdiri dari 18 angka. Tulis tanpa spasi."})  # fmt: skip
    valid_from = DateField(label="Berlaku sejak")
