"""The home of one cooperative's people: a work list first, figures second."""

from collections.abc import Iterator
from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from finance import reports
from finance.models import Books
from finance.views.dues import CASHIERS, READERS, dues_figures, held_items
from finance.views.merging import waiting_pairs
from koperasi.reports.beginning import Beginning, beginning
from koperasi.views.beginning import steps_for
from koperasi.views.successor import handing_over
from members.models import ExitRequest, Merge
from members.views.doors import KEEPERS
from registry.access import door
from registry.formats import count_words, format_date_long, format_day, format_month, format_rupiah
from registry.models import GrantKind
from registry.models.accounts import OFFICER_KINDS
from registry.periods import last_day
from registry.reports.access import cases
from registry.reports.nudges import latest, page_of

TOLD_OF_CASES = {GrantKind.CHAIR, GrantKind.VICE_CHAIR, GrantKind.SUPERVISOR}
A_MONTH = timedelta(days=30)
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
    handing = handing_over(request, facts)
    receiving = "receiving" in handing  # then nothing else is asked
    work = handing.pop("work", [])
    if inspects:
        work = _reading(request)
    elif not receiving:
        work += _work(request, facts, late, may_record)
    lead = None if receiving else lead
    waiting = len(work) + (1 if lead or receiving else 0)
    context = handing | {
        "headline": "Anda membaca sebagai pemeriksa" if inspects else _headline(waiting),
        "day": format_day(request.today),
        "lead": lead,
        "may_practise": may_record and not receiving,
        "steps": [] if receiving else steps_for(request, facts),
        "work": work,
        "strips": [*_case_strips(request), *([] if receiving else _reminder_strip(request, bool(books)))],
        "figures": [figure for figure in dues_figures(request, overview, sheet) if figure["label"] in HOME_FIGURES]
        if books
        else [],
    }
    return render(request, "home/cooperative.html", context)


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


def _reminder_strip(request: HttpRequest, keeps_books: bool) -> Iterator[dict]:
    """What the dinas asked for in the last days, with the page where it is written."""
    if request.place.grant.kind not in OFFICER_KINDS:
        return
    if nudge := latest(request.place.cooperative, request.today):
        yield {
            "text": f"Pengingat dinas, {format_date_long(nudge.prepared_on)}: {nudge.get_reason_display().lower()}.",
            "url": reverse(page_of(nudge, keeps_books=keeps_books), args=[*request.place]),
            "label": "Buka",
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
    items: list[dict] = list(_at_the_door(request)) if facts.has_objections or facts.has_requests else []
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
    if facts.has_held_cash and may_record:
        items += held_items(request)
    if late and late.rows:
        why = f"{format_rupiah(late.rupiah)}, paling lama {late.rows[0].months} bulan"
        verb = "Tagih" if may_record else "Lihat"
        items.append(
            _item(request, "finance:arrears", f"{verb} {len(late.rows)} anggota menunggak", why, "people", "soon")
        )
    if facts.applicants and may_record:
        items.append(
            _item(request, "members:list", f"Lengkapi pokok {facts.applicants} calon anggota", "Menjadi anggota setelah simpanan pokok lunas", "user", "", "?status=calon")
        )  # fmt: skip
    items += [*_leavers(request, facts, may_record), *_twins(request)]
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


def _leavers(request: HttpRequest, facts: Beginning, may_record: bool) -> list[dict]:
    """Requests to leave that wait for a decision, and refunds that are due."""
    items = []
    cooperative = request.place.cooperative
    waiting = ExitRequest.objects.filter(cooperative=cooperative, state=ExitRequest.State.ASKED)
    decides = facts.has_exit_requests and request.place.grant.kind in KEEPERS
    if decides and (asked := waiting.count()):
        why = "Kabulkan, tolak dengan alasan, atau tandai ditarik"
        items.append(_item(request, "members:exit_requests", f"Putuskan {asked} permohonan berhenti", why, "out", ""))
    due = (
        [one for one in reports.refunds(cooperative) if one.next_on and one.next_on <= request.today]
        if may_record and facts.has_leavers
        else []
    )
    if due:
        why = f"{format_rupiah(sum(one.next_rupiah for one in due))} sudah jatuh tempo"
        items.append(
            _item(request, "finance:refunds", f"Bayarkan simpanan {len(due)} mantan anggota", why, "receipt", "soon")
        )
    return items


def _twins(request: HttpRequest) -> list[dict]:
    """Pairs that may be one person; and for a month after a merge, the way back."""
    if request.place.grant.kind not in KEEPERS:
        return []
    waiting = len(waiting_pairs(request.place.cooperative))
    merges = Merge.objects.filter(
        cooperative=request.place.cooperative, separated_at__isnull=True, merged_at__gte=request.now - A_MONTH
    )
    merged = merges.count()
    if waiting:
        why = "Tanggal lahir dan namanya hampir sama, atau NIK-nya sama"
        return [_item(request, "finance:twins", f"Periksa {waiting} pasang catatan ganda", why, "people", "")]
    if merged:
        return [
            _item(
                request, "finance:twins", f"{merged} catatan ganda digabung", "Lihat, atau pisahkan lagi", "people", ""
            )
        ]
    return []


def _at_the_door(request: HttpRequest) -> Iterator[dict]:
    """What people from outside wait for: receipts their holders call wrong, and requests to become a member."""
    found, kind = reports.at_the_door(request.place.cooperative), request.place.grant.kind
    if found.objections:
        answers = kind == GrantKind.SUPERVISOR
        title = f"{'Jawab' if answers else 'Baca'} {found.objections} laporan kuitansi tidak cocok"
        why = "Pelapor menunggu jawaban Anda" if answers else "Menunggu jawaban pengawas atau dinas"
        icon, state = ("alert", "soon") if answers else ("receipt", "")
        yield _item(request, "finance:objections", title, why, icon, state)
    if found.due_on:
        late, decides = found.due_on < request.today, kind in KEEPERS
        title = f"{'Jawab' if decides else 'Baca'} {found.requests} permohonan anggota"
        why = f"{'Lewat tenggat' if late else 'Jawab paling lambat'} {format_date_long(found.due_on)}"
        yield _item(request, "members:join_requests", title, why, "user", "soon" if late or decides else "")


def _reading(request: HttpRequest) -> list[dict]:
    """What an inspector reads beside the pages of the dock. Nothing waits for somebody who only looks."""
    return [
        _item(request, "registry:trail", "Jejak", "Siapa melakukan apa di koperasi ini", "clock", ""),
        _item(
            request,
            "registry:profile",
            "Profil koperasi",
            "Badan hukum, pengurus, RAT, gedung, dan dokumen",
            "book",
            "",
        ),
    ]


def _item(request: HttpRequest, name: str, title: str, why: str, icon: str, state: str, query: str = "") -> dict:
    return {
        "title": title,
        "why": why,
        "icon": icon,
        "state": state,
        "url": reverse(name, args=[*request.place]) + query,
    }
