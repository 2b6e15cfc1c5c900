"""What people type about a cooperative itself: legal identity (domain 2.1), place, activities, contacts."""

from django import forms
from django.core.exceptions import ValidationError

from registry.classification import groups
from registry.forms.choosing import KbliField, VillageField
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
from registry.models import Agency, Cooperative, CoveredVillage, Place, Profile, Programme
from registry.numbers import (
    check_cooperative_nik,
    check_legal_decree,
    check_nib,
    check_npwp,
    check_postal_code,
    normalize_decree,
)
from registry.reports.status import GONE

CONTACTS = (("address",), ("rt_rw", "postal_code"), ("phone", "email"))


class SurelField(LineField, forms.EmailField):
    """An e-mail address."""

    def __init__(self, **kwargs) -> None:
        kwargs.setdefault("widget", forms.EmailInput(attrs={"autocomplete": "email"}))
        super().__init__(max_length=120, **kwargs)
        self.error_messages["invalid"] = "Tulis alamat surel seperti nama@contoh.id."
        for validator in self.validators:
            if getattr(validator, "code", "") == "invalid":
                validator.message = self.error_messages["invalid"]


class ContactForm(ConfirmsWarnings, forms.Form):
    """Address, telephone, e-mail: what officers keep current themselves."""

    address = LineField(label="Alamat", max_length=200, required=False)
    rt_rw = RtRwField(label="RT/RW", required=False, help_text="Contoh 001/002.")
    postal_code = VerdictField(label="Kode pos", check=check_postal_code, max_length=5, required=False)
    phone = PhoneField(label="Telepon atau HP", required=False)
    email = SurelField(label="Surel", required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)

    GROUPS: tuple = (("Kontak", CONTACTS),)  # heading, lines of one or two fields

    def groups(self) -> list[tuple[str, list]]:
        """The visible fields under their headings, line by line, for the template."""
        return [(title, [[self[name] for name in line] for line in lines]) for title, lines in self.GROUPS]

    @property
    def profile_fields(self) -> dict:
        """The cleaned values that are columns of `Profile`."""
        columns = {field.attname for field in Profile._meta.concrete_fields} | {"programme_id"}
        return {name: value for name, value in self.cleaned_data.items() if name in columns and name != "version"}


