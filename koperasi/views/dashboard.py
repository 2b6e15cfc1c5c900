"""Ringkasan: one measure at one month, drawn and as a table, for the dinas and for the head of region."""

from io import BytesIO

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from koperasi.forms import DashboardForm
from koperasi.reports.board import Board
from koperasi.reports.dashboard import Dashboard, numbers
from koperasi.reports.dashboard import dashboard as draw
from koperasi.reports.figures import Period
from koperasi.views.links import Addresses
from registry.access import door
from registry.formats import format_date, format_moment
from registry.models import GrantKind
from registry.models.accounts import DINAS_KINDS
from registry.sheets.columns import Column
from registry.sheets.writing import write_xlsx

READERS = DINAS_KINDS | {GrantKind.EXECUTIVE}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@door(READERS)
def dashboard(request: HttpRequest) -> HttpResponse:
    """The page. Executives see kecamatan, never a single cooperative."""
    form, board, shown = _asked(request)
    context = {
        "form": form.shown(),
        "faults": [form.fields[name].label.lower() for name in form.errors],
        "board": board,
        "shown": shown,
        "period": board.period,
        "query": request.GET.urlencode(),
        "reset": Addresses(request.place.agency.slug).dashboard(form.measure, form.month) if form.district else "",
    }
    return render(request, "dinas/dashboard.html", context)


@door(READERS)
def download(request: HttpRequest) -> HttpResponse:
    """The table of the page as a workbook: the same rows in the same order."""
    form, board, shown = _asked(request)
    measure = shown.measure
    money = "rupiah" if measure.rupiah else "integer"
    columns = [Column("name", shown.table.columns[0].label), Column("all", "Koperasi", kind="integer"), Column("known", "Ada data", kind="integer"),
               Column("part", measure.part, kind=money)]  # fmt: skip
    if not measure.counts:
        columns += [Column("whole", measure.whole, kind=money), Column("percent", "Persen", kind="percent")]
    notes = [
        shown.heading,
        shown.definition,
        shown.coverage,
        f"Posisi {format_date(board.period.as_of)}{', sementara' if board.period.is_open else ''}",
    ]
    target = BytesIO()
    write_xlsx(
        target,
        title=f"{measure.label} {shown.whole.name}",
        columns=columns,
        rows=[numbers(measure, part) for part in (*shown.parts, shown.whole)],
        notes=notes,
        made=f"Diunduh {request.actor.name}, {format_moment(request.now)}",
    )
    name = f"{form.measure}-{request.place.agency.slug}-{board.period.month:%Y-%m}.xlsx"
    return HttpResponse(
        target.getvalue(), content_type=XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def _asked(request: HttpRequest) -> tuple[DashboardForm, Board, Dashboard]:
    place = request.place
    zoom = place.grant.kind != GrantKind.EXECUTIVE
    form = DashboardForm(request.GET, agency=place.agency, today=request.today, may_zoom=zoom)
    board = Board(place.agency, Period.of(form.month, request.today))
    links = Addresses(place.agency.slug).of_dashboard(form.measure, form.month) if zoom else None
    district = form.district if form.district in board.districts else ""
    shown = draw(board, form.measure, district=district, by_village=zoom, **({"links": links} if links else {}))
    return form, board, shown
