"""The database itself refuses to change or delete what the journal says."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION journal_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the journal is append-only: % on % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER journal_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON journal_entry
    FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse_change();
CREATE TRIGGER journal_dayseal_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON journal_dayseal
    FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse_change();
"""
BACKWARD = """
DROP TRIGGER journal_entry_append_only ON journal_entry;
DROP TRIGGER journal_dayseal_append_only ON journal_dayseal;
DROP FUNCTION journal_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
