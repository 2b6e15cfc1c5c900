"""The people of the tests, and their cooperatives. Made once by the product's own actions.

siti      treasurer of Melati (Kota Serang, kelurahan Pager Agung); 10 members
ratna     chair of Kenanga next door
budi      chair of Melati; yusuf secretary; wati supervisor (pengawas) of Melati
joko      staff of the dinas Kota; admin_kota its admin; kepala its head
dewi      admin of the dinas Kabupaten; mawar is one of its cooperatives, lestari its treasurer
penyuluh  field officer of Kota, assigned to kecamatan Walantaka
wali      executive of Kota: aggregates only
tamu      a login with no grant
"""

import uuid
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime

from allauth.account.internal.flows.login import (
    _AUTHENTICATION_METHODS_USER_SESSION_KEY,
    AUTHENTICATION_METHODS_SESSION_KEY,
)
from allauth.mfa.models import Authenticator
from django.db import transaction

from finance.actions import DuesLine, open_books, record_dues, set_rate
from koperasi.management.commands.agency import agency_fields
from members.actions import Person, admit
from registry.access import Actor, context_of, load_grants
from registry.actions import accept_invitation, appoint_officer, create_agency, invite, register_cooperative
from registry.actions.access import public_context
from registry.models import Cooperative, Grant, GrantKind, Invitation, Place, User
from registry.tenancy import NOBODY, Context, bind, bound

PASSWORD = "Sandi-Uji-2026"
NOW = datetime(2026, 1, 10, 3, 0, tzinfo=UTC)
TODAY = date(2026, 1, 10)
MEMBERS = [
    ("Ahmad Hidayat", "L"), ("Ai Komariah", "P"), ("Asep Kurnia", "L"), ("Dadang Hermawan", "L"), ("Eneng Nurbaiti", "P"),
    ("Euis Rohayati", "P"), ("Iwan Setiawan", "L"), ("Juleha Maryam", "P"), ("Nining Hidayati", "P"), ("Ujang Suherman", "L"),
]  # fmt: skip


@dataclass(frozen=True)
class Someone:
    """A member of the cast in a test: their login, and their grant."""

    username: str

    @property
    def user(self) -> User:
        bind(NOBODY)
        return User.objects.get(username=self.username)

    @property
    def grant(self) -> Grant:
        return load_grants(self.user.pk, date(2026, 11, 21))[0]

    @property
    def actor(self) -> Actor:
        grant = self.grant
        return Actor(grant.user_id, grant.user_name, grant.kind, grant.agency_id, grant.cooperative_id)

    @contextmanager
    def acting(self):
        """Stand behind the wall as this person; yields (actor, cooperative)."""
        with transaction.atomic():
            grant = self.grant
            actor = Actor(grant.user_id, grant.user_name, grant.kind, grant.agency_id, grant.cooperative_id)
            bind(context_of(grant, grant.cooperative))
            yield actor, grant.cooperative
            bind(NOBODY)


def make_cast() -> None:
    """Put everybody into an empty database."""
    _, token_kota = create_agency(fields=agency_fields("kota-serang"), admin_name="Admin Kota", now=NOW)
    _, token_kab = create_agency(fields=agency_fields("kab-serang"), admin_name="Dewi Kabupaten", now=NOW)
    join(token_kota, "admin_kota", "Admin Kota")
    join(token_kab, "dewi", "Dewi Kabupaten")
    with transaction.atomic():
        User.objects.create(username="tamu", name="Tamu Tanpa Akses", password=_password())
    _city()
    _regency()


def _city() -> None:
    with Someone("admin_kota").acting() as (actor, _):
        agency = actor_agency(actor)
        melati = _cooperative(
            actor, agency, "Koperasi Kelurahan Merah Putih Pager Agung", "melati", "36.73.03.1007", "kkmp"
        )
        kenanga = _cooperative(
            actor, agency, "Koperasi Kelurahan Merah Putih Kiara", "kenanga", "36.73.03.1004", "kkmp"
        )
        tokens = [
            ("joko", "Joko Staf", invite(agency=agency, cooperative=None, kind=GrantKind.DINAS_STAFF, name="Joko Staf", actor=actor, now=NOW)[1]),
            ("kepala", "Kepala Dinas", invite(agency=agency, cooperative=None, kind=GrantKind.DINAS_HEAD, name="Kepala", actor=actor, now=NOW)[1]),
            ("wali", "Staf Wali Kota", invite(agency=agency, cooperative=None, kind=GrantKind.EXECUTIVE, name="Wali", actor=actor, now=NOW)[1]),
            ("penyuluh", "Penyuluh Lapangan", invite(agency=agency, cooperative=None, kind=GrantKind.FIELD, name="Penyuluh", districts=["36.73.03"], actor=actor, now=NOW)[1]),
            ("budi", "Budi Ketua", invite(agency=agency, cooperative=melati, kind=GrantKind.CHAIR, name="Budi", actor=actor, now=NOW)[1]),
            ("ratna", "Ratna Ketua", invite(agency=agency, cooperative=kenanga, kind=GrantKind.CHAIR, name="Ratna", actor=actor, now=NOW)[1]),
        ]  # fmt: skip
    for username, name, token in tokens:
        join(token, username, name)
    with Someone("budi").acting() as (actor, melati):
        more = [
            (
                username,
                name,
                invite(agency=melati.agency, cooperative=melati, kind=kind, name=name, actor=actor, now=NOW)[1],
            )
            for username, name, kind in (
                ("siti", "Siti Bendahara", GrantKind.TREASURER),
                ("yusuf", "Yusuf Sekretaris", GrantKind.SECRETARY),
                ("wati", "Wati Pengawas", GrantKind.SUPERVISOR),
            )
        ]
    for username, name, token in more:
        join(token, username, name)
    with Someone("siti").acting() as (actor, melati):
        _books(melati, actor, len(MEMBERS))
    with Someone("ratna").acting() as (actor, kenanga):
        _books(kenanga, actor, 3)
        record_dues(
            cooperative=kenanga, lines=[DuesLine(_member_id(kenanga, 1), pokok=100_000, wajib=10_000)], paid_on=TODAY, through=TODAY,
            key=uuid.UUID(int=1), actor=actor, now=NOW, today=TODAY,
        )  # fmt: skip


