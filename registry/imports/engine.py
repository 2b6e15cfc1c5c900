"""The steps of an import. Read the package's docstring first."""

import json
import secrets
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from io import BytesIO

from django.db import connection, transaction
from django.db.models import Count
from django.urls import reverse

from registry import jobs
from registry.access import Actor, Place
from registry.actions.files import read_file, store_file
from registry.actions.importing import CannotUndo
from registry.imports.lines import Lines
from registry.imports.purging import forget
from registry.models import ImportBatch, ImportRow, Job, User
from registry.sheets.columns import Column, Mapping, override
from registry.sheets.errors import BadFile
from registry.sheets.guard import Upload, inspect_upload
from registry.sheets.reading import Table, open_table
from registry.sheets.resource import CleanBatch, SheetResource
from registry.sheets.writing import faulty_rows_file

State, Verdict = ImportBatch.State, ImportRow.Verdict
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ERRORS_KEPT = 6  # sentences per line


@dataclass(frozen=True)
class Importer:
    """One kind of list that can be brought in. See the package's docstring for what each function does.

    `namespace`: of the URL names `import` and `import_batch`. `noun`: "koperasi", "anggota". `shown`: keys of the
    columns in the preview (all if empty), `given`: those of them staged even where the file has no such column. `protect(clean, batch)` may replace values in `clean.columns` in place before
    they are staged. `stage(batch, lines)`, for long lists: stages all lines with their verdicts in one statement instead
    of `validate_batch`. `after_reading(batch)`: the state, where nobody need consent: APPLYING, or EXPIRED with a sentence.
    `result_url(batch, place)`: where a person goes on, if not to the preview.
    """

    kind: str
    title: str
    noun: str
    namespace: str
    resource: Callable[[ImportBatch, date], SheetResource]
    apply_batch: Callable[..., dict[str, int]]
    undo_batch: Callable[..., dict[str, int]]
    validate_batch: Callable[[ImportBatch, date], None] | None = None
    stage: Callable[[ImportBatch, Lines], None] | None = None
    shown: tuple[str, ...] = ()
    given: tuple[str, ...] = ()
    protect: Callable[[CleanBatch, ImportBatch], None] | None = None
    words: Callable[[str, ImportBatch], str] | None = None
    after_reading: Callable[[ImportBatch], str] | None = None
    result_url: Callable[[ImportBatch, Place], str] | None = None

    def columns(self, batch: ImportBatch, today: date) -> list[Column]:
        return self.resource(batch, today).import_columns()


class CannotApply(Exception):
    """What was confirmed may not be stored; nothing changed. `sentence` says why, in Indonesian."""

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        super().__init__(sentence)


IMPORTERS: dict[str, Importer] = {}


def register(importer: Importer) -> None:
    """Make an importer known; called once, when its app starts."""
    IMPORTERS[importer.kind] = importer


# --- What the pages ask for -----------------------------------------------------------------------


@transaction.atomic
def upload(
    *, kind: str, place: Place, name: str, content: bytes, options: dict, actor: Actor, user: User, now: datetime
) -> ImportBatch:
    """Keep an uploaded file and let a job read it. Raises `BadFile` at once for what is no spreadsheet."""
    with inspect_upload(content, name) as checked:
        suffix = checked.kind
    content_type = XLSX if suffix == "xlsx" else "text/csv"
    stored = store_file(
        place=place, name=f"impor-{kind}.{suffix}", content=content, content_type=content_type, actor=actor, now=now
    )
    batch = ImportBatch.objects.create(
        agency=place.agency,
        cooperative=place.cooperative,
        number=secrets.token_hex(8),
        kind=kind,
        file=stored,
        options=options,
        remembered=_remembered(kind, place),
        made_by=user.pk,
        made_by_name=actor.name,
        made_at=now,
    )
    _ask("import.read", batch, place=place, user=user, now=now)
    return batch


@transaction.atomic
def start_reading(
    *, batch: ImportBatch, choices: dict[int, str], place: Place, user: User, now: datetime, today: date
) -> None:
    """Read the file again with the columns the person chose: position -> key, "" for unused.

    Raises ValueError with a sentence when the choice cannot be, and when the batch is already stored.
    """
    if batch.state not in (State.COLUMNS, State.READ):
        raise ValueError("Daftar ini sedang dikerjakan atau sudah tersimpan.")
    columns = IMPORTERS[batch.kind].columns(batch, today)
    chosen = override(mapping_of(batch), columns, choices)
    if chosen.missing:
        raise ValueError(f"Kolom ini masih diperlukan: {', '.join(chosen.missing)}.")
    batch.mapping = _stored_mapping(chosen, batch.mapping.get("sheet", ""), batch.mapping.get("header_row", 0))
    batch.mapping["confirmed"] = True
    batch.remembered = chosen.to_remember()
    batch.state = State.READING
    batch.save(update_fields=["mapping", "remembered", "state"])
    _ask("import.read", batch, place=place, user=user, now=now)


