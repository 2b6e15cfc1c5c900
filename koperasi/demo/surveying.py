"""What cooperatives work from: a first survey, for some a later one, photos that are drawn, land, portals, and the check."""

from datetime import date, timedelta
from functools import cache
from io import BytesIO
from random import Random

from PIL import Image, ImageDraw

from registry.access import Actor
from registry.actions import add_photo, check_survey, keep_land, record_portal, survey_building
from registry.actions.buildings import Shot
from registry.building import Known, Spot, judge, rules_on
from registry.models import Agency, BuildingSurvey, Cooperative

from .clock import Clock
from .logins import acting
from .plan import CITY, REGENCY, Planned

CHECKERS = {CITY: "staf.kota", REGENCY: "staf.kab"}
# what a figure's "own" and "borrowed" are in detail (Banten: BMDes 657, milik sendiri 421, BMD 123, hibah 53, BMN 8)
OWNERS = {
    "own": ((("own", ""), 88), (("grant", ""), 12)),
    "borrowed": ((("bmd", "loan"), 12), (("bmdes", "loan"), 52), (("bmdes", "bgs"), 4), (("bmn", "loan"), 2), (("customary", "loan"), 2), (("other", "rent"), 28)),
    "none": ((("none", ""), 1),),
}  # fmt: skip
LANDOWNERS = ("Pemerintah daerah", "Pemerintah desa", "Wakaf masjid", "Warga setempat", "PT Contoh Sejahtera")


def buildings(cooperative: Cooperative, planned: Planned, actor: Actor, clock: Clock) -> None:
    """Survey what a cooperative works from, and for some again, when it was better."""
    rng = planned.rng("building")
    weights = [12, 48, 40, 0] if planned.agency == CITY else [9, 33, 46, 12] if planned.programme else [30, 40, 5, 25]
    first = rng.choices(["own", "borrowed", "none", ""], weights)[0]
    if planned.is_showcase:
        first = "borrowed"
    if not first:
        return  # nobody has looked yet: belum ada data
    told = planned.rng("survey")
    on = clock.days_ago(rng.randint(200, 380))
    survey = _survey(cooperative, planned, first, on, told, actor, clock)
    if first != "own" and rng.random() < 0.15 and not planned.is_showcase:
        later = clock.days_ago(rng.randint(5, 150))
        _survey(cooperative, planned, "own" if first == "borrowed" else "borrowed", later, told, actor, clock)
    elif survey.progress is not None or planned.is_showcase:
        _progress(cooperative, planned, survey, told, actor, clock)
    if planned.programme:
        _beside(cooperative, first, told, actor, clock)


def _survey(cooperative, planned: Planned, house: str, on: date, rng: Random, actor, clock: Clock) -> BuildingSurvey:
    options, weights = zip(*OWNERS[house], strict=True)
    ownership, use = ("bmd", "loan") if planned.is_showcase else rng.choices(options, weights)[0]
    if planned.agency == CITY and ownership == "bmdes":
        ownership = "bmd"  # a kelurahan has no assets of its own
    spot = _spot(cooperative, rng)
    facts = (
        _facts(ownership, use, rng, clock, planned)
        if house != "none"
        else _land(rng, 0.3) | {"ownership": "none", "progress": rng.choice([None, None, 20, 45])}
    )
    findings = judge(facts | {"position": spot}, Known(planned.agency, cooperative.village, on), rules_on(on))
    photo = None
    if spot and rng.random() < (0.5 if planned.programme else 0.2):
        photo = Shot(_picture(rng.randrange(6), facts.get("progress")), on, True, spot)
    return survey_building(
        cooperative=cooperative, surveyed_on=on, facts=facts, spot=spot, photo=photo, findings=findings,
        answer="Tempatnya di pasar kecamatan, sudah ditinjau" if findings else "", actor=actor, now=clock.at(on),
    )  # fmt: skip


def _facts(ownership: str, use: str, rng: Random, clock: Clock, planned: Planned) -> dict:
    """Facts of a building; a third of the forms come back half empty."""
    facts = {
        "ownership": ownership, "use": use, "building_kind": rng.choice(["office", "shop", "shop", "hall", "warehouse", "house"]),
        "condition": rng.choices(["good", "light", "heavy"], [62, 30, 8])[0], "building_area": rng.choice([18, 24, 36, 48, 60, 72, 120]),
    }  # fmt: skip
    if rng.random() < 0.65 or planned.is_showcase:
        facts |= {
            "electricity": rng.choice([0, 450, 900, 1300, 2200]), "water": rng.choice(["piped", "well", "well", "none"]),
            "internet": rng.choice(["fixed", "mobile", "none"]), "road": rng.choice(["asphalt", "asphalt", "concrete", "stone", "earth"]),
        }  # fmt: skip
    if use == "rent":
        ends = clock.today + timedelta(days=rng.randint(20, 500))
        facts |= {"rent_per_year": rng.randint(4, 24) * 1_000_000, "rent_ends_on": ends, "owner": "Warga setempat"}
    return facts | _land(rng, 0.7)


