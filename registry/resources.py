"""The lists of the registry as files: the only place of their columns, cleaning and formats."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from registry.classification import groups
from registry.models import BuildingRecord, Cooperative, Profile
from registry.numbers import check_cooperative_nik, check_legal_decree, check_nib, check_npwp, check_phone
from registry.reports import freshness
from registry.reports.listing import ExtraColumn
from registry.reports.status import Rule
from registry.sheets.columns import Column
from registry.sheets.places import PlaceMatcher, UnclearPlace
from registry.sheets.resource import CleanBatch, SheetField, SheetResource, set_places
from registry.sheets.widgets import (
    ChoiceWidget,
    DateWidget,
    DistrictWidget,
    IdentifierWidget,
    IntegerWidget,
    NameWidget,
    PlaceWidget,
    RupiahWidget,
    TextWidget,
)
from registry.sources import fields as source_fields
from registry.sources import read as read_source

GROUP_WORDS = {one.code: one.label for one in groups().values()}
GROUP_SYNONYMS = {word: one.code for one in groups().values() for word in one.synonyms}
BUILDING_WORDS = {**dict(BuildingRecord.Ownership.choices), None: "Belum didata"}


class CooperativeList(SheetResource):
    """The list of cooperatives as the page shows it; rows come from `reports.listing.choose`."""

    name = SheetField("Nama koperasi", NameWidget(160), width=44)
    district = SheetField("Kecamatan", attribute="district__name")
    village = SheetField("Desa/kelurahan", attribute="village__name")
    coop_type = SheetField("Jenis", ChoiceWidget(dict(Profile.CoopType.choices)), attribute="standing__coop_type")
    coop_group = SheetField("Kelompok", ChoiceWidget(GROUP_WORDS), attribute="standing__coop_group")
    sector = SheetField("Sektor", ChoiceWidget(dict(Profile.Sector.choices)), attribute="standing__sector")
    membership_level = SheetField(
        "Wilayah keanggotaan",
        ChoiceWidget(dict(Profile.MembershipLevel.choices)),
        attribute="standing__membership_level",
        width=22,
    )
    programme = SheetField("Program", attribute="standing__programme__short_name")
    decree_number = SheetField(
        "Nomor badan hukum", TextWidget(kind="identifier"), attribute="standing__decree_number", width=34
    )
    decree_on = SheetField("Tanggal badan hukum", DateWidget(), attribute="standing__decree_on")
    status = SheetField("Status menurut aturan", attribute="status", width=22)
    decision = SheetField(
        "Keputusan dinas", ChoiceWidget({**dict(Profile.Decision.choices)}), attribute="standing__decision"
    )
    rat_on = SheetField("Tanggal RAT", DateWidget(), attribute="rat_on")
    building = SheetField("Gedung", attribute="building")
    blocked = SheetField("Ada hambatan", attribute="blocked")
    recorded_on = SheetField("Diperbarui", DateWidget(), attribute="standing__last_recorded_on")
    days = SheetField("Hari sejak diperbarui", IntegerWidget(), attribute="standing__last_recorded_on", readonly=True)

    class Meta:
        model = Cooperative

    def __init__(self, *, rule: Rule, rat_year: int, today: date, **kwargs) -> None:
        super().__init__(**kwargs)
        self.rule, self.rat_year, self.today = rule, rat_year, today

    def shown_columns(self) -> list[Column]:
        """The columns, with the book year in the heading of the RAT."""
        named = {"rat_on": f"RAT tahun buku {self.rat_year}"}
        return [replace(column, label=named.get(column.key, column.label)) for column in self.columns()]

    def rows_with(self, cooperatives, extras: list[ExtraColumn]) -> Iterator[list]:
        """The rows to write, with the columns of higher storeys at the end, each beside its source."""
        found = list(cooperatives)
        ids = [cooperative.pk for cooperative in found]
        values = [extra.values(found[0].agency_id, ids, self.today) for extra in extras] if found else []
        for cooperative, row in zip(found, self.export_rows(found), strict=True):
            told = [value.get(cooperative.pk) for value in values]
            yield [
                *row,
                *(cell for one in told for cell in ((one.value, one.source) if one else (None, "belum ada data"))),
            ]

    def dehydrate_status(self, cooperative) -> str:
        return self.rule.label(cooperative.status)

    def dehydrate_building(self, cooperative) -> str:
        return BUILDING_WORDS[cooperative.building]

    def dehydrate_decision(self, cooperative) -> str:
        return cooperative.standing.get_decision_display() if cooperative.standing.decision else ""

    def dehydrate_days(self, cooperative) -> int | None:
        return freshness.days_since(cooperative.standing.last_recorded_on, self.today)


TYPE_SYNONYMS = {
    "ksp": "savings_loan",
    "kspps": "savings_loan",
    "simpan pinjam syariah": "savings_loan",
    "koperasi konsumen": "consumer",
    "konsumsi": "consumer",
    "produksi": "producer",
    "koperasi produsen": "producer",
    "koperasi jasa": "service",
    "koperasi pemasaran": "marketing",
}
SECTOR_SYNONYMS = {
    "sektor riil": "real",
    "usp": "real_usp_conventional",
    "uspps": "real_usp_sharia",
    "ksp": "savings_loan",
}


class CooperativeImport(SheetResource):
    """A dinas' own list of cooperatives, as it comes in. Figures become reported figures of the day asked for."""

    name = SheetField(
        "Nama koperasi", NameWidget(160), required=True, synonyms=("Nama", "Koperasi"), example="Koperasi Mitra Karya"
    )
    decree_number = SheetField(
        "Nomor badan hukum",
        TextWidget(80, check=check_legal_decree, kind="identifier"),
        synonyms=(
            "Badan hukum nomor",
            "No badan hukum",
            "Nomor BH",
            "No BH",
            "Badan hukum no",
            "No dan tgl badan hukum nomor",
        ),
        example="518.08/96/BH/XIV.10/VIII/2008",
    )
    decree_on = SheetField(
        "Tanggal badan hukum",
        DateWidget(),
        synonyms=("Badan hukum tanggal", "Tgl badan hukum", "Tanggal BH", "Tgl BH", "Tanggal pengesahan"),
        example="20/11/2008",
    )
    coop_type = SheetField(
        "Jenis", ChoiceWidget(dict(Profile.CoopType.choices), TYPE_SYNONYMS), synonyms=("Jenis koperasi",)
    )
    coop_group = SheetField("Kelompok", ChoiceWidget(GROUP_WORDS, GROUP_SYNONYMS), synonyms=("Kelompok koperasi",))
    sector = SheetField(
        "Sektor", ChoiceWidget(dict(Profile.Sector.choices), SECTOR_SYNONYMS), synonyms=("Sektor koperasi",)
    )
    district = SheetField("Kecamatan", DistrictWidget(None), synonyms=("Kec",), group_words=("kecamatan", "kec"))
    village = SheetField(
        "Desa/kelurahan",
        PlaceWidget(None),
        synonyms=("Desa/Kel", "Desa", "Kelurahan", "Kel/Desa", "Kelurahan/Desa"),
        beside="district",
    )
    address = SheetField("Alamat", TextWidget(200), synonyms=("Alamat koperasi", "Alamat kantor"))
    phone = SheetField(
        "Telepon",
        TextWidget(40, check=check_phone, kind="identifier"),
        synonyms=("No HP", "No telepon", "Nomor HP", "Telp", "HP"),
    )
    nib = SheetField("NIB", IdentifierWidget("NIB", check_nib))
    npwp = SheetField("NPWP", IdentifierWidget("NPWP", check_npwp))
    cooperative_nik = SheetField("NIK koperasi", IdentifierWidget("NIK koperasi", check_cooperative_nik))
    members_male = SheetField("Anggota L", IntegerWidget(), synonyms=("Jumlah anggota L", "Anggota laki-laki"))
    members_female = SheetField("Anggota P", IntegerWidget(), synonyms=("Jumlah anggota P", "Anggota perempuan"))
    managers = SheetField("Manajer", IntegerWidget(), synonyms=("Jumlah manajer",))
    employees = SheetField("Karyawan", IntegerWidget(), synonyms=("Jumlah karyawan",))
    own_capital = SheetField("Modal sendiri", RupiahWidget(), synonyms=("Modal sendiri (Rp)",))
    external_capital = SheetField("Modal luar", RupiahWidget(), synonyms=("Modal luar (Rp)",))
    assets = SheetField(
        "Aset", RupiahWidget(), synonyms=("Asset", "Aset (Rp)", "Asset (Rp)", "Jumlah aset", "Total aset")
    )
    volume = SheetField("Volume usaha", RupiahWidget(), synonyms=("Volume usaha (Rp)",))
    shu = SheetField("SHU", RupiahWidget(), synonyms=("SHU (Rp)", "Sisa hasil usaha"))

    class Meta:
        model = Cooperative
        natural_key = ("name",)

    def __init__(self, *, matcher: PlaceMatcher, today: date, **kwargs) -> None:
        super().__init__(**kwargs)
        set_places(self, matcher)
        self.matcher = matcher
        self.fields["decree_on"].widget.not_after = today

    def import_columns(self) -> list[Column]:
        """The columns; a line that only names a kecamatan of this agency begins a group."""
        columns = [one.column(key) for key, one in self.fields.items()]
        known = self.matcher.is_district
        return [replace(column, group_test=known) if column.key == "district" else column for column in columns]

    def check_batch(self, batch: CleanBatch) -> None:
        """Every line needs a kecamatan, from its village, its column or its group line."""
        for position, number in enumerate(batch.numbers):
            village, district = batch.columns["village"][position], batch.columns["district"][position]
            if village and not district:
                batch.columns["district"][position] = self.matcher.parents[village]
            elif not village and not district and number not in batch.errors:
                batch.errors[number] = ["Desa/kelurahan atau kecamatan wajib diisi."]


