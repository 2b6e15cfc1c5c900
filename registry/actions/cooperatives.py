"""Registering cooperatives and writing down dated facts about them."""

from collections.abc import Iterator
from datetime import date, datetime

from django.db import transaction
from django.utils.text import slugify

from registry import audit
from registry.access import Actor
from registry.models import (
    Agency,
    AnnualMeeting,
    Blocker,
    Cooperative,
    CooperativeKbli,
    Kbli,
    Officer,
    OldSlug,
    Place,
    Profile,
    ReportedFigure,
    TrainingAttendance,
)
from registry.numbers import normalize_decree
from registry.training import topic_of
from registry.villages import one_per_village

RESERVED_SLUGS = frozenset({"tambah", "impor", "unduh", "peta", "selisih"})


class NameExists(Exception):
    """A cooperative with this name is already registered in the same kecamatan."""

    def __init__(self, cooperative: Cooperative) -> None:
        self.cooperative = cooperative
        super().__init__(cooperative.name)


class StaleForm(Exception):
    """Somebody else changed the profile after the form was opened."""


@transaction.atomic
def register_cooperative(
    *,
    agency: Agency,
    name: str,
    district: Place,
    village: Place | None,
    short_name: str = "",
    fields: dict | None = None,
    kbli: list[Kbli] | None = None,
    actor: Actor,
    now: datetime,
) -> Cooperative:
    """Enter a cooperative in the registry, with its profile. `fields` are those of `Profile`.

    Raises `NameExists`, and `VillageTaken` when another live cooperative of its programme serves the village.
    """
    same = Cooperative.objects.filter(agency=agency, district=district, name__iexact=name).first()
    if same:
        raise NameExists(same)
    cooperative = Cooperative.objects.create(
        agency=agency,
        slug=free_slug(agency, short_name or short_name_of(name), district.name),
        name=name,
        short_name=short_name or short_name_of(name),
        district=district,
        village=village,
    )
    fields = _with_decree_key(fields or {})
    with one_per_village():
        Profile.objects.create(cooperative=cooperative, agency=agency, **fields)
    CooperativeKbli.objects.bulk_create(
        CooperativeKbli(cooperative=cooperative, agency=agency, kbli=code, is_main=index == 0)
        for index, code in enumerate(kbli or [])
    )
    audit.record("register_cooperative", actor=actor, now=now, subject=cooperative.slug, cooperative_id=cooperative.pk)
    return cooperative


@transaction.atomic
def amend_cooperative(
    *,
    cooperative: Cooperative,
    version: int,
    name: str,
    fields: dict,
    kbli: list[Kbli] | None = None,
    district: Place | None = None,
    village: Place | None = None,
    actor: Actor,
    now: datetime,
    today: date,
) -> Profile:
    """Change a cooperative's name, place and profile. Writes nothing when nothing changes.

    A new name gets a new address, and the old one leads to it. `village` counts only together with `district`.
    Raises `StaleForm`, `NameExists` when another one in the kecamatan has this name, and `VillageTaken` when another
    live cooperative of its programme serves the village.
    """
    profile = Profile.objects.select_for_update().get(cooperative=cooperative)
    if profile.version != version:
        raise StaleForm
    fields = _with_decree_key(fields)
    changed = {key: value for key, value in fields.items() if getattr(profile, key) != value}
    renamed = name != cooperative.name
    moved = district is not None and (district.pk, village and village.pk) != (
        cooperative.district_id,
        cooperative.village_id,
    )
    if renamed or moved:
        with one_per_village():
            _rename(cooperative, name, district or cooperative.district, village if district else cooperative.village)
    relisted = kbli is not None and _replace_kbli(cooperative, kbli)
    if not (changed or renamed or moved or relisted):
        return profile
    for key, value in changed.items():
        setattr(profile, key, value)
    profile.version += 1
    profile.last_recorded_on = today
    with one_per_village():
        profile.save(update_fields=[*changed, "version", "last_recorded_on"])
    names = sorted(
        [*changed, *(["name"] if renamed else []), *(["village"] if moved else []), *(["kbli"] if relisted else [])]
    )
    audit.record(
        "amend_cooperative", actor=actor, now=now, subject=cooperative.slug, cooperative_id=cooperative.pk, fields=names
    )
    return profile


def _rename(cooperative: Cooperative, name: str, district: Place, village: Place | None) -> None:
    """Give a cooperative its new name and place; a former address is kept and never given to another."""
    agency = cooperative.agency
    same = (
        Cooperative.objects.filter(agency=agency, district=district, name__iexact=name)
        .exclude(pk=cooperative.pk)
        .first()
    )
    if same:
        raise NameExists(same)
    if name != cooperative.name:
        short = short_name_of(name)
        OldSlug.objects.create(agency=agency, slug=cooperative.slug, cooperative=cooperative)
        cooperative.name, cooperative.short_name = name, short
        cooperative.slug = free_slug(agency, short, district.name)
    cooperative.district, cooperative.village = district, village
    cooperative.save(update_fields=["name", "short_name", "slug", "district", "village"])


def _replace_kbli(cooperative: Cooperative, kbli: list[Kbli]) -> bool:
    present = list(
        CooperativeKbli.objects.filter(cooperative=cooperative)
        .order_by("-is_main", "pk")
        .values_list("kbli_id", flat=True)
    )
    wanted = [code.pk for code in kbli]
    if present == wanted:
        return False
    CooperativeKbli.objects.filter(cooperative=cooperative).delete()
    CooperativeKbli.objects.bulk_create(
        CooperativeKbli(cooperative=cooperative, agency_id=cooperative.agency_id, kbli=code, is_main=index == 0)
        for index, code in enumerate(kbli)
    )
    return True


