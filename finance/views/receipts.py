"""Receipts: the slip on screen and paper, its correction, and the member's statement."""

import uuid
from dataclasses import replace
from datetime import timedelta
from urllib.parse import quote

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from finance import actions, reports
from finance.forms.dues import CorrectionForm
from finance.models import Channel, Receipt, ReceiptReplacement
from finance.papers import (
    ReceiptPaper,
    Savings,
    SavingsBook,
    SavingsRow,
    receipt_pdf,
    receipt_thermal_pdf,
    savings_book_pdf,
)
from finance.reports.member import OpenDues
from finance.views.dues import CASHIERS, READERS, find_member
from registry.access import door
from registry.formats import format_date_long, format_moment, format_rupiah, terbilang
from registry.numbers import wa_address
from registry.paper import PaperFile
from registry.periods import month_of

JUST_NOW = timedelta(minutes=10)


@door(READERS)
def receipt(request: HttpRequest, kuitansi: str) -> HttpResponse:
    """The slip, right after saving and at any time later."""
    found = find_receipt(request, kuitansi)
    text = whatsapp_text(request, found)
    context = {
        "receipt": found,
        "slip": slip_of(request, found),
        "just_saved": request.now - found.recorded_at < JUST_NOW,
        "replacement": _replacement(found),
        "whatsapp": wa_address(found.payment.member.phone, text),
        "share_text": text,
        "may_correct": request.place.grant.kind in CASHIERS,
        "entry": found.payment.entry,
        "evidence": reports.evidence_of(request.place.cooperative, found.payment.entry_id),
    }
    return render(request, "finance/receipt.html", context)


@door(READERS)
def receipt_file(request: HttpRequest, kuitansi: str, bentuk: str) -> HttpResponse:
    """The receipt as PDF: A6, or the 58 mm roll."""
    found = find_receipt(request, kuitansi)
    paper = paper_of(request, found)
    return pdf_response(
        receipt_pdf(paper) if bentuk == "a6" else receipt_thermal_pdf(paper), f"kuitansi-{found.year}-{found.number}"
    )


@door(READERS)
def collection_file(request: HttpRequest, jurnal: str) -> HttpResponse:
    """All receipts of a collection, one A6 page each."""
    from finance.views.dues import find_entry

    entry = find_entry(request, jurnal)
    receipts = Receipt.objects.filter(cooperative=request.place.cooperative, payment__entry=entry).select_related(
        "payment__member"
    )
    papers = [paper_of(request, found) for found in receipts.order_by("number")[:400]]
    if not papers:
        raise Http404
    return pdf_response(receipt_pdf(*papers), f"kuitansi-{entry.year}-{entry.number}")


@door(CASHIERS)
def correct(request: HttpRequest, kuitansi: str) -> HttpResponse:
    """Take a wrong payment back and record the right one, in one act."""
    cooperative = request.place.cooperative
    found = find_receipt(request, kuitansi)
    if _replacement(found):
        return redirect("finance:receipt", *request.place, found.address)
    payment = found.payment
    member = found.payment.member.merged_into or found.payment.member
    through = month_of(request.today)
    open_dues = _open_before(reports.open_dues(cooperative=cooperative, member=member, through=through), payment)
    initial = {
        "bulan": "0",
        "pokok": "0",
        "tanggal": request.today,
        "terlihat": sum(rupiah for month, rupiah in open_dues.months if month <= through),  # the rest was paid ahead
        "kunci": uuid.uuid4(),
    }
    form = CorrectionForm(
        request.POST or None, initial=initial, open_dues=open_dues, through=through, today=request.today
    )
    if request.method == "POST" and form.is_valid():
        try:
            address = _save_correction(request, form, payment, through, found)
        except actions.Refused as error:
            form.add_error(None, error.sentence)
        else:
            return redirect("finance:receipt", *request.place, address)
    return render(
        request, "finance/correct.html", {"form": form, "receipt": found, "member": member, "open": open_dues}
    )


def _save_correction(request: HttpRequest, form: CorrectionForm, payment, through, found: Receipt) -> str:
    data = form.cleaned_data
    common = {
        "cooperative": request.place.cooperative,
        "payment": payment,
        "reason": data["alasan"],
        "on": data["tanggal"],
        "actor": request.actor,
        "now": request.now,
        "today": request.today,
    }
    if data["hapus"]:
        actions.reverse_payment(**common)
        return found.address
    recorded = actions.correct_payment(
        **common, line=replace(form.line(payment.member_id), payer=payment.payer), through=through, key=data["kunci"]
    )
    [number] = recorded.receipts.values()  # of the person, also where the payment names an entry merged since
    return f"{recorded.receipt_year}-{number}"


