-- The ledger's own guards. Applied by `manage.py wall`; every statement may run again.
-- Triggers are ENABLE ALWAYS: they also refuse a superuser and `session_replication_role = replica`.

CREATE SCHEMA IF NOT EXISTS ledger;

-- A posted row never changes.
CREATE OR REPLACE FUNCTION ledger.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'rows of % are never changed or removed; post a reversal', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

-- A closed month takes no entry. Row security may hide nothing here: the period belongs to the entry's own cooperative.
CREATE OR REPLACE FUNCTION ledger.refuse_closed_month() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM finance_period p
             WHERE p.cooperative_id = NEW.cooperative_id AND p.month = date_trunc('month', NEW.posted_on)::date) THEN
    RAISE EXCEPTION 'the month of % is closed', NEW.posted_on USING ERRCODE = 'check_violation', CONSTRAINT = 'a_closed_month_takes_no_entry';
  END IF;
  RETURN NEW;
END $$;

-- Nothing is added to an entry of an earlier transaction; a reversal mirrors what it reverses.
CREATE OR REPLACE FUNCTION ledger.check_posting() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE old record;
BEGIN
  IF NOT EXISTS (SELECT 1 FROM finance_entry e WHERE e.cooperative_id = NEW.cooperative_id AND e.id = NEW.entry_id
                 AND e.transaction = pg_current_xact_id()::text::bigint) THEN
    RAISE EXCEPTION 'nothing is added to an earlier entry' USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW.reverses_id IS NOT NULL THEN
    SELECT * INTO old FROM finance_posting p WHERE p.cooperative_id = NEW.cooperative_id AND p.id = NEW.reverses_id;
    IF NOT FOUND OR old.reverses_id IS NOT NULL OR old.rupiah <> NEW.rupiah OR old.debit_id <> NEW.credit_id
       OR old.credit_id <> NEW.debit_id OR old.member_id IS DISTINCT FROM NEW.member_id THEN
      RAISE EXCEPTION 'a reversal mirrors one posting that is not itself a reversal' USING ERRCODE = 'check_violation';
    END IF;
  END IF;
  RETURN NEW;
END $$;

-- An entry's transaction is the database's word, not the writer's.
CREATE OR REPLACE FUNCTION ledger.stamp_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.transaction := pg_current_xact_id()::text::bigint;
  RETURN NEW;
END $$;

-- Who closes a month is who is at work; who checked it is somebody else, pengawas or ketua of that cooperative on that day.
CREATE OR REPLACE FUNCTION ledger.check_closing() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE day date := (NEW.closed_at AT TIME ZONE 'Asia/Jakarta')::date;
BEGIN
  IF wall."user"() IS DISTINCT FROM NEW.closed_by THEN
    RAISE EXCEPTION 'a month is closed in the name of who closes it' USING ERRCODE = 'check_violation', CONSTRAINT = 'who_closes_is_who_is_at_work';
  END IF;
  IF NOT EXISTS (SELECT 1 FROM registry_grant g
                 WHERE g.cooperative_id = NEW.cooperative_id AND g.user_id = NEW.checked_by AND g.kind IN ('supervisor', 'chair')
                   AND g.ended_on IS NULL AND g.valid_from <= day AND (g.valid_to IS NULL OR g.valid_to >= day)) THEN
    RAISE EXCEPTION 'who checks a month is pengawas or ketua of that cooperative' USING ERRCODE = 'check_violation', CONSTRAINT = 'who_checks_is_entitled_to';
  END IF;
  RETURN NEW;
END $$;

DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['finance_entry', 'finance_posting', 'finance_entrydigest', 'finance_payment', 'finance_allocation',
                           'finance_receipt', 'finance_receiptreplacement', 'finance_cashcount', 'finance_period', 'finance_submission', 'finance_payout',
                           'finance_payoutreversal',
                           'finance_handover', 'finance_handoversign', 'finance_bylaws', 'finance_receiptlook',
                           'finance_cashmove', 'finance_evidence', 'finance_objection', 'finance_objectionanswer', 'finance_reminder',
                           'registry_auditevent'] LOOP
    EXECUTE format('CREATE OR REPLACE TRIGGER never_changes BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change()', t);
    EXECUTE format('CREATE OR REPLACE TRIGGER never_emptied BEFORE TRUNCATE ON %I EXECUTE FUNCTION ledger.refuse_change()', t);
    EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER never_changes, ENABLE ALWAYS TRIGGER never_emptied', t);
  END LOOP;
END $$;

CREATE OR REPLACE TRIGGER a_closed_month_takes_no_entry BEFORE INSERT ON finance_entry FOR EACH ROW EXECUTE FUNCTION ledger.refuse_closed_month();
CREATE OR REPLACE TRIGGER an_entry_is_stamped BEFORE INSERT ON finance_entry FOR EACH ROW EXECUTE FUNCTION ledger.stamp_entry();
CREATE OR REPLACE TRIGGER a_posting_belongs_to_this_act BEFORE INSERT ON finance_posting FOR EACH ROW EXECUTE FUNCTION ledger.check_posting();
CREATE OR REPLACE TRIGGER a_month_is_checked_by_another BEFORE INSERT ON finance_period FOR EACH ROW EXECUTE FUNCTION ledger.check_closing();
ALTER TABLE finance_entry ENABLE ALWAYS TRIGGER a_closed_month_takes_no_entry, ENABLE ALWAYS TRIGGER an_entry_is_stamped;
ALTER TABLE finance_posting ENABLE ALWAYS TRIGGER a_posting_belongs_to_this_act;
ALTER TABLE finance_period ENABLE ALWAYS TRIGGER a_month_is_checked_by_another;

-- The date of a posting is its entry's date.
DO $$ BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = 'a_posting_has_the_date_of_its_entry') THEN
    ALTER TABLE finance_posting ADD CONSTRAINT a_posting_has_the_date_of_its_entry
      FOREIGN KEY (cooperative_id, entry_id, posted_on) REFERENCES finance_entry (cooperative_id, id, posted_on);
  END IF;
END $$;

-- The canonical text of an entry, as docs/seal.md describes it. Its SHA-256 is stored with the entry.
CREATE OR REPLACE FUNCTION ledger.entry_text(coop bigint, entry bigint) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT concat_ws('|', 'entry', e.cooperative_id, e.year, e.number, e.posted_on, e.kind, e.text, e.maker_id,
                   to_char(e.recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')) || E'\n' ||
         coalesce((SELECT string_agg(concat_ws('|', p.id, d.code, c.code, p.rupiah, coalesce(p.member_id::text, '-'),
                                               coalesce(nullif(p.unit, ''), '-'), coalesce(nullif(p.funding, ''), '-'),
                                               coalesce(p.reverses_id::text, '-')), E'\n' ORDER BY p.id)
                   FROM finance_posting p
                   JOIN finance_account d ON d.cooperative_id = p.cooperative_id AND d.id = p.debit_id
                   JOIN finance_account c ON c.cooperative_id = p.cooperative_id AND c.id = p.credit_id
                   WHERE p.cooperative_id = e.cooperative_id AND p.entry_id = e.id), '')
  FROM finance_entry e WHERE e.cooperative_id = coop AND e.id = entry
$$;

CREATE OR REPLACE FUNCTION ledger.entry_digest(coop bigint, entry bigint) RETURNS bytea LANGUAGE sql STABLE AS $$
  SELECT sha256(convert_to(ledger.entry_text(coop, entry), 'UTF8'))
$$;
