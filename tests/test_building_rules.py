"""What is plausible of a building, by table; what counts as one; photos with real bytes, good ones and attacks."""

import json
from datetime import date
from io import BytesIO

import pytest
from django.conf import settings
from PIL import ExifTags, Image
from PIL.TiffImagePlugin import IFDRational

from registry import pictures
from registry.building import Known, Spot, distance_km, house_of, judge, meets_criterion, reach_km, rules_on
from registry.formats import format_date
from registry.models import BuildingRecord, BuildingSurvey, Place

TODAY = date(2026, 11, 20)
KIARA = Place(code="36.73.03.1004", level="kelurahan", name="Kiara", latitude=-6.13, longitude=106.22)
HERE, FOUR_KM = Spot(-6.131, 106.221), Spot(-6.13, 106.2562)
RULES = rules_on(TODAY)


def found(facts: dict, **known) -> dict[str, str]:
    against = Known("kota-serang", KIARA, TODAY, **known)
    return {one.code: one.kind for one in judge({"ownership": "bmd", "use": "loan"} | facts, against, RULES)}


# --- Rules ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "codes"),
    [
        ({}, {}),
        ({"building_area": 1}, {"building_small": "warn"}),
        ({"building_area": 12}, {}),
        ({"building_area": 5001}, {"building_large": "warn"}),
        ({"land_area": 19}, {"land_small": "warn"}),
        ({"land_area": 50_001}, {"land_large": "warn"}),
        ({"land_area": 600, "land_length": 30, "land_width": 20}, {}),
        ({"land_area": 700, "land_length": 30, "land_width": 20}, {}),  # 14 percent apart
        ({"land_area": 750, "land_length": 30, "land_width": 20}, {"sides": "warn"}),
        ({"land_length": 30}, {"half_sides": "refuse"}),
        ({"land_area": 100, "building_area": 301}, {"building_over_land": "warn"}),
        ({"ownership": "none", "use": ""}, {}),
        ({"ownership": "none", "use": "", "building_area": 40}, {"no_building": "refuse"}),
        ({"ownership": "none", "use": "loan"}, {"no_building": "refuse"}),
        ({"ownership": "own", "use": "rent", "rent_ends_on": date(2027, 1, 1)}, {"own_use": "refuse"}),
        ({"use": "loan", "rent_per_year": 5_000_000}, {"rent_needs_use": "refuse"}),
        ({"use": "rent", "rent_per_year": 5_000_000}, {"rent_without_end": "warn"}),
        ({"use": "rent", "rent_ends_on": date(2026, 11, 19)}, {"rent_over": "warn"}),
        ({"use": "rent", "rent_ends_on": date(2026, 11, 20)}, {}),
        ({"position": HERE}, {}),
        ({"position": FOUR_KM}, {"far": "warn"}),
        ({"position": Spot(-7.3, 106.2)}, {"very_far": "refuse"}),
        ({"building_area": 1, "position": FOUR_KM}, {"building_small": "warn", "far": "warn"}),
    ],
)
def test_every_rule_speaks_at_its_limit_and_not_before(facts, codes):
    assert found(facts) == codes


@pytest.mark.parametrize(
    ("known", "facts", "codes"),
    [
        ({"progress": 40, "progress_on": date(2026, 5, 1)}, {"progress": 40}, {}),
        ({"progress": 40, "progress_on": date(2026, 5, 1)}, {"progress": 39}, {"progress_fell": "warn"}),
        ({"progress": 40, "progress_on": date(2026, 5, 1)}, {}, {}),
        ({"photo_on": date(2026, 8, 22)}, {}, {}),
        ({"photo_on": date(2026, 8, 21)}, {}, {"photo_old": "warn"}),
        ({"photo_on": date(2026, 11, 22)}, {}, {"photo_ahead": "warn"}),
        ({"photo_spot": HERE}, {"position": HERE}, {}),
        ({"photo_spot": FOUR_KM}, {"position": HERE}, {"photo_far": "warn"}),
        ({"photo_spot": Spot(-6.118, 106.22)}, {"position": Spot(-6.13, 106.22)}, {"photo_apart": "warn"}),
    ],
)
def test_a_survey_is_compared_with_earlier_ones_and_with_its_photo(known, facts, codes):
    assert found(facts, **known) == codes


def test_every_sentence_of_the_rules_can_be_written():
    numbers = {"product": "1", "value": "1", "before": "1", "day": "1", "village": "x", "reach": "1", "limit": "1"}
    for rule in RULES.rules.values():
        assert "{" not in rule.sentence.format(**numbers)
        assert rule.kind in ("warn", "refuse")


def test_how_far_is_far_depends_on_the_village():
    assert 3.9 < distance_km(Spot(KIARA.latitude, KIARA.longitude), FOUR_KM) < 4.1
    assert 0.5 < reach_km("kota-serang", KIARA.code) < 2.5
    assert reach_km("kota-serang", "36.73.99.1001") is None
    assert reach_km("tidak-ada", KIARA.code) is None
    nowhere = Known("kota-serang", None, TODAY)
    assert judge({"ownership": "bmd", "position": FOUR_KM}, nowhere, RULES) == []


