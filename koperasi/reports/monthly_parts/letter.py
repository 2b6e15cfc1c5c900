"""Who reports, to whom, who signs."""

from dataclasses import dataclass
from datetime import date
from typing import Literal


@dataclass(frozen=True, slots=True)
class AgencyHead:
    """Letterhead and settings of the dinas on the day of publishing.

    `government` "Pemerintah Kota Serang" · `region` "Kota Serang" · `area_code` "3673" · `address_line`
    one line · `place` before the date · `head_title` "Wali Kota" or "Bupati" · `brand` "#0b5563" ·
    `emblem` SVG markup or "" (a neutral shield) · `scope` what is counted: "67 Koperasi Kelurahan Merah
    Putih".
    """

    slug: str
    area_code: str
    region: str
    government: str
    name: str
    address_line: str
    place: str
    head_title: str
    scope: str
    paper: Literal["A4", "F4"] = "A4"
    brand: str = "#2f4858"
    emblem: str = ""
    village_word: str = "Kelurahan"
    demo: bool = False

    @property
    def addressee(self) -> str:
        """ "Wali Kota Serang", "Bupati Serang"."""
        return f"{self.head_title} {self.region.split(' ', 1)[-1]}"


@dataclass(frozen=True, slots=True)
class Signatory:
    """Who signs. `acting` "", "Plt." or "Plh." goes before the post; `nip` 18 digits or ""."""

    name: str
    post: str
    rank: str = ""
    nip: str = ""
    acting: Literal["", "Plt.", "Plh."] = ""

    @property
    def post_line(self) -> str:
        return f"{self.acting} {self.post}".strip()

    @property
    def nip_text(self) -> str:
        """NIP in groups of 8-6-1-3; one that has not 18 digits is printed as it is."""
        digits = self.nip.replace(" ", "")
        if len(digits) != 18:
            return self.nip
        return f"{digits[:8]} {digits[8:14]} {digits[14]} {digits[15:]}"


@dataclass(frozen=True, slots=True)
class Letter:
    """Head of the letter. Number and date may stay empty: SRIKANDI fills them later."""

    number: str = ""
    character: str = "Biasa"
    attachment: str = "Satu berkas"
    dated_on: date | None = None
