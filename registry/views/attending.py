"""Bimtek at the door and after it: who came, scores, evaluation, certificates."""

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from registry.access import door
from registry.actions import (
    issue_certificates,
    keep_attendance,
    keep_scores,
    let_in,
    register_at_door,
    withdraw_certificate,
)
from registry.codes import BadCode, split_code
from registry.formats import count_words
from registry.forms.training import ScoresForm, WalkInForm, WithdrawForm
from registry.models import Certificate, Officer, Participant, TrainingSession
from registry.models.accounts import DINAS_KINDS
from registry.reports import training as reports
from registry.training import post_score_min
from registry.views.listing import WRITERS
from registry.views.training import own_session, session_context

State = TrainingSession.State
MOST_FOUND = 20


@door(DINAS_KINDS)
def training_door(request: HttpRequest, nomor: int) -> HttpResponse:
    """The door: a large QR for phones, a field for codes, and the list by hand."""
    found = own_session(request, nomor)
    if request.method == "POST":
        return _at_door(request, found)
    people = reports.people(found)
    typed = request.GET.get("cari", "").replace("\0", "").strip()[:80]
    context = session_context(request, found, "pintu") | {
        "people": people, "present": sum(one.attendance is not None for one in people), "typed": typed,
        "door_url": f"{settings.PUBLIC_URL}/k/{found.code}/", "is_today": found.runs_on(request.today),
        "walk_ins": _walk_ins(request, found, typed) if typed else [],
    }  # fmt: skip
    return render(request, "registry/training_door.html", context)


def _walk_ins(request: HttpRequest, found: TrainingSession, typed: str) -> list[Officer]:
    """Office-holders of that name or cooperative who are not on the list."""
    rows = reports.serving(request.place.agency, request.today)
    for word in typed.split()[:6]:
        rows = rows.filter(Q(name__icontains=word) | Q(cooperative__name__icontains=word))
    known = Participant.objects.filter(agency=request.place.agency, session=found).values("officer")
    return list(reports.in_order(rows.exclude(pk__in=known))[:MOST_FOUND])


def _at_door(request: HttpRequest, found: TrainingSession) -> HttpResponse:
    """One thing at a time: a code, somebody without an invitation, or the list."""
    if request.place.grant.kind not in WRITERS:
        raise Http404
    if not found.takes_attendance:
        messages.warning(request, "Kehadiran dicatat setelah sesi dibuka dan sebelum ditutup.")
    elif "kode" in request.POST:
        _scan(request, found)
    elif "officer" in request.POST:
        _walk_in(request, found)
    else:
        _tick(request, found)
    return redirect("registry:training_door", request.place.agency.slug, found.pk)


def _scan(request: HttpRequest, found: TrainingSession) -> None:
    """A code typed or scanned by the dinas; a scanner types the whole address of the invitation."""
    text = request.POST.get("kode", "").replace("\0", "").strip().rstrip("/").rsplit("/", 1)[-1][:60]
    try:
        code = split_code(text).normalized
    except BadCode as error:
        messages.error(request, error.sentence)
        return
    participant = (
        Participant.objects.filter(agency=request.place.agency, session=found, code=code)
        .select_related("officer", "cooperative")
        .first()
    )
    if participant is None:
        messages.error(request, "Kode ini bukan undangan untuk sesi ini.")
        return
    if found.state != State.OPEN:
        messages.warning(request, "Pintu sudah ditutup. Tandai di daftar di bawah.")
        return
    new = let_in(session=found, participant=participant, actor=request.actor, now=request.now)
    words = f"{participant.officer.name}, {participant.cooperative.short_name}"
    messages.success(request, f"Hadir: {words}." if new else f"Sudah tercatat hadir: {words}.")


def _walk_in(request: HttpRequest, found: TrainingSession) -> None:
    typed = request.POST.get("officer", "")
    rows = reports.serving(request.place.agency, request.today)
    row = rows.filter(pk=int(typed)).first() if typed.isdecimal() and typed.isascii() and len(typed) < 19 else None
    form = WalkInForm(request.POST, found=[row] if row else [])
    if not form.is_valid():
        messages.error(request, "Pilih peserta dari hasil pencarian.")
        return
    officer = form.cleaned_data["officer"]
    with transaction.atomic():
        participant = register_at_door(session=found, officer=officer, actor=request.actor, now=request.now)
        keep_attendance(session=found, present=[participant.pk], absent=[], actor=request.actor, now=request.now)
    messages.success(request, f"{officer.name} didaftarkan di pintu dan tercatat hadir.")


