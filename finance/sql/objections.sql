-- An objection hangs on a receipt that exists, by the code its holder has; its answer carries the same code. Applied by
-- `manage.py wall`; every statement may run again. Composite: it stays inside one cooperative.

DO $$ BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = 'an_objection_is_about_a_receipt') THEN
    ALTER TABLE finance_objection ADD CONSTRAINT an_objection_is_about_a_receipt
      FOREIGN KEY (cooperative_id, code) REFERENCES finance_receipt (cooperative_id, code) ON DELETE RESTRICT;
  END IF;
  IF NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = 'an_objection_has_one_code') THEN
    ALTER TABLE finance_objection ADD CONSTRAINT an_objection_has_one_code UNIQUE (cooperative_id, id, code);
  END IF;
  IF NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = 'an_answer_has_the_code_of_its_objection') THEN
    ALTER TABLE finance_objectionanswer ADD CONSTRAINT an_answer_has_the_code_of_its_objection
      FOREIGN KEY (cooperative_id, objection_id, code) REFERENCES finance_objection (cooperative_id, id, code) ON DELETE RESTRICT;
  END IF;
END $$;