def _regency() -> None:
    with Someone("dewi").acting() as (actor, _):
        agency = actor_agency(actor)
        mawar = _cooperative(actor, agency, "Koperasi Desa Merah Putih Kramatwatu", "mawar", "36.04.05.2001", "kdmp")
        token = invite(
            agency=agency, cooperative=mawar, kind=GrantKind.TREASURER, name="Lestari", actor=actor, now=NOW
        )[1]
    join(token, "lestari", "Lestari Bendahara")
    with Someone("lestari").acting() as (actor, mawar):
        _books(mawar, actor, 2)


def _cooperative(actor: Actor, agency, name: str, short: str, village: str, programme: str) -> Cooperative:
    place = Place.objects.get(pk=village)
    cooperative = register_cooperative(
        agency=agency, name=name, short_name=short, district=place.parent, village=place,
        fields={"programme_id": programme, "founded_on": date(2025, 5, 24), "decree_number": f"AHU-00177{place.pk[-2:]}.AH.01.29.TAHUN 2025"},
        actor=actor, now=NOW,
    )  # fmt: skip
    posts = [
        ("management", "chair"),
        ("management", "secretary"),
        ("management", "treasurer"),
        ("supervisor", "supervisor_chair"),
    ]
    for index, (organ, position) in enumerate(posts):
        appoint_officer(
            cooperative=cooperative,
            fields={"organ": organ, "position": position, "name": f"Pengurus {index + 1}", "sex": "LP"[index % 2],
                    "starts_on": date(2025, 6, 1), "ends_on": date(2030, 5, 31)},
            actor=actor, now=NOW,
        )  # fmt: skip
    return cooperative


def _books(cooperative: Cooperative, actor: Actor, members: int) -> None:
    """Books from January 2026: pokok 100.000, wajib 10.000 a month."""
    open_books(cooperative=cooperative, opened_on=date(2026, 1, 1), actor=actor, now=NOW)
    for kind, rupiah in (("pokok", 100_000), ("wajib", 10_000)):
        set_rate(cooperative=cooperative, kind=kind, rupiah=rupiah, valid_from=date(2026, 1, 1), actor=actor, now=NOW)
    for index, (name, sex) in enumerate(MEMBERS[:members]):
        person = Person(name=name, sex=sex, birth_date=date(1980, 1, 1 + index), address="Kp. Contoh", rt_rw="001/002")
        admit(cooperative=cooperative, person=person, joined_on=date(2026, 1, 5), national_id=f"367303{index + 1 + (40 if sex == 'P' else 0):02d}01800000", actor=actor, now=NOW)  # fmt: skip


def _member_id(cooperative: Cooperative, number: int) -> int:
    from members.models import Member

    return Member.objects.get(cooperative=cooperative, number=number).pk


def join(token: str, username: str, name: str) -> User:
    """Open an invitation as its link does."""
    from registry.access import bind_public

    with transaction.atomic():
        bind(NOBODY)
        bind_public(token, hashed=True)
        invitation = Invitation.objects.get()
        with bound(public_context(invitation)):
            user = accept_invitation(
                invitation=invitation, username=username, name=name, password=PASSWORD, now=NOW, today=TODAY
            )
        bind(NOBODY)
    return user


def prove_second_factor(session, user: User) -> None:
    """Let a session have proved the second factor where the person needs one; a missing one is made, without a seed."""
    with transaction.atomic():
        bind(Context(None, user_id=user.pk))
        kinds = Grant.objects.filter(user=user, ended_on__isnull=True).values_list("kind", flat=True)
        needed = any(GrantKind(kind).needs_second_factor for kind in kinds)
        bind(NOBODY)
        if not needed:
            return
        totp, _ = Authenticator.objects.get_or_create(user=user, type=Authenticator.Type.TOTP, defaults={"data": {}})
    session[_AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(user.pk)
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "mfa", "at": totp.created_at.timestamp()}]


def actor_agency(actor: Actor):
    from registry.models import Agency

    return Agency.objects.get(pk=actor.agency_id)


def _password() -> str:
    from django.contrib.auth.hashers import make_password

    return make_password(PASSWORD)
