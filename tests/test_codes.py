"""Public codes: whose they are, how they are typed, what is stored."""

import hashlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.codes import MAX_NUMBER, BadCode, code_text, hash_token, new_code, split_code

numbers = st.integers(1, MAX_NUMBER)
scopes = st.sampled_from(["cooperative", "agency"])


def test_a_code_has_its_cooperative_in_front_and_sixty_random_bits_behind():
    code = new_code(7811)
    assert re.fullmatch(r"7M3(-[0-9A-HJKMNP-TV-Z]{4}){3}", code)
    assert split_code(code) == ("cooperative", 7811, code)


def test_an_agency_s_code_begins_with_zero():
    code = new_code(2, "agency")
    assert code.startswith("02-")
    assert split_code(code)[:2] == ("agency", 2)


@given(numbers, scopes)
def test_every_code_leads_back_to_its_place(number, scope):
    code = new_code(number, scope)
    assert split_code(code) == (scope, number, code)
    assert code.startswith("0") == (scope == "agency")


def test_codes_do_not_repeat():
    assert len({new_code(1) for _ in range(2000)}) == 2000


@given(numbers, scopes, st.sampled_from(["-", " ", "", " - ", "–", "\u2011", "\n"]), st.booleans())
def test_a_code_is_understood_however_it_is_typed(number, scope, separator, lower):
    code = new_code(number, scope)
    typed = code.replace("-", separator)
    assert split_code(f" {typed.lower() if lower else typed} ").normalized == code


def test_letters_mistaken_for_digits_are_understood():
    code = "7K1-0F0Q-1TXM-2A01"
    assert code_text("7kI-OfoQ-ltxm-2aOi") == code
    assert code_text("7KL-0FOQ-ITXM-2A0L") == code


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        "7K3",
        "4F6Q-9TXM-2ABC",
        "7K3-4F6Q-9TXM-2ABU",
        "7K3-4F6Q-9TXM-2AB!",
        "00-4F6Q-9TXM-2ABC",
        "0-4F6Q-9TXM-2ABC",
        "007-4F6Q-9TXM-2ABC",
        "ZZZZZZZZ-4F6Q-9TXM-2ABC",
        "2000000-4F6Q-9TXM-2ABC",
        "7K3-4F6Q-9TXM-2AB\u0131",
        "7K3-4F6Q-9TXM-2AB\x00",
        "７K3-4F6Q-9TXM-2ABC",
        "A" * 10_000,
    ],
)
def test_what_is_no_code_is_refused_without_a_hint(text):
    with pytest.raises(BadCode) as refusal:
        split_code(text)
    assert refusal.value.sentence == "Kode ini tidak dikenali. Periksa kembali huruf dan angkanya."


@given(st.text())
def test_any_text_is_a_code_in_one_written_form_or_refused(text):
    try:
        code = split_code(text)
    except BadCode:
        return
    assert split_code(code.normalized) == code


def test_the_largest_number_fits_and_the_next_does_not():
    assert split_code(new_code(MAX_NUMBER, "agency")).number == MAX_NUMBER
    for number in (0, -1, MAX_NUMBER + 1):
        with pytest.raises(ValueError, match=r"begin with 1|does not fit"):
            new_code(number)


def test_an_unknown_scope_is_refused():
    with pytest.raises(ValueError, match="Unknown scope"):
        new_code(1, "ministry")


def test_a_token_is_stored_as_the_hash_of_its_written_form():
    token = "7K1-0F0Q-1TXM-2A01"
    assert hash_token("7kl ofoq itxm 2aoi") == hashlib.sha256(token.encode()).digest()
    assert hash_token(token) != hash_token("7K1-0F0Q-1TXM-2A02")
    with pytest.raises(BadCode):
        hash_token("bukan kode")
