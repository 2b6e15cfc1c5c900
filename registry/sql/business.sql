-- The days a cooperative was seen doing business, kept from the profile, which holds only the latest: so that a status can
-- be rated for a day long past. Applied by `manage.py wall`; every statement may run again.

CREATE OR REPLACE FUNCTION wall.keep_business_days() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    DELETE FROM registry_businessday WHERE cooperative_id = OLD.cooperative_id AND agency_id = OLD.agency_id;
    RETURN OLD;
  END IF;
  -- An earlier day than before, or none, is a correction: what was said of later days was wrong.
  DELETE FROM registry_businessday d
  WHERE d.cooperative_id = NEW.cooperative_id AND d.agency_id = NEW.agency_id
    AND d.happened_on > coalesce(CASE d.kind WHEN 'activity' THEN NEW.last_activity_on ELSE NEW.last_outlet_opened_on END, '-infinity');
  INSERT INTO registry_businessday (cooperative_id, agency_id, kind, happened_on)
  SELECT NEW.cooperative_id, NEW.agency_id, seen.kind, seen.happened_on
  FROM (VALUES ('activity', NEW.last_activity_on), ('outlet', NEW.last_outlet_opened_on)) AS seen(kind, happened_on)
  WHERE seen.happened_on IS NOT NULL
  ON CONFLICT (cooperative_id, kind, happened_on) DO NOTHING;
  RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER a_first_business_day_is_kept AFTER INSERT ON registry_profile FOR EACH ROW
  WHEN (NEW.last_activity_on IS NOT NULL OR NEW.last_outlet_opened_on IS NOT NULL) EXECUTE FUNCTION wall.keep_business_days();
CREATE OR REPLACE TRIGGER a_business_day_is_kept AFTER UPDATE ON registry_profile FOR EACH ROW
  WHEN (OLD.last_activity_on IS DISTINCT FROM NEW.last_activity_on OR OLD.last_outlet_opened_on IS DISTINCT FROM NEW.last_outlet_opened_on)
  EXECUTE FUNCTION wall.keep_business_days();
CREATE OR REPLACE TRIGGER business_days_go_with_the_profile BEFORE DELETE ON registry_profile FOR EACH ROW EXECUTE FUNCTION wall.keep_business_days();

ALTER TABLE registry_profile ENABLE ALWAYS TRIGGER a_first_business_day_is_kept, ENABLE ALWAYS TRIGGER a_business_day_is_kept,
  ENABLE ALWAYS TRIGGER business_days_go_with_the_profile;
