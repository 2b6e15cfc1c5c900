"""A staged list of people: judging each line, taking the good ones in, and taking them out again. Set-based throughout.

Who a line is: the member with the same NIK; else the one with the line's own number and the same name or day of birth;
else the same name and day of birth; else, where one of these days is missing, the same name and day of joining. So the
same file again finds everybody, and so does an export that comes back corrected.

Numbers: a line with a free number of the paper book keeps it; the others get the next numbers, in the file's order. The
counter moves past the highest and never back. Leavers and suspended people are not made by an import.
"""

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction

from members.models import Identity, Member, national_id_bound_to
from registry import audit
from registry.access import Actor
from registry.actions.cooperatives import touch
from registry.keys import key_ring
from registry.models import Cooperative
from registry.numbers import mask_national_id
from registry.tenancy.building import tenant_links

KEPT_COLUMNS = (
    "name",
    "birth_date",
    "birth_place",
    "address",
    "rt_rw",
    "phone",
    "occupation",
)  # what a later file may correct
LISTED = 20  # numbers named when an import cannot be undone
IDENTITIES = 10_000  # numbers encrypted at a time


@dataclass(frozen=True)
class StagedCounts:
    """What became of a list: people taken in, corrected, taken out, put back, and left as they are now."""

    new: int = 0
    changed: int = 0
    removed: int = 0
    restored: int = 0
    kept: int = 0


class StillNeeded(Exception):
    """Members of an import are referred to; `numbers` are theirs, sorted, and `why` says by what."""

    def __init__(self, numbers: list[str], why: str) -> None:
        self.numbers, self.why = numbers, why
        super().__init__(why)


# --- A NIK on its way in --------------------------------------------------------------------------


def seal(cooperative: Cooperative, batch_id: int, line: int, national_id: str) -> dict[str, str]:
    """Return what may lie in the staging table of a NIK: keyed hash, cipher bound to this line, mask."""
    ring = key_ring()
    return {
        "index": ring.blind_index(cooperative.agency.slug, national_id).hex(),
        "cipher": base64.b64encode(ring.encrypt(national_id, _line(batch_id, line))).decode(),
        "masked": mask_national_id(national_id),
    }


def _line(batch_id: int, line: int) -> bytes:
    return f"import:{batch_id}:{line}".encode()


# --- Judging --------------------------------------------------------------------------------------

_SET = ", ".join(
    f"{name} = coalesce((r.data->>'{name}'){'::date' if name == 'birth_date' else ''}, m.{name})"
    for name in KEPT_COLUMNS
)
_DIFFERS = " OR ".join(
    f"(r.data->>'{name}'){'::date' if name == 'birth_date' else ''} IS DISTINCT FROM m.{name} AND r.data ? '{name}'"
    for name in KEPT_COLUMNS
)

