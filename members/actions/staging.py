"""A list of people on its way in: every line sealed, judged beside the book and the other lines, and staged. Set-based.

Who a line is: the member with the same NIK; else the one with the line's own number and the same name or day of birth;
else the same name and day of birth; else, where one of these days is missing, the same name and day of joining. So the
same file again finds everybody, and so does an export that comes back corrected.
"""

from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection

from registry.keys import key_ring
from registry.models import Cooperative

KEPT_COLUMNS = (
    "name",
    "birth_date",
    "birth_place",
    "address",
    "rt_rw",
    "phone",
    "occupation",
)  # what a later file may correct


# --- A NIK on its way in --------------------------------------------------------------------------


@dataclass(frozen=True)
class Sealed:
    """What may lie in the staging table of NIKs: keyed hashes as hex, and ciphers bound to their lines as base64."""

    indexes: list[str]
    ciphers: list[str]


def seal(cooperative: Cooperative, batch_id: int, lines: Sequence[int], national_ids: Sequence[str | None]) -> Sealed:
    """Seal the NIKs of these lines; "" where a line has none."""
    ring, given = key_ring(), [(line, one) for line, one in zip(lines, national_ids, strict=True) if one]
    plain = [one for _, one in given]
    ciphers = ring.encrypt_many(plain, [line_bound(batch_id, line) for line, _ in given])
    indexes = ring.blind_indexes(cooperative.agency.slug, plain)
    rows = iter([(index.hex(), b64encode(one).decode()) for index, one in zip(indexes, ciphers, strict=True)])
    return Sealed(*map(list, zip(*(next(rows) if one else ("", "") for one in national_ids), strict=True)))


def line_bound(batch_id: int, line: int) -> bytes:
    return f"import:{batch_id}:{line}".encode()


# --- Judging --------------------------------------------------------------------------------------

# The lines as they come from the file: columns of text with one sign between the values, cleaned by the resource.
# One statement takes them, judges them and stages them: a line is written once, with its verdict.
_FROM_FILE = """
given AS MATERIALIZED (
  SELECT g.line::int, g.number::int AS own_number, g.name, g.sex, decode(g.nik, 'hex') AS nik, g.cipher, g.birth_place,
         g.birth_date::date, g.address, g.rt_rw, g.phone, g.occupation, g.joined_on::date AS joined, g.status, f.errors AS faults
  FROM unnest({columns}) AS g(line, number, name, sex, nik, cipher, birth_place, birth_date, address, rt_rw, phone, occupation,
                              joined_on, status)
  LEFT JOIN jsonb_to_recordset(%(errors)s::jsonb) AS f(line int, errors jsonb) ON f.line = g.line::int
)
"""
COLUMNS = ("line", "number", "name", "sex", "nik", "cipher", "birth_place", "birth_date", "address", "rt_rw", "phone",
           "occupation", "joined_on", "status")  # fmt: skip

# The same lines again, from the staging table.
_FROM_STAGE = """
given AS MATERIALIZED (
  SELECT number AS line, (data->>'number')::int AS own_number, data->>'name' AS name, data->>'sex' AS sex,
         decode(data->'national_id'->>'index', 'hex') AS nik, data->>'birth_place' AS birth_place, (data->>'birth_date')::date AS birth_date,
         data->>'address' AS address, data->>'rt_rw' AS rt_rw, data->>'phone' AS phone, data->>'occupation' AS occupation,
         (data->>'joined_on')::date AS joined, data->>'status' AS status, NULL::jsonb AS faults
  FROM registry_importrow WHERE cooperative_id = %(cooperative)s AND batch_id = %(batch)s AND verdict <> 'bad'
)
"""

_DIFFERS = " OR ".join(
    f"given.{name} <> m.{name} OR given.{name} IS NOT NULL AND m.{name} IS NULL" for name in KEPT_COLUMNS
)