class CooperativeForm(ContactForm):
    """The whole profile, as the dinas keeps it. For a new cooperative leave out `cooperative`."""

    name = NameField(label="Nama koperasi", max_length=160, help_text="Seperti di akta, tanpa singkatan.")
    village = VillageField(label="Desa atau kelurahan", required=False, help_text="Ketik beberapa huruf, lalu pilih.")
    district = ChoiceField(label="Kecamatan", required=False, help_text="Cukup diisi bila desanya belum diketahui.")
    programme_id = ChoiceField(label="Program", required=False)
    form = ChoiceField(label="Bentuk", choices=Profile.Form.choices)
    coop_type = ChoiceField(label="Jenis", choices=Profile.CoopType.choices)
    coop_group = ChoiceField(label="Kelompok", required=False)
    membership_level = ChoiceField(label="Wilayah keanggotaan", choices=Profile.MembershipLevel.choices, required=False)
    sector = ChoiceField(label="Sektor", choices=Profile.Sector.choices)
    pattern = ChoiceField(label="Pola", choices=Profile.Pattern.choices)
    kbli = KbliField(
        label="Usaha menurut KBLI", required=False, help_text="Kode lima angka; usaha utama di isian pertama."
    )
    legal_status = ChoiceField(
        label="Status badan hukum",
        choices=Profile.LegalStatus.choices,
        help_text="Pembubaran dan penggabungan dicatat sebagai keputusan bertanggal, lewat Badan hukum di halaman profil.",
    )
    founded_on = DateField(label="Tanggal rapat pendirian", required=False)
    deed_number = LineField(label="Nomor akta", max_length=40, required=False)
    deed_on = DateField(label="Tanggal akta", required=False)
    notary = LineField(label="Notaris (NPAK)", max_length=120, required=False)
    decree_number = VerdictField(
        label="Nomor badan hukum",
        check=check_legal_decree,
        digits=False,
        max_length=80,
        required=False,
        help_text="Contoh AHU-0017736.AH.01.29.TAHUN 2025. Nomor lama ditulis seperti di surat.",
    )
    decree_on = DateField(label="Tanggal pengesahan", required=False)
    nib = VerdictField(label="NIB", check=check_nib, max_length=40, required=False, help_text="13 angka.")
    npwp = VerdictField(
        label="NPWP", check=check_npwp, max_length=40, required=False, help_text="16 angka, atau 15 angka lama."
    )
    cooperative_nik = VerdictField(label="NIK koperasi", check=check_cooperative_nik, max_length=40, required=False)
    last_activity_on = DateField(label="Kegiatan usaha terakhir", required=False)
    last_outlet_opened_on = DateField(label="Gerai terakhir dibuka", required=False)
    decision = ChoiceField(label="Keputusan", choices=Profile.Decision.choices, required=False)
    decision_letter = LineField(label="Nomor surat keputusan", max_length=80, required=False)
    decided_on = DateField(label="Tanggal keputusan", required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    GROUPS = (
        ("Nama dan tempat", (("name",), ("village", "district"), ("programme_id",))),
        (
            "Jenis dan usaha",
            (("form", "membership_level"), ("coop_type", "coop_group"), ("sector", "pattern"), ("kbli",)),
        ),
        (
            "Badan hukum",
            (
                ("legal_status", "founded_on"),
                ("deed_number", "deed_on"),
                ("notary",),
                ("decree_number",),
                ("decree_on", "cooperative_nik"),
                ("nib", "npwp"),
            ),
        ),
        ("Kontak", CONTACTS),
        ("Kegiatan usaha", (("last_activity_on", "last_outlet_opened_on"),)),
        ("Keputusan dinas tentang keaktifan", (("decision", "decided_on"), ("decision_letter",))),
    )
    field_order = [name for _, lines in GROUPS for line in lines for name in line]

    def __init__(self, *args, agency: Agency, today, cooperative: Cooperative | None = None, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.agency, self.cooperative = agency, cooperative
        self.fields["village"].use(agency)
        self.fields["kbli"].use()
        districts = [place for place in self.fields["village"].by_code.values() if place.level == Place.Level.DISTRICT]
        self.fields["district"].choices = [
            ("", "Menurut desa atau kelurahan"),
            *((one.code, one.name) for one in districts),
        ]
        programmes = list(Programme.objects.values_list("code", "name"))
        self.fields["programme_id"].choices = [("", "Tanpa program"), *programmes]
        self.fields["coop_group"].choices = [
            ("", "Belum dicatat"),
            *((one.code, one.label) for one in groups().values()),
        ]
        self.fields["legal_status"].choices = _typed_statuses(cooperative, agency)
        for field in self.fields.values():
            if isinstance(field, DateField):
                field.not_after = today

    def clean_programme_id(self) -> str | None:
        return self.cleaned_data["programme_id"] or None

    def clean(self) -> dict:
        found = super().clean()
        self._clean_place(found)
        self._refuse_second(found)
        self._clean_order(found, ("founded_on", "Tanggal rapat pendirian"), ("deed_on", "tanggal akta"))
        self._clean_order(found, ("deed_on", "Tanggal akta"), ("decree_on", "tanggal pengesahan"))
        self._clean_order(found, ("founded_on", "Tanggal rapat pendirian"), ("decree_on", "tanggal pengesahan"))
        if found.get("decision"):
            for name in ("decision_letter", "decided_on"):
                if name not in self.errors and not found.get(name):
                    self.add_error(name, "Keputusan dinas memerlukan nomor surat dan tanggalnya.")
        return found

    def _clean_place(self, found: dict) -> None:
        village, code = found.get("village"), found.get("district")
        if "village" in self.errors or "district" in self.errors:
            return
        if village and code and village.parent_id != code:
            self.add_error(
                "district", "Desa atau kelurahan itu tidak ada di kecamatan ini. Pilih salah satu yang benar."
            )
        elif not village and not code:
            self.add_error("village", "Isi desa atau kelurahannya, atau pilih kecamatannya.")
        else:
            found["district"] = self.fields["village"].by_code[village.parent_id if village else code]

    def _refuse_second(self, found: dict) -> None:
        """One live cooperative of a programme per village (domain 9.13)."""
        programme, village = found.get("programme_id"), found.get("village")
        gone = found.get("legal_status") in GONE
        if not programme or not village or gone:
            return
        served = CoveredVillage.objects.filter(agency=self.agency, village=village, programme=programme)
        other = served.exclude(cooperative=self.cooperative).select_related("cooperative").first()
        if other:
            self.add_error(
                "programme_id", f"{village.full_name} sudah dilayani {other.cooperative.name} dalam program ini."
            )

    def refuse_taken_village(self) -> None:
        """Somebody else's cooperative of the programme came first, a moment ago."""
        self.add_error("programme_id", "Desa atau kelurahan ini baru saja mendapat koperasi lain dalam program ini.")

    def _clean_order(self, found: dict, earlier: tuple[str, str], later: tuple[str, str]) -> None:
        first, second = found.get(earlier[0]), found.get(later[0])
        if first and second and first > second:
            self.add_error(earlier[0], f"{earlier[1]} tidak boleh setelah {later[1]} ({second:%d/%m/%Y}).")

    def find_warnings(self) -> list[tuple[str, str]]:
        """Doubles and unlikely pairs, which somebody who knows better may keep."""
        found, warned = self.cleaned_data, []
        warned += self._warn_of_double("decree_number", "decree_key", normalize_decree(found["decree_number"]))
        warned += self._warn_of_double("nib", "nib", found["nib"])
        warned += self._warn_of_double("npwp", "npwp", found["npwp"])
        programme, village = found["programme_id"], found["village"]
        if programme and village:
            wanted = {"kkmp": Place.Level.KELURAHAN, "kdmp": Place.Level.DESA}.get(programme)
            if wanted and village.level != wanted:
                warned.append(
                    (
                        "programme_id",
                        f"Program ini untuk {wanted.label}; {village.name} adalah {village.get_level_display()}.",
                    )
                )
        year = found["decree_number"][-4:]
        if (
            found["decree_on"]
            and "TAHUN" in found["decree_number"]
            and year.isdigit()
            and int(year) != found["decree_on"].year
        ):
            warned.append(
                (
                    "decree_on",
                    f"Nomor badan hukum menyebut tahun {year}, tanggal pengesahannya {found['decree_on'].year}.",
                )
            )
        return warned

    def _warn_of_double(self, name: str, column: str, value: str) -> list[tuple[str, str]]:
        other = self._others().filter(**{f"profile__{column}": value}).first() if value else None
        return [(name, f"Nomor ini juga tercatat pada {other.name}.")] if other else []

    def _others(self):
        others = Cooperative.objects.filter(agency=self.agency, profile__agency=self.agency)
        return others.exclude(pk=self.cooperative.pk) if self.cooperative else others

    def refuse_same_name(self, other: Cooperative) -> None:
        self.add_error("name", ValidationError(f"{other.name} sudah terdaftar di kecamatan ini."))


def _typed_statuses(cooperative: Cooperative | None, agency: Agency) -> list[tuple[str, str]]:
    """The legal statuses this form may write: what ends a cooperative, or brings it back, is a dated decision instead."""
    stored = Profile.objects.filter(cooperative=cooperative, agency=agency) if cooperative else Profile.objects.none()
    present = stored.values_list("legal_status", flat=True).first() or Profile.LegalStatus.FORMING
    free = (Profile.LegalStatus.FORMING, Profile.LegalStatus.LEGAL_ENTITY)
    return [(one.value, one.label) for one in (free if present in free else (Profile.LegalStatus(present),))]


def initial_of(cooperative: Cooperative, profile: Profile, kbli: list) -> dict:
    """Return what a form shows of a stored cooperative."""
    values = {field.attname: getattr(profile, field.attname) for field in Profile._meta.concrete_fields}
    return values | {
        "name": cooperative.name,
        "village": cooperative.village,
        "district": "" if cooperative.village_id else cooperative.district_id,
        "kbli": kbli,
    }
