"""Coverage of bimtek: how many are trained, who is not, on the page and as a file."""

from io import BytesIO
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from registry.access import door
from registry.formats import format_date, format_moment
from registry.forms.training import CoverageForm
from registry.models import Officer, Place, Programme, TrainingAttendance
from registry.models.accounts import DINAS_KINDS
from registry.reports import coverage as reports
from registry.reports import training as sessions
from registry.sheets.columns import Column
from registry.sheets.writing import write_csv, write_xlsx
from registry.views.listing import FILE_TYPES
from registry.views.training import training_tabs

PER_PAGE = 50
COLUMNS = [
    Column("name", "Nama", width=28),
    Column("post", "Jabatan", width=24),
    Column("cooperative", "Koperasi", width=36),
    Column("district", "Kecamatan", width=18),
    Column("phone", "Nomor HP", kind="identifier"),
    Column("last", "Bimtek terakhir", kind="date"),
    Column("topic", "Topik terakhir", width=28),
]


@door(DINAS_KINDS)
def coverage(request: HttpRequest) -> HttpResponse:
    """Trained of all by post, kecamatan, topic and source, and the names of those still missing."""
    form, asked = asked_coverage(request)
    agency, shown = request.place.agency, form.cleaned_data.get("tampil", "") if form.is_valid() else ""
    found = reports.coverage(agency, asked, request.today)
    people = (
        reports.named(agency, asked, request.today, trained=shown == "sudah")
        if form.is_valid()
        else Officer.objects.none()
    )
    page = Paginator(people, PER_PAGE).get_page(request.GET.get("halaman"))
    kept = {name: value for name, value in form.cleaned_data.items() if value} if form.is_valid() else {}
    context = {
        "tabs": training_tabs("cakupan"), "form": form, "found": found, "page": page, "shown": shown, "definition": reports.DEFINITION,
        "query": urlencode(kept), "words": form.words if form.is_valid() else [], "rows": _with_last(agency, list(page)),
        "chips": [_chip(kept, "", "Belum terlatih", found.all.untrained), _chip(kept, "sudah", "Sudah terlatih", found.all.trained)],
        "posts": _linked(found.posts, kept, "jabatan"), "districts": _linked(found.districts, kept, "kecamatan"),
        "topics": _linked(found.topics, kept, "topik"), "sources": _linked(found.sources, kept, "sumber"),
    }  # fmt: skip
    return render(request, "registry/coverage.html", context)


def asked_coverage(request: HttpRequest) -> tuple[CoverageForm, reports.Asked]:
    """The filters of the address. An address that asks nonsense gets everything counted and nobody named."""
    agency = request.place.agency
    districts = Place.objects.filter(parent=agency.place_id, level=Place.Level.DISTRICT).order_by("code")
    form = CoverageForm(
        request.GET, districts=list(districts), programmes=list(Programme.objects.all()), years=sessions.years(agency, request.today)
    )  # fmt: skip
    return form, form.asked if form.is_valid() else reports.Asked()


def _chip(kept: dict, value: str, label: str, count: int) -> dict:
    query = {name: one for name, one in kept.items() if name != "tampil"} | ({"tampil": value} if value else {})
    return {"label": label, "count": count, "url": f"?{urlencode(query)}", "current": kept.get("tampil", "") == value}


def _linked(parts, kept: dict, name: str) -> list[dict]:
    """Each row with the addresses of the people behind its numbers."""
    others = {key: value for key, value in kept.items() if key != "tampil"}
    found = []
    for one in parts:
        query = others | {name: one.key}
        found.append(
            {
                "part": one,
                "missing": f"?{urlencode(query)}#orang",
                "done": f"?{urlencode(query | {'tampil': 'sudah'})}#orang",
            }
        )
    return found


def _with_last(agency, officers: list[Officer]) -> list[dict]:
    """The people with the last training of each, whatever was asked."""
    rows = TrainingAttendance.objects.filter(agency=agency, officer__in=[one.pk for one in officers])
    last = {row.officer_id: row for row in rows.order_by("held_on", "pk")}
    return [{"officer": one, "last": last.get(one.pk)} for one in officers]


@door(DINAS_KINDS)
def coverage_file(request: HttpRequest, form: str) -> HttpResponse:
    """Exactly the people the page shows with the same address, in its order, as a file."""
    asked_form, asked = asked_coverage(request)
    agency = request.place.agency
    trained = asked_form.is_valid() and asked_form.cleaned_data["tampil"] == "sudah"
    people = list(reports.named(agency, asked, request.today, trained=trained)) if asked_form.is_valid() else []
    rows, target = [_cells(one) for one in _with_last(agency, people)], BytesIO()
    if form == "csv":
        write_csv(target, columns=COLUMNS, rows=rows)
    else:
        counted = reports.coverage(agency, asked, request.today)
        found = counted.all
        words = "; ".join(f"{label}: {value}" for label, value in (asked_form.words if asked_form.is_valid() else []))
        notes = [
            f"Saringan: {words or 'tidak ada'}",
            f"Terlatih {found.trained} dari {found.total} pemegang jabatan, posisi {format_date(request.today)}. {reports.DEFINITION}",
        ]
        for words, parts in (("Jabatan", counted.posts), ("Kecamatan", counted.districts)):
            notes.append(f"{words}: " + "; ".join(f"{one.label} {one.trained} dari {one.total}" for one in parts))
        kind = "sudah" if trained else "belum"
        title = f"Pengurus dan pengawas yang {kind} terlatih, {agency.government}"
        made = f"Diunduh {request.actor.name}, {format_moment(request.now)}"
        write_xlsx(target, title=title, columns=COLUMNS, rows=rows, notes=notes, made=made)
    name = f"cakupan-bimtek-{agency.slug}-{request.today:%Y-%m-%d}.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(target.getvalue(), content_type=FILE_TYPES[form], headers=headers)


def _cells(row: dict) -> list:
    one, last = row["officer"], row["last"]
    return [
        one.name, one.get_position_display(), one.cooperative.name, one.cooperative.district.name, one.phone,
        last.held_on if last else None, last.topic if last else "",
    ]  # fmt: skip
