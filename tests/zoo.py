"""Files nobody should send: broken, lying, bombs and puzzles. Everything is made here."""

import io
import struct
import zipfile
import zlib
from functools import cache
from pathlib import Path

import xlsxwriter

_MAIN = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_HEAD = b'<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="' + _MAIN + b'">'


def sheet_xml(rows: bytes, dimension: bytes = b"A1:B2") -> bytes:
    return _HEAD + b'<dimension ref="' + dimension + b'"/><sheetData>' + rows + b"</sheetData></worksheet>"


def shared_xml(*texts: bytes, counts: bytes = b"") -> bytes:
    items = b"".join(b"<si><t>" + text + b"</t></si>" for text in texts)
    return b'<sst xmlns="' + _MAIN + b'" ' + counts + b">" + items + b"</sst>"


@cache
def small_xlsx() -> bytes:
    """A sound workbook: Nama, Alamat and one member."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["Nama", "Alamat"])
    sheet.write_row(1, 0, ["Siti", "Kp. Babakan"])
    book.close()
    return buffer.getvalue()


def repacked(replace: dict[str, bytes] | None = None, drop=(), add=(), compression=zipfile.ZIP_DEFLATED) -> bytes:
    """A sound workbook with parts replaced, dropped or added ((name, bytes) pairs, doubles allowed)."""
    replace = dict(replace or {})
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(small_xlsx())) as old,
        zipfile.ZipFile(buffer, "w", compression, compresslevel=1) as new,
    ):
        for name in old.namelist():
            if name not in drop:
                new.writestr(name, replace.pop(name, None) or old.read(name))
        for name, data in [*replace.items(), *add]:
            new.writestr(name, data)
    return buffer.getvalue()


def with_sheet(xml: bytes, **others) -> bytes:
    return repacked({"xl/worksheets/sheet1.xml": xml, **others})


def lying_sizes(data: bytes, part: str, size: int) -> bytes:
    """The same archive, whose directory says `size` for one part, with the checksum of that shorter part."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        short = zlib.crc32(archive.read(part)[:size])
    changed, name = bytearray(data), part.encode()
    for mark, at_crc, at_size, at_name in ((b"PK\x01\x02", 16, 24, 46), (b"PK\x03\x04", 14, 22, 30)):
        position = changed.find(mark)
        while position >= 0:
            if changed[position + at_name : position + at_name + len(name)] == name:
                changed[position + at_crc : position + at_crc + 4] = struct.pack("<I", short)
                changed[position + at_size : position + at_size + 4] = struct.pack("<I", size)
            position = changed.find(mark, position + 4)
    return bytes(changed)


def build_bad_files(folder: Path) -> dict[str, bool]:
    """Write the zoo; file name -> whether it must be refused (False: may be read, but must do no harm)."""
    verdicts = {}
    for name, (data, refused) in _zoo().items():
        (folder / name).write_bytes(data)
        verdicts[name] = refused
    return verdicts


def _zoo() -> dict[str, tuple[bytes, bool]]:
    return {**_bad_containers(), **_bad_archives(), **_bad_sheets(), **_bad_texts()}


