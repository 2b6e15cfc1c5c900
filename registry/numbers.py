"""The rules of Indonesian identity numbers, phone numbers, codes and names.

Every `check_*` takes what was typed and gives a `Verdict`: the normalized value, errors (refuse), warnings
(a named user may keep it). The sentences are polite Indonesian and never repeat a citizen's number, so they
may be stored, shown and logged. Only the digits 0-9 count; digits of other scripts are refused. Nothing
here asks a clock or a table.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import quote

__all__ = [
    "Verdict", "BirthAndSex", "TooLong",
    "check_national_id", "mask_national_id", "birth_and_sex_from_national_id",
    "check_cooperative_nik", "check_legal_decree", "normalize_decree", "check_nib", "check_npwp",
    "check_kbli", "check_phone", "format_phone", "mask_phone", "wa_address", "wa_link",
    "check_place_code", "check_nip", "format_nip", "check_postal_code", "check_rt_rw",
    "clean_name", "clean_line",
]  # fmt: skip


@dataclass(frozen=True)
class Verdict:
    """What a check found. `value` is normalized also when there are errors, as far as that is possible."""

    value: str
    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """True without errors; warnings do not count."""
        return not self.errors


class TooLong(ValueError):
    """Raised by `clean_line` and `clean_name`; `.sentence` says how long it may be.

    Text is never cut in silence.
    """

    def __init__(self, max_length: int, length: int):
        self.sentence = f"Paling banyak {max_length} huruf; yang terisi {length}."
        super().__init__(self.sentence)


# --- Words ----------------------------------------------------------------------------------------


def clean_line(text: str, max_length: int | None = None) -> str:
    """One line of text: control signs, NUL, invisible and direction-turning signs removed, spaces
    collapsed, NFC.

    Capitals, titles and punctuation stay as typed. Raises TooLong above `max_length` characters.
    """
    if text.isascii() and text.isprintable():
        # Nothing to remove: most of a long list goes this way, twenty times as fast.
        line = " ".join(text.split())
        if max_length is not None and len(line) > max_length:
            raise TooLong(max_length, len(line))
        return line
    kept = []
    for sign in unicodedata.normalize("NFC", text):
        category = unicodedata.category(sign)
        if sign.isspace() or category in ("Zl", "Zp"):
            kept.append(" ")
        elif category not in ("Cc", "Cf", "Cs", "Co", "Cn"):
            kept.append(sign)
    line = " ".join("".join(kept).split())
    if max_length is not None and len(line) > max_length:
        raise TooLong(max_length, len(line))
    return line


def clean_name(text: str, max_length: int = 120) -> str:
    """A person's or cooperative's name, as `clean_line`, with typographic apostrophes made plain (so that
    "Ma’mun" and "Ma'mun" are found alike). Raises TooLong.
    """
    return clean_line(text.translate({0x2018: "'", 0x2019: "'", 0x02BC: "'", 0x0060: "'"}), max_length)


def _compact(text: str, separators: str = " .-") -> str:
    """Without invisible signs and without the separators people write between groups."""
    if _all_digits(text):
        return text
    return clean_line(text).translate({ord(sign): None for sign in separators})


def _all_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


_SPREADSHEET_NUMBER = re.compile(r"[0-9][.,]?[0-9]*e\+?[0-9]+|[0-9]{6,}[.,]0+", re.IGNORECASE | re.ASCII)


def _digits(text: str, name: str, lengths: tuple[int, ...], separators: str = " .-") -> tuple[str, list[str]]:
    """The digits of `text` and at most one error: a spreadsheet's number, nothing, letters, or length."""
    if len(text) in lengths and _all_digits(text):
        return text, []
    if _SPREADSHEET_NUMBER.fullmatch(clean_line(text)):
        return "", [f"{name} terbaca sebagai bilangan. Jadikan kolomnya teks, lalu ketik ulang."]
    value = _compact(text, separators)
    if not value:
        return "", [f"{name} belum diisi."]
    if not _all_digits(value):
        return value, [f"{name} hanya berisi angka."]
    if len(value) not in lengths:
        if list(lengths) == list(range(lengths[0], lengths[-1] + 1)) and len(lengths) > 2:
            wanted = f"{lengths[0]} sampai {lengths[-1]}"
        else:
            wanted = ", ".join(str(length) for length in lengths[:-1])
            wanted = f"{wanted} atau {lengths[-1]}" if wanted else str(lengths[-1])
        return value, [f"{name} terdiri dari {wanted} angka; yang terisi {len(value)}."]
    return value, []


