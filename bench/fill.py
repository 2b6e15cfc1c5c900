"""Filling the bench's database set-based. Rows and sums are those the actions would have written, in far less time."""

import time
from contextlib import contextmanager

from django.conf import settings
from django.db import connections

from finance.actions.books import chart_of_accounts
from registry.models import Agency
from tests import database

from .house import CLOCK, TABLES, TODAY, Size

RATE = 10_000
# What a dinas knows of its cooperatives: eight office-holders, who went to a bimtek, the RATs, buildings, blockers, and
# the figures of those without books here. `n` is the number of a cooperative; remainders make the mix.
FACTS = """INSERT INTO registry_officer (cooperative_id, agency_id, organ, position, name, sex, phone, ex_officio, starts_on, ends_on, end_reason)
        SELECT c.id, %(agency)s, organ, position, 'Pengurus ' || c.id || ' ' || p, CASE WHEN p %% 2 = 0 THEN 'L' ELSE 'P' END, '', false,
               %(today)s::date - 300 - (c.n %% 1400), %(today)s::date - 300 - (c.n %% 1400) + 1825, ''
        FROM everyone c, (VALUES (1, 'management', 'chair'), (2, 'management', 'vice_chair_business'), (3, 'management', 'vice_chair_membership'),
             (4, 'management', 'secretary'), (5, 'management', 'treasurer'), (6, 'supervisor', 'supervisor_chair'),
             (7, 'supervisor', 'supervisor_member'), (8, 'supervisor', 'supervisor_member')) post(p, organ, position);
        INSERT INTO registry_trainingattendance (cooperative_id, agency_id, officer_id, topic, held_on)
        SELECT o.cooperative_id, o.agency_id, o.id, 'Pembukuan ' || t, %(today)s::date - 30 - 120 * t - (o.id %% 100)::int
        FROM registry_officer o, generate_series(1, 3) t WHERE (o.id + t) %% 4 = 0;
        INSERT INTO registry_annualmeeting (cooperative_id, agency_id, book_year, held_on, present, reported_on)
        SELECT c.id, %(agency)s, year, make_date(year + 1, 1, 10) + (c.n * 7 %% 110)::int, 40, NULL
        FROM everyone c, generate_series(2021, 2025) year WHERE (c.n + year) %% 10 < 7;
        INSERT INTO registry_buildingrecord (cooperative_id, agency_id, ownership, as_of, note)
        SELECT c.id, %(agency)s, (ARRAY['none', 'borrowed', 'own'])[1 + (c.n + t) %% 3], %(today)s::date - 150 * t - (c.n %% 90)::int, ''
        FROM everyone c, generate_series(1, 2) t WHERE c.n %% 6 > 0;
        INSERT INTO registry_blocker (cooperative_id, agency_id, what, text, waits_for, opened_on, due_on, closed_on)
        SELECT c.id, %(agency)s, (ARRAY['land', 'licence', 'account'])[1 + c.n %% 3], 'Menunggu', (ARRAY['BPKAD', 'DPMPTSP', 'Bank'])[1 + c.n %% 3],
               %(today)s::date - 20 - (c.n %% 200)::int, %(today)s::date + 10 - (c.n %% 60)::int, NULL FROM everyone c WHERE c.n %% 8 = 0;
        INSERT INTO registry_reportedfigure (cooperative_id, agency_id, figure, period, value, source, reported_at, reported_by)
        SELECT c.id, %(agency)s, figure, (date_trunc('quarter', %(today)s::date) - make_interval(months => 3 * q))::date - 1, 50 + c.n %% 200,
               (ARRAY['cooperative', 'ods', 'dinas'])[1 + c.n %% 3], %(today)s::date::timestamptz, 1
        FROM everyone c, generate_series(0, 7) q, unnest(ARRAY['members_male', 'members_female', 'managers', 'employees', 'own_capital',
             'external_capital', 'assets', 'volume', 'shu', 'principal_paid', 'mandatory_paid']) figure WHERE NOT c.books AND c.n %% 3 > 0;
        UPDATE registry_profile p SET last_recorded_on = %(today)s::date - (c.n %% 90)::int, last_activity_on = %(today)s::date - (c.n * 3 %% 700)::int
        FROM everyone c WHERE c.id = p.cooperative_id AND c.n %% 9 > 0;
        INSERT INTO registry_businessday (cooperative_id, agency_id, kind, happened_on)
        SELECT cooperative_id, agency_id, 'activity', last_activity_on - 200 * t FROM registry_profile, generate_series(0, 2) t
        WHERE last_activity_on IS NOT NULL ON CONFLICT DO NOTHING"""
