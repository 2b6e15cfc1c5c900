"""Pengurus and pengawas of one cooperative: the organs as posts, each person's term, and the book of officers on paper."""

from io import BytesIO

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from registry.access import door
from registry.actions import PostHeld, appoint_officer, correct_officer, declare, end_term
from registry.formats import format_date, format_moment
from registry.forms.officers import CorrectOfficerForm, DeclarationForm, EndTermForm, OfficerForm
from registry.models import Declaration, Grant, GrantKind, Officer, Organ, Position
from registry.models.accounts import COOPERATIVE_KINDS, DINAS_KINDS
from registry.models.officers import ACCESS_OF_POST
from registry.paper import PaperError
from registry.papers import officers_pdf, officers_sheet
from registry.reports import officers as reports
from registry.sheets.writing import write_xlsx
from registry.views.cooperatives import READERS, page_context
from registry.views.facts import asked_fact, own_row
from registry.views.listing import FILE_TYPES, WRITERS

GIVERS = frozenset({GrantKind.DINAS_ADMIN, GrantKind.CHAIR})
# The book of officers is the cooperative's own and the dinas'; who may not know declarations sees the posts only.
PRINTERS = DINAS_KINDS | COOPERATIVE_KINDS


@door(READERS)
def officers(request: HttpRequest) -> HttpResponse:
    """The organs as posts, filled or empty; what the rules say; who served before."""
    seen = _book(request)
    invitable = _without_access(request, seen.serving) if request.place.grant.kind in GIVERS else set()
    organs = [
        {"label": Organ(organ).label, "key": organ, "posts": seen.posts.get(organ, ())} for organ in Organ.values
    ]  # fmt: skip
    context = page_context(
        request,
        "pengurus",
        seen=seen,
        organs=organs,
        invitable=invitable,
        may_print=request.place.grant.kind in PRINTERS,
    )
    return render(request, "registry/officers.html", context)


@door(READERS)
def officer(request: HttpRequest, number: int) -> HttpResponse:
    """One term: how it began, what was declared, and what may be done about it."""
    found, kind = own_row(Officer, request, number), request.place.grant.kind
    declared = None
    if kind != GrantKind.FIELD:
        rows = {row.what: row for row in Declaration.objects.filter(officer=found, agency=request.place.agency)}
        declared = [{"label": label, "row": rows.get(what)} for what, label in Declaration.What.choices]
    invites = kind in GIVERS and found.ended_on is None and found.pk in _without_access(request, [found])
    context = page_context(
        request, "", officer=found, declared=declared, invites=invites, heading=found.name, over=bool(found.ended_on and found.ended_on <= request.today)
    )  # fmt: skip
    return render(request, "registry/officer.html", context)


@door(WRITERS)
def add_officer(request: HttpRequest) -> HttpResponse:
    """Enter a term of office: for an empty post (`?jabatan=`), or again for who held it before (`?lagi=`)."""
    cooperative = request.place.cooperative
    options = {"today": request.today, "serving": reports.serving(cooperative, request.place.agency)}
    if request.method != "POST":
        return asked_fact(
            request,
            OfficerForm(initial=_begun(request, options["serving"]), **options),
            "Angkat pengurus atau pengawas",
            "registry:officers",
        )
    form = OfficerForm(request.POST, **options)
    if form.is_valid():
        try:
            officer = appoint_officer(
                cooperative=cooperative, fields=form.fields_of_term, actor=request.actor, now=request.now
            )
        except PostHeld as error:
            form.refuse_post(error.officer)
        else:
            messages.success(request, f"{officer.name} tercatat sebagai {officer.get_position_display().lower()}.")
            return redirect("registry:officers", *request.place)
    return asked_fact(request, form, "Angkat pengurus atau pengawas", "registry:officers")


def _begun(request: HttpRequest, serving: list[Officer]) -> dict:
    """What the form of a new term begins with; it lasts as long as those of the others in the organ."""
    number = request.GET.get("lagi", "")
    former = None
    if number.isascii() and number.isdigit() and len(number) < 18:
        former = Officer.objects.filter(
            cooperative=request.place.cooperative, agency=request.place.agency, pk=number, ended_on__isnull=False
        ).first()
    known: dict = {"appointed_by": Officer.AppointedBy.MEETING}
    if former:
        known |= {name: getattr(former, name) for name in ("position", "name", "sex", "phone", "ex_officio")}
        known["starts_on"] = max(former.ended_on, request.today)
    elif (position := request.GET.get("jabatan", "")) in Position.values:
        known["position"] = position
    supervisor = known.get("position", "").startswith("supervisor")
    organ = Organ.SUPERVISOR if supervisor else Organ.MANAGEMENT
    ends = [one.ends_on for one in serving if one.organ == organ and one.ends_on > request.today]
    return known | ({"ends_on": max(ends)} if ends and "position" in known else {})


@door(WRITERS)
def end_officer(request: HttpRequest, number: int) -> HttpResponse:
    """End a term of office."""
    officer = own_row(Officer, request, number, ended_on__isnull=True)
    form = EndTermForm(request.POST or None, officer=officer, today=request.today, initial={"ended_on": request.today})
    if form.is_bound and form.is_valid():
        ended = end_term(
            officer=officer,
            on=form.cleaned_data["ended_on"],
            reason=form.cleaned_data["end_reason"],
            actor=request.actor,
            now=request.now,
            today=request.today,
        )
        access = "Aksesnya ikut berakhir." if ended else "Tidak ada akses yang terhubung dengannya."
        messages.success(
            request, f"Masa jabatan {officer.name} berakhir {form.cleaned_data['ended_on']:%d/%m/%Y}. {access}"
        )
        return redirect("registry:officers", *request.place)
    return asked_fact(request, form, f"Akhiri masa jabatan {officer}", "registry:officers")