# --- The citizen's number -------------------------------------------------------------------------


class BirthAndSex(NamedTuple):
    """What a citizen's number says: date of birth and sex ("L" or "P")."""

    birth_date: date
    sex: str


def _real_date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


@lru_cache(maxsize=4096)
def _births(six_digits: str) -> tuple[date, ...]:
    """The days of birth a number with DDMMYY in its middle can mean, in two centuries; or none. Days repeat in a list."""
    day, month, year = int(six_digits[:2]) % 40, int(six_digits[2:4]), int(six_digits[4:])
    if int(six_digits[:2]) > 71:
        return ()
    found = (_real_date(century + year, month, day) for century in (1900, 2000))
    return tuple(day_of_birth for day_of_birth in found if day_of_birth)


def _sex(national_id: str) -> str:
    return "P" if int(national_id[6:8]) > 40 else "L"


def check_national_id(
    text: str, *, birth_date: date | None = None, sex: str | None = None, synthetic_allowed: bool = False
) -> Verdict:
    """NIK of a citizen: 16 digits `PPKKCC DDMMYY SSSS`, a woman's day + 40, no check digit; value: the 16
    digits.

    The place in it is that of the first registration and is never compared. Serial 0000 and province 99 are
    never issued: accepted only where invented people are allowed (`synthetic_allowed`: demo, tests). A
    `birth_date` or `sex` ("L"/"P") that differs gives a warning, as old errors live on in real KTPs. No
    sentence repeats the number.
    """
    value, errors = _digits(text.lstrip().lstrip("'"), "NIK", (16,))
    if errors:
        return Verdict(value, errors)
    births = _births(value[6:12])
    if not births:
        errors.append("Tanggal lahir di dalam NIK tidak ada di kalender. Periksa angka ke-7 sampai ke-12.")
    if not synthetic_allowed and value[12:] == "0000":
        errors.append("Empat angka terakhir NIK tidak mungkin 0000.")
    if not synthetic_allowed and value[:2] == "99":
        errors.append("Dua angka pertama NIK bukan kode provinsi.")
    if errors:
        return Verdict(value, errors)
    warnings = []
    if birth_date and birth_date not in births:
        warnings.append("Tanggal lahir di dalam NIK berbeda dari yang diisi. Cocokkan dengan KTP.")
    if sex and sex != _sex(value):
        warnings.append("Jenis kelamin di dalam NIK berbeda dari yang diisi. Cocokkan dengan KTP.")
    return Verdict(value, [], warnings)


def birth_and_sex_from_national_id(national_id: str, *, today: date) -> BirthAndSex:
    """Date of birth (the latest that is not after `today`) and sex in a number that `check_national_id`
    accepted.

    A person over a hundred is read a century too young; offer the result for confirmation, never store it
    unseen. Raises ValueError if the number holds no such date.
    """
    if len(national_id) != 16 or not _all_digits(national_id):
        raise ValueError("Not a citizen's number.")
    births = [day for day in _births(national_id[6:12]) if day <= today]
    if not births:
        raise ValueError("No possible date of birth.")
    return BirthAndSex(max(births), _sex(national_id))


def mask_national_id(national_id: str) -> str:
    """For screens and paper: "3673**********01" (UU 27/2022); what has not 16 digits becomes stars."""
    if len(national_id) != 16 or not _all_digits(national_id):
        return "*" * 16
    return f"{national_id[:4]}{'*' * 10}{national_id[-2:]}"


# --- The cooperative's numbers --------------------------------------------------------------------


def check_cooperative_nik(text: str) -> Verdict:
    """Nomor Induk Koperasi: 10-16 digits; a warning unless 13, the only length seen so far."""
    value, errors = _digits(text, "NIK koperasi", tuple(range(10, 17)))
    if errors or len(value) == 13:
        return Verdict(value, errors)
    return Verdict(value, [], [f"NIK koperasi biasanya 13 angka; yang terisi {len(value)}."])


_DECREE = re.compile(r"AHU-[0-9]{7}\.AH\.01\.(?P<kind>29|38)\.TAHUN [0-9]{4}", re.ASCII)


