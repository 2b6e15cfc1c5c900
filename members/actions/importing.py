"""A staged list of people: taking the good lines in, and taking them out again. Set-based throughout.

Numbers: a line with a free number of the paper book keeps it; the others get the next numbers, in the file's order. The
counter moves past the highest and never back. Leavers and suspended people are not made by an import.
"""

from base64 import b64decode
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from members.actions.releasing import release_all
from members.actions.staging import KEPT_COLUMNS, _rows, _run, judge_again, line_bound, whole_lists
from members.models import Identity, Member, national_id_bound_to
from registry import audit
from registry.access import Actor
from registry.actions.cooperatives import touch
from registry.keys import key_ring
from registry.models import Cooperative
from registry.numbers import mask_national_id
from registry.tenancy.building import tenant_links

LISTED = 20  # numbers named when an import cannot be undone
IDENTITIES = 10_000  # numbers encrypted at a time


@dataclass(frozen=True)
class StagedCounts:
    """What became of a list: people taken in, corrected, taken out, put back, and left as they are now."""

    new: int = 0
    changed: int = 0
    applicants: str = "{}"  # the numbers of new people who came in as calon anggota, as ranges
    removed: int = 0
    restored: int = 0
    kept: int = 0


class StillNeeded(Exception):
    """Members of an import are referred to; `numbers` are theirs, sorted, and `why` says by what."""

    def __init__(self, numbers: list[str], why: str) -> None:
        self.numbers, self.why = numbers, why
        super().__init__(why)


# --- Taking in ------------------------------------------------------------------------------------

_SET = ", ".join(
    f"{name} = coalesce((r.data->>'{name}'){'::date' if name == 'birth_date' else ''}, m.{name})"
    for name in KEPT_COLUMNS
)

_LOCK_COUNTER = """
INSERT INTO members_numbercounter AS c (cooperative_id, last_number) VALUES (%(cooperative)s, 0)
ON CONFLICT (cooperative_id) DO UPDATE SET last_number = c.last_number
"""

_INSERT = """
WITH top AS (
  SELECT greatest(c.last_number, coalesce((
    SELECT max((r.data->>'number')::int) FROM registry_importrow r
    WHERE r.cooperative_id = %(cooperative)s AND r.batch_id = %(batch)s AND r.verdict = 'new'), 0)) AS number
  FROM members_numbercounter c WHERE c.cooperative_id = %(cooperative)s
), line AS (
  SELECT r.number AS line, r.data, (r.data->>'number')::int AS own_number,
         top.number + row_number() OVER (PARTITION BY r.data ? 'number' ORDER BY r.number) AS next_number
  FROM registry_importrow r, top
  WHERE r.cooperative_id = %(cooperative)s AND r.batch_id = %(batch)s AND r.verdict = 'new'
), numbered AS (
  SELECT line, data, coalesce(own_number, next_number)::int AS number, coalesce(data->>'status', 'applicant') AS status,
         coalesce((data->>'joined_on')::date, %(today)s) AS joined_on
  FROM line
), made AS (
  INSERT INTO members_member (cooperative_id, number, number_text, name, sex, birth_date, birth_place, occupation, address, rt_rw,
                              phone, kind, status, joined_on, became_member_on, exit_reason, exit_note, imported_in, version)
  SELECT %(cooperative)s, number, 'A-' || lpad(number::text, greatest(4, length(number::text)), '0'), data->>'name', data->>'sex',
         (data->>'birth_date')::date, coalesce(data->>'birth_place', ''), coalesce(data->>'occupation', ''),
         coalesce(data->>'address', ''), coalesce(data->>'rt_rw', ''), coalesce(data->>'phone', ''), 'ordinary', status, joined_on,
         CASE WHEN status = 'active' THEN joined_on END, '', '', %(batch)s, 1
  FROM numbered ORDER BY number
  RETURNING id, number
), counted AS (
  UPDATE members_numbercounter c SET last_number = greatest(c.last_number, (SELECT coalesce(max(number), 0) FROM numbered))
  WHERE c.cooperative_id = %(cooperative)s
)
SELECT line, made.id, data->'national_id'->>'cipher', data->'national_id'->>'index'
FROM numbered JOIN made USING (number)
"""

