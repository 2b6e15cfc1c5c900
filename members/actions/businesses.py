"""The business a member runs, and the counts of it that the dinas reads: kept in the same transaction, without names."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction

from members.models import Member, MemberBusiness
from members.scales import rule_on
from registry import audit
from registry.access import Actor
from registry.actions.cooperatives import touch
from registry.models import Cooperative
from registry.periods import today_jakarta


@dataclass(frozen=True)
class Business:
    """What is asked of a member's business. `sales_rupiah` of `sales_year`; None when not told."""

    name: str
    product: str = ""
    kbli: str = ""
    nib: str = ""
    sales_rupiah: int | None = None
    sales_year: int | None = None


@transaction.atomic
def set_business(*, member: Member, business: Business, actor: Actor, now: datetime, today: date) -> MemberBusiness:
    """Write down a member's business; its scale follows from the sales by the rule in force on `today`."""
    lock_counts(member.cooperative)
    rule = rule_on(today)
    stored, _ = MemberBusiness.objects.update_or_create(
        cooperative_id=member.cooperative_id,
        member=member,
        defaults=business.__dict__ | {"scale": rule.scale_of(business.sales_rupiah), "scale_rule": rule.mark},
    )
    _done("set_business", member, actor, now)
    return stored


@transaction.atomic
def remove_business(*, member: Member, actor: Actor, now: datetime) -> None:
    """A member no longer runs a business, or it was written down by mistake."""
    lock_counts(member.cooperative)
    gone, _ = MemberBusiness.objects.filter(cooperative_id=member.cooperative_id, member=member).delete()
    if gone:
        _done("remove_business", member, actor, now)


def _done(verb: str, member: Member, actor: Actor, now: datetime) -> None:
    count_businesses(member.cooperative)
    touch(member.cooperative, today_jakarta(now))
    audit.record(
        verb, actor=actor, now=now, subject=f"anggota {member.number_text}", cooperative_id=member.cooperative_id
    )


def lock_counts(cooperative: Cooperative) -> None:
    """Order everything that changes these counts, behind the lock that orders admissions."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM members_numbercounter WHERE cooperative_id = %s FOR UPDATE", [cooperative.pk])


# Present members, each person once (a merged entry's business counts with the surviving entry, if that has none).
_COUNT = """
WITH person AS (
  SELECT DISTINCT ON (m.id) m.sex, m.kind, b.scale
  FROM members_memberbusiness b
  JOIN members_member g ON g.cooperative_id = b.cooperative_id AND g.id = b.member_id
  JOIN members_member m ON m.cooperative_id = b.cooperative_id AND m.id = coalesce(g.merged_into_id, g.id)
  WHERE b.cooperative_id = %(cooperative)s AND m.status <> 'exited' ORDER BY m.id, g.merged_into_id NULLS FIRST
), real AS (
  SELECT sex, kind, scale, count(*)::int AS members FROM person GROUP BY sex, kind, scale
  UNION ALL SELECT sex, kind, scale, 0 FROM members_businesscount c WHERE cooperative_id = %(cooperative)s
    AND NOT EXISTS (SELECT 1 FROM person p WHERE (p.sex, p.kind, p.scale) = (c.sex, c.kind, c.scale))
)
INSERT INTO members_businesscount AS c (cooperative_id, agency_id, sex, kind, scale, members)
SELECT %(cooperative)s, %(agency)s, sex, kind, scale, members FROM real ORDER BY sex, kind, scale
ON CONFLICT (cooperative_id, sex, kind, scale) DO UPDATE SET members = EXCLUDED.members WHERE c.members <> EXCLUDED.members
"""


def count_businesses(cooperative: Cooperative) -> None:
    """Count anew who runs a business: after a business, a sex, a kind, an exit or a merge changed."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"cooperative": cooperative.pk, "agency": cooperative.agency_id})