_JUDGED = f"""
line AS MATERIALIZED (
  SELECT line, own_number, lower(name) AS name, sex, nik, birth_date AS born, joined, coalesce(status, 'applicant') AS status
  FROM given WHERE faults IS NULL
), book AS MATERIALIZED (
  SELECT m.id, m.number, m.number_text, lower(m.name) AS low, m.sex, m.birth_date, m.joined_on AS joined, m.status, m.name,
         m.birth_place, m.address, m.rt_rw, m.phone, m.occupation, i.blind_index AS nik, coalesce(i.current, false) AS current, m.merged_into_id IS NOT NULL AS merged
  FROM members_member m
  LEFT JOIN members_identity i ON i.cooperative_id = m.cooperative_id AND i.member_id = m.id
  WHERE m.cooperative_id = %(cooperative)s  -- merged entries too: a list that still names both finds both, and changes nothing
), by_nik AS (
  SELECT DISTINCT ON (line.line) line.line, book.id AS member_id FROM line JOIN book ON book.nik = line.nik
  ORDER BY line.line, book.current DESC, book.number DESC
), by_number AS (
  SELECT line.line, book.id AS member_id FROM line JOIN book ON book.number = line.own_number
  WHERE (book.low = line.name OR book.birth_date = line.born) AND (line.nik IS NULL OR book.nik IS NULL)
), by_birth AS (
  SELECT DISTINCT ON (line.line) line.line, book.id AS member_id FROM line JOIN book ON book.low = line.name AND book.birth_date = line.born
  WHERE line.nik IS NULL OR book.nik IS NULL
  ORDER BY line.line, book.status = 'exited', book.number
), by_name AS (
  SELECT DISTINCT ON (line.line) line.line, book.id AS member_id FROM line JOIN book ON book.low = line.name
  WHERE (line.nik IS NULL OR book.nik IS NULL) AND (
    line.joined = book.joined AND (line.born IS NULL OR book.birth_date IS NULL) OR line.joined IS NULL AND line.born IS NULL)
  ORDER BY line.line, book.status = 'exited', book.number
), matched AS MATERIALIZED (
  SELECT line.*, coalesce(by_nik.member_id, by_number.member_id, by_birth.member_id, by_name.member_id) AS member_id,
         by_nik.member_id IS NOT NULL AS same_nik
  FROM line LEFT JOIN by_nik USING (line) LEFT JOIN by_number USING (line) LEFT JOIN by_birth USING (line) LEFT JOIN by_name USING (line)
), twice_nik AS (
  SELECT nik, min(line) AS line FROM line WHERE nik IS NOT NULL GROUP BY nik HAVING count(*) > 1
), twice_person AS (
  SELECT name, born, min(line) AS line, min(line) FILTER (WHERE nik IS NULL) AS bare FROM line WHERE born IS NOT NULL
  GROUP BY name, born HAVING count(*) > 1
), twice_undated AS (
  SELECT name, joined, min(line) AS line FROM line WHERE born IS NULL GROUP BY name, joined HAVING count(*) > 1
), twice_member AS (
  SELECT member_id, min(line) AS line FROM matched WHERE member_id IS NOT NULL GROUP BY member_id HAVING count(*) > 1
), twice_number AS (
  SELECT own_number, min(line) AS line FROM line WHERE own_number IS NOT NULL GROUP BY own_number HAVING count(*) > 1
), told AS (
  SELECT seen.line, seen.member_id, array_remove(ARRAY[
    CASE
      WHEN seen.line > twice_nik.line THEN 'NIK yang sama sudah ada di baris ' || twice_nik.line || '.'
      WHEN seen.line > twice_member.line THEN 'Orang yang sama sudah ada di baris ' || twice_member.line || '.'
      WHEN seen.member_id IS NULL AND seen.nik IS NULL AND seen.line > twice_person.line
        THEN 'Orang yang sama sudah ada di baris ' || twice_person.line || '.'
      WHEN seen.member_id IS NULL AND seen.line > twice_person.bare
        THEN 'Orang yang sama sudah ada di baris ' || twice_person.bare || '.'
      WHEN seen.member_id IS NULL AND seen.nik IS NULL AND seen.line > twice_undated.line
        THEN 'Orang yang sama sudah ada di baris ' || twice_undated.line || '.'
    END,
    CASE
      WHEN same_nik AND m.low <> seen.name AND seen.born IS DISTINCT FROM m.birth_date
        THEN 'NIK ini sudah dipakai anggota ' || m.number_text || ' dengan nama lain.'
      WHEN m.status = 'exited' AND seen.status <> 'exited'
        THEN 'Pernah tercatat sebagai ' || m.number_text || ' dan sudah berhenti. Bila masuk lagi, catat lewat Tambah anggota.'
      WHEN m.id IS NOT NULL AND m.sex <> seen.sex
        THEN 'Jenis kelamin berbeda dari yang tercatat untuk ' || m.number_text || '. Ubah lewat halaman anggotanya.'
      WHEN m.id IS NOT NULL AND seen.own_number <> m.number
        THEN 'Orang ini sudah tercatat sebagai ' || m.number_text || ', bukan nomor ' || seen.own_number || '.'
      WHEN m.id IS NULL AND holder.number_text IS NOT NULL THEN 'Nomor ' || holder.number_text || ' sudah dipakai orang lain di buku ini.'
      WHEN m.id IS NULL AND seen.line > twice_number.line
        THEN 'Nomor ' || seen.own_number || ' sudah dipakai baris ' || twice_number.line || '.'
      WHEN m.id IS NULL AND seen.status IN ('exited', 'suspended')
        THEN 'Impor hanya untuk anggota dan calon anggota. Yang berhenti atau dibekukan dicatat lewat halaman anggotanya.'
    END
  ], NULL) AS sentences
  FROM matched seen
  LEFT JOIN book m ON m.id = seen.member_id
  LEFT JOIN members_member holder ON holder.cooperative_id = %(cooperative)s AND holder.number = seen.own_number
  LEFT JOIN twice_nik ON twice_nik.nik = seen.nik
  LEFT JOIN twice_member ON twice_member.member_id = seen.member_id
  LEFT JOIN twice_person ON twice_person.name = seen.name AND twice_person.born = seen.born
  LEFT JOIN twice_undated ON twice_undated.name = seen.name AND twice_undated.joined IS NOT DISTINCT FROM seen.joined AND seen.born IS NULL
  LEFT JOIN twice_number ON twice_number.own_number = seen.own_number
), judged AS (
  SELECT given.*, told.member_id, coalesce(given.faults, to_jsonb(told.sentences)) AS errors, CASE
    WHEN given.faults IS NOT NULL OR cardinality(told.sentences) > 0 THEN 'bad'
    WHEN told.member_id IS NULL THEN 'new'
    WHEN m.status <> 'exited' AND NOT m.merged AND ({_DIFFERS} OR given.nik IS NOT NULL AND m.nik IS NULL) THEN 'changed'
    ELSE 'same' END AS verdict
  FROM given LEFT JOIN told ON told.line = given.line LEFT JOIN book m ON m.id = told.member_id
)
"""

