"""The monthly report: its months, the preview with its checks, publishing, the frozen files."""

from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from koperasi.forms import PublishForm, SignatoryForm
from koperasi.jobs import REPORT
from koperasi.reports.board import Board
from koperasi.reports.figures import Period
from koperasi.reports.fill_monthly import PaperFacts, fill, numbers_mark, signatory_on
from koperasi.reports.monthly import MAX_DECISIONS, Check, MonthlyReport, Signatory
from koperasi.reports.published import report_of, revisions
from koperasi.reports.worklist import REPORT_DAY
from registry import jobs
from registry.access import door
from registry.actions import name_signatory
from registry.actions.files import read_file
from registry.formats import format_date
from registry.models import GrantKind, PublishedReport
from registry.models.accounts import DINAS_KINDS
from registry.periods import add_months

READERS = DINAS_KINDS | {GrantKind.EXECUTIVE}
MONTHS_LISTED = 12


@dataclass(frozen=True)
class MonthRow:
    """A month of the list: what is published, or until when it is due."""

    month: date
    url: str
    words: str
    state: str
    badge: str


@door(READERS)
def reports(request: HttpRequest) -> HttpResponse:
    """The months, the newest first. The head of region sees what is published."""
    agency = request.place.agency
    rows = PublishedReport.objects.filter(agency=agency, kind="monthly").order_by("period", "revision")
    published = {row.period: row for row in rows.defer("snapshot")}
    months = [add_months(request.today.replace(day=1), -back) for back in range(MONTHS_LISTED + 1)]
    if request.place.grant.kind == GrantKind.EXECUTIVE:
        months = []
    listed = sorted({*months, *published}, reverse=True)
    return render(request, "dinas/reports.html", {
        "months": [_month_row(request, month, published.get(month)) for month in listed],
        "may_name": request.place.grant.kind in (GrantKind.DINAS_ADMIN, GrantKind.DINAS_STAFF),
    })  # fmt: skip


def _month_row(request: HttpRequest, month: date, row: PublishedReport | None) -> MonthRow:
    url = reverse("report", args=[request.place.agency.slug, month.year, month.month])
    if row:
        again = f", ralat {row.revision - 1}" if row.revision > 1 else ""
        return MonthRow(
            month, url, f"Diterbitkan {row.published_by_name}, {format_date(row.published_at)}{again}", "good", "Terbit"
        )
    due = add_months(month, 1).replace(day=REPORT_DAY)
    if month == request.today.replace(day=1):
        return MonthRow(month, url, "Bulan ini belum berakhir", "", "Berjalan")
    if month < add_months(request.today.replace(day=1), -1):  # nobody waits for it any more
        return MonthRow(month, url, "Belum diterbitkan", "", "")
    late = request.today > due
    return MonthRow(
        month,
        url,
        f"Tenggat {format_date(due)}",
        "late" if late else "soon",
        "Lewat tenggat" if late else "Siap diterbitkan",
    )


@door(GrantKind.DINAS_ADMIN, GrantKind.DINAS_STAFF)
def signatory(request: HttpRequest) -> HttpResponse:
    """Enter who signs; without a signatory no report is published."""
    form = SignatoryForm(request.POST or None, initial={"valid_from": request.today})
    if request.method == "POST" and form.is_valid():
        name_signatory(agency=request.place.agency, fields=form.cleaned_data, actor=request.actor, now=request.now)
        messages.success(request, "Penanda tangan tersimpan. Laporan berikutnya memakai nama ini.")
        return redirect("reports", *request.place)
    context = {"form": form, "present": signatory_on(request.place.agency, request.today)}
    return render(request, "dinas/signatory.html", context, status=422 if request.method == "POST" else 200)


@door(READERS)
def report(request: HttpRequest, tahun: int, bulan: int) -> HttpResponse:
    """One month: published (the frozen numbers and files) or the preview with its checks and decisions."""
    month = _month(request, tahun, bulan)
    found = revisions(request.place.agency, month)
    staff = request.place.grant.kind in DINAS_KINDS
    if found and request.method == "GET" and not (staff and "ralat" in request.GET):
        return render(request, "dinas/report.html", _published_context(request, month, found, staff))
    if not staff:
        raise Http404
    return _preview(request, month, found)


