"""What the dinas types about pengurus and pengawas: a term, its end, a correction, declarations; who heads a village; filters."""

from collections.abc import Sequence
from datetime import date

from django import forms

from registry.forms.facts import FactForm
from registry.forms.fields import ChoiceField, CountField, DateField, LineField, NameField, PhoneField
from registry.models import Cooperative, Declaration, Officer, Organ, Place, Position, Programme
from registry.organs import packs
from registry.periods import add_months
from registry.reports.officers import same_person

TERM_YEARS = 5  # UU 25/1992 Ps 29: pengurus serve five years at most
MOST_TERMS = 20  # more is a slip of the finger
EARLIEST = date(1947, 7, 12)  # the first cooperative congress
SEXES = [("L", "Laki-laki"), ("P", "Perempuan")]
ANSWERS = [("ya", "Ya"), ("tidak", "Tidak"), ("", "Belum dinyatakan")]
_HOLDS = {"ya": True, "tidak": False, "": None}


class _TermForm(FactForm):
    """What a new term and a corrected one have in common."""

    may_be_ahead = ("ends_on", "starts_on")
    name = NameField(label="Nama", max_length=120)
    sex = ChoiceField(label="Jenis kelamin", choices=SEXES, widget=forms.RadioSelect)
    phone = PhoneField(label="Nomor HP", required=False)
    starts_on = DateField(label="Mulai menjabat", not_before=EARLIEST)
    ends_on = DateField(label="Masa jabatan sampai", not_before=EARLIEST)
    appointed_by = ChoiceField(
        label="Diangkat oleh", required=False, choices=[("", "Belum dicatat"), *Officer.AppointedBy.choices]
    )
    decision_number = LineField(label="Nomor SK atau berita acara", max_length=80, required=False)
    decision_on = DateField(label="Tanggal SK atau berita acara", required=False, not_before=EARLIEST)
    earlier_terms = CountField(
        label="Masa jabatan di jabatan ini sebelum register", most=MOST_TERMS, required=False,
        help_text="0 bila baru pertama kali. Kosongkan bila belum diketahui.",
    )  # fmt: skip

    def clean(self) -> dict:
        found = super().clean()
        if found.get("starts_on") and found.get("ends_on") and found["starts_on"] > found["ends_on"]:
            self.add_error("ends_on", "Masa jabatan berakhir sebelum dimulai. Periksa kedua tanggalnya.")
        if found.get("starts_on") and found["starts_on"] > add_months(self.today, 12):
            self.add_error("starts_on", "Mulainya lebih dari setahun lagi. Periksa tahunnya.")
        if found.get("ends_on") and found["ends_on"] > add_months(self.today, 12 * 2 * TERM_YEARS):
            self.add_error("ends_on", "Masa jabatan sampai lebih dari sepuluh tahun lagi. Periksa tahunnya.")
        return found

    def find_warnings(self) -> list[tuple[str, str]]:
        found, warned = self.cleaned_data, []
        if found["ends_on"] > add_months(found["starts_on"], 12 * TERM_YEARS):
            warned.append(("ends_on", "Masa jabatan lebih dari lima tahun (UU 25/1992 Pasal 29)."))
        if found.get("decision_on") and found["decision_on"] > found["starts_on"]:
            warned.append(("decision_on", "SK atau berita acara ini bertanggal sesudah masa jabatan dimulai."))
        return warned

    def refuse_post(self, holder: Officer | None) -> None:
        """Say that the post is held on these days."""
        name = "position" if "position" in self.fields else "starts_on"
        if holder is None:
            self.add_error(name, "Jabatan ini baru saja diisi orang lain. Muat ulang halaman pengurus.")
        elif holder.ended_on:
            self.add_error("starts_on", f"Jabatan ini dijabat {holder.name} sampai {holder.ended_on:%d/%m/%Y}. Mulailah pada hari itu atau sesudahnya.")  # fmt: skip
        else:
            self.add_error(name, f"Masih dijabat {holder.name}. Catat dahulu bahwa masa jabatannya berakhir.")


class OfficerForm(_TermForm):
    """A new term of office. `serving` are those who hold a post now."""

    field_order = ("position", "name", "sex", "phone", "ex_officio")
    position = ChoiceField(label="Jabatan", choices=[("", "Pilih jabatan"), *Position.choices])
    ex_officio = forms.BooleanField(label="Menjabat karena lurah atau kepala desa", required=False)

    def __init__(self, *args, serving: list[Officer], today: date, **kwargs) -> None:
        super().__init__(*args, today=today, **kwargs)
        self.serving = serving

    @property
    def fields_of_term(self) -> dict:
        supervisor = self.cleaned_data["position"].startswith("supervisor")
        return {"organ": Organ.SUPERVISOR if supervisor else Organ.MANAGEMENT, **self.cleaned_data}

    def clean(self) -> dict:
        found = super().clean()
        position, starts_on = found.get("position"), found.get("starts_on")
        if position != Position.SUPERVISOR_MEMBER:
            held = (one for one in self.serving if one.position == position)
            holder = next((one for one in held if not (one.ended_on and starts_on and one.ended_on <= starts_on)), None)
            if holder:
                self.refuse_post(holder)
        if found.get("ex_officio") and position and position != Position.SUPERVISOR_CHAIR:
            self.add_error("ex_officio", "Hanya ketua pengawas yang menjabat karena lurah atau kepala desa.")
        return found

    def find_warnings(self) -> list[tuple[str, str]]:
        warned, found = super().find_warnings(), self.cleaned_data
        same = next((one for one in self.serving if same_person(one.name, found["name"])), None)
        if same:
            both = same.organ != self.fields_of_term["organ"]
            more = " Pengurus tidak boleh merangkap pengawas." if both else ""
            warned.append(("name", f"Nama ini sudah menjabat {same.get_position_display().lower()}.{more}"))
        return warned


