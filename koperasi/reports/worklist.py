"""What waits for the dinas: each item counts rows and leads to exactly those rows.

Pure counting; the addresses come in from the view. Nothing is shown that is not counted here.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection

from finance.reports import open_objections
from koperasi.reports import figures
from koperasi.reports.board import Board
from koperasi.reports.figures import Line
from members.joining import overdue_requests
from registry.formats import (
    count_words,
    days_ago_words,
    format_date,
    format_date_long,
    format_month,
    format_number,
)
from registry.periods import add_months
from registry.reports import documents

LATE, TODAY, WEEK = "Lewat tenggat", "Hari ini", "Minggu ini"
LONG_SILENT, SILENT = 60, 30  # days without a record
REPORT_DAY = 10  # the monthly report is due on the tenth of the next month
SOON = 7
ANSWER_DAYS = 14  # a member waits no longer for an answer about a receipt


@dataclass(frozen=True)
class Item:
    """One thing to do. `count` is how many rows stand behind `url`."""

    group: str
    title: str
    why: str
    count: int
    url: str
    verb: str
    age: str = ""
    state: str = ""


@dataclass(frozen=True)
class WorkList:
    """The items in their groups, and the sentence above them."""

    items: tuple[Item, ...]
    next_report_on: date

    @property
    def headline(self) -> str:
        if not self.items:
            return "Tidak ada yang menunggu Anda"
        return f"{count_words(len(self.items))} hal menunggu keputusan Anda"

    @property
    def note(self) -> str:
        late = sum(item.group == LATE for item in self.items)
        return f"{count_words(late)} lewat tenggat." if late else "Tidak ada yang lewat tenggat."

    @property
    def groups(self) -> list[tuple[str, list[Item]]]:
        """Only groups that have something."""
        found = [(name, [item for item in self.items if item.group == name]) for name in (LATE, TODAY, WEEK)]
        return [(name, items) for name, items in found if items]


@dataclass(frozen=True)
class WorkLinks:
    """Addresses the items lead to: the list with filters, a month's report, one import, access."""

    list: Callable[..., str]
    report: Callable[[date], str]
    imported: Callable[[str, str], str]  # number and kind of an upload
    access: str
    objections: str
    requests: str
    sources: str
    documents: Callable[..., str]


def worklist(board: Board, links: WorkLinks, *, now: datetime, today: date, staff: bool) -> WorkList:
    """What waits today. `staff`: also what only the dinas itself does (reports, invitations, imports)."""
    items = [*_blockers(board, links, today), *_silence(board.lines, links, today), *_meetings(board, links, today), *_terms(board, links),
             *_without_books(board.lines, links)]  # fmt: skip
    if staff:
        items += [
            *_own_desk(board, links, now, today),
            _objections(board, links, today),
            _requests(board, links, today),
        ]
    order = {LATE: 0, TODAY: 1, WEEK: 2}
    return WorkList(
        tuple(sorted((item for item in items if item.count), key=lambda item: order[item.group])), _next_report(today)
    )


def _next_report(today: date) -> date:
    due = today.replace(day=REPORT_DAY)
    return due if today <= due else add_months(due, 1)


def _blockers(board: Board, links: WorkLinks, today: date) -> list[Item]:
    matters = [one for one in figures.blockers(board.agency.pk, today) if one.due_on and one.cooperative in board.by_pk]
    late = [one for one in matters if one.due_on < today]
    soon = [one for one in matters if today <= one.due_on <= today + timedelta(days=SOON)]
    found = {
        "late": len({one.cooperative for one in late}),
        "soon": len({one.cooperative for one in soon}),
        "agencies": len({one.waits_for for one in late}),
    }
    return [
        Item(LATE, "Tindak lanjuti hambatan yang lewat tenggat", f"{format_number(found['late'])} koperasi, menunggu {format_number(found['agencies'])} instansi",
             found["late"], links.list(hambatan="lewat"), "Buka", "lewat", "late"),
        Item(WEEK, "Siapkan hambatan yang jatuh tempo", f"{format_number(found['soon'])} koperasi, tenggat dalam {SOON} hari",
             found["soon"], links.list(hambatan="dekat"), "Siapkan", f"{SOON} hari", "soon"),
    ]  # fmt: skip


