"""What people type about buildings: the survey, a later photo, its check, land that may do, what a portal says."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from secrets import token_urlsafe

from django import forms
from django.core.cache import cache
from django.core.exceptions import ValidationError

from registry.building import Finding, Known, Spot, judge, rules_on
from registry.forms.confirming import CONFIRM, ConfirmsWarnings
from registry.forms.fields import ChoiceField, CountField, DateField, LineField, RupiahField
from registry.models import BuildingSurvey, LandCandidate, Place, PortalStatus, Programme
from registry.pictures import LARGEST_UPLOAD, NotAPicture, Photo, read_photo

EARLIEST = date(2000, 1, 1)
KEPT_SECONDS = 3600  # how long a photo waits for the rest of its form
POWERS = (0, 450, 900, 1300, 2200, 3500, 4400, 5500, 6600, 7700, 11000, 13200, 16500, 23000)
INDONESIA = ((-11.5, 6.5), (94.5, 141.5))


def _choices(kind, empty: str = "Belum diketahui") -> list:
    return [("", empty), *kind.choices]


class SpotField(LineField):
    """A place on earth as maps give it: "-6,1203; 106,1503", "-6.1203, 106.1503" or 6°7'13"S 106°9'1"E. Cleaned: `Spot` or None."""

    def __init__(self, **kwargs) -> None:
        kwargs.setdefault(
            "widget", forms.TextInput(attrs={"autocomplete": "off", "placeholder": "-6.12030, 106.15030"})
        )
        super().__init__(max_length=80, **kwargs)

    def to_python(self, value: object) -> Spot | None:
        if isinstance(value, Spot):
            return value
        text = super().to_python(value)
        if not text:
            return None
        numbers = self._numbers(text)
        if len(numbers) != 2:
            raise ValidationError("Tulis lintang dan bujur, misalnya -6.12030, 106.15030.")
        if numbers[0] > 90 and -12 < numbers[1] < 7:
            numbers.reverse()  # written east first
        for number, (least, most) in zip(numbers, INDONESIA, strict=True):
            if not least <= number <= most:
                raise ValidationError(
                    "Titik ini di luar Indonesia. Periksa angkanya, lintang Serang dimulai dengan -6."
                )
        return Spot(round(numbers[0], 6), round(numbers[1], 6))

    def _numbers(self, text: str) -> list[float]:
        if "°" in text:
            parts = re.findall(
                r"(\d{1,3})°\s*(\d{1,2})['′’]\s*(\d{1,2}(?:[.,]\d{1,6})?)[\"″”]?\s*([NSEWUTB]|LS|LU|BT)", text.upper()
            )
            signs = {"S": -1, "LS": -1, "W": -1, "B": -1}
            return [
                (int(d) + int(m) / 60 + float(s.replace(",", ".")) / 3600) * signs.get(way, 1) for d, m, s, way in parts
            ]
        if "." not in text:  # decimal commas, so the two are parted by something else
            text = re.sub(r"(?<=\d),(?=\d{2})", ".", text)
        return [
            float(number)
            for number in re.findall(r"(?<![\d.])-?\d{1,3}(?:\.\d{1,12})?(?![\d.])", text.replace("−", "-"))
        ]

    def prepare_value(self, value):
        return f"{value.latitude:.5f}, {value.longitude:.5f}" if isinstance(value, Spot) else value


class PhotoField(forms.FileField):
    """One photo from a phone; the cleaned value is a `Photo` drawn anew, or None."""

    def __init__(self, **kwargs) -> None:
        kwargs.setdefault(
            "widget", forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp", "data-foto": ""})
        )
        kwargs.setdefault("required", False)
        kwargs.setdefault("error_messages", {"required": "Pilih dulu fotonya."})
        super().__init__(**kwargs)

    def clean(self, data: object, initial: object = None) -> Photo | None:
        if not data:
            if self.required:
                raise ValidationError(self.error_messages["required"])
            return None
        try:
            return read_photo(data.read(LARGEST_UPLOAD + 1))
        except NotAPicture as error:
            raise ValidationError(error.sentence) from error


