"""Serah terima bendahara: count, offer, witness, receive, and the paper."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render

from finance import actions, reports
from finance.forms.dues import NOTES
from finance.forms.succession import SuccessionForm
from finance.models import Books
from finance.reports.handing_over import BANK, HandingOver, balances, with_parts
from finance.succession_paper import SuccessionPaper, succession_pdf
from finance.views.dues import READERS
from finance.views.receipts import pdf_response, place_of
from registry.access import door
from registry.models import Grant, GrantKind

CASH = "11100"
OFFERS = {GrantKind.TREASURER, GrantKind.CHAIR}


@door(READERS)
def succession(request: HttpRequest) -> HttpResponse:
    """Offer cash and books to the next treasurer: the outgoing one does, or the ketua for one who is gone."""
    cooperative, kind = request.place.cooperative, request.place.grant.kind
    found = reports.hand_overs(cooperative)
    books = Books.objects.filter(cooperative=cooperative).exists()
    absent = kind == GrantKind.CHAIR
    outgoing, incoming = _people(request, absent)
    context = {"found": found, "absent": absent, "books": books, "may_offer": kind in OFFERS and books,
               "has_successor": bool(incoming), "has_outgoing": bool(outgoing)}  # fmt: skip
    if not (context["may_offer"] and incoming and outgoing):
        return render(request, "finance/succession.html", context)
    sent = request.method == "POST"
    form = SuccessionForm(request.POST if sent else QueryDict(), outgoing, incoming, absent, sent=sent)
    if sent and not form.errors and (answer := _offer(request, form)):
        return answer
    money = balances(cooperative)
    booked = money.get(CASH, 0)
    context |= {
        "form": form,
        "counts": {note: form.notes.get(str(note), 0) for note in NOTES},
        "coins": form.notes.get("coins", 0),
        "booked": booked,
        "difference": form.counted - booked,
        "bank": with_parts(money, BANK),
        "items": reports.open_items(cooperative=cooperative, today=request.today, money=money),
    }
    return render(request, "finance/succession.html", context, status=422 if form.errors else 200)


def _offer(request: HttpRequest, form: SuccessionForm) -> HttpResponse | None:
    assert form.to and form.of  # the form has no errors
    try:
        offer = actions.offer_hand_over(
            cooperative=request.place.cooperative,
            outgoing=form.of,
            incoming=form.to,
            notes=form.notes,
            reason=form.reason,
            absence=form.absence,
            actor=request.actor,
            now=request.now,
            today=request.today,
        )
    except actions.Refused as error:
        form.errors.append(error.sentence)
        return None
    return redirect("finance:succession_one", *request.place, offer.number)


def _people(request: HttpRequest, absent: bool) -> tuple[list[Grant], list[Grant]]:
    """Return who may hand over, and who may receive: one grant a person, those in force first."""
    cooperative, here = request.place.cooperative, request.place.grant
    grants = Grant.objects.filter(cooperative=cooperative, kind=GrantKind.TREASURER)
    active = {grant.user_id: grant for grant in grants.in_force(request.today).order_by("pk")}
    if not absent:
        return [here], [grant for grant in active.values() if grant.user_id != here.user_id]
    # the one who is gone may have lost the access already: the latest of those counts too
    ended = grants.exclude(user_id__in=active).order_by("-ended_on", "-pk").first()
    incoming = [grant for grant in active.values() if grant.user_id != here.user_id]
    outgoing = [*active.values(), *([ended] if ended else [])]
    if len(incoming) == 1:
        outgoing = [grant for grant in outgoing if grant.user_id != incoming[0].user_id]
    return outgoing, incoming


@door(READERS)
def succession_one(request: HttpRequest, nomor: int) -> HttpResponse:
    """One hand-over: what was counted and is open, who agreed; the receiver receives, the pengawas witnesses."""
    one = _find(request, nomor)
    if request.method == "POST" and (answer := _answer(request, one)):
        return answer
    context = {"one": one, "counts": still_counts(one), "coins": one.offer.notes.get("coins", 0)} | roles(request, one)
    done = one.received and request.user.pk in (one.offer.incoming_id, one.offer.outgoing_id)
    template = (
        "finance/succession_done.html" if done and "rincian" not in request.GET else "finance/succession_one.html"
    )
    return render(request, template, context)


def _answer(request: HttpRequest, one: HandingOver) -> HttpResponse | None:
    acts = {"cooperative": request.place.cooperative, "number": one.offer.number, "actor": request.actor}
    try:
        match request.POST.get("langkah"):
            case "terima":
                actions.receive_hand_over(**acts, now=request.now, today=request.today)
            case "saksi":
                actions.witness_hand_over(**acts, now=request.now)
                messages.success(request, "Tercatat: Anda menyaksikan serah terima ini.")
            case "tarik":
                actions.withdraw_hand_over(**acts, now=request.now)
                messages.success(request, "Serah terima ditarik. Tidak ada yang berubah di buku.")
            case _:
                return None
    except actions.Refused as error:
        messages.warning(request, error.sentence)
    return redirect("finance:succession_one", *request.place, one.offer.number)


def roles(request: HttpRequest, one: HandingOver) -> dict:
    """Return what this person may do with a hand-over now."""
    me, kind, offer = request.user.pk, request.place.grant.kind, one.offer
    return {
        "may_receive": one.is_open and not one.waits_for_witness and me == offer.incoming_id,
        "may_witness": one.waits_for_witness
        and kind == GrantKind.SUPERVISOR
        and me not in (offer.incoming_id, offer.outgoing_id),
        "may_withdraw": one.is_open and me in (offer.offered_by, offer.incoming_id) and kind in OFFERS,
    }


def still_counts(one: HandingOver) -> list[tuple[int, int, int]]:
    """Return the notes that were there, largest first: note, sheets, rupiah."""
    found = ((note, one.offer.notes.get(str(note), 0)) for note in NOTES)
    return [(note, count, note * count) for note, count in found if count]


@door(READERS)
def succession_file(request: HttpRequest, nomor: int) -> HttpResponse:
    """The berita acara of a finished hand-over (A4)."""
    one = _find(request, nomor)
    if one.received is None:
        raise Http404
    return pdf_response(succession_pdf(paper_of(request, one)), f"berita-acara-{one.offer.number_text.lower()}")


def paper_of(request: HttpRequest, one: HandingOver) -> SuccessionPaper:
    """Return what the berita acara says: frozen facts of the offer and its signs only."""
    cooperative, offer, received = request.place.cooperative, one.offer, one.received
    assert received is not None
    place_line, place = place_of(request)
    return SuccessionPaper(
        cooperative_name=cooperative.name,
        place_line=place_line,
        place=place,
        number=offer.number_text,
        outgoing_name=offer.outgoing_name,
        incoming_name=offer.incoming_name,
        offered_by_name=offer.offered_by_name,
        offered_at=offer.offered_at,
        absence=offer.absence,
        witness_name=one.witness.by_name if one.witness else "",
        witnessed_at=one.witness.at if one.witness else None,
        received_at=received.at,
        notes=tuple(still_counts(one)),
        coins=offer.notes.get("coins", 0),
        counted_rupiah=offer.counted_rupiah,
        booked_rupiah=offer.booked_rupiah,
        reason=offer.reason,
        difference_entry=received.difference_entry.number_text if received.difference_entry else "",
        bank_rupiah=offer.bank_rupiah,
        items=tuple((item.title, item.words) for item in one.items),
        last_entry=received.last_entry.number_text if received.last_entry else "",
        digest=bytes(received.digest).hex() if received.digest else "",
        practice=cooperative.is_practice,
        demo=request.place.agency.is_demo,
    )


def _find(request: HttpRequest, number: int) -> HandingOver:
    found = reports.hand_overs(request.place.cooperative, number=number)
    if not found:
        raise Http404
    return found[0]
