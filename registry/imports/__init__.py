"""Uploaded lists: upload, match columns, preview, confirm, undo. One engine for every list of every storey.

An importer is declared once, beside its resource, and registered when its app starts (`AppConfig.ready`):

    register(Importer(
        kind="cooperatives", title="Impor daftar koperasi", namespace="registry", noun="koperasi",
        resource=lambda batch, today: CooperativeImport(scope={"agency": batch.agency}, ...),
        validate_batch=judge, apply_batch=bring_in, undo_batch=take_out,
    ))

What happens, each step as a job in the requester's place, each in one transaction:

1. `upload` stores the file and an `ImportBatch`; the job "import.read" finds the heading, matches the columns
   (remembered from the place's last file of this kind), cleans 5,000 rows at a time with `importer.resource`, lets
   `protect` hide what may not lie open (a NIK), and stages them as `ImportRow`s: bad lines with their sentences.
   An importer of long lists gives `stage` instead: all lines as columns of text, staged and judged by one statement.
2. `validate_batch(batch, today)` judges the staged rows with set-based SQL: `verdict` new, changed, same or bad,
   `subject_id` of the row it matches, more `errors`. The staged rows are the preview. The bad lines are written, as
   they came, into a file with the column Kesalahan.
3. After the person confirmed, "import.apply" calls `apply_batch(batch, actor=, now=, today=)`. It writes the new and
   changed rows, sets `subject_id` and `before` on them, and one audit row. It returns counts for the result. It raises
   `CannotApply(sentence)` when the list may not be stored as it is; then nothing changes and the preview stays.
4. "import.undo" calls `undo_batch(batch, actor=, now=, today=)`. It raises `CannotUndo([sentence, ...])` when
   something refers to what would go; then nothing changes.

Nothing of an upload stays longer than it is needed: `purging`. The same file again finds every row "same" and changes nothing. Pages: `registry.views.imports.import_paths`.
"""

from registry.imports.engine import (
    IMPORTERS,
    CannotApply,
    CannotUndo,
    Importer,
    latest,
    mapping_of,
    may_apply,
    may_undo,
    register,
    start_again,
    start_apply,
    start_reading,
    start_undo,
    upload,
)
from registry.imports.lines import Lines

__all__ = [
    "IMPORTERS",
    "CannotApply",
    "CannotUndo",
    "Importer",
    "Lines",
    "latest",
    "mapping_of",
    "may_apply",
    "may_undo",
    "register",
    "start_again",
    "start_apply",
    "start_reading",
    "start_undo",
    "upload",
]
