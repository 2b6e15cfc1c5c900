"""A member says that a receipt does not fit, and a pengawas or the dinas answers. No money moves here."""

import uuid
from datetime import datetime

from django.db import IntegrityError, transaction

from finance.models import Objection, ObjectionAnswer
from finance.models.objections import MOST_PER_RECEIPT
from registry import audit
from registry.access import Actor
from registry.models import Cooperative

from .refusals import Refused


@transaction.atomic
def raise_objection(
    *, cooperative: Cooperative, code: str, text: str, key: uuid.UUID, actor: Actor, now: datetime
) -> Objection:
    """Keep what the holder of the receipt `code` wrote; the same form sent twice counts once. Raises `Refused`.

    Runs behind the public role bound to this very code: another receipt's code is refused by the database too.
    """
    told = list(
        Objection.objects.filter(cooperative=cooperative, code=code).select_related("answer").order_by("number")
    )
    if same := next((one for one in told if one.key == key), None):
        return same
    if told and not hasattr(told[-1], "answer"):
        raise Refused("Laporan Anda tentang kuitansi ini sudah diterima dan sedang menunggu jawaban.")
    if len(told) >= MOST_PER_RECEIPT:
        raise Refused("Kuitansi ini sudah tiga kali dilaporkan. Datanglah ke dinas dengan membawa kuitansinya.")
    try:
        with transaction.atomic():
            made = Objection.objects.create(
                cooperative=cooperative, agency_id=cooperative.agency_id, code=code, number=len(told) + 1, text=text,
                raised_at=now, key=key,
            )  # fmt: skip
    except IntegrityError as error:  # two taps, or two holders, in the same moment
        raise Refused("Laporan tentang kuitansi ini baru saja diterima.") from error
    audit.record("raise_objection", actor=actor, now=now, subject=f"kuitansi {code}", cooperative_id=cooperative.pk)
    return made


@transaction.atomic
def answer_objection(*, objection: Objection, text: str, actor: Actor, now: datetime) -> ObjectionAnswer:
    """Close an objection with an answer that its reporter reads. Raises `Refused` when somebody answered before.

    Only pengawas and dinas may: the view's door says so, and the database grants it to nobody else.
    """
    try:
        with transaction.atomic():
            answer = ObjectionAnswer.objects.create(
                cooperative_id=objection.cooperative_id, agency_id=objection.agency_id, objection=objection,
                code=objection.code, text=text, answered_at=now, answered_by=actor.user_id or 0, answered_by_name=actor.name,
                answered_as=actor.kind,
            )  # fmt: skip
    except IntegrityError as error:
        raise Refused("Laporan ini baru saja dijawab orang lain. Jawabannya tampil di bawah.") from error
    audit.record(
        "answer_objection", actor=actor, now=now, subject=f"kuitansi {objection.code}",
        cooperative_id=objection.cooperative_id,
    )  # fmt: skip
    return answer
