"""How cooperatives come into being: the board of the dinas, one cooperative's steps, writing steps down."""

from datetime import date
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from registry.access import door
from registry.actions import follow_formation, keep_evidence, open_blocker, take_step
from registry.formation import Step, rules_source, stages, steps
from registry.formats import count_words, format_date
from registry.forms.formation import BoardForm, FollowForm, StepForm
from registry.models import Blocker, Cooperative, Evidence, FormationStep, Place, Programme
from registry.models.accounts import DINAS_KINDS
from registry.reports import formation as reports
from registry.reports import villages
from registry.views.cooperatives import READERS, page_context
from registry.views.groups import formation_tabs
from registry.views.listing import WRITERS

PER_PAGE = 100
MOST_AT_ONCE = 500
WAITS_FOR = {
    "legal_name": "Kementerian Hukum",
    "land": "Pemerintah daerah",
    "licence": "DPMPTSP",
    "account": "Kementerian Koperasi",
}


# --- All of them ----------------------------------------------------------------------------------


@door(DINAS_KINDS)
def board(request: HttpRequest) -> HttpResponse:
    """Every followed cooperative with its stage, how long it stands there, and what is missing next."""
    agency = request.place.agency
    programmes = list(Programme.objects.all())
    districts = Place.objects.filter(parent=agency.place_id, level=Place.Level.DISTRICT).order_by("code")
    form = BoardForm(request.GET, districts=list(districts), programmes=programmes)
    asked = form.cleaned_data if form.is_valid() else {}
    seen = reports.board(
        agency, request.today, district=asked.get("kecamatan", ""), model=asked.get("model", ""), programme=asked.get("program", ""),
        stage=asked.get("tahap", ""), blocked=bool(asked.get("hambatan")), priority=bool(asked.get("prioritas")),
        search=asked.get("cari", ""),
    )  # fmt: skip
    stage = stages().get(asked.get("tahap", ""))
    page = Paginator(seen.rows if form.is_valid() else [], PER_PAGE).get_page(request.GET.get("halaman"))
    context = {
        "form": form, "seen": seen, "page": page, "stage": stage, "chips": _chips(form, seen, asked), "source": rules_source(),
        "steps": [step for step in steps().values() if not step.elsewhere], "next": _next_of(stage),
        "may_write": request.place.grant.kind in WRITERS, "tabs": formation_tabs("tahapan"),
    }  # fmt: skip
    return render(request, "registry/formation_board.html", context)


def _chips(form: BoardForm, seen: reports.Board, asked: dict) -> list[dict]:
    """The stages with how many stand there; each keeps the other filters."""
    kept = {name: value for name, value in asked.items() if value and name != "tahap"}

    def chip(code: str, label: str, count: int) -> dict:
        query = urlencode(kept | ({"tahap": code} if code else {}))
        return {"label": label, "count": count, "url": f"?{query}", "current": asked.get("tahap", "") == code}

    return [chip("", "Semua", seen.of), *(chip(one.code, one.name, seen.at[one.code]) for one in stages().values())]


def _next_of(stage) -> str:
    """The step most of a stage take next: offered first."""
    if stage is None:
        return ""
    order = list(stages().values())
    later = order[order.index(stage) + 1 :]
    return next((code for one in later for code in one.steps if code not in stage.steps), "")


@door(WRITERS)
@require_POST
def record_many(request: HttpRequest) -> HttpResponse:
    """Write a step of many cooperatives with one document. The first time the form is asked for, then it is sent."""
    agency, step = request.place.agency, steps().get(request.POST.get("langkah", ""))
    slugs = [slug for slug in request.POST.getlist("pilih") if slug.isprintable()]
    back = reverse("registry:formation", args=[agency.slug])
    if step is None or step.elsewhere or not slugs:
        messages.warning(request, "Pilih sekurangnya satu koperasi dan satu langkah.")
        return redirect(back)
    if len(slugs) > MOST_AT_ONCE:
        messages.warning(request, f"Paling banyak {MOST_AT_ONCE} koperasi sekaligus. Saring dulu menurut kecamatan.")
        return redirect(back)
    chosen = list(
        Cooperative.objects.filter(agency=agency, is_practice=False, slug__in=slugs).select_related(
            "village", "district"
        )
    )
    if len(chosen) != len(set(slugs)):
        raise Http404
    form = _step_form(request, step, chosen, bound="simpan" in request.POST)
    if form.is_bound and _is_right(request, form):
        with transaction.atomic():
            moved = _store(request, form)
            stuck = _block(request, form)
        messages.success(request, _told(step, moved, stuck))
        return redirect(
            f"{back}?{urlencode({'tahap': request.POST.get('kembali', '')})}"
            if request.POST.get("kembali") in stages()
            else back
        )
    context = {
        "form": form,
        "step": step,
        "chosen": chosen,
        "slugs": slugs,
        "back": back,
        "return_to": request.POST.get("kembali", ""),
    }
    return render(request, "registry/formation_many.html", context, status=422 if form.is_bound else 200)


