"""Who has access to what until when: invitations and the grants they give."""

from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q

from registry import audit
from registry.access import Actor
from registry.codes import hash_token, new_code
from registry.models import Agency, Cooperative, Grant, GrantKind, Invitation, Officer, User
from registry.models.accounts import COOPERATIVE_KINDS
from registry.models.officers import ACCESS_OF_POST
from registry.tenancy import NOBODY, Context, Role, bound

DAYS_TO_OPEN = 7


class NotYours(Exception):
    """The actor may not give or end this access."""


class InvitationGone(Exception):
    """The link was used, withdrawn or is too old."""


class UsernameTaken(Exception):
    """Another login has this username."""


class AlreadyHeld(Exception):
    """The person has this access already, for as long or longer; it is not given twice."""


class BeyondTerm(Exception):
    """An access that belongs to a term of office does not outlast it."""


@transaction.atomic
def invite(
    *,
    agency: Agency,
    cooperative: Cooperative | None,
    kind: GrantKind,
    name: str,
    districts: list[str] | None = None,
    grant_until: date | None = None,
    officer: Officer | None = None,
    actor: Actor,
    now: datetime,
) -> tuple[Invitation, str]:
    """Make a one-time link and return it with its token, which is shown once and stored only as a hash.

    The ketua invites into the own cooperative, a dinas admin anywhere in the agency. Raises `NotYours`.
    Who serves in the post (`officer`, or found by name) gets an access that ends with the term at the latest.
    """
    if not may_give(actor, kind, cooperative):
        raise NotYours
    term = _term(cooperative, kind, name, officer)
    if term:
        grant_until = min(grant_until or term.ends_on, term.ends_on)
    invitation, token = make_link(
        agency,
        cooperative,
        actor,
        now,
        kind=kind,
        name=name,
        districts=districts or [],
        grant_until=grant_until,
        officer=term,
    )
    audit.record(
        "invite",
        actor=actor,
        now=now,
        subject=f"sebagai {GrantKind(kind).label}",
        cooperative_id=invitation.cooperative_id,
    )
    return invitation, token


def _term(cooperative: Cooperative | None, kind: str, name: str, officer: Officer | None) -> Officer | None:
    """Return the term of office an access of `kind` belongs to: the one named, or that of somebody of this name."""
    if cooperative is None:
        return None
    posts = [post for post, access in ACCESS_OF_POST.items() if access == kind]
    serving = Officer.objects.filter(cooperative=cooperative, ended_on__isnull=True, position__in=posts)
    named_one = serving.filter(pk=officer.pk).first() if officer else None
    return named_one or serving.filter(name__iexact=name.strip()).order_by("-ends_on").first()


def make_link(
    agency: Agency, cooperative: Cooperative | None, actor: Actor, now: datetime, **fields
) -> tuple[Invitation, str]:
    token = new_token(agency.pk, cooperative.pk if cooperative else None)
    fields |= link_fields(token, actor.user_id, now)
    return Invitation.objects.create(agency=agency, cooperative=cooperative, **fields), token


def withdraw_links(grant: Grant, now: datetime, **which) -> None:
    """Make the open reset links of this access worthless: there is never more than one of a kind."""
    Invitation.objects.filter(
        agency_id=grant.agency_id,
        cooperative_id=grant.cooperative_id,
        for_user_id=grant.user_id,
        **still_open(now),
        **which,
    ).update(withdrawn_at=now)


def named(grant: Grant) -> str:
    """Return how the book names an access, without the person's name."""
    return f"{grant.label} (akses {grant.pk})"


def new_token(agency_id: int, cooperative_id: int | None) -> str:
    return new_code(cooperative_id) if cooperative_id else new_code(agency_id, "agency")


