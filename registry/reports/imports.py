"""What uploaded lists did to one cooperative. The lists are the dinas' own: others see none."""

from registry.models import Agency, Cooperative, ImportBatch, ImportRow


def history(agency: Agency, cooperative: Cooperative) -> list[ImportBatch]:
    """Return the stored lists of the dinas that registered or changed this cooperative, newest first. Two queries."""
    touched = ImportRow.Verdict.NEW, ImportRow.Verdict.CHANGED
    rows = ImportRow.objects.filter(
        agency=agency, cooperative__isnull=True, subject_id=cooperative.pk, verdict__in=touched
    )
    batches = ImportBatch.objects.filter(
        agency=agency, cooperative__isnull=True, kind="cooperatives", state=ImportBatch.State.APPLIED
    )
    return list(batches.filter(pk__in=rows.values("batch")).order_by("-applied_at"))
