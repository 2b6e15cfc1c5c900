"""Rules of composition, judged on tables made by hand: each rule met, not met, and not to be said."""

from dataclasses import replace
from datetime import date

import pytest

from registry.models.officers import Position
from registry.organs import MET, NOT_MET, UNKNOWN, Seat, judge, name_key, pack_in_force, packs

TODAY = date(2026, 11, 20)
DECLARED = {"kinship": True, "village_office": True, "offence": True, "insolvency": True, "credit": True}
MANAGEMENT = ("chair", "vice_chair_business", "vice_chair_membership", "secretary", "treasurer")
SUPERVISORS = ("supervisor_chair", "supervisor_member", "supervisor_member")


def seat(organ: str, position: str, name: str, **more) -> Seat:
    fields = {
        "sex": "L",
        "starts_on": date(2025, 5, 24),
        "ends_on": date(2030, 5, 23),
        "term_number": 1,
        "declared": DECLARED,
    }
    return Seat(organ, position, name, **fields | more)


def full() -> list[Seat]:
    """Eight people against whom no rule has anything."""
    names = iter(["Adi", "Bela", "Cici", "Dodi", "Eni", "Fajar", "Gita", "Hadi"])
    made = [seat("management", post, next(names), sex="P" if post == "treasurer" else "L") for post in MANAGEMENT]
    return made + [seat("supervisor", post, next(names), ex_officio=post == "supervisor_chair") for post in SUPERVISORS]


def verdicts(seats: list[Seat], programme: str = "kkmp", day: date = TODAY) -> dict[str, tuple[str, str]]:
    return {
        one.rule.code: (one.state, one.sentence) for one in judge(pack_in_force(programme, day), seats, day).verdicts
    }


def test_eight_people_as_the_law_wants_them_are_complete():
    found = judge(pack_in_force("kdmp", TODAY), full(), TODAY)
    assert found.state == MET and found.met == found.of == 12
    assert {one.state for one in found.verdicts} == {MET}


def test_with_nobody_on_record_nothing_is_said():
    found = judge(pack_in_force("kkmp", TODAY), [], TODAY)
    assert found.state == UNKNOWN and {one.state for one in found.verdicts} == {UNKNOWN}


def change(post: str, **more):
    return lambda seats: [replace(one, **more) if one.position == post else one for one in seats]


def without(post: str):
    return lambda seats: [one for one in seats if one.position != post]


def with_one(organ: str, post: str, name: str, **more):
    return lambda seats: [*seats, seat(organ, post, name, **more)]


SAID = DECLARED | {"kinship": False}
SILENT = {name: value for name, value in DECLARED.items() if name != "kinship"}