def link_fields(token: str, made_by: int | None, now: datetime) -> dict:
    return {
        "code": hash_token(token).hex(),
        "made_at": now,
        "made_by": made_by,
        "expires_at": now + timedelta(days=DAYS_TO_OPEN),
    }


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
    since = _first_day(user, invitation, today) if user else today
    use_link(invitation, now)
    with bound(NOBODY):
        user = user or _make_user(username, name, password)
    actor = Actor(user.pk, user.name, invitation.kind, invitation.agency_id, invitation.cooperative_id)
    with bound(public_context(invitation, user)):
        Grant(
            user=user,
            user_name=user.name,
            kind=invitation.kind,
            agency_id=invitation.agency_id,
            cooperative_id=invitation.cooperative_id,
            districts=invitation.districts,
            invitation=invitation,
            officer_id=invitation.officer_id,
            valid_from=since,
            valid_to=invitation.grant_until,
            code=invitation.code,
        ).save(force_insert=True)
        audit.record("accept_invitation", actor=actor, now=now, subject=f"sebagai {GrantKind(invitation.kind).label}")
    return user


@transaction.atomic
def end_access(*, grant: Grant, actor: Actor, now: datetime, today: date) -> None:
    """End a grant this minute, and the person's sessions with it. Ended already: nothing happens. Raises `NotYours`."""
    if not may_end(actor, grant) or grant.user_id == actor.user_id:
        raise NotYours
    _end(grant, actor, now, today)


@transaction.atomic
def end_handed_over(*, grant: Grant, actor: Actor, now: datetime, today: date) -> None:
    """End the access of who handed an office over, inside the act that receives it; that act has seen who may."""
    assert actor.cooperative_id == grant.cooperative_id and actor.user_id != grant.user_id
    _end(grant, actor, now, today)


def _end(grant: Grant, actor: Actor, now: datetime, today: date) -> None:
    """End what a person holds of one kind in one place, the part that is to begin later too, and their sessions."""
    if not Grant.objects.filter(pk=grant.pk, ended_on__isnull=True).update(ended_on=today):
        return
    _same(grant).lasting(today).update(ended_on=today)
    withdraw_links(grant, now)
    audit.record("end_access", actor=actor, now=now, subject=named(grant), cooperative_id=grant.cooperative_id)
    with bound(NOBODY):
        end_sessions(grant.user_id)


def end_with_term(*, officer: Officer, on: date, actor: Actor, now: datetime, today: date) -> list[Grant]:
    """Let the access of a term of office end with it, inside the act that ends the term. Return the accesses meant.

    `on` is the first day out of office: when it has come the access ends this minute, else its last day is the day
    before. Links that were not opened yet are withdrawn. An access made before the term was known is found by its
    kind and name.
    """
    linked = Q(officer=officer) | Q(
        officer__isnull=True, kind=ACCESS_OF_POST[officer.position], user_name__iexact=officer.name
    )
    here = {"agency_id": officer.agency_id, "cooperative_id": officer.cooperative_id}
    Invitation.objects.filter(officer=officer, **here, **still_open(now)).update(withdrawn_at=now)
    found = list(Grant.objects.filter(linked, **here).lasting(today).select_related("agency", "cooperative"))
    for grant in found:
        last = on - timedelta(days=1)
        if on <= today or grant.valid_from > last:
            _end(grant, actor, now, today)
        elif grant.valid_to is None or grant.valid_to > last:
            Grant.objects.filter(pk=grant.pk).update(valid_to=last)
            audit.record(
                "shorten_access", actor=actor, now=now, subject=named(grant), cooperative_id=grant.cooperative_id, until=last
            )  # fmt: skip
    return found


def move_with_term(
    *, officer: Officer, was_until: date, until: date, actor: Actor, now: datetime, today: date
) -> list[Grant]:
    """Let the access of a term end on the term's new last day, inside the act that moves it. Return the accesses moved.

    `was_until`, `until`: the last day in office before and now. What was to end with the term moves; one that was given for
    less time only gets shorter. Over already: it ends this minute. Open links that would outlast the term are withdrawn.
    """
    here = {"agency_id": officer.agency_id, "cooperative_id": officer.cooperative_id, "officer": officer}
    Invitation.objects.filter(**here, **still_open(now), grant_until__gt=until).update(withdrawn_at=now)
    moved = []
    for grant in Grant.objects.filter(**here, ended_on__isnull=True).select_related("agency", "cooperative"):
        with_it = grant.valid_to is None or grant.valid_to >= was_until
        shorter = grant.valid_to is None or grant.valid_to > until
        if not (shorter or with_it) or grant.valid_to == until:
            continue
        if until < max(today, grant.valid_from):
            if grant.valid_to and grant.valid_to < today:
                continue  # ran out before
            _end(grant, actor, now, today)
        elif not shorter and _same(grant).lasting(today).filter(valid_from__gt=grant.valid_from).exists():
            continue  # a newer access goes on from it
        else:
            Grant.objects.filter(pk=grant.pk).update(valid_to=until)
            audit.record(
                "shorten_access" if shorter else "prolong_access", actor=actor, now=now, subject=named(grant),
                cooperative_id=grant.cooperative_id, until=until,
            )  # fmt: skip
        moved.append(grant)
    return moved


