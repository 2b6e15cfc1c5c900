"""Who is lurah or kepala desa, and the office of ketua pengawas that goes with it."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from registry import audit
from registry.access import Actor
from registry.models import Agency, Cooperative, Officer, Organ, Place, Position, VillageHead
from registry.periods import add_months

from .officers import appoint_officer, end_term

TERM_YEARS = 5  # UU 25/1992 Pasal 29


@transaction.atomic
def change_head(
    *, agency: Agency, village: Place, fields: dict, cooperatives: Sequence[Cooperative], actor: Actor, now: datetime, today: date
) -> VillageHead:  # fmt: skip
    """Write who heads a village from a day on; the former one's days end there. Seats the head in these cooperatives.

    `fields`: name, sex, phone, decision_number, starts_on. The same person written again only puts the days right.
    """
    starts_on = fields["starts_on"]
    VillageHead.objects.filter(agency=agency, village=village, ended_on__isnull=True).update(ended_on=starts_on)
    head = VillageHead.objects.create(agency=agency, village=village, **fields)
    audit.record("change_head", actor=actor, now=now, subject=village.name, on=starts_on)
    for cooperative in cooperatives:
        seat_head(cooperative=cooperative, head=head, on=starts_on, actor=actor, now=now, today=today)
    return head


@transaction.atomic
def seat_head(
    *, cooperative: Cooperative, head: VillageHead, on: date, actor: Actor, now: datetime, today: date
) -> Officer:
    """Make the head of the village ketua pengawas from `on`, in one act with the end of the former one's term and access.

    The new term lasts as long as the former one would have, as the other pengawas serve; five years without one.
    """
    terms = list(
        Officer.objects.filter(
            cooperative=cooperative, agency_id=cooperative.agency_id, position=Position.SUPERVISOR_CHAIR
        )
    )
    on = max(on, *(one.ended_on or one.starts_on for one in terms)) if terms else on  # terms of a post never overlap
    former, ends_on = next((one for one in terms if one.ended_on is None), None), add_months(on, 12 * TERM_YEARS)
    if former:
        ends_on = former.ends_on if former.ends_on > on else ends_on
        end_term(officer=former, on=on, reason=Officer.EndReason.TRANSFERRED, actor=actor, now=now, today=today)
    fields = {
        "organ": Organ.SUPERVISOR, "position": Position.SUPERVISOR_CHAIR, "name": head.name, "sex": head.sex, "phone": head.phone,
        "ex_officio": True, "appointed_by": Officer.AppointedBy.OFFICE, "decision_number": head.decision_number, "starts_on": on,
        "ends_on": ends_on,
    }  # fmt: skip
    officer = appoint_officer(cooperative=cooperative, fields=fields, actor=actor, now=now)
    audit.record(
        "seat_head", actor=actor, now=now, subject=officer.position, cooperative_id=cooperative.pk, fresh_on=today
    )
    return officer