class CorrectOfficerForm(_TermForm):
    """What was written wrongly about a term. The post itself is not corrected: the term is ended and a new one begun."""

    ended_on = DateField(label="Berhenti pada", not_before=EARLIEST)
    end_reason = ChoiceField(label="Sebab", choices=Officer.EndReason.choices)
    reason = LineField(
        label="Alasan perbaikan", max_length=200, help_text="Misalnya salah ketik, atau sesuai SK nomor …"
    )

    def __init__(self, *args, officer: Officer, today: date, **kwargs) -> None:
        super().__init__(*args, today=today, **kwargs)
        self.officer = officer
        if not officer.ended_on:
            del self.fields["ended_on"], self.fields["end_reason"]
        else:
            self.fields["ended_on"].not_after = None if officer.ended_on > today else today

    def clean(self) -> dict:
        found = super().clean()
        if found.get("ended_on") and found.get("starts_on") and found["ended_on"] < found["starts_on"]:
            self.add_error("ended_on", "Berhenti sebelum mulai menjabat. Periksa kedua tanggalnya.")
        return found

    @property
    def fields_of_term(self) -> dict:
        return {name: value for name, value in self.cleaned_data.items() if name != "reason"}


class EndTermForm(FactForm):
    ended_on = DateField(label="Berhenti pada")
    end_reason = ChoiceField(label="Sebab", choices=[("", "Pilih sebab"), *Officer.EndReason.choices])

    def __init__(self, *args, officer: Officer, today: date, **kwargs) -> None:
        super().__init__(*args, today=today, **kwargs)
        self.fields["ended_on"].not_before = officer.starts_on


class DeclarationForm(FactForm):
    """What one office-holder declared. Asked is what the rules in force ask of the person's organ."""

    declared_on = DateField(label="Dinyatakan pada")

    def __init__(self, *args, asked: Sequence[str], officer: Officer, today: date, **kwargs) -> None:
        super().__init__(*args, today=today, **kwargs)
        words = dict(Declaration.What.choices)
        self.asked = list(asked)
        for what in self.asked:
            self.fields[what] = ChoiceField(
                label=words[what], choices=ANSWERS, required=False, widget=forms.RadioSelect
            )

    @property
    def answers(self) -> dict[str, bool | None]:
        return {what: _HOLDS[self.cleaned_data[what]] for what in self.asked}


class HeadForm(FactForm):
    """Who is lurah or kepala desa from a day on. `seats` are the cooperatives whose ketua pengawas goes with the office."""

    name = NameField(label="Nama", max_length=120)
    sex = ChoiceField(label="Jenis kelamin", choices=SEXES, widget=forms.RadioSelect)
    phone = PhoneField(label="Nomor HP", required=False)
    decision_number = LineField(label="Nomor SK", max_length=80, required=False)
    starts_on = DateField(label="Menjabat sejak", not_before=EARLIEST)
    replace = forms.BooleanField(label="Ganti ketua pengawas sekarang", required=False)

    def __init__(self, *args, seats: Sequence[Cooperative], not_before: date | None, today: date, **kwargs) -> None:
        super().__init__(*args, today=today, **kwargs)
        self.seats = list(seats)
        if not_before:
            self.fields["starts_on"].not_before = max(not_before, EARLIEST)
        if self.seats:
            names = ", ".join(one.short_name for one in self.seats)
            self.fields["replace"].label = f"Ganti ketua pengawas {names} sekarang"
        else:
            del self.fields["replace"]

    @property
    def fields_of_head(self) -> dict:
        return {name: value for name, value in self.cleaned_data.items() if name != "replace"}

    @property
    def replaced(self) -> list[Cooperative]:
        return self.seats if self.cleaned_data.get("replace") else []


class PairForm(forms.Form):
    """The verdict over two terms that may be one person."""

    pertama = forms.IntegerField(min_value=1, max_value=2**62)
    kedua = forms.IntegerField(min_value=1, max_value=2**62)
    putusan = ChoiceField(choices=[("sama", "Orang yang sama"), ("beda", "Orang berbeda")])


class OrgansForm(forms.Form):
    """The filters of the lists of the dinas, as they stand in the address."""

    cari = LineField(
        label="Cari", required=False, max_length=80,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "Nama koperasi atau desa"}),
    )  # fmt: skip
    kecamatan = ChoiceField(label="Kecamatan", required=False)
    program = ChoiceField(label="Program", required=False)
    jabatan = ChoiceField(label="Jabatan", required=False, choices=[("", "Semua jabatan"), *Position.choices])
    aturan = ChoiceField(label="Aturan", required=False)

    def __init__(self, data, *, districts: Sequence[Place], programmes: Sequence[Programme], by_rule: bool) -> None:
        super().__init__(data)
        self.fields["kecamatan"].choices = [("", "Semua kecamatan"), *((one.code, one.name) for one in districts)]
        known = [(one.code, one.short_name) for one in programmes]
        self.fields["program"].choices = [("", "Semua program"), *known, ("tanpa", "Tanpa program")]
        rules = {rule.code: rule.name for pack in reversed(packs()) for rule in pack.rules}
        self.fields["aturan"].choices = [("", "Semua aturan"), *rules.items()]
        self.fields["aturan"].widget = forms.HiddenInput()  # chosen in the table of rules
        del self.fields["jabatan" if by_rule else "aturan"]
        for bound in self.fields.values():
            bound.widget.attrs["class"] = "in"
            if isinstance(bound.widget, forms.Select):
                bound.widget.attrs["data-auto"] = ""
