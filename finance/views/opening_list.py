"""The opening balances of many members from a file: the pages of every import, with the old book's sums beside the list's."""

from datetime import timedelta
from io import BytesIO

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from finance import actions
from finance.forms.opening import OldBookForm, OpeningUploadForm
from finance.jobs import KIND, list_sums, old_book
from finance.models import Books, Entry
from finance.reports.opening import without_opening
from finance.resources import OpeningImport
from finance.views.dues import CASHIERS
from registry import audit, imports
from registry.access import door
from registry.models import ImportBatch
from registry.sheets.writing import template_file
from registry.views.imports import XLSX, Pages

UNKEPT = ("sukarela", "berjangka", "manasuka", "pinjaman")  # what old lists hold and this entry does not


def _without_books(request: HttpRequest) -> HttpResponse | None:
    """Books come first: the rates say what a pokok is."""
    books = Books.objects.filter(cooperative=request.place.cooperative)
    return None if books.exists() else redirect("finance:rates", *request.place)


def _asked(request: HttpRequest) -> dict:
    books = Books.objects.get(cooperative=request.place.cooperative)
    first = books.closed_through + timedelta(days=1) if books.closed_through else books.opened_on
    return {"books": books, "initial": {"as_of": first}}


def _more(request: HttpRequest, batch: ImportBatch) -> dict:
    """The old book beside the list; whether they agree; and what became of the list in the journal."""
    if not batch.options:
        return {}
    said, listed = old_book(batch), list_sums(batch)
    differences = actions.differing(listed, said)
    cooperative = request.place.cooperative
    entries = Entry.objects.filter(
        cooperative=cooperative, pk__in=[batch.notes[key] for key in ("entry", "reversal") if key in batch.notes]
    )
    waiting = imports.may_apply(batch)
    if batch.state == ImportBatch.State.READ and not waiting:  # nothing new: nothing to compare
        return {}
    return {
        "said": said,
        "listed": listed,
        "kinds": [("Pokok", listed.pokok, said.pokok), ("Wajib", listed.wajib, said.wajib)],
        "differences": differences if waiting else [],
        "agrees": waiting and not differences,
        "may_apply": waiting and not differences,
        "may_correct": waiting,
        "old_book_url": reverse("finance:old_book", args=[*request.place, batch.number]),
        "entries": list(entries.order_by("pk")),
        "unkept": [
            heading
            for _, heading in imports.mapping_of(batch).unmatched
            if any(word in heading.lower() for word in UNKEPT)
        ],
    }


OPENINGS = Pages(
    kind=KIND,
    doors=frozenset(CASHIERS),
    list_view="finance:opening",
    form=OpeningUploadForm,
    hint="Daftar Anda boleh diunggah seperti adanya: nama atau nomor anggota, pokok, dan wajib sampai tanggal saldo. Anggota yang belum "
    "ada di buku ikut dicatat bila kolom L/P terisi; tanggal masuk yang kosong dianggap tanggal saldo.",
    verdicts={"new": "Anggota baru", "changed": "Anggota lama", "same": "Sudah tercatat"},
    stored="Baris-baris ini sudah menjadi saldo awal, jadi tidak disimpan lagi di sini.",
    filled="finance:opening_filled",
    part="finance/_opening_list.html",
    first=_without_books,
    asked=_asked,
    more=_more,
)


@door(CASHIERS)
def opening_filled(request: HttpRequest) -> HttpResponse:
    """The list to fill in, with everybody of the member book who has no opening balance yet."""
    cooperative = request.place.cooperative
    rows = without_opening(cooperative)
    target = BytesIO()
    template_file(
        target, title="Saldo awal simpanan anggota", columns=OpeningImport.import_columns(), rows=rows,
        notes=[cooperative.name, "Isi pokok dan wajib yang sudah dibayar sampai tanggal saldo. Kosong berarti nol."],
    )  # fmt: skip
    audit.record(
        "export_members", actor=request.actor, now=request.now, subject="daftar saldo awal", cooperative_id=cooperative.pk,
        rows=len(rows), form="xlsx",
    )  # fmt: skip
    headers = {"Content-Disposition": f'attachment; filename="saldo-awal-{cooperative.slug}.xlsx"'}
    return HttpResponse(target.getvalue(), content_type=XLSX, headers=headers)


@door(CASHIERS)
def old_book_again(request: HttpRequest, number: str) -> HttpResponse:
    """Put right what was typed from the old book; the list is read again and nothing has to be uploaded twice."""
    batch = ImportBatch.objects.filter(
        number=number, agency=request.place.agency, cooperative=request.place.cooperative, kind=KIND
    ).first()
    if batch is None:
        raise Http404
    back = redirect("finance:import_batch", *request.place, batch.number)
    if batch.state != ImportBatch.State.READ:
        return back
    books = Books.objects.get(cooperative=request.place.cooperative)
    form = OldBookForm(request.POST or None, today=request.today, books=books, initial=batch.options)
    if request.method == "POST" and form.is_valid():
        options = batch.options | form.options
        if imports.start_again(batch=batch, options=options, place=request.place, user=request.user, now=request.now):  # type: ignore[arg-type]
            return redirect("registry:cooperative_job", *request.place, batch.job)
        messages.warning(request, "Daftar ini sudah disimpan atau sedang dikerjakan.")
        return back
    context = {"form": form, "batch": batch, "listed": list_sums(batch)}
    return render(request, "finance/old_book.html", context, status=422 if form.is_bound else 200)
