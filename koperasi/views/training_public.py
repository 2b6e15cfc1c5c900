"""Bimtek for people without a login: the personal invitation, the door of a session, the check of a certificate.

An invitation is one person's: it answers, comes in and evaluates for that one only, and shows no name. To come in, its
holder must be at the door: with the door's QR (its code in the address) or the four digits shown there.
"""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from koperasi.views.public import private, refuse_guessing, stranger, unknown
from registry import limits
from registry.access import door
from registry.actions import answer_invitation, come_in, evaluate_session
from registry.codes import BadCode, split_code
from registry.models import Agency, Certificate, Cooperative, Participant, TrainingAttendance, TrainingSession
from registry.training import questions, topics

TRIES, MINUTES = 5, 60
State = TrainingSession.State


@dataclass(frozen=True)
class Invited:
    """A personal invitation as its holder sees it."""

    row: Participant
    session: TrainingSession
    cooperative: Cooperative
    present: bool


def training_page(request: HttpRequest) -> HttpResponse | None:
    """Return the page of a certificate, an invitation or a door with this code; None when it is none of them."""
    certificate = Certificate.objects.filter(code=request.code).first()
    if certificate is not None:
        agency = Agency.objects.select_related("place").get(pk=certificate.agency_id)
        context = {"certificate": certificate, "agency": agency, "topic": topics().get(_topic_of(certificate))}
        return private(render(request, "check/certificate.html", context))
    if (invited := _invited(request.code)) is not None:
        return _invitation_page(request, invited)
    session = TrainingSession.objects.filter(code=request.code).exclude(state=State.PLANNED).first()
    return _door_page(request, session) if session is not None else None


def _topic_of(certificate: Certificate) -> str:
    session = TrainingSession.objects.filter(agency_id=certificate.agency_id, pk=certificate.session_id)
    return session.values_list("topic", flat=True).first() or ""


def _invited(code: str) -> Invited | None:
    row = Participant.objects.filter(code=code).first()
    if row is None:
        return None
    session = TrainingSession.objects.get(agency_id=row.agency_id, pk=row.session_id)
    if session.state == State.PLANNED:
        return None  # prepared, not sent: there is no such invitation yet
    present = TrainingAttendance.objects.filter(
        cooperative_id=row.cooperative_id, session=session, officer=row.officer_id
    ).exists()
    cooperative = Cooperative.objects.select_related("agency__place", "district").get(pk=row.cooperative_id)
    return Invited(row, session, cooperative, present)


def _invitation_page(request: HttpRequest, invited: Invited, problem: str = "") -> HttpResponse:
    typed = request.POST or request.GET
    context = {
        "invited": invited, "session": invited.session, "cooperative": invited.cooperative, "questions": questions(), "problem": problem,
        "runs": invited.session.runs_on(request.today), "at_door": typed.get("pintu", "")[:40].replace("\0", ""), "scale": range(1, 6),
    }  # fmt: skip
    return private(render(request, "check/invitation.html", context, status=422 if problem else 200))


def _door_page(request: HttpRequest, session: TrainingSession) -> HttpResponse:
    """The door: type the own code, and go on to the own invitation."""
    problem = ""
    typed = request.GET.get("kode", "").replace("\0", "").strip()[:60]
    if typed:
        try:
            return private(redirect(f"{reverse('check', args=[split_code(typed).normalized])}?pintu={session.code}"))
        except BadCode as error:
            problem = error.sentence
    agency = Agency.objects.get(pk=session.agency_id)
    context = {
        "session": session, "agency": agency, "runs": session.runs_on(request.today), "typed": typed, "problem": problem
    }  # fmt: skip
    return private(render(request, "check/training_door.html", context, status=422 if problem else 200))


@never_cache
@door.code
def act(request: HttpRequest) -> HttpResponse:
    """Answer, come in, or evaluate with one's own invitation."""
    if refused := refuse_guessing(request):
        return refused
    invited = _invited(request.code) if request.code else None
    if invited is None:
        return unknown(request)
    if request.method != "POST":
        return private(redirect("check", invited.row.code))
    act_of = {"jawab": _answer, "hadir": _come, "evaluasi": _evaluate}.get(request.POST.get("untuk", ""))
    problem = act_of(request, invited) if act_of else "Pilih salah satu tombol di halaman ini."
    if problem:
        return _invitation_page(request, invited, problem)
    return private(redirect("check", invited.row.code))


def _actor(invited: Invited):
    return stranger(invited.cooperative, "Peserta bimtek, dengan undangannya")


def _answer(request: HttpRequest, invited: Invited) -> str:
    answer = request.POST.get("jawaban", "")
    if answer not in ("yes", "no"):
        return "Pilih akan hadir atau tidak."
    if invited.session.state != State.OPEN or invited.present or request.today > invited.session.last_day:
        return "Undangan ini tidak perlu dijawab lagi."
    answer_invitation(participant=invited.row, answer=answer, actor=_actor(invited), now=request.now)
    return ""


def _come(request: HttpRequest, invited: Invited) -> str:
    """Let the holder in who proves to be at the door; five tries an hour for each invitation."""
    if invited.present:
        return ""
    if not invited.session.runs_on(request.today):
        return "Daftar hadir hanya dibuka pada hari acara."
    slot = limits.take(f"bimtek:{invited.row.code}", TRIES, MINUTES)
    if slot is None:
        return f"Sudah {TRIES} kali dicoba. Silakan lapor kepada petugas di pintu."
    if not _at_door(request, invited.session):
        return "Angka pintu belum cocok. Lihat empat angka yang ditampilkan petugas di pintu."
    limits.give_back(f"bimtek:{invited.row.code}", slot)
    come_in(session=invited.session, participant=invited.row, actor=_actor(invited), now=request.now)
    return ""


def _at_door(request: HttpRequest, session: TrainingSession) -> bool:
    typed = "".join(request.POST.get("angka", "")[:20].split())
    if typed:
        return typed == session.door_number
    try:
        return split_code(request.POST.get("pintu", "")[:60]).normalized == session.code
    except BadCode:
        return False


def _evaluate(request: HttpRequest, invited: Invited) -> str:
    if not invited.present or invited.row.evaluated:
        return "Evaluasi diisi sekali, oleh yang hadir."
    answers = {code: request.POST.get(f"butir_{code}", "") for code in questions()}
    if any(value not in ("1", "2", "3", "4", "5") for value in answers.values()):
        return "Jawab semua pernyataan, 1 sampai 5."
    scores = {code: int(value) for code, value in answers.items()}
    evaluate_session(participant=invited.row, answers=scores, actor=_actor(invited), now=request.now)
    return ""