@transaction.atomic
def start_again(*, batch: ImportBatch, options: dict, place: Place, user: User, now: datetime) -> bool:
    """Read the file again with other `options`, what was asked with the upload. False if it is stored or being worked on."""
    if not ImportBatch.objects.filter(pk=batch.pk, agency=place.agency, state=State.READ).update(options=options):
        return False
    return _advance(batch, State.READ, State.READING, "import.read", place, user, now)


@transaction.atomic
def start_apply(*, batch: ImportBatch, place: Place, user: User, now: datetime) -> bool:
    """Let a job store the good rows. False if somebody already did."""
    return _advance(batch, State.READ, State.APPLYING, "import.apply", place, user, now)


@transaction.atomic
def start_undo(*, batch: ImportBatch, place: Place, user: User, now: datetime) -> bool:
    """Let a job take the stored rows back. False if there is nothing to take back."""
    return _advance(batch, State.APPLIED, State.UNDOING, "import.undo", place, user, now)


def may_apply(batch: ImportBatch) -> bool:
    """True when something new or changed waits for confirmation."""
    return batch.state == State.READ and bool(batch.counts.get(Verdict.NEW) or batch.counts.get(Verdict.CHANGED))


def may_undo(batch: ImportBatch) -> bool:
    return batch.state == State.APPLIED


def latest(kind: str, place: Place, count: int = 5) -> list[ImportBatch]:
    """Return the latest lists of this kind uploaded in this place, newest first."""
    return list(_here(kind, place).order_by("-made_at")[:count])


def mapping_of(batch: ImportBatch) -> Mapping:
    """Return the columns as found or chosen."""
    stored = batch.mapping
    return Mapping(
        by_index={int(index): key for index, key in stored.get("by_index", {}).items()},
        headings=tuple(stored.get("headings", ())),
        unmatched=tuple((index, heading) for index, heading in stored.get("unmatched", ())),
        missing=tuple(stored.get("missing", ())),
        guessed=frozenset(stored.get("guessed", ())),
    )


def _here(kind: str, place: Place):
    return ImportBatch.objects.filter(agency=place.agency, cooperative=place.cooperative, kind=kind)


def _remembered(kind: str, place: Place) -> dict:
    last = (
        _here(kind, place).exclude(state__in=[State.READING, State.FAILED, State.EXPIRED]).order_by("-made_at").first()
    )
    return last.remembered if last else {}


def _advance(
    batch: ImportBatch, before: str, after: str, job_kind: str, place: Place, user: User, now: datetime
) -> bool:
    changed = ImportBatch.objects.filter(pk=batch.pk, agency=place.agency, state=before).update(
        state=after, sentence=""
    )
    if changed:
        batch.state = after
        _ask(job_kind, batch, place=place, user=user, now=now)
    return bool(changed)


def _ask(job_kind: str, batch: ImportBatch, *, place: Place, user: User, now: datetime) -> Job:
    job = jobs.ask(job_kind, place=place, user=user, now=now, arguments={"batch": batch.number})
    batch.job = job.number
    batch.save(update_fields=["job"])
    return job


# --- Jobs -----------------------------------------------------------------------------------------


@jobs.kind("import.read", title="Membaca daftar")
def read(work: jobs.Work) -> None:
    """Read the file into the staging rows and judge them."""
    with work.transaction():
        batch = _batch(work)
        importer, content = IMPORTERS[batch.kind], read_file(batch.file)
    work.progress(5, "Membuka berkas")
    try:
        with inspect_upload(content) as checked, work.transaction():
            table = _open(checked, importer, batch, work.today)
            if table is None:
                batch.state = State.COLUMNS
                batch.save()
            else:
                lines = _stage(importer, batch, table, checked, work.today)
                _count(batch, table)
                _write_faults(batch, importer, lines, work)
                batch.state = importer.after_reading(batch) if importer.after_reading else State.READ
                batch.save()
                if batch.state == State.EXPIRED:
                    forget(batch, work.now)
    except BadFile as error:
        _fail(work, batch, error.sentence, State.FAILED)
        raise jobs.Stop(error.sentence) from error
    except Exception:
        _fail(
            work, batch, "Daftar ini belum dapat dibaca karena gangguan pada sistem. Silakan unggah lagi.", State.FAILED
        )
        raise
    if batch.state == State.APPLYING:
        apply(work)
        return
    asked = batch.sentence or "Cocokkan kolomnya dahulu."
    work.finish(
        _words("read", batch, importer) if batch.state == State.READ else asked,
        result=_result(batch, importer, work.place),
    )


