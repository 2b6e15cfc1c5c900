-- What others say beside what we say: when two spellings are the same, and that both sides stay compared.
-- Applied by `manage.py wall`; every statement may run again.

-- A name without what every spelling of it adds or leaves out: "KKMP Kiara", "Koperasi Kelurahan Merah Putih Kiara", "KOP. MERAH PUTIH KIARA";
-- "Koperasi Konsumen Guru Ciruas", "Kop. Guru Ciruas".
CREATE OR REPLACE FUNCTION wall.name_key(name text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN btrim(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(
    lower(name), '[^a-z0-9]+', ' ', 'g'), '\mk[kd]mp\M', 'merah putih', 'g'), '\mksp\M', 'simpan pinjam', 'g'), '\mksu\M', 'serba usaha', 'g'),
    '\m(koperasi|kop|primer|kelurahan|desa|kel)\M', ' ', 'g'), '\s+', ' ', 'g'), '^\s*(konsumen|produsen|jasa|pemasaran)\s', ''));

CREATE OR REPLACE FUNCTION wall.source_key(field text, value text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN CASE
    WHEN coalesce(value, '') = '' THEN ''
    WHEN field = 'name' THEN wall.name_key(value)
    WHEN field = 'decree_number' THEN regexp_replace(regexp_replace(upper(value), '^\s*(NOMOR|NO)\M[.:\s]*', ''), '[^A-Z0-9]', '', 'g')
    WHEN field = 'deed_number' THEN ltrim(regexp_replace(upper(value), '[^A-Z0-9]', '', 'g'), '0')
    WHEN field IN ('nib', 'cooperative_nik') THEN regexp_replace(value, '[^0-9]', '', 'g')
    WHEN field = 'npwp' THEN lpad(left(regexp_replace(value, '[^0-9]', '', 'g'), 16), 16, '0')
    ELSE lower(btrim(value))
  END;

-- What our profile says, as text.
CREATE OR REPLACE FUNCTION wall.our_value(cooperative bigint, agency bigint, field text) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT coalesce(CASE field
    WHEN 'name' THEN c.name WHEN 'village' THEN c.village_id
    WHEN 'decree_number' THEN p.decree_number WHEN 'decree_on' THEN p.decree_on::text
    WHEN 'deed_number' THEN p.deed_number WHEN 'deed_on' THEN p.deed_on::text
    WHEN 'cooperative_nik' THEN p.cooperative_nik WHEN 'nib' THEN p.nib WHEN 'npwp' THEN p.npwp
    WHEN 'form' THEN p.form WHEN 'coop_type' THEN p.coop_type WHEN 'sector' THEN p.sector WHEN 'pattern' THEN p.pattern
  END, '')
  FROM registry_cooperative c JOIN registry_profile p ON p.cooperative_id = c.id
  WHERE c.id = cooperative AND c.agency_id = agency AND p.agency_id = agency
$$;

-- A value of theirs is compared as it is written down; a decision stands only as long as both sides say what they said.
CREATE OR REPLACE FUNCTION wall.compare_source() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.key := left(wall.source_key(NEW.field, coalesce(nullif(NEW.clean, ''), NEW.value)), 200);
  IF TG_OP = 'INSERT' OR pg_trigger_depth() = 1 THEN
    NEW.ours_key := left(wall.source_key(NEW.field, wall.our_value(NEW.cooperative_id, NEW.agency_id, NEW.field)), 200);
  END IF;
  IF TG_OP = 'UPDATE' AND (OLD.key, OLD.ours_key) IS DISTINCT FROM (NEW.key, NEW.ours_key) THEN
    NEW.decision := ''; NEW.reason := ''; NEW.decided_at := NULL; NEW.decided_by_name := '';
  END IF;
  RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION wall.keep_our_side() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE this bigint := CASE TG_TABLE_NAME WHEN 'registry_profile' THEN (to_jsonb(NEW)->>'cooperative_id')::bigint ELSE (to_jsonb(NEW)->>'id')::bigint END;
BEGIN
  UPDATE registry_sourcevalue s SET ours_key = left(wall.source_key(s.field, wall.our_value(s.cooperative_id, s.agency_id, s.field)), 200)
  WHERE s.cooperative_id = this AND s.agency_id = NEW.agency_id
    AND s.ours_key <> left(wall.source_key(s.field, wall.our_value(s.cooperative_id, s.agency_id, s.field)), 200);
  RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION wall.forget_sources() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM registry_sourcevalue WHERE cooperative_id = OLD.cooperative_id AND agency_id = OLD.agency_id;
  DELETE FROM registry_activitydecision WHERE cooperative_id = OLD.cooperative_id AND agency_id = OLD.agency_id;
  RETURN OLD;
END $$;

-- Every decision about the activity stays, also the one an earlier version of the product kept alone.
CREATE OR REPLACE FUNCTION wall.keep_decision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.decision <> '' AND NOT EXISTS (
    SELECT 1 FROM registry_activitydecision WHERE cooperative_id = OLD.cooperative_id AND agency_id = OLD.agency_id) THEN
    INSERT INTO registry_activitydecision (cooperative_id, agency_id, decision, letter, decided_on)
    VALUES (OLD.cooperative_id, OLD.agency_id, OLD.decision, OLD.decision_letter, OLD.decided_on);
  END IF;
  INSERT INTO registry_activitydecision (cooperative_id, agency_id, decision, letter, decided_on)
  VALUES (NEW.cooperative_id, NEW.agency_id, NEW.decision, NEW.decision_letter, NEW.decided_on);
  RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER first_decision_is_kept AFTER INSERT ON registry_profile FOR EACH ROW
  WHEN (NEW.decision <> '') EXECUTE FUNCTION wall.keep_decision();
CREATE OR REPLACE TRIGGER decisions_are_kept AFTER UPDATE ON registry_profile FOR EACH ROW
  WHEN ((OLD.decision, OLD.decision_letter, OLD.decided_on) IS DISTINCT FROM (NEW.decision, NEW.decision_letter, NEW.decided_on))
  EXECUTE FUNCTION wall.keep_decision();
CREATE OR REPLACE TRIGGER theirs_is_compared BEFORE INSERT ON registry_sourcevalue FOR EACH ROW EXECUTE FUNCTION wall.compare_source();
CREATE OR REPLACE TRIGGER theirs_is_compared_again BEFORE UPDATE ON registry_sourcevalue FOR EACH ROW
  WHEN ((OLD.field, OLD.value, OLD.clean, OLD.key, OLD.ours_key) IS DISTINCT FROM (NEW.field, NEW.value, NEW.clean, NEW.key, NEW.ours_key))
  EXECUTE FUNCTION wall.compare_source();
CREATE OR REPLACE TRIGGER our_side_is_kept AFTER UPDATE ON registry_profile FOR EACH ROW
  WHEN ((OLD.decree_number, OLD.decree_on, OLD.deed_number, OLD.deed_on, OLD.cooperative_nik, OLD.nib, OLD.npwp, OLD.form, OLD.coop_type, OLD.sector, OLD.pattern)
    IS DISTINCT FROM
    (NEW.decree_number, NEW.decree_on, NEW.deed_number, NEW.deed_on, NEW.cooperative_nik, NEW.nib, NEW.npwp, NEW.form, NEW.coop_type, NEW.sector, NEW.pattern))
  EXECUTE FUNCTION wall.keep_our_side();
CREATE OR REPLACE TRIGGER our_name_is_kept AFTER UPDATE ON registry_cooperative FOR EACH ROW
  WHEN ((OLD.name, OLD.village_id) IS DISTINCT FROM (NEW.name, NEW.village_id)) EXECUTE FUNCTION wall.keep_our_side();
CREATE OR REPLACE TRIGGER sources_go_with_the_profile BEFORE DELETE ON registry_profile FOR EACH ROW EXECUTE FUNCTION wall.forget_sources();
ALTER TABLE registry_sourcevalue ENABLE ALWAYS TRIGGER theirs_is_compared, ENABLE ALWAYS TRIGGER theirs_is_compared_again;
ALTER TABLE registry_profile ENABLE ALWAYS TRIGGER our_side_is_kept, ENABLE ALWAYS TRIGGER sources_go_with_the_profile,
  ENABLE ALWAYS TRIGGER first_decision_is_kept, ENABLE ALWAYS TRIGGER decisions_are_kept;
ALTER TABLE registry_cooperative ENABLE ALWAYS TRIGGER our_name_is_kept;
