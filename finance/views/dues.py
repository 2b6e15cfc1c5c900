"""The treasurer's evening: the month sheet, one payment, and what came of them."""

import uuid
from datetime import date

from django.db.models import Case, Q, When
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from finance import actions, reports
from finance.forms.dues import NOTES, PaymentForm, SheetForm, read_day, read_month
from finance.models import Books, Channel, Entry
from finance.pasting import Pasted
from finance.reports.collections import recent_collections
from finance.reports.sheet import MonthSheet
from finance.views.sheet_rows import chips, neighbours, tick_rows
from members.models import Member
from registry.access import door
from registry.formats import format_month, format_number, format_rupiah
from registry.models import GrantKind
from registry.models.accounts import COOPERATIVE_KINDS
from registry.periods import add_months, month_of

CASHIERS = {GrantKind.TREASURER, GrantKind.SECRETARY, GrantKind.CHAIR}
LONG_HELD = 3  # days a collector may hold cash before the page says so in amber
READERS = COOPERATIVE_KINDS | {GrantKind.CASE}


@door(READERS)
def dues(request: HttpRequest) -> HttpResponse:
    """Where dues begin: this month's figures, and the ways to record."""
    cooperative = request.place.cooperative
    if not Books.objects.filter(cooperative=cooperative).exists():
        return render(request, "finance/no_books.html", {"may_open": request.place.grant.kind in CASHIERS})
    overview = reports.dues_overview(cooperative=cooperative, month=request.today)
    found = reports.month_sheet(cooperative=cooperative, month=request.today, today=request.today)
    context = {
        "month": month_of(request.today),
        "figures": dues_figures(request, overview, found),
        "collections": [row | {"url": _collection_url(request, row)} for row in recent_collections(cooperative)],
        "may_record": request.place.grant.kind in CASHIERS,
        "held": held_items(request),
    }
    return render(request, "finance/dues.html", context)


def held_items(request: HttpRequest) -> list[dict]:
    """One line of work for each who holds cash of the cooperative: how much, and since when."""
    found = reports.holders(cooperative=request.place.cooperative, today=request.today)
    return [
        {
            "title": f"{one.words} memegang {format_rupiah(one.rupiah)}",
            "why": f"Belum diserahkan, {one.age(request.today)}",
            "icon": "cash",
            "state": "soon" if one.days(request.today) >= LONG_HELD else "",
            "url": reverse("finance:cash", args=[*request.place]),
        }
        for one in found
        if one.rupiah > 0
    ]


def dues_figures(request: HttpRequest, overview: reports.DuesOverview, found: MonthSheet) -> list[dict]:
    """Return the figures of dues today: each with its denominator, its definition, and a link to its rows."""
    late = reports.arrears_of(found, request.today)
    month, members = format_month(found.month), len(found.rows)
    return [
        {
            "label": f"Lunas sampai {month}",
            "value": found.settled_count,
            "of": f"dari {format_number(members)} anggota",
            "part": found.settled_count,
            "whole": members,
            "definition": "Anggota dan calon anggota tanpa simpanan wajib terbuka sampai bulan ini.",
        },
        {
            "label": "Masih terbuka",
            "value": found.open_rupiah,
            "rupiah": True,
            "definition": f"Simpanan wajib sampai {month} yang belum dibayar, termasuk tunggakan.",
        },
        {
            "label": "Menunggak",
            "value": len(late.rows),
            "of": f"dari {format_number(members)} anggota",
            "url": reverse("finance:arrears", args=[*request.place]),
            "definition": f"{format_rupiah(late.rupiah)} simpanan wajib dari bulan sebelum {month}.",
        },
        {
            "label": "Iuran masuk bulan ini",
            "value": overview.received,
            "rupiah": True,
            "url": reverse("finance:journal", args=[*request.place]),
            "definition": "Pokok dan wajib untuk bulan mana pun, diterima sejak tanggal 1.",
        },
        {
            "label": "Kas menurut buku",
            "value": overview.cash,
            "rupiah": True,
            "url": reverse("finance:cash", args=[*request.place]),
            "definition": "Kas di tangan bendahara; baru memuat iuran. Uang di kolektor dan di bank dihitung terpisah.",
        },
    ]


def _collection_url(request: HttpRequest, row: dict) -> str:
    return reverse("finance:collection", args=[*request.place, f"{row['entry__year']}-{row['entry__number']}"])


