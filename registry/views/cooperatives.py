"""One cooperative: its profile, entering and changing it, what happened to it."""

from datetime import date

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from registry.access import door
from registry.actions import NameExists, StaleForm, amend_cooperative, register_cooperative
from registry.formats import format_moment
from registry.forms.cooperatives import ContactForm, CooperativeForm, initial_of
from registry.models import AuditEvent, CooperativeKbli, GrantKind, Officer, Profile
from registry.models.accounts import COOPERATIVE_KINDS, DINAS_KINDS, OFFICER_KINDS
from registry.reports import imports
from registry.reports import profile as reports
from registry.views.listing import WRITERS
from registry.villages import VillageTaken

READERS = DINAS_KINDS | COOPERATIVE_KINDS | {GrantKind.FIELD, GrantKind.CASE}
HISTORY_READERS = READERS - {GrantKind.FIELD}
# What each act on a cooperative is called in its history. Acts on members and money have their own books.
VERBS = {
    "register_cooperative": "Didaftarkan",
    "amend_cooperative": "Profil diubah",
    "appoint_officer": "Pengurus atau pengawas dicatat",
    "end_term": "Masa jabatan diakhiri",
    "correct_officer": "Data pengurus diperbaiki",
    "declare": "Pernyataan pengurus dicatat",
    "seat_head": "Ketua pengawas diganti karena jabatan",
    "report_figures": "Angka dilaporkan",
    "record_rat": "RAT dicatat",
    "record_training": "Bimtek dicatat",
    "take_back_training": "Kehadiran bimtek dibatalkan",
    "register_at_door": "Peserta didaftarkan di pintu bimtek",
    "answer_training": "Undangan bimtek dijawab",
    "withdraw_certificate": "Sertifikat bimtek ditarik",
    "record_building": "Gedung dicatat",
    "survey_building": "Gedung disurvei",
    "check_survey": "Survei gedung diperiksa",
    "add_building_photo": "Foto gedung ditambah",
    "upload_document": "Dokumen diunggah",
    "check_document": "Dokumen diperiksa",
    "keep_land": "Calon lahan dicatat",
    "record_portal": "Status gedung di portal dicatat",
    "open_blocker": "Hambatan dicatat",
    "close_blocker": "Hambatan selesai",
    "follow_formation": "Cara pembentukan diatur",
    "record_decision": "Keputusan badan hukum dicatat",
    "take_back_decision": "Keputusan badan hukum dibatalkan",
    "take_step": "Langkah pembentukan dicatat",
    "nudge": "Pengingat dinas disiapkan",
    "join_village": "Desa atau kelurahan tetangga bergabung",
    "part_village": "Desa atau kelurahan tetangga dilepas",
    "decide_source": "Selisih data diputuskan",
    "take_source": "Nilai sumber lain dipakai",
    "type_source": "Nilai sumber lain dicatat",
    "open_case": "Pemeriksaan dibuka",
    "close_case": "Pemeriksaan diakhiri",
}
# Of a corrected term, what its history tells of the value before; never names or numbers of telephones.
TOLD_BEFORE = ("starts_on", "ends_on", "ended_on", "decision_number", "decision_on", "earlier_terms")


