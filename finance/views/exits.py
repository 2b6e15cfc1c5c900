"""A member who left: the savings become a debt of the cooperative, and the debt is paid out with a proof each time."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from finance import actions, reports
from finance.forms.leaving import PayOutForm, RefundPlanForm, SettleForm, WrongPayOutForm
from finance.models import Channel, PayOut
from finance.papers import PayOutPaper, pay_out_pdf
from finance.views.dues import CASHIERS, READERS, find_member
from finance.views.receipts import pdf_response, place_of
from members.models import Heir, Member, MemberStatus, entries_of
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
    rupiah = next((part.left for part in account.parts if part.left), account.left)
    initial = {"on": request.today, "rupiah": rupiah, "channel": Channel.CASH, "kunci": uuid.uuid4()}
    form = PayOutForm(
        request.POST or None if may_pay else None, member=member, today=request.today, initial=initial,
        heirs=_heirs(member) if may_pay else (),
    )  # fmt: skip
    if request.method == "POST" and may_pay and form.is_valid():
        try:
            paid = _hand_over(request, member, form.cleaned_data)
        except actions.Refused as error:
            form.add_error(None, error.sentence)
        else:
            messages.success(request, f"{format_rupiah(paid.rupiah)} dibayarkan, {paid.entry.number_text}.")
            return redirect("finance:pay_out", *request.place, member.number)
    left = member.exited_on or request.today
    rules = reports.rules_on(request.place.cooperative, left)
    context = {
        "form": form if may_pay else None,
        "member": member,
        "account": account,
        "sums": [("Simpanan yang dikembalikan", account.owed), ("Sudah dibayarkan", -account.paid)],
        "may_settle": may_pay and not account.settled,
        "may_pay": may_pay,
        "parts": [{"part": part, "late": part.late(request.today)} for part in account.parts],
        "rules": rules,
        "refund_due": rules.refund_due(left),
        "refund_part": -(-account.owed // rules.refund_instalments),
    }
    return render(request, "finance/pay_out.html", context)


def _heirs(member: Member) -> list[str]:
    """Whom a member who died named: `Ani (anak)`. Read by officers only."""
    if member.exit_reason != Member.ExitReason.DIED:
        return []
    heirs = Heir.objects.filter(entries_of(member), cooperative_id=member.cooperative_id)
    return [f"{heir.name} ({heir.get_relation_display().lower()})" for heir in heirs]


@door(READERS)
def refunds(request: HttpRequest) -> HttpResponse:
    """Everybody who left and is still owed savings, the next due first."""
    found = reports.refunds(request.place.cooperative)
    rows = [{"refund": one, "late": bool(one.next_on and one.next_on < request.today)} for one in found]
    context = {"rows": rows, "total": sum(one.left for one in found)}
    return render(request, "finance/refunds.html", context)


@door(CASHIERS)
def plan_refund(request: HttpRequest, nomor: int) -> HttpResponse:
    """Plan when the rest is paid out, in equal monthly parts; a new plan replaces the one before."""
    member = find_leaver(request, nomor)
    account = reports.exit_account(member)
    form = RefundPlanForm(request.POST or None, today=request.today, initial={"times": 3, "first_on": request.today})
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.plan_refund(
                cooperative=request.place.cooperative, member=member, parts=form.parts(account.left), actor=request.actor,
                now=request.now, today=request.today,
            )  # fmt: skip
        except actions.Refused as error:
            form.add_error(None, error.sentence)
        else:
            messages.success(request, f"Dijadwalkan {len(made)} kali bayar.")
            return redirect("finance:pay_out", *request.place, member.number)
    context = {"form": form, "member": member, "account": account}
    return render(request, "finance/refund_plan.html", context)


@door(CASHIERS)
def take_back(request: HttpRequest, nomor: int, jurnal: str) -> HttpResponse:
    """Take a wrong pay-out back, with its reason."""
    member, paid = find_leaver(request, nomor), find_pay_out(request, nomor, jurnal)
    form = WrongPayOutForm(request.POST or None, today=request.today, initial={"on": request.today})
    if request.method == "POST" and form.is_valid():
        try:
            actions.reverse_pay_out(
                cooperative=request.place.cooperative, pay_out=paid, reason=form.cleaned_data["reason"],
                on=form.cleaned_data["on"], actor=request.actor, now=request.now, today=request.today,
            )  # fmt: skip
        except actions.Refused as error:
            form.add_error(None, error.sentence)
        else:
            messages.success(request, f"Pembayaran {paid.entry.number_text} dibatalkan.")
            return redirect("finance:pay_out", *request.place, member.number)
    return render(request, "finance/take_back.html", {"form": form, "member": member, "paid": paid})


def find_pay_out(request: HttpRequest, nomor: int, jurnal: str) -> PayOut:
    """Return the pay-out of this entry to this leaver, or raise 404."""
    member = find_leaver(request, nomor)
    year, _, number = jurnal.partition("-")
    found = PayOut.objects.filter(
        cooperative=request.place.cooperative, member=member, entry__year=int(year), entry__number=int(number)
    )
    one = found.select_related("entry", "member", "reversal").first()
    if one is None:
        raise Http404
    return one


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
    member, one = find_leaver(request, nomor), find_pay_out(request, nomor, jurnal)
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
        taken_back=f"{reversal.reversed_on:%d/%m/%Y}" if (reversal := getattr(paid, "reversal", None)) else "",
    )


def find_leaver(request: HttpRequest, number: int) -> Member:
    """Return the member with this number who has left this cooperative, or 404."""
    member = find_member(request, number)
    if member.status != MemberStatus.EXITED:
        raise Http404
    return member
