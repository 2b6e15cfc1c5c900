"""The pages of an import, the same for every list: upload, columns, preview, confirm, undo.

`import_paths` makes the addresses of one importer for one group of people:

    urlpatterns = [*import_paths("<slug:dinas>/koperasi/impor/", COOPERATIVES)]
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from io import BytesIO

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST

from registry import imports
from registry.access import door
from registry.formats import format_date, format_number
from registry.forms.imports import ColumnsForm, CooperativeUploadForm, UploadForm
from registry.imports.purging import DAYS_TO_DECIDE, faults_go_at
from registry.models import GrantKind, ImportBatch, ImportRow
from registry.sheets.columns import Column
from registry.sheets.errors import BadFile
from registry.sheets.writing import template_file
from registry.views.listing import WRITERS

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
VERDICTS = (("new", "Baru"), ("changed", "Berubah"), ("same", "Tidak berubah"), ("bad", "Perlu diperbaiki"))
PAGE_SIZE = 50


@dataclass(frozen=True)
class Pages:
    """One importer's pages: for whom, which form asks for the file, where the list lives.

    What a list has besides: `first(request)` may answer instead of the page that asks for the file; `asked(request)`
    gives the form more arguments; `more(request, batch)` gives the preview more context, shown by the template `part`.
    """

    kind: str  # of the importer
    doors: frozenset[GrantKind]
    list_view: str  # the page of the list itself, e.g. "registry:cooperatives"
    form: type[UploadForm] = UploadForm
    hint: str = ""
    verdicts: Mapping[str, str] = field(default_factory=dict)  # other words for new, changed, same, bad
    stored: str = ""  # why good lines of a stored list are no longer here
    filled: str = ""  # name of the address of a list already filled in as far as known
    part: str = ""
    first: Callable[[HttpRequest], HttpResponse | None] = lambda request: None
    asked: Callable[[HttpRequest], dict] = lambda request: {}
    more: Callable[[HttpRequest, ImportBatch], dict] = lambda request, batch: {}

    @property
    def importer(self) -> imports.Importer:
        return imports.IMPORTERS[self.kind]


COOPERATIVES = Pages(
    kind="cooperatives",
    doors=WRITERS,
    list_view="registry:cooperatives",
    form=CooperativeUploadForm,
    hint="Daftar dinas boleh diunggah seperti adanya: judul di atas, baris kecamatan, jumlah, dan baris kosong dikenali sendiri.",
)


def import_paths(prefix: str, pages: Pages) -> list[URLPattern]:
    """Return the addresses of an importer's pages under `prefix`, named import, import_template, import_batch …"""
    guard = door(pages.doors)
    return [
        path(prefix, guard(lambda request: _start(request, pages)), name="import"),
        path(f"{prefix}contoh.xlsx", guard(lambda request: _template(request, pages)), name="import_template"),
        path(f"{prefix}<slug:number>/", guard(lambda request, number: _batch(request, number, pages)), name="import_batch"),
        path(f"{prefix}<slug:number>/kolom/", guard(lambda request, number: _columns(request, number, pages)), name="import_columns"),
        path(f"{prefix}<slug:number>/simpan/", guard(require_POST(lambda request, number: _apply(request, number, pages))), name="import_apply"),
        path(f"{prefix}<slug:number>/batalkan/", guard(require_POST(lambda request, number: _undo(request, number, pages))), name="import_undo"),
    ]  # fmt: skip


def _start(request: HttpRequest, pages: Pages) -> HttpResponse:
    """Ask for the file; show what was uploaded before."""
    if answer := pages.first(request):
        return answer
    asked = pages.asked(request)
    form = pages.form(today=request.today, **asked)
    if request.method == "POST":
        form = pages.form(request.POST, request.FILES, today=request.today, **asked)
        if form.is_valid() and (batch := _upload(request, form, pages)):
            return redirect(_job_url(request, batch))
    context = {"form": form, "batches": imports.latest(pages.kind, request.place)}
    return _render(request, "registry/import.html", context, pages, status=422 if form.is_bound else 200)


def _upload(request: HttpRequest, form: UploadForm, pages: Pages) -> ImportBatch | None:
    file = form.cleaned_data["berkas"]
    try:
        return imports.upload(
            kind=pages.kind,
            place=request.place,
            name=file.name or "",
            content=file.read(),
            options=form.options,
            actor=request.actor,
            user=request.user,
            now=request.now,
        )
    except BadFile as error:
        form.add_error("berkas", error.sentence)
        return None