@transaction.atomic
def report_figures(
    *,
    cooperative: Cooperative,
    period: date,
    values: dict[str, int],
    source: str,
    actor: Actor,
    now: datetime,
    today: date,
) -> int:
    """Store figures a cooperative reported for `period`. Unchanged ones are not stored again. Return how many were new."""
    known = latest_figures(cooperative, period)
    fresh = {figure: value for figure, value in values.items() if known.get(figure) != value}
    ReportedFigure.objects.bulk_create(
        ReportedFigure(
            cooperative=cooperative,
            agency_id=cooperative.agency_id,
            figure=figure,
            period=period,
            value=value,
            source=source,
            reported_at=now,
            reported_by=actor.user_id,
        )
        for figure, value in fresh.items()
    )
    if fresh:
        touch(cooperative, today)
        audit.record(
            "report_figures",
            actor=actor,
            now=now,
            subject=f"{period:%Y-%m-%d}",
            cooperative_id=cooperative.pk,
            figures=sorted(fresh),
        )
    return len(fresh)


def latest_figures(cooperative: Cooperative, period: date) -> dict[str, int]:
    """Return the latest value per figure reported for `period`."""
    rows = ReportedFigure.objects.filter(
        cooperative=cooperative, agency_id=cooperative.agency_id, period=period
    ).order_by("pk")
    return dict(rows.values_list("figure", "value"))


@transaction.atomic
def record_rat(
    *,
    cooperative: Cooperative,
    book_year: int,
    held_on: date,
    present: int | None,
    reported_on: date | None,
    actor: Actor,
    now: datetime,
) -> AnnualMeeting:
    """Write that a RAT was held for a book year; done again, it corrects the dates."""
    meeting, _ = AnnualMeeting.objects.update_or_create(
        cooperative=cooperative,
        agency_id=cooperative.agency_id,
        book_year=book_year,
        defaults={"held_on": held_on, "present": present, "reported_on": reported_on},
    )
    audit.record("record_rat", actor=actor, now=now, subject=f"RAT {book_year}", cooperative_id=cooperative.pk)
    return meeting


@transaction.atomic
def record_training(*, officer: Officer, topic: str, held_on: date, actor: Actor, now: datetime) -> TrainingAttendance:
    """Write that an office-holder attended a bimtek. Done twice, it stays one attendance."""
    attendance, made = TrainingAttendance.objects.get_or_create(
        cooperative_id=officer.cooperative_id,
        agency_id=officer.agency_id,
        officer=officer,
        topic=topic,
        held_on=held_on,
        defaults={"topic_code": topic_of(topic)},
    )
    if made:
        audit.record(
            "record_training",
            actor=actor,
            now=now,
            subject=officer.position,
            cooperative_id=officer.cooperative_id,
            topic=topic,
        )
    return attendance


@transaction.atomic
def open_blocker(
    *,
    cooperative: Cooperative,
    what: str,
    text: str,
    waits_for: str,
    due_on: date | None,
    actor: Actor,
    now: datetime,
    today: date,
) -> Blocker:
    """Write down something the cooperative cannot solve itself, and who must act."""
    blocker = Blocker.objects.create(
        cooperative=cooperative,
        agency_id=cooperative.agency_id,
        what=what,
        text=text,
        waits_for=waits_for,
        due_on=due_on,
        opened_on=today,
    )
    audit.record("open_blocker", actor=actor, now=now, subject=what, cooperative_id=cooperative.pk)
    return blocker


@transaction.atomic
def close_blocker(*, blocker: Blocker, on: date, actor: Actor, now: datetime) -> None:
    """Write that a blocker is solved."""
    Blocker.objects.filter(cooperative_id=blocker.cooperative_id, pk=blocker.pk, closed_on__isnull=True).update(
        closed_on=on
    )
    audit.record("close_blocker", actor=actor, now=now, subject=blocker.what, cooperative_id=blocker.cooperative_id)


def touch(cooperative: Cooperative, today: date) -> None:
    """Mark a cooperative's data as fresh today."""
    Profile.objects.filter(cooperative=cooperative).exclude(last_recorded_on=today).update(last_recorded_on=today)


def short_name_of(name: str) -> str:
    """`Koperasi Kelurahan Merah Putih Pager Agung` → `KKMP Pager Agung`."""
    for long, short in (
        ("Koperasi Kelurahan Merah Putih", "KKMP"),
        ("Koperasi Desa Merah Putih", "KDMP"),
        ("Koperasi Simpan Pinjam", "KSP"),
    ):
        if name.startswith(long + " "):
            return (short + name[len(long) :])[:80]
    return name[:80]


def free_slug(agency: Agency, name: str, district: str) -> str:
    """Return an address part not used before in the agency: the name, then name-kecamatan, then with a number."""
    candidates = list(slug_candidates(name, district))
    taken = set(Cooperative.objects.filter(agency=agency, slug__in=candidates).values_list("slug", flat=True))
    taken |= set(OldSlug.objects.filter(agency=agency, slug__in=candidates).values_list("slug", flat=True))
    return next(slug for slug in candidates if slug not in taken)


def slug_candidates(name: str, district: str) -> Iterator[str]:
    """Yield the address parts a cooperative may get, the best first, without reserved words."""
    base = slugify(name)[:70].strip("-") or "koperasi"
    with_district = f"{base}-{slugify(district)}"[:84]
    candidates = [base, with_district, *[f"{with_district}-{n}" for n in range(2, 200)]]
    yield from (slug for slug in candidates if slug not in RESERVED_SLUGS)


def _with_decree_key(fields: dict) -> dict:
    if "decree_number" in fields:
        return fields | {"decree_key": normalize_decree(fields["decree_number"])}
    return fields
