"""The by-laws: what holds and its history, a new decision with its effect shown first, and whom the rules would suspend."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from finance import actions, reports
from finance.forms.bylaws import ByLawsForm
from finance.models import Books, ByLaws
from finance.reports.bylaws import unpaid
from finance.views.dues import CASHIERS, READERS
from members.actions import NotSuspendable, reinstate_member, suspend_member
from members.models import Member, MemberStatus
from registry.access import door
from registry.numbers import TooLong, clean_line
from registry.periods import add_months, month_of


@door(READERS)
def by_laws(request: HttpRequest) -> HttpResponse:
    """The rules in force and before; officers enter a decision, see what it changes, then save it."""
    cooperative = request.place.cooperative
    books = Books.objects.filter(cooperative=cooperative).first()
    if books is None:
        return redirect("finance:rates", *request.place)
    may_decide = request.place.grant.kind in CASHIERS
    now = reports.rules_on(cooperative, request.today, books)
    initial = {name: getattr(now, name) for name in ByLawsForm.RULES}
    initial["valid_from"] = month_of(request.today).isoformat()
    months = [add_months(month_of(request.today), n) for n in range(13)]
    data = request.POST if request.method == "POST" and may_decide else None
    form = ByLawsForm(data, initial=initial, months=months, today=request.today)
    effect = None
    if data is not None and form.is_valid():
        if data.get("dilihat") == form.mark() and (answer := _decide(request, form)):
            return answer
        if not form.errors:
            effect = reports.by_laws_effect(cooperative=cooperative, new=form.rules(), today=request.today)
    context = {
        "form": form if may_decide else None,
        "effect": effect,
        "mark": form.mark() if effect else "",
        "rules": now,
        "history": ByLaws.objects.filter(cooperative=cooperative),
    }
    return render(request, "finance/by_laws.html", context)


def _decide(request: HttpRequest, form: ByLawsForm) -> HttpResponse | None:
    data = form.cleaned_data
    try:
        actions.decide_by_laws(
            cooperative=request.place.cooperative,
            rules=form.rules(),
            decided_on=data["decided_on"],
            decision=data["decision"],
            actor=request.actor,
            now=request.now,
        )
    except actions.RateExists:
        form.add_error("valid_from", "Sudah ada keputusan yang berlaku mulai bulan itu. Pilih bulan lain.")
        return None
    except actions.Refused as error:
        form.add_error("valid_from", error.sentence)
        return None
    messages.success(request, "Aturan tersimpan. Yang sudah dibayar dan ditagih tidak berubah.")
    return redirect("finance:by_laws", *request.place)


@door(READERS)
def suspensions(request: HttpRequest) -> HttpResponse:
    """Whom the by-laws suggest to suspend, and who is suspended. Nothing happens here without somebody's decision."""
    cooperative = request.place.cooperative
    may_decide = request.place.grant.kind in CASHIERS
    if request.method == "POST" and may_decide:
        return _suspend(request)
    rules = reports.rules_on(cooperative, request.today)
    late = reports.arrears(cooperative=cooperative, as_of=request.today)
    found = reports.suggested(late, rules, request.today)
    active = dict(
        Member.objects.filter(
            cooperative=cooperative, pk__in=[row.member_id for row in found], status=MemberStatus.ACTIVE
        ).values_list("pk", "number")
    )
    context = {
        "rules": rules,
        "rows": [
            (row, active[row.member_id], unpaid(row, rules, request.today)) for row in found if row.member_id in active
        ],
        "suspended": Member.objects.filter(cooperative=cooperative, status=MemberStatus.SUSPENDED).order_by("name"),
        "may_decide": may_decide,
    }
    return render(request, "finance/suspensions.html", context)


def _suspend(request: HttpRequest) -> HttpResponse:
    turn = reinstate_member if request.POST.get("langkah") == "aktifkan" else suspend_member
    number = request.POST.get("nomor", "")
    member = Member.objects.filter(
        cooperative=request.place.cooperative, number=int(number) if number.isdecimal() and len(number) < 10 else 0
    ).first()
    try:
        reason = clean_line(request.POST.get("sebab", ""), 200)
    except TooLong as error:
        messages.warning(request, f"Sebab: {error.sentence}")
        return redirect("finance:suspensions", *request.place)
    if member is None or not reason:
        messages.warning(request, "Pilih anggotanya dan tulis keputusan pengurus yang menjadi dasarnya.")
        return redirect("finance:suspensions", *request.place)
    try:
        turn(member=member, reason=reason, actor=request.actor, now=request.now)
    except NotSuspendable:
        messages.warning(request, f"Status {member.number_text} sudah berubah. Muat ulang daftarnya.")
    else:
        done = "aktif lagi" if turn is reinstate_member else "dibekukan"
        messages.success(request, f"{member.number_text} {done}.")
    return redirect("finance:suspensions", *request.place)
