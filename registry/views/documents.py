"""One cooperative's papers: what there is by kind, an upload, one paper with its file, its check, its number in the profile."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from registry.access import door
from registry.actions import AlreadyReplaced, StaleForm, amend_cooperative, check_documents, keep_document
from registry.actions.files import read_content
from registry.documents import contradicts
from registry.forms.buildings import CheckForm
from registry.forms.documents import UploadDocumentForm
from registry.models import Document, Profile
from registry.models.accounts import OFFICER_KINDS
from registry.reports import documents as reports
from registry.views.cooperatives import READERS, page_context
from registry.views.listing import WRITERS

UPLOADERS = WRITERS | OFFICER_KINDS
ENDINGS = {"application/pdf": "pdf", "image/jpeg": "jpg"}


@door(READERS)
@require_GET
def documents(request: HttpRequest) -> HttpResponse:
    """The papers by kind with number, end and check; earlier ones folded; the kinds that may be added."""
    context = page_context(request, "dokumen", seen=_cabinet(request), may_upload=_kind(request) in UPLOADERS)
    return render(request, "registry/documents.html", context)


@door(UPLOADERS)
def upload(request: HttpRequest, jenis: str) -> HttpResponse:
    """Upload a paper of one kind; a number that is not the profile's is said, and changes nothing there."""
    seen = _cabinet(request)
    kind = seen.kinds.kinds.get(jenis)
    if kind is None:
        raise Http404
    options = {"kind": kind, "present": seen.of(jenis), "today": request.today, "initial": {"issuer": kind.issuer}}
    form = UploadDocumentForm(request.POST or None, request.FILES or None, **options)
    if form.is_bound and form.is_valid() and (kept := _keep(request, form)):
        _tell(request, form)
        return redirect("registry:document", *request.place, kept.pk)
    context = page_context(
        request, "", form=form, heading=kind.name, back="registry:documents", upload=True, kind=kind,
        replaced=None if kind.several else next(iter(seen.of(jenis)), None),
    )  # fmt: skip
    return render(request, "registry/document_upload.html", context, status=422 if form.is_bound else 200)


@door(READERS)
@require_GET
def document(request: HttpRequest, number: int) -> HttpResponse:
    """One paper: its facts, its file, and its check for whoever may."""
    seen = _cabinet(request)
    paper = seen.find(number)
    if paper is None:
        raise Http404
    one, counts = paper.document, seen.counts(paper)
    may_check = (
        _kind(request) in WRITERS and counts and one.state == one.State.WAITING and one.made_by != request.user.pk
    )
    context = page_context(
        request, "dokumen", seen=seen, paper=paper, counts=counts, check_form=CheckForm() if may_check else None,
        own=one.made_by == request.user.pk, may_upload=_kind(request) in UPLOADERS,
        may_use=_kind(request) in WRITERS and counts and paper.offers_number,
        profile=Profile.objects.filter(cooperative=request.place.cooperative, agency=request.place.agency).first(),
    )  # fmt: skip
    return render(request, "registry/document.html", context)


@door(READERS)
@require_GET
def file(request: HttpRequest, number: int) -> HttpResponse:
    """The file itself, as a download; a photo may stand in a page."""
    found = _own(request, number)
    try:
        content = read_content(found.path)
    except FileNotFoundError as error:
        raise Http404 from error
    how = "inline" if found.content_type == "image/jpeg" else "attachment"
    name = f"{found.kind}-{found.issued_on:%Y-%m-%d}.{ENDINGS[found.content_type]}"
    headers = {"Content-Disposition": f'{how}; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(content, content_type=found.content_type, headers=headers)


@door(WRITERS)
@require_POST
def check(request: HttpRequest, number: int) -> HttpResponse:
    """Verify a paper somebody else uploaded, or return it with the reason."""
    found = _own(request, number)
    form = CheckForm(request.POST)
    if not form.is_valid():
        context = page_context(request, "", form=form, heading="Periksa dokumen", back="registry:documents")
        return render(request, "registry/fact_form.html", context, status=422)
    accept = form.cleaned_data["decision"] == "verified"
    try:
        check_documents(
            documents=[found], accept=accept, note=form.cleaned_data["note"], actor=request.actor, now=request.now
        )
    except ValueError:
        messages.warning(request, "Dokumen diperiksa sekali, oleh orang lain dari pengunggahnya.")
    else:
        messages.success(request, "Dokumen terverifikasi." if accept else "Dokumen dikembalikan dan tidak dihitung.")
    return redirect("registry:document", *request.place, number)


@door(WRITERS)
@require_POST
def use_number(request: HttpRequest, number: int) -> HttpResponse:
    """Write the number of a verified paper into the profile, unless the profile was changed meanwhile."""
    paper = _cabinet(request).find(number)
    if paper is None or not paper.offers_number:
        raise Http404
    try:
        version = int(request.POST.get("version", "")[:9])
    except ValueError:
        version = 0
    cooperative = request.place.cooperative
    try:
        amend_cooperative(
            cooperative=cooperative, version=version, name=cooperative.name, actor=request.actor, now=request.now,
            today=request.today, fields={paper.kind.proves: paper.document.number},
        )  # fmt: skip
    except StaleForm:
        messages.warning(request, "Profil ini baru saja diubah orang lain. Periksa lagi, lalu pilih sekali lagi.")
    else:
        messages.success(request, f"{paper.kind.name} di profil sekarang {paper.document.number}.")
    return redirect("registry:document", *request.place, number)


# --- Steps ------------------------------------------------------------------------------------------


def _kind(request: HttpRequest) -> str:
    return request.place.grant.kind


def _cabinet(request: HttpRequest) -> reports.Cabinet:
    return reports.cabinet(request.place.cooperative, request.place.agency, request.today)


def _own(request: HttpRequest, number: int) -> Document:
    found = Document.objects.filter(
        cooperative=request.place.cooperative, agency=request.place.agency, pk=number
    ).first()
    if found is None:
        raise Http404
    return found


def _keep(request: HttpRequest, form: UploadDocumentForm) -> Document | None:
    """Store what was typed, or say in the form why not."""
    content, content_type, _ending = form.cleaned_data["file"]
    try:
        return keep_document(
            cooperative=request.place.cooperative, kind=form.kind.code, fields=form.facts, content=content,
            content_type=content_type, replaces=form.replaced.document if form.replaced else None,
            actor=request.actor, now=request.now, today=request.today,
        )  # fmt: skip
    except AlreadyReplaced:
        form.add_error(
            None, "Dokumen ini baru saja diganti orang lain. Muat ulang halaman ini, lalu periksa yang baru."
        )
        return None


def _tell(request: HttpRequest, form: UploadDocumentForm) -> None:
    """Say that it is stored, and what is odd about it."""
    messages.success(request, "Dokumen tersimpan, menunggu diperiksa dinas.")
    profile = Profile.objects.get(cooperative=request.place.cooperative, agency=request.place.agency)
    number, known = form.cleaned_data["number"], getattr(profile, form.kind.proves) if form.kind.proves else ""
    if contradicts(form.kind, number, known):
        messages.warning(request, f"Nomornya berbeda dari profil ({known}). Profil tidak diubah.")
    for sentence in form.advice:
        messages.warning(request, sentence)
    until = form.cleaned_data.get("valid_until")
    if until and until < request.today:
        messages.warning(request, f"Dokumen ini sudah habis pada {until:%d/%m/%Y}.")
