"""A dinas' list of cooperatives: who is new, who changed, and how it is stored and taken back.

A line is the same cooperative as a stored one when the decree numbers agree; without a number in the line or in the
stored profile, when name, kecamatan and desa agree. Names alone are not enough: lists hold namesakes. Empty cells never
erase what is stored. Called by the importer in `registry.imports.cooperatives`.
"""

from collections import defaultdict
from datetime import date, datetime

from django.db import IntegrityError, connection, transaction

from registry import audit
from registry.access import Actor
from registry.actions.cooperatives import short_name_of, slug_candidates
from registry.models import (
    Cooperative,
    FigureKind,
    ImportBatch,
    ImportRow,
    OldSlug,
    Place,
    Profile,
    ReportedFigure,
)
from registry.numbers import normalize_decree

Verdict = ImportRow.Verdict
PROFILE_COLUMNS = (
    "decree_number",
    "decree_on",
    "coop_type",
    "coop_group",
    "sector",
    "address",
    "phone",
    "nib",
    "npwp",
    "cooperative_nik",
)
FIGURES = tuple(FigureKind.values)
PROGRAMMES = (("Koperasi Kelurahan Merah Putih", "kkmp"), ("Koperasi Desa Merah Putih", "kdmp"))


class CannotUndo(Exception):
    """Something refers to rows an import made. `reasons` are sentences naming what, for the person."""

    def __init__(self, reasons: list[str]) -> None:
        self.reasons = reasons
        super().__init__(" ".join(reasons))


# --- Judging --------------------------------------------------------------------------------------

# Twice in one file: the first line stands, the later ones name it.
_DOUBLES = """
WITH line AS (
    SELECT id, number, {key} AS key FROM registry_importrow
    WHERE agency_id = %(agency)s AND cooperative_id IS NULL AND batch_id = %(batch)s AND verdict <> 'bad'
), first AS (
    SELECT key, min(number) AS number FROM line WHERE key IS NOT NULL GROUP BY key HAVING count(*) > 1
)
UPDATE registry_importrow AS r
SET verdict = 'bad', errors = jsonb_build_array({sentence} || first.number || '.')
FROM line JOIN first USING (key)
WHERE r.id = line.id AND r.number > first.number
"""
_DECREE_KEY = "upper(data->>'decree_number')"
_NAME_KEY = (
    "CASE WHEN data->>'decree_number' IS NULL "
    "THEN lower(data->>'name') || '|' || (data->>'district') || '|' || coalesce(data->>'village', '') END"
)
_MATCH_DECREE = """
UPDATE registry_importrow AS r SET subject_id = p.cooperative_id
FROM registry_profile AS p
WHERE r.agency_id = %(agency)s AND r.cooperative_id IS NULL AND r.batch_id = %(batch)s AND r.verdict <> 'bad'
  AND p.agency_id = %(agency)s AND p.decree_key <> '' AND p.decree_key = upper(r.data->>'decree_number')
"""
_MATCH_NAME = """
UPDATE registry_importrow AS r SET subject_id = c.id
FROM registry_cooperative AS c JOIN registry_profile AS p ON p.cooperative_id = c.id
WHERE r.agency_id = %(agency)s AND r.cooperative_id IS NULL AND r.batch_id = %(batch)s AND r.verdict <> 'bad'
  AND r.subject_id IS NULL AND c.agency_id = %(agency)s AND p.agency_id = %(agency)s AND NOT c.is_practice
  AND lower(c.name) = lower(r.data->>'name') AND c.district_id = r.data->>'district'
  AND (r.data->>'village' IS NULL OR c.village_id IS NULL OR c.village_id = r.data->>'village')
  AND (r.data->>'decree_number' IS NULL OR p.decree_key = '')
"""
# Two lines on one stored cooperative: only the first may speak for it.
_SAME_SUBJECT = """
UPDATE registry_importrow AS r
SET verdict = 'bad', errors = jsonb_build_array('Baris ini menunjuk koperasi yang sama dengan baris ' || first.number || '.')
FROM (
    SELECT subject_id, min(number) AS number FROM registry_importrow
    WHERE agency_id = %(agency)s AND cooperative_id IS NULL AND batch_id = %(batch)s AND verdict <> 'bad'
      AND subject_id IS NOT NULL
    GROUP BY subject_id HAVING count(*) > 1
) AS first
WHERE r.agency_id = %(agency)s AND r.batch_id = %(batch)s AND r.subject_id = first.subject_id AND r.number > first.number
"""
# One live cooperative of a programme per village: in the register, and among the new ones of this list.
_PROGRAMME = (
    "CASE " + " ".join(f"WHEN r.data->>'name' LIKE '{start}%%' THEN '{code}'" for start, code in PROGRAMMES) + " END"
)
_COVERED = f"""
UPDATE registry_importrow AS r
SET verdict = 'bad', errors = jsonb_build_array(c.name || ' sudah tercatat untuk program ini di desa atau kelurahan itu.')
FROM registry_coveredvillage AS v JOIN registry_cooperative AS c ON c.id = v.cooperative_id
WHERE r.agency_id = %(agency)s AND r.cooperative_id IS NULL AND r.batch_id = %(batch)s AND r.verdict <> 'bad'
  AND v.agency_id = %(agency)s AND v.village_id = r.data->>'village' AND v.cooperative_id IS DISTINCT FROM r.subject_id
  AND v.programme_id = CASE WHEN r.subject_id IS NULL THEN {_PROGRAMME} ELSE
    (SELECT p.programme_id FROM registry_profile p WHERE p.agency_id = %(agency)s AND p.cooperative_id = r.subject_id) END
"""
_PROGRAMME_KEY = (
    f"CASE WHEN subject_id IS NULL AND data->>'village' IS NOT NULL THEN ({_PROGRAMME.replace('r.data', 'data')}) || ' ' || "
    "(data->>'village') END"
)