@door(WRITERS)
def amend_officer(request: HttpRequest, number: int) -> HttpResponse:
    """Put right what was written about a term, or prolong it; its access moves along."""
    officer = own_row(Officer, request, number)
    options = {"officer": officer, "today": request.today}
    names = [name for name in CorrectOfficerForm.base_fields if name != "reason"]
    form = CorrectOfficerForm(initial={name: getattr(officer, name) for name in names}, **options)
    if request.method == "POST":
        form = CorrectOfficerForm(request.POST, **options)
        if form.is_valid() and _is_corrected(request, form):
            return redirect("registry:officer", *request.place, officer.pk)
    return asked_fact(request, form, f"Perbaiki data {officer}", "registry:officers")


def _is_corrected(request: HttpRequest, form: CorrectOfficerForm) -> bool:
    """Store a correction and say what became of the access, or say in the form why not."""
    try:
        changed, moved = correct_officer(
            officer=form.officer, fields=form.fields_of_term, reason=form.cleaned_data["reason"], actor=request.actor,
            now=request.now, today=request.today,
        )  # fmt: skip
    except PostHeld as error:
        form.refuse_post(error.officer)
        return False
    access = " Aksesnya ikut berubah." if moved else ""
    messages.success(request, f"Perbaikan tersimpan.{access}" if changed else "Tidak ada yang berubah.")
    return True


@door(WRITERS)
def declarations(request: HttpRequest, number: int) -> HttpResponse:
    """Write what an office-holder declared."""
    officer = own_row(Officer, request, number, ended_on__isnull=True)
    rules = reports.book(request.place.cooperative, request.place.agency, request.today).judged.pack.rules
    asked = [rule.what for rule in rules if rule.kind == "declared" and rule.organ in ("", officer.organ)]
    asked = asked or list(Declaration.What.values)
    known = {row.what: row for row in Declaration.objects.filter(officer=officer, agency=request.place.agency)}
    initial = {what: "ya" if row.holds else "tidak" for what, row in known.items()}
    days = [row.declared_on for row in known.values()]
    initial["declared_on"] = max(days, default=request.today)
    form = DeclarationForm(request.POST or None, asked=asked, officer=officer, today=request.today, initial=initial)
    if form.is_bound and form.is_valid():
        count = declare(
            officer=officer, answers=form.answers, on=form.cleaned_data["declared_on"], actor=request.actor,
            now=request.now, today=request.today,
        )  # fmt: skip
        messages.success(request, "Pernyataan tersimpan." if count else "Tidak ada yang berubah.")
        return redirect("registry:officer", *request.place, officer.pk)
    return asked_fact(request, form, f"Pernyataan {officer}", "registry:officers")


@door(PRINTERS)
def officers_file(request: HttpRequest, bentuk_daftar: str) -> HttpResponse:
    """The book of pengurus and pengawas as PDF or Excel, with who printed it and when."""
    book, cooperative = _book(request), request.place.cooperative
    sheet = officers_sheet(book)
    made = f"{request.actor.name}, {format_moment(request.now)}"
    name = f"pengurus-{cooperative.slug}-{request.today:%Y-%m-%d}.{bentuk_daftar}"
    if bentuk_daftar == "xlsx":
        target = BytesIO()
        write_xlsx(
            target, title=f"Daftar pengurus dan pengawas {cooperative.name}", columns=sheet.columns, rows=sheet.rows,
            notes=[f"Keadaan per {format_date(request.today)}"], made=f"Diunduh {made}",
        )  # fmt: skip
        return _sent(target.getvalue(), FILE_TYPES["xlsx"], name, "attachment")
    try:
        paper = officers_pdf(cooperative, request.place.agency, book, sheet, made=made)
    except PaperError as error:
        messages.error(request, str(error))
        return redirect("registry:officers", *request.place)
    return _sent(paper.content, "application/pdf", name, "inline")


def _sent(content: bytes, content_type: str, name: str, how: str) -> HttpResponse:
    return HttpResponse(
        content, content_type=content_type, headers={"Content-Disposition": f'{how}; filename="{name}"'}
    )


def _book(request: HttpRequest) -> reports.Book:
    may_know = request.place.grant.kind != GrantKind.FIELD
    return reports.book(request.place.cooperative, request.place.agency, request.today, declarations=may_know)


def _without_access(request: HttpRequest, officers) -> set[int]:
    """Return those who serve without an access of their post, by term or by name."""
    held = Grant.objects.filter(agency=request.place.agency, cooperative=request.place.cooperative).lasting(
        request.today
    )
    terms, names = set(), set()
    for term, kind, name in held.values_list("officer", "kind", "user_name"):
        terms.add(term)
        names.add((kind, name.casefold()))
    return {
        one.pk for one in officers
        if one.pk not in terms and (ACCESS_OF_POST[one.position], one.name.casefold()) not in names
    }  # fmt: skip
