"""Forms about access: invitations, new logins, passwords, dates, and the filters of the lists."""

import re
from datetime import date, timedelta

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from registry.actions.cases import SHORTEST_REASON
from registry.formats import format_date_long
from registry.models import Cooperative, GrantKind, Officer, Place, User
from registry.models.accounts import COOPERATIVE_KINDS
from registry.models.officers import ACCESS_OF_POST
from registry.numbers import check_phone
from registry.reports.access import GROUPS, STATES

LONGEST_TERM = timedelta(days=5 * 366)  # officers are elected for at most five years (UU 25/1992 Ps 29)
PASSWORD_RULES = "Paling sedikit 10 huruf atau angka. Kalimat pendek yang mudah Anda ingat sudah baik."  # noqa: S105
_PASSWORD_WORDS = {
    "password_too_short": "Kata sandi terlalu pendek. Tulis paling sedikit 10 huruf atau angka.",
    "password_too_common": "Kata sandi ini terlalu sering dipakai orang, jadi mudah ditebak.",
    "password_too_similar": "Kata sandi ini terlalu mirip nama Anda.",
}
_USERNAME = re.compile(r"[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?")


def check_password(password: str, user: User) -> None:
    """Raise ValidationError, in our words, when a password is too weak for `user`."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise ValidationError([_PASSWORD_WORDS.get(e.code, e.messages[0]) for e in error.error_list]) from error


def login_name(text: str) -> str:
    """Return how a login is stored: small letters; a phone number in its one local form, "081234567890"."""
    name = text.strip().lower()
    verdict = check_phone(name) if any(c.isdigit() for c in name) and not re.search(r"[a-z@_]", name) else None
    return "0" + verdict.value.removeprefix("+62") if verdict and not verdict.errors else name


def suggest_login(name: str) -> str:
    """Suggest a login for a name: "Siti Aminah, S.E." gives "siti.aminah"."""
    words = re.sub(r"[^a-z ]", "", name.split(",")[0].lower()).split()
    return ".".join(words[:2])[:30]


class PasswordField(forms.CharField):
    def __init__(self, label: str, autocomplete: str = "new-password", **kwargs) -> None:
        widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
        super().__init__(label=label, max_length=200, strip=False, widget=widget, **kwargs)


class JoinForm(forms.Form):
    """A new login: name, username, password."""

    name = forms.CharField(label="Nama Anda", max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    username = forms.CharField(
        label="Nama pengguna",
        max_length=60,
        help_text="Untuk masuk nanti. Boleh nomor HP Anda.",
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    password = PasswordField("Kata sandi", help_text=PASSWORD_RULES)

    def clean_username(self) -> str:
        name = login_name(self.cleaned_data["username"])
        if len(name) < 3 or not _USERNAME.fullmatch(name):
            raise ValidationError(
                "Pakai 3 sampai 60 huruf kecil atau angka tanpa spasi, contoh siti.aminah, atau nomor HP."
            )
        return name

    def clean(self) -> dict:
        cleaned = super().clean()
        if cleaned.get("password"):
            user = User(username=cleaned.get("username", ""), name=cleaned.get("name", ""))
            _check_into(self, "password", user)
        return cleaned


class NewPasswordForm(forms.Form):
    """A new password, for a link that was opened."""

    password = PasswordField("Kata sandi baru", help_text=PASSWORD_RULES)

    def clean(self) -> dict:
        cleaned = super().clean()
        if cleaned.get("password"):
            _check_into(self, "password", User())
        return cleaned


def _check_into(form: forms.Form, field: str, user: User) -> None:
    try:
        check_password(form.cleaned_data[field], user)
    except ValidationError as error:
        form.add_error(field, error)


def _day(label: str, **kwargs) -> forms.DateField:
    return forms.DateField(
        label=label,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        input_formats=["%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y"],
        error_messages={"invalid": "Tulis tanggal seperti 31-12-2026."},
        **kwargs,
    )


class UntilForm(forms.Form):
    """The last day of an access. One that belongs to a term of office ends with it."""

    until = _day("Akses sampai")

    def __init__(self, *args, today: date, officer: Officer | None = None, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.today, self.officer = today, officer

    def clean_until(self) -> date:
        return check_term(check_until(self.cleaned_data["until"], self.today), self.officer)


def check_until(until: date, today: date) -> date:
    """Return the last day of an access. Raises ValidationError for the past and beyond five years."""
    if until < today:
        raise ValidationError("Tanggal ini sudah lewat. Pilih hari ini atau sesudahnya.")
    if until > today + LONGEST_TERM:
        raise ValidationError("Akses paling lama lima tahun, sama dengan masa jabatan. Pilih tanggal yang lebih dekat.")
    return until


def check_term(until: date, officer: Officer | None) -> date:
    """Return the last day of an access. Raises ValidationError beyond the term of office it belongs to."""
    if officer and until > officer.ends_on:
        raise ValidationError(
            f"Masa jabatannya berakhir {format_date_long(officer.ends_on)}. Untuk masa jabatan berikutnya, catat dahulu "
            "pengurusnya, lalu undang lagi."
        )
    return until


class OfficerInvitationForm(UntilForm):
    """The ketua, or the dinas, invites somebody into one cooperative."""

    name = forms.CharField(label="Nama orang yang diundang", max_length=120)
    kind = forms.ChoiceField(
        label="Sebagai",
        choices=[(k.value, k.label.capitalize()) for k in GrantKind if k in COOPERATIVE_KINDS],
    )
    field_order = ["name", "kind", "until"]

    def __init__(self, *args, today: date, officer: Officer | None = None, **kwargs) -> None:
        initial = {"kind": GrantKind.TREASURER, "until": today + timedelta(days=365)}
        if officer:
            initial = {"name": officer.name, "kind": ACCESS_OF_POST[officer.position], "until": officer.ends_on}
        super().__init__(*args, today=today, officer=officer, initial=initial, **kwargs)
        self.fields["until"].help_text = "Akhir masa jabatan. Akses tertutup sendiri setelah tanggal ini."


class DinasInvitationForm(forms.Form):
    """The dinas admin invites: own staff, a penyuluh with kecamatan, a leader, or an officer of one cooperative."""

    kind = forms.ChoiceField(
        label="Sebagai",
        choices=[
            (
                "Dinas",
                [
                    (k.value, k.label.capitalize())
                    for k in (GrantKind.DINAS_STAFF, GrantKind.DINAS_HEAD, GrantKind.DINAS_ADMIN)
                ],
            ),
            (
                "Lapangan dan pimpinan",
                [(k.value, k.label.capitalize()) for k in (GrantKind.FIELD, GrantKind.EXECUTIVE)],
            ),
            ("Koperasi", [(k.value, k.label.capitalize()) for k in GrantKind if k in COOPERATIVE_KINDS]),
        ],
    )
    name = forms.CharField(label="Nama orang yang diundang", max_length=120)
    cooperative = forms.CharField(
        label="Koperasi",
        max_length=160,
        required=False,
        help_text="Hanya untuk pengurus dan pengawas. Tulis nama koperasinya, sebagian pun cukup.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    districts = forms.ModelMultipleChoiceField(
        label="Kecamatan binaan",
        queryset=Place.objects.none(),
        required=False,
        help_text="Hanya untuk penyuluh. Koperasi baru di kecamatan itu ikut terlihat.",
        widget=forms.CheckboxSelectMultiple,
    )
    until = _day(
        "Akses sampai",
        required=False,
        help_text="Akhir masa jabatan atau tugas. Petugas dinas tetap boleh dikosongkan.",
    )

    def __init__(self, *args, today: date, agency, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.today, self.agency = today, agency
        self.fields["districts"].queryset = Place.objects.filter(
            parent_id=agency.place_id, level=Place.Level.DISTRICT
        ).order_by("name")

    def clean_until(self) -> date | None:
        until = self.cleaned_data["until"]
        return check_until(until, self.today) if until else None

    def clean(self) -> dict:
        cleaned = super().clean()
        kind = cleaned.get("kind")
        in_cooperative = kind in COOPERATIVE_KINDS
        cleaned["found"] = self._find(cleaned.get("cooperative", "")) if in_cooperative else None
        if in_cooperative and cleaned["found"] and not cleaned.get("until") and "until" not in self.errors:
            self.add_error("until", "Isi akhir masa jabatannya.")
        if kind == GrantKind.FIELD and not cleaned.get("districts"):
            self.add_error("districts", "Pilih paling sedikit satu kecamatan binaan.")
        if kind != GrantKind.FIELD:
            cleaned["districts"] = []
        return cleaned

    def _find(self, text: str) -> Cooperative | None:
        """Match what was typed: the whole name, or a part of it (with ", kecamatan") that fits only one cooperative."""
        if not text:
            self.add_error("cooperative", "Tulis nama koperasinya.")
            return None
        own = Cooperative.objects.filter(agency=self.agency, is_practice=False).select_related(
            "agency", "district", "village"
        )
        name, _, district = (part.strip() for part in text.partition(","))
        if district:
            own = own.filter(district__name__iexact=district.removeprefix("Kec. "))
        found = list(own.filter(name__iexact=name)[:3]) or list(own.filter(name__icontains=name)[:3])
        if len(found) == 1:
            return found[0]
        if found:
            names = " atau ".join(f'"{c.name}, {c.district.name}"' for c in found[:2])
            self.add_error(
                "cooperative",
                f"Ada beberapa koperasi yang cocok. Tulis lengkap dengan kecamatannya, misalnya {names}.",
            )
        else:
            self.add_error("cooperative", f'Tidak ada koperasi bernama "{text}" di sini.')
        return None


class CaseForm(forms.Form):
    """Why somebody of the dinas must read all of one cooperative. Its ketua and pengawas read these words."""

    reason = forms.CharField(
        label="Alasan",
        min_length=SHORTEST_REASON,
        max_length=200,
        help_text="Dibaca ketua dan pengawas koperasi ini. Tulis tanpa nama anggota.",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": "Tulis alasannya.",
            "min_length": "Tulis alasannya lebih lengkap, paling sedikit 10 huruf.",
        },
    )

    def clean_reason(self) -> str:
        return " ".join(self.cleaned_data["reason"].split())


class AccessFilter(forms.Form):
    """Filters of the dinas' list of people with access."""

    cari = forms.CharField(
        label="Cari",
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"placeholder": "Nama orang atau koperasi"}),
    )
    sebagai = forms.ChoiceField(
        label="Sebagai",
        required=False,
        choices=[("", "Semua peran"), *((k, v[0]) for k, v in GROUPS.items())],
    )
    keadaan = forms.ChoiceField(
        label="Keadaan",
        required=False,
        choices=[*((k, v[0]) for k, v in STATES.items()), ("semua", "Semua keadaan")],
    )
    kecamatan = forms.ChoiceField(label="Kecamatan", required=False)

    def __init__(self, data, *, agency) -> None:
        super().__init__(data)
        names = (
            Place.objects.filter(parent_id=agency.place_id, level=Place.Level.DISTRICT)
            .order_by("name")
            .values_list("code", "name")
        )
        self.fields["kecamatan"].choices = [("", "Semua kecamatan"), *names]


class TrailFilter(forms.Form):
    """Filters of the book of acts."""

    cari = forms.CharField(
        label="Cari",
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"placeholder": "Nama, tindakan, atau nomor"}),
    )
    jenis = forms.ChoiceField(
        label="Jenis",
        required=False,
        choices=[("", "Semua jenis"), ("tindakan", "Tindakan"), ("lihat", "Melihat data pribadi")],
    )
    sejak = forms.ChoiceField(
        label="Sejak",
        required=False,
        choices=[
            ("", "Sejak awal"),
            ("7", "7 hari terakhir"),
            ("30", "30 hari terakhir"),
            ("365", "Setahun terakhir"),
        ],
    )

    def since(self, today: date) -> date | None:
        """Return the first day shown, if any."""
        days = self.cleaned_data.get("sejak")
        return today - timedelta(days=int(days)) if days else None


class LooksFilter(TrailFilter):
    """Filters of the looks at personal data: the same without the kind."""

    jenis = None
