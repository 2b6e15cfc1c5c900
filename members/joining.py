"""Questions about requests to join: what waits, what is overdue, and who in this cooperative may be the same person."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher

from django.db.models import Count, Min

from members.models import Identity, JoinPerson, JoinRequest, Member, MemberStatus
from registry.models import Agency, Cooperative

LISTED = 100
ALIKE = 0.84  # of two names on the same day of birth
_TITLES = frozenset(
    {"h", "hj", "haji", "hajah", "ir", "dr", "drs", "dra", "sh", "se", "spd", "st", "kh", "ust", "ustadz", "bpk", "ibu"}
)
_SAME_NAME = {"muhamad": "muhammad", "mohamad": "muhammad", "mohammad": "muhammad", "mochamad": "muhammad", "moch": "muhammad",
              "moh": "muhammad", "muh": "muhammad", "mhd": "muhammad", "m": "muhammad", "achmad": "ahmad", "akhmad": "ahmad",
              "siti": "siti", "st": "siti", "abd": "abdul"}  # fmt: skip


@dataclass(frozen=True)
class Lookalike:
    """A member of this cooperative who may be the asker, and why it seems so. `same_nik` is no guess."""

    number: int
    number_text: str
    name: str
    status: str
    why: str
    same_nik: bool = False


@dataclass(frozen=True)
class Overdue:
    """Requests of one cooperative that nobody answered in time."""

    cooperative_id: int
    count: int
    since: date


def name_key(name: str) -> str:
    """Return a name without titles, accents of spelling and order: "H. Moch. Yusup" and "Yusuf Muhammad" meet."""
    words = re.findall(r"[a-z]+", name.lower().replace("'", ""))
    plain = [_SAME_NAME.get(word, word) for word in words]
    kept = [word for word in plain if word not in _TITLES] or plain
    return " ".join(
        sorted(re.sub(r"(.)\1", r"\1", word.replace("y", "i").replace("p", "f").replace("v", "f")) for word in kept)
    )


def lookalikes(
    *, cooperative: Cooperative, name: str, birth_date: date, blind_index: bytes | None = None
) -> list[Lookalike]:
    """Return who of this cooperative's members may be the same person, the certain ones first. Two queries.

    Certain is the same NIK; likely the same day of birth with a name alike, or the same name with a day of birth that
    differs by one slip (day and month swapped, one of the three parts). Other cooperatives are never asked.
    """
    same = set()
    if blind_index:
        own = Identity.objects.filter(cooperative=cooperative, blind_index=bytes(blind_index))
        same = set(own.values_list("member_id", flat=True))
    key, found = name_key(name), []
    people = Member.objects.of(cooperative).filter(merged_into__isnull=True)
    for pk, number, text, theirs, born, status in people.values_list(
        "pk", "number", "number_text", "name", "birth_date", "status"
    ):
        why = "NIK sama" if pk in same else _why(key, birth_date, theirs, born)
        if why:
            found.append(Lookalike(number, text, theirs, MemberStatus(status).label.lower(), why, pk in same))
    return sorted(found, key=lambda one: (not one.same_nik, one.number))[:5]


def _why(key: str, birth_date: date, theirs: str, born: date | None) -> str:
    if born == birth_date:
        other = name_key(theirs)
        if other == key or SequenceMatcher(None, key, other).ratio() >= ALIKE:
            return "Nama mirip, tanggal lahir sama"
        return ""
    if name_key(theirs) != key:
        return ""
    if born is None:
        return "Nama sama, tanggal lahirnya belum tercatat"
    return "Nama sama, tanggal lahir hampir sama" if _one_slip(birth_date, born) else ""


def _one_slip(first: date, second: date) -> bool:
    swapped = first.year == second.year and (first.day, first.month) == (second.month, second.day)
    parts = zip((first.year, first.month, first.day), (second.year, second.month, second.day), strict=True)
    return swapped or sum(one != other for one, other in parts) == 1


def requests(*, cooperative: Cooperative) -> list[JoinRequest]:
    """Return the requests that wait, the nearest deadline first, each with its person."""
    waiting = JoinRequest.objects.filter(cooperative=cooperative, state=JoinRequest.State.WAITING)
    return list(waiting.select_related("person").order_by("due_on", "pk")[:LISTED])


def decided_requests(*, cooperative: Cooperative) -> list[JoinRequest]:
    """Return the requests that were answered, the newest first: code, day, number or reason."""
    return list(
        JoinRequest.objects.filter(cooperative=cooperative)
        .exclude(state=JoinRequest.State.WAITING)
        .order_by("-decided_at")[:20]
    )


def twins_waiting(*, request: JoinRequest, person: JoinPerson) -> list[str]:
    """Return the codes of other waiting requests that seem to be of the same person."""
    others = JoinPerson.objects.filter(cooperative_id=request.cooperative_id).exclude(request_id=request.pk)
    key = name_key(person.name)
    return [
        one.code
        for one in others.only("code", "name", "birth_date", "blind_index")[:500]
        if (person.blind_index and one.blind_index and bytes(one.blind_index) == bytes(person.blind_index))
        or (one.birth_date == person.birth_date and name_key(one.name) == key)
    ][:5]


def overdue_requests(*, agency: Agency, today: date, ids: Sequence[int] | None = None) -> list[Overdue]:
    """Return the cooperatives of an agency that let a deadline pass, the longest first. One query; no person in it."""
    found = JoinRequest.objects.filter(
        agency=agency, state=JoinRequest.State.WAITING, due_on__lt=today, cooperative__is_practice=False
    )
    if ids is not None:
        found = found.filter(cooperative_id__in=ids)
    rows = found.order_by().values("cooperative_id").annotate(count=Count("pk"), first=Min("due_on")).order_by("first")
    return [Overdue(row["cooperative_id"], row["count"], row["first"]) for row in rows]
