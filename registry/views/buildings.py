"""One cooperative's building: what is known, the survey on a phone, photos, the check by another person, land and portals."""

from hashlib import sha256

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from registry import pictures
from registry.access import door
from registry.actions import add_photo, check_survey, keep_land, record_portal, survey_building
from registry.actions.buildings import Shot
from registry.actions.files import read_content
from registry.building import Spot
from registry.formats import format_number, format_rupiah
from registry.forms.buildings import CheckForm, LandForm, PortalForm, ProgressPhotoForm, SurveyForm, day_of
from registry.models import BuildingPhoto, BuildingSurvey, Cooperative, GrantKind, LandCandidate
from registry.models.accounts import OFFICER_KINDS
from registry.reports import buildings as reports
from registry.views.cooperatives import READERS, page_context
from registry.views.listing import WRITERS

SURVEYORS = WRITERS | {GrantKind.FIELD}
PHOTOGRAPHERS = SURVEYORS | OFFICER_KINDS
NOT_KNOWN = "belum ada data"


@door(READERS)
@require_GET
def building(request: HttpRequest) -> HttpResponse:
    """What the cooperative works from: the latest facts, photos by date, earlier surveys, land, portals."""
    cooperative = _with_village(request)
    seen, kind = reports.building(cooperative, request.place.agency, request.today), request.place.grant.kind
    latest = seen.latest
    may_check = (
        kind in WRITERS and latest and latest.state == latest.State.WAITING and latest.made_by != request.user.pk
    )
    context = page_context(
        request, "gedung", seen=seen, facts=_facts(seen), spot=_spot_words(latest, cooperative),
        may_survey=kind in SURVEYORS, may_photograph=kind in PHOTOGRAPHERS, may_propose=kind in SURVEYORS,
        stored_mark=_draft_mark(request) if "tersimpan" in request.GET else "",
        check_form=CheckForm() if may_check else None, own_survey=bool(latest and latest.made_by == request.user.pk),
    )  # fmt: skip
    return render(request, "registry/building.html", context)


@door(SURVEYORS)
def survey(request: HttpRequest) -> HttpResponse:
    """The survey, on a phone at the place itself. Warnings ask for a reason; the photo waits meanwhile."""
    cooperative = _with_village(request)
    seen = reports.building(cooperative, request.place.agency, request.today)
    options = {
        "known": reports.known_of(cooperative, seen, request.place.agency, request.today),
        "keeper": f"{request.user.pk}:{cooperative.pk}",
    }
    if request.method == "POST":
        form = SurveyForm(request.POST, request.FILES, **options)
        if form.is_valid():
            _store(request, cooperative, form)
            messages.success(request, "Survei gedung tersimpan, menunggu diperiksa dinas.")
            return redirect(reverse("registry:building", args=[*request.place]) + "?tersimpan")
        form.keep_photo()
    else:
        form = SurveyForm(initial=_initial(seen, request), **options)
    context = page_context(
        request,
        "",
        form=form,
        heading="Survei gedung",
        back="registry:building",
        draft_mark=_draft_mark(request),
        rules=form.rules,
    )
    return render(request, "registry/building_survey.html", context, status=422 if form.is_bound else 200)


@door(PHOTOGRAPHERS)
def add(request: HttpRequest) -> HttpResponse:
    """A later photo, with how far the building is."""
    form = ProgressPhotoForm(request.POST or None, request.FILES or None, today=request.today)
    if form.is_bound and form.is_valid():
        cooperative = _with_village(request)
        seen, typed = reports.building(cooperative, request.place.agency, request.today), form.cleaned_data
        add_photo(
            cooperative=cooperative, survey=seen.latest, photo=_shot(typed["photo"], typed["taken_on"], request),
            progress=typed["progress"], caption=typed["caption"], actor=request.actor, now=request.now,
        )  # fmt: skip
        messages.success(request, "Foto tersimpan. Tempat dan data kamera dihapus dari berkasnya.")
        return redirect("registry:building", *request.place)
    return _asked(request, form, "Tambah foto", upload=True)


