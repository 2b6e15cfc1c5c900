"""Long work on a page that survives closing the browser, and files through the door."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header

from registry import jobs
from registry.access import door
from registry.actions.files import read_file
from registry.models import File, Job
from registry.models.accounts import COOPERATIVE_KINDS, DINAS_KINDS

ASKERS = DINAS_KINDS | COOPERATIVE_KINDS
POLL_SECONDS = 2


@door(ASKERS)
def job(request: HttpRequest, number: str) -> HttpResponse:
    """How far one's own piece of work is; the part of the page renews itself until it ends."""
    found = Job.objects.filter(
        number=number,
        agency=request.place.agency,
        cooperative=request.place.cooperative,
        requested_by=request.user.pk,
    ).select_related("file").first()  # fmt: skip
    if found is None:
        raise Http404
    context = job_context(request, found) | _layout(request)
    template = "registry/parts/job.html" if request.htmx else "registry/job.html"
    return render(request, template, context)


def job_context(request: HttpRequest, found: Job) -> dict:
    """What `registry/parts/job.html` shows of a job; other pages may include it too."""
    kind = jobs.KINDS.get(found.kind)
    running = found.state in (Job.State.WAITING, Job.State.RUNNING)
    shown = {
        "title": kind.title if kind else found.kind,
        "state": found.state,
        "done": found.progress,
        "total": 100 if found.state == Job.State.RUNNING else 0,
        "why": found.message,
        "url": "" if running else found.result.get("url", ""),
        "label": found.result.get("label", "Lihat hasilnya"),
    }
    return {"job": found, "shown": shown, "running": running, "poll_seconds": POLL_SECONDS}


@door(ASKERS)
def file(request: HttpRequest, number: int) -> HttpResponse:
    """A private file of this place. What somebody of a cooperative uploaded may hold unmasked NIKs: it is theirs alone."""
    asked = File.objects.filter(pk=number, agency=request.place.agency, cooperative=request.place.cooperative)
    found = (asked.filter(made_by=request.user.pk) if request.place.cooperative else asked).first()
    if found is None:
        raise Http404
    try:
        content = read_file(found)
    except FileNotFoundError as error:
        raise Http404 from error
    answer = HttpResponse(content, content_type=found.content_type)
    answer["Content-Disposition"] = content_disposition_header(True, found.name)  # quotes what would break the header
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _layout(request: HttpRequest) -> dict:
    in_cooperative = request.place.grant.cooperative_id is not None
    return {
        "layout": "layouts/phone.html" if in_cooperative else "layouts/desk.html",
        "pad": "pad" if in_cooperative else "",
    }
