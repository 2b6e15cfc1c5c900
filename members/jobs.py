"""Bringing a list of members in from a file, and taking it out again: what the import engine asks of this storey.

And every night: letting go of people who asked to become members and were never answered.
"""

import json
import logging
from datetime import UTC, date, datetime

from django.db import transaction
from procrastinate.contrib.django import app

from members.actions import forget_unanswered
from members.actions.importing import LISTED, StagedCounts, StillNeeded, take_in, take_out
from members.actions.staging import seal, stage_lines
from members.resources import MemberImport
from registry.access import Actor
from registry.imports import CannotUndo, Importer, Lines, register
from registry.imports.engine import ERRORS_KEPT
from registry.models import Cooperative, ImportBatch
from registry.periods import today_jakarta
from registry.sheets.resource import CleanBatch
from registry.tenancy import NOBODY, NOBODY_ID, Context, Role, bind

log = logging.getLogger(__name__)
KIND = "members"


def _cooperative(batch: ImportBatch) -> Cooperative:
    """A list of members belongs to one cooperative; only lists of cooperatives belong to none."""
    assert batch.cooperative is not None
    return batch.cooperative


def resource(batch: ImportBatch, today: date) -> MemberImport:
    return MemberImport({"cooperative": batch.cooperative}, today=today)


def protect(clean: CleanBatch, batch: ImportBatch) -> None:
    """Seal every NIK before its line is staged: nothing lies open in the preview or the database."""
    sealed = seal(_cooperative(batch), batch.pk, clean.numbers, clean.columns.pop("national_id"))
    clean.columns |= {"nik": sealed.indexes, "cipher": sealed.ciphers}


def stage(batch: ImportBatch, lines: Lines) -> None:
    errors = json.dumps([{"line": line, "errors": said[:ERRORS_KEPT]} for line, said in lines.errors.items()])
    batch.notes["book"] = stage_lines(
        cooperative=_cooperative(batch), batch_id=batch.pk, columns=lines.take_columns(), errors=errors
    )


def apply_batch(batch: ImportBatch, *, actor: Actor, now: datetime, today: date) -> dict[str, int]:
    counts = take_in(
        cooperative=_cooperative(batch), batch_id=batch.pk, batch_number=batch.number, judged_for=batch.notes.get("book", ""),
        actor=actor, now=now, today=today,
    )  # fmt: skip
    batch.notes = {"applicants": counts.applicants}
    return _said(counts, "new", "changed")


def undo_batch(batch: ImportBatch, *, actor: Actor, now: datetime, today: date) -> dict[str, int]:
    """Raise `CannotUndo` naming the members somebody paid for."""
    try:
        counts = take_out(
            cooperative=_cooperative(batch), batch_id=batch.pk, batch_number=batch.number,
            applicants=batch.notes.get("applicants", "{}"), actor=actor, now=now,
        )  # fmt: skip
    except StillNeeded as error:
        named = ", ".join(error.numbers[:LISTED])
        more = f" dan {len(error.numbers) - LISTED} lainnya" if len(error.numbers) > LISTED else ""
        raise CannotUndo([f"Impor tidak dapat dibatalkan: {named}{more} {error.why}."]) from error
    return _said(counts, "removed", "restored", "kept")


def _said(counts: StagedCounts, *names: str) -> dict[str, int]:
    return {name: getattr(counts, name) for name in names}


register(
    Importer(
        kind=KIND,
        title="Impor anggota",
        noun="anggota",
        namespace="members",
        resource=resource,
        stage=stage,
        apply_batch=apply_batch,
        undo_batch=undo_batch,
        shown=("number", "name", "sex", "birth_date", "joined_on", "status"),
        protect=protect,
    )
)


def sweep(now: datetime) -> int:
    """Go through every cooperative and forget whose request nobody answered, by the rule of `now`. Return how many people."""
    with transaction.atomic():
        cooperatives = list(Cooperative.objects.all())
    return sum(_sweep_cooperative(cooperative, now) for cooperative in cooperatives)


def _sweep_cooperative(cooperative: Cooperative, now: datetime) -> int:
    """One cooperative in a transaction of its own: what fails in one leaves the others alone."""
    actor = Actor(NOBODY_ID, "Sistem", "sistem", cooperative.agency_id, cooperative.pk)
    try:
        with transaction.atomic():
            bind(
                Context(Role.OFFICER, user_id=NOBODY_ID, agency_id=cooperative.agency_id, cooperative_id=cooperative.pk)
            )
            count = forget_unanswered(cooperative=cooperative, actor=actor, now=now, today=today_jakarta(now))
            bind(NOBODY)
    except Exception:
        log.exception("requests to join cooperative %s not forgotten", cooperative.pk)
        return 0
    return count


@app.periodic(cron="27 19 * * *")  # 02.27 in Serang
@app.task(name="members.forget_unanswered", queue="default")
def forget_unanswered_requests(timestamp: int) -> None:
    """Every night: delete who asked to become a member and was never answered."""
    log.info("forgot %s people who were not answered", sweep(datetime.fromtimestamp(timestamp, UTC)))
