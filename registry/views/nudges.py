"""Pengingat: the dinas chooses cooperatives in the list, one text each is written, and nobody is asked twice in a week."""

from datetime import timedelta

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from registry.access import door
from registry.actions import prepare_nudges
from registry.formats import count_words, format_number
from registry.forms.listing import ListForm
from registry.models import Agency, Cooperative, Nudge
from registry.models.accounts import DINAS_KINDS
from registry.numbers import wa_address
from registry.reports import listing
from registry.reports import nudges as reports
from registry.views.listing import WRITERS

PER_PAGE = 100
SHOWN_DAYS = 30


@door(DINAS_KINDS)
def nudges(request: HttpRequest) -> HttpResponse:
    """What was prepared in the last thirty days; each opens WhatsApp with its text typed."""
    reason = request.GET.get("perihal", "")
    found = reports.prepared(request.place.agency, request.today - timedelta(days=SHOWN_DAYS))
    labels = dict(Nudge.Reason.choices)
    counts = {code: sum(one.nudge.reason == code for one in found) for code in labels}
    reason = reason if reason in labels else ""
    chips = [{"label": "Semua", "count": len(found), "url": "?", "current": not reason}] + [
        {"label": label, "count": counts[code], "url": f"?perihal={code}", "current": reason == code}
        for code, label in labels.items()
        if counts[code]
    ]
    rows = [one for one in found if not reason or one.nudge.reason == reason]
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("halaman"))
    lines = [{"one": one, "link": wa_address(one.officer.phone if one.officer else "", one.nudge.text)} for one in page]
    context = {
        "page": page, "lines": lines, "chips": chips, "days": SHOWN_DAYS, "quiet_days": reports.QUIET_DAYS,
        "today_count": sum(one.nudge.prepared_on == request.today for one in found), "may_write": request.place.grant.kind in WRITERS,
    }  # fmt: skip
    return render(request, "registry/nudges.html", context)


@door(WRITERS)
@require_POST
def prepare(request: HttpRequest) -> HttpResponse:
    """Write a text for the ticked cooperatives, or for all the list shows with these filters."""
    agency, reason = request.place.agency, request.POST.get("perihal", "")
    if reason not in Nudge.Reason.values:
        messages.warning(request, "Pilih perihal pengingatnya.")
        return redirect("registry:cooperatives", agency.slug)
    ids = _chosen(request, agency)
    if not ids:
        messages.warning(request, "Pilih sekurangnya satu koperasi.")
        return redirect("registry:cooperatives", agency.slug)
    found = reports.drafts(agency, ids, reason, sender=request.actor.name, today=request.today)
    made = prepare_nudges(
        agency=agency, reason=reason, drafts=found.ready, actor=request.actor, now=request.now, today=request.today
    )
    (messages.success if made else messages.info)(request, _told(made, found))
    return redirect("registry:nudges", agency.slug)


def _chosen(request: HttpRequest, agency: Agency) -> list[int]:
    """The cooperatives asked for: "semua" with the address of the list, or the ticked ones."""
    if "semua" not in request.POST:
        slugs = [slug for slug in request.POST.getlist("pilih") if slug.isprintable()]
        return list(Cooperative.objects.filter(agency=agency, slug__in=slugs).values_list("pk", flat=True))
    form = ListForm(
        QueryDict(request.POST.get("saringan", "")), agency=agency, rat_year=listing.rat_year(request.today)
    )
    if not form.is_valid():
        return []
    return list(listing.choose(agency, form.choice, request.today).order_by().values_list("pk", flat=True))


def _told(made: int, found: reports.Drafts) -> str:
    words = [f"{count_words(made)} pesan siap" if made else "Tidak ada pesan baru"]
    if found.quiet:
        words.append(
            f"{format_number(len(found.quiet))} koperasi sudah diingatkan dalam {reports.QUIET_DAYS} hari terakhir"
        )
    if found.unfit:
        words.append(f"{format_number(len(found.unfit))} tidak perlu diingatkan tentang ini")
    return f"{'; '.join(words)}."