def judge_cooperatives(batch: ImportBatch, today: date) -> None:
    """Say of each staged line whether it is new, changes something, is the same, or cannot be used."""
    where = {"agency": batch.agency_id, "batch": batch.pk}
    statements = [
        _DOUBLES.format(key=_DECREE_KEY, sentence="'Nomor badan hukum ini sama dengan baris '"),
        _DOUBLES.format(key=_NAME_KEY, sentence="'Nama dan tempatnya sama dengan baris '"),
        _MATCH_DECREE,
        _MATCH_NAME,
        _SAME_SUBJECT,
        _COVERED,
        _DOUBLES.format(key=_PROGRAMME_KEY, sentence="'Program dan desanya sama dengan baris '"),
    ]
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement, where)
    _compare(batch)


def _compare(batch: ImportBatch) -> None:
    """Mark matched lines as changed or same, by the values the line really has."""
    rows = list(_rows(batch).filter(subject_id__isnull=False).exclude(verdict=Verdict.BAD))
    stored = _stored(batch, [row.subject_id for row in rows])
    for row in rows:
        cooperative, figures = stored[row.subject_id]
        different = bool(_changes(row.data, cooperative)) or bool(_new_figures(row.data, figures))
        row.verdict = Verdict.CHANGED if different else Verdict.SAME
    ImportRow.objects.bulk_update(rows, ["verdict"], batch_size=1000)


def _stored(batch: ImportBatch, ids: list[int]) -> dict[int, tuple[Cooperative, dict[str, int]]]:
    """The matched cooperatives with their profiles and the figures on record for the day of the list."""
    found = Cooperative.objects.filter(agency=batch.agency_id, pk__in=ids).select_related(
        "profile", "district", "village"
    )
    figures: dict[int, dict[str, int]] = defaultdict(dict)
    reported = ReportedFigure.objects.filter(agency=batch.agency_id, cooperative__in=ids, period=_day(batch)).order_by(
        "pk"
    )
    for cooperative, figure, value in reported.values_list("cooperative", "figure", "value"):
        figures[cooperative][figure] = value
    return {cooperative.pk: (cooperative, figures[cooperative.pk]) for cooperative in found}


def _changes(data: dict, cooperative: Cooperative) -> dict[str, tuple[str, str]]:
    """Column -> (stored, in the list), both as text, for what differs. Cells left empty do not differ."""
    profile = cooperative.profile
    found = {}
    for column in PROFILE_COLUMNS:
        now = getattr(profile, column)
        text = now.isoformat() if isinstance(now, date) else (now or "")
        if data.get(column) and data[column] != text:
            found[column] = (text, data[column])
    if data.get("village") and data["village"] != cooperative.village_id:
        found["village"] = (cooperative.village_id or "", data["village"])
    return found


def _new_figures(data: dict, known: dict[str, int]) -> dict[str, int]:
    return {
        figure: data[figure] for figure in FIGURES if data.get(figure) is not None and known.get(figure) != data[figure]
    }


# --- Storing --------------------------------------------------------------------------------------


