"""One login per kind of person, given the way people get theirs: an invitation, opened once."""

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.auth.hashers import make_password
from django.db import transaction

from koperasi.demo_logins import TOTP_SEED, current_code
from registry.access import Actor, bind_public, context_of
from registry.actions import accept_invitation, invite
from registry.actions.access import public_context
from registry.actions.logins import enrol_fixed_totp
from registry.models import Agency, Cooperative, Grant, GrantKind, Invitation, Officer, User
from registry.models.officers import ACCESS_OF_POST
from registry.tenancy import NOBODY, Context, bind, bound

from .clock import Clock
from .plan import CITY, REGENCY

PASSWORD = "serang-koperasi-demo"  # noqa: S105  printed on purpose: synthetic data only


@dataclass(frozen=True)
class Login:
    """A login to be: who, and what they may do where. `place` is an agency, or "showcase" / "neighbour"."""

    username: str
    name: str
    kind: GrantKind
    place: str
    districts: tuple[str, ...] = ()


CITY_LOGINS = [
    Login("admin.kota", "Nining Handayani", GrantKind.DINAS_ADMIN, CITY),
    Login("staf.kota", "Irfan Permana", GrantKind.DINAS_STAFF, CITY),
    Login("kepala.kota", "Kepala Dinas Contoh", GrantKind.DINAS_HEAD, CITY),
    Login("penyuluh.kota", "Wawan Kurniawan", GrantKind.FIELD, CITY, ("36.73.03", "36.73.04")),
    Login("pimpinan.kota", "Staf Wali Kota", GrantKind.EXECUTIVE, CITY),
]
REGENCY_LOGINS = [
    Login("admin.kab", "Hasan Mubarok", GrantKind.DINAS_ADMIN, REGENCY),
    Login("staf.kab", "Euis Lestari", GrantKind.DINAS_STAFF, REGENCY),
    Login("kepala.kab", "Kepala Dinas Contoh", GrantKind.DINAS_HEAD, REGENCY),
    Login("penyuluh.kab", "Teguh Prasetyo", GrantKind.FIELD, REGENCY, ("36.04.05", "36.04.09", "36.04.15")),
    Login("pimpinan.kab", "Staf Bupati", GrantKind.EXECUTIVE, REGENCY),
]
SHOWCASE_LOGINS = [
    Login("bendahara", "Siti Rohayati", GrantKind.TREASURER, "showcase"),
    Login("ketua", "Mulyadi Hidayat", GrantKind.CHAIR, "showcase"),
    Login("sekretaris", "Yusuf Maulana", GrantKind.SECRETARY, "showcase"),
    Login("wakil", "Ratna Kurniasih", GrantKind.VICE_CHAIR, "showcase"),
    Login("pengawas", "Sulaeman Hakim", GrantKind.SUPERVISOR, "showcase"),
    Login("ketua", "Mulyadi Hidayat", GrantKind.SUPERVISOR, "neighbour"),  # one person, two places: the switcher
]
GUEST = Login("tamu", "Tamu Tanpa Akses", GrantKind.EXECUTIVE, "")


@contextmanager
def acting(username: str, *, cooperative: Cooperative | None = None, kind: GrantKind | None = None):
    """Stand behind the wall as a login, in a transaction of its own; yields the actor.

    A dinas login may be put in front of one cooperative by naming it.
    """
    with transaction.atomic():
        bind(NOBODY)
        user = User.objects.get(username=username)
        grants = [g for g in _held(user) if kind in (None, g.kind)]
        grant = next((g for g in grants if cooperative is None or g.cooperative_id == cooperative.pk), grants[0])
        place = cooperative or grant.cooperative
        bind(context_of(grant, place))
        yield Actor(user.pk, user.name, grant.kind, grant.agency_id, place.pk if place else None)
        bind(NOBODY)


def _held(user: User) -> list[Grant]:
    """Return everything a login was given and that was not ended, whatever the day of the story. Binds nobody's place."""
    bind(Context(None, user_id=user.pk))
    places = ("agency__place", "cooperative__district", "cooperative__village")
    return list(Grant.objects.filter(user=user, ended_on__isnull=True).select_related(*places).order_by("id"))


