"""Who is behind: by age, the longest first, one text each."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from finance import reports
from finance.forms.dues import read_day
from finance.reports.arrears import BANDS
from finance.views.dues import CASHIERS, READERS
from registry.access import door
from registry.formats import format_number


@door(READERS)
def arrears(request: HttpRequest) -> HttpResponse:
    """Members with wajib open from before the month of a day. `?per=` another day, `?umur=1|2|3` one age band."""
    as_of, problem = read_day(request.GET.get("per"), request.today)
    found = reports.arrears(cooperative=request.place.cooperative, as_of=as_of)
    day = "" if as_of == request.today else f"per={as_of.isoformat()}"
    band = request.GET.get("umur", "")
    limits = {str(index + 1): (low, high) for index, (low, high, _) in enumerate(BANDS)}
    low, high = limits.get(band, (1, 10_000))
    rows = [{"row": row, "url": _statement(request, row)} for row in found.rows if low <= row.months <= high]
    tabs = [
        {"label": "Semua", "url": f"?{day}", "count": format_number(len(found.rows)), "current": band not in limits}
    ]
    for index, (words, members, _) in enumerate(found.bands):
        tabs.append(
            {
                "label": words,
                "url": f"?umur={index + 1}{'&' if day else ''}{day}",
                "count": format_number(members),
                "current": band == str(index + 1),
            }
        )
    context = {"arrears": found, "rows": rows, "bands": found.bands, "tabs": tabs, "band": band, "problem": problem}
    context["may_record"] = request.place.grant.kind in CASHIERS
    return render(request, "finance/arrears.html", context)


def _statement(request: HttpRequest, row: reports.ArrearsRow) -> str:
    return reverse("finance:statement", args=[*request.place, int(row.number.rpartition("-")[2])])