@transaction.atomic
def import_cooperatives(batch: ImportBatch, *, actor: Actor, now: datetime, today: date) -> dict[str, int]:
    """Register the new cooperatives, complete the changed ones, write their figures. One audit row."""
    judge_cooperatives(batch, today)  # somebody may have registered one of them since the preview
    new = list(_rows(batch).filter(verdict=Verdict.NEW))
    changed = list(_rows(batch).filter(verdict=Verdict.CHANGED))
    _register(batch, new, today)
    figures = _figures_of(batch, new, {}, actor, now)
    figures += _amend(batch, changed, actor, now, today)
    ReportedFigure.objects.bulk_create(figures, batch_size=2000)
    ImportRow.objects.bulk_update([*new, *changed], ["subject_id", "before"], batch_size=1000)
    counts = {"new": len(new), "changed": len(changed), "figures": len(figures)}
    audit.record("import_cooperatives", actor=actor, now=now, subject=f"impor {batch.number}", **counts)
    return counts


def _register(batch: ImportBatch, rows: list[ImportRow], today: date) -> None:
    slugs = _Slugs(batch)
    places = Place.objects.in_bulk({row.data["district"] for row in rows})
    made = [
        Cooperative(
            agency_id=batch.agency_id,
            slug=slugs.take(short_name_of(row.data["name"]), places[row.data["district"]].name),
            name=row.data["name"],
            short_name=short_name_of(row.data["name"]),
            district_id=row.data["district"],
            village_id=row.data.get("village"),
        )
        for row in rows
    ]
    Cooperative.objects.bulk_create(made, batch_size=1000)
    Profile.objects.bulk_create(
        [_profile(batch, row, one, today) for row, one in zip(rows, made, strict=True)], batch_size=1000
    )
    for row, cooperative in zip(rows, made, strict=True):
        row.subject_id = cooperative.pk


def _profile(batch: ImportBatch, row: ImportRow, cooperative: Cooperative, today: date) -> Profile:
    values = {column: row.data[column] for column in PROFILE_COLUMNS if row.data.get(column)}
    return Profile(
        cooperative=cooperative,
        agency_id=batch.agency_id,
        programme_id=next((code for start, code in PROGRAMMES if cooperative.name.startswith(start)), None),
        decree_key=normalize_decree(values.get("decree_number", "")),
        last_recorded_on=today,
        **values,
    )


def _amend(batch: ImportBatch, rows: list[ImportRow], actor: Actor, now: datetime, today: date) -> list[ReportedFigure]:
    """Write the changed columns; return the figures that are new."""
    stored = _stored(batch, [row.subject_id for row in rows])
    profiles, moved, figures = [], [], []
    for row in rows:
        cooperative, known = stored[row.subject_id]
        changes, profile = _changes(row.data, cooperative), cooperative.profile
        row.before = {"values": {column: pair[0] for column, pair in changes.items()}, "version": profile.version + 1,
                      "recorded_on": profile.last_recorded_on and profile.last_recorded_on.isoformat()}  # fmt: skip
        if "village" in changes:
            cooperative.village_id = changes["village"][1]
            moved.append(cooperative)
        for column, (_, value) in changes.items():
            if column != "village":
                setattr(profile, column, value)
        profile.decree_key = normalize_decree(profile.decree_number)
        profile.version += 1
        profile.last_recorded_on = today
        profiles.append(profile)
        figures += _figures_of(batch, [row], known, actor, now)
    Cooperative.objects.bulk_update(moved, ["village"], batch_size=500)
    Profile.objects.bulk_update(
        profiles, [*PROFILE_COLUMNS, "decree_key", "version", "last_recorded_on"], batch_size=500
    )
    return figures


def _figures_of(
    batch: ImportBatch, rows: list[ImportRow], known: dict, actor: Actor, now: datetime
) -> list[ReportedFigure]:
    return [
        ReportedFigure(
            cooperative_id=row.subject_id,
            agency_id=batch.agency_id,
            figure=figure,
            period=_day(batch),
            value=value,
            source=ReportedFigure.Source.DINAS,
            reported_at=now,
            reported_by=actor.user_id,
        )
        for row in rows
        for figure, value in _new_figures(row.data, known).items()
    ]


