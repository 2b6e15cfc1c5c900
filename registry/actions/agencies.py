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
        token = new_code(agency.pk, "agency")
        Invitation.objects.using("owner").create(
            agency=agency,
            kind=GrantKind.DINAS_ADMIN,
            name=admin_name,
            code=hash_token(token).hex(),
            made_at=now,
            expires_at=now + timedelta(days=7),
        )
    key_ring().ensure_agency(agency.slug)
    return agency, token
