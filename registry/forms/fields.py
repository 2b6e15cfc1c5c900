"""Form fields that read what people in Serang type. Import them in every app's forms.

Every field strips control signs and NUL, keeps what was typed when it refuses it, and speaks in whole sentences.
A rule of `registry.numbers` may warn instead of refuse: the field keeps its `warnings`, and a form with
`ConfirmsWarnings` shows them once and asks for "Simpan juga".
"""

from collections.abc import Callable
from datetime import date

from django import forms
from django.core.exceptions import ValidationError

from registry.formats import Unreadable, format_number, parse_date, parse_rupiah
from registry.numbers import TooLong, Verdict, check_phone, check_rt_rw, clean_line, clean_name, format_phone
from registry.pictures import LARGEST_UPLOAD, NotAPicture, drawn_anew

__all__ = [
    "ChoiceField",
    "CountField",
    "DateField",
    "DocumentField",
    "LineField",
    "NameField",
    "PhoneField",
    "PicturesField",
    "RtRwField",
    "RupiahField",
    "TextField",
    "VerdictField",
]

REQUIRED = "Belum diisi."


class LineField(forms.CharField):
    """One line of text, cleaned by `clean_line`; at most `max_length` characters, never cut in silence."""

    tidy: Callable[[str, int], str] = staticmethod(clean_line)

    def __init__(self, *, max_length: int = 200, **kwargs) -> None:
        kwargs.setdefault("error_messages", {"required": REQUIRED})
        self.most = max_length
        super().__init__(**kwargs)

    def to_python(self, value: object) -> str:
        if value in self.empty_values:
            return ""
        try:
            return type(self).tidy(str(value), self.most)
        except TooLong as error:
            raise ValidationError(error.sentence) from error


class NameField(LineField):
    """A person's or cooperative's name: one line with at least one letter, capitals as typed."""

    tidy = staticmethod(clean_name)

    def __init__(self, *, max_length: int = 120, **kwargs) -> None:
        super().__init__(max_length=max_length, **kwargs)

    def validate(self, value: str) -> None:
        super().validate(value)
        if value and not any(sign.isalpha() for sign in value):
            raise ValidationError("Belum terbaca sebagai nama. Tulis dengan huruf.")


class TextField(LineField):
    """Several lines of text; each line is cleaned, empty lines are dropped."""

    widget = forms.Textarea

    def __init__(self, *, max_length: int = 1000, rows: int = 3, **kwargs) -> None:
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        super().__init__(max_length=max_length, **kwargs)

    def to_python(self, value: object) -> str:
        lines = [clean_line(line) for line in str(value or "").splitlines()]
        text = "\n".join(line for line in lines if line)
        if len(text) > self.most:
            raise ValidationError(TooLong(self.most, len(text)).sentence)
        return text


class VerdictField(LineField):
    """A number with rules (NIB, NPWP, phone): `check` gives errors, which refuse, and warnings, which are kept.

    `shown` turns the stored value into what the control shows.
    """

    def __init__(
        self,
        *,
        check: Callable[[str], Verdict],
        shown: Callable[[str], str] | None = None,
        digits: bool = True,
        **kwargs,
    ) -> None:
        self.check, self.shown = check, shown
        self.warnings: list[str] = []
        if digits:
            kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}))
        super().__init__(**kwargs)

    def to_python(self, value: object) -> str:
        self.warnings = []
        text = super().to_python(value)
        if not text:
            return ""
        verdict = self.check(text)
        if verdict.errors:
            raise ValidationError(verdict.errors)
        self.warnings = list(verdict.warnings)
        return verdict.value

    def prepare_value(self, value):
        return self.shown(value) if self.shown and isinstance(value, str) else value


class PhoneField(VerdictField):
    """A telephone number; stored "+6281234567890", shown "0812-3456-7890"."""

    def __init__(self, **kwargs) -> None:
        kwargs.setdefault(
            "widget", forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel", "class": "in-tel"})
        )
        super().__init__(check=check_phone, shown=format_phone, max_length=60, **kwargs)


class RtRwField(VerdictField):
    """RT and RW as "001/002"; unreadable ones are kept with a warning, if they fit."""

    def __init__(self, **kwargs) -> None:
        super().__init__(check=check_rt_rw, digits=False, max_length=40, **kwargs)

    def to_python(self, value: object) -> str:
        text = super().to_python(value)
        if len(text) > 7:
            raise ValidationError("Tulis RT/RW seperti 001/002.")
        return text


class _Pictures(forms.ClearableFileInput):
    allow_multiple_selected = True


class PicturesField(forms.FileField):
    """Photos of a paper, up to `most`; the cleaned value is a list of JPEGs drawn anew (`registry.pictures`), perhaps empty."""

    def __init__(self, *, most: int = 6, **kwargs) -> None:
        self.most = most
        kwargs.setdefault("widget", _Pictures(attrs={"accept": "image/jpeg,image/png,image/webp"}))
        kwargs.setdefault("required", False)
        kwargs.setdefault("error_messages", {"required": "Pilih dulu fotonya."})
        super().__init__(**kwargs)

    def clean(self, data: object, initial: object = None) -> list[bytes]:
        given = data if isinstance(data, list | tuple) else [data] if data else []
        uploads = [upload for upload in given if upload]
        if not uploads:
            if self.required:
                raise ValidationError(self.error_messages["required"])
            return []
        if len(uploads) > self.most:
            raise ValidationError(f"Paling banyak {self.most} foto sekaligus.")
        try:
            return [drawn_anew(upload.read()) for upload in uploads]
        except NotAPicture as error:
            raise ValidationError(error.sentence) from error


