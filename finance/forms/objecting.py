"""What the holder of a receipt writes about it, and what is answered."""

import uuid

from django import forms

from members.forms.people import refuse_national_id
from registry.forms.fields import TextField


class _SaysSomething(forms.Form):
    def clean_text(self) -> str:
        text = self.cleaned_data["text"]
        refuse_national_id(text)
        if sum(sign.isalpha() for sign in text) < 8:
            raise forms.ValidationError("Tulis dengan beberapa kata.")
        return text


class ObjectionForm(_SaysSomething):
    """Why a receipt is not right. `situs` is filled by machines only; `kunci` makes a form count once."""

    text = TextField(
        label="Apa yang tidak cocok",
        max_length=500,
        rows=4,
        help_text="Contoh: saya membayar Rp 50.000, di sini tertulis Rp 20.000. Jangan tulis nama atau NIK siapa pun.",
    )
    kunci = forms.UUIDField(widget=forms.HiddenInput, error_messages={"required": "Muat ulang halaman ini.", "invalid": "Muat ulang halaman ini."})  # fmt: skip
    situs = forms.CharField(required=False, max_length=200)

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kunci"].initial = uuid.uuid4

    @property
    def is_by_a_machine(self) -> bool:
        """Whether the field no person sees was filled."""
        return bool(str(self.data.get(self.add_prefix("situs")) or "").strip())


class AnswerForm(_SaysSomething):
    """The answer the reporter reads on the same public page."""

    text = TextField(
        label="Jawaban untuk pelapor",
        max_length=500,
        rows=4,
        help_text="Dibaca pelapor di halaman kuitansi. Jangan tulis nama anggota. Setelah dikirim, jawaban tidak dapat diubah.",
    )