def page_context(request: HttpRequest, current: str, **more) -> dict:
    """What every page of one cooperative needs: layout, tabs, who may write."""
    kind = request.place.grant.kind
    tabs = [
        ("profil", "Profil", "registry:profile"),
        ("tahapan", "Tahapan", "registry:way"),
        ("pengurus", "Pengurus", "registry:officers"),
        ("gedung", "Gedung", "registry:building"),
        ("dokumen", "Dokumen", "registry:documents"),
        ("bimtek", "Bimtek", "registry:own_trainings"),
        ("angka", "Angka", "registry:figures"),
        ("sumber", "Sumber data", "registry:compared"),
    ]
    if kind in HISTORY_READERS:
        tabs.append(("riwayat", "Riwayat", "registry:history"))
    if kind in DINAS_KINDS:
        tabs.append(("kasus", "Kasus", "registry:cooperative_case"))
    in_cooperative = GrantKind(kind).in_cooperative
    return {
        "layout": "layouts/phone.html" if in_cooperative else "layouts/desk.html",
        "task_layout": "layouts/task.html" if in_cooperative else "layouts/desk.html",
        "pad": "pad" if in_cooperative else "",
        "in_cooperative": in_cooperative,
        "cooperative": request.place.cooperative,
        "tabs": [{"label": label, "view": view, "current": key == current} for key, label, view in tabs],
        "page_name": current if current != "profil" else "",
        "may_write": kind in WRITERS,
        "may_report": kind in WRITERS or kind in OFFICER_KINDS,
        "may_contact": kind in OFFICER_KINDS,
        **more,
    }


@door(READERS)
def profile(request: HttpRequest) -> HttpResponse:
    """Legal identity, activities, contacts, status by rule, RAT, building, bimtek, what blocks."""
    seen = reports.profile(request.place.cooperative, request.place.agency, request.today)
    return render(request, "registry/profile.html", page_context(request, "profil", seen=seen))


@door(HISTORY_READERS)
def history(request: HttpRequest) -> HttpResponse:
    """Who did what to this cooperative's registry, newest first."""
    events = AuditEvent.objects.filter(
        agency=request.place.agency, cooperative=request.place.cooperative, verb__in=VERBS, kind=AuditEvent.Kind.ACT
    )
    page = Paginator(events, 50).get_page(request.GET.get("halaman"))
    rows = [{"event": event, "what": VERBS[event.verb], "fields": _field_labels(event)} for event in page]
    imported = imports.history(request.place.agency, request.place.cooperative)
    return render(
        request, "registry/history.html", page_context(request, "riwayat", page=page, rows=rows, imported=imported)
    )


@door(WRITERS)
def add(request: HttpRequest) -> HttpResponse:
    """Enter a cooperative in the registry."""
    agency = request.place.agency
    if request.method != "POST":
        form = CooperativeForm(agency=agency, today=request.today, initial={"district": ""})
        return render(request, "registry/cooperative_form.html", {"form": form})
    form = CooperativeForm(request.POST, agency=agency, today=request.today)
    if form.is_valid():
        typed = form.cleaned_data
        try:
            cooperative = register_cooperative(
                agency=agency,
                name=typed["name"],
                district=typed["district"],
                village=typed["village"],
                fields=form.profile_fields | {"last_recorded_on": request.today},
                kbli=typed["kbli"],
                actor=request.actor,
                now=request.now,
            )
        except NameExists as error:
            form.refuse_same_name(error.cooperative)
        except VillageTaken:
            form.refuse_taken_village()
        else:
            messages.success(request, f"{cooperative.name} terdaftar.")
            return redirect("registry:profile", agency.slug, cooperative.slug)
    return render(request, "registry/cooperative_form.html", {"form": form}, status=422)


@door(WRITERS)
def edit(request: HttpRequest) -> HttpResponse:
    """Change a cooperative's name, place and profile."""
    cooperative = request.place.cooperative
    stored = Profile.objects.get(cooperative=cooperative, agency=request.place.agency)
    options = {"agency": request.place.agency, "today": request.today, "cooperative": cooperative}
    if request.method != "POST":
        form = CooperativeForm(initial=initial_of(cooperative, stored, _kbli(cooperative)), **options)
        return render(request, "registry/cooperative_form.html", _form_context(request, form))
    form = CooperativeForm(request.POST, **options)
    if form.is_valid() and (answer := _amend(request, form, stored)):
        return answer
    return render(request, "registry/cooperative_form.html", _form_context(request, form), status=422)


