"""A list of another keeper beside the register: who is who, what they say kept beside ours, and what is decided about it.

The profile is never changed by a list, only by a decision. Called by the importer in `registry.imports.sources`.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import IntegrityError, connection, transaction

from registry import audit
from registry.access import Actor
from registry.actions.cooperatives import NameExists, amend_cooperative, open_blocker
from registry.actions.importing import CannotUndo
from registry.models import Agency, Blocker, Cooperative, ImportBatch, Place, Profile, SourceList, SourceValue
from registry.sources import fields, sources

KIND = "source_"  # an importer's kind is this and the source's code
MOST_AT_ONCE = 100
ASKED_OF = {"name": Blocker.What.LEGAL_NAME, "decree_number": Blocker.What.LEGAL_NAME}


def source_of(batch: ImportBatch) -> str:
    """Return the code of the source whose list this is."""
    return batch.kind.removeprefix(KIND)


# --- Judging --------------------------------------------------------------------------------------

# What two sides are matched by, the surest first: how our side says it, how their line says it. The last needs no village.
_BY = (
    ("wall.source_key('cooperative_nik', p.cooperative_nik)", "wall.source_key('cooperative_nik', r.data->>'cooperative_nik')"),
    ("wall.source_key('decree_number', p.decree_number)", "wall.source_key('decree_number', r.data->>'decree_number')"),
    ("wall.source_key('nib', p.nib)", "wall.source_key('nib', r.data->>'nib')"),
    ("wall.name_key(c.name) || '|' || c.village_id", "wall.name_key(r.data->>'name') || '|' || nullif(r.data->>'village_clean', '')"),
    ("wall.name_key(c.name)", "CASE WHEN coalesce(r.data->>'village_clean', '') = '' THEN wall.name_key(r.data->>'name') END"),
)  # fmt: skip
_OURS = f"""
SELECT c.id, {", ".join(ours for ours, _ in _BY)}
FROM registry_cooperative c JOIN registry_profile p ON p.cooperative_id = c.id
WHERE c.agency_id = %(agency)s AND p.agency_id = %(agency)s AND NOT c.is_practice
"""
_THEIRS = f"""
SELECT r.number, {", ".join(theirs for _, theirs in _BY)} FROM registry_importrow r
WHERE r.agency_id = %(agency)s AND r.cooperative_id IS NULL AND r.batch_id = %(batch)s AND r.verdict <> 'bad' ORDER BY r.number
"""
_MATCHED = """
UPDATE registry_importrow AS r SET subject_id = m.subject, verdict = CASE WHEN m.first = m.number THEN r.verdict ELSE 'bad' END,
  errors = CASE WHEN m.first = m.number THEN r.errors
           ELSE jsonb_build_array('Baris ini menunjuk koperasi yang sama dengan baris ' || m.first || '.') END
FROM unnest(%(numbers)s::int[], %(subjects)s::bigint[], %(first)s::int[]) AS m(number, subject, first)
WHERE r.agency_id = %(agency)s AND r.cooperative_id IS NULL AND r.batch_id = %(batch)s AND r.number = m.number
"""
_COMPARE = """
UPDATE registry_importrow AS r SET verdict = CASE WHEN r.subject_id IS NULL THEN 'new' WHEN EXISTS (
    SELECT 1 FROM unnest(%(fields)s::text[]) AS f
    WHERE coalesce(r.data->>f, '') <> ''
      AND wall.source_key(f, coalesce(nullif(r.data->>(f || '_clean'), ''), r.data->>f))
          <> wall.source_key(f, wall.our_value(r.subject_id, r.agency_id, f))
  ) THEN 'changed' ELSE 'same' END
