"""Pictures kept with an entry: what was signed, transferred or handed over."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from finance.models import Entry, Evidence
from registry import audit
from registry.access import Actor
from registry.actions.files import store_picture
from registry.models import Cooperative

from .refusals import Refused

MOST_PICTURES = 12  # of one entry


@transaction.atomic
def attach_evidence(
    *, cooperative: Cooperative, entry: Entry, pictures: Sequence[bytes], actor: Actor, now: datetime
) -> int:
    """Keep pictures (as `registry.pictures.drawn_anew` gives them) with an entry made before; return how many are new.

    The same picture again changes nothing. Raises `Refused` when none is given, or an entry has too many.
    """
    if not pictures:
        raise Refused("Pilih dulu fotonya.")
    kept = keep_evidence(cooperative, entry.pk, entry.address, pictures, actor, now)
    if kept:
        audit.record(
            "attach_evidence",
            actor=actor,
            now=now,
            subject=entry.number_text,
            cooperative_id=cooperative.pk,
            pictures=kept,
        )
    return kept


def keep_evidence(
    cooperative: Cooperative, entry_id: int, address: str, pictures: Sequence[bytes], actor: Actor, now: datetime
) -> int:
    """Keep pictures with an entry, within the act that makes it. Return how many were not there yet."""
    if not pictures:
        return 0
    there = set(Evidence.objects.filter(cooperative=cooperative, entry_id=entry_id).values_list("sha256", flat=True))
    new = {mark: one for one in pictures if (mark := hashlib.sha256(one).hexdigest()) not in there}
    if len(there) + len(new) > MOST_PICTURES:
        raise Refused(f"Satu catatan menyimpan paling banyak {MOST_PICTURES} foto.")
    for position, (mark, content) in enumerate(new.items(), start=len(there) + 1):
        file = store_picture(
            cooperative=cooperative, name=f"bukti-{address}-{position}.jpg", content=content, actor=actor, now=now
        )
        Evidence.objects.create(
            cooperative=cooperative, entry_id=entry_id, file=file, sha256=mark, added_at=now, added_by=actor.name
        )
    return len(new)
