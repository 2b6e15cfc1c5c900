"""Kinds of documents as data: their source, their ends, and what their numbers prove."""

import json
from datetime import date, timedelta

import pytest
from django.conf import settings

from registry.documents import CHECKS, contradicts, kinds_on, state_of
from registry.models import Profile

TODAY = date(2026, 11, 20)
KINDS = kinds_on(TODAY)


def test_every_kind_names_its_source_and_proves_a_field_that_exists():
    rows = json.loads((settings.FIXTURES_DIR / "document_kinds.json").read_text())
    assert all(row["source"] and row["valid_from"] for row in rows)
    fields = {field.name for field in Profile._meta.concrete_fields}
    for kind in KINDS.kinds.values():
        assert kind.source and kind.name and kind.expires in ("yes", "no", "maybe"), kind.code
        assert not kind.proves or kind.proves in fields, kind.code
        assert not kind.check or kind.check in CHECKS, kind.code
        assert len(kind.code) <= 24 and not (kind.proves and kind.several), kind.code
    assert len(KINDS.kinds) == 14 and len(KINDS.expected) == 6


@pytest.mark.parametrize(
    ("days", "state"),
    [(None, "valid"), (-1, "over"), (0, "soon"), (30, "soon"), (31, "near"), (90, "near"), (91, "valid")],
)
def test_the_last_day_still_counts_and_the_warnings_begin_on_their_day(days, state):
    assert state_of(TODAY + timedelta(days=days) if days is not None else None, TODAY, KINDS) == state


@pytest.mark.parametrize(
    ("kind", "number", "known", "differs"),
    [
        ("nib", "9900000000001", "9900000000001", False),
        ("nib", "9900000000001", "9900000000002", True),
        ("nib", "9900000000001", "", False),
        ("npwp", "0012345678901234", "01.234.567.8-901.235", True),
        ("npwp", "0123456789012345", "12.345.678.9-012.345", False),
        ("sk-ahu", "AHU-0017736.AH.01.29.TAHUN 2025", "ahu-0017736.ah.01.29.tahun  2025", False),
        ("akta", "07", "12", True),
        ("halal", "ID1", "ID2", False),
    ],
)
def test_a_number_contradicts_the_profile_only_when_it_says_something_else(kind, number, known, differs):
    assert contradicts(KINDS.kinds[kind], number, known) is differs


def test_before_the_first_version_the_first_one_holds():
    assert kinds_on(date(2001, 1, 1)).version == 1