WHERE r.agency_id = %(agency)s AND r.cooperative_id IS NULL AND r.batch_id = %(batch)s AND r.verdict <> 'bad'
"""


def judge_source_list(batch: ImportBatch, today: date) -> None:
    """Say of each staged line which cooperative it is, and whether anything differs from our profile."""
    where = {"agency": batch.agency_id, "batch": batch.pk, "fields": list(fields())}
    with connection.cursor() as cursor:
        cursor.execute(_OURS, where)
        ours = cursor.fetchall()
        cursor.execute(_THEIRS, where)
        matched = _matched(ours, cursor.fetchall())
        first: dict[int, int] = {}
        for number, subject in matched.items():
            first.setdefault(subject, number)
        where |= {
            "numbers": list(matched),
            "subjects": list(matched.values()),
            "first": [first[one] for one in matched.values()],
        }
        cursor.execute(_MATCHED, where)
        cursor.execute(_COMPARE, where)


def _matched(ours: Sequence[tuple], theirs: Sequence[tuple]) -> dict[int, int]:
    """Return line number -> cooperative. A key that several of ours share says nothing."""
    found: dict[int, int] = {}
    for position in range(1, len(_BY) + 1):
        known: dict[str, int] = {}
        for row in ours:
            if row[position]:
                known[row[position]] = 0 if row[position] in known else row[0]
        for row in theirs:
            if row[0] not in found and (subject := known.get(row[position] or "")):
                found[row[0]] = subject
    return dict(sorted(found.items()))


# --- Keeping --------------------------------------------------------------------------------------

_COUNTS = """
SELECT count(*), count(*) FILTER (WHERE verdict IN ('same', 'changed')), count(*) FILTER (WHERE verdict = 'new'),
       count(*) FILTER (WHERE verdict = 'bad'), count(*) FILTER (WHERE verdict = 'changed'),
       (SELECT count(*) FROM registry_cooperative c JOIN registry_profile p ON p.cooperative_id = c.id
        WHERE c.agency_id = %(agency)s AND p.agency_id = %(agency)s AND NOT c.is_practice)
FROM registry_importrow WHERE agency_id = %(agency)s AND cooperative_id IS NULL AND batch_id = %(batch)s
"""
_KEEP = """
INSERT INTO registry_sourcevalue AS s (cooperative_id, agency_id, source, field, value, clean, key, ours_key, as_of, source_list_id,
                                       recorded_at, recorded_by_name, decision, reason, decided_by_name)
SELECT r.subject_id, r.agency_id, %(source)s, f, left(r.data->>f, 200), coalesce(r.data->>(f || '_clean'), ''), '', '', %(as_of)s, %(list)s,
       %(now)s, %(name)s, '', '', ''
FROM registry_importrow r CROSS JOIN unnest(%(fields)s::text[]) AS f
WHERE r.agency_id = %(agency)s AND r.cooperative_id IS NULL AND r.batch_id = %(batch)s AND r.verdict IN ('same', 'changed')
  AND coalesce(r.data->>f, '') <> ''
ON CONFLICT (cooperative_id, source, field) DO UPDATE SET value = EXCLUDED.value, clean = EXCLUDED.clean, as_of = EXCLUDED.as_of,
  source_list_id = EXCLUDED.source_list_id, recorded_at = EXCLUDED.recorded_at, recorded_by_name = EXCLUDED.recorded_by_name
