"""Writing down dated facts of one cooperative. Each view asks one form and calls one action."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from registry.access import door
from registry.actions import (
    close_blocker,
    open_blocker,
    record_rat,
    record_training,
    report_figures,
)
from registry.forms.facts import (
    AnnualMeetingForm,
    BlockerForm,
    FiguresForm,
    TrainingForm,
)
from registry.models import Blocker, ReportedFigure
from registry.models.accounts import OFFICER_KINDS
from registry.reports import figures as figure_reports
from registry.reports.officers import serving
from registry.views.cooperatives import READERS, page_context
from registry.views.listing import WRITERS


@door(WRITERS)
def annual_meeting(request: HttpRequest) -> HttpResponse:
    """Write down a RAT; the same book year again corrects it."""
    form = AnnualMeetingForm(request.POST or None, today=request.today)
    if form.is_bound and form.is_valid():
        meeting = record_rat(
            cooperative=request.place.cooperative, **form.cleaned_data, actor=request.actor, now=request.now
        )
        messages.success(request, f"RAT tahun buku {meeting.book_year} tercatat.")
        return redirect("registry:profile", *request.place)
    return asked_fact(request, form, "Catat RAT", "registry:profile")


@door(WRITERS)
def blocker(request: HttpRequest) -> HttpResponse:
    """Write down what the cooperative cannot solve itself."""
    form = BlockerForm(request.POST or None, today=request.today)
    if form.is_bound and form.is_valid():
        open_blocker(
            cooperative=request.place.cooperative,
            **form.cleaned_data,
            actor=request.actor,
            now=request.now,
            today=request.today,
        )
        messages.success(request, "Hambatan tercatat.")
        return redirect("registry:profile", *request.place)
    return asked_fact(request, form, "Catat hambatan", "registry:profile")


@door(WRITERS)
@require_POST
def blocker_solved(request: HttpRequest, number: int) -> HttpResponse:
    """Write that a blocker is solved today."""
    solved = own_row(Blocker, request, number, closed_on__isnull=True)
    close_blocker(blocker=solved, on=request.today, actor=request.actor, now=request.now)
    messages.success(request, "Hambatan selesai.")
    return redirect("registry:profile", *request.place)


@door(WRITERS)
def training(request: HttpRequest) -> HttpResponse:
    """Write that an office-holder attended a bimtek."""
    options = {"today": request.today, "officers": serving(request.place.cooperative, request.place.agency)}
    form = TrainingForm(request.POST or None, **options)
    if form.is_bound and form.is_valid():
        record_training(**form.cleaned_data, actor=request.actor, now=request.now)
        messages.success(request, f"Bimtek {form.cleaned_data['officer'].name} tercatat.")
        return redirect("registry:own_trainings", *request.place)
    return asked_fact(request, form, "Catat bimtek", "registry:own_trainings")


@door(READERS)
def figures(request: HttpRequest) -> HttpResponse:
    """The latest of each reported figure, with its day, source and definition, and earlier days."""
    seen = figure_reports.figures(request.place.cooperative, request.place.agency)
    return render(request, "registry/figures.html", page_context(request, "angka", seen=seen))


@door(WRITERS, OFFICER_KINDS)
def report(request: HttpRequest) -> HttpResponse:
    """Enter figures for one day; officers report their own, the dinas names the source."""
    own = request.place.grant.kind in OFFICER_KINDS
    form = FiguresForm(request.POST or None, today=request.today, own_report=own)
    if form.is_bound and form.is_valid():
        source = ReportedFigure.Source.COOPERATIVE if own else form.cleaned_data["source"]
        count = report_figures(
            cooperative=request.place.cooperative,
            period=form.cleaned_data["period"],
            values=form.values,
            source=source,
            actor=request.actor,
            now=request.now,
            today=request.today,
        )
        messages.success(
            request, f"{count} angka tersimpan." if count else "Angka itu sudah tercatat; tidak ada yang berubah."
        )
        return redirect("registry:figures", *request.place)
    return asked_fact(request, form, "Catat angka", "registry:figures")


def asked_fact(request: HttpRequest, form, heading: str, back: str) -> HttpResponse:
    context = page_context(request, "", form=form, heading=heading, back=back)
    return render(request, "registry/fact_form.html", context, status=422 if form.is_bound else 200)


def own_row(model, request: HttpRequest, number: int, **conditions):
    """A row of this cooperative, or 404."""
    found = model.objects.filter(
        cooperative=request.place.cooperative, agency=request.place.agency, pk=number, **conditions
    ).first()
    if found is None:
        raise Http404
    return found
