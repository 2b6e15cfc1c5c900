"""Which villages the programme's cooperatives serve: the map of all, and one cooperative's neighbours."""

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from registry import charts, maps
from registry.access import door
from registry.actions import join_village, keep_evidence, part_village
from registry.charts import Bars, Value
from registry.formation import stages, village_programmes
from registry.formats import format_number
from registry.forms.villages import JoinVillageForm, PartVillageForm
from registry.maps import Choropleth, Class
from registry.models import Agency, Place, Programme, Standing
from registry.models.accounts import DINAS_KINDS
from registry.reports import villages as reports
from registry.views.cooperatives import page_context
from registry.views.groups import formation_tabs
from registry.views.listing import WRITERS
from registry.villages import VillageTaken

# Five colours at most: the stages before the pengesahan are one.
CLASSES = (
    Class("Belum ada koperasi", key="none", hatched=True),
    Class("Dalam pembentukan", key="forming", shade=1),
    Class("Badan hukum", key="legal", shade=3),
    Class("Siap beroperasi", key="ready", shade=4),
    Class("Beroperasi", key="operating", shade=5),
)


@door(DINAS_KINDS)
def villages(request: HttpRequest) -> HttpResponse:
    """Every village with the stage of the cooperative that serves it; those without, and the sums per kecamatan."""
    agency = request.place.agency
    level = reports.village_level(agency)
    programme = Programme.objects.filter(code=village_programmes().get(level, "")).first()
    if programme is None:
        raise Http404
    found = reports.coverage(agency, programme.code)
    base = reverse("registry:formation", args=[agency.slug])
    seen = [stage for stage in stages().values() if any(line.at[stage.code] for line in found.districts)]
    rows = [(line, [(stage.code, line.at[stage.code]) for stage in seen]) for line in found.districts]
    total = [(stage.code, sum(line.at[stage.code] for line in found.districts)) for stage in seen]
    context = {
        "tabs": formation_tabs("cakupan"), "found": found, "programme": programme, "word": Place.Level(level).label,
        "map": _map(agency, found), "funnel": _funnel(found), "stages": seen, "rows": rows, "total": total, "base": base,
    }  # fmt: skip
    return render(request, "registry/villages.html", context)


def _map(agency: Agency, found: reports.Coverage) -> Choropleth | None:
    try:
        sheet = maps.load_map(agency.slug, maps.VILLAGE)
    except LookupError:
        return None
    drawn = {shape.code for shape in sheet.shapes}
    lines = [line for line in found.lines if line.village.code in drawn]
    values = {line.village.code: _class(line) for line in lines}
    words = {line.village.code: f"{line.village.name}: {_words(line)}" for line in lines}
    links = {
        line.village.code: reverse("registry:way", args=[agency.slug, line.cooperative.slug])
        for line in lines
        if line.cooperative
    }
    names = {one.key: one.label for one in CLASSES}
    return maps.choropleth(
        sheet, values, CLASSES, links, words, title=f"Peta cakupan, {agency.government.removeprefix('Pemerintah ')}",
        write=lambda key: names[key].lower(), measure="Tahap",
    )  # fmt: skip


def _class(line: reports.VillageLine) -> str:
    if line.stage is None:
        return "none"
    return line.stage.code if line.stage.code in ("legal", "ready", "operating") else "forming"


def _words(line: reports.VillageLine) -> str:
    if line.stage is None:
        return "belum ada koperasi"
    return f"{line.stage.name.lower()}{f', dilayani {line.cooperative.short_name}' if line.neighbour else ''}"


def _funnel(found: reports.Coverage) -> Bars:
    values = [Value(stage.name, count, format_number(count)) for stage, count in found.reached]
    return charts.bars("Sampai tahap ini atau lebih jauh", values, most=found.cooperatives or 1, measure="Koperasi")


# --- One cooperative's neighbours -----------------------------------------------------------------


@door(WRITERS)
def join(request: HttpRequest) -> HttpResponse:
    """Let a neighbouring village that nobody serves join this cooperative of a programme."""
    agency, cooperative = request.place.agency, request.place.cooperative
    programme = Standing.objects.get(agency=agency, cooperative=cooperative).programme_id
    if not programme:
        raise Http404
    options = {"agency": agency, "free": reports.free_villages(agency, programme), "today": request.today}
    form = JoinVillageForm(request.POST, request.FILES, **options) if request.method == "POST" else JoinVillageForm(**options)  # fmt: skip
    if form.is_bound and form.is_valid():
        try:
            _store(request, programme, form)
        except VillageTaken:
            form.add_error("village", "Baru saja mendapat koperasi lain dalam program ini.")
        else:
            messages.success(request, f"{form.cleaned_data['village'].full_name} bergabung.")
            return redirect("registry:way", *request.place)
    context = page_context(request, "", form=form, heading="Gabungkan tetangga", back="registry:way", upload=True)
    return render(request, "registry/fact_form.html", context, status=422 if form.is_bound else 200)


@transaction.atomic
def _store(request: HttpRequest, programme: str, form: JoinVillageForm) -> None:
    typed = form.cleaned_data
    content, content_type, ending = typed["document"]
    evidence = keep_evidence(
        place=request.place, title=f"Penggabungan {typed['village'].name}", name=f"bukti-penggabungan-{typed['joined_on']:%Y-%m-%d}.{ending}",
        content=content, content_type=content_type, actor=request.actor, now=request.now,
    )  # fmt: skip
    join_village(
        cooperative=request.place.cooperative, programme=programme, village=typed["village"], joined_on=typed["joined_on"],
        evidence=evidence, actor=request.actor, now=request.now, today=request.today,
    )  # fmt: skip


@door(WRITERS)
def part(request: HttpRequest, kode: str) -> HttpResponse:
    """Take a neighbouring village out again."""
    served = reports.covered_by(request.place.cooperative, request.place.agency)
    joined = next((one for one in served if one.village_id == kode and not one.is_home), None)
    if joined is None:
        raise Http404
    form = PartVillageForm(request.POST or None)
    if form.is_bound and form.is_valid():
        part_village(
            joined=joined,
            reason=form.cleaned_data["reason"],
            actor=request.actor,
            now=request.now,
            today=request.today,
        )
        messages.success(request, f"{joined.village.full_name} dilepas.")
        return redirect("registry:way", *request.place)
    context = page_context(request, "", form=form, heading=f"Lepas {joined.village.full_name}", back="registry:way")
    return render(request, "registry/fact_form.html", context, status=422 if form.is_bound else 200)
