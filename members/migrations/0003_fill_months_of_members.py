from django.db import migrations

# What the trigger of members/sql/counts.sql keeps from now on. The owner sees no rows of a table whose row security is
# forced; it is lifted for this transaction, which holds the tables' locks.
TABLES = ("members_memberflow", "members_membermonth")
FILL = """
INSERT INTO members_membermonth (cooperative_id, agency_id, month, men, women, change)
SELECT cooperative_id, agency_id, month, coalesce(sum(sum(joined - "left") FILTER (WHERE sex = 'L')) OVER w, 0),
       coalesce(sum(sum(joined - "left") FILTER (WHERE sex = 'P')) OVER w, 0), sum(joined - "left")
FROM members_memberflow GROUP BY cooperative_id, agency_id, month WINDOW w AS (PARTITION BY cooperative_id ORDER BY month)
ON CONFLICT DO NOTHING
"""
# `manage.py wall` adds this key to a table that has none; it must be there before the rows, which it could not see.
KEY = """
DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_constraint WHERE conname = 'members_memberflow_cooperative_of_agency_same_cooperative') THEN
    ALTER TABLE members_membermonth ADD CONSTRAINT members_membermonth_cooperative_of_agency_same_cooperative
      FOREIGN KEY (cooperative_id, agency_id) REFERENCES registry_cooperative (id, agency_id) ON DELETE RESTRICT;
  END IF;
END $$
"""


class Migration(migrations.Migration):
    """Apart from the table itself: its foreign keys are checked, when they are made, by a role that sees no rows."""

    dependencies = [('members', '0002_months_of_members')]

    operations = [
        migrations.RunSQL(
            [
                KEY,
                *(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY" for table in TABLES),
                FILL,
                "SET CONSTRAINTS ALL IMMEDIATE",
                *(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY" for table in TABLES),
            ],
            migrations.RunSQL.noop,
        ),
    ]
