"""How one cooperative's legal person stands, and writing down what ends it or brings it back."""

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from registry.access import door
from registry.actions import NotNow, keep_evidence, record_decision, take_back_decision
from registry.formats import format_date
from registry.forms.lifecycle import DecisionForm, TakeBackForm
from registry.lifecycle import Deadline, lifecycle_rules
from registry.models import LifecycleStep
from registry.models.accounts import DINAS_KINDS
from registry.reports import lifecycle as reports
from registry.views.cooperatives import READERS, page_context
from registry.views.listing import WRITERS
from registry.villages import VillageTaken

TAKEN = "Desa atau kelurahannya sudah dilayani koperasi lain dalam program yang sama, jadi koperasi ini tidak bisa hidup lagi di sana. Pindahkan dulu desanya atau lepas programnya di Ubah profil."  # fmt: skip


@door(READERS)
def lifecycle(request: HttpRequest) -> HttpResponse:
    """The decisions so far as a timeline, the periods that run, and what may be written down next."""
    place = request.place
    seen = reports.life(place.cooperative, place.agency, documents=place.grant.kind in DINAS_KINDS)
    rules = lifecycle_rules()
    line = [_founded(seen), *(_line(request, one, seen) for one in seen.steps), *(_runs(one, request) for one in seen.deadlines)]  # fmt: skip
    may_undo = place.grant.kind in WRITERS and seen.steps and seen.dated
    context = page_context(
        request, "badan hukum", seen=seen, rules=rules, authority=rules.authority.get(place.agency.slug), timeline=line,
        next=next((one for one in seen.deadlines if not one.is_over(request.today)), None), last=seen.steps[-1] if may_undo else None,
    )  # fmt: skip
    return render(request, "registry/lifecycle.html", context)


def _founded(seen: reports.Life) -> dict:
    """Where the line begins: the pengesahan, or what is known of the founding."""
    p = seen.profile
    if p.decree_on or p.decree_number:
        when = format_date(p.decree_on) if p.decree_on else "tanggal belum dicatat"
        return {"title": "Disahkan sebagai badan hukum", "state": "done", "when": when, "why": p.decree_number}
    when = format_date(p.founded_on) if p.founded_on else "belum ada data"
    return {"title": "Rapat pendirian", "state": "done" if p.founded_on else "not_yet", "when": when, "why": ""}


def _line(request: HttpRequest, one: LifecycleStep, seen: reports.Life) -> dict:
    said = [one.get_decided_by_display(), one.letter, f"ke {one.into.name}" if one.into else "", one.note]
    line = {
        "title": lifecycle_rules().kinds[one.what].name, "state": "done", "when": format_date(one.decided_on),
        "why": " · ".join(filter(None, said)),
    }  # fmt: skip
    if document := seen.documents.get(one.evidence_id):
        line |= {"url": reverse("registry:file", args=[request.place.agency.slug, document.file_id]), "label": "Surat"}
    return line


def _runs(one: Deadline, request: HttpRequest) -> dict:
    over, mine = one.is_over(request.today), one.term.code == "objection"  # its own right, which it did not use
    return {
        "title": one.term.name, "state": ("not_yet" if mine else "blocked") if over else "waiting", "why": one.term.article,
        "word": "Lewat" if over else "Berjalan",
        "when": f"{'lewat sejak' if over else 'sampai'} {format_date(one.ends_on)}",
    }  # fmt: skip


@door(WRITERS)
def decide(request: HttpRequest, tindakan: str) -> HttpResponse:
    """Write one decision; only those that may come where the cooperative stands have a page."""
    place = request.place
    seen, kind = reports.life(place.cooperative, place.agency), lifecycle_rules().by_slug(tindakan)
    if kind is None or kind not in seen.possible:
        raise Http404
    offered = reports.receivers(place.cooperative, place.agency, request.today) if kind.code == "merged" else []
    options = {"kind": kind, "life": seen, "offered": offered, "today": request.today}
    form = DecisionForm(request.POST, request.FILES, **options) if request.method == "POST" else DecisionForm(**options)  # fmt: skip
    if form.is_bound and form.is_valid() and _store(request, form):
        messages.success(request, f"{kind.name} tercatat.")
        return redirect("registry:lifecycle", *place)
    context = page_context(request, "", form=form, heading=kind.verb, back="registry:lifecycle", upload=True)
    return render(request, "registry/fact_form.html", context, status=422 if form.is_bound else 200)


def _store(request: HttpRequest, form: DecisionForm) -> bool:
    """Keep the letter and the decision together, or say in the form why not."""
    typed, kind = form.cleaned_data, form.kind
    try:
        with transaction.atomic():
            evidence = None
            if typed["document"]:
                content, content_type, ending = typed["document"]
                evidence = keep_evidence(
                    place=request.place, title=kind.name, name=f"{kind.slug}-{typed['decided_on']:%Y-%m-%d}.{ending}",
                    content=content, content_type=content_type, actor=request.actor, now=request.now,
                )  # fmt: skip
            record_decision(
                cooperative=request.place.cooperative, kind=kind, decided_on=typed["decided_on"], decided_by=form.who,
                letter=typed["letter"], into=typed.get("into"), evidence=evidence, note=typed["note"], actor=request.actor,
                now=request.now, today=request.today,
            )  # fmt: skip
    except NotNow as error:
        form.add_error("decided_on", str(error))
    except VillageTaken:
        form.add_error(None, TAKEN)
    return not form.errors


@door(WRITERS)
def take_back(request: HttpRequest, number: int) -> HttpResponse:
    """Undo the last decision, with a reason."""
    place = request.place
    seen = reports.life(place.cooperative, place.agency)
    last = seen.steps[-1] if seen.steps and seen.dated else None
    if last is None or last.pk != number:
        raise Http404
    form = TakeBackForm(request.POST or None)
    if form.is_bound and form.is_valid():
        try:
            take_back_decision(
                cooperative=place.cooperative, step=last, reason=form.cleaned_data["reason"], actor=request.actor,
                now=request.now, today=request.today,
            )  # fmt: skip
        except VillageTaken:
            form.add_error(None, TAKEN)
        except NotNow as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"{lifecycle_rules().kinds[last.what].name} dibatalkan.")
            return redirect("registry:lifecycle", *place)
    context = page_context(request, "", form=form, heading="Batalkan langkah terakhir", back="registry:lifecycle")
    return render(request, "registry/fact_form.html", context, status=422 if form.is_bound else 200)
