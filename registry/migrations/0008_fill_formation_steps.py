from django.db import migrations

# The steps the profiles and RATs know of now. The owner sees no rows of a table whose row security is forced; it is lifted
# for this transaction, which holds the tables' locks.
TABLES = ("registry_profile", "registry_annualmeeting", "registry_formationstep", "registry_formation")
FILL = """
INSERT INTO registry_formationstep (cooperative_id, agency_id, step, done_on, number, party, note)
SELECT cooperative_id, agency_id, fact.step, fact.done_on, fact.number, '', '' FROM registry_profile
CROSS JOIN LATERAL (VALUES ('founding_meeting', founded_on, ''), ('deed', deed_on, deed_number), ('decree', decree_on, decree_number),
  ('npwp', NULL::date, npwp), ('nib', NULL, nib), ('cooperative_nik', NULL, cooperative_nik), ('outlet', last_outlet_opened_on, ''))
  AS fact(step, done_on, number)
WHERE fact.done_on IS NOT NULL OR fact.number <> ''
UNION ALL
SELECT cooperative_id, agency_id, 'first_rat', min(held_on), '', '', '' FROM registry_annualmeeting GROUP BY 1, 2
ON CONFLICT DO NOTHING
"""
FOLLOW = """
INSERT INTO registry_formation (cooperative_id, agency_id, model, priority, priority_reference, started_on)
SELECT cooperative_id, agency_id, 'new', false, '', coalesce(founded_on, deed_on, decree_on)
FROM registry_profile WHERE programme_id IS NOT NULL OR legal_status = 'forming'
ON CONFLICT DO NOTHING
"""

# `manage.py wall` adds these keys to tables that have none; they must be there before the rows, which it could not see.
KEYS = """
DO $$ DECLARE t text; BEGIN
  IF EXISTS (SELECT FROM pg_constraint WHERE conname = 'registry_profile_cooperative_of_agency_same_cooperative') THEN
    FOREACH t IN ARRAY ARRAY['registry_formationstep', 'registry_formation'] LOOP
      EXECUTE format('ALTER TABLE %I ADD CONSTRAINT %I FOREIGN KEY (cooperative_id, agency_id) '
        'REFERENCES registry_cooperative (id, agency_id) ON DELETE RESTRICT', t, left(t || '_cooperative_of_agency_same_cooperative', 63));
    END LOOP;
  END IF;
END $$
"""


class Migration(migrations.Migration):
    """Apart from the tables themselves: their foreign keys are checked, when they are made, by a role that sees no rows."""

    dependencies = [("registry", "0007_formation")]

    operations = [
        migrations.RunSQL(
            [
                KEYS,
                *(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY" for table in TABLES),
                FILL,
                FOLLOW,
                "SET CONSTRAINTS ALL IMMEDIATE",
                *(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY" for table in TABLES),
            ],
            migrations.RunSQL.noop,
        ),
    ]
