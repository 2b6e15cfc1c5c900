"""What people write down about a cooperative over time: RAT, building, blockers, bimtek, reported figures."""

from datetime import date, timedelta

from django import forms

from registry.forms.choosing import DataListInput
from registry.forms.confirming import ConfirmsWarnings
from registry.forms.fields import (
    ChoiceField,
    CountField,
    DateField,
    LineField,
    RupiahField,
)
from registry.models import Blocker, Officer, ReportedFigure
from registry.reports.figures import figure_kinds
from registry.training import topics

EARLIEST_BOOK_YEAR = 1947  # the first cooperative congress


class FactForm(ConfirmsWarnings, forms.Form):
    """A form whose dates may not lie in the future."""

    may_be_ahead: tuple[str, ...] = ()

    def __init__(self, *args, today: date, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        for name, field in self.fields.items():
            if isinstance(field, DateField) and name not in self.may_be_ahead:
                field.not_after = today


class AnnualMeetingForm(FactForm):
    book_year = CountField(label="Tahun buku", least=EARLIEST_BOOK_YEAR)
    held_on = DateField(label="Tanggal RAT")
    present = CountField(label="Anggota yang hadir", most=1_000_000, required=False)
    reported_on = DateField(label="Laporan diterima dinas", required=False)

    def __init__(self, *args, today: date, **kwargs) -> None:
        super().__init__(*args, today=today, **kwargs)
        self.fields["book_year"].most = today.year
        self.fields["book_year"].prepare_value = lambda value: value  # a year is written without a dot
        if not self.is_bound:
            self.initial.setdefault("book_year", today.year - 1)

    def clean(self) -> dict:
        found = super().clean()
        held, reported = found.get("held_on"), found.get("reported_on")
        if held and reported and reported < held:
            self.add_error("reported_on", "Laporan tidak mungkin diterima sebelum RAT diadakan.")
        if held and found.get("book_year") and held.year < found["book_year"]:
            self.add_error("held_on", f"RAT tahun buku {found['book_year']} tidak mungkin diadakan sebelum tahun itu.")
        return found

    def find_warnings(self) -> list[tuple[str, str]]:
        year, held = self.cleaned_data["book_year"], self.cleaned_data["held_on"]
        if held.year == year:
            return [("held_on", f"Tahun buku {year} biasanya belum berakhir pada {held:%d/%m/%Y}.")]
        if held > date(year + 2, 12, 31):
            return [("held_on", f"RAT ini diadakan lebih dari dua tahun setelah tahun buku {year} berakhir.")]
        return []


class BlockerForm(FactForm):
    may_be_ahead = ("due_on",)
    what = ChoiceField(label="Hambatan", choices=[("", "Pilih hambatan"), *Blocker.What.choices])
    text = LineField(label="Uraian", max_length=240, help_text="Apa yang kurang, dengan angkanya.")
    waits_for = LineField(label="Instansi yang harus bertindak", max_length=120)
    due_on = DateField(label="Tenggat", required=False)

    def find_warnings(self) -> list[tuple[str, str]]:
        due = self.cleaned_data["due_on"]
        return [("due_on", "Tenggat ini sudah lewat.")] if due and due < self.today else []


class TrainingForm(FactForm):
    officer = ChoiceField(label="Peserta")
    topic = LineField(label="Topik", max_length=120, widget=DataListInput([one.name for one in topics().values()]))
    held_on = DateField(label="Tanggal")

    def __init__(self, *args, officers: list[Officer], today: date, **kwargs) -> None:
        super().__init__(*args, today=today, **kwargs)
        self.officers = {str(officer.pk): officer for officer in officers}
        self.fields["officer"].choices = [("", "Pilih peserta"), *((pk, str(one)) for pk, one in self.officers.items())]

    def clean_officer(self) -> Officer:
        return self.officers[self.cleaned_data["officer"]]


class FiguresForm(FactForm):
    """Figures of one cooperative on one day. Empty means not reported, never 0. `known` are those stored for the day."""

    period = DateField(
        label="Angka per tanggal", help_text="Hari yang dibicarakan angkanya, misalnya akhir tahun buku."
    )
    source = ChoiceField(label="Sumber", choices=ReportedFigure.Source.choices)

    def __init__(self, *args, today: date, own_report: bool = False, **kwargs) -> None:
        super().__init__(*args, today=today, **kwargs)
        if own_report:
            del self.fields["source"]
        for code, kind in figure_kinds().items():
            self.fields[code] = _figure_field(kind)
        if not self.is_bound:
            self.initial.setdefault("period", today.replace(day=1) - timedelta(days=1))

    @property
    def values(self) -> dict[str, int]:
        return {code: self.cleaned_data[code] for code in figure_kinds() if self.cleaned_data[code] is not None}

    def clean(self) -> dict:
        found = super().clean()
        if not self.errors and all(found.get(code) is None for code in figure_kinds()):
            self.add_error(None, "Isi sekurangnya satu angka.")
        return found

    def find_warnings(self) -> list[tuple[str, str]]:
        own, external, assets = (self.cleaned_data[name] for name in ("own_capital", "external_capital", "assets"))
        if None in (own, external, assets) or abs(own + external - assets) <= max(assets // 20, 1):
            return []
        return [("assets", "Modal sendiri ditambah modal luar berbeda lebih dari 5% dari aset. Periksa ketiganya.")]


def _figure_field(kind: dict) -> CountField:
    options = {
        "label": kind["label"],
        "required": False,
        "help_text": kind["definition"],
        "negative": kind["may_be_negative"],
    }
    return RupiahField(**options) if kind["unit"] == "rupiah" else CountField(most=10_000_000, **options)