class DateField(forms.Field):
    """A day as people type it (`formats.parse_date`): 20/11/2026, 20.11.2026, 20 Nov 2026, 2026-11-20.

    `not_after` refuses later days and decides the century of a two-digit year; set it to `request.today` when the form
    is made: `form.fields["held_on"].not_after = today`. `picker=True` uses the phone's own calendar.
    """

    def __init__(
        self, *, picker: bool = False, not_after: date | None = None, not_before: date | None = None, **kwargs
    ) -> None:
        self.picker, self.not_after, self.not_before = picker, not_after, not_before
        attrs = {"type": "date"} if picker else {"placeholder": "20/11/2026", "autocomplete": "off"}
        kwargs.setdefault("widget", forms.TextInput(attrs=attrs))
        kwargs.setdefault("error_messages", {"required": "Tanggal belum diisi."})
        super().__init__(**kwargs)

    def to_python(self, value: object) -> date | None:
        if value in self.empty_values or isinstance(value, date):
            return value or None
        text = " ".join(str(value).replace("\0", "").split())
        if not text:
            return None
        try:
            return parse_date(text, not_after=self.not_after)
        except Unreadable as error:
            raise ValidationError(error.sentence) from error

    def validate(self, value: date | None) -> None:
        super().validate(value)
        if value and self.not_after and value > self.not_after:
            raise ValidationError(f"Tanggal {value:%d/%m/%Y} belum tiba.")
        if value and self.not_before and value < self.not_before:
            raise ValidationError(f"Tanggal {value:%d/%m/%Y} terlalu lama. Paling awal {self.not_before:%d/%m/%Y}.")

    def prepare_value(self, value):
        if isinstance(value, date):
            return f"{value:%Y-%m-%d}" if self.picker else f"{value:%d/%m/%Y}"
        return value

    def has_changed(self, initial, data) -> bool:
        try:
            return super().has_changed(initial, self.to_python(data))
        except ValidationError:
            return True


class CountField(forms.Field):
    """A whole number; "1.500" is 1500. Negative ones only with `negative=True`, as (1.500) or -1.500."""

    sentence = "Angka harus antara {least} dan {most}."

    def __init__(self, *, least: int = 0, most: int = 10**9, negative: bool = False, **kwargs) -> None:
        self.least, self.most, self.negative = (-most if negative else least), most, negative
        kwargs.setdefault("widget", forms.TextInput(attrs=self.attrs()))
        kwargs.setdefault("error_messages", {"required": REQUIRED})
        super().__init__(**kwargs)

    def attrs(self) -> dict[str, str]:
        return {"inputmode": "text" if self.negative else "numeric", "autocomplete": "off", "class": "in-num"}

    def to_python(self, value: object) -> int | None:
        if value in self.empty_values or isinstance(value, int):
            return None if value in self.empty_values else value
        text = str(value).replace("\0", "").strip()
        if not text:
            return None
        minus = self.negative and (text.startswith("-") or (text.startswith("(") and text.endswith(")")))
        try:
            number = parse_rupiah(text.strip("()-") if minus else text)
        except Unreadable as error:
            raise ValidationError(error.sentence) from error
        return -number if minus else number

    def validate(self, value: int | None) -> None:
        super().validate(value)
        if value is not None and not self.least <= value <= self.most:
            words = self.sentence.format(least=format_number(self.least), most=format_number(self.most))
            raise ValidationError(words)

    def prepare_value(self, value):
        return format_number(value) if isinstance(value, int) else value

    def has_changed(self, initial, data) -> bool:
        try:
            return super().has_changed(initial, self.to_python(data))
        except ValidationError:
            return True


class RupiahField(CountField):
    """Whole rupiah ≥ 0: "Rp 1.500.000,-" is 1500000; cents and an English "1,500" are refused."""

    sentence = "Jumlah harus antara Rp {least} dan Rp {most}."

    def __init__(self, *, most: int = 10**12, **kwargs) -> None:
        super().__init__(most=most, **kwargs)

    def attrs(self) -> dict[str, str]:
        return super().attrs() | {"data-prefix": "Rp", "class": "in-rp"}


class ChoiceField(forms.ChoiceField):
    """One of a few; a value nobody offered gets a sentence, not the value back."""

    def __init__(self, **kwargs) -> None:
        messages = {"required": "Belum dipilih.", "invalid_choice": "Pilih salah satu dari daftar."}
        kwargs.setdefault("error_messages", messages)
        super().__init__(**kwargs)


class DocumentField(forms.FileField):
    """A paper as PDF or photo; the cleaned value is (content, content type, ending), or None. A photo is drawn anew."""

    def __init__(self, **kwargs) -> None:
        kwargs.setdefault(
            "widget", forms.ClearableFileInput(attrs={"accept": "application/pdf,image/jpeg,image/png,image/webp"})
        )
        kwargs.setdefault("required", False)
        kwargs.setdefault("error_messages", {"required": "Pilih dulu berkasnya."})
        super().__init__(**kwargs)

    def clean(self, data: object, initial: object = None) -> tuple[bytes, str, str] | None:
        if not data:
            if self.required:
                raise ValidationError(self.error_messages["required"])
            return None
        content = data.read(LARGEST_UPLOAD + 1)
        if len(content) > LARGEST_UPLOAD:
            raise ValidationError("Berkas terlalu besar, paling banyak 12 MB.")
        if content.startswith(b"%PDF-"):
            if b"%%EOF" not in content[-2048:]:
                raise ValidationError("Berkas PDF ini tidak utuh. Simpan lagi dari aplikasinya, lalu unggah ulang.")
            return content, "application/pdf", "pdf"
        try:
            return drawn_anew(content), "image/jpeg", "jpg"
        except NotAPicture as error:
            raise ValidationError(
                "Berkas ini bukan PDF dan tidak terbaca sebagai foto. Pakai PDF, JPG, PNG, atau WebP."
            ) from error
