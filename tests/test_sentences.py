"""Generated sentences: every case of the table, and what must never be written."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry import sentences

SEPTEMBER = date(2025, 9, 30)
NBSP = "\u00a0"


@pytest.mark.parametrize(
    ("count", "before", "sentence"),
    [
        (33, 28, "33 dari 67 koperasi sudah membuka gerai, naik 5 sejak September."),
        (28, 33, "28 dari 67 koperasi sudah membuka gerai, turun 5 sejak September."),
        (33, 33, "33 dari 67 koperasi sudah membuka gerai, tetap sejak September."),
        (1, 0, "1 dari 67 koperasi sudah membuka gerai, naik 1 sejak September."),
        (67, 67, "Semua 67 koperasi sudah membuka gerai."),
        (67, 60, "Semua 67 koperasi sudah membuka gerai; bulan lalu 60."),
        (0, 0, "Belum ada koperasi yang membuka gerai."),
        (0, 3, "Tidak ada lagi koperasi yang membuka gerai; bulan lalu 3."),
    ],
)
def test_a_count_is_compared_with_the_month_before(count, before, sentence):
    assert sentences.count_sentence(count, 67, "membuka gerai", before, SEPTEMBER) == sentence


@pytest.mark.parametrize(
    ("count", "sentence"),
    [
        (33, "33 dari 67 koperasi sudah membuka gerai; belum ada pembanding."),
        (67, "Semua 67 koperasi sudah membuka gerai."),
        (0, "Belum ada koperasi yang membuka gerai."),
    ],
)
def test_a_first_report_compares_nothing(count, sentence):
    assert sentences.count_sentence(count, 67, "membuka gerai") == sentence


def test_a_changed_definition_or_total_stops_the_comparison_and_says_so():
    def told(**facts):
        return sentences.count_sentence(33, 67, "aktif", 28, SEPTEMBER, **facts)

    assert told(changed="definition") == "33 dari 67 koperasi sudah aktif; tidak dibandingkan karena definisi berubah."
    total = "33 dari 67 koperasi sudah aktif; tidak dibandingkan karena jumlah koperasi berubah."
    assert told(changed="total") == told(total_before=66) == total
    assert told(total_before=67).endswith("naik 5 sejak September.")
    assert sentences.count_sentence(67, 67, "aktif", 60, SEPTEMBER, total_before=60) == "Semua 67 koperasi sudah aktif."


def test_small_totals_are_said_naturally():
    assert sentences.count_sentence(1, 1, "aktif") == "Satu-satunya koperasi sudah aktif."
    assert sentences.count_sentence(0, 0, "aktif") == "Belum ada koperasi yang dihitung."


def test_a_long_numeral_does_not_open_a_sentence():
    sentence = sentences.count_sentence(1200, 1500, "aktif", 1000, SEPTEMBER)
    assert sentence == "Sebanyak 1.200 dari 1.500 koperasi sudah aktif, naik 200 sejak September."


@pytest.mark.parametrize(("count", "total"), [(68, 67), (-1, 67), (0, -1)])
def test_impossible_counts_are_refused(count, total):
    with pytest.raises(ValueError, match="between 0"):
        sentences.count_sentence(count, total, "aktif")


def test_a_comparison_without_its_month_is_refused():
    with pytest.raises(ValueError, match="month"):
        sentences.count_sentence(1, 2, "aktif", 1)


@pytest.mark.parametrize(
    ("missing", "sentence"),
    [
        ({"Curug": 2, "Taktakan": 3, "Serang": 1}, "6 belum, terbanyak di Kecamatan Taktakan (3)."),
        ({"Curug": 3, "Kasemen": 3}, "6 belum, terbanyak di Kecamatan Curug dan Kasemen (masing-masing 3)."),
        ({"Curug": 2, "Kasemen": 2, "Serang": 2}, "6 belum, tersebar di 3 kecamatan."),
        ({"Curug": 1, "Kasemen": 1, "Serang": 0}, "2 belum, tersebar di 2 kecamatan."),
        ({"Curug": 4, "Kasemen": 0}, "4 belum, semuanya di Kecamatan Curug."),
    ],
)
def test_those_who_did_not_report_are_placed(missing, sentence):
    reported = 67 - sum(missing.values())
    start = f"{reported} dari 67 koperasi telah melapor; "
    assert sentences.reporting_sentence(reported, 67, missing) == start + sentence


def test_a_single_one_that_did_not_report_is_named():
    assert (
        sentences.reporting_sentence(66, 67, {"Curug": 1}, "Koperasi Cipete")
        == "66 dari 67 koperasi telah melapor; 1 belum, yaitu Koperasi Cipete, Kecamatan Curug."
    )
    assert sentences.spread_words({"Curug": 1}) == "di Kecamatan Curug"


def test_all_and_none_reporting_have_forms_of_their_own():
    assert sentences.reporting_sentence(67, 67, {}) == "Semua 67 koperasi telah melapor."
    assert sentences.reporting_sentence(1, 1, {}) == "Satu-satunya koperasi telah melapor."
    assert sentences.reporting_sentence(0, 2, {"Curug": 2}) == "Belum ada koperasi yang melapor."
    assert sentences.reporting_sentence(0, 0, {}) == "Belum ada koperasi yang wajib melapor."


def test_a_spread_that_does_not_add_up_is_refused():
    with pytest.raises(ValueError, match="add up"):
        sentences.reporting_sentence(61, 67, {"Curug": 5})
    with pytest.raises(ValueError, match="missing"):
        sentences.spread_words({"Curug": 0})


@pytest.mark.parametrize(
    ("now", "before", "words"),
    [
        ((712, 1000), (698, 1000), "71,2 % (712 dari 1.000), naik 1,4 poin"),
        ((698, 1000), (712, 1000), "69,8 % (698 dari 1.000), turun 1,4 poin"),
        ((3, 4), (1, 4), "75 % (3 dari 4), naik 50 poin"),
        ((2, 3), (20, 30), "66,7 % (2 dari 3), tetap"),
        ((67, 67), (66, 67), "100 % (67 dari 67), naik 1,5 poin"),
        ((3, 4), None, "75 % (3 dari 4); belum ada pembanding"),
        ((3, 4), (0, 0), "75 % (3 dari 4); belum ada pembanding"),
        ((0, 0), (1, 2), "belum ada data"),
    ],
)
def test_shares_change_by_points(now, before, words):
    assert sentences.percent_sentence_points(*now, before).replace(NBSP, " ") == words


def test_points_are_the_difference_of_the_printed_figures():
    # 33,35 % and 66,64 % print as 33,4 and 66,6: 33,2 points, though the exact difference is 33,29.
    words = sentences.percent_sentence_points(6664, 10_000, (3335, 10_000))
    assert words.endswith("naik 33,2 poin")


def test_a_share_of_money_says_whose_money_it_is():
    words = sentences.percent_sentence_points(97_100_000, 136_350_000, rupiah=True, reporters=61)
    assert words.replace(NBSP, " ") == (
        "71,2 % (Rp 97.100.000 dari Rp 136.350.000) pada 61 koperasi yang melapor; belum ada pembanding"
    )


def test_the_blocked_are_counted_with_those_who_must_act():
    assert sentences.blocked_sentence(16, 4, 4) == (
        "Sebanyak 16 koperasi terhambat oleh urusan yang tidak dapat diselesaikan koperasi sendiri "
        "dan menunggu tindakan 4 instansi (halaman 4)."
    )
    assert sentences.blocked_sentence(1, 1).endswith("menunggu tindakan 1 instansi.")
    assert sentences.blocked_sentence(0, 0, 4) == "Tidak ada koperasi yang menunggu instansi lain."
    with pytest.raises(ValueError, match="somebody"):
        sentences.blocked_sentence(3, 0)


def test_a_decision_opens_with_its_verb_and_ends_with_its_date():
    sentence = sentences.decision_sentence(
        "menetapkan lahan aset kota",
        7,
        whose="yang belum punya lahan",
        through="BPKAD",
        before=date(2025, 11, 30),
    )
    assert sentence == (
        "Menetapkan lahan aset kota untuk 7 koperasi yang belum punya lahan, melalui BPKAD, sebelum 30 November 2025."
    )
    with pytest.raises(ValueError, match="decision"):
        sentences.decision_sentence(" ", 7, through="BPKAD", before=date(2025, 11, 30))


def test_changes_are_neutral_words():
    assert sentences.change_words(5, "koperasi") == "naik 5 koperasi"
    assert sentences.change_words(-1329) == "turun 1.329"
    assert sentences.change_words(0, "orang") == "tetap"


def test_few_people_are_not_counted_exactly():
    assert [sentences.guarded_count(n) for n in (0, 1, 4, 5, 1200)] == [
        "–",
        f"<{NBSP}5",
        f"<{NBSP}5",
        "5",
        "1.200",
    ]


@given(st.data())
def test_no_count_makes_a_plural_or_praise(data):
    total = data.draw(st.integers(0, 3000))
    count = data.draw(st.integers(0, total))
    before = data.draw(st.none() | st.integers(0, total))
    sentence = sentences.count_sentence(count, total, "melapor", before, SEPTEMBER)
    assert sentence.endswith(".")
    assert "koperasi-koperasi" not in sentence
    assert "membaik" not in sentence
    assert not sentence[:5].replace(".", "").isdigit() or count < 1000
