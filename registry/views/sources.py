"""What other sources say beside our profiles: all that differs, one source's list, one cooperative; deciding, typing, files."""

from io import BytesIO
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from registry.access import door
from registry.actions import decide_sources, type_source
from registry.actions.sources import KIND, MOST_AT_ONCE
from registry.formats import count_words, format_date, format_moment
from registry.forms.choosing import place_matcher
from registry.forms.sources import DecideForm, DifferingForm, SourceUploadForm, TypeSourceForm
from registry.models import Cooperative, Place, SourceList, SourceValue
from registry.models.accounts import DINAS_KINDS
from registry.reports import sources as reports
from registry.resources import CooperativeImport
from registry.sheets.columns import Column
from registry.sheets.writing import write_xlsx
from registry.sources import Source, fields, reasons, rules_source
from registry.sources import sources as all_sources
from registry.views.cooperatives import READERS, page_context
from registry.views.imports import Pages, import_paths
from registry.views.listing import FILE_TYPES, WRITERS

PER_PAGE = 50
TOLD = {"ours": "nilai kita dipertahankan", "theirs": "nilai mereka dipakai", "asked": "dicatat sedang ditanyakan"}
PARTS = ("beda", "mereka", "kita")


def source_paths(prefix: str) -> list:
    """Return the pages of the upload for each source, each in a namespace of its own under `prefix`."""
    found = []
    for one in all_sources().values():
        pages = Pages(
            kind=f"{KIND}{one.code}", doors=WRITERS, list_view="registry:sources", form=SourceUploadForm,
            verdicts={"new": "Hanya di daftar mereka", "changed": "Berbeda", "same": "Sama"},
            stored="Isinya sudah ada di halaman selisih.",
            hint=f"Unggah daftar {one.title} seperti adanya. Yang dibaca: {', '.join(fields()[code].label for code in one.order)}.",
        )  # fmt: skip
        found.append(path(prefix, (import_paths(f"{one.code}/unggah/", pages), one.code, one.code)))
    return found


# --- All that differs -------------------------------------------------------------------------------


@door(DINAS_KINDS)
def sources(request: HttpRequest) -> HttpResponse:
    """Every source with its latest list, and every value that differs from ours."""
    seen = reports.overview(request.place.agency)
    context = _differing(request) | {"seen": seen, "source_note": rules_source()}
    return render(request, "registry/sources.html", context)


def _differing(request: HttpRequest, source: str = "") -> dict:
    """The table of what differs, with its filters and chips."""
    agency = request.place.agency
    districts = Place.objects.filter(parent=agency.place_id, level=Place.Level.DISTRICT).order_by("code")
    form = DifferingForm(request.GET, districts=list(districts), source=source)
    asked, valid = form.asked, form.is_valid()
    rows = reports.differing(agency, asked)
    page = Paginator(rows if valid else rows.none(), PER_PAGE).get_page(request.GET.get("halaman"))
    counts = reports.counts_by_field(agency, asked) if valid else {}
    kept = {name: value for name, value in request.GET.items() if name in form.fields and name != "isian" and value}
    chips = [_chip("", "Semua isian", sum(counts.values()), kept, asked.field)]
    chips += [
        _chip(code, one.label, counts[code], kept, asked.field) for code, one in fields().items() if counts.get(code)
    ]
    return {
        "form": form, "page": page, "pairs": reports.pairs(page), "chips": chips, "asked": asked, "may_write": request.place.grant.kind in WRITERS,
        "reasons": reasons(), "here": request.get_full_path(), "today": request.today, "query": request.GET.urlencode(),
    }  # fmt: skip


def _chip(code: str, label: str, count: int, kept: dict, current: str) -> dict:
    query = urlencode(kept | ({"isian": code} if code else {}))
    return {"label": label, "count": count, "url": f"?{query}", "current": current == code}