def _template(request: HttpRequest, pages: Pages) -> HttpResponse:
    """The empty list to fill in."""
    importer = pages.importer
    nobody = ImportBatch(agency=request.place.agency, cooperative=request.place.cooperative, kind=pages.kind)
    target = BytesIO()
    template_file(target, title=importer.title, columns=importer.columns(nobody, request.today))
    headers = {"Content-Disposition": f'attachment; filename="contoh-{importer.noun.replace(" ", "-")}.xlsx"'}
    return HttpResponse(target.getvalue(), content_type=XLSX, headers=headers)


def _batch(request: HttpRequest, number: str, pages: Pages) -> HttpResponse:
    """The preview: what was found, line by line; after confirming, the proof."""
    batch = _found(request, number, pages)
    if batch.state in (ImportBatch.State.READING, ImportBatch.State.APPLYING, ImportBatch.State.UNDOING):
        return redirect(_job_url(request, batch))
    if batch.state == ImportBatch.State.COLUMNS:
        return redirect(_url(request, "import_columns", batch, pages))
    columns = _shown_columns(request, batch, pages)
    verdict = request.GET.get("lihat", "")
    verdict = verdict if verdict in dict(VERDICTS) else _first_verdict(batch)
    rows = ImportRow.objects.filter(
        agency=request.place.agency, cooperative=request.place.cooperative, batch=batch.pk, verdict=verdict
    )
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("halaman"))
    resource = pages.importer.resource(batch, request.today)
    context = {
        "batch": batch,
        "columns": columns,
        "page": page,
        "rows": [{"row": row, "cells": [_cell(resource, column, row.data) for column in columns]} for row in page],
        "verdict": verdict,
        "tabs": _verdict_tabs(batch, verdict, pages),
        "mapping": _mapping_pairs(request, batch, pages),
        "faults_go_at": faults_go_at(batch),
        "days_to_decide": DAYS_TO_DECIDE,
        "why_empty": _why_empty(batch, verdict, pages),
        "may_apply": imports.may_apply(batch),
        "may_undo": imports.may_undo(batch),
        "storing": batch.counts.get("new", 0) + batch.counts.get("changed", 0),
    }
    return _render(request, "registry/import_batch.html", context | pages.more(request, batch), pages)


def _columns(request: HttpRequest, number: str, pages: Pages) -> HttpResponse:
    """Say which column of the file is which of ours."""
    batch = _found(request, number, pages)
    if batch.state not in (ImportBatch.State.COLUMNS, ImportBatch.State.READ):
        return redirect(_url(request, "import_batch", batch, pages))
    columns = pages.importer.columns(batch, request.today)
    form = ColumnsForm(request.POST or None, mapping=imports.mapping_of(batch), columns=columns)
    if form.is_bound and form.is_valid():
        try:
            imports.start_reading(
                batch=batch,
                choices=form.choices,
                place=request.place,
                user=request.user,
                now=request.now,
                today=request.today,
            )
        except ValueError as error:
            form.add_error(None, str(error))
        else:
            return redirect(_job_url(request, batch))
    context = {"batch": batch, "form": form, "missing": batch.mapping.get("missing", [])}
    return _render(request, "registry/import_columns.html", context, pages, status=422 if form.is_bound else 200)


def _apply(request: HttpRequest, number: str, pages: Pages) -> HttpResponse:
    """Confirm: store the good lines."""
    batch = _found(request, number, pages)
    if not imports.start_apply(batch=batch, place=request.place, user=request.user, now=request.now):
        messages.warning(request, "Daftar ini sudah disimpan atau sedang dikerjakan.")
        return redirect(_url(request, "import_batch", batch, pages))
    return redirect(_job_url(request, batch))


def _undo(request: HttpRequest, number: str, pages: Pages) -> HttpResponse:
    """Take the stored lines back."""
    batch = _found(request, number, pages)
    if not imports.start_undo(batch=batch, place=request.place, user=request.user, now=request.now):
        messages.warning(request, "Tidak ada yang dapat dibatalkan dari daftar ini.")
        return redirect(_url(request, "import_batch", batch, pages))
    return redirect(_job_url(request, batch))


# --- Parts ----------------------------------------------------------------------------------------


def _found(request: HttpRequest, number: str, pages: Pages) -> ImportBatch:
    batch = ImportBatch.objects.filter(
        number=number, agency=request.place.agency, cooperative=request.place.cooperative, kind=pages.kind
    ).select_related("agency", "file", "fault_file").first()  # fmt: skip
    if batch is None:
        raise Http404
    return batch