def normalize_decree(text: str) -> str:
    """The key by which two spellings of one decree number meet: capitals, single spaces."""
    return clean_line(text).upper()


def check_legal_decree(text: str) -> Verdict:
    """Number of the legal-entity decree; value: as typed on one line, a new-style (AHU) number in capitals.

    New: "AHU-0017736.AH.01.29.TAHUN 2025"; another shape after "AHU" is a warning, and so is AH.01.38, which
    approves changed articles. Old numbers ("518.08/96/BH/XIV.10/VIII/2008") had no common shape and pass.
    """
    value = clean_line(text)
    if not value:
        return Verdict("", ["Nomor badan hukum belum diisi."])
    if len(value) > 100:
        return Verdict(value, [TooLong(100, len(value)).sentence])
    key = normalize_decree(value)
    if not key.startswith("AHU"):
        return Verdict(value)
    match = _DECREE.fullmatch(key)
    if not match:
        usual = "AHU-0017736.AH.01.29.TAHUN 2025"
        return Verdict(key, [], [f"Nomor AHU biasanya seperti {usual}. Cocokkan dengan surat."])
    if match["kind"] == "38":
        approves_change = "AH.01.38 adalah persetujuan perubahan anggaran dasar, bukan pengesahan pendirian."
        return Verdict(key, [], [approves_change])
    return Verdict(key)


def check_nib(text: str) -> Verdict:
    """Nomor Induk Berusaha: 13 digits."""
    return Verdict(*_digits(text, "NIB", (13,)))


def check_npwp(text: str) -> Verdict:
    """NPWP: value has 16 digits. The old 15 (with or without dots) get a leading 0, as since 1 July 2024;
    of a NITKU (22 digits) the first 16 are the NPWP, said in a warning.
    """
    value, errors = _digits(text, "NPWP", (15, 16, 22))
    if errors:
        return Verdict(value, errors)
    if len(value) == 22:
        kept = "Yang diisi adalah NITKU (22 angka); 16 angka pertamanya dicatat sebagai NPWP."
        return Verdict(value[:16], [], [kept])
    return Verdict(value.zfill(16))


def check_kbli(text: str) -> Verdict:
    """KBLI code: 5 digits; 4 (a group, as in official lists) with a warning.

    Whether it exists is asked of a table.
    """
    value, errors = _digits(text, "Kode KBLI", (4, 5))
    if errors or len(value) == 5:
        return Verdict(value, errors)
    return Verdict(value, [], ["Kode KBLI 4 angka adalah golongan; pilih kode 5 angka bila ada."])


# --- Phones ---------------------------------------------------------------------------------------


def check_phone(text: str) -> Verdict:
    """An Indonesian number, mobile or landline; value "+628…" or "+62254…".

    Understood: 08…, 8… (a spreadsheet ate the 0), 62…, +62…, +62 (0)8…, 0254-…; with spaces, dots, dashes,
    brackets. Refused: other countries, two numbers in one field, fewer than 8 or more than 13 digits behind
    +62. A warning for a mobile number outside 10-13 digits counted with its leading 0.
    """
    compact = _compact(text, " .-()")
    if not compact:
        return Verdict("", ["Nomor telepon belum diisi."])
    digits = compact.removeprefix("+")
    if not _all_digits(digits):
        return Verdict(compact, ["Tulis satu nomor telepon saja, contoh 0812 3456 7890."])
    if digits.startswith("62"):
        national = digits[2:].removeprefix("0")
    elif not compact.startswith("+") and digits.startswith(("0", "8")):
        national = digits.removeprefix("0")
    else:
        return Verdict(compact, ["Nomor telepon Indonesia diawali 08, 02, atau +62."])
    if national.startswith(("0", "1")):
        return Verdict(compact, ["Nomor telepon Indonesia diawali 08, 02, atau +62."])
    if not 8 <= len(national) <= 13:
        wrong = "pendek" if len(national) < 8 else "panjang"
        return Verdict(f"+62{national}", [f"Nomor telepon terlalu {wrong}."])
    if national.startswith("8") and not 9 <= len(national) <= 12:
        return Verdict(f"+62{national}", [], ["Nomor HP biasanya 10 sampai 13 angka."])
    return Verdict(f"+62{national}")