"""
_DROP_OLD = """
DELETE FROM registry_sourcevalue
WHERE agency_id = %(agency)s AND source = %(source)s AND source_list_id IS NOT NULL AND source_list_id <> %(list)s
"""
_DROP_STRANGERS = "DELETE FROM registry_sourcestranger WHERE agency_id = %(agency)s AND source = %(source)s"
_KEEP_STRANGERS = """
INSERT INTO registry_sourcestranger (agency_id, source, source_list_id, number, name, data)
SELECT r.agency_id, %(source)s, %(list)s, r.number, left(r.data->>'name', 200), r.data FROM registry_importrow r
WHERE r.agency_id = %(agency)s AND r.cooperative_id IS NULL AND r.batch_id = %(batch)s AND r.verdict = 'new'
"""


def says_nothing_new(batch: ImportBatch) -> bool:
    """Tell whether this very file, for this day, is the latest list of its source already."""
    last = (
        SourceList.objects.filter(agency=batch.agency_id, source=source_of(batch)).order_by("-made_at", "-pk").first()
    )
    return last is not None and (last.sha256, last.as_of.isoformat()) == (batch.file.sha256, batch.options["as_of"])


@transaction.atomic
def keep_source_list(batch: ImportBatch, *, actor: Actor, now: datetime, today: date) -> dict[str, int]:
    """Keep what a list, just judged, says beside our profiles, which stay as they are. One audit row. The sums must add up."""
    source = source_of(batch)
    where = {"agency": batch.agency_id, "batch": batch.pk, "source": source, "fields": list(fields())}
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, where)
        theirs, matched, only_theirs, unusable, differing, ours = cursor.fetchone()
        kept = SourceList.objects.create(
            agency_id=batch.agency_id, source=source, as_of=date.fromisoformat(batch.options["as_of"]), batch=batch.number,
            sha256=batch.file.sha256, theirs=theirs, matched=matched, only_theirs=only_theirs, unusable=unusable, ours=ours,
            only_ours=ours - matched, differing=differing, headings=_headings(batch), made_by=actor.user_id,
            made_by_name=actor.name, made_at=now,
        )  # fmt: skip
        where |= {"list": kept.pk, "as_of": kept.as_of, "now": now, "name": actor.name}
        for statement in (_KEEP, _DROP_OLD, _DROP_STRANGERS, _KEEP_STRANGERS):
            cursor.execute(statement, where)
    counts = {
        "theirs": theirs,
        "matched": matched,
        "only_theirs": only_theirs,
        "only_ours": kept.only_ours,
        "differing": differing,
    }
    audit.record("keep_source_list", actor=actor, now=now, subject=f"daftar {sources()[source].name}", **counts)
    return counts


def _headings(batch: ImportBatch) -> list[list[str]]:
    by_index = batch.mapping.get("by_index", {})
    return [[heading, by_index.get(str(index), "")] for index, heading in enumerate(batch.mapping.get("headings", []))]


@transaction.atomic
def undo_source_list(batch: ImportBatch, *, actor: Actor, now: datetime, today: date) -> dict[str, int]:
    """Take a list away again with what it said. Only the latest of its source; profiles keep what was decided."""
    kept = (
        SourceList.objects.filter(agency=batch.agency_id, source=source_of(batch)).order_by("-made_at", "-pk").first()
    )
    if kept is None or kept.batch != batch.number:
        raise CannotUndo(["Daftar yang lebih baru dari sumber ini sudah menggantikannya."])
    with connection.cursor() as cursor:
        cursor.execute(_DROP_STRANGERS, {"agency": batch.agency_id, "source": kept.source})
    gone, _ = SourceValue.objects.filter(agency=batch.agency_id, source_list=kept.pk).delete()
    kept.delete()
    audit.record("undo_import", actor=actor, now=now, subject=f"daftar {sources()[kept.source].name}", removed=gone)
    return {"removed": gone, "restored": 0}


# --- Typing ---------------------------------------------------------------------------------------


@transaction.atomic
def type_source(
    *, cooperative: Cooperative, source: str, as_of: date, values: dict[str, tuple[str, str]], actor: Actor, now: datetime
) -> int:  # fmt: skip
    """Write what a source says of one cooperative: field -> (as they write it, as our profile would hold it).

    A field given with "" is no longer said. Returns how many changed; writes nothing when nothing did.
    """
    here = {"cooperative": cooperative, "agency_id": cooperative.agency_id, "source": source}
    known = {row.field: row for row in SourceValue.objects.filter(**here)}
    gone = [one for one, (value, _) in values.items() if not value and one in known]
    fresh = {
        one: pair for one, pair in values.items() if pair[0] and (one not in known or known[one].value != pair[0] or known[one].as_of != as_of)
    }  # fmt: skip
    SourceValue.objects.filter(**here, field__in=gone).delete()
    for one, (value, clean) in fresh.items():
        said = {
            "value": value,
            "clean": clean,
            "as_of": as_of,
            "source_list": None,
            "recorded_at": now,
            "recorded_by_name": actor.name,
        }
        SourceValue.objects.update_or_create(**here, field=one, defaults=said)
    if gone or fresh:
        audit.record(
            "type_source", actor=actor, now=now, subject=sources()[source].name, cooperative_id=cooperative.pk, fields=sorted([*gone, *fresh])
        )  # fmt: skip
    return len(gone) + len(fresh)


# --- Deciding -------------------------------------------------------------------------------------


@dataclass
class Decided:
    """What became of a decision: how many values it settled, and sentences for those it could not."""

    done: int = 0
    refused: list[str] = field(default_factory=list)


@transaction.atomic
def decide_sources(
    *, agency: Agency, values: Sequence[SourceValue], what: str, reason: str, actor: Actor, now: datetime, today: date
) -> Decided:  # fmt: skip
    """Decide about values that differ: "ours" keeps our value with a reason, "theirs" writes it into the profile, "asked" asks.

    Kept values are not offered again until either side changes. `values` come with cooperative and village selected.
    """
    open_values = [one for one in values if one.agency_id == agency.pk and one.state != SourceValue.State.SAME]
    by_cooperative: dict[Cooperative, list[SourceValue]] = defaultdict(list)
    for one in open_values:
        by_cooperative[one.cooperative].append(one)
    decided = Decided()
    for cooperative, rows in by_cooperative.items():
        if what == "theirs":
            _take_theirs(cooperative, rows, decided, actor, now, today)
        elif what == "asked":
            _ask(cooperative, rows, actor, now, today)
    if what != "theirs":
        SourceValue.objects.filter(agency=agency, pk__in=[one.pk for one in open_values]).update(
            decision=what, reason=reason, decided_at=now, decided_by_name=actor.name
        )
        decided.done = len(open_values)
        for cooperative, rows in by_cooperative.items():
            audit.record(
                "decide_source", actor=actor, now=now, subject=_said_by(rows), reason=reason, cooperative_id=cooperative.pk,
                decision=what, fields=sorted({one.field for one in rows}),
            )  # fmt: skip
    return decided


def _said_by(rows: Iterable[SourceValue]) -> str:
    return ", ".join(sorted({sources()[one.source].name for one in rows}))


def _take_theirs(
    cooperative: Cooperative, rows: list[SourceValue], decided: Decided, actor: Actor, now: datetime, today: date
) -> None:
    """Write their values into our profile, all of one cooperative or none."""
    wanted = {one.field: one for one in rows}  # two sources at once: the later in the list
    unusable = [one for one in wanted.values() if not one.clean]
    if unusable:
        told = ", ".join(f"{fields()[one.field].label} “{one.value[:40]}”" for one in unusable)
        decided.refused.append(f"{cooperative.short_name}: {told} belum dapat dipakai apa adanya. Ubah di profilnya.")
        return
    profile = Profile.objects.get(cooperative=cooperative, agency_id=cooperative.agency_id)
    cleaned = {one.field: date.fromisoformat(one.clean) if one.field.endswith("_on") else one.clean for one in rows}
    name, village = cleaned.pop("name", cooperative.name), cleaned.pop("village", None)
    place = Place.objects.select_related("parent").get(pk=village) if village else None
    subject = _said_by(rows)
    try:
        with transaction.atomic():
            amend_cooperative(
                cooperative=cooperative, version=profile.version, name=name, fields=cleaned, district=place.parent if place else None,
                village=place, actor=actor, now=now, today=today,
            )  # fmt: skip
            audit.record(
                "take_source", actor=actor, now=now, subject=subject, cooperative_id=cooperative.pk, fields=sorted(one.field for one in rows)
            )  # fmt: skip
    except NameExists:
        cooperative.refresh_from_db()
        decided.refused.append(f"{cooperative.short_name}: sudah ada koperasi lain bernama “{name}” di kecamatan itu.")
    except IntegrityError:
        cooperative.refresh_from_db()
        decided.refused.append(f"{cooperative.short_name}: tanggalnya bertentangan dengan tanggal lain di profil.")
    else:
        decided.done += len(rows)


def _ask(cooperative: Cooperative, rows: list[SourceValue], actor: Actor, now: datetime, today: date) -> None:
    """Where names or decrees differ, a blocker says who must act, unless it stands there already."""
    asked = [one for one in rows if one.field in ASKED_OF]
    here = {"cooperative": cooperative, "agency_id": cooperative.agency_id, "what": Blocker.What.LEGAL_NAME}
    if not asked or Blocker.objects.filter(**here, closed_on__isnull=True).exists():
        return
    told = "; ".join(f"{fields()[one.field].label} di {sources()[one.source].name}: {one.value}" for one in asked)
    open_blocker(
        cooperative=cooperative, what=Blocker.What.LEGAL_NAME, text=told[:240], waits_for=sources()[asked[0].source].keeper,
        due_on=None, actor=actor, now=now, today=today,
    )  # fmt: skip
