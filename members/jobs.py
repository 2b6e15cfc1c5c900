"""Bringing a list of members in from a file, and taking it out again: what the import engine asks of this storey."""

from datetime import date, datetime

from members.actions.importing import LISTED, StagedCounts, StillNeeded, judge_import, seal, take_in, take_out
from members.resources import MemberImport
from registry.access import Actor
from registry.imports import CannotUndo, Importer, register
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
    values = clean.columns["national_id"]
    clean.columns["national_id"] = [
        value and seal(_cooperative(batch), batch.pk, line, value)
        for line, value in zip(clean.numbers, values, strict=True)
    ]


def validate_batch(batch: ImportBatch, today: date) -> None:
    judge_import(cooperative=_cooperative(batch), batch_id=batch.pk)


def apply_batch(batch: ImportBatch, *, actor: Actor, now: datetime, today: date) -> dict[str, int]:
    counts = take_in(
        cooperative=_cooperative(batch), batch_id=batch.pk, batch_number=batch.number, actor=actor, now=now, today=today
    )
    return _said(counts, "new", "changed")


def undo_batch(batch: ImportBatch, *, actor: Actor, now: datetime, today: date) -> dict[str, int]:
    """Raise `CannotUndo` naming the members somebody paid for."""
    try:
        counts = take_out(
            cooperative=_cooperative(batch), batch_id=batch.pk, batch_number=batch.number, actor=actor, now=now
        )
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
        validate_batch=validate_batch,
        apply_batch=apply_batch,
        undo_batch=undo_batch,
        shown=("number", "name", "sex", "birth_date", "joined_on", "status"),
        protect=protect,
    )
)
