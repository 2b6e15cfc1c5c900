"""The public check: is the paper in my hand genuine? No login, one code at a time, never a name or a balance unasked."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from finance import actions, reports
from finance.actions.collecting import holder_proof
from finance.forms.objecting import ObjectionForm
from finance.models import Receipt, ReceiptReplacement
from finance.models.objections import MOST_PER_RECEIPT
from koperasi.reports.published import report_check
from koperasi.views.frontdoor import front_page
from koperasi.views.public import private, refuse_guessing, stranger, unknown
from koperasi.views.training_public import training_page
from registry import limits
from registry.access import door
from registry.codes import BadCode, split_code
from registry.formats import Unreadable, parse_date
from registry.models import Cooperative

TRIES, MINUTES = 5, 60
OBJECTIONS = 10  # of one visitor in an hour, over all receipts


@dataclass(frozen=True)
class Check:
    """A receipt as a stranger may see it."""

    receipt: Receipt
    cooperative: Cooperative
    replacement: ReceiptReplacement | None

    @property
    def member_tail(self) -> str:
        """The last two digits of the member number: enough for the holder, nothing for others."""
        return f"…{self.receipt.member_number[-2:]}"


@door.everyone
def check_start(request: HttpRequest) -> HttpResponse:
    """Type a code by hand; `?kode=` leads to its page."""
    typed = request.GET.get("kode", "").replace("\0", "").strip()[:60]
    if typed:
        try:
            return private(redirect("check", split_code(typed).normalized))
        except BadCode as error:
            return private(render(request, "check/start.html", {"typed": typed, "problem": error.sentence}, status=404))
    return private(render(request, "check/start.html"))


@never_cache
@door.code
def check(request: HttpRequest) -> HttpResponse:
    """Say what a code is: a receipt, a report, a cooperative's door, a request to join, or nothing of ours.

    The balance behind a receipt needs number and birth date.
    """
    if refused := refuse_guessing(request):
        return refused
    found = _find(request.code) if request.code else None
    if found is None and request.code and (report := report_check(request.code)):
        return private(render(request, "check/report.html", {"check": report}))
    if found is None:
        page = (front_page(request, request.code) or training_page(request)) if request.code else None
        return page or unknown(request)
    actions.note_look(receipt=found.receipt, now=request.now)
    context = {"check": found, **(_ask_balance(request, found) if request.method == "POST" else {})}
    context["objections"] = sorted(
        reports.objections(cooperative=found.cooperative, code=found.receipt.code), key=lambda one: one.number
    )
    context["may_object"] = _may_object(context["objections"])
    return private(render(request, "check/receipt.html", context))


@never_cache
@door.code
def object_to(request: HttpRequest) -> HttpResponse:
    """Write why a receipt is not right. Pengawas and dinas read it; its answer stands on the receipt's page."""
    if refused := refuse_guessing(request):
        return refused
    found = _find(request.code) if request.code else None
    if found is None:
        return unknown(request)
    form = ObjectionForm(request.POST or None, auto_id="isi_%s")
    if request.method == "POST" and form.is_valid():
        if form.is_by_a_machine:  # answered like a success, so that the machine learns nothing
            return private(redirect("check", found.receipt.code))
        if limits.take(f"laporan:{limits.visitor(request)}", OBJECTIONS, 60) is None:
            form.add_error(None, "Terlalu banyak laporan dari jaringan ini. Silakan coba lagi setelah satu jam.")
        elif _raise(request, found, form):
            return private(redirect("check", found.receipt.code))
    answer = render(request, "check/objection.html", {"check": found, "form": form})
    return private(answer)


def _raise(request: HttpRequest, found: Check, form: ObjectionForm) -> bool:
    try:
        actions.raise_objection(
            cooperative=found.cooperative, code=found.receipt.code, text=form.cleaned_data["text"],
            key=form.cleaned_data["kunci"], actor=stranger(found.cooperative, "Pemegang kuitansi"), now=request.now,
        )  # fmt: skip
    except actions.Refused as error:
        form.add_error(None, error.sentence)
        return False
    return True


def _may_object(told: list) -> bool:
    return len(told) < MOST_PER_RECEIPT and (not told or hasattr(told[-1], "answer"))


def _find(code: str) -> Check | None:
    receipt = Receipt.objects.filter(code=code).first()
    if receipt is None:
        return None
    cooperative = Cooperative.objects.select_related("district", "agency__place").get(pk=receipt.cooperative_id)
    return Check(receipt, cooperative, ReceiptReplacement.objects.filter(cooperative=cooperative, code=code).first())


def _ask_balance(request: HttpRequest, found: Check) -> dict:
    """Show the balance after this payment to whoever knows the member number and birth date; five tries an hour."""
    typed = {"number": request.POST.get("nomor", "")[:20].strip().upper(), "birth": request.POST.get("lahir", "")[:20]}
    tries = f"saldo:{found.receipt.code}"
    slot = limits.take(tries, TRIES, MINUTES)
    if slot is None:
        return {"typed": typed, "problem": f"Sudah {TRIES} kali dicoba. Silakan coba lagi setelah satu jam."}
    try:
        born = parse_date(typed["birth"])
    except Unreadable:
        born = None
    number = typed["number"] if typed["number"].startswith("A-") else f"A-{typed['number'].zfill(4)}"
    if (
        born
        and found.receipt.holder_proof
        and holder_proof(found.receipt.code, number, born) == found.receipt.holder_proof
    ):
        limits.give_back(tries, slot)
        return {"balance": found.receipt.balance_rupiah}
    left = TRIES - slot - 1
    return {"typed": typed, "problem": f"Nomor anggota atau tanggal lahir tidak cocok. Tersisa {left} percobaan."}
