"""The importer of a dinas' list of cooperatives."""

from datetime import date

from registry.actions.importing import import_cooperatives, judge_cooperatives, undo_import_of_cooperatives
from registry.forms.choosing import place_matcher
from registry.imports import Importer, register
from registry.models import ImportBatch
from registry.resources import CooperativeImport


def resource(batch: ImportBatch, today: date) -> CooperativeImport:
    return CooperativeImport(matcher=place_matcher(batch.agency), today=today, scope={"agency": batch.agency})


register(
    Importer(
        kind="cooperatives",
        title="Impor daftar koperasi",
        noun="koperasi",
        namespace="registry",
        resource=resource,
        validate_batch=judge_cooperatives,
        apply_batch=import_cooperatives,
        undo_batch=undo_import_of_cooperatives,
        shown=(
            "name",
            "district",
            "village",
            "coop_type",
            "decree_number",
            "decree_on",
            "members_male",
            "members_female",
        ),
    )
)
