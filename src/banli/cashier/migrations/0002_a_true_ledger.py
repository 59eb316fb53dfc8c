"""The database itself keeps the ledger true: sums of nought, no negative deposit, nothing changed or deleted."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION cashier_posting_sums() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE told bigint;
BEGIN
    IF TG_TABLE_NAME = 'cashier_posting' THEN told := NEW.id; ELSE told := NEW.posting_id; END IF;
    IF (SELECT coalesce(sum(fen), 1) FROM cashier_ledgerentry WHERE posting_id = told) <> 0 THEN
        RAISE EXCEPTION 'the entries of posting % do not sum to nought', told
            USING ERRCODE = 'check_violation', CONSTRAINT = 'posting_sums_to_nought';
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION cashier_deposit_held() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('banli.deposits', NEW.case_id));
    IF (SELECT sum(fen) FROM cashier_ledgerentry WHERE account = 'deposits' AND case_id = NEW.case_id) > 0 THEN
        RAISE EXCEPTION 'more deposit would be given back on case % than is held', NEW.case_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'deposit_never_negative';
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION cashier_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is append-only: % on % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE CONSTRAINT TRIGGER cashier_posting_sums AFTER INSERT ON cashier_posting
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION cashier_posting_sums();
CREATE CONSTRAINT TRIGGER cashier_entry_sums AFTER INSERT ON cashier_ledgerentry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION cashier_posting_sums();
CREATE CONSTRAINT TRIGGER cashier_deposit_held AFTER INSERT ON cashier_ledgerentry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.account = 'deposits')
    EXECUTE FUNCTION cashier_deposit_held();
CREATE TRIGGER cashier_posting_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON cashier_posting
    FOR EACH STATEMENT EXECUTE FUNCTION cashier_refuse_change();
CREATE TRIGGER cashier_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON cashier_ledgerentry
    FOR EACH STATEMENT EXECUTE FUNCTION cashier_refuse_change();
CREATE TRIGGER cashier_price_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON cashier_priceversion
    FOR EACH STATEMENT EXECUTE FUNCTION cashier_refuse_change();
"""
BACKWARD = """
DROP TRIGGER cashier_price_append_only ON cashier_priceversion;
DROP TRIGGER cashier_entry_append_only ON cashier_ledgerentry;
DROP TRIGGER cashier_posting_append_only ON cashier_posting;
DROP TRIGGER cashier_deposit_held ON cashier_ledgerentry;
DROP TRIGGER cashier_entry_sums ON cashier_ledgerentry;
DROP TRIGGER cashier_posting_sums ON cashier_posting;
DROP FUNCTION cashier_refuse_change();
DROP FUNCTION cashier_deposit_held();
DROP FUNCTION cashier_posting_sums();
"""


class Migration(migrations.Migration):
    dependencies = [("cashier", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
