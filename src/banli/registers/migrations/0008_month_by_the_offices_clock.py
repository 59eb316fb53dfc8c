from django.db import migrations

#: A month is over by the office's clock. Asked by the connection's, which is UTC, it was not yet over in the first eight
#: hours of the next: what came into a closed month then was not marked as late.
FORWARD = """
CREATE FUNCTION registers_month_over(entered_at timestamptz, now timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT entered_at < date_trunc('month', now AT TIME ZONE 'Asia/Shanghai') AT TIME ZONE 'Asia/Shanghai'
$$;
DROP TRIGGER registers_row_late ON registers_registerrow;
CREATE TRIGGER registers_row_late BEFORE INSERT ON registers_registerrow FOR EACH ROW
    WHEN (registers_month_over(NEW.entered_at, now())) EXECUTE FUNCTION registers_mark_late();
"""
BACKWARD = """
DROP TRIGGER registers_row_late ON registers_registerrow;
DROP FUNCTION registers_month_over(timestamptz, timestamptz);
CREATE TRIGGER registers_row_late BEFORE INSERT ON registers_registerrow FOR EACH ROW
    WHEN (NEW.entered_at < date_trunc('month', now())) EXECUTE FUNCTION registers_mark_late();
"""


class Migration(migrations.Migration):
    dependencies = [("registers", "0007_by_status")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
