"""The home of one cooperative's people: a work list first, figures second."""

from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from finance import reports
from finance.models import Books
from finance.views.dues import CASHIERS, READERS, dues_figures
from finance.views.succession import roles, still_counts
from koperasi.reports.beginning import Beginning, beginning
from registry.access import door
from registry.formats import count_words, format_date_long, format_day, format_month, format_rupiah
from registry.models import Grant, GrantKind
from registry.periods import last_day
from registry.reports.access import cases

TOLD_OF_CASES = {GrantKind.CHAIR, GrantKind.VICE_CHAIR, GrantKind.SUPERVISOR}
HOME_FIGURES = ("Kas menurut buku", "Iuran masuk bulan ini", "Masih terbuka")


@door(READERS)
def cooperative_home(request: HttpRequest) -> HttpResponse:
    """Say how many things wait, lead with the month's collection, and show today's figures."""
    cooperative = request.place.cooperative
    may_record = request.place.grant.kind in CASHIERS
    books = Books.objects.filter(cooperative=cooperative).first()
    overview = reports.dues_overview(cooperative=cooperative, month=request.today) if books else None
    sheet = reports.month_sheet(cooperative=cooperative, month=request.today, today=request.today) if books else None
    late = reports.arrears_of(sheet, request.today) if sheet else None
    facts = beginning(cooperative=cooperative, today=request.today)
    inspects = request.place.grant.kind == GrantKind.CASE
    lead = _lead(request, overview, sheet) if may_record else None
    work = _reading(request) if inspects else _work(request, facts, late, may_record)
    handing = _handing_over(request, facts)
    work = handing.pop("work", []) + work
    if handing:
        lead, waiting = None, 1
    else:
        waiting = len(work) + (1 if lead else 0)
    context = handing | {
        "headline": "Anda membaca sebagai pemeriksa" if inspects else _headline(waiting),
        "day": format_day(request.today),
        "lead": lead,
        "work": work,
        "strips": list(_case_strips(request)),
        "figures": [figure for figure in dues_figures(request, overview, sheet) if figure["label"] in HOME_FIGURES]
        if books
        else [],
    }
    return render(request, "home/cooperative.html", context)


def _handing_over(request: HttpRequest, facts: Beginning) -> dict:
    """What a hand-over of the treasurer asks of this person: `work`, or the hand-over itself for who receives it."""
    place, kind = request.place, request.place.grant.kind
    if not facts.has_books or kind not in (GrantKind.TREASURER, GrantKind.CHAIR, GrantKind.SUPERVISOR):
        return {}
    found = reports.hand_overs(place.cooperative) if facts.has_hand_overs else []
    one = next((one for one in found if one.is_open), None)
    if one is None:
        several = kind == GrantKind.TREASURER and facts.treasurers > 1
        return {"work": list(_successor(request))} if several else {}
    may, offer = roles(request, one), one.offer
    if may["may_receive"]:
        return {"one": one, "counts": still_counts(one), "coins": offer.notes.get("coins", 0), "receiving": True}
    if may["may_witness"]:
        title, why = "Saksikan serah terima bendahara", f"{offer.outgoing_name} ke {offer.incoming_name}"
    elif may["may_withdraw"]:
        who = "pengawas" if one.waits_for_witness else offer.incoming_name
        title, why = f"Serah terima menunggu {who}", "Sejak itu jangan mencatat, agar hitungan kas tetap sama"
    else:
        return {}
    url = reverse("finance:succession_one", args=[*place, offer.number])
    return {"work": [{"title": title, "why": why, "icon": "swap", "state": "soon", "url": url}]}


def _successor(request: HttpRequest) -> Iterator[dict]:
    """A treasurer came after this one: time to hand over."""
    place = request.place
    others = Grant.objects.in_force(request.today).filter(cooperative=place.cooperative, kind=GrantKind.TREASURER)
    later = others.exclude(user_id=request.user.pk).filter(pk__gt=place.grant.pk).order_by("pk").first()
    if later:
        yield _item(
            request,
            "finance:succession",
            f"Serahkan kas dan buku kepada {later.user_name}",
            "Hitung kas, lalu bendahara baru menerima",
            "swap",
            "soon",
        )