STEPS = [
    ("facts", FACTS),
    ("books", """INSERT INTO finance_books (cooperative_id, opened_on, instalments_make_members)
        SELECT id, %(first)s, true FROM coops;
        UPDATE registry_profile SET keeps_books_here = true WHERE cooperative_id IN (SELECT id FROM coops);
        INSERT INTO finance_duesrate (cooperative_id, kind, rupiah, valid_from, decision)
        SELECT id, kind, rupiah, %(first)s, '' FROM coops, (VALUES ('pokok', 100000), ('wajib', 10000)) v(kind, rupiah);
        INSERT INTO members_numbercounter (cooperative_id, last_number) SELECT id, %(members)s FROM coops"""),
    ("members", """INSERT INTO members_member (cooperative_id, number, number_text, name, sex, birth_place, occupation, address, rt_rw, phone,
               kind, status, joined_on, became_member_on, exit_reason, exit_note, version)
        SELECT c.id, n, 'A-' || lpad(n::text, 4, '0'), 'Anggota ' || c.id || ' ' || n, CASE WHEN n %% 2 = 0 THEN 'L' ELSE 'P' END,
               '', '', 'Kp. Ukur', '001/001', '', 'ordinary', 'active', joined, joined, '', '', 1
        FROM coops c, generate_series(1, %(members)s) n, LATERAL (  -- two more join every month
             SELECT (%(first)s::date + make_interval(months => greatest(0, %(months)s - 1 - (%(members)s - n) / 2)))::date AS joined) j;
        INSERT INTO members_memberflow (cooperative_id, agency_id, month, sex, joined, "left", applicants)
        SELECT m.cooperative_id, %(agency)s, m.joined_on, m.sex, count(*), 0, 0 FROM members_member m GROUP BY 1, 3, m.sex ORDER BY 3"""),
    ("obligations", """INSERT INTO finance_obligation (cooperative_id, member_id, kind, period, due_rupiah, paid_rupiah)
        SELECT m.cooperative_id, m.id, 'wajib', month, 10000, 10000 FROM members_member m, months;
        INSERT INTO finance_obligation (cooperative_id, member_id, kind, period, due_rupiah, paid_rupiah)
        SELECT m.cooperative_id, m.id, 'pokok', %(first)s, 100000, 0 FROM members_member m"""),
    ("entries", """INSERT INTO finance_entry (cooperative_id, year, number, posted_on, kind, text, maker_id, maker_name, recorded_at)
        SELECT c.id, extract(year FROM month), row_number() OVER (PARTITION BY c.id, extract(year FROM month) ORDER BY month, kind DESC), month + 9,
               kind, text, 1, 'Bendahara Ukur', (month + 9)::timestamptz
        FROM coops c, months, (VALUES ('dues', 'Simpanan anggota'), ('cash', 'Jual beli bulan ini')) v(kind, text)"""),
    ("postings", """INSERT INTO finance_posting (cooperative_id, entry_id, posted_on, debit_id, credit_id, rupiah, member_id, unit, funding)
        SELECT e.cooperative_id, e.id, e.posted_on, d.id, k.id, 10000, m.id, '', ''
        FROM finance_entry e JOIN members_member m ON m.cooperative_id = e.cooperative_id
        JOIN finance_account d ON d.cooperative_id = e.cooperative_id AND d.code = '11100'
        JOIN finance_account k ON k.cooperative_id = e.cooperative_id AND k.code = '32000'
        WHERE e.kind = 'dues' ORDER BY e.posted_on, e.cooperative_id, m.id;
        INSERT INTO finance_posting (cooperative_id, entry_id, posted_on, debit_id, credit_id, rupiah, unit, funding)
        SELECT e.cooperative_id, e.id, e.posted_on, d.id, k.id, rupiah, '', ''
        FROM finance_entry e CROSS JOIN (VALUES ('11100', '41000', 2500000), ('51000', '11100', 1900000), ('11200', '11100', 500000), ('12200', '11100', 700000)) v(debit, credit, rupiah)
        JOIN finance_account d ON d.cooperative_id = e.cooperative_id AND d.code = v.debit
        JOIN finance_account k ON k.cooperative_id = e.cooperative_id AND k.code = v.credit
        WHERE e.kind = 'cash'"""),
    ("digests", """ANALYZE; INSERT INTO finance_entrydigest (cooperative_id, entry_id, digest)
        SELECT cooperative_id, id, ledger.entry_digest(cooperative_id, id) FROM finance_entry"""),
    ("sums", """INSERT INTO finance_memberbalance (cooperative_id, member_id, pokok_rupiah, wajib_rupiah)
        SELECT cooperative_id, member_id, 0, sum(rupiah) FROM finance_posting WHERE member_id IS NOT NULL GROUP BY 1, 2;
        INSERT INTO finance_accountmonth (cooperative_id, agency_id, account_code, month, debit_rupiah, credit_rupiah)
        SELECT side.cooperative_id, %(agency)s, a.code, month, sum(debit), sum(credit) FROM (
          SELECT cooperative_id, debit_id AS id, date_trunc('month', posted_on)::date AS month, rupiah AS debit, 0 AS credit FROM finance_posting WHERE posted_on < %(second)s
          UNION ALL SELECT cooperative_id, credit_id, date_trunc('month', posted_on)::date, 0, rupiah FROM finance_posting WHERE posted_on < %(second)s) side
        JOIN finance_account a ON a.cooperative_id = side.cooperative_id AND a.id = side.id GROUP BY 1, 3, 4 ORDER BY 4;
        ANALYZE finance_booksmonth;
        INSERT INTO finance_accountmonth (cooperative_id, agency_id, account_code, month, debit_rupiah, credit_rupiah)
        SELECT side.cooperative_id, %(agency)s, a.code, month, sum(debit), sum(credit) FROM (
          SELECT cooperative_id, debit_id AS id, date_trunc('month', posted_on)::date AS month, rupiah AS debit, 0 AS credit FROM finance_posting WHERE posted_on >= %(second)s
          UNION ALL SELECT cooperative_id, credit_id, date_trunc('month', posted_on)::date, 0, rupiah FROM finance_posting WHERE posted_on >= %(second)s) side
        JOIN finance_account a ON a.cooperative_id = side.cooperative_id AND a.id = side.id GROUP BY 1, 3, 4 ORDER BY 4;
        INSERT INTO finance_duespaid (cooperative_id, agency_id, kind, period, posted_month, rupiah)
        SELECT cooperative_id, %(agency)s, kind, period, period, sum(paid_rupiah) FROM finance_obligation WHERE kind = 'wajib' GROUP BY 1, 3, 4, 5;
        INSERT INTO finance_duesdue (cooperative_id, agency_id, kind, period, obligations, rupiah, in_time_rupiah)
        SELECT cooperative_id, %(agency)s, kind, period, count(*), sum(due_rupiah), sum(paid_rupiah) FROM finance_obligation GROUP BY 1, 3, 4"""),
    ("slips", """INSERT INTO finance_payment (cooperative_id, entry_id, member_id, paid_on, rupiah, channel, payer, collector)
        SELECT p.cooperative_id, p.entry_id, p.member_id, p.posted_on, p.rupiah, 'cash', '', '' FROM finance_posting p
        WHERE p.member_id IS NOT NULL AND p.cooperative_id IN (SELECT id FROM coops ORDER BY id LIMIT %(slips)s);
        INSERT INTO finance_receipt (cooperative_id, payment_id, year, number, code, member_number, purpose, rupiah, paid_on, recorded_at, received_by,
               balance_rupiah, holder_proof)
        SELECT p.cooperative_id, p.id, extract(year FROM p.paid_on),
               row_number() OVER (PARTITION BY p.cooperative_id, extract(year FROM p.paid_on) ORDER BY p.id),
               'BENCH-' || p.id, m.number_text, 'Simpanan wajib', p.rupiah, p.paid_on, p.paid_on::timestamptz, 'Bendahara Ukur',
               sum(p.rupiah) OVER (PARTITION BY p.cooperative_id, p.member_id ORDER BY p.id), ''
        FROM finance_payment p JOIN members_member m ON m.cooperative_id = p.cooperative_id AND m.id = p.member_id;
        INSERT INTO finance_allocation (cooperative_id, payment_id, obligation_id, posted_on, rupiah)
        SELECT p.cooperative_id, p.id, o.id, p.paid_on, p.rupiah FROM finance_payment p
        JOIN finance_obligation o ON o.cooperative_id = p.cooperative_id AND o.member_id = p.member_id AND o.kind = 'wajib'
             AND o.period = date_trunc('month', p.paid_on)::date"""),
    ("counters", """INSERT INTO finance_bookyear (cooperative_id, year, last_entry, last_receipt)
        SELECT e.cooperative_id, e.year, max(e.number), coalesce((SELECT max(r.number) FROM finance_receipt r
               WHERE r.cooperative_id = e.cooperative_id AND r.year = e.year), 0) FROM finance_entry e GROUP BY 1, 2"""),
]  # fmt: skip


