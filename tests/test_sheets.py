"""Lists as offices write them: found, understood, cleaned, and written back."""

import csv
import io
from datetime import date
from types import SimpleNamespace

import django
import pytest
import tablib
import xlsxwriter
from django.conf import settings

if not settings.configured:  # run alone, without the project's settings
    settings.configure(USE_TZ=True, DATABASES={}, INSTALLED_APPS=[])
    django.setup()

from django.db import models

from registry.numbers import check_national_id, check_nib, check_phone, check_rt_rw
from registry.sheets.columns import Column, match_columns, override
from registry.sheets.errors import BadFile
from registry.sheets.guard import inspect_upload
from registry.sheets.places import PlaceMatcher
from registry.sheets.reading import Line, find_table, open_table, read_lines, sheet_names
from registry.sheets.resource import SheetField, SheetResource, set_places
from registry.sheets.widgets import (
    SEX,
    SEX_SYNONYMS,
    ChoiceWidget,
    DateWidget,
    DistrictWidget,
    IdentifierWidget,
    IntegerWidget,
    NameWidget,
    PlaceWidget,
    RupiahWidget,
    TextWidget,
)
from registry.sheets.writing import faulty_rows_file, safe_cell, write_csv, write_xlsx
from tests.messy import ALIASES, MEMBER_HEADINGS, PLACES, build_member_list, build_messy_list

TODAY = date(2026, 11, 20)
MATCHER = PlaceMatcher(PLACES, ALIASES)


def nik(text):
    return check_national_id(text, synthetic_allowed=True)


class Thing(models.Model):
    name = models.CharField(max_length=100)
    secret = models.CharField(max_length=100)
    cooperative_id = models.BigIntegerField()

    class Meta:
        app_label = "things_of_a_test"
        managed = False


class CooperativeResource(SheetResource):
    name = SheetField("Nama koperasi", NameWidget(), required=True)
    founded_on = SheetField("Tanggal badan hukum", DateWidget(TODAY), synonyms=("Badan hukum tanggal",))
    district = SheetField(
        "Kecamatan", DistrictWidget(MATCHER), group_words=("kecamatan", "kec"), group_test=MATCHER.is_district
    )
    village = SheetField("Desa/kelurahan", PlaceWidget(MATCHER), synonyms=("Desa/Kel",), beside="district")
    men = SheetField("Anggota L", IntegerWidget(), synonyms=("Jumlah anggota L",))
    women = SheetField("Anggota P", IntegerWidget())
    capital = SheetField("Modal sendiri", RupiahWidget(), synonyms=("Modal Sendiri (Rp)",))
    nik = SheetField("NIK ketua", IdentifierWidget("NIK", nik))


class MemberResource(SheetResource):
    name = SheetField("Nama lengkap", NameWidget(), synonyms=("Nama", "Nama anggota"), required=True, example="Siti")
    nik = SheetField("NIK", IdentifierWidget("NIK", nik), example="3604…")
    sex = SheetField("Jenis kelamin", ChoiceWidget(SEX, SEX_SYNONYMS), synonyms=("L/P", "JK"), example="Perempuan")
    born_on = SheetField("Tanggal lahir", DateWidget(TODAY), synonyms=("Tgl lahir",), help="Hari/bulan/tahun")
    address = SheetField("Alamat")
    rt_rw = SheetField("RT/RW", TextWidget(check=check_rt_rw))
    phone = SheetField("Nomor HP", TextWidget(check=check_phone, kind="identifier"), synonyms=("No HP",))
    joined_on = SheetField("Tanggal masuk", DateWidget(TODAY), synonyms=("Tgl masuk",))
    pokok = SheetField("Simpanan pokok", RupiahWidget(), synonyms=("Simp. pokok",))
    wajib = SheetField("Simpanan wajib", RupiahWidget(), synonyms=("Simp. wajib",))


