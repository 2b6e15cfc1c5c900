"""Uploaded lists hold NIKs in clear, so nothing of them stays longer than it is needed.

| what | goes |
|---|---|
| the uploaded file | at once when its list was stored, taken back, or could not be read |
| the sheet of faulty lines, and the staged lines with faults | `DAYS_TO_CORRECT` days after the list was stored; at once when it was taken back |
| everything of a list nobody stored | `DAYS_TO_DECIDE` days after the upload; the list is then "tidak jadi disimpan" |

What stays: the counts, who uploaded when, the `File` rows marked gone, and of corrected rows what they held before, for
the undo. `sweep` runs every night in the worker.
"""

import logging
from datetime import UTC, datetime, timedelta

from django.db import transaction
from procrastinate.contrib.django import app

from registry.actions.files import delete_content
from registry.models import Agency, Cooperative, File, ImportBatch, ImportRow
from registry.tenancy import NOBODY, Context, Role, bind

log = logging.getLogger(__name__)
State, Verdict = ImportBatch.State, ImportRow.Verdict
DAYS_TO_DECIDE = 30
DAYS_TO_CORRECT = 7
WAITING = (State.READING, State.COLUMNS, State.READ, State.APPLYING)
EXPIRED = (
    f"Daftar ini tidak disimpan dalam {DAYS_TO_DECIDE} hari, maka berkasnya dihapus. Unggah lagi bila masih diperlukan."
)


def forget(batch: ImportBatch, now: datetime) -> None:
    """Delete what this list no longer needs at `now`. Call it in the transaction that changed its state."""
    ended = batch.state in (State.FAILED, State.UNDONE, State.EXPIRED)
    corrected = batch.state == State.APPLIED and _days_since(batch.applied_at, now) >= DAYS_TO_CORRECT
    if ended or batch.state == State.APPLIED:
        delete_content(batch.file, now)
    if ended or corrected:
        if batch.fault_file:
            delete_content(batch.fault_file, now)
        rows = ImportRow.objects.filter(agency=batch.agency_id, cooperative=batch.cooperative_id, batch=batch.pk)
        (rows if ended else rows.filter(verdict__in=(Verdict.BAD, Verdict.SAME))).delete()


def faults_go_at(batch: ImportBatch) -> datetime | None:
    """When the sheet of faulty lines of a stored list is deleted; None while the list waits or when it is gone."""
    if batch.state != State.APPLIED or batch.fault_file is None or batch.fault_file.gone_at:
        return None
    return batch.applied_at + timedelta(days=DAYS_TO_CORRECT)


def sweep(now: datetime) -> int:
    """Go through every dinas and cooperative and forget what is due at `now`. Returns how many lists had something."""
    with transaction.atomic():
        places = [Context(Role.DINAS, agency_id=pk) for pk in Agency.objects.values_list("pk", flat=True)]
        places += [
            Context(Role.OFFICER, agency_id=agency, cooperative_id=pk)
            for pk, agency in Cooperative.objects.values_list("pk", "agency_id")
        ]
    return sum(_sweep_place(context, now) for context in places)


def _sweep_place(context: Context, now: datetime) -> int:
    """One place in a transaction of its own: what fails in one leaves the others alone."""
    try:
        with transaction.atomic():
            bind(context)
            due = _due(context, now)
            for batch in due:
                if batch.state in WAITING:
                    batch.state, batch.sentence = State.EXPIRED, EXPIRED
                    batch.save(update_fields=["state", "sentence"])
                forget(batch, now)
            bind(NOBODY)
    except Exception:
        log.exception("uploads of agency %s, cooperative %s not purged", context.agency_id, context.cooperative_id)
        return 0
    return len(due)


def _due(context: Context, now: datetime) -> list[ImportBatch]:
    here = ImportBatch.objects.filter(agency=context.agency_id, cooperative=context.cooperative_id)
    kept = File.objects.filter(agency=context.agency_id, cooperative=context.cooperative_id, gone_at__isnull=True)
    waiting = here.filter(state__in=WAITING, made_at__lte=now - timedelta(days=DAYS_TO_DECIDE))
    uploads = here.exclude(state__in=(*WAITING, State.UNDOING)).filter(file__in=kept)
    faults = here.filter(fault_file__in=kept).exclude(state__in=(*WAITING, State.UNDOING, State.APPLIED))
    corrected = here.filter(
        state=State.APPLIED, applied_at__lte=now - timedelta(days=DAYS_TO_CORRECT), fault_file__in=kept
    )
    pks = waiting.union(uploads, faults, corrected).values_list("pk", flat=True)
    return list(
        here.filter(pk__in=list(pks))
        .select_related("file", "fault_file")
        .order_by("pk")
        .select_for_update(of=("self",))
    )


def _days_since(moment: datetime, now: datetime) -> int:
    return (now - moment).days


@app.periodic(cron="17 19 * * *")  # 02.17 in Serang
@app.task(name="registry.purge_uploads", queue="default")
def purge_uploads(timestamp: int) -> None:
    """Every night: delete what uploaded lists no longer need."""
    log.info("purged %s uploaded lists", sweep(datetime.fromtimestamp(timestamp, UTC)))
