"""Making a dinas: only the owner can, from the command line."""

from datetime import datetime, timedelta

from registry.codes import hash_token, new_code
from registry.keys import key_ring
from registry.models import Agency, GrantKind, Invitation
from registry.tenancy.building import owner_writes


def create_agency(*, fields: dict, admin_name: str, now: datetime) -> tuple[Agency, str]:
    """Make an agency with its own hash key, and an invitation for its first admin. Return (agency, token).

    Runs on the owner's connection: no role of the app may write agencies.
    """
    with owner_writes("registry_agency", "registry_invitation"):
        agency = Agency.objects.using("owner").create(**fields)
        token = _invite(agency, admin_name, now)
    key_ring().ensure_agency(agency.slug)
    return agency, token


def invite_first_admin(*, agency: Agency, admin_name: str, now: datetime) -> str:
    """Make another link for the first admin of an agency, should the first one be lost or too old. Return its token.

    Runs on the owner's connection, like `create_agency`.
    """
    with owner_writes("registry_agency", "registry_invitation"):
        return _invite(agency, admin_name, now)


def _invite(agency: Agency, admin_name: str, now: datetime) -> str:
    token = new_code(agency.pk, "agency")
    Invitation.objects.using("owner").create(
        agency_id=agency.pk,
        kind=GrantKind.DINAS_ADMIN,
        name=admin_name,
        code=hash_token(token).hex(),
        made_at=now,
        expires_at=now + timedelta(days=7),
    )
    return token
