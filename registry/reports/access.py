"""Who has access to what until when, which links are open, who did what and who looked at personal data."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import F, Q, QuerySet

from registry.access import JAKARTA
from registry.formats import format_date
from registry.models import AuditEvent, Grant, GrantKind, Invitation
from registry.models.accounts import COOPERATIVE_KINDS, DINAS_KINDS

SOON = timedelta(days=30)

# What was done, in the words of the people who did it. A verb that is missing here shows its own name: a test says so.
VERBS = {
    "accept_invitation": "membuka undangan",
    "answer_training": "menjawab undangan bimtek",
    "approve_budget_line": "mencatat keadaan anggaran bimtek",
    "evaluate_session": "mengisi evaluasi bimtek",
    "invite_officers": "mengundang peserta bimtek",
    "issue_certificates": "menerbitkan sertifikat bimtek",
    "keep_budget_line": "mencatat anggaran bimtek",
    "keep_scores": "mencatat nilai bimtek",
    "move_session": "mengubah keadaan sesi bimtek",
    "plan_session": "merencanakan sesi bimtek",
    "register_at_door": "mendaftarkan peserta di pintu bimtek",
    "take_back_training": "membatalkan kehadiran bimtek",
    "withdraw_certificate": "menarik sertifikat bimtek",
    "attach_evidence": "menyimpan foto bukti",
    "accept_request": "menerima permohonan anggota",
    "admit": "menerima anggota",
    "answer_objection": "menjawab laporan tentang kuitansi",
    "ask_to_join": "mengajukan permohonan anggota",
    "admit_many": "menerima banyak anggota",
    "export_members": "mengunduh daftar anggota",
    "forget_leavers": "menghapus NIK dan kontak mantan anggota",
    "forget_unanswered": "menghapus data pemohon yang tidak dijawab",
    "import_cooperatives": "memasukkan daftar koperasi",
    "import_members": "memasukkan daftar anggota",
    "move_cash": "memindahkan kas",
    "merge_members": "menggabungkan dua catatan anggota",
    "name_signatory": "mencatat penanda tangan",
    "print_list": "mencetak daftar",
    "publish_report": "menerbitkan laporan",
    "start_campaign": "memulai ajakan anggota",
    "undo_import": "membatalkan impor",
    "undo_import_members": "membatalkan impor anggota",
    "archive_practice": "mengarsipkan koperasi latihan",
    "open_practice": "membuka koperasi latihan",
    "amend": "mengubah data anggota",
    "amend_cooperative": "mengubah profil koperasi",
    "answer_correction": "menjawab permintaan perbaikan data",
    "ask_for_correction": "mencatat permintaan perbaikan data",
    "appoint_officer": "mencatat pengurus atau pengawas",
    "correct_officer": "memperbaiki data pengurus",
    "declare": "mencatat pernyataan pengurus",
    "judge_pair": "memeriksa orang di dua koperasi",
    "change_head": "mencatat lurah atau kepala desa",
    "seat_head": "mengganti ketua pengawas karena jabatan",
    "ask_to_leave": "mencatat permohonan berhenti",
    "close_case": "menutup kasus pengawasan",
    "close_blocker": "menutup hambatan",
    "close_month": "menutup buku bulanan",
    "confirm_totp_reset": "menyetujui penggantian perangkat kode",
    "decide_by_laws": "menetapkan aturan iuran",
    "decline_request": "menolak permohonan anggota",
    "end_access": "mengakhiri akses",
    "end_term": "mengakhiri masa jabatan",
    "exit_member": "mencatat anggota keluar",
    "invite": "membuat undangan",
    "join_household": "mencatat keluarga serumah",
    "leave_household": "melepas dari keluarga serumah",
    "make_reset_link": "membuat tautan pemulihan akun",
    "name_heir": "mencatat ahli waris",
    "offer_hand_over": "menyerahkan kas dan buku",
    "offer_pair_again": "membuka lagi pasangan catatan anggota",
    "open_blocker": "mencatat hambatan",
    "open_books": "membuka pembukuan",
    "open_door_page": "membuka halaman publik",
    "follow_formation": "mengatur cara pembentukan",
    "record_decision": "mencatat keputusan badan hukum koperasi",
    "take_back_decision": "membatalkan keputusan badan hukum koperasi",
    "take_step": "mencatat langkah pembentukan",
    "nudge": "menyiapkan pengingat kepada pengurus",
    "join_village": "menggabungkan desa atau kelurahan tetangga",
    "part_village": "melepas desa atau kelurahan tetangga",
    "keep_source_list": "mencocokkan daftar sumber lain",
    "decide_source": "memutuskan selisih data",
    "take_source": "memakai nilai sumber lain",
    "type_source": "mencatat nilai sumber lain",
    "keep_group": "mencatat kelompok",
    "set_target": "menetapkan target tahunan",
    "hold_event": "mencatat acara",
    "open_case": "membuka kasus pengawasan",
    "pause_dues": "meliburkan iuran",
    "pay_out_exit": "membayarkan simpanan anggota keluar",
    "plan_refund": "menjadwalkan pengembalian simpanan",
    "prepare_reminders": "menyiapkan pesan pengingat",
    "prolong_access": "memperpanjang akses",
    "receive_hand_over": "menerima kas dan buku",
    "raise_objection": "melaporkan kuitansi yang tidak cocok",
    "record_building": "mencatat gedung",
    "survey_building": "menyurvei gedung",
    "check_survey": "memeriksa survei gedung",
    "upload_document": "mengunggah dokumen",
    "check_document": "memeriksa dokumen",
    "add_building_photo": "menambah foto gedung",
    "keep_land": "mencatat calon lahan",
    "record_portal": "mencatat status gedung di portal",
    "record_dues": "mencatat setoran",
    "own_data": "mencetak salinan data anggota",
    "record_opening_balances": "mencatat saldo awal",
    "record_rat": "mencatat RAT",
    "record_training": "mencatat bimtek",
    "register_cooperative": "mendaftarkan koperasi",
    "remove_business": "menghapus usaha anggota",
    "remove_heir": "menghapus ahli waris",
    "refuse_to_let_go": "menolak permohonan berhenti",
    "renew_door_code": "mengganti kode halaman publik",
    "report_figures": "melaporkan angka",
    "reinstate_member": "mengaktifkan lagi anggota",
    "reset_by_link": "memulihkan akun lewat tautan",
    "restore_access": "membuka lagi akses",
    "reveal_national_id": "melihat NIK",
    "reverse_opening_balances": "membatalkan saldo awal",
    "reverse_pay_out": "membatalkan pembayaran simpanan anggota keluar",
    "reverse_cash_move": "membatalkan perpindahan kas",
    "reverse_payment": "membatalkan pembayaran",
    "separate_members": "memisahkan dua catatan anggota",
    "set_business": "mencatat usaha anggota",
    "set_rate": "menetapkan iuran",
    "shorten_access": "memajukan akhir akses",
    "settle_exit": "menyelesaikan simpanan anggota keluar",
    "suspend_member": "membekukan anggota",
    "withdraw_hand_over": "menarik serah terima",
    "withdraw_pause": "mencabut libur iuran",
    "tell_members_apart": "menandai dua anggota sebagai orang berbeda",
    "withdraw_exit_request": "menarik permohonan berhenti",
    "withdraw_invitation": "menarik tautan",
    "witness_hand_over": "menyaksikan serah terima",
}


@dataclass(frozen=True)
class Access:
    """One grant as a line of a list: `state` is a word and `mark` its badge."""

    grant: Grant
    state: str
    mark: str

    @property
    def place(self) -> str:
        """`Pager Agung`, or the kecamatan of a penyuluh, or the whole dinas."""
        if self.grant.cooperative:
            return self.grant.cooperative.short_name
        return "Wilayah binaan" if self.grant.kind == GrantKind.FIELD else "Seluruh dinas"


def describe(grant: Grant, today: date) -> Access:
    """Say in a word whether a grant opens anything on `today`."""
    if grant.ended_on:
        return Access(grant, "Berakhir", "")
    if grant.valid_to and grant.valid_to < today:
        return Access(grant, "Habis masa", "late")
    if grant.valid_to and grant.valid_to <= today + SOON:
        return Access(grant, "Segera habis", "soon")
    return Access(grant, "Berlaku", "good")


@dataclass(frozen=True)
class Case:
    """One supervision case as a line of a list."""

    grant: Grant
    state: str
    mark: str

    @property
    def is_open(self) -> bool:
        return self.mark == "soon"


def describe_case(grant: Grant, today: date) -> Case:
    """Say in a word whether a case is open on `today`, and until when it was."""
    if grant.ended_on:
        return Case(grant, f"Diakhiri {format_date(grant.ended_on)}", "")
    if grant.valid_to < today:
        return Case(grant, f"Habis {format_date(grant.valid_to)}", "")
    return Case(grant, f"Terbuka sampai {format_date(grant.valid_to)}", "soon")


def cases(*, agency_id: int, cooperative_id: int | None = None) -> QuerySet[Grant]:
    """Return the supervision cases of an agency, or of one cooperative, newest first."""
    found = Grant.objects.filter(agency_id=agency_id, kind=GrantKind.CASE).select_related("cooperative__district")
    if cooperative_id:
        found = found.filter(cooperative_id=cooperative_id)
    return found.order_by("-valid_from", "-id")


def accesses(*, agency_id: int, cooperative_id: int | None = None) -> QuerySet[Grant]:
    """Return the grants of an agency with its cooperatives', or of one cooperative, with their places."""
    found = Grant.objects.filter(agency_id=agency_id).select_related("cooperative__district")
    if cooperative_id:
        found = found.filter(cooperative_id=cooperative_id)
    return found.order_by(F("cooperative_id").asc(nulls_first=True), "kind", "user_name", "id")


