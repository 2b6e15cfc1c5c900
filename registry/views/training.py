"""Bimtek of the dinas: the plan of a year with its money, a session, and whom to invite."""

from urllib.parse import quote

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from registry.access import door
from registry.actions import (
    approve_budget_line,
    invite_officers,
    keep_budget_line,
    move_session,
    plan_session,
)
from registry.formats import count_words, format_date_long
from registry.forms.training import ApprovalForm, BudgetForm, InviteForm, SessionForm
from registry.models import BudgetLine, Officer, Place, TrainingSession
from registry.models.accounts import DINAS_KINDS
from registry.numbers import check_phone, wa_link
from registry.reports import coverage as coverage_reports
from registry.reports import training as reports
from registry.training import rules_source, topics
from registry.views.cooperatives import READERS, page_context
from registry.views.listing import WRITERS

PER_PAGE = 100
MOST_AT_ONCE = 500
State = TrainingSession.State
STATES = {"planned": "wait", "open": "soon", "held": "soon", "closed": "good", "cancelled": ""}
LINES = {"planned": "soon", "approved": "good", "running": "good", "done": "good", "cancelled": ""}


def training_tabs(current: str) -> list[dict]:
    """The pages of bimtek."""
    tabs = [("rencana", "Rencana", "registry:trainings"), ("cakupan", "Cakupan", "registry:coverage")]
    return [{"label": label, "view": view, "current": key == current} for key, label, view in tabs]


def own_session(request: HttpRequest, nomor: int) -> TrainingSession:
    """A session of this dinas, or 404."""
    found = TrainingSession.objects.filter(agency=request.place.agency, pk=nomor).select_related("budget").first()
    if found is None:
        raise Http404
    return found


# --- The year -------------------------------------------------------------------------------------


@door(DINAS_KINDS)
def trainings(request: HttpRequest) -> HttpResponse:
    """The plan of a year: every budget line with its sessions, and how far coverage is."""
    agency = request.place.agency
    every = reports.years(agency, request.today)
    typed = request.GET.get("tahun", "")
    year = int(typed) if typed.isdecimal() and typed.isascii() and int(typed[:5]) in every else request.today.year
    found = reports.plan(agency, year)
    reach = coverage_reports.coverage(agency, coverage_reports.Asked(), request.today).all
    context = {
        "tabs": training_tabs("rencana"), "may_write": request.place.grant.kind in WRITERS, "year": year, "money": found, "reach": reach,
        "sessions": sum(len(one.sessions) for one in found), "states": STATES, "lines": LINES,
        "chips": [{"label": str(one), "url": f"?tahun={one}", "current": one == year} for one in every],
        "waiting": [one.line for one in found if one.line and one.line.status == BudgetLine.Status.PLANNED],
    }  # fmt: skip
    return render(request, "registry/trainings.html", context)


@door(WRITERS)
def add_budget(request: HttpRequest) -> HttpResponse:
    """Write a budget line down."""
    return _keep_budget(request, None)


@door(WRITERS)
def edit_budget(request: HttpRequest, nomor: int) -> HttpResponse:
    """Change a budget line."""
    return _keep_budget(request, _line(request, nomor))


def _keep_budget(request: HttpRequest, line: BudgetLine | None) -> HttpResponse:
    agency = request.place.agency
    names = ("source", "year", "name", "ceiling_rupiah")
    known = {name: getattr(line, name) for name in names} if line else {"year": request.today.year}
    others = BudgetLine.objects.filter(agency=agency).exclude(pk=line.pk if line else None)
    form = BudgetForm(request.POST or None, today=request.today, taken=list(others), initial=known)
    if form.is_bound and form.is_valid():
        kept = keep_budget_line(
            agency=agency, line=line, fields=form.cleaned_data, actor=request.actor, now=request.now
        )
        messages.success(request, f"{kept} tersimpan.")
        return redirect(f"{reverse('registry:trainings', args=[agency.slug])}?tahun={kept.year}")
    return _asked(request, form, str(line) if line else "Tambah anggaran", "registry:trainings")


