"""How values look and how typed text is read."""

from datetime import UTC, date, datetime
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry import formats
from registry.periods import add_months

NBSP = "\u00a0"
amounts = st.integers(0, formats.MAX_RUPIAH)


# --- Numbers and rupiah ---


def test_numbers_are_grouped_with_dots_and_negatives_stand_in_brackets():
    assert formats.format_number(1234567) == "1.234.567"
    assert formats.format_number(999) == "999"
    assert formats.format_number(0) == "0"
    assert formats.format_number(-10000) == "(10.000)"


def test_rupiah_and_its_sum_are_kept_on_one_line():
    assert formats.format_rupiah(2_640_000) == f"Rp{NBSP}2.640.000"
    assert formats.format_rupiah(-10_000) == f"Rp{NBSP}(10.000)"


def test_a_table_writes_zero_as_a_dash():
    assert [formats.format_accounting(n) for n in (10_000, -10_000, 0)] == ["10.000", "(10.000)", "–"]


@pytest.mark.parametrize(
    ("rupiah", "text"),
    [
        (999_999_999, "Rp 999.999.999"),
        (1_000_000_000, "Rp 1 miliar"),
        (1_505_000_000, "Rp 1,51 miliar"),
        (1_504_999_999, "Rp 1,5 miliar"),
        (1_050_000_000, "Rp 1,05 miliar"),
        (999_994_999_999, "Rp 999,99 miliar"),
        (999_995_000_000, "Rp 1 triliun"),
        (2_500_000_000_000, "Rp 2,5 triliun"),
        (-1_510_000_000, "Rp (1,51) miliar"),
    ],
)
def test_large_sums_are_shortened_from_one_billion_up(rupiah, text):
    assert formats.format_rupiah_short(rupiah).replace(NBSP, " ") == text


@pytest.mark.parametrize(
    ("text", "rupiah"),
    [
        ("30000", 30_000),
        ("30.000", 30_000),
        ("Rp 30.000", 30_000),
        ("Rp. 30.000", 30_000),
        ("rp30.000", 30_000),
        (f"Rp{NBSP}30.000", 30_000),
        ("Rp30.000,00", 30_000),
        ("30000,0", 30_000),
        ("30.000,-", 30_000),
        ("1.500", 1_500),
        ("  1.500\t", 1_500),
        ("1500", 1_500),
        ("0", 0),
        ("1.000.000.000.000", 10**12),
    ],
)
def test_amounts_are_read_the_indonesian_way(text, rupiah):
    assert formats.parse_rupiah(text) == rupiah


@pytest.mark.parametrize(
    "text",
    [
        "30.0O0",
        "30,000",
        "1.5",
        "1.50",
        "1.500,50",
        "1500,01",
        "-30000",
        "(30.000)",
        "+30000",
        "30.00.000",
        "3000.000",
        "0812345",
        "0.500",
        "٣٠٠٠٠",
        "３００００",
        "30\u0000000",
        "30000\x00",
        "1e5",
        "30 rb",
        "30 000",
        "Rp",
        "",
        "  ",
        ",00",
        "1.000.000.000.001",
        "9" * 400,
        "1_000",
        "30.000\n40.000",
    ],
)
def test_what_is_not_a_plain_amount_is_refused_with_a_sentence(text):
    with pytest.raises(formats.UnreadableNumber) as refusal:
        formats.parse_rupiah(text)
    sentence = refusal.value.sentence
    assert sentence.endswith(".")
    assert sentence.isprintable() or NBSP in sentence
    assert "\x00" not in sentence
    assert len(sentence) < 120


def test_the_refusal_repeats_what_was_read():
    with pytest.raises(ValueError, match="Tulis angka") as refusal:
        formats.parse_rupiah("30.0O0")
    assert refusal.value.sentence == 'Tulis angka saja, contoh 30000. Yang terbaca: "30.0O0".'


@given(amounts)
def test_every_written_amount_is_read_back(rupiah):
    assert formats.parse_rupiah(formats.format_rupiah(rupiah)) == rupiah
    assert formats.parse_rupiah(str(rupiah)) == rupiah


@given(st.text())
def test_any_text_is_either_an_amount_or_refused(text):
    try:
        assert 0 <= formats.parse_rupiah(text) <= formats.MAX_RUPIAH
    except formats.UnreadableNumber as refusal:
        assert refusal.sentence


# --- Words ---


