"""Rules of identity numbers, phones and names. Every citizen's number here is one that is never issued."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry import numbers

FEMALE, MALE = "9901014107900001", "9901010107900001"
BORN = date(1990, 7, 1)


# --- The citizen's number ---


@pytest.mark.parametrize("text", [FEMALE, MALE, "9901 0141 0790 0001", "990101.410790.0001", "'9901014107900001"])
def test_a_well_formed_number_is_normalized(text):
    verdict = numbers.check_national_id(text, synthetic_allowed=True)
    assert verdict.ok
    assert verdict.warnings == []
    assert verdict.value in (FEMALE, MALE)


def test_numbers_never_issued_are_refused_where_people_are_real():
    assert numbers.check_national_id(FEMALE).errors == ["Dua angka pertama NIK bukan kode provinsi."]
    assert numbers.check_national_id("3673014107900000").errors == ["Empat angka terakhir NIK tidak mungkin 0000."]
    assert numbers.check_national_id("3673014107900000", synthetic_allowed=True).ok


@pytest.mark.parametrize("day", ["00", "32", "39", "40", "72", "80", "99"])
def test_days_outside_both_ranges_are_always_refused(day):
    assert not numbers.check_national_id(f"990101{day}07900001", synthetic_allowed=True).ok


@pytest.mark.parametrize("day", ["01", "31", "41", "71"])
def test_the_ends_of_both_ranges_are_accepted(day):
    assert numbers.check_national_id(f"990101{day}07900001", synthetic_allowed=True).ok


@pytest.mark.parametrize("day_and_month", ["0100", "0113", "3002", "7002", "3104", "7104"])
def test_days_the_calendar_lacks_are_always_refused(day_and_month):
    assert not numbers.check_national_id(f"990101{day_and_month}900001", synthetic_allowed=True).ok


def test_a_leap_day_is_accepted_only_if_one_of_the_two_centuries_has_it():
    assert numbers.check_national_id("9901012902920001", synthetic_allowed=True).ok
    assert numbers.check_national_id("9901016902000001", synthetic_allowed=True).ok  # 2000 had one, 1900 not
    assert not numbers.check_national_id("9901012902910001", synthetic_allowed=True).ok


@pytest.mark.parametrize(
    "text",
    [
        "",
        "990101410790000",
        "99010141079000011",
        "99010141079O0001",
        "٩٩٠١٠١٤١٠٧٩٠٠٠٠١",
        "９９０１０１４１０７９００００１",
        "9.90101E+15",
        "9,90101E+15",
        "9901014107900001.0",
    ],
)
def test_what_is_not_sixteen_digits_is_refused(text):
    assert len(numbers.check_national_id(text, synthetic_allowed=True).errors) == 1


def test_a_number_ruined_by_a_spreadsheet_is_named_and_never_repaired():
    verdict = numbers.check_national_id("9.90101410790000E+15", synthetic_allowed=True)
    assert verdict.value == ""
    assert verdict.errors == ["NIK terbaca sebagai bilangan. Jadikan kolomnya teks, lalu ketik ulang."]


def test_a_differing_birth_date_or_sex_is_a_warning_only():
    def warned(**given_facts):
        verdict = numbers.check_national_id(FEMALE, synthetic_allowed=True, **given_facts)
        assert verdict.ok
        return len(verdict.warnings)

    assert warned(birth_date=BORN, sex="P") == 0
    assert warned(birth_date=date(1990, 7, 2)) == 1
    assert warned(sex="L") == 1
    assert warned(birth_date=date(1991, 7, 1), sex="L") == 2


def test_both_centuries_agree_with_a_two_digit_year():
    for born in (date(1920, 7, 1), date(2020, 7, 1)):
        assert numbers.check_national_id("9901010107200001", birth_date=born, synthetic_allowed=True).warnings == []


@given(st.from_regex(r"[0-9 .]{10,20}", fullmatch=True), st.booleans(), st.sampled_from(["L", "P", None]))
def test_no_sentence_ever_repeats_digits_of_the_number(text, synthetic, sex):
    verdict = numbers.check_national_id(text, birth_date=BORN, sex=sex, synthetic_allowed=synthetic)
    digits = text.replace(" ", "").replace(".", "")
    for sentence in verdict.errors + verdict.warnings:
        assert not any(digits[start : start + 5] in sentence for start in range(len(digits) - 4))


@given(st.dates(min_value=date(1927, 1, 1), max_value=date(2026, 11, 20)), st.sampled_from(["L", "P"]))
def test_birth_date_and_sex_are_read_back_from_a_number(born, sex):
    day = born.day + (40 if sex == "P" else 0)
    national_id = f"990101{day:02d}{born.month:02d}{born.year % 100:02d}0001"
    assert numbers.check_national_id(national_id, birth_date=born, sex=sex, synthetic_allowed=True) == numbers.Verdict(
        national_id
    )
    assert numbers.birth_and_sex_from_national_id(national_id, today=date(2026, 11, 20)) == (born, sex)


def test_nobody_is_born_tomorrow():
    number = "9901012111260001"
    assert numbers.birth_and_sex_from_national_id(number, today=date(2026, 11, 20)).birth_date == date(1926, 11, 21)
    assert numbers.birth_and_sex_from_national_id(number, today=date(2026, 11, 21)).birth_date == date(2026, 11, 21)
    with pytest.raises(ValueError, match="date of birth"):
        numbers.birth_and_sex_from_national_id("9901013002900001", today=date(2026, 11, 20))
    with pytest.raises(ValueError, match="citizen"):
        numbers.birth_and_sex_from_national_id("9901", today=date(2026, 11, 20))


def test_a_masked_number_shows_four_and_two_digits():
    assert numbers.mask_national_id("3673014107900001") == "3673**********01"
    assert numbers.mask_national_id("36730141") == "*" * 16
    assert numbers.mask_national_id("") == "*" * 16


# --- The cooperative's numbers ---


def test_a_cooperative_nik_has_thirteen_digits_or_a_warning():
    assert numbers.check_cooperative_nik("3402140040062") == numbers.Verdict("3402140040062")
    assert numbers.check_cooperative_nik("34021400400").warnings
    assert numbers.check_cooperative_nik("123456789").errors == [
        "NIK koperasi terdiri dari 10 sampai 16 angka; yang terisi 9."
    ]
    assert numbers.check_cooperative_nik("1" * 17).errors
    assert numbers.check_cooperative_nik("34021400400AB").errors


def test_a_new_decree_number_is_written_in_capitals():
    verdict = numbers.check_legal_decree(" ahu-0017736.ah.01.29.Tahun  2025 ")
    assert verdict == numbers.Verdict("AHU-0017736.AH.01.29.TAHUN 2025")


@pytest.mark.parametrize("text", ["518.08/96/BH/XIV.10/VIII/2008", "38/BH/XI/KUMKM/I/2016", "Nomor 12 Tahun 1998"])
def test_old_decree_numbers_stay_as_they_are(text):
    assert numbers.check_legal_decree(text) == numbers.Verdict(text)


@pytest.mark.parametrize("text", ["AHU-17736.AH.01.29.TAHUN 2025", "AHU 0017736", "AHU-0017736.AH.01.38.TAHUN 2025"])
def test_an_unusual_new_decree_number_is_a_warning(text):
    verdict = numbers.check_legal_decree(text)
    assert verdict.ok
    assert len(verdict.warnings) == 1


def test_an_empty_or_endless_decree_number_is_refused():
    assert numbers.check_legal_decree("  ").errors == ["Nomor badan hukum belum diisi."]
    assert numbers.check_legal_decree("A" * 101).errors == ["Paling banyak 100 huruf; yang terisi 101."]


def test_two_spellings_of_a_decree_meet_in_one_key():
    assert (
        numbers.normalize_decree(" 38/bh/xi  kumkm")
        == numbers.normalize_decree("38/BH/XI KUMKM\x00")
        == "38/BH/XI KUMKM"
    )


def test_a_nib_has_thirteen_digits():
    assert numbers.check_nib("0406250045554") == numbers.Verdict("0406250045554")
    assert numbers.check_nib("040625004555").errors == ["NIB terdiri dari 13 angka; yang terisi 12."]


@pytest.mark.parametrize(
    ("text", "value", "warnings"),
    [
        ("1000000002641153", "1000000002641153", 0),
        ("01.234.567.8-901.000", "0012345678901000", 0),
        ("012345678901000", "0012345678901000", 0),
        ("1000000002641153000001", "1000000002641153", 1),
    ],
)
def test_every_form_of_a_tax_number_becomes_sixteen_digits(text, value, warnings):
    verdict = numbers.check_npwp(text)
    assert (verdict.value, verdict.errors, len(verdict.warnings)) == (value, [], warnings)


def test_a_tax_number_of_another_length_is_refused():
    assert numbers.check_npwp("12345678901234").errors == ["NPWP terdiri dari 15, 16 atau 22 angka; yang terisi 14."]


def test_a_kbli_code_has_five_digits_or_four_with_a_warning():
    assert numbers.check_kbli("47112") == numbers.Verdict("47112")
    assert numbers.check_kbli("4711").warnings
    assert numbers.check_kbli("471").errors
    assert numbers.check_kbli("4711A").errors


# --- Phones ---


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("081234567890", "+6281234567890"),
        ("0812-3456-7890", "+6281234567890"),
        ("(0812) 3456 7890", "+6281234567890"),
        ("6281234567890", "+6281234567890"),
        ("+62 812 3456 7890", "+6281234567890"),
        ("+62 (0)812 3456 7890", "+6281234567890"),
        ("81234567890", "+6281234567890"),
        ("\u202a081234567890\u202c", "+6281234567890"),  # copied from a contact card
        ("0254-200000", "+62254200000"),
        ("(0254) 200000", "+62254200000"),
        ("0215551234", "+62215551234"),
    ],
)
def test_phones_are_stored_in_one_form(text, value):
    assert numbers.check_phone(text) == numbers.Verdict(value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0812345",
        "0812 3456 7890 / 0813 1111 2222",
        "+6512345678",
        "+081234567890",
        "112",
        "tidak ada",
        "0812345678901234",
        "٠٨١٢٣٤٥٦٧٨٩٠",
        "00812345678",
        "14045",
        "254200000",
    ],
)
def test_what_is_not_one_indonesian_phone_is_refused(text):
    assert len(numbers.check_phone(text).errors) == 1


def test_a_mobile_number_of_unusual_length_is_a_warning():
    assert numbers.check_phone("081234567").warnings == ["Nomor HP biasanya 10 sampai 13 angka."]
    assert numbers.check_phone("0812345678").warnings == []
    assert numbers.check_phone("0812345678901").warnings == []
    assert numbers.check_phone("08123456789012").warnings


@given(st.text(max_size=30))
def test_a_stored_phone_stays_itself(text):
    verdict = numbers.check_phone(text)
    if verdict.ok:
        assert numbers.check_phone(verdict.value).value == verdict.value
        assert numbers.check_phone(numbers.format_phone(verdict.value)).value == verdict.value


def test_phones_are_shown_in_groups_and_masked():
    assert numbers.format_phone("+6281234567890") == "0812-3456-7890"
    assert numbers.format_phone("+62254200000") == "0254-200000"
    assert numbers.format_phone("+62215551234") == "021-5551234"
    assert numbers.format_phone("nomor lama") == "nomor lama"
    assert numbers.mask_phone("+6281234567890") == "08******7890"
    assert numbers.mask_phone("123") == "********"


def test_a_whatsapp_link_carries_its_text_safely():
    link = numbers.wa_link("0812 3456 7890", "Iuran Rp 10.000 & simpanan? Terima kasih")
    assert link == ("https://wa.me/6281234567890?text=Iuran%20Rp%2010.000%20%26%20simpanan%3F%20Terima%20kasih")
    assert numbers.wa_link("+6281234567890") == "https://wa.me/6281234567890"
    with pytest.raises(ValueError, match="phone"):
        numbers.wa_link("javascript:alert(1)", "x")


# --- Places, offices, words ---


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("36.73.03.1007", "36.73.03.1007"),
        ("3673031007", "36.73.03.1007"),
        ("36.04.05.2001", "36.04.05.2001"),
        ("36.73.03", "36.73.03"),
        ("3673", "36.73"),
        ("36", "36"),
    ],
)
def test_place_codes_are_written_with_dots(text, value):
    assert numbers.check_place_code(text) == numbers.Verdict(value)


@pytest.mark.parametrize("text", ["36.73.03.3007", "36.73.03.0007", "36.73.03.100", "36.7A", ""])
def test_a_village_begins_with_one_or_two_and_every_level_has_its_length(text):
    assert numbers.check_place_code(text).errors


def test_a_civil_servant_s_number_has_eighteen_digits_and_is_printed_in_groups():
    assert numbers.check_nip("19650319 198802 1 001") == numbers.Verdict("196503191988021001")
    assert numbers.format_nip("196503191988021001") == "19650319 198802 1 001"
    assert numbers.format_nip("19650319") == "19650319"
    assert numbers.check_nip("19650319198802100").errors == ["NIP terdiri dari 18 angka; yang terisi 17."]


@pytest.mark.parametrize(
    "text", ["196502301988021001", "196503191988131001", "196503191988023001", "196503191960021001", "0" * 18]
)
def test_an_unusual_civil_servant_s_number_is_a_warning(text):
    verdict = numbers.check_nip(text)
    assert verdict.ok
    assert verdict.warnings == ["Susunan NIP ini tidak biasa. Cocokkan dengan surat keputusannya."]


def test_postal_codes_and_neighbourhoods_only_warn():
    assert numbers.check_postal_code("42111") == numbers.Verdict("42111")
    assert numbers.check_postal_code("4211").ok
    assert numbers.check_postal_code("4211").warnings
    for text in ("1/2", "RT 1 RW 2", "RT.001/RW.002", "rt 01 / rw 02", "001-002", "RT: 1, RW: 2"):
        assert numbers.check_rt_rw(text).value == ("001/002" if "," not in text else text)
    unreadable = numbers.check_rt_rw("Lingkungan Ciceri")
    assert (unreadable.value, unreadable.errors, len(unreadable.warnings)) == ("Lingkungan Ciceri", [], 1)


def test_names_lose_only_what_cannot_be_seen():
    assert numbers.clean_name("  Hj.  Siti\tMa’mun,\nS.Pd. ") == "Hj. Siti Ma'mun, S.Pd."
    assert numbers.clean_name("Budi\x00 \u202eSantoso\u200b\ufeff") == "Budi Santoso"
    assert numbers.clean_name("Rene\u0301") == "Ren\u00e9"
    assert numbers.clean_name("I WAYAN d'Este") == "I WAYAN d'Este"


def test_a_line_too_long_is_refused_and_never_cut():
    assert numbers.clean_line("a" * 10, 10) == "a" * 10
    with pytest.raises(numbers.TooLong) as refusal:
        numbers.clean_line("a" * 11, 10)
    assert refusal.value.sentence == "Paling banyak 10 huruf; yang terisi 11."
    with pytest.raises(numbers.TooLong):
        numbers.clean_name("a" * 121)


@given(st.text())
def test_a_clean_line_is_one_line_of_visible_text_and_stays_itself(text):
    line = numbers.clean_line(text)
    assert line == numbers.clean_line(line) == line.strip()
    assert all(sign.isprintable() for sign in line)
    assert "  " not in line


CHECKS = [
    numbers.check_national_id,
    numbers.check_cooperative_nik,
    numbers.check_legal_decree,
    numbers.check_nib,
    numbers.check_npwp,
    numbers.check_kbli,
    numbers.check_phone,
    numbers.check_place_code,
    numbers.check_nip,
    numbers.check_postal_code,
    numbers.check_rt_rw,
]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@given(text=st.text())
def test_every_check_answers_any_text_with_a_polite_verdict(check, text):
    verdict = check(text)
    for sentence in verdict.errors + verdict.warnings:
        assert sentence[0].isupper()
        assert sentence.endswith(".")
        assert "!" not in sentence
    assert "\x00" not in verdict.value
