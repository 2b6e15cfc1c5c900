"""Pasting two columns from Excel or WhatsApp: the sheet itself is the preview, and its own button saves."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from finance import reports
from finance.forms.dues import read_month
from finance.pasting import LONGEST, read_pasted
from finance.views.dues import CASHIERS, show_sheet
from registry.access import door


@door(CASHIERS)
def paste(request: HttpRequest) -> HttpResponse:
    """Take the text; show the month's sheet with those lines ticked at those amounts, and name every line not recognised."""
    month = read_month(request.POST.get("bulan") or request.GET.get("bulan"), request.today)
    text = request.POST.get("tempelan", "")
    found = reports.month_sheet(cooperative=request.place.cooperative, month=month, today=request.today)
    pasted = read_pasted(text, found)
    if request.method == "POST" and pasted.amounts:
        found = reports.with_pokok(found, cooperative=request.place.cooperative, today=request.today)
        return show_sheet(request, found, checked=pasted.amounts, pasted=pasted)
    if request.method == "POST" and not pasted.problems:
        pasted.problems.append("Belum ada yang ditempel.")
    problems = pasted.shown if request.method == "POST" else []
    context = {"month": month, "text": text[:LONGEST].replace("\0", ""), "problems": problems}
    return render(request, "finance/paste.html", context)
