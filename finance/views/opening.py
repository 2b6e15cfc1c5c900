"""Two rare acts: the opening balances of a cooperative that kept its books elsewhere, and the refund of a leaver."""

import uuid
from dataclasses import dataclass, field

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render

from finance import actions
from finance.forms import OpeningForm, RefundForm
from finance.models import Books, Entry, EntryKind, MemberBalance
from finance.views.dues import CASHIERS, find_member
from members.models import Member, MemberStatus
from registry.access import door
from registry.formats import Unreadable, parse_rupiah


@dataclass
class Cell:
    """One member's row of the form: what was typed, and what is wrong with it."""

    member: Member
    pokok: str = ""
    wajib: str = ""
    problem: str = ""
    line: actions.OpeningLine | None = None


@dataclass
class OpeningTable:
    """The members' part of the form. A member without amounts is left out."""

    data: QueryDict | None
    members: list[Member]
    cells: list[Cell] = field(default_factory=list)

    def __post_init__(self) -> None:
        for member in self.members:
            cell = Cell(member)
            if self.data is not None:
                cell.pokok = self.data.get(f"pokok-{member.number}", "")[:24]
                cell.wajib = self.data.get(f"wajib-{member.number}", "")[:24]
                self._read(cell)
            self.cells.append(cell)

    def _read(self, cell: Cell) -> None:
        try:
            pokok = parse_rupiah(cell.pokok) if cell.pokok.strip() else 0
            wajib = parse_rupiah(cell.wajib) if cell.wajib.strip() else 0
        except Unreadable as error:
            cell.problem = error.sentence
            return
        if pokok or wajib:
            cell.line = actions.OpeningLine(cell.member.pk, pokok, wajib)

    @property
    def problems(self) -> int:
        return sum(bool(cell.problem) for cell in self.cells)

    @property
    def lines(self) -> list[actions.OpeningLine]:
        return [cell.line for cell in self.cells if cell.line]


@door(CASHIERS)
def opening(request: HttpRequest) -> HttpResponse:
    """Enter what each member had saved before these books: one entry, checked against the old book's total."""
    cooperative = request.place.cooperative
    books = Books.objects.filter(cooperative=cooperative).first()
    if books is None:
        return redirect("finance:rates", *request.place)
    done = Entry.objects.filter(cooperative=cooperative, kind=EntryKind.OPENING).first()
    if done:
        return redirect("finance:entry", *request.place, done.address)
    posted = request.POST if request.method == "POST" else None
    table = OpeningTable(posted, list(Member.objects.of(cooperative).current().order_by("name", "number")))
    form = OpeningForm(posted, initial={"as_of": books.opened_on, "kunci": uuid.uuid4()})
    if posted is not None and form.is_valid() and not table.problems:
        data = form.cleaned_data
        try:
            entry = actions.record_opening_balances(
                cooperative=cooperative,
                lines=table.lines,
                cash=data["cash"] or 0,
                bank=data["bank"] or 0,
                as_of=data["as_of"],
                expected_total=data["expected_total"],
                key=data["kunci"],
                actor=request.actor,
                now=request.now,
                today=request.today,
            )
        except actions.Refused as error:
            form.add_error(None, error.sentence)
        else:
            found = Entry.objects.get(cooperative=cooperative, pk=entry.entry_id)
            return redirect("finance:entry", *request.place, found.address)
    return render(request, "finance/opening.html", {"form": form, "table": table, "books": books})


@door(CASHIERS)
def settle_exit(request: HttpRequest, nomor: int) -> HttpResponse:
    """Return the savings of a member who has left: book the debt, and pay it out when the cash leaves the table."""
    cooperative = request.place.cooperative
    member = find_member(request, nomor)
    if member.status != MemberStatus.EXITED:
        raise Http404
    balance = MemberBalance.objects.filter(cooperative=cooperative, member=member).first()
    form = RefundForm(request.POST or None, initial={"on": request.today})
    if request.method == "POST" and form.is_valid():
        try:
            actions.settle_exit(
                cooperative=cooperative,
                member=member,
                on=form.cleaned_data["on"],
                pay_now=form.cleaned_data["pay_now"],
                actor=request.actor,
                now=request.now,
                today=request.today,
            )
        except actions.Refused as error:
            form.add_error(None, error.sentence)
        else:
            return redirect("finance:statement", *request.place, member.number)
    return render(request, "finance/settle_exit.html", {"form": form, "member": member, "balance": balance})
