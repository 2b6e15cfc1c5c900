from django.db import migrations

# What the triggers of finance/sql/summaries.sql keep from now on, for the books there are. The owner sees no rows of a
# table whose row security is forced; it is lifted for this transaction, which holds the tables' locks.
TABLES = ("finance_accountmonth", "finance_booksmonth", "finance_duesdue", "finance_duespaid")
FILL = [
    """
    UPDATE finance_duesdue d SET in_time_rupiah = p.rupiah
    FROM (SELECT cooperative_id, kind, period, sum(rupiah)::bigint AS rupiah FROM finance_duespaid
          WHERE posted_month <= period GROUP BY 1, 2, 3) p
    WHERE p.cooperative_id = d.cooperative_id AND p.kind = d.kind AND p.period = d.period
    """,
    """
    INSERT INTO finance_booksmonth (cooperative_id, agency_id, month, pokok_rupiah, wajib_rupiah, cadangan_rupiah, hibah_rupiah, business_rupiah)
    SELECT cooperative_id, agency_id, month, sum(sum(p)) OVER w, sum(sum(w)) OVER w, sum(sum(c)) OVER w, sum(sum(h)) OVER w, sum(b) FROM (
      SELECT cooperative_id, agency_id, month,
             CASE WHEN account_code IN ('31000', '31100') THEN credit_rupiah - debit_rupiah ELSE 0 END AS p,
             CASE WHEN account_code = '32000' THEN credit_rupiah - debit_rupiah ELSE 0 END AS w,
             CASE WHEN account_code IN ('35000', '35100') THEN credit_rupiah - debit_rupiah ELSE 0 END AS c,
             CASE WHEN account_code = '34000' THEN credit_rupiah - debit_rupiah ELSE 0 END AS h,
             CASE WHEN account_code >= '41000' AND account_code < '43000' THEN credit_rupiah - debit_rupiah
                  WHEN account_code = '12200' THEN debit_rupiah ELSE 0 END AS b
      FROM finance_accountmonth) moved
    GROUP BY cooperative_id, agency_id, month WINDOW w AS (PARTITION BY cooperative_id ORDER BY month)
    ON CONFLICT DO NOTHING
    """,
]

# `manage.py wall` adds this key to a table that has none; it must be there before the rows, which it could not see.
KEY = """
DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_constraint WHERE conname = 'finance_accountmonth_cooperative_of_agency_same_cooperative') THEN
    ALTER TABLE finance_booksmonth ADD CONSTRAINT finance_booksmonth_cooperative_of_agency_same_cooperative
      FOREIGN KEY (cooperative_id, agency_id) REFERENCES registry_cooperative (id, agency_id) ON DELETE RESTRICT;
  END IF;
END $$
"""


class Migration(migrations.Migration):
    """Apart from the table itself: its foreign keys are checked, when they are made, by a role that sees no rows."""

    dependencies = [('finance', '0003_sums_of_the_dashboard')]

    operations = [
        migrations.RunSQL(
            [
                KEY,
                *(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY" for table in TABLES),
                *FILL,
                "SET CONSTRAINTS ALL IMMEDIATE",
                *(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY" for table in TABLES),
            ],
            migrations.RunSQL.noop,
        ),
    ]