def filter_accesses(
    found: QuerySet[Grant], *, words: str, group: str, state: str, district: str, today: date
) -> QuerySet[Grant]:
    """Narrow `accesses` as the filter bar says; an empty value does not narrow."""
    if words:
        found = found.filter(Q(user_name__icontains=words) | Q(cooperative__name__icontains=words))
    if group:
        found = found.filter(kind__in=GROUPS[group][1])
    if district:
        found = found.filter(cooperative__district_id=district)
    return STATES[state][1](found, today) if state else found


def _in_force(found: QuerySet[Grant], today: date) -> QuerySet[Grant]:
    return found.in_force(today)


def _soon(found: QuerySet[Grant], today: date) -> QuerySet[Grant]:
    return found.in_force(today).filter(valid_to__lte=today + SOON)


def _over(found: QuerySet[Grant], today: date) -> QuerySet[Grant]:
    return found.filter(Q(ended_on__isnull=False) | Q(valid_to__lt=today))


GROUPS = {
    "dinas": ("Petugas dinas", tuple(DINAS_KINDS)),
    "penyuluh": ("Penyuluh", (GrantKind.FIELD,)),
    "pimpinan": ("Pimpinan", (GrantKind.EXECUTIVE,)),
    "koperasi": ("Pengurus dan pengawas", tuple(COOPERATIVE_KINDS)),
    "kasus": ("Pemeriksa (kasus)", (GrantKind.CASE,)),
}
STATES = {
    "berlaku": ("Berlaku", _in_force),
    "segera": ("Habis dalam 30 hari", _soon),
    "berakhir": ("Berakhir", _over),
}