def format_phone(phone: str) -> str:
    """A stored number as people read it aloud: "+6281234567890" -> "0812-3456-7890", "+62254200000" ->
    "0254-200000".

    Anything that is not a stored number comes back unchanged.
    """
    if not phone.startswith("+62") or not _all_digits(phone[1:]):
        return phone
    local = "0" + phone[3:]
    if not local.startswith("08"):
        head = 3 if local.startswith(("021", "022", "024", "031", "061")) else 4  # the five three-digit area codes
        return f"{local[:head]}-{local[head:]}"
    return "-".join(part for part in (local[:4], local[4:8], local[8:]) if part)


def mask_phone(phone: str) -> str:
    """As "08******7890": the first two and last four digits of the local form; too short: stars."""
    local = "0" + phone[3:] if phone.startswith("+62") else phone
    return f"{local[:2]}******{local[-4:]}" if len(local) >= 8 else "*" * 8


def wa_link(phone: str, text: str = "") -> str:
    """An address that opens WhatsApp with `text` typed but not sent: "https://wa.me/6281234567890?text=…".

    Raises ValueError for a number `check_phone` refuses. The text is seen by WhatsApp: no NIK, no password.
    """
    verdict = check_phone(phone)
    if not verdict.ok:
        raise ValueError("Not a phone number.")
    address = f"https://wa.me/{verdict.value[1:]}"
    return f"{address}?text={quote(text, safe='')}" if text else address


def wa_address(phone: str, text: str) -> str:
    """As `wa_link`; without a usable number WhatsApp itself asks whom to send the text to."""
    return wa_link(phone, text) if phone and check_phone(phone).ok else f"https://wa.me/?text={quote(text, safe='')}"


# --- Places and people's offices ------------------------------------------------------------------


def check_place_code(text: str) -> Verdict:
    """Kemendagri code of a province, regency, district or village; value with dots: "36.73.03.1007".

    Dots may be missing in the input (2, 4, 6 or 10 digits). A village's last four begin with 1 (kelurahan) or
    2 (desa).
    """
    value, errors = _digits(text, "Kode wilayah", (2, 4, 6, 10))
    if errors:
        return Verdict(value, errors)
    parts = [part for part in (value[:2], value[2:4], value[4:6], value[6:]) if part]
    if len(value) == 10 and value[6] not in "12":
        errors = ["Empat angka terakhir kode wilayah diawali 1 (kelurahan) atau 2 (desa)."]
    return Verdict(".".join(parts), errors)


def check_nip(text: str) -> Verdict:
    """Civil servant's number: 18 digits `YYYYMMDD YYYYMM S NNN`; warnings for an impossible date, month or
    sex digit.
    """
    value, errors = _digits(text, "NIP", (18,))
    if errors:
        return Verdict(value, errors)
    born = _real_date(int(value[:4]), int(value[4:6]), int(value[6:8])) if int(value[:4]) else None
    appointed = 1 <= int(value[12:14]) <= 12 and value[8:12] > value[:4]
    if born and appointed and value[14] in "12":
        return Verdict(value)
    return Verdict(value, [], ["Susunan NIP ini tidak biasa. Cocokkan dengan surat keputusannya."])


def format_nip(nip: str) -> str:
    """As printed under a signature, 8-6-1-3: "19650319 198802 1 001". Not 18 digits: unchanged."""
    if len(nip) != 18 or not _all_digits(nip):
        return nip
    return f"{nip[:8]} {nip[8:14]} {nip[14]} {nip[15:]}"


def check_postal_code(text: str) -> Verdict:
    """Kode pos: anything but 5 digits is a warning, nothing is refused."""
    value, errors = _digits(text, "Kode pos", (5,))
    return Verdict(value, [], errors)


_RT_RW = re.compile(r"(?:rt\W*)?([0-9]{1,3})(?:\s*[/\-]\s*|\s+)(?:rw\W*)?([0-9]{1,3})", re.IGNORECASE | re.ASCII)


def check_rt_rw(text: str) -> Verdict:
    """RT and RW; value "001/002" from "1/2", "RT 1 RW 2", "RT.001/RW.002".

    Unreadable: kept as typed, a warning.
    """
    line = clean_line(text)
    match = _RT_RW.fullmatch(line)
    if not match:
        return Verdict(line, [], ["Tulis RT/RW seperti 001/002."])
    return Verdict(f"{int(match[1]):03d}/{int(match[2]):03d}")