def _tick(request: HttpRequest, found: TrainingSession) -> None:
    """Compare the ticks with what is stored; only rows that were on the page change."""
    shown = {one for one in request.POST.getlist("tampil") if one.isdecimal()}
    ticked = {one for one in request.POST.getlist("hadir") if one.isdecimal()}
    people = [one for one in reports.people(found) if str(one.row.pk) in shown]
    present = [one.row.pk for one in people if str(one.row.pk) in ticked and not one.attendance]
    absent = [one.row.pk for one in people if str(one.row.pk) not in ticked and one.attendance]
    came, gone = keep_attendance(session=found, present=present, absent=absent, actor=request.actor, now=request.now)
    words = f"{count_words(came)} orang dicatat hadir" if came else ""
    words += (", " if came and gone else "") + (
        f"{count_words(gone).lower() if came else count_words(gone)} dibatalkan" if gone else ""
    )
    messages.success(request, f"{words}." if words else "Daftar hadir tidak berubah.")
    if gone < len(absent):
        messages.warning(request, "Yang sudah bersertifikat tidak dapat dibatalkan. Tarik sertifikatnya lebih dahulu.")


# --- Scores and evaluation ---------------------------------------------------------------------------


@door(DINAS_KINDS)
def scores(request: HttpRequest, nomor: int) -> HttpResponse:
    """The scores of those present, a grid for the keyboard."""
    found = own_session(request, nomor)
    people = [one for one in reports.people(found) if one.attendance]
    form = ScoresForm(request.POST or None, people=people)
    if form.is_bound:
        if request.place.grant.kind not in WRITERS or not found.takes_attendance:
            raise Http404
        if form.is_valid():
            written = keep_scores(session=found, scores=form.scores, actor=request.actor, now=request.now)
            messages.success(
                request,
                f"Nilai {count_words(written).lower()} peserta tersimpan." if written else "Nilai tidak berubah.",
            )
            return redirect("registry:scores", request.place.agency.slug, nomor)
    done = [one.row for one in people if one.row.post_score is not None]
    context = session_context(request, found, "nilai") | {
        "form": form, "least": post_score_min(), "may_type": found.takes_attendance and request.place.grant.kind in WRITERS,
        "mean_pre": _mean([one.row.pre_score for one in people]), "mean_post": _mean([row.post_score for row in done]),
        "passed": sum(row.post_score >= post_score_min() for row in done), "tested": len(done),
    }  # fmt: skip
    return render(request, "registry/training_scores.html", context, status=422 if form.is_bound else 200)


def _mean(values: list[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return round(sum(known) / len(known)) if known else None


@door(DINAS_KINDS)
def marks(request: HttpRequest, nomor: int) -> HttpResponse:
    """The evaluation of a session, summed up."""
    found = own_session(request, nomor)
    context = session_context(request, found, "evaluasi") | {
        "marks": reports.marks(found),
        "fewest": reports.FEWEST_ANSWERS,
    }
    return render(request, "registry/training_marks.html", context)


# --- Certificates -------------------------------------------------------------------------------------


@door(WRITERS)
@require_POST
def issue(request: HttpRequest, nomor: int) -> HttpResponse:
    """Close the session; everybody who was present and passed gets a certificate with a number."""
    found = own_session(request, nomor)
    if found.state not in (State.OPEN, State.HELD, State.CLOSED):
        messages.warning(request, "Sertifikat terbit setelah sesi dibuka dan dilaksanakan.")
        return redirect("registry:session", request.place.agency.slug, nomor)
    if request.today < found.planned_on:
        messages.warning(request, "Sesi ini belum berlangsung.")
        return redirect("registry:session", request.place.agency.slug, nomor)
    given = issue_certificates(
        agency=request.place.agency, session=found, actor=request.actor, now=request.now, today=request.today
    )
    sentence = f"{count_words(given)} sertifikat terbit." if given else "Tidak ada sertifikat baru."
    messages.success(request, f"Sesi ditutup. {sentence}")
    return redirect("registry:session", request.place.agency.slug, nomor)


@door(WRITERS)
def withdraw(request: HttpRequest, nomor: int, sertifikat: int) -> HttpResponse:
    """Withdraw one certificate, with the reason its public page tells."""
    found = own_session(request, nomor)
    row = Certificate.objects.filter(
        agency=request.place.agency, session=found, pk=sertifikat, withdrawn_on__isnull=True
    ).first()
    if row is None:
        raise Http404
    form = WithdrawForm(request.POST or None)
    if form.is_bound and form.is_valid():
        withdraw_certificate(
            certificate=row,
            reason=form.cleaned_data["reason"],
            actor=request.actor,
            now=request.now,
            today=request.today,
        )
        messages.success(request, f"Sertifikat {row.number} ditarik.")
        return redirect("registry:session", request.place.agency.slug, nomor)
    context = {"form": form, "heading": f"Tarik sertifikat {row.number}, {row.name}", "back": "registry:trainings"}
    return render(request, "registry/agency_form.html", context, status=422 if form.is_bound else 200)
