"""Nothing an uploaded file holds may hang, fill the memory or escape as anything but BadFile."""

import io
import os
import random
import resource
import time
import zipfile
from pathlib import Path

import pytest

from registry.sheets.columns import Column
from registry.sheets.errors import BadFile
from registry.sheets.guard import inspect_upload
from registry.sheets.reading import open_table
from tests.zoo import build_bad_files, repacked, sheet_xml, small_xlsx, with_sheet

COLUMNS = [Column("name", "Nama", required=True), Column("address", "Alamat")]


def read_all(file) -> int:
    with inspect_upload(file, "daftar.xlsx") as upload:
        return sum(1 for _ in open_table(upload, COLUMNS).rows)


@pytest.fixture(scope="module")
def zoo(tmp_path_factory):
    folder = tmp_path_factory.mktemp("zoo")
    return folder, build_bad_files(folder)


def test_the_zoo_holds_at_least_sixty_animals(zoo):
    assert len(zoo[1]) >= 60


def _reaction(path: Path, memory_mb: int = 150, seconds: float = 3.0) -> str:
    """What reading the file in a fork does; the memory is what the fork needs on top of this process."""
    child = os.fork()
    if child == 0:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        start = time.process_time()
        answer = 10
        try:
            read_all(path)
        except BadFile as bad:
            polite = bad.sentence[0].isupper() and bad.sentence.endswith(".") and "!" not in bad.sentence
            answer = 11 if polite else 12
        except BaseException:
            answer = 13
        used = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        late = time.process_time() - start > seconds
        os._exit(14 if used > memory_mb else 15 if late else answer)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    words = {10: "read", 11: "refused", 12: "rude", 13: "escaped", 14: "memory", 15: "time"}
    return words.get(status, "died")


def test_every_bad_file_is_refused_politely_within_three_seconds_and_150_mib_and_harmless_ones_are_read(zoo):
    folder, verdicts = zoo
    expected = {name: "refused" if must_refuse else "read" for name, must_refuse in verdicts.items()}
    assert {name: _reaction(folder / name) for name in verdicts} == expected


def test_the_watch_on_memory_and_time_notices_a_file_read_without_guard(tmp_path):
    path = tmp_path / "far.xlsx"
    path.write_bytes(
        with_sheet(
            sheet_xml(b'<row r="60000"><c r="CV60000"><v>1</v></c></row><row r="1"><c r="A1"><v>1</v></c></row>')
        )
    )
    child = os.fork()
    if child == 0:
        import python_calamine

        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        python_calamine.load_workbook(str(path)).get_sheet_by_index(0)
        os._exit(2 if (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024 > 150 else 0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 2


def test_a_sound_file_with_any_bytes_changed_is_read_or_refused_never_more():
    sound, chance = small_xlsx(), random.Random(7)
    for _ in range(150):
        changed = bytearray(sound)
        for _ in range(chance.choice((1, 3, 20))):
            changed[chance.randrange(len(changed))] = chance.randrange(256)
        try:
            read_all(bytes(changed[: chance.choice((len(changed), chance.randrange(len(changed))))]))
        except BadFile:
            continue


def test_parts_with_any_bytes_changed_inside_a_sound_archive_are_read_or_refused():
    chance = random.Random(8)
    with zipfile.ZipFile(io.BytesIO(small_xlsx())) as archive:
        parts = {name: archive.read(name) for name in archive.namelist() if name.endswith((".xml", ".rels"))}
    for _ in range(150):
        name = chance.choice(list(parts))
        data = bytearray(parts[name])
        for _ in range(chance.choice((1, 2, 10))):
            data[chance.randrange(len(data))] = chance.choice(b"<>/\"'&;=0139AZaz \0\xff")
        try:
            read_all(repacked({name: bytes(data)}))
        except BadFile:
            continue


def test_text_of_any_bytes_is_read_or_refused():
    chance = random.Random(9)
    for _ in range(300):
        alphabet = chance.choice((b'Nama;Alamat,\t"\r\n12=', bytes(range(256)), b'";\r\n'))
        data = bytes(chance.choice(alphabet) for _ in range(chance.randrange(200)))
        try:
            read_all(chance.choice((b"", b"Nama;Alamat\r\n", b"\xef\xbb\xbf", b"\xff\xfe")) + data)
        except BadFile:
            continue


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_csv_is_read_in_the_encodings_and_with_the_separators_offices_use(encoding, sign):
    text = f"Nama{sign}Alamat\r\nSiti Né{sign}Kp. Babakan\r\n"
    with inspect_upload(text.encode(encoding), "a.csv") as upload:
        rows = list(open_table(upload, COLUMNS).rows)
    assert [row.values for row in rows] == [{"name": "Siti Né", "address": "Kp. Babakan"}]


def test_a_separator_named_in_the_first_line_is_obeyed():
    with inspect_upload(b"sep=|\r\nNama|Alamat\r\nSiti;Aminah|Kp, Babakan\r\n") as upload:
        assert [row.values["name"] for row in open_table(upload, COLUMNS).rows] == ["Siti;Aminah"]


def test_the_parser_never_sees_the_uploaded_file_only_the_parts_it_needs():
    data = repacked(add=[("xl/media/photo.png", b"x" * 100), ("docProps/custom.xml", b"<a/>"), ("../x.xml", b"<a/>")])
    with inspect_upload(data) as upload, zipfile.ZipFile(upload.path) as copy:
        assert all(name.startswith(("xl/w", "xl/s", "xl/_rels/w", "_rels", "[Content")) for name in copy.namelist())
        assert "xl/media/photo.png" not in copy.namelist()


def test_the_clean_copy_disappears_with_the_upload():
    with inspect_upload(small_xlsx()) as upload:
        path = Path(upload.path)
        assert path.exists()
    assert not path.exists()


def test_a_failed_formula_stays_visible_instead_of_becoming_an_empty_cell():
    rows = (
        b'<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>'
        b'<row r="2"><c r="A2" t="s"><v>2</v></c><c r="B2" t="e"><f>X9</f><v>#REF!</v></c></row>'
    )
    with inspect_upload(with_sheet(sheet_xml(rows))) as upload:
        assert next(open_table(upload, COLUMNS).rows).values["address"] == "#REF!"