def fill(size: Size, found: Agency, say) -> None:
    """Fill every cooperative of the bench. One transaction: an entry takes postings only in its own."""
    values = {
        "agency": found.pk,
        "members": size.members,
        "slips": size.slips,
        "months": size.months,
        "second": CLOCK.month(
            size.months - 1
        ),  # the triggers plan for the tables they first see: count those after a month
        "first": CLOCK.month(size.months),
        "today": TODAY,
    }
    with _writer() as cursor:
        cursor.execute("SET LOCAL maintenance_work_mem = '256MB'; SET LOCAL work_mem = '128MB'")
        cursor.execute(
            "CREATE TEMP TABLE coops ON COMMIT DROP AS SELECT id FROM registry_cooperative WHERE slug LIKE 'bench-%'; "
            "CREATE TEMP TABLE everyone ON COMMIT DROP AS SELECT id, slug LIKE 'bench-%' AS books, split_part(slug, '-', 2)::int AS n "
            "FROM registry_cooperative WHERE slug ~ '^(bench|tell)-[0-9]+$'; "
            "CREATE TEMP TABLE months (month date) ON COMMIT DROP"
        )
        for ago in range(size.months, 0, -1):
            cursor.execute("INSERT INTO months VALUES (%s)", [CLOCK.month(ago)])
        for row in chart_of_accounts():
            cursor.execute(
                "INSERT INTO finance_account (cooperative_id, code, name, kind, normal) SELECT id, %s, %s, %s, %s FROM coops",
                [row["code"], row["name"], row["kind"], row["normal"]],
            )
        for what, statements in STEPS:
            start = time.perf_counter()
            for statement in statements.split(";\n"):
                cursor.execute(statement, values)
            say(f"  {what}: {time.perf_counter() - start:.0f} s")
    with connections["owner"].cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    connections["owner"].close()


@contextmanager
def _writer():
    """Yield a cursor past the wall: the superuser's without foreign keys where there is one, else the owner's."""
    import psycopg

    with database.admin() as admin:
        is_super = admin.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()[0]
        info = admin.info
        parameters = {"host": info.host, "port": info.port, "user": info.user, "password": info.password}
    owner = settings.DATABASES["owner"]
    if not is_super:
        parameters = {
            "host": owner["HOST"],
            "port": owner["PORT"] or 5432,
            "user": owner["USER"],
            "password": owner["PASSWORD"],
        }
    with (
        psycopg.connect(dbname=owner["NAME"], cursor_factory=psycopg.ClientCursor, **parameters) as writer,
        writer.cursor() as cursor,
    ):
        if is_super:
            cursor.execute("SET LOCAL session_replication_role = replica")
            yield cursor
            return
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        yield cursor
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