def _told(step: Step, moved: int, stuck: int) -> str:
    words = [f"{step.name} tercatat untuk {count_words(moved).lower()} koperasi"] if moved else []
    words += [f"{count_words(stuck).lower()} koperasi dicatat terhambat"] if stuck else []
    sentence = ", ".join(words)
    return f"{sentence[:1].upper()}{sentence[1:]}."


# --- One cooperative --------------------------------------------------------------------------------


@door(READERS)
def way(request: HttpRequest) -> HttpResponse:
    """One cooperative's steps in order, with day, number and evidence; what is still missing."""
    seen = reports.way(_with_village(request), request.place.agency, request.today)
    own = request.place.grant.kind in DINAS_KINDS
    documents = {}
    if own:
        kept = [one.row.evidence_id for one in seen.steps if one.row and one.row.evidence_id]
        documents = {one.pk: one for one in Evidence.objects.filter(agency=request.place.agency, pk__in=kept)}
    writes = request.place.grant.kind in WRITERS
    context = page_context(
        request, "tahapan", seen=seen, source=rules_source(), timeline=[_line(request, one, documents, writes) for one in seen.steps],
        all_steps=len(seen.steps), villages=villages.covered_by(request.place.cooperative, request.place.agency),
    )  # fmt: skip
    return render(request, "registry/formation_way.html", context)


def _line(request: HttpRequest, one: reports.Taken, documents: dict, writes: bool) -> dict:
    row, place = one.row, request.place
    document = documents.get(row.evidence_id) if row else None
    line = {
        "title": f"{one.step.number}. {one.name}", "state": "done" if row else "not_yet",
        "when": (format_date(row.done_on) if row.done_on else "tanggal belum dicatat") if row else "",
        "why": " · ".join(filter(None, [row.number, row.party, row.note] if row else [one.step.who, one.step.hint])),
    }  # fmt: skip
    if document:
        line |= {"url": reverse("registry:file", args=[place.agency.slug, document.file_id]), "label": "Bukti"}
    elif writes:
        line |= {"url": _write_url(one.step, place), "label": "Ubah" if row else "Catat"}
    return line


def _write_url(step: Step, place) -> str:
    return (
        reverse(step.elsewhere, args=[*place])
        if step.elsewhere
        else reverse("registry:take_step", args=[*place, step.code])
    )


@door(WRITERS)
def record_one(request: HttpRequest, langkah: str) -> HttpResponse:
    """Write one step of one cooperative."""
    step = steps().get(langkah)
    if step is None or step.elsewhere:
        raise Http404
    cooperative = _with_village(request)
    form = _step_form(request, step, [cooperative], bound=request.method == "POST")
    if form.is_bound and _is_right(request, form):
        _store(request, form)
        messages.success(request, f"{step.name_in(cooperative.village)} tercatat.")
        return redirect("registry:way", *request.place)
    context = page_context(
        request, "", form=form, heading=step.name_in(cooperative.village), back="registry:way", upload=True
    )
    return render(request, "registry/fact_form.html", context, status=422 if form.is_bound else 200)


