"""Cooperatives: the directory everybody may read, and the profile behind the wall."""

from django.db import models
from django.db.models import Q

from .base import OfCooperativeAndAgency


class Cooperative(models.Model):
    """The directory line of a cooperative: enough to find its place in an address, nothing to protect."""

    agency = models.ForeignKey("registry.Agency", models.PROTECT, related_name="cooperatives", db_index=False)
    slug = models.SlugField(max_length=90)
    name = models.CharField("nama", max_length=160)
    short_name = models.CharField("nama singkat", max_length=80)
    village = models.ForeignKey("registry.Place", models.PROTECT, related_name="+", null=True)
    district = models.ForeignKey("registry.Place", models.PROTECT, related_name="+")
    is_practice = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "slug"], name="a_slug_is_unique_in_its_agency")]
        indexes = [models.Index(fields=["agency", "district"])]
        ordering = ["district", "village", "name"]

    def __str__(self) -> str:
        return self.short_name

    @property
    def place_line(self) -> str:
        """`Kec. Walantaka`. Needs `district` selected."""
        return f"Kec. {self.district.name}"


class OldSlug(models.Model):
    """A former address of a cooperative: never reused, redirects to the present one."""

    agency = models.ForeignKey("registry.Agency", models.PROTECT, related_name="+")
    slug = models.SlugField(max_length=90)
    cooperative = models.ForeignKey(Cooperative, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "slug"], name="an_old_slug_is_never_reused")]


class Facts(OfCooperativeAndAgency):
    """What a cooperative is and how fresh its data are: classification (domain 4.1), state, dates. No person, no contact.

    `last_recorded_on` is the freshness every list shows: the day of the latest change anybody of the cooperative made.
    """

    class Form(models.TextChoices):
        PRIMARY = "primary", "Primer"
        SECONDARY = "secondary", "Sekunder"

    class CoopType(models.TextChoices):
        CONSUMER = "consumer", "Konsumen"
        PRODUCER = "producer", "Produsen"
        SAVINGS_LOAN = "savings_loan", "Simpan pinjam"
        SERVICE = "service", "Jasa"
        MARKETING = "marketing", "Pemasaran"

    class Sector(models.TextChoices):
        REAL = "real", "Riil"
        REAL_USP = "real_usp_conventional", "Riil + USP konvensional"
        REAL_USP_SHARIA = "real_usp_sharia", "Riil + USP syariah"
        SAVINGS_LOAN = "savings_loan", "Simpan pinjam"

    class Pattern(models.TextChoices):
        CONVENTIONAL = "conventional", "Konvensional"
        SHARIA = "sharia", "Syariah"

    class LegalStatus(models.TextChoices):
        FORMING = "forming", "Dalam pembentukan"
        LEGAL_ENTITY = "legal_entity", "Berbadan hukum"
        IN_LIQUIDATION = "in_liquidation", "Dalam penyelesaian"
        DISSOLVED = "dissolved", "Bubar"
        MERGED = "merged", "Bergabung"

    class MembershipLevel(models.TextChoices):
        UNKNOWN = "", "belum ada data"
        REGENCY = "regency", "Kabupaten atau kota"
        PROVINCE = "province", "Provinsi"
        NATIONAL = "national", "Nasional"

    class Decision(models.TextChoices):
        NONE = "", "belum ada keputusan"
        ACTIVE = "active", "Aktif"
        INACTIVE = "inactive", "Tidak aktif"

    programme = models.ForeignKey("registry.Programme", models.PROTECT, null=True, blank=True, related_name="+")
    form = models.CharField("bentuk", max_length=10, choices=Form, default=Form.PRIMARY)
    coop_type = models.CharField("jenis", max_length=12, choices=CoopType, default=CoopType.CONSUMER)
    sector = models.CharField("sektor", max_length=24, choices=Sector, default=Sector.REAL)
    pattern = models.CharField("pola", max_length=12, choices=Pattern, default=Pattern.CONVENTIONAL)
    legal_status = models.CharField(
        "status badan hukum", max_length=14, choices=LegalStatus, default=LegalStatus.LEGAL_ENTITY
    )
    gone_on = models.DateField(
        "bubar atau bergabung sejak", null=True, blank=True
    )  # null of who is gone: day not known
    coop_group = models.CharField("kelompok", max_length=12, blank=True, default="")  # fixtures/cooperative_groups.json
    membership_level = models.CharField(
        "wilayah keanggotaan", max_length=8, choices=MembershipLevel, blank=True, default=""
    )
    decision = models.CharField("keputusan dinas", max_length=8, choices=Decision, blank=True, default="")
    founded_on = models.DateField("tanggal rapat pendirian", null=True, blank=True)
    deed_on = models.DateField("tanggal akta", null=True, blank=True)
    decree_number = models.CharField("nomor badan hukum", max_length=80, blank=True)
    decree_key = models.CharField(max_length=80, blank=True, editable=False)  # normalised, for matching
    decree_on = models.DateField("tanggal pengesahan", null=True, blank=True)
    last_outlet_opened_on = models.DateField("gerai dibuka", null=True, blank=True)
    last_activity_on = models.DateField("kegiatan usaha terakhir", null=True, blank=True)
    last_recorded_on = models.DateField("data terakhir diperbarui", null=True, blank=True)
    keeps_books_here = models.BooleanField(default=False)

    class Meta:
        abstract = True


