"""Who has access to what until when: invitations, grants, lost passwords and lost second factors."""

from datetime import date, datetime, timedelta

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db import IntegrityError, transaction

from registry import audit
from registry.access import Actor
from registry.codes import hash_token, new_code
from registry.models import Agency, AuditEvent, Cooperative, Grant, GrantKind, Invitation, User
from registry.models.accounts import COOPERATIVE_KINDS, DINAS_KINDS
from registry.tenancy import NOBODY, Context, Role, bound

DAYS_TO_OPEN = 7
CASE_DAYS = 30
OPERATOR = 0  # stands where a second admin's number stands when the operator of the server made the link


class NotYours(Exception):
    """The actor may not give or end this access."""


class InvitationGone(Exception):
    """The link was used, withdrawn or is too old."""


class UsernameTaken(Exception):
    """Another login has this username."""


class AlreadyHeld(Exception):
    """The person has this access already; it is prolonged, not given twice."""


class AccessElsewhere(Exception):
    """The person also has access where the actor may not act, so the actor may not take over the login."""


@transaction.atomic
def invite(
    *,
    agency: Agency,
    cooperative: Cooperative | None,
    kind: GrantKind,
    name: str,
    districts: list[str] | None = None,
    grant_until: date | None = None,
    actor: Actor,
    now: datetime,
) -> tuple[Invitation, str]:
    """Make a one-time link and return it with its token, which is shown once and stored only as a hash.

    The ketua invites into the own cooperative, a dinas admin anywhere in the agency. Raises `NotYours`.
    """
    if not may_give(actor, kind, cooperative):
        raise NotYours
    invitation, token = _make_link(
        agency,
        cooperative,
        actor,
        now,
        kind=kind,
        name=name,
        districts=districts or [],
        grant_until=grant_until,
    )
    audit.record(
        "invite",
        actor=actor,
        now=now,
        subject=f"sebagai {GrantKind(kind).label}",
        cooperative_id=invitation.cooperative_id,
    )
    return invitation, token


@transaction.atomic
def make_reset_link(*, grant: Grant, purpose: str, actor: Actor, now: datetime, today: date) -> tuple[Invitation, str]:
    """Make a one-time link for a forgotten password or a lost second factor. Return it with its token.

    The ketua may do this for the password of own officers, a dinas admin for everybody of the agency; a lost second
    factor needs a second admin's `confirm_totp_reset`. Raises `NotYours` for anybody else and for oneself, and
    `AccessElsewhere` for a login that opens places the actor has no say in: a link would hand those over.
    """
    if purpose == Invitation.Purpose.TOTP and actor.kind != GrantKind.DINAS_ADMIN:
        raise NotYours
    if grant.user_id == actor.user_id or not may_end(actor, grant):
        raise NotYours
    if not all(may_end(actor, other) for other in grants_of(grant.user_id, today)):
        raise AccessElsewhere
    _withdraw_links(grant, now, purpose=purpose)
    invitation, token = _make_link(
        grant.agency,
        grant.cooperative,
        actor,
        now,
        kind=grant.kind,
        name=grant.user_name,
        purpose=purpose,
        for_user_id=grant.user_id,
    )
    audit.record(
        "make_reset_link", actor=actor, now=now, subject=f"{invitation.get_purpose_display()}, {_named(grant)}",
        cooperative_id=grant.cooperative_id,
    )  # fmt: skip
    return invitation, token


def make_operator_link(*, username: str, purpose: str, now: datetime, today: date) -> str:
    """Return the token of a reset link made by whoever runs the server, for a login nobody else may help.

    Runs on the owner's connection (`manage.py access`). Raises `User.DoesNotExist`, and `NotYours` without any access.
    """
    from registry.tenancy.building import owner_writes

    user = User.objects.using("owner").get(username=username.strip().lower())
    with owner_writes("registry_grant", "registry_invitation", "registry_auditevent"):
        grant = Grant.objects.using("owner").filter(user=user).in_force(today).order_by("id").first()
        if grant is None:
            raise NotYours
        token = _new_token(grant.agency_id, grant.cooperative_id)
        fields = _link_fields(token, None, now) | {"kind": grant.kind, "name": user.name, "purpose": purpose}
        Invitation.objects.using("owner").create(
            agency_id=grant.agency_id,
            cooperative_id=grant.cooperative_id,
            for_user_id=user.pk,
            confirmed_by=OPERATOR if purpose == Invitation.Purpose.TOTP else None,
            **fields,
        )
        AuditEvent.objects.using("owner").create(
            agency_id=grant.agency_id, cooperative_id=grant.cooperative_id, kind=AuditEvent.Kind.ACT, verb="make_reset_link",
            subject=f"{Invitation.Purpose(purpose).label}, {_named(grant)}", actor_name="Operator server", at=now,
        )  # fmt: skip
    return token


