"""People who may serve in two cooperatives, and the heads of villages whose office carries a post. Seen by the dinas only."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from registry.access import door
from registry.actions import PostHeld, change_head, judge_pair, seat_head
from registry.forms.officers import HeadForm, OrgansForm, PairForm
from registry.models import Officer, Place, Programme
from registry.models.accounts import DINAS_KINDS
from registry.reports import persons as reports
from registry.reports.organs import Asked
from registry.views.listing import WRITERS
from registry.views.organs import PER_PAGE, placed_tabs


def _filter(request: HttpRequest, *without: str) -> tuple[OrgansForm, Asked]:
    districts = Place.objects.filter(parent=request.place.agency.place_id, level=Place.Level.DISTRICT).order_by("code")
    form = OrgansForm(request.GET, districts=list(districts), programmes=list(Programme.objects.all()), by_rule=False)
    for name in ("jabatan", *without):
        del form.fields[name]
    valid = form.is_valid()
    return form, Asked(**form.cleaned_data) if valid else Asked()


@door(DINAS_KINDS)
def persons(request: HttpRequest) -> HttpResponse:
    """Office-holders who look like one person in two cooperatives; the cooperatives are told nothing."""
    form, asked = _filter(request)
    found = reports.pairs(request.place.agency, request.today, asked) if form.is_valid() else []
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("halaman"))
    context = {
        "form": form, "page": page, "tabs": placed_tabs(request, "rangkap", asked.as_query), "may_write": request.place.grant.kind in WRITERS,
        "open": sum(pair.verdict is None for pair in found), "confirmed": sum(pair.verdict is not None for pair in found),
    }  # fmt: skip
    return render(request, "registry/persons.html", context)


@door(WRITERS)
@require_POST
def judge(request: HttpRequest) -> HttpResponse:
    """Write whether two office-holders are one person."""
    form, agency = PairForm(request.POST), request.place.agency
    if not form.is_valid():
        messages.warning(request, "Pasangan ini tidak dikenal. Tidak ada yang berubah.")
        return redirect("registry:persons", agency.slug)
    numbers = {form.cleaned_data["pertama"], form.cleaned_data["kedua"]}
    found = list(Officer.objects.filter(agency=agency, pk__in=numbers).select_related("cooperative"))
    if len({one.cooperative_id for one in found}) != 2:
        raise Http404
    same = form.cleaned_data["putusan"] == "sama"
    pair = reports.Pair(found[0], found[1], "", None).key
    judge_pair(agency=agency, pair=pair, same=same, actor=request.actor, now=request.now, today=request.today)
    messages.success(
        request, "Dicatat sebagai orang yang sama." if same else "Dicatat sebagai orang berbeda; tidak ditawarkan lagi."
    )
    return redirect("registry:persons", agency.slug)


@door(DINAS_KINDS)
def heads(request: HttpRequest) -> HttpResponse:
    """Every village with its head; first those whose cooperative still has another ketua pengawas."""
    form, asked = _filter(request, "program")
    found = (
        reports.villages(request.place.agency, district=asked.kecamatan, search=asked.cari) if form.is_valid() else []
    )
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("halaman"))
    context = {
        "form": form, "page": page, "tabs": placed_tabs(request, "kepala", asked.as_query), "may_write": request.place.grant.kind in WRITERS,
        "known": sum(one.head is not None for one in found), "waiting": sum(bool(one.waiting) for one in found), "of": len(found),
    }  # fmt: skip
    return render(request, "registry/heads.html", context)


def _village(request: HttpRequest, wilayah: str) -> reports.Village:
    found = reports.villages(request.place.agency, only=wilayah) if wilayah.isprintable() else []
    if not found:
        raise Http404
    return found[0]


@door(WRITERS)
def head(request: HttpRequest, wilayah: str) -> HttpResponse:
    """Write who is lurah or kepala desa from a day on, and seat the person as ketua pengawas in the same act."""
    village, agency = _village(request, wilayah), request.place.agency
    seats = [cooperative for cooperative, _ in village.seats]
    options = {"seats": seats, "today": request.today, "not_before": village.head.starts_on if village.head else None}
    form = HeadForm(request.POST or None, initial={"replace": True, "starts_on": request.today}, **options)
    if form.is_bound and form.is_valid():
        replaced = form.replaced
        change_head(
            agency=agency, village=village.place, fields=form.fields_of_head, cooperatives=replaced, actor=request.actor,
            now=request.now, today=request.today,
        )  # fmt: skip
        more = f" Ketua pengawas {', '.join(one.short_name for one in replaced)} ikut diganti." if replaced else ""
        messages.success(request, f"{form.cleaned_data['name']} tercatat memimpin {village.place.name}.{more}")
        return redirect("registry:heads", agency.slug)
    title = "lurah" if village.place.level == Place.Level.KELURAHAN else "kepala desa"
    context = {
        "form": form,
        "heading": f"Catat {title} {village.place.name}",
        "back": "registry:heads",
        "former": reports.former_heads(agency, village.place),
    }
    return render(request, "registry/head_form.html", context, status=422 if form.is_bound else 200)


@door(WRITERS)
@require_POST
def seat(request: HttpRequest, wilayah: str) -> HttpResponse:
    """Make the head on record ketua pengawas where somebody else still is."""
    village = _village(request, wilayah)
    slug = request.POST.get("koperasi", "")
    cooperative = next((one for one, _ in village.waiting if one.slug == slug), None)
    if cooperative is None:
        messages.info(request, "Ketua pengawasnya sudah sesuai. Tidak ada yang berubah.")
        return redirect("registry:heads", request.place.agency.slug)
    try:
        officer = seat_head(
            cooperative=cooperative, head=village.head, on=min(village.head.starts_on, request.today),
            actor=request.actor, now=request.now, today=request.today,
        )  # fmt: skip
    except PostHeld:
        messages.warning(request, "Jabatan itu baru saja diisi rekan Anda. Tidak ada yang berubah.")
        return redirect("registry:heads", request.place.agency.slug)
    messages.success(
        request, f"{officer.name} sekarang ketua pengawas {cooperative.short_name}. Masa jabatan yang lama berakhir."
    )
    return redirect("registry:heads", request.place.agency.slug)
