"""The citizen number of a member: stored sealed, looked at with a reason."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q

from members.models import Identity, Member, entries_of, national_id_bound_to
from registry import audit
from registry.access import Actor
from registry.keys import key_ring
from registry.models import Cooperative
from registry.numbers import mask_national_id


class DuplicateNationalId(Exception):
    """Another current member of this cooperative has the same NIK."""

    def __init__(self, number_text: str) -> None:
        self.number_text = number_text
        super().__init__(f"NIK ini sudah dipakai anggota {number_text}.")


def reveal_national_id(*, member: Member, reason: str, actor: Actor, now: datetime) -> str:
    """Return the member's full NIK, and write down who looked and why. Returns "" when none is stored."""
    own = Identity.objects.filter(entries_of(member), cooperative_id=member.cooperative_id)
    identity = own.order_by("-current", "-member_id").first()
    if identity is None:
        return ""
    audit.record_look(
        "reveal_national_id",
        actor=actor,
        now=now,
        subject=f"anggota {member.number_text}",
        reason=reason,
        cooperative_id=member.cooperative_id,
    )
    return key_ring().decrypt(bytes(identity.cipher), national_id_bound_to(member.cooperative_id, identity.member_id))


def store_identity(cooperative: Cooperative, member: Member, national_id: str) -> None:
    ring = key_ring()
    index = ring.blind_index(cooperative.agency.slug, national_id)
    try:
        with transaction.atomic():
            merged = Identity.objects.filter(cooperative=cooperative, member__merged_into=member).values("pk")
            Identity.objects.filter(cooperative=cooperative, pk__in=merged).update(current=False)
            Identity.objects.update_or_create(
                cooperative=cooperative,
                member=member,
                defaults={
                    "cipher": ring.encrypt(national_id, national_id_bound_to(cooperative.pk, member.pk)),
                    "blind_index": index,
                    "masked": mask_national_id(national_id),
                    "current": member.is_current,
                },
            )
    except IntegrityError as error:
        other = (
            Identity.objects.filter(cooperative=cooperative, blind_index=index, current=True)
            .select_related("member")
            .first()
        )
        raise DuplicateNationalId(other.member.number_text if other else "lain") from error


def is_stored(member: Member, national_id: str) -> bool:
    """Whether this very NIK stands beside the member already."""
    index = key_ring().blind_index(member.cooperative.agency.slug, national_id)
    own = Identity.objects.filter(entries_of(member), cooperative_id=member.cooperative_id, blind_index=index)
    return own.filter(Q(current=True) | Q(member=member)).exists()
