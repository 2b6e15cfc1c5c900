"""Bringing in the list of an old book, and taking it back: what the import engine asks of this storey."""

import json
from dataclasses import asdict
from datetime import date, datetime

from finance.actions import (
    ListSums,
    OldBook,
    OtherTotals,
    Refused,
    differing,
    reverse_opening_balances,
    stage_openings,
    take_over_list,
)
from finance.models import Entry
from finance.resources import OpeningImport
from members.jobs import protect
from registry.access import Actor
from registry.formats import format_number
from registry.imports import CannotApply, CannotUndo, Importer, Lines, register
from registry.imports.engine import ERRORS_KEPT
from registry.models import Cooperative, ImportBatch

KIND = "opening"
READ_AGAIN = "Buku berubah sejak daftar ini dibaca. Tekan Ubah tanggal atau jumlah, lalu Periksa lagi."


def _cooperative(batch: ImportBatch) -> Cooperative:
    """An old book is one cooperative's."""
    assert batch.cooperative is not None
    return batch.cooperative


def old_book(batch: ImportBatch) -> OldBook:
    """Return what was typed with the upload, or since."""
    amounts = {name: int(batch.options[name]) for name in ("pokok", "wajib", "cash", "bank")}
    return OldBook(as_of=date.fromisoformat(batch.options["as_of"]), **amounts)


def list_sums(batch: ImportBatch) -> ListSums:
    """Return what the good lines came to when they were read."""
    return ListSums(**batch.notes.get("sums", {}))


def resource(batch: ImportBatch, today: date) -> OpeningImport:
    return OpeningImport({"cooperative": batch.cooperative}, today=today)


def stage(batch: ImportBatch, lines: Lines) -> None:
    errors = json.dumps([{"line": line, "errors": said[:ERRORS_KEPT]} for line, said in lines.errors.items()])
    book, sums = stage_openings(
        cooperative=_cooperative(batch), batch_id=batch.pk, columns=lines.take_columns(), errors=errors,
        as_of=old_book(batch).as_of,
    )  # fmt: skip
    batch.notes = {"book": book, "sums": asdict(sums)}


def apply_batch(batch: ImportBatch, *, actor: Actor, now: datetime, today: date) -> dict[str, int]:
    """Raise `CannotApply` where the list and the old book differ, or the day takes no entry."""
    try:
        done = take_over_list(
            cooperative=_cooperative(batch), batch_id=batch.pk, batch_number=batch.number, judged_for=batch.notes.get("book", ""),
            old_book=old_book(batch), actor=actor, now=now, today=today,
        )  # fmt: skip
    except OtherTotals as error:
        changed = not differing(list_sums(batch), old_book(batch))
        raise CannotApply(f"{error.sentence} {READ_AGAIN}" if changed else error.sentence) from error
    except Refused as error:
        raise CannotApply(error.sentence) from error
    batch.notes |= {"entry": done.entry_id}
    return {"new": done.new, "savers": done.savers, "rupiah": done.rupiah}


def undo_batch(batch: ImportBatch, *, actor: Actor, now: datetime, today: date) -> dict[str, int]:
    """Take the entry back; people who came into the member book stay there. Raise `CannotUndo` with the reason."""
    cooperative = _cooperative(batch)
    entry = Entry.objects.get(cooperative=cooperative, pk=batch.notes["entry"])
    try:
        posted = reverse_opening_balances(
            cooperative=cooperative, entry=entry, reason=f"impor {batch.number} dibatalkan", actor=actor, now=now, today=today
        )  # fmt: skip
    except Refused as error:
        raise CannotUndo([error.sentence]) from error
    batch.notes |= {"reversal": posted.entry_id}
    return {"savers": batch.counts["applied"]["savers"]}


def words(step: str, batch: ImportBatch) -> str:
    """Say how a step ended: in people and, where nothing is posted yet, what is left to correct."""
    counts, found = batch.counts, batch.counts.get(step, {})
    if step == "applied":
        return f"Saldo awal {format_number(found['savers'])} anggota tersimpan. {format_number(found['new'])} orang baru di buku anggota."
    if step == "undone":
        return f"Saldo awal {format_number(found['savers'])} anggota dibatalkan. Anggotanya tetap di buku anggota."
    good = counts.get("new", 0) + counts.get("changed", 0)
    return (
        f"{format_number(good)} baris benar, {format_number(counts.get('same', 0))} sudah tercatat, "
        f"{format_number(counts.get('bad', 0))} perlu diperbaiki."
    )


register(
    Importer(
        kind=KIND,
        title="Saldo awal dari daftar",
        noun="saldo awal",
        namespace="finance",
        resource=resource,
        stage=stage,
        apply_batch=apply_batch,
        undo_batch=undo_batch,
        shown=("name", "number", "pokok", "wajib", "joined_on", "status"),
        given=("number", "status"),
        protect=protect,
        words=words,
    )
)