def _make_link(
    agency: Agency, cooperative: Cooperative | None, actor: Actor, now: datetime, **fields
) -> tuple[Invitation, str]:
    token = _new_token(agency.pk, cooperative.pk if cooperative else None)
    fields |= _link_fields(token, actor.user_id, now)
    return Invitation.objects.create(agency=agency, cooperative=cooperative, **fields), token


def _withdraw_links(grant: Grant, now: datetime, **which) -> None:
    """Make the open reset links of this access worthless: there is never more than one of a kind."""
    Invitation.objects.filter(
        agency_id=grant.agency_id,
        cooperative_id=grant.cooperative_id,
        for_user_id=grant.user_id,
        **_still_open(now),
        **which,
    ).update(withdrawn_at=now)


def _named(grant: Grant) -> str:
    """Return how the book names an access, without the person's name."""
    return f"{grant.label} (akses {grant.pk})"


def _new_token(agency_id: int, cooperative_id: int | None) -> str:
    return new_code(cooperative_id) if cooperative_id else new_code(agency_id, "agency")


def _link_fields(token: str, made_by: int | None, now: datetime) -> dict:
    return {
        "code": hash_token(token).hex(),
        "made_at": now,
        "made_by": made_by,
        "expires_at": now + timedelta(days=DAYS_TO_OPEN),
    }


def grants_of(user_id: int, today: date) -> list[Grant]:
    """Return everything a login opens today, wherever that is."""
    with bound(Context(None, user_id=user_id)):
        return list(Grant.objects.filter(user_id=user_id).in_force(today).select_related("agency", "cooperative"))


def may_end(actor: Actor, grant: Grant) -> bool:
    """True when `actor` may end, prolong or reset what `grant` gives: the dinas also ends its own cases."""
    if actor.kind == GrantKind.DINAS_ADMIN:
        return grant.agency_id == actor.agency_id
    return may_give(actor, grant.kind, grant.cooperative)


def may_give(actor: Actor, kind: str, cooperative: Cooperative | None) -> bool:
    """True when `actor` may give or end access of `kind` there."""
    if actor.kind == GrantKind.DINAS_ADMIN:
        return (kind in COOPERATIVE_KINDS) == (cooperative is not None)
    return (
        actor.kind == GrantKind.CHAIR
        and kind in COOPERATIVE_KINDS
        and cooperative is not None
        and cooperative.pk == actor.cooperative_id
    )


@transaction.atomic
def withdraw_invitation(*, invitation: Invitation, actor: Actor, now: datetime) -> None:
    """Make a link that was not used yet worthless. Raises `NotYours`."""
    if not may_give(actor, invitation.kind, invitation.cooperative):
        raise NotYours
    changed = Invitation.objects.filter(pk=invitation.pk, used_at__isnull=True).update(withdrawn_at=now)
    if changed:
        audit.record(
            "withdraw_invitation", actor=actor, now=now, cooperative_id=invitation.cooperative_id,
            subject=f"{invitation.get_purpose_display()}, {GrantKind(invitation.kind).label}",
        )  # fmt: skip


