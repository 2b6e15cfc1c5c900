"""Hari ini: what waits for the dinas, and the six figures."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from koperasi.reports.board import Board, definition
from koperasi.reports.figures import Period
from koperasi.reports.worklist import WorkLinks, worklist
from koperasi.views.links import Addresses
from members.joining import overdue_requests
from registry.access import assigned_ids, door
from registry.formats import (
    format_date,
    format_date_long,
    format_day,
    format_month,
    format_number,
    format_time,
    percent_sentence,
)
from registry.models import Cooperative, GrantKind
from registry.models.accounts import DINAS_KINDS
from registry.reports.status import ACTIVE, UNDETERMINED


@dataclass(frozen=True)
class SixthOfSix:
    """One figure as the page writes it; `count` is what stands behind the link."""

    label: str
    value: int | str
    of: str
    definition: str
    url: str
    part: int = 0
    whole: int = 0
    rupiah: bool = False


@door(DINAS_KINDS, GrantKind.FIELD)
def dinas_home(request: HttpRequest) -> HttpResponse:
    """The work list of the dinas; a penyuluh sees the same for the assigned cooperatives only."""
    place, field = request.place, request.place.grant.kind == GrantKind.FIELD
    board = Board(
        place.agency, Period.of(request.today, request.today), ids=assigned_ids(place.grant) if field else None
    )
    addresses = Addresses(place.agency.slug)
    links = WorkLinks(
        list=addresses.list,
        report=addresses.report,
        imported=addresses.imported,
        access=addresses.access,
        objections=addresses.objections,
        requests=addresses.requests,
        sources=addresses.sources,
        documents=addresses.documents,
    )
    context = {
        "work": worklist(board, links, now=request.now, today=request.today, staff=not field),
        "figures": six_figures(board, addresses, dashboard=not field),
        "board": board,
        "day_words": format_day(request.today),
        "position_words": f"posisi {format_date(request.today)}, {format_time(request.now)}",
        "next_words": "",
    }
    context["next_words"] = f"Laporan berikutnya jatuh tempo {format_date_long(context['work'].next_report_on)}."
    return render(request, "dinas/home.html", context)


def six_figures(board: Board, addresses: Addresses, *, dashboard: bool = True) -> list[SixthOfSix]:
    """The six of the monthly report, as of today, each with its denominator, its rule and its rows."""
    month, count = board.period.month, len(board.lines)
    statuses = list(board.statuses.values())
    active, undetermined = statuses.count(ACTIVE), statuses.count(UNDETERMINED)
    heads, dues, rat, posts = (board.sum(key) for key in ("anggota", "wajib", "rat", "bimtek"))
    men = sum(found.men for pk, found in board.heads.items() if pk in board.by_pk)
    kinds = [board.buildings.get(pk) for pk in board.ids]
    own, borrowed = kinds.count("own"), kinds.count("borrowed")
    to = addresses.dashboard if dashboard else lambda *_: ""
    return [
        SixthOfSix("Koperasi aktif", active, f"dari {format_number(count)}",
                   f"{board.rule.name}. {format_number(undetermined)} belum dapat ditentukan.", addresses.list(status="active"), active, count),
        SixthOfSix("Anggota", heads.part if heads.known else "…", f"di {format_number(heads.known)} koperasi",
                   f"L {format_number(men)}, P {format_number(heads.part - men)}. {board.source('anggota').words}.", to("anggota", month)),
        SixthOfSix(f"Simpanan wajib {format_month(month).split()[0]}", dues.part if dues.known else "…",
                   f"{percent_sentence(dues.part, dues.whole)}% dari jatuh tempo" if dues.whole else "",
                   f"{format_number(dues.known)} dari {format_number(count)} koperasi sudah membuka setoran bulan ini.", to("wajib", month),
                   dues.part, dues.whole, rupiah=bool(dues.known)),
        SixthOfSix(f"RAT tepat waktu, tahun buku {board.rat_year.book_year}", rat.part, f"dari {format_number(rat.whole)}",
                   definition(board, "rat"), addresses.list(rat="tepat"), rat.part, rat.whole),
        SixthOfSix("Pengurus dan pengawas ikut bimtek", f"{percent_sentence(posts.part, posts.whole)}%" if posts.whole else "…",
                   f"{format_number(posts.part)} dari {format_number(posts.whole)}", "Menjabat hari ini dan pernah ikut sekurangnya sekali.",
                   to("bimtek", month), posts.part, posts.whole),
        SixthOfSix("Punya gedung sendiri", own, f"dari {format_number(count)}",
                   f"Pinjam atau sewa {format_number(borrowed)}, belum punya {format_number(kinds.count('none'))}, "
                   f"belum didata {format_number(kinds.count(None))}.", addresses.list(gedung="own"), own, count),
    ]  # fmt: skip


@door(DINAS_KINDS)
def overdue(request: HttpRequest) -> HttpResponse:
    """The cooperatives that let somebody who asked to join wait past the deadline: counts, no person."""
    found = overdue_requests(agency=request.place.agency, today=request.today)
    chosen = Cooperative.objects.filter(agency=request.place.agency, pk__in=[one.cooperative_id for one in found])
    places = {one.pk: one for one in chosen.select_related("district")}
    rows = [{"cooperative": places[one.cooperative_id], "late": one} for one in found if one.cooperative_id in places]
    context = {"rows": rows, "total": sum(one.count for one in found), "days": settings.JOIN_ANSWER_DAYS}
    return render(request, "dinas/overdue.html", context)