@pytest.mark.parametrize(
    ("changed", "rule", "state", "sentence"),
    [
        (without("treasurer"), "management_count", NOT_MET, "Baru 4 pengurus tercatat, kurang 1 orang."),
        (without("treasurer"), "named_posts", NOT_MET, "Kosong: bendahara."),
        (without("treasurer"), "women", NOT_MET, "0 dari 4 pengurus perempuan."),
        (with_one("management", "secretary", "Ira"), "management_count", NOT_MET, "6 pengurus: jumlahnya harus ganjil."),
        (with_one("supervisor", "supervisor_member", "Ira"), "supervisor_count", NOT_MET, "4 pengawas: jumlahnya harus ganjil."),
        (without("supervisor_member"), "supervisor_count", NOT_MET, "Baru 1 pengawas tercatat, kurang 2 orang."),
        (without("supervisor_chair"), "ex_officio_chair", NOT_MET, "Belum ada ketua pengawas."),
        (change("supervisor_chair", ex_officio=False), "ex_officio_chair", NOT_MET, "Fajar tidak tercatat menjabat karena lurah atau kepala desa."),
        (change("supervisor_chair", name="H. ADI, S.E."), "one_organ", NOT_MET, "Tercatat di keduanya: Adi, H. ADI, S.E.."),
        (change("chair", term_number=3), "two_terms", NOT_MET, "Melebihi 2 masa jabatan: Adi (ketua) ke-3."),
        (change("chair", term_number=2), "two_terms", MET, "Tidak ada yang lebih."),
        (change("chair", term_number=None), "two_terms", UNKNOWN, "Belum dicatat masa jabatan ke berapa: Adi (ketua)."),
        (change("chair", ends_on=date(2030, 5, 25)), "five_years", NOT_MET, "Masa jabatan lebih dari 5 tahun: Adi (ketua)."),
        (change("chair", ends_on=date(2026, 11, 19)), "five_years", NOT_MET, "Masa jabatan sudah lewat: Adi (ketua)."),
        (change("chair", ends_on=TODAY), "five_years", MET, "Semua dalam masa jabatan."),
        (change("secretary", declared=SAID), "no_kinship", NOT_MET, "Menyatakan tidak: Dodi (sekretaris)."),
        (change("secretary", declared=SILENT), "no_kinship", UNKNOWN, "Belum menyatakan: 1 dari 8 orang."),
        (change("supervisor_chair", declared=DECLARED | {"village_office": False}), "no_village_office", MET, "5 orang sudah menyatakan."),
        (change("chair", declared=DECLARED | {"offence": False}), "no_offence", MET, "3 orang sudah menyatakan."),
    ],
)  # fmt: skip
def test_each_rule_says_what_is_missing(changed, rule, state, sentence):
    assert verdicts(changed(full()))[rule] == (state, sentence)


def test_one_broken_rule_outweighs_what_cannot_be_said_and_credit_does_not_block():
    assert judge(pack_in_force("kkmp", TODAY), change("chair", declared={})(full()), TODAY).state == UNKNOWN
    both = without("treasurer")(change("chair", declared={})(full()))
    assert judge(pack_in_force("kkmp", TODAY), both, TODAY).state == NOT_MET
    bad_credit = change("chair", declared=DECLARED | {"credit": False})(full())
    found = judge(pack_in_force("kkmp", TODAY), bad_credit, TODAY)
    assert found.state == MET and verdicts(bad_credit)["clean_credit"][0] == NOT_MET


def test_an_ordinary_cooperative_is_asked_only_what_the_law_of_1992_says():
    two = [
        seat("management", "chair", "Adi", declared={}, term_number=None),
        seat("supervisor", "supervisor_member", "Bela"),
    ]
    assert {code: state for code, (state, _) in verdicts(two, "").items()} == {
        "management_count": MET, "supervisor_count": MET, "five_years": MET,
    }  # fmt: skip
    assert judge(pack_in_force("", TODAY), two[:1], TODAY).state == NOT_MET


def test_before_its_rules_were_in_force_a_merah_putih_cooperative_is_judged_like_any():
    assert pack_in_force("kdmp", date(2025, 4, 11)).code == "general"
    assert pack_in_force("kdmp", date(2025, 4, 12)).code == "merah_putih"
    assert pack_in_force("", date(1980, 1, 1)).code == "general"


def test_every_rule_names_its_source_and_only_what_exists():
    assert [one.code for one in packs()] == ["merah_putih", "general"]
    for pack in packs():
        assert pack.version >= 1 and len({rule.code for rule in pack.rules}) == len(pack.rules)
        for rule in pack.rules:
            assert rule.source and rule.name and set(rule.posts) <= set(Position.values)
    assert pack_in_force("kkmp", TODAY).seats == dict.fromkeys(MANAGEMENT, 1) | {
        "supervisor_chair": 1,
        "supervisor_member": 2,
    }
    assert pack_in_force("", TODAY).seats == {}


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("H. Abdul-Rahman, S.E.", "abdul rahman"),
        ("Hj. SITI  Aminah", "siti aminah"),
        ("Drs. H. Ahmad Sa'id, M.Si", "ahmad said"),
        ("Hadi Susanto", "hadi susanto"),
        ("Ibu Ratna", "ratna"),
        ("", ""),
    ],
)
def test_a_name_is_compared_without_titles_signs_and_capitals(name, key):
    assert name_key(name) == key
