"""Beside the board: groups that want to become cooperatives, the target of a year, events that cover many."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from registry.access import door
from registry.actions import hold_event, keep_evidence, keep_group, set_target
from registry.forms.groups import EventForm, GroupForm, TargetForm
from registry.models import Cooperative, FormationGroup
from registry.models.accounts import DINAS_KINDS
from registry.reports import groups as reports
from registry.reports.status import GONE
from registry.views.listing import WRITERS


def formation_tabs(current: str) -> list[dict]:
    """The pages around the formation of cooperatives."""
    tabs = [
        ("tahapan", "Tahapan", "registry:formation"),
        ("cakupan", "Cakupan", "registry:villages"),
        ("kelompok", "Kelompok", "registry:groups"),
        ("target", "Target tahunan", "registry:targets"),
        ("acara", "MoU dan peluncuran", "registry:events"),
    ]
    return [{"label": label, "view": view, "current": key == current} for key, label, view in tabs]


def _context(request: HttpRequest, current: str, **more) -> dict:
    return {
        "tabs": formation_tabs(current),
        "may_write": request.place.grant.kind in WRITERS, **more,
    }  # fmt: skip


def _asked(request: HttpRequest, form, heading: str, back: str, *, upload: bool = False) -> HttpResponse:
    context = {"form": form, "heading": heading, "back": back, "upload": upload}
    return render(request, "registry/agency_form.html", context, status=422 if form.is_bound else 200)


# --- Groups -----------------------------------------------------------------------------------------


@door(DINAS_KINDS)
def groups(request: HttpRequest) -> HttpResponse:
    """The groups, how many stand where, who escorts them."""
    state = request.GET.get("keadaan", "")
    states = dict(FormationGroup.State.choices)
    state = state if state in states else ""
    counts = reports.states(request.place.agency)
    chips = [{"label": "Semua", "count": sum(counts.values()), "url": "?", "current": not state}]
    chips += [
        {"label": label, "count": counts.get(code, 0), "url": f"?keadaan={code}", "current": state == code}
        for code, label in states.items()
    ]
    context = _context(
        request, "kelompok", rows=reports.groups(request.place.agency, state), chips=chips, total=sum(counts.values())
    )
    return render(request, "registry/groups.html", context)


@door(WRITERS)
def add_group(request: HttpRequest) -> HttpResponse:
    """Write down a group."""
    return _keep(
        request,
        None,
        GroupForm(request.POST or None, agency=request.place.agency, initial={"state": "group"}),
        "Tambah kelompok",
    )


@door(WRITERS)
def edit_group(request: HttpRequest, nomor: int) -> HttpResponse:
    """Change what is known of a group; say which cooperative it became."""
    found = (
        FormationGroup.objects.filter(agency=request.place.agency, pk=nomor)
        .select_related("village", "cooperative")
        .first()
    )
    if found is None:
        raise Http404
    known = {
        name: getattr(found, name) for name in ("name", "village", "members", "businesses", "need", "escort", "state")
    }
    known["cooperative"] = found.cooperative.slug if found.cooperative else ""
    return _keep(
        request,
        found,
        GroupForm(request.POST or None, agency=request.place.agency, group=found, initial=known),
        found.name,
    )


def _keep(request: HttpRequest, group: FormationGroup | None, form: GroupForm, heading: str) -> HttpResponse:
    if form.is_bound and form.is_valid():
        kept = keep_group(
            agency=request.place.agency,
            group=group,
            fields=form.values,
            actor=request.actor,
            now=request.now,
            today=request.today,
        )
        messages.success(request, f"{kept.name} tersimpan.")
        return redirect("registry:groups", request.place.agency.slug)
    return _asked(request, form, heading, "registry:groups")


# --- Targets ----------------------------------------------------------------------------------------


@door(DINAS_KINDS)
def targets(request: HttpRequest) -> HttpResponse:
    """What was wanted and what was reached, year by year."""
    rows = reports.years(request.place.agency, request.today)
    context = _context(request, "target", rows=rows, definition=reports.FACILITATED, now=rows[0] if rows else None)
    return render(request, "registry/targets.html", context)


@door(WRITERS)
def add_target(request: HttpRequest) -> HttpResponse:
    """Set the target of a year, or change it."""
    year = request.GET.get("tahun", "")
    found = next(
        (
            row
            for row in reports.years(request.place.agency, request.today)
            if str(row.year) == year and row.target is not None
        ),
        None,
    )
    known = (
        {"year": found.year, "target": found.target, "recorded": found.recorded, "source": found.source}
        if found
        else {"year": request.today.year}
    )
    form = TargetForm(request.POST or None, today=request.today, initial=known)
    if form.is_bound and form.is_valid():
        set_target(
            agency=request.place.agency, indicator="founded", **form.cleaned_data, actor=request.actor, now=request.now
        )
        messages.success(request, f"Target {form.cleaned_data['year']} tersimpan.")
        return redirect("registry:targets", request.place.agency.slug)
    return _asked(request, form, "Tetapkan target", "registry:targets")


# --- Events -----------------------------------------------------------------------------------------


@door(DINAS_KINDS)
def events(request: HttpRequest) -> HttpResponse:
    """Agreements and launches, with how many cooperatives each covers."""
    return render(
        request, "registry/events.html", _context(request, "acara", rows=reports.events(request.place.agency))
    )


@door(WRITERS)
def add_event(request: HttpRequest) -> HttpResponse:
    """Write down an event; for every cooperative it covers it is a step."""
    agency = request.place.agency
    form = EventForm(
        request.POST or None, request.FILES or None, agency=agency, today=request.today, initial={"kind": "mou"}
    )
    if form.is_bound and form.is_valid():
        typed = form.cleaned_data
        covered = _covered(agency, typed["covers"])
        if not covered:
            form.add_error("covers", "Tidak ada koperasi dalam cakupan ini.")
        else:
            evidence = None
            if typed["document"]:
                content, content_type, ending = typed["document"]
                evidence = keep_evidence(
                    place=request.place, title=typed["title"], name=f"acara-{typed['held_on']:%Y-%m-%d}.{ending}", content=content,
                    content_type=content_type, actor=request.actor, now=request.now,
                )  # fmt: skip
            fields = {name: typed[name] for name in ("kind", "title", "number", "held_on", "place", "parties")}
            hold_event(
                agency=agency, fields=fields, cooperatives=covered, evidence=evidence, actor=request.actor, now=request.now, today=request.today,
            )  # fmt: skip
            messages.success(request, f"{typed['title']} tercatat untuk {len(covered)} koperasi.")
            return redirect("registry:events", agency.slug)
    return _asked(request, form, "Catat acara", "registry:events", upload=True)


def _covered(agency, covers: str) -> list[Cooperative]:
    what, _, code = covers.partition(":")
    rows = Cooperative.objects.filter(agency=agency, is_practice=False).exclude(standing__legal_status__in=GONE)
    wanted = {"standing__programme": code} if what == "program" else {"district": code, "formation__isnull": False}
    return list(rows.filter(**wanted))
