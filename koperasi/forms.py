"""What the dinas asks of its own pages."""

import re
from datetime import date

from django import forms

from koperasi.reports.board import MEASURES
from koperasi.reports.dashboard import months_to_choose
from registry.formats import format_month
from registry.models import Place
from registry.periods import add_months

SHOWN = ("wajib", "anggota", "segar", "rat", "gedung", "bimtek")


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
