-- Sums kept from sums, whoever writes those. Applied by `manage.py wall`; every statement may run again.
-- Both stay inside one cooperative, whose books the writer has locked: no row is shared between cooperatives.

-- What was paid for a period by its end, beside what was due for it.
CREATE OR REPLACE FUNCTION ledger.keep_in_time() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE finance_duesdue SET in_time_rupiah = in_time_rupiah + NEW.rupiah - coalesce(OLD.rupiah, 0)
  WHERE cooperative_id = NEW.cooperative_id AND kind = NEW.kind AND period = NEW.period;
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER what_is_paid_in_time_is_kept AFTER INSERT OR UPDATE OF rupiah ON finance_duespaid
  FOR EACH ROW WHEN (NEW.posted_month <= NEW.period) EXECUTE FUNCTION ledger.keep_in_time();

-- A month has its row as soon as something is entered in it; it begins with the capital of the month before.
-- An entry in an earlier month moves the later ones too. Business is what was sold (41…, 42…) or lent (12200) in the month.
CREATE OR REPLACE FUNCTION ledger.keep_books_month() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE grown bigint := NEW.credit_rupiah - NEW.debit_rupiah - coalesce(OLD.credit_rupiah - OLD.debit_rupiah, 0);
BEGIN
  IF OLD IS NULL THEN
    INSERT INTO finance_booksmonth (cooperative_id, agency_id, month, pokok_rupiah, wajib_rupiah, cadangan_rupiah, hibah_rupiah)
    SELECT NEW.cooperative_id, NEW.agency_id, NEW.month, coalesce(b.pokok_rupiah, 0), coalesce(b.wajib_rupiah, 0),
           coalesce(b.cadangan_rupiah, 0), coalesce(b.hibah_rupiah, 0)
    FROM (VALUES (1)) one LEFT JOIN LATERAL (
      SELECT * FROM finance_booksmonth WHERE cooperative_id = NEW.cooperative_id AND month < NEW.month ORDER BY month DESC LIMIT 1) b ON true
    ON CONFLICT (cooperative_id, month) DO NOTHING;
  END IF;
  IF NEW.account_code IN ('31000', '31100', '32000', '34000', '35000', '35100') AND grown <> 0 THEN
    UPDATE finance_booksmonth
    SET pokok_rupiah = pokok_rupiah + CASE WHEN NEW.account_code IN ('31000', '31100') THEN grown ELSE 0 END,
        wajib_rupiah = wajib_rupiah + CASE WHEN NEW.account_code = '32000' THEN grown ELSE 0 END,
        cadangan_rupiah = cadangan_rupiah + CASE WHEN NEW.account_code IN ('35000', '35100') THEN grown ELSE 0 END,
        hibah_rupiah = hibah_rupiah + CASE WHEN NEW.account_code = '34000' THEN grown ELSE 0 END
    WHERE cooperative_id = NEW.cooperative_id AND month >= NEW.month;
  ELSIF NEW.account_code >= '41000' AND NEW.account_code < '43000' OR NEW.account_code = '12200' THEN
    UPDATE finance_booksmonth
    SET business_rupiah = business_rupiah + CASE NEW.account_code WHEN '12200' THEN NEW.debit_rupiah - coalesce(OLD.debit_rupiah, 0) ELSE grown END
    WHERE cooperative_id = NEW.cooperative_id AND month = NEW.month;
  END IF;
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER a_month_of_books_is_kept AFTER INSERT OR UPDATE OF debit_rupiah, credit_rupiah ON finance_accountmonth
  FOR EACH ROW EXECUTE FUNCTION ledger.keep_books_month();

ALTER TABLE finance_duespaid ENABLE ALWAYS TRIGGER what_is_paid_in_time_is_kept;
ALTER TABLE finance_accountmonth ENABLE ALWAYS TRIGGER a_month_of_books_is_kept;
