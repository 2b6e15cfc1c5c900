"""A member who left: the savings become a debt of the cooperative, and the debt is paid out with a proof each time."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from finance import actions, reports
from finance.forms import PayOutForm, SettleForm
from finance.models import Channel, PayOut
from finance.papers import PayOutPaper, pay_out_pdf
from finance.views.dues import CASHIERS, READERS, find_member
from finance.views.receipts import pdf_response, place_of
from members.models import Member, MemberStatus
from registry.access import door
from registry.formats import format_rupiah
from registry.periods import month_of


@door(CASHIERS)
def settle_exit(request: HttpRequest, nomor: int) -> HttpResponse:
    """End the savings of a member who has left: book the debt, and pay it out when the cash leaves the table."""
    cooperative, member = request.place.cooperative, find_leaver(request, nomor)
    form = SettleForm(request.POST or None, member=member, today=request.today, initial={"on": request.today})
    if request.method == "POST" and form.is_valid():
        try:
            actions.settle_exit(
                cooperative=cooperative,
                member=member,
                on=form.cleaned_data["on"],
                pay_now=form.cleaned_data.get("pay_now", False),
                actor=request.actor,
                now=request.now,
                today=request.today,
            )
        except actions.Refused as error:
            form.add_error(None, error.sentence)
        else:
            messages.success(request, f"Simpanan {member.number_text} sudah diselesaikan.")
            return redirect("finance:pay_out", *request.place, member.number)
    account = reports.exit_account(member)
    if account.settled and request.method != "POST":
        return redirect("finance:pay_out", *request.place, member.number)
    open_dues = reports.open_dues(cooperative=cooperative, member=member, through=month_of(request.today))
    context = {"form": form, "member": member, "account": account, "sums": _savings(account), "open": open_dues}
    return render(request, "finance/settle_exit.html", context)


def _savings(account: reports.ExitAccount) -> list[tuple]:
    return [("Simpanan pokok", account.pokok), ("Simpanan wajib", account.wajib)]


@door(READERS)
def pay_out(request: HttpRequest, nomor: int) -> HttpResponse:
    """What a leaver is still owed, every payment of it with its proof; cashiers hand over a part, or all."""
    member = find_leaver(request, nomor)
    may_pay = request.place.grant.kind in CASHIERS
    account = reports.exit_account(member)
    initial = {"on": request.today, "rupiah": account.left, "channel": Channel.CASH, "kunci": uuid.uuid4()}
    form = PayOutForm(request.POST or None if may_pay else None, member=member, today=request.today, initial=initial)
    if request.method == "POST" and may_pay and form.is_valid():
        try:
            paid = _hand_over(request, member, form.cleaned_data)
        except actions.Refused as error:
            form.add_error(None, error.sentence)
        else:
            messages.success(request, f"{format_rupiah(paid.rupiah)} dibayarkan, {paid.entry.number_text}.")
            return redirect("finance:pay_out", *request.place, member.number)
    rules = reports.rules_on(request.place.cooperative, member.exited_on)
    context = {
        "form": form if may_pay else None,
        "member": member,
        "account": account,
        "sums": [("Simpanan yang dikembalikan", account.owed), ("Sudah dibayarkan", -account.paid)],
        "may_settle": may_pay and not account.settled,
        "rules": rules,
        "refund_due": rules.refund_due(member.exited_on),
        "refund_part": -(-account.owed // rules.refund_instalments),
    }
    return render(request, "finance/pay_out.html", context)


def _hand_over(request: HttpRequest, member: Member, data: dict) -> PayOut:
    return actions.pay_out_exit(
        cooperative=request.place.cooperative,
        member=member,
        rupiah=data["rupiah"],
        on=data["on"],
        channel=data["channel"],
        payee=data["payee"],
        key=data["kunci"],
        actor=request.actor,
        now=request.now,
        today=request.today,
    )


@door(READERS)
def pay_out_file(request: HttpRequest, nomor: int, jurnal: str) -> HttpResponse:
    """The proof of one payment, to be signed by who received it (A6)."""
    member = find_leaver(request, nomor)
    year, _, number = jurnal.partition("-")
    found = PayOut.objects.filter(
        cooperative=request.place.cooperative, member=member, entry__year=int(year), entry__number=int(number)
    )
    one = found.select_related("entry").first()
    if one is None:
        raise Http404
    return pdf_response(pay_out_pdf(paper_of(request, member, one)), f"tanda-terima-{jurnal}")


def paper_of(request: HttpRequest, member: Member, paid: PayOut) -> PayOutPaper:
    """Return what the printed proof says."""
    cooperative, (place_line, place) = request.place.cooperative, place_of(request)
    return PayOutPaper(
        cooperative_name=cooperative.name,
        place_line=place_line,
        place=place,
        number=paid.entry.number_text,
        member_name=member.name,
        member_number=member.number_text,
        payee=paid.payee,
        rupiah=paid.rupiah,
        paid_how="tunai dari kas" if paid.channel == Channel.CASH else "transfer dari bank",
        paid_by=paid.paid_by,
        paid_on=paid.paid_on,
        left_rupiah=paid.left_rupiah,
        heir=member.exit_reason == Member.ExitReason.DIED,
        practice=cooperative.is_practice,
        demo=request.place.agency.is_demo,
    )


def find_leaver(request: HttpRequest, number: int) -> Member:
    """Return the member with this number who has left this cooperative, or 404."""
    member = find_member(request, number)
    if member.status != MemberStatus.EXITED:
        raise Http404
    return member
