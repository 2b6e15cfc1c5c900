"""The public check: is the paper in my hand genuine? No login, one code at a time, never a name or a balance unasked."""

from dataclasses import dataclass

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from finance.actions import note_look
from finance.actions.collecting import holder_proof
from finance.models import Receipt, ReceiptReplacement
from koperasi.reports.published import report_check
from registry.access import door
from registry.codes import BadCode, split_code
from registry.formats import Unreadable, parse_date
from registry.models import Cooperative

TRIES, MINUTES = 5, 60


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


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = (
        "strict-origin"  # with no-referrer the form would come from Origin null and be refused
    )
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


@door.everyone
def check_start(request: HttpRequest) -> HttpResponse:
    """Type a code by hand; `?kode=` leads to its page."""
    typed = request.GET.get("kode", "").replace("\0", "").strip()[:60]
    if typed:
        try:
            return _private(redirect("check", split_code(typed).normalized))
        except BadCode as error:
            return _private(
                render(request, "check/start.html", {"typed": typed, "problem": error.sentence}, status=404)
            )
    return _private(render(request, "check/start.html"))


@never_cache
@door.code
def check(request: HttpRequest) -> HttpResponse:
    """Say what a code is: a valid receipt, a replaced one, or nothing of ours. The balance needs number and birth date."""
    found = _find(request.code) if request.code else None
    if found is None and request.code and (report := report_check(request.code)):
        return _private(render(request, "check/report.html", {"check": report}))
    if found is None:
        return _private(render(request, "check/unknown.html", status=404))
    note_look(receipt=found.receipt, now=request.now)
    context = {"check": found, **(_ask_balance(request, found) if request.method == "POST" else {})}
    return _private(render(request, "check/receipt.html", context))


def _find(code: str) -> Check | None:
    receipt = Receipt.objects.filter(code=code).first()
    if receipt is None:
        return None
    cooperative = Cooperative.objects.select_related("district", "agency__place").get(pk=receipt.cooperative_id)
    return Check(receipt, cooperative, ReceiptReplacement.objects.filter(cooperative=cooperative, code=code).first())


def _ask_balance(request: HttpRequest, found: Check) -> dict:
    """Show the balance after this payment to whoever knows the member number and birth date; five tries an hour."""
    typed = {"number": request.POST.get("nomor", "")[:20].strip().upper(), "birth": request.POST.get("lahir", "")[:20]}
    slot = _take_try(found.receipt.code)
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
        cache.delete(_slot(found.receipt.code, slot))
        return {"balance": found.receipt.balance_rupiah}
    left = TRIES - slot - 1
    return {"typed": typed, "problem": f"Nomor anggota atau tanggal lahir tidak cocok. Tersisa {left} percobaan."}


def _take_try(code: str) -> int | None:
    """Take one of the tries of this hour and return which, or None when none is left.

    Adding a key succeeds for one process only, so many asking at once get no more tries than one asking slowly.
    """
    return next((n for n in range(TRIES) if cache.add(_slot(code, n), 1, MINUTES * 60)), None)


def _slot(code: str, number: int) -> str:
    return f"saldo:{code}:{number}"
