-- The order of decisions about a legal person, and the day it left the lists.
-- Applied by `manage.py wall`; every statement may run again.

CREATE OR REPLACE FUNCTION wall.order_lifecycle() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE began date;
BEGIN
  SELECT coalesce(p.founded_on, p.deed_on, p.decree_on) INTO began FROM registry_profile p
  WHERE p.cooperative_id = NEW.cooperative_id AND p.agency_id = NEW.agency_id;
  IF NEW.decided_on < began OR NEW.decided_on > (NEW.made_at AT TIME ZONE 'Asia/Jakarta')::date
     OR EXISTS (SELECT FROM registry_lifecyclestep s WHERE s.cooperative_id = NEW.cooperative_id AND s.agency_id = NEW.agency_id
                AND s.decided_on > NEW.decided_on) THEN
    RAISE EXCEPTION 'a decision is not before the founding or the former decision, nor in the future'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'decisions_follow_each_other', TABLE = 'registry_lifecyclestep';
  END IF;
  IF NEW.into_id IS NOT NULL AND NOT EXISTS (SELECT FROM registry_cooperative c
      WHERE c.id = NEW.into_id AND c.agency_id = NEW.agency_id AND NOT c.is_practice) THEN
    RAISE EXCEPTION 'a cooperative merges into one of the same agency'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'merging_stays_in_the_agency', TABLE = 'registry_lifecyclestep';
  END IF;
  RETURN NEW;
END $$;

-- Whoever writes the status: only who is gone has a day of going.
CREATE OR REPLACE FUNCTION wall.who_lives_has_not_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.gone_on := NULL;
  RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER decisions_follow_each_other BEFORE INSERT ON registry_lifecyclestep FOR EACH ROW EXECUTE FUNCTION wall.order_lifecycle();
CREATE OR REPLACE TRIGGER who_lives_has_not_gone BEFORE INSERT OR UPDATE ON registry_profile FOR EACH ROW
  WHEN (NEW.gone_on IS NOT NULL AND NEW.legal_status NOT IN ('dissolved', 'merged')) EXECUTE FUNCTION wall.who_lives_has_not_gone();

ALTER TABLE registry_lifecyclestep ENABLE ALWAYS TRIGGER decisions_follow_each_other;
ALTER TABLE registry_profile ENABLE ALWAYS TRIGGER who_lives_has_not_gone;