@door(READERS)
@require_GET
def photo(request: HttpRequest, number: int) -> HttpResponse:
    """A photo of this cooperative's building; `kecil` asks for a small one."""
    found = _own(BuildingPhoto, request, number)
    try:
        content = read_content(found.path)
    except FileNotFoundError as error:
        raise Http404 from error
    answer = HttpResponse(
        pictures.small(content) if "kecil" in request.GET else content, content_type=pictures.CONTENT_TYPE
    )
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Disposition"] = f'inline; filename="gedung-{found.taken_on:%Y-%m-%d}.jpg"'
    return answer


@door(WRITERS)
@require_POST
def check(request: HttpRequest, number: int) -> HttpResponse:
    """Verify a survey somebody else made, or return it."""
    found = _own(BuildingSurvey, request, number, state=BuildingSurvey.State.WAITING)
    if found.made_by == request.user.pk:
        messages.warning(request, "Survei diperiksa orang lain, bukan yang membuatnya.")
        return redirect("registry:building", *request.place)
    form = CheckForm(request.POST)
    if not form.is_valid():
        return _asked(request, form, "Periksa survei")
    accept = form.cleaned_data["decision"] == "verified"
    check_survey(survey=found, accept=accept, note=form.cleaned_data["note"], actor=request.actor, now=request.now)
    messages.success(
        request, "Survei terverifikasi." if accept else "Survei dikembalikan. Angka memakai survei sebelumnya."
    )
    return redirect("registry:building", *request.place)


@door(SURVEYORS)
def add_land(request: HttpRequest) -> HttpResponse:
    """Write down land that may carry the building."""
    return _keep_land(request, None)


@door(WRITERS)
def edit_land(request: HttpRequest, number: int) -> HttpResponse:
    """Change what is known of it."""
    return _keep_land(request, _own(LandCandidate, request, number))


@door(WRITERS)
def portal(request: HttpRequest) -> HttpResponse:
    """Write what SIMKOPDES or another portal says of the building."""
    form = PortalForm(
        request.POST or None, today=request.today, initial={"as_of": request.today, "portal": "simkopdes"}
    )
    if form.is_bound and form.is_valid():
        record_portal(cooperative=request.place.cooperative, **form.cleaned_data, actor=request.actor, now=request.now)
        messages.success(request, "Status portal tercatat.")
        return redirect("registry:building", *request.place)
    return _asked(request, form, "Status di portal")


# --- Steps --------------------------------------------------------------------------------------------


def _with_village(request: HttpRequest) -> Cooperative:
    return Cooperative.objects.select_related("village", "district", "agency").get(
        pk=request.place.cooperative.pk, agency=request.place.agency
    )


def _draft_mark(request: HttpRequest) -> str:
    """Names what this login typed about this cooperative in a browser; nobody's name, and the same tomorrow."""
    return sha256(f"gedung {request.user.pk} {request.place.cooperative.pk}".encode()).hexdigest()[:20]


def _own(model, request: HttpRequest, number: int, **conditions):
    found = model.objects.filter(
        cooperative=request.place.cooperative, agency=request.place.agency, pk=number, **conditions
    ).first()
    if found is None:
        raise Http404
    return found


def _store(request: HttpRequest, cooperative: Cooperative, form: SurveyForm) -> None:
    photo = form.photo_now
    survey_building(
        cooperative=cooperative, surveyed_on=form.cleaned_data["surveyed_on"], facts=form.facts, spot=_spot(form),
        photo=_shot(photo, None, request) if photo else None, findings=form.passed, answer=form.cleaned_data["answer"] if form.passed else "",
        actor=request.actor, now=request.now,
    )  # fmt: skip


def _spot(form: SurveyForm) -> Spot | None:
    """The typed place; without one, where the photo was taken."""
    photo = form.photo_now
    return form.cleaned_data["position"] or (Spot(*photo.spot) if photo and photo.spot else None)


def _shot(photo: pictures.Photo, typed, request: HttpRequest) -> Shot:
    day, by_camera = day_of(photo, typed, request.today)
    return Shot(photo.content, day, by_camera, Spot(*photo.spot) if photo.spot else None)