_ADD_FLOWS = """
INSERT INTO members_memberflow AS f (cooperative_id, agency_id, month, sex, joined, "left", applicants)
SELECT %(cooperative)s, %(agency)s, date_trunc('month', m.joined_on)::date, m.sex,
       {sign} * count(*) FILTER (WHERE m.status = 'active'), 0, {sign} * count(*) FILTER (WHERE m.status = 'applicant')
FROM members_member m WHERE m.cooperative_id = %(cooperative)s AND m.imported_in = %(batch)s
GROUP BY 3, 4 ORDER BY 3, 4
ON CONFLICT (cooperative_id, month, sex)
DO UPDATE SET joined = f.joined + EXCLUDED.joined, applicants = f.applicants + EXCLUDED.applicants
"""

_KEEP_BEFORE = f"""
UPDATE registry_importrow r
SET before = jsonb_build_object('version', m.version + 1, 'identity', EXISTS (
      SELECT 1 FROM members_identity i WHERE i.cooperative_id = m.cooperative_id AND i.member_id = m.id),
    {", ".join(f"'{name}', m.{name}" for name in KEPT_COLUMNS)})
FROM members_member m
WHERE r.cooperative_id = %(cooperative)s AND r.batch_id = %(batch)s AND r.verdict = 'changed'
  AND m.cooperative_id = r.cooperative_id AND m.id = r.subject_id
"""

_CHANGE = f"""
UPDATE members_member m SET {_SET}, version = m.version + 1
FROM registry_importrow r
WHERE r.cooperative_id = %(cooperative)s AND r.batch_id = %(batch)s AND r.verdict = 'changed'
  AND m.cooperative_id = r.cooperative_id AND m.id = r.subject_id
"""

_WITH_NATIONAL_ID = """
SELECT r.number, r.subject_id, r.data->'national_id'->>'cipher', r.data->'national_id'->>'index'
FROM registry_importrow r
WHERE r.cooperative_id = %(cooperative)s AND r.batch_id = %(batch)s AND r.verdict = 'changed' AND r.data ? 'national_id'
  AND NOT EXISTS (SELECT 1 FROM members_identity i WHERE i.cooperative_id = r.cooperative_id AND i.member_id = r.subject_id)
ORDER BY r.number
"""

_INSERT_IDENTITIES = """
INSERT INTO members_identity (cooperative_id, member_id, cipher, blind_index, masked, current)
SELECT %(cooperative)s, member_id::bigint, decode(cipher, 'hex'), decode(blind_index, 'hex'), masked, true
FROM unnest(string_to_array(%(members)s, ','), string_to_array(%(ciphers)s, ','), string_to_array(%(indexes)s, ','),
            string_to_array(%(masked)s, ',')) AS i(member_id, cipher, blind_index, masked)
"""

# People who came in are in the book: nothing of them stays here. Of corrected ones only what they were before.
_FORGET_NEW = """
DELETE FROM registry_importrow r
WHERE r.cooperative_id = %(cooperative)s AND r.batch_id = %(batch)s AND r.verdict IN ('new', 'same')
"""
_FORGET_CHANGED = """
UPDATE registry_importrow r SET data = r.data - 'national_id'
WHERE r.cooperative_id = %(cooperative)s AND r.batch_id = %(batch)s AND r.verdict = 'changed'
"""

# Who came in as calon anggota, by numbers: an undo must know whose status moved since.
_APPLICANTS = """
SELECT coalesce(range_agg(int4range(m.number, m.number, '[]'))::text, '{}') FROM members_member m
WHERE m.cooperative_id = %(cooperative)s AND m.imported_in = %(batch)s AND m.status = 'applicant'
"""