@pytest.mark.parametrize(
    ("rupiah", "words"),
    [
        (0, "nol rupiah"),
        (1, "satu rupiah"),
        (10, "sepuluh rupiah"),
        (11, "sebelas rupiah"),
        (19, "sembilan belas rupiah"),
        (21, "dua puluh satu rupiah"),
        (100, "seratus rupiah"),
        (101, "seratus satu rupiah"),
        (1_000, "seribu rupiah"),
        (1_100, "seribu seratus rupiah"),
        (11_000, "sebelas ribu rupiah"),
        (21_000, "dua puluh satu ribu rupiah"),
        (30_000, "tiga puluh ribu rupiah"),
        (101_000, "seratus satu ribu rupiah"),
        (201_000, "dua ratus satu ribu rupiah"),
        (1_000_000, "satu juta rupiah"),
        (1_001_000, "satu juta seribu rupiah"),
        (1_001_500, "satu juta seribu lima ratus rupiah"),
        (2_640_000, "dua juta enam ratus empat puluh ribu rupiah"),
        (1_000_001_000, "satu miliar seribu rupiah"),
        (10**12, "satu triliun rupiah"),
        (10**12 + 1_000, "satu triliun seribu rupiah"),
        (
            999_999_999_999_999,
            "sembilan ratus sembilan puluh sembilan triliun sembilan ratus sembilan puluh sembilan miliar "
            "sembilan ratus sembilan puluh sembilan juta sembilan ratus sembilan puluh sembilan ribu "
            "sembilan ratus sembilan puluh sembilan rupiah",
        ),
        (-30_000, "minus tiga puluh ribu rupiah"),
    ],
)
def test_amounts_in_words_are_those_of_a_receipt(rupiah, words):
    assert formats.terbilang(rupiah) == words


UNITS = dict(
    zip(
        [
            "nol",
            "satu",
            "dua",
            "tiga",
            "empat",
            "lima",
            "enam",
            "tujuh",
            "delapan",
            "sembilan",
        ],
        range(10),
        strict=True,
    )
)


def _read_below_thousand(words: list[str]) -> int:
    value, pending = 0, 0
    for word in words:
        if word in UNITS:
            pending = UNITS[word]
        elif word == "puluh":
            value, pending = value + pending * 10, 0
        elif word == "ratus":
            value, pending = value + pending * 100, 0
        elif word == "belas":
            value, pending = value + 10 + pending, 0
        else:
            value += {"sepuluh": 10, "sebelas": 11, "seratus": 100}[word]
    return value + pending


def read_words(text: str) -> int:
    """The number an Indonesian reader hears: independent of the library that writes it."""
    total, group = 0, []
    for word in text.removesuffix(" rupiah").split(" "):
        scale = {"ribu": 10**3, "juta": 10**6, "miliar": 10**9, "triliun": 10**12}.get(word)
        if word == "seribu":
            assert group == []
            total += 1_000
        elif scale:
            total, group = total + _read_below_thousand(group) * scale, []
        else:
            group.append(word)
    return total + _read_below_thousand(group)


@given(st.one_of(st.integers(0, 10**15 - 1), st.integers(0, 999).map(lambda n: n * 10**6 + 1_000 + n)))
def test_a_reader_of_the_words_hears_the_same_amount(rupiah):
    words = formats.terbilang(rupiah)
    assert read_words(words) == rupiah
    assert "juta satu ribu" not in words
    assert "-" not in words


def test_amounts_beyond_common_words_are_refused():
    with pytest.raises(ValueError, match="Too large"):
        formats.terbilang(10**15)


def test_small_counts_open_a_headline_as_words_and_large_ones_as_digits():
    assert [formats.count_words(n) for n in (1, 4, 10, 12, 13, 1500)] == [
        "Satu",
        "Empat",
        "Sepuluh",
        "Dua belas",
        "13",
        "1.500",
    ]


def test_lists_end_with_dan():
    assert formats.join_words([]) == ""
    assert formats.join_words(["a"]) == "a"
    assert formats.join_words(["a", "b"]) == "a dan b"
    assert formats.join_words(["a", "b", "c"]) == "a, b, dan c"


# --- Dates ---

FRIDAY = date(2026, 11, 20)


