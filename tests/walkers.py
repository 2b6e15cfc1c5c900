"""Walks over every address: what there is, whom its door admits, and values for the parts of an address.

A new address with a part that has no value here fails `test_door.py` with a sentence that says what to add.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from koperasi.doors import DOORS
from registry.access import Door
from registry.models import Grant, GrantKind

# Parts of an address → a value that may exist, one that cannot. The places `dinas` and `koperasi` are walked apart.
VALUES: dict[str, tuple] = {
    "page": ("beranda", "beranda"),
    "nomor": (1, 999_999),
    "number": (1, 999_999),
    "lain": (2, 999_998),
    "daftar": ("kosong", "tidak-ada"),
    "bentuk_daftar": ("xlsx", "pdf"),
    "wilayah": ("36.73.03.1007", "tidak-ada"),
    "tindakan": ("penyelesaian", "tidak-ada"),
    "sumber": ("ods", "tidak-ada"),
    "langkah": ("simkopdes", "tidak-ada"),
    "tahun": (2026, 1900),
    "year": (2026, 1900),
    "bulan": (3, 12),
    "month": (3, 12),
    "kode": ("0000-0000-0000", "tidak-ada"),
    "token": ("0000-0000-0000", "tidak-ada"),
    "kuitansi": ("2026-1", "2099-9"),
    "pk": (1, 999_999_999),
    "id": (1, 999_999_999),
    "key": ("tidak-ada", "tidak-ada"),
    "jurnal": ("2026-1", "2099-9"),
    "form": ("xlsx", "csv"),
    "revisi": (1, 999),
    "halaman": ("masuk", "tidak-ada"),
    "bentuk": ("a6", "58mm"),
    "ukuran": ("a4", "a5"),
    "sertifikat": (1, 999_999),
    "jenis": ("nib", "tidak-ada"),
    "uidb36": ("1", "zzzz"),
}
# Where a part of the same name means something else: (view name, part) → (may exist, cannot).
SPECIAL: dict[tuple[str, str], tuple] = {
    ("finance:ledger", "kode"): ("11100", "99999"),
    ("registry:part_village", "kode"): ("36.73.03.1007", "99.99.99.9999"),
}


@dataclass(frozen=True)
class Address:
    """A named address of the product: its parts and its door (None: nobody may enter)."""

    name: str
    parts: tuple[str, ...]
    door: Door | None

    @property
    def placed(self) -> bool:
        return "dinas" in self.parts

    def values(self, *, existing: bool) -> dict:
        """Return values for the parts that are not a place. Raises `LookupError` with what to add."""
        found = {}
        for part in self.parts:
            if part in ("dinas", "koperasi"):
                continue
            pair = SPECIAL.get((self.name, part)) or VALUES.get(part)
            if pair is None:
                raise LookupError(f'add "{part}" (an address part of {self.name}) to VALUES in tests/walkers.py')
            found[part] = pair[0 if existing else 1]
        return found

    def at(self, dinas: str = "", koperasi: str = "", *, existing: bool = True) -> str:
        """Return the path of this address at a place."""
        place = {key: value for key, value in (("dinas", dinas), ("koperasi", koperasi)) if key in self.parts}
        return reverse(self.name, kwargs=self.values(existing=existing) | place)


def addresses() -> list[Address]:
    """Return every address of the resolver, the libraries' included."""
    found: dict[str, Address] = {}
    for name, pattern, parts in _patterns(get_resolver(), "", ()):
        view = pattern.callback
        found.setdefault(
            f"{name} {','.join(parts)}", Address(name, parts, getattr(view, "door", None) or DOORS.get(name))
        )
    return list(found.values())


def _patterns(resolver: URLResolver, namespace: str, parts: tuple) -> Iterator[tuple[str, URLPattern, tuple]]:
    for item in resolver.url_patterns:
        here = parts + tuple(item.pattern.regex.groupindex)
        if isinstance(item, URLResolver):
            yield from _patterns(item, f"{namespace}{item.namespace}:" if item.namespace else namespace, here)
        else:
            yield (f"{namespace}{item.name}" if item.name else f"(no name) {item.pattern}"), item, here


# --- Who may enter ------------------------------------------------------------------------------


def expected(
    address: Address, grants: list[Grant], dinas: str, koperasi: str, assigned: Callable[[Grant], tuple]
) -> str:
    """Return "stranger", "colleague" or "welcome" for a person with these grants at this place of this address."""
    here = [grant for grant in grants if grant.agency.slug == dinas]
    if "koperasi" in address.parts:
        from registry.models import Cooperative

        cooperative = Cooperative.objects.filter(agency__slug=dinas, slug=koperasi).first()
        here = [g for g in here if cooperative and g.cooperative_id in (None, cooperative.pk)
                and (g.kind != GrantKind.FIELD or cooperative.pk in assigned(g))]  # fmt: skip
    if not here:
        return "stranger"
    return "welcome" if any(GrantKind(grant.kind) in address.door.kinds for grant in here) else "colleague"


_SECRETS = (
    re.compile(rb'name="csrfmiddlewaretoken" value="[^"]+"'),
    re.compile(rb'nonce="[^"]+"'),
    re.compile(rb"hx-headers='[^']+'"),
)


def without_secrets(content: bytes, *echoed: str) -> bytes:
    """Return a page without what differs each time: tokens, and the address typed."""
    for pattern in _SECRETS:
        content = pattern.sub(b"", content)
    for text in sorted(filter(None, echoed), key=len, reverse=True):
        content = content.replace(text.encode(), b"?")
    return content
