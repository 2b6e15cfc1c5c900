-- Bimtek: no session opens before its budget is approved; who attends was invited or registered at the door.
-- Applied by `manage.py wall`; every statement may run again.

CREATE OR REPLACE FUNCTION wall.session_needs_budget() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.state IN ('open', 'held', 'closed') AND NOT EXISTS (
    SELECT FROM registry_budgetline b
    WHERE b.agency_id = NEW.agency_id AND b.id = NEW.budget_id AND b.status IN ('approved', 'running', 'done')
  ) THEN
    RAISE EXCEPTION 'a session opens after its budget line is approved'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'a_session_opens_after_its_budget_is_approved';
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER a_session_needs_budget BEFORE INSERT OR UPDATE OF state, budget_id ON registry_trainingsession
  FOR EACH ROW EXECUTE FUNCTION wall.session_needs_budget();

CREATE OR REPLACE FUNCTION wall.budget_keeps_its_approval() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.status IN ('planned', 'cancelled') AND OLD.status NOT IN ('planned', 'cancelled') AND EXISTS (
    SELECT FROM registry_trainingsession s
    WHERE s.agency_id = NEW.agency_id AND s.budget_id = NEW.id AND s.state IN ('open', 'held', 'closed')
  ) THEN
    RAISE EXCEPTION 'sessions were opened on this budget line'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'a_budget_with_open_sessions_stays_approved';
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER a_budget_keeps_its_approval BEFORE UPDATE OF status ON registry_budgetline
  FOR EACH ROW EXECUTE FUNCTION wall.budget_keeps_its_approval();

-- A stranger sees the one participant of the code in hand, so this lets a stranger in for nobody else.
CREATE OR REPLACE FUNCTION wall.attendance_of_a_session() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.session_id IS NOT NULL AND NOT EXISTS (
    SELECT FROM registry_participant p JOIN registry_trainingsession s ON s.agency_id = p.agency_id AND s.id = p.session_id
    WHERE p.cooperative_id = NEW.cooperative_id AND p.session_id = NEW.session_id AND p.officer_id = NEW.officer_id
      AND (s.state = 'open' OR (s.state = 'held' AND NEW.how = 'hand'))
  ) THEN
    RAISE EXCEPTION 'only the invited and those registered at the door attend, while the session is open'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'who_attends_was_invited_or_came_to_the_door';
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER an_attendance_of_a_session BEFORE INSERT OR UPDATE OF session_id, officer_id, how ON registry_trainingattendance
  FOR EACH ROW EXECUTE FUNCTION wall.attendance_of_a_session();

CREATE OR REPLACE FUNCTION wall.evaluation_by_a_participant() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT FROM registry_participant p JOIN registry_trainingattendance a
      ON a.cooperative_id = p.cooperative_id AND a.session_id = p.session_id AND a.officer_id = p.officer_id
    WHERE p.agency_id = NEW.agency_id AND p.session_id = NEW.session_id AND NOT p.evaluated
  ) THEN
    RAISE EXCEPTION 'only those present answer, once' USING ERRCODE = 'check_violation', CONSTRAINT = 'only_those_present_answer_once';
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER an_evaluation_by_a_participant BEFORE INSERT ON registry_evaluation
  FOR EACH ROW EXECUTE FUNCTION wall.evaluation_by_a_participant();

ALTER TABLE registry_trainingsession ENABLE ALWAYS TRIGGER a_session_needs_budget;
ALTER TABLE registry_budgetline ENABLE ALWAYS TRIGGER a_budget_keeps_its_approval;
ALTER TABLE registry_trainingattendance ENABLE ALWAYS TRIGGER an_attendance_of_a_session;
ALTER TABLE registry_evaluation ENABLE ALWAYS TRIGGER an_evaluation_by_a_participant;