def _case_strips(request: HttpRequest) -> Iterator[dict]:
    """Who of the dinas reads everything here at present: said to the ketua and pengawas, and to the reader."""
    place, kind = request.place, GrantKind(request.place.grant.kind)
    if kind is GrantKind.CASE:
        yield {
            "text": f"Kasus Anda terbuka sampai {format_date_long(place.grant.valid_to)}. Alasan: {place.grant.reason}",
            "url": reverse("registry:cooperative_case", args=[*place]),
            "label": "Lihat kasus",
        }
    if kind not in TOLD_OF_CASES:
        return
    found = cases(agency_id=place.agency.pk, cooperative_id=place.cooperative.pk).in_force(request.today)
    for case in found[:3]:
        yield {
            "text": f"{case.user_name} dari dinas memeriksa koperasi ini sampai {format_date_long(case.valid_to)}. Alasan: {case.reason}",
            "url": reverse("registry:cooperative_access", args=[*place]),
            "label": "Siapa punya akses",
        }


def _headline(waiting: int) -> str:
    if not waiting:
        return "Tidak ada yang menunggu Anda"
    return f"{count_words(waiting)} hal perlu Anda kerjakan"


def _lead(request: HttpRequest, overview, sheet) -> dict | None:
    """The month's collection, while anybody is still open."""
    if sheet is None or not sheet.open_rows:
        return None
    month = format_month(sheet.month).split()[0]
    recorded = sheet.settled_count
    days = (last_day(request.today) - request.today).days
    return {
        "title": f"Catat iuran wajib {month}",
        "why": f"{len(sheet.rows)} anggota, {'belum ada yang dicatat' if not recorded else f'{recorded} sudah lunas'}.",
        "badge": f"{days} hari lagi" if days else "hari terakhir",
        "state": "soon" if days <= 10 else "",
        "url": reverse("finance:sheet", args=[*request.place]),
        "verb": f"Mulai catat {len(sheet.open_rows)} anggota",
        "second_url": reverse("finance:pay_search", args=[*request.place]),
        "second_verb": "Terima satu pembayaran",
        "year": (*overview.shares[:-1], None) if overview.shares else (),
        "year_words": f"Bagian simpanan wajib {sheet.month.year} yang terkumpul, per bulan",
    }


def _work(request: HttpRequest, facts: Beginning, late, may_record: bool) -> list[dict]:
    """What waits for this person, the most pressing first."""
    items: list[dict] = []
    if not facts.has_books and may_record:
        items.append(
            _item(
                request,
                "finance:rates",
                "Buka buku koperasi",
                "Tetapkan besar pokok dan wajib, lalu setoran dapat dicatat",
                "book",
                "soon",
            )
        )
    if late and late.rows:
        why = f"{format_rupiah(late.rupiah)}, paling lama {late.rows[0].months} bulan"
        verb = "Tagih" if may_record else "Lihat"
        items.append(
            _item(request, "finance:arrears", f"{verb} {len(late.rows)} anggota menunggak", why, "people", "soon")
        )
    if facts.applicants and may_record:
        items.append(
            _item(request, "members:list", f"Lengkapi pokok {facts.applicants} calon anggota", "Menjadi anggota setelah simpanan pokok lunas", "user", "", "?status=applicant")
        )  # fmt: skip
    if facts.officers_ending:
        items.append(
            _item(
                request,
                "registry:profile",
                f"Siapkan pergantian {facts.officers_ending} pengurus",
                "Masa jabatan berakhir dalam dua bulan",
                "clock",
                "soon",
            )
        )
    return items


def _reading(request: HttpRequest) -> list[dict]:
    """What an inspector reads beside the pages of the dock. Nothing waits for somebody who only looks."""
    return [
        _item(request, "registry:trail", "Jejak", "Siapa melakukan apa di koperasi ini", "clock", ""),
        _item(request, "registry:profile", "Profil koperasi", "Badan hukum, pengurus, RAT, dan gedung", "book", ""),
    ]


def _item(request: HttpRequest, name: str, title: str, why: str, icon: str, state: str, query: str = "") -> dict:
    return {
        "title": title,
        "why": why,
        "icon": icon,
        "state": state,
        "url": reverse(name, args=[*request.place]) + query,
    }