@transaction.atomic
def accept_invitation(
    *,
    invitation: Invitation,
    now: datetime,
    today: date,
    user: User | None = None,
    username: str = "",
    name: str = "",
    password: str = "",
) -> User:
    """Open a joining link: make the login (or take the one that is signed in) and its grant. The link dies.

    Runs bound to the public role with the link's code. Raises `InvitationGone`, `UsernameTaken`, `AlreadyHeld`.
    """
    if invitation.purpose != Invitation.Purpose.JOIN:
        raise InvitationGone
    if user is not None and _holds(user, invitation):
        raise AlreadyHeld
    _use(invitation, now)
    with bound(NOBODY):
        user = user or _make_user(username, name, password)
    Grant(
        user=user,
        user_name=user.name,
        kind=invitation.kind,
        agency_id=invitation.agency_id,
        cooperative_id=invitation.cooperative_id,
        districts=invitation.districts,
        invitation=invitation,
        valid_from=today,
        valid_to=invitation.grant_until,
        code=invitation.code,
    ).save(force_insert=True)
    actor = Actor(user.pk, user.name, invitation.kind, invitation.agency_id, invitation.cooperative_id)
    audit.record("accept_invitation", actor=actor, now=now, subject=f"sebagai {GrantKind(invitation.kind).label}")
    return user


@transaction.atomic
def reset_by_link(*, invitation: Invitation, password: str = "", now: datetime) -> User:
    """Open a link for a forgotten password, or for a lost second factor confirmed by two admins. Ends all sessions.

    Raises `InvitationGone`.
    """
    if invitation.purpose == Invitation.Purpose.JOIN or waits_for_second_admin(invitation):
        raise InvitationGone
    _use(invitation, now)
    with bound(NOBODY):
        user = User.objects.get(pk=invitation.for_user_id)
        if invitation.purpose == Invitation.Purpose.PASSWORD:
            user.set_password(password)
            user.save(update_fields=["password"])
        else:
            remove_second_factor(user)
        end_sessions(user.pk)
    actor = Actor(user.pk, user.name, invitation.kind, invitation.agency_id, invitation.cooperative_id)
    audit.record("reset_by_link", actor=actor, now=now, subject=invitation.get_purpose_display())
    return user


@transaction.atomic
def confirm_totp_reset(*, invitation: Invitation, actor: Actor, now: datetime) -> None:
    """A second admin agrees that a lost second factor may be removed.

    Raises `NotYours` for the one who made the link and for the person it is about, `InvitationGone` for a dead link.
    """
    if actor.kind != GrantKind.DINAS_ADMIN or actor.user_id in (invitation.made_by, invitation.for_user_id):
        raise NotYours
    open_links = Invitation.objects.filter(
        pk=invitation.pk, purpose=Invitation.Purpose.TOTP, confirmed_by__isnull=True, **_still_open(now)
    )
    if not open_links.update(confirmed_by=actor.user_id):
        raise InvitationGone
    audit.record(
        "confirm_totp_reset",
        actor=actor,
        now=now,
        subject=GrantKind(invitation.kind).label,
        cooperative_id=invitation.cooperative_id,
    )


def waits_for_second_admin(invitation: Invitation) -> bool:
    """True for a link that removes a second factor while only one admin has agreed."""
    return invitation.purpose == Invitation.Purpose.TOTP and invitation.confirmed_by is None


@transaction.atomic
def end_access(*, grant: Grant, actor: Actor, now: datetime, today: date) -> None:
    """End a grant this minute, and the person's sessions with it. Ended already: nothing happens. Raises `NotYours`."""
    if not may_end(actor, grant) or grant.user_id == actor.user_id:
        raise NotYours
    if not Grant.objects.filter(pk=grant.pk, ended_on__isnull=True).update(ended_on=today):
        return
    _withdraw_links(grant, now)
    audit.record("end_access", actor=actor, now=now, subject=_named(grant), cooperative_id=grant.cooperative_id)
    with bound(NOBODY):
        end_sessions(grant.user_id)


@transaction.atomic
def restore_access(*, grant: Grant, actor: Actor, now: datetime, today: date) -> None:
    """Take back an `end_access` of the same day. Raises `NotYours`, `AlreadyHeld` when it was given anew meanwhile."""
    if not may_end(actor, grant) or grant.user_id == actor.user_id:
        raise NotYours
    try:
        with transaction.atomic():
            changed = Grant.objects.filter(pk=grant.pk, ended_on=today).update(ended_on=None)
    except IntegrityError as error:
        raise AlreadyHeld from error
    if changed:
        audit.record("restore_access", actor=actor, now=now, subject=_named(grant), cooperative_id=grant.cooperative_id)


