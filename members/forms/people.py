"""What people type about a member: registering, amending, leaving, the reason to see a NIK, and the filters of the list."""

import re
from datetime import date

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError

from members import reports
from members.actions import Person
from members.models import Member, MemberStatus, Sex
from registry.formats import Unreadable, format_date, parse_date
from registry.forms.confirming import ConfirmsWarnings
from registry.forms.fields import (
    ChoiceField,
    DateField,
    LineField,
    NameField,
    PhoneField,
    RtRwField,
    VerdictField,
)
from registry.models import Cooperative
from registry.numbers import Verdict, birth_and_sex_from_national_id, check_national_id

EARLIEST_BIRTH = date(1900, 1, 1)
GROWN_UP = 17  # years; younger people may be served, but are rarely members: a warning
_LOOKS_LIKE_NIK = re.compile(r"(?<!\d)\d(?:[ .-]?\d){15}(?!\d)")


def check_citizen(text: str) -> Verdict:
    """Check a NIK; synthetic numbers pass only in a demo."""
    return check_national_id(text, synthetic_allowed=settings.DEMO)


def refuse_national_id(text: str) -> None:
    """Raise ValidationError where a free text holds a NIK: free texts are stored in clear."""
    if _LOOKS_LIKE_NIK.search(text):
        raise ValidationError("Jangan tulis NIK di sini. NIK hanya disimpan tersandi di isian NIK.")


