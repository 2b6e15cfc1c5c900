from django.db import migrations

# The villages served today. The owner sees no rows of a table whose row security is forced; it is lifted for this
# transaction. Of two live cooperatives of a programme in one village the older one covers it; the coverage page names the other.
TABLES = ("registry_profile", "registry_cooperative", "registry_coveredvillage")
FILL = """
INSERT INTO registry_coveredvillage (cooperative_id, agency_id, village_id, programme_id, is_home)
SELECT c.id, c.agency_id, c.village_id, p.programme_id, true
FROM registry_cooperative c JOIN registry_profile p ON p.cooperative_id = c.id AND p.agency_id = c.agency_id
WHERE p.programme_id IS NOT NULL AND p.legal_status NOT IN ('dissolved', 'merged') AND NOT c.is_practice AND c.village_id IS NOT NULL
ORDER BY c.id
ON CONFLICT DO NOTHING
"""
# `manage.py wall` adds this key to tables that have none; it must be there before the rows, which it could not see.
KEYS = """
DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_constraint WHERE conname = 'registry_profile_cooperative_of_agency_same_cooperative') THEN
    ALTER TABLE registry_coveredvillage ADD CONSTRAINT registry_coveredvillage_cooperative_of_agency_same_cooperative
      FOREIGN KEY (cooperative_id, agency_id) REFERENCES registry_cooperative (id, agency_id) ON DELETE RESTRICT;
  END IF;
END $$
"""


class Migration(migrations.Migration):
    """Apart from the table itself: its foreign keys are checked, when they are made, by a role that sees no rows."""

    dependencies = [("registry", "0013_covered_villages")]

    operations = [
        migrations.RunSQL(
            [
                KEYS,
                *(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY" for table in TABLES),
                FILL,
                "SET CONSTRAINTS ALL IMMEDIATE",
                *(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY" for table in TABLES),
            ],
            migrations.RunSQL.noop,
        ),
    ]