def _silence(lines: Sequence[Line], links: WorkLinks, today: date) -> list[Item]:
    days = [line.silent_days(today) for line in lines]
    long, some = (
        sum(d is not None and d > LONG_SILENT for d in days),
        sum(d is not None and SILENT < d <= LONG_SILENT for d in days),
    )
    never = sum(d is None for d in days)
    return [
        Item(LATE, "Ingatkan pengurus yang lama tidak mencatat", f"{format_number(long)} koperasi, data terakhir lebih dari {LONG_SILENT} hari lalu",
             long, links.list(segar="lebih-60"), "Ingatkan", f"> {LONG_SILENT} hari", "late"),
        Item(TODAY, "Hubungi pengurus sebelum datanya usang", f"{format_number(some)} koperasi, data terakhir {SILENT + 1} sampai {LONG_SILENT} hari lalu",
             some, links.list(segar="31-60"), "Hubungi", f"> {SILENT} hari", "soon"),
        Item(WEEK, "Dampingi koperasi yang belum pernah mencatat", f"{format_number(never)} koperasi belum punya catatan di sini",
             never, links.list(segar="belum"), "Dampingi", "belum pernah", "wait"),
    ]  # fmt: skip


def _meetings(board: Board, links: WorkLinks, today: date) -> list[Item]:
    year = board.rat_year
    missing = sum(year.is_owed(line) and line.pk not in board.held for line in board.lines)
    late = today > year.deadline
    why = f"{format_number(missing)} koperasi, tahun buku {year.book_year}, tenggat {format_date(year.deadline)}"
    return [Item(LATE if late else WEEK, "Tagih RAT yang belum diadakan", why, missing, links.list(rat="ditagih"), "Periksa",
                 days_ago_words(year.deadline, today), "late" if late else "soon")]  # fmt: skip


def _terms(board: Board, links: WorkLinks) -> list[Item]:
    posts = [board.posts[pk] for pk in board.ids if pk in board.posts]
    ended, ending = sum(post.ended > 0 for post in posts), sum(post.ending > 0 for post in posts)
    return [
        Item(LATE, "Minta pemilihan pengurus yang masa jabatannya habis", f"{format_number(ended)} koperasi", ended, links.list(masa="habis"), "Periksa", "habis", "late"),
        Item(WEEK, "Ingatkan masa jabatan yang segera habis", f"{format_number(ending)} koperasi, dalam 60 hari", ending, links.list(masa="60-hari"), "Ingatkan", "60 hari", "soon"),
    ]  # fmt: skip


def _without_books(lines: Sequence[Line], links: WorkLinks) -> list[Item]:
    count = sum(not line.keeps_books for line in lines)
    return [Item(WEEK, "Ajak koperasi membukukan di sini", f"{format_number(count)} dari {format_number(len(lines))} koperasi belum membukukan di sini",
                 count, links.list(buku="belum"), "Pilih")]  # fmt: skip


def _own_desk(board: Board, links: WorkLinks, now: datetime, today: date) -> list[Item]:
    """What only the dinas itself does: the monthly report, invitations that expire, lists that wait for a decision."""
    agency, month = board.agency.pk, add_months(today.replace(day=1), -1)
    with connection.cursor() as cursor:
        parameters = [agency, month, agency, now, now + timedelta(days=3), agency, agency]
        cursor.execute(_DESK, parameters + documents.desk_parameters(agency, today))
        published, invitations, imports, differing, papers = cursor.fetchone()
    return [
        *([] if published else [_report(board, links, month, today)]),
        Item(TODAY, "Ingatkan undangan yang hampir kedaluwarsa", f"{format_number(invitations)} undangan belum dibuka", invitations, links.access,
             "Buka", "3 hari", "soon"),
        Item(WEEK, "Putuskan selisih data dengan sumber lain", f"{format_number(differing)} koperasi berbeda dengan AHU, ODS, atau SIMKOPDES",
             differing, links.sources, "Putuskan", "", "wait"),
        *_papers(papers, links, today),
        *(Item(TODAY, "Putuskan impor yang menunggu", f"Diunggah {by}, {format_date(at)}", 1, links.imported(number, kind), "Putuskan", "menunggu", "soon")
          for number, kind, by, at in ((row["number"], row["kind"], row["by"], datetime.fromisoformat(row["at"])) for row in imports or [])),
    ]  # fmt: skip