def _render(request: HttpRequest, template: str, context: dict, pages: Pages, status: int = 200) -> HttpResponse:
    in_cooperative = request.place.cooperative is not None
    importer = pages.importer
    batch = context.get("batch")
    urls = {"start": reverse(f"{importer.namespace}:import", args=[*request.place]),
            "template": reverse(f"{importer.namespace}:import_template", args=[*request.place]),
            "list": reverse(pages.list_view, args=[*request.place])}  # fmt: skip
    if batch:
        urls |= {name: _url(request, f"import_{name}", batch, pages) for name in ("batch", "columns", "apply", "undo")}
        theirs = not batch.cooperative_id or batch.made_by == request.user.pk  # of a cooperative's list: theirs alone
        if batch.fault_file and not batch.fault_file.gone_at and theirs:
            urls["faults"] = _file_url(request, batch.fault_file_id)
    layout = "layouts/task.html" if in_cooperative else "layouts/desk.html"
    if pages.filled:
        urls["filled"] = reverse(pages.filled, args=[*request.place])
    more = {
        "layout": layout,
        "pages": pages,
        "pad": "pad" if in_cooperative else "",
        "in_cooperative": in_cooperative,
        "importer": importer,
        "needs_no_consent": importer.after_reading is not None,
        "urls": urls,
    }
    rows = [{"batch": one, "url": _url(request, "import_batch", one, pages)} for one in context.get("batches", ())]
    return render(request, template, context | more | {"batch_rows": rows}, status=status)


def _url(request: HttpRequest, name: str, batch: ImportBatch, pages: Pages) -> str:
    return reverse(f"{pages.importer.namespace}:{name}", args=[*request.place, batch.number])


def _job_url(request: HttpRequest, batch: ImportBatch) -> str:
    name = "registry:cooperative_job" if request.place.cooperative else "registry:job"
    return reverse(name, args=[*request.place, batch.job])


def _file_url(request: HttpRequest, number: int) -> str:
    name = "registry:cooperative_file" if request.place.cooperative else "registry:file"
    return reverse(name, args=[*request.place, number])


def _shown_columns(request: HttpRequest, batch: ImportBatch, pages: Pages) -> list[Column]:
    """The columns of the preview: those of the importer that the file has, or can have from group lines."""
    columns = pages.importer.columns(batch, request.today)
    present = set(batch.mapping.get("by_index", {}).values()) | {one.key for one in columns if one.group_words}
    present |= set(pages.importer.given)
    by_key = {one.key: one for one in columns}
    return [by_key[key] for key in pages.importer.shown or by_key if key in present]


def _cell(resource, column: Column, data: dict) -> dict:
    """A staged value as people read it."""
    value, is_number = data.get(column.key), column.kind in ("integer", "rupiah")
    if value is None:
        return {"text": "", "number": is_number}
    if column.kind == "date":
        return {"text": format_date(date.fromisoformat(value)), "number": False}
    text = format_number(value) if is_number else resource.fields[column.key].widget.show(value)
    return {"text": text, "number": is_number}


def _why_empty(batch: ImportBatch, verdict: str, pages: Pages) -> str:
    if not batch.counts.get(verdict):
        return "Tidak ada baris seperti ini."
    if batch.state == ImportBatch.State.APPLIED and verdict != "bad" and pages.stored:
        return pages.stored
    if batch.state == ImportBatch.State.APPLIED and verdict in ("new", "same"):
        return f"Baris-baris ini sudah ada di daftar {pages.importer.noun}, jadi tidak disimpan lagi di sini."
    return "Baris-baris ini sudah dihapus bersama berkasnya."


def _first_verdict(batch: ImportBatch) -> str:
    order = ("bad", "new", "changed", "same")
    return next((verdict for verdict in order if batch.counts.get(verdict)), "new")


def _verdict_tabs(batch: ImportBatch, current: str, pages: Pages) -> Iterable[dict]:
    return [
        {
            "label": pages.verdicts.get(key, label),
            "url": f"?lihat={key}",
            "count": batch.counts.get(key, 0),
            "current": key == current,
        }
        for key, label in VERDICTS
    ]


def _mapping_pairs(request: HttpRequest, batch: ImportBatch, pages: Pages) -> list[tuple[str, str]]:
    labels = {column.key: column.label for column in pages.importer.columns(batch, request.today)}
    mapping = imports.mapping_of(batch)
    used = [(labels.get(key, key), mapping.headings[index]) for index, key in mapping.by_index.items()]
    return [*used, *(("Tidak dipakai", heading) for _, heading in mapping.unmatched)]