_JUDGE = """
WITH line AS (
  SELECT id, number AS line, (data->>'number')::int AS own_number, lower(data->>'name') AS name, data->>'sex' AS sex,
         decode(data->'national_id'->>'index', 'hex') AS nik, (data->>'birth_date')::date AS born,
         (data->>'joined_on')::date AS joined, coalesce(data->>'status', 'applicant') AS status
  FROM registry_importrow WHERE cooperative_id = %(cooperative)s AND batch_id = %(batch)s AND errors = '[]'::jsonb
), book AS (
  SELECT m.id, m.number, m.number_text, lower(m.name) AS name, m.sex, m.birth_date AS born, m.joined_on AS joined, m.status,
         i.blind_index AS nik, coalesce(i.current, false) AS current
  FROM members_member m
  LEFT JOIN members_identity i ON i.cooperative_id = m.cooperative_id AND i.member_id = m.id
  WHERE m.cooperative_id = %(cooperative)s AND m.merged_into_id IS NULL
), by_nik AS (
  SELECT DISTINCT ON (line.id) line.id, book.id AS member_id FROM line JOIN book ON book.nik = line.nik
  ORDER BY line.id, book.current DESC, book.number DESC
), by_number AS (
  SELECT line.id, book.id AS member_id FROM line JOIN book ON book.number = line.own_number
  WHERE (book.name = line.name OR book.born = line.born) AND (line.nik IS NULL OR book.nik IS NULL)
), by_birth AS (
  SELECT DISTINCT ON (line.id) line.id, book.id AS member_id FROM line JOIN book ON book.name = line.name AND book.born = line.born
  WHERE line.nik IS NULL OR book.nik IS NULL
  ORDER BY line.id, book.status = 'exited', book.number
), by_name AS (
  SELECT DISTINCT ON (line.id) line.id, book.id AS member_id FROM line JOIN book ON book.name = line.name
  WHERE (line.nik IS NULL OR book.nik IS NULL) AND (
    line.joined = book.joined AND (line.born IS NULL OR book.born IS NULL) OR line.joined IS NULL AND line.born IS NULL)
  ORDER BY line.id, book.status = 'exited', book.number
), matched AS (
  SELECT line.*, coalesce(by_nik.member_id, by_number.member_id, by_birth.member_id, by_name.member_id) AS member_id,
         by_nik.member_id IS NOT NULL AS same_nik
  FROM line LEFT JOIN by_nik USING (id) LEFT JOIN by_number USING (id) LEFT JOIN by_birth USING (id) LEFT JOIN by_name USING (id)
), seen AS (
  SELECT matched.*, holder.number_text AS held,
         min(line) OVER (PARTITION BY nik) AS first_nik,
         min(line) OVER (PARTITION BY matched.name, matched.born) AS first_person,
         min(line) FILTER (WHERE nik IS NULL) OVER (PARTITION BY matched.name, matched.born) AS first_bare,
         min(line) OVER (PARTITION BY matched.name, matched.born, matched.joined) AS first_undated,
         min(line) OVER (PARTITION BY matched.member_id) AS first_member,
         min(line) OVER (PARTITION BY own_number) AS first_number
  FROM matched LEFT JOIN members_member holder ON holder.cooperative_id = %(cooperative)s AND holder.number = matched.own_number
), told AS (
  SELECT seen.id, seen.member_id, array_remove(ARRAY[
    CASE
      WHEN seen.nik IS NOT NULL AND line > first_nik THEN 'NIK yang sama sudah ada di baris ' || first_nik || '.'
      WHEN seen.member_id IS NOT NULL AND line > first_member THEN 'Orang yang sama sudah ada di baris ' || first_member || '.'
      WHEN seen.member_id IS NULL AND seen.born IS NOT NULL AND seen.nik IS NULL AND line > first_person
        THEN 'Orang yang sama sudah ada di baris ' || first_person || '.'
      WHEN seen.member_id IS NULL AND seen.born IS NOT NULL AND line > first_bare
        THEN 'Orang yang sama sudah ada di baris ' || first_bare || '.'
      WHEN seen.member_id IS NULL AND seen.born IS NULL AND seen.nik IS NULL AND line > first_undated
        THEN 'Orang yang sama sudah ada di baris ' || first_undated || '.'
    END,
    CASE
      WHEN same_nik AND m.name_low <> seen.name AND seen.born IS DISTINCT FROM m.born
        THEN 'NIK ini sudah dipakai anggota ' || m.number_text || ' dengan nama lain.'
      WHEN m.status = 'exited' AND seen.status <> 'exited'
        THEN 'Pernah tercatat sebagai ' || m.number_text || ' dan sudah berhenti. Bila masuk lagi, catat lewat Tambah anggota.'
      WHEN m.id IS NOT NULL AND m.sex <> seen.sex
        THEN 'Jenis kelamin berbeda dari yang tercatat untuk ' || m.number_text || '. Ubah lewat halaman anggotanya.'
      WHEN m.id IS NOT NULL AND own_number <> m.number
        THEN 'Orang ini sudah tercatat sebagai ' || m.number_text || ', bukan nomor ' || own_number || '.'
      WHEN m.id IS NULL AND seen.held IS NOT NULL THEN 'Nomor ' || seen.held || ' sudah dipakai orang lain di buku ini.'
      WHEN m.id IS NULL AND own_number IS NOT NULL AND line > first_number
        THEN 'Nomor ' || own_number || ' sudah dipakai baris ' || first_number || '.'
      WHEN m.id IS NULL AND seen.status IN ('exited', 'suspended')
        THEN 'Impor hanya untuk anggota dan calon anggota. Yang berhenti atau dibekukan dicatat lewat halaman anggotanya.'
    END
  ], NULL) AS sentences
  FROM seen LEFT JOIN LATERAL (
    SELECT b.id, b.number, b.number_text, b.name AS name_low, b.born, b.status, b.sex FROM book b WHERE b.id = seen.member_id
  ) m ON true
)
UPDATE registry_importrow r
SET subject_id = told.member_id, errors = to_jsonb(told.sentences),
    verdict = CASE WHEN cardinality(told.sentences) > 0 THEN 'bad' WHEN told.member_id IS NULL THEN 'new' ELSE 'same' END
FROM told WHERE r.id = told.id
"""

