"""Everything that is stored about one member, for the member (UU 27/2022); and whose data are no longer needed."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from finance.models import PayOut, Receipt
from members.models import (
    CorrectionRequest,
    ExitRequest,
    Heir,
    Household,
    Member,
    MemberBusiness,
    Merge,
    entries_of,
)
from members.reports import masked_national_id
from members.rules import DataRule, data_rule
from registry.formats import format_date, format_moment, format_rupiah
from registry.models import AuditEvent, Cooperative
from registry.numbers import format_phone
from registry.periods import add_months

from .exits import refunds
from .member import member_savings

Rows = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Look:
    """Somebody looked at the member's personal data."""

    at: datetime
    by: str
    what: str
    why: str


@dataclass(frozen=True)
class OwnData:
    """What a copy of one's own data says. Everything is text, as printed."""

    number: str
    name: str
    person: Rows
    membership: Rows
    family: Rows
    business: Rows
    savings: Rows
    receipts: tuple[tuple[str, ...], ...]  # day, number, purpose, rupiah
    requests: Rows
    looks: tuple[Look, ...]
    retention: DataRule


PURPOSES = (
    ("Nomor, nama, jenis kelamin, tanggal masuk dan berhenti", "Buku daftar anggota", "UU 25/1992 Pasal 17", "selama koperasi ada"),
    ("NIK", "Memastikan satu orang tercatat sekali, bukti warga wilayah", "UU 25/1992 Pasal 18, syarat keanggotaan", "sampai masa simpan habis"),
    ("Alamat, RT/RW, nomor HP, tempat dan tanggal lahir, pekerjaan", "Undangan rapat, penagihan, pelayanan", "hubungan keanggotaan", "sampai masa simpan habis"),
    ("Simpanan, tagihan, kuitansi", "Pembukuan dan hak anggota atas simpanannya", "UU 25/1992 Pasal 30, hubungan keanggotaan", "selama pembukuan disimpan"),
    ("Ahli waris, keluarga serumah", "Membayarkan simpanan bila anggota meninggal; undangan per rumah", "kesepakatan anggota", "sampai masa simpan habis"),
    ("Usaha anggota", "Pembinaan usaha; dinas hanya menerima jumlah", "kesepakatan anggota", "sampai masa simpan habis"),
)  # fmt: skip


def own_data(*, cooperative: Cooperative, member: Member, today: date) -> OwnData:
    """Gather everything stored about a member and the entries merged into it. A dozen queries, whatever the book's length."""
    savings = member_savings(cooperative=cooperative, member=member, until=today)
    return OwnData(
        number=member.number_text,
        name=member.name,
        person=_person(member),
        membership=_membership(cooperative, member),
        family=_family(cooperative, member),
        business=_business(cooperative, member),
        savings=(
            ("Simpanan pokok", format_rupiah(savings.pokok)),
            ("Simpanan wajib", format_rupiah(savings.wajib)),
            ("Bulan wajib ditagih", str(savings.wajib_months)),
            ("Bulan wajib lunas", str(savings.wajib_months_paid)),
        ),
        receipts=_receipts(cooperative, member),
        requests=_requests(cooperative, member),
        looks=_looks(cooperative, member),
        retention=data_rule("retention_years", today),
    )


def _person(one: Member) -> Rows:
    rows = (
        ("Nama", one.name), ("NIK", masked_national_id(one)), ("Jenis kelamin", one.get_sex_display()),
        ("Tempat lahir", one.birth_place), ("Tanggal lahir", format_date(one.birth_date) if one.birth_date else ""),
        ("Alamat", one.address), ("RT/RW", one.rt_rw), ("Nomor HP", format_phone(one.phone)), ("Pekerjaan", one.occupation),
    )  # fmt: skip
    return tuple((label, value or "tidak disimpan") for label, value in rows)


def _membership(cooperative: Cooperative, one: Member) -> Rows:
    rows = [
        ("Nomor anggota", one.number_text), ("Jenis", one.get_kind_display()), ("Status", one.get_status_display()),
        ("Masuk", format_date(one.joined_on)),
        ("Menjadi anggota", format_date(one.became_member_on) if one.became_member_on else ""),
        ("Berhenti", f"{format_date(one.exited_on)}, {one.get_exit_reason_display()}" if one.exited_on else ""),
        ("Catatan", one.exit_note),
    ]  # fmt: skip
    merges = Merge.objects.filter(cooperative=cooperative, survivor=one, separated_at__isnull=True)
    rows += [("Gabungan dari", merge.merged.number_text) for merge in merges.select_related("merged")]
    return tuple(row for row in rows if row[1])