@pytest.mark.parametrize(
    ("area", "length", "width", "meets"),
    [(600, None, None, True), (599, None, None, False), (None, 30, 20, True), (700, 70, 10, False), (None, None, None, None), (0, None, None, False)],
)  # fmt: skip
def test_land_is_large_enough_from_twenty_by_thirty_metres(area, length, width, meets):
    assert meets_criterion(area, length, width, RULES) is meets


def test_every_ownership_counts_as_one_house_and_one_being_built_as_none():
    assert {code: house_of(code, None, RULES) for code in BuildingSurvey.Ownership.values} == {
        "own": "own", "grant": "own", "bmd": "borrowed", "bmdes": "borrowed", "bmn": "borrowed", "customary": "borrowed", "other": "borrowed", "none": "none",
    }  # fmt: skip
    assert house_of("own", 99, RULES) == "none"
    assert house_of("own", 100, RULES) == "own"
    assert set(RULES.houses) == set(BuildingRecord.Ownership.values)


def test_rules_are_dated_and_name_their_source():
    rows = json.loads((settings.FIXTURES_DIR / "building_rules.json").read_text())
    assert all(row["source"] and date.fromisoformat(row["valid_from"]) for row in rows)
    assert rules_on(date(1999, 1, 1)).version == rows[0]["version"]  # before there were rules: the first ones


# --- Photos -----------------------------------------------------------------------------------------


def jpeg(size=(800, 600), *, exif: Image.Exif | None = None, comment: bytes = b"") -> bytes:
    out = BytesIO()
    options = {"exif": exif} if exif else {}
    Image.effect_noise(size, 90).convert("RGB").save(out, "JPEG", comment=comment, **options)
    return out.getvalue()


def noted(when: str = "2026:11:19 09:30:00", north=(6.0, 7.0, 48.0), east=(106.0, 13.0, 12.0), way="S") -> Image.Exif:
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Kamera Contoh"
    exif[ExifTags.Base.DateTime] = when
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = when
    exif.get_ifd(ExifTags.IFD.GPSInfo).update({1: way, 2: north, 3: "E", 4: east})
    return exif


def test_time_and_place_are_read_and_then_gone_from_the_photo():
    sent = jpeg((2400, 1800), exif=noted())
    photo = pictures.read_photo(sent)
    assert format_date(photo.taken_at.date()) == "19 Nov 2026"
    assert photo.spot == (pytest.approx(-6.13), pytest.approx(106.22))
    with Image.open(BytesIO(photo.content)) as kept:
        assert kept.size == (1600, 1200) and kept.format == "JPEG"
        assert not kept.getexif() and "exif" not in kept.info and "comment" not in kept.info
    assert b"Kamera Contoh" in sent and b"Kamera Contoh" not in photo.content and b"Exif" not in photo.content


@pytest.mark.parametrize(
    "exif",
    [
        noted(when="0000:00:00 00:00:00", north=(IFDRational(0, 0), 0.0, 0.0)),
        noted(when="bukan tanggal", north=(991.0, 0.0, 0.0)),
        noted(when="", north=(0.0, 0.0, 0.0), east=(0.0, 0.0, 0.0)),
    ],
)
def test_what_a_camera_wrote_wrongly_is_as_good_as_not_written(exif):
    photo = pictures.read_photo(jpeg(exif=exif))
    assert (photo.taken_at, photo.spot) == (None, None)


def bomb() -> bytes:
    out = BytesIO()
    Image.new("1", (30_000, 30_000)).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xff\xd8" + b"\0" * (40 * 1024 * 1024), "terlalu besar"),
        (bomb(), "terlalu besar"),
        (jpeg()[:-2000], "tidak terbaca"),
        (jpeg() + b"<script>alert(1)</script>", "naskah program"),
        (jpeg(comment=b"<SCRIPT src=//x></SCRIPT>"), "naskah program"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", "tidak terbaca"),
        (b"%PDF-1.7\n%%EOF", "tidak terbaca"),
        (b"GIF89a/*" + b"\0" * 100, "tidak terbaca"),
        (b"", "tidak terbaca"),
    ],
    ids=["40 MB", "bomb", "truncated", "script behind", "script inside", "svg", "pdf", "gif", "empty"],
)
def test_what_is_no_honest_photo_is_refused_with_a_sentence(content, words):
    with pytest.raises(pictures.NotAPicture) as refused:
        pictures.read_photo(content)
    assert words in refused.value.sentence


def test_a_small_photo_for_a_list_is_small():
    kept = pictures.drawn_anew(jpeg((1600, 1200)))
    small = pictures.small(kept)
    with Image.open(BytesIO(small)) as shown:
        assert max(shown.size) == pictures.SMALL
    assert len(small) < len(kept) / 5