def lines(*rows) -> list[Line]:
    return [
        Line("Daftar", number, [cell if cell != "" else None for cell in row]) for number, row in enumerate(rows, 1)
    ]


def cleaned(resource, table):
    """(line number -> values of good rows, line number -> sentences)"""
    good, errors = {}, {}
    for batch in resource.clean_batches(table.rows, size=100):
        keys = list(batch.columns)
        good |= {number: dict(zip(keys, values, strict=True)) for number, values in batch.good()}
        errors |= batch.errors
    return good, errors


# --- Whole files --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def cooperatives(tmp_path_factory):
    path = tmp_path_factory.mktemp("dinas") / "rekap.xlsx"
    truth = build_messy_list(path)
    with inspect_upload(path) as upload:
        table = open_table(upload, CooperativeResource.columns())
        good, errors = cleaned(CooperativeResource(), table)
    return truth, table, good, errors


def test_a_dinas_list_of_888_gives_every_cooperative_once_good_or_faulty(cooperatives):
    truth, _, good, errors = cooperatives
    assert len(good) + len(errors) == 888
    assert set(good) == set(truth.good)


def test_every_good_row_of_the_dinas_list_has_the_values_a_person_reads_in_it(cooperatives):
    truth, _, good, _ = cooperatives
    wrong = {
        number: (key, good[number][key], value)
        for number, expected in truth.good.items()
        for key, value in expected.items()
        if good[number][key] != value
    }
    assert wrong == {}


def test_every_faulty_row_of_the_dinas_list_names_the_column_at_fault_and_only_that(cooperatives):
    truth, _, _, errors = cooperatives
    assert set(errors) == set(truth.bad)
    assert all(len(told) == 1 and told[0].startswith(truth.bad[number]) for number, told in errors.items())


def test_group_lines_totals_column_numbers_and_notes_are_left_out_with_their_reason(cooperatives):
    truth, table, _, _ = cooperatives
    reasons = {skipped.number: skipped.reason for skipped in table.skipped}
    assert truth.skipped.items() <= reasons.items()
    assert set(reasons.values()) == {
        "baris nomor kolom", "baris kelompok", "baris jumlah", "keterangan di bawah daftar",
    }  # fmt: skip
    assert table.blank > 5


def test_the_hidden_sheet_is_not_offered(tmp_path):
    build_messy_list(tmp_path / "a.xlsx", rows=10)
    with inspect_upload(tmp_path / "a.xlsx") as upload:
        assert sheet_names(upload) == ["REKAP 2025"]


@pytest.mark.parametrize("name", ["anggota.xlsx", "anggota.csv"])
def test_287_of_300_members_are_good_and_13_come_back_with_one_reason(tmp_path, name):
    truth = build_member_list(tmp_path / name)
    with inspect_upload(tmp_path / name) as upload:
        good, errors = cleaned(MemberResource(), open_table(upload, MemberResource.columns()))
    assert (len(good), len(errors)) == (287, 13)
    assert {number: told[0].startswith(truth.bad[number]) for number, told in errors.items()} == dict.fromkeys(
        truth.bad, True
    )
    for number, expected in truth.good.items():
        assert {key: good[number][key] for key in expected} == expected


def test_the_faulty_rows_come_back_in_the_same_columns_and_are_faulty_again_until_mended(tmp_path):
    build_member_list(tmp_path / "a.xlsx")
    columns = MemberResource.columns()
    with inspect_upload(tmp_path / "a.xlsx") as upload:
        table = open_table(upload, columns)
        batches = list(MemberResource().clean_batches(table.rows))
    errors = {number: told for batch in batches for number, told in batch.errors.items()}
    rows = ((number, cells) for batch in batches for number, cells in zip(batch.numbers, batch.cells, strict=True))
    made = io.BytesIO()
    count = faulty_rows_file(made, table.mapping.headings, rows, errors, [table.mapping.by_key["nik"]])
    assert count == 13
    with inspect_upload(made) as upload:
        again = open_table(upload, columns)
        assert list(again.mapping.headings) == ["Kesalahan", *MEMBER_HEADINGS]
        assert again.mapping.unmatched == ((1, "No"),)
        good, second = cleaned(MemberResource(), again)
    assert good == {}
    assert sorted(map(tuple, second.values())) == sorted(map(tuple, errors.values()))