class _Slugs:
    """Addresses for many new cooperatives at once, by the rule of `free_slug`."""

    def __init__(self, batch: ImportBatch) -> None:
        self.taken = set(Cooperative.objects.filter(agency=batch.agency_id).values_list("slug", flat=True))
        self.taken |= set(OldSlug.objects.filter(agency=batch.agency_id).values_list("slug", flat=True))

    def take(self, name: str, district: str) -> str:
        slug = next(slug for slug in slug_candidates(name, district) if slug not in self.taken)
        self.taken.add(slug)
        return slug


# --- Taking back ----------------------------------------------------------------------------------


@transaction.atomic
def undo_import_of_cooperatives(batch: ImportBatch, *, actor: Actor, now: datetime, today: date) -> dict[str, int]:
    """Remove what the import registered and put back what it changed, if nothing was built on it. Else `CannotUndo`."""
    new = list(_rows(batch).filter(verdict=Verdict.NEW, subject_id__isnull=False))
    changed = list(_rows(batch).filter(verdict=Verdict.CHANGED, before__isnull=False))
    reasons = _touched_since(batch, new, changed)
    if reasons:
        raise CannotUndo(reasons)
    ReportedFigure.objects.filter(
        agency=batch.agency_id,
        cooperative__in=[row.subject_id for row in [*new, *changed]],
        reported_at=batch.applied_at,
    ).delete()
    _restore(batch, changed)
    _remove(batch, new)
    counts = {"removed": len(new), "restored": len(changed)}
    audit.record("undo_import", actor=actor, now=now, subject=f"impor {batch.number}", **counts)
    return counts


def _touched_since(batch: ImportBatch, new: list[ImportRow], changed: list[ImportRow]) -> list[str]:
    """Sentences for the cooperatives somebody changed after the import."""
    expected = {row.subject_id: 1 for row in new} | {row.subject_id: row.before["version"] for row in changed}
    profiles = Profile.objects.filter(agency=batch.agency_id, cooperative__in=expected).select_related("cooperative")
    return [f"{one.cooperative.name} sudah diubah." for one in profiles if one.version != expected[one.pk]]


def _restore(batch: ImportBatch, rows: list[ImportRow]) -> None:
    before = {row.subject_id: row.before for row in rows}
    profiles = list(
        Profile.objects.filter(agency=batch.agency_id, cooperative__in=before).select_related("cooperative")
    )
    for profile in profiles:
        held = before[profile.pk]
        for column, value in held["values"].items():
            if column == "village":
                Cooperative.objects.filter(agency=batch.agency_id, pk=profile.pk).update(village=value or None)
            else:
                setattr(profile, column, (value or None) if column == "decree_on" else value)
        profile.decree_key = normalize_decree(profile.decree_number)
        profile.last_recorded_on = held["recorded_on"]
        profile.version += 1
    columns = [*PROFILE_COLUMNS, "decree_key", "last_recorded_on", "version"]
    Profile.objects.bulk_update(profiles, columns, batch_size=500)


def _remove(batch: ImportBatch, rows: list[ImportRow]) -> None:
    """Delete the cooperatives nothing refers to; the database's own foreign keys say which those are."""
    ids = [row.subject_id for row in rows]
    try:
        with transaction.atomic():
            _delete(batch, ids)
    except IntegrityError as error:
        raise CannotUndo(_in_use(batch, ids)) from error


def _in_use(batch: ImportBatch, ids: list[int]) -> list[str]:
    """Try one by one which cooperatives are referred to; every trial is taken back."""
    reasons = []
    for cooperative in Cooperative.objects.filter(agency=batch.agency_id, pk__in=ids).order_by("name"):
        try:
            with transaction.atomic():
                _delete(batch, [cooperative.pk])
                transaction.set_rollback(True)
        except IntegrityError:
            reasons.append(f"{cooperative.name} sudah dipakai.")
    return reasons or ["Ada koperasi yang sudah dipakai."]


def _delete(batch: ImportBatch, ids: list[int]) -> None:
    """Without the ORM's own look at related tables: this role may not read them, the foreign keys guard them."""
    with connection.cursor() as cursor:
        for table, column in (("registry_profile", "cooperative_id"), ("registry_cooperative", "id")):
            cursor.execute(f"DELETE FROM {table} WHERE agency_id = %s AND {column} = ANY (%s)", [batch.agency_id, ids])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _rows(batch: ImportBatch):
    return ImportRow.objects.filter(agency=batch.agency_id, cooperative__isnull=True, batch=batch.pk)


def _day(batch: ImportBatch) -> date:
    """The day the list's figures speak of, asked with the upload."""
    return date.fromisoformat(batch.options["as_of"])
