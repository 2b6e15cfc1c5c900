"""What people write down about a cooperative over time: RAT, building, blockers, bimtek, officers, reported figures."""

from datetime import date, timedelta

from django import forms

from registry.forms.choosing import DataListInput
from registry.forms.confirming import ConfirmsWarnings
from registry.forms.fields import (
    ChoiceField,
    CountField,
    DateField,
    LineField,
    NameField,
    PhoneField,
    RupiahField,
)
from registry.models import Blocker, BuildingRecord, Officer, Organ, Position, ReportedFigure
from registry.periods import add_months
from registry.reports.figures import figure_kinds
from registry.training import topics

EARLIEST_BOOK_YEAR = 1947  # the first cooperative congress
TERM_YEARS = 5  # UU 25/1992 Ps 29: pengurus serve five years at most


class _FactForm(ConfirmsWarnings, forms.Form):
    """A form whose dates may not lie in the future."""

    may_be_ahead: tuple[str, ...] = ()

    def __init__(self, *args, today: date, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        for name, field in self.fields.items():
            if isinstance(field, DateField) and name not in self.may_be_ahead:
                field.not_after = today


class AnnualMeetingForm(_FactForm):
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


class BuildingForm(_FactForm):
    ownership = ChoiceField(label="Gedung", choices=BuildingRecord.Ownership.choices, widget=forms.RadioSelect)
    as_of = DateField(label="Keadaan per")
    note = LineField(label="Catatan", max_length=200, required=False, help_text="Misalnya luas lahan atau pemiliknya.")


class BlockerForm(_FactForm):
    may_be_ahead = ("due_on",)
    what = ChoiceField(label="Hambatan", choices=[("", "Pilih hambatan"), *Blocker.What.choices])
    text = LineField(label="Uraian", max_length=240, help_text="Apa yang kurang, dengan angkanya.")
    waits_for = LineField(label="Instansi yang harus bertindak", max_length=120)
    due_on = DateField(label="Tenggat", required=False)

    def find_warnings(self) -> list[tuple[str, str]]:
        due = self.cleaned_data["due_on"]
        return [("due_on", "Tenggat ini sudah lewat.")] if due and due < self.today else []


class TrainingForm(_FactForm):
    officer = ChoiceField(label="Peserta")
    topic = LineField(label="Topik", max_length=120, widget=DataListInput([one.name for one in topics().values()]))
    held_on = DateField(label="Tanggal")

    def __init__(self, *args, officers: list[Officer], today: date, **kwargs) -> None:
        super().__init__(*args, today=today, **kwargs)
        self.officers = {str(officer.pk): officer for officer in officers}
        self.fields["officer"].choices = [("", "Pilih peserta"), *((pk, str(one)) for pk, one in self.officers.items())]

    def clean_officer(self) -> Officer:
        return self.officers[self.cleaned_data["officer"]]


class OfficerForm(_FactForm):
    """A new term of office. `serving` are those who hold a post now."""

    may_be_ahead = ("ends_on", "starts_on")
    position = ChoiceField(label="Jabatan", choices=[("", "Pilih jabatan"), *Position.choices])
    name = NameField(label="Nama", max_length=120)
    sex = ChoiceField(label="Jenis kelamin", choices=[("L", "Laki-laki"), ("P", "Perempuan")], widget=forms.RadioSelect)
    phone = PhoneField(label="Nomor HP", required=False)
    ex_officio = forms.BooleanField(label="Menjabat karena lurah atau kepala desa", required=False)
    starts_on = DateField(label="Mulai menjabat")
    ends_on = DateField(label="Masa jabatan sampai")

    def __init__(self, *args, serving: list[Officer], today: date, **kwargs) -> None:
        super().__init__(*args, today=today, **kwargs)
        self.serving = serving

    @property
    def organ(self) -> str:
        return Organ.SUPERVISOR if self.cleaned_data["position"].startswith("supervisor") else Organ.MANAGEMENT

    def clean(self) -> dict:
        found = super().clean()
        if found.get("starts_on") and found.get("ends_on") and found["starts_on"] > found["ends_on"]:
            self.add_error("ends_on", "Masa jabatan berakhir sebelum dimulai. Periksa kedua tanggalnya.")
        position = found.get("position")
        holder = next((one for one in self.serving if one.position == position), None)
        if holder and position != Position.SUPERVISOR_MEMBER:
            self.add_error("position", f"Masih dijabat {holder.name}. Catat dahulu bahwa masa jabatannya berakhir.")
        return found

    def find_warnings(self) -> list[tuple[str, str]]:
        found, warned = self.cleaned_data, []
        if found["ends_on"] > add_months(found["starts_on"], 12 * TERM_YEARS):
            warned.append(("ends_on", "Masa jabatan lebih dari lima tahun (UU 25/1992 Pasal 29)."))
        same = next((one for one in self.serving if one.name.casefold() == found["name"].casefold()), None)
        if same:
            warned.append(("name", f"Nama ini sudah menjabat {same.get_position_display().lower()}."))
        return warned


class EndTermForm(_FactForm):
    ended_on = DateField(label="Berhenti pada")
    end_reason = ChoiceField(label="Sebab", choices=[("", "Pilih sebab"), *Officer.EndReason.choices])

    def __init__(self, *args, officer: Officer, today: date, **kwargs) -> None:
        super().__init__(*args, today=today, **kwargs)
        self.fields["ended_on"].not_before = officer.starts_on


class FiguresForm(_FactForm):
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
