"""The list of an old book on its way into the ledger: lines judged beside the member book, then one opening entry.

People are recognised as every list of members recognises them (`members.actions.staging`); what a line means for money
is judged here, in one more statement. Verdicts of a line: `new` somebody who comes into the book with the list, `changed`
a member who gets an opening balance, `same` a member who has exactly this one already (or nothing to get), `bad`.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from finance.models import Books
from finance.reports.bylaws import rules_on
from members.actions import judge_again, lock_book, stage_lines, take_in_new, whole_lists
from registry.access import Actor
from registry.formats import format_rupiah
from registry.models import Cooperative

from .collecting import lock_books
from .opening import OpeningLine, record_opening_balances
from .refusals import Refused

KEY = uuid.UUID("5f2b7a0e-7a0c-4d0e-9a53-0f6b1f6f2d10")  # names the entries of lists: one list, one entry


class OtherTotals(Refused):
    """The list does not add up to what the old book says."""


@dataclass(frozen=True)
class OldBook:
    """What the person typed from the old book: the day, both sums, and the money they lie in, in rupiah."""

    as_of: date
    pokok: int
    wajib: int
    cash: int
    bank: int


@dataclass(frozen=True)
class ListSums:
    """What the good lines of a list come to that are not recorded yet, in rupiah, and of how many people."""

    pokok: int = 0
    wajib: int = 0
    savers: int = 0


@dataclass(frozen=True)
class TakenOver:
    """What became of a list: the entry, people who came into the book, and of how many how much was posted."""

    entry_id: int
    new: int
    savers: int
    rupiah: int


# --- Judging --------------------------------------------------------------------------------------

_AMOUNTS = """
UPDATE registry_importrow r SET data = r.data || jsonb_strip_nulls(jsonb_build_object('pokok', a.pokok::bigint, 'wajib', a.wajib::bigint))
FROM unnest(string_to_array(%(line)s, chr(31)), string_to_array(%(pokok)s, chr(31), ''), string_to_array(%(wajib)s, chr(31), ''))
     AS a(line, pokok, wajib)
