"""How the Merah Putih cooperatives came into being: steps by kecamatan, as camat and notaries did them in the spring of 2025."""

from collections import defaultdict
from datetime import date, timedelta
from random import Random

from registry.actions import follow_formation, hold_event, keep_group, set_target, take_step
from registry.formation import steps
from registry.models import Agency, Cooperative, YearTarget

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
    "bylaws": (0.35, 300, ""),
}
BEGAN = date(2025, 5, 5)


def tell(slug: str, admin: str, clock: Clock) -> int:
    """Write the steps of an agency's Merah Putih cooperatives, unless they are there. Return how many were written."""
    with acting(admin) as actor:
        agency = Agency.objects.get(slug=slug)
        if YearTarget.objects.filter(agency=agency).exists():
            return 0
        written = 0
        by_district = defaultdict(list)
        for one in (
            Cooperative.objects.filter(agency=agency, standing__programme__isnull=False)
            .select_related("village")
            .order_by("pk")
        ):
            by_district[one.district_id].append(one)
        for district, cooperatives in by_district.items():
            for code in STORY:
                written += _take(agency, code, district, cooperatives, actor, clock)
        _beside(agency, by_district, actor, clock)
        for one in [one for district in sorted(by_district)[:1] for one in by_district[district][:2]]:
            follow_formation(
                cooperative=one, model="revitalisation", priority=True, priority_reference="Instruksi kepala daerah, rapat 3 Maret 2026",
                actor=actor, now=clock.at(clock.month(5)), today=clock.month(5),
            )  # fmt: skip
    return written


GROUPS = (
    ("Kelompok Tani Sumber Rejeki", 34, 6, "Pendampingan akta dan pembukuan", "group"),
    ("Kelompok Ibu Anyaman Bambu", 22, 19, "Modal awal dan pemasaran", "prepared"),
    ("Kelompok Pembudi Daya Lele Mandiri", 18, 18, "Izin lingkungan kolam", "prepared"),
    ("Paguyuban Pedagang Pasar Lama", 61, 61, "Pendampingan rapat pendirian", "group"),
    ("Kelompok Nelayan Bahari Jaya", 27, 4, "", "stopped"),
)


def _beside(agency: Agency, by_district: dict, actor, clock: Clock) -> None:
    """The event, the groups and the targets that stand beside the steps."""
    everyone = [one for rows in by_district.values() for one in rows]
    city = agency.place.level == "city"
    if city:
        fields = {
            "kind": "mou", "title": "MoU pembentukan koperasi kelurahan", "number": "415.4/000/CONTOH", "held_on": EVENT,
            "place": "Hotel contoh, Kota Serang", "parties": "Pemerintah Kota Serang dan pengurus koperasi",
        }  # fmt: skip
        hold_event(
            agency=agency,
            fields=fields,
            cooperatives=everyone,
            evidence=None,
            actor=actor,
            now=clock.at(EVENT),
            today=EVENT,
        )
    for number, (name, members, businesses, need, state) in enumerate(GROUPS if everyone else ()):
        village = everyone[7 * number % len(everyone)].village
        fields = {
            "name": name, "village": village, "district_id": village.parent_id, "members": members, "businesses": businesses, "need": need,
            "escort": "Penyuluh dinas", "state": state,
        }  # fmt: skip
        keep_group(
            agency=agency, group=None, fields=fields, actor=actor, now=clock.at(clock.month(4)), today=clock.month(4)
        )
    for year in range(2015, 2023) if not city else ():
        set_target(
            agency=agency, indicator="founded", year=year, target=50, recorded=50, source="Keterangan dinas tahun 2022", actor=actor,
            now=clock.at(clock.month(4)),
        )  # fmt: skip
    set_target(
        agency=agency, indicator="founded", year=clock.today.year, target=10 if city else 50, recorded=None, source="Rencana kerja dinas (contoh)",
        actor=actor, now=clock.at(clock.month(4)),
    )  # fmt: skip


def _take(agency: Agency, code: str, district: str, cooperatives: list[Cooperative], actor, clock: Clock) -> int:
    share, after, party = STORY[code]
    rng = Random(f"{code} {district}")
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
    }
    return shapes.get(code, "")
