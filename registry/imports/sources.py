"""The importers of the lists other keepers hold: one for each source, so that its columns are remembered apart."""

from datetime import date
from functools import partial

from django.urls import reverse

from registry.access import Place
from registry.actions.sources import (
    KIND,
    judge_source_list,
    keep_source_list,
    says_nothing_new,
    source_of,
    undo_source_list,
)
from registry.forms.choosing import place_matcher
from registry.imports import Importer, register
from registry.models import ImportBatch
from registry.resources import SourceImport
from registry.sources import Source, sources


def resource(batch: ImportBatch, today: date, *, source: Source) -> SourceImport:
    return SourceImport(matcher=place_matcher(batch.agency), order=source.order, scope={"agency": batch.agency})


def result_url(batch: ImportBatch, place: Place) -> str:
    return reverse("registry:source", args=[place.agency.slug, source_of(batch)])


def after_reading(batch: ImportBatch) -> str:
    """Nothing of ours is changed by a list, so nobody need consent; the same file again ends here."""
    if not says_nothing_new(batch):
        return ImportBatch.State.APPLYING
    batch.sentence = "Berkas ini sama dengan daftar terakhir dari sumber ini; tidak ada yang berubah."
    return ImportBatch.State.EXPIRED


def words(step: str, batch: ImportBatch) -> str:
    found, name = batch.counts, sources()[source_of(batch)].name
    if step == "undone":
        return f"Daftar {name} ditarik kembali."
    both = found.get("same", 0) + found.get("changed", 0)
    return (
        f"{both} koperasi cocok dengan daftar {name}, {found.get('changed', 0)} di antaranya berbeda isi; "
        f"{found.get('new', 0)} hanya ada di daftar mereka."
    )


for one in sources().values():
    register(
        Importer(
            kind=f"{KIND}{one.code}",
            title=f"Cocokkan daftar {one.name}",
            noun=f"koperasi {one.name}",
            namespace=f"registry:{one.code}",
            resource=partial(resource, source=one),
            validate_batch=judge_source_list,
            apply_batch=keep_source_list,
            undo_batch=undo_source_list,
            shown=("name", "district", *(code for code in one.order if code != "name")),
            words=words,
            after_reading=after_reading,
            result_url=result_url,
        )
    )