def _bad_containers() -> dict[str, tuple[bytes, bool]]:
    sound = small_xlsx()
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as nest:
        nest.writestr("a.zip", sound * 20)
    return {
        "empty.xlsx": (b"", True),
        "one-byte.xlsx": (b"P", True),
        "old.xls": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 4096, True),
        "page.xls": (b"<html><table><tr><td>Nama</td></tr></table></html>", True),
        "xml2003.xls": (
            b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>',
            True,
        ),
        "report.pdf.xlsx": (b"%PDF-1.7\n1 0 obj", True),
        "letter.rtf.csv": (b"{\\rtf1 Nama;Alamat}", True),
        "photo.xlsx": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + b"\0" * 100, True),
        "photo.csv": (b"\xff\xd8\xff\xe0\0\x10JFIF" + bytes(range(256)) * 10, True),
        "archive.rar": (b"Rar!\x1a\x07\x01\0" + b"x" * 200, True),
        "archive.7z": (b"7z\xbc\xaf\x27\x1c" + b"x" * 200, True),
        "list.csv.gz": (b"\x1f\x8b\x08\0" + zlib.compress(b"Nama;Alamat"), True),
        "program.csv": (b"MZ\x90\0\x03\0\0\0" + bytes(range(256)) * 20, True),
        "elf.xlsx": (b"\x7fELF\x02\x01\x01" + b"\0" * 300, True),
        "empty-zip.xlsx": (b"PK\x05\x06" + b"\0" * 18, True),
        "only-magic.xlsx": (b"PK\x03\x04", True),
        "half.xlsx": (sound[: len(sound) // 2], True),
        "no-directory.xlsx": (sound[:-60], True),
        "flipped.xlsx": (sound[:300] + bytes([sound[300] ^ 0xFF]) + sound[301:], True),
        "nested.zip.xlsx": (inner.getvalue(), True),
        "too-large.csv": (b"Nama;Alamat\r\n" + b"a;b\r\n" * (26 * 1024 * 1024 // 5), True),
    }


def _bad_archives() -> dict[str, tuple[bytes, bool]]:
    sheet = "xl/worksheets/sheet1.xml"
    bomb = repacked(add=[("xl/media/bomb.bin", b"\0" * 70_000_000)])
    sheet_bomb = with_sheet(sheet_xml(b" " * 66_000_000))
    lie = lying_sizes(with_sheet(sheet_xml(b'<row r="1"><c r="A1"><v>1</v></c></row>' + b" " * 30_000_000)), sheet, 400)
    with zipfile.ZipFile(io.BytesIO(small_xlsx())) as archive:
        types = archive.read("[Content_Types].xml")
        workbook = archive.read("xl/workbook.xml")
    macro_type = types.replace(b"spreadsheetml.sheet.main", b"sheet.macroEnabled.main")
    ods = io.BytesIO()
    with zipfile.ZipFile(ods, "w") as made:
        made.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        made.writestr("content.xml", "<office/>")
    encrypted = bytearray(small_xlsx())
    for mark, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        encrypted[encrypted.find(mark) + offset] |= 1
    return {
        "no-types.xlsx": (repacked(drop=["[Content_Types].xml"]), True),
        "no-workbook.xlsx": (repacked(drop=["xl/workbook.xml"]), True),
        "no-rels.xlsx": (repacked(drop=["xl/_rels/workbook.xml.rels"]), True),
        "no-sheet.xlsx": (repacked(drop=[sheet]), True),
        "no-styles.xlsx": (repacked(drop=["xl/styles.xml"]), False),
        "no-shared.xlsx": (repacked(drop=["xl/sharedStrings.xml"]), True),
        "parts.xlsx": (repacked(add=[(f"xl/media/i{n}.png", b"x") for n in range(250)]), True),
        "double-part.xlsx": (_double(sheet), True),
        "double-case.xlsx": (repacked(add=[(sheet.upper(), sheet_xml(b""))]), True),
        "climb.xlsx": (repacked(add=[("../../evil.xml", b"<a/>")]), False),
        "macro.xlsm": (repacked(add=[("xl/vbaProject.bin", b"\xd0\xcf")]), True),
        "macro-type.xlsx": (repacked({"[Content_Types].xml": macro_type}), True),
        "binary.xlsb": (repacked(add=[("xl/workbook.bin", b"\0")]), True),
        "list.ods": (ods.getvalue(), True),
        "document.docx": (repacked(drop=["xl/workbook.xml"], add=[("word/document.xml", b"<w/>")]), True),
        "encrypted.xlsx": (bytes(encrypted), True),
        "bzip2.xlsx": (repacked(compression=zipfile.ZIP_BZIP2), True),
        "bomb.xlsx": (bomb, True),
        "sheet-bomb.xlsx": (sheet_bomb, True),
        "lying-size.xlsx": (lie, True),
        "nested-part.xlsx": (repacked(add=[("xl/embeddings/in.xlsx", small_xlsx())]), False),
        "external.xlsx": (
            repacked({"xl/workbook.xml": workbook.replace(b"<sheets>", b"<externalReferences/><sheets>")}),
            False,
        ),
        "bad-rels.xlsx": (repacked({"xl/_rels/workbook.xml.rels": b"<Relationships"}), True),
        "climbing-rels.xlsx": (
            repacked(
                {
                    "xl/_rels/workbook.xml.rels": b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="../../../../etc/passwd"/></Relationships>'
                }
            ),
            True,
        ),
    }


def _double(name: str) -> bytes:
    """The same part twice: one reader may take the first, another the last."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return repacked(add=[(name, sheet_xml(b""))])


def _bad_sheets() -> dict[str, tuple[bytes, bool]]:
    one = b'<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>'  # Nama | Alamat
    entity = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    uses = b"".join(b'<row r="%d"><c r="A%d" t="s"><v>0</v></c></row>' % (n, n) for n in range(1, 100_001))
    wide = b'<row r="1">' + b"<c><v>1</v></c>" * 300_000 + b"</row>"
    many = b"".join(b'<row r="%d"><c r="A%d"><v>1</v></c></row>' % (n, n) for n in range(1, 130_000))
    columns = b"".join(b'<row r="%d">%s</row>' % (n, b"<c><v>1</v></c>" * 80) for n in range(1, 200))
    return {
        "dimension.xlsx": (with_sheet(sheet_xml(one, b"A1:XFD1048576")), False),
        "dimension-bad.xlsx": (with_sheet(sheet_xml(one, b"ZZZZZZZ9:A0")), False),
        "far-cell.xlsx": (
            with_sheet(sheet_xml(one + b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')),
            True,
        ),
        "far-column.xlsx": (with_sheet(sheet_xml(b'<row r="1"><c r="ZZ1"><v>1</v></c></row>')), True),
        "far-row.xlsx": (
            with_sheet(sheet_xml(one + b'<row r="900000"><c r="A900000"><v>1</v></c></row>')),
            True,
        ),
        "far-corner.xlsx": (
            with_sheet(sheet_xml(one + b'<row r="120000"><c r="BH120000"><v>1</v></c></row>')),
            True,
        ),
        "far-single-quotes.xlsx": (
            with_sheet(sheet_xml(one + b"<row r='99999'><c r='BH99999'><v>1</v></c></row>")),
            True,
        ),
        "far-lower.xlsx": (
            with_sheet(sheet_xml(one + b'<row r="99999"><c r="zz99999"><v>1</v></c></row>')),
            True,
        ),
        "far-prefixed.xlsx": (
            with_sheet(
                b'<x:worksheet xmlns:x="'
                + _MAIN
                + b'"><x:sheetData><x:row r="1"><x:c r="A1"><x:v>1</x:v></x:c></x:row><x:row r="99999"><x:c r="ZZ99999"><x:v>1</x:v></x:c></x:row></x:sheetData></x:worksheet>'
            ),
            True,
        ),
        "far-empty.xlsx": (
            with_sheet(sheet_xml(one + b'<row r="1048576"><c r="XFD1048576" s="0"/></row>')),
            False,
        ),
        "address-overflow.xlsx": (
            with_sheet(sheet_xml(b'<row r="1"><c r="ZZZZZZZZ99999999999"><v>1</v></c></row>')),
            True,
        ),
        "address-zero.xlsx": (with_sheet(sheet_xml(b'<row r="0"><c r="A0"><v>1</v></c></row>')), True),
        "address-entity.xlsx": (with_sheet(sheet_xml(b'<row r="1"><c r="&#65;1"><v>1</v></c></row>')), True),
        "address-words.xlsx": (with_sheet(sheet_xml(b'<row r="x"><c r="hello"><v>1</v></c></row>')), True),
        "address-none.xlsx": (
            with_sheet(sheet_xml(wide + b'<row r="100000"><c r="A100000"><v>1</v></c></row>')),
            True,
        ),
        "same-cell.xlsx": (
            with_sheet(sheet_xml(b'<row r="1">' + b'<c r="A1"><v>1</v></c>' * 1_990_000 + b"</row>")),
            True,
        ),
        "empty-cells.xlsx": (with_sheet(sheet_xml(b"<row>" + b"<c/>" * 12_000_000 + b"</row>")), True),
        "empty-rows.xlsx": (with_sheet(sheet_xml(b"<row/>" * 10_000_000)), True),
        "odd-tags.xlsx": (with_sheet(sheet_xml(b"<row>" + b"<c></c>" * 1_900_000 + b"</row>")), True),
        "many-rows.xlsx": (with_sheet(sheet_xml(many)), True),
        "many-columns.xlsx": (with_sheet(sheet_xml(columns)), True),
        "entities.xlsx": (
            with_sheet(entity + sheet_xml(b'<row r="1"><c r="A1" t="str"><v>&b;</v></c></row>')),
            True,
        ),
        "entities-shared.xlsx": (repacked({"xl/sharedStrings.xml": entity + shared_xml(b"&b;")}), True),
        "file-entity.xlsx": (
            with_sheet(
                b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
                + sheet_xml(b'<row r="1"><c r="A1" t="str"><v>&a;</v></c></row>')
            ),
            True,
        ),
        "utf16.xlsx": (with_sheet(sheet_xml(one).decode().encode("utf-16")), True),
        "half-xml.xlsx": (with_sheet(sheet_xml(one)[:-60]), True),
        "not-xml.xlsx": (with_sheet(b"hello"), True),
        "deep.xlsx": (with_sheet(sheet_xml(b"<row>" * 200_000)), True),
        "false-count.xlsx": (
            repacked(
                {
                    "xl/sharedStrings.xml": shared_xml(
                        b"Nama", b"Alamat", b"Siti", b"Kp", counts=b'count="1" uniqueCount="4294967295"'
                    )
                }
            ),
            False,
        ),
        "shared-crowd.xlsx": (
            repacked({"xl/sharedStrings.xml": shared_xml()[:-6] + b"<si></si>" * 5_000_000 + b"</sst>"}),
            True,
        ),
        "shared-hidden.xlsx": (
            with_sheet(
                sheet_xml(uses.replace(b"<v>0", b"<v>1")),
                **{"xl/sharedStrings.xml": shared_xml(b"<!--</t></si>-->", b"a" * 30_000)},
            ),
            True,
        ),
        "shared-missing.xlsx": (
            with_sheet(sheet_xml(b'<row r="1"><c r="A1" t="s"><v>99999</v></c></row>')),
            True,
        ),
        "shared-negative.xlsx": (
            with_sheet(sheet_xml(b'<row r="1"><c r="A1" t="s"><v>-1</v></c></row>')),
            True,
        ),
        "copied-text.xlsx": (
            with_sheet(sheet_xml(uses), **{"xl/sharedStrings.xml": shared_xml(b"a" * 30_000)}),
            True,
        ),
        "error-cells.xlsx": (
            with_sheet(sheet_xml(b'<row r="1"><c r="A1" t="e"><v>#REF!</v></c></row>')),
            True,
        ),
        "infinite.xlsx": (
            with_sheet(sheet_xml(b'<row r="1"><c r="A1"><v>1e999</v></c><c r="B1"><v>nan</v></c></row>')),
            True,
        ),
        "far-date.xlsx": (
            with_sheet(sheet_xml(b'<row r="1"><c r="A1" t="d"><v>9999999-99-99</v></c></row>')),
            True,
        ),
    }


def _bad_texts() -> dict[str, tuple[bytes, bool]]:
    head = b"Nama;Alamat\r\n"
    return {
        "nul.csv": (head + b"Si\0ti;x\r\n", True),
        "utf16-no-mark.csv": ("Nama;Alamat\r\nSiti;x\r\n".encode("utf-16-le"), True),
        "utf16-half.csv": ("Nama;Alamat\r\nSiti;x\r\n".encode("utf-16")[:-1], True),
        "utf32.csv": ("Nama;Alamat\r\n".encode("utf-32"), True),
        "control.csv": (head + b"\x01\x02\x03;x\r\n", True),
        "undecodable.csv": (head + b"\x81\x8d\x8f;x\r\n", True),
        "long-field.csv": (head + b"a" * 200_000 + b";x\r\n", True),
        "open-quote.csv": (head + b'"Siti;x\r\n' + b"a;b\r\n" * 50_000, True),
        "many-columns.csv": (b";".join(b"k%d" % n for n in range(5000)) + b"\r\n", True),
        "many-rows.csv": (head + b"a;b\r\n" * 121_000, True),
        "no-heading.csv": (b"x;y\r\n1;2\r\n", True),
        "blank-lines.csv": (b"\r\n" * 5000, True),
        "only-mark.csv": (b"\xef\xbb\xbf", True),
        "one-line.csv": (b"a" * 5_000_000, True),
        "sep.csv": (b"sep=\r\n", True),
        "return-only.csv": (b"Nama;Alamat\rSiti;x\r", False),
        "formulas.csv": (head + b"=cmd|' /C calc'!A0;@SUM(1)\r\n", False),
    }
