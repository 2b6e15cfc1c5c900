"""What a cooperative works from, as somebody saw it: surveys, photos by date, land that may do, what outside portals say."""

from django.db import models
from django.db.models import F, Q

from .base import Link, OfCooperativeAndAgency


class BuildingSurvey(OfCooperativeAndAgency):
    """What was found on a day. The latest one that was not returned counts; `BuildingRecord` is kept from it.

    Lengths are whole metres, areas m², electricity VA, money rupiah. A blank fact is one nobody knows.
    """

    class Ownership(models.TextChoices):
        OWN = "own", "Milik sendiri"
        BMD = "bmd", "Aset daerah (BMD)"
        BMDES = "bmdes", "Aset desa (BMDes)"
        BMN = "bmn", "Aset negara (BMN)"
        GRANT = "grant", "Hibah"
        CUSTOMARY = "customary", "Tanah adat"
        OTHER = "other", "Milik pihak lain"
        NONE = "none", "Belum ada gedung"

    class Use(models.TextChoices):
        LOAN = "loan", "Pinjam pakai"
        RENT = "rent", "Sewa"
        BGS = "bgs", "Bangun guna serah (BGS)"
        BSG = "bsg", "Bangun serah guna (BSG)"

    class Road(models.TextChoices):
        ASPHALT = "asphalt", "Beraspal"
        CONCRETE = "concrete", "Beton"
        STONE = "stone", "Batu"
        EARTH = "earth", "Tanah"

    class Certificate(models.TextChoices):
        FREEHOLD = "freehold", "Hak milik (SHM)"
        BUILDING = "building", "Hak guna bangunan (HGB)"
        USE = "use", "Hak pakai"
        CUSTOMARY = "customary", "Girik atau letter C"
        NONE = "none", "Belum bersertifikat"

    class Kind(models.TextChoices):
        OFFICE = "office", "Kantor"
        SHOP = "shop", "Toko atau gerai"
        WAREHOUSE = "warehouse", "Gudang"
        HOUSE = "house", "Rumah"
        HALL = "hall", "Balai atau ruang bersama"
        OTHER = "other", "Lainnya"

    class Condition(models.TextChoices):
        GOOD = "good", "Baik"
        LIGHT = "light", "Rusak ringan"
        HEAVY = "heavy", "Rusak berat"

    class Water(models.TextChoices):
        PIPED = "piped", "PDAM"
        WELL = "well", "Sumur"
        NONE = "none", "Tidak ada"

    class Internet(models.TextChoices):
        FIXED = "fixed", "Kabel atau serat"
        MOBILE = "mobile", "Seluler"
        NONE = "none", "Tidak ada"

    class State(models.TextChoices):
        WAITING = "waiting", "Menunggu diperiksa"
        VERIFIED = "verified", "Terverifikasi"
        RETURNED = "returned", "Dikembalikan"

    surveyed_on = models.DateField("tanggal survei")
    ownership = models.CharField("milik", max_length=9, choices=Ownership)
    use = models.CharField("pemanfaatan", max_length=4, choices=Use, blank=True)
    owner = models.CharField("nama pemilik", max_length=120, blank=True)
    land_area = models.PositiveIntegerField("luas tanah", null=True)
    land_length = models.PositiveIntegerField("panjang tanah", null=True)
    land_width = models.PositiveIntegerField("lebar tanah", null=True)
    road = models.CharField("akses jalan", max_length=8, choices=Road, blank=True)
    certificate = models.CharField("sertifikat", max_length=9, choices=Certificate, blank=True)
    building_kind = models.CharField("jenis gedung", max_length=9, choices=Kind, blank=True)
    condition = models.CharField("kondisi", max_length=5, choices=Condition, blank=True)
    building_area = models.PositiveIntegerField("luas gedung", null=True)
    electricity = models.PositiveIntegerField("daya listrik", null=True)  # VA; 0: none
    water = models.CharField("air bersih", max_length=5, choices=Water, blank=True)
    internet = models.CharField("internet", max_length=6, choices=Internet, blank=True)
    progress = models.PositiveSmallIntegerField("progres pembangunan", null=True)
    rent_per_year = models.BigIntegerField("sewa setahun", null=True)
    rent_ends_on = models.DateField("sewa sampai", null=True)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    distance_m = models.PositiveIntegerField("jarak dari tengah desa", null=True)
    note = models.CharField("catatan", max_length=240, blank=True)
    rules = models.CharField(max_length=8)  # the version of building_rules.json it was judged by
    warned = models.JSONField(default=list)  # [{"code", "sentence"}]: what the maker was warned of
    answer = models.CharField("alasan", max_length=240, blank=True)  # why it was stored nevertheless
    made_by = models.BigIntegerField()
    made_by_name = models.CharField(max_length=120)
    made_at = models.DateTimeField()
    state = models.CharField("pemeriksaan", max_length=8, choices=State, default=State.WAITING)
    checked_by = models.BigIntegerField(null=True)
    checked_by_name = models.CharField(max_length=120, blank=True)
    checked_at = models.DateTimeField(null=True)
    checked_note = models.CharField("catatan pemeriksa", max_length=240, blank=True)

    class Meta:
        indexes = [models.Index(fields=["agency", "cooperative", "-surveyed_on", "-id"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(warned=[]) | ~Q(answer=""), name="a_warning_that_was_passed_has_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(checked_by__isnull=True) | ~Q(checked_by=F("made_by")), name="who_surveyed_does_not_check"
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", checked_by__isnull=True)
                | (~Q(state="waiting") & Q(checked_by__isnull=False)),
                name="a_checked_survey_names_its_checker",
            ),
            models.CheckConstraint(
                condition=Q(progress__isnull=True) | Q(progress__lte=100), name="progress_is_a_percentage"
            ),
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="a_spot_is_on_earth",
            ),
        ]


