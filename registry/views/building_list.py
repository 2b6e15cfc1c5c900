"""The buildings of all cooperatives: the list with its filters, its files, the map."""

from io import BytesIO
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from registry import maps
from registry.access import assigned_ids, door
from registry.formation import village_programmes
from registry.formats import format_date, format_moment
from registry.forms.buildings import BuildingListForm
from registry.models import Cooperative, GrantKind, Place, Programme
from registry.models.accounts import DINAS_KINDS
from registry.reports import buildings as reports
from registry.reports.villages import village_level
from registry.sheets.columns import Column
from registry.sheets.writing import write_csv, write_xlsx
from registry.views.listing import FILE_TYPES, WRITERS

READERS = DINAS_KINDS | {GrantKind.FIELD}
PER_PAGE = 50
FIELDS = {
    "district": "kecamatan", "programme": "program", "search": "cari", "ownership": "milik", "use": "guna", "condition": "kondisi",
    "land": "lahan", "check": "periksa", "photo": "foto", "house": "status",
}  # fmt: skip
CLASSES = (
    maps.Class("Milik sendiri", key="own", shade=5),
    maps.Class("Pinjam atau sewa", key="borrowed", shade=2),
    maps.Class("Belum ada gedung", key="none", hatched=True),
)


@door(READERS)
@require_GET
def buildings(request: HttpRequest) -> HttpResponse:
    """What every cooperative works from, filtered by the address, fifty a page."""
    form, asked, seen = asked_for(request)
    page = Paginator(seen.found, PER_PAGE).get_page(request.GET.get("halaman"))
    field = request.place.grant.kind == GrantKind.FIELD
    context = {
        "form": form, "seen": seen, "page": page, "rows": reports.rows_of(request.place.agency, page.object_list), "chips": _chips(form, seen, asked), "query": request.GET.urlencode(),
        "waiting": 0 if field else reports.waiting(request.place.agency, request.user.pk),
        "may_check": request.place.grant.kind in WRITERS, "is_field": field, "old_days": reports.OLD_PHOTO_DAYS,
        "some_filters": [name for name in FIELDS.values() if request.GET.get(name)],
    }  # fmt: skip
    return render(request, "registry/buildings.html", context)


@door(DINAS_KINDS)
@require_GET
def map_(request: HttpRequest) -> HttpResponse:
    """The village map by what the cooperative of its programme works from."""
    agency = request.place.agency
    level = village_level(agency)
    programme = Programme.objects.filter(code=village_programmes().get(level, "")).first()
    try:
        sheet = maps.load_map(agency.slug)
    except LookupError as error:
        raise Http404 from error
    seen = reports.listing(agency, reports.Asked(programme=programme.code if programme else ""), request.today)
    drawn, houses = {shape.code for shape in sheet.shapes}, {one.cooperative: one.house for one in seen.found}
    named = Cooperative.objects.filter(agency=agency, pk__in=houses).values_list("pk", "slug", "village_id")
    here = [(village, slug, houses[pk]) for pk, slug, village in named if village in drawn]
    chart = maps.choropleth(
        sheet,
        {village: house for village, _slug, house in here if house != reports.UNKNOWN},
        CLASSES,
        {village: reverse("registry:building", args=[agency.slug, slug]) for village, slug, _house in here},
        title=f"Gedung operasional {programme.short_name if programme else 'koperasi'} menurut {Place.Level(level).label}",
        write=lambda house: seen.rules.houses[house].name,
        measure="Gedung",
    )
    context = {
        "chart": chart,
        "seen": seen,
        "programme": programme,
        "word": Place.Level(level).label,
        "known": seen.of - seen.at[reports.UNKNOWN],
    }
    return render(request, "registry/buildings_map.html", context)


@door(READERS)
@require_GET
def download(request: HttpRequest, form: str) -> HttpResponse:
    """Exactly the rows the list shows with the same address, in its order, as a file."""
    asked_form, _asked, seen = asked_for(request)
    columns, rows = COLUMNS, [_cells(row, seen.rules) for row in reports.rows_of(request.place.agency, seen.found)]
    target = BytesIO()
    if form == "csv":
        write_csv(target, columns=columns, rows=rows)
    else:
        made = f"Diunduh {request.actor.name}, {format_moment(request.now)}"
        title = f"Gedung operasional koperasi {request.place.agency.government}"
        write_xlsx(target, title=title, columns=columns, rows=rows, notes=_notes(asked_form, seen, request), made=made)
    name = f"gedung-{request.place.agency.slug}-{request.today:%Y-%m-%d}.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(target.getvalue(), content_type=FILE_TYPES[form], headers=headers)


# --- Steps --------------------------------------------------------------------------------------------


def _only(request: HttpRequest) -> tuple[int, ...] | None:
    grant = request.place.grant
    return assigned_ids(grant) if grant.kind == GrantKind.FIELD else None


