"""The dinas: one agency per local government. Made only by `manage.py agency create`."""

from django.db import models


class Agency(models.Model):
    """A dinas, with what stands on its letterhead."""

    class Paper(models.TextChoices):
        A4 = "A4", "A4"
        F4 = "F4", "F4 (215 x 330 mm)"

    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=160)
    short_name = models.CharField(max_length=60)
    government = models.CharField(max_length=80)  # "Pemerintah Kota Serang"
    place = models.ForeignKey("registry.Place", models.PROTECT, related_name="+")
    head_title = models.CharField(max_length=40)  # "Wali Kota" or "Bupati"
    address = models.CharField(max_length=200, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    email = models.CharField(max_length=120, blank=True)
    paper_size = models.CharField(max_length=2, choices=Paper, default=Paper.A4)
    rat_deadline_month = models.PositiveSmallIntegerField(default=6)  # UU 25/1992 Ps 26: six months after book year
    rat_deadline_day = models.PositiveSmallIntegerField(default=30)
    is_demo = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.short_name


class Signatory(models.Model):
    """Who signs the agency's papers, from when to when, in which capacity."""

    class Capacity(models.TextChoices):
        DEFINITIVE = "", "definitif"
        ACTING = "Plt.", "Plt. (pelaksana tugas)"
        DAILY = "Plh.", "Plh. (pelaksana harian)"

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="signatories")
    post = models.CharField("jabatan", max_length=120)
    name = models.CharField("nama dan gelar", max_length=120)
    rank = models.CharField("pangkat", max_length=60, blank=True)
    nip = models.CharField("NIP", max_length=18, blank=True)
    capacity = models.CharField(max_length=4, choices=Capacity, blank=True, default="")
    valid_from = models.DateField("berlaku sejak")
    valid_to = models.DateField("berlaku sampai", null=True, blank=True)

    class Meta:
        ordering = ["-valid_from"]
