-- How many members there are at the end of each month in which somebody came or went, kept from the flow, whoever writes
-- it. Applied by `manage.py wall`; every statement may run again. It stays inside one cooperative.

CREATE OR REPLACE FUNCTION wall.keep_member_month() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE grown integer := NEW.joined - NEW."left" - coalesce(OLD.joined - OLD."left", 0);
BEGIN
  IF OLD IS NULL THEN
    INSERT INTO members_membermonth (cooperative_id, agency_id, month, men, women, change)
    SELECT NEW.cooperative_id, NEW.agency_id, NEW.month, coalesce(b.men, 0), coalesce(b.women, 0), 0
    FROM (VALUES (1)) one LEFT JOIN LATERAL (
      SELECT men, women FROM members_membermonth WHERE cooperative_id = NEW.cooperative_id AND month < NEW.month ORDER BY month DESC LIMIT 1) b ON true
    ON CONFLICT (cooperative_id, month) DO NOTHING;
  END IF;
  IF grown <> 0 THEN
    UPDATE members_membermonth
    SET men = men + CASE NEW.sex WHEN 'L' THEN grown ELSE 0 END, women = women + CASE NEW.sex WHEN 'P' THEN grown ELSE 0 END,
        change = change + CASE WHEN month = NEW.month THEN grown ELSE 0 END
    WHERE cooperative_id = NEW.cooperative_id AND month >= NEW.month;
  END IF;
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER a_month_of_members_is_kept AFTER INSERT OR UPDATE OF joined, "left" ON members_memberflow
  FOR EACH ROW EXECUTE FUNCTION wall.keep_member_month();
ALTER TABLE members_memberflow ENABLE ALWAYS TRIGGER a_month_of_members_is_kept;
