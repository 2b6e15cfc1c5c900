"""Invented people and numbers for the style page, so that its templates stand on their own.

`{% load look_examples %}{% look_examples as contoh %}`; nothing here touches the database.
"""

import json
from pathlib import Path
from typing import Any

from django import forms, template
from django.core.paginator import Paginator

from registry.templatetags.drawn import ICONS

register = template.Library()
EXAMPLES = Path(__file__).resolve().parents[2] / "templates" / "style" / "examples.json"


class ExampleForm(forms.Form):
    """One field of every kind, sent with mistakes so that the errors can be seen."""

    name = forms.CharField(label="Nama lengkap", help_text="Seperti di KTP.")
    amount = forms.CharField(
        label="Jumlah",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "data-prefix": "Rp", "class": "in-rp"}),
    )
    district = forms.ChoiceField(
        label="Kecamatan", choices=[("", "Pilih kecamatan"), ("1", "Walantaka"), ("2", "Kasemen")]
    )
    months = forms.ChoiceField(
        label="Untuk berapa bulan",
        choices=[("1", "1 bulan"), ("3", "3 bulan"), ("6", "6 bulan"), ("12", "12 bulan")],
        widget=forms.RadioSelect,
    )
    papers = forms.MultipleChoiceField(
        label="Berkas yang sudah ada",
        choices=[("ktp", "KTP"), ("kk", "Kartu keluarga"), ("foto", "Pasfoto")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    joined = forms.DateField(label="Tanggal masuk", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    note = forms.CharField(label="Catatan", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    proof = forms.FileField(label="Foto bukti", required=False, help_text="JPG atau PDF, paling besar 5 MB.")
    agree = forms.BooleanField(label="Anggota sudah membaca anggaran dasar", required=False)

    def clean_amount(self) -> int:
        typed = self.cleaned_data["amount"]
        if not typed.replace(".", "").isdigit():
            raise forms.ValidationError(f'Tulis angka saja, contoh 30000. Yang terbaca: "{typed}".')
        return int(typed.replace(".", ""))


class FilterForm(forms.Form):
    cari = forms.CharField(
        label="Cari nama", required=False, widget=forms.TextInput(attrs={"placeholder": "Nama atau desa"})
    )
    kecamatan = forms.ChoiceField(label="Kecamatan", choices=[("", "Semua kecamatan"), ("w", "Walantaka")])
    jenis = forms.ChoiceField(label="Jenis", choices=[("", "Semua jenis"), ("k", "Konsumen")])
    tahap = forms.ChoiceField(label="Tahap", choices=[("", "Semua tahap"), ("n", "Nomor induk")])
    lapor = forms.ChoiceField(label="Lapor", choices=[("", "Kapan pun lapor"), ("30", "Lebih dari 30 hari")])


class SignInForm(forms.Form):
    login = forms.CharField(label="Nomor HP atau surel")
    password = forms.CharField(
        label="Kata sandi",
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}, render_value=True),
    )


@register.simple_tag
def look_examples() -> dict[str, Any]:
    """Everything the style page shows, by name: the file `templates/style/examples.json` and a few forms."""
    refused = SignInForm({"login": "0812 0000 0047", "password": "rahasia"})
    refused.add_error("password", "Kata sandi belum cocok. Tersisa 4 percobaan sebelum jeda 15 menit.")
    return {
        **json.loads(EXAMPLES.read_text(encoding="utf-8")),
        "form": ExampleForm(),
        "wrong": ExampleForm({"name": "", "amount": "30.0O0", "district": "1", "joined": ""}, {}),
        "filter": FilterForm(),
        "sign_in": refused,
        "page": Paginator(range(955), 18).page(2),
        "counts": {100_000: 1, 50_000: 1, 10_000: 1},
        "icons": sorted(ICONS),
    }
