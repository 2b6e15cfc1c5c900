"""Logins, what they may do and until when, and the one-time links that give it to them."""

from datetime import date

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q

from registry.tenancy import Role

from .base import Link


class UserManager(BaseUserManager):
    def get_by_natural_key(self, username: str):
        return self.get(username__iexact=username)


class User(AbstractBaseUser):
    """A login. What it may do hangs on its grants; there is no superuser and no staff flag."""

    username = models.CharField("nama pengguna", max_length=60, unique=True)
    email = models.EmailField("surel", blank=True)
    name = models.CharField("nama", max_length=120)
    phone = models.CharField("nomor HP", max_length=20, blank=True)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(auto_now_add=True)

    objects = UserManager()
    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    def __str__(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        return self.name


class GrantKind(models.TextChoices):
    """What a person is, in one place."""

    DINAS_ADMIN = "dinas_admin", "admin dinas"
    DINAS_STAFF = "dinas_staff", "staf dinas"
    DINAS_HEAD = "dinas_head", "kepala dinas"
    FIELD = "field", "penyuluh"
    EXECUTIVE = "executive", "pimpinan"
    CHAIR = "chair", "ketua"
    VICE_CHAIR = "vice_chair", "wakil ketua"
    SECRETARY = "secretary", "sekretaris"
    TREASURER = "treasurer", "bendahara"
    SUPERVISOR = "supervisor", "pengawas"
    CASE = "case", "pemeriksa"

    @property
    def role(self) -> Role:
        """The database role a person of this kind becomes."""
        return _ROLES.get(self, Role.OFFICER)

    @property
    def in_cooperative(self) -> bool:
        return self in COOPERATIVE_KINDS or self is GrantKind.CASE

    @property
    def needs_second_factor(self) -> bool:
        """People of the dinas see many cooperatives, in a case all of one, so they must prove themselves twice."""
        return self in {GrantKind.DINAS_ADMIN, GrantKind.DINAS_STAFF, GrantKind.DINAS_HEAD, GrantKind.CASE}


_ROLES = {
    GrantKind.DINAS_ADMIN: Role.DINAS,
    GrantKind.DINAS_STAFF: Role.DINAS,
    GrantKind.DINAS_HEAD: Role.DINAS,
    GrantKind.FIELD: Role.FIELD,
    GrantKind.EXECUTIVE: Role.EXECUTIVE,
    GrantKind.SUPERVISOR: Role.SUPERVISOR,
    GrantKind.CASE: Role.CASE,
}
OFFICER_KINDS = frozenset({GrantKind.CHAIR, GrantKind.VICE_CHAIR, GrantKind.SECRETARY, GrantKind.TREASURER})
COOPERATIVE_KINDS = OFFICER_KINDS | {GrantKind.SUPERVISOR}
DINAS_KINDS = frozenset({GrantKind.DINAS_ADMIN, GrantKind.DINAS_STAFF, GrantKind.DINAS_HEAD})


class Invitation(models.Model):
    """A one-time link. Only the hash of its token is stored.

    `purpose` says what opening it does: join with a new login, set a new password, or remove a lost second factor.
    """

    class Purpose(models.TextChoices):
        JOIN = "join", "undangan"
        PASSWORD = "password", "kata sandi baru"
        TOTP = "totp", "ganti perangkat kode"

    agency = models.ForeignKey("registry.Agency", models.PROTECT, related_name="+")
    cooperative = models.ForeignKey("registry.Cooperative", models.PROTECT, null=True, related_name="+")
    purpose = models.CharField(max_length=8, choices=Purpose, default=Purpose.JOIN)
    kind = models.CharField(max_length=12, choices=GrantKind)
    name = models.CharField("nama", max_length=120)
    districts = models.JSONField(default=list, blank=True)  # for penyuluh: kecamatan codes
    grant_until = models.DateField("akses sampai", null=True, blank=True)
    officer = Link("registry.Officer", null=True)  # the term this access belongs to, and ends with
    for_user_id = models.BigIntegerField(null=True)  # password and second-factor links
    code = models.CharField(max_length=64, unique=True)  # hex SHA-256 of the token
    made_at = models.DateTimeField()
    made_by = models.BigIntegerField(null=True)
    confirmed_by = models.BigIntegerField(null=True)  # a second admin, for a lost second factor
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["agency", "cooperative"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=models.F("made_by")),
                name="the_second_admin_is_another_person",
            )
        ]


class GrantQuerySet(models.QuerySet):
    def in_force(self, today: date) -> "GrantQuerySet":
        return self.filter(valid_from__lte=today, ended_on__isnull=True).filter(
            Q(valid_to__isnull=True) | Q(valid_to__gte=today)
        )

    def lasting(self, today: date) -> "GrantQuerySet":
        """Return those in force on `today`, and those that begin later: neither ended nor run out."""
        return self.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=today), ended_on__isnull=True)


class Grant(models.Model):
    """A person may act as `kind` in one agency, or one of its cooperatives, from a day to a day."""

    user = models.ForeignKey("registry.User", models.PROTECT, related_name="grants")
    user_name = models.CharField(max_length=120)  # the dinas reads grants, not logins
    kind = models.CharField(max_length=12, choices=GrantKind)
    agency = models.ForeignKey("registry.Agency", models.PROTECT, related_name="+")
    cooperative = models.ForeignKey("registry.Cooperative", models.PROTECT, null=True, related_name="+")
    districts = models.JSONField(default=list, blank=True)  # penyuluh: kecamatan codes
    assigned = models.JSONField(default=list, blank=True)  # penyuluh: single cooperatives' ids
    reason = models.CharField(max_length=200, blank=True)  # a case says why
    invitation = models.ForeignKey(Invitation, models.PROTECT, null=True, related_name="+")
    officer = Link("registry.Officer", null=True)  # the term this access ends with
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    ended_on = models.DateField(null=True)
    code = models.CharField(max_length=64, blank=True)  # the invitation's, so that the wall can check it

    objects = GrantQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["user"]), models.Index(fields=["agency", "cooperative"])]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "agency", "cooperative", "kind", "valid_to"],
                condition=Q(ended_on__isnull=True),
                nulls_distinct=False,
                name="a_person_holds_a_kind_once_until_a_day",
            )
        ]

    @property
    def label(self) -> str:
        return GrantKind(self.kind).label
