"""The lists of ODS and SIMKOPDES, written as those write them, and brought in as the dinas would: an upload and its job."""

from io import BytesIO
from random import Random

from registry import imports, jobs
from registry.access import Place
from registry.actions import decide_sources
from registry.actions.sources import KIND
from registry.models import Agency, Cooperative, Grant, SourceList, SourceValue, User
from registry.reports.sources import Asked, differing
from registry.sheets.columns import Column
from registry.sheets.writing import write_xlsx
from registry.sources import fields, reasons, shown, sources

from .clock import Clock
from .logins import acting

LISTS = {"ods": (0.93, 40), "simkopdes": (0.97, 12)}  # share of the register that is in it, days ago
STRANGERS = ("Koperasi Contoh Sumber Asih", "KSU Contoh Harapan", "Koperasi Karyawan Contoh Baja", "KSP Contoh Dana Mandiri",
             "Koperasi Wanita Contoh Melati", "Kopontren Contoh Al Falah")  # fmt: skip


def tell(slug: str, admin: str, clock: Clock) -> int:
    """Bring in the lists of an agency, unless they are there, and decide about a few values. Return how many lists."""
    brought = 0
    for source, (share, ago) in LISTS.items():
        with acting(admin) as actor:
            agency = Agency.objects.get(slug=slug)
            if SourceList.objects.filter(agency=agency, source=source).exists():
                continue
            user = User(pk=actor.user_id)
            grant = (
                Grant.objects.select_related("agency__place")
                .filter(user=actor.user_id, agency=agency, cooperative=None)
                .first()
            )
            batch = imports.upload(
                kind=f"{KIND}{source}", place=Place(agency, None, grant), name=f"{source}.xlsx", content=_list(agency, source, share),
                options={"as_of": clock.days_ago(ago).isoformat()}, actor=actor, user=user, now=clock.at(clock.days_ago(ago)),
            )  # fmt: skip
        jobs.run(number=batch.job, user_id=user.pk, grant_id=grant.pk, cooperative_id=None)
        brought += 1
    if brought:
        _decide(slug, admin, clock)
    return brought


def _list(agency: Agency, source: str, share: float) -> bytes:
    rng = Random(f"{source} {agency.slug}")
    order = [*sources()[source].order, "district"]
    everyone = Cooperative.objects.filter(agency=agency, is_practice=False).select_related(
        "profile", "village", "district"
    )
    rows = [_line(one, order, rng) for one in everyone.order_by("pk") if rng.random() < share]
    rows += [
        {"name": name, "district": rows[0]["district"], "decree_number": f"000/CONTOH-9{n}/BH/2004"}
        for n, name in enumerate(STRANGERS)
    ]
    columns = [Column(key, fields()[key].label if key in fields() else "Kecamatan", kind="identifier") for key in order]
    target = BytesIO()
    write_xlsx(target, title=f"Data {sources()[source].name} (contoh)", columns=columns, rows=rows)
    return target.getvalue()


def _line(one: Cooperative, order: list[str], rng: Random) -> dict:
    """A cooperative as another keeper writes it: capitals, abbreviations, and here and there something else."""
    row = {key: _written(one, key, rng) for key in order}
    chance = rng.random()
    if chance < 0.015:
        row["name"] = f"{one.name} Jaya"
    elif chance < 0.05 and "nib" in row:
        row["nib"] = f"99{rng.randint(0, 10**11 - 1):011d}"
    elif chance < 0.07:
        row["decree_number"] = f"AHU-99{rng.randint(0, 99_999):05d}.AH.01.38.TAHUN 2025"
    elif chance < 0.10 and one.profile.decree_on:
        row["decree_on"] = one.profile.decree_on.replace(day=1 + one.profile.decree_on.day % 28)
    elif chance < 0.12:
        row["coop_type"] = "Konsumen" if one.profile.coop_type != "consumer" else "Jasa"
    return row


def _written(one: Cooperative, key: str, rng: Random) -> object:
    if key == "name":
        return one.name.upper() if rng.random() < 0.6 else one.short_name
    if key in ("village", "district"):
        place = getattr(one, key)
        return place.name if place else None
    value = getattr(one.profile, key)
    return value if key.endswith("_on") else shown(key, value) or None


def _decide(slug: str, admin: str, clock: Clock) -> None:
    """Some were looked at already: kept, taken over, asked about."""
    with acting(admin) as actor:
        agency = Agency.objects.get(slug=slug)
        for what, field, count in (("ours", "coop_type", 6), ("theirs", "nib", 4), ("asked", "name", 2)):
            rows: list[SourceValue] = list(differing(agency, Asked(field=field))[:count])
            decide_sources(
                agency=agency, values=rows, what=what, reason=reasons()[0] if what == "ours" else "", actor=actor,
                now=clock.at(clock.days_ago(3)), today=clock.days_ago(3),
            )  # fmt: skip
