"""What the dinas types about groups, targets of a year and events."""

from datetime import date

from django import forms

from registry.forms.choosing import VillageField
from registry.forms.fields import ChoiceField, CountField, DateField, DocumentField, LineField
from registry.models import Agency, Cooperative, Event, FormationGroup, Place, Programme

FIRST_YEAR = 2000


class GroupForm(forms.Form):
    """A group; which cooperative it became is chosen among those of its kecamatan."""

    name = LineField(label="Nama kelompok", max_length=120)
    village = VillageField(label="Desa atau kelurahan")
    members = CountField(label="Jumlah anggota", most=100_000, required=False)
    businesses = CountField(label="Di antaranya pelaku UMKM", most=100_000, required=False)
    need = LineField(
        label="Kebutuhan", max_length=240, required=False, help_text="Misalnya pendampingan akta atau modal awal."
    )
    escort = LineField(label="Pendamping dari dinas", max_length=120, required=False)
    state = ChoiceField(label="Keadaan", choices=FormationGroup.State.choices, widget=forms.RadioSelect)
    cooperative = ChoiceField(label="Menjadi koperasi", required=False)

    def __init__(self, *args, agency: Agency, group: FormationGroup | None = None, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["village"].use(agency)
        if group is None:
            del self.fields["cooperative"]
            self.fields["state"].choices = [
                one for one in FormationGroup.State.choices if one[0] != FormationGroup.State.FOUNDED
            ]
            return
        near = Cooperative.objects.filter(agency=agency, is_practice=False, district=group.district_id).order_by("name")
        self.near = {one.slug: one for one in near}
        self.fields["cooperative"].choices = [
            ("", "Belum menjadi koperasi"),
            *((slug, one.name) for slug, one in self.near.items()),
        ]
        self.fields["cooperative"].help_text = "Daftarkan dahulu koperasinya bila belum ada di daftar ini."

    def clean(self) -> dict:
        found = super().clean()
        members, businesses = found.get("members"), found.get("businesses")
        if members is not None and businesses is not None and businesses > members:
            self.add_error("businesses", "Lebih banyak daripada jumlah anggotanya.")
        if "cooperative" in self.fields:
            became, founded = found.get("cooperative"), found.get("state") == FormationGroup.State.FOUNDED
            if founded and not became:
                self.add_error("cooperative", "Pilih koperasi yang terbentuk dari kelompok ini.")
            if became and not founded:
                self.add_error("state", "Bila sudah menjadi koperasi, keadaannya juga.")
        return found

    @property
    def values(self) -> dict:
        """The fields of the row."""
        typed = self.cleaned_data
        village = typed["village"]
        kept = {name: typed[name] for name in ("name", "members", "businesses", "need", "escort", "state")}
        became = self.near[typed["cooperative"]] if typed.get("cooperative") else None
        return kept | {"village": village, "district_id": village.parent_id, "cooperative": became}


class TargetForm(forms.Form):
    year = CountField(label="Tahun", least=FIRST_YEAR)
    target = CountField(label="Target koperasi", most=10_000)
    recorded = CountField(
        label="Realisasi menurut catatan lama",
        most=10_000,
        required=False,
        help_text="Hanya untuk tahun sebelum register ini. Kosong: dihitung dari register.",
    )
    source = LineField(
        label="Dasar", max_length=160, required=False, help_text="Misalnya RPJMD atau keputusan kepala dinas."
    )

    def __init__(self, *args, today: date, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["year"].most = today.year + 5
        self.fields["year"].prepare_value = lambda value: value  # a year is written without a dot


class EventForm(forms.Form):
    kind = ChoiceField(label="Acara", choices=Event.Kind.choices, widget=forms.RadioSelect)
    title = LineField(label="Judul", max_length=160)
    number = LineField(label="Nomor", max_length=80, required=False)
    held_on = DateField(label="Tanggal")
    place = LineField(label="Tempat", max_length=160, required=False)
    parties = LineField(label="Para pihak", max_length=240, required=False)
    covers = ChoiceField(
        label="Koperasi yang tercakup",
        help_text="Acara ini tercatat sebagai langkah 13 pada setiap koperasi yang tercakup.",
    )
    document = DocumentField(label="Berkas bukti", help_text="PDF atau foto, paling besar 12 MB.")

    def __init__(self, *args, agency: Agency, today: date, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["held_on"].not_after = today
        districts = Place.objects.filter(parent=agency.place_id, level=Place.Level.DISTRICT).order_by("code")
        self.fields["covers"].choices = [
            ("", "Pilih cakupan"),
            *((f"program:{one.code}", f"Semua {one.short_name}") for one in Programme.objects.all()),
            *((f"kecamatan:{one.code}", f"Semua yang diikuti di Kecamatan {one.name}") for one in districts),
        ]