@door(WRITERS)
def approve_budget(request: HttpRequest, nomor: int) -> HttpResponse:
    """Write the 'ketok palu' of a line."""
    line = _line(request, nomor)
    opened = TrainingSession.objects.filter(
        agency=request.place.agency, budget=line, state__in=(State.OPEN, State.HELD, State.CLOSED)
    ).exists()
    known = {
        "status": line.status if line.pays else BudgetLine.Status.APPROVED,
        "approved_on": line.approved_on,
        "document": line.document,
    }
    form = ApprovalForm(request.POST or None, today=request.today, opened=opened, initial=known)
    if form.is_bound and form.is_valid():
        approve_budget_line(line=line, **form.cleaned_data, actor=request.actor, now=request.now)
        messages.success(request, f"{line}: {line.get_status_display().lower()}.")
        return redirect(f"{reverse('registry:trainings', args=[request.place.agency.slug])}?tahun={line.year}")
    return _asked(request, form, f"Ketok palu: {line}", "registry:trainings")


def _line(request: HttpRequest, nomor: int) -> BudgetLine:
    found = BudgetLine.objects.filter(agency=request.place.agency, pk=nomor).first()
    if found is None:
        raise Http404
    return found


def _asked(request: HttpRequest, form, heading: str, back: str, **more) -> HttpResponse:
    context = {"form": form, "heading": heading, "back": back, **more}
    return render(request, "registry/agency_form.html", context, status=422 if form.is_bound else 200)


# --- One session ------------------------------------------------------------------------------------


@door(WRITERS)
def add_session(request: HttpRequest) -> HttpResponse:
    """Plan a session; the next page asks whom to invite."""
    form = _session_form(request, None)
    if form.is_bound and form.is_valid():
        made = plan_session(
            agency=request.place.agency, session=None, fields=form.values, actor=request.actor, now=request.now
        )
        messages.success(request, f"{made.title}, {format_date_long(made.planned_on)}, tersimpan. Pilih pesertanya.")
        return redirect("registry:invite", request.place.agency.slug, made.pk)
    return _session_page(request, form, "Sesi baru", "Simpan dan pilih peserta")


@door(WRITERS)
def edit_session(request: HttpRequest, nomor: int) -> HttpResponse:
    """Change a session that is not over."""
    session = own_session(request, nomor)
    if session.state in (State.HELD, State.CLOSED, State.CANCELLED):
        messages.warning(request, "Sesi yang sudah selesai tidak diubah lagi.")
        return redirect("registry:session", request.place.agency.slug, nomor)
    form = _session_form(request, session)
    if form.is_bound and form.is_valid():
        plan_session(
            agency=request.place.agency, session=session, fields=form.values, actor=request.actor, now=request.now
        )
        messages.success(request, "Sesi tersimpan.")
        return redirect("registry:session", request.place.agency.slug, nomor)
    return _session_page(request, form, session.title, "Simpan")


def _session_form(request: HttpRequest, session: TrainingSession | None) -> SessionForm:
    lines = list(BudgetLine.objects.filter(agency=request.place.agency, year__gte=request.today.year - 1))
    names = ("topic", "planned_on", "until", "place", "capacity", "speakers", "cost_rupiah", "title")
    known = {name: getattr(session, name) for name in names} | {"budget": session.budget_id} if session else {}
    return SessionForm(request.POST or None, today=request.today, lines=lines, session=session, initial=known)


def _session_page(request: HttpRequest, form: SessionForm, heading: str, button: str) -> HttpResponse:
    context = {"form": form, "heading": heading, "button": button}
    return render(request, "registry/training_form.html", context, status=422 if form.is_bound else 200)