def test_dates_have_one_form_for_each_place():
    assert formats.format_date(FRIDAY) == "20 Nov 2026"
    assert formats.format_date(date(2026, 8, 1)) == "1 Agu 2026"
    assert formats.format_date_long(FRIDAY) == "20 November 2026"
    assert formats.format_day(FRIDAY) == "Jumat, 20 November 2026"
    assert formats.format_month(FRIDAY) == "November 2026"
    assert formats.format_month_short(FRIDAY) == "Nov"


def test_table_heads_shorten_months_as_the_language_council_does():
    heads = [formats.format_month_head(date(2026, month, 1)) for month in range(1, 13)]
    assert " ".join(heads) == "Jan. Feb. Mar. Apr. Mei Juni Juli Agt. Sept. Okt. Nov. Des."


def test_moments_are_shown_on_the_clock_of_serang():
    moment = datetime(2026, 11, 20, 12, 2, tzinfo=UTC)
    assert formats.format_time(moment) == "19.02"
    assert formats.format_moment(moment) == "20 Nov 2026 pukul 19.02"
    late = datetime(2026, 11, 20, 17, 5, tzinfo=UTC)
    assert formats.format_moment(late) == "21 Nov 2026 pukul 00.05"
    assert formats.format_day(late) == "Sabtu, 21 November 2026"


def test_a_moment_without_a_zone_is_not_shown():
    with pytest.raises(ValueError, match="time zone"):
        formats.format_time(datetime(2026, 11, 20, 12, 2))


@pytest.mark.parametrize(
    ("months", "words"),
    [
        ("", ""),
        ("2026-09", "Sep 2026"),
        ("2026-09 2026-10 2026-11", "Sep, Okt, Nov 2026"),
        ("2025-09 2025-10 2025-11 2025-12", "Sep sampai Des 2025"),
        ("2025-11 2025-12 2026-01 2026-02", "Nov 2025 sampai Feb 2026"),
        ("2025-12 2026-01", "Des 2025, Jan 2026"),
        ("2026-11 2026-09 2026-09", "Sep, Nov 2026"),
        ("2026-01 2026-03 2026-04 2026-05 2026-06", "Jan, Mar sampai Jun 2026"),
        ("2025-01 2025-11 2025-12 2026-01 2026-02 2026-04", "Jan 2025, Nov 2025 sampai Feb 2026, Apr 2026"),
        ("2025-09 2025-10 2025-11 2025-12 2026-02", "Sep sampai Des 2025, Feb 2026"),
    ],
)
def test_months_of_dues_are_joined_in_few_words(months, words):
    assert formats.join_months(date.fromisoformat(f"{month}-15") for month in months.split()) == words


@given(st.sets(st.integers(0, 60), min_size=1))
def test_the_first_and_last_month_are_always_named_with_a_year(steps):
    months = [add_months(date(2024, 1, 1), step) for step in steps]
    words = formats.join_months(months)
    assert words.startswith(formats.format_month_short(min(months)))
    assert words.endswith(f"{formats.format_month_short(max(months))} {max(months).year}")
    assert all(str(month.year) in words for month in months)


@pytest.mark.parametrize(
    "text",
    [
        "20/11/2026",
        "20-11-2026",
        "20.11.2026",
        "20 Nov 2026",
        "20 Nov. 2026",
        "20 november 2026",
        "20 NOPEMBER 2026",
        "2026-11-20",
        "2026-11-20 00:00:00",
        " 20  Nov\u00a02026 ",
        "20/11/26",
        "20-Nov-2026",
    ],
)
def test_dates_are_read_day_first_in_the_forms_people_type(text):
    assert formats.parse_date(text) == FRIDAY


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("1 Agt 2026", 8),
        ("1 Sept. 2026", 9),
        ("1 Okt 2026", 10),
        ("1 Mei 2026", 5),
        ("1 Pebruari 2026", 2),
        ("1 Des 2026", 12),
        ("1 Juni 2026", 6),
        ("1 August 2026", 8),
    ],
)
def test_month_names_are_read_in_every_spelling_seen(text, month):
    assert formats.parse_date(text) == date(2026, month, 1)


