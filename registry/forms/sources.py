"""What the dinas asks of the values that differ, decides about them, and types from another source."""

from collections.abc import Mapping, Sequence
from datetime import date

from django import forms

from registry.forms.fields import ChoiceField, DateField, LineField
from registry.forms.imports import UploadForm
from registry.models import Place, SourceValue
from registry.reports.sources import Asked
from registry.sheets.places import PlaceMatcher, UnclearPlace
from registry.sources import CHOICES, Source, fields, read, reasons, sources

DECISIONS = [("ours", "Pakai nilai kita"), ("theirs", "Pakai nilai mereka"), ("asked", "Tanyakan")]


class DifferingForm(forms.Form):
    """The filters of the values that differ, as they stand in the address."""

    cari = LineField(label="Cari koperasi", max_length=80, required=False)
    sumber = ChoiceField(label="Sumber", required=False)
    kecamatan = ChoiceField(label="Kecamatan", required=False)
    keputusan = ChoiceField(
        label="Keputusan", required=False,
        choices=[("", "Belum diputuskan"), ("ours", "Nilai kita dipertahankan"), ("asked", "Sedang ditanyakan"), ("all", "Semua yang berbeda")],
    )  # fmt: skip
    isian = ChoiceField(label="Isian", required=False, widget=forms.HiddenInput)

    def __init__(self, data, *, districts: Sequence[Place], source: str = "") -> None:
        super().__init__(data)
        self.fields["kecamatan"].choices = [("", "Semua kecamatan"), *((one.code, one.name) for one in districts)]
        self.fields["sumber"].choices = [("", "Semua sumber"), *((one.code, one.name) for one in sources().values())]
        self.fields["isian"].choices = [("", ""), *((code, one.label) for code, one in fields().items())]
        self.fields["isian"].widget = forms.HiddenInput()
        if source:
            del self.fields["sumber"]
        self.source = source
        for bound in self.fields.values():
            bound.widget.attrs["class"] = "in"
            if isinstance(bound.widget, forms.Select):
                bound.widget.attrs["data-auto"] = ""

    @property
    def asked(self) -> Asked:
        typed = self.cleaned_data if self.is_valid() else {}
        return Asked(
            self.source or typed.get("sumber", ""), typed.get("isian", ""), typed.get("kecamatan", ""), typed.get("keputusan", ""),
            typed.get("cari", ""),
        )  # fmt: skip


class DecideForm(forms.Form):
    """What is decided about chosen values, and why."""

    keputusan = ChoiceField(label="Keputusan", choices=DECISIONS)
    alasan = LineField(label="Alasan", max_length=160, required=False)

    def clean(self) -> dict:
        found = super().clean()
        if found.get("keputusan") == "ours" and not found.get("alasan"):
            self.add_error("alasan", "Tulis mengapa nilai kita yang dipertahankan.")
        return found


class SourceUploadForm(UploadForm):
    as_of = DateField(label="Keadaan per tanggal", help_text="Hari daftar itu diambil dari sumbernya.")

    def __init__(self, *args, today: date, **kwargs) -> None:
        super().__init__(*args, today=today, **kwargs)
        self.fields["as_of"].not_after = today
        if not self.is_bound:
            self.initial.setdefault("as_of", today)

    @property
    def options(self) -> dict:
        return {"as_of": self.cleaned_data["as_of"].isoformat()}


class TypeSourceForm(forms.Form):
    """What one source says of one cooperative, as a person reads it there. Kept as written."""

    as_of = DateField(label="Dilihat pada tanggal")

    def __init__(
        self, *args, source: Source, known: Mapping[str, SourceValue], matcher: PlaceMatcher, district: str, today: date, **kwargs
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self.matcher, self.district = matcher, district
        self.fields["as_of"].not_after, self.fields["as_of"].not_before = today, date(2000, 1, 1)
        self.initial.setdefault("as_of", today)
        for code in source.order:
            hint = f"Misalnya {', '.join(CHOICES[code].labels[:3])}." if code in CHOICES else ""
            self.fields[code] = LineField(label=fields()[code].label, max_length=200, required=False, help_text=hint)
            if code in known:
                self.initial[code] = known[code].value
        self.codes = source.order

    @property
    def values(self) -> dict[str, tuple[str, str]]:
        """Field to (as written, as our profile would hold it)."""
        return {code: (self.cleaned_data[code], self._read(code)) for code in self.codes}

    def _read(self, code: str) -> str:
        text = self.cleaned_data[code]
        if not text or code != "village":
            return read(code, text) if text else ""
        for near in (self.district, None):
            try:
                return self.matcher.village(text, near) or ""
            except UnclearPlace:
                continue
        return ""

    @property
    def usual_reasons(self) -> list[str]:
        return reasons()
