"""The key ring: keys that encrypt citizens' numbers, and one hashing key per agency.

A small JSON file (`settings.KEYS_FILE`, mode 0600) outside the repository and the database, so that neither
alone reveals a number:

    {"encryption": [{"id": 1, "key": "<base64, 32 bytes>", "made_on": "2026-11-20"}], "hashing":
    {"kota-serang": "…"}}

Ciphertext: version (1 byte) · key id (2 bytes, big endian) · nonce (12) · AES-256-GCM ciphertext and tag
(16). The header is authenticated too. The newest key encrypts; older ones stay to read what they wrote.
A plain hash of a citizen's number is undone in seconds (a district has few million candidates), hence HMAC.
Losing this file loses every encrypted number: it belongs in the backup, apart from the database.
"""

import base64
import fcntl
import hmac
import json
import os
import re
import secrets
import stat
import struct
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

__all__ = ["KeyRing", "key_ring", "key_id_of", "KeyRingError", "KeyFileMissing", "KeyFileExposed",
           "KeyFileDamaged", "KeyMissing", "Undecipherable"]  # fmt: skip

VERSION = 1
KEY_BYTES = 32
NONCE_BYTES = 12
_HEADER = struct.Struct(">BH")
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)


class KeyRingError(Exception):
    """Anything that keeps the ring from being used. The message is for operators and holds no secret."""


class KeyFileMissing(KeyRingError):
    """There is no key file at the path."""


class KeyFileExposed(KeyRingError):
    """Group or others may read, write or run the key file."""


class KeyFileDamaged(KeyRingError):
    """The key file is not the JSON described above."""


class KeyMissing(KeyRingError):
    """The ring lacks the encryption key of a ciphertext, or the hashing key of an agency."""


class Undecipherable(KeyRingError):
    """The ciphertext was changed, belongs to another row (aad), or another key carries its key's id."""


def key_id_of(ciphertext: bytes) -> int:
    """The id of the key that wrote `ciphertext`. Raises Undecipherable if this is no ciphertext of ours."""
    ciphertext = bytes(ciphertext)
    if len(ciphertext) < _HEADER.size + NONCE_BYTES + 16:
        raise Undecipherable("The ciphertext is too short.")
    version, key_id = _HEADER.unpack_from(ciphertext)
    if version != VERSION:
        raise Undecipherable(f"Ciphertext version {version} is unknown.")
    return key_id