WHERE r.cooperative_id = %(cooperative)s AND r.batch_id = %(batch)s AND r.number = a.line::int
"""

# A name alone, or with a day of joining, is enough where nobody else could be meant. Whoever is new needs what the
# member book needs, and is anggota if the pokok is paid; a status in the file is believed.
_JUDGE = """
WITH line AS MATERIALIZED (
  SELECT r.number AS line, r.subject_id, lower(r.data->>'name') AS name, r.data->>'sex' AS sex, r.data->>'status' AS status,
         (r.data->>'birth_date')::date AS born, (r.data->>'joined_on')::date AS joined,
         r.data ? 'number' OR r.data ? 'national_id' AS numbered,
         coalesce((r.data->>'pokok')::bigint, 0) AS pokok, coalesce((r.data->>'wajib')::bigint, 0) AS wajib
  FROM registry_importrow r WHERE r.cooperative_id = %(cooperative)s AND r.batch_id = %(batch)s AND r.verdict <> 'bad'
), book AS MATERIALIZED (
  SELECT m.id, m.number, m.number_text, lower(m.name) AS name, m.birth_date, m.joined_on, m.status
  FROM members_member m WHERE m.cooperative_id = %(cooperative)s AND m.merged_into_id IS NULL
), seen AS MATERIALIZED (
  SELECT line.*, book.id AS person, book.number, book.number_text, book.joined_on, book.birth_date, book.status AS stands
  FROM line
  LEFT JOIN members_member m ON m.cooperative_id = %(cooperative)s AND m.id = line.subject_id
  LEFT JOIN book ON book.id = coalesce(m.merged_into_id, m.id)
), twice AS (
  SELECT person, min(line) AS line FROM seen WHERE person IS NOT NULL GROUP BY person HAVING count(*) > 1
), namesake AS (
  SELECT seen.line, count(*) AS people, min(book.number_text) AS number_text, min(book.joined_on) AS joined_on,
         count(*) FILTER (WHERE seen.joined IS NULL OR seen.joined = book.joined_on) AS meant
  FROM seen JOIN book ON book.name = seen.name AND book.status <> 'exited'
  WHERE NOT seen.numbered AND (seen.born IS NULL OR seen.person IS NOT NULL AND seen.birth_date IS NULL)
  GROUP BY seen.line
), opened AS MATERIALIZED (
  SELECT coalesce(g.merged_into_id, g.id) AS person, coalesce(sum(p.rupiah) FILTER (WHERE c.code = '31000'), 0) AS pokok,
         coalesce(sum(p.rupiah) FILTER (WHERE c.code = '32000'), 0) AS wajib
  FROM finance_entry e
  JOIN finance_posting p ON p.cooperative_id = e.cooperative_id AND p.entry_id = e.id
  JOIN finance_account c ON c.cooperative_id = p.cooperative_id AND c.id = p.credit_id
  JOIN members_member g ON g.cooperative_id = p.cooperative_id AND g.id = p.member_id
  WHERE e.cooperative_id = %(cooperative)s AND e.kind = 'opening'
    AND NOT EXISTS (SELECT 1 FROM finance_posting r WHERE r.cooperative_id = p.cooperative_id AND r.reverses_id = p.id)
  GROUP BY 1
), told AS (
  SELECT seen.*, opened.person IS NOT NULL AS has_opening, array_remove(ARRAY[
    CASE WHEN seen.line > twice.line THEN 'Orang yang sama sudah ada di baris ' || twice.line || '.' END,
    CASE
      WHEN seen.stands = 'exited' THEN seen.number_text || ' sudah berhenti, jadi tidak mendapat saldo awal.'
      WHEN seen.person IS NOT NULL AND namesake.meant > 1
        THEN 'Ada ' || namesake.meant || ' anggota dengan nama ini. Isi nomor anggotanya.'
      WHEN seen.person IS NULL AND namesake.people > 0
        THEN 'Nama ini sudah tercatat sebagai ' || namesake.number_text || ', masuk ' || to_char(namesake.joined_on, 'DD/MM/YYYY')
             || '. Bila orangnya sama, isi nomor anggotanya; bila orang lain, isi tanggal lahirnya.'
      WHEN seen.person IS NULL AND seen.sex IS NULL
        THEN 'Belum ada di buku anggota. Isi kolom L/P agar dicatat sebagai anggota baru, atau perbaiki nama atau nomornya.'
    END,
    CASE
      WHEN coalesce(seen.joined_on, seen.joined) > %(as_of)s AND seen.pokok + seen.wajib > 0
        THEN 'Masuk ' || to_char(coalesce(seen.joined_on, seen.joined), 'DD/MM/YYYY') || ', sesudah tanggal saldo '
             || to_char(%(as_of)s::date, 'DD/MM/YYYY') || '.'
      WHEN seen.pokok + seen.wajib > 0 AND (opened.pokok <> seen.pokok OR opened.wajib <> seen.wajib)
        THEN seen.number_text || ' sudah punya saldo awal: pokok ' || replace(to_char(opened.pokok, 'FM999,999,999,999,990'), ',', '.')
             || ', wajib ' || replace(to_char(opened.wajib, 'FM999,999,999,999,990'), ',', '.')
             || '. Bila itu salah, batalkan dulu saldo awalnya.'
    END
  ], NULL) AS sentences
  FROM seen LEFT JOIN twice ON twice.person = seen.person LEFT JOIN namesake ON namesake.line = seen.line
  LEFT JOIN opened ON opened.person = seen.person
), judged AS (
  SELECT told.*, CASE
    WHEN cardinality(sentences) > 0 THEN 'bad' WHEN person IS NULL THEN 'new'
    WHEN pokok + wajib > 0 AND NOT has_opening THEN 'changed' ELSE 'same' END AS verdict,
    CASE
      WHEN person IS NOT NULL THEN jsonb_build_object('number', number)
      WHEN status IS NULL THEN jsonb_build_object('status', CASE WHEN pokok > 0 AND (%(instalments)s OR pokok >= coalesce((
        SELECT r.rupiah FROM finance_duesrate r WHERE r.cooperative_id = %(cooperative)s AND r.kind = 'pokok'
          AND r.valid_from <= greatest(coalesce(joined, %(as_of)s), %(opened)s) ORDER BY r.valid_from DESC LIMIT 1), 0))
        THEN 'active' ELSE 'applicant' END)
      ELSE '{}'::jsonb END AS more
  FROM told
), written AS (
  UPDATE registry_importrow r SET subject_id = judged.person, verdict = judged.verdict, errors = to_jsonb(judged.sentences),
    data = r.data || judged.more
  FROM judged WHERE r.cooperative_id = %(cooperative)s AND r.batch_id = %(batch)s AND r.number = judged.line
)
SELECT coalesce(sum(pokok), 0)::bigint, coalesce(sum(wajib), 0)::bigint, count(*) FILTER (WHERE pokok + wajib > 0)
FROM judged WHERE verdict IN ('new', 'changed')
"""


def stage_openings(
    *, cooperative: Cooperative, batch_id: int, columns: Mapping[str, str], errors: str, as_of: date
) -> tuple[str, ListSums]:
    """Stage the cleaned lines of an old book and judge them. Three statements, however long the list.

    `columns` and `errors` as `members.actions.stage_lines` takes them, with `pokok` and `wajib` besides. Returns the state
    of the member book the verdicts rest on, and what the good lines come to.
    """
    people = {key: text for key, text in columns.items() if key not in ("pokok", "wajib")}
    book = stage_lines(cooperative=cooperative, batch_id=batch_id, columns=people, errors=errors)
    amounts = {key: columns[key] for key in ("line", "pokok", "wajib")}
    with whole_lists(), connection.cursor() as cursor:
        cursor.execute(_AMOUNTS, {"cooperative": cooperative.pk, "batch": batch_id, **amounts})
    return book, judge_openings(cooperative=cooperative, batch_id=batch_id, as_of=as_of)


def judge_openings(*, cooperative: Cooperative, batch_id: int, as_of: date) -> ListSums:
    """Say of each staged line what it means for money, and return what the good ones come to."""
    books = Books.objects.get(cooperative=cooperative)
    values: dict[str, Any] = {
        "cooperative": cooperative.pk,
        "batch": batch_id,
        "as_of": as_of,
        "opened": books.opened_on,
        "instalments": rules_on(cooperative, as_of, books).instalments_make_members,
    }
    with whole_lists(), connection.cursor() as cursor:
        cursor.execute(_JUDGE, values)
        return ListSums(*cursor.fetchone())


# --- Taking over ----------------------------------------------------------------------------------

_GOOD = """
SELECT r.number, r.subject_id, coalesce((r.data->>'pokok')::bigint, 0), coalesce((r.data->>'wajib')::bigint, 0)
FROM registry_importrow r
WHERE r.cooperative_id = %(cooperative)s AND r.batch_id = %(batch)s AND r.verdict IN ('new', 'changed') ORDER BY r.number
"""
_FORGET_GOOD = """
DELETE FROM registry_importrow r
WHERE r.cooperative_id = %(cooperative)s AND r.batch_id = %(batch)s AND r.verdict IN ('new', 'changed', 'same')
"""


@transaction.atomic
def take_over_list(
    *,
    cooperative: Cooperative,
    batch_id: int,
    batch_number: str,
    judged_for: str,
    old_book: OldBook,
    actor: Actor,
    now: datetime,
    today: date,
) -> TakenOver:
    """Bring the new people of a staged list into the member book and post everybody's savings as one opening entry.

    Behind both locks the lines are judged once more. The good lines must add up to what the old book says: else
    `OtherTotals`, with both figures and the difference. Raises `Refused` as `record_opening_balances`; then nothing is
    stored. Constant statements. Afterwards the staging table holds the faulty lines only.
    """
    lock_book(cooperative=cooperative, batch_id=batch_id)
    lock_books(cooperative)
    judge_again(cooperative=cooperative, batch_id=batch_id, judged_for=judged_for)
    sums = judge_openings(cooperative=cooperative, batch_id=batch_id, as_of=old_book.as_of)
    if differences := differing(sums, old_book):
        raise OtherTotals(" ".join(differences))
    made = take_in_new(
        cooperative=cooperative, batch_id=batch_id, batch_number=batch_number, joined_on=old_book.as_of, actor=actor, now=now,
        today=today,
    )  # fmt: skip
    values = {"cooperative": cooperative.pk, "batch": batch_id}
    with connection.cursor() as cursor:
        cursor.execute(_GOOD, values)
        good = cursor.fetchall()
        cursor.execute(_FORGET_GOOD, values)
    lines = [
        OpeningLine(made.get(line) or person, pokok, wajib) for line, person, pokok, wajib in good if pokok + wajib
    ]
    posted = record_opening_balances(
        cooperative=cooperative,
        lines=lines,
        cash=old_book.cash,
        bank=old_book.bank,
        as_of=old_book.as_of,
        expected_total=old_book.pokok + old_book.wajib,
        key=uuid.uuid5(KEY, f"{cooperative.pk}:{batch_number}"),
        actor=actor,
        now=now,
        today=today,
    )
    return TakenOver(posted.entry_id, len(made), len(lines), old_book.pokok + old_book.wajib)


def differing(sums: ListSums, old_book: OldBook) -> list[str]:
    """Return a sentence for each sum of the list that is not the old book's: both figures, and the difference."""
    return [
        f"Simpanan {kind} di daftar {format_rupiah(listed)}, menurut buku lama {format_rupiah(said)}: "
        f"{'lebih' if listed > said else 'kurang'} {format_rupiah(abs(listed - said))}."
        for kind, listed, said in (("pokok", sums.pokok, old_book.pokok), ("wajib", sums.wajib, old_book.wajib))
        if listed != said
    ]