@door(WRITERS)
@require_POST
def decide(request: HttpRequest) -> HttpResponse:
    """Decide about one value (its own button: `satu`) or about the chosen ones."""
    agency, back = request.place.agency, _back(request)
    one, _, what = request.POST.get("satu", "").partition(":")
    chosen = [one] if one else request.POST.getlist("pilih")
    typed = {"keputusan": what or request.POST.get("keputusan", ""), "alasan": request.POST.get("alasan", "")}
    form = DecideForm(typed)
    numbers = {int(text) for text in chosen if text.isascii() and text.isdigit() and len(text) < 19}
    if not numbers or len(chosen) > MOST_AT_ONCE:
        messages.warning(request, f"Pilih satu sampai {MOST_AT_ONCE} baris.")
        return redirect(back)
    if not form.is_valid():
        messages.warning(request, " ".join(sentence for sentences in form.errors.values() for sentence in sentences))
        return redirect(back)
    values = list(
        SourceValue.objects.filter(agency=agency, pk__in=numbers).select_related(
            "cooperative__agency", "cooperative__district", "cooperative__village"
        )
    )
    if len(values) != len(numbers):
        raise Http404
    typed = form.cleaned_data
    decided = decide_sources(
        agency=agency, values=values, what=typed["keputusan"], reason=typed["alasan"], actor=request.actor, now=request.now, today=request.today
    )  # fmt: skip
    if decided.done:
        messages.success(request, f"{count_words(decided.done)} isian: {TOLD[typed['keputusan']]}.")
    for sentence in decided.refused[:5]:
        messages.warning(request, sentence)
    return redirect(_back(request, values))


def _back(request: HttpRequest, values: list[SourceValue] | None = None) -> str:
    """Where the decision was made; only an address of this dinas. The page of a cooperative moves when its name changes."""
    asked, base = request.POST.get("kembali", ""), reverse("registry:sources", args=[request.place.agency.slug])
    if asked == "sumber" and values:
        return reverse("registry:compared", args=[request.place.agency.slug, values[0].cooperative.slug])
    own = url_has_allowed_host_and_scheme(asked, allowed_hosts=None) and asked.startswith(base)
    return asked if own else base


@door(DINAS_KINDS)
def differing_file(request: HttpRequest) -> HttpResponse:
    """Exactly the rows the page shows with the same filters, as a file."""
    agency = request.place.agency
    districts = Place.objects.filter(parent=agency.place_id, level=Place.Level.DISTRICT)
    form = DifferingForm(request.GET, districts=list(districts))
    found = reports.differing(agency, form.asked) if form.is_valid() else SourceValue.objects.none()
    columns = [
        Column("name", "Koperasi", width=44), Column("district", "Kecamatan"), Column("field", "Isian"), Column("ours", "Nilai kita (profil dinas)", kind="identifier", width=36),
        Column("source", "Sumber"), Column("theirs", "Nilai mereka", kind="identifier", width=36), Column("as_of", "Keadaan per", kind="date"),
        Column("decision", "Keputusan"), Column("reason", "Alasan"), Column("by", "Diputuskan"),
    ]  # fmt: skip
    rows = [
        [one.row.cooperative.name, one.row.cooperative.district.name, one.field.label, one.ours or "belum ada data", one.source.name, one.theirs,
         one.row.as_of, one.row.get_decision_display(), one.row.reason, one.row.decided_by_name]
        for one in reports.pairs(found)
    ]  # fmt: skip
    return _file(
        request,
        f"Selisih data koperasi {agency.government}",
        f"selisih-{agency.slug}",
        columns,
        rows,
        [f"Posisi {format_date(request.today)}. Nilai kita: profil dinas."],
    )


def _file(request: HttpRequest, title: str, name: str, columns: list[Column], rows, notes: list[str]) -> HttpResponse:
    target = BytesIO()
    made = f"Diunduh {request.actor.name}, {format_moment(request.now)}"
    write_xlsx(target, title=title, columns=columns, rows=rows, notes=notes, made=made)
    headers = {"Content-Disposition": f'attachment; filename="{name}-{request.today:%Y-%m-%d}.xlsx"'}
    return HttpResponse(target.getvalue(), content_type=FILE_TYPES["xlsx"], headers=headers)


# --- One source's list --------------------------------------------------------------------------------


@door(DINAS_KINDS)
def source(request: HttpRequest, sumber: str) -> HttpResponse:
    """The latest list of a source beside the register: what differs, what is only theirs, what is only ours."""
    one, latest = _found(request, sumber)
    part = request.GET.get("lihat", "")
    part = part if part in PARTS else "beda"
    context = {
        "source": one,
        "latest": latest,
        "part": part,
        "may_write": request.place.grant.kind in WRITERS,
        "today": request.today,
    }
    if latest:
        context["tabs"] = _parts(latest, part)
        context |= _side(request, one, latest, part)
    return render(request, "registry/source.html", context)


def _found(request: HttpRequest, code: str) -> tuple[Source, SourceList | None]:
    if code not in all_sources():
        raise Http404
    return all_sources()[code], reports.latest_lists(request.place.agency).get(code)


