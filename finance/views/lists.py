"""Lists of persons on paper: who printed them and when stands on them; none is kept, and printing one is written down."""

from datetime import date
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from finance import reports
from finance.forms.dues import read_day, read_month
from finance.papers_of_lists import (
    CollectionSheet,
    LateLine,
    LateList,
    MemberBook,
    MemberLine,
    Printed,
    SaverLine,
    SaversBook,
    SheetLine,
    SheetPart,
    collection_sheet_pdf,
    late_list_pdf,
    member_book_pdf,
    savers_book_pdf,
)
from finance.reports.savers import savers_of_year
from finance.reports.sheet import MonthSheet, Neighbours, SheetRow
from finance.views.dues import CASHIERS, READERS
from finance.views.receipts import pdf_response, place_of
from members.models import Member
from registry import audit
from registry.access import door
from registry.formats import format_date, format_month_short, join_months
from registry.periods import last_day


@door(CASHIERS)
def sheet_file(request: HttpRequest) -> HttpResponse:
    """The month's collection sheet as PDF: a page for each RT/RW, or of one (`?rt=`)."""
    month = read_month(request.GET.get("bulan"), request.today)
    found = reports.month_sheet(cooperative=request.place.cooperative, month=month, today=request.today)
    shown = found.only(request.GET.get("rt", ""))
    parts = tuple(_part(request, found, group) for group in shown.neighbours)
    _write_down(request, f"lembar setoran {month:%Y-%m}", len(shown.rows))
    return pdf_response(
        collection_sheet_pdf(CollectionSheet(printed(request), found.month, parts)), f"lembar-setoran-{month:%Y-%m}"
    )


def _part(request: HttpRequest, found: MonthSheet, group: Neighbours) -> SheetPart:
    everybody = len(found.neighbours) < 2
    address = (
        f"{settings.PUBLIC_URL}{reverse('finance:sheet', args=[*request.place])}"
        f"?bulan={found.month:%Y-%m}&rt={quote(group.value)}&cetak={request.today:%Y-%m-%d}"
    )
    rows = found.only(group.value).open_rows
    lines = tuple(SheetLine(row.number, row.name, _months(row), row.amount) for row in rows)
    title = (
        "Semua anggota" if everybody and not group.rt_rw else f"RT/RW {group.rt_rw}" if group.rt_rw else "Tanpa RT/RW"
    )
    return SheetPart(title, address, group.members, lines)


def _months(row: SheetRow) -> str:
    """`Nov 2026`, `Okt, Nov 2026`, or `Jan–Nov 2026, 11 bulan` where they would not fit; `Nov 2025–Nov 2026` over a year."""
    if row.months <= 3:
        return join_months(row.open_months)
    first, last = row.open_months[0], row.open_months[-1]
    begin = format_month_short(first) if first.year == last.year else join_months([first])
    return f"{begin}–{join_months([last])}, {row.months} bulan"


@door(READERS)
def arrears_file(request: HttpRequest) -> HttpResponse:
    """Who is behind as of a day (`?per=`) as PDF."""
    as_of, _ = read_day(request.GET.get("per"), request.today)
    cooperative = request.place.cooperative
    found = reports.arrears(cooperative=cooperative, as_of=as_of)
    homes = dict(
        Member.objects.of(cooperative).filter(pk__in=[row.member_id for row in found.rows]).values_list("pk", "rt_rw")
    )
    lines = tuple(
        LateLine(row.number, row.name, homes.get(row.member_id, ""), row.since, row.months, row.rupiah)
        for row in found.rows
    )
    _write_down(request, "daftar tunggakan", len(lines))
    late = LateList(printed(request), as_of, found.members, lines, tuple(found.bands))
    return pdf_response(late_list_pdf(late), f"tunggakan-{as_of:%Y-%m-%d}")


@door(READERS)
def member_book_file(request: HttpRequest) -> HttpResponse:
    """The register of members in its official columns, leavers included, as of a day (`?per=`)."""
    as_of, _ = read_day(request.GET.get("per"), request.today)
    members = Member.objects.of(request.place.cooperative).register_as_of(as_of).order_by("number")
    lines = tuple(_member_line(member, as_of) for member in members)
    _write_down(request, "buku daftar anggota", len(lines))
    return pdf_response(member_book_pdf(MemberBook(printed(request), as_of, lines)), f"buku-anggota-{as_of:%Y-%m-%d}")


def _member_line(member: Member, as_of: date) -> MemberLine:
    born = ", ".join(
        part for part in (member.birth_place, format_date(member.birth_date) if member.birth_date else "") if part
    )
    left = member.exited_on if member.exited_on and member.exited_on <= as_of else None
    home = ", ".join(part for part in (member.address, f"RT/RW {member.rt_rw}" if member.rt_rw else "") if part)
    return MemberLine(
        number=member.number_text,
        name=member.name,
        born=born,
        sex=member.sex,
        occupation=member.occupation,
        address=home,
        joined_on=member.joined_on,
        left_on=left,
        left_why=member.get_exit_reason_display() if left else "",
    )


@door(READERS)
def savings_file(request: HttpRequest) -> HttpResponse:
    """Everybody's savings in the year of a month (`?bulan=`), up to its end or today."""
    month = read_month(request.GET.get("bulan"), request.today)
    until = min(last_day(month), request.today)
    rows = savers_of_year(cooperative=request.place.cooperative, year=until.year, until=until)
    lines = tuple(SaverLine(row.number, row.name, row.opening, row.pokok, row.wajib, row.withdrawn) for row in rows)
    _write_down(request, f"buku simpanan {until.year}", len(lines))
    return pdf_response(
        savers_book_pdf(SaversBook(printed(request), until.year, until, lines)), f"buku-simpanan-{until:%Y-%m}"
    )


def printed(request: HttpRequest) -> Printed:
    """Return what the paper says of its cooperative, its printer and the moment."""
    cooperative, (place_line, place) = request.place.cooperative, place_of(request)
    return Printed(
        cooperative_name=cooperative.name,
        place_line=place_line,
        place=place,
        printed_by=f"{request.place.grant.user_name}, {request.place.grant.label}",
        printed_at=request.now,
        paper=request.place.agency.paper_size,
        practice=cooperative.is_practice,
        demo=request.place.agency.is_demo,
    )


def _write_down(request: HttpRequest, what: str, rows: int) -> None:
    audit.record(
        "print_list",
        actor=request.actor,
        now=request.now,
        subject=what,
        cooperative_id=request.place.cooperative.pk,
        rows=rows,
    )