class SurveyForm(ConfirmsWarnings, forms.Form):
    """What was found. Warnings ask for a reason, which is kept with them; the photo waits meanwhile.

    `known` says what the facts are compared with; `keeper` marks whose waiting photo it is.
    """

    surveyed_on = DateField(label="Tanggal survei", not_before=EARLIEST)
    ownership = ChoiceField(label="Gedung milik siapa", choices=[("", "Pilih"), *BuildingSurvey.Ownership.choices])
    use = ChoiceField(
        label="Pemanfaatan",
        required=False,
        choices=_choices(BuildingSurvey.Use, "Tidak ada"),
        help_text="Bila bukan milik sendiri.",
    )
    owner = LineField(
        label="Nama pemilik", required=False, max_length=120, help_text="Instansi atau orang yang meminjamkan."
    )
    photo = PhotoField(label="Foto gedung", help_text="Tampak depan, diambil di lokasi.")
    position = SpotField(
        label="Titik lokasi", required=False, help_text="Lintang dan bujur, seperti pada aplikasi peta."
    )

    building_kind = ChoiceField(label="Jenis gedung", required=False, choices=_choices(BuildingSurvey.Kind))
    condition = ChoiceField(label="Kondisi", required=False, choices=_choices(BuildingSurvey.Condition))
    building_area = CountField(label="Luas gedung (m²)", required=False, least=1, most=100_000)
    progress = CountField(
        label="Progres pembangunan (%)", required=False, most=100, help_text="Kosongkan bila tidak sedang dibangun."
    )
    electricity = ChoiceField(
        label="Daya listrik", required=False,
        choices=[("", "Belum diketahui"), *((str(power), f"{power:,} VA".replace(",", ".") if power else "Tidak ada") for power in POWERS)],
    )  # fmt: skip
    water = ChoiceField(label="Air bersih", required=False, choices=_choices(BuildingSurvey.Water))
    internet = ChoiceField(label="Internet", required=False, choices=_choices(BuildingSurvey.Internet))

    land_area = CountField(label="Luas tanah (m²)", required=False, least=1, most=1_000_000)
    land_length = CountField(label="Panjang (m)", required=False, least=1, most=2_000)
    land_width = CountField(label="Lebar (m)", required=False, least=1, most=2_000)
    road = ChoiceField(label="Akses jalan", required=False, choices=_choices(BuildingSurvey.Road))
    certificate = ChoiceField(label="Sertifikat", required=False, choices=_choices(BuildingSurvey.Certificate))

    rent_per_year = RupiahField(label="Sewa setahun", required=False, most=10**11)
    rent_ends_on = DateField(label="Sewa sampai", required=False, not_before=EARLIEST)

    note = LineField(label="Catatan", required=False, max_length=240)
    waiting_photo = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput())
    answer = LineField(
        label="Alasan melanjutkan",
        required=False,
        max_length=240,
        help_text="Tersimpan bersama peringatannya, dan dibaca pemeriksa.",
    )

    PARTS = (
        ("", ("photo", "position", "ownership", "use", "owner")),
        ("Gedung", ("building_kind", "condition", "building_area", "progress", "electricity", "water", "internet")),
        ("Tanah", ("land_area", "land_length", "land_width", "road", "certificate")),
        ("Sewa", ("rent_per_year", "rent_ends_on")),
        ("Tanggal dan catatan", ("surveyed_on", "note")),
    )
    OPEN = ("", "Gedung")

    def __init__(self, *args, known: Known, keeper: str, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.known, self.keeper = known, keeper
        self.rules = rules_on(known.today)
        self.findings: list[Finding] = []
        self.fields["surveyed_on"].not_after = known.today
        self.fields["rent_ends_on"].not_after = None

    @property
    def parts(self) -> list[dict]:
        """The steps of the page: a heading, its fields, how many are filled, and whether it is open."""
        steps = []
        for title, names in self.PARTS:
            bound = [self[name] for name in names]
            filled = sum(one.value() not in (None, "") for one in bound)
            is_open = title in self.OPEN or any(one.errors for one in bound)
            steps.append({"title": title, "fields": bound, "open": is_open, "filled": filled, "of": len(bound)})
        return steps

    @property
    def waits(self) -> bool:
        """True when a photo of this form is kept, and need not be chosen again."""
        return self.is_bound and bool(self.photo_now)

    @property
    def photo_now(self) -> Photo | None:
        """The photo that was sent now, or the one that waits."""
        return (self.cleaned_data.get("photo") if hasattr(self, "cleaned_data") else None) or self._kept()

    def _kept(self) -> Photo | None:
        mark = str(self.data.get("waiting_photo", ""))
        return cache.get(self._slot(mark)) if re.fullmatch(r"[\w-]{20,64}", mark, re.ASCII) else None

    def _slot(self, mark: str) -> str:
        return f"foto-gedung:{self.keeper}:{mark}"

    def keep_photo(self) -> None:
        """Let the photo wait for the rest of its form, so that nobody sends it twice over a weak signal."""
        self.fields["answer"].required = bool(self.passed)  # so that the page does not call it optional
        photo = self.photo_now
        mark = token_urlsafe(24)
        self.data = self.data.copy()
        self.data["waiting_photo"] = mark if photo else ""
        if photo:
            cache.set(self._slot(mark), photo, KEPT_SECONDS)

    def clean(self) -> dict:
        found = super().clean()
        power = found.get("electricity")
        found["electricity"] = int(power) if power else None
        if self.errors:
            return found
        photo = self.photo_now
        known = replace(
            self.known,
            photo_on=photo.taken_at.date() if photo and photo.taken_at else None,
            photo_spot=Spot(*photo.spot) if photo and photo.spot else None,
        )
        self.findings = judge(found, known, self.rules)
        for one in self.findings:
            if one.kind == "refuse":
                self.add_error(one.field, one.sentence)
        if self.data.get(self.add_prefix(CONFIRM)) and self.passed and not found.get("answer"):
            self.add_error("answer", "Tulis alasannya dulu, lalu pilih Simpan juga.")
        return found

    @property
    def passed(self) -> list[Finding]:
        """The warnings, which are stored with the reason."""
        return [one for one in self.findings if one.kind == "warn"]

    def find_warnings(self) -> list[tuple[str, str]]:
        return [(one.field, one.sentence) for one in self.passed]

    @property
    def asks_why(self) -> bool:
        """True when nothing but warnings, or the reason they ask for, keeps the survey from being stored."""
        return bool(self.passed) and set(self.errors) <= {"__all__", "answer"}

    @property
    def asked_mark(self) -> str:
        """Names the warnings for the confirming button, also while their reason is missing."""
        self.warnings = self.find_warnings()
        return self.warnings_mark

    @property
    def asked(self) -> list[tuple[str, str]]:
        return [(str(self.fields[one.field].label), one.sentence) for one in self.passed]

    @property
    def facts(self) -> dict:
        """The fields of the survey as they are stored."""
        apart = ("surveyed_on", "photo", "position", "waiting_photo", "answer")
        return {name: value for name, value in self.cleaned_data.items() if name not in apart}


class ProgressPhotoForm(forms.Form):
    photo = PhotoField(label="Foto gedung", required=True, help_text="Tampak depan, diambil di lokasi.")
    taken_on = DateField(
        label="Tanggal foto", required=False, help_text="Kosongkan bila kamera mencatatnya; tanpa itu berlaku hari ini."
    )
    progress = CountField(label="Progres pembangunan (%)", required=False, most=100)
    caption = LineField(label="Keterangan", required=False, max_length=120)

    def __init__(self, *args, today: date, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["taken_on"].not_after, self.fields["taken_on"].not_before = today, EARLIEST


class CheckForm(forms.Form):
    decision = ChoiceField(
        label="Hasil pemeriksaan",
        choices=[("verified", "Sesuai"), ("returned", "Dikembalikan")],
        widget=forms.RadioSelect,
    )
    note = LineField(label="Catatan pemeriksa", required=False, max_length=240)

    def clean(self) -> dict:
        found = super().clean()
        if found.get("decision") == "returned" and not found.get("note"):
            self.add_error("note", "Tulis apa yang harus diperbaiki.")
        return found


class LandForm(forms.Form):
    owner = LineField(label="Milik siapa", max_length=120, help_text="Misalnya Pemerintah Kota, desa, atau nama warga.")
    location = LineField(label="Letak", max_length=160)
    area = CountField(label="Luas (m²)", required=False, least=1, most=1_000_000)
    asset_list = LineField(
        label="Dari daftar aset", required=False, max_length=160, help_text="Nama daftar dan tahunnya."
    )
    state = ChoiceField(label="Keadaan", choices=LandCandidate.State.choices)
    note = LineField(label="Catatan", required=False, max_length=240)


class PortalForm(forms.Form):
    portal = ChoiceField(label="Portal", choices=PortalStatus.Portal.choices)
    status = ChoiceField(label="Status gedung di portal", choices=[("", "Pilih"), *PortalStatus.Status.choices])
    as_of = DateField(label="Keadaan per", not_before=EARLIEST)
    note = LineField(label="Catatan", required=False, max_length=160)

    def __init__(self, *args, today: date, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["as_of"].not_after = today


class BuildingListForm(forms.Form):
    """The filters of the list, as they stand in its address."""

    cari = LineField(
        label="Cari",
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"placeholder": "Nama atau kelurahan"}),
    )
    kecamatan = ChoiceField(label="Kecamatan", required=False)
    program = ChoiceField(label="Program", required=False)
    milik = ChoiceField(
        label="Milik", required=False, choices=[("", "Semua pemilik"), *BuildingSurvey.Ownership.choices]
    )
    guna = ChoiceField(
        label="Pemanfaatan", required=False, choices=[("", "Semua pemanfaatan"), *BuildingSurvey.Use.choices]
    )
    kondisi = ChoiceField(
        label="Kondisi", required=False, choices=[("", "Semua kondisi"), *BuildingSurvey.Condition.choices]
    )
    lahan = ChoiceField(
        label="Lahan", required=False,
        choices=[("", "Semua lahan"), ("cukup", "Lahan 600 m² ke atas"), ("kurang", "Lahan kurang dari 600 m²"), ("belum", "Lahan belum diukur")],
    )  # fmt: skip
    periksa = ChoiceField(
        label="Pemeriksaan", required=False,
        choices=[("", "Semua pemeriksaan"), ("belum", "Belum disurvei"), *BuildingSurvey.State.choices],
    )  # fmt: skip
    foto = ChoiceField(
        label="Foto", required=False,
        choices=[("", "Dengan atau tanpa foto"), ("tanpa", "Tanpa foto"), ("lama", "Foto lebih dari 90 hari"), ("baru", "Foto 90 hari terakhir")],
    )  # fmt: skip
    status = ChoiceField(
        label="Status", required=False, choices=[("", "Semua status"), ("own", "Milik sendiri"), ("borrowed", "Pinjam atau sewa"), ("none", "Belum ada"), ("belum", "Belum didata")],
        widget=forms.HiddenInput(),
    )  # fmt: skip

    FIRST = ("cari", "kecamatan", "milik", "periksa")

    def __init__(self, data, *, districts: Sequence[Place], programmes: Sequence[Programme]) -> None:
        super().__init__(data)
        self.fields["kecamatan"].choices = [("", "Semua kecamatan"), *((one.code, one.name) for one in districts)]
        self.fields["program"].choices = [("", "Semua program"), *((one.code, one.short_name) for one in programmes)]
        for field in self.fields.values():
            field.widget.attrs["class"] = "in"
            if isinstance(field.widget, forms.Select):
                field.widget.attrs["data-auto"] = ""

    @property
    def first_line(self) -> list:
        return [self[name] for name in self.FIRST]

    @property
    def second_line(self) -> list:
        return [one for one in self.visible_fields() if one.name not in self.FIRST]

    @property
    def more_is_used(self) -> bool:
        return any(one.value() for one in self.second_line)


def day_of(photo: Photo, typed: date | None, today: date) -> tuple[date, bool]:
    """Return the day of a photo and whether the camera wrote it: typed goes first, a camera ahead of today is not believed."""
    if typed:
        return typed, False
    by_camera = photo.taken_at.date() if photo.taken_at else None
    return (by_camera, True) if by_camera and by_camera <= today else (today, False)