_JUDGE_CHANGES = f"""
UPDATE registry_importrow r SET verdict = 'changed'
FROM members_member m
WHERE r.cooperative_id = %(cooperative)s AND r.batch_id = %(batch)s AND r.verdict = 'same'
  AND m.cooperative_id = r.cooperative_id AND m.id = r.subject_id AND m.status <> 'exited'
  AND ({_DIFFERS} OR (r.data ? 'national_id' AND NOT EXISTS (
    SELECT 1 FROM members_identity i WHERE i.cooperative_id = m.cooperative_id AND i.member_id = m.id)))
"""


def judge_import(*, cooperative: Cooperative, batch_id: int) -> None:
    """Give every staged line its verdict (new, changed, same, bad), the member it is, and sentences where it is bad."""
    with _whole_lists():
        _run(_JUDGE, cooperative, batch_id)
        _run(_JUDGE_CHANGES, cooperative, batch_id)


# --- Taking in ------------------------------------------------------------------------------------

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
  SELECT r.id, r.number AS line, r.data, (r.data->>'number')::int AS own_number,
         top.number + row_number() OVER (PARTITION BY r.data ? 'number' ORDER BY r.number) AS next_number
  FROM registry_importrow r, top
  WHERE r.cooperative_id = %(cooperative)s AND r.batch_id = %(batch)s AND r.verdict = 'new'
), numbered AS (
  SELECT id, line, data, coalesce(own_number, next_number)::int AS number, coalesce(data->>'status', 'applicant') AS status,
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
), linked AS (
  UPDATE registry_importrow r SET subject_id = made.id, data = r.data - 'national_id'
  FROM numbered JOIN made USING (number) WHERE r.id = numbered.id
), counted AS (
  UPDATE members_numbercounter c SET last_number = greatest(c.last_number, (SELECT coalesce(max(number), 0) FROM numbered))
  WHERE c.cooperative_id = %(cooperative)s
)
SELECT line, made.id, data->'national_id'->>'cipher', data->'national_id'->>'index', data->'national_id'->>'masked'
FROM numbered JOIN made USING (number) ORDER BY line
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
SELECT r.number, r.subject_id, r.data->'national_id'->>'cipher', r.data->'national_id'->>'index', r.data->'national_id'->>'masked'
FROM registry_importrow r
WHERE r.cooperative_id = %(cooperative)s AND r.batch_id = %(batch)s AND r.verdict = 'changed' AND r.data ? 'national_id'
  AND NOT EXISTS (SELECT 1 FROM members_identity i WHERE i.cooperative_id = r.cooperative_id AND i.member_id = r.subject_id)
ORDER BY r.number
"""

_INSERT_IDENTITIES = """
INSERT INTO members_identity (cooperative_id, member_id, cipher, blind_index, masked, current)
SELECT %(cooperative)s, member_id, cipher, blind_index, masked, true
FROM unnest(%(members)s::bigint[], %(ciphers)s::bytea[], %(indexes)s::bytea[], %(masked)s::text[])
     AS i(member_id, cipher, blind_index, masked)
