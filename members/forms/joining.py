"""What a resident fills at the door, and the officers' no."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core import signing

from members.actions import Asker
from members.forms.people import EARLIEST_BIRTH, check_citizen, refuse_national_id
from members.models import Sex
from registry.codes import BadCode, new_code, split_code
from registry.forms.fields import ChoiceField, CountField, DateField, LineField, NameField, PhoneField, VerdictField
from registry.models import Cooperative
from registry.numbers import check_national_id

SALT = "members.join"
QUICKEST, LONGEST = (
    2,
    24 * 60 * 60,
)  # seconds a person takes to fill six fields; a form left open for a day is opened anew
REFERRER = r"^A-\d{1,8}$"


def join_token(cooperative: Cooperative, referrer: str = "") -> str:
    """Return the signed beginning of one request: its code, and when the form was opened."""
    return signing.dumps([new_code(cooperative.pk), referrer], salt=SALT)


class NeverEchoed(forms.TextInput):
    """A control that never shows what was typed: the form may come back with an error, the number does not."""

    def format_value(self, value) -> None:
        return None


class JoinForm(forms.Form):
    """Six fields. The NIK may stay empty, is never shown again, and is stored sealed."""

    name = NameField(label="Nama lengkap", help_text="Seperti di KTP.", widget=forms.TextInput(attrs={"autocomplete": "name"}))  # fmt: skip
    sex = ChoiceField(label="Jenis kelamin", choices=Sex.choices, widget=forms.RadioSelect)
    birth_date = DateField(label="Tanggal lahir", not_before=EARLIEST_BIRTH)
    address = LineField(label="Alamat dan RT/RW", max_length=160, widget=forms.TextInput(attrs={"autocomplete": "street-address"}))  # fmt: skip
    phone = PhoneField(label="Nomor HP")
    national_id = VerdictField(
        label="NIK",
        check=check_citizen,
        widget=NeverEchoed(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        max_length=40,
        required=False,
        help_text="16 angka di KTP. Disimpan tersandi dan tidak ditampilkan lagi.",
    )
    awal = forms.CharField(widget=forms.HiddenInput, max_length=400)
    situs = forms.CharField(required=False, max_length=200)

    SIX = ("name", "sex", "birth_date", "address", "phone", "national_id")

    def __init__(self, *args, cooperative: Cooperative, today: date, referrer: str = "", **kwargs) -> None:
        self.cooperative, self.today = cooperative, today
        super().__init__(*args, **kwargs)
        self.fields["birth_date"].not_after = today
        self.fields["birth_date"].widget.attrs["placeholder"] = "contoh 17/08/1985"
        self.fields["awal"].initial = lambda: join_token(cooperative, referrer)

    @property
    def six(self) -> list:
        return [self[name] for name in self.SIX]

    @property
    def is_by_a_machine(self) -> bool:
        """Whether the field no person sees was filled."""
        return bool(str(self.data.get(self.add_prefix("situs")) or "").strip())

    def clean_name(self) -> str:
        refuse_national_id(self.cleaned_data["name"])
        return self.cleaned_data["name"]

    def clean_address(self) -> str:
        refuse_national_id(self.cleaned_data["address"])
        return self.cleaned_data["address"]

    def clean(self) -> dict:
        data = super().clean() or self.cleaned_data
        self._read_beginning(data)
        if data.get("national_id") and data.get("birth_date") and data.get("sex"):
            verdict = check_national_id(
                data["national_id"], birth_date=data["birth_date"], sex=data["sex"], synthetic_allowed=True
            )
            if verdict.warnings:
                self.add_error("national_id", "NIK ini tidak sesuai dengan tanggal lahir atau jenis kelamin. Periksa, atau kosongkan.")  # fmt: skip
        return data

    def _read_beginning(self, data: dict) -> None:
        """The code and the referrer travel signed: nobody chooses a code, nobody sends a form of another door."""
        begun = data.get("awal", "")
        try:
            code, referrer = signing.loads(begun, salt=SALT, max_age=LONGEST)
            if split_code(code).number != self.cooperative.pk:
                raise BadCode
        except (signing.BadSignature, ValueError, TypeError):
            self.add_error(None, "Formulir ini sudah terlalu lama terbuka. Periksa isian, lalu kirim sekali lagi.")
            typed: dict[str, Any] = {name: self.data[name] for name in self.data}
            self.data = typed | {self.add_prefix("awal"): join_token(self.cooperative)}
            return
        if _is_younger(begun, QUICKEST):
            self.add_error(None, "Formulir terkirim sebelum sempat dibaca. Periksa isian, lalu kirim sekali lagi.")
        data["code"], data["referrer"] = code, referrer

    def asker(self) -> Asker:
        return Asker(**{name: self.cleaned_data[name] for name in self.SIX})


class CampaignForm(forms.Form):
    """How many new members are wanted, from when to when."""

    name = LineField(label="Nama ajakan", max_length=80, help_text="Contoh: Satu RT sepuluh anggota.")
    target = CountField(label="Sasaran anggota baru", least=1, most=100_000)
    starts_on = DateField(label="Mulai", picker=True)
    ends_on = DateField(label="Sampai", picker=True)

    def __init__(self, *args, today: date, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["starts_on"].initial = today

    def clean_name(self) -> str:
        refuse_national_id(self.cleaned_data["name"])
        return self.cleaned_data["name"]

    def clean(self) -> dict:
        data = super().clean() or self.cleaned_data
        starts, ends = data.get("starts_on"), data.get("ends_on")
        if starts and ends and not starts <= ends <= starts + timedelta(days=366):
            self.add_error("ends_on", "Ajakan berakhir sesudah mulai, paling lama setahun.")
        return data


class DeclineForm(forms.Form):
    """Why somebody cannot be taken in yet; they read it by their code."""

    reason = LineField(
        label="Alasan yang dibaca pemohon", max_length=200, help_text="Contoh: belum berdomisili di kelurahan ini."
    )

    def clean_reason(self) -> str:
        reason = self.cleaned_data["reason"]
        refuse_national_id(reason)
        if sum(sign.isalpha() for sign in reason) < 8:
            raise forms.ValidationError("Tulis alasannya dengan beberapa kata.")
        return reason


def _is_younger(token: str, seconds: int) -> bool:
    try:
        signing.loads(token, salt=SALT, max_age=seconds)
    except signing.SignatureExpired:
        return False
    return True