def _family(cooperative: Cooperative, one: Member) -> Rows:
    house = Household.objects.filter(cooperative=cooperative, pk=one.household_id or 0).select_related("head").first()
    heirs = Heir.objects.filter(entries_of(one), cooperative=cooperative)
    rows = [("Serumah dengan", f"{house.head.number_text}, {house.address}")] if house else []
    return (
        *rows,
        *((heir.get_relation_display(), f"{heir.name} {format_phone(heir.phone)}".strip()) for heir in heirs),
    )


def _business(cooperative: Cooperative, one: Member) -> Rows:
    rows: list[tuple[str, str]] = []
    for found in MemberBusiness.objects.filter(entries_of(one), cooperative=cooperative):
        sales = f"{format_rupiah(found.sales_rupiah)} ({found.sales_year})" if found.sales_rupiah is not None else ""
        rows += [("Usaha", found.name), ("Produk", found.product), ("KBLI", found.kbli), ("NIB", found.nib),
                 ("Penjualan setahun", sales), ("Skala", found.get_scale_display())]  # fmt: skip
    return tuple(row for row in rows if row[1])


def _receipts(cooperative: Cooperative, one: Member) -> tuple[tuple[str, ...], ...]:
    own = Q(payment__member=one) | Q(payment__member__merged_into=one)
    found = Receipt.objects.filter(own, cooperative=cooperative).order_by("year", "number")
    given = [(row.paid_on, row.number_text, row.purpose, format_rupiah(row.rupiah)) for row in found]
    paid = PayOut.objects.filter(cooperative=cooperative, member=one).select_related("entry").order_by("paid_on", "pk")
    given += [(row.paid_on, row.entry.number_text, "Pengembalian simpanan", format_rupiah(-row.rupiah)) for row in paid]
    return tuple((format_date(row[0]), *row[1:]) for row in given)


def _requests(cooperative: Cooperative, one: Member) -> Rows:
    exits = ExitRequest.objects.filter(entries_of(one), cooperative=cooperative).order_by("pk")
    fixes = CorrectionRequest.objects.filter(entries_of(one), cooperative=cooperative).order_by("pk")
    return (
        *((f"Berhenti, {format_date(row.asked_on)}", f"{row.get_reason_display()}: {row.get_state_display()} {row.answer}".strip()) for row in exits),
        *((f"Perbaikan, {format_moment(row.asked_at)}", f"{row.text} {row.answer}".strip()) for row in fixes),
    )  # fmt: skip


LOOKED = {"reveal_national_id": "Melihat NIK", "own_data": "Mencetak salinan data ini"}


def _looks(cooperative: Cooperative, one: Member) -> tuple[Look, ...]:
    merged = Member.objects.filter(cooperative=cooperative, merged_into=one).values_list("number_text", flat=True)
    subjects = [f"anggota {text}" for text in (one.number_text, *merged)]
    events = AuditEvent.objects.filter(cooperative_id=cooperative.pk, subject__in=subjects, kind=AuditEvent.Kind.LOOK)
    return tuple(
        Look(event.at, event.actor_name, LOOKED.get(event.verb, "Melihat data"), event.reason)
        for event in events.order_by("at", "pk")
    )


@dataclass(frozen=True)
class Forgettable:
    """Whose NIK and contacts are no longer needed, and the rule that says so."""

    members: tuple[Member, ...]
    rule: DataRule
    left_before: date


def forgettable(*, cooperative: Cooperative, today: date) -> Forgettable:
    """Return the leavers past the retention years to whom nothing is owed any more. Two queries."""
    rule = data_rule("retention_years", today)
    limit = add_months(today, -12 * rule.value)
    owed = {refund.number for refund in refunds(cooperative)}
    gone = Member.objects.of(cooperative).filter(
        exited_on__lte=limit, forgotten_on__isnull=True, merged_into__isnull=True
    )
    return Forgettable(
        tuple(one for one in gone.order_by("exited_on", "number") if one.number not in owed), rule, limit
    )
