"""Finding a village by what people type: its code, its name with or without the kecamatan, an older
spelling.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from difflib import get_close_matches

from registry.formats import join_words

_DISTRICT_WORD = re.compile(r"\b(?:kecamatan|kec)\b[\s.:]*", re.IGNORECASE)
_KIND = re.compile(
    r"^(?:(?:kelurahan|kel|desa|ds|kecamatan|kec|kota|kabupaten|kab)\b[\s./:]*|[\s./:]+)+(?=\w)",
    re.IGNORECASE,
)
_REGION = re.compile(r"[,\s]+(?:kota|kabupaten|kab)\b\.?.*$", re.IGNORECASE)


class UnclearPlace(ValueError):
    """The place is not known or not unique. `sentence` says what to write instead."""

    def __init__(self, sentence: str):
        super().__init__(sentence)
        self.sentence = sentence


class PlaceMatcher:
    """Matches villages and kecamatan of one agency.

    places: (code, name, parent code) of kecamatan (PP.KK.CC) and villages (PP.KK.CC.VVVV); other levels are
    ignored. aliases: (code, other spelling). Give only the agency's own places: a name then needs to be
    unique only there. Codes as in Permendagri 72/2019 and its successors.
    """

    def __init__(self, places: Iterable[tuple[str, str, str]], aliases: Iterable[tuple[str, str]] = ()):
        self.names: dict[str, str] = {}
        self.parents: dict[str, str] = {}
        self._districts: dict[str, str] = {}
        self._villages: dict[str, set[str]] = defaultdict(set)
        for code, name, parent in places:
            self.names[code], self.parents[code] = name, parent
            self._remember(code, name)
        for code, alias in aliases:
            if code in self.names:
                self._remember(code, alias, is_alias=True)
        self._by_digits = {code.replace(".", ""): code for code in self.names if code.count(".") >= 2}
        self._memo: dict[tuple, str | UnclearPlace] = {}

    def _remember(self, code: str, name: str, *, is_alias: bool = False) -> None:
        level = code.count(".")
        if level == 2:
            self._districts.setdefault(place_key(name), code)
        elif level == 3:
            self._villages[place_key(name)].add(code)

    def district(self, text: object) -> str:
        """The code of a kecamatan from "Kec. Walantaka", "WALANTAKA" or its code. Raises UnclearPlace."""
        return self._remembered(("district", str(text)), lambda: self._district(str(text)))

    def is_district(self, text: str) -> bool:
        """Whether a line that holds only this text names a kecamatan (for group lines)."""
        return place_key(text) in self._districts

    def village(self, text: object, district: object = None) -> str:
        """The code of a village.

        text: a code ("36.73.03.1007", 3673031007) or a name, also "Kel. Pager Agung", "Sukawana (Curug)",
        "Desa Kemuning Kec. Tunjung Teja". district: what the kecamatan column says, if there is one.
        Without it the name must be unique among these places. Raises UnclearPlace with the choices.
        """
        said = None if district in (None, "") else str(district)
        return self._remembered(("village", str(text), said), lambda: self._village(str(text), said))

    def _remembered(self, key: tuple, find) -> str:
        # A list repeats the same few hundred names in 100,000 lines.
        if key not in self._memo:
            try:
                self._memo[key] = find()
            except UnclearPlace as unclear:
                self._memo[key] = unclear
        answer = self._memo[key]
        if isinstance(answer, UnclearPlace):
            raise UnclearPlace(answer.sentence)
        return answer

    def _district(self, text: str) -> str:
        code = self._by_code(text, level=2) or self._districts.get(place_key(text))
        if code:
            return code
        near = self._similar(text, self._districts)
        hint = f" Mungkin maksudnya {near}." if near else ""
        raise UnclearPlace(f"Kecamatan “{_shown(text)}” tidak dikenal.{hint}")

    def _village(self, text: str, said: str | None) -> str:
        if code := self._by_code(text, level=3):
            return code
        name, inner = _split(text)
        within = self._district(said) if said else None
        if within is None and inner:
            within = self._districts.get(place_key(inner))
        found = self._villages.get(place_key(name), set())
        here = {code for code in found if self.parents[code] == within} if within else found
        if len(here) == 1:
            return next(iter(here))
        raise UnclearPlace(self._village_sentence(name, found, within))

    def _by_code(self, text: str, level: int) -> str | None:
        digits = re.sub(r"[.\s]", "", text)
        if not digits.isdigit():
            return None
        code = self._by_digits.get(digits)
        if code and code.count(".") == level:
            return code
        raise UnclearPlace(f"Kode wilayah “{_shown(text)}” tidak dikenal di sini.")

    def _village_sentence(self, name: str, found: set[str], within: str | None) -> str:
        shown = _shown(name)
        if within and found:
            return (
                f"“{shown}” tidak ada di Kecamatan {self.names[within]}; "
                f"ada di Kecamatan {self._districts_of(found, 'atau')}. Perbaiki kecamatan atau namanya."
            )
        if found:
            return f"“{shown}” ada di Kecamatan {self._districts_of(found, 'dan')}. Sebutkan kecamatannya."
        options = self._villages
        if within:
            options = {key: codes for key, codes in options.items() if any(self.parents[c] == within for c in codes)}
        near = self._similar(name, options)
        hint = f" Mungkin maksudnya {near}." if near else ""
        where = f" di Kecamatan {self.names[within]}" if within else ""
        return f"Desa/kelurahan “{shown}” tidak dikenal{where}.{hint}"

    def _districts_of(self, codes: set[str], joint: str) -> str:
        names = sorted(self.names.get(self.parents[code], self.parents[code]) for code in codes)
        return join_words(names).replace(" dan ", f" {joint} ")

    def _similar(self, text: str, options) -> str:
        near = get_close_matches(place_key(text), list(options), n=1, cutoff=0.75)
        if not near:
            return ""
        code = options[near[0]]
        return self.names[code if isinstance(code, str) else min(code)]


def place_key(text: str) -> str:
    """A name without kind, case, accents, spaces and signs: "Kel. Pager-Agung" -> "pageragung"."""
    plain = unicodedata.normalize("NFKD", text)
    plain = _KIND.sub("", plain.strip())
    return re.sub(r"[^a-z0-9]", "", plain.casefold())


def _split(text: str) -> tuple[str, str]:
    """ "Sukawana (Curug)", "Sukawana, Curug" or "Desa Sukawana Kec. Curug" -> name and kecamatan."""
    parts = _DISTRICT_WORD.split(text, maxsplit=1)
    if len(parts) == 2 and parts[0].strip(" ,-("):
        return parts[0].strip(" ,-("), _REGION.sub("", parts[1]).strip(" ,)")
    if match := re.fullmatch(r"\s*([^(,]+?)\s*[(,]\s*([^(),]+?)\s*\)?\s*", text):
        return match[1], match[2]
    return text.strip(), ""


def _shown(text: str) -> str:
    visible = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return visible if len(visible) <= 40 else visible[:39] + "…"