@door(DINAS_KINDS)
def session(request: HttpRequest, nomor: int) -> HttpResponse:
    """One session: where it stands, who is invited and who came, and the next step."""
    found = own_session(request, nomor)
    people = reports.people(found)
    printed = sum(one.certificate is not None and not one.certificate.withdrawn_on for one in people)
    context = session_context(request, found, "peserta") | {
        "people": people, "present": sum(one.attendance is not None for one in people),
        "parts": [(first + 1, min(first + reports.MOST_PRINTED, printed)) for first in range(0, printed, reports.MOST_PRINTED)],
        "answers": sum(bool(one.row.answer) for one in people),
        "why_closed": _why_closed(found),
    }  # fmt: skip
    return render(request, "registry/training.html", context)


def session_context(request: HttpRequest, found: TrainingSession, current: str) -> dict:
    """What every page of one session needs."""
    tabs = [("peserta", "Peserta", "registry:session"), ("pintu", "Pintu", "registry:training_door"),
            ("nilai", "Nilai", "registry:scores"), ("evaluasi", "Evaluasi", "registry:marks")]  # fmt: skip
    return {
        "session": found, "topic": topics().get(found.topic), "state": STATES[found.state], "may_write": request.place.grant.kind in WRITERS,
        "tabs": [{"label": label, "view": view, "current": key == current} for key, label, view in tabs],
        "source": rules_source(),
    }  # fmt: skip


def _why_closed(found: TrainingSession) -> str:
    """A sentence why a planned session cannot be opened; "" when it can."""
    if found.state != State.PLANNED:
        return ""
    if found.budget is None:
        return "Sesi ini belum punya anggaran. Undangan boleh disiapkan; sesi dibuka setelah anggarannya ketok palu."
    if not found.budget.pays:
        return f"{found.budget} belum ketok palu. Undangan boleh disiapkan; sesi dibuka setelah itu."
    return ""


@door(WRITERS)
@require_POST
def move(request: HttpRequest, nomor: int) -> HttpResponse:
    """Open a session, end it, or call it off."""
    found, wanted = own_session(request, nomor), request.POST.get("ke", "")
    ways = {
        State.OPEN: (State.PLANNED, State.HELD),
        State.HELD: (State.OPEN,),
        State.CANCELLED: (State.PLANNED, State.OPEN),
    }
    if found.state not in ways.get(wanted, ()):
        messages.warning(request, "Keadaan sesi sudah berubah. Periksa halaman ini.")
    elif wanted == State.OPEN and (why := _why_closed(found)):
        messages.warning(request, why)
    else:
        try:
            with transaction.atomic():
                move_session(session=found, state=wanted, actor=request.actor, now=request.now)
            messages.success(request, f"Sesi {found.get_state_display().lower()}.")
        except IntegrityError:  # the line lost its approval a moment ago
            messages.warning(request, "Sesi belum dapat dibuka: anggarannya belum ketok palu.")
    return redirect("registry:session", request.place.agency.slug, nomor)


# --- Invitations --------------------------------------------------------------------------------------


@door(WRITERS)
def invite(request: HttpRequest, nomor: int) -> HttpResponse:
    """Who was never there, treasurers first: tick, invite."""
    agency, found = request.place.agency, own_session(request, nomor)
    if found.state not in (State.PLANNED, State.OPEN):
        messages.warning(request, "Undangan hanya untuk sesi yang belum selesai.")
        return redirect("registry:session", agency.slug, nomor)
    districts = Place.objects.filter(parent=agency.place_id, level=Place.Level.DISTRICT).order_by("code")
    form = InviteForm(request.GET, districts=list(districts))
    rows = _candidates(request, form, found)
    if request.method == "POST":
        return _invite(request, found, rows)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("halaman"))
    context = session_context(request, found, "") | {
        "form": form, "page": page, "room": max(0, found.capacity - len(reports.people(found))), "why_closed": _why_closed(found),
        "posts": [one.label for one in map(_post, topics()[found.topic].posts)] if found.topic in topics() else [],
    }  # fmt: skip
    return render(request, "registry/training_invite.html", context)


