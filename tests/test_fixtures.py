"""The facts in `fixtures/` are complete, agree with each other and name no real person."""

import csv
import json
import re
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent.parent
FIXTURES = HERE / "fixtures"


def rows(name: str) -> list[dict[str, str]]:
    with (FIXTURES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def facts(name: str) -> list[dict]:
    return json.loads((FIXTURES / name).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def places() -> dict[str, dict[str, str]]:
    return {row["code"]: row for row in rows("places.csv")}


VILLAGES = ("kelurahan", "desa")


# --- Places --------------------------------------------------------------------------------------------


def test_there_are_431_places_with_the_official_counts(places):
    assert len(rows("places.csv")) == len(places) == 431
    assert Counter(place["level"] for place in places.values()) == {
        "province": 1, "city": 1, "regency": 1, "district": 35, "kelurahan": 67, "desa": 326,
    }  # fmt: skip


@pytest.mark.parametrize(("code", "districts", "villages"), [("36.73", 6, 67), ("36.04", 29, 326)])
def test_each_territory_has_its_official_number_of_kecamatan_and_villages(places, code, districts, villages):
    inside = [place for place in places.values() if place["code"].startswith(code + ".")]
    assert sum(place["level"] == "district" for place in inside) == districts
    assert sum(place["level"] in VILLAGES for place in inside) == villages


def test_every_code_begins_with_the_code_of_its_parent(places):
    for place in places.values():
        if place["level"] == "province":
            assert place["parent"] == ""
            continue
        assert place["parent"] in places, place
        assert place["code"].startswith(place["parent"] + "."), place


def test_a_kelurahan_lies_in_the_city_and_a_desa_in_the_regency_and_the_code_says_which(places):
    for place in places.values():
        if place["level"] in VILLAGES:
            assert re.fullmatch(r"36\.(73|04)\.\d\d\.[12]\d{3}", place["code"])
            expected = ("36.73", "1") if place["level"] == "kelurahan" else ("36.04", "2")
            assert (place["code"][:5], place["code"][9]) == expected, place


def test_every_village_has_a_postal_code_and_a_point_in_the_area_of_serang(places):
    for place in places.values():
        if place["level"] in VILLAGES:
            assert re.fullmatch(r"42\d{3}", place["postal_code"]), place
            assert 105.8 < float(place["longitude"]) < 106.5, place
            assert -6.4 < float(place["latitude"]) < -5.8, place
            assert int(place["population_estimate"]) > 0, place


@pytest.mark.parametrize("territory", ["36.73", "36.04"])
def test_estimated_people_of_the_kecamatan_add_up_to_the_territory(places, territory):
    total = int(places[territory]["population_estimate"])
    districts = [place for place in places.values() if place["parent"] == territory]
    assert abs(sum(int(place["population_estimate"]) for place in districts) - total) <= len(districts)


def test_a_name_is_unique_within_its_parent(places):
    names = Counter((place["parent"], place["name"].casefold()) for place in places.values())
    assert [name for name, count in names.items() if count > 1] == []


def test_the_city_has_two_villages_called_sukawana(places):
    assert [c for c, place in places.items() if place["name"] == "Sukawana" and c.startswith("36.73")] == [
        "36.73.01.1008",
        "36.73.04.1007",
    ]


# --- Aliases -----------------------------------------------------------------------------------------------


def squeezed(name: str) -> str:
    return re.sub(r"[^a-z]", "", name.casefold())


def test_aliases_name_existing_places_and_are_listed_once(places):
    aliases = rows("place_aliases.csv")
    assert len(aliases) == 62
    assert {row["code"] for row in aliases} <= set(places)
    assert len({(row["code"], row["alias"]) for row in aliases}) == len(aliases)
    assert all(row["source"] for row in aliases)
    assert all(row["alias"] != places[row["code"]]["name"] for row in aliases)


def test_an_alias_leads_to_one_place_only_within_its_kecamatan(places):
    meant: dict[tuple[str, str], set[str]] = {}
    for place in places.values():
        meant.setdefault((place["parent"], squeezed(place["name"])), set()).add(place["code"])
    for row in rows("place_aliases.csv"):
        meant.setdefault((places[row["code"]]["parent"], squeezed(row["alias"])), set()).add(row["code"])
    assert {key: codes for key, codes in meant.items() if len(codes) > 1} == {}


def test_pagar_agung_of_the_news_is_pager_agung(places):
    found = [row["code"] for row in rows("place_aliases.csv") if row["alias"] == "Pagar Agung"]
    assert [places[code]["name"] for code in found] == ["Pager Agung"]


# --- Names and mix of cooperatives ----------------------------------------------------------------


def test_every_village_has_one_merah_putih_name_and_no_two_in_a_territory_are_alike(places):
    named = rows("merah_putih_names.csv")
    assert {row["code"] for row in named} == {c for c, place in places.items() if place["level"] in VILLAGES}
    assert len(named) == 393
    assert max(Counter((row["code"][:5], row["name"]) for row in named).values()) == 1
    for row in named:
        village = places[row["code"]]
        kind = village["level"].capitalize()
        assert row["name"].startswith(f"Koperasi {kind} Merah Putih {village['name']}"), row


def test_the_synthetic_mix_adds_up_to_888_over_29_kecamatan(places):
    mix = rows("cooperative_mix.csv")
    kinds = ("consumer", "producer", "savings_loan", "service", "marketing")
    assert len(mix) == 29
    assert sum(int(row["total"]) for row in mix) == 888
    for row in mix:
        assert sum(int(row[kind]) for kind in kinds) == int(row["total"]), row
        assert places[row["code"]]["name"] == row["district"]


# --- KBLI and accounts ----------------------------------------------------------------------------


def test_there_are_69_activity_codes_unique_within_their_vintage():
    kbli = rows("kbli.csv")
    assert len({(row["version"], row["code"]) for row in kbli}) == len(kbli) == 69
    for row in kbli:
        assert re.fullmatch(r"\d{5}", row["code"])
        assert row["version"] == "2020"
        assert row["title"] and row["line"]


ACCOUNTS = re.findall(
    r"\d{5}",
    """11100 11110 11120 11130 11190 11900 11200 11210 11300 12100 12110 12200 12300 12900 13100 13200 13300
    13400 14100 14200 15100 16100 16200 16300 16400 16900 17000
    21100 21200 21210 21300 21400 21500 21600 21610 21620 21630 21640 21700 22100 22200 22300
    31000 31100 32000 33000 34000 35000 35100 36000 36100 39000 41000 41100 42000 43000 44000 49000 49100
    51000 52000 53000 61000 61100 62000 62100 62200 62300 63000 64000 65000 66000 66100 66200 67000 69000
    69100 69200 70000""",
)


def test_the_chart_of_accounts_is_complete_and_has_no_code_twice():
    chart = rows("chart_of_accounts.csv")
    codes = [row["code"] for row in chart]
    assert sorted(codes) == sorted([*ACCOUNTS, *"123456"])
    assert len(set(codes)) == len(codes)


def test_every_account_stands_under_a_header_of_its_kind():
    headers = {row["code"]: row for row in rows("chart_of_accounts.csv") if not row["parent"]}
    assert {code: row["kind"] for code, row in headers.items()} == {
        "1": "asset", "2": "liability", "3": "equity", "4": "income", "5": "cost", "6": "expense",
    }  # fmt: skip
    for row in rows("chart_of_accounts.csv"):
        if row["parent"]:
            assert row["kind"] == headers[row["parent"]]["kind"], row
            assert 0 < len(row["name"]) <= 80


def test_only_the_contra_accounts_have_the_other_normal_side():
    usual = {"asset": "D", "liability": "K", "equity": "K", "income": "K", "cost": "D", "expense": "D"}
    contra = {row["code"] for row in rows("chart_of_accounts.csv") if row["normal"] != usual[row["kind"]]}
    assert contra == {"12900", "16900", "31100"}


# --- Rules, programmes, figures, agencies ---------------------------------------------------------


def test_each_rule_of_active_has_a_definition_a_source_and_a_date():
    rules = facts("status_rules.json")
    assert [rule["code"] for rule in rules] == ["law_3y", "local_2y", "outlet_open", "ods_reported"]
    for rule in rules:
        assert rule["definition"].endswith(".") and rule["source"] and rule["name"]
        date.fromisoformat(rule["valid_from"])
        assert rule["valid_to"] is None
        assert rule["undetermined_label"]  # the law leaves a gap; data may be missing
    assert [rule["code"] for rule in rules if rule["is_law"]] == ["law_3y"]


def test_the_programmes_rest_on_the_presidential_instruction_of_2025():
    programmes = {programme["code"]: programme for programme in facts("programmes.json")}
    assert {code: programme["village_level"] for code, programme in programmes.items()} == {
        "kdmp": "desa",
        "kkmp": "kelurahan",
    }
    for programme in programmes.values():
        assert programme["legal_basis"] == "Instruksi Presiden Nomor 9 Tahun 2025"
        assert date.fromisoformat(programme["valid_from"]) == date(2025, 3, 27)


def test_reported_figures_have_a_unit_and_a_definition_and_fit_their_column():
    kinds = facts("figure_kinds.json")
    codes = [kind["code"] for kind in kinds]
    assert len(set(codes)) == len(codes) == 11
    assert {
        "members_male",
        "members_female",
        "own_capital",
        "external_capital",
        "assets",
        "volume",
        "shu",
    } <= set(codes)
    for kind in kinds:
        assert kind["unit"] in ("orang", "rupiah")
        assert kind["definition"].endswith(".") and len(kind["code"]) <= 20
    assert {kind["code"] for kind in kinds if kind["may_be_negative"]} == {"own_capital", "shu"}


def test_the_two_agencies_carry_invented_addresses_and_signatories(places):
    agencies = {agency["slug"]: agency for agency in facts("agencies.json")}
    assert {slug: (agency["place"], agency["head_title"]) for slug, agency in agencies.items()} == {
        "kota-serang": ("36.73", "Wali Kota"),
        "kab-serang": ("36.04", "Bupati"),
    }
    for agency in agencies.values():
        assert agency["place"] in places
        assert agency["address"].startswith("Jalan Contoh Nomor 1")
        assert agency["email"].endswith(".example")
        assert "Contoh" in agency["signatory"]["name"] and agency["signatory"]["synthetic"]
        assert re.fullmatch(r"\d{15}000", agency["signatory"]["nip"])  # serial 000 is never issued


def test_the_name_pool_has_words_for_both_sexes_and_hamlets_and_never_a_full_name():
    pool = rows("name_pool.csv")
    counted = Counter((row["sex"], row["part"]) for row in pool)
    assert set(counted) == {("L", "first"), ("L", "last"), ("P", "first"), ("P", "last"), ("", "hamlet")}
    assert min(counted.values()) >= 40
    assert len({tuple(row.values()) for row in pool}) == len(pool)
    assert [row["word"] for row in pool if row["part"] != "hamlet" and " " in row["word"]] == []


# --- Licences --------------------------------------------------------------------------------------


def test_the_notices_the_licences_ask_for_are_there():
    notice = (HERE / "THIRD_PARTY.md").read_text(encoding="utf-8")
    permission = "The above copyright notice and this permission notice shall be included"
    for wanted in ("Copyright (c) 2017-2025 Cahya DSN", permission, "CC BY 3.0 IGO", "BPS / OCHA HDX"):
        assert wanted in notice


def test_every_fixture_is_described():
    told = (FIXTURES / "README.md").read_text(encoding="utf-8")
    files = [file.name for file in FIXTURES.iterdir() if file.name != "README.md"]
    assert len(files) >= 13
    assert [name for name in files if f"`{name}`" not in told] == []
