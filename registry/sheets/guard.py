"""What is checked before an uploaded file is parsed.

calamine reads a worksheet into one dense block of cells and trusts the counts in the file. Measured on
0.9.1: two cells 700 columns and 100,000 rows apart take 2 GiB and 12 s, a false `uniqueCount` or cell
address panics, and one 30,000-letter shared string used by every row is copied for every row. A zip may
also say one size and unpack to another. So calamine never sees the uploaded file: it reads a clean copy
that holds only the parts it needs, each unpacked here within limits and looked through first.

Sources: OWASP ASVS 5.0 §5.2 (file upload), §1.5.1 (XML); ECMA-376 part 1 §18 (SpreadsheetML).
"""

from __future__ import annotations

import codecs
import csv
import io
import logging
import re
import tempfile
import zipfile
import zlib
from array import array
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO
from xml.parsers import expat

from registry.sheets.errors import BadFile

logger = logging.getLogger(__name__)

MAX_UPLOAD_BYTES = 25 * 1024 * 1024
MAX_UNPACKED_BYTES = 64 * 1024 * 1024
MAX_PARTS = 200
MAX_ROWS = 120_000
MAX_COLUMNS = 60
MAX_CELL_CHARACTERS = 32_767  # Excel's own limit
MAX_ROW_NUMBER = MAX_ROWS + 200  # titles above and notes below the list
# calamine keeps 32 bytes for every cell of the rectangle, used or not.
EASY_AREA = 3_200_000
SPARSE = 20  # beyond the easy area at least one cell in twenty must hold something
MAX_CELLS = 2_000_000
MAX_TAGS = 8_000_000
MAX_WALKED_TAGS = 3_000_000  # what the exact look at a strange sheet can take in about a second
MAX_TEXT_BYTES = 128 * 1024 * 1024  # all texts together, counted as often as they are used

_RESAVE = "Buka berkas itu di Excel, pilih Simpan Sebagai, lalu pilih jenis “Excel Workbook (.xlsx)”."
_BROKEN = f"Berkas Excel ini rusak atau tidak lengkap. {_RESAVE}"
_TOO_FAR = (
    "Lembar kerja memuat isian yang sangat jauh dari daftarnya. Salin daftarnya saja ke lembar kerja baru, "
    "simpan, lalu unggah lagi."
)
TOO_MANY_ROWS = f"Satu berkas paling banyak {MAX_ROWS:,} baris. Bagilah menjadi beberapa berkas.".replace(",", ".")
TOO_MANY_COLUMNS = f"Satu daftar paling banyak {MAX_COLUMNS} kolom. Hapus kolom yang tidak diperlukan."
_TOO_LARGE = "Isi berkas ini terlalu besar. Hapus gambar dan lembar kerja lain, atau bagilah menjadi beberapa berkas."
_NOT_A_SHEET = "Berkas ini bukan berkas Excel (.xlsx) atau CSV. Unggah daftar Anda dalam salah satu bentuk itu."
LONG_CELL = (
    'Ada isian yang sangat panjang, mungkin karena tanda kutip (") yang tidak ditutup. Perbaiki, lalu unggah lagi.'
)

_KEPT_PART = re.compile(
    r"(\[Content_Types\]\.xml|_rels/\.rels|xl/(workbook|styles|sharedStrings)\.xml|xl/_rels/workbook\.xml\.rels"
    r"|xl/worksheets/[^/\\]+\.xml)",
    re.IGNORECASE,
)
_MACRO_PART = re.compile(r"vbaProject|macrosheets|\.bin$.*vba", re.IGNORECASE)


@dataclass
class Upload:
    """A file that passed the guard. Use as a context manager: the clean copy disappears with it.

    kind "xlsx": `copy` is a temporary file with the inspected parts. kind "csv": `copy` holds the bytes,
    `encoding` and `delimiter` say how to read them.
    """

    kind: str
    name: str
    copy: IO[bytes]
    encoding: str = ""
    delimiter: str = ""
    parsed: tuple | None = None  # the sheet read last, by name: kept while the file is open

    @property
    def path(self) -> str:
        return self.copy.name

    def close(self) -> None:
        self.parsed = None
        self.copy.close()

    def __enter__(self) -> Upload:
        return self

    def __exit__(self, *exc) -> None:
        self.close()


