"""Where the cash is, and its way: from collectors to the treasurer, from the treasurer to the bank; each with its proof."""

import uuid

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.crypto import salted_hmac

from finance import actions, reports
from finance.forms.cash import ArrivedForm, BankForm, HandOverForm, TakeBackForm
from finance.forms.dues import NOTES
from finance.models import CashMove
from finance.papers import CashMovePaper, cash_move_pdf
from finance.reports.cash import cash_moves
from finance.views.dues import CASHIERS, READERS, find_entry
from finance.views.receipts import pdf_response, place_of
from registry.access import door
from registry.formats import format_rupiah

Kind = CashMove.Kind


@door(READERS)
def cash(request: HttpRequest) -> HttpResponse:
    """Where the cooperative's money is: in the box, with whom since when, on its way to the bank; and its latest moves."""
    cooperative = request.place.cooperative
    places = reports.cash_places(cooperative=cooperative, today=request.today)
    context = {
        "money": places,
        "holders": [
            {"holder": one, "age": one.age(request.today), "mark": mark_of(one.name)} for one in places.holders
        ],
        "moves": cash_moves(cooperative),
        "may_record": request.place.grant.kind in CASHIERS,
    }
    return render(request, "finance/cash.html", context)


def mark_of(name: str) -> str:
    """Return what stands for a collector in addresses and forms: addresses hold no names."""
    return salted_hmac("koperasi.kolektor", name).hexdigest()[:12]


