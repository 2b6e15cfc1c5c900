"""The opening balances of a cooperative that kept its books elsewhere: typed one by one, or taken back. Lists: `opening_list`."""

import uuid
from dataclasses import dataclass, field

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render

from finance import actions
from finance.forms.bylaws import OpeningForm
from finance.forms.cash import TakeBackForm
from finance.models import Books, Entry
from finance.reports.opening import standing_openings
from finance.views.dues import CASHIERS, find_entry
from members.models import Member
from registry.access import door
from registry.forms.fields import RupiahField

AMOUNT = RupiahField(required=False)
TYPED = 300  # members whose savings are still typed one by one; a browser sends two fields for each


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
                cell.pokok = self.data.get(f"pokok-{member.number}", "")
                cell.wajib = self.data.get(f"wajib-{member.number}", "")
                self._read(cell)
            self.cells.append(cell)

    def _read(self, cell: Cell) -> None:
        try:
            pokok, wajib = AMOUNT.clean(cell.pokok) or 0, AMOUNT.clean(cell.wajib) or 0
        except ValidationError as error:
            cell.problem = " ".join(error.messages)
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
    done = standing_openings(cooperative).first()
    if done:
        return redirect("finance:entry", *request.place, done.address)
    posted = request.POST if request.method == "POST" else None
    if posted is None and Member.objects.of(cooperative).current().count() > TYPED:
        return render(request, "finance/opening_many.html", {"books": books, "typed": TYPED})
    table = OpeningTable(posted, list(Member.objects.of(cooperative).current().order_by("name", "number")))
    form = OpeningForm(posted, today=request.today, initial={"as_of": books.opened_on, "kunci": uuid.uuid4()})
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
def take_back_opening(request: HttpRequest, jurnal: str) -> HttpResponse:
    """Take an opening entry back, with a reason; the members stay, and their balances may be entered anew."""
    cooperative = request.place.cooperative
    entry = find_entry(request, jurnal)
    if not standing_openings(cooperative).filter(pk=entry.pk).exists():
        return redirect("finance:entry", *request.place, entry.address)
    form = TakeBackForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.reverse_opening_balances(
                cooperative=cooperative,
                entry=entry,
                reason=form.cleaned_data["alasan"],
                actor=request.actor,
                now=request.now,
                today=request.today,
            )
        except actions.Refused as error:
            form.add_error(None, error.sentence)
        else:
            messages.success(request, "Saldo awal dibatalkan. Saldo yang benar dapat dicatat lagi.")
            return redirect("finance:opening", *request.place)
    return render(request, "finance/take_back_opening.html", {"form": form, "entry": entry})
