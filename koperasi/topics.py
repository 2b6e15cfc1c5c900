"""Which help topic belongs to a page: the part of the help a person needs while looking at it."""

from django.urls import reverse

from registry.models import GrantKind
from registry.models.accounts import DINAS_KINDS

# name of the view → topic on the treasurer's page, or on the secretary's; what is in neither leads to the page of the
# person's office
BENDAHARA = {
    "cooperative_home": "mulai",
    "finance:dues": "setoran",
    "finance:sheet": "setoran",
    "finance:collection": "setoran",
    "finance:pay_search": "satu",
    "finance:pay": "satu",
    "finance:outbox": "luring",
    "finance:paste": "rt",
    "finance:cash": "kas",
    "finance:hand_over": "kas",
    "finance:to_bank": "kas",
    "finance:arrived": "kas",
    "finance:cash_move": "kas",
    "finance:arrears": "pengingat",
    "finance:reminders": "pengingat",
    "finance:refunds": "pengembalian",
    "finance:settle_exit": "pengembalian",
    "finance:pay_out": "pengembalian",
    "finance:plan_refund": "pengembalian",
    "finance:take_back": "pengembalian",
    "finance:pauses": "libur",
    "finance:withdraw_pause": "libur",
    "finance:receipt": "koreksi",
    "finance:correct": "koreksi",
    "finance:rates": "aturan",
    "finance:by_laws": "aturan",
    "finance:suspensions": "aturan",
    "finance:opening": "saldo-awal",
    "finance:import": "saldo-awal",
    "finance:import_batch": "saldo-awal",
    "finance:import_columns": "saldo-awal",
    "finance:old_book": "saldo-awal",
    "finance:take_back_opening": "saldo-awal",
    "finance:succession": "serah-terima",
    "finance:succession_one": "serah-terima",
    "finance:journal": "buku",
    "finance:entry": "buku",
    "finance:ledger": "buku",
    "finance:trial_balance": "buku",
}
SEKRETARIS = {
    "members:list": "anggota",
    "members:add": "anggota",
    "members:member": "anggota",
    "members:reveal": "nik",
    "members:import": "impor",
    "finance:twins": "ganda",
    "finance:merge": "ganda",
    "members:ask_to_leave": "berhenti",
    "members:exit_requests": "berhenti",
    "members:leave": "berhenti",
    "members:family": "keluarga",
    "members:business": "keluarga",
    "finance:personal_data": "data",
    "finance:retention": "data",
    "members:join_requests": "permohonan",
    "members:join_request": "permohonan",
    "door_page": "pintu",
    "registry:documents": "dokumen",
    "registry:document": "dokumen",
    "registry:upload_document": "dokumen",
}
OFFICE = {
    GrantKind.TREASURER: "bendahara",
    GrantKind.CHAIR: "sekretaris",
    GrantKind.VICE_CHAIR: "sekretaris",
    GrantKind.SECRETARY: "sekretaris",
    GrantKind.SUPERVISOR: "pengawas",
}


def help_url(view_name: str, kind: str) -> str:
    """Return the address of the help for a page, for a person of this kind."""
    for page, topics in (("bendahara", BENDAHARA), ("sekretaris", SEKRETARIS)):
        if view_name in topics and kind in OFFICE:
            return f"{reverse('help_page', args=[page])}#{topics[view_name]}"
    page = "dinas" if kind in DINAS_KINDS else OFFICE.get(GrantKind(kind), "")
    return reverse("help_page", args=[page]) if page else reverse("help")