def test_the_template_offers_choices_and_its_example_is_never_imported():
    made = io.BytesIO()
    MemberResource.write_template(made, title="Daftar anggota")
    with inspect_upload(made) as upload:
        table = open_table(upload, MemberResource.columns())
        assert table.mapping.unmatched == ()
        assert list(table.rows) == []
        assert [skipped.reason for skipped in table.skipped] == ["baris contoh"]
        sheet = __import__("zipfile").ZipFile(made).read("xl/worksheets/sheet1.xml")
        assert b"Pilihan!$C$1:$C$2" in sheet


# --- The heading --------------------------------------------------------------------------------------

NAME_AND_COUNT = [
    Column("name", "Nama koperasi", required=True), Column("men", "Anggota L"), Column("women", "Anggota P"),
]  # fmt: skip


def test_a_heading_of_two_lines_is_read_as_the_upper_word_with_each_lower_one():
    table = find_table(
        lines(["Nama Koperasi", "Anggota", ""], ["", "L", "P"], ["Mitra", 3, 4]), NAME_AND_COUNT
    )  # fmt: skip
    assert table.mapping.headings == ("Nama Koperasi", "Anggota L", "Anggota P")
    assert [row.values for row in table.rows] == [{"name": "Mitra", "men": 3, "women": 4}]


def test_a_first_row_of_texts_is_not_mistaken_for_a_second_heading_line():
    columns = [Column("name", "Nama", required=True), Column("address", "Alamat")]
    table = find_table(lines(["Nama", "Alamat"], ["Siti", "Serang"], ["Asep", "Ciruas"]), columns)
    assert [row.values["name"] for row in table.rows] == ["Siti", "Asep"]


def test_a_heading_repeated_on_the_next_printed_page_is_left_out():
    columns = [Column("name", "Nama", required=True), Column("address", "Alamat")]
    table = find_table(lines(["Nama", "Alamat"], ["Siti", "x"], ["NAMA", "ALAMAT"], ["Asep", "y"]), columns)
    assert [row.values["name"] for row in table.rows] == ["Siti", "Asep"]
    assert table.skipped[0].reason == "judul kolom berulang"


def test_a_file_without_heading_is_refused_with_the_columns_it_should_have():
    with pytest.raises(BadFile, match="Nama koperasi"):
        find_table(lines(["a", "b"], [1, 2]), NAME_AND_COUNT)


def test_a_missing_required_column_is_named():
    with pytest.raises(BadFile, match="belum ditemukan: Nama koperasi"):
        find_table(lines(["Anggota L", "Anggota P"], [1, 2]), NAME_AND_COUNT)


def test_a_row_without_its_required_cell_is_data_not_a_note():
    table = find_table(lines(["Nama Koperasi", "Anggota L", "Anggota P"], ["", 3, 4]), NAME_AND_COUNT)
    assert [row.values["men"] for row in table.rows] == [3]


def test_a_cooperative_called_jumlah_is_not_a_total_when_other_words_stand_beside_it():
    columns = [Column("name", "Nama", required=True), Column("address", "Alamat"), Column("men", "L")]
    table = find_table(lines(["Nama", "Alamat", "L"], ["Jumlah Berkah", "Ciruas", 5], ["Jumlah", "", 5]), columns)
    assert [row.values["name"] for row in table.rows] == ["Jumlah Berkah"]


# --- Columns ------------------------------------------------------------------------------------------