@pytest.mark.parametrize(
    "text",
    [
        "11/20/2026",
        "0000-00-00",
        "31/02/2026",
        "00/01/2026",
        "2026",
        "20 11 2026",
        "20/11-2026",
        "20 Foo 2026",
        "",
        "1/1/1899",
        "1/1/2101",
        "٢٠/١١/٢٠٢٦",
        "20/11/2026\x00",
        "2026-11-20 13:00",
        "1/1/226",
        "29/02/2026",
        "1 o\u212at 2026",
    ],
)
def test_what_is_not_a_date_is_refused_with_a_sentence(text):
    with pytest.raises(formats.UnreadableDate) as refusal:
        formats.parse_date(text)
    assert refusal.value.sentence.startswith("Tulis tanggal seperti 20/11/2026. ")
    assert "\x00" not in refusal.value.sentence


def test_a_year_of_two_digits_is_the_latest_that_is_not_in_the_future():
    today = date(2026, 11, 20)
    assert formats.parse_date("1/7/90", not_after=today) == date(1990, 7, 1)
    assert formats.parse_date("20/11/26", not_after=today) == date(2026, 11, 20)
    assert formats.parse_date("21/11/26", not_after=today) == date(1926, 11, 21)
    assert formats.parse_date("29/02/00", not_after=today) == date(2000, 2, 29)
    assert formats.parse_date("1/1/49") == date(2049, 1, 1)
    assert formats.parse_date("1/1/50") == date(1950, 1, 1)


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 12, 31)))
def test_every_written_date_is_read_back(day):
    assert formats.parse_date(formats.format_date(day)) == day
    assert formats.parse_date(formats.format_date_long(day)) == day
    assert formats.parse_date(f"{day.day}/{day.month}/{day.year}") == day


@given(st.text())
def test_any_text_is_either_a_date_or_refused(text):
    try:
        assert 1900 <= formats.parse_date(text).year <= 2100
    except formats.UnreadableDate as refusal:
        assert refusal.sentence


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 11, 20), "hari ini"),
        (date(2026, 11, 19), "kemarin"),
        (date(2026, 11, 21), "besok"),
        (date(2026, 11, 17), "3 hari lalu"),
        (date(2026, 11, 30), "10 hari lagi"),
        (date(2026, 9, 22), "59 hari lalu"),
        (date(2026, 9, 20), "2 bulan lalu"),
        (date(2026, 8, 21), "2 bulan lalu"),
        (date(2027, 2, 20), "3 bulan lagi"),
        (date(2024, 12, 20), "23 bulan lalu"),
        (date(2024, 11, 20), "2 tahun lalu"),
    ],
)
def test_distance_from_today_is_said_in_words(day, words):
    assert formats.days_ago_words(day, date(2026, 11, 20)) == words


# --- Percents ---


@pytest.mark.parametrize(
    ("numerator", "denominator", "text"),
    [
        (318, 536, "59,3"),
        (3, 4, "75,0"),
        (2, 3, "66,7"),
        (1, 2000, "0,1"),
        (1, 100_000, "0,1"),
        (99_999, 100_000, "99,9"),
        (1999, 2000, "99,9"),
        (0, 67, "0,0"),
        (67, 67, "100,0"),
        (3, 2, "150,0"),
        (100_001, 100_000, "100,1"),
        (-1, 4, "(25,0)"),
        (-1, 100_000, "(0,1)"),
    ],
)
def test_percents_are_honest_at_the_edges(numerator, denominator, text):
    assert formats.percent(numerator, denominator) == text


def test_half_a_tenth_rounds_up():
    assert formats.percent(125, 10_000) == "1,3"
    assert formats.percent(1249, 100_000) == "1,2"


def test_nothing_to_divide_by_is_no_percent():
    assert formats.percent(5, 0) is None
    assert formats.percent(5, -2) is None
    assert formats.percent_sentence(5, 0) is None


def test_a_sentence_drops_a_zero_tenth_only():
    assert formats.percent_sentence(3, 4) == "75"
    assert formats.percent_sentence(67, 67) == "100"
    assert formats.percent_sentence(318, 536) == "59,3"
    assert formats.percent_sentence(1, 1000) == "0,1"


@given(st.integers(0, 10**13), st.integers(1, 10**13))
def test_a_percent_is_the_nearest_tenth_unless_that_would_lie(numerator, denominator):
    tenths = formats.percent_tenths(numerator, denominator)
    assert (tenths == 0) == (numerator == 0)
    assert (tenths == 1000) == (numerator == denominator)
    assert abs(Fraction(numerator * 1000, denominator) - tenths) <= 1
    if tenths not in (1, 999, 1001):
        assert -Fraction(1, 2) <= tenths - Fraction(numerator * 1000, denominator) <= Fraction(1, 2)