def _objections(board: Board, links: WorkLinks, today: date) -> Item:
    """Receipts their holders call wrong, unanswered: a row is a cooperative."""
    found = open_objections(agency=board.agency)
    told, since = sum(one.count for one in found), min((one.since for one in found), default=today)
    late = (today - since).days > ANSWER_DAYS
    return Item(LATE if late else TODAY, "Tanggapi kuitansi yang dilaporkan tidak cocok",
                f"{format_number(told)} laporan di {format_number(len(found))} koperasi, paling lama sejak {format_date(since)}",
                len(found), links.objections, "Baca", days_ago_words(since, today), "late" if late else "soon")  # fmt: skip


def _requests(board: Board, links: WorkLinks, today: date) -> Item:
    """People who asked to join and were not answered in time: a row is a cooperative."""
    found = overdue_requests(agency=board.agency, today=today)
    waiting = sum(one.count for one in found)
    return Item(LATE, "Tegur koperasi yang belum menjawab permohonan anggota", f"{format_number(waiting)} permohonan di {format_number(len(found))} koperasi",
                len(found), links.requests, "Lihat", "lewat", "late")  # fmt: skip


def _papers(found: dict, links: WorkLinks, today: date) -> list[Item]:
    """Documents that wait for a second person, and those that end: a row is a document."""
    days = documents.kinds_on(today).soon_days
    return [
        Item(TODAY, "Periksa dokumen yang diunggah pengurus", f"{format_number(found['to_check'])} dokumen menunggu diperiksa", found["to_check"],
             links.documents(keadaan="menunggu", asal="pengurus"), "Periksa", "menunggu", "soon"),
        Item(WEEK, "Ingatkan dokumen yang segera habis", f"{format_number(found['ending'])} dokumen habis dalam {days} hari", found["ending"],
             links.documents(keadaan="30"), "Lihat", f"{days} hari", "soon"),
    ]  # fmt: skip


# One query for several small things: the page has a budget.
_DESK = (
    """
SELECT EXISTS (SELECT 1 FROM registry_publishedreport WHERE agency_id = %s AND kind = 'monthly' AND period = %s),
       (SELECT COUNT(*) FROM registry_invitation WHERE agency_id = %s AND cooperative_id IS NULL AND used_at IS NULL
          AND withdrawn_at IS NULL AND expires_at BETWEEN %s AND %s),
       (SELECT json_agg(one) FROM (SELECT number, kind, made_by_name AS by, made_at AS at FROM registry_importbatch
          WHERE agency_id = %s AND cooperative_id IS NULL AND state IN ('read', 'columns') ORDER BY made_at LIMIT 5) one),
       (SELECT COUNT(DISTINCT cooperative_id) FROM registry_sourcevalue WHERE agency_id = %s AND state <> 'same' AND decision = ''),
       """
    + documents.DESK
)


def _report(board: Board, links: WorkLinks, month: date, today: date) -> Item:
    due = today.replace(day=REPORT_DAY)
    late = today > due
    return Item(LATE if late else TODAY, f"Terbitkan laporan {format_month(month)}", f"Untuk {board.agency.head_title}, tenggat {format_date_long(due)}",
                1, links.report(month), "Pratinjau", days_ago_words(due, today), "late" if late else "soon")  # fmt: skip
