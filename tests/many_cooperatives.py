"""Many cooperatives at once, of many kinds, for tests of lists."""

from datetime import UTC, date, datetime

from registry.actions import open_blocker, record_rat, register_cooperative
from registry.models import Cooperative, Place
from tests.buildings import record_building

NOW = datetime(2026, 11, 20, tzinfo=UTC)
WORDS = ("Mitra", "Karya", "Bina", "Usaha", "Sumber", "Tani", "Makmur")


def fill(joko, count: int) -> None:
    """Register cooperatives of many kinds, with facts on every second or third."""
    with joko.acting() as (actor, _):
        agency = Cooperative.objects.select_related("agency").get(slug="melati").agency
        villages = list(Place.objects.filter(parent__parent=agency.place_id).select_related("parent").order_by("code"))
        for number in range(count):
            village = villages[7 * number % len(villages)]
            fields = {
                "coop_type": ("consumer", "savings_loan", "service")[number % 3],
                "founded_on": date(2000, 1, 1),
                "last_recorded_on": (None, date(2026, 1, 1), date(2026, 11, 20))[number % 3],
                "decree_number": f"{number}/BH/{number}",
            }
            one = register_cooperative(agency=agency, name=f"Koperasi {WORDS[number % 7]} {number}", district=village.parent, village=village, fields=fields, actor=actor, now=NOW)  # fmt: skip
            if number % 2:
                record_rat(
                    cooperative=one,
                    book_year=2025,
                    held_on=date(2026, 3, 1),
                    present=None,
                    reported_on=None,
                    actor=actor,
                    now=NOW,
                )
                record_building(
                    cooperative=one,
                    ownership=("own", "none")[number % 4 == 1],
                    as_of=date(2026, 1, 1),
                    actor=actor,
                    now=NOW,
                )
            if number % 5 == 0:
                open_blocker(
                    cooperative=one,
                    what="land",
                    text="Lahan kurang.",
                    waits_for="BPKAD",
                    due_on=None,
                    actor=actor,
                    now=NOW,
                    today=date(2026, 11, 1),
                )
