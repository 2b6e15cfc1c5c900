"""What a cooperative's home asks about the place in one query: what waits, and how far a new treasurer has come."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from finance.models import (
    AccountMonth,
    Books,
    DuesRate,
    Entry,
    EntryKind,
    HandOver,
    Objection,
    Receipt,
    ReceiptLook,
)
from finance.reports.opening import standing_openings
from members.models import ExitRequest, JoinRequest, Member, MemberStatus
from registry.models import Cooperative, Grant, GrantKind, Officer
from registry.periods import add_months

ELSEWHERE = ("11130", "11190")  # cash at collectors, cash on its way to the bank


@dataclass(frozen=True)
class Beginning:
    """Facts of one cooperative on one day. `treasurers`: everybody who ever held the office here.

    What was never there is not asked for again, so that the home of most asks little.
    """

    applicants: int
    officers_ending: int
    treasurers: int
    has_hand_overs: bool
    has_books: bool
    has_rates: bool
    has_members: bool
    has_opening: bool
    has_collection: bool
    has_look: bool
    has_objections: bool
    has_requests: bool
    has_exit_requests: bool
    has_leavers: bool
    has_held_cash: bool
    receipt_code: str


def beginning(*, cooperative: Cooperative, today: date) -> Beginning:
    """Return the facts. One query."""
    members = Member.objects.filter(cooperative_id=OuterRef("pk"), merged_into__isnull=True)
    entries = Entry.objects.filter(cooperative_id=OuterRef("pk"))
    ending = Officer.objects.filter(
        cooperative_id=OuterRef("pk"), ended_on__isnull=True, ends_on__lte=add_months(today, 2)
    )
    first = Receipt.objects.filter(cooperative_id=OuterRef("pk")).order_by("pk")
    facts = Cooperative.objects.filter(pk=cooperative.pk).values_list(
        _count(members.filter(status=MemberStatus.APPLICANT)),
        _count(ending),
        _count(Grant.objects.filter(cooperative_id=OuterRef("pk"), kind=GrantKind.TREASURER)),
        _any(HandOver),
        _any(Books),
        _any(DuesRate),
        Exists(members.filter(status__in=[MemberStatus.ACTIVE, MemberStatus.APPLICANT])),
        Exists(standing_openings(OuterRef("pk"))),
        Exists(entries.filter(kind=EntryKind.DUES)),
        _any(ReceiptLook),
        _any(Objection),
        _any(JoinRequest),
        _any(ExitRequest),
        Exists(members.filter(status=MemberStatus.EXITED)),
        Exists(AccountMonth.objects.filter(cooperative_id=OuterRef("pk"), account_code__in=ELSEWHERE)),
        Coalesce(Subquery(first.values("code")[:1]), Value("")),
    )
    return Beginning(*facts.get())


def _any(model) -> Exists:
    return Exists(model.objects.filter(cooperative_id=OuterRef("pk")))


def _count(rows: QuerySet) -> Coalesce:
    counted = rows.order_by().values("cooperative_id").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), 0)


@dataclass(frozen=True)
class Step:
    """One of the seven first steps: done or not, and where it is done (name of a view, and what follows its address)."""

    title: str
    why: str
    done: bool
    view: str
    code: str = ""


def first_steps(facts: Beginning, *, secured: bool) -> list[Step]:
    """Return the seven steps of a new treasurer, each answered by the books themselves. `secured`: two factors."""
    return [
        Step("Amankan akun", "Pasang verifikasi dua langkah", secured, "mfa_index"),
        Step("Tetapkan iuran", "Menurut keputusan rapat anggota", facts.has_rates, "finance:rates"),
        Step("Buka buku", "Mulai bulan yang dipilih", facts.has_books, "finance:rates"),
        Step("Daftarkan anggota", "Satu per satu, atau dari Excel", facts.has_members, "members:list"),
        Step("Saldo awal", "Bila ada buku lama", facts.has_opening, "finance:opening"),
        Step("Setoran pertama", "Tandai, hitung kas, simpan", facts.has_collection, "finance:sheet"),
        Step("Periksa kuitansi", "Buka kodenya di halaman umum", facts.has_look, "check", facts.receipt_code),
    ]
