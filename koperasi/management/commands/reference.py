"""`manage.py reference`: load the facts of `fixtures/` into the reference tables. Twice changes nothing."""

import csv
import json
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction

from registry.models import Kbli, Place, PlaceAlias, Programme


class Command(BaseCommand):
    help = "Load places, aliases, KBLI codes and programmes, as the owner."

    def handle(self, *args, **options) -> None:
        with transaction.atomic(using="owner"):
            counts = {
                "tempat": load_places(settings.FIXTURES_DIR),
                "alias": load_aliases(settings.FIXTURES_DIR),
                "KBLI": load_kbli(settings.FIXTURES_DIR),
                "program": load_programmes(settings.FIXTURES_DIR),
            }
        self.stdout.write("reference: " + ", ".join(f"{count} {what}" for what, count in counts.items()))


def load_places(folder: Path) -> int:
    """Load places, parents before children (the file is in the order of codes)."""
    rows = [
        Place(
            code=row["code"],
            parent_id=row["parent"] if row["parent"] and row["parent"] != row["code"] else None,
            level=row["level"],
            name=row["name"],
            bps_code=row["bps_code"],
            postal_code=row["postal_code"],
            latitude=row["latitude"] or None,
            longitude=row["longitude"] or None,
            area_km2=row["area_km2"] or None,
            population_estimate=row["population_estimate"] or None,
        )
        for row in _read(folder / "places.csv")
    ]
    fields = [f.name for f in Place._meta.local_concrete_fields if not f.primary_key]
    Place.objects.using("owner").bulk_create(rows, update_conflicts=True, unique_fields=["code"], update_fields=fields)
    return len(rows)


def load_aliases(folder: Path) -> int:
    rows = [
        PlaceAlias(place_id=row["code"], alias=row["alias"], source=row["source"])
        for row in _read(folder / "place_aliases.csv")
    ]
    PlaceAlias.objects.using("owner").bulk_create(
        rows, update_conflicts=True, unique_fields=["place", "alias"], update_fields=["source"]
    )
    return len(rows)


def load_kbli(folder: Path) -> int:
    rows = [
        Kbli(version=row["version"], code=row["code"], title=row["title"], line=row["line"])
        for row in _read(folder / "kbli.csv")
    ]
    Kbli.objects.using("owner").bulk_create(
        rows, update_conflicts=True, unique_fields=["version", "code"], update_fields=["title", "line"]
    )
    return len(rows)


def load_programmes(folder: Path) -> int:
    rows = json.loads((folder / "programmes.json").read_text())
    for row in rows:
        Programme.objects.using("owner").update_or_create(
            code=row["code"],
            defaults={
                "name": row["name"],
                "short_name": row["short_name"],
                "legal_basis": row["legal_basis"][:200],
                "valid_from": row["valid_from"],
                "valid_to": row["valid_to"],
            },
        )
    return len(rows)


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))
