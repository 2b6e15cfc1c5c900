"""The papers of all cooperatives: the list with its filters and its files."""

from io import BytesIO
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from registry.access import assigned_ids, door, local_day
from registry.documents import kinds_on
from registry.formats import format_date, format_moment
from registry.forms.documents import DocumentListForm
from registry.models import GrantKind, Place, Programme
from registry.models.accounts import DINAS_KINDS
from registry.reports import documents as reports
from registry.sheets.columns import Column
from registry.sheets.writing import write_csv, write_xlsx
from registry.views.listing import FILE_TYPES

READERS = DINAS_KINDS | {GrantKind.FIELD}
PER_PAGE = 50
FIELDS = {
    "district": "kecamatan", "programme": "program", "search": "cari", "kind": "jenis", "maker": "asal", "state": "keadaan",
}  # fmt: skip


@door(READERS)
@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """The papers of every cooperative, or the lack of them, filtered by the address, fifty a page."""
    form, asked, seen = asked_for(request)
    page = Paginator(seen.found, PER_PAGE).get_page(request.GET.get("halaman"))
    context = {
        "form": form, "seen": seen, "page": page, "chips": _chips(form, seen, asked), "asked": asked,
        "rows": reports.rows_of(request.place.agency, page.object_list, seen.kinds), "query": request.GET.urlencode(),
        "is_field": request.place.grant.kind == GrantKind.FIELD, "kind": seen.kinds.kinds.get(asked.kind),
        "some_filters": [name for name in FIELDS.values() if name != "keadaan" and request.GET.get(name)],
    }  # fmt: skip
    return render(request, "registry/all_documents.html", context)


@door(READERS)
@require_GET
def download(request: HttpRequest, form: str) -> HttpResponse:
    """Exactly the rows the list shows with the same address, in its order, as a file."""
    asked_form, _asked, seen = asked_for(request)
    rows = [_cells(row) for row in reports.rows_of(request.place.agency, seen.found, seen.kinds)]
    target = BytesIO()
    if form == "csv":
        write_csv(target, columns=COLUMNS, rows=rows)
    else:
        made = f"Diunduh {request.actor.name}, {format_moment(request.now)}"
        title = f"Dokumen koperasi {request.place.agency.government}"
        write_xlsx(target, title=title, columns=COLUMNS, rows=rows, notes=_notes(asked_form, seen, request), made=made)
    name = f"dokumen-{request.place.agency.slug}-{request.today:%Y-%m-%d}.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(target.getvalue(), content_type=FILE_TYPES[form], headers=headers)


# --- Steps ------------------------------------------------------------------------------------------


def asked_for(request: HttpRequest) -> tuple[DocumentListForm, reports.Asked, reports.Listing]:
    """The form of the address, what it asks for, and the rows. An address that asks nonsense gets no rows."""
    agency, grant = request.place.agency, request.place.grant
    districts = list(Place.objects.filter(parent=agency.place_id, level=Place.Level.DISTRICT).order_by("code"))
    options = {"districts": districts, "programmes": list(Programme.objects.all()), "kinds": kinds_on(request.today)}
    form = DocumentListForm(request.GET, **options)
    if not form.is_valid():
        return form, reports.Asked(), reports.listing(agency, reports.Asked(), request.today, only=())
    asked = reports.Asked(**{name: form.cleaned_data[field] for name, field in FIELDS.items()})
    only = assigned_ids(grant) if grant.kind == GrantKind.FIELD else None
    return form, asked, reports.listing(agency, asked, request.today, only)


def _chips(form: DocumentListForm, seen: reports.Listing, asked: reports.Asked) -> list[dict]:
    """The states with their counts; each keeps the other filters."""
    typed = form.cleaned_data.items() if form.is_valid() else ()
    kept = {name: value for name, value in typed if value and name != "keadaan"}
    return [
        {
            "label": label, "count": seen.at[state], "current": asked.state == state,
            "url": f"?{urlencode(kept | ({'keadaan': state} if state else {}))}",
        }
        for state, label in reports.STATES.items()
    ]  # fmt: skip


COLUMNS = [
    Column("district", "Kecamatan"), Column("village", "Desa/kelurahan"), Column("name", "Nama koperasi", width=44),
    Column("kind", "Jenis dokumen", width=30), Column("title", "Nama dokumen", width=30), Column("number", "Nomor", width=34),
    Column("issuer", "Penerbit", width=28), Column("issued", "Tanggal terbit", kind="date"), Column("until", "Berlaku sampai", kind="date"),
    Column("state", "Keadaan", width=20), Column("grade", "Grade"), Column("check", "Pemeriksaan", width=20),
    Column("maker", "Diunggah oleh", width=14), Column("made", "Tanggal unggah", kind="date"),
]  # fmt: skip


def _cells(row: reports.Row) -> list:
    here, one = row.cooperative, row.document
    first = [here.district.name, here.village.name if here.village else "", here.name, row.kind.name]
    if one is None:
        return [*first, None, None, None, None, None, row.words, None, None, None, None]
    return [
        *first, one.title, one.number, one.issuer, one.issued_on, one.valid_until, row.words, one.grade, one.get_state_display(),
        "pengurus" if one.by_cooperative else "dinas", local_day(one.made_at),
    ]  # fmt: skip


def _notes(form: DocumentListForm, seen: reports.Listing, request: HttpRequest) -> list[str]:
    """What stands under the title of a file: the filters, the day, what counts as what."""
    asked = form.cleaned_data if form.is_valid() else {}
    words = [f"{form.fields[n].label}: {dict(getattr(form.fields[n], 'choices', ())).get(v, v)}" for n, v in asked.items() if v]  # fmt: skip
    return [
        "Saringan: " + ("; ".join(words) or "semua koperasi yang masih berjalan"),
        f"Posisi {format_date(request.today)}. Yang dihitung: dokumen terakhir yang tidak dikembalikan; pada hari terakhirnya masih berlaku.",
        f"Jenis dokumen {seen.kinds.name}. Sumber: {seen.kinds.source}.",
    ]
