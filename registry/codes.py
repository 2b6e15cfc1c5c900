"""Public codes and one-time tokens: `7K3-4F6Q-9TXM-2ABC`.

The first group says whose code it is, so that the wall can be set before anything is read: the short number
of a cooperative, or "0" and the number of an agency. Behind it stand 60 random bits. Crockford's base32 has
no I, L, O and U; what a person reads or types in their place is understood
(https://www.crockford.com/base32.html). A code printed on paper is stored as it is; a token that opens
something is stored only as `hash_token`.
"""

import hashlib
import re
import secrets
from typing import Literal, NamedTuple

__all__ = ["Scope", "Code", "BadCode", "new_code", "split_code", "code_or_404", "code_text", "hash_token"]

Scope = Literal["cooperative", "agency"]
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SECRET_LENGTH = 12  # 12 x 5 = 60 bits
MAX_NUMBER = 2**31 - 1  # an `integer` of the database; a longer prefix is not ours
_VALUES = {symbol: value for value, symbol in enumerate(ALPHABET)}
_READ_AS = str.maketrans("OIL", "011")
_SEPARATORS = re.compile(r"[\s\-\u2010-\u2015\u2212]+")  # spaces, and every dash a keyboard makes of "-"


class BadCode(ValueError):
    """Not a code of ours. Says nothing about why: the visitor may be guessing."""

    sentence = "Kode ini tidak dikenali. Periksa kembali huruf dan angkanya."

    def __init__(self):
        super().__init__(self.sentence)


class Code(NamedTuple):
    """Whose a code is, that one's number, and the one written form that is stored and compared."""

    scope: Scope
    number: int
    normalized: str


def to_base32(number: int) -> str:
    """A number from 1 up in Crockford's base32, without padding: 7811 -> "7M3". Raises ValueError below 1."""
    if number < 1:
        raise ValueError("Numbers in codes begin with 1.")
    symbols = ""
    while number:
        number, rest = divmod(number, 32)
        symbols = ALPHABET[rest] + symbols
    return symbols


def from_base32(symbols: str) -> int:
    """The number written by `to_base32`. Raises KeyError for a sign outside the alphabet."""
    number = 0
    for symbol in symbols:
        number = number * 32 + _VALUES[symbol]
    return number


def new_code(place_number: int, scope: Scope = "cooperative") -> str:
    """A fresh code for the cooperative (its short number) or the agency (its number): "7K3-4F6Q-9TXM-2ABC".

    Random by `secrets`; the caller's unique constraint settles the one collision in 2**60.
    Raises ValueError for a number below 1, too large for a prefix, or an unknown scope.
    """
    if scope not in ("cooperative", "agency"):
        raise ValueError(f"Unknown scope {scope!r}.")
    prefix = ("0" if scope == "agency" else "") + to_base32(place_number)
    if place_number > MAX_NUMBER:
        raise ValueError("This number does not fit the prefix of a code.")
    bits = secrets.randbits(5 * SECRET_LENGTH)  # one call: a collection of hundreds makes as many codes
    return _grouped(prefix, "".join(ALPHABET[bits >> 5 * place & 31] for place in range(SECRET_LENGTH)))


def split_code(text: str) -> Code:
    """Reads a typed or scanned code: capitals or not, dashes, spaces or neither, O for 0, I and L for 1.

    The last twelve signs are the secret, all before them the prefix. Raises BadCode for everything else.
    """
    symbols = _SEPARATORS.sub("", text)
    if not symbols.isascii():  # before upper(): "ı" would become "I"
        raise BadCode
    symbols = symbols.upper().translate(_READ_AS)
    prefix, secret = symbols[:-SECRET_LENGTH], symbols[-SECRET_LENGTH:]
    if not set(symbols) <= set(ALPHABET):
        raise BadCode
    scope: Scope = "agency" if prefix.startswith("0") else "cooperative"
    digits = prefix.removeprefix("0")
    if not 1 <= len(digits) <= 7 or digits.startswith("0"):
        raise BadCode
    number = from_base32(digits)
    if number > MAX_NUMBER:
        raise BadCode
    return Code(scope, number, _grouped(prefix, secret))


def code_text(text: str) -> str:
    """The form for paper and screens: capitals, groups of four behind the prefix. Raises BadCode."""
    return split_code(text).normalized


def code_or_404(text: str) -> str:
    """A code in the address of a page, in its stored form. Raises Http404 for what is no code of ours."""
    from django.http import Http404  # here, so that everything above works without Django

    try:
        return split_code(text).normalized
    except BadCode:
        raise Http404 from None


def hash_token(text: str) -> bytes:
    """SHA-256 (32 bytes) of the normalized code, the only form in which a token is stored. Raises BadCode.

    A plain hash is enough: 60 random bits cannot be tried out as a citizen's number can.
    """
    return hashlib.sha256(split_code(text).normalized.encode("ascii")).digest()


def _grouped(prefix: str, secret: str) -> str:
    return "-".join([prefix, *(secret[start : start + 4] for start in range(0, SECRET_LENGTH, 4))])