_STAGE = f"""
WITH {_FROM_FILE}, {_JUDGED}
INSERT INTO registry_importrow (agency_id, cooperative_id, batch_id, number, subject_id, verdict, errors, data)
SELECT %(agency)s, %(cooperative)s, %(batch)s, line, member_id, verdict, errors, jsonb_strip_nulls(jsonb_build_object(
  'number', own_number, 'name', name, 'sex', sex, 'birth_place', birth_place, 'birth_date', birth_date, 'address', address,
  'rt_rw', rt_rw, 'phone', phone, 'occupation', occupation, 'joined_on', joined, 'status', status, 'national_id',
  CASE WHEN nik IS NOT NULL AND verdict <> 'bad'
    THEN jsonb_build_object('index', encode(nik, 'hex'), 'cipher', cipher) END))
FROM judged ORDER BY line
"""

_JUDGE_AGAIN = f"""
WITH {_FROM_STAGE}, {_JUDGED}
UPDATE registry_importrow r SET subject_id = member_id, errors = judged.errors, verdict = judged.verdict
FROM judged WHERE r.cooperative_id = %(cooperative)s AND r.batch_id = %(batch)s AND r.number = judged.line
  AND (r.verdict <> judged.verdict OR r.subject_id IS DISTINCT FROM judged.member_id)
"""

# Everything a verdict rests on, as one text: equal as long as nobody wrote in the book.
_BOOK = """
SELECT count(*) || ':' || coalesce(sum(hashtextextended(ROW(m.*, i.blind_index, i.current)::text, 0)::numeric), 0)
FROM members_member m LEFT JOIN members_identity i ON i.cooperative_id = m.cooperative_id AND i.member_id = m.id
WHERE m.cooperative_id = %(cooperative)s
"""


def stage_lines(*, cooperative: Cooperative, batch_id: int, columns: Mapping[str, str], errors: str) -> str:
    """Stage cleaned lines with their verdict: new, changed, same or bad, the member each is, and sentences where it is bad.

    `columns` are texts with `SEPARATOR` between the values, by the names of `COLUMNS`; those a file lacks are left out.
    `errors` is JSON: [{"line": 7, "errors": [sentence, ...]}, ...]. Returns the state of the book the verdicts rest on.
    """
    [(book,)] = _rows(_BOOK, cooperative, batch_id)
    arrays = ", ".join(
        f"string_to_array(%({name})s, chr(31), '')" if name in columns else "NULL::text[]" for name in COLUMNS
    )
    with whole_lists():
        _run(_STAGE.replace("{columns}", arrays), cooperative, batch_id, errors=errors, **columns)
    return book


def judge_again(*, cooperative: Cooperative, batch_id: int, judged_for: str) -> None:
    """Judge the staged lines once more, unless the book is still as it was when they were judged."""
    [(book,)] = _rows(_BOOK, cooperative, batch_id)
    if book != judged_for:
        with whole_lists():
            _run(_JUDGE_AGAIN, cooperative, batch_id)


# --- Statements ---------------------------------------------------------------------------------


@contextmanager
def whole_lists() -> Iterator[None]:
    """Join whole lists by hashing. Rows staged in this very transaction have no statistics: the planner takes them for
    one row and loops over the book for each of them (5,000 lines took 40 s instead of half a second)."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off; SET LOCAL work_mem = '64MB'")
        yield
        cursor.execute("SET LOCAL enable_nestloop = on; SET LOCAL work_mem = DEFAULT")


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
