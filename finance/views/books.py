"""The books on screen: journal, general ledger, trial balance; and the decisions about dues."""

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from finance import actions, reports
from finance.forms.bylaws import OpenBooksForm, RateForm
from finance.forms.dues import read_day, read_month
from finance.models import Account, Books, CashMove, DuesRate, EntryDigest, EntryKind
from finance.reports.books import entry_lines, postings_of
from finance.reports.opening import standing_openings
from finance.views.dues import CASHIERS, READERS, find_entry
from registry.access import door
from registry.periods import add_months, last_day, month_of


def _until(request: HttpRequest, month: date) -> date:
    return min(last_day(month), request.today)


def _months(request: HttpRequest, books: Books | None) -> list[date]:
    """Return the months one may look at, the present one first."""
    first = books.opened_on if books else request.today
    months: list[date] = []
    month = month_of(request.today)
    while month >= first and len(months) < 120:
        months.append(month)
        month = add_months(month, -1)
    return months or [month_of(request.today)]


@door(READERS)
def journal(request: HttpRequest) -> HttpResponse:
    """Every entry of a month, newest first, summed by account."""
    cooperative = request.place.cooperative
    month = read_month(request.GET.get("bulan"), request.today)
    page = request.GET.get("halaman", "1")
    found = reports.journal(
        cooperative=cooperative,
        start=month,
        end=last_day(month),
        page=int(page) if page.isdecimal() and len(page) < 7 else 1,
    )
    books = Books.objects.filter(cooperative=cooperative).first()
    return render(
        request,
        "finance/journal.html",
        {"journal": found, "month": month, "months": _months(request, books), "books": books},
    )


@door(READERS)
def entry(request: HttpRequest, jurnal: str) -> HttpResponse:
    """One entry: who made it, each account, each posting, and its digest."""
    cooperative = request.place.cooperative
    found = find_entry(request, jurnal)
    digest = EntryDigest.objects.filter(cooperative=cooperative, entry=found).first()
    standing = found.kind == EntryKind.OPENING and standing_openings(cooperative).filter(pk=found.pk).exists()
    context = {
        "entry": found,
        "lines": entry_lines(cooperative, [found.pk]).get(found.pk, []),
        "postings": postings_of(cooperative, found)[:400],
        "digest": bytes(digest.digest).hex() if digest else "",
        "evidence": reports.evidence_of(cooperative, found.pk),
        "may_record": request.place.grant.kind in CASHIERS,
        "move": CashMove.objects.filter(cooperative=cooperative, entry=found).exists(),
        "standing_opening": standing,
        "taken_back_opening": found.kind == EntryKind.OPENING and not standing,
        "has_receipts": found.payments.filter(cooperative=cooperative, receipt__isnull=False).exists(),
    }
    return render(request, "finance/entry.html", context)


@door(READERS)
def ledger(request: HttpRequest, kode: str) -> HttpResponse:
    """One account in one month with its running balance, beside the trial balance of the same day."""
    cooperative = request.place.cooperative
    month = read_month(request.GET.get("bulan"), request.today)
    account = Account.objects.filter(cooperative=cooperative, code=kode).first()
    if account is None:
        raise Http404
    until = _until(request, month)
    balance = reports.trial_balance(cooperative=cooperative, as_of=until)
    books = Books.objects.filter(cooperative=cooperative).first()
    context = {
        "ledger": reports.ledger_account(cooperative=cooperative, account=account, month=month, end=until),
        "balance": balance,
        "accounts": Account.objects.filter(
            cooperative=cooperative, code__in=[a.code for a in balance.accounts] + [kode]
        ),
        "month": month,
        "months": _months(request, books),
        "books": books,
    }
    return render(request, "finance/ledger.html", context)


@door(READERS)
def trial_balance(request: HttpRequest) -> HttpResponse:
    """Every account with a balance, at the end of any day."""
    cooperative = request.place.cooperative
    as_of, problem = read_day(request.GET.get("per"), request.today)
    books = Books.objects.filter(cooperative=cooperative).first()
    closed = bool(books and books.closed_through and as_of <= books.closed_through)
    context = {
        "balance": reports.trial_balance(cooperative=cooperative, as_of=as_of),
        "problem": problem,
        "books": books,
        "provisional": not closed,
    }
    return render(request, "finance/trial_balance.html", context)


@door(READERS)
def rates(request: HttpRequest) -> HttpResponse:
    """What the members' meeting decided about dues, with its history; officers enter a new decision."""
    cooperative = request.place.cooperative
    may_decide = request.place.grant.kind in CASHIERS
    books = Books.objects.filter(cooperative=cooperative).first()
    if books is None:
        return _open_books(request) if may_decide else render(request, "finance/no_books.html")
    months = [add_months(month_of(request.today), n) for n in range(-1, 13)]
    form = RateForm(
        request.POST or None if may_decide else None,
        months=months,
        today=request.today,
        initial={"valid_from": month_of(request.today).isoformat()},
    )
    effect = None
    if request.method == "POST" and may_decide and form.is_valid():
        if request.POST.get("dilihat") == form.mark() and (answer := _set_rate(request, form)):
            return answer
        if not form.errors:
            chosen = {name: form.cleaned_data[name] for name in ("kind", "rupiah", "valid_from")}
            effect = reports.rate_effect(cooperative=cooperative, **chosen)
    context = {
        "form": form,
        "effect": effect,
        "mark": form.mark() if effect else "",
        "rates": DuesRate.objects.filter(cooperative=cooperative),
        "books": books,
        "may_decide": may_decide,
    }
    return render(request, "finance/rates.html", context)


def _set_rate(request: HttpRequest, form: RateForm) -> HttpResponse | None:
    try:
        actions.set_rate(
            cooperative=request.place.cooperative, **form.cleaned_data, actor=request.actor, now=request.now
        )
    except actions.RateExists:
        form.add_error("valid_from", "Sudah ada keputusan yang berlaku mulai bulan itu. Pilih bulan lain.")
    except actions.Refused as error:
        form.add_error("valid_from", error.sentence)
    else:
        return redirect("finance:rates", *request.place)
    return None


def _open_books(request: HttpRequest) -> HttpResponse:
    form = OpenBooksForm(
        request.POST or None, today=request.today, initial={"opened_on": month_of(request.today).isoformat()}
    )
    if request.method == "POST" and form.is_valid():
        data, common = (
            form.cleaned_data,
            {"cooperative": request.place.cooperative, "actor": request.actor, "now": request.now},
        )
        actions.start_books(
            **common,
            opened_on=data["opened_on"],
            pokok=data["pokok"],
            wajib=data["wajib"],
            decided_on=data["decided_on"],
            decision=data["decision"],
            instalments_make_members=data["instalments"],
        )
        return redirect("finance:dues", *request.place)
    return render(request, "finance/open_books.html", {"form": form})