def inspect_upload(file: BinaryIO | bytes | Path | str, name: str = "") -> Upload:
    """Look at an uploaded file before anything parses it.

    In: an open binary file, its bytes or its path; the name it was uploaded under (only for sentences, the
    kind is read from the content). Out: an Upload. Raises BadFile, and nothing else, for anything that is
    not a sound .xlsx or CSV within the limits. Memory stays below 64 MB unpacked plus one part.
    """
    return only_bad_file(_inspect, file, name)


def only_bad_file(work: Callable, *args):
    """Run `work(*args)`; whatever a broken file makes a parser raise becomes BadFile (also a Rust panic)."""
    try:
        return work(*args)
    except BadFile:
        raise
    except (KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except MemoryError:
        raise BadFile(_TOO_LARGE) from None
    except BaseException as error:  # pyo3's PanicException is not an Exception
        # Only the type: the message may quote a cell.
        logger.warning("An uploaded file could not be read: %s", type(error).__name__)
        raise BadFile(_BROKEN) from error


def _inspect(file, name: str) -> Upload:
    source = _opened(file)
    source.seek(0, io.SEEK_END)
    size = source.tell()
    source.seek(0)
    if size == 0:
        raise BadFile("Berkas ini kosong. Periksa berkasnya, lalu unggah lagi.")
    if size > MAX_UPLOAD_BYTES:
        raise BadFile(f"Berkas paling besar {MAX_UPLOAD_BYTES // 1024 // 1024} MB. {_TOO_LARGE}")
    start = source.read(4096)
    source.seek(0)
    if start.startswith(b"PK\x03\x04"):
        return _inspect_xlsx(source, name)
    _refuse_known_strangers(start)
    return _inspect_csv(source, name)


def _opened(file) -> BinaryIO:
    if isinstance(file, bytes | bytearray | memoryview):
        return io.BytesIO(file)
    if isinstance(file, Path | str):
        # Read at once: the limit is 25 MB, and an open handle would outlive an exception.
        path = Path(file)
        if path.stat().st_size > MAX_UPLOAD_BYTES:
            raise BadFile(f"Berkas paling besar {MAX_UPLOAD_BYTES // 1024 // 1024} MB. {_TOO_LARGE}")
        return io.BytesIO(path.read_bytes())
    return file


def _refuse_known_strangers(start: bytes) -> None:
    """Say in words what the file is, where its first bytes tell."""
    if start.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        raise BadFile(f"Berkas ini Excel lama (.xls) atau dikunci dengan sandi. {_RESAVE}")
    if start.startswith((b"%PDF", b"{\\rtf")):
        raise BadFile("Berkas ini dokumen (PDF atau Word), bukan daftar. Unggah berkas Excel (.xlsx) atau CSV.")
    if start.startswith((b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"BM")) and b"\0" in start:
        raise BadFile("Berkas ini gambar. Unggah berkas Excel (.xlsx) atau CSV.")
    if start.startswith((b"PK\x05\x06", b"PK\x07\x08", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"BZh", b"\xfd7zXZ")):
        raise BadFile("Berkas ini arsip (ZIP/RAR) atau kosong. Keluarkan dulu daftar di dalamnya, lalu unggah.")
    text = start.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if text.startswith((b"<!doctype", b"<html", b"<table", b"<?xml", b"<meta", b"<style", b"<head", b"<div")):
        raise BadFile(f"Berkas ini halaman web yang diberi nama seperti Excel. {_RESAVE}")


# --- XLSX -------------------------------------------------------------------------------------------------


def _inspect_xlsx(source: BinaryIO, name: str) -> Upload:
    try:
        archive = zipfile.ZipFile(source)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise BadFile(_BROKEN) from error
    with archive:
        parts = _sound_parts(archive)
        copy = tempfile.NamedTemporaryFile(suffix=".xlsx")  # noqa: SIM115  (lives in the Upload)
        try:
            _copy_parts(archive, parts, copy)
        except BaseException:
            copy.close()
            raise
    copy.flush()
    return Upload("xlsx", name, copy)


def _sound_parts(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The parts calamine needs, in an order that puts the shared texts before the sheets."""
    parts = archive.infolist()
    names = [part.filename for part in parts]
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED_BYTES:
        raise BadFile(_TOO_LARGE)
    if len({one.lower() for one in names}) != len(names):
        raise BadFile(_BROKEN)
    if any(part.flag_bits & 0x1 for part in parts):
        raise BadFile("Berkas ini dikunci dengan sandi. Simpan tanpa sandi, lalu unggah lagi.")
    if any(part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for part in parts):
        raise BadFile(_BROKEN)
    if any(_MACRO_PART.search(one) for one in names):
        raise BadFile(f"Berkas ini memuat makro (.xlsm). {_RESAVE}")
    if "mimetype" in names and "content.xml" in names:
        raise BadFile(f"Berkas ini dari LibreOffice (.ods). {_RESAVE}")
    if any(one.lower().endswith("workbook.bin") for one in names):
        raise BadFile(f"Berkas ini Excel biner (.xlsb). {_RESAVE}")
    if "[Content_Types].xml" not in names or "xl/workbook.xml" not in (one.lower() for one in names):
        raise BadFile(_NOT_A_SHEET)
    kept = [part for part in parts if _KEPT_PART.fullmatch(part.filename)]
    return sorted(kept, key=lambda part: "/worksheets/" in part.filename.lower())


def _copy_parts(archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo], target) -> None:
    left = MAX_UNPACKED_BYTES
    texts = _SharedTexts()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as copy:
        for part in parts:
            data = _unpacked(archive, part, left)
            left -= len(data)
            data = _sound_xml(data)
            name = part.filename.lower()
            if name == "[content_types].xml" and b"macroEnabled" in data:
                raise BadFile(f"Berkas ini memuat makro (.xlsm). {_RESAVE}")
            if name == "xl/sharedstrings.xml":
                data[:4096] = _FALSE_COUNTS.sub(rb"", data[:4096], count=2)
                texts = _SharedTexts(data)
            elif "/worksheets/" in name:
                _check_cells(data, texts)
                data = _visible_errors(data)
            with copy.open(part.filename, "w") as stream:
                stream.write(_DIMENSION.sub(b"", data[:4096], count=1))
                stream.write(memoryview(data)[4096:])


def _unpacked(archive: zipfile.ZipFile, part: zipfile.ZipInfo, limit: int) -> bytearray:
    data = bytearray()
    try:
        with archive.open(part) as stream:
            while len(data) <= limit and (piece := stream.read(1 << 20)):
                data += piece
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as error:
        raise BadFile(_BROKEN) from error
    if len(data) > limit:
        raise BadFile(_TOO_LARGE)
    return data


def _sound_xml(data: bytearray) -> bytearray:
    """UTF-8 without document type (so no entities), comments, CDATA: a search sees what a parser sees."""
    if data.startswith(codecs.BOM_UTF8):
        del data[:3]
    if b"\0" in data or data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise BadFile(_BROKEN)
    if b"<!" in data:
        raise BadFile(_BROKEN)
    return data


_FALSE_COUNTS = re.compile(rb"(?<=\s)(?:uniqueCount|count)\s*=\s*(?:\"[^\"]*\"|'[^']*')")
_DIMENSION = re.compile(rb"<dimension\b[^<>]*/>")  # often wrong, never needed
_OTHER_TAGS = (b"<co", b"<cf", b"<ce", b"<cu")  # cols, conditionalFormatting, cfRule, cellWatches …
_WIDE = re.compile(rb'<c r="(?:A[A-Z]|B[A-H])\d')
_FAR = re.compile(rb'<c r="(?![A-Z]\d{1,5}"|A[A-Z]\d{1,5}"|B[A-H]\d{1,5}"|[A-Z]\d{6}")([^"]*)"[^>]*(?:/>|></c>)?')
_SHARED_END = re.compile(rb"</(?:[^\s<>/]+:)?si\s*>|<(?:[^\s<>/]+:)?si(?:\s[^<>]*)?/>")
_SHARED_USE = re.compile(rb't="s"[^<>]*><v>(\d{1,9})</v>')
_SIX_DIGITS = re.compile(rb'<c r="[A-Z](\d{6})"')
_LONG_ROWS = re.compile(rb'<c r="[A-Z]{1,2}\d{5}')
_ERROR_CELL = re.compile(rb"(<c\b[^<>]*\st=)(?:\"e\"|'e')")


def _visible_errors(data: bytearray) -> bytearray:
    """calamine gives an empty cell for #REF! and the like; as text they stay visible and can be refused."""
    if b'"e"' in data or b"'e'" in data:
        return bytearray(_ERROR_CELL.sub(rb'\1"str"', data))
    return data


class _SharedTexts:
    """How long each shared text is (with its tags: an upper bound), in the order sheets refer to them."""

    def __init__(self, data: bytes | bytearray = b""):
        if data.count(b"si>") + data.count(b"si/>") > 2 * MAX_CELLS:
            raise BadFile(_TOO_LARGE)
        self.lengths = array("L")
        start = 0
        for end in _SHARED_END.finditer(data):
            self.lengths.append(end.start() - start)
            start = end.end()
        self.longest = max(self.lengths, default=0)


def _check_cells(data: bytearray, texts: _SharedTexts) -> None:
    """Refuse a sheet whose cells reach too far or whose texts, copied at every use, fill the memory."""
    cells = data.count(b"<c") - sum(map(data.count, _OTHER_TAGS)) + data.count(b":c")
    if cells > MAX_CELLS or data.count(b"<") > MAX_TAGS:
        raise BadFile(_TOO_LARGE)
    plain = cells == data.count(b'<c r="')  # as every spreadsheet program writes them; else look closer
    small = not _WIDE.search(data) or not _LONG_ROWS.search(data)
    if plain and small and not _far_cell(data) and _shares_modestly(data, texts):
        return
    _walk_cells(data, texts)


def _shares_modestly(data: bytearray, texts: _SharedTexts) -> bool:
    """Whether the shared texts, copied at every use, stay within the limit; False also if that is unclear."""
    uses = data.count(b'"s"') + data.count(b"'s'")
    if uses * texts.longest <= MAX_TEXT_BYTES:
        return True
    lengths, found, total = texts.lengths, 0, 0
    for match in _SHARED_USE.finditer(data):
        found += 1
        index = int(match[1])
        if index >= len(lengths):
            return False
        total += lengths[index]
    return found == uses and total <= MAX_TEXT_BYTES


def _far_cell(data: bytearray) -> bool:
    return bool(_FAR.search(data)) or any(int(row) > MAX_ROW_NUMBER for row in _SIX_DIGITS.findall(data))


def _walk_cells(data: bytearray, texts: _SharedTexts) -> None:
    """The exact and slower way: every cell with a value, placed as calamine places it."""
    if data.count(b"<") > MAX_WALKED_TAGS:
        raise BadFile(_TOO_LARGE)
    walk = _CellWalk(texts)
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = walk.start
    parser.EndElementHandler = walk.end
    parser.CharacterDataHandler = walk.text
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise BadFile(_BROKEN) from error
    walk.check_sparse()


class _CellWalk:
    def __init__(self, texts: _SharedTexts):
        self.texts = texts
        self.row = self.column = 0
        self.filled = self.bottom = self.right = self.text_bytes = 0
        self.shared = self.in_value = False

    def start(self, tag: str, attributes: dict) -> None:
        tag = tag.rpartition(":")[2]
        if tag == "row":
            self.row = _row_number(attributes["r"]) if "r" in attributes else self.row + 1
            self.column = 0
        elif tag == "c":
            self._place(attributes.get("r"))
            self.shared = attributes.get("t") == "s"
        elif tag in ("v", "is", "f"):
            self.in_value = tag == "v"
            self._fill()

    def end(self, tag: str) -> None:
        if self.in_value and tag.rpartition(":")[2] == "v":
            self.in_value = False

    def text(self, text: str) -> None:
        if self.in_value and self.shared:
            try:
                self.text_bytes += self.texts.lengths[int(text)]
            except (ValueError, IndexError) as error:
                raise BadFile(_BROKEN) from error
            if self.text_bytes > MAX_TEXT_BYTES:
                raise BadFile(_TOO_LARGE)

    def _place(self, address: str | None) -> None:
        if address is None:
            self.column += 1
            self.row = self.row or 1
            return
        match = re.fullmatch(r"([A-Za-z]{1,8})(\d{1,12})", address)
        if not match:
            raise BadFile(_BROKEN)
        self.row = _row_number(match[2])
        self.column = 0
        for letter in match[1].upper():
            self.column = self.column * 26 + ord(letter) - 64

    def _fill(self) -> None:
        self.filled += 1
        self.bottom = max(self.bottom, self.row)
        self.right = max(self.right, self.column)
        if self.column > 16_384 or self.row > 1_048_576:
            raise BadFile(_BROKEN)
        if self.column > MAX_COLUMNS:
            raise BadFile(_TOO_FAR if self.filled < 1000 else TOO_MANY_COLUMNS)
        if self.row > MAX_ROW_NUMBER:
            raise BadFile(_TOO_FAR if self.filled < 1000 else TOO_MANY_ROWS)

    def check_sparse(self) -> None:
        area = self.bottom * self.right
        if area > EASY_AREA and self.filled < area / SPARSE:
            raise BadFile(_TOO_FAR)


def _row_number(text: str) -> int:
    if not re.fullmatch(r"\d{1,12}", text):
        raise BadFile(_BROKEN)
    return int(text)


# --- CSV --------------------------------------------------------------------------------------------------

_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f]")
_PARAGRAPH = 1 << 20


def _inspect_csv(source: BinaryIO, name: str) -> Upload:
    data = source.read()
    encoding = _encoding(data)
    sample = _decoded_start(data, encoding)
    return Upload("csv", name, io.BytesIO(data), encoding, _delimiter(sample))


def _encoding(data: bytes) -> str:
    """UTF-8, UTF-16 with its mark, or what old Excel writes (cp1252); anything else is refused."""
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return encoding if _decodes(data, encoding) else _refuse_text()
    for encoding in ("utf-8", "cp1252"):
        if _decodes(data, encoding):
            return encoding
    return _refuse_text()


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        decoder = codecs.getincrementaldecoder(encoding)()
        for start in range(0, len(data), _PARAGRAPH):
            chunk = decoder.decode(data[start : start + _PARAGRAPH], final=start + _PARAGRAPH >= len(data))
            if _CONTROL.search(chunk):
                return False
    except UnicodeError:
        return False
    return True


def _refuse_text() -> str:
    raise BadFile(_NOT_A_SHEET)


def _decoded_start(data: bytes, encoding: str) -> str:
    return codecs.getincrementaldecoder(encoding)().decode(data[:65_536])


def _delimiter(sample: str) -> str:
    """The sign that gives the most columns in the most lines. `sep=;` in the first line decides (Excel's
    own way).
    """
    told = re.match(r"sep=(.)\r?\n", sample)
    if told:
        return told[1]
    lines = sample.splitlines()[:60]
    return max(";,\t|", key=lambda sign: _evenness(lines, sign))


def _evenness(lines: list[str], sign: str) -> int:
    try:
        widths = [len(row) for row in csv.reader(lines, delimiter=sign) if row]
    except csv.Error:
        return 0
    counts = {width: widths.count(width) for width in set(widths) if width > 1}
    return max((width * times for width, times in counts.items()), default=0)
