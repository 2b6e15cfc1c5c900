"""Which help topic belongs to a page: the part of the help a person needs while looking at it."""

from django.urls import reverse

from registry.models import GrantKind
from registry.models.accounts import DINAS_KINDS

# name of the view → topic of the treasurer's page; what is not here leads to the page of the person's office
BENDAHARA = {
    "cooperative_home": "mulai",
    "finance:dues": "setoran",
    "finance:sheet": "setoran",
    "finance:collection": "setoran",
    "finance:pay_search": "satu",
    "finance:pay": "satu",
    "finance:outbox": "luring",
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
    topic = BENDAHARA.get(view_name)
    if topic and kind in OFFICE:
        return f"{reverse('help_page', args=['bendahara'])}#{topic}"
    page = "dinas" if kind in DINAS_KINDS else OFFICE.get(GrantKind(kind), "")
    return reverse("help_page", args=[page]) if page else reverse("help")
