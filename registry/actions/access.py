"""Who has access to what until when: invitations, grants, lost passwords and lost second factors."""

from datetime import date, datetime, timedelta

from django.contrib.auth.models import AbstractBaseUser
from django.db import IntegrityError, transaction

from registry import audit
from registry.access import Actor
from registry.codes import hash_token, new_code
from registry.models import Agency, Cooperative, Grant, GrantKind, Invitation, User
from registry.models.accounts import COOPERATIVE_KINDS, DINAS_KINDS
from registry.tenancy import NOBODY, Context, Role, bound

DAYS_TO_OPEN = 7
CASE_DAYS = 30


class NotYours(Exception):
    """The actor may not give or end this access."""


class InvitationGone(Exception):
    """The link was used, withdrawn or is too old."""


class UsernameTaken(Exception):
    """Another login has this username."""


@transaction.atomic
def invite(
    *,
    agency: Agency,
    cooperative: Cooperative | None,
    kind: GrantKind,
    name: str,
    districts: list[str] | None = None,
    grant_until: date | None = None,
    for_user_id: int | None = None,
    purpose: str = Invitation.Purpose.JOIN,
    actor: Actor,
    now: datetime,
) -> tuple[Invitation, str]:
    """Make a one-time link and return it with its token, which is shown once and stored only as a hash.

    The ketua invites into the own cooperative, a dinas admin anywhere in the agency. Raises `NotYours`.
    """
    if not may_give(actor, kind, cooperative):
        raise NotYours
    token = new_code(cooperative.pk) if cooperative else new_code(agency.pk, "agency")
    invitation = Invitation.objects.create(
        agency=agency,
        cooperative=cooperative,
        kind=kind,
        name=name,
        districts=districts or [],
        grant_until=grant_until,
        for_user_id=for_user_id,
        purpose=purpose,
        code=hash_token(token).hex(),
        made_at=now,
        made_by=actor.user_id,
        expires_at=now + timedelta(days=DAYS_TO_OPEN),
    )
    audit.record(
        "invite", actor=actor, now=now, subject=f"{purpose} {kind}", cooperative_id=cooperative.pk if cooperative else None
    )
    return invitation, token


def may_give(actor: Actor, kind: str, cooperative: Cooperative | None) -> bool:
    """True when `actor` may give or end access of `kind` there."""
    if actor.kind == GrantKind.DINAS_ADMIN:
        return (kind in COOPERATIVE_KINDS) == (cooperative is not None)
    return actor.kind == GrantKind.CHAIR and kind in COOPERATIVE_KINDS and cooperative is not None and cooperative.pk == actor.cooperative_id


@transaction.atomic
def withdraw_invitation(*, invitation: Invitation, actor: Actor, now: datetime) -> None:
    """Make a link that was not used yet worthless."""
    if not may_give(actor, invitation.kind, invitation.cooperative):
        raise NotYours
    changed = Invitation.objects.filter(pk=invitation.pk, used_at__isnull=True).update(withdrawn_at=now)
    if changed:
        audit.record("withdraw_invitation", actor=actor, now=now, subject=f"{invitation.purpose} {invitation.kind}")


@transaction.atomic
def accept_invitation(
    *, invitation: Invitation, now: datetime, today: date, user: User | None = None, username: str = "", name: str = "", password: str = ""
) -> User:
    """Open a joining link: make the login (or take the one that is signed in) and its grant. The link dies.

    Runs bound to the public role with the link's code. Raises `InvitationGone`, `UsernameTaken`.
    """
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
    audit.record("accept_invitation", actor=actor, now=now, subject=invitation.kind)
    return user


@transaction.atomic
def reset_by_link(*, invitation: Invitation, password: str = "", now: datetime) -> User:
    """Open a link for a forgotten password, or for a lost second factor confirmed by two admins. Ends all sessions.

    Raises `InvitationGone`.
    """
    if invitation.purpose == Invitation.Purpose.TOTP and invitation.confirmed_by is None:
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
    audit.record("reset_by_link", actor=actor, now=now, subject=invitation.purpose)
    return user


@transaction.atomic
def confirm_totp_reset(*, invitation: Invitation, actor: Actor, now: datetime) -> None:
    """A second admin agrees that a lost second factor may be removed. Raises `NotYours` for the one who made the link."""
    if actor.kind != GrantKind.DINAS_ADMIN or invitation.made_by == actor.user_id:
        raise NotYours
    Invitation.objects.filter(pk=invitation.pk).update(confirmed_by=actor.user_id)
    audit.record("confirm_totp_reset", actor=actor, now=now, subject=invitation.kind)


@transaction.atomic
def end_access(*, grant: Grant, actor: Actor, now: datetime, today: date) -> None:
    """End a grant this minute, and the person's sessions with it. Raises `NotYours`."""
    if not may_give(actor, grant.kind, grant.cooperative) or grant.user_id == actor.user_id:
        raise NotYours
    Grant.objects.filter(pk=grant.pk, ended_on__isnull=True).update(ended_on=today)
    audit.record("end_access", actor=actor, now=now, subject=f"{grant.kind} #{grant.pk}", cooperative_id=grant.cooperative_id)
    with bound(NOBODY):
        end_sessions(grant.user_id)


@transaction.atomic
def open_case(*, cooperative: Cooperative, grant: Grant, reason: str, actor: Actor, now: datetime, today: date) -> Grant:
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
    audit.record("open_case", actor=actor, now=now, subject=f"kasus #{case.pk}", reason=reason.strip()[:200], cooperative_id=cooperative.pk)
    return case


def public_context(invitation: Invitation) -> Context:
    """Return the context in which a link is opened."""
    return Context(
        Role.PUBLIC, agency_id=invitation.agency_id, cooperative_id=invitation.cooperative_id, code=invitation.code
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


def _use(invitation: Invitation, now: datetime) -> None:
    """Mark the link used; the row's lock makes sure that only one person does."""
    fresh = Invitation.objects.filter(
        pk=invitation.pk, used_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=now
    ).update(used_at=now)
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
