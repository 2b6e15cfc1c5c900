"""One cell of a list as an office writes it: amounts, days, numbers of persons, names of places."""

from datetime import date, datetime

import django
import pytest
from django.conf import settings

if not settings.configured:  # run alone, without the project's settings
    settings.configure(USE_TZ=True, DATABASES={}, INSTALLED_APPS=[])
    django.setup()


from registry.numbers import check_national_id, check_rt_rw
from registry.sheets.places import PlaceMatcher, UnclearPlace
from registry.sheets.widgets import (
    SEX,
    SEX_SYNONYMS,
    ChoiceWidget,
    DateWidget,
    IdentifierWidget,
    IntegerWidget,
    RupiahWidget,
    TextWidget,
)
from tests.messy import ALIASES, PLACES

TODAY = date(2026, 11, 20)
MATCHER = PlaceMatcher(PLACES, ALIASES)


def nik(text):
    return check_national_id(text, synthetic_allowed=True)


# --- Cells --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "rupiah"),
    [
        (1500, 1500),
        (1500.0, 1500),
        ("1.500", 1500),
        ("Rp 1.500.000,-", 1_500_000),
        ("-", None),
        (None, None),
        (0, 0),
    ],
)
def test_amounts_are_whole_rupiah_however_they_are_typed(cell, rupiah):
    assert RupiahWidget().clean(cell) == rupiah


@pytest.mark.parametrize("cell", [-1, 1500.5, "1,500.00", "seribu", True, date(2020, 1, 1), "#REF!", float("inf")])
def test_what_is_not_a_whole_amount_is_refused_with_a_sentence(cell):
    with pytest.raises(ValueError, match=r"\w+.*\."):
        RupiahWidget().clean(cell)


@pytest.mark.parametrize(
    "cell",
    [
        date(2015, 7, 12),
        datetime(2015, 7, 12, 8),
        42197,
        42197.0,
        "42197",
        "12/7/2015",
        "12 Juli 2015",
        "Minggu, 12 Juli 2015",
    ],
)
def test_a_day_is_the_same_day_as_date_serial_or_text(cell):
    assert DateWidget(TODAY).clean(cell) == date(2015, 7, 12)


def test_a_day_of_zeros_is_empty_and_a_future_one_is_refused():
    assert DateWidget(TODAY).clean("0000-00-00") is None
    with pytest.raises(ValueError, match="belum tiba"):
        DateWidget(TODAY).clean("1/1/2099")


@pytest.mark.parametrize("cell", [3604092508900000, 3604092508900000.0, "3.6E+15", "3,60409E+15", "3604092508900000.0"])
def test_a_nik_typed_as_a_number_is_refused_with_the_way_to_mend_it_and_without_repeating_it(cell):
    with pytest.raises(ValueError, match="sebagai teks") as refused:
        IdentifierWidget("NIK", nik).clean(cell)
    assert "3604" not in str(refused.value)


def test_a_nik_typed_as_text_is_kept_digit_by_digit():
    assert IdentifierWidget("NIK", nik).clean("'3604 0925 0890 0000") == "3604092508900000"


def test_a_house_number_turned_into_a_date_by_excel_is_refused():
    with pytest.raises(ValueError, match="menjadi tanggal"):
        TextWidget(check=check_rt_rw).clean(date(2026, 2, 1))


def test_a_column_cleans_as_its_cells_do_one_by_one():
    values = ["L", "perempuan", "x", None, "Pria", "L", 1, True]
    widget = ChoiceWidget(SEX, SEX_SYNONYMS)
    column, errors = widget.clean_column(values)
    assert column == ["L", "P", None, None, "L", "L", None, None]
    assert list(errors) == [2, 6, 7]


def test_one_and_true_are_not_confused_by_the_memory_of_a_column():
    assert IntegerWidget().clean_column([1, True, 1.0])[0] == [1, None, 1]


# --- Places -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "district", "code"),
    [
        ("36.04.09.2016", None, "36.04.09.2016"), (3604092016, None, "36.04.09.2016"),
        ("Kaserangan", None, "36.04.09.2016"), ("ds. KESERANGAN", "Kec. Ciruas", "36.04.09.2016"),
        ("Kel./Desa Bojong-Pandan", "TUNJUNG TEJA", "36.04.20.2002"),
        ("Bojongpandan", "Kec Tunjungteja", "36.04.20.2002"),
        ("Sukamaju", "KIBIN", "36.04.16.2007"), ("Sukamaju (Cikeusal)", None, "36.04.23.2001"),
        ("Desa Sukamaju Kec. Kibin Kab. Serang", None, "36.04.16.2007"),
        ("Sukamaju, Kibin", "", "36.04.16.2007"),
        ("Pabuaran", "36.04.28", "36.04.28.2001"), ("Tanjung Teja", None, "36.04.20.2001"),
    ],
)  # fmt: skip
def test_a_village_is_found_by_code_name_alias_and_kecamatan(text, district, code):
    assert MATCHER.village(text, district) == code


def test_an_ambiguous_village_lists_the_kecamatan_to_choose_from():
    with pytest.raises(UnclearPlace, match=r"Cikeusal dan Kibin\. Sebutkan kecamatannya"):
        MATCHER.village("Sukamaju")


def test_a_village_in_another_kecamatan_than_said_is_not_guessed():
    with pytest.raises(UnclearPlace, match="tidak ada di Kecamatan Kibin; ada di Kecamatan Ciruas"):
        MATCHER.village("Kaserangan", "Kibin")


def test_an_unknown_village_suggests_the_nearest_name():
    with pytest.raises(UnclearPlace, match="Mungkin maksudnya Kadikaran"):
        MATCHER.village("Kadikaram", "Ciruas")


def test_an_unknown_kecamatan_is_named():
    with pytest.raises(UnclearPlace, match="Kecamatan “Antah” tidak dikenal"):
        MATCHER.village("Sukamaju", "Antah")


def test_a_village_whose_name_begins_like_a_prefix_keeps_its_name():
    matcher = PlaceMatcher([("36.04.12", "Pontang", "36.04"), ("36.04.12.2006", "Kelapian", "36.04.12")])
    assert matcher.village("Kelapian") == matcher.village("Kel. Kelapian") == "36.04.12.2006"