@jobs.kind("import.apply", title="Menyimpan daftar")
def apply(work: jobs.Work) -> None:
    """Store what the person confirmed, in one transaction."""
    with work.transaction():
        batch = _batch(work)
    importer = IMPORTERS[batch.kind]
    if batch.state != State.APPLYING:
        raise jobs.Stop("Daftar ini sudah disimpan atau dibatalkan.")
    work.progress(20, "Menyimpan baris")
    try:
        with work.transaction():
            counts = importer.apply_batch(batch, actor=work.actor, now=work.now, today=work.today)
            batch.counts["applied"] = counts
            batch.state, batch.applied_at = State.APPLIED, work.now
            batch.save()
            forget(batch, work.now)
    except CannotApply as error:
        _fail(work, batch, error.sentence, State.READ)
        raise jobs.Stop(error.sentence, _result(batch, importer, work.place)) from error
    except Exception:
        _fail(work, batch, "Belum tersimpan karena gangguan pada sistem. Tidak ada data yang berubah.", State.READ)
        raise
    work.finish(_words("applied", batch, importer), result=_result(batch, importer, work.place))


@jobs.kind("import.undo", title="Membatalkan impor")
def undo(work: jobs.Work) -> None:
    """Take back what an import stored, or say what refers to it."""
    with work.transaction():
        batch = _batch(work)
    importer = IMPORTERS[batch.kind]
    if batch.state != State.UNDOING:
        raise jobs.Stop("Impor ini tidak sedang dibatalkan.")
    work.progress(20, "Memeriksa apa yang bergantung pada daftar ini")
    try:
        with work.transaction():
            counts = importer.undo_batch(batch, actor=work.actor, now=work.now, today=work.today)
            batch.counts["undone"] = counts
            batch.state, batch.undone_at = State.UNDONE, work.now
            batch.save()
            forget(batch, work.now)
    except CannotUndo as error:
        _fail(work, batch, _listed(error.reasons), State.APPLIED)
        sentence = "Impor ini tidak dapat dibatalkan karena sudah dipakai. Lihat daftarnya."
        raise jobs.Stop(sentence, _result(batch, importer, work.place)) from error
    except Exception:
        _fail(work, batch, "Belum dibatalkan karena gangguan pada sistem. Tidak ada data yang berubah.", State.APPLIED)
        raise
    work.finish(_words("undone", batch, importer), result=_result(batch, importer, work.place))


def _batch(work: jobs.Work) -> ImportBatch:
    return ImportBatch.objects.select_related("file", "fault_file", "agency", "cooperative").get(
        number=work.arguments["batch"], agency=work.place.agency, cooperative=work.place.cooperative
    )


def _fail(work: jobs.Work, batch: ImportBatch, sentence: str, state: str) -> None:
    with work.transaction():
        ImportBatch.objects.filter(pk=batch.pk).update(state=state, sentence=sentence[:400])
        if state == State.FAILED:
            batch.refresh_from_db()
            forget(batch, work.now)


def _listed(reasons: Sequence[str]) -> str:
    shown = " ".join(reasons[:4])
    return shown if len(reasons) <= 4 else f"{shown} Dan {len(reasons) - 4} lainnya."


def _result(batch: ImportBatch, importer: Importer, place: Place) -> dict:
    own = importer.result_url if batch.state in (State.APPLIED, State.EXPIRED) else None
    url = own(batch, place) if own else reverse(f"{importer.namespace}:import_batch", args=[*place, batch.number])
    return {"url": url, "label": "Lihat hasilnya"}


def _words(step: str, batch: ImportBatch, importer: Importer) -> str:
    if importer.words:
        return importer.words(step, batch)
    found = batch.counts.get(step, batch.counts)
    if step == "applied":
        return f"{found.get('new', 0)} {importer.noun} baru, {found.get('changed', 0)} berubah."
    if step == "undone":
        return f"{found.get('removed', 0)} {importer.noun} dihapus, {found.get('restored', 0)} dikembalikan."
    return (
        f"{found.get(Verdict.NEW, 0)} {importer.noun} baru, {found.get(Verdict.CHANGED, 0)} berubah, "
        f"{found.get(Verdict.SAME, 0)} tidak berubah, {found.get(Verdict.BAD, 0)} baris perlu diperbaiki."
    )


# --- Reading --------------------------------------------------------------------------------------