class KeyRing:
    """The keys of one installation.

    Make it with `load` or `create`; `rotate`, `retire` and `ensure_agency` also write the file.
    """

    def __init__(self, path: Path, encryption: dict[int, bytes], hashing: dict[str, bytes]):
        self.path = path
        self._encryption = encryption
        self._hashing = hashing

    def __repr__(self) -> str:
        return f"<KeyRing {self.path}: keys {self.key_ids}, agencies {self.agencies}>"

    @classmethod
    def load(cls, path: str | os.PathLike) -> "KeyRing":
        """The ring in the file at `path`.

        Raises KeyFileMissing, KeyFileExposed (any right for group or others) or KeyFileDamaged.
        """
        path = Path(path)
        return cls(path, *_parsed(_read(path), path))

    @classmethod
    def create(cls, path: str | os.PathLike, *, made_on: date | None = None) -> "KeyRing":
        """A new ring with one encryption key, written at once and completely, mode 0600 (its folder 0700 if
        made).

        Raises FileExistsError if there is a file already: overwriting keys destroys data.
        """
        path = Path(path)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _locked(path):
            if path.exists():
                raise FileExistsError(f"{path} exists; it is not overwritten.")
            _write(path, {"encryption": [_new_key(1, made_on)], "hashing": {}})
        return cls.load(path)

    @property
    def key_ids(self) -> list[int]:
        """Ids of the encryption keys, oldest first."""
        return sorted(self._encryption)

    @property
    def current_key_id(self) -> int:
        """The id of the key that encrypts from now on."""
        return max(self._encryption)

    @property
    def agencies(self) -> list[str]:
        """Slugs of the agencies that have a hashing key."""
        return sorted(self._hashing)

    def encrypt(self, plain: str, aad: bytes) -> bytes:
        """`plain` under the newest key. `aad` names the row (kind, cooperative, member): a ciphertext moved
        to another row will not open. The same text gives another ciphertext each time.
        """
        header = self.header()
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = AESGCM(self._encryption[self.current_key_id]).encrypt(nonce, plain.encode(), header + aad)
        return header + nonce + sealed

    def decrypt(self, ciphertext: bytes, aad: bytes) -> str:
        """The text again; `ciphertext` may be a memoryview as databases give it.

        Raises KeyMissing if its key is not in the ring, Undecipherable if it or its `aad` is not what was
        sealed.
        """
        ciphertext = bytes(ciphertext)
        key_id = key_id_of(ciphertext)
        if key_id not in self._encryption:
            raise KeyMissing(f"Key {key_id} is not in {self.path}. Restore the key file of the backup.")
        header, rest = ciphertext[: _HEADER.size], ciphertext[_HEADER.size :]
        try:
            cipher = _cipher(self._encryption[key_id])
            plain = cipher.decrypt(rest[:NONCE_BYTES], rest[NONCE_BYTES:], header + aad)
        except InvalidTag:
            raise Undecipherable(f"A ciphertext of key {key_id} does not open.") from None
        return plain.decode()

    def encrypt_many(self, plains: Sequence[str], aads: Sequence[bytes]) -> list[bytes]:
        """As `encrypt`, for a whole list: text by text with its own `aad` and nonce."""
        header, cipher = self.header(), AESGCM(self._encryption[self.current_key_id])
        nonces = secrets.token_bytes(NONCE_BYTES * len(plains))
        parts = (nonces[start : start + NONCE_BYTES] for start in range(0, len(nonces), NONCE_BYTES))
        return [
            header + nonce + cipher.encrypt(nonce, plain.encode(), header + aad)
            for nonce, plain, aad in zip(parts, plains, aads, strict=True)
        ]

    def decrypt_many(self, ciphertexts: Sequence[bytes], aads: Sequence[bytes]) -> list[str]:
        """As `decrypt`, for a whole list."""
        return [self.decrypt(one, aad) for one, aad in zip(ciphertexts, aads, strict=True)]

    def blind_indexes(self, agency_slug: str, national_ids: Sequence[str]) -> list[bytes]:
        """As `blind_index`, for a whole list."""
        return [self.blind_index(agency_slug, one) for one in national_ids]

    def is_current(self, ciphertext: bytes) -> bool:
        """Whether the newest key wrote `ciphertext`; a rotation still has to rewrite the others."""
        return key_id_of(ciphertext) == self.current_key_id

    def rotate(self, *, made_on: date | None = None) -> int:
        """Adds a key that encrypts from now on and gives its id.

        Older keys stay; rewriting rows is the caller's.
        """
        with self._changing() as content:
            new_id = max(entry["id"] for entry in content["encryption"]) + 1
            content["encryption"].append(_new_key(new_id, made_on))
        return new_id

    def retire(self, key_id: int, *, today: date) -> None:
        """Takes an encryption key out of the ring for good. The caller has seen that nothing uses it.

        Raises KeyRingError for the key in use, an unknown one, and on the day the key in use was made: a process
        may still be finishing what it began with the one before.
        """
        with self._changing() as content:
            entries = {entry["id"]: entry for entry in content["encryption"]}
            newest = max(entries)
            if key_id == newest:
                raise KeyRingError(f"Key {key_id} is in use. Make a new one first: keys rotate.")
            if key_id not in entries:
                raise KeyRingError(f"There is no key {key_id} in {self.path}.")
            if entries[newest].get("made_on", "") >= today.isoformat():
                raise KeyRingError(f"Key {newest} was made today; retire key {key_id} tomorrow or later.")
            content["encryption"] = [entry for number, entry in entries.items() if number != key_id]

    def header(self) -> bytes:
        """The first bytes of everything the newest key writes."""
        return _HEADER.pack(VERSION, self.current_key_id)

    def ensure_agency(self, agency_slug: str) -> None:
        """Gives the agency a hashing key unless it has one. Called when an agency is made, never when one
        is hashed for: a lost key made anew would silently split its index. Raises ValueError for what is
        not a slug.
        """
        if agency_slug in self._hashing:
            return
        if not _SLUG.fullmatch(agency_slug):
            raise ValueError("Not an agency's slug.")
        with self._changing() as content:
            content["hashing"].setdefault(agency_slug, _encoded(secrets.token_bytes(KEY_BYTES)))

    def blind_index(self, agency_slug: str, national_id: str) -> bytes:
        """HMAC-SHA-256 (32 bytes) of a citizen's number under the agency's own key: equal only for equal
        numbers of one agency. `national_id` is the normalized 16 digits, else ValueError. Raises KeyMissing
        without a key.
        """
        if not (len(national_id) == 16 and national_id.isascii() and national_id.isdigit()):
            raise ValueError("Only a normalized citizen's number is indexed.")
        if agency_slug not in self._hashing:
            raise KeyMissing(f"Agency {agency_slug} has no hashing key in {self.path}.")
        message = b"national_id:" + national_id.encode()
        return hmac.digest(self._hashing[agency_slug], message, "sha256")

    @contextmanager
    def _changing(self) -> Iterator[dict]:
        """The file's content, to be changed in place; read again under a lock: two writers lose nothing."""
        with _locked(self.path):
            content = _read(self.path)
            _parsed(content, self.path)
            yield content
            _write(self.path, content)
            self._encryption, self._hashing = _parsed(content, self.path)