def _land(rng: Random, share: float) -> dict:
    if rng.random() > share:
        return {}
    width, length = rng.choice([(6, 8), (8, 12), (10, 15), (15, 20), (20, 30), (20, 30), (25, 40), (20, 32)])
    return {
        "land_length": length, "land_width": width, "land_area": length * width,
        "certificate": rng.choice(["freehold", "use", "customary", "none"]),
    }  # fmt: skip


def _spot(cooperative: Cooperative, rng: Random) -> Spot | None:
    """Somewhere in its village; now and then at the market of the kecamatan, kilometres away."""
    village = cooperative.village
    if village is None or village.latitude is None or rng.random() > 0.75:
        return None
    away = 0.055 if rng.random() < 0.015 else 0.004
    return Spot(
        round(village.latitude + rng.uniform(-away, away), 6), round(village.longitude + rng.uniform(-away, away), 6)
    )


def _progress(cooperative, planned: Planned, survey: BuildingSurvey, rng: Random, actor, clock: Clock) -> None:
    """Two later photos of a building that grows."""
    built, day = survey.progress or 30, survey.surveyed_on
    for _ in range(2):
        day, built = day + timedelta(days=rng.randint(40, 80)), min(95, built + rng.randint(8, 25))
        if day > clock.today:
            return
        shot = Shot(_picture(rng.randrange(6), built), day, True, None)
        add_photo(
            cooperative=cooperative,
            survey=survey,
            photo=shot,
            progress=built,
            caption="",
            actor=actor,
            now=clock.at(day),
        )


def _beside(cooperative: Cooperative, house: str, rng: Random, actor, clock: Clock) -> None:
    """Land that may do, and what SIMKOPDES says."""
    as_of = clock.days_ago(rng.randint(10, 120))
    if house == "none" and rng.random() < 0.45:
        fields = {
            "owner": rng.choice(LANDOWNERS), "location": f"Dekat kantor {cooperative.village.level if cooperative.village else 'desa'}",
            "area": rng.choice([240, 400, 600, 750, 1000, None]), "asset_list": rng.choice(["", "Daftar aset tanah 2025 (contoh)"]),
            "state": rng.choice(["proposed", "proposed", "checked", "permitted", "refused"]), "note": "",
        }  # fmt: skip
        keep_land(cooperative=cooperative, candidate=None, fields=fields, actor=actor, now=clock.at(as_of), today=as_of)
    if rng.random() < 0.6:
        status = rng.choice(["verified", "checking"]) if house != "none" else rng.choice(["no_land", "considered"])
        record_portal(
            cooperative=cooperative,
            portal="simkopdes",
            status=status,
            as_of=as_of,
            note="",
            actor=actor,
            now=clock.at(as_of),
        )


@cache
def _picture(number: int, progress: int | None) -> bytes:
    """A drawn building, so that no real place stands in a demo."""
    wall = [(214, 205, 184), (199, 214, 205), (224, 196, 178), (190, 200, 216), (222, 216, 190), (205, 190, 205)][
        number
    ]
    picture = Image.new("RGB", (640, 480), (176, 204, 224))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 340, 640, 480), (122, 142, 96))
    top = 340 - round(170 * (progress if progress is not None else 100) / 100)
    draw.rectangle((140, top, 500, 350), wall)
    if progress is None or progress > 60:
        draw.polygon(((110, top), (320, top - 90), (530, top)), (140, 76, 60))
        draw.rectangle((280, 250, 360, 350), (96, 74, 58))
        draw.rectangle((180, 240, 250, 300), (120, 160, 176))
        draw.rectangle((390, 240, 460, 300), (120, 160, 176))
    draw.text((12, 452), "gambar contoh", (255, 255, 255))
    out = BytesIO()
    picture.save(out, "JPEG", quality=70)
    return out.getvalue()


def check_some(slug: str, clock: Clock) -> int:
    """Let another person verify most surveys of the programme and return a few. Done once: checked ones stay."""
    with acting(CHECKERS[slug]) as actor:
        agency = Agency.objects.get(slug=slug)
        if BuildingSurvey.objects.filter(agency=agency).exclude(state="waiting").exists():
            return 0
        found = BuildingSurvey.objects.filter(agency=agency, cooperative__standing__programme__isnull=False).order_by(
            "cooperative_id", "surveyed_on", "pk"
        )
        checked = 0
        for survey in found:
            rng = Random(f"check {survey.cooperative_id} {survey.surveyed_on}")
            on = survey.surveyed_on + timedelta(days=rng.randint(3, 30))
            if rng.random() < 0.62 and on <= clock.today and survey.made_by != actor.user_id:
                check_survey(survey=survey, accept=True, note="", actor=actor, now=clock.at(on))
                checked += 1
    return checked