THREE = [
    Column("name", "Nama lengkap", synonyms=("Nama anggota",), required=True),
    Column("born_on", "Tanggal lahir", synonyms=("Tgl lahir",)), Column("joined_on", "Tanggal masuk"),
]  # fmt: skip


def test_a_list_that_starts_somewhere_in_the_sheet_keeps_its_line_numbers(tmp_path):
    book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    sheet = book.add_worksheet()
    sheet.write_row("C5", ["Nama Koperasi", "Anggota L", "Anggota P"])
    sheet.write_row("C7", ["Mitra", 3, 4])
    book.close()
    with inspect_upload(tmp_path / "a.xlsx") as upload:
        table = open_table(upload, NAME_AND_COUNT)
        assert (table.header_row, [row.number for row in table.rows]) == (5, [7])


def test_columns_match_by_label_synonym_and_similar_spelling():
    mapping = match_columns(["NAMA  ANGGOTA *", "Tgl. Lahir", "Tangal Masuk", "Hobi"], THREE)
    assert mapping.by_key == {"name": 0, "born_on": 1, "joined_on": 2}
    assert mapping.guessed == {"joined_on"}
    assert mapping.unmatched == ((3, "Hobi"),)


def test_a_column_is_used_once_and_the_first_heading_wins():
    assert match_columns(["Nama lengkap", "Nama anggota"], THREE).by_index == {0: "name"}


def test_a_mapping_is_remembered_also_what_was_left_unused():
    chosen = override(match_columns(["Siapa", "Tgl lahir"], THREE), THREE, {0: "name", 1: ""})
    again = match_columns(["SIAPA", "Tgl. lahir"], THREE, chosen.to_remember())
    assert again.by_index == {0: "name"}
    assert again.missing == ()


def test_the_same_value_cannot_come_from_two_columns():
    with pytest.raises(ValueError, match="satu kolom"):
        override(match_columns(["Nama lengkap", "x"], THREE), THREE, {1: "name"})


# --- Out ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["=1+1", "+62 812", "-x", "@SUM(1)", "\t=1", " =1", "\r=1", "|cmd", "\uff1d1+1", "\0=1", "\n=1"]
)
def test_text_that_could_start_a_formula_gets_an_apostrophe_which_our_reading_takes_back(text):
    assert safe_cell(text).startswith("'")
    made = io.BytesIO()
    write_csv(made, columns=[Column("a", "Nama"), Column("b", "Alamat")], rows=[["Siti", text]])
    with inspect_upload(made.getvalue()) as upload:
        back = list(read_lines(upload))[1].cells[1]
    assert back == text.replace("\0", "").strip()


@pytest.mark.parametrize("value", [-5, 0, 1.5, None, date(2020, 1, 1), "Siti", "Kp. Babakan - 2"])
def test_amounts_and_plain_text_are_never_altered(value):
    assert safe_cell(value) == value


def test_an_exported_list_reads_back_the_same_in_both_formats():
    columns = MemberResource.columns()
    row = ["Siti =1", "3604092508900000", "Perempuan", date(1990, 8, 25), "=HYPERLINK(1)", "001/002",
           "+6280012345678", date(2025, 8, 1), 100_000, 0]  # fmt: skip
    expected = ["Siti =1", "3604092508900000", "P", date(1990, 8, 25), "=HYPERLINK(1)", "001/002",
                "+6280012345678", date(2025, 8, 1), 100_000, 0]  # fmt: skip
    xlsx, text = io.BytesIO(), io.BytesIO()
    assert write_xlsx(xlsx, title="Anggota", columns=columns, rows=[row], made="Diunduh Siti", notes=["x"]) == 1
    assert write_csv(text, columns=columns, rows=[row]) == 1
    for made in (xlsx, text):
        with inspect_upload(made.getvalue()) as upload:
            good, errors = cleaned(MemberResource(), open_table(upload, columns))
        assert errors == {}
        assert [list(values.values()) for values in good.values()] == [expected]