def _parts(latest: SourceList, current: str) -> list[dict]:
    told = (
        ("beda", "Berbeda", latest.differing),
        ("mereka", "Hanya di daftar mereka", latest.only_theirs),
        ("kita", "Hanya di daftar kita", latest.only_ours),
    )
    return [
        {"label": label, "url": f"?lihat={key}", "count": count, "current": key == current}
        for key, label, count in told
    ]


def _side(request: HttpRequest, one: Source, latest: SourceList, part: str) -> dict:
    agency = request.place.agency
    if part == "beda":
        return _differing(request, one.code)
    rows = reports.only_theirs(agency, latest) if part == "mereka" else reports.only_ours(agency, latest)
    return {"page": Paginator(rows, PER_PAGE).get_page(request.GET.get("halaman"))}


@door(DINAS_KINDS)
def source_file(request: HttpRequest, sumber: str) -> HttpResponse:
    """Our register in the columns and order of their list, with what differs said at the end."""
    one, latest = _found(request, sumber)
    if latest is None:
        raise Http404
    headings, rows = reports.in_their_order(request.place.agency, latest)
    columns = [
        Column(f"c{number}", heading, kind=_kind(key))
        for number, (heading, (_, key)) in enumerate(zip(headings, latest.headings, strict=True))
    ]
    columns.append(Column("remark", f"Beda dengan {one.name}", width=60))
    notes = [
        f"Nilai profil dinas dalam urutan kolom {one.name}, dibandingkan dengan daftar mereka per {format_date(latest.as_of)}."
    ]
    return _file(
        request,
        f"Daftar koperasi {request.place.agency.government} untuk {one.name}",
        f"untuk-{one.code}",
        columns,
        rows,
        notes,
    )


def _kind(key: str) -> str:
    return "date" if key.endswith("_on") else "identifier"


@door(DINAS_KINDS)
def strangers_file(request: HttpRequest, sumber: str) -> HttpResponse:
    """What is only in their list, by the columns of our import: to be checked, and uploaded there."""
    one, latest = _found(request, sumber)
    if latest is None:
        raise Http404
    columns = [
        column
        for column in CooperativeImport.columns()
        if column.key in fields() or column.key in ("district", "village")
    ]
    rows = reports.stranger_rows(reports.only_theirs(request.place.agency, latest))
    notes = ["Periksa dahulu, hapus yang bukan binaan dinas, lalu unggah di halaman Impor."]
    return _file(request, f"Hanya ada di {one.name}", f"hanya-di-{one.code}", columns, rows, notes)


# --- One cooperative ----------------------------------------------------------------------------------


@door(READERS)
def compared(request: HttpRequest) -> HttpResponse:
    """One cooperative: a row for each field, a column for each source, what differs marked."""
    cooperative = Cooperative.objects.select_related("village").get(
        pk=request.place.cooperative.pk, agency=request.place.agency
    )
    seen = reports.comparison(cooperative, request.place.agency)
    heads = [{"source": one, "as_of": seen.as_of.get(code)} for code, one in all_sources().items()]
    lines = [
        {"line": line, "cells": [_cell(row, one) for row, one in zip(line.said, all_sources().values(), strict=True)]}
        for line in seen.lines
    ]
    context = page_context(
        request, "sumber", seen=seen, heads=heads, lines=lines, reasons=reasons(), source_note=rules_source()
    )
    return render(request, "registry/compared.html", context)


def _cell(row: SourceValue | None, one: Source) -> dict:
    if row is None:
        return {"text": "", "source": one}
    return {"row": row, "text": reports.theirs_of(row), "same": row.state == SourceValue.State.SAME, "source": one}


@door(WRITERS)
def type_from(request: HttpRequest, sumber: str) -> HttpResponse:
    """Write what a person reads at a source about this cooperative."""
    if sumber not in all_sources():
        raise Http404
    one, cooperative = all_sources()[sumber], request.place.cooperative
    rows = SourceValue.objects.filter(cooperative=cooperative, agency=request.place.agency, source=sumber)
    form = TypeSourceForm(
        request.POST or None, source=one, known={row.field: row for row in rows}, matcher=place_matcher(request.place.agency),
        district=cooperative.district_id, today=request.today,
    )  # fmt: skip
    if form.is_bound and form.is_valid():
        type_source(
            cooperative=cooperative, source=sumber, as_of=form.cleaned_data["as_of"], values=form.values, actor=request.actor, now=request.now
        )  # fmt: skip
        messages.success(request, f"Nilai {one.name} tercatat di samping profil.")
        return redirect("registry:compared", *request.place)
    context = page_context(request, "", form=form, heading=f"Catat nilai {one.name}", back="registry:compared")
    return render(request, "registry/fact_form.html", context, status=422 if form.is_bound else 200)
