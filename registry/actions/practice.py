"""Practice cooperatives: a place of one person's own to try everything, outside every report; reset archives it."""

from datetime import date, datetime

from django.db import transaction

from registry import audit
from registry.access import Actor
from registry.models import Cooperative, Grant, GrantKind, Invitation, Profile, User
from registry.tenancy import Context, Role, bound

from .access import accept_invitation, make_link, public_context
from .cooperatives import free_slug


@transaction.atomic
def open_practice(*, like: Cooperative, user: User, actor: Actor, now: datetime, today: date) -> Grant:
    """Make a practice cooperative that looks like `like`, and let `user` be its treasurer. Return the grant.

    Whoever practised before leaves the old one, which nobody enters any more. The registry is written in the name of the
    agency for these few rows only: officers may not write the directory.
    """
    assert actor.user_id == user.pk and actor.agency_id == like.agency_id
    agency = like.agency
    with bound(Context(Role.DINAS, user_id=user.pk, agency_id=agency.pk)):
        held = Grant.objects.filter(user_id=user.pk, agency=agency, cooperative__is_practice=True)
        for grant in held.lasting(today):
            Grant.objects.filter(pk=grant.pk).update(ended_on=today)  # the person goes on in the same session
            audit.record("archive_practice", actor=actor, now=now, subject=grant.cooperative.slug)
        count = Cooperative.objects.filter(agency=agency, is_practice=True).count() + 1
        practice = Cooperative.objects.create(
            agency=agency,
            slug=free_slug(agency, f"latihan-{count}", like.district.name),
            name=f"Koperasi Latihan {count}",
            short_name=f"Latihan {count}",
            district=like.district,
            village=like.village,
            is_practice=True,
        )
        Profile.objects.create(cooperative=practice, agency=agency)
        invitation, _ = make_link(agency, practice, actor, now, kind=GrantKind.TREASURER, name=user.name, districts=[])
        audit.record("open_practice", actor=actor, now=now, subject=practice.slug)
    with bound(public_context(invitation)):
        fresh = Invitation.objects.get(pk=invitation.pk)
        accept_invitation(invitation=fresh, user=user, now=now, today=today)
    with bound(Context(None, user_id=user.pk)):
        return Grant.objects.select_related("agency__place", "cooperative__district", "cooperative__village").get(
            user=user, cooperative=practice
        )