def _open_before(present: OpenDues, payment) -> OpenDues:
    """Return what was open before the payment: the correction takes the payment back first. Months of libur stay free."""
    covered: dict = {}
    pokok = 0
    for allocation in payment.allocations.filter(cooperative_id=payment.cooperative_id).select_related("obligation"):
        if allocation.obligation.kind == "pokok":
            pokok += allocation.rupiah
        else:
            covered[allocation.obligation.period] = allocation.rupiah
    covered = {period: rupiah for period, rupiah in covered.items() if not present.is_free(period)}
    months = dict(present.months)
    for period, rupiah in covered.items():
        months[period] = months.get(period, 0) + rupiah
    return OpenDues(present.pokok_left + pokok, present.pokok_due, present.monthly, tuple(sorted(months.items())))


@door(READERS)
def statement(request: HttpRequest, nomor: int) -> HttpResponse:
    """A member's savings: balance, card of months, movements."""
    member = find_member(request, nomor)
    savings = reports.member_savings(cooperative=request.place.cooperative, member=member, until=request.today)
    open_dues = reports.open_dues(cooperative=request.place.cooperative, member=member, through=month_of(request.today))
    account = None if member.is_current else reports.exit_account(member)
    for movement in savings.movements:
        if movement.receipt:
            object.__setattr__(movement, "url", reverse("finance:receipt", args=[*request.place, movement.receipt]))
    context = {
        "member": member,
        "savings": savings,
        "open": open_dues,
        "sums": _sums(savings, returned=bool(account and account.owed)),
        "may_record": request.place.grant.kind in CASHIERS,
        "account": account,
    }
    return render(request, "finance/statement.html", context)


def _sums(savings: reports.MemberSavings, *, returned: bool) -> list[tuple]:
    short = savings.pokok_due - savings.pokok
    pokok = "" if not savings.pokok_due else f"kurang {format_rupiah(short)}" if short > 0 else "lunas"
    wajib = f"{savings.wajib_months_paid} dari {savings.wajib_months} bulan"
    ahead = sum(letters.count("p") for _, letters in savings.cards) - savings.wajib_months_paid
    if ahead > 0:
        wajib += f", {ahead} di muka"
    notes = ("dikembalikan", "dikembalikan") if returned and not savings.total else (pokok, wajib)
    return [("Pokok", savings.pokok, notes[0]), ("Wajib", savings.wajib, notes[1])]


@door(READERS)
def statement_file(request: HttpRequest, nomor: int) -> HttpResponse:
    """The member's savings book as PDF (A5)."""
    member = find_member(request, nomor)
    savings = reports.member_savings(cooperative=request.place.cooperative, member=member, until=request.today)
    monthly = reports.open_dues(
        cooperative=request.place.cooperative, member=member, through=month_of(request.today)
    ).monthly
    book = replace(book_of(request, member, savings), monthly_rupiah=monthly or None)
    return pdf_response(savings_book_pdf(book), f"buku-simpanan-{member.number_text}")


def find_receipt(request: HttpRequest, address: str) -> Receipt:
    """Return the receipt `2026-1842` of this cooperative, or 404."""
    year, _, number = address.partition("-")
    found = (
        Receipt.objects.filter(cooperative=request.place.cooperative, year=int(year), number=int(number))
        .select_related("payment__member", "payment__entry")
        .first()
    )
    if found is None:
        raise Http404
    return found


def _replacement(found: Receipt) -> ReceiptReplacement | None:
    return (
        ReceiptReplacement.objects.filter(cooperative_id=found.cooperative_id, receipt=found)
        .select_related("replaced_by")
        .first()
    )


def check_url(code: str) -> str:
    """Return the public address of a code, as it stands in QR codes."""
    return f"{settings.PUBLIC_URL}{reverse('check', args=[code])}"


def slip_of(request: HttpRequest, found: Receipt) -> dict:
    """Return the slip as the look wants it."""
    cooperative, replaced = request.place.cooperative, _replacement(found)
    return {
        "cooperative": cooperative.short_name,
        "place": f"{cooperative.place_line}, {request.place.agency.place.name}",
        "number": found.number_text,
        "payer": f"{found.payment.payer or found.payment.member.name}, {found.member_number}",
        "purpose": found.purpose,
        "officer": found.received_by,
        "date": format_moment(found.recorded_at) if found.recorded_at else format_date_long(found.paid_on),
        "amount": found.rupiah,
        "words": terbilang(found.rupiah),
        "code": found.code,
        "url": check_url(found.code),
        "void": _void_words(replaced) if replaced else "",
    }


