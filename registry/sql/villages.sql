-- Which villages a programme's live cooperatives serve: the own village is kept from the profile and the directory, so that
-- the database itself refuses a second live cooperative of the programme in a village (domain 9.13).
-- Applied by `manage.py wall`; every statement may run again.

CREATE OR REPLACE FUNCTION wall.cover(covering bigint, owner bigint, village text, programme text, live boolean) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  IF programme IS NULL OR NOT live THEN
    DELETE FROM registry_coveredvillage v WHERE v.cooperative_id = covering AND v.agency_id = owner;
    RETURN;
  END IF;
  DELETE FROM registry_coveredvillage v
  WHERE v.cooperative_id = covering AND v.agency_id = owner AND v.is_home AND v.village_id IS DISTINCT FROM cover.village;
  UPDATE registry_coveredvillage v SET programme_id = cover.programme
  WHERE v.cooperative_id = covering AND v.agency_id = owner AND v.programme_id <> cover.programme;
  IF village IS NOT NULL THEN
    INSERT INTO registry_coveredvillage (cooperative_id, agency_id, village_id, programme_id, is_home)
    VALUES (covering, owner, cover.village, cover.programme, true)
    ON CONFLICT (cooperative_id, village_id) DO UPDATE SET is_home = true;
  END IF;
END $$;

CREATE OR REPLACE FUNCTION wall.keep_home_village() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE line record;
BEGIN
  IF TG_OP = 'DELETE' THEN
    DELETE FROM registry_coveredvillage v WHERE v.cooperative_id = OLD.cooperative_id AND v.agency_id = OLD.agency_id;
    RETURN OLD;
  END IF;
  SELECT c.village_id, c.is_practice INTO line FROM registry_cooperative c WHERE c.id = NEW.cooperative_id;
  PERFORM wall.cover(NEW.cooperative_id, NEW.agency_id, line.village_id, NEW.programme_id,
    NOT line.is_practice AND NEW.legal_status NOT IN ('dissolved', 'merged'));
  RETURN NEW;
END $$;

-- Only whoever moves a cooperative may: a dinas, which reads the profile.
CREATE OR REPLACE FUNCTION wall.move_home_village() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE p record;
BEGIN
  SELECT q.programme_id, q.legal_status INTO p FROM registry_profile q WHERE q.cooperative_id = NEW.id AND q.agency_id = NEW.agency_id;
  IF FOUND THEN
    PERFORM wall.cover(NEW.id, NEW.agency_id, NEW.village_id, p.programme_id,
      NOT NEW.is_practice AND p.legal_status NOT IN ('dissolved', 'merged'));
  END IF;
  RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER the_home_village_is_covered AFTER INSERT ON registry_profile FOR EACH ROW
  WHEN (NEW.programme_id IS NOT NULL) EXECUTE FUNCTION wall.keep_home_village();
CREATE OR REPLACE TRIGGER the_home_village_stays_covered AFTER UPDATE ON registry_profile FOR EACH ROW
  WHEN ((OLD.programme_id, OLD.legal_status) IS DISTINCT FROM (NEW.programme_id, NEW.legal_status)) EXECUTE FUNCTION wall.keep_home_village();
CREATE OR REPLACE TRIGGER covering_goes_with_the_profile BEFORE DELETE ON registry_profile FOR EACH ROW EXECUTE FUNCTION wall.keep_home_village();
CREATE OR REPLACE TRIGGER the_home_village_moves AFTER UPDATE ON registry_cooperative FOR EACH ROW
  WHEN ((OLD.village_id, OLD.is_practice) IS DISTINCT FROM (NEW.village_id, NEW.is_practice)) EXECUTE FUNCTION wall.move_home_village();

ALTER TABLE registry_profile ENABLE ALWAYS TRIGGER the_home_village_is_covered, ENABLE ALWAYS TRIGGER the_home_village_stays_covered,
  ENABLE ALWAYS TRIGGER covering_goes_with_the_profile;
ALTER TABLE registry_cooperative ENABLE ALWAYS TRIGGER the_home_village_moves;