class BuildingPhoto(OfCooperativeAndAgency):
    """A photo on a day, as `registry.pictures` drew it anew; where it was taken is kept as a distance only.

    `path`: below MEDIA_ROOT, read through the door of the building alone. Not a `File`: a penyuluh reads no other files.
    """

    survey = Link(BuildingSurvey, null=True)
    path = models.CharField(max_length=80, unique=True)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    taken_on = models.DateField("tanggal foto")
    dated_by_camera = models.BooleanField(default=False)
    progress = models.PositiveSmallIntegerField("progres", null=True)
    distance_m = models.PositiveIntegerField("jarak dari tengah desa", null=True)
    caption = models.CharField("keterangan", max_length=120, blank=True)
    made_by = models.BigIntegerField()
    made_by_name = models.CharField(max_length=120)
    made_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["agency", "cooperative", "-taken_on", "-id"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(progress__isnull=True) | Q(progress__lte=100), name="progress_of_a_photo_is_a_percentage"
            )
        ]


class LandCandidate(OfCooperativeAndAgency):
    """A piece of land that may carry the building."""

    class State(models.TextChoices):
        PROPOSED = "proposed", "Diusulkan"
        CHECKED = "checked", "Sudah ditinjau"
        PERMITTED = "permitted", "Izin pakai terbit"
        REFUSED = "refused", "Ditolak"

    owner = models.CharField("milik siapa", max_length=120)
    location = models.CharField("letak", max_length=160)
    area = models.PositiveIntegerField("luas", null=True)
    asset_list = models.CharField("dari daftar aset", max_length=160, blank=True)
    state = models.CharField("keadaan", max_length=9, choices=State, default=State.PROPOSED)
    noted_on = models.DateField("dicatat")
    note = models.CharField("catatan", max_length=240, blank=True)

    class Meta:
        indexes = [models.Index(fields=["agency", "cooperative"])]
        ordering = ["-noted_on", "-id"]


class PortalStatus(OfCooperativeAndAgency):
    """What an outside portal says of the building on a day. The latest per portal counts."""

    class Portal(models.TextChoices):
        SIMKOPDES = "simkopdes", "SIMKOPDES"
        OTHER = "other", "Portal lain"

    class Status(models.TextChoices):
        VERIFIED = "verified", "Terverifikasi"
        CHECKING = "checking", "Sedang diverifikasi"
        NO_LAND = "no_land", "Tidak ada lahan"
        CONSIDERED = "considered", "Dipertimbangkan"

    portal = models.CharField("portal", max_length=9, choices=Portal, default=Portal.SIMKOPDES)
    status = models.CharField("status", max_length=10, choices=Status)
    as_of = models.DateField("keadaan per")
    note = models.CharField("catatan", max_length=160, blank=True)

    class Meta:
        indexes = [models.Index(fields=["agency", "cooperative", "-as_of"])]
        ordering = ["-as_of", "-id"]