def _initial(seen: reports.Seen, request: HttpRequest) -> dict:
    """Today, and what stood there last time. Not the place: who surveys says where they stand."""
    found = {"surveyed_on": request.today}
    if seen.latest:
        names = [
            name
            for name in SurveyForm.base_fields
            if name not in ("surveyed_on", "photo", "position", "note", "waiting_photo", "answer")
        ]
        found |= {name: getattr(seen.latest, name) for name in names}
        if seen.latest.latitude is not None:
            found["position"] = Spot(seen.latest.latitude, seen.latest.longitude)
    return found


def _keep_land(request: HttpRequest, candidate: LandCandidate | None) -> HttpResponse:
    known = {name: getattr(candidate, name) for name in LandForm.base_fields} if candidate else {"state": "proposed"}
    form = LandForm(request.POST or None, initial=known)
    if form.is_bound and form.is_valid():
        keep_land(
            cooperative=request.place.cooperative, candidate=candidate, fields=form.cleaned_data, actor=request.actor,
            now=request.now, today=request.today,
        )  # fmt: skip
        messages.success(request, "Calon lahan tersimpan.")
        return redirect("registry:building", *request.place)
    return _asked(request, form, "Ubah calon lahan" if candidate else "Tambah calon lahan")


def _asked(request: HttpRequest, form, heading: str, *, upload: bool = False) -> HttpResponse:
    context = page_context(request, "", form=form, heading=heading, back="registry:building", upload=upload)
    return render(request, "registry/fact_form.html", context, status=422 if form.is_bound else 200)


# --- Words --------------------------------------------------------------------------------------------


def _facts(seen: reports.Seen) -> list[tuple[str, list[tuple[str, str]]]]:
    """The facts of the latest survey under three headings; what nobody knows says so."""
    one = seen.latest
    if one is None:
        return []
    sides = f"{one.land_length} × {one.land_width} m" if one.land_length and one.land_width else ""
    enough = {True: "memenuhi", False: "belum memenuhi", None: ""}[seen.large_enough]
    asked = seen.rules.criterion
    power = "Tidak ada" if one.electricity == 0 else f"{format_number(one.electricity or 0)} VA"
    rent = [
        ("Sewa setahun", format_rupiah(one.rent_per_year) if one.rent_per_year is not None else ""),
        ("Sewa sampai", f"{one.rent_ends_on:%d/%m/%Y}" if one.rent_ends_on else ""),
    ]
    parts = [
        ("Gedung", [
            ("Milik", one.get_ownership_display()), ("Pemanfaatan", one.get_use_display()), ("Pemilik", one.owner),
            ("Jenis", one.get_building_kind_display()), ("Kondisi", one.get_condition_display()), ("Luas", _square(one.building_area)),
            *(rent if one.use == one.Use.RENT else []),
        ]),
        ("Tanah", [
            ("Luas", _square(one.land_area)), ("Panjang × lebar", sides),
            (f"Syarat {asked['width']} × {asked['length']} m", enough), ("Akses jalan", one.get_road_display()),
            ("Sertifikat", one.get_certificate_display()),
        ]),
        ("Sarana", [
            ("Listrik", power if one.electricity is not None else ""), ("Air bersih", one.get_water_display()),
            ("Internet", one.get_internet_display()),
        ]),
    ]  # fmt: skip
    optional = ("Pemanfaatan", "Pemilik")
    if one.ownership == one.Ownership.NONE:
        parts = parts[1:2]
    return [
        (title, [(name, words or NOT_KNOWN) for name, words in pairs if words or name not in optional])
        for title, pairs in parts
    ]


def _square(area: int | None) -> str:
    return f"{format_number(area)} m²" if area is not None else ""


def _spot_words(latest: BuildingSurvey | None, cooperative: Cooperative) -> dict | None:
    """Where it stands, and how far from the middle of its village."""
    if latest is None or latest.latitude is None:
        return None
    away = (
        f"{format_number(latest.distance_m)} m dari tengah {cooperative.village.full_name}"
        if latest.distance_m is not None and cooperative.village
        else ""
    )
    return {
        "words": f"{latest.latitude:.5f}, {latest.longitude:.5f}",
        "uri": f"{latest.latitude:.5f},{latest.longitude:.5f}",
        "away": away,
    }
