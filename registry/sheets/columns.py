"""The columns a list has, and which column of an uploaded file is which of them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from collections.abc import Mapping as Map
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property

FAULTS_LABEL = "Kesalahan"
EXAMPLE_LABEL = "Catatan contoh"
EXAMPLE_MARK = "Contoh: hapus baris ini"
_NEARLY = 0.84  # "Nama Koprasi" ~ "Nama Koperasi" (0.96); "Tgl Lahir" and "Tgl Masuk" (0.63) stay apart


@dataclass(frozen=True)
class Column:
    """One column of a list.

    key: the name in code. label: what exports print and templates ask for. synonyms: other headings offices
    use. kind: "text", "identifier" (digits kept as text), "integer", "rupiah", "date", "choice" or
    "percent"; decides the format in Excel. choices: the labels of a choice. group_words: a line of the file
    with only "Kecamatan Ciruas" gives its value to the lines below, if the word before it is one of these;
    group_test: says so for a line without such a word ("CIRUAS").
    """

    key: str
    label: str
    synonyms: tuple[str, ...] = ()
    required: bool = False
    kind: str = "text"
    example: object = ""
    help: str = ""
    choices: tuple[str, ...] = ()
    group_words: tuple[str, ...] = ()
    group_test: Callable[[str], bool] | None = None
    width: int | None = None

    @cached_property
    def names(self) -> frozenset[str]:
        """All headings that mean this column, normalised."""
        return frozenset(normal_heading(name) for name in (self.label, self.key, *self.synonyms))


@dataclass(frozen=True)
class Mapping:
    """Which column of the file feeds which key.

    by_index: position in the file -> key. unmatched: headings nobody claimed, with their position. missing:
    labels of required columns not found. guessed: keys found only by similar spelling (show them to the
    user).
    """

    by_index: dict[int, str]
    headings: tuple[str, ...]
    unmatched: tuple[tuple[int, str], ...] = ()
    missing: tuple[str, ...] = ()
    guessed: frozenset[str] = field(default_factory=frozenset)

    @cached_property
    def by_key(self) -> dict[str, int]:
        return {key: index for index, key in self.by_index.items()}

    def to_remember(self) -> dict[str, str]:
        """Normalised heading -> key ("" = unused on purpose), to be given back as `remembered` next time."""
        kept = {normal_heading(self.headings[index]): key for index, key in self.by_index.items()}
        return kept | {normal_heading(heading): "" for _, heading in self.unmatched}


def normal_heading(text: object) -> str:
    """A heading without case, accents, signs and doubled spaces: "No. Anggota *" -> "no anggota"."""
    plain = unicodedata.normalize("NFKD", str(text)).casefold()
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return " ".join(re.sub(r"[^a-z0-9%]+", " ", plain).split())


def match_columns(
    headings: Sequence[object], columns: Sequence[Column], remembered: Map[str, str] | None = None
) -> Mapping:
    """Find the columns in a heading line: as remembered, then by label or synonym, then by similar
    spelling.

    Each column is used once, the first heading wins. A heading remembered with "" stays unused.
    """
    return _match([str(heading or "") for heading in headings], columns, remembered or {}, with_guesses=True)


def most_columns(
    headings: Sequence[object], columns: Sequence[Column], remembered: Map[str, str] | None = None
) -> float:
    """How much `match_columns` could find at the very best: each exact name counts 1, each possible guess 0.6."""
    names = [normal_heading(heading) for heading in headings if heading]
    known = frozenset().union(*(column.names for column in columns), remembered or ())
    exact = sum(name in known for name in names)
    return exact + 0.6 * max(0, min(len(names), len(columns)) - exact)


def override(mapping: Mapping, columns: Sequence[Column], choices: Map[int, str]) -> Mapping:
    """The user's own choice: position -> key ("" = do not use). ValueError (a sentence) if it cannot be."""
    by_index = {**mapping.by_index, **choices}
    by_index = {index: key for index, key in sorted(by_index.items()) if key}
    if len(set(by_index.values())) != len(by_index):
        raise ValueError("Satu isian hanya dapat diambil dari satu kolom. Pilih kolom lain.")
    if unknown := set(by_index.values()) - {column.key for column in columns}:
        raise ValueError(f"Isian ini tidak dikenal: {', '.join(sorted(unknown))}.")
    if any(not 0 <= index < len(mapping.headings) for index in by_index):
        raise ValueError("Kolom yang dipilih tidak ada di berkas.")
    return _finished(by_index, mapping.headings, columns, frozenset())


def _match(headings: list[str], columns: Sequence[Column], remembered: Map[str, str], *, with_guesses: bool) -> Mapping:
    normal = [normal_heading(heading) for heading in headings]
    by_index: dict[int, str] = {}
    refused = {index for index, name in enumerate(normal) if remembered.get(name) == ""}
    free = {column.key: column for column in columns}

    def take(index: int, key: str) -> None:
        by_index[index] = key
        del free[key]

    for index, name in enumerate(normal):
        if remembered.get(name) in free:
            take(index, remembered[name])
    for index, name in enumerate(normal):
        if name and index not in by_index and index not in refused:
            key = next((column.key for column in free.values() if name in column.names), None)
            if key:
                take(index, key)
    guessed = set()
    for index, name in enumerate(normal) if with_guesses else ():
        if len(name) < 4 or index in by_index or index in refused or name == normal_heading(FAULTS_LABEL):
            continue
        known = {name: column.key for column in free.values() for name in column.names}
        if near := get_close_matches(name, known, n=1, cutoff=_NEARLY):
            guessed.add(known[near[0]])
            take(index, known[near[0]])
    return _finished(by_index, tuple(headings), columns, frozenset(guessed))


def _finished(by_index, headings: tuple[str, ...], columns: Sequence[Column], guessed: frozenset[str]) -> Mapping:
    ours = {normal_heading(FAULTS_LABEL), normal_heading(EXAMPLE_LABEL)}
    unmatched = tuple(
        (index, heading)
        for index, heading in enumerate(headings)
        if index not in by_index and heading and normal_heading(heading) not in ours
    )
    found = set(by_index.values())
    missing = tuple(column.label for column in columns if column.required and column.key not in found)
    return Mapping(dict(sorted(by_index.items())), headings, unmatched, missing, guessed)