@transaction.atomic
def prolong_access(*, grant: Grant, until: date, actor: Actor, now: datetime) -> None:
    """Let a grant that was not ended run to another day. Raises `NotYours`; nobody prolongs the own access."""
    if not may_end(actor, grant) or grant.user_id == actor.user_id or grant.kind == GrantKind.CASE:
        raise NotYours
    if Grant.objects.filter(pk=grant.pk, ended_on__isnull=True).update(valid_to=until):
        audit.record(
            "prolong_access",
            actor=actor,
            now=now,
            subject=_named(grant),
            cooperative_id=grant.cooperative_id,
            until=until,
        )


@transaction.atomic
def open_case(
    *, cooperative: Cooperative, grant: Grant, reason: str, actor: Actor, now: datetime, today: date
) -> Grant:
    """Give a person of the dinas 30 days of reading one cooperative, with a reason its ketua and pengawas can see."""
    if actor.kind not in DINAS_KINDS or len(reason.strip()) < 10:
        raise NotYours
    case = Grant.objects.create(
        user_id=grant.user_id,
        user_name=grant.user_name,
        kind=GrantKind.CASE,
        agency_id=cooperative.agency_id,
        cooperative=cooperative,
        reason=reason.strip()[:200],
        valid_from=today,
        valid_to=today + timedelta(days=CASE_DAYS),
    )
    audit.record(
        "open_case",
        actor=actor,
        now=now,
        subject=f"kasus {case.pk}",
        reason=reason.strip()[:200],
        cooperative_id=cooperative.pk,
    )
    return case


def public_context(invitation: Invitation) -> Context:
    """Return the context in which a link is opened."""
    return Context(
        Role.PUBLIC,
        agency_id=invitation.agency_id,
        cooperative_id=invitation.cooperative_id,
        code=invitation.code,
    )


def end_sessions(user_id: int) -> None:
    """End every session of a login. Runs as the bare app role."""
    from allauth.usersessions.models import UserSession

    for session in UserSession.objects.filter(user_id=user_id):
        session.end()


def remove_second_factor(user: AbstractBaseUser) -> None:
    """Remove TOTP and recovery codes of a login. Runs as the bare app role."""
    from allauth.mfa.models import Authenticator

    Authenticator.objects.filter(user_id=user.pk).delete()


def enrol_fixed_totp(user: User, secret: str, now: datetime) -> None:
    """Give a login of the demo a second factor with a known seed, and recovery codes. Runs as the bare app role.

    `secret` is base32. Running it again changes nothing. Raises `NotYours` outside the demo.
    """
    from allauth.mfa.models import Authenticator
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
    from allauth.mfa.totp.internal.auth import TOTP

    if not settings.DEMO:
        raise NotYours
    if not Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists():
        TOTP.activate(user, secret)
        Authenticator.objects.filter(user=user).update(created_at=now)
    RecoveryCodes.activate(user)


def _still_open(now: datetime) -> dict:
    """Return the lookup of links that still open something."""
    return {"used_at__isnull": True, "withdrawn_at__isnull": True, "expires_at__gt": now}


def _holds(user: User, invitation: Invitation) -> bool:
    """True when this login holds the same access already, even one that has run out without being ended."""
    with bound(Context(None, user_id=user.pk)):
        return Grant.objects.filter(
            user_id=user.pk,
            kind=invitation.kind,
            agency_id=invitation.agency_id,
            cooperative_id=invitation.cooperative_id,
            ended_on__isnull=True,
        ).exists()


def _use(invitation: Invitation, now: datetime) -> None:
    """Mark the link used; the row's lock makes sure that only one person does."""
    fresh = Invitation.objects.filter(pk=invitation.pk, **_still_open(now)).update(used_at=now)
    if not fresh:
        raise InvitationGone


def _make_user(username: str, name: str, password: str) -> User:
    user = User(username=username.strip().lower(), name=name)
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError as error:
        raise UsernameTaken from error
    return user
