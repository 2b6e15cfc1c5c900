-- Steps of the formation that are facts of the profile or of a RAT, kept from there: each fact is written in one place.
-- Applied by `manage.py wall`; every statement may run again.

CREATE OR REPLACE FUNCTION wall.keep_profile_steps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    DELETE FROM registry_formationstep WHERE cooperative_id = OLD.cooperative_id AND agency_id = OLD.agency_id;
    RETURN OLD;
  END IF;
  INSERT INTO registry_formationstep AS s (cooperative_id, agency_id, step, done_on, number, party, note)
  SELECT NEW.cooperative_id, NEW.agency_id, fact.step, fact.done_on, fact.number, '', ''
  FROM (VALUES ('founding_meeting', NEW.founded_on, ''), ('deed', NEW.deed_on, NEW.deed_number), ('decree', NEW.decree_on, NEW.decree_number),
               ('npwp', NULL::date, NEW.npwp), ('nib', NULL, NEW.nib), ('cooperative_nik', NULL, NEW.cooperative_nik),
               ('outlet', NEW.last_outlet_opened_on, '')) AS fact(step, done_on, number)
  WHERE fact.done_on IS NOT NULL OR fact.number <> ''
  ON CONFLICT (cooperative_id, step) DO UPDATE SET number = EXCLUDED.number,
    -- The profile knows the latest outlet, the step the first; of a number it knows no day at all.
    done_on = CASE s.step WHEN 'outlet' THEN least(s.done_on, EXCLUDED.done_on) ELSE coalesce(EXCLUDED.done_on, s.done_on) END;
  DELETE FROM registry_formationstep s
  USING (VALUES ('founding_meeting', NEW.founded_on IS NULL), ('deed', NEW.deed_on IS NULL AND NEW.deed_number = ''),
                ('decree', NEW.decree_on IS NULL AND NEW.decree_number = ''), ('npwp', NEW.npwp = ''), ('nib', NEW.nib = ''),
                ('cooperative_nik', NEW.cooperative_nik = ''), ('outlet', NEW.last_outlet_opened_on IS NULL)) AS fact(step, gone)
  WHERE s.cooperative_id = NEW.cooperative_id AND s.agency_id = NEW.agency_id AND s.step = fact.step AND fact.gone;
  RETURN NEW;
END $$;

-- Who belongs to a programme, or is being formed, is followed without being asked for.
CREATE OR REPLACE FUNCTION wall.follow_formation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    DELETE FROM registry_formation WHERE cooperative_id = OLD.cooperative_id AND agency_id = OLD.agency_id;
    RETURN OLD;
  END IF;
  INSERT INTO registry_formation (cooperative_id, agency_id, model, priority, priority_reference, started_on)
  VALUES (NEW.cooperative_id, NEW.agency_id, 'new', false, '', coalesce(NEW.founded_on, NEW.deed_on, NEW.decree_on, NEW.last_recorded_on))
  ON CONFLICT (cooperative_id) DO NOTHING;
  RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION wall.keep_rat_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO registry_formationstep AS s (cooperative_id, agency_id, step, done_on, number, party, note)
  SELECT NEW.cooperative_id, NEW.agency_id, 'first_rat', min(m.held_on), '', '', ''
  FROM registry_annualmeeting m WHERE m.cooperative_id = NEW.cooperative_id AND m.agency_id = NEW.agency_id
  ON CONFLICT (cooperative_id, step) DO UPDATE SET done_on = EXCLUDED.done_on;
  RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER first_steps_are_kept AFTER INSERT ON registry_profile FOR EACH ROW
  WHEN (coalesce(NEW.founded_on, NEW.deed_on, NEW.decree_on, NEW.last_outlet_opened_on) IS NOT NULL
    OR NEW.deed_number || NEW.decree_number || NEW.npwp || NEW.nib || NEW.cooperative_nik <> '')
  EXECUTE FUNCTION wall.keep_profile_steps();
CREATE OR REPLACE TRIGGER steps_are_kept AFTER UPDATE ON registry_profile FOR EACH ROW
  WHEN ((OLD.founded_on, OLD.deed_on, OLD.deed_number, OLD.decree_on, OLD.decree_number, OLD.npwp, OLD.nib, OLD.cooperative_nik, OLD.last_outlet_opened_on)
    IS DISTINCT FROM
    (NEW.founded_on, NEW.deed_on, NEW.deed_number, NEW.decree_on, NEW.decree_number, NEW.npwp, NEW.nib, NEW.cooperative_nik, NEW.last_outlet_opened_on))
  EXECUTE FUNCTION wall.keep_profile_steps();
CREATE OR REPLACE TRIGGER steps_go_with_the_profile BEFORE DELETE ON registry_profile FOR EACH ROW EXECUTE FUNCTION wall.keep_profile_steps();
CREATE OR REPLACE TRIGGER who_begins_is_followed AFTER INSERT ON registry_profile FOR EACH ROW
  WHEN (NEW.programme_id IS NOT NULL OR NEW.legal_status = 'forming') EXECUTE FUNCTION wall.follow_formation();
CREATE OR REPLACE TRIGGER who_joins_a_programme_is_followed AFTER UPDATE ON registry_profile FOR EACH ROW
  WHEN ((NEW.programme_id IS NOT NULL OR NEW.legal_status = 'forming')
    AND (OLD.programme_id IS DISTINCT FROM NEW.programme_id OR OLD.legal_status <> NEW.legal_status)) EXECUTE FUNCTION wall.follow_formation();
CREATE OR REPLACE TRIGGER following_goes_with_the_profile BEFORE DELETE ON registry_profile FOR EACH ROW EXECUTE FUNCTION wall.follow_formation();
CREATE OR REPLACE TRIGGER the_first_rat_is_a_step AFTER INSERT OR UPDATE ON registry_annualmeeting FOR EACH ROW EXECUTE FUNCTION wall.keep_rat_step();

ALTER TABLE registry_profile ENABLE ALWAYS TRIGGER first_steps_are_kept, ENABLE ALWAYS TRIGGER steps_are_kept,
  ENABLE ALWAYS TRIGGER steps_go_with_the_profile, ENABLE ALWAYS TRIGGER who_begins_is_followed,
  ENABLE ALWAYS TRIGGER who_joins_a_programme_is_followed, ENABLE ALWAYS TRIGGER following_goes_with_the_profile;
ALTER TABLE registry_annualmeeting ENABLE ALWAYS TRIGGER the_first_rat_is_a_step;