@door(OFFICER_KINDS)
def contacts(request: HttpRequest) -> HttpResponse:
    """Officers keep the address, telephone and e-mail of their own cooperative current."""
    cooperative = request.place.cooperative
    stored = Profile.objects.get(cooperative=cooperative, agency=request.place.agency)
    form = (
        ContactForm(request.POST)
        if request.method == "POST"
        else ContactForm(initial=initial_of(cooperative, stored, []))
    )
    if form.is_bound and form.is_valid() and (answer := _amend(request, form, stored)):
        return answer
    context = _form_context(request, form) | {"heading": "Ubah kontak"}
    return render(request, "registry/cooperative_form.html", context, status=422 if form.is_bound else 200)


def _amend(request: HttpRequest, form: ContactForm, stored: Profile) -> HttpResponse | None:
    """Save a form on the profile, or say in the form why not."""
    typed, cooperative = form.cleaned_data, request.place.cooperative
    whole = {name: typed[name] for name in ("kbli", "district", "village") if name in typed}
    try:
        amend_cooperative(
            cooperative=cooperative,
            version=typed["version"],
            name=typed.get("name", cooperative.name),
            fields=form.profile_fields,
            **whole,
            actor=request.actor,
            now=request.now,
            today=request.today,
        )
    except NameExists as error:
        form.refuse_same_name(error.cooperative)
        return None
    except VillageTaken:
        form.refuse_taken_village()
        return None
    except StaleForm:
        _explain_stale(request, form, stored)
        return None
    messages.success(request, "Perubahan tersimpan.")
    return redirect("registry:profile", *request.place)


def _explain_stale(request: HttpRequest, form: ContactForm, stored: Profile) -> None:
    """Say who changed what meanwhile; the typed values stay, and saving again is then a decision."""
    events = AuditEvent.objects.filter(
        agency=request.place.agency, cooperative=request.place.cooperative, verb="amend_cooperative"
    )
    last = events.first()
    who = f" oleh {last.actor_name}, {format_moment(last.at)} ({_field_labels(last)})" if last else ""
    form.add_error(None, f"Profil ini sudah diubah{who} ketika Anda mengisi. Isian Anda belum disimpan.")
    before = initial_of(request.place.cooperative, stored, [])
    differing = [
        name for name in form.profile_fields if name in form.fields and before.get(name) != form.cleaned_data[name]
    ]
    for name in differing:
        shown = form.fields[name].prepare_value(before[name])
        form.add_error(name, f"Yang tersimpan sekarang: {shown if shown not in (None, '') else 'kosong'}.")
    form.add_error(None, "Periksa bagian yang berbeda, lalu simpan lagi bila isian Anda yang benar.")
    form.data = form.data.copy()
    form.data["version"] = stored.version


def _form_context(request: HttpRequest, form: ContactForm) -> dict:
    return page_context(request, "", form=form)


def _kbli(cooperative) -> list:
    rows = CooperativeKbli.objects.filter(cooperative=cooperative, agency_id=cooperative.agency_id)
    return [row.kbli for row in rows.select_related("kbli").order_by("-is_main", "pk")]


def _field_labels(event: AuditEvent) -> str:
    """The changed fields of an event as people call them."""
    special = {"name": "nama", "kbli": "KBLI", "village": "desa atau kelurahan"}
    known = {field.attname: str(field.verbose_name) for field in Profile._meta.concrete_fields} | special
    detail = event.detail if isinstance(event.detail, dict) else {}
    officer = {field.attname: str(field.verbose_name) for field in Officer._meta.concrete_fields}
    words = [known.get(name, name) for name in detail.get("fields", [])]
    words += [officer.get(name, name) for name in detail.get("officer_fields", [])]
    before = [
        f"{officer[name]} semula {_shown(value)}"
        for name, value in detail.get("before", {}).items()
        if name in TOLD_BEFORE and value
    ]
    return "; ".join(filter(None, [", ".join(words), ", ".join(before)]))


def _shown(value: object) -> str:
    """A stored day as people write it; anything else as it is."""
    try:
        return f"{date.fromisoformat(str(value)):%d/%m/%Y}"
    except ValueError:
        return str(value)
