"""The friendly word: who is behind, one text each for WhatsApp, nobody twice in a week. And the sheet for the board."""

from datetime import date, timedelta

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from finance import actions, reports
from finance.forms.dues import read_day
from finance.models import Books
from finance.notices import BoardRow, BoardSheet, board_sheet_pdf
from finance.reports.reminders import QUIET_DAYS, Reminded, reminder_log, reminder_text
from finance.views.dues import CASHIERS, READERS
from finance.views.receipts import pdf_response, place_of
from registry.access import door
from registry.formats import days_ago_words
from registry.numbers import wa_address
from registry.periods import month_of


@door(READERS)
@never_cache
def reminders(request: HttpRequest) -> HttpResponse:
    """Everybody who is behind. A text prepared today can be opened; one of this week is only named."""
    if not Books.objects.filter(cooperative=request.place.cooperative).exists():
        return render(request, "finance/no_books.html", {"may_open": request.place.grant.kind in CASHIERS})
    found = reports.reminders(cooperative=request.place.cooperative, today=request.today)
    may_prepare = request.place.grant.kind in CASHIERS
    if request.method == "POST":
        if not may_prepare:
            return render(request, "403.html", {"needed": ["bendahara", "sekretaris", "ketua"]}, status=403)
        return _prepare(request, found)
    rows = [_line(request, one, may_prepare) for one in found]
    context = {
        "rows": rows,
        "ready": sum(row["state"] == "due" for row in rows),
        "may_prepare": may_prepare,
        "quiet_days": QUIET_DAYS,
        "log": reminder_log(cooperative=request.place.cooperative),
    }
    return render(request, "finance/reminders.html", context)


def _prepare(request: HttpRequest, found: list[Reminded]) -> HttpResponse:
    """Prepare for everybody it is time for, or for the one whose button was pressed."""
    one = request.POST.get("anggota", "")
    chosen = [member.row for member in found if not one or member.row.number == one]
    made = actions.prepare_reminders(
        cooperative=request.place.cooperative, rows=chosen, actor=request.actor, now=request.now, today=request.today
    )
    if made:
        messages.success(request, f"{made} pesan siap. Tekan satu per satu untuk membukanya di WhatsApp.")
    else:
        messages.info(
            request, f"Tidak ada yang disiapkan: setiap orang diingatkan paling sering tiap {QUIET_DAYS} hari."
        )
    return redirect("finance:reminders", *request.place)


def _line(request: HttpRequest, one: Reminded, may_prepare: bool) -> dict:
    state = "ready" if one.prepared_on == request.today else "quiet" if one.is_quiet(request.today) else "due"
    link = ""
    if state == "ready" and may_prepare:
        cooperative = request.place.cooperative.short_name
        text = reminder_text(row=one.row, cooperative=cooperative, officer=request.actor.name, today=request.today)
        link = wa_address(one.phone, text)
    return {
        "row": one.row,
        "state": state,
        "link": link,
        "has_phone": bool(one.phone),
        "when": days_ago_words(one.prepared_on, request.today) if one.prepared_on else "",
        "by": one.prepared_by,
        "url": reverse("finance:statement", args=[*request.place, int(one.row.number.rpartition("-")[2])]),
    }


@door(READERS)
def board_file(request: HttpRequest) -> HttpResponse:
    """The notice-board sheet as PDF: the end of last month, or `?per=` another day. Numbers and balances, no names."""
    as_of, _ = read_day(request.GET.get("per"), request.today)
    if not request.GET.get("per"):
        as_of = last_month_end(request.today)
    cooperative = request.place.cooperative
    sheet = BoardSheet(
        cooperative_name=cooperative.name,
        place_line=place_of(request)[0],
        as_of=as_of,
        rows=tuple(
            BoardRow(one.number, one.pokok, one.wajib)
            for one in reports.savings_board(cooperative=cooperative, as_of=as_of)
        ),
        check_url=f"{settings.PUBLIC_URL}{reverse('check_start')}",
        printed_at=request.now,
        printed_by=request.place.grant.user_name,
        demo=request.place.agency.is_demo,
    )
    return pdf_response(board_sheet_pdf(sheet), f"papan-saldo-{as_of.isoformat()}")


def last_month_end(today: date) -> date:
    """Return the last day of the month before."""
    return month_of(today) - timedelta(days=1)