class PersonForm(ConfirmsWarnings, forms.Form):
    """The six fields of the register, and the rest behind "Isian lain"."""

    name = NameField(
        label="Nama lengkap", help_text="Seperti di KTP.", widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    national_id = VerdictField(
        label="NIK",
        check=check_citizen,
        max_length=40,
        required=False,
        help_text="16 angka di KTP. Disimpan tersandi dan selalu tampil tersamar.",
    )
    sex = ChoiceField(label="Jenis kelamin", choices=Sex.choices, widget=forms.RadioSelect)
    birth_date = DateField(label="Tanggal lahir", required=False, not_before=EARLIEST_BIRTH)
    address = LineField(label="Alamat", max_length=160, required=False)
    rt_rw = RtRwField(label="RT/RW", required=False)
    phone = PhoneField(label="Nomor HP", required=False)
    birth_place = LineField(label="Tempat lahir", max_length=60, required=False)
    occupation = LineField(label="Pekerjaan", max_length=60, required=False)
    kind = ChoiceField(label="Jenis keanggotaan", choices=Member.Kind.choices, initial=Member.Kind.ORDINARY)

    MAIN = ("name", "national_id", "sex", "birth_date")
    PERSON = ("name", "sex", "birth_date", "address", "rt_rw", "phone", "birth_place", "occupation", "kind")

    def __init__(self, *args, cooperative: Cooperative, today: date, member: Member | None = None, **kwargs) -> None:
        self.cooperative, self.today, self.member = cooperative, today, member
        self.filled: list[str] = []
        super().__init__(*args, **kwargs)
        self.fields["birth_date"].not_after = today
        self.fields["sex"].required = not str(self.data.get("national_id") or "").strip()  # the NIK tells it
        self.fields["rt_rw"].widget.attrs["placeholder"] = "001/002"
        self.fields["birth_date"].widget.attrs["placeholder"] = "contoh 17/08/1985"

    @property
    def has_more(self) -> bool:
        """Whether "Isian lain" must stand open: something in it is wrong."""
        return any(name in self.errors for name in ("birth_place", "occupation", "kind", "joined_on", "status"))

    def clean(self) -> dict:
        super().clean()
        data = self.cleaned_data
        self._fill_from_national_id(data)
        for name in ("name", "address", "birth_place", "occupation"):
            if _LOOKS_LIKE_NIK.search(data.get(name) or ""):
                self.add_error(name, "Jangan tulis NIK di sini. Pakai isian NIK.")
        return data

    def _fill_from_national_id(self, data: dict) -> None:
        """An empty day of birth or sex is taken from the NIK, and shown for confirmation before it is stored."""
        if not data.get("national_id"):
            return
        try:
            birth_date, sex = birth_and_sex_from_national_id(data["national_id"], today=self.today)
        except ValueError:
            self.add_error("national_id", "Tanggal lahir di dalam NIK belum tiba. Periksa angka ke-7 sampai ke-12.")
            return
        if data.get("birth_date") is None and "birth_date" not in self.errors:
            data["birth_date"] = birth_date
            self.filled.append(f"Tanggal lahir akan diisi {format_date(birth_date)}, sesuai NIK.")
        if not data.get("sex") and "sex" not in self.errors:
            data["sex"] = sex
            self.filled.append(f"Jenis kelamin akan diisi {Sex(sex).label.lower()}, sesuai NIK.")

    def find_warnings(self) -> list[tuple[str, str]]:
        data = self.cleaned_data
        found = [("national_id", sentence) for sentence in self.filled]
        if data["national_id"]:
            verdict = check_national_id(
                data["national_id"], birth_date=data["birth_date"], sex=data["sex"], synthetic_allowed=settings.DEMO
            )
            found += [("national_id", sentence) for sentence in verdict.warnings]
        same = reports.twins(
            cooperative=self.cooperative, name=data["name"], birth_date=data["birth_date"], but=self.member
        )
        if same:
            found.append(
                (
                    "name",
                    f"Nama dan tanggal lahir sama dengan anggota {', '.join(same)}. Pastikan ini orang yang berbeda.",
                )
            )
        return found

    def person(self) -> Person:
        return Person(**{name: self.cleaned_data[name] for name in self.PERSON})


class AdmissionForm(PersonForm):
    """A person to enter in the member book."""

    joined_on = DateField(label="Tanggal masuk", not_before=date(1950, 1, 1))
    status = ChoiceField(
        label="Dicatat sebagai",
        choices=[
            (MemberStatus.APPLICANT, "Calon anggota, sampai simpanan pokok lunas"),
            (MemberStatus.ACTIVE, "Anggota, simpanan pokoknya sudah lunas"),
        ],
        initial=MemberStatus.APPLICANT,
    )

    def __init__(self, *args, founded_on: date | None = None, **kwargs) -> None:
        self.founded_on = founded_on
        super().__init__(*args, **kwargs)
        self.fields["joined_on"].initial = self.today
        self.fields["joined_on"].not_after = self.today

    def clean(self) -> dict:
        data = super().clean()
        born, joined = data.get("birth_date"), data.get("joined_on")
        if born and joined and joined < born:
            self.add_error("joined_on", "Tanggal masuk lebih awal daripada tanggal lahir.")
        return data

    def find_warnings(self) -> list[tuple[str, str]]:
        found = super().find_warnings()
        born, joined = self.cleaned_data["birth_date"], self.cleaned_data["joined_on"]
        if self.founded_on and joined < self.founded_on:
            found.append(("joined_on", f"Koperasi berdiri {format_date(self.founded_on)}, sesudah tanggal masuk ini."))
        if born and _years(born, joined) < GROWN_UP:
            found.append(("birth_date", f"Usianya di bawah {GROWN_UP} tahun pada tanggal masuk."))
        return found


def _years(born: date, on: date) -> int:
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


class AmendForm(PersonForm):
    """Corrections of a member's data. The day of joining stays: dues are counted from it."""

    version = forms.IntegerField(
        widget=forms.HiddenInput,
        error_messages={"required": "Buka ulang halaman ini.", "invalid": "Buka ulang halaman ini."},
    )

    def __init__(self, *args, masked: str = "", **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if self.member and not self.is_bound:
            self.initial = {name: getattr(self.member, name) for name in (*self.PERSON, "version")}
        if masked:
            self.fields["national_id"].help_text = f"Tersimpan {masked}. Kosongkan bila tidak berubah."

    def changes(self) -> dict:
        return {name: self.cleaned_data[name] for name in self.PERSON}

    def differences(self, stored: Member) -> list[tuple[str, object]]:
        """Return (label, stored value) where the stored member differs from what is typed."""
        rows = []
        for name in self.PERSON:
            value = getattr(stored, name)
            if value != self.cleaned_data.get(name):
                shown = (
                    format_date(value)
                    if isinstance(value, date)
                    else getattr(stored, f"get_{name}_display", lambda v=value: v)()
                )
                rows.append((str(self.fields[name].label), shown or "kosong"))
        return rows

    def renew(self, version: int) -> None:
        """Let the next "Simpan" speak about the stored version the person has now been shown."""
        data = self.data.copy()
        data[self.add_prefix("version")] = str(version)
        self.data = data


class ExitForm(forms.Form):
    """The end of a membership."""

    reason = ChoiceField(label="Sebab berhenti", choices=Member.ExitReason.choices, widget=forms.RadioSelect)
    on = DateField(label="Tanggal berhenti", picker=True)
    note = LineField(
        label="Catatan", max_length=200, required=False, help_text="Misalnya nomor surat pengunduran diri."
    )

    def __init__(self, *args, member: Member, today: date, **kwargs) -> None:
        self.member = member
        super().__init__(*args, **kwargs)
        self.fields["on"].initial, self.fields["on"].not_after = today, today

    def clean_on(self) -> date:
        on = self.cleaned_data["on"]
        if on < self.member.joined_on:
            raise ValidationError(
                f"Tanggal berhenti lebih awal daripada tanggal masuk, {format_date(self.member.joined_on)}."
            )
        return on

    def clean_note(self) -> str:
        refuse_national_id(self.cleaned_data["note"])
        return self.cleaned_data["note"]


class RevealForm(forms.Form):
    """Why somebody must see a whole NIK. The reason is kept and shown to pengawas and dinas."""

    reason = LineField(
        label="Untuk keperluan apa",
        max_length=200,
        help_text="Contoh: mencocokkan dengan KTP saat pendaftaran rekening bank.",
    )

    def clean_reason(self) -> str:
        reason = self.cleaned_data["reason"]
        refuse_national_id(reason)
        if sum(sign.isalpha() for sign in reason) < 8:
            raise ValidationError("Tulis keperluannya dengan beberapa kata.")
        return reason


STATUS_WORDS = {"anggota": "active", "calon": "applicant", "dibekukan": "suspended", "berhenti": "exited"}
ORDERS = {"": ("name", "number"), "nomor": ("number",), "masuk": ("-joined_on", "name", "number")}


class FilterForm(forms.Form):
    """The filters of the list, in its address. Whatever cannot be read is left out."""

    cari = forms.CharField(label="Nama atau nomor", required=False)
    jk = forms.ChoiceField(
        label="Jenis kelamin", required=False, choices=[("", "L dan P"), ("L", "Laki-laki"), ("P", "Perempuan")]
    )
    urut = forms.ChoiceField(
        label="Urutan", required=False, choices=[("", "Urut nama"), ("nomor", "Urut nomor"), ("masuk", "Terbaru masuk")]
    )
    status = forms.CharField(required=False, widget=forms.HiddenInput)
    per = forms.CharField(required=False, widget=forms.HiddenInput)

    def read(self) -> "Filters":
        """Return the filters that could be read; invalid ones are as if not given."""
        self.is_valid()
        data = self.cleaned_data
        words = " ".join(str(data.get("cari") or "").replace("\0", " ").split())[:80]
        return Filters(
            words="" if _LOOKS_LIKE_NIK.search(words) else words,
            status=STATUS_WORDS.get(data.get("status", ""), ""),
            sex=data.get("jk") or "",
            order=data.get("urut") or "",
            on=_day(data.get("per", "")),
            asked_for_national_id=bool(_LOOKS_LIKE_NIK.search(words)),
        )


class Filters:
    """What the list and its exports show."""

    def __init__(
        self, *, words: str, status: str, sex: str, order: str, on: date | None, asked_for_national_id: bool
    ) -> None:
        self.words, self.status, self.sex, self.order, self.on = words, status, sex, order, on
        self.asked_for_national_id = asked_for_national_id

    def narrow(self, members):
        """Narrow a register by words and sex (the status is for the tabs)."""
        found = members.search(self.words) if self.words else members
        return found.filter(sex=self.sex) if self.sex else found

    def choose(self, members):
        """Narrow a register by everything, in the wanted order."""
        found = self.narrow(members)
        if self.status:
            found = found.filter(status_on=self.status)
        return found.order_by(*ORDERS[self.order])

    def sentence(self) -> str:
        """Say what was chosen, for the head of an export: "Status: Anggota. Jenis kelamin: P." """
        parts = [f"Keadaan per {format_date(self.on)}"] if self.on else []
        parts += [f"Status: {MemberStatus(self.status).label}"] if self.status else []
        parts += [f"Jenis kelamin: {self.sex}"] if self.sex else []
        parts += [f"Nama atau nomor memuat “{self.words}”"] if self.words else []
        return ". ".join(parts) + "." if parts else "Semua anggota, termasuk yang berhenti."


def _day(text: str) -> date | None:
    try:
        return parse_date(text.replace("\0", "")) if text else None
    except Unreadable:
        return None