class AsWrittenWidget(TextWidget):
    """A cell exactly as another keeper writes it: a day as 2026-11-21, a number as its digits, nothing refused but length."""

    def read(self, value):
        if hasattr(value, "date"):
            value = value.date()
        if isinstance(value, date):
            return value.isoformat()
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        return super().read(str(value))


_SOURCE_FIELDS = {
    code: SheetField(
        one.label,
        AsWrittenWidget(200, kind="identifier"),
        synonyms=one.synonyms,
        required=code == "name",
        example="Koperasi Mitra Karya" if code == "name" else "",
    )
    for code, one in source_fields().items()
}
_SOURCE_FIELDS["district"] = SheetField("Kecamatan", AsWrittenWidget(120), synonyms=("Kec", "Nama kecamatan"))


class _SourceList(SheetResource):
    """What lists of other keepers have in common."""

    def __init__(self, *, matcher: PlaceMatcher, order: tuple[str, ...], **kwargs) -> None:
        super().__init__(**kwargs)
        self.matcher = matcher
        self.order = [*order, "district", *(code for code in self.fields if code not in order and code != "district")]

    def import_columns(self) -> list[Column]:
        """The columns, those this source has first and in its order."""
        return [self.fields[key].column(key) for key in self.order]

    def check_batch(self, batch: CleanBatch) -> None:
        """Beside each value as written, the value our profile would hold; days nobody has ("0000-00-00") are no value."""
        for code in source_fields():
            written = batch.columns[code]
            if code.endswith("_on"):
                batch.columns[code] = written = [
                    None if not text or not text.strip("0-/. ") else text for text in written
                ]
            if code == "village":
                beside = batch.columns["district"]
                batch.columns["village_clean"] = [
                    self._village(text, near) for text, near in zip(written, beside, strict=True)
                ]
            else:
                batch.columns[f"{code}_clean"] = [read_source(code, text) if text else "" for text in written]

    def _village(self, text: str | None, district: str | None) -> str:
        if not text:
            return ""
        for near in (district, None):
            try:
                return self.matcher.village(text, near) or ""
            except UnclearPlace:
                continue
        return ""


SourceImport = type(
    "SourceImport",
    (_SourceList,),
    {
        **_SOURCE_FIELDS,
        "__module__": __name__,
        "__doc__": "A list of another keeper, as it comes in.",
        "Meta": type("Meta", (), {"model": Cooperative, "natural_key": ("name",)}),
    },
)
