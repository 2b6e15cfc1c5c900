"""Months without wajib ("libur"): what was decided, for whom, what it waives; and taking a decision back."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from finance import actions
from finance.forms.cash import PauseForm, TakeBackForm
from finance.models import Books, DuesPause
from finance.reports.pauses import effect_of, pauses_of
from finance.views.dues import CASHIERS, READERS
from members.models import Member
from registry.access import door
from registry.periods import add_months, month_of


@door(READERS)
def pauses(request: HttpRequest) -> HttpResponse:
    """Every pause; officers enter a new decision, see what it waives, and confirm."""
    cooperative = request.place.cooperative
    books = Books.objects.filter(cooperative=cooperative).first()
    may_decide = request.place.grant.kind in CASHIERS and books is not None
    first = month_of(books.opened_on) if books else month_of(request.today)
    months = [month for n in range(12, -25, -1) if (month := add_months(month_of(request.today), n)) >= first]
    this = month_of(request.today).isoformat()
    initial = {"first": this, "last": this, "decided_on": request.today}
    form = PauseForm(request.POST or None if may_decide else None, months=months, today=request.today, initial=initial)
    effect = None
    if request.method == "POST" and may_decide and form.is_valid():
        data, member = form.cleaned_data, None
        if data["siapa"] == "lain":
            member = Member.objects.of(cooperative).current().filter(number=form.number).first()
            if member is None:
                form.add_error("anggota", "Tidak ada anggota dengan nomor itu.")
        if not form.errors and request.POST.get("langkah") != "simpan":
            effect = effect_of(cooperative=cooperative, member=member, first=data["first"], last=data["last"])
        elif not form.errors and _save(request, form, member):
            messages.success(request, "Libur iuran dicatat.")
            return redirect("finance:pauses", *request.place)
    context = {
        "form": form if may_decide else None,
        "effect": effect,
        "pauses": pauses_of(cooperative),
        "may_decide": may_decide,
    }
    return render(request, "finance/pauses.html", context)


def _save(request: HttpRequest, form: PauseForm, member: Member | None) -> bool:
    data = form.cleaned_data
    try:
        actions.pause_dues(
            cooperative=request.place.cooperative,
            member=member,
            first=data["first"],
            last=data["last"],
            decided_on=data["decided_on"],
            decision=data["decision"],
            actor=request.actor,
            now=request.now,
            today=request.today,
        )
    except actions.Refused as error:
        form.add_error("first", error.sentence)
        return False
    return True


@door(CASHIERS)
def withdraw(request: HttpRequest, number: int) -> HttpResponse:
    """Take a decision back: what it waived is owed again."""
    cooperative = request.place.cooperative
    pause = DuesPause.objects.filter(cooperative=cooperative, pk=number).select_related("member").first()
    if pause is None:
        raise Http404
    form = TakeBackForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.withdraw_pause(
                cooperative=cooperative,
                pause=pause,
                reason=form.cleaned_data["alasan"],
                actor=request.actor,
                now=request.now,
                today=request.today,
            )
        except actions.Refused as error:
            form.add_error(None, error.sentence)
        else:
            messages.success(request, "Libur dicabut. Iuran bulan itu terutang lagi.")
            return redirect("finance:pauses", *request.place)
    return render(request, "finance/withdraw_pause.html", {"form": form, "pause": pause})