@lru_cache(maxsize=8)
def _cipher(key: bytes) -> AESGCM:
    """The key made ready: opening a whole list would do it for every line."""
    return AESGCM(key)


_cached: dict[Path, tuple[tuple, KeyRing]] = {}


def key_ring() -> KeyRing:
    """The ring in `settings.KEYS_FILE`, kept in memory and read again when the file was replaced (a
    rotation by a command reaches running processes). Raises what `KeyRing.load` raises.
    """
    from django.conf import settings  # here, so that everything above works without Django

    path = Path(settings.KEYS_FILE)
    try:
        status = path.stat()
    except FileNotFoundError:
        _cached.pop(path, None)
        raise KeyFileMissing(f"There is no key file at {path}.") from None
    mark = (status.st_ino, status.st_mtime_ns, status.st_size, status.st_mode)
    known = _cached.get(path)
    if known is None or known[0] != mark:
        known = _cached[path] = (mark, KeyRing.load(path))
    return known[1]


# --- The file -------------------------------------------------------------------------------------


def _encoded(key: bytes) -> str:
    return base64.b64encode(key).decode()


def _decoded(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


def _new_key(key_id: int, made_on: date | None) -> dict:
    if key_id > 65_535:
        raise KeyRingError("Key ids end at 65535.")
    entry: dict = {"id": key_id, "key": _encoded(secrets.token_bytes(KEY_BYTES))}
    return entry | ({"made_on": made_on.isoformat()} if made_on else {})


def _read(path: Path) -> dict:
    try:
        handle = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        raise KeyFileMissing(f"There is no key file at {path}.") from None
    with os.fdopen(handle, "rb") as file:
        mode = stat.S_IMODE(os.fstat(handle).st_mode)
        if mode & 0o077:
            raise KeyFileExposed(f"{path} has mode {mode:04o}; only its owner may read it: chmod 600 {path}")
        try:
            return json.load(file)
        except ValueError:
            raise KeyFileDamaged(f"{path} is not JSON.") from None


def _parsed(content: dict, path: Path) -> tuple[dict[int, bytes], dict[str, bytes]]:
    try:
        encryption = {int(entry["id"]): _decoded(entry["key"]) for entry in content["encryption"]}
        hashing = {str(slug): _decoded(key) for slug, key in content["hashing"].items()}
        ids_differ = len(encryption) == len(content["encryption"])
    except (KeyError, TypeError, ValueError, AttributeError):
        raise KeyFileDamaged(f"{path} does not hold a key ring.") from None
    sound = ids_differ and all(1 <= key_id <= 65_535 for key_id in encryption)
    keys = [*encryption.values(), *hashing.values()]
    if not encryption or not sound or any(len(key) != KEY_BYTES for key in keys):
        raise KeyFileDamaged(f"{path} holds no key, a wrong or double id, or a key of the wrong length.")
    return encryption, hashing


def _write(path: Path, content: dict) -> None:
    """Replaces the file in one step: a crash leaves the old one or the new one, never half of it."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".keys-")  # mkstemp makes it 0600
    try:
        with os.fdopen(handle, "w") as file:
            json.dump(content, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    handle = os.open(path.with_name(path.name + ".lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