@door(CASHIERS)
def hand_over(request: HttpRequest) -> HttpResponse:
    """A collector lays the money on the table: count it, and it is the treasurer's."""
    holders = [
        one for one in reports.holders(cooperative=request.place.cooperative, today=request.today) if one.rupiah > 0
    ]
    if not holders:
        return redirect("finance:cash", *request.place)
    names = {mark_of(one.name): one for one in holders}
    first = names.get(request.GET.get("dari", ""), holders[0])
    choices = [
        (mark, f"{one.words}: {format_rupiah(one.rupiah)}, {one.age(request.today)}") for mark, one in names.items()
    ]
    initial = {"dari": mark_of(first.name), "rupiah": first.rupiah, "on": request.today, "kunci": uuid.uuid4()}
    form = HandOverForm(
        request.POST or None, request.FILES or None, initial=initial, choices=choices, today=request.today
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        moved = _move(
            request,
            form,
            kind=Kind.HAND_OVER,
            holder=names[data["dari"]].name,
            notes=form.notes,
            difference_reason=data["sebab"],
        )
        if moved:
            return redirect("finance:cash_move", *request.place, moved.entry.address)
    context = {
        "form": form,
        "counts": {note: form.notes.get(str(note), 0) for note in NOTES},
        "coins": form.notes.get("coins", 0),
        "differs": "sebab" in form.errors,
    }
    return render(request, "finance/hand_over.html", context)


@door(CASHIERS)
def to_bank(request: HttpRequest) -> HttpResponse:
    """Cash goes to the bank; the slip is kept with the entry."""
    places = reports.cash_places(cooperative=request.place.cooperative, today=request.today)
    initial = {"rupiah": max(places.box, 0), "on": request.today, "kind": Kind.DEPOSIT, "kunci": uuid.uuid4()}
    form = BankForm(request.POST or None, request.FILES or None, initial=initial, today=request.today)
    if request.method == "POST" and form.is_valid():
        moved = _move(request, form, kind=form.cleaned_data["kind"], holder=form.cleaned_data["holder"])
        if moved:
            return redirect("finance:cash_move", *request.place, moved.entry.address)
    return render(request, "finance/to_bank.html", {"form": form, "money": places, "arriving": False})


@door(CASHIERS)
def arrived(request: HttpRequest) -> HttpResponse:
    """What was on its way is at the bank: the slip is here."""
    places = reports.cash_places(cooperative=request.place.cooperative, today=request.today)
    initial = {"rupiah": places.on_its_way, "on": request.today, "kunci": uuid.uuid4()}
    form = ArrivedForm(request.POST or None, request.FILES or None, initial=initial, today=request.today)
    if request.method == "POST" and form.is_valid():
        moved = _move(request, form, kind=Kind.ARRIVED)
        if moved:
            return redirect("finance:cash_move", *request.place, moved.entry.address)
    return render(request, "finance/to_bank.html", {"form": form, "money": places, "arriving": True})


def _move(request: HttpRequest, form: forms.Form, **more) -> CashMove | None:
    """Record a move of cash; None when it was refused, with the sentence at its field."""
    data = form.cleaned_data
    try:
        return actions.move_cash(
            cooperative=request.place.cooperative,
            rupiah=data["rupiah"],
            on=data["on"],
            pictures=data["foto"],
            key=data["kunci"],
            actor=request.actor,
            now=request.now,
            today=request.today,
            **more,
        )
    except actions.CashDifference as error:
        form.add_error("sebab", error.sentence)
    except actions.TooMuch as error:
        form.add_error("rupiah", error.sentence)
    except actions.ClosedMonth as error:
        form.add_error("on", error.sentence)
    except actions.Refused as error:
        form.add_error(None, error.sentence)
    return None


@door(READERS)
def cash_move(request: HttpRequest, jurnal: str) -> HttpResponse:
    """One move of cash: the proof on screen, its pictures, and the way to take it back."""
    moved = find_move(request, jurnal)
    may_record = request.place.grant.kind in CASHIERS
    form = TakeBackForm(request.POST or None if may_record else None)
    if request.method == "POST" and may_record and form.is_valid():
        try:
            actions.reverse_cash_move(
                cooperative=request.place.cooperative,
                move=moved,
                reason=form.cleaned_data["alasan"],
                on=request.today,
                actor=request.actor,
                now=request.now,
                today=request.today,
            )
        except actions.Refused as error:
            form.add_error(None, error.sentence)
        else:
            messages.success(request, f"{moved.entry.number_text} dibatalkan. Uangnya kembali ke tempat semula.")
            return redirect("finance:cash", *request.place)
    taken_back = CashMove.objects.filter(cooperative=moved.cooperative, reverses=moved).select_related("entry").first()
    context = {
        "move": moved,
        "taken_back": taken_back,
        "form": form if may_record and not taken_back and not moved.reverses_id else None,
        "evidence": reports.evidence_of(moved.cooperative, moved.entry_id),
        "may_record": may_record,
        "counts": {note: (moved.notes or {}).get(str(note), 0) for note in NOTES},
        "coins": (moved.notes or {}).get("coins", 0),
        "difference": (moved.counted_rupiah or 0) - moved.rupiah if moved.notes else 0,
    }
    return render(request, "finance/cash_move.html", context)


@door(READERS)
def cash_move_file(request: HttpRequest, jurnal: str) -> HttpResponse:
    """The proof of a move of cash, to be signed by both (A6)."""
    moved = find_move(request, jurnal)
    return pdf_response(cash_move_pdf(paper_of(request, moved)), f"serah-terima-{jurnal}")


def find_move(request: HttpRequest, address: str) -> CashMove:
    """Return the move of cash with this entry's address, or 404."""
    entry = find_entry(request, address)
    found = CashMove.objects.filter(cooperative=request.place.cooperative, entry=entry)
    one = found.select_related("entry", "cooperative", "reverses__entry").first()
    if one is None:
        raise Http404
    return one


def paper_of(request: HttpRequest, moved: CashMove) -> CashMovePaper:
    """Return what the printed proof says."""
    cooperative, (place_line, place) = request.place.cooperative, place_of(request)
    hand_over = moved.kind == Kind.HAND_OVER
    return CashMovePaper(
        cooperative_name=cooperative.name,
        place_line=place_line,
        place=place,
        number=moved.entry.number_text,
        given_by=moved.holder if hand_over else moved.received_by,
        taken_by=moved.received_by
        if hand_over
        else moved.holder or ("Pembawa uang" if moved.kind == Kind.SENT else "Petugas bank"),
        rupiah=moved.rupiah,
        counted_rupiah=moved.counted_rupiah,
        reason=moved.reason,
        purpose="Iuran anggota yang dipegang kolektor" if hand_over else "Uang kas untuk disetor ke rekening bank",
        moved_on=moved.moved_on,
        void=moved.reverses_id is not None or CashMove.objects.filter(cooperative=cooperative, reverses=moved).exists(),
        practice=cooperative.is_practice,
        demo=request.place.agency.is_demo,
    )
