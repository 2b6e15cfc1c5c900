"""How the Merah Putih cooperatives came into being: steps by kecamatan, as camat and notaries did them in the spring of 2025."""

from collections import defaultdict
from datetime import date, timedelta
from random import Random

from registry.actions import follow_formation, take_step
from registry.formation import steps
from registry.models import Agency, Cooperative, FormationStep

from .clock import Clock
from .logins import acting

EVENT = date(2025, 7, 24)  # the day the city's 67 signed together
BANKS = ("Bank Contoh Cabang Serang", "Bank Contoh Unit Walantaka", "BPR Contoh Serang")
# step → share of the cooperatives that have taken it, days after 5 May 2025, who or what stands beside it
STORY = {
    "counselling": (1.0, -20, "Penyuluh dinas"),
    "official_record": (0.96, 24, ""),
    "attachments": (0.9, 28, ""),
    "name_booked": (0.93, 30, ""),
    "npwp": (0.86, 75, ""),
    "bank_account": (0.74, 90, ""),
    "simkopdes": (0.8, 100, ""),
    "event": (1.0, 80, "MoU 67 koperasi kelurahan"),
    "bylaws": (0.35, 300, ""),
}
BEGAN = date(2025, 5, 5)


def tell(slug: str, admin: str, clock: Clock) -> int:
    """Write the steps of an agency's Merah Putih cooperatives, unless they are there. Return how many were written."""
    with acting(admin) as actor:
        agency = Agency.objects.get(slug=slug)
        if FormationStep.objects.filter(agency=agency, step="counselling").exists():
            return 0
        written = 0
        by_district = defaultdict(list)
        for one in Cooperative.objects.filter(agency=agency, standing__programme__isnull=False).order_by("pk"):
            by_district[one.district_id].append(one)
        for district, cooperatives in by_district.items():
            for code in STORY:
                written += _take(agency, code, district, cooperatives, actor, clock)
        chosen = sorted(by_district)[0]
        for one in by_district[chosen][:2]:
            follow_formation(
                cooperative=one, model="revitalisation", priority=True, priority_reference="Instruksi kepala daerah, rapat 3 Maret 2026",
                actor=actor, now=clock.at(clock.month(5)), today=clock.month(5),
            )  # fmt: skip
    return written


def _take(agency: Agency, code: str, district: str, cooperatives: list[Cooperative], actor, clock: Clock) -> int:
    share, after, party = STORY[code]
    rng = Random(f"{code} {district}")
    if code == "event":
        if agency.place.level != "city":
            return 0
        done = EVENT
    else:
        done = BEGAN + timedelta(days=after + rng.randint(0, 12))
    chosen = [one for one in cooperatives if rng.random() < share]
    if not chosen:
        return 0
    numbers = {one.pk: _number(code, one, rng) for one in chosen}
    beside = rng.choice(BANKS) if code == "bank_account" else party
    return take_step(
        agency=agency, cooperatives=chosen, step=steps()[code], done_on=min(done, clock.today), numbers=numbers, party=beside, note="",
        evidence=None, actor=actor, now=clock.at(min(done, clock.today)), today=min(done, clock.today),
    )  # fmt: skip


def _number(code: str, cooperative: Cooperative, rng: Random) -> str:
    """Numbers with the shape of real ones that begin with 99: they belong to nobody."""
    shapes = {
        "npwp": f"99{rng.randint(0, 10**14 - 1):014d}",
        "bank_account": f"99{rng.randint(0, 10**8 - 1):08d}",
        "official_record": f"{rng.randint(1, 60):02d}/BA-MK/{BEGAN.year}",
        "simkopdes": f"{cooperative.slug}.contoh",
        "event": "415.4/000/CONTOH",
    }
    return shapes.get(code, "")
