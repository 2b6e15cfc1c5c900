"""Recording without signal: the page a phone keeps, the list it carries, and the door its payments come in by.

The page works from the phone's own store (static/js/luring.js); nothing is shown here that the phone must not keep.
"""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.views.decorators.http import require_GET, require_POST

from finance import actions, reports
from finance.forms.outbox import OutboxForm
from finance.models import Receipt
from finance.views.dues import CASHIERS
from members.models import Member
from registry.access import door
from registry.formats import format_date, format_time
from registry.periods import in_jakarta, month_of

REFUSED = 422


def owner_mark(request: HttpRequest) -> str:
    """Return what marks an officer's payments on a shared phone: the same for a login, and nobody's name."""
    return salted_hmac("koperasi.luring", str(request.user.pk)).hexdigest()[:20]


@door(CASHIERS)
@require_GET
def outbox(request: HttpRequest) -> HttpResponse:
    """The page a phone keeps for hours without signal. Holds no member: the list is in the phone's own store."""
    return render(request, "finance/outbox.html", {"owner": owner_mark(request)})


@door(CASHIERS)
@require_GET
def outbox_list(request: HttpRequest) -> JsonResponse:
    """The officer's list (number, name, open amounts) and a fresh token for sending."""
    found = reports.carried_list(cooperative=request.place.cooperative, today=request.today)
    response = JsonResponse(
        {
            "siapa": owner_mark(request),
            "csrf": get_token(request),
            "hari": request.today.isoformat(),
            "wajib": found.monthly_rupiah,
            "baris": [
                [
                    row.number,
                    row.name,
                    [[month.strftime("%Y-%m"), rupiah] for month, rupiah in row.months],
                    row.pokok_left,
                    *([row.instalment, row.pokok_now] if row.instalment else []),
                ]
                for row in found.rows
            ],
        }
    )
    response["Cache-Control"] = "no-store"
    return response


@door(CASHIERS)
@require_POST
def outbox_send(request: HttpRequest) -> JsonResponse:
    """Take one payment recorded without signal. The same key again gets the first answer; what cannot be is refused."""
    form = OutboxForm(request.POST)
    if not form.is_valid():
        return _refused(form.sentence)
    if form.cleaned_data["siapa"] != owner_mark(request):
        return _refused("Setoran ini dicatat dengan akun lain. Hanya akun itu yang dapat mengirimnya.")
    cooperative = request.place.cooperative
    member = Member.objects.of(cooperative).filter(number_text=form.cleaned_data["anggota"]).first()
    if member is None:
        return _refused("Anggota dengan nomor itu tidak ada di koperasi ini.")
    if member.merged_into_id:  # merged while the device had no signal: the money is that person's
        member = Member.objects.of(cooperative).get(pk=member.merged_into_id)
    try:
        recorded = actions.record_dues(
            cooperative=cooperative,
            lines=[form.line(member.pk)],
            paid_on=form.cleaned_data["tanggal"],
            through=month_of(form.cleaned_data["tanggal"]),
            key=form.cleaned_data["kunci"],
            device_at=form.cleaned_data["dibuat"],
            actor=request.actor,
            now=request.now,
            today=request.today,
        )
    except actions.AlreadyRecorded as error:
        name, moment = error.by.get(member.pk, ("petugas lain", request.now))
        when = f"{format_date(in_jakarta(moment))} pukul {format_time(in_jakarta(moment))}"
        return _refused(f"Sudah dicatat {name}, {when}.", may_keep=True)
    except actions.Refused as error:
        return _refused(error.sentence)
    return JsonResponse(_accepted(request, recorded, member))


def _accepted(request: HttpRequest, recorded: actions.Recorded, member: Member) -> dict:
    number = recorded.receipts[member.pk]
    receipt = Receipt.objects.get(cooperative=request.place.cooperative, year=recorded.receipt_year, number=number)
    return {
        "kuitansi": receipt.number_text,
        "alamat": reverse("finance:receipt", args=[*request.place, receipt.address]),
    }


def _refused(sentence: str, *, may_keep: bool = False) -> JsonResponse:
    """A payment that cannot be recorded as it is; `may_keep`: it may be kept as an advance."""
    return JsonResponse({"kalimat": sentence, "muka": may_keep}, status=REFUSED)