@transaction.atomic
def restore_access(*, grant: Grant, actor: Actor, now: datetime, today: date) -> None:
    """Take back an `end_access` of the same day. Raises `NotYours`, `AlreadyHeld` when it was given anew meanwhile."""
    if not may_end(actor, grant) or grant.user_id == actor.user_id:
        raise NotYours
    if _same(grant).lasting(today).exists():
        raise AlreadyHeld
    if Grant.objects.filter(pk=grant.pk, ended_on=today).update(ended_on=None):
        audit.record("restore_access", actor=actor, now=now, subject=named(grant), cooperative_id=grant.cooperative_id)


@transaction.atomic
def prolong_access(*, grant: Grant, until: date, actor: Actor, now: datetime) -> None:
    """Let a grant that was not ended run to another day.

    Raises `NotYours` (nobody prolongs the own access), `BeyondTerm`, `AlreadyHeld` when a newer access goes on from it.
    """
    if not may_end(actor, grant) or grant.user_id == actor.user_id or grant.kind == GrantKind.CASE:
        raise NotYours
    if grant.officer and until > grant.officer.ends_on:
        raise BeyondTerm
    if _same(grant).lasting(grant.valid_from).filter(valid_from__lte=until).exists():
        raise AlreadyHeld
    if Grant.objects.filter(pk=grant.pk, ended_on__isnull=True).update(valid_to=until):
        audit.record(
            "prolong_access",
            actor=actor,
            now=now,
            subject=named(grant),
            cooperative_id=grant.cooperative_id,
            until=until,
        )


def _same(grant: Grant):
    """Return the other grants of the same person, kind and place."""
    return Grant.objects.filter(
        user_id=grant.user_id, kind=grant.kind, agency_id=grant.agency_id, cooperative_id=grant.cooperative_id
    ).exclude(pk=grant.pk)


def public_context(invitation: Invitation, user: User | None = None) -> Context:
    """Return the context in which a link is opened; rows are written in the name of `user`."""
    return Context(
        Role.PUBLIC,
        user_id=user.pk if user else None,
        agency_id=invitation.agency_id,
        cooperative_id=invitation.cooperative_id,
        code=invitation.code,
    )


def end_sessions(user_id: int) -> None:
    """End every session of a login. Runs as the bare app role."""
    from allauth.usersessions.models import UserSession

    for session in UserSession.objects.filter(user_id=user_id):
        session.end()


def still_open(now: datetime) -> dict:
    """Return the lookup of links that still open something."""
    return {"used_at__isnull": True, "withdrawn_at__isnull": True, "expires_at__gt": now}


def _first_day(user: User, invitation: Invitation, today: date) -> date:
    """Return from when this login may hold the access of a link: today, or after the same access it holds now.

    Raises `AlreadyHeld` when that one lasts as long. The lock keeps two links opened at once from both counting.
    """
    with bound(Context(None, user_id=user.pk)):
        User.objects.select_for_update().get(pk=user.pk)
        held = Grant.objects.filter(
            user_id=user.pk,
            kind=invitation.kind,
            agency_id=invitation.agency_id,
            cooperative_id=invitation.cooperative_id,
        ).lasting(today)
        ends = list(held.values_list("valid_to", flat=True))
    if not ends:
        return today
    if None in ends or (invitation.grant_until and invitation.grant_until <= max(ends)):
        raise AlreadyHeld
    return max(ends) + timedelta(days=1)


def use_link(invitation: Invitation, now: datetime) -> None:
    """Mark the link used; the row's lock makes sure that only one person does."""
    fresh = Invitation.objects.filter(pk=invitation.pk, **still_open(now)).update(used_at=now)
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
