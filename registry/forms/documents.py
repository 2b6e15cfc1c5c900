"""What people type about a document: the upload by kind, its check, the filters of the list."""

from collections.abc import Sequence
from datetime import date

from django import forms

from registry.documents import OTHER, Kind, Kinds
from registry.forms.fields import ChoiceField, DateField, DocumentField, LineField
from registry.models import Place, Profile, Programme
from registry.reports.documents import STATES, Paper

EARLIEST = date(1945, 8, 17)


class UploadDocumentForm(forms.Form):
    """One paper of a kind; only what that kind has is asked. `advice` says what is odd about its number."""

    file = DocumentField(label="Berkas", required=True, help_text="PDF atau foto, paling besar 12 MB.")
    title = LineField(label="Nama dokumen", max_length=120)
    number = LineField(label="Nomor", max_length=80)
    issuer = LineField(label="Penerbit", max_length=120)
    issued_on = DateField(label="Tanggal terbit", not_before=EARLIEST)
    valid_until = DateField(label="Berlaku sampai", not_before=EARLIEST)
    grade = ChoiceField(label="Grade")
    replaces = ChoiceField(label="Menggantikan", required=False)

    def __init__(self, *args, kind: Kind, present: Sequence[Paper], today: date, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.kind, self.present, self.advice = kind, present, []
        self.fields["issued_on"].not_after = today
        self.fields["number"].required = bool(kind.proves)
        self.fields["valid_until"].required = kind.expires == "yes"
        if kind.expires == "maybe":
            self.fields["valid_until"].help_text = "Kosongkan bila tidak ada batas waktunya."
        self.fields["issuer"].required = kind.code != OTHER
        self.fields["grade"].choices = [("", "Pilih"), *((one, one) for one in kind.grades)]
        self.fields["replaces"].choices = [("", "Tidak ada, ini tambahan"), *((str(one.document.pk), _named(one)) for one in present)]  # fmt: skip
        for name, unused in (
            ("title", kind.code != OTHER), ("valid_until", kind.expires == "no"), ("grade", not kind.grades),
            ("replaces", not (kind.several and present)),
        ):  # fmt: skip
            if unused:
                del self.fields[name]

    def clean_number(self) -> str:
        number = self.cleaned_data["number"]
        if not number:
            return ""
        verdict = self.kind.read_number(number)
        if not verdict.ok:
            raise forms.ValidationError(verdict.errors)
        most = Profile._meta.get_field(self.kind.proves).max_length if self.kind.proves else 80
        if len(verdict.value) > most:
            raise forms.ValidationError(f"Paling banyak {most} huruf; yang terisi {len(verdict.value)}.")
        self.advice = verdict.warnings
        return verdict.value

    def clean(self) -> dict:
        found = super().clean()
        issued, until = found.get("issued_on"), found.get("valid_until")
        if issued and until and until < issued:
            self.add_error("valid_until", f"Masa berlaku berakhir sebelum tanggal terbitnya, {issued:%d/%m/%Y}.")
        return found

    @property
    def replaced(self) -> Paper | None:
        """What this paper takes the place of: the chosen one, or the one there is of a kind of which there is one."""
        if not self.kind.several:
            return self.present[0] if self.present else None
        chosen = self.cleaned_data.get("replaces")
        return next((one for one in self.present if str(one.document.pk) == chosen), None) if chosen else None

    @property
    def facts(self) -> dict:
        """The fields of the document as they are stored."""
        return {name: value for name, value in self.cleaned_data.items() if name not in ("file", "replaces")}


def _named(paper: Paper) -> str:
    number = f" {paper.document.number}" if paper.document.number else ""
    return f"{paper.title}{number}, terbit {paper.document.issued_on:%d/%m/%Y}"


class DocumentListForm(forms.Form):
    """The filters of the list, as they stand in its address."""

    cari = LineField(
        label="Cari",
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"placeholder": "Nama atau kelurahan"}),
    )
    jenis = ChoiceField(label="Jenis dokumen", required=False)
    kecamatan = ChoiceField(label="Kecamatan", required=False)
    program = ChoiceField(label="Program", required=False)
    asal = ChoiceField(
        label="Diunggah",
        required=False,
        choices=[("", "Siapa pun pengunggahnya"), ("pengurus", "Diunggah pengurus"), ("dinas", "Diunggah dinas")],
    )
    keadaan = ChoiceField(label="Keadaan", required=False, choices=[*STATES.items()], widget=forms.HiddenInput())

    def __init__(
        self, data, *, districts: Sequence[Place], programmes: Sequence[Programme], kinds: Kinds, **kwargs
    ) -> None:
        super().__init__(data, **kwargs)
        self.fields["jenis"].choices = [("", "Semua jenis"), *((one.code, one.name) for one in kinds.kinds.values())]
        self.fields["kecamatan"].choices = [("", "Semua kecamatan"), *((one.code, one.name) for one in districts)]
        self.fields["program"].choices = [("", "Semua program"), *((one.code, one.short_name) for one in programmes)]
        for field in self.fields.values():
            field.widget.attrs["class"] = "in"
            if isinstance(field.widget, forms.Select):
                field.widget.attrs["data-auto"] = ""
