"""Uploading a list and matching its columns."""

from collections.abc import Sequence
from datetime import date

from django import forms

from registry.forms.fields import ChoiceField, DateField
from registry.sheets.columns import Column, Mapping
from registry.sheets.guard import MAX_UPLOAD_BYTES

UNUSED = "-"


class UploadForm(forms.Form):
    """A file. An importer that asks more with the upload subclasses it and gives `options`."""

    berkas = forms.FileField(
        label="Berkas",
        help_text="Excel (.xlsx) atau CSV, paling besar 25 MB.",
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
        error_messages={
            "required": "Pilih berkasnya dahulu.",
            "empty": "Berkas ini kosong. Periksa berkasnya, lalu unggah lagi.",
            "missing": "Pilih berkasnya dahulu.",
            "invalid": "Pilih berkasnya dahulu.",
        },
    )

    def __init__(self, *args, today: date, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_berkas(self):
        file = self.cleaned_data["berkas"]
        if file.size > MAX_UPLOAD_BYTES:
            raise forms.ValidationError(
                "Berkas paling besar 25 MB. Hapus gambar, atau bagilah menjadi beberapa berkas."
            )
        return file

    @property
    def options(self) -> dict:
        """What is kept with the batch; JSON values only."""
        return {}


class CooperativeUploadForm(UploadForm):
    as_of = DateField(label="Keadaan per tanggal", help_text="Hari yang dibicarakan angka di daftar itu.")

    def __init__(self, *args, today: date, **kwargs) -> None:
        super().__init__(*args, today=today, **kwargs)
        self.fields["as_of"].not_after = today
        if not self.is_bound:
            self.initial.setdefault("as_of", date(today.year - 1, 12, 31))

    @property
    def options(self) -> dict:
        return {"as_of": self.cleaned_data["as_of"].isoformat()}


class ColumnsForm(forms.Form):
    """Which column of the file is which of ours: one select per heading of the file."""

    def __init__(self, *args, mapping: Mapping, columns: Sequence[Column], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        choices = [
            (UNUSED, "Tidak dipakai"),
            *((one.key, f"{one.label} *" if one.required else one.label) for one in columns),
        ]
        for index, heading in enumerate(mapping.headings):
            if not heading:
                continue
            key = mapping.by_index.get(index, UNUSED)
            hint = "Dikira sama karena ejaannya mirip; periksa." if key in mapping.guessed else ""
            self.fields[f"kolom-{index}"] = ChoiceField(
                label=heading[:80], choices=choices, initial=key, help_text=hint
            )

    @property
    def choices(self) -> dict[int, str]:
        typed = self.cleaned_data.items()
        return {int(name.split("-")[1]): "" if key == UNUSED else key for name, key in typed}