def _void_words(replaced: ReceiptReplacement) -> str:
    instead = f", diganti {replaced.replaced_by.number_text}" if replaced.replaced_by else ""
    return f"Tidak berlaku sejak {format_date_long(replaced.replaced_on)}{instead}: {replaced.reason}"


def whatsapp_text(request: HttpRequest, found: Receipt) -> str:
    """Return the text an officer sends to the member."""
    return (
        f"Terima kasih, {found.payment.member.name}. {request.place.cooperative.short_name} telah menerima "
        f"{format_rupiah(found.rupiah)} untuk {found.purpose[:1].lower()}{found.purpose[1:]} "
        f"({found.number_text}, {format_date_long(found.paid_on)}). Periksa keasliannya: {check_url(found.code)}"
    ).replace("\u00a0", " ")


def paper_of(request: HttpRequest, found: Receipt) -> ReceiptPaper:
    """Return what the printed receipt says."""
    replaced = _replacement(found)
    cooperative, payment = request.place.cooperative, found.payment
    place_line, place = place_of(request)
    return ReceiptPaper(
        cooperative_name=cooperative.name,
        place_line=place_line,
        place=place,
        number=found.number_text,
        received_from=payment.payer or payment.member.name,
        member_number=found.member_number,
        rupiah=found.rupiah,
        purpose=found.purpose,
        paid_how=Channel(payment.channel).label + (f", {payment.collector}" if payment.collector else ""),
        received_by=found.received_by,
        received_as="",
        received_at=found.recorded_at,
        code=found.code,
        check_url=check_url(found.code),
        balance_rupiah=found.balance_rupiah,
        replaced=replaced is not None,
        replaced_by=replaced.replaced_by.number_text if replaced and replaced.replaced_by else "",
        practice=cooperative.is_practice,
        demo=request.place.agency.is_demo,
    )


def place_of(request: HttpRequest) -> tuple[str, str]:
    """Return where the cooperative is, as its papers say it, and the town before a date: `Serang`."""
    cooperative, region = request.place.cooperative, request.place.agency.place.name
    village = f"{cooperative.village.full_name}, " if cooperative.village else ""
    town = region.removeprefix("Kota ").removeprefix("Kabupaten ")
    return f"{village}{cooperative.district.full_name}, {region}", town


def pdf_response(paper: PaperFile, name: str) -> HttpResponse:
    """Send a PDF to look at; file names carry numbers, never a person's name."""
    response = HttpResponse(paper.content, content_type="application/pdf")
    response["Content-Disposition"] = f"inline; filename={quote(name)}.pdf"
    response["Cache-Control"] = "private, no-store"
    return response


def book_of(request: HttpRequest, member, savings: reports.MemberSavings) -> SavingsBook:
    """Return the printed savings book: the whole membership, oldest line first."""
    cooperative = request.place.cooperative
    latest = Receipt.objects.filter(cooperative=cooperative, payment__member=member).order_by("-pk").first()
    code = latest.code if latest else ""
    lines = tuple(_book_row(movement) for movement in reversed(savings.movements))
    return SavingsBook(
        cooperative_name=cooperative.name,
        practice=cooperative.is_practice,
        place_line=f"{cooperative.place_line}, {request.place.agency.place.name}",
        member_number=member.number_text,
        member_name=member.name,
        joined_on=member.joined_on,
        opens_on=member.joined_on,
        closes_on=request.today,
        opening=Savings(),
        rows=lines,
        treasurer_name=request.place.grant.user_name,
        treasurer_post=request.place.grant.label.capitalize(),
        printed_at=request.now,
        printed_by=request.place.grant.user_name,
        code=code,
        check_url=check_url(code) if code else settings.PUBLIC_URL,
        demo=request.place.agency.is_demo,
    )


def _book_row(movement) -> SavingsRow:
    taken_back = movement.amount < 0
    return SavingsRow(
        on=movement.on,
        evidence=movement.receipt.replace("-", "/") if movement.receipt else "",
        text=movement.text,
        pokok=movement.pokok,
        wajib=movement.wajib,
        reverses=movement.text.removeprefix("Koreksi kuitansi ") if taken_back else "",
    )