def _post(code: str):
    from registry.models import Position

    return Position(code)


def _candidates(request: HttpRequest, form: InviteForm, found: TrainingSession):
    if not form.is_valid() or found.topic not in topics():
        return Officer.objects.none()
    asked = form.cleaned_data
    return reports.candidates(
        request.place.agency, found, request.today, posts=form.posts(found.topic), district=asked["kecamatan"], ever=asked["pernah"],
        search=asked["cari"],
    )  # fmt: skip


def _invite(request: HttpRequest, found: TrainingSession, rows) -> HttpResponse:
    again = f"{reverse('registry:invite', args=[request.place.agency.slug, found.pk])}?{request.GET.urlencode()}"
    if "semua" in request.POST:
        chosen = list(rows[: MOST_AT_ONCE + 1])
    else:
        ids = [int(one) for one in request.POST.getlist("pilih") if one.isdecimal() and one.isascii() and len(one) < 19]
        chosen = list(rows.filter(pk__in=ids[: MOST_AT_ONCE + 1]))
    if not chosen or len(chosen) > MOST_AT_ONCE:
        sentence = f"Paling banyak {MOST_AT_ONCE} orang sekaligus." if chosen else "Pilih sekurangnya satu orang."
        messages.warning(request, sentence)
        return redirect(again)
    invited = invite_officers(session=found, officers=chosen, actor=request.actor, now=request.now, today=request.today)
    words = f"{count_words(invited)} orang diundang." if found.state == State.OPEN else (
        f"{count_words(invited)} undangan disiapkan. Kirim setelah anggarannya ketok palu."
    )  # fmt: skip
    messages.success(request, words)
    return redirect("registry:invitations", request.place.agency.slug, found.pk)


@door(DINAS_KINDS)
def invitations(request: HttpRequest, nomor: int) -> HttpResponse:
    """The personal invitations: a text to send for each, with the code that opens the door."""
    found = own_session(request, nomor)
    people = [one for one in reports.people(found) if one.row.invited_on and not one.attendance]
    page = Paginator(people, PER_PAGE).get_page(request.GET.get("halaman"))
    rows = [
        {"person": one, "link": _wa(request, found, one) if found.state == State.OPEN else "", "phone": one.officer.phone} for one in page
    ]  # fmt: skip
    context = session_context(request, found, "") | {"page": page, "rows": rows, "why_closed": _why_closed(found)}
    return render(request, "registry/training_invitations.html", context)


def invitation_text(agency, session: TrainingSession, person: reports.Person) -> str:
    """The words of one invitation, with the participant's own link."""
    day = format_date_long(session.planned_on) + (f" s.d. {format_date_long(session.until)}" if session.until else "")
    return (
        f"Yth. {person.officer.name}, {person.officer.get_position_display().lower()} {person.cooperative.short_name}. "
        f"{agency.short_name} mengundang Anda mengikuti bimtek {session.title} pada {day} di {session.place}. "
        f"Jawab dan daftar hadir dengan tautan pribadi ini: {settings.PUBLIC_URL}/k/{person.row.code}/"
    )


def _wa(request: HttpRequest, session: TrainingSession, person: reports.Person) -> str:
    phone = person.officer.phone
    text = invitation_text(request.place.agency, session, person)
    return wa_link(phone, text) if phone and check_phone(phone).ok else f"https://wa.me/?text={quote(text, safe='')}"


# --- One cooperative --------------------------------------------------------------------------------


@door(READERS)
def own_trainings(request: HttpRequest) -> HttpResponse:
    """One cooperative's bimtek: who was trained in what, certificates, what comes next."""
    seen = reports.of_cooperative(request.place.cooperative, request.place.agency, request.today)
    return render(request, "registry/own_trainings.html", page_context(request, "bimtek", seen=seen))
