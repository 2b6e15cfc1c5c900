"""Reference facts: places, activity codes, programmes. Loaded from `fixtures/` by `manage.py reference`."""

from django.db import models


class Place(models.Model):
    """A province, regency/city, kecamatan, kelurahan or desa. Key: the Kemendagri code, `36.73.03.1007`."""

    class Level(models.TextChoices):
        PROVINCE = "province", "provinsi"
        REGENCY = "regency", "kabupaten"
        CITY = "city", "kota"
        DISTRICT = "district", "kecamatan"
        KELURAHAN = "kelurahan", "kelurahan"
        DESA = "desa", "desa"

    code = models.CharField("kode wilayah", max_length=13, primary_key=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    level = models.CharField(max_length=10, choices=Level)
    name = models.CharField("nama", max_length=60)
    bps_code = models.CharField(max_length=10, blank=True)
    postal_code = models.CharField(max_length=5, blank=True)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    area_km2 = models.FloatField(null=True)
    population_estimate = models.IntegerField(null=True)  # an estimate, never shown as official

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name

    @property
    def full_name(self) -> str:
        """`Kelurahan Pager Agung`, `Kecamatan Walantaka`."""
        return f"{self.get_level_display().capitalize()} {self.name}"


class PlaceAlias(models.Model):
    """Another spelling seen in the field: Pagar Agung for Pager Agung."""

    place = models.ForeignKey(Place, models.CASCADE, related_name="aliases")
    alias = models.CharField(max_length=60)
    source = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["place", "alias"], name="an_alias_is_listed_once")]


class Kbli(models.Model):
    """An activity code. The vintage is part of the key: codes change meaning between vintages."""

    version = models.CharField(max_length=4)
    code = models.CharField(max_length=5)
    title = models.CharField(max_length=200)
    line = models.CharField("lini usaha", max_length=60, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "code"], name="a_kbli_code_is_unique_in_its_vintage")]
        ordering = ["code", "-version"]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


class Programme(models.Model):
    """A government programme a cooperative may carry as a label (Merah Putih), with its legal basis."""

    code = models.CharField(max_length=20, primary_key=True)
    name = models.CharField(max_length=80)
    short_name = models.CharField(max_length=20)
    legal_basis = models.CharField(max_length=200)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    def __str__(self) -> str:
        return self.name