@transaction.atomic
def take_in(
    *,
    cooperative: Cooperative,
    batch_id: int,
    batch_number: str,
    judged_for: str,
    actor: Actor,
    now: datetime,
    today: date,
) -> StagedCounts:
    """Store the good lines of a staged list: new people with their numbers, corrections of known ones.

    `judged_for`: what `stage_lines` returned. Behind the lock on the counter the lines are judged once more if somebody
    wrote in the book since the preview. Afterwards the staging table holds no line of new people.
    """
    _run(_LOCK_COUNTER, cooperative, batch_id)
    judge_again(cooperative=cooperative, batch_id=batch_id, judged_for=judged_for)
    with whole_lists():
        people = _insert(cooperative, batch_id, today)
        changed = _run(_KEEP_BEFORE, cooperative, batch_id)
        if changed:
            _run(_CHANGE, cooperative, batch_id)
            _store_identities(cooperative, batch_id, _rows(_WITH_NATIONAL_ID, cooperative, batch_id))
            _run(_FORGET_CHANGED, cooperative, batch_id)
        _run(_FORGET_NEW, cooperative, batch_id)
        [(applicants,)] = _rows(_APPLICANTS, cooperative, batch_id)
    touch(cooperative, today)
    counts = StagedCounts(new=len(people), changed=changed, applicants=applicants)
    audit.record(
        "import_members",
        actor=actor,
        now=now,
        subject=f"impor {batch_number}",
        cooperative_id=cooperative.pk,
        new=counts.new,
        changed=changed,
    )
    return counts


@transaction.atomic
def take_in_new(
    *,
    cooperative: Cooperative,
    batch_id: int,
    batch_number: str,
    joined_on: date,
    actor: Actor,
    now: datetime,
    today: date,
) -> dict[int, int]:
    """Store only the new people of a staged list; return line → member id. Nobody who is in the book changes.

    For a list of another storey that brings people along: it holds the lock of `lock_book` and has judged the lines.
    `joined_on`: of lines without a day of joining. The staged lines stay; the caller forgets them.
    """
    with whole_lists():
        people = _insert(cooperative, batch_id, joined_on)
    if people:
        touch(cooperative, today)
        audit.record(
            "import_members", actor=actor, now=now, subject=f"impor {batch_number}", cooperative_id=cooperative.pk,
            new=len(people), changed=0,
        )  # fmt: skip
    return {line: member_id for line, member_id, *_ in people}


def lock_book(*, cooperative: Cooperative, batch_id: int) -> None:
    """Lock the counter of member numbers until COMMIT, which orders everything that admits people."""
    _run(_LOCK_COUNTER, cooperative, batch_id)


def _insert(cooperative: Cooperative, batch_id: int, joined_on: date) -> list[tuple]:
    """Make the new people with their NIKs and count them; (line, member id, …) of each. `joined_on`: where a line has no day."""
    people = _rows(_INSERT, cooperative, batch_id, today=joined_on)
    _store_identities(cooperative, batch_id, people)
    _run(_ADD_FLOWS.format(sign=1), cooperative, batch_id)
    return people


def _store_identities(cooperative: Cooperative, batch_id: int, rows: list[tuple]) -> None:
    """Open each sealed NIK and encrypt it anew, bound to its member: a cipher of another row would not open.

    `rows` are (line, member id, sealed cipher as base64 or None, keyed hash as hex).
    """
    ring, rows = key_ring(), [row for row in rows if row[2]]
    for start in range(0, len(rows), IDENTITIES):
        lines, members, sealed, indexes = zip(*rows[start : start + IDENTITIES], strict=True)
        plain = ring.decrypt_many([b64decode(one) for one in sealed], [line_bound(batch_id, line) for line in lines])
        ciphers = ring.encrypt_many(plain, [national_id_bound_to(cooperative.pk, member) for member in members])
        columns = {"members": map(str, members), "ciphers": (one.hex() for one in ciphers), "indexes": indexes,
                   "masked": map(mask_national_id, plain)}  # fmt: skip
        joined = {name: ",".join(column) for name, column in columns.items()}
        _run(_INSERT_IDENTITIES, cooperative, batch_id, **joined)


# --- Taking out -----------------------------------------------------------------------------------

_STATUS_MOVED = """
SELECT m.number_text FROM members_member m
WHERE m.cooperative_id = %(cooperative)s AND m.imported_in = %(batch)s
  AND m.status <> CASE WHEN m.number <@ %(applicants)s::int4multirange THEN 'applicant' ELSE 'active' END
ORDER BY m.number
"""