def test_csv_opens_in_an_indonesian_excel():
    made = io.BytesIO()
    write_csv(made, columns=[Column("a", "Nama"), Column("b", "Rupiah", kind="rupiah")], rows=[["Né", 1500]])
    assert made.getvalue().startswith(b"\xef\xbb\xbf")
    assert list(csv.reader(io.StringIO(made.getvalue().decode("utf-8-sig")), delimiter=";"))[1] == [
        "Né",
        "1500",
    ]


def test_objects_are_exported_by_the_same_declaration():
    resource = MemberResource()
    siti = SimpleNamespace(name="Siti", sex="P", born_on=date(1990, 8, 25), pokok=100_000)
    cells = dict(zip(resource.fields, next(resource.export_rows([siti])), strict=True))
    assert (cells["name"], cells["sex"], cells["born_on"], cells["pokok"]) == (
        "Siti",
        "Perempuan",
        date(1990, 8, 25),
        100_000,
    )
    assert cells["wajib"] == ""


# --- Resources ----------------------------------------------------------------------------------------


class ThingResource(SheetResource):
    name = SheetField("Nama", NameWidget(), required=True)

    class Meta:
        model = Thing
        force_init_instance = True
        skip_diff = True

    def do_instance_save(self, instance, is_create):
        self.saved = instance


def test_only_declared_columns_exist_even_for_a_model_with_more():
    assert list(ThingResource.fields) == ["name"]


@pytest.mark.parametrize("key", ["id", "cooperative_id", "agency", "pk"])
def test_a_column_for_an_id_or_the_tenant_cannot_be_declared(key):
    with pytest.raises(TypeError, match="must never come from a file"):
        type(SheetResource)("Bad", (SheetResource,), {key: SheetField("Kode")})


def test_a_column_that_hides_the_tenant_behind_another_name_cannot_be_declared():
    with pytest.raises(TypeError, match="must never come from a file"):
        type(SheetResource)("Bad", (SheetResource,), {"group": SheetField("Kode", attribute="cooperative_id")})


def test_an_uploaded_id_or_tenant_is_ignored_and_the_scope_decides():
    resource = ThingResource(scope={"cooperative_id": 7})
    row = {"id": "2", "cooperative_id": "8", "secret": "x", "Nama": " Siti  Aminah "}
    result = resource.import_row(row, None, row_number=1)
    assert (result.errors, result.import_type) == ([], "new")
    assert (resource.saved.id, resource.saved.cooperative_id, resource.saved.name) == (None, 7, "Siti Aminah")
    assert resource.saved.secret == ""


def test_without_a_scope_nothing_is_read_or_made():
    with pytest.raises(ValueError, match="scope"):
        ThingResource().get_queryset()
    with pytest.raises(ValueError, match="scope"):
        ThingResource().init_instance()


def test_a_row_wise_import_gives_the_same_sentences_as_the_set_based_one():
    resource = ThingResource(scope={"cooperative_id": 7})
    row = tablib.Dataset(["123"], headers=["Nama"]).dict[0]
    result = resource.import_row(row, None, row_number=1)
    _, errors = resource.fields["name"].clean_column(["123"])
    assert result.validation_error.messages[0] in errors[0]


def test_an_empty_required_cell_is_refused_row_wise_too():
    result = ThingResource(scope={"cooperative_id": 7}).import_row({"Nama": "-"}, None, row_number=1)
    assert result.validation_error.messages == ["Nama wajib diisi."]


def test_places_are_given_to_a_resource_not_to_its_class():
    resource = CooperativeResource()
    other = PlaceMatcher([])
    set_places(resource, other)
    assert resource.fields["village"].widget.matcher is other
    assert CooperativeResource.fields["village"].widget.matcher is MATCHER


def test_nib_is_checked_by_the_same_rule_as_in_forms():
    assert IdentifierWidget("NIB", check_nib).clean("0406250045554") == "0406250045554"
