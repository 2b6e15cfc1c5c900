-- The public page of a cooperative repeats its address, the posts of its office-holders and its dues: kept equal by the
-- database, whoever writes the sources. Applied by `manage.py wall`; every statement may run again. Each trigger runs with
-- the writer's own rights, stays inside one cooperative and writes the one column its source is about.

CREATE OR REPLACE FUNCTION wall.door_officers(place bigint) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT coalesce(jsonb_agg(jsonb_build_object('organ', o.organ, 'position', o.position, 'name', o.name,
                                               'starts_on', o.starts_on, 'ends_on', o.ends_on) ORDER BY o.id), '[]')
  FROM registry_officer o WHERE o.cooperative_id = place AND o.ended_on IS NULL
$$;
CREATE OR REPLACE FUNCTION wall.door_rates(place bigint) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT coalesce(jsonb_agg(jsonb_build_object('kind', r.kind, 'rupiah', r.rupiah, 'valid_from', r.valid_from) ORDER BY r.id), '[]')
  FROM finance_duesrate r WHERE r.cooperative_id = place
$$;
CREATE OR REPLACE FUNCTION wall.door_address(address text, rt_rw text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT concat_ws(', ', nullif(address, ''), 'RT/RW ' || nullif(rt_rw, ''))
$$;

CREATE OR REPLACE FUNCTION wall.keep_door_address() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE finance_doorpage SET address = wall.door_address(NEW.address, NEW.rt_rw), phone = NEW.phone
  WHERE cooperative_id = NEW.cooperative_id;
  RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION wall.keep_door_officers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE finance_doorpage SET officers = wall.door_officers(NEW.cooperative_id) WHERE cooperative_id = NEW.cooperative_id;
  RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION wall.keep_door_rates() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE finance_doorpage SET rates = wall.door_rates(NEW.cooperative_id) WHERE cooperative_id = NEW.cooperative_id;
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER the_door_shows_the_address AFTER UPDATE ON registry_profile FOR EACH ROW
  WHEN (OLD.address IS DISTINCT FROM NEW.address OR OLD.rt_rw IS DISTINCT FROM NEW.rt_rw OR OLD.phone IS DISTINCT FROM NEW.phone)
  EXECUTE FUNCTION wall.keep_door_address();
CREATE OR REPLACE TRIGGER the_door_shows_who_serves AFTER INSERT OR UPDATE ON registry_officer FOR EACH ROW
  EXECUTE FUNCTION wall.keep_door_officers();
CREATE OR REPLACE TRIGGER the_door_shows_the_dues AFTER INSERT OR UPDATE ON finance_duesrate FOR EACH ROW
  EXECUTE FUNCTION wall.keep_door_rates();
ALTER TABLE registry_profile ENABLE ALWAYS TRIGGER the_door_shows_the_address;
ALTER TABLE registry_officer ENABLE ALWAYS TRIGGER the_door_shows_who_serves;
ALTER TABLE finance_duesrate ENABLE ALWAYS TRIGGER the_door_shows_the_dues;