class Profile(Facts):
    """The legal person: its facts, and beside them identity (domain 2.1) and contacts. One row per cooperative."""

    cooperative = models.OneToOneField(Cooperative, models.PROTECT, primary_key=True, related_name="profile")
    decision_letter = models.CharField("nomor surat keputusan dinas", max_length=80, blank=True)
    decided_on = models.DateField("tanggal keputusan", null=True, blank=True)

    deed_number = models.CharField("nomor akta", max_length=40, blank=True)
    notary = models.CharField("notaris (NPAK)", max_length=120, blank=True)
    npwp = models.CharField("NPWP", max_length=22, blank=True)
    nib = models.CharField("NIB", max_length=13, blank=True)
    cooperative_nik = models.CharField("NIK koperasi", max_length=16, blank=True)

    address = models.CharField("alamat", max_length=200, blank=True)
    rt_rw = models.CharField("RT/RW", max_length=7, blank=True)
    postal_code = models.CharField("kode pos", max_length=5, blank=True)
    phone = models.CharField("telepon", max_length=20, blank=True)
    email = models.EmailField("surel", max_length=120, blank=True)

    version = models.PositiveIntegerField(default=1)  # a stale form is refused, not merged

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(deed_on__isnull=True) | Q(founded_on__isnull=True) | Q(founded_on__lte=models.F("deed_on")),
                name="the_founding_meeting_is_not_after_the_deed",
            ),
            models.CheckConstraint(
                condition=Q(decree_on__isnull=True) | Q(deed_on__isnull=True) | Q(deed_on__lte=models.F("decree_on")),
                name="the_deed_is_not_after_the_decree",
            ),
        ]
        indexes = [models.Index(fields=["agency", "coop_type"]), models.Index(fields=["agency", "decree_key"])]


class Standing(Facts):
    """A copy of a profile's facts, for lists and figures: who may not read the profile (the head of region) reads this.

    The database itself keeps it equal to the profile (`registry/tenancy/copies.py`); nothing else writes it.
    """

    copy_of = "registry.Profile"
    cooperative = models.OneToOneField(Cooperative, models.PROTECT, primary_key=True, related_name="standing")

    class Meta:
        indexes = [models.Index(fields=["agency", "coop_type"])]


class CooperativeKbli(OfCooperativeAndAgency):
    """A business activity of a cooperative."""

    kbli = models.ForeignKey("registry.Kbli", models.PROTECT, related_name="+")
    is_main = models.BooleanField("usaha utama", default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cooperative", "kbli"], name="a_kbli_is_listed_once_per_cooperative")
        ]


class Blocker(OfCooperativeAndAgency):
    """Something a cooperative cannot solve itself, with who must act and by when."""

    class What(models.TextChoices):
        LAND = "land", "Lahan atau gedung"
        LEGAL_NAME = "legal_name", "Nama berbeda dengan Kemenkum"
        LICENCE = "licence", "Izin usaha atau lingkungan"
        OFFICERS = "officers", "Pengurus atau pengawas tidak lengkap"
        ACCOUNT = "account", "Akun SIMKOPDES atau rekening"
        CAPITAL = "capital", "Modal"
        OTHER = "other", "Lainnya"

    what = models.CharField("hambatan", max_length=12, choices=What)
    text = models.CharField("uraian", max_length=240)
    waits_for = models.CharField("instansi yang harus bertindak", max_length=120)
    opened_on = models.DateField("dicatat")
    due_on = models.DateField("tenggat", null=True, blank=True)
    closed_on = models.DateField("selesai", null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["agency", "closed_on"]), models.Index(fields=["cooperative"])]
        ordering = ["opened_on", "id"]