def asked_for(request: HttpRequest) -> tuple[BuildingListForm, reports.Asked, reports.Listing]:
    """The form of the address, what it asks for, and the rows. An address that asks nonsense gets no rows."""
    agency = request.place.agency
    districts = list(Place.objects.filter(parent=agency.place_id, level=Place.Level.DISTRICT).order_by("code"))
    form = BuildingListForm(request.GET, districts=districts, programmes=list(Programme.objects.all()))
    if not form.is_valid():
        return form, reports.Asked(), reports.listing(agency, reports.Asked(), request.today, only=())
    asked = reports.Asked(**{name: form.cleaned_data[field] for name, field in FIELDS.items()})
    return form, asked, reports.listing(agency, asked, request.today, _only(request))


def _chips(form: BuildingListForm, seen: reports.Listing, asked: reports.Asked) -> list[dict]:
    """What they work from, with counts; each keeps the other filters."""
    kept = (
        {name: value for name, value in form.cleaned_data.items() if value and name != "status"}
        if form.is_valid()
        else {}
    )
    words = {
        "": "Semua",
        **{code: house.name for code, house in seen.rules.houses.items()},
        reports.UNKNOWN: "Belum didata",
    }
    return [
        {
            "label": label, "count": seen.at[code] if code else seen.of, "current": asked.house == code,
            "url": f"?{urlencode(kept | ({'status': code} if code else {}))}",
        }
        for code, label in words.items()
    ]  # fmt: skip


COLUMNS = [
    Column("district", "Kecamatan"), Column("village", "Desa/kelurahan"), Column("name", "Nama koperasi", width=44),
    Column("house", "Status gedung", width=18), Column("ownership", "Milik", width=20), Column("use", "Pemanfaatan", width=18),
    Column("owner", "Pemilik", width=24), Column("land_area", "Luas tanah (m²)", kind="integer"), Column("length", "Panjang (m)", kind="integer"),
    Column("width", "Lebar (m)", kind="integer"), Column("enough", "Syarat 20 × 30 m", width=16), Column("road", "Akses jalan"),
    Column("certificate", "Sertifikat", width=20), Column("kind", "Jenis gedung", width=20), Column("condition", "Kondisi"),
    Column("area", "Luas gedung (m²)", kind="integer"), Column("power", "Listrik (VA)", kind="integer"), Column("water", "Air bersih"),
    Column("internet", "Internet"), Column("progress", "Progres (%)", kind="integer"), Column("rent", "Sewa setahun (Rp)", kind="rupiah"),
    Column("rent_end", "Sewa sampai", kind="date"), Column("spot", "Koordinat", width=22), Column("away", "Jarak dari tengah desa (m)", kind="integer"),
    Column("surveyed", "Tanggal survei", kind="date"), Column("photo", "Foto terakhir", kind="date"), Column("check", "Pemeriksaan", width=20),
]  # fmt: skip


def _cells(row: reports.Row, rules) -> list:
    one, here = row.survey, row.cooperative
    house = rules.houses[row.house].name if row.house in rules.houses else "Belum didata"
    first = [here.district.name, here.village.name if here.village else "", here.name, house]
    if one is None:
        return [*first, *[None] * 21, row.photo_on, "Belum disurvei"]
    enough = {True: "memenuhi", False: "belum memenuhi", None: "belum diukur"}[row.large_enough]
    spot = f"{one.latitude:.5f}, {one.longitude:.5f}" if one.latitude is not None else ""
    return [
        *first, one.get_ownership_display(), one.get_use_display(), one.owner, one.land_area, one.land_length, one.land_width, enough,
        one.get_road_display(), one.get_certificate_display(), one.get_building_kind_display(), one.get_condition_display(),
        one.building_area, one.electricity, one.get_water_display(), one.get_internet_display(), one.progress, one.rent_per_year,
        one.rent_ends_on, spot, one.distance_m, one.surveyed_on, row.photo_on, one.get_state_display(),
    ]  # fmt: skip


def filter_words(form: BuildingListForm) -> str:
    """The filters as a reader of a file or paper understands them."""
    asked = form.cleaned_data if form.is_valid() else {}
    words = [
        f"{form.fields[name].label}: {dict(getattr(form.fields[name], 'choices', ())).get(value, value)}"
        for name, value in asked.items() if value
    ]  # fmt: skip
    return "Saringan: " + ("; ".join(words) if words else "semua koperasi yang masih berjalan")


def _notes(form: BuildingListForm, seen: reports.Listing, request: HttpRequest) -> list[str]:
    """What stands under the title of a file: the filters, the day, what counts as what."""
    return [
        filter_words(form),
        f"Posisi {format_date(request.today)}, survei terakhir yang tidak dikembalikan. {seen.rules.house_definition}",
        f"Aturan {seen.rules.name}. Sumber: {seen.rules.source}.",
    ]