@door(CASHIERS)
def sheet(request: HttpRequest) -> HttpResponse:
    """Buku Setoran: tick everybody who paid, count the cash, save once."""
    cooperative = request.place.cooperative
    month = read_month(request.POST.get("bulan") or request.GET.get("bulan"), request.today)
    found = reports.month_sheet(cooperative=cooperative, month=month, today=request.today)
    found = reports.with_pokok(found, cooperative=cooperative, today=request.today)
    if request.method != "POST":
        everybody = "semua" in request.GET  # "Tandai semua lunas" without JavaScript, and everybody of a printed sheet
        taken = [row for row in _asked_rows(request, found).rows if row.asked] if everybody else []
        return show_sheet(request, found, checked={row.number: row.asked for row in taken})
    form = SheetForm(request.POST, found, request.today, request.FILES)
    collector = reports.known_collector(reports.collectors(cooperative), form.collector) if form.collector else ""
    if form.errors or form.key is None or request.POST.get("langkah") != "simpan":
        return show_sheet(request, found, checked=form.ticked, form=form, counting=not form.errors)
    try:
        recorded = actions.record_dues(
            cooperative=cooperative,
            lines=form.lines,
            paid_on=form.paid_on,
            through=month,
            channel=Channel.COLLECTOR if collector else Channel.CASH,
            collector=collector,
            notes=None if collector else form.notes,  # what a collector still holds is counted when it is handed over
            difference_reason=form.reason,
            pictures=form.pictures,
            key=form.key,
            actor=request.actor,
            now=request.now,
            today=request.today,
        )
    except actions.AlreadyRecorded as error:
        fresh = reports.month_sheet(cooperative=cooperative, month=month, today=request.today)
        fresh = reports.with_pokok(fresh, cooperative=cooperative, today=request.today)
        return show_sheet(request, fresh, checked=form.ticked, form=form, overtaken=error.by)
    except actions.Refused as error:
        form.errors.append(error.sentence)
        return show_sheet(
            request, found, checked=form.ticked, form=form, counting=isinstance(error, actions.CashDifference)
        )
    return redirect("finance:collection", *request.place, recorded.entry_address)


def show_sheet(
    request: HttpRequest,
    found: MonthSheet,
    *,
    checked: dict[str, int],
    form: SheetForm | None = None,
    counting: bool = False,
    overtaken: dict | None = None,
    pasted: Pasted | None = None,
) -> HttpResponse:
    """Answer with the sheet: `checked` member numbers at their amounts, what was wrong with `form`, what was `pasted`."""
    asked, shown = _asked(request, "rt"), _asked_rows(request, found)
    whole = len(shown.rows) == len(found.rows)
    rows = list(tick_rows(shown, checked, form, overtaken or {}))
    ticked = [row for row in rows if row.get("checked")]
    settled = sum(1 for row in rows if row.get("done"))
    rupiah = sum(row["amount"] for row in ticked)
    notes = form.notes if form else {}
    counted = form.counted if form else 0
    context = {
        "sheet": found,
        "rt": "" if whole else asked,
        "printed_on": _printed_on(request),
        "neighbours": neighbours(found, "" if whole else asked),
        "collector": form.collector if form else "",
        "collectors": _names_to_offer(request),
        "rows": rows,
        "key": form.key if form and form.key and not overtaken else uuid.uuid4(),
        "marked": len(ticked) + settled,
        "unmarked": len(rows) - len(ticked) - settled,
        "ticked": len(ticked),
        "months": sum(row["months"] for row in ticked),
        "rupiah": rupiah,
        "counted": counted,
        "difference": counted - rupiah,
        "counts": {note: notes.get(str(note), 0) for note in NOTES},
        "coins": notes.get("coins", 0),
        "reason": form.reason if form else "",
        "paid_on": form.paid_on if form else request.today,
        "counting": counting,
        "problems": form.errors if form else [],
        "pasted": pasted,
        "overtaken": len(overtaken or {}),
        "overtaken_text": f"{len(overtaken or {})} anggota baru saja dicatat petugas lain. Belum ada yang disimpan; periksa baris bertanda, lalu simpan lagi.",
        "chips": chips(rows),
        "previous": add_months(found.month, -1),
        "next": add_months(found.month, 1) if found.month < month_of(request.today) else None,
    }
    return render(request, "finance/sheet.html", context)


def _asked(request: HttpRequest, name: str) -> str:
    """What the address or the form asks for: `rt`, `cetak`."""
    return (request.POST.get(name) or request.GET.get(name, ""))[:40]


def _printed_on(request: HttpRequest) -> date | None:
    """The day a paper was printed, when its QR code led here."""
    asked = _asked(request, "cetak")
    return read_day(asked, request.today)[0] if asked else None