def make_user(username: str, name: str, password: str = "") -> User:
    """Make a login, without a usable password unless one is given. Runs as the bare app role."""
    user, _ = User.objects.get_or_create(
        username=username, defaults={"name": name, "password": password or make_password(None)}
    )
    return user


def open_link(token: str, user: User, on: datetime, day: date) -> Grant:
    """Open an invitation as its link does, as `user`, at a moment. Leaves the transaction bound to nobody."""
    bind(NOBODY)
    bind_public(token, hashed=True)
    invitation = Invitation.objects.get()
    with bound(public_context(invitation)):
        accept_invitation(invitation=invitation, user=user, now=on, today=day)
        grant = Grant.objects.get(code=invitation.code)
    bind(NOBODY)
    return grant


def join_first_admin(login: Login, token: str, clock: Clock, since: date) -> None:
    """Let the first admin of an agency open the owner's link."""
    with transaction.atomic():
        bind(NOBODY)
        user = make_user(login.username, login.name, make_password(PASSWORD))
        enrol_fixed_totp(user, TOTP_SEED, clock.at(since))
        open_link(token, user, clock.at(since), since)


def term_end(cooperative: Cooperative | None, kind: GrantKind) -> date | None:
    """Return until when the posts an access of `kind` belongs to are given; where those are empty, any post there."""
    posts = [post for post, access in ACCESS_OF_POST.items() if access == kind]
    serving = Officer.objects.filter(cooperative=cooperative, ended_on__isnull=True).order_by("-ends_on")
    one = serving.filter(position__in=posts).first() or serving.first()
    return one.ends_on if one else None


def join(login: Login, agency: Agency, cooperative: Cooperative | None, admin: str, clock: Clock, since: date) -> None:
    """Let the agency's admin invite one login and the login open the link. Done again, it changes nothing."""
    if has_grant(login, agency, cooperative):
        return
    with acting(admin) as actor:
        _, token = invite(
            agency=agency, cooperative=cooperative, kind=login.kind, name=login.name, districts=list(login.districts),
            grant_until=term_end(cooperative, login.kind), actor=actor, now=clock.at(since),
        )  # fmt: skip
        bind(NOBODY)
        known = User.objects.filter(username=login.username).first()
        user = known or make_user(login.username, login.name, make_password(PASSWORD))
        if login.kind.needs_second_factor and known is None:
            enrol_fixed_totp(user, TOTP_SEED, clock.at(since))
        open_link(token, user, clock.at(since), since)


def make_guest() -> None:
    """Make the login that has no access anywhere."""
    with transaction.atomic():
        bind(NOBODY)
        make_user(GUEST.username, GUEST.name, make_password(PASSWORD))


def has_grant(login: Login, agency: Agency, cooperative: Cooperative | None) -> bool:
    with transaction.atomic():
        bind(NOBODY)
        user = User.objects.filter(username=login.username).first()
        if user is None:
            return False
        grants = _held(user)
    return any(
        g.kind == login.kind
        and g.agency_id == agency.pk
        and g.cooperative_id == (cooperative.pk if cooperative else None)
        for g in grants
    )


def table(now: datetime) -> str:
    """Return what is printed: every login, the password, the seed of the second factor and the code of this moment."""
    rows = [
        (one.username, one.kind.label, _place(one)) for one in [*SHOWCASE_LOGINS[:5], *CITY_LOGINS, *REGENCY_LOGINS]
    ]
    rows.append((GUEST.username, "tanpa akses", ""))
    lines = [f"  {name:<15}{kind:<15}{place}" for name, kind, place in rows]
    return "\n".join(
        [
            "Nama pengguna    peran          tempat",
            *lines,
            f"Kata sandi semua: {PASSWORD}",
            f"Kode verifikasi dinas (admin, staf, kepala): {current_code(now)} saat ini; seed {TOTP_SEED}",
            "Kode berganti tiap 30 detik: ./run manage demo --logins",
        ]
    )


def _place(login: Login) -> str:
    if login.place == "showcase":
        return "KKMP Pager Agung" + (" (dan pengawas KKMP Kiara)" if login.username == "ketua" else "")
    return {CITY: "Kota Serang", REGENCY: "Kabupaten Serang"}[login.place]