"""

# A sealed NIK has no place in the staging table once its member holds it; `_INSERT` took out those of new people.
_FORGET = """
UPDATE registry_importrow r SET data = r.data - 'national_id'
WHERE r.cooperative_id = %(cooperative)s AND r.batch_id = %(batch)s AND r.data ? 'national_id'
"""


@transaction.atomic
def take_in(
    *, cooperative: Cooperative, batch_id: int, batch_number: str, actor: Actor, now: datetime, today: date
) -> StagedCounts:
    """Store the good lines of a staged list: new people with their numbers, corrections of known ones.

    The lines are judged once more behind the lock on the counter, so what others wrote since the preview counts.
    """
    _run(_LOCK_COUNTER, cooperative, batch_id)
    judge_import(cooperative=cooperative, batch_id=batch_id)
    with _whole_lists():
        people = _rows(_INSERT, cooperative, batch_id, today=today)
        _run(_KEEP_BEFORE, cooperative, batch_id)
        changed = _run(_CHANGE, cooperative, batch_id)
        known = _rows(_WITH_NATIONAL_ID, cooperative, batch_id)
        _store_identities(cooperative, batch_id, [row for row in (*people, *known) if row[2]])
        _run(_ADD_FLOWS.format(sign=1), cooperative, batch_id)
        _run(_FORGET, cooperative, batch_id)
    new = len(people)
    touch(cooperative, today)
    counts = StagedCounts(new=new, changed=changed)
    audit.record(
        "import_members",
        actor=actor,
        now=now,
        subject=f"impor {batch_number}",
        cooperative_id=cooperative.pk,
        new=new,
        changed=changed,
    )
    return counts


def _store_identities(cooperative: Cooperative, batch_id: int, rows: list[tuple]) -> None:
    """Open each sealed NIK and encrypt it anew, bound to its member: a cipher of another row would not open.

    `rows` are (line, member id, sealed cipher, keyed hash as hex, mask).
    """
    ring = key_ring()
    with connection.cursor() as cursor:
        for start in range(0, len(rows), IDENTITIES):
            part = rows[start : start + IDENTITIES]
            plain = [ring.decrypt(base64.b64decode(cipher), _line(batch_id, line)) for line, _, cipher, _, _ in part]
            columns = {
                "members": [row[1] for row in part],
                "ciphers": [
                    ring.encrypt(nik, national_id_bound_to(cooperative.pk, row[1]))
                    for nik, row in zip(plain, part, strict=True)
                ],
                "indexes": [bytes.fromhex(row[3]) for row in part],
                "masked": [row[4] for row in part],
            }
            cursor.execute(_INSERT_IDENTITIES, columns | {"cooperative": cooperative.pk})


# --- Taking out -----------------------------------------------------------------------------------

_STATUS_MOVED = """
SELECT m.number_text FROM members_member m
JOIN registry_importrow r ON r.cooperative_id = m.cooperative_id AND r.batch_id = %(batch)s AND r.subject_id = m.id
WHERE m.cooperative_id = %(cooperative)s AND m.imported_in = %(batch)s AND m.status <> coalesce(r.data->>'status', 'applicant')
ORDER BY m.number
"""

_DROP_NEW_IDENTITIES = """
DELETE FROM members_identity i USING registry_importrow r
WHERE r.cooperative_id = %(cooperative)s AND r.batch_id = %(batch)s AND i.cooperative_id = r.cooperative_id AND i.member_id = r.subject_id
  AND (r.verdict = 'new' OR r.verdict = 'changed' AND NOT (r.before->>'identity')::bool AND EXISTS (
    SELECT 1 FROM members_member m WHERE m.cooperative_id = r.cooperative_id AND m.id = r.subject_id
      AND m.version = (r.before->>'version')::int))
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
    *, cooperative: Cooperative, batch_id: int, batch_number: str, actor: Actor, now: datetime
) -> StagedCounts:
    """Undo an import: its people go, corrected ones get their former data back unless amended since; numbers stay burned.

    Raises `StillNeeded` with the numbers of those who cannot go: somebody paid for them, or their status moved.
    """
    _run(_LOCK_COUNTER, cooperative, batch_id)
    _refuse_if_needed(cooperative, batch_id)
    [(changed,)] = _rows(_COUNT_CHANGED, cooperative, batch_id)
    with _whole_lists():
        _run(_DROP_NEW_IDENTITIES, cooperative, batch_id)
        restored = _run(_RESTORE, cooperative, batch_id)
        _run(_ADD_FLOWS.format(sign=-1), cooperative, batch_id)
        removed = _run(_DELETE, cooperative, batch_id)
    audit.record(
        "undo_import_members", actor=actor, now=now, subject=f"impor {batch_number}", cooperative_id=cooperative.pk,
        removed=removed, restored=restored,
    )  # fmt: skip
    return StagedCounts(removed=removed, restored=restored, kept=changed - restored)


def _refuse_if_needed(cooperative: Cooperative, batch_id: int) -> None:
    needed = _referred_to(cooperative, batch_id)
    if needed:
        raise StillNeeded(needed, "sudah punya catatan simpanan atau iuran")
    with connection.cursor() as cursor:
        cursor.execute(_STATUS_MOVED, {"cooperative": cooperative.pk, "batch": batch_id})
        moved = [text for (text,) in cursor.fetchall()]
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


@contextmanager
def _whole_lists() -> Iterator[None]:
    """Join whole lists by hashing. Rows staged in this very transaction have no statistics: the planner takes them for
    one row and loops over the book for each of them (5,000 lines took 40 s instead of half a second)."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off")
        yield
        cursor.execute("SET LOCAL enable_nestloop = on")


def _run(statement: str, cooperative: Cooperative, batch_id: int, **values) -> int:
    """Run one statement for a cooperative's batch; return the number of rows it wrote."""
    with connection.cursor() as cursor:
        cursor.execute(
            statement, {"cooperative": cooperative.pk, "agency": cooperative.agency_id, "batch": batch_id, **values}
        )
        return cursor.rowcount


def _rows(statement: str, cooperative: Cooperative, batch_id: int, **values) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"cooperative": cooperative.pk, "batch": batch_id, **values})
        return cursor.fetchall()
