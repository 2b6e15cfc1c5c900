"""How old the last news of a cooperative is: the day anybody of it, or the dinas, changed something."""

from datetime import date, timedelta

from django.db.models import Q

from registry.templatetags.drawn import FRESH_DAYS, STALE_DAYS

SILENT_DAYS = 60  # after this the dinas reminds the chair

# code in the address -> label
BANDS = {
    "baru": f"≤ {FRESH_DAYS} hari",
    "cukup": f"{FRESH_DAYS + 1} sampai {STALE_DAYS} hari",
    "lama": f"> {STALE_DAYS} hari",
    "belum": "Belum pernah",
    "tertinggal": f"> {STALE_DAYS} hari atau belum pernah",
    "31-60": f"{STALE_DAYS + 1} sampai {SILENT_DAYS} hari",
    "lebih-60": f"> {SILENT_DAYS} hari",
}


def days_since(recorded_on: date | None, today: date) -> int | None:
    """Return whole days since the last news; None if there never was any."""
    return None if recorded_on is None else (today - recorded_on).days


def in_band(band: str, today: date, field: str = "standing__last_recorded_on") -> Q:
    """Return the condition of one band of `BANDS`. Raises KeyError for another word."""
    fresh, stale = today - timedelta(days=FRESH_DAYS), today - timedelta(days=STALE_DAYS)
    silent = today - timedelta(days=SILENT_DAYS)
    return {
        "baru": Q(**{f"{field}__gte": fresh}),
        "cukup": Q(**{f"{field}__lt": fresh, f"{field}__gte": stale}),
        "lama": Q(**{f"{field}__lt": stale}),
        "belum": Q(**{f"{field}__isnull": True}),
        "tertinggal": Q(**{f"{field}__lt": stale}) | Q(**{f"{field}__isnull": True}),
        "31-60": Q(**{f"{field}__lt": stale, f"{field}__gte": silent}),
        "lebih-60": Q(**{f"{field}__lt": silent}),
    }[band]