_DROP_NEW_IDENTITIES = """
DELETE FROM members_identity i USING members_member m
WHERE i.cooperative_id = %(cooperative)s AND m.cooperative_id = i.cooperative_id AND m.id = i.member_id AND m.imported_in = %(batch)s
"""
_DROP_ADDED_IDENTITIES = """
DELETE FROM members_identity i USING registry_importrow r
WHERE r.cooperative_id = %(cooperative)s AND r.batch_id = %(batch)s AND i.cooperative_id = r.cooperative_id AND i.member_id = r.subject_id
  AND r.verdict = 'changed' AND NOT (r.before->>'identity')::bool AND EXISTS (
    SELECT 1 FROM members_member m WHERE m.cooperative_id = r.cooperative_id AND m.id = r.subject_id
      AND m.version = (r.before->>'version')::int)
"""

_RESTORE = f"""
UPDATE members_member m SET version = m.version + 1,
    {", ".join(f"{name} = (r.before->>'{name}'){'::date' if name == 'birth_date' else ''}" for name in KEPT_COLUMNS)}
FROM registry_importrow r
WHERE r.cooperative_id = %(cooperative)s AND r.batch_id = %(batch)s AND r.verdict = 'changed'
  AND m.cooperative_id = r.cooperative_id AND m.id = r.subject_id AND m.version = (r.before->>'version')::int
"""

_COUNT_CHANGED = """
SELECT count(*) FROM registry_importrow WHERE cooperative_id = %(cooperative)s AND batch_id = %(batch)s AND verdict = 'changed'
"""
_DELETE = "DELETE FROM members_member WHERE cooperative_id = %(cooperative)s AND imported_in = %(batch)s"


@transaction.atomic
def take_out(
    *, cooperative: Cooperative, batch_id: int, batch_number: str, applicants: str, actor: Actor, now: datetime
) -> StagedCounts:
    """Undo an import: its people go, corrected ones get their former data back unless amended since; numbers stay burned.

    `applicants`: those of `StagedCounts`. Raises `StillNeeded` with the numbers of those who cannot go: somebody paid for them, or their status moved.
    What they owe and nobody paid on goes with them (`releasing`).
    """
    _run(_LOCK_COUNTER, cooperative, batch_id)
    release_all(cooperative=cooperative, batch_id=batch_id)
    _refuse_if_needed(cooperative, batch_id, applicants)
    [(changed,)] = _rows(_COUNT_CHANGED, cooperative, batch_id)
    with whole_lists():
        _run(_DROP_NEW_IDENTITIES, cooperative, batch_id)
        _run(_DROP_ADDED_IDENTITIES, cooperative, batch_id)
        restored = _run(_RESTORE, cooperative, batch_id)
        _run(_ADD_FLOWS.format(sign=-1), cooperative, batch_id)
        removed = _run(_DELETE, cooperative, batch_id)
    audit.record(
        "undo_import_members", actor=actor, now=now, subject=f"impor {batch_number}", cooperative_id=cooperative.pk,
        removed=removed, restored=restored,
    )  # fmt: skip
    return StagedCounts(removed=removed, restored=restored, kept=changed - restored)


def _refuse_if_needed(cooperative: Cooperative, batch_id: int, applicants: str) -> None:
    needed = _referred_to(cooperative, batch_id)
    if needed:
        raise StillNeeded(needed, "sudah punya catatan simpanan atau iuran")
    moved = [text for (text,) in _rows(_STATUS_MOVED, cooperative, batch_id, applicants=applicants)]
    if moved:
        raise StillNeeded(moved, "sudah berubah status sejak diimpor")


def _referred_to(cooperative: Cooperative, batch_id: int) -> list[str]:
    """Return the numbers of imported members some other table points at, whichever storey it belongs to."""
    imported = Member.objects.of(cooperative).filter(imported_in=batch_id)
    found: dict[int, str] = {}
    for model, link in tenant_links():
        if link.related_model is Member and model is not Identity:
            pointing = model._default_manager.filter(cooperative=cooperative, **{f"{link.name}__in": imported}).values(
                link.attname
            )
            found |= dict(imported.filter(pk__in=pointing).values_list("number", "number_text"))
    return [text for _, text in sorted(found.items())]
