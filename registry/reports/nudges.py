"""Whom the dinas may remind of what, when somebody last did, and what the text says.

A text names only what is true of that cooperative today; a cooperative the reason does not fit gets none.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.urls import reverse

from registry.formats import format_date_long
from registry.models import Agency, Cooperative, Nudge, Officer, Position
from registry.reports.listing import Choice, choose, rat_year
from registry.reports.status import GONE

QUIET_DAYS = 7  # nobody is reminded twice within them, whatever of
TERM_DAYS = 60  # how long before its end a term is spoken of
REACHED_FIRST = (Position.CHAIR, Position.SECRETARY, Position.TREASURER)  # the ketua; while vacant, who stands in
Reason = Nudge.Reason
# What opens from the text: the page where the missing thing is written, of those who keep books here and of the others.
WHERE = {
    Reason.SILENT: ("finance:sheet", "registry:report"),
    Reason.RAT: ("registry:profile", "registry:profile"),
    Reason.TERMS: ("registry:officers", "registry:officers"),
    Reason.BOOKS: ("cooperative_home", "cooperative_home"),
}


@dataclass(frozen=True)
class Draft:
    """A text for one cooperative, and whom it is for (None: nobody serves)."""

    cooperative: Cooperative
    officer: Officer | None
    text: str


@dataclass(frozen=True)
class Drafts:
    """What can be prepared now. `quiet`: reminded within the last days. `unfit`: the reason is not true of them."""

    ready: tuple[Draft, ...]
    quiet: tuple[Cooperative, ...]
    unfit: tuple[Cooperative, ...]


def drafts(agency: Agency, ids: Sequence[int], reason: str, *, sender: str, today: date) -> Drafts:
    """Write a text for each of these cooperatives it is time and cause for. Five queries, however many they are."""
    chosen = Cooperative.objects.filter(agency=agency, pk__in=ids, is_practice=False).select_related("standing")
    rows = list(chosen.exclude(standing__legal_status__in=GONE).order_by("district", "village", "name"))
    recent = Nudge.objects.filter(agency=agency, prepared_on__gt=today - timedelta(days=QUIET_DAYS))
    resting = set(recent.values_list("cooperative", flat=True))
    fitting = _fitting(agency, rows, reason, today)
    heads = reached(agency, [row.pk for row in rows])
    ready, quiet, unfit = [], [], []
    for row in rows:
        if row.pk not in fitting:
            unfit.append(row)
        elif row.pk in resting:
            quiet.append(row)
        else:
            officer = heads.get(row.pk)
            ready.append(Draft(row, officer, _text(agency, row, officer, fitting[row.pk], reason, sender)))
    return Drafts(tuple(ready), tuple(quiet), tuple(unfit))


def reached(agency: Agency, ids: Sequence[int]) -> dict[int, Officer]:
    """Return whom the dinas reaches in each cooperative: the ketua, else the sekretaris, else the bendahara. One query."""
    serving = Officer.objects.filter(
        agency=agency, cooperative__in=ids, ended_on__isnull=True, position__in=REACHED_FIRST
    )
    found: dict[int, Officer] = {}
    for officer in sorted(serving, key=lambda one: REACHED_FIRST.index(one.position)):
        found.setdefault(officer.cooperative_id, officer)
    return found


def _fitting(agency: Agency, rows: Sequence[Cooperative], reason: str, today: date) -> Mapping[int, str]:
    """Return, for each cooperative the reason is true of, the sentence that says so."""
    if reason == Reason.SILENT:
        return {row.pk: words for row in rows if (words := _silence(row, today))}
    if reason == Reason.BOOKS:
        words = "belum membukukan simpanan anggotanya di sini"
        return {row.pk: words for row in rows if not row.standing.keeps_books_here}
    ids = [row.pk for row in rows]
    return _without_rat(agency, ids, today) if reason == Reason.RAT else _ending(agency, ids, today)


def _silence(row: Cooperative, today: date) -> str:
    last = row.standing.last_recorded_on
    if last is None:
        return "belum pernah mencatat data"
    days = (today - last).days
    return f"terakhir mencatat data pada {format_date_long(last)}, {days} hari lalu" if days > 30 else ""


def _without_rat(agency: Agency, ids: Sequence[int], today: date) -> dict[int, str]:
    """Those the list calls "wajib, belum diadakan"."""
    owing = choose(agency, Choice(rat="ditagih"), today).filter(pk__in=ids).order_by()
    words = f"belum tercatat mengadakan RAT tahun buku {rat_year(today)}"
    return dict.fromkeys(owing.values_list("pk", flat=True), words)


def _ending(agency: Agency, ids: Sequence[int], today: date) -> dict[int, str]:
    ending = Officer.objects.filter(
        agency=agency,
        cooperative__in=ids,
        ended_on__isnull=True,
        starts_on__lte=today,
        ends_on__lte=today + timedelta(days=TERM_DAYS),
    )
    found: dict[int, list[Officer]] = {}
    for one in ending.order_by("ends_on", "pk"):
        found.setdefault(one.cooperative_id, []).append(one)
    return {pk: _terms(officers, today) for pk, officers in found.items()}


def _terms(officers: list[Officer], today: date) -> str:
    first = officers[0]
    verb = "berakhir" if first.ends_on < today else "akan berakhir"
    others = f" dan {len(officers) - 1} jabatan lain" if len(officers) > 1 else ""
    return f"mempunyai masa jabatan {first.get_position_display().lower()}{others} yang {verb} mulai {format_date_long(first.ends_on)}"


ASKED = {
    Reason.SILENT: "Mohon catat keadaan terbaru di sini",
    Reason.RAT: "Bila sudah diadakan, mohon sampaikan berita acaranya kepada kami; bila belum, mohon jadwalkan. Profil koperasi",
    Reason.TERMS: "Mohon jadwalkan rapat anggota untuk memilih pengganti. Daftar pengurus",
    Reason.BOOKS: "Mulai dari sini, dan kami dampingi",
}


def _text(agency: Agency, row: Cooperative, officer: Officer | None, fact: str, reason: str, sender: str) -> str:
    name = f"Bapak/Ibu {officer.name}" if officer else "Pengurus"
    view = WHERE[Reason(reason)][0 if row.standing.keeps_books_here else 1]
    link = f"{settings.PUBLIC_URL}{reverse(view, args=[agency.slug, row.slug])}"
    return (
        f"Yth. {name}, menurut catatan {agency.short_name}, {row.short_name} {fact}. {ASKED[Reason(reason)]}: {link} "
        f"Bila ada kesulitan, balas pesan ini. Terima kasih. {sender}, {agency.short_name}"
    ).replace("\u00a0", " ")


# --- What was prepared ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Prepared:
    """A prepared text with whom it goes to now."""

    nudge: Nudge
    officer: Officer | None


def prepared(agency: Agency, since: date) -> list[Prepared]:
    """Return what the dinas prepared since a day, newest first. Two queries."""
    rows = list(
        Nudge.objects.filter(agency=agency, prepared_on__gte=since).select_related("cooperative__district")[:2000]
    )
    heads = reached(agency, [row.cooperative_id for row in rows])
    return [Prepared(row, heads.get(row.cooperative_id)) for row in rows]


def latest(cooperative: Cooperative, today: date) -> Nudge | None:
    """Return what the dinas reminded this cooperative of in the last days and what still stands open. One query."""
    since = today - timedelta(days=QUIET_DAYS)
    found = Nudge.objects.filter(cooperative=cooperative, prepared_on__gt=since).select_related("cooperative__standing")
    nudge = found.first()
    if nudge and nudge.reason == Reason.SILENT:
        recorded = nudge.cooperative.standing.last_recorded_on
        return None if recorded and recorded >= nudge.prepared_on else nudge
    return nudge


def page_of(nudge: Nudge, *, keeps_books: bool) -> str:
    """Return the name of the page where what the reminder asks for is written."""
    return WHERE[Reason(nudge.reason)][0 if keeps_books else 1]
