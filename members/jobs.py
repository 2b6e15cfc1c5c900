"""Bringing a list of members in from a file, and taking it out again: what the import engine asks of this storey."""

import json
from datetime import date, datetime

from members.actions.importing import LISTED, StagedCounts, StillNeeded, take_in, take_out
from members.actions.staging import seal, stage_lines
from members.resources import MemberImport
from registry.access import Actor
from registry.imports import CannotUndo, Importer, Lines, register
from registry.imports.engine import ERRORS_KEPT
from registry.models import Cooperative, ImportBatch
from registry.sheets.resource import CleanBatch

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