def _asked_rows(request: HttpRequest, found: MonthSheet) -> MonthSheet:
    """The part of the sheet that is asked for: one RT/RW, or what stood on a printed paper."""
    return found.only(_asked(request, "rt"), _printed_on(request))


def _names_to_offer(request: HttpRequest) -> list[str]:
    """Collectors used before; and the officer at the screen, who may hold the cash until the treasurer counts it."""
    names, own = reports.collectors(request.place.cooperative), request.actor.name
    return names if request.place.grant.kind == GrantKind.TREASURER or own in names else [*names, own]


@door(READERS)
def collection(request: HttpRequest, jurnal: str) -> HttpResponse:
    """What a collection came to: the sum, the cash count, every receipt."""
    entry = find_entry(request, jurnal)
    found = reports.collection(cooperative=request.place.cooperative, entry=entry)
    if not found.receipts:
        raise Http404
    if len(found.receipts) == 1:
        return redirect("finance:receipt", *request.place, found.receipts[0].address)
    return render(request, "finance/collection.html", {"collection": found, "entry": entry})


def find_entry(request: HttpRequest, address: str) -> Entry:
    """Return the entry `2026-311` of this cooperative, or 404."""
    year, _, number = address.partition("-")
    entry = Entry.objects.filter(cooperative=request.place.cooperative, year=int(year), number=int(number)).first()
    if entry is None:
        raise Http404
    return entry


@door(CASHIERS)
def pay_search(request: HttpRequest) -> HttpResponse:
    """Find the member who stands at the table: three letters are enough."""
    words = request.GET.get("cari", "").replace("\0", "").strip()[:60]
    members = Member.objects.of(request.place.cooperative).current()
    begins = Q(name__istartswith=words) | Q(name__icontains=f" {words}")  # "sit" is Siti before it is Rosita
    near = Case(When(begins, then=0), default=1)
    found = list(members.search(words).order_by(near, "name", "number")[:30]) if words else []
    context = {"words": words, "members": found, "total": members.count() if not words else len(found)}
    template = "finance/_pay_results.html" if request.htmx else "finance/pay_search.html"
    return render(request, template, context)


@door(CASHIERS)
def pay(request: HttpRequest, nomor: int) -> HttpResponse:
    """One member's payment: pokok or an instalment, some months of wajib, any day, any payer."""
    cooperative = request.place.cooperative
    member = find_member(request, nomor)
    through = month_of(request.today)
    open_dues = reports.open_dues(cooperative=cooperative, member=member, through=through)
    initial = _payment_defaults(open_dues, request)
    form = PaymentForm(
        request.POST or None,
        request.FILES or None,
        initial=initial,
        open_dues=open_dues,
        through=through,
        today=request.today,
    )
    names = _names_to_offer(request) if request.method != "POST" or form.errors or request.POST.get("kolektor") else []
    overtaken = None
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            recorded = actions.record_dues(
                cooperative=cooperative,
                lines=[form.line(member.pk)],
                paid_on=data["tanggal"],
                through=through,
                channel=data["cara"],
                collector=reports.known_collector(names, data["kolektor"]) if data["cara"] == Channel.COLLECTOR else "",
                pictures=data["bukti"],
                key=data["kunci"],
                actor=request.actor,
                now=request.now,
                today=request.today,
            )
        except actions.AlreadyRecorded as error:
            overtaken = error.by.get(member.pk)
        except actions.Refused as error:
            form.add_error(None, error.sentence)
        else:
            return redirect(
                "finance:receipt", *request.place, f"{recorded.receipt_year}-{recorded.receipts[member.pk]}"
            )
    context = {"form": form, "member": member, "open": open_dues, "overtaken": overtaken, "collectors": names}
    return render(request, "finance/pay.html", context)


def _payment_defaults(open_dues: reports.member.OpenDues, request: HttpRequest) -> dict:
    due = len(open_dues.months)
    return {
        "pokok": str(open_dues.pokok_now),
        "bulan": str(due) if due else "0",
        "tanggal": request.today,
        "cara": Channel.CASH,
        "terlihat": open_dues.wajib_open,
        "pokok_terlihat": open_dues.pokok_left,
        "kunci": uuid.uuid4(),
    }


def find_member(request: HttpRequest, number: int) -> Member:
    """Return the member with this number in this cooperative, or 404; a merged number leads to the person."""
    book = Member.objects.of(request.place.cooperative)
    member = book.filter(number=number).first()
    if member is None:
        raise Http404
    return book.get(pk=member.merged_into_id) if member.merged_into_id else member