def _preview(request: HttpRequest, month: date, found: list[PublishedReport]) -> HttpResponse:
    shown, missing = _counted(request, month, found)
    checks = [*shown.checks, *missing]
    form = PublishForm(request.POST or None, initial=_initial(shown, found), correcting=bool(found))
    if request.method == "POST" and form.is_valid() and all(check.holds for check in checks):
        if form.cleaned_data["angka"] == numbers_mark(shown) and form.cleaned_data["revisi"] == shown.revision:
            return _publish(request, month, form, shown)
        messages.warning(request, "Angkanya berubah sejak halaman ini dibuka. Periksa sekali lagi, lalu terbitkan.")
        form = PublishForm(_renewed(request.POST, shown), initial=_initial(shown, found), correcting=bool(found))
    context = {
        "shown": shown,
        "month": month,
        "form": form,
        "checks": checks,
        "position_words": _position(shown),
        "ready": all(check.holds for check in checks),
        "due": add_months(month, 1).replace(day=REPORT_DAY),
        "back": reverse("report", args=[request.place.agency.slug, month.year, month.month]) if found else "",
    }
    return render(
        request,
        "dinas/report_preview.html",
        context,
        status=422 if request.method == "POST" and not form.is_valid() else 200,
    )


def _counted(request: HttpRequest, month: date, found: list[PublishedReport]) -> tuple[MonthlyReport, list[Check]]:
    """The report as it would be published now, and what else must be there before it may."""
    agency = request.place.agency
    board = Board(agency, Period.of(month, request.today))
    signs = signatory_on(agency, request.today)
    before = report_of(found[0]) if found else None
    facts = PaperFacts(
        signatory=signs or Signatory("", ""),
        published_at=request.now,
        code="",
        check_url="",
        revision=found[0].revision + 1 if found else 1,
        decisions=tuple(decision.text for decision in before.decisions) if before else None,
    )
    missing = [
        Check("Bulan sudah berakhir", not board.period.is_open),
        Check("Penanda tangan sudah diisi", signs is not None),
    ]
    return fill(board, facts, complete=False), missing


def _initial(shown: MonthlyReport, found: list[PublishedReport]) -> dict:
    texts = [decision.text for decision in shown.decisions]
    return {f"putusan{at + 1}": text for at, text in enumerate(texts)} | {
        "angka": numbers_mark(shown),
        "revisi": shown.revision,
    }


def _renewed(data, shown: MonthlyReport):
    """What was typed, with the numbers now shown."""
    renewed = data.copy()
    renewed["angka"], renewed["revisi"] = numbers_mark(shown), shown.revision
    return renewed


def _publish(request: HttpRequest, month: date, form: PublishForm, shown: MonthlyReport) -> HttpResponse:
    typed = form.cleaned_data
    arguments = {
        "month": f"{month:%Y-%m}",
        "revision": shown.revision,
        "decisions": [typed[f"putusan{at}"] for at in range(1, MAX_DECISIONS + 1) if typed[f"putusan{at}"]],
        "letter": typed["nomor"],
        "reason": typed.get("alasan", ""),
        "numbers": typed["angka"],
    }
    job = jobs.ask(REPORT, place=request.place, user=request.user, now=request.now, arguments=arguments)
    return redirect("registry:job", *request.place, job.number)


def _published_context(request: HttpRequest, month: date, found: list[PublishedReport], staff: bool) -> dict:
    shown = report_of(found[0])
    return {"row": found[0], "shown": shown, "revisions": found, "month": month, "may_correct": staff,
            "position_words": _position(shown)}  # fmt: skip


def _position(shown: MonthlyReport) -> str:
    return f"data per {format_date(shown.data_on)}"


@door(READERS)
def report_file(request: HttpRequest, tahun: int, bulan: int, revisi: int, bentuk: str) -> HttpResponse:
    """The frozen file of a revision: always the same bytes."""
    month = _month(request, tahun, bulan)
    row = next((row for row in revisions(request.place.agency, month) if row.revision == revisi), None)
    file = getattr(row, bentuk, None) if row and bentuk in ("pdf", "xlsx") else None
    if file is None:
        raise Http404
    headers = {"Content-Disposition": f'attachment; filename="{file.name}"', "Cache-Control": "private, no-store"}
    return HttpResponse(read_file(file), content_type=file.content_type, headers=headers)


def _month(request: HttpRequest, year: int, number: int) -> date:
    """The month of the address. 404 for none, one to come, or one before the books of any cooperative here."""
    try:
        month = date(year, number, 1)
    except ValueError as error:
        raise Http404 from error
    if not date(2000, 1, 1) <= month <= request.today:
        raise Http404
    return month
