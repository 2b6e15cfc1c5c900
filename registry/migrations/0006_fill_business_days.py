from django.db import migrations

# The days the profiles know of now. The owner sees no rows of a table whose row security is forced; it is lifted for
# this transaction, which holds the tables' locks.
TABLES = ("registry_profile", "registry_businessday")
FILL = """
INSERT INTO registry_businessday (cooperative_id, agency_id, kind, happened_on)
SELECT cooperative_id, agency_id, kind, happened_on FROM registry_profile
CROSS JOIN LATERAL (VALUES ('activity', last_activity_on), ('outlet', last_outlet_opened_on)) AS seen(kind, happened_on)
WHERE happened_on IS NOT NULL
ON CONFLICT DO NOTHING
"""

# `manage.py wall` adds this key to a table that has none; it must be there before the rows, which it could not see.
KEY = """
DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_constraint WHERE conname = 'registry_profile_cooperative_of_agency_same_cooperative') THEN
    ALTER TABLE registry_businessday ADD CONSTRAINT registry_businessday_cooperative_of_agency_same_cooperative
      FOREIGN KEY (cooperative_id, agency_id) REFERENCES registry_cooperative (id, agency_id) ON DELETE RESTRICT;
  END IF;
END $$
"""


class Migration(migrations.Migration):
    """Apart from the table itself: its foreign keys are checked, when they are made, by a role that sees no rows."""

    dependencies = [('registry', '0005_business_days')]

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