def _open(checked: Upload, importer: Importer, batch: ImportBatch, today: date) -> Table | None:
    """The list in the file with its columns; None when the person must match them first.

    A first look asks for nothing, so that an unknown heading leads to the page of columns and not to an error.
    """
    columns = importer.columns(batch, today)
    if not batch.mapping.get("confirmed"):
        lenient = [replace(column, required=False) for column in columns]
        seen = open_table(checked, lenient, remembered=batch.remembered)
        missing = [column.label for column in columns if column.required and column.key not in seen.mapping.by_key]
        mapping = replace(seen.mapping, missing=tuple(missing))
        batch.mapping = _stored_mapping(mapping, seen.sheet, seen.header_row)
        if missing or mapping.guessed:
            return None
        batch.remembered = batch.remembered | mapping.to_remember()
    return open_table(checked, columns, remembered=batch.remembered, mapping=mapping_of(batch))


def _stored_mapping(mapping: Mapping, sheet: str, header_row: int) -> dict:
    return {
        "sheet": sheet,
        "header_row": header_row,
        "headings": list(mapping.headings),
        "by_index": {str(index): key for index, key in mapping.by_index.items()},
        "unmatched": [list(pair) for pair in mapping.unmatched],
        "missing": list(mapping.missing),
        "guessed": sorted(mapping.guessed),
    }


_STAGE = """
INSERT INTO registry_importrow (agency_id, cooperative_id, batch_id, number, data, errors, verdict)
SELECT %s, %s, %s, row.number, row.data, row.errors, CASE WHEN row.errors = '[]'::jsonb THEN 'new' ELSE 'bad' END
FROM jsonb_to_recordset(%s::jsonb) AS row (number int, data jsonb, errors jsonb)
"""


def _stage(importer: Importer, batch: ImportBatch, table: Table, checked: Upload, today: date) -> Lines:
    """Clean the rows, write them to the staging table and judge them. Returns them with their cells as they stood."""
    ImportRow.objects.filter(agency=batch.agency_id, cooperative=batch.cooperative_id, batch=batch.pk).delete()
    lines = Lines()
    for clean in importer.resource(batch, today).clean_batches(table.rows):
        if importer.protect:
            importer.protect(clean, batch)
        if importer.stage:
            lines.add(clean)
        else:
            lines.keep_cells(clean)
            _write(batch, clean)
    checked.parsed = None  # a large sheet; what follows needs the memory
    if importer.stage:
        importer.stage(batch, lines)
    else:
        importer.validate_batch(batch, today)
    return lines


def _write(batch: ImportBatch, clean: CleanBatch) -> None:
    """Stage some thousand lines, not judged yet."""
    keys = list(clean.columns)
    rows = [
        {
            "number": number,
            "data": {key: value for key, value in zip(keys, values, strict=True) if value is not None},
            "errors": clean.errors.get(number, [])[:ERRORS_KEPT],
        }
        for number, *values in zip(clean.numbers, *clean.columns.values(), strict=True)
    ]
    with connection.cursor() as cursor:
        cursor.execute(_STAGE, [batch.agency_id, batch.cooperative_id, batch.pk, json.dumps(rows, default=_plain)])


def _plain(value: object) -> str:
    """Dates as 2026-11-21; models by their key; nothing else needs a word."""
    return value.isoformat() if isinstance(value, date) else str(getattr(value, "pk", value))


def _count(batch: ImportBatch, table: Table) -> None:
    rows = ImportRow.objects.filter(agency=batch.agency_id, cooperative=batch.cooperative_id, batch=batch.pk)
    verdicts = dict(rows.order_by().values_list("verdict").annotate(n=Count("pk")))
    reasons = Counter(skipped.reason for skipped in table.skipped)
    batch.counts = {**verdicts, "total": sum(verdicts.values()), "skipped": dict(reasons), "blank": table.blank}


def _write_faults(batch: ImportBatch, importer: Importer, lines: Lines, work: jobs.Work) -> None:
    """The bad lines as they stood in the file, with a column Kesalahan in front."""
    batch.fault_file = None
    rows = ImportRow.objects.filter(
        agency=batch.agency_id, cooperative=batch.cooperative_id, batch=batch.pk, verdict=Verdict.BAD
    )
    errors = dict(rows.values_list("number", "errors"))
    if not errors:
        return
    kinds = {column.key: column.kind for column in importer.columns(batch, work.today)}
    texts = [index for index, key in mapping_of(batch).by_index.items() if kinds.get(key) == "identifier"]
    target = BytesIO()
    faulty_rows_file(target, batch.mapping["headings"], lines.cells(errors), errors, texts)
    batch.fault_file = store_file(
        place=work.place,
        name=f"perlu-diperbaiki-{importer.noun.replace(' ', '-')}.xlsx",
        content=target.getvalue(),
        content_type=XLSX,
        actor=work.actor,
        now=work.now,
    )
