"""Lost passwords and lost second factors: the links that mend a login, made by people who may."""

from datetime import date, datetime

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from registry import audit
from registry.access import Actor
from registry.models import AuditEvent, Grant, GrantKind, Invitation, User
from registry.tenancy import NOBODY, Context, bound

from .access import (
    InvitationGone,
    NotYours,
    end_sessions,
    link_fields,
    make_link,
    may_end,
    named,
    new_token,
    public_context,
    still_open,
    use_link,
    withdraw_links,
)

OPERATOR = 0  # stands where a second admin's number stands when the operator of the server made the link


class AccessElsewhere(Exception):
    """The person also has access where the actor may not act, so the actor may not take over the login."""


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
    withdraw_links(grant, now, purpose=purpose)
    invitation, token = make_link(
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
        "make_reset_link", actor=actor, now=now, subject=f"{invitation.get_purpose_display()}, {named(grant)}",
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
        token = new_token(grant.agency_id, grant.cooperative_id)
        fields = link_fields(token, None, now) | {"kind": grant.kind, "name": user.name, "purpose": purpose}
        Invitation.objects.using("owner").create(
            agency_id=grant.agency_id,
            cooperative_id=grant.cooperative_id,
            for_user_id=user.pk,
            confirmed_by=OPERATOR if purpose == Invitation.Purpose.TOTP else None,
            **fields,
        )
        AuditEvent.objects.using("owner").create(
            agency_id=grant.agency_id, cooperative_id=grant.cooperative_id, kind=AuditEvent.Kind.ACT, verb="make_reset_link",
            subject=f"{Invitation.Purpose(purpose).label}, {named(grant)}", actor_name="Operator server", at=now,
        )  # fmt: skip
    return token


def grants_of(user_id: int, today: date) -> list[Grant]:
    """Return everything a login opens today, wherever that is."""
    with bound(Context(None, user_id=user_id)):
        return list(Grant.objects.filter(user_id=user_id).in_force(today).select_related("agency", "cooperative"))


@transaction.atomic
def reset_by_link(*, invitation: Invitation, password: str = "", now: datetime) -> User:
    """Open a link for a forgotten password, or for a lost second factor confirmed by two admins. Ends all sessions.

    Raises `InvitationGone`.
    """
    if invitation.purpose == Invitation.Purpose.JOIN or waits_for_second_admin(invitation):
        raise InvitationGone
    use_link(invitation, now)
    with bound(NOBODY):
        user = User.objects.get(pk=invitation.for_user_id)
        if invitation.purpose == Invitation.Purpose.PASSWORD:
            user.set_password(password)
            user.save(update_fields=["password"])
        else:
            remove_second_factor(user)
        end_sessions(user.pk)
    actor = Actor(user.pk, user.name, invitation.kind, invitation.agency_id, invitation.cooperative_id)
    with bound(public_context(invitation, user)):
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
        pk=invitation.pk, purpose=Invitation.Purpose.TOTP, confirmed_by__isnull=True, **still_open(now)
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
