"""Papers of bimtek: lists to send and to sign, certificates as a job, coverage."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from koperasi.jobs import CERTIFICATES
from koperasi.reports import training_papers as papers
from koperasi.reports.fill_monthly import letterhead, signatory_on
from registry import jobs
from registry.access import door
from registry.models import Officer
from registry.models.accounts import DINAS_KINDS
from registry.numbers import format_phone
from registry.paper import PaperError, PaperFile
from registry.reports import coverage as coverage_reports
from registry.reports import training as reports
from registry.views.coverage import asked_coverage
from registry.views.listing import WRITERS
from registry.views.training import own_session


@door(DINAS_KINDS)
def invitation_list(request: HttpRequest, nomor: int) -> HttpResponse:
    """The invitations on paper, each with its own code."""
    return _list(request, nomor, to_sign=False)


@door(DINAS_KINDS)
def attendance_sheet(request: HttpRequest, nomor: int) -> HttpResponse:
    """The sheet to sign at the door."""
    return _list(request, nomor, to_sign=True)


def _list(request: HttpRequest, nomor: int, *, to_sign: bool) -> HttpResponse:
    session, agency = own_session(request, nomor), request.place.agency
    people = reports.people(session)
    lines = tuple(_line(one, session, to_sign) for one in people)
    title = "Daftar hadir" if to_sign else "Daftar undangan"
    paper = papers.ListPaper(letterhead(agency), session, title, lines, to_sign, request.actor.name, request.now)
    name = f"{title.lower().replace(' ', '-')}-bimtek-{session.planned_on:%Y-%m-%d}.pdf"
    return _pdf(request, lambda: papers.list_pdf(paper), name, "registry:session", session.pk)


def _line(one: reports.Person, session, to_sign: bool) -> papers.ListLine:
    plain = (one.officer.name, one.officer.get_position_display(), one.cooperative.short_name, one.cooperative.district.name,
             format_phone(one.officer.phone))  # fmt: skip
    if to_sign:
        return papers.ListLine(*plain)
    answer = one.row.get_answer_display() if one.row.answer else ""
    return papers.ListLine(*plain, one.row.code, f"{settings.PUBLIC_URL}/k/{one.row.code}/", answer)


def _pdf(request: HttpRequest, made, name: str, back: str, *parts) -> HttpResponse:
    try:
        paper: PaperFile = made()
    except PaperError as error:
        messages.error(request, str(error))
        return redirect(back, request.place.agency.slug, *parts)
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return HttpResponse(paper.content, content_type="application/pdf", headers=headers)


@door(WRITERS)
@require_POST
def certificates(request: HttpRequest, nomor: int) -> HttpResponse:
    """Print all certificates of a session into one file, as a job; of very many one part."""
    session, part = own_session(request, nomor), request.POST.get("bagian", "0")
    wanted = {"session": session.pk, "part": int(part) if part.isdecimal() and part.isascii() and len(part) < 3 else 0}
    job = jobs.ask(CERTIFICATES, place=request.place, user=request.user, now=request.now, arguments=wanted)
    return redirect("registry:job", request.place.agency.slug, job.number)


@door(DINAS_KINDS)
def coverage_paper(request: HttpRequest) -> HttpResponse:
    """Coverage with names, as the page with the same address shows it."""
    form, asked = asked_coverage(request)
    agency, valid = request.place.agency, form.is_valid()
    trained = valid and form.cleaned_data["tampil"] == "sudah"
    people = coverage_reports.named(agency, asked, request.today, trained=trained) if valid else Officer.objects.none()
    count = people.count()
    paper = papers.CoveragePaper(
        agency=letterhead(agency), found=coverage_reports.coverage(agency, asked, request.today), words=tuple(form.words) if valid else (),
        trained=trained, lines=tuple(_named(one) for one in people[: papers.MOST_NAMED]), left_out=max(0, count - papers.MOST_NAMED),
        today=request.today, printed_by=request.actor.name, printed_at=request.now, signatory=signatory_on(agency, request.today),
    )  # fmt: skip
    name = f"cakupan-bimtek-{agency.slug}-{request.today:%Y-%m-%d}.pdf"
    return _pdf(request, lambda: papers.coverage_pdf(paper), name, "registry:coverage")


def _named(one: Officer) -> papers.ListLine:
    return papers.ListLine(
        one.name, one.get_position_display(), one.cooperative.short_name, one.cooperative.district.name, format_phone(one.phone)
    )  # fmt: skip
