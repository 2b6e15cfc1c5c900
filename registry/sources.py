"""Who else keeps data of a cooperative, which fields are compared, and how a value of theirs is read: data, with source.

Two values are the same when their keys are: `wall.source_key` (`registry/sql/sources.sql`), the only place of that rule.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache

from django.conf import settings

from registry.formats import Unreadable, format_date, parse_date
from registry.models import Profile
from registry.numbers import (
    TooLong,
    check_cooperative_nik,
    check_legal_decree,
    check_nib,
    check_npwp,
    clean_line,
    clean_name,
)

__all__ = ["Field", "Source", "fields", "named", "read", "reasons", "rules_source", "shown", "sources"]


@dataclass(frozen=True)
class Source:
    """One keeper of data. `order`: the fields in the order of their lists."""

    code: str
    name: str
    title: str
    keeper: str
    order: tuple[str, ...]


@dataclass(frozen=True)
class Field:
    """One field that is compared. `synonyms`: other headings of lists."""

    code: str
    label: str
    synonyms: tuple[str, ...] = ()


@cache
def _rules() -> dict:
    return json.loads((settings.FIXTURES_DIR / "sources.json").read_text())


def rules_source() -> str:
    """Return which papers the sources come from."""
    return _rules()["source"]


def reasons() -> list[str]:
    """Return the usual reasons for keeping one's own value; the first is the commonest."""
    return _rules()["reasons"]


@cache
def sources() -> dict[str, Source]:
    """Return who else keeps data, by code."""
    return {row["code"]: Source(**row | {"order": tuple(row["order"])}) for row in _rules()["sources"]}


@cache
def fields() -> dict[str, Field]:
    """Return what is compared, by code, in the order people read it."""
    return {row["code"]: Field(**row | {"synonyms": tuple(row["synonyms"])}) for row in _rules()["fields"]}


def named(code: str) -> str:
    """Return a source's short name."""
    return sources()[code].name


CHOICES = {
    "form": Profile.Form,
    "coop_type": Profile.CoopType,
    "sector": Profile.Sector,
    "pattern": Profile.Pattern,
}
WORDS = {
    "primer kabupaten/kota": "primary",
    "primer kabupaten": "primary",
    "primer kota": "primary",
    "sekunder kabupaten/kota": "secondary",
    "konsumsi": "consumer",
    "produksi": "producer",
    "ksp": "savings_loan",
    "sektor riil": "real",
    "usp": "real_usp_conventional",
    "uspps": "real_usp_sharia",
}
NUMBERS: dict[str, Callable] = {
    "decree_number": check_legal_decree,
    "nib": check_nib,
    "npwp": check_npwp,
    "cooperative_nik": check_cooperative_nik,
}


def read(field: str, text: str) -> str:
    """Return a value of theirs as our profile would hold it (a day as 2026-11-21, a choice by its code), "" if it cannot.

    A village is not read here: it needs the places of the dinas.
    """
    if field in CHOICES:
        return _choice(field, text)
    if field in ("decree_on", "deed_on"):
        return _day(text)
    if field in NUMBERS:
        verdict = NUMBERS[field](text)
        return verdict.value if verdict.ok and len(verdict.value) <= 80 else ""
    try:
        return clean_name(text, 160) if field == "name" else clean_line(text, 40)
    except TooLong:
        return ""


def _choice(field: str, text: str) -> str:
    return _words_of(field).get(" ".join(text.casefold().split()).removeprefix("koperasi "), "")


@cache
def _words_of(field: str) -> dict[str, str]:
    codes = dict(CHOICES[field].choices)
    said = {word: code for word, code in WORDS.items() if code in codes}
    return said | {label.casefold(): code for code, label in codes.items()} | {code: code for code in codes}


def _day(text: str) -> str:
    try:
        return parse_date(text).isoformat()
    except Unreadable:
        return ""


def shown(field: str, value: object, places: dict[str, str] | None = None) -> str:
    """Return one of our own values as people read it. `places`: village code to name."""
    if not value:
        return ""
    if isinstance(value, date):
        return format_date(value)
    if field in CHOICES:
        return str(dict(CHOICES[field].choices).get(value, value))
    return (places or {}).get(str(value), str(value)) if field == "village" else str(value)