def open_links(*, agency_id: int, now: datetime, cooperative_id: int | None = None) -> QuerySet[Invitation]:
    """Return the one-time links that still open something, newest first."""
    found = Invitation.objects.filter(
        agency_id=agency_id, used_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=now
    ).select_related("cooperative")
    if cooperative_id:
        found = found.filter(cooperative_id=cooperative_id)
    return found.order_by("-made_at", "-id")


@dataclass(frozen=True)
class TrailLine:
    """One line of the book of acts, in words."""

    event: AuditEvent
    what: str
    kind: str


def trail_line(event: AuditEvent) -> TrailLine:
    """Put one event into words."""
    kind = GrantKind(event.actor_kind).label if event.actor_kind in GrantKind.values else event.actor_kind
    return TrailLine(event, VERBS.get(event.verb, event.verb), kind)


def trail(
    *, cooperative_id: int, words: str = "", since: date | None = None, looks: bool | None = None
) -> QuerySet[AuditEvent]:
    """Return what happened in one cooperative, newest first."""
    return _narrow(AuditEvent.objects.filter(cooperative_id=cooperative_id), words, since, looks)


def looks(
    *, agency_id: int, words: str = "", since: date | None = None, cooperative_id: int | None = None
) -> QuerySet[AuditEvent]:
    """Return every look at personal data in an agency and its cooperatives, newest first."""
    found = AuditEvent.objects.filter(agency_id=agency_id).select_related("cooperative")
    if cooperative_id:
        found = found.filter(cooperative_id=cooperative_id)
    return _narrow(found, words, since, True)


def _narrow(found: QuerySet[AuditEvent], words: str, since: date | None, looks: bool | None) -> QuerySet[AuditEvent]:
    if looks is not None:
        found = found.filter(kind=AuditEvent.Kind.LOOK if looks else AuditEvent.Kind.ACT)
    if words:
        verbs = [verb for verb, text in VERBS.items() if words.lower() in text]
        found = found.filter(
            Q(actor_name__icontains=words)
            | Q(subject__icontains=words)
            | Q(reason__icontains=words)
            | Q(cooperative__name__icontains=words)
            | Q(verb__in=verbs)
        )
    if since:
        found = found.filter(at__gte=datetime.combine(since, time.min, JAKARTA))
    return found.order_by("-at", "-id")
