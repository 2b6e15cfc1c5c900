"""The member book as a list and as a file: what the filters show, today or as of a day."""

import io
from datetime import date

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from members import reports
from members.forms.people import STATUS_WORDS, FilterForm, Filters
from members.models import MemberStatus
from members.resources import MemberResource
from members.views.doors import KEEPERS, READERS, REGISTRARS, may
from registry import audit
from registry.access import door
from registry.formats import format_date, format_moment, format_number

PAGE = 50
TABS = (("Semua", ""), ("Anggota", "anggota"), ("Calon", "calon"), ("Dibekukan", "dibekukan"), ("Berhenti", "berhenti"))
FILE_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


class Counted(Paginator):
    """Pages of a list whose length is known already."""

    def __init__(self, *args, total: int, **kwargs) -> None:
        self._total = total
        super().__init__(*args, **kwargs)

    @property
    def count(self) -> int:
        return self._total


@door(READERS)
@never_cache
def listing(request: HttpRequest) -> HttpResponse:
    filters = FilterForm(request.GET).read()
    register = reports.register(cooperative=request.place.cooperative, today=request.today, on=filters.on)
    counts = reports.count(filters.narrow(register))
    total = counts.of(filters.status)
    page = Counted(filters.choose(register), PAGE, total=total).get_page(request.GET.get("halaman"))
    context = {
        "page": page,
        "rows": [_row(one) for one in page],
        "counts": counts,
        "filters": filters,
        "form": _shown(request, filters),
        "tabs": _tabs(request, counts, filters),
        "days": year_ends(request.today, filters.on),
        "may_add": may(request, REGISTRARS),
        "may_import": may(request, KEEPERS),
    }
    return render(request, "members/list.html", context)


@door(READERS)
@never_cache
def export(request: HttpRequest, form: str) -> HttpResponse:
    """The rows the filters show, all pages of them, as a file; the NIK masked."""
    cooperative = request.place.cooperative
    filters = FilterForm(request.GET).read()
    register = reports.register(cooperative=cooperative, today=request.today, on=filters.on)
    members = reports.with_masked_national_id(filters.choose(register))
    resource = MemberResource({"cooperative": cooperative}, today=request.today, on=filters.on)
    buffer = io.BytesIO()
    if form == "csv":
        rows = resource.write_csv(buffer, members)
    else:
        made = f"Diunduh {request.actor.name}, {format_moment(request.now)}"
        title = f"Buku daftar anggota {cooperative.name}"
        rows = resource.write_xlsx(buffer, members, title=title, made=made, notes=[filters.sentence()])
    audit.record(
        "export_members",
        actor=request.actor,
        now=request.now,
        subject="buku anggota",
        cooperative_id=cooperative.pk,
        rows=rows,
        form=form,
    )
    response = HttpResponse(buffer.getvalue(), content_type=FILE_TYPES[form])
    response["Content-Disposition"] = (
        f'attachment; filename="anggota-{cooperative.slug}-{filters.on or request.today}.{form}"'
    )
    return response


def _row(member) -> dict:
    status = MemberStatus(member.status_on)
    return {
        "number": member.number,
        "number_text": member.number_text,
        "name": member.name,
        "sex": member.sex,
        "joined_on": member.joined_on,
        "exited_on": member.exited_on if status is MemberStatus.EXITED else None,
        "status": "" if status is MemberStatus.ACTIVE else status.label,
        "state": {MemberStatus.APPLICANT: "wait", MemberStatus.SUSPENDED: "soon"}.get(status, ""),
    }


def _tabs(request: HttpRequest, counts: reports.Counts, filters: Filters) -> list[dict]:
    """Saved views: the same address with another status; the other filters stay."""
    tabs = []
    for label, word in TABS:
        status = STATUS_WORDS.get(word, "")
        if word == "dibekukan" and not counts.suspended and filters.status != status:
            continue
        query = request.GET.copy()
        query.pop("halaman", None)
        query.pop("status", None)
        if word:
            query["status"] = word
        tabs.append(
            {
                "label": label,
                "url": f"?{query.urlencode()}",
                "current": filters.status == status,
                "count": format_number(counts.of(status)),
            }
        )
    return tabs


def _shown(request: HttpRequest, filters: Filters) -> FilterForm:
    """The filter form as typed, but for a NIK, which is not shown again."""
    data = request.GET.copy()
    if filters.asked_for_national_id:
        data["cari"] = ""
    return FilterForm(data)


def year_ends(today: date, chosen: date | None) -> list[dict]:
    """The days a register is asked for: the last days of the three years that have ended, none still ahead."""
    days = [date(year, 12, 31) for year in range(today.year - 1, today.year - 4, -1)]
    items = [{"url": f"?per={day:%Y-%m-%d}", "label": format_date(day), "current": day == chosen} for day in days]
    return [{"url": "?", "label": "Hari ini", "current": chosen is None}, *items]