@door(WRITERS)
def follow(request: HttpRequest) -> HttpResponse:
    """Follow this cooperative's formation, by which model, with what priority."""
    seen = reports.way(_with_village(request), request.place.agency, request.today).formation
    known = (
        {"model": seen.model, "priority": seen.priority, "priority_reference": seen.priority_reference}
        if seen
        else {"model": "new"}
    )
    form = FollowForm(request.POST or None, initial=known)
    if form.is_bound and form.is_valid():
        follow_formation(
            cooperative=request.place.cooperative,
            **form.cleaned_data,
            actor=request.actor,
            now=request.now,
            today=request.today,
        )
        messages.success(request, "Cara pembentukan tersimpan.")
        return redirect("registry:way", *request.place)
    context = page_context(request, "", form=form, heading="Atur pembentukan", back="registry:way")
    return render(request, "registry/fact_form.html", context, status=422 if form.is_bound else 200)


# --- Steps --------------------------------------------------------------------------------------------


def _with_village(request: HttpRequest) -> Cooperative:
    return Cooperative.objects.select_related("village", "district", "agency").get(
        pk=request.place.cooperative.pk, agency=request.place.agency
    )


def _step_form(request: HttpRequest, step: Step, chosen: list[Cooperative], *, bound: bool) -> StepForm:
    agency, ids = request.place.agency, [one.pk for one in chosen]
    taken = reports.steps_taken(agency, ids)
    rows = {
        row.cooperative_id: row
        for row in FormationStep.objects.filter(agency=agency, cooperative__in=ids, step=step.code)
    }
    known = {
        pk: {
            "taken": taken[pk],
            "number": rows[pk].number if pk in rows else "",
            "evidence": bool(pk in rows and rows[pk].evidence_id),
        }
        for pk in ids
    }
    known["names"] = {code: one.name.lower() for code, one in steps().items()}
    options = {"step": step, "cooperatives": chosen, "known": known, "today": request.today}
    if bound:
        return StepForm(request.POST, request.FILES, **options)
    return StepForm(initial=_initial(step, chosen, rows, request.today), **options)


def _initial(step: Step, chosen: list[Cooperative], rows: dict[int, FormationStep], today: date) -> dict:
    known = {f"nomor_{pk}": row.number for pk, row in rows.items() if row.number}
    if len(chosen) == 1 and (row := rows.get(chosen[0].pk)):
        known |= {"done_on": row.done_on, "party": row.party, "note": row.note}
    return known


def _is_right(request: HttpRequest, form: StepForm) -> bool:
    """True when the form may be stored; days that contradict others are said at the day."""
    if not form.is_valid():
        return False
    form.refuse(
        reports.contradictions(
            request.place.agency, [one.pk for one in form.moving], form.step, form.cleaned_data["done_on"]
        )
    )
    return not form.errors


@transaction.atomic
def _store(request: HttpRequest, form: StepForm) -> int:
    typed, moving = form.cleaned_data, form.moving
    if not moving:
        return 0
    evidence = None
    if typed["document"]:
        content, content_type, ending = typed["document"]
        evidence = keep_evidence(
            place=request.place, title=form.step.name, name=f"bukti-{form.step.code.replace('_', '-')}-{typed['done_on']:%Y-%m-%d}.{ending}",
            content=content, content_type=content_type, actor=request.actor, now=request.now,
        )  # fmt: skip
    return take_step(
        agency=request.place.agency, cooperatives=moving, step=form.step, done_on=typed["done_on"], numbers=form.numbers,
        party=typed.get("party", ""), note=typed["note"], evidence=evidence, actor=request.actor, now=request.now, today=request.today,
    )  # fmt: skip


def _block(request: HttpRequest, form: StepForm) -> int:
    """Write down what blocks the others, unless it stands there already."""
    open_now = set(
        Blocker.objects.filter(
            agency=request.place.agency, cooperative__in=[one.pk for one, _ in form.blocked], closed_on__isnull=True
        ).values_list("cooperative", "what")
    )
    new = [(one, what) for one, what in form.blocked if (one.pk, what) not in open_now]
    for one, what in new:
        open_blocker(
            cooperative=one, what=what, text=form.cleaned_data["note"] or f"{form.step.name} tertahan: {Blocker.What(what).label.lower()}.",
            waits_for=WAITS_FOR.get(what, "Pengurus koperasi"), due_on=None, actor=request.actor, now=request.now, today=request.today,
        )  # fmt: skip
    return len(form.blocked)
