"""What people ask of the list of cooperatives."""

from django import forms

from registry.classification import groups
from registry.forms.fields import ChoiceField, LineField
from registry.models import Agency, BuildingRecord, Place, Profile, Programme
from registry.reports import freshness, status
from registry.reports.listing import ORDERS, Choice


class ListForm(forms.Form):
    """The filters of the list, as they stand in its address. An unknown value is an error, not "all"."""

    cari = LineField(
        label="Cari",
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "Nama, desa, nomor, atau pengurus"}),
    )
    kecamatan = ChoiceField(label="Kecamatan", required=False)
    desa = ChoiceField(label="Desa atau kelurahan", required=False)
    jenis = ChoiceField(label="Jenis", required=False)
    status = ChoiceField(label="Status", required=False)
    segar = ChoiceField(label="Diperbarui", required=False)
    aturan = ChoiceField(label="Aturan status", required=False)
    kelompok = ChoiceField(label="Kelompok", required=False)
    sektor = ChoiceField(label="Sektor", required=False)
    program = ChoiceField(label="Program", required=False)
    rat = ChoiceField(label="RAT", required=False)
    gedung = ChoiceField(label="Gedung", required=False)
    hambatan = ChoiceField(label="Hambatan", required=False)
    masa = ChoiceField(label="Masa jabatan", required=False)
    buku = ChoiceField(label="Pembukuan", required=False)
    hukum = ChoiceField(label="Badan hukum", required=False)
    urut = ChoiceField(label="Urutan", required=False, widget=forms.HiddenInput)

    FIRST = ("cari", "kecamatan", "desa", "jenis", "status", "segar")
    MORE = ("aturan", "kelompok", "sektor", "program", "rat", "gedung", "hambatan", "masa", "buku", "hukum")

    def __init__(self, data, *, agency: Agency, rat_year: int) -> None:
        super().__init__(data)
        rule = status.rules().get(data.get("aturan", ""), status.rules()[status.DEFAULT_RULE])
        self.places = list(_districts(agency))
        self.villages = list(_villages(agency, data.get("kecamatan", "")))
        offered = {
            "kecamatan": _all("kecamatan", [(place.code, place.name) for place in self.places]),
            "desa": _all(self._village_word(), [(place.code, place.name) for place in self.villages]),
            "jenis": _all("jenis", Profile.CoopType.choices),
            "status": _all(
                "status", [(a, rule.label(a)) for a in (status.ACTIVE, status.INACTIVE, status.UNDETERMINED)]
            ),
            "segar": [("", "Kapan pun diperbarui"), *freshness.BANDS.items()],
            "aturan": [(one.code, one.name) for one in status.rules().values() if one.parameters],
            "kelompok": _all("kelompok", [(one.code, one.label) for one in groups().values()]),
            "sektor": _all("sektor", Profile.Sector.choices),
            "program": [
                *_all("program", Programme.objects.values_list("code", "short_name")),
                ("tanpa", "Tanpa program"),
            ],
            "rat": [
                ("", f"RAT {rat_year}: semua"),
                ("sudah", f"Sudah RAT {rat_year}"),
                ("belum", f"Belum RAT {rat_year}"),
                ("tepat", f"RAT {rat_year} tepat waktu"),
                ("ditagih", f"RAT {rat_year} wajib, belum diadakan"),
            ],
            "gedung": [*_all("gedung", BuildingRecord.Ownership.choices), ("belum-didata", "Belum didata")],
            "hambatan": [
                ("", "Dengan atau tanpa hambatan"),
                ("ada", "Ada hambatan"),
                ("tidak", "Tanpa hambatan"),
                ("lewat", "Hambatan lewat tenggat"),
                ("dekat", "Hambatan jatuh tempo dalam 7 hari"),
            ],
            "masa": [
                ("", "Semua masa jabatan"),
                ("habis", "Masa jabatan sudah habis"),
                ("60-hari", "Habis dalam 60 hari"),
            ],
            "buku": [
                ("", "Dengan atau tanpa buku di sini"),
                ("ada", "Membukukan di sini"),
                ("belum", "Belum membukukan di sini"),
            ],
            "hukum": [
                ("", "Selain yang bubar"),
                ("penyelesaian", "Dalam penyelesaian"),
                ("bubar", "Bubar atau bergabung"),
                ("semua", "Semua, juga yang bubar"),
            ],
            "urut": [(order, order) for order in ORDERS],
        }
        for name, choices in offered.items():
            self.fields[name].choices = choices
        for bound in self.fields.values():
            bound.widget.attrs["class"] = "in"
            if isinstance(bound.widget, forms.Select):
                bound.widget.attrs["data-auto"] = ""

    def _village_word(self) -> str:
        return self.villages[0].get_level_display() if self.villages else "desa"

    @property
    def choice(self) -> Choice:
        """What was asked for; call after `is_valid`."""
        return Choice(**{name: value for name, value in self.cleaned_data.items() if value})

    @property
    def first_line(self) -> list:
        return [self[name] for name in self.FIRST if name != "desa" or self.villages]

    @property
    def second_line(self) -> list:
        return [self[name] for name in self.MORE]

    @property
    def more_is_used(self) -> bool:
        """True when a filter of the second line is set, so that it is shown open."""
        default = {"aturan": status.DEFAULT_RULE}
        return any(self.data.get(name, "") not in ("", default.get(name)) for name in self.MORE)


def _all(what: str, choices) -> list[tuple[str, str]]:
    return [("", f"Semua {what}"), *choices]


def _districts(agency: Agency):
    return Place.objects.filter(parent=agency.place_id, level=Place.Level.DISTRICT).order_by("code")


def _villages(agency: Agency, district: str):
    if not district:
        return []
    return Place.objects.filter(parent=district[:13].replace("\0", ""), parent__parent=agency.place_id).order_by("name")
